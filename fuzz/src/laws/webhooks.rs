//! Webhooks: the header and the body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitpay_core::webhook::{Event, Subject, Unverified, Verifier, WebhookError};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::text;

const SECRET: &str = "a token of the merchant";

/// A header is taken exactly when a second reckoning makes it of the body; and what is then read, signed or
/// not, names what a second reading of the JSON names. The header is the first line, and the body what is
/// after it.
pub fn webhook(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    let (header, body) = data.split_at(end.unwrap_or(0));
    let body = body.strip_prefix(b"\n").unwrap_or(body);
    let right = STANDARD.encode(mac(body));
    assert_eq!(Verifier::sign(SECRET, body), right);
    let verifier = Verifier::new()
        .with("another", "another one")
        .with("mine", SECRET);
    if let Some(header) = text(header) {
        let taken = verifier.verify(body, header).is_ok();
        assert_eq!(taken, header.trim_ascii() == right, "{header:?}");
    }
    let verified = verifier.verify(body, &right).expect("it is signed so");
    assert_eq!((verified.matched(), verified.body()), ("mine", body));
    match (verified.event(), Unverified::read(body)) {
        (Ok(event), Ok(unverified)) => {
            let json: Value = match serde_json::from_slice(body) {
                Ok(json) => json,
                // As deep as nobody writes.
                Err(_) => return,
            };
            agree(&event, &unverified, &json, body);
        }
        (Err(signed), Err(unsigned)) => {
            assert_eq!(signed, unsigned);
            // More than there ever is.
            if let WebhookError::Beyond(_) = signed {
                return;
            }
            assert!(matches!(signed, WebhookError::Decode { .. }));
            assert!(serde_json::from_slice::<Value>(body).is_err());
        }
        other => panic!("{other:?}"),
    }
}

fn agree(event: &Event, unverified: &Unverified, json: &Value, body: &[u8]) {
    let in_a_path = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    assert!(unverified.id().is_none_or(|id| id.chars().all(in_a_path)));
    if contradicts_itself(&json["event"]) {
        assert!(matches!(event, Event::Other { .. }), "{event:?}");
    }
    let (subject, id, status) = match event {
        Event::Invoice(it) => (Subject::Invoice, it.invoice_id.as_str(), it.status.as_str()),
        Event::Refund(it) => (Subject::Refund, it.refund_id.as_str(), it.status.as_str()),
        Event::Payout(it) => (Subject::Payout, it.payout_id.as_str(), it.status.as_str()),
        Event::Recipient(it) => (
            Subject::Recipient,
            it.recipient_id.as_str(),
            it.status.as_str(),
        ),
        Event::Other { raw, .. } => return assert_eq!(raw.as_bytes(), body),
        _ => return,
    };
    assert_eq!(unverified.subject(), Some(subject));
    assert_eq!(unverified.id(), Some(id));
    let is_invoice = subject == Subject::Invoice;
    assert_eq!(unverified.invoice_id().is_some(), is_invoice);
    // The flat form is all data.
    let data = match json.get("event") {
        Some(Value::Null) | None => json,
        Some(_) => &json["data"],
    };
    assert_eq!(data["id"].as_str(), Some(id));
    let said = data["status"].as_str().expect("a text");
    assert!(
        said == status || said == "cancelled",
        "{said} is not {status}"
    );
    if let Event::Invoice(invoice) = event
        && let Some(order) = data["orderId"].as_str()
    {
        assert_eq!(invoice.order_id.as_deref(), Some(order));
    }
}

/// Are the code and the name of an event of two resources?
fn contradicts_itself(event: &Value) -> bool {
    const THOUSANDS: [(u64, &str); 4] = [
        (1, "invoice_"),
        (4, "recipient_"),
        (5, "payout_"),
        (7, "refund_"),
    ];
    let (Some(code), Some(name)) = (event["code"].as_u64(), event["name"].as_str()) else {
        return false;
    };
    let by_code = THOUSANDS.iter().find(|it| it.0 == code / 1000);
    let by_name = THOUSANDS.iter().find(|it| name.starts_with(it.1));
    by_code.is_some() && by_name.is_some() && by_code != by_name
}

/// RFC 2104, for a secret that is not longer than a block.
fn mac(body: &[u8]) -> [u8; 32] {
    let key = |pad: u8| {
        let mut block = [pad; 64];
        for (byte, secret) in block.iter_mut().zip(SECRET.bytes()) {
            *byte ^= secret;
        }
        block
    };
    let inner = Sha256::new().chain_update(key(0x36)).chain_update(body);
    let outer = Sha256::new().chain_update(key(0x5C));
    outer.chain_update(inner.finalize()).finalize().into()
}
