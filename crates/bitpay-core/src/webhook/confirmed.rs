use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::ops::Deref;

use super::decide::is_behind;
use super::payload::InvoiceEvent;
use crate::amount::Amount;
use crate::answer::Answer;
use crate::currency::Currency;
use crate::error::{DecodeError, Effect, Error, ErrorKind};
use crate::id::InvoiceId;
use crate::model::invoice::{GetInvoice, Invoice, InvoiceStatus};
use crate::operation::Endpoint;

/// What BitPay says when it is asked, in answer to a fetch with a credential: what decisions about
/// money are made by. The clients' `confirm` makes one.
///
/// It dereferences to the value. Before you ship, make sure that it is the order you think it is:
///
/// ```
/// # use bitpay_core::webhook::{Confirmed, Mismatch};
/// # use bitpay_core::{Amount, Currency, model::invoice::Invoice};
/// fn is_paid(invoice: &Confirmed<Invoice>, order: &str, total: Amount) -> Result<bool, Mismatch> {
///     invoice.expect_order(order)?.expect_price(total, &Currency::EUR)?;
///     Ok(invoice.status.is_settled())
/// }
/// ```
///
/// What an event says does not do in its place:
///
/// ```compile_fail,E0308
/// use bitpay_core::webhook::{Action, Confirmed, FulfilOn, InvoiceEvent, decide};
/// use bitpay_core::model::invoice::Invoice;
/// fn act(said: &InvoiceEvent, fetched: &Confirmed<Invoice>) -> Action {
///     decide(None, said, FulfilOn::Complete)
/// }
/// ```
///
/// ```
/// use bitpay_core::webhook::{Action, Confirmed, FulfilOn, InvoiceEvent, decide};
/// use bitpay_core::model::invoice::Invoice;
/// fn act(said: &InvoiceEvent, fetched: &Confirmed<Invoice>) -> Action {
///     decide(None, fetched, FulfilOn::Complete)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed<T>(T);

/// Names an invoice to confirm: an [`InvoiceEvent`], or its id alone.
pub trait Trigger: Sync {
    /// The invoice to fetch.
    fn invoice_id(&self) -> &InvoiceId;

    /// How far it is said to be.
    fn status(&self) -> Option<&InvoiceStatus> {
        None
    }
}

impl Trigger for InvoiceEvent {
    fn invoice_id(&self) -> &InvoiceId {
        &self.invoice_id
    }

    fn status(&self) -> Option<&InvoiceStatus> {
        Some(&self.status)
    }
}

impl Trigger for InvoiceId {
    fn invoice_id(&self) -> &InvoiceId {
        self
    }
}

impl<T> Confirmed<T> {
    /// The value alone.
    #[must_use]
    pub fn into_value(self) -> T {
        self.0
    }
}

impl Confirmed<Invoice> {
    /// What was fetched, for those who drive a [`Call`](crate::Call) of their own: the answer to a
    /// [`GetInvoice`] of this id.
    ///
    /// # Errors
    /// When it is the answer to something else, the invoice is another one, or it is not as far as the event
    /// says ([`Behind`]).
    pub fn fetched(trigger: &impl Trigger, answer: Answer<Invoice>) -> Result<Self, Error> {
        let operation = GetInvoice::OPERATION.name;
        if answer.operation() != operation || answer.id != *trigger.invoice_id() {
            let problem = "the answer is not the invoice that was asked for".to_owned();
            let error = DecodeError::new(problem, 200, answer.body().clone());
            return Err(Error::new(operation, error, Effect::Nothing));
        }
        if let Some(told) = trigger.status()
            && is_behind(&answer.status, told)
        {
            let (told, shown) = (told.clone(), answer.status.clone());
            let error = ErrorKind::Behind(Behind { told, shown });
            return Err(Error::new(operation, error, Effect::Nothing));
        }
        Ok(Self(answer.into_value()))
    }

    /// Makes sure that this is the invoice that you made for the order, and stored with it: one of another
    /// merchant may name the same order and price.
    ///
    /// # Errors
    /// [`Mismatch::Invoice`].
    pub fn expect_invoice(&self, id: &InvoiceId) -> Result<&Self, Mismatch> {
        if self.id == *id {
            return Ok(self);
        }
        Err(Mismatch::Invoice {
            expected: id.clone(),
            found: self.id.clone(),
        })
    }

    /// Makes sure that the invoice is for this order of yours.
    ///
    /// # Errors
    /// [`Mismatch::Order`].
    pub fn expect_order(&self, order_id: &str) -> Result<&Self, Mismatch> {
        if self.order_id.as_deref() == Some(order_id) {
            return Ok(self);
        }
        Err(Mismatch::Order {
            expected: order_id.to_owned(),
            found: self.order_id.clone(),
        })
    }

    /// Makes sure that the invoice asks for this much, by value: `10.10` is `10.1`.
    ///
    /// # Errors
    /// [`Mismatch::Price`], and [`Mismatch::Currency`] whatever the price.
    pub fn expect_price(
        &self,
        price: impl Into<Amount>,
        currency: &Currency,
    ) -> Result<&Self, Mismatch> {
        let expected = price.into();
        if !self.currency.same_as(currency) {
            return Err(Mismatch::Currency {
                expected: currency.clone(),
                found: self.currency.clone(),
            });
        }
        if self.price != expected {
            return Err(Mismatch::Price {
                expected,
                found: self.price,
            });
        }
        Ok(self)
    }
}

impl<T> Deref for Confirmed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// BitPay, when it is asked, does not show what a webhook told: not yet, or the webhook was not true. Answer it
/// with 503; what is true is delivered again, and shows by then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the webhook told that the invoice is {told}, and BitPay shows it as {shown}")]
#[non_exhaustive]
pub struct Behind {
    /// What the webhook told.
    pub told: InvoiceStatus,
    /// What was fetched.
    pub shown: InvoiceStatus,
}

/// The invoice is real, but it is not the one that was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// It is another invoice, maybe of another merchant.
    #[error("the invoice is {found}, not {expected}")]
    Invoice {
        /// The invoice that was made for the order.
        expected: InvoiceId,
        /// The invoice that the webhook is about.
        found: InvoiceId,
    },
    /// It is for another order, or for none.
    #[error("the invoice is for {}, not for order {expected:?}", Order(found.as_deref()))]
    Order {
        /// The order that it should be for.
        expected: String,
        /// The order that it is for.
        found: Option<String>,
    },
    /// It asks for more or less.
    #[error("the invoice asks for {found}, not for {expected}")]
    Price {
        /// What it should ask for.
        expected: Amount,
        /// What it asks for.
        found: Amount,
    },
    /// It asks for another currency.
    #[error("the invoice asks for {found}, not for {expected}")]
    Currency {
        /// The currency that it should ask for.
        expected: Currency,
        /// The currency that it asks for.
        found: Currency,
    },
}

struct Order<'a>(Option<&'a str>);

impl fmt::Display for Order<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(order) => write!(f, "order {order:?}"),
            None => f.write_str("no order"),
        }
    }
}
