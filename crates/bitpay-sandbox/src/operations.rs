// Made by `cargo xtask codegen` from crates/bitpay-core/operations.toml. Do not edit.

//! The operations that the sandbox answers, from the table.

use bitpay_core as core;
use bitpay_core::operation::Operation;
use bitpay_core::server::{FromRequest as _, Received};

use crate::caller::Caller;
use crate::reply::{Refusal, Reply};

/// Answers each operation. There are no default bodies: a new row of the table does not
/// compile until the sandbox answers it.
pub(crate) trait Handler {
    /// Asks for a token; the merchant approves its pairing code in a browser within 24 hours.
    fn request_pairing(
        &mut self,
        caller: &Caller,
        request: core::pairing::RequestPairing,
    ) -> Result<core::pairing::Pairing, Refusal>;

    /// Claims a pairing code that the merchant made in the dashboard; the token is usable at once.
    fn claim_pairing(
        &mut self,
        caller: &Caller,
        request: core::pairing::ClaimPairing,
    ) -> Result<core::pairing::Pairing, Refusal>;

    /// Makes a token of another facade, with a pairing code that another program can claim.
    fn mint_token(
        &mut self,
        caller: &Caller,
        request: core::pairing::MintToken,
    ) -> Result<core::pairing::Pairing, Refusal>;

    /// Lists the tokens that the merchant has approved for the key.
    fn list_tokens(
        &mut self,
        caller: &Caller,
        request: core::pairing::ListTokens,
    ) -> Result<Vec<core::pairing::ApprovedToken>, Refusal>;

    /// Makes an invoice: something that a buyer can pay within 15 minutes.
    fn create_invoice(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::CreateInvoice,
    ) -> Result<core::model::invoice::Invoice, Refusal>;

    /// Fetches an invoice by its id.
    fn get_invoice(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::GetInvoice,
    ) -> Result<core::model::invoice::Invoice, Refusal>;

    /// Fetches an invoice by the guid that it was created with.
    fn get_invoice_by_guid(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::GetInvoiceByGuid,
    ) -> Result<core::model::invoice::Invoice, Refusal>;

    /// Fetches what anyone may see of an invoice, without a token.
    fn get_public_invoice(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::GetPublicInvoice,
    ) -> Result<core::model::invoice::Invoice, Refusal>;

    /// Lists the invoices made within a span of days.
    fn list_invoices(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::ListInvoices,
    ) -> Result<Vec<core::model::invoice::Invoice>, Refusal>;

    /// Adds the buyer's email or phone number to an invoice.
    fn update_invoice(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::UpdateInvoice,
    ) -> Result<core::model::invoice::Invoice, Refusal>;

    /// Cancels an invoice that is not complete.
    fn cancel_invoice(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::CancelInvoice,
    ) -> Result<core::model::invoice::Invoice, Refusal>;

    /// Cancels, by its guid, an invoice that is not complete.
    fn cancel_invoice_by_guid(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::CancelInvoiceByGuid,
    ) -> Result<core::model::invoice::Invoice, Refusal>;

    /// Pays an invoice with imaginary coins: in the test environment and the sandbox only.
    fn pay_invoice(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::PayInvoice,
    ) -> Result<core::model::invoice::Invoice, Refusal>;

    /// Sends the invoice's webhook again.
    fn resend_invoice_webhook(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::ResendInvoiceWebhook,
    ) -> Result<core::model::Acknowledged, Refusal>;

    /// Refunds a complete invoice, in part or in whole; the buyer accepts by a link in an email.
    fn create_refund(
        &mut self,
        caller: &Caller,
        request: core::model::refund::CreateRefund,
    ) -> Result<core::model::refund::Refund, Refusal>;

    /// Fetches a refund by its id.
    fn get_refund(
        &mut self,
        caller: &Caller,
        request: core::model::refund::GetRefund,
    ) -> Result<core::model::refund::Refund, Refusal>;

    /// Fetches a refund by the guid that it was created with.
    fn get_refund_by_guid(
        &mut self,
        caller: &Caller,
        request: core::model::refund::GetRefundByGuid,
    ) -> Result<core::model::refund::Refund, Refusal>;

