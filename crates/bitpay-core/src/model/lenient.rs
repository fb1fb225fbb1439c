//! Fields of which BitPay sends more than one form. Each is a type for `#[serde(with = "..")]`, so that what
//! is read stands beside what the schema says of it.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::amount::{SubUnits, scalar_text};
use crate::json;

/// The JSON of a field, or `None` where there is nothing in it: `null`, and what stands for it where
/// a language has no other word for an empty thing.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    Ok(raw.filter(|raw| raw.get() != r#""""#))
}

/// An optional value that is written as it is.
macro_rules! written {
    ($type:ty) => {
        pub(crate) fn serialize<S: Serializer>(
            value: &$type,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            value.serialize(serializer)
        }
    };
}

/// A text; what is none is read as its JSON.
pub(crate) struct Text;

impl Text {
    written!(Option<String>);

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<String>, D::Error> {
        Option::<Box<RawValue>>::deserialize(deserializer)?
            .map(|raw| scalar_text(&*raw).map_err(D::Error::custom))
            .transpose()
    }
}

/// A text that is empty where it is not there.
pub(crate) struct Words;

impl Words {
    written!(String);

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<String, D::Error> {
        Text::deserialize(deserializer).map(Option::unwrap_or_default)
    }
}

/// A boolean, as such or as a text.
pub(crate) struct Flag;

impl Flag {
    written!(Option<bool>);

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<bool>, D::Error> {
        let Some(raw) = given(deserializer)? else {
            return Ok(None);
        };
        match raw.get().trim_matches('"') {
            "true" | "True" | "1" => Ok(Some(true)),
            "false" | "False" | "0" => Ok(Some(false)),
            _ => Err(D::Error::custom("neither true nor false")),
        }
    }
}

/// A count as a number (`6`, `6.0`) or as a text of one.
pub(crate) struct Count;

impl Count {
    written!(Option<u32>);

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<u32>, D::Error> {
        Given::<SubUnits>::deserialize(deserializer)?
            .map(|count| u32::try_from(count.get()).map_err(D::Error::custom))
            .transpose()
    }
}

/// A count that must be there.
pub(crate) struct Quantity;

impl Quantity {
    written!(u32);

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        Count::deserialize(deserializer)?.ok_or_else(|| D::Error::custom("null is no quantity"))
    }
}

/// A value of a form of its own, such as an id or an amount. Of an empty text nothing could be made.
pub(crate) struct Given<T>(PhantomData<T>);

impl<T: DeserializeOwned + Serialize> Given<T> {
    written!(Option<T>);

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        let raw = given(deserializer)?;
        raw.map(|raw| serde_json::from_str(raw.get()).map_err(D::Error::custom))
            .transpose()
    }
}

/// An object. PHP writes an empty one as an empty list; nothing may be `false` as well.
pub(crate) struct Object<T>(PhantomData<T>);

impl<T: DeserializeOwned + Serialize> Object<T> {
    written!(Option<T>);

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        let Some(raw) = given(deserializer)? else {
            return Ok(None);
        };
        match raw.get() {
            "[]" | "false" => Ok(None),
            text => json::read(text).map(Some).map_err(D::Error::custom),
        }
    }
}

/// A list, empty where it is not there.
pub(crate) struct List<T>(PhantomData<T>);

impl<T: DeserializeOwned + Serialize> List<T> {
    written!([T]);

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        Option::deserialize(deserializer).map(Option::unwrap_or_default)
    }
}

/// Several things or one, which then stands for a list of one.
pub(crate) struct OneOrMore<T>(PhantomData<T>);

impl<T: DeserializeOwned + Serialize> OneOrMore<T> {
    pub(crate) fn serialize<S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
        match values {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        let Some(raw) = given(deserializer)? else {
            return Ok(Vec::new());
        };
        match raw.get() {
            "{}" | "false" => Ok(Vec::new()),
            text if text.starts_with('[') => json::read(text).map_err(D::Error::custom),
            text => {
                let one = json::read(text).map_err(D::Error::custom)?;
                Ok(alloc::vec![one])
            }
        }
    }
}
