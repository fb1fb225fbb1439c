//! A network, a server, disks and time in one thread, all from one seed.
//!
//! Whatever waits is a future of a process, and is polled when what it waits for has come. To kill a
//! process is to drop its futures: wherever they stood, nothing runs after that, as after `kill -9`.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bitpay_core::call::Incoming;
use bitpay_core::error::{TransportError, TransportErrorKind};
use bitpay_core::time::Timestamp;
use bitpay_sandbox::{Change, Engine, Settings};
use bytes::Bytes;
use fastrand::Rng;
use http::header::{CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, Request, StatusCode, Uri};

/// The name by which the processes know the server.
pub const BASE: &str = "http://127.0.0.1:8088";

/// So often, in hundredths, something goes wrong with an exchange.
const TROUBLE: u32 = 30;

/// What goes wrong with an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// No connection.
    Refused,
    /// The connection breaks before the request has arrived.
    LostRequest,
    /// The request arrives when its sender has given it up.
    LateRequest,
    /// The request takes longer than others that were sent after it.
    SlowRequest,
    /// The connection breaks after the work was done, before the answer.
    LostAnswer,
    /// Only a part of the answer comes.
    CutAnswer,
    /// The answer has no end that can be read.
    MalformedAnswer,
    /// The work is done, and no answer comes.
    Stall,
    /// A proxy answers after the work was done.
    PageAfter,
    /// A proxy answers in place of the server.
    PageBefore,
    /// The server says that it failed, and did nothing.
    ErrorBefore,
    /// The server says that it failed, after it did everything.
    ErrorAfter,
    /// Too many requests.
    Busy,
    /// The server crashes before what it did is on its disk.
    ServerCrash,
}

/// Every trouble there is.
pub const TROUBLES: [Trouble; 14] = [
    Trouble::Refused,
    Trouble::LostRequest,
    Trouble::LateRequest,
    Trouble::SlowRequest,
    Trouble::LostAnswer,
    Trouble::CutAnswer,
    Trouble::MalformedAnswer,
    Trouble::Stall,
    Trouble::PageAfter,
    Trouble::PageBefore,
    Trouble::ErrorBefore,
    Trouble::ErrorAfter,
    Trouble::Busy,
    Trouble::ServerCrash,
];

/// What comes of an exchange.
pub enum Mail {
    /// A head and a body, or the first part of one.
    Answer {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body, as much of it as comes.
        body: Bytes,
        /// It is the whole body.
        whole: bool,
    },
    /// There is no answer.
    Failed(TransportErrorKind),
    /// Time has passed.
    Woken,
}

impl Mail {
    fn page(status: u16) -> Self {
        Self::of(status, "text/html", "<h1>Something went wrong</h1>")
    }

