//! What needs the program `bitpay` and somebody who runs it: invoices a second, latency and memory of the
//! sandbox, for `docs/benchmarks.md`, and the recording of a terminal, `docs/terminal.md`.

use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, root, run};

/// Builds the program and what runs it for release. Gives where they are.
fn build(runner: &str) -> Result<PathBuf, String> {
    let packages = ["-p", "bitpay-cli", "-p", "bitpay-conformance"];
    let mut build = Command::new("cargo");
    run(build
        .args(["build", "--locked", "--release"])
        .args(packages)
        .args(["--bin", "bitpay", "--bin", runner])
        .current_dir(root()))?;
    Ok(root().join("target/release"))
}

/// Writes `docs/terminal.md`: what somebody at a terminal sees.
pub(crate) fn recording() -> Outcome {
    let release = build("recording")?;
    let mut recording = Command::new(release.join("recording"));
    recording.arg(release.join("bitpay"));
    recording.arg(root().join("target/recording"));
    run(recording.arg(root().join("docs/terminal.md")))
}

/// Builds the program and the load for release, and runs them: seconds and connections may be given.
pub(crate) fn measure(limits: &[&str]) -> Outcome {
    if limits.len() > 2 || limits.iter().any(|limit| limit.parse::<u32>().is_err()) {
        return Err("cargo xtask load takes seconds and connections, both numbers".to_owned());
    }
    let release = build("load")?;
    let mut load = Command::new(release.join("load"));
    load.arg(release.join("bitpay"))
        .arg(root().join("target/load"));
    run(load.args(limits))
}
