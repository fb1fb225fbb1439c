//! The sandbox as a server: the engine with a clock, sockets, and a worker that sends webhooks.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
#[cfg(feature = "tls")]
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bitpay_core::id::{InvoiceId, PayoutId, RecipientId, RefundId, SettlementId};
use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::model::payout::PayoutStatus;
use bitpay_core::model::recipient::RecipientStatus;
use bitpay_core::model::refund::RefundStatus;
use bitpay_core::model::settlement::SettlementStatus;
use bitpay_core::time::Timestamp;
use bitpay_core::{
    Amount, BaseUrl, Currency, Environment, Facade, FacadeKind, Grant, Identity, PairingCode, Pos,
    Token,
};
use bytes::Bytes;
use http::Request;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot};

use crate::net::{Answer, Running, unavailable};
use crate::store::{Failure, Saver};
use crate::{
    Change, ControlError, Delivered, Delivery, DeliveryRecord, Engine, EventStream, Fault, Heard,
    Settings,
};

mod builder;
mod controls;
mod seen;

pub use builder::Builder;
pub use seen::SeenRequest;
use seen::{Packed, Seen};

/// A BitPay that runs on this machine, until it is dropped. Any number can run beside each other.
///
/// Its methods are quick and may be called from async code as well.
///
/// ```
/// use bitpay_core::{Merchant, PrivateKey};
/// use bitpay_sandbox::Sandbox;
///
/// let sandbox = Sandbox::start()?;
/// let grant = sandbox.grant::<Merchant>(PrivateKey::from_bytes(&[7; 32])?);
/// // Give `sandbox.environment()` and the grant to a client.
/// assert!(sandbox.base_url().is_loopback());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Sandbox {
    // `None` once it is being dropped.
    server: Option<Running>,
    base_url: BaseUrl,
    shared: Arc<Shared>,
    saving: Option<JoinHandle<()>>,
    #[cfg(feature = "tls")]
    certificate: Option<PathBuf>,
}

struct Shared {
    engine: Mutex<Engine>,
    seen: Seen,
    listener: Mutex<Option<Listener>>,
    /// Something is to be done at another time than was thought.
    wake: Notify,
    webhooks: mpsc::Sender<Delivery>,
    /// Who listens to the events of an invoice.
    streams: Mutex<Vec<(EventStream, UnboundedSender<Bytes>)>>,
    /// The time that a frozen clock shows.
    frozen: Option<Timestamp>,
    /// What the clock showed at its start, if it was set then.
    began: Option<(Timestamp, Instant)>,
    saver: Option<Saver>,
    failure: Arc<Failure>,
}

type Listener = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moment {
    /// It was read, and nothing was done.
    Received,
    /// What it asks for was done, and no answer was sent.
    Worked,
    /// The answer was handed to the connection, or the connection was closed without one.
    Answered,
}

/// Something happened to a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// What.
    pub moment: Moment,
    /// To which.
    pub request: &'a SeenRequest,
}

impl Sandbox {
    /// Starts one on a free port of the loopback interface.
    ///
    /// # Errors
    /// When there is none.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Sets how one is to be.
    pub fn builder() -> Builder {
        Builder {
            seed: None,
            settings: Settings::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            frozen: None,
            starting: None,
            faults: Vec::new(),
            data: None,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// The address of the server.
    #[must_use]
    pub const fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// The file with the certificate of the authority that clients have to trust, in PEM; `None` without
    /// TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn certificate(&self) -> Option<&Path> {
        self.certificate.as_deref()
    }

    /// The environment to give to a client.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.base_url.clone().into()
    }

