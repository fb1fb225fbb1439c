//! Laws over every operation of the table, for whatever its schemas allow. A new row is covered as it is.
//!
//! - A request that can be built is read back equal by a server, is routed to its own operation, and is
//!   signed so that no byte of it can be changed.
//! - An answer that a schema allows is read, and what is written of it is read back equal.

use std::collections::BTreeMap;
use std::fmt::Debug;

use bitpay_core::call::{Call, Settings, Step};
use bitpay_core::key::PublicKey;
use bitpay_core::operation::{OPERATIONS, Place, route};
use bitpay_core::schema::schemars::SchemaGenerator;
use bitpay_core::schema::{OperationSchema, operations};
use bitpay_core::server::{EveryOperation, FromRequest, Received, visit_operations};
use bitpay_core::signature::{Digest, Signature};
use bitpay_core::time::Timestamp;
use bitpay_core::token::AnyToken;
use bitpay_core::{
    Allows, AnyGrant, Config, Credential, Facade, Guid, Identity, Operation, PrivateKey,
};
use serde::Serialize;
use serde_json::Value;

use crate::sent::TOKEN;
use maker::Maker;

mod maker;

/// So many requests and answers of each operation.
const CASES: usize = 48;

/// What each operation takes and gives, and the definitions that this refers to.
struct Schemas {
    operations: BTreeMap<&'static str, OperationSchema>,
    definitions: serde_json::Map<String, Value>,
}

impl Schemas {
    fn new() -> Self {
        let mut generator = SchemaGenerator::default();
        let operations = operations(&mut generator)
            .into_iter()
            .map(|schema| (schema.operation.name, schema))
            .collect();
        Self {
            operations,
            definitions: generator.take_definitions(true),
        }
    }
}

fn key() -> PrivateKey {
    PrivateKey::from_bytes(&[9; 32]).unwrap()
}

/// Everyone who may call it.
fn callers(operation: &Operation) -> Vec<AnyGrant> {
    let token = |facade| AnyToken::parse(facade, TOKEN).unwrap();
    let mut callers = Vec::new();
    for facade in operation.facades {
        match facade {
            Facade::Public => callers.push(AnyGrant::anonymous()),
            facade => callers.push(AnyGrant::new(token(*facade), key())),
        }
        if *facade == Facade::Pos {
            callers.push(AnyGrant::unsigned(token(*facade)));
        }
    }
    if operation.identity || operation.is_public() {
        callers.push(AnyGrant::identity(key()));
    }
    callers
}

/// A request as others may write it, of the parts that its schemas allow.
fn written(schema: &OperationSchema, maker: &mut Maker) -> (String, String) {
    let operation = schema.operation;
    let mut path = operation.path.replace("{token}", TOKEN);
    let mut query = Vec::new();
    let mut body = Vec::new();
    for (parameter, schema) in schema.request() {
        let given = parameter.required || maker.flip();
        let value = maker.named(parameter.name, schema.as_value());
        match parameter.place {
            Place::Path => {
                let place = format!("{{{}}}", parameter.name);
                path = path.replace(&place, &encoded(&value));
            }
            Place::Query if given => match serde_json::from_str(&value).unwrap() {
                Value::Array(list) => {
                    query.extend(list.iter().map(|one| (parameter.name, one.to_string())));
                }
                _ => query.push((parameter.name, value)),
            },
            Place::Body if given => body.push(format!("{:?}:{value}", parameter.name)),
            _ => {}
        }
    }
    use bitpay_core::operation::TokenPlace as At;
    match operation.token {
        At::Query => query.push(("token", format!("{TOKEN:?}"))),
        At::ResourceQuery => query.push(("token", maker.token())),
        At::Body => body.push(format!("\"token\":{TOKEN:?}")),
        At::ResourceBody => body.push(format!("\"token\":{}", maker.token())),
        _ => {}
    }
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    let body = if body.is_empty() {
        String::new()
    } else {
        format!("{{{}}}", body.join(","))
    };
    (format!("/{path}?{}", query.join("&")), body)
}

