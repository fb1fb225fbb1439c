//! Where the links of the pages lead. Nothing is fetched: an address is looked at only for its form.

use std::path::{Component, Path, PathBuf};

use super::pages::{CONTENTS, Page};
use crate::root;

const EXAMPLES: &str = "docs/examples.md";

/// The links that lead nowhere, and the pages that the contents do not list.
pub(super) fn check(pages: &[Page]) -> Vec<String> {
    let mut problems = Vec::new();
    for page in pages {
        for link in &page.links {
            if let Some(problem) = wrong(pages, page, &link.target) {
                problems.push(format!(
                    "{}:{}: {}: {problem}",
                    page.path, link.line, link.target
                ));
            }
        }
    }
    problems.extend(not_listed(pages));
    problems.extend(examples_not_listed(pages));
    problems
}

fn wrong(pages: &[Page], page: &Page, target: &str) -> Option<&'static str> {
    if target.starts_with('[') {
        return Some("no such reference");
    }
    if let Some((scheme, rest)) = target.split_once(':') {
        let host = rest.strip_prefix("//").unwrap_or_default();
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        let named = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
        let is_name = host.contains('.') && host.chars().all(named);
        return match scheme {
            "https" if is_name => None,
            "https" => Some("not the address of a page"),
            _ => Some("neither a file of this repository nor https"),
        };
    }
    let (file, anchor) = match target.split_once('#') {
        Some((file, anchor)) => (file, Some(anchor)),
        None => (target, None),
    };
    let Some(path) = resolved(&page.path, file) else {
        return Some("outside of this repository");
    };
    let Some(anchor) = anchor else {
        let is_there = root().join(&path).exists();
        return (!is_there).then_some("no such file");
    };
    match pages.iter().find(|other| other.path == path) {
        None => Some("no page that could have an anchor"),
        Some(other) => (!other.anchors.contains(anchor)).then_some("no such heading"),
    }
}

/// The file that a link of a page means, below the workspace.
pub(super) fn resolved(page: &str, file: &str) -> Option<String> {
    if file.is_empty() {
        return Some(page.to_owned());
    }
    let mut path = PathBuf::from(page);
    path.pop();
    for part in Path::new(file).components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            _ => return None,
        }
    }
    path.to_str().map(str::to_owned)
}

/// The files that a page links to.
fn listed(pages: &[Page], path: &str) -> Option<Vec<String>> {
    let page = pages.iter().find(|page| page.path == path)?;
    let links = page.links.iter();
    Some(
        links
            .filter_map(|link| resolved(path, &link.target))
            .collect(),
    )
}

fn examples_not_listed(pages: &[Page]) -> Vec<String> {
    let Some(listed) = listed(pages, EXAMPLES) else {
        return Vec::new(); // which the contents' links tell
    };
    let crates = root().join("crates");
    let folders = std::fs::read_dir(&crates).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| {
        let examples = std::fs::read_dir(folder.path().join("examples"));
        examples.into_iter().flatten().flatten()
    });
    let path = |file: std::fs::DirEntry| {
        let path = file.path();
        let path = path.strip_prefix(root()).unwrap_or(&path);
        path.to_string_lossy().replace('\\', "/")
    };
    let mut missing: Vec<String> = files.map(path).filter(|it| !listed.contains(it)).collect();
    missing.sort();
    let told = missing
        .iter()
        .map(|path| format!("{EXAMPLES}: does not list {path}"));
    told.collect()
}

fn not_listed(pages: &[Page]) -> Vec<String> {
    let Some(listed) = listed(pages, CONTENTS) else {
        return vec![format!("{CONTENTS}: is not there")];
    };
    let in_book = |page: &&Page| page.path.starts_with("docs/") && page.path != CONTENTS;
    pages
        .iter()
        .filter(in_book)
        .filter(|page| !listed.contains(&page.path))
        .map(|page| format!("{CONTENTS}: does not list {}", page.path))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, text: &str) -> Page {
        Page::new(path.to_owned(), text.to_owned())
    }

    #[test]
    fn what_leads_nowhere_is_found() {
        let good = "[a](../Cargo.toml) [b](#here) [c](b.md) [d](b.md#there) [e](https://bitpay.com/docs?a=b#c)\n\
                    [f](.) [g](README.md)\n\n# Here";
        let contents = || page(CONTENTS, "[a](a.md) [b](b.md)");
        let pages = [
            contents(),
            page("docs/a.md", good),
            page("docs/b.md", "# There"),
        ];
        // `docs/b.md` is no file: links to pages without an anchor are looked up on the disk.
        assert_eq!(
            check(&pages),
            [
                "docs/README.md:1: a.md: no such file",
                "docs/README.md:1: b.md: no such file",
                "docs/a.md:1: b.md: no such file"
            ]
        );
        for (link, problem) in [
            ("Cargo.toml", "no such file"),
            ("../../Cargo.toml", "outside of this repository"),
            ("#there", "no such heading"),
            ("b.md#here", "no such heading"),
            ("../Cargo.toml#here", "no page that could have an anchor"),
            (
                "http://bitpay.com",
                "neither a file of this repository nor https",
            ),
            ("https://bitpay", "not the address of a page"),
            ("https://a b.com", "not the address of a page"),
        ] {
            let pages = [page("docs/a.md", "# Here"), page("docs/b.md", "# There")];
            assert_eq!(wrong(&pages, &pages[0], link), Some(problem), "{link}");
        }
    }

    #[test]
    fn a_page_that_the_contents_do_not_list_is_found() {
        let pages = [
            page(CONTENTS, "[a](a.md)"),
            page("docs/a.md", ""),
            page("docs/b.md", ""),
        ];
        assert_eq!(
            not_listed(&pages),
            ["docs/README.md: does not list docs/b.md"]
        );
        assert_eq!(not_listed(&pages[1..]), ["docs/README.md: is not there"]);
        let examples = "[a](../crates/bitpay-async/examples/webhook_axum.rs)";
        let problems = examples_not_listed(&[page(EXAMPLES, examples)]).join("\n");
        assert!(
            problems.contains("does not list crates/bitpay-blocking/examples/webhook_server.rs")
        );
        assert!(!problems.contains("webhook_axum.rs"), "{problems}");
    }

    #[test]
    fn the_pages_of_this_tree_lead_somewhere() {
        let pages = crate::docs::pages::read().unwrap();
        assert_eq!(check(&pages), Vec::<String>::new());
        assert_eq!(
            crate::docs::blocks::check(&pages).unwrap(),
            Vec::<String>::new()
        );
    }
}
