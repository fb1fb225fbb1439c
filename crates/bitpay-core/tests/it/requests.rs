//! Whatever request can be built is read back equal by a server, is routed to its own operation,
//! and is signed so that no byte of it can be changed.

use bitpay_core::call::{Call, Settings, Step};
use bitpay_core::config::Config;
use bitpay_core::id::{InvoiceId, RefundId};
use bitpay_core::key::PublicKey;
use bitpay_core::model::currency::GetCurrencies;
use bitpay_core::model::invoice::{
    Buyer, CancelInvoice, CancelInvoiceByGuid, CreateInvoice, GetInvoice, GetInvoiceByGuid,
    GetPublicInvoice, Invoice, InvoiceStatus, ItemizedDetail, ListInvoices, PayInvoice,
    ResendInvoiceWebhook, TransactionSpeed, UpdateInvoice,
};
use bitpay_core::model::rate::{GetRate, GetRates, GetRatesFor};
use bitpay_core::model::refund::{
    CancelRefund, CreateRefund, GetRefund, GetRefundByGuid, ListRefunds,
};
use bitpay_core::operation::{OPERATIONS, route};
use bitpay_core::pairing::{ClaimPairing, ListTokens, MintToken, RequestPairing};
use bitpay_core::server::{FromRequest, Received};
use bitpay_core::signature::{Digest, Signature};
use bitpay_core::time::{Date, Timestamp};
use bitpay_core::{
    Allows, Amount, Anonymous, Credential, Currency, Environment, Facade, Grant, Guid, Identity,
    Merchant, Pos, PrivateKey, ResourceToken,
};
use proptest::prelude::*;
use std::fmt::Debug;

pub(crate) const TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";

pub(crate) fn identity() -> Identity {
    Identity::new(PrivateKey::from_bytes(&[9; 32]).unwrap())
}

pub(crate) fn merchant() -> Grant<Merchant> {
    Grant::new(TOKEN.parse().unwrap(), identity())
}

/// Builds the call, reads it back as a server, and checks the signature.
pub(crate) fn round_trip<C, E>(credential: &C, request: &E)
where
    C: Credential,
    E: Allows<C> + FromRequest + PartialEq + Debug,
{
    let config = Config::new("http://127.0.0.1:7777/prefix".parse().unwrap());
    let settings = Settings::new(&config).unwrap();
    let base = config.environment.base_url();
    let mut call = Call::new(request, &base, credential, &settings).unwrap();
    let Step::Send(http) = call.step(Timestamp::UNIX_EPOCH, 0) else {
        panic!("nothing to send")
    };
    assert_eq!(http.method(), E::OPERATION.method);

    let target = http.uri().path_and_query().unwrap().as_str();
    let own = target.strip_prefix("/prefix").unwrap();
    let fallback = Guid::derived("not", "used");
    let received = Received::new(http.method().clone(), own, http.body(), fallback).unwrap();
    assert_eq!(route(&received), Some(E::OPERATION));
    assert_eq!(&E::from_request(&received).unwrap(), request);

    let signature = http.headers().get("x-signature");
    assert_eq!(
        signature.is_some(),
        !E::OPERATION.is_public() && credential.signer().is_some()
    );
    if let Some(signature) = signature {
        let signature = Signature::from_hex(signature.to_str().unwrap()).unwrap();
        assert!(signature.is_low_s());
        let key = PublicKey::from_hex(http.headers()["x-identity"].to_str().unwrap()).unwrap();
        assert_eq!(&key, identity().public_key());
        let mut signed = format!("http://127.0.0.1:7777{target}").into_bytes();
        signed.extend_from_slice(http.body());
        assert!(key.verify(&Digest::of(&[&signed]), &signature));
        let changed = signed.len() / 2;
        signed[changed] ^= 1;
        assert!(!key.verify(&Digest::of(&[&signed]), &signature));
    }
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{1,20}",
        "[a-z&=+%/?# \"\\\\é☕\u{2028}]{1,12}",
        Just("💶 שלום e\u{301}".to_owned())
    ]
}

pub(crate) fn amount() -> impl Strategy<Value = Amount> {
    (1i64..=i64::MAX, 0u32..=18).prop_map(|(number, scale)| {
        let digits = format!("{number:019}");
        let (whole, part) = digits.split_at(digits.len() - scale as usize);
        format!("{}.{part}0", if whole.is_empty() { "0" } else { whole })
            .parse()
            .unwrap()
    })
}