/// A JSON scalar as a part of an address.
fn encoded(json: &str) -> String {
    let text = match serde_json::from_str(json) {
        Ok(Value::String(text)) => text,
        _ => json.to_owned(),
    };
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes()
        .map(|byte| match plain(&byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// What a call sends, read back as a server does.
fn read_back<E>(request: &E, caller: &AnyGrant, every_byte: bool, maker: &mut Maker)
where
    E: FromRequest + Allows<AnyGrant> + PartialEq + Debug,
{
    let name = E::OPERATION.name;
    let config = Config::new("http://127.0.0.1:7777/prefix".parse().unwrap());
    let settings = Settings::new(&config).unwrap();
    let base = config.environment.base_url();
    let mut call = Call::new(request, &base, caller, &settings)
        .unwrap_or_else(|error| panic!("{name}: {error}: {request:?}"));
    let Step::Send(http) = call.step(Timestamp::UNIX_EPOCH, 0) else {
        panic!("{name}: nothing to send")
    };
    assert_eq!(http.method(), E::OPERATION.method);
    let target = http.uri().path_and_query().unwrap().as_str();
    let own = target.strip_prefix("/prefix").unwrap();
    let fallback = Guid::derived("not", "used");
    let received = Received::new(http.method().clone(), own, http.body(), fallback).unwrap();
    assert_eq!(route(&received), Some(E::OPERATION), "{name}: {own}");
    let read = E::from_request(&received)
        .unwrap_or_else(|error| panic!("{name}: {error}: {own} {:?}", http.body()));
    assert_eq!(&read, request, "{name}");

    let signature = http.headers().get("x-signature");
    let signed = !E::OPERATION.is_public() && caller.signer().is_some();
    assert_eq!(signature.is_some(), signed, "{name}");
    let Some(signature) = signature else { return };
    let signature = Signature::from_hex(signature.to_str().unwrap()).unwrap();
    assert!(signature.is_low_s());
    let identity = http.headers()["x-identity"].to_str().unwrap();
    let identity = PublicKey::from_hex(identity).unwrap();
    assert_eq!(&identity, Identity::new(key()).public_key());
    let mut bytes = format!("http://127.0.0.1:7777{target}").into_bytes();
    bytes.extend_from_slice(http.body());
    assert!(
        identity.verify(&Digest::of(&[&bytes]), &signature),
        "{name}"
    );
    let changed = match every_byte {
        true => 0..bytes.len(),
        false => {
            let one = maker.below(bytes.len());
            one..one + 1
        }
    };
    for index in changed {
        let bit = 1 << maker.below(8);
        bytes[index] ^= bit;
        assert!(
            !identity.verify(&Digest::of(&[&bytes]), &signature),
            "{name}: byte {index}"
        );
        bytes[index] ^= bit;
    }
}

struct Requests(Schemas);

impl EveryOperation for Requests {
    fn operation<E>(&mut self)
    where
        E: FromRequest + Allows<AnyGrant> + PartialEq + Debug,
        E::Response: Serialize + PartialEq + Debug,
    {
        let name = E::OPERATION.name;
        let schema = &self.0.operations[name];
        let mut maker = Maker::of_requests(name);
        let mut built = 0;
        for _ in 0..CASES * 200 {
            let (target, body) = written(schema, &mut maker);
            let method = E::OPERATION.method.clone();
            let fallback = Guid::derived("not", "used");
            let received = Received::new(method, &target, body.as_bytes(), fallback).unwrap();
            let request = E::from_request(&received)
                .unwrap_or_else(|error| panic!("{name}: {error}: {target} {body}"));
            // What would be refused is not sent.
            if request.check().is_err() {
                continue;
            }
            for caller in callers(E::OPERATION) {
                read_back(&request, &caller, built == 0, &mut maker);
            }
            built += 1;
            if built == CASES {
                return;
            }
        }
        panic!("{name}: {built} requests that pass its check were made");
    }
}

#[test]
fn whatever_can_be_asked_is_read_back_and_signed_to_the_last_byte() {
    visit_operations(&mut Requests(Schemas::new()));
}

struct Answers {
    schemas: Schemas,
    seen: usize,
}

impl EveryOperation for Answers {
    fn operation<E>(&mut self)
    where
        E: FromRequest + Allows<AnyGrant> + PartialEq + Debug,
        E::Response: Serialize + PartialEq + Debug,
    {
        let name = E::OPERATION.name;
        let answer = self.schemas.operations[name].answer.as_value();
        let mut maker = Maker::of_answers(name, &self.schemas.definitions);
        for _ in 0..CASES {
            let sent = maker.value(answer);
            let value: E::Response = serde_json::from_str(&sent)
                .unwrap_or_else(|error| panic!("{name}: {error}: {sent}"));
            let written = serde_json::to_string(&value).unwrap();
            let again: E::Response = serde_json::from_str(&written)
                .unwrap_or_else(|error| panic!("{name}: {error}: {written}"));
            assert_eq!(again, value, "{name}: {sent}");
        }
        self.seen += 1;
    }
}

#[test]
fn whatever_can_be_answered_is_read_and_read_back_equal() {
    let mut answers = Answers {
        schemas: Schemas::new(),
        seen: 0,
    };
    visit_operations(&mut answers);
    assert_eq!(answers.seen, OPERATIONS.len());
}
