//! The application in a [`World`]: processes that ask for invoices, refunds and payouts, are killed, and
//! start again with what is on their disks.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use bitpay_core::call::Settings as CallSettings;
use bitpay_core::find_out::{Doubt, Finding, LookUp, Plan};
use bitpay_core::journal::{Entry, Intent, IntentId, Outcome};
use bitpay_core::model::invoice::{Buyer, CreateInvoice, Invoice, InvoiceStatus, ListInvoices};
use bitpay_core::model::payout::{CreatePayout, ListPayouts, Payee};
use bitpay_core::model::recipient::{NewRecipient, RecipientStatus, SubmitRecipients};
use bitpay_core::model::refund::{CreateRefund, ListRefunds};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{
    Allows, Answer, BaseUrl, Call, Config, Credential, Currency, Effect, Environment, Error, Grant,
    Guid, Merchant, Payout, PrivateKey, Step,
};
use bitpay_sandbox::{GuidRepeat, Settings};
use fastrand::Rng;

use super::world::{BASE, Counts, World};
use super::{Book, Held, Kind, Known, Name, wrong};

/// How large a world is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// So many processes of the application.
    pub processes: usize,
    /// So many jobs of each kind for each of them.
    pub jobs: usize,
}

/// What came of a world, or of several.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What there was.
    pub counts: Counts,
    /// What was made, in all.
    pub made: u64,
    /// What stayed unknown, with its name.
    pub unknown: u64,
    /// Of that, what the server has.
    pub unknown_made: u64,
    /// What is wrong. Nothing, or the world found a mistake.
    pub wrong: Vec<String>,
}

impl Report {
    /// Adds the report of another world.
    pub fn add(&mut self, other: Self) {
        self.counts.add(&other.counts);
        self.made += other.made;
        self.unknown += other.unknown;
        self.unknown_made += other.unknown_made;
        self.wrong.extend(other.wrong);
    }
}

/// So many jobs of a process are under way at once.
const WORKERS: usize = 3;

/// An order id that asks the sandbox to have its invoice paid, and then its refunds.
const PAID: &str = "sandbox-refund-success";

/// No list is longer.
const MOST: u32 = 1_000;

/// Runs the world of a seed: first a storm, then once more each process, without one.
#[must_use]
pub fn run(seed: u64, size: Size) -> Report {
    let mut random = Rng::with_seed(seed);
    let mut settings = Settings::default();
    settings.refund_guids = match random.u8(..3) {
        0 => GuidRepeat::Replay,
        1 => GuidRepeat::Ignored,
        _ => GuidRepeat::Late(Duration::from_millis(random.u64(1..20_000))),
    };
    let keeps = random.u8(..4) == 0;
    let world = World::new(seed, settings, keeps);
    let shop = Rc::new(Shop::open(&world, &mut random, size));
    let start = |_: &World, process: usize| shop.start(process);
    world.calm(false);
    for process in 0..size.processes {
        shop.start(process);
        for _ in 0..random.u8(..4) {
            world.kill_after(process, Duration::from_millis(random.u64(1..600_000)));
        }
    }
    for _ in 0..random.u8(..3) {
        world.restart_after(Duration::from_millis(random.u64(1..600_000)));
    }
    world.run(start);
    // Whatever was late has arrived.
    world.calm(true);
    for process in 0..size.processes {
        shop.start(process);
    }
    world.run(start);
    let mut report = shop.report();
    for wrong in &mut report.wrong {
        *wrong = format!("seed {seed}: {wrong}");
    }
    report
}

/// A client: the core, and a world in place of a front.
#[derive(Clone)]
struct Client {
    world: World,
    base: BaseUrl,
    settings: CallSettings,
    timeout: Duration,
}

