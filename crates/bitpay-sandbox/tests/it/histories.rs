//! Random histories: whatever is asked for, paid, moved and restarted, and in whatever order, every state
//! is one that the life cycles allow, ids are given once, the ledgers hold what happened, and no token
//! opens what it should not.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::model::payout::PayoutStatus;
use bitpay_core::model::recipient::RecipientStatus;
use bitpay_core::model::refund::RefundStatus;
use bitpay_core::model::settlement::SettlementStatus;
use bitpay_core::{Currency, Payout, PrivateKey};
use bitpay_sandbox::{Delivered, Pace, Settings};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngSeed, TestRunner};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use crate::support::{Bench, key, request, with_token};

const URL: &str = "http://127.0.0.1:9/hook";
const CURRENCIES: [&str; 3] = ["USD", "EUR", "JPY"];
const SPEEDS: [&str; 3] = ["high", "medium", "low"];
const ORDERS: [&str; 8] = [
    "plain",
    "plain",
    "plain",
    "sandbox-complete",
    "sandbox-underpaid",
    "sandbox-overpaid",
    "sandbox-declined",
    "sandbox-recovered",
];
const PAYEES: [&str; 5] = [
    "ada",
    "grace",
    "sandbox-active",
    "sandbox-complete",
    "sandbox-failed",
];

/// What may happen. The numbers choose among what there is.
#[derive(Clone, Debug)]
enum Op {
    Invoice {
        cents: u32,
        currency: usize,
        speed: usize,
        order: usize,
    },
    Pay(usize, u32),
    Confirm(usize, u32),
    Bring(usize, InvoiceStatus),
    Cancel(usize),
    Refund {
        of: usize,
        share: u32,
        immediate: bool,
        preview: bool,
        buyer_pays: bool,
    },
    Promote(usize),
    Withdraw(usize),
    Settle(usize, RefundStatus),
    Invite(usize),
    MoveRecipient(usize, RecipientStatus),
    Payout {
        to: usize,
        cents: u32,
        currency: usize,
    },
    MovePayout(usize, PayoutStatus),
    CancelPayout(usize),
    Deposit(usize, u32),
    MoveSettlement(usize, SettlementStatus),
    Rate(u32),
    Pass(u64),
    Deliver(bool),
    Probe(usize, usize, usize),
    Revoke,
    Restart,
}

