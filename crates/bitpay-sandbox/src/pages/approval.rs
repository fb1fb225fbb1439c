//! The page that `bitpay pair` and BitPay's SDKs print the address of: a program asks for access, and the
//! merchant approves it.

use bitpay_core::PairingCode;
use bytes::Bytes;
use http::{Response, StatusCode};

use super::html::{Html, bad, good, html};
use super::tokens::token_facts;
use super::{Done, Fields, Wrong, buttons, link, sentence};
use crate::Engine;
use crate::control::ControlError;
use crate::handlers::tokens::TokenState;

const TITLE: &str = "Approve access";

pub(super) fn page(engine: &Engine, fields: &Fields) -> Response<Bytes> {
    let text = fields.get("pairingCode");
    let Some(code) = fields.parse::<PairingCode>("pairingCode") else {
        let ask = html!(
            "<p>Enter the pairing code that the program shows: 7 letters and digits.</p>\
             <form method=get action=\"{}/api-access-request\" class=row>\
             <input name=pairingCode maxlength=7 autocomplete=off aria-label=\"Pairing code\">\
             <button>Look up</button></form>",
            engine.prefix(),
        );
        return match text {
            "" => super::page(engine, StatusCode::OK, TITLE, ask),
            _ => {
                let body = html!("{}{}", bad("This is not a pairing code."), ask);
                super::page(engine, StatusCode::BAD_REQUEST, TITLE, body)
            }
        };
    };
    let found = engine
        .waiting(&code)
        .and_then(|index| engine.tokens.get(index).ok_or(ControlError::UnknownCode));
    let token = match found {
        Ok(token) => token,
        Err(error) => {
            let status = match error {
                ControlError::UnknownCode => StatusCode::NOT_FOUND,
                _ => StatusCode::GONE,
            };
            let body = html!("{}{}", bad(sentence(&error.to_string())), to_tokens(engine));
            return super::page(engine, status, TITLE, body);
        }
    };
    let (say, button) = match token.state {
        TokenState::Pending(_) => (
            "A program asks for access to this merchant's account.",
            buttons(
                engine,
                "/api-access-request",
                ("pairingCode", code.as_str()),
                "decision",
                [("approve", "Approve")],
            ),
        ),
        _ => (
            "This code was made in the dashboard. Give it to the program, which claims it.",
            Html::default(),
        ),
    };
    let facts = token_facts(token);
    let body = html!("<p>{}</p><div class=card>{}{}</div>", say, facts, button);
    super::page(engine, StatusCode::OK, TITLE, body)
}

pub(super) fn approve(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let code = fields
        .parse::<PairingCode>("pairingCode")
        .ok_or(ControlError::UnknownCode)?;
    let index = engine.waiting(&code)?;
    engine.approve_now(&code)?;
    let facts = engine.tokens.get(index).map(token_facts);
    let body = html!(
        "{}<div class=card>{}</div>{}",
        good("Approved. The program can use its token now."),
        facts.unwrap_or_default(),
        to_tokens(engine),
    );
    Ok(Done::Page(super::page(engine, StatusCode::OK, TITLE, body)))
}

fn to_tokens(engine: &Engine) -> Html {
    html!("<p>{}</p>", link(engine, "/dashboard/tokens", "All tokens"))
}
