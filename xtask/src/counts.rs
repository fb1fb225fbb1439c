//! How many instructions the work of a call takes, by valgrind's count: the same on every run, whatever the machine
//! does besides. What it was is kept in the tree, so that a change that makes it slower is seen with the change.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::{Outcome, debian, root, run};

/// Compilers differ a little; a change may cost so much without being asked, in hundredths.
const TOLERANCE: u64 = 5;

/// What is counted, and how often it is done for that. A multiple of the signatures between two blindings of a key.
const WORK: [(&str, u64); 5] = [
    ("sign-raw", 256),
    ("sign", 256),
    ("prepare", 256),
    ("receive", 256),
    ("verify", 128),
];

fn file() -> PathBuf {
    root().join("crates/bitpay-bench/counts.toml")
}

/// Counts, and writes down what is kept.
pub(crate) fn write() -> Outcome {
    let mut text = String::from(
        "# Instructions for each, on x86-64. Counted by `cargo xtask counts --write`, compared by `cargo xtask ci`.\n\n",
    );
    writeln!(text, "compiler = {:?}", compiler()?).map_err(|error| error.to_string())?;
    for (name, count) in all()? {
        writeln!(text, "{name} = {count}").map_err(|error| error.to_string())?;
    }
    print!("{text}");
    fs::write(file(), text).map_err(|error| format!("{}: {error}", file().display()))
}

/// Counts, and compares with what is kept.
pub(crate) fn check() -> Outcome {
    let text =
        fs::read_to_string(file()).map_err(|error| format!("{}: {error}", file().display()))?;
    let kept: toml::Table =
        toml::from_str(&text).map_err(|error| format!("{}: {error}", file().display()))?;
    let compiler = compiler()?;
    if kept.get("compiler").and_then(toml::Value::as_str) != Some(&compiler) {
        println!("the counts that are kept are of another compiler than {compiler}");
    }
    let mut problems = Vec::new();
    println!("{:<10}{:>12}{:>12}{:>10}", "", "kept", "now", "change");
    for (name, now) in all()? {
        let was = kept.get(name).and_then(toml::Value::as_integer);
        let was = was
            .and_then(|was| u64::try_from(was).ok())
            .filter(|was| *was > 0)
            .ok_or_else(|| format!("{} has no {name}", file().display()))?;
        let change = (now as f64 / was as f64 - 1.0) * 100.0;
        println!("{name:<10}{was:>12}{now:>12}{change:>+9.1}%");
        if now * 100 > was * (100 + TOLERANCE) {
            problems.push(format!("{name} takes {change:.1} % more instructions"));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}; make it faster, or say why it must be so and run `cargo xtask counts --write`",
        problems.join(", ")
    ))
}

fn compiler() -> Result<String, String> {
    let output = Command::new("rustc").arg("--version").output();
    let output = output.map_err(|error| format!("rustc: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn all() -> Result<Vec<(&'static str, u64)>, String> {
    if !debian::works("valgrind", &["--version"]) {
        debian::install(&["valgrind"])?;
    }
    let build = ["build", "--locked", "--release", "-p", "bitpay-bench"];
    run(Command::new("cargo").args(build).current_dir(root()))?;
    let mut counts = Vec::new();
    for (name, times) in WORK {
        // What comes before and after is in both.
        let (once, twice) = (instructions(name, times)?, instructions(name, 2 * times)?);
        counts.push((name, twice.saturating_sub(once) / times));
    }
    Ok(counts)
}

fn instructions(name: &str, times: u64) -> Result<u64, String> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(root().join("target/release/bitpay-bench"))
        .args(["pure", name, &times.to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    collected
        .and_then(|(_, count)| count.trim().parse().ok())
        .filter(|_| output.status.success())
        .ok_or_else(|| format!("valgrind counts nothing:\n{said}"))
}
