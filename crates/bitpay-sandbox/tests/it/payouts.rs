//! Payouts and recipients by their rules. The texts of refusals are the sandbox's own.

use bitpay_core::Payout;
use bitpay_core::model::payout::PayoutStatus;
use bitpay_core::model::recipient::RecipientStatus;
use bitpay_core::webhook::{Event, Verifier};
use bitpay_sandbox::{ControlError, Settings};
use serde_json::{Value, json};
use std::time::Duration;

use crate::support::{Bench, key, request, with_token};

const URL: &str = "http://127.0.0.1:9/hook";

pub(crate) struct Desk {
    pub(crate) bench: Bench,
    token: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let mut bench = Bench::with(settings);
        let grant = bench.engine.grant::<Payout>(key(7), bench.clock);
        let token = grant.token().expose().to_owned();
        Self { bench, token }
    }

    pub(crate) fn ask(&mut self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = with_token(method, path, body, &self.token, Some(&self.bench.key));
        self.bench.ask(&request)
    }

    pub(crate) fn get(&mut self, path: &str) -> Value {
        let (status, answer) = self.ask("GET", path, Value::Null);
        assert_eq!(status, 200, "{answer}");
        answer["data"].clone()
    }

    fn invite(&mut self, email: &str) -> Value {
        let body = json!({ "recipients": [{ "email": email, "notificationURL": URL }] });
        let (status, answer) = self.ask("POST", "/recipients", body);
        assert_eq!(
            (status, &answer["facade"]),
            (200, &json!("payout/recipient"))
        );
        answer["data"][0].clone()
    }

    pub(crate) fn recipient(&mut self, email: &str) -> String {
        let made = self.invite(email);
        let id = made["id"].as_str().unwrap().to_owned();
        self.move_recipient(&id, RecipientStatus::Active).unwrap();
        id
    }

    pub(crate) fn move_recipient(
        &mut self,
        id: &str,
        status: RecipientStatus,
    ) -> Result<(), ControlError> {
        let id = id.parse().unwrap();
        let moved = self
            .bench
            .engine
            .move_recipient(&id, &status, self.bench.clock);
        self.bench.pass(Duration::ZERO);
        moved
    }

    pub(crate) fn move_payout(
        &mut self,
        payout: &Value,
        status: PayoutStatus,
    ) -> Result<(), ControlError> {
        let id = payout["id"].as_str().unwrap().parse().unwrap();
        let moved = self
            .bench
            .engine
            .move_payout(&id, &status, self.bench.clock);
        self.bench.pass(Duration::ZERO);
        moved
    }

    pub(crate) fn pay(&mut self, more: Value) -> (u16, Value) {
        let mut body = json!({ "amount": 10, "currency": "USD", "ledgerCurrency": "EUR", "notificationURL": URL });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.ask("POST", "/payouts", body)
    }

    /// The names of the webhooks that are due, each verified with the payout token.
    pub(crate) fn due(&mut self) -> Vec<String> {
        let verifier = Verifier::new().with("payout", &self.token);
        std::mem::take(&mut self.bench.due)
            .iter()
            .map(|delivery| {
                let verified = verifier
                    .verify(&delivery.body, &delivery.signature)
                    .unwrap();
                let body: Value = serde_json::from_slice(&delivery.body).unwrap();
                assert_eq!(body["data"].get("token"), None);
                let (code, name) = match verified.event().unwrap() {
                    Event::Payout(event) => (event.code, event.name),
                    Event::Recipient(event) => (event.code, event.name),
                    other => panic!("{other:?}"),
                };
                format!("{} {}", code.unwrap().0, name.unwrap())
            })
            .collect()
    }
}

fn refusal(answer: &(u16, Value)) -> (u16, &str) {
    assert_eq!(answer.1["status"], "error", "{answer:?}");
    (answer.0, answer.1["message"].as_str().unwrap())
}

fn success() -> (u16, Value) {
    (
        200,
        json!({ "status": "success", "data": {}, "message": null }),
    )
}

