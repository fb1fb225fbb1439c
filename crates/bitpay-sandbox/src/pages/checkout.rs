//! What the buyer sees of an invoice: what to pay in which currency, until when, and by which code. What the
//! sandbox adds stands apart.

use std::time::Duration;

use bitpay_core::Currency;
use bitpay_core::amount::SubUnits;
use bitpay_core::by_currency::ByCurrency;
use bitpay_core::model::invoice::{ExceptionStatus, Invoice, InvoiceStatus, PaymentCodes};
use bitpay_core::time::Timestamp;
use bytes::Bytes;
use http::{Response, StatusCode};

use super::html::{Html, any, bad, code, facts, good, html};
use super::{
    Done, Fields, Wrong, buttons, instant, invoices, link, money, out_link, qr, whole, wrong,
};
use crate::Engine;
use crate::control::ControlError;
use crate::market::{Listed, display};

/// The page looks again after so many seconds whether something happened.
const AGAIN: u32 = 20;

pub(super) fn page(engine: &Engine, fields: &Fields) -> Response<Bytes> {
    of(engine, fields.get("id"), fields)
}

pub(super) fn of(engine: &Engine, id: &str, fields: &Fields) -> Response<Bytes> {
    let Some((_, record)) = invoices::find(engine, id) else {
        let body = bad("There is no such invoice.");
        return super::page(engine, StatusCode::NOT_FOUND, "Invoice", body);
    };
    let invoice = &record.invoice;
    let again = fields.get("choose") == "1" && !is_part_paid(invoice);
    let step = match invoice.status {
        InvoiceStatus::New => match chosen(engine, invoice) {
            Some(offer) if !again => payment(engine, invoice, &offer),
            _ => choice(engine, invoice),
        },
        _ => result(invoice),
    };
    let body = html!(
        "<div class=checkout><section class=card>{}{}</section>{}</div>{}",
        head(engine, invoice),
        step,
        sandbox_box(engine, invoice),
        refresh(invoice),
    );
    whole(engine, StatusCode::OK, "Checkout", Html::default(), body)
}

fn head(engine: &Engine, invoice: &Invoice) -> Html {
    let merchant = invoice
        .merchant_name
        .as_deref()
        .unwrap_or("Sandbox merchant");
    let item = invoice.item_desc.as_deref();
    let order = invoice.order_id.as_deref();
    let rows = [("For", item), ("Order", order)];
    let rows = rows.into_iter().filter(|(_, text)| text.is_some());
    html!(
        "<h1>{}</h1><p class=price>{}</p>{}",
        any(Some(merchant)),
        money(engine, invoice.price, &invoice.currency),
        facts(rows.map(|(name, text)| (name, any(text)))),
    )
}

/// What an invoice asks in one currency, in its smallest unit.
struct Offer {
    coin: &'static Listed,
    subtotal: i128,
    /// With what the network takes.
    total: i128,
}

fn offers(engine: &Engine, invoice: &Invoice) -> Vec<Offer> {
    let units = |map: &ByCurrency<SubUnits>, coin: &Listed| map.get(coin.code).ok().flatten();
    let offer = |coin: &'static Listed| {
        Some(Offer {
            coin,
            subtotal: units(&invoice.payment_subtotals, coin)?.get(),
            total: units(&invoice.payment_totals, coin)?.get(),
        })
    };
    engine.market.coins().filter_map(offer).collect()
}

/// The one that the buyer chose, or pays already.
fn chosen(engine: &Engine, invoice: &Invoice) -> Option<Offer> {
    let info = invoice.buyer_provided_info.as_ref();
    let selected = info.and_then(|info| info.selected_transaction_currency.as_ref());
    let currency = invoice.transaction_currency.as_ref().or(selected)?;
    let mut offers = offers(engine, invoice).into_iter();
    offers.find(|offer| offer.coin.code == currency.as_str())
}

fn is_part_paid(invoice: &Invoice) -> bool {
    invoice.exception_status == Some(ExceptionStatus::PaidPartial)
}

