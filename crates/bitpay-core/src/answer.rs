//! Reads what BitPay says: the envelope around the data, and every form of refusal.
//!
//! BitPay's status codes do not separate an ordinary mistake from a failure of the server: both may
//! be a 500, and an error may come with a 200. The body decides.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;
use core::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::bounds;
use crate::error::{ApiError, ApiErrorKind, DecodeError, ErrorCode, ParamError, TEXTS};
use crate::id::is_id;
use crate::json::Entries;
use crate::observe::Mask;
use crate::time::Timestamp;

/// What a call gave: the value, and the answer that it was read from.
///
/// It dereferences to the value, so `invoice.id` works on an `Answer<Invoice>`.
///
/// `Debug` shows the value, and of the body its length: a token may be in it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer<T> {
    operation: &'static str,
    // An invoice has 1.5 KB, and is handed on a dozen times until the caller has it.
    value: Box<T>,
    body: Bytes,
    tries: u32,
    looked_up: bool,
    unrecorded: bool,
}

impl<T> Answer<T> {
    pub(crate) fn new(
        operation: &'static str,
        value: Box<T>,
        body: Bytes,
        tries: u32,
        looked_up: bool,
    ) -> Self {
        Self {
            operation,
            value,
            body,
            tries,
            looked_up,
            unrecorded: false,
        }
    }

    pub(crate) fn set_unrecorded(&mut self, unrecorded: bool) {
        self.unrecorded = unrecorded;
    }

    /// The operation that was called.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The value alone.
    #[must_use]
    pub fn into_value(self) -> T {
        *self.value
    }

    /// The body of the answer as it came, with the fields that this crate does not know. It holds
    /// the resource's token: keep it out of logs.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// How many requests it took.
    #[must_use]
    pub fn tries(&self) -> u32 {
        self.tries
    }

    /// Was the answer lost, and what it told of found by a look-up?
    #[must_use]
    pub fn was_looked_up(&self) -> bool {
        self.looked_up
    }

    /// The client has a journal, and this outcome could not be written to it: the intent stays open there,
    /// and is found again by whoever reads the journal.
    #[must_use]
    pub fn is_unrecorded(&self) -> bool {
        self.unrecorded
    }
}

impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("value", &self.value)
            .field("body_length", &self.body.len())
            .field("tries", &self.tries)
            .field("looked_up", &self.looked_up)
            .finish()
    }
}

impl<T> Deref for Answer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> AsRef<T> for Answer<T> {
    fn as_ref(&self) -> &T {
        &self.value
    }
}

/// What an answer is.
pub(crate) enum Reading {
    /// The caller has read the data already.
    Read,
    /// The part of the body that holds the data.
    Data(Bytes),
    Refused(ApiError),
    /// A success by its status, but not JSON that can be read, or too much of it.
    Garbled(DecodeError),
}

/// Every member of any envelope that was seen.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    success: Option<&'a RawValue>,
}

impl Envelope<'_> {
    /// A refusal by its words, whatever the HTTP status: `"status":"error"`, and `"status":"false"` and
    /// `"success":false`, of which it is not known when BitPay sends them.
    fn says_no(&self) -> bool {
        let no = |raw: Option<&RawValue>| {
            raw.is_some_and(|raw| matches!(raw.get(), "false" | "\"false\""))
        };
        self.status
            .is_some_and(|status| status.get() == "\"error\"")
            || no(self.status)
            || no(self.success)
            || no(self.data.and_then(success_of))
    }
}

/// The member `success` of an object that has nothing else.
fn success_of(data: &RawValue) -> Option<&RawValue> {
    // Nothing longer is: an answer is not read twice for this.
    if data.get().len() > 40 {
        return None;
    }
    match serde_json::from_str::<Entries<'_>>(data.get()) {
        Ok(Entries(members)) => match members.as_slice() {
            [(name, value)] if name == "success" => Some(value),
            _ => None,
        },
        Err(_) => None,
    }
}

