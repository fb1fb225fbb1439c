//! The answer with its form and nothing else: what says something of somebody is written over.

use bitpay_core::Sin;
use serde_json::{Map, Value};

use super::shapes::{
    Shapes, is_anything, is_enumeration, is_known, is_number, is_time, is_whole, parts,
};

/// No text that means something to a program is longer.
const WORD: usize = 40;

/// Stands in for every SIN: one that is written over has no checksum.
const SIN: &str = "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR";

/// What is known of where a value is.
enum Place<'a> {
    /// These schemas describe it.
    Described(Vec<&'a Value>),
    /// BitPay added it: its names are words of BitPay's.
    New,
    /// The merchant's own: nothing of it is known.
    Own,
}

impl Shapes {
    pub(super) fn strip(&self, schema: &Value, answer: &Value) -> Value {
        self.strip_at(&self.place(&[schema]), answer)
    }

    fn place<'a>(&'a self, schemas: &[&'a Value]) -> Place<'a> {
        let leaves = self.leaves_of(schemas);
        if leaves.is_empty() {
            Place::New
        } else if leaves.iter().any(|leaf| is_anything(leaf)) {
            Place::Own
        } else {
            Place::Described(leaves)
        }
    }

    fn strip_at(&self, place: &Place<'_>, value: &Value) -> Value {
        let leaves = match place {
            Place::Described(leaves) => leaves.as_slice(),
            Place::New | Place::Own => &[],
        };
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            _ if is_known(leaves, value) => value.clone(),
            // A new value of an enumeration.
            Value::String(text) if is_enumeration(leaves) && is_word(text) => value.clone(),
            Value::String(text) => written_over(text).into(),
            // Not 1, which may be a flag.
            Value::Number(number) if is_whole(number) => 11.into(),
            Value::Number(_) => serde_json::json!(1.5),
            Value::Array(items) => {
                let inside = self.within(place, parts(leaves, "items"));
                items
                    .iter()
                    .map(|item| self.strip_at(&inside, item))
                    .collect()
            }
            Value::Object(members) => {
                let mut stripped = Map::new();
                for (name, value) in members {
                    let described: Vec<&Value> = leaves
                        .iter()
                        .filter_map(|leaf| leaf["properties"].get(name))
                        .collect();
                    let others = parts(leaves, "additionalProperties");
                    let mut kept = match place {
                        _ if !described.is_empty() => name.clone(),
                        Place::Own => written_over(name),
                        // Its names are currencies.
                        _ if !others.is_empty() && !is_code(name) => written_over(name),
                        _ => told(name),
                    };
                    let inside = match described.is_empty() {
                        true => self.within(place, others),
                        false => self.place(&described),
                    };
                    while stripped.contains_key(&kept) {
                        kept.push('x');
                    }
                    stripped.insert(kept, self.strip_at(&inside, value));
                }
                stripped.into()
            }
        }
    }

    /// What is known of something in another, of which these schemas are said.
    fn within<'a>(&'a self, outer: &Place<'a>, schemas: Vec<&'a Value>) -> Place<'a> {
        match outer {
            Place::Own => Place::Own,
            _ => self.place(&schemas),
        }
    }
}

/// One word, as programs use them: where they are used, nothing of anybody's is.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= WORD
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// The name of a member that BitPay added, unless it is somebody's.
pub(super) fn told(name: &str) -> String {
    match is_code(name) || is_name(name) {
        true => name.to_owned(),
        false => written_over(name),
    }
}

/// `BTC`, `USDC_m`, `BIP72b`.
fn is_code(name: &str) -> bool {
    let end = name.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let capitals = name.len() - end.len();
    let end = end.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    (2..=8).contains(&capitals) && end.len() <= 1 && name.len() <= 12 && name.is_ascii()
}

/// `refundAddresses`, `is_final`: of words, which ids and addresses are not.
fn is_name(name: &str) -> bool {
    let is_simple = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let capitals = name.bytes().filter(u8::is_ascii_uppercase).count();
    name.len() <= WORD
        && name.bytes().all(is_simple)
        && name
            .trim_start_matches('_')
            .starts_with(|c: char| c.is_ascii_lowercase())
        && digits <= 2
        && capitals * 3 < name.len()
        && (name.len() <= 12 || digits == 0)
}

/// A text of the same form: digits stay digits and letters letters, a time stays a time and a SIN a SIN.
fn written_over(text: &str) -> String {
    if text.parse::<Sin>().is_ok() {
        return SIN.to_owned();
    }
    let is_number = is_number(text);
    let is_time = !is_number && is_time(&text.into());
    text.chars()
        .map(|c| match c {
            '0'..='9' => '1',
            'e' | 'E' if is_number => c,
            'T' | 'Z' if is_time => c,
            'A'..='Z' => 'X',
            ' '..='~' if !c.is_ascii_alphabetic() => c,
            _ => 'x',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_over_keeps_its_form() {
        for (text, form) in [
            ("2021-05-10T18:04:14.224Z", "1111-11-11T11:11:11.111Z"),
            ("2021-05-10T18:04:14", "1111-11-11T11:11:11"),
            ("2021-05-10", "1111-11-11"),
            ("-12.50", "-11.11"),
            ("1e-8", "1e-1"),
            ("G3viJEJgE8Jk2oekSdgT2A", "X1xxXXXxX1Xx1xxxXxxX1X"),
            ("TfFW1ePJ5q6EZKBsYUrMGQEbb6z4fBmx6BW", SIN),
            ("Zoë <zoe@example.com>", "Xxx <xxx@xxxxxxx.xxx>"),
            ("Lovelace", "Xxxxxxxx"),
            ("", ""),
        ] {
            assert_eq!(written_over(text), form);
            assert_eq!(is_time(&text.into()), is_time(&form.into()), "{form}");
        }
        assert!(SIN.parse::<Sin>().is_ok());
    }

    #[test]
    fn a_name_of_bitpays_is_kept_and_an_id_is_not() {
        for name in [
            "BTC",
            "USDC_m",
            "BIP72b",
            "EIP681b",
            "refundAddresses",
            "minerFees",
            "_id",
            "address1",
        ] {
            assert_eq!(told(name), name);
        }
        for name in [
            "mzWP2NBdyhbtCbTJQ9kyZLh6yXMLsJtNF8",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
            "ada@example.com",
            "Lovelace",
            "tQvsCDYTjFkLrpXyNbWzKmGh",
            "hUqRtVwXyZaBcDeFgHiJkL",
        ] {
            assert_ne!(told(name), name);
        }
    }
}
