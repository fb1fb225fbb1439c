use std::time::Duration;

use bitpay_blocking::model::invoice::{CreateInvoice, InvoiceStatus};
use bitpay_blocking::webhook::{Event, Verifier};
use bitpay_blocking::{Client, Currency, Grant, Merchant, generate_key};
use bitpay_sandbox::{Sandbox, WebhookInbox};

#[test]
fn a_paid_invoice_is_told_by_a_signed_webhook() {
    let (sandbox, inbox) = (Sandbox::start().unwrap(), WebhookInbox::start().unwrap());
    let grant: Grant<Merchant> = sandbox.grant(generate_key().unwrap());
    let verifier = Verifier::new().with("merchant", grant.token().expose());
    let shop = Client::new(sandbox.environment()).unwrap().with(grant);

    let order = CreateInvoice::for_order("17", 12, Currency::USD).notification_url(inbox.url());
    let invoice = shop.create_invoice(&order).unwrap();
    assert_eq!(invoice.status, InvoiceStatus::New);

    // The buyer pays, and the coins are confirmed.
    sandbox.pay(&invoice.id, InvoiceStatus::Complete).unwrap();
    let webhook = inbox.wait(Duration::from_secs(5)).unwrap();
    let verified = verifier.verify(&webhook.body, webhook.signature()).unwrap();
    let Event::Invoice(event) = verified.event().unwrap() else {
        panic!("the event of another resource");
    };
    assert_eq!(event.invoice_id, invoice.id);
    let paid = shop.get_invoice(&invoice.id).unwrap();
    assert_eq!(paid.status, InvoiceStatus::Complete);
}

#[test]
fn an_invoice_that_nobody_pays_expires_after_15_minutes() {
    let sandbox = Sandbox::start().unwrap();
    let grant: Grant<Merchant> = sandbox.grant(generate_key().unwrap());
    let shop = Client::new(sandbox.environment()).unwrap().with(grant);
    let order = CreateInvoice::for_order("18", 8, Currency::EUR);
    let invoice = shop.create_invoice(&order).unwrap();

    sandbox.advance(Duration::from_secs(15 * 60));
    let expired = shop.get_invoice(&invoice.id).unwrap();
    assert_eq!(expired.status, InvoiceStatus::Expired);
}
