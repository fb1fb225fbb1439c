//! The two receivers of webhooks that `docs/webhooks.md` shows, against the sandbox: what they answer, and what
//! becomes of the order.

use std::convert::Infallible;
use std::error::Error;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bitpay_core::model::invoice::{CreateInvoice, Invoice, InvoiceStatus};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::webhook::{Claim, Confirmed, Fingerprint, Seen, SeenInMemory, Verifier};
use bitpay_core::{Amount, Config, Currency, Grant, InvoiceId, Merchant, PrivateKey};
use bitpay_sandbox::{Delivered, Fault, Sandbox, SeenRequest};
use tokio::runtime::{Builder, Runtime};

// The checkouts have them inside.
use crate::examples::checkout_axum::webhook_axum;
use crate::examples::checkout_server::webhook_server;

/// Makes a test of each named function for each receiver.
macro_rules! both_receivers {
    ($($name:ident),* $(,)?) => {
        mod blocking {
            $(#[test] fn $name() { super::$name::<super::Blocking>(); })*
        }
        mod asynchronous {
            $(#[test] fn $name() { super::$name::<super::Async>(); })*
        }
    };
}

both_receivers! {
    a_paid_order_is_fulfilled_once_and_each_webhook_answered_with_200_and_nothing,
    what_is_forged_or_changed_is_refused_and_nothing_is_fetched_for_it,
    what_is_signed_with_a_stolen_token_fulfils_nothing_that_is_not_paid,
    a_webhook_that_is_replayed_is_answered_and_not_handled_again,
    of_many_deliveries_at_once_one_fulfils_the_order,
    a_webhook_whose_handler_failed_comes_again_and_is_handled_once,
    a_webhook_that_could_not_be_confirmed_comes_again,
    a_crash_after_the_order_was_stored_does_not_fulfil_it_again,
    a_body_that_is_too_long_is_refused_and_one_that_just_fits_is_read,
    an_invoice_of_another_price_is_for_a_person,
    only_a_post_to_its_path_is_a_webhook,
}

/// Goes wrong so many times.
#[derive(Clone, Default)]
struct Times(Arc<AtomicU32>);

impl Times {
    fn set(&self, times: u32) {
        self.0.store(times, Ordering::SeqCst);
    }

    fn is_now(&self) -> bool {
        let less = |times: u32| times.checked_sub(1);
        (self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less))
        .is_ok()
    }
}

/// Books that cannot be written when they are told so.
struct Unsure<O> {
    orders: O,
    fails: Times,
}

/// A memory at which the handler crashes, after the books were written.
struct Crashing {
    seen: SeenInMemory,
    crashes: Times,
}

impl Seen for Crashing {
    type Error = Infallible;

    fn claim(&self, webhook: &Fingerprint) -> Result<Claim, Infallible> {
        self.seen.claim(webhook)
    }

    fn commit(&self, webhook: &Fingerprint) -> Result<(), Infallible> {
        assert!(!self.crashes.is_now(), "a crash that this test asked for");
        self.seen.commit(webhook)
    }

    fn release(&self, webhook: &Fingerprint) {
        self.seen.release(webhook);
    }
}

/// What became of an order.
#[derive(Debug, PartialEq, Eq)]
struct Became {
    shipped: u32,
    booked: u32,
    alarms: usize,
}

const FULFILLED: Became = Became {
    shipped: 1,
    booked: 1,
    alarms: 0,
};
const UNTOUCHED: Became = Became {
    shipped: 0,
    booked: 0,
    alarms: 0,
};

/// One of the two.
trait Example {
    type Orders: Clone + Default + Send + Sync + 'static;
    /// What it runs in.
    type Server;
    const MAX_BODY: usize;

    fn expect(orders: &Self::Orders, invoice: &InvoiceId, id: &str, total: Amount);
    fn became(orders: &Self::Orders, invoice: &InvoiceId) -> Became;
    /// Its address, and what keeps it running.
    fn serve(
        config: &Config,
        grant: &Grant<Merchant>,
        books: Unsure<Self::Orders>,
        seen: Crashing,
    ) -> (String, Self::Server);
}

macro_rules! example {
    ($name:ident, $module:ident, $client:ident, $server:ty, $serve:expr) => {
        struct $name;

        impl $module::Books for Unsure<$module::Orders> {
            fn apply(
                &self,
                invoice: &Confirmed<Invoice>,
            ) -> Result<(), Box<dyn Error + Send + Sync>> {
                if self.fails.is_now() {
                    return Err("the books cannot be written".into());
                }
                self.orders.apply(invoice)
            }
        }

        impl Example for $name {
            type Orders = $module::Orders;
            type Server = $server;
            #[allow(clippy::unnecessary_cast)]
            const MAX_BODY: usize = $module::MAX_BODY as usize;

            fn expect(orders: &Self::Orders, invoice: &InvoiceId, id: &str, total: Amount) {
                orders.expect(invoice.clone(), id, total, Currency::USD);
            }

            fn became(orders: &Self::Orders, invoice: &InvoiceId) -> Became {
                let order = orders.of(invoice).unwrap();
                Became {
                    shipped: order.shipped,
                    booked: order.booked,
                    alarms: order.alarms.len(),
                }
            }

            fn serve(
                config: &Config,
                grant: &Grant<Merchant>,
                books: Unsure<Self::Orders>,
                seen: Crashing,
            ) -> (String, Self::Server) {
                let client = $client::Client::from_config(config).unwrap();
                let receiver = Arc::new($module::Receiver {
                    client: client.with(grant.clone()),
                    verifier: Verifier::new().with("merchant", grant.token().expose()),
                    seen,
                    books,
                });
                $serve(receiver)
            }
        }
    };
}

example!(
    Blocking,
    webhook_server,
    bitpay_blocking,
    oxhttp::ListeningServer,
    |receiver: Arc<_>| loop {
        // It cannot be asked for its address, so it is told one, which somebody else may have by then.
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let listen = free.unwrap();
        if let Ok(server) = webhook_server::serve(Arc::clone(&receiver), listen) {
            break (format!("http://{listen}/webhook"), server);
        }
    }
);

example!(
    Async,
    webhook_axum,
    bitpay_async,
    Runtime,
    |receiver: Arc<_>| {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0");
        let listener = runtime.block_on(listener).unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap());
        runtime.spawn(webhook_axum::serve(receiver, listener));
        (url, runtime)
    }
);

