//! Webhooks: what was sent where, how it was signed, and what came back.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::html::{Html, any, badge, code, facts, hidden, html, table, text};
use super::{Done, Fields, SHOWN, Wrong, dashboard, instant, link, problem, tokens};
use crate::control::ControlError;
use crate::{Delivered, DeliveryRecord, Engine, webhook};

pub(super) fn page(engine: &Engine, _: &Fields) -> Response<Bytes> {
    let log = rows(engine, engine.deliveries().rev().take(SHOWN));
    dashboard(engine, "/dashboard/webhooks", "Webhooks", log)
}

pub(super) fn last(engine: &Engine, count: usize) -> Html {
    rows(engine, engine.deliveries().rev().take(count))
}

/// Those whose body has this id in it.
pub(super) fn that_tell(engine: &Engine, id: &str) -> Html {
    let tells = |record: &&DeliveryRecord| {
        let mut parts = record.delivery.body.windows(id.len());
        parts.any(|part| part == id.as_bytes())
    };
    rows(engine, engine.deliveries().rev().filter(tells))
}

fn rows<'a>(engine: &Engine, records: impl Iterator<Item = &'a DeliveryRecord>) -> Html {
    let rows = records.map(|record| {
        let address = format!("/dashboard/webhook?id={}", record.delivery.id);
        [
            instant(record.at),
            link(engine, &address, &record.event),
            any(Some(&record.delivery.url)),
            html!("{}{}", result(&record.outcome), again(record)),
        ]
    });
    let none = "None yet: an invoice with a notificationURL sends them.";
    table(["Time", "Event", "Address", "Result"], rows, none)
}

/// How often it was tried, and when it is again.
fn again(record: &DeliveryRecord) -> Html {
    match (record.tries.len(), record.next) {
        (tries, Some(next)) => html!(
            "<div class=dim>try {}; again at {}</div>",
            tries,
            instant(next)
        ),
        (0 | 1, None) => Html::default(),
        (tries, None) => html!("<div class=dim>{} tries</div>", tries),
    }
}

fn result(outcome: &Delivered) -> Html {
    match outcome {
        Delivered::Underway => badge("underway"),
        Delivered::Answered(200) => html!("{} answered 200", badge("delivered")),
        Delivered::Answered(status) => {
            html!(
                "{} answered {}: only 200 is taken for delivered",
                badge("failed"),
                status
            )
        }
        Delivered::Failed(error) => html!("{} {}", badge("failed"), error),
        Delivered::Withheld(reason) => html!("{} {}", badge("withheld"), reason),
    }
}

pub(super) fn one(engine: &Engine, fields: &Fields) -> Response<Bytes> {
    let id: Option<u64> = fields.parse("id");
    let record = engine
        .deliveries()
        .find(|record| Some(record.delivery.id) == id);
    let Some(record) = record else {
        let why = "There is no such webhook in the log any more.";
        return problem(engine, StatusCode::NOT_FOUND, "Webhook", why);
    };
    let delivery = &record.delivery;
    let raw = String::from_utf8_lossy(&delivery.body);
    let pretty = indented(&raw);
    let resend = super::buttons(
        engine,
        "/dashboard/webhook",
        ("id", &delivery.id.to_string()),
        "act",
        [("resend", "Send again")],
    );
    let body = html!(
        "<div class=card>{}{}</div><h2>Tries</h2>{}<h2>Body</h2>{}<pre class=long>{}</pre>{}",
        facts([
            ("Event", text(&record.event)),
            ("Sent to", any(Some(&delivery.url))),
            ("Result", result(&record.outcome)),
            ("Due", instant(record.at)),
            (
                "x-signature",
                html!("<code id=signature>{}</code>", delivery.signature)
            ),
            ("Signed with", signer(engine, record)),
        ]),
        resend,
        tries(record),
        html!(
            "<p class=dim>The signature is the base64 of an HMAC-SHA256: its key is the token that made \
             the resource, and its message is the raw body. Verify the bytes as they came, not JSON that \
             was read and written again; then fetch the resource.</p>"
        ),
        pretty,
        hidden(
            "the raw body, as it was signed",
            html!("<pre id=raw>{}</pre>", raw)
        ),
    );
    dashboard(
        engine,
        "/dashboard/webhooks",
        &format!("Webhook {}", delivery.id),
        body,
    )
}

fn tries(record: &DeliveryRecord) -> Html {
    let rows = record.tries.iter().zip(1..).map(|(tried, number)| {
        let number: u32 = number;
        [text(number), instant(tried.at), result(&tried.outcome)]
    });
    let next = match record.next {
        Some(next) => html!("<p class=dim>It is tried again at {}.</p>", instant(next)),
        None => Html::default(),
    };
    let none = "It was not sent.";
    html!("{}{}", table(["Try", "Time", "Result"], rows, none), next)
}

pub(super) fn resend(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let id: u64 = fields.parse("id").ok_or(ControlError::UnknownDelivery)?;
    let id = engine.send_again(id)?;
    Ok(Done::Go(format!("/dashboard/webhook?id={id}")))
}

/// The token that signed it: the one that gives the same signature.
fn signer(engine: &Engine, record: &DeliveryRecord) -> Html {
    let delivery = &record.delivery;
    let signs = |text: &str| webhook::signature(text, &delivery.body) == delivery.signature;
    let token = engine.tokens.iter().find(|token| signs(&token.text));
    token.map_or_else(
        || code("a token that is no more"),
        |token| tokens::named(engine, token),
    )
}

/// JSON with a line for each of its parts; its order and its numbers stay.
fn indented(json: &str) -> String {
    let mut out = String::with_capacity(2 * json.len());
    let (mut depth, mut inside, mut escaped) = (0_usize, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    let mut letters = json.chars().peekable();
    while let Some(letter) = letters.next() {
        if inside {
            out.push(letter);
            inside = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
            continue;
        }
        match letter {
            '{' | '[' => {
                out.push(letter);
                if let Some(end @ ('}' | ']')) = letters.peek().copied() {
                    letters.next();
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            letter => {
                inside = letter == '"';
                out.push(letter);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn json_is_laid_out_and_not_changed() {
        let json = r#"{"a":[1.50,{}],"b":"x,\"{:","c":{"d":[]}}"#;
        let expected = "{\n  \"a\": [\n    1.50,\n    {}\n  ],\n  \"b\": \"x,\\\"{:\",\n  \"c\": {\n    \"d\": []\n  }\n}";
        assert_eq!(indented(json), expected);
    }
}
