//! `ledger download`: all entries of a ledger into a file, some days after some days. What is there is not
//! asked for again by the next run.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bitpay_blocking::model::ledger::{GetLedgerEntries, LedgerEntry};
use bitpay_blocking::time::Date;
use bitpay_blocking::{Amount, AnyGrant, Client, Currency};
use clap::Args;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::context::{Context, money, or_empty, parse};
use crate::download::{Bar, Format, Part, Row, Written, failed, with_ending};
use crate::failure::Failure;
use crate::ledger::Window;

/// So many days are asked for at a time: what an interruption costs.
const DAYS: i64 = 7;

/// BitPay is not older than that.
const BEGINNING: Date = Date::constant(2011, 1, 1);

#[derive(Args)]
pub(crate) struct DownloadArgs {
    /// The ledger: USD, EUR, ...
    currency: String,
    #[command(flatten)]
    window: Window,
    /// Where the entries go. Until all are there it is FILE.part
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// How they are written. [default: csv, or what the ending of FILE says]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// How far it has come.
#[derive(Serialize, Deserialize)]
struct Progress {
    server: String,
    currency: Currency,
    from: Date,
    to: Date,
    format: Format,
    /// The day with which it goes on; `None` when all is there.
    next: Option<Date>,
    written: Written,
    /// The ids of entries that may come again.
    carried: BTreeSet<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &DownloadArgs) -> Result<(), Failure> {
    Part::check_new(&args.output)?;
    let client = context.client_for("get_ledger_entries", None)?;
    let state = with_ending(&args.output, "part.json");
    let mut progress = begin(args, &client, &state)?;
    let mut part = Part::open(&args.output, progress.format, progress.written)?;
    let at = |day: Date| {
        let time = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
        time.unwrap_or(Timestamp::MIN)
    };
    let span = (at(progress.from), at(progress.to));
    let bar = Bar::new(context, Some(span), progress.written);
    bar.begin_at(progress.next.map_or(span.1, at));
    while let Some(first) = progress.next {
        let kept = progress.written.rows;
        let saved = window(&client, &mut progress, first, &mut part, &bar).and_then(|()| {
            part.sync()?;
            progress.written = part.written;
            save(&state, &progress).map_err(|error| failed(&state, &error))
        });
        if let Err(failure) = saved {
            bar.end();
            context.note(&format!(
                "{kept} entries are kept: run the same again to go on from {first}"
            ));
            return Err(failure);
        }
    }
    bar.end();
    part.finish()?;
    let _ = fs::remove_file(&state);
    conclude(context, &client, &progress, &args.output)
}

/// What an earlier run has left, or a new beginning.
fn begin(
    args: &DownloadArgs,
    client: &Client<AnyGrant>,
    state: &Path,
) -> Result<Progress, Failure> {
    let part = Part::path(&args.output);
    let currency: Currency = parse("CURRENCY", &args.currency)?;
    let (from, to) = args.window.days()?;
    GetLedgerEntries::new(currency.clone(), from, to).check()?;
    let server = client.environment().base_url().to_string();
    let format = Format::or_of(args.format, &args.output);
    let left = match fs::read(state) {
        Ok(left) => left,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Progress {
                server,
                currency,
                from,
                to,
                format,
                next: Some(from),
                written: Written::default(),
                carried: BTreeSet::new(),
            });
        }
        Err(error) => {
            return Err(Failure::Refused(format!("{}: {error}", state.display())));
        }
    };
    let anew = format!(
        "remove {} and {} to begin anew",
        part.display(),
        state.display()
    );
    let left: Progress = serde_json::from_slice(&left)
        .map_err(|_| Failure::Refused(format!("{} is damaged: {anew}", state.display())))?;
    // What is not said may have changed since: today is a default.
    let is_same = left.server == server
        && left.currency == currency
        && left.format == format
        && (args.window.from.is_none() || left.from == from)
        && (args.window.to.is_none() || left.to == to);
    if !is_same {
        return Err(Failure::Refused(format!(
            "an unfinished download of {} from {} to {} is there: {anew}",
            left.currency, left.from, left.to
        )));
    }
    let length = fs::metadata(&part).map_or(0, |about| about.len());
    if length < left.written.bytes {
        return Err(Failure::Refused(format!(
            "{} is shorter than it was: {anew}",
            part.display()
        )));
    }
    Ok(left)
}

