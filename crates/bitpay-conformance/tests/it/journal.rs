//! The journal, finding out, settings for one call and limits of one's own: in both clients, over sockets.

use std::error::Error as StdError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use bitpay_conformance::{Front, Reply, Server, both_fronts};
use bitpay_core::error::TransportErrorKind;
use bitpay_core::find_out::Finding;
use bitpay_core::journal::{Entry, Journal, OpenIntents};
use bitpay_core::limit::Rate;
use bitpay_core::model::invoice::{CancelInvoice, CreateInvoice, InvoiceStatus};
use bitpay_core::model::payout::{CreatePayout, Payee};
use bitpay_core::model::rate::GetRates;
use bitpay_core::model::refund::CreateRefund;
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{
    Amount, Anonymous, Config, Currency, Effect, Error, ErrorKind, Grant, Guid, Merchant, Payout,
};
use bitpay_sandbox::{Fault, Sandbox};

use crate::values::{config, key, quick};

both_fronts! {
    the_intent_is_written_before_a_byte_leaves_and_the_outcome_before_the_result,
    nothing_is_sent_without_its_intent,
    what_was_lost_is_found_out_by_one_call,
    a_result_is_not_lost_with_its_outcome,
    one_call_may_have_settings_of_its_own,
    an_answer_that_does_not_begin_is_not_waited_for,
    clients_made_from_one_share_its_limits,
}

/// A journal in memory, which can be told to fail, and looks at the sandbox when it is written.
#[derive(Default)]
struct Lines {
    lines: Mutex<String>,
    fails: AtomicBool,
    sandbox: Option<Sandbox>,
    /// How many requests had come to the sandbox when each entry was written.
    came: Mutex<Vec<usize>>,
}

impl Lines {
    fn open(&self) -> usize {
        let mut open = OpenIntents::new();
        open.read_all(self.lines.lock().unwrap().as_bytes())
            .unwrap();
        open.intents().len()
    }
}

impl Journal for Lines {
    fn write(&self, entry: &Entry) -> Result<(), Box<dyn StdError + Send + Sync>> {
        if self.fails.load(Ordering::SeqCst) {
            return Err("the disk is full".into());
        }
        let mut lines = self.lines.lock().unwrap();
        *lines += &entry.to_line();
        *lines += "\n";
        if let Some(sandbox) = &self.sandbox {
            self.came.lock().unwrap().push(sandbox.requests().len());
        }
        Ok(())
    }
}

fn start<F: Front>() -> (Arc<Lines>, F, Grant<Merchant>, Grant<Payout>) {
    let sandbox = Sandbox::start().unwrap();
    let merchant = sandbox.grant::<Merchant>(key());
    let payout = sandbox.grant::<Payout>(key());
    let config = Config::new(sandbox.environment()).retry(quick());
    let journal = Arc::new(Lines {
        sandbox: Some(sandbox),
        ..Lines::default()
    });
    let client = F::new(&config).unwrap().with_journal(journal.clone());
    (journal, client, merchant, payout)
}

fn order() -> CreateInvoice {
    CreateInvoice::for_order("o-1", 20u32, Currency::USD)
}

fn the_intent_is_written_before_a_byte_leaves_and_the_outcome_before_the_result<F: Front>() {
    let (journal, client, merchant, _) = start::<F>();
    let invoice = client.call(&merchant, &order()).unwrap();
    assert_eq!(*journal.came.lock().unwrap(), [0, 1]);
    assert!(journal.lines.lock().unwrap().contains(invoice.id.as_str()));
    assert_eq!(journal.open(), 0);
    // One intent and one outcome, whatever it takes.
    let sandbox = journal.sandbox.as_ref().unwrap();
    sandbox.inject(Fault::lost().on("cancel_invoice"));
    let cancelled = client
        .call(&merchant, &CancelInvoice::new(invoice.id.clone()))
        .unwrap();
    assert!(cancelled.was_looked_up());
    assert_eq!(*journal.came.lock().unwrap(), [0, 1, 1, 3]);
}

fn nothing_is_sent_without_its_intent<F: Front>() {
    let (journal, client, merchant, _) = start::<F>();
    journal.fails.store(true, Ordering::SeqCst);
    let error = client.call(&merchant, &order()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Journal(_)), "{error:?}");
    assert_eq!(error.effect(), Effect::Nothing);
    let sandbox = journal.sandbox.as_ref().unwrap();
    assert_eq!(sandbox.requests().len(), 0);
    // What only reads does not ask it.
    client.call(&Anonymous, &GetRates::new()).unwrap();
}