impl Client {
    /// Makes a call. `disk` is where its journal is, if it has one.
    async fn call<C: Credential, E: Allows<C>>(
        &self,
        credential: &C,
        request: &E,
        disk: Option<&RefCell<Disk>>,
    ) -> Result<Answer<E::Response>, Error> {
        let world = &self.world;
        let mut settings = self.settings.clone();
        if disk.is_some() {
            settings = settings.with_journal();
        }
        let mut call = Call::new(request, &self.base, credential, &settings)?;
        loop {
            match call.step(world.now(), world.chance()) {
                Step::Note(entry) => {
                    if let Some(disk) = disk {
                        note(world, disk, &entry).await;
                    }
                    call.noted(Ok(()));
                }
                Step::Send(request) => {
                    let limit = self.timeout.min(call.time_left(world.now()));
                    let mail = world.exchange(request, limit).await;
                    let piece = usize::try_from(1 + world.below(2_000)).unwrap();
                    mail.tell(&mut call, piece);
                }
                Step::Sleep(pause) => world.sleep(pause).await,
                Step::Done(result) => return result,
                Step::Sign(_) => panic!("the key is in memory"),
            }
        }
    }

    async fn find_out<C: Credential>(
        &self,
        credential: &C,
        doubt: &impl Doubt,
        disk: &RefCell<Disk>,
    ) -> Result<Finding, Error>
    where
        LookUp: Allows<C>,
    {
        let finding = match Plan::of(doubt, &self.base, credential)? {
            Plan::Ask(look_up) => look_up.judge(self.call(credential, &look_up, None).await)?,
            Plan::Known(finding) => finding,
        };
        let outcome = doubt
            .intent()
            .and_then(|intent| finding.outcome(intent, self.world.now()));
        if let Some(outcome) = outcome {
            note(&self.world, disk, &Entry::Outcome(outcome)).await;
        }
        Ok(finding)
    }
}

/// Writes an entry, which takes a while. Whoever is killed meanwhile leaves some of it, or all.
async fn note(world: &World, disk: &RefCell<Disk>, entry: &Entry) {
    let line = entry.to_line() + "\n";
    disk.borrow_mut().pending.extend(line.as_bytes());
    let time = world.below(20);
    world.sleep(Duration::from_millis(time)).await;
    let mut disk = disk.borrow_mut();
    let pending = std::mem::take(&mut disk.pending);
    disk.journal.extend(pending);
}

/// What is on the disk of a process, and outlives it.
struct Disk {
    /// The journal.
    journal: Vec<u8>,
    /// What is on its way there.
    pending: Vec<u8>,
    /// The application's own table of jobs.
    book: Book,
    /// What no error of the client may say.
    wrong: Vec<String>,
}

impl Disk {
    /// What a kill leaves: of what was on its way, a part.
    fn torn(&mut self, world: &World) {
        let pending = std::mem::take(&mut self.pending);
        let some = usize::try_from(world.below(pending.len() as u64 + 1)).unwrap();
        self.journal.extend(&pending[..some]);
    }

    /// Whatever happened before, by the journal: the intents, and what came of them. Its torn end is cut off.
    fn history(&mut self) -> (Vec<Intent>, BTreeMap<IntentId, Outcome>) {
        let end = self.journal.iter().rposition(|byte| *byte == b'\n');
        self.journal.truncate(end.map_or(0, |end| end + 1));
        let text = std::str::from_utf8(&self.journal).unwrap();
        let (mut intents, mut outcomes) = (Vec::new(), BTreeMap::new());
        for line in text.lines() {
            match Entry::parse(line).unwrap() {
                Entry::Intent(intent) => intents.push(intent),
                Entry::Outcome(outcome) => _ = outcomes.insert(outcome.id, outcome),
                _ => {}
            }
        }
        (intents, outcomes)
    }
}

/// The application.
struct Shop {
    world: World,
    client: Client,
    merchant: Grant<Merchant>,
    payout: Grant<Payout>,
    /// The invoices of which a part is refunded, by the names of the refunds. Refunds of them are paid by
    /// themselves, so that a second one would not be refused for the first.
    paid: BTreeMap<String, Invoice>,
    payee: Payee,
    /// The jobs by the guids and references of their requests.
    jobs: HashMap<String, Name>,
    disks: Vec<RefCell<Disk>>,
}

fn key() -> PrivateKey {
    PrivateKey::from_bytes(&[7; 32]).unwrap()
}