/// What most answers are, read in one pass: a success that says nothing else. `None` is no verdict: [`read`] says
/// what it is.
pub(crate) fn value_in<T: DeserializeOwned>(text: &[u8]) -> Option<Box<T>> {
    /// What a refusal in the place of the data would fit into.
    const SHORT: usize = 200;

    #[derive(Deserialize)]
    #[serde(bound(deserialize = "T: DeserializeOwned, 'de: 'a"))]
    struct Plain<'a, T> {
        data: Given<T>,
        #[serde(borrow)]
        status: Option<&'a RawValue>,
        #[serde(borrow)]
        success: Option<&'a RawValue>,
        #[serde(borrow)]
        error: Option<&'a RawValue>,
        #[serde(borrow)]
        errors: Option<&'a RawValue>,
        #[serde(borrow)]
        code: Option<&'a RawValue>,
        #[serde(borrow)]
        message: Option<&'a RawValue>,
    }

    if text.len() < SHORT {
        return None;
    }
    let plain: Plain<'_, T> = serde_json::from_str(core::str::from_utf8(text).ok()?).ok()?;
    let says = |member: Option<&RawValue>, yes| member.is_none_or(|raw| raw.get() == yes);
    let others = [plain.error, plain.errors, plain.code, plain.message];
    (says(plain.status, r#""success""#)
        && says(plain.success, "true")
        && others.iter().all(Option::is_none))
    .then_some(plain.data.0)
}

/// Anything but `null`, which stands for no data.
struct Given<T>(Box<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NotNull<T>(PhantomData<T>);

        impl<'de, T: DeserializeOwned> Visitor<'de> for NotNull<T> {
            type Value = Given<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("data")
            }

            fn visit_some<D: Deserializer<'de>>(self, it: D) -> Result<Given<T>, D::Error> {
                Box::deserialize(it).map(Given)
            }
        }

        deserializer.deserialize_option(NotNull(PhantomData))
    }
}

/// The part of a success that holds the data.
pub(crate) fn data_of(body: &Bytes) -> Bytes {
    let text = without_bom(body);
    match read_json(StatusCode::OK, &text, body, &mut |_| false) {
        Ok(Reading::Data(data)) => data,
        _ => text,
    }
}

/// Reads an answer. `take` may read what is JSON within the bounds, as it is in a success, before anybody else does.
pub(crate) fn read(
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
    max_items: usize,
    now: Timestamp,
    take: &mut dyn FnMut(&[u8]) -> bool,
) -> Reading {
    let text = without_bom(body);
    let mut refused = if status.is_redirection() {
        let message = "a redirect, which is not followed".to_owned();
        ApiError::new(
            ApiErrorKind::Redirect,
            status.as_u16(),
            message,
            body.clone(),
        )
    } else {
        // What refuses is held to the bounds as well; beyond them it is a page like any other.
        let bounded = match text.first() {
            Some(b'{' | b'[') => bounds::check(&text, max_items),
            _ => Ok(()),
        };
        let reading = match bounded {
            Err(bound) if status.is_success() => {
                let error = DecodeError::beyond(bound, status.as_u16(), body.clone());
                return Reading::Garbled(error);
            }
            Err(bound) => Err(bound.to_string()),
            Ok(()) => read_json(status, &text, body, take),
        };
        match reading {
            Ok(reading) => match reading {
                Reading::Refused(refused) => refused,
                other => return other,
            },
            Err(problem) if status.is_success() && text.starts_with(b"{") => {
                return Reading::Garbled(DecodeError::new(problem, status.as_u16(), body.clone()));
            }
            Err(_) => ApiError::new(
                ApiErrorKind::NotJson,
                status.as_u16(),
                String::new(),
                body.clone(),
            ),
        }
    };
    let text_of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    refused.content_type = text_of("content-type").map(ToOwned::to_owned);
    refused.ray = text_of("cf-ray").map(ToOwned::to_owned);
    refused.retry_after =
        text_of(header::RETRY_AFTER.as_str()).and_then(|text| retry_after(text, now));
    Reading::Refused(refused)
}

/// The refusal in words: a server may repeat in it what nobody else may read.
pub(crate) fn told(mut refused: ApiError, mask: Mask<'_>) -> ApiError {
    refused.message = match refused.kind {
        ApiErrorKind::NotJson => excerpt(&without_bom(refused.body()), mask),
        _ => mask.text(&refused.message),
    };
    for param in &mut refused.params {
        param.param = mask.text(&param.param);
        param.error = mask.text(&param.error);
    }
    refused.code = refused.code.map(|code| mask.text(code.as_str()).into());
    if refused.status == StatusCode::TOO_MANY_REQUESTS.as_u16() {
        refused.kind = ApiErrorKind::RateLimited;
    }
    refused
}

fn without_bom(body: &Bytes) -> Bytes {
    let mut text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // The spaces of JSON, which are fewer than those of ASCII.
    while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..]
    | [rest @ .., b' ' | b'\t' | b'\n' | b'\r'] = text
    {
        text = rest;
    }
    body.slice_ref(text)
}

