//! `sandbox`.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

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
    /// Serve HTTPS, as localhost and, for clients whose hosts file says so, as bitpay.com and
    /// test.bitpay.com
    #[arg(long)]
    tls: bool,
    /// Where the certificate authority of --tls rests. [default: sandbox-tls, beside the profiles]
    #[arg(long, value_name = "DIR", requires = "tls")]
    tls_dir: Option<PathBuf>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &SandboxArgs) -> Result<(), Failure> {
    let listen: SocketAddr = parse("--listen", &args.listen)?;
    let mut builder = Sandbox::builder()
        .listen(listen)
        .deliver_anywhere(args.deliver_anywhere);
    if let Some(seed) = args.seed {
        builder = builder.seed(seed);
    }
    if args.tls {
        builder = builder.tls(match &args.tls_dir {
            Some(dir) => dir.clone(),
            None => context.store()?.dir().join("sandbox-tls"),
        });
    }
    let sandbox = builder.start().map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => "; try --listen 127.0.0.1:0",
            _ => "",
        };
        Failure::Refused(format!(
            "the sandbox cannot start on {listen}: {error}{advice}"
        ))
    })?;
    let base = sandbox.base_url().to_string();
    let certificate = match sandbox.certificate().map(std::path::absolute) {
        Some(Ok(path)) => Some(path),
        Some(Err(error)) => return Err(Failure::Refused(format!("the certificate: {error}"))),
        None => None,
    };
    let mut json = json!({ "environment": base, "dashboard": format!("{base}/dashboard") });
    if let Some(path) = &certificate {
        json["certificate"] = path.to_string_lossy().into();
    }
    context.result(&json, || {
        let trust = certificate.as_deref().map(trust).unwrap_or_default();
        format!(
            "A BitPay is running on this machine, empty and with imaginary money. Stop it with Ctrl-C.\n\n\
             dashboard    {base}/dashboard\n\
             environment  {base}\n\n\
             {trust}\
             Pair with it:\n    \
             bitpay pair --profile sandbox --env {base} --facade merchant --wait\n\
             then approve it in the dashboard, and:\n    \
             bitpay invoice create 12.50 USD --profile sandbox\n"
        )
    });
    sandbox.wait();
    Ok(())
}

/// How a client comes to trust the certificate, each in the way that it has for that.
fn trust(certificate: &Path) -> String {
    let path = certificate.display();
    format!(
        "Clients have to trust its certificate authority, which vouches for localhost, bitpay.com and\n\
         test.bitpay.com and for nothing else:\n    \
         export SSL_CERT_FILE={path}         # bitpay, these clients, OpenSSL\n    \
         export NODE_EXTRA_CA_CERTS={path}   # Node\n    \
         export REQUESTS_CA_BUNDLE={path}    # Python's requests\n\n\
         A client that knows BitPay's addresses only comes here by a line in its /etc/hosts, and\n\
         --listen 127.0.0.1:443 (take the line out again afterwards):\n    \
         127.0.0.1  test.bitpay.com\n\n"
    )
}
