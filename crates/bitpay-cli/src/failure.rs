//! How a command fails, what it says then, and its exit code.

use std::error::Error as _;
use std::ffi::OsString;
use std::io::{self, Write as _};

use bitpay_blocking::error::ErrorKind;
use bitpay_blocking::model::InvalidRequest;
use bitpay_blocking::model::invoice::Invoice;
use bitpay_blocking::model::refund::Refund;
use bitpay_blocking::{Effect, Error, Operation, SetupError};
use bitpay_store::StoreError;
use clap::error::ErrorKind as ClapKind;
use serde_json::{Value, json};

use crate::context::{Context, Io};
use crate::{DONE, MAYBE_HAPPENED, NOTHING_HAPPENED, USAGE, invoice, payout, refund};

pub(crate) enum Failure {
    /// The command line is wrong.
    Usage(String),
    /// Refused here, before anything was sent.
    Refused(String),
    /// The profile was not read or written, and nothing was sent.
    Store(StoreError),
    /// The client was not set up.
    Setup(SetupError),
    /// A call failed.
    Call(Error),
    /// What may have happened is not found out.
    Open(String),
    /// Something happened, and what follows it failed.
    After(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        Self::Setup(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<InvalidRequest> for Failure {
    fn from(error: InvalidRequest) -> Self {
        Self::Refused(format!("nothing was sent: {error}"))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Refused(error.to_string())
    }
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => USAGE,
            Self::Refused(_) | Self::Store(_) | Self::Setup(_) => NOTHING_HAPPENED,
            Self::Call(error) if error.effect() == Effect::Nothing => NOTHING_HAPPENED,
            Self::Call(_) | Self::After(_) | Self::Open(_) => MAYBE_HAPPENED,
        }
    }

    /// Says what happened, whether it had an effect, and what to do next.
    pub(crate) fn report(self, context: &mut Context<'_>) -> u8 {
        let code = self.exit_code();
        let message = self.to_string();
        let option = context.option();
        let err = &mut context.io.err;
        let _ = if context.global.json {
            writeln!(err, "{}", self.line(message, &option))
        } else {
            let _ = writeln!(err, "error: {message}");
            self.explain(err, &option)
        };
        let _ = err.flush();
        code
    }

    fn explain(&self, err: &mut dyn io::Write, option: &str) -> io::Result<()> {
        let Self::Call(error) = self else {
            return Ok(());
        };
        // What the HTTP library or the journal said.
        if let ErrorKind::Transport(_) | ErrorKind::Journal(_) = error.kind() {
            let mut source = error.source().and_then(std::error::Error::source);
            while let Some(cause) = source {
                writeln!(err, "  because: {cause}")?;
                source = cause.source();
            }
        }
        writeln!(err, "  effect: {}", effect(error))?;
        if let Some(remedy) = error.remedy() {
            writeln!(err, "  next: {remedy}")?;
        }
        if let Some(command) = look_up_of(error, option) {
            writeln!(err, "  look it up: {command}")?;
        }
        match existing(error) {
            Some(Existing::Invoice(found)) => {
                write!(err, "\nThis exists:\n{}", invoice::text(&found))
            }
            Some(Existing::Refund(found)) => {
                write!(err, "\nThis exists:\n{}", refund::text(&found))
            }
            None => Ok(()),
        }
    }

    /// The error as a line of JSON.
    fn line(&self, message: String, option: &str) -> String {
        let error = self.json(message, option);
        let existing = match self {
            Self::Call(error) => existing(error),
            _ => None,
        };
        let existing = match &existing {
            Some(Existing::Invoice(found)) => serde_json::to_string(found),
            Some(Existing::Refund(found)) => serde_json::to_string(found),
            None => return json!({ "error": error }).to_string(),
        };
        // Added as text: a `Value` would make floats of its amounts.
        let text = error.to_string();
        let members = text.strip_suffix('}').unwrap_or(&text);
        let existing = existing.unwrap_or_else(|_| "null".to_owned());
        format!("{{\"error\":{members},\"existing\":{existing}}}}}")
    }

    fn json(&self, message: String, option: &str) -> Value {
        let kind = match self {
            Self::Usage(_) => "usage",
            Self::Refused(_) => "refused",
            Self::Store(_) => "store",
            Self::Setup(_) => "setup",
            Self::After(_) => "after",
            Self::Open(_) => "open",
            Self::Call(error) => match error.kind() {
                ErrorKind::Build(_) => "build",
                ErrorKind::Sign(_) => "sign",
                ErrorKind::Journal(_) => "journal",
                ErrorKind::Limit(_) => "limit",
                ErrorKind::Transport(_) => "transport",
                ErrorKind::Api(_) => "api",
                ErrorKind::Replay(_) => "replay",
                ErrorKind::Decode(_) => "decode",
                ErrorKind::Behind(_) => "behind",
                _ => "other",
            },
        };
        let mut out = json!({ "kind": kind, "message": message, "exit_code": self.exit_code() });
        out["effect"] = match self {
            Self::Call(error) => effect_name(error.effect()),
            Self::After(_) => "happened",
            Self::Open(_) => "unknown",
            _ => "nothing",
        }
        .into();
        if let Self::Call(error) = self {
            out["operation"] = error.operation().into();
            out["tries"] = error.tries().into();
            if let Some(remedy) = error.remedy() {
                out["remedy"] = remedy.into();
            }
            if let Some(guid) = error.guid() {
                out["guid"] = guid.as_str().into();
            }
            if let Some(reference) = error.reference() {
                out["reference"] = reference.into();
            }
            if let Some(command) = look_up_of(error, option) {
                out["look_up"] = command.into();
            }
            if let Some(api) = error.api() {
                out["status"] = api.status.into();
                out["code"] = api.code.as_ref().map(|code| code.as_str()).into();
            }
            if let ErrorKind::Decode(decode) = error.kind() {
                out["id"] = decode.id.clone().into();
                out["url"] = decode.url.clone().into();
            }
        }
        out
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(text) | Self::Refused(text) | Self::After(text) | Self::Open(text) => {
                f.write_str(text)
            }
            Self::Store(error) => error.fmt(f),
            Self::Setup(error) => error.fmt(f),
            Self::Call(error) => error.fmt(f),
        }
    }
}

const fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Nothing => "nothing",
        Effect::Happened => "happened",
        _ => "unknown",
    }
}

fn effect(error: &Error) -> &'static str {
    match error.effect() {
        Effect::Nothing => "nothing happened",
        Effect::Happened => "it happened; the failure came after",
        _ => "it may have happened",
    }
}

/// The command that finds out what happened.
fn look_up_of(error: &Error, option: &str) -> Option<String> {
    if error.effect() == Effect::Nothing {
        return None;
    }
    look_up(
        Operation::named(error.operation())?,
        error.guid().map(|guid| guid.as_str()),
        error.reference(),
        error.intent().and_then(|intent| intent.resource.as_deref()),
        option,
    )
}

/// The command that finds what an operation made, or shows what it may have changed, when its answer was
/// lost. `option` names the profile ([`Context::option`]).
pub(crate) fn look_up(
    operation: &Operation,
    guid: Option<&str>,
    reference: Option<&str>,
    resource: Option<&str>,
    option: &str,
) -> Option<String> {
    let command = command_of(operation, guid, reference, resource)?;
    Some(command + option)
}

fn command_of(
    operation: &Operation,
    guid: Option<&str>,
    reference: Option<&str>,
    resource: Option<&str>,
) -> Option<String> {
    let list = |group| Some(format!("bitpay {group} list"));
    let guid = guid.or(resource);
    let get = |group| Some(format!("bitpay {group} get {}", resource?));
    match operation.lookup {
        Some("get_invoice_by_guid") => return Some(format!("bitpay invoice get --guid {}", guid?)),
        Some("get_refund_by_guid") => return Some(format!("bitpay refund get --guid {}", guid?)),
        Some("list_payouts") => {
            let group = |id| format!("bitpay payout list --group {id}");
            return reference
                .map(|it| payout::look_up(it, ""))
                .or(resource.map(group));
        }
        Some("get_invoice") => return get("invoice"),
        Some("get_refund") => return get("refund"),
        Some("get_payout") => return get("payout"),
        Some("get_recipient") => return get("recipient"),
        Some("get_bill") => return get("bill"),
        Some("get_subscription") => return get("subscription"),
        Some("list_token_sins") => return list("sin"),
        _ => {}
    }
    match operation.name {
        "create_payout_group" => list("payout"),
        "submit_recipients" => list("recipient"),
        "create_bill" => list("bill"),
        "create_subscription" => list("subscription"),
        _ => None,
    }
}

enum Existing {
    Invoice(Box<Invoice>),
    Refund(Box<Refund>),
}

/// What the guid was used for before, without its token.
fn existing(error: &Error) -> Option<Existing> {
    let replay = error.replay()?;
    match error.operation() {
        "create_invoice" => {
            let mut found: Invoice = replay.existing().ok()?;
            found.token = None;
            Some(Existing::Invoice(Box::new(found)))
        }
        "create_refund" => {
            let mut found: Refund = replay.existing().ok()?;
            found.token = None;
            Some(Existing::Refund(Box::new(found)))
        }
        _ => None,
    }
}

/// What clap found wrong with the command line; help and version come this way too.
pub(crate) fn usage(error: &clap::Error, args: &[OsString], io: &mut Io<'_>) -> u8 {
    let asked_for = matches!(
        error.kind(),
        ClapKind::DisplayHelp | ClapKind::DisplayVersion
    );
    if asked_for {
        let _ = write!(io.out, "{error}");
        let _ = io.out.flush();
        return DONE;
    }
    let text = without_secrets(error.to_string(), args);
    let _ = if args.iter().any(|arg| arg == "--json") {
        let message = text.trim_start_matches("error: ");
        let message = message.split("\n\n").next().unwrap_or(message).trim();
        writeln!(
            io.err,
            "{}",
            json!({ "error": { "kind": "usage", "message": message, "effect": "nothing", "exit_code": USAGE } })
        )
    } else {
        write!(io.err, "{text}")
    };
    let _ = io.err.flush();
    USAGE
}

/// Clap repeats what it does not understand, which may be a token or a key in the wrong place.
fn without_secrets(mut text: String, args: &[OsString]) -> String {
    for arg in args.iter().skip(1).filter_map(|arg| arg.to_str()) {
        for part in arg.split('=').chain([arg]) {
            let is_option = part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            if part.len() >= 16 && !is_option {
                text = text.replace(part, "[not shown]");
            }
        }
    }
    text
}