fn a_result_is_not_lost_with_its_outcome<F: Front>() {
    let (journal, client, merchant, _) = start::<F>();
    let sandbox = journal.sandbox.as_ref().unwrap();
    let at_work = journal.clone();
    sandbox.on_event(move |_| at_work.fails.store(true, Ordering::SeqCst));
    let invoice = client.call(&merchant, &order()).unwrap();
    assert!(invoice.is_unrecorded());
    sandbox.on_event(|_| {});
    journal.fails.store(false, Ordering::SeqCst);
    assert_eq!(journal.open(), 1);
    let mut open = OpenIntents::new();
    open.read_all(journal.lines.lock().unwrap().as_bytes())
        .unwrap();
    let found = client.find_out(&merchant, open.intents()[0]).unwrap();
    assert!(
        matches!(found, Finding::Happened(found) if found.id.as_deref() == Some(invoice.id.as_str()))
    );
    assert_eq!(journal.open(), 0);
}

/// Loses the answer to one try, after the work or before, and finds out.
fn found<C, E, F>(client: &F, journal: &Lines, credential: &C, request: &E, works: bool) -> Finding
where
    C: bitpay_core::Credential,
    E: bitpay_core::Allows<C>,
    E::Response: std::fmt::Debug,
    F: Front,
{
    let sandbox = journal.sandbox.as_ref().unwrap();
    let fault = Fault::lost().on(E::OPERATION.name);
    sandbox.inject(if works { fault } else { fault.without_work() });
    let once = client.with_retry(RetryPolicy::off());
    let error: Error = once.call(credential, request).unwrap_err();
    assert_eq!((error.effect(), error.tries()), (Effect::Unknown, 1));
    assert_eq!(journal.open(), 1);
    let before = sandbox.requests().len();
    let finding = client.find_out(credential, &error).unwrap();
    assert_eq!(sandbox.requests().len(), before + 1, "it is one call");
    finding
}

fn what_was_lost_is_found_out_by_one_call<F: Front>() {
    for works in [true, false] {
        let (journal, client, merchant, payouts) = start::<F>();
        let sandbox = journal.sandbox.as_ref().unwrap();
        // What was found is settled in the journal; what was not is open, until the next client.
        let is_settled = |finding: &Finding, is_there: bool| {
            assert_eq!(
                matches!(finding, Finding::Happened(_)),
                works || is_there,
                "{finding:?}"
            );
            assert_eq!(journal.open(), usize::from(!works));
            journal.lines.lock().unwrap().clear();
        };
        let finding = found(&client, &journal, &merchant, &order(), works);
        is_settled(&finding, false);
        if !works {
            // To finish it, the same call is made again.
            assert_eq!(
                finding,
                Finding::NotFound {
                    may_send_again: true
                }
            );
        }
        let id = match client.call(&merchant, &order()) {
            Ok(made) => made.id.clone(),
            Err(error) => {
                let existing = error
                    .replay()
                    .unwrap()
                    .existing::<bitpay_core::model::invoice::Invoice>();
                existing.unwrap().id
            }
        };
        journal.lines.lock().unwrap().clear();

        let pay = CreatePayout::new(
            "May",
            Payee::invite("ada@example.org"),
            "12.50".parse::<Amount>().unwrap(),
            Currency::USD,
            Currency::EUR,
        );
        let finding = found(&client, &journal, &payouts, &pay, works);
        is_settled(&finding, false);
        if !works {
            assert_eq!(
                finding,
                Finding::NotFound {
                    may_send_again: false
                }
            );
        }

        let finding = found(&client, &journal, &merchant, &CancelInvoice::new(id), works);
        is_settled(&finding, false);

        let mut other = CreateInvoice::for_order("o-2", 20u32, Currency::USD);
        other.buyer = Some(bitpay_core::model::invoice::Buyer::new().email("b@example.org"));
        let invoice = client.call(&merchant, &other).unwrap();
        sandbox.pay(&invoice.id, InvoiceStatus::Complete).unwrap();
        let get = bitpay_core::model::invoice::GetInvoice::new(invoice.id.clone());
        let invoice = client.call(&merchant, &get).unwrap();
        journal.lines.lock().unwrap().clear();
        let refund = CreateRefund::full(&invoice, Guid::from_random([5; 16])).unwrap();
        let finding = found(&client, &journal, &merchant, &refund, works);
        is_settled(&finding, false);
    }
}

