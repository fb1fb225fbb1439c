use bitpay_async::model::invoice::CreateInvoice;
use bitpay_async::{Client, Currency, Grant, Merchant, generate_key};
use bitpay_sandbox::{Fault, Sandbox};

#[tokio::test]
async fn an_answer_lost_on_the_way_does_not_make_a_second_invoice() {
    let sandbox = Sandbox::start().unwrap();
    let grant: Grant<Merchant> = sandbox.grant(generate_key().unwrap());
    let shop = Client::new(sandbox.environment()).unwrap().with(grant);

    // The invoice is made, and the connection closes before the answer.
    sandbox.inject(Fault::lost().on("create_invoice"));
    let order = CreateInvoice::for_order("17", 12, Currency::USD);
    let invoice = shop.create_invoice(&order).await.unwrap();

    // Asked for again, say by a restarted program, it is the same one.
    let again = shop.create_invoice(&order).await.unwrap();
    assert_eq!(again.id, invoice.id);
}
