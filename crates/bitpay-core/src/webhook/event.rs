use alloc::string::String;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::WebhookError;
use super::code::{EventCode, Subject};
use super::payload::{self, InvoiceEvent, PayoutEvent, RecipientEvent, RefundEvent};
use crate::amount::scalar_text;
use crate::bounds;
use crate::time::{self, Timestamp};

/// What a webhook says. A trigger, not a fact: fetch the resource before you decide about money.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Something happened to an invoice.
    Invoice(InvoiceEvent),
    /// Something happened to a refund.
    Refund(RefundEvent),
    /// Something happened to a payout.
    Payout(PayoutEvent),
    /// Something happened to a recipient of payouts.
    Recipient(RecipientEvent),
    /// An event of another resource, or of a shape that this version does not know.
    #[non_exhaustive]
    Other {
        /// The event's code.
        code: Option<EventCode>,
        /// The event's name, such as `bill_paid`.
        name: Option<String>,
        /// The whole body. It may hold personal data.
        raw: String,
    },
}

/// A body, taken apart.
pub(super) struct Parts<'a> {
    pub(super) code: Option<EventCode>,
    pub(super) name: Option<String>,
    pub(super) timestamp: Option<Timestamp>,
    /// What it is about; `None` when that is not known, or when code and name disagree.
    pub(super) subject: Option<Subject>,
    /// What is told of that.
    pub(super) data: Option<&'a RawValue>,
}

/// The body as text, and taken apart.
pub(super) fn parts(body: &[u8]) -> Result<(&str, Parts<'_>), WebhookError> {
    let text =
        core::str::from_utf8(body).map_err(|_| WebhookError::Decode { line: 0, column: 0 })?;
    bounds::check(body, bounds::ITEMS).map_err(WebhookError::Beyond)?;
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| WebhookError::Decode {
        line: error.line(),
        column: error.column(),
    })?;
    let (head, data) = match part::<Envelope<'_>>(Some(raw)) {
        Some(Envelope {
            event: Some(event),
            data,
        }) => (part(Some(event)).unwrap_or_default(), data),
        _ => (Head::default(), Some(raw)),
    };
    let code = self::text(head.code)
        .and_then(|code| code.parse().ok())
        .map(EventCode);
    let name = self::text(head.name);
    let by_name = name.as_deref().and_then(Subject::named);
    let subject = match (code.and_then(EventCode::subject), by_name) {
        (Some(by_code), Some(by_name)) if by_code != by_name => None,
        (by_code, by_name) => by_code.or(by_name),
    };
    // The flat form has no event, and is an invoice's.
    let is_flat = code.is_none() && name.is_none() && payload::looks_like_invoice(data);
    let parts = Parts {
        code,
        name,
        timestamp: moment(head.timestamp),
        subject: subject.or(is_flat.then_some(Subject::Invoice)),
        data,
    };
    Ok((text, parts))
}

pub(super) fn read(body: &[u8]) -> Result<Event, WebhookError> {
    let (text, parts) = parts(body)?;
    let known = match parts.subject {
        Some(Subject::Invoice) => InvoiceEvent::read(&parts).map(Event::Invoice),
        Some(Subject::Refund) => RefundEvent::read(&parts).map(Event::Refund),
        Some(Subject::Payout) => PayoutEvent::read(&parts).map(Event::Payout),
        Some(Subject::Recipient) => RecipientEvent::read(&parts).map(Event::Recipient),
        None => None,
    };
    Ok(known.unwrap_or_else(|| Event::Other {
        code: parts.code,
        name: parts.name,
        raw: text.into(),
    }))
}

// The fields stay raw, so that one in an unknown form does not take the others with it.

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    event: Option<&'a RawValue>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    timestamp: Option<&'a RawValue>,
}

pub(super) fn part<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    // A derived struct would also be read from an array, which BitPay never sends.
    let raw = raw?.get();
    if raw.starts_with('[') {
        return None;
    }
    serde_json::from_str(raw).ok()
}

/// A string, or a number or boolean as its text.
pub(super) fn text(raw: Option<&RawValue>) -> Option<String> {
    let raw = raw?;
    if raw.get().starts_with(['{', '[']) {
        return None;
    }
    scalar_text(raw).ok()
}

pub(super) fn moment(raw: Option<&RawValue>) -> Option<Timestamp> {
    time::parse(&text(raw)?)
}
