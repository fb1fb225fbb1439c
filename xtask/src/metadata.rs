//! What cargo knows of this workspace and of all that it depends on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::root;

#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// Where it comes from; nothing for a path.
    pub(crate) source: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) rust_version: Option<String>,
    pub(crate) description: Option<String>,
    /// From the folder of its manifest.
    pub(crate) readme: Option<String>,
    manifest_path: String,
    /// The registries to which it is published: nothing for all, none for not at all.
    publish: Option<Vec<String>>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) features: BTreeMap<String, Vec<String>>,
    pub(crate) targets: Vec<Target>,
}

#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Nothing for one of the code itself.
    pub(crate) kind: Option<String>,
    source: Option<String>,
    features: Vec<String>,
    /// Which versions will do: any, for a path without a version, which is not published.
    req: String,
}

#[derive(Deserialize)]
pub(crate) struct Target {
    pub(crate) kind: Vec<String>,
}

pub(crate) fn read() -> Result<Metadata, String> {
    read_at(&root())
}

/// Of a copy of this workspace.
pub(crate) fn read_at(tree: &Path) -> Result<Metadata, String> {
    let args = "metadata --locked --all-features --format-version=1";
    serde_json::from_slice(&cargo(tree, args.split(' '))?)
        .map_err(|error| format!("cargo metadata: {error}"))
}

impl Package {
    /// What it asks of itself for its tests. A package cannot depend on itself, so it is asked for from outside.
    pub(crate) fn features_of_tests(&self) -> impl Iterator<Item = String> {
        let of_itself = self.dependencies.iter().filter(|it| it.name == self.name);
        let features = of_itself.flat_map(|dependency| &dependency.features);
        features.map(|feature| format!("{}/{feature}", self.name))
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> Result<&Path, String> {
        let manifest = Path::new(&self.manifest_path);
        manifest
            .parent()
            .ok_or_else(|| format!("{}: in no folder", self.name))
    }
}

impl Metadata {
    /// The packages of this workspace.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
    }

    /// Ours that strangers get.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.ours()
            .filter(|package| package.publish.as_ref().is_none_or(|to| !to.is_empty()))
    }

    /// Of these the ones that other programs are built with.
    pub(crate) fn libraries(&self) -> impl Iterator<Item = &Package> {
        let has = |package: &Package, kind: &str| {
            let mut kinds = package.targets.iter().flat_map(|target| &target.kind);
            kinds.any(|it| it == kind)
        };
        self.published()
            .filter(move |package| has(package, "lib") && !has(package, "bin"))
    }

    /// All that is published, each after all that it depends on, its tests included: so can they be published.
    pub(crate) fn in_order(&self) -> Result<Vec<&Package>, String> {
        let mut left: Vec<&Package> = self.published().collect();
        left.sort_by_key(|package| &package.name);
        let mut ordered = Vec::new();
        while !left.is_empty() {
            let names: BTreeSet<&str> = left.iter().map(|package| package.name.as_str()).collect();
            let waits = |package: &Package| {
                let needs = package.dependencies.iter().filter(|it| it.req != "*");
                let mut needs = needs.filter(|it| it.name != package.name);
                needs.any(|it| names.contains(it.name.as_str()))
            };
            let (waiting, next): (Vec<&Package>, _) = left.iter().partition(|it| waits(it));
            if next.is_empty() {
                let names: Vec<&str> = names.into_iter().collect();
                return Err(format!(
                    "depend on each other in a circle: {}",
                    names.join(", ")
                ));
            }
            ordered.extend::<Vec<&Package>>(next);
            left = waiting;
        }
        Ok(ordered)
    }

    /// What we chose ourselves, and strangers get with it.
    pub(crate) fn chosen(&self) -> BTreeSet<&str> {
        self.published()
            .flat_map(|package| &package.dependencies)
            .filter(|it| it.source.is_some() && it.kind.as_deref() != Some("dev"))
            .map(|it| it.name.as_str())
            .collect()
    }

    /// The names and versions of all that is built with ours for a stranger, on any platform. Asked
    /// of `cargo tree`, because the metadata has the features that our tests switch on as well.
    pub(crate) fn shipped(&self) -> Result<BTreeSet<(String, String)>, String> {
        let args = "tree --locked --all-features --target=all --edges=normal,build --prefix=none";
        let ours = self.published().flat_map(|package| ["-p", &package.name]);
        let tree = cargo(&root(), args.split(' ').chain(ours))?;
        let tree = String::from_utf8_lossy(&tree);
        let line = |line: &str| {
            let (name, rest) = line.split_once(" v")?;
            let version = rest.split(' ').next()?;
            Some((name.to_owned(), version.to_owned()))
        };
        Ok(tree.lines().filter_map(line).collect())
    }
}

fn cargo<'a>(tree: &Path, args: impl Iterator<Item = &'a str>) -> Result<Vec<u8>, String> {
    let output = Command::new("cargo")
        .args(args)
        .current_dir(tree)
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each package with what it depends on; what ends in `*` has no version.
    fn order(packages: &[(&str, &[&str])]) -> Result<Vec<String>, String> {
        let packages: Vec<String> = (packages.iter())
            .map(|(name, needs)| {
                let needs: Vec<String> = (needs.iter())
                    .map(|need| {
                        let (name, req) = match need.strip_suffix('*') {
                            Some(name) => (name, "*"),
                            None => (*need, "^0.1.0"),
                        };
                        format!(r#"{{"name":"{name}","kind":"dev","source":null,"features":[],"req":"{req}"}}"#)
                    })
                    .collect();
                format!(
                    r#"{{"id":"{name}","name":"{name}","version":"0.1.0","manifest_path":"{name}/Cargo.toml",
                        "dependencies":[{}],"features":{{}},"targets":[]}}"#,
                    needs.join(",")
                )
            })
            .collect();
        let members: Vec<String> = (packages.iter())
            .filter_map(|it| it.split('"').nth(3))
            .map(|name| format!("{name:?}"))
            .collect();
        let text = format!(
            r#"{{"packages":[{}],"workspace_members":[{}]}}"#,
            packages.join(","),
            members.join(",")
        );
        let metadata: Metadata = serde_json::from_str(&text).unwrap();
        let ordered = metadata.in_order()?;
        Ok(ordered.iter().map(|it| it.name.clone()).collect())
    }

    #[test]
    fn each_comes_after_all_that_it_depends_on() {
        let all: &[(&str, &[&str])] = &[
            ("a", &["c", "d", "serde"]),
            ("b", &["d"]),
            ("c", &["b"]),
            // Itself and a path without a version are not published with it.
            ("d", &["d", "a*"]),
        ];
        assert_eq!(order(all).unwrap(), ["d", "b", "c", "a"]);
        let circle: &[(&str, &[&str])] = &[("a", &["b"]), ("b", &["a"]), ("c", &[])];
        assert!(order(circle).unwrap_err().ends_with("a, b"));
    }
}
