//! Rules that the compiler does not know.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, root};

/// What the core may depend on, directly or not. No HTTP client, runtime, socket or TLS library.
const CORE_MAY_USE: &[&str] = &[
    "arrayvec",
    "base64",
    "bitpay-core",
    "block-buffer",
    "bs58",
    "bytes",
    "cfg-if",
    "cmov",
    "const-oid",
    "cpufeatures",
    "crypto-common",
    "ctutils",
    "digest",
    "dyn-clone",
    "hex",
    "hmac",
    "http",
    "hybrid-array",
    "itoa",
    "jiff",
    "jiff-core",
    "libc",
    "memchr",
    "num-traits",
    "pin-project-lite",
    "proc-macro2",
    "quote",
    "ref-cast",
    "ref-cast-impl",
    "ripemd",
    "rust_decimal",
    "schemars",
    "schemars_derive",
    "secp256k1",
    "secp256k1-sys",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_derive_internals",
    "serde_json",
    "sha2",
    "spin",
    "subtle",
    "syn",
    "thiserror",
    "thiserror-impl",
    // For the feature `tracing`: neither clock nor IO of its own.
    "tracing",
    "tracing-core",
    "typenum",
    "unicode-ident",
    "zeroize",
    "zeroize_derive",
    "zmij",
];

/// Crates of which two instances in one process must not share anything.
const WITHOUT_GLOBALS: &[&str] = &[
    "bitpay-core",
    "bitpay-blocking",
    "bitpay-async",
    "bitpay-store",
];

const GLOBALS: &[&str] = &[
    "static mut",
    "OnceLock",
    "LazyLock",
    "OnceCell",
    "thread_local!",
    "lazy_static",
];

pub(crate) fn check() -> Outcome {
    let mut problems = Vec::new();
    for name in WITHOUT_GLOBALS {
        for file in rust_files(&root().join("crates").join(name).join("src"))? {
            let text = fs::read_to_string(&file)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            for global in GLOBALS {
                if text.contains(global) {
                    problems.push(format!(
                        "{}: `{global}`: two clients in one process share nothing",
                        file.display()
                    ));
                }
            }
        }
    }
    for file in rust_files(&root().join("crates/bitpay-core/src"))? {
        let text =
            fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        if ["f64", "f32"].iter().any(|float| text.contains(float)) {
            problems.push(format!("{}: money is never a float", file.display()));
        }
    }
    problems.extend(promises_without_test()?);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n"))
    }
}

/// The tests that `docs/promises.md` names and that are not there.
fn promises_without_test() -> Result<Vec<String>, String> {
    const PAGE: &str = "docs/promises.md";
    let page = fs::read_to_string(root().join(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let mut tests = String::new();
    for file in rust_files(&root().join("crates"))? {
        tests +=
            &fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let named = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains('_') && !name.contains([' ', ':']));
    Ok(named
        .filter(|name| *name != "compile_fail" && !tests.contains(&format!("fn {name}")))
        .map(|name| format!("{PAGE}: no test `{name}`"))
        .collect())
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

pub(crate) fn core_dependencies() -> Outcome {
    let output = Command::new("cargo")
        .args([
            "tree",
            "-p",
            "bitpay-core",
            "-e",
            "normal",
            "--all-features",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(root())
        .output()
        .map_err(|error| format!("cargo tree: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let used: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let others: Vec<&str> = used
        .iter()
        .copied()
        .filter(|name| !CORE_MAY_USE.contains(name))
        .collect();
    if !output.status.success() || used.is_empty() {
        return Err("cargo tree told nothing of bitpay-core".to_owned());
    }
    if others.is_empty() {
        println!("{} crates, all on the list", used.len());
        Ok(())
    } else {
        Err(format!("the core may not depend on: {}", others.join(", ")))
    }
}
