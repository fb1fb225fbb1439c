//! `record` and `drift`: what BitPay really answers, kept without anybody's data, and held against what
//! this version and its sandbox take for true.

mod shapes;
mod strip;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bitpay_blocking::{
    AnyGrant, AnyToken, Client, Config, Facade, Identity, InvoiceId, Operation, PrivateKey,
};
use bitpay_core::operation::{OPERATIONS, Place, RetryClass};
use bitpay_sandbox::{Demo, Sandbox};
use clap::Args;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::call;
use crate::context::{Context, table};
use crate::failure::Failure;
use shapes::{Finding, Places, Shapes};

#[derive(Args)]
#[command(after_help = "\
It asks for what there is of the last 30 days, a few rows of each, and changes nothing. What says something \
of somebody is written over before it is saved: names, addresses, ids, tokens, amounts and times. Look at the \
files before you pass them on: the names of fields that are not known are kept where they are words of small \
letters, and so is a new word in place of a status.")]
pub(crate) struct RecordArgs {
    /// An invoice to ask for, where the token may not list them: one of the facade pos
    #[arg(long, value_name = "ID")]
    invoice: Option<InvoiceId>,
    /// Where the recordings go, one file for each operation
    #[arg(default_value = "recordings")]
    directory: PathBuf,
}

#[derive(Args)]
pub(crate) struct DriftArgs {
    /// What `bitpay record` saved: files, or directories of them
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
}

/// A recording as it is saved.
#[derive(Deserialize, Serialize)]
struct Recording {
    operation: String,
    /// The address that answered.
    environment: String,
    /// The day.
    recorded: String,
    /// The whole answer, with nothing of anybody in it.
    answer: Value,
}

/// So far back is asked for.
const DAYS: i32 = 30;
/// So many rows of a list.
const ROWS: usize = 100;
/// So many of them are asked for, one by one, until something is in the answer.
const TRIES: usize = 30;

pub(crate) fn record(context: &mut Context<'_>, args: &RecordArgs) -> Result<(), Failure> {
    let profile = context.profile()?;
    let environment = profile.environment().base_url().to_string();
    fs::create_dir_all(&args.directory)
        .map_err(|error| Failure::Refused(format!("{}: {error}", args.directory.display())))?;
    let shapes = Shapes::new();
    let today = Offset::UTC.to_datetime(Timestamp::now()).date();
    let given = args.invoice.iter().map(|id| json!({ "id": id }));
    let given = BTreeMap::from([("invoices", given.collect())]);
    let answers = gather(today, given, &mut |operation, members| {
        let client = call::client(context, operation, None)?;
        call::fetch(context, &client, operation.name, members)
    });
    let mut rows = Vec::new();
    for (operation, answer) in &answers {
        let told = match answer {
            Ok(answer) => {
                let path = args.directory.join(format!("{operation}.json"));
                let schema = shapes.of(operation).unwrap_or_default();
                save(
                    &path,
                    &Recording {
                        operation: (*operation).to_owned(),
                        environment: environment.clone(),
                        recorded: today.to_string(),
                        answer: shapes.strip(&schema, answer),
                    },
                )?;
                "recorded".to_owned()
            }
            Err(why) => format!("not recorded: {why}"),
        };
        rows.push((*operation, told));
    }
    let kept = answers.iter().filter(|(_, answer)| answer.is_ok()).count();
    let json = json!({
        "directory": args.directory,
        "operations": rows.iter().map(|(name, told)| (*name, told)).collect::<BTreeMap<_, _>>(),
    });
    context.result(&json, || {
        format!(
            "{}\n{kept} recorded in {}. Compare them: bitpay drift {}\n",
            table(&rows),
            args.directory.display(),
            args.directory.display()
        )
    });
    match kept {
        0 => Err(Failure::Refused("nothing was recorded".to_owned())),
        _ => Ok(()),
    }
}

