use alloc::string::String;
use core::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::WebhookError;
use crate::{
    amount::{Amount, scalar_text},
    currency::Currency,
    id::InvoiceId,
    model::invoice::InvoiceStatus,
    time::{self, Timestamp},
};

/// What a webhook says. A trigger, not a fact: fetch the resource before you decide about money.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Something happened to an invoice.
    Invoice(InvoiceEvent),
    /// An event of another resource, or of a shape that this version does not know.
    #[non_exhaustive]
    Other {
        /// The event's code.
        code: Option<EventCode>,
        /// The event's name, such as `payout_completed`.
        name: Option<String>,
        /// The whole body. It may hold personal data.
        raw: String,
    },
}

/// An event of an invoice, in the flat or the extended form
/// ([Notifications](https://developer.bitpay.com/reference/notifications)).
///
/// The values are those at the time of delivery, and may be overtaken. Only the id is needed to
/// fetch the invoice; what BitPay left out, or wrote in an unknown form, is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvoiceEvent {
    /// What happened; `None` in the flat form, which has no event.
    pub code: Option<EventCode>,
    /// The name of what happened, such as `invoice_completed`.
    pub name: Option<String>,
    /// When it happened.
    pub timestamp: Option<Timestamp>,
    /// The invoice to fetch.
    pub invoice_id: InvoiceId,
    /// Where the invoice stood.
    pub status: InvoiceStatus,
    /// What was asked, in units of [`currency`](Self::currency).
    pub price: Option<Amount>,
    /// The currency of the price.
    pub currency: Option<Currency>,
    /// The merchant's own id.
    pub order_id: Option<String>,
    /// The merchant's own data.
    pub pos_data: Option<String>,
    /// BitPay's clock when it wrote the event.
    pub current_time: Option<Timestamp>,
}

/// The number of an event ([list](https://developer.bitpay.com/reference/notification-codes)).
///
/// Numbers that this version does not know are kept.
///
/// ```
/// use bitpay_core::webhook::EventCode;
///
/// assert_eq!(EventCode::INVOICE_COMPLETED, EventCode(1006));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventCode(pub u32);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        impl EventCode {
            $($(#[$doc])* pub const $name: Self = Self($code);)*
        }
    };
}

codes! {
    /// `invoice_paidInFull`: paid, which guarantees nothing yet.
    INVOICE_PAID_IN_FULL = 1003;
    /// `invoice_expired`: not paid in time.
    INVOICE_EXPIRED = 1004;
    /// `invoice_confirmed`: confirmed as the transaction speed asks.
    INVOICE_CONFIRMED = 1005;
    /// `invoice_completed`: settled.
    INVOICE_COMPLETED = 1006;
    /// `invoice_manuallyNotified`: a resend was asked for.
    INVOICE_MANUALLY_NOTIFIED = 1012;
    /// `invoice_failedToConfirm`: invalid.
    INVOICE_FAILED_TO_CONFIRM = 1013;
    /// `invoice_refundComplete`: a refund was processed.
    INVOICE_REFUND_COMPLETE = 1016;
    /// `invoice_declined`: declined.
    INVOICE_DECLINED = 1019;
    /// `recipient_invited`.
    RECIPIENT_INVITED = 4001;
    /// `recipient_unverified`.
    RECIPIENT_UNVERIFIED = 4002;
    /// `recipient_verified`.
    RECIPIENT_VERIFIED = 4003;
    /// `recipient_active`.
    RECIPIENT_ACTIVE = 4004;
    /// `recipient_paused`.
    RECIPIENT_PAUSED = 4005;
    /// `recipient_removed`.
    RECIPIENT_REMOVED = 4006;
    /// `recipient_manuallyNotified`.
    RECIPIENT_MANUALLY_NOTIFIED = 4007;
    /// `payout_funded`.
    PAYOUT_FUNDED = 5001;
    /// `payout_processing`.
    PAYOUT_PROCESSING = 5002;
    /// `payout_completed`.
    PAYOUT_COMPLETED = 5003;
    /// `payout_cancelled`. Older pages print 5003 for it as well: look at the name.
    PAYOUT_CANCELLED = 5004;
    /// `payout_manuallyNotified`.
    PAYOUT_MANUALLY_NOTIFIED = 5005;
    /// `refund_created`. The number is inferred: the pages give only the one of `refund_pending`.
    REFUND_CREATED = 7001;
    /// `refund_pending`.
    REFUND_PENDING = 7002;
    /// `refund_success`. The number is inferred.
    REFUND_SUCCESS = 7003;
    /// `refund_failure`. The number is inferred.
    REFUND_FAILURE = 7004;
}

impl EventCode {
    /// Whether this is an event of an invoice, known or not: 1000 to 1999.
    #[must_use]
    pub const fn is_invoice(self) -> bool {
        matches!(self.0, 1000..=1999)
    }
}

impl fmt::Display for EventCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

pub(super) fn read(body: &[u8]) -> Result<Event, WebhookError> {
    let body =
        core::str::from_utf8(body).map_err(|_| WebhookError::Decode { line: 0, column: 0 })?;
    let raw: &RawValue = serde_json::from_str(body).map_err(|error| WebhookError::Decode {
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
    let code = text(head.code)
        .and_then(|code| code.parse().ok())
        .map(EventCode);
    let name = text(head.name);
    let invoice = part::<Data<'_>>(data).and_then(|data| {
        let invoice_code = code.is_some_and(EventCode::is_invoice);
        let invoice_name = name
            .as_ref()
            .is_some_and(|name| name.starts_with("invoice_"));
        let flat_invoice = code.is_none() && name.is_none() && data.price.is_some();
        if !(invoice_code || invoice_name || flat_invoice) {
            return None;
        }
        Some(InvoiceEvent {
            code,
            name: name.clone(),
            timestamp: moment(head.timestamp),
            invoice_id: part(data.id)?,
            status: part(data.status)?,
            price: part(data.price),
            currency: part(data.currency),
            order_id: text(data.order_id),
            pos_data: text(data.pos_data),
            current_time: moment(data.current_time),
        })
    });
    Ok(match invoice {
        Some(invoice) => Event::Invoice(invoice),
        None => Event::Other {
            code,
            name,
            raw: body.into(),
        },
    })
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    status: Option<&'a RawValue>,
    #[serde(borrow, default)]
    price: Option<&'a RawValue>,
    #[serde(borrow, default)]
    currency: Option<&'a RawValue>,
    #[serde(borrow, default)]
    order_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pos_data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    current_time: Option<&'a RawValue>,
}

fn part<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    // A derived struct would also be read from an array, which BitPay never sends.
    let raw = raw?.get();
    if raw.starts_with('[') {
        return None;
    }
    serde_json::from_str(raw).ok()
}

/// A string, or a number or boolean as its text.
fn text(raw: Option<&RawValue>) -> Option<String> {
    let raw = raw?;
    if raw.get().starts_with(['{', '[']) {
        return None;
    }
    scalar_text(raw).ok()
}

fn moment(raw: Option<&RawValue>) -> Option<Timestamp> {
    time::parse(&text(raw)?)
}
