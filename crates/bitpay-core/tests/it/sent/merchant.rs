//! Bills, subscriptions and the keys of a token.

use bitpay_core::model::bill::{
    Bill, BillItem, BillStatus, CreateBill, DeliverBill, GetBill, ListBills, UpdateBill,
};
use bitpay_core::model::subscription::{
    BillData, CreateSubscription, GetSubscription, ListSubscriptions, Schedule, Subscription,
    SubscriptionStatus, UpdateSubscription,
};
use bitpay_core::model::token_sin::{LinkTokenSin, ListTokenSins, RemoveTokenSin};
use bitpay_core::time::Timestamp;
use bitpay_core::{BillId, Currency, SubscriptionId};

use super::{Sent, amount, day, key, merchant, own};

pub(super) fn requests() -> Vec<Sent> {
    let merchant = merchant();
    let sin = key().sin().clone();
    let mut sent = bills();
    sent.extend(subscriptions());
    sent.extend([
        Sent::of("request", &merchant, &ListTokenSins::new()),
        Sent::of("request", &merchant, &LinkTokenSin::new(sin.clone())),
        Sent::of("request", &merchant, &RemoveTokenSin::new(sin)),
    ]);
    sent
}

fn bills() -> Vec<Sent> {
    let merchant = merchant();
    let id: BillId = "Bm3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap();
    let items = vec![
        BillItem::new("Tea", amount("6.50"), 2),
        BillItem::new("Cake", amount("0.1"), 1),
    ];
    let least = CreateBill::new(Currency::GBP, "ada@example.com", items);
    let create = least
        .clone()
        .number("2026-17")
        .name("Ada")
        .address1("1 Mill Lane")
        .address2("Flat 2")
        .city("Bath")
        .state("Somerset")
        .zip("BA1 1AA")
        .country("GB")
        .cc(vec!["bob@example.com".to_owned()])
        .phone("+44 1225 000000")
        .due_date(day(5, 31))
        .pass_processing_fee(false);

    // As it was read: what is changed goes out, and what BitPay asks for.
    let mut bill = Bill::new(id.clone());
    let mut item = BillItem::new("Tea", amount("6.50"), 2);
    item.id = Some("Bi3rT9vXk2LpWc7Yb5Hd1F".to_owned());
    bill.items = vec![item];
    bill.currency = Some(Currency::GBP);
    bill.name = Some("Ada".to_owned());
    bill.city = Some("Bath".to_owned());
    bill.status = Some(BillStatus::Draft);
    bill.token = Some(own("bill"));
    let unchanged = UpdateBill::of(&bill).unwrap();
    bill.email = Some("ada@example.com".to_owned());
    let due: Timestamp = "2026-05-31T12:00:00Z".parse().unwrap();
    let changed = UpdateBill::of(&bill)
        .unwrap()
        .phone("+44 1225 000000")
        .due_date(due);
    let all = UpdateBill::of(&bill)
        .unwrap()
        .currency(Currency::USD)
        .items(vec![BillItem::new("Coffee", amount("3.00"), 1)])
        .email("zoe@example.com")
        .number("2026-18")
        .name("Zoë")
        .address1("2 Mill Lane")
        .address2("Flat 3")
        .city("Wells")
        .state("Kent")
        .zip("BA5 1AA")
        .country("IE")
        .cc(vec![])
        .phone("+44 1225 000001")
        .due_date(day(6, 1))
        .pass_processing_fee(true);
    vec![
        Sent::of("request", &merchant, &create),
        Sent::of("least", &merchant, &least),
        Sent::of("request", &merchant, &GetBill::new(id.clone())),
        Sent::of(
            "request",
            &merchant,
            &ListBills::new().status(BillStatus::Sent),
        ),
        Sent::of("least", &merchant, &ListBills::new()),
        Sent::of("request", &merchant, &all),
        Sent::of("two-changes", &merchant, &changed),
        Sent::of("least", &merchant, &unchanged),
        Sent::of("request", &merchant, &DeliverBill::new(id, own("bill"))),
    ]
}

fn subscriptions() -> Vec<Sent> {
    let merchant = merchant();
    let id: SubscriptionId = "Sm3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap();
    let rent = vec![BillItem::new("Rent", 900, 1)];
    let data = BillData::new(Currency::GBP, "ada@example.com", day(5, 31), rent);
    let all = data
        .clone()
        .email_bill(true)
        .number("17")
        .name("Ada")
        .address1("1 Mill Lane")
        .address2("Flat 2")
        .city("Bath")
        .state("Somerset")
        .zip("BA1 1AA")
        .country("GB")
        .cc(vec!["bob@example.com".to_owned()])
        .phone("+44 1225 000000")
        .pass_processing_fee(false);
    let least = CreateSubscription::new(Schedule::Weekly, data.clone());
    let create = CreateSubscription::new("0 0 0 * * 1".into(), all.clone());

    let mut subscription = Subscription::new(id.clone(), data.clone());
    subscription.schedule = Some(Schedule::Weekly);
    subscription.status = Some(SubscriptionStatus::Draft);
    subscription.token = Some(own("subscription"));
    let update = UpdateSubscription::of(&subscription).unwrap();
    let everything = update
        .clone()
        .status(SubscriptionStatus::Cancelled)
        .schedule(Schedule::Yearly)
        .bill_data(data);
    let active = ListSubscriptions::new().status(SubscriptionStatus::Active);
    vec![
        Sent::of(
            "request",
            &merchant,
            &create.status(SubscriptionStatus::Draft),
        ),
        Sent::of("least", &merchant, &least),
        Sent::of("request", &merchant, &GetSubscription::new(id)),
        Sent::of("request", &merchant, &active),
        Sent::of("least", &merchant, &ListSubscriptions::new()),
        Sent::of("request", &merchant, &everything),
        Sent::of(
            "activate",
            &merchant,
            &update.clone().status(SubscriptionStatus::Active),
        ),
        Sent::of("bill", &merchant, &update.bill_data(all)),
    ]
}
