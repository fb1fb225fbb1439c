//! The texts that a release changes: versions and the changelog's heading.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use toml::Table;

/// Three numbers. We publish nothing before it is ready, so there is no more to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version([u32; 3]);

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no version: three numbers, as in 0.1.0");
        let numbers: Vec<u32> = (text.split('.'))
            .map(|number| number.parse().map_err(|_| wrong()))
            .collect::<Result<_, _>>()?;
        let version = Self(numbers.try_into().map_err(|_| wrong())?);
        // Not `+1` and not `01`.
        if version.to_string() == text {
            Ok(version)
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[derive(Deserialize)]
struct Manifest {
    workspace: Workspace,
}

#[derive(Deserialize)]
struct Workspace {
    package: Package,
    dependencies: Table,
}

#[derive(Deserialize)]
struct Package {
    version: String,
}

/// The version of the workspace, and what it asks for of each of its own crates.
pub(crate) fn versions(manifest: &str) -> Result<(Version, Vec<(String, String)>), String> {
    let failed = |error: toml::de::Error| format!("Cargo.toml: {error}");
    let manifest: Manifest = toml::from_str(manifest).map_err(failed)?;
    let mut ours = Vec::new();
    for (name, dependency) in &manifest.workspace.dependencies {
        if dependency.get("path").is_some() {
            let version = dependency.get("version").and_then(|it| it.as_str());
            ours.push((name.clone(), version.unwrap_or("none").to_owned()));
        }
    }
    Ok((manifest.workspace.package.version.parse()?, ours))
}

/// The manifest of the workspace with another version, which all of its crates have.
pub(super) fn bump(manifest: &str, to: Version) -> Result<String, String> {
    let (from, _) = versions(manifest)?;
    let was = format!("version = \"{from}\"");
    let is = format!("version = \"{to}\"");
    let mut section = "";
    let mut bumped = String::new();
    for line in manifest.split_inclusive('\n') {
        if line.starts_with('[') {
            section = line.trim_end();
        }
        let is_ours = match section {
            "[workspace.package]" => line.starts_with("version"),
            "[workspace.dependencies]" => line.contains("path = "),
            _ => false,
        };
        if is_ours {
            bumped.push_str(&line.replace(&was, &is));
        } else {
            bumped.push_str(line);
        }
    }
    let (now, ours) = versions(&bumped)?;
    match ours.iter().find(|(_, version)| *version != to.to_string()) {
        None if now == to => Ok(bumped),
        Some((name, version)) => Err(format!("Cargo.toml: {name} stays at {version}")),
        None => Err(format!("Cargo.toml: the workspace stays at {now}")),
    }
}

/// A heading of the changelog, without its `## `.
#[derive(Debug, PartialEq)]
enum Heading<'a> {
    /// `Unreleased`, or `0.1.0 (unreleased)`.
    Next(Option<Version>),
    /// `0.1.0 - 2026-11-29`.
    Dated(Version, &'a str),
}

fn heading(text: &str) -> Result<Heading<'_>, String> {
    let wrong = || {
        format!(
            "CHANGELOG.md: `## {text}` is none of `## Unreleased`, `## 0.1.0 (unreleased)` and `## 0.1.0 - 2026-01-31`"
        )
    };
    if text == "Unreleased" {
        return Ok(Heading::Next(None));
    }
    if let Some(version) = text.strip_suffix(" (unreleased)") {
        return Ok(Heading::Next(Some(version.parse()?)));
    }
    let (version, date) = text.split_once(" - ").ok_or_else(wrong)?;
    let is_date = date.len() == 10
        && (date.bytes().enumerate()).all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if is_date {
        Ok(Heading::Dated(version.parse()?, date))
    } else {
        Err(wrong())
    }
}

fn headings(changelog: &str) -> Result<Vec<Heading<'_>>, String> {
    (changelog.lines())
        .filter_map(|line| line.strip_prefix("## "))
        .map(heading)
        .collect()
}

/// What is wrong with the changelog of a tree of this version. It has one heading for each version, the newest
/// first, and one of them is this version's.
pub(crate) fn changelog_problem(changelog: &str, version: Version) -> Option<String> {
    let headings = match headings(changelog) {
        Ok(headings) => headings,
        Err(problem) => return Some(problem),
    };
    let mut before: Option<Version> = None;
    let mut is_there = false;
    for (at, heading) in headings.iter().enumerate() {
        let of = match heading {
            Heading::Next(_) if at > 0 => {
                return Some("CHANGELOG.md: what is not released is not on top".to_owned());
            }
            Heading::Next(None) => continue,
            Heading::Next(Some(of)) | Heading::Dated(of, _) => *of,
        };
        if before.is_some_and(|before| before <= of) {
            return Some(format!("CHANGELOG.md: {of} is below what is not newer"));
        }
        before = Some(of);
        is_there |= of == version;
    }
    (!is_there).then(|| format!("CHANGELOG.md: no heading for {version}"))
}

