//! Invoices, as the merchant sees them.

use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::{Invoice, InvoiceStatus, Transaction};
use bytes::Bytes;
use http::{Response, StatusCode};

use super::html::{Html, any, badge, code, facts, html, table, text};
use super::{
    Done, Fields, Wrong, buttons, dashboard, link, maybe_instant, money, newest, problem, refunds,
    webhooks, wrong,
};
use crate::Engine;
use crate::control::ControlError;
use crate::handlers::invoices::InvoiceRecord;
use crate::market::{Listed, display};

pub(super) fn page(engine: &Engine, _: &Fields) -> Response<Bytes> {
    let (shown, note) = newest(&engine.invoices);
    let body = html!("{}{}", rows(engine, shown.map(|(_, record)| record)), note);
    dashboard(engine, "/dashboard/invoices", "Invoices", body)
}

pub(super) fn last(engine: &Engine, count: usize) -> Html {
    rows(engine, engine.invoices.iter().rev().take(count))
}

fn rows<'a>(engine: &Engine, records: impl Iterator<Item = &'a InvoiceRecord>) -> Html {
    let rows = records.map(|record| {
        let invoice = &record.invoice;
        let address = format!("/dashboard/invoice?id={}", invoice.id);
        [
            link(engine, &address, code(&invoice.id)),
            any(invoice.order_id.as_deref()),
            money(engine, invoice.price, &invoice.currency),
            status_of(invoice),
            maybe_instant(invoice.invoice_time),
        ]
    });
    let names = ["Invoice", "Order", "Price", "Status", "Made"];
    table(names, rows, "None yet.")
}

pub(super) fn status_of(invoice: &Invoice) -> Html {
    let odd = invoice.exception_status.as_ref().map(badge);
    let cancelled = (invoice.is_cancelled == Some(true)).then(|| badge("cancelled"));
    let more: Html = odd.into_iter().chain(cancelled).collect();
    html!("{}{}", badge(&invoice.status), more)
}

/// An invoice by the id in a query or a form.
pub(super) fn find<'a>(engine: &'a Engine, id: &str) -> Option<(usize, &'a InvoiceRecord)> {
    let id: InvoiceId = id.parse().ok()?;
    let index = engine.invoice_index(&id).ok()?;
    Some((index, engine.invoices.get(index)?))
}

pub(super) fn one(engine: &Engine, fields: &Fields) -> Response<Bytes> {
    let Some((_, record)) = find(engine, fields.get("id")) else {
        let why = "There is no such invoice.";
        return problem(engine, StatusCode::NOT_FOUND, "Invoice", why);
    };
    let invoice = &record.invoice;
    let id = invoice.id.as_str();
    let checkout = link(engine, &format!("/invoice?id={id}"), "its checkout page");
    let maker = engine.tokens.get(record.maker);
    let mut rows = vec![
        ("Status", status_of(invoice)),
        ("Price", money(engine, invoice.price, &invoice.currency)),
        ("Buyer sees", checkout),
        ("Order", any(invoice.order_id.as_deref())),
        ("Item", any(invoice.item_desc.as_deref())),
        ("Guid", any(invoice.guid.as_deref())),
        ("Made", maybe_instant(invoice.invoice_time)),
        ("Expires", maybe_instant(invoice.expiration_time)),
        (
            "Speed",
            any(invoice.transaction_speed.as_ref().map(|it| it.as_str())),
        ),
        ("Webhooks go to", any(invoice.notification_url.as_deref())),
        (
            "Buyer's email",
            any(invoice.buyer_provided_email.as_deref()),
        ),
    ];
    if let Some(maker) = maker {
        rows.push(("Made with", super::tokens::named(engine, maker)));
    }
    let acts = acts(invoice);
    let acts = match acts.is_empty() {
        true => html!("<p class=dim>Nothing more can happen to it by hand, but for refunds.</p>"),
        false => buttons(engine, "/dashboard/invoice", ("id", id), "act", acts),
    };
    let paid = invoice.transaction_currency.as_ref();
    let coin = paid.and_then(|paid| engine.market.find(paid));
    let payments = invoice.transactions.iter().map(|it| payment(it, coin));
    let body = html!(
        "<div class=card>{}{}</div><h2>Payments</h2>{}<h2>Refunds</h2>{}<h2>Webhooks</h2>{}",
        facts(rows),
        acts,
        table(
            ["Amount", "Confirmations", "Time", "Transaction"],
            payments,
            "None yet: open its checkout page to pay it."
        ),
        refunds::of_invoice(engine, &invoice.id),
        webhooks::that_tell(engine, id),
    );
    dashboard(
        engine,
        "/dashboard/invoices",
        &format!("Invoice {id}"),
        body,
    )
}

fn payment(payment: &Transaction, coin: Option<&Listed>) -> [Html; 4] {
    let amount = payment.amount.zip(coin).map(|(units, coin)| {
        html!(
            "<span class=money>{} {}</span>",
            display(units.get(), coin),
            coin.code
        )
    });
    let kind = payment.kind.as_deref().unwrap_or("payment");
    [
        html!(
            "{} <span class=dim>{}</span>",
            amount.unwrap_or_default(),
            kind
        ),
        text(payment.confirmations.unwrap_or(0)),
        maybe_instant(payment.received_time),
        payment.txid.as_ref().map_or_else(|| any(None), code),
    ]
}

/// What can happen to an invoice, by the name of the act.
fn acts(invoice: &Invoice) -> Vec<(&'static str, &'static str)> {
    match invoice.status {
        InvoiceStatus::New => vec![
            ("paid", "Pay"),
            ("half", "Pay half"),
            ("over", "Pay too much"),
            ("complete", "Pay and complete"),
            ("expired", "Expire"),
        ],
        InvoiceStatus::Paid => vec![
            ("confirmed", "Confirm"),
            ("complete", "Complete"),
            ("invalid", "Make invalid"),
            ("declined", "Decline"),
        ],
        InvoiceStatus::Confirmed => vec![("complete", "Complete"), ("declined", "Decline")],
        InvoiceStatus::Expired => vec![("paid", "Pay late"), ("complete", "Pay late and complete")],
        InvoiceStatus::Invalid => vec![("complete", "Complete late")],
        _ => Vec::new(),
    }
}

/// Does what a button says.
pub(super) fn act(engine: &mut Engine, index: usize, act: &str) -> Result<(), Wrong> {
    let done = match act {
        "half" => engine.pay_percent(index, 50),
        "over" => engine.pay_percent(index, 150),
        status => {
            let known = [
                InvoiceStatus::Paid,
                InvoiceStatus::Confirmed,
                InvoiceStatus::Complete,
                InvoiceStatus::Expired,
                InvoiceStatus::Invalid,
                InvoiceStatus::Declined,
            ];
            let status = known.iter().find(|known| known.as_str() == status);
            engine.bring_to(
                index,
                status.ok_or_else(|| wrong("There is no such step."))?,
            )
        }
    };
    Ok(done?)
}

pub(super) fn change(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let (index, record) = find(engine, fields.get("id")).ok_or(ControlError::UnknownInvoice)?;
    let address = format!("/dashboard/invoice?id={}", record.invoice.id);
    act(engine, index, fields.get("act"))?;
    Ok(Done::Go(address))
}
