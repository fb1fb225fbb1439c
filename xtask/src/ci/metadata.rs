//! What cargo knows of this workspace and of all that it depends on.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde::Deserialize;

use crate::root;

#[derive(Deserialize)]
pub(super) struct Metadata {
    pub(super) packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
    resolve: Resolve,
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

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    kind: Option<String>,
}

pub(super) fn read() -> Result<Metadata, String> {
    let args = [
        "metadata",
        "--locked",
        "--all-features",
        "--format-version=1",
    ];
    let output = Command::new("cargo")
        .args(args)
        .current_dir(root())
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))
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

    /// Every package that is built with one of ours for a stranger, on any platform.
    pub(super) fn shipped(&self) -> Vec<&Package> {
        let nodes: BTreeMap<&str, &Node> = (self.resolve.nodes.iter())
            .map(|node| (node.id.as_str(), node))
            .collect();
        let mut found = BTreeSet::new();
        let mut open: Vec<&str> = self.published().map(|it| it.id.as_str()).collect();
        while let Some(id) = open.pop() {
            if !found.insert(id) {
                continue;
            }
            for edge in nodes.get(id).into_iter().flat_map(|node| &node.deps) {
                let not_only_tests = |it: &EdgeKind| it.kind.as_deref() != Some("dev");
                if edge.dep_kinds.iter().any(not_only_tests) {
                    open.push(&edge.pkg);
                }
            }
        }
        self.packages
            .iter()
            .filter(|package| found.contains(package.id.as_str()))
            .collect()
    }
}
