//! What models ask for at least, and what of requests is checked before they are sent. What models read
//! is in `fixtures.rs`.

use std::time::Duration;

use bitpay_core::amount::Amount;
use bitpay_core::currency::Currency;
use bitpay_core::guid::Guid;
use bitpay_core::id::InvoiceId;
use bitpay_core::model::InvalidRequest;
use bitpay_core::model::bill::Bill;
use bitpay_core::model::currency::CurrencyInfo;
use bitpay_core::model::invoice::{
    Buyer, CreateInvoice, Invoice, InvoiceStatus, ItemizedDetail, ListInvoices, PayInvoice,
    TransactionSpeed, UpdateInvoice,
};
use bitpay_core::model::ledger::LedgerEntry;
use bitpay_core::model::payout::Payout;
use bitpay_core::model::rate::RateEntry;
use bitpay_core::model::recipient::Recipient;
use bitpay_core::model::refund::{CreateRefund, Refund};
use bitpay_core::model::settlement::Settlement;
use bitpay_core::model::subscription::Subscription;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn parse<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The data of a fixture: `get_rate/one`.
pub(crate) fn sample(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let body = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let body: Value = parse(&body);
    body.get("data").cloned().unwrap_or(body)
}

fn minimal(status: &str) -> Invoice {
    parse(&format!(
        r#"{{"id":"Qm3rT9vXk2LpWc7Yb5Hd1F","status":"{status}","price":12.50,"currency":"USD"}}"#
    ))
}

fn guid() -> Guid {
    Guid::from_random([7; 16])
}

fn field<T>(result: Result<T, InvalidRequest>) -> &'static str {
    result.map_or_else(|error| error.field, |_| "none")
}

#[test]
fn an_invoice_with_next_to_nothing() {
    let invoice = minimal("new");
    let built = Invoice::new(
        "Qm3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap(),
        InvoiceStatus::New,
        "12.50".parse().unwrap(),
        Currency::USD,
    );
    assert_eq!(invoice, built);
    let written = r#"{"id":"Qm3rT9vXk2LpWc7Yb5Hd1F","status":"new","price":12.50,"currency":"USD","exceptionStatus":false}"#;
    assert_eq!(serde_json::to_string(&built).unwrap(), written);
    assert_eq!(parse::<Invoice>(written), built);
}

fn required<T: DeserializeOwned>(sample: Value, names: &[&str]) {
    let Value::Object(document) = sample else {
        panic!("not an object");
    };
    for name in document.keys() {
        let mut absent = document.clone();
        absent.remove(name);
        let mut null = document.clone();
        null.insert(name.clone(), Value::Null);
        for changed in [absent, null] {
            let read = serde_json::from_value::<T>(Value::Object(changed.clone()));
            assert_eq!(read.is_err(), names.contains(&name.as_str()), "{name}");
            let read = serde_json::from_str::<T>(&Value::Object(changed).to_string());
            assert_eq!(read.is_err(), names.contains(&name.as_str()), "{name}");
        }
    }
}

#[test]
fn null_is_absent_and_little_is_required() {
    let invoice = sample("create_invoice/merchant");
    required::<Invoice>(invoice, &["id", "status", "price", "currency"]);
    let refund = sample("create_refund/created");
    required::<Refund>(refund, &["id", "invoice", "status", "amount"]);
    required::<RateEntry>(sample("get_rate/one"), &["code", "rate"]);
    required::<CurrencyInfo>(sample("get_currencies/five")[3].clone(), &["code"]);
    let payout = sample("get_payout/complete");
    required::<Payout>(payout, &["id", "status", "amount", "currency"]);
    required::<Recipient>(sample("get_recipient/active"), &["id", "status"]);
    required::<Bill>(sample("create_bill/merchant"), &["id"]);
    let entry = sample("get_ledger_entries/with-one")[0].clone();
    required::<LedgerEntry>(entry, &["id", "code", "amount", "scale", "timestamp"]);
    let settlement = sample("get_settlement/completed");
    required::<Settlement>(settlement, &["id", "status", "currency"]);
    let subscription = sample("get_subscription/active");
    required::<Subscription>(subscription, &["id", "billData"]);
}

