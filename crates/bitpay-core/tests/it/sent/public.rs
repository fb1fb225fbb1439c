//! Pairing, and what anyone may ask.

use bitpay_core::model::currency::GetCurrencies;
use bitpay_core::model::rate::{GetRate, GetRates, GetRatesFor};
use bitpay_core::model::wallet::GetSupportedWallets;
use bitpay_core::pairing::{ClaimPairing, ListTokens, MintToken, RequestPairing};
use bitpay_core::{Anonymous, Currency, Facade, Identity};

use super::{Sent, guid, key, merchant};

pub(super) fn requests() -> Vec<Sent> {
    let sin = key().sin().clone();
    let ask = RequestPairing::new(sin.clone(), Facade::Merchant, guid());
    let claim = ClaimPairing::new(sin.clone(), "Kb7Qz2M".parse().unwrap());
    let mint = MintToken::new(sin, Facade::Pos, guid());
    vec![
        Sent::of("request", &Anonymous, &ask.clone().label("till 1")),
        Sent::of("least", &Anonymous, &ask),
        Sent::of("request", &Anonymous, &claim.clone().label("till 2")),
        Sent::of("least", &Anonymous, &claim),
        Sent::of("request", &merchant(), &mint.clone().label("till 3")),
        Sent::of("least", &merchant(), &mint),
        Sent::of("request", &Identity::new(key()), &ListTokens::new()),
        Sent::of("request", &Anonymous, &GetRates::new()),
        Sent::of("request", &Anonymous, &GetRatesFor::new(Currency::ETH)),
        Sent::of(
            "request",
            &Anonymous,
            &GetRate::new(Currency::BTC, Currency::EUR),
        ),
        Sent::of("request", &Anonymous, &GetCurrencies::new()),
        Sent::of("request", &Anonymous, &GetSupportedWallets::new()),
    ]
}
