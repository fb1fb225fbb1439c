//! A job for the night: catches up with what webhooks have missed, then compares the shop's orders with the invoices
//! and ledgers of some days. Exits with 1 if a person has to look.
//!
//! ```sh
//! cargo run -p bitpay-blocking --example nightly
//! ```
//!
//! starts a sandbox in this program with a shop of five orders, of which not all are as they should be. Against a
//! BitPay elsewhere, with a profile that `bitpay pair --facade merchant --wait` has made:
//!
//! ```sh
//! BITPAY_PROFILE=default cargo run -p bitpay-blocking --example nightly -- orders.csv 2026-05-01 2026-05-31
//! ```
//!
//! A line of the file is `order,price,currency,invoice,status,fulfilled`, for instance
//! `1042,19.90,USD,Hpqc62wvE1ZjzeeH4kEycF,paid,no`. What it decides it prints: storing it is up to your database.

use std::env;
use std::error::Error;
use std::fs;
use std::process::ExitCode;

use bitpay_blocking::model::invoice::{CreateInvoice, InvoiceStatus, ListInvoices};
use bitpay_blocking::model::ledger::GetLedgerEntries;
use bitpay_blocking::reconcile::{Ledger, Order, Reconciliation, reconcile};
use bitpay_blocking::time::Date;
use bitpay_blocking::webhook::{Action, FulfilOn, decide};
use bitpay_blocking::{Client, Currency, Grant, InvoiceId, Merchant, generate_key};
use bitpay_sandbox::Sandbox;
use bitpay_store::Store;

/// An order, as the shop has it.
pub struct Record {
    /// Its number, its price, and whether it was sent out.
    pub order: Order,
    /// Its invoice.
    pub invoice: InvoiceId,
    /// How far that was when something was last decided.
    pub status: Option<InvoiceStatus>,
}

impl Record {
    /// Reads a line: `order,price,currency,invoice,status,fulfilled`.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(line: &str) -> Result<Self, Box<dyn Error>> {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let [order, price, currency, invoice, status, fulfilled] = fields[..] else {
            return Err(format!("not six fields: {line}").into());
        };
        let is_fulfilled = match fulfilled {
            "yes" => true,
            "no" => false,
            other => return Err(format!("neither yes nor no: {other}").into()),
        };
        Ok(Self {
            order: Order::new(order, price.parse()?, currency.parse()?).fulfilled(is_fulfilled),
            invoice: invoice.parse()?,
            status: (!status.is_empty()).then(|| InvoiceStatus::from(status)),
        })
    }
}

/// Does with each order that is not settled what a webhook would have done.
///
/// # Errors
/// When BitPay cannot be asked. What was decided until then stays: run it again.
pub fn catch_up(
    shop: &Client<Grant<Merchant>>,
    records: &mut [Record],
) -> Result<(), Box<dyn Error>> {
    let is_open =
        |record: &&mut Record| !(record.status.as_ref()).is_some_and(InvoiceStatus::is_settled);
    for record in records.iter_mut().filter(is_open) {
        let order = &mut record.order;
        let invoice = shop.confirm(&record.invoice)?;
        let is_ours = invoice
            .expect_order(&order.id)
            .and_then(|it| it.expect_price(order.price, &order.currency));
        if let Err(mismatch) = is_ours {
            println!("{}: {mismatch}", order.id);
            continue;
        }
        // In a database, one transaction: the status, and what is to be done.
        match decide(record.status.as_ref(), &invoice, FulfilOn::Complete) {
            Action::Fulfil { .. } if !order.is_fulfilled => {
                println!("{}: is {}, and is sent out", order.id, invoice.status);
                order.is_fulfilled = true;
            }
            Action::Alarm => {
                println!("{}: is {} after it was sent out", order.id, invoice.status);
                continue;
            }
            Action::Record | Action::Settle | Action::Fulfil { .. } => {
                println!("{}: is {}", order.id, invoice.status);
            }
            _ => continue,
        }
        record.status = Some(invoice.status.clone());
    }
    Ok(())
}

