//! What a server that means harm costs a client, for `docs/benchmarks.md`: each attack in a process of its
//! own, with the most memory that it took.
//!
//! Without arguments it runs all and prints a table. `hostile FRONT URL MILLISECONDS` is one call.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;
use std::time::{Duration, Instant};

use bitpay_conformance::hostile::{ATTACKS, Attack, Ending, patience};
use bitpay_conformance::{Async, Blocking, Front, Listening as _, memory};
use bitpay_core::model::invoice::GetInvoice;
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{Config, Environment, Grant, Merchant, PrivateKey};

/// What an attack may cost: the largest answer as it came, and as much again for what is read of it.
const MOST: u64 = 2 * (64 << 10) + (16 << 10);

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match &args[..] {
        [] => all(),
        [front, url, limit] if front == Async::NAME => one::<Async>(url, limit),
        [front, url, limit] if front == Blocking::NAME => one::<Blocking>(url, limit),
        _ => panic!("usage: hostile [FRONT URL MILLISECONDS]"),
    }
}

fn all() {
    println!("| The server sends | blocking | | | async | | |");
    println!("| --- | --- | ---: | ---: | --- | ---: | ---: |");
    let mut wrong = Vec::new();
    for attack in ATTACKS {
        let mut row = format!("| {} |", attack.name);
        for front in [Blocking::NAME, Async::NAME] {
            let (ending, took, cost) = in_a_process(front, attack);
            row += &format!(" {ending} | {took} ms | {:.1} MB |", cost as f64 / 1024.0);
            let right = attack
                .ends
                .iter()
                .any(|right| format!("{right:?}") == ending);
            let in_time = took <= u128_of(attack);
            if !right || !in_time || cost > MOST {
                wrong.push(format!("{front}: {}", attack.name));
            }
        }
        println!("{row}");
    }
    assert!(wrong.is_empty(), "not as it should be: {wrong:?}");
}

/// The limit, and what a busy machine adds to it.
fn u128_of(attack: &Attack) -> u128 {
    (patience(attack) + Duration::from_secs(5)).as_millis()
}

fn in_a_process(front: &str, attack: &Attack) -> (String, u128, u64) {
    let server = attack.start();
    let limit = patience(attack).as_millis().to_string();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([front, &server.url(), &limit])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let words: Vec<_> = said.split_whitespace().collect();
    let [ending, took, cost] = words[..] else {
        // It did not come to its end: out of memory, or out of stack.
        return (format!("{}", output.status), 0, u64::MAX);
    };
    (
        ending.to_owned(),
        took.parse().unwrap(),
        cost.parse().unwrap(),
    )
}

fn one<F: Front>(url: &str, limit: &str) {
    let config = Config::new(url.parse::<Environment>().unwrap())
        .retry(RetryPolicy::off())
        .timeout(Duration::from_millis(limit.parse().unwrap()));
    let client = F::new(&config).unwrap();
    let key = PrivateKey::from_bytes(&[7; 32]).unwrap();
    let grant = Grant::<Merchant>::new("MerchantToken007xxxxxxxxxxxxxxxx".parse().unwrap(), key);
    let request = GetInvoice::new("G3viJEJgE8Jk2oekSdgT2A".parse().unwrap());
    let before = memory::peak();
    let began = Instant::now();
    let result = client.call(&grant, &request);
    let took = began.elapsed().as_millis();
    println!(
        "{:?} {took} {}",
        Ending::of(&result),
        memory::peak() - before
    );
}