    fn of(status: u16, kind: &'static str, body: &'static str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        Self::Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: Bytes::from_static(body.as_bytes()),
            whole: true,
        }
    }

    fn busy(seconds: u32) -> Self {
        let mut mail = Self::of(429, "application/json", r#"{"error":"Too many requests"}"#);
        if let Self::Answer { headers, .. } = &mut mail {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        mail
    }

    /// Tells a call what came, in pieces of this size.
    pub fn tell(self, call: &mut impl Incoming, piece: usize) {
        let fail = |kind| TransportError::new(kind, None);
        match self {
            Self::Answer {
                status,
                headers,
                body,
                whole,
            } => {
                let wanted = call.head(status, headers)
                    && body.chunks(piece.max(1)).all(|chunk| call.body(chunk));
                match (wanted, whole) {
                    (true, true) => call.end(),
                    (true, false) => call.failed(fail(TransportErrorKind::Closed)),
                    (false, _) => {}
                }
            }
            Self::Failed(kind) => call.failed(fail(kind)),
            Self::Woken => call.failed(fail(TransportErrorKind::Timeout)),
        }
    }
}

enum Happening {
    /// Somebody waits for this long enough.
    Wake(u64),
    /// A request is there.
    Arrives {
        ticket: u64,
        request: Request<Bytes>,
        trouble: Option<Trouble>,
    },
    /// An answer is there. It was sent before a server crashed so often.
    Answered { ticket: u64, mail: Mail, epoch: u32 },
    /// A process is killed, and started again.
    Kill(usize),
    /// The server stops, and starts with what is on its disk.
    Restart,
}

struct Event {
    at: Timestamp,
    number: u64,
    what: Happening,
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Event {}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// What there was of everything.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Requests that were sent while things went wrong, whatever became of them.
    pub exchanges: u64,
    /// What went wrong, how often.
    pub troubles: BTreeMap<Trouble, u64>,
    /// Processes that were killed.
    pub kills: u64,
    /// Servers that stopped and started again.
    pub restarts: u64,
}

impl Counts {
    /// Adds another count.
    pub fn add(&mut self, other: &Self) {
        self.exchanges += other.exchanges;
        self.kills += other.kills;
        self.restarts += other.restarts;
        for (trouble, count) in &other.troubles {
            *self.troubles.entry(*trouble).or_default() += count;
        }
    }
}

/// Rows by their tables and keys.
type Rows = BTreeMap<(String, Vec<u8>), Vec<u8>>;

/// The server, and what is on its disk.
struct Server {
    engine: Engine,
    settings: Settings,
    /// `None` for a server that keeps nothing.
    disk: Option<Rows>,
    /// So often it has crashed.
    epoch: u32,
}

impl Server {
    fn save(&mut self, changes: Vec<Change>) {
        let Some(disk) = &mut self.disk else { return };
        for change in changes {
            let place = (change.table.to_owned(), change.key);
            match change.value {
                Some(value) => disk.insert(place, value),
                None => disk.remove(&place),
            };
        }
    }

    /// Begins anew with what is on the disk. One that keeps nothing goes on.
    fn restart(&mut self) {
        let Some(disk) = &self.disk else { return };
        let mut engine = Engine::saving(0, self.settings.clone());
        for ((table, key), value) in disk {
            engine.restore(table, key, value).unwrap();
        }
        self.engine = engine;
        self.epoch += 1;
    }
}

struct Inner {
    now: Timestamp,
    random: Rng,
    events: BinaryHeap<Reverse<Event>>,
    next: u64,
    /// What has come, and nobody has taken yet.
    mail: HashMap<u64, Mail>,
    /// Who waits for what.
    waiting: HashMap<u64, usize>,
    server: Server,
    /// Nothing goes wrong any more.
    calm: bool,
    counts: Counts,
    /// What is to be run: a future, and the process that it is of.
    spawned: Vec<(usize, Task)>,
    running: Option<usize>,
}

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A world. Clones are the same one.
#[derive(Clone)]
pub struct World(Rc<RefCell<Inner>>);

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

impl World {
    /// A world with a server that is set so. One that keeps what it does on a disk can be restarted.
    #[must_use]
    pub fn new(seed: u64, settings: Settings, keeps: bool) -> Self {
        let engine = if keeps {
            Engine::saving(seed, settings.clone())
        } else {
            Engine::with_settings(seed, settings.clone())
        };
        Self(Rc::new(RefCell::new(Inner {
            now: "2026-03-01T12:00:00Z".parse().unwrap(),
            random: Rng::with_seed(seed),
            events: BinaryHeap::new(),
            next: 0,
            mail: HashMap::new(),
            waiting: HashMap::new(),
            server: Server {
                engine,
                settings,
                disk: keeps.then(BTreeMap::new),
                epoch: 0,
            },
            calm: true,
            counts: Counts::default(),
            spawned: Vec::new(),
            running: None,
        })))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.borrow().now
    }

    /// A number below this one.
    #[must_use]
    pub fn below(&self, end: u64) -> u64 {
        self.0.borrow_mut().random.u64(..end.max(1))
    }

    /// Any number.
    #[must_use]
    pub fn chance(&self) -> u64 {
        self.0.borrow_mut().random.u64(..)
    }

    /// What there was of everything.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.borrow().counts.clone()
    }

    /// Does something with the server, as nobody but its owner can.
    pub fn at_server<T>(&self, act: impl FnOnce(&mut Engine, Timestamp) -> T) -> T {
        let mut inner = self.0.borrow_mut();
        let now = inner.now;
        let done = act(&mut inner.server.engine, now);
        let ticked = inner.server.engine.tick(now);
        inner.server.save(ticked.persist);
        done
    }

    /// From now on nothing goes wrong, or something does again.
    pub fn calm(&self, calm: bool) {
        self.0.borrow_mut().calm = calm;
    }

    /// Kills a process after this time.
    pub fn kill_after(&self, process: usize, time: Duration) {
        self.0.borrow_mut().plan(time, Happening::Kill(process));
    }

    /// Stops and starts the server after this time.
    pub fn restart_after(&self, time: Duration) {
        self.0.borrow_mut().plan(time, Happening::Restart);
    }

    /// Runs a future beside the others of a process.
    pub fn spawn(&self, process: usize, task: impl Future<Output = ()> + 'static) {
        self.0.borrow_mut().spawned.push((process, Box::pin(task)));
    }

    /// Lets time pass.
    pub async fn sleep(&self, time: Duration) {
        let ticket = self.0.borrow_mut().plan_wake(time);
        self.wait(ticket).await;
    }

    /// Sends a request, and waits for what comes of it, no longer than this.
    pub async fn exchange(&self, request: Request<Bytes>, limit: Duration) -> Mail {
        let ticket = self.0.borrow_mut().send(request, limit);
        self.wait(ticket).await
    }

    fn wait(&self, ticket: u64) -> Waiting {
        let mut inner = self.0.borrow_mut();
        let running = inner.running.unwrap_or_default();
        inner.waiting.insert(ticket, running);
        Waiting {
            world: self.clone(),
            ticket,
        }
    }

    /// Runs until nothing is left to happen. A process that is killed is started again by `start`.
    pub fn run(&self, start: impl Fn(&World, usize)) {
        let mut tasks: HashMap<usize, (usize, Task)> = HashMap::new();
        let mut next = 0;
        loop {
            // What was spawned runs at once, up to where it waits.
            loop {
                let Some((process, task)) = self.0.borrow_mut().spawned.pop() else {
                    break;
                };
                next += 1;
                tasks.insert(next, (process, task));
                self.poll(&mut tasks, next);
            }
            let Some(event) = self.next_event() else {
                break;
            };
            match event {
                Happening::Wake(ticket) => self.deliver(&mut tasks, ticket, Mail::Woken),
                Happening::Arrives {
                    ticket,
                    request,
                    trouble,
                } => self.0.borrow_mut().serve(ticket, &request, trouble),
                Happening::Answered {
                    ticket,
                    mail,
                    epoch,
                } => {
                    let gone = epoch != self.0.borrow().server.epoch;
                    let mail = if gone {
                        Mail::Failed(TransportErrorKind::Closed)
                    } else {
                        mail
                    };
                    self.deliver(&mut tasks, ticket, mail);
                }
                Happening::Kill(process) => {
                    tasks.retain(|_, (of, _)| *of != process);
                    self.0.borrow_mut().counts.kills += 1;
                    start(self, process);
                }
                Happening::Restart => {
                    let mut inner = self.0.borrow_mut();
                    inner.server.restart();
                    inner.counts.restarts += 1;
                }
            }
        }
        assert!(tasks.is_empty(), "something waits for what never comes");
    }

    fn next_event(&self) -> Option<Happening> {
        let mut inner = self.0.borrow_mut();
        let Reverse(event) = inner.events.pop()?;
        inner.now = inner.now.max(event.at);
        Some(event.what)
    }

    fn deliver(&self, tasks: &mut HashMap<usize, (usize, Task)>, ticket: u64, mail: Mail) {
        let task = {
            let mut inner = self.0.borrow_mut();
            // Whoever waited has what came first, or is not there any more.
            let Some(task) = inner.waiting.remove(&ticket) else {
                return;
            };
            inner.mail.insert(ticket, mail);
            task
        };
        self.poll(tasks, task);
        self.0.borrow_mut().mail.remove(&ticket);
    }

    fn poll(&self, tasks: &mut HashMap<usize, (usize, Task)>, task: usize) {
        let Some((_, future)) = tasks.get_mut(&task) else {
            return;
        };
        self.0.borrow_mut().running = Some(task);
        let ended = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready();
        self.0.borrow_mut().running = None;
        if ended {
            tasks.remove(&task);
        }
    }
}

