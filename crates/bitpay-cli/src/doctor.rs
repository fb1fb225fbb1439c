//! `doctor`: what stands between this machine and calls that work, in a report that is safe to paste.

use std::env;

use bitpay_blocking::diagnose::{Diagnosis, Evidence};
use bitpay_blocking::{Anonymous, AnyGrant, AnyToken, Client, Facade};
use bitpay_store::Profile;
use bitpay_system::files::HAS_MODES;
use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::context::{Context, token_facade};
use crate::failure::Failure;
use crate::pair;
use crate::stores::Kind;

pub(crate) mod network;

#[derive(Args)]
#[command(after_help = "\
No key, token, code or password is in the report, and it changes nothing: it asks BitPay for the tokens of the \
key, for an invoice that does not exist, and for the wallets that it knows.

Exit code: 1 when there is a problem.")]
pub(crate) struct DoctorArgs {
    /// Look at this token only: pos, merchant or payout. Otherwise at all that the profile holds
    #[arg(long)]
    facade: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// Worth a look; calls work all the same.
    Note,
    Problem,
    /// Not looked at, because of what was found before.
    Skipped,
}

#[derive(Debug, Serialize)]
struct Check {
    check: String,
    state: State,
    found: String,
    /// What to do about it.
    next: Option<String>,
}

#[derive(Default)]
struct Report(Vec<Check>);

impl Report {
    fn add(&mut self, check: &str, state: State, found: impl Into<String>, next: Option<String>) {
        self.0.push(Check {
            check: check.to_owned(),
            state,
            found: without_home(found.into()),
            next: next.map(without_home),
        });
    }

    fn ok(&mut self, check: &str, found: impl Into<String>) {
        self.add(check, State::Ok, found, None);
    }

    fn note(&mut self, check: &str, found: impl Into<String>, next: impl Into<String>) {
        self.add(check, State::Note, found, Some(next.into()));
    }

    fn problem(&mut self, check: &str, found: impl Into<String>, next: impl Into<String>) {
        self.add(check, State::Problem, found, Some(next.into()));
    }

    fn skipped(&mut self, check: &str, found: impl Into<String>) {
        self.add(check, State::Skipped, found, None);
    }

    /// What names both what is wrong and what to do.
    fn failed(&mut self, check: &str, found: impl ToString) {
        self.add(check, State::Problem, found.to_string(), None);
    }

    fn problems(&self) -> usize {
        let is_problem = |check: &&Check| check.state == State::Problem;
        self.0.iter().filter(is_problem).count()
    }

    fn text(&self) -> String {
        let width = self.0.iter().map(|check| check.check.len()).max();
        let width = width.unwrap_or(0);
        let mut text = String::new();
        for check in &self.0 {
            let state = match check.state {
                State::Ok => "ok",
                State::Note => "note",
                State::Problem => "PROBLEM",
                State::Skipped => "-",
            };
            text += &format!("{:width$}  {state:7}  {}\n", check.check, check.found);
            if let Some(next) = &check.next {
                text += &format!("{:width$}  {:7}  next: {next}\n", "", "");
            }
        }
        text
    }
}

/// The user's name is a part of the paths below their home, and nobody's business.
fn without_home(text: String) -> String {
    match env::home_dir().as_deref().and_then(|home| home.to_str()) {
        Some(home) if home.len() > 1 => text.replace(home, "~"),
        _ => text,
    }
}

pub(crate) fn run(context: &mut Context<'_>, args: &DoctorArgs) -> Result<(), Failure> {
    let facade = token_facade(args.facade.as_ref())?;
    let mut report = Report::default();
    report.ok(
        "program",
        format!(
            "bitpay {} on {} {}",
            env!("CARGO_PKG_VERSION"),
            env::consts::OS,
            env::consts::ARCH
        ),
    );
    let profile = match context.profile() {
        Ok(profile) => Some(profile),
        Err(Failure::Store(error)) => {
            report.failed("profile", error);
            None
        }
        Err(failure) => return Err(failure),
    };
    let environment = match &profile {
        Some(profile) => {
            look_at_profile(&mut report, context, profile);
            Some(profile.environment().clone())
        }
        None => context.environment()?,
    };
    let client = match &environment {
        Some(environment) => network::look_at(&mut report, context, environment),
        None => {
            report.skipped("server", "which one is not known: say --env");
            None
        }
    };
    if let (Some(client), Some(profile)) = (client, &profile) {
        look_at_tokens(&mut report, &client, profile, facade, &context.option());
    }

    let problems = report.problems();
    let json = json!({
        "ok": problems == 0,
        "environment": environment.as_ref().map(ToString::to_string),
        "sin": profile.as_ref().map(|profile| profile.identity().sin()),
        "checks": report.0,
    });
    context.result(&json, || report.text());
    match problems {
        0 => Ok(()),
        1 => Err(Failure::Refused("there is a problem".to_owned())),
        many => Err(Failure::Refused(format!("there are {many} problems"))),
    }
}

