//! Payouts: asked for, cancelled, paid; alone and in groups.
//!
//! BitPay publishes no texts of refusals here. Those below are ours, but for `Ledger currency is required`
//! and `PayoutId is missing or invalid`.

use bitpay_core::id::{PayoutGroupId, PayoutId};
use bitpay_core::model::Acknowledged;
use bitpay_core::model::payout::{
    CancelledPayoutGroup, CreatePayout, CreatePayoutGroup, FailedPayout, ListPayouts, Payee,
    Payout, PayoutGroup, PayoutStatus, PayoutTransaction,
};
use bitpay_core::model::recipient::{NewRecipient, Recipient, RecipientStatus};
use bitpay_core::time::{Date, Timestamp};
use bitpay_core::{Amount, ResourceToken};
use http::StatusCode;
use jiff::tz::Offset;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::caller::Caller;
use crate::control::ControlError;
use crate::handlers::ledgers::funding::Cost;
use crate::log::Subject;
use crate::outcomes::{self, End};
use crate::reply::Refusal;
use crate::timeline::Due;
use crate::webhook::{self, Event};

/// A payout, and what nobody sees.
#[derive(Deserialize, Serialize)]
pub(crate) struct PayoutRecord {
    pub(crate) payout: Payout,
    /// What it took out of its ledger and did not give back.
    pub(super) taken: Option<Cost>,
    /// The payout token that signs its webhooks.
    token: String,
}

/// The least that is paid, in US dollars.
const LEAST: Decimal = Decimal::from_parts(5, 0, 0, false, 0);

/// So many rows are in a list.
const LIST_LIMIT: u32 = 1_000;

/// A payout comes to be paid by way of these.
const WAY: [PayoutStatus; 4] = [
    PayoutStatus::New,
    PayoutStatus::Funded,
    PayoutStatus::Processing,
    PayoutStatus::Complete,
];

/// A part of a list.
pub(super) fn page<'a, T: Clone + 'a>(
    rows: impl Iterator<Item = &'a T>,
    limit: Option<u32>,
    offset: Option<u32>,
) -> Vec<T> {
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    rows.skip(count(offset.unwrap_or(0)))
        .take(count(limit.unwrap_or(LIST_LIMIT).min(LIST_LIMIT)))
        .cloned()
        .collect()
}

fn not_found() -> Refusal {
    Refusal::told(StatusCode::NOT_FOUND, "Payout not found")
}

fn mistake(message: &'static str) -> Refusal {
    Refusal::told(StatusCode::BAD_REQUEST, message)
}

/// How it is to end, by what the email of its recipient asks for.
fn outcome_of(payout: &Payout) -> Option<End> {
    outcomes::Payee::of_email(payout.email.as_deref())?.payouts
}

fn day_of(time: Timestamp) -> Date {
    Offset::UTC.to_datetime(time).date()
}

impl Engine {
    fn payout_index(&self, id: &PayoutId) -> Option<usize> {
        self.payouts
            .iter()
            .position(|record| record.payout.id == *id)
    }

    pub(crate) fn find_payout(&self, id: &PayoutId) -> Result<Payout, Refusal> {
        self.payout_index(id)
            .and_then(|index| self.payouts.get(index))
            .map(|record| record.payout.clone())
            .ok_or_else(not_found)
    }

    pub(crate) fn payouts_where(&self, request: &ListPayouts) -> Vec<Payout> {
        let wanted = |payout: &&Payout| {
            let day = payout.request_date.map(day_of);
            let status = request.status.as_ref();
            request.start_date.is_none_or(|start| day >= Some(start))
                && request.end_date.is_none_or(|end| day <= Some(end))
                && status.is_none_or(|status| *status == payout.status)
                && (request.reference.is_none() || request.reference == payout.reference)
                && (request.group_id.is_none() || request.group_id == payout.group_id)
        };
        // The newest first, so that a payout made between two pages shifts the second one.
        let rows = self.payouts.iter().rev().map(|record| &record.payout);
        page(rows.filter(wanted), request.limit, request.offset)
    }

