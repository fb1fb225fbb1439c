//! `settlement`.

use bitpay_blocking::model::settlement::{
    GetSettlementReport, ListSettlements, Settlement, SettlementEntry, SettlementReport,
    SettlementStatus,
};
use bitpay_blocking::{Amount, SettlementId};
use clap::{Args, Subcommand};

use crate::context::{Context, money, or_empty, own_token, parse, parse_some, table};
use crate::failure::Failure;
use crate::ledger::Window;
use crate::list::{AsCsv, Column, as_table};

#[derive(Subcommand)]
pub(crate) enum SettlementCommand {
    /// List settlements by the days on which they were made
    List(ListArgs),
    /// Fetch a settlement by its id
    Get {
        /// The settlement's id
        id: String,
    },
    /// Show what a settlement is made of, and whether it adds up
    Report {
        /// The settlement's id
        id: String,
    },
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
    /// At most so many
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
        SettlementCommand::Report { id } => {
            let id: SettlementId = parse("ID", &id)?;
            report(context, &id)
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
    let mut settlements = client.list_settlements(&request)?.into_value();
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
    match report.adds_up() {
        Some(true) => {}
        Some(false) => context.note("this does not add up: ask BitPay about it"),
        None => context.note("BitPay left out a sum, so it cannot be said whether this adds up"),
    }
    let width = context.io.columns;
    context.result(&report, || report_text(&report, width));
    Ok(())
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
