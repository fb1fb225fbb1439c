//! `call`: any operation by its name, and any path.
//!
//! What is given in `--data` is read into the same typed request that a program would build, so its
//! checks, its guid and its rule for repeating hold here as well.

mod about;
mod data;
mod generated;
mod raw;

use bitpay_blocking::error::ErrorKind;
use bitpay_blocking::{AnyGrant, Client, Config, Operation, Settings, Step, new_guid};
use bitpay_core::call::Call;
use bitpay_core::model::invoice::{CancelInvoice, CancelInvoiceByGuid};
use bitpay_core::model::payout::{CreatePayout, CreatePayoutGroup};
use bitpay_core::model::refund::CreateRefund;
use bitpay_core::operation::{Allows, Endpoint as _};
use bitpay_core::server::{BadParam, FromRequest, Received};
use bitpay_core::stream::Streamable;
use bitpay_core::{AnyToken, Facade};
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::confirm;
use crate::context::{Context, token_facade};
use crate::failure::{self, Failure};
use crate::json::Json;
use crate::{invoice, payout, payout_run, refund};

use about::{describe, find, list, no_operation};
use data::Data;
pub(crate) use data::{read_file, read_input};

#[derive(Args)]
#[command(after_help = "\
Examples:
  bitpay call                                               list the operations
  bitpay call create_bill --describe                        what one takes
  bitpay call get_rate --data '{\"base\": \"BTC\", \"currency\": \"EUR\"}'
  bitpay call create_invoice --data @order.json
  bitpay call GET /some/path --facade merchant              a path that is no operation")]
pub(crate) struct CallArgs {
    /// The operation: create_invoice, list_bills, ... Or GET, POST, PUT, PATCH or DELETE, to call any
    /// path. [default: list the operations]
    operation: Option<String>,
    /// After a method: the path
    path: Option<String>,
    /// What goes with it, as one JSON object; its members have BitPay's names, wherever they go. `-`
    /// reads it from standard input, and `@FILE` from a file: secrets are taken from there only
    #[arg(long, value_name = "JSON", requires = "operation")]
    data: Option<String>,
    /// Use the token of this facade. [default: the most powerful that is held and allows it] A path
    /// needs it said: pos, merchant, payout, `key` to sign without a token, or `public` for neither
    #[arg(long, requires = "operation")]
    facade: Option<String>,
    /// Show the tokens in the answer
    #[arg(long)]
    reveal: bool,
    /// List the operations
    #[arg(long, conflicts_with_all = ["operation", "describe"])]
    list: bool,
    /// Show what the operation takes, who may call it, and BitPay's page about it
    #[arg(long, requires = "operation", conflicts_with = "data")]
    describe: bool,
}

/// What is known of an operation besides its row in the core.
struct Row {
    name: &'static str,
    /// The command that does it, where there is one besides `call`.
    command: Option<&'static str>,
    /// What the client does when an answer is lost.
    when_lost: &'static str,
    /// The operation that fetches the resource whose token this one needs.
    resource_from: Option<&'static str>,
    members: &'static [Member],
    send: fn(&mut Outgoing<'_, '_>) -> Result<Sent, Failure>,
}

/// A member of the data.
struct Member {
    name: &'static str,
    place: Place,
    need: Need,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Path,
    Query,
    /// In the query, and there once for each value of a list.
    Repeated,
    Body,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Needed,
    Optional,
    /// Made when it is left out.
    Guid,
    /// A secret, and fetched when it is left out.
    Token,
}

impl Member {
    const fn new(name: &'static str, place: Place, need: Need) -> Self {
        Self { name, place, need }
    }

    const fn path(name: &'static str) -> Self {
        Self::new(name, Place::Path, Need::Needed)
    }

    const fn query(name: &'static str) -> Self {
        Self::new(name, Place::Query, Need::Needed)
    }

    const fn body(name: &'static str) -> Self {
        Self::new(name, Place::Body, Need::Needed)
    }

    const fn guid() -> Self {
        Self::new("guid", Place::Body, Need::Guid)
    }

    const fn repeated(name: &'static str) -> Self {
        Self::new(name, Place::Repeated, Need::Optional)
    }

    const fn token(in_body: bool, is_fetched: bool) -> Self {
        let place = if in_body { Place::Body } else { Place::Query };
        let need = if is_fetched {
            Need::Token
        } else {
            Need::Needed
        };
        Self::new("token", place, need)
    }

    const fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }
}

