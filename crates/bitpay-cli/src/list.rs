//! Lists: as a table for people, as CSV for spreadsheets, as JSON for programs.

use std::fmt::Display;

use bitpay_blocking::paging::Listed;
use bitpay_blocking::{Allows, Amount, AnyGrant, Client};
use clap::Args;
use serde::Serialize;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::context::{Context, or_empty, places};
use crate::failure::Failure;

/// All rows of a list, from its `offset` on, or `limit` of them: a server may give fewer at a time.
pub(crate) fn rows<E, T>(client: &Client<AnyGrant>, request: &E) -> Result<Vec<T>, Failure>
where
    E: Listed<Item = T> + Allows<AnyGrant>,
{
    let limit = request.page().and_then(|page| page.limit);
    let most = limit.map_or(usize::MAX, |it| usize::try_from(it).unwrap_or(usize::MAX));
    Ok(client.rows(request).take(most).collect::<Result<_, _>>()?)
}

/// How a list is written.
#[derive(Args, Clone, Copy)]
pub(crate) struct AsCsv {
    /// Write the list as CSV: a line with the names of the columns, then a line for each row
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// What a terminal that is too narrow does to a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It is cut before others are.
    Text,
    /// It is cut when there is no other way.
    Word,
    /// It is never cut, as another number would be left.
    Number,
}

/// A column: its name, and its value in a row.
pub(crate) struct Column<'a, T> {
    name: &'static str,
    kind: Kind,
    value: Box<dyn Fn(&T) -> String + 'a>,
}

impl<'a, T> Column<'a, T> {
    fn new<V: Display>(
        name: &'static str,
        kind: Kind,
        value: impl Fn(&T) -> Option<V> + 'a,
    ) -> Self {
        let value = Box::new(move |row: &T| or_empty(value(row).as_ref()));
        Self { name, kind, value }
    }

    /// What others have written: names, references, addresses.
    pub(crate) fn text<V: Display>(
        name: &'static str,
        value: impl Fn(&T) -> Option<V> + 'a,
    ) -> Self {
        Self::new(name, Kind::Text, value)
    }

    /// An id, a status, a currency, a time.
    pub(crate) fn word<V: Display>(name: &'static str, value: impl Fn(&T) -> V + 'a) -> Self {
        Self::new(name, Kind::Word, move |row| Some(value(row)))
    }

    /// A number, whose digits stand under each other.
    pub(crate) fn number<V: Display>(
        name: &'static str,
        value: impl Fn(&T) -> Option<V> + 'a,
    ) -> Self {
        Self::new(name, Kind::Number, value)
    }

    /// A sum of money, with at least two decimals, and never rounded.
    pub(crate) fn money(name: &'static str, value: impl Fn(&T) -> Option<Amount> + 'a) -> Self {
        Self::number(name, move |row| value(row).map(places))
    }
}

impl Context<'_> {
    /// The rows as the user wants them, or for a person these words when there are none.
    pub(crate) fn list<T: Serialize>(
        &mut self,
        rows: &[T],
        AsCsv { csv }: AsCsv,
        columns: &[Column<'_, T>],
        none: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if csv && self.global.json {
            // Clap does not see this when they stand on both sides of the command.
            return Err(Failure::Usage(
                "say --csv or --json, not both: the list is written once".to_owned(),
            ));
        }
        let width = self.io.columns;
        if csv {
            let text = as_csv(rows, columns)
                .map_err(|error| Failure::Refused(format!("not written as CSV: {error}")))?;
            self.write(text.trim_end_matches('\n'));
        } else {
            self.result(&rows, || match rows {
                [] => none(),
                rows => as_table(rows, columns, width),
            });
        }
        Ok(())
    }
}

