//! Takes out of what is sent and answered what nobody may read.
//!
//! It reads text, not JSON: an answer may be cut off, broken, or a page of a proxy.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use http::{HeaderMap, Uri};
use zeroize::Zeroizing;

use crate::operation::{Operation, TokenPlace};

const MASK: &str = "[masked]";

/// Shorter ones are not looked for elsewhere: they would be found in many places by chance.
const SHORTEST: usize = 4;

/// A word of so many letters and digits may be a token. Ids and the addresses of most coins are shorter.
const TOKEN_LENGTH: usize = 40;

/// A part of a name that says that its value is a secret.
const SECRET: &[&str] = &[
    "token",
    "signature",
    "smscode",
    "pairingcode",
    "password",
    "passphrase",
    "secret",
    "privatekey",
    "apikey",
    "authorization",
    "cookie",
];

/// A part of a name that says that its value tells of a person.
const PERSONAL: &[&str] = &[
    "email",
    "phone",
    "sms",
    "buyer",
    "payoutinfo",
    "accountholder",
    "iban",
    "routing",
];

/// A name whose value tells of a person, but not in what anyone may read: currencies have names as well.
const PERSONAL_NAMES: &[&str] = &[
    "name",
    "firstname",
    "lastname",
    "address1",
    "address2",
    "locality",
    "city",
    "zip",
    "postalcode",
    "cc",
    "account",
];

/// What is around the tokens in a list of them, where every other name is a facade's.
const ENVELOPE: &[&str] = &[
    "data", "facade", "error", "errors", "message", "param", "status", "code", "success",
];

/// What is masked in one call.
#[derive(Clone, Copy)]
pub(crate) struct Mask<'a> {
    /// Looked for in all texts.
    secrets: &'a [&'a str],
    /// Anyone may ask for it: nobody's name is in it.
    is_public: bool,
    /// A key asks for its tokens: every text may be one.
    lists_tokens: bool,
}

/// Why a value is masked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    No,
    /// A text or a group, but not a number or a truth value.
    Personal,
    Secret,
}

impl<'a> Mask<'a> {
    pub(crate) fn new(operation: &Operation, secrets: &'a [&'a str]) -> Self {
        Self {
            secrets,
            is_public: operation.is_public() && operation.token == TokenPlace::None,
            lists_tokens: operation.identity,
        }
    }

    /// A text that a server wrote, without what nobody may read.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        // Writing into a string does not fail.
        let _ = self.write_json(text, &mut out);
        out
    }

    fn hides(&self, name: &str) -> Hidden {
        // A name that hides what it is.
        if name.contains('\\') {
            return Hidden::Secret;
        }
        let plain: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let has = |parts: &[&str]| parts.iter().any(|part| plain.contains(part));
        if has(SECRET) || self.lists_tokens && !ENVELOPE.contains(&&*plain) {
            Hidden::Secret
        } else if has(PERSONAL) || !self.is_public && PERSONAL_NAMES.contains(&&*plain) {
            Hidden::Personal
        } else {
            Hidden::No
        }
    }

    /// Writes text with the secrets taken out that it holds, and words that look like one. At the end of what
    /// came, a secret may have been cut off.
    fn write(&self, mut text: &str, is_last: bool, out: &mut dyn Write) -> fmt::Result {
        loop {
            let found = self
                .secrets
                .iter()
                .filter(|secret| secret.len() >= SHORTEST)
                .filter_map(|secret| Some((text.find(secret)?, secret.len())))
                .min_by_key(|(at, length)| (*at, usize::MAX - length));
            let Some((at, length)) = found else { break };
            let (before, rest) = text.split_at(at);
            write_words(before, out)?;
            out.write_str(MASK)?;
            text = rest.get(length..).unwrap_or_default();
        }
        let cut = if is_last { self.begun(text) } else { 0 };
        let (whole, cut) = text.split_at(text.len() - cut);
        write_words(whole, out)?;
        if cut.is_empty() {
            Ok(())
        } else {
            out.write_str(MASK)
        }
    }

    /// How many bytes at the end of the text are the beginning of a secret.
    fn begun(&self, text: &str) -> usize {
        self.secrets
            .iter()
            .filter_map(|secret| {
                (SHORTEST..secret.len())
                    .rev()
                    .find(|length| secret.get(..*length).is_some_and(|it| text.ends_with(it)))
            })
            .max()
            .unwrap_or(0)
    }

    /// Writes JSON, or what was meant to be it.
    fn write_json(&self, mut text: &str, out: &mut dyn Write) -> fmt::Result {
        while let Some((before, rest)) = text.split_once('"') {
            self.write(before, false, out)?;
            let (inside, after) = string(rest);
            out.write_char('"')?;
            let Some(after) = after else {
                return self.write(inside, true, out);
            };
            self.write(inside, false, out)?;
            out.write_char('"')?;
            text = after;
            // A name, when a colon follows.
            let Some(value) = after.trim_ascii_start().strip_prefix(':') else {
                continue;
            };
            let value = value.trim_ascii_start();
            let hidden = self.hides(inside);
            if hidden == Hidden::No {
                continue;
            }
            let (value, rest) = value.split_at(length(value));
            if is_worth_hiding(value, hidden) {
                out.write_str(":\"")?;
                out.write_str(MASK)?;
                out.write_char('"')?;
                text = rest;
            }
        }
        self.write(text, true, out)
    }

    fn write_address(&self, address: &Uri, out: &mut dyn Write) -> fmt::Result {
        if let (Some(scheme), Some(host)) = (address.scheme_str(), address.authority()) {
            write!(out, "{scheme}://{host}")?;
        }
        self.write(address.path(), false, out)?;
        let pairs = address.query().into_iter().flat_map(|it| it.split('&'));
        for (index, pair) in pairs.enumerate() {
            out.write_char(if index == 0 { '?' } else { '&' })?;
            match pair.split_once('=') {
                Some((name, value)) if !value.is_empty() && self.hides(name) != Hidden::No => {
                    write!(out, "{name}={MASK}")?;
                }
                _ => self.write(pair, false, out)?,
            }
        }
        Ok(())
    }

    fn write_headers(&self, headers: &HeaderMap, out: &mut dyn Write) -> fmt::Result {
        for (index, (name, value)) in headers.iter().enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            write!(out, "{line}{name}: ")?;
            if value.is_sensitive() || self.hides(name.as_str()) != Hidden::No {
                out.write_str(MASK)?;
            } else {
                self.write(&String::from_utf8_lossy(value.as_bytes()), false, out)?;
            }
        }
        Ok(())
    }
}