/// What is on this machine. A profile that was read is one that nobody else can read.
fn look_at_profile(report: &mut Report, context: &Context<'_>, profile: &Profile) {
    let option = context.option();
    let kept = context.store().map(|store| store.place(profile.name()));
    report.ok(
        "profile",
        match kept {
            Ok(place) => format!("`{}`, in {place}", profile.name()),
            Err(_) => format!("`{}`", profile.name()),
        },
    );
    report.ok("key", profile.identity().sin().as_str());
    match context.store_kind() {
        Ok(Kind::File | Kind::Encrypted) if HAS_MODES => {
            report.ok("permissions", "only you can read it");
        }
        Ok(Kind::File | Kind::Encrypted) => {
            report.skipped("permissions", "they are those of your own directory");
        }
        _ => report.skipped("permissions", "there is no file of this program's own"),
    }
    if let Some(other) = profile.rotation() {
        report.note(
            "rotation",
            format!("a second key, {}, is not done with", other.identity().sin()),
            format!("bitpay key rotate{option}"),
        );
    }
    let open = context
        .store()
        .and_then(|store| Ok(store.journal(profile.name())?.open_intents()?));
    match open.map(|open| open.intents().len()) {
        Ok(0) => report.ok("journal", "whatever was begun has an outcome"),
        Ok(open) => report.note(
            "journal",
            format!("calls without an outcome: {open}"),
            format!("bitpay recover{option}"),
        ),
        Err(failure) => report.failed("journal", failure),
    }
}

/// What the server says of each token.
fn look_at_tokens(
    report: &mut Report,
    client: &Client<Anonymous>,
    profile: &Profile,
    facade: Option<Facade>,
    option: &str,
) {
    let is_wanted = |of: Facade| facade.is_none_or(|facade| facade == of);
    let held = profile.tokens().filter(|token| is_wanted(token.facade()));
    let held: Vec<&AnyToken> = held.collect();
    for token in &held {
        let diagnosis = diagnose(client, profile, token, Evidence::default());
        // The call that would tell is for other facades, so there is the list alone.
        if diagnosis == Diagnosis::Unclear
            && pair::listed(&client.with(profile.identity().clone()))
                .is_ok_and(|listed| !listed.contains(token))
        {
            let facade = token.facade();
            report.problem(
                &format!("{facade} token"),
                "it is not among the tokens of this key: it was revoked, or made for another key",
                format!("bitpay pair{option} --facade {facade}"),
            );
            continue;
        }
        look_at_token(report, token.facade(), &diagnosis);
    }
    let pending = profile.pending.as_ref();
    let pending = pending.filter(|pending| is_wanted(pending.facade));
    if let Some(answered) = pending.and_then(|pending| pending.answered.as_ref()) {
        let mut evidence = Evidence::default();
        evidence.code_expires_at = answered.expires_at;
        let diagnosis = diagnose(client, profile, &answered.token, evidence);
        let waited_for = answered.token.facade();
        // Others work meanwhile.
        if diagnosis == Diagnosis::NotApproved && !held.is_empty() {
            let next = format!("approve it, then bitpay pair{option}");
            report.note("pairing", format!("{waited_for}: {diagnosis}"), next);
        } else {
            look_at_token(report, waited_for, &diagnosis);
        }
    } else if held.is_empty() {
        report.problem(
            "token",
            "the profile holds none",
            match facade {
                Some(facade) => format!("bitpay pair{option} --facade {facade}"),
                None => format!("bitpay pair{option}"),
            },
        );
    }
}

fn diagnose(
    client: &Client<Anonymous>,
    profile: &Profile,
    token: &AnyToken,
    mut evidence: Evidence,
) -> Diagnosis {
    evidence.paired_in = Some(profile.environment().clone());
    evidence.paired_by = Some(profile.identity().sin().clone());
    let grant = AnyGrant::new(token.clone(), profile.identity().clone());
    client.with(grant).diagnose(&evidence)
}

fn look_at_token(report: &mut Report, facade: Facade, diagnosis: &Diagnosis) {
    let check = format!("{facade} token");
    match diagnosis {
        Diagnosis::Works => report.ok(&check, diagnosis.to_string()),
        _ => report.failed(&check, diagnosis),
    }
}
