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

pub mod currency;
pub mod invoice;
pub mod ledger;
pub mod rate;
pub mod refund;
pub mod settlement;

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

/// Readers for fields of which BitPay sends more than one form.
mod lenient {
    use alloc::boxed::Box;
    use alloc::string::String;

    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde_json::value::RawValue;

    use crate::amount::{SubUnits, scalar_text};

    /// `null` is the default.
    pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
        T: Deserialize<'de> + Default,
    {
        Option::deserialize(deserializer).map(Option::unwrap_or_default)
    }

    /// A string, or a number or boolean as its text.
    pub(super) fn text<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<String>, D::Error> {
        let Some(raw) = Option::<Box<RawValue>>::deserialize(deserializer)? else {
            return Ok(None);
        };
        if raw.get().starts_with(['{', '[']) {
            return Err(D::Error::custom("neither a string nor a number"));
        }
        scalar_text(&*raw).map(Some).map_err(D::Error::custom)
    }

    /// A count as a number (`6`, `6.0`) or a string of one.
    pub(super) fn count<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<u32>, D::Error> {
        Option::<SubUnits>::deserialize(deserializer)?
            .map(|count| u32::try_from(count.get()).map_err(D::Error::custom))
            .transpose()
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