/// A shop with one order, whose invoice tells the receiver of itself.
struct Shop<E: Example> {
    sandbox: Sandbox,
    grant: Grant<Merchant>,
    orders: E::Orders,
    invoice: InvoiceId,
    url: String,
    fails: Times,
    crashes: Times,
    servers: Vec<E::Server>,
}

impl<E: Example> Shop<E> {
    fn open() -> Self {
        Self::expecting(5u32.into(), true)
    }

    /// One to which the sandbox tells nothing: what comes, a test sends.
    fn untold() -> Self {
        Self::expecting(5u32.into(), false)
    }

    /// One that believes its order to cost this much.
    fn expecting(total: Amount, told: bool) -> Self {
        let sandbox = Sandbox::builder().seed(17).start().unwrap();
        let grant: Grant<Merchant> = sandbox.grant(PrivateKey::from_bytes(&[17; 32]).unwrap());
        let mut shop = Self {
            invoice: "none".parse().unwrap(),
            orders: E::Orders::default(),
            url: String::new(),
            fails: Times::default(),
            crashes: Times::default(),
            servers: Vec::new(),
            sandbox,
            grant,
        };
        shop.url = shop.start();
        let client = bitpay_blocking::Client::new(shop.sandbox.environment()).unwrap();
        let mut order = CreateInvoice::for_order("17", 5, Currency::USD);
        if told {
            order = order.notification_url(&shop.url);
        }
        let made = client.with(shop.grant.clone()).create_invoice(&order);
        shop.invoice = made.unwrap().id.clone();
        E::expect(&shop.orders, &shop.invoice, "17", total);
        shop
    }

    /// Starts the receiver, as a process that knows nothing but what is in the books.
    fn start(&mut self) -> String {
        let config = Config::new(self.sandbox.environment()).retry(RetryPolicy::off());
        let books = Unsure {
            orders: self.orders.clone(),
            fails: self.fails.clone(),
        };
        let seen = Crashing {
            seen: SeenInMemory::new(),
            crashes: self.crashes.clone(),
        };
        let (url, server) = E::serve(&config, &self.grant, books, seen);
        self.servers.push(server);
        url
    }

    fn pay(&self, status: InvoiceStatus) {
        self.sandbox.pay(&self.invoice, status).unwrap();
    }

    fn became(&self) -> Became {
        E::became(&self.orders, &self.invoice)
    }

    /// How often BitPay was asked for an invoice.
    fn fetched(&self) -> usize {
        let requests = self.sandbox.requests();
        let gets = |it: &&SeenRequest| it.operation == Some("get_invoice");
        requests.iter().filter(gets).count()
    }

