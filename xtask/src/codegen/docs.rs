//! For readers: the capability matrix.

use std::fmt::Write as _;

use crate::table::Row;

pub(super) fn make(rows: &[Row]) -> String {
    let mut out = String::from(
        "# Capabilities\n\nEvery operation, with the facades that allow it. Ask for the least facade that does the \
         job. The method has the same name on both clients.\n\n\
         | Operation | Request | Facades | Token | Signed | When the outcome of a try is unknown | Seen in |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        let _ = writeln!(
            out,
            "| [`{}`]({}) | `{} /{}` | {} | {} | {} | {} | {} |",
            row.name,
            row.link,
            row.method.words(),
            row.path,
            row.callers(),
            row.token.words(),
            row.signed.words(),
            row.retry_words(),
            row.seen.join(", "),
        );
    }
    out.push_str("\n## What each does\n\n");
    for row in rows {
        let _ = writeln!(out, "- `{}`: {}", row.name, row.doc);
    }
    out
}
