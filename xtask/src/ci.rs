//! Every check that a change must pass, and the minutes that each takes.

mod tidy;

use std::process::Command;
use std::time::Instant;

use crate::{Outcome, browser, codegen, conformance, figures, root};

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
        name: "compile-fail codes",
        run: compile_fail_codes,
    },
    Job {
        name: "fuzz targets build",
        run: fuzz_build,
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
];

/// What takes longer, before a release.
const LONG_JOBS: &[Job] = &[
    Job {
        name: "features",
        run: features,
    },
    Job {
        name: "kills",
        run: kills,
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
        run: packages,
    },
    Job {
        name: "fuzz",
        run: fuzz,
    },
];

pub(crate) fn run(full: bool) -> Outcome {
    let long: &[Job] = if full { LONG_JOBS } else { &[] };
    let mut report = Vec::new();
    let mut failed = 0;
    for job in JOBS.iter().chain(long) {
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

fn cargo(args: &[&str]) -> Outcome {
    sh("cargo", args, &[])
}

fn format() -> Outcome {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"])
}

fn clippy() -> Outcome {
    cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ])
}

/// The README's command, to the letter.
fn test() -> Outcome {
    cargo(&["test", "--workspace"])
}

fn documentation() -> Outcome {
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

fn fuzz_build() -> Outcome {
    cargo(&[
        "check",
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--locked",
        "--all-targets",
    ])
}

/// Twice: the second run must not trip over the first.
fn quickstart() -> Outcome {
    for _ in 0..2 {
        cargo(&["run", "--locked", "-p", "bitpay-cli", "--", "quickstart"])?;
    }
    Ok(())
}

/// Each feature alone, and none.
fn features() -> Outcome {
    cargo(&["check", "-p", "bitpay-core", "--no-default-features"])?;
    cargo(&["test", "-p", "bitpay-core", "--features", "server"])?;
    cargo(&["test", "-p", "bitpay-core", "--features", "schema"])?;
    for front in ["bitpay-blocking", "bitpay-async"] {
        cargo(&["check", "-p", front, "--features", "schema"])?;
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

/// The sandbox killed in the middle of its writes, more often than each change can wait for.
fn kills() -> Outcome {
    let test = "kept::whatever_was_answered_is_there_after_a_kill";
    let args = [
        "test",
        "--release",
        "-p",
        "bitpay-cli",
        "--test",
        "it",
        "--",
        "--exact",
        test,
    ];
    sh("cargo", &args, &[("SANDBOX_KILLS", "200")])
}

fn packages() -> Outcome {
    cargo(&["publish", "--dry-run", "--workspace"])
}

fn fuzz() -> Outcome {
    cargo(&["install", "--locked", "cargo-fuzz"])?;
    for target in tidy::fuzz_targets()? {
        // What is found goes to the first folder; the corpus in the tree is only read.
        let found = format!("fuzz/target/corpus/{target}");
        std::fs::create_dir_all(root().join(&found))
            .map_err(|error| format!("{found}: {error}"))?;
        let corpus = format!("fuzz/corpus/{target}");
        let limit = "-max_total_time=30";
        cargo(&[
            "fuzz", "run", "-s", "none", &target, &found, &corpus, "--", limit,
        ])?;
    }
    Ok(())
}
