//! How often to call, at the most: limits of one's own, kept before BitPay's are met.
//!
//! BitPay allows a merchant 100 invoices an hour, and does not publish its rates per second and minute
//! (<https://developer.bitpay.com/docs/create-invoice>). A limit is shared by all clients that were made
//! from one; several processes do not share it.
//!
//! A [`Limiter`] remembers the calls of its last span of time, and those that wait. That is exact, where the
//! usual bucket of tokens lets through twice as many in an unlucky span: in no span of the limit's length
//! are there more calls than it allows, nobody waits longer than that needs, and whoever waits has a place
//! that nobody takes away.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

use jiff::SignedDuration;
use spin::Mutex;

use crate::operation::Operation;
use crate::time::Timestamp;

/// A clock that goes back further than this was set; what is less, threads overtaking each other explain.
const SLACK: SignedDuration = SignedDuration::from_secs(30);

/// So many in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rate {
    /// How many.
    pub count: NonZeroU32,
    /// In any span of this length.
    pub per: Duration,
}

impl Rate {
    /// So many in any span of this length. None at all cannot be said: a count of 0 is 1.
    #[must_use]
    pub fn new(count: u32, per: Duration) -> Self {
        Self {
            count: NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN),
            per,
        }
    }

    /// So many in any second.
    #[must_use]
    pub fn per_second(count: u32) -> Self {
        Self::new(count, Duration::from_secs(1))
    }

    /// So many in any hour.
    #[must_use]
    pub fn per_hour(count: u32) -> Self {
        Self::new(count, Duration::from_secs(3600))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.per.as_secs() {
            1 if self.per.subsec_nanos() == 0 => write!(f, "{} a second", self.count),
            3600 if self.per.subsec_nanos() == 0 => write!(f, "{} an hour", self.count),
            _ => write!(f, "{} in {:?}", self.count, self.per),
        }
    }
}

/// A rate, and the calls of its last span: a value without a clock.
///
/// ```
/// use std::time::Duration;
/// use bitpay_core::limit::{Limiter, Rate};
/// use bitpay_core::time::Timestamp;
///
/// let mut limiter = Limiter::new(Rate::per_second(2));
/// let now = Timestamp::UNIX_EPOCH;
/// assert_eq!(limiter.take(now), Duration::ZERO);
/// assert_eq!(limiter.take(now), Duration::ZERO);
/// assert_eq!(limiter.take(now), Duration::from_secs(1));
/// ```
#[derive(Clone, Debug)]
pub struct Limiter {
    rate: Rate,
    /// When the calls were, or will be, in order.
    taken: Vec<Timestamp>,
    /// The latest time that was told.
    latest: Timestamp,
}

