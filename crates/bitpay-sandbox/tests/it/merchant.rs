//! Bills, subscriptions, the keys of a token, event tokens, and refunds that change.

use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::InvoiceStatus;
use serde_json::{Value, json};

use crate::support::{Bench, error, key, request, with_token};

fn bill(bench: &mut Bench) -> Value {
    let body = json!({
        "currency": "USD", "email": "ada@example.com", "name": "Ada", "number": "17", "dueDate": "2026-5-31",
        "items": [{ "description": "Tea", "price": 6.5, "quantity": 2 }, { "description": "Cake", "price": 4, "quantity": 1 }],
    });
    let (status, answer) = bench.merchant("POST", "/bills", body);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["facade"], "merchant/bill");
    answer["data"].clone()
}

fn path(collection: &str, resource: &Value) -> String {
    format!("/{collection}/{}", resource["id"].as_str().unwrap())
}

#[test]
fn a_bill_is_made_changed_and_delivered() {
    let mut bench = Bench::new();
    let made = bill(&mut bench);
    assert_eq!(made["status"], "draft");
    assert_eq!(made["dueDate"], "2026-05-31T00:00:00.000Z");
    assert_eq!(made["createdDate"], "2026-03-01T12:00:00.000Z");
    let url = made["url"].as_str().unwrap();
    assert!(url.starts_with("http://localhost:8088/bill?id="), "{url}");
    let path = path("bills", &made);
    let (_, found) = bench.merchant("GET", &path, Value::Null);
    assert_eq!(found["data"], made);

    // Without the bill's own token, as three SDKs may, and with it.
    let items = json!([{ "description": "Tea", "price": "7", "quantity": 1 }]);
    for token in [Some(made["token"].as_str().unwrap()), None] {
        let mut change =
            json!({ "currency": "EUR", "items": items, "phone": "555", "status": "draft" });
        if let Some(token) = token {
            change["token"] = token.into();
        }
        let (status, answer) = bench.merchant("PUT", &path, change);
        assert_eq!(status, 200, "{answer}");
        let changed = &answer["data"];
        assert_eq!(changed["currency"], "EUR");
        assert_eq!(changed["phone"], "555");
        assert_eq!(changed["name"], "Ada", "what is not sent stays");
        assert_eq!(changed["items"].as_array().unwrap().len(), 1);
        assert_ne!(changed["items"][0]["id"], made["items"][0]["id"]);
    }

    let deliveries = format!("{path}/deliveries");
    let with_merchants = bench.merchant("POST", &deliveries, json!({}));
    assert_eq!(
        error(&with_merchants).1,
        "This endpoint does not support the `merchant` facade"
    );
    let delivered = bench.merchant("POST", &deliveries, json!({ "token": made["token"] }));
    assert_eq!(delivered, (200, json!({ "data": "Success" })));
    for (status, count) in [("sent", 1), ("draft", 0), ("", 1)] {
        let (_, list) = bench.merchant("GET", &format!("/bills?status={status}"), Value::Null);
        assert_eq!(list["data"].as_array().unwrap().len(), count, "{status}");
    }
}

#[test]
fn a_bills_token_is_for_that_bill() {
    let mut bench = Bench::new();
    let (one, other) = (bill(&mut bench), bill(&mut bench));
    let foreign = json!({ "token": other["token"], "currency": "USD", "items": [{ "price": 1, "quantity": 1 }] });
    let changed = bench.merchant("PUT", &path("bills", &one), foreign.clone());
    assert_eq!(error(&changed).1, "Invalid token");
    let delivered = bench.merchant("POST", &(path("bills", &one) + "/deliveries"), foreign);
    assert_eq!(error(&delivered).1, "Invalid token");

    // The bill's token opens the bill, and nothing else.
    let token = one["token"].as_str().unwrap();
    let get =
        |path: &str, bench: &Bench| with_token("GET", path, Value::Null, token, Some(&bench.key));
    let own = get(&path("bills", &one), &bench);
    assert_eq!(bench.ask(&own).0, 200);
    let list = get("/bills", &bench);
    assert_eq!(
        error(&bench.ask(&list)).1,
        "This endpoint does not support the `merchant/bill` facade"
    );
    let (_, invoice) = bench.invoice(json!({}));
    let deliver = json!({ "token": invoice["token"] });
    let refused = bench.merchant("POST", &(path("bills", &one) + "/deliveries"), deliver);
    assert_eq!(
        error(&refused).1,
        "This endpoint does not support the `merchant/invoice` facade"
    );
}