fn invoice_of(name: &str) -> CreateInvoice {
    CreateInvoice::for_order(name, 20u32, Currency::USD)
}

/// Does something of a world's while nothing goes wrong, and waits for it.
fn calmly<T: 'static>(world: &World, act: impl Future<Output = T> + 'static) -> T {
    let done = Rc::new(RefCell::new(None));
    let place = done.clone();
    world.spawn(0, async move {
        let value = act.await;
        *place.borrow_mut() = Some(value);
    });
    world.run(|_, _| {});
    done.take().unwrap()
}

impl Shop {
    fn open(world: &World, random: &mut Rng, size: Size) -> Self {
        let (merchant, payout) = world.at_server(|engine, now| {
            (
                engine.grant::<Merchant>(key(), now),
                engine.grant::<Payout>(key(), now),
            )
        });
        let environment: Environment = BASE.parse().unwrap();
        let mut policy = RetryPolicy::default();
        policy.tries = random.u32(1..7);
        policy.deadline = Duration::from_secs(random.u64(20..300));
        let timeout = Duration::from_secs(random.u64(1..30));
        let config = Config::new(environment.clone()).retry(policy);
        let client = Client {
            world: world.clone(),
            base: environment.base_url(),
            settings: CallSettings::new(&config).unwrap(),
            timeout,
        };
        let names = |process: usize| (0..size.jobs).map(move |job| format!("{process}-{job}"));
        let book = |process: usize| {
            let jobs = names(process).flat_map(|name| {
                [Kind::Invoice, Kind::Refund, Kind::Payout]
                    .map(|kind| ((kind, name.clone()), Known::NotMade))
            });
            jobs.collect()
        };
        let all: Vec<String> = (0..size.processes).flat_map(names).collect();
        let keyed = all.iter().flat_map(|name| {
            [
                (Guid::for_order(name).to_string(), Kind::Invoice),
                (Guid::derived("refund", name).to_string(), Kind::Refund),
                (name.clone(), Kind::Payout),
            ]
            .map(|(key, kind)| (key, (kind, name.clone())))
        });
        let jobs = keyed.collect();
        Self {
            world: world.clone(),
            jobs,
            paid: paid_invoices(world, &client, &merchant, all),
            payee: active_payee(world, &client, &payout),
            client,
            merchant,
            payout,
            disks: (0..size.processes)
                .map(|process| {
                    RefCell::new(Disk {
                        journal: Vec::new(),
                        pending: Vec::new(),
                        book: book(process),
                        wrong: Vec::new(),
                    })
                })
                .collect(),
        }
    }

    /// Starts a process: it finds out what became of what it was doing, and then does the rest.
    fn start(self: &Rc<Self>, process: usize) {
        let shop = self.clone();
        self.disks[process].borrow_mut().torn(&self.world);
        self.world.spawn(process, async move {
            shop.recover(process).await;
            let mut jobs: Vec<Name> = {
                let disk = shop.disks[process].borrow();
                let rest = disk.book.iter();
                rest.filter(|(name, known)| may_ask(name.0, known))
                    .map(|(name, _)| name.clone())
                    .collect()
            };
            let order = shop.world.chance();
            Rng::with_seed(order).shuffle(&mut jobs);
            let jobs = Rc::new(RefCell::new(VecDeque::from(jobs)));
            for _ in 0..WORKERS {
                let (shop, jobs) = (shop.clone(), jobs.clone());
                shop.world.clone().spawn(process, async move {
                    loop {
                        let Some(name) = jobs.borrow_mut().pop_front() else {
                            return;
                        };
                        shop.ask(process, &name).await;
                    }
                });
            }
        });
    }

    /// Puts into the table what the journal knows, and finds out what it does not.
    async fn recover(&self, process: usize) {
        let (intents, outcomes) = self.disks[process].borrow_mut().history();
        for intent in &intents {
            let name = self.name_of(intent);
            let before = self.disks[process].borrow().book[&name].clone();
            if let Known::Made(_) = before {
                continue;
            }
            let known = match outcomes.get(&intent.id) {
                Some(Outcome {
                    effect: Effect::Happened,
                    resource: Some(id),
                    ..
                }) => Known::Made(id.clone()),
                Some(Outcome {
                    effect: Effect::Nothing,
                    ..
                }) => continue,
                _ => self.find_out(process, &name, intent).await,
            };
            self.set(process, &name, known).await;
        }
    }