pub(crate) fn drift(context: &mut Context<'_>, args: &DriftArgs) -> Result<(), Failure> {
    let recordings = read_all(&args.files)?;
    let shapes = Shapes::new();
    let mut found: BTreeMap<String, BTreeSet<Finding>> = BTreeMap::new();
    let mut real = Places::new();
    for (path, recording) in &recordings {
        let name = &recording.operation;
        let Some((schema, operation)) = shapes.of(name).zip(Operation::named(name)) else {
            return Err(Failure::Refused(format!(
                "{}: this version has no operation {name:?}",
                path.display()
            )));
        };
        let findings = shapes.findings(&schema, &recording.answer);
        let places = shapes.places(name, &recording.answer);
        real.entry(resource(operation).to_owned())
            .or_default()
            .extend(places);
        found.entry(name.clone()).or_default().extend(findings);
    }
    found.retain(|_, findings| !findings.is_empty());
    let own = in_the_sandbox(context, &shapes)?;
    let beyond = apart(&real, &own);
    let recorded = |resource: &str| real.contains_key(resource);
    let mut unseen = apart(&own, &real);
    unseen.retain(|resource, _| recorded(resource));
    let count: usize = found.values().map(BTreeSet::len).sum();
    let json = json!({ "recordings": recordings.len(), "drift": found, "not_in_the_sandbox": beyond, "only_in_the_sandbox": unseen });
    context.result(&json, || {
        let mut text = String::new();
        for (name, findings) in &found {
            text += &format!("{name}\n");
            for Finding { at, what } in findings {
                text += &format!("  {at}  {what}\n");
            }
        }
        if count == 0 {
            text += &format!("{} recordings are as described.\n", recordings.len());
        }
        for (title, places) in [
            (
                "Described, and not in what the sandbox answers when it is filled:",
                &beyond,
            ),
            (
                "In what the sandbox answers, and in none of these recordings:",
                &unseen,
            ),
        ] {
            if !places.is_empty() {
                text += &format!("\n{title}\n");
            }
            for (resource, places) in places {
                for place in places {
                    text += &format!("  {resource}  {place}\n");
                }
            }
        }
        text
    });
    match count {
        0 => Ok(()),
        _ => Err(Failure::Refused(format!(
            "{count} things are not as this version takes them to be: please report them, with the recordings"
        ))),
    }
}

/// What is described and in what a filled sandbox answers.
fn in_the_sandbox(context: &mut Context<'_>, shapes: &Shapes) -> Result<Places, Failure> {
    let failed = |what: String| Failure::Refused(format!("the sandbox to compare with: {what}"));
    let mut own = Places::new();
    // What happened in it follows from its seed.
    for seed in 1..=3 {
        let sandbox = Sandbox::builder().seed(seed).start()?;
        let demo = sandbox.fill().map_err(|error| failed(error.to_string()))?;
        let client = Client::from_config(&Config::new(sandbox.environment()))?;
        let today = Offset::UTC.to_datetime(sandbox.now()).date();
        let answers = gather(today, Seen::new(), &mut |operation, members| {
            let client = client.with(grant_of(&demo, operation)?);
            call::fetch(context, &client, operation.name, members)
        });
        for (name, answer) in answers {
            if let (Some(operation), Ok(answer)) = (Operation::named(name), answer) {
                let places = shapes.places(name, &answer);
                own.entry(resource(operation).to_owned())
                    .or_default()
                    .extend(places);
            }
        }
    }
    Ok(own)
}

/// What one has and another has not, of the same kind of resource.
fn apart(one: &Places, other: &Places) -> Places {
    let none = BTreeSet::new();
    let without = |(resource, places): (&String, &BTreeSet<String>)| {
        let other = other.get(resource).unwrap_or(&none);
        (
            resource.clone(),
            places.difference(other).cloned().collect(),
        )
    };
    let mut apart: Places = one.iter().map(without).collect();
    apart.retain(|_, places| !places.is_empty());
    apart
}

fn grant_of(demo: &Demo, operation: &Operation) -> Result<AnyGrant, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Refused(error.to_string());
    let key = PrivateKey::from_hex(&demo.private_key).map_err(|error| failed(&error))?;
    let identity = Identity::new(key);
    if operation.is_public() {
        return Ok(AnyGrant::anonymous());
    }
    if operation.identity {
        return Ok(AnyGrant::identity(identity));
    }
    let (facade, token) = match operation.facades.contains(&Facade::Merchant) {
        true => (Facade::Merchant, &demo.merchant),
        false => (Facade::Payout, &demo.payout),
    };
    let token = AnyToken::parse(facade, token).map_err(|error| failed(&error))?;
    Ok(AnyGrant::new(token, identity))
}

type Members = Vec<(&'static str, Value)>;
/// By the kind of resource, the rows that can be asked for.
type Seen = BTreeMap<&'static str, Vec<Value>>;
type Fetch<'a> = dyn FnMut(&'static Operation, &Members) -> Result<Value, Failure> + 'a;

