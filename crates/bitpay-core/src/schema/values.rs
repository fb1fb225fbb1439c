//! Schemas of values, which have readers of their own.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::or_nothing;
use crate::amount::{Amount, Rate, SubUnits};
use crate::by_currency::ByCurrency;
use crate::currency::Currency;
use crate::facade::Facade;
use crate::guid::Guid;
use crate::model::Acknowledged;
use crate::model::bill::DueDate;
use crate::model::invoice::Buyer;
use crate::model::ledger::LedgerCode;
use crate::model::subscription::BillData;
use crate::model::token_sin::LinkedSin;
use crate::pairing::{ApprovedToken, PairingCode};
use crate::raw::RawData;
use crate::sin::Sin;
use crate::time::{Date, Day, Iso, MaybeIso, MaybeMillis, Millis};
use crate::token::ResourceToken;

/// Implements [`JsonSchema`]: its name, what is read and what is written.
macro_rules! schema {
    ($(@$param:ident: $bound:ident)? $type:ty, $name:literal, inline: $inline:literal,
     |$generator:ident| $read:expr, $written:expr $(,)?) => {
        impl$(<$param: $bound>)? JsonSchema for $type {
            fn inline_schema() -> bool {
                $inline
            }

            fn schema_name() -> Cow<'static, str> {
                $name.into()
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

/// Texts of numbers, as they are read.
const NUMBER: &str = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$";

schema! {
    Amount, "Amount", inline: false,
    |_generator| json_schema!({
        "description": "A decimal of at most 28 digits, exactly, in units of its currency; a text of one is read as well.",
        "type": ["number", "string"],
        "format": "decimal",
        "pattern": NUMBER,
    }),
    json_schema!({ "type": "number", "format": "decimal" }),
}

schema! {
    SubUnits, "SubUnits", inline: false,
    |_generator| json_schema!({
        "description": "A whole number in the smallest unit of its currency, which may exceed 64 bits; a text of one is read as well.",
        "type": ["integer", "string"],
        "format": "sub-units",
        "pattern": NUMBER,
    }),
    json_schema!({ "type": "integer", "format": "sub-units" }),
}

schema! {
    Rate, "Rate", inline: false,
    |_generator| json_schema!({
        "description": "An exchange rate with as many digits as BitPay sends; a text of one is read as well.",
        "type": ["number", "string"],
        "format": "rate",
        "pattern": NUMBER,
    }),
    json_schema!({ "type": "number", "format": "rate" }),
}

schema! {
    Currency, "Currency", inline: false,
    |_generator| json_schema!({
        "description": "A currency's code. BitPay adds new ones without notice.",
        "type": "string",
        "examples": ["USD", "BTC", "USDC_m"],
    }),
    json_schema!({
        "description": "A currency's code.",
        "type": "string",
        "format": "currency",
        "pattern": "^[A-Za-z0-9_]{3,16}$",
    }),
}

schema! {
    @T: JsonSchema ByCurrency<T>, "ByCurrency", inline: true,
    |generator| {
        let entry = generator.subschema_for::<T>();
        let map = json_schema!({
            "type": "object",
            "additionalProperties": { "anyOf": [entry, { "type": "null" }] },
        });
        or_nothing(generator, map)
    },
    json_schema!({
        "type": "object",
        "additionalProperties": generator.subschema_for::<T>(),
    }),
}

/// A text that is the same whether it is read or written.
macro_rules! texts {
    ($($type:ty, $name:literal, $format:literal, $description:literal, $pattern:literal;)*) => { $(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "description": $description,
                    "type": "string",
                    "format": $format,
                    "pattern": $pattern,
                })
            }
        }
    )* };
}

texts! {
    Guid, "Guid", "guid", "The caller's own name for what a request makes; not `.` or `..`.", "^[A-Za-z0-9._-]{1,128}$";
    Sin, "Sin", "sin", "The name of a key, with a checksum.", "^T[1-9A-HJ-NP-Za-km-z]{34}$";
    PairingCode, "PairingCode", "pairing-code", "A code that pairs once.", "^[A-Za-z0-9]{7}$";
    Day, "Day", "date", "A day.", "^[0-9]{4}-[0-9]{2}-[0-9]{2}";
}

