//! The numbers of events.

use core::fmt;

/// The number of an event ([list](https://developer.bitpay.com/reference/notification-codes)).
///
/// Numbers that this version does not know are kept.
///
/// ```
/// use bitpay_core::webhook::{EventCode, Subject};
///
/// assert_eq!(EventCode::INVOICE_COMPLETED, EventCode(1006));
/// assert_eq!(EventCode(7002).name(), Some("refund_pending"));
/// assert_eq!(EventCode(7777).subject(), Some(Subject::Refund));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventCode(pub u32);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        impl EventCode {
            $(
                #[doc = concat!("`", $text, "`.")]
                $(#[$doc])*
                pub const $name: Self = Self($code);
            )*

            /// Every code that this version knows.
            pub const KNOWN: &[Self] = &[$(Self::$name),*];

            /// BitPay's name of it, for a code that this version knows.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                Some(match self {
                    $(Self::$name => $text,)*
                    _ => return None,
                })
            }
        }
    };
}

codes! {
    /// Paid, which guarantees nothing yet.
    INVOICE_PAID_IN_FULL = 1003, "invoice_paidInFull";
    /// Not paid in time.
    INVOICE_EXPIRED = 1004, "invoice_expired";
    /// Confirmed as the transaction speed asks.
    INVOICE_CONFIRMED = 1005, "invoice_confirmed";
    /// Settled.
    INVOICE_COMPLETED = 1006, "invoice_completed";
    /// A resend was asked for.
    INVOICE_MANUALLY_NOTIFIED = 1012, "invoice_manuallyNotified";
    /// Invalid.
    INVOICE_FAILED_TO_CONFIRM = 1013, "invoice_failedToConfirm";
    /// A refund was processed.
    INVOICE_REFUND_COMPLETE = 1016, "invoice_refundComplete";
    /// Declined.
    INVOICE_DECLINED = 1019, "invoice_declined";
    RECIPIENT_INVITED = 4001, "recipient_invited";
    RECIPIENT_UNVERIFIED = 4002, "recipient_unverified";
    RECIPIENT_VERIFIED = 4003, "recipient_verified";
    RECIPIENT_ACTIVE = 4004, "recipient_active";
    RECIPIENT_PAUSED = 4005, "recipient_paused";
    RECIPIENT_REMOVED = 4006, "recipient_removed";
    RECIPIENT_MANUALLY_NOTIFIED = 4007, "recipient_manuallyNotified";
    PAYOUT_FUNDED = 5001, "payout_funded";
    PAYOUT_PROCESSING = 5002, "payout_processing";
    PAYOUT_COMPLETED = 5003, "payout_completed";
    /// Older pages print 5003 for it as well: look at the name.
    PAYOUT_CANCELLED = 5004, "payout_cancelled";
    PAYOUT_MANUALLY_NOTIFIED = 5005, "payout_manuallyNotified";
    /// The number is inferred: the pages give only the one of `refund_pending`.
    REFUND_CREATED = 7001, "refund_created";
    REFUND_PENDING = 7002, "refund_pending";
    /// The number is inferred.
    REFUND_SUCCESS = 7003, "refund_success";
    /// The number is inferred.
    REFUND_FAILURE = 7004, "refund_failure";
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// An invoice.
    Invoice,
    /// A refund.
    Refund,
    /// A payout.
    Payout,
    /// A recipient of payouts.
    Recipient,
}

impl EventCode {
    /// What an event of this number is about, whether the number is known or not: BitPay gives each
    /// resource a thousand. `None` outside of these.
    #[must_use]
    pub const fn subject(self) -> Option<Subject> {
        match self.0 {
            1000..=1999 => Some(Subject::Invoice),
            4000..=4999 => Some(Subject::Recipient),
            5000..=5999 => Some(Subject::Payout),
            7000..=7999 => Some(Subject::Refund),
            _ => None,
        }
    }
}

impl Subject {
    /// What an event of this name is about: `refund_pending` about a refund.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.split_once('_')?.0 {
            "invoice" => Self::Invoice,
            "refund" => Self::Refund,
            "payout" => Self::Payout,
            "recipient" => Self::Recipient,
            _ => return None,
        })
    }
}

impl fmt::Display for EventCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
