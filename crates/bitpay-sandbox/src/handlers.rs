//! What each operation does. One method a row of the table; the work is in the files of this folder.

use bitpay_core::model::Acknowledged;
use bitpay_core::model::currency::{CurrencyInfo, GetCurrencies};
use bitpay_core::model::invoice::{
    CancelInvoice, CancelInvoiceByGuid, CreateInvoice, GetInvoice, GetInvoiceByGuid,
    GetPublicInvoice, Invoice, ListInvoices, PayInvoice, ResendInvoiceWebhook, UpdateInvoice,
};
use bitpay_core::model::ledger::{GetLedgerBalances, GetLedgerEntries, LedgerBalance, LedgerEntry};
use bitpay_core::model::rate::{GetRate, GetRates, GetRatesFor, RateEntry};
use bitpay_core::model::refund::{
    CancelRefund, CreateRefund, GetRefund, GetRefundByGuid, ListRefunds, Refund,
};
use bitpay_core::model::settlement::{
    GetSettlement, GetSettlementReport, ListSettlements, Settlement, SettlementReport,
};
use bitpay_core::pairing::{
    ApprovedToken, ClaimPairing, ListTokens, MintToken, Pairing, RequestPairing,
};

use crate::Engine;
use crate::caller::Caller;
use crate::operations::Handler;
use crate::reply::Refusal;

pub(crate) mod invoices;
pub(crate) mod ledgers;
pub(crate) mod refunds;
pub(crate) mod tokens;

impl Handler for Engine {
    fn request_pairing(&mut self, _: &Caller, request: RequestPairing) -> Result<Pairing, Refusal> {
        self.make_pending(&request)
    }

    fn claim_pairing(&mut self, _: &Caller, request: ClaimPairing) -> Result<Pairing, Refusal> {
        self.claim(request)
    }

    fn mint_token(&mut self, caller: &Caller, request: MintToken) -> Result<Pairing, Refusal> {
        self.mint(caller, &request)
    }

    fn list_tokens(
        &mut self,
        caller: &Caller,
        _: ListTokens,
    ) -> Result<Vec<ApprovedToken>, Refusal> {
        self.tokens_of(caller)
    }

    fn create_invoice(
        &mut self,
        caller: &Caller,
        request: CreateInvoice,
    ) -> Result<Invoice, Refusal> {
        let index = self.make_invoice(caller, request)?;
        self.view(index, caller)
    }

    fn get_invoice(&mut self, caller: &Caller, request: GetInvoice) -> Result<Invoice, Refusal> {
        let index = self.find_invoice(&request.id, "020101")?;
        self.view(index, caller)
    }

    fn get_invoice_by_guid(
        &mut self,
        caller: &Caller,
        request: GetInvoiceByGuid,
    ) -> Result<Invoice, Refusal> {
        let index = self.find_invoice_by_guid(&request.guid, "020101")?;
        self.view(index, caller)
    }

    fn get_public_invoice(
        &mut self,
        caller: &Caller,
        request: GetPublicInvoice,
    ) -> Result<Invoice, Refusal> {
        let index = self.find_invoice(&request.id, "020101")?;
        self.view(index, caller)
    }

    fn list_invoices(
        &mut self,
        caller: &Caller,
        request: ListInvoices,
    ) -> Result<Vec<Invoice>, Refusal> {
        self.invoices_between(caller, &request)
    }

    fn update_invoice(
        &mut self,
        caller: &Caller,
        request: UpdateInvoice,
    ) -> Result<Invoice, Refusal> {
        let index = self.find_invoice(&request.id, "030101")?;
        self.set_contact(index, request)?;
        self.view(index, caller)
    }

    fn cancel_invoice(
        &mut self,
        caller: &Caller,
        request: CancelInvoice,
    ) -> Result<Invoice, Refusal> {
        let index = self.find_invoice(&request.id, "040101")?;
        self.cancel(index, request.force_cancel)?;
        self.view(index, caller)
    }

