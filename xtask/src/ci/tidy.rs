//! Rules that the compiler does not know.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::agree;
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

/// What makes a `static` a thing that is written to.
const WRITTEN: &[&str] = &["Mutex", "RwLock", "Atomic", "Once", "Cell"];

/// The statics that may be, since no client tells another anything by them: how to verify, and the level of the
/// process's log.
const SHARED: &[&str] = &[
    "static CONTEXT: Once<Secp256k1<VerifyOnly>>",
    "static STATE: Mutex<State>",
];

/// Is this line a `static` by which clients could tell each other something?
fn is_shared(line: &str) -> bool {
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let declares = line
        .split_once("static ")
        .and_then(|(_, rest)| rest.split_once(':'))
        .is_some_and(|(name, _)| name.chars().all(is_name));
    declares
        && WRITTEN.iter().any(|word| line.contains(word))
        && !SHARED.iter().any(|known| line.contains(known))
}

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
            for line in text.lines().filter(|line| is_shared(line)) {
                problems.push(format!(
                    "{}: `{}`: two clients in one process share nothing",
                    file.display(),
                    line.trim()
                ));
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
    problems.extend(pages_without_test()?);
    problems.extend(agree::problems()?);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n"))
    }
}

/// The tests that the pages name and that are not there, and who has none standing against them.
fn pages_without_test() -> Result<Vec<String>, String> {
    let mut tests = String::new();
    for folder in ["crates", "xtask"] {
        for file in rust_files(&root().join(folder))? {
            tests += &fs::read_to_string(&file)
                .map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    let read = |page: &str| {
        fs::read_to_string(root().join(page)).map_err(|error| format!("{page}: {error}"))
    };
    let mut problems = promises_without_test(&read(PROMISES)?, &tests);
    problems.extend(attackers_without_test(&read(THREATS)?, &tests));
    problems.extend(pains_without_test(&read(COMPARISON)?, &tests));
    problems.extend(invariants_without_test(&read(ARCHITECTURE)?, &tests));
    Ok(problems)
}

const PROMISES: &str = "docs/promises.md";
const THREATS: &str = "docs/threat-model.md";
const COMPARISON: &str = "docs/comparison.md";
const ARCHITECTURE: &str = "docs/architecture.md";

fn promises_without_test(page: &str, tests: &str) -> Vec<String> {
    missing(PROMISES, page, tests).collect()
}

/// An attacker is a part of the page under a heading of the third level; its tests are in its last
/// paragraph, after `**Tests:**`.
fn attackers_without_test(page: &str, tests: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut attackers = page.split("\n### ");
    attackers.next();
    let mut none = true;
    for attacker in attackers {
        none = false;
        let name = attacker.lines().next().unwrap_or_default();
        let said = attacker.split_once("**Tests:**").map(|(_, said)| said);
        let said = said.and_then(|said| said.split("\n\n").next());
        match said.filter(|said| named(said).next().is_some()) {
            Some(said) => problems.extend(missing(THREATS, said, tests)),
            None => problems.push(format!("{THREATS}: no test stands against: {name}")),
        }
    }
    if none {
        problems.push(format!("{THREATS}: no attacker"));
    }
    problems
}

/// A pain is a row of a table; its tests are in its last column.
fn pains_without_test(page: &str, tests: &str) -> Vec<String> {
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let rows = rows.filter(|line| !line.starts_with("| --") && !line.ends_with("| Test |"));
    let mut problems = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
        let (pain, last) = (cells[0], cells[cells.len() - 1]);
        if cells.len() < 3 || named(last).next().is_none() {
            problems.push(format!("{COMPARISON}: no test for: {pain}"));
        }
        problems.extend(missing(COMPARISON, last, tests));
    }
    if problems.is_empty() && !page.contains("| Test |") {
        problems.push(format!("{COMPARISON}: no table of tests"));
    }
    problems
}

/// The paragraph of an invariant ends with the tests that hold it, after `Held by`.
fn invariants_without_test(page: &str, tests: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut invariants = page.split("**Invariant: ");
    invariants.next();
    for invariant in invariants {
        let paragraph = invariant.split("\n\n").next().unwrap_or_default();
        let (name, said) = paragraph.split_once("**").unwrap_or((paragraph, ""));
        let held = said.split_once("Held by").map(|(_, held)| held);
        match held.filter(|held| named(held).next().is_some()) {
            Some(held) => problems.extend(missing(ARCHITECTURE, held, tests)),
            None => problems.push(format!("{ARCHITECTURE}: no test holds: {}", one_line(name))),
        }
    }
    if problems.is_empty() && !page.contains("**Invariant: ") {
        problems.push(format!("{ARCHITECTURE}: no invariant"));
    }
    problems
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn missing<'a>(
    page: &'a str,
    text: &'a str,
    tests: &'a str,
) -> impl Iterator<Item = String> + use<'a> {
    let is_there = |name: &str| {
        ["(", "<"]
            .iter()
            .any(|then| tests.contains(&format!("fn {name}{then}")))
    };
    named(text)
        .filter(move |name| *name != "compile_fail" && !is_there(name))
        .map(move |name| format!("{page}: no test `{name}`"))
}

