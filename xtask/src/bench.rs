//! What the clients and the sandbox cost, beside the least that anybody could pay: builds the programs, installs
//! the official SDKs, and has `bitpay-bench` measure; and what it costs to build a program on each client.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::{Outcome, conformance, root, run};

#[path = "../../crates/bitpay-bench/src/spread.rs"]
mod spread;
use spread::Spread;

/// A program of `crates/bitpay-bench/programs`, and what it needs besides what all need.
struct Program {
    name: &'static str,
    needs: &'static [&'static str],
}

/// The crates of this workspace that the programs are built on.
const OURS: [&str; 4] = [
    "bitpay-core",
    "bitpay-system",
    "bitpay-blocking",
    "bitpay-async",
];

const BARE: [&str; 3] = ["secp256k1", "serde", "serde_json"];

const PROGRAMS: [Program; 5] = [
    Program {
        name: "empty",
        needs: &[],
    },
    Program {
        name: "blocking",
        needs: &["bitpay-blocking", "serde", "serde_json"],
    },
    Program {
        name: "async",
        needs: &["bitpay-async", "tokio"],
    },
    Program {
        name: "ureq",
        needs: &["ureq", "secp256k1", "serde", "serde_json"],
    },
    Program {
        name: "reqwest",
        needs: &[
            "reqwest",
            "rustls",
            "tokio",
            "secp256k1",
            "serde",
            "serde_json",
        ],
    },
];

/// A client, and the HTTP library that it is compared with: how much more it may take to build.
const BUILDS: [(&str, &str); 2] = [("blocking", "ureq"), ("async", "reqwest")];
const MORE: f64 = 1.75;
/// Each is built so many times, in turns.
const ROUNDS: usize = 5;

fn folder() -> PathBuf {
    root().join("target/bench")
}

/// The rows that are named, or all; and `profile`.
pub(crate) fn start(names: &[&str]) -> Outcome {
    if names == ["profile"] {
        return profile();
    }
    let (build, rows): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| **name == "build");
    let has_missed = match names.is_empty() || !rows.is_empty() {
        true => measure(&rows),
        false => Ok(()),
    };
    // What was missed before is no reason not to look at the builds.
    let is_built = match names.is_empty() || !build.is_empty() {
        true => builds(),
        false => Ok(()),
    };
    has_missed.and(is_built)
}

/// The program that measures.
fn bench() -> Result<Command, String> {
    let build = ["build", "--locked", "--release", "-p", "bitpay-bench"];
    run(Command::new("cargo").args(build).current_dir(root()))?;
    Ok(Command::new(root().join("target/release/bitpay-bench")))
}

fn measure(names: &[&str]) -> Outcome {
    write_programs()?;
    let programs = folder().join("programs");
    let build = ["build", "--release"];
    run(Command::new("cargo").args(build).current_dir(&programs))?;
    for name in ["python", "node"] {
        conformance::install_peer(name)?;
    }
    let mut rows = bench()?;
    rows.arg("rows").arg(programs.join("target/release"));
    run(rows.arg(root().join("target/conformance")).args(names))
}

fn profile() -> Outcome {
    write_programs()?;
    let built = folder().join("profile");
    let build = ["build", "--release", "--target-dir"];
    // Without frame pointers nobody could tell who called a function.
    run(Command::new("cargo")
        .args(build)
        .arg(&built)
        .env("RUSTFLAGS", "-C force-frame-pointers=yes")
        .env("CFLAGS", "-fno-omit-frame-pointer")
        .current_dir(folder().join("programs")))?;
    BUILDS.iter().try_for_each(|(front, _)| {
        run(bench()?
            .arg("profile")
            .arg(built.join("release"))
            .arg(front))
    })
}

/// Each program as a package of its own, in one workspace, with the versions of this workspace.
fn write_programs() -> Outcome {
    let all = folder().join("programs");
    let names: Vec<String> = PROGRAMS
        .iter()
        .map(|program| format!("\"on-{}\"", program.name))
        .collect();
    // As they are built where they come from a registry.
    let whole: String = OURS
        .map(|name| format!("\n[profile.dev.package.{name}]\nincremental = false\n"))
        .concat();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n{whole}",
        names.join(", ")
    );
    write(&all.join("Cargo.toml"), &manifest)?;
    let lock = root().join("Cargo.lock");
    let lock = fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    write(&all.join("Cargo.lock"), &lock)?;
    for program in &PROGRAMS {
        write(
            &all.join(format!("on-{}", program.name)).join("Cargo.toml"),
            &program.manifest()?,
        )?;
    }
    Ok(())
}

impl Program {
    fn manifest(&self) -> Result<String, String> {
        let workspace = fs::read_to_string(root().join("Cargo.toml"))
            .map_err(|error| format!("Cargo.toml: {error}"))?;
        let workspace: toml::Table =
            toml::from_str(&workspace).map_err(|error| format!("Cargo.toml: {error}"))?;
        let known = workspace
            .get("workspace")
            .and_then(|table| table.get("dependencies"))
            .and_then(toml::Value::as_table)
            .ok_or("Cargo.toml names no dependencies")?;
        let mut needs = String::from("cpu-time = \"1.0\"\n");
        for name in self.needs {
            let value = known.get(*name).ok_or(format!("{name} is unknown"))?;
            needs += &format!("{name} = {}\n", dependency(name, value));
        }
        let source = root().join(format!("crates/bitpay-bench/programs/{}.rs", self.name));
        Ok(format!(
            "[package]\nname = \"on-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [[bin]]\nname = \"on-{name}\"\npath = {source:?}\n\n[dependencies]\n{needs}",
            name = self.name
        ))
    }
}

