//! What strangers get: packages, compared with the tree, and tested from their files alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::metadata::{self, Package};
use crate::{Outcome, git, root, run};

/// Below `target`, because `target/release` is cargo's own.
pub(super) const FOLDER: &str = "target/publish";
pub(super) const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
const README: &str = "README.md";

/// A package as it would be published.
pub(super) struct Packed {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) files: usize,
    pub(super) bytes: u64,
}

/// Where cargo builds and packs, whichever tree.
pub(super) fn target_dir() -> PathBuf {
    root().join(FOLDER).join("build")
}

/// Packs all that is published, in the order in which it may be, and unpacks it again, beside each other.
pub(super) fn pack(tree: &Path) -> Result<Vec<Packed>, String> {
    let metadata = metadata::read_at(tree)?;
    let packages = metadata.in_order()?;
    let mut cargo = Command::new("cargo");
    cargo.args([
        "package",
        "--quiet",
        "--no-verify",
        "--locked",
        "--allow-dirty",
    ]);
    for package in &packages {
        cargo.args(["-p", &package.name]);
    }
    run(cargo
        .arg("--target-dir")
        .arg(target_dir())
        .current_dir(tree))?;
    let to = unpacked();
    if to.exists() {
        fs::remove_dir_all(&to).map_err(|error| failed(&to, &error))?;
    }
    fs::create_dir_all(&to).map_err(|error| failed(&to, &error))?;
    let mut packed = Vec::new();
    let mut problems = Vec::new();
    for package in packages {
        packed.push(unpack(package, &to)?);
        problems.extend(differences(package, tree, &to.join(&package.name))?);
    }
    if problems.is_empty() {
        Ok(packed)
    } else {
        Err(problems.join("\n"))
    }
}

fn unpacked() -> PathBuf {
    root().join(FOLDER).join("packages")
}

fn unpack(package: &Package, to: &Path) -> Result<Packed, String> {
    let full = format!("{}-{}", package.name, package.version);
    let file = target_dir().join(format!("package/{full}.crate"));
    let about = fs::metadata(&file).map_err(|error| failed(&file, &error))?;
    run(Command::new("tar").arg("-xzf").arg(&file).arg("-C").arg(to))?;
    let folder = to.join(&package.name);
    fs::rename(to.join(full), &folder).map_err(|error| failed(&folder, &error))?;
    Ok(Packed {
        name: package.name.clone(),
        version: package.version.clone(),
        files: files(&folder)?.len(),
        bytes: about.len(),
    })
}

/// What of a crate's folder is not in its package, or is not as it is there. All of its tests are in that folder.
fn differences(package: &Package, tree: &Path, folder: &Path) -> Result<Vec<String>, String> {
    let name = &package.name;
    let of = package.folder()?;
    let mut problems = Vec::new();
    let mut expected = BTreeSet::new();
    for file in git::ask(of, &["ls-files"])?.lines() {
        // What cargo makes of a manifest is for itself; the one that we wrote is beside it.
        let inside = match file {
            "Cargo.toml" => "Cargo.toml.orig",
            file => file,
        };
        expected.insert(inside.to_owned());
        let is_there = fs::read(folder.join(inside)).ok();
        if is_there != fs::read(of.join(file)).ok() {
            problems.push(format!(
                "{name}: {file} is not in the package as it is in the tree"
            ));
        }
    }
    for licence in LICENCES {
        let text = fs::read(tree.join(licence)).map_err(|error| format!("{licence}: {error}"))?;
        if fs::read(folder.join(licence)).ok() != Some(text) {
            problems.push(format!("{name}: {licence} is not in the package"));
        }
    }
    if !folder.join(README).is_file() {
        problems.push(format!("{name}: no {README} in the package"));
    }
    let of_cargo = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", README];
    expected.extend(of_cargo.map(str::to_owned));
    for more in files(folder)?.difference(&expected) {
        problems.push(format!(
            "{name}: {more} is in the package, and git does not know it"
        ));
    }
    Ok(problems)
}

/// Runs the tests, but those of this program, in a copy of the tree in which each crate that is published is what its package
/// holds: so each takes its siblings from their packages, and nobody has to publish one first.
pub(super) fn test(tree: &Path, packed: &[Packed]) -> Outcome {
    let metadata = metadata::read_at(tree)?;
    let features: Vec<String> = (metadata.published())
        .flat_map(|package| package.features_of_tests())
        .collect();
    for package in metadata.published() {
        let folder = package.folder()?;
        fs::remove_dir_all(folder).map_err(|error| failed(folder, &error))?;
        fs::rename(unpacked().join(&package.name), folder)
            .map_err(|error| failed(folder, &error))?;
    }
    let file = tree.join("Cargo.toml");
    let manifest = fs::read_to_string(&file).map_err(|error| failed(&file, &error))?;
    fs::write(&file, manifest + &patch(packed)).map_err(|error| failed(&file, &error))?;
    run(Command::new("cargo")
        .args(["test", "--workspace", "--exclude", "xtask", "--features"])
        .arg(features.join(","))
        .arg("--target-dir")
        .arg(target_dir())
        .current_dir(tree))
}

/// Packages name each other by versions: here they are.
fn patch(packed: &[Packed]) -> String {
    let mut text = "\n[patch.crates-io]\n".to_owned();
    for package in packed {
        text += &format!("{0} = {{ path = \"crates/{0}\" }}\n", package.name);
    }
    text
}

fn files(folder: &Path) -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let here = folder.join(&below);
        for entry in fs::read_dir(&here).map_err(|error| failed(&here, &error))? {
            let entry = entry.map_err(|error| failed(&here, &error))?;
            let path = below.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else {
                found.insert(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(found)
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
