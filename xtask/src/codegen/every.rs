//! For the core's feature `server`: a way to the type of each operation, for what treats all alike.

use std::fmt::Write as _;

use crate::table::Row;

pub(super) fn make(rows: &[Row]) -> String {
    let mut out = String::from(
        "//! Every operation, from the table.

        use super::EveryOperation;

        /// Shows the visitor each operation, in the order of the table.
        pub fn visit_operations(visitor: &mut impl EveryOperation) {
        ",
    );
    for row in rows {
        let _ = writeln!(out, "visitor.operation::<crate::{}>();", row.request);
    }
    out.push_str("}\n");
    out
}
