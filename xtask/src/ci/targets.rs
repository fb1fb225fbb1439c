//! Systems that a test machine is not: whether it builds for them.

use super::{cargo, sh};
use crate::{Outcome, debian};

/// The program, without a libc that it would need from the system.
pub(super) fn musl() -> Outcome {
    build(
        "x86_64-unknown-linux-musl",
        "musl-gcc",
        "musl-tools",
        &["-p", "bitpay-cli"],
    )
}

/// The core, for who brings sockets and a clock from JavaScript.
pub(super) fn wasm() -> Outcome {
    let core = ["-p", "bitpay-core", "--all-features"];
    build("wasm32-unknown-unknown", "clang", "clang", &core)
}

/// What is written in C needs a compiler for the target, of this package of Debian, and Rust its library.
fn build(target: &str, compiler: &str, package: &str, what: &[&str]) -> Outcome {
    if !debian::works(compiler, &["--version"]) {
        debian::install(&[package])?;
    }
    sh("rustup", &["target", "add", target], &[])?;
    cargo(&[&["build", "--locked", "--target", target], what].concat())
}