    /// The job that the journal speaks of.
    fn name_of(&self, intent: &Intent) -> Name {
        let guid = intent.guid.as_ref().map(|guid| guid.as_str());
        let key = guid.or(intent.reference.as_deref()).unwrap_or_default();
        self.jobs
            .get(key)
            .expect("an intent is one of a job")
            .clone()
    }

    /// Writes to the table. A process may be killed before.
    async fn set(&self, process: usize, name: &Name, known: Known) {
        let time = self.world.below(20);
        self.world.sleep(Duration::from_millis(time)).await;
        let mut disk = self.disks[process].borrow_mut();
        disk.book.insert(name.clone(), known);
    }

    async fn ask(&self, process: usize, name: &Name) {
        let (kind, text) = name;
        let (client, disk) = (&self.client, Some(&self.disks[process]));
        let answer = match kind {
            Kind::Invoice => {
                let made = client.call(&self.merchant, &invoice_of(text), disk).await;
                made.map(|made| made.id.to_string())
            }
            Kind::Refund => {
                let guid = Guid::derived("refund", text);
                let request = CreateRefund::new(&self.paid[text], guid, 1u32).unwrap();
                let made = client.call(&self.merchant, &request, disk).await;
                made.map(|made| made.id.to_string())
            }
            Kind::Payout => {
                let payee = self.payee.clone();
                let request = CreatePayout::new(text, payee, 10u32, Currency::USD, Currency::USD);
                let made = client.call(&self.payout, &request, disk).await;
                made.map(|made| made.id.to_string())
            }
        };
        let known = match answer {
            Ok(id) => Known::Made(id),
            Err(error) => match (error.effect(), error.replay()) {
                // What an earlier process made.
                (_, Some(replay)) => {
                    let existing = replay.existing::<Invoice>().unwrap();
                    Known::Made(existing.id.to_string())
                }
                (Effect::Nothing, _) => Known::NotMade,
                _ => {
                    let named = error.guid().is_some() || error.reference().is_some();
                    if !named || error.found_by().is_none() {
                        let wrong = format!("{kind} {text}: an error without a name: {error:?}");
                        self.disks[process].borrow_mut().wrong.push(wrong);
                    }
                    self.find_out(process, name, &error).await
                }
            },
        };
        self.set(process, name, known).await;
    }

    /// What became of something whose outcome is not known?
    async fn find_out(&self, process: usize, (kind, _): &Name, doubt: &impl Doubt) -> Known {
        let disk = &self.disks[process];
        let finding = match kind {
            Kind::Payout => self.client.find_out(&self.payout, doubt, disk).await,
            _ => self.client.find_out(&self.merchant, doubt, disk).await,
        };
        match finding {
            Ok(Finding::Happened(found)) => Known::Made(found.id.unwrap()),
            Ok(Finding::NotFound {
                may_send_again: true,
            }) => Known::NotMade,
            _ => Known::Unknown,
        }
    }

    fn report(&self) -> Report {
        let held = self.held();
        let mut book = Book::new();
        let mut report = Report {
            counts: self.world.counts(),
            made: held.values().map(|ids| ids.len() as u64).sum(),
            ..Report::default()
        };
        for disk in &self.disks {
            let disk = disk.borrow();
            book.extend(disk.book.clone());
            report.wrong.extend(disk.wrong.iter().cloned());
        }
        report.wrong.extend(wrong(&book, &held));
        for (name, known) in &book {
            match known {
                Known::Unknown => {
                    report.unknown += 1;
                    report.unknown_made += u64::from(held.contains_key(name));
                }
                // The storm is over: nothing keeps it from being made.
                Known::NotMade => report.wrong.push(format!("{} {} was lost", name.0, name.1)),
                Known::Made(_) => {}
            }
            if name.0 == Kind::Invoice && !matches!(known, Known::Made(_)) {
                report
                    .wrong
                    .push(format!("invoice {} is not known to be made", name.1));
            }
        }
        report
    }

