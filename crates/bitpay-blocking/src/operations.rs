// Made by `cargo xtask codegen` from crates/bitpay-core/operations.toml. Do not edit.

//! The calls of the API, from the table.

use bitpay_core as core;
use bitpay_core::{
    Allows, Answer, BillId, Credential, Currency, Error, Guid, InvoiceId, PayoutGroupId, PayoutId,
    RecipientId, RefundId, SettlementId, Sin, SubscriptionId,
};

use crate::Client;

/// The operations of the API. Each takes a credential that allows it, which the compiler checks.
impl<C: Credential> Client<C> {
    /// Asks for a token; the merchant approves its pairing code in a browser within 24 hours.
    ///
    /// - Facades: public
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated with the same guid
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened, and [`Error::replay`] holds what existed before under the same guid.
    ///
    /// Source: <https://developer.bitpay.com/reference/create-api-token>
    pub fn request_pairing(
        &self,
        request: &core::pairing::RequestPairing,
    ) -> Result<Answer<core::pairing::Pairing>, Error> {
        self.call(request)
    }

    /// Claims a pairing code that the merchant made in the dashboard; the token is usable at once.
    ///
    /// - Facades: public
    /// - Signed: never
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/get-token>
    pub fn claim_pairing(
        &self,
        request: &core::pairing::ClaimPairing,
    ) -> Result<Answer<core::pairing::Pairing>, Error> {
        self.call(request)
    }

    /// Makes a token of another facade, with a pairing code that another program can claim.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated with the same guid
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/create-api-token>
    pub fn mint_token(
        &self,
        request: &core::pairing::MintToken,
    ) -> Result<Answer<core::pairing::Pairing>, Error>
    where
        core::pairing::MintToken: Allows<C>,
    {
        self.call(request)
    }

    /// Lists the tokens that the merchant has approved for the key.
    ///
    /// - Facades: a key, without a token
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-approved-api-tokens>
    pub fn list_tokens(&self) -> Result<Answer<Vec<core::pairing::ApprovedToken>>, Error>
    where
        core::pairing::ListTokens: Allows<C>,
    {
        self.call(&core::pairing::ListTokens::new())
    }

