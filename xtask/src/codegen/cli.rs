//! For the program: what `bitpay call` knows of each operation.

use std::fmt::Write as _;

use crate::table::{Envelope, Field, Part, Row, camel_case};

pub(super) fn make(rows: &[Row]) -> String {
    let mut out = String::from(
        "//! The operations that can be called, from the table.

        use super::{Member, Row, listen, send};
        ",
    );
    let _ = writeln!(
        out,
        "\n/// Every operation, in the order of the table.\npub(super) static ROWS: &[Row] = &["
    );
    for row in rows {
        let _ = writeln!(
            out,
            "Row {{
                name: {:?}, command: {:?}, when_lost: {:?}, resource_from: {:?}, members: &[{}],
                send: {}::<bitpay_core::{}>,
            }},",
            row.name,
            row.cli,
            row.retry_words().replace('`', ""),
            row.resource_from(rows)
                .filter(|_| row.token.is_of_resource())
                .map(|from| &from.name),
            members(row, rows).join(", "),
            match row.envelope {
                Envelope::Events => "listen",
                _ => "send",
            },
            row.request,
        );
    }
    out.push_str("];\n");
    out
}

/// What goes into `--data`, in the order of the request: path, query, body.
fn members(row: &Row, rows: &[Row]) -> Vec<String> {
    let mut members: Vec<String> = row
        .parts()
        .iter()
        .filter_map(|part| match part {
            Part::Parameter(name) => Some(format!("Member::path({:?})", camel_case(name))),
            Part::Fixed(_) | Part::Token => None,
        })
        .collect();
    if row.token.is_of_resource() {
        let fetched = row.resource_from(rows).is_some();
        let in_body = row.token_is_in_body();
        members.push(format!("Member::token({in_body}, {fetched})"));
    }
    let optional = |field: &Field| match field.optional && !field.asked_for {
        true => ".optional()",
        false => "",
    };
    for field in row.query() {
        if field.repeated {
            members.push(format!("Member::repeated({:?})", field.wire));
            continue;
        }
        members.push(format!(
            "Member::query({:?}){}",
            field.wire,
            optional(&field)
        ));
    }
    for field in row.body() {
        members.push(match field.field.as_str() {
            "guid" => "Member::guid()".to_owned(),
            _ => format!("Member::body({:?}){}", field.wire, optional(&field)),
        });
    }
    members
}
