//! What cargo knows of this workspace and of all that it depends on.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde::Deserialize;

use crate::root;

#[derive(Deserialize)]
pub(super) struct Metadata {
    pub(super) packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
}

#[derive(Deserialize)]
pub(super) struct Package {
    id: String,
    pub(super) name: String,
    pub(super) version: String,
    /// Where it comes from; nothing for a path.
    pub(super) source: Option<String>,
    pub(super) license: Option<String>,
    pub(super) rust_version: Option<String>,
    /// The registries to which it is published: nothing for all, none for not at all.
    publish: Option<Vec<String>>,
    dependencies: Vec<Dependency>,
    pub(super) features: BTreeMap<String, Vec<String>>,
    pub(super) targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    source: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Target {
    pub(super) kind: Vec<String>,
}

pub(super) fn read() -> Result<Metadata, String> {
    let args = "metadata --locked --all-features --format-version=1";
    serde_json::from_slice(&cargo(args.split(' '))?)
        .map_err(|error| format!("cargo metadata: {error}"))
}

impl Metadata {
    /// The packages of this workspace.
    pub(super) fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
    }

    /// Ours that strangers get.
    pub(super) fn published(&self) -> impl Iterator<Item = &Package> {
        self.ours()
            .filter(|package| package.publish.as_ref().is_none_or(|to| !to.is_empty()))
    }

    /// What we chose ourselves, and strangers get with it.
    pub(super) fn chosen(&self) -> BTreeSet<&str> {
        self.published()
            .flat_map(|package| &package.dependencies)
            .filter(|it| it.source.is_some() && it.kind.as_deref() != Some("dev"))
            .map(|it| it.name.as_str())
            .collect()
    }

    /// The names and versions of all that is built with ours for a stranger, on any platform. Asked
    /// of `cargo tree`, because the metadata has the features that our tests switch on as well.
    pub(super) fn shipped(&self) -> Result<BTreeSet<(String, String)>, String> {
        let args = "tree --locked --all-features --target=all --edges=normal,build --prefix=none";
        let ours = self.published().flat_map(|package| ["-p", &package.name]);
        let tree = cargo(args.split(' ').chain(ours))?;
        let tree = String::from_utf8_lossy(&tree);
        let line = |line: &str| {
            let (name, rest) = line.split_once(" v")?;
            let version = rest.split(' ').next()?;
            Some((name.to_owned(), version.to_owned()))
        };
        Ok(tree.lines().filter_map(line).collect())
    }
}

fn cargo<'a>(args: impl Iterator<Item = &'a str>) -> Result<Vec<u8>, String> {
    let output = Command::new("cargo")
        .args(args)
        .current_dir(root())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
