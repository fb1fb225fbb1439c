//! For the core's feature `tracing`: a span of each operation, whose name must be known when it is compiled.

use std::fmt::Write as _;

use crate::table::Row;

pub(super) fn make(rows: &[Row]) -> String {
    let mut out = String::from(
        "//! A span for each operation, from the table.

        use tracing::Span;
        use tracing::field::Empty;

        macro_rules! named {
            ($name:literal) => {
                tracing::info_span!(
                    target: \"bitpay\", $name, tries = Empty, status = Empty, duration_us = Empty,
                    effect = Empty, looked_up = Empty, error = Empty
                )
            };
        }

        /// The span of a call.
        pub(super) fn span(operation: &str) -> Span {
            match operation {
        ",
    );
    for row in rows {
        let _ = writeln!(out, "{:?} => named!({:?}),", row.name, row.name);
    }
    out.push_str("_ => named!(\"raw\"),\n}\n}\n");
    out
}
