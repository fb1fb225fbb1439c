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

/// The most that an attack may cost, in bytes: what came, and three times as much for what is made of it; each
/// item of a list at the size of the largest; and what does not grow.
fn most(allowed: Allowed) -> usize {
    4 * allowed.max_body + 3_000 * allowed.max_items + (16 << 20)
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
    println!("| The server sends | Client | The call ends with | Seconds | Memory |");
    println!("| --- | --- | --- | ---: | ---: |");
    let mut wrong = Vec::new();
    for index in 0..ATTACKS.len() {
        wrong.extend(row::<Blocking>(index, allowed));
        wrong.extend(row::<Async>(index, allowed));
    }
    assert!(wrong.is_empty(), "not as it should be: {wrong:#?}");
}

/// Prints a row of the table. Gives what is wrong with it.
fn row<F: Front>(index: usize, allowed: Allowed) -> Option<String> {
    let attack = &ATTACKS[index];
    let (ending, took, cost) = match in_a_process(F::NAME, index, allowed) {
        Ok(all) => all,
        Err(problem) => return Some(format!("{}, {}: {problem}", attack.name, F::NAME)),
    };
    println!(
        "| {} | {} | {ending} | {:.2} | {:.1} MB |",
        attack.name,
        F::NAME,
        took as f64 / 1000.0,
        cost as f64 / 1e6
    );
    let is_right = attack
        .ends::<F>()
        .iter()
        .any(|right| format!("{right:?}") == ending);
    (!is_right || cost > most(allowed)).then(|| format!("{}, {}", attack.name, F::NAME))
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
