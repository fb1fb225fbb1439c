//! `webhook`: for whoever writes a receiver of webhooks, and for when one was down.

use std::fmt::Write as _;
use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use bitpay_blocking::model::invoice::{Invoice, InvoiceStatus, ListInvoices, ResendInvoiceWebhook};
use bitpay_blocking::model::payout::{Payout, PayoutStatus};
use bitpay_blocking::model::refund::{Refund, RefundStatus};
use bitpay_blocking::webhook::{EventCode, Subject, Unverified, Verified, Verifier, WebhookError};
use bitpay_blocking::{Amount, Currency, Facade};
use clap::{Args, Subcommand};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use oxhttp::Server;
use oxhttp::model::{Body, Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::call;
use crate::context::{Context, count, own_token, parse, parse_day};
use crate::failure::Failure;

/// BitPay's have a few thousand bytes.
const MAX_BODY: u64 = 1 << 20;

/// An invoice that there is not, for events about nothing in particular.
const SAMPLE: &str = "Hpqc62wvE1ZjzeeH4kEycF";

/// As long as a receiver may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Subcommand)]
pub(crate) enum WebhookCommand {
    /// Receive webhooks on this machine: verify each, print it, and hand it on to your application
    Listen(ListenArgs),
    /// Say whether a saved webhook is BitPay's
    Verify(VerifyArgs),
    /// Send your application an event of any kind, signed as BitPay signs; no BitPay is needed
    Trigger(TriggerArgs),
    /// Show what webhooks told while nobody listened, and have BitPay send them again
    CatchUp(CatchUpArgs),
}

/// With what is signed.
#[derive(Args)]
pub(crate) struct Secret {
    /// The token that signs is in this file. [default: the tokens of the profile]
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,
}

#[derive(Args)]
pub(crate) struct ListenArgs {
    /// The address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
    /// Hand on what is verified, with its signature, and give back what is answered
    #[arg(long, value_name = "URL")]
    forward: Option<String>,
    #[command(flatten)]
    secret: Secret,
}

#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The raw body: a file, or `-` for standard input
    body: String,
    /// A file with the header x-signature, or its value alone
    #[arg(long, value_name = "FILE")]
    signature: String,
    #[command(flatten)]
    secret: Secret,
}

#[derive(Args)]
pub(crate) struct TriggerArgs {
    /// The event: its name, such as invoice_completed, or its number. [default: list them]
    event: Option<String>,
    /// Where it goes
    #[arg(long, value_name = "URL", requires = "event")]
    to: Option<String>,
    /// The id of the invoice, refund, payout or recipient
    #[arg(long, default_value = SAMPLE)]
    id: String,
    /// The order of the invoice, or the payout's reference
    #[arg(long, value_name = "ID", default_value = "order-17")]
    order: String,
    /// The price or amount
    #[arg(long, default_value = "12.50")]
    price: String,
    /// The currency of the price
    #[arg(long, default_value = "USD")]
    currency: String,
    #[command(flatten)]
    secret: Secret,
}

#[derive(Args)]
pub(crate) struct CatchUpArgs {
    /// The day on which your receiver began to fail, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    since: String,
    /// Have BitPay send the webhook of each of them again
    #[arg(long)]
    resend: bool,
}

pub(crate) fn run(context: &mut Context<'_>, command: WebhookCommand) -> Result<(), Failure> {
    match command {
        WebhookCommand::Listen(args) => listen(context, args),
        WebhookCommand::Verify(args) => verify(context, &args),
        WebhookCommand::Trigger(args) => trigger(context, &args),
        WebhookCommand::CatchUp(args) => catch_up(context, &args),
    }
}

impl Secret {
    fn read(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        let read = |path| {
            call::read_file(path).map_err(|why| Failure::Usage(format!("--secret-file: {why}")))
        };
        let text = self.secret_file.as_deref().map(read).transpose()?;
        Ok(text.map(|text| Zeroizing::new(text.trim().to_owned())))
    }

    fn verifier(&self, context: &Context<'_>) -> Result<Verifier, Failure> {
        if let Some(secret) = self.read()? {
            return Ok(Verifier::new().with("file", &secret));
        }
        let profile = context.profile()?;
        let mut verifier = Verifier::new();
        for token in profile.tokens() {
            verifier = verifier.with(token.facade().as_str(), token.expose());
        }
        Ok(verifier)
    }