fn read_json(
    status: StatusCode,
    text: &Bytes,
    body: &Bytes,
    take: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<Reading, String> {
    if text.is_empty() {
        return Err("the answer is empty".to_owned());
    }
    if !text.starts_with(b"{") {
        let whole: &RawValue = serde_json::from_slice(text).map_err(|error| problem(&error))?;
        if status.is_success() {
            return Ok(Reading::Data(text.slice_ref(whole.get().as_bytes())));
        }
        let message = format!("HTTP {}", status.as_u16());
        return Ok(Reading::Refused(ApiError::new(
            ApiErrorKind::Other,
            status.as_u16(),
            message,
            body.clone(),
        )));
    }
    if status.is_success() && take(text) {
        return Ok(Reading::Read);
    }
    let envelope: Envelope<'_> = serde_json::from_slice(text).map_err(|error| problem(&error))?;
    let has_error = envelope.error.is_some() || envelope.errors.is_some();
    if envelope.says_no() || !status.is_success() || (has_error && envelope.data.is_none()) {
        return Ok(Reading::Refused(refusal(status, &envelope, body)));
    }
    let data = envelope
        .data
        .map_or(&text[..], |data| data.get().as_bytes());
    Ok(Reading::Data(text.slice_ref(data)))
}

fn refusal(status: StatusCode, envelope: &Envelope<'_>, body: &Bytes) -> ApiError {
    /// `{"type": .., "message": ..}`, an older form.
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        kind: Option<String>,
        message: Option<String>,
    }
    #[derive(Deserialize)]
    struct Param {
        param: Option<String>,
        error: Option<String>,
        message: Option<String>,
    }

    let mut message = String::new();
    if let Some(error) = envelope.error {
        message = match (text_of(error), serde_json::from_str::<Typed>(error.get())) {
            (Some(text), _) => text,
            (
                None,
                Ok(Typed {
                    kind: Some(kind),
                    message: Some(text),
                }),
            ) => format!("{kind}: {text}"),
            (None, Ok(Typed { kind, message })) => kind.or(message).unwrap_or_default(),
            (None, Err(_)) => error.get().to_owned(),
        };
    }
    if message.is_empty() {
        message = envelope.message.and_then(text_of).unwrap_or_default();
    }
    let params: Vec<ParamError> = envelope
        .errors
        .and_then(|errors| serde_json::from_str::<Vec<Param>>(errors.get()).ok())
        .unwrap_or_default()
        .into_iter()
        .map(|p| {
            ParamError::new(
                p.param.unwrap_or_default(),
                p.error.or(p.message).unwrap_or_default(),
            )
        })
        .collect();
    if message.is_empty() && params.is_empty() {
        message = match envelope.errors {
            Some(errors) => errors.get().to_owned(),
            None if status.is_success() => "not done; BitPay does not say why".to_owned(),
            None => format!("HTTP {}", status.as_u16()),
        };
    }
    let code = envelope
        .code
        .map(|code| text_of(code).unwrap_or_else(|| code.get().to_owned()))
        .map(ErrorCode::from);
    let kind = meaning(&message, code.as_ref(), !params.is_empty(), status);
    let mut refused = ApiError::new(kind, status.as_u16(), message, body.clone());
    refused.code = code;
    refused.params = params;
    refused
}

/// What a refusal means, by its code and text.
fn meaning(
    message: &str,
    code: Option<&ErrorCode>,
    has_params: bool,
    status: StatusCode,
) -> ApiErrorKind {
    let lower = message.to_ascii_lowercase();
    if let Some(kind) = code.and_then(|code| code.kind().refusal()) {
        return kind;
    }
    if let Some((_, kind)) = TEXTS.iter().find(|(text, _)| lower.contains(text)) {
        return *kind;
    }
    if has_params || lower.contains("missing required parameter") || lower.contains("invalid param")
    {
        return ApiErrorKind::InvalidParams;
    }
    match status {
        StatusCode::NOT_FOUND => ApiErrorKind::NotFound,
        StatusCode::TOO_MANY_REQUESTS => ApiErrorKind::RateLimited,
        _ => ApiErrorKind::Other,
    }
}

fn text_of(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// What serde found, by kind and place. Its own text may quote a value of the answer.
pub(crate) fn problem(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "the JSON ends too early",
        serde_json::error::Category::Syntax => "not valid JSON",
        _ => {
            return format!(
                "a field has an unexpected form: {}",
                without_quotes(&error.to_string())
            );
        }
    };
    format!("{what} at line {} column {}", error.line(), error.column())
}

