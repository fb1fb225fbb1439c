//! The caller's own name for what a request makes.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::encode::hex_of;

/// A name that the caller gives to what a request makes, so that it can be found and is made once.
///
/// BitPay answers a repeated create with the invoice that the guid already has, whatever else the body
/// says (<https://developer.bitpay.com/reference/making-requests>). So: one guid for one intent, made
/// before the first attempt and kept for each retry.
///
/// - [`Guid::for_order`] survives a restart: the same order always has the same guid. Use it where each
///   order has one invoice.
/// - [`Guid::from_random`] is for everything else; store it with the order before sending.
///
/// Any text of 1 to 128 letters, digits, `-`, `_` and `.` is one too (other SDKs send UUIDs or the current
/// time in milliseconds), but for `.` and `..`.
///
/// ```
/// use bitpay_core::guid::Guid;
///
/// assert_eq!(Guid::for_order("1042"), Guid::for_order("1042"));
/// assert_ne!(Guid::for_order("1042"), Guid::for_order("1043"));
/// assert!("1620669854224".parse::<Guid>().is_ok());
/// assert!("../tokens".parse::<Guid>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Guid(Box<str>);

impl Guid {
    /// A random UUID (version 4) from 16 random bytes, of which 122 bits are used.
    ///
    /// ```
    /// let guid = bitpay_core::guid::Guid::from_random([0xff; 16]);
    /// assert_eq!(guid.as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    /// ```
    #[must_use]
    pub fn from_random(random: [u8; 16]) -> Self {
        Self::uuid(random, 4)
    }

    /// The guid of an order's invoice: always the same for the same order id.
    ///
    /// An order that needs a second invoice (the first one expired) needs a second guid too, which
    /// [`CreateInvoice::for_attempt`](crate::model::invoice::CreateInvoice::for_attempt) makes.
    #[must_use]
    pub fn for_order(order_id: &str) -> Self {
        Self::derived("order", order_id)
    }

    /// A UUID (version 8) made from the SHA-256 of a purpose and a text: the same for the same two texts.
    ///
    /// ```
    /// use bitpay_core::guid::Guid;
    ///
    /// let refund = Guid::derived("refund", "1042");
    /// assert_eq!(refund, Guid::derived("refund", "1042"));
    /// assert_ne!(refund, Guid::for_order("1042"));
    /// ```
    #[must_use]
    pub fn derived(purpose: &str, text: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"bitpay-rs guid v1\0");
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((purpose.len() as u64).to_be_bytes());
        hash.update(purpose);
        hash.update(text);
        let hash: [u8; 32] = hash.finalize().into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        Self::uuid(bytes, 8)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn uuid(mut bytes: [u8; 16], version: u8) -> Self {
        bytes[6] = (bytes[6] & 0x0f) | (version << 4);
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex = hex_of(&bytes);
        let parts = [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ];
        Self(parts.join("-").into())
    }
}

impl FromStr for Guid {
    type Err = GuidError;

    fn from_str(text: &str) -> Result<Self, GuidError> {
        let fits = (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && !matches!(text, "." | "..");
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(GuidError)
        }
    }
}

impl TryFrom<&str> for Guid {
    type Error = GuidError;

    fn try_from(text: &str) -> Result<Self, GuidError> {
        text.parse()
    }
}

impl AsRef<str> for Guid {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Guid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A text that is not a [`Guid`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a guid has 1 to 128 ASCII letters, digits, '-', '_' or '.', and is not '.' or '..'")]
#[non_exhaustive]
pub struct GuidError;
