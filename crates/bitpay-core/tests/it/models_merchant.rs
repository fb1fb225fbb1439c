//! Bills, subscriptions, wallets, linked keys and event tokens, as BitPay gives them and as it may.

use bitpay_core::model::bill::{Bill, BillItem, BillStatus, CreateBill, DueDate, UpdateBill};
use bitpay_core::model::invoice::{InvoiceEvent, InvoiceEventAction, InvoiceEventToken};
use bitpay_core::model::refund::{RefundStatus, UpdateRefund, UpdateRefundByGuid};
use bitpay_core::model::subscription::{
    BillData, CreateSubscription, Schedule, Subscription, SubscriptionStatus, UpdateSubscription,
};
use bitpay_core::model::token_sin::{LinkedSin, SinChange};
use bitpay_core::model::wallet::{QrType, Wallet};
use bitpay_core::time::Date;
use bitpay_core::{Amount, Currency, Guid};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const BILL: &str = r#"{
    "id": "Bm3rT9vXk2LpWc7Yb5Hd1F", "status": "draft", "url": "https://test.bitpay.com/bill?id=Bm3rT9vXk2LpWc7Yb5Hd1F&resource=bills",
    "number": "2026-17", "createdDate": "2026-03-01T12:00:00.123Z", "dueDate": "2026-05-31T00:00:00.000Z", "currency": "GBP",
    "name": "Ada", "address1": "1 Lane", "address2": "Flat 2", "city": "Bath", "state": "Somerset", "zip": "BA1", "country": "GB",
    "email": "ada@example.com", "cc": ["bob@example.com"], "phone": "555", "passProcessingFee": true, "emailBill": true,
    "merchant": "Mm3rT9vXk2LpWc7Yb5Hd1F", "token": "of-the-bill",
    "items": [{"id": "i1", "description": "Tea", "price": 6.50, "quantity": 2}, {"id": "i2", "description": "Cake", "price": 0.1, "quantity": 1}]
}"#;

const SUBSCRIPTION: &str = r#"{
    "id": "Sm3rT9vXk2LpWc7Yb5Hd1F", "status": "active", "schedule": "0 0 0 * * 1",
    "nextDelivery": "2026-03-02T00:00:00.000Z", "createdDate": "2026-03-01T12:00:00.123Z", "token": "of-the-subscription",
    "billData": {"emailBill": true, "number": "17", "currency": "GBP", "name": "Ada", "address1": "1 Lane", "address2": "Flat 2",
        "city": "Bath", "state": "Somerset", "zip": "BA1", "country": "GB", "email": "ada@example.com", "cc": ["bob@example.com"],
        "phone": "555", "dueDate": "2026-05-31T00:00:00.000Z", "passProcessingFee": false, "merchant": "m1",
        "items": [{"description": "Rent", "price": 900, "quantity": 1}]}
}"#;

const WALLET: &str = r#"{
    "key": "walleta", "displayName": "Wallet A", "avatar": "a.png", "image": "https://wallet.example/a.png", "payPro": true,
    "uniCode": "walleta://pay", "offChainMode": true, "lightning": true, "invoiceDefault": "BTC", "verificationLink": "https://wallet.example/verify",
    "currencies": [{"code": "ETH", "image": "https://wallet.example/eth.svg", "payPro": true, "p2p": true, "dappBrowser": true,
        "walletConnect": true, "lightning": false, "withdrawalFee": "0.0005 ETH", "qr": {"type": "EIP681b", "collapsed": true}}]
}"#;

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

/// Nothing is lost: what was read is written as it came.
fn keeps<T: DeserializeOwned + serde::Serialize>(json: &str) {
    let written = serde_json::to_value(read::<T>(json)).unwrap();
    assert_eq!(written, read::<Value>(json));
}

#[test]
fn every_field_is_kept() {
    keeps::<Bill>(BILL);
    keeps::<Subscription>(SUBSCRIPTION);
    keeps::<Wallet>(WALLET);
    keeps::<InvoiceEventToken>(
        r#"{"url":"https://test.bitpay.com/events","token":"t","events":["payment","confirmation","later"],
            "actions":["subscribe","unsubscribe"]}"#,
    );
}

#[test]
fn a_bill_is_read() {
    let bill: Bill = read(BILL);
    assert_eq!(bill.status, Some(BillStatus::Draft));
    assert_eq!(bill.items[0].price, "6.5".parse::<Amount>().unwrap());
    assert_eq!(bill.items[1].price.to_string(), "0.1");
    assert_eq!(bill.items[0].quantity, 2);
    assert_eq!(
        bill.due_date.map(DueDate::day),
        Some(Date::constant(2026, 5, 31))
    );
    assert_eq!(bill.created_date.unwrap().as_millisecond() % 1000, 123);
}

