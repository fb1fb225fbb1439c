//! The pages of BitPay that a person needs: the approval, the dashboard, the checkout. Plain HTML
//! without scripts; nothing is fetched from elsewhere, and every text is escaped.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use bitpay_core::model::invoice::{Invoice, InvoiceStatus};
use bitpay_core::time::Timestamp;
use bitpay_core::{Facade, PairingCode};
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
};
use http::{HeaderValue, Method, Request, Response, StatusCode};

use crate::control::ControlError;
use crate::gate::refuse;
use crate::handlers::tokens::{TokenRecord, TokenState};
use crate::{Delivered, Engine};

/// So many of a kind are shown.
const SHOWN: usize = 50;

type Fields = HashMap<String, String>;

pub(crate) fn is_page(path: &str) -> bool {
    matches!(
        path,
        "/" | "/favicon.ico"
            | "/dashboard"
            | "/dashboard/merchant/api-tokens"
            | "/dashboard/codes"
            | "/dashboard/pay"
            | "/api-access-request"
            | "/invoice"
            | "/invoice/pay"
    ) || path.starts_with("/i/")
}

pub(crate) fn answer(
    engine: &mut Engine,
    path: &str,
    query: &str,
    request: &Request<Bytes>,
) -> Response<Bytes> {
    let fields: Fields = match *request.method() {
        Method::GET => form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        Method::POST => {
            let fields: Fields = form_urlencoded::parse(request.body())
                .into_owned()
                .collect();
            if fields.get("key") != Some(&engine.form_key) {
                return refuse("this form is not of this sandbox: load the page again");
            }
            fields
        }
        _ => return page(engine, StatusCode::METHOD_NOT_ALLOWED, "Not allowed", ""),
    };
    match (request.method().as_str(), path) {
        ("GET", "/" | "/dashboard" | "/dashboard/merchant/api-tokens") => dashboard(engine, ""),
        ("POST", "/dashboard/codes") => make_code(engine, &fields),
        ("POST", "/dashboard/pay") => pay(engine, &fields, "dashboard"),
        ("POST", "/invoice/pay") => {
            let id = fields.get("id").map(String::as_str).unwrap_or_default();
            // Only what an id is made of reaches the address.
            let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
            pay(engine, &fields, &format!("invoice?id={id}"))
        }
        ("GET" | "POST", "/api-access-request") => {
            approval(engine, &fields, request.method() == Method::POST)
        }
        ("GET", "/invoice") => checkout(engine, fields.get("id").map(String::as_str)),
        ("GET", path) if path.starts_with("/i/") => checkout(engine, path.get(3..)),
        _ => page(
            engine,
            StatusCode::NOT_FOUND,
            "Not found",
            "<p>There is no such page.</p>",
        ),
    }
}

/// Text, made harmless in HTML and in quoted attributes.
struct Safe<T>(T);

impl<T: fmt::Display> fmt::Display for Safe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.to_string().chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

const STYLE: &str = include_str!("pages.css");

