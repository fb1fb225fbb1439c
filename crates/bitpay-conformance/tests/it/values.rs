//! The keys, tokens and resources of the tests. All are published examples or made up.

use std::time::Duration;

use bitpay_conformance::{Listening, MockBitPay, data};
use bitpay_core::amount::Amount;
use bitpay_core::model::invoice::{CreateInvoice, Invoice};
use bitpay_core::model::refund::CreateRefund;
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{Config, Currency, Environment, Grant, Guid, Merchant, Pos, PrivateKey};

pub(crate) const KEY: &str = "97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c";
pub(crate) const MERCHANT_TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
pub(crate) const POS_TOKEN: &str = "ArmcoLsi3qZoj86sFd4mz9";
pub(crate) const INVOICE: &str = "G3viJEJgE8Jk2oekSdgT2A";

pub(crate) fn key() -> PrivateKey {
    PrivateKey::from_hex(KEY).unwrap()
}

pub(crate) fn merchant() -> Grant<Merchant> {
    Grant::new(MERCHANT_TOKEN.parse().unwrap(), key())
}

pub(crate) fn keyed_pos() -> Grant<Pos> {
    Grant::new(POS_TOKEN.parse().unwrap(), key())
}

pub(crate) fn unsigned_pos() -> Grant<Pos> {
    Grant::unsigned(POS_TOKEN.parse().unwrap())
}

pub(crate) fn guid() -> Guid {
    Guid::from_random([7; 16])
}

/// Up to four tries, with pauses that a test does not feel.
pub(crate) fn quick() -> RetryPolicy {
    let mut policy = RetryPolicy::default();
    policy.deadline = Duration::from_secs(5);
    policy.first_pause = Duration::from_millis(2);
    policy.longest_pause = Duration::from_secs(2);
    policy
}

pub(crate) fn config_for(url: &str) -> Config {
    Config::new(url.parse::<Environment>().unwrap())
        .retry(quick())
        .timeout(Duration::from_secs(4))
}

pub(crate) fn config(server: &impl Listening) -> Config {
    config_for(&server.url())
}

/// One try and no more.
pub(crate) fn once(server: &impl Listening) -> Config {
    config(server).retry(RetryPolicy::off())
}

pub(crate) fn create() -> CreateInvoice {
    CreateInvoice::new(guid(), amount("10.10"), Currency::USD)
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// What the server answers to [`create`], made just now by its clock.
pub(crate) const MADE: &str = r#"{"id":"G3viJEJgE8Jk2oekSdgT2A","url":"https://test.bitpay.com/invoice?id=G3viJEJgE8Jk2oekSdgT2A","status":"new","price":10.1,"currency":"USD","guid":"07070707-0707-4707-8707-070707070707","invoiceTime":1620669854224,"currentTime":1620669854302,"expirationTime":1620670754224,"token":"8nPJSGgi7omxcbGGZ4KsSgqdi6juypBe9pVpSURDeAwx4VDQx1XfWPy5qqknDKT9KQ"}"#;

/// Answers every request with [`MADE`].
pub(crate) fn made() -> MockBitPay {
    MockBitPay::answering(data(MADE))
}

pub(crate) fn complete() -> Invoice {
    serde_json::from_str(&MADE.replace("\"new\"", "\"complete\"")).unwrap()
}

pub(crate) fn refund() -> CreateRefund {
    CreateRefund::full(&complete(), guid()).unwrap()
}

/// What the server answers to [`refund`].
pub(crate) const REFUNDED: &str = r#"{"id":"WoE46gSLkJQS48RJEiNw3L","guid":"07070707-0707-4707-8707-070707070707","reference":"","status":"created","amount":10.1,"currency":"USD","invoice":"G3viJEJgE8Jk2oekSdgT2A","requestDate":"2021-08-29T20:45:35.000Z","refundFee":0,"token":"8nPJSGgi7omxcbGGZ4KsSgqdi6juypBe9pVpSURDeAwx4VDQx1XfWPy5qqknDKT9KQ"}"#;
