// Made by `cargo xtask codegen` from crates/bitpay-core/operations.toml. Do not edit.

//! The operations that the sandbox answers, from the table.

use bitpay_core as core;
use bitpay_core::operation::Operation;
use bitpay_core::server::{FromRequest as _, Received};

use crate::caller::Caller;
use crate::events::EventStream;
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

    /// Cancels an invoice that is not complete. One that is paid or confirmed is declined, and all of it refunded.
    fn cancel_invoice(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::CancelInvoice,
    ) -> Result<core::model::invoice::Invoice, Refusal>;

    /// Cancels, by its guid, an invoice that is not complete. One that is paid or confirmed is declined, and all of it refunded.
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

    /// Fetches what opens the stream of an invoice's events.
    fn get_invoice_event_token(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::GetInvoiceEventToken,
    ) -> Result<core::model::invoice::InvoiceEventToken, Refusal>;

    /// Listens to an invoice's events; the answer is a stream of them, each with the invoice in it.
    fn subscribe_invoice_events(
        &mut self,
        caller: &Caller,
        request: core::model::invoice::SubscribeInvoiceEvents,
    ) -> Result<Option<EventStream>, Refusal>;

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

    /// Cancels a refund that is not under way yet: a preview, or one that is created and not immediate.
    fn cancel_refund(
        &mut self,
        caller: &Caller,
        request: core::model::refund::CancelRefund,
    ) -> Result<core::model::refund::Refund, Refusal>;

    /// Confirms a refund that was a preview, or cancels it.
    fn update_refund(
        &mut self,
        caller: &Caller,
        request: core::model::refund::UpdateRefund,
    ) -> Result<core::model::refund::Refund, Refusal>;

    /// Confirms, by its guid, a refund that was a preview, or cancels it.
    fn update_refund_by_guid(
        &mut self,
        caller: &Caller,
        request: core::model::refund::UpdateRefundByGuid,
    ) -> Result<core::model::refund::Refund, Refusal>;

    /// Cancels, by its guid, a refund that is not under way yet.
    fn cancel_refund_by_guid(
        &mut self,
        caller: &Caller,
        request: core::model::refund::CancelRefundByGuid,
    ) -> Result<core::model::refund::Refund, Refusal>;

    /// Tells the buyer of a refund again, by email.
    fn resend_refund_notification(
        &mut self,
        caller: &Caller,
        request: core::model::refund::ResendRefundNotification,
    ) -> Result<core::model::Acknowledged, Refusal>;

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

    /// Lists what was paid out to the merchant, all or within a span of days.
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

    /// Pays a recipient in cryptocurrency, from the funds on a ledger.
    fn create_payout(
        &mut self,
        caller: &Caller,
        request: core::model::payout::CreatePayout,
    ) -> Result<core::model::payout::Payout, Refusal>;

    /// Fetches a payout.
    fn get_payout(
        &mut self,
        caller: &Caller,
        request: core::model::payout::GetPayout,
    ) -> Result<core::model::payout::Payout, Refusal>;

    /// Lists payouts by the days on which they were asked for, status, reference or group.
    fn list_payouts(
        &mut self,
        caller: &Caller,
        request: core::model::payout::ListPayouts,
    ) -> Result<Vec<core::model::payout::Payout>, Refusal>;

    /// Cancels a payout that is still new.
    fn cancel_payout(
        &mut self,
        caller: &Caller,
        request: core::model::payout::CancelPayout,
    ) -> Result<core::model::Acknowledged, Refusal>;

    /// Sends the payout's last webhook again.
    fn resend_payout_notification(
        &mut self,
        caller: &Caller,
        request: core::model::payout::ResendPayoutNotification,
    ) -> Result<core::model::Acknowledged, Refusal>;

    /// Asks for many payouts in one call; some may be made and others not.
    fn create_payout_group(
        &mut self,
        caller: &Caller,
        request: core::model::payout::CreatePayoutGroup,
    ) -> Result<core::model::payout::PayoutGroup, Refusal>;

    /// Cancels the payouts of a group that are still new.
    fn cancel_payout_group(
        &mut self,
        caller: &Caller,
        request: core::model::payout::CancelPayoutGroup,
    ) -> Result<core::model::payout::CancelledPayoutGroup, Refusal>;

    /// Invites people to become recipients of payouts, by email.
    fn submit_recipients(
        &mut self,
        caller: &Caller,
        request: core::model::recipient::SubmitRecipients,
    ) -> Result<Vec<core::model::recipient::Recipient>, Refusal>;

    /// Fetches a recipient.
    fn get_recipient(
        &mut self,
        caller: &Caller,
        request: core::model::recipient::GetRecipient,
    ) -> Result<core::model::recipient::Recipient, Refusal>;

    /// Lists recipients, all or those of one status.
    fn list_recipients(
        &mut self,
        caller: &Caller,
        request: core::model::recipient::ListRecipients,
    ) -> Result<Vec<core::model::recipient::Recipient>, Refusal>;

    /// Changes a recipient's label or the address of its webhooks.
    fn update_recipient(
        &mut self,
        caller: &Caller,
        request: core::model::recipient::UpdateRecipient,
    ) -> Result<core::model::recipient::Recipient, Refusal>;

    /// Removes a recipient, who cannot be paid from then on.
    fn remove_recipient(
        &mut self,
        caller: &Caller,
        request: core::model::recipient::RemoveRecipient,
    ) -> Result<core::model::Acknowledged, Refusal>;

    /// Sends the recipient's last webhook again.
    fn resend_recipient_notification(
        &mut self,
        caller: &Caller,
        request: core::model::recipient::ResendRecipientNotification,
    ) -> Result<core::model::Acknowledged, Refusal>;

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

    /// Makes a bill: a request for payment that is sent to somebody by email.
    fn create_bill(
        &mut self,
        caller: &Caller,
        request: core::model::bill::CreateBill,
    ) -> Result<core::model::bill::Bill, Refusal>;

    /// Fetches a bill by its id.
    fn get_bill(
        &mut self,
        caller: &Caller,
        request: core::model::bill::GetBill,
    ) -> Result<core::model::bill::Bill, Refusal>;

    /// Lists the bills.
    fn list_bills(
        &mut self,
        caller: &Caller,
        request: core::model::bill::ListBills,
    ) -> Result<Vec<core::model::bill::Bill>, Refusal>;

    /// Changes a bill.
    fn update_bill(
        &mut self,
        caller: &Caller,
        request: core::model::bill::UpdateBill,
    ) -> Result<core::model::bill::Bill, Refusal>;

    /// Sends a bill to its recipient by email.
    fn deliver_bill(
        &mut self,
        caller: &Caller,
        request: core::model::bill::DeliverBill,
    ) -> Result<core::model::Acknowledged, Refusal>;

    /// Makes a subscription: a bill that is sent again and again. Legacy.
    fn create_subscription(
        &mut self,
        caller: &Caller,
        request: core::model::subscription::CreateSubscription,
    ) -> Result<core::model::subscription::Subscription, Refusal>;

    /// Fetches a subscription by its id. Legacy.
    fn get_subscription(
        &mut self,
        caller: &Caller,
        request: core::model::subscription::GetSubscription,
    ) -> Result<core::model::subscription::Subscription, Refusal>;

    /// Lists the subscriptions. Legacy.
    fn list_subscriptions(
        &mut self,
        caller: &Caller,
        request: core::model::subscription::ListSubscriptions,
    ) -> Result<Vec<core::model::subscription::Subscription>, Refusal>;

    /// Makes a subscription active, cancels it, or changes its bill. Legacy.
    fn update_subscription(
        &mut self,
        caller: &Caller,
        request: core::model::subscription::UpdateSubscription,
    ) -> Result<core::model::subscription::Subscription, Refusal>;

    /// Fetches the wallets that BitPay knows.
    fn get_supported_wallets(
        &mut self,
        caller: &Caller,
        request: core::model::wallet::GetSupportedWallets,
    ) -> Result<Vec<core::model::wallet::Wallet>, Refusal>;

    /// Lists the keys that may use the token of the call.
    fn list_token_sins(
        &mut self,
        caller: &Caller,
        request: core::model::token_sin::ListTokenSins,
    ) -> Result<Vec<core::model::token_sin::LinkedSin>, Refusal>;

    /// Lets another key use the token of the call.
    fn link_token_sin(
        &mut self,
        caller: &Caller,
        request: core::model::token_sin::LinkTokenSin,
    ) -> Result<core::model::token_sin::SinChange, Refusal>;

    /// Takes the use of the token of the call from another key.
    fn remove_token_sin(
        &mut self,
        caller: &Caller,
        request: core::model::token_sin::RemoveTokenSin,
    ) -> Result<core::model::token_sin::SinChange, Refusal>;
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
            Reply::invoice(caller, &data)
        }
        "get_invoice" => {
            let request = core::model::invoice::GetInvoice::from_request(received)?;
            let data = handler.get_invoice(caller, request)?;
            Reply::invoice(caller, &data)
        }
        "get_invoice_by_guid" => {
            let request = core::model::invoice::GetInvoiceByGuid::from_request(received)?;
            let data = handler.get_invoice_by_guid(caller, request)?;
            Reply::invoice(caller, &data)
        }
        "get_public_invoice" => {
            let request = core::model::invoice::GetPublicInvoice::from_request(received)?;
            let data = handler.get_public_invoice(caller, request)?;
            Reply::invoice(caller, &data)
        }
        "list_invoices" => {
            let request = core::model::invoice::ListInvoices::from_request(received)?;
            let data = handler.list_invoices(caller, request)?;
            Reply::invoices(caller, &data)
        }
        "update_invoice" => {
            let request = core::model::invoice::UpdateInvoice::from_request(received)?;
            let data = handler.update_invoice(caller, request)?;
            Reply::invoice(caller, &data)
        }
        "cancel_invoice" => {
            let request = core::model::invoice::CancelInvoice::from_request(received)?;
            let data = handler.cancel_invoice(caller, request)?;
            Reply::invoice(caller, &data)
        }
        "cancel_invoice_by_guid" => {
            let request = core::model::invoice::CancelInvoiceByGuid::from_request(received)?;
            let data = handler.cancel_invoice_by_guid(caller, request)?;
            Reply::invoice(caller, &data)
        }
        "pay_invoice" => {
            let request = core::model::invoice::PayInvoice::from_request(received)?;
            let data = handler.pay_invoice(caller, request)?;
            Reply::invoice(caller, &data)
        }
        "resend_invoice_webhook" => {
            let request = core::model::invoice::ResendInvoiceWebhook::from_request(received)?;
            let data = handler.resend_invoice_webhook(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "get_invoice_event_token" => {
            let request = core::model::invoice::GetInvoiceEventToken::from_request(received)?;
            let data = handler.get_invoice_event_token(caller, request)?;
            Reply::new(Some("invoice"), caller, &data)
        }
        "subscribe_invoice_events" => {
            let request = core::model::invoice::SubscribeInvoiceEvents::from_request(received)?;
            let data = handler.subscribe_invoice_events(caller, request)?;
            Reply::events(data)
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
        "update_refund" => {
            let request = core::model::refund::UpdateRefund::from_request(received)?;
            let data = handler.update_refund(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "update_refund_by_guid" => {
            let request = core::model::refund::UpdateRefundByGuid::from_request(received)?;
            let data = handler.update_refund_by_guid(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "cancel_refund_by_guid" => {
            let request = core::model::refund::CancelRefundByGuid::from_request(received)?;
            let data = handler.cancel_refund_by_guid(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "resend_refund_notification" => {
            let request = core::model::refund::ResendRefundNotification::from_request(received)?;
            let data = handler.resend_refund_notification(caller, request)?;
            Reply::success(data)
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
        "create_payout" => {
            let request = core::model::payout::CreatePayout::from_request(received)?;
            let data = handler.create_payout(caller, request)?;
            Reply::with_status(Some("payout"), caller, &data)
        }
        "get_payout" => {
            let request = core::model::payout::GetPayout::from_request(received)?;
            let data = handler.get_payout(caller, request)?;
            Reply::with_status(Some("payout"), caller, &data)
        }
        "list_payouts" => {
            let request = core::model::payout::ListPayouts::from_request(received)?;
            let data = handler.list_payouts(caller, request)?;
            Reply::with_status(Some("payout"), caller, &data)
        }
        "cancel_payout" => {
            let request = core::model::payout::CancelPayout::from_request(received)?;
            let data = handler.cancel_payout(caller, request)?;
            Reply::success(data)
        }
        "resend_payout_notification" => {
            let request = core::model::payout::ResendPayoutNotification::from_request(received)?;
            let data = handler.resend_payout_notification(caller, request)?;
            Reply::success(data)
        }
        "create_payout_group" => {
            let request = core::model::payout::CreatePayoutGroup::from_request(received)?;
            let data = handler.create_payout_group(caller, request)?;
            Reply::bare(&data)
        }
        "cancel_payout_group" => {
            let request = core::model::payout::CancelPayoutGroup::from_request(received)?;
            let data = handler.cancel_payout_group(caller, request)?;
            Reply::bare(&data)
        }
        "submit_recipients" => {
            let request = core::model::recipient::SubmitRecipients::from_request(received)?;
            let data = handler.submit_recipients(caller, request)?;
            Reply::new(Some("recipient"), caller, &data)
        }
        "get_recipient" => {
            let request = core::model::recipient::GetRecipient::from_request(received)?;
            let data = handler.get_recipient(caller, request)?;
            Reply::new(Some("recipient"), caller, &data)
        }
        "list_recipients" => {
            let request = core::model::recipient::ListRecipients::from_request(received)?;
            let data = handler.list_recipients(caller, request)?;
            Reply::new(Some("recipient"), caller, &data)
        }
        "update_recipient" => {
            let request = core::model::recipient::UpdateRecipient::from_request(received)?;
            let data = handler.update_recipient(caller, request)?;
            Reply::new(Some("recipient"), caller, &data)
        }
        "remove_recipient" => {
            let request = core::model::recipient::RemoveRecipient::from_request(received)?;
            let data = handler.remove_recipient(caller, request)?;
            Reply::success(data)
        }
        "resend_recipient_notification" => {
            let request =
                core::model::recipient::ResendRecipientNotification::from_request(received)?;
            let data = handler.resend_recipient_notification(caller, request)?;
            Reply::success(data)
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
        "create_bill" => {
            let request = core::model::bill::CreateBill::from_request(received)?;
            let data = handler.create_bill(caller, request)?;
            Reply::new(Some("bill"), caller, &data)
        }
        "get_bill" => {
            let request = core::model::bill::GetBill::from_request(received)?;
            let data = handler.get_bill(caller, request)?;
            Reply::new(Some("bill"), caller, &data)
        }
        "list_bills" => {
            let request = core::model::bill::ListBills::from_request(received)?;
            let data = handler.list_bills(caller, request)?;
            Reply::new(Some("bill"), caller, &data)
        }
        "update_bill" => {
            let request = core::model::bill::UpdateBill::from_request(received)?;
            let data = handler.update_bill(caller, request)?;
            Reply::new(Some("bill"), caller, &data)
        }
        "deliver_bill" => {
            let request = core::model::bill::DeliverBill::from_request(received)?;
            let data = handler.deliver_bill(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "create_subscription" => {
            let request = core::model::subscription::CreateSubscription::from_request(received)?;
            let data = handler.create_subscription(caller, request)?;
            Reply::new(Some("subscription"), caller, &data)
        }
        "get_subscription" => {
            let request = core::model::subscription::GetSubscription::from_request(received)?;
            let data = handler.get_subscription(caller, request)?;
            Reply::new(Some("subscription"), caller, &data)
        }
        "list_subscriptions" => {
            let request = core::model::subscription::ListSubscriptions::from_request(received)?;
            let data = handler.list_subscriptions(caller, request)?;
            Reply::new(Some("subscription"), caller, &data)
        }
        "update_subscription" => {
            let request = core::model::subscription::UpdateSubscription::from_request(received)?;
            let data = handler.update_subscription(caller, request)?;
            Reply::new(Some("subscription"), caller, &data)
        }
        "get_supported_wallets" => {
            let request = core::model::wallet::GetSupportedWallets::from_request(received)?;
            let data = handler.get_supported_wallets(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "list_token_sins" => {
            let request = core::model::token_sin::ListTokenSins::from_request(received)?;
            let data = handler.list_token_sins(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "link_token_sin" => {
            let request = core::model::token_sin::LinkTokenSin::from_request(received)?;
            let data = handler.link_token_sin(caller, request)?;
            Reply::new(None, caller, &data)
        }
        "remove_token_sin" => {
            let request = core::model::token_sin::RemoveTokenSin::from_request(received)?;
            let data = handler.remove_token_sin(caller, request)?;
            Reply::new(None, caller, &data)
        }
        _ => Err(Refusal::unknown_path()),
    }
}
