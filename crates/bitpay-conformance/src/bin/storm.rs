//! Storms, for `docs/benchmarks.md` and for `cargo xtask storm`.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use bitpay_conformance::storm::simulated::{Report, Size, run};

const USAGE: &str = "usage: storm simulated FIRST_SEED SEEDS [JOBS]";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |text: &String| text.parse::<u64>().expect(USAGE);
    let [kind, first, seeds, rest @ ..] = &args[..] else {
        panic!("{USAGE}");
    };
    assert_eq!(kind, "simulated", "{USAGE}");
    let (first, seeds) = (number(first), number(seeds));
    let jobs = rest.first().map_or(60, number);
    let size = Size {
        processes: 2,
        jobs: usize::try_from(jobs).unwrap(),
    };
    let next = AtomicU64::new(first);
    let began = Instant::now();
    let mut all = Report::default();
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(|| {
                    let mut mine = Report::default();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= first + seeds || mine.wrong.len() > 20 {
                            return mine;
                        }
                        mine.add(run(seed, size));
                    }
                })
            })
            .collect();
        for thread in threads {
            all.add(thread.join().unwrap());
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    let counts = &all.counts;
    println!(
        "{seeds} seeds, {} exchanges in {seconds:.1} s: {:.0} a minute",
        counts.exchanges,
        counts.exchanges as f64 / seconds * 60.0,
    );
    println!(
        "made {}, unknown {} (of which {} were made), kills {}, restarts of the server {}",
        all.made, all.unknown, all.unknown_made, counts.kills, counts.restarts
    );
    for (trouble, count) in &counts.troubles {
        println!("{count:>9}  {trouble:?}");
    }
    for wrong in &all.wrong {
        println!("WRONG: {wrong}");
    }
    assert!(all.wrong.is_empty(), "{} things are wrong", all.wrong.len());
}
