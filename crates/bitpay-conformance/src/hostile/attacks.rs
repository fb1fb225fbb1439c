//! What the server sends, and how a call of each client ends.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use super::{Allowed, Ask, Attack, Ending};

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

/// The least of an invoice.
const LEAST: &str = r#"{"id":"G3viJEJgE8Jk2oekSdgT2A","status":"","price":1,"currency":"USD"}"#;

/// As many of these as fit into an answer.
fn many(what: &str, allowed: Allowed) -> String {
    repeated(what, (allowed.max_body - 1_000) / (what.len() + 1))
}

fn repeated(what: &str, times: usize) -> String {
    let mut out = format!("{what},").repeat(times);
    out.pop();
    out
}

/// Members of different names, of so many bytes together.
fn members(bytes: usize) -> String {
    let mut out = String::from("\"a\":0");
    for number in 0.. {
        if out.len() >= bytes {
            break;
        }
        out += &format!(",\"{number}\":0");
    }
    out
}

/// A third of what an answer may have: 20 MB, unless set otherwise.
fn huge(what: &str, allowed: Allowed) -> String {
    what.repeat(allowed.max_body / 3 / what.len())
}

/// As long as an answer may be, with what is around it.
fn largest(what: &str, allowed: Allowed) -> String {
    what.repeat((allowed.max_body - 1_000) / what.len())
}

macro_rules! attacks {
    ($($name:literal $(($($how:ident),+))? => $($blocking:ident)|+ $(/ $($async:ident)|+)?, $answer:expr;)*) => {
        /// Every attack.
        pub const ATTACKS: &[Attack] = &[$(
            Attack {
                name: $name,
                ends: attacks!(@ends [$($blocking),+] $([$($async),+])?),
                lasts: attacks!(@has lasts $($($how)+)?),
                early: attacks!(@has early $($($how)+)?),
                ask: attacks!(@ask $($($how)+)?),
                answer: $answer,
            },
        )*];
    };
    (@ends [$($both:ident),+]) => { [&[$(Ending::$both),+]; 2] };
    (@ends [$($blocking:ident),+] [$($async:ident),+]) => {
        [&[$(Ending::$blocking),+], &[$(Ending::$async),+]]
    };
    (@has lasts lasts $($rest:ident)*) => { true };
    (@has early early $($rest:ident)*) => { true };
    (@has $flag:ident $other:ident $($rest:ident)*) => { attacks!(@has $flag $($rest)*) };
    (@has $flag:ident) => { false };
    (@ask list $($rest:ident)*) => { Ask::Invoices };
    (@ask rows $($rest:ident)*) => { Ask::Rows };
    (@ask $other:ident $($rest:ident)*) => { attacks!(@ask $($rest)*) };
    (@ask) => { Ask::Invoice };
}

