//! Ledgers and settlements.

use std::time::Duration;

use bitpay_core::model::invoice::{Buyer, CreateInvoice, InvoiceStatus};
use bitpay_core::model::ledger::GetLedgerEntries;
use bitpay_core::model::refund::CreateRefund;
use bitpay_core::model::settlement::{GetSettlementReport, ListSettlements, SettlementStatus};
use bitpay_core::time::Date;
use bitpay_core::{Amount, Currency, Grant, Merchant};

use super::{Recorder, Run, config_of, guid, key};

macro_rules! calls {
    ($seen:ident, $client:ident, $run:ident) => {{
        let grant: Grant<Merchant> = $seen.sandbox.grant(key(1));
        let merchant = $client.with(grant);
        let buyer = Buyer::new().name("Zoë").email("z@example.com");
        for (name, price, currency) in [
            ("dollars", "20", Currency::USD),
            ("coins", "0.0001", Currency::BTC),
        ] {
            let price: Amount = price.parse().unwrap();
            let order = CreateInvoice::new(guid(name), price, currency)
                .order_id("order & 17/é")
                .buyer(buyer.clone());
            let invoice = $run!(merchant.create_invoice(&order));
            $seen
                .sandbox
                .pay(&invoice.id, InvoiceStatus::Complete)
                .unwrap();
        }
        let paid = $run!(merchant.get_invoice_by_guid(&guid("dollars")));
        let refund = CreateRefund::new(&paid, guid("refund"), 5u32).unwrap();
        $run!(merchant.create_refund(&refund));
        $seen.see(&$run!(merchant.get_ledger_balances()));
        let day = |day| Date::new(2026, 3, day).unwrap();
        for currency in [Currency::USD, Currency::BTC, Currency::EUR] {
            let entries = GetLedgerEntries::new(currency, day(1), day(2));
            $seen.see(&$run!(merchant.get_ledger_entries(&entries)));
        }
        $seen.sandbox.advance(Duration::from_secs(24 * 60 * 60));
        let list = ListSettlements::new(day(1), day(2))
            .currency(Currency::USD)
            .status(SettlementStatus::New)
            .limit(10);
        let none = $run!(merchant.list_settlements(&list));
        assert!(none.is_empty(), "it is being paid by now");
        $seen.see(&none);
        let list = $run!(merchant.list_settlements(&ListSettlements::new(day(1), day(2))));
        $seen.see(&list);
        let settlement = $run!(merchant.get_settlement(&list[0].id));
        assert_eq!(settlement.adds_up(), Some(true));
        $seen.see(&settlement);
        let token = settlement.token.clone().unwrap();
        let report = GetSettlementReport::new(settlement.id.clone(), token);
        let report = $run!(merchant.get_settlement_report(&report));
        assert_eq!(report.adds_up(), Some(true));
        $seen.see(&report);
    }};
}

group!(calls);
