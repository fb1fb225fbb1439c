//! What webhooks say, to whom they go, and how that went.

use std::borrow::Cow;

use bitpay_core::Amount;
use bitpay_core::amount::{Rate, SubUnits};
use bitpay_core::by_currency::ByCurrency;
use bitpay_core::environment::is_loopback;
use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::{Buyer, ExceptionStatus, Invoice, InvoiceStatus};
use bitpay_core::model::payout::{Payout, PayoutStatus};
use bitpay_core::model::recipient::{Recipient, RecipientStatus};
use bitpay_core::model::refund::{Refund, RefundStatus};
use bitpay_core::time::Timestamp;
use bitpay_core::webhook::Verifier;
use bytes::Bytes;
use http::Uri;
use serde::{Deserialize, Serialize};

/// A webhook that is to be sent: a POST of this body to this address.
///
/// Tell [`Engine::delivered`](crate::Engine::delivered) what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Its number, from 1. A webhook that is tried again keeps it.
    pub id: u64,
    /// Where it goes.
    pub url: String,
    /// The header `x-signature`.
    pub signature: String,
    /// The body, JSON.
    #[serde(with = "text")]
    pub body: Bytes,
}

/// What came of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub enum Delivered {
    /// Not known yet.
    Underway,
    /// The receiver answered with this status. Only 200 counts as delivered.
    Answered(u16),
    /// There was no answer.
    Failed(String),
    /// It was not sent, for this reason.
    Withheld(Cow<'static, str>),
}

/// A webhook in the log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct DeliveryRecord {
    /// What was to be sent.
    pub delivery: Delivery,
    /// When its first try was due.
    pub at: Timestamp,
    /// What it tells, by the name that BitPay gives to it: `invoice_completed`.
    pub event: Cow<'static, str>,
    /// What came of its last try.
    pub outcome: Delivered,
    /// Its tries so far, the last one perhaps still under way.
    pub tries: Vec<Try>,
    /// When it is tried again, if it is. Neither delivered nor to be tried again, it has failed.
    pub next: Option<Timestamp>,
}

/// One try to deliver a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Try {
    /// When it was due.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Delivered,
}

/// A body is JSON, and so a text.
mod text {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        String::from_utf8_lossy(body).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Bytes, D::Error> {
        String::deserialize(deserializer).map(Bytes::from)
    }
}

/// What a webhook tells: <https://developer.bitpay.com/reference/notification-codes>. The numbers of
/// the refunds' events are inferred but for 7002.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Event {
    pub(crate) code: u16,
    pub(crate) name: Cow<'static, str>,
}

const fn event(code: u16, name: &'static str) -> Event {
    Event {
        code,
        name: Cow::Borrowed(name),
    }
}

pub(crate) const RESENT: Event = event(1012, "invoice_manuallyNotified");
pub(crate) const REFUNDED: Event = event(1016, "invoice_refundComplete");

impl Event {
    /// The event of a status that an invoice has come to; `new` has none.
    pub(crate) const fn of_invoice(status: &InvoiceStatus) -> Option<Self> {
        Some(match status {
            InvoiceStatus::Paid => event(1003, "invoice_paidInFull"),
            InvoiceStatus::Expired => event(1004, "invoice_expired"),
            InvoiceStatus::Confirmed => event(1005, "invoice_confirmed"),
            InvoiceStatus::Complete => event(1006, "invoice_completed"),
            InvoiceStatus::Invalid => event(1013, "invoice_failedToConfirm"),
            InvoiceStatus::Declined => event(1019, "invoice_declined"),
            _ => return None,
        })
    }

    pub(crate) const fn of_refund(status: &RefundStatus) -> Option<Self> {
        Some(match status {
            RefundStatus::Created => event(7001, "refund_created"),
            RefundStatus::Pending => event(7002, "refund_pending"),
            RefundStatus::Success => event(7003, "refund_success"),
            RefundStatus::Failure => event(7004, "refund_failure"),
            _ => return None,
        })
    }
}

pub(crate) const RECIPIENT_RESENT: Event = event(4007, "recipient_manuallyNotified");
pub(crate) const PAYOUT_RESENT: Event = event(5005, "payout_manuallyNotified");

impl Event {
    pub(crate) const fn of_recipient(status: &RecipientStatus) -> Option<Self> {
        Some(match status {
            RecipientStatus::Invited => event(4001, "recipient_invited"),
            RecipientStatus::Unverified => event(4002, "recipient_unverified"),
            RecipientStatus::Verified => event(4003, "recipient_verified"),
            RecipientStatus::Active => event(4004, "recipient_active"),
            RecipientStatus::Paused => event(4005, "recipient_paused"),
            RecipientStatus::Removed => event(4006, "recipient_removed"),
            _ => return None,
        })
    }

    /// A failed payout has no event in BitPay's list.
    pub(crate) const fn of_payout(status: &PayoutStatus) -> Option<Self> {
        Some(match status {
            PayoutStatus::Funded => event(5001, "payout_funded"),
            PayoutStatus::Processing => event(5002, "payout_processing"),
            PayoutStatus::Complete => event(5003, "payout_completed"),
            PayoutStatus::Cancelled => event(5004, "payout_cancelled"),
            _ => return None,
        })
    }
}

#[derive(Serialize)]
struct Wrapped<'a, T> {
    event: Stamped<'a>,
    data: &'a T,
}

#[derive(Serialize)]
struct Stamped<'a> {
    code: u16,
    name: &'a str,
    timestamp: i64,
}

