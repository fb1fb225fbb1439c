//! The read-back law for bills, subscriptions, wallets, the keys of a token, event tokens and the rest
//! of refunds.

use bitpay_core::Guid;
use bitpay_core::id::{BillId, SubscriptionId};
use bitpay_core::model::bill::{
    Bill, BillItem, BillStatus, CreateBill, DeliverBill, DueDate, GetBill, ListBills, UpdateBill,
};
use bitpay_core::model::invoice::GetInvoiceEventToken;
use bitpay_core::model::refund::{
    CancelRefundByGuid, RefundStatus, ResendRefundNotification, UpdateRefund, UpdateRefundByGuid,
};
use bitpay_core::model::subscription::{
    BillData, CreateSubscription, GetSubscription, ListSubscriptions, Schedule, Subscription,
    SubscriptionStatus, UpdateSubscription,
};
use bitpay_core::model::token_sin::{LinkTokenSin, ListTokenSins, RemoveTokenSin};
use bitpay_core::model::wallet::GetSupportedWallets;
use bitpay_core::operation::route;
use bitpay_core::server::Received;
use bitpay_core::time::{Date, Timestamp};
use bitpay_core::{Anonymous, Grant, Pos, PrivateKey, ResourceToken, Sin};
use proptest::prelude::*;

use crate::requests::{
    amount, currency, guid, id, identity, merchant, refund_id, round_trip, text,
};

const TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";

fn pos() -> Grant<Pos> {
    Grant::new(TOKEN.parse().unwrap(), identity())
}

fn bill_id() -> impl Strategy<Value = BillId> {
    "[A-Za-z0-9_-]{1,64}".prop_map(|id| id.parse().unwrap())
}

fn subscription_id() -> impl Strategy<Value = SubscriptionId> {
    "[A-Za-z0-9_-]{1,64}".prop_map(|id| id.parse().unwrap())
}

fn sin() -> impl Strategy<Value = Sin> {
    (1u8..=254).prop_map(|byte| PrivateKey::from_bytes(&[byte; 32]).unwrap().sin().clone())
}

fn due_date() -> impl Strategy<Value = DueDate> {
    prop_oneof![
        (0i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Date::new(
            year, month, day
        )
        .unwrap()
        .into()),
        (0i64..4_000_000_000_000)
            .prop_map(|millis| Timestamp::from_millisecond(millis).unwrap().into()),
    ]
}

fn items() -> impl Strategy<Value = Vec<BillItem>> {
    proptest::collection::vec(
        (text(), amount(), 1..=u32::MAX)
            .prop_map(|(text, price, quantity)| BillItem::new(text, price, quantity)),
        1..4,
    )
}

prop_compose! {
    fn create_bill()(
        currency in currency(), email in text(), items in items(),
        who in proptest::array::uniform5(proptest::option::of(text())),
        place in proptest::array::uniform4(proptest::option::of(text())),
        cc in proptest::option::of(proptest::collection::vec(text(), 0..3)),
        due_date in proptest::option::of(due_date()), fee in proptest::option::of(any::<bool>()),
    ) -> CreateBill {
        let mut request = CreateBill::new(currency, email, items);
        [request.number, request.name, request.address1, request.address2, request.phone] = who;
        [request.city, request.state, request.zip, request.country] = place;
        request.cc = cc;
        request.due_date = due_date;
        request.pass_processing_fee = fee;
        request
    }
}

