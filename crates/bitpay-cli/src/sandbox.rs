//! `sandbox`.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bitpay_blocking::time::Timestamp;
use bitpay_sandbox::{DataError, Demo, Fault, GuidRepeat, Pace, Sandbox, Settings};
use bitpay_store::Store;
use clap::{Args, ValueEnum};
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
    /// Keep what happens in this directory, and go on from there the next time
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Fill it with two weeks of a merchant's business, and show the merchant's key and tokens
    #[arg(long)]
    demo: bool,
    /// Let something go wrong: the name of a fault, and what limits it; can be given several times
    #[arg(
        long,
        value_name = "FAULT[,on=OPERATION][,times=N][,percent=N][,after=N]"
    )]
    faults: Vec<Fault>,
    /// Let payments be confirmed, and refunds and payouts be paid, by themselves: as in the world, or each
    /// step after so many seconds
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    pace: Option<u64>,
    /// Start the clock at this instant; it goes on from there
    #[arg(long, value_name = "INSTANT")]
    clock: Option<Timestamp>,
    /// What an invoice's guid does that was used before
    #[arg(long, value_enum, default_value_t = Guids::Replay)]
    invoice_guids: Guids,
    /// What a refund's guid does that was used before
    #[arg(long, value_enum, default_value_t = Guids::Replay)]
    refund_guids: Guids,
    /// Serve HTTPS, as localhost and, for clients whose hosts file says so, as bitpay.com and
    /// test.bitpay.com
    #[arg(long)]
    tls: bool,
    /// Where the certificate authority of --tls rests. [default: sandbox-tls, beside the profiles]
    #[arg(long, value_name = "DIR", requires = "tls")]
    tls_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Guids {
    /// Answer with what it made before
    Replay,
    /// Make another one
    Ignored,
    /// Answer with what it made before, but only two seconds after that was made
    Late,
}

impl From<Guids> for GuidRepeat {
    fn from(guids: Guids) -> Self {
        match guids {
            Guids::Replay => Self::Replay,
            Guids::Ignored => Self::Ignored,
            Guids::Late => Self::Late(Duration::from_secs(2)),
        }
    }
}

pub(crate) fn run(context: &mut Context<'_>, args: &SandboxArgs) -> Result<(), Failure> {
    let listen: SocketAddr = parse("--listen", &args.listen)?;
    let mut settings = Settings::default();
    settings.invoice_guids = args.invoice_guids.into();
    settings.refund_guids = args.refund_guids.into();
    settings.pace = args.pace.map(|seconds| match seconds {
        0 => Pace::default(),
        seconds => Pace::every(Duration::from_secs(seconds)),
    });
    let mut builder = Sandbox::builder()
        .settings(settings)
        .listen(listen)
        .deliver_anywhere(args.deliver_anywhere);
    if let Some(seed) = args.seed {
        builder = builder.seed(seed);
    }
    if let Some(clock) = args.clock {
        builder = builder.starting_at(clock);
    }
    for fault in &args.faults {
        builder = builder.fault(fault.clone());
    }
    if let Some(directory) = &args.data {
        builder = builder.data(directory);
    }
    if args.tls {
        builder = builder.tls(match &args.tls_dir {
            Some(dir) => dir.clone(),
            None => Store::user()?
                .dir()
                .unwrap_or(Path::new("."))
                .join("sandbox-tls"),
        });
    }
    let sandbox = builder.start().map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => "; try --listen 127.0.0.1:0",
            _ => "",
        };
        Failure::Refused(match error.get_ref() {
            Some(data) if data.is::<DataError>() => data.to_string(),
            _ => format!("the sandbox cannot start on {listen}: {error}{advice}"),
        })
    })?;
    let base = sandbox.base_url().to_string();
    if !listen.ip().is_loopback() {
        context.note(
            "it listens beyond this machine: whoever reaches it can call it. Its dashboard and its controls \
             have no password; browsers elsewhere are refused, and programs that say they are here are not. \
             Use it on a network that you trust.",
        );
    }
    let demo = match args.demo {
        true => Some(
            sandbox
                .fill()
                .map_err(|error| Failure::Refused(error.to_string()))?,
        ),
        false => None,
    };
    let certificate = match sandbox.certificate().map(std::path::absolute) {
        Some(Ok(path)) => Some(path),
        Some(Err(error)) => return Err(Failure::Refused(format!("the certificate: {error}"))),
        None => None,
    };
    let mut json = json!({ "environment": base, "dashboard": format!("{base}/dashboard") });
    if let Some(path) = &certificate {
        json["certificate"] = path.to_string_lossy().into();
    }
    if let Some(demo) = &demo {
        json["demo"] = json!({
            "privateKey": demo.private_key,
            "sin": demo.sin.as_str(),
            "merchant": demo.merchant,
            "payout": demo.payout,
            "pos": demo.pos,
        });
    }
    let state = match &args.data {
        None => "forgets everything when it stops".to_owned(),
        Some(directory) => format!("keeps everything in {}", directory.display()),
    };
    context.result(&json, || {
        let trust = certificate.as_deref().map(trust).unwrap_or_default();
        format!(
            "A BitPay is running on this machine, with imaginary money. It {state}. Stop it with Ctrl-C.\n\n\
             dashboard    {base}/dashboard\n\
             environment  {base}\n\n\
             {trust}\
             Pair with it:\n    \
             bitpay pair --env {base} --facade merchant --wait\n\
             then approve it in the dashboard, and:\n    \
             bitpay invoice create 12.50 USD\n{}",
            demo.as_ref().map(shown).unwrap_or_default()
        )
    });
    sandbox
        .wait()
        .map_err(|error| Failure::After(error.to_string()))
}

/// The key is of imaginary money, and follows from the seed: it is shown to be used.
fn shown(demo: &Demo) -> String {
    format!(
        "\nIts merchant of the last two weeks:\n    \
         private key     {}\n    \
         merchant token  {}\n    \
         payout token    {}\n    \
         pos token       {} (needs no key)\n",
        demo.private_key, demo.merchant, demo.payout, demo.pos
    )
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
