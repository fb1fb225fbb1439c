//! Invoices: totals, views, lists, guids, and the ways from status to status.

use std::time::Duration;

use bitpay_core::Currency;
use bitpay_core::model::invoice::{Invoice, InvoiceStatus};
use bitpay_sandbox::{GuidRepeat, Settings};
use serde_json::{Value, json};

use crate::support::{Bench, error, request};

const QUARTER: Duration = Duration::from_secs(15 * 60);

#[test]
fn an_invoice_has_exact_totals_in_each_currency() {
    let mut bench = Bench::new();
    let request = bench.merchant_request(
        "POST",
        "/invoices",
        json!({ "price": 100, "currency": "usd" }),
    );
    let response = bench.handle(&request).response.unwrap();
    let text = std::str::from_utf8(response.body()).unwrap();
    // 100 / 65000 = 0.0015384.. bitcoin, rounded up to what is shown; the miner fee is added.
    for part in [
        r#""facade":"merchant/invoice""#,
        r#""price":100,"currency":"USD""#,
        r#""paymentSubtotals":{"BTC":153900,"#,
        r#""paymentTotals":{"BTC":155300,"#,
        r#""ETH":31250000000000000,"#,
        r#""DAI":100000000000000000000,"#,
        r#""paymentDisplaySubTotals":{"BTC":"0.001539","#,
        r#""paymentDisplayTotals":{"BTC":"0.001553","#,
        r#""USDC":"100.00","#,
        r#""exceptionStatus":false"#,
        r#""url":"http://localhost:8088/invoice?id="#,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let envelope: Value = serde_json::from_str(text).unwrap();
    let data = &envelope["data"];
    assert_eq!(
        data["expirationTime"].as_i64().unwrap() - data["invoiceTime"].as_i64().unwrap(),
        900_000
    );
    assert_eq!(data["currentTime"], data["invoiceTime"]);
    assert_eq!(data["token"].as_str().unwrap().len(), 66);
    let read: Invoice = serde_json::from_value(data.clone()).unwrap();
    assert_eq!(read.status, InvoiceStatus::New);
}

#[test]
fn what_coins_cost_follows_the_currency_the_coins_and_the_rates() {
    let mut bench = Bench::new();
    let make = |bench: &mut Bench, currency: &str, coins: &[&str]| {
        let given = json!({ "price": 100, "currency": currency, "paymentCurrencies": coins });
        bench.merchant("POST", "/invoices", given).1["data"].take()
    };
    let (bitcoin, all) = (&["BTC"][..], &[][..]);
    let first = make(&mut bench, "USD", all);
    // 1400 satoshis, at 65 000 dollars for a bitcoin.
    assert_eq!(first["minerFees"]["BTC"]["totalFee"], 1400);
    assert_eq!(first["minerFees"]["BTC"]["fiatAmount"], 0.91);
    let again = make(&mut bench, "USD", all);
    for what in ["minerFees", "supportedTransactionCurrencies"] {
        assert_eq!(again[what], first[what], "{what}");
    }
    let euros = make(&mut bench, "EUR", all);
    assert_ne!(euros["minerFees"], first["minerFees"]);
    let one = make(&mut bench, "USD", bitcoin);
    assert_eq!(one["minerFees"].as_object().unwrap().len(), 1);
    let supported = &one["supportedTransactionCurrencies"];
    assert_eq!(supported["BTC"]["enabled"], true);
    assert_eq!(supported["ETH"]["enabled"], false);
    bench.engine.set_rate(Currency::BTC, 50_000).unwrap();
    let later = make(&mut bench, "USD", all);
    assert_eq!(later["minerFees"]["BTC"]["fiatAmount"], 0.7);
    assert_eq!(
        later["supportedTransactionCurrencies"]["ETH"]["enabled"],
        true
    );
}

#[test]
fn a_merchant_sees_what_the_invoice_was_made_with() {
    let mut bench = Bench::new();
    let given = json!({
        "price": 100, "currency": "USD", "orderId": "1042", "itemCode": "tea", "posData": "till 7",
        "notificationURL": "https://shop.example/hook", "notificationEmail": "till@shop.example",
        "redirectURL": "https://shop.example/thanks", "closeURL": "https://shop.example/closed",
        "buyerEmail": "zoe@example.com", "buyerSms": "+441225000000", "acceptanceWindow": 60000,
        "paymentCurrencies": ["BTC", "ETH"], "selectedTransactionCurrency": "BTC",
        "forcedBuyerSelectedTransactionCurrency": "ETH", "forcedBuyerSelectedWallet": "bitpay",
        "itemizedDetails": [{"amount": 100, "description": "Tea", "isFee": false}],
        "physical": true, "merchantName": "Corner Shop",
    });
    let (status, answer) = bench.merchant("POST", "/invoices", given.clone());
    assert_eq!(status, 200, "{answer}");
    let made = &answer["data"];
    for (name, value) in given.as_object().unwrap() {
        assert_eq!(&made[name], value, "{name}");
    }
    // An address to reach the buyer by, wherever it was given.
    assert_eq!(made["buyerProvidedEmail"], "zoe@example.com");
}

#[test]
fn prices_and_currencies_have_limits() {
    let mut bench = Bench::new();
    let mut make = |price: Value, currency: &str| {
        let (status, answer) = bench.merchant(
            "POST",
            "/invoices",
            json!({ "price": price, "currency": currency }),
        );
        (
            status,
            answer["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(make(json!(0), "USD"), (500, "010110".into()));
    assert_eq!(make(json!(-1), "USD"), (500, "010110".into()));
    assert_eq!(make(json!(1_000_001), "USD"), (500, "010111".into()));
    assert_eq!(
        make(json!("79228162514264337593543950335"), "DAI"),
        (500, "010111".into())
    );
    assert_eq!(make(json!(1), "XYZ").0, 400);
    assert_eq!(make(json!("0.000006"), "BTC"), (200, String::new()));
    assert_eq!(make(json!(1000), "JPY"), (200, String::new()));
}

#[test]
fn each_facade_sees_its_own_part() {
    let mut bench = Bench::new();
    let body = json!({
        "price": 5, "currency": "EUR", "orderId": "7", "posData": "mine", "guid": "g",
        "buyer": { "email": "b@example.com", "name": "B" },
    });
    let (_, made) = bench.pos("POST", "/invoices", body);
    assert_eq!(made["facade"], "pos/invoice");
    let pos = &made["data"];
    assert_eq!(pos["orderId"], "7");
    for hidden in [
        "guid",
        "posData",
        "buyer",
        "transactionSpeed",
        "targetConfirmations",
        "universalCodes",
    ] {
        assert_eq!(pos.get(hidden), None, "{hidden}");
    }
    let id = pos["id"].as_str().unwrap();
    let (_, merchant) = bench.merchant("GET", &format!("/invoices/{id}"), Value::Null);
    assert_eq!(merchant["data"]["posData"], "mine");
    assert_eq!(merchant["data"]["buyer"]["name"], "B");

    let (status, public) = bench.ask(&request("GET", &format!("/invoices/{id}"), "", None));
    assert_eq!((status, &public["facade"]), (200, &json!("public/invoice")));
    assert!(public["data"].get("paymentCodes").is_some());
    for hidden in [
        "token",
        "orderId",
        "buyerProvidedInfo",
        "redirectURL",
        "guid",
    ] {
        assert_eq!(public["data"].get(hidden), None, "{hidden}");
    }
}

#[test]
fn a_merchant_gets_lists_that_are_empty_and_a_pos_token_gets_none() {
    let mut bench = Bench::new();
    let (id, made) = bench.invoice(json!({}));
    let path = format!("/invoices/{id}");
    let (_, fetched) = bench.merchant("GET", &path, Value::Null);
    let days = "/invoices?dateStart=2026-03-01&dateEnd=2026-03-01";
    let (_, listed) = bench.merchant("GET", days, Value::Null);
    let (_, seen) = bench.pos("GET", &path, Value::Null);
    let lists = ["transactions", "refundAddresses", "itemizedDetails"];
    for list in lists {
        for invoice in [&made, &fetched["data"], &listed["data"][0]] {
            assert_eq!(invoice[list], json!([]), "{list}");
        }
        assert_eq!(seen["data"].get(list), None, "{list}");
    }

    let items = json!([{ "amount": 10, "description": "Tea", "isFee": false }]);
    let (id, sold) = bench.invoice(json!({ "itemizedDetails": items }));
    assert_eq!(sold["itemizedDetails"], items);
    bench.merchant("PUT", &format!("/invoices/pay/{id}"), json!({}));
    let (_, paid) = bench.merchant("GET", &format!("/invoices/{id}"), Value::Null);
    assert_eq!(paid["data"]["transactions"].as_array().unwrap().len(), 2);
}

#[test]
fn an_invoice_is_paid_by_the_mock_call() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    let path = format!("/invoices/pay/{id}");
    let (_, paid) = bench.merchant("PUT", &path, json!({}));
    assert_eq!(paid["data"]["status"], "confirmed");
    let (_, paid) = bench.merchant("PUT", &path, json!({ "status": "complete" }));
    let data = &paid["data"];
    assert_eq!(data["status"], "complete");
    assert_eq!(data["transactionCurrency"], "BTC");
    assert_eq!(data["amountPaid"], data["paymentTotals"]["BTC"]);
    assert_eq!(
        data["displayAmountPaid"],
        data["paymentDisplayTotals"]["BTC"]
    );
    let lines = data["transactions"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[0]["amount"], &lines[0]["confirmations"]),
        (&data["amountPaid"], &json!(6))
    );
    assert_eq!(lines[1]["type"], "buyerPaidMinerFee");
    assert_eq!(lines[1]["amount"], -1400);
    assert_eq!(lines[0]["txid"], lines[1]["txid"]);

    let again = bench.merchant("PUT", &path, json!({ "status": "complete" }));
    assert_eq!(again.1["code"], "030117");
    assert_eq!(
        bench.merchant("PUT", &path, json!({ "status": "new" })).1["code"],
        "030102"
    );
}

#[test]
fn an_invoice_expires_and_may_be_paid_late() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    bench.pass(QUARTER - Duration::from_millis(1));
    assert_eq!(bench.status_of(&id), "new");
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.status_of(&id), "expired");
    let refused = bench.merchant("PUT", &format!("/invoices/pay/{id}"), json!({}));
    assert_eq!(refused.1["code"], "030117");
    bench
        .engine
        .pay(&id, &InvoiceStatus::Complete, bench.clock)
        .unwrap();
    assert_eq!(bench.status_of(&id), "complete");
}

