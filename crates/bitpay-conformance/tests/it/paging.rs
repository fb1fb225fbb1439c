//! Lists are walked from end to end, each row once, by both clients.

use std::sync::atomic::{AtomicUsize, Ordering};

use bitpay_core::model::invoice::{CreateInvoice, ListInvoices};
use bitpay_core::{Currency, Grant, Merchant, PrivateKey};
use bitpay_sandbox::{Moment, Sandbox};

fn sandbox_with(invoices: usize) -> (Sandbox, Grant<Merchant>) {
    let sandbox = Sandbox::builder()
        .seed(3)
        .frozen_at("2026-03-01T12:00:00Z".parse().unwrap())
        .start()
        .unwrap();
    let grant = sandbox.grant::<Merchant>(PrivateKey::from_bytes(&[5; 32]).unwrap());
    for number in 0..invoices {
        make(&sandbox, &grant, &format!("old {number}"));
    }
    (sandbox, grant)
}

fn make(sandbox: &Sandbox, grant: &Grant<Merchant>, order: &str) {
    let client = bitpay_blocking::Client::new(sandbox.environment())
        .unwrap()
        .with(grant.clone());
    client
        .create_invoice(&CreateInvoice::for_order(order, 5u32, Currency::USD))
        .unwrap();
}

fn list(page: u32) -> ListInvoices {
    ListInvoices::new("2026-03-01".parse().unwrap(), "2026-03-02".parse().unwrap()).limit(page)
}

fn walk_blocking(sandbox: &Sandbox, grant: &Grant<Merchant>, list: &ListInvoices) -> Vec<String> {
    let client = bitpay_blocking::Client::new(sandbox.environment())
        .unwrap()
        .with(grant.clone());
    client
        .rows(list)
        .map(|invoice| invoice.unwrap().id.to_string())
        .collect()
}

fn walk_async(sandbox: &Sandbox, grant: &Grant<Merchant>, list: &ListInvoices) -> Vec<String> {
    let client = bitpay_async::Client::new(sandbox.environment())
        .unwrap()
        .with(grant.clone());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut ids = Vec::new();
        let mut rows = client.rows(list);
        while let Some(invoice) = rows.next().await {
            ids.push(invoice.unwrap().id.to_string());
        }
        ids
    })
}

#[test]
fn lists_of_any_length_are_walked_to_the_end() {
    for count in [0, 1, 3, 4, 6, 7] {
        let (sandbox, grant) = sandbox_with(count);
        let whole = walk_blocking(&sandbox, &grant, &list(100));
        assert_eq!(whole.len(), count);
        assert_eq!(walk_blocking(&sandbox, &grant, &list(3)), whole);
        assert_eq!(walk_async(&sandbox, &grant, &list(3)), whole);
        assert_eq!(
            walk_blocking(&sandbox, &grant, &list(3).offset(2)),
            whole[2.min(count)..]
        );
    }
}

/// Lists have the newest first, so each invoice made during the walk pushes the others on.
fn nothing_is_skipped_or_repeated(
    added: usize,
    walk: fn(&Sandbox, &Grant<Merchant>, &ListInvoices) -> Vec<String>,
) {
    let (sandbox, grant) = sandbox_with(10);
    let old = walk_blocking(&sandbox, &grant, &list(100));
    let between = std::sync::Arc::new(AtomicUsize::new(0));
    let pages = between.clone();
    sandbox.on_event(move |event| {
        if event.moment == Moment::Received && event.request.operation == Some("list_invoices") {
            pages.fetch_add(1, Ordering::SeqCst);
        }
    });
    // The invoices are made by a thread that waits for the first page.
    let ids = std::thread::scope(|scope| {
        let maker = scope.spawn(|| {
            while between.load(Ordering::SeqCst) == 0 {
                std::thread::yield_now();
            }
            for number in 0..added {
                make(&sandbox, &grant, &format!("new {number}"));
            }
        });
        let ids = walk(&sandbox, &grant, &list(2));
        maker.join().unwrap();
        ids
    });
    for id in &old {
        assert_eq!(
            ids.iter().filter(|seen| *seen == id).count(),
            1,
            "{id} was skipped or repeated"
        );
    }
}

#[test]
fn rows_that_are_added_skip_and_repeat_nothing() {
    for added in [1, 2, 5] {
        nothing_is_skipped_or_repeated(added, walk_blocking);
        nothing_is_skipped_or_repeated(added, walk_async);
    }
}
