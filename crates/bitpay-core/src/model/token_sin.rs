//! The keys that may use a token: <https://developer.bitpay.com/reference/tokens>.
//!
//! All of these calls are about the token of the credential that they are called with; it goes in the
//! path and is no field of a request.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use alloc::boxed::Box;

use super::lenient;
use crate::sin::Sin;

/// A key that may use the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[non_exhaustive]
pub struct LinkedSin {
    /// The SIN of the key.
    pub sin: Sin,
}

impl LinkedSin {
    /// The key of this SIN.
    #[must_use]
    pub const fn new(sin: Sin) -> Self {
        Self { sin }
    }
}

impl<'de> Deserialize<'de> for LinkedSin {
    /// BitPay does not document the form: a SIN as text, and an object with `sin` or `id`, are read.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Object {
            #[serde(alias = "id")]
            sin: Sin,
        }
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let read = if raw.get().starts_with('{') {
            serde_json::from_str(raw.get()).map(|object: Object| object.sin)
        } else {
            serde_json::from_str(raw.get())
        };
        read.map(Self::new).map_err(D::Error::custom)
    }
}

/// What BitPay says when a key was linked or removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SinChange {
    /// `true` once it is done.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub success: Option<bool>,
}

impl SinChange {
    /// It is done.
    #[must_use]
    pub const fn done() -> Self {
        Self {
            success: Some(true),
        }
    }
}

/// Asks which keys may use the token of the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListTokenSins {}

impl ListTokenSins {
    /// The request.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

/// Lets another key use the token of the call:
/// <https://developer.bitpay.com/reference/link-a-new-sin-to-an-approved-token>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkTokenSin {
    /// The other key's SIN.
    pub sin: Sin,
}

impl LinkTokenSin {
    /// The request.
    #[must_use]
    pub const fn new(sin: Sin) -> Self {
        Self { sin }
    }
}

/// Takes the use of the token of the call from a key:
/// <https://developer.bitpay.com/reference/remove-an-sin-to-an-approved-token>. Another key that may use
/// the token has to sign it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoveTokenSin {
    /// The SIN of the key that may no longer.
    pub sin: Sin,
}

impl RemoveTokenSin {
    /// The request.
    #[must_use]
    pub const fn new(sin: Sin) -> Self {
        Self { sin }
    }
}
