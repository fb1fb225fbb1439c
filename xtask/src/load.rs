//! Invoices a second, latency and memory of the sandbox, for `docs/benchmarks.md`.

use std::process::Command;

use crate::{Outcome, root, run};

/// Builds the program and the load for release, and runs them: seconds and connections may be given.
pub(crate) fn measure(limits: &[&str]) -> Outcome {
    if limits.len() > 2 || limits.iter().any(|limit| limit.parse::<u32>().is_err()) {
        return Err("cargo xtask load takes seconds and connections, both numbers".to_owned());
    }
    let root = root();
    let built = [
        "-p",
        "bitpay-cli",
        "-p",
        "bitpay-conformance",
        "--bin",
        "bitpay",
        "--bin",
        "load",
    ];
    let mut build = Command::new("cargo");
    run(build
        .args(["build", "--locked", "--release"])
        .args(built)
        .current_dir(&root))?;
    let release = root.join("target/release");
    let mut load = Command::new(release.join("load"));
    load.arg(release.join("bitpay"))
        .arg(root.join("target/load"));
    run(load.args(limits))
}
