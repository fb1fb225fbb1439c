//! `sandbox`.

use std::net::SocketAddr;

use bitpay_sandbox::Sandbox;
use clap::Args;
use serde_json::json;

use crate::context::{Context, parse};
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct SandboxArgs {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Deliver webhooks to any address, and not to this machine only
    #[arg(long)]
    deliver_anywhere: bool,
    /// Make the same ids, tokens and codes each time
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &SandboxArgs) -> Result<(), Failure> {
    let listen: SocketAddr = parse("--listen", &args.listen)?;
    let mut builder = Sandbox::builder()
        .listen(listen)
        .deliver_anywhere(args.deliver_anywhere);
    if let Some(seed) = args.seed {
        builder = builder.seed(seed);
    }
    let sandbox = builder.start().map_err(|error| {
        Failure::Refused(format!(
            "the sandbox cannot listen on {listen}: {error}; try --listen 127.0.0.1:0"
        ))
    })?;
    let base = sandbox.base_url().to_string();
    let json = json!({ "environment": base, "dashboard": format!("{base}/dashboard") });
    if !listen.ip().is_loopback() {
        context.note(
            "it listens beyond this machine: whoever reaches it can call it. Its dashboard and its controls \
             have no password; browsers elsewhere are refused, and programs that say they are here are not. \
             Use it on a network that you trust.",
        );
    }
    context.result(&json, || {
        format!(
            "A BitPay is running on this machine, empty and with imaginary money. Stop it with Ctrl-C.\n\n\
             dashboard    {base}/dashboard\n\
             environment  {base}\n\n\
             Pair with it:\n    \
             bitpay pair --profile sandbox --env {base} --facade merchant --wait\n\
             then approve it in the dashboard, and:\n    \
             bitpay invoice create 12.50 USD --profile sandbox\n"
        )
    });
    sandbox.wait();
    Ok(())
}
