//! How many invoices a second the sandbox makes, how long each takes, and how much memory each needs.
//!
//! It starts the program `bitpay` as a sandbox, and makes invoices through the async client by so many
//! connections, for so many seconds, over loopback; first with the state in memory, then on disk. `cargo
//! xtask load` builds both for release and runs it.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::cell::{Cell, RefCell};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use bitpay_async::model::invoice::{Buyer, CreateInvoice};
use bitpay_async::pairing::ClaimPairing;
use bitpay_async::{
    Client, Currency, Environment, Grant, Identity, Merchant, generate_key, new_guid,
};
use bitpay_core::Config;
use bitpay_core::id::InvoiceId;
use bitpay_core::retry::RetryPolicy;
use bitpay_sandbox::Sandbox;

/// Whatever the time, no more than so many: a sandbox without a disk keeps them all in memory.
const MOST: u64 = 1_000_000;

/// So many sandboxes are started at once.
const AT_ONCE: usize = 20;

const USAGE: &str = "usage: load PROGRAM FOLDER [SECONDS [CONNECTIONS]]";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [program, folder, rest @ ..] = &args[..] else {
        panic!("{USAGE}");
    };
    let number = |place: usize, default| {
        let text = rest.get(place);
        text.map_or(default, |text| text.parse().expect(USAGE))
    };
    let plan = Plan {
        program,
        lasts: Duration::from_secs(number(0, 20)),
        connections: usize::try_from(number(1, 64)).unwrap(),
    };
    println!("{:?} by {} connections", plan.lasts, plan.connections);
    println!();
    println!("| state | invoices | per second | p50 | p99 | longest | errors | memory for each |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let _ = std::fs::remove_dir_all(folder);
    let mut failed = 0;
    let mut last = None;
    for data in [None, Some(Path::new(folder))] {
        let run = runtime.block_on(tokio::task::LocalSet::new().run_until(load(&plan, data)));
        println!("{}", run.row(data.is_some(), plan.lasts));
        failed += run.errors;
        last = run.last;
    }
    let data = Path::new(folder);
    let size = std::fs::metadata(data.join("sandbox.redb")).unwrap().len();
    let began = Instant::now();
    let again = Served::start(program, Some(data));
    println!(
        "\nRestarted after a kill, with a file of {} MB: {} ms until it answers, and {} MB of memory.",
        size / 1_000_000,
        began.elapsed().as_millis(),
        again.memory() / 1_000_000,
    );
    if let Some((grant, id)) = last {
        let shop = Client::new(again.environment.clone()).unwrap();
        let found = runtime.block_on(shop.with(grant).get_invoice(&id));
        found.expect("the last invoice that was answered is there after the restart");
    }
    drop(again);
    std::fs::remove_dir_all(folder).unwrap();
    start_many();
    assert_eq!(failed, 0, "there were errors");
}

struct Plan<'a> {
    program: &'a str,
    lasts: Duration,
    connections: usize,
}

/// The program in a process of its own, killed when it is not needed any more.
struct Served {
    child: Child,
    environment: Environment,
}

