//! The wait for an approval, without a clock.

use alloc::vec::Vec;
use core::time::Duration;

use super::{ApprovedToken, Pairing};
use crate::error::{ApiErrorKind, Error};
use crate::time::Timestamp;

/// What to do next while waiting for an approval.
#[derive(Debug)]
pub enum Wait {
    /// List the key's tokens, and tell [`Approval::listed`].
    Ask,
    /// Let this much time pass.
    Sleep(Duration),
    /// The wait is over.
    Over(Waited),
}

/// Waits for an approval, without a clock: [`Approval::next`] is told the time.
#[derive(Debug)]
pub struct Approval<'a> {
    pairing: &'a Pairing,
    every: Duration,
    asked: Option<Timestamp>,
    approved: bool,
}

/// BitPay limits how often it is asked: waiting asks no more often than this.
pub const FASTEST_POLL: Duration = Duration::from_secs(5);

impl<'a> Approval<'a> {
    /// Waits for this pairing, asking every so often, but no faster than every five seconds.
    #[must_use]
    pub fn of(pairing: &'a Pairing, every: Duration) -> Self {
        Self {
            pairing,
            every: every.max(FASTEST_POLL),
            asked: None,
            approved: false,
        }
    }

    /// What to do at this instant. The last question is asked at the expiry itself, so that an
    /// approval in the last seconds is seen.
    pub fn next(&mut self, now: Timestamp) -> Wait {
        if self.approved {
            return Wait::Over(Waited::Approved);
        }
        let Some(asked) = self.asked else {
            self.asked = Some(now);
            return Wait::Ask;
        };
        if self.pairing.is_expired(asked) {
            return Wait::Over(Waited::Expired);
        }
        let passed = Duration::try_from(now.duration_since(asked)).unwrap_or_default();
        let until_expiry = match self.pairing.expires_at {
            Some(expires) => Duration::try_from(expires.duration_since(asked)).unwrap_or_default(),
            None => self.every,
        };
        let pause = self.every.min(until_expiry);
        if passed >= pause {
            self.asked = Some(now);
            Wait::Ask
        } else {
            Wait::Sleep(pause - passed)
        }
    }

    /// Tells what BitPay answered to the question.
    ///
    /// # Errors
    /// Returns the error, unless it is the refusal of a key that has no approved token yet.
    pub fn listed<T: AsRef<Vec<ApprovedToken>>>(
        &mut self,
        answer: Result<T, Error>,
    ) -> Result<(), Error> {
        match answer {
            Ok(tokens) => {
                self.approved = tokens
                    .as_ref()
                    .iter()
                    .any(|listed| self.pairing.has_token(listed))
            }
            Err(error)
                if error
                    .api()
                    .is_some_and(|api| api.kind == ApiErrorKind::NotPaired) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// How the wait for an approval ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// The token is usable.
    Approved,
    /// The code ran out before it was approved. Ask for a new pairing.
    Expired,
}
