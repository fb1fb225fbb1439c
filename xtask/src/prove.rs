//! Plants each bug of `crates/bitpay-conformance/planted`, and sees that the check that should notice it
//! does. A file there is a patch; what is before the diff says what it breaks, and `check:` lines name the
//! commands that must fail then, and pass without it.
//!
//! It is done in a copy of the tree, `target/prove/tree`, which is kept, as what was built there is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{Outcome, root, run};

const PLANTED: &str = "crates/bitpay-conformance/planted";

struct Planted {
    name: String,
    patch: PathBuf,
    checks: Vec<String>,
}

/// Every bug that is kept, or those that are named.
fn planted(names: &[&str]) -> Result<Vec<Planted>, String> {
    let entries =
        fs::read_dir(root().join(PLANTED)).map_err(|error| format!("{PLANTED}: {error}"))?;
    let mut all = Vec::new();
    for entry in entries {
        let patch = entry.map_err(|error| format!("{PLANTED}: {error}"))?.path();
        if patch
            .extension()
            .is_none_or(|extension| extension != "patch")
        {
            continue;
        }
        let name = patch.file_stem().unwrap_or_default().to_string_lossy();
        let name = name.into_owned();
        if !names.is_empty() && !names.contains(&name.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&patch).map_err(|error| format!("{name}: {error}"))?;
        let before = text.lines().take_while(|line| !line.starts_with("diff "));
        let checks: Vec<String> = before
            .filter_map(|line| Some(line.strip_prefix("check: ")?.trim().to_owned()))
            .collect();
        if checks.is_empty() {
            return Err(format!("{name}: no line says `check: ` and a command"));
        }
        for check in &checks {
            build_of(check)?;
        }
        all.push(Planted {
            name,
            patch,
            checks,
        });
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    if all.is_empty() {
        return Err(format!("{PLANTED}: no such patch"));
    }
    Ok(all)
}

/// What builds whatever a check runs: what does not compile was not found by a check.
fn build_of(check: &str) -> Result<Vec<String>, String> {
    let mut words: Vec<String> = check.split_whitespace().map(str::to_owned).collect();
    let texts: Vec<&str> = words.iter().map(String::as_str).collect();
    match texts[..] {
        ["cargo", "test", ..] => {
            let end = texts.iter().position(|word| *word == "--");
            words.truncate(end.unwrap_or(words.len()));
            words.push("--no-run".to_owned());
        }
        ["cargo", "xtask", "fuzz", "--seconds", _, target] => {
            words = ["cargo", "xtask", "fuzz", "--build", target]
                .map(str::to_owned)
                .into();
        }
        ["cargo", "xtask", "counts"] => {
            words = ["cargo", "build", "--release", "-p", "bitpay-bench"]
                .map(str::to_owned)
                .into();
        }
        _ => {
            return Err(format!(
                "{check:?}: a check is `cargo test ..`, `cargo xtask fuzz --seconds N TARGET` or \
                 `cargo xtask counts`"
            ));
        }
    }
    Ok(words)
}

/// Do all of them apply to the tree as it is?
pub(crate) fn apply_all() -> Outcome {
    let mut problems = Vec::new();
    let all = planted(&[])?;
    for one in &all {
        let mut git = Command::new("git");
        git.args(["apply", "--check"])
            .arg(&one.patch)
            .current_dir(root());
        if run(&mut git).is_err() {
            problems.push(format!("{} does not apply any more", one.name));
        }
    }
    println!("{} planted bugs", all.len());
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n"))
    }
}

