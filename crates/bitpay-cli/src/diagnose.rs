//! `diagnose`.

use bitpay_blocking::AnyGrant;
use bitpay_blocking::diagnose::{Diagnosis, Evidence};
use clap::Args;
use serde_json::json;

use crate::context::{Context, table, token_facade};
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct DiagnoseArgs {
    /// The token to ask about: pos, merchant or payout. Otherwise the one that the profile holds
    #[arg(long)]
    facade: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &DiagnoseArgs) -> Result<(), Failure> {
    let facade = token_facade(args.facade.as_ref())?;
    let profile = context.profile()?;
    let mut evidence = Evidence::default();
    evidence.paired_in = Some(profile.environment().clone());
    evidence.paired_by = Some(profile.identity().sin().clone());

    let pending = profile
        .pending
        .as_ref()
        .filter(|pending| facade.is_none_or(|facade| facade == pending.facade))
        .and_then(|pending| pending.answered.as_ref());
    let held = match facade {
        Some(facade) => profile.token(facade),
        None => profile.tokens().last(),
    };
    let token = match (held, pending) {
        (Some(token), _) => Some(token.clone()),
        (None, Some(answered)) => {
            evidence.code_expires_at = answered.expires_at;
            Some(answered.token.clone())
        }
        (None, None) => None,
    };
    let asked = token.as_ref().map(|token| token.facade());
    let grant = match token {
        Some(token) => AnyGrant::new(token, profile.identity().clone()),
        None => AnyGrant::identity(profile.identity().clone()),
    };
    let diagnosis = context
        .client(profile.environment())?
        .with(grant)
        .diagnose(&evidence);
    let works = matches!(diagnosis, Diagnosis::Works | Diagnosis::KeyWorks);
    let json = json!({
        "works": works,
        "diagnosis": format!("{diagnosis:?}"),
        "explanation": diagnosis.to_string(),
        "facade": asked,
        "sin": profile.identity().sin().as_str(),
        "environment": profile.environment().to_string(),
    });
    let text = table(&[
        ("environment", profile.environment().to_string()),
        ("SIN", profile.identity().sin().to_string()),
        (
            "token",
            asked.map_or("none", |facade| facade.as_str()).to_owned(),
        ),
        ("diagnosis", diagnosis.to_string()),
    ]);
    context.result(&json, || text);
    if works {
        Ok(())
    } else {
        Err(Failure::Refused("the calls would be refused".to_owned()))
    }
}
