//! `quickstart`: everything there is, step by step, against a sandbox in this process.
//!
//! Each step is checked. The requests go over HTTP to a port of this machine, approvals go through
//! the sandbox's pages as a browser would send them.

use std::fmt;
use std::io::Write as _;
use std::time::Duration;

use bitpay_blocking::error::ApiErrorKind;
use bitpay_blocking::model::invoice::{
    Buyer, CreateInvoice, Invoice, InvoiceStatus, ListInvoices, PayInvoice,
};
use bitpay_blocking::model::refund::CreateRefund;
use bitpay_blocking::pairing::{ClaimPairing, RequestPairing};
use bitpay_blocking::webhook::{Event, Verifier};
use bitpay_blocking::{
    Amount, Anonymous, AnyGrant, Client, Currency, Effect, Environment, Facade, Grant, Identity,
    Merchant, Pos, generate_key, new_guid,
};
use bitpay_sandbox::{Fault, ReceivedWebhook, Sandbox, WebhookInbox};
use bitpay_store::Store;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::context::{Context, money};
use crate::failure::Failure;

/// Why a step is not as told.
struct Problem(String);

impl<E: fmt::Display> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

fn check(holds: bool, otherwise: &str) -> Result<(), Problem> {
    if holds {
        Ok(())
    } else {
        Err(Problem(otherwise.to_owned()))
    }
}

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let mut tour = Tour {
        context,
        steps: Vec::new(),
    };
    tour.say("A BitPay on this machine, step by step. Nothing leaves it, and none of your profiles is touched.");
    match walk(&mut tour) {
        Ok(()) => {
            let steps = std::mem::take(&mut tour.steps);
            if context.global.json {
                context.result(&json!({ "ok": true, "steps": steps }), String::new);
            } else {
                context.result(&(), closing);
            }
            Ok(())
        }
        Err(problem) => {
            let step = tour
                .steps
                .last()
                .map(|step| step["step"].to_string())
                .unwrap_or_default();
            Err(Failure::Refused(format!(
                "step {} ({step}) did not go as told: {}",
                tour.steps.len(),
                problem.0
            )))
        }
    }
}

/// Tells the steps as they are made.
struct Tour<'c, 'io> {
    context: &'c mut Context<'io>,
    steps: Vec<Value>,
}

impl Tour<'_, '_> {
    fn step(&mut self, title: &str) {
        self.steps.push(json!({ "step": title, "shown": [] }));
        self.say(&format!("\n{:2}. {title}", self.steps.len()));
    }

    fn show(&mut self, name: &str, value: impl fmt::Display) {
        let line = format!("{name}: {value}");
        for part in wrapped(&line) {
            self.say(&format!("      {part}"));
        }
        if let Some(Value::Array(shown)) =
            self.steps.last_mut().and_then(|step| step.get_mut("shown"))
        {
            shown.push(line.into());
        }
    }

    fn say(&mut self, text: &str) {
        if !self.context.global.json {
            let _ = writeln!(self.context.io.out, "{text}");
            let _ = self.context.io.out.flush();
        }
    }
}

/// Lines of at most 90 characters, unless a word is longer.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < 90 => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(format!("  {word}")),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Everything that the steps meet on this machine.
struct Place {
    sandbox: Sandbox,
    inbox: WebhookInbox,
    environment: Environment,
    client: Client<Anonymous>,
    browser: Browser,
}

impl Place {
    fn order(&self) -> Result<CreateInvoice, Problem> {
        let order = CreateInvoice::for_order("1042", "12.50".parse::<Amount>()?, Currency::USD);
        Ok(order
            .item_desc("Two coffees")
            .buyer(Buyer::new().email("buyer@example.org"))
            .notification_url(self.inbox.url()))
    }
}

type Shop = Client<Grant<Merchant>>;

fn walk(tour: &mut Tour<'_, '_>) -> Result<(), Problem> {
    tour.step("Start a sandbox: a BitPay on this machine, empty and with imaginary money");
    let sandbox = Sandbox::start()?;
    let environment = sandbox.environment();
    let place = Place {
        inbox: WebhookInbox::start()?,
        client: tour.context.client(&environment)?,
        browser: Browser::new(&environment),
        sandbox,
        environment,
    };
    tour.show("environment", &place.environment);

    let merchant = pair(tour, &place)?;
    let (paid, webhook) = sell(tour, &place, &merchant)?;
    claim(tour, &place, &paid)?;
    go_wrong(tour, &place, &merchant, &webhook)
}

