//! A server that means harm: each attack ends in the right error, within its limit.

use std::io::{Read as _, Write as _};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use bitpay_conformance::hostile::{ATTACKS, Allowed, Ending, FOREIGN, GRACE, in_time};
use bitpay_conformance::{Front, Listening as _, Reply, Server, both_fronts};
use bitpay_core::Effect;
use bitpay_core::model::invoice::{CancelInvoice, GetInvoice};

use crate::values::{INVOICE, MADE, create, merchant, once};

both_fronts! {
    a_dripping_server_does_not_hold_the_caller,
    huge_headers_are_not_kept,
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

fn a_dripping_server_does_not_hold_the_caller<F: Front>() {
    let limit = Duration::from_millis(150);
    let every = Duration::from_millis(10);
    for head in [
        "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{",
        "HTTP/1.1 200 OK\r\nx: ",
    ] {
        let server = Server::always(Reply::Drip(head.as_bytes().to_vec(), every));
        let config = once(&server).timeout(limit);
        let began = Instant::now();
        let error = in_time(head, limit, move || {
            let client = F::new(&config).unwrap();
            client.call(&merchant(), &get()).unwrap_err()
        });
        assert_eq!(Ending::of::<()>(&Err(error)), Ending::Timeout, "{head}");
        assert!(began.elapsed() >= limit);
    }
}

fn huge_headers_are_not_kept<F: Front>() {
    let server = Server::raw(|mut stream| {
        let _ = stream.read(&mut [0; 8192])?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        for number in 0.. {
            stream.write_all(format!("x-{number}: {}\r\n", "y".repeat(4000)).as_bytes())?;
        }
        Ok(())
    });
    let (config, limit) = (once(&server), Duration::from_secs(4));
    let (read, changed) = in_time("huge headers", 2 * limit, move || {
        let client = F::new(&config).unwrap();
        let read = client.call(&merchant(), &get()).unwrap_err();
        (read, client.call(&merchant(), &cancel()).unwrap_err())
    });
    assert_eq!(read.effect(), Effect::Nothing);
    assert_eq!(changed.effect(), Effect::Unknown);
    for error in [read, changed] {
        assert_eq!(Ending::of::<()>(&Err(error)), Ending::TooLarge);
    }
}

fn get() -> GetInvoice {
    GetInvoice::new(INVOICE.parse().unwrap())
}

fn cancel() -> CancelInvoice {
    CancelInvoice::new(INVOICE.parse().unwrap())
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
    assert_eq!(table.lines().count(), ATTACKS.len() + 2, "{table}");
}
