//! Makes JSON that a schema allows. It knows the words that this project's schemas are written in, and
//! fails for others.

use std::collections::HashMap;

use bitpay_core::PrivateKey;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::string::{RegexGeneratorStrategy, string_regex};
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value};

pub(super) struct Maker<'a> {
    runner: TestRunner,
    /// Requests keep to what [`check`](bitpay_core::Endpoint::check) asks for, as far as names tell.
    asks: bool,
    definitions: Option<&'a Map<String, Value>>,
    texts: HashMap<String, RegexGeneratorStrategy<String>>,
}

/// Texts that are hard to carry: quotes, escapes, every plane of Unicode, what divides an address.
const TEXT: &str = "\\PC{0,8}|[a-z&=+%/?# \"\\\\é☕\u{2028}]{1,12}|💶 שלום e\u{301}";
const DECIMAL: &str = "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,12})?";
const POSITIVE: &str = "[1-9][0-9]{0,12}(\\.[0-9]{1,12})?";
const RATE: &str = "(0|[1-9][0-9]{0,30})(\\.[0-9]{1,40})?(e-?[1-9][0-9]?)?";
const UNITS: &str = "-?(0|[1-9][0-9]{0,32})";
const DAY: &str = "20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])";
const TIME: &str = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z";

impl<'a> Maker<'a> {
    pub(super) fn of_requests(seed: &str) -> Self {
        Self::new(seed, true, None)
    }

    pub(super) fn of_answers(seed: &str, definitions: &'a Map<String, Value>) -> Self {
        Self::new(seed, false, Some(definitions))
    }

