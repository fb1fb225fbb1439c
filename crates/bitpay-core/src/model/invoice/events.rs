//! The right to hear of an invoice's events as they happen.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::environment::BaseUrl;
use crate::id::InvoiceId;
use crate::model::{InvalidRequest, lenient};
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
/// `watch_invoice` of the clients does all that is to be done with it, and goes on where a connection
/// ends; [`SubscribeInvoiceEvents`] is one connection.
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

/// Listens to an invoice's events:
/// <https://developer.bitpay.com/reference/retrieve-an-event-token>.
///
/// The answer does not end by itself: it is read with the clients' `stream`, and each item is the invoice
/// as it stands then. An event is a trigger: [`confirm`](crate::webhook::Confirmed) what decides about
/// money.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubscribeInvoiceEvents {
    /// The stream's own token: [`InvoiceEventToken::token`].
    pub token: ResourceToken<InvoiceEventToken>,
    /// Where the stream is, without its last part, `/events`. The environment's address unless set.
    pub at: Option<BaseUrl>,
    /// What is asked.
    pub action: InvoiceEventAction,
    /// What is to be heard.
    pub events: Vec<InvoiceEvent>,
}

impl SubscribeInvoiceEvents {
    /// Listens to all events of the invoice that the token is of, where BitPay says that they are.
    ///
    /// # Errors
    /// The address is not one of an event stream: it is not HTTPS (plain HTTP will do for this machine,
    /// and for the environment's own host), or does not end in `/events`.
    pub fn new(pass: &InvoiceEventToken, environment: &BaseUrl) -> Result<Self, InvalidRequest> {
        let refused = || InvalidRequest::new("url", "is not the address of an event stream");
        let at = pass.url.strip_suffix("/events").ok_or_else(refused)?;
        let at = if at == environment.as_str() {
            None
        } else {
            Some(BaseUrl::named_by_bitpay(at).map_err(|_| refused())?)
        };
        Ok(Self {
            token: pass.token.clone(),
            at,
            action: InvoiceEventAction::Subscribe,
            events: [InvoiceEvent::Payment, InvoiceEvent::Confirmation].into(),
        })
    }
}