/// Step one: in which currency.
fn choice(engine: &Engine, invoice: &Invoice) -> Html {
    let choices: Html = offers(engine, invoice)
        .iter()
        .map(|offer| {
            html!(
                "<button name=currency value=\"{}\"><b>{}</b><span>{} {}</span></button>",
                offer.coin.code,
                offer.coin.name,
                display(offer.total, offer.coin),
                offer.coin.code,
            )
        })
        .collect();
    let content = html!("{}{}", super::field("id", &invoice.id), choices);
    html!(
        "{}<h2>Choose how to pay</h2>{}",
        countdown(engine, invoice),
        super::form(engine, "/invoice/currency", "coins", content),
    )
}

/// Step two: how much, and to where.
fn payment(engine: &Engine, invoice: &Invoice, offer: &Offer) -> Html {
    let coin = offer.coin;
    let paid = invoice.amount_paid.map_or(0, SubUnits::get);
    let due = offer.total.saturating_sub(paid).max(0);
    let address = invoice.payment_codes.get(coin.code).ok().flatten();
    let address = address.and_then(address_of).unwrap_or_default();
    let mut rows = vec![(
        "Price",
        html!("{} {}", display(offer.subtotal, coin), coin.code),
    )];
    if offer.total > offer.subtotal {
        let fee = display(offer.total.saturating_sub(offer.subtotal), coin);
        rows.push(("Network cost", html!("{} {}", fee, coin.code)));
    }
    if paid > 0 {
        rows.push((
            "Paid so far",
            html!("{} {}", display(paid, coin), coin.code),
        ));
    }
    let part = match is_part_paid(invoice) {
        true => bad("Only a part was paid. Pay the rest before the time is up, or it is returned."),
        false => Html::default(),
    };
    let other = match is_part_paid(invoice) {
        true => Html::default(),
        false => {
            let again = format!("/invoice?id={}&choose=1", invoice.id);
            html!("<p>{}</p>", link(engine, &again, "Pay in another currency"))
        }
    };
    html!(
        "{}{}<div class=pay>{}<div><p class=dim>Amount due</p><p class=price id=due>{} {}</p>{}\
         <p class=dim>Payment address</p><p>{}</p></div></div>{}",
        countdown(engine, invoice),
        part,
        qr::svg(&address).unwrap_or_default(),
        display(due, coin),
        coin.code,
        facts(rows),
        code(&address),
        other,
    )
}

/// What a wallet reads: the address by its scheme, in the one form that the currency has.
fn address_of(codes: PaymentCodes) -> Option<String> {
    let all = [
        codes.bip72b,
        codes.eip681,
        codes.eip681b,
        codes.rip681,
        codes.bip73,
    ];
    all.into_iter().flatten().next()
}

/// How long there is to pay. Without script, the page says until when.
fn countdown(engine: &Engine, invoice: &Invoice) -> Html {
    let Some(expires) = invoice.expiration_time else {
        return Html::default();
    };
    let left = left(engine.now, expires);
    let seconds = left.as_secs();
    html!(
        "<p class=left>Time left <b data-left=\"{}\">{}:{}</b> <span class=dim>until {}</span></p>",
        left.as_millis(),
        seconds / 60,
        format!("{:02}", seconds % 60),
        instant(expires),
    )
}

fn left(now: Timestamp, until: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}

