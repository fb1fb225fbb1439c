// Made by `cargo xtask codegen` from crates/bitpay-core/errors.toml. Do not edit.

//! BitPay's error codes and texts, from the table.

use crate::error::ApiErrorKind;

/// What an [`ErrorCode`](super::ErrorCode) says.
///
/// Source: <https://developer.bitpay.com/reference/error-codes>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCodeKind {
    /// `xx0000`, `Generic server error`. The server failed, and does not say why. Find out whether it happened before trying again.
    General,
    /// `xx0001`, `Resource not found`. There is no such resource, or it is another merchant's or of another environment.
    NotFound,
    /// `xx0002`, `Invalid params`. A parameter has a value that BitPay does not take.
    InvalidParams,
    /// `xx0003`, `Missing params`. A parameter is missing.
    MissingParams,
    /// `xx0100`, `Generic invoice error`. The server failed on an invoice, and does not say why. Find out whether it happened before trying again.
    GeneralInvoice,
    /// `xx0101`, `Invoice not found`. There is no such invoice, or it is another merchant's or of another environment.
    InvoiceNotFound,
    /// `xx0102`, `Invalid params`. A parameter of the invoice has a value that BitPay does not take.
    InvalidInvoiceParams,
    /// `xx0103`, `Missing params`. A parameter of the invoice is missing.
    MissingInvoiceParams,
    /// `xx0107`, `Invalid invoice state for cancel`. The invoice stands where it cannot be cancelled: it is complete, expired or cancelled already. Fetch it and see.
    InvoiceStateForCancel,
    /// `xx0108`, `Invoice is missing email or sms`. BitPay needs a way to reach the buyer: give the invoice the buyer's email first, or cancel by force.
    MissingContact,
    /// `xx0109`, `Sms is not verified`. The buyer has not entered the code that was sent to the telephone number.
    SmsNotVerified,
    /// `xx0110`, `Invoice price is below minimum threshold`. The price is too small. The list of currencies has the smallest one of each.
    PriceBelowMinimum,
    /// `xx0111`, `Invoice price is above maximum threshold`. The price is above what the account may ask for.
    PriceAboveMaximum,
    /// `xx0112`, `Invalid sms number`. The telephone number cannot receive text messages.
    InvalidSms,
    /// `xx0113`, `Error verifying sms`. The code that was sent to the telephone number could not be checked.
    SmsVerificationFailed,
    /// `xx0114`, `Unable to update contact information on high value transaction`. The sum is so high that the buyer's contact cannot be changed any more.
    ContactIsFixed,
    /// `xx0115`, `Email already set on invoice`. The invoice has an email address, which cannot be changed.
    EmailAlreadySet,
    /// `xx0116`, `Unable to perform action outside of demo environment`. This works with imaginary coins only: in the test environment and the sandbox.
    DemoOnly,
    /// `xx0117`, `Invalid invoice state`. The invoice stands where this cannot be done. Fetch it and see.
    InvoiceState,
    /// `xx0118`, `Misconfigured account`. The merchant's account is not set up completely.
    AccountMisconfigured,
    /// `xx0119`, `Unable to apply mock transaction`. The imaginary payment could not be applied to the invoice.
    MockTransactionFailed,
    /// `xx0200`, `Generic refund error`. The server failed on a refund, and does not say why. Find out whether it happened before trying again.
    GeneralRefund,
    /// `xx0201`, `Refund not found`. There is no such refund, or it is another merchant's or of another environment.
    RefundNotFound,
    /// `xx0202`, `Invalid params`. A parameter of the refund has a value that BitPay does not take.
    InvalidRefundParams,
    /// `xx0203`, `Missing params`. A parameter of the refund is missing.
    MissingRefundParams,
    /// `xx0204`, `Active refund request already exists`. The invoice has a refund that is not over. List the invoice's refunds, and cancel that one or wait.
    RefundIsActive,
    /// `xx0207`, `Invalid invoice state for refund`. The invoice stands where it cannot be refunded: nothing was paid, or not for long enough. Refund a complete one.
    InvoiceStateForRefund,
    /// `xx0208`, `Fees are greater than refund amount`. Nothing would be left of the refund: refund more, or bear its fee.
    FeesExceedRefund,
    /// A code that this version does not know.
    Unknown,
}

impl ErrorCodeKind {
    /// Every kind that this version knows, in the order of the codes.
    pub const KNOWN: &[Self] = &[
        Self::General,
        Self::NotFound,
        Self::InvalidParams,
        Self::MissingParams,
        Self::GeneralInvoice,
        Self::InvoiceNotFound,
        Self::InvalidInvoiceParams,
        Self::MissingInvoiceParams,
        Self::InvoiceStateForCancel,
        Self::MissingContact,
        Self::SmsNotVerified,
        Self::PriceBelowMinimum,
        Self::PriceAboveMaximum,
        Self::InvalidSms,
        Self::SmsVerificationFailed,
        Self::ContactIsFixed,
        Self::EmailAlreadySet,
        Self::DemoOnly,
        Self::InvoiceState,
        Self::AccountMisconfigured,
        Self::MockTransactionFailed,
        Self::GeneralRefund,
        Self::RefundNotFound,
        Self::InvalidRefundParams,
        Self::MissingRefundParams,
        Self::RefundIsActive,
        Self::InvoiceStateForRefund,
        Self::FeesExceedRefund,
    ];

