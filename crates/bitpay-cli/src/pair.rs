//! `pair`, `unpair` and `tokens`.
//!
//! Whatever stops `pair`, running it again carries on: the key is on disk before anything is sent,
//! the guid of a request too, and what BitPay granted is found in its list of the key's tokens.

use std::io::Read as _;

use bitpay_blocking::error::{ApiError, ApiErrorKind};
use bitpay_blocking::pairing::{
    ApprovedToken, ClaimPairing, FASTEST_POLL, Pairing, PairingCode, RequestPairing, Waited,
};
use bitpay_blocking::{AnyToken, Client, Effect, Environment, Error, Facade, Identity, new_guid};
use bitpay_store::{Answered, Pending, Profile, ProfileGuard, StoreError};
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

use crate::context::{Context, or_empty, parse, table, token_facade};
use crate::failure::Failure;
use crate::key;
use crate::list::{AsCsv, Column, yes_or_no};

#[derive(Args)]
pub(crate) struct PairArgs {
    /// What to ask for: pos (make and read invoices), merchant (refunds and all else), payout.
    /// Ask for the least that does the job. [default: what is awaited or held, else pos]
    #[arg(long, conflicts_with = "code")]
    facade: Option<String>,
    /// What the merchant reads when approving: 1 to 60 letters, digits, spaces, `_`, `-`, `.`
    #[arg(long)]
    label: Option<String>,
    /// Claim this code, which the merchant made in the dashboard; `-` reads it from standard input
    #[arg(long)]
    code: Option<String>,
    /// Wait until the merchant has approved
    #[arg(long, conflicts_with = "code")]
    wait: bool,
    /// Open the page on which the merchant approves
    #[arg(long, conflicts_with = "code")]
    browser: bool,
    /// Ask anew, although a token is held or an approval is awaited
    #[arg(long, conflicts_with = "code")]
    new: bool,
}

pub(crate) fn pair(context: &mut Context<'_>, args: PairArgs) -> Result<(), Failure> {
    // All of the command line is read before anything is made.
    let facade = token_facade(args.facade.as_ref())?;
    let code = match args.code.as_deref() {
        Some("-") => {
            let mut text = Zeroizing::new(String::new());
            (&mut context.io.input)
                .take(1024)
                .read_to_string(&mut text)
                .map_err(|error| Failure::Usage(format!("standard input: {error}")))?;
            Some(parse("--code", text.trim())?)
        }
        Some(text) => Some(parse("--code", text)?),
        None => None,
    };
    let store = context.store()?;
    let guard = match store.lock(&context.global.profile) {
        Ok(guard) => {
            context.check_environment(guard.profile())?;
            guard
        }
        Err(StoreError::NoProfile { .. }) => {
            let guard = key::make(context, &store)?;
            context.note(&format!(
                "made the profile `{}`, with a new key: {}",
                guard.profile().name(),
                guard.profile().identity().sin()
            ));
            guard
        }
        Err(error) => return Err(error.into()),
    };
    let profile = guard.profile();
    let client = context
        .client(profile.environment())?
        .with(profile.identity().clone());
    match code {
        Some(code) => claim(context, guard, &client, code, args.label),
        None => ask(context, guard, &client, facade, &args),
    }
}

