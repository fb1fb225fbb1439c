//! Storms, for `docs/benchmarks.md` and for `cargo xtask storm`.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bitpay_conformance::storm::real::{self, work};
use bitpay_conformance::storm::simulated::{Report, Size, run};
use bitpay_conformance::{Async, Blocking, Front as _};
use bitpay_sandbox::GuidRepeat;

const USAGE: &str = "usage: storm simulated FIRST_SEED SEEDS [JOBS]
       storm real FOLDER CREATES [KILLS [SEED]]";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |text: &String| text.parse::<u64>().expect(USAGE);
    match &args[..] {
        [kind, first, seeds, rest @ ..] if kind == "simulated" => {
            let jobs = rest.first().map_or(60, number);
            simulated(number(first), number(seeds), usize::try_from(jobs).unwrap());
        }
        [kind, folder, creates, rest @ ..] if kind == "real" => {
            let kills = rest.first().map_or(8, number);
            let seed = rest.get(1).map_or(1, number);
            real(Path::new(folder), number(creates), kills, seed);
        }
        [kind, plan] if kind == "worker" => work(Path::new(plan)),
        _ => panic!("{USAGE}"),
    }
}

/// So many creates of each kind by each client, a third of them on each kind of server.
fn real(folder: &Path, creates: u64, kills: u64, seed: u64) {
    let program = std::env::current_exe().unwrap();
    let servers = [
        ("replays", GuidRepeat::Replay),
        ("ignores", GuidRepeat::Ignored),
        ("shows late", GuidRepeat::Late(Duration::from_millis(500))),
    ];
    let each = usize::try_from(creates.div_ceil(3)).unwrap();
    println!(
        "| client | server, of a refund's guid | creates | made | unknown, of which made | requests | tries for each | kills | seconds | wrong |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let (mut wrong, mut killed) = (0, 0);
    for front in [Blocking::NAME, Async::NAME] {
        for (name, guids) in servers {
            let kills = usize::try_from(kills).unwrap();
            let ran = real::run(&program, folder, front, guids, each, seed, kills);
            println!(
                "| {front} | {name} | {} | {} | {}, {} | {} | {:.2} | {} | {:.0} | {} |",
                ran.jobs,
                ran.made,
                ran.unknown,
                ran.unknown_made,
                ran.requests,
                ran.requests as f64 / ran.jobs as f64,
                ran.kills,
                ran.took.as_secs_f64(),
                ran.wrong.len(),
            );
            for what in ran.wrong.iter().take(20) {
                println!("WRONG: {what}");
            }
            wrong += ran.wrong.len();
            killed += ran.kills;
        }
    }
    assert_eq!(wrong, 0, "things are wrong");
    assert!(killed > 0 || kills == 0, "no process was killed");
}

fn simulated(first: u64, seeds: u64, jobs: usize) {
    let size = Size { processes: 2, jobs };
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