    /// Approves the pairing that waits for this code, as the merchant does in a browser.
    ///
    /// # Errors
    /// When none does.
    pub fn approve(&self, code: &PairingCode) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.approve(code, clock))
    }

    /// Makes a code in the dashboard, which a program can claim.
    #[must_use]
    pub fn make_code<'a>(&self, facade: Facade, label: impl Into<Option<&'a str>>) -> PairingCode {
        let label = label.into().map(str::to_owned);
        self.with(|engine, clock| engine.make_code(facade, label, clock))
    }

    /// Makes a token for a key, as if it had been asked for and approved.
    #[must_use]
    pub fn grant<F: FacadeKind>(&self, identity: impl Into<Identity>) -> Grant<F> {
        self.with(|engine, clock| engine.grant(identity, clock))
    }

    /// Makes a token in the dashboard with "Require Authentication" off, which needs no key.
    #[must_use]
    pub fn open_token(&self) -> Token<Pos> {
        self.with(|engine, clock| engine.make_open_token(None, clock))
    }

    /// Brings an invoice to a status, by way of those in between: paid, confirmed, complete; or expired,
    /// invalid, declined. Its webhooks go out.
    ///
    /// # Errors
    /// When there is no such invoice, or no way from where it stands.
    pub fn pay(&self, invoice: &InvoiceId, status: InvoiceStatus) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.pay(invoice, &status, clock))
    }

    /// Pays so many hundredths of what an invoice asks.
    ///
    /// # Errors
    /// When there is no such invoice, or it is not new.
    pub fn pay_part(&self, invoice: &InvoiceId, percent: u32) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.pay_part(invoice, percent, clock))
    }

    /// Brings a refund to a status: pending, success or failure. Its webhooks go out.
    ///
    /// # Errors
    /// When there is no such refund, or no way from where it stands.
    pub fn settle_refund(
        &self,
        refund: &RefundId,
        status: RefundStatus,
    ) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.settle_refund(refund, &status, clock))
    }

    /// Brings a settlement to a status: processing, completed or rejected. Left alone, it is paid three
    /// hours after its closing, and completed a day later.
    ///
    /// # Errors
    /// When there is no such settlement, or no way from where it stands.
    pub fn move_settlement(
        &self,
        settlement: &SettlementId,
        status: SettlementStatus,
    ) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.move_settlement(settlement, &status, clock))
    }

    /// Adds funds to a ledger, as a merchant does by a payment to BitPay's bank: payouts are paid from
    /// it. It is an entry of code 1016, since no code of a deposit is published.
    ///
    /// # Errors
    /// When the currency is not known, or the amount is not more than 0 or too fine for it.
    pub fn deposit(
        &self,
        currency: &Currency,
        amount: impl Into<Amount>,
    ) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.deposit(currency, amount, clock))
    }

    /// Brings a payout to a status, by way of those in between: funded, processing, complete; or failed.
    /// Its webhooks go out.
    ///
    /// Left alone, it is funded at 14:00 or 21:00 UTC, not before its day, once its ledger holds enough
    /// for it and its fee. By hand it is funded at once, and the ledger may fall below zero. What was
    /// taken out is given back when it fails. Until it is funded, settlements keep its funds back.
    ///
    /// # Errors
    /// When there is no such payout, no way from where it stands, or its recipient is not active.
    pub fn move_payout(&self, payout: &PayoutId, status: PayoutStatus) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.move_payout(payout, &status, clock))
    }

    /// Brings a recipient to a status, by way of those in between: unverified, verified, active; and then
    /// paused and active again; or removed. Its webhooks go out.
    ///
    /// # Errors
    /// When there is no such recipient, or no way from where it stands.
    pub fn move_recipient(
        &self,
        recipient: &RecipientId,
        status: RecipientStatus,
    ) -> Result<(), ControlError> {
        self.with(|engine, clock| engine.move_recipient(recipient, &status, clock))
    }

    /// Moves the sandbox's clock ahead, and does what is due by then.
    pub fn advance(&self, by: Duration) {
        self.with(|engine, _| engine.advance(by));
    }

    /// The sandbox's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.engine().now(self.shared.clock())
    }

    /// Makes something go wrong with one of the next answers.
    pub fn inject(&self, fault: Fault) {
        self.shared.engine().inject(fault);
    }

    /// The last webhooks, the oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<DeliveryRecord> {
        self.shared.engine().deliveries().cloned().collect()
    }

    /// The last requests, ten thousand at most, the oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.shared.seen.all()
    }

    /// Calls this whenever something happens to a request, in place of what was called before. It runs
    /// on the server's thread: while it runs, the server does nothing else.
    pub fn on_event(&self, listener: impl Fn(&Event<'_>) + Send + Sync + 'static) {
        *lock(&self.shared.listener) = Some(Arc::new(listener));
    }

    /// Serves until the process ends: for a program that is nothing but a sandbox.
    ///
    /// # Errors
    /// When something cannot be saved in its [data](Builder::data): it answers no more then.
    pub fn wait(mut self) -> io::Result<()> {
        if self.shared.saver.is_some() {
            let why = self.shared.failure.wait();
            // Those who wait for an answer are told.
            std::thread::sleep(Duration::from_millis(200));
            return Err(io::Error::other(why));
        }
        if let Some(server) = self.server.take() {
            server.wait();
        }
        Ok(())
    }

    /// Why it answers no more: something could not be saved in its [data](Builder::data).
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.shared.failure.get()
    }

    /// Does something, and sends what it set off. It is on disk when this returns.
    fn with<T>(&self, act: impl FnOnce(&mut Engine, Timestamp) -> T) -> T {
        let (tell, saved) = mpsc::channel();
        let (done, _) = self.shared.act(act, move |_| {
            // Nobody waits where nothing is saved.
            let _ = tell.send(());
        });
        self.shared.wake.notify_one();
        if self.shared.saver.is_some() {
            // Should it fail, `failure` says so.
            let _ = saved.recv();
        }
        done
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // First: the server uses what is shared.
        drop(self.server.take());
        if let (Some(saver), Some(saving)) = (&self.shared.saver, self.saving.take()) {
            saver.close();
            let _ = saving.join();
        }
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sandbox({})", self.base_url)
    }
}

