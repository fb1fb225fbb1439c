//! The page about the program: the files that its tests run, one after the other.

use std::fmt::Write as _;
use std::fs;

use crate::docs::anchor;
use crate::root;

pub(super) const FOLDER: &str = "crates/bitpay-cli/tests/cli";

pub(super) fn make() -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{FOLDER}: {error}");
    let mut paths = Vec::new();
    for entry in fs::read_dir(root().join(FOLDER)).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    let texts: Result<Vec<_>, _> = paths.iter().map(fs::read_to_string).collect();
    Ok(page(&texts.map_err(failed)?))
}

/// The first text tells about the page, and has the contents of all before its first heading.
fn page(texts: &[String]) -> String {
    let text = texts.join("\n");
    let (about, rest) = text.split_once("\n## ").unwrap_or((&text, ""));
    let mut contents = String::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        if let (false, Some(heading)) = (is_code, line.strip_prefix("## ")) {
            // Writing into a string does not fail.
            let _ = writeln!(contents, "- [{heading}](#{})", anchor(heading));
        }
    }
    format!("{about}\n{contents}\n## {rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_listed_and_code_is_not() {
        let texts = [
            "# All\n\nWords.\n\n## Exit codes\n\nOne.\n".to_owned(),
            "## Ledgers, and more\n\n```console\n## no heading\n```\n".to_owned(),
        ];
        assert_eq!(
            page(&texts),
            "# All\n\nWords.\n\n- [Exit codes](#exit-codes)\n- [Ledgers, and more](#ledgers-and-more)\n\n\
             ## Exit codes\n\nOne.\n\n## Ledgers, and more\n\n```console\n## no heading\n```\n"
        );
    }
}
