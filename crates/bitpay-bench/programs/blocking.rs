//! A program on the blocking client: `blocking create|ledger|whole URL TOKEN COUNT`.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;

use bitpay_blocking as client;
use bitpay_blocking::model::ledger::{GetLedgerEntries, LedgerEntry};
use bitpay_blocking::{Client, Currency, Grant, Merchant, PrivateKey, Token, new_guid};
use cpu_time::ProcessTime;

mod order;
mod report;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, what, url, token, count, ..] = &args[..] else {
        return Err("usage: blocking create|ledger|read|whole URL TOKEN COUNT".into());
    };
    let count: usize = count.parse()?;
    let key = PrivateKey::from_bytes(&[7; 32])?;
    let grant = Grant::<Merchant>::new(Token::parse(token)?, key);
    let shop = Client::new(url.parse()?)?.with(grant);
    let warm = if count > 1 { 100 } else { 0 };
    let create = |count| -> Result<(), Box<dyn Error>> {
        for _ in 0..count {
            let order = order::order(new_guid()?)?;
            shop.create_invoice(&order)?;
        }
        Ok(())
    };
    if what == "create" {
        create(warm)?;
    }
    let began = ProcessTime::now();
    match what.as_str() {
        "create" => create(count)?,
        "ledger" => {
            let year = "2026-01-01".parse()?..="2026-12-31".parse()?;
            let ledger = GetLedgerEntries::new(Currency::USD, *year.start(), *year.end());
            let mut found = 0;
            for entry in shop.stream(&ledger)? {
                let _: LedgerEntry = entry?;
                found += 1;
            }
            has_found(found, count)?;
        }
        "read" => {
            let mut buffer = [0; 64 << 10];
            let mut answer = ask(url)?;
            while answer.read(&mut buffer)? > 0 {}
        }
        "whole" => {
            let mut whole = Vec::new();
            ask(url)?.read_to_end(&mut whole)?;
            let head = whole.windows(4).position(|part| part == b"\r\n\r\n");
            let body = &whole[head.ok_or("no body")? + 4..];
            let found: Page = serde_json::from_slice(body)?;
            has_found(found.data.len(), count)?;
        }
        other => return Err(format!("{other} is no work").into()),
    }
    report::report(began.elapsed());
    Ok(())
}

#[derive(serde::Deserialize)]
struct Page {
    data: Vec<LedgerEntry>,
}

fn has_found(found: usize, count: usize) -> Result<(), Box<dyn Error>> {
    match found == count {
        true => Ok(()),
        false => Err(format!("{found} entries in place of {count}").into()),
    }
}

/// The same ledger by nothing but a socket.
fn ask(url: &str) -> Result<TcpStream, Box<dyn Error>> {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let mut socket = TcpStream::connect(address)?;
    let end = "HTTP/1.1\r\nhost: loopback\r\nconnection: close\r\n\r\n";
    socket.write_all(format!("GET /ledgers/USD {end}").as_bytes())?;
    Ok(socket)
}
