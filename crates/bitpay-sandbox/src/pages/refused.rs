//! Calls that were refused: what came, what was said, and what is wrong with it.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::html::{Html, bad, badge, code, facts, good, hidden, html, table, text};
use super::{Fields, dashboard, instant, link, problem};
use crate::Engine;
use crate::refused::{RefusedCall, RefusedSignature};

pub(super) fn page(engine: &Engine, _: &Fields) -> Response<Bytes> {
    let calls = rows(engine, engine.refused.iter().rev());
    let body = html!(
        "<p class=dim>The last hundred calls that the sandbox refused, as BitPay would. Tokens are masked.</p>{}",
        calls
    );
    dashboard(engine, "/dashboard/refused", "Refused calls", body)
}

pub(super) fn last(engine: &Engine, count: usize) -> Html {
    rows(engine, engine.refused.iter().rev().take(count))
}

fn rows<'a>(engine: &Engine, calls: impl Iterator<Item = &'a RefusedCall>) -> Html {
    let rows = calls.map(|call| {
        let name = html!("{} {}", call.method, code(path(&call.target)));
        let why: Html = call
            .why
            .iter()
            .map(|why| html!("<div>{}</div>", why))
            .collect();
        [
            html!("{}{}", instant(call.at), times(call)),
            link(engine, &format!("/dashboard/refusal?id={}", call.id), name),
            html!("{} {}", badge(call.status), call.error),
            why,
        ]
    });
    let none = "None: every call was granted.";
    table(["Time", "Call", "Answer", "What is wrong"], rows, none)
}

fn times(call: &RefusedCall) -> Html {
    match call.times {
        1 => Html::default(),
        times => html!(" <span class=count>{} times</span>", times),
    }
}

fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

pub(super) fn one(engine: &Engine, fields: &Fields) -> Response<Bytes> {
    let call = fields.parse("id").and_then(|id| engine.refused.get(id));
    let Some(call) = call else {
        let why = "There is no such call in the list any more.";
        return problem(engine, StatusCode::NOT_FOUND, "Refused call", why);
    };
    let why: Html = call.why.iter().map(bad).collect();
    let body = match call.body.is_empty() {
        true => html!("<p class=dim>No body.</p>"),
        false => html!("<pre>{}</pre>", call.body),
    };
    let body = html!(
        "{}{}{}<h2>The call</h2><pre>{} {}</pre>{}<h2>The answer</h2><pre>{}</pre>",
        facts([
            ("Time", html!("{}{}", instant(call.at), times(call))),
            ("Operation", text(call.operation.unwrap_or("none"))),
            (
                "Refused with",
                html!("{} {}", badge(call.status), call.error)
            ),
        ]),
        why,
        call.signature.as_ref().map(signature).unwrap_or_default(),
        call.method,
        call.target,
        body,
        call.answer,
    );
    dashboard(engine, "/dashboard/refused", "Refused call", body)
}

fn signature(signature: &RefusedSignature) -> Html {
    let exact = match &signature.exact {
        Some(exact) => hidden("show it with its tokens", html!("<pre>{}</pre>", exact)),
        None => html!("<p class=dim>It is too long to be kept whole.</p>"),
    };
    let found = match signature.known {
        true => good("The key is right: it is the text that differs."),
        false => Html::default(),
    };
    html!(
        "{}<h2>What was to be signed</h2>\
         <p>The address as it was sent, and right after it the body, byte for byte:</p><pre>{}</pre>{}{}",
        found,
        signature.shown,
        exact,
        facts([
            ("Length", html!("{} bytes", signature.length)),
            ("SHA-256", code(&signature.sha256)),
            ("Named key", code(&signature.sin)),
        ]),
    )
}