struct Waiting {
    world: World,
    ticket: u64,
}

impl Future for Waiting {
    type Output = Mail;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Mail> {
        let mail = self.world.0.borrow_mut().mail.remove(&self.ticket);
        mail.map_or(Poll::Pending, Poll::Ready)
    }
}

impl Inner {
    fn plan(&mut self, time: Duration, what: Happening) {
        self.next += 1;
        self.events.push(Reverse(Event {
            at: self.now + time,
            number: self.next,
            what,
        }));
    }

    fn ticket(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn plan_wake(&mut self, time: Duration) -> u64 {
        let ticket = self.ticket();
        self.plan(time, Happening::Wake(ticket));
        ticket
    }

    fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(self.random.u64(from..to))
    }

    fn send(&mut self, request: Request<Bytes>, limit: Duration) -> u64 {
        self.counts.exchanges += u64::from(!self.calm);
        let strikes = !self.calm && self.random.u32(..100) < TROUBLE;
        let mut trouble = strikes.then(|| self.random.choice(TROUBLES)).flatten();
        if trouble == Some(Trouble::ServerCrash) && self.server.disk.is_none() {
            trouble = Some(Trouble::LostAnswer);
        }
        if let Some(trouble) = trouble {
            *self.counts.troubles.entry(trouble).or_default() += 1;
        }
        let ticket = self.plan_wake(limit);
        let way = match trouble {
            Some(Trouble::LateRequest) => limit + self.millis(1, 300_000),
            Some(Trouble::SlowRequest) => self.millis(1_000, 60_000),
            _ => self.millis(1, 200),
        };
        match trouble {
            Some(Trouble::Refused) => {
                let mail = Mail::Failed(TransportErrorKind::Connect);
                self.answer(ticket, way, mail);
            }
            Some(Trouble::LostRequest) => {
                let mail = Mail::Failed(TransportErrorKind::Closed);
                self.answer(ticket, way, mail);
            }
            _ => self.plan(
                way,
                Happening::Arrives {
                    ticket,
                    request,
                    trouble,
                },
            ),
        }
        ticket
    }

