//! Files of rows that people make: every mistake is named with its line, before anything is done.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::path::Path;
use std::str::FromStr;

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::failure::Failure;

/// A file with more mistakes is the wrong file.
const MISTAKES_SHOWN: usize = 20;

/// A row, by the names of its columns.
pub(crate) struct Row<'a> {
    pub(crate) line: u64,
    columns: &'a BTreeMap<&'static str, usize>,
    record: &'a StringRecord,
}

impl Row<'_> {
    /// `None` where it is empty, or there is no such column.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        let value = self.record.get(*self.columns.get(name)?)?;
        (!value.is_empty()).then_some(value)
    }

    pub(crate) fn needed(&self, name: &str) -> Result<&str, String> {
        self.given(name).ok_or_else(|| format!("{name} is missing"))
    }

    pub(crate) fn value<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, String> {
        value(name, self.needed(name)?)
    }
}

pub(crate) fn value<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|error| format!("{name}: {error}"))
}

pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    File::open(path)
        .map_err(|error| Failure::Refused(format!("nothing was sent: {}: {error}", path.display())))
}

/// Reads a file whose first line names these columns, or some of them. What cannot be read is among the
/// mistakes. It is read from the file that is open, which may be locked: on Windows nobody else can read it then.
pub(crate) fn read<T>(
    path: &Path,
    file: &File,
    known: &[&'static str],
    mut each: impl FnMut(&Row<'_>) -> Result<T, String>,
) -> Result<(Vec<T>, Vec<String>), Failure> {
    let failed = |error: csv::Error| {
        Failure::Refused(format!("nothing was sent: {}: {error}", path.display()))
    };
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(file);
    let (mut columns, mut rows, mut mistakes) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (index, name) in reader.headers().map_err(failed)?.iter().enumerate() {
        // Spreadsheets begin their files with a mark.
        let name = name.trim_start_matches('\u{feff}').to_ascii_lowercase();
        match known.iter().find(|it| **it == name) {
            None => mistakes.push(format!(
                "the column {name:?} means nothing here; there are {}",
                known.join(", ")
            )),
            Some(column) if columns.insert(*column, index).is_some() => {
                mistakes.push(format!("there are two columns {name}"));
            }
            Some(_) => {}
        }
    }
    if !mistakes.is_empty() {
        return Ok((rows, mistakes));
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                mistakes.push(error.to_string());
                continue;
            }
        };
        let row = Row {
            line: record.position().map_or(0, csv::Position::line),
            columns: &columns,
            record: &record,
        };
        match each(&row) {
            Ok(value) => rows.push(value),
            Err(mistake) => mistakes.push(format!("line {}: {mistake}", row.line)),
        }
    }
    Ok((rows, mistakes))
}

/// Refuses a file with mistakes, and names them.
pub(crate) fn complain(path: &Path, mistakes: &[String]) -> Result<(), Failure> {
    if mistakes.is_empty() {
        return Ok(());
    }
    let mut text = format!("nothing was sent: {}:", path.display());
    for mistake in mistakes.iter().take(MISTAKES_SHOWN) {
        text += &format!("\n  {mistake}");
    }
    if mistakes.len() > MISTAKES_SHOWN {
        text += &format!("\n  and {} more", mistakes.len() - MISTAKES_SHOWN);
    }
    Err(Failure::Refused(text))
}
