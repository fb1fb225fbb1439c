//! `keygen` and `whoami`.

use bitpay_blocking::{Environment, Facade};
use bitpay_store::{ProfileGuard, RotationStage, Store};
use serde_json::json;

use crate::context::{Context, or_empty, table};
use crate::failure::Failure;

/// Makes a key in a new profile; on disk when this returns.
pub(crate) fn make(context: &Context<'_>, store: &Store) -> Result<ProfileGuard, Failure> {
    let environment = context.environment()?.ok_or_else(|| {
        Failure::Usage(format!(
            "there is no profile `{}` yet: say which BitPay it is for, --env test (imaginary money) or --env prod (real money)",
            context.global.profile
        ))
    })?;
    let key = bitpay_blocking::generate_key()?;
    Ok(store.create(&context.global.profile, environment, key)?)
}

pub(crate) fn keygen(context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store()?;
    if let Some(found) = store.find(&context.global.profile)? {
        return Err(Failure::Refused(format!(
            "the profile `{}` has a key already ({}), which is never overwritten: use another --profile",
            found.name(),
            found.identity().sin()
        )));
    }
    let guard = make(context, &store)?;
    let profile = guard.profile();
    let json = json!({
        "profile": profile.name(),
        "environment": profile.environment().to_string(),
        "sin": profile.identity().sin().as_str(),
    });
    let text = format!(
        "{}\nNext, get a token: bitpay pair{}\n",
        table(&[
            ("profile", profile.name().to_owned()),
            ("environment", environment(profile.environment())),
            ("SIN", profile.identity().sin().to_string()),
        ]),
        context.option(),
    );
    context.result(&json, || text);
    Ok(())
}

pub(crate) fn whoami(context: &mut Context<'_>) -> Result<(), Failure> {
    let profile = context.profile()?;
    let place = context.store()?.place(profile.name());
    let facades: Vec<Facade> = profile.tokens().map(|token| token.facade()).collect();
    let pending = profile.pending.as_ref();
    let answered = pending.and_then(|pending| pending.answered.as_ref());
    let other = profile.rotation();
    let url = answered.map(|answered| answered.code.approval_url(profile.environment()));
    let json = json!({
        "profile": profile.name(),
        "environment": profile.environment().to_string(),
        "sin": profile.identity().sin().as_str(),
        "kept_in": place,
        "tokens": facades,
        "rotation": other.map(|other| json!({
            "sin": other.identity().sin().as_str(),
            "stage": match other.stage() {
                RotationStage::Next => "next",
                RotationStage::Previous => "previous",
            },
        })),
        "pending": pending.map(|pending| json!({
            "facade": pending.facade,
            "label": pending.label,
            "code": answered.map(|answered| answered.code.as_str()),
            "approval_url": url,
            "expires_at": answered.and_then(|answered| answered.expires_at).map(|at| at.to_string()),
        })),
    });
    let tokens = if facades.is_empty() {
        format!("none; get one with: bitpay pair{}", context.option())
    } else {
        let names: Vec<&str> = facades.iter().map(|facade| facade.as_str()).collect();
        names.join(", ")
    };
    let rotation = other.map_or(String::new(), |other| {
        let which = match other.stage() {
            RotationStage::Next => "is to replace the key",
            RotationStage::Previous => "was replaced and may still work",
        };
        format!(
            "{} {which}; carry on with: bitpay key rotate{}",
            other.identity().sin(),
            context.option()
        )
    });
    let waits = match (pending, answered) {
        (Some(pending), Some(answered)) => format!(
            "{} waits for approval of the code {}",
            pending.facade, answered.code
        ),
        (Some(pending), None) => format!("{} was asked for and not answered", pending.facade),
        _ => String::new(),
    };
    let text = table(&[
        ("profile", profile.name().to_owned()),
        ("environment", environment(profile.environment())),
        ("SIN", profile.identity().sin().to_string()),
        ("tokens", tokens),
        ("rotation", rotation),
        ("pairing", waits),
        ("approve at", or_empty(url.as_ref())),
        ("kept in", place),
    ]);
    context.result(&json, || text);
    Ok(())
}

pub(crate) fn environment(environment: &Environment) -> String {
    match environment {
        Environment::Custom(base) => base.to_string(),
        known => format!("{known} ({})", known.base_url()),
    }
}
