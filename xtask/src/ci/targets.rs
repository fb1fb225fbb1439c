//! Systems that a test machine is not: whether it builds for them.

use std::process::Command;

use super::{cargo, sh};
use crate::Outcome;

/// The program, without a libc that it would need from the system.
pub(super) fn musl() -> Outcome {
    build(
        "x86_64-unknown-linux-musl",
        "musl-gcc",
        &["-p", "bitpay-cli"],
    )
}

/// The core, for who brings sockets and a clock from JavaScript.
pub(super) fn wasm() -> Outcome {
    let core = ["-p", "bitpay-core", "--all-features"];
    build("wasm32-unknown-unknown", "clang", &core)
}

/// What is written in C needs a compiler for the target, and Rust its library.
fn build(target: &str, compiler: &str, what: &[&str]) -> Outcome {
    let not_tested = |why: &str| {
        println!("NOT TESTED for {target}: {why}");
        Ok(())
    };
    let has_compiler = Command::new(compiler).arg("--version").output();
    if !has_compiler.is_ok_and(|output| output.status.success()) {
        return not_tested(&format!("there is no {compiler}"));
    }
    if sh("rustup", &["target", "add", target], &[]).is_err() {
        return not_tested("its library cannot be had here");
    }
    cargo(&[&["build", "--locked", "--target", target], what].concat())
}
