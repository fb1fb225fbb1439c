//! The application over sockets: one process after another, each killed, with a journal and a table on the
//! disk.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bitpay_core::error::ErrorKind;
use bitpay_core::id::RecipientId;
use bitpay_core::model::invoice::{Buyer, CreateInvoice, Invoice, InvoiceStatus, ListInvoices};
use bitpay_core::model::payout::{ListPayouts, Payee};
use bitpay_core::model::recipient::{NewRecipient, RecipientStatus, SubmitRecipients};
use bitpay_core::model::refund::ListRefunds;
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{
    Config, Currency, Environment, Grant, Guid, Merchant, Payout, PrivateKey, Token,
};
use bitpay_sandbox::{Fault, GuidRepeat, Moment, Sandbox, Settings};
use bitpay_store::{FileJournal, Store};
use serde::{Deserialize, Serialize};

use super::{
    Book, Held, KINDS, Kind, Known, Name, PAID, answered, found, history, invoice_of, is_named,
    job_of, keyed, payout_of, refund_guid, refund_of, written, wrong,
};
use crate::{Async, Blocking, Front};

/// So many jobs are under way at once.
const WORKERS: usize = 32;

/// No list is longer.
const MOST: u32 = 1_000;

/// What a process of the application is told.
#[derive(Deserialize, Serialize)]
struct Plan {
    front: String,
    environment: String,
    merchant: String,
    payout: String,
    payee: RecipientId,
    /// The invoices of which a part is refunded, by the names of the refunds.
    paid: HashMap<String, Invoice>,
}

/// What came of a storm.
#[derive(Debug, Default)]
pub struct Ran {
    /// Creates that were asked for, of each kind.
    pub jobs: usize,
    /// What the server has of it.
    pub made: usize,
    /// What stayed unknown, with its name.
    pub unknown: usize,
    /// Of that, what the server has.
    pub unknown_made: usize,
    /// Processes that were killed.
    pub kills: usize,
    /// Requests that the server saw.
    pub requests: u64,
    /// How long the storm took.
    pub took: Duration,
    /// What is wrong.
    pub wrong: Vec<String>,
}

fn key() -> PrivateKey {
    PrivateKey::from_bytes(&[7; 32]).unwrap()
}

/// Something goes wrong with about 30 of 100 exchanges.
fn faults() -> Vec<Fault> {
    let named = [
        "rate-limited",
        "server-error",
        "empty-500",
        "bad-gateway",
        "html",
        "malformed",
        "truncated",
        "closed",
        "lost",
        "stalled",
    ];
    let named = named.map(|name| name.parse::<Fault>().unwrap());
    let slow = Fault::delay(Duration::from_millis(150));
    let all = named.into_iter().chain([slow]);
    all.map(|fault| fault.percent(3).always()).collect()
}