/// Step three: what came of it.
fn result(invoice: &Invoice) -> Html {
    let say = match invoice.status {
        InvoiceStatus::Paid => good("Payment received. It waits to be confirmed."),
        InvoiceStatus::Confirmed | InvoiceStatus::Complete => good("Paid. Thank you."),
        InvoiceStatus::Expired if invoice.is_cancelled == Some(true) => {
            bad("The merchant cancelled this invoice.")
        }
        InvoiceStatus::Expired => bad("This invoice has expired. Ask the shop for a new one."),
        InvoiceStatus::Invalid => {
            bad("The payment was not confirmed in time. The shop has been told.")
        }
        InvoiceStatus::Declined => bad("The merchant declined this payment. It is refunded."),
        _ => Html::default(),
    };
    let over = match invoice.exception_status {
        Some(ExceptionStatus::PaidOver) => {
            html!("<p>More was paid than was asked for. What is too much is refunded.</p>")
        }
        _ => Html::default(),
    };
    let paid = match (&invoice.display_amount_paid, &invoice.transaction_currency) {
        (Some(paid), Some(currency)) => {
            html!("<p class=dim>Paid: {} {}</p>", paid, currency)
        }
        _ => Html::default(),
    };
    let is_paid = matches!(
        invoice.status,
        InvoiceStatus::Paid | InvoiceStatus::Confirmed | InvoiceStatus::Complete
    );
    let back = match is_paid {
        true => invoice.redirect_url.as_deref(),
        false => invoice
            .close_url
            .as_deref()
            .or(invoice.redirect_url.as_deref()),
    };
    let back = back.map(|url| html!("<p>{}</p>", out_link(url, "Back to the shop")));
    html!("{}{}{}{}", say, over, paid, back.unwrap_or_default())
}

/// What no checkout of BitPay's has.
fn sandbox_box(engine: &Engine, invoice: &Invoice) -> Html {
    let id = ("id", invoice.id.as_str());
    let acts: &[_] = match invoice.status {
        InvoiceStatus::New if is_part_paid(invoice) => &[("paid", "Pay the rest")],
        InvoiceStatus::New => &[
            ("paid", "Pay"),
            ("half", "Pay half"),
            ("over", "Pay too much"),
        ],
        InvoiceStatus::Paid => &[("confirmed", "Confirm"), ("complete", "Complete")],
        InvoiceStatus::Confirmed => &[("complete", "Complete")],
        _ => &[],
    };
    let say = match invoice.status {
        InvoiceStatus::New => "There are no coins here: these buttons are the buyer's wallet.",
        InvoiceStatus::Paid | InvoiceStatus::Confirmed => "And these are the blockchain.",
        _ => "Nothing more can be done here.",
    };
    let address = format!("/dashboard/invoice?id={}", invoice.id);
    html!(
        "<aside class=\"card sandbox\" aria-label=\"Sandbox\"><h2>Sandbox</h2><p>{}</p>{}\
         <p>Invoice {}: {}</p></aside>",
        say,
        buttons(engine, "/invoice/pay", id, "act", acts.iter().copied()),
        link(engine, &address, code(&invoice.id)),
        invoices::status_of(invoice),
    )
}

/// While something can happen, the page looks again.
fn refresh(invoice: &Invoice) -> Html {
    match invoice.status {
        InvoiceStatus::New | InvoiceStatus::Paid | InvoiceStatus::Confirmed => html!(
            "<span data-again=\"{}\"></span><noscript><meta http-equiv=refresh content=\"{}\"></noscript>",
            AGAIN,
            AGAIN
        ),
        _ => Html::default(),
    }
}

pub(super) fn choose(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let (index, record) =
        invoices::find(engine, fields.get("id")).ok_or(ControlError::UnknownInvoice)?;
    let address = format!("/invoice?id={}", record.invoice.id);
    let currency: Option<Currency> = fields.parse("currency");
    let currency = currency.ok_or(ControlError::UnknownCurrency)?;
    engine.choose_currency(index, &currency)?;
    Ok(Done::Go(address))
}

pub(super) fn pay(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let (index, record) =
        invoices::find(engine, fields.get("id")).ok_or(ControlError::UnknownInvoice)?;
    let address = format!("/invoice?id={}", record.invoice.id);
    let act = fields.get("act");
    let may = matches!(act, "paid" | "half" | "over" | "confirmed" | "complete");
    match may {
        true => invoices::act(engine, index, act)?,
        false => return Err(wrong("A buyer cannot do that.")),
    }
    Ok(Done::Go(address))
}
