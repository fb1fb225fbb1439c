//! Every check that a change must pass, and the minutes that each takes.

mod agree;
mod supply;
mod surface;
mod targets;
pub(crate) mod tidy;

pub(crate) use surface::{json_of, make_json, stand_in};

use std::fs;
use std::process::Command;
use std::time::Instant;

use crate::{
    Outcome, browser, codegen, conformance, counts, docs, figures, fuzz, git, metadata, openapi,
    postgres, prove, release, root, storm,
};

struct Job {
    name: &'static str,
    run: fn() -> Outcome,
}

/// What each change must pass.
const JOBS: &[Job] = &[
    Job {
        name: "format",
        run: format,
    },
    Job {
        name: "tidy",
        run: tidy::check,
    },
    Job {
        name: "codegen",
        run: codegen::check,
    },
    Job {
        name: "core dependencies",
        run: tidy::core_dependencies,
    },
    Job {
        name: "supply",
        run: supply::check,
    },
    Job {
        name: "clippy",
        run: clippy,
    },
    Job {
        name: "test",
        run: test,
    },
    Job {
        name: "documentation",
        run: documentation,
    },
    Job {
        name: "public interfaces",
        run: surface::check,
    },
    Job {
        name: "compile-fail codes",
        run: compile_fail_codes,
    },
    Job {
        name: "fuzz",
        run: fuzz,
    },
    Job {
        name: "planted bugs apply",
        run: prove::apply_all,
    },
    Job {
        name: "quickstart",
        run: quickstart,
    },
    Job {
        name: "conformance",
        run: conformance::check,
    },
    Job {
        name: "browser",
        run: browser::check,
    },
    Job {
        name: "postgres",
        run: postgres::check,
    },
    Job {
        name: "openapi",
        run: openapi::check,
    },
    Job {
        name: "schemathesis",
        run: openapi::schemathesis,
    },
    Job {
        name: "storm",
        run: storm::small,
    },
    Job {
        name: "instruction counts",
        run: counts::check,
    },
];

/// What takes longer, before a release.
const LONG_JOBS: &[Job] = &[
    Job {
        name: "features",
        run: features,
    },
    Job {
        name: "oldest versions",
        run: supply::oldest,
    },
    Job {
        name: "oldest compiler",
        run: supply::oldest_compiler,
    },
    Job {
        name: "musl",
        run: targets::musl,
    },
    Job {
        name: "wasm",
        run: targets::wasm,
    },
    Job {
        name: "deny",
        run: supply::deny,
    },
    Job {
        name: "mutants",
        run: mutants,
    },
    Job {
        name: "kills",
        run: kills,
    },
    Job {
        name: "long storms",
        run: storm::long,
    },
    Job {
        name: "hostile",
        run: figures::hostile,
    },
    Job {
        name: "share",
        run: figures::share,
    },
    Job {
        name: "packages",
        run: release::test_packages,
    },
    Job {
        name: "planted bugs are found",
        run: || prove::start(&[]),
    },
];

/// Has a file for each tree that every job has passed for, named as git names what it holds.
const PASSED: &str = "target/passed";

pub(crate) fn run(full: bool) -> Outcome {
    if !full {
        return run_all(JOBS);
    }
    let before = git::clean_tree(&root())?;
    run_all(JOBS.iter().chain(LONG_JOBS))?;
    match before {
        Some(tree) if git::clean_tree(&root())?.as_ref() == Some(&tree) => remember(&tree),
        _ => {
            println!("not kept for a release: there are changes that are in no commit");
            Ok(())
        }
    }
}

fn remember(tree: &str) -> Outcome {
    let folder = root().join(PASSED);
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(folder.join(tree), ""))
        .map_err(|error| format!("{PASSED}: {error}"))
}

/// Whether `cargo xtask ci --full` has passed here for what this tree of git's holds.
pub(crate) fn has_passed(tree: &str) -> bool {
    root().join(PASSED).join(tree).is_file()
}

/// One job, of either list.
pub(crate) fn run_one(name: &str) -> Outcome {
    let all = || JOBS.iter().chain(LONG_JOBS);
    match all().find(|job| job.name == name) {
        Some(job) => run_all([job]),
        None => {
            let names: Vec<&str> = all().map(|job| job.name).collect();
            Err(format!("no job {name}; there are: {}", names.join(", ")))
        }
    }
}

