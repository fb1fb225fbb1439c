//! What a server says, read as a whole.

use std::fmt::Debug;

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::error::ApiErrorKind;
use bitpay_core::model::invoice::GetInvoice;
use bitpay_core::operation::{OPERATIONS, RetryClass, TokenPlace};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::server::{EveryOperation, FromRequest, visit_operations};
use bitpay_core::time::Timestamp;
use bitpay_core::{
    Allows, Answer, AnyGrant, Config, Effect, Environment, Error, ErrorKind, Operation,
};
use http::{HeaderMap, StatusCode};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::seeds;
use super::{TOKEN, caller};

/// Calls once, and is answered so.
pub(super) fn answered<E: Allows<AnyGrant>>(
    request: &E,
    status: u16,
    body: &[u8],
) -> Result<Answer<E::Response>, Error> {
    let config = Config::new(Environment::Test).retry(RetryPolicy::off());
    let settings = Settings::new(&config).expect("the defaults");
    let base = Environment::Test.base_url();
    let caller = caller(E::OPERATION);
    let mut call = Call::new(request, &base, &caller, &settings).expect("a call");
    let now = Timestamp::UNIX_EPOCH;
    assert!(matches!(call.step(now, 0), Step::Send(_)));
    let status = StatusCode::from_u16(status).expect("a status");
    assert!(call.head(status, HeaderMap::new()));
    assert!(call.body(body));
    call.end();
    match call.step(now, 0) {
        Step::Done(result) => result,
        _ => panic!("one try, and no end"),
    }
}

struct Picked<'a> {
    operation: &'static Operation,
    body: &'a [u8],
}

impl EveryOperation for Picked<'_> {
    fn operation<E>(&mut self)
    where
        E: FromRequest + Allows<AnyGrant> + PartialEq + Debug,
        E::Response: Serialize + PartialEq + Debug,
    {
        if E::OPERATION == self.operation {
            let request = E::from_request(seeds::request(self.operation.name)).expect("a request");
            read::<E>(&request, self.body);
        }
    }
}

/// What is read as the answer of an operation is JSON, is written again, and is read from that as the same;
/// what is not is all in the error, which shows no secret. The first byte picks the operation.
pub fn answer(data: &[u8]) {
    let Some((pick, body)) = data.split_first() else {
        return;
    };
    let operation = OPERATIONS[usize::from(*pick) % OPERATIONS.len()];
    visit_operations(&mut Picked { operation, body });
}

fn read<E>(request: &E, body: &[u8])
where
    E: Allows<AnyGrant>,
    E::Response: Serialize + PartialEq + Debug,
{
    let operation = E::OPERATION;
    match answered(request, 200, body) {
        Ok(answer) => {
            assert_eq!(answer.body(), body);
            let json = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
            assert!(serde_json::from_slice::<IgnoredAny>(json).is_ok());
            let value = answer.into_value();
            let written = serde_json::to_string(&value).expect("it has a JSON form");
            let again: E::Response = serde_json::from_str(&written)
                .unwrap_or_else(|error| panic!("{}: {error}: {written}", operation.name));
            assert_eq!(again, value, "{written}");
            assert_eq!(serde_json::to_string(&again).expect("JSON"), written);
        }
        Err(error) => {
            let reads = operation.retry == RetryClass::Read;
            match error.kind() {
                ErrorKind::Api(api) => assert_eq!(&api.body()[..], body),
                ErrorKind::Decode(decode) => {
                    assert_eq!(decode.body(), body);
                    assert_eq!(error.effect() == Effect::Nothing, reads);
                }
                ErrorKind::Replay(_) => assert!(!reads),
                other => panic!("a complete answer is not a {other:?}"),
            }
            // Who asks for a list of tokens has none that could be known.
            if operation.token != TokenPlace::None {
                shows_no_secret(&error);
            }
        }
    }
}

fn shows_no_secret(error: &Error) {
    for shown in [format!("{error}"), format!("{error:?}")] {
        assert!(!shown.contains(TOKEN), "{shown}");
    }
}

/// Whatever a server answers, a call ends in a value or in an error that says what happened, in the
/// server's own words but for the token. The first byte picks the status.
pub fn error_envelope(data: &[u8]) {
    let Some((pick, body)) = data.split_first() else {
        return;
    };
    const STATUSES: [u16; 12] = [200, 201, 204, 301, 400, 401, 403, 404, 429, 500, 502, 520];
    let status = STATUSES[usize::from(*pick) % STATUSES.len()];
    let request = GetInvoice::new("LXXgiWHZuKbt9yurP5RpMQ".parse().expect("an id"));
    match answered(&request, status, body) {
        Ok(answer) => {
            assert!(status < 300 && answer.body() == body);
            assert!(!says_no(body), "a refusal passes for a success");
        }
        Err(error) => {
            assert_eq!(error.effect(), Effect::Nothing, "reading has no effect");
            assert!(!error.to_string().is_empty());
            shows_no_secret(&error);
            match error.kind() {
                ErrorKind::Api(api) => {
                    assert_eq!((api.status, &api.body()[..]), (status, body));
                    assert_eq!(status == 301, api.kind == ApiErrorKind::Redirect);
                    assert!(status != 429 || api.kind == ApiErrorKind::RateLimited);
                    if api.kind != ApiErrorKind::NotJson && status != 301 {
                        in_its_words(&api.message, body);
                    }
                }
                ErrorKind::Decode(decode) => {
                    assert_eq!(&decode.body()[..], body);
                    assert!(!says_no(body), "a refusal is not understood");
                }
                other => panic!("a complete answer is not a {other:?}"),
            }
        }
    }
}

/// What a refusal may be in. A member that is there twice makes it none.
#[derive(Deserialize)]
struct Envelope {
    data: Option<IgnoredAny>,
    error: Option<Value>,
    errors: Option<Value>,
    status: Option<Value>,
    success: Option<Value>,
    #[serde(rename = "code")]
    _code: Option<IgnoredAny>,
    #[serde(rename = "message")]
    _message: Option<IgnoredAny>,
}

fn envelope(body: &[u8]) -> Option<Envelope> {
    let text = std::str::from_utf8(body).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A list could be read as one.
    text.trim_start().starts_with('{').then_some(())?;
    serde_json::from_str(text).ok()
}

/// Does a second reading find a refusal in an answer whose status is that of a success?
fn says_no(body: &[u8]) -> bool {
    envelope(body).is_some_and(|it| {
        it.status == Some("error".into())
            || it.success == Some(false.into())
            || ((it.error.is_some() || it.errors.is_some()) && it.data.is_none())
    })
}

/// Does a second reading find this message?
fn in_its_words(message: &str, body: &[u8]) {
    let Some(envelope) = envelope(body) else {
        return;
    };
    if let Some(Value::String(error)) = envelope.error
        && !error.is_empty()
    {
        if !message.contains("[masked]") {
            assert_eq!(message, error.replace(TOKEN, "[masked]"));
        }
        // A part of the token is masked as well, and nothing else is changed.
        let mut rest = error.as_str();
        for piece in message.split("[masked]") {
            let at = rest.find(piece).expect("the server's own words");
            rest = &rest[at + piece.len()..];
        }
    }
}
