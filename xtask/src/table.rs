//! Reads `operations.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::root;

/// Where the table is, below the workspace.
pub(crate) const PATH: &str = "crates/bitpay-core/operations.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    setups: BTreeMap<String, String>,
    #[serde(rename = "operation")]
    pub(crate) rows: Vec<Row>,
    pub(crate) unbuilt: Vec<Unbuilt>,
}

/// A part of the API that is listed and not built.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unbuilt {
    pub(crate) name: String,
    pub(crate) requests: Vec<String>,
    pub(crate) why: String,
    pub(crate) seen: Vec<String>,
}

/// One operation. The columns are described at the head of the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) cli: Option<String>,
    pub(crate) link: String,
    pub(crate) seen: Vec<String>,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) facades: Vec<Facade>,
    #[serde(default)]
    pub(crate) identity: bool,
    pub(crate) token: TokenPlace,
    pub(crate) signed: Signed,
    pub(crate) retry: Retry,
    pub(crate) lookup: Option<String>,
    pub(crate) lookup_query: Option<String>,
    #[serde(default)]
    pub(crate) done: Vec<String>,
    pub(crate) request: String,
    #[serde(default)]
    pub(crate) checked: bool,
    #[serde(default)]
    pub(crate) echo: bool,
    pub(crate) args: Option<Vec<String>>,
    #[serde(default)]
    query: Vec<String>,
    #[serde(default)]
    body: Vec<String>,
    pub(crate) response: String,
    pub(crate) resource: Option<String>,
    rows: Option<String>,
    #[serde(default)]
    pub(crate) at: bool,
    #[serde(default)]
    pub(crate) envelope: Envelope,
    pub(crate) by: Option<String>,
    pub(crate) when: Option<String>,
    #[serde(default)]
    setup: Vec<String>,
    #[serde(default)]
    pub(crate) example: String,
    /// The lines of the set-ups.
    #[serde(skip)]
    pub(crate) before: String,
}

/// The set-up that is before every example.
const START: &str = "start";

/// Operations that documentation lists together: those whose paths begin with one of these.
pub(crate) struct Group {
    pub(crate) heading: &'static str,
    pub(crate) doc: &'static str,
    paths: &'static [&'static str],
}

/// In the order of documentation.
pub(crate) const GROUPS: &[Group] = &[
    Group {
        heading: "Pairing and tokens",
        doc: "How a program comes to a token, and which keys may use it.",
        paths: &["tokens"],
    },
    Group {
        heading: "Invoices",
        doc: "What a buyer is asked to pay.",
        paths: &["invoices", "events"],
    },
    Group {
        heading: "Refunds",
        doc: "What a buyer gets back.",
        paths: &["refunds"],
    },
    Group {
        heading: "Bills",
        doc: "Requests for payment that are sent by email.",
        paths: &["bills"],
    },
    Group {
        heading: "Ledgers",
        doc: "The merchant's accounts with BitPay.",
        paths: &["ledgers"],
    },
    Group {
        heading: "Payouts",
        doc: "Payments to recipients, from a ledger.",
        paths: &["payouts"],
    },
    Group {
        heading: "Recipients",
        doc: "Who can be paid.",
        paths: &["recipients"],
    },
    Group {
        heading: "Settlements",
        doc: "What BitPay paid out to the merchant.",
        paths: &["settlements"],
    },
    Group {
        heading: "Rates",
        doc: "What cryptocurrencies are worth.",
        paths: &["rates"],
    },
    Group {
        heading: "Currencies and wallets",
        doc: "What BitPay knows, and how exact it is.",
        paths: &["currencies", "supportedwallets"],
    },
    Group {
        heading: "Subscriptions",
        doc: "Bills that are sent again and again. Legacy.",
        paths: &["subscriptions"],
    },
];

impl Group {
    pub(crate) fn has(&self, row: &Row) -> bool {
        let begin = row.path.split('/').next().unwrap_or_default();
        self.paths.contains(&begin)
    }
}

/// An enum of the table: its text there, its variant in the core, and its words in documentation.
macro_rules! column {
    ($name:ident { $($variant:ident = $text:literal, $rust:literal, $words:literal;)* }) => {
        #[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
        pub(crate) enum $name {
            $(#[serde(rename = $text)] $variant,)*
        }

        impl $name {
            pub(crate) fn rust(self) -> &'static str {
                match self { $(Self::$variant => $rust,)* }
            }

            pub(crate) fn words(self) -> &'static str {
                match self { $(Self::$variant => $words,)* }
            }
        }
    };
}

