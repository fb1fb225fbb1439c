//! What a client asks, as a server reads it.

use std::fmt::Debug;

use bitpay_core::call::{Call, Settings, Step};
use bitpay_core::operation::route;
use bitpay_core::server::{EveryOperation, FromRequest, Received, visit_operations};
use bitpay_core::time::Timestamp;
use bitpay_core::{Allows, AnyGrant, Config, Environment, Guid, Operation};
use serde::Serialize;

use super::{caller, text};

fn received(method: &str, target: &str, body: &[u8]) -> Option<Received> {
    let fallback = Guid::derived("not", "used");
    Received::new(method.parse().ok()?, target, body, fallback).ok()
}

/// A request that is read, and that a client would send, is sent as one that is read as the same. The first
/// line is the method and the address, and what is after it the body.
pub fn request(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    let (line, body) = data.split_at(end.unwrap_or(data.len()));
    let body = body.strip_prefix(b"\n").unwrap_or(body);
    let Some((method, target)) = text(line).and_then(|line| line.split_once(' ')) else {
        return;
    };
    let Some(received) = received(method, target, body) else {
        return;
    };
    if let Some(operation) = route(&received) {
        visit_operations(&mut Routed {
            operation,
            received: &received,
        });
    }
}

struct Routed<'a> {
    operation: &'static Operation,
    received: &'a Received,
}

impl EveryOperation for Routed<'_> {
    fn operation<E>(&mut self)
    where
        E: FromRequest + Allows<AnyGrant> + PartialEq + Debug,
        E::Response: Serialize + PartialEq + Debug,
    {
        if E::OPERATION != self.operation {
            return;
        }
        let Ok(request) = E::from_request(self.received) else {
            return;
        };
        let settings = Settings::new(&Config::new(Environment::Test)).expect("the defaults");
        let base = Environment::Test.base_url();
        let caller = caller(E::OPERATION);
        // What breaks a rule is not sent.
        let Ok(mut call) = Call::new(&request, &base, &caller, &settings) else {
            return;
        };
        let Step::Send(sent) = call.step(Timestamp::UNIX_EPOCH, 0) else {
            panic!("nothing to send")
        };
        let target = sent.uri().path_and_query().expect("a path").as_str();
        let again = received(sent.method().as_str(), target, sent.body()).expect("our own request");
        assert_eq!(route(&again), Some(E::OPERATION), "{target}");
        match E::from_request(&again) {
            Ok(again) => assert_eq!(again, request),
            Err(error) => panic!("{error}: {target}"),
        }
    }
}