/// Claims a code. BitPay takes a code once, so an answer that was lost is found in the list.
fn claim(
    context: &mut Context<'_>,
    mut guard: ProfileGuard,
    client: &Client<Identity>,
    code: PairingCode,
    label: Option<String>,
) -> Result<(), Failure> {
    let again = guard.profile().claimed.as_ref() == Some(&code);
    guard.update(|profile| profile.claimed = Some(code.clone()))?;
    let mut request = ClaimPairing::new(guard.profile().identity().sin().clone(), code);
    request.label = label;
    let error = match client.claim_pairing(&request) {
        Ok(pairing) => {
            let token = token_of(&pairing)?;
            save(&mut guard, |profile| profile.set_token(token.clone()))?;
            return paired(context, &guard, token.facade(), "claimed");
        }
        Err(error) => error,
    };
    let refused = error.api().map(|api| api.kind) == Some(ApiErrorKind::PairingRefused);
    if error.effect() == Effect::Nothing && !refused {
        return Err(error.into());
    }
    // An earlier run may have claimed it, or this one, without seeing the answer.
    let Ok(tokens) = listed(client) else {
        return Err(error.into());
    };
    if let Some(token) = new_tokens(guard.profile(), &tokens).last().cloned() {
        save(&mut guard, |profile| profile.set_token(token.clone()))?;
        return paired(
            context,
            &guard,
            token.facade(),
            "found among the key's tokens",
        );
    }
    match guard.profile().token(Facade::Pos) {
        Some(held) if again && tokens.contains(held) => {
            paired(context, &guard, Facade::Pos, "claimed before")
        }
        _ => Err(error.into()),
    }
}

/// Asks for a token, or carries on with an earlier request.
fn ask(
    context: &mut Context<'_>,
    mut guard: ProfileGuard,
    client: &Client<Identity>,
    wanted: Option<Facade>,
    args: &PairArgs,
) -> Result<(), Failure> {
    let tokens = listed(client)?;
    let approved = settle(&mut guard, &tokens)?;
    if let Some(facade) = approved
        && wanted.is_none_or(|wanted| wanted == facade)
        && !args.new
    {
        return paired(context, &guard, facade, "approved");
    }
    drop_pending(context, &mut guard, wanted, args.new)?;
    let profile = guard.profile();
    let held = profile.tokens().map(AnyToken::facade).last();
    let pending = profile.pending.as_ref().map(|pending| pending.facade);
    let facade = wanted.or(pending).or(held).unwrap_or(Facade::Pos);
    if profile.pending.is_none() && !args.new {
        match profile.token(facade) {
            Some(held) if tokens.contains(held) => {
                return paired(context, &guard, facade, "held already");
            }
            Some(_) => context.note(&format!(
                "BitPay does not list the {facade} token of this profile any more: asking for a new one"
            )),
            None => {}
        }
    }

    let answered = match guard
        .profile()
        .pending
        .as_ref()
        .and_then(|p| p.answered.clone())
    {
        Some(answered) => answered,
        None => match request(&mut guard, client, facade, args.label.clone())? {
            Some(answered) => answered,
            None => return paired(context, &guard, facade, "approved"),
        },
    };
    let pending = Waiting::new(context, &guard, facade, answered);
    let opened = args.browser.then(|| open::that_detached(pending.url()));
    if let Some(Err(error)) = opened {
        context.note(&format!("no browser could be opened: {error}"));
    }
    if !args.wait {
        let (json, text) = (pending.json(), pending.text(false));
        context.result(&json, || text);
        context.show_qr(&pending.url());
        return Ok(());
    }
    context.first(&json!({ "pending": pending.json() }), &pending.text(true));
    context.show_qr(&pending.url());
    wait(context, guard, client, &pending)
}

/// Keeps what BitPay granted and the profile does not hold: a pairing that was approved, or a
/// token whose answer was lost. Returns the facade of the pairing, if it was approved.
fn settle(guard: &mut ProfileGuard, tokens: &[AnyToken]) -> Result<Option<Facade>, Failure> {
    let profile = guard.profile();
    let approved = profile
        .pending
        .as_ref()
        .and_then(|pending| pending.answered.as_ref())
        .map(|answered| answered.token.clone())
        .filter(|token| tokens.contains(token));
    let found = new_tokens(profile, tokens);
    if approved.is_none() && found.is_empty() {
        return Ok(None);
    }
    save(guard, |profile| {
        for token in found {
            profile.set_token(token);
        }
        if let Some(token) = &approved {
            profile.set_token(token.clone());
            profile.pending = None;
        }
    })?;
    Ok(approved.map(|token| token.facade()))
}