fn as_csv<T>(rows: &[T], columns: &[Column<'_, T>]) -> Result<String, Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| column.name))?;
    for row in rows {
        writer.write_record(columns.iter().map(|column| (column.value)(row)))?;
    }
    let bytes = writer.into_inner()?;
    Ok(String::from_utf8(bytes)?)
}

/// In a column, and for a program that reads it.
pub(crate) const fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// Narrower than this no column is cut.
const LEAST: usize = 8;

/// The rows under the names of the columns, as wide as this at most where that can be.
pub(crate) fn as_table<T>(rows: &[T], columns: &[Column<'_, T>], width: Option<usize>) -> String {
    let names = columns
        .iter()
        .map(|it| it.name.to_uppercase().replace('_', " "));
    let mut cells: Vec<Vec<String>> = vec![names.collect()];
    for row in rows {
        cells.push(columns.iter().map(|it| plain(&(it.value)(row))).collect());
    }
    // What no row has is left out.
    let shown: Vec<usize> = (0..columns.len())
        .filter(|&at| cells.iter().skip(1).any(|row| !row[at].is_empty()))
        .collect();
    let mut widths: Vec<(Kind, usize)> = shown
        .iter()
        .map(|&at| {
            let widest = cells.iter().map(|row| row[at].width()).max();
            (columns[at].kind, widest.unwrap_or(0))
        })
        .collect();
    if let Some(width) = width {
        fit(&mut widths, width);
    }
    let mut text = String::new();
    for row in &cells {
        let mut line = String::new();
        for (&at, &(kind, width)) in shown.iter().zip(&widths) {
            let cell = cut(&row[at], width);
            let space = " ".repeat(width.saturating_sub(cell.width()));
            match kind {
                Kind::Number => line.extend([space.as_str(), &cell, "  "]),
                Kind::Text | Kind::Word => line.extend([cell.as_str(), &space, "  "]),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Takes from the widest column until all of them fit, if they can.
fn fit(widths: &mut [(Kind, usize)], available: usize) {
    for kind in [Kind::Text, Kind::Word] {
        loop {
            let used: usize = widths.iter().map(|(_, width)| width + 2).sum();
            // Nothing follows the last column.
            if used <= available + 2 {
                return;
            }
            let of_kind = widths
                .iter_mut()
                .filter(|(of, width)| *of == kind && *width > LEAST);
            match of_kind.max_by_key(|(_, width)| *width) {
                Some((_, widest)) => *widest -= 1,
                None => break,
            }
        }
    }
}

fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |it: &char| {
        used += it.width().unwrap_or(0);
        used <= width
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// On one line, and without what would steer a terminal: others have written it.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (&'static str, &'static str, &'static str);

    const ROWS: [Row; 2] = [
        ("Hb1", "-1234567890.123456789", "paid by 東京 and friends"),
        ("Hb2", "5", "say \"hi\",\u{1b}[2J\nplease"),
    ];

    fn columns() -> [Column<'static, Row>; 4] {
        [
            Column::word("id", |it: &Row| it.0),
            Column::money("price_paid", |it: &Row| it.1.parse().ok()),
            Column::text("never", |_: &Row| None::<String>),
            Column::text("note", |it: &Row| Some(it.2)),
        ]
    }

    #[test]
    fn columns_are_aligned_and_nothing_steers_the_terminal() {
        assert_eq!(
            as_table(&ROWS, &columns(), None),
            "ID              PRICE PAID  NOTE\n\
             Hb1  -1234567890.123456789  paid by 東京 and friends\n\
             Hb2                   5.00  say \"hi\", [2J please\n"
        );
    }

    #[test]
    fn text_is_cut_where_the_terminal_is_narrow_and_numbers_never() {
        for width in 0..60 {
            let table = as_table(&ROWS, &columns(), Some(width));
            // The id, the number, and the least of the text.
            let least = 3 + 2 + 21 + 2 + LEAST;
            for line in table.lines() {
                assert!(line.width() <= width.max(least), "{width}: {line}");
            }
            assert!(table.contains("-1234567890.123456789"), "{table}");
        }
        assert!(as_table(&ROWS, &columns(), Some(40)).contains("paid by 東…\n"));
        assert!(!as_table(&ROWS, &columns(), Some(52)).contains('…'));
    }

    #[test]
    fn csv_has_every_column_and_every_character() {
        let text = as_csv(&ROWS, &columns()).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(
            reader.headers().unwrap(),
            vec!["id", "price_paid", "never", "note"]
        );
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows[0], ROWS.map(|it| vec![it.0, it.1, "", it.2])[0]);
        assert_eq!(rows[1], vec!["Hb2", "5.00", "", ROWS[1].2]);
        let none = as_csv(&[], &columns()).unwrap();
        assert_eq!(none, "id,price_paid,never,note\n");
    }
}
