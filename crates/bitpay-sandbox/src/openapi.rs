//! The description of the API in OpenAPI 3.1, from the table and the types.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bitpay_core::operation::{Place, Signing, TokenPlace};
use bitpay_core::schema::schemars::SchemaGenerator;
use bitpay_core::schema::schemars::generate::SchemaSettings;
use bitpay_core::schema::{OperationSchema, operations};
use bitpay_core::webhook::{InvoiceEvent, PayoutEvent, RecipientEvent, RefundEvent};
use http::StatusCode;
use serde_json::{Map, Value, json};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

const ABOUT: &str = "What is known of BitPay's merchant API, as its sandbox answers it. It is made from \
the table of operations and from the types of an independent client, and is not by BitPay.\n\n\
Answers are described in every form that the client reads: fields that are not named here may be there, \
and values of an enumeration may be new. Fields of requests that are not given are left out: they are not \
null, and not empty.\n\n\
A signed request has the header `x-identity`, the caller's compressed public key on secp256k1 in hex, and \
`x-signature`, an ECDSA signature in DER and hex over the SHA-256 of the whole URL followed by the body.";

/// The description of everything that the sandbox answers as BitPay, in OpenAPI 3.1, with these servers.
/// The sandbox answers it at `/openapi.json`.
///
/// Its own calls below `/sandbox/` and its pages are not in it: BitPay does not have them.
///
/// ```
/// let api = bitpay_sandbox::openapi(&["https://test.bitpay.com"]);
/// assert_eq!(api["openapi"], "3.1.0");
/// assert_eq!(api["paths"]["/invoices"]["post"]["operationId"], "create_invoice");
/// ```
#[must_use]
pub fn openapi(servers: &[&str]) -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    // What is done by the same method at the same path is one thing to OpenAPI.
    let mut paths: BTreeMap<String, BTreeMap<String, Vec<OperationSchema>>> = BTreeMap::new();
    for operation in operations(&mut generator) {
        let row = operation.operation;
        let method = row.method.as_str().to_ascii_lowercase();
        let methods = paths.entry(format!("/{}", row.path)).or_default();
        methods.entry(method).or_default().push(operation);
    }
    let paths: Map<String, Value> = paths
        .iter()
        .map(|(path, methods)| {
            let methods: Map<String, Value> = methods
                .iter()
                .map(|(method, operations)| (method.clone(), described(operations)))
                .collect();
            (path.clone(), methods.into())
        })
        .collect();
    let webhooks = webhooks(&mut generator);
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Error".to_owned(), error());
    let servers: Vec<Value> = servers.iter().map(|url| json!({ "url": url })).collect();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": DIALECT,
        "info": {
            "title": "BitPay's merchant API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": servers,
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            "schemas": schemas,
            "responses": { "Error": {
                "description": "Refused, or failed. BitPay answers many ordinary mistakes with 500.",
                "content": { "application/json": { "schema": reference("Error") } },
            } },
            "securitySchemes": {
                "identity": {
                    "type": "apiKey", "in": "header", "name": "x-identity",
                    "description": "The caller's compressed public key on secp256k1, in hex.",
                },
                "signature": {
                    "type": "apiKey", "in": "header", "name": "x-signature",
                    "description": "The caller's signature over the whole URL and the body, in DER and hex.",
                },
            },
        },
    })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

/// One of several, or the only one.
fn any(mut all: Vec<Value>) -> Value {
    all.dedup();
    match all.len() {
        1 => all.remove(0),
        _ => json!({ "anyOf": all }),
    }
}

/// What is done at a path by a method.
fn described(operations: &[OperationSchema]) -> Value {
    let rows = || operations.iter().map(|it| it.operation);
    let join = |texts: Vec<&str>, between: &str| texts.join(between);
    let mut described = json!({
        "operationId": join(rows().map(|row| row.name).collect(), "_or_"),
        "summary": join(rows().map(|row| row.doc).collect(), " Or: "),
        "externalDocs": { "url": rows().map(|row| row.link).next() },
        "tags": [rows().find_map(|row| row.path.split('/').next())],
        "x-operations": rows().map(|row| row.name).collect::<Vec<_>>(),
        "x-facades": rows()
            .flat_map(|row| row.facades)
            .map(ToString::to_string)
            .collect::<std::collections::BTreeSet<_>>(),
        "security": security(operations),
        "parameters": parameters(operations),
        "responses": responses(operations),
    });
    let bodies: Vec<Value> = operations
        .iter()
        .filter_map(OperationSchema::body)
        .map(|body| body.to_value())
        .collect();
    if !bodies.is_empty() {
        let required = bodies.len() == operations.len();
        described["requestBody"] = json!({
            "required": required,
            "content": { "application/json": { "schema": any(bodies) } },
        });
    }
    described
}

