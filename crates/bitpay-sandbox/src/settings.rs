//! What can be set about a sandbox.

use std::time::Duration;

use bitpay_core::{Amount, BaseUrl, Currency};

/// How a sandbox behaves. The default is the BitPay that the documentation describes.
///
/// ```
/// use bitpay_sandbox::{GuidRepeat, Settings};
///
/// let mut settings = Settings::default();
/// settings.refund_guids = GuidRepeat::Ignored;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// What a second invoice with the same guid does.
    pub invoice_guids: GuidRepeat,
    /// What a second refund with the same guid does. BitPay does not say.
    pub refund_guids: GuidRepeat,
    /// Delivers webhooks to any address. By default they go to this machine only, and the log says
    /// which were held back.
    pub deliver_anywhere: bool,
    /// The address by which clients reach the sandbox, where it is not the one that it listens on:
    /// behind a proxy that does TLS, or in a container network. Links start with it, its scheme is
    /// what clients sign, and pages may be used by its host.
    pub public_url: Option<BaseUrl>,
    /// What one unit of a currency is worth in US dollars, where it is not the sandbox's own value.
    pub rates: Vec<(Currency, Amount)>,
    /// The fee of a refund, in US dollars.
    pub refund_fee: Amount,
    /// The fee of an invoice that becomes complete, in hundredths of its price. With the fixed fee, it
    /// is rounded to the smallest unit of the invoice's currency, halves away from zero.
    pub invoice_fee_percent: Amount,
    /// The fixed part of that fee, in US dollars.
    pub invoice_fee_fixed: Amount,
    /// The fee of a payout, in hundredths of what it takes out of its ledger. It is rounded to the
    /// smallest unit of the ledger's currency, halves away from zero. Source of the 1 %:
    /// <https://developer.bitpay.com/docs/payouts-sending-crypto>.
    pub payout_fee_percent: Amount,
    /// The highest price of an invoice, in US dollars.
    pub highest_price: Amount,
    /// What a payment does that comes after its invoice expired. BitPay does not say.
    pub late_payments: LatePayment,
    /// How fast things go on by themselves. `None` leaves each step to whoever asks for it, but for what
    /// has its own time: invoices expire, settlements are paid, payouts are funded.
    pub pace: Option<Pace>,
    /// How long after the request what its order id or email asks for begins, and then from step to step.
    pub outcome_step: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            invoice_guids: GuidRepeat::Replay,
            refund_guids: GuidRepeat::Replay,
            deliver_anywhere: false,
            public_url: None,
            rates: Vec::new(),
            refund_fee: rust_decimal::Decimal::new(5, 2).into(),
            invoice_fee_percent: Amount::from(1),
            invoice_fee_fixed: Amount::ZERO,
            payout_fee_percent: Amount::from(1),
            highest_price: Amount::from(1_000_000),
            late_payments: LatePayment::Applied,
            pace: None,
            outcome_step: Duration::from_millis(100),
        }
    }
}

/// How fast things go on by themselves, while time is left to run.
///
/// ```
/// use std::time::Duration;
/// use bitpay_sandbox::{Pace, Settings};
///
/// let mut settings = Settings::default();
/// // As in the world.
/// settings.pace = Some(Pace::default());
/// // For a test that waits.
/// settings.pace = Some(Pace::every(Duration::from_millis(50)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pace {
    /// From one confirmation of an invoice's payment to the next. Ten minutes, as of Bitcoin.
    pub confirmation: Duration,
    /// From a refund's request to `pending`, and from there to `success`. An hour.
    pub refund: Duration,
    /// From a funded payout to `processing`, and from there to `complete`. An hour.
    pub payout: Duration,
    /// From one step of a recipient to the next, until they are active. A day.
    pub recipient: Duration,
}

impl Pace {
    /// Each step takes the same time.
    #[must_use]
    pub const fn every(step: Duration) -> Self {
        Self {
            confirmation: step,
            refund: step,
            payout: step,
            recipient: step,
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        const HOUR: Duration = Duration::from_secs(60 * 60);
        Self {
            confirmation: Duration::from_secs(10 * 60),
            refund: HOUR,
            payout: HOUR,
            recipient: Duration::from_secs(24 * 60 * 60),
        }
    }
}

/// What a payment does that comes after its invoice expired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LatePayment {
    /// It pays the invoice, which is `paid` and so on, as if it had come in time.
    #[default]
    Applied,
    /// The invoice stays `expired`, with `exceptionStatus` `paidLate`, and the payment is refunded.
    Returned,
}

/// What a create does whose guid was used before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum GuidRepeat {
    /// It answers with what the guid made before, whatever the new request says.
    #[default]
    Replay,
    /// It makes another one. The guid finds the first.
    Ignored,
    /// As [`Replay`](Self::Replay), but what was made shows only after this time: before, its guid
    /// finds nothing, and a repeat makes another one.
    Late(Duration),
}
