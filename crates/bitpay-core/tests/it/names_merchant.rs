//! Whole bodies under BitPay's names: bills, subscriptions, the keys of a token and the rest of refunds.

use bitpay_core::model::bill::{
    Bill, BillItem, BillStatus, CreateBill, DeliverBill, ListBills, UpdateBill,
};
use bitpay_core::model::invoice::GetInvoiceEventToken;
use bitpay_core::model::refund::{
    CancelRefundByGuid, RefundStatus, ResendRefundNotification, UpdateRefund, UpdateRefundByGuid,
};
use bitpay_core::model::subscription::{
    BillData, CreateSubscription, Schedule, Subscription, SubscriptionStatus, UpdateSubscription,
};
use bitpay_core::model::token_sin::{LinkTokenSin, ListTokenSins, RemoveTokenSin};
use bitpay_core::model::wallet::GetSupportedWallets;
use bitpay_core::time::Date;
use bitpay_core::{Anonymous, Currency, ResourceToken, Sin};

use crate::names::{amount, guid, merchant, sent};

fn sin() -> Sin {
    "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR".parse().unwrap()
}

#[test]
fn a_bill_has_every_field_that_was_set() {
    let items = vec![
        BillItem::new("Tea", amount("6.50"), 2),
        BillItem::new("Cake", 4u32, 1),
    ];
    let request = CreateBill::new(Currency::USD, "ada@example.com", items)
        .number("17")
        .name("Ada")
        .address1("1 Rd")
        .address2("Apt 2")
        .city("Bath")
        .state("Somerset")
        .zip("BA1")
        .country("GB")
        .cc(vec!["bob@example.com".to_owned()])
        .phone("555")
        .due_date(Date::constant(2026, 5, 31))
        .pass_processing_fee(false);
    let (line, body) = sent(&merchant(), &request);
    assert_eq!(line, "POST /bills");
    assert_eq!(
        body,
        concat!(
            r#"{"token":"DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5","number":"17","currency":"USD","name":"Ada","#,
            r#""address1":"1 Rd","address2":"Apt 2","city":"Bath","state":"Somerset","zip":"BA1","country":"GB","#,
            r#""email":"ada@example.com","cc":["bob@example.com"],"phone":"555","dueDate":"2026-05-31","#,
            r#""passProcessingFee":false,"items":[{"description":"Tea","price":6.50,"quantity":2},"#,
            r#"{"description":"Cake","price":4,"quantity":1}]}"#
        )
    );
}

#[test]
fn an_update_of_a_bill_has_what_changes_and_what_bitpay_asks_for() {
    let mut item = BillItem::new("Tea", 6u32, 2);
    item.id = Some("i1".to_owned());
    let mut bill = Bill::new("b1".parse().unwrap());
    bill.currency = Some(Currency::USD);
    bill.email = Some("ada@example.com".to_owned());
    bill.name = Some("Ada".to_owned());
    bill.items = vec![item];
    bill.token = Some(ResourceToken::new("of-the-bill"));
    let due = "2026-05-31T12:00:00Z".parse::<bitpay_core::time::Timestamp>();
    let update = UpdateBill::of(&bill)
        .unwrap()
        .phone("555")
        .due_date(due.unwrap());
    let (line, body) = sent(&merchant(), &update);
    assert_eq!(line, "PUT /bills/b1");
    assert_eq!(
        body,
        concat!(
            r#"{"token":"of-the-bill","currency":"USD","email":"ada@example.com","phone":"555","#,
            r#""dueDate":"2026-05-31T12:00:00.000Z","items":[{"description":"Tea","price":6,"quantity":2}]}"#
        )
    );
    let deliver = DeliverBill::new(bill.id.clone(), ResourceToken::new("of-the-bill"));
    assert_eq!(
        sent(&merchant(), &deliver),
        (
            "POST /bills/b1/deliveries".to_owned(),
            r#"{"token":"of-the-bill"}"#.to_owned()
        )
    );
    let (line, _) = sent(&merchant(), &ListBills::new().status(BillStatus::Sent));
    assert_eq!(
        line,
        "GET /bills?token=DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5&status=sent"
    );
}