column!(Method {
    Get = "GET", "GET", "GET";
    Post = "POST", "POST", "POST";
    Put = "PUT", "PUT", "PUT";
    Delete = "DELETE", "DELETE", "DELETE";
});

column!(Facade {
    Public = "public", "Public", "public";
    Pos = "pos", "Pos", "pos";
    Merchant = "merchant", "Merchant", "merchant";
    Payout = "payout", "Payout", "payout";
});

column!(TokenPlace {
    None = "none", "None", "none";
    Query = "query", "Query", "query";
    Body = "body", "Body", "body";
    Path = "path", "Path", "in the path";
    ResourceBody = "resource-body", "ResourceBody", "the resource's own, in the body";
    ResourceQuery = "resource-query", "ResourceQuery", "the resource's own, in the query";
});

column!(Signed {
    Never = "never", "Never", "never";
    WhenKeyed = "if-keyed", "WhenKeyed", "when the credential has a key";
    Always = "always", "Always", "always";
});

column!(Retry {
    Read = "read", "Read", "repeated, since it only reads";
    ReplayByGuid = "replay-by-guid", "ReplayByGuid", "repeated with the same guid";
    LookupByGuid = "lookup-by-guid", "LookupByGuid", "looked up by guid, never sent again";
    LookupByReference = "lookup-by-reference", "LookupByReference", "never sent again; found by its reference";
    ReadBack = "read-back", "ReadBack", "never sent again: fetch and see";
    Never = "never", "Never", "never repeated";
});

impl TokenPlace {
    /// The token is that of the resource, which the request holds.
    pub(crate) fn is_of_resource(self) -> bool {
        matches!(self, Self::ResourceBody | Self::ResourceQuery)
    }
}

/// What is around the data of an answer.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Envelope {
    #[default]
    Data,
    Status,
    Bare,
    Events,
}

/// A field of a request, and its name on the wire.
pub(crate) struct Field {
    pub(crate) field: String,
    pub(crate) wire: String,
    /// A name that a server takes for it as well.
    pub(crate) alias: Option<String>,
    pub(crate) optional: bool,
    /// It is an `Option` only for a server, which may find it absent.
    pub(crate) asked_for: bool,
    /// A list whose values are repeated in the query.
    pub(crate) repeated: bool,
}

impl Field {
    fn read(text: &str) -> Self {
        let (field, wire) = match text.split_once('=') {
            Some((field, wire)) => (field, Some(wire.to_owned())),
            None => (text, None),
        };
        let (wire, alias) = match wire.as_deref().and_then(|wire| wire.split_once('|')) {
            Some((wire, alias)) => (Some(wire.to_owned()), Some(alias.to_owned())),
            None => (wire, None),
        };
        let asked_for = field.ends_with('!');
        let field = field.trim_end_matches('!');
        let optional = field.ends_with('?');
        let repeated = field.ends_with('*');
        let field = field.trim_end_matches(['?', '*']).to_owned();
        let wire = wire.unwrap_or_else(|| camel_case(&field));
        Self {
            field,
            wire,
            alias,
            optional,
            asked_for,
            repeated,
        }
    }
}

/// How an answer can be read as it comes.
pub(crate) struct Stream {
    pub(crate) form: String,
    pub(crate) item: String,
    pub(crate) left_over: Option<String>,
}

