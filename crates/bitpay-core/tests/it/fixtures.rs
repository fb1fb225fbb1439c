//! Answers as BitPay gives them, written for this project: `tests/fixtures/<operation>/<case>.json`, the
//! whole body with its envelope. Their forms are those that BitPay's documentation and SDKs show; what no
//! model knows is called `tomorrow`.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs;
use std::path::PathBuf;

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::operation::OPERATIONS;
use bitpay_core::server::{EveryOperation, FromRequest, Received, visit_operations};
use bitpay_core::time::Timestamp;
use bitpay_core::token::AnyToken;
use bitpay_core::{
    Allows, Answer, AnyGrant, Config, Effect, Environment, Error, ErrorKind, Facade, Guid,
    Identity, Operation, PrivateKey,
};
use http::{HeaderMap, Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::sent::{TOKEN, written_down};

mod invoices;
mod ledgers;
mod merchant;
mod payouts;
mod public;

/// The body of an answer.
fn body(operation: &str, case: &str) -> String {
    let path = folder(operation).join(format!("{case}.json"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folder(operation: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", operation]
        .iter()
        .collect()
}

/// The names of an operation's fixtures.
fn cases(operation: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder(operation)) else {
        return Vec::new();
    };
    let mut cases: Vec<String> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    cases.sort();
    cases
}

/// The request that the fixtures of an operation answer.
fn request<E: FromRequest>() -> E {
    let written = written_down(E::OPERATION.name);
    let (line, body) = written["request"].split_once('\n').unwrap();
    let (method, target) = line.split_once(' ').unwrap();
    let method: Method = method.parse().unwrap();
    let fallback = Guid::derived("not", "used");
    let received = Received::new(method, target, body.as_bytes(), fallback).unwrap();
    E::from_request(&received).unwrap()
}

fn credential(operation: &Operation) -> AnyGrant {
    let key = Identity::new(PrivateKey::from_bytes(&[9; 32]).unwrap());
    match operation.facades.last() {
        None | Some(Facade::Public) => AnyGrant::identity(key),
        Some(facade) => AnyGrant::new(AnyToken::parse(*facade, TOKEN).unwrap(), key),
    }
}

/// The answer to an operation's request, as a client reads it.
fn answered<E>(body: &str) -> Result<Answer<E::Response>, Error>
where
    E: FromRequest + Allows<AnyGrant>,
{
    let settings = Settings::new(&Config::new(Environment::Test)).unwrap();
    let base = Environment::Test.base_url();
    let request = request::<E>();
    let grant = credential(E::OPERATION);
    let mut call = Call::new(&request, &base, &grant, &settings).unwrap();
    let now = Timestamp::UNIX_EPOCH;
    assert!(matches!(call.step(now, 0), Step::Send(_)));
    assert!(call.head(StatusCode::OK, HeaderMap::new()));
    assert!(call.body(body.as_bytes()));
    call.end();
    match call.step(now, 0) {
        Step::Done(answer) => answer,
        _ => panic!("{}: it goes on", E::OPERATION.name),
    }
}

/// What a fixture holds.
fn read<E>(case: &str) -> E::Response
where
    E: FromRequest + Allows<AnyGrant>,
{
    let name = E::OPERATION.name;
    answered::<E>(&body(name, case))
        .unwrap_or_else(|error| panic!("{name}/{case}.json: {error}"))
        .into_value()
}

/// Checks of the values of an operation's fixtures, by hand.
type Check = (&'static str, fn());

macro_rules! checks {
    ($($operation:ident),* $(,)?) => { &[$((stringify!($operation), $operation)),*] };
}
use checks;

#[test]
fn every_operation_has_fixtures_whose_values_are_checked() {
    let checks: BTreeMap<&str, fn()> = [
        public::CHECKS,
        invoices::CHECKS,
        ledgers::CHECKS,
        merchant::CHECKS,
        payouts::CHECKS,
    ]
    .into_iter()
    .flatten()
    .copied()
    .collect();
    for operation in OPERATIONS {
        let name = operation.name;
        assert!(
            !cases(name).is_empty(),
            "write tests/fixtures/{name}/<case>.json: the body of an answer to it"
        );
        let check = checks
            .get(name)
            .unwrap_or_else(|| panic!("add a check of the values of {name}'s fixtures"));
        check();
    }
    let known: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.name).collect();
    for entry in fs::read_dir(folder("")).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(known.contains(name.to_str().unwrap()), "{name:?}");
    }
}

/// Does something with the body of each fixture, and with the type that it is read as.
trait Law {
    fn holds<E>(&self, name: &str, body: &str)
    where
        E: FromRequest + Allows<AnyGrant>,
        E::Response: Serialize + PartialEq + Debug;
}

struct Each<L>(L);

impl<L: Law> EveryOperation for Each<L> {
    fn operation<E>(&mut self)
    where
        E: FromRequest + Allows<AnyGrant> + PartialEq + Debug,
        E::Response: Serialize + PartialEq + Debug,
    {
        let operation = E::OPERATION.name;
        for case in cases(operation) {
            let name = format!("{operation}/{case}.json");
            self.0.holds::<E>(&name, &body(operation, &case));
        }
    }
}

/// What of `sent` is not in `written`, but for what stands for nothing.
fn lost(sent: &Value, written: Option<&Value>, path: &str, out: &mut Vec<String>) {
    match (sent, written) {
        (Value::Object(sent), Some(Value::Object(written))) => {
            for (name, value) in sent.iter().filter(|(name, _)| *name != "tomorrow") {
                lost(value, written.get(name), &format!("{path}/{name}"), out);
            }
        }
        (Value::Array(sent), Some(Value::Array(written))) if sent.len() == written.len() => {
            for (index, value) in sent.iter().enumerate() {
                lost(value, written.get(index), &format!("{path}/{index}"), out);
            }
        }
        (Value::Null, _) => {}
        (Value::String(text), _) if text.is_empty() => {}
        (Value::Array(list), None) if list.is_empty() => {}
        (Value::Object(object), None) if object.is_empty() => {}
        (_, None) => out.push(format!("{path}: {sent}")),
        _ => {}
    }
}

#[test]
fn what_is_read_is_written_again_and_read_as_the_same() {
    struct Stable;
    impl Law for Stable {
        fn holds<E>(&self, name: &str, body: &str)
        where
            E: FromRequest + Allows<AnyGrant>,
            E::Response: Serialize + PartialEq + Debug,
        {
            let answer = answered::<E>(body).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(answer.body(), body.as_bytes(), "{name}");
            let value = answer.into_value();
            let written = serde_json::to_string(&value).unwrap();
            let again: E::Response = serde_json::from_str(&written).unwrap();
            assert_eq!(again, value, "{name}");
            assert_eq!(serde_json::to_string(&again).unwrap(), written, "{name}");

            let sent: Value = serde_json::from_str(body).unwrap();
            let data = sent.get("data").unwrap_or(&sent);
            let mut losses = Vec::new();
            let written: Value = serde_json::from_str(&written).unwrap();
            // An acknowledgement says no more than that it is one.
            if written != json!("Success") {
                lost(data, Some(&written), "", &mut losses);
            }
            let known: Vec<&String> = losses
                .iter()
                .filter(|path| {
                    !READ_UNDER_ANOTHER_NAME
                        .iter()
                        .any(|name| path.contains(name))
                })
                .collect();
            assert!(known.is_empty(), "{name}: not read: {known:?}");
        }
    }
    visit_operations(&mut Each(Stable));
}

/// Besides its own name, a balance may be called `amount`, a linked key `id`, and several addresses may be
/// in one object. `btc` is an older member, which always was `null`.
const READ_UNDER_ANOTHER_NAME: &[&str] =
    &["/2/amount: 0", "/1/id", "/refundAddresses/1/1B", "/btc"];

/// Objects that have no fields, but entries.
const MAPS: &[&str] = &[
    "list_tokens",
    "refundAddresses",
    "payoutFields",
    "shopify",
    "payment",
    "exchangeRates",
    "exRates",
    "minerFees",
    "supportedTransactionCurrencies",
    "amounts",
    "payoutPercentage",
];

fn is_in_map(name: &str, path: &str) -> bool {
    MAPS.iter()
        .any(|map| name.contains(map) || path.contains(map))
}

/// All values inside a document, by their paths.
fn paths(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            paths(value, &format!("{here}/{key}"), all);
        }),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(at, value)| paths(value, &format!("{here}/{at}"), all)),
        _ => {}
    }
}