    /// Makes an invoice: something that a buyer can pay within 15 minutes.
    ///
    /// - Facades: pos, merchant
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: looked up by `get_invoice_by_guid`; repeated with the same guid when it is not found
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened, and [`Error::replay`] holds what existed before under the same guid.
    ///
    /// Source: <https://developer.bitpay.com/reference/create-an-invoice>
    pub fn create_invoice(
        &self,
        request: &core::model::invoice::CreateInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::CreateInvoice: Allows<C>,
    {
        self.call(request)
    }

    /// Fetches an invoice by its id.
    ///
    /// - Facades: pos, merchant
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-an-invoice>
    pub fn get_invoice(
        &self,
        id: &InvoiceId,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::GetInvoice: Allows<C>,
    {
        self.call(&core::model::invoice::GetInvoice::new(id.clone()))
    }

    /// Fetches an invoice by the guid that it was created with.
    ///
    /// - Facades: pos, merchant
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-an-invoice-by-guid>
    pub fn get_invoice_by_guid(
        &self,
        guid: &Guid,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::GetInvoiceByGuid: Allows<C>,
    {
        self.call(&core::model::invoice::GetInvoiceByGuid::new(guid.clone()))
    }

    /// Fetches what anyone may see of an invoice, without a token.
    ///
    /// - Facades: public
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-an-invoice>
    pub fn get_public_invoice(
        &self,
        id: &InvoiceId,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error> {
        self.call(&core::model::invoice::GetPublicInvoice::new(id.clone()))
    }

    /// Lists the invoices made within a span of days.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-invoices-filtered-by-query>
    pub fn list_invoices(
        &self,
        request: &core::model::invoice::ListInvoices,
    ) -> Result<Answer<Vec<core::model::invoice::Invoice>>, Error>
    where
        core::model::invoice::ListInvoices: Allows<C>,
    {
        self.call(request)
    }

    /// Adds the buyer's email or phone number to an invoice.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/update-an-invoice>
    pub fn update_invoice(
        &self,
        request: &core::model::invoice::UpdateInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::UpdateInvoice: Allows<C>,
    {
        self.call(request)
    }

    /// Cancels an invoice that is not complete.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-an-invoice>
    pub fn cancel_invoice(
        &self,
        request: &core::model::invoice::CancelInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::CancelInvoice: Allows<C>,
    {
        self.call(request)
    }

    /// Cancels, by its guid, an invoice that is not complete.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-an-invoice-by-guid>
    pub fn cancel_invoice_by_guid(
        &self,
        request: &core::model::invoice::CancelInvoiceByGuid,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::CancelInvoiceByGuid: Allows<C>,
    {
        self.call(request)
    }

    /// Pays an invoice with imaginary coins: in the test environment and the sandbox only.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/pay-an-invoice>
    pub fn pay_invoice(
        &self,
        request: &core::model::invoice::PayInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::PayInvoice: Allows<C>,
    {
        self.call(request)
    }

    /// Sends the invoice's webhook again.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/request-an-invoice-webhook-to-be-resent>
    pub fn resend_invoice_webhook(
        &self,
        request: &core::model::invoice::ResendInvoiceWebhook,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::invoice::ResendInvoiceWebhook: Allows<C>,
    {
        self.call(request)
    }

    /// Fetches what opens the stream of an invoice's events.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-an-event-token>
    pub fn get_invoice_event_token(
        &self,
        id: &InvoiceId,
    ) -> Result<Answer<core::model::invoice::InvoiceEventToken>, Error>
    where
        core::model::invoice::GetInvoiceEventToken: Allows<C>,
    {
        self.call(&core::model::invoice::GetInvoiceEventToken::new(id.clone()))
    }

    /// Refunds a complete invoice, in part or in whole; the buyer accepts by a link in an email.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: looked up by `get_refund_by_guid`, never sent again
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened, and [`Error::replay`] holds what existed before under the same guid.
    ///
    /// Source: <https://developer.bitpay.com/reference/create-a-refund-request>
    pub fn create_refund(
        &self,
        request: &core::model::refund::CreateRefund,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::CreateRefund: Allows<C>,
    {
        self.call(request)
    }

    /// Fetches a refund by its id.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-refund-request>
    pub fn get_refund(&self, id: &RefundId) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::GetRefund: Allows<C>,
    {
        self.call(&core::model::refund::GetRefund::new(id.clone()))
    }

    /// Fetches a refund by the guid that it was created with.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-refund-by-guid-request>
    pub fn get_refund_by_guid(
        &self,
        guid: &Guid,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::GetRefundByGuid: Allows<C>,
    {
        self.call(&core::model::refund::GetRefundByGuid::new(guid.clone()))
    }

    /// Lists the refunds of an invoice.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-refunds-of-an-invoice>
    pub fn list_refunds(
        &self,
        invoice_id: &InvoiceId,
    ) -> Result<Answer<Vec<core::model::refund::Refund>>, Error>
    where
        core::model::refund::ListRefunds: Allows<C>,
    {
        self.call(&core::model::refund::ListRefunds::new(invoice_id.clone()))
    }

    /// Cancels a refund that is not paid out yet.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-a-refund-request>
    pub fn cancel_refund(&self, id: &RefundId) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::CancelRefund: Allows<C>,
    {
        self.call(&core::model::refund::CancelRefund::new(id.clone()))
    }

    /// Confirms a refund that was a preview, or cancels it.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/update-a-refund-request>
    pub fn update_refund(
        &self,
        request: &core::model::refund::UpdateRefund,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::UpdateRefund: Allows<C>,
    {
        self.call(request)
    }

    /// Confirms, by its guid, a refund that was a preview, or cancels it.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/update-a-refund-by-guid-request>
    pub fn update_refund_by_guid(
        &self,
        request: &core::model::refund::UpdateRefundByGuid,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::UpdateRefundByGuid: Allows<C>,
    {
        self.call(request)
    }

    /// Cancels, by its guid, a refund that is not paid out yet.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-a-refund-by-guid-request>
    pub fn cancel_refund_by_guid(
        &self,
        guid: &Guid,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::CancelRefundByGuid: Allows<C>,
    {
        self.call(&core::model::refund::CancelRefundByGuid::new(guid.clone()))
    }

    /// Tells the buyer of a refund again, by email.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/request-a-refund-notification-to-be-resent>
    pub fn resend_refund_notification(
        &self,
        request: &core::model::refund::ResendRefundNotification,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::refund::ResendRefundNotification: Allows<C>,
    {
        self.call(request)
    }

    /// Fetches what each ledger holds.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-account-balances>
    pub fn get_ledger_balances(
        &self,
    ) -> Result<Answer<Vec<core::model::ledger::LedgerBalance>>, Error>
    where
        core::model::ledger::GetLedgerBalances: Allows<C>,
    {
        self.call(&core::model::ledger::GetLedgerBalances::new())
    }

    /// Fetches the entries of a ledger within a span of days.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-ledger-entries>
    pub fn get_ledger_entries(
        &self,
        request: &core::model::ledger::GetLedgerEntries,
    ) -> Result<Answer<Vec<core::model::ledger::LedgerEntry>>, Error>
    where
        core::model::ledger::GetLedgerEntries: Allows<C>,
    {
        self.call(request)
    }

    /// Lists what was paid out to the merchant within a span of days.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-settlements>
    pub fn list_settlements(
        &self,
        request: &core::model::settlement::ListSettlements,
    ) -> Result<Answer<Vec<core::model::settlement::Settlement>>, Error>
    where
        core::model::settlement::ListSettlements: Allows<C>,
    {
        self.call(request)
    }

    /// Fetches a settlement by its id.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-settlement>
    pub fn get_settlement(
        &self,
        id: &SettlementId,
    ) -> Result<Answer<core::model::settlement::Settlement>, Error>
    where
        core::model::settlement::GetSettlement: Allows<C>,
    {
        self.call(&core::model::settlement::GetSettlement::new(id.clone()))
    }

    /// Fetches what a settlement is made of, entry by entry.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/fetch-a-reconciliation-report>
    pub fn get_settlement_report(
        &self,
        request: &core::model::settlement::GetSettlementReport,
    ) -> Result<Answer<core::model::settlement::SettlementReport>, Error>
    where
        core::model::settlement::GetSettlementReport: Allows<C>,
    {
        self.call(request)
    }

    /// Pays a recipient in cryptocurrency, from the funds on a ledger.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: never sent again; its reference finds it with `list_payouts`
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/create-a-payout>
    pub fn create_payout(
        &self,
        request: &core::model::payout::CreatePayout,
    ) -> Result<Answer<core::model::payout::Payout>, Error>
    where
        core::model::payout::CreatePayout: Allows<C>,
    {
        self.call(request)
    }

    /// Fetches a payout.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-payout>
    pub fn get_payout(&self, id: &PayoutId) -> Result<Answer<core::model::payout::Payout>, Error>
    where
        core::model::payout::GetPayout: Allows<C>,
    {
        self.call(&core::model::payout::GetPayout::new(id.clone()))
    }

    /// Lists payouts by the days on which they were asked for, status, reference or group.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-payouts-filtered-by-query>
    pub fn list_payouts(
        &self,
        request: &core::model::payout::ListPayouts,
    ) -> Result<Answer<Vec<core::model::payout::Payout>>, Error>
    where
        core::model::payout::ListPayouts: Allows<C>,
    {
        self.call(request)
    }

    /// Cancels a payout that is still new.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-a-payout>
    pub fn cancel_payout(&self, id: &PayoutId) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::payout::CancelPayout: Allows<C>,
    {
        self.call(&core::model::payout::CancelPayout::new(id.clone()))
    }

    /// Sends the payout's last webhook again.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/request-a-payout-webhook-to-be-resent>
    pub fn resend_payout_notification(
        &self,
        id: &PayoutId,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::payout::ResendPayoutNotification: Allows<C>,
    {
        self.call(&core::model::payout::ResendPayoutNotification::new(
            id.clone(),
        ))
    }

    /// Asks for many payouts in one call; some may be made and others not.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/create-payout-group>
    pub fn create_payout_group(
        &self,
        request: &core::model::payout::CreatePayoutGroup,
    ) -> Result<Answer<core::model::payout::PayoutGroup>, Error>
    where
        core::model::payout::CreatePayoutGroup: Allows<C>,
    {
        self.call(request)
    }

    /// Cancels the payouts of a group that are still new.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-a-payout-group>
    pub fn cancel_payout_group(
        &self,
        group_id: &PayoutGroupId,
    ) -> Result<Answer<core::model::payout::CancelledPayoutGroup>, Error>
    where
        core::model::payout::CancelPayoutGroup: Allows<C>,
    {
        self.call(&core::model::payout::CancelPayoutGroup::new(
            group_id.clone(),
        ))
    }

    /// Invites people to become recipients of payouts, by email.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/invite-recipients>
    pub fn submit_recipients(
        &self,
        request: &core::model::recipient::SubmitRecipients,
    ) -> Result<Answer<Vec<core::model::recipient::Recipient>>, Error>
    where
        core::model::recipient::SubmitRecipients: Allows<C>,
    {
        self.call(request)
    }

    /// Fetches a recipient.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-recipient>
    pub fn get_recipient(
        &self,
        id: &RecipientId,
    ) -> Result<Answer<core::model::recipient::Recipient>, Error>
    where
        core::model::recipient::GetRecipient: Allows<C>,
    {
        self.call(&core::model::recipient::GetRecipient::new(id.clone()))
    }

    /// Lists recipients, all or those of one status.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-recipients-by-status>
    pub fn list_recipients(
        &self,
        request: &core::model::recipient::ListRecipients,
    ) -> Result<Answer<Vec<core::model::recipient::Recipient>>, Error>
    where
        core::model::recipient::ListRecipients: Allows<C>,
    {
        self.call(request)
    }

    /// Changes a recipient's label or the address of its webhooks.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/update-a-recipient>
    pub fn update_recipient(
        &self,
        request: &core::model::recipient::UpdateRecipient,
    ) -> Result<Answer<core::model::recipient::Recipient>, Error>
    where
        core::model::recipient::UpdateRecipient: Allows<C>,
    {
        self.call(request)
    }

    /// Removes a recipient, who cannot be paid from then on.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/remove-a-recipient>
    pub fn remove_recipient(
        &self,
        id: &RecipientId,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::recipient::RemoveRecipient: Allows<C>,
    {
        self.call(&core::model::recipient::RemoveRecipient::new(id.clone()))
    }

    /// Sends the recipient's last webhook again.
    ///
    /// - Facades: payout
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/request-a-recipient-webhook-to-be-resent>
    pub fn resend_recipient_notification(
        &self,
        id: &RecipientId,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::recipient::ResendRecipientNotification: Allows<C>,
    {
        self.call(&core::model::recipient::ResendRecipientNotification::new(
            id.clone(),
        ))
    }

    /// Fetches the rates of all currencies to bitcoin.
    ///
    /// - Facades: public
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-all-the-rates-for-a-given-cryptocurrency>
    pub fn get_rates(&self) -> Result<Answer<Vec<core::model::rate::RateEntry>>, Error> {
        self.call(&core::model::rate::GetRates::new())
    }

    /// Fetches the rates of all currencies to a cryptocurrency.
    ///
    /// - Facades: public
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-all-the-rates-for-a-given-cryptocurrency>
    pub fn get_rates_for(
        &self,
        base: &Currency,
    ) -> Result<Answer<Vec<core::model::rate::RateEntry>>, Error> {
        self.call(&core::model::rate::GetRatesFor::new(base.clone()))
    }

    /// Fetches the rate of one currency to a cryptocurrency.
    ///
    /// - Facades: public
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-the-rates-for-a-cryptocurrency-fiat-pair>
    pub fn get_rate(
        &self,
        base: &Currency,
        currency: &Currency,
    ) -> Result<Answer<core::model::rate::RateEntry>, Error> {
        self.call(&core::model::rate::GetRate::new(
            base.clone(),
            currency.clone(),
        ))
    }

    /// Fetches the currencies that BitPay knows, with their precision.
    ///
    /// - Facades: public
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-the-supported-currencies>
    pub fn get_currencies(
        &self,
    ) -> Result<Answer<Vec<core::model::currency::CurrencyInfo>>, Error> {
        self.call(&core::model::currency::GetCurrencies::new())
    }

    /// Makes a bill: a request for payment that is sent to somebody by email.
    ///
    /// - Facades: pos, merchant
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/create-a-bill>
    pub fn create_bill(
        &self,
        request: &core::model::bill::CreateBill,
    ) -> Result<Answer<core::model::bill::Bill>, Error>
    where
        core::model::bill::CreateBill: Allows<C>,
    {
        self.call(request)
    }

    /// Fetches a bill by its id.
    ///
    /// - Facades: pos, merchant
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-bill>
    pub fn get_bill(&self, id: &BillId) -> Result<Answer<core::model::bill::Bill>, Error>
    where
        core::model::bill::GetBill: Allows<C>,
    {
        self.call(&core::model::bill::GetBill::new(id.clone()))
    }

    /// Lists the bills.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-bills-by-status>
    pub fn list_bills(
        &self,
        request: &core::model::bill::ListBills,
    ) -> Result<Answer<Vec<core::model::bill::Bill>>, Error>
    where
        core::model::bill::ListBills: Allows<C>,
    {
        self.call(request)
    }

    /// Changes a bill.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/update-a-bill>
    pub fn update_bill(
        &self,
        request: &core::model::bill::UpdateBill,
    ) -> Result<Answer<core::model::bill::Bill>, Error>
    where
        core::model::bill::UpdateBill: Allows<C>,
    {
        self.call(request)
    }

    /// Sends a bill to its recipient by email.
    ///
    /// - Facades: pos, merchant
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: never repeated
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/deliver-a-bill-via-email>
    pub fn deliver_bill(
        &self,
        request: &core::model::bill::DeliverBill,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::bill::DeliverBill: Allows<C>,
    {
        self.call(request)
    }

    /// Makes a subscription: a bill that is sent again and again. Legacy.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/create-a-subscription>
    pub fn create_subscription(
        &self,
        request: &core::model::subscription::CreateSubscription,
    ) -> Result<Answer<core::model::subscription::Subscription>, Error>
    where
        core::model::subscription::CreateSubscription: Allows<C>,
    {
        self.call(request)
    }

    /// Fetches a subscription by its id. Legacy.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-subscription>
    pub fn get_subscription(
        &self,
        id: &SubscriptionId,
    ) -> Result<Answer<core::model::subscription::Subscription>, Error>
    where
        core::model::subscription::GetSubscription: Allows<C>,
    {
        self.call(&core::model::subscription::GetSubscription::new(id.clone()))
    }

    /// Lists the subscriptions. Legacy.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-subscriptions-by-status>
    pub fn list_subscriptions(
        &self,
        request: &core::model::subscription::ListSubscriptions,
    ) -> Result<Answer<Vec<core::model::subscription::Subscription>>, Error>
    where
        core::model::subscription::ListSubscriptions: Allows<C>,
    {
        self.call(request)
    }

    /// Makes a subscription active, cancels it, or changes its bill. Legacy.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/update-a-subscription>
    pub fn update_subscription(
        &self,
        request: &core::model::subscription::UpdateSubscription,
    ) -> Result<Answer<core::model::subscription::Subscription>, Error>
    where
        core::model::subscription::UpdateSubscription: Allows<C>,
    {
        self.call(request)
    }

    /// Fetches the wallets that BitPay knows.
    ///
    /// - Facades: public
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-the-supported-wallets>
    pub fn get_supported_wallets(&self) -> Result<Answer<Vec<core::model::wallet::Wallet>>, Error> {
        self.call(&core::model::wallet::GetSupportedWallets::new())
    }

    /// Lists the keys that may use the token of the call.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated: it only reads
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/tokens>
    pub fn list_token_sins(&self) -> Result<Answer<Vec<core::model::token_sin::LinkedSin>>, Error>
    where
        core::model::token_sin::ListTokenSins: Allows<C>,
    {
        self.call(&core::model::token_sin::ListTokenSins::new())
    }

    /// Lets another key use the token of the call.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/link-a-new-sin-to-an-approved-token>
    pub fn link_token_sin(
        &self,
        sin: &Sin,
    ) -> Result<Answer<core::model::token_sin::SinChange>, Error>
    where
        core::model::token_sin::LinkTokenSin: Allows<C>,
    {
        self.call(&core::model::token_sin::LinkTokenSin::new(sin.clone()))
    }

    /// Takes the use of the token of the call from another key.
    ///
    /// - Facades: merchant
    /// - Signed: always
    /// - When the outcome of a try is unknown: not repeated when the outcome is unknown: fetch and see
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// Source: <https://developer.bitpay.com/reference/remove-an-sin-to-an-approved-token>
    pub fn remove_token_sin(
        &self,
        sin: &Sin,
    ) -> Result<Answer<core::model::token_sin::SinChange>, Error>
    where
        core::model::token_sin::RemoveTokenSin: Allows<C>,
    {
        self.call(&core::model::token_sin::RemoveTokenSin::new(sin.clone()))
    }
}
