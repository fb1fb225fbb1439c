//! What an answer looks like beside its schema.

use std::collections::{BTreeMap, BTreeSet};

use bitpay_core::schema::schemars::SchemaGenerator;
use bitpay_core::schema::{OperationSchema, operations};
use bitpay_core::time::Iso;
use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::strip::{is_word, told};

/// The schemas of all answers.
pub(super) struct Shapes {
    operations: Vec<OperationSchema>,
    definitions: Map<String, Value>,
}

/// What is not as described, at a place: `data[].buyer.name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Finding {
    pub(super) at: String,
    pub(super) what: String,
}

/// Definitions refer to each other no deeper than this.
const DEPTH: usize = 16;

impl Shapes {
    pub(super) fn new() -> Self {
        let mut generator = SchemaGenerator::default();
        let operations = operations(&mut generator);
        Self {
            operations,
            definitions: generator.take_definitions(true),
        }
    }

    #[cfg(test)]
    pub(super) fn operations(&self) -> &[OperationSchema] {
        &self.operations
    }

    /// The schema of an operation's answer, with its envelope.
    pub(super) fn of(&self, operation: &str) -> Option<Value> {
        let found = self
            .operations
            .iter()
            .find(|it| it.operation.name == operation)?;
        Some(found.answer_body().to_value())
    }

    /// The schemas of which a value is to be one, without references and without alternatives in them.
    fn leaves<'a>(&'a self, schema: &'a Value, depth: usize, found: &mut Vec<&'a Value>) {
        if depth > DEPTH {
            return;
        }
        let target = schema["$ref"].as_str().and_then(|to| {
            let name = to.rsplit('/').next()?;
            self.definitions.get(name)
        });
        if let Some(target) = target {
            return self.leaves(target, depth + 1, found);
        }
        // What it has is said here; the alternatives say only what must be there.
        if schema.get("properties").is_some() {
            found.push(schema);
            return;
        }
        let unions = ["anyOf", "oneOf", "allOf"].map(|name| schema[name].as_array());
        let mut inside = unions.into_iter().flatten().flatten().peekable();
        if inside.peek().is_none() {
            found.push(schema);
        }
        for schema in inside {
            // What is excluded is in the same list.
            if schema.get("not").is_none() {
                self.leaves(schema, depth + 1, found);
            }
        }
    }

    pub(super) fn leaves_of<'a>(&'a self, schemas: &[&'a Value]) -> Vec<&'a Value> {
        let mut found = Vec::new();
        for schema in schemas {
            self.leaves(schema, 0, &mut found);
        }
        found
    }

    /// What of an answer is not as described.
    pub(super) fn findings(&self, schema: &Value, answer: &Value) -> BTreeSet<Finding> {
        let mut found = BTreeSet::new();
        self.compare(&[schema], answer, "", &mut found);
        found
    }

    fn compare(&self, schemas: &[&Value], value: &Value, at: &str, found: &mut BTreeSet<Finding>) {
        let leaves = self.leaves_of(schemas);
        let mut tell = |what: String| {
            found.insert(Finding {
                at: if at.is_empty() { "(all)" } else { at }.to_owned(),
                what,
            });
        };
        if leaves.iter().any(|leaf| is_anything(leaf)) {
            return;
        }
        let fitting: Vec<&Value> = leaves
            .iter()
            .copied()
            .filter(|leaf| fits(leaf, value))
            .collect();
        if fitting.is_empty() {
            let types: BTreeSet<&str> = leaves.iter().flat_map(|leaf| types(leaf)).collect();
            let types: Vec<&str> = types.into_iter().collect();
            return tell(match types.is_empty() {
                true => format!("is {}, and not one of the known values", kind(value)),
                false => format!("is {}, and not {}", kind(value), types.join(" or ")),
            });
        }
        match value {
            Value::String(text) if is_enumeration(&leaves) && !is_known(&leaves, value) => {
                let told = if is_word(text) {
                    text.as_str()
                } else {
                    "of several words"
                };
                tell(format!("has a value that is not known: {told}"));
            }
            Value::Array(items) => {
                let inside = parts(&fitting, "items");
                if !inside.is_empty() {
                    for item in items {
                        self.compare(&inside, item, &format!("{at}[]"), found);
                    }
                }
            }
            Value::Object(members) => self.compare_members(&fitting, members, at, found),
            _ => {}
        }
    }

    fn compare_members(
        &self,
        leaves: &[&Value],
        members: &Map<String, Value>,
        at: &str,
        found: &mut BTreeSet<Finding>,
    ) {
        // Of several forms, the one that has most of what is there.
        let has = |leaf: &&&Value| {
            let known = members
                .keys()
                .filter(|name| leaf["properties"].get(name).is_some());
            known.count()
        };
        let Some(leaf) = leaves.iter().max_by_key(has) else {
            return;
        };
        let required = leaf["required"].as_array().into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            if !members.contains_key(name) {
                found.insert(Finding {
                    at: join(at, name),
                    what: "is missing".to_owned(),
                });
            }
        }
        let alternatives = leaf["anyOf"].as_array().map_or(&[][..], Vec::as_slice);
        let names_of = |of: &Value| -> Vec<String> {
            let names = of["required"].as_array().into_iter().flatten();
            names
                .filter_map(|it| Some(it.as_str()?.to_owned()))
                .collect()
        };
        let alternatives: Vec<Vec<String>> = alternatives.iter().map(names_of).collect();
        let is_there = |names: &Vec<String>| names.iter().all(|name| members.contains_key(name));
        if !alternatives.is_empty() && !alternatives.iter().any(is_there) {
            found.insert(Finding {
                at: join(at, &alternatives.concat().join(" or ")),
                what: "is missing".to_owned(),
            });
        }
        let others = leaf.get("additionalProperties").filter(|it| it.is_object());
        for (name, value) in members {
            match (leaf["properties"].get(name), others) {
                (Some(schema), _) => self.compare(&[schema], value, &join(at, name), found),
                (None, Some(schema)) => self.compare(&[schema], value, &join(at, "*"), found),
                (None, None) => {
                    found.insert(Finding {
                        at: join(at, &told(name)),
                        what: format!("is {}, and is not described", kind(value)),
                    });
                }
            }
        }
    }
}

