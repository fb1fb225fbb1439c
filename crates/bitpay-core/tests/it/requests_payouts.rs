//! Requests about payouts and recipients are read back equal.

use bitpay_core::model::payout::{
    CancelPayout, CancelPayoutGroup, CreatePayout, CreatePayoutGroup, GetPayout, ListPayouts,
    Payee, PayoutStatus, ResendPayoutNotification,
};
use bitpay_core::model::recipient::{
    GetRecipient, ListRecipients, NewRecipient, RecipientStatus, RemoveRecipient,
    ResendRecipientNotification, SubmitRecipients, UpdateRecipient,
};
use bitpay_core::time::Date;
use bitpay_core::{Grant, Payout};
use proptest::prelude::*;

use crate::requests::{TOKEN, amount, currency, guid, identity, round_trip, text};

fn payouts() -> Grant<Payout> {
    Grant::new(TOKEN.parse().unwrap(), identity())
}

fn some_id() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_-]{1,64}"
}

fn email() -> impl Strategy<Value = String> {
    "[a-z+.\"é]{1,9}@[a-z.]{1,9}"
}

fn payee() -> impl Strategy<Value = Payee> {
    prop_oneof![
        some_id().prop_map(|id| Payee::Recipient(id.parse().unwrap())),
        some_id().prop_map(|id| Payee::Shopper(id.parse().unwrap())),
        email().prop_map(Payee::invite),
    ]
}

prop_compose! {
    fn create_payout()(
        reference in text(), payee in payee(), amount in amount(),
        currencies in (currency(), currency()),
        texts in proptest::array::uniform2(proptest::option::of(text())),
        day in proptest::option::of(1i8..=28), ignore in proptest::option::of(any::<bool>()),
        email in proptest::option::of(email()),
    ) -> CreatePayout {
        let reference = format!("r{reference}");
        let mut request = CreatePayout::new(reference, payee, amount, currencies.0, currencies.1);
        if let Some(day) = day {
            request = request.effective_date(Date::new(2026, 2, day).unwrap());
        }
        [request.label, request.message] = texts;
        request.notification_email = email;
        request.notification_url = Some("https://shop.example/hook?a=b&c=%20".to_owned());
        request.ignore_emails = ignore;
        request
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn payouts_are_read_back(first in create_payout(), mut second in create_payout()) {
        round_trip(&payouts(), &first);
        if second.reference() == first.reference() {
            second = CreatePayout::new("another", second.payee().unwrap(), second.amount, second.currency.clone(), second.currency);
        }
        round_trip(&payouts(), &CreatePayoutGroup::new(vec![first, second]));
    }

    #[test]
    fn reading_and_changing_payouts_is_read_back(
        id in some_id(), texts in proptest::array::uniform2(text()), day in 1i8..=28,
        page in proptest::option::of((any::<u32>(), any::<u32>())),
    ) {
        let [reference, status] = texts;
        round_trip(&payouts(), &GetPayout::new(id.parse().unwrap()));
        round_trip(&payouts(), &CancelPayout::new(id.parse().unwrap()));
        round_trip(&payouts(), &ResendPayoutNotification::new(id.parse().unwrap()));
        round_trip(&payouts(), &CancelPayoutGroup::new(id.parse().unwrap()));
        round_trip(&payouts(), &ListPayouts::new());
        round_trip(&payouts(), &ListPayouts::by_reference(reference.clone()));
        let mut list = ListPayouts::by_reference(reference)
            .start_date(Date::new(2026, 2, day).unwrap())
            .end_date(Date::new(2026, 3, day).unwrap())
            .status(PayoutStatus::from(status.as_str()))
            .group_id(id.parse().unwrap());
        (list.limit, list.offset) = page.unzip();
        round_trip(&payouts(), &list);
    }

    #[test]
    fn recipients_are_read_back(
        id in some_id(), guid in guid(), email in email(), label in text(), status in text(),
        page in proptest::option::of((any::<u32>(), any::<u32>())),
    ) {
        let new = NewRecipient::new(guid.clone(), email)
            .label(label.clone())
            .notification_url("https://shop.example/hook");
        let plain = NewRecipient::new(guid.clone(), "ada@example.com");
        round_trip(&payouts(), &SubmitRecipients::new(guid, vec![new, plain]));
        round_trip(&payouts(), &GetRecipient::new(id.parse().unwrap()));
        round_trip(&payouts(), &RemoveRecipient::new(id.parse().unwrap()));
        round_trip(&payouts(), &ResendRecipientNotification::new(id.parse().unwrap()));
        round_trip(&payouts(), &UpdateRecipient::new(id.parse().unwrap()).label(label));
        let url = UpdateRecipient::new(id.parse().unwrap()).notification_url("http://localhost/hook");
        round_trip(&payouts(), &url);
        let mut list = ListRecipients::new().status(RecipientStatus::from(status.as_str()));
        (list.limit, list.offset) = page.unzip();
        round_trip(&payouts(), &list);
    }
}