pub(crate) fn currency() -> impl Strategy<Value = Currency> {
    "[A-Z]{3}|[A-Z]{3,5}_[a-z]".prop_map(|code| code.parse().unwrap())
}

pub(crate) fn guid() -> impl Strategy<Value = Guid> {
    prop_oneof![
        any::<[u8; 16]>().prop_map(Guid::from_random),
        text().prop_map(|order| Guid::for_order(&order)),
        "[A-Za-z0-9_-]{1,40}".prop_map(|guid| guid.parse().unwrap()),
    ]
}

pub(crate) fn id() -> impl Strategy<Value = InvoiceId> {
    "[A-Za-z0-9_-]{1,64}".prop_map(|id| id.parse().unwrap())
}

pub(crate) fn refund_id() -> impl Strategy<Value = RefundId> {
    "[A-Za-z0-9_-]{1,64}".prop_map(|id| id.parse().unwrap())
}

pub(crate) fn label() -> impl Strategy<Value = String> {
    "[A-Za-z0-9 _.-]{1,60}"
}

prop_compose! {
    fn create_invoice()(
        guid in guid(), price in amount(), currency in currency(),
        texts in proptest::array::uniform6(proptest::option::of(text())),
        flags in proptest::array::uniform6(proptest::option::of(any::<bool>())),
        window in proptest::option::of(0u32..=900_000),
        coins in proptest::option::of(proptest::collection::vec(currency(), 0..3)),
        item in proptest::option::of((amount(), text(), any::<bool>())),
        buyer in proptest::option::of((text(), text())),
    ) -> CreateInvoice {
        let mut request = CreateInvoice::new(guid, price, currency);
        let [order, item_desc, item_code, pos_data, merchant_name, wallet] = texts;
        request.order_id = order;
        request.item_desc = item_desc;
        request.item_code = item_code;
        request.pos_data = pos_data;
        request.merchant_name = merchant_name;
        request.forced_buyer_selected_wallet = wallet;
        request.redirect_url = Some("https://shop.example/return?a=b&c=%20".to_owned());
        request.notification_url = Some("https://shop.example/ipn".to_owned());
        request.transaction_speed = Some(TransactionSpeed::Medium);
        let [auto_redirect, full, extended, physical, pay_pro, bitpay_id] = flags;
        request.auto_redirect = auto_redirect;
        request.full_notifications = full;
        request.extended_notifications = extended;
        request.physical = physical;
        request.json_pay_pro_required = pay_pro;
        request.bitpay_id_required = bitpay_id;
        request.acceptance_window = window;
        request.payment_currencies = coins;
        request.itemized_details = item.map(|(amount, text, fee)| vec![ItemizedDetail::new(amount, text).is_fee(fee)]);
        request.buyer = buyer.map(|(name, city)| Buyer::new().name(name).locality(city).notify(false));
        request
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn invoices_are_read_back(request in create_invoice()) {
        round_trip(&merchant(), &request);
        round_trip(&Grant::<Pos>::unsigned(TOKEN.parse().unwrap()), &request);
    }

    #[test]
    fn reading_and_changing_invoices_is_read_back(
        id in id(), guid in guid(), texts in proptest::array::uniform4(text()), force in proptest::option::of(any::<bool>()),
        day in 1i8..=28, page in proptest::option::of((any::<u32>(), any::<u32>())),
    ) {
        let [email, order, status, code] = texts;
        round_trip(&merchant(), &GetInvoice::new(id.clone()));
        round_trip(&merchant(), &GetInvoiceByGuid::new(guid.clone()));
        round_trip(&Anonymous, &GetPublicInvoice::new(id.clone()));
        let mut list = ListInvoices::new(Date::new(2026, 2, day).unwrap(), Date::new(2026, 3, day).unwrap());
        list.order_id = Some(order);
        list.status = Some(InvoiceStatus::from(status.as_str()));
        (list.limit, list.offset) = page.unzip();
        round_trip(&merchant(), &list);
        round_trip(&merchant(), &UpdateInvoice::new(id.clone()).buyer_email(email));
        round_trip(&merchant(), &UpdateInvoice::new(id.clone()).buyer_sms("+15551234567").sms_code(code).auto_verify(true));
        let mut cancel = CancelInvoice::new(id.clone());
        cancel.force_cancel = force;
        round_trip(&merchant(), &cancel);
        let mut cancel = CancelInvoiceByGuid::new(guid);
        cancel.force_cancel = force;
        round_trip(&merchant(), &cancel);
        round_trip(&merchant(), &PayInvoice::new(id.clone()).status(InvoiceStatus::Complete));
        round_trip(&merchant(), &ResendInvoiceWebhook::new(id, ResourceToken::new("resource/token+=\"é")));
    }

    #[test]
    fn refunds_are_read_back(
        invoice in id(), refund in refund_id(), guid in guid(), price in amount(), reference in text(),
        flags in proptest::array::uniform3(any::<bool>()),
    ) {
        let invoice = Invoice::new(invoice, InvoiceStatus::Complete, price, Currency::USD);
        let [preview, immediate, buyer_pays] = flags;
        let request = CreateRefund::full(&invoice, guid.clone()).unwrap()
            .preview(preview).immediate(immediate).buyer_pays_refund_fee(buyer_pays).reference(reference);
        round_trip(&merchant(), &request);
        round_trip(&merchant(), &GetRefund::new(refund.clone()));
        round_trip(&merchant(), &GetRefundByGuid::new(guid));
        round_trip(&merchant(), &ListRefunds::new(invoice.id));
        round_trip(&merchant(), &CancelRefund::new(refund));
    }

    #[test]
    fn pairings_are_read_back(label in label(), guid in guid(), code in "[A-Za-z0-9]{7}") {
        let sin = identity().sin().clone();
        for facade in [Facade::Pos, Facade::Merchant, Facade::Payout] {
            round_trip(&Anonymous, &RequestPairing::new(sin.clone(), facade, guid.clone()).label(label.clone()));
        }
        round_trip(&Anonymous, &ClaimPairing::new(sin.clone(), code.parse().unwrap()).label(label.clone()));
        round_trip(&merchant(), &MintToken::new(sin, Facade::Pos, guid).label(label));
    }

    #[test]
    fn rates_are_read_back(base in currency(), other in currency()) {
        round_trip(&merchant(), &GetRatesFor::new(base.clone()));
        round_trip(&Anonymous, &GetRate::new(base, other));
    }
}

#[test]
fn requests_without_parameters_are_read_back() {
    round_trip(&identity(), &ListTokens::new());
    round_trip(&Anonymous, &GetRates::new());
    round_trip(&merchant(), &GetCurrencies::new());
}

#[test]
fn the_table_is_whole() {
    for operation in OPERATIONS {
        assert_eq!(
            bitpay_core::Operation::named(operation.name),
            Some(*operation)
        );
        assert!(
            operation.link.starts_with("https://developer.bitpay.com/"),
            "{}",
            operation.name
        );
        assert_eq!(
            operation.identity,
            operation.facades.is_empty(),
            "{}",
            operation.name
        );
    }
    let environment = Environment::Test;
    assert_eq!(environment.base_url().as_str(), "https://test.bitpay.com");
}

#[test]
fn what_is_wrong_with_a_parameter_is_told_without_its_value() {
    let read = |target: &str, body: &[u8]| {
        let guid = Guid::derived("not", "used");
        Received::new(http::Method::POST, target, body, guid).unwrap()
    };
    let secret = "swordfish1234567";
    let price = format!(r#"{{"price":"{secret}","currency":"USD"}}"#);
    let body = |text: &str| read("/invoices", text.as_bytes());
    let wrong = |received: &Received| {
        let bad = CreateInvoice::from_request(received).unwrap_err();
        (bad.param, bad.to_string())
    };
    let (param, text) = wrong(&body(&price));
    assert_eq!(
        (param, text.as_str()),
        ("price", "price: not a decimal number such as 12.50")
    );
    assert_eq!(wrong(&body(r#"{"price":5}"#)).1, "currency: missing");
    let physical = format!(r#"{{"price":5,"currency":"USD","physical":"{secret}"}}"#);
    let (_, text) = wrong(&body(&physical));
    assert!(text.starts_with("physical: invalid type: string"), "{text}");
    assert!(!text.contains(secret), "{text}");

    let list = read(&format!("/invoices?dateStart={secret}"), b"");
    let bad = ListInvoices::from_request(&list).unwrap_err();
    assert_eq!(bad.param, "dateStart");
    assert!(
        bad.problem.is_some() && !bad.to_string().contains(secret),
        "{bad}"
    );
    let get = read(&format!("/invoices/{secret}%2F"), b"");
    let bad = GetInvoice::from_request(&get).unwrap_err();
    assert!(
        bad.to_string().starts_with("id: '/' in invoice id"),
        "{bad}"
    );
}