/// The entries of some days, added to the file.
fn window(
    client: &Client<AnyGrant>,
    progress: &mut Progress,
    first: Date,
    part: &mut Part,
    bar: &Bar,
) -> Result<(), Failure> {
    let last = first.saturating_add(DAYS.days()).min(progress.to);
    // Where a day begins is not known, nor whether the last one is in: windows share a day, and an entry that
    // comes again is known by its id.
    let edge = TimeZone::UTC
        .to_timestamp(last.saturating_sub(1.day()).at(0, 0, 0, 0))
        .unwrap_or(Timestamp::MIN);
    let mut carried = BTreeSet::new();
    let request = GetLedgerEntries::new(progress.currency.clone(), first, last);
    for entry in client.rows(&request) {
        let entry = entry?;
        let id = entry.id.to_string();
        let is_known = progress.carried.contains(&id);
        if entry.timestamp >= edge {
            carried.insert(id);
        }
        if is_known {
            continue;
        }
        part.add(&entry, &progress.currency)?;
        bar.show(Some(entry.timestamp), part.written);
    }
    progress.carried = carried;
    progress.next = (last < progress.to).then_some(last);
    Ok(())
}

impl Row for LedgerEntry {
    const HEADING: &'static [&'static str] = &[
        "id",
        "timestamp",
        "code",
        "type",
        "amount",
        "currency",
        "description",
        "invoice",
        "invoice_amount",
        "invoice_currency",
        "transaction_currency",
        "support_request",
    ];

    fn cells(&self, currency: &Currency) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.timestamp.to_string(),
            self.code.to_string(),
            or_empty(self.kind.as_deref().or(self.code.name()).as_ref()),
            or_empty(self.decimal().as_ref()),
            currency.to_string(),
            or_empty(self.description.as_ref()),
            or_empty(self.invoice_id.as_ref()),
            or_empty(self.invoice_amount.as_ref()),
            or_empty(self.invoice_currency.as_ref()),
            or_empty(self.transaction_currency.as_ref()),
            or_empty(self.support_request.as_ref()),
        ]
    }

    fn amount(&self) -> Option<Amount> {
        self.decimal()
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

/// As a whole or not at all.
fn save(path: &Path, progress: &Progress) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    serde_json::to_writer(&mut file, progress)?;
    file.as_file().sync_data()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn conclude(
    context: &mut Context<'_>,
    client: &Client<AnyGrant>,
    progress: &Progress,
    path: &Path,
) -> Result<(), Failure> {
    let balance = balance(client, progress).map_err(|failure| {
        Failure::After(format!(
            "{} entries are in {}, and were not compared with the balance: {failure}",
            progress.written.rows,
            path.display()
        ))
    })?;
    let sum = money(progress.written.sum, &progress.currency);
    let told = match balance {
        None => {
            "not compared with the balance: there are entries before it, or the balance is of later"
                .to_owned()
        }
        Some(balance) if balance == progress.written.sum => "equal to the balance".to_owned(),
        Some(balance) => format!(
            "NOT the balance, which is {}",
            money(balance, &progress.currency)
        ),
    };
    let json = json!({
        "file": path, "entries": progress.written.rows, "bytes": progress.written.bytes,
        "currency": progress.currency, "sum": progress.written.sum.to_string(),
        "balance": balance.map(|it| it.to_string()),
    });
    context.result(&json, || {
        format!(
            "{} entries in {}\nsum  {sum}: {told}",
            progress.written.rows,
            path.display()
        )
    });
    match balance {
        Some(balance) if balance != progress.written.sum => Err(Failure::Refused(
            "the entries do not add up to the balance: something was booked meanwhile, or an entry is missing"
                .to_owned(),
        )),
        _ => Ok(()),
    }
}

/// What the ledger holds, when the entries are all that there are: from the first one to now.
fn balance(client: &Client<AnyGrant>, progress: &Progress) -> Result<Option<Amount>, Failure> {
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    if progress.to < today {
        return Ok(None);
    }
    if progress.from > BEGINNING {
        let before = GetLedgerEntries::new(progress.currency.clone(), BEGINNING, progress.from);
        let start = TimeZone::UTC.to_timestamp(progress.from.at(0, 0, 0, 0));
        // At once, and no further than its first row.
        for entry in client.stream(&before)? {
            if start
                .as_ref()
                .is_ok_and(|start| entry.as_ref().is_ok_and(|it| it.timestamp < *start))
            {
                return Ok(None);
            }
            entry?;
        }
    }
    let balances = client.get_ledger_balances()?.into_value();
    let own = balances
        .into_iter()
        .find(|it| it.currency == progress.currency);
    Ok(Some(own.map_or(Amount::ZERO, |it| it.balance)))
}