/// A request on its way.
struct Outgoing<'a, 'io> {
    context: &'a mut Context<'io>,
    client: &'a Client<AnyGrant>,
    received: &'a Received,
    data: &'a Data,
    reveal: bool,
}

/// What came back.
struct Sent {
    /// `None` when it was shown as it came.
    body: Option<Vec<u8>>,
    was_looked_up: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: &CallArgs) -> Result<(), Failure> {
    let Some(name) = &args.operation else {
        list(context);
        return Ok(());
    };
    if let Some(method) = raw::method(name) {
        return raw::run(context, method, args);
    }
    let row = find(name)?;
    let operation = Operation::named(row.name).ok_or_else(|| no_operation(row.name))?;
    if args.path.is_some() {
        return Err(Failure::Usage(
            "a path goes with a method, as in `bitpay call GET /some/path`; what an operation takes goes into --data"
                .to_owned(),
        ));
    }
    if args.describe {
        describe(context, row, operation);
        return Ok(());
    }
    let mut data = match &args.data {
        Some(argument) => Data::read(context, argument)?,
        None => Data::nothing(),
    };
    data.check(row)?;
    let client = client(context, operation, args.facade.as_ref())?;
    if confirm::moves_money(operation.name) {
        context.confirm_in_production(client.environment(), operation.name)?;
    }
    if let Some(from) = row.resource_from
        && data.get("token").is_none()
    {
        data.set_token(fetch_token(context, &client, from, &data)?);
    }
    let sent = send_row(context, &client, row, &data, args.reveal)?;
    if sent.was_looked_up {
        context.note("the answer was lost; it was looked up, and it was done, once");
    }
    if let Some(body) = sent.body {
        let of_tokens = operation.path.starts_with("tokens");
        show(context, data_of(&body)?, args.reveal, of_tokens);
    }
    Ok(())
}

/// Shows what BitPay answered, as it came.
fn show(context: &mut Context<'_>, mut answer: Json, reveal: bool, of_tokens: bool) {
    if !reveal {
        let is_token = |text: &str| AnyToken::parse(Facade::Pos, text).is_ok();
        answer.hide(&|name, text| name == "token" || (of_tokens && is_token(text)));
    }
    let text = || serde_json::to_string_pretty(&answer).unwrap_or_default();
    context.result(&answer, text);
}

/// A client with a credential of the profile that allows the operation.
pub(crate) fn client(
    context: &Context<'_>,
    operation: &Operation,
    facade: Option<&String>,
) -> Result<Client<AnyGrant>, Failure> {
    let wanted = token_facade(facade)?;
    if wanted.is_some()
        && operation
            .facades
            .iter()
            .all(|facade| *facade == Facade::Public)
    {
        return Err(Failure::Usage(format!(
            "--facade: {} takes no token",
            operation.name
        )));
    }
    if operation.is_public() {
        return Ok(context.public_client()?.with(AnyGrant::anonymous()));
    }
    if operation.identity {
        let profile = context.profile()?;
        let identity = AnyGrant::identity(profile.identity().clone());
        return Ok(context.client(profile.environment())?.with(identity));
    }
    context.client_for(operation.name, wanted)
}