fn op() -> impl Strategy<Value = Op> {
    let any = || any::<usize>();
    let flag = || proptest::bool::ANY;
    let invoice = (100..90_000_u32, 0..3_usize, 0..3_usize, 0..ORDERS.len());
    let invoice = invoice.prop_map(|(cents, currency, speed, order)| Op::Invoice {
        cents,
        currency,
        speed,
        order,
    });
    let refund = (any(), 1..=100_u32, flag(), flag(), flag()).prop_map(
        |(of, share, immediate, preview, buyer_pays)| Op::Refund {
            of,
            share,
            immediate,
            preview,
            buyer_pays,
        },
    );
    let brought = select(vec![
        InvoiceStatus::Paid,
        InvoiceStatus::Confirmed,
        InvoiceStatus::Complete,
        InvoiceStatus::Complete,
        InvoiceStatus::Complete,
        InvoiceStatus::Expired,
        InvoiceStatus::Invalid,
        InvoiceStatus::Declined,
    ]);
    let settled = select(vec![
        RefundStatus::Pending,
        RefundStatus::Success,
        RefundStatus::Failure,
    ]);
    let recipient = select(vec![
        RecipientStatus::Active,
        RecipientStatus::Active,
        RecipientStatus::Verified,
        RecipientStatus::Paused,
        RecipientStatus::Removed,
    ]);
    let payout = select(vec![
        PayoutStatus::Funded,
        PayoutStatus::Processing,
        PayoutStatus::Complete,
        PayoutStatus::Failed,
    ]);
    let settlement = select(vec![
        SettlementStatus::Processing,
        SettlementStatus::Completed,
        SettlementStatus::Rejected,
    ]);
    let paid = (any(), 500..50_000_u32, 0..2_usize);
    prop_oneof![
        8 => invoice,
        5 => (any(), prop_oneof![Just(100), Just(50), 1..200_u32]).prop_map(|(which, percent)| Op::Pay(which, percent)),
        4 => (any(), 1..8_u32).prop_map(|(which, blocks)| Op::Confirm(which, blocks)),
        6 => (any(), brought).prop_map(|(which, status)| Op::Bring(which, status)),
        1 => any().prop_map(Op::Cancel),
        6 => refund,
        2 => any().prop_map(Op::Promote),
        1 => any().prop_map(Op::Withdraw),
        4 => (any(), settled).prop_map(|(which, status)| Op::Settle(which, status)),
        2 => any().prop_map(Op::Invite),
        3 => (any(), recipient).prop_map(|(which, status)| Op::MoveRecipient(which, status)),
        4 => paid.prop_map(|(to, cents, currency)| Op::Payout { to, cents, currency }),
        2 => (any(), payout).prop_map(|(which, status)| Op::MovePayout(which, status)),
        1 => any().prop_map(Op::CancelPayout),
        1 => (0..2_usize, 1..100_000_u32).prop_map(|(currency, cents)| Op::Deposit(currency, cents)),
        1 => (any(), settlement).prop_map(|(which, status)| Op::MoveSettlement(which, status)),
        1 => (1_000..200_000_u32).prop_map(Op::Rate),
        6 => prop_oneof![1..90_u64, 90..3_000_u64].prop_map(Op::Pass),
        3 => flag().prop_map(Op::Deliver),
        6 => (any(), any(), any()).prop_map(|(token, signer, call)| Op::Probe(token, signer, call)),
        1 => Just(Op::Revoke),
        2 => Just(Op::Restart),
    ]
}

/// From which status an invoice may come to which in one step.
const INVOICES: &[(&str, &[&str])] = &[
    ("new", &["paid", "confirmed", "expired"]),
    ("paid", &["confirmed", "complete", "invalid", "declined"]),
    ("confirmed", &["complete", "declined"]),
    ("invalid", &["confirmed", "complete", "declined"]),
    ("expired", &["paid", "confirmed"]),
    ("complete", &[]),
    ("declined", &[]),
];

const REFUNDS: &[(&str, &[&str])] = &[
    ("", &["created"]),
    ("created", &["pending", "success", "failure"]),
    ("pending", &["success", "failure"]),
    ("success", &[]),
    ("failure", &[]),
];

const PAYOUTS: &[(&str, &[&str])] = &[
    ("new", &["funded", "cancelled"]),
    ("funded", &["processing"]),
    ("processing", &["complete"]),
    ("complete", &[]),
    ("cancelled", &[]),
];

const RECIPIENTS: &[(&str, &[&str])] = &[
    ("", &["invited"]),
    ("invited", &["unverified", "removed"]),
    ("unverified", &["verified", "removed"]),
    ("verified", &["active", "removed"]),
    ("active", &["paused", "removed"]),
    ("paused", &["active", "removed"]),
    ("removed", &[]),
];

/// A token, and whether who signs with this key may use it.
struct Held {
    text: String,
    kind: Kind,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Merchant,
    Payout,
    OpenPos,
    /// Nobody approved it, or it was revoked.
    Dead,
    /// Of the invoice of this id.
    Invoice(String),
}

struct World {
    bench: Bench,
    payout: String,
    invoices: Vec<String>,
    refunds: Vec<String>,
    recipients: Vec<String>,
    payouts: Vec<String>,
    held: Vec<Held>,
    deposits: BTreeMap<&'static str, Decimal>,
    /// How each stands, by the webhooks in their order.
    stands: BTreeMap<String, String>,
    heard: BTreeSet<u64>,
    ids: BTreeSet<String>,
}

fn chosen<T: Clone>(all: &[T], which: usize) -> Option<T> {
    all.get(which.checked_rem(all.len())?).cloned()
}

