//! Payouts and their recipients.

use bitpay_core::model::payout::{
    CreatePayout, CreatePayoutGroup, ListPayouts, Payee, PayoutStatus,
};
use bitpay_core::model::recipient::{
    ListRecipients, NewRecipient, RecipientStatus, SubmitRecipients, UpdateRecipient,
};
use bitpay_core::time::Date;
use bitpay_core::{Currency, Payout};

use super::{Recorder, Run, config_of, guid, key};

macro_rules! calls {
    ($seen:ident, $client:ident, $run:ident) => {{
        let payouts = $client.with($seen.sandbox.grant::<Payout>(key(3)));

        // Recipients.
        let invited = SubmitRecipients::new(
            guid("recipients"),
            vec![
                NewRecipient::new(guid("ada"), "ada@example.com").label("Ada & “Co”"),
                NewRecipient::new(guid("bob"), "bob@example.com"),
            ],
        );
        let recipients = $run!(payouts.submit_recipients(&invited));
        $seen.see(&recipients);
        let [ada, bob] = [&recipients[0].id, &recipients[1].id];
        let update = UpdateRecipient::new(bob.clone()).label("Bob");
        $seen.see(&$run!(payouts.update_recipient(&update)));
        $seen.see(&$run!(payouts.resend_recipient_notification(bob)));
        $seen.see(&$run!(payouts.remove_recipient(bob)));
        $seen
            .sandbox
            .move_recipient(ada, RecipientStatus::Active)
            .unwrap();
        $seen.see(&$run!(payouts.get_recipient(ada)));
        let active = ListRecipients::new()
            .status(RecipientStatus::Active)
            .limit(5);
        $seen.see(&$run!(payouts.list_recipients(&active)));

        // Payouts.
        let amount: bitpay_core::Amount = "12.50".parse().unwrap();
        let pay = |reference, payee| {
            CreatePayout::new(reference, payee, amount, Currency::USD, Currency::EUR)
        };
        let day = |day| Date::new(2026, 3, day).unwrap();
        let one = pay("one & only", Payee::Recipient(ada.clone())).effective_date(day(9));
        let made = $run!(payouts.create_payout(&one));
        $seen.see(&made);
        $seen.see(&$run!(payouts.resend_payout_notification(&made.id)));
        $seen
            .sandbox
            .move_payout(&made.id, PayoutStatus::Complete)
            .unwrap();
        $seen.see(&$run!(payouts.get_payout(&made.id)));
        let found = $run!(payouts.list_payouts(&ListPayouts::by_reference("one & only")));
        assert_eq!(found.len(), 1);
        $seen.see(&found);
        let other = $run!(payouts.create_payout(&pay("two", Payee::invite("eve@example.com"))));
        $seen.see(&other);
        $seen.see(&$run!(payouts.cancel_payout(&other.id)));

        // Groups.
        let group = CreatePayoutGroup::new(vec![
            pay("three", Payee::Recipient(ada.clone())),
            pay("four", Payee::Recipient(bob.clone())),
        ]);
        let group = $run!(payouts.create_payout_group(&group));
        assert_eq!((group.created.len(), group.failed.len()), (1, 1));
        $seen.see(&group);
        let group = group.created[0].group_id.clone().unwrap();
        let members = ListPayouts::new()
            .start_date(day(1))
            .end_date(day(2))
            .group_id(group.clone());
        $seen.see(&$run!(payouts.list_payouts(&members)));
        let cancelled = $run!(payouts.cancel_payout_group(&group));
        assert_eq!(cancelled.cancelled.len(), 1);
        $seen.see(&cancelled);
    }};
}

group!(calls);
