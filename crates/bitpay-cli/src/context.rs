//! What every command has: input, output, the profile and a client.

use std::cell::OnceCell;
use std::error::Error;
use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bitpay_blocking::journal::{Entry, Journal};
use bitpay_blocking::observe::Event;
use bitpay_blocking::time::Date;
use bitpay_blocking::{
    Amount, Anonymous, AnyGrant, AnyToken, BaseUrl, Client, Config, Environment, Facade, Guid,
    Operation, ResourceToken,
};
use bitpay_store::{FileJournal, Passphrase, Profile, Step, Store};
use clap::{Args, ValueEnum as _};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::stores;
use crate::stores::Kind;

type Observer = Arc<dyn Fn(Step) + Send + Sync>;

/// Asks somebody for the secret that it names; `None` when nobody can be asked.
pub type Prompt = Arc<dyn Fn(&str) -> Typed + Send + Sync>;
type Typed = io::Result<Option<Zeroizing<String>>>;
type Verbose = Arc<dyn Fn(&str) + Send + Sync>;

/// Where the program reads from and writes to.
pub struct Io<'a> {
    pub(crate) input: Box<dyn Read + 'a>,
    pub(crate) out: Box<dyn Write + 'a>,
    pub(crate) err: Box<dyn Write + 'a>,
    /// Somebody can be asked.
    pub(crate) is_terminal: bool,
    /// How wide the terminal is that the results go to, if it is one.
    pub(crate) columns: Option<usize>,
    pub(crate) observer: Option<Observer>,
    pub(crate) prompt: Prompt,
    verbose: Verbose,
}

impl<'a> Io<'a> {
    /// Reads from and writes to these.
    pub fn new(input: impl Read + 'a, out: impl Write + 'a, err: impl Write + 'a) -> Self {
        Self {
            input: Box::new(input),
            out: Box::new(out),
            err: Box::new(err),
            is_terminal: false,
            columns: None,
            observer: None,
            prompt: Arc::new(stores::ask_on_the_terminal),
            verbose: Arc::new(|text| {
                // Whoever closed it does not want to read it.
                let _ = writeln!(io::stderr(), "{text}");
            }),
        }
    }

    /// Somebody sits at a terminal and can be asked before money moves. Not so unless it is said.
    #[must_use]
    pub fn terminal(mut self, is_terminal: bool) -> Self {
        self.is_terminal = is_terminal;
        self
    }

    /// The results go to a terminal of so many columns, which lists are made to fit.
    #[must_use]
    pub fn columns(mut self, columns: Option<u16>) -> Self {
        self.columns = columns.map(usize::from);
        self
    }

    /// Has this told what `--verbose` prints, in place of the standard error of the process. It is told while
    /// a call is under way.
    #[must_use]
    pub fn verbose(mut self, print: Arc<dyn Fn(&str) + Send + Sync>) -> Self {
        self.verbose = print;
        self
    }

    /// Asks for secrets with this, in place of the terminal.
    #[must_use]
    pub fn prompt(mut self, ask: Prompt) -> Self {
        self.prompt = ask;
        self
    }

    /// Has this told of each step of saving a profile.
    #[must_use]
    pub fn observe(mut self, observer: Arc<dyn Fn(Step) + Send + Sync>) -> Self {
        self.observer = Some(observer);
        self
    }
}

impl fmt::Debug for Io<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Io").finish_non_exhaustive()
    }
}

#[derive(Args)]
pub(crate) struct Global {
    /// The BitPay to talk to: test, prod, or an address. Needed when a profile is made; later it
    /// must be the profile's own
    #[arg(long, value_name = "ENV", global = true, help_heading = "Everywhere")]
    pub(crate) env: Option<String>,
    /// The profile: a key, its environment and its tokens
    #[arg(
        long,
        value_name = "NAME",
        default_value = "default",
        global = true,
        help_heading = "Everywhere"
    )]
    pub(crate) profile: String,
    /// Where profiles are kept: in a file, in a file that a passphrase locks, or in environment variables, which
    /// are only read. [default: $BITPAY_STORE, else file]
    #[arg(long, value_name = "STORE", global = true, help_heading = "Everywhere")]
    pub(crate) store: Option<Kind>,
    /// Write JSON: results to standard output, notes and errors to standard error, one a line
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) json: bool,
    /// Do not ask before money moves in production, or many payouts are made
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub(crate) yes: bool,
    /// Print each request and answer to standard error, without keys, tokens, codes and personal data. With
    /// --json each is a line
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub(crate) verbose: bool,
    /// Allow an http:// address of another machine, for a sandbox in a private network
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) allow_plain_http: bool,
}

