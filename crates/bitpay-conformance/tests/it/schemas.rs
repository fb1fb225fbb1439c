//! The schemas, by a validator that knows nothing of this project: against every fixture, every answer
//! and webhook of the sandbox, and every request.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use bitpay_core::model::invoice::{CreateInvoice, InvoiceStatus};
use bitpay_core::model::payout::{CreatePayout, Payee, PayoutStatus};
use bitpay_core::model::recipient::{NewRecipient, RecipientStatus, SubmitRecipients};
use bitpay_core::model::refund::{CreateRefund, RefundStatus};
use bitpay_core::operation::{OPERATIONS, Place};
use bitpay_core::schema::schemars::{JsonSchema, SchemaGenerator};
use bitpay_core::schema::{OperationSchema, operations};
use bitpay_core::webhook::Event;
use bitpay_core::{Currency, Guid, Identity, Merchant, Payout, PrivateKey};
use bitpay_sandbox::Sandbox;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::operations::GROUPS;

/// What each operation takes and gives, and what this refers to.
fn described() -> (Vec<OperationSchema>, Map<String, Value>) {
    let mut generator = SchemaGenerator::default();
    let operations = operations(&mut generator);
    (operations, generator.take_definitions(true))
}

fn validator(schema: &Value, definitions: &Map<String, Value>) -> Validator {
    let mut schema = schema.clone();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["$defs"] = Value::Object(definitions.clone());
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{error}: {schema}"));
    jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{error}: {schema}"))
}

/// The validators of the bodies of answers, by operation.
fn of_answers() -> BTreeMap<&'static str, Validator> {
    let (operations, definitions) = described();
    operations
        .iter()
        .map(|it| {
            let body = it.answer_body().to_value();
            (it.operation.name, validator(&body, &definitions))
        })
        .collect()
}

fn holds(validator: &Validator, what: &str, json: &str) {
    let value: Value = serde_json::from_str(json).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:?}");
}

