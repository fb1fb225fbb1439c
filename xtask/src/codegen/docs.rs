//! For readers: the capability matrix.

use std::fmt::Write as _;

use crate::table::{Facade, Row, Table};

pub(super) fn make(table: &Table) -> String {
    let rows = &table.rows;
    let mut out = String::from(
        "# Capabilities\n\nEvery operation, with the facades that allow it. Ask for the least facade that does the \
         job. The operation's name is that of the method on both clients, and what `bitpay call` takes.\n\n\
         | Operation and method | Request | Facades | Token | Signed | When the outcome of a try is unknown | Command | \
         Seen in |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        let by = row
            .by
            .as_ref()
            .map(|method| format!(", with the method `{method}`"));
        let by = by.unwrap_or_default();
        let _ = writeln!(
            out,
            "| [`{}`]({}){} | `{} /{}` | {} | {} | {} | {} | `bitpay {}` | {} |",
            row.name,
            row.link,
            by,
            row.method.words(),
            row.path,
            row.callers(),
            row.token.words(),
            row.signed.words(),
            row.retry_words(),
            row.command(),
            row.seen.join(", "),
        );
    }
    out.push_str(&by_facade(rows));
    out.push_str("\n## What each does\n\n");
    for row in rows {
        let _ = writeln!(out, "- `{}`: {}", row.name, row.doc);
    }
    out.push_str(&unbuilt(table));
    out
}

/// What is not there, and why.
fn unbuilt(table: &Table) -> String {
    let mut out = String::from(
        "\n## What is not built\n\n\
         Like any path, these can be called with `raw` of both clients and with `bitpay call METHOD PATH`: with any \
         credential, and signed when it has a key.\n\n\
         | What | Requests | Why not | Seen in |\n| --- | --- | --- | --- |\n",
    );
    for part in &table.unbuilt {
        let requests: Vec<String> = part.requests.iter().map(|it| format!("`{it}`")).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            part.name,
            requests.join(", "),
            part.why,
            part.seen.join(", ")
        );
    }
    out
}

/// The answer to "which facade do I pair for?".
fn by_facade(rows: &[Row]) -> String {
    let mut out = String::from(
        "\n## Which facade do I need?\n\n\
         The first one of these that has all that you call; if none has, one token of each that you need. \
         `Facade::least_for` works it out from the same table.\n\n\
         | Facade | Operations |\n| --- | --- |\n",
    );
    let mut line = |who: &str, allowed: &dyn Fn(&Row) -> bool| {
        let names: Vec<String> = rows
            .iter()
            .filter(|row| allowed(row))
            .map(|row| format!("`{}`", row.name))
            .collect();
        if !names.is_empty() {
            let _ = writeln!(out, "| {who} | {} |", names.join(", "));
        }
    };
    line("public: no token", &Row::is_public);
    line("no token, but a key", &|row| row.identity);
    for facade in [Facade::Pos, Facade::Merchant, Facade::Payout] {
        line(facade.words(), &|row| row.facades.contains(&facade));
    }
    out
}
