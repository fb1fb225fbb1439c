//! For the core's feature `schema`: what each operation takes and gives.

use std::fmt::Write as _;

use crate::table::{Field, Part, Row};

pub(super) fn make(rows: &[Row]) -> String {
    let mut out = String::from(
        "//! The schemas of every operation, from the table.

        use alloc::vec;
        use alloc::vec::Vec;

        use schemars::SchemaGenerator;

        use super::{OperationSchema, optional, required, requests};

        /// Describes every operation, in the order of the table. Answers refer to definitions of the
        /// generator, which is to be one for reading, as it is by default.
        #[must_use]
        pub fn operations(answers: &mut SchemaGenerator) -> Vec<OperationSchema> {
            let written = &mut requests();
            vec![
        ",
    );
    for row in rows {
        let _ = writeln!(
            out,
            "OperationSchema::new::<crate::{}>(vec![{}], answers),",
            row.request,
            parameters(row).join(", "),
        );
    }
    out.push_str("]\n}\n");
    out
}

/// In the order of `Operation::parameters`.
fn parameters(row: &Row) -> Vec<String> {
    let schema = |field: &str, optional: bool| {
        let kind = if optional { "optional" } else { "required" };
        format!("{kind}(|it: &crate::{}| &it.{field}, written)", row.request)
    };
    let of_path = row.parts().into_iter().filter_map(|part| match part {
        Part::Parameter(name) => Some(schema(name, false)),
        Part::Fixed(_) | Part::Token => None,
    });
    let of = |field: Field| schema(&field.field, field.optional);
    of_path
        .chain(row.query().into_iter().map(of))
        .chain(row.body().into_iter().map(of))
        .collect()
}
