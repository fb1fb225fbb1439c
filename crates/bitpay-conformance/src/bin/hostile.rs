//! What a server that means harm costs a client, for `docs/benchmarks.md`: each attack in a process of its
//! own, with the most memory that it took.
//!
//! Without arguments it runs all, with what a client allows by default; with a number, with as many MiB for an
//! answer. It fails when a call does not end as it should, in time, and within its bound of memory. Linux only.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use bitpay_conformance::hostile::{ATTACKS, Allowed, Attack, Ending, GRACE};
use bitpay_conformance::{Async, Blocking, Front, Listening as _, memory};

/// The most that an attack may cost, in bytes. A text that fills an answer takes four times its size while it
/// is read: as it came, as JSON of a field, as its text, and as that is moved. The largest item of a list, an
/// invoice, takes 1.7 KB, however few bytes it came in. The rest is for what does not grow.
fn most(allowed: Allowed) -> usize {
    4 * allowed.max_body + 1_800 * allowed.max_items + (4 << 20)
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse().expect("usage: hostile [MEBIBYTES]");
    let default = Allowed::by_default();
    match args[..] {
        [] => all(default),
        [mebibytes] => all(Allowed {
            max_body: number(mebibytes) << 20,
            max_items: default.max_items * (number(mebibytes) << 20) / default.max_body,
        }),
        [front, attack, url, max_body, max_items] => {
            let allowed = Allowed {
                max_body: number(max_body),
                max_items: number(max_items),
            };
            let attack = &ATTACKS[number(attack)];
            match front {
                Async::NAME => one::<Async>(attack, url, allowed),
                _ => one::<Blocking>(attack, url, allowed),
            }
        }
        _ => panic!("usage: hostile [MEBIBYTES]"),
    }
}

fn all(allowed: Allowed) {
    println!("| The server sends | Blocking | Seconds | Memory | Async | Seconds | Memory |");
    println!("| --- | --- | ---: | ---: | --- | ---: | ---: |");
    let mut wrong = Vec::new();
    for (index, attack) in ATTACKS.iter().enumerate() {
        let (blocking, asynchronous) = (
            Row::of::<Blocking>(index, allowed),
            Row::of::<Async>(index, allowed),
        );
        println!(
            "| {} | {} | {} |",
            attack.name, blocking.cells, asynchronous.cells
        );
        for (front, row) in [(Blocking::NAME, blocking), (Async::NAME, asynchronous)] {
            if !row.is_right {
                wrong.push(format!("{front}: {}: {}", attack.name, row.cells));
            }
        }
    }
    assert!(wrong.is_empty(), "not as it should be: {wrong:#?}");
}

/// How an attack on one of the clients went.
struct Row {
    cells: String,
    is_right: bool,
}

impl Row {
    fn of<F: Front>(index: usize, allowed: Allowed) -> Self {
        match in_a_process(F::NAME, index, allowed) {
            Ok((ending, took, cost)) => {
                let (seconds, megabytes) = (took as f64 / 1e3, cost as f64 / 1e6);
                let mut ends = ATTACKS[index].ends::<F>().iter();
                Self {
                    cells: format!("{ending} | {seconds:.2} | {megabytes:.1} MB"),
                    is_right: ends.any(|right| format!("{right:?}") == ending)
                        && cost <= most(allowed),
                }
            }
            Err(problem) => Self {
                cells: format!("{problem} | | "),
                is_right: false,
            },
        }
    }
}

fn in_a_process(
    front: &str,
    index: usize,
    allowed: Allowed,
) -> Result<(String, u128, usize), String> {
    let attack = &ATTACKS[index];
    let server = attack.start(allowed);
    let numbers = [index, allowed.max_body, allowed.max_items].map(|number| number.to_string());
    let [index, max_body, max_items] = &numbers;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([front, index, &server.url(), max_body, max_items])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > attack.patience() + GRACE {
            child.kill().unwrap();
            child.wait().unwrap();
            return Err("it hangs".to_owned());
        }
        sleep(Duration::from_millis(5));
    };
    let mut said = String::new();
    let mut out = child.stdout.take().unwrap();
    out.read_to_string(&mut said).unwrap();
    let words: Vec<_> = said.split_whitespace().collect();
    match words[..] {
        [ending, took, cost] => Ok((
            ending.to_owned(),
            took.parse().unwrap(),
            cost.parse().unwrap(),
        )),
        // It did not come to its end: out of memory, or out of stack.
        _ => Err(format!("it ended with {status}")),
    }
}

fn one<F: Front>(attack: &Attack, url: &str, allowed: Allowed) {
    let client = F::new(&allowed.config(url, attack.patience())).unwrap();
    let before = memory::peak();
    let began = Instant::now();
    let result = attack.ask(&client);
    let took = began.elapsed().as_millis();
    let cost = (memory::peak() - before) * 1024;
    println!("{:?} {took} {cost}", Ending::of(&result));
}
