//! The first page: what waits, what happened last, and what time it is.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use super::html::{Html, hidden, html};
use super::{Done, Fields, Wrong, buttons, dashboard, instant, invoices, link, refused, tokens};
use super::{webhooks, wrong};
use crate::Engine;

/// So many of a kind are here.
const FEW: usize = 8;

pub(super) fn page(engine: &Engine, _: &Fields) -> Response<Bytes> {
    let begin = match engine.tokens.is_empty() {
        false => Html::default(),
        true => html!(
            "<div class=card><p>It is empty. Pair a program with it:</p>\
             <pre>bitpay pair --env {} --facade merchant --wait</pre>\
             <p>and approve it here, or {} for it. An SDK is given <code>{}/</code> as its address.</p>{}</div>",
            engine.base,
            link(engine, "/dashboard/tokens", "make a code"),
            engine.base,
            buttons(
                engine,
                "/dashboard/demo",
                ("from", "overview"),
                "act",
                [("fill", "Fill it with two weeks of business")],
            ),
        ),
    };
    let body = html!(
        "{}{}{}{}<h2>Last invoices</h2>{}<h2>Last webhooks</h2>{}<h2>Last refused calls</h2>{}{}",
        elsewhere(engine),
        begin,
        tokens::approvals(engine),
        clock(engine),
        invoices::last(engine, FEW),
        webhooks::last(engine, FEW),
        refused::last(engine, FEW),
        hidden("start anew", reset_form(engine)),
    );
    dashboard(engine, "/dashboard", "Overview", body)
}

/// Pages have no password. Whoever opens them by another name than this machine's own is told.
fn elsewhere(engine: &Engine) -> Html {
    match &engine.settings.public_url {
        Some(url) if !url.is_loopback() => html!(
            "<p class=bad>These pages have no password: whoever reaches {} can use them.</p>",
            engine.base
        ),
        _ => Html::default(),
    }
}

const STEPS: [(&str, &str); 3] = [("900", "+15 min"), ("3600", "+1 h"), ("86400", "+1 day")];

fn clock(engine: &Engine) -> Html {
    html!(
        "<h2>Clock</h2><div class=\"card clock\"><p class=price>{}</p>{}\
         <p class=dim>The sandbox's own time. What is due by then happens when it is moved: invoices \
         expire, ledgers are settled, webhooks go out.</p></div>",
        instant(engine.now),
        buttons(engine, "/dashboard/clock", ("from", "clock"), "by", STEPS),
    )
}

pub(super) fn move_clock(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let seconds = fields
        .parse("by")
        .ok_or_else(|| wrong("The clock is moved by a number of seconds."))?;
    engine.advance_now(Duration::from_secs(seconds));
    Ok(Done::Go("/dashboard".to_owned()))
}

pub(super) fn fill(engine: &mut Engine, _: &Fields) -> Result<Done, Wrong> {
    engine.fill_now()?;
    Ok(Done::Go("/dashboard".to_owned()))
}

fn reset_form(engine: &Engine) -> Html {
    let say = html!(
        "<p>Forgets all tokens, invoices, ledgers, webhooks and faults, and sets the clock right.</p>"
    );
    let button = [("reset", "Forget everything")];
    let form = buttons(
        engine,
        "/dashboard/reset",
        ("from", "overview"),
        "act",
        button,
    );
    html!("{}{}", say, form)
}

pub(super) fn reset(engine: &mut Engine, _: &Fields) -> Result<Done, Wrong> {
    let clock = engine.clock();
    engine.reset(None, clock);
    Ok(Done::Go("/dashboard".to_owned()))
}
