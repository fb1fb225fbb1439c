//! What a person would do at BitPay's pages, for tests and programs: approve, pay, let time pass.

use std::time::Duration;

use bitpay_core::id::{InvoiceId, PayoutId, RecipientId, RefundId, SettlementId};
use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::model::payout::PayoutStatus;
use bitpay_core::model::recipient::RecipientStatus;
use bitpay_core::model::refund::RefundStatus;
use bitpay_core::model::settlement::SettlementStatus;
use bitpay_core::time::Timestamp;
use bitpay_core::{Amount, Currency, Facade, Grant, Identity, PairingCode, Pos, Sin, Token};
use http::StatusCode;
use serde::Deserialize;

use crate::Engine;
use crate::handlers::tokens::TokenState;
use crate::market::Market;

/// The sandbox was asked for something that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// No pairing has this code.
    #[error("no pairing waits for this code")]
    UnknownCode,
    /// The code ran out.
    #[error("this pairing code has expired: it lived for 24 hours")]
    ExpiredCode,
    /// The code was approved or claimed before.
    #[error("this pairing code was used before: it works once")]
    UsedCode,
    /// There is no such invoice.
    #[error("there is no such invoice")]
    UnknownInvoice,
    /// The invoice cannot come to that status from where it stands.
    #[error("the invoice is {current} and cannot become {wanted}")]
    InvoiceState {
        /// Where it stands.
        current: InvoiceStatus,
        /// What was asked for.
        wanted: InvoiceStatus,
    },
    /// A payment is more than nothing.
    #[error("a payment is of at least one hundredth")]
    NothingPaid,
    /// The clock was to be moved back.
    #[error("the clock shows {now} and is never moved back")]
    ClockBack {
        /// What it shows.
        now: Timestamp,
    },
    /// The invoice is paid in another currency, or is not new.
    #[error("the currency cannot be chosen any more: the invoice is paid in one, or is over")]
    CurrencyChosen,
    /// There is no such webhook in the log.
    #[error("there is no such webhook in the log")]
    UnknownDelivery,
    /// There is no such refund.
    #[error("there is no such refund")]
    UnknownRefund,
    /// The refund cannot come to that status from where it stands.
    #[error("the refund is {current} and cannot become {wanted}")]
    RefundState {
        /// Where it stands.
        current: RefundStatus,
        /// What was asked for.
        wanted: RefundStatus,
    },
    /// There is no such settlement.
    #[error("there is no such settlement")]
    UnknownSettlement,
    /// The settlement cannot come to that status from where it stands.
    #[error("the settlement is {current} and cannot become {wanted}")]
    SettlementState {
        /// Where it stands.
        current: SettlementStatus,
        /// What was asked for.
        wanted: SettlementStatus,
    },
    /// The sandbox does not know the currency.
    #[error("the sandbox does not know this currency")]
    UnknownCurrency,
    /// This cannot be added to a ledger.
    #[error("a deposit is more than 0, with at most {places} decimal places")]
    DepositAmount {
        /// The decimal places of the currency's smallest unit.
        places: u32,
    },
    /// There is no such payout.
    #[error("there is no such payout")]
    UnknownPayout,
    /// The payout cannot come to that status from where it stands.
    #[error("the payout is {current} and cannot become {wanted}")]
    PayoutState {
        /// Where it stands.
        current: PayoutStatus,
        /// What was asked for.
        wanted: PayoutStatus,
    },
    /// The payout waits for its recipient.
    #[error("the payout waits: its recipient is not active")]
    InactiveRecipient,
    /// There is no such recipient.
    #[error("there is no such recipient")]
    UnknownRecipient,
    /// The recipient cannot come to that status from where it stands.
    #[error("the recipient is {current} and cannot become {wanted}")]
    RecipientState {
        /// Where it stands.
        current: RecipientStatus,
        /// What was asked for.
        wanted: RecipientStatus,
    },
    /// No token is meant by this.
    #[error("there is no such token")]
    UnknownToken,
    /// A rate is more than nothing.
    #[error("a rate is more than 0 US dollars")]
    WorthNothing,
    /// The sandbox is to be empty for this.
    #[error("the ledgers hold entries already: reset the sandbox first")]
    NotEmpty,
}

impl ControlError {
    /// How it is answered over HTTP.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::UnknownCode
            | Self::UnknownInvoice
            | Self::UnknownRefund
            | Self::UnknownSettlement
            | Self::UnknownCurrency
            | Self::UnknownPayout
            | Self::UnknownRecipient
            | Self::UnknownToken
            | Self::UnknownDelivery => StatusCode::NOT_FOUND,
            Self::DepositAmount { .. } | Self::NothingPaid | Self::WorthNothing => {
                StatusCode::BAD_REQUEST
            }
            _ => StatusCode::CONFLICT,
        }
    }
}

/// Whose access ends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Revoked {
    pub(crate) token: Option<String>,
    pub(crate) sin: Option<Sin>,
    pub(crate) pairing_code: Option<PairingCode>,
}

