//! Payouts and recipients as BitPay answers them, what is refused before sending, and lost answers.

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::error::{TransportError, TransportErrorKind};
use bitpay_core::model::payout::{
    CancelledPayoutGroup, CreatePayout, CreatePayoutGroup, ListPayouts, Payee, Payout, PayoutGroup,
    PayoutStatus,
};
use bitpay_core::model::recipient::{
    NewRecipient, Recipient, RecipientStatus, SubmitRecipients, UpdateRecipient,
};
use bitpay_core::model::{Acknowledged, InvalidRequest};
use bitpay_core::time::{Date, Timestamp};
use bitpay_core::{Config, Currency, Effect, Environment, Grant, Guid, PrivateKey};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

const PAYOUT: &str = r#"{
    "id": "Pm3rT9vXk2LpWc7Yb5Hd1F", "recipientId": "Rm3rT9vXk2LpWc7Yb5Hd1F", "accountId": "Am3rT9vXk2LpWc7Yb5Hd1F",
    "shopperId": "Sm3rT9vXk2LpWc7Yb5Hd1F", "amount": 12.50, "currency": "USD", "ledgerCurrency": "EUR",
    "exchangeRates": {"BTC": {"USD": 36500.000000000004, "EUR": 33000.5}}, "email": "ada@example.com", "reference": "May, Ada",
    "label": "Ada", "notificationURL": "https://shop.example/hook", "notificationEmail": "m@example.com",
    "effectiveDate": "2026-05-04T09:00:00.000Z", "requestDate": "2026-05-03T10:47:37.834Z", "dateExecuted": "2026-05-04T09:10:00.000Z",
    "status": "complete", "groupId": "Gm3rT9vXk2LpWc7Yb5Hd1F", "ignoreEmails": true, "message": "thanks", "code": 7,
    "transactions": [{"txid": "c0ffee", "amount": 3.4E-4, "date": "2026-05-04T09:05:00.000Z", "confirmations": 6}],
    "token": "a-resource-token", "newField": {}
}"#;

const RECIPIENT: &str = r#"{
    "email": "ada@example.com", "label": "Ada", "notificationURL": "https://shop.example/hook", "status": "invited",
    "id": "Rm3rT9vXk2LpWc7Yb5Hd1F", "shopperId": null, "guid": "any text", "token": "a-resource-token"
}"#;

fn parse<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

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

/// The answer to a call, as the whole of a body.
fn answer<E>(request: &E, body: &str) -> E::Response
where
    E: bitpay_core::Allows<Grant<bitpay_core::Payout>>,
{
    let mut call = call(request);
    assert!(matches!(call.step(Timestamp::UNIX_EPOCH, 0), Step::Send(_)));
    assert!(call.head(StatusCode::OK, HeaderMap::new()));
    assert!(call.body(body.as_bytes()));
    call.end();
    match call.step(Timestamp::UNIX_EPOCH, 0) {
        Step::Done(answer) => answer.unwrap().into_value(),
        _ => panic!("it goes on"),
    }
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
fn a_payout_in_full() {
    let payout: Payout = parse(PAYOUT);
    assert_eq!(payout.status, PayoutStatus::Complete);
    assert!(payout.status.is_final());
    assert_eq!(payout.amount.to_string(), "12.50");
    assert_eq!(payout.ledger_currency, Some(Currency::EUR));
    let rates = payout.exchange_rates.get("BTC").unwrap().unwrap();
    assert_eq!(
        rates.get("USD").unwrap().unwrap().as_text(),
        "36500.000000000004"
    );
    let paid = &payout.transactions[0];
    assert_eq!(paid.amount, "0.00034".parse().ok());
    assert_eq!(paid.confirmations, Some(6));
    assert_eq!(
        payout.effective_date.unwrap().to_string(),
        "2026-05-04T09:00:00Z"
    );
    assert_eq!(payout.code.as_deref(), Some("7"));
    assert_eq!(payout.ignore_emails, Some(true));
    let written: serde_json::Value = serde_json::to_value(&payout).unwrap();
    assert_eq!(written["effectiveDate"], "2026-05-04T09:00:00.000Z");
    assert_eq!(written["notificationURL"], "https://shop.example/hook");
    let text = serde_json::to_string(&payout).unwrap();
    assert_eq!(parse::<Payout>(&text), payout);
}

#[test]
fn amounts_are_numbers_or_texts_and_null_is_absent() {
    for amount in ["12.50", r#""12.50""#] {
        let payout: Payout = parse(&format!(
            r#"{{"id":"p1","status":"on ice","amount":{amount},"currency":"USD","transactions":null,"label":null,
                "shopperId":null,"dateExecuted":null,"exchangeRates":null,"reference":17}}"#
        ));
        assert_eq!(payout.amount.to_string(), "12.50");
        assert_eq!(payout.status, PayoutStatus::Other("on ice".to_owned()));
        assert_eq!(payout.reference.as_deref(), Some("17"));
        assert!(payout.transactions.is_empty() && payout.shopper_id.is_none());
    }
    assert_eq!(PayoutStatus::from("canceled"), PayoutStatus::Cancelled);
}

#[test]
fn a_recipient_in_full() {
    let recipient: Recipient = parse(RECIPIENT);
    assert_eq!(recipient.status, RecipientStatus::Invited);
    assert_eq!(recipient.shopper_id, None);
    assert_eq!(recipient.guid.as_deref(), Some("any text"));
    let written: serde_json::Value = serde_json::to_value(&recipient).unwrap();
    assert_eq!(written["shopperId"], serde_json::Value::Null);
    assert_eq!(parse::<Recipient>(&written.to_string()), recipient);
}

#[test]
fn groups_are_read_bare_or_in_data() {
    let request = CreatePayoutGroup::new(vec![pay("one", "10")]);
    let bare = format!(
        r#"{{"created":[{PAYOUT}],"failed":[{{"errMessage":"Ledger currency is required","payee":"bob@example.com"}}]}}"#
    );
    let wrapped = format!(r#"{{"facade":"payout/payoutGroup","data":{bare}}}"#);
    for body in [&bare, &wrapped] {
        let group: PayoutGroup = answer(&request, body);
        assert_eq!(
            group.created[0].group_id.as_ref().unwrap().as_str(),
            "Gm3rT9vXk2LpWc7Yb5Hd1F"
        );
        assert_eq!(group.failed[0].payee.as_deref(), Some("bob@example.com"));
    }
    let request = bitpay_core::model::payout::CancelPayoutGroup::new(
        "Gm3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap(),
    );
    let body = r#"{"cancelled":null,"failed":[{"errMessage":"no","payoutId":"not/an id"}]}"#;
    let group: CancelledPayoutGroup = answer(&request, body);
    assert!(group.cancelled.is_empty());
    assert_eq!(group.failed[0].payout_id.as_deref(), Some("not/an id"));
}

#[test]
fn done_is_said_in_several_ways() {
    let cancel = bitpay_core::model::payout::CancelPayout::new("p1".parse().unwrap());
    for body in [
        r#"{"status":"success","data":{},"message":null}"#,
        r#"{"success":true}"#,
        r#"{"data":"Success"}"#,
    ] {
        assert_eq!(answer(&cancel, body), Acknowledged);
    }
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