impl Shapes {
    /// Where the data of an answer has something that is described: each place once, whatever the rows and
    /// the keys.
    pub(super) fn places(&self, operation: &str, answer: &Value) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let schema = self
            .operations
            .iter()
            .find(|it| it.operation.name == operation)
            .map(|it| it.answer.clone().to_value());
        let data = answer.get("data").unwrap_or(answer);
        if let Some(schema) = schema {
            self.places_in(&[&schema], data, "", &mut found);
        }
        found
    }

    fn places_in(&self, schemas: &[&Value], value: &Value, at: &str, found: &mut BTreeSet<String>) {
        let leaves = self.leaves_of(schemas);
        match value {
            Value::Array(items) => {
                let inside = parts(&leaves, "items");
                let at = match at {
                    "" => String::new(),
                    _ => format!("{at}[]"),
                };
                for item in items {
                    self.places_in(&inside, item, &at, found);
                }
            }
            Value::Object(members) => {
                // `null` is as good as absent.
                for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                    let named: Vec<&Value> = leaves
                        .iter()
                        .filter_map(|leaf| leaf["properties"].get(name))
                        .collect();
                    if named.is_empty() {
                        let others = parts(&leaves, "additionalProperties");
                        self.places_in(&others, value, &join(at, "*"), found);
                    } else {
                        let at = join(at, name);
                        found.insert(at.clone());
                        self.places_in(&named, value, &at, found);
                    }
                }
            }
            _ => {}
        }
    }
}

pub(super) fn join(at: &str, name: &str) -> String {
    match at {
        "" => name.to_owned(),
        _ => format!("{at}.{name}"),
    }
}

/// What the schemas say of what is inside.
pub(super) fn parts<'a>(schemas: &[&'a Value], name: &str) -> Vec<&'a Value> {
    schemas
        .iter()
        .filter_map(|schema| schema.get(name))
        .filter(|it| it.is_object())
        .collect()
}

/// Says nothing of what it allows.
pub(super) fn is_anything(leaf: &Value) -> bool {
    let says = [
        "type",
        "const",
        "enum",
        "properties",
        "items",
        "additionalProperties",
    ];
    *leaf == Value::Bool(true)
        || leaf.is_object() && says.iter().all(|name| leaf.get(name).is_none())
}

/// The values of which one is to be there.
fn constants(leaf: &Value) -> impl Iterator<Item = &Value> {
    let several = leaf.get("enum").and_then(Value::as_array);
    leaf.get("const")
        .into_iter()
        .chain(several.into_iter().flatten())
}

/// Is what the schemas say word by word. Of a truth value as a text the case does not count.
pub(super) fn is_known(leaves: &[&Value], value: &Value) -> bool {
    let is_same = |it: &Value| match (it, value) {
        (Value::String(one), Value::String(other)) if matches!(&**one, "true" | "false") => {
            one.eq_ignore_ascii_case(other)
        }
        _ => it == value,
    };
    leaves.iter().any(|leaf| constants(leaf).any(is_same))
}

/// Its values are words of BitPay's, to which it may add. A flag, or what stands for nothing, is none.
pub(super) fn is_enumeration(leaves: &[&Value]) -> bool {
    let mut words = 0;
    for leaf in leaves {
        let is_word = |it: &Value| it.as_str().is_some_and(|it| !it.is_empty());
        if constants(leaf).all(is_word) {
            words += constants(leaf).count();
        }
    }
    words > 1
}

fn types(leaf: &Value) -> Vec<&str> {
    match &leaf["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn fits(leaf: &Value, value: &Value) -> bool {
    if constants(leaf).next().is_some() {
        return is_known(&[leaf], value);
    }
    let types = types(leaf);
    let named = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if is_whole(number) && types.contains(&"integer") => "integer",
        Value::Number(_) => "number",
        Value::String(text) => {
            // A text in place of a number or an instant has to be one.
            let is_one = match leaf["format"].as_str() {
                Some("instant") => is_time(value),
                // As a number; the format of an id says nothing of that.
                Some("decimal" | "count" | "sub-units" | "rate") => is_number(text),
                _ => true,
            };
            if !is_one {
                return false;
            }
            "string"
        }
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    types.is_empty() || types.contains(&named)
}

/// In one of the forms of an instant that are read.
pub(super) fn is_time(value: &Value) -> bool {
    let text = value.to_string();
    Iso::deserialize(&mut serde_json::Deserializer::from_str(&text)).is_ok()
}

/// Also one that no integer type of this program can hold: sub-units of a coin can be so many.
pub(super) fn is_whole(number: &Number) -> bool {
    number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Rates may have more digits than an amount.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    digits
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
}

/// By the kind of resource, the places of several answers.
pub(super) type Places = BTreeMap<String, BTreeSet<String>>;
