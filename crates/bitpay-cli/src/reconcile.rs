//! `reconcile`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bitpay_blocking::model::invoice::ListInvoices;
use bitpay_blocking::model::ledger::GetLedgerEntries;
use bitpay_blocking::reconcile::{Finding, Ledger, Order, Problem, Reconciliation, reconcile};
use bitpay_blocking::time::Date;
use bitpay_blocking::{AnyGrant, Client};
use clap::Args;

use crate::context::{Context, count, money, or_empty, places};
use crate::csv_file::{self, Row};
use crate::failure::Failure;
use crate::ledger::Window;

#[derive(Args)]
#[command(after_help = "\
It reads invoices and ledgers, changes nothing, and says which orders need a look. The file's first line names \
the columns: order, price, currency and fulfilled (yes or no). Give a window of days in which all of these \
orders were paid, and were put on the ledgers.

Exit code: 0 when the books agree, 1 when there is something to look at.")]
pub(crate) struct ReconcileArgs {
    /// Your own orders, as CSV
    #[arg(long, value_name = "FILE")]
    orders: PathBuf,
    #[command(flatten)]
    window: Window,
    /// Leave refunds, over-, under- and late payments out, which BitPay deals with
    #[arg(long)]
    open_only: bool,
}

const COLUMNS: &[&str] = &["order", "price", "currency", "fulfilled"];

pub(crate) fn run(context: &mut Context<'_>, args: &ReconcileArgs) -> Result<(), Failure> {
    let orders = orders(&args.orders)?;
    let (from, to) = args.window.days()?;
    let client = context.client_for("list_invoices", None)?;
    let invoices = client.rows(&ListInvoices::new(from, to));
    let invoices = invoices.collect::<Result<Vec<_>, _>>()?;
    let ledgers = ledgers(&client, from, to)?;
    let mut report = reconcile(&orders, &invoices, &ledgers)
        .map_err(|error| Failure::Refused(error.to_string()))?;
    if args.open_only {
        report.findings.retain(is_open);
    }
    let text = text(&report, orders.len(), invoices.len());
    context.result(&report, || text);
    let open = report.findings.iter().filter(|it| is_open(it)).count();
    let differ = report
        .totals
        .iter()
        .filter(|(_, it)| !it.difference.is_zero());
    match (open, differ.count()) {
        (0, 0) => Ok(()),
        (0, _) => Err(Failure::Refused(
            "the books do not agree: what was paid is not what was fulfilled and refunded"
                .to_owned(),
        )),
        (open, _) => Err(Failure::Refused(format!(
            "the books do not agree: {} to look at",
            count(open, "finding")
        ))),
    }
}

/// What BitPay does not deal with by itself.
fn is_open(finding: &Finding) -> bool {
    !matches!(
        finding.problem,
        Problem::Underpaid | Problem::Overpaid | Problem::Late | Problem::Refunded
    )
}

fn orders(path: &Path) -> Result<Vec<Order>, Failure> {
    let file = csv_file::open(path)?;
    let (orders, mistakes) = csv_file::read(path, &file, COLUMNS, |row: &Row<'_>| {
        let fulfilled = match row.needed("fulfilled")?.to_ascii_lowercase().as_str() {
            "yes" | "true" | "1" => true,
            "no" | "false" | "0" => false,
            _ => return Err("fulfilled: say yes or no".to_owned()),
        };
        let order = Order::new(
            row.needed("order")?,
            row.value("price")?,
            row.value("currency")?,
        );
        Ok(order.fulfilled(fulfilled))
    })?;
    csv_file::complain(path, &mistakes)?;
    Ok(orders)
}

fn ledgers(client: &Client<AnyGrant>, from: Date, to: Date) -> Result<Vec<Ledger>, Failure> {
    let mut ledgers = Vec::new();
    for balance in client.get_ledger_balances()?.into_value() {
        let request = GetLedgerEntries::new(balance.currency.clone(), from, to);
        let entries = client.rows(&request).collect::<Result<Vec<_>, _>>()?;
        ledgers.push(Ledger::new(balance.currency, entries));
    }
    Ok(ledgers)
}

fn text(report: &Reconciliation, orders: usize, invoices: usize) -> String {
    let mut text = format!(
        "{}, {}\n",
        count(orders, "order"),
        count(invoices, "invoice")
    );
    // Writing into a string does not fail.
    for (problem, words) in &Problem::ALL {
        let found = report.findings.iter().filter(|it| it.problem == *problem);
        for finding in found {
            let amount = match (finding.amount, &finding.currency) {
                (Some(amount), Some(currency)) => money(amount, currency),
                _ => String::new(),
            };
            let line = format!(
                "{words:<25}  {:<24}  {amount:>16}  {}",
                finding.order.as_deref().unwrap_or("-"),
                or_empty(finding.invoice.as_ref()),
            );
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    for (currency, totals) in &report.totals {
        let _ = writeln!(
            text,
            "\norders and invoices in {currency}\n  paid        {:>16}\n  refunded    {:>16}\n  fulfilled   {:>16}\n  difference  {:>16}",
            places(totals.paid),
            places(totals.refunded),
            places(totals.fulfilled),
            places(totals.difference),
        );
    }
    for (currency, totals) in &report.ledgers {
        let _ = writeln!(
            text,
            "\nledger {currency}\n  invoices    {:>16}\n  fees        {:>16}\n  refunds     {:>16}\n  paid out    {:>16}\n  other       {:>16}\n  sum         {:>16}",
            places(totals.invoices),
            places(totals.fees),
            places(totals.refunds),
            places(totals.settlements),
            places(totals.other),
            places(totals.sum),
        );
    }
    text
}