/// Takes quoted values out of serde's text: `invalid type: string "secret", expected ..`.
pub(crate) fn without_quotes(text: &str) -> String {
    let mut parts = text.split('"');
    let mut out = parts.next().unwrap_or_default().to_owned();
    while let (Some(_), Some(after)) = (parts.next(), parts.next()) {
        out.push_str("\"..\"");
        out.push_str(after);
    }
    out
}

/// The first words of a page that is not JSON, on one line.
fn excerpt(text: &[u8], mask: Mask<'_>) -> String {
    const ENOUGH: usize = 400;
    if text.is_empty() {
        return "an empty body".to_owned();
    }
    let start = String::from_utf8_lossy(&text[..text.len().min(ENOUGH)]);
    // Before anything else is taken out: JSON that is cut off says by its names what its values are.
    let start = mask.text(&start);
    let plain = strip_tags(&start);
    let mut words: String = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = words.char_indices().nth(120) {
        words.truncate(cut);
        words.push('…');
    }
    if words.is_empty() {
        "a page without text".to_owned()
    } else {
        format!("“{words}”")
    }
}

fn strip_tags(page: &str) -> String {
    let mut out = String::new();
    let mut in_tag = false;
    for c in page.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                out.push(' ');
            }
            // A gap where something was: what stood on both sides of it was not one word, and was not masked as one.
            c if !in_tag => out.push(if c.is_control() { ' ' } else { c }),
            _ => {}
        }
    }
    out
}

/// `Retry-After`, in seconds or as a date.
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

/// The id and the address of what an answer tells of, also when the answer is cut off or a field
/// has an unexpected form.
pub(crate) fn find_id_and_url(body: &[u8]) -> (Option<String>, Option<String>) {
    // Without a copy, which would be three times as long where bytes are not UTF-8.
    let text_of = |name: &str| {
        body.utf8_chunks()
            .map(|chunk| chunk.valid())
            .filter(|text| text.len() > name.len())
            .find_map(|text| member(text, name))
    };
    let id = text_of("\"id\"").filter(|id| is_id(id));
    let url = text_of("\"url\"").filter(|url| url.starts_with("http"));
    let id = id.or_else(|| {
        let id = url?.split_once("?id=")?.1;
        let id = id.split('&').next()?;
        is_id(id).then_some(id)
    });
    (id.map(ToOwned::to_owned), url.map(ToOwned::to_owned))
}

/// The text of the first member of this name, without regard to depth.
fn member<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.match_indices(name).find_map(|(at, _)| {
        let rest = text
            .get(at + name.len()..)?
            .trim_start()
            .strip_prefix(':')?
            .trim_start()
            .strip_prefix('"')?;
        rest.split_once('"').map(|(value, _)| value)
    })
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    /// With a member that makes it long enough for one pass.
    fn long(members: &str) -> Bytes {
        let rest = "x".repeat(200);
        Bytes::from(format!(r#"{{{members},"rest":"{rest}"}}"#))
    }

    #[test]
    fn what_is_read_in_one_pass_is_what_is_read_in_two() {
        let good = [
            r#""data":[1,2]"#,
            r#""facade":"pos/invoice","data":[1,2],"status":"success""#,
            r#""success":true,"error":null,"errors":null,"data":[1,2]"#,
        ];
        for members in good {
            let text = long(members);
            assert_eq!(value_in(&text), Some(Box::new(vec![1, 2])), "{members}");
            assert_eq!(data_of(&text), "[1,2]", "{members}");
        }
        let left_to_two = [
            r#""data":null"#,
            r#""nothing":[1,2]"#,
            r#""data":[1,2],"status":"error""#,
            r#""data":[1,2],"status":"false""#,
            r#""data":[1,2],"success":false"#,
            r#""data":[1,2],"success":"false""#,
            r#""data":[1,2],"error":"no""#,
            r#""data":[1,2],"errors":[]"#,
            r#""data":[1,2],"code":"010207""#,
            r#""data":[1,2],"message":"no""#,
            r#""data":[1,2],"data":[3]"#,
            r#""data":[1,"2"]"#,
            r#""data":[1,2"#,
        ];
        for members in left_to_two {
            assert_eq!(value_in::<Vec<u8>>(&long(members)), None, "{members}");
        }
        let mut not_text = long(r#""data":[1,2]"#).to_vec();
        let place = not_text.len() - 5;
        not_text[place] = 0xff;
        assert_eq!(value_in::<Vec<u8>>(&not_text), None);
        let refused = br#"{"data":{"success":false}}"#;
        assert!(value_in::<alloc::collections::BTreeMap<String, bool>>(refused).is_none());
    }
}
