//! BitPay's ids, one type for each resource.
//!
//! Ids become parts of paths, so a text that could mean another path is refused before anything is sent.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// No text at all.
    #[error(
        "an empty {kind} id; an id has 1 to 64 letters, digits, '-' or '_', such as G3viJEJgE8Jk2oekSdgT2A"
    )]
    Empty {
        /// What the id would have named: `invoice`.
        kind: &'static str,
    },
    /// More than 64 bytes.
    #[error(
        "{kind} id of {length} bytes; an id has 1 to 64 letters, digits, '-' or '_', such as G3viJEJgE8Jk2oekSdgT2A"
    )]
    TooLong {
        /// What the id would have named: `invoice`.
        kind: &'static str,
        /// The text's length in bytes.
        length: usize,
    },
    /// A character that no id has.
    #[error(
        "{found:?} in {kind} id; an id has 1 to 64 letters, digits, '-' or '_', such as G3viJEJgE8Jk2oekSdgT2A"
    )]
    Character {
        /// What the id would have named: `invoice`.
        kind: &'static str,
        /// The first such character.
        found: char,
    },
}

fn check(kind: &'static str, text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty { kind });
    }
    if text.len() > 64 {
        let length = text.len();
        return Err(IdError::TooLong { kind, length });
    }
    match text
        .chars()
        .find(|&c| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
    {
        Some(found) => Err(IdError::Character { kind, found }),
        None => Ok(()),
    }
}

/// Has the text the form of an id?
pub(crate) fn is_id(text: &str) -> bool {
    check("", text).is_ok()
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $kind:literal) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                check($kind, text)?;
                Ok(Self(text.into()))
            }
        }

        impl TryFrom<&str> for $name {
            type Error = IdError;

            fn try_from(text: &str) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        #[cfg(feature = "schema")]
        crate::schema::written!($name);

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> alloc::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "description": concat!("The id of the ", $kind, "."),
                    "type": "string",
                    "pattern": "^[A-Za-z0-9_-]{1,64}$",
                })
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}

id! {
    /// Names an invoice.
    ///
    /// ```
    /// use bitpay_core::id::InvoiceId;
    ///
    /// assert!("G3viJEJgE8Jk2oekSdgT2A".parse::<InvoiceId>().is_ok());
    /// for hostile in ["", "../tokens", "x?token=y", "a%2fb"] {
    ///     assert!(hostile.parse::<InvoiceId>().is_err());
    /// }
    /// ```
    InvoiceId, "invoice"
}

id! {
    /// Names a refund.
    RefundId, "refund"
}

id! {
    /// Names a bill.
    BillId, "bill"
}

id! {
    /// Names a subscription.
    SubscriptionId, "subscription"
}

id! {
    /// Names an entry of a ledger.
    LedgerEntryId, "ledger entry"
}

id! {
    /// Names a settlement.
    SettlementId, "settlement"
}

id! {
    /// Names a payout.
    PayoutId, "payout"
}

id! {
    /// Names payouts that were made together.
    PayoutGroupId, "payout group"
}

id! {
    /// Names a recipient of payouts.
    RecipientId, "recipient"
}

id! {
    /// Names a person who has a BitPay account.
    ShopperId, "shopper"
}

impl InvoiceId {
    /// An id that no invoice has: to ask whether a token works.
    pub(crate) fn of_none() -> Self {
        Self("1111111111111111111111".into())
    }
}