/// Plants all bugs, or those that are named.
pub(crate) fn start(names: &[&str]) -> Outcome {
    let all = planted(names)?;
    let tree = root().join("target/prove/tree");
    copy_to(&tree)?;
    let mut problems = Vec::new();
    let mut unsound = BTreeSet::new();
    let checks: BTreeSet<&str> = all
        .iter()
        .flat_map(|one| &one.checks)
        .map(String::as_str)
        .collect();
    for check in checks {
        match attempt(check, &tree)? {
            Found::Nothing => println!("passes without a bug: {check}"),
            Found::Something(said) => {
                println!("FAILS without a bug: {check}");
                problems.push(format!("{check} fails without a bug:\n{said}"));
                unsound.insert(check);
            }
            Found::NotBuilt(said) => {
                return Err(format!("{check} does not build:\n{said}"));
            }
        }
    }
    let mut table = Vec::new();
    for one in &all {
        if let Err(error) = patch(&tree, &one.patch, &[]) {
            problems.push(format!("{} does not apply any more: {error}", one.name));
            continue;
        }
        // What fails anyhow finds nothing. The others go on: all of this takes an hour.
        let sound = (one.checks.iter()).filter(|check| !unsound.contains(check.as_str()));
        for check in sound {
            let began = Instant::now();
            let found = attempt(check, &tree)?;
            let verdict = match &found {
                Found::Something(_) => "found",
                Found::Nothing => "NOT FOUND",
                Found::NotBuilt(_) => "NOT BUILT",
            };
            let seconds = began.elapsed().as_secs();
            let row = format!("{verdict:<10}{seconds:>5} s  {:<28}{check}", one.name);
            println!("{row}");
            table.push(row);
            match found {
                Found::Something(_) => {}
                Found::Nothing => {
                    problems.push(format!("{}: {check} does not notice it", one.name))
                }
                Found::NotBuilt(said) => {
                    problems.push(format!("{} does not compile:\n{said}", one.name));
                }
            }
        }
        patch(&tree, &one.patch, &["--reverse"])?;
    }
    println!("\n{}", table.join("\n"));
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n"))
    }
}

enum Found {
    Nothing,
    /// With what the check said.
    Something(String),
    NotBuilt(String),
}

fn attempt(check: &str, tree: &Path) -> Result<Found, String> {
    let (built, said) = command(&build_of(check)?, tree)?;
    if !built {
        return Ok(Found::NotBuilt(said));
    }
    let words: Vec<String> = check.split_whitespace().map(str::to_owned).collect();
    let (passed, said) = command(&words, tree)?;
    Ok(if passed {
        Found::Nothing
    } else {
        Found::Something(said)
    })
}

/// Whether it went well, and the end of what it said.
fn command(words: &[String], tree: &Path) -> Result<(bool, String), String> {
    let [program, args @ ..] = words else {
        return Err("no command".to_owned());
    };
    let output = Command::new(program)
        .args(args)
        .current_dir(tree)
        // What this process was started with is of another tree.
        .env_remove("CARGO_TARGET_DIR")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said.lines().collect();
    let end = lines
        .get(lines.len().saturating_sub(60)..)
        .unwrap_or_default();
    Ok((output.status.success(), end.join("\n")))
}

fn patch(tree: &Path, patch: &Path, more: &[&str]) -> Outcome {
    let mut git = Command::new("git");
    git.arg("apply").args(more).arg(patch).current_dir(tree);
    // Without this it would take the paths for those of the repository around the copy.
    let above = tree.parent().unwrap_or(tree);
    run(git.env("GIT_CEILING_DIRECTORIES", above))
}

/// Makes the folder hold what the tree holds and git does not ignore. A file that is as it should be is not
/// touched, so what was built of it stays built.
fn copy_to(tree: &Path) -> Outcome {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .map_err(|error| format!("git: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let names = text.split('\0').filter(|name| !name.is_empty());
    let files: BTreeSet<PathBuf> = names
        .map(PathBuf::from)
        .filter(|name| root().join(name).is_file())
        .collect();
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    for name in &files {
        let (from, to) = (root().join(name), tree.join(name));
        let is = fs::read(&from).map_err(|error| failed(&from, error))?;
        if fs::read(&to).is_ok_and(|there| there == is) {
            continue;
        }
        let folder = to.parent().unwrap_or(tree);
        fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        fs::write(&to, is).map_err(|error| failed(&to, error))?;
        let rights = fs::metadata(&from).map_err(|error| failed(&from, error))?;
        fs::set_permissions(&to, rights.permissions()).map_err(|error| failed(&to, error))?;
    }
    // What is gone from the tree goes from the copy as well.
    let kept = tree.join("../files");
    let before = fs::read_to_string(&kept).unwrap_or_default();
    for gone in before
        .lines()
        .map(PathBuf::from)
        .filter(|name| !files.contains(name))
    {
        let path = tree.join(gone);
        if path.is_file() {
            fs::remove_file(&path).map_err(|error| failed(&path, error))?;
        }
    }
    let names: Vec<String> = files
        .iter()
        .map(|name| name.display().to_string())
        .collect();
    fs::write(&kept, names.join("\n")).map_err(|error| failed(&kept, error))
}
