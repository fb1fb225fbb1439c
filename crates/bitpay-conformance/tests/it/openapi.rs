//! The description of the API.

use std::collections::BTreeSet;

use bitpay_core::operation::{OPERATIONS, Place};
use bitpay_sandbox::{Sandbox, openapi};
use serde_json::Value;

fn walk<'a>(value: &'a Value, see: &mut impl FnMut(&'a str, &'a Value)) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                see(name, value);
                walk(value, see);
            }
        }
        Value::Array(all) => all.iter().for_each(|value| walk(value, see)),
        _ => {}
    }
}

#[test]
fn every_row_is_described_once_with_all_that_it_takes() {
    let api = openapi(&[]);
    let mut seen = BTreeSet::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, described) in methods.as_object().unwrap() {
            for name in described["x-operations"].as_array().unwrap() {
                let name = name.as_str().unwrap();
                let row = OPERATIONS.iter().find(|row| row.name == name).unwrap();
                assert!(seen.insert(name), "{name} is there twice");
                assert_eq!(format!("/{}", row.path), *path);
                assert_eq!(row.method.as_str().to_lowercase(), *method);
                let parameters = described["parameters"].as_array().unwrap();
                for part in path.split('/').filter_map(|it| it.strip_prefix('{')) {
                    let part = part.trim_end_matches('}');
                    let is_it = |it: &Value| it["name"] == part && it["in"] == "path";
                    assert_eq!(
                        parameters.iter().filter(|it| is_it(it)).count(),
                        1,
                        "{name} {part}"
                    );
                }
                for parameter in row.parameters {
                    let body = &described["requestBody"]["content"]["application/json"]["schema"];
                    let found = match parameter.place {
                        Place::Body => body
                            .to_string()
                            .contains(&format!("\"{}\"", parameter.name)),
                        _ => parameters.iter().any(|it| it["name"] == parameter.name),
                    };
                    assert!(found, "{name}: {}", parameter.name);
                }
            }
        }
    }
    assert_eq!(seen.len(), OPERATIONS.len());
}

#[test]
fn the_description_refers_to_nothing_that_is_not_in_it_and_its_schemas_are_schemas() {
    let api = openapi(&[]);
    let (mut schemas, mut references) = (0, 0);
    walk(&api, &mut |name, value| {
        if let ("$ref", Some(to)) = (name, value.as_str()) {
            references += 1;
            assert!(api.pointer(to.trim_start_matches('#')).is_some(), "{to}");
        }
        if name == "schema" {
            schemas += 1;
            jsonschema::meta::validate(value).unwrap_or_else(|error| panic!("{error}: {value}"));
        }
    });
    for (name, schema) in api["components"]["schemas"].as_object().unwrap() {
        jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{error}: {name}"));
    }
    assert!(schemas > 100 && references > 100, "{schemas} {references}");
}

#[test]
fn the_sandbox_answers_its_own_description() {
    let sandbox = Sandbox::start().unwrap();
    let base = sandbox.base_url().as_str();
    let mut answer = ureq::get(format!("{base}/openapi.json")).call().unwrap();
    let answered: Value =
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
    assert_eq!(answered, openapi(&[base]));
    assert_eq!(answered["servers"][0]["url"], base);
}