/// What a panic of a listener leaves behind is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn engine(&self) -> MutexGuard<'_, Engine> {
        lock(&self.engine)
    }

    /// Does something, and lets what is due then happen. When there is something to do again?
    fn act<T>(
        self: &Arc<Self>,
        act: impl FnOnce(&mut Engine, Timestamp) -> T,
        done: impl FnOnce(Result<(), String>) + Send + 'static,
    ) -> (T, Option<Timestamp>) {
        let clock = self.clock();
        let mut engine = self.engine();
        let acted = act(&mut engine, clock);
        let ticked = engine.tick(clock);
        self.finish(ticked.persist, ticked.deliver, ticked.heard, done);
        (acted, ticked.next)
    }

    /// Sends what was set off, once what was done is on disk. To be called with the engine locked, so
    /// that changes are saved in their order.
    fn finish(
        self: &Arc<Self>,
        persist: Vec<Change>,
        deliver: Vec<Delivery>,
        heard: Vec<Heard>,
        done: impl FnOnce(Result<(), String>) + Send + 'static,
    ) {
        let Some(saver) = &self.saver else {
            self.deliver(deliver);
            self.let_hear(&heard);
            return done(Ok(()));
        };
        let shared = self.clone();
        saver.save(persist, move |saved| {
            if saved.is_ok() {
                shared.deliver(deliver);
                shared.let_hear(&heard);
            }
            done(saved);
        });
    }

    fn deliver(&self, due: Vec<Delivery>) {
        for delivery in due {
            // The worker ends after the last sender, so it is there.
            let _ = self.webhooks.send(delivery);
        }
    }

    /// Lets a connection listen.
    fn listen(&self, stream: EventStream) -> UnboundedReceiver<Bytes> {
        let (sender, receiver) = unbounded_channel();
        lock(&self.streams).push((stream, sender));
        receiver
    }

    fn let_hear(&self, heard: &[Heard]) {
        let mut streams = lock(&self.streams);
        for heard in heard {
            streams.retain(|(stream, sender)| match &heard.event {
                None => stream.invoice != heard.invoice,
                Some(_) if stream.wants(heard) => sender.send(heard.chunk.clone()).is_ok(),
                Some(_) => !sender.is_closed(),
            });
        }
    }

    fn tell(&self, moment: Moment, request: &Packed) {
        let listener = lock(&self.listener).clone();
        if let Some(listener) = listener {
            let request = &request.unpack();
            listener(&Event { moment, request });
        }
    }

    fn clock(&self) -> Timestamp {
        let running = |(at, since): (Timestamp, Instant)| at.checked_add(since.elapsed()).ok();
        let shown = self.frozen.or_else(|| self.began.and_then(running));
        shown.unwrap_or_else(Timestamp::now)
    }

    fn answer(self: &Arc<Self>, request: Request<Bytes>) -> Answer {
        let operation = self.engine().operation_of(&request);
        let seen = Arc::new(Packed::of(&request, operation));
        self.seen.add(Arc::clone(&seen));
        self.tell(Moment::Received, &seen);
        if let Some(why) = self.failure.get() {
            return Answer::new(unavailable(why));
        }
        let (tell, saved) = oneshot::channel();
        let (outcome, stream) = {
            // Whatever is heard after this is heard by this connection as well.
            let mut engine = self.engine();
            let due = engine.due();
            let mut outcome = engine.handle(&request, self.clock());
            if engine.due() != due {
                self.wake.notify_one();
            }
            let stream = outcome.event_stream.take().map(|it| self.listen(it));
            let (persist, deliver) = (
                std::mem::take(&mut outcome.persist),
                std::mem::take(&mut outcome.deliver),
            );
            let heard = std::mem::take(&mut outcome.heard);
            self.finish(persist, deliver, heard, move |saved| {
                // The client may be gone.
                let _ = tell.send(saved);
            });
            (outcome, stream)
        };
        self.tell(Moment::Worked, &seen);
        let shared = self.clone();
        if outcome.response.is_none() {
            self.tell(Moment::Answered, &seen);
        }
        Answer {
            response: outcome.response,
            cut: outcome.cut,
            delay: outcome.delay,
            saved: self.saver.is_some().then_some(saved),
            stream,
            sent: Some(Box::new(move || shared.tell(Moment::Answered, &seen))),
        }
    }
}

