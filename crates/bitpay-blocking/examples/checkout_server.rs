//! A checkout, on a small blocking server: a page that sells tea, an invoice for each order, and the webhooks that tell of payments.
//!
//! ```sh
//! cargo run -p bitpay-blocking --example checkout_server
//! ```
//!
//! starts a sandbox in this program, buys, pays, shows what the buyer's page says, and ends. With `-- --stay` it
//! prints an address to open in a browser, and serves until it is stopped. Against a BitPay elsewhere, with a profile
//! that `bitpay pair --facade merchant --wait` has made:
//!
//! ```sh
//! BITPAY_PROFILE=default BITPAY_LISTEN=127.0.0.1:8000 SHOP=https://shop.example \
//!     cargo run -p bitpay-blocking --example checkout_server
//! ```
//!
//! `SHOP` is where buyers and BitPay find this server, behind a proxy that speaks TLS.
//!
//! The receiver of webhooks is the example `webhook_server`, as it is.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bitpay_blocking::model::invoice::{CreateInvoice, Invoice, InvoiceStatus};
use bitpay_blocking::{Client, Currency, Grant, InvoiceId, Merchant, generate_key, new_guid};
use bitpay_sandbox::Sandbox;
use bitpay_store::Store;
use oxhttp::model::{Body, Method, Request, Response, StatusCode};
use oxhttp::{ListeningServer, Server};

#[allow(dead_code, unreachable_pub, reason = "a program of its own as well")]
#[path = "webhook_server.rs"]
pub mod webhook_server;

use webhook_server::{Orders, receiver};

/// What a packet of tea costs, in US dollars. The price is the server's: a browser could say another one.
const PRICE: u32 = 5;

/// The shop behind the pages. It knows no server.
pub struct Checkout {
    shop: Client<Grant<Merchant>>,
    orders: Orders,
    /// By the numbers of orders. Yours are a column of the database.
    invoices: Mutex<HashMap<String, InvoiceId>>,
    /// Where buyers and BitPay find this server.
    at: String,
}

/// Why nothing was sold, and what to answer.
pub type NotSold = (StatusCode, &'static str);

impl Checkout {
    /// A shop that is found at an address.
    pub fn new(shop: Client<Grant<Merchant>>, at: impl Into<String>) -> Self {
        Self {
            shop,
            orders: Orders::default(),
            invoices: Mutex::default(),
            at: at.into(),
        }
    }

    fn invoices(&self) -> MutexGuard<'_, HashMap<String, InvoiceId>> {
        self.invoices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Orders tea under a number, and gives the address at which it is paid. Asked twice for the same number, because
    /// somebody pressed twice or an answer was lost, it is one order with one invoice.
    ///
    /// # Errors
    /// With a status and a sentence for the buyer.
    pub fn buy(&self, number: &str) -> Result<String, NotSold> {
        let order = CreateInvoice::for_order(number, PRICE, Currency::USD)
            .notification_url(format!("{}/webhook", self.at))
            .redirect_url(format!("{}/orders/{number}", self.at));
        let invoice: Invoice = match self.shop.create_invoice(&order) {
            Ok(invoice) => invoice.into_value(),
            Err(error) => {
                // What was ordered before, by an earlier call.
                let same = error.replay().filter(|replay| replay.differs.is_empty());
                let Some(invoice) = same.and_then(|replay| replay.existing().ok()) else {
                    eprintln!("order {number}: {error}");
                    // Whatever happened: the same number again makes no second invoice.
                    return Err(if error.is_retryable() {
                        (
                            StatusCode::SERVICE_UNAVAILABLE,
                            "Please try again in a minute.",
                        )
                    } else {
                        (
                            StatusCode::INTERNAL_SERVER_ERROR,
                            "We cannot take payments now.",
                        )
                    });
                };
                invoice
            }
        };
        // The buyer gets the address only after this, so no payment comes before it.
        (self.orders).expect(invoice.id.clone(), number, order.price, Currency::USD);
        self.invoices().insert(number.to_owned(), invoice.id);
        let none = (StatusCode::BAD_GATEWAY, "We cannot take payments now.");
        invoice.url.ok_or(none)
    }

    /// What the buyer is told of an order. What a browser brings back says nothing: only webhooks have a say here.
    pub fn says(&self, number: &str) -> Option<&'static str> {
        let invoice = self.invoices().get(number).cloned()?;
        let order = self.orders.of(&invoice)?;
        Some(match order.status {
            _ if order.shipped > 0 => "Thank you. Your tea is on its way.",
            None | Some(InvoiceStatus::New) => "Your order is not paid yet.",
            Some(InvoiceStatus::Paid | InvoiceStatus::Confirmed) => {
                "We have seen your payment, and wait until it is certain."
            }
            Some(_) => "Your payment did not arrive in time. Nothing was sent to you.",
        })
    }

    /// How often an order was sent out.
    pub fn shipped(&self, number: &str) -> u32 {
        let invoice = self.invoices().get(number).cloned();
        let order = invoice.and_then(|invoice| self.orders.of(&invoice));
        order.map_or(0, |order| order.shipped)
    }
}