    /// What each webhook was answered with at its last try, when all of them were.
    fn answers(&self) -> Vec<Delivered> {
        let began = Instant::now();
        loop {
            let log = self.sandbox.deliveries();
            if !log.is_empty() && log.iter().all(|it| it.outcome != Delivered::Underway) {
                return log.into_iter().map(|it| it.outcome).collect();
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{log:?}");
            std::thread::yield_now();
        }
    }

    /// Such a webhook as BitPay sends of the invoice; whoever has the token can make it.
    fn complete(&self) -> Vec<u8> {
        let id = &self.invoice;
        format!(r#"{{"id":"{id}","status":"complete","price":5,"currency":"USD"}}"#).into_bytes()
    }

    fn sign(&self, body: &[u8]) -> String {
        Verifier::sign(self.grant.token().expose(), body)
    }

    /// Sends a webhook, and is told the status and the body of the answer.
    fn post(&self, body: &[u8], signature: Option<&str>) -> (u16, Vec<u8>) {
        post(&self.url, body, signature)
    }

    fn post_signed(&self, body: &[u8]) -> u16 {
        let (status, answer) = self.post(body, Some(&self.sign(body)));
        assert!(answer.is_empty(), "{status}: {answer:?}");
        status
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.build().new_agent()
}

fn post(url: &str, body: &[u8], signature: Option<&str>) -> (u16, Vec<u8>) {
    let mut request = agent().post(url).content_type("application/json");
    if let Some(signature) = signature {
        request = request.header("x-signature", signature);
    }
    let mut answer = request.send(body).unwrap();
    let body = answer.body_mut().read_to_vec().unwrap();
    (answer.status().as_u16(), body)
}

fn a_paid_order_is_fulfilled_once_and_each_webhook_answered_with_200_and_nothing<E: Example>() {
    let shop = Shop::<E>::open();
    shop.pay(InvoiceStatus::Paid);
    assert_eq!(shop.answers(), [Delivered::Answered(200)]);
    assert_eq!(shop.became(), UNTOUCHED);
    shop.pay(InvoiceStatus::Complete);
    assert_eq!(shop.answers(), [const { Delivered::Answered(200) }; 3]);
    assert_eq!(shop.became(), FULFILLED);
    // Another one of the same, which was not seen before.
    let body = shop.complete();
    assert_eq!(shop.post_signed(&body), 200);
    assert_eq!(shop.became(), FULFILLED);
}

fn what_is_forged_or_changed_is_refused_and_nothing_is_fetched_for_it<E: Example>() {
    let shop = Shop::<E>::open();
    let body = shop.complete();
    let signature = shop.sign(&body);
    let changed = [&body[..], b"\n"].concat();
    let others = Verifier::sign("another token", &body);
    for (body, signature) in [
        (&body, None),
        (&body, Some("")),
        (&body, Some("not base64")),
        (&body, Some(others.as_str())),
        (&changed, Some(signature.as_str())),
    ] {
        assert_eq!(shop.post(body, signature), (401, Vec::new()));
    }
    assert_eq!((shop.fetched(), shop.became()), (0, UNTOUCHED));
    // Signed, and no webhook at all.
    assert_eq!(shop.post_signed(b"hello"), 400);
    assert_eq!(shop.fetched(), 0);
}

fn what_is_signed_with_a_stolen_token_fulfils_nothing_that_is_not_paid<E: Example>() {
    let shop = Shop::<E>::untold();
    let body = shop.complete();
    assert_eq!(shop.post_signed(&body), 503);
    assert_eq!((shop.fetched(), shop.became()), (1, UNTOUCHED));
    // Nor does it keep the true one from being heard, should that be the same.
    shop.pay(InvoiceStatus::Complete);
    assert_eq!(shop.post_signed(&body), 200);
    assert_eq!(shop.became(), FULFILLED);
}

fn a_webhook_that_is_replayed_is_answered_and_not_handled_again<E: Example>() {
    let shop = Shop::<E>::open();
    shop.pay(InvoiceStatus::Complete);
    shop.answers();
    let fetched = shop.fetched();
    for record in shop.sandbox.deliveries() {
        let sent = record.delivery;
        assert_eq!(
            shop.post(&sent.body, Some(&sent.signature)),
            (200, Vec::new())
        );
    }
    assert_eq!((shop.fetched(), shop.became()), (fetched, FULFILLED));
}

fn of_many_deliveries_at_once_one_fulfils_the_order<E: Example>() {
    let shop = Shop::<E>::untold();
    let bodies = ["", " ", "  "].map(|space| [&shop.complete()[..], space.as_bytes()].concat());
    shop.pay(InvoiceStatus::Complete);
    std::thread::scope(|scope| {
        for body in bodies.iter().cycle().take(12) {
            let (url, signature) = (&shop.url, shop.sign(body));
            scope.spawn(move || {
                let (status, _) = post(url, body, Some(&signature));
                // Somebody else is at it, or was.
                assert!([200, 503].contains(&status), "{status}");
            });
        }
    });
    assert_eq!(shop.became(), FULFILLED);
}

fn a_webhook_whose_handler_failed_comes_again_and_is_handled_once<E: Example>() {
    let shop = Shop::<E>::open();
    shop.fails.set(3);
    shop.pay(InvoiceStatus::Complete);
    assert_eq!(shop.answers(), [const { Delivered::Answered(500) }; 3]);
    assert_eq!(shop.became(), UNTOUCHED);
    // BitPay tries again after a minute.
    shop.sandbox.advance(Duration::from_secs(60));
    assert_eq!(shop.answers(), [const { Delivered::Answered(200) }; 3]);
    assert_eq!(shop.became(), FULFILLED);

    // The very same, byte for byte, is not taken for one that was handled.
    let shop = Shop::<E>::untold();
    shop.pay(InvoiceStatus::Complete);
    shop.fails.set(1);
    let body = shop.complete();
    assert_eq!((shop.post_signed(&body), shop.became()), (500, UNTOUCHED));
    assert_eq!((shop.post_signed(&body), shop.became()), (200, FULFILLED));
}

fn a_webhook_that_could_not_be_confirmed_comes_again<E: Example>() {
    let shop = Shop::<E>::open();
    shop.sandbox
        .inject("bad-gateway".parse::<Fault>().unwrap().on("get_invoice"));
    shop.pay(InvoiceStatus::Paid);
    assert_eq!(shop.answers(), [Delivered::Answered(503)]);
    shop.pay(InvoiceStatus::Complete);
    shop.answers();
    shop.sandbox.advance(Duration::from_secs(60));
    assert_eq!(shop.answers(), [const { Delivered::Answered(200) }; 3]);
    assert_eq!(shop.became(), FULFILLED);
}

fn a_crash_after_the_order_was_stored_does_not_fulfil_it_again<E: Example>() {
    let mut shop = Shop::<E>::open();
    shop.pay(InvoiceStatus::Paid);
    shop.answers();
    shop.crashes.set(1);
    let body = shop.complete();
    let signature = shop.sign(&body);
    shop.pay(InvoiceStatus::Complete);
    let answers = shop.answers();
    let crashed = |it: &&Delivered| matches!(it, Delivered::Failed(_));
    assert_eq!(answers.iter().filter(crashed).count(), 1, "{answers:?}");
    assert_eq!(shop.became(), FULFILLED);

    // The same process goes on, and BitPay delivers again what was not answered.
    shop.sandbox.advance(Duration::from_secs(60));
    assert_eq!(shop.answers(), [const { Delivered::Answered(200) }; 3]);
    assert_eq!(shop.became(), FULFILLED);

    // Or another one takes its place, which has seen nothing.
    let url = shop.start();
    assert_eq!(post(&url, &body, Some(&signature)), (200, Vec::new()));
    assert_eq!(shop.became(), FULFILLED);
}

fn a_body_that_is_too_long_is_refused_and_one_that_just_fits_is_read<E: Example>() {
    let shop = Shop::<E>::open();
    let mut body = shop.complete();
    body.resize(E::MAX_BODY + 1, b' ');
    assert_eq!(shop.post_signed(&body), 413);
    assert_eq!(shop.fetched(), 0);
    shop.pay(InvoiceStatus::Complete);
    shop.answers();
    body.pop();
    assert_eq!(shop.post_signed(&body), 200);
}

fn an_invoice_of_another_price_is_for_a_person<E: Example>() {
    let shop = Shop::<E>::expecting(6u32.into(), true);
    shop.pay(InvoiceStatus::Complete);
    assert_eq!(shop.answers(), [const { Delivered::Answered(200) }; 3]);
    let became = shop.became();
    assert_eq!((became.shipped, became.booked), (0, 0));
    assert!(became.alarms > 0);
}

fn only_a_post_to_its_path_is_a_webhook<E: Example>() {
    let shop = Shop::<E>::open();
    let status = |url: &str| agent().get(url).call().unwrap().status().as_u16();
    assert_eq!(status(&shop.url), 405);
    assert_eq!(status(&shop.url.replace("/webhook", "/")), 404);
}
