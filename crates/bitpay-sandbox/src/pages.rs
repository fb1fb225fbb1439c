//! The pages of BitPay that a person needs: the approval, the checkout, and a dashboard over all that the
//! sandbox holds. Plain HTML: a few lines of script count down and load a page again, and nothing is
//! fetched from elsewhere.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitpay_core::signature::Digest;
use bitpay_core::time::Timestamp;
use bitpay_core::{Amount, Currency};
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, Request, Response, StatusCode};

use crate::Engine;
use crate::control::ControlError;
use crate::gate::refuse;
use html::{Html, Show, bad, html};

mod approval;
mod checkout;
mod faults;
mod html;
mod invoices;
mod ledger;
mod overview;
mod payouts;
mod qr;
mod refunds;
mod refused;
mod tokens;
mod webhooks;

/// So many of a kind are shown.
const SHOWN: usize = 100;

/// What a query or a form holds.
struct Fields(HashMap<String, String>);

impl Fields {
    fn read(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The field, or an empty text.
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// A field that holds something.
    fn parse<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).trim().parse().ok()
    }
}

/// What came of a form.
enum Done {
    /// On to this page of ours, by its path.
    Go(String),
    /// A page that says it.
    Page(Response<Bytes>),
}

/// What is wrong with a form, in words.
struct Wrong(StatusCode, String);

impl From<ControlError> for Wrong {
    fn from(error: ControlError) -> Self {
        Self(error.status(), sentence(&error.to_string()))
    }
}

fn wrong(why: &str) -> Wrong {
    Wrong(StatusCode::BAD_REQUEST, why.to_owned())
}

type Form = fn(&mut Engine, &Fields) -> Result<Done, Wrong>;
type Page = fn(&Engine, &Fields) -> Response<Bytes>;

/// The pages of the dashboard, as its menu has them.
const MENU: &[(&str, &str, Page)] = &[
    ("/dashboard", "Overview", overview::page),
    ("/dashboard/tokens", "Tokens", tokens::page),
    ("/dashboard/invoices", "Invoices", invoices::page),
    ("/dashboard/refunds", "Refunds", refunds::page),
    ("/dashboard/ledger", "Ledger", ledger::page),
    ("/dashboard/payouts", "Payouts", payouts::page),
    ("/dashboard/webhooks", "Webhooks", webhooks::page),
    ("/dashboard/refused", "Refused", refused::page),
    ("/dashboard/faults", "Faults", faults::page),
];

/// The pages that are reached from others.
const OTHERS: &[(&str, Page)] = &[
    ("/", overview::page),
    // BitPay's own address of it, which its SDKs print.
    ("/dashboard/merchant/api-tokens", tokens::page),
    ("/dashboard/invoice", invoices::one),
    ("/dashboard/webhook", webhooks::one),
    ("/dashboard/refusal", refused::one),
    ("/api-access-request", approval::page),
    ("/invoice", checkout::page),
];

/// What forms are sent to.
const FORMS: &[(&str, Form)] = &[
    ("/api-access-request", approval::approve),
    ("/dashboard/codes", tokens::make_code),
    ("/dashboard/open-tokens", tokens::make_open),
    ("/dashboard/revoke", tokens::revoke),
    ("/dashboard/invoice", invoices::change),
    ("/dashboard/refund", refunds::change),
    ("/dashboard/deposit", ledger::deposit),
    ("/dashboard/settlement", ledger::change),
    ("/dashboard/payout", payouts::change),
    ("/dashboard/recipient", payouts::change_recipient),
    ("/dashboard/webhook", webhooks::resend),
    ("/dashboard/clock", overview::move_clock),
    ("/dashboard/demo", overview::fill),
    ("/dashboard/reset", overview::reset),
    ("/dashboard/faults", faults::inject),
    ("/invoice/currency", checkout::choose),
    ("/invoice/pay", checkout::pay),
];

pub(crate) fn is_page(path: &str) -> bool {
    path == "/favicon.ico"
        || path.starts_with("/i/")
        || find_page(path).is_some()
        || FORMS.iter().any(|(at, _)| *at == path)
}

