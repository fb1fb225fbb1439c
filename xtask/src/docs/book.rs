//! The book: the pages of `docs` as HTML, in the order of their contents, in `target/book`.

use std::fmt::Write as _;
use std::fs;

use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd, html};
use serde::Deserialize;

use super::links::resolved;
use super::pages::{CONTENTS, OPTIONS, Page, Slugs};
use crate::{Outcome, root};

const STYLE: &str = "body{margin:0;display:flex;font:16px/1.5 system-ui,sans-serif;color:#222}\
nav{flex:0 0 17rem;padding:1rem;height:100vh;overflow:auto;position:sticky;top:0;box-sizing:border-box;\
background:#f5f5f2;font-size:.9rem}nav ol,nav ul{padding-left:1.1rem;list-style:none}nav [aria-current]{font-weight:700}\
main{flex:1;min-width:0;max-width:52rem;padding:1rem 2rem 4rem}pre{background:#f5f5f2;padding:.8rem;overflow-x:auto}\
code{font:.9em/1.4 ui-monospace,monospace}table{border-collapse:collapse;display:block;overflow-x:auto}\
img{max-width:100%;border:1px solid #ddd}td,th{border:1px solid #ddd;padding:.3rem .5rem;vertical-align:top;text-align:left}\
@media(max-width:50rem){body{display:block}nav{height:auto;position:static}}\
@media(prefers-color-scheme:dark){body{background:#1b1b1b;color:#ddd}nav,pre{background:#262626}a{color:#8bf}\
td,th{border-color:#444}}";

#[derive(Deserialize)]
struct Manifest {
    workspace: Workspace,
}

#[derive(Deserialize)]
struct Workspace {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    repository: String,
}

pub(super) fn write(pages: &[Page]) -> Outcome {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).map_err(|it| it.to_string())?;
    let manifest: Manifest = toml::from_str(&manifest).map_err(|it| it.to_string())?;
    let repository = manifest.workspace.package.repository;
    let folder = root().join("target/book");
    let failed = |error| format!("target/book: {error}");
    fs::create_dir_all(&folder).map_err(failed)?;
    let in_book: Vec<&Page> = pages.iter().filter(|page| is_in_book(&page.path)).collect();
    let contents = in_book.iter().find(|page| page.path == CONTENTS);
    let contents = contents.map_or("", |page| &page.text);
    for page in &in_book {
        let html = whole(page, contents, &repository);
        fs::write(folder.join(file_of(&page.path)), html).map_err(failed)?;
    }
    let pictures = folder.join("pictures");
    fs::create_dir_all(&pictures).map_err(failed)?;
    for picture in fs::read_dir(root().join("docs/pictures")).map_err(failed)? {
        let picture = picture.map_err(failed)?;
        fs::copy(picture.path(), pictures.join(picture.file_name())).map_err(failed)?;
    }
    println!("target/book/index.html: a book of {} pages", in_book.len());
    Ok(())
}

fn is_in_book(path: &str) -> bool {
    path.starts_with("docs/") && path.ends_with(".md")
}

/// The file of a page in the book.
fn file_of(path: &str) -> String {
    match path {
        CONTENTS => "index.html".to_owned(),
        path => path
            .replacen("docs/", "", 1)
            .replace('/', "-")
            .replace(".md", ".html"),
    }
}

fn whole(page: &Page, contents: &str, repository: &str) -> String {
    let title = page.text.lines().find_map(|line| line.strip_prefix("# "));
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
    let mut shown = String::new();
    // The title is text: Markdown escapes it.
    html::push_html(
        &mut shown,
        [Event::Text(title.unwrap_or("bitpay").into())].into_iter(),
    );
    // Writing into a string does not fail.
    let _ = write!(
        out,
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{shown}</title>\n<style>{STYLE}</style>\n<nav>\n"
    );
    let current = format!("href=\"{}\"", file_of(&page.path));
    let nav = body(CONTENTS, contents, repository, true);
    out += &nav.replace(&current, &format!("{current} aria-current=\"page\""));
    out += "</nav>\n<main>\n";
    out += &body(&page.path, &page.text, repository, false);
    out += "</main>\n</html>\n";
    out
}

/// A page as HTML, or of the contents the lists alone.
fn body(path: &str, text: &str, repository: &str, only_lists: bool) -> String {
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut slugs = Slugs::default();
    let mut heading = None;
    let mut in_rust = false;
    let mut lists = 0;
    for event in Parser::new_ext(text, OPTIONS) {
        lists += i32::from(matches!(event, Event::Start(Tag::List(_))));
        let is_listed = lists > 0;
        lists -= i32::from(matches!(event, Event::End(TagEnd::List(_))));
        if only_lists && !is_listed {
            continue;
        }
        let event = match event {
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                let dest_url = in_the_book(path, &dest_url, repository);
                Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    title,
                    id,
                })
            }
            Event::Start(Tag::Heading { .. }) => {
                heading = Some((events.len(), String::new()));
                event
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((at, words)) = heading.take()
                    && let Some(Event::Start(Tag::Heading { id, .. })) = events.get_mut(at)
                {
                    *id = Some(slugs.of(&words).into());
                }
                event
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                in_rust = matches!(&kind, pulldown_cmark::CodeBlockKind::Fenced(it) if it.starts_with("rust"));
                Event::Start(Tag::CodeBlock(kind))
            }
            Event::Text(code) if in_rust => Event::Text(without_hidden(&code).into()),
            Event::End(TagEnd::CodeBlock) => {
                in_rust = false;
                event
            }
            Event::Text(ref words) | Event::Code(ref words) => {
                if let Some((_, heading)) = &mut heading {
                    *heading += words;
                }
                event
            }
            event => event,
        };
        events.push(event);
    }
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    out
}

/// Where a link leads from the book: to another page of it, or to the repository.
fn in_the_book<'a>(page: &str, target: &str, repository: &str) -> CowStr<'a> {
    let (file, anchor) = match target.split_once('#') {
        Some((file, anchor)) => (file, format!("#{anchor}")),
        None => (target, String::new()),
    };
    if target.contains(':') || file.is_empty() {
        return target.to_owned().into();
    }
    let path = resolved(page, file).unwrap_or_default();
    if is_in_book(&path) {
        format!("{}{anchor}", file_of(&path)).into()
    } else {
        format!("{repository}/blob/main/{path}{anchor}").into()
    }
}

/// Rust without what only makes it run.
fn without_hidden(code: &str) -> String {
    let is_hidden = |line: &&str| line.trim_end() == "#" || line.starts_with("# ");
    let kept = code.split_inclusive('\n').filter(|line| !is_hidden(line));
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leads_to_pages_and_beyond_them_to_the_repository() {
        let text = "# A & B\n\n[b](b.md#two) [c](../crates/c.rs) [d](https://d.example) [e](README.md)\n\n\
                    ```rust\n# hidden\n#[shown]\n#\n```\n\n# A & B\n";
        let html = body("docs/a.md", text, "https://forge.example/it", false);
        for part in [
            "<h1 id=\"a--b\">A &amp; B</h1>",
            "<h1 id=\"a--b-1\">",
            "href=\"b.html#two\"",
            "href=\"https://forge.example/it/blob/main/crates/c.rs\"",
            "href=\"https://d.example\"",
            "href=\"index.html\"",
            "\">#[shown]\n</code>",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        let lists = body(CONTENTS, "# No\n\nNo.\n\n- [yes](a.md)\n\nNo.", "", true);
        assert_eq!(lists, "<ul>\n<li><a href=\"a.html\">yes</a></li>\n</ul>\n");
    }
}
