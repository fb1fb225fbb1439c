//! The level of the process's log while the blocking client moves bytes, and after.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use bitpay_conformance::{Blocking, Front, Reply, Server};
use bitpay_core::model::invoice::GetInvoice;
use log::{LevelFilter, Log, Metadata, Record};

use crate::values::{INVOICE, MADE, MERCHANT_TOKEN, merchant, once};

/// Set in the process that does it: the level is the whole process's.
const ALONE: &str = "BITPAY_HUSH_ALONE";

type Once = Box<dyn FnOnce() + Send>;

/// Takes everything, and does once what it is told.
struct Logger {
    heard: Mutex<Vec<String>>,
    when_asked: Mutex<Option<Once>>,
    when_told: Mutex<Option<Once>>,
}

static LOGGER: Logger = Logger {
    heard: Mutex::new(Vec::new()),
    when_asked: Mutex::new(None),
    when_told: Mutex::new(None),
};

fn set(when: &Mutex<Option<Once>>, act: impl FnOnce() + Send + 'static) {
    *when.lock().unwrap() = Some(Box::new(act));
}

fn act(when: &Mutex<Option<Once>>) {
    let act = when.lock().unwrap().take();
    if let Some(act) = act {
        act();
    }
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        if metadata.target().starts_with("ureq") {
            act(&self.when_asked);
        }
        true
    }

    fn log(&self, record: &Record<'_>) {
        if record.target().starts_with("ureq::run") {
            act(&self.when_told);
        }
        let line = format!("{} {} {}", record.level(), record.target(), record.args());
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }

    fn flush(&self) {}
}

impl Logger {
    /// What was heard since the last time, and no secret in it.
    #[track_caller]
    fn heard(&self) -> Vec<String> {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        for line in &heard {
            assert!(!line.starts_with("TRACE ureq_proto"), "{line}");
            assert!(!line.contains(&MERCHANT_TOKEN[..8]), "{line}");
        }
        heard
    }
}

/// The level is what it was, and what is logged at it is heard.
#[track_caller]
fn assert_restored() {
    assert_eq!(log::max_level(), LevelFilter::Trace);
    log::trace!("between two calls");
    assert!(LOGGER.heard().iter().any(|it| it.contains("between two")));
}

fn call(client: &Blocking) -> bool {
    let get = GetInvoice::new(INVOICE.parse().unwrap());
    client.call(&merchant(), &get).is_ok()
}

#[test]
fn the_log_is_hushed_while_bytes_move_and_is_as_before_whatever_happens() {
    if std::env::var_os(ALONE).is_none() {
        let name = "hush::the_log_is_hushed_while_bytes_move_and_is_as_before_whatever_happens";
        let done = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(ALONE, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned()
            + &String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    log::set_logger(&LOGGER).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let mut count = 0;
    let server = Server::answering(move |_| {
        count += 1;
        match count % 5 {
            4 => Reply::Close,
            _ => Reply::data(MADE),
        }
    });
    let told = Arc::new(AtomicUsize::new(0));
    let observer = told.clone();
    let config =
        once(&server).observer(Arc::new(move |event: &bitpay_core::observe::Event<'_>| {
            observer.fetch_add(1, Ordering::SeqCst);
            log::trace!(target: "observer", "{event}");
        }));
    let client = Blocking::new(&config).unwrap();

    // One call: what an observer logs at this level is not lost with it.
    assert!(call(&client));
    let of_observer = |it: &&String| it.starts_with("TRACE observer");
    let heard = LOGGER.heard().iter().filter(of_observer).count();
    assert_eq!((heard > 2, heard), (true, told.load(Ordering::SeqCst)));
    assert_restored();

    // Many at once, some of which fail.
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..20).filter(|_| call(&client)).count());
        }
    });
    assert_restored();

    // The logger panics, when it is asked before an exchange and when it is told in the middle of one.
    for when in [&LOGGER.when_asked, &LOGGER.when_told] {
        set(when, || panic!("this test asked for it"));
        assert!(catch_unwind(AssertUnwindSafe(|| call(&client))).is_err());
        assert_restored();
        call(&client);
        assert_restored();
    }

    // A logger that makes a call of its own: it sends what it hears, for example.
    let (done, waited) = mpsc::channel();
    let own = Blocking::new(&config).unwrap();
    set(&LOGGER.when_asked, move || {
        call(&own);
    });
    thread::spawn(move || {
        call(&client);
        done.send(()).unwrap();
    });
    let waited = waited.recv_timeout(Duration::from_secs(20));
    waited.expect("the call waits for the logger, and the logger for the call");
    assert_restored();

    // Who lowers the level in the meantime has it as they want.
    let client = Blocking::new(&config).unwrap();
    set(&LOGGER.when_told, || log::set_max_level(LevelFilter::Info));
    call(&client);
    assert_eq!(log::max_level(), LevelFilter::Info);
}