/// The jobs that a workflow for a forge names and that are not there, and the long ones that it forgets.
fn strange_jobs(workflow: &str) -> Vec<String> {
    let named: Vec<&str> = (workflow.lines())
        .flat_map(|line| {
            let line = line.trim();
            let list = line
                .strip_prefix("job: [")
                .and_then(|list| list.strip_suffix(']'));
            let one = line.strip_prefix("- run: cargo xtask ci ");
            let one = one.map(|name| name.trim_matches('"'));
            list.into_iter()
                .flat_map(|list| list.split(", "))
                .chain(one)
        })
        .filter(|name| !name.contains("matrix"))
        .collect();
    let is_there = |name: &str| JOBS.iter().chain(LONG_JOBS).any(|job| job.name == name);
    let strange = named.iter().filter(|name| !is_there(name));
    let forgotten = LONG_JOBS.iter().filter(|job| !named.contains(&job.name));
    strange
        .map(|name| format!("{name}: no such job"))
        .chain(forgotten.map(|job| format!("{} is run by no workflow", job.name)))
        .collect()
}

fn run_all<'a>(jobs: impl IntoIterator<Item = &'a Job>) -> Outcome {
    let mut report = Vec::new();
    let mut failed = 0;
    for job in jobs {
        println!("\n== {}", job.name);
        let began = Instant::now();
        let outcome = (job.run)();
        let minutes = began.elapsed().as_secs_f64() / 60.0;
        if let Err(problem) = &outcome {
            eprintln!("{problem}");
            failed += 1;
        }
        let verdict = if outcome.is_ok() { "passed" } else { "FAILED" };
        report.push(format!("{verdict}  {minutes:5.1} min  {}", job.name));
    }
    println!(
        "\n{}\njobs: {} passed, {failed} failed",
        report.join("\n"),
        report.len() - failed
    );
    if failed == 0 {
        Ok(())
    } else {
        Err(format!("{failed} jobs failed"))
    }
}

/// Runs a program at the root of the workspace; its output is shown.
fn sh(program: &str, args: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut command = Command::new(program);
    command.args(args).envs(variables.iter().copied());
    crate::run(command.current_dir(root()))
}

pub(crate) fn cargo(args: &[&str]) -> Outcome {
    sh("cargo", args, &[])
}

fn format() -> Outcome {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"])
}

/// Of the tests, `--all-targets` leaves out those that run only when they are named.
fn clippy() -> Outcome {
    let workspace = ["clippy", "--workspace", "--all-features"];
    for targets in [&["--all-targets"][..], &["--test", "postgres"]] {
        cargo(&[&workspace[..], targets, &["--", "-D", "warnings"]].concat())?;
    }
    Ok(())
}

/// The README's command, to the letter.
fn test() -> Outcome {
    // A zone of three quarters of an hour, where it is often another day: nothing may depend on the machine's.
    sh(
        "cargo",
        &["test", "--workspace"],
        &[("TZ", "Pacific/Chatham")],
    )
}

/// Of rustdoc, and of the pages.
fn documentation() -> Outcome {
    docs::check()?;
    let args = ["doc", "--workspace", "--no-deps", "--all-features"];
    sh("cargo", &args, &[("RUSTDOCFLAGS", "-D warnings")])
}

/// Stable rustdoc runs `compile_fail` examples without looking at the error code that they name.
fn compile_fail_codes() -> Outcome {
    let args = [
        "test",
        "--doc",
        "-p",
        "bitpay-core",
        "-p",
        "bitpay-blocking",
        "--target-dir",
        "target/compile-fail",
    ];
    sh("cargo", &args, &[("RUSTC_BOOTSTRAP", "1")])
}

/// Every target, for two minutes together. Their corpora are replayed by an ordinary test.
fn fuzz() -> Outcome {
    fuzz::all(120)
}

/// Twice: the second run must not trip over the first.
fn quickstart() -> Outcome {
    for _ in 0..2 {
        cargo(&["run", "--locked", "-p", "bitpay-cli", "--", "quickstart"])?;
    }
    Ok(())
}

