//! What must hold for any bytes at all. The fuzz targets call these, and an ordinary test of the
//! workspace replays the corpora through them.

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::key::{PrivateKey, PublicKey};
use bitpay_core::model::rate::GetRates;
use bitpay_core::pairing::{ApprovedToken, Pairing};
use bitpay_core::time::Timestamp;
use bitpay_core::{Anonymous, Config, Effect, Environment, ErrorKind, Sin};

fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// A SIN that is accepted prints as it was read, and with any character changed it is refused.
pub fn sin(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(sin) = Sin::parse(text) else { return };
    assert_eq!(sin.as_str(), text);
    for at in 0..text.len() {
        let mut other = text.as_bytes().to_vec();
        other[at] = if other[at] == b'2' { b'3' } else { b'2' };
        let other = String::from_utf8(other).expect("ASCII");
        assert!(
            Sin::parse(&other).is_err() || other == text,
            "a changed character was accepted"
        );
    }
}

/// A key that is accepted writes a PEM that reads back as the same key, and no error repeats it.
pub fn key(data: &[u8]) {
    let Some(text) = text(data) else { return };
    for read in [PrivateKey::from_hex, PrivateKey::from_pem] {
        match read(text) {
            Ok(key) => {
                let again = PrivateKey::from_pem(&key.to_pem()).expect("our own PEM");
                assert_eq!(again.public_key(), key.public_key());
                assert_eq!(
                    PublicKey::from_hex(&key.public_key().to_hex()).as_ref(),
                    Ok(key.public_key())
                );
                assert_eq!(key.sin(), &Sin::of(key.public_key()));
            }
            Err(error) => assert!(!text.split(|c: char| !c.is_ascii_hexdigit()).any(|run| {
                // Shorter runs are in English words.
                run.len() >= 8 && error.to_string().contains(run)
            })),
        }
    }
}

/// What is read as an answer to a pairing, or as a list of tokens, is read back equal once written.
pub fn token_answer(data: &[u8]) {
    if let Ok(pairing) = serde_json::from_slice::<Pairing>(data) {
        let written = serde_json::to_vec(&pairing).expect("a pairing has a JSON form");
        // Nanoseconds below a millisecond have no form on the wire.
        let again: Pairing = serde_json::from_slice(&written).expect("our own JSON");
        assert_eq!(again.facade_name, pairing.facade_name);
        assert_eq!(again.code, pairing.code);
        assert_eq!(again.policies, pairing.policies);
        assert_eq!(again.token(), pairing.token());
    }
    if let Ok(tokens) = serde_json::from_slice::<Vec<ApprovedToken>>(data) {
        let written = serde_json::to_vec(&tokens).expect("tokens have a JSON form");
        assert_eq!(
            serde_json::from_slice::<Vec<ApprovedToken>>(&written).expect("our own JSON"),
            tokens
        );
    }
}

/// Whatever a server answers, a call ends in a value or in an error that says what happened. The
/// first byte picks the status.
pub fn error_envelope(data: &[u8]) {
    let Some((pick, body)) = data.split_first() else {
        return;
    };
    const STATUSES: [u16; 12] = [200, 201, 204, 301, 400, 401, 403, 404, 429, 500, 502, 520];
    let status = STATUSES[usize::from(*pick) % STATUSES.len()];
    let config = Config::new(Environment::Test).retry(bitpay_core::retry::RetryPolicy::off());
    let settings = Settings::new(&config).expect("the defaults");
    let request = GetRates::new();
    let mut call = Call::new(
        &request,
        &Environment::Test.base_url(),
        &Anonymous,
        &settings,
    )
    .expect("a call");
    let now = Timestamp::UNIX_EPOCH;
    assert!(matches!(call.step(now, 0), Step::Send(_)));
    let status = http::StatusCode::from_u16(status).expect("a status");
    assert!(call.head(status, http::HeaderMap::new()));
    assert!(call.body(body));
    call.end();
    let Step::Done(result) = call.step(now, 0) else {
        panic!("one try, and no end")
    };
    match result {
        Ok(answer) => assert!(status.is_success() && answer.body() == body),
        Err(error) => {
            assert_eq!(error.effect(), Effect::Nothing, "reading has no effect");
            assert!(!error.to_string().is_empty());
            match error.kind() {
                ErrorKind::Api(api) => {
                    assert_eq!((api.status, &api.body()[..]), (status.as_u16(), body))
                }
                ErrorKind::Decode(decode) => assert_eq!(&decode.body()[..], body),
                other => panic!("a complete answer is not a {other:?}"),
            }
        }
    }
}