impl Served {
    fn start(program: &str, data: Option<&Path>) -> Self {
        let mut command = Command::new(program);
        command.args(["sandbox", "--json", "--listen", "127.0.0.1:0"]);
        if let Some(data) = data {
            command.arg("--data").arg(data);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let told: String = loop {
            let line = lines.next().expect("the sandbox says where it is").unwrap();
            if line.contains("\"environment\"") {
                break line;
            }
        };
        let address = told.split('"').find(|part| part.starts_with("http://"));
        let environment = address
            .unwrap()
            .trim_end_matches("/dashboard")
            .parse()
            .unwrap();
        Self { child, environment }
    }

    /// The memory that it has, in bytes.
    fn memory(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(status).unwrap();
        let line = text
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kilobytes * 1024
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Default)]
struct Run {
    latencies: Vec<Duration>,
    errors: u64,
    took: Duration,
    memory: u64,
    /// Who asked, and for what last.
    last: Option<(Grant<Merchant>, InvoiceId)>,
}

impl Run {
    fn row(&self, on_disk: bool, lasts: Duration) -> String {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = |hundredths: usize| {
            let place = (sorted.len() * hundredths / 100).min(sorted.len().saturating_sub(1));
            sorted[place].as_secs_f64() * 1000.0
        };
        let made = sorted.len();
        assert!(self.took >= lasts.min(Duration::from_secs(1)) || made > 0);
        format!(
            "| {} | {made} | {:.0} | {:.1} ms | {:.1} ms | {:.1} ms | {} | {:.1} KB |",
            if on_disk { "on disk" } else { "in memory" },
            made as f64 / self.took.as_secs_f64(),
            at(50),
            at(99),
            at(100),
            self.errors,
            self.memory as f64 / made as f64 / 1024.0,
        )
    }
}

async fn load(plan: &Plan<'_>, data: Option<&Path>) -> Run {
    let served = Served::start(plan.program, data);
    // An error is to be seen, and not to be mended.
    let config = Config::new(served.environment.clone()).retry(RetryPolicy::off());
    let shop = Client::from_config(&config).unwrap();
    let grant = pair(&served, &shop).await;
    let shop = shop.with(grant.clone());
    // What is there once only is no part of what an invoice needs.
    for _ in 0..plan.connections {
        shop.create_invoice(&order()).await.unwrap();
    }
    let before = served.memory();
    let (run, asked) = (Rc::new(RefCell::new(Run::default())), Rc::new(Cell::new(0)));
    let began = Instant::now();
    let tasks: Vec<_> = (0..plan.connections)
        .map(|_| {
            let (shop, run, asked) = (shop.clone(), run.clone(), asked.clone());
            let (lasts, grant) = (plan.lasts, grant.clone());
            tokio::task::spawn_local(async move {
                while began.elapsed() < lasts && asked.get() < MOST {
                    asked.set(asked.get() + 1);
                    let order = order();
                    let sent = Instant::now();
                    let made = shop.create_invoice(&order).await;
                    let mut run = run.borrow_mut();
                    match made {
                        Ok(invoice) => {
                            run.latencies.push(sent.elapsed());
                            run.last = Some((grant.clone(), invoice.id.clone()));
                        }
                        Err(error) => {
                            if run.errors == 0 {
                                eprintln!("{error}");
                            }
                            run.errors += 1;
                        }
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let mut run = run.take();
    run.took = began.elapsed();
    run.memory = served.memory().saturating_sub(before);
    run
}

/// As a shop asks for it.
fn order() -> CreateInvoice {
    let mut buyer = Buyer::default();
    buyer.email = Some("ada@example.com".to_owned());
    let price: bitpay_core::Amount = "12.50".parse().unwrap();
    CreateInvoice::new(new_guid().unwrap(), price, Currency::USD)
        .order_id("order-1043")
        .item_desc("Tea and cake")
        .buyer(buyer)
}

/// Claims a code that the sandbox's own call makes.
async fn pair(served: &Served, shop: &Client) -> Grant<Merchant> {
    let url = format!("{}/sandbox/codes", served.environment.base_url());
    let asked = r#"{"facade":"merchant"}"#;
    let mut answer = ureq::post(url)
        .header("content-type", "application/json")
        .send(asked)
        .unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    let code = text.split('"').find_map(|part| part.parse().ok()).unwrap();
    let identity = Identity::from(generate_key().unwrap());
    let claim = ClaimPairing::new(identity.sin().clone(), code);
    shop.claim_pairing(&claim)
        .await
        .unwrap()
        .grant(&identity)
        .unwrap()
}

/// As fixtures of tests: in this process, beside each other.
fn start_many() {
    let began = Instant::now();
    let first = Sandbox::start().unwrap();
    let one = began.elapsed();
    let began = Instant::now();
    let threads: Vec<_> = (0..AT_ONCE)
        .map(|_| std::thread::spawn(|| Sandbox::start().unwrap()))
        .collect();
    let many: Vec<_> = threads.into_iter().map(|it| it.join().unwrap()).collect();
    let all = began.elapsed();
    let began = Instant::now();
    drop((first, many));
    println!(
        "One sandbox starts in {:.1} ms; {AT_ONCE} at once in {:.1} ms, and all are gone in {:.1} ms.",
        one.as_secs_f64() * 1000.0,
        all.as_secs_f64() * 1000.0,
        began.elapsed().as_secs_f64() * 1000.0,
    );
}