#[test]
fn a_subscription_has_bitpays_names() {
    let data = BillData::new(
        Currency::USD,
        "ada@example.com",
        Date::constant(2026, 5, 31),
        vec![BillItem::new("Rent", 900u32, 1)],
    )
    .email_bill(true)
    .number("17")
    .zip("BA1")
    .cc(vec!["bob@example.com".to_owned()])
    .pass_processing_fee(true);
    let request = CreateSubscription::new(Schedule::Weekly, data.clone());
    let (line, body) = sent(&merchant(), &request.status(SubscriptionStatus::Draft));
    assert_eq!(line, "POST /subscriptions");
    assert_eq!(
        body,
        concat!(
            r#"{"token":"DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5","schedule":"weekly","#,
            r#""billData":{"emailBill":true,"number":"17","currency":"USD","zip":"BA1","email":"ada@example.com","#,
            r#""cc":["bob@example.com"],"dueDate":"2026-05-31","passProcessingFee":true,"#,
            r#""items":[{"description":"Rent","price":900,"quantity":1}]},"status":"draft"}"#
        )
    );
    let mut subscription = Subscription::new("s1".parse().unwrap(), data);
    subscription.token = Some(ResourceToken::new("of-the-subscription"));
    let update = UpdateSubscription::of(&subscription)
        .unwrap()
        .status(SubscriptionStatus::Cancelled)
        .schedule("0 0 0 * * 1".into());
    assert_eq!(
        sent(&merchant(), &update),
        (
            "PUT /subscriptions/s1".to_owned(),
            r#"{"token":"of-the-subscription","status":"cancelled","schedule":"0 0 0 * * 1"}"#
                .to_owned()
        )
    );
}

#[test]
fn the_token_is_in_the_path_where_its_keys_are() {
    const PATH: &str = "/tokens/DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5/sins";
    let (line, body) = sent(&merchant(), &ListTokenSins::new());
    assert_eq!((line, body), (format!("GET {PATH}"), String::new()));
    let (line, body) = sent(&merchant(), &LinkTokenSin::new(sin()));
    assert_eq!(line, format!("POST {PATH}"));
    assert_eq!(body, r#"{"sin":"Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR"}"#);
    let (line, body) = sent(&merchant(), &RemoveTokenSin::new(sin()));
    assert_eq!(line, format!("DELETE {PATH}/{}", sin()));
    assert_eq!(body, "");
}

#[test]
fn the_rest_of_refunds_and_what_has_no_body() {
    const TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
    let confirm = UpdateRefund::confirm("r1".parse().unwrap());
    let (line, body) = sent(&merchant(), &confirm);
    assert_eq!(line, "PUT /refunds/r1");
    assert_eq!(body, format!(r#"{{"token":"{TOKEN}","status":"created"}}"#));
    let cancel = UpdateRefundByGuid::new(guid(), RefundStatus::Canceled);
    let (line, body) = sent(&merchant(), &cancel);
    assert_eq!(line, "PUT /refunds/guid/6b1b0c0e");
    assert_eq!(
        body,
        format!(r#"{{"token":"{TOKEN}","status":"canceled"}}"#)
    );
    let (line, _) = sent(&merchant(), &CancelRefundByGuid::new(guid()));
    assert_eq!(line, format!("DELETE /refunds/guid/6b1b0c0e?token={TOKEN}"));
    let again =
        ResendRefundNotification::new("r1".parse().unwrap(), ResourceToken::new("of-the-refund"));
    let (line, body) = sent(&merchant(), &again);
    assert_eq!(line, "POST /refunds/r1/notifications");
    assert_eq!(body, r#"{"token":"of-the-refund"}"#);
    let (line, _) = sent(
        &merchant(),
        &GetInvoiceEventToken::new("a1".parse().unwrap()),
    );
    assert_eq!(line, format!("GET /invoices/a1/events?token={TOKEN}"));
    let (line, body) = sent(&Anonymous, &GetSupportedWallets::new());
    assert_eq!(line, "GET /supportedwallets");
    assert_eq!(body, "");
}
