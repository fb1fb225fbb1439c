//! Programs of `bitpay-conformance` that print a table for `docs/benchmarks.md`, and fail when it is not as
//! it should be.

use std::process::Command;

use crate::{Outcome, root, run};

/// Builds the program for release and runs it.
pub(crate) fn print(program: &str, limits: &[&str]) -> Outcome {
    if limits.len() > 1 || limits.iter().any(|limit| limit.parse::<u32>().is_err()) {
        return Err(format!("cargo xtask {program} takes a number at most"));
    }
    let mut build = Command::new("cargo");
    build.args(["build", "--locked", "--release", "-p", "bitpay-conformance"]);
    run(build.args(["--bin", program]).current_dir(root()))?;
    run(Command::new(root().join("target/release").join(program)).args(limits))
}

/// What a server that means harm costs a client.
pub(crate) fn hostile() -> Outcome {
    print("hostile", &[])
}

/// One client for many threads and tasks.
pub(crate) fn share() -> Outcome {
    print("share", &[])
}
