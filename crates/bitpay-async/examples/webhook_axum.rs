//! A receiver of webhooks, on axum.
//!
//! ```sh
//! cargo run -p bitpay-async --example webhook_axum
//! ```
//!
//! starts a sandbox in this program, makes an invoice, pays it, shows what arrives, and ends. Against a BitPay
//! elsewhere, with a profile that `bitpay pair --facade merchant --wait` has made:
//!
//! ```sh
//! BITPAY_PROFILE=default BITPAY_LISTEN=127.0.0.1:8000 BITPAY_NOTIFY=https://shop.example/webhook \
//!     cargo run -p bitpay-async --example webhook_axum
//! ```
//!
//! makes one invoice over 5 USD, shows where it is paid, and serves until it is stopped. What stands at
//! `BITPAY_NOTIFY` has to pass on to `BITPAY_LISTEN`: a proxy, which speaks TLS and gives up on slow senders.
//!
//! `docs/webhooks.md` says why each step is there.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bitpay_async::model::invoice::{CreateInvoice, Invoice, InvoiceStatus};
use bitpay_async::webhook::{
    Action, Confirmed, Entry, Event, FulfilOn, Seen, SeenInMemory, Verifier, WebhookError, decide,
};
use bitpay_async::{Amount, Client, Currency, Grant, InvoiceId, Merchant, generate_key, new_guid};
use bitpay_sandbox::Sandbox;
use bitpay_store::Store;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::timeout;

/// The longest body that is read: BitPay's have a few thousand bytes.
pub const MAX_BODY: usize = 64 << 10;

/// How long the body may take to arrive.
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

/// The shop's own records. Yours are a database, and `apply` is then async as well.
pub trait Books: Send + Sync + 'static {
    /// Decides what a fetched invoice means for its order, and stores it, in one transaction.
    ///
    /// # Errors
    /// When that was not stored: nothing was done then, and BitPay delivers the webhook again.
    fn apply(&self, invoice: &Confirmed<Invoice>) -> Result<(), Box<dyn Error + Send + Sync>>;
}

impl<B: Books, S: Seen + Sync> Receiver<B, S> {
    /// Handles a webhook, and says what to answer: 200 when there is nothing more to do, and else what went
    /// wrong. BitPay delivers again whatever is not answered with 200.
    ///
    /// When the sender hangs up, axum drops this future where it waits. Nothing is stored by then, and the
    /// webhook is to be handled as before.
    pub async fn receive(&self, raw_body: &[u8], signature: &str) -> StatusCode {
        match self.handle(raw_body, signature).await {
            Ok(()) => StatusCode::OK,
            Err((status, why)) => {
                eprintln!("answered with {status}: {why}");
                status
            }
        }
    }

    async fn handle(&self, raw_body: &[u8], signature: &str) -> Result<(), Refused> {
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
            let invoice = self.client.confirm(&event).await.map_err(later)?;
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

/// Serves a receiver at `/webhook`, until the future is dropped.
///
/// # Errors
/// When something breaks.
pub async fn serve<B, S>(receiver: Arc<Receiver<B, S>>, listener: TcpListener) -> io::Result<()>
where
    B: Books,
    S: Seen + Send + Sync + 'static,
{
    axum::serve(listener, routes(receiver)).await
}

/// What a server needs for it: its path.
pub fn routes<B, S>(receiver: Arc<Receiver<B, S>>) -> Router
where
    B: Books,
    S: Seen + Send + Sync + 'static,
{
    Router::new()
        .route("/webhook", post(answer::<B, S>))
        .with_state(receiver)
}

async fn answer<B, S>(
    State(receiver): State<Arc<Receiver<B, S>>>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode
where
    B: Books,
    S: Seen + Send + Sync + 'static,
{
    // The bytes as they came: a body that was parsed and printed again does not verify.
    let body = match timeout(PATIENCE, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => body,
        // Or it broke off, and nobody is there to be told.
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE,
        Err(_) => return StatusCode::REQUEST_TIMEOUT,
    };
    let signature = headers.get("x-signature");
    let signature = signature.and_then(|value| value.to_str().ok());
    receiver.receive(&body, signature.unwrap_or_default()).await
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
pub struct Orders(Arc<(Mutex<HashMap<InvoiceId, Order>>, Notify)>);

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
    pub async fn wait_until(&self, invoice: &InvoiceId, status: &InvoiceStatus) {
        let is_earlier =
            || (self.of(invoice)).is_some_and(|order| order.status.as_ref() != Some(status));
        loop {
            let mut changed = pin!(self.0.1.notified());
            changed.as_mut().enable();
            if !is_earlier() {
                return;
            }
            changed.await;
        }
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
        self.0.1.notify_waiters();
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    match env::var("BITPAY_PROFILE") {
        Ok(profile) => elsewhere(&profile).await,
        Err(_) => here().await,
    }
}

/// With a sandbox in this program.
async fn here() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start()?;
    let grant: Grant<Merchant> = sandbox.grant(generate_key()?);
    let shop = Client::new(sandbox.environment())?.with(grant);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let notify = format!("http://{}/webhook", listener.local_addr()?);
    let orders = Orders::default();
    let server = tokio::spawn(serve(receiver(&shop, &orders), listener));

    let invoice = sell(&shop, &orders, &notify).await?;
    println!("the buyer pays, and the coins are confirmed");
    for status in [
        InvoiceStatus::Paid,
        InvoiceStatus::Confirmed,
        InvoiceStatus::Complete,
    ] {
        sandbox.pay(&invoice, status.clone())?;
        orders.wait_until(&invoice, &status).await;
    }
    server.abort();
    Ok(())
}

/// With a BitPay elsewhere.
async fn elsewhere(profile: &str) -> Result<(), Box<dyn Error>> {
    let profile = Store::user()?.profile(profile)?;
    let shop = Client::new(profile.environment().clone())?.with(profile.grant::<Merchant>()?);
    let listen = env::var("BITPAY_LISTEN").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let notify = env::var("BITPAY_NOTIFY").unwrap_or_else(|_| format!("http://{listen}/webhook"));
    let orders = Orders::default();
    let server = tokio::spawn(serve(
        receiver(&shop, &orders),
        TcpListener::bind(listen).await?,
    ));

    sell(&shop, &orders, &notify).await?;
    Ok(server.await??)
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
async fn sell(
    shop: &Client<Grant<Merchant>>,
    orders: &Orders,
    notify: &str,
) -> Result<InvoiceId, Box<dyn Error>> {
    // Not the number of an earlier run, whose invoice this would be.
    let number = format!("order-{}", new_guid()?);
    let order = CreateInvoice::for_order(&number, 5, Currency::USD).notification_url(notify);
    let invoice = shop.create_invoice(&order).await?;
    // The buyer gets the address only after this, so no payment comes before it.
    orders.expect(invoice.id.clone(), &number, order.price, Currency::USD);
    println!(
        "{number} is paid at {}",
        invoice.url.as_deref().unwrap_or_default()
    );
    println!("its webhooks go to {notify}");
    Ok(invoice.id.clone())
}