fn cents(amount: u32) -> Decimal {
    Decimal::new(amount.into(), 2)
}

fn decimal(value: &Value) -> Decimal {
    value.to_string().trim_matches('"').parse().unwrap()
}

impl World {
    fn new(pace: bool) -> Self {
        let mut settings = Settings::default();
        settings.pace = pace.then(Pace::default);
        let mut bench = Bench::with(settings);
        let payout = bench.engine.grant::<Payout>(key(7), bench.clock);
        let payout = payout.token().expose().to_owned();
        let sin = bench.key.public_key().sin();
        let body = json!({ "id": sin.as_str(), "facade": "merchant", "label": "x" });
        let (_, pending) = bench.ask(&request("POST", "/tokens", body.to_string(), None));
        let dead = pending["data"][0]["token"].as_str().unwrap().to_owned();
        let held = [
            (bench.merchant.clone(), Kind::Merchant),
            (payout.clone(), Kind::Payout),
            (bench.pos.clone(), Kind::OpenPos),
            (dead, Kind::Dead),
        ];
        Self {
            payout,
            held: held
                .into_iter()
                .map(|(text, kind)| Held { text, kind })
                .collect(),
            bench,
            invoices: Vec::new(),
            refunds: Vec::new(),
            recipients: Vec::new(),
            payouts: Vec::new(),
            deposits: BTreeMap::new(),
            stands: BTreeMap::new(),
            heard: BTreeSet::new(),
            ids: BTreeSet::new(),
        }
    }

    fn merchant(&mut self, method: &str, path: &str, body: Value) -> Option<Value> {
        let (status, answer) = self.bench.merchant(method, path, body);
        (status == 200).then(|| answer["data"].clone())
    }

    fn payer(&mut self, method: &str, path: &str, body: Value) -> Option<Value> {
        let call = with_token(method, path, body, &self.payout, Some(&self.bench.key));
        let (status, answer) = self.bench.ask(&call);
        (status == 200).then(|| answer["data"].clone())
    }

    /// Something new has an id and a token that nothing had before.
    fn note(&mut self, made: &Value) -> String {
        for name in ["id", "token"] {
            if let Some(text) = made[name].as_str() {
                assert!(self.ids.insert(text.to_owned()), "{text} again");
            }
        }
        made["id"].as_str().unwrap().to_owned()
    }

