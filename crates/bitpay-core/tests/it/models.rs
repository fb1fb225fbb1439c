//! The models against answers as BitPay gives them, and against answers that it may give one day.

use std::time::Duration;

use bitpay_core::amount::{Amount, SubUnits};
use bitpay_core::currency::Currency;
use bitpay_core::guid::Guid;
use bitpay_core::id::InvoiceId;
use bitpay_core::model::InvalidRequest;
use bitpay_core::model::currency::CurrencyInfo;
use bitpay_core::model::invoice::{
    Buyer, CreateInvoice, ExceptionStatus, Invoice, InvoiceStatus, ItemizedDetail, ListInvoices,
    PayInvoice, TransactionSpeed, UpdateInvoice,
};
use bitpay_core::model::rate::RateEntry;
use bitpay_core::model::refund::{CreateRefund, Refund, RefundStatus};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const INVOICE: &str = r#"{
    "id": "Qm3rT9vXk2LpWc7Yb5Hd1F", "url": "https://test.bitpay.com/invoice?id=Qm3rT9vXk2LpWc7Yb5Hd1F",
    "guid": "shop 7, order 1042", "token": "a-resource-token", "status": "complete", "price": 12.50, "currency": "USD",
    "orderId": "1042", "itemDesc": "Two coffees", "itemCode": "coffee", "posData": "{\"till\":7}",
    "itemizedDetails": [{"amount": 12, "description": "Coffee", "isFee": false}, {"amount": 0.50, "description": "Service", "isFee": true}],
    "notificationURL": "https://shop.example/hook", "redirectURL": "https://shop.example/thanks", "closeURL": "https://shop.example/closed",
    "autoRedirect": false, "fullNotifications": true, "extendedNotifications": true, "physical": false,
    "buyer": {"name": "Ada", "address1": "1 Lane", "address2": "", "locality": "Town", "region": "Shire", "postalCode": "12345", "country": "GB", "email": "ada@example.com", "phone": "555", "notify": true},
    "buyerProvidedEmail": "ada@example.com",
    "buyerProvidedInfo": {"name": "Ada", "phoneNumber": "555", "selectedWallet": "bitpay", "emailAddress": "ada@example.com", "selectedTransactionCurrency": "BTC", "sms": "555", "smsVerified": true},
    "buyerSms": "555", "invoiceTime": 1700000000000, "rateRefreshTime": 1700000000000, "expirationTime": 1700000900000, "currentTime": 1700000001500,
    "exceptionStatus": "paidOver", "amountPaid": 67900, "displayAmountPaid": "0.000679", "underpaidAmount": "0.000001", "overpaidAmount": 0.000002,
    "transactionCurrency": "BTC", "transactionSpeed": "medium", "targetConfirmations": 6, "guaranteedPayment": false, "guaranteedPaymentTargetConfirmations": 0,
    "transactions": [
        {"amount": 67900, "confirmations": 6, "time": "2023-11-14T22:13:21.000Z", "receivedTime": "2023-11-14T22:13:21.250Z", "txid": "c0ffee", "exRates": {"BTC": 1, "USD": 36500.000000000004}, "outputIndex": 1},
        {"amount": -100, "confirmations": 6, "receivedTime": "2023-11-14T22:13:21.300Z", "txid": "c0ffee", "type": "buyerPaidMinerFee"}
    ],
    "lowFeeDetected": false, "nonPayProPaymentReceived": false, "refundAddressRequestPending": false,
    "refundAddresses": [{"1Address": {"type": "buyerSupplied", "date": "2023-11-14T22:13:21.250Z"}}],
    "paymentSubtotals": {"BTC": 67800, "PAX": 123000000000000000000}, "paymentTotals": {"BTC": 67900, "PAX": 123000000000000000000},
    "paymentDisplaySubTotals": {"BTC": "0.000678", "PAX": "123.00"}, "paymentDisplayTotals": {"BTC": "0.000679", "PAX": "123.00"},
    "exchangeRates": {"BTC": {"USD": 36500.000000000004, "SHIB": 3.3512345678901234e-13}, "PAX": {"USD": 1}},
    "minerFees": {"BTC": {"satoshisPerByte": 1.5, "totalFee": 100, "fiatAmount": 0.02}},
    "supportedTransactionCurrencies": {"BTC": {"enabled": true}, "PAX": {"enabled": false, "reason": "minimum"}},
    "paymentCodes": {"BTC": {"BIP72b": "bitcoin:?r=https://test.bitpay.com/i/x", "BIP73": "https://test.bitpay.com/i/x"}, "PAX": {"EIP681": "ethereum:?r=x", "EIP681b": "ethereum:?r=x", "RIP681": "x"}},
    "universalCodes": {"paymentString": "https://link.test.bitpay.com/i/x", "verificationLink": "https://link.test.bitpay.com/v/x"},
    "shopper": {}, "merchantName": "Shop", "billId": "Bm3rT9vXk2LpWc7Yb5Hd1F", "jsonPayProRequired": false, "bitpayIdRequired": false, "isCancelled": false
}"#;

