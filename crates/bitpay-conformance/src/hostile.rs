//! A server that means harm: what it sends, and what a client must make of it.
//!
//! The tests run each attack against both clients; the program `hostile` does as well, each in a process
//! of its own, and tells how much memory it took.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use bitpay_core::error::ApiErrorKind;
use bitpay_core::error::TransportErrorKind as Transport;
use bitpay_core::{Error, ErrorKind};

use crate::Server;

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
    /// The answer is JSON, and not what was asked for.
    NotUnderstood,
    /// The answer is no JSON.
    NotJson,
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
            ErrorKind::Decode(_) => Self::NotUnderstood,
            ErrorKind::Api(error) => match error.kind {
                ApiErrorKind::NotJson => Self::NotJson,
                ApiErrorKind::Redirect => Self::Redirect,
                _ => Self::Refused,
            },
            _ => Self::Other,
        }
    }
}

/// One way to do harm.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    /// What it is.
    pub name: &'static str,
    /// What the call may end with: most attacks leave no choice.
    pub ends: &'static [Ending],
    /// It lasts until the client has had enough.
    pub lasts: bool,
    /// The server does not wait for the request.
    early: bool,
    answer: fn(&mut TcpStream) -> io::Result<()>,
}

impl Attack {
    /// A server that does it to whoever connects.
    #[must_use]
    pub fn start(self) -> Server {
        Server::raw(move |mut stream| {
            if !self.early {
                read_request(&mut stream)?;
            }
            (self.answer)(&mut stream)
        })
    }
}

/// How long a client waits here: not long, where an attack lasts until it has had enough.
#[must_use]
pub fn patience(attack: &Attack) -> Duration {
    Duration::from_millis(if attack.lasts { 300 } else { 60_000 })
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

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/// A whole answer, and then the server waits for the client to go.
fn whole(stream: &mut TcpStream, headers: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    write!(stream, "{OK}{headers}content-length: {length}\r\n\r\n")?;
    stream.write_all(body)?;
    until_closed(stream)
}

fn json(stream: &mut TcpStream, body: &str) -> io::Result<()> {
    whole(stream, "", body.as_bytes())
}

fn until_closed(stream: &mut TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 1024])? > 0 {}
    Ok(())
}

/// The same again and again, for as long as the client takes it.
fn endless(stream: &mut TcpStream, start: &str, again: &str) -> io::Result<()> {
    stream.write_all(start.as_bytes())?;
    let block = again.repeat((16 << 10) / again.len() + 1);
    loop {
        stream.write_all(block.as_bytes())?;
    }
}

/// A byte now and then.
fn drip(stream: &mut TcpStream, start: &str, byte: &[u8]) -> io::Result<()> {
    stream.write_all(start.as_bytes())?;
    loop {
        stream.write_all(byte)?;
        sleep(Duration::from_millis(10));
    }
}

