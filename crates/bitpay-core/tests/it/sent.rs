//! Every request as it goes out. It is built here, and written out by hand in
//! `tests/fixtures/<operation>/*.http`: the request line, and after an empty line the body. Lines are
//! joined, so a long body is broken after a comma. Sources: the pages that each row of the table links to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use bitpay_core::call::{Call, Settings, Step};
use bitpay_core::operation::{OPERATIONS, Operation, Place};
use bitpay_core::time::{Date, Timestamp};
use bitpay_core::{
    Allows, Amount, Config, Credential, Environment, Grant, Guid, InvoiceId, Merchant, Payout,
    PrivateKey, ResourceToken,
};

mod invoices;
mod ledgers;
mod merchant;
mod payouts;
mod public;

/// A request of an operation, as it goes out.
struct Sent {
    operation: &'static Operation,
    case: &'static str,
    text: String,
}

impl Sent {
    fn of<C: Credential, E: Allows<C>>(case: &'static str, credential: &C, request: &E) -> Self {
        let config = Config::new(Environment::Test);
        let settings = Settings::new(&config).unwrap();
        let base = Environment::Test.base_url();
        let mut call = Call::new(request, &base, credential, &settings)
            .unwrap_or_else(|error| panic!("{}: {error}", E::OPERATION.name));
        let Step::Send(http) = call.step(Timestamp::UNIX_EPOCH, 0) else {
            panic!("nothing to send")
        };
        let target = http.uri().path_and_query().unwrap();
        let body = String::from_utf8(http.body().to_vec()).unwrap();
        Self {
            operation: E::OPERATION,
            case,
            text: format!("{} {target}\n{body}", http.method()),
        }
    }

    /// The names in the query.
    fn query(&self) -> BTreeSet<String> {
        let line = self.text.lines().next().unwrap_or_default();
        let query = line.split_once('?').map_or("", |(_, query)| query);
        url::form_urlencoded::parse(query.as_bytes())
            .map(|(name, _)| name.into_owned())
            .collect()
    }

    /// The members of the body.
    fn body(&self) -> BTreeMap<String, serde_json::Value> {
        match self.text.split_once('\n') {
            Some((_, body)) if !body.is_empty() => serde_json::from_str(body).unwrap(),
            _ => BTreeMap::new(),
        }
    }

    /// Is this parameter in it? Whatever its value.
    fn has(&self, place: Place, name: &str) -> bool {
        match place {
            Place::Query => self.query().contains(name),
            Place::Body => self.body().contains_key(name),
            _ => true,
        }
    }
}

fn all() -> Vec<Sent> {
    let groups = [
        public::requests(),
        invoices::requests(),
        ledgers::requests(),
        merchant::requests(),
        payouts::requests(),
    ];
    groups.into_iter().flatten().collect()
}

/// The requests of an operation as they are written down, by case.
pub(crate) fn written_down(operation: &str) -> BTreeMap<String, String> {
    let folder = format!("{}/tests/fixtures/{operation}", env!("CARGO_MANIFEST_DIR"));
    let mut requests = BTreeMap::new();
    for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}")) {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "http")
        {
            let text = fs::read_to_string(&path).unwrap();
            let (line, body) = text.split_once("\n\n").unwrap_or((&text, ""));
            let join = |lines: &str| lines.lines().map(str::trim_start).collect::<String>();
            let case = path.file_stem().unwrap().to_str().unwrap().to_owned();
            requests.insert(case, format!("{}\n{}", join(line), join(body)));
        }
    }
    requests
}

#[test]
fn every_request_goes_out_as_it_is_written_down() {
    let mut written: BTreeMap<(&str, String), String> = OPERATIONS
        .iter()
        .flat_map(|operation| {
            written_down(operation.name)
                .into_iter()
                .map(|(case, text)| ((operation.name, case), text))
        })
        .collect();
    for sent in all() {
        let (operation, case) = (sent.operation.name, sent.case);
        let expected = written
            .remove(&(operation, case.to_owned()))
            .unwrap_or_else(|| {
                panic!(
                    "write tests/fixtures/{operation}/{case}.http; it may be:\n{}",
                    sent.text
                )
            });
        assert_eq!(sent.text, expected, "{operation}/{case}.http");
    }
    let unused: Vec<_> = written.keys().collect();
    assert!(unused.is_empty(), "no request is built for {unused:?}");
}

#[test]
fn every_field_goes_out_when_it_is_set_and_is_absent_otherwise() {
    let all = all();
    for operation in OPERATIONS {
        let requests: Vec<&Sent> = all
            .iter()
            .filter(|sent| sent.operation == *operation)
            .collect();
        assert!(!requests.is_empty(), "no request of {}", operation.name);
        for parameter in operation.parameters {
            let having = requests
                .iter()
                .filter(|sent| sent.has(parameter.place, parameter.name))
                .count();
            let (operation, name) = (operation.name, parameter.name);
            assert!(having > 0, "{operation}: no request has {name}");
            assert!(
                parameter.required == (having == requests.len()),
                "{operation}: {name} is in {having} of {} requests",
                requests.len()
            );
        }
        for sent in requests {
            assert!(!sent.text.contains("null"), "{}", sent.text);
            assert!(!sent.text.contains("\"\""), "{}", sent.text);
        }
    }
}

#[test]
fn nothing_goes_out_that_the_table_does_not_name() {
    for sent in all() {
        let named: BTreeSet<&str> = sent
            .operation
            .parameters
            .iter()
            .map(|parameter| parameter.name)
            .chain(["token"])
            .collect();
        for name in sent.query().iter().chain(sent.body().keys()) {
            assert!(
                named.contains(name.as_str()),
                "{}: {name}",
                sent.operation.name
            );
        }
    }
}

pub(crate) const TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";

fn key() -> PrivateKey {
    PrivateKey::from_hex("97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c")
        .unwrap()
}

fn merchant() -> Grant<Merchant> {
    Grant::new(TOKEN.parse().unwrap(), key())
}

fn payout() -> Grant<Payout> {
    Grant::new(TOKEN.parse().unwrap(), key())
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn guid() -> Guid {
    "6b1b0c0e-3f52-4d7a-9c1e-0a4f8d2b7e65".parse().unwrap()
}

fn invoice_id() -> InvoiceId {
    "Qm3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap()
}

fn own<R>(resource: &str) -> ResourceToken<R> {
    ResourceToken::new(&format!("token-of-the-{resource}"))
}

fn day(month: i8, day: i8) -> Date {
    Date::constant(2026, month, day)
}