/// A key, a token that is asked for, and its approval.
fn pair(tour: &mut Tour<'_, '_>, place: &Place) -> Result<Shop, Problem> {
    let (client, environment) = (&place.client, &place.environment);
    let home = tempfile::Builder::new()
        .prefix("bitpay-quickstart-")
        .tempdir()?;
    let store = Store::open(home.path().join("store"))?;

    tour.step("Make a key and keep it. BitPay knows the key by its SIN");
    let mut shop = store.create("shop", environment.clone(), generate_key()?)?;
    let identity = shop.profile().identity().clone();
    tour.show("SIN", identity.sin());

    tour.step("Ask for a merchant token. Your program does this once");
    let request = RequestPairing::new(identity.sin().clone(), Facade::Merchant, new_guid()?)
        .label("quickstart");
    let pairing = client.request_pairing(&request)?;
    let code = pairing
        .code
        .clone()
        .ok_or(Problem("there is no pairing code".to_owned()))?;
    let approval = code.approval_url(environment);
    tour.show("pairing code", &code);
    tour.show("approve at", &approval);

    tour.step(
        "Use the token before anybody approved it: it is refused, and the error says what to do",
    );
    let merchant = client.with(pairing.grant::<Merchant>(&identity)?);
    let refused = merchant
        .create_invoice(&place.order()?)
        .err()
        .ok_or(Problem("it was not refused".to_owned()))?;
    check(
        refused.api().map(|api| api.kind) == Some(ApiErrorKind::NotPaired),
        "it was refused otherwise",
    )?;
    check(
        refused.effect() == Effect::Nothing,
        "it is not certain that nothing happened",
    )?;
    tour.show(
        "BitPay says",
        refused.api().map(ToString::to_string).unwrap_or_default(),
    );
    tour.show("what to do", refused.remedy().unwrap_or_default());

    tour.step("Approve it, as the merchant does in a browser");
    let page = place.browser.approve(&approval)?;
    check(page.contains("Approved"), "the page does not say so")?;
    tour.show("the page says", page);

    tour.step("List the tokens of the key, and keep the new one with the key");
    let tokens = client.with(identity.clone()).list_tokens()?;
    check(
        tokens.iter().any(|token| pairing.has_token(token)),
        "the token is not listed",
    )?;
    shop.update(|profile| pairing.token().map(|token| profile.set_token(token)))??;
    tour.show(
        "listed",
        tokens
            .iter()
            .map(|token| token.facade_name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    );
    // From here on as a program does after a restart: with what is on disk.
    drop(shop);
    Ok(client.with(store.profile("shop")?.grant::<Merchant>()?))
}

/// An invoice, its payment, its webhook and a refund. Gives the paid invoice and the webhook.
fn sell(
    tour: &mut Tour<'_, '_>,
    place: &Place,
    merchant: &Shop,
) -> Result<(Invoice, ReceivedWebhook), Problem> {
    tour.step("Make an invoice for the order 1042");
    let invoice = merchant.create_invoice(&place.order()?)?;
    check(invoice.status == InvoiceStatus::New, "it is not new")?;
    tour.show(
        "invoice",
        format!(
            "{} over {}, {}",
            invoice.id,
            money(invoice.price, &invoice.currency),
            invoice.status
        ),
    );
    tour.show(
        "the buyer pays at",
        invoice.url.as_deref().unwrap_or("(no address)"),
    );

    tour.step("Have it paid: in the sandbox and in BitPay's test environment, by a call");
    merchant.pay_invoice(&PayInvoice::new(invoice.id.clone()).status(InvoiceStatus::Complete))?;
    tour.show("paid", "with imaginary coins");

    tour.step(
        "Receive the webhook, verify its signature, then fetch the invoice and believe only that",
    );
    let verifier = Verifier::new().with("merchant", merchant.credential().token().expose());
    let webhook = place
        .inbox
        .wait(Duration::from_secs(10))
        .ok_or(Problem("none came".to_owned()))?;
    let verified = verifier.verify(&webhook.body, webhook.signature())?;
    let Event::Invoice(event) = verified.event()? else {
        return Err(Problem("it is not about an invoice".to_owned()));
    };
    check(
        event.invoice_id == invoice.id,
        "it is about another invoice",
    )?;
    let paid = merchant.get_invoice(&event.invoice_id)?.into_value();
    check(
        paid.status == InvoiceStatus::Complete,
        "the invoice is not complete",
    )?;
    tour.show(
        "the webhook says",
        format!("{} is {}", event.invoice_id, event.status),
    );
    tour.show("the fetched invoice says", &paid.status);

    tour.step("Refund 2.50 of it");
    let request = CreateRefund::new(&paid, new_guid()?, "2.50".parse::<Amount>()?)?;
    let refund = merchant.create_refund(&request)?;
    let refunds = merchant.list_refunds(&paid.id)?;
    check(
        refunds.len() == 1 && refunds[0].id == refund.id,
        "the refund is not listed once",
    )?;
    tour.show(
        "refund",
        format!(
            "{} of {}, {}",
            refund.id,
            money(refund.amount, &invoice.currency),
            refund.status
        ),
    );
    Ok((paid, webhook))
}

/// A token that the merchant made, and what it does not allow.
fn claim(tour: &mut Tour<'_, '_>, place: &Place, paid: &Invoice) -> Result<(), Problem> {
    let client = &place.client;
    tour.step("The other way to a token: claim a pos code that the merchant made in the dashboard");
    let till = Identity::new(generate_key()?);
    let code = place.browser.make_pos_code()?;
    let claimed = client.claim_pairing(&ClaimPairing::new(till.sin().clone(), code.clone()))?;
    let pos = client.with(claimed.grant::<Pos>(&till)?);
    let at_till = pos.create_invoice(&CreateInvoice::new(new_guid()?, 3, Currency::EUR))?;
    tour.show("code", &code);
    tour.show(
        "invoice made with it",
        format!(
            "{} over {}",
            at_till.id,
            money(at_till.price, &at_till.currency)
        ),
    );

    tour.step("Ask for more than pos allows: refused before anything is sent");
    // With `pos` this would not compile. A facade that is known at run time only is checked then.
    let at_run_time = client.with(AnyGrant::from(claimed.grant::<Pos>(&till)?));
    let request = CreateRefund::new(paid, new_guid()?, 1)?;
    let refused = at_run_time
        .create_refund(&request)
        .err()
        .ok_or(Problem("it was not refused".to_owned()))?;
    check(refused.tries() == 0, "something was sent")?;
    tour.show("the error", &refused);
    Ok(())
}

/// A lost answer, a forged webhook and a refund that would refund too much.
fn go_wrong(
    tour: &mut Tour<'_, '_>,
    place: &Place,
    merchant: &Shop,
    webhook: &ReceivedWebhook,
) -> Result<(), Problem> {
    tour.step(
        "Lose the answer to a create on the way: the client looks the invoice up, and there is one",
    );
    place.sandbox.inject(Fault::lost().on("create_invoice"));
    let order = CreateInvoice::for_order("1043", 7, Currency::USD);
    let found = merchant.create_invoice(&order)?;
    check(found.was_looked_up(), "the answer was not lost")?;
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    let days = ListInvoices::new(today.saturating_sub(1.day()), today.saturating_add(1.day()));
    let listed = merchant.list_invoices(&days.order_id("1043"))?;
    check(
        listed.len() == 1 && listed[0].id == found.id,
        "there is not exactly one invoice for the order",
    )?;
    tour.show(
        "requests sent",
        format!("{}: the create, and the look-up", found.tries()),
    );
    tour.show("invoices for the order 1043", listed.len());

    tour.step("Receive a forged webhook: it is refused");
    let forged = Verifier::sign("a guess", &webhook.body);
    let verifier = Verifier::new().with("merchant", merchant.credential().token().expose());
    let error = verifier
        .verify(&webhook.body, &forged)
        .err()
        .ok_or(Problem("it was believed".to_owned()))?;
    tour.show("the error", error);

    tour.step("Refund a part of an invoice that is confirmed but not complete: stopped here");
    let early = merchant.create_invoice(&CreateInvoice::for_order("1044", 20, Currency::USD))?;
    merchant.pay_invoice(&PayInvoice::new(early.id.clone()).status(InvoiceStatus::Confirmed))?;
    let confirmed = merchant.get_invoice(&early.id)?;
    check(
        confirmed.status == InvoiceStatus::Confirmed,
        "the invoice is not confirmed",
    )?;
    let error = CreateRefund::new(&confirmed, new_guid()?, 5)
        .err()
        .ok_or(Problem("it was not stopped".to_owned()))?;
    check(
        merchant.list_refunds(&early.id)?.is_empty(),
        "there is a refund",
    )?;
    tour.show("the error", error);
    Ok(())
}

/// The Rust program that does the same, from the page that the documentation shows and compiles.
fn closing() -> String {
    let code: String = include_str!("same_in_rust.md")
        .lines()
        .filter(|line| !line.starts_with("```") && !line.starts_with("# "))
        .map(|line| {
            if line.is_empty() {
                "\n".to_owned()
            } else {
                format!("    {line}\n")
            }
        })
        .collect();
    format!("{SAME}\n{code}\n{NEXT}")
}

const SAME: &str = "
All of this went as told. The same in Rust, with BitPay's test environment (cargo add bitpay-blocking):
";

const NEXT: &str = "\
Next:
    bitpay sandbox                                     keep a sandbox running, with a dashboard:
                                                       open http://127.0.0.1:8080/dashboard
    bitpay pair --env test --facade merchant --wait    pair with BitPay's test environment
                                                       (make an account there: https://test.bitpay.com)
";