prop_compose! {
    fn bill_data()(
        bill in create_bill(), due in due_date(), email_bill in proptest::option::of(any::<bool>()),
    ) -> BillData {
        let mut data = BillData::new(bill.currency, bill.email, due, bill.items);
        data.number = bill.number;
        data.name = bill.name;
        data.city = bill.city;
        data.phone = bill.phone;
        data.cc = bill.cc.unwrap_or_default();
        data.email_bill = email_bill;
        data.pass_processing_fee = bill.pass_processing_fee;
        data
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bills_are_read_back(create in create_bill(), id in bill_id(), status in text(), token in text()) {
        round_trip(&merchant(), &create);
        round_trip(&pos(), &create);
        round_trip(&Grant::<Pos>::unsigned(TOKEN.parse().unwrap()), &create);
        round_trip(&pos(), &GetBill::new(id.clone()));
        round_trip(&merchant(), &ListBills::new());
        round_trip(&merchant(), &ListBills::new().status(BillStatus::from(status.as_str())));
        let token = ResourceToken::new(&token);
        round_trip(&pos(), &DeliverBill::new(id.clone(), token.clone()));

        let mut bill = Bill::new(id);
        bill.currency = Some(create.currency);
        bill.token = Some(token);
        bill.items = create.items;
        let mut update = UpdateBill::of(&bill).unwrap();
        round_trip(&merchant(), &update);
        update.email = Some(create.email);
        update.number = create.number;
        update.name = create.name;
        update.address1 = create.address1;
        update.address2 = create.address2;
        update.city = create.city;
        update.state = create.state;
        update.zip = create.zip;
        update.country = create.country;
        update.cc = create.cc;
        update.phone = create.phone;
        update.due_date = create.due_date;
        update.pass_processing_fee = create.pass_processing_fee;
        round_trip(&merchant(), &update);
    }

    #[test]
    fn subscriptions_are_read_back(
        data in bill_data(), id in subscription_id(), schedule in text(), status in text(), token in text(),
    ) {
        let schedule = Schedule::from(schedule.as_str());
        let status = SubscriptionStatus::from(status.as_str());
        let create = CreateSubscription::new(schedule.clone(), data.clone());
        round_trip(&merchant(), &create);
        round_trip(&merchant(), &create.status(status.clone()));
        round_trip(&merchant(), &GetSubscription::new(id.clone()));
        round_trip(&merchant(), &ListSubscriptions::new());
        round_trip(&merchant(), &ListSubscriptions::new().status(status.clone()));
        let mut subscription = Subscription::new(id, data.clone());
        subscription.token = Some(ResourceToken::new(&token));
        let update = UpdateSubscription::of(&subscription).unwrap();
        round_trip(&merchant(), &update.clone().status(status.clone()));
        round_trip(&merchant(), &update.status(status).schedule(schedule).bill_data(data));
    }

    #[test]
    fn changes_of_refunds_and_event_tokens_are_read_back(
        refund in refund_id(), invoice in id(), guid in guid(), token in text(),
    ) {
        for status in [RefundStatus::Created, RefundStatus::Canceled] {
            round_trip(&merchant(), &UpdateRefund::new(refund.clone(), status.clone()));
            round_trip(&merchant(), &UpdateRefundByGuid::new(guid.clone(), status));
        }
        round_trip(&merchant(), &CancelRefundByGuid::new(guid));
        round_trip(&merchant(), &ResendRefundNotification::new(refund, ResourceToken::new(&token)));
        round_trip(&merchant(), &GetInvoiceEventToken::new(invoice));
    }

    #[test]
    fn the_keys_of_a_token_are_read_back(sin in sin()) {
        round_trip(&merchant(), &LinkTokenSin::new(sin.clone()));
        round_trip(&merchant(), &RemoveTokenSin::new(sin));
    }
}

#[test]
fn requests_without_fields_are_read_back() {
    round_trip(&Anonymous, &GetSupportedWallets::new());
    round_trip(&merchant(), &ListTokenSins::new());
}

#[test]
fn a_server_finds_the_token_in_the_path_and_does_not_print_it() {
    let received = |target: &str| {
        let guid = Guid::derived("not", "used");
        Received::new(http::Method::GET, target, b"", guid).unwrap()
    };
    let sins = received(&format!("/tokens/{TOKEN}/sins"));
    let operation = route(&sins).unwrap();
    assert_eq!(operation.name, "list_token_sins");
    assert_eq!(sins.token_of(operation).as_deref(), Some(TOKEN));
    assert_eq!(sins.token(), None);
    let shown = format!("{sins:?}");
    assert!(!shown.contains(TOKEN), "{shown}");
    assert!(shown.contains("sins"), "{shown}");

    let bill = received(&format!("/bills/b1?token={TOKEN}"));
    assert_eq!(bill.token_of(route(&bill).unwrap()).as_deref(), Some(TOKEN));
    assert!(format!("{bill:?}").contains("b1"));
}