    /// Does it, if it is possible: what is refused is refused by BitPay's rules.
    fn act(&mut self, op: &Op) {
        let clock = self.bench.clock;
        match op {
            Op::Invoice {
                cents: price,
                currency,
                speed,
                order,
            } => {
                let body = json!({
                    "price": match CURRENCIES[*currency] {
                        "JPY" => Decimal::from(*price),
                        _ => cents(*price),
                    }.to_string(),
                    "currency": CURRENCIES[*currency],
                    "transactionSpeed": SPEEDS[*speed],
                    "orderId": ORDERS[*order],
                    "notificationURL": URL,
                    "extendedNotifications": true,
                    "buyer": { "email": "buyer@example.com" },
                });
                let made = self.merchant("POST", "/invoices", body).unwrap();
                let id = self.note(&made);
                self.stands.insert(id.clone(), "new".to_owned());
                self.held.push(Held {
                    text: made["token"].as_str().unwrap().to_owned(),
                    kind: Kind::Invoice(id.clone()),
                });
                self.invoices.push(id);
            }
            Op::Pay(which, percent) => {
                if let Some(id) = chosen(&self.invoices, *which) {
                    let id = id.parse().unwrap();
                    let _ = self.bench.engine.pay_part(&id, *percent, clock);
                }
            }
            Op::Confirm(which, blocks) => {
                if let Some(id) = chosen(&self.invoices, *which) {
                    let id = id.parse().unwrap();
                    let _ = self.bench.engine.confirm(&id, *blocks, clock);
                }
            }
            Op::Bring(which, status) => {
                if let Some(id) = chosen(&self.invoices, *which) {
                    let id = id.parse().unwrap();
                    let _ = self.bench.engine.pay(&id, status, clock);
                }
            }
            Op::Cancel(which) => {
                if let Some(id) = chosen(&self.invoices, *which) {
                    self.merchant("DELETE", &format!("/invoices/{id}"), Value::Null);
                }
            }
            Op::Refund {
                of,
                share,
                immediate,
                preview,
                buyer_pays,
            } => {
                let Some(id) = chosen(&self.invoices, *of) else {
                    return;
                };
                let path = format!("/invoices/{id}");
                let invoice = self.merchant("GET", &path, Value::Null).unwrap();
                let places = if invoice["currency"] == "JPY" { 0 } else { 2 };
                let amount = decimal(&invoice["price"]) * cents(*share);
                let body = json!({
                    "invoiceId": id,
                    "amount": amount.round_dp(places).to_string(),
                    "immediate": immediate,
                    "preview": preview,
                    "buyerPaysRefundFee": buyer_pays,
                });
                if let Some(made) = self.merchant("POST", "/refunds", body) {
                    let id = self.note(&made);
                    self.refunds.push(id);
                }
            }
            Op::Promote(which) => {
                if let Some(id) = chosen(&self.refunds, *which) {
                    let path = format!("/refunds/{id}");
                    self.merchant("PUT", &path, json!({ "status": "created" }));
                }
            }
            Op::Withdraw(which) => {
                if let Some(id) = chosen(&self.refunds, *which) {
                    self.merchant("DELETE", &format!("/refunds/{id}"), Value::Null);
                }
            }
            Op::Settle(which, status) => {
                if let Some(id) = chosen(&self.refunds, *which) {
                    let id = id.parse().unwrap();
                    let _ = self.bench.engine.settle_refund(&id, status, clock);
                }
            }
            Op::Invite(which) => {
                let email = format!("{}@example.com", PAYEES[which % PAYEES.len()]);
                let body = json!({ "recipients": [{ "email": email, "notificationURL": URL }] });
                let made = self.payer("POST", "/recipients", body).unwrap();
                let id = made[0]["id"].as_str().unwrap().to_owned();
                // Who is a recipient already stays one.
                if !self.recipients.contains(&id) {
                    self.note(&made[0]);
                    self.recipients.push(id);
                }
            }
            Op::MoveRecipient(which, status) => {
                if let Some(id) = chosen(&self.recipients, *which) {
                    let id = id.parse().unwrap();
                    let _ = self.bench.engine.move_recipient(&id, status, clock);
                }
            }
            Op::Payout {
                to,
                cents: amount,
                currency,
            } => {
                let Some(id) = chosen(&self.recipients, *to) else {
                    return;
                };
                let currency = CURRENCIES[*currency];
                let body = json!({
                    "recipientId": id,
                    "amount": cents(*amount).to_string(),
                    "currency": currency,
                    "ledgerCurrency": currency,
                    "notificationURL": URL,
                });
                if let Some(made) = self.payer("POST", "/payouts", body) {
                    let id = self.note(&made);
                    self.stands.insert(id.clone(), "new".to_owned());
                    self.payouts.push(id);
                }
            }
            Op::MovePayout(which, status) => {
                if let Some(id) = chosen(&self.payouts, *which) {
                    let id = id.parse().unwrap();
                    let _ = self.bench.engine.move_payout(&id, status, clock);
                }
            }
            Op::CancelPayout(which) => {
                if let Some(id) = chosen(&self.payouts, *which) {
                    self.payer("DELETE", &format!("/payouts/{id}"), Value::Null);
                }
            }
            Op::Deposit(currency, amount) => {
                let code = CURRENCIES[*currency];
                let currency: Currency = code.parse().unwrap();
                let amount = cents(*amount);
                self.bench.engine.deposit(&currency, amount, clock).unwrap();
                *self.deposits.entry(code).or_default() += amount;
            }
            Op::MoveSettlement(which, status) => {
                let all = self.merchant("GET", "/settlements?limit=1000", Value::Null);
                let all = all.unwrap();
                if let Some(made) = chosen(all.as_array().unwrap(), *which) {
                    let id = made["id"].as_str().unwrap().parse().unwrap();
                    let _ = self.bench.engine.move_settlement(&id, status, clock);
                }
            }
            Op::Rate(dollars) => {
                self.bench
                    .engine
                    .set_rate(Currency::BTC, i64::from(*dollars))
                    .unwrap();
            }
            Op::Pass(minutes) => self.bench.pass(Duration::from_secs(minutes * 60)),
            Op::Deliver(good) => {
                for delivery in std::mem::take(&mut self.bench.due) {
                    self.hear(&delivery.body, delivery.id);
                    let outcome = if *good { 200 } else { 503 };
                    let engine = &mut self.bench.engine;
                    engine.delivered(delivery.id, Delivered::Answered(outcome));
                }
            }
            Op::Probe(token, signer, call) => self.probe(*token, *signer, *call),
            Op::Revoke => {
                let code = self
                    .bench
                    .engine
                    .make_code(bitpay_core::Facade::Merchant, None, clock);
                let sin = key(7).public_key().sin();
                let body = json!({ "id": sin.as_str(), "pairingCode": code.as_str() });
                let claim = request("POST", "/tokens", body.to_string(), None);
                let (_, claimed) = self.bench.ask(&claim);
                self.bench.engine.revoke(&code, clock).unwrap();
                self.held.push(Held {
                    text: claimed["data"][0]["token"].as_str().unwrap().to_owned(),
                    kind: Kind::Dead,
                });
            }
            Op::Restart => self.bench.restart(),
        }
        self.bench.pass(Duration::ZERO);
        for delivery in self.bench.due.clone() {
            self.hear(&delivery.body, delivery.id);
        }
    }

