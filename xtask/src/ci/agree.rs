//! What is said in more than one place is the same: versions, the oldest compiler, licences, marks of
//! generated files, jobs.

use std::fs;
use std::path::{Path, PathBuf};

use super::tidy::files;
use crate::metadata::{self, Package};
use crate::{api, codegen, release, root};

const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
const WORKFLOW: &str = ".github/workflows/ci.yml";
/// The first line of a generated file has it.
const MARK: &str = "Made by `cargo xtask ";

pub(super) fn problems() -> Result<Vec<String>, String> {
    let metadata = metadata::read()?;
    let manifest = read("Cargo.toml")?;
    let (version, ours) = release::versions(&manifest)?;
    let mut problems: Vec<String> = ours
        .iter()
        .filter(|(_, asked)| *asked != version.to_string())
        .map(|(name, asked)| format!("Cargo.toml: {name} {asked}, and the workspace is {version}"))
        .collect();
    problems.extend(release::changelog_problem(&read("CHANGELOG.md")?, version));
    for package in metadata.ours() {
        if package.version != version.to_string() {
            problems.push(format!(
                "{} is {}, not {version}",
                package.name, package.version
            ));
        }
    }
    for package in metadata.published() {
        problems.extend(lacks(package)?);
    }
    let oldest = (metadata
        .ours()
        .find_map(|package| package.rust_version.clone()))
    .ok_or("Cargo.toml: no rust-version")?;
    problems.extend(other_compilers(&oldest)?);
    problems.extend(marks()?);
    let strange = super::strange_jobs(&read(WORKFLOW)?);
    problems.extend(
        strange
            .iter()
            .map(|problem| format!("{WORKFLOW}: {problem}")),
    );
    Ok(problems)
}

fn read(name: &str) -> Result<String, String> {
    fs::read_to_string(root().join(name)).map_err(|error| format!("{name}: {error}"))
}

/// What every package must have, for strangers and their lawyers.
fn lacks(package: &Package) -> Result<Vec<String>, String> {
    let folder = package.folder()?;
    let mut problems = Vec::new();
    for licence in LICENCES {
        let text = fs::read_to_string(folder.join(licence)).unwrap_or_default();
        if text != read(licence)? {
            problems.push(format!(
                "{}: its {licence} is not that of the workspace",
                package.name
            ));
        }
    }
    // Cargo finds the one beside the manifest by itself.
    let readme = package.readme.as_ref().map(|readme| folder.join(readme));
    if !readme.is_some_and(|readme| readme.is_file()) {
        problems.push(format!("{}: no README", package.name));
    }
    if package.description.is_none() {
        problems.push(format!("{}: no description", package.name));
    }
    Ok(problems)
}

/// The oldest compiler is written once, in the manifest of the workspace; pages that tell it say the same.
fn other_compilers(oldest: &str) -> Result<Vec<String>, String> {
    let mut problems = Vec::new();
    for file in files(&root(), &["md", "toml", "yml"])? {
        let text =
            fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let name = relative(&file);
        if name == Path::new("Cargo.toml") {
            continue;
        }
        let is_code = name.extension().is_some_and(|extension| extension != "md");
        let wrong = if is_code {
            said_again(&text)
        } else {
            said_otherwise(&text, oldest)
        };
        problems.extend(wrong.map(|line| format!("{}: {line}", name.display())));
    }
    Ok(problems)
}

/// A line of a manifest or workflow that names the oldest compiler once more.
fn said_again(text: &str) -> Option<String> {
    let is_it = |line: &&str| {
        let line = line.trim_start();
        ["rust-version", "msrv"].iter().any(|key| {
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with(['=', ':']))
        })
    };
    text.lines().find(is_it).map(str::to_owned)
}

/// `Rust 1.2 or newer`, on a page, of another version.
fn said_otherwise(text: &str, oldest: &str) -> Option<String> {
    let mut said = text.split(" or newer").filter_map(|before| {
        let (_, version) = before.rsplit_once("Rust ")?;
        let is_version = version
            .bytes()
            .all(|byte| byte == b'.' || byte.is_ascii_digit());
        is_version.then_some(version)
    });
    said.find(|version| *version != oldest)
        .map(|version| format!("Rust {version}, and the manifest says {oldest}"))
}

/// Files that are generated say so in their first line, and no others do.
fn marks() -> Result<Vec<String>, String> {
    let mut generated: Vec<PathBuf> = codegen::paths()?;
    generated.extend(api::paths()?);
    let mut problems = Vec::new();
    let is_marked = |path: &Path| {
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines().next().unwrap_or_default().contains(MARK)
    };
    for path in &generated {
        if !is_marked(&root().join(path)) {
            problems.push(format!(
                "{}: its first line does not say that it is made",
                path.display()
            ));
        }
    }
    for path in files(&root(), &["md", "rs", "txt", "toml", "yml"])? {
        let name = relative(&path);
        if is_marked(&path) && !generated.contains(&name) {
            problems.push(format!(
                "{}: says that it is made, and nothing makes it",
                name.display()
            ));
        }
    }
    Ok(problems)
}

fn relative(path: &Path) -> PathBuf {
    path.strip_prefix(root()).unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_says_the_same_everywhere() {
        assert_eq!(problems(), Ok(Vec::new()));
    }

    #[test]
    fn a_second_word_about_the_compiler_is_found() {
        assert_eq!(said_again("rust-version.workspace = true\nrustc = 1"), None);
        for line in [
            "rust-version = \"1.89\"",
            "msrv = \"1.89\"",
            "  rust-version: 1.89",
        ] {
            assert_eq!(said_again(&format!("a\n{line}\n")).as_deref(), Some(line));
        }
        for right in [
            "Rust 1.95, measured",
            "With Rust 1.89 or newer and more",
            "newer",
            "Rust code or newer",
        ] {
            assert_eq!(said_otherwise(right, "1.89"), None, "{right}");
        }
        for wrong in [
            "Rust 1.88 or newer",
            "Rust 1.89 or newer. Rust 1.90 or newer",
        ] {
            assert!(said_otherwise(wrong, "1.89").is_some(), "{wrong}");
        }
    }
}
