//! What git knows of a tree.

use std::path::Path;
use std::process::Command;

use crate::Outcome;

/// What git prints, without the line's end.
pub(crate) fn ask(tree: &Path, args: &[&str]) -> Result<String, String> {
    let output = Command::new("git")
        .args(args)
        .current_dir(tree)
        .output()
        .map_err(|error| format!("git: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("git {}: {}", args.join(" "), said.trim_end()))
    }
}

pub(crate) fn tell(tree: &Path, args: &[&str]) -> Outcome {
    ask(tree, args).map(|_| ())
}

/// Names what the files of a commit hold, whoever made the commit and when.
pub(crate) fn tree_of(tree: &Path, commit: &str) -> Result<String, String> {
    ask(tree, &["rev-parse", &format!("{commit}^{{tree}}")])
}

/// The same for what is checked out, if nothing in it is new, changed or gone.
pub(crate) fn clean_tree(tree: &Path) -> Result<Option<String>, String> {
    let changed = ask(tree, &["status", "--porcelain"])?;
    if changed.is_empty() {
        tree_of(tree, "HEAD").map(Some)
    } else {
        Ok(None)
    }
}