/// What BitPay answers to an operation, the whole of it, given the members of its data.
pub(crate) fn fetch(
    context: &mut Context<'_>,
    client: &Client<AnyGrant>,
    name: &str,
    members: &[(&'static str, serde_json::Value)],
) -> Result<serde_json::Value, Failure> {
    let row = find(name)?;
    let members: serde_json::Map<_, _> = members
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    let unreadable = |error: serde_json::Error| Failure::Refused(error.to_string());
    let json = Json::parse(&json!(members).to_string()).map_err(unreadable)?;
    let mut data = Data::made(json);
    if let Some(from) = row.resource_from {
        data.set_token(fetch_token(context, client, from, &data)?);
    }
    data.check(row)?;
    let body = match send_row(context, client, row, &data, false) {
        Ok(sent) => sent.body.unwrap_or_default(),
        Err(Failure::Call(error)) => match error.kind() {
            // That its type cannot read it is worth knowing.
            ErrorKind::Decode(decode) => decode.body().to_vec(),
            _ => return Err(Failure::Call(error)),
        },
        Err(other) => return Err(other),
    };
    serde_json::from_slice(&body).map_err(unreadable)
}

/// The token of the resource, which comes with it.
fn fetch_token(
    context: &mut Context<'_>,
    client: &Client<AnyGrant>,
    from: &'static str,
    data: &Data,
) -> Result<Json, Failure> {
    let id = data.json.get("id").and_then(Json::text).unwrap_or_default();
    let id =
        Json::parse(&json!(id).to_string()).map_err(|error| Failure::Usage(error.to_string()))?;
    let by_id = Data::of("id", id, "--data");
    let fetched = send_row(context, client, find(from)?, &by_id, false)?;
    let Json::Object(members) = data_of(&fetched.body.unwrap_or_default())? else {
        return Err(without_token(from));
    };
    let token = members.into_iter().find(|(name, _)| name == "token");
    token
        .map(|(_, token)| token)
        .ok_or_else(|| without_token(from))
}

fn without_token(from: &str) -> Failure {
    Failure::Refused(format!(
        "nothing was sent: this needs the resource's own token, and BitPay's answer to {from} holds none"
    ))
}

fn send_row(
    context: &mut Context<'_>,
    client: &Client<AnyGrant>,
    row: &Row,
    data: &Data,
    reveal: bool,
) -> Result<Sent, Failure> {
    let operation = Operation::named(row.name).ok_or_else(|| no_operation(row.name))?;
    let received = data.received(row, operation, new_guid()?)?;
    let mut outgoing = Outgoing {
        context,
        client,
        received: &received,
        data,
        reveal,
    };
    (row.send)(&mut outgoing)
}

/// The group of the payouts that a file lists.
pub(crate) fn payouts_of(
    context: &mut Context<'_>,
    client: &Client<AnyGrant>,
    file: &str,
) -> Result<CreatePayoutGroup, Failure> {
    let wrong = |what: String| Failure::Usage(format!("FILE: {what}"));
    let text = match file {
        "-" => data::read_input(context),
        path => data::read_file(path),
    };
    let payouts = data::parse(&text.map_err(wrong)?).map_err(wrong)?;
    if !matches!(payouts, Json::Array(_)) {
        return Err(wrong("it holds one JSON list, of payouts".to_owned()));
    }
    let data = Data::of("instructions", payouts, "FILE");
    let row = find("create_payout_group")?;
    data.check(row)?;
    read(
        &data.received(row, CreatePayoutGroup::OPERATION, new_guid()?)?,
        client,
        &data,
    )
}

/// Reads the request, and sends it.
fn send<E: FromRequest + Allows<AnyGrant>>(out: &mut Outgoing<'_, '_>) -> Result<Sent, Failure> {
    let request: E = read(out.received, out.client, out.data)?;
    refuse_what_data_cannot_say(E::OPERATION.name, out)?;
    let guid = request.guid().map(|guid| guid.as_str());
    if let Some((kind, name)) = guid
        .map(|it| ("guid", it))
        .or(request.reference().map(|it| ("reference", it)))
    {
        let look_up = failure::look_up(
            E::OPERATION,
            guid,
            request.reference(),
            None,
            &out.context.option(),
        );
        let hint = match &look_up {
            Some(command) => format!(" (finds it, should the answer be lost: {command})"),
            None => String::new(),
        };
        let json = json!({ kind: name, "look_up": look_up });
        out.context.first(&json, &format!("{kind} {name}{hint}"));
    }
    let answer = out.client.call(&request)?;
    Ok(Sent {
        body: Some(answer.body().to_vec()),
        was_looked_up: answer.was_looked_up(),
    })
}

/// Reads the request, sends it, and shows what comes until there is no more.
fn listen<E>(out: &mut Outgoing<'_, '_>) -> Result<Sent, Failure>
where
    E: FromRequest + Streamable + Allows<AnyGrant>,
    E::Item: Serialize,
{
    let request: E = read(out.received, out.client, out.data)?;
    for item in out.client.stream(&request)? {
        let text = serde_json::to_string(&item?).and_then(|text| Json::parse(&text));
        let item = text.map_err(|error| Failure::Refused(error.to_string()))?;
        show(out.context, item, out.reveal, false);
    }
    Ok(Sent {
        body: None,
        was_looked_up: false,
    })
}

/// The typed request of the data: nothing of the data is lost in it.
fn read<E: FromRequest + Allows<AnyGrant>>(
    received: &Received,
    client: &Client<AnyGrant>,
    data: &Data,
) -> Result<E, Failure> {
    let request = E::from_request(received).map_err(|bad| data.wrong(bad))?;
    request.check().map_err(|invalid| {
        let field = member_of(E::OPERATION.name, invalid.field);
        Failure::Refused(format!("nothing was sent: {field}: {}", invalid.problem))
    })?;
    let nested = |(_, value): &&(String, Json)| !matches!(value, Json::Scalar(_));
    let nested: Vec<_> = data.members().iter().filter(nested).collect();
    if nested.is_empty() {
        return Ok(request);
    }
    let written = written(&request, client)?;
    let beyond: Vec<String> = nested
        .into_iter()
        .filter_map(|(name, value)| Some(value.beyond(written.get(name)?, name)))
        .flatten()
        .collect();
    if beyond.is_empty() {
        return Ok(request);
    }
    Err(data.wrong(format_args!(
        "there is no {} in {}: is a name misspelt?",
        beyond.join(", "),
        E::OPERATION.name
    )))
}

/// The member's name of a field: `notificationURL` for `notification_url`.
fn member_of(operation: &str, field: &'static str) -> &'static str {
    let plain = field.replace('_', "");
    let row = generated::ROWS.iter().find(|row| row.name == operation);
    let members = row.map_or(&[][..], |row| row.members);
    let member = members
        .iter()
        .find(|member| member.name.eq_ignore_ascii_case(&plain));
    member.map_or(field, |member| member.name)
}

/// The body that would be sent.
fn written<E: Allows<AnyGrant>>(request: &E, client: &Client<AnyGrant>) -> Result<Json, Failure> {
    let settings = Settings::new(&Config::new(client.environment().clone()))
        .map_err(|error| Failure::Refused(error.to_string()))?;
    let base = client.environment().base_url();
    let mut call = Call::new(request, &base, client.credential(), &settings)?;
    match call.step(Timestamp::now(), 0) {
        Step::Send(http) if http.body().is_empty() => Ok(Json::Object(Vec::new())),
        Step::Send(http) => {
            let text = String::from_utf8_lossy(http.body());
            Json::parse(&text).map_err(|error| Failure::Refused(error.to_string()))
        }
        Step::Done(Err(error)) => Err(error.into()),
        _ => Err(Failure::Refused(
            "nothing was sent: the request cannot be written".to_owned(),
        )),
    }
}

/// What the constructors of requests ask of their caller, and data cannot say.
fn refuse_what_data_cannot_say(name: &str, out: &Outgoing<'_, '_>) -> Result<(), Failure> {
    let wrong = |bad: BadParam| out.data.wrong(bad);
    match name {
        "create_refund" => {
            let request = CreateRefund::from_request(out.received).map_err(wrong)?;
            let invoice = out.client.get_invoice(request.invoice_id())?;
            refund::refuse_confirmed(&invoice)?;
            CreateRefund::new(&invoice, request.guid().clone(), request.amount())?;
            Ok(())
        }
        "cancel_invoice" => {
            let request = CancelInvoice::from_request(out.received).map_err(wrong)?;
            let found = out.client.get_invoice(&request.id)?;
            invoice::refuse_paid(&found, &out.context.option())
        }
        "cancel_invoice_by_guid" => {
            let request = CancelInvoiceByGuid::from_request(out.received).map_err(wrong)?;
            let found = out.client.get_invoice_by_guid(&request.guid)?;
            invoice::refuse_paid(&found, &out.context.option())
        }
        "create_payout" => {
            let request = CreatePayout::from_request(out.received).map_err(wrong)?;
            payout::refuse_invitations([&request])?;
            payout_run::refuse_again(out.context, out.client, [request.reference()])
        }
        "create_payout_group" => {
            let request = CreatePayoutGroup::from_request(out.received).map_err(wrong)?;
            payout::refuse_invitations(&request.instructions)?;
            let references = request.instructions.iter().map(CreatePayout::reference);
            payout_run::refuse_again(out.context, out.client, references)
        }
        _ => Ok(()),
    }
}

/// The data in the envelope, or all where there is no envelope.
fn data_of(body: &[u8]) -> Result<Json, Failure> {
    let text = String::from_utf8_lossy(body);
    let after = |error: serde_json::Error| {
        Failure::After(format!(
            "it was done, and the answer cannot be shown: {error}"
        ))
    };
    let whole = Json::parse(text.trim_start_matches('\u{feff}').trim()).map_err(after)?;
    Ok(match whole {
        Json::Object(mut members) => {
            let is_data = |(name, value): &(String, Json)| name == "data" && !value.is_null();
            match members.iter().position(is_data) {
                Some(place) => members.swap_remove(place).1,
                None => Json::Object(members),
            }
        }
        other => other,
    })
}
