//! The sandbox's pages in a real browser: installs it, and walks through them as a person does.

use std::process::Command;

use crate::{Outcome, debian, root};

/// Where pictures of the pages go.
const PICTURES: &str = "target/browser";

pub(crate) fn check() -> Outcome {
    let mut missing = Vec::new();
    for (program, package) in [
        ("chromium", "chromium"),
        ("chromedriver", "chromium-driver"),
    ] {
        if !debian::works(program, &["--version"]) {
            missing.push(package);
        }
    }
    debian::install(&missing)?;
    let build = "build --locked --package bitpay-cli --package bitpay-conformance --bins";
    crate::run(
        Command::new("cargo")
            .args(build.split(' '))
            .current_dir(root()),
    )?;
    let here = std::env::current_exe().map_err(|error| format!("xtask: {error}"))?;
    let program =
        |name: &str| here.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut walk = Command::new(program("browser"));
    crate::run(
        walk.arg(program("bitpay"))
            .arg(root().join(PICTURES))
            .current_dir(root()),
    )
}
