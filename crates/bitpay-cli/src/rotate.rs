//! `key rotate`: another key in place of the profile's.
//!
//! Whatever stops it, running it again carries on, and the profile's own key works all the while: the new key is on
//! disk before BitPay hears of it, it is the profile's key once BitPay has let it use every token, and the old
//! one is removed, and then forgotten, after that.

use bitpay_blocking::diagnose::{Diagnosis, Evidence};
use bitpay_blocking::pairing::RequestPairing;
use bitpay_blocking::{
    Anonymous, AnyGrant, AnyToken, Client, Effect, Facade, Identity, Operation, Sin, new_guid,
};
use bitpay_store::{Answered, Pending, Profile, ProfileGuard, Rotation, RotationStage, StoreError};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use crate::context::{Context, or_empty, table};
use crate::failure::Failure;
use crate::pair;

#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Replace the key by a new one. Run it again whenever it was interrupted: it carries on
    Rotate(RotateArgs),
}

#[derive(Args)]
#[command(after_help = "\
The new key is kept beside the old one, and BitPay is told of it. When it works for every token that the \
profile holds, it is the profile's key; then BitPay is told to accept the old one no longer, and it is erased. \
At every moment the profile's key works.

BitPay's API gives a merchant token to another key. It cannot do that with pos and payout tokens: for these, \
the new key asks for tokens of its own, which the merchant approves as with `bitpay pair`. The profile then \
forgets the old ones; they work with the old key until they are revoked in the dashboard, and webhooks of what \
was made with them are not signed with the new ones.

Programs that have read the old key stop working when it is removed. With --keep-old they can be started \
again before.

After a theft, revoke the tokens in the dashboard and pair again: whoever has a key can let another one use its \
token, and take that from yours.")]
pub(crate) struct RotateArgs {
    /// Use the new key, and leave the old one working until this is run again without --keep-old
    #[arg(long, conflicts_with = "stop")]
    keep_old: bool,
    /// End a rotation that was begun: the key that is in use stays, the other one is removed and erased
    #[arg(long)]
    stop: bool,
}

pub(crate) fn run(context: &mut Context<'_>, command: &KeyCommand) -> Result<(), Failure> {
    let KeyCommand::Rotate(args) = command;
    let store = context.store()?;
    // A store that cannot be written refuses here.
    let mut guard = store.lock(&context.global.profile)?;
    context.check_environment(guard.profile())?;
    let client = context.client(guard.profile().environment())?;
    if args.stop {
        return stop(context, guard, &client);
    }
    if guard.profile().rotation().is_none() {
        may_begin(context, guard.profile())?;
        let new = bitpay_blocking::generate_key()?;
        guard.update(|profile| profile.begin_rotation(new))?;
    }
    if stage(guard.profile()) == Some(RotationStage::Next) {
        let waiting = match prepare(context, &mut guard, &client) {
            Ok(Prepared::Works(tokens)) => {
                pair::save(&mut guard, |profile| profile.change_over(tokens))?;
                Vec::new()
            }
            Ok(Prepared::Waits(waiting)) => waiting,
            Err(failure) => {
                context.note(&format!(
                    "the old key is in use still, and works. Run `bitpay key rotate{0}` again to carry on, or give it up \
                     with `bitpay key rotate{0} --stop`",
                    context.option()
                ));
                return Err(failure);
            }
        };
        if !waiting.is_empty() {
            show_waiting(context, guard.profile(), &waiting);
            return Ok(());
        }
    }
    let replaced = guard.profile().rotation().map_or(Vec::new(), facades);
    if !args.keep_old {
        remove(&mut guard, &client, &context.option())?;
    }
    let strangers = strangers(guard.profile(), &client);
    show_done(context, guard.profile(), &replaced, &strangers);
    Ok(())
}

fn stage(profile: &Profile) -> Option<RotationStage> {
    profile.rotation().map(|rotation| rotation.stage())
}

