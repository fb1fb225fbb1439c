//! Refunds, and what can become of them.

use bitpay_core::id::{InvoiceId, RefundId};
use bitpay_core::model::refund::{Refund, RefundKind, RefundStatus};
use bytes::Bytes;
use http::Response;

use super::html::{Html, any, badge, code, html, table};
use super::{Done, Fields, Wrong, buttons, dashboard, link, maybe_instant, money, newest, wrong};
use crate::Engine;
use crate::control::ControlError;

pub(super) fn page(engine: &Engine, _: &Fields) -> Response<Bytes> {
    let (shown, note) = newest(&engine.refunds);
    let rows = rows(engine, shown.map(|(_, record)| &record.refund));
    let body = html!("{}{}", rows, note);
    dashboard(engine, "/dashboard/refunds", "Refunds", body)
}

pub(super) fn of_invoice(engine: &Engine, invoice: &InvoiceId) -> Html {
    rows(engine, engine.refunds_of(invoice))
}

fn rows<'a>(engine: &Engine, refunds: impl Iterator<Item = &'a Refund>) -> Html {
    let rows = refunds.map(|refund| {
        let invoice = format!("/dashboard/invoice?id={}", refund.invoice);
        let amount = match &refund.currency {
            Some(currency) => money(engine, refund.amount, currency),
            None => html!("{}", refund.amount),
        };
        let steps = steps(&refund.status).iter().copied();
        let id = ("id", refund.id.as_str());
        [
            code(&refund.id),
            link(engine, &invoice, code(&refund.invoice)),
            html!(
                "{}<div class=dim>{}</div>",
                amount,
                any(refund.kind.as_ref().map(RefundKind::as_str))
            ),
            html!(
                "{}{}",
                badge(&refund.status),
                buttons(engine, "/dashboard/refund", id, "status", steps)
            ),
            any(refund.reference.as_deref()),
            maybe_instant(refund.request_date),
        ]
    });
    let names = [
        "Refund",
        "Invoice",
        "Amount",
        "Status",
        "Reference",
        "Asked for",
    ];
    table(names, rows, "None yet.")
}

fn steps(status: &RefundStatus) -> &'static [(&'static str, &'static str)] {
    match status {
        RefundStatus::Created => &[
            ("pending", "Make pending"),
            ("success", "Pay"),
            ("failure", "Fail"),
        ],
        RefundStatus::Pending => &[("success", "Pay"), ("failure", "Fail")],
        _ => &[],
    }
}

pub(super) fn change(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let id: RefundId = fields.parse("id").ok_or(ControlError::UnknownRefund)?;
    let status: RefundStatus = fields
        .parse("status")
        .ok_or_else(|| wrong("There is no such status."))?;
    engine.settle(&id, &status)?;
    Ok(Done::Go("/dashboard/refunds".to_owned()))
}