pub(crate) struct Context<'a> {
    pub(crate) io: Io<'a>,
    pub(crate) global: Global,
    /// The journal did not take an outcome.
    pub(crate) unrecorded: Arc<AtomicBool>,
    /// Of the encrypted store: asked for once.
    pub(crate) passphrase: OnceCell<Passphrase>,
}

/// The journal of a profile, which tells when it did not take an outcome: that is not worth failing for.
struct Noticed {
    journal: FileJournal,
    unrecorded: Arc<AtomicBool>,
}

impl Journal for Noticed {
    fn write(&self, entry: &Entry) -> Result<(), Box<dyn Error + Send + Sync>> {
        let result = self.journal.write(entry);
        if result.is_err() && matches!(entry, Entry::Outcome(_)) {
            self.unrecorded.store(true, Ordering::Relaxed);
        }
        result
    }
}

impl Context<'_> {
    /// The result of the command. Whoever closed the pipe does not want to read it.
    pub(crate) fn result(&mut self, json: &impl Serialize, text: impl FnOnce() -> String) {
        let text = if self.global.json {
            serde_json::to_string(json).unwrap_or_default()
        } else {
            text()
        };
        self.write(text.trim_end());
    }

    pub(crate) fn write(&mut self, text: &str) {
        let _ = writeln!(self.io.out, "{text}");
        let _ = self.io.out.flush();
    }

    /// A part of the result that the user needs before the rest is there.
    pub(crate) fn first(&mut self, json: &serde_json::Value, text: &str) {
        if self.global.json {
            let _ = writeln!(self.io.err, "{json}");
            let _ = self.io.err.flush();
        } else {
            self.note(text);
        }
    }

    /// What the user should know before the result is there.
    pub(crate) fn note(&mut self, text: &str) {
        let _ = if self.global.json {
            writeln!(self.io.err, "{}", serde_json::json!({ "note": text }))
        } else {
            writeln!(self.io.err, "{text}")
        };
        let _ = self.io.err.flush();
    }

    pub(crate) fn store(&self) -> Result<Store, Failure> {
        // The name is repeated in what is written, which a secret in its place must not be.
        let name = &self.global.profile;
        let alphanumeric = name.bytes().all(|b| b.is_ascii_alphanumeric());
        if name.len() >= 20 && alphanumeric && name.bytes().any(|b| b.is_ascii_digit()) {
            return Err(Failure::Usage(
                "--profile: this looks like a token or a key; a profile is named by a word, such as shop".to_owned(),
            ));
        }
        self.open_store(self.store_kind()?)
    }

    /// The environment of `--env`.
    pub(crate) fn environment(&self) -> Result<Option<Environment>, Failure> {
        let Some(text) = &self.global.env else {
            return Ok(None);
        };
        let read = if self.global.allow_plain_http && text.contains("://") {
            BaseUrl::parse_allowing_plain_http(text).map(Environment::Custom)
        } else {
            text.parse()
        };
        read.map(Some)
            .map_err(|error| Failure::Usage(format!("--env: {error}")))
    }

    /// Refuses to use a profile in another environment than its own.
    pub(crate) fn check_environment(&self, profile: &Profile) -> Result<(), Failure> {
        match self.environment()? {
            Some(given) if given != *profile.environment() => Err(Failure::Refused(format!(
                "--env says {given}, but the profile `{}` is of {}: use another profile (--profile), or leave --env out",
                profile.name(),
                profile.environment()
            ))),
            _ => Ok(()),
        }
    }

    /// The profile as it is on disk.
    pub(crate) fn profile(&self) -> Result<Profile, Failure> {
        let profile = self.store()?.profile(&self.global.profile)?;
        self.check_environment(&profile)?;
        Ok(profile)
    }

    /// A client for what needs neither key nor token, and so no profile: `--env` will do.
    pub(crate) fn public_client(&self) -> Result<Client<Anonymous>, Failure> {
        if let Some(environment) = self.environment()? {
            return self.client(&environment);
        }
        match self.store()?.find(&self.global.profile)? {
            Some(profile) => self.client(profile.environment()),
            None => Err(Failure::Usage(
                "say which BitPay to ask: --env test or --env prod".to_owned(),
            )),
        }
    }

    pub(crate) fn client(&self, environment: &Environment) -> Result<Client<Anonymous>, Failure> {
        Ok(Client::from_config(&self.config(environment))?)
    }

    /// The set-up of a client.
    pub(crate) fn config(&self, environment: &Environment) -> Config {
        let mut config = Config::new(environment.clone());
        if self.global.verbose {
            let (print, json) = (self.io.verbose.clone(), self.global.json);
            config = config.observer(Arc::new(move |event: &Event<'_>| {
                let text = event.to_string();
                if json {
                    print(&serde_json::json!({ "exchange": text }).to_string());
                } else {
                    print(&text);
                }
            }));
        }
        config
    }

    /// A client for calls with a token or the key of the profile. What they are about to do, and what came
    /// of it, goes into the profile's journal.
    pub(crate) fn journaled(&self, profile: &Profile) -> Result<Client<Anonymous>, Failure> {
        let journal = Noticed {
            journal: self.store()?.journal(profile.name())?,
            unrecorded: self.unrecorded.clone(),
        };
        let client = self.client(profile.environment())?;
        Ok(client.with_journal(Arc::new(journal)))
    }

    /// A client that may call the operation: with the token of the wanted facade, else with the
    /// most powerful one that allows it, so that what is made can be managed with the same token.
    pub(crate) fn client_for(
        &self,
        operation: &str,
        wanted: Option<Facade>,
    ) -> Result<Client<AnyGrant>, Failure> {
        let profile = self.profile()?;
        let allowed = Operation::named(operation).map_or(&[][..], |operation| operation.facades);
        let held = |facade: &&Facade| profile.token(**facade).is_some();
        let facade = match wanted {
            Some(facade) => facade,
            None => *allowed
                .iter()
                .rev()
                .find(held)
                .ok_or_else(|| lacking(&profile, allowed, &self.option()))?,
        };
        let grant = profile.any_grant(facade)?;
        Ok(self.journaled(&profile)?.with(grant))
    }
}

