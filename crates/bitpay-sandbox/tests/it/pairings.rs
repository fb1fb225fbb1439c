//! Pairing against a model: whatever is asked, made, approved, claimed, revoked and restarted, in whatever
//! order and however long it takes, a token opens exactly what the model says, for exactly its keys.

use std::time::Duration;

use bitpay_core::pairing::PolicyMethod;
use bitpay_core::time::Timestamp;
use bitpay_core::{Facade, Pairing, PairingCode};
use bitpay_sandbox::ControlError;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use crate::support::{Bench, error, key, request, with_token};

const DAY: u64 = 24 * 60 * 60;

/// Keys, by their bytes. The bench has the first one, with a merchant token.
const KEYS: [u8; 3] = [7, 8, 9];

/// What may happen. The numbers choose among what there is.
#[derive(Clone, Debug)]
enum Op {
    Ask {
        key: usize,
        facade: Facade,
        guid: usize,
    },
    Make(Facade),
    Mint {
        facade: Facade,
        guid: usize,
    },
    Approve(usize),
    Claim(usize, usize),
    Revoke(usize),
    RevokeKey(usize),
    Link(usize, usize),
    Unlink(usize, usize),
    Pass(u64),
    Restart,
}

fn op() -> impl Strategy<Value = Op> {
    let any = || any::<usize>();
    let facade = || select(vec![Facade::Pos, Facade::Merchant]);
    prop_oneof![
        6 => (any(), facade(), 0..3_usize).prop_map(|(key, facade, guid)| Op::Ask { key, facade, guid }),
        3 => facade().prop_map(Op::Make),
        2 => (facade(), 0..3_usize).prop_map(|(facade, guid)| Op::Mint { facade, guid }),
        6 => any().prop_map(Op::Approve),
        6 => (any(), any()).prop_map(|(which, key)| Op::Claim(which, key)),
        2 => any().prop_map(Op::Revoke),
        1 => any().prop_map(Op::RevokeKey),
        3 => (any(), any()).prop_map(|(which, key)| Op::Link(which, key)),
        2 => (any(), any()).prop_map(|(which, key)| Op::Unlink(which, key)),
        3 => prop_oneof![1..DAY, Just(DAY - 1), Just(DAY)].prop_map(Op::Pass),
        2 => Just(Op::Restart),
    ]
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Pending(usize),
    Unclaimed,
    For(Vec<usize>),
    Revoked,
}

/// A token, as the model has it.
#[derive(Clone, Debug)]
struct Modelled {
    token: String,
    code: PairingCode,
    facade: Facade,
    state: State,
    expires: Timestamp,
    /// The key that asked for it, and its guid.
    asked: Option<(usize, usize)>,
}

struct World {
    bench: Bench,
    model: Vec<Modelled>,
}

fn place(which: usize) -> usize {
    which % KEYS.len()
}

impl World {
    fn chosen(&self, which: usize) -> Option<usize> {
        which.checked_rem(self.model.len())
    }

    /// What a key's request for a token is answered with.
    fn asked(&mut self, answer: &Value, asked: (usize, usize), facade: Facade, state: State) {
        let pairing: Pairing = serde_json::from_value(answer["data"].clone()).unwrap();
        let known = self
            .model
            .iter()
            .position(|one| one.asked.as_ref() == Some(&asked));
        let index = known.unwrap_or_else(|| {
            self.model.push(Modelled {
                token: pairing.token().unwrap().expose().to_owned(),
                code: pairing.code.clone().unwrap(),
                facade,
                state,
                expires: pairing.expires_at.unwrap(),
                asked: Some(asked),
            });
            let span = pairing.expires_at.unwrap() - pairing.created_at.unwrap();
            assert_eq!(span.as_millis(), 86_400_000);
            self.model.len() - 1
        });
        let model = &self.model[index];
        assert_eq!(answer["data"][0]["token"], model.token);
        assert_eq!(pairing.facade(), Some(model.facade));
        let waits = matches!(model.state, State::Pending(_) | State::Unclaimed);
        assert_eq!(pairing.code.is_some(), waits);
        let method = pairing.policies.first().map(|policy| &policy.method);
        let expected = match model.state {
            State::Pending(_) => Some(&PolicyMethod::Inactive),
            State::Unclaimed => Some(&PolicyMethod::Unclaimed),
            State::For(_) => Some(&PolicyMethod::Require),
            State::Revoked => None,
        };
        assert_eq!(method, expected);
    }

