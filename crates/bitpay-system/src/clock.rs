//! The time of one call.

use std::time::Instant;

use bitpay_core::time::Timestamp;
use jiff::SignedDuration;

/// Tells the time of one call: the wall clock when it began, and from then on a clock that is never
/// set, so that a time limit holds when somebody sets the wall clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began: Timestamp,
    since: Instant,
}

impl Clock {
    /// Begins now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            began: Timestamp::now(),
            since: Instant::now(),
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.since.elapsed()).unwrap_or(SignedDuration::MAX);
        self.began.checked_add(passed).unwrap_or(Timestamp::MAX)
    }
}
