//! No secret shows in anything that prints: no four characters of it in a row.

use std::fmt::{Debug, Display};

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::config::{Config, Proxy, ProxyUrl};
use bitpay_core::model::invoice::{GetInvoice, Invoice, ResendInvoiceWebhook, UpdateInvoice};
use bitpay_core::model::token_sin::ListTokenSins;
use bitpay_core::pairing::{ApprovedToken, ListTokens, Pairing};
use bitpay_core::time::Timestamp;
use bitpay_core::webhook::Verifier;
use bitpay_core::{
    AnyGrant, AnyToken, Credential, Environment, Facade, Grant, Identity, Merchant, PrivateKey,
    ResourceToken, Token,
};

/// Letters that no word of ours has in this order.
const TOKEN: &str = "9XQJZ7KVWYQ9ZXJ4KVQWZ8JXQ7VKZWJQ5XZVKQ3JWZX2";
const KEY: &str = "9f3bd07a6c15e284f7a0c96b3d58e1729f4ab60c8d3e75192b6f8ad4c03e9175";

#[track_caller]
fn hides(text: &str) {
    for secret in [TOKEN, KEY] {
        for window in secret.as_bytes().windows(4) {
            let window = std::str::from_utf8(window).unwrap();
            assert!(!text.contains(window), "{window} of a secret in {text}");
        }
    }
}

#[track_caller]
fn debug_hides(value: &impl Debug) {
    hides(&format!("{value:?}"));
    hides(&format!("{value:#?}"));
}

#[track_caller]
fn error_hides(error: &(impl Debug + Display)) {
    debug_hides(error);
    hides(&error.to_string());
}

fn identity() -> Identity {
    Identity::new(PrivateKey::from_hex(KEY).unwrap())
}

fn grant() -> Grant<Merchant> {
    Grant::new(TOKEN.parse().unwrap(), identity())
}

#[test]
fn keys_tokens_and_grants_do_not_show() {
    debug_hides(&PrivateKey::from_hex(KEY).unwrap());
    debug_hides(&identity());
    let token: Token<Merchant> = TOKEN.parse().unwrap();
    debug_hides(&token);
    let any = AnyToken::parse(Facade::Merchant, TOKEN).unwrap();
    debug_hides(&any);
    debug_hides(&grant());
    debug_hides(&AnyGrant::new(any.clone(), identity()));
    debug_hides(&AnyGrant::unsigned(any));
    debug_hides(&ResourceToken::<Invoice>::new(TOKEN));
    debug_hides(&Verifier::new().with("merchant", TOKEN));
    debug_hides(&Proxy::Url(
        ProxyUrl::parse(&format!("http://me:{TOKEN}@proxy.example")).unwrap(),
    ));
}

#[test]
fn answers_that_hold_tokens_do_not_show_them() {
    debug_hides(&Pairing::new(TOKEN, Some(Facade::Pos)));
    let approved = ApprovedToken::new("merchant", TOKEN);
    debug_hides(&approved);
    assert!(format!("{approved:?}").contains("[redacted]"));
    let id = "Hpqc63wvE1ZjzeeH4kEycF".parse().unwrap();
    debug_hides(&ResendInvoiceWebhook::new(id, ResourceToken::new(TOKEN)));
    let id = "Hpqc63wvE1ZjzeeH4kEycF".parse().unwrap();
    debug_hides(
        &UpdateInvoice::new(id)
            .buyer_sms("+15551234567")
            .sms_code(TOKEN),
    );
    let json =
        format!(r#"{{"id":"a1","status":"new","price":1,"currency":"USD","token":"{TOKEN}"}}"#);
    debug_hides(&serde_json::from_str::<Invoice>(&json).unwrap());
}

#[test]
fn errors_do_not_repeat_what_was_pasted() {
    error_hides(&PrivateKey::from_hex(TOKEN).unwrap_err());
    error_hides(&PrivateKey::from_pem(KEY).unwrap_err());
    error_hides(&Token::<Merchant>::parse(KEY).unwrap_err());
    error_hides(&TOKEN.parse::<bitpay_core::PairingCode>().unwrap_err());
    error_hides(&TOKEN.parse::<bitpay_core::Sin>().unwrap_err());
    error_hides(
        &format!("https://me:{TOKEN}@host")
            .parse::<Environment>()
            .unwrap_err(),
    );
    error_hides(
        &format!("http://host?{TOKEN}")
            .parse::<Environment>()
            .unwrap_err(),
    );
}

/// Drives a call through an answer, and looks at everything on the way.
fn call_hides<C: Credential, E: bitpay_core::Allows<C>>(
    credential: &C,
    request: &E,
    status: u16,
    body: &str,
) where
    E::Response: Debug,
{
    let config = Config::new(Environment::Test).retry(bitpay_core::retry::RetryPolicy::off());
    let settings = Settings::new(&config).unwrap();
    debug_hides(&settings);
    let mut call = Call::new(
        request,
        &Environment::Test.base_url(),
        credential,
        &settings,
    )
    .unwrap();
    debug_hides(&call);
    let step = call.step(Timestamp::UNIX_EPOCH, 0);
    debug_hides(&step);
    assert!(matches!(step, Step::Send(_)));
    assert!(call.head(
        http::StatusCode::from_u16(status).unwrap(),
        http::HeaderMap::new()
    ));
    assert!(call.body(body.as_bytes()));
    call.end();
    let step = call.step(Timestamp::UNIX_EPOCH, 0);
    debug_hides(&step);
    match step {
        Step::Done(Ok(answer)) => debug_hides(&answer),
        Step::Done(Err(error)) => {
            error_hides(&error);
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                error_hides(&error);
                cause = error.source();
            }
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn calls_do_not_show_what_they_carry_nor_what_a_server_repeats() {
    let get = GetInvoice::new("Hpqc63wvE1ZjzeeH4kEycF".parse().unwrap());
    let refusal = format!(r#"{{"error":"Invalid token {TOKEN}"}}"#);
    call_hides(&grant(), &get, 500, &refusal);
    call_hides(
        &grant(),
        &get,
        200,
        &format!(r#"{{"data":{{"id":"a1","status":7,"token":"{TOKEN}"}}}}"#),
    );
    call_hides(
        &grant(),
        &get,
        200,
        &format!(r#"{{"data":{{"id":"a1","price":"{TOKEN}","status":"new"}}}}"#),
    );
    let invoice = format!(
        r#"{{"data":{{"id":"a1","status":"new","price":1,"currency":"USD","token":"{TOKEN}"}}}}"#
    );
    call_hides(&grant(), &get, 200, &invoice);
    call_hides(
        &identity(),
        &ListTokens::new(),
        200,
        &format!(r#"{{"data":[{{"merchant":"{TOKEN}"}}]}}"#),
    );
    let of_token = ListTokenSins::new();
    call_hides(&grant(), &of_token, 200, r#"{"data":[]}"#);
    call_hides(&grant(), &of_token, 404, &refusal);
    call_hides(&grant(), &get, 502, &format!("<html>{TOKEN}</html>"));
}
