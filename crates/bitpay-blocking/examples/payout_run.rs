//! A run of payouts, which may be stopped and started again at any point: whoever was paid is not paid again.
//!
//! ```sh
//! cargo run -p bitpay-blocking --example payout_run
//! ```
//!
//! starts a sandbox in this program, pays three people, loses an answer on the way, and runs once more. Against a
//! BitPay elsewhere, with a profile that `bitpay pair --facade payout --wait` has made:
//!
//! ```sh
//! BITPAY_PROFILE=default cargo run -p bitpay-blocking --example payout_run -- payroll.csv
//! ```
//!
//! A line of the file is `reference,recipient,amount,currency,ledger`, for instance
//! `payroll-2026-05-ada,JaXmQDd7i3hqMAtaRQGSpX,12.50,USD,EUR`. A reference is used once, ever: it is what tells a payout
//! that was made from one that was not.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::error::Error;
use std::fs;
use std::process::ExitCode;
use std::sync::Arc;

use bitpay_blocking::find_out::Finding;
use bitpay_blocking::journal::Entry;
use bitpay_blocking::model::payout::{CreatePayout, ListPayouts};
use bitpay_blocking::model::recipient::{NewRecipient, RecipientStatus, SubmitRecipients};
use bitpay_blocking::retry::RetryPolicy;
use bitpay_blocking::{Amount, Client, Currency, Effect, Error as BitPayError, Grant, Payout};
use bitpay_blocking::{RecipientId, generate_key, new_guid};
use bitpay_sandbox::{Fault, Sandbox};
use bitpay_store::{FileJournal, Store, StoreError};

/// What came of a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Paid {
    /// It was paid now.
    Now,
    /// It was there already, of an earlier run; its status says whether it was paid, cancelled or failed.
    Before,
    /// It was refused: nothing was paid. Mend the line, and run it again.
    Refused(String),
    /// It may have been paid, and BitPay does not show it. Nothing is sent under this reference any more, until it shows,
    /// or a person who has looked says `bitpay recover --close INTENT --as nothing`.
    NotKnown,
}

/// Reads a line: `reference,recipient,amount,currency,ledger`.
///
/// # Errors
/// When it is none.
pub fn read(line: &str) -> Result<CreatePayout, Box<dyn Error>> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let [reference, recipient, amount, currency, ledger] = fields[..] else {
        return Err(format!("not five fields: {line}").into());
    };
    let recipient: RecipientId = recipient.parse()?;
    let amount: Amount = amount.parse()?;
    let (currency, ledger) = (currency.parse()?, ledger.parse()?);
    Ok(CreatePayout::new(
        reference, recipient, amount, currency, ledger,
    ))
}

/// Pays each, once. The client has to write the same journal.
///
/// # Errors
/// When BitPay cannot be asked, or the journal not be read: nothing more is sent then.
pub fn pay_all(
    payer: &Client<Grant<Payout>>,
    journal: &FileJournal,
    payouts: &[CreatePayout],
) -> Result<Vec<Paid>, Box<dyn Error>> {
    let mut references = BTreeSet::new();
    if let Some(twice) = payouts.iter().find(|it| !references.insert(it.reference())) {
        return Err(format!("{} is there twice", twice.reference()).into());
    }
    let sent = sent_before(journal)?;
    let mut paid = Vec::new();
    for payout in payouts {
        let reference = payout.reference();
        // What was made is there under its reference, or in the journal, until BitPay shows it.
        let list = ListPayouts::by_reference(reference);
        let there = payer.rows(&list).collect::<Result<Vec<_>, _>>()?;
        let is_there = there
            .iter()
            .any(|it| it.reference.as_deref() == Some(reference));
        let came = match sent.get(reference) {
            _ if is_there => Paid::Before,
            Some(Effect::Happened) => Paid::Before,
            Some(_) => Paid::NotKnown,
            None => pay(payer, payout)?,
        };
        println!("{}: {came:?}", payout.reference());
        paid.push(came);
    }
    Ok(paid)
}