/// The changelog in which what was not released is that of this version and day. When it is so already, it
/// stays as it is.
pub(super) fn date(changelog: &str, version: Version, day: &str) -> Result<String, String> {
    let headings = headings(changelog)?;
    match headings.first() {
        Some(Heading::Dated(of, _)) if *of == version => {}
        Some(Heading::Next(of)) if of.is_none_or(|of| of == version) => {
            let begin = changelog.find("## ").unwrap_or_default();
            let (before, rest) = changelog.split_at(begin);
            let (_, rest) = rest.split_once('\n').unwrap_or((rest, ""));
            let said = rest.split("\n## ").next().unwrap_or_default();
            if !said.lines().any(|line| line.starts_with("- ")) {
                return Err("CHANGELOG.md says nothing of what is new".to_owned());
            }
            let dated = format!("{before}## {version} - {day}\n{rest}");
            return match changelog_problem(&dated, version) {
                None => Ok(dated),
                Some(problem) => Err(problem),
            };
        }
        _ => {
            return Err(format!(
                "CHANGELOG.md does not begin with what is new in {version}"
            ));
        }
    }
    Ok(changelog.to_owned())
}

/// The day of a time in seconds since 1970, in UTC. The years are counted from March, so that a leap day is
/// the last of one.
pub(super) fn day(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = days / 146_097 * 400 + year + u64::from(month >= 10);
    let month = if month < 10 { month + 3 } else { month - 9 };
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
[workspace]
members = ["crates/*"]

[workspace.package]
version = "0.1.0"
rust-version = "1.89"

[workspace.dependencies]
ours = { path = "crates/ours", version = "0.1.0" }
theirs = { version = "0.1.0", default-features = false }
"#;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn a_version_is_three_numbers() {
        assert!(version("0.10.0") > version("0.9.9"));
        for wrong in [
            "", "1", "1.0", "1.0.0.0", "1.0.x", "v1.0.0", "1.0.0-a", "01.0.0", "1.+1.0",
        ] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn all_of_ours_are_bumped_and_nothing_else() {
        let bumped = bump(MANIFEST, version("0.2.0")).unwrap();
        let expected = MANIFEST.replacen("\"0.1.0\"", "\"0.2.0\"", 2);
        assert_eq!(bumped, expected);
        assert_eq!(bump(&bumped, version("0.2.0")).unwrap(), bumped);
    }

    #[test]
    fn what_would_be_left_behind_is_named() {
        for (from, to) in [
            (
                "path = \"crates/ours\", version = \"0.1.0\"",
                "path = \"crates/ours\", version = \"0.0.9\"",
            ),
            (
                "path = \"crates/ours\", version = \"0.1.0\"",
                "path = \"crates/ours\"",
            ),
        ] {
            let manifest = MANIFEST.replacen(from, to, 1);
            let problem = bump(&manifest, version("0.2.0")).unwrap_err();
            assert!(problem.contains("ours stays"), "{problem}");
        }
    }

    #[test]
    fn what_is_new_gets_its_day_once() {
        let changelog = |heading: &str| {
            format!("# Changelog\n\n## {heading}\n\n- New.\n\n## 0.1.0 - 2026-01-31\n\n- All.\n")
        };
        let dated = changelog("0.2.0 - 2026-12-01");
        for before in ["Unreleased", "0.2.0 (unreleased)", "0.2.0 - 2026-12-01"] {
            let after = date(&changelog(before), version("0.2.0"), "2026-12-01");
            assert_eq!(after.as_ref(), Ok(&dated), "{before}");
        }
        // The day that it has is kept.
        assert_eq!(date(&dated, version("0.2.0"), "2026-12-24"), Ok(dated));
        for (before, of) in [
            ("0.2.0 (unreleased)", "0.3.0"),
            ("0.2.0 - 2026-12-01", "0.3.0"),
            ("Unreleased", "0.1.0"),
            ("Unreleased", "0.0.9"),
            ("0.2.0", "0.2.0"),
            ("0.2.0 - soon", "0.2.0"),
        ] {
            let after = date(&changelog(before), version(of), "2026-12-01");
            assert!(after.is_err(), "{before} as {of}");
        }
        let empty = "# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-01-31\n\n- All.\n";
        assert!(date(empty, version("0.2.0"), "2026-12-01").is_err());
        assert!(date("# Changelog\n", version("0.2.0"), "2026-12-01").is_err());
    }

    #[test]
    fn a_changelog_has_one_heading_for_each_version() {
        let problem = |headings: &[&str]| {
            let text: String = headings
                .iter()
                .map(|it| format!("## {it}\n\n- Said.\n\n"))
                .collect();
            changelog_problem(&text, version("0.2.0"))
        };
        assert_eq!(problem(&["0.2.0 (unreleased)"]), None);
        assert_eq!(
            problem(&["Unreleased", "0.2.0 - 2026-02-01", "0.1.0 - 2026-01-31"]),
            None
        );
        for wrong in [
            &[][..],
            &["Unreleased"],
            &["0.1.0 - 2026-01-31"],
            &["0.2.0 - 2026-02-01", "Unreleased"],
            &["0.2.0 (unreleased)", "0.2.0 - 2026-02-01"],
            &["0.1.0 - 2026-01-31", "0.2.0 - 2026-02-01"],
            &["0.2.0"],
            &["0.2.0 - 2026-2-1"],
        ] {
            assert!(problem(wrong).is_some(), "{wrong:?}");
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_709_164_800, "2024-02-29"),
            (1_709_251_200, "2024-03-01"),
            (1_798_675_200, "2026-12-31"),
            (1_798_761_600, "2027-01-01"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(day(seconds), expected);
        }
    }
}
