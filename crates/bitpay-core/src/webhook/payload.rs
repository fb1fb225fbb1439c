//! What an event tells of its resource.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::code::EventCode;
use super::event::{Parts, moment, part, text};
#[cfg(feature = "schema")]
use super::schema;
use crate::amount::Amount;
use crate::currency::Currency;
use crate::id::{InvoiceId, PayoutId, RecipientId, RefundId};
use crate::model::invoice::InvoiceStatus;
use crate::model::payout::PayoutStatus;
use crate::model::recipient::RecipientStatus;
use crate::model::refund::RefundStatus;
use crate::time::Timestamp;

/// An event: what happened, what it is about, and what is told of that. And how its data is read:
/// each field raw, by its name on the wire, and then as its own type.
macro_rules! event {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            needs { $($(#[$doc:meta])* $field:ident: $type:ty = $wire:literal, $read:ident;)* }
            may { $($(#[$doc_may:meta])* $may:ident: $may_type:ty = $may_wire:literal, $may_read:ident;)* }
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            /// What happened.
            pub code: Option<EventCode>,
            /// The name of what happened.
            pub name: Option<String>,
            /// When it happened.
            pub timestamp: Option<Timestamp>,
            $($(#[$doc])* pub $field: $type,)*
            $($(#[$doc_may])* pub $may: Option<$may_type>,)*
        }

        impl $name {
            pub(super) fn read(parts: &Parts<'_>) -> Option<Self> {
                #[derive(Deserialize)]
                struct Data<'a> {
                    $(#[serde(borrow, default, rename = $wire)] $field: Option<&'a RawValue>,)*
                    $(#[serde(borrow, default, rename = $may_wire)] $may: Option<&'a RawValue>,)*
                }
                let data: Data<'_> = part(parts.data)?;
                Some(Self {
                    code: parts.code,
                    name: parts.name.clone(),
                    timestamp: parts.timestamp,
                    $($field: $read(data.$field)?,)*
                    $($may: $may_read(data.$may),)*
                })
            }
        }

        /// The body of the webhook.
        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> alloc::borrow::Cow<'static, str> {
                concat!("Webhook", stringify!($name)).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let data = schemars::json_schema!({
                    "type": "object",
                    "properties": {
                        $($wire: schema::$read::<$type>(generator),)*
                        $($may_wire: schema::$may_read::<$may_type>(generator),)*
                    },
                    "required": [$($wire),*],
                });
                schema::body(generator, stringify!($name), data)
            }
        }
    };
}

event! {
    /// An event of an invoice, in the flat or the extended form
    /// ([Notifications](https://developer.bitpay.com/reference/notifications)). The flat form has no
    /// code and no name.
    ///
    /// The values are those at the time of delivery, and may be overtaken. Only the id is needed to
    /// fetch the invoice; what BitPay left out, or wrote in an unknown form, is `None`.
    pub struct InvoiceEvent {
        needs {
            /// The invoice to fetch.
            invoice_id: InvoiceId = "id", part;
            /// Where the invoice stood.
            status: InvoiceStatus = "status", part;
        }
        may {
            /// What was asked, in units of [`currency`](Self::currency).
            price: Amount = "price", part;
            /// The currency of the price.
            currency: Currency = "currency", part;
            /// The merchant's own id.
            order_id: String = "orderId", text;
            /// The merchant's own data.
            pos_data: String = "posData", text;
            /// BitPay's clock when it wrote the event.
            current_time: Timestamp = "currentTime", moment;
        }
    }
}

event! {
    /// An event of a refund
    /// ([Notifications](https://developer.bitpay.com/reference/notifications-refunds)).
    ///
    /// The values are those at the time of delivery, and may be overtaken. What BitPay left out, or
    /// wrote in an unknown form, is `None`.
    pub struct RefundEvent {
        needs {
            /// The refund to fetch.
            refund_id: RefundId = "id", part;
            /// Where the refund stood.
            status: RefundStatus = "status", part;
        }
        may {
            /// The invoice that is refunded.
            invoice_id: InvoiceId = "invoice", part;
            /// What is refunded, in units of [`currency`](Self::currency).
            amount: Amount = "amount", part;
            /// The invoice's currency.
            currency: Currency = "currency", part;
            /// BitPay's fee for it, in units of the invoice's currency.
            refund_fee: Amount = "refundFee", part;
            /// Whether the fee comes out of what the buyer gets.
            buyer_pays_refund_fee: bool = "buyerPaysRefundFee", yes_or_no;
            /// Whether funds leave the merchant's ledger at once and not at the day's end.
            immediate: bool = "immediate", yes_or_no;
            /// The name that its maker gave it.
            guid: String = "guid", text;
            /// The merchant's own reference.
            reference: String = "reference", text;
            /// What kind of refund it is.
            kind: String = "type", text;
            /// BitPay's support case; once the refund is made.
            support_request: String = "supportRequest", text;
            /// When it was asked for.
            request_date: Timestamp = "requestDate", moment;
            /// When the buyer was last told of it; once the refund is made.
            last_refund_notification: Timestamp = "lastRefundNotification", moment;
            /// Where it was paid to.
            refund_address: String = "refundAddress", text;
            /// The transaction that paid it.
            txid: String = "txid", text;
            /// The cryptocurrency that it is paid in.
            transaction_currency: Currency = "transactionCurrency", part;
            /// What is refunded, in units of the transaction currency.
            transaction_amount: Amount = "transactionAmount", part;
            /// BitPay's fee for it, in units of the transaction currency.
            transaction_refund_fee: Amount = "transactionRefundFee", part;
        }
    }
}

event! {
    /// An event of a payout
    /// ([Notifications](https://developer.bitpay.com/reference/notifications-payouts)).
    ///
    /// The values are those at the time of delivery, and may be overtaken. What BitPay left out, or
    /// wrote in an unknown form, is `None`.
    pub struct PayoutEvent {
        needs {
            /// The id of the payout to fetch.
            payout_id: PayoutId = "id", part;
            /// Where the payout stood.
            status: PayoutStatus = "status", part;
        }
        may {
            /// The id of the recipient who is paid.
            recipient_id: RecipientId = "recipientId", part;
            /// The recipient's id as a shopper.
            shopper_id: String = "shopperId", text;
            /// The merchant's account.
            account_id: String = "accountId", text;
            /// The group that it was made with.
            group_id: String = "groupId", text;
            /// What is paid, in units of [`currency`](Self::currency).
            amount: Amount = "amount", part;
            /// What is paid, where it is called a price.
            price: Amount = "price", part;
            /// The currency of the amount.
            currency: Currency = "currency", part;
            /// The ledger that it is paid from.
            ledger_currency: Currency = "ledgerCurrency", part;
            /// The recipient's email.
            email: String = "email", text;
            /// The merchant's own reference.
            reference: String = "reference", text;
            /// The merchant's own name for the recipient.
            label: String = "label", text;
            /// The day from which it is paid.
            effective_date: Timestamp = "effectiveDate", moment;
            /// When it was asked for.
            request_date: Timestamp = "requestDate", moment;
            /// When it was paid.
            date_executed: Timestamp = "dateExecuted", moment;
            /// The transactions that paid it.
            transactions: Vec<PayoutTransaction> = "transactions", transactions;
        }
    }
}

/// A transaction that paid a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PayoutTransaction {
    /// Its id on the blockchain.
    pub txid: Option<String>,
    /// What it paid, in units of its cryptocurrency.
    pub amount: Option<Amount>,
    /// When it was sent.
    pub date: Option<Timestamp>,
}

event! {
    /// An event of a recipient of payouts
    /// ([Notifications](https://developer.bitpay.com/reference/notifications-recipients)).
    ///
    /// The values are those at the time of delivery, and may be overtaken. What BitPay left out, or
    /// wrote in an unknown form, is `None`.
    pub struct RecipientEvent {
        needs {
            /// The id of the recipient to fetch.
            recipient_id: RecipientId = "id", part;
            /// Where the recipient stood.
            status: RecipientStatus = "status", part;
        }
        may {
            /// The recipient's email.
            email: String = "email", text;
            /// The merchant's own name for the recipient.
            label: String = "label", text;
            /// The recipient's id as a shopper, once there is one.
            shopper_id: String = "shopperId", text;
        }
    }
}

/// Has it what every invoice has?
pub(super) fn looks_like_invoice(data: Option<&RawValue>) -> bool {
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(borrow, default)]
        price: Option<&'a RawValue>,
    }
    part::<Data<'_>>(data).is_some_and(|data| data.price.is_some())
}

/// A text that can be a part of a path.
pub(super) fn id(raw: Option<&RawValue>) -> Option<String> {
    text(raw).filter(|id| crate::id::is_id(id))
}

fn yes_or_no(raw: Option<&RawValue>) -> Option<bool> {
    text(raw)?.parse().ok()
}

fn transactions(raw: Option<&RawValue>) -> Option<Vec<PayoutTransaction>> {
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(borrow, default)]
        txid: Option<&'a RawValue>,
        #[serde(borrow, default)]
        amount: Option<&'a RawValue>,
        #[serde(borrow, default)]
        date: Option<&'a RawValue>,
    }
    let list: Vec<&RawValue> = serde_json::from_str(raw?.get()).ok()?;
    let one = |raw| {
        let data: Data<'_> = part(Some(raw))?;
        Some(PayoutTransaction {
            txid: text(data.txid),
            amount: part(data.amount),
            date: moment(data.date),
        })
    };
    Some(list.into_iter().filter_map(one).collect())
}