/// None of the profile's tokens allows what was asked.
fn lacking(profile: &Profile, allowed: &[Facade], option: &str) -> Failure {
    let names = |facades: &mut dyn Iterator<Item = Facade>, between| {
        facades
            .map(Facade::as_str)
            .collect::<Vec<_>>()
            .join(between)
    };
    if let Some(pending) = &profile.pending
        && allowed.contains(&pending.facade)
    {
        return Failure::Refused(format!(
            "the {} pairing of the profile `{}` is not approved yet: approve it, then run `bitpay pair{}`",
            pending.facade,
            profile.name(),
            option,
        ));
    }
    let held = names(&mut profile.tokens().map(AnyToken::facade), " and ");
    Failure::Refused(format!(
        "this needs a {} token, and the profile `{}` holds {}: get one with `bitpay pair{} --facade {}`",
        names(&mut allowed.iter().copied(), " or "),
        profile.name(),
        if held.is_empty() { "none" } else { &held },
        option,
        allowed.first().map_or("pos", |facade| facade.as_str()),
    ))
}

impl Context<'_> {
    /// ` --profile NAME --store STORE`, as far as others than the usual are meant: for the commands that are printed.
    pub(crate) fn option(&self) -> String {
        let mut option = match self.global.profile.as_str() {
            "default" => String::new(),
            name => format!(" --profile {name}"),
        };
        let store = self.global.store.and_then(|it| it.to_possible_value());
        if let Some(store) = store {
            option += &format!(" --store {}", store.get_name());
        }
        option
    }
}

