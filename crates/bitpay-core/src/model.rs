//! What BitPay answers, and what it is asked.
//!
//! Answers are read leniently: unknown fields are ignored, `null` means absent, and what only some facades
//! or versions send is optional. Requests write what was set and nothing else.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer};

use crate::time::Date;

pub mod bill;
pub mod currency;
pub mod invoice;
pub mod ledger;
pub(crate) mod lenient;
pub mod payout;
pub mod rate;
pub mod recipient;
pub mod refund;
pub mod settlement;
pub mod subscription;
pub mod token_sin;
pub mod wallet;

/// A request that BitPay would refuse, or that would do what nobody wants; nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
#[non_exhaustive]
pub struct InvalidRequest {
    /// The field at fault, as it is named in the request's struct.
    pub field: &'static str,
    /// What is wrong with it and what would be right.
    pub problem: String,
}

impl InvalidRequest {
    pub(crate) fn new(field: &'static str, problem: impl fmt::Display) -> Self {
        Self {
            field,
            problem: problem.to_string(),
        }
    }
}

/// Refuses a window of days that ends before it begins. Each day comes with the name of its field.
pub(crate) fn check_window(
    (first, start): (&'static str, Date),
    (last, end): (&'static str, Date),
) -> Result<(), InvalidRequest> {
    if start > end {
        let problem = format_args!("{end} is before {first}, {start}");
        return Err(InvalidRequest::new(last, problem));
    }
    Ok(())
}

/// An address without an `@` is none; more is not judged here.
pub(crate) fn check_email(field: &'static str, email: &str) -> Result<(), InvalidRequest> {
    let (name, domain) = email.split_once('@').unwrap_or_default();
    if name.is_empty() || domain.is_empty() || email.contains(char::is_whitespace) {
        return Err(InvalidRequest::new(field, "is not an email address"));
    }
    Ok(())
}

/// How the answer to a create compares with what was asked.
///
/// BitPay answers a guid that it has seen with what it made then, whatever the new request says
/// (<https://developer.bitpay.com/reference/making-requests>).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Echo {
    /// The request's fields of which the answer says something else, as they are named in its struct.
    pub differs: Vec<&'static str>,
    /// How long before this answer the resource was made, by BitPay's own clock; `None` where the answer
    /// does not say. A resource made just now is younger than a few seconds.
    pub age: Option<Duration>,
}

impl Echo {
    /// Whether the answer is what was asked for: no field differs.
    #[must_use]
    pub fn matches(&self) -> bool {
        self.differs.is_empty()
    }

    /// Whether the resource was made longer before this answer than `allowed`.
    #[must_use]
    pub fn older_than(&self, allowed: Duration) -> bool {
        self.age.is_some_and(|age| age > allowed)
    }
}

/// The server did as it was told, and has nothing more to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acknowledged;

impl Serialize for Acknowledged {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("Success")
    }
}

impl<'de> Deserialize<'de> for Acknowledged {
    /// Takes any value: `"Success"`, `{}` and `{"success":true}` were seen.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer)?;
        Ok(Self)
    }
}

/// Chainable setters of a request's optional fields.
macro_rules! setters {
    ($($field:ident: $type:ty),* $(,)?) => { $(
        #[doc = concat!("Sets [`", stringify!($field), "`](#structfield.", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, $field: $type) -> Self {
            self.$field = Some($field);
            self
        }
    )* };
}

/// Chainable setters of a request's optional texts.
macro_rules! text_setters {
    ($($field:ident),* $(,)?) => { $(
        #[doc = concat!("Sets [`", stringify!($field), "`](#structfield.", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, $field: impl Into<alloc::string::String>) -> Self {
            self.$field = Some($field.into());
            self
        }
    )* };
}

pub(crate) use {setters, text_setters};