fn find_page(path: &str) -> Option<Page> {
    let of_menu = MENU.iter().map(|(at, _, page)| (at, page));
    let mut all = of_menu.chain(OTHERS.iter().map(|(at, page)| (at, page)));
    all.find(|(at, _)| **at == path).map(|(_, page)| *page)
}

pub(crate) fn answer(
    engine: &mut Engine,
    path: &str,
    query: &str,
    request: &Request<Bytes>,
) -> Response<Bytes> {
    match *request.method() {
        // Hyper leaves the body of an answer to HEAD out.
        Method::GET | Method::HEAD => {
            let fields = Fields::read(query.as_bytes());
            match (find_page(path), path.strip_prefix("/i/")) {
                (Some(page), _) => page(engine, &fields),
                (None, Some(id)) => checkout::of(engine, id, &fields),
                _ => problem(
                    engine,
                    StatusCode::NOT_FOUND,
                    "Not found",
                    "There is no such page.",
                ),
            }
        }
        Method::POST => {
            let fields = Fields::read(request.body());
            if fields.get("key") != engine.form_key {
                return refuse("this form is not of this sandbox: load the page again");
            }
            let form = FORMS.iter().find(|(at, _)| *at == path);
            let done = match form {
                Some((_, form)) => form(engine, &fields),
                None => Err(Wrong(
                    StatusCode::NOT_FOUND,
                    "There is no such form.".to_owned(),
                )),
            };
            match done {
                Ok(Done::Go(to)) => see_other(&format!("{}{to}", engine.prefix())),
                Ok(Done::Page(page)) => page,
                Err(Wrong(status, why)) => problem(engine, status, "That cannot be", &why),
            }
        }
        _ => problem(
            engine,
            StatusCode::METHOD_NOT_ALLOWED,
            "Not allowed",
            "Pages are read with GET, and their forms are sent with POST.",
        ),
    }
}

const STYLE: &str = include_str!("pages/page.css");
const SCRIPT: &str = include_str!("pages/page.js");

/// A page of the dashboard: with its menu and the time.
fn dashboard(engine: &Engine, at: &str, title: &str, body: Html) -> Response<Bytes> {
    let prefix = engine.prefix();
    let menu: Html = MENU
        .iter()
        .map(|(path, name, _)| {
            let here = match *path == at {
                true => html!(" aria-current=\"page\""),
                false => Html::default(),
            };
            let count = waiting(engine, path);
            html!(
                "<a href=\"{}{}\"{}>{}{}</a>",
                prefix,
                path,
                here,
                name,
                count
            )
        })
        .collect();
    let menu = html!("<nav aria-label=\"Dashboard\">{}</nav>", menu);
    let body = html!("<h1>{}</h1>{}", title, body);
    whole(engine, StatusCode::OK, title, menu, body)
}

/// How many things on a page want to be looked at.
fn waiting(engine: &Engine, path: &str) -> Html {
    let count = match path {
        "/dashboard/tokens" => tokens::pending(engine).count(),
        "/dashboard/refused" => engine.refused.len(),
        "/dashboard/faults" => faults::pending(engine),
        _ => 0,
    };
    match count {
        0 => Html::default(),
        count => html!(" <span class=count>{}</span>", count),
    }
}

/// A page without the menu, for whoever is not the merchant.
fn page(engine: &Engine, status: StatusCode, title: &str, body: Html) -> Response<Bytes> {
    let body = html!("<h1>{}</h1>{}", title, body);
    whole(engine, status, title, Html::default(), body)
}

fn problem(engine: &Engine, status: StatusCode, title: &str, why: &str) -> Response<Bytes> {
    let back = html!(
        "<p><a href=\"{}/dashboard\">To the dashboard</a></p>",
        engine.prefix()
    );
    page(engine, status, title, html!("{}{}", bad(why), back))
}

