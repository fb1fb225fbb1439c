//! The commands that the pages show in blocks of `sh`: each is there, with all of its options.

use std::fs;
use std::path::{Path, PathBuf};

use crate::manual::commands;
use crate::program::Home;

/// The lines in blocks of `sh` that call the program, each with what stands behind `bitpay`.
fn calls(text: &str) -> Vec<Vec<String>> {
    let mut calls = Vec::new();
    let mut inside = false;
    for line in text.replace("\\\n", " ").lines() {
        let line = line.trim();
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside {
            let line = line.split(" #").next().unwrap_or_default();
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let through_cargo = line.starts_with("cargo run -p bitpay-cli --");
            let begins = |word: &String| word == if through_cargo { "--" } else { "bitpay" };
            let is_call = through_cargo
                || words
                    .iter()
                    .find(|word| !word.contains('='))
                    .is_some_and(|word| word == "bitpay");
            if let (true, Some(at)) = (is_call, words.iter().position(begins)) {
                calls.push(words[at + 1..].to_vec());
            }
        }
    }
    calls
}

/// What is wrong with a call, if anything is.
fn wrong(home: &Home, words: &[String]) -> Option<String> {
    let mut command: Vec<String> = Vec::new();
    for word in words {
        let inner = commands(home, &command);
        if inner.contains(word) {
            command.push(word.clone());
        } else if !word.starts_with('-') && !inner.is_empty() && command != ["ledger"] {
            return Some(format!("no command {word}"));
        } else {
            break;
        }
    }
    let args: Vec<&str> = command
        .iter()
        .map(String::as_str)
        .chain(["--help"])
        .collect();
    let help = home.run(&args).ok().out;
    let options = words
        .iter()
        .filter(|word| word.starts_with('-') && *word != "-");
    options
        .map(|word| word.split('=').next().unwrap_or_default())
        .find(|option| {
            let mut there = help.split(|c: char| c.is_whitespace() || ",[=".contains(c));
            !there.any(|word| word == *option)
        })
        .map(|option| format!("no option {option} of {}", command.join(" ")))
}

fn pages() -> Vec<PathBuf> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let docs = fs::read_dir(root.join("docs")).unwrap();
    let mut pages: Vec<PathBuf> = docs.map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|it| it == "md"));
    pages.push(root.join("README.md"));
    pages
}

#[test]
fn each_command_that_a_page_shows_is_there_with_its_options() {
    let home = Home::new();
    let mut seen = 0;
    for page in pages() {
        for call in calls(&fs::read_to_string(&page).unwrap()) {
            let problem = wrong(&home, &call);
            assert_eq!(
                problem,
                None,
                "{}: bitpay {}",
                page.display(),
                call.join(" ")
            );
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} commands");
}

#[test]
fn a_command_or_an_option_that_is_not_there_is_found() {
    let home = Home::new();
    let of = |line: &str| {
        let text = format!("```sh\n{line}\n```");
        let calls = calls(&text);
        assert_eq!(calls.len(), 1, "{line}");
        wrong(&home, &calls[0])
    };
    for good in [
        "bitpay",
        "BITPAY_STORE=env bitpay invoice create 20 USD --order 1042   # --nothing",
        "bitpay ledger USD --from 2025-05-01",
        "bitpay sandbox --listen 127.0.0.1:0 \\\n  --json &",
        "cargo run -p bitpay-cli -- quickstart",
    ] {
        assert_eq!(of(good), None, "{good}");
    }
    for bad in [
        "bitpay invoices",
        "bitpay invoice make",
        "bitpay invoice create 20 USD --ordr 1042",
        "cargo run -p bitpay-cli -- quickstop",
    ] {
        assert!(of(bad).is_some(), "{bad}");
    }
    assert!(calls("```sh\nother bitpay\n```\n\nbitpay invoices").is_empty());
}