/// What looks like the name of a test.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains('_') && !name.contains([' ', ':']))
}

pub(crate) fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    files(folder, &["rs"])
}

/// The files that end so, but for what is built and what git keeps.
pub(super) fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, String> {
    let failed = |error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            if name != "target" && name != ".git" {
                found.extend(files(&path, endings)?);
            }
        } else if endings
            .iter()
            .any(|ending| path.extension().is_some_and(|it| it == *ending))
        {
            found.push(path);
        }
    }
    Ok(found)
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

#[cfg(test)]
mod tests {
    use super::*;

    const TESTS: &str = "fn it_holds() {} fn it_holds_on_both<F: Front>() {}";

    #[test]
    fn a_static_that_is_written_to_is_found() {
        for shared in [
            "static LAST: Mutex<Option<Grant>> = Mutex::new(None);",
            "    pub(crate) static COUNT: AtomicU64 = AtomicU64::new(0);",
            "static FIRST: spin::Once<Client> = spin::Once::new();",
        ] {
            assert!(is_shared(shared), "{shared}");
        }
        for other in [
            "static STATE: Mutex<State> = Mutex::new(State {",
            "static FIND_OUT: Operation = Operation {",
            "/// A static one: the Mutex is elsewhere.",
            "fn text() -> &'static str { ONCE }",
        ] {
            assert!(!is_shared(other), "{other}");
        }
    }

    #[test]
    fn a_promise_whose_test_is_not_there_is_named() {
        let page = |name: &str| format!("| It breaks | `it_holds`, `{name}`, and `compile_fail` |");
        assert!(promises_without_test(&page("it_holds_on_both"), TESTS).is_empty());
        // Neither does the beginning of a name do.
        for wrong in ["it_hold", "it_holds_too"] {
            let problems = promises_without_test(&page(wrong), TESTS);
            assert_eq!(problems, [format!("{PROMISES}: no test `{wrong}`")]);
        }
    }

    #[test]
    fn an_attacker_without_an_existing_test_is_named() {
        let page = |against_the_second: &str| {
            format!(
                "# Threats\n`not_a_test`\n\n### A thief\n\nTakes `some_thing`.\n\n**Tests:** `it_holds`,\n\
                 `it_holds_on_both`\n\n### A liar\n\nLies.\n\n{against_the_second}\n\n## The end\n\n`no_test`"
            )
        };
        let told = |against: &str| attackers_without_test(&page(against), TESTS).join("; ");
        assert_eq!(told("**Tests:** `it_holds`"), "");
        let planted = told("**Tests:** `it_holds`, `it_held`");
        assert_eq!(planted, format!("{THREATS}: no test `it_held`"));
        for none in ["", "**Tests:**", "**Tests:** none yet"] {
            assert_eq!(
                told(none),
                format!("{THREATS}: no test stands against: A liar")
            );
        }
        assert_eq!(attackers_without_test("# Threats", TESTS).len(), 1);
    }

    #[test]
    fn a_pain_without_an_existing_test_is_named() {
        let page = |last: &str| {
            format!(
                "| Pain | Here | Test |\n| --- | --- | --- |\n| It `has_no` end | It has | {last} |"
            )
        };
        let told = |last: &str| pains_without_test(&page(last), TESTS).join("; ");
        assert_eq!(told("`it_holds`, `it_holds_on_both`"), "");
        assert_eq!(
            told("`it_held`"),
            format!("{COMPARISON}: no test `it_held`")
        );
        assert!(told("none").contains("no test for: | It `has_no` end"));
        assert_eq!(pains_without_test("# Nothing", TESTS).len(), 1);
    }

    #[test]
    fn an_invariant_that_no_existing_test_holds_is_named() {
        let page = |held: &str| {
            format!(
                "`not_a_test`\n\n**Invariant: all is\nwell.** So it is. {held}\n\n`nor_this`\n\n\
                 Here is **Invariant: it holds.** Held by\n`it_holds_on_both`.\n"
            )
        };
        let told = |held: &str| invariants_without_test(&page(held), TESTS).join("; ");
        assert_eq!(told("Held by `it_holds`."), "");
        assert_eq!(
            told("Held by `it_held`."),
            format!("{ARCHITECTURE}: no test `it_held`")
        );
        for none in ["", "Held by faith."] {
            assert_eq!(
                told(none),
                format!("{ARCHITECTURE}: no test holds: all is well.")
            );
        }
        assert_eq!(invariants_without_test("# House", TESTS).len(), 1);
    }

    /// In the pages themselves.
    #[test]
    fn a_wrong_name_that_is_planted_in_a_page_is_found() {
        assert_eq!(pages_without_test(), Ok(Vec::new()));
        let page = fs::read_to_string(root().join(THREATS)).unwrap();
        let planted = page.replacen("**Tests:** `", "**Tests:** `planted_", 1);
        assert_ne!(page, planted);
        let mut tests = String::new();
        for file in rust_files(&root().join("crates")).unwrap() {
            tests += &fs::read_to_string(file).unwrap();
        }
        let problems = attackers_without_test(&planted, &tests).join("\n");
        assert!(problems.contains("`planted_"), "{problems}");
    }
}
