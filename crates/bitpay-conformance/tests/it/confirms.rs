//! From a webhook to a decision, against the sandbox.

use bitpay_conformance::{Front, Listening, Reply, Server, both_fronts};
use bitpay_core::model::invoice::{CreateInvoice, InvoiceStatus, PayInvoice};
use bitpay_core::webhook::{Action, Event, FulfilOn, Mismatch, Unverified, Verifier, decide};
use bitpay_core::{Config, Currency, Effect, ErrorKind, Grant, Merchant, PrivateKey};
use bitpay_sandbox::Sandbox;

use crate::values::{INVOICE, MADE, config, merchant};

both_fronts! {
    an_event_is_not_believed_but_fetched,
    an_event_of_one_invoice_does_not_confirm_another,
}

fn an_event_is_not_believed_but_fetched<F: Front>() {
    let sandbox = Sandbox::builder().seed(5).start().unwrap();
    let grant = sandbox.grant::<Merchant>(PrivateKey::from_bytes(&[5; 32]).unwrap());
    let client = F::new(&Config::new(sandbox.environment())).unwrap();
    let order = CreateInvoice::for_order("order 17", 5u32, Currency::USD).order_id("order 17");
    let invoice = client.call(&grant, &order).unwrap();

    // Whoever knows the token can sign this, and anybody can send it without a signature.
    let body = format!(
        r#"{{"event":{{"code":1006,"name":"invoice_completed"}},"data":{{"id":"{}","status":"complete","price":5,"currency":"USD"}}}}"#,
        invoice.id
    );
    let header = Verifier::sign("a token", body.as_bytes());
    let verifier = Verifier::new().with("merchant", "a token");
    let Event::Invoice(event) = verifier
        .verify(body.as_bytes(), &header)
        .unwrap()
        .event()
        .unwrap()
    else {
        panic!("not an invoice");
    };
    assert_eq!(event.status, InvoiceStatus::Complete);
    // It is not true, or not yet.
    let error = client.confirm(&grant, &event).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Behind(_)), "{error:?}");
    assert!(error.is_retryable());
    assert_eq!(
        error.to_string(),
        "get_invoice: not confirmed: the webhook told that the invoice is complete, and BitPay shows it as new"
    );
    // What an id alone names is as it is.
    let fetched = client.confirm(&grant, &invoice.id).unwrap();
    assert_eq!(fetched.status, InvoiceStatus::New);
    assert_eq!(decide(None, &fetched, FulfilOn::Complete), Action::Record);

    let pay = PayInvoice::new(invoice.id.clone()).status(InvoiceStatus::Complete);
    client.call(&grant, &pay).unwrap();
    assert!(client.confirm(&grant, &event).is_ok());
    let unverified = Unverified::read(body.as_bytes()).unwrap();
    let fetched = client
        .confirm(&grant, &unverified.invoice_id().unwrap())
        .unwrap();
    fetched
        .expect_order("order 17")
        .unwrap()
        .expect_price(5u32, &Currency::USD)
        .unwrap();
    let other = fetched.expect_price(6u32, &Currency::USD);
    assert!(matches!(other, Err(Mismatch::Price { .. })));
    assert_eq!(
        decide(Some(&InvoiceStatus::New), &fetched, FulfilOn::Complete),
        Action::Fulfil { settled: true }
    );
}

fn an_event_of_one_invoice_does_not_confirm_another<F: Front>() {
    let server = Server::answering(|_| Reply::data(MADE.replace(INVOICE, "another")));
    let client = F::new(&config(&server)).unwrap();
    let id: bitpay_core::InvoiceId = INVOICE.parse().unwrap();
    let error = client.confirm(&merchant(), &id).unwrap_err();
    assert_eq!(error.effect(), Effect::Nothing);
    assert!(error.to_string().contains("not the invoice"), "{error}");
    assert!(server.only().verifies());
}

/// A pos grant may confirm, and what holds no token may not.
#[allow(dead_code, reason = "it compiles, which is the test")]
fn a_point_of_sale_confirms<F: Front>(client: &F, grant: &Grant<bitpay_core::Pos>) {
    let id: bitpay_core::InvoiceId = INVOICE.parse().unwrap();
    drop(client.confirm(grant, &id));
}
