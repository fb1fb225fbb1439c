//! Payouts and recipients.

use bitpay_core::model::payout::{
    CancelPayout, CancelPayoutGroup, CreatePayout, CreatePayoutGroup, GetPayout, ListPayouts,
    Payee, PayoutStatus, ResendPayoutNotification,
};
use bitpay_core::model::recipient::{
    GetRecipient, ListRecipients, NewRecipient, Recipient, RecipientStatus, RemoveRecipient,
    ResendRecipientNotification, SubmitRecipients, UpdateRecipient,
};
use bitpay_core::{Currency, PayoutId, RecipientId, ShopperId};

use super::{Sent, amount, day, guid, payout};

pub(super) fn requests() -> Vec<Sent> {
    let payouts = payout();
    let mut sent = recipients();
    let pay = |reference, payee| {
        CreatePayout::new(
            reference,
            payee,
            amount("12.50"),
            Currency::USD,
            Currency::EUR,
        )
    };
    let ada: RecipientId = "Rc3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap();
    let bob: ShopperId = "Sh3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap();
    let full = pay("May, Ada", Payee::Recipient(ada))
        .label("Ada")
        .notification_url("https://shop.example/hook")
        .notification_email("pay@shop.example")
        .effective_date(day(5, 4))
        .ignore_emails(false)
        .message("thanks");
    let shopper = pay("May, Bob", Payee::Shopper(bob));
    let invited = pay("May, Eve", Payee::invite("eve@example.com"));
    let id: PayoutId = "Pm3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap();
    let list = ListPayouts::by_reference("a&b, é")
        .start_date(day(2, 28))
        .end_date(day(3, 1))
        .status(PayoutStatus::Complete)
        .group_id("Gp3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap())
        .limit(0)
        .offset(20);
    let group = CreatePayoutGroup::new(vec![full.clone(), shopper.clone(), invited.clone()]);
    let cancel_group = CancelPayoutGroup::new("Gp3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap());
    sent.extend([
        Sent::of("request", &payouts, &full),
        Sent::of("to-a-shopper", &payouts, &shopper),
        Sent::of("with-an-invitation", &payouts, &invited),
        Sent::of("request", &payouts, &GetPayout::new(id.clone())),
        Sent::of("request", &payouts, &list),
        Sent::of("least", &payouts, &ListPayouts::new()),
        Sent::of("request", &payouts, &CancelPayout::new(id.clone())),
        Sent::of("request", &payouts, &ResendPayoutNotification::new(id)),
        Sent::of("request", &payouts, &group),
        Sent::of("request", &payouts, &cancel_group),
    ]);
    sent
}

fn recipients() -> Vec<Sent> {
    let payouts = payout();
    let id: RecipientId = "Rc3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap();
    let ada = NewRecipient::new("a1".parse().unwrap(), "ada@example.com")
        .label("Ada")
        .notification_url("https://shop.example/hook");
    let bob = NewRecipient::new("b1".parse().unwrap(), "bob@example.com");

    // As it was read: what is changed goes out, and nothing else.
    let mut recipient = Recipient::new(id.clone(), RecipientStatus::Active);
    recipient.label = Some("Ada".to_owned());
    recipient.notification_url = Some("https://shop.example/hook".to_owned());
    let update = UpdateRecipient::of(&recipient);
    let list = ListRecipients::new()
        .status(RecipientStatus::Active)
        .limit(5)
        .offset(1);
    vec![
        Sent::of(
            "request",
            &payouts,
            &SubmitRecipients::new(guid(), vec![ada, bob]),
        ),
        Sent::of("request", &payouts, &GetRecipient::new(id.clone())),
        Sent::of("request", &payouts, &list),
        Sent::of("least", &payouts, &ListRecipients::new()),
        Sent::of("request", &payouts, &update.clone().label("A. Lovelace")),
        Sent::of(
            "another-address",
            &payouts,
            &update.notification_url("https://shop.example/other"),
        ),
        Sent::of("request", &payouts, &RemoveRecipient::new(id.clone())),
        Sent::of("request", &payouts, &ResendRecipientNotification::new(id)),
    ]
}
