// Made by `cargo xtask codegen` from crates/bitpay-core/operations.toml. Do not edit.

//! The calls of the API, from the table.

use bitpay_core as core;
use bitpay_core::{
    Allows, Answer, Credential, Currency, Error, Guid, InvoiceId, RefundId, SettlementId,
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
    pub async fn request_pairing(
        &self,
        request: &core::pairing::RequestPairing,
    ) -> Result<Answer<core::pairing::Pairing>, Error> {
        self.call(request).await
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
    pub async fn claim_pairing(
        &self,
        request: &core::pairing::ClaimPairing,
    ) -> Result<Answer<core::pairing::Pairing>, Error> {
        self.call(request).await
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
    pub async fn mint_token(
        &self,
        request: &core::pairing::MintToken,
    ) -> Result<Answer<core::pairing::Pairing>, Error>
    where
        core::pairing::MintToken: Allows<C>,
    {
        self.call(request).await
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
    pub async fn list_tokens(&self) -> Result<Answer<Vec<core::pairing::ApprovedToken>>, Error>
    where
        core::pairing::ListTokens: Allows<C>,
    {
        self.call(&core::pairing::ListTokens::new()).await
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
    pub async fn create_invoice(
        &self,
        request: &core::model::invoice::CreateInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::CreateInvoice: Allows<C>,
    {
        self.call(request).await
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
    pub async fn get_invoice(
        &self,
        id: &InvoiceId,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::GetInvoice: Allows<C>,
    {
        self.call(&core::model::invoice::GetInvoice::new(id.clone()))
            .await
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
    pub async fn get_invoice_by_guid(
        &self,
        guid: &Guid,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::GetInvoiceByGuid: Allows<C>,
    {
        self.call(&core::model::invoice::GetInvoiceByGuid::new(guid.clone()))
            .await
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
    pub async fn get_public_invoice(
        &self,
        id: &InvoiceId,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error> {
        self.call(&core::model::invoice::GetPublicInvoice::new(id.clone()))
            .await
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
    pub async fn list_invoices(
        &self,
        request: &core::model::invoice::ListInvoices,
    ) -> Result<Answer<Vec<core::model::invoice::Invoice>>, Error>
    where
        core::model::invoice::ListInvoices: Allows<C>,
    {
        self.call(request).await
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
    pub async fn update_invoice(
        &self,
        request: &core::model::invoice::UpdateInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::UpdateInvoice: Allows<C>,
    {
        self.call(request).await
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
    pub async fn cancel_invoice(
        &self,
        request: &core::model::invoice::CancelInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::CancelInvoice: Allows<C>,
    {
        self.call(request).await
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
    pub async fn cancel_invoice_by_guid(
        &self,
        request: &core::model::invoice::CancelInvoiceByGuid,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::CancelInvoiceByGuid: Allows<C>,
    {
        self.call(request).await
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
    pub async fn pay_invoice(
        &self,
        request: &core::model::invoice::PayInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::PayInvoice: Allows<C>,
    {
        self.call(request).await
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
    pub async fn resend_invoice_webhook(
        &self,
        request: &core::model::invoice::ResendInvoiceWebhook,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::invoice::ResendInvoiceWebhook: Allows<C>,
    {
        self.call(request).await
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
    pub async fn create_refund(
        &self,
        request: &core::model::refund::CreateRefund,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::CreateRefund: Allows<C>,
    {
        self.call(request).await
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
    pub async fn get_refund(
        &self,
        id: &RefundId,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::GetRefund: Allows<C>,
    {
        self.call(&core::model::refund::GetRefund::new(id.clone()))
            .await
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
    pub async fn get_refund_by_guid(
        &self,
        guid: &Guid,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::GetRefundByGuid: Allows<C>,
    {
        self.call(&core::model::refund::GetRefundByGuid::new(guid.clone()))
            .await
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
    pub async fn list_refunds(
        &self,
        invoice_id: &InvoiceId,
    ) -> Result<Answer<Vec<core::model::refund::Refund>>, Error>
    where
        core::model::refund::ListRefunds: Allows<C>,
    {
        self.call(&core::model::refund::ListRefunds::new(invoice_id.clone()))
            .await
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
    pub async fn cancel_refund(
        &self,
        id: &RefundId,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::CancelRefund: Allows<C>,
    {
        self.call(&core::model::refund::CancelRefund::new(id.clone()))
            .await
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
    /// Source: <https://developer.bitpay.com/reference/ledgers>
    pub async fn get_ledger_balances(
        &self,
    ) -> Result<Answer<Vec<core::model::ledger::LedgerBalance>>, Error>
    where
        core::model::ledger::GetLedgerBalances: Allows<C>,
    {
        self.call(&core::model::ledger::GetLedgerBalances::new())
            .await
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
    pub async fn get_ledger_entries(
        &self,
        request: &core::model::ledger::GetLedgerEntries,
    ) -> Result<Answer<Vec<core::model::ledger::LedgerEntry>>, Error>
    where
        core::model::ledger::GetLedgerEntries: Allows<C>,
    {
        self.call(request).await
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
    pub async fn list_settlements(
        &self,
        request: &core::model::settlement::ListSettlements,
    ) -> Result<Answer<Vec<core::model::settlement::Settlement>>, Error>
    where
        core::model::settlement::ListSettlements: Allows<C>,
    {
        self.call(request).await
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
    pub async fn get_settlement(
        &self,
        id: &SettlementId,
    ) -> Result<Answer<core::model::settlement::Settlement>, Error>
    where
        core::model::settlement::GetSettlement: Allows<C>,
    {
        self.call(&core::model::settlement::GetSettlement::new(id.clone()))
            .await
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
    pub async fn get_settlement_report(
        &self,
        request: &core::model::settlement::GetSettlementReport,
    ) -> Result<Answer<core::model::settlement::SettlementReport>, Error>
    where
        core::model::settlement::GetSettlementReport: Allows<C>,
    {
        self.call(request).await
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
    pub async fn get_rates(&self) -> Result<Answer<Vec<core::model::rate::RateEntry>>, Error> {
        self.call(&core::model::rate::GetRates::new()).await
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
    pub async fn get_rates_for(
        &self,
        base: &Currency,
    ) -> Result<Answer<Vec<core::model::rate::RateEntry>>, Error> {
        self.call(&core::model::rate::GetRatesFor::new(base.clone()))
            .await
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
    pub async fn get_rate(
        &self,
        base: &Currency,
        currency: &Currency,
    ) -> Result<Answer<core::model::rate::RateEntry>, Error> {
        self.call(&core::model::rate::GetRate::new(
            base.clone(),
            currency.clone(),
        ))
        .await
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
    pub async fn get_currencies(
        &self,
    ) -> Result<Answer<Vec<core::model::currency::CurrencyInfo>>, Error> {
        self.call(&core::model::currency::GetCurrencies::new())
            .await
    }
}
