//! Bills, subscriptions, wallets, the keys of a token, event tokens, and what else refunds can do.

use bitpay_core::model::bill::{
    BillItem, BillStatus, CreateBill, DeliverBill, ListBills, UpdateBill,
};
use bitpay_core::model::invoice::{CreateInvoice, InvoiceStatus, PayInvoice, UpdateInvoice};
use bitpay_core::model::refund::{
    CreateRefund, RefundStatus, ResendRefundNotification, UpdateRefund, UpdateRefundByGuid,
};
use bitpay_core::model::subscription::{
    BillData, CreateSubscription, ListSubscriptions, Schedule, SubscriptionStatus,
    UpdateSubscription,
};
use bitpay_core::time::Date;
use bitpay_core::{Amount, Currency, Grant, Merchant, Token};

use super::{Recorder, Run, config_of, guid, key};

macro_rules! calls {
    ($seen:ident, $client:ident, $run:ident) => {{
        let grant: Grant<Merchant> = $seen.sandbox.grant(key(1));
        let merchant = $client.with(grant.clone());
        let price: Amount = "12.50".parse().unwrap();

        // Bills.
        let items = vec![
            BillItem::new("Tea, “green”", price, 2),
            BillItem::new("Post", 3u32, 1),
        ];
        let create = CreateBill::new(Currency::EUR, "ada@example.com", items)
            .number("2026/17 & more")
            .name("Ada")
            .cc(vec!["bob@example.com".to_owned()])
            .due_date(Date::new(2026, 4, 1).unwrap())
            .pass_processing_fee(true);
        let bill = $run!(merchant.create_bill(&create));
        $seen.see(&bill);
        $seen.see(&$run!(merchant.get_bill(&bill.id)));
        let update = UpdateBill::of(&bill)
            .unwrap()
            .items(vec![BillItem::new("Tea", price, 3)])
            .phone("+44");
        let updated = $run!(merchant.update_bill(&update));
        assert_eq!(updated.items.len(), 1);
        $seen.see(&updated);
        let deliver = DeliverBill::new(bill.id.clone(), bill.token.clone().unwrap());
        $seen.see(&$run!(merchant.deliver_bill(&deliver)));
        let sent = ListBills::new().status(BillStatus::Sent);
        let sent = $run!(merchant.list_bills(&sent));
        assert_eq!(sent.len(), 1);
        $seen.see(&sent);

        // Subscriptions.
        let data = BillData::new(
            Currency::USD,
            "ada@example.com",
            Date::new(2026, 4, 1).unwrap(),
            vec![BillItem::new("Rent", 900u32, 1)],
        );
        let create = CreateSubscription::new(Schedule::Weekly, data);
        let subscription = $run!(merchant.create_subscription(&create));
        $seen.see(&subscription);
        $seen.see(&$run!(merchant.get_subscription(&subscription.id)));
        let update = UpdateSubscription::of(&subscription)
            .unwrap()
            .status(SubscriptionStatus::Active);
        $seen.see(&$run!(merchant.update_subscription(&update)));
        let active = ListSubscriptions::new().status(SubscriptionStatus::Active);
        let active = $run!(merchant.list_subscriptions(&active));
        assert_eq!(active.len(), 1);
        $seen.see(&active);

        // What anyone may ask.
        $seen.see(&$run!($client.get_supported_wallets()));

        // The keys of a token.
        let (old, new) = (key(1), key(2));
        $seen.see(&$run!(merchant.link_token_sin(new.sin())));
        let linked = $run!(merchant.list_token_sins());
        assert_eq!(linked.len(), 2);
        $seen.see(&linked);
        let token: Token<Merchant> = grant.token().clone();
        let merchant = $client.with(Grant::new(token, new));
        $seen.see(&$run!(merchant.remove_token_sin(old.sin())));

        // An invoice's events, and its refunds.
        let create = CreateInvoice::new(guid("invoice"), 25u32, Currency::USD);
        let invoice = $run!(merchant.create_invoice(&create));
        $seen.see(&$run!(merchant.get_invoice_event_token(&invoice.id)));
        let contact = UpdateInvoice::new(invoice.id.clone()).buyer_email("buyer@example.com");
        $run!(merchant.update_invoice(&contact));
        let pay = PayInvoice::new(invoice.id.clone()).status(InvoiceStatus::Complete);
        let paid = $run!(merchant.pay_invoice(&pay));
        for name in ["first", "second"] {
            let preview = CreateRefund::full(&paid, guid(name)).unwrap().preview(true);
            let preview = $run!(merchant.create_refund(&preview));
            if name == "first" {
                let confirm = UpdateRefund::confirm(preview.id.clone());
                let made = $run!(merchant.update_refund(&confirm));
                assert_eq!(made.status, RefundStatus::Created);
                $seen.see(&made);
                let token = made.token.clone().unwrap();
                let again = ResendRefundNotification::new(made.id.clone(), token);
                $seen.see(&$run!(merchant.resend_refund_notification(&again)));
                $seen.see(&$run!(merchant.cancel_refund_by_guid(&guid(name))));
            } else {
                let confirm = UpdateRefundByGuid::confirm(guid(name));
                $seen.see(&$run!(merchant.update_refund_by_guid(&confirm)));
            }
        }
    }};
}

group!(calls);