    /// A webhook that was not heard before tells of a step that is allowed.
    fn hear(&mut self, body: &[u8], id: u64) {
        if !self.heard.insert(id) {
            return;
        }
        let body: Value = serde_json::from_slice(body).unwrap();
        let (name, data) = (body["event"]["name"].as_str().unwrap(), &body["data"]);
        let id = data["id"].as_str().unwrap();
        let status = data["status"].as_str().unwrap();
        let graph = match name.split_once('_').unwrap() {
            (_, "refundComplete") => return,
            ("invoice", _) => INVOICES,
            ("refund", _) => REFUNDS,
            ("payout", _) => PAYOUTS,
            _ => RECIPIENTS,
        };
        let stood = self.stands.insert(id.to_owned(), status.to_owned());
        let stood = stood.unwrap_or_default();
        let next = graph.iter().find(|(from, _)| *from == stood);
        let next = next.map(|(_, next)| *next).unwrap_or_default();
        assert!(next.contains(&status), "{name}: {stood} became {status}");
    }

    /// A call with one of the tokens, signed by one key or another or none: it opens what is its own, and
    /// nothing else.
    fn probe(&mut self, token: usize, signer: usize, call: usize) {
        let held = &self.held[token % self.held.len()];
        let signer: Option<PrivateKey> = match signer % 4 {
            0 | 1 => Some(key(7)),
            2 => Some(key(8)),
            _ => None,
        };
        let own = signer
            .as_ref()
            .is_some_and(|signer| signer.public_key().sin() == self.bench.key.public_key().sin());
        let invoice = chosen(&self.invoices, call / 16);
        let (path, opens): (String, fn(&Kind, &str) -> bool) = match call % 8 {
            0 => ("/ledgers".into(), |kind, _| *kind == Kind::Merchant),
            1 => ("/settlements".into(), |kind, _| *kind == Kind::Merchant),
            2 => (
                "/invoices?dateStart=2026-03-01&dateEnd=2026-03-01&limit=1".into(),
                |kind, _| *kind == Kind::Merchant,
            ),
            3 => ("/payouts?limit=1".into(), |kind, _| *kind == Kind::Payout),
            4 => ("/recipients?limit=1".into(), |kind, _| {
                *kind == Kind::Payout
            }),
            5 | 6 => match &invoice {
                Some(id) => (format!("/invoices/{id}"), |kind, id| match kind {
                    Kind::Merchant | Kind::OpenPos => true,
                    Kind::Invoice(own) => own == id,
                    _ => false,
                }),
                None => return,
            },
            _ => match &invoice {
                Some(id) => (format!("/refunds?invoiceId={id}"), |kind, id| match kind {
                    Kind::Merchant => true,
                    Kind::Invoice(own) => own == id,
                    _ => false,
                }),
                None => return,
            },
        };
        let open = held.kind == Kind::OpenPos;
        let expected = opens(&held.kind, invoice.as_deref().unwrap_or_default()) && (own || open);
        let call = with_token("GET", &path, Value::Null, &held.text, signer.as_ref());
        let (status, answer) = self.bench.ask(&call);
        assert_eq!(
            status == 200,
            expected,
            "{path} signed by its key: {own}: {}",
            answer["error"]
        );
    }

