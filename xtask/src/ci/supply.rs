//! What comes from others: from where, under which licence, how often, and for which compiler.
//!
//! `deny.toml` says what is allowed, to `cargo deny` and to the check here, which needs no tool.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;

use super::{cargo, sh};
use crate::metadata::{self, Metadata, Package};
use crate::{Outcome, root};

const RULES: &str = "deny.toml";
/// Where a copy of the workspace is resolved with the oldest versions that it allows.
const OLDEST: &str = "target/oldest";

#[derive(Deserialize)]
struct Rules {
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

/// A second version that we cannot avoid.
#[derive(Deserialize)]
struct Skip {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: BTreeSet<String>,
}

pub(super) fn check() -> Outcome {
    let text =
        fs::read_to_string(root().join(RULES)).map_err(|error| format!("{RULES}: {error}"))?;
    let rules: Rules = toml::from_str(&text).map_err(|error| format!("{RULES}: {error}"))?;
    let metadata = metadata::read()?;
    // Nobody gets the fuzzers; but their lockfile is forgotten when our dependencies change.
    metadata::read_at(&root().join("fuzz")).map_err(|error| format!("fuzz: {error}"))?;
    let mut problems = Vec::new();
    for package in &metadata.packages {
        problems.extend(strange(package, &rules).map(|it| told(package, &it)));
    }
    for package in metadata.ours() {
        if (package.targets.iter()).any(|it| it.kind.iter().any(|kind| kind == "custom-build")) {
            problems.push(told(
                package,
                "a build script, which runs before anyone can look",
            ));
        }
    }
    problems.extend(twice(&metadata, &rules)?);
    problems.extend(too_new(&metadata)?);
    if problems.is_empty() {
        println!(
            "{} packages, all as they should be",
            metadata.packages.len()
        );
        Ok(())
    } else {
        Err(problems.join("\n"))
    }
}

fn told(package: &Package, problem: &str) -> String {
    format!("{} {}: {problem}", package.name, package.version)
}

/// From elsewhere than the registry, or under a licence that nobody looked at.
fn strange(package: &Package, rules: &Rules) -> Option<String> {
    if let Some(source) = &package.source {
        let registry = source.strip_prefix("registry+").unwrap_or(source);
        if !rules.sources.allow_registry.contains(registry) {
            return Some(format!("comes from {source}"));
        }
    }
    match &package.license {
        None => Some("says no licence".to_owned()),
        Some(license) if allows(license, &rules.licenses.allow) => None,
        Some(license) => Some(format!("`{license}` is not in {RULES}")),
    }
}

/// Whether the list is enough for an SPDX expression. The slash is how `OR` was once written.
fn allows(expression: &str, list: &BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    let enough = any_of(&mut words, list);
    enough && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>, list: &BTreeSet<String>) -> bool {
    let mut enough = all_of(words, list);
    while words.next_if_eq(&"OR").is_some() {
        enough |= all_of(words, list);
    }
    enough
}

fn all_of(words: &mut Words<'_>, list: &BTreeSet<String>) -> bool {
    let mut enough = one_of(words, list);
    while words.next_if_eq(&"AND").is_some() {
        enough &= one_of(words, list);
    }
    enough
}

fn one_of(words: &mut Words<'_>, list: &BTreeSet<String>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let enough = any_of(words, list);
        return words.next_if_eq(&")").is_some() && enough;
    }
    let mut name = words.next().unwrap_or_default().to_owned();
    if words.next_if_eq(&"WITH").is_some() {
        name = format!("{name} WITH {}", words.next().unwrap_or_default());
    }
    list.contains(&name)
}

/// What we chose, and what comes in another version as well: twice the code, and types that differ.
fn twice(metadata: &Metadata, rules: &Rules) -> Result<Vec<String>, String> {
    let chosen = metadata.chosen();
    let is_skipped = |name: &str, version: &str| {
        let spec = format!("{name}@{version}.");
        (rules.bans.skip.iter()).any(|it| spec.starts_with(&format!("{}.", it.name)))
    };
    let shipped = metadata.shipped()?;
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, version) in &shipped {
        if chosen.contains(name.as_str()) && !is_skipped(name, version) {
            versions.entry(name).or_default().push(version);
        }
    }
    if versions.len() < chosen.len() {
        return Err("cargo tree did not tell all that we depend on".to_owned());
    }
    Ok(versions
        .iter()
        .filter(|(_, versions)| versions.len() > 1)
        .map(|(name, versions)| format!("{name}: in more than one version: {versions:?}"))
        .collect())
}

/// What asks for a newer compiler than we promise to need.
fn too_new(metadata: &Metadata) -> Result<Vec<String>, String> {
    let ours = metadata
        .ours()
        .filter_map(|package| package.rust_version.as_deref())
        .min_by_key(|version| release(version))
        .ok_or("no rust-version")?;
    Ok(metadata
        .packages
        .iter()
        .filter_map(|package| Some((package, package.rust_version.as_deref()?)))
        .filter(|(_, version)| release(version) > release(ours))
        .map(|(package, version)| {
            told(package, &format!("needs Rust {version}, and we say {ours}"))
        })
        .collect())
}