#[test]
fn a_recipient_comes_to_be_paid_step_by_step() {
    let mut desk = Desk::new();
    let made = desk.invite("ada@example.com");
    assert_eq!(made["status"], "invited");
    assert_eq!(made["shopperId"], Value::Null);
    let again = desk.invite("ADA@example.com");
    assert_eq!(again["id"], made["id"], "an address is invited once");
    assert_eq!(desk.due(), ["4001 recipient_invited"]);

    let id = made["id"].as_str().unwrap().to_owned();
    let path = format!("/recipients/{id}");
    desk.move_recipient(&id, RecipientStatus::Active).unwrap();
    assert_eq!(
        desk.due(),
        [
            "4002 recipient_unverified",
            "4003 recipient_verified",
            "4004 recipient_active"
        ]
    );
    assert!(desk.get(&path)["shopperId"].is_string());
    desk.move_recipient(&id, RecipientStatus::Paused).unwrap();
    let refused = desk.pay(json!({ "recipientId": id }));
    assert_eq!(refusal(&refused), (400, "Recipient is not active"));
    desk.move_recipient(&id, RecipientStatus::Active).unwrap();
    assert_eq!(
        desk.due(),
        ["4005 recipient_paused", "4004 recipient_active"]
    );
    assert!(matches!(
        desk.move_recipient(&id, RecipientStatus::Invited),
        Err(ControlError::RecipientState { .. })
    ));

    let (_, changed) = desk.ask("PUT", &path, json!({ "label": "Ada" }));
    assert_eq!(
        (
            &changed["data"]["label"],
            &changed["data"]["notificationURL"]
        ),
        (&json!("Ada"), &json!(URL))
    );
    let resend = desk.ask("POST", &format!("{path}/notifications"), json!({}));
    assert_eq!(resend, success());
    assert_eq!(desk.ask("DELETE", &path, Value::Null), success());
    assert_eq!(
        desk.due(),
        ["4007 recipient_manuallyNotified", "4006 recipient_removed"]
    );
    assert_eq!(desk.get(&path)["status"], "removed");
    let twice = desk.ask("DELETE", &path, Value::Null);
    assert_eq!(refusal(&twice), (400, "Recipient was removed"));
    let unknown = desk.ask("GET", "/recipients/unknown", Value::Null);
    assert_eq!(refusal(&unknown), (404, "Recipient not found"));
}

#[test]
fn recipients_are_invited_once_a_guid_and_listed_by_status() {
    let mut desk = Desk::new();
    let body = json!({ "guid": "g", "recipients": [{ "email": "a@example.com" }, { "email": "b@example.com" }] });
    let (_, first) = desk.ask("POST", "/recipients", body.clone());
    let (_, second) = desk.ask("POST", "/recipients", body);
    assert_eq!(first, second);
    desk.recipient("c@example.com");
    let count = |desk: &mut Desk, path| desk.get(path).as_array().unwrap().len();
    assert_eq!(count(&mut desk, "/recipients"), 3);
    assert_eq!(count(&mut desk, "/recipients?status=active"), 1);
    assert_eq!(count(&mut desk, "/recipients?limit=2&offset=2"), 1);
    for recipients in [json!([]), json!([{ "email": "nobody" }])] {
        let refused = desk.ask("POST", "/recipients", json!({ "recipients": recipients }));
        assert_eq!(refusal(&refused).0, 400);
    }
    let most: Vec<Value> = (0..1001)
        .map(|n| json!({ "email": format!("{n}@example.com") }))
        .collect();
    let refused = desk.ask("POST", "/recipients", json!({ "recipients": most }));
    assert_eq!(refusal(&refused).0, 400);
    let refused = desk.ask("POST", "/recipients", json!({ "recipients": most[..998] }));
    assert_eq!(refusal(&refused).0, 400, "with those who are there, 1001");
}

