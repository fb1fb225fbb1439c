//! `ledger download`: all entries of a ledger into a file, some days after some days. What is there is not
//! asked for again by the next run.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bitpay_blocking::model::ledger::{GetLedgerEntries, LedgerEntry};
use bitpay_blocking::time::Date;
use bitpay_blocking::{Amount, AnyGrant, Client, Currency};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::context::{Context, money, or_empty, parse};
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

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// A line each, with amounts as decimals
    Csv,
    /// A line of JSON each, as BitPay sends it
    Jsonl,
}

impl Format {
    fn of(path: &Path) -> Self {
        match path.extension().and_then(|it| it.to_str()) {
            Some("jsonl" | "ndjson") => Self::Jsonl,
            _ => Self::Csv,
        }
    }
}

/// How far it has come: what stands in FILE.part up to `bytes`.
#[derive(Serialize, Deserialize)]
struct Progress {
    server: String,
    currency: Currency,
    from: Date,
    to: Date,
    format: Format,
    /// The day with which it goes on; `None` when all is there.
    next: Option<Date>,
    rows: u64,
    bytes: u64,
    sum: Amount,
    /// The ids of entries that may come again.
    carried: BTreeSet<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &DownloadArgs) -> Result<(), Failure> {
    let failed =
        |path: &Path, error: io::Error| Failure::Refused(format!("{}: {error}", path.display()));
    if args.output.exists() {
        return Err(Failure::Refused(format!(
            "{} is there already: move it away, or choose another name",
            args.output.display()
        )));
    }
    let client = context.client_for("get_ledger_entries", None)?;
    let part = with_ending(&args.output, "part");
    let state = with_ending(&args.output, "part.json");
    let mut progress = begin(args, &client, &part, &state)?;
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&part)
        .map_err(|error| failed(&part, error))?;
    let mut file = BufWriter::new(file);
    let opened = file.get_ref().set_len(progress.bytes);
    opened
        .and_then(|()| file.seek(SeekFrom::End(0)))
        .map_err(|error| failed(&part, error))?;
    let bar = Bar::new(context, &progress);
    while let Some(first) = progress.next {
        let done = window(&client, &mut progress, first, &mut file, &bar);
        let saved = done.and_then(|()| {
            let synced = file.flush().and_then(|()| file.get_ref().sync_data());
            synced.map_err(|error| failed(&part, error))?;
            save(&state, &progress).map_err(|error| failed(&state, error))
        });
        if let Err(failure) = saved {
            bar.end();
            context.note(&format!(
                "{} entries are kept: run the same again to go on from {first}",
                progress.rows
            ));
            return Err(failure);
        }
    }
    bar.end();
    drop(file);
    fs::rename(&part, &args.output).map_err(|error| failed(&part, error))?;
    let _ = fs::remove_file(&state);
    conclude(context, &client, &progress, &args.output)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}

/// What an earlier run has left, or a new beginning.
fn begin(
    args: &DownloadArgs,
    client: &Client<AnyGrant>,
    part: &Path,
    state: &Path,
) -> Result<Progress, Failure> {
    let currency: Currency = parse("CURRENCY", &args.currency)?;
    let (from, to) = args.window.days()?;
    GetLedgerEntries::new(currency.clone(), from, to).check()?;
    let server = client.environment().base_url().to_string();
    let format = args.format.unwrap_or_else(|| Format::of(&args.output));
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
                rows: 0,
                bytes: 0,
                sum: Amount::ZERO,
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
    let length = fs::metadata(part).map_or(0, |about| about.len());
    if length < left.bytes {
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
    file: &mut BufWriter<File>,
    bar: &Bar,
) -> Result<(), Failure> {
    let last = first.saturating_add(DAYS.days()).min(progress.to);
    // Where a day begins is not known, nor whether the last one is in: windows share a day, and an entry that
    // comes again is known by its id.
    let edge = TimeZone::UTC
        .to_timestamp(last.saturating_sub(1.day()).at(0, 0, 0, 0))
        .unwrap_or(Timestamp::MIN);
    let mut carried = BTreeSet::new();
    let (mut rows, mut sum, mut bytes) = (progress.rows, progress.sum, progress.bytes);
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
        let amount = entry.decimal().and_then(|amount| sum.checked_add(amount));
        sum = amount.ok_or_else(|| {
            Failure::Refused(format!(
                "the amount of the entry {} is not exact, or too large to be summed up",
                entry.id
            ))
        })?;
        let line = line(&entry, progress, rows == 0)
            .map_err(|error| Failure::Refused(error.to_string()))?;
        file.write_all(&line)?;
        rows += 1;
        bytes += line.len() as u64;
        bar.show(entry.timestamp, rows, bytes);
    }
    progress.rows = rows;
    progress.sum = sum;
    progress.bytes = bytes;
    progress.carried = carried;
    progress.next = (last < progress.to).then_some(last);
    Ok(())
}