fn security(operations: &[OperationSchema]) -> Value {
    let signed = json!({ "identity": [], "signature": [] });
    let mut ways: Vec<Value> = operations
        .iter()
        .flat_map(|it| match (it.operation.signing, &signed) {
            (Signing::Never, _) => vec![json!({})],
            (Signing::Always, signed) => vec![signed.clone()],
            (_, signed) => vec![json!({}), signed.clone()],
        })
        .collect();
    ways.sort_by_key(Value::to_string);
    ways.dedup();
    ways.into()
}

fn parameters(operations: &[OperationSchema]) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for operation in operations {
        let token = match operation.operation.token {
            TokenPlace::Query => Some(("query", "The token of the facade.")),
            TokenPlace::ResourceQuery => Some(("query", "The token of the resource.")),
            TokenPlace::Path => Some(("path", "The token.")),
            _ => None,
        };
        let token = token.map(|(place, doc)| {
            json!({
                "name": "token", "in": place, "description": doc,
                // One of several at this path may go without.
                "required": place == "path" || operations.len() == 1,
                "schema": { "type": "string" },
            })
        });
        let others = operation.request().filter_map(|(parameter, schema)| {
            let place = match parameter.place {
                Place::Path => "path",
                Place::Query => "query",
                _ => return None,
            };
            Some(json!({
                "name": parameter.name,
                "in": place,
                "description": parameter.doc,
                "required": parameter.required,
                "schema": schema,
            }))
        });
        for parameter in token.into_iter().chain(others) {
            let same = |it: &Value| it["name"] == parameter["name"] && it["in"] == parameter["in"];
            if !all.iter().any(same) {
                all.push(parameter);
            }
        }
    }
    all
}

fn responses(operations: &[OperationSchema]) -> Value {
    let answers = operations.iter().map(|it| it.answer_body().to_value());
    let schema = any(answers.collect());
    let mut content = json!({ "application/json": { "schema": schema } });
    if operations
        .iter()
        .any(|it| it.operation.name == "subscribe_invoice_events")
    {
        content["text/event-stream"] = json!({
            "schema": {
                "type": "string",
                "description": "Events whose data is an object with the invoice's state.",
            },
        });
        content["application/json"]["schema"] = json!({
            "type": "object",
            "description": "Nothing will happen any more.",
        });
    }
    let error = json!({ "$ref": "#/components/responses/Error" });
    let mut responses = json!({ "200": { "description": "Done.", "content": content } });
    for status in [
        StatusCode::BAD_REQUEST,
        StatusCode::NOT_FOUND,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INTERNAL_SERVER_ERROR,
    ] {
        responses[status.as_str()] = error.clone();
    }
    responses
}

/// Every form in which BitPay refuses.
fn error() -> Value {
    let text = json!({ "type": "string" });
    let coded = |name: &str| {
        json!({
            "type": "object",
            "properties": {
                "status": { "const": "error" },
                "code": {
                    "type": "string",
                    "description": "Two digits for the method, two for the resource, two for the error.",
                },
                "data": { "type": ["object", "null"] },
                name: text,
            },
            "required": ["status", name],
        })
    };
    json!({ "anyOf": [
        {
            "type": "object",
            "properties": { "error": text },
            "required": ["error"],
        },
        {
            "type": "object",
            "properties": { "error": {
                "type": "object",
                "properties": { "type": text, "message": text },
                "required": ["type", "message"],
            } },
            "required": ["error"],
        },
        {
            "type": "object",
            "properties": { "errors": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": { "error": text, "param": text },
                    "required": ["error", "param"],
                },
            } },
            "required": ["errors"],
        },
        coded("error"),
        coded("message"),
    ] })
}

fn webhooks(generator: &mut SchemaGenerator) -> Value {
    let mut webhooks = Map::new();
    let all: [(&str, Cow<'_, str>, Value); 4] = [
        (
            "invoice",
            "an invoice".into(),
            generator.subschema_for::<InvoiceEvent>().to_value(),
        ),
        (
            "refund",
            "a refund".into(),
            generator.subschema_for::<RefundEvent>().to_value(),
        ),
        (
            "payout",
            "a payout".into(),
            generator.subschema_for::<PayoutEvent>().to_value(),
        ),
        (
            "recipient",
            "a recipient".into(),
            generator.subschema_for::<RecipientEvent>().to_value(),
        ),
    ];
    for (name, what, schema) in all {
        let post = json!({
            "operationId": format!("{name}_webhook"),
            "summary": format!("Something happened to {what}. It is a trigger: fetch what it names."),
            "parameters": [{
                "name": "x-signature", "in": "header", "required": false,
                "description": "HMAC-SHA256 of the raw body, in base64, by the token of the facade that made it.",
                "schema": { "type": "string" },
            }],
            "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": schema } },
            },
            "responses": {
                "200": { "description": "Taken. After anything else it is sent again." },
            },
        });
        webhooks.insert(name.to_owned(), json!({ "post": post }));
    }
    webhooks.into()
}