    /// The token that BitPay signs events of this kind with.
    fn for_subject(
        &self,
        context: &Context<'_>,
        subject: Subject,
    ) -> Result<Zeroizing<String>, Failure> {
        if let Some(secret) = self.read()? {
            return Ok(secret);
        }
        let facades = match subject {
            Subject::Payout | Subject::Recipient => &[Facade::Payout][..],
            _ => &[Facade::Merchant, Facade::Pos],
        };
        let profile = context.profile()?;
        let token = facades.iter().find_map(|facade| profile.token(*facade));
        let token = token.map(|token| Zeroizing::new(token.expose().to_owned()));
        token.ok_or_else(|| {
            let names: Vec<_> = facades.iter().map(|facade| facade.as_str()).collect();
            Failure::Refused(format!(
                "nothing was sent: such events are signed with a {} token, and the profile holds none; give --secret-file",
                names.join(" or ")
            ))
        })
    }
}

/// A webhook that came, and what became of it.
struct Came {
    json: Value,
    text: String,
}

impl Came {
    /// `failed` says why it was not handed on.
    fn of(
        verified: Result<Verified<'_>, WebhookError>,
        body: &[u8],
        answered: StatusCode,
        failed: Option<String>,
    ) -> Self {
        let (name, id) = about(body);
        let told = match (&verified, failed) {
            (Ok(_), Some(why)) => format!("not handed on: {why}"),
            (Ok(verified), None) => format!("signed with the {} token", verified.matched()),
            (Err(error), _) => error.to_string(),
        };
        let json = json!({
            "event": name, "id": id, "verified": verified.is_ok(), "told": told, "answered": answered.as_u16(),
        });
        let mark = if verified.is_ok() {
            "ok     "
        } else {
            "REFUSED"
        };
        let text = format!(
            "{mark}  {name:<24}  {id:<24}  answered {}  {told}",
            answered.as_u16()
        );
        Self { json, text }
    }
}

/// What a body says that it is about; nobody has to believe it.
fn about(body: &[u8]) -> (String, String) {
    let text: Value = serde_json::from_slice(body).unwrap_or_default();
    let data = text.get("data").unwrap_or(&text);
    let name = text["event"]["name"].as_str().or(data["status"].as_str());
    // Of an id that is none, only that is told.
    let id = match Unverified::read(body) {
        Ok(unverified) => unverified.id().map(str::to_owned),
        Err(_) => None,
    };
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let name = name.filter(|name| plain(name)).unwrap_or("?");
    (name.to_owned(), id.unwrap_or_else(|| "?".to_owned()))
}

fn listen(context: &mut Context<'_>, args: ListenArgs) -> Result<(), Failure> {
    let verifier = args.secret.verifier(context)?;
    let (tell, told) = channel();
    let forward = args.forward;
    let server = Server::new(move |request: &mut Request<Body>| {
        receive(request, &verifier, forward.as_deref(), &tell)
    });
    let server = server.bind(args.listen).with_global_timeout(PATIENCE);
    let _running = server
        .spawn()
        .map_err(|error| Failure::Refused(format!("--listen {}: {error}", args.listen)))?;
    context.note(&format!(
        "listening on http://{}: Ctrl-C ends it",
        args.listen
    ));
    for Came { json, text } in told {
        context.result(&json, || text);
    }
    Ok(())
}

fn receive(
    request: &mut Request<Body>,
    verifier: &Verifier,
    forward: Option<&str>,
    tell: &Sender<Came>,
) -> Response<Body> {
    let answer = |status: StatusCode| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response
    };
    if request.method() != Method::POST {
        return answer(StatusCode::METHOD_NOT_ALLOWED);
    }
    let mut body = Vec::new();
    let read = request.body_mut().take(MAX_BODY + 1).read_to_end(&mut body);
    if read.is_err() {
        return answer(StatusCode::BAD_REQUEST);
    }
    if body.len() as u64 > MAX_BODY {
        return answer(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let signature = request.headers().get("x-signature");
    let signature = signature
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let verified = verifier.verify(&body, signature);
    let mut failed = None;
    let status = match (&verified, forward) {
        (Err(_), _) => StatusCode::UNAUTHORIZED,
        (Ok(_), None) => StatusCode::OK,
        (Ok(_), Some(url)) => match post(url, &body, signature) {
            Ok((status, _)) => StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY),
            Err(why) => {
                failed = Some(why);
                StatusCode::BAD_GATEWAY
            }
        },
    };
    // Whoever reads them may have enough.
    let _ = tell.send(Came::of(verified, &body, status, failed));
    answer(status)
}

