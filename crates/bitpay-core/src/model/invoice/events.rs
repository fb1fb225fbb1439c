//! The right to hear of an invoice's events as they happen.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::id::InvoiceId;
use crate::model::lenient;
use crate::open_enum::open_enum;
use crate::token::ResourceToken;

open_enum! {
    /// What can be heard of an invoice.
    pub enum InvoiceEvent {
        /// It was paid.
        Payment = "payment",
        /// Its payment has more confirmations.
        Confirmation = "confirmation",
    }
}

open_enum! {
    /// What can be asked of the event stream.
    pub enum InvoiceEventAction {
        /// To hear of the events.
        Subscribe = "subscribe",
        /// To hear no more of them.
        Unsubscribe = "unsubscribe",
    }
}

/// What opens the stream of an invoice's events:
/// <https://developer.bitpay.com/reference/retrieve-an-event-token>.
///
/// The stream itself is not part of this library. It is asked for with
/// `GET {url}?token={token}&action=subscribe&events[]=payment&events[]=confirmation`, and is read as
/// server-sent events named `statechange`, each with the invoice in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct InvoiceEventToken {
    /// Where the stream is.
    pub url: String,
    /// The stream's own token. Whoever has it can listen.
    pub token: ResourceToken<InvoiceEventToken>,
    /// What can be heard.
    #[serde(default, with = "lenient::List::<InvoiceEvent>")]
    pub events: Vec<InvoiceEvent>,
    /// What can be asked.
    #[serde(default, with = "lenient::List::<InvoiceEventAction>")]
    pub actions: Vec<InvoiceEventAction>,
}

impl InvoiceEventToken {
    /// A token for a stream.
    #[must_use]
    pub fn new(url: impl Into<String>, token: ResourceToken<InvoiceEventToken>) -> Self {
        Self {
            url: url.into(),
            token,
            events: Vec::new(),
            actions: Vec::new(),
        }
    }
}

/// Asks for what opens the stream of an invoice's events.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetInvoiceEventToken {
    /// The invoice.
    pub id: InvoiceId,
}

impl GetInvoiceEventToken {
    /// The request.
    #[must_use]
    pub const fn new(id: InvoiceId) -> Self {
        Self { id }
    }
}