    pub(super) fn of(resource: u8, error: u8) -> Option<Self> {
        Some(match (resource, error) {
            (0, 0) => Self::General,
            (0, 1) => Self::NotFound,
            (0, 2) => Self::InvalidParams,
            (0, 3) => Self::MissingParams,
            (1, 0) => Self::GeneralInvoice,
            (1, 1) => Self::InvoiceNotFound,
            (1, 2) => Self::InvalidInvoiceParams,
            (1, 3) => Self::MissingInvoiceParams,
            (1, 7) => Self::InvoiceStateForCancel,
            (1, 8) => Self::MissingContact,
            (1, 9) => Self::SmsNotVerified,
            (1, 10) => Self::PriceBelowMinimum,
            (1, 11) => Self::PriceAboveMaximum,
            (1, 12) => Self::InvalidSms,
            (1, 13) => Self::SmsVerificationFailed,
            (1, 14) => Self::ContactIsFixed,
            (1, 15) => Self::EmailAlreadySet,
            (1, 16) => Self::DemoOnly,
            (1, 17) => Self::InvoiceState,
            (1, 18) => Self::AccountMisconfigured,
            (1, 19) => Self::MockTransactionFailed,
            (2, 0) => Self::GeneralRefund,
            (2, 1) => Self::RefundNotFound,
            (2, 2) => Self::InvalidRefundParams,
            (2, 3) => Self::MissingRefundParams,
            (2, 4) => Self::RefundIsActive,
            (2, 7) => Self::InvoiceStateForRefund,
            (2, 8) => Self::FeesExceedRefund,
            _ => return None,
        })
    }