#[test]
fn a_payout_is_paid_step_by_step() {
    let mut desk = Desk::new();
    let ada = desk.recipient("ada@example.com");
    desk.due();
    let (status, answer) = desk.pay(json!({
        "recipientId": ada, "reference": "May, Ada", "effectiveDate": "2026-05-27T00:00:00.000Z", "amount": "12.50",
    }));
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        (&answer["facade"], &answer["status"], &answer["message"]),
        (&json!("payout/payout"), &json!("success"), &Value::Null)
    );
    let made = answer["data"].clone();
    assert_eq!(
        (&made["status"], &made["amount"]),
        (&json!("new"), &json!(12.5))
    );
    assert_eq!(made["effectiveDate"], "2026-05-27T09:00:00.000Z");
    assert_eq!(made["requestDate"], "2026-03-01T12:00:00.000Z");
    assert_eq!(made["email"], "ada@example.com");
    let (_, again) = desk.pay(json!({ "recipientId": ada, "reference": "June, Ada" }));
    assert_eq!(made["accountId"].as_str().map(str::len), Some(22));
    assert_eq!(again["data"]["accountId"], made["accountId"]);
    let path = format!("/payouts/{}", made["id"].as_str().unwrap());
    assert_eq!(desk.get(&path), made);

    desk.move_payout(&made, PayoutStatus::Funded).unwrap();
    let late = desk.ask("DELETE", &path, Value::Null);
    assert_eq!(refusal(&late), (400, "Payout is not new"));
    desk.move_payout(&made, PayoutStatus::Complete).unwrap();
    let paid = desk.get(&path);
    assert_eq!(paid["status"], "complete");
    assert_eq!(paid["transactions"][0]["confirmations"], 6);
    assert_eq!(paid["exchangeRates"]["BTC"]["USD"], 65_000);
    assert!(matches!(
        desk.move_payout(&made, PayoutStatus::Failed),
        Err(ControlError::PayoutState { .. })
    ));
    let resend = desk.ask("POST", &format!("{path}/notifications"), json!({}));
    assert_eq!(resend, success());
    assert_eq!(
        desk.due(),
        [
            "5001 payout_funded",
            "5002 payout_processing",
            "5003 payout_completed",
            "5005 payout_manuallyNotified"
        ]
    );

    let (_, answer) = desk.pay(json!({ "recipientId": ada }));
    let path = format!("/payouts/{}", answer["data"]["id"].as_str().unwrap());
    assert_eq!(answer["data"]["effectiveDate"], "2026-03-01T09:00:00.000Z");
    assert_eq!(desk.ask("DELETE", &path, Value::Null), success());
    assert_eq!(desk.get(&path)["status"], "cancelled");
    assert_eq!(desk.due(), ["5004 payout_cancelled"]);
    let (_, answer) = desk.pay(json!({ "recipientId": ada }));
    desk.move_payout(&answer["data"], PayoutStatus::Failed)
        .unwrap();
    assert!(desk.due().is_empty(), "BitPay's list has no event for it");
}

#[test]
fn only_active_recipients_are_paid_and_strangers_are_invited() {
    let mut desk = Desk::new();
    let ada = desk.recipient("ada@example.com");
    let shopper = desk.get(&format!("/recipients/{ada}"))["shopperId"].clone();
    for payee in [
        json!({ "recipientId": ada }),
        json!({ "shopperId": shopper }),
        json!({ "email": "ADA@example.com" }),
        json!({ "recipientId": ada, "shopperId": "other", "email": "other@example.com" }),
    ] {
        let (status, answer) = desk.pay(payee);
        assert_eq!(
            (status, &answer["data"]["recipientId"]),
            (200, &json!(ada)),
            "{answer}"
        );
    }
    assert_eq!(refusal(&desk.pay(json!({}))).0, 400);
    let unknown = desk.pay(json!({ "recipientId": "nobody" }));
    assert_eq!(refusal(&unknown), (400, "Recipient not found"));

    let (_, answer) = desk.pay(json!({ "email": "eve@example.com" }));
    let payout = answer["data"].clone();
    let eve = payout["recipientId"].as_str().unwrap().to_owned();
    assert_eq!(desk.get(&format!("/recipients/{eve}"))["status"], "invited");
    assert_eq!(
        desk.move_payout(&payout, PayoutStatus::Funded),
        Err(ControlError::InactiveRecipient)
    );
    desk.move_recipient(&eve, RecipientStatus::Active).unwrap();
    desk.move_payout(&payout, PayoutStatus::Funded).unwrap();
}

#[test]
fn small_and_unclear_payouts_are_refused() {
    let mut desk = Desk::new();
    let ada = desk.recipient("ada@example.com");
    for (more, why) in [
        (
            json!({ "amount": 4.99 }),
            "Amount is below the minimum of 5 USD",
        ),
        (
            json!({ "amount": -10 }),
            "Amount is below the minimum of 5 USD",
        ),
        (
            json!({ "amount": 4.62, "currency": "EUR" }),
            "Amount is below the minimum of 5 USD",
        ),
        (json!({ "currency": "XXX" }), "Currency is invalid"),
        (
            json!({ "ledgerCurrency": null }),
            "Ledger currency is required",
        ),
        (
            json!({ "reference": "r".repeat(101) }),
            "Reference is too long",
        ),
    ] {
        let mut body = more.clone();
        body["recipientId"] = json!(ada);
        assert_eq!(refusal(&desk.pay(body)), (400, why), "{more}");
    }
    let enough = json!({ "amount": 4.63, "currency": "EUR", "recipientId": ada });
    assert_eq!(desk.pay(enough).0, 200);
}

