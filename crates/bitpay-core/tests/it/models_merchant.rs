//! Bills, subscriptions and linked keys: what is refused, before it is sent and when it is read.

use bitpay_core::model::bill::{Bill, BillItem, CreateBill, DueDate, UpdateBill};
use bitpay_core::model::refund::{RefundStatus, UpdateRefund, UpdateRefundByGuid};
use bitpay_core::model::subscription::{
    BillData, CreateSubscription, Schedule, Subscription, UpdateSubscription,
};
use bitpay_core::model::token_sin::{LinkedSin, SinChange};
use bitpay_core::time::Date;
use bitpay_core::{Currency, Guid};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::models::sample;

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

#[test]
fn what_is_no_day_and_no_quantity_is_an_error() {
    for bad in ["2026-13-1", "2026-2-30", "tomorrow", ""] {
        let json = json!(bad).to_string();
        assert!(serde_json::from_str::<DueDate>(&json).is_err(), "{bad}");
    }
    for bad in ["null", "-1", "1.5", "4294967296"] {
        let json = format!(r#"{{"price":1,"quantity":{bad}}}"#);
        assert!(serde_json::from_str::<BillItem>(&json).is_err(), "{bad}");
    }
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

    let mut bill: Bill = read(&sample("create_bill/merchant").to_string());
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

    let mut subscription: Subscription = read(&sample("get_subscription/active").to_string());
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
