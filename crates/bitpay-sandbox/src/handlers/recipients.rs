//! Recipients of payouts: invited, changed, removed.

use bitpay_core::ResourceToken;
use bitpay_core::id::RecipientId;
use bitpay_core::model::Acknowledged;
use bitpay_core::model::payout::PayoutStatus;
use bitpay_core::model::recipient::{
    ListRecipients, NewRecipient, Recipient, RecipientStatus, SubmitRecipients, UpdateRecipient,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::payouts::{PayoutRecord, page};
use crate::Engine;
use crate::caller::Caller;
use crate::control::ControlError;
use crate::log::Subject;
use crate::outcomes::Payee;
use crate::reply::Refusal;
use crate::timeline::Due;
use crate::webhook::{self, Event};

/// A recipient, and what nobody sees.
#[derive(Deserialize, Serialize)]
pub(crate) struct RecipientRecord {
    pub(crate) recipient: Recipient,
    /// The guid of the request that invited it.
    request: String,
    /// The payout token that signs its webhooks.
    token: String,
}

/// An account may have so many who are not removed.
const MOST: usize = SubmitRecipients::MOST;

/// A recipient comes to be paid by way of these.
const WAY: [RecipientStatus; 4] = [
    RecipientStatus::Invited,
    RecipientStatus::Unverified,
    RecipientStatus::Verified,
    RecipientStatus::Active,
];

fn not_found() -> Refusal {
    Refusal::told(StatusCode::NOT_FOUND, "Recipient not found")
}

fn mistake(message: impl Into<String>) -> Refusal {
    Refusal::told(StatusCode::BAD_REQUEST, message.into())
}

impl Engine {
    pub(crate) fn find_recipient(&self, id: &RecipientId) -> Result<usize, Refusal> {
        self.recipients
            .iter()
            .position(|record| record.recipient.id == *id)
            .ok_or_else(not_found)
    }

    pub(crate) fn recipient(&self, index: usize) -> Result<Recipient, Refusal> {
        let record = self.recipients.get(index).ok_or_else(not_found)?;
        Ok(record.recipient.clone())
    }

    /// Who has this email address and was not removed.
    pub(crate) fn recipient_by_email(&self, email: &str) -> Option<usize> {
        self.recipients.iter().position(|record| {
            let its = record.recipient.email.as_deref().unwrap_or_default();
            its.eq_ignore_ascii_case(email) && record.recipient.status != RecipientStatus::Removed
        })
    }

    pub(crate) fn recipients_where(&self, request: &ListRecipients) -> Vec<Recipient> {
        let wanted = self.recipients.iter().rev().filter(|record| {
            let status = request.status.as_ref();
            status.is_none_or(|status| *status == record.recipient.status)
        });
        page(
            wanted.map(|record| &record.recipient),
            request.limit,
            request.offset,
        )
    }

    /// Invites all or none. Who is a recipient already stays as it is; BitPay does not say what it does.
    pub(crate) fn invite_all(
        &mut self,
        caller: &Caller,
        request: SubmitRecipients,
    ) -> Result<Vec<Recipient>, Refusal> {
        let of_request = |record: &&RecipientRecord| record.request == request.guid.as_str();
        let made: Vec<Recipient> = self
            .recipients
            .iter()
            .filter(of_request)
            .map(|record| record.recipient.clone())
            .collect();
        if !made.is_empty() {
            return Ok(made);
        }
        if !(1..=MOST).contains(&request.recipients.len()) {
            return Err(mistake("1 to 1000 recipients go into one call"));
        }
        let is_email = |new: &NewRecipient| new.email.contains('@');
        if !request.recipients.iter().all(is_email) {
            return Err(mistake("email is not valid"));
        }
        let is_new = |new: &&NewRecipient| self.recipient_by_email(&new.email).is_none();
        let more = request.recipients.iter().filter(is_new).count();
        let removed =
            |record: &&RecipientRecord| record.recipient.status != RecipientStatus::Removed;
        if self.recipients.iter().filter(removed).count() + more > MOST {
            return Err(mistake("the account has the most recipients it may have"));
        }
        request
            .recipients
            .into_iter()
            .map(|new| {
                let index = match self.recipient_by_email(&new.email) {
                    Some(index) => index,
                    None => self.invite(caller, new, request.guid.as_str()),
                };
                self.recipient(index)
            })
            .collect()
    }

    pub(crate) fn invite(&mut self, caller: &Caller, new: NewRecipient, request: &str) -> usize {
        let id = self.random.id();
        let mut recipient = Recipient::new(id, RecipientStatus::Invited);
        recipient.guid = new.guid().map(ToString::to_string);
        recipient.email = Some(new.email);
        recipient.label = new.label;
        recipient.notification_url = new.notification_url.filter(|url| !url.is_empty());
        recipient.token = Some(ResourceToken::new(&self.random.resource_token()));
        let index = self.recipients.len();
        self.recipients.push(RecipientRecord {
            recipient,
            request: request.to_owned(),
            token: caller.token.clone().unwrap_or_default(),
        });
        self.tell_of_recipient(index, Event::of_recipient(&RecipientStatus::Invited));
        self.plan_recipient(index);
        index
    }

    pub(crate) fn change_recipient(
        &mut self,
        request: UpdateRecipient,
    ) -> Result<Recipient, Refusal> {
        let index = self.find_recipient(&request.id)?;
        let record = self.recipients.get_mut(index).ok_or_else(not_found)?;
        if record.recipient.status == RecipientStatus::Removed {
            return Err(mistake("Recipient was removed"));
        }
        if let Some(label) = request.label {
            record.recipient.label = Some(label);
        }
        if let Some(url) = request.notification_url {
            record.recipient.notification_url = Some(url).filter(|url| !url.is_empty());
        }
        Ok(record.recipient.clone())
    }

    pub(crate) fn remove_recipient_of(
        &mut self,
        id: &RecipientId,
    ) -> Result<Acknowledged, Refusal> {
        self.find_recipient(id)?;
        self.bring_recipient(id, &RecipientStatus::Removed)
            .map_err(|_| mistake("Recipient was removed"))?;
        Ok(Acknowledged)
    }

    pub(crate) fn resend_recipient(&mut self, id: &RecipientId) -> Result<Acknowledged, Refusal> {
        let index = self.find_recipient(id)?;
        self.tell_of_recipient(index, Some(webhook::RECIPIENT_RESENT));
        Ok(Acknowledged)
    }

    /// Brings a recipient on, with a webhook for each step.
    pub(crate) fn bring_recipient(
        &mut self,
        id: &RecipientId,
        wanted: &RecipientStatus,
    ) -> Result<(), ControlError> {
        use RecipientStatus::{Active, Paused, Removed};
        let unknown = ControlError::UnknownRecipient;
        let index = self.find_recipient(id).map_err(|_| unknown.clone())?;
        let current = self
            .recipients
            .get(index)
            .map(|record| record.recipient.status.clone())
            .ok_or(unknown)?;
        let place = |status: &RecipientStatus| WAY.iter().position(|step| step == status);
        let steps = match (&current, wanted) {
            (Active, Paused) => vec![Paused],
            (Paused, Active) => vec![Active],
            (current, Removed) if *current != Removed => vec![Removed],
            (current, wanted) => match (place(current), place(wanted)) {
                (Some(from), Some(to)) => WAY
                    .get(from + 1..=to)
                    .map(<[_]>::to_vec)
                    .unwrap_or_default(),
                _ => Vec::new(),
            },
        };
        if steps.is_empty() {
            return Err(ControlError::RecipientState {
                current,
                wanted: wanted.clone(),
            });
        }
        for status in steps {
            let shopper = self.random.id();
            if let Some(record) = self.recipients.get_mut(index) {
                if status != Removed {
                    record.recipient.shopper_id.get_or_insert(shopper);
                }
                record.recipient.status = status.clone();
            }
            self.tell_of_recipient(index, Event::of_recipient(&status));
        }
        self.stir();
        self.plan_recipient(index);
        self.plan_payouts_of(index);
        Ok(())
    }

    /// Where recipients go on by themselves, they go on from where they stand.
    fn plan_recipient(&mut self, index: usize) {
        let Some(recipient) = self.recipients.get(index).map(|record| &record.recipient) else {
            return;
        };
        let asked = Payee::of_email(recipient.email.as_deref());
        let step = WAY.iter().position(|step| *step == recipient.status);
        let after = match (step, asked, self.settings.pace) {
            (Some(0..=2), Some(_), _) => self.settings.outcome_step,
            (Some(3), Some(payee), _) if payee.pauses => self.settings.outcome_step,
            (Some(0..=2), None, Some(pace)) => pace.recipient,
            _ => return,
        };
        if let Some(step) = step.and_then(|step| u8::try_from(step).ok()) {
            self.plan(after, Due::Recipient(index, step));
        }
    }

    pub(crate) fn recipient_is_due(&mut self, index: usize, from: u8) {
        let from = usize::from(from);
        let Some(recipient) = self.recipients.get(index).map(|record| &record.recipient) else {
            return;
        };
        if WAY.get(from) != Some(&recipient.status) {
            return;
        }
        let next = WAY.get(from + 1).unwrap_or(&RecipientStatus::Paused);
        let id = recipient.id.clone();
        // They stand where they have to.
        let _ = self.bring_recipient(&id, next);
    }

    /// What waited for the recipient goes on, where payouts do by themselves.
    fn plan_payouts_of(&mut self, index: usize) {
        let Some(recipient) = self.recipients.get(index).map(|record| &record.recipient) else {
            return;
        };
        let of = |record: &PayoutRecord| {
            record.payout.recipient_id.as_ref() == Some(&recipient.id)
                && record.payout.status == PayoutStatus::New
        };
        let waiting: Vec<usize> = (0..self.payouts.len())
            .filter(|place| self.payouts.get(*place).is_some_and(of))
            .collect();
        for payout in waiting {
            self.plan_payout(payout);
        }
    }

    fn tell_of_recipient(&mut self, index: usize, event: Option<Event>) {
        let (Some(record), Some(event)) = (self.recipients.get(index), event) else {
            return;
        };
        let Some(url) = record.recipient.notification_url.clone() else {
            return;
        };
        let token = record.token.clone();
        self.send(&url, &token, event, Subject::Recipient(index));
    }
}
