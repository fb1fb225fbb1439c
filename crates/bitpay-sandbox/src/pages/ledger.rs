//! Ledgers: what they hold and how that came about, and what was settled.

use bitpay_core::id::SettlementId;
use bitpay_core::model::settlement::{ListSettlements, SettlementStatus};
use bitpay_core::{Amount, Currency};
use bytes::Bytes;
use http::Response;

use super::html::{Html, any, badge, code, html, table, text};
use super::{
    Done, Fields, SHOWN, Wrong, buttons, dashboard, form, instant, link, maybe_instant, money,
    wrong,
};
use crate::Engine;
use crate::control::ControlError;

pub(super) fn page(engine: &Engine, _: &Fields) -> Response<Bytes> {
    let content = html!(
        "<input name=amount inputmode=decimal placeholder=\"100.00\" aria-label=Amount>\
         <input name=currency value=USD maxlength=5 aria-label=Currency><button>Deposit</button>"
    );
    let body = html!(
        "{}{}<h2>Entries</h2>{}<h2>Settlements</h2>{}",
        balances(engine),
        form(engine, "/dashboard/deposit", "row", content),
        entries(engine),
        settlements(engine),
    );
    dashboard(engine, "/dashboard/ledger", "Ledger", body)
}

fn balances(engine: &Engine) -> Html {
    let balances: Html = engine
        .balances()
        .iter()
        .map(|it| {
            html!(
                "<p class=price>{}</p>",
                money(engine, it.balance, &it.currency)
            )
        })
        .collect();
    match balances.is_empty() {
        true => html!("<p class=dim>Nothing came in yet: an invoice that is complete does.</p>"),
        false => html!("<div class=card>{}</div>", balances),
    }
}

fn entries(engine: &Engine) -> Html {
    let rows = engine
        .last_entries(SHOWN)
        .into_iter()
        .map(|(currency, entry)| {
            let amount = entry
                .decimal()
                .map(|amount| html!("<span class=money>{} {}</span>", amount, currency));
            let invoice = entry.invoice_id.as_ref().map(|id| {
                let address = format!("/dashboard/invoice?id={id}");
                link(engine, &address, code(id))
            });
            [
                instant(entry.timestamp),
                html!(
                    "{} {}",
                    entry.code,
                    entry.kind.as_deref().unwrap_or_default()
                ),
                amount.unwrap_or_default(),
                any(entry.description.as_deref()),
                invoice.unwrap_or_else(|| any(None)),
            ]
        });
    let names = ["Time", "Entry", "Amount", "Description", "Invoice"];
    table(names, rows, "None yet.")
}

fn settlements(engine: &Engine) -> Html {
    let all = engine.settlements_between(&ListSettlements::all());
    let all = all.unwrap_or_default();
    let rows = all.iter().rev().take(SHOWN).map(|settlement| {
        let steps: &[_] = match settlement.status {
            SettlementStatus::New => &[
                ("processing", "Process"),
                ("completed", "Complete"),
                ("rejected", "Reject"),
            ],
            SettlementStatus::Processing => &[("completed", "Complete"), ("rejected", "Reject")],
            _ => &[],
        };
        let id = ("id", settlement.id.as_str());
        let steps = steps.iter().copied();
        let steps = buttons(engine, "/dashboard/settlement", id, "status", steps);
        let total = settlement.total_amount;
        [
            code(&settlement.id),
            total.map_or_else(
                || text("\u{2013}"),
                |total| money(engine, total, &settlement.currency),
            ),
            html!("{}{}", badge(&settlement.status), steps),
            maybe_instant(settlement.date_created),
        ]
    });
    let none = "None yet: ledgers are settled each day at 09:00 UTC.";
    table(["Settlement", "Amount", "Status", "Made"], rows, none)
}

pub(super) fn deposit(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let amount: Amount = fields
        .parse("amount")
        .ok_or_else(|| wrong("An amount is a number, such as 100.00."))?;
    let currency: Currency = fields
        .parse("currency")
        .ok_or(ControlError::UnknownCurrency)?;
    engine.put_in(&currency, amount)?;
    Ok(Done::Go("/dashboard/ledger".to_owned()))
}

pub(super) fn change(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let id: SettlementId = fields.parse("id").ok_or(ControlError::UnknownSettlement)?;
    let status: SettlementStatus = fields
        .parse("status")
        .ok_or_else(|| wrong("There is no such status."))?;
    engine.bring_settlement_to(&id, &status)?;
    Ok(Done::Go("/dashboard/ledger".to_owned()))
}