impl<R> JsonSchema for ResourceToken<R> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ResourceToken".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl JsonSchema for RawData {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RawData".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({})
    }
}

impl JsonSchema for Facade {
    fn schema_name() -> Cow<'static, str> {
        "Facade".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": Self::ALL.map(Self::as_str) })
    }
}

/// An instant in either form.
fn instant() -> Schema {
    json_schema!({
        "description": "An instant: RFC 3339, or epoch milliseconds as a number or a text.",
        "type": ["string", "integer"],
        "format": "instant",
        "examples": ["2021-05-10T18:04:14.224Z", 1_620_669_854_224_i64],
    })
}

fn written_iso() -> Schema {
    json_schema!({ "type": "string", "format": "date-time" })
}

fn written_millis() -> Schema {
    json_schema!({ "description": "Epoch milliseconds.", "type": "integer" })
}

schema!(Iso, "Iso", inline: true, |_generator| instant(), written_iso());
schema!(Millis, "Millis", inline: true, |_generator| instant(), written_millis());
schema! {
    MaybeIso, "MaybeIso", inline: true,
    |generator| or_nothing(generator, instant()),
    written_iso(),
}
schema! {
    MaybeMillis, "MaybeMillis", inline: true,
    |generator| or_nothing(generator, instant()),
    written_millis(),
}

fn date() -> Schema {
    json_schema!({ "type": "string", "format": "date" })
}

schema! {
    DueDate, "DueDate", inline: false,
    |_generator| json_schema!({
        "description": "A day, or an instant.",
        "anyOf": [date(), instant()],
    }),
    json_schema!({ "anyOf": [date(), written_iso()] }),
}

schema! {
    LedgerCode, "LedgerCode", inline: false,
    |_generator| json_schema!({
        "description": "What kind of movement an entry is; a text of the number is read as well.",
        "type": ["integer", "string"],
        "format": "count",
        "minimum": 0,
        "maximum": u32::MAX,
        "pattern": "^[0-9]+$",
        "examples": [1000, 1023],
    }),
    json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
}

schema! {
    Acknowledged, "Acknowledged", inline: false,
    |_generator| json_schema!({
        "description": "Anything but a refusal.",
        "anyOf": [
            { "const": "Success" },
            { "type": "object", "properties": { "success": { "const": true } } },
        ],
    }),
    json_schema!({ "const": "Success" }),
}

schema! {
    LinkedSin, "LinkedSin", inline: false,
    |generator| {
        let sin = generator.subschema_for::<Sin>();
        json_schema!({
            "description": "A key that may use the token. BitPay does not document the form.",
            "anyOf": [
                sin,
                { "type": "object", "properties": { "sin": sin }, "required": ["sin"] },
                { "type": "object", "properties": { "id": sin }, "required": ["id"] },
            ],
        })
    },
    generator.subschema_for::<Sin>(),
}

schema! {
    ApprovedToken, "ApprovedToken", inline: false,
    |_generator| json_schema!({
        "description": "A token under the name of its facade.",
        "type": "object",
        "additionalProperties": { "type": "string" },
        "minProperties": 1,
    }),
    json_schema!({
        "type": "object",
        "additionalProperties": { "type": "string" },
        "minProperties": 1,
        "maxProperties": 1,
    }),
}

/// What a part of a request may be. Not all are types of this crate.
pub(crate) trait Written {
    fn schema(generator: &mut SchemaGenerator) -> Schema;
}

impl Written for Date {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        date()
    }
}

impl<T: JsonSchema> Written for Vec<T> {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Self>()
    }
}

/// Lets types be a part of a request: for ids and open enums, their macros do it.
macro_rules! written {
    ($($type:ty),* $(,)?) => { $(
        impl crate::schema::Written for $type {
            fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                generator.subschema_for::<Self>()
            }
        }
    )* };
}

pub(crate) use written;

written! {
    bool, u32, String, Amount, Currency, Facade, Guid, PairingCode, Sin, Day, DueDate, Buyer, BillData,
}