    fn answer(&mut self, ticket: u64, after: Duration, mail: Mail) {
        let epoch = self.server.epoch;
        self.plan(
            after,
            Happening::Answered {
                ticket,
                mail,
                epoch,
            },
        );
    }

    fn serve(&mut self, ticket: u64, request: &Request<Bytes>, trouble: Option<Trouble>) {
        let after = self.millis(1, 200);
        let instead = match trouble {
            Some(Trouble::PageBefore) => {
                Some(Mail::page(self.random.choice([502, 503, 520]).unwrap()))
            }
            Some(Trouble::ErrorBefore) => Some(Mail::of(500, "application/json", "")),
            Some(Trouble::Busy) => Some(Mail::busy(self.random.u32(..90))),
            _ => None,
        };
        if let Some(mail) = instead {
            return self.answer(ticket, after, mail);
        }
        let outcome = self.server.engine.handle(&as_received(request), self.now);
        if trouble == Some(Trouble::ServerCrash) {
            self.server.restart();
            self.counts.restarts += 1;
            return self.answer(ticket, after, Mail::Failed(TransportErrorKind::Closed));
        }
        self.server.save(outcome.persist);
        let (head, body) = outcome
            .response
            .expect("no fault was injected")
            .into_parts();
        let cut = match trouble {
            Some(Trouble::CutAnswer) => Some(self.random.usize(..body.len().max(1))),
            Some(Trouble::MalformedAnswer) => Some(body.len().saturating_sub(1)),
            _ => None,
        };
        let mail = match trouble {
            Some(Trouble::LostAnswer) => Mail::Failed(TransportErrorKind::Closed),
            Some(Trouble::PageAfter) => Mail::page(504),
            Some(Trouble::ErrorAfter) => {
                let body = r#"{"status":"error","code":"000000","error":"Generic server error"}"#;
                Mail::of(500, "application/json", body)
            }
            Some(Trouble::Stall) => return,
            _ => Mail::Answer {
                status: head.status,
                headers: head.headers,
                body: body.slice(..cut.unwrap_or(body.len())),
                whole: trouble != Some(Trouble::CutAnswer),
            },
        };
        self.answer(ticket, after, mail);
    }
}

/// The request as it comes out of a connection: the address is a path, and the host is in a header.
fn as_received(request: &Request<Bytes>) -> Request<Bytes> {
    let mut received = request.clone();
    let uri = request.uri();
    let target = uri.path_and_query().expect("an absolute address").clone();
    let host = uri.authority().expect("an absolute address").as_str();
    let host = HeaderValue::from_str(host).unwrap();
    received.headers_mut().insert(HOST, host);
    *received.uri_mut() = Uri::from(target);
    received
}