#[test]
fn a_flag_is_read_in_each_of_its_forms() {
    let flag = |form: &str| {
        let text = format!(
            r#"{{"id":"Qm3rT9vXk2LpWc7Yb5Hd1F","status":"new","price":1,"currency":"USD","lowFeeDetected":{form}}}"#
        );
        serde_json::from_str::<Invoice>(&text).map(|invoice| invoice.low_fee_detected)
    };
    for form in ["true", r#""true""#, r#""True""#, "1", r#""1""#] {
        assert_eq!(flag(form).unwrap(), Some(true), "{form}");
    }
    for form in ["false", r#""false""#, r#""False""#, "0", r#""0""#] {
        assert_eq!(flag(form).unwrap(), Some(false), "{form}");
    }
    for form in ["null", r#""""#] {
        assert_eq!(flag(form).unwrap(), None, "{form}");
    }
    for form in ["2", "-1", "0.5", r#""yes""#, "[true]", r#"{"a":true}"#] {
        assert!(flag(form).is_err(), "{form}");
    }
}

#[test]
fn a_text_is_what_was_meant_whether_escaped_or_not() {
    for (sent, meant) in [
        (r#""tea""#, "tea"),
        (r#""""#, ""),
        (r#""caf\u00e9 \"hot\"""#, "café \"hot\""),
        (r#""café""#, "café"),
        (r#""\\""#, "\\"),
        ("12345678901234567890.50", "12345678901234567890.50"),
    ] {
        let text = format!(
            r#"{{"id":"Qm3rT9vXk2LpWc7Yb5Hd1F","status":"new","price":1,"currency":"USD","itemDesc":{sent}}}"#
        );
        let invoice: Invoice = parse(&text);
        assert_eq!(invoice.item_desc.as_deref(), Some(meant), "{sent}");
    }
}

#[test]
fn what_is_new_survives() {
    let sent = sample("create_invoice/what-is-new");
    let invoice: Invoice = parse(&sent.to_string());
    let written: Value = parse(&serde_json::to_string(&invoice).unwrap());
    for name in [
        "status",
        "exceptionStatus",
        "transactionSpeed",
        "transactionCurrency",
        "paymentTotals",
        "minerFees",
    ] {
        assert_eq!(written[name], sent[name]);
    }
}

#[test]
fn a_complete_invoice_request_passes() {
    let request =
        CreateInvoice::for_order("1042", "12.50".parse::<Amount>().unwrap(), Currency::USD)
            .item_desc("Two coffees")
            .itemized_details(vec![
                ItemizedDetail::new(12, "Coffee"),
                ItemizedDetail::new(1, "Service").is_fee(true),
            ])
            .notification_url("https://shop.example/hook?x=1")
            .redirect_url("https://shop.example/thanks")
            .auto_redirect(true)
            .transaction_speed(TransactionSpeed::Low)
            .full_notifications(false)
            .buyer(Buyer::new().email("ada@example.com").notify(false))
            .payment_currencies(vec![Currency::BTC])
            .acceptance_window(900_000);
    assert_eq!(request.check(), Ok(()));
    assert_eq!(request.guid, Guid::for_order("1042"));
    assert_eq!(request.order_id.as_deref(), Some("1042"));
    assert_eq!(request.full_notifications, Some(false));
    let buyer = serde_json::to_string(&request.buyer).unwrap();
    assert_eq!(buyer, r#"{"email":"ada@example.com","notify":false}"#);
}

#[test]
fn invoice_requests_are_checked() {
    let request = |price: i32| CreateInvoice::new(guid(), price, Currency::USD);
    assert_eq!(field(request(0).check()), "price");
    assert_eq!(field(request(-1).check()), "price");
    assert_eq!(
        field(request(1).acceptance_window(900_001).check()),
        "acceptance_window"
    );
    assert_eq!(
        field(request(1).auto_redirect(true).check()),
        "auto_redirect"
    );
    assert_eq!(field(request(1).auto_redirect(false).check()), "none");
}

#[test]
fn webhooks_go_over_tls_or_stay_at_home() {
    let check = |url: &str| {
        CreateInvoice::new(guid(), 1, Currency::USD)
            .notification_url(url)
            .check()
    };
    for good in [
        "https://shop.example",
        "HTTPS://shop.example:8443/hook?a=b#c",
        "http://localhost/hook",
        "http://127.0.0.1:8080/hook",
        "http://[::1]:8080/hook",
    ] {
        assert_eq!(check(good), Ok(()), "{good}");
    }
    for bad in [
        "",
        "shop.example",
        "https://",
        "http://shop.example/",
        "http://localhost.example/",
        "http://localhost@shop.example/",
        "http://localhost:80@shop.example/",
        "http://localhost\\@shop.example/",
        "ftp://localhost/",
        "https://shop.example/a b",
        "https://shop.example/\r\nX: y",
        "javascript:alert(1)",
    ] {
        assert_eq!(field(check(bad)), "notification_url", "{bad}");
    }
}

#[test]
fn an_echo_compares_values_not_text() {
    let request = CreateInvoice::new(
        guid(),
        "12.5".parse::<Amount>().unwrap(),
        "usd".parse().unwrap(),
    )
    .order_id("1042");
    let made: Invoice = parse(&sample("create_invoice/merchant").to_string());
    let echo = request.echo(&made);
    assert!(echo.matches(), "{echo:?}");
    assert_eq!(echo.age, Some(Duration::from_millis(1250)));
    assert!(echo.older_than(Duration::from_secs(1)) && !echo.older_than(Duration::from_secs(2)));

    let other = CreateInvoice::new(guid(), 41, Currency::EUR);
    assert_eq!(other.echo(&made).differs, ["price", "currency", "order_id"]);

    let ageless = request.echo(&minimal("new"));
    assert_eq!((ageless.differs, ageless.age), (vec!["order_id"], None));
    let mut backwards = made;
    backwards.current_time = backwards
        .invoice_time
        .map(|time| time - Duration::from_secs(1));
    assert_eq!(request.echo(&backwards).age, None);
}

#[test]
fn only_a_complete_invoice_is_refunded_in_part() {
    let complete = minimal("complete");
    let refund = CreateRefund::new(&complete, guid(), 2)
        .unwrap()
        .reference("r-1")
        .preview(true);
    assert_eq!(refund.check(), Ok(()));
    assert_eq!(refund.invoice_id(), &complete.id);
    assert_eq!(refund.amount(), Amount::from(2));
    assert_eq!(refund.is_preview(), Some(true));
    assert_eq!(refund.is_immediate(), None);
    assert_eq!(
        CreateRefund::full(&complete, guid()).unwrap().amount(),
        complete.price
    );

    let error = CreateRefund::new(&minimal("confirmed"), guid(), 2).unwrap_err();
    assert!(error.to_string().contains("declining"), "{error}");
    for status in [
        "new",
        "paid",
        "confirmed",
        "expired",
        "invalid",
        "declined",
        "later",
    ] {
        assert_eq!(
            field(CreateRefund::new(&minimal(status), guid(), 2)),
            "invoice_id"
        );
        assert_eq!(
            field(CreateRefund::full(&minimal(status), guid())),
            "invoice_id"
        );
        let declining = CreateRefund::declining(&minimal(status), guid());
        assert_eq!(declining.is_ok(), status == "confirmed");
    }
    assert!(CreateRefund::declining(&complete, guid()).is_err());
}

#[test]
fn refunds_are_checked() {
    let complete = minimal("complete");
    for amount in ["0", "-1", "12.51"] {
        let amount: Amount = amount.parse().unwrap();
        assert_eq!(
            field(CreateRefund::new(&complete, guid(), amount)),
            "amount"
        );
    }
    let full = CreateRefund::full(&complete, guid()).unwrap();
    assert_eq!(full.clone().reference("é".repeat(100)).check(), Ok(()));
    assert_eq!(field(full.reference("é".repeat(101)).check()), "reference");
}

#[test]
fn a_refund_echoes() {
    let complete = minimal("complete");
    let request = CreateRefund::new(&complete, guid(), "2.5".parse::<Amount>().unwrap()).unwrap();
    let mut made: Refund = parse(&sample("create_refund/created").to_string());
    assert!(request.echo(&made).matches());
    made.amount = 3.into();
    made.invoice = "other".parse().unwrap();
    assert_eq!(request.echo(&made).differs, ["invoice_id", "amount"]);
}

#[test]
fn other_requests_are_checked() {
    let id = || "Qm3rT9vXk2LpWc7Yb5Hd1F".parse::<InvoiceId>().unwrap();
    let update = || UpdateInvoice::new(id());
    assert_eq!(field(update().check()), "buyer_email");
    assert_eq!(
        field(update().buyer_email("a@b.c").buyer_sms("5").check()),
        "buyer_email"
    );
    assert_eq!(
        field(update().buyer_email("a@b.c").sms_code("1").check()),
        "sms_code"
    );
    assert_eq!(update().buyer_sms("5").sms_code("987123").check(), Ok(()));
    assert!(!format!("{:?}", update().sms_code("987123")).contains("987123"));

    let list =
        |start: &str, end: &str| ListInvoices::new(start.parse().unwrap(), end.parse().unwrap());
    assert_eq!(list("2023-11-14", "2023-11-14").check(), Ok(()));
    assert_eq!(field(list("2023-11-15", "2023-11-14").check()), "date_end");

    assert_eq!(PayInvoice::new(id()).check(), Ok(()));
    assert_eq!(
        PayInvoice::new(id())
            .status(InvoiceStatus::Complete)
            .check(),
        Ok(())
    );
    assert_eq!(
        field(PayInvoice::new(id()).status(InvoiceStatus::Paid).check()),
        "status"
    );
}
