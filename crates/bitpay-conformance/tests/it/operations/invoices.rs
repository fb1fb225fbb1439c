//! Pairing, invoices, refunds, rates.

use bitpay_core::model::invoice::{
    CancelInvoice, CancelInvoiceByGuid, CreateInvoice, InvoiceStatus, ListInvoices, PayInvoice,
    ResendInvoiceWebhook, UpdateInvoice,
};
use bitpay_core::model::refund::CreateRefund;
use bitpay_core::pairing::{ClaimPairing, MintToken, RequestPairing};
use bitpay_core::time::Date;
use bitpay_core::{Currency, Facade, Grant, Merchant, Pos};

use super::{Recorder, Run, config_of, guid, key};

macro_rules! calls {
    ($seen:ident, $client:ident, $run:ident) => {{
        let identity = key(1);

        // Pairing, from both sides.
        let request =
            RequestPairing::new(identity.sin().clone(), Facade::Merchant, guid("pairing"))
                .label("every operation");
        let pairing = $run!($client.request_pairing(&request));
        $seen.see(&pairing);
        $seen
            .sandbox
            .approve(pairing.code.as_ref().unwrap())
            .unwrap();
        $seen.see(&$run!($client.with(identity.clone()).list_tokens()));
        let merchant: Grant<Merchant> = pairing.grant(&identity).unwrap();
        let merchant = $client.with(merchant);
        let mint =
            MintToken::new(identity.sin().clone(), Facade::Pos, guid("mint")).label("till 2");
        let minted = $run!(merchant.mint_token(&mint));
        $seen.see(&minted);
        let till = key(2);
        let claim = ClaimPairing::new(till.sin().clone(), minted.code.clone().unwrap());
        let claimed = $run!($client.claim_pairing(&claim));
        $seen.see(&claimed);
        let pos: Grant<Pos> = claimed.grant(&till).unwrap();
        let pos = $client.with(pos);

        // Invoices.
        let order = CreateInvoice::new(
            guid("invoice"),
            "19.90".parse::<bitpay_core::Amount>().unwrap(),
            Currency::USD,
        )
        .order_id("order & 17/é")
        .item_desc("Tea, “green”");
        let invoice = $run!(pos.create_invoice(&order));
        $seen.see(&invoice);
        let order = CreateInvoice::new(guid("second"), 25u32, Currency::EUR).order_id("order 18");
        let invoice = $run!(merchant.create_invoice(&order));
        $seen.see(&invoice);
        $seen.see(&$run!(merchant.get_invoice(&invoice.id)));
        $seen.see(&$run!(merchant.get_invoice_by_guid(&guid("second"))));
        $seen.see(&$run!($client.get_public_invoice(&invoice.id)));
        let update = UpdateInvoice::new(invoice.id.clone()).buyer_email("buyer@example.com");
        $seen.see(&$run!(merchant.update_invoice(&update)));
        let day = |day| Date::new(2026, 3, day).unwrap();
        $seen.see(&$run!(
            merchant.list_invoices(
                &ListInvoices::new(day(1), day(2))
                    .order_id("order 18")
                    .limit(10)
            )
        ));
        // As it stands, and then each change, until it is complete.
        let mut changes = merchant.watch_invoice(&invoice.id);
        $seen.show(&$run!(changes.next()).unwrap());
        $seen
            .sandbox
            .pay(&invoice.id, InvoiceStatus::Confirmed)
            .unwrap();
        $seen.show(&$run!(changes.next()).unwrap());
        $seen.show(&$run!(changes.next()).unwrap());
        let pay = PayInvoice::new(invoice.id.clone()).status(InvoiceStatus::Complete);
        let paid = $run!(merchant.pay_invoice(&pay));
        assert_eq!(paid.status, InvoiceStatus::Complete);
        $seen.see(&paid);
        $seen.show(&$run!(changes.next()).unwrap());
        let resend = ResendInvoiceWebhook::new(invoice.id.clone(), invoice.token.clone().unwrap());
        $seen.see(&$run!(merchant.resend_invoice_webhook(&resend)));
        for name in ["third", "fourth"] {
            $run!(merchant.create_invoice(&CreateInvoice::new(guid(name), 5u32, Currency::USD)));
        }
        let third = $run!(merchant.get_invoice_by_guid(&guid("third")));
        $seen.see(&$run!(
            merchant.cancel_invoice(&CancelInvoice::new(third.id.clone()))
        ));
        $seen.see(&$run!(merchant.cancel_invoice_by_guid(
            &CancelInvoiceByGuid::new(guid("fourth")).force_cancel(true)
        )));

        // Refunds.
        let refund = CreateRefund::new(&paid, guid("refund"), 10u32)
            .unwrap()
            .reference("half");
        let refund = $run!(merchant.create_refund(&refund));
        $seen.see(&refund);
        $seen.see(&$run!(merchant.get_refund(&refund.id)));
        $seen.see(&$run!(merchant.get_refund_by_guid(&guid("refund"))));
        $seen.see(&$run!(merchant.list_refunds(&invoice.id)));
        $seen.see(&$run!(merchant.cancel_refund(&refund.id)));

        // What anyone may ask.
        $seen.see(&$run!(merchant.get_rates()));
        $seen.see(&$run!($client.get_rates_for(&Currency::BTC)));
        $seen.see(&$run!($client.get_rate(&Currency::BTC, &Currency::EUR)));
        $seen.see(&$run!(pos.get_currencies()));
    }};
}

group!(calls);
