//! Payouts and recipients: what is refused before sending, and lost answers.

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::error::{TransportError, TransportErrorKind};
use bitpay_core::model::InvalidRequest;
use bitpay_core::model::payout::{CreatePayout, CreatePayoutGroup, ListPayouts, Payee};
use bitpay_core::model::recipient::{NewRecipient, SubmitRecipients, UpdateRecipient};
use bitpay_core::time::{Date, Timestamp};
use bitpay_core::{Config, Currency, Effect, Environment, Grant, Guid, PrivateKey};

fn field(result: Result<(), InvalidRequest>) -> &'static str {
    result.map_or_else(|error| error.field, |()| "none")
}

fn guid() -> Guid {
    Guid::from_random([7; 16])
}

fn pay(reference: &str, amount: &str) -> CreatePayout {
    CreatePayout::new(
        reference,
        Payee::invite("ada@example.com"),
        amount.parse::<bitpay_core::Amount>().unwrap(),
        Currency::USD,
        Currency::EUR,
    )
}

fn call<E>(request: &E) -> Call<'_, E>
where
    E: bitpay_core::Allows<Grant<bitpay_core::Payout>>,
{
    let key = PrivateKey::from_bytes(&[9; 32]).unwrap();
    let token = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
    let grant: Grant<bitpay_core::Payout> = Grant::new(token.parse().unwrap(), key);
    let settings = Settings::new(&Config::new(Environment::Test)).unwrap();
    Call::new(request, &Environment::Test.base_url(), &grant, &settings).unwrap()
}

#[test]
fn a_payout_that_would_be_refused_is_not_sent() {
    assert_eq!(field(pay("one", "5").check()), "none");
    assert_eq!(field(pay("", "5").check()), "reference");
    assert_eq!(field(pay("  ", "5").check()), "reference");
    assert_eq!(field(pay(&"é".repeat(100), "5").check()), "none");
    assert_eq!(field(pay(&"é".repeat(101), "5").check()), "reference");
    assert_eq!(field(pay("one", "0").check()), "amount");
    assert_eq!(field(pay("one", "-1").check()), "amount");
    for url in ["http://shop.example/", "https://me@shop.example/", ""] {
        let request = pay("one", "5").notification_url(url);
        assert_eq!(field(request.check()), "notification_url");
    }
    let request = pay("one", "5").notification_email("nobody");
    assert_eq!(field(request.check()), "notification_email");
    for email in ["ada", "@example.com", "ada@", "a b@example.com"] {
        let amount = bitpay_core::Amount::from(5u32);
        let request = CreatePayout::new(
            "one",
            Payee::invite(email),
            amount,
            Currency::USD,
            Currency::EUR,
        );
        assert_eq!(field(request.check()), "email", "{email}");
    }

    let group = |items| field(CreatePayoutGroup::new(items).check());
    assert_eq!(group(vec![]), "instructions");
    assert_eq!(group(vec![pay("one", "5"), pay("two", "5")]), "none");
    assert_eq!(group(vec![pay("one", "5"), pay("two", "0")]), "amount");
    assert_eq!(group(vec![pay("one", "5"), pay("one", "6")]), "reference");

    let day = |day| Date::constant(2026, 3, day);
    let list = ListPayouts::new().start_date(day(2)).end_date(day(1));
    assert_eq!(field(list.check()), "end_date");
    assert_eq!(field(list.end_date(day(2)).check()), "none");
}

/// JSON can leave out, or have twice, what the constructor asks for.
#[test]
fn a_payout_from_json_is_held_to_the_same_rules() {
    let payout = |more: &str| -> CreatePayout {
        let json = format!(r#"{{"reference":"one","amount":5,"currency":"USD"{more}}}"#);
        serde_json::from_str(&json).unwrap()
    };
    let ledger = r#","ledgerCurrency":"EUR""#;
    let ada = r#","recipientId":"ada""#;
    let good = payout(&format!("{ledger}{ada}"));
    assert_eq!(field(good.check()), "none");
    assert_eq!(field(payout(ledger).check()), "recipient_id");
    let two = payout(&format!(r#"{ledger}{ada},"email":"ada@example.com""#));
    assert_eq!(field(two.check()), "recipient_id");
    assert_eq!(field(payout(ada).check()), "ledger_currency");

    let nameless = serde_json::from_str(r#"{"email":"ada@example.com"}"#).unwrap();
    let request = SubmitRecipients::new(Guid::derived("r", "1"), vec![nameless]);
    assert_eq!(field(request.check()), "guid");
}

#[test]
fn recipients_that_would_be_refused_are_not_sent() {
    let new = |email: &str| NewRecipient::new(guid(), email);
    let submit = |recipients| field(SubmitRecipients::new(guid(), recipients).check());
    assert_eq!(submit(vec![]), "recipients");
    assert_eq!(submit(vec![new("ada@example.com"); 1000]), "none");
    assert_eq!(submit(vec![new("ada@example.com"); 1001]), "recipients");
    assert_eq!(submit(vec![new("ada@example.com"), new("bob")]), "email");
    let plain = new("ada@example.com").notification_url("http://shop.example/");
    assert_eq!(submit(vec![plain]), "notification_url");
    let update = UpdateRecipient::new("r1".parse().unwrap());
    assert_eq!(field(update.check()), "label");
    assert_eq!(field(update.label("A").check()), "none");
}

#[test]
fn a_lost_answer_does_not_make_a_second_payout() {
    let request = pay("May, Ada", "12.50");
    let mut sent = call(&request);
    assert!(matches!(sent.step(Timestamp::UNIX_EPOCH, 0), Step::Send(_)));
    sent.failed(TransportError::new(TransportErrorKind::Closed, None));
    let Step::Done(Err(error)) = sent.step(Timestamp::UNIX_EPOCH, 0) else {
        panic!("it goes on")
    };
    assert_eq!((error.effect(), error.tries()), (Effect::Unknown, 1));
    assert_eq!(
        (error.found_by(), error.reference(), error.guid()),
        (Some("list_payouts"), Some("May, Ada"), None)
    );
    assert!(!error.is_retryable());

    let group = CreatePayoutGroup::new(vec![request.clone()]);
    let mut sent = call(&group);
    assert!(matches!(sent.step(Timestamp::UNIX_EPOCH, 0), Step::Send(_)));
    // Not even what did not arrive is sent again.
    sent.failed(TransportError::new(TransportErrorKind::Connect, None));
    assert!(matches!(
        sent.step(Timestamp::UNIX_EPOCH, 0),
        Step::Done(Err(_))
    ));
}