    /// What the server has.
    fn held(&self) -> Held {
        let mut held = Held::new();
        let mut add = |kind: Kind, name: Option<String>, id: String| {
            let name = name.unwrap_or_else(|| "without a name".to_owned());
            held.entry((kind, name)).or_default().push(id);
        };
        let span = ("2026-02-01".parse().unwrap(), "2026-05-01".parse().unwrap());
        let mut offset = 0;
        loop {
            let list = ListInvoices::new(span.0, span.1).limit(MOST).offset(offset);
            let rows = self.calmly(self.merchant.clone(), list);
            for row in rows.iter() {
                let name = row.order_id.clone();
                if !name.as_deref().is_some_and(|name| name.starts_with(PAID)) {
                    add(Kind::Invoice, name, row.id.to_string());
                }
            }
            if rows.is_empty() {
                break;
            }
            offset += MOST;
        }
        for (name, invoice) in &self.paid {
            let guid = Guid::derived("refund", name);
            let list = ListRefunds::new(invoice.id.clone());
            for row in self.calmly(self.merchant.clone(), list).iter() {
                let mine = row.guid.as_deref() == Some(guid.as_str());
                add(Kind::Refund, mine.then(|| name.clone()), row.id.to_string());
            }
        }
        let mut offset = 0;
        loop {
            let rows = self.calmly(
                self.payout.clone(),
                ListPayouts::new().limit(MOST).offset(offset),
            );
            for row in rows.iter() {
                add(Kind::Payout, row.reference.clone(), row.id.to_string());
            }
            if rows.is_empty() {
                break;
            }
            offset += MOST;
        }
        held
    }

    fn calmly<C: Credential + 'static, E: Allows<C> + 'static>(
        &self,
        credential: C,
        request: E,
    ) -> Answer<E::Response>
    where
        E::Response: 'static,
    {
        let client = self.client.clone();
        calmly(&self.world, async move {
            client.call(&credential, &request, None).await
        })
        .unwrap()
    }
}

/// May this be asked for? An invoice always: its guid protects it.
fn may_ask(kind: Kind, known: &Known) -> bool {
    match known {
        Known::NotMade => true,
        Known::Made(_) => false,
        Known::Unknown => kind == Kind::Invoice,
    }
}

/// For each name an invoice that is complete.
fn paid_invoices(
    world: &World,
    client: &Client,
    merchant: &Grant<Merchant>,
    names: Vec<String>,
) -> BTreeMap<String, Invoice> {
    let (client, grant) = (client.clone(), merchant.clone());
    let seen = world.clone();
    calmly(world, async move {
        let mut paid = BTreeMap::new();
        for name in names {
            let order = CreateInvoice::for_order(format!("{PAID}-{name}"), 20u32, Currency::USD)
                .buyer(Buyer::new().email("ada@example.com"));
            let mut invoice = client
                .call(&grant, &order, None)
                .await
                .unwrap()
                .into_value();
            invoice.status = InvoiceStatus::Complete;
            paid.insert(name, invoice);
        }
        // By now it is so.
        seen.sleep(Duration::from_secs(1)).await;
        paid
    })
}

fn active_payee(world: &World, client: &Client, payout: &Grant<Payout>) -> Payee {
    let (mine, grant) = (client.clone(), payout.clone());
    let id = calmly(world, async move {
        let ada = NewRecipient::new(Guid::derived("recipient", "ada"), "ada@example.com");
        let invite = SubmitRecipients::new(Guid::derived("recipients", "all"), vec![ada]);
        let made = mine.call(&grant, &invite, None).await.unwrap();
        made.first().unwrap().id.clone()
    });
    world.at_server(|engine, now| {
        engine
            .move_recipient(&id, &RecipientStatus::Active, now)
            .unwrap();
        engine.deposit(&Currency::USD, 1_000_000u32, now).unwrap();
    });
    Payee::Recipient(id)
}
