//! The store in PostgreSQL, against a real server: `cargo xtask ci postgres` starts one, and names it in
//! `BITPAY_POSTGRES`.
#![allow(clippy::unwrap_used, clippy::panic)]

mod secrets;
mod shop;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Duration;

use bitpay_core::webhook::{Claim, Entry, Fingerprint, Seen as _, Verified, Verifier};
use bitpay_core::{AnyToken, Environment, Facade, PrivateKey};
use bitpay_postgres_example::{Database, Profiles, Webhooks};
use bitpay_store::{Backend as _, Profile, Store, StoreError};
use postgres::{Client, NoTls};

const TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
const ROUNDS: usize = 20;
const WRITERS: [Facade; 2] = [Facade::Pos, Facade::Payout];
const WEBHOOKS: usize = 40;
const CLAIM: Duration = Duration::from_secs(60);

fn server() -> String {
    secrets::watch_the_log();
    std::env::var("BITPAY_POSTGRES").unwrap_or_else(|_| {
        panic!("no server: start these tests with `cargo xtask ci postgres`");
    })
}

/// An empty database of this name, with our tables.
fn fresh(name: &str) -> String {
    let server = server();
    let mut client = Client::connect(&server, NoTls).unwrap();
    client
        .batch_execute(&format!("create database {name}"))
        .unwrap();
    let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
    database(&url).create_tables().unwrap();
    url
}

fn database(url: &str) -> Database {
    let url = url.to_owned();
    Database::new(move || Client::connect(&url, NoTls))
}

fn store(url: &str) -> Store {
    Store::over(Arc::new(Profiles::new(database(url))))
}

/// Runs some SQL, as the one who looks after the database.
fn sql(url: &str, text: &str) {
    Client::connect(url, NoTls)
        .unwrap()
        .batch_execute(text)
        .unwrap();
}

/// Ends all sessions with a database of which this holds.
fn end_sessions(url: &str, which: &str) {
    let text = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity \
         where datname = current_database() and pid <> pg_backend_pid() and {which}"
    );
    sql(url, &text);
}

const WITH_A_LOCK: &str = "pid in (select pid from pg_locks where locktype = 'advisory')";

fn key() -> PrivateKey {
    PrivateKey::from_bytes(&[7; 32]).unwrap()
}

fn filled(url: &str) -> Store {
    let store = store(url);
    let mut guard = store.create("shop", Environment::Test, key()).unwrap();
    guard
        .update(|profile| profile.set_token(counting(Facade::Merchant, 0)))
        .unwrap();
    store
}

/// A token that says how often it was changed.
fn counting(facade: Facade, count: usize) -> AnyToken {
    let text = format!("{}{}", "A".repeat(44 - count), "z".repeat(count));
    AnyToken::parse(facade, &text).unwrap()
}

fn counted(profile: &Profile, facade: Facade) -> usize {
    let token = profile.token(facade);
    token.map_or(0, |token| token.expose().matches('z').count())
}

/// This very program, as another process that does a task.
fn child(task: &str, url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_task_of_a_child", "--nocapture"])
        .env("POSTGRES_TEST_TASK", task)
        .env("POSTGRES_TEST_URL", url)
        .spawn()
        .unwrap()
}

/// What a child process does. Run by the test program itself it does nothing.
#[test]
fn the_task_of_a_child() {
    let variable = |name| std::env::var(name).ok();
    let (Some(task), Some(url)) = (
        variable("POSTGRES_TEST_TASK"),
        variable("POSTGRES_TEST_URL"),
    ) else {
        return;
    };
    match task.split_once(' ') {
        Some(("count", facade)) => count(&url, facade.parse().unwrap()),
        _ if task == "receive" => receive(&url),
        _ if task == "crash" => {
            let seen = Webhooks::new(database(&url), CLAIM).unwrap();
            with_webhook(0, |webhook| {
                let Entry::New(_handling) = seen.enter(webhook).unwrap() else {
                    panic!("somebody else has it");
                };
                // Nothing is dropped.
                std::process::abort();
            });
        }
        _ => panic!("no such task"),
    }
}

/// Each round makes this writer's token and the common one say one more.
fn count(url: &str, own: Facade) {
    let store = store(url);
    for round in 1..=ROUNDS {
        let mut guard = store.lock("shop").unwrap();
        let common = counted(guard.profile(), Facade::Merchant);
        guard
            .update(|profile| {
                profile.set_token(counting(own, round));
                profile.set_token(counting(Facade::Merchant, common + 1));
            })
            .unwrap();
    }
}

