//! `call METHOD PATH`: what has no name in the table.

use bitpay_blocking::operation::{OPERATIONS, TokenPlace};
use bitpay_blocking::{AnyGrant, Client, RawRequest, new_guid};
use bitpay_core::server::Received;
use http::Method;

use super::{CallArgs, Data, show};
use crate::context::{Context, token_facade};
use crate::failure::Failure;
use crate::json::Json;

const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// Operations have small letters.
pub(super) fn method(word: &str) -> Option<Method> {
    METHODS.into_iter().find(|method| method.as_str() == word)
}

pub(super) fn run(
    context: &mut Context<'_>,
    method: Method,
    args: &CallArgs,
) -> Result<(), Failure> {
    let path = args.path.as_deref().unwrap_or_default();
    let parts = parts(path)?;
    if args.describe {
        return Err(Failure::Usage(
            "--describe goes with the name of an operation; nothing is known of a path".to_owned(),
        ));
    }
    let data = match &args.data {
        Some(argument) => Data::read(context, argument)?,
        None => Data::nothing(),
    };
    data.check_secrets()?;
    let client = client(context, args.facade.as_ref())?;
    let mut request = RawRequest::new(method.clone(), &parts);
    if data.get("token").is_some() {
        request = request.token(TokenPlace::None);
    }
    if method == Method::GET || method == Method::DELETE {
        for (name, value) in data.members() {
            let text = value.text().ok_or_else(|| {
                Failure::Usage(
                    "--data: with GET and DELETE it is the query: texts, numbers and booleans"
                        .to_owned(),
                )
            })?;
            request = request.query(name, text);
        }
    } else if !data.members().is_empty() {
        request = request
            .body(&data.json)
            .map_err(|error| Failure::Usage(format!("--data: {error}")))?;
    }
    if method == Method::GET {
        request = request.reads();
    } else if let Some(known) = known(&method, path)? {
        context.note(&format!(
            "this path has a name: `bitpay call {known}` checks what is sent, and knows what to do when the answer is \
             lost; here it is sent as it is, once"
        ));
    }
    if method != Method::GET {
        let what = format!("send a {method} of which nothing is known here");
        context.confirm_in_production(client.environment(), &what)?;
    }
    let answer = client.raw(&request)?;
    let json = Json::parse(answer.json().get()).map_err(|error| {
        Failure::After(format!(
            "it was done, and the answer cannot be shown: {error}"
        ))
    })?;
    let of_tokens = parts
        .first()
        .is_some_and(|part| part.eq_ignore_ascii_case("tokens"));
    show(context, json, args.reveal, of_tokens);
    Ok(())
}

/// The parts of a path. Each is encoded when it is sent.
fn parts(path: &str) -> Result<Vec<&str>, Failure> {
    let wrong = |what: &str| Err(Failure::Usage(format!("PATH: {what}")));
    let parts: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    if path.contains("://") {
        return wrong(
            "say the path alone, such as /invoices; the profile or --env says which BitPay",
        );
    }
    if path.contains(['?', '#', '%']) {
        return wrong(
            "without `?`, `#` and `%`: the query goes into --data, and what needs encoding is encoded",
        );
    }
    if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
        return wrong("say which one after the method, such as /invoices, without empty parts");
    }
    Ok(parts)
}

fn client(context: &Context<'_>, facade: Option<&String>) -> Result<Client<AnyGrant>, Failure> {
    let with = |grant| {
        let profile = context.profile()?;
        let grant: AnyGrant = match grant {
            Some(facade) => profile.any_grant(facade)?,
            None => AnyGrant::identity(profile.identity().clone()),
        };
        Ok(context.journaled(&profile)?.with(grant))
    };
    match facade.map(String::as_str) {
        None => Err(Failure::Usage(
            "--facade: say whose token goes with it: pos, merchant or payout; or key, to sign without a token, or \
             public, for neither"
                .to_owned(),
        )),
        Some("public") => Ok(context.public_client()?.with(AnyGrant::anonymous())),
        Some("key") => with(None),
        Some(_) => with(token_facade(facade)?),
    }
}

/// The operations that have this path.
fn known(method: &Method, path: &str) -> Result<Option<String>, Failure> {
    let Ok(received) = Received::new(method.clone(), path, b"", new_guid()?) else {
        return Ok(None);
    };
    let names: Vec<&str> = OPERATIONS
        .iter()
        .filter(|operation| operation.method == *method && received.matches(operation.path))
        .map(|operation| operation.name)
        .collect();
    Ok((!names.is_empty()).then(|| names.join("` or `bitpay call ")))
}
