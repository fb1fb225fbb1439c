//! Several processes with one profile.

use std::path::Path;

use bitpay_core::{AnyToken, Facade};
use bitpay_store::{Profile, Store};

use crate::{child, filled, private_dir, token};

const ROUNDS: usize = 20;
const WRITERS: [Facade; 2] = [Facade::Pos, Facade::Payout];

/// A token that says how often it was changed.
fn counting(facade: Facade, count: usize) -> AnyToken {
    token(
        facade,
        &format!("{}{}", "A".repeat(44 - count), "z".repeat(count)),
    )
}

fn counted(profile: &Profile, facade: Facade) -> usize {
    let token = profile.token(facade);
    token.map_or(0, |token| token.expose().matches('z').count())
}

/// What a writer does: each round makes its own token and the common one say one more.
pub(crate) fn count(dir: &Path, own: Facade) {
    let store = Store::open(dir).unwrap();
    for round in 1..=ROUNDS {
        let mut guard = store.lock("shop").unwrap();
        let common = counted(guard.profile(), Facade::Merchant);
        guard
            .update(|profile| {
                profile.set_token(counting(own, round));
                profile.set_token(counting(Facade::Merchant, common + 1));
            })
            .unwrap();
    }
}

#[test]
fn two_processes_lose_no_token_of_each_other_and_a_third_reads_whole_profiles() {
    let dir = private_dir();
    let store = filled(dir.path());
    store
        .lock("shop")
        .unwrap()
        .update(|profile| profile.set_token(counting(Facade::Merchant, 0)))
        .unwrap();
    let mut writers = WRITERS.map(|facade| {
        let task = format!("count {facade}");
        child(&task, dir.path(), "true").spawn().unwrap()
    });
    let mut last = [0; 3];
    let mut seen = 0;
    loop {
        let done = writers
            .iter_mut()
            .all(|writer| writer.try_wait().unwrap().is_some());
        // Never half a file, never one that is not there, never one from before.
        let profile = store.profile("shop").unwrap();
        let [pos, payout] = WRITERS.map(|facade| counted(&profile, facade));
        let now = [pos, payout, counted(&profile, Facade::Merchant)];
        assert_eq!(
            pos + payout,
            now[2],
            "both tokens of an update are there, or none"
        );
        for (last, now) in last.iter_mut().zip(now) {
            assert!(*last <= now, "a token was lost");
            seen += usize::from(*last < now);
            *last = now;
        }
        if done {
            break;
        }
    }
    for writer in &mut writers {
        assert!(writer.wait().unwrap().success());
    }
    assert_eq!(last, [ROUNDS, ROUNDS, WRITERS.len() * ROUNDS]);
    assert!(seen > 3, "nothing was read while they wrote");
}
