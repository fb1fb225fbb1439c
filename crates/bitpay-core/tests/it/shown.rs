//! What values look like in a log, and that every way in and out of one is the same way.

use bitpay_core::amount::{Amount, Rate, SubUnits};
use bitpay_core::by_currency::ByCurrency;
use bitpay_core::key::{KeyForm, PrivateKey};
use bitpay_core::model::invoice::Invoice;
use bitpay_core::signature::Digest;
use bitpay_core::sin::Sin;
use bitpay_core::webhook::{EventCode, Subject, Unverified, Verifier};
use bitpay_core::{AnyToken, Currency, Facade, Guid, Merchant, Pos, ResourceToken, Token};

const TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
const OTHER_TOKEN: &str = "G7XM9fcM1gtCN7DUr8ZWtPGVFLTKiYWanHR4kvqsnjP3";
const SIN: &str = "TfG4ScDgysrSpodWD4Re5UtXmcLbY5CiUHA";

#[test]
fn what_is_no_secret_is_shown() {
    let key = PrivateKey::from_bytes(&[7; 32]).unwrap();
    let hex = key.public_key().to_hex();
    let body = br#"{"id":"Hpqc62dfE1ZjzeeH4kEycF","price":1}"#;
    let verifier = Verifier::new().with("pos", TOKEN);
    let header = Verifier::sign(TOKEN, body);
    let shown = [
        (
            format!("{:?}", "10.10".parse::<Amount>().unwrap()),
            "Amount(10.10)",
        ),
        (format!("{}", SubUnits::from(-7)), "-7"),
        (format!("{}", "1e-30".parse::<Rate>().unwrap()), "1e-30"),
        (format!("{}", Currency::USD), "USD"),
        (format!("{}", "order-1".parse::<Guid>().unwrap()), "order-1"),
        (format!("{}", EventCode::INVOICE_COMPLETED), "1006"),
        (format!("{:?}", ByCurrency::<Amount>::default()), "{}"),
        (
            format!("{:?}", Digest::from_bytes([0xAB; 32])),
            &format!("Digest({})", "ab".repeat(32)),
        ),
        (
            format!("{:?}", key.sign(&Digest::of(&[b""]))),
            "Signature(..)",
        ),
        (
            format!("{:?} {}", key.public_key(), key.public_key()),
            &format!("{hex} {hex}"),
        ),
        (
            format!("{:?} {}", Sin::parse(SIN), Sin::parse(SIN).unwrap()),
            &format!("Ok({SIN}) {SIN}"),
        ),
        (
            format!("{:?}", Token::<Pos>::parse(TOKEN).unwrap()),
            "Token(pos, [redacted])",
        ),
        (
            format!("{:?}", AnyToken::parse(Facade::Merchant, TOKEN).unwrap()),
            "Token(merchant, [redacted])",
        ),
        (
            format!("{:?}", ResourceToken::<Invoice>::new(TOKEN)),
            "ResourceToken([redacted])",
        ),
        (format!("{verifier:?}"), r#"Verifier {"pos": <redacted>}"#),
        (
            format!("{:?}", verifier.verify(body, &header).unwrap()),
            r#"Verified("pos", 41 bytes)"#,
        ),
        (
            format!("{:?}", Unverified::read(body).unwrap()),
            r#"Unverified { subject: Some(Invoice), id: Some("Hpqc62dfE1ZjzeeH4kEycF") }"#,
        ),
        (
            KeyForm::PrivateHex.to_string(),
            "a private key as 64 hex digits",
        ),
    ];
    for (shown, expected) in shown {
        assert_eq!(shown, expected);
    }
}

#[test]
fn every_way_in_and_out_is_the_same() {
    let sin = Sin::parse(SIN).unwrap();
    assert_eq!(Sin::try_from(SIN), Ok(sin.clone()));
    assert_eq!(SIN.parse(), Ok(sin.clone()));
    assert_eq!(
        serde_json::from_str::<Sin>(&format!("{SIN:?}")).unwrap(),
        sin
    );
    assert_eq!(serde_json::to_string(&sin).unwrap(), format!("{SIN:?}"));
    let texts: [&str; 2] = [sin.as_ref(), sin.as_str()];
    assert_eq!(texts, [SIN; 2]);
    assert_eq!(String::from(sin), SIN);

    let guid: Guid = "order-1".parse().unwrap();
    assert_eq!(Guid::try_from("order-1"), Ok(guid.clone()));
    assert_eq!(serde_json::from_str::<Guid>("\"order-1\"").unwrap(), guid);
    let texts: [&str; 2] = [guid.as_ref(), guid.as_str()];
    assert_eq!(texts, ["order-1"; 2]);

    assert_eq!(Currency::try_from("USD"), Ok(Currency::USD));
    let usd = Currency::USD;
    let texts: [&str; 2] = [usd.as_ref(), usd.as_str()];
    assert_eq!(texts, ["USD"; 2]);

    let digest = Digest::from_bytes([7; 32]);
    assert_eq!(digest.as_bytes(), &[7; 32]);

    let token: Token<Merchant> = TOKEN.parse().unwrap();
    let any = AnyToken::from(token.clone());
    assert_eq!((any.facade(), any.expose()), (Facade::Merchant, TOKEN));
    assert_eq!(any.typed::<Merchant>(), Some(token));
    assert_eq!(any.typed::<Pos>(), None);
    let resource: ResourceToken<Invoice> = serde_json::from_str(&format!("{TOKEN:?}")).unwrap();
    assert_eq!(resource.clone().expose(), TOKEN);
    assert_eq!(
        serde_json::to_string(&resource).unwrap(),
        format!("{TOKEN:?}")
    );
}

#[test]
fn secrets_are_equal_when_their_texts_are() {
    let [one, other] = [TOKEN, OTHER_TOKEN].map(|text| Token::<Pos>::parse(text).unwrap());
    assert!(one == one.clone() && one != other);
    let [one, other] = [TOKEN, OTHER_TOKEN].map(ResourceToken::<Invoice>::new);
    assert!(one == one.clone() && one != other);
    let any = |facade, text| AnyToken::parse(facade, text).unwrap();
    assert_eq!(any(Facade::Pos, TOKEN), any(Facade::Pos, TOKEN));
    assert_ne!(any(Facade::Pos, TOKEN), any(Facade::Pos, OTHER_TOKEN));
    assert_ne!(any(Facade::Pos, TOKEN), any(Facade::Merchant, TOKEN));
}

#[test]
fn nothing_is_nothing_and_a_cent_is_something() {
    let amount = |text: &str| text.parse::<Amount>().unwrap();
    assert!(Amount::ZERO.is_zero() && !Amount::ZERO.is_positive());
    assert!(!amount("0.01").is_zero() && amount("0.01").is_positive());
    assert!(!amount("-0.01").is_zero() && !amount("-0.01").is_positive());
}

#[test]
fn an_event_is_about_what_its_number_and_its_name_agree_on() {
    let about = |event: &str, data: &str| {
        let body = format!(r#"{{"event":{event},"data":{data}}}"#);
        Unverified::read(body.as_bytes()).unwrap().subject()
    };
    let invoice = r#"{"id":"Hpqc62dfE1ZjzeeH4kEycF","price":1}"#;
    for (number, name, subject) in [
        (1999, "invoice_x", Subject::Invoice),
        (4999, "recipient_x", Subject::Recipient),
        (5999, "payout_x", Subject::Payout),
        (7999, "refund_x", Subject::Refund),
    ] {
        for event in [
            format!(r#"{{"code":{number}}}"#),
            format!(r#"{{"name":"{name}"}}"#),
            format!(r#"{{"code":{number},"name":"{name}"}}"#),
        ] {
            assert_eq!(about(&event, "{}"), Some(subject), "{event}");
        }
        let torn = format!(r#"{{"code":{number},"name":"bill_x"}}"#);
        assert_eq!(about(&torn, "{}"), Some(subject), "{torn}");
    }
    for event in [
        r#"{"code":1006,"name":"refund_pending"}"#,
        r#"{"code":2001}"#,
        r#"{"name":"bill_paid"}"#,
    ] {
        assert_eq!(about(event, invoice), None, "{event}");
    }
    // Without either it is the flat form, which is an invoice's and has a price.
    assert_eq!(about("{}", invoice), Some(Subject::Invoice));
    assert_eq!(about("{}", r#"{"id":"Hpqc62dfE1ZjzeeH4kEycF"}"#), None);
}