#[test]
fn two_processes_update_one_profile_and_lose_nothing_of_each_other() {
    let url = fresh("updates");
    let store = filled(&url);
    let mut writers = WRITERS.map(|facade| child(&format!("count {facade}"), &url));
    let mut seen = 0;
    let mut last = 0;
    loop {
        let done = writers
            .iter_mut()
            .all(|writer| writer.try_wait().unwrap().is_some());
        let profile = store.profile("shop").unwrap();
        let [pos, payout] = WRITERS.map(|facade| counted(&profile, facade));
        let common = counted(&profile, Facade::Merchant);
        assert_eq!(pos + payout, common, "of an update there is all or nothing");
        assert!(last <= common, "an update was lost");
        seen += usize::from(last < common);
        last = common;
        if done {
            break;
        }
    }
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    assert_eq!(last, WRITERS.len() * ROUNDS);
    assert!(seen > 3, "nothing was read while they wrote");
}

#[test]
fn whoever_lost_its_lock_does_not_overwrite_what_another_one_wrote() {
    let url = fresh("locks");
    let store = filled(&url);
    let hasty = Profiles::new(database(&url)).patience(Duration::from_millis(50));
    let hasty = Store::over(Arc::new(hasty));

    let mut slow = store.lock("shop").unwrap();
    let error = hasty.lock("shop").unwrap_err();
    assert!(
        matches!(&error, StoreError::Locked { name, .. } if name == "shop"),
        "{error}"
    );
    // Another profile is another lock.
    drop(hasty.create("till", Environment::Test, key()).unwrap());

    end_sessions(&url, WITH_A_LOCK);
    let mut fast = store.lock("shop").unwrap();
    fast.update(|profile| profile.set_token(counting(Facade::Pos, 1)))
        .unwrap();
    let error = slow
        .update(|profile| profile.set_token(counting(Facade::Payout, 1)))
        .unwrap_err();
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
    let profile = store.profile("shop").unwrap();
    assert_eq!(counted(&profile, Facade::Pos), 1);
    assert!(profile.token(Facade::Payout).is_none());

    // And a profile is not made twice.
    drop((slow, fast));
    let error = store.create("shop", Environment::Test, key()).unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error}");
    let error = Profiles::new(database(&url))
        .write("shop", b"another", None)
        .unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error}");
    // A lock that was given up is there at once.
    hasty.lock("shop").unwrap();
}