    /// At the end, what the ledgers hold is what happened, by what the resources themselves say.
    fn add_up(&mut self) {
        let mut books: BTreeMap<String, Decimal> = BTreeMap::new();
        let fee = |amount: Decimal, currency: &str| {
            let places = if currency == "JPY" { 0 } else { 2 };
            let away = RoundingStrategy::MidpointAwayFromZero;
            (amount / Decimal::ONE_HUNDRED).round_dp_with_strategy(places, away)
        };
        for (currency, amount) in &self.deposits {
            *books.entry((*currency).to_owned()).or_default() += *amount;
        }
        for id in self.invoices.clone() {
            let path = format!("/invoices/{id}");
            let invoice = self.merchant("GET", &path, Value::Null).unwrap();
            assert_eq!(invoice["status"], self.stands[&id].as_str());
            let refunds = self.merchant("GET", &format!("/refunds?invoiceId={id}"), Value::Null);
            let refunds = refunds.unwrap();
            let refunds = refunds.as_array().unwrap();
            self.check_refunds(&invoice, refunds);
            if invoice["status"] != "complete" {
                continue;
            }
            let currency = invoice["currency"].as_str().unwrap();
            let book = books.entry(currency.to_owned()).or_default();
            let price = decimal(&invoice["price"]);
            *book += price - fee(price, currency);
            for refund in refunds {
                let status = refund["status"].as_str().unwrap();
                let automatic = ["underpayment", "overpayment"]
                    .iter()
                    .any(|it| refund["type"] == *it);
                let out = match status {
                    _ if automatic => false,
                    "success" => true,
                    "created" | "pending" => refund["immediate"] == true,
                    _ => false,
                };
                if out {
                    *book -= decimal(&refund["amount"]);
                    if refund["buyerPaysRefundFee"] != true {
                        *book -= fee(
                            decimal(&refund["refundFee"]) * Decimal::ONE_HUNDRED,
                            currency,
                        );
                    }
                }
            }
        }
        for id in self.payouts.clone() {
            let payout = self
                .payer("GET", &format!("/payouts/{id}"), Value::Null)
                .unwrap();
            let status = payout["status"].as_str().unwrap();
            if matches!(status, "funded" | "processing" | "complete") {
                let currency = payout["currency"].as_str().unwrap();
                let amount = decimal(&payout["amount"]);
                *books.entry(currency.to_owned()).or_default() -= amount + fee(amount, currency);
            }
        }
        let settlements = self
            .merchant("GET", "/settlements?limit=1000", Value::Null)
            .unwrap();
        for made in settlements.as_array().unwrap() {
            self.note(made);
            let sum = decimal(&made["openingBalance"]) + decimal(&made["ledgerEntriesSum"])
                - decimal(&made["withholdingsSum"]);
            assert_eq!(sum, decimal(&made["totalAmount"]));
            let path = format!(
                "/settlements/{}/reconciliationReport?token={}",
                made["id"].as_str().unwrap(),
                made["token"].as_str().unwrap()
            );
            let (_, report) = self.bench.ask(&request("GET", &path, "", Some(&key(7))));
            let entries = report["data"]["ledgerEntries"].as_array().unwrap();
            let listed: Decimal = entries.iter().map(|entry| decimal(&entry["amount"])).sum();
            assert_eq!(listed, decimal(&made["ledgerEntriesSum"]));
            if made["status"] != "rejected" {
                let currency = made["currency"].as_str().unwrap();
                *books.entry(currency.to_owned()).or_default() -= decimal(&made["totalAmount"]);
            }
        }
        let ledgers = self.merchant("GET", "/ledgers", Value::Null).unwrap();
        for ledger in ledgers.as_array().unwrap() {
            let currency = ledger["currency"].as_str().unwrap();
            let expected = books.remove(currency).unwrap_or_default();
            assert_eq!(decimal(&ledger["balance"]), expected, "{currency}");
            let path = format!("/ledgers/{currency}?startDate=2026-01-01&endDate=2030-01-01");
            let (_, entries) = self.bench.merchant("GET", &path, Value::Null);
            let mut sum = Decimal::ZERO;
            for entry in entries.as_array().unwrap() {
                self.note(entry);
                sum += decimal(&entry["amount"]) / decimal(&entry["scale"]);
            }
            assert_eq!(sum, expected, "the entries of {currency}");
        }
        assert!(books.values().all(Decimal::is_zero), "{books:?}");
        for record in self.bench.engine.deliveries() {
            assert!((1..=6).contains(&record.tries.len()));
        }
    }