/// By reference, the payouts that earlier runs have sent, and what is known of them. What certainly did not happen is
/// as if it had not been sent.
fn sent_before(journal: &FileJournal) -> Result<BTreeMap<String, Effect>, StoreError> {
    let mut sent = BTreeMap::new();
    journal.read(|entry| match entry {
        Entry::Intent(intent) => {
            sent.insert(intent.id, (intent.reference, Effect::Unknown));
        }
        Entry::Outcome(outcome) if outcome.effect == Effect::Nothing => {
            sent.remove(&outcome.id);
        }
        Entry::Outcome(outcome) => {
            if let Some((_, effect)) = sent.get_mut(&outcome.id) {
                *effect = outcome.effect;
            }
        }
        _ => {}
    })?;
    let named = sent.into_values();
    Ok(named
        .filter_map(|(reference, effect)| Some((reference?, effect)))
        .collect())
}

fn pay(payer: &Client<Grant<Payout>>, payout: &CreatePayout) -> Result<Paid, BitPayError> {
    let error = match payer.create_payout(payout) {
        Ok(_) => return Ok(Paid::Now),
        Err(error) => error,
    };
    match error.effect() {
        Effect::Nothing if error.is_retryable() => Err(error), // not this line's fault
        Effect::Nothing => Ok(Paid::Refused(error.to_string())),
        Effect::Happened => Ok(Paid::Now),
        _ => Ok(match payer.find_out(&error)? {
            Finding::Happened(_) => Paid::Now,
            _ => Paid::NotKnown,
        }),
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let paid = match (env::var("BITPAY_PROFILE"), &args[..]) {
        (Ok(name), [file]) => {
            let store = Store::user()?;
            let profile = store.profile(&name)?;
            // What is about to be sent is on disk before: `bitpay recover` knows of it after a crash.
            let client = Client::new(profile.environment().clone())?;
            let payer = client.with(profile.grant::<Payout>()?);
            let journal = Arc::new(store.journal(&name)?);
            let payer = payer.with_journal(Arc::clone(&journal) as _);
            // All lines are read before the first is paid.
            let lines = fs::read_to_string(file)?;
            let payouts: Result<Vec<_>, _> = lines.lines().map(read).collect();
            pay_all(&payer, &journal, &payouts?)?
        }
        (Err(_), []) => here()?,
        _ => return Err("usage: BITPAY_PROFILE=NAME payout_run FILE.csv".into()),
    };
    let is_done = paid.iter().all(|it| matches!(it, Paid::Now | Paid::Before));
    Ok(if is_done {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// With a sandbox in this program.
fn here() -> Result<Vec<Paid>, Box<dyn Error>> {
    let sandbox = Sandbox::start()?;
    let grant: Grant<Payout> = sandbox.grant(generate_key()?);
    let folder = tempfile::tempdir()?;
    let journal = Arc::new(Store::open(folder.path().join("store"))?.journal("default")?);
    let client = Client::new(sandbox.environment())?.with(grant);
    let payer = client.with_journal(Arc::clone(&journal) as _);
    let payouts = payroll(&sandbox, &payer)?;

    println!("the answer to the second payout is lost on the way");
    let hasty = payer.with_retry(RetryPolicy::off());
    pay_all(&hasty, &journal, &payouts[..1])?;
    sandbox.inject(Fault::lost().on("create_payout"));
    pay_all(&hasty, &journal, &payouts)?;
    println!("once more, from the beginning");
    pay_all(&payer, &journal, &payouts)
}

/// Three people who can be paid, and what they get.
///
/// # Errors
/// When the sandbox fails.
pub fn payroll(
    sandbox: &Sandbox,
    payer: &Client<Grant<Payout>>,
) -> Result<Vec<CreatePayout>, Box<dyn Error>> {
    let mut payouts = Vec::new();
    for name in ["ada", "bob", "eve"] {
        let person = NewRecipient::new(new_guid()?, format!("{name}@example.com"));
        let invite = SubmitRecipients::new(new_guid()?, vec![person]);
        let invited = payer.submit_recipients(&invite)?;
        let person = invited.first().ok_or("nobody was invited")?;
        sandbox.move_recipient(&person.id, RecipientStatus::Active)?; // has accepted
        let (reference, amount) = (
            format!("payroll-2026-05-{name}"),
            "12.50".parse::<Amount>()?,
        );
        let id = person.id.clone();
        payouts.push(CreatePayout::new(
            reference,
            id,
            amount,
            Currency::USD,
            Currency::EUR,
        ));
    }
    Ok(payouts)
}
