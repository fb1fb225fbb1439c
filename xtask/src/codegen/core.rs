//! For the core: the table as values, and the impls of `Endpoint`, `Allows` and `FromRequest`.

use std::fmt::Write as _;

use crate::fields::Fields;
use crate::table::{Facade, Field, Part, Retry, Row, TokenPlace, camel_case};

pub(super) fn make(rows: &[Row], docs: &Fields) -> Result<String, String> {
    let mut out = String::from(
        "//! The operations, from the table.

        use alloc::vec::Vec;

        use super::{Allows, Endpoint, Operation, RetryClass, Shows, Signing, TokenPlace, body, path, query};
        use crate::credential::{AnyGrant, Credential, Grant, Identity};
        use crate::encode::Encoder;
        use crate::environment::BaseUrl;
        use crate::error::BuildError;
        use crate::facade::{Facade, Merchant, Payout, Pos};
        use crate::guid::Guid;
        use crate::model::{Echo, InvalidRequest};
        use crate::stream::{Form, Streamable};
        #[cfg(feature = \"server\")]
        use crate::server::{BadParam, FromRequest, Received, required};
        ",
    );
    // The facades that no row names yet.
    for facade in [Facade::Pos, Facade::Merchant, Facade::Payout] {
        if !rows.iter().any(|row| row.facades.contains(&facade)) {
            out = out.replace(&format!(", {}", facade.rust()), "");
        }
    }
    let names: Vec<String> = rows.iter().map(constant).collect();
    let _ = write!(
        out,
        "\n/// Every operation, in the order of the table.\n\
         pub static OPERATIONS: &[&Operation] = &[{}];\n",
        names
            .iter()
            .map(|name| format!("&{name}"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    out.push_str(&route(rows));
    for row in rows {
        out.push_str(&operation(row, docs)?);
        out.push_str(&endpoint(row));
        out.push_str(&streamable(row));
        out.push_str(&allows(row));
        out.push_str(&from_request(row));
    }
    Ok(out)
}

fn constant(row: &Row) -> String {
    row.name.to_uppercase()
}

fn operation(row: &Row, docs: &Fields) -> Result<String, String> {
    let facades: Vec<String> = row
        .facades
        .iter()
        .map(|facade| format!("Facade::{}", facade.rust()))
        .collect();
    Ok(format!(
        "\nstatic {}: Operation = Operation {{
            name: {:?}, doc: {:?}, link: {:?}, method: http::Method::{}, path: {:?}, facades: &[{}],
            identity: {}, token: TokenPlace::{}, signing: Signing::{}, retry: RetryClass::{},
            lookup: {:?}, lookup_query: {:?}, done: &[{}], parameters: &[{}],
        }};\n",
        constant(row),
        row.name,
        row.doc,
        row.link,
        row.method.rust(),
        row.path,
        facades.join(", "),
        row.identity,
        row.token.rust(),
        row.signed.rust(),
        row.retry.rust(),
        row.lookup,
        row.lookup_query,
        done(row).join(", "),
        parameters(row, docs)?.join(", "),
    ))
}

fn done(row: &Row) -> Vec<String> {
    let shows = |text: &String| match text.split_once('=') {
        Some((member, value)) => format!("Shows::Member({member:?}, {value:?})"),
        None => "Shows::Gone".to_owned(),
    };
    row.done.iter().map(shows).collect()
}

fn parameters(row: &Row, docs: &Fields) -> Result<Vec<String>, String> {
    let parameter = |name: &str, place: &str, required: bool, field: &str| {
        let doc = docs.doc(&row.request, field)?;
        Ok(format!("{place}({name:?}, {required}, {doc:?})"))
    };
    let of_path = row.parts().into_iter().filter_map(|part| match part {
        Part::Parameter(name) => Some(parameter(name, "path", true, name)),
        Part::Fixed(_) | Part::Token => None,
    });
    let of = |place, fields: Vec<Field>| -> Vec<Result<String, String>> {
        let one = |field: &Field| {
            parameter(
                &field.wire,
                place,
                !field.optional || field.asked_for,
                &field.field,
            )
        };
        fields.iter().map(one).collect()
    };
    of_path
        .chain(of("query", row.query()))
        .chain(of("body", row.body()))
        .collect()
}

/// `let Request { every, field } = self;`: a field that the table forgets does not compile.
fn destructure(row: &Row) -> String {
    let mut fields: Vec<String> = Vec::new();
    for part in row.parts() {
        if let Part::Parameter(name) = part {
            fields.push(name.to_owned());
        }
    }
    fields.extend(
        row.query()
            .into_iter()
            .chain(row.body())
            .map(|field| field.field),
    );
    if row.token.is_of_resource() {
        fields.push("token: _".to_owned());
    }
    if row.at {
        fields.push("at: _".to_owned());
    }
    format!("let Self {{ {} }} = self;\n", fields.join(", "))
}

fn endpoint(row: &Row) -> String {
    let mut encode = destructure(row);
    for part in row.parts() {
        let _ = match part {
            Part::Fixed(text) => writeln!(encode, "out.path({text:?});"),
            Part::Parameter(name) => writeln!(encode, "out.segment({name:?}, {name})?;"),
            Part::Token => writeln!(encode, "out.token_segment()?;"),
        };
    }
    for field in row.query() {
        let (name, wire) = (&field.field, &field.wire);
        let _ = if field.repeated {
            writeln!(
                encode,
                "for value in {name} {{ out.named_query({wire:?}, value); }}"
            )
        } else if field.optional {
            writeln!(
                encode,
                "if let Some({name}) = {name} {{ out.query({wire:?}, {name}); }}"
            )
        } else {
            writeln!(encode, "out.query({wire:?}, {name});")
        };
    }
    for field in row.body() {
        let (name, wire) = (&field.field, &field.wire);
        let _ = if field.optional {
            writeln!(
                encode,
                "if let Some({name}) = {name} {{ out.body({wire:?}, {name})?; }}"
            )
        } else {
            writeln!(encode, "out.body({wire:?}, {name})?;")
        };
    }
    let mut extra = String::new();
    if row.checked {
        extra.push_str("fn check(&self) -> Result<(), InvalidRequest> { Self::check(self) }\n");
    }
    if row.has_guid() {
        extra.push_str("fn guid(&self) -> Option<&Guid> { Some(&self.guid) }\n");
    }
    if let Some(name) = row.resource_part().filter(|_| !row.only_reads()) {
        let _ = writeln!(
            extra,
            "fn resource(&self) -> Option<&str> {{ Some(self.{name}.as_str()) }}"
        );
    }
    if row.token.is_of_resource() {
        extra.push_str("fn resource_token(&self) -> Option<&str> { Some(self.token.expose()) }\n");
    }
    if row.at {
        extra.push_str("fn at(&self) -> Option<&BaseUrl> { self.at.as_ref() }\n");
    }
    if row.echo {
        extra
            .push_str("fn echo(&self, made: &Self::Response) -> Echo { Self::echo(self, made) }\n");
    }
    if row.retry == Retry::LookupByReference {
        extra.push_str("fn reference(&self) -> Option<&str> { Some(Self::reference(self)) }\n");
    }
    format!(
        "\nimpl Endpoint for crate::{} {{
            type Response = {};
            const OPERATION: &'static Operation = &{};

            fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {{
                {encode}
                Ok(())
            }}
            {extra}
        }}\n",
        row.request,
        row.response_type("crate::"),
        constant(row),
    )
}

