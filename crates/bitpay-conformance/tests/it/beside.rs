//! Many sandboxes at once, from threads and from tasks.

use std::net::TcpStream;
use std::thread;

use bitpay_core::model::invoice::CreateInvoice;
use bitpay_core::{BaseUrl, Currency, Merchant};
use bitpay_sandbox::Sandbox;

use crate::values::key;

const MANY: usize = 20;

fn order(which: usize) -> CreateInvoice {
    let price = u32::try_from(which + 1).unwrap();
    CreateInvoice::for_order(format!("order-{which}"), price, Currency::USD)
}

fn is_open(base: &BaseUrl) -> bool {
    TcpStream::connect(base.authority()).is_ok()
}

/// How many threads this process has by these names.
fn sandbox_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names
        .filter(|name| name.starts_with("bitpay-sandbox"))
        .count()
}

#[test]
fn twenty_run_beside_each_other_and_leave_nothing_behind() {
    // Tests beside this one have sandboxes of their own.
    let mut ended = Vec::new();
    let bases: Vec<BaseUrl> = thread::scope(|scope| {
        let runs: Vec<_> = (0..MANY)
            .map(|which| {
                scope.spawn(move || {
                    let sandbox = Sandbox::start().unwrap();
                    let shop = bitpay_blocking::Client::new(sandbox.environment()).unwrap();
                    let shop = shop.with(sandbox.grant::<Merchant>(key()));
                    let invoice = shop.create_invoice(&order(which)).unwrap();
                    assert_eq!(invoice.order_id, order(which).order_id);
                    let base = sandbox.base_url().clone();
                    assert!(is_open(&base));
                    base
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    ended.extend(bases);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let bases = runtime.block_on(tokio::task::LocalSet::new().run_until(async {
        let tasks: Vec<_> = (0..MANY)
            .map(|which| {
                tokio::task::spawn_local(async move {
                    let sandbox = Sandbox::start().unwrap();
                    let shop = bitpay_async::Client::new(sandbox.environment()).unwrap();
                    let shop = shop.with(sandbox.grant::<Merchant>(key()));
                    let invoice = shop.create_invoice(&order(which)).await.unwrap();
                    assert_eq!(invoice.order_id, order(which).order_id);
                    sandbox
                })
            })
            .collect();
        let mut sandboxes = Vec::new();
        for task in tasks {
            sandboxes.push(task.await.unwrap());
        }
        let bases: Vec<BaseUrl> = sandboxes.iter().map(|it| it.base_url().clone()).collect();
        assert!(bases.iter().all(is_open));
        bases
    }));
    ended.extend(bases);
    // Their ports are free again as soon as they are dropped.
    let open = ended.iter().filter(|base| is_open(base)).count();
    assert!(open <= 1, "{open} still listen");
    assert!(sandbox_threads() < MANY, "{} threads", sandbox_threads());
}
