//! Storms: creates while much goes wrong, and random life cycles whose books must add up.

use std::process::Command;

use crate::{Outcome, root, run};

const USAGE: &str =
    "cargo xtask storm [--creates N] | --simulated [--seed N] [--seeds N] | --books [HISTORIES]";

fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no number: {USAGE}"))
}

/// Runs what the arguments name.
pub(crate) fn start(args: &[&str]) -> Outcome {
    match args {
        [] => real(10_000),
        ["--creates", creates] => real(number(creates)?),
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
            simulated(first, seeds.unwrap_or(if alone { 1 } else { 20_000 }))
        }
        ["--books"] => books(120_000),
        ["--books", histories] => books(number(histories)?),
        _ => Err(USAGE.to_owned()),
    }
}

/// So many creates of each kind by each client, in processes that are killed.
fn real(creates: u64) -> Outcome {
    build()?;
    let kills = "20";
    let mut storm = Command::new(root().join("target/release/storm"));
    run(storm
        .args(["real", "target/storm", &creates.to_string(), kills])
        .current_dir(root()))
}

/// A small storm over sockets, with what `cargo test` has built.
pub(crate) fn small() -> Outcome {
    let args = "run --locked --package bitpay-conformance --bin storm -- real target/storm 300 4";
    run(Command::new("cargo")
        .args(args.split(' '))
        .current_dir(root()))
}

/// What takes longer.
pub(crate) fn long() -> Outcome {
    simulated(1, 1_000)?;
    real(10_000)?;
    books(10_000)
}

/// Client, network, clock, disks and server in one thread, for each of so many seeds.
fn simulated(first: u64, seeds: u64) -> Outcome {
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
fn books(histories: u64) -> Outcome {
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