#[test]
fn a_pos_token_makes_bills_and_sees_less_of_them() {
    let mut bench = Bench::new();
    let made = bill(&mut bench);
    let (_, seen) = bench.pos("GET", &path("bills", &made), Value::Null);
    assert_eq!(seen["facade"], "pos/bill");
    assert_eq!(seen["data"]["email"], "ada@example.com");
    assert_eq!(seen["data"]["name"], Value::Null);
    let body = json!({ "currency": "USD", "email": "a@example.com", "items": [{ "description": "Tea", "price": 1, "quantity": 1 }] });
    let (status, own) = bench.pos("POST", "/bills", body);
    assert_eq!(status, 200, "{own}");
    let own = &own["data"];
    let deliver = json!({ "token": own["token"] });
    let delivered = bench.pos("POST", &(path("bills", own) + "/deliveries"), deliver);
    assert_eq!(delivered.0, 200);
    let change = json!({ "token": own["token"], "currency": "USD", "items": [{ "price": 1, "quantity": 1 }] });
    let changed = bench.pos("PUT", &path("bills", own), change);
    assert_eq!(
        error(&changed).1,
        "This endpoint does not support the `pos/bill` facade"
    );
    let list = bench.pos("GET", "/bills", Value::Null);
    assert_eq!(
        error(&list).1,
        "This endpoint does not support the `pos` facade"
    );
}

#[test]
fn bills_that_make_no_sense_are_refused() {
    let mut bench = Bench::new();
    let item = json!({ "description": "Tea", "price": 1, "quantity": 1 });
    for (param, body) in [
        (
            "items",
            json!({ "currency": "USD", "email": "a@example.com" }),
        ),
        (
            "items",
            json!({ "currency": "USD", "email": "a@example.com", "items": [] }),
        ),
        (
            "email",
            json!({ "currency": "USD", "email": "", "items": [item] }),
        ),
        (
            "currency",
            json!({ "currency": "ZZZ", "email": "a@example.com", "items": [item] }),
        ),
    ] {
        let (status, answer) = bench.merchant("POST", "/bills", body);
        assert_eq!(status, 400);
        assert_eq!(answer["errors"][0]["param"], param);
    }
    assert_eq!(bench.merchant("GET", "/bills/none", Value::Null).0, 404);
}

#[test]
fn a_subscription_is_made_and_activated() {
    let mut bench = Bench::new();
    let body = |schedule: &str| {
        json!({ "schedule": schedule, "billData": {
            "currency": "USD", "email": "ada@example.com", "dueDate": "2026-05-31",
            "items": [{ "description": "Rent", "price": 900, "quantity": 1 }],
        }})
    };
    // 2026-03-01 is a Sunday.
    for (asked, cron, next) in [
        ("weekly", "0 0 0 * * 1", "2026-03-02T00:00:00.000Z"),
        ("monthly", "0 0 0 1 * *", "2026-04-01T00:00:00.000Z"),
        ("quarterly", "0 0 0 1 */3 *", "2026-04-01T00:00:00.000Z"),
        ("yearly", "0 0 0 1 1 *", "2027-01-01T00:00:00.000Z"),
    ] {
        let (status, answer) = bench.merchant("POST", "/subscriptions", body(asked));
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["facade"], "merchant/subscription");
        assert_eq!(answer["data"]["schedule"], cron);
        assert_eq!(answer["data"]["nextDelivery"], next);
    }
    let (_, own) = bench.merchant("POST", "/subscriptions", body("0 30 9 15 * *"));
    assert_eq!(own["data"]["schedule"], "0 30 9 15 * *");
    let (status, _) = bench.merchant("POST", "/subscriptions", body("often"));
    assert_eq!(status, 400);

    let made = &own["data"];
    assert_eq!(made["status"], "draft");
    assert_eq!(made["billData"]["dueDate"], "2026-05-31T00:00:00.000Z");
    let path = path("subscriptions", made);
    let change = json!({ "token": made["token"], "status": "active", "schedule": "weekly" });
    let (_, changed) = bench.merchant("PUT", &path, change);
    assert_eq!(changed["data"]["status"], "active");
    assert_eq!(changed["data"]["schedule"], "0 0 0 * * 1");
    let (_, found) = bench.merchant("GET", &path, Value::Null);
    assert_eq!(found["data"], changed["data"]);
    let (_, list) = bench.merchant("GET", "/subscriptions?status=active", Value::Null);
    assert_eq!(list["data"], json!([changed["data"]]));
    let without = bench.merchant("PUT", &path, json!({ "status": "cancelled" }));
    assert_eq!(
        error(&without).1,
        "This endpoint does not support the `merchant` facade"
    );
}

