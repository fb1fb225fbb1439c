//! JSON as it was written: the order of members and every digit are kept.

use std::collections::BTreeSet;

use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

/// What is nested deeper stays text. BitPay's own JSON has a handful of levels.
const DEPTH: usize = 64;

const HIDDEN: &str = "[not shown]";

/// A JSON value.
pub(crate) enum Json {
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
    /// Anything else, as its text.
    Scalar(Box<RawValue>),
}

impl Json {
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        Self::of(serde_json::from_str(text)?, DEPTH)
    }

    fn of(raw: &RawValue, depth: usize) -> Result<Self, serde_json::Error> {
        let text = raw.get();
        if depth == 0 {
            return Ok(Self::Scalar(raw.to_owned()));
        }
        if text.starts_with('{') {
            let Members(members) = serde_json::from_str(text)?;
            let inside = |(name, raw)| Ok((name, Self::of(raw, depth - 1)?));
            return members
                .into_iter()
                .map(inside)
                .collect::<Result<_, _>>()
                .map(Self::Object);
        }
        if text.starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            let inside = |raw| Self::of(raw, depth - 1);
            return items
                .into_iter()
                .map(inside)
                .collect::<Result<_, _>>()
                .map(Self::Array);
        }
        Ok(Self::Scalar(raw.to_owned()))
    }

    /// The member of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(it, _)| it == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(raw) if raw.get() == "null")
    }

    /// `null`, or a list of nothing: it is as good as absent.
    fn is_nothing(&self) -> bool {
        self.is_null() || matches!(self, Self::Array(items) if items.is_empty())
    }

    /// The text of a string, or of a number or a boolean.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Scalar(raw) if raw.get().starts_with('"') => serde_json::from_str(raw.get()).ok(),
            Self::Scalar(raw) if raw.get() != "null" => Some(raw.get().to_owned()),
            _ => None,
        }
    }

    pub(crate) fn raw(&self) -> Result<Box<RawValue>, serde_json::Error> {
        serde_json::value::to_raw_value(self)
    }

    /// The name of a member that an object of it has twice.
    pub(crate) fn twice(&self) -> Option<&str> {
        match self {
            Self::Object(members) => {
                let mut names = BTreeSet::new();
                let twice = members.iter().find(|(name, _)| !names.insert(name));
                let inside = || members.iter().find_map(|(_, value)| value.twice());
                twice.map(|(name, _)| name.as_str()).or_else(inside)
            }
            Self::Array(items) => items.iter().find_map(Self::twice),
            Self::Scalar(_) => None,
        }
    }

    /// The members, at any depth, that the other value does not have: `buyer.emial`, where this is the
    /// buyer.
    pub(crate) fn beyond(&self, other: &Self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        self.compare(other, name, &mut found);
        found
    }

    fn compare(&self, other: &Self, at: &str, found: &mut Vec<String>) {
        match (self, other) {
            (Self::Object(members), Self::Object(_)) => {
                for (name, value) in members.iter().filter(|(_, value)| !value.is_nothing()) {
                    let path = format!("{at}.{}", shown(name));
                    match other.get(name) {
                        Some(other) => value.compare(other, &path, found),
                        None => found.push(path),
                    }
                }
            }
            (Self::Array(items), Self::Array(others)) => {
                for (index, (item, other)) in items.iter().zip(others).enumerate() {
                    item.compare(other, &format!("{at}[{index}]"), found);
                }
            }
            _ => {}
        }
    }

    /// Takes out the values for which this says so, given the name of the member and its text.
    pub(crate) fn hide(&mut self, is_secret: &dyn Fn(&str, &str) -> bool) {
        self.hide_in("", is_secret);
    }

    fn hide_in(&mut self, name: &str, is_secret: &dyn Fn(&str, &str) -> bool) {
        match self {
            Self::Object(members) => {
                for (name, value) in members {
                    value.hide_in(name, is_secret);
                }
            }
            Self::Array(items) => {
                for item in items {
                    item.hide_in(name, is_secret);
                }
            }
            Self::Scalar(raw) => {
                let nested = raw.get().starts_with(['{', '[']);
                let secret = self.text().is_some_and(|text| is_secret(name, &text));
                if (nested || secret)
                    && let Ok(hidden) = serde_json::value::to_raw_value(HIDDEN)
                {
                    *self = Self::Scalar(hidden);
                }
            }
        }
    }
}

/// A name for a message, unless it may be a secret in the wrong place.
pub(crate) fn shown(name: &str) -> &str {
    if looks_secret(name) { HIDDEN } else { name }
}

/// Has this the form of a token or a key? A word or a name has not.
pub(crate) fn looks_secret(text: &str) -> bool {
    let long = text.len() >= 20 && text.bytes().any(|b| b.is_ascii_digit());
    long || text.len() > 64
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Self::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Scalar(raw) => raw.serialize(serializer),
        }
    }
}

/// The members of an object, in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
