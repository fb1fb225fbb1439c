//! JSON schemas (draft 2020-12) of what BitPay answers, of what it is asked, and of its webhooks. Behind
//! the feature `schema`.
//!
//! Every model implements [`JsonSchema`]. Its schema is that of the fields that this version knows, in every
//! form that it reads: numbers and texts of numbers, `null` for absent, values of an enum that are not known
//! yet. Fields that are not known are allowed everywhere.
//!
//! ```
//! use bitpay_core::model::refund::Refund;
//! use bitpay_core::schema::schemars::schema_for;
//!
//! let schema = schema_for!(Refund).to_value();
//! assert_eq!(schema["required"], serde_json::json!(["id", "invoice", "status", "amount"]));
//! ```
//!
//! With a generator [for writing](schemars::generate::SchemaSettings::for_serialize), a schema is that of
//! what this crate writes, in its one form.
//!
//! [`operations`] describes every operation: the parts of its request, and its answer.

use alloc::borrow::{Cow, ToOwned};
use alloc::vec::Vec;

pub use schemars;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, json};

use crate::operation::{Endpoint, Operation, Parameter, Place, TokenPlace};

mod generated;
mod values;

pub use generated::operations;
pub(crate) use values::{Written, written};

/// An operation and the schemas of what it takes and gives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OperationSchema {
    /// The operation.
    pub operation: &'static Operation,
    /// The schema of each of [`Operation::parameters`], in their order, as it is written. They are whole:
    /// they refer to no definitions.
    pub parameters: Vec<Schema>,
    /// The schema of what the answer holds, in every form that is read. It refers to definitions of the
    /// generator that made it.
    pub answer: Schema,
}

impl OperationSchema {
    /// Each part of the request with its schema.
    pub fn request(&self) -> impl Iterator<Item = (&'static Parameter, &Schema)> {
        self.operation.parameters.iter().zip(&self.parameters)
    }

    /// The schema of the body, a JSON object; `None` where the request has no body. The token is in it
    /// where it goes into the body.
    ///
    /// ```
    /// use bitpay_core::schema::{operations, schemars::SchemaGenerator};
    ///
    /// let all = operations(&mut SchemaGenerator::default());
    /// let refund = all.iter().find(|it| it.operation.name == "create_refund").unwrap();
    /// let body = refund.body().unwrap().to_value();
    /// let required = ["token", "guid", "invoiceId", "amount"];
    /// assert_eq!(body["required"], serde_json::json!(required));
    /// assert_eq!(body["properties"]["reference"]["type"], "string");
    /// ```
    #[must_use]
    pub fn body(&self) -> Option<Schema> {
        let mut properties = Map::new();
        let mut required = Vec::new();
        if matches!(
            self.operation.token,
            TokenPlace::Body | TokenPlace::ResourceBody
        ) {
            properties.insert("token".to_owned(), json!({ "type": "string" }));
            required.push("token");
        }
        for (parameter, schema) in self.request() {
            if parameter.place == Place::Body {
                properties.insert(parameter.name.to_owned(), schema.clone().to_value());
                if parameter.required {
                    required.push(parameter.name);
                }
            }
        }
        (!properties.is_empty()).then(
            || json_schema!({ "type": "object", "properties": properties, "required": required }),
        )
    }

    /// The schema of the body of the answer: the data in its envelope, or without one, which is read as
    /// well.
    #[must_use]
    pub fn answer_body(&self) -> Schema {
        let enveloped = json!({
            "type": "object",
            "properties": {
                "facade": { "type": "string" },
                "data": self.answer,
                "status": { "enum": ["success"] },
                "message": { "type": ["string", "null"] },
            },
            "required": ["data"],
        });
        let bare = json!({ "allOf": [self.answer, { "not": { "type": "object", "required": ["data"] } }] });
        json_schema!({ "anyOf": [enveloped, bare] })
    }

    fn new<E: Endpoint>(mut parameters: Vec<Schema>, answers: &mut SchemaGenerator) -> Self
    where
        E::Response: JsonSchema,
    {
        // What the field is says more than what its type is.
        for (parameter, schema) in E::OPERATION.parameters.iter().zip(&mut parameters) {
            schema.insert("description".to_owned(), parameter.doc.into());
        }
        Self {
            operation: E::OPERATION,
            parameters,
            answer: answers.subschema_for::<E::Response>(),
        }
    }
}

/// A generator for the parts of requests: what is written, without definitions.
fn requests() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
}

/// The schema of a field of a request; the field says of which type it is.
fn required<R, T: Written>(_: fn(&R) -> &T, generator: &mut SchemaGenerator) -> Schema {
    T::schema(generator)
}

/// As [`required`], of a field that is written when it is set.
fn optional<R, T: Written>(_: fn(&R) -> &Option<T>, generator: &mut SchemaGenerator) -> Schema {
    T::schema(generator)
}

/// What stands for nothing where something may be.
pub(crate) struct Nothing;

impl JsonSchema for Nothing {
    fn schema_name() -> Cow<'static, str> {
        "Nothing".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Absent: null, or an empty thing of another kind.",
            "enum": [null, "", [], false],
        })
    }
}

/// A schema, or nothing.
pub(crate) fn or_nothing(generator: &mut SchemaGenerator, schema: Schema) -> Schema {
    json_schema!({ "anyOf": [schema, generator.subschema_for::<Nothing>()] })
}

/// The schema of an enum whose values grow: what is known of it, and any other text.
pub(crate) fn open_enum<Known: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let mut known = Known::json_schema(generator);
    let description = known.remove("description");
    let mut schema = json_schema!({ "anyOf": [known, { "type": "string" }] });
    if let Some(description) = description {
        schema.insert("description".to_owned(), description);
    }
    schema
}