fn page(engine: &Engine, status: StatusCode, title: &str, body: &str) -> Response<Bytes> {
    let html = format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width,initial-scale=1\">\
         <title>{title} \u{b7} BitPay sandbox</title><style>{STYLE}</style></head><body>\
         <header><a href=\"{prefix}/dashboard\">BitPay sandbox</a><span>No real money moves here.</span></header>\
         <main><h1>{title}</h1>{body}</main></body></html>",
        title = Safe(title),
        prefix = Safe(engine.prefix()),
    );
    let mut response = Response::new(Bytes::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        // With `no-referrer` browsers would hide the origin of our own forms.
        (REFERRER_POLICY, "same-origin"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
             frame-ancestors 'none'; base-uri 'none'",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn see_other(address: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(LOCATION, address);
    }
    response
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A text that others wrote, which may be broken anywhere.
fn any(text: impl fmt::Display) -> String {
    format!("<span class=any>{}</span>", Safe(text))
}

/// A price as people write it: 12.50 USD.
fn price(engine: &Engine, invoice: &Invoice) -> String {
    let mut price = invoice.price.decimal();
    let places = engine
        .market
        .find(&invoice.currency)
        .map_or(0, |it| it.precision);
    if price.scale() < places && !price.fract().is_zero() {
        price.rescale(places);
    }
    format!("{price} {}", Safe(&invoice.currency))
}

/// A form that is one button.
fn button(engine: &Engine, action: &str, name: &str, value: &str, text: &str) -> String {
    format!(
        "<form method=post action=\"{}{action}\"><input type=hidden name=key value=\"{}\">\
         <input type=hidden name=\"{name}\" value=\"{}\"><button>{text}</button></form>",
        Safe(engine.prefix()),
        Safe(&engine.form_key),
        Safe(value),
    )
}

fn row(out: &mut String, name: &str, value: impl fmt::Display) {
    let _ = write!(out, "<dt>{name}</dt><dd>{}</dd>", Safe(value));
}

fn approval(engine: &mut Engine, fields: &Fields, approve: bool) -> Response<Bytes> {
    let text = fields
        .get("pairingCode")
        .map(String::as_str)
        .unwrap_or_default();
    let title = "Approve access";
    let Ok(code) = text.parse::<PairingCode>() else {
        let form = format!(
            "<p>Enter the pairing code that the program shows: 7 letters and digits.</p>\
             <form method=get action=\"{}/api-access-request\" class=row>\
             <input name=pairingCode maxlength=7 autocomplete=off aria-label=\"Pairing code\">\
             <button>Look up</button></form>",
            Safe(engine.prefix()),
        );
        return match text {
            "" => page(engine, StatusCode::OK, title, &form),
            _ => {
                let form = format!("<p class=bad>This is not a pairing code.</p>{form}");
                page(engine, StatusCode::BAD_REQUEST, title, &form)
            }
        };
    };
    let waiting = engine
        .waiting(&code)
        .and_then(|index| engine.tokens.get(index).ok_or(ControlError::UnknownCode));
    let (status, body) = match waiting {
        Err(error) => {
            let status = match error {
                ControlError::UnknownCode => StatusCode::NOT_FOUND,
                _ => StatusCode::GONE,
            };
            (
                status,
                format!("<p class=bad>{}</p>", Safe(sentence(&error.to_string()))),
            )
        }
        Ok(token) => {
            let facts = token_facts(token);
            match &token.state {
                TokenState::Pending(_) if approve => match engine.approve_now(&code) {
                    Ok(()) => {
                        let done = "<p class=good>Approved. The program can use its token now.</p>";
                        (
                            StatusCode::OK,
                            format!("{done}<div class=card>{facts}</div>"),
                        )
                    }
                    Err(error) => {
                        let problem = sentence(&error.to_string());
                        (
                            StatusCode::GONE,
                            format!("<p class=bad>{}</p>", Safe(problem)),
                        )
                    }
                },
                TokenState::Pending(_) => {
                    let button = button(
                        engine,
                        "/api-access-request",
                        "pairingCode",
                        code.as_str(),
                        "Approve",
                    );
                    let ask = "<p>A program asks for access to this merchant's account.</p>";
                    (
                        StatusCode::OK,
                        format!("{ask}<div class=card>{facts}{button}</div>"),
                    )
                }
                _ => {
                    let hint = "<p>This code was made in the dashboard. Give it to the program, \
                        which claims it.</p>";
                    (
                        StatusCode::OK,
                        format!("{hint}<div class=card>{facts}</div>"),
                    )
                }
            }
        }
    };
    page(engine, status, title, &body)
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

fn token_facts(token: &TokenRecord) -> String {
    let mut facts = String::from("<dl>");
    row(
        &mut facts,
        "Label",
        token.label.as_deref().unwrap_or("none"),
    );
    row(&mut facts, "Facade", token.facade);
    row(&mut facts, "It may", allows(token.facade));
    for sin in token.sins() {
        row(&mut facts, "SIN", sin);
    }
    row(&mut facts, "Code expires", instant(token.expires));
    facts.push_str("</dl>");
    facts
}

const fn allows(facade: Facade) -> &'static str {
    match facade {
        Facade::Pos => "create and read invoices",
        Facade::Merchant => "do everything with invoices and refunds",
        Facade::Payout => "pay out money",
        _ => "read public data",
    }
}

fn make_code(engine: &mut Engine, fields: &Fields) -> Response<Bytes> {
    let facade = fields.get("facade").and_then(|facade| facade.parse().ok());
    let label = fields.get("label").cloned().unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.');
    if label.len() > 60 || !label.chars().all(allowed) {
        return dashboard(
            engine,
            "<p class=bad>A label has at most 60 letters, digits, spaces, _, - or dots.</p>",
        );
    }
    let code = engine.new_code(
        facade.unwrap_or(Facade::Pos),
        Some(label).filter(|label| !label.is_empty()),
    );
    let notice = format!(
        "<p class=good>Pairing code <code>{code}</code>: a program can claim it once, within 24 hours.</p>",
    );
    dashboard(engine, &notice)
}

fn pay(engine: &mut Engine, fields: &Fields, back: &str) -> Response<Bytes> {
    let paid = fields
        .get("id")
        .and_then(|id| id.parse().ok())
        .ok_or(ControlError::UnknownInvoice)
        .and_then(|id| engine.invoice_index(&id))
        .and_then(|index| engine.bring_to(index, &InvoiceStatus::Complete));
    match paid {
        Ok(()) => see_other(&format!("{}/{back}", engine.prefix())),
        Err(error) => {
            let body = format!("<p class=bad>{}</p>", Safe(sentence(&error.to_string())));
            page(engine, StatusCode::CONFLICT, "Not paid", &body)
        }
    }
}

fn badge(status: impl fmt::Display) -> String {
    let status = status.to_string();
    let class = match status.as_str() {
        "complete" | "success" | "active" | "delivered" => "b good",
        "expired" | "invalid" | "declined" | "failure" | "failed" | "canceled" => "b bad",
        _ => "b",
    };
    format!("<span class=\"{class}\">{}</span>", Safe(status))
}

fn dashboard(engine: &Engine, notice: &str) -> Response<Bytes> {
    let mut out = format!(
        "{notice}<p class=dim>{} \u{b7} {}</p>",
        Safe(&engine.base),
        Safe(instant(engine.now)),
    );
    let pending: Vec<_> = engine
        .tokens
        .iter()
        .filter(|token| matches!(token.state, TokenState::Pending(_)) && engine.now < token.expires)
        .collect();
    if !pending.is_empty() {
        out.push_str("<h2>Waiting for approval</h2>");
        for token in pending.iter().rev().take(SHOWN) {
            let code = token
                .code
                .as_ref()
                .map(PairingCode::as_str)
                .unwrap_or_default();
            let approve = button(
                engine,
                "/api-access-request",
                "pairingCode",
                code,
                "Approve",
            );
            let _ = write!(out, "<div class=card>{}{approve}</div>", token_facts(token));
        }
    }
    let _ = write!(
        out,
        "<h2>Make a pairing code</h2><form method=post action=\"{}/dashboard/codes\" class=row>\
         <input type=hidden name=key value=\"{}\">\
         <select name=facade aria-label=Facade><option>pos<option>merchant</select>\
         <input name=label maxlength=60 placeholder=Label aria-label=Label>\
         <button>Make a code</button></form>",
        Safe(engine.prefix()),
        Safe(&engine.form_key),
    );
    tokens(engine, &mut out);
    invoices(engine, &mut out);
    deliveries(engine, &mut out);
    page(engine, StatusCode::OK, "Dashboard", &out)
}

/// A table that becomes a list of cards on a narrow screen.
fn table(out: &mut String, title: &str, names: &[&str], rows: Vec<Vec<String>>) {
    let _ = write!(out, "<h2>{title}</h2>");
    if rows.is_empty() {
        out.push_str("<p class=dim>None yet.</p>");
        return;
    }
    out.push_str("<table><thead><tr>");
    for name in names {
        let _ = write!(out, "<th>{name}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for cells in rows {
        out.push_str("<tr>");
        for (name, cell) in names.iter().zip(cells) {
            let _ = write!(out, "<td data-name=\"{name}\"><div>{cell}</div></td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
}

fn tokens(engine: &Engine, out: &mut String) {
    let rows = engine.tokens.iter().rev().take(SHOWN).map(|token| {
        let state = match &token.state {
            TokenState::For(_) => "active",
            TokenState::Open => "active, unsigned",
            TokenState::Revoked => "revoked",
            _ if engine.now >= token.expires => "expired",
            TokenState::Pending(_) => "waits for approval",
            TokenState::Unclaimed => "waits to be claimed",
        };
        let start = token.text.get(..6).unwrap_or_default();
        let code = match &token.code {
            Some(code) if token.waits() => format!(" <code>{code}</code>"),
            _ => String::new(),
        };
        vec![
            Safe(token.facade).to_string(),
            any(token.label.as_deref().unwrap_or("\u{2013}")),
            format!("<code>{}\u{2026}</code>", Safe(start)),
            match token.sins() {
                [] => "\u{2013}".to_owned(),
                sins => sins
                    .iter()
                    .map(|sin| format!("<code>{}</code> ", Safe(sin)))
                    .collect(),
            },
            format!("{}{code}", badge(state)),
        ]
    });
    table(
        out,
        "Tokens",
        &["Facade", "Label", "Token", "SIN", "State"],
        rows.collect(),
    );
}

fn invoices(engine: &Engine, out: &mut String) {
    let rows = engine.invoices.iter().rev().take(SHOWN).map(|record| {
        let invoice = &record.invoice;
        let mut refunds = String::new();
        for refund in engine.refunds_of(&invoice.id) {
            let _ = write!(
                refunds,
                "<div>{} {} {}</div>",
                Safe(refund.amount),
                Safe(&invoice.currency),
                badge(&refund.status),
            );
        }
        let pay = match invoice.status {
            InvoiceStatus::New => {
                button(engine, "/dashboard/pay", "id", invoice.id.as_str(), "Pay")
            }
            _ => String::new(),
        };
        vec![
            format!(
                "<a href=\"{1}/invoice?id={0}\"><code>{0}</code></a>",
                Safe(&invoice.id),
                Safe(engine.prefix()),
            ),
            any(invoice.order_id.as_deref().unwrap_or("\u{2013}")),
            price(engine, invoice),
            format!("{}{}", status_of(invoice), pay),
            match refunds.as_str() {
                "" => "\u{2013}".to_owned(),
                _ => refunds,
            },
        ]
    });
    table(
        out,
        "Invoices",
        &["Invoice", "Order", "Price", "Status", "Refunds"],
        rows.collect(),
    );
}

fn status_of(invoice: &Invoice) -> String {
    let mut out = badge(&invoice.status);
    if let Some(odd) = &invoice.exception_status {
        out.push_str(&badge(odd));
    }
    if invoice.is_cancelled == Some(true) {
        out.push_str(&badge("cancelled"));
    }
    out
}

fn deliveries(engine: &Engine, out: &mut String) {
    let rows = engine.deliveries().rev().take(20).map(|record| {
        let outcome = match &record.outcome {
            Delivered::Underway => badge("underway"),
            Delivered::Answered(200) => badge("delivered"),
            Delivered::Answered(status) => {
                format!("{} answered {status}", badge("failed"))
            }
            Delivered::Failed(error) => format!("{} {}", badge("failed"), Safe(error)),
            Delivered::Withheld(reason) => format!("{} {}", badge("withheld"), Safe(reason)),
        };
        vec![
            Safe(instant(record.at)).to_string(),
            Safe(&record.event).to_string(),
            any(&record.delivery.url),
            outcome,
        ]
    });
    table(
        out,
        "Webhooks",
        &["Time", "Event", "Address", "Result"],
        rows.collect(),
    );
}

fn checkout(engine: &Engine, id: Option<&str>) -> Response<Bytes> {
    let record = id
        .and_then(|id| engine.index.invoices.get(id))
        .and_then(|index| engine.invoices.get(*index));
    let Some(record) = record else {
        let body = "<p class=bad>There is no such invoice.</p>";
        return page(engine, StatusCode::NOT_FOUND, "Invoice", body);
    };
    let invoice = &record.invoice;
    let mut out = format!(
        "<div class=card><p class=price>{}</p><p>{}</p><dl>",
        price(engine, invoice),
        status_of(invoice),
    );
    if let Some(name) = &invoice.merchant_name {
        row(&mut out, "To", name);
    }
    if let Some(what) = &invoice.item_desc {
        row(&mut out, "For", what);
    }
    if let Some(order) = &invoice.order_id {
        row(&mut out, "Order", order);
    }
    if let Some(expires) = invoice.expiration_time {
        row(&mut out, "Pay until", instant(expires));
    }
    out.push_str("</dl>");
    if invoice.status == InvoiceStatus::New {
        out.push_str(&button(
            engine,
            "/invoice/pay",
            "id",
            invoice.id.as_str(),
            "Pay",
        ));
    } else if let Some(url) = invoice.redirect_url.as_deref().filter(|url| is_web(url)) {
        let _ = write!(out, "<p><a href=\"{}\">Back to the shop</a></p>", Safe(url));
    }
    out.push_str("</div>");
    let totals = invoice.payment_display_totals.to_map().unwrap_or_default();
    let rows = totals
        .iter()
        .map(|(code, total)| vec![Safe(code).to_string(), Safe(total).to_string()]);
    table(
        &mut out,
        "The price in each currency",
        &["Currency", "With miner fee"],
        rows.collect(),
    );
    page(engine, StatusCode::OK, "Invoice", &out)
}

/// A link that opens a page, and runs nothing.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