#[test]
fn a_payment_that_is_not_confirmed_is_invalid_and_may_be_complete_after_all() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Paid, bench.clock)
        .unwrap();
    bench.pass(QUARTER);
    assert_eq!(bench.status_of(&id), "paid", "what is paid does not expire");
    bench.pass(QUARTER * 3);
    assert_eq!(bench.status_of(&id), "invalid");
    bench
        .engine
        .pay(&id, &InvoiceStatus::Complete, bench.clock)
        .unwrap();
    assert_eq!(bench.status_of(&id), "complete");
}

#[test]
fn the_engine_says_when_it_has_something_to_do() {
    let mut bench = Bench::new();
    bench.engine.advance(Duration::from_secs(60));
    assert_eq!(bench.engine.tick(bench.clock).next, None);
    let (_, invoice) = bench.invoice(json!({ "acceptanceWindow": 1000 }));
    let next = bench.engine.tick(bench.clock).next.unwrap();
    assert_eq!(
        next,
        bench.clock.checked_add(Duration::from_secs(1)).unwrap()
    );
    assert_eq!(
        invoice["invoiceTime"],
        bench.engine.now(bench.clock).as_millisecond()
    );
}

#[test]
fn odd_payments_are_named() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({}));
    bench.engine.pay_part(&id, 50, bench.clock).unwrap();
    let (_, answer) = bench.merchant("GET", &format!("/invoices/{id}"), Value::Null);
    assert_eq!(
        (
            &answer["data"]["status"],
            &answer["data"]["exceptionStatus"]
        ),
        (&json!("new"), &json!("paidPartial"))
    );
    assert_eq!(answer["data"]["underpaidAmount"], json!(0.000084));
    let (id, _) = bench.invoice(json!({}));
    bench.engine.pay_part(&id, 150, bench.clock).unwrap();
    let (_, answer) = bench.merchant("GET", &format!("/invoices/{id}"), Value::Null);
    assert_eq!(
        (
            &answer["data"]["status"],
            &answer["data"]["exceptionStatus"]
        ),
        (&json!("paid"), &json!("paidOver"))
    );
}

