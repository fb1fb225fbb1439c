//! `--data`: one JSON object, and the request that it makes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;

use bitpay_blocking::{Guid, Operation};
use bitpay_core::server::Received;
use zeroize::Zeroizing;

use super::{Member, Need, Place, Row};
use crate::context::Context;
use crate::failure::Failure;
use crate::json::{Json, shown};

/// More is no request.
const MOST: u64 = 16 << 20;

/// Whoever has these may do something: arguments, which everybody on the machine can read, are no
/// place for them.
pub(super) const SECRETS: [&str; 2] = ["token", "smsCode"];

/// What was given.
pub(crate) struct Data {
    pub(crate) json: Json,
    is_argument: bool,
    /// The option or the argument that it came by.
    by: &'static str,
}

fn wrong(what: impl std::fmt::Display) -> Failure {
    Failure::Usage(format!("--data: {what}"))
}

impl Data {
    pub(crate) fn nothing() -> Self {
        Self {
            json: Json::Object(Vec::new()),
            is_argument: false,
            by: "--data",
        }
    }

    /// What this program put together.
    pub(super) fn made(json: Json) -> Self {
        Self {
            json,
            ..Self::nothing()
        }
    }

    /// A member that came by another way than `--data`.
    pub(super) fn of(name: &str, value: Json, by: &'static str) -> Self {
        Self {
            json: Json::Object(vec![(name.to_owned(), value)]),
            is_argument: false,
            by,
        }
    }

    /// What is wrong with it.
    pub(super) fn wrong(&self, what: impl std::fmt::Display) -> Failure {
        Failure::Usage(format!("{}: {what}", self.by))
    }

    /// Reads an argument: JSON, `-` for standard input, `@FILE` for a file.
    pub(crate) fn read(context: &mut Context<'_>, argument: &str) -> Result<Self, Failure> {
        let (text, is_argument) = match argument.strip_prefix('@') {
            Some(path) => (read_file(path).map_err(wrong)?, false),
            None if argument == "-" => (read_input(context).map_err(wrong)?, false),
            None => (Zeroizing::new(argument.to_owned()), true),
        };
        let json = parse(&text).map_err(wrong)?;
        if !matches!(json, Json::Object(_)) {
            return Err(wrong(
                "this takes one JSON object, such as '{\"id\": \"G3viJEJgE8Jk2oekSdgT2A\"}'; `-` reads it from standard \
                 input, and `@FILE` from a file",
            ));
        }
        Ok(Self {
            json,
            is_argument,
            by: "--data",
        })
    }

    pub(crate) fn members(&self) -> &[(String, Json)] {
        match &self.json {
            Json::Object(members) => members,
            _ => &[],
        }
    }

