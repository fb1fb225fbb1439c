use alloc::string::String;
use core::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::WebhookError;
use super::code::Subject;
use super::event::{self, part};
use super::payload;
use crate::id::InvoiceId;

/// A webhook without a signature, or with one that was not checked: says what it is about, and no
/// more. Anyone can have sent it, so all it is good for is to fetch what it names.
///
/// Its status cannot be read:
///
/// ```compile_fail,E0599
/// use bitpay_core::webhook::Unverified;
/// let event = Unverified::read(br#"{"id":"Hpqc62dfE1ZjzeeH4kEycF","status":"complete","price":10}"#)?;
/// let _ = event.status();
/// # Ok::<(), bitpay_core::webhook::WebhookError>(())
/// ```
///
/// but its id can:
///
/// ```
/// use bitpay_core::webhook::Unverified;
/// let event = Unverified::read(br#"{"id":"Hpqc62dfE1ZjzeeH4kEycF","status":"complete","price":10}"#)?;
/// let _ = event.id();
/// # Ok::<(), bitpay_core::webhook::WebhookError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Unverified {
    subject: Option<Subject>,
    id: Option<String>,
}

impl Unverified {
    /// Reads what a webhook is about, without looking at a signature.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Decode`] if the body is not JSON, and [`WebhookError::Beyond`] if it holds more than any
    /// webhook does.
    pub fn read(raw_body: &[u8]) -> Result<Self, WebhookError> {
        #[derive(Deserialize)]
        struct Data<'a> {
            #[serde(borrow, default)]
            id: Option<&'a RawValue>,
        }
        let (_, parts) = event::parts(raw_body)?;
        Ok(Self {
            subject: parts.subject,
            id: part::<Data<'_>>(parts.data).and_then(|data| payload::id(data.id)),
        })
    }

    /// What it claims to be about; `None` when this version does not know.
    #[must_use]
    pub const fn subject(&self) -> Option<Subject> {
        self.subject
    }

    /// The id of what it is about. It has the form of an id; whether there is such a resource, only
    /// BitPay can say.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The invoice to confirm, when it claims to be about one.
    #[must_use]
    pub fn invoice_id(&self) -> Option<InvoiceId> {
        match self.subject {
            Some(Subject::Invoice) => self.id.as_deref()?.parse().ok(),
            _ => None,
        }
    }
}

impl fmt::Debug for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified")
            .field("subject", &self.subject)
            .field("id", &self.id)
            .finish()
    }
}
