//! Fields of which BitPay sends more than one form. Each is a type for `#[serde(with = "..")]`, so that what
//! is read stands beside what the schema says of it.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::amount::{SubUnits, text_of};
use crate::json;

/// The JSON of a field, or `None` where there is nothing in it.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    Ok(raw.filter(|raw| !json::is_nothing(raw)))
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
            .map(|raw| text_of(raw).map_err(D::Error::custom))
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
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Flag {
    type Value = Option<bool>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, it: D) -> Result<Self::Value, D::Error> {
        it.deserialize_any(self)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Self::Value, E> {
        Ok(Some(it))
    }

    fn visit_u64<E: de::Error>(self, it: u64) -> Result<Self::Value, E> {
        match it {
            0 => Ok(Some(false)),
            1 => Ok(Some(true)),
            _ => Err(E::custom("neither true nor false")),
        }
    }

    fn visit_str<E: de::Error>(self, it: &str) -> Result<Self::Value, E> {
        match it {
            "" => Ok(None),
            "true" | "True" | "1" => Ok(Some(true)),
            "false" | "False" | "0" => Ok(Some(false)),
            _ => Err(E::custom("neither true nor false")),
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

/// An object.
pub(crate) struct Object<T>(PhantomData<T>);

impl<T: DeserializeOwned + Serialize> Object<T> {
    written!(Option<T>);

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        let raw = given(deserializer)?;
        raw.map(|raw| json::read(raw.get()).map_err(D::Error::custom))
            .transpose()
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
    written!([T]);

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        let Some(raw) = given(deserializer)? else {
            return Ok(Vec::new());
        };
        match raw.get() {
            "{}" => Ok(Vec::new()),
            text if text.starts_with('[') => json::read(text).map_err(D::Error::custom),
            text => {
                let one = json::read(text).map_err(D::Error::custom)?;
                Ok(alloc::vec![one])
            }
        }
    }
}

#[cfg(feature = "schema")]
mod schema {
    use alloc::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Count, Flag, Given, List, Object, OneOrMore, Quantity, Text, Words};
    use crate::schema::or_nothing;

    /// What is read, and what is written: the first where the generator asks for that. Said in the place
    /// where it is used.
    macro_rules! in_place {
        ($(@$param:ident)? $name:ty: $generator:ident, $read:expr, $written:expr) => {
            impl$(<$param: JsonSchema>)? JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                    if $generator.contract().is_deserialize() {
                        $read
                    } else {
                        $written
                    }
                }
            }
        };
    }

    fn text() -> Schema {
        json_schema!({ "type": ["string", "number", "boolean", "null"] })
    }

    fn count() -> Schema {
        json_schema!({
            "type": ["integer", "string"],
            "format": "count",
            "minimum": 0,
            "maximum": u32::MAX,
            "pattern": "^[0-9]+$",
        })
    }

    in_place!(Text: _generator, text(), json_schema!({ "type": "string" }));
    in_place!(Words: _generator, text(), json_schema!({ "type": "string" }));
    in_place!(
        Flag: _generator,
        json_schema!({ "enum": [true, false, "true", "false", 1, 0, null, ""] }),
        json_schema!({ "type": "boolean" })
    );
    in_place!(Count: generator, or_nothing(generator, count()), generator.subschema_for::<u32>());
    in_place!(Quantity: generator, count(), generator.subschema_for::<u32>());
    in_place!(@T Given<T>: generator, {
        let given = generator.subschema_for::<T>();
        or_nothing(generator, given)
    }, generator.subschema_for::<T>());
    in_place!(@T Object<T>: generator, {
        let object = generator.subschema_for::<T>();
        or_nothing(generator, object)
    }, generator.subschema_for::<T>());
    in_place!(@T List<T>: generator, json_schema!({
        "type": ["array", "null"],
        "items": generator.subschema_for::<T>(),
    }), <[T]>::json_schema(generator));
    in_place!(@T OneOrMore<T>: generator, {
        let one = generator.subschema_for::<T>();
        let more = <[T]>::json_schema(generator);
        or_nothing(generator, json_schema!({ "anyOf": [one, more] }))
    }, <[T]>::json_schema(generator));
}