fn fixtures(operation: &str, extension: &str) -> Vec<(String, String)> {
    let core = concat!(env!("CARGO_MANIFEST_DIR"), "/../bitpay-core");
    let folder: PathBuf = [core, "tests", "fixtures", operation].iter().collect();
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .map(|path| {
            (
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

#[test]
fn every_fixture_is_what_its_schema_says() {
    let validators = of_answers();
    for operation in OPERATIONS {
        let answers = fixtures(operation.name, "json");
        assert!(!answers.is_empty(), "{}", operation.name);
        for (path, body) in answers {
            holds(&validators[operation.name], &path, &body);
        }
    }
}

#[test]
fn every_answer_of_the_sandbox_is_what_its_schema_says() {
    let validators = of_answers();
    let mut seen = BTreeSet::new();
    for (operation, body) in GROUPS.iter().flatten().flat_map(|run| &run.answers) {
        holds(&validators[operation], operation, body);
        seen.insert(*operation);
    }
    assert_eq!(seen.len(), OPERATIONS.len());
}

/// A schema that takes everything says nothing.
#[test]
fn what_an_answer_is_not_its_schema_does_not_say() {
    let validators = of_answers();
    for operation in OPERATIONS {
        let validator = &validators[operation.name];
        for wrong in [
            json!(17),
            json!(true),
            json!({"data": 17}),
            json!("x"),
            json!(null),
        ] {
            assert!(!validator.is_valid(&wrong), "{}: {wrong}", operation.name);
        }
    }
    let invoice = &validators["get_invoice"];
    let good = json!({"data": {"id": "a", "status": "new", "price": 1, "currency": "USD"}});
    assert!(invoice.is_valid(&good));
    for (field, wrong) in [
        ("id", json!("../x")),
        ("id", json!(null)),
        ("price", json!("ten")),
        ("price", json!(null)),
        ("currency", json!(1)),
        ("amountPaid", json!(0.5)),
        ("invoiceTime", json!({})),
        ("transactions", json!({})),
        ("transactions", json!([{"confirmations": -1}])),
        ("autoRedirect", json!("perhaps")),
        ("paymentTotals", json!({"BTC": "x"})),
        ("exchangeRates", json!({"BTC": {"USD": "x"}})),
    ] {
        let mut changed = good.clone();
        changed["data"][field] = wrong.clone();
        assert!(!invoice.is_valid(&changed), "{field}: {wrong}");
    }
}

/// A request as it is written down: its query and its body.
fn request(text: &str) -> (BTreeMap<String, String>, Value) {
    let (line, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let join = |lines: &str| lines.lines().map(str::trim_start).collect::<String>();
    let line = join(line);
    let query = line.split_once('?').map_or("", |(_, query)| query);
    let query = url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let body = match join(body).as_str() {
        "" => Value::Null,
        body => serde_json::from_str(body).unwrap(),
    };
    (query, body)
}

#[test]
fn every_request_is_what_its_schema_says() {
    let (operations, _) = described();
    let none = Map::new();
    for schema in &operations {
        let name = schema.operation.name;
        let parts: Vec<_> = schema.request().collect();
        assert_eq!(parts.len(), schema.operation.parameters.len(), "{name}");
        let body = schema.body().map(|body| validator(body.as_value(), &none));
        for (path, text) in fixtures(name, "http") {
            let (query, sent) = request(&text);
            match &body {
                Some(body) => holds(body, &path, &sent.to_string()),
                None => assert_eq!(sent, Value::Null, "{path}"),
            }
            for (parameter, schema) in &parts {
                let Some(value) = query.get(parameter.name) else {
                    let is_in_query = parameter.place == Place::Query;
                    assert!(!(is_in_query && parameter.required), "{path}");
                    continue;
                };
                let schema = validator(schema.as_value(), &none);
                // A query has texts alone: a number or a boolean is one without quotes.
                let bare = serde_json::from_str(value).is_ok_and(|it| schema.is_valid(&it));
                assert!(bare || schema.is_valid(&json!(value)), "{path}: {value}");
            }
        }
    }
}

/// Every field of what is in a body, at any depth.
fn properties(schema: &Value, path: &str, out: &mut BTreeSet<String>) {
    if let Some(fields) = schema["properties"].as_object() {
        for (name, schema) in fields {
            let path = format!("{path}/{name}");
            properties(schema, &path, out);
            out.insert(path);
        }
    }
    if let Some(items) = schema.get("items") {
        properties(items, path, out);
    }
}

/// How often a field is there, and how often it could be and is not.
fn count(sent: &Value, path: &str, field: &str, found: &mut [usize; 2]) {
    match sent {
        Value::Array(items) => items
            .iter()
            .for_each(|item| count(item, path, field, found)),
        Value::Object(members) => match path.trim_start_matches('/').split_once('/') {
            Some((first, rest)) => {
                if let Some(inner) = members.get(first) {
                    count(inner, rest, field, found);
                }
            }
            None if members.contains_key(field) => found[0] += 1,
            None => found[1] += 1,
        },
        _ => {}
    }
}

#[test]
fn every_field_at_any_depth_goes_out_when_it_is_set() {
    let (operations, _) = described();
    for schema in &operations {
        let name = schema.operation.name;
        let Some(body) = schema.body() else { continue };
        let mut fields = BTreeSet::new();
        properties(body.as_value(), "", &mut fields);
        let sent: Vec<Value> = fixtures(name, "http")
            .iter()
            .map(|(_, text)| request(text).1)
            .collect();
        for path in fields {
            let field = path.rsplit('/').next().unwrap();
            let mut found = [0, 0];
            for body in &sent {
                count(body, &path, field, &mut found);
            }
            // Only BitPay names a merchant and the lines of a bill.
            let is_ours = !path.ends_with("/merchant") && !path.ends_with("items/id");
            assert_eq!(
                found[0] > 0,
                is_ours,
                "{name}{path}: set in {} requests",
                found[0]
            );
        }
    }
}

fn schema_of<T: JsonSchema>() -> Validator {
    let schema = SchemaGenerator::default().into_root_schema_for::<T>();
    jsonschema::validator_for(schema.as_value()).unwrap()
}

#[test]
fn every_webhook_of_the_sandbox_is_what_its_schema_says() {
    let sandbox = Sandbox::builder().seed(7).start().unwrap();
    let client = bitpay_blocking::Client::new(sandbox.environment()).unwrap();
    let key = Identity::new(PrivateKey::from_bytes(&[1; 32]).unwrap());
    let merchant = client.with(sandbox.grant::<Merchant>(key.clone()));
    let payouts = client.with(sandbox.grant::<Payout>(key));
    // Nobody listens there: what would be delivered is what counts.
    let hook = "http://127.0.0.1:1/hook";
    for extended in [false, true] {
        let guid = Guid::derived("webhooks", if extended { "extended" } else { "flat" });
        let order = CreateInvoice::new(guid.clone(), 25, Currency::USD)
            .notification_url(hook)
            .buyer_email("zoe@example.com")
            .buyer(bitpay_core::model::invoice::Buyer::new().email("zoe@example.com"))
            .extended_notifications(extended);
        let invoice = merchant.create_invoice(&order).unwrap();
        sandbox.pay(&invoice.id, InvoiceStatus::Complete).unwrap();
        let paid = merchant.get_invoice(&invoice.id).unwrap();
        let refund = CreateRefund::new(&paid, guid, 5).unwrap();
        let refund = merchant.create_refund(&refund).unwrap();
        sandbox
            .settle_refund(&refund.id, RefundStatus::Success)
            .unwrap();
    }
    let guid = Guid::derived("webhooks", "recipients");
    let ada = NewRecipient::new(guid.clone(), "ada@example.com").notification_url(hook);
    let invited = SubmitRecipients::new(guid, vec![ada]);
    let recipients = payouts.submit_recipients(&invited).unwrap();
    let ada = &recipients[0].id;
    sandbox
        .move_recipient(ada, RecipientStatus::Active)
        .unwrap();
    let pay = CreatePayout::new(
        "May, Ada",
        Payee::Recipient(ada.clone()),
        25,
        Currency::USD,
        Currency::EUR,
    );
    let made = payouts.create_payout(&pay.notification_url(hook)).unwrap();
    sandbox
        .move_payout(&made.id, PayoutStatus::Complete)
        .unwrap();
    sandbox.advance(Duration::from_secs(60));

    let event = schema_of::<Event>();
    let deliveries = sandbox.deliveries();
    for delivery in &deliveries {
        let body = String::from_utf8(delivery.delivery.body.to_vec()).unwrap();
        holds(&event, delivery.event, &body);
    }
    let told: BTreeSet<&str> = deliveries
        .iter()
        .filter_map(|it| it.event.split('_').next())
        .collect();
    assert_eq!(told, ["invoice", "payout", "recipient", "refund"].into());
    for wrong in [
        json!(1),
        json!({}),
        json!({"event": {"code": 1006}}),
        json!({"event": {"code": 1006}, "data": {"id": "../x", "status": "new"}}),
    ] {
        assert!(!event.is_valid(&wrong), "{wrong}");
    }
}