#[test]
fn wallets_are_found_in_any_spelling() {
    let mut bench = Bench::new();
    for path in ["/supportedWallets", "/supportedwallets/"] {
        let (status, answer) = bench.ask(&request("GET", path, "", None));
        assert_eq!(status, 200);
        assert_eq!(answer["data"][0]["key"], "bitpay");
        assert_eq!(answer["data"][0]["currencies"][0]["qr"]["type"], "BIP72b");
    }
}

#[test]
fn another_key_may_use_a_token_once_it_is_linked() {
    let mut bench = Bench::new();
    let (old, new) = (key(7), key(8));
    let token = bench.merchant.clone();
    let sins = format!("/tokens/{token}/sins");
    let list = request("GET", &sins, "", Some(&old));
    assert_eq!(bench.ask(&list).1, json!({ "data": [old.sin()] }));

    let bills = |key| with_token("GET", "/bills", Value::Null, &token, Some(key));
    assert_eq!(error(&bench.ask(&bills(&new))).1, "Unauthorized sin");
    let link = json!({ "sin": new.sin() }).to_string();
    let by_stranger = request("POST", &sins, link.clone(), Some(&new));
    assert_eq!(error(&bench.ask(&by_stranger)).1, "Unauthorized sin");
    for _ in 0..2 {
        let by_owner = request("POST", &sins, link.clone(), Some(&old));
        let done = json!({ "data": { "success": true } });
        assert_eq!(bench.ask(&by_owner), (200, done));
    }
    assert_eq!(
        bench.ask(&list).1,
        json!({ "data": [old.sin(), new.sin()] })
    );
    assert_eq!(bench.ask(&bills(&new)).0, 200);
    let approved = bench.ask(&request("GET", "/tokens", "", Some(&new)));
    assert_eq!(
        approved.1,
        json!({ "data": [{ "merchant": bench.merchant }] })
    );

    let remove =
        |sin: &bitpay_core::Sin, by| request("DELETE", &format!("{sins}/{sin}"), "", Some(by));
    let oneself = bench.ask(&remove(old.sin(), &old));
    assert_eq!(
        error(&oneself).1,
        "Unauthorized sin",
        "one key is always left"
    );
    assert_eq!(bench.ask(&remove(old.sin(), &new)).0, 200);
    assert_eq!(bench.ask(&remove(old.sin(), &new)).0, 404, "twice");
    assert_eq!(error(&bench.ask(&bills(&old))).1, "Unauthorized sin");
    assert_eq!(bench.ask(&bills(&new)).0, 200);
}

#[test]
fn the_keys_of_a_token_are_for_its_own_signed_calls() {
    let mut bench = Bench::new();
    let unsigned = request("GET", &format!("/tokens/{}/sins", bench.merchant), "", None);
    assert_eq!(error(&bench.ask(&unsigned)).1, "Unauthorized sin");
    let of_pos = request(
        "GET",
        &format!("/tokens/{}/sins", bench.pos),
        "",
        Some(&key(7)),
    );
    assert_eq!(
        error(&bench.ask(&of_pos)).1,
        "This endpoint does not support the `pos` facade"
    );
    let unknown = request("GET", "/tokens/unknown/sins", "", Some(&key(7)));
    assert_eq!(error(&bench.ask(&unknown)).1, "Invalid token");
}

#[test]
fn an_event_token_is_remembered_and_opens_nothing_else() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    let (_, first) = bench.merchant("GET", &format!("/invoices/{id}/events"), Value::Null);
    assert_eq!(first["facade"], "merchant/invoice");
    let data = &first["data"];
    assert_eq!(data["url"], "http://localhost:8088/events");
    assert_eq!(data["events"], json!(["payment", "confirmation"]));
    assert_eq!(data["actions"], json!(["subscribe", "unsubscribe"]));
    let (_, second) = bench.merchant("GET", &format!("/invoices/{id}/events"), Value::Null);
    assert_eq!(first, second);
    let token = data["token"].as_str().unwrap();
    let get = with_token(
        "GET",
        &format!("/invoices/{id}"),
        Value::Null,
        token,
        Some(&key(7)),
    );
    assert_eq!(
        error(&bench.ask(&get)).1,
        "This endpoint does not support the `merchant/events` facade"
    );
    let nothing = bench.merchant("GET", "/invoices/nothing/events", Value::Null);
    assert_eq!(nothing.1["code"], "020101");
}

/// A preview of a refund of an invoice, made under this guid.
fn preview(bench: &mut Bench, id: &InvoiceId, guid: &str, amount: u32) -> Value {
    let body = json!({ "invoiceId": id.as_str(), "amount": amount, "preview": true, "guid": guid });
    let (_, answer) = bench.merchant("POST", "/refunds", body);
    assert_eq!(answer["data"]["status"], "preview", "{answer}");
    answer["data"].clone()
}

