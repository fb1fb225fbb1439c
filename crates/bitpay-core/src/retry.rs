//! When to try again: a pure function of what happened, how often, and a number for chance.

use core::time::Duration;

use crate::operation::RetryClass;

/// How often and how long to try.
///
/// A try that is known to have had no effect is repeated for every class but
/// [`RetryClass::Never`]; one whose outcome is unknown only as its class allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many requests at the most, the first included. One switches retrying off.
    pub tries: u32,
    /// All tries and pauses together take no longer than this.
    pub deadline: Duration,
    /// The pause after the first try, at the most; it doubles with each further one. Chance takes up to half of it
    /// away, so that many clients do not come at once.
    pub first_pause: Duration,
    /// No pause is longer than this, not even one that the server asks for: the call ends with its answer then.
    pub longest_pause: Duration,
}

impl Default for RetryPolicy {
    /// Four tries within two minutes, with pauses of at most a half, one and two seconds between them, or of what
    /// the server asks for, up to a minute.
    fn default() -> Self {
        Self {
            tries: 4,
            deadline: Duration::from_secs(120),
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// One try and no more.
    #[must_use]
    pub fn off() -> Self {
        Self {
            tries: 1,
            ..Self::default()
        }
    }
}

/// What is known of a try that did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing reached the server.
    NotSent,
    /// The server refused for now, and did nothing. It may say how long to wait.
    Busy(Option<Duration>),
    /// Something may have happened.
    Unknown,
    /// The server has answered, and the answer stands.
    Final,
}

/// What to do after a try that did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// Report the fault.
    GiveUp,
    /// Send the same bytes again, after a pause.
    Again(Duration),
    /// Look up what the request may have made, or read what it may have changed, after a pause.
    LookUp(Duration),
}

/// Decides what to do after the `tries`-th try, `elapsed` after the first one began.
///
/// `chance` is any number; it spreads the pauses of many clients. `can_look_up` says that the
/// operation has a look-up.
#[must_use]
pub fn decide(
    class: RetryClass,
    can_look_up: bool,
    fault: Fault,
    tries: u32,
    elapsed: Duration,
    policy: &RetryPolicy,
    chance: u64,
) -> Next {
    if tries >= policy.tries || class == RetryClass::Never {
        return Next::GiveUp;
    }
    let pause = match fault {
        Fault::Busy(Some(asked)) => asked,
        _ => backoff(tries, policy, chance),
    };
    if pause > policy.longest_pause || elapsed.saturating_add(pause) >= policy.deadline {
        return Next::GiveUp;
    }
    match (fault, class) {
        (Fault::Final, _) => Next::GiveUp,
        (Fault::NotSent | Fault::Busy(_), _) => Next::Again(pause),
        (Fault::Unknown, RetryClass::Read) => Next::Again(pause),
        (Fault::Unknown, RetryClass::ReplayByGuid) if !can_look_up => Next::Again(pause),
        (Fault::Unknown, RetryClass::ReplayByGuid | RetryClass::LookupByGuid) => {
            Next::LookUp(pause)
        }
        (Fault::Unknown, RetryClass::ReadBack) if can_look_up => Next::LookUp(pause),
        (Fault::Unknown, _) => Next::GiveUp,
    }
}

/// Between half of the doubling pause and the whole of it.
pub(crate) fn backoff(tries: u32, policy: &RetryPolicy, chance: u64) -> Duration {
    let doubled = policy.first_pause.saturating_mul(
        1u32.checked_shl(tries.saturating_sub(1))
            .unwrap_or(u32::MAX),
    );
    let whole = doubled.min(policy.longest_pause);
    let part = u32::try_from(chance % 1001).unwrap_or_default();
    whole / 2 + whole / 2 * part / 1000
}