/// Refuses what could not come to its end, before there is a second key.
fn may_begin(context: &Context<'_>, profile: &Profile) -> Result<(), Failure> {
    let option = context.option();
    if let Some(pending) = &profile.pending {
        return Err(Failure::Refused(format!(
            "a {0} pairing of this key is not finished: finish it with `bitpay pair{option}`, or drop it with \
             `bitpay unpair{option} --facade {0}`; then rotate",
            pending.facade
        )));
    }
    if profile.tokens().next().is_none() {
        return Err(Failure::Refused(format!(
            "this key has no token, so there is nothing to keep working: get one with `bitpay pair{option}`, or make \
             a key in a new profile with `bitpay keygen --profile NAME`"
        )));
    }
    let journal = context.store()?.journal(profile.name())?;
    match journal.open_intents()?.intents().len() {
        0 => Ok(()),
        open => Err(Failure::Refused(format!(
            "calls of this key without an outcome: {open}; only this key finds out what became of them, so run \
             `bitpay recover{option}` first"
        ))),
    }
}

/// Whether the new key may take over.
enum Prepared {
    /// It works for every token. These take the place of those that cannot be given to another key.
    Works(Vec<AnyToken>),
    /// The merchant has to approve these.
    Waits(Vec<(Facade, Answered)>),
}

/// Gets the new key the use of every token, and tries it out.
fn prepare(
    context: &mut Context<'_>,
    guard: &mut ProfileGuard,
    client: &Client<Anonymous>,
) -> Result<Prepared, Failure> {
    let old = guard.profile().identity().clone();
    let Some(new) = other(guard.profile()) else {
        return Ok(Prepared::Works(Vec::new()));
    };
    let (mut tokens, mut waiting) = (Vec::new(), Vec::new());
    let held: Vec<AnyToken> = guard.profile().tokens().cloned().collect();
    for token in held {
        if works(client, &new, &token)? {
            continue;
        }
        let facade = token.facade();
        if is_linkable(facade) {
            link(context, client, &old, &new, &token)?;
            continue;
        }
        let own = pair::listed(&client.with(new.clone()))?;
        match own.into_iter().rfind(|own| own.facade() == facade) {
            Some(own) => tokens.push(own),
            None => waiting.push((facade, ask(context, guard, client, &new, facade)?)),
        }
    }
    if waiting.is_empty() {
        Ok(Prepared::Works(tokens))
    } else {
        Ok(Prepared::Waits(waiting))
    }
}

fn other(profile: &Profile) -> Option<Identity> {
    profile
        .rotation()
        .map(|rotation| rotation.identity().clone())
}

/// Whether the API gives a token of this facade to another key.
fn is_linkable(facade: Facade) -> bool {
    Operation::named("link_token_sin").is_some_and(|operation| operation.facades.contains(&facade))
}

/// Whether the key may use the token: BitPay says so to a request that the key has signed.
fn works(client: &Client<Anonymous>, key: &Identity, token: &AnyToken) -> Result<bool, Failure> {
    if pair::listed(&client.with(key.clone()))?.contains(token) {
        return Ok(true);
    }
    // A pos token that anybody may use is on no key's list.
    if token.facade() != Facade::Pos {
        return Ok(false);
    }
    let grant = AnyGrant::new(token.clone(), key.clone());
    match client.with(grant).diagnose(&Evidence::default()) {
        Diagnosis::Works => Ok(true),
        unclear @ Diagnosis::Unclear => Err(Failure::Refused(unclear.to_string())),
        _ => Ok(false),
    }
}

/// Lets the new key use the token, and sees that it may.
fn link(
    context: &mut Context<'_>,
    client: &Client<Anonymous>,
    old: &Identity,
    new: &Identity,
    token: &AnyToken,
) -> Result<(), Failure> {
    let linked = client
        .with(AnyGrant::new(token.clone(), old.clone()))
        .link_token_sin(new.sin());
    match linked {
        Ok(_) => {
            let problem = match works(client, new, token) {
                Ok(true) => return Ok(()),
                Ok(false) => "does not let it use the token yet".to_owned(),
                Err(failure) => format!("could not be asked whether it works: {failure}"),
            };
            Err(Failure::After(format!(
                "BitPay took the new key for the {} token, and {problem}",
                token.facade()
            )))
        }
        // The answer may have been lost.
        Err(error)
            if error.effect() != Effect::Nothing && works(client, new, token).unwrap_or(false) =>
        {
            Ok(())
        }
        Err(error) => {
            if error.api().is_some() {
                context.note(&format!(
                    "BitPay does not give the {} token to another key: what the merchant allowed for this token may \
                     not include it. Then make a profile of its own for the new key, with `bitpay pair --profile NAME \
                     --facade {0}`, and revoke the old token in the dashboard when nothing uses it any more",
                    token.facade()
                ));
            }
            Err(error.into())
        }
    }
}

