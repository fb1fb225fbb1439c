//! `recover`: finds out what became of what was begun and not ended.

use bitpay_blocking::find_out::Finding;
use bitpay_blocking::journal::{Entry, Intent, IntentId, Journal as _};
use bitpay_blocking::{AnyGrant, Effect, Operation};
use bitpay_store::{FileJournal, Profile};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::context::{Context, parse};
use crate::failure::{self, Failure};

#[derive(Args)]
#[command(after_help = "\
What this profile's commands are about to do is written down before it is sent, and what came of it \
afterwards: in NAME.journal, beside the profile. This looks up what has no outcome there, changes nothing \
at BitPay, and writes down what it finds. What cannot be found out is listed until somebody who has looked \
says what happened: --close.

Exit code: 0 when nothing is left open, 3 when something is.")]
pub(crate) struct RecoverArgs {
    /// Say yourself what happened: the name of the intent, as it is listed
    #[arg(long, value_name = "INTENT", requires = "outcome")]
    close: Option<String>,
    /// What happened
    #[arg(long = "as", value_name = "OUTCOME", requires = "close")]
    outcome: Option<Happened>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Happened {
    /// It was done
    Happened,
    /// It was not done, and will not be
    Nothing,
}

/// What was found out about an intent.
pub(crate) struct Line {
    pub(crate) effect: Effect,
    /// The same in words.
    pub(crate) what: String,
    /// Of what was made.
    pub(crate) id: Option<String>,
    json: Value,
    text: String,
}

pub(crate) fn run(context: &mut Context<'_>, args: &RecoverArgs) -> Result<(), Failure> {
    let profile = context.profile()?;
    let journal = context.store()?.journal(profile.name())?;
    let open = journal.open_intents()?;
    if let (Some(id), Some(outcome)) = (&args.close, args.outcome) {
        let id: IntentId = parse("--close", id)?;
        let intent = open.get(id).ok_or_else(|| {
            Failure::Refused(format!("there is no open intent {id} in this journal"))
        })?;
        return close(context, &journal, intent, outcome);
    }
    let mut lines = Vec::new();
    for intent in open.intents() {
        lines.push(find_out(context, &profile, intent));
    }
    let left = lines
        .iter()
        .filter(|line| line.effect == Effect::Unknown)
        .count();
    let text = match lines.is_empty() {
        true => "nothing is open: whatever was begun has an outcome".to_owned(),
        false => lines.iter().map(|line| line.text.as_str()).collect(),
    };
    let json: Vec<&Value> = lines.iter().map(|line| &line.json).collect();
    context.result(&json, || text);
    if left == 0 {
        return Ok(());
    }
    let option = context.option();
    Err(Failure::Open(format!(
        "{left} left open: once you know what happened, say so with \
         `bitpay recover{option} --close INTENT --as happened` (or nothing)"
    )))
}

fn close(
    context: &mut Context<'_>,
    journal: &FileJournal,
    intent: &Intent,
    outcome: Happened,
) -> Result<(), Failure> {
    let effect = match outcome {
        Happened::Happened => Effect::Happened,
        Happened::Nothing => Effect::Nothing,
    };
    let entry = Entry::Outcome(intent.decided(effect, Timestamp::now()));
    journal
        .write(&entry)
        .map_err(|error| Failure::Refused(error.to_string()))?;
    let json = json!({ "intent": intent.id, "operation": intent.operation, "effect": effect });
    context.result(&json, || {
        format!("{} {} is closed", intent.operation, intent.id)
    });
    Ok(())
}

/// Looks up an intent with the token that it was made with; the client writes down what it finds.
pub(crate) fn find_out(context: &Context<'_>, profile: &Profile, intent: &Intent) -> Line {
    let grant = match intent.facade {
        Some(facade) => profile.any_grant(facade).map_err(Failure::from),
        None => Ok(AnyGrant::identity(profile.identity().clone())),
    };
    let asked = grant.and_then(|grant| {
        let client = context.journaled(profile)?.with(grant);
        Ok(client.find_out(intent)?)
    });
    let (effect, what, id) = match asked {
        Ok(Finding::Happened(found)) => {
            let what = "it happened".to_owned();
            (Effect::Happened, what, found.id)
        }
        Ok(
            finding @ Finding::NotFound {
                may_send_again: true,
            },
        ) => {
            let settled = finding.outcome(intent, Timestamp::now()).is_some();
            let what = "it is not there: the same request, with the same guid, may be sent again";
            if settled {
                (Effect::Nothing, what.to_owned(), None)
            } else {
                let what = format!(
                    "{what}; the call may still be under way, so look once more in two minutes"
                );
                (Effect::Unknown, what, None)
            }
        }
        Ok(Finding::NotFound { .. }) => {
            let what = "it is not there now, and may still show: do not send it again before somebody has looked";
            (Effect::Unknown, what.to_owned(), None)
        }
        Ok(Finding::Unknown { why, .. }) => (Effect::Unknown, why.to_string(), None),
        Ok(other) => (Effect::Unknown, format!("{other:?}"), None),
        Err(failure) => (Effect::Unknown, format!("not looked up: {failure}"), None),
    };
    line(intent, effect, &what, id, &context.option())
}

fn line(intent: &Intent, effect: Effect, what: &str, id: Option<String>, option: &str) -> Line {
    let guid = intent.guid.as_ref().map(|guid| guid.as_str());
    let reference = intent.reference.as_deref();
    let resource = intent.resource.as_deref();
    let look_up = Operation::named(&intent.operation)
        .and_then(|operation| failure::look_up(operation, guid, reference, resource, option));
    let named = [("guid", guid), ("reference", reference), ("of", resource)];
    let named = named
        .into_iter()
        .filter_map(|(kind, name)| Some(format!("  {kind} {}", name?)))
        .collect::<String>();
    let mut text = format!("{:.0}  {}{named}\n", intent.at, intent.operation);
    text += &match &id {
        Some(id) => format!("  {what}: {id}\n"),
        None => format!("  {what}\n"),
    };
    if effect == Effect::Unknown {
        text += &format!("  intent {}\n", intent.id);
        if let Some(command) = &look_up {
            text += &format!("  look at it: {command}\n");
        }
    }
    let json = json!({
        "intent": intent.id, "at": intent.at.to_string(), "operation": intent.operation,
        "guid": guid, "reference": reference, "resource": resource,
        "effect": effect, "id": id, "finding": what, "look_up": look_up,
    });
    Line {
        effect,
        what: what.to_owned(),
        id,
        json,
        text,
    }
}