    /// BitPay's own text.
    #[must_use]
    pub const fn text(self) -> Option<&'static str> {
        Some(match self {
            Self::General => "Generic server error",
            Self::NotFound => "Resource not found",
            Self::InvalidParams => "Invalid params",
            Self::MissingParams => "Missing params",
            Self::GeneralInvoice => "Generic invoice error",
            Self::InvoiceNotFound => "Invoice not found",
            Self::InvalidInvoiceParams => "Invalid params",
            Self::MissingInvoiceParams => "Missing params",
            Self::InvoiceStateForCancel => "Invalid invoice state for cancel",
            Self::MissingContact => "Invoice is missing email or sms",
            Self::SmsNotVerified => "Sms is not verified",
            Self::PriceBelowMinimum => "Invoice price is below minimum threshold",
            Self::PriceAboveMaximum => "Invoice price is above maximum threshold",
            Self::InvalidSms => "Invalid sms number",
            Self::SmsVerificationFailed => "Error verifying sms",
            Self::ContactIsFixed => {
                "Unable to update contact information on high value transaction"
            }
            Self::EmailAlreadySet => "Email already set on invoice",
            Self::DemoOnly => "Unable to perform action outside of demo environment",
            Self::InvoiceState => "Invalid invoice state",
            Self::AccountMisconfigured => "Misconfigured account",
            Self::MockTransactionFailed => "Unable to apply mock transaction",
            Self::GeneralRefund => "Generic refund error",
            Self::RefundNotFound => "Refund not found",
            Self::InvalidRefundParams => "Invalid params",
            Self::MissingRefundParams => "Missing params",
            Self::RefundIsActive => "Active refund request already exists",
            Self::InvoiceStateForRefund => "Invalid invoice state for refund",
            Self::FeesExceedRefund => "Fees are greater than refund amount",
            Self::Unknown => return None,
        })
    }

    /// What it means, and what to do.
    #[must_use]
    pub const fn meaning(self) -> Option<&'static str> {
        Some(match self {
            Self::General => {
                "The server failed, and does not say why. Find out whether it happened before trying again."
            }
            Self::NotFound => {
                "There is no such resource, or it is another merchant's or of another environment."
            }
            Self::InvalidParams => "A parameter has a value that BitPay does not take.",
            Self::MissingParams => "A parameter is missing.",
            Self::GeneralInvoice => {
                "The server failed on an invoice, and does not say why. Find out whether it happened before trying again."
            }
            Self::InvoiceNotFound => {
                "There is no such invoice, or it is another merchant's or of another environment."
            }
            Self::InvalidInvoiceParams => {
                "A parameter of the invoice has a value that BitPay does not take."
            }
            Self::MissingInvoiceParams => "A parameter of the invoice is missing.",
            Self::InvoiceStateForCancel => {
                "The invoice stands where it cannot be cancelled: it is complete, expired or cancelled already. Fetch it and see."
            }
            Self::MissingContact => {
                "BitPay needs a way to reach the buyer: give the invoice the buyer's email first, or cancel by force."
            }
            Self::SmsNotVerified => {
                "The buyer has not entered the code that was sent to the telephone number."
            }
            Self::PriceBelowMinimum => {
                "The price is too small. The list of currencies has the smallest one of each."
            }
            Self::PriceAboveMaximum => "The price is above what the account may ask for.",
            Self::InvalidSms => "The telephone number cannot receive text messages.",
            Self::SmsVerificationFailed => {
                "The code that was sent to the telephone number could not be checked."
            }
            Self::ContactIsFixed => {
                "The sum is so high that the buyer's contact cannot be changed any more."
            }
            Self::EmailAlreadySet => "The invoice has an email address, which cannot be changed.",
            Self::DemoOnly => {
                "This works with imaginary coins only: in the test environment and the sandbox."
            }
            Self::InvoiceState => "The invoice stands where this cannot be done. Fetch it and see.",
            Self::AccountMisconfigured => "The merchant's account is not set up completely.",
            Self::MockTransactionFailed => {
                "The imaginary payment could not be applied to the invoice."
            }
            Self::GeneralRefund => {
                "The server failed on a refund, and does not say why. Find out whether it happened before trying again."
            }
            Self::RefundNotFound => {
                "There is no such refund, or it is another merchant's or of another environment."
            }
            Self::InvalidRefundParams => {
                "A parameter of the refund has a value that BitPay does not take."
            }
            Self::MissingRefundParams => "A parameter of the refund is missing.",
            Self::RefundIsActive => {
                "The invoice has a refund that is not over. List the invoice's refunds, and cancel that one or wait."
            }
            Self::InvoiceStateForRefund => {
                "The invoice stands where it cannot be refunded: nothing was paid, or not for long enough. Refund a complete one."
            }
            Self::FeesExceedRefund => {
                "Nothing would be left of the refund: refund more, or bear its fee."
            }
            Self::Unknown => return None,
        })
    }

    /// The server failed rather than refused: what was asked for may have happened.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(
            self,
            Self::General | Self::GeneralInvoice | Self::GeneralRefund
        )
    }

    pub(super) const fn api_kind(self) -> ApiErrorKind {
        match self {
            Self::NotFound => ApiErrorKind::NotFound,
            Self::InvalidParams => ApiErrorKind::InvalidParams,
            Self::MissingParams => ApiErrorKind::InvalidParams,
            Self::InvoiceNotFound => ApiErrorKind::NotFound,
            Self::InvalidInvoiceParams => ApiErrorKind::InvalidParams,
            Self::MissingInvoiceParams => ApiErrorKind::InvalidParams,
            Self::AccountMisconfigured => ApiErrorKind::AccountIncomplete,
            Self::RefundNotFound => ApiErrorKind::NotFound,
            Self::InvalidRefundParams => ApiErrorKind::InvalidParams,
            Self::MissingRefundParams => ApiErrorKind::InvalidParams,
            _ => ApiErrorKind::Other,
        }
    }
}

/// What a refused request was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCodeResource {
    /// None in particular.
    General,
    /// An invoice.
    Invoice,
    /// A refund.
    Refund,
}

impl ErrorCodeResource {
    pub(super) fn of(digits: u8) -> Option<Self> {
        Some(match digits {
            0 => Self::General,
            1 => Self::Invoice,
            2 => Self::Refund,
            _ => return None,
        })
    }
}

pub(super) fn method(digits: u8) -> Option<http::Method> {
    Some(match digits {
        1 => http::Method::POST,
        2 => http::Method::GET,
        3 => http::Method::PUT,
        4 => http::Method::DELETE,
        _ => return None,
    })
}

/// Parts of BitPay's texts, in lower case; the first that fits says what a refusal means.
pub(crate) const TEXTS: &[(&str, ApiErrorKind)] = &[
    ("too many requests", ApiErrorKind::RateLimited),
    ("rate limit", ApiErrorKind::RateLimited),
    ("unauthorized sin", ApiErrorKind::NotPaired),
    (
        "id not associated with a bitpay user",
        ApiErrorKind::NotPaired,
    ),
    ("invalid token", ApiErrorKind::InvalidToken),
    ("invalid signature", ApiErrorKind::InvalidSignature),
    (
        "bad public key from identity",
        ApiErrorKind::InvalidSignature,
    ),
    ("this endpoint does not support", ApiErrorKind::WrongFacade),
    ("unable to create token", ApiErrorKind::PairingRefused),
    (
        "account not setup completely",
        ApiErrorKind::AccountIncomplete,
    ),
    ("account is suspended", ApiErrorKind::AccountSuspended),
    ("limitexceeded", ApiErrorKind::AccountLimit),
    ("not found", ApiErrorKind::NotFound),
];
