//! Limits of one's own, on a clock of one's own.

use std::time::Duration;

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::limit::{Limiter, Rate};
use bitpay_core::model::rate::{GetRate, GetRates};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::time::Timestamp;
use bitpay_core::{Anonymous, Config, Currency, Effect, Environment, ErrorKind};
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn began() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time + SignedDuration::try_from(by).unwrap()
}

/// Is there room for all of these? No span may begin at one of them and have too many in it.
fn fits(places: &[Timestamp], rate: Rate) -> bool {
    let count = usize::try_from(rate.count.get()).unwrap();
    let mut places = places.to_vec();
    places.sort();
    places
        .iter()
        .zip(places.iter().skip(count))
        .all(|(first, last)| *last >= later(*first, rate.per))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(7), cases: 256, ..ProptestConfig::default() })]

    /// In no span of time are there more calls than allowed, nobody waits longer than that needs, and no
    /// place that was given is given up for a later caller.
    #[test]
    fn a_limit_is_kept_in_every_span_and_nobody_waits_longer_than_it_needs(
        count in 1u32..8,
        per in 1u64..50,
        pauses in prop::collection::vec(0u64..30, 1..60),
    ) {
        let rate = Rate::new(count, Duration::from_millis(per));
        let mut limiter = Limiter::new(rate);
        let mut now = began();
        let mut places: Vec<Timestamp> = Vec::new();
        for pause in pauses {
            now = later(now, Duration::from_millis(pause));
            let wait = limiter.take(now);
            let place = later(now, wait);
            // A little earlier there is no room, at whatever instant. All times are whole milliseconds.
            let mut earlier = now;
            while earlier < place {
                let mut tried = places.clone();
                tried.push(earlier);
                prop_assert!(!fits(&tried, rate), "{:?} too long: {}", wait, earlier);
                earlier = later(earlier, Duration::from_millis(1));
            }
            places.push(place);
            prop_assert!(fits(&places, rate), "{:?}", places);
        }
        // With one limit, places come in the order in which they were asked for.
        prop_assert!(places.is_sorted());
    }
}

#[test]
fn a_clock_that_is_set_back_does_not_make_anybody_wait_for_the_time_to_come_round() {
    let mut limiter = Limiter::new(Rate::per_hour(1));
    assert_eq!(limiter.take(began()), Duration::ZERO);
    let day = Duration::from_secs(24 * 3600);
    let before = began() - SignedDuration::try_from(day).unwrap();
    assert_eq!(limiter.take(before), Duration::from_secs(3600));
    // Threads that overtake each other are no clock that was set.
    let mut limiter = Limiter::new(Rate::per_second(1));
    let moment = SignedDuration::from_millis(5);
    assert_eq!(limiter.take(began()), Duration::ZERO);
    assert_eq!(limiter.take(began() - moment), Duration::from_millis(1005));
}

/// Makes a call whose exchange takes no time; gives the time when it was sent, or the error.
fn call<E>(
    request: &E,
    settings: &Settings,
    now: Timestamp,
) -> Result<Timestamp, bitpay_core::Error>
where
    E: bitpay_core::Allows<Anonymous>,
{
    let base = Environment::Test.base_url();
    let mut call = Call::new(request, &base, &Anonymous, settings).unwrap();
    let mut now = now;
    let mut sent = None;
    loop {
        match call.step(now, 0) {
            Step::Send(_) => {
                sent = Some(now);
                assert!(call.head(StatusCode::OK, HeaderMap::new()));
                assert!(call.body(br#"{"data":[]}"#));
                call.end();
            }
            Step::Sleep(pause) => now = later(now, pause),
            // Whether it is understood does not matter here.
            Step::Done(result) => {
                return match (sent, result) {
                    (Some(sent), _) => Ok(sent),
                    (None, result) => Err(result.err().unwrap()),
                };
            }
            _ => panic!("there is nothing to sign or to note"),
        }
    }
}

#[test]
fn a_call_waits_for_its_place_and_not_beyond_its_deadline() {
    let rate = GetRate::new(Currency::BTC, Currency::EUR);
    let mut policy = RetryPolicy::off();
    policy.deadline = Duration::from_secs(30);
    let config = Config::new(Environment::Test)
        .retry(policy)
        .limit::<GetRates>(Rate::new(2, Duration::from_secs(60)))
        .limit_all(Rate::new(3, Duration::from_secs(10)));
    let settings = Settings::new(&config).unwrap();
    // Clones share the limits, and so do clients with another policy.
    let clone = settings.clone().with_retry(policy);
    let at = |seconds: u64| later(began(), Duration::from_secs(seconds));
    assert_eq!(call(&GetRates::new(), &settings, at(0)).unwrap(), at(0));
    assert_eq!(call(&GetRates::new(), &clone, at(0)).unwrap(), at(0));
    // A minute would have to pass.
    let error = call(&GetRates::new(), &settings, at(1)).unwrap_err();
    assert_eq!((error.effect(), error.tries()), (Effect::Nothing, 0));
    assert!(error.is_retryable());
    let ErrorKind::Limit(limit) = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(limit.wait, Duration::from_secs(59));
    assert!(error.to_string().contains("2 in 60s"), "{error}");
    // It has taken no place, and is in nobody's way.
    assert_eq!(call(&rate, &settings, at(1)).unwrap(), at(1));
    assert_eq!(call(&rate, &settings, at(1)).unwrap(), at(10));
    // Within the deadline it waits.
    assert_eq!(call(&GetRates::new(), &settings, at(45)).unwrap(), at(60));
    // Another client has limits of its own.
    let other = Settings::new(&config).unwrap();
    assert_eq!(call(&GetRates::new(), &other, at(1)).unwrap(), at(1));
}

#[test]
fn whoever_waits_long_does_not_hold_up_what_may_go_now() {
    let mut policy = RetryPolicy::off();
    policy.deadline = Duration::from_secs(7200);
    let config = Config::new(Environment::Test)
        .retry(policy)
        .limit::<GetRates>(Rate::per_hour(1))
        .limit_all(Rate::per_second(1));
    let settings = Settings::new(&config).unwrap();
    let rate = GetRate::new(Currency::BTC, Currency::EUR);
    call(&GetRates::new(), &settings, began()).unwrap();
    let place = call(&GetRates::new(), &settings, began()).unwrap();
    assert_eq!(place, later(began(), Duration::from_secs(3600)));
    let next = later(began(), Duration::from_secs(1));
    assert_eq!(call(&rate, &settings, began()).unwrap(), next);
    // And what may go now does not take its place away.
    let before = later(began(), Duration::from_millis(3_599_500));
    let after = later(began(), Duration::from_secs(3601));
    assert_eq!(call(&rate, &settings, before).unwrap(), after);
}
