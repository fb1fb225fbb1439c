//! What an answer looks like beside its schema: what is not as described, and the answer with nothing of
//! anybody in it.

use std::collections::{BTreeMap, BTreeSet};

use bitpay_core::schema::schemars::SchemaGenerator;
use bitpay_core::schema::{OperationSchema, operations};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Number, Value};

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

/// No text that means something to a program is longer.
const WORD: usize = 40;

impl Shapes {
    pub(super) fn new() -> Self {
        let mut generator = SchemaGenerator::default();
        let operations = operations(&mut generator);
        Self {
            operations,
            definitions: generator.take_definitions(true),
        }
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

    fn leaves_of<'a>(&'a self, schemas: &[&'a Value]) -> Vec<&'a Value> {
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
        let known: Vec<&Value> = leaves.iter().flat_map(|leaf| constants(leaf)).collect();
        if fitting.is_empty() {
            let types: BTreeSet<&str> = leaves.iter().flat_map(|leaf| types(leaf)).collect();
            let types: Vec<&str> = types.into_iter().collect();
            return tell(match types.is_empty() {
                true => format!("is {}, and not one of the known values", kind(value)),
                false => format!("is {}, and not {}", kind(value), types.join(" or ")),
            });
        }
        match value {
            Value::String(text) => {
                let words = known
                    .iter()
                    .filter(|it| it.as_str().is_some_and(|it| !it.is_empty()));
                if words.count() > 0 && !known.contains(&value) {
                    let told = if is_word(text) {
                        text.as_str()
                    } else {
                        "of several words"
                    };
                    tell(format!("has a value that is not known: {told}"));
                }
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

    /// The answer with its form and nothing else: what says something of somebody is written over.
    pub(super) fn strip(&self, schema: &Value, answer: &Value) -> Value {
        self.strip_as(&[schema], answer)
    }

    fn strip_as(&self, schemas: &[&Value], value: &Value) -> Value {
        let leaves = self.leaves_of(schemas);
        let known: Vec<&Value> = leaves.iter().flat_map(|leaf| constants(leaf)).collect();
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            _ if known.contains(&value) => value.clone(),
            // A new value of an enumeration.
            Value::String(text) if known.iter().any(|it| it.is_string()) && is_word(text) => {
                value.clone()
            }
            Value::String(text) => written_over(text).into(),
            Value::Number(number) if is_whole(number) => 1.into(),
            Value::Number(_) => serde_json::json!(1.5),
            Value::Array(items) => {
                let inside = parts(&leaves, "items");
                items
                    .iter()
                    .map(|item| self.strip_as(&inside, item))
                    .collect()
            }
            Value::Object(members) => {
                let inside = |name: &str| {
                    let named = leaves
                        .iter()
                        .filter_map(|leaf| leaf["properties"].get(name));
                    let named: Vec<&Value> = named.collect();
                    match named.is_empty() {
                        true => parts(&leaves, "additionalProperties"),
                        false => named,
                    }
                };
                let described = |name: &str| {
                    leaves
                        .iter()
                        .any(|leaf| leaf["properties"].get(name).is_some())
                };
                let mut stripped = Map::new();
                for (name, value) in members {
                    let kept = if described(name) {
                        name.clone()
                    } else {
                        told(name)
                    };
                    stripped.insert(kept, self.strip_as(&inside(name), value));
                }
                stripped.into()
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

fn join(at: &str, name: &str) -> String {
    match at {
        "" => name.to_owned(),
        _ => format!("{at}.{name}"),
    }
}

/// What the schemas say of what is inside.
fn parts<'a>(schemas: &[&'a Value], name: &str) -> Vec<&'a Value> {
    schemas
        .iter()
        .filter_map(|schema| schema.get(name))
        .filter(|it| it.is_object())
        .collect()
}

/// Says nothing of what it allows.
fn is_anything(leaf: &Value) -> bool {
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

fn constants(leaf: &Value) -> impl Iterator<Item = &Value> {
    let several = leaf.get("enum").and_then(Value::as_array);
    leaf.get("const")
        .into_iter()
        .chain(several.into_iter().flatten())
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
        return constants(leaf).any(|it| it == value);
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
                Some("instant") => text.parse::<Timestamp>().is_ok() || is_number(text),
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

/// Also one that no integer type of this program can hold: sub-units of a coin can be so many.
fn is_whole(number: &Number) -> bool {
    number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Rates may have more digits than an amount.
fn is_number(text: &str) -> bool {
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    digits
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
}

/// One word, as programs use them: nothing of anybody's has this form and is in place of such a word.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= WORD
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// The name of a member, unless it is somebody's: an address is a key in some answers.
fn told(name: &str) -> String {
    let short = name.len() <= 24
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    match short && digits <= 2 || is_word(name) {
        true => name.to_owned(),
        false => written_over(name),
    }
}

/// A text of the same form: digits stay digits and letters letters, and a time stays a time.
fn written_over(text: &str) -> String {
    let is_time = text.parse::<Timestamp>().is_ok() || text.parse::<Date>().is_ok();
    let keeps_letters = is_time || is_number(text);
    text.chars()
        .map(|c| match c {
            '0'..='9' => '1',
            _ if keeps_letters => c,
            'A'..='Z' => 'X',
            ' '..='~' if !c.is_ascii_alphabetic() => c,
            _ => 'x',
        })
        .collect()
}

/// By the kind of resource, the places of several answers.
pub(super) type Places = BTreeMap<String, BTreeSet<String>>;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PLANTED: [&str; 4] = [
        "Ada Lovelace",
        "ada.lovelace@example.com",
        "Tf4711Lovelace4711",
        "+44 4711 4711",
    ];

    /// A value with something planted wherever a text can be, in each form that an object has.
    fn planted(shapes: &Shapes, schema: &Value, with: &str, depth: usize) -> Value {
        let leaves = shapes.leaves_of(&[schema]);
        let of = |kind: &str| {
            leaves
                .iter()
                .copied()
                .find(|leaf| types(leaf).contains(&kind))
        };
        if depth > 6 {
            return Value::Null;
        }
        if let Some(leaf) = of("object") {
            let mut members = Map::new();
            for (name, schema) in leaf["properties"].as_object().into_iter().flatten() {
                members.insert(name.clone(), planted(shapes, schema, with, depth + 1));
            }
            members.insert(with.to_owned(), with.into());
            return members.into();
        }
        match of("array") {
            Some(leaf) => json!([planted(shapes, &leaf["items"], with, depth + 1)]),
            None => with.into(),
        }
    }

    #[test]
    fn nothing_of_anybody_is_left_wherever_it_was() {
        let shapes = Shapes::new();
        for operation in &shapes.operations {
            let schema = operation.answer_body().to_value();
            for with in PLANTED {
                let answer = planted(&shapes, &schema, with, 0);
                assert!(answer.to_string().contains(with));
                let stripped = shapes.strip(&schema, &answer).to_string();
                for part in ["Ada", "ada", "ovelace", "4711"] {
                    assert!(!stripped.contains(part), "{part} is in {stripped}");
                }
            }
        }
    }

    #[test]
    fn what_is_written_over_keeps_its_form() {
        for (text, form) in [
            ("2021-05-10T18:04:14.224Z", "1111-11-11T11:11:11.111Z"),
            ("2021-05-10", "1111-11-11"),
            ("-12.50", "-11.11"),
            ("1e-8", "1e-1"),
            ("G3viJEJgE8Jk2oekSdgT2A", "X1xxXXXxX1Xx1xxxXxxX1X"),
            ("Zoë <zoe@example.com>", "Xxx <xxx@xxxxxxx.xxx>"),
            ("", ""),
        ] {
            assert_eq!(written_over(text), form);
        }
        for time in ["1111-11-11T11:11:11.111Z", "1111-11-11"] {
            assert_eq!(written_over(time), time);
        }
        assert!("1111-11-11T11:11:11.111Z".parse::<Timestamp>().is_ok());
    }

    #[test]
    fn a_currency_is_a_name_and_an_address_is_not() {
        for name in ["BTC", "USDC_m", "BIP72b", "refundAddresses", "minerFees"] {
            assert_eq!(told(name), name);
        }
        for name in [
            "mzWP2NBdyhbtCbTJQ9kyZLh6yXMLsJtNF8",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
            "ada@example.com",
        ] {
            assert_ne!(told(name), name);
        }
    }
}