/// As the workspace has it, with an absolute path, and with what a program needs of it.
fn dependency(name: &str, value: &toml::Value) -> String {
    let features = match name {
        "serde" | "serde_json" | "secp256k1" => &["std"][..],
        "tokio" => &["macros", "net", "rt", "time"],
        _ => &[],
    };
    let table = match value {
        toml::Value::Table(table) => table.clone(),
        other => [("version".to_owned(), other.clone())]
            .into_iter()
            .collect(),
    };
    let mut parts = Vec::new();
    if let Some(path) = table.get("path").and_then(toml::Value::as_str) {
        parts.push(format!("path = {:?}", root().join(path)));
    } else if let Some(version) = table.get("version").and_then(toml::Value::as_str) {
        parts.push(format!("version = {version:?}"));
    }
    if let Some(default) = table.get("default-features").and_then(toml::Value::as_bool) {
        parts.push(format!("default-features = {default}"));
    }
    let mut all: BTreeSet<&str> = features.iter().copied().collect();
    let known = table.get("features").and_then(toml::Value::as_array);
    all.extend(known.into_iter().flatten().filter_map(toml::Value::as_str));
    parts.push(
        format!("features = {all:?}")
            .replace('{', "[")
            .replace('}', "]"),
    );
    format!("{{ {} }}", parts.join(", "))
}

fn write(file: &Path, text: &str) -> Outcome {
    let failed = |error| format!("{}: {error}", file.display());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    // What is the same is not written, so that it is not built again.
    if fs::read_to_string(file).is_ok_and(|there| there == text) {
        return Ok(());
    }
    fs::write(file, text).map_err(failed)
}

/// A message of cargo, of which only some are of interest.
#[derive(Deserialize)]
struct Message {
    reason: String,
    package_id: Option<String>,
}

/// What building a program from nothing takes: processor time, and how many crates.
struct Built {
    seconds: f64,
    crates: usize,
}

fn builds() -> Outcome {
    write_programs()?;
    println!(
        "\n| A program on | Processor time | Crates | Beside it | Processor time | Crates | Ratio | Target | |"
    );
    println!("| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | --- |");
    let mut missed = Vec::new();
    for (front, library) in BUILDS {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        let mut crates = (0, 0);
        for _ in 0..ROUNDS {
            let built = (build(front)?, build(library)?);
            ours.push(built.0.seconds);
            bare.push(built.1.seconds);
            crates = (built.0.crates, built.1.crates);
        }
        let ratio = Spread::ratio(&ours, &bare);
        let met = if ratio.median <= MORE {
            "met"
        } else {
            "MISSED"
        };
        println!(
            "| bitpay-{front} | {:.1} s | {} | {library}, {} | {:.1} s | {} | {ratio} | {MORE} | {met} |",
            Spread::of(ours).median,
            crates.0,
            BARE.join(", "),
            Spread::of(bare).median,
            crates.1,
        );
        if ratio.median > MORE {
            missed.push(front);
        }
    }
    match missed.is_empty() {
        true => Ok(()),
        false => Err(format!("missed: the build of {}", missed.join(" and "))),
    }
}

/// Builds a program, as `cargo build` does, in an empty folder.
fn build(name: &str) -> Result<Built, String> {
    let target = folder().join("build").join(name);
    let _ = fs::remove_dir_all(&target);
    let began = children()?;
    let output = Command::new("cargo")
        .args([
            "build",
            "--offline",
            "--quiet",
            "--message-format",
            "json",
            "-p",
        ])
        .arg(format!("on-{name}"))
        .env("CARGO_TARGET_DIR", &target)
        .current_dir(folder().join("programs"))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("the build of {name} fails"));
    }
    let seconds = children()? - began;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut crates = BTreeSet::new();
    for line in text.lines() {
        let message: Message =
            serde_json::from_str(line).map_err(|error| format!("cargo says {line:?}: {error}"))?;
        if message.reason == "compiler-artifact" {
            crates.extend(message.package_id);
        }
    }
    Ok(Built {
        seconds,
        crates: crates.len(),
    })
}

/// The processor time of all processes that this one has started and that have ended, in seconds.
fn children() -> Result<f64, String> {
    let stat = fs::read_to_string("/proc/self/stat").map_err(|error| format!("stat: {error}"))?;
    // After the name, which may hold anything; in hundredths of a second.
    let fields = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let times: Vec<f64> = fields
        .split(' ')
        .skip(13)
        .take(2)
        .filter_map(|text| text.parse().ok())
        .collect();
    match times[..] {
        [user, system] => Ok((user + system) / 100.0),
        _ => Err("the operating system tells no processor time".to_owned()),
    }
}