/// Every library and program alone, with no feature, with each alone, and with all together: with
/// the whole workspace, what one of us forgot to ask for is there because another did.
fn features() -> Outcome {
    for package in metadata::read()?.ours() {
        let alone = ["-p", &package.name, "--no-default-features"];
        cargo(&[&["check"], &alone[..]].concat())?;
        if package.features.is_empty() {
            continue;
        }
        cargo(&[&["test"], &alone[..], &["--tests"]].concat())?;
        for feature in package.features.keys() {
            cargo(&[&["check"], &alone[..], &["--features", feature]].concat())?;
            let tests = ["--tests", "--features", feature];
            cargo(&[&["test"], &alone[..], &tests].concat())?;
        }
        // The examples of its pages once, with all: no feature changes what another's page says.
        cargo(&["test", "-p", &package.name, "--all-features"])?;
    }
    // A program that uses this crate may switch this on for all of its dependencies.
    cargo(&[
        "test",
        "-p",
        "bitpay-core",
        "--features",
        "server,schema,serde_json/arbitrary_precision",
    ])
}

/// Changes the code that signs, names, repeats, counts and believes, here and there, and sees the
/// tests notice each change.
fn mutants() -> Outcome {
    cargo(&["install", "--locked", "cargo-mutants"])?;
    // A copy below `target`, because some systems keep their temporary files in memory.
    let copies = root().join("target/mutants");
    std::fs::create_dir_all(&copies).map_err(|error| format!("target/mutants: {error}"))?;
    let copies = copies.to_string_lossy();
    let args = ["mutants", "-p", "bitpay-core", "-o", "target/mutants"];
    let variables = [
        ("TMPDIR", &*copies),
        ("CARGO_PROFILE_DEV_DEBUG", "0"),
        // A change that only one case in a hundred shows is found by a test that names it, or is missed.
        ("PROPTEST_CASES", "64"),
    ];
    match sh("cargo", &args, &variables) {
        // A change that made a test wait for ever was noticed, unless another one was missed besides.
        Err(why) if why.starts_with("failed, exit status: 3:") => {
            let missed = root().join("target/mutants/mutants.out/missed.txt");
            match std::fs::read_to_string(&missed) {
                Ok(none) if none.trim().is_empty() => Ok(()),
                Ok(missed) => Err(format!("missed:\n{missed}")),
                Err(error) => Err(format!("{}: {error}", missed.display())),
            }
        }
        other => other,
    }
}

/// The sandbox killed in the middle of its writes, more often than each change can wait for.
fn kills() -> Outcome {
    let name = "kept::whatever_was_answered_is_there_after_a_kill";
    let test = [
        "test",
        "--release",
        "-p",
        "bitpay-cli",
        "--test",
        "it",
        "--",
    ];
    let test = [&test[..], &["--exact", name]].concat();
    // Of a name that no test has any more, none runs, and cargo is content.
    let mut list = Command::new("cargo");
    let list = list.args(&test).arg("--list").current_dir(root()).output();
    let list = list.map_err(|error| error.to_string())?;
    if !String::from_utf8_lossy(&list.stdout).contains(name) {
        return Err(format!("there is no test {name}"));
    }
    sh("cargo", &test, &[("SANDBOX_KILLS", "200")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_names_every_long_job_and_no_other() {
        let names: Vec<&str> = LONG_JOBS.iter().map(|job| job.name).collect();
        let workflow = |names: &[&str]| {
            let (first, rest) = names.split_first().unwrap();
            let list = rest.join(", ");
            format!(
                "  job: [{list}]\n  - run: cargo xtask ci\n  - run: cargo xtask ci \"{first}\"\n  - run: cargo xtask ci test\n"
            )
        };
        assert_eq!(strange_jobs(&workflow(&names)), [""; 0]);
        assert_eq!(
            strange_jobs(&workflow(&names[1..])),
            ["features is run by no workflow"]
        );
        let more = [&names[..], &["tests"]].concat();
        assert_eq!(strange_jobs(&workflow(&more)), ["tests: no such job"]);
    }
}