/// Drops a pending pairing that leads nowhere.
fn drop_pending(
    context: &mut Context<'_>,
    guard: &mut ProfileGuard,
    wanted: Option<Facade>,
    new: bool,
) -> Result<(), Failure> {
    let Some(pending) = &guard.profile().pending else {
        return Ok(());
    };
    let other = wanted.is_some_and(|facade| facade != pending.facade);
    let is_over = match &pending.answered {
        // Nobody has seen its code, so nobody can have approved it.
        None => other || new,
        Some(answered) => {
            let expired = answered.expires_at.is_some_and(|at| Timestamp::now() >= at);
            if expired {
                context.note(&format!(
                    "the code {} ran out before it was approved",
                    answered.code
                ));
            } else if other && !new {
                return Err(Failure::Refused(format!(
                    "a {} pairing waits for approval (code {}): finish it with `bitpay pair`, or drop it with --new",
                    pending.facade, answered.code
                )));
            }
            expired || new
        }
    };
    if is_over {
        guard.update(|profile| profile.pending = None)?;
    }
    Ok(())
}

/// Asks for a pairing. `None` when it was approved before.
fn request(
    guard: &mut ProfileGuard,
    client: &Client<Identity>,
    facade: Facade,
    label: Option<String>,
) -> Result<Option<Answered>, Failure> {
    let pending = match guard.profile().pending.clone() {
        Some(pending) => pending,
        None => {
            let pending = Pending {
                facade,
                label,
                guid: new_guid()?,
                requested_at: Timestamp::now(),
                answered: None,
            };
            guard.update(|profile| profile.pending = Some(pending.clone()))?;
            pending
        }
    };
    let sin = guard.profile().identity().sin().clone();
    let mut request = RequestPairing::new(sin, facade, pending.guid.clone());
    request.label.clone_from(&pending.label);
    let pairing = match client.request_pairing(&request) {
        Ok(pairing) => pairing.into_value(),
        Err(error) => {
            if error.effect() == Effect::Nothing
                || error.api().is_some_and(ApiError::is_unexplained)
            {
                // A label that BitPay does not take, say, must not be sent again; a request that was kept all the
                // same does no harm.
                guard.update(|profile| profile.pending = None)?;
            }
            return Err(error.into());
        }
    };
    let token = token_of(&pairing)?;
    if pairing.is_active() {
        save(guard, |profile| {
            profile.set_token(token);
            profile.pending = None;
        })?;
        return Ok(None);
    }
    let Some(code) = pairing.code.clone() else {
        return Err(Failure::After(
            "BitPay's answer holds no pairing code: run `bitpay pair --new`".to_owned(),
        ));
    };
    let answered = Answered {
        code,
        token,
        expires_at: pairing.expires_at,
    };
    save(guard, |profile| {
        profile.pending = Some(Pending {
            answered: Some(answered.clone()),
            ..pending
        });
    })?;
    Ok(Some(answered))
}

fn wait(
    context: &mut Context<'_>,
    guard: ProfileGuard,
    client: &Client<Identity>,
    waiting: &Waiting,
) -> Result<(), Failure> {
    let name = guard.profile().name().to_owned();
    // Waiting may take a day: other commands may use the profile meanwhile.
    drop(guard);
    let mut pairing = Pairing::new(waiting.answered.token.expose(), Some(waiting.facade));
    pairing.expires_at = waiting.answered.expires_at;
    pairing.code = Some(waiting.answered.code.clone());
    let countdown = context.count_down("the code is good for", pairing.expires_at);
    let waited = client.wait_for_approval(&pairing, FASTEST_POLL);
    drop(countdown);
    let waited = waited
        .inspect_err(|_| context.note("the pairing is kept: run `bitpay pair --wait` again"))?;

    let mut guard = context.store()?.lock(&name)?;
    let is_this = |profile: &Profile| {
        let answered = profile.pending.as_ref().and_then(|p| p.answered.as_ref());
        answered == Some(&waiting.answered)
    };
    match waited {
        Waited::Approved => {
            let token = waiting.answered.token.clone();
            save(&mut guard, |profile| {
                if is_this(profile) {
                    profile.pending = None;
                }
                profile.set_token(token);
            })?;
            paired(context, &guard, waiting.facade, "approved")
        }
        Waited::Expired => {
            guard.update(|profile| {
                if is_this(profile) {
                    profile.pending = None;
                }
            })?;
            Err(Failure::Refused(format!(
                "the code {} ran out before it was approved: run `bitpay pair` again for a new one",
                waiting.answered.code
            )))
        }
    }
}

