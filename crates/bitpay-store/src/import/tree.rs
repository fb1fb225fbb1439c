//! A configuration as a tree of texts, from JSON or YAML.

use std::fmt;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::ImportError;

/// Far deeper than a configuration.
const DEEPEST: usize = 16;

pub(super) enum Node {
    Map(Vec<(String, Node)>),
    Text(Zeroizing<String>),
    Null,
    /// What no member of a configuration that we read is.
    Other,
}

impl Node {
    /// The tree, if this is a configuration rather than a key.
    pub(super) fn read(content: &[u8]) -> Result<Option<Self>, ImportError> {
        let text = match std::str::from_utf8(content) {
            // DER has such bytes, no text does.
            Ok(text) if !text.bytes().any(|byte| byte < b'\t') => text,
            _ => return Ok(None),
        };
        if text.trim_ascii_start().starts_with(['{', '[']) {
            return serde_json::from_str(text)
                .map(Some)
                .map_err(|error| json(&error));
        }
        // A key has no colon in it, but for what an encrypted PEM says of itself.
        if text.contains("-----BEGIN ") && !text.contains("BitPayConfiguration")
            || !text.contains(':')
        {
            return Ok(None);
        }
        yaml(text).map(Some)
    }

    /// The names of the members.
    pub(super) fn names(&self) -> Result<Vec<String>, ImportError> {
        match self {
            Self::Map(members) => Ok(members.iter().map(|(name, _)| name.clone()).collect()),
            _ => Err(ImportError::Member("ApiTokens")),
        }
    }

    /// Takes a member out; `None` when it is not there or null.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<Self>, ImportError> {
        let Self::Map(members) = self else {
            return Err(ImportError::Member(known(name)));
        };
        let at = members.iter().position(|(known, _)| known == name);
        let node = at.map(|at| members.swap_remove(at).1);
        Ok(node.filter(|node| !matches!(node, Self::Null)))
    }

    /// A text without the white space around it; `None` when it is empty.
    pub(super) fn take_text(
        &mut self,
        name: &str,
    ) -> Result<Option<Zeroizing<String>>, ImportError> {
        let text = self.take_password(name)?;
        let trimmed = text.map(|text| Zeroizing::new(text.trim().to_owned()));
        Ok(trimmed.filter(|text| !text.is_empty()))
    }

    /// A text as it is.
    pub(super) fn take_password(
        &mut self,
        name: &str,
    ) -> Result<Option<Zeroizing<String>>, ImportError> {
        match self.take(name)? {
            None => Ok(None),
            Some(Self::Text(text)) => Ok(Some(text)),
            Some(_) => Err(ImportError::Member(known(name))),
        }
    }
}

/// For errors, which repeat nothing of what was given.
fn known(name: &str) -> &'static str {
    const NAMES: [&str; 7] = [
        "BitPayConfiguration",
        "Environment",
        "EnvConfig",
        "PrivateKeyPath",
        "PrivateKey",
        "PrivateKeySecret",
        "ApiTokens",
    ];
    let found = NAMES.into_iter().find(|known| *known == name);
    found.unwrap_or(match name {
        "Test" | "Prod" => "EnvConfig",
        _ => "ApiTokens",
    })
}

fn json(error: &serde_json::Error) -> ImportError {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Eof => ImportError::CutOff { line },
        // What we say ourselves, and only that.
        serde_json::error::Category::Data => ImportError::Twice,
        _ => ImportError::Json { line, column },
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                let mut members = Vec::new();
                while let Some((name, node)) = map.next_entry()? {
                    add(&mut members, name, node).map_err(|_| A::Error::custom("twice"))?;
                }
                Ok(Node::Map(members))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Node::Other)
            }

            fn visit_str<E>(self, text: &str) -> Result<Node, E> {
                Ok(Node::Text(Zeroizing::new(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Null)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
                Ok(Node::Other)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
                Ok(Node::Other)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
                Ok(Node::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
                Ok(Node::Other)
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

fn add(members: &mut Vec<(String, Node)>, name: String, node: Node) -> Result<(), ImportError> {
    if members.iter().any(|(known, _)| *known == name) {
        return Err(ImportError::Twice);
    }
    members.push((name, node));
    Ok(())
}

/// What is open while YAML is read.
struct Open {
    members: Vec<(String, Node)>,
    name: Option<String>,
    is_list: bool,
}

/// One document of maps and scalars. Anchors are refused: what refers to them can grow without end.
fn yaml(text: &str) -> Result<Node, ImportError> {
    let mut parser = Parser::new_from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| ImportError::Yaml {
            line: error.marker().line(),
        })?;
        let line = span.start.line();
        let refused = || ImportError::Yaml { line };
        let done = match event {
            Event::Scalar(text, style, 0, None) => {
                let is_plain = style == ScalarStyle::Plain;
                let text = Zeroizing::new(text.into_owned());
                match open.last_mut() {
                    Some(map) if !map.is_list && map.name.is_none() => {
                        map.name = Some(text.to_string());
                        continue;
                    }
                    _ if is_plain
                        && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL") =>
                    {
                        Node::Null
                    }
                    _ => Node::Text(text),
                }
            }
            Event::MappingStart(0, None) | Event::SequenceStart(0, None)
                if open.len() < DEEPEST =>
            {
                // A map as the name of a member.
                if open
                    .last()
                    .is_some_and(|map| !map.is_list && map.name.is_none())
                {
                    return Err(refused());
                }
                open.push(Open {
                    members: Vec::new(),
                    name: None,
                    is_list: matches!(event, Event::SequenceStart(..)),
                });
                continue;
            }
            Event::MappingEnd => Node::Map(open.pop().ok_or_else(refused)?.members),
            Event::SequenceEnd => {
                open.pop();
                Node::Other
            }
            Event::StreamStart | Event::DocumentEnd | Event::StreamEnd | Event::Nothing => continue,
            Event::DocumentStart(_) if root.is_none() => continue,
            _ => return Err(refused()),
        };
        match open.last_mut() {
            None => root = Some(done),
            Some(list) if list.is_list => {}
            Some(map) => {
                let name = map.name.take().ok_or_else(refused)?;
                add(&mut map.members, name, done)?;
            }
        }
    }
    root.ok_or(ImportError::NoConfiguration)
}
