//! What each operation does. One method a row of the table; the work is in the files of this folder.

use bitpay_core::model::Acknowledged;
use bitpay_core::model::bill::{Bill, CreateBill, DeliverBill, GetBill, ListBills, UpdateBill};
use bitpay_core::model::currency::{CurrencyInfo, GetCurrencies};
use bitpay_core::model::invoice::{
    CancelInvoice, CancelInvoiceByGuid, CreateInvoice, GetInvoice, GetInvoiceByGuid,
    GetInvoiceEventToken, GetPublicInvoice, Invoice, InvoiceEventToken, ListInvoices, PayInvoice,
    ResendInvoiceWebhook, SubscribeInvoiceEvents, UpdateInvoice,
};
use bitpay_core::model::ledger::{GetLedgerBalances, GetLedgerEntries, LedgerBalance, LedgerEntry};
use bitpay_core::model::payout::{
    CancelPayout, CancelPayoutGroup, CancelledPayoutGroup, CreatePayout, CreatePayoutGroup,
    GetPayout, ListPayouts, Payout, PayoutGroup, ResendPayoutNotification,
};
use bitpay_core::model::rate::{GetRate, GetRates, GetRatesFor, RateEntry};
use bitpay_core::model::recipient::{
    GetRecipient, ListRecipients, Recipient, RemoveRecipient, ResendRecipientNotification,
    SubmitRecipients, UpdateRecipient,
};
use bitpay_core::model::refund::{
    CancelRefund, CancelRefundByGuid, CreateRefund, GetRefund, GetRefundByGuid, ListRefunds,
    Refund, ResendRefundNotification, UpdateRefund, UpdateRefundByGuid,
};
use bitpay_core::model::settlement::{
    GetSettlement, GetSettlementReport, ListSettlements, Settlement, SettlementReport,
};
use bitpay_core::model::subscription::{
    CreateSubscription, GetSubscription, ListSubscriptions, Subscription, UpdateSubscription,
};
use bitpay_core::model::token_sin::{
    LinkTokenSin, LinkedSin, ListTokenSins, RemoveTokenSin, SinChange,
};
use bitpay_core::model::wallet::{GetSupportedWallets, Wallet};
use bitpay_core::pairing::{
    ApprovedToken, ClaimPairing, ListTokens, MintToken, Pairing, RequestPairing,
};

use crate::Engine;
use crate::caller::Caller;
use crate::events::EventStream;
use crate::operations::Handler;
use crate::reply::Refusal;