/// A webhook of which there are many.
fn with_webhook<T>(number: usize, use_it: impl FnOnce(&Verified<'_>) -> T) -> T {
    let body = format!(r#"{{"id":"Hpqc62wvE1ZjzeeH4kEycF","status":"complete","price":{number}}}"#);
    let signature = Verifier::sign(TOKEN, body.as_bytes());
    let verifier = Verifier::new().with("pos", TOKEN);
    use_it(&verifier.verify(body.as_bytes(), &signature).unwrap())
}

fn fingerprint(number: usize) -> Fingerprint {
    with_webhook(number, |webhook| webhook.fingerprint())
}

/// A receiver to which every webhook is delivered until it takes it.
fn receive(url: &str) {
    let seen = Webhooks::new(database(url), CLAIM).unwrap();
    let database = database(url);
    for number in 0..WEBHOOKS {
        let is_taken = || {
            with_webhook(number, |webhook| match seen.enter(webhook).unwrap() {
                Entry::New(handling) => {
                    let row = i32::try_from(number).unwrap();
                    database
                        .ask(move |client| {
                            client.execute("insert into fulfilled values ($1)", &[&row])
                        })
                        .unwrap();
                    handling.commit().unwrap();
                    true
                }
                Entry::Handled => true,
                Entry::Busy => false,
            })
        };
        while !is_taken() {}
    }
}

#[test]
fn a_webhook_that_two_receivers_get_is_handled_once() {
    let url = fresh("receivers");
    sql(&url, "create table fulfilled (number integer)");
    let receivers = [child("receive", &url), child("receive", &url)];
    for mut receiver in receivers {
        assert!(receiver.wait().unwrap().success());
    }
    let mut client = Client::connect(&url, NoTls).unwrap();
    let rows = client.query("select number from fulfilled", &[]).unwrap();
    let mut times: BTreeMap<i32, usize> = BTreeMap::new();
    for row in rows {
        *times.entry(row.get(0)).or_default() += 1;
    }
    assert_eq!(times.len(), WEBHOOKS);
    assert!(times.values().all(|times| *times == 1), "{times:?}");

    let seen = Webhooks::new(database(&url), CLAIM).unwrap();
    assert_eq!(seen.claim(&fingerprint(0)).unwrap(), Claim::Handled);
    assert_eq!(seen.forget(CLAIM).unwrap(), 0);
    sql(
        &url,
        "update bitpay_webhook set handled_at = now() - interval '2 days'",
    );
    let forgotten = seen.forget(Duration::from_secs(24 * 60 * 60)).unwrap();
    assert_eq!(forgotten, u64::try_from(WEBHOOKS).unwrap());
    assert_eq!(seen.claim(&fingerprint(0)).unwrap(), Claim::New);
}

#[test]
fn a_claim_is_given_up_by_a_failure_and_runs_out_after_a_crash() {
    let url = fresh("claims");
    let [one, other] = [0, 1].map(|_| Webhooks::new(database(&url), CLAIM).unwrap());
    let webhook = fingerprint(0);
    with_webhook(0, |webhook| {
        let failing = one.enter(webhook).unwrap();
        assert!(matches!(other.enter(webhook).unwrap(), Entry::Busy));
        drop(failing);
    });
    assert_eq!(other.claim(&webhook).unwrap(), Claim::New);
    // Of another receiver it is not taken away.
    one.release(&webhook);
    assert_eq!(one.claim(&webhook).unwrap(), Claim::Busy);
    other.release(&webhook);

    assert!(!child("crash", &url).wait().unwrap().success());
    assert_eq!(one.claim(&webhook).unwrap(), Claim::Busy);
    sql(
        &url,
        "update bitpay_webhook set claimed_until = now() - interval '1 second'",
    );
    assert_eq!(one.claim(&webhook).unwrap(), Claim::New);
    one.commit(&webhook).unwrap();
    assert_eq!(other.claim(&webhook).unwrap(), Claim::Handled);
    // What was handled stays so.
    one.release(&webhook);
    assert_eq!(other.claim(&webhook).unwrap(), Claim::Handled);
}

#[test]
fn a_connection_that_is_lost_or_never_there_is_told_and_made_again() {
    let url = fresh("lost");
    let store = filled(&url);
    let seen = Webhooks::new(database(&url), CLAIM).unwrap();
    end_sessions(&url, "true");
    let error = store.profile("shop").unwrap_err().to_string();
    assert_eq!(
        error,
        "the row `shop` of the table bitpay_profile: the connection to PostgreSQL was lost, and what was being \
         written may be there or not: read it, then try again"
    );
    let error = seen.claim(&fingerprint(0)).unwrap_err().to_string();
    assert!(error.contains("was lost"), "{error}");
    store.profile("shop").unwrap();
    assert_eq!(seen.claim(&fingerprint(0)).unwrap(), Claim::New);

    // A port at which nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let nobody = database(&format!("postgresql://bitpay:password@{nobody}/shop"));
    let told = nobody.create_tables().unwrap_err().to_string();
    assert!(
        told.starts_with("PostgreSQL cannot be reached: error connecting to server: "),
        "{told}"
    );
    let error = Store::over(Arc::new(Profiles::new(nobody)))
        .create("shop", Environment::Test, key())
        .unwrap_err();
    assert!(error.to_string().contains("cannot be reached"), "{error}");
    // A database without our tables.
    let bare = Store::over(Arc::new(Profiles::new(database(&server()))));
    let error = bare.profile("shop").unwrap_err().to_string();
    assert!(
        error.contains(r#"relation "bitpay_profile" does not exist (SQLSTATE 42P01)"#),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn async_code_calls_it_and_drops_it() {
    let url = tokio::task::spawn_blocking(|| fresh("tasks"))
        .await
        .unwrap();
    let (store, seen) = shop::shop(&url).unwrap();
    let made = store.create("shop", Environment::Test, key()).unwrap();
    drop(made);
    let reads = (0..8).map(|_| {
        let store = store.clone();
        tokio::task::spawn_blocking(move || store.profile("shop").unwrap())
    });
    for read in reads.collect::<Vec<_>>() {
        assert_eq!(read.await.unwrap().name(), "shop");
    }
    let number = tokio::task::block_in_place(|| {
        with_webhook(0, |webhook| match seen.enter(webhook).unwrap() {
            Entry::New(handling) => handling.commit().map(|()| 1),
            _ => Ok(0),
        })
    });
    assert_eq!(number, Ok(1));
    // A claim that is dropped in a task, and then all of it.
    with_webhook(1, |webhook| drop(seen.enter(webhook).unwrap()));
    assert_eq!(seen.claim(&fingerprint(1)), Ok(Claim::New));
    drop((store, seen));
}

#[test]
fn the_page_on_stores_shows_what_runs_here() {
    let page = include_str!("../../../../docs/stores.md");
    assert!(
        page.contains(include_str!("shop.rs").trim_end()),
        "docs/stores.md does not show crates/bitpay-postgres-example/tests/postgres/shop.rs as it is"
    );
}