/// Does what is due when it is due.
async fn keep_time(shared: Arc<Shared>) {
    loop {
        let (clock, next) = shared.act(|_, clock| clock, |_| {});
        let pause = next
            .and_then(|next| Duration::try_from(next.duration_since(clock)).ok())
            .unwrap_or(Duration::from_secs(3600));
        tokio::select! {
            () = shared.wake.notified() => {}
            // Late rather than early by a fraction of a millisecond.
            () = tokio::time::sleep(pause + Duration::from_millis(1)) => {}
        }
    }
}

/// Sends webhooks one after another, in their order, until the sandbox is gone.
fn send_webhooks(queue: &mpsc::Receiver<Delivery>, sandbox: &Weak<Shared>) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(10)))
        .build()
        .into();
    while let Ok(delivery) = queue.recv() {
        if sandbox.strong_count() == 0 {
            return;
        }
        let sent = agent
            .post(&delivery.url)
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .header("x-signature", &delivery.signature)
            .send(&delivery.body[..]);
        let outcome = match sent {
            Ok(mut answer) => match answer.status().as_u16() {
                // BitPay wants 200 and nothing else.
                200 => match answer.body_mut().with_config().limit(1).read_to_vec() {
                    Ok(body) if body.is_empty() => Delivered::Answered(200),
                    Ok(_) | Err(ureq::Error::BodyExceedsLimit(_)) => {
                        let why = "answered with 200 and a body, which has to be empty";
                        Delivered::Failed(why.to_owned())
                    }
                    Err(error) => Delivered::Failed(error.to_string()),
                },
                status => Delivered::Answered(status),
            },
            Err(error) => Delivered::Failed(error.to_string()),
        };
        if let Some(shared) = sandbox.upgrade() {
            shared.act(|engine, _| engine.delivered(delivery.id, outcome), |_| {});
            // There may be another try.
            shared.wake.notify_one();
        }
    }
}
