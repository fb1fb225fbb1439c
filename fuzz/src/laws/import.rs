//! What the official SDKs keep.

use std::collections::BTreeMap;

use bitpay_core::{Environment, Facade, PrivateKey};
use bitpay_store::import::{Found, Imported, Origin};
use serde_json::Value;

use super::text;

const PASSWORD: &str = "YourMasterPassword";

/// What is read of a configuration is what a second reading finds at its places, and the same configuration in
/// YAML says the same. A key is one that the core reads of the same text in one form and no other. No error
/// repeats what was given. The first byte picks the environment.
pub fn import(data: &[u8]) {
    let Some((pick, data)) = data.split_first() else {
        return;
    };
    let chosen = match pick % 3 {
        0 => None,
        1 => Some(Environment::Test),
        _ => Some(Environment::Production),
    };
    let found = match Found::read(data, chosen.as_ref()) {
        Ok(found) => found,
        Err(error) => return quotes_nothing(data, &format!("{error} {error:?}")),
    };
    let opened = found.open(None, Some(PASSWORD));
    if let Err(error) = &opened {
        quotes_nothing(data, &format!("{error} {error:?}"));
    }
    let content = data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(data);
    let tree = serde_json::from_slice::<Value>(content).ok();
    if let Some(tree) = tree.filter(Value::is_object) {
        let part = part_of(&tree, chosen.as_ref());
        is_what_the_part_says(&found, opened.as_ref().ok(), part);
        // Deeper than a configuration goes is refused.
        if depth(&tree) < 16 {
            let yaml = format!("--- {}\n", in_yaml(&tree));
            let again = Found::read(yaml.as_bytes(), chosen.as_ref()).expect("the same in YAML");
            assert_eq!(again.environment(), found.environment());
            let opened = again.open(None, Some(PASSWORD)).ok();
            is_what_the_part_says(&again, opened.as_ref(), part);
        }
    } else if let Ok(imported) = opened {
        // Of YAML, what JSON is written as is held to the law.
        if imported.origin == Origin::Key {
            is_a_key_in_here(content, &imported);
        }
    }
}

fn part_of<'a>(tree: &'a Value, chosen: Option<&Environment>) -> &'a Value {
    let all = &tree["BitPayConfiguration"];
    let name = match chosen {
        Some(Environment::Test) => "Test",
        Some(_) => "Prod",
        None => all["Environment"].as_str().expect("a name").trim(),
    };
    &all["EnvConfig"][name]
}

fn some(value: &Value) -> Option<&str> {
    value
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn is_what_the_part_says(found: &Found, imported: Option<&Imported>, part: &Value) {
    let is_hex = |text: &&str| text.len() == 64 && text.bytes().all(|it| it.is_ascii_hexdigit());
    let (path, key) = (some(&part["PrivateKeyPath"]), some(&part["PrivateKey"]));
    let key = key.or(path.filter(is_hex));
    let path =
        path.filter(|path| key.is_none() || !is_hex(path) || some(&part["PrivateKey"]).is_some());
    assert_eq!((found.key_path(), found.has_key()), (path, key.is_some()));
    let Some(imported) = imported else { return };
    is_a_key_in_here(key.expect("a key").as_bytes(), imported);
    let tokens: BTreeMap<Facade, &str> = part["ApiTokens"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.parse().expect("a facade"), some(value)?)))
        .collect();
    let read = imported
        .tokens
        .iter()
        .map(|(facade, token)| (*facade, token.expose()));
    assert_eq!(read.collect::<BTreeMap<_, _>>(), tokens);
}

/// The core reads it in one form; an encrypted one is known by its length alone.
fn is_a_key_in_here(content: &[u8], imported: &Imported) {
    let text = text(content).unwrap_or_default().trim_ascii();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let bytes = (0..digits.len() / 2)
        .map(|at| u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok())
        .collect::<Option<Vec<u8>>>()
        .unwrap_or_default();
    let mut keys = vec![
        PrivateKey::from_hex(digits),
        PrivateKey::from_pem(text),
        PrivateKey::from_der(content),
        PrivateKey::from_der(&bytes),
    ];
    if text.len() >= 70 {
        keys.push(PrivateKey::from_decimal(text));
    }
    let read: Vec<PrivateKey> = keys.into_iter().filter_map(Result::ok).collect();
    match &read[..] {
        [key] => assert_eq!(key.sin(), imported.key.sin()),
        [] => assert!(bytes.len() >= 128 && bytes.len().is_multiple_of(16)),
        _ => panic!("it can be read in two forms"),
    }
}

/// Every text in quotes, with what is not ASCII escaped.
fn in_yaml(tree: &Value) -> String {
    let quoted = |text: &str| {
        let escaped: String = text
            .chars()
            .map(|c| match c {
                ' '..='~' if c != '"' && c != '\\' => c.to_string(),
                c => format!("\\U{:08x}", u32::from(c)),
            })
            .collect();
        format!("\"{escaped}\"")
    };
    match tree {
        Value::Object(members) => {
            // With the question mark, the name of a member may be as long as it likes.
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("? {} : {}", quoted(name), in_yaml(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::String(text) => quoted(text),
        Value::Null => "null".to_owned(),
        _ => "[]".to_owned(),
    }
}

fn depth(tree: &Value) -> usize {
    match tree {
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn quotes_nothing(data: &[u8], error: &str) {
    // Our own words.
    let own = [
        "BitPayConfiguration",
        "PrivateKeySecret",
        "EnvironmentNeeded",
    ];
    let error = own
        .iter()
        .fold(error.to_owned(), |error, word| error.replace(word, ""));
    let data = String::from_utf8_lossy(data);
    let mut runs = data.split(|c: char| !c.is_ascii_alphanumeric());
    assert!(
        !runs.any(|run| run.len() >= 16 && error.contains(run)),
        "{error}"
    );
}