#[test]
fn lists_have_windows_filters_and_pages() {
    let mut bench = Bench::new();
    for order in ["a", "b", "a"] {
        bench.invoice(json!({ "orderId": order }));
        bench.pass(Duration::from_secs(24 * 60 * 60));
    }
    let mut list = |query: &str| {
        let (status, answer) = bench.merchant("GET", &format!("/invoices?{query}"), Value::Null);
        assert_eq!(status, 200, "{answer}");
        answer["data"].as_array().unwrap().len()
    };
    let window = "dateStart=2026-03-01&dateEnd=2026-03-03";
    assert_eq!(list(window), 3, "the last day is part of the window");
    assert_eq!(list("dateStart=2026-03-02&dateEnd=2026-03-02"), 1);
    assert_eq!(list(&format!("{window}&orderId=a")), 2);
    assert_eq!(list(&format!("{window}&status=complete")), 0);
    assert_eq!(list(&format!("{window}&status=expired&limit=2")), 2);
    assert_eq!(list(&format!("{window}&limit=2&offset=2")), 1);
    assert_eq!(
        bench
            .merchant("GET", "/invoices?dateStart=2026-03-01", Value::Null)
            .0,
        400
    );
}

#[test]
fn a_guid_makes_one_invoice() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({ "guid": "g", "price": 1 }));
    bench.pass(Duration::from_secs(358));
    let (again, answer) = bench.invoice(json!({ "guid": "g", "price": 41 }));
    assert_eq!((id, &answer["price"]), (again, &json!(1)));
    let age = answer["currentTime"].as_i64().unwrap() - answer["invoiceTime"].as_i64().unwrap();
    assert_eq!(age, 358_000);
    let (status, found) = bench.merchant("GET", "/invoices/guid/g", Value::Null);
    assert_eq!((status, &found["data"]["id"]), (200, &answer["id"]));
}

