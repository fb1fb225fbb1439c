//! The public interface of each library as text, so that a change to it is seen in the diff.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, ci, metadata, root};

const FOLDER: &str = "docs/api";
/// Traits that nobody implements. A type that has them is the rule, and is not told.
const OF_THE_COMPILER: &[&str] = &[
    "core::marker::Freeze",
    "core::marker::Send",
    "core::marker::StructuralPartialEq",
    "core::marker::Sync",
    "core::marker::Unpin",
    "core::marker::UnsafeUnpin",
    "core::panic::unwind_safe::RefUnwindSafe",
    "core::panic::unwind_safe::UnwindSafe",
];
/// Of these it matters to a program when a type has them no more.
const THREADS: &[&str] = &["core::marker::Send", "core::marker::Sync"];

/// The files that are made, from the folder of the workspace.
pub(crate) fn paths() -> Result<Vec<PathBuf>, String> {
    let metadata = metadata::read()?;
    Ok(metadata
        .libraries()
        .map(|package| path(&package.name).into())
        .collect())
}

fn path(library: &str) -> String {
    format!("{FOLDER}/{library}.txt")
}

struct Made {
    path: String,
    text: String,
}

pub(crate) fn write() -> Outcome {
    ci::make_json()?;
    for made in make()? {
        fs::write(root().join(&made.path), made.text)
            .map_err(|error| format!("{}: {error}", made.path))?;
    }
    Ok(())
}

pub(crate) fn check() -> Outcome {
    ci::make_json()?;
    compare()
}

/// With the JSON that rustdoc has written.
pub(crate) fn compare() -> Outcome {
    let mut stale = Vec::new();
    for made in make()? {
        let is = fs::read_to_string(root().join(&made.path)).unwrap_or_default();
        if is != made.text {
            let lines = differences(&is, &made.text).join("\n");
            stale.push(format!("{}:\n{lines}", made.path));
        }
    }
    if stale.is_empty() {
        println!("the public interfaces are those in {FOLDER}");
        Ok(())
    } else {
        Err(format!(
            "{}\nIf this is meant: `cargo xtask api`, and a line in CHANGELOG.md.",
            stale.join("\n")
        ))
    }
}

fn make() -> Result<Vec<Made>, String> {
    let mut all = Vec::new();
    for package in metadata::read()?.libraries() {
        let output = Command::new("cargo")
            .args([
                "run",
                "--quiet",
                "--locked",
                "--package",
                "xtask",
                "--features",
                "api",
            ])
            .args(["--bin", "xtask-api", "--"])
            .arg(ci::json_of(&package.name))
            .current_dir(root())
            .output()
            .map_err(|error| format!("cargo: {error}"))?;
        if !output.status.success() {
            return Err(format!(
                "{}: {}\nThe crate public-api reads the JSON of one version of rustdoc. With a new compiler, take the \
                 version of that crate which reads its JSON (xtask/Cargo.toml).",
                package.name,
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        all.push(Made {
            path: path(&package.name),
            text: format!(
                "# Made by `cargo xtask api`. Do not edit. All that programs can use of {}, with every feature.\n\n{}",
                package.name,
                page(&text)
            ),
        });
    }
    Ok(all)
}

/// The lines that are worth reading, each once, in the order in which rustdoc's items are sorted. Of an
/// implementation of a trait, that is its head and its types: what its functions are, the trait says. Of any
/// other, it is its head when that has conditions.
fn page(text: &str) -> String {
    let mut page = String::new();
    let mut seen = BTreeSet::new();
    let mut implementing = None;
    for line in text.lines() {
        let is_told = if line.starts_with("impl") {
            implementing = implementing_type(line);
            is_told(line)
        } else {
            let is_function = ["pub fn ", "pub const "]
                .iter()
                .any(|it| line.starts_with(it));
            let is_of = |name: &str| {
                line.contains(&format!(" {name}::")) || line.contains(&format!(" {name}<"))
            };
            !(is_function && implementing.is_some_and(is_of))
        };
        if is_told && seen.insert(line) {
            page.push_str(line);
            page.push('\n');
        }
    }
    page
}

/// Of `impl Trait for path::Type<..>`, the path.
fn implementing_type(line: &str) -> Option<&str> {
    let (_, name) = line.split_once(" for ")?;
    name.split(['<', ' ']).next()
}

/// Of the head of an implementation.
fn is_told(line: &str) -> bool {
    if !line.contains(" for ") {
        return line.contains('<');
    }
    let is_of = |name: &&&str| line.contains(&format!("{name} for "));
    match OF_THE_COMPILER.iter().find(is_of) {
        Some(name) => THREADS.contains(name) && line.contains(&format!(" !{name}")),
        None => true,
    }
}

/// The lines that only one of two texts has, as a diff would show them.
fn differences<'a>(old: &'a str, new: &'a str) -> Vec<String> {
    let only = |sign: char, one: &'a str, other: &'a str| {
        let has: BTreeSet<&str> = other.lines().collect();
        one.lines()
            .filter(move |line| !has.contains(line))
            .map(move |line| format!("{sign} {line}"))
    };
    only('-', old, new).chain(only('+', new, old)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_others_is_not_told_and_what_is_lost_is() {
        let text = "pub struct a::B<'t, T>\n\
            impl core::clone::Clone for a::B\n\
            pub fn a::B::clone(&self) -> Self\n\
            impl core::str::traits::FromStr for a::B\n\
            pub type a::B::Err = a::E\n\
            pub fn a::B::from_str(&str) -> Self\n\
            impl<'t, T> core::marker::Send for a::B<'t, T> where T: core::marker::Send\n\
            impl core::marker::Unpin for a::B\n\
            impl !core::panic::unwind_safe::UnwindSafe for a::B\n\
            impl !core::marker::Sync for a::B\n\
            pub fn a::begin()\n\
            pub trait a::Of\n\
            pub type a::Of::It\n\
            impl a::Of for a::B\n\
            pub type a::B::It = a::C\n\
            pub trait a::Also\n\
            impl a::Of for a::B\n\
            pub type a::B::It = a::C\n\
            impl a::C\n\
            pub fn a::C::new() -> Self\n\
            impl<'t, T> a::B<'t, T>\n\
            pub fn a::B::send(self) where Self: core::marker::Send\n";
        assert_eq!(
            page(text),
            "pub struct a::B<'t, T>\n\
             impl core::clone::Clone for a::B\n\
             impl core::str::traits::FromStr for a::B\n\
             pub type a::B::Err = a::E\n\
             impl !core::marker::Sync for a::B\n\
             pub fn a::begin()\n\
             pub trait a::Of\n\
             pub type a::Of::It\n\
             impl a::Of for a::B\n\
             pub type a::B::It = a::C\n\
             pub trait a::Also\n\
             pub fn a::C::new() -> Self\n\
             impl<'t, T> a::B<'t, T>\n\
             pub fn a::B::send(self) where Self: core::marker::Send\n"
        );
    }

    #[test]
    fn only_what_differs_is_shown() {
        assert_eq!(differences("a\nb\n", "b\nc\n"), ["- a", "+ c"]);
    }
}
