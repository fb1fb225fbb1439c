//! Programs that are not Rust, from the packages of Debian.

use std::process::{Command, Stdio};

use crate::Outcome;

/// Is the program there, and does it do this?
pub(crate) fn works(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Installs packages, where that can be done.
pub(crate) fn install(missing: &[&str]) -> Outcome {
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    crate::run(Command::new("apt-get").args(["update", "--quiet"]))
        .and_then(|()| {
            let quietly = ["install", "--yes", "--quiet", "--no-install-recommends"];
            let mut install = Command::new("apt-get");
            crate::run(
                install
                    .args(quietly)
                    .args(missing)
                    .env("DEBIAN_FRONTEND", "noninteractive"),
            )
        })
        .map_err(|problem| format!("{problem}; install what is missing: {names}"))
}
