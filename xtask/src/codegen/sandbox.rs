//! For the sandbox: the `Handler` trait, which has a method for each row, and the way to it.

use std::fmt::Write as _;

use crate::table::{Envelope, Row};

pub(super) fn make(rows: &[Row]) -> String {
    let mut out = String::from(
        "//! The operations that the sandbox answers, from the table.

        use bitpay_core as core;
        use bitpay_core::operation::Operation;
        use bitpay_core::server::{FromRequest as _, Received};

        use crate::reply::{Refusal, Reply};
        use crate::caller::Caller;
        use crate::events::EventStream;

        /// Answers each operation. There are no default bodies: a new row of the table does not
        /// compile until the sandbox answers it.
        pub(crate) trait Handler {
        ",
    );
    for row in rows {
        let _ = writeln!(
            out,
            "/// {}\nfn {}(&mut self, caller: &Caller, request: core::{}) -> Result<{}, Refusal>;\n",
            row.doc,
            row.name,
            row.request,
            match row.envelope {
                Envelope::Events => "Option<EventStream>".to_owned(),
                _ => row.response_type("core::"),
            },
        );
    }
    out.push_str(
        "}

        /// Reads the request of an operation, has it handled, and writes the answer.
        pub(crate) fn dispatch(
            handler: &mut impl Handler,
            operation: &Operation,
            caller: &Caller,
            received: &Received,
        ) -> Result<Reply, Refusal> {
            match operation.name {
        ",
    );
    for row in rows {
        let reply = match (row.envelope, row.response.as_str()) {
            (Envelope::Data, "model::invoice::Invoice") => {
                "Reply::invoice(caller, &data)".to_owned()
            }
            (Envelope::Data, "Vec<model::invoice::Invoice>") => {
                "Reply::invoices(caller, &data)".to_owned()
            }
            (Envelope::Data, _) => format!("Reply::new({:?}, caller, &data)", row.resource),
            (Envelope::Status, "model::Acknowledged") => "Reply::success(data)".to_owned(),
            (Envelope::Status, _) => {
                format!("Reply::with_status({:?}, caller, &data)", row.resource)
            }
            (Envelope::Events, _) => "Reply::events(data)".to_owned(),
            (Envelope::Bare, _) => "Reply::bare(&data)".to_owned(),
        };
        let _ = writeln!(
            out,
            "{:?} => {{
                let request = core::{}::from_request(received)?;
                let data = handler.{}(caller, request)?;
                {reply}
            }}",
            row.name, row.request, row.name,
        );
    }
    out.push_str("_ => Err(Refusal::unknown_path()),\n}\n}\n");
    out
}
