//! The documentation of the fields of requests, as it stands in their structs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::root;

/// The structs of the core, by name, and the first paragraph of each field's documentation.
pub(crate) struct Fields(BTreeMap<String, BTreeMap<String, String>>);

impl Fields {
    /// Reads the core's models.
    pub(crate) fn read() -> Result<Self, String> {
        let mut structs = BTreeMap::new();
        let source = root().join("crates/bitpay-core/src");
        for folder in ["model", "pairing"] {
            collect(&source.join(folder), &mut structs)?;
        }
        collect_file(&source.join("pairing.rs"), &mut structs)?;
        Ok(Self(structs))
    }

    /// What a field of a request is.
    pub(crate) fn doc(&self, request: &str, field: &str) -> Result<&str, String> {
        let name = request.rsplit("::").next().unwrap_or(request);
        let found = self.0.get(name).and_then(|fields| fields.get(field));
        match found.map(String::as_str) {
            None | Some("") => Err(format!("{request}: document the field `{field}`")),
            Some(doc) => Ok(doc),
        }
    }
}

fn collect(
    folder: &Path,
    structs: &mut BTreeMap<String, BTreeMap<String, String>>,
) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            collect(&path, structs)?;
        } else {
            collect_file(&path, structs)?;
        }
    }
    Ok(())
}

fn collect_file(
    path: &Path,
    structs: &mut BTreeMap<String, BTreeMap<String, String>>,
) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let name = line
            .strip_prefix("pub struct ")
            .and_then(|rest| rest.strip_suffix(" {"));
        if let Some(name) = name {
            let body = lines.by_ref().take_while(|line| *line != "}");
            structs.insert(name.to_owned(), fields(body));
        }
    }
    Ok(())
}

/// Formatted as rustfmt does: a field is a line of its own, behind its documentation and attributes.
fn fields<'a>(body: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let mut doc: Vec<&str> = Vec::new();
    let mut ended = false;
    for line in body.map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            ended |= words.trim().is_empty();
            if !ended {
                doc.push(words.trim());
            }
        } else if let Some((name, _)) = line
            .strip_prefix("pub")
            .map(|rest| rest.trim_start_matches("(crate)").trim_start())
            .and_then(|rest| rest.split_once(": "))
        {
            fields.insert(name.to_owned(), without_links(&doc.join(" ")));
            doc.clear();
            ended = false;
        }
    }
    fields
}

/// ``[`Invoice::token`](target)`` as `` `Invoice::token` ``.
fn without_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[`") {
        let (name, after) = after.split_once("`]").unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(&format!("`{name}`"));
        rest = match after
            .strip_prefix('(')
            .and_then(|link| link.split_once(')'))
        {
            Some((_, after)) => after,
            None => after,
        };
    }
    out + rest
}