/// The body as a document, and every path in it.
fn document(body: &str) -> (Value, Vec<String>) {
    let document: Value = serde_json::from_str(body).unwrap();
    let mut all = Vec::new();
    paths(&document, "", &mut all);
    (document, all)
}

#[test]
fn a_new_field_at_any_level_breaks_nothing() {
    struct Unbroken;
    impl Law for Unbroken {
        fn holds<E>(&self, name: &str, body: &str)
        where
            E: FromRequest + Allows<AnyGrant>,
            E::Response: Serialize + PartialEq + Debug,
        {
            let (document, paths) = document(body);
            for path in paths {
                let mut changed = document.clone();
                if let Some(Value::Object(map)) = changed.pointer_mut(&path)
                    && !is_in_map(name, &path)
                {
                    map.insert("fieldOfTomorrow".to_owned(), json!({"a": [1, null, "x"]}));
                    answered::<E>(&changed.to_string())
                        .unwrap_or_else(|error| panic!("{name}{path}: {error}"));
                }
            }
        }
    }
    visit_operations(&mut Each(Unbroken));
}

#[test]
fn null_in_place_of_a_field_is_that_field_absent() {
    struct Alike;
    impl Law for Alike {
        fn holds<E>(&self, name: &str, body: &str)
        where
            E: FromRequest + Allows<AnyGrant>,
            E::Response: Serialize + PartialEq + Debug,
        {
            let (document, paths) = document(body);
            for path in paths {
                let Some((parent, field)) = path.rsplit_once('/') else {
                    continue;
                };
                let mut absent = document.clone();
                let Some(Value::Object(map)) = absent.pointer_mut(parent) else {
                    continue;
                };
                if is_in_map(name, parent) {
                    continue;
                }
                map.remove(field);
                let mut null = document.clone();
                *null.pointer_mut(&path).unwrap() = Value::Null;
                let read = |document: &Value| {
                    let answer = answered::<E>(&document.to_string());
                    answer.ok().map(Answer::into_value)
                };
                assert_eq!(read(&null), read(&absent), "{name}{path}");
            }
        }
    }
    visit_operations(&mut Each(Alike));
}

