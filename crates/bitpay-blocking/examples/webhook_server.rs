//! A receiver of webhooks, on a small blocking server.
//!
//! ```sh
//! cargo run -p bitpay-blocking --example webhook_server
//! ```
//!
//! starts a sandbox in this program, makes an invoice, pays it, shows what arrives, and ends. Against a BitPay
//! elsewhere, with a profile that `bitpay pair --facade merchant --wait` has made:
//!
//! ```sh
//! BITPAY_PROFILE=default BITPAY_LISTEN=127.0.0.1:8000 BITPAY_NOTIFY=https://shop.example/webhook \
//!     cargo run -p bitpay-blocking --example webhook_server
//! ```
//!
//! makes one invoice over 5 USD, shows where it is paid, and serves until it is stopped. What stands at
//! `BITPAY_NOTIFY` has to pass on to `BITPAY_LISTEN`: a proxy, which speaks TLS and gives up on slow senders.
//!
//! `docs/webhooks.md` says why each step is there.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bitpay_blocking::model::invoice::{CreateInvoice, Invoice, InvoiceStatus};
use bitpay_blocking::webhook::{
    Action, Confirmed, Entry, Event, FulfilOn, Seen, SeenInMemory, Verifier, WebhookError, decide,
};
use bitpay_blocking::{
    Amount, Client, Currency, Grant, InvoiceId, Merchant, generate_key, new_guid,
};
use bitpay_sandbox::Sandbox;
use bitpay_store::Store;
use oxhttp::model::{Body, Method, Request, Response, StatusCode};
use oxhttp::{ListeningServer, Server};

/// The longest body that is read: BitPay's have a few thousand bytes.
pub const MAX_BODY: u64 = 64 << 10;

/// How long a sender may be silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// What stands between the socket and the shop.
pub struct Receiver<B, S> {
    /// With the credential that makes the invoices.
    pub client: Client<Grant<Merchant>>,
    /// The token of that credential; and for an hour after it was changed, the one before.
    pub verifier: Verifier,
    /// Which webhooks were handled.
    pub seen: S,
    /// The shop's own records.
    pub books: B,
}

/// The shop's own records. Yours are a database.
pub trait Books: Send + Sync + 'static {
    /// Decides what a fetched invoice means for its order, and stores it, in one transaction.
    ///
    /// # Errors
    /// When that was not stored: nothing was done then, and BitPay delivers the webhook again.
    fn apply(&self, invoice: &Confirmed<Invoice>) -> Result<(), Box<dyn Error + Send + Sync>>;
}

impl<B: Books, S: Seen> Receiver<B, S> {
    /// Handles a webhook, and says what to answer: 200 when there is nothing more to do, and else what went
    /// wrong. BitPay delivers again whatever is not answered with 200.
    pub fn receive(&self, raw_body: &[u8], signature: &str) -> StatusCode {
        match self.handle(raw_body, signature) {
            Ok(()) => StatusCode::OK,
            Err((status, why)) => {
                eprintln!("answered with {status}: {why}");
                status
            }
        }
    }

    fn handle(&self, raw_body: &[u8], signature: &str) -> Result<(), Refused> {
        let webhook = self
            .verifier
            .verify(raw_body, signature)
            .map_err(|error| match error {
                // Our own mistake; once it is mended, the webhook is welcome.
                WebhookError::NoSecret | WebhookError::EmptySecret => failed(error),
                _ => (StatusCode::UNAUTHORIZED, error.to_string()),
            })?;
        let handling = match self.seen.enter(&webhook) {
            Ok(Entry::New(handling)) => handling,
            Ok(Entry::Handled) => return Ok(()),
            Ok(Entry::Busy) => return Err(later("it is being handled")),
            Err(_) => return Err(later("nobody knows whether it was handled")),
        };
        let event = webhook
            .event()
            .map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
        // Payouts and refunds have events as well. This shop needs those of invoices.
        if let Event::Invoice(event) = event {
            println!(
                "a webhook: invoice {} is {}",
                event.invoice_id, event.status
            );
            // This fails as well when BitPay does not show what the event tells: not yet, or it is not true.
            let invoice = self.client.confirm(&event).map_err(later)?;
            self.books.apply(&invoice).map_err(failed)?;
        }
        // Only now. A crash before this line brings the webhook again, and `decide` finds nothing to do.
        handling
            .commit()
            .map_err(|_| later("it was handled, and that could not be stored"))
    }
}