fn wrapped(event: &Event, data: &impl Serialize, now: Timestamp) -> Option<Bytes> {
    let event = Stamped {
        code: event.code,
        name: &event.name,
        timestamp: now.as_millisecond(),
    };
    serde_json::to_vec(&Wrapped { event, data })
        .ok()
        .map(Into::into)
}

/// The body of an invoice's webhook, flat or with its event.
pub(crate) fn invoice_body(invoice: &Invoice, event: &Event, now: Timestamp) -> Option<Bytes> {
    let data = InvoiceData::of(invoice, now);
    if invoice.extended_notifications == Some(true) {
        wrapped(event, &data, now)
    } else {
        serde_json::to_vec(&data).ok().map(Into::into)
    }
}

/// The body of a refund's webhook. The resource's token is not in it.
pub(crate) fn refund_body(refund: &Refund, event: &Event, now: Timestamp) -> Option<Bytes> {
    let mut refund = refund.clone();
    refund.token = None;
    wrapped(event, &refund, now)
}

/// The body of a payout's webhook. The resource's token is not in it.
pub(crate) fn payout_body(payout: &Payout, event: &Event, now: Timestamp) -> Option<Bytes> {
    let mut payout = payout.clone();
    payout.token = None;
    wrapped(event, &payout, now)
}

/// The body of a recipient's webhook, with no more than BitPay's own has.
pub(crate) fn recipient_body(
    recipient: &Recipient,
    event: &Event,
    now: Timestamp,
) -> Option<Bytes> {
    let mut recipient = recipient.clone();
    recipient.token = None;
    recipient.guid = None;
    recipient.notification_url = None;
    wrapped(event, &recipient, now)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InvoiceData<'a> {
    id: &'a InvoiceId,
    url: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pos_data: &'a Option<String>,
    status: &'a InvoiceStatus,
    price: Amount,
    currency: &'a str,
    invoice_time: Option<i64>,
    expiration_time: Option<i64>,
    current_time: i64,
    exception_status: Exception<'a>,
    buyer_fields: BuyerFields<'a>,
    payment_subtotals: &'a ByCurrency<SubUnits>,
    payment_totals: &'a ByCurrency<SubUnits>,
    exchange_rates: &'a ByCurrency<ByCurrency<Rate>>,
    amount_paid: Option<SubUnits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_currency: Option<&'a str>,
}

/// A text, or `false` for none.
#[derive(Serialize)]
#[serde(untagged)]
enum Exception<'a> {
    Odd(&'a ExceptionStatus),
    Nothing(bool),
}

impl<'a> InvoiceData<'a> {
    fn of(invoice: &'a Invoice, now: Timestamp) -> Self {
        Self {
            id: &invoice.id,
            url: &invoice.url,
            pos_data: &invoice.pos_data,
            status: &invoice.status,
            price: invoice.price,
            currency: invoice.currency.as_str(),
            invoice_time: invoice.invoice_time.map(Timestamp::as_millisecond),
            expiration_time: invoice.expiration_time.map(Timestamp::as_millisecond),
            current_time: now.as_millisecond(),
            exception_status: match &invoice.exception_status {
                Some(status) => Exception::Odd(status),
                None => Exception::Nothing(false),
            },
            buyer_fields: BuyerFields::of(invoice),
            payment_subtotals: &invoice.payment_subtotals,
            payment_totals: &invoice.payment_totals,
            exchange_rates: &invoice.exchange_rates,
            amount_paid: invoice.amount_paid,
            order_id: &invoice.order_id,
            transaction_currency: invoice.transaction_currency.as_ref().map(AsRef::as_ref),
        }
    }
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct BuyerFields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_address1: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_address2: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_city: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_zip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_country: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_notify: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_email: Option<&'a str>,
}

impl<'a> BuyerFields<'a> {
    fn of(invoice: &'a Invoice) -> Self {
        let of_buyer = |field: fn(&Buyer) -> &Option<String>| {
            invoice
                .buyer
                .as_ref()
                .and_then(|buyer| field(buyer).as_deref())
        };
        Self {
            buyer_name: of_buyer(|buyer| &buyer.name),
            buyer_address1: of_buyer(|buyer| &buyer.address1),
            buyer_address2: of_buyer(|buyer| &buyer.address2),
            buyer_city: of_buyer(|buyer| &buyer.locality),
            buyer_state: of_buyer(|buyer| &buyer.region),
            buyer_zip: of_buyer(|buyer| &buyer.postal_code),
            buyer_country: of_buyer(|buyer| &buyer.country),
            buyer_phone: of_buyer(|buyer| &buyer.phone),
            buyer_notify: invoice.buyer.as_ref().and_then(|buyer| buyer.notify),
            buyer_email: invoice
                .buyer_provided_email
                .as_deref()
                .or_else(|| of_buyer(|buyer| &buyer.email)),
        }
    }
}

/// Why a webhook may not go there, if it may not.
pub(crate) fn barred(url: &str, anywhere: bool) -> Option<&'static str> {
    // The parser of the HTTP client itself: no other could read another host out of it.
    let Ok(uri) = url.parse::<Uri>() else {
        return Some("the address is not valid");
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Some("the address is not absolute");
    };
    if !matches!(scheme, "http" | "https") {
        return Some("the address is neither http nor https");
    }
    if authority.as_str().contains('@') {
        return Some("the address has a user name");
    }
    if !anywhere && !is_loopback(authority.host()) {
        return Some(
            "the address is not on this machine, and the sandbox delivers to this machine only",
        );
    }
    None
}

pub(crate) fn signature(token: &str, body: &[u8]) -> String {
    Verifier::sign(token, body)
}
