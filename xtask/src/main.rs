//! The workshop: [`USAGE`] names what it can do.

mod api;
mod bench;
mod browser;
mod ci;
mod codegen;
mod conformance;
mod counts;
mod debian;
mod docs;
mod errors;
mod fields;
mod figures;
mod fuzz;
mod git;
mod load;
mod metadata;
mod methods;
mod openapi;
mod postgres;
mod prove;
mod release;
mod storm;
mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What goes wrong here is told to a person and ends the run.
type Outcome = Result<(), String>;

const USAGE: &str = "usage: cargo xtask ci [--full]        run every check
       cargo xtask ci JOB             run one of them
       cargo xtask codegen [--check]  make the generated files, or compare them
       cargo xtask docs [--check]     make rustdoc and the book, run their code; or look at links and blocks only
       cargo xtask api [--check]      write down the public interfaces, or compare them
       cargo xtask release VERSION [--execute]  see what a release would be, or make it
       cargo xtask conformance        run BitPay's official SDKs against the sandbox
       cargo xtask browser            walk through the sandbox's pages with a real browser
       cargo xtask openapi [--check]  make the description of the API, or compare it
       cargo xtask schemathesis       hold the sandbox against that description
       cargo xtask fuzz --seconds N [TARGET]  hold the parsers to their laws, for so long together
       cargo xtask prove [PATCH..]    plant each bug that is known, and see that a check notices it
       cargo xtask bench [ROW..]      what everything costs, beside the least that it could; `build` is a row too
       cargo xtask bench profile      where the time of a call goes
       cargo xtask counts [--write]   instructions of what a call does, compared with those that are kept
       cargo xtask load [SECONDS [CONNECTIONS]]  measure the sandbox
       cargo xtask recording          write docs/terminal.md, with tmux
       cargo xtask storm [--creates N]  both clients while the server fails and their processes are killed
       cargo xtask storm --simulated [--seed N] [--seeds N]  the same in one thread, from one seed
       cargo xtask storm --books [HISTORIES]  random life cycles, whose books must add up
       cargo xtask share [SECONDS]    one client for many threads and tasks, while much goes wrong
       cargo xtask hostile [MEBIBYTES]  a server that means harm: how each call ends, and its memory";

fn main() -> ExitCode {
    if let Some(done) = ci::stand_in() {
        return done;
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["ci"] => ci::run(false),
        ["ci", "--full"] => ci::run(true),
        ["ci", job] => ci::run_one(job),
        ["codegen"] => codegen::write(),
        ["codegen", "--check"] => codegen::check(),
        ["api"] => api::write(),
        ["api", "--check"] => api::check(),
        ["bench", ref names @ ..] => bench::start(names),
        ["browser"] => browser::check(),
        ["conformance"] => conformance::check(),
        ["counts"] => counts::check(),
        ["counts", "--write"] => counts::write(),
        ["docs"] => docs::all(),
        ["docs", "--check"] => docs::check(),
        ["fuzz", ref args @ ..] => fuzz::start(args),
        ["hostile", ref limits @ ..] => figures::print("hostile", limits),
        ["share", ref limits @ ..] => figures::print("share", limits),
        ["load", ref limits @ ..] => load::measure(limits),
        ["recording"] => load::recording(),
        ["storm", ref args @ ..] => storm::start(args),
        ["openapi"] => openapi::write(),
        ["openapi", "--check"] => openapi::check(),
        ["prove", ref names @ ..] => prove::start(names),
        ["release", ref args @ ..] => release::start(args),
        ["schemathesis"] => openapi::schemathesis(),
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
