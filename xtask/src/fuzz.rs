//! Runs the fuzz targets of `fuzz/`, on a stable compiler and with nothing to install: with the right flags
//! a target is an ordinary program. They are the flags of cargo-fuzz, which runs the targets as well.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::{Outcome, root, run};

pub(crate) const USAGE: &str = "cargo xtask fuzz --seconds N [TARGET] | --build [TARGET]";

/// What counts the edges that an input takes, and shows what it is compared with.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Cllvm-args=-simplifycfg-branch-fold-threshold=0";

/// Does what the arguments name.
pub(crate) fn start(args: &[&str]) -> Outcome {
    let (seconds, targets) = match args {
        ["--seconds", seconds] => (Some(*seconds), targets()?),
        ["--seconds", seconds, target] => (Some(*seconds), vec![named(target)?]),
        ["--build"] => (None, targets()?),
        ["--build", target] => (None, vec![named(target)?]),
        _ => return Err(USAGE.to_owned()),
    };
    let Some(seconds) = seconds else {
        return build(&targets).map(drop);
    };
    let seconds = seconds
        .parse()
        .map_err(|_| format!("{seconds:?} is no number: {USAGE}"))?;
    together(seconds, &targets)
}

/// Every target, for so many seconds together.
pub(crate) fn all(seconds: u64) -> Outcome {
    together(seconds, &targets()?)
}

/// The names of the targets.
pub(crate) fn targets() -> Result<Vec<String>, String> {
    let folder = root().join("fuzz/fuzz_targets");
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn named(name: &str) -> Result<String, String> {
    let targets = targets()?;
    let found = targets.iter().find(|target| *target == name).cloned();
    found.ok_or_else(|| format!("{name} is none of: {}", targets.join(", ")))
}

/// Builds the targets. Gives the folder where they are.
fn build(targets: &[String]) -> Result<PathBuf, String> {
    let rustc = Command::new("rustc").arg("-vV").output();
    let rustc = rustc.map_err(|error| format!("rustc: {error}"))?.stdout;
    let rustc = String::from_utf8_lossy(&rustc);
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("rustc does not tell its host")?;
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    let mut cargo = Command::new("cargo");
    cargo
        .args([
            "build",
            "--release",
            "--locked",
            "--manifest-path",
            "fuzz/Cargo.toml",
        ])
        // With a target named, build scripts do without the flags.
        .args(["--target", host])
        .env("RUSTFLAGS", format!("{FLAGS} {flags}"))
        .current_dir(root());
    for target in targets {
        cargo.args(["--bin", target]);
    }
    run(&mut cargo)?;
    Ok(root().join("fuzz/target").join(host).join("release"))
}

/// What a run of a target came to.
struct Ran {
    executions: u64,
    seconds: u64,
    /// The edges that it knows.
    edges: u64,
    /// The input that broke the law.
    broken: Option<PathBuf>,
}

fn together(seconds: u64, targets: &[String]) -> Outcome {
    let programs = build(targets)?;
    let each = (seconds / targets.len() as u64).max(1);
    let mut broken = Vec::new();
    let mut table = vec![format!(
        "{:<16}{:>12}{:>10}{:>12}{:>8}",
        "target", "executions", "seconds", "a second", "edges"
    )];
    for target in targets {
        println!("{target}, for {each} s");
        let program = programs.join(target);
        let ran = run_one(target, &program, each)?;
        table.push(format!(
            "{target:<16}{:>12}{:>10}{:>12}{:>8}",
            ran.executions,
            ran.seconds,
            ran.executions / ran.seconds.max(1),
            ran.edges
        ));
        if let Some(input) = ran.broken {
            broken.push(format!(
                "{target}: an input breaks the law: {input}\n\
                 to see it again: {program} {input}\n\
                 to keep it: cp {input} fuzz/corpus/{target}/, and give it a name; \
                 cargo test -p bitpay-conformance --test it corpora::{target}",
                input = input.display(),
                program = program.display(),
            ));
        }
    }
    println!("{}", table.join("\n"));
    if broken.is_empty() {
        Ok(())
    } else {
        Err(broken.join("\n"))
    }
}

fn run_one(target: &str, program: &PathBuf, seconds: u64) -> Result<Ran, String> {
    // What is found is kept in the first folder; the corpus in the tree is only read.
    let found = folder("fuzz/target/found", target)?;
    let seeds = folder("fuzz/target/seeds", target)?;
    let artifacts = folder("fuzz/artifacts", target)?;
    let output = Command::new(program)
        .args([&found, &seeds])
        .arg(root().join("fuzz/corpus").join(target))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-max_len=4096", "-timeout=10", "-rss_limit_mb=1024"])
        // Weighing inputs by how rare their edges are takes longer than these laws.
        .arg("-entropic=0")
        .arg("-print_final_stats=1")
        // The same way each time, from the same inputs: what was found before leads a longer run elsewhere.
        .arg("-seed=1")
        .env("FUZZ_SEEDS", &seeds)
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let number = |text: Option<&str>| text.and_then(|text| text.trim().parse().ok());
    let statistic = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(name));
        number(line).unwrap_or(0)
    };
    let told = |name: &str| said.lines().rev().find_map(|line| line.split_once(name));
    let broken = told("Test unit written to ").map(|(_, path)| PathBuf::from(path.trim()));
    if !output.status.success() {
        // What is left out is a line for each input that led somewhere new.
        let lines = said.lines().filter(|line| !line.starts_with('#'));
        eprintln!("{}", lines.collect::<Vec<_>>().join("\n"));
        if broken.is_none() {
            return Err(format!("{target} ended with {}", output.status));
        }
    }
    let edges = told(" cov: ").and_then(|(_, rest)| number(rest.split(' ').next()));
    let time = told(" in ").and_then(|(_, rest)| number(rest.split(' ').next()));
    Ok(Ran {
        executions: statistic("stat::number_of_executed_units:"),
        seconds: time.unwrap_or(0),
        edges: edges.unwrap_or(0),
        broken,
    })
}

fn folder(below: &str, target: &str) -> Result<PathBuf, String> {
    let path = root().join(below).join(target);
    fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