type Refused = (StatusCode, String);

fn later(why: impl ToString) -> Refused {
    (StatusCode::SERVICE_UNAVAILABLE, why.to_string())
}

fn failed(why: impl ToString) -> Refused {
    (StatusCode::INTERNAL_SERVER_ERROR, why.to_string())
}

/// Serves a receiver at `/webhook`, until the process ends.
///
/// # Errors
/// When the address cannot be had.
pub fn serve<B, S>(receiver: Arc<Receiver<B, S>>, listen: SocketAddr) -> io::Result<ListeningServer>
where
    B: Books,
    S: Seen + Send + Sync + 'static,
{
    Server::new(move |request| {
        let status = answer(&receiver, request).unwrap_or_else(|refused| refused);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response
    })
    .bind(listen)
    .with_global_timeout(PATIENCE)
    .with_max_concurrent_connections(64)
    .spawn()
}

/// Answers a request: with the status, or with what is wrong with it.
///
/// # Errors
/// When it is no webhook.
pub fn answer<B: Books, S: Seen>(
    receiver: &Receiver<B, S>,
    request: &mut Request<Body>,
) -> Result<StatusCode, StatusCode> {
    if request.uri().path() != "/webhook" {
        return Err(StatusCode::NOT_FOUND);
    }
    if request.method() != Method::POST {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    // The bytes as they came: a body that was parsed and printed again does not verify.
    let mut body = Vec::new();
    let read = request.body_mut().take(MAX_BODY + 1).read_to_end(&mut body);
    read.map_err(|_| StatusCode::REQUEST_TIMEOUT)?;
    if body.len() as u64 > MAX_BODY {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let signature = request.headers().get("x-signature");
    let signature = signature.and_then(|value| value.to_str().ok());
    Ok(receiver.receive(&body, signature.unwrap_or_default()))
}

/// An order, as a row of a database would have it.
#[derive(Clone, Debug)]
pub struct Order {
    /// The shop's own number of it.
    pub id: String,
    /// What it costs.
    pub total: Amount,
    /// In which currency.
    pub currency: Currency,
    /// How far its invoice was when something was last decided.
    pub status: Option<InvoiceStatus>,
    /// How often it was sent out: once, or something is wrong.
    pub shipped: u32,
    /// How often its money was booked.
    pub booked: u32,
    /// What a person has to look at.
    pub alarms: Vec<String>,
}

/// Orders by their invoices, in memory: enough to see how it goes, and gone with the process.
#[derive(Clone, Default)]
pub struct Orders(Arc<(Mutex<HashMap<InvoiceId, Order>>, Condvar)>);

impl Orders {
    fn rows(&self) -> MutexGuard<'_, HashMap<InvoiceId, Order>> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that this invoice pays for that order. What is known of it already stays.
    pub fn expect(&self, invoice: InvoiceId, id: &str, total: Amount, currency: Currency) {
        let order = Order {
            id: id.to_owned(),
            total,
            currency,
            status: None,
            shipped: 0,
            booked: 0,
            alarms: Vec::new(),
        };
        self.rows().entry(invoice).or_insert(order);
    }

    /// The order that an invoice pays for.
    pub fn of(&self, invoice: &InvoiceId) -> Option<Order> {
        self.rows().get(invoice).cloned()
    }

    /// Waits until what was decided last about an order was decided by this status.
    pub fn wait_until(&self, invoice: &InvoiceId, status: &InvoiceStatus) {
        let is_earlier = |rows: &mut HashMap<_, Order>| {
            (rows.get(invoice)).is_some_and(|order| order.status.as_ref() != Some(status))
        };
        let waited = self.0.1.wait_while(self.rows(), is_earlier);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

impl Books for Orders {
    fn apply(&self, invoice: &Confirmed<Invoice>) -> Result<(), Box<dyn Error + Send + Sync>> {
        // The transaction. What is sent out is a row of it, for a worker to act on: a parcel cannot be
        // rolled back.
        let mut rows = self.rows();
        let Some(order) = rows.get_mut(&invoice.id) else {
            return Ok(()); // of another shop of the same merchant
        };
        let is_ours = invoice
            .expect_order(&order.id)
            .and_then(|it| it.expect_price(order.total, &order.currency));
        if let Err(mismatch) = is_ours {
            order.alarms.push(mismatch.to_string());
            return Ok(());
        }
        match decide(order.status.as_ref(), invoice, FulfilOn::Complete) {
            Action::Record => {}
            Action::Fulfil { settled } => {
                order.shipped += 1;
                order.booked += u32::from(settled);
            }
            Action::Settle => order.booked += 1,
            Action::Alarm => {
                order
                    .alarms
                    .push(format!("is {} after it was sent out", invoice.status));
                return Ok(());
            }
            _ => return Ok(()),
        }
        order.status = Some(invoice.status.clone());
        println!(
            "{} is {}, and was sent out {} times",
            order.id, invoice.status, order.shipped
        );
        self.0.1.notify_all();
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    match env::var("BITPAY_PROFILE") {
        Ok(profile) => elsewhere(&profile),
        Err(_) => here(),
    }
}

/// With a sandbox in this program.
fn here() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start()?;
    let grant: Grant<Merchant> = sandbox.grant(generate_key()?);
    let shop = Client::new(sandbox.environment())?.with(grant);
    // Free now, and most likely in a moment as well.
    let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let orders = Orders::default();
    serve(receiver(&shop, &orders), listen)?;

    let invoice = sell(&shop, &orders, &format!("http://{listen}/webhook"))?;
    println!("the buyer pays, and the coins are confirmed");
    for status in [
        InvoiceStatus::Paid,
        InvoiceStatus::Confirmed,
        InvoiceStatus::Complete,
    ] {
        sandbox.pay(&invoice, status.clone())?;
        orders.wait_until(&invoice, &status);
    }
    Ok(())
}

/// With a BitPay elsewhere.
fn elsewhere(profile: &str) -> Result<(), Box<dyn Error>> {
    let profile = Store::user()?.profile(profile)?;
    let shop = Client::new(profile.environment().clone())?.with(profile.grant::<Merchant>()?);
    let listen = env::var("BITPAY_LISTEN").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let notify = env::var("BITPAY_NOTIFY").unwrap_or_else(|_| format!("http://{listen}/webhook"));
    let orders = Orders::default();
    let server = serve(receiver(&shop, &orders), listen.parse()?)?;

    sell(&shop, &orders, &notify)?;
    Ok(server.join()?)
}

/// A receiver for the webhooks of a shop's invoices.
pub fn receiver(
    shop: &Client<Grant<Merchant>>,
    orders: &Orders,
) -> Arc<Receiver<Orders, SeenInMemory>> {
    Arc::new(Receiver {
        client: shop.clone(),
        verifier: Verifier::new().with("merchant", shop.credential().token().expose()),
        seen: SeenInMemory::new(),
        books: orders.clone(),
    })
}

/// Makes an invoice whose webhooks go to this address.
fn sell(
    shop: &Client<Grant<Merchant>>,
    orders: &Orders,
    notify: &str,
) -> Result<InvoiceId, Box<dyn Error>> {
    // Not the number of an earlier run, whose invoice this would be.
    let number = format!("order-{}", new_guid()?);
    let order = CreateInvoice::for_order(&number, 5, Currency::USD).notification_url(notify);
    let invoice = shop.create_invoice(&order)?;
    // The buyer gets the address only after this, so no payment comes before it.
    orders.expect(invoice.id.clone(), &number, order.price, Currency::USD);
    println!(
        "{number} is paid at {}",
        invoice.url.as_deref().unwrap_or_default()
    );
    println!("its webhooks go to {notify}");
    Ok(invoice.id.clone())
}