pub(crate) mod bills;
pub(crate) mod invoices;
pub(crate) mod ledgers;
pub(crate) mod payouts;
pub(crate) mod recipients;
pub(crate) mod refunds;
pub(crate) mod subscriptions;
pub(crate) mod tokens;
mod wallets;

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
        self.cancel_refund_of(&request.id, "040200")
    }

    fn update_refund(&mut self, _: &Caller, request: UpdateRefund) -> Result<Refund, Refusal> {
        self.update_refund_of(&request.id, &request.status)
    }

    fn update_refund_by_guid(
        &mut self,
        _: &Caller,
        request: UpdateRefundByGuid,
    ) -> Result<Refund, Refusal> {
        let id = self.refund_id_of(&request.guid, "030201")?;
        self.update_refund_of(&id, &request.status)
    }

    fn cancel_refund_by_guid(
        &mut self,
        _: &Caller,
        request: CancelRefundByGuid,
    ) -> Result<Refund, Refusal> {
        let id = self.refund_id_of(&request.guid, "040201")?;
        self.cancel_refund_of(&id, "040200")
    }

    fn resend_refund_notification(
        &mut self,
        caller: &Caller,
        request: ResendRefundNotification,
    ) -> Result<Acknowledged, Refusal> {
        self.tell_buyer_again(caller, &request)?;
        Ok(Acknowledged)
    }

    fn get_invoice_event_token(
        &mut self,
        _: &Caller,
        request: GetInvoiceEventToken,
    ) -> Result<InvoiceEventToken, Refusal> {
        let index = self.find_invoice(&request.id, "020101")?;
        self.event_token(index)
    }

    fn subscribe_invoice_events(
        &mut self,
        _: &Caller,
        request: SubscribeInvoiceEvents,
    ) -> Result<Option<EventStream>, Refusal> {
        self.subscribe(&request)
    }

    fn create_bill(&mut self, caller: &Caller, request: CreateBill) -> Result<Bill, Refusal> {
        self.make_bill(caller, request)
    }

    fn get_bill(&mut self, caller: &Caller, request: GetBill) -> Result<Bill, Refusal> {
        let index = self.find_bill(&request.id)?;
        self.view_bill(index, caller)
    }

    fn list_bills(&mut self, _: &Caller, request: ListBills) -> Result<Vec<Bill>, Refusal> {
        Ok(self.bills_that(request.status.as_ref()))
    }

    fn update_bill(&mut self, caller: &Caller, request: UpdateBill) -> Result<Bill, Refusal> {
        self.change_bill(caller, request)
    }

    fn deliver_bill(&mut self, _: &Caller, request: DeliverBill) -> Result<Acknowledged, Refusal> {
        self.deliver(&request)?;
        Ok(Acknowledged)
    }

    fn create_subscription(
        &mut self,
        caller: &Caller,
        request: CreateSubscription,
    ) -> Result<Subscription, Refusal> {
        self.make_subscription(caller, request)
    }

    fn get_subscription(
        &mut self,
        _: &Caller,
        request: GetSubscription,
    ) -> Result<Subscription, Refusal> {
        self.find_subscription(&request.id)
            .map(|record| record.subscription.clone())
    }

    fn list_subscriptions(
        &mut self,
        _: &Caller,
        request: ListSubscriptions,
    ) -> Result<Vec<Subscription>, Refusal> {
        Ok(self.subscriptions_that(request.status.as_ref()))
    }

    fn update_subscription(
        &mut self,
        _: &Caller,
        request: UpdateSubscription,
    ) -> Result<Subscription, Refusal> {
        self.change_subscription(request)
    }

    fn get_supported_wallets(
        &mut self,
        _: &Caller,
        _: GetSupportedWallets,
    ) -> Result<Vec<Wallet>, Refusal> {
        Ok(wallets::all(&self.base))
    }

    fn list_token_sins(
        &mut self,
        caller: &Caller,
        _: ListTokenSins,
    ) -> Result<Vec<LinkedSin>, Refusal> {
        self.linked_sins(caller)
    }

    fn link_token_sin(
        &mut self,
        caller: &Caller,
        request: LinkTokenSin,
    ) -> Result<SinChange, Refusal> {
        self.link(caller, request.sin)?;
        Ok(SinChange::done())
    }

    fn remove_token_sin(
        &mut self,
        caller: &Caller,
        request: RemoveTokenSin,
    ) -> Result<SinChange, Refusal> {
        self.unlink(caller, &request.sin)?;
        Ok(SinChange::done())
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

    fn create_payout(&mut self, caller: &Caller, request: CreatePayout) -> Result<Payout, Refusal> {
        self.pay_out(caller, &request)
    }

    fn get_payout(&mut self, _: &Caller, request: GetPayout) -> Result<Payout, Refusal> {
        self.find_payout(&request.id)
    }

    fn list_payouts(&mut self, _: &Caller, request: ListPayouts) -> Result<Vec<Payout>, Refusal> {
        Ok(self.payouts_where(&request))
    }

    fn cancel_payout(
        &mut self,
        _: &Caller,
        request: CancelPayout,
    ) -> Result<Acknowledged, Refusal> {
        self.cancel_payout_of(&request.id)
    }

    fn resend_payout_notification(
        &mut self,
        _: &Caller,
        request: ResendPayoutNotification,
    ) -> Result<Acknowledged, Refusal> {
        self.resend_payout(&request.id)
    }

    fn create_payout_group(
        &mut self,
        caller: &Caller,
        request: CreatePayoutGroup,
    ) -> Result<PayoutGroup, Refusal> {
        self.pay_out_group(caller, &request)
    }

    fn cancel_payout_group(
        &mut self,
        _: &Caller,
        request: CancelPayoutGroup,
    ) -> Result<CancelledPayoutGroup, Refusal> {
        self.cancel_payouts_of(&request.group_id)
    }

    fn submit_recipients(
        &mut self,
        caller: &Caller,
        request: SubmitRecipients,
    ) -> Result<Vec<Recipient>, Refusal> {
        self.invite_all(caller, request)
    }

    fn get_recipient(&mut self, _: &Caller, request: GetRecipient) -> Result<Recipient, Refusal> {
        let index = self.find_recipient(&request.id)?;
        self.recipient(index)
    }

    fn list_recipients(
        &mut self,
        _: &Caller,
        request: ListRecipients,
    ) -> Result<Vec<Recipient>, Refusal> {
        Ok(self.recipients_where(&request))
    }

    fn update_recipient(
        &mut self,
        _: &Caller,
        request: UpdateRecipient,
    ) -> Result<Recipient, Refusal> {
        self.change_recipient(request)
    }

    fn remove_recipient(
        &mut self,
        _: &Caller,
        request: RemoveRecipient,
    ) -> Result<Acknowledged, Refusal> {
        self.remove_recipient_of(&request.id)
    }

    fn resend_recipient_notification(
        &mut self,
        _: &Caller,
        request: ResendRecipientNotification,
    ) -> Result<Acknowledged, Refusal> {
        self.resend_recipient(&request.id)
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