const REFUND: &str = r#"{
    "id": "Rf3rT9vXk2LpWc7Yb5Hd1F", "invoice": "Qm3rT9vXk2LpWc7Yb5Hd1F", "guid": "g", "status": "cancelled", "type": "partial",
    "amount": 2.50, "refundFee": 0.04, "currency": "USD", "transactionCurrency": "BTC", "transactionAmount": 7.19E-4, "transactionRefundFee": 2.0E-6,
    "immediate": false, "buyerPaysRefundFee": true, "reference": "r-1", "requestDate": "2023-11-15T10:00:00.000Z", "lastRefundNotification": "2023-11-15T10:00:01.000Z",
    "supportRequest": "s", "refundAddress": "a", "txid": "t", "notificationURL": "https://shop.example/hook", "token": "a-resource-token"
}"#;

const RATE: &str = r#"{"code": "USD", "name": "US Dollar", "rate": 41248.11}"#;

const CURRENCY: &str = r#"{
    "code": "USDC_m", "symbol": null, "precision": 2, "decimals": 6, "name": "USD Coin", "plural": "USD Coins", "alts": "", "minimum": 0.01,
    "sanctioned": false, "chain": "MATIC", "displayCode": "USDC", "parent": "USDC", "maxSupply": 21000000, "contractAddress": "0x0"
}"#;

fn parse<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn invoice() -> Invoice {
    parse(INVOICE)
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
fn an_invoice_in_full() {
    let invoice = invoice();
    assert_eq!(invoice.status, InvoiceStatus::Complete);
    assert_eq!(invoice.price.to_string(), "12.50");
    assert_eq!(invoice.exception_status, Some(ExceptionStatus::PaidOver));
    assert_eq!(invoice.amount_paid, Some(SubUnits::from(67_900)));
    assert_eq!(invoice.underpaid_amount, "0.000001".parse().ok());
    assert_eq!(invoice.transaction_speed, Some(TransactionSpeed::Medium));
    assert_eq!(
        invoice.payment_totals.get("PAX"),
        Ok(Some(SubUnits::from(123_i128 * 10_i128.pow(18))))
    );
    assert_eq!(
        invoice.payment_display_sub_totals.get("BTC"),
        Ok(Some("0.000678".to_owned()))
    );
    let rates = invoice.exchange_rates.get("BTC").unwrap().unwrap();
    assert_eq!(
        rates.get("SHIB").unwrap().unwrap().as_text(),
        "3.3512345678901234e-13"
    );
    assert_eq!(
        invoice.miner_fees.get("BTC").unwrap().unwrap().total_fee,
        Some(100.into())
    );
    assert_eq!(
        invoice
            .payment_codes
            .get("BTC")
            .unwrap()
            .unwrap()
            .bip73
            .as_deref(),
        Some("https://test.bitpay.com/i/x")
    );
    let fee = &invoice.transactions[1];
    assert_eq!(
        (fee.amount, fee.kind.as_deref()),
        (Some(SubUnits::from(-100)), Some("buyerPaidMinerFee"))
    );
    assert_eq!(
        invoice.expiration_time.unwrap().as_millisecond(),
        1_700_000_900_000
    );
    assert!(!format!("{invoice:?}").contains("a-resource-token"));
    assert_eq!(invoice.token.unwrap().expose(), "a-resource-token");
}

/// Everything that was sent and that the model names is written again, under the same name, with the same value.
fn written_as_sent<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(
    sent: &str,
    not_modelled: &[&str],
) {
    let model: T = parse(sent);
    let written = serde_json::to_string(&model).unwrap();
    assert_eq!(parse::<T>(&written), model);
    let (Value::Object(mut sent), Value::Object(written)) = (parse(sent), parse(&written)) else {
        panic!("not objects");
    };
    sent.retain(|name, value| !not_modelled.contains(&name.as_str()) && !value.is_null());
    assert_eq!(
        sent.keys().collect::<std::collections::BTreeSet<_>>(),
        written.keys().collect::<std::collections::BTreeSet<_>>()
    );
}

#[test]
fn models_are_written_as_they_were_sent() {
    written_as_sent::<Invoice>(INVOICE, &[]);
    written_as_sent::<Refund>(REFUND, &[]);
    written_as_sent::<RateEntry>(RATE, &[]);
    written_as_sent::<CurrencyInfo>(CURRENCY, &[]);
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

/// All values inside a document, by their paths.
fn paths(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(key, value)| paths(value, &format!("{here}/{key}"), all)),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(at, value)| paths(value, &format!("{here}/{at}"), all)),
        _ => {}
    }
}

fn all_paths(document: &Value) -> Vec<String> {
    let mut all = Vec::new();
    paths(document, "", &mut all);
    all
}

