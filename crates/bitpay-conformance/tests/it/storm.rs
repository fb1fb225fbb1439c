//! Small storms. `cargo xtask storm` runs large ones.

use bitpay_conformance::storm::simulated::{Report, Size, run};
use bitpay_conformance::storm::world::TROUBLES;

#[test]
fn whatever_goes_wrong_nothing_is_made_twice_and_nothing_is_lost_without_a_name() {
    let size = Size {
        processes: 2,
        jobs: 12,
    };
    let mut all = Report::default();
    for seed in 1..=30 {
        all.add(run(seed, size));
    }
    assert!(all.wrong.is_empty(), "{:#?}", all.wrong);
    // It was a storm.
    for trouble in TROUBLES {
        assert!(all.counts.troubles.contains_key(&trouble), "{trouble:?}");
    }
    assert!(all.counts.kills > 0 && all.counts.restarts > 0);
    assert!(all.made > 0 && all.unknown > 0);
}

#[test]
fn a_seed_is_one_history() {
    let size = Size {
        processes: 2,
        jobs: 5,
    };
    assert_eq!(format!("{:?}", run(7, size)), format!("{:?}", run(7, size)));
}
