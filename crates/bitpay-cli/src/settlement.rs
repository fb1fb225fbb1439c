//! `settlement`.

use std::path::{Path, PathBuf};

use bitpay_blocking::model::settlement::{
    GetSettlementReport, ListSettlements, Settlement, SettlementEntry, SettlementReport,
    SettlementStatus,
};
use bitpay_blocking::{Amount, AnyGrant, Client, Currency, SettlementId};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::context::{Context, money, or_empty, own_token, parse, parse_some, table};
use crate::download::{Bar, Format, Part, Row, Written};
use crate::failure::Failure;
use crate::ledger::Window;
use crate::list::{AsCsv, Column, as_table, rows};

#[derive(Subcommand)]
pub(crate) enum SettlementCommand {
    /// List settlements by the days on which they were made
    List(ListArgs),
    /// Fetch a settlement by its id
    Get {
        /// The settlement's id
        id: String,
    },
    /// Show what a settlement is made of, or save it in a file, and say whether it adds up
    Report(ReportArgs),
}

#[derive(Args)]
pub(crate) struct ReportArgs {
    /// The settlement's id
    id: String,
    /// Save the entries there. Until all are there it is FILE.part
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How they are written. [default: csv, or what the ending of FILE says]
    #[arg(long, value_enum, requires = "output")]
    format: Option<Format>,
}

#[derive(Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    window: Window,
    /// Only those of this ledger: USD, EUR, ...
    #[arg(long)]
    currency: Option<String>,
    /// Only those of this status: new, processing, completed, rejected
    #[arg(long)]
    status: Option<String>,
    /// At most so many. [default: all]
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Leave so many out at the beginning
    #[arg(long, value_name = "N")]
    offset: Option<u32>,
    #[command(flatten)]
    csv: AsCsv,
}

pub(crate) fn run(context: &mut Context<'_>, command: SettlementCommand) -> Result<(), Failure> {
    match command {
        SettlementCommand::List(args) => list(context, &args),
        SettlementCommand::Get { id } => {
            let id: SettlementId = parse("ID", &id)?;
            let client = context.client_for("get_settlement", None)?;
            let mut settlement = client.get_settlement(&id)?.into_value();
            // It grants access to the settlement.
            settlement.token = None;
            context.result(&settlement, || text(&settlement));
            Ok(())
        }
        SettlementCommand::Report(args) => {
            let id: SettlementId = parse("ID", &args.id)?;
            match &args.output {
                Some(path) => save_report(context, &id, path, Format::or_of(args.format, path)),
                None => report(context, &id),
            }
        }
    }
}

fn list(context: &mut Context<'_>, args: &ListArgs) -> Result<(), Failure> {
    let (from, to) = args.window.days()?;
    let mut request = ListSettlements::new(from, to);
    request.currency = parse_some("--currency", args.currency.as_ref())?;
    request.status = args.status.as_deref().map(status).transpose()?;
    request.limit = args.limit;
    request.offset = args.offset;
    let client = context.client_for("list_settlements", None)?;
    let mut settlements = rows(&client, &request)?;
    for settlement in &mut settlements {
        settlement.token = None;
    }
    let columns = [
        Column::word("settlement", |it: &Settlement| it.id.clone()),
        Column::word("status", |it: &Settlement| it.status.clone()),
        Column::money("paid_out", |it: &Settlement| it.total_amount),
        Column::word("currency", |it: &Settlement| it.currency.clone()),
        Column::text("from", |it: &Settlement| it.opening_date),
        Column::text("until", |it: &Settlement| it.closing_date),
    ];
    context.list(&settlements, args.csv, &columns, || {
        format!("no settlements from {from} to {to}")
    })
}

fn report(context: &mut Context<'_>, id: &SettlementId) -> Result<(), Failure> {
    let client = context.client_for("get_settlement_report", None)?;
    let settlement = client.get_settlement(id)?.into_value();
    let token = own_token(settlement.token)?;
    let request = GetSettlementReport::new(id.clone(), token);
    let mut report = client.get_settlement_report(&request)?.into_value();
    report.settlement.token = None;
    if report.adds_up().is_none() {
        context.note("BitPay left out a sum, so it cannot be said whether this adds up");
    }
    let width = context.io.columns;
    context.result(&report, || report_text(&report, width));
    complain(report.adds_up())
}

/// Whoever runs this at night reads the exit code.
fn complain(adds_up: Option<bool>) -> Result<(), Failure> {
    match adds_up {
        Some(false) => Err(Failure::Refused(
            "the entries, what was withheld and what was paid out do not add up: ask BitPay about it"
                .to_owned(),
        )),
        _ => Ok(()),
    }
}

