//! Pairing in both directions, and the 24 hours of a code.

use std::time::Duration;

use bitpay_core::{Facade, PairingCode};
use bitpay_sandbox::ControlError;
use serde_json::{Value, json};

use crate::support::{Bench, error, key, request, with_token};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MILLISECOND: Duration = Duration::from_millis(1);

fn ask_for(bench: &mut Bench, facade: &str, guid: &str) -> Value {
    let sin = key(9).sin().to_string();
    let body = json!({ "id": sin, "facade": facade, "label": "web shop", "guid": guid });
    let (status, answer) = bench.ask(&request("POST", "/tokens", body.to_string(), None));
    assert_eq!(status, 200, "{answer}");
    answer["data"][0].clone()
}

fn code(pairing: &Value) -> PairingCode {
    pairing["pairingCode"].as_str().unwrap().parse().unwrap()
}

fn listed(bench: &mut Bench) -> (u16, Value) {
    bench.ask(&request("GET", "/tokens", "", Some(&key(9))))
}

#[test]
fn a_pairing_is_asked_for_and_approved() {
    let mut bench = Bench::new();
    let pairing = ask_for(&mut bench, "merchant", "a");
    assert_eq!(
        pairing["policies"],
        json!([{ "policy": "id", "method": "inactive", "params": [key(9).sin().as_str()] }])
    );
    let span =
        pairing["pairingExpiration"].as_i64().unwrap() - pairing["dateCreated"].as_i64().unwrap();
    assert_eq!(span, 86_400_000);
    assert_eq!(pairing["token"].as_str().unwrap().len(), 44);

    assert_eq!(error(&listed(&mut bench)), (500, "Unauthorized sin"));
    let token = pairing["token"].as_str().unwrap();
    let early = with_token("GET", "/refunds/x", Value::Null, token, Some(&key(9)));
    assert_eq!(error(&bench.ask(&early)), (500, "Unauthorized sin"));

    bench.engine.approve(&code(&pairing), bench.clock).unwrap();
    assert_eq!(
        listed(&mut bench),
        (200, json!({ "data": [{ "merchant": token }] }))
    );
    assert_eq!(
        bench.ask(&early).0,
        404,
        "the refund is not there, but the token works"
    );

    // Asked again under the same guid, it is the same token, and it is approved.
    let again = ask_for(&mut bench, "merchant", "a");
    assert_eq!(again["token"], pairing["token"]);
    assert_eq!(again["policies"][0]["method"], "require");
    assert_eq!(again.get("pairingCode"), None);
    assert_eq!(again.get("pairingExpiration"), None);
    assert_ne!(
        ask_for(&mut bench, "merchant", "b")["token"],
        pairing["token"]
    );

    let twice = bench.engine.approve(&code(&pairing), bench.clock);
    assert_eq!(twice, Err(ControlError::UsedCode));
}

#[test]
fn a_code_lives_for_24_hours() {
    let mut bench = Bench::new();
    let late = code(&ask_for(&mut bench, "pos", "late"));
    let in_time = code(&ask_for(&mut bench, "pos", "in-time"));
    bench.pass(DAY - MILLISECOND);
    bench.engine.approve(&in_time, bench.clock).unwrap();
    bench.pass(MILLISECOND);
    assert_eq!(
        bench.engine.approve(&late, bench.clock),
        Err(ControlError::ExpiredCode)
    );
    let unknown: PairingCode = "0000000".parse().unwrap();
    assert_eq!(
        bench.engine.approve(&unknown, bench.clock),
        Err(ControlError::UnknownCode)
    );
}

fn claim(bench: &mut Bench, code: &PairingCode) -> (u16, Value) {
    let body = json!({ "id": key(9).sin().as_str(), "pairingCode": code.as_str() });
    bench.ask(&request("POST", "/tokens", body.to_string(), None))
}

#[test]
fn a_code_of_the_dashboard_is_claimed_once() {
    let mut bench = Bench::new();
    let code = bench
        .engine
        .make_code(Facade::Pos, Some("till".into()), bench.clock);
    let (status, answer) = claim(&mut bench, &code);
    let token = &answer["data"][0];
    assert_eq!(
        (status, &token["facade"], &token["label"]),
        (200, &json!("pos"), &json!("till"))
    );
    assert_eq!(token["policies"][0]["method"], "require");
    assert!(token.get("resource").is_some());
    assert!(token.get("pairingCode").is_none() && token.get("pairingExpiration").is_none());
    assert_eq!(listed(&mut bench).0, 200);

    assert_eq!(
        error(&claim(&mut bench, &code)),
        (500, "Unable to create token")
    );
    let late = bench.engine.make_code(Facade::Pos, None, bench.clock);
    bench.pass(DAY);
    assert_eq!(
        error(&claim(&mut bench, &late)),
        (500, "Unable to create token")
    );
}

#[test]
fn a_code_that_awaits_approval_cannot_be_claimed_by_another_key() {
    let mut bench = Bench::new();
    let code = code(&ask_for(&mut bench, "merchant", "a"));
    assert_eq!(
        error(&claim(&mut bench, &code)),
        (500, "Unable to create token")
    );
}

#[test]
fn a_merchant_token_mints_what_another_program_claims() {
    let mut bench = Bench::new();
    let sin = bench.key.sin().to_string();
    let (status, answer) = bench.merchant("POST", "/tokens", json!({ "id": sin, "facade": "pos" }));
    assert_eq!(status, 200, "{answer}");
    let minted = &answer["data"][0];
    assert_eq!(
        minted["policies"],
        json!([{ "policy": "id", "method": "unclaimed", "params": [] }])
    );
    assert_eq!(claim(&mut bench, &code(minted)).0, 200);
    assert_eq!(
        listed(&mut bench).1,
        json!({ "data": [{ "pos": minted["token"] }] })
    );

    let other = json!({ "id": key(9).sin().as_str(), "facade": "pos" });
    assert_eq!(
        error(&bench.merchant("POST", "/tokens", other)),
        (500, "Unauthorized sin")
    );
    let refused = bench.pos("POST", "/tokens", json!({ "id": sin, "facade": "pos" }));
    assert_eq!(
        error(&refused),
        (500, "This endpoint does not support the `pos` facade")
    );
}

#[test]
fn labels_and_facades_are_checked() {
    let mut bench = Bench::new();
    for (facade, label) in [("pos", "<script>"), ("pos", ""), ("public", "shop")] {
        let body = json!({ "id": key(9).sin().as_str(), "facade": facade, "label": label });
        let (status, _) = bench.ask(&request("POST", "/tokens", body.to_string(), None));
        assert_eq!(status, 400, "{facade} {label}");
    }
}

#[test]
fn the_seed_decides_everything() {
    let token = |seed| {
        let mut engine = bitpay_sandbox::Engine::new(seed);
        let code = engine.make_code(Facade::Pos, None, "2026-01-01T00:00:00Z".parse().unwrap());
        code.to_string()
    };
    assert_eq!(token(1), token(1));
    assert_ne!(token(1), token(2));
}
