//! `ledger`.

use bitpay_blocking::Currency;
use bitpay_blocking::model::ledger::{GetLedgerEntries, LedgerBalance, LedgerEntry};
use bitpay_blocking::time::Date;
use clap::{Args, Subcommand};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use crate::context::{Context, parse_some, parse_some_day, places};
use crate::failure::Failure;
use crate::ledger_download::{self, DownloadArgs};
use crate::list::{AsCsv, Column};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct LedgerArgs {
    #[command(subcommand)]
    command: Option<LedgerCommand>,
    /// Show the entries of this ledger: USD, EUR, ... [default: what each ledger holds]
    currency: Option<String>,
    #[command(flatten)]
    window: Window,
    #[command(flatten)]
    csv: AsCsv,
}

#[derive(Subcommand)]
enum LedgerCommand {
    /// Save all entries of a ledger in a file. What an interrupted run has saved is kept
    Download(DownloadArgs),
}

/// A span of days.
#[derive(Args)]
pub(crate) struct Window {
    /// The first day, as YYYY-MM-DD. [default: 30 days ago]
    #[arg(long, value_name = "DAY")]
    pub(crate) from: Option<String>,
    /// The last day. [default: tomorrow, so that today is in it in every time zone]
    #[arg(long, value_name = "DAY")]
    pub(crate) to: Option<String>,
}

impl Window {
    /// The first and the last day.
    pub(crate) fn days(&self) -> Result<(Date, Date), Failure> {
        let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
        let from = parse_some_day("--from", self.from.as_ref())?;
        let to = parse_some_day("--to", self.to.as_ref())?;
        Ok((
            from.unwrap_or_else(|| today.saturating_sub(30.days())),
            to.unwrap_or_else(|| today.saturating_add(1.day())),
        ))
    }
}

pub(crate) fn run(context: &mut Context<'_>, args: &LedgerArgs) -> Result<(), Failure> {
    if let Some(LedgerCommand::Download(args)) = &args.command {
        return ledger_download::run(context, args);
    }
    let currency: Option<Currency> = parse_some("CURRENCY", args.currency.as_ref())?;
    match currency {
        Some(currency) => entries(context, currency, &args.window, args.csv),
        None if args.window.from.is_some() || args.window.to.is_some() => Err(Failure::Usage(
            "--from and --to need a currency: what a ledger holds is of now".to_owned(),
        )),
        None => balances(context, args.csv),
    }
}

fn balances(context: &mut Context<'_>, csv: AsCsv) -> Result<(), Failure> {
    let client = context.client_for("get_ledger_balances", None)?;
    let balances = client.get_ledger_balances()?.into_value();
    let columns = [
        Column::word("currency", |it: &LedgerBalance| it.currency.clone()),
        Column::money("balance", |it: &LedgerBalance| Some(it.balance)),
    ];
    context.list(&balances, csv, &columns, || {
        "no ledger has entries".to_owned()
    })
}

fn entries(
    context: &mut Context<'_>,
    currency: Currency,
    window: &Window,
    csv: AsCsv,
) -> Result<(), Failure> {
    let (from, to) = window.days()?;
    let client = context.client_for("get_ledger_entries", None)?;
    let request = GetLedgerEntries::new(currency, from, to);
    let entries = client.get_ledger_entries(&request)?.into_value();
    let columns = [
        Column::word("time", |it: &LedgerEntry| format!("{:.0}", it.timestamp)),
        Column::word("code", |it: &LedgerEntry| it.code),
        Column::number("amount", |it: &LedgerEntry| Some(amount(it))),
        Column::word("currency", |_: &LedgerEntry| &request.currency),
        Column::text("description", |it: &LedgerEntry| it.description.clone()),
        Column::text("invoice", |it: &LedgerEntry| it.invoice_id.clone()),
    ];
    context.list(&entries, csv, &columns, || {
        format!("no {} entries from {from} to {to}", request.currency)
    })
}

fn amount(entry: &LedgerEntry) -> String {
    match entry.decimal() {
        Some(amount) => places(amount),
        None => format!("{}/{}", entry.amount, entry.scale),
    }
}