fn deep(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

/// An invoice with a member put in.
fn invoice(member: &str) -> String {
    format!(
        r#"{{"data":{{{member},"id":"G3viJEJgE8Jk2oekSdgT2A","status":"new","price":10.1,"currency":"USD"}}}}"#
    )
}

/// An invoice of this price, written so.
fn priced(price: &str) -> String {
    invoice("\"x\":0").replace("10.1", price)
}

/// So many zeros, compressed a thousandfold by hand: each match of 258 bytes takes 13 bits.
fn bomb(zeros: usize) -> Vec<u8> {
    let mut out = b"\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec();
    let (mut bits, mut held) = (0_u64, 0);
    let mut put = |value: u64, count: u32| {
        bits |= value << held;
        held += count;
        while held >= 8 {
            out.push((bits & 0xff) as u8);
            bits >>= 8;
            held -= 8;
        }
    };
    // The last block, of fixed codes, which begins with a zero. Codes are written from their highest bit.
    put(0b011, 3);
    put(0b0000_1100, 8);
    for _ in 0..zeros / 258 {
        put(0b1010_0011, 8);
        put(0, 5);
    }
    // The end of the block, and no checksum: nobody should come so far.
    put(0, 7);
    put(0, 7);
    out
}

const MADE: &str =
    r#"{"data":{"id":"G3viJEJgE8Jk2oekSdgT2A","status":"new","price":10.1,"currency":"USD"}}"#;

/// Another invoice than any that was asked for.
pub const FOREIGN: &str =
    r#"{"data":{"id":"FoReiGnInVoIcEoFNobody","status":"complete","price":10.1,"currency":"USD"}}"#;

macro_rules! attacks {
    ($($name:literal $(($($how:ident),+))? => $($ending:ident)|+, $answer:expr;)*) => {
        /// Every attack.
        pub const ATTACKS: &[Attack] = &[$(
            Attack {
                name: $name,
                ends: &[$(Ending::$ending),+],
                lasts: attacks!(@lasts $($($how)+)?),
                early: attacks!(@early $($($how)+)?),
                answer: $answer,
            },
        )*];
    };
    (@lasts lasts $($rest:ident)*) => { true };
    (@lasts $($rest:ident)*) => { false };
    (@early early) => { true };
    (@early $($rest:ident)*) => { false };
}

attacks! {
    "a head that drips" (lasts) => Timeout, |to| drip(to, "HTTP/1.1 200 OK\r\nx: ", b"y");
    "a status line that drips" (lasts) => Timeout, |to| drip(to, "HTTP/1.1 200 O", b"K");
    "a body that drips" (lasts) => Timeout, |to| drip(to, &format!("{OK}content-length: 100000\r\n\r\n"), b" ");
    "a chunk that drips" (lasts) => Timeout,
        |to| drip(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n"), b"1\r\n \r\n");
    "a chunk's length that drips" (lasts) => Timeout,
        |to| drip(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n"), b"0");
    "silence" (lasts) => Timeout, until_closed;
    "half a head and silence" (lasts) => Timeout,
        |to| { to.write_all(b"HTTP/1.1 200")?; until_closed(to) };
    "1xx for ever" (lasts) => Timeout | TooLarge,
        |to| endless(to, "", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n");
    "100 for ever" (lasts) => Timeout | TooLarge,
        |to| endless(to, "", "HTTP/1.1 100 Continue\r\n\r\n");

    "an endless body in chunks" => TooLarge, |to| {
        let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
        endless(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n"), &chunk)
    };
    "endless chunks of a byte" (lasts) => Timeout | TooLarge,
        |to| endless(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n"), "1\r\n \r\n");
    "an endless body of no length" => TooLarge,
        |to| endless(to, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", " ");
    "an endless body of a huge length" => TooLarge,
        |to| endless(to, &format!("{OK}content-length: 99999999999\r\n\r\n"), " ");
    "a length beyond 64 bits" => Broken,
        |to| endless(to, &format!("{OK}content-length: 99999999999999999999999\r\n\r\n"), " ");
    "a chunk beyond 64 bits" => Broken,
        |to| endless(to, &format!("{OK}transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n"), " ");
    "an endless chunk extension" => TooLarge | Broken,
        |to| endless(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n1;"), "x");
    "endless trailers" (lasts) => Timeout | TooLarge,
        |to| endless(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n0\r\n"), "x: y\r\n");
    "endless headers" => TooLarge, |to| endless(to, OK, "x: yyyyyyyyyyyyyyyyyyyyyyyyyy\r\n");
    "an endless header" => TooLarge, |to| endless(to, &format!("{OK}x: "), "y");
    "an endless status line" => TooLarge, |to| endless(to, "HTTP/1.1 200 ", "OK ");
    "90 KB of headers" => TooLarge, |to| {
        let headers = format!("x: {}\r\n", "y".repeat(1_000)).repeat(90);
        whole(to, &headers, MADE.as_bytes())
    };
    "1 000 small headers" => TooLarge, |to| whole(to, &"x: y\r\n".repeat(1_000), MADE.as_bytes());

    "100 000 levels in place of the data" => NotUnderstood,
        |to| json(to, &format!("{{\"data\":{}}}", deep(100_000)));
    "100 000 levels in place of a price" => NotUnderstood, |to| json(to, &priced(&deep(100_000)));
    "100 000 levels in a field that is read on demand" => Answered | NotUnderstood,
        |to| json(to, &invoice(&format!("\"exchangeRates\":{{\"BTC\":{}}}", deep(100_000))));
    "100 000 levels in a field that nobody reads" => Answered,
        |to| json(to, &invoice(&format!("\"unknown\":{}", deep(100_000))));
    "100 000 levels that do not end" => NotUnderstood,
        |to| json(to, &format!("{{\"data\":{}", "[".repeat(100_000)));
    "100 000 levels in place of an error's text" => Refused,
        |to| json(to, &format!("{{\"error\":{}}}", deep(100_000)));
    "a number of 20 MB" => NotUnderstood, |to| json(to, &priced(&"1".repeat(20_000_000)));
    "a number with 20 MB of zeros" => NotUnderstood,
        |to| json(to, &priced(&format!("0.{}1", "0".repeat(20_000_000))));
    "an exponent of 20 MB" => NotUnderstood,
        |to| json(to, &priced(&format!("1e{}", "9".repeat(20_000_000))));
    "a text of 20 MB in place of an id" => NotUnderstood,
        |to| json(to, &MADE.replace("G3vi", &"G".repeat(20_000_000)));
    "an error of 20 MB" => Refused,
        |to| json(to, &format!("{{\"error\":\"{}\"}}", "no ".repeat(7_000_000)));

    "a redirect elsewhere" => Redirect, |to| {
        to.write_all(b"HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:9/invoices\r\ncontent-length: 0\r\n\r\n")?;
        until_closed(to)
    };
    "a picture" => NotJson, |to| {
        to.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 12\r\n\r\n\x89PNG\r\n\x1a\n\0\0\0\r")?;
        until_closed(to)
    };
    "a bomb, compressed unasked" => NotJson,
        |to| whole(to, "content-encoding: gzip\r\n", &bomb(1_000_000_000));
    "a body that ends before its length" => Closed, |to| {
        write!(to, "{OK}content-length: {}\r\n\r\n{MADE}", MADE.len() + 1_000)
    };
    "a body that stops before its length" (lasts) => Timeout, |to| {
        write!(to, "{OK}content-length: {}\r\n\r\n{MADE}", MADE.len() + 1_000)?;
        until_closed(to)
    };
    "a body beyond its length" => NotUnderstood, |to| {
        write!(to, "{OK}content-length: {}\r\n\r\n{MADE}", MADE.len() - 10)?;
        until_closed(to)
    };
    "two lengths" => Broken, |to| {
        write!(to, "{OK}content-length: {}\r\ncontent-length: 10\r\n\r\n{MADE}", MADE.len())?;
        until_closed(to)
    };
    "a length and chunks" => Answered | Broken | Closed, |to| {
        let length = MADE.len();
        write!(to, "{OK}content-length: 10\r\ntransfer-encoding: chunked\r\n\r\n{length:x}\r\n{MADE}\r\n0\r\n\r\n")?;
        until_closed(to)
    };
    "another protocol" => Refused | NotJson | Broken | Closed, |to| {
        to.write_all(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n")?;
        endless(to, "", "x")
    };
    "an answer before the request" (early) => Answered | Broken | Closed, |to| json(to, MADE);
    "a refusal without having read" (early) => Refused | NotJson | Broken | Closed, |to| {
        to.write_all(b"HTTP/1.1 413 Content Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
    };
    "two answers at once" => Answered, |to| {
        let answer = |body: &str| format!("{OK}content-length: {}\r\n\r\n{body}", body.len());
        write!(to, "{}{}", answer(MADE), answer(FOREIGN))?;
        until_closed(to)
    };
}

impl Attack {
    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ATTACKS.iter().find(|attack| attack.name == name)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_bomb_is_one() {
        // What zlib reads as 1 + 4 * 258 zeros.
        let bomb = super::bomb(4 * 258);
        let zeros = [0x63, 0x18, 0x05, 0xa3, 0x60, 0x14, 0x8c, 0x02, 0];
        assert_eq!(&bomb[10..], zeros);
    }
}