/// What a person would do at BitPay's pages. What it sets off, such as webhooks, comes from the next
/// [`Engine::tick`] or [`Engine::handle`].
impl Engine {
    /// Approves the pairing that waits for this code.
    ///
    /// # Errors
    /// When none does.
    pub fn approve(&mut self, code: &PairingCode, clock: Timestamp) -> Result<(), ControlError> {
        self.pass_to(clock);
        self.approve_now(code)
    }

    /// Revokes the pairing of this code, approved or not: its token is not known any more.
    ///
    /// # Errors
    /// When there is none.
    pub fn revoke(&mut self, code: &PairingCode, clock: Timestamp) -> Result<(), ControlError> {
        self.pass_to(clock);
        let what = Revoked {
            token: None,
            sin: None,
            pairing_code: Some(code.clone()),
        };
        self.revoke_now(&what).map(drop)
    }

    /// Revokes all tokens of a key.
    ///
    /// # Errors
    /// When it has none.
    pub fn revoke_key(&mut self, sin: &Sin, clock: Timestamp) -> Result<(), ControlError> {
        self.pass_to(clock);
        let what = Revoked {
            token: None,
            sin: Some(sin.clone()),
            pairing_code: None,
        };
        self.revoke_now(&what).map(drop)
    }

    /// Revokes every token that is meant. How many?
    pub(crate) fn revoke_now(&mut self, what: &Revoked) -> Result<usize, ControlError> {
        let meant: Vec<usize> = self
            .tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| {
                what.token.as_ref() == Some(&token.text)
                    || what
                        .sin
                        .as_ref()
                        .is_some_and(|sin| token.sins().contains(sin))
                    || (what.pairing_code.is_some() && what.pairing_code == token.code)
            })
            .filter(|(_, token)| !token.is_revoked())
            .map(|(index, _)| index)
            .collect();
        for index in &meant {
            if let Some(token) = self.tokens.get_mut(*index) {
                token.state = TokenState::Revoked;
            }
        }
        match meant.len() {
            0 => Err(ControlError::UnknownToken),
            revoked => Ok(revoked),
        }
    }

    /// Sets what one unit of a currency is worth in US dollars. Invoices keep the rates that they were
    /// made with.
    ///
    /// # Errors
    /// When the sandbox does not know the currency, or the worth is not more than 0.
    pub fn set_rate(
        &mut self,
        currency: Currency,
        dollars: impl Into<Amount>,
    ) -> Result<(), ControlError> {
        let dollars = dollars.into();
        self.check_rate(&currency, dollars)?;
        self.put_rate(currency, dollars);
        Ok(())
    }

    pub(crate) fn check_rate(
        &self,
        currency: &Currency,
        dollars: Amount,
    ) -> Result<(), ControlError> {
        if self.market.find(currency).is_none() {
            return Err(ControlError::UnknownCurrency);
        }
        match dollars.is_positive() {
            true => Ok(()),
            false => Err(ControlError::WorthNothing),
        }
    }

    pub(crate) fn put_rate(&mut self, currency: Currency, dollars: Amount) {
        let rates = &mut self.settings.rates;
        rates.retain(|(other, _)| !other.same_as(&currency));
        rates.push((currency, dollars));
        self.market = Market::new(&self.settings);
    }

    /// Makes a code in the dashboard, which a program can claim.
    pub fn make_code(
        &mut self,
        facade: Facade,
        label: Option<String>,
        clock: Timestamp,
    ) -> PairingCode {
        self.pass_to(clock);
        self.new_code(facade, label)
    }

    pub(crate) fn new_code(&mut self, facade: Facade, label: Option<String>) -> PairingCode {
        let index = self.new_token(facade, label, TokenState::Unclaimed);
        match self.tokens.get(index).and_then(|token| token.code.clone()) {
            Some(code) => code,
            // A token that waits has a code, so this is never reached.
            None => self.random.code(),
        }
    }

    /// Makes a token in the dashboard with "Require Authentication" off: whoever has it may use it,
    /// without a key.
    pub fn make_open_token(&mut self, label: Option<String>, clock: Timestamp) -> Token<Pos> {
        self.pass_to(clock);
        self.new_open_token(label)
    }

    pub(crate) fn new_open_token(&mut self, label: Option<String>) -> Token<Pos> {
        loop {
            let index = self.new_token(Facade::Pos, label.clone(), TokenState::Open);
            let token = self
                .tokens
                .get(index)
                .and_then(|token| token.text.parse().ok());
            // The sandbox's tokens are tokens, so the first will do.
            if let Some(token) = token {
                return token;
            }
        }
    }

    /// Makes a token for a key, as if it had been asked for and approved.
    pub fn grant<F: bitpay_core::FacadeKind>(
        &mut self,
        identity: impl Into<Identity>,
        clock: Timestamp,
    ) -> Grant<F> {
        let identity = identity.into();
        self.pass_to(clock);
        loop {
            let sin: Sin = identity.sin().clone();
            let index = self.new_token(F::FACADE, None, TokenState::For(vec![sin]));
            let token = self
                .tokens
                .get(index)
                .and_then(|token| token.text.parse().ok());
            if let Some(token) = token {
                return Grant::new(token, identity);
            }
        }
    }

    /// Brings an invoice to a status, by way of those in between: paid, confirmed, complete; or expired,
    /// invalid, declined.
    ///
    /// # Errors
    /// When there is no such invoice, or no way from where it stands.
    pub fn pay(
        &mut self,
        invoice: &InvoiceId,
        status: &InvoiceStatus,
        clock: Timestamp,
    ) -> Result<(), ControlError> {
        self.pass_to(clock);
        let index = self.invoice_index(invoice)?;
        self.bring_to(index, status)
    }

    /// Pays so many hundredths of what an invoice asks, on top of what was paid before: in all less than
    /// 100 is a partial payment, and more is too much.
    ///
    /// # Errors
    /// When there is no such invoice, or it is neither new nor expired.
    pub fn pay_part(
        &mut self,
        invoice: &InvoiceId,
        percent: u32,
        clock: Timestamp,
    ) -> Result<(), ControlError> {
        self.pass_to(clock);
        let index = self.invoice_index(invoice)?;
        self.pay_percent(index, percent)
    }

    /// A payment has so many confirmations more. Under the speed `medium` the first one makes the invoice
    /// confirmed; as many as its currency takes (6 of Bitcoin's) complete it under any, even when it was
    /// invalid by then.
    ///
    /// # Errors
    /// When there is no such invoice, or none that is paid and not complete.
    pub fn confirm(
        &mut self,
        invoice: &InvoiceId,
        confirmations: u32,
        clock: Timestamp,
    ) -> Result<(), ControlError> {
        self.pass_to(clock);
        let index = self.invoice_index(invoice)?;
        self.add_confirmations(index, confirmations)
    }

    /// Brings a refund to a status: pending, success or failure.
    ///
    /// # Errors
    /// When there is no such refund, or no way from where it stands.
    pub fn settle_refund(
        &mut self,
        refund: &RefundId,
        status: &RefundStatus,
        clock: Timestamp,
    ) -> Result<(), ControlError> {
        self.pass_to(clock);
        self.settle(refund, status)
    }

    /// Brings a settlement to a status: processing, completed or rejected. Left alone, it is paid three
    /// hours after its closing, and completed a day later.
    ///
    /// # Errors
    /// When there is no such settlement, or no way from where it stands.
    pub fn move_settlement(
        &mut self,
        settlement: &SettlementId,
        status: &SettlementStatus,
        clock: Timestamp,
    ) -> Result<(), ControlError> {
        self.pass_to(clock);
        self.bring_settlement_to(settlement, status)
    }

    /// Adds funds to a ledger, as a merchant does by a payment to BitPay's bank: payouts are paid from
    /// it. It is an entry of code 1016, since no code of a deposit is published.
    ///
    /// # Errors
    /// When the currency is not known, or the amount is not more than 0 or too fine for it.
    pub fn deposit(
        &mut self,
        currency: &Currency,
        amount: impl Into<Amount>,
        clock: Timestamp,
    ) -> Result<(), ControlError> {
        self.pass_to(clock);
        self.put_in(currency, amount.into())
    }

    /// Brings a payout to a status, by way of those in between: funded, processing, complete; or failed.
    ///
    /// Left alone, it is funded at 14:00 or 21:00 UTC, not before its day, once its ledger holds enough
    /// for it and its fee. By hand it is funded at once, and the ledger may fall below zero. What was
    /// taken out is given back when it fails. Until it is funded, settlements keep its funds back.
    ///
    /// # Errors
    /// When there is no such payout, no way from where it stands, or its recipient is not active.
    pub fn move_payout(
        &mut self,
        payout: &PayoutId,
        status: &PayoutStatus,
        clock: Timestamp,
    ) -> Result<(), ControlError> {
        self.pass_to(clock);
        self.bring_payout(payout, status)
    }

    /// Brings a recipient to a status, by way of those in between: unverified, verified, active; and then
    /// paused and active again; or removed.
    ///
    /// # Errors
    /// When there is no such recipient, or no way from where it stands.
    pub fn move_recipient(
        &mut self,
        recipient: &RecipientId,
        status: &RecipientStatus,
        clock: Timestamp,
    ) -> Result<(), ControlError> {
        self.pass_to(clock);
        self.bring_recipient(recipient, status)
    }

    /// Moves the clock ahead, and does what is due by then.
    pub(crate) fn advance_now(&mut self, by: Duration) {
        let clock = self.clock();
        self.advance(by);
        self.pass_to(clock);
    }

    pub(crate) fn invoice_index(&self, invoice: &InvoiceId) -> Result<usize, ControlError> {
        let index = self.index.invoices.get(invoice.as_str());
        index.copied().ok_or(ControlError::UnknownInvoice)
    }
}
