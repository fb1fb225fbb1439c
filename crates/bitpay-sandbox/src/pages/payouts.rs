//! Payouts and their recipients.

use bitpay_core::id::{PayoutId, RecipientId};
use bitpay_core::model::payout::{ListPayouts, PayoutStatus};
use bitpay_core::model::recipient::{ListRecipients, RecipientStatus};
use bytes::Bytes;
use http::Response;

use super::html::{Html, any, badge, code, html, table};
use super::{Done, Fields, SHOWN, Wrong, buttons, dashboard, maybe_instant, money, wrong};
use crate::Engine;
use crate::control::ControlError;

pub(super) fn page(engine: &Engine, _: &Fields) -> Response<Bytes> {
    let body = html!(
        "{}<h2>Recipients</h2>{}",
        payouts(engine),
        recipients(engine)
    );
    dashboard(engine, "/dashboard/payouts", "Payouts", body)
}

fn payouts(engine: &Engine) -> Html {
    let all = engine.payouts_where(&ListPayouts::new());
    let rows = all.iter().rev().take(SHOWN).map(|payout| {
        let steps: &[_] = match payout.status {
            PayoutStatus::New => &[("funded", "Fund"), ("complete", "Complete")],
            PayoutStatus::Funded => &[("processing", "Process"), ("failed", "Fail")],
            PayoutStatus::Processing => &[("complete", "Complete"), ("failed", "Fail")],
            _ => &[],
        };
        let id = ("id", payout.id.as_str());
        let steps = buttons(
            engine,
            "/dashboard/payout",
            id,
            "status",
            steps.iter().copied(),
        );
        [
            code(&payout.id),
            money(engine, payout.amount, &payout.currency),
            any(payout.email.as_deref()),
            html!("{}{}", badge(&payout.status), steps),
            any(payout.reference.as_deref()),
            maybe_instant(payout.effective_date),
        ]
    });
    let names = ["Payout", "Amount", "To", "Status", "Reference", "From"];
    table(names, rows, "None yet.")
}

fn recipients(engine: &Engine) -> Html {
    let all = engine.recipients_where(&ListRecipients::new());
    let rows = all.iter().rev().take(SHOWN).map(|recipient| {
        let steps: &[_] = match recipient.status {
            RecipientStatus::Invited => &[("unverified", "Accept"), ("active", "Make active")],
            RecipientStatus::Unverified => &[("verified", "Verify"), ("active", "Make active")],
            RecipientStatus::Verified => &[("active", "Make active")],
            RecipientStatus::Active => &[("paused", "Pause"), ("removed", "Remove")],
            RecipientStatus::Paused => &[("active", "Make active"), ("removed", "Remove")],
            _ => &[],
        };
        let id = ("id", recipient.id.as_str());
        let steps = steps.iter().copied();
        let steps = buttons(engine, "/dashboard/recipient", id, "status", steps);
        [
            code(&recipient.id),
            any(recipient.email.as_deref()),
            any(recipient.label.as_deref()),
            html!("{}{}", badge(&recipient.status), steps),
        ]
    });
    table(["Recipient", "Email", "Label", "Status"], rows, "None yet.")
}

pub(super) fn change(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let id: PayoutId = fields.parse("id").ok_or(ControlError::UnknownPayout)?;
    let status: PayoutStatus = fields.parse("status").ok_or_else(no_status)?;
    engine.bring_payout(&id, &status)?;
    Ok(Done::Go("/dashboard/payouts".to_owned()))
}

pub(super) fn change_recipient(engine: &mut Engine, fields: &Fields) -> Result<Done, Wrong> {
    let id: RecipientId = fields.parse("id").ok_or(ControlError::UnknownRecipient)?;
    let status: RecipientStatus = fields.parse("status").ok_or_else(no_status)?;
    engine.bring_recipient(&id, &status)?;
    Ok(Done::Go("/dashboard/payouts".to_owned()))
}

fn no_status() -> Wrong {
    wrong("There is no such status.")
}
