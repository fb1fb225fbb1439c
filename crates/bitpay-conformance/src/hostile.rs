//! A server that means harm: what it sends, and what a client must make of it.
//!
//! The tests run each attack against both clients; the program `hostile` does as well, each in a process
//! of its own, and tells how much memory it took.

use std::io::{self, Read as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use bitpay_core::error::ApiErrorKind;
use bitpay_core::error::TransportErrorKind as Transport;
use bitpay_core::model::invoice::{GetInvoice, ListInvoices};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{Config, Effect, Environment, Error, ErrorKind, Grant, Merchant, PrivateKey};

use crate::{Front, Server};

mod attacks;

pub use attacks::{ATTACKS, FOREIGN};

/// The invoice that is asked for.
pub const ID: &str = "G3viJEJgE8Jk2oekSdgT2A";

/// What a call ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The answer was read.
    Answered,
    /// No answer in time.
    Timeout,
    /// The answer is larger than the client takes.
    TooLarge,
    /// The connection ended before the answer did.
    Closed,
    /// The exchange failed: this is no HTTP.
    Broken,
    /// The answer goes beyond a bound of what is read.
    Beyond,
    /// The answer is JSON, and not what was asked for.
    NotUnderstood,
    /// The answer is no JSON.
    NotJson,
    /// A refusal by its status, which is no JSON.
    Page,
    /// A redirect, which was not followed.
    Redirect,
    /// The server refused in BitPay's words.
    Refused,
    /// None of these.
    Other,
}

impl Ending {
    /// What a call ended with.
    pub fn of<T>(result: &Result<T, Error>) -> Self {
        let error = match result {
            Ok(_) => return Self::Answered,
            Err(error) => error,
        };
        match error.kind() {
            ErrorKind::Transport(error) => match error.kind {
                Transport::Timeout => Self::Timeout,
                Transport::TooLarge => Self::TooLarge,
                Transport::Closed => Self::Closed,
                Transport::Broken => Self::Broken,
                _ => Self::Other,
            },
            ErrorKind::Decode(error) if error.bound.is_some() => Self::Beyond,
            ErrorKind::Decode(_) => Self::NotUnderstood,
            ErrorKind::Api(error) => match error.kind {
                ApiErrorKind::NotJson if (400..500).contains(&error.status) => Self::Page,
                ApiErrorKind::NotJson => Self::NotJson,
                ApiErrorKind::Redirect => Self::Redirect,
                _ => Self::Refused,
            },
            _ => Self::Other,
        }
    }

    /// What a create that ends so may say of its effect: only a refusal says that nothing happened.
    #[must_use]
    pub fn effects_of_a_create(self) -> &'static [Effect] {
        match self {
            Self::Refused | Self::Page | Self::Redirect => &[Effect::Nothing],
            // By whether the server's answer was JSON at all.
            Self::NotUnderstood => &[Effect::Unknown, Effect::Happened],
            _ => &[Effect::Unknown],
        }
    }
}

/// What a client allows an answer.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    /// Bytes.
    pub max_body: usize,
    /// Items of lists.
    pub max_items: usize,
}

impl Allowed {
    /// The client's own set-up.
    #[must_use]
    pub fn by_default() -> Self {
        let config = Config::new(Environment::Test);
        Self {
            max_body: config.max_body,
            max_items: config.max_items,
        }
    }

    /// A client that allows this, for one try against an address.
    #[must_use]
    pub fn config(self, url: &str, limit: Duration) -> Config {
        Config::new(url.parse().unwrap())
            .retry(RetryPolicy::off())
            .timeout(limit)
            .stream_timeout(limit)
            .max_body(self.max_body)
            .max_items(self.max_items)
    }
}

/// What is asked of the server.
#[derive(Clone, Copy, Debug)]
enum Ask {
    Invoice,
    Invoices,
    /// The same, read as they come.
    Rows,
}

/// One way to do harm.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    /// What it is.
    pub name: &'static str,
    /// What the call may end with, in the blocking client and in the async one. Where there is a choice, it
    /// depends on what the system tells first.
    ends: [&'static [Ending]; 2],
    /// It lasts until the client has had enough.
    lasts: bool,
    /// The server does not wait for the request.
    early: bool,
    ask: Ask,
    answer: fn(&mut TcpStream, Allowed) -> io::Result<()>,
}

impl Attack {
    /// A server that does it to whoever connects.
    #[must_use]
    pub fn start(&self, allowed: Allowed) -> Server {
        let Self { early, answer, .. } = *self;
        Server::raw(move |mut stream| {
            if !early {
                read_request(&mut stream)?;
            }
            answer(&mut stream, allowed)
        })
    }

    /// The call that it is meant for.
    ///
    /// # Errors
    /// As the client.
    pub fn ask<F: Front>(&self, client: &F) -> Result<(), Error> {
        let key = PrivateKey::from_bytes(&[7; 32]).unwrap();
        let token = "MerchantToken007xxxxxxxxxxxxxxxx".parse().unwrap();
        let grant = Grant::<Merchant>::new(token, key);
        let day = "2026-01-01".parse().unwrap();
        let list = ListInvoices::new(day, day);
        match self.ask {
            Ask::Invoice => client
                .call(&grant, &GetInvoice::new(ID.parse().unwrap()))
                .map(|invoice| assert_eq!(invoice.id.as_str(), ID)),
            Ask::Invoices => client.call(&grant, &list).map(drop),
            Ask::Rows => client.each(&grant, &list, drop).map(drop),
        }
    }

    /// What the call of this client may end with.
    #[must_use]
    pub fn ends<F: Front>(&self) -> &'static [Ending] {
        self.ends[usize::from(F::NAME == crate::Async::NAME)]
    }

    /// How long a client waits: not long, where an attack lasts until it has had enough.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_millis(if self.lasts { 300 } else { 60_000 })
    }
}

/// What a busy machine may add to a limit of time.
pub const GRACE: Duration = Duration::from_secs(10);

/// Runs something in a thread of its own, and panics with its name when it takes longer than it may: a test
/// that hangs says so, and does not hold up all others.
pub fn in_time<T: Send + 'static>(
    name: &str,
    limit: Duration,
    run: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (done, result) = mpsc::channel();
    let thread = thread::spawn(move || done.send(run()));
    match result.recv_timeout(limit + GRACE) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{name}: hangs"),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let panicked = thread.join().err();
            panic!(
                "{name}: {:?}",
                panicked.as_ref().and_then(|it| it.downcast_ref::<String>())
            )
        }
    }
}

/// Until the end of the head. What tests send fits in one piece, with its body.
fn read_request(stream: &mut TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    let mut piece = [0; 8192];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => head.extend_from_slice(&piece[..read]),
        }
    }
    Ok(())
}
