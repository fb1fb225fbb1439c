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
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::fault::FaultRequest;
use crate::handlers::tokens::TokenState;
use crate::reply;
use crate::{Delivered, DeliveryRecord, Engine};

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

    /// Pays so many hundredths of what an invoice asks: less than 100 is a partial payment, and more is
    /// too much.
    ///
    /// # Errors
    /// When there is no such invoice, or it is not new.
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
        self.advance(by);
        self.run_until(self.now.checked_add(by).unwrap_or(Timestamp::MAX));
    }

    pub(crate) fn invoice_index(&self, invoice: &InvoiceId) -> Result<usize, ControlError> {
        let index = self.index.invoices.get(invoice.as_str());
        index.copied().ok_or(ControlError::UnknownInvoice)
    }

    /// Answers what programs ask of the sandbox itself, under `/sandbox/`.
    pub(crate) fn control(&mut self, what: &str, request: &Request<Bytes>) -> Response<Bytes> {
        match self.obey(what, request) {
            Ok(data) => reply::json(StatusCode::OK, json!({ "data": data }).to_string()),
            Err((status, error)) => reply::json(status, json!({ "error": error }).to_string()),
        }
    }

    fn obey(
        &mut self,
        what: &str,
        request: &Request<Bytes>,
    ) -> Result<serde_json::Value, (StatusCode, String)> {
        let body = request.body();
        match (request.method(), what) {
            (&Method::POST, "approve") => {
                let Approve { pairing_code } = read(body)?;
                self.approve_now(&pairing_code).map_err(conflict)?;
                Ok(json!({}))
            }
            (&Method::POST, "codes") => {
                let Code { facade, label } = read(body)?;
                let code = self.new_code(facade, label);
                Ok(json!({ "pairingCode": code.as_str() }))
            }
            (&Method::POST, "tokens") => {
                let OpenToken { label } = read(body)?;
                let token = self.new_open_token(label);
                Ok(json!({ "token": token.expose() }))
            }
            (&Method::POST, "pay") => {
                let Pay {
                    invoice,
                    status,
                    percent,
                } = read(body)?;
                let index = self.invoice_index(&invoice).map_err(conflict)?;
                match percent {
                    Some(percent) => self.pay_percent(index, percent),
                    None => self.bring_to(index, &status.unwrap_or(InvoiceStatus::Confirmed)),
                }
                .map_err(conflict)?;
                Ok(json!({}))
            }
            (&Method::POST, "refund") => {
                let Settle { refund, status } = read(body)?;
                self.settle(&refund, &status.unwrap_or(RefundStatus::Success))
                    .map_err(conflict)?;
                Ok(json!({}))
            }
            (&Method::POST, "settlement") => {
                let Move { settlement, status } = read(body)?;
                let status = status.unwrap_or(SettlementStatus::Completed);
                self.bring_settlement_to(&settlement, &status)
                    .map_err(conflict)?;
                Ok(json!({}))
            }
            (&Method::POST, "deposit") => {
                let Deposit { currency, amount } = read(body)?;
                self.put_in(&currency, amount).map_err(conflict)?;
                Ok(json!({}))
            }
            (&Method::POST, "payout") => {
                let MovePayout { payout, status } = read(body)?;
                self.bring_payout(&payout, &status.unwrap_or(PayoutStatus::Complete))
                    .map_err(conflict)?;
                Ok(json!({}))
            }
            (&Method::POST, "recipient") => {
                let MoveRecipient { recipient, status } = read(body)?;
                self.bring_recipient(&recipient, &status.unwrap_or(RecipientStatus::Active))
                    .map_err(conflict)?;
                Ok(json!({}))
            }
            (&Method::POST, "advance") => {
                let Advance { seconds } = read(body)?;
                self.advance_now(Duration::from_secs(seconds));
                Ok(json!({ "now": self.now.to_string() }))
            }
            (&Method::POST, "faults") => {
                let asked: FaultRequest = read(body)?;
                self.inject(asked.fault().map_err(bad)?);
                Ok(json!({}))
            }
            (&Method::GET, "deliveries") => Ok(self.deliveries().map(delivery).collect()),
            _ => Err((
                StatusCode::NOT_FOUND,
                format!("the sandbox has no such call: {what}"),
            )),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Approve {
    pairing_code: PairingCode,
}

#[derive(Deserialize)]
struct Code {
    #[serde(default = "pos")]
    facade: Facade,
    label: Option<String>,
}

#[derive(Deserialize)]
struct OpenToken {
    label: Option<String>,
}

const fn pos() -> Facade {
    Facade::Pos
}

#[derive(Deserialize)]
struct Pay {
    invoice: InvoiceId,
    status: Option<InvoiceStatus>,
    percent: Option<u32>,
}

#[derive(Deserialize)]
struct Settle {
    refund: RefundId,
    status: Option<RefundStatus>,
}

#[derive(Deserialize)]
struct Move {
    settlement: SettlementId,
    status: Option<SettlementStatus>,
}

#[derive(Deserialize)]
struct Deposit {
    currency: Currency,
    amount: Amount,
}

#[derive(Deserialize)]
struct MovePayout {
    payout: PayoutId,
    status: Option<PayoutStatus>,
}

#[derive(Deserialize)]
struct MoveRecipient {
    recipient: RecipientId,
    status: Option<RecipientStatus>,
}

#[derive(Deserialize)]
struct Advance {
    seconds: u64,
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, (StatusCode, String)> {
    serde_json::from_slice(body).map_err(|error| bad(error.to_string()))
}

fn bad(error: String) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, error)
}

fn conflict(error: ControlError) -> (StatusCode, String) {
    let status = match error {
        ControlError::UnknownCode
        | ControlError::UnknownInvoice
        | ControlError::UnknownRefund
        | ControlError::UnknownSettlement
        | ControlError::UnknownCurrency
        | ControlError::UnknownPayout
        | ControlError::UnknownRecipient => StatusCode::NOT_FOUND,
        ControlError::DepositAmount { .. } => StatusCode::BAD_REQUEST,
        _ => StatusCode::CONFLICT,
    };
    (status, error.to_string())
}

fn delivery(record: &DeliveryRecord) -> serde_json::Value {
    let outcome = match &record.outcome {
        Delivered::Underway => json!({ "state": "underway" }),
        Delivered::Answered(status) => json!({ "state": "answered", "status": status }),
        Delivered::Failed(error) => json!({ "state": "failed", "error": error }),
        Delivered::Withheld(reason) => json!({ "state": "withheld", "reason": reason }),
    };
    json!({
        "id": record.delivery.id,
        "at": record.at.to_string(),
        "event": record.event,
        "url": record.delivery.url,
        "signature": record.delivery.signature,
        "body": String::from_utf8_lossy(&record.delivery.body),
        "outcome": outcome,
    })
}