fn unknown_fields_are_ignored<T: DeserializeOwned>(text: &str) {
    let document: Value = parse(text);
    for path in all_paths(&document) {
        let mut changed = document.clone();
        if let Some(Value::Object(map)) = changed.pointer_mut(&path) {
            map.insert("fieldOfTomorrow".to_owned(), json!({"a": [1, null, "x"]}));
            parse::<T>(&changed.to_string());
        }
    }
}

#[test]
fn a_new_field_at_any_level_breaks_nothing() {
    unknown_fields_are_ignored::<Invoice>(INVOICE);
    unknown_fields_are_ignored::<Refund>(REFUND);
    unknown_fields_are_ignored::<RateEntry>(RATE);
    unknown_fields_are_ignored::<CurrencyInfo>(CURRENCY);
}

fn required<T: DeserializeOwned>(text: &str, names: &[&str]) {
    let Value::Object(document) = parse(text) else {
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
    required::<Invoice>(INVOICE, &["id", "status", "price", "currency"]);
    required::<Refund>(REFUND, &["id", "invoice", "status", "amount"]);
    required::<RateEntry>(RATE, &["code", "rate"]);
    required::<CurrencyInfo>(CURRENCY, &["code"]);
}

fn survives_any_type<T: DeserializeOwned>(text: &str) {
    let document: Value = parse(text);
    for path in all_paths(&document) {
        for other in [
            json!(null),
            json!(true),
            json!("x"),
            json!(""),
            json!(7),
            json!(-1),
            json!(0.5),
            json!(1e300),
            json!([]),
            json!([[]]),
            json!({}),
        ] {
            let mut changed = document.clone();
            *changed.pointer_mut(&path).unwrap() = other;
            let _ = serde_json::from_value::<T>(changed.clone());
            let _ = serde_json::from_str::<T>(&changed.to_string());
        }
    }
}

#[test]
fn a_field_of_another_type_never_panics() {
    survives_any_type::<Invoice>(INVOICE);
    survives_any_type::<Refund>(REFUND);
    survives_any_type::<RateEntry>(RATE);
    survives_any_type::<CurrencyInfo>(CURRENCY);
}

#[test]
fn numbers_and_strings_of_numbers_are_one() {
    let mut document: Value = parse(INVOICE);
    document["price"] = json!("12.50");
    document["amountPaid"] = json!("67900");
    document["orderId"] = json!(1042);
    document["targetConfirmations"] = json!("6");
    document["invoiceTime"] = json!("2023-11-14T22:13:20Z");
    document["displayAmountPaid"] = json!(0.000_679);
    let changed: Invoice = parse(&document.to_string());
    let invoice = invoice();
    assert_eq!(changed.price, invoice.price);
    assert_eq!(changed.amount_paid, invoice.amount_paid);
    assert_eq!(changed.order_id, invoice.order_id);
    assert_eq!(changed.target_confirmations, invoice.target_confirmations);
    assert_eq!(changed.invoice_time, invoice.invoice_time);
    assert_eq!(changed.display_amount_paid, invoice.display_amount_paid);
}

#[test]
fn what_is_new_survives() {
    let mut document: Value = parse(INVOICE);
    document["currency"] = json!("ZZZ_q");
    document["status"] = json!("pondering");
    document["exceptionStatus"] = json!("paidTwice");
    document["transactionSpeed"] = json!("warp");
    document["transactionCurrency"] = json!("NEWCOIN");
    document["paymentTotals"]["NEWCOIN"] = json!(7);
    let invoice: Invoice = parse(&document.to_string());
    let written: Value = parse(&serde_json::to_string(&invoice).unwrap());
    for name in [
        "currency",
        "status",
        "exceptionStatus",
        "transactionSpeed",
        "transactionCurrency",
        "paymentTotals",
    ] {
        assert_eq!(written[name], document[name]);
    }
    assert_eq!(invoice.payment_totals.get("NEWCOIN"), Ok(Some(7.into())));
}

#[test]
fn a_refund_in_full() {
    let refund: Refund = parse(REFUND);
    assert_eq!(refund.status, RefundStatus::Canceled);
    assert_eq!(refund.transaction_amount, "0.000719".parse().ok());
    assert_eq!(
        refund.request_date.unwrap().as_millisecond(),
        1_700_042_400_000
    );
    assert!(!format!("{refund:?}").contains("a-resource-token"));
}

#[test]
fn currencies_say_their_decimals() {
    let info: CurrencyInfo = parse(CURRENCY);
    assert_eq!((info.decimals, info.precision), (Some(6), Some(2)));
    assert_eq!(info.max_supply.as_deref(), Some("21000000"));
    let rate: RateEntry = parse(RATE);
    assert_eq!(rate.rate.amount(), "41248.11".parse().ok());
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
    let made = invoice();
    let echo = request.echo(&made);
    assert!(echo.matches(), "{echo:?}");
    assert_eq!(echo.age, Some(Duration::from_millis(1500)));
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
    let request = CreateRefund::new(&invoice(), guid(), "2.5".parse::<Amount>().unwrap()).unwrap();
    let mut made: Refund = parse(REFUND);
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