    pub(crate) fn pay_out(
        &mut self,
        caller: &Caller,
        request: &CreatePayout,
    ) -> Result<Payout, Refusal> {
        self.make_payout(caller, request, None).map_err(mistake)
    }

    pub(crate) fn pay_out_group(
        &mut self,
        caller: &Caller,
        request: &CreatePayoutGroup,
    ) -> Result<PayoutGroup, Refusal> {
        if request.instructions.is_empty() {
            return Err(mistake("instructions are missing"));
        }
        let group = self.random.id();
        let mut made = PayoutGroup::default();
        for instruction in &request.instructions {
            match self.make_payout(caller, instruction, Some(&group)) {
                Ok(mut payout) => {
                    // Payouts of a group come without their tokens.
                    payout.token = None;
                    made.created.push(payout);
                }
                Err(why) => {
                    let payee = instruction.payee().map(|payee| match payee {
                        Payee::Recipient(id) => id.to_string(),
                        Payee::Shopper(id) => id.to_string(),
                        Payee::Invite { email, .. } => email,
                        _ => String::new(),
                    });
                    made.failed.push(FailedPayout::of_payee(why, payee));
                }
            }
        }
        Ok(made)
    }

    /// The reference is the merchant's own: BitPay does not say that it must not be used twice.
    fn make_payout(
        &mut self,
        caller: &Caller,
        request: &CreatePayout,
        group: Option<&PayoutGroupId>,
    ) -> Result<Payout, &'static str> {
        let Some(ledger) = request.ledger_currency() else {
            return Err("Ledger currency is required");
        };
        if self.market.find(ledger).is_none() {
            return Err("Ledger currency is invalid");
        }
        let currency = self
            .market
            .find(&request.currency)
            .ok_or("Currency is invalid")?;
        let dollars = self.market.in_dollars(request.amount.decimal(), currency);
        if dollars.is_none_or(|dollars| dollars < LEAST) {
            return Err("Amount is below the minimum of 5 USD");
        }
        if request.reference().chars().count() > 100 {
            return Err("Reference is too long");
        }
        let index = self.payee(caller, request)?;
        let recipient = self.recipients.get(index).ok_or("Recipient not found")?;
        let recipient = recipient.recipient.clone();
        let day = request.effective_day().unwrap_or_else(|| day_of(self.now));
        let mut payout = Payout::new(
            self.random.id(),
            PayoutStatus::New,
            request.amount,
            request.currency.clone(),
        );
        payout.ledger_currency = Some(ledger.clone());
        payout.reference = Some(request.reference().to_owned()).filter(|text| !text.is_empty());
        payout.recipient_id = Some(recipient.id);
        payout.shopper_id = recipient.shopper_id;
        payout.email = recipient.email;
        payout.label = request.label.clone().or(recipient.label);
        payout.notification_url = request
            .notification_url
            .clone()
            .filter(|url| !url.is_empty());
        payout
            .notification_email
            .clone_from(&request.notification_email);
        payout.effective_date = Offset::UTC.to_timestamp(day.at(9, 0, 0, 0)).ok();
        payout.request_date = Some(self.now);
        payout.account_id = Some(self.account_id());
        payout.group_id = group.cloned();
        payout.ignore_emails = request.ignore_emails;
        payout.message.clone_from(&request.message);
        payout.token = Some(ResourceToken::new(&self.random.resource_token()));
        self.plan_funding(&payout);
        self.payouts.push(PayoutRecord {
            payout: payout.clone(),
            taken: None,
            token: caller.token.clone().unwrap_or_default(),
        });
        self.plan_payout(self.payouts.len().saturating_sub(1));
        Ok(payout)
    }

    /// Who is to be paid: an active recipient, or whoever has an email address that is not known yet.
    fn payee(&mut self, caller: &Caller, request: &CreatePayout) -> Result<usize, &'static str> {
        let found = match request.payee() {
            Some(Payee::Recipient(id)) => self.find_recipient(&id).ok(),
            Some(Payee::Shopper(id)) => self
                .recipients
                .iter()
                .position(|record| record.recipient.shopper_id.as_ref() == Some(&id)),
            Some(Payee::Invite { email, .. }) if email.contains('@') => {
                match self.recipient_by_email(&email) {
                    None => {
                        let guid = self.random.guid();
                        let new = NewRecipient::new(guid.clone(), email);
                        return Ok(self.invite(caller, new, guid.as_str()));
                    }
                    found => found,
                }
            }
            _ => return Err("One of recipientId, shopperId and email is required"),
        };
        let index = found.ok_or("Recipient not found")?;
        match self.recipients.get(index) {
            Some(record) if record.recipient.status == RecipientStatus::Active => Ok(index),
            _ => Err("Recipient is not active"),
        }
    }

    pub(crate) fn cancel_payout_of(&mut self, id: &PayoutId) -> Result<Acknowledged, Refusal> {
        let index = self.payout_index(id).ok_or_else(not_found)?;
        self.cancel_new(index)
            .map(|_| Acknowledged)
            .ok_or_else(|| mistake("Payout is not new"))
    }

    pub(crate) fn cancel_payouts_of(
        &mut self,
        group: &PayoutGroupId,
    ) -> Result<CancelledPayoutGroup, Refusal> {
        let members: Vec<(usize, PayoutId)> = self
            .payouts
            .iter()
            .enumerate()
            .filter(|(_, record)| record.payout.group_id.as_ref() == Some(group))
            .map(|(index, record)| (index, record.payout.id.clone()))
            .collect();
        if members.is_empty() {
            let why = "Payout group not found";
            return Err(Refusal::told(StatusCode::NOT_FOUND, why));
        }
        let mut done = CancelledPayoutGroup::default();
        for (index, id) in members {
            match self.cancel_new(index) {
                Some(mut payout) => {
                    payout.token = None;
                    done.cancelled.push(payout);
                }
                None => {
                    let why = "PayoutId is missing or invalid";
                    done.failed.push(FailedPayout::of_payout(why, &id));
                }
            }
        }
        Ok(done)
    }

    fn cancel_new(&mut self, index: usize) -> Option<Payout> {
        let record = self.payouts.get_mut(index)?;
        if record.payout.status != PayoutStatus::New {
            return None;
        }
        record.payout.status = PayoutStatus::Cancelled;
        let cancelled = record.payout.clone();
        self.stir();
        self.tell_of_payout(index, Event::of_payout(&PayoutStatus::Cancelled));
        Some(cancelled)
    }

    pub(crate) fn resend_payout(&mut self, id: &PayoutId) -> Result<Acknowledged, Refusal> {
        let index = self.payout_index(id).ok_or_else(not_found)?;
        self.tell_of_payout(index, Some(webhook::PAYOUT_RESENT));
        Ok(Acknowledged)
    }

    /// Brings a payout on, with a webhook for each step that has one.
    pub(crate) fn bring_payout(
        &mut self,
        id: &PayoutId,
        wanted: &PayoutStatus,
    ) -> Result<(), ControlError> {
        let index = self.payout_index(id).ok_or(ControlError::UnknownPayout)?;
        let record = self.payouts.get(index).ok_or(ControlError::UnknownPayout)?;
        let current = record.payout.status.clone();
        let place = |status: &PayoutStatus| WAY.iter().position(|step| step == status);
        let steps = match (place(&current), wanted) {
            (Some(0..=2), PayoutStatus::Failed) => vec![PayoutStatus::Failed],
            (Some(from), wanted) => place(wanted)
                .and_then(|to| WAY.get(from + 1..=to))
                .map(<[_]>::to_vec)
                .unwrap_or_default(),
            (None, _) => Vec::new(),
        };
        if steps.is_empty() {
            return Err(ControlError::PayoutState {
                current,
                wanted: wanted.clone(),
            });
        }
        let payee = self.active_recipient_of(&record.payout);
        if payee.is_none() && *wanted != PayoutStatus::Failed {
            return Err(ControlError::InactiveRecipient);
        }
        for status in steps {
            self.step_payout(index, status, self.now);
        }
        Ok(())
    }

    /// Who is paid, if they can be.
    pub(super) fn active_recipient_of(&self, payout: &Payout) -> Option<&Recipient> {
        self.recipients
            .iter()
            .map(|record| &record.recipient)
            .filter(|recipient| recipient.status == RecipientStatus::Active)
            .find(|recipient| Some(&recipient.id) == payout.recipient_id.as_ref())
    }

    /// Brings a payout one step on.
    pub(super) fn step_payout(&mut self, index: usize, status: PayoutStatus, at: Timestamp) {
        match status {
            PayoutStatus::Funded => self.debit_payout(index, at),
            PayoutStatus::Failed => self.credit_payout(index, at),
            _ => {}
        }
        let payment = match status {
            PayoutStatus::Processing => self.payment(index),
            _ => None,
        };
        let rates = self.market.exchange_rates.clone();
        let payee = self.payouts.get(index).map(|record| &record.payout);
        let payee = payee.and_then(|payout| self.active_recipient_of(payout));
        let shopper = payee.and_then(|recipient| recipient.shopper_id.clone());
        if let Some(PayoutRecord { payout, .. }) = self.payouts.get_mut(index) {
            match status {
                PayoutStatus::Funded => {
                    payout.exchange_rates = rates;
                    payout.shopper_id = shopper;
                }
                PayoutStatus::Processing => payout.transactions.extend(payment),
                PayoutStatus::Complete => {
                    payout.date_executed = Some(at);
                    for transaction in &mut payout.transactions {
                        transaction.confirmations = Some(6);
                    }
                }
                _ => {}
            }
            payout.status = status.clone();
        }
        self.stir();
        self.tell_of_payout(index, Event::of_payout(&status));
        self.plan_payout(index);
    }

    /// Where payouts go on by themselves, it goes on from where it stands. Nothing but an outcome that was
    /// asked for funds one out of turn.
    pub(super) fn plan_payout(&mut self, index: usize) {
        let Some(payout) = self.payouts.get(index).map(|record| &record.payout) else {
            return;
        };
        let step = WAY.iter().position(|step| *step == payout.status);
        let after = match (step, outcome_of(payout), self.settings.pace) {
            (Some(0), Some(_), _) if self.active_recipient_of(payout).is_none() => return,
            (Some(0..=2), Some(_), _) => self.settings.outcome_step,
            (Some(1 | 2), None, Some(pace)) => pace.payout,
            _ => return,
        };
        if let Some(step) = step.and_then(|step| u8::try_from(step).ok()) {
            self.plan(after, Due::Payout(index, step));
        }
    }

    pub(crate) fn payout_is_due(&mut self, index: usize, from: u8) {
        let from = usize::from(from);
        let Some(payout) = self.payouts.get(index).map(|record| &record.payout) else {
            return;
        };
        if WAY.get(from) != Some(&payout.status) || self.active_recipient_of(payout).is_none() {
            return;
        }
        let next = match (&payout.status, outcome_of(payout)) {
            (PayoutStatus::Processing, Some(End::Badly)) => Some(&PayoutStatus::Failed),
            _ => WAY.get(from + 1),
        };
        if let Some(next) = next {
            self.step_payout(index, next.clone(), self.now);
        }
    }

    /// The payment on the blockchain, in bitcoin.
    fn payment(&mut self, index: usize) -> Option<PayoutTransaction> {
        let txid = self.random.txid();
        let payout = &self.payouts.get(index)?.payout;
        let from = self.market.find(&payout.currency)?;
        let coin = self.market.find("BTC")?;
        let exact = self.market.convert(payout.amount.decimal(), from, coin)?;
        let amount = Amount::from(exact.round_dp(coin.decimals).normalize());
        Some(PayoutTransaction::new(txid, amount, self.now))
    }

    fn tell_of_payout(&mut self, index: usize, event: Option<Event>) {
        let (Some(record), Some(event)) = (self.payouts.get(index), event) else {
            return;
        };
        let Some(url) = record.payout.notification_url.clone() else {
            return;
        };
        let token = record.token.clone();
        self.send(&url, &token, event, Subject::Payout(index));
    }
}
