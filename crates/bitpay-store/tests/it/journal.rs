//! The journal on a real file system, written by threads and processes that stop at any step.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bitpay_core::journal::{Entry, Journal as _};
use bitpay_store::{FileJournal, Step, Store, StoreError};

use crate::{files, mode, private_dir, set_mode};

/// The intent, or the outcome, of a number.
fn entry(what: &str, number: usize) -> Entry {
    let more = match what {
        "intent" => format!(
            r#""operation":"create_payout","server":"https://test.bitpay.com","facade":"payout","reference":"run-{number}""#
        ),
        _ => r#""effect":"happened","by":"call""#.to_owned(),
    };
    let line = format!(
        r#"{{"entry":"{what}","id":"{number:032x}","at":"2026-05-01T12:00:00.000Z",{more}}}"#
    );
    Entry::parse(&line).unwrap()
}

fn journal(dir: &Path) -> FileJournal {
    Store::open(dir).unwrap().journal("shop").unwrap()
}

/// The references of the open intents.
fn open(dir: &Path) -> Vec<String> {
    let open = journal(dir).open_intents().unwrap();
    open.intents()
        .iter()
        .map(|intent| intent.reference.clone().unwrap())
        .collect()
}

/// This very test program, as another process that writes to the journal: the numbers from here to there,
/// and each with its outcome but the last; and at the n-th step of writing it dies.
fn child(dir: &Path, numbers: (usize, usize), dies_at: Option<usize>) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "journal::the_journal_of_a_child", "--nocapture"])
        .env("JOURNAL_TEST_DIR", dir)
        .env("JOURNAL_TEST_FROM", numbers.0.to_string())
        .env("JOURNAL_TEST_TO", numbers.1.to_string())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    if let Some(step) = dies_at {
        command.env("JOURNAL_TEST_STEP", step.to_string());
    }
    command
}

/// What a child process does. Run by the test program itself it does nothing.
#[test]
fn the_journal_of_a_child() {
    let Some(dir) = std::env::var_os("JOURNAL_TEST_DIR").map(PathBuf::from) else {
        return;
    };
    let number = |name: &str| {
        let text = std::env::var(format!("JOURNAL_TEST_{name}")).ok()?;
        text.parse::<usize>().ok()
    };
    let (from, to) = (number("FROM").unwrap(), number("TO").unwrap());
    let dies_at = number("STEP");
    let steps = AtomicUsize::new(0);
    let store = Store::open(&dir).unwrap().observe(Arc::new(move |_| {
        if Some(steps.fetch_add(1, Ordering::SeqCst)) == dies_at {
            std::process::abort();
        }
    }));
    let journal = store.journal("shop").unwrap();
    for number in from..to {
        journal.write(&entry("intent", number)).unwrap();
        if number + 1 < to {
            journal.write(&entry("outcome", number)).unwrap();
        }
    }
}

#[test]
fn an_intent_is_open_until_its_outcome_is_written() {
    let dir = private_dir();
    assert!(open(dir.path()).is_empty());
    let journal = journal(dir.path());
    journal.write(&entry("intent", 1)).unwrap();
    journal.write(&entry("intent", 2)).unwrap();
    assert_eq!(open(dir.path()), ["run-1", "run-2"]);
    journal.write(&entry("outcome", 1)).unwrap();
    assert_eq!(open(dir.path()), ["run-2"]);
    assert_eq!(files(dir.path()), ["shop.journal"]);
    assert_eq!(mode(journal.path()), 0o600);
    // Nothing is taken out: it is the audit log as well.
    assert_eq!(
        fs::read_to_string(journal.path()).unwrap().lines().count(),
        3
    );
}

#[test]
fn the_steps_of_writing_are_told_in_order() {
    let dir = private_dir();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let store = Store::open(dir.path().join("new"))
        .unwrap()
        .observe(Arc::new(move |step| log.lock().unwrap().push(step)));
    let journal = store.journal("shop").unwrap();
    journal.write(&entry("intent", 1)).unwrap();
    let [made, locked, mended, written, synced] = Step::OF_JOURNAL;
    assert_eq!(*seen.lock().unwrap(), [made, locked, written, synced]);
    assert_eq!(mode(&dir.path().join("new")), 0o700);
    seen.lock().unwrap().clear();
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(journal.path())
        .unwrap();
    file.write_all(b"{\"entry\":").unwrap();
    journal.write(&entry("intent", 2)).unwrap();
    assert_eq!(*seen.lock().unwrap(), [locked, mended, written, synced]);
}

#[test]
fn whatever_step_a_process_stops_at_no_entry_is_lost_that_was_acknowledged() {
    for step in 0.. {
        let dir = private_dir();
        let ended = child(dir.path(), (0, 3), Some(step)).status().unwrap();
        if ended.success() {
            // Made; locked, written and synced for each of five entries.
            assert_eq!(step, 1 + 5 * 3);
            break;
        }
        // The file is made, and each entry has three steps; one is acknowledged after its last.
        let acknowledged = step.saturating_sub(1) / 3;
        let lines = journal(dir.path()).open_intents().unwrap().lines();
        assert!(lines >= acknowledged as u64, "step {step}: {lines} lines");
        // The next process is not hindered, and finds what is open.
        assert!(child(dir.path(), (7, 8), None).status().unwrap().success());
        let open = open(dir.path());
        assert_eq!(open.last().unwrap(), "run-7", "step {step}");
        assert!(open.len() <= 2, "step {step}: {open:?}");
    }
}

