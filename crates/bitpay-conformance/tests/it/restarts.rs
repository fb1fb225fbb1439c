//! A sandbox that keeps what it does on disk, stopped and started again.

use bitpay_blocking::model::invoice::CreateInvoice;
use bitpay_blocking::{Client, Currency, Grant};
use bitpay_sandbox::Sandbox;

/// Of a database that held something else each time, one in thirty was once taken for damaged.
#[test]
fn whatever_it_holds_a_sandbox_goes_on_after_a_stop() {
    for seed in 0..60 {
        let folder = tempfile::tempdir().unwrap();
        let start = || {
            let builder = Sandbox::builder().seed(seed).data(folder.path());
            builder
                .start()
                .unwrap_or_else(|error| panic!("seed {seed}: {error}"))
        };
        let sandbox = start();
        let token = sandbox.open_token();
        let till = |sandbox: &Sandbox| {
            let client = Client::new(sandbox.environment()).unwrap();
            client.with(Grant::unsigned(token.clone()))
        };
        let order = CreateInvoice::for_order(seed.to_string(), 5, Currency::USD);
        let made = till(&sandbox).create_invoice(&order).unwrap();
        drop(sandbox);
        let sandbox = start();
        let found = till(&sandbox).get_invoice(&made.id).unwrap();
        assert_eq!(found.order_id, made.order_id);
    }
}