#[test]
fn a_guid_may_be_ignored() {
    let mut settings = Settings::default();
    settings.invoice_guids = GuidRepeat::Ignored;
    let mut bench = Bench::with(settings);
    let (first, _) = bench.invoice(json!({ "guid": "g" }));
    let (second, _) = bench.invoice(json!({ "guid": "g" }));
    assert_ne!(first, second);
    let (_, found) = bench.merchant("GET", "/invoices/guid/g", Value::Null);
    assert_eq!(found["data"]["id"], first.as_str());
}

#[test]
fn a_guid_may_show_late() {
    let mut settings = Settings::default();
    settings.invoice_guids = GuidRepeat::Late(Duration::from_secs(2));
    let mut bench = Bench::with(settings);
    let (first, _) = bench.invoice(json!({ "guid": "g" }));
    let early = bench.merchant("GET", "/invoices/guid/g", Value::Null);
    assert_eq!(error(&early), (404, "Invoice not found"));
    bench.pass(Duration::from_secs(2));
    assert_eq!(
        bench.merchant("GET", "/invoices/guid/g", Value::Null).0,
        200
    );
    assert_eq!(bench.invoice(json!({ "guid": "g" })).0, first);
}

#[test]
fn contact_data_is_set_once() {
    let mut bench = Bench::new();
    let (id, _) = bench.invoice(json!({ "buyer": {} }));
    let path = format!("/invoices/{id}");
    let mut update = |body: Value| {
        let (_, answer) = bench.merchant("PUT", &path, body);
        answer["code"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(update(json!({})), "030102");
    assert_eq!(update(json!({ "buyerSms": "12" })), "030112");
    assert_eq!(
        update(json!({ "buyerSms": "+15551234567", "smsCode": "1" })),
        "030113"
    );
    assert_eq!(
        update(json!({ "buyerSms": "+15551234567", "smsCode": "123456" })),
        ""
    );
    assert_eq!(update(json!({ "buyerEmail": "b@example.com" })), "");
    assert_eq!(update(json!({ "buyerEmail": "c@example.com" })), "030115");
    let (_, answer) = bench.merchant("GET", &path, Value::Null);
    assert_eq!(answer["data"]["buyerProvidedEmail"], "b@example.com");
    assert_eq!(answer["data"]["buyerProvidedInfo"]["smsVerified"], true);
}

#[test]
fn what_may_be_cancelled() {
    let mut bench = Bench::new();
    let cancel = |bench: &mut Bench, path: &str| {
        let (_, answer) = bench.merchant("DELETE", path, Value::Null);
        match answer["code"].as_str() {
            Some(code) => code.to_owned(),
            None => answer["data"]["status"].as_str().unwrap().to_owned(),
        }
    };
    let (id, _) = bench.invoice(json!({ "guid": "g" }));
    assert_eq!(cancel(&mut bench, "/invoices/guid/g"), "expired");
    assert_eq!(
        cancel(&mut bench, &format!("/invoices/{id}")),
        "040107",
        "twice"
    );

    let (id, _) = bench.invoice(json!({}));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Complete, bench.clock)
        .unwrap();
    assert_eq!(
        cancel(&mut bench, &format!("/invoices/{id}")),
        "040107",
        "complete"
    );

    let (id, _) = bench.invoice(json!({ "buyer": {} }));
    bench
        .engine
        .pay(&id, &InvoiceStatus::Paid, bench.clock)
        .unwrap();
    assert_eq!(
        cancel(&mut bench, &format!("/invoices/{id}")),
        "040108",
        "paid by nobody knows whom"
    );
    assert_eq!(
        cancel(&mut bench, &format!("/invoices/{id}?forceCancel=1")),
        "declined"
    );
    assert_eq!(cancel(&mut bench, "/invoices/unknown"), "040101");
}

#[test]
fn rates_and_currencies_agree() {
    let mut bench = Bench::new();
    let mut get = |path: &str| bench.ask(&request("GET", path, "", None));
    let (_, all) = get("/rates");
    assert_eq!(
        all["data"][0],
        json!({ "code": "BTC", "name": "Bitcoin", "rate": 1 })
    );
    assert_eq!(get("/rates/btc").1, all);
    let (_, one) = get("/rates/ETH/EUR");
    assert_eq!(one["data"]["rate"], json!(2962.962963));
    assert_eq!(error(&get("/rates/USD")), (404, "Object not found"));
    assert_eq!(error(&get("/rates/BTC/XYZ")), (404, "Object not found"));
    let (_, currencies) = get("/currencies");
    let find = |code: &str| {
        let all = currencies["data"].as_array().unwrap();
        all.iter().find(|it| it["code"] == code).unwrap().clone()
    };
    assert_eq!(
        (&find("JPY")["decimals"], &find("JPY")["precision"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(
        (&find("DAI")["decimals"], &find("DAI")["chain"]),
        (&json!(18), &json!("ETH"))
    );
    assert_eq!(find("BTC")["minimum"], json!(0.000006));
}
