//! What a test or a program does to a running sandbox, beside what a merchant and a buyer do.

use bitpay_core::id::InvoiceId;
use bitpay_core::time::Timestamp;
use bitpay_core::{Amount, Currency, PairingCode, Sin};

use super::Sandbox;
use crate::{ControlError, Demo};

impl Sandbox {
    /// A payment has so many confirmations more. Under the speed `medium` the first one makes the invoice
    /// confirmed; as many as its currency takes (6 of Bitcoin's) complete it under any.
    ///
    /// # Errors
    /// When there is no such invoice, or none that is paid and not complete.
    pub fn confirm(&self, invoice: &InvoiceId, confirmations: u32) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.confirm(invoice, confirmations, clock))
    }

    /// Revokes the pairing of this code, as the merchant does in the dashboard.
    ///
    /// # Errors
    /// When there is none.
    pub fn revoke(&self, code: &PairingCode) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.revoke(code, clock))
    }

    /// Revokes all tokens of a key.
    ///
    /// # Errors
    /// When it has none.
    pub fn revoke_key(&self, sin: &Sin) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.revoke_key(sin, clock))
    }

    /// Sets the sandbox's clock ahead, and does what is due by then. It goes on from there.
    ///
    /// # Errors
    /// When the instant is past: the clock is never set back.
    pub fn set_clock(&self, to: Timestamp) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.set_clock(to, clock))
    }

    /// Sets what one unit of a currency is worth in US dollars. Invoices keep the rates that they were
    /// made with.
    ///
    /// # Errors
    /// When the sandbox does not know the currency, or the worth is not more than 0.
    pub fn set_rate(
        &self,
        currency: Currency,
        dollars: impl Into<Amount>,
    ) -> Result<(), ControlError> {
        self.with(|engine, _| engine.set_rate(currency, dollars))
    }

    /// Sends a webhook of the log once more, as a new one: its number is what comes back.
    ///
    /// # Errors
    /// When the log has none of this number.
    pub fn resend_delivery(&self, id: u64) -> Result<u64, ControlError> {
        self.with(|engine, clock| engine.resend_delivery(id, clock))
    }

    /// Nothing goes wrong any more.
    pub fn clear_faults(&self) {
        self.with(|engine, _| engine.clear_faults());
    }

    /// Forgets everything, and begins anew with the seed it began with, or another one.
    pub fn reset(&self, seed: Option<u64>) {
        self.with(|engine, clock| engine.reset(seed, clock));
    }

    /// Fills it with what a merchant did in the last two weeks, while it is empty.
    ///
    /// # Errors
    /// When its ledgers hold entries.
    pub fn fill(&self) -> Result<Demo, ControlError> {
        self.with(|engine, clock| engine.fill(&self.base_url, clock))
    }
}
