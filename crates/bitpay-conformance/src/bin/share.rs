//! One client, shared by many threads or tasks, against a sandbox with faults: whether each answer belongs
//! to its request, whether anything waits for ever, and how much memory it takes as time goes by.
//!
//! `share [SECONDS]` starts a sandbox for each client and prints a table; sandbox and client are processes
//! of their own. `cargo xtask share` builds it for release and runs it.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use bitpay_conformance::memory;
use bitpay_core::model::invoice::{CreateInvoice, Invoice, ListInvoices};
use bitpay_core::operation::TokenPlace;
use bitpay_core::retry::RetryPolicy;
use bitpay_core::time::Timestamp;
use bitpay_core::{
    Amount, Answer, Config, Currency, Effect, Environment, Error, ErrorKind, Grant, Merchant,
    PrivateKey, RawRequest,
};
use bitpay_sandbox::{Fault, Sandbox};
use http::Method;

const THREADS: u32 = 64;
const TASKS: u32 = 1_000;

/// Whatever waits longer than this after the end waits for ever.
const GRACE: Duration = Duration::from_secs(60);

/// The most that memory may grow from a quarter of the time to its end, in hundredths. Short runs are not
/// held to it: connections are still being made at their first quarter.
const GROWTH: u64 = 110;
const LONG: u64 = 20;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        [] => all(LONG),
        ["sandbox", seed] => serve(seed.parse().unwrap()),
        ["blocking", seconds, url, token] => threads(seconds, url, token),
        ["async", seconds, url, token] => tasks(seconds, url, token),
        [seconds] => all(seconds.parse().expect("usage: share [SECONDS]")),
        _ => panic!("usage: share [SECONDS]"),
    }
}

fn all(seconds: u64) {
    println!(
        "| client | shared by | calls | orders made | failed | memory at {} s | at {seconds} s | growth |",
        seconds / 4
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (front, by) in [
        ("blocking", format!("{THREADS} threads")),
        ("async", format!("{TASKS} tasks")),
    ] {
        let mut sandbox = Process::start(&["sandbox", "7"]);
        let mut line = String::new();
        let mut told = BufReader::new(sandbox.0.stdout.take().unwrap());
        told.read_line(&mut line).unwrap();
        let (url, token) = line.trim().split_once(' ').unwrap();
        let mut client = Process::start(&[front, &seconds.to_string(), url, token]);
        let said = client.ends_within(Duration::from_secs(seconds) + GRACE);
        let numbers: Vec<u64> = said
            .split_whitespace()
            .map(|it| it.parse().unwrap())
            .collect();
        let [calls, made, failed, early, late] = numbers[..] else {
            panic!("the {front} client says {said:?}");
        };
        let growth = late * 100 / early;
        println!(
            "| {front} | {by} | {calls} | {made} | {failed} | {:.1} MB | {:.1} MB | {:.2} |",
            early as f64 / 1024.0,
            late as f64 / 1024.0,
            late as f64 / early as f64,
        );
        assert!(
            made > 0 && failed > 0,
            "the {front} client: too little happened"
        );
        assert!(
            seconds < LONG || growth <= GROWTH,
            "the {front} client takes more and more memory"
        );
    }
}

/// This program again, killed when it is not needed any more.
struct Process(Child);

impl Process {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        Self(command.args(args).stdout(Stdio::piped()).spawn().unwrap())
    }

    /// What it says, once it has ended well.
    fn ends_within(&mut self, limit: Duration) -> String {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < limit, "it waits for ever");
            sleep(Duration::from_millis(20));
        };
        assert!(status.success(), "it ended with {status}");
        let mut said = String::new();
        self.0
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        said
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn key() -> PrivateKey {
    PrivateKey::from_bytes(&[7; 32]).unwrap()
}

/// A sandbox with which much goes wrong, until this process is killed.
fn serve(seed: u64) {
    let faults = [
        Fault::delay(Duration::from_millis(50)).percent(5),
        Fault::rate_limited(0).percent(3),
        Fault::answer(500, "text/plain", "").percent(3),
        Fault::answer(502, "text/html", "<h1>Bad gateway</h1>")
            .without_work()
            .percent(3),
        Fault::cut(20).percent(3),
        Fault::malformed().percent(3),
        Fault::lost().percent(4),
        Fault::lost().without_work().percent(4),
        Fault::stalled().percent(1),
    ];
    let mut builder = Sandbox::builder().seed(seed);
    for fault in faults {
        builder = builder.fault(fault);
    }
    let sandbox = builder.start().unwrap();
    let grant = sandbox.grant::<Merchant>(key());
    println!("{} {}", sandbox.base_url(), grant.token().expose());
    let _ = sandbox.wait();
}

/// What all workers count together.
#[derive(Default)]
struct Count {
    calls: AtomicU64,
    failed: AtomicU64,
}

impl Count {
    /// Enough went right and wrong, however busy the machine is.
    fn is_enough(&self) -> bool {
        let failed = self.failed.load(Ordering::Relaxed);
        failed > 0 && self.calls.load(Ordering::Relaxed) > failed
    }