/// Compares the orders with what BitPay tells of some days.
///
/// # Errors
/// When BitPay cannot be asked, or the books cannot be compared.
pub fn compare(
    shop: &Client<Grant<Merchant>>,
    records: &[Record],
    from: Date,
    to: Date,
) -> Result<Reconciliation, Box<dyn Error>> {
    let invoices = shop.rows(&ListInvoices::new(from, to));
    let invoices = invoices.collect::<Result<Vec<_>, _>>()?;
    let mut ledgers = Vec::new();
    for balance in shop.get_ledger_balances()?.into_value() {
        let entries = shop.rows(&GetLedgerEntries::new(balance.currency.clone(), from, to));
        ledgers.push(Ledger::new(
            balance.currency,
            entries.collect::<Result<Vec<_>, _>>()?,
        ));
    }
    let orders: Vec<Order> = records.iter().map(|record| record.order.clone()).collect();
    Ok(reconcile(&orders, &invoices, &ledgers)?)
}

/// Both, and what a person has to look at. Gives how much that is.
///
/// # Errors
/// When something fails.
pub fn night(
    shop: &Client<Grant<Merchant>>,
    records: &mut [Record],
    from: Date,
    to: Date,
) -> Result<usize, Box<dyn Error>> {
    catch_up(shop, records)?;
    let report = compare(shop, records, from, to)?;
    for finding in &report.findings {
        let of = finding.order.as_deref().unwrap_or("no order");
        println!("LOOK: {of}: {}", finding.problem);
    }
    for (currency, sums) in &report.totals {
        let (paid, fulfilled, difference) = (sums.paid, sums.fulfilled, sums.difference);
        println!("{currency}: paid {paid}, fulfilled {fulfilled}, difference {difference}");
    }
    Ok(report.findings.len())
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let to_look_at = match (env::var("BITPAY_PROFILE"), &args[..]) {
        (Ok(profile), [file, from, to]) => {
            let profile = Store::user()?.profile(&profile)?;
            let client = Client::new(profile.environment().clone())?;
            let shop = client.with(profile.grant::<Merchant>()?);
            let lines = fs::read_to_string(file)?;
            let records: Result<Vec<_>, _> = lines.lines().map(Record::read).collect();
            night(&shop, &mut records?, from.parse()?, to.parse()?)?
        }
        (Err(_), []) => here()?,
        _ => return Err("usage: BITPAY_PROFILE=NAME nightly ORDERS.csv FROM TO".into()),
    };
    Ok(match to_look_at {
        0 => ExitCode::SUCCESS,
        count => {
            println!("{count} to look at");
            ExitCode::FAILURE
        }
    })
}

/// With a sandbox in this program, and a shop where things went wrong.
fn here() -> Result<usize, Box<dyn Error>> {
    let sandbox = Sandbox::builder()
        .starting_at("2026-05-04T12:00:00Z".parse()?)
        .start()?;
    let grant: Grant<Merchant> = sandbox.grant(generate_key()?);
    let shop = Client::new(sandbox.environment())?.with(grant);
    let mut records = a_shop(&sandbox, &shop)?;
    night(
        &shop,
        &mut records,
        "2026-05-01".parse()?,
        "2026-05-31".parse()?,
    )
}

/// Five orders: one is as it should be, of one the webhook was lost, one is not paid yet, one was sent out unpaid, and of
/// one the shop knows nothing.
///
/// # Errors
/// When the sandbox fails.
pub fn a_shop(
    sandbox: &Sandbox,
    shop: &Client<Grant<Merchant>>,
) -> Result<Vec<Record>, Box<dyn Error>> {
    let mut records = Vec::new();
    for (number, paid, stored, fulfilled) in [
        ("settled", true, Some(InvoiceStatus::Complete), true),
        ("webhook-lost", true, None, false),
        ("not-paid-yet", false, None, false),
        ("sent-out-unpaid", false, None, true),
        ("forgotten", true, None, false),
    ] {
        let order = CreateInvoice::for_order(number, 20, Currency::USD);
        let invoice = shop.create_invoice(&order)?.id.clone();
        if paid {
            sandbox.pay(&invoice, InvoiceStatus::Complete)?;
        }
        records.push(Record {
            order: Order::new(number, order.price, Currency::USD).fulfilled(fulfilled),
            invoice,
            status: stored,
        });
    }
    records.pop(); // the shop's disk was full
    Ok(records)
}