/// Reads an argument, naming it in the error. The text itself may be a secret and is not repeated.
pub(crate) fn parse<T>(name: &str, text: &str) -> Result<T, Failure>
where
    T: std::str::FromStr,
    T::Err: fmt::Display,
{
    text.parse()
        .map_err(|error| Failure::Usage(format!("{name}: {error}")))
}

/// Reads an optional argument.
pub(crate) fn parse_some<T>(name: &str, text: Option<&String>) -> Result<Option<T>, Failure>
where
    T: std::str::FromStr,
    T::Err: fmt::Display,
{
    text.map(|text| parse(name, text)).transpose()
}

/// Reads a day.
pub(crate) fn parse_day(name: &str, text: &str) -> Result<Date, Failure> {
    text.parse().map_err(|_| {
        Failure::Usage(format!(
            "{name}: not a day: say YYYY-MM-DD, such as 2026-05-04"
        ))
    })
}

/// Reads an optional day.
pub(crate) fn parse_some_day(name: &str, text: Option<&String>) -> Result<Option<Date>, Failure> {
    text.map(|text| parse_day(name, text)).transpose()
}

/// What names a resource: BitPay's id, or the guid that it was made with.
pub(crate) enum Name<I> {
    Id(I),
    Guid(Guid),
}

/// Reads an id or a `--guid`, of which one is given.
pub(crate) fn id_or_guid<I>(id: Option<&String>, guid: Option<&String>) -> Result<Name<I>, Failure>
where
    I: std::str::FromStr,
    I::Err: fmt::Display,
{
    match (parse_some("ID", id)?, parse_some("--guid", guid)?) {
        (Some(id), _) => Ok(Name::Id(id)),
        (None, Some(guid)) => Ok(Name::Guid(guid)),
        (None, None) => Err(Failure::Usage("give an id or a --guid".to_owned())),
    }
}

/// A facade that has a token.
pub(crate) fn token_facade(text: Option<&String>) -> Result<Option<Facade>, Failure> {
    match parse_some("--facade", text)? {
        Some(Facade::Public) => Err(Failure::Usage(
            "--facade: the public facade has no token: say pos, merchant or payout".to_owned(),
        )),
        facade => Ok(facade),
    }
}

/// Which token to use.
#[derive(Args)]
pub(crate) struct With {
    /// Use the token of this facade. [default: the most powerful that the profile holds]
    #[arg(long)]
    facade: Option<String>,
}

impl With {
    pub(crate) fn facade(&self) -> Result<Option<Facade>, Failure> {
        token_facade(self.facade.as_ref())
    }
}

/// The resource's own token, which some calls need.
pub(crate) fn own_token<R>(token: Option<ResourceToken<R>>) -> Result<ResourceToken<R>, Failure> {
    token.ok_or_else(|| {
        Failure::Refused(
            "nothing was sent: this needs the resource's own token, and BitPay's answer holds none"
                .to_owned(),
        )
    })
}

/// How many there are: `1 invoice`, `2 invoices`.
pub(crate) fn count(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

/// Lines of a name and a value, aligned; empty values are left out.
pub(crate) fn table(rows: &[(&str, String)]) -> String {
    let rows: Vec<_> = rows.iter().filter(|(_, value)| !value.is_empty()).collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter()
        .map(|(name, value)| format!("{name:width$}  {value}\n"))
        .collect()
}

/// The text of a value, or nothing.
pub(crate) fn or_empty(value: Option<&impl fmt::Display>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// A price as people write it: with at least two decimals, and never rounded.
pub(crate) fn money(amount: Amount, currency: impl fmt::Display) -> String {
    format!("{} {currency}", places(amount))
}

/// At least two decimals, and never rounded.
pub(crate) fn places(amount: Amount) -> String {
    let mut text = amount.to_string();
    let decimals = match text.split_once('.') {
        Some((_, decimals)) => decimals.len(),
        None => {
            text.push('.');
            0
        }
    };
    for _ in decimals..2 {
        text.push('0');
    }
    text
}