    /// Lists the refunds of an invoice.
    fn list_refunds(
        &mut self,
        caller: &Caller,
        request: core::model::refund::ListRefunds,
    ) -> Result<Vec<core::model::refund::Refund>, Refusal>;

    /// Cancels a refund that is not paid out yet.
    fn cancel_refund(
        &mut self,
        caller: &Caller,
        request: core::model::refund::CancelRefund,
    ) -> Result<core::model::refund::Refund, Refusal>;

    /// Fetches what each ledger holds.
    fn get_ledger_balances(
        &mut self,
        caller: &Caller,
        request: core::model::ledger::GetLedgerBalances,
    ) -> Result<Vec<core::model::ledger::LedgerBalance>, Refusal>;

    /// Fetches the entries of a ledger within a span of days.
    fn get_ledger_entries(
        &mut self,
        caller: &Caller,
        request: core::model::ledger::GetLedgerEntries,
    ) -> Result<Vec<core::model::ledger::LedgerEntry>, Refusal>;

    /// Lists what was paid out to the merchant within a span of days.
    fn list_settlements(
        &mut self,
        caller: &Caller,
        request: core::model::settlement::ListSettlements,
    ) -> Result<Vec<core::model::settlement::Settlement>, Refusal>;

    /// Fetches a settlement by its id.
    fn get_settlement(
        &mut self,
        caller: &Caller,
        request: core::model::settlement::GetSettlement,
    ) -> Result<core::model::settlement::Settlement, Refusal>;

    /// Fetches what a settlement is made of, entry by entry.
    fn get_settlement_report(
        &mut self,
        caller: &Caller,
        request: core::model::settlement::GetSettlementReport,
    ) -> Result<core::model::settlement::SettlementReport, Refusal>;

    /// Fetches the rates of all currencies to bitcoin.
    fn get_rates(
        &mut self,
        caller: &Caller,
        request: core::model::rate::GetRates,
    ) -> Result<Vec<core::model::rate::RateEntry>, Refusal>;

    /// Fetches the rates of all currencies to a cryptocurrency.
    fn get_rates_for(
        &mut self,
        caller: &Caller,
        request: core::model::rate::GetRatesFor,
    ) -> Result<Vec<core::model::rate::RateEntry>, Refusal>;

    /// Fetches the rate of one currency to a cryptocurrency.
    fn get_rate(
        &mut self,
        caller: &Caller,
        request: core::model::rate::GetRate,
    ) -> Result<core::model::rate::RateEntry, Refusal>;

    /// Fetches the currencies that BitPay knows, with their precision.
    fn get_currencies(
        &mut self,
        caller: &Caller,
        request: core::model::currency::GetCurrencies,
    ) -> Result<Vec<core::model::currency::CurrencyInfo>, Refusal>;
}