#[test]
fn a_group_is_made_and_cancelled_in_part() {
    let mut desk = Desk::new();
    let ada = desk.recipient("ada@example.com");
    let pay = |reference: &str, payee: Value| {
        let mut body = json!({ "amount": 10, "currency": "USD", "ledgerCurrency": "USD", "reference": reference });
        body["recipientId"] = payee;
        body
    };
    let mut without = pay("three", json!(ada));
    without["ledgerCurrency"] = Value::Null;
    let body = json!({ "instructions": [pay("one", json!(ada)), pay("two", json!(ada)), without] });
    let (status, made) = desk.ask("POST", "/payouts/group", body);
    assert_eq!(status, 200, "{made}");
    assert_eq!(
        made["failed"],
        json!([{ "errMessage": "Ledger currency is required", "payee": ada }])
    );
    let created = made["created"].as_array().unwrap().clone();
    assert_eq!(created.len(), 2);
    let group = created[0]["groupId"].as_str().unwrap().to_owned();
    assert_eq!(created[1]["groupId"], json!(group));

    desk.move_payout(&created[0], PayoutStatus::Funded).unwrap();
    let (_, gone) = desk.ask("DELETE", &format!("/payouts/group/{group}"), Value::Null);
    assert_eq!(gone["cancelled"][0]["reference"], "two");
    assert_eq!(
        gone["failed"],
        json!([{ "errMessage": "PayoutId is missing or invalid", "payoutId": created[0]["id"] }])
    );
    let unknown = desk.ask("DELETE", "/payouts/group/unknown", Value::Null);
    assert_eq!(refusal(&unknown), (404, "Payout group not found"));
}

#[test]
fn payouts_are_listed_by_day_status_reference_and_group() {
    let mut desk = Desk::new();
    let ada = desk.recipient("ada@example.com");
    for reference in ["one", "two", "two"] {
        desk.pay(json!({ "recipientId": ada, "reference": reference }));
        desk.bench.pass(Duration::from_secs(86_400));
    }
    let mut list = |query: &str| {
        let rows = desk.get(&format!("/payouts?{query}"));
        let rows = rows.as_array().unwrap().clone();
        let days = rows
            .iter()
            .map(|row| row["requestDate"].as_str().unwrap()[8..10].to_owned());
        days.collect::<Vec<_>>()
    };
    assert_eq!(list("status="), ["03", "02", "01"]);
    assert_eq!(
        list("reference=two"),
        ["03", "02"],
        "a reference may be used twice"
    );
    assert_eq!(list("startDate=2026-03-02&endDate=2026-03-02"), ["02"]);
    assert_eq!(list("status=cancelled"), [""; 0]);
    assert_eq!(list("groupId=none"), [""; 0]);
    assert_eq!(list("limit=1&offset=1"), ["02"]);
}

#[test]
fn programs_move_payouts_by_json() {
    let mut desk = Desk::new();
    let made = desk.invite("ada@example.com");
    let mut tell = |what: &str, body: Value| {
        desk.bench
            .ask(&request(
                "POST",
                &format!("/sandbox/{what}"),
                body.to_string(),
                None,
            ))
            .0
    };
    assert_eq!(tell("recipient", json!({ "recipient": made["id"] })), 200);
    assert_eq!(tell("recipient", json!({ "recipient": made["id"] })), 409);
    assert_eq!(tell("recipient", json!({ "recipient": "unknown" })), 404);
    let (_, answer) = desk.pay(json!({ "recipientId": made["id"] }));
    let id = answer["data"]["id"].clone();
    let mut tell = |what: &str, body: Value| {
        desk.bench
            .ask(&request(
                "POST",
                &format!("/sandbox/{what}"),
                body.to_string(),
                None,
            ))
            .0
    };
    assert_eq!(
        tell("payout", json!({ "payout": id, "status": "processing" })),
        200
    );
    assert_eq!(tell("payout", json!({ "payout": id })), 200);
    assert_eq!(tell("payout", json!({ "payout": id })), 409);
    assert_eq!(tell("payout", json!({ "payout": "unknown" })), 404);
}

#[test]
fn other_facades_do_not_pay() {
    let mut desk = Desk::new();
    let answer = desk.bench.merchant("GET", "/payouts", Value::Null);
    assert_eq!(
        crate::support::error(&answer),
        (500, "This endpoint does not support the `merchant` facade")
    );
}
