//! The same calls by reqwest alone: `reqwest create URL TOKEN COUNT TASKS REQUEST`, and with `limits` after that, with
//! the time limits that our client has.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use cpu_time::ProcessTime;
use reqwest::Client;

mod report;
mod wire;

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let args: Vec<String> = std::env::args().collect();
    let [_, _, url, _, count, tasks, request, rest @ ..] = &args[..] else {
        return Err("usage: reqwest create URL TOKEN COUNT TASKS REQUEST [limits]".into());
    };
    let (count, tasks): (u32, u32) = (count.parse()?, tasks.parse()?);
    let provider = rustls::crypto::ring::default_provider();
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let mut client = Client::builder().tls_backend_preconfigured(tls);
    if !rest.is_empty() {
        client = client.connect_timeout(Duration::from_secs(10)).timeout(Duration::from_secs(30));
    }
    let client = client.build()?;
    let wire = Arc::new(wire::Wire::read(request)?);
    let url = format!("{url}/invoices");
    if count > 1 {
        create(&client, &wire, &url, 100.max(tasks), tasks).await?;
    }
    let began = ProcessTime::now();
    create(&client, &wire, &url, count, tasks).await?;
    report::report(began.elapsed());
    Ok(())
}

async fn create(
    client: &Client,
    wire: &Arc<wire::Wire>,
    url: &str,
    count: u32,
    tasks: u32,
) -> Outcome {
    let mut running = Vec::new();
    for _ in 0..tasks {
        let (client, wire, url) = (client.clone(), Arc::clone(wire), url.to_owned());
        running.push(tokio::spawn(async move {
            for _ in 0..count / tasks {
                wire.sign();
                let mut request = client.post(&url).body(wire.body.clone());
                for (name, value) in &wire.headers {
                    request = request.header(name, value);
                }
                let answer = request.send().await?.bytes().await?;
                wire::Wire::check(&answer)?;
            }
            Outcome::Ok(())
        }));
    }
    for task in running {
        task.await??;
    }
    Ok(())
}
