//! The same calls by ureq alone: `ureq create URL TOKEN COUNT TASKS REQUEST`, and with `limits` after that, with the
//! time limits that our client has.

use std::error::Error;
use std::time::Duration;

use cpu_time::ProcessTime;
use ureq::Agent;

mod report;
mod wire;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, _, url, _, count, _, request, rest @ ..] = &args[..] else {
        return Err("usage: ureq create URL TOKEN COUNT TASKS REQUEST [limits]".into());
    };
    let count: u32 = count.parse()?;
    let limit = |seconds| (!rest.is_empty()).then(|| Duration::from_secs(seconds));
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(limit(10))
        .timeout_global(limit(30))
        .build()
        .into();
    let wire = wire::Wire::read(request)?;
    let url = format!("{url}/invoices");
    let create = |count| -> Result<(), Box<dyn Error + Send + Sync>> {
        for _ in 0..count {
            wire.sign();
            let mut request = agent.post(&url);
            for (name, value) in &wire.headers {
                request = request.header(name, value);
            }
            let answer = request.send(&wire.body)?.into_body().read_to_vec()?;
            wire::Wire::check(&answer)?;
        }
        Ok(())
    };
    if count > 1 {
        create(100)?;
    }
    let began = ProcessTime::now();
    create(count)?;
    report::report(began.elapsed());
    Ok(())
}
