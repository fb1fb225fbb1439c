//! The description of the API: made by a program of the workspace, which has the table and the types, and
//! held against the sandbox by schemathesis.

use std::fs;
use std::process::Command;

use crate::{Outcome, conformance, root};

const PLACE: &str = "docs/openapi.json";

/// Writes the description.
pub(crate) fn write() -> Outcome {
    fs::write(root().join(PLACE), made()?).map_err(|error| format!("{PLACE}: {error}"))
}

/// Says whether the description is what would be made.
pub(crate) fn check() -> Outcome {
    match fs::read(root().join(PLACE)) {
        Ok(kept) if kept == made()? => Ok(()),
        Ok(_) => Err(format!("{PLACE} is stale: run `cargo xtask openapi`")),
        Err(error) => Err(format!("{PLACE}: {error}")),
    }
}

fn made() -> Result<Vec<u8>, String> {
    let args = "run --quiet --locked --package bitpay-conformance --bin openapi";
    let output = Command::new("cargo")
        .args(args.split(' '))
        .current_dir(root())
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("the description was not made, {}", output.status)),
    }
}

/// Makes requests from the description, and holds what the sandbox answers against it.
pub(crate) fn schemathesis() -> Outcome {
    conformance::need_programs()?;
    let sandbox = conformance::sandbox()?;
    let (folder, python) = conformance::python_in("openapi")?;
    let mut command = Command::new(python);
    crate::run(
        conformance::quietly(&mut command, &sandbox)
            .arg("check.py")
            .current_dir(folder)
            // The sandbox's helper is there.
            .env(
                "PYTHONPATH",
                root().join(conformance::HOME).join("sdk/python"),
            )
            .env("PYTHONDONTWRITEBYTECODE", "1"),
    )
}