/// Serves the pages and the webhooks, until the process ends.
///
/// # Errors
/// When the address cannot be had.
pub fn serve(checkout: Arc<Checkout>, listen: SocketAddr) -> io::Result<ListeningServer> {
    let receiver = receiver(&checkout.shop, &checkout.orders);
    Server::new(move |request| match request.uri().path() {
        "/webhook" => {
            let status =
                webhook_server::answer(&receiver, request).unwrap_or_else(|refused| refused);
            response(status, "")
        }
        _ => answer(&checkout, request),
    })
    .bind(listen)
    .with_global_timeout(Duration::from_secs(10))
    .with_max_concurrent_connections(64)
    .spawn()
}

fn response(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
}

fn page(status: StatusCode, text: &str) -> Response<Body> {
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Tea</title><h1>Tea</h1>{text}"
    );
    let mut response = response(status, html);
    if let Ok(kind) = "text/html; charset=utf-8".parse() {
        response.headers_mut().insert("content-type", kind);
    }
    response
}

fn answer(checkout: &Checkout, request: &Request<Body>) -> Response<Body> {
    let path = request.uri().path();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match (request.method(), &parts[..]) {
        (&Method::GET, [""]) => front(),
        (&Method::POST, ["buy", number]) if is_number(number) => buy(checkout, number),
        (&Method::GET, ["orders", number]) => match checkout.says(number) {
            Some(words) => page(StatusCode::OK, &format!("<p>{words}")),
            None => response(StatusCode::NOT_FOUND, ""),
        },
        _ => response(StatusCode::NOT_FOUND, ""),
    }
}

/// The number of the order is in the page: pressed twice, the button orders once.
fn front() -> Response<Body> {
    match new_guid() {
        Ok(number) => page(
            StatusCode::OK,
            &format!(
                "<p>A packet of tea, {PRICE} USD<form method=post action=/buy/{number}><button>Buy</button></form>"
            ),
        ),
        Err(_) => response(StatusCode::INTERNAL_SERVER_ERROR, ""),
    }
}

/// Of the form that `front` gives out: nothing else becomes a number, or a part of a page.
fn is_number(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

fn buy(checkout: &Checkout, number: &str) -> Response<Body> {
    let address = match checkout.buy(number) {
        Ok(address) => address,
        Err((status, why)) => return page(status, &format!("<p>{why}")),
    };
    let mut response = response(StatusCode::SEE_OTHER, "");
    match address.parse() {
        Ok(address) => response.headers_mut().insert("location", address),
        Err(_) => return self::response(StatusCode::BAD_GATEWAY, ""),
    };
    response
}

fn main() -> Result<(), Box<dyn Error>> {
    match env::var("BITPAY_PROFILE") {
        Ok(profile) => elsewhere(&profile),
        Err(_) => here(env::args().any(|arg| arg == "--stay")),
    }
}

/// With a sandbox in this program.
fn here(stay: bool) -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start()?;
    let grant: Grant<Merchant> = sandbox.grant(generate_key()?);
    let shop = Client::new(sandbox.environment())?.with(grant);
    // Free now, and most likely in a moment as well.
    let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let at = format!("http://{listen}");
    let checkout = Arc::new(Checkout::new(shop, &at));
    let server = serve(Arc::clone(&checkout), listen)?;
    if stay {
        println!(
            "buy tea at {at}/, and look at {}dashboard",
            sandbox.base_url()
        );
        return Ok(server.join()?);
    }

    let number = new_guid()?.to_string();
    println!(
        "order {number} is paid at {}",
        checkout.buy(&number).map_err(|it| it.1)?
    );
    println!(
        "its page says: {}",
        checkout.says(&number).unwrap_or_default()
    );
    println!("the buyer pays, and the coins are confirmed");
    let invoice = checkout
        .invoices()
        .get(&number)
        .cloned()
        .ok_or("no invoice")?;
    sandbox.pay(&invoice, InvoiceStatus::Complete)?;
    checkout
        .orders
        .wait_until(&invoice, &InvoiceStatus::Complete);
    println!(
        "its page says: {}",
        checkout.says(&number).unwrap_or_default()
    );
    Ok(())
}

/// With a BitPay elsewhere.
fn elsewhere(profile: &str) -> Result<(), Box<dyn Error>> {
    let profile = Store::user()?.profile(profile)?;
    let shop = Client::new(profile.environment().clone())?.with(profile.grant::<Merchant>()?);
    let listen = env::var("BITPAY_LISTEN").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let at = env::var("SHOP").unwrap_or_else(|_| format!("http://{listen}"));
    println!("buy tea at {at}/");
    let checkout = Arc::new(Checkout::new(shop, at));
    Ok(serve(checkout, listen.parse()?)?.join()?)
}
