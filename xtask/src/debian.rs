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
    // The forge's machines let `sudo` do it; as root there may be none.
    let apt = || match works("sudo", &["-n", "true"]) {
        true => {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
            sudo
        }
        false => Command::new("apt-get"),
    };
    crate::run(apt().args(["update", "--quiet"]))
        .and_then(|()| {
            let quietly = ["install", "--yes", "--quiet", "--no-install-recommends"];
            crate::run(
                apt()
                    .args(quietly)
                    .args(missing)
                    .env("DEBIAN_FRONTEND", "noninteractive"),
            )
        })
        .map_err(|problem| format!("{problem}; install what is missing: {names}"))
}
