//! Tokens: who asks for one, who has one, and codes for those who are to have one.

use bitpay_core::{Facade, PairingCode};
use bytes::Bytes;
use http::Response;

use super::html::{Html, any, badge, code, facts, good, html, secret, table, text};
use super::{Done, Fields, Wrong, buttons, dashboard, form, instant, link, newest, wrong};
use crate::Engine;
use crate::control::{ControlError, Revoked};
use crate::handlers::tokens::{TokenRecord, TokenState};

pub(super) fn page(engine: &Engine, fields: &Fields) -> Response<Bytes> {
    let made = fields
        .parse::<PairingCode>("made")
        .filter(|code| engine.waiting(code).is_ok());
    let notice = match made {
        None => Html::default(),
        Some(code) => good(html!(
            "Pairing code <code>{}</code>: a program can claim it once, within 24 hours.",
            code
        )),
    };
    let body = html!(
        "{}{}<h2>All tokens</h2>{}<h2>Make a pairing code</h2>{}<h2>Make a token that needs no key</h2>{}",
        notice,
        approvals(engine),
        all(engine),
        code_form(engine),
        open_form(engine),
    );
    dashboard(engine, "/dashboard/tokens", "Tokens", body)
}

pub(super) fn pending(engine: &Engine) -> impl Iterator<Item = &TokenRecord> {
    engine
        .tokens
        .iter()
        .rev()
        .filter(|token| matches!(token.state, TokenState::Pending(_)) && engine.now < token.expires)
}

/// What waits for the merchant.
pub(super) fn approvals(engine: &Engine) -> Html {
    let cards: Html = pending(engine)
        .map(|token| {
            let code = token.code.as_ref().map(PairingCode::as_str);
            let approve = buttons(
                engine,
                "/api-access-request",
                ("pairingCode", code.unwrap_or_default()),
                "decision",
                [("approve", "Approve")],
            );
            html!("<div class=card>{}{}</div>", token_facts(token), approve)
        })
        .collect();
    match cards.is_empty() {
        true => cards,
        false => html!("<h2>Waiting for approval</h2>{}", cards),
    }
}

pub(super) fn token_facts(token: &TokenRecord) -> Html {
    let mut rows = vec![
        ("Label", any(token.label.as_deref())),
        ("Facade", text(token.facade)),
        ("It may", text(allows(token.facade))),
    ];
    rows.extend(token.sins().iter().map(|sin| ("SIN", code(sin))));
    if token.waits() {
        rows.push(("Code expires", instant(token.expires)));
    }
    facts(rows)
}

const fn allows(facade: Facade) -> &'static str {
    match facade {
        Facade::Pos => "create and read invoices",
        Facade::Merchant => "do everything with invoices and refunds",
        Facade::Payout => "pay out money",
        _ => "read public data",
    }
}

fn all(engine: &Engine) -> Html {
    let (tokens, note) = newest(&engine.tokens);
    let rows = tokens.map(|(index, token)| {
        let state = match &token.state {
            TokenState::For(_) => "active",
            TokenState::Open => "active, unsigned",
            TokenState::Revoked => "revoked",
            _ if engine.now >= token.expires => "expired",
            TokenState::Pending(_) => "waits for approval",
            TokenState::Unclaimed => "waits to be claimed",
        };
        let waits = match &token.code {
            Some(waits) if token.waits() => html!(" {}", code(waits)),
            _ => Html::default(),
        };
        let revoke = match token.is_revoked() {
            true => Html::default(),
            false => buttons(
                engine,
                "/dashboard/revoke",
                ("token", &index.to_string()),
                "act",
                [("revoke", "Revoke")],
            ),
        };
        let sins: Html = token.sins().iter().map(code).collect();
        [
            text(token.facade),
            any(token.label.as_deref()),
            secret(&token.text),
            match sins.is_empty() {
                true => any(None),
                false => sins,
            },
            html!("{}{}{}", badge(state), waits, revoke),
            instant(token.created),
        ]
    });
    let names = ["Facade", "Label", "Token", "SIN", "State", "Made"];
    let none = "None yet: a program asks for one with POST /tokens, or with bitpay pair.";
    html!("{}{}", table(names, rows, none), note)
}

const LABEL: &str = "A label has at most 60 letters, digits, spaces, _, - or dots.";

fn label_field() -> Html {
    html!("<input name=label maxlength=60 placeholder=Label aria-label=Label>")
}

fn code_form(engine: &Engine) -> Html {
    let content = html!(
        "<select name=facade aria-label=Facade><option>pos<option>merchant<option>payout</select>\
         {}<button>Make a code</button>",
        label_field(),
    );
    let form = form(engine, "/dashboard/codes", "row", content);
    html!(
        "{}<p class=dim>A program claims it: <code>bitpay pair --code CODE</code>.</p>",
        form
    )
}

fn open_form(engine: &Engine) -> Html {
    let content = html!("{}<button>Make a token</button>", label_field());
    let form = form(engine, "/dashboard/open-tokens", "row", content);
    html!(
        "{}<p class=dim>A pos token with \u{201c}Require Authentication\u{201d} off: whoever has it makes \
         invoices without a key.</p>",
        form
    )
}

fn label_of(fields: &Fields) -> Result<Option<String>, Wrong> {
    let label = fields.get("label");
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.');
    if label.len() > 60 || !label.chars().all(allowed) {
        return Err(wrong(LABEL));
    }
    Ok(Some(label.to_owned()).filter(|label| !label.is_empty()))
}

pub(super) fn make_code(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let label = label_of(fields)?;
    let facade = fields.parse("facade").unwrap_or(Facade::Pos);
    let code = engine.new_code(facade, label);
    Ok(Done::Go(format!("/dashboard/tokens?made={code}")))
}

pub(super) fn make_open(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let label = label_of(fields)?;
    engine.new_open_token(label);
    Ok(Done::Go("/dashboard/tokens".to_owned()))
}

pub(super) fn revoke(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let index: Option<usize> = fields.parse("token");
    let token = index.and_then(|index| engine.tokens.get(index));
    let what = Revoked {
        token: Some(token.ok_or(ControlError::UnknownToken)?.text.clone()),
        sin: None,
        pairing_code: None,
    };
    engine.revoke_now(&what)?;
    Ok(Done::Go("/dashboard/tokens".to_owned()))
}

/// How a token is named where it is not shown: what it is of, and who has it.
pub(super) fn named(engine: &Engine, token: &TokenRecord) -> Html {
    let label = token
        .label
        .as_deref()
        .map(|label| html!(" {}", any(Some(label))));
    let start = code(super::html::masked(&token.text));
    let name = html!("{} {}{}", token.facade, start, label.unwrap_or_default());
    link(engine, "/dashboard/tokens", name)
}