/// Asks for all that can only be read: lists first, then what they name.
fn gather(
    today: Date,
    mut seen: Seen,
    fetch: &mut Fetch<'_>,
) -> Vec<(&'static str, Result<Value, String>)> {
    let reads = OPERATIONS
        .iter()
        .filter(|operation| operation.retry == RetryClass::Read);
    let mut reads: Vec<&'static Operation> = reads.copied().collect();
    let order = |operation: &&Operation| {
        let parameters = operation.parameters.iter();
        let in_path = parameters
            .clone()
            .filter(|it| it.place == Place::Path)
            .count();
        (
            in_path,
            parameters.filter(|it| it.name == "invoiceId").count(),
        )
    };
    reads.sort_by_key(order);
    let mut answers = Vec::new();
    for operation in reads {
        let answer = ask(operation, today, &seen, fetch);
        if let Ok(answer) = &answer
            && let Value::Array(rows) = data_of(answer)
        {
            let seen = seen.entry(resource(operation)).or_default();
            seen.extend(rows.iter().cloned());
        }
        answers.push((operation.name, answer));
    }
    answers
}

fn ask(
    operation: &'static Operation,
    today: Date,
    seen: &Seen,
    fetch: &mut Fetch<'_>,
) -> Result<Value, String> {
    if operation.path == "events" {
        return Err("it has no end".to_owned());
    }
    let mut last = Err(format!("there is no {} to ask for", singular(operation)));
    for members in members_for(operation, today, seen)? {
        last = fetch(operation, &members).map_err(|failure| failure.to_string());
        match &last {
            Ok(answer) if is_empty(data_of(answer)) => {}
            _ => break,
        }
    }
    last
}

/// What to ask with, one after the other until there is something in the answer.
fn members_for(operation: &Operation, today: Date, seen: &Seen) -> Result<Vec<Members>, String> {
    let first = today.saturating_sub(Span::new().days(DAYS)).to_string();
    let mut fixed = Members::new();
    let mut named = None;
    for parameter in operation.parameters {
        let name = parameter.name;
        match (name, resource(operation)) {
            ("base", _) => fixed.push((name, "BTC".into())),
            ("currency", "rates") => fixed.push((name, "USD".into())),
            ("dateStart" | "startDate", _) => fixed.push((name, first.clone().into())),
            ("dateEnd" | "endDate", _) => fixed.push((name, today.to_string().into())),
            ("limit", _) => fixed.push((name, ROWS.into())),
            ("invoiceId", _) => named = Some((name, "invoices", "id")),
            (_, resource) if parameter.place == Place::Path => named = Some((name, resource, name)),
            _ if parameter.required => return Err(format!("it takes {name}")),
            _ => {}
        }
    }
    let Some((name, resource, member)) = named else {
        return Ok(vec![fixed]);
    };
    let mut rows: Vec<&Value> = seen.get(resource).into_iter().flatten().collect();
    // An invoice that tells of refunds has some, and only a complete one may have them.
    let is_complete = |row: &Value| row["status"] == "complete";
    rows.sort_by_key(|row| {
        (
            row.get("refundInfo").is_none_or(is_empty),
            !is_complete(row),
        )
    });
    let values = rows
        .into_iter()
        .filter_map(|row| row.get(member).filter(|value| value.is_string()))
        .take(TRIES);
    let with = |value: &Value| {
        let mut members = fixed.clone();
        members.push((name, value.clone()));
        members
    };
    Ok(values.map(with).collect())
}

/// `invoices`, of `invoices/{id}`.
fn resource(operation: &Operation) -> &'static str {
    operation.path.split('/').next().unwrap_or_default()
}

fn singular(operation: &Operation) -> &'static str {
    resource(operation).trim_end_matches('s')
}

fn data_of(answer: &Value) -> &Value {
    answer.get("data").unwrap_or(answer)
}

fn is_empty(data: &Value) -> bool {
    match data {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => data.is_null(),
    }
}

/// As a whole or not at all, and for its owner only.
fn save(path: &Path, recording: &Recording) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Refused(format!("{}: {error}", path.display()));
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
    let mut text = serde_json::to_string_pretty(recording)
        .map_err(|error| Failure::Refused(error.to_string()))?;
    text.push('\n');
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

fn read_all(files: &[PathBuf]) -> Result<Vec<(PathBuf, Recording)>, Failure> {
    let mut paths = Vec::new();
    for path in files {
        let failed =
            |error: std::io::Error| Failure::Refused(format!("{}: {error}", path.display()));
        if !path.is_dir() {
            paths.push(path.clone());
            continue;
        }
        for entry in fs::read_dir(path).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|it| it == "json") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::Refused(
            "there is no recording there: make some with `bitpay record`".to_owned(),
        ));
    }
    let read = |path: PathBuf| {
        let named = |why: String| {
            Failure::Refused(format!(
                "{}: {why}: it is not what `bitpay record` saved",
                path.display()
            ))
        };
        let text = fs::read(&path).map_err(|error| {
            Failure::Refused(format!("{} could not be read: {error}", path.display()))
        })?;
        let recording = serde_json::from_slice(&text).map_err(|error| named(error.to_string()))?;
        Ok((path, recording))
    };
    paths.into_iter().map(read).collect()
}