/// Asks for a token for the new key. What makes a repeat ask for the same one is on disk before.
fn ask(
    context: &mut Context<'_>,
    guard: &mut ProfileGuard,
    client: &Client<Anonymous>,
    new: &Identity,
    facade: Facade,
) -> Result<Answered, Failure> {
    let asked = |profile: &Profile| {
        let rotation = profile.rotation()?;
        let mut asked = rotation.asked().iter();
        asked.find(|asked| asked.facade == facade).cloned()
    };
    let mut pending = asked(guard.profile());
    if let Some(answered) = pending.as_ref().and_then(|asked| asked.answered.clone()) {
        if answered.expires_at.is_none_or(|at| Timestamp::now() < at) {
            return Ok(answered);
        }
        context.note(&format!(
            "the code {} ran out before it was approved",
            answered.code
        ));
        pending = None;
    }
    let pending = match pending {
        Some(pending) => pending,
        None => {
            let pending = Pending {
                facade,
                label: None,
                guid: new_guid()?,
                requested_at: Timestamp::now(),
                answered: None,
            };
            keep(guard, pending.clone())?;
            pending
        }
    };
    let request = RequestPairing::new(new.sin().clone(), facade, pending.guid.clone());
    let pairing = client.request_pairing(&request)?.into_value();
    let Some(code) = pairing.code.clone() else {
        return Err(Failure::After(format!(
            "BitPay's answer holds no code for the {facade} token: was it approved just now?"
        )));
    };
    let answered = Answered {
        code,
        token: pair::token_of(&pairing)?,
        expires_at: pairing.expires_at,
    };
    let pending = Pending {
        answered: Some(answered.clone()),
        ..pending
    };
    keep(guard, pending).map_err(pair::unsaved)?;
    Ok(answered)
}

/// Keeps what was asked for, in place of what was asked for before.
fn keep(guard: &mut ProfileGuard, pending: Pending) -> Result<(), StoreError> {
    guard.update(|profile| {
        if let Some(asked) = profile.asked_mut() {
            asked.retain(|asked| asked.facade != pending.facade);
            asked.push(pending);
        }
    })
}

/// Takes the use of the tokens from the previous key, and erases it.
fn remove(
    guard: &mut ProfileGuard,
    client: &Client<Anonymous>,
    option: &str,
) -> Result<(), Failure> {
    let Some(old) = other(guard.profile()) else {
        return Ok(());
    };
    unlink(client, guard.profile(), &old).map_err(|failure| {
        Failure::After(format!(
            "the new key is in use, and the old one is not removed: {failure}; run `bitpay key rotate{0}` again to \
             carry on, or `bitpay key rotate{0} --stop` to erase the old key here even if BitPay does not remove it",
            option
        ))
    })?;
    pair::save(guard, Profile::end_rotation)
}

