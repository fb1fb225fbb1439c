//! The rule about trying again, number by number.

use core::time::Duration;

use bitpay_core::operation::RetryClass;
use bitpay_core::retry::{Fault, Next, RetryPolicy, decide};

fn policy() -> RetryPolicy {
    let mut policy = RetryPolicy::default();
    policy.tries = 40;
    policy.deadline = Duration::from_secs(3600);
    policy.first_pause = Duration::from_millis(100);
    policy.longest_pause = Duration::from_secs(60);
    policy
}

fn pause(tries: u32, chance: u64) -> Duration {
    match decide(
        RetryClass::Read,
        false,
        Fault::Unknown,
        tries,
        Duration::ZERO,
        &policy(),
        chance,
    ) {
        Next::Again(pause) => pause,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_pause_doubles_and_chance_takes_up_to_half_of_it_away() {
    let millis = Duration::from_millis;
    for (tries, whole) in [(1, 100), (2, 200), (3, 400), (4, 800), (10, 51_200)] {
        let seen = [0, 500, 1000, 1001].map(|chance| pause(tries, chance));
        let half = whole / 2;
        assert_eq!(
            seen,
            [half, half + half / 2, whole, half].map(millis),
            "{tries}"
        );
    }
    // From then on it is the longest, however often one tried.
    for tries in [11, 32, 33, 39] {
        assert_eq!(pause(tries, 0), millis(30_000), "{tries}");
        assert_eq!(pause(tries, 1000), millis(60_000), "{tries}");
    }
}

#[test]
fn tries_and_time_are_used_up_to_the_last_and_no_further() {
    let policy = policy();
    let class = RetryClass::LookupByGuid;
    let after = |tries, elapsed, asked| {
        decide(
            class,
            true,
            Fault::Busy(Some(asked)),
            tries,
            elapsed,
            &policy,
            0,
        )
    };
    let second = Duration::from_secs(1);
    let moment = Duration::from_nanos(1);
    assert_eq!(after(39, Duration::ZERO, second), Next::Again(second));
    assert_eq!(after(40, Duration::ZERO, second), Next::GiveUp);
    let last = policy.deadline - second;
    assert_eq!(after(1, last - moment, second), Next::Again(second));
    assert_eq!(after(1, last, second), Next::GiveUp);
    let longest = policy.longest_pause;
    assert_eq!(after(1, Duration::ZERO, longest), Next::Again(longest));
    assert_eq!(after(1, Duration::ZERO, longest + moment), Next::GiveUp);
    assert_eq!(RetryPolicy::off().tries, 1);
}

#[test]
fn each_class_goes_on_as_it_may() {
    use Fault::{Busy, Final, NotSent, Unknown};
    use RetryClass::{LookupByGuid, LookupByReference, Never, Read, ReadBack, ReplayByGuid};
    let next = |class, can_look_up, fault| match decide(
        class,
        can_look_up,
        fault,
        1,
        Duration::ZERO,
        &policy(),
        0,
    ) {
        Next::Again(_) => "again",
        Next::LookUp(_) => "look up",
        _ => "give up",
    };
    let all = [
        Read,
        ReplayByGuid,
        LookupByGuid,
        LookupByReference,
        ReadBack,
        Never,
    ];
    for can_look_up in [true, false] {
        for class in all {
            assert_eq!(next(class, can_look_up, Final), "give up", "{class:?}");
            let again = if class == Never { "give up" } else { "again" };
            assert_eq!(next(class, can_look_up, NotSent), again, "{class:?}");
            assert_eq!(next(class, can_look_up, Busy(None)), again, "{class:?}");
        }
    }
    let unknown = |can_look_up| all.map(|class| next(class, can_look_up, Unknown));
    assert_eq!(
        unknown(true),
        [
            "again", "look up", "look up", "give up", "look up", "give up"
        ]
    );
    assert_eq!(
        unknown(false),
        ["again", "again", "look up", "give up", "give up", "give up"]
    );
}
