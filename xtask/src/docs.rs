//! The documentation: its links, the code that it shows, and the book that is made of it.
//!
//! `pulldown-cmark` reads Markdown as forges do. It is the one library that this takes: a book of plain files
//! needs no program of its own, and `mdbook` would take minutes to build.

mod blocks;
mod book;
mod links;
mod pages;

pub(crate) use pages::anchor;

use crate::{Outcome, ci};

/// Everything: what CI checks of it, and each block of code.
pub(crate) fn all() -> Outcome {
    ci::run_one("documentation")?;
    // Of rustdoc, the README and the pages; what the pages' terminals show; and the programs that they copy.
    ci::cargo(&["test", "--workspace", "--doc"])?;
    let shown = ["snapshots", "shown", "checkout", "receivers", "examples"];
    ci::cargo(&[&["test", "--workspace", "--test", "it", "--"], &shown[..]].concat())
}

/// Links and anchors, code that nothing runs, and the book.
pub(crate) fn check() -> Outcome {
    let pages = pages::read()?;
    let mut problems = links::check(&pages);
    problems.extend(blocks::check(&pages)?);
    if !problems.is_empty() {
        return Err(problems.join("\n"));
    }
    book::write(&pages)
}