fn whole(
    engine: &Engine,
    status: StatusCode,
    title: &str,
    menu: Html,
    body: Html,
) -> Response<Bytes> {
    let document = html!(
        "<!doctype html><html lang=en><head><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width,initial-scale=1\">\
         <link rel=icon href=\"data:,\">\
         <title>{} \u{b7} BitPay sandbox</title><style>{}</style></head><body>\
         <header><a href=\"{}/dashboard\">BitPay sandbox</a>\
         <span>No real money moves here.</span><span class=now>{}</span></header>\
         {}<main>{}</main><script>{}</script></body></html>",
        title,
        Html::trusted(STYLE),
        engine.prefix(),
        instant(engine.now),
        menu,
        body,
        Html::trusted(SCRIPT),
    );
    let mut response = Response::new(Bytes::from(document.into_string()));
    *response.status_mut() = status;
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
        hash(STYLE),
        hash(SCRIPT),
    );
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Other sites learn nothing from it. With `no-referrer`, browsers would hide the origin of our
        // own forms from us as well.
        (REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// By its hash, the policy allows what is written into the page, and nothing that is written otherwise.
fn hash(text: &str) -> String {
    let digest = Digest::of(&[text.as_bytes()]);
    format!("sha256-{}", STANDARD.encode(digest.as_bytes()))
}

fn see_other(address: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(LOCATION, address);
    }
    response
}

/// A form with what it needs to be ours.
fn form(engine: &Engine, action: &str, class: &str, content: Html) -> Html {
    html!(
        "<form method=post action=\"{}{}\" class=\"{}\">\
         <input type=hidden name=key value=\"{}\">{}</form>",
        engine.prefix(),
        action,
        class,
        engine.form_key,
        content,
    )
}

fn field(name: &str, value: impl Show) -> Html {
    html!("<input type=hidden name=\"{}\" value=\"{}\">", name, value)
}

/// A form that is a row of buttons, each with its own value of one field.
fn buttons<'a>(
    engine: &Engine,
    action: &str,
    (name, value): (&str, &str),
    choice: &str,
    choices: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Html {
    let choices: Html = choices
        .into_iter()
        .map(|(value, text)| {
            html!(
                "<button name=\"{}\" value=\"{}\">{}</button>",
                choice,
                value,
                text
            )
        })
        .collect();
    if choices.is_empty() {
        return choices;
    }
    let content = html!("{}{}", field(name, value), choices);
    form(engine, action, "buttons", content)
}

fn link(engine: &Engine, path: &str, text: impl Show) -> Html {
    html!("<a href=\"{}{}\">{}</a>", engine.prefix(), path, text)
}

/// A link that leaves the sandbox, where it opens a page and runs nothing.
fn out_link(url: &str, text: &str) -> Html {
    match url.starts_with("https://") || url.starts_with("http://") {
        true => html!(
            "<a href=\"{}\" rel=\"noreferrer noopener\">{}</a>",
            url,
            text
        ),
        false => Html::default(),
    }
}

fn instant(at: Timestamp) -> Html {
    html!("{}", at.strftime("%Y-%m-%d %H:%M:%S UTC"))
}

fn maybe_instant(at: Option<Timestamp>) -> Html {
    at.map_or_else(|| html!("\u{2013}"), instant)
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

/// An amount as people write it: 12.50 USD.
fn money(engine: &Engine, amount: Amount, currency: &Currency) -> Html {
    let mut amount = amount.decimal().normalize();
    let places = engine.market.find(currency).map_or(0, |it| it.precision);
    if amount.scale() < places && !amount.fract().is_zero() {
        amount.rescale(places);
    }
    html!("<span class=money>{} {}</span>", amount, currency)
}

/// The newest first, and no more than can be looked at; with a line that says how many there are.
fn newest<T>(all: &[T]) -> (impl Iterator<Item = (usize, &T)>, Html) {
    let note = match all.len() {
        0..=SHOWN => Html::default(),
        count => html!("<p class=dim>The last {} of {}.</p>", SHOWN, count),
    };
    (all.iter().enumerate().rev().take(SHOWN), note)
}
