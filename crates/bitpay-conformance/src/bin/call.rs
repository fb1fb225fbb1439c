//! Makes the same create through both clients, in an environment and with the variables that the
//! caller gives, and prints a line for each: `ok`, the kind of the error and its effect, or what is
//! wrong with the set-up.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bitpay_conformance::{Async, Blocking, Front};
use bitpay_core::model::invoice::CreateInvoice;
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{Config, Currency, Environment, ErrorKind, Grant, Guid, Pos};

fn main() {
    let environment: Environment = std::env::args().nth(1).unwrap().parse().unwrap();
    let config = Config::new(environment).retry(RetryPolicy::off());
    println!("{}", call::<Blocking>(&config));
    println!("{}", call::<Async>(&config));
}

fn call<F: Front>(config: &Config) -> String {
    let client = match F::new(config) {
        Ok(client) => client,
        Err(error) => return error.to_string(),
    };
    let grant: Grant<Pos> = Grant::unsigned("ArmcoLsi3qZoj86sFd4mz9".parse().unwrap());
    let price: bitpay_core::Amount = "10.10".parse().unwrap();
    let create = CreateInvoice::new(Guid::from_random([7; 16]), price, Currency::USD);
    match client.call(&grant, &create) {
        Ok(_) => "ok".to_owned(),
        Err(error) => match error.kind() {
            ErrorKind::Transport(fault) => format!("{:?} {:?}", fault.kind, error.effect()),
            _ => error.to_string(),
        },
    }
}
