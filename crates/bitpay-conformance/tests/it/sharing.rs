//! Several merchants, threads and tasks on shared clients.

use std::collections::HashMap;
#[cfg(target_os = "linux")]
use std::process::Command;
use std::sync::Arc;
use std::thread;

use bitpay_conformance::{Async, Blocking, Front, Listening, Reply, Server, both_fronts};
use bitpay_core::model::invoice::GetInvoice;
use bitpay_core::{Config, Environment, Grant, Merchant, PrivateKey};

use crate::values::{INVOICE, MADE, config, create, made, merchant};

both_fronts! {
    two_merchants_do_not_mix,
    threads_do_not_mix_their_signatures,
}

fn grant(number: u8) -> Grant<Merchant> {
    let token = format!("MerchantToken{number:03}xxxxxxxxxxxxxxxx");
    Grant::new(
        token.parse().unwrap(),
        PrivateKey::from_bytes(&[number; 32]).unwrap(),
    )
}

fn two_merchants_do_not_mix<F: Front>() {
    let servers = [made(), made()];
    let clients = [0, 1].map(|which: usize| F::new(&config(&servers[which])).unwrap());
    let grants = [grant(1), grant(2)];
    // Each merchant with each client, in an order without a pattern.
    let mut sent: Vec<(usize, usize)> = Vec::new();
    let mut state = 0x2545_f491_u32;
    for _ in 0..100 {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let (client, merchant) = ((state >> 3) as usize % 2, (state >> 7) as usize % 2);
        let grant = &grants[merchant];
        if state & 0x8000 == 0 {
            clients[client].call(grant, &create()).unwrap();
        } else {
            clients[client]
                .call(grant, &GetInvoice::new(INVOICE.parse().unwrap()))
                .unwrap();
        }
        sent.push((client, merchant));
    }
    for (which, server) in servers.iter().enumerate() {
        let expected: Vec<usize> = sent
            .iter()
            .filter(|(client, _)| *client == which)
            .map(|(_, merchant)| *merchant)
            .collect();
        let received = server.received();
        assert_eq!(received.len(), expected.len());
        assert!(expected.contains(&0) && expected.contains(&1));
        for (one, merchant) in received.iter().zip(expected) {
            assert!(one.verifies());
            assert_eq!(
                one.url("http").split("/invoices").next(),
                Some(server.url().as_str())
            );
            let key = PrivateKey::from_bytes(&[u8::try_from(merchant).unwrap() + 1; 32]).unwrap();
            assert_eq!(
                one.header("x-identity"),
                Some(key.public_key().to_hex().as_str())
            );
            let token = grants[merchant].token().expose();
            assert!(one.target.contains(token) || one.text().contains(token));
        }
    }
}

fn threads_do_not_mix_their_signatures<F: Front>() {
    let server = made();
    let client = F::new(&config(&server)).unwrap();
    thread::scope(|scope| {
        for number in 1..=8 {
            let client = &client;
            scope.spawn(move || {
                let grant = grant(number);
                for round in 0..25 {
                    let request = create().order_id(format!("{number}-{round}"));
                    // The answer is of no order, which is what a replay of another order is like.
                    let error = client.call(&grant, &request).unwrap_err();
                    assert_eq!(error.replay().unwrap().differs, ["order_id"]);
                }
            });
        }
    });
    assert_own_keys(&server, 8, 25);
}

/// Each request has a merchant's token and the signature of this merchant's key, so often of each.
#[track_caller]
fn assert_own_keys(server: &impl Listening, merchants: u8, each: usize) {
    let mut counts: HashMap<u8, usize> = HashMap::new();
    for one in &server.received() {
        assert!(one.verifies());
        let text = one.text();
        let has_token = |number: &u8| text.contains(grant(*number).token().expose());
        let number = (1..=merchants).find(has_token).unwrap();
        let key = PrivateKey::from_bytes(&[number; 32]).unwrap();
        let identity = key.public_key().to_hex();
        assert_eq!(one.header("x-identity"), Some(identity.as_str()));
        *counts.entry(number).or_default() += 1;
    }
    assert_eq!(counts.len(), usize::from(merchants));
    assert!(counts.values().all(|count| *count == each), "{counts:?}");
}

