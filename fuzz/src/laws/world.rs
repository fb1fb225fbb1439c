//! A sandbox without sockets, with a clock and a disk, in which there is something of everything.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use bitpay_core::call::Settings as CallSettings;
use bitpay_core::call::{Call, Incoming as _, Step};
use bitpay_core::model::invoice::{Buyer, CreateInvoice, GetInvoice, Invoice};
use bitpay_core::model::recipient::{NewRecipient, RecipientStatus, SubmitRecipients};
use bitpay_core::time::Timestamp;
use bitpay_core::{
    Allows, Answer, BaseUrl, Config, Credential, Currency, Environment, Error, Grant, Guid,
    Merchant, Payout, Pos, PrivateKey, RecipientId, Token,
};
use bitpay_sandbox::{Change, Delivered, Delivery, Engine, Outcome, Settings};
use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::{Request, Uri};

pub(super) const HOSTED: &str = "localhost:8088";

/// An order id that asks to have its invoice paid, and then its refunds.
pub(super) const PAID: &str = "sandbox-refund-success";

/// What outlives an engine: each row by its table and its key.
type Disk = BTreeMap<(String, Vec<u8>), Vec<u8>>;

/// How every world begins.
pub(super) struct Start {
    disk: Disk,
    clock: Timestamp,
    pub(super) key: PrivateKey,
    pub(super) merchant: Grant<Merchant>,
    pub(super) payout: Grant<Payout>,
    pub(super) pos: String,
    /// Complete.
    pub(super) paid: Vec<Invoice>,
    /// Active.
    pub(super) payee: RecipientId,
    pub(super) base: BaseUrl,
    pub(super) settings: CallSettings,
}

pub(super) struct World {
    pub(super) engine: Engine,
    pub(super) clock: Timestamp,
    disk: Disk,
    settings: Settings,
}

fn key() -> PrivateKey {
    PrivateKey::from_bytes(&[7; 32]).expect("in range")
}

pub(super) fn start() -> &'static Start {
    static START: OnceLock<Start> = OnceLock::new();
    START.get_or_init(|| {
        let clock = "2026-03-01T12:00:00Z".parse().expect("an instant");
        let mut world = World {
            engine: Engine::saving(1, Settings::default()),
            clock,
            disk: Disk::new(),
            settings: Settings::default(),
        };
        let merchant = world.engine.grant::<Merchant>(key(), clock);
        let payout = world.engine.grant::<Payout>(key(), clock);
        let pos: Token<Pos> = world.engine.make_open_token(None, clock);
        let environment: Environment = format!("http://{HOSTED}").parse().expect("an address");
        let base = environment.base_url();
        let settings = CallSettings::new(&Config::new(environment)).expect("the defaults");
        let mut ids = Vec::new();
        for number in 0..3 {
            let order = CreateInvoice::for_order(format!("{PAID}-{number}"), 20u32, Currency::USD)
                .buyer(Buyer::new().email("ada@example.com"));
            let made = world.call(&merchant, &order, &base, &settings);
            ids.push(made.expect("an invoice").id.clone());
        }
        let ada = NewRecipient::new(Guid::derived("recipient", "ada"), "ada@example.com");
        let invite = SubmitRecipients::new(Guid::derived("recipients", "all"), vec![ada]);
        let made = world.call(&payout, &invite, &base, &settings);
        let payee = made.expect("a recipient")[0].id.clone();
        let done = world
            .engine
            .move_recipient(&payee, &RecipientStatus::Active, clock);
        done.expect("it is new");
        let done = world.engine.deposit(&Currency::USD, 1_000_000u32, clock);
        done.expect("a currency");
        world.pass(Duration::from_secs(1));
        let paid = ids.into_iter().map(|id| {
            let found = world.call(&merchant, &GetInvoice::new(id), &base, &settings);
            found.expect("an invoice").into_value()
        });
        Start {
            paid: paid.collect(),
            disk: world.disk,
            clock: world.clock,
            key: key(),
            merchant,
            payout,
            pos: pos.expose().to_owned(),
            payee,
            base,
            settings,
        }
    })
}

impl World {
    pub(super) fn new(settings: Settings) -> Self {
        let start = start();
        let mut world = Self {
            engine: Engine::new(0),
            clock: start.clock,
            disk: start.disk.clone(),
            settings,
        };
        world.engine = world.restored();
        world
    }

    /// Another engine, made of what is on the disk. Another seed: what was saved decides.
    pub(super) fn restored(&self) -> Engine {
        let mut engine = Engine::saving(999, self.settings.clone());
        for ((table, key), value) in &self.disk {
            let done = engine.restore(table, key, value);
            done.expect("what was saved is read again");
        }
        engine
    }

    /// The engine stops, and another one begins with what is on the disk.
    pub(super) fn restart(&mut self) {
        self.engine = self.restored();
        self.pass(Duration::ZERO);
    }

    /// Every webhook is delivered at once.
    fn keep(&mut self, deliver: Vec<Delivery>, changes: Vec<Change>) {
        for change in changes {
            let place = (change.table.to_owned(), change.key);
            match change.value {
                Some(value) => self.disk.insert(place, value),
                None => self.disk.remove(&place),
            };
        }
        if deliver.is_empty() {
            return;
        }
        for delivery in deliver {
            self.engine.delivered(delivery.id, Delivered::Answered(200));
        }
        self.pass(Duration::ZERO);
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.clock = self.clock.checked_add(time).unwrap_or(Timestamp::MAX);
        let ticked = self.engine.tick(self.clock);
        self.keep(ticked.deliver, ticked.persist);
    }

    /// The answer, and what it changed.
    pub(super) fn handle(&mut self, request: &Request<Bytes>) -> (Outcome, usize) {
        let mut outcome = self.engine.handle(request, self.clock);
        let changes = std::mem::take(&mut outcome.persist);
        let changed = changes.len();
        self.keep(std::mem::take(&mut outcome.deliver), changes);
        (outcome, changed)
    }

    /// Calls, while nothing goes wrong.
    pub(super) fn call<C: Credential, E: Allows<C>>(
        &mut self,
        credential: &C,
        request: &E,
        base: &BaseUrl,
        settings: &CallSettings,
    ) -> Result<Answer<E::Response>, Error> {
        let mut call = Call::new(request, base, credential, settings)?;
        loop {
            match call.step(self.clock, 0) {
                Step::Send(request) => {
                    let (outcome, _) = self.handle(&as_received(&request));
                    let (head, body) = outcome.response.expect("no fault").into_parts();
                    assert!(call.head(head.status, head.headers) && call.body(&body));
                    call.end();
                }
                Step::Sleep(pause) => self.pass(pause),
                Step::Done(result) => return result,
                Step::Sign(_) => panic!("the key is in memory"),
                Step::Note(_) => panic!("there is no journal"),
            }
        }
    }
}

/// The request as it comes out of a connection: the address is a path, and the host is in a header.
pub(super) fn as_received(request: &Request<Bytes>) -> Request<Bytes> {
    let mut received = request.clone();
    let target = request.uri().path_and_query().expect("a path").clone();
    *received.uri_mut() = Uri::from(target);
    let host = HeaderValue::from_static(HOSTED);
    received.headers_mut().insert(HOST, host);
    received
}