/// The entries as they come, into a file: an answer of any length needs little memory. BitPay gives the report
/// whole or not at all, so a run that was interrupted begins anew.
fn save_report(
    context: &mut Context<'_>,
    id: &SettlementId,
    path: &Path,
    format: Format,
) -> Result<(), Failure> {
    Part::check_new(path)?;
    let client = context.client_for("get_settlement_report", None)?;
    let mut settlement = client.get_settlement(id)?.into_value();
    let token = own_token(settlement.token.take())?;
    let request = GetSettlementReport::new(id.clone(), token);
    let mut part = Part::open(path, format, Written::default())?;
    let span = settlement.opening_date.zip(settlement.closing_date);
    let bar = Bar::new(context, span, part.written);
    let saved = save_entries(&client, &request, &settlement.currency, &mut part, &bar);
    bar.end();
    let report = match saved {
        Ok(report) => report,
        Err(failure) => {
            part.discard();
            return Err(failure);
        }
    };
    let written = part.finish()?;
    // What BitPay said of it before, and what is around the entries, are to be the same.
    let adds_up = [&settlement, &report].map(|said| adds_up(said, written.sum));
    let adds_up = match adds_up {
        [Some(false), _] | [_, Some(false)] => Some(false),
        [Some(true), _] | [_, Some(true)] => Some(true),
        [None, None] => None,
    };
    let told = match adds_up {
        Some(true) => "this and what was paid out add up, to the last digit",
        Some(false) => "this does NOT add up with what was paid out",
        None => "BitPay left out a sum, so it cannot be said whether this adds up",
    };
    let json = json!({
        "file": path, "entries": written.rows, "bytes": written.bytes,
        "currency": settlement.currency, "sum": written.sum.to_string(), "adds_up": adds_up,
    });
    context.result(&json, || {
        let head = format!("{} entries in {}", written.rows, path.display());
        let sum = money(written.sum, &settlement.currency);
        format!("{head}\nsum  {sum}: {told}\n\n{}", text(&report))
    });
    complain(adds_up)
}

/// Saves the entries, and gives what was around them.
fn save_entries(
    client: &Client<AnyGrant>,
    request: &GetSettlementReport,
    currency: &Currency,
    part: &mut Part,
    bar: &Bar,
) -> Result<Settlement, Failure> {
    let mut entries = client.stream(request)?;
    for entry in &mut entries {
        let entry = entry?;
        part.add(&entry, currency)?;
        bar.show(entry.timestamp, part.written);
    }
    let rest = entries.into_rest();
    let rest = rest.ok_or_else(|| Failure::Refused("the report has no end".to_owned()))?;
    Ok(rest.into_value().settlement)
}

/// Whether the settlement adds up by itself and with the sum of its entries; `None` where it does not say all.
fn adds_up(settlement: &Settlement, entries: Amount) -> Option<bool> {
    let is_sum = settlement.ledger_entries_sum.map(|sum| sum == entries);
    match (is_sum, settlement.adds_up()) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

impl Row for SettlementEntry {
    const HEADING: &'static [&'static str] = &[
        "timestamp",
        "code",
        "type",
        "amount",
        "currency",
        "description",
        "reference",
        "invoice",
        "order",
        "invoice_amount",
        "invoice_currency",
        "transaction_currency",
        "overpaid",
        "support_request",
    ];

    fn cells(&self, currency: &Currency) -> Vec<String> {
        let invoice = self.invoice_data.as_ref();
        let refund = invoice.and_then(|it| it.refund_info.as_ref());
        vec![
            or_empty(self.timestamp.as_ref()),
            self.code.to_string(),
            or_empty(self.code.name().as_ref()),
            self.amount.to_string(),
            currency.to_string(),
            or_empty(self.description.as_ref()),
            or_empty(self.reference.as_ref()),
            or_empty(self.invoice_id.as_ref()),
            or_empty(invoice.and_then(|it| it.order_id.as_ref())),
            or_empty(invoice.and_then(|it| it.price.as_ref())),
            or_empty(invoice.and_then(|it| it.currency.as_ref())),
            or_empty(invoice.and_then(|it| it.transaction_currency.as_ref())),
            or_empty(invoice.and_then(|it| it.over_paid_amount.as_ref())),
            or_empty(refund.and_then(|it| it.support_request.as_ref())),
        ]
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn name(&self) -> String {
        let of = or_empty(self.invoice_id.as_ref());
        format!("{} {of}", self.code).trim_end().to_owned()
    }
}

fn status(text: &str) -> Result<SettlementStatus, Failure> {
    match text.into() {
        SettlementStatus::Other(_) => Err(Failure::Usage(
            "--status: say new, processing, completed or rejected".to_owned(),
        )),
        known => Ok(known),
    }
}

fn text(settlement: &Settlement) -> String {
    let sum = |of: Option<Amount>| match of {
        Some(amount) => money(amount, &settlement.currency),
        None => String::new(),
    };
    table(&[
        ("settlement", settlement.id.to_string()),
        ("status", settlement.status.to_string()),
        ("from", or_empty(settlement.opening_date.as_ref())),
        ("until", or_empty(settlement.closing_date.as_ref())),
        ("opening balance", sum(settlement.opening_balance)),
        ("entries", sum(settlement.ledger_entries_sum)),
        ("withheld", sum(settlement.withholdings_sum)),
        ("paid out", sum(settlement.total_amount)),
        ("executed", or_empty(settlement.date_executed.as_ref())),
        ("completed", or_empty(settlement.date_completed.as_ref())),
    ])
}

fn report_text(report: &SettlementReport, width: Option<usize>) -> String {
    let columns = [
        Column::word("code", |it: &SettlementEntry| it.code),
        Column::money("amount", |it: &SettlementEntry| Some(it.amount)),
        Column::text("description", |it: &SettlementEntry| it.description.clone()),
        Column::text("invoice", |it: &SettlementEntry| it.invoice_id.clone()),
    ];
    let entries = as_table(&report.ledger_entries, &columns, width);
    format!("{}\n{entries}", text(&report.settlement))
}
