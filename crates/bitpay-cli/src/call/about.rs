//! What `call` tells of the operations.

use bitpay_blocking::Operation;
use bitpay_core::operation::OPERATIONS;
use serde_json::json;

use super::data::SECRETS;
use super::generated::ROWS;
use super::{Member, Need, Row};
use crate::context::{Context, table};
use crate::failure::Failure;

pub(super) fn find(name: &str) -> Result<&'static Row, Failure> {
    let found = ROWS.iter().find(|row| row.name == name);
    found.ok_or_else(|| no_operation(name))
}

/// The name itself may be a secret in the wrong place, and is not repeated.
pub(super) fn no_operation(name: &str) -> Failure {
    let similar = similar(name);
    let hint = match similar.is_empty() {
        true => String::new(),
        false => format!("; there is {}", similar.join(", ")),
    };
    Failure::Usage(format!(
        "OPERATION: no operation has this name{hint}; `bitpay call` lists them all"
    ))
}

/// The operations that have the most words of this name.
fn similar(name: &str) -> Vec<&'static str> {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    let words: Vec<&str> = snake.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let stem = |word: &str| word.trim_end_matches('s').to_owned();
    let shared = |row: &&Row| {
        let known: Vec<String> = row.name.split('_').map(stem).collect();
        words
            .iter()
            .filter(|word| word.len() > 2 && known.contains(&stem(word)))
            .count()
    };
    let most = ROWS.iter().map(|row| shared(&row)).max().unwrap_or(0);
    let alike = ROWS.iter().filter(|row| most > 0 && shared(row) == most);
    alike.map(|row| row.name).take(8).collect()
}

pub(super) fn list(context: &mut Context<'_>) {
    let rows = || ROWS.iter().zip(OPERATIONS);
    let json: Vec<_> = rows()
        .map(|(row, operation)| {
            json!({
                "name": row.name,
                "doc": operation.doc,
                "facades": operation.facades,
                "command": command(row),
            })
        })
        .collect();
    context.result(&json, || {
        let lines: Vec<(&str, String)> =
            rows().map(|(row, operation)| (row.name, operation.doc.to_owned())).collect();
        format!(
            "{}\nWhat one takes: bitpay call OPERATION --describe\nWhat is not here: bitpay call METHOD PATH\n",
            table(&lines)
        )
    });
}

fn command(row: &Row) -> String {
    match row.command {
        Some(command) => format!("bitpay {command}"),
        None => format!("bitpay call {}", row.name),
    }
}

pub(super) fn describe(context: &mut Context<'_>, row: &Row, operation: &Operation) {
    let need = |member: &Member| match member.need {
        Need::Needed if SECRETS.contains(&member.name) => "needed; a secret: `-` or `@FILE`",
        Need::Needed => "needed",
        Need::Optional if SECRETS.contains(&member.name) => "optional; a secret: `-` or `@FILE`",
        Need::Optional => "optional",
        Need::Guid => "made at random and shown, when it is left out",
        Need::Token => "the resource's own token; fetched, when it is left out",
    };
    let mut ordered: Vec<&Member> = row.members.iter().collect();
    ordered.sort_by_key(|member| member.need != Need::Needed);
    let members: Vec<_> = ordered
        .iter()
        .map(|member| json!({ "name": member.name, "needed": member.need == Need::Needed, "about": need(member) }))
        .collect();
    let request = format!("{} /{}", operation.method, operation.path);
    let json = json!({
        "name": row.name,
        "doc": operation.doc,
        "request": request,
        "facades": operation.facades,
        "members": members,
        "when_lost": row.when_lost,
        "command": command(row),
        "page": operation.link,
    });
    context.result(&json, || {
        let facades: Vec<&str> = operation
            .facades
            .iter()
            .map(|facade| facade.as_str())
            .collect();
        let facades = match operation.identity {
            true => "none: a key without a token".to_owned(),
            false => facades.join(", "),
        };
        let about = table(&[
            ("request", request.clone()),
            ("facades", facades),
            ("when the answer is lost", row.when_lost.to_owned()),
            ("command", command(row)),
            ("BitPay's page", operation.link.to_owned()),
        ]);
        let rows: Vec<(&str, String)> = ordered
            .iter()
            .map(|member| (member.name, need(member).to_owned()))
            .collect();
        let members = match rows.is_empty() {
            true => "It takes no --data.".to_owned(),
            false => format!("--data takes:\n{}", table(&rows)),
        };
        format!("{}\n\n{about}\n{members}", operation.doc)
    });
}