    fn act(&mut self, op: &Op) {
        let clock = self.bench.clock;
        match *op {
            Op::Ask { key, facade, guid } => {
                let key = place(key);
                let body = json!({
                    "id": self::key(KEYS[key]).sin().as_str(), "facade": facade.as_str(),
                    "label": "x", "guid": format!("guid-{guid}"),
                });
                let asked = request("POST", "/tokens", body.to_string(), None);
                let (status, answer) = self.bench.ask(&asked);
                assert_eq!(status, 200, "{answer}");
                self.asked(&answer, (key, guid), facade, State::Pending(key));
            }
            Op::Mint { facade, guid } => {
                let body = json!({
                    "id": key(KEYS[0]).sin().as_str(), "facade": facade.as_str(),
                    "guid": format!("guid-{guid}"),
                });
                let (status, answer) = self.bench.merchant("POST", "/tokens", body);
                assert_eq!(status, 200, "{answer}");
                self.asked(&answer, (0, guid), facade, State::Unclaimed);
            }
            Op::Make(facade) => {
                let code = self.bench.engine.make_code(facade, None, clock);
                self.bench.pass(Duration::ZERO);
                self.model.push(Modelled {
                    // Nobody has seen it yet.
                    token: String::new(),
                    code,
                    facade,
                    state: State::Unclaimed,
                    expires: clock + Duration::from_secs(DAY),
                    asked: None,
                });
            }
            Op::Approve(which) => {
                let Some(index) = self.chosen(which) else {
                    return;
                };
                let one = &mut self.model[index];
                let expected = match one.state {
                    State::For(_) | State::Revoked => Err(ControlError::UsedCode),
                    _ if clock >= one.expires => Err(ControlError::ExpiredCode),
                    State::Unclaimed => Err(ControlError::UnknownCode),
                    State::Pending(key) => {
                        one.state = State::For(vec![key]);
                        Ok(())
                    }
                };
                assert_eq!(self.bench.engine.approve(&one.code, clock), expected);
                self.bench.pass(Duration::ZERO);
            }
            Op::Claim(which, key) => {
                let Some(index) = self.chosen(which) else {
                    return;
                };
                let key = place(key);
                let one = &mut self.model[index];
                let body = json!({
                    "id": self::key(KEYS[key]).sin().as_str(), "pairingCode": one.code.as_str(),
                });
                let asked = request("POST", "/tokens", body.to_string(), None);
                let answer = self.bench.ask(&asked);
                if one.state == State::Unclaimed && clock < one.expires {
                    assert_eq!(answer.0, 200, "{}", answer.1);
                    one.state = State::For(vec![key]);
                    one.token = answer.1["data"][0]["token"].as_str().unwrap().to_owned();
                } else {
                    assert_eq!(error(&answer), (500, "Unable to create token"));
                }
            }
            Op::Revoke(which) => {
                let Some(index) = self.chosen(which) else {
                    return;
                };
                let one = &mut self.model[index];
                let expected = match one.state {
                    State::Revoked => Err(ControlError::UnknownToken),
                    _ => Ok(()),
                };
                assert_eq!(self.bench.engine.revoke(&one.code, clock), expected);
                one.state = State::Revoked;
                self.bench.pass(Duration::ZERO);
            }
            Op::RevokeKey(which) => {
                // The first key keeps the token of the bench.
                let key = 1 + which % (KEYS.len() - 1);
                let mut any = false;
                for one in &mut self.model {
                    let is_its = match &one.state {
                        State::Pending(it) => *it == key,
                        State::For(keys) => keys.contains(&key),
                        _ => false,
                    };
                    if is_its {
                        one.state = State::Revoked;
                        any = true;
                    }
                }
                let sin = self::key(KEYS[key]).sin().clone();
                assert_eq!(self.bench.engine.revoke_key(&sin, clock).is_ok(), any);
                self.bench.pass(Duration::ZERO);
            }
            Op::Link(which, key) => self.link("POST", which, key),
            Op::Unlink(which, key) => self.link("DELETE", which, key),
            Op::Pass(seconds) => self.bench.pass(Duration::from_secs(seconds)),
            Op::Restart => self.bench.restart(),
        }
    }

    /// Its first key gives a merchant token to another key, or takes it from that.
    fn link(&mut self, method: &str, which: usize, key: usize) {
        let Some(index) = self.chosen(which) else {
            return;
        };
        let key = place(key);
        let one = &mut self.model[index];
        let State::For(keys) = &mut one.state else {
            return;
        };
        if one.facade != Facade::Merchant || one.token.is_empty() {
            return;
        }
        let sin = self::key(KEYS[key]).sin().to_string();
        let (target, body) = match method {
            "POST" => (
                format!("/tokens/{}/sins", one.token),
                json!({ "sin": sin }).to_string(),
            ),
            _ => (format!("/tokens/{}/sins/{sin}", one.token), String::new()),
        };
        let signer = self::key(KEYS[keys[0]]);
        let (status, answer) = self
            .bench
            .ask(&request(method, &target, body, Some(&signer)));
        let known = keys.contains(&key);
        match method {
            "POST" => {
                assert_eq!(status, 200, "{answer}");
                if !known {
                    keys.push(key);
                }
            }
            // Nobody takes it from themselves.
            _ => {
                let may = known && keys[0] != key;
                assert_eq!(status == 200, may, "{answer}");
                if may {
                    keys.retain(|it| *it != key);
                }
            }
        }
    }

    /// Each key is shown its tokens, and opens with them what they open.
    fn check(&mut self) {
        for (index, byte) in KEYS.iter().enumerate() {
            let may =
                |one: &Modelled| matches!(&one.state, State::For(keys) if keys.contains(&index));
            let mut expected: Vec<Value> = self
                .model
                .iter()
                .filter(|one| may(one))
                .map(|one| json!({ one.facade.as_str(): one.token }))
                .collect();
            if index == 0 {
                expected.insert(0, json!({ "merchant": self.bench.merchant }));
            }
            let key = self::key(*byte);
            let answer = self.bench.ask(&request("GET", "/tokens", "", Some(&key)));
            if expected.is_empty() {
                assert_eq!(error(&answer), (500, "Unauthorized sin"));
            } else {
                assert_eq!(answer, (200, json!({ "data": expected })));
            }
            for one in self.model.clone() {
                if one.token.is_empty() {
                    continue;
                }
                let asked =
                    with_token("GET", "/invoices/none", Value::Null, &one.token, Some(&key));
                let (status, answer) = self.bench.ask(&asked);
                // It is not there, but whoever may look is told so.
                assert_eq!(status == 404, may(&one), "{one:?} {answer}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(5), cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_token_opens_what_its_pairing_has_come_to_and_nothing_else(
        ops in proptest::collection::vec(op(), 1..30),
    ) {
        let mut world = World { bench: Bench::new(), model: Vec::new() };
        for op in &ops {
            world.act(op);
            world.check();
        }
    }
}