#[test]
fn tasks_do_not_mix_their_signatures() {
    let server = made();
    let front = Async::new(&config(&server)).unwrap();
    front.block_on(async {
        let tasks: Vec<_> = (1..=64)
            .map(|number| {
                let client = front.client.with(grant(number));
                tokio::spawn(async move {
                    for _ in 0..3 {
                        client.call(&create()).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_own_keys(&server, 64, 3);
}

#[test]
fn a_dropped_call_does_not_spoil_the_client() {
    let mut first = true;
    let server = Server::answering(move |_| {
        if std::mem::take(&mut first) {
            Reply::Stall
        } else {
            Reply::data(MADE)
        }
    });
    let front = Async::new(&config(&server)).unwrap();
    front.block_on(async {
        let client = front.client.with(merchant());
        let request = create();
        let limit = std::time::Duration::from_millis(100);
        assert!(
            tokio::time::timeout(limit, client.call(&request))
                .await
                .is_err()
        );
        // What the dropped call may have made is found by the guid, which the caller has.
        let request = bitpay_core::model::invoice::GetInvoiceByGuid::new(request.guid);
        assert_eq!(client.call(&request).await.unwrap().id.as_str(), INVOICE);
    });
}

/// For longer, and with an eye on memory: `cargo xtask share`.
#[cfg(target_os = "linux")]
#[test]
fn of_many_threads_and_tasks_on_one_client_each_gets_its_own_answers() {
    let program = env!("CARGO_BIN_EXE_share");
    let run = Command::new(program).arg("2").output().unwrap();
    let table = String::from_utf8_lossy(&run.stdout);
    let problem = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{table}{problem}");
    assert_eq!(table.lines().count(), 4, "{table}");
}

#[test]
fn a_client_cannot_be_tied_to_a_thread() {
    fn shared<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
    shared::<bitpay_blocking::Client>();
    shared::<bitpay_async::Client>();
    shared::<bitpay_blocking::Client<Grant<Merchant>>>();
    shared::<bitpay_async::Client<Grant<Merchant>>>();
    // A call's future can be spawned.
    fn spawned<T: Send>(_: &T) {}
    let client = bitpay_async::Client::new(Environment::Test)
        .unwrap()
        .with(merchant());
    spawned(&client.call(&create()));
}

#[test]
fn a_client_is_not_refused_inside_a_runtime() {
    let server = made();
    let config: Config = config(&server);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        // Neither does building block, nor does calling the blocking one start a runtime.
        let blocking = Blocking::new(&config).unwrap();
        blocking.call(&merchant(), &create()).unwrap();
        let client = bitpay_async::Client::from_config(&config)
            .unwrap()
            .with(merchant());
        client.call(&create()).await.unwrap();
        bitpay_async::Client::new(Environment::Production).unwrap();
        bitpay_blocking::Client::new(Environment::Production).unwrap();
    });
    // Outside of one as well.
    let client = Arc::new(bitpay_async::Client::from_config(&config).unwrap());
    drop(client);
    assert!(server.received().iter().all(|one| one.verifies()));
}

#[test]
fn a_client_does_not_show_its_secrets() {
    let blocking = Blocking::new(&Config::new(Environment::Test)).unwrap();
    let asynchronous = Async::new(&Config::new(Environment::Test)).unwrap();
    for shown in [
        format!("{:?}", blocking.0.with(merchant())),
        format!("{:?}", asynchronous.client.with(merchant())),
    ] {
        for secret in [crate::values::KEY, crate::values::MERCHANT_TOKEN] {
            for window in secret.as_bytes().windows(6) {
                assert!(
                    !shown.contains(std::str::from_utf8(window).unwrap()),
                    "{shown}"
                );
            }
        }
    }
}
