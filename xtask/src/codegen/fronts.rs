//! For both fronts: the named methods, the same but for `async`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::table::{Envelope, Row};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Front {
    Blocking,
    Async,
}

pub(super) fn make(rows: &[Row], front: Front) -> String {
    // The types that methods take one by one are all at the root of the core.
    let mut types: BTreeSet<&str> = ["Allows", "Answer", "Credential", "Error"].into();
    for arg in rows.iter().filter_map(|row| row.args.as_ref()).flatten() {
        types.extend(arg.split_once(": ").map(|(_, kind)| kind));
    }
    let mut out = format!(
        "//! The calls of the API, from the table.

        use bitpay_core as core;
        use bitpay_core::{{{}}};

        use crate::Client;

        /// The operations of the API. Each takes a credential that allows it, which the compiler checks.
        impl<C: Credential> Client<C> {{
        ",
        types.into_iter().collect::<Vec<_>>().join(", "),
    );
    // A stream of events has no end to wait for: `stream` and `watch_invoice` read it.
    for row in rows.iter().filter(|row| row.envelope != Envelope::Events) {
        out.push_str(&method(row, front));
    }
    out.push_str("}\n");
    out
}

fn method(row: &Row, front: Front) -> String {
    let mut docs = format!("{}\n\n", row.doc);
    let _ = writeln!(docs, "- Facades: {}", row.callers());
    let _ = writeln!(docs, "- Signed: {}", row.signed.words());
    let _ = writeln!(
        docs,
        "- When the outcome of a try is unknown: {}",
        row.retry_words()
    );
    if row.token.is_of_resource() {
        docs.push_str("- Token: that of the resource, which the request holds\n");
    }
    docs.push_str("\n# Errors\nAn [`Error`]; [`Error::effect`] says whether it may have happened");
    if row.echo {
        docs.push_str(", and [`Error::replay`] holds what existed before under the same guid");
    }
    let _ = writeln!(docs, ".\n\nSource: <{}>", row.link);

    let (keyword, wait) = match front {
        Front::Blocking => ("", ""),
        Front::Async => ("async ", ".await"),
    };
    let request = format!("core::{}", row.request);
    let (parameters, call) = match &row.args {
        None => (
            format!("request: &{request}"),
            format!("self.call(request){wait}"),
        ),
        Some(args) => {
            let mut parameters = Vec::new();
            let mut values = Vec::new();
            for arg in args {
                let (name, kind) = arg.split_once(": ").unwrap_or((arg, "str"));
                parameters.push(format!("{name}: &{kind}"));
                values.push(format!("{name}.clone()"));
            }
            let new = format!("{request}::new({})", values.join(", "));
            (parameters.join(", "), format!("self.call(&{new}){wait}"))
        }
    };
    let mut out = String::new();
    for line in docs.lines() {
        let _ = writeln!(out, "/// {line}");
    }
    let bound = if row.is_public() {
        String::new()
    } else {
        format!("where {request}: Allows<C>")
    };
    let _ = writeln!(
        out,
        "pub {keyword}fn {}(&self, {parameters}) -> Result<Answer<{}>, Error> {bound} {{ {call} }}\n",
        row.name,
        row.response_type("core::"),
    );
    out
}