fn streamable(row: &Row) -> String {
    let Some(stream) = row.stream("crate::") else {
        return String::new();
    };
    let left_over = stream.left_over.map_or(String::new(), |list| {
        format!(
            "fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {{ core::mem::take(&mut {list}) }}\n"
        )
    });
    format!(
        "\nimpl Streamable for crate::{} {{
            type Item = {};
            const FORM: Form = Form::{};
            {left_over}
        }}\n",
        row.request, stream.item, stream.form,
    )
}

fn allows(row: &Row) -> String {
    let request = format!("crate::{}", row.request);
    if row.is_public() {
        return format!("\nimpl<C: Credential> Allows<C> for {request} {{}}\n");
    }
    let mut out = format!("\nimpl Allows<AnyGrant> for {request} {{}}\n");
    if row.identity {
        let _ = writeln!(out, "impl Allows<Identity> for {request} {{}}");
    }
    for facade in &row.facades {
        let _ = writeln!(
            out,
            "impl Allows<Grant<{}>> for {request} {{}}",
            facade.rust()
        );
    }
    out
}

fn from_request(row: &Row) -> String {
    let mut fields = String::new();
    for (index, part) in row.parts().into_iter().enumerate() {
        if let Part::Parameter(name) = part {
            let _ = writeln!(
                fields,
                "{name}: received.segment({index}, {:?})?,",
                camel_case(name)
            );
        }
    }
    let read = |fields: &mut String, field: &Field, from: &str| {
        let (name, wire) = (&field.field, &field.wire);
        let mut value = format!("received.{from}({wire:?})?");
        if let Some(alias) = &field.alias {
            value =
                format!("match {value} {{ None => received.{from}({alias:?})?, given => given }}");
        }
        let _ = if field.repeated {
            writeln!(fields, "{name}: received.query_all({wire:?})?,")
        } else if field.optional {
            writeln!(fields, "{name}: {value},")
        } else {
            writeln!(fields, "{name}: required({value}, {wire:?})?,")
        };
    };
    for field in row.query() {
        read(&mut fields, &field, "query");
    }
    for field in row.body() {
        if field.field == "guid" {
            fields.push_str("guid: received.guid()?,\n");
        } else {
            read(&mut fields, &field, "body");
        }
    }
    match row.token {
        TokenPlace::ResourceBody => {
            fields.push_str("token: required(received.body(\"token\")?, \"token\")?,\n");
        }
        TokenPlace::ResourceQuery => {
            fields.push_str("token: required(received.query(\"token\")?, \"token\")?,\n");
        }
        _ => {}
    }
    if row.at {
        // A server is where it is.
        fields.push_str("at: None,\n");
    }
    let received = if fields.is_empty() {
        "_received"
    } else {
        "received"
    };
    format!(
        "\n#[cfg(feature = \"server\")]
        impl FromRequest for crate::{} {{
            fn from_request({received}: &Received) -> Result<Self, BadParam> {{
                Ok(Self {{ {fields} }})
            }}
        }}\n",
        row.request,
    )
}

/// Fixed paths come before those with parameters, and rows with a condition before those without.
fn route(rows: &[Row]) -> String {
    let mut order: Vec<&Row> = rows.iter().collect();
    order.sort_by_key(|row| {
        let parameters = row
            .parts()
            .iter()
            .filter(|part| !matches!(part, Part::Fixed(_)))
            .count();
        (parameters, row.when.is_none())
    });
    let mut arms = String::new();
    for row in order {
        let mut condition = format!(
            "received.method == {0}.method && received.matches({0}.path)",
            constant(row)
        );
        match row.when.as_deref() {
            Some("token") => condition.push_str(" && received.token().is_some()"),
            Some("no-token") => condition.push_str(" && received.token().is_none()"),
            Some(member) => {
                let name = member.strip_prefix("body.").unwrap_or(member);
                let _ = write!(condition, " && received.has_body({name:?})");
            }
            None => {}
        }
        let _ = writeln!(
            arms,
            "if {condition} {{ return Some(&{}); }}",
            constant(row)
        );
    }
    format!(
        "\n/// The operation that a request asks for.
        #[cfg(feature = \"server\")]
        #[must_use]
        pub fn route(received: &Received) -> Option<&'static Operation> {{
            {arms}
            None
        }}\n"
    )
}