/// The inside of a JSON string, and what follows its quotation mark if it has one.
fn string(text: &str) -> (&str, Option<&str>) {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => {
                let (inside, rest) = text.split_at(at);
                return (inside, rest.get(1..));
            }
            _ => {}
        }
    }
    (text, None)
}

/// The length of the JSON value that a text begins with, or all of it when it does not end.
fn length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let byte = rest.as_bytes().first().copied().unwrap_or_default();
        match byte {
            b'"' => {
                let Some(after) = rest.get(1..).and_then(|rest| string(rest).1) else {
                    return text.len();
                };
                at = text.len() - after.len();
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    text.len()
}

/// What is empty is shown, and so are truth values.
fn is_worth_hiding(value: &str, hidden: Hidden) -> bool {
    let own = value.trim_ascii();
    let is_nothing = matches!(own, "" | "null" | "true" | "false" | "\"\"" | "[]" | "{}");
    let is_number = own.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    !is_nothing && (hidden == Hidden::Secret || !is_number)
}

fn write_words(mut text: &str, out: &mut dyn Write) -> fmt::Result {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    while let Some(start) = text.find(is_inside) {
        let (before, rest) = text.split_at(start);
        let end = rest.find(|c| !is_inside(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.write_str(before)?;
        out.write_str(if is_like_a_token(word) { MASK } else { word })?;
        text = after;
    }
    out.write_str(text)
}

/// Long, of small and large letters and digits, and no hex: that is a hash, or an address of a coin.
fn is_like_a_token(word: &str) -> bool {
    let hex = word.strip_prefix("0x").unwrap_or(word);
    let has = |test: fn(&u8) -> bool| word.bytes().any(|byte| test(&byte));
    word.len() >= TOKEN_LENGTH
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && !hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The texts in a body that are secrets by their names, such as an SMS code: a server may repeat them in what
/// it says. Most operations have none, and their bodies are not read for it.
pub(crate) fn secret_values(operation: &Operation, body: &[u8], into: &mut Vec<Zeroizing<String>>) {
    let is_secret = |name: &str| {
        let plain = name.to_ascii_lowercase();
        SECRET.iter().any(|part| plain.contains(part))
    };
    let is_any_path = operation.path.is_empty();
    if !is_any_path && !operation.parameters.iter().any(|it| is_secret(it.name)) {
        return;
    }
    let Ok(mut text) = core::str::from_utf8(body) else {
        return;
    };
    while let Some((_, rest)) = text.split_once('"') {
        let (name, Some(after)) = string(rest) else {
            return;
        };
        text = after;
        let Some(value) = after.trim_ascii_start().strip_prefix(':') else {
            continue;
        };
        if let Some(value) = value.trim_ascii_start().strip_prefix('"')
            && is_secret(name)
        {
            let (value, _) = string(value);
            if value.len() >= SHORTEST {
                into.push(Zeroizing::new(value.to_owned()));
            }
        }
    }
}

/// Something that was sent or answered. `Display` and `Debug` write it without what nobody may read: see
/// [the module](super).
pub struct Masked<'a> {
    what: What<'a>,
    mask: Mask<'a>,
}

enum What<'a> {
    Text(&'a [u8]),
    Address(&'a Uri),
    Headers(&'a HeaderMap),
}

impl<'a> Masked<'a> {
    pub(super) fn text(text: &'a [u8], mask: Mask<'a>) -> Self {
        let what = What::Text(text);
        Self { what, mask }
    }

    pub(super) fn address(address: &'a Uri, mask: Mask<'a>) -> Self {
        let what = What::Address(address);
        Self { what, mask }
    }

    pub(super) fn headers(headers: &'a HeaderMap, mask: Mask<'a>) -> Self {
        let what = What::Headers(headers);
        Self { what, mask }
    }
}

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            What::Text(text) => self.mask.write_json(&String::from_utf8_lossy(text), f),
            What::Address(address) => self.mask.write_address(address, f),
            What::Headers(headers) => self.mask.write_headers(headers, f),
        }
    }
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
