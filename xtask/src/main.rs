//! The workshop: `cargo xtask ci [--full]`, `cargo xtask codegen [--check]`, `cargo xtask conformance`,
//! `cargo xtask browser`, `cargo xtask load`, `cargo xtask storm`, `cargo xtask hostile`, `cargo xtask share`.

mod browser;
mod ci;
mod codegen;
mod conformance;
mod debian;
mod errors;
mod fields;
mod figures;
mod load;
mod storm;
mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What goes wrong here is told to a person and ends the run.
type Outcome = Result<(), String>;

const USAGE: &str = "usage: cargo xtask ci [--full]        run every check
       cargo xtask codegen [--check]  make the generated files, or compare them
       cargo xtask conformance        run BitPay's official SDKs against the sandbox
       cargo xtask browser            walk through the sandbox's pages with a real browser
       cargo xtask load [SECONDS [CONNECTIONS]]  measure the sandbox
       cargo xtask storm --simulated [--seed N] [--seeds N]  much goes wrong, in one thread from one seed
       cargo xtask storm --books [HISTORIES]  random life cycles, whose books must add up
       cargo xtask hostile            a server that means harm: how each call ends, and its memory
       cargo xtask share [SECONDS]    one client for many threads and tasks, while much goes wrong";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["ci"] => ci::run(false),
        ["ci", "--full"] => ci::run(true),
        ["codegen"] => codegen::write(),
        ["codegen", "--check"] => codegen::check(),
        ["browser"] => browser::check(),
        ["conformance"] => conformance::check(),
        ["hostile"] => figures::hostile(),
        ["share", ref limits @ ..] => figures::print("share", limits),
        ["load", ref limits @ ..] => load::measure(limits),
        ["storm", ref args @ ..] => storm::start(args),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Runs a program; its output is shown.
fn run(command: &mut Command) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("failed, {status}: {command:?}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
