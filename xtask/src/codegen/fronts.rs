//! For both fronts: the named methods, the same but for `async`, with their documentation.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::errors::{Code, Effect, Errors};
use crate::table::{Facade, GROUPS, Row};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Front {
    Blocking,
    Async,
}

pub(super) fn make(rows: &[Row], errors: &Errors, front: Front) -> String {
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
        ",
        types.into_iter().collect::<Vec<_>>().join(", "),
    );
    for group in GROUPS {
        let _ = writeln!(
            out,
            "\n/// # {}\n///\n/// {}\nimpl<C: Credential> Client<C> {{",
            group.heading, group.doc,
        );
        for row in rows.iter().filter(|row| group.has(row) && row.by.is_none()) {
            out.push_str(&method(row, errors, front));
        }
        out.push_str("}\n");
    }
    out
}

/// For the documentation of the client: every operation at a glance.
pub(super) fn contents(rows: &[Row]) -> String {
    let mut out = "# Operations\n\n| About | Calls |\n| --- | --- |\n".to_owned();
    for group in GROUPS {
        let rows = rows.iter().filter(|row| group.has(row));
        let link = |row: &Row| format!("[`{0}`](Self::{0})", row.method_name());
        let links: Vec<String> = rows.map(link).collect();
        let anchor = group.heading.to_lowercase().replace(' ', "-");
        let _ = writeln!(
            out,
            "| [{}](#{anchor}) | {} |",
            group.heading,
            links.join(", ")
        );
    }
    out.push_str(
        "\nIn their examples, `client` has no credential, `identity` is a key, and `pos`, `merchant` and \
         `payouts` are clients with a grant of that facade. Each example is run against a sandbox; what \
         starts that, and what came before, is left out.\n",
    );
    out
}

fn method(row: &Row, errors: &Errors, front: Front) -> String {
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
    for line in docs(row, errors, front).lines() {
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

fn docs(row: &Row, errors: &Errors, front: Front) -> String {
    let mut out = format!("{}\n\n", row.doc);
    let _ = writeln!(out, "- Request: `{} /{}`", row.method.words(), row.path);
    let _ = writeln!(out, "- Facades: {}", callers(row));
    let _ = writeln!(out, "- Signed: {}", row.signed.words());
    let mut retry = row.retry_words();
    if let Some(lookup) = &row.lookup {
        let link = format!("[`{lookup}`](Self::{lookup})");
        retry = retry.replace(&format!("`{lookup}`"), &link);
    }
    let _ = writeln!(out, "- When the outcome of a try is unknown: {retry}");
    if row.token.is_of_resource() {
        out.push_str("- Token: that of the resource, which the request holds\n");
    }
    out.push_str(&refusals(row, errors));
    out.push_str(&example(row, front));
    let _ = writeln!(out, "\nSource: <{}>", row.link);
    out
}

/// The facades, with links.
fn callers(row: &Row) -> String {
    if row.identity {
        return "none, but a [key](core::Identity)".to_owned();
    }
    let link = |facade: &Facade| match facade {
        Facade::Public => "none is needed".to_owned(),
        _ => format!("[{}](core::{})", facade.words(), facade.rust()),
    };
    row.facades.iter().map(link).collect::<Vec<_>>().join(", ")
}

/// What a caller can do about a refusal is told by its kind, or where that says nothing, by its code.
fn refusals(row: &Row, errors: &Errors) -> String {
    let mut out = "\n# Errors\n\n\
         An [`Error`]; [`Error::effect`] says whether it may have happened"
        .to_owned();
    if row.echo {
        out.push_str(", and [`Error::replay`] holds what existed before under the same guid");
    }
    out.push('.');
    if row.checked {
        let check = format!("core::{}::check", row.request);
        let _ = write!(
            out,
            " Nothing is sent when the request's own [check]({check}) finds a mistake."
        );
    }
    let kind = |kind: &str| format!("[`ApiErrorKind::{kind}`](core::error::ApiErrorKind::{kind})");
    let of_code = |code: &Code| {
        let kind = match &code.kind {
            Some(name) => kind(name),
            None => format!(
                "[`ErrorCodeKind::{0}`](core::error::ErrorCodeKind::{0})",
                code.name
            ),
        };
        let whole = errors.whole(code, row);
        let whole = whole.map_or(String::new(), |code| format!(", `{code}`"));
        format!("- {kind}{whole}: {}\n", code.meaning)
    };
    let mut lines: Vec<String> = errors
        .texts_of(row)
        .map(|it| format!("- {}\n", kind(it)))
        .collect();
    // That the server failed comes last: what it refused has a reason.
    let (failed, refused): (Vec<_>, Vec<_>) = errors
        .codes_of(row)
        .partition(|code| code.effect == Effect::Unknown);
    lines.extend(refused.into_iter().chain(failed).map(of_code));
    out.push_str(
        " What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind)",
    );
    if lines.is_empty() {
        out.push_str(".\n");
    } else {
        let _ = write!(out, "; to this one, above all:\n\n{}", lines.concat());
    }
    out
}

fn example(row: &Row, front: Front) -> String {
    let (name, wait) = match front {
        Front::Blocking => ("bitpay_blocking", ""),
        Front::Async => ("bitpay_async", ".await"),
    };
    let write = |out: &mut String, mark: &str, text: &str| {
        let text = text
            .replace("bitpay::", &format!("{name}::"))
            .replace('~', wait);
        for line in text.lines() {
            out.push_str(format!("{mark}{line}").trim_end());
            out.push('\n');
        }
    };
    let done = "Ok::<(), Box<dyn std::error::Error>>(())\n";
    let mut out = "\n# Examples\n\n```\n".to_owned();
    if front == Front::Async {
        let runtime = "tokio::runtime::Builder::new_current_thread().enable_all().build()?";
        let _ = writeln!(out, "# {runtime}.block_on(async {{");
    }
    write(&mut out, "# ", &row.before);
    write(&mut out, "", &row.example);
    if front == Front::Async {
        let _ = writeln!(out, "# {done}# }})?;");
    }
    let _ = writeln!(out, "# {done}```");
    out
}