/// Runs so many creates of each kind by one client, against a server whose refunds treat a guid so, while it
/// fails and the client's process is killed. `program` is this program: it calls [`work`] for `worker PLAN`.
pub fn run(
    program: &Path,
    folder: &Path,
    front: &str,
    guids: GuidRepeat,
    jobs: usize,
    seed: u64,
    kills: usize,
) -> Ran {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).unwrap();
    let mut settings = Settings::default();
    settings.refund_guids = guids;
    let sandbox = Sandbox::builder()
        .seed(seed)
        .settings(settings)
        .start()
        .unwrap();
    let merchant = sandbox.grant::<Merchant>(key());
    let payout = sandbox.grant::<Payout>(key());
    let names: Vec<String> = (0..jobs).map(|job| format!("{front}-{job}")).collect();
    let shop = bitpay_blocking::Client::new(sandbox.environment()).unwrap();
    let plan = Plan {
        front: front.to_owned(),
        environment: sandbox.base_url().to_string(),
        merchant: merchant.token().expose().to_owned(),
        payout: payout.token().expose().to_owned(),
        payee: active_payee(&sandbox, &shop.with(payout.clone())),
        paid: paid_invoices(&shop.with(merchant.clone()), &names),
    };
    let told = folder.join("plan.json");
    fs::write(&told, serde_json::to_vec(&plan).unwrap()).unwrap();
    for fault in faults() {
        sandbox.inject(fault);
    }
    let requests = Arc::new(AtomicU64::new(0));
    let count = requests.clone();
    sandbox.on_event(move |event| {
        if event.moment == Moment::Received {
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    let start = || {
        Command::new(program)
            .arg("worker")
            .arg(&told)
            .spawn()
            .unwrap()
    };
    let mut random = fastrand::Rng::with_seed(seed);
    let began = Instant::now();
    let mut ran = Ran {
        jobs: jobs * KINDS.len(),
        ..Ran::default()
    };
    let mut worker = start();
    while ran.kills < kills && !ends_within(&mut worker, random.u64(200..2_000)) {
        worker.kill().unwrap();
        worker.wait().unwrap();
        ran.kills += 1;
        worker = start();
    }
    assert!(worker.wait().unwrap().success(), "a process ended badly");
    ran.took = began.elapsed();
    ran.requests = requests.load(Ordering::Relaxed);
    // Once more, while nothing goes wrong.
    sandbox.clear_faults();
    let last = start().wait().unwrap();
    assert!(last.success(), "the last process ended badly");
    let book = Table::open(folder, &names).book;
    let held = held(&shop.with(merchant), &shop.with(payout), &plan);
    ran.made = held.values().map(Vec::len).sum();
    ran.wrong = wrong(&book, &held);
    let complaints = fs::read_to_string(folder.join("wrong")).unwrap_or_default();
    ran.wrong.extend(complaints.lines().map(str::to_owned));
    for (name, known) in &book {
        match known {
            Known::Unknown => {
                ran.unknown += 1;
                ran.unknown_made += usize::from(held.contains_key(name));
            }
            Known::NotMade => ran.wrong.push(format!("{} {} was lost", name.0, name.1)),
            Known::Made(_) => {}
        }
        if name.0 == Kind::Invoice && !matches!(known, Known::Made(_)) {
            let lost = format!("invoice {} is not known to be made", name.1);
            ran.wrong.push(lost);
        }
    }
    ran
}

fn ends_within(worker: &mut Child, millis: u64) -> bool {
    let until = Instant::now() + Duration::from_millis(millis);
    while Instant::now() < until {
        if worker.try_wait().unwrap().is_some() {
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    false
}

type Shop<F> = bitpay_blocking::Client<Grant<F>>;

fn active_payee(sandbox: &Sandbox, shop: &Shop<Payout>) -> RecipientId {
    let ada = NewRecipient::new(Guid::derived("recipient", "ada"), "ada@example.com");
    let invite = SubmitRecipients::new(Guid::derived("recipients", "all"), vec![ada]);
    let made = shop.submit_recipients(&invite).unwrap();
    let id = made.first().unwrap().id.clone();
    sandbox
        .move_recipient(&id, RecipientStatus::Active)
        .unwrap();
    id
}

fn paid_invoices(shop: &Shop<Merchant>, names: &[String]) -> HashMap<String, Invoice> {
    let paid = |name: &String| {
        let order = CreateInvoice::for_order(format!("{PAID}-{name}"), 20u32, Currency::USD)
            .buyer(Buyer::new().email("ada@example.com"));
        let mut invoice = shop.create_invoice(&order).unwrap().into_value();
        // By the time of its refund it is so.
        invoice.status = InvoiceStatus::Complete;
        (name.clone(), invoice)
    };
    let paid = names.iter().map(paid).collect();
    thread::sleep(Duration::from_secs(1));
    paid
}

/// What the server has.
fn held(merchant: &Shop<Merchant>, payouts: &Shop<Payout>, plan: &Plan) -> Held {
    let mut held = Held::new();
    let mut add = |kind: Kind, name: Option<String>, id: String| {
        let name = name.unwrap_or_else(|| "without a name".to_owned());
        held.entry((kind, name)).or_default().push(id);
    };
    let today = jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date();
    let (first, last) = (today.yesterday().unwrap(), today.tomorrow().unwrap());
    for offset in (0..).step_by(usize::try_from(MOST).unwrap()) {
        let rows = merchant
            .list_invoices(&ListInvoices::new(first, last).limit(MOST).offset(offset))
            .unwrap();
        for row in rows.iter() {
            let name = row.order_id.clone();
            if !name.as_deref().is_some_and(|name| name.starts_with(PAID)) {
                add(Kind::Invoice, name, row.id.to_string());
            }
        }
        if rows.is_empty() {
            break;
        }
    }
    for (name, invoice) in &plan.paid {
        let list = ListRefunds::new(invoice.id.clone());
        let guid = refund_guid(name);
        for row in merchant.call(&list).unwrap().iter() {
            let is_mine = row.guid.as_deref() == Some(guid.as_str());
            add(
                Kind::Refund,
                is_mine.then(|| name.clone()),
                row.id.to_string(),
            );
        }
    }
    for offset in (0..).step_by(usize::try_from(MOST).unwrap()) {
        let rows = payouts
            .list_payouts(&ListPayouts::new().limit(MOST).offset(offset))
            .unwrap();
        for row in rows.iter() {
            add(Kind::Payout, row.reference.clone(), row.id.to_string());
        }
        if rows.is_empty() {
            break;
        }
    }
    held
}

/// The application's own table of jobs: a line for each change.
struct Table {
    book: Book,
    file: File,
}

impl Table {
    fn open(folder: &Path, names: &[String]) -> Self {
        let path = folder.join("table");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let jobs = names
            .iter()
            .flat_map(|name| KINDS.map(|kind| ((kind, name.clone()), Known::NotMade)));
        let mut book: Book = jobs.collect();
        // A kill may have torn the last line.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        for line in text[..whole].lines() {
            let mut words = line.split(' ');
            let (kind, name, known) = (words.next(), words.next(), words.next());
            let kind = KINDS
                .into_iter()
                .find(|it| Some(it.to_string().as_str()) == kind);
            let known = match known.unwrap() {
                "not-made" => Known::NotMade,
                "unknown" => Known::Unknown,
                id => Known::Made(id.to_owned()),
            };
            book.insert((kind.unwrap(), name.unwrap().to_owned()), known);
        }
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).open(&path).unwrap();
        file.set_len(u64::try_from(whole).unwrap()).unwrap();
        Self { book, file }
    }

    fn set(&mut self, (kind, name): Name, known: Known) {
        let word = match &known {
            Known::NotMade => "not-made",
            Known::Unknown => "unknown",
            Known::Made(id) => id,
        };
        let line = format!("{kind} {name} {word}\n");
        self.file.write_all(line.as_bytes()).unwrap();
        self.book.insert((kind, name), known);
    }
}

/// What a process does: it finds out what became of what the one before it was doing, and then the rest.
pub fn work(plan: &Path) {
    let folder = plan.parent().unwrap().to_owned();
    let plan: Plan = serde_json::from_slice(&fs::read(plan).unwrap()).unwrap();
    match plan.front.as_str() {
        Blocking::NAME => Worker::<Blocking>::open(plan, folder).run(),
        _ => Worker::<Async>::open(plan, folder).run(),
    }
}

struct Worker<F> {
    plan: Plan,
    folder: PathBuf,
    client: F,
    merchant: Grant<Merchant>,
    payout: Grant<Payout>,
    payee: Payee,
    journal: Arc<FileJournal>,
    table: Mutex<Table>,
    names: Vec<String>,
}

impl<F: Front> Worker<F> {
    fn open(plan: Plan, folder: PathBuf) -> Self {
        let mut policy = RetryPolicy::default();
        policy.first_pause = Duration::from_millis(20);
        policy.longest_pause = Duration::from_secs(1);
        policy.deadline = Duration::from_secs(10);
        let environment: Environment = plan.environment.parse().unwrap();
        let config = Config::new(environment)
            .retry(policy)
            .timeout(Duration::from_millis(400));
        let store = Store::open(folder.join("store")).unwrap();
        let journal = Arc::new(store.journal("storm").unwrap());
        let token = |text: &str| -> Token<Merchant> { text.parse().unwrap() };
        let mut names: Vec<String> = plan.paid.keys().cloned().collect();
        names.sort();
        Self {
            merchant: Grant::new(token(&plan.merchant), key()),
            payout: Grant::new(plan.payout.parse().unwrap(), key()),
            payee: Payee::Recipient(plan.payee.clone()),
            client: F::new(&config).unwrap().with_journal(journal.clone()),
            table: Mutex::new(Table::open(&folder, &names)),
            journal,
            names,
            folder,
            plan,
        }
    }

    fn run(&self) {
        self.recover();
        let rest = {
            let table = self.table.lock().unwrap();
            let rest = table.book.iter();
            let mut rest: Vec<Name> = rest
                .filter(|(name, known)| name.0.may_ask(known))
                .map(|(name, _)| name.clone())
                .collect();
            fastrand::Rng::with_seed(7).shuffle(&mut rest);
            Mutex::new(VecDeque::from(rest))
        };
        thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(|| {
                    loop {
                        let next = rest.lock().unwrap().pop_front();
                        let Some(name) = next else { return };
                        self.ask(name);
                    }
                });
            }
        });
    }

    /// Puts into the table what the journal knows, and finds out what it does not.
    fn recover(&self) {
        let jobs = keyed(&self.names);
        let (intents, outcomes) = history(&fs::read(self.journal.path()).unwrap_or_default());
        for intent in &intents {
            let name = job_of(&jobs, intent);
            let before = self.table.lock().unwrap().book[&name].clone();
            if let Known::Made(_) = before {
                continue;
            }
            let known = match written(outcomes.get(&intent.id)) {
                Some(Known::NotMade) => continue,
                Some(known) => known,
                None => found(match name.0 {
                    Kind::Payout => self.client.find_out(&self.payout, intent),
                    _ => self.client.find_out(&self.merchant, intent),
                }),
            };
            self.table.lock().unwrap().set(name, known);
        }
    }

    fn ask(&self, name: Name) {
        let (kind, text) = &name;
        let client = &self.client;
        let answer = match kind {
            Kind::Invoice => client
                .call(&self.merchant, &invoice_of(text))
                .map(|made| made.id.to_string()),
            Kind::Refund => client
                .call(&self.merchant, &refund_of(text, &self.plan.paid[text]))
                .map(|made| made.id.to_string()),
            Kind::Payout => client
                .call(&self.payout, &payout_of(text, &self.payee))
                .map(|made| made.id.to_string()),
        };
        let known = answered(answer).unwrap_or_else(|error| {
            if !is_named(&error) {
                self.complain(&format!(
                    "{kind} {text}: an error without a name: {error:?}"
                ));
            }
            if let ErrorKind::Build(_) | ErrorKind::Sign(_) = error.kind() {
                self.complain(&format!("{kind} {text}: {error:?}"));
            }
            found(match kind {
                Kind::Payout => client.find_out(&self.payout, &error),
                _ => client.find_out(&self.merchant, &error),
            })
        });
        self.table.lock().unwrap().set(name, known);
    }

    fn complain(&self, what: &str) {
        let mut options = OpenOptions::new();
        let mut file = options
            .create(true)
            .append(true)
            .open(self.folder.join("wrong"))
            .unwrap();
        writeln!(file, "{what}").unwrap();
    }
}