#[test]
fn other_forms_are_read() {
    let bill: Bill = read(
        r#"{"id":"b1","number":17,"zip":12345,"phone":null,"cc":null,"dueDate":"2026-5-1","status":"later",
            "items":[{"description":null,"price":"6.50","quantity":"2"},{"id":3,"price":1,"quantity":2.0}],"more":{}}"#,
    );
    assert_eq!(bill.number.as_deref(), Some("17"));
    assert_eq!(bill.zip.as_deref(), Some("12345"));
    assert_eq!(bill.status, Some(BillStatus::Other("later".to_owned())));
    assert_eq!(bill.due_date, Some(Date::constant(2026, 5, 1).into()));
    assert_eq!((bill.items[0].quantity, bill.items[1].quantity), (2, 2));
    assert_eq!(bill.items[1].id.as_deref(), Some("3"));
    assert_eq!(read::<Bill>(r#"{"id":"b1","items":null}"#).items, []);

    for bad in ["2026-13-1", "2026-2-30", "tomorrow", ""] {
        let json = json!(bad).to_string();
        assert!(serde_json::from_str::<DueDate>(&json).is_err(), "{bad}");
    }
    for bad in ["null", "-1", "1.5", "4294967296"] {
        let json = format!(r#"{{"price":1,"quantity":{bad}}}"#);
        assert!(serde_json::from_str::<BillItem>(&json).is_err(), "{bad}");
    }

    let wallet: Wallet = read(
        r#"{"key":"w","currencies":[{"code":"BTC","withdrawalFee":0.1,"qr":{"type":"NEW","collapsed":"true"}}]}"#,
    );
    let coin = &wallet.currencies[0];
    assert_eq!(coin.withdrawal_fee.as_deref(), Some("0.1"));
    let qr = coin.qr.as_ref().unwrap();
    assert_eq!(qr.kind, QrType::Other("NEW".to_owned()));
    assert_eq!(qr.collapsed, Some(true));
    assert_eq!(read::<Wallet>(r#"{"key":"w"}"#).currencies, []);
}

#[test]
fn a_subscription_is_read() {
    let subscription: Subscription = read(SUBSCRIPTION);
    assert_eq!(subscription.status, Some(SubscriptionStatus::Active));
    assert_eq!(subscription.schedule, Some("0 0 0 * * 1".into()));
    let cancelled: SubscriptionStatus = "canceled".into();
    assert_eq!(cancelled, SubscriptionStatus::Cancelled);
}

#[test]
fn an_event_token_is_read_and_not_shown() {
    let token: InvoiceEventToken = read(
        r#"{"url":"https://test.bitpay.com/events","token":"secret","events":["payment","later"],"actions":["subscribe"]}"#,
    );
    assert_eq!(
        token.events,
        [
            InvoiceEvent::Payment,
            InvoiceEvent::Other("later".to_owned())
        ]
    );
    assert_eq!(token.actions, [InvoiceEventAction::Subscribe]);
    assert_eq!(token.token.expose(), "secret");
    assert!(!format!("{token:?}").contains("secret"));
}

#[test]
fn linked_keys_are_read_in_any_form() {
    const SIN: &str = "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR";
    for form in [
        json!(SIN),
        json!({ "sin": SIN, "more": 1 }),
        json!({ "id": SIN }),
    ] {
        let linked: LinkedSin = read(&form.to_string());
        assert_eq!(linked.sin.as_str(), SIN);
    }
    for (form, success) in [
        (json!({ "success": true }), Some(true)),
        (json!({ "success": null }), None),
        (json!({}), None),
    ] {
        assert_eq!(read::<SinChange>(&form.to_string()).success, success);
    }
    for bad in [json!("Tf3yr5"), json!({}), json!(1), json!(null)] {
        assert!(serde_json::from_value::<LinkedSin>(bad).is_err());
    }
}

#[test]
fn bills_that_make_no_sense_are_refused() {
    let field = |bill: CreateBill| bill.check().map_err(|invalid| invalid.field);
    let item = |quantity| vec![BillItem::new("Tea", 6u32, quantity)];
    let bill = |email: &str, items| CreateBill::new(Currency::USD, email, items);
    assert_eq!(field(bill("ada@example.com", item(1))), Ok(()));
    assert_eq!(field(bill("", item(1))), Err("email"));
    assert_eq!(field(bill("ada@example.com", vec![])), Err("items"));
    assert_eq!(field(bill("ada@example.com", item(0))), Err("items"));

    let mut bill: Bill = read(BILL);
    let update = UpdateBill::of(&bill).unwrap();
    assert_eq!(update.check(), Ok(()));
    assert!(update.items.iter().all(|item| item.id.is_none()));
    assert_eq!(update.clone().email("").check().unwrap_err().field, "email");
    assert_eq!(update.items(vec![]).check().unwrap_err().field, "items");
    bill.currency = None;
    assert_eq!(UpdateBill::of(&bill).unwrap_err().field, "currency");
    bill.token = None;
    assert_eq!(UpdateBill::of(&bill).unwrap_err().field, "token");
}

#[test]
fn subscriptions_that_make_no_sense_are_refused() {
    let day = Date::constant(2026, 5, 31);
    let items = vec![BillItem::new("Rent", 900u32, 1)];
    let mut data = BillData::new(Currency::USD, "ada@example.com", day, items);
    let create = |data: &BillData| {
        CreateSubscription::new(Schedule::Monthly, data.clone())
            .check()
            .map_err(|invalid| invalid.field)
    };
    assert_eq!(create(&data), Ok(()));
    data.due_date = None;
    assert_eq!(create(&data), Err("due_date"));

    let mut subscription: Subscription = read(SUBSCRIPTION);
    let update = UpdateSubscription::of(&subscription).unwrap();
    assert_eq!(update.check().unwrap_err().field, "status");
    assert_eq!(
        update.clone().bill_data(data).check().unwrap_err().field,
        "due_date"
    );
    assert_eq!(update.schedule(Schedule::Yearly).check(), Ok(()));
    subscription.token = None;
    assert_eq!(
        UpdateSubscription::of(&subscription).unwrap_err().field,
        "token"
    );
}

#[test]
fn refunds_are_only_confirmed_and_cancelled() {
    for status in ["preview", "pending", "success", "failure", "later"] {
        let status = RefundStatus::from(status);
        let by_id = UpdateRefund::new("r1".parse().unwrap(), status.clone());
        let by_guid = UpdateRefundByGuid::new(Guid::derived("a", "b"), status);
        assert_eq!(by_id.check().unwrap_err().field, "status");
        assert_eq!(by_guid.check().unwrap_err().field, "status");
    }
    assert_eq!(UpdateRefund::confirm("r1".parse().unwrap()).check(), Ok(()));
}
