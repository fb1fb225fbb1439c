//! Webhooks: verify, read, fetch, decide, and the types leave no other way.
//!
//! BitPay signs a webhook with the API token of the facade that made the resource: the header
//! `x-signature` is the base64 of HMAC-SHA256 over the raw body, with the token's text as the key
//! ([hmac-tester](https://github.com/bitpay/hmac-tester)).
//!
//! **An event is only a trigger.** Its key is a token, which travels in URLs and which a point of
//! sale may even publish; events are repeated, late and out of order. Fetch the invoice before you
//! decide about money ([Notifications](https://developer.bitpay.com/reference/notifications)): the
//! clients' `confirm` makes a [`Confirmed`] invoice of an event, and [`decide`] takes nothing else.
//! Where BitPay does not sign, [`Unverified`] reads what is to be fetched.
//! [`Seen`] remembers what was handled, once your handler has committed. Answer 200 with an empty body;
//! anything else is delivered again.
//!
//! Whole receivers are among the clients' examples: `webhook_axum` of `bitpay-async`, and `webhook_server` of
//! `bitpay-blocking`.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::bounds::Bound;

mod code;
mod confirmed;
mod decide;
mod event;
mod payload;
#[cfg(feature = "schema")]
mod schema;
mod seen;
mod unverified;

pub use code::{EventCode, Subject};
pub use confirmed::{Behind, Confirmed, Mismatch, Trigger};
pub use decide::{Action, FulfilOn, decide};
pub use event::Event;
pub use payload::{InvoiceEvent, PayoutEvent, PayoutTransaction, RecipientEvent, RefundEvent};
pub use seen::{Claim, Entry, Fingerprint, Handling, Seen, SeenInMemory};
pub use unverified::Unverified;

/// The secrets that a webhook may be signed with, each with a label of your own.
///
/// One endpoint often serves several: the pos and the merchant token, the one before the last
/// rotation, several merchants. `Debug` shows the labels and no secret; the secrets are erased on
/// drop.
///
/// ```
/// use bitpay_core::webhook::Verifier;
///
/// let verifier = Verifier::new().with("merchant", "an old token").with("pos", "test");
/// let body = br#"{"id":"test"}"#; // the raw body, as it came
/// let header = "0KkGd2YCcbkhX15N8QF1moe/E6SG+EjHf6B8BE1uzr0="; // x-signature
///
/// let verified = verifier.verify(body, header)?;
/// assert_eq!(verified.matched(), "pos");
/// # Ok::<(), bitpay_core::webhook::WebhookError>(())
/// ```
#[derive(Default)]
pub struct Verifier {
    keys: Vec<Key>,
}

struct Key {
    label: String,
    secret: MacKey,
}

/// The secret as one block of HMAC, on the heap so that moving it leaves no copies.
struct MacKey(Box<Zeroizing<[u8; 64]>>);

impl MacKey {
    // RFC 2104: a key longer than a block is hashed, a shorter one is filled with zeros. Done here
    // because making an `Hmac` from such a block cannot fail.
    fn new(secret: &str) -> Self {
        let mut block = Box::new(Zeroizing::new([0; 64]));
        match block.get_mut(..secret.len()) {
            Some(start) => start.copy_from_slice(secret.as_bytes()),
            None => block[..32].copy_from_slice(&Sha256::digest(secret)),
        }
        Self(block)
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|byte| *byte == 0)
    }

    fn mac(&self, raw_body: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new((&**self.0).into());
        mac.update(raw_body);
        mac.finalize().into_bytes().into()
    }
}

impl Verifier {
    /// A verifier without a secret; it refuses everything.
    #[must_use]
    pub const fn new() -> Self {
        Self { keys: Vec::new() }
    }

    /// Adds a secret: the text of an API token, exactly as BitPay gave it.
    ///
    /// The label is what [`Verified::matched`] returns. An empty secret makes every verification
    /// fail with [`WebhookError::EmptySecret`], for anyone can sign with it.
    #[must_use]
    pub fn with(mut self, label: impl Into<String>, secret: &str) -> Self {
        self.keys.push(Key {
            label: label.into(),
            secret: MacKey::new(secret),
        });
        self
    }

