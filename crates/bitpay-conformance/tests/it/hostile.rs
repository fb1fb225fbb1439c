//! A server that means harm: each attack ends in the right error, within its limit.

use std::io::{Read as _, Write as _};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use bitpay_conformance::hostile::{ATTACKS, Ending, FOREIGN, patience};
use bitpay_conformance::{Front, Server, both_fronts};
use bitpay_core::Effect;
use bitpay_core::model::invoice::GetInvoice;

use crate::values::{INVOICE, MADE, create, merchant, once};

both_fronts! {
    each_attack_ends_in_the_right_error_within_its_limit,
    what_follows_an_answer_is_not_taken_for_the_next_one,
}

fn get() -> GetInvoice {
    GetInvoice::new(INVOICE.parse().unwrap())
}

fn each_attack_ends_in_the_right_error_within_its_limit<F: Front>() {
    // Those of 20 MB take a while: the program below makes one call of each.
    for attack in ATTACKS
        .iter()
        .filter(|attack| !attack.name.contains("20 MB"))
    {
        let (server, limit, name) = (attack.start(), patience(attack), attack.name);
        let client = F::new(&once(&server).timeout(limit)).unwrap();
        let began = Instant::now();
        let read = client.call(&merchant(), &get());
        let took = began.elapsed();
        // A busy machine adds to it.
        assert!(took < limit + Duration::from_secs(5), "{name}: {took:?}");
        let ending = Ending::of(&read);
        assert!(
            attack.ends.contains(&ending),
            "{name}: {ending:?}, {read:?}"
        );
        if let Err(error) = read {
            assert_eq!(error.effect(), Effect::Nothing, "{name}");
            assert!(error.to_string().len() < 1_000, "{name}: {error}");
        }
        // Of a create, what was not refused may have been done.
        let made = client.call(&merchant(), &create());
        let refused = matches!(Ending::of(&made), Ending::Refused | Ending::Redirect);
        if let Err(error) = made
            && !refused
        {
            assert_ne!(error.effect(), Effect::Nothing, "{name}: {error:?}");
        }
    }
}

fn answer(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// At once, or while the connection rests.
fn what_follows_an_answer_is_not_taken_for_the_next_one<F: Front>() {
    for pause in [Duration::ZERO, Duration::from_millis(30)] {
        let server = Server::raw(move |mut stream| {
            // A request of these tests comes in one piece.
            while stream.read(&mut [0; 8192])? > 0 {
                let mut wanted = answer(&format!("{{\"data\":{MADE}}}"));
                let foreign = answer(FOREIGN);
                if pause.is_zero() {
                    wanted += &foreign;
                }
                stream.write_all(wanted.as_bytes())?;
                sleep(pause);
                if !pause.is_zero() {
                    stream.write_all(foreign.as_bytes())?;
                }
            }
            Ok(())
        });
        let client = F::new(&once(&server).timeout(Duration::from_secs(20))).unwrap();
        for _ in 0..5 {
            // To be refused it may, though it has not to be: what it may not is to be believed.
            if let Ok(invoice) = client.call(&merchant(), &get()) {
                assert_eq!(invoice.id.as_str(), INVOICE, "{pause:?}");
            }
            sleep(2 * pause);
        }
    }
}

#[test]
fn no_attack_takes_more_memory_than_its_limit() {
    let run = Command::new(env!("CARGO_BIN_EXE_hostile"))
        .output()
        .unwrap();
    let table = String::from_utf8_lossy(&run.stdout);
    let problem = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{table}{problem}");
    assert_eq!(table.lines().count(), ATTACKS.len() + 2, "{table}");
}
