//! A server that means harm: each attack ends in the right error, within its limit.

use std::io::{Read as _, Write as _};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use bitpay_conformance::hostile::{ATTACKS, Allowed, Ending, FOREIGN, GRACE, in_time};
use bitpay_conformance::{Front, Listening as _, Server, both_fronts};
use bitpay_core::Effect;
use bitpay_core::model::invoice::GetInvoice;

use crate::values::{INVOICE, MADE, create, merchant, once};

both_fronts! {
    each_attack_ends_in_the_right_error_within_its_limit,
    what_follows_an_answer_is_not_taken_for_the_next_one,
}

/// Small, so that what is as large as allowed is soon sent and read.
const ALLOWED: Allowed = Allowed {
    max_body: 1 << 20,
    max_items: 1_000,
};

fn each_attack_ends_in_the_right_error_within_its_limit<F: Front>() {
    for attack in ATTACKS {
        let (server, limit, name) = (attack.start(ALLOWED), attack.patience(), attack.name);
        let config = ALLOWED.config(&server.url(), limit);
        let began = Instant::now();
        let read = in_time(name, limit, {
            let config = config.clone();
            move || attack.ask(&F::new(&config).unwrap())
        });
        assert!(began.elapsed() < limit + GRACE, "{name}");
        let ending = Ending::of(&read);
        assert!(attack.ends::<F>().contains(&ending), "{name}: {read:?}");
        if let Err(error) = read {
            assert_eq!(error.effect(), Effect::Nothing, "{name}");
            assert!(error.to_string().len() < 1_000, "{name}: {error}");
        }
        let made = in_time(name, limit, move || {
            F::new(&config).unwrap().call(&merchant(), &create())
        });
        if let Err(error) = &made {
            let ending = Ending::of(&made);
            let replayed = error.replay().is_some();
            let effects = ending.effects_of_a_create();
            assert!(
                replayed || effects.contains(&error.effect()),
                "{name}: {error:?}"
            );
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
            if let Ok(invoice) =
                client.call(&merchant(), &GetInvoice::new(INVOICE.parse().unwrap()))
            {
                assert_eq!(invoice.id.as_str(), INVOICE, "{pause:?}");
            }
            sleep(2 * pause);
        }
    }
}

/// What a client allows by default is tried out by `cargo xtask hostile`.
#[test]
fn no_attack_takes_more_memory_than_its_limit() {
    let run = Command::new(env!("CARGO_BIN_EXE_hostile"))
        .arg("8")
        .output()
        .unwrap();
    let table = String::from_utf8_lossy(&run.stdout);
    let problem = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{table}{problem}");
    assert_eq!(table.lines().count(), 2 * ATTACKS.len() + 2, "{table}");
}
