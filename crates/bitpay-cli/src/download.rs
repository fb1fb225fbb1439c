//! Rows that are saved in a file: of a ledger, of the report on a settlement. Until all are there, it has another
//! name.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bitpay_blocking::{Amount, Currency};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::failure::Failure;

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// A line each, with amounts as decimals
    Csv,
    /// A line of JSON each, as BitPay sends it
    Jsonl,
}

impl Format {
    /// The one that was asked for, else that of the file's ending.
    pub(crate) fn or_of(asked: Option<Self>, path: &Path) -> Self {
        asked.unwrap_or_else(|| match path.extension().and_then(|it| it.to_str()) {
            Some("jsonl" | "ndjson") => Self::Jsonl,
            _ => Self::Csv,
        })
    }
}

/// An entry that is a line of a file.
pub(crate) trait Row: Serialize {
    /// The names of its cells.
    const HEADING: &'static [&'static str];

    fn cells(&self, currency: &Currency) -> Vec<String>;

    /// `None` when it is not exact.
    fn amount(&self) -> Option<Amount>;

    /// Which one it is, for an error.
    fn name(&self) -> String;
}

/// What stands in a file.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Written {
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) sum: Amount,
}

/// A file that is not complete: FILE.part.
pub(crate) struct Part {
    whole: PathBuf,
    part: PathBuf,
    file: BufWriter<File>,
    format: Format,
    pub(crate) written: Written,
}

impl Part {
    pub(crate) fn path(whole: &Path) -> PathBuf {
        with_ending(whole, "part")
    }

    /// Refuses to write over a file.
    pub(crate) fn check_new(whole: &Path) -> Result<(), Failure> {
        if whole.exists() {
            return Err(Failure::Refused(format!(
                "{} is there already: move it away, or choose another name",
                whole.display()
            )));
        }
        Ok(())
    }

    /// Goes on after what is written, and cuts off what follows it.
    pub(crate) fn open(whole: &Path, format: Format, written: Written) -> Result<Self, Failure> {
        Self::check_new(whole)?;
        let part = Self::path(whole);
        let opened = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&part)
            .and_then(|mut file| {
                file.try_lock().map_err(|error| match error {
                    TryLockError::Error(error) => error,
                    TryLockError::WouldBlock => {
                        io::Error::other("another run writes it: wait for its end")
                    }
                })?;
                file.set_len(written.bytes)?;
                file.seek(SeekFrom::End(0))?;
                Ok(file)
            });
        let file = opened.map_err(|error| failed(&part, &error))?;
        // Another run may have come to its end meanwhile.
        Self::check_new(whole)?;
        Ok(Self {
            whole: whole.to_owned(),
            part,
            file: BufWriter::new(file),
            format,
            written,
        })
    }

    /// Adds a line, and the heading before the first one.
    pub(crate) fn add<R: Row>(&mut self, row: &R, currency: &Currency) -> Result<(), Failure> {
        let sum = row
            .amount()
            .and_then(|amount| self.written.sum.checked_add(amount));
        let sum = sum.ok_or_else(|| {
            Failure::Refused(format!(
                "the amount of the entry {} is not exact, or too large to be summed up",
                row.name()
            ))
        })?;
        let line = line(row, currency, self.format, self.written.rows == 0)
            .map_err(|error| Failure::Refused(error.to_string()))?;
        self.file
            .write_all(&line)
            .map_err(|error| failed(&self.part, &error))?;
        self.written.rows += 1;
        self.written.bytes += line.len() as u64;
        self.written.sum = sum;
        Ok(())
    }

    /// Until it is on disk.
    pub(crate) fn sync(&mut self) -> Result<(), Failure> {
        let synced = self.file.flush();
        let synced = synced.and_then(|()| self.file.get_ref().sync_data());
        synced.map_err(|error| failed(&self.part, &error))
    }

    /// It is complete, and has its name.
    pub(crate) fn finish(mut self) -> Result<Written, Failure> {
        self.sync()?;
        fs::rename(&self.part, &self.whole).map_err(|error| failed(&self.part, &error))?;
        Ok(self.written)
    }

    /// It will not be, and nothing can go on with it.
    pub(crate) fn discard(self) {
        drop(self.file);
        let _ = fs::remove_file(&self.part);
    }
}

pub(crate) fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::Refused(format!("{}: {error}", path.display()))
}

pub(crate) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}

fn line<R: Row>(
    row: &R,
    currency: &Currency,
    format: Format,
    is_first: bool,
) -> Result<Vec<u8>, io::Error> {
    if format == Format::Jsonl {
        let mut line = serde_json::to_vec(row)?;
        line.push(b'\n');
        return Ok(line);
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    if is_first {
        writer.write_record(R::HEADING)?;
    }
    writer.write_record(row.cells(currency))?;
    writer
        .into_inner()
        .map_err(|error| io::Error::other(error.to_string()))
}

/// What is shown meanwhile, at a terminal.
pub(crate) struct Bar {
    bar: ProgressBar,
    from: Option<Timestamp>,
    began: Instant,
    rows_before: u64,
}

impl Bar {
    /// Rows of this span of time, if it is known.
    pub(crate) fn new(
        context: &Context<'_>,
        span: Option<(Timestamp, Timestamp)>,
        written: Written,
    ) -> Self {
        let bar = match span {
            _ if !context.is_watched() => ProgressBar::hidden(),
            Some((from, to)) => ProgressBar::new(seconds(from, to)),
            None => ProgressBar::no_length(),
        };
        let template = match span {
            Some(_) => "{bar:24} {percent:>3} %  {msg}  {eta} left",
            None => "{spinner}  {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self {
            bar,
            from: span.map(|(from, _)| from),
            began: Instant::now(),
            rows_before: written.rows,
        }
    }

    /// What comes before this time is there already.
    pub(crate) fn begin_at(&self, time: Timestamp) {
        self.move_to(Some(time));
        self.bar.reset_eta();
    }

    fn move_to(&self, time: Option<Timestamp>) {
        if let (Some(from), Some(time)) = (self.from, time) {
            self.bar.set_position(seconds(from, time));
        }
    }

    pub(crate) fn show(&self, time: Option<Timestamp>, written: Written) {
        // Not each: a terminal shows a few in a second.
        if !written.rows.is_multiple_of(256) || self.bar.is_hidden() {
            return;
        }
        let millis = self.began.elapsed().as_millis().max(1);
        let rate = u128::from(written.rows - self.rows_before) * 1000 / millis;
        let day = time.map(|time| format!("{}  ", TimeZone::UTC.to_datetime(time).date()));
        self.move_to(time);
        self.bar.set_message(format!(
            "{}{} entries  {} KB  {rate} a second",
            day.unwrap_or_default(),
            written.rows,
            written.bytes / 1000
        ));
    }

    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_second() - from.as_second()).unwrap_or(0)
}