fn release(version: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = (version.split('.'))
        .map(|number| number.parse().unwrap_or(u32::MAX))
        .collect();
    numbers.resize(3, 0);
    numbers
}

/// Builds with the oldest versions that our manifests allow: what they say must be true.
pub(super) fn oldest() -> Outcome {
    let copy = root().join(OLDEST);
    if copy.exists() {
        fs::remove_dir_all(&copy).map_err(|error| format!("{OLDEST}: {error}"))?;
    }
    fs::create_dir_all(&copy).map_err(|error| format!("{OLDEST}: {error}"))?;
    let parts = ["Cargo.toml", "crates", "xtask"];
    sh("cp", &[&["-r"], &parts[..], &[OLDEST]].concat(), &[])?;
    let manifest = format!("{OLDEST}/Cargo.toml");
    let update = ["update", "-Zdirect-minimal-versions", "--manifest-path"];
    sh(
        "cargo",
        &[&update[..], &[&manifest]].concat(),
        &[("RUSTC_BOOTSTRAP", "1")],
    )?;
    let check = ["check", "--workspace", "--all-features", "--locked"];
    cargo(
        &[
            &check[..],
            &["--manifest-path", &manifest, "--target-dir", "target"],
        ]
        .concat(),
    )
}

/// Builds with the oldest compiler that we promise to do with.
pub(super) fn oldest_compiler() -> Outcome {
    let metadata = metadata::read()?;
    let version = metadata
        .ours()
        .find_map(|package| package.rust_version.clone())
        .ok_or("no rust-version")?;
    let install = ["toolchain", "install", &version, "--profile", "minimal"];
    sh("rustup", &install, &[])?;
    let check = [
        "check",
        "--locked",
        "--workspace",
        "--all-targets",
        "--all-features",
    ];
    let check = [
        &["run", &version, "cargo"],
        &check[..],
        &["--target-dir", "target/oldest-compiler"],
    ];
    sh("rustup", &check.concat(), &[])
}

/// The same rules by the tool that others trust, and the known vulnerabilities.
pub(super) fn deny() -> Outcome {
    cargo(&["install", "--locked", "cargo-deny"])?;
    cargo(&[
        "deny",
        "--all-features",
        "check",
        "bans",
        "licenses",
        "sources",
    ])?;
    // Without the database nothing is known of vulnerabilities, and that is no pass.
    cargo(&["deny", "fetch", "db"])?;
    cargo(&["deny", "--all-features", "check", "advisories"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_allowed_only_by_what_the_list_has() {
        let list = ["MIT", "ISC", "X WITH Y"].map(str::to_owned).into();
        for allowed in [
            "MIT",
            "GPL-3.0 OR MIT",
            "GPL-3.0/MIT",
            "MIT AND ISC",
            "(GPL-3.0 OR MIT) AND ISC",
            "X WITH Y",
        ] {
            assert!(allows(allowed, &list), "{allowed}");
        }
        for refused in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "MIT AND (ISC AND GPL-3.0)",
            "GPL-3.0 OR MIT AND GPL-3.0",
            "X",
            "X WITH Z",
            "(MIT",
            "MIT)",
            "MIT ISC",
        ] {
            assert!(!allows(refused, &list), "{refused}");
        }
    }

    #[test]
    fn what_comes_from_elsewhere_or_under_no_known_licence_is_found() {
        let text = fs::read_to_string(root().join(RULES)).unwrap();
        let rules: Rules = toml::from_str(&text).unwrap();
        let found = |source: &str, license: &str| {
            let package = format!(
                r#"{{"id":"","name":"a","version":"1.0.0","source":{source},"license":{license},
                    "manifest_path":"","dependencies":[],"features":{{}},"targets":[]}}"#
            );
            strange(&serde_json::from_str(&package).unwrap(), &rules)
        };
        let registry = r#""registry+https://github.com/rust-lang/crates.io-index""#;
        assert_eq!(found(registry, r#""MIT""#), None);
        assert_eq!(found("null", r#""MIT""#), None);
        for elsewhere in [
            r#""git+https://example.com/a""#,
            r#""registry+https://example.com""#,
        ] {
            assert!(found(elsewhere, r#""MIT""#).is_some(), "{elsewhere}");
        }
        for license in ["null", r#""GPL-3.0""#] {
            assert!(found(registry, license).is_some(), "{license}");
        }
    }

    #[test]
    fn releases_are_compared_by_number() {
        assert!(release("1.100") > release("1.89"));
        assert!(release("1.89.1") > release("1.89"));
        assert_eq!(release("1.89.0"), release("1.89"));
    }
}
