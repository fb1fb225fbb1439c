//! A server for what a mock server cannot do: it records what it receives, byte for byte, and cuts
//! an answer off, closes on it or holds it back.
//!
//! It speaks HTTP/1.1 by hand: an HTTP library would hide the very faults under test, and would
//! show a target that it has read and written anew.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use bitpay_core::PublicKey;
use bitpay_core::signature::{Digest, Signature};

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The method.
    pub method: String,
    /// Path and query, as in the request line.
    pub target: String,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The address as the server sees it: as BitPay's own middleware puts it together.
    #[must_use]
    pub fn url(&self, scheme: &str) -> String {
        let host = self.header("host").unwrap_or_default();
        format!("{scheme}://{host}{}", self.target)
    }

    /// Does the signature hold for what came?
    #[must_use]
    pub fn verifies_over(&self, scheme: &str) -> bool {
        let (Some(identity), Some(signature)) =
            (self.header("x-identity"), self.header("x-signature"))
        else {
            return false;
        };
        let key = PublicKey::from_hex(identity).unwrap();
        let signature = Signature::from_hex(signature).unwrap();
        let digest = Digest::of(&[self.url(scheme).as_bytes(), &self.body]);
        signature.is_low_s() && key.verify(&digest, &signature)
    }

    /// [`Received::verifies_over`] plain HTTP.
    #[must_use]
    pub fn verifies(&self) -> bool {
        self.verifies_over("http")
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn read(stream: &mut impl Read) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte)? == 0 {
                return Ok(None);
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).map_err(io::Error::other)?;
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ');
        let method = first.next().unwrap_or_default().to_owned();
        let target = first.next().unwrap_or_default().to_owned();
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut received = Self {
            method,
            target,
            headers,
            body: Vec::new(),
        };
        assert_eq!(received.header("transfer-encoding"), None);
        let length = received
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        received.body.resize(length, 0);
        stream.read_exact(&mut received.body)?;
        Ok(Some(received))
    }
}

/// A server on this machine that records what it receives.
pub trait Listening {
    /// Its address: `http://127.0.0.1:port`.
    fn url(&self) -> String;

    /// What came so far.
    fn received(&self) -> Vec<Received>;

    /// What came, which must be one request.
    fn only(&self) -> Received {
        let [one] = <[_; 1]>::try_from(self.received()).unwrap();
        one
    }
}

/// What the server does with a request that it has read.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Sends this, and keeps the connection open.
    Send(Vec<u8>),
    /// Sends this, and closes the connection.
    SendAndClose(Vec<u8>),
    /// Closes the connection without a word.
    Close,
    /// Says nothing for as long as the client stays.
    Stall,
    /// Sends this at once, and then one space every so often for as long as the client stays.
    Drip(Vec<u8>, Duration),
}

impl Reply {
    /// An answer of JSON.
    #[must_use]
    pub fn json(status: u16, body: &str) -> Self {
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        Self::Send(answer.into_bytes())
    }

    /// A success with this data.
    #[must_use]
    pub fn data(data: impl std::fmt::Display) -> Self {
        Self::json(200, &format!("{{\"data\":{data}}}"))
    }
}

/// A server on this machine. It stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    stopping: Arc<AtomicBool>,
}

impl Server {
    /// Answers each request as told.
    pub fn answering(answer: impl FnMut(&Received) -> Reply + Send + 'static) -> Self {
        Self::on("127.0.0.1:0", answer).unwrap()
    }

    /// Answers every request alike.
    #[must_use]
    pub fn always(reply: Reply) -> Self {
        Self::answering(move |_| reply.clone())
    }

    /// [`Server::answering`] on an address of one's own.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub fn on(
        address: &str,
        answer: impl FnMut(&Received) -> Reply + Send + 'static,
    ) -> io::Result<Self> {
        let received = Arc::new(Mutex::new(Vec::new()));
        let record = received.clone();
        let answer = Mutex::new(answer);
        Self::connected(address, received, move |stream| {
            serve(stream, &record, &answer)
        })
    }

    /// Hands each connection to a function, in a thread of its own.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub fn raw(handle: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::connected("127.0.0.1:0", Arc::default(), handle).unwrap()
    }

    fn connected(
        address: &str,
        received: Arc<Mutex<Vec<Received>>>,
        handle: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let stop = stopping.clone();
        let handle = Arc::new(handle);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let handle = handle.clone();
                if let Ok(stream) = stream {
                    // A client that goes away in the middle is part of the tests.
                    thread::spawn(move || handle(stream));
                }
            }
        });
        Ok(Self {
            address,
            received,
            stopping,
        })
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Listening for Server {
    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn received(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Wakes the listener up.
        drop(TcpStream::connect(self.address));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads requests and answers them until one side closes.
pub(crate) fn serve<S: Read + Write>(
    mut stream: S,
    record: &Mutex<Vec<Received>>,
    answer: &Mutex<impl FnMut(&Received) -> Reply>,
) -> io::Result<()> {
    while let Some(received) = Received::read(&mut stream)? {
        let reply = {
            let mut answer = lock(answer);
            lock(record).push(received.clone());
            answer(&received)
        };
        match reply {
            Reply::Send(bytes) => {
                stream.write_all(&bytes)?;
                stream.flush()?;
            }
            Reply::SendAndClose(bytes) => {
                stream.write_all(&bytes)?;
                return stream.flush();
            }
            Reply::Close => return Ok(()),
            Reply::Stall => {
                // Returns when the client closes.
                return stream.read(&mut [0]).map(drop);
            }
            Reply::Drip(bytes, every) => {
                stream.write_all(&bytes)?;
                loop {
                    stream.flush()?;
                    thread::sleep(every);
                    stream.write_all(b" ")?;
                }
            }
        }
    }
    Ok(())
}