/// A pairing that waits for approval, as it is shown.
struct Waiting {
    environment: Environment,
    facade: Facade,
    answered: Answered,
    option: String,
}

impl Waiting {
    fn new(
        context: &Context<'_>,
        guard: &ProfileGuard,
        facade: Facade,
        answered: Answered,
    ) -> Self {
        Self {
            environment: guard.profile().environment().clone(),
            facade,
            answered,
            option: context.option(),
        }
    }

    fn url(&self) -> String {
        self.answered.code.approval_url(&self.environment)
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "paired": false,
            "facade": self.facade,
            "code": self.answered.code.as_str(),
            "approval_url": self.url(),
            "expires_at": self.answered.expires_at.map(|at| at.to_string()),
        })
    }

    fn text(&self, waits: bool) -> String {
        let expires = self
            .answered
            .expires_at
            .and_then(|at| at.round(jiff::Unit::Second).ok());
        let rows = table(&[
            ("facade", self.facade.to_string()),
            ("pairing code", self.answered.code.to_string()),
            ("approve at", self.url()),
            ("until", or_empty(expires.as_ref())),
        ]);
        let again = format!("`bitpay pair{}`", self.option);
        let next = if waits {
            format!("Waiting for that. Ctrl-C ends the waiting only: {again} carries on.")
        } else {
            format!("Then run {again} again, or wait for it with --wait.")
        };
        format!("{rows}\nOpen the address, sign in and approve. {next}")
    }
}

/// The end of every way to a token.
fn paired(
    context: &mut Context<'_>,
    guard: &ProfileGuard,
    facade: Facade,
    how: &str,
) -> Result<(), Failure> {
    let profile = guard.profile();
    let json = json!({ "paired": true, "facade": facade, "how": how, "sin": profile.identity().sin().as_str() });
    let text = format!(
        "paired: the profile `{}` holds a {facade} token for {} ({how})",
        profile.name(),
        profile.environment()
    );
    context.result(&json, || text);
    Ok(())
}

