//! Code in the pages that nothing runs. What runs it is a list of pages in a test: these lists are read here.

use std::fs;

use super::pages::Page;
use crate::{conformance, root};

/// Which tests run the blocks of a language, by the list of pages in their source.
const RUN: &[(&str, &str)] = &[
    ("rust", "crates/bitpay-conformance/src/lib.rs"),
    ("console", "crates/bitpay-cli/tests/it/snapshots.rs"),
];

/// The page of the program is made of files that its tests run.
const MADE: &[&str] = &["docs/cli.md", "docs/terminal.md"];

/// Nobody can run these. Commands in `sh` are looked up by `shown.rs` of the program's tests.
const NOT_RUN: &[&str] = &["", "text", "toml", "sh", "csv", "json", "http"];

/// Copies of programs that run, which the jobs `conformance` and `postgres` compare with them.
const COPIES: &[(&str, &[&str])] = &[
    (conformance::GUIDE, &["js", "python", "rust,ignore"]),
    ("docs/stores.md", &["rs"]),
];

pub(super) fn check(pages: &[Page]) -> Result<Vec<String>, String> {
    let mut problems = Vec::new();
    for page in pages.iter().filter(|page| !MADE.contains(&&page.path[..])) {
        for block in &page.blocks {
            let place = format!("{}:{}", page.path, block.line);
            let mut words = block.info.split([',', ' ']);
            let language = words.next().unwrap_or_default();
            let is_copy = COPIES
                .iter()
                .any(|(path, infos)| *path == page.path && infos.contains(&&block.info[..]));
            if is_copy || NOT_RUN.contains(&language) {
                problems.extend(examples_not_there(&place, &block.text));
                continue;
            }
            match RUN.iter().find(|(name, _)| *name == language) {
                None => problems.push(format!("{place}: nothing runs `{}`", block.info)),
                Some((_, list)) if block.info != language && language == "rust" => {
                    problems.push(format!(
                        "{place}: `{}` does not run as {list} has it",
                        block.info
                    ));
                }
                Some((_, list)) => {
                    let text = fs::read_to_string(root().join(list))
                        .map_err(|error| format!("{list}: {error}"))?;
                    let name = page.path.trim_start_matches("docs/");
                    if ![&page.path, name]
                        .iter()
                        .any(|it| text.contains(&format!("\"{it}\"")))
                    {
                        problems.push(format!("{place}: the page is not in the list of {list}"));
                    }
                }
            }
        }
    }
    Ok(problems)
}

/// `cargo run -p PACKAGE --example NAME` of examples that there are not.
fn examples_not_there(place: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let after = |option: &str| {
            let at = words.iter().position(|word| *word == option)?;
            words.get(at + 1).copied()
        };
        if let Some(name) = after("--example") {
            let file = format!(
                "crates/{}/examples/{name}.rs",
                after("-p").unwrap_or_default()
            );
            if !root().join(&file).exists() {
                problems.push(format!("{place}: there is no {file}"));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> String {
        let page = Page::new(path.to_owned(), text.to_owned());
        check(&[page]).unwrap().join("; ")
    }

    #[test]
    fn code_that_nothing_runs_is_found() {
        assert_eq!(problems("README.md", "```rust\nfn main() {}\n```"), "");
        for (path, block) in [
            ("README.md", "rust,ignore"),
            ("README.md", "rust,no_run"),
            ("README.md", "js"),
            ("docs/none.md", "rust"),
            ("docs/none.md", "console"),
        ] {
            let found = problems(path, &format!("```{block}\nx\n```"));
            assert!(
                found.starts_with(&format!("{path}:1: ")),
                "{path} {block}: {found}"
            );
        }
        let example = |name: &str| {
            let command = format!("```sh\ncargo run -p bitpay-async --example {name}\n```");
            problems("docs/none.md", &command)
        };
        assert_eq!(example("webhook_axum"), "");
        assert!(example("webhook_gone").contains("webhook_gone.rs"));
    }
}