    /// No more is refunded than was paid, and of one asked-for refund at a time.
    fn check_refunds(&mut self, invoice: &Value, refunds: &[Value]) {
        let is = |refund: &&Value, kinds: &[&str]| kinds.iter().any(|kind| refund["type"] == *kind);
        let automatic = ["underpayment", "overpayment"];
        let mut asked = Decimal::ZERO;
        let mut active = 0;
        for refund in refunds {
            let id = refund["id"].as_str().unwrap().to_owned();
            if !self.refunds.contains(&id) {
                self.note(refund);
            }
            if is(&refund, &automatic) {
                continue;
            }
            match refund["status"].as_str().unwrap() {
                "success" => asked += decimal(&refund["amount"]),
                "created" | "pending" => {
                    active += 1;
                    asked += decimal(&refund["amount"]);
                }
                "preview" | "canceled" | "failure" => {}
                other => panic!("{other}"),
            }
        }
        assert!(active <= 1);
        assert!(asked <= decimal(&invoice["price"]), "{refunds:?}");
        if asked > Decimal::ZERO {
            let status = invoice["status"].as_str().unwrap();
            assert!(matches!(status, "complete" | "declined"), "{status}");
        }
    }
}

/// So many histories, and the seed of the first: more than each change can wait for, if they are set.
fn how_many() -> (u32, u64) {
    let number = |name, default: u64| {
        let set = std::env::var(name).ok();
        set.map_or(default, |text| text.parse().expect(name))
    };
    let cases = u32::try_from(number("HISTORIES", 40)).unwrap();
    (cases, number("HISTORIES_SEED", 7))
}

#[test]
fn whatever_happens_every_state_is_legal_and_the_ledgers_add_up() {
    let (cases, seed) = how_many();
    let lives = Cell::new(0);
    let config = ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let history = (proptest::bool::ANY, proptest::collection::vec(op(), 10..90));
    let ran = TestRunner::new(config).run(&history, |(pace, history)| {
        let mut world = World::new(pace);
        for op in &history {
            world.act(op);
        }
        world.add_up();
        let lived = [
            &world.invoices,
            &world.refunds,
            &world.payouts,
            &world.recipients,
        ];
        lives.set(lives.get() + lived.iter().map(|ids| ids.len()).sum::<usize>());
        Ok(())
    });
    println!("{cases} histories, {} life cycles", lives.get());
    assert!(lives.get() > 5 * cases as usize, "too little happened");
    if let Err(error) = ran {
        panic!("{error}");
    }
}