attacks! {
    "a head that drips" (lasts) => Timeout, |to, _| drip(to, "HTTP/1.1 200 OK\r\nx: ", b"y");
    "a status line that drips" (lasts) => Timeout, |to, _| drip(to, "HTTP/1.1 200 O", b"K");
    "a body that drips" (lasts) => Timeout, |to, _| drip(to, &format!("{OK}content-length: 100000\r\n\r\n"), b" ");
    "a chunk that drips" (lasts) => Timeout,
        |to, _| drip(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n"), b"1\r\n \r\n");
    "a chunk's length that drips" (lasts) => Timeout,
        |to, _| drip(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n"), b"0");
    "silence" (lasts) => Timeout, |to, _| until_closed(to);
    "half a head and silence" (lasts) => Timeout,
        |to, _| { to.write_all(b"HTTP/1.1 200")?; until_closed(to) };
    "1xx for ever" (lasts) => TooLarge / Timeout,
        |to, _| endless(to, "", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n");
    "100 for ever" (lasts) => TooLarge / Timeout,
        |to, _| endless(to, "", "HTTP/1.1 100 Continue\r\n\r\n");

    "1xx that drip" (lasts) => Timeout, |to, _| drip(to, "", b"HTTP/1.1 103 Early Hints\r\n\r\n");

    "an endless body in chunks" => TooLarge, |to, _| {
        let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
        endless(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n"), &chunk)
    };
    "endless chunks of a byte" (lasts) => Timeout | TooLarge,
        |to, _| endless(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n"), "1\r\n \r\n");
    "an endless body of no length" => TooLarge,
        |to, _| endless(to, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", " ");
    "an endless body of a huge length" => TooLarge,
        |to, _| endless(to, &format!("{OK}content-length: 99999999999\r\n\r\n"), " ");
    "a length beyond 64 bits" => Broken,
        |to, _| endless(to, &format!("{OK}content-length: 99999999999999999999999\r\n\r\n"), " ");
    "a chunk beyond 64 bits" => Broken,
        |to, _| endless(to, &format!("{OK}transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n"), " ");
    "an endless chunk extension" => Broken / TooLarge,
        |to, _| endless(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n1;"), "x");
    "endless trailers" (lasts) => Timeout / TooLarge,
        |to, _| endless(to, &format!("{OK}transfer-encoding: chunked\r\n\r\n0\r\n"), "x: y\r\n");
    "endless headers" => TooLarge, |to, _| endless(to, OK, "x: yyyyyyyyyyyyyyyyyyyyyyyyyy\r\n");
    "an endless header" => TooLarge, |to, _| endless(to, &format!("{OK}x: "), "y");
    "an endless status line" => TooLarge, |to, _| endless(to, "HTTP/1.1 200 ", "OK ");
    "90 KB of headers" => TooLarge, |to, _| {
        let headers = format!("x: {}\r\n", "y".repeat(1_000)).repeat(90);
        whole(to, &headers, MADE.as_bytes())
    };
    "1 000 small headers" => TooLarge, |to, _| whole(to, &"x: y\r\n".repeat(1_000), MADE.as_bytes());

    "100 000 levels in place of the data" => Beyond,
        |to, _| json(to, &format!("{{\"data\":{}}}", deep(100_000)));
    "100 000 levels in place of a price" => Beyond, |to, _| json(to, &priced(&deep(100_000)));
    "100 000 levels in a field that nobody reads" => Beyond,
        |to, _| json(to, &invoice(&format!("\"unknown\":{}", deep(100_000))));
    "100 000 levels that do not end" => Beyond,
        |to, _| json(to, &format!("{{\"data\":{}", "[".repeat(100_000)));
    "100 000 levels in place of an error's text" => Beyond,
        |to, _| json(to, &format!("{{\"error\":{}}}", deep(100_000)));
    "a huge number" => Beyond, |to, allowed| json(to, &priced(&huge("1", allowed)));
    "a number with a huge fraction" => Beyond,
        |to, allowed| json(to, &priced(&format!("0.{}1", huge("0", allowed))));
    "a huge exponent" => Beyond, |to, allowed| json(to, &priced(&format!("1e{}", huge("9", allowed))));
    "a huge number in a text" => NotUnderstood,
        |to, allowed| json(to, &priced(&format!("\"{}\"", huge("1", allowed))));
    "a huge text in place of an id" => NotUnderstood,
        |to, allowed| json(to, &MADE.replace("G3vi", &huge("G", allowed)));
    "a text as long as an answer may be" => Answered,
        |to, allowed| json(to, &invoice(&format!("\"itemDesc\":\"{}\"", largest("x", allowed))));
    "a text of escapes" => Answered,
        |to, allowed| json(to, &invoice(&format!("\"itemDesc\":\"{}\"", largest("\\u0416", allowed))));
    "bytes that are not UTF-8" => NotUnderstood, |to, allowed| {
        let mut body = invoice("\"x\":\"?\"").into_bytes();
        let at = body.iter().position(|byte| *byte == b'?').unwrap();
        body.splice(at..=at, vec![0xff; allowed.max_body - 1_000]);
        whole(to, "", &body)
    };
    "an error as long as an answer may be" => Refused,
        |to, allowed| json(to, &format!("{{\"error\":\"{}\"}}", largest("no ", allowed)));
    "many errors" => Beyond, |to, allowed| json(to, &format!("{{\"errors\":[{}]}}", many("{}", allowed)));
    "many members in an object" => Beyond,
        |to, allowed| json(to, &invoice(&members(allowed.max_body / 3)));
    "many members in a map that is read on demand" => Beyond, |to, allowed| {
        json(to, &invoice(&format!("\"exchangeRates\":{{{}}}", members(allowed.max_body / 3))))
    };
    "a member given many times" => Beyond,
        |to, allowed| json(to, &invoice(&many("\"price\":1", allowed)));
    "many `{}` in place of the data" => Beyond,
        |to, allowed| json(to, &format!("{{\"data\":[{}]}}", many("{}", allowed)));
    "many `{}` in a list" (list) => Beyond,
        |to, allowed| json(to, &format!("{{\"data\":[{}]}}", many("{}", allowed)));
    "many `{}` inside of an invoice" => Beyond,
        |to, allowed| json(to, &invoice(&format!("\"transactions\":[{}]", many("{}", allowed))));
    "many lists of no more items than are allowed" (list) => Beyond, |to, allowed| {
        let list = repeated("{}", allowed.max_items / 2);
        let lists = many(&LEAST.replace("\"id\"", &format!("\"transactions\":[{list}],\"id\"")), allowed);
        json(to, &format!("{{\"data\":[{lists}]}}"))
    };
    "as many invoices as are allowed" (list) => Answered,
        |to, allowed| json(to, &format!("{{\"data\":[{}]}}", repeated(LEAST, allowed.max_items)));
    "as many as are allowed, each with a member twice" (list) => Answered, |to, allowed| {
        let twice = LEAST.replace("\"price\"", "\"price\":2,\"price\"");
        json(to, &format!("{{\"data\":[{}]}}", repeated(&twice, allowed.max_items)))
    };
    "as many `{}` inside of an invoice as are allowed" => Answered, |to, allowed| {
        json(to, &invoice(&format!("\"transactions\":[{}]", repeated("{}", allowed.max_items))))
    };
    "endless rows" (rows, lasts) => Timeout, |to, _| {
        let chunk = format!("{LEAST},").repeat(100);
        let start = format!("{OK}connection: close\r\n\r\n{{\"data\":[");
        endless(to, &start, &chunk)
    };
    "an endless row" (rows) => TooLarge,
        |to, _| endless(to, &format!("{OK}connection: close\r\n\r\n{{\"data\":[{{\"id\":\""), "x");
    "many `{}` in a row" (rows) => Beyond, |to, allowed| {
        let row = LEAST.replace('{', &format!("{{\"transactions\":[{}],", many("{}", allowed)));
        json(to, &format!("{{\"data\":[{row}]}}"))
    };

    "a redirect elsewhere" => Redirect, |to, _| {
        to.write_all(b"HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:9/invoices\r\ncontent-length: 0\r\n\r\n")?;
        until_closed(to)
    };
    "a picture" => NotJson, |to, _| {
        to.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 12\r\n\r\n\x89PNG\r\n\x1a\n\0\0\0\r")?;
        until_closed(to)
    };
    "a bomb, compressed unasked" => NotJson, |to, allowed| {
        let zeros = 100 * allowed.max_body;
        whole(to, "content-encoding: gzip\r\n", &bomb(zeros))
    };
    "a body that ends before its length" => Closed, |to, _| {
        write!(to, "{OK}content-length: {}\r\n\r\n{MADE}", MADE.len() + 1_000)
    };
    "a chunk that ends before its length" => Closed, |to, _| {
        let length = MADE.len() + 1_000;
        write!(to, "{OK}transfer-encoding: chunked\r\n\r\n{length:x}\r\n{MADE}")
    };
    "a chunk beyond its length" => Broken, |to, _| {
        let length = MADE.len() - 10;
        write!(to, "{OK}transfer-encoding: chunked\r\n\r\n{length:x}\r\n{MADE}\r\n0\r\n\r\n")?;
        until_closed(to)
    };
    "no last chunk" => Closed, |to, _| {
        let length = MADE.len();
        write!(to, "{OK}transfer-encoding: chunked\r\n\r\n{length:x}\r\n{MADE}\r\n")
    };
    "a body that stops before its length" (lasts) => Timeout, |to, _| {
        write!(to, "{OK}content-length: {}\r\n\r\n{MADE}", MADE.len() + 1_000)?;
        until_closed(to)
    };
    "a body beyond its length" => NotUnderstood, |to, _| {
        write!(to, "{OK}content-length: {}\r\n\r\n{MADE}", MADE.len() - 10)?;
        until_closed(to)
    };
    "two lengths" => Broken, |to, _| {
        write!(to, "{OK}content-length: {}\r\ncontent-length: 10\r\n\r\n{MADE}", MADE.len())?;
        until_closed(to)
    };
    "a length and chunks" => Answered, |to, _| {
        let length = MADE.len();
        write!(to, "{OK}content-length: 10\r\ntransfer-encoding: chunked\r\n\r\n{length:x}\r\n{MADE}\r\n0\r\n\r\n")?;
        until_closed(to)
    };
    "another protocol" => NotJson, |to, _| {
        to.write_all(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n")?;
        endless(to, "", "x")
    };
    "an answer before the request" (early) => Answered | Broken | Closed, |to, _| json(to, MADE);
    "a refusal without having read" (early) => Page | Broken | Closed, |to, _| {
        to.write_all(b"HTTP/1.1 413 Content Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
    };
    "two answers at once" => Answered, |to, _| {
        let answer = |body: &str| format!("{OK}content-length: {}\r\n\r\n{body}", body.len());
        write!(to, "{}{}", answer(MADE), answer(FOREIGN))?;
        until_closed(to)
    };
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