impl Limiter {
    /// A limiter that was not used yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            taken: Vec::new(),
            latest: Timestamp::MIN,
        }
    }

    /// Takes the earliest place that is free, and says how long to wait for it.
    pub fn take(&mut self, now: Timestamp) -> Duration {
        self.tell(now);
        let place = self.earliest(now);
        self.put(place);
        between(now, place)
    }

    /// The earliest time from this one on at which there is room for one more call.
    fn earliest(&self, from: Timestamp) -> Timestamp {
        // It is now, or as soon as another is no longer in the same span.
        let ends = self.taken.iter().map(|taken| self.after(*taken));
        let mut times = core::iter::once(from).chain(ends.filter(|end| *end > from));
        times
            .find(|time| self.has_room(*time))
            .unwrap_or(Timestamp::MAX)
    }

    /// Would no span of the limit's length have too many, with one more at this time?
    fn has_room(&self, time: Timestamp) -> bool {
        let count = usize::try_from(self.rate.count.get()).unwrap_or(usize::MAX);
        let place = self.taken.partition_point(|taken| *taken <= time);
        // With it in its place, the `count`th after each one that may share a span with it is far enough.
        let nth = |index: usize| match index.checked_sub(place) {
            None => self.taken.get(index).copied(),
            Some(0) => Some(time),
            Some(_) => self.taken.get(index - 1).copied(),
        };
        (place.saturating_sub(count)..=place).all(|first| {
            let last = first.checked_add(count).and_then(nth);
            match (nth(first), last) {
                (Some(first), Some(last)) => last >= self.after(first),
                _ => true,
            }
        })
    }

    /// When a call at this time is no longer in the same span.
    fn after(&self, time: Timestamp) -> Timestamp {
        let per = SignedDuration::try_from(self.rate.per).unwrap_or(SignedDuration::MAX);
        time.checked_add(per).unwrap_or(Timestamp::MAX)
    }

    fn put(&mut self, place: Timestamp) {
        let index = self.taken.partition_point(|taken| *taken <= place);
        self.taken.insert(index, place);
    }

    /// Is told the time. Should the clock have been set back, all that is remembered goes back with it, so
    /// that nobody waits for the time to come round again.
    fn tell(&mut self, now: Timestamp) {
        let back = self.latest.duration_since(now);
        if back > SLACK && self.latest != Timestamp::MIN {
            for taken in &mut self.taken {
                *taken = taken.checked_sub(back).unwrap_or(Timestamp::MIN);
            }
            self.latest = now;
        }
        self.latest = self.latest.max(now);
        // What shares no span with any later time is forgotten.
        let now = self.latest.checked_sub(SLACK).unwrap_or(Timestamp::MIN);
        let old = self
            .taken
            .partition_point(|taken| self.after(*taken) <= now);
        self.taken.drain(..old);
    }
}

/// A limit of the set-up: of all calls, or of those of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) operation: Option<&'static str>,
    pub(crate) rate: Rate,
}

/// The limits of a client, shared by all that were made from it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits(Option<Arc<Vec<Shared>>>);

#[derive(Debug)]
struct Shared {
    operation: Option<&'static str>,
    limiter: Mutex<Limiter>,
}

impl Limits {
    pub(crate) fn new(limits: &[Limit]) -> Self {
        let shared = |limit: &Limit| Shared {
            operation: limit.operation,
            limiter: Mutex::new(Limiter::new(limit.rate)),
        };
        let all: Vec<_> = limits.iter().map(shared).collect();
        Self((!all.is_empty()).then(|| Arc::new(all)))
    }

    /// Takes a place for a request of this operation, if that is no later than `patience`, and says how
    /// long to wait for it.
    pub(crate) fn take(
        &self,
        operation: &Operation,
        now: Timestamp,
        patience: Duration,
    ) -> Result<Duration, LimitError> {
        let Some(all) = &self.0 else {
            return Ok(Duration::ZERO);
        };
        // Always in the same order: two that take several places do not wait for each other.
        let mut limiters: Vec<_> = all
            .iter()
            .filter(|one| one.operation.is_none_or(|name| name == operation.name))
            .map(|one| one.limiter.lock())
            .collect();
        for limiter in &mut limiters {
            limiter.tell(now);
        }
        // The place is the same in all of them.
        let mut place = now;
        loop {
            let before = place;
            for limiter in &limiters {
                place = limiter.earliest(place);
                let wait = between(now, place);
                if wait > patience {
                    let rate = limiter.rate;
                    return Err(LimitError { rate, wait });
                }
            }
            if place == before {
                break;
            }
        }
        for limiter in &mut limiters {
            limiter.put(place);
        }
        Ok(between(now, place))
    }
}

fn between(now: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(now)).unwrap_or_default()
}

/// A call that would have to wait longer for one of the client's own limits than it may take. Nothing was
/// sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client's own limit of {rate} is reached for {} s more", .wait.as_secs() + 1)]
#[non_exhaustive]
pub struct LimitError {
    /// The limit.
    pub rate: Rate,
    /// How long it would have to wait.
    pub wait: Duration,
}
