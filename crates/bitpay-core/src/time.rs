//! Instants and days.
//!
//! BitPay writes an invoice's times as epoch milliseconds and all others as ISO 8601. Both forms are read
//! everywhere, so that a change from one to the other breaks nothing; each field is written in its own
//! form. [`Millis`] and [`Iso`] are for `#[serde(with = "..")]`; [`MaybeMillis`] and [`MaybeIso`] (with
//! `#[serde(default)]`) take `null` for absent.

use alloc::boxed::Box;
use alloc::string::String;

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::Serializer;
use serde_json::value::RawValue;

use crate::amount::{Amount, scalar_text, text_of};
use crate::json;

/// An instant, with nanoseconds and in no time zone.
pub use jiff::Timestamp;
/// A day without a time of day, for the date filters of lists: prints and parses as `YYYY-MM-DD`.
///
/// In which time zone BitPay's days begin, and whether a window's last day is part of it, is not
/// documented: ask for a day more and drop what is too much.
pub use jiff::civil::Date;

/// Reads a number or a string of one as epoch milliseconds, and other text as RFC 3339. What names no
/// zone, or a day alone, is UTC, as are all of BitPay's times.
///
/// What is less than a millisecond is dropped, as it could not be written again.
///
/// `None` where it is neither, or out of range (years -9999 to 9999).
#[must_use]
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(parse_exactly(text)?.as_millisecond()).ok()
}

fn parse_exactly(text: &str) -> Option<Timestamp> {
    // Most are whole milliseconds, which need no decimal.
    if text.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(millis) = text.parse()
    {
        return Timestamp::from_millisecond(millis).ok();
    }
    let Ok(millis) = text.parse::<Amount>() else {
        let in_utc = |text: &str| {
            let time: DateTime = text.parse().ok()?;
            jiff::tz::TimeZone::UTC.to_timestamp(time).ok()
        };
        return text.parse().ok().or_else(|| in_utc(text));
    };
    let nanos = millis
        .decimal()
        .checked_mul(Decimal::from(1_000_000))?
        .floor()
        .to_i128()?;
    Timestamp::from_nanosecond(nanos).ok()
}

fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    parse(&scalar_text(deserializer)?).ok_or_else(|| D::Error::custom(NO_TIME))
}

const NO_TIME: &str =
    "not a time: neither epoch milliseconds nor RFC 3339 such as 2021-05-10T18:04:14.224Z";

fn maybe<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    let Some(raw) = raw.filter(|raw| !json::is_nothing(raw)) else {
        return Ok(None);
    };
    let text = text_of(raw).map_err(D::Error::custom)?;
    parse(&text)
        .map(Some)
        .ok_or_else(|| D::Error::custom(NO_TIME))
}

fn write_millis<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.as_millisecond())
}

fn write_iso<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.3}"))
}

/// Defines the types of a form.
macro_rules! form {
    ($(#[$meta:meta])* $name:ident, $(#[$maybe_meta:meta])* $maybe:ident, $written:literal, $write:expr) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl $name {
            /// Reads either form.
            ///
            /// # Errors
            /// Neither epoch milliseconds nor RFC 3339.
            pub fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Timestamp, D::Error> {
                required(deserializer)
            }

            #[doc = concat!("Writes ", $written, ".")]
            ///
            /// # Errors
            /// The serializer's own.
            pub fn serialize<S: Serializer>(
                time: &Timestamp,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $write(time, serializer)
            }
        }

        $(#[$maybe_meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $maybe;

        impl $maybe {
            /// Reads either form, and `null` and an empty text as `None`.
            ///
            /// # Errors
            /// Neither epoch milliseconds nor RFC 3339.
            pub fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Option<Timestamp>, D::Error> {
                maybe(deserializer)
            }

            #[doc = concat!("Writes ", $written, ", or `null`.")]
            ///
            /// # Errors
            /// The serializer's own.
            pub fn serialize<S: Serializer>(
                time: &Option<Timestamp>,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                match time {
                    Some(time) => $write(time, serializer),
                    None => serializer.serialize_none(),
                }
            }
        }
    };
}

form! {
    /// For `#[serde(with = "..")]`: written as epoch milliseconds, `1620669854224`.
    Millis,
    /// [`Millis`] for an `Option`.
    MaybeMillis,
    "epoch milliseconds",
    write_millis
}

form! {
    /// For `#[serde(with = "..")]`: written as ISO 8601 in UTC with milliseconds,
    /// `2021-05-10T18:04:14.224Z`.
    Iso,
    /// [`Iso`] for an `Option`.
    MaybeIso,
    "`YYYY-MM-DDTHH:MM:SS.mmmZ`",
    write_iso
}

/// A day in a body: written as `YYYY-MM-DD`; of a time with a day, such as official SDKs send, the day
/// is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day(pub(crate) Date);

impl serde::Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = text.split(['T', ' ']).next().unwrap_or_default();
        day.parse().map(Self).map_err(D::Error::custom)
    }
}