/// Sends a webhook as BitPay does, and gives the status and what was answered.
fn post(url: &str, body: &[u8], signature: &str) -> Result<(u16, String), String> {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(PATIENCE))
        .build()
        .new_agent();
    let sent = agent
        .post(url)
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .header("x-signature", signature)
        .send(body);
    let mut response = sent.map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    let text = response
        .body_mut()
        .with_config()
        .limit(MAX_BODY)
        .read_to_string();
    Ok((status, text.unwrap_or_default()))
}

fn verify(context: &mut Context<'_>, args: &VerifyArgs) -> Result<(), Failure> {
    let verifier = args.secret.verifier(context)?;
    let header = call::read_file(&args.signature)
        .map_err(|why| Failure::Usage(format!("--signature: {why}")))?;
    let header = header.trim();
    let header = match header.split_once(':') {
        Some((name, value)) if name.eq_ignore_ascii_case("x-signature") => value.trim(),
        _ => header,
    };
    let body = match args.body.as_str() {
        "-" => call::read_input(context),
        path => call::read_file(path),
    };
    let body = body.map_err(|why| Failure::Usage(format!("BODY: {why}")))?;
    let (name, id) = about(body.as_bytes());
    let mut verified = verifier.verify(body.as_bytes(), header);
    let mut note = "";
    // Editors and shells end a file with a line.
    if let (Err(WebhookError::Mismatch), Some(without)) = (&verified, body.strip_suffix('\n')) {
        verified = verifier.verify(without.as_bytes(), header);
        note = ", without the line end that was saved after it";
    }
    match verified {
        Ok(verified) => {
            let json = json!({ "verified": true, "signed_with": verified.matched(), "event": name, "id": id });
            let text = format!(
                "right: signed with the {} token{note}\n{name}  {id}\nFetch it before you decide about money.",
                verified.matched()
            );
            context.result(&json, || text);
            Ok(())
        }
        Err(error) => Err(Failure::Refused(error.to_string())),
    }
}

fn trigger(context: &mut Context<'_>, args: &TriggerArgs) -> Result<(), Failure> {
    let Some(event) = &args.event else {
        let names: Vec<_> = EventCode::KNOWN
            .iter()
            .filter_map(|code| Some((code.0, code.name()?)))
            .collect();
        let mut text = String::new();
        for (code, name) in &names {
            let _ = writeln!(text, "{code}  {name}");
        }
        context.result(&names, || text);
        return Ok(());
    };
    let known = EventCode::KNOWN
        .iter()
        .find(|code| code.name() == Some(event) || code.0.to_string() == *event);
    let (code, subject) = known
        .and_then(|code| Some((*code, code.subject()?)))
        .ok_or_else(|| {
            Failure::Usage(format!(
                "EVENT: BitPay has no event {event:?}: `bitpay webhook trigger` lists them"
            ))
        })?;
    let to = args
        .to
        .as_deref()
        .ok_or_else(|| Failure::Usage("say where it goes: --to URL".to_owned()))?;
    let secret = args.secret.for_subject(context, subject)?;
    let data = data(args, code, subject)?;
    let now = Timestamp::now().as_millisecond();
    let head = json!({ "code": code.0, "name": code.name(), "timestamp": now });
    let body = format!("{{\"event\":{head},\"data\":{data}}}");
    let signature = Verifier::sign(&secret, body.as_bytes());
    let (status, answered) = post(to, body.as_bytes(), &signature)
        .map_err(|why| Failure::Refused(format!("{to} did not take it: {why}")))?;
    let taken = status == 200 && answered.is_empty();
    let verdict = match (status, taken) {
        (_, true) => "BitPay would take that for delivered",
        (200, _) => "BitPay wants an empty body with it, and may send it again",
        _ => "BitPay would send it again, six times in an hour",
    };
    let json = json!({ "event": code.name(), "status": status, "delivered": taken, "body": body });
    context.result(&json, || format!("{body}\n\nanswered {status}: {verdict}"));
    match status {
        200 => Ok(()),
        _ => Err(Failure::After(format!("{to} answered {status}"))),
    }
}

