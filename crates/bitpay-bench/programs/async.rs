//! A program on the async client: `async create URL TOKEN COUNT TASKS`.

use std::error::Error;

use bitpay_async as client;
use bitpay_async::{Client, Grant, Merchant, PrivateKey, Token, new_guid};
use cpu_time::ProcessTime;

mod order;
mod report;

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let args: Vec<String> = std::env::args().collect();
    let [_, _, url, token, count, tasks, ..] = &args[..] else {
        return Err("usage: async create URL TOKEN COUNT TASKS".into());
    };
    let (count, tasks): (u32, u32) = (count.parse()?, tasks.parse()?);
    let key = PrivateKey::from_bytes(&[7; 32])?;
    let grant = Grant::<Merchant>::new(Token::parse(token)?, key);
    let shop = Client::new(url.parse()?)?.with(grant);
    if count > 1 {
        create(&shop, 100.max(tasks), tasks).await?;
    }
    let began = ProcessTime::now();
    create(&shop, count, tasks).await?;
    report::report(began.elapsed());
    Ok(())
}

/// So many invoices by so many tasks at once.
async fn create(shop: &Client<Grant<Merchant>>, count: u32, tasks: u32) -> Outcome {
    let mut running = Vec::new();
    for _ in 0..tasks {
        let shop = shop.clone();
        running.push(tokio::spawn(async move {
            for _ in 0..count / tasks {
                shop.create_invoice(&order::order(new_guid()?)?).await?;
            }
            Outcome::Ok(())
        }));
    }
    for task in running {
        task.await??;
    }
    Ok(())
}
