//! What a server says, read as it comes.

use std::time::Duration;

use bitpay_core::call::{Incoming as _, Settings, Step};
use bitpay_core::model::invoice::{
    Invoice, InvoiceEventToken, ListInvoices, SubscribeInvoiceEvents,
};
use bitpay_core::model::ledger::GetLedgerEntries;
use bitpay_core::model::settlement::GetSettlementReport;
use bitpay_core::retry::RetryPolicy;
use bitpay_core::server::FromRequest;
use bitpay_core::stream::{StreamCall, Streamable};
use bitpay_core::time::Timestamp;
use bitpay_core::{Allows, AnyGrant, Config, Environment, RawRequest, ResourceToken};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::super::seeds;
use super::answers::answered;
use super::caller;

/// Longer than any input.
const LIMIT: usize = 1 << 20;

/// What a stream gave: each item and the end as JSON, or why there is no end.
#[derive(Debug, PartialEq)]
struct Read {
    items: Vec<String>,
    end: Result<Option<String>, String>,
    reconnect: Option<Duration>,
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("it has a JSON form")
}

/// Reads a body in pieces of this size.
fn read<E>(request: &E, kind: &'static str, body: &[u8], piece: usize) -> Read
where
    E: Streamable + Allows<AnyGrant>,
    E::Item: Serialize,
    E::Response: Serialize,
{
    let config = Config::new(Environment::Test)
        .retry(RetryPolicy::off())
        .max_body(LIMIT);
    let settings = Settings::new(&config).expect("the defaults");
    let base = Environment::Test.base_url();
    let caller = caller(E::OPERATION);
    let mut call = StreamCall::new(request, &base, &caller, &settings).expect("a call");
    let now = Timestamp::UNIX_EPOCH;
    assert!(matches!(call.step(now, 0), Step::Send(_)));
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let mut goes_on = call.head(StatusCode::OK, headers);
    let mut items = Vec::new();
    for chunk in body.chunks(piece) {
        goes_on = goes_on && call.body(chunk);
        while let Some(item) = call.next() {
            items.push(json(&item));
        }
    }
    if goes_on {
        call.end();
    }
    let Step::Done(end) = call.step(now, 0) else {
        panic!("one try, and no end")
    };
    while let Some(item) = call.next() {
        items.push(json(&item));
    }
    assert_eq!(call.received(), items.len() as u64);
    Read {
        items,
        // After an error nobody asks for it.
        reconnect: end.as_ref().ok().and_then(|_| call.reconnect_after()),
        end: match end {
            Ok(rest) => Ok(rest.map(|rest| json(&rest.into_value()))),
            Err(error) => {
                assert_eq!(error.items_received(), call.received());
                Err(error.to_string())
            }
        },
    }
}

/// The request of an operation's fixtures.
fn written<E: FromRequest>() -> E {
    let name = E::OPERATION.name;
    E::from_request(seeds::request(name)).expect("a request")
}

/// However a document is cut, its rows and what is around them are those of the whole, as a call that reads
/// it at once finds them. The first byte picks the kind of list, the second one the size of the pieces.
pub fn rows(data: &[u8]) {
    let [pick, piece, body @ ..] = data else {
        return;
    };
    let piece = usize::from(*piece) + 1;
    match pick % 4 {
        0 => {
            let request = RawRequest::new(Method::GET, ["rows"]).reads();
            in_pieces(&request, body, piece, |_, whole| whole);
        }
        1 => in_pieces(&written::<ListInvoices>(), body, piece, |_, whole| whole),
        2 => in_pieces(&written::<GetLedgerEntries>(), body, piece, |_, whole| {
            whole
        }),
        _ => in_pieces(
            &written::<GetSettlementReport>(),
            body,
            piece,
            |rest, mut whole| {
                let rows = whole["ledgerEntries"].take();
                // But for its rows, what is around them is all there is.
                let mut rest: Value = serde_json::from_str(rest).expect("our own JSON");
                rest["ledgerEntries"] = Value::Null;
                assert_eq!(rest, whole);
                rows
            },
        ),
    }
}

fn in_pieces<E>(request: &E, body: &[u8], piece: usize, rows_of: fn(&str, Value) -> Value)
where
    E: Streamable + Allows<AnyGrant>,
    E::Item: Serialize,
    E::Response: Serialize,
{
    let kind = "application/json";
    let streamed = read(request, kind, body, piece);
    assert_eq!(streamed, read(request, kind, body, LIMIT));
    let whole = answered(request, 200, body);
    match (&streamed.end, whole) {
        (Ok(Some(rest)), Ok(whole)) => {
            let whole: Value = serde_json::from_str(&json(&whole.into_value())).expect("JSON");
            let rows = format!("[{}]", streamed.items.join(","));
            let mut rows: Value = serde_json::from_str(&rows).expect("our own JSON");
            // A list whose name is written in another way is not taken apart.
            if let (Value::Array(rows), Ok(Value::Array(more))) =
                (&mut rows, serde_json::from_str(rest))
            {
                rows.extend(more);
            }
            let found = rows_of(rest, whole);
            // What is no list has no rows.
            let none = Value::Array(Vec::new());
            assert!(
                found == rows || (!found.is_array() && rows == none),
                "{rows} and not {found}"
            );
        }
        (Err(_), Err(_)) => {}
        (end, whole) => panic!(
            "{end:?}, and as a whole {:?}",
            whole.map(|it| it.body().clone())
        ),
    }
}

/// However a stream of events is cut, its events are those that a second reading, of the whole, finds by
/// the rules of the standard. The first byte is the size of the pieces.
pub fn events(data: &[u8]) {
    let Some((piece, body)) = data.split_first() else {
        return;
    };
    let pass = InvoiceEventToken::new("https://test.bitpay.com/events", ResourceToken::new("pass"));
    let base = Environment::Test.base_url();
    let request = SubscribeInvoiceEvents::new(&pass, &base).expect("an address");
    let kind = "text/event-stream";
    let streamed = read(&request, kind, body, usize::from(*piece) + 1);
    assert_eq!(streamed, read(&request, kind, body, LIMIT));

    let (found, reconnect) = by_lines(body);
    for (item, data) in streamed.items.iter().zip(&found) {
        // It does not read a member that is there twice.
        if let Ok(invoice) = serde_json::from_slice::<Invoice>(data) {
            assert_eq!(&json(&invoice), item);
        }
    }
    match &streamed.end {
        Ok(end) => {
            assert_eq!(end, &None);
            assert_eq!(streamed.items.len(), found.len());
            assert_eq!(streamed.reconnect, reconnect);
        }
        Err(_) => {
            let unread = &found[streamed.items.len()];
            // Where nobody reads it, serde takes bytes that are no text, and numbers of any length.
            let is_text = str::from_utf8(unread).is_ok();
            let is_digit =
                |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
            let is_long = unread
                .split(|byte| !is_digit(byte))
                .any(|it| it.len() > 1_000);
            assert!(!is_text || is_long || serde_json::from_slice::<Invoice>(unread).is_err());
        }
    }
}

/// The data of the events that are listened to, and the pause that was asked for last.
fn by_lines(body: &[u8]) -> (Vec<Vec<u8>>, Option<Duration>) {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut lines: Vec<Vec<u8>> = vec![Vec::new()];
    let mut bytes = body.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' | b'\n' => {
                if byte == b'\r' {
                    bytes.next_if_eq(&b'\n');
                }
                lines.push(Vec::new());
            }
            _ => lines.last_mut().expect("a line").push(byte),
        }
    }
    // A line that has no end is none.
    lines.pop();
    let (mut found, mut reconnect) = (Vec::new(), None);
    let (mut name, mut data): (Vec<u8>, Vec<Vec<u8>>) = (Vec::new(), Vec::new());
    for line in lines {
        if line.is_empty() {
            let data = std::mem::take(&mut data);
            if std::mem::take(&mut name) == b"statechange" && !data.is_empty() {
                found.push(data.join(&b'\n'));
            }
            continue;
        }
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let field = parts.next().unwrap_or_default();
        let value = parts.next().unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"event" => name = value.to_vec(),
            b"data" => data.push(value.to_vec()),
            b"retry" if value.iter().all(u8::is_ascii_digit) => {
                let text = std::str::from_utf8(value).unwrap_or_default();
                if let Ok(millis) = text.parse() {
                    reconnect = Some(Duration::from_millis(millis));
                }
            }
            _ => {}
        }
    }
    (found, reconnect)
}
