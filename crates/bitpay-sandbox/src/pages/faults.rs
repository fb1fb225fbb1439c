//! What is to go wrong with the next answers.

use bitpay_core::operation::OPERATIONS;
use bytes::Bytes;
use http::Response;

use super::html::{Html, any, code, html, table, text};
use super::{Done, Fields, Wrong, buttons, dashboard, form, sentence, wrong};
use crate::fault::NAMED;
use crate::outcomes::{ORDERS, PREFIX};
use crate::{Engine, Fault};

pub(super) fn page(engine: &Engine, _: &Fields) -> Response<Bytes> {
    let waiting = pending(engine) > 0;
    let clear = match waiting {
        true => buttons(
            engine,
            "/dashboard/faults",
            ("do", "clear"),
            "act",
            [("clear", "Clear all")],
        ),
        false => Html::default(),
    };
    let body = html!(
        "<p class=dim>A call takes the first fault that is for it. What waits is lost when the sandbox stops.</p>\
         {}{}<h2>Inject one</h2>{}<h2>Without this page</h2>{}",
        list(engine),
        clear,
        inject_form(engine),
        orders(),
    );
    dashboard(engine, "/dashboard/faults", "Faults", body)
}

pub(super) fn pending(engine: &Engine) -> usize {
    engine.faults.list().count()
}

fn list(engine: &Engine) -> Html {
    let rows = engine.faults.list().map(|fault| {
        let shown = fault.shown();
        let often = match (shown["percent"].as_u64(), shown["times"].as_u64()) {
            (Some(percent @ 0..100), _) => format!("{percent} of 100 calls"),
            (_, Some(times)) => format!("{times} more"),
            _ => "every call".to_owned(),
        };
        let after = match shown["after"].as_u64() {
            None | Some(0) => String::new(),
            Some(after) => format!(", after {after} more calls"),
        };
        let work = match shown["work"].as_bool() {
            Some(true) => "yes",
            _ => "no",
        };
        [
            any(shown["kind"].as_str()),
            code(shown["operation"].as_str().unwrap_or("any operation")),
            html!("{}{}", often, after),
            text(work),
        ]
    });
    let names = ["Fault", "For", "How often", "Work is done"];
    table(
        names,
        rows,
        "None waits: calls are answered as they should be.",
    )
}

fn inject_form(engine: &Engine) -> Html {
    let faults: Html = NAMED
        .iter()
        .map(|it| {
            html!(
                "<option value=\"{}\">{}: {}</option>",
                it.name,
                it.name,
                it.does
            )
        })
        .collect();
    let operations: Html = OPERATIONS
        .iter()
        .map(|it| html!("<option>{}</option>", it.name))
        .collect();
    let content = html!(
        "<label>Fault<select name=fault>{}</select></label>\
         <label>For<select name=operation><option value=\"\">any operation</option>{}</select></label>\
         <label>Times<input name=times inputmode=numeric value=1></label>\
         <label>In 100 calls<input name=percent inputmode=numeric placeholder=\"every one\"></label>\
         <label>After so many calls<input name=after inputmode=numeric value=0></label>\
         <button>Inject</button>",
        faults,
        operations,
    );
    form(engine, "/dashboard/faults", "fields", content)
}

/// Tests need no page for this.
fn orders() -> Html {
    let rows = ORDERS
        .iter()
        .map(|it| [code(format!("{}{}", PREFIX, it.name)), text(it.does)]);
    html!(
        "<p>An order id may ask for what becomes of its invoice:</p>{}",
        table(["orderId", "The invoice"], rows, "")
    )
}

pub(super) fn inject(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    if fields.get("act") == "clear" {
        engine.clear_faults();
    } else {
        // As on the command line: by the fault's name, and what it is limited to.
        let mut fault = fields.get("fault").to_owned();
        let limits = [
            ("operation", "on"),
            ("percent", "percent"),
            ("after", "after"),
        ];
        let times = match fields.get("percent") {
            "" => ("times", "times"),
            // As often as chance has it.
            _ => ("", ""),
        };
        for (field, name) in limits.into_iter().chain([times]) {
            let value = fields.get(field).trim();
            if !value.is_empty() {
                fault.push_str(&format!(",{name}={value}"));
            }
        }
        let fault: Fault = fault
            .parse()
            .map_err(|error| wrong(&sentence(&format!("{error}"))))?;
        engine.inject(fault);
    }
    Ok(Done::Go("/dashboard/faults".to_owned()))
}