#[test]
fn a_torn_end_is_left_out_by_readers_and_cut_off_by_the_next_writer() {
    let dir = private_dir();
    let journal = journal(dir.path());
    journal.write(&entry("intent", 1)).unwrap();
    let whole = fs::read(journal.path()).unwrap();
    let next = entry("outcome", 1).to_line();
    for cut in 0..=next.len() {
        // All of it without its line end is torn as well: nobody was told that it was written.
        let torn = [&whole, &next.as_bytes()[..cut]].concat();
        fs::write(journal.path(), &torn).unwrap();
        assert_eq!(open(dir.path()), ["run-1"], "{cut}");
        journal.write(&entry("intent", 2)).unwrap();
        assert_eq!(open(dir.path()), ["run-1", "run-2"], "{cut}");
        let mended = fs::read(journal.path()).unwrap();
        assert!(mended.starts_with(&whole));
    }
    // A file system may leave a block of zeros, and more than one is read at a time.
    let torn = [&whole[..], &[0; 10_000]].concat();
    fs::write(journal.path(), torn).unwrap();
    assert_eq!(open(dir.path()), ["run-1"]);
    journal.write(&entry("outcome", 1)).unwrap();
    assert!(open(dir.path()).is_empty());
}

#[test]
fn damage_that_no_crash_does_is_refused_with_the_number_of_the_line() {
    let dir = private_dir();
    let journal = journal(dir.path());
    journal.write(&entry("intent", 1)).unwrap();
    let mut text = fs::read_to_string(journal.path()).unwrap();
    text.push_str("{\"entry\":\"intent\",\"guid\":\"SECRET-IN-THE-WRONG-PLACE\"\n");
    text.push_str(&entry("intent", 2).to_line());
    text.push('\n');
    fs::write(journal.path(), text).unwrap();
    let error = journal.open_intents().unwrap_err();
    assert!(matches!(error, StoreError::Journal { .. }), "{error}");
    let told = format!("{error} {error:?}");
    assert!(told.contains("line 2"), "{told}");
    assert!(!told.contains("SECRET"), "{told}");
}

#[test]
fn a_journal_that_others_can_access_is_neither_read_nor_written() {
    let dir = private_dir();
    let journal = journal(dir.path());
    journal.write(&entry("intent", 1)).unwrap();
    set_mode(journal.path(), 0o644);
    let error = journal.open_intents().unwrap_err();
    assert!(matches!(error, StoreError::Exposed { .. }), "{error}");
    let error = journal.write(&entry("intent", 2)).unwrap_err().to_string();
    assert!(error.contains("chmod 600"), "{error}");
}

#[test]
fn what_cannot_be_written_is_told_to_all_who_wait_and_leaves_no_part() {
    let dir = private_dir();
    // A directory is in the way, also for root.
    fs::create_dir(dir.path().join("shop.journal")).unwrap();
    let journal = journal(dir.path());
    std::thread::scope(|threads| {
        for number in 0..8 {
            let journal = &journal;
            threads.spawn(move || journal.write(&entry("intent", number)).unwrap_err());
        }
    });
    fs::remove_dir(dir.path().join("shop.journal")).unwrap();
    journal.write(&entry("intent", 9)).unwrap();
    assert_eq!(open(dir.path()), ["run-9"]);
}

#[test]
fn processes_and_threads_that_write_at_the_same_time_lose_no_line() {
    const EACH: usize = 40;
    let dir = private_dir();
    let mut children: Vec<_> = (0..2)
        .map(|number| {
            let first = 1000 * (number + 1);
            child(dir.path(), (first, first + EACH), None)
                .spawn()
                .unwrap()
        })
        .collect();
    let syncs = Arc::new(AtomicUsize::new(0));
    let count = syncs.clone();
    let store = Store::open(dir.path())
        .unwrap()
        .observe(Arc::new(move |step| {
            if step == Step::JournalSynced {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }));
    let journal = store.journal("shop").unwrap();
    std::thread::scope(|threads| {
        for thread in 0..16 {
            let journal = &journal;
            threads.spawn(move || {
                for number in 0..EACH / 4 {
                    let number = 10_000 + thread * 100 + number;
                    journal.write(&entry("intent", number)).unwrap();
                    journal.write(&entry("outcome", number)).unwrap();
                }
            });
        }
    });
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let opened = journal.open_intents().unwrap();
    let by_threads = 16 * EACH / 4 * 2;
    assert_eq!(opened.lines(), (2 * (2 * EACH - 1) + by_threads) as u64);
    // The last one of each process has no outcome.
    assert_eq!(opened.intents().len(), 2);
    // Threads shared the wait for the disk.
    assert!(
        syncs.load(Ordering::SeqCst) < by_threads / 2,
        "{}",
        syncs.load(Ordering::SeqCst)
    );
}
