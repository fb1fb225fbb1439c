//! Schemas of what webhooks bring: the whole body, in the forms that are read.

#![allow(
    clippy::extra_unused_type_parameters,
    reason = "a field is given to its reader with its type, which not all need"
)]

use alloc::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Event, InvoiceEvent, PayoutEvent, RecipientEvent, RefundEvent};
use crate::amount::Amount;
use crate::model::lenient::{Flag, Given, Text};
use crate::time::MaybeIso;

// Named after the readers of the fields.

pub(super) fn part<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Given<T>>()
}

pub(super) fn text<T>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Text>()
}

pub(super) fn moment<T>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<MaybeIso>()
}

pub(super) fn yes_or_no<T>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Flag>()
}

pub(super) fn transactions<T>(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["array", "null"],
        "items": {
            "type": "object",
            "properties": {
                "txid": text::<T>(generator),
                "amount": part::<Amount>(generator),
                "date": moment::<T>(generator),
            },
        },
    })
}

/// The data with the event beside it. That of an invoice comes alone as well, unless extended
/// notifications were asked for.
pub(super) fn body(generator: &mut SchemaGenerator, event: &str, data: Schema) -> Schema {
    let extended = json_schema!({
        "type": "object",
        "properties": {
            "event": {
                "type": "object",
                "properties": {
                    "code": {
                        "description": "https://developer.bitpay.com/reference/notification-codes",
                        "type": ["integer", "string"],
                    },
                    "name": { "type": "string" },
                    "timestamp": moment::<()>(generator),
                },
                "required": ["code"],
            },
            "data": data,
        },
        "required": ["event", "data"],
    });
    if event == "InvoiceEvent" {
        json_schema!({ "anyOf": [extended, data] })
    } else {
        extended
    }
}

/// The body of a webhook that this version knows.
impl JsonSchema for Event {
    fn schema_name() -> Cow<'static, str> {
        "WebhookEvent".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                generator.subschema_for::<InvoiceEvent>(),
                generator.subschema_for::<RefundEvent>(),
                generator.subschema_for::<PayoutEvent>(),
                generator.subschema_for::<RecipientEvent>(),
            ],
        })
    }
}
