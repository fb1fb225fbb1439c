//! Storms: creates while much goes wrong, and random life cycles whose books must add up.

use std::process::Command;

use crate::{Outcome, root, run};

pub(crate) const USAGE: &str =
    "cargo xtask storm --simulated [--seed N] [--seeds N] | --books [HISTORIES]";

fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no number: {USAGE}"))
}

/// Runs what the arguments name.
pub(crate) fn start(args: &[&str]) -> Outcome {
    match args {
        ["--simulated", rest @ ..] => {
            let (mut first, mut seeds) = (1, None);
            for pair in rest.chunks(2) {
                match pair {
                    ["--seed", seed] => first = number(seed)?,
                    ["--seeds", count] => seeds = Some(number(count)?),
                    _ => return Err(USAGE.to_owned()),
                }
            }
            // One seed alone is to be looked at.
            let alone = rest.contains(&"--seed");
            simulated(first, seeds.unwrap_or(if alone { 1 } else { 10_000 }))
        }
        ["--books"] => books(120_000),
        ["--books", histories] => books(number(histories)?),
        _ => Err(USAGE.to_owned()),
    }
}

/// Client, network, clock, disks and server in one thread, for each of so many seeds.
pub(crate) fn simulated(first: u64, seeds: u64) -> Outcome {
    build()?;
    let mut storm = Command::new(root().join("target/release/storm"));
    run(storm
        .arg("simulated")
        .args([first.to_string(), seeds.to_string()])
        .current_dir(root()))
}

fn build() -> Outcome {
    let args = [
        "build",
        "--locked",
        "--release",
        "-p",
        "bitpay-conformance",
        "--bin",
        "storm",
    ];
    run(Command::new("cargo").args(args).current_dir(root()))
}

/// Random life cycles: invoices less fees, refunds, payouts and settlements are the ledgers and the reports.
pub(crate) fn books(histories: u64) -> Outcome {
    let test = "histories::whatever_happens_every_state_is_legal_and_the_ledgers_add_up";
    let half = (histories / 2).max(1).to_string();
    let mut runs = Vec::new();
    let build = [
        "test",
        "--locked",
        "--release",
        "-p",
        "bitpay-sandbox",
        "--test",
        "it",
        "--no-run",
    ];
    run(Command::new("cargo").args(build).current_dir(root()))?;
    for seed in ["1", "2"] {
        let mut command = Command::new("cargo");
        command
            .args(&build[..7])
            .args(["--", "--exact", "--nocapture", test])
            .env("HISTORIES", &half)
            .env("HISTORIES_SEED", seed)
            .current_dir(root());
        runs.push((command.spawn().map_err(|error| error.to_string())?, seed));
    }
    let mut failed = Vec::new();
    for (mut run, seed) in runs {
        let status = run.wait().map_err(|error| error.to_string())?;
        if !status.success() {
            failed.push(format!("the histories of seed {seed} fail"));
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed.join(", "))
    }
}
