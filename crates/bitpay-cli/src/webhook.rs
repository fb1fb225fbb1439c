//! `webhook`: for whoever writes a receiver of webhooks, and for when one was down.

use std::fmt::Write as _;
use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use bitpay_blocking::environment::is_loopback;
use bitpay_blocking::model::invoice::{Invoice, InvoiceStatus, ListInvoices, ResendInvoiceWebhook};
use bitpay_blocking::model::payout::{ListPayouts, Payout, PayoutStatus};
use bitpay_blocking::model::recipient::ListRecipients;
use bitpay_blocking::model::refund::{Refund, RefundStatus};
use bitpay_blocking::time::Date;
use bitpay_blocking::webhook::{EventCode, Subject, Unverified, Verified, Verifier, WebhookError};
use bitpay_blocking::{Amount, AnyGrant, Client, Currency, Facade};
use clap::{Args, Subcommand, ValueEnum};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use oxhttp::Server;
use oxhttp::model::{Body, Method, Request, Response, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::call;
use crate::context::{Context, count, own_token, parse, parse_day};
use crate::failure::Failure;
use crate::list::{Column, as_table};

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
    /// What to look for; may be given more than once. [default: invoice and payout, as far as the profile's tokens
    /// go]
    #[arg(long, value_enum, value_name = "KIND")]
    kind: Vec<MissedKind>,
    /// Have BitPay send the webhook of each of them again; of refunds not, as it would write to the buyers too
    #[arg(long)]
    resend: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MissedKind {
    /// Invoices that were made since, or on the day before
    Invoice,
    /// Payouts that were under way since, and were asked for at most 31 days before
    Payout,
    /// Refunds of these invoices, at a call for each: BitPay does not list refunds by date
    Refund,
    /// All recipients: they have no dates
    Recipient,
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
    let mut config = ureq::Agent::config_builder();
    // What is for this machine stays on it.
    let uri = url.parse::<http::Uri>();
    if uri.is_ok_and(|uri| uri.host().is_some_and(is_loopback)) {
        config = config.proxy(None);
    }
    let agent = config
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
    match (status, taken) {
        (_, true) => Ok(()),
        (200, _) => Err(Failure::After(format!("{to} answered 200 with a body"))),
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

/// So long before its webhooks a payout may have been asked for, unless it waits for a day of its own.
const PAYOUT_DAYS: i64 = 31;

/// What a missed webhook was about, and how it stands now.
#[derive(Serialize)]
struct Missed {
    #[serde(skip)]
    kind: MissedKind,
    id: String,
    status: String,
    /// What the merchant calls it.
    #[serde(flatten)]
    own: Own,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Own {
    Order(Option<String>),
    Reference(Option<String>),
    Label(Option<String>),
}

impl Own {
    fn text(&self) -> Option<&String> {
        match self {
            Self::Order(text) | Self::Reference(text) | Self::Label(text) => text.as_ref(),
        }
    }
}

impl MissedKind {
    const ALL: [Self; 4] = [Self::Invoice, Self::Payout, Self::Refund, Self::Recipient];

    fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Payout => "payout",
            Self::Refund => "refund",
            Self::Recipient => "recipient",
        }
    }

    fn facade(self) -> Facade {
        match self {
            Self::Invoice | Self::Refund => Facade::Merchant,
            Self::Payout | Self::Recipient => Facade::Payout,
        }
    }
}

fn catch_up(context: &mut Context<'_>, args: &CatchUpArgs) -> Result<(), Failure> {
    let since = parse_day("--since", &args.since)?;
    let kinds = kinds(context, &args.kind)?;
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    let window = Span {
        since,
        until: today.saturating_add(1.day()),
    };
    let (mut rows, mut resent) = (Vec::new(), 0);
    for kind in &kinds {
        let client = context.client_for("list_invoices", Some(kind.facade()))?;
        let resend = args.resend.then_some(&mut resent);
        match kind {
            MissedKind::Invoice => window.invoices(&client, resend, &mut rows),
            MissedKind::Payout => window.payouts(&client, resend, &mut rows),
            MissedKind::Refund => window.refunds(&client, &mut rows),
            MissedKind::Recipient => window.recipients(&client, resend, &mut rows),
        }?;
    }
    let of = |kind: MissedKind| rows.iter().filter(move |row| row.kind == kind);
    let mut json = serde_json::Map::new();
    for kind in &kinds {
        let rows: Vec<&Missed> = of(*kind).collect();
        json.insert(format!("{}s", kind.name()), json!(rows));
    }
    json.insert("resent".to_owned(), json!(resent));
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let counts: Vec<String> = kinds
        .iter()
        .map(|kind| (of(*kind).count(), kind.name()))
        .filter(|(number, _)| *number > 0)
        .map(|(number, name)| count(number, name))
        .collect();
    let counts = counts.join(", ");
    let columns = [
        Column::word("kind", |it: &Missed| it.kind.name()),
        Column::word("id", |it: &Missed| it.id.clone()),
        Column::word("status", |it: &Missed| it.status.clone()),
        Column::text("yours", |it: &Missed| it.own.text().cloned()),
    ];
    let width = context.io.columns;
    context.result(&json, || {
        if rows.is_empty() {
            let names = names.join(" or ");
            return format!("no {names} since {since} that webhooks told of");
        }
        let table = as_table(&rows, &columns, width);
        let done = if args.resend {
            format!("{} sent again", count(resent, "webhook"))
        } else {
            "fetch each and decide by its status, or have them sent again with --resend".to_owned()
        };
        format!("{table}\n{counts}: {done}")
    });
    Ok(())
}

/// What to look for: what was asked for, else what the tokens of the profile allow.
fn kinds(context: &Context<'_>, asked: &[MissedKind]) -> Result<Vec<MissedKind>, Failure> {
    if !asked.is_empty() {
        let kinds = MissedKind::ALL.into_iter();
        return Ok(kinds.filter(|kind| asked.contains(kind)).collect());
    }
    let profile = context.profile()?;
    let is_allowed = |kind: &MissedKind| profile.token(kind.facade()).is_some();
    let mut kinds = vec![MissedKind::Invoice, MissedKind::Payout];
    if kinds.iter().any(is_allowed) {
        kinds.retain(is_allowed);
    }
    Ok(kinds)
}

/// From the day on which a receiver began to fail.
struct Span {
    since: Date,
    until: Date,
}

impl Span {
    /// Those that were made on these days, and on the day before: it may have been paid on this one.
    fn each_invoice(
        &self,
        client: &Client<AnyGrant>,
        mut tell: impl FnMut(Invoice) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let first = self.since.saturating_sub(1.day());
        for invoice in client.rows(&ListInvoices::new(first, self.until)) {
            let invoice = invoice?;
            if invoice.status != InvoiceStatus::New {
                tell(invoice)?;
            }
        }
        Ok(())
    }

    fn invoices(
        &self,
        client: &Client<AnyGrant>,
        mut resent: Option<&mut usize>,
        rows: &mut Vec<Missed>,
    ) -> Result<(), Failure> {
        self.each_invoice(client, |invoice| {
            if let Some(resent) = &mut resent {
                let token = own_token(invoice.token)?;
                client.resend_invoice_webhook(&ResendInvoiceWebhook::new(
                    invoice.id.clone(),
                    token,
                ))?;
                **resent += 1;
            }
            rows.push(Missed {
                kind: MissedKind::Invoice,
                id: invoice.id.to_string(),
                status: invoice.status.to_string(),
                own: Own::Order(invoice.order_id),
            });
            Ok(())
        })
    }

    /// Those that were still under way on these days.
    fn payouts(
        &self,
        client: &Client<AnyGrant>,
        mut resent: Option<&mut usize>,
        rows: &mut Vec<Missed>,
    ) -> Result<(), Failure> {
        let first = self.since.saturating_sub(PAYOUT_DAYS.days());
        let list = ListPayouts::new().start_date(first).end_date(self.until);
        // Where BitPay's days begin is not known.
        let begins = self.since.saturating_sub(1.day()).at(0, 0, 0, 0);
        let begins = TimeZone::UTC.to_timestamp(begins).unwrap_or(Timestamp::MIN);
        for payout in client.rows(&list) {
            let payout = payout?;
            let is_before = payout.date_executed.is_some_and(|done| done < begins);
            if payout.status == PayoutStatus::New || (payout.status.is_final() && is_before) {
                continue;
            }
            if let Some(resent) = &mut resent {
                client.resend_payout_notification(&payout.id)?;
                **resent += 1;
            }
            rows.push(Missed {
                kind: MissedKind::Payout,
                id: payout.id.to_string(),
                status: payout.status.to_string(),
                own: Own::Reference(payout.reference),
            });
        }
        Ok(())
    }

    /// Of the invoices of these days. Having BitPay send them again would write to the buyers as well.
    fn refunds(&self, client: &Client<AnyGrant>, rows: &mut Vec<Missed>) -> Result<(), Failure> {
        self.each_invoice(client, |invoice| {
            if invoice.status == InvoiceStatus::Expired {
                return Ok(());
            }
            for refund in client.list_refunds(&invoice.id)?.into_value() {
                rows.push(Missed {
                    kind: MissedKind::Refund,
                    id: refund.id.to_string(),
                    status: refund.status.to_string(),
                    own: Own::Reference(refund.reference),
                });
            }
            Ok(())
        })
    }

    /// All: they have no dates.
    fn recipients(
        &self,
        client: &Client<AnyGrant>,
        mut resent: Option<&mut usize>,
        rows: &mut Vec<Missed>,
    ) -> Result<(), Failure> {
        for recipient in client.rows(&ListRecipients::new()) {
            let recipient = recipient?;
            if let Some(resent) = &mut resent {
                client.resend_recipient_notification(&recipient.id)?;
                **resent += 1;
            }
            rows.push(Missed {
                kind: MissedKind::Recipient,
                id: recipient.id.to_string(),
                status: recipient.status.to_string(),
                own: Own::Label(recipient.label),
            });
        }
        Ok(())
    }
}