    fn cancel_invoice_by_guid(
        &mut self,
        caller: &Caller,
        request: CancelInvoiceByGuid,
    ) -> Result<Invoice, Refusal> {
        let index = self.find_invoice_by_guid(&request.guid, "040101")?;
        self.cancel(index, request.force_cancel)?;
        self.view(index, caller)
    }

    fn pay_invoice(&mut self, caller: &Caller, request: PayInvoice) -> Result<Invoice, Refusal> {
        let index = self.find_invoice(&request.id, "030101")?;
        self.mock_payment(index, request.status)?;
        self.view(index, caller)
    }

    fn resend_invoice_webhook(
        &mut self,
        _: &Caller,
        request: ResendInvoiceWebhook,
    ) -> Result<Acknowledged, Refusal> {
        let index = self.find_invoice(&request.id, "010101")?;
        self.resend(index, &request.token)?;
        Ok(Acknowledged)
    }

    fn create_refund(&mut self, caller: &Caller, request: CreateRefund) -> Result<Refund, Refusal> {
        self.make_refund(caller, &request)
    }

    fn get_refund(&mut self, _: &Caller, request: GetRefund) -> Result<Refund, Refusal> {
        self.find_refund(&request.id, "020201")
            .map(|record| record.refund.clone())
    }

    fn get_refund_by_guid(
        &mut self,
        _: &Caller,
        request: GetRefundByGuid,
    ) -> Result<Refund, Refusal> {
        self.find_refund_by_guid(&request.guid)
            .map(|record| record.refund.clone())
            .ok_or_else(|| Refusal::coded("020201"))
    }

    fn list_refunds(&mut self, _: &Caller, request: ListRefunds) -> Result<Vec<Refund>, Refusal> {
        self.find_invoice(&request.invoice_id, "020101")?;
        Ok(self.refunds_of(&request.invoice_id).cloned().collect())
    }

    fn cancel_refund(&mut self, _: &Caller, request: CancelRefund) -> Result<Refund, Refusal> {
        self.cancel_refund_of(&request.id)
    }

    fn get_ledger_balances(
        &mut self,
        _: &Caller,
        _: GetLedgerBalances,
    ) -> Result<Vec<LedgerBalance>, Refusal> {
        Ok(self.balances())
    }

    fn get_ledger_entries(
        &mut self,
        _: &Caller,
        request: GetLedgerEntries,
    ) -> Result<Vec<LedgerEntry>, Refusal> {
        self.entries_between(&request)
    }

    fn list_settlements(
        &mut self,
        _: &Caller,
        request: ListSettlements,
    ) -> Result<Vec<Settlement>, Refusal> {
        self.settlements_between(&request)
    }

    fn get_settlement(
        &mut self,
        _: &Caller,
        request: GetSettlement,
    ) -> Result<Settlement, Refusal> {
        self.settlement(&request.id)
    }

    fn get_settlement_report(
        &mut self,
        _: &Caller,
        request: GetSettlementReport,
    ) -> Result<SettlementReport, Refusal> {
        self.report(&request.id, &request.token)
    }

    fn get_rates(&mut self, caller: &Caller, _: GetRates) -> Result<Vec<RateEntry>, Refusal> {
        self.get_rates_for(caller, GetRatesFor::new(bitpay_core::Currency::BTC))
    }

    fn get_rates_for(
        &mut self,
        _: &Caller,
        request: GetRatesFor,
    ) -> Result<Vec<RateEntry>, Refusal> {
        self.market
            .find(&request.base)
            .and_then(|base| self.market.rates_for(base))
            .ok_or_else(Refusal::unknown_path)
    }

    fn get_rate(&mut self, caller: &Caller, request: GetRate) -> Result<RateEntry, Refusal> {
        let rates = self.get_rates_for(caller, GetRatesFor::new(request.base))?;
        rates
            .into_iter()
            .find(|rate| rate.code.same_as(&request.currency))
            .ok_or_else(Refusal::unknown_path)
    }

    fn get_currencies(
        &mut self,
        _: &Caller,
        _: GetCurrencies,
    ) -> Result<Vec<CurrencyInfo>, Refusal> {
        Ok(self.market.infos())
    }
}