fn one_call_may_have_settings_of_its_own<F: Front>() {
    let (journal, client, _, _) = start::<F>();
    let sandbox = journal.sandbox.as_ref().unwrap();
    let page = || Fault::answer(503, "text/html", "<h1>Busy</h1>");
    sandbox.inject(page());
    let once = client.with_retry(RetryPolicy::off());
    let error = once.call(&Anonymous, &GetRates::new()).unwrap_err();
    assert_eq!(error.tries(), 1);
    sandbox.inject(page());
    assert_eq!(
        client.call(&Anonymous, &GetRates::new()).unwrap().tries(),
        2
    );
}

fn an_answer_that_does_not_begin_is_not_waited_for<F: Front>() {
    let long = Duration::from_secs(20);
    let short = Duration::from_millis(200);
    // It accepts the connection and reads the request, and that is all.
    let server = Server::always(Reply::Stall);
    let client = F::new(&config(&server).retry(RetryPolicy::off()).timeout(long)).unwrap();
    for (whole, first_byte) in [(long, short), (short, long)] {
        let began = Instant::now();
        let hasty = client.with_timeouts(whole, first_byte);
        let error = hasty.call(&Anonymous, &GetRates::new()).unwrap_err();
        let ErrorKind::Transport(fault) = error.kind() else {
            panic!("{error:?}");
        };
        assert_eq!(fault.kind, TransportErrorKind::Timeout);
        let passed = began.elapsed();
        assert!(passed >= short && passed < long / 4, "{passed:?}");
    }
    // One that begins in time may then take longer than that.
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n";
    let slow = format!("{head}{{\"data\":[]}}");
    // The last bytes of it come as spaces.
    let slow = slow.replace("Length: 11", "Length: 20");
    let every = Duration::from_millis(60);
    let server = Server::always(Reply::Drip(slow.into_bytes(), every));
    let client = F::new(&config(&server).retry(RetryPolicy::off())).unwrap();
    let patient = client.with_timeouts(long, short);
    let began = Instant::now();
    patient.call(&Anonymous, &GetRates::new()).unwrap();
    assert!(began.elapsed() > short);
}

fn clients_made_from_one_share_its_limits<F: Front>() {
    let sandbox = Sandbox::start().unwrap();
    let per = Duration::from_millis(700);
    let config = Config::new(sandbox.environment())
        .retry(quick())
        .limit::<GetRates>(Rate::new(5, per));
    let client = F::new(&config).unwrap();
    let began = Instant::now();
    // Twelve calls of three clients: after the tenth, two spans have passed.
    for number in 0..4 {
        let other = client.with_retry(quick());
        let third = client.with_timeouts(Duration::from_secs(5), Duration::from_secs(5));
        for one in [&client, &other, &third] {
            one.call(&Anonymous, &GetRates::new()).unwrap();
        }
        assert!(number > 0 || began.elapsed() < per);
    }
    assert!(began.elapsed() >= per * 2, "{:?}", began.elapsed());
    let mut hasty = RetryPolicy::off();
    hasty.deadline = Duration::from_millis(50);
    let hasty = client.with_retry(hasty);
    // One may be late for its deadline: it counts all the same.
    let mut errors = (0..12).filter_map(|_| hasty.call(&Anonymous, &GetRates::new()).err());
    let refused = errors.find(|error| matches!(error.kind(), ErrorKind::Limit(_)));
    let refused = refused.unwrap();
    assert_eq!((refused.effect(), refused.tries()), (Effect::Nothing, 0));
}

/// A journal that takes its time.
struct Slow(AtomicBool);

impl Journal for Slow {
    fn write(&self, _: &Entry) -> Result<(), Box<dyn StdError + Send + Sync>> {
        while !self.0.load(Ordering::SeqCst) {
            sleep(Duration::from_millis(1));
        }
        Ok(())
    }
}

#[test]
fn a_journal_that_takes_its_time_holds_up_no_other_task() {
    let sandbox = Sandbox::start().unwrap();
    let client = bitpay_async::Client::new(sandbox.environment()).unwrap();
    let slow = Arc::new(Slow(AtomicBool::new(false)));
    let merchant = client
        .with_journal(slow.clone())
        .with(sandbox.grant::<Merchant>(key()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let order = order();
        let create = tokio::spawn(async move { merchant.create_invoice(&order).await });
        // On the one thread that there is, others go on.
        client.get_rates().await.unwrap();
        assert!(!create.is_finished());
        slow.0.store(true, Ordering::SeqCst);
        create.await.unwrap().unwrap();
    });
}