fn line(entry: &LedgerEntry, progress: &Progress, is_first: bool) -> Result<Vec<u8>, io::Error> {
    if progress.format == Format::Jsonl {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        return Ok(line);
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    if is_first {
        writer.write_record([
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
        ])?;
    }
    writer.write_record([
        entry.id.as_str(),
        &entry.timestamp.to_string(),
        &entry.code.to_string(),
        entry
            .kind
            .as_deref()
            .or(entry.code.name())
            .unwrap_or_default(),
        &or_empty(entry.decimal().as_ref()),
        progress.currency.as_str(),
        entry.description.as_deref().unwrap_or_default(),
        entry.invoice_id.as_ref().map_or("", |id| id.as_str()),
        &or_empty(entry.invoice_amount.as_ref()),
        &or_empty(entry.invoice_currency.as_ref()),
        &or_empty(entry.transaction_currency.as_ref()),
        entry.support_request.as_deref().unwrap_or_default(),
    ])?;
    writer
        .into_inner()
        .map_err(|error| io::Error::other(error.to_string()))
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
            progress.rows,
            path.display()
        ))
    })?;
    let sum = money(progress.sum, &progress.currency);
    let told = match balance {
        None => {
            "not compared with the balance: there are entries before it, or the balance is of later"
                .to_owned()
        }
        Some(balance) if balance == progress.sum => "equal to the balance".to_owned(),
        Some(balance) => format!(
            "NOT the balance, which is {}",
            money(balance, &progress.currency)
        ),
    };
    let json = json!({
        "file": path, "entries": progress.rows, "bytes": progress.bytes,
        "currency": progress.currency, "sum": progress.sum.to_string(),
        "balance": balance.map(|it| it.to_string()),
    });
    context.result(&json, || {
        format!(
            "{} entries in {}\nsum  {sum}: {told}",
            progress.rows,
            path.display()
        )
    });
    match balance {
        Some(balance) if balance != progress.sum => Err(Failure::Refused(
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

/// What is shown meanwhile, at a terminal.
struct Bar {
    bar: ProgressBar,
    from: Timestamp,
    began: Instant,
    rows_before: u64,
}

impl Bar {
    fn new(context: &Context<'_>, progress: &Progress) -> Self {
        let at = |day: Date| {
            TimeZone::UTC
                .to_timestamp(day.at(0, 0, 0, 0))
                .unwrap_or(Timestamp::MIN)
        };
        let (from, to) = (at(progress.from), at(progress.to));
        let bar = if context.is_watched() {
            ProgressBar::new(seconds(from, to))
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) =
            ProgressStyle::with_template("{bar:24} {percent:>3} %  {msg}  {eta} left")
        {
            bar.set_style(style);
        }
        bar.set_position(progress.next.map_or(0, |day| seconds(from, at(day))));
        bar.reset_eta();
        bar.enable_steady_tick(Duration::from_millis(200));
        Self {
            bar,
            from,
            began: Instant::now(),
            rows_before: progress.rows,
        }
    }

    fn show(&self, at: Timestamp, rows: u64, bytes: u64) {
        // Not each: a terminal shows a few in a second.
        if !rows.is_multiple_of(256) || self.bar.is_hidden() {
            return;
        }
        let millis = self.began.elapsed().as_millis().max(1);
        let rate = u128::from(rows - self.rows_before) * 1000 / millis;
        let day = TimeZone::UTC.to_datetime(at).date();
        self.bar.set_position(seconds(self.from, at));
        self.bar.set_message(format!(
            "{day}  {rows} entries  {} KB  {rate} a second",
            bytes / 1000
        ));
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_second() - from.as_second()).unwrap_or(0)
}