#[test]
fn a_field_of_another_type_never_panics() {
    struct Survives<'a>(&'a Cell<u32>);
    impl Law for Survives<'_> {
        fn holds<E>(&self, _: &str, body: &str)
        where
            E: FromRequest + Allows<AnyGrant>,
            E::Response: Serialize + PartialEq + Debug,
        {
            let made = self.0;
            let (document, paths) = document(body);
            let others = [
                json!(null),
                json!(true),
                json!("x"),
                json!(""),
                json!(7),
                json!(-1),
                json!(0.5),
                json!(1e300),
                json!([]),
                json!([[]]),
                json!({}),
            ];
            // Maps by currency are kept as their text: what is in them is read on demand.
            let read = paths.iter().filter(|path| !path.contains("/payment"));
            for (index, path) in read.enumerate() {
                for (number, other) in others.iter().enumerate() {
                    let mut changed = document.clone();
                    *changed.pointer_mut(path).unwrap() = other.clone();
                    // The whole way for one of them, which takes its time; the reader alone for all.
                    if index % others.len() == number
                        && let Err(error) = answered::<E>(&changed.to_string())
                    {
                        // It says what is wrong, and shows nothing of what was sent.
                        assert!(!error.to_string().contains("token-of-the"), "{error}");
                        // What was made is not lost.
                        if let ErrorKind::Decode(problem) = error.kind()
                            && error.effect() == Effect::Happened
                            && let Some(Value::String(id)) = changed.pointer("/data/id")
                            && path != "/data/id"
                        {
                            assert_eq!(problem.id.as_ref(), Some(id), "{changed}");
                            made.set(made.get() + 1);
                        }
                    }
                    let data = changed.get("data").unwrap_or(&changed);
                    let _ = serde_json::from_str::<E::Response>(&data.to_string());
                }
            }
        }
    }
    let made = Cell::new(0);
    visit_operations(&mut Each(Survives(&made)));
    assert!(made.get() > 20, "{made:?}");
}