    /// Checks the header `x-signature` against the raw body.
    ///
    /// The body must be the bytes that were received. One that was parsed and printed again does
    /// not verify. All secrets are tried, in a time that does not tell which of them matched.
    ///
    /// # Errors
    ///
    /// One [`WebhookError`] for each cause; none of them is worth a retry by BitPay.
    pub fn verify<'a>(
        &'a self,
        raw_body: &'a [u8],
        header: &str,
    ) -> Result<Verified<'a>, WebhookError> {
        if self.keys.is_empty() {
            return Err(WebhookError::NoSecret);
        }
        if self.keys.iter().any(|key| key.secret.is_empty()) {
            return Err(WebhookError::EmptySecret);
        }
        let claimed = read_header(header)?;
        let mut found = Choice::from(0);
        let mut index = 0_u64;
        for (candidate, key) in (0_u64..).zip(&self.keys) {
            let matches = key.secret.mac(raw_body).ct_eq(&claimed);
            index.conditional_assign(&candidate, matches & !found);
            found |= matches;
        }
        let key = usize::try_from(index)
            .ok()
            .and_then(|index| self.keys.get(index));
        match key {
            Some(key) if bool::from(found) => Ok(Verified {
                body: raw_body,
                label: &key.label,
            }),
            _ => Err(WebhookError::Mismatch),
        }
    }

    /// The header value that BitPay would send for this body: to test your handler.
    ///
    /// ```
    /// use bitpay_core::webhook::Verifier;
    ///
    /// assert_eq!(
    ///     Verifier::sign("test", br#"{"id":"test"}"#),
    ///     "0KkGd2YCcbkhX15N8QF1moe/E6SG+EjHf6B8BE1uzr0=",
    /// );
    /// ```
    #[must_use]
    pub fn sign(secret: &str, raw_body: &[u8]) -> String {
        STANDARD.encode(MacKey::new(secret).mac(raw_body))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self
            .keys
            .iter()
            .map(|key| (&key.label, format_args!("<redacted>")));
        f.write_str("Verifier ")?;
        f.debug_map().entries(keys).finish()
    }
}

fn read_header(header: &str) -> Result<[u8; 32], WebhookError> {
    let header = header.trim_ascii();
    if header.is_empty() {
        return Err(WebhookError::MissingHeader);
    }
    // One byte more than fits, so that a longer value is seen.
    let mut buffer = [0; 33];
    let length = STANDARD
        .decode_slice(header, &mut buffer)
        .map_err(|_| WebhookError::BadHeader)?;
    <[u8; 32]>::try_from(&buffer[..length]).map_err(|_| WebhookError::BadHeader)
}

/// A webhook whose signature was right.
#[derive(Clone, Copy)]
pub struct Verified<'a> {
    body: &'a [u8],
    label: &'a str,
}

impl<'a> Verified<'a> {
    /// The raw body.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The label of the secret that matched, as it was given to [`Verifier::with`].
    #[must_use]
    pub const fn matched(&self) -> &'a str {
        self.label
    }

    /// Reads what the webhook says. This is the only way to an [`Event`].
    ///
    /// A shape that this version does not know is an [`Event::Other`], with the body's text.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Decode`] if the body is not JSON, and [`WebhookError::Beyond`] if it holds more than any
    /// webhook does.
    ///
    /// ```
    /// use bitpay_core::webhook::{Event, EventCode, Verifier};
    ///
    /// let body = br#"{"event":{"code":1006,"name":"invoice_completed"},
    ///     "data":{"id":"LXXgiWHZuKbt9yurP5RpMQ","status":"complete","price":100,"currency":"USD"}}"#;
    /// let header = Verifier::sign("a token", body);
    ///
    /// let verifier = Verifier::new().with("merchant", "a token");
    /// match verifier.verify(body, &header)?.event()? {
    ///     Event::Invoice(event) => {
    ///         assert_eq!(event.code, Some(EventCode::INVOICE_COMPLETED));
    ///         // Now fetch `event.invoice_id`, and decide by what BitPay answers.
    ///         assert_eq!(event.invoice_id.as_str(), "LXXgiWHZuKbt9yurP5RpMQ");
    ///     }
    ///     other => println!("not for us: {other:?}"),
    /// }
    /// # Ok::<(), bitpay_core::webhook::WebhookError>(())
    /// ```
    pub fn event(&self) -> Result<Event, WebhookError> {
        event::read(self.body)
    }
}

/// The body holds a customer's data, so it is not shown.
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({:?}, {} bytes)", self.label, self.body.len())
    }
}

/// Why a webhook was refused or not understood. No part of its body is in the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The verifier has no secret.
    #[error("the verifier has no secret; add the token of the facade that made the resource")]
    NoSecret,
    /// One of the verifier's secrets is empty, so that anyone could sign with it.
    #[error("one of the verifier's secrets is empty; is a setting missing?")]
    EmptySecret,
    /// The header `x-signature` is missing or empty.
    #[error("the x-signature header is missing or empty")]
    MissingHeader,
    /// The header `x-signature` is not the base64 of 32 bytes.
    #[error("the x-signature header is not the base64 of 32 bytes")]
    BadHeader,
    /// No secret matches.
    #[error(
        "the signature does not match: wrong token, or not the raw bytes of the body \
         (a body that was parsed and printed again does not verify)"
    )]
    Mismatch,
    /// The body is not JSON. Of a [`Verified`] one, the signature is right all the same.
    #[error("the body is not JSON (line {line}, column {column})")]
    Decode {
        /// The line, from 1; 0 where it is not known.
        line: usize,
        /// The column in bytes, from 1; 0 where it is not known.
        column: usize,
    },
    /// The body goes beyond a bound, and is not read. Its size is for your server to limit.
    #[error("the body has {0}, which no webhook of BitPay's has")]
    Beyond(Bound),
}