fn snake_case(camel: &str) -> String {
    let mut out = String::new();
    for c in camel.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

pub(crate) fn camel_case(snake: &str) -> String {
    let mut out = String::new();
    for (index, part) in snake.split('_').enumerate() {
        let mut chars = part.chars();
        match chars.next() {
            Some(first) if index > 0 => out.extend(first.to_uppercase()),
            Some(first) => out.push(first),
            None => {}
        }
        out.push_str(chars.as_str());
    }
    out
}

/// The caller's token in a path.
const TOKEN: &str = "{token}";

/// A part of a path.
pub(crate) enum Part<'a> {
    Fixed(&'a str),
    Parameter(&'a str),
    Token,
}

impl Row {
    pub(crate) fn query(&self) -> Vec<Field> {
        self.query.iter().map(|text| Field::read(text)).collect()
    }

    pub(crate) fn body(&self) -> Vec<Field> {
        self.body.iter().map(|text| Field::read(text)).collect()
    }

    pub(crate) fn parts(&self) -> Vec<Part<'_>> {
        let part = |part| match strip(part) {
            Some(_) if part == TOKEN => Part::Token,
            Some(name) => Part::Parameter(name),
            None => Part::Fixed(part),
        };
        self.path.split('/').map(part).collect()
    }

    /// The operation that fetches the resource whose token this one needs.
    pub(crate) fn resource_from<'a>(&self, rows: &'a [Row]) -> Option<&'a Row> {
        let of_resource = |row: &&Row| {
            let below = self.path.strip_prefix(&row.path);
            row.method == Method::Get
                && row.token == TokenPlace::Query
                && row.path.ends_with("/{id}")
                && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        rows.iter().find(of_resource)
    }

    /// The type of the response, as a path below `prefix`: `Vec<core::model::Invoice>`.
    pub(crate) fn response_type(&self, prefix: &str) -> String {
        match self
            .response
            .strip_prefix("Vec<")
            .and_then(|rest| rest.strip_suffix('>'))
        {
            Some(item) => format!("Vec<{prefix}{item}>"),
            None => format!("{prefix}{}", self.response),
        }
    }

    /// Where the token of the resource goes, if it takes that: into the body, or else into the query.
    pub(crate) fn token_is_in_body(&self) -> bool {
        self.token == TokenPlace::ResourceBody
    }

    /// How the answer can be read as it comes: the form, the type of an item below `prefix`, and what
    /// takes the items out of a whole answer.
    pub(crate) fn stream(&self, prefix: &str) -> Option<Stream> {
        if let Some((wire, item)) = self.rows.as_ref().and_then(|rows| rows.split_once(": ")) {
            return Some(Stream {
                form: format!("Member({wire:?})"),
                item: format!("{prefix}{item}"),
                left_over: Some(format!("answer.{}", snake_case(wire))),
            });
        }
        if self.envelope == Envelope::Events {
            return Some(Stream {
                form: "Events(\"statechange\")".to_owned(),
                item: self.response_type(prefix),
                left_over: None,
            });
        }
        let item = self.response.strip_prefix("Vec<")?.strip_suffix('>')?;
        Some(Stream {
            form: "List".to_owned(),
            item: format!("{prefix}{item}"),
            left_over: Some("*answer".to_owned()),
        })
    }

    /// The method of the clients.
    pub(crate) fn method_name(&self) -> &str {
        self.by.as_deref().unwrap_or(&self.name)
    }

    /// Does it only read?
    pub(crate) fn only_reads(&self) -> bool {
        self.retry == Retry::Read
    }

    /// The field that names a resource in its path: the last one.
    pub(crate) fn resource_part(&self) -> Option<&str> {
        self.parts().into_iter().rev().find_map(|part| match part {
            Part::Parameter(name) => Some(name),
            Part::Fixed(_) | Part::Token => None,
        })
    }

    /// Is a resource named in its path?
    pub(crate) fn names_a_resource(&self) -> bool {
        self.resource_part().is_some()
    }

    /// Has it parameters besides its path?
    pub(crate) fn has_parameters(&self) -> bool {
        !self.query.is_empty() || !self.body.is_empty()
    }

    /// Is it called without a credential?
    pub(crate) fn is_public(&self) -> bool {
        self.facades.contains(&Facade::Public)
    }

    /// The request carries a guid of its own.
    pub(crate) fn has_guid(&self) -> bool {
        self.body().iter().any(|field| field.field == "guid")
    }

    /// The command of the program that calls it.
    pub(crate) fn command(&self) -> String {
        self.cli.clone().unwrap_or(format!("call {}", self.name))
    }

    /// What follows an unknown outcome, in words.
    pub(crate) fn retry_words(&self) -> String {
        match &self.lookup {
            Some(lookup) if self.retry == Retry::ReplayByGuid => {
                format!("looked up by `{lookup}`; repeated with the same guid when it is not found")
            }
            Some(lookup) if self.retry == Retry::LookupByReference => {
                format!("never sent again; its reference finds it with `{lookup}`")
            }
            Some(lookup) if self.retry == Retry::ReadBack => {
                let told = if self.done.is_empty() {
                    "told with the error"
                } else {
                    "told"
                };
                format!("read by `{lookup}` and {told}, never sent again")
            }
            Some(lookup) => format!("looked up by `{lookup}`, never sent again"),
            None => self.retry.words().to_owned(),
        }
    }

    /// The facades in words.
    pub(crate) fn callers(&self) -> String {
        if self.identity {
            return "a key, without a token".to_owned();
        }
        self.facades
            .iter()
            .map(|facade| facade.words())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

fn strip(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// Reads the table and checks what its types cannot.
pub(crate) fn read() -> Result<Table, String> {
    let text =
        std::fs::read_to_string(root().join(PATH)).map_err(|error| format!("{PATH}: {error}"))?;
    let mut table: Table = toml::from_str(&text).map_err(|error| format!("{PATH}: {error}"))?;
    set_up(&mut table.rows, &table.setups)?;
    let rows = &table.rows;
    for row in rows {
        let problem = |what: &str| Err(format!("{PATH}: {}: {what}", row.name));
        if rows.iter().filter(|other| other.name == row.name).count() > 1 {
            return problem("this name is in the table twice");
        }
        if row.seen.is_empty() || !row.link.starts_with("https://") {
            return problem(
                "say where this shape was seen, and link to the page that describes it",
            );
        }
        if !row.doc.ends_with('.') {
            return problem("`doc` is a sentence, with a full stop");
        }
        if let Some(lookup) = &row.lookup
            && !rows.iter().any(|other| other.name == *lookup)
        {
            return problem("its `lookup` is not in the table");
        }
        if row.retry == Retry::LookupByReference && row.lookup_query.is_none() {
            return problem("say with `lookup` and `lookup-query` what finds it by its reference");
        }
        if let Some(problem) = wrong_lookup(row, rows) {
            return Err(format!("{PATH}: {}: {problem}", row.name));
        }
        let bears_no_token = row.token == TokenPlace::None && !row.identity;
        if row.is_public() != (bears_no_token || row.envelope == Envelope::Events) {
            return problem("public operations have no token, and others have one");
        }
        if GROUPS.iter().filter(|group| group.has(row)).count() != 1 {
            return problem("its path is in no group of the documentation: see GROUPS in xtask");
        }
        if row.by.is_some() != (row.envelope == Envelope::Events) {
            return problem("what is answered by a stream of events has its method in `by`");
        }
        let calls = row.example.contains(&format!(".{}(", row.name));
        if row.by.is_none() && (!calls || row.example.contains(".await")) {
            return problem("`example` calls the operation, with `~` for `.await`");
        }
        if (row.token == TokenPlace::Path) != row.path.contains(TOKEN) {
            return problem("`{token}` is in the path when `token` is \"path\", and only then");
        }
    }
    if table.unbuilt.iter().any(|part| part.seen.is_empty()) {
        return Err(format!("{PATH}: say where what is not built was seen"));
    }
    Ok(table)
}

/// What is wrong with how a row is looked up, if something is.
fn wrong_lookup(row: &Row, rows: &[Row]) -> Option<&'static str> {
    let Some(lookup) = rows
        .iter()
        .find(|other| Some(&other.name) == row.lookup.as_ref())
    else {
        let alone = row.done.is_empty() && row.lookup_query.is_none();
        return (!alone).then_some("`done` and `lookup-query` are about a `lookup`");
    };
    if !lookup.only_reads() || row.retry == Retry::Never || row.only_reads() {
        return Some("a `lookup` reads, and finds what something else may have done");
    }
    if !row
        .facades
        .iter()
        .all(|facade| lookup.facades.contains(facade))
    {
        return Some("its `lookup` is not allowed to all who may call it");
    }
    let is_one_answer = row.response == lookup.response || row.response == "model::Acknowledged";
    if !row.done.is_empty() && (row.retry != Retry::ReadBack || !is_one_answer) {
        return Some("`done` is for read-back, and its `lookup` answers as the operation does");
    }
    None
}

/// Writes the set-ups out for each row. One that no row needs is a mistake.
fn set_up(rows: &mut [Row], setups: &BTreeMap<String, String>) -> Result<(), String> {
    let mut unused: BTreeSet<&str> = setups.keys().map(String::as_str).collect();
    for row in rows {
        let names = row.setup.iter().map(String::as_str);
        for name in std::iter::once(START).chain(names) {
            let lines = setups
                .get(name)
                .ok_or_else(|| format!("{PATH}: {}: there is no set-up `{name}`", row.name))?;
            row.before.push_str(lines);
            unused.remove(name);
        }
    }
    match unused.first() {
        Some(name) => Err(format!("{PATH}: no example needs the set-up `{name}`")),
        None => Ok(()),
    }
}