    /// What was given of this name, if anything was.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        self.json.get(name).filter(|value| !value.is_null())
    }

    /// Adds the token that was fetched.
    pub(crate) fn set_token(&mut self, token: Json) {
        if let Json::Object(members) = &mut self.json {
            members.retain(|(name, _)| name != "token");
            members.push(("token".to_owned(), token));
        }
    }

    /// No secret is in an argument.
    pub(crate) fn check_secrets(&self) -> Result<(), Failure> {
        let secret = |name: &&str| self.is_argument && self.get(name).is_some();
        match SECRETS.into_iter().find(|name| secret(name)) {
            Some("token") => Err(wrong(
                "`token` is a secret, and everybody on this machine can read arguments: leave it out, then it is \
                 fetched where an operation needs it, or give the data as `-` or `@FILE`",
            )),
            Some(name) => Err(wrong(format_args!(
                "`{name}` is a secret, and everybody on this machine can read arguments: give the data as `-` or `@FILE`"
            ))),
            None => Ok(()),
        }
    }

    /// Each member is one that the operation has, and none is missing.
    pub(super) fn check(&self, row: &Row) -> Result<(), Failure> {
        let unknown: Vec<&str> = self
            .members()
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| row.members.iter().all(|member| member.name != *name))
            .map(shown)
            .collect();
        if !unknown.is_empty() {
            let known: Vec<&str> = row.members.iter().map(|member| member.name).collect();
            let known = match known.is_empty() {
                true => "it takes none".to_owned(),
                false => format!("it takes {}", known.join(", ")),
            };
            return Err(wrong(format_args!(
                "there is no {} in {}; {known}",
                unknown.join(", "),
                row.name
            )));
        }
        self.check_secrets()?;
        let is_missing =
            |member: &&Member| member.need == Need::Needed && self.get(member.name).is_none();
        let missing: Vec<&str> = row
            .members
            .iter()
            .filter(is_missing)
            .map(|member| member.name)
            .collect();
        if !missing.is_empty() {
            return Err(wrong(format_args!(
                "{} needs {}; `bitpay call {} --describe` lists what it takes",
                row.name,
                missing.join(", "),
                row.name
            )));
        }
        Ok(())
    }

    /// The request as a server would receive it. `guid` is for one that was given none.
    pub(super) fn received(
        &self,
        row: &Row,
        operation: &Operation,
        guid: Guid,
    ) -> Result<Received, Failure> {
        let mut path = BTreeMap::new();
        let mut query = Vec::new();
        let mut body = BTreeMap::new();
        for member in row.members {
            let Some(value) = self.get(member.name) else {
                continue;
            };
            if member.place == Place::Body {
                let raw = value
                    .raw()
                    .map_err(|error| wrong(format_args!("{}: {error}", member.name)))?;
                body.insert(member.name.to_owned(), raw);
                continue;
            }
            let texts = match value {
                Json::Array(values) if member.place == Place::Repeated => {
                    values.iter().map(text_of).collect()
                }
                value => text_of(value).map(|text| vec![text]),
            };
            let texts = texts.ok_or_else(|| {
                let rule = "a text, a number or a boolean belongs here, and not an empty one";
                wrong(format_args!("{}: {rule}", member.name))
            })?;
            for text in texts {
                match member.place {
                    Place::Path => _ = path.insert(member.name, text),
                    _ => query.push((member.name.to_owned(), text)),
                }
            }
        }
        let mut parameters = row
            .members
            .iter()
            .filter(|member| member.place == Place::Path);
        let segments = operation.path.split('/').map(|part| match part {
            // The client puts its own there.
            "{token}" => String::new(),
            part if part.starts_with('{') => {
                let name = parameters.next().map_or("", |member| member.name);
                path.remove(name).unwrap_or_default()
            }
            part => part.to_owned(),
        });
        Ok(Received::of_parts(
            operation,
            segments.collect(),
            query,
            body,
            guid,
        ))
    }
}

/// What goes into a path or a query. Nothing would be no filter at all.
fn text_of(value: &Json) -> Option<String> {
    value.text().filter(|text| !text.is_empty())
}

/// Reads JSON. What is wrong with it is told without repeating it.
pub(super) fn parse(text: &str) -> Result<Json, String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if !text.starts_with(['{', '[']) {
        return Err("this is not JSON; in a shell, put it between single quotes".to_owned());
    }
    let json = Json::parse(text).map_err(|error| format!("this is not JSON: {error}"))?;
    match json.twice() {
        Some(name) => Err(format!("`{}` is there twice", shown(name))),
        None => Ok(json),
    }
}

pub(crate) fn read_input(context: &mut Context<'_>) -> Result<Zeroizing<String>, String> {
    read_all(&mut context.io.input).map_err(|error| format!("standard input: {error}"))
}

pub(crate) fn read_file(path: &str) -> Result<Zeroizing<String>, String> {
    let read = || read_all(File::open(path)?);
    read().map_err(|error| format!("the file cannot be read: {error}"))
}

fn read_all(from: impl Read) -> std::io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    from.take(MOST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MOST {
        return Err(std::io::Error::other("more than 16 MiB"));
    }
    Ok(text)
}