    fn new(seed: &str, asks: bool, definitions: Option<&'a Map<String, Value>>) -> Self {
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().zip(seed.bytes()) {
            *place = byte;
        }
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self {
            runner: TestRunner::new_with_rng(ProptestConfig::default(), rng),
            asks,
            definitions,
            texts: HashMap::new(),
        }
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.runner.rng().next_u64() % end as u64).unwrap()
    }

    pub(super) fn flip(&mut self) -> bool {
        self.below(2) == 0
    }

    fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }

    fn matching(&mut self, pattern: &str) -> String {
        let strategy = self
            .texts
            .entry(pattern.to_owned())
            .or_insert_with(|| string_regex(pattern).unwrap());
        strategy.new_tree(&mut self.runner).unwrap().current()
    }

    /// A resource's token, as JSON: it is sent back as it came, whatever it is.
    pub(super) fn token(&mut self) -> String {
        quoted(&self.matching("[!-~é☕]{1,40}"))
    }

    /// A value of this name and schema: what a name tells counts in requests.
    pub(super) fn named(&mut self, name: &str, schema: &Value) -> String {
        let is_text = schema["type"] == "string" && schema.get("pattern").is_none();
        if self.asks && is_text {
            let lower = name.to_ascii_lowercase();
            if lower.ends_with("url") {
                return quoted(&self.matching("https://shop\\.example/[a-z?&=%20]{0,9}"));
            }
            if lower.ends_with("email") {
                return quoted(&self.matching("[a-z+.\"é]{1,9}@[a-z.]{1,9}"));
            }
            if name == "label" {
                return quoted(&self.matching("[A-Za-z0-9 _.-]{1,60}"));
            }
        }
        self.value(schema)
    }

    pub(super) fn value(&mut self, schema: &Value) -> String {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.strip_prefix("#/$defs/").unwrap();
            return self.value(&self.definitions.unwrap()[name]);
        }
        if let Some(value) = schema.get("const") {
            return value.to_string();
        }
        if let Some(values) = schema["enum"].as_array() {
            return self.pick(values).to_string();
        }
        let branches = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
        if let Some(branches) = branches {
            let branch = self.pick(branches);
            if schema.get("properties").is_some() {
                return self.object(schema, &branch["required"]);
            }
            return self.value(branch);
        }
        let kind = match &schema["type"] {
            Value::String(kind) => kind.clone(),
            Value::Array(kinds) => self.pick(kinds).as_str().unwrap().to_owned(),
            // Whatever it may be.
            _ => "null".to_owned(),
        };
        match kind.as_str() {
            "null" => "null".to_owned(),
            "boolean" => self.flip().to_string(),
            "object" => self.object(schema, &Value::Null),
            "array" => self.array(schema),
            "string" => quoted(&self.scalar(schema, true)),
            "number" | "integer" => self.scalar(schema, false),
            other => panic!("no value of the type {other}"),
        }
    }

    fn array(&mut self, schema: &Value) -> String {
        let least = schema["minItems"].as_u64().unwrap_or(0);
        let most = schema["maxItems"].as_u64().unwrap_or(least + 3);
        let length = least + self.below(usize::try_from(most - least).unwrap() + 1) as u64;
        let items: Vec<String> = (0..length).map(|_| self.value(&schema["items"])).collect();
        format!("[{}]", items.join(","))
    }

    fn object(&mut self, schema: &Value, also_required: &Value) -> String {
        let empty = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&empty);
        let required = |name: &str| {
            [&schema["required"], also_required]
                .iter()
                .filter_map(|names| names.as_array())
                .flatten()
                .any(|it| it == name)
        };
        // Few fields, most fields, or all of them.
        let absent = *self.pick(&[0, 1, 4]);
        let mut members = Vec::new();
        for (name, schema) in properties {
            if required(name) || absent == 0 || self.below(5) >= absent {
                members.push(format!("{}:{}", quoted(name), self.named(name, schema)));
            }
        }
        if let Some(entry) = schema.get("additionalProperties") {
            let least = usize::try_from(schema["minProperties"].as_u64().unwrap_or(0)).unwrap();
            let most = schema["maxProperties"].as_u64().unwrap_or(3);
            let entries = least + self.below(usize::try_from(most).unwrap() + 1 - least);
            for index in 0..entries {
                let name = format!("{}{index}", self.matching("[A-Z]{3,5}(_[a-z])?"));
                members.push(format!("{}:{}", quoted(&name), self.value(entry)));
            }
        } else if !self.asks && self.below(4) == 0 {
            members.push(r#""tomorrow":{"x":[1,null]}"#.to_owned());
        }
        format!("{{{}}}", members.join(","))
    }

    /// The text of a scalar, which is to be quoted or is a number.
    fn scalar(&mut self, schema: &Value, is_text: bool) -> String {
        let number = if self.asks { POSITIVE } else { DECIMAL };
        match schema["format"].as_str().unwrap_or_default() {
            "decimal" => return self.matching(number),
            "rate" => return self.matching(RATE),
            "sub-units" => return self.matching(UNITS),
            "date" => return self.matching(DAY),
            "date-time" => return self.matching(&format!("{DAY}{TIME}")),
            "instant" if is_text && self.flip() => {
                return self.matching(&format!("{DAY}({TIME})?"));
            }
            "instant" => return self.matching("1[0-9]{12}"),
            "guid" => return self.matching("[A-Za-z0-9_-][A-Za-z0-9._-]{0,40}"),
            "sin" => {
                let mut secret = [7; 32];
                self.runner.rng().fill_bytes(&mut secret[..16]);
                let key = PrivateKey::from_bytes(&secret).unwrap();
                return key.sin().as_str().to_owned();
            }
            _ => {}
        }
        if schema.get("minimum").is_some() || !is_text {
            let most = schema["maximum"].as_u64().unwrap_or(u64::from(u32::MAX));
            let width = self.below(10) + 1;
            let digits = self.matching(&format!("[1-9][0-9]{{0,{width}}}"));
            let number = digits.parse::<u64>().unwrap().min(most);
            // 0 is a count, but for how many of a bill's lines there are.
            return match self.below(8) {
                0 if !self.asks => "0".to_owned(),
                _ => number.to_string(),
            };
        }
        match schema["pattern"].as_str() {
            Some(pattern) => {
                let inner = pattern.trim_start_matches('^').trim_end_matches('$');
                self.matching(inner)
            }
            None => self.matching(TEXT),
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}