#[test]
fn a_preview_is_confirmed_once() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Complete, bench.clock)
        .unwrap();
    let first = preview(&mut bench, &id, "first", 7);
    let second = preview(&mut bench, &id, "second", 7);
    let first_path = path("refunds", &first);
    let confirm = json!({ "status": "created" });
    let (_, made) = bench.merchant("PUT", &first_path, confirm.clone());
    assert_eq!(made["data"]["status"], "created");
    assert_eq!(made["data"]["id"], first["id"]);
    let (_, again) = bench.merchant("PUT", &first_path, confirm.clone());
    assert_eq!(again["code"], "030200");
    let (_, other) = bench.merchant("PUT", "/refunds/guid/second", confirm.clone());
    assert_eq!(other["code"], "030204", "one is under way");
    let (_, wrong) = bench.merchant("PUT", &first_path, json!({ "status": "success" }));
    assert_eq!(wrong["code"], "030202");

    let refund = made["data"]["id"].as_str().unwrap().parse().unwrap();
    bench
        .engine
        .settle_refund(&refund, &"success".into(), bench.clock)
        .unwrap();
    let (_, other) = bench.merchant("PUT", "/refunds/guid/second", confirm);
    assert_eq!(other["code"], "030202", "only 3 are left");
    let (_, gone) = bench.merchant("DELETE", "/refunds/guid/second", Value::Null);
    assert_eq!(gone["data"]["id"], second["id"]);
    assert_eq!(gone["data"]["status"], "canceled");
    for (method, guid, code) in [
        ("DELETE", "second", "040200"),
        ("DELETE", "none", "040201"),
        ("PUT", "none", "030201"),
    ] {
        let path = format!("/refunds/guid/{guid}");
        let (_, answer) = bench.merchant(method, &path, json!({ "status": "canceled" }));
        assert_eq!(answer["code"], code);
    }
}

#[test]
fn a_preview_of_a_confirmed_invoice_declines_it_when_confirmed() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Confirmed, bench.clock)
        .unwrap();
    let seen = preview(&mut bench, &id, "r", 4);
    let refund = path("refunds", &seen);
    let (_, made) = bench.merchant("PUT", &refund, json!({ "status": "created" }));
    assert_eq!(made["data"]["type"], "declined");
    assert_eq!(made["data"]["amount"], 10);
    assert_eq!(bench.status_of(&id), "declined");
    let (_, kept) = bench.merchant("PUT", &refund, json!({ "status": "canceled" }));
    assert_eq!(kept["code"], "030200");
}

#[test]
fn the_buyer_is_told_again() {
    let mut bench = Bench::new();
    let (id, invoice) = bench.invoice(json!({}));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Complete, bench.clock)
        .unwrap();
    let made = bench.merchant(
        "POST",
        "/refunds",
        json!({ "invoiceId": id.as_str(), "amount": 4 }),
    );
    let made = &made.1["data"];
    let refund = path("refunds", made);
    let notify = format!("{refund}/notifications");
    bench.pass(std::time::Duration::from_secs(60));
    // With the refund's token, and with the merchant's, which two SDKs send.
    for body in [json!({ "token": made["token"] }), json!({})] {
        assert_eq!(bench.merchant("POST", &notify, body).0, 200);
    }
    let (_, told) = bench.merchant("GET", &refund, Value::Null);
    assert_eq!(
        told["data"]["lastRefundNotification"],
        "2026-03-01T12:01:00.000Z"
    );
    let foreign = bench.merchant("POST", &notify, json!({ "token": invoice["token"] }));
    assert_eq!(
        error(&foreign).1,
        "This endpoint does not support the `merchant/invoice` facade"
    );
    bench.merchant("DELETE", &refund, Value::Null);
    let (_, late) = bench.merchant("POST", &notify, json!({}));
    assert_eq!(late["code"], "010200", "it is cancelled");
}

#[test]
fn an_immediate_refund_leaves_the_ledger_when_it_is_confirmed() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Complete, bench.clock)
        .unwrap();
    let body = json!({ "invoiceId": id.as_str(), "amount": 4, "preview": true, "immediate": true });
    let (_, seen) = bench.merchant("POST", "/refunds", body);
    let (_, before) = bench.merchant("GET", "/ledgers", Value::Null);
    let confirm = json!({ "status": "created" });
    bench.merchant("PUT", &path("refunds", &seen["data"]), confirm);
    let (_, after) = bench.merchant("GET", "/ledgers", Value::Null);
    assert_ne!(before["data"], after["data"]);
}