/// Takes the use of every token that can be given to another key from the other key, which need not have it.
fn unlink(client: &Client<Anonymous>, profile: &Profile, other: &Identity) -> Result<(), Failure> {
    for token in profile.tokens().filter(|it| is_linkable(it.facade())) {
        if !works(client, other, token)? {
            continue;
        }
        let removed = client
            .with(AnyGrant::new(token.clone(), profile.identity().clone()))
            .remove_token_sin(other.sin());
        match removed {
            Ok(_) => {}
            // The answer may have been lost.
            Err(error)
                if error.effect() != Effect::Nothing
                    && works(client, other, token).is_ok_and(|works| !works) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The keys besides this profile's that may use its tokens, as far as BitPay tells: its list is not documented.
fn strangers(profile: &Profile, client: &Client<Anonymous>) -> Vec<Sin> {
    let own = [
        Some(profile.identity().sin().clone()),
        other(profile).map(|other| other.sin().clone()),
    ];
    let mut strangers = Vec::new();
    for token in profile.tokens().filter(|it| is_linkable(it.facade())) {
        let grant = AnyGrant::new(token.clone(), profile.identity().clone());
        if let Ok(linked) = client.with(grant).list_token_sins() {
            strangers.extend(linked.iter().map(|linked| linked.sin.clone()));
        }
    }
    strangers.retain(|sin| !own.iter().flatten().any(|own| own == sin));
    strangers
}

/// Ends a rotation where it is.
fn stop(
    context: &mut Context<'_>,
    mut guard: ProfileGuard,
    client: &Client<Anonymous>,
) -> Result<(), Failure> {
    let Some(rotation) = guard.profile().rotation().cloned() else {
        return Err(Failure::Refused(
            "no rotation of this profile's key was begun".to_owned(),
        ));
    };
    let sin = rotation.identity().sin().clone();
    let mut removed = true;
    if let Err(failure) = unlink(client, guard.profile(), rotation.identity()) {
        match &failure {
            // BitPay's last word: asking again would not change it.
            Failure::Call(error)
                if error.api().is_some_and(|api| {
                    error.effect() == Effect::Nothing || api.is_unexplained()
                }) =>
            {
                context.note(&format!("BitPay does not remove {sin}: {failure}"));
                removed = false;
            }
            _ => return Err(failure),
        }
    }
    match removed {
        true => pair::save(&mut guard, Profile::end_rotation)?,
        false => guard.update(Profile::end_rotation)?,
    }
    let profile = guard.profile();
    let asked = facades(&rotation);
    let json = json!({
        "sin": profile.identity().sin(), "erased": sin, "removed": removed, "revoke": asked,
        "revoke_at": pair::dashboard(profile),
    });
    let mut text = format!(
        "the key of the profile `{}` is {}; {sin} is erased here\n",
        profile.name(),
        profile.identity().sin()
    );
    if !removed {
        text += &format!(
            "Whoever has a copy of {sin} can use the token until it is revoked: {}\n",
            pair::dashboard(profile)
        );
    }
    text += &revoke(profile, &asked, "new");
    context.result(&json, || text);
    Ok(())
}

/// The facades of which the next key asked for tokens of its own.
fn facades(rotation: &Rotation) -> Vec<Facade> {
    rotation.asked().iter().map(|asked| asked.facade).collect()
}

/// What is left to be done in the dashboard.
fn revoke(profile: &Profile, facades: &[Facade], which: &str) -> String {
    let names: Vec<&str> = facades.iter().map(|facade| facade.as_str()).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(
        "BitPay's API cannot take back the {which} {} token: if it was approved, revoke it in the dashboard, {}\n",
        names.join(" and "),
        pair::dashboard(profile)
    )
}

fn show_waiting(context: &mut Context<'_>, profile: &Profile, waiting: &[(Facade, Answered)]) {
    let url = |answered: &Answered| answered.code.approval_url(profile.environment());
    let rows: Vec<_> = waiting
        .iter()
        .map(|(facade, answered)| {
            json!({
                "facade": facade, "code": answered.code.as_str(), "approval_url": url(answered),
                "expires_at": answered.expires_at.map(|at| at.to_string()),
            })
        })
        .collect();
    let json = json!({ "rotated": false, "sin": profile.identity().sin(), "waits_for": rows });
    let mut text = String::new();
    for (facade, answered) in waiting {
        let expires = answered.expires_at;
        let expires = expires.and_then(|at| at.round(jiff::Unit::Second).ok());
        text += &table(&[
            ("facade", facade.to_string()),
            ("pairing code", answered.code.to_string()),
            ("approve at", url(answered)),
            ("until", or_empty(expires.as_ref())),
        ]);
        text.push('\n');
    }
    text += &format!(
        "BitPay's API cannot give such a token to another key, so the new key asks for its own: open the address, sign \
         in and approve. Then run `bitpay key rotate{}` again. Until then the old key is in use.\n\
         Webhooks of what was made with the old token are not signed with the new one: fetch these by hand.",
        context.option()
    );
    context.result(&json, || text);
}

fn show_done(context: &mut Context<'_>, profile: &Profile, replaced: &[Facade], strangers: &[Sin]) {
    let kept = profile.rotation().map(|rotation| rotation.identity().sin());
    let json = json!({
        "rotated": true, "sin": profile.identity().sin(), "kept": kept, "others": strangers,
        "revoke": replaced, "revoke_at": pair::dashboard(profile),
    });
    let mut text = format!(
        "the profile `{}` has a new key: {}\n",
        profile.name(),
        profile.identity().sin()
    );
    text += &match kept {
        Some(old) => format!(
            "The old one, {old}, works as well until you run `bitpay key rotate{}` again.\n",
            context.option()
        ),
        None => "The old one is removed and erased.\n".to_owned(),
    };
    for sin in strangers {
        text += &format!(
            "Another key may use the merchant token as well: {sin}. If it is nobody's that you know, take that from \
             it: bitpay sin remove{} {sin}\n",
            context.option()
        );
    }
    text += &revoke(profile, replaced, "old");
    context.result(&json, || text);
}