/// The key's tokens of facades. A key that BitPay does not know has none.
pub(crate) fn listed(client: &Client<Identity>) -> Result<Vec<AnyToken>, Error> {
    match client.list_tokens() {
        Ok(tokens) => Ok(tokens.iter().filter_map(ApprovedToken::token).collect()),
        Err(error) if error.api().map(|api| api.kind) == Some(ApiErrorKind::NotPaired) => {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

/// Those of a facade of which the profile holds no token that BitPay lists.
fn new_tokens(profile: &Profile, listed: &[AnyToken]) -> Vec<AnyToken> {
    let held = |facade| {
        profile
            .token(facade)
            .is_some_and(|token| listed.contains(token))
    };
    listed
        .iter()
        .filter(|token| !held(token.facade()))
        .cloned()
        .collect()
}

pub(crate) fn token_of(pairing: &Pairing) -> Result<AnyToken, Failure> {
    pairing.token().map_err(|error| {
        Failure::After(format!(
            "BitPay made a token that this program cannot use: {error}"
        ))
    })
}

/// Saves what BitPay has done already.
pub(crate) fn save(
    guard: &mut ProfileGuard,
    change: impl FnOnce(&mut Profile),
) -> Result<(), Failure> {
    guard.update(change).map_err(unsaved)
}

/// What BitPay has done already was not saved.
pub(crate) fn unsaved(error: StoreError) -> Failure {
    Failure::After(format!(
        "BitPay did it, but it was not saved: {error}; mend that and run the same command again, nothing is lost"
    ))
}

#[derive(Args)]
pub(crate) struct UnpairArgs {
    /// Forget this one only: pos, merchant or payout. Otherwise all, and a pairing that is awaited
    #[arg(long)]
    facade: Option<String>,
}

pub(crate) fn unpair(context: &mut Context<'_>, args: &UnpairArgs) -> Result<(), Failure> {
    let facade = token_facade(args.facade.as_ref())?;
    let store = context.store()?;
    let mut guard = store.lock(&context.global.profile)?;
    context.check_environment(guard.profile())?;
    let forgotten = guard.update(|profile| {
        if facade.is_none_or(|facade| profile.pending.as_ref().is_some_and(|p| p.facade == facade))
        {
            profile.pending = None;
        }
        let facades = match facade {
            Some(facade) => vec![facade],
            None => Facade::ALL.to_vec(),
        };
        let forget = |facade: &Facade| profile.forget_token(*facade).is_some();
        facades.into_iter().filter(forget).collect::<Vec<_>>()
    })?;
    let dashboard = dashboard(guard.profile());
    let json = json!({ "forgotten": forgotten, "revoke_at": dashboard });
    let names: Vec<&str> = forgotten.iter().map(|facade| facade.as_str()).collect();
    let text = if names.is_empty() {
        "the profile holds no such token; nothing was forgotten".to_owned()
    } else {
        format!(
            "forgotten on this machine: {}\nWhoever has a copy can still use it until you revoke it: {dashboard}\nThe key stays, so `bitpay pair` finds a token that was not revoked.",
            names.join(", ")
        )
    };
    context.result(&json, || text);
    Ok(())
}

/// Where tokens are revoked.
pub(crate) fn dashboard(profile: &Profile) -> String {
    let base = profile.environment().base_url();
    match profile.environment() {
        Environment::Custom(_) => format!("{base}/dashboard"),
        _ => format!("{base}/dashboard/merchant/api-tokens"),
    }
}

#[derive(Args)]
pub(crate) struct TokensArgs {
    /// Keep those that the profile does not hold
    #[arg(long)]
    adopt: bool,
    #[command(flatten)]
    csv: AsCsv,
}

pub(crate) fn tokens(context: &mut Context<'_>, args: &TokensArgs) -> Result<(), Failure> {
    let store = context.store()?;
    let profile = context.profile()?;
    let client = context
        .client(profile.environment())?
        .with(profile.identity().clone());
    let tokens = client.list_tokens()?;
    let facades: Vec<AnyToken> = tokens.iter().filter_map(ApprovedToken::token).collect();
    let mut profile = profile;
    if args.adopt && !new_tokens(&profile, &facades).is_empty() {
        let mut guard = store.lock(profile.name())?;
        settle(&mut guard, &facades)?;
        profile = guard.profile().clone();
    }
    let rows: Vec<Listed> = tokens
        .iter()
        .map(|listed| Listed {
            facade: listed.facade_name.clone(),
            held: listed
                .token()
                .is_some_and(|token| profile.token(token.facade()) == Some(&token)),
        })
        .collect();
    let columns = [
        Column::word("facade", |it: &Listed| it.facade.clone()),
        Column::word("held", |it: &Listed| yes_or_no(it.held)),
    ];
    let option = context.option();
    context.list(&rows, args.csv, &columns, || {
        format!("BitPay lists no tokens for this key; get one with: bitpay pair{option}")
    })?;
    if rows.iter().any(|it| !it.held) {
        context.note(&format!(
            "to keep what the profile does not hold: bitpay tokens --adopt{option}"
        ));
    }
    Ok(())
}

/// A token of BitPay's list.
#[derive(Serialize)]
struct Listed {
    facade: String,
    held: bool,
}