    /// Counts a call, and looks at its answer: whether it belongs to this order, or the failure to the faults.
    fn judge(&self, order: &CreateInvoice, result: Result<Invoice, Error>) -> Option<Invoice> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        match result {
            Ok(invoice) => {
                assert_eq!(
                    invoice.order_id, order.order_id,
                    "the answer to another request"
                );
                assert_eq!(invoice.price, order.price, "the answer to another request");
                assert_eq!(invoice.guid.as_deref(), Some(order.guid.as_str()));
                Some(invoice)
            }
            Err(error) => {
                assert_ne!(error.effect(), Effect::Happened, "{error:?}");
                let expected = matches!(
                    error.kind(),
                    ErrorKind::Transport(_) | ErrorKind::Api(_) | ErrorKind::Decode(_)
                );
                assert!(expected, "{error:?}");
                self.failed.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }
}

/// An order of this worker: its price is no other order's.
fn order(worker: u32, number: usize) -> CreateInvoice {
    let cents = u64::from(worker) * 10_000 + number as u64 + 1;
    let price: Amount = format!("{}.{:02}", cents / 100, cents % 100)
        .parse()
        .unwrap();
    CreateInvoice::for_order(format!("{worker}-{number}"), price, Currency::USD)
}

/// Orders one after the other, each fetched by its id and by its guid. Gives which of them were made.
macro_rules! work {
    ($shop:expr, $worker:expr, $until:expr, $count:expr $(, . $await:tt)?) => {{
        let mut made = Vec::new();
        while Instant::now() < $until || !$count.is_enough() {
            let order = order($worker, made.len());
            let invoice = $shop.create_invoice(&order)$(.$await)?;
            let invoice = $count.judge(&order, invoice.map(Answer::into_value));
            made.push(invoice.is_some());
            let Some(Invoice { id, .. }) = invoice else {
                continue;
            };
            let by_id = $shop.get_invoice(&id)$(.$await)?.map(Answer::into_value);
            let by_guid = $shop.get_invoice_by_guid(&order.guid)$(.$await)?.map(Answer::into_value);
            for found in [by_id, by_guid] {
                if let Some(found) = $count.judge(&order, found) {
                    assert_eq!(found.id, id, "the answer to another request");
                }
            }
        }
        made
    }};
}

/// Once nothing goes wrong any more: every order that was answered is there, and none is there twice.
macro_rules! compare {
    ($shop:expr, $workers:expr $(, . $await:tt)?) => {{
        let clear = RawRequest::new(Method::DELETE, ["sandbox", "faults"]).token(TokenPlace::None);
        $shop.raw(&clear)$(.$await)?.unwrap();
        // It may have been yesterday when it began.
        let days = [Timestamp::now() - 2 * GRACE, Timestamp::now()];
        let [first, last] = days.map(|day| day.to_string()[..10].parse().unwrap());
        let mut rows = $shop.rows(&ListInvoices::new(first, last));
        let mut there = HashSet::new();
        while let Some(invoice) = rows.next()$(.$await)? {
            let name = invoice.unwrap().order_id.unwrap();
            assert!(there.insert(name.clone()), "{name} was made twice");
        }
        let mut made = 0;
        for (worker, orders) in $workers.iter().enumerate() {
            for number in (0..orders.len()).filter(|number| orders[*number]) {
                assert!(there.contains(&format!("{worker}-{number}")), "{worker}-{number} is lost");
                made += 1;
            }
        }
        made
    }};
}

/// The times at which memory is looked at, and at which the work ends.
fn times(seconds: &str) -> (Instant, Instant) {
    let seconds: u64 = seconds.parse().unwrap();
    let now = Instant::now();
    (
        now + Duration::from_millis(seconds * 250),
        now + Duration::from_secs(seconds),
    )
}

fn set_up(url: &str, token: &str) -> (Config, Grant<Merchant>) {
    let mut policy = RetryPolicy::default();
    policy.first_pause = Duration::from_millis(10);
    let config = Config::new(url.parse::<Environment>().unwrap())
        .retry(policy)
        .timeout(Duration::from_secs(3));
    (config, Grant::new(token.parse().unwrap(), key()))
}

fn say(count: &Count, made: u64, early: u64, late: u64) {
    let (calls, failed) = (
        count.calls.load(Ordering::Relaxed),
        count.failed.load(Ordering::Relaxed),
    );
    println!("{calls} {made} {failed} {early} {late}");
}

fn threads(seconds: &str, url: &str, token: &str) {
    let (config, grant) = set_up(url, token);
    let shop = bitpay_blocking::Client::from_config(&config)
        .unwrap()
        .with(grant);
    let (count, (look, until)) = (Count::default(), times(seconds));
    let (workers, early, late) = std::thread::scope(|scope| {
        let (shop, count) = (&shop, &count);
        let workers: Vec<_> = (0..THREADS)
            .map(|worker| scope.spawn(move || work!(shop, worker, until, count)))
            .collect();
        sleep(look - Instant::now());
        let early = memory::now();
        sleep(until - Instant::now());
        let late = memory::now();
        let workers: Vec<Vec<bool>> = workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .collect();
        (workers, early, late)
    });
    let made = compare!(shop, workers);
    say(&count, made, early, late);
}

fn tasks(seconds: &str, url: &str, token: &str) {
    let (config, grant) = set_up(url, token);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let shop = bitpay_async::Client::from_config(&config)
            .unwrap()
            .with(grant);
        let (count, (look, until)) = (Arc::new(Count::default()), times(seconds));
        let workers: Vec<_> = (0..TASKS)
            .map(|worker| {
                let (shop, count) = (shop.clone(), count.clone());
                tokio::spawn(async move { work!(shop, worker, until, count, .await) })
            })
            .collect();
        tokio::time::sleep_until(look.into()).await;
        let early = memory::now();
        tokio::time::sleep_until(until.into()).await;
        let late = memory::now();
        let mut made = Vec::new();
        for worker in workers {
            made.push(worker.await.unwrap());
        }
        let made = compare!(shop, made, .await);
        say(&count, made, early, late);
    });
}