/// Reads the request of an operation, has it handled, and writes the answer.
pub(crate) fn dispatch(
    handler: &mut impl Handler,
    operation: &Operation,
    caller: &Caller,
    received: &Received,
) -> Result<Reply, Refusal> {
    match operation.name {
        "request_pairing" => {
            let request = core::pairing::RequestPairing::from_request(received)?;
            let data = handler.request_pairing(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "claim_pairing" => {
            let request = core::pairing::ClaimPairing::from_request(received)?;
            let data = handler.claim_pairing(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "mint_token" => {
            let request = core::pairing::MintToken::from_request(received)?;
            let data = handler.mint_token(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "list_tokens" => {
            let request = core::pairing::ListTokens::from_request(received)?;
            let data = handler.list_tokens(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "create_invoice" => {
            let request = core::model::invoice::CreateInvoice::from_request(received)?;
            let data = handler.create_invoice(caller, request)?;
            Reply::new(Some("invoice"), caller, &data)
        }
        "get_invoice" => {
            let request = core::model::invoice::GetInvoice::from_request(received)?;
            let data = handler.get_invoice(caller, request)?;
            Reply::new(Some("invoice"), caller, &data)
        }
        "get_invoice_by_guid" => {
            let request = core::model::invoice::GetInvoiceByGuid::from_request(received)?;
            let data = handler.get_invoice_by_guid(caller, request)?;
            Reply::new(Some("invoice"), caller, &data)
        }
        "get_public_invoice" => {
            let request = core::model::invoice::GetPublicInvoice::from_request(received)?;
            let data = handler.get_public_invoice(caller, request)?;
            Reply::new(Some("invoice"), caller, &data)
        }
        "list_invoices" => {
            let request = core::model::invoice::ListInvoices::from_request(received)?;
            let data = handler.list_invoices(caller, request)?;
            Reply::new(Some("invoice"), caller, &data)
        }
        "update_invoice" => {
            let request = core::model::invoice::UpdateInvoice::from_request(received)?;
            let data = handler.update_invoice(caller, request)?;
            Reply::new(Some("invoice"), caller, &data)
        }
        "cancel_invoice" => {
            let request = core::model::invoice::CancelInvoice::from_request(received)?;
            let data = handler.cancel_invoice(caller, request)?;
            Reply::new(Some("invoice"), caller, &data)
        }
        "cancel_invoice_by_guid" => {
            let request = core::model::invoice::CancelInvoiceByGuid::from_request(received)?;
            let data = handler.cancel_invoice_by_guid(caller, request)?;
            Reply::new(Some("invoice"), caller, &data)
        }
        "pay_invoice" => {
            let request = core::model::invoice::PayInvoice::from_request(received)?;
            let data = handler.pay_invoice(caller, request)?;
            Reply::new(Some("invoice"), caller, &data)
        }
        "resend_invoice_webhook" => {
            let request = core::model::invoice::ResendInvoiceWebhook::from_request(received)?;
            let data = handler.resend_invoice_webhook(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "create_refund" => {
            let request = core::model::refund::CreateRefund::from_request(received)?;
            let data = handler.create_refund(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "get_refund" => {
            let request = core::model::refund::GetRefund::from_request(received)?;
            let data = handler.get_refund(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "get_refund_by_guid" => {
            let request = core::model::refund::GetRefundByGuid::from_request(received)?;
            let data = handler.get_refund_by_guid(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "list_refunds" => {
            let request = core::model::refund::ListRefunds::from_request(received)?;
            let data = handler.list_refunds(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "cancel_refund" => {
            let request = core::model::refund::CancelRefund::from_request(received)?;
            let data = handler.cancel_refund(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "get_ledger_balances" => {
            let request = core::model::ledger::GetLedgerBalances::from_request(received)?;
            let data = handler.get_ledger_balances(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "get_ledger_entries" => {
            let request = core::model::ledger::GetLedgerEntries::from_request(received)?;
            let data = handler.get_ledger_entries(caller, request)?;
            Reply::bare(&data)
        }
        "list_settlements" => {
            let request = core::model::settlement::ListSettlements::from_request(received)?;
            let data = handler.list_settlements(caller, request)?;
            Reply::new(Some("settlement"), caller, &data)
        }
        "get_settlement" => {
            let request = core::model::settlement::GetSettlement::from_request(received)?;
            let data = handler.get_settlement(caller, request)?;
            Reply::new(Some("settlement"), caller, &data)
        }
        "get_settlement_report" => {
            let request = core::model::settlement::GetSettlementReport::from_request(received)?;
            let data = handler.get_settlement_report(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "get_rates" => {
            let request = core::model::rate::GetRates::from_request(received)?;
            let data = handler.get_rates(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "get_rates_for" => {
            let request = core::model::rate::GetRatesFor::from_request(received)?;
            let data = handler.get_rates_for(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "get_rate" => {
            let request = core::model::rate::GetRate::from_request(received)?;
            let data = handler.get_rate(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "get_currencies" => {
            let request = core::model::currency::GetCurrencies::from_request(received)?;
            let data = handler.get_currencies(caller, request)?;
            Reply::new(None, caller, &data)
        }
        _ => Err(Refusal::unknown_path()),
    }
}
