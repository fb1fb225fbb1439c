//! What happens by itself as time passes, each at its own instant and in the order of time, however far
//! the clock was moved.

use std::time::Duration;

use bitpay_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::control::ControlError;
use crate::{Engine, Ticked};

/// Something that is to happen, to what is at this place of its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(crate) enum Due {
    /// An invoice's time is over: to be paid, or to be confirmed.
    Deadline(usize),
    /// A step of what an invoice's order id asks for.
    Outcome(usize, u8),
    /// A block confirms an invoice's payment once more.
    Confirmation(usize),
    /// A refund goes on from this step, if it still stands there.
    Refund(usize, u8),
    /// A payout goes on from this step, if it still stands there.
    Payout(usize, u8),
    /// A recipient goes on from this step, if they still stand there.
    Recipient(usize, u8),
    /// A webhook of this number is tried again.
    Webhook(u64),
}

impl Engine {
    /// Lets time pass: invoices expire, ledgers are settled, and webhooks are tried again.
    pub fn tick(&mut self, clock: Timestamp) -> Ticked {
        self.pass_to(clock);
        Ticked {
            deliver: std::mem::take(&mut self.outbox),
            heard: std::mem::take(&mut self.heard),
            persist: self.save(),
            next: self.due(),
        }
    }

    /// Moves the sandbox's clock ahead of the one that it is told. What is due then is done by the next
    /// [`tick`](Self::tick) or [`handle`](Self::handle), in the order of time.
    pub fn advance(&mut self, by: Duration) {
        self.moved = self.moved.saturating_add(by);
    }

    /// Moves the sandbox's clock ahead to an instant; it goes on from there. It is never moved back: what
    /// happened would not be undone.
    ///
    /// # Errors
    /// When the instant is past.
    pub fn set_clock(&mut self, to: Timestamp, clock: Timestamp) -> Result<(), ControlError> {
        let now = self.now(clock);
        match Duration::try_from(to.duration_since(now)) {
            Ok(by) => {
                self.advance(by);
                Ok(())
            }
            Err(_) => Err(ControlError::ClockBack { now }),
        }
    }

    /// The sandbox's time when the clock shows this, in whole milliseconds as all of its times.
    #[must_use]
    pub fn now(&self, clock: Timestamp) -> Timestamp {
        let now = clock.checked_add(self.moved).unwrap_or(Timestamp::MAX);
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Does what was to be done by now.
    pub(crate) fn pass_to(&mut self, clock: Timestamp) {
        // The clock that is told now may be behind, as when it was set at the start.
        if let Some(last) = self.not_before.take()
            && let Ok(behind) = Duration::try_from(last.duration_since(self.now(clock)))
        {
            self.advance(behind);
        }
        let until = self.now(clock);
        self.run_until(until);
    }

    /// Does what is due, each at its time.
    pub(crate) fn run_until(&mut self, until: Timestamp) {
        self.until = until;
        while let Some(at) = self.next().filter(|at| *at <= until) {
            self.now = at.max(self.now).min(until);
            // First, so that a day holds what happened before its closing.
            if self.ledger.due() == Some(at) {
                self.ledger_is_due(at);
            } else if let Some(timer) = self.timers.first().copied() {
                self.timers.remove(&timer);
                self.happen(timer.1);
            }
        }
        self.now = until;
    }

    /// When there is something to do, by the clock that the engine is told.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let next = self.next()?;
        next.checked_sub(self.moved).ok()
    }

    /// When there is something to do, by the sandbox's own clock.
    fn next(&self) -> Option<Timestamp> {
        let timer = self.timers.first().map(|(at, _)| *at);
        timer.into_iter().chain(self.ledger.due()).min()
    }

    /// Plans something for later.
    pub(crate) fn plan(&mut self, after: Duration, due: Due) {
        if let Ok(at) = self.now.checked_add(after) {
            self.timers.insert((at, due));
        }
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Deadline(index) => self.invoice_is_due(index),
            Due::Outcome(index, step) => self.act_out(index, step),
            Due::Confirmation(index) => self.confirmation_is_due(index),
            Due::Refund(index, from) => self.refund_is_due(index, from),
            Due::Payout(index, from) => self.payout_is_due(index, from),
            Due::Recipient(index, from) => self.recipient_is_due(index, from),
            Due::Webhook(id) => self.webhook_is_due(id),
        }
    }
}