/// What the event tells, as BitPay writes it.
fn data(args: &TriggerArgs, code: EventCode, subject: Subject) -> Result<String, Failure> {
    let price: Amount = parse("--price", &args.price)?;
    let currency: Currency = parse("--currency", &args.currency)?;
    let now = Timestamp::now();
    let text = match subject {
        Subject::Invoice => {
            let status = match code {
                EventCode::INVOICE_PAID_IN_FULL => InvoiceStatus::Paid,
                EventCode::INVOICE_EXPIRED => InvoiceStatus::Expired,
                EventCode::INVOICE_CONFIRMED => InvoiceStatus::Confirmed,
                EventCode::INVOICE_FAILED_TO_CONFIRM => InvoiceStatus::Invalid,
                EventCode::INVOICE_DECLINED => InvoiceStatus::Declined,
                _ => InvoiceStatus::Complete,
            };
            let mut invoice = Invoice::new(parse("--id", &args.id)?, status, price, currency);
            invoice.order_id = Some(args.order.clone());
            invoice.invoice_time = Some(now);
            invoice.expiration_time = now.checked_add(15.minutes()).ok();
            invoice.current_time = Some(now);
            serde_json::to_string(&invoice)
        }
        Subject::Refund => {
            let status = match code {
                EventCode::REFUND_CREATED => RefundStatus::Created,
                EventCode::REFUND_PENDING => RefundStatus::Pending,
                EventCode::REFUND_FAILURE => RefundStatus::Failure,
                _ => RefundStatus::Success,
            };
            let invoice = parse("--id", SAMPLE)?;
            let mut refund = Refund::new(parse("--id", &args.id)?, invoice, status, price);
            refund.currency = Some(currency);
            serde_json::to_string(&refund)
        }
        Subject::Payout => {
            let status = match code {
                EventCode::PAYOUT_FUNDED => PayoutStatus::Funded,
                EventCode::PAYOUT_PROCESSING => PayoutStatus::Processing,
                EventCode::PAYOUT_CANCELLED => PayoutStatus::Cancelled,
                _ => PayoutStatus::Complete,
            };
            let mut payout = Payout::new(parse("--id", &args.id)?, status, price, currency);
            payout.reference = Some(args.order.clone());
            serde_json::to_string(&payout)
        }
        _ => {
            let name = code.name().unwrap_or_default();
            let status = match name.trim_start_matches("recipient_") {
                "manuallyNotified" => "active",
                status => status,
            };
            let recipient = json!({
                "id": args.id, "email": "alice@example.com", "status": status, "shopperId": null,
            });
            Ok(recipient.to_string())
        }
    };
    text.map_err(|error| Failure::Refused(error.to_string()))
}

fn catch_up(context: &mut Context<'_>, args: &CatchUpArgs) -> Result<(), Failure> {
    let since = parse_day("--since", &args.since)?;
    let tomorrow = TimeZone::UTC
        .to_datetime(Timestamp::now())
        .date()
        .saturating_add(1.day());
    let client = context.client_for("list_invoices", None)?;
    // One that was made the day before may have been paid on this one.
    let first = since.saturating_sub(1.day());
    let (mut rows, mut text, mut resent) = (Vec::new(), String::new(), 0);
    for invoice in client.rows(&ListInvoices::new(first, tomorrow)) {
        let invoice = invoice?;
        if invoice.status == InvoiceStatus::New {
            continue;
        }
        let id = invoice.id.clone();
        let order = invoice.order_id.clone();
        if args.resend {
            let token = own_token(invoice.token)?;
            client.resend_invoice_webhook(&ResendInvoiceWebhook::new(id.clone(), token))?;
            resent += 1;
        }
        let _ = writeln!(
            text,
            "{id}  {:9}  {}",
            invoice.status.as_str(),
            order.as_deref().unwrap_or_default()
        );
        rows.push(json!({ "id": id, "status": invoice.status, "order": order }));
    }
    let json = json!({ "invoices": rows, "resent": resent });
    context.result(&json, || match (rows.len(), args.resend) {
        (0, _) => format!("no invoice since {since} that webhooks told of"),
        (_, true) => {
            format!("{text}the webhooks of {} are sent again", count(resent, "invoice"))
        },
        (number, false) => format!(
            "{text}\n{}: fetch each and decide by its status, or have them sent again with --resend",
            count(number, "invoice")
        ),
    });
    Ok(())
}
