//! The Markdown files, and what is in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use pulldown_cmark::{BrokenLink, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::root;

/// The contents of the book.
pub(super) const CONTENTS: &str = "docs/README.md";

/// Folders whose files are parts of other pages, or none of ours.
const ELSEWHERE: &[&str] = &[
    "src",
    "target",
    "node_modules",
    "crates/bitpay-cli/tests/cli",
];

pub(super) struct Page {
    /// Below the workspace.
    pub(super) path: String,
    pub(super) text: String,
    pub(super) links: Vec<Link>,
    pub(super) anchors: BTreeSet<String>,
    pub(super) blocks: Vec<Block>,
}

pub(super) struct Link {
    pub(super) line: usize,
    pub(super) target: String,
}

/// A block of code.
pub(super) struct Block {
    pub(super) line: usize,
    /// What stands behind the fence: `rust`, `sh`.
    pub(super) info: String,
    pub(super) text: String,
}

/// Every Markdown file that is a page.
pub(super) fn read() -> Result<Vec<Page>, String> {
    let mut paths = Vec::new();
    walk("", &mut paths)?;
    paths.sort();
    let page = |path: String| match fs::read_to_string(root().join(&path)) {
        Ok(text) => Ok(Page::new(path, text)),
        Err(error) => Err(format!("{path}: {error}")),
    };
    paths.into_iter().map(page).collect()
}

fn walk(folder: &str, paths: &mut Vec<String>) -> Result<(), String> {
    let failed = |error| format!("{folder}: {error}");
    for entry in fs::read_dir(root().join(folder)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = match folder {
            "" => name.clone(),
            folder => format!("{folder}/{name}"),
        };
        if ELSEWHERE.iter().any(|it| *it == name || *it == path) {
            continue;
        }
        let is_folder = entry.file_type().map_err(failed)?.is_dir();
        // A forge keeps its own pages in such a folder.
        if is_folder && (!name.starts_with('.') || name == ".github") {
            walk(&path, paths)?;
        } else if Path::new(&name).extension().is_some_and(|it| it == "md") {
            paths.push(path);
        }
    }
    Ok(())
}

pub(super) const OPTIONS: Options = Options::ENABLE_TABLES;

impl Page {
    pub(super) fn new(path: String, text: String) -> Self {
        let mut page = Self {
            path,
            links: Vec::new(),
            anchors: BTreeSet::new(),
            blocks: Vec::new(),
            text: String::new(),
        };
        let line_of = |at: usize| text[..at].lines().count().max(1);
        let mut broken = Vec::new();
        let mut on_broken = |link: BrokenLink<'_>| {
            // `[so]` alone is text; `[text][so]` was meant as a link.
            if link.link_type == LinkType::Reference {
                broken.push((link.span.start, format!("[{}]", link.reference)));
            }
            None
        };
        let events = Parser::new_with_broken_link_callback(&text, OPTIONS, Some(&mut on_broken));
        let mut slugs = Slugs::default();
        let mut heading: Option<String> = None;
        let mut in_block = false;
        for (event, range) in events.into_offset_iter() {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(Link {
                        line: line_of(range.start + 1),
                        target: dest_url.into_string(),
                    });
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = slugs.of(&heading.take().unwrap_or_default());
                    page.anchors.insert(anchor);
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    in_block = true;
                    let info = match kind {
                        CodeBlockKind::Fenced(info) => info.into_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    page.blocks.push(Block {
                        line: line_of(range.start + 1),
                        info,
                        text: String::new(),
                    });
                }
                Event::End(TagEnd::CodeBlock) => in_block = false,
                Event::Text(words) => {
                    if let Some(heading) = &mut heading {
                        *heading += &words;
                    }
                    if let (true, Some(block)) = (in_block, page.blocks.last_mut()) {
                        block.text += &words;
                    }
                }
                Event::Code(words) => {
                    if let Some(heading) = &mut heading {
                        *heading += &words;
                    }
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    page.anchors.extend(id_of(&html).map(str::to_owned));
                }
                _ => {}
            }
        }
        for (at, target) in broken {
            let line = line_of(at + 1);
            page.links.push(Link { line, target });
        }
        page.text = text;
        page
    }
}

/// `<a id="so">`
fn id_of(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("id=\"")?;
    rest.split('"').next()
}

/// The anchors of a page's headings, as GitHub makes them.
#[derive(Default)]
pub(super) struct Slugs(BTreeMap<String, usize>);

impl Slugs {
    pub(super) fn of(&mut self, heading: &str) -> String {
        let slug = anchor(heading);
        let before = self.0.entry(slug.clone()).or_default();
        *before += 1;
        match *before {
            1 => slug,
            more => format!("{slug}-{}", more - 1),
        }
    }
}

pub(crate) fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_anchors_and_blocks_are_found_with_their_lines() {
        let text = "# One `two`, three\n\nA [link](x.md#y), `[no](link)`.\n\n## Again\n\n## Again\n\n\
                    <a id=\"here\"></a>\n\n- item\n\n  ```sh\n  bitpay\n  ```\n\n[lost][nowhere] and [text]\n";
        let page = Page::new("a.md".to_owned(), text.to_owned());
        let links: Vec<_> = page
            .links
            .iter()
            .map(|it| (it.line, &it.target[..]))
            .collect();
        assert_eq!(links, [(3, "x.md#y"), (17, "[nowhere]")]);
        let anchors: Vec<_> = page.anchors.iter().map(String::as_str).collect();
        assert_eq!(anchors, ["again", "again-1", "here", "one-two-three"]);
        let [block] = &page.blocks[..] else { panic!() };
        assert_eq!(
            (block.line, &block.info[..], &block.text[..]),
            (13, "sh", "bitpay\n")
        );
    }
}
