//! `sign`: what is signed of a request, and what a signature that is refused was made of.

use std::fmt::Write as _;

use bitpay_blocking::{PublicKey, Sin};
use bitpay_core::server::{SignedRequest, Verdict};
use bitpay_core::signature::{Digest, Signature};
use clap::Args;
use serde_json::json;

use crate::call;
use crate::context::Context;
use crate::failure::Failure;

#[derive(Args)]
#[command(after_help = "\
The request is read from a file or, with `-`, from standard input, as it goes over the wire: tokens in arguments \
could be read by everybody on this machine. One line end after the body does not count.

  GET /invoices/Hpqc62wvE1ZjzeeH4kEycF?token=...        POST /invoices
                                                        X-Identity: 02...
                                                        X-Signature: 3045...

                                                        {\"price\":10,...}

The address is that of the profile, or of --env. Nothing is sent.")]
pub(crate) struct SignArgs {
    /// The request: a file, or `-`
    request: String,
    /// Say whether the X-Signature that is in it is right, and if not, what was signed in place of it
    #[arg(long)]
    check: bool,
    /// Show what is signed with the tokens in it
    #[arg(long)]
    reveal: bool,
}

/// A request as it is written down.
struct Message<'a> {
    target: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a str,
}

impl<'a> Message<'a> {
    fn read(text: &'a str, base: &str) -> Result<Self, String> {
        let (head, body) = match text.split_once("\r\n\r\n") {
            Some(parts) => parts,
            None => text.split_once("\n\n").unwrap_or((text, "")),
        };
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().split_whitespace();
        let method = words.next().unwrap_or_default();
        if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method) {
            return Err("its first line is not as `GET /path`".to_owned());
        }
        let address = words.next().unwrap_or_default();
        let target = address.strip_prefix(base).unwrap_or(address);
        if !target.starts_with('/') {
            return Err(format!(
                "its address is neither a path nor one of {base}: give the --env that it goes to"
            ));
        }
        let mut headers = Vec::new();
        for line in lines {
            let (name, value) = line
                .split_once(':')
                .ok_or("a line of its head is no header: between head and body is an empty line")?;
            headers.push((name.trim(), value.trim()));
        }
        let body = body.strip_suffix('\n').unwrap_or(body);
        let body = body.strip_suffix('\r').unwrap_or(body);
        Ok(Self {
            target,
            headers,
            body,
        })
    }

    fn header(&self, name: &str) -> Option<&'a str> {
        let found = |(it, _): &&(&str, &str)| it.eq_ignore_ascii_case(name);
        self.headers.iter().find(found).map(|(_, value)| *value)
    }
}

pub(crate) fn run(context: &mut Context<'_>, args: &SignArgs) -> Result<(), Failure> {
    let base = match context.environment()? {
        Some(environment) => environment.base_url(),
        None => context.profile()?.environment().base_url(),
    };
    let base = base.as_str().trim_end_matches('/').to_owned();
    let text = match args.request.as_str() {
        "-" => call::read_input(context),
        path => call::read_file(path),
    };
    let text = text.map_err(|error| Failure::Usage(format!("the request: {error}")))?;
    let message = Message::read(&text, &base)
        .map_err(|problem| Failure::Usage(format!("the request: {problem}")))?;
    let request = SignedRequest::new(&base, message.target, message.body.as_bytes());
    if args.check {
        return check(context, &message, &request);
    }
    let profile = context.profile()?;
    let identity = profile.identity();
    let digest = Digest::of(&[&request.bytes()]);
    let signature = identity.sign(&digest).ok_or_else(|| {
        Failure::Refused("the key of this profile is not on this machine".to_owned())
    })?;
    let signed = format!("{base}{}{}", message.target, message.body);
    let signed = match args.reveal {
        true => signed,
        false => masked(&signed),
    };
    let headers = [
        ("x-identity", identity.public_key().to_hex()),
        ("x-signature", signature.to_hex()),
    ];
    let json = json!({
        "signed": signed, "sha256": digest.to_string(), "sin": identity.sin(),
        "headers": std::collections::BTreeMap::from(headers.clone()),
    });
    context.result(&json, || {
        let mut text =
            format!("what is signed\n  {signed}\n\nits SHA-256\n  {digest}\n\nheaders\n");
        for (name, value) in headers {
            let _ = writeln!(text, "  {name}: {value}");
        }
        text
    });
    Ok(())
}

fn check(
    context: &mut Context<'_>,
    message: &Message<'_>,
    request: &SignedRequest<'_>,
) -> Result<(), Failure> {
    let missing = |name| Failure::Usage(format!("the request has no header {name}"));
    let key = message
        .header("x-identity")
        .ok_or_else(|| missing("X-Identity"))?;
    let key = PublicKey::from_hex(key)
        .map_err(|error| Failure::Refused(format!("X-Identity: {error}")))?;
    let signature = message
        .header("x-signature")
        .ok_or_else(|| missing("X-Signature"))?;
    let signature = Signature::from_hex(signature)
        .map_err(|error| Failure::Refused(format!("X-Signature: {error}")))?;
    let sin = Sin::of(&key);
    let (is_right, why): (bool, Vec<String>) = match request.judge(&key, &signature) {
        Verdict::Valid => (true, Vec::new()),
        Verdict::Instead(ways) => (false, ways.iter().map(ToString::to_string).collect()),
        _ => (
            false,
            vec![
                "by another key, over another request, or it was changed on its way: none of the usual mistakes makes \
                 this signature"
                    .to_owned(),
            ],
        ),
    };
    let json = json!({ "right": is_right, "sin": sin, "why": why });
    context.result(&json, || match is_right {
        true => format!("the signature is right, by {sin}"),
        false => {
            let mut text = format!("the signature of {sin} is wrong\n");
            for why in &why {
                let _ = writeln!(text, "  {why}");
            }
            text
        }
    });
    match is_right {
        true => Ok(()),
        false => Err(Failure::Refused("the signature is wrong".to_owned())),
    }
}

/// Without the values of `token`, in a query or in JSON, and without what follows `tokens/` in a path.
fn masked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("token") {
        let (before, after) = rest.split_at(at + "token".len());
        out += before;
        let in_path = after.strip_prefix("s/");
        let value = in_path.unwrap_or_else(|| after.trim_start_matches(['"', ' ', ':', '=']));
        let mark = after.get(..after.len() - value.len()).unwrap_or_default();
        out += mark;
        rest = value;
        if mark.contains(['=', ':', '/']) {
            rest =
                value.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c));
            out += "[masked]";
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_masked_wherever_they_are() {
        for (text, shown) in [
            (
                "https://x/invoices?token=abc123&a=b",
                "https://x/invoices?token=[masked]&a=b",
            ),
            (
                r#"{"token":"abc","guid":"g"}"#,
                r#"{"token":"[masked]","guid":"g"}"#,
            ),
            (r#"{"token" : "abc"}"#, r#"{"token" : "[masked]"}"#),
            ("/tokens", "/tokens"),
            (
                "https://x/tokens/abc-1_2/sins?a=b",
                "https://x/tokens/[masked]/sins?a=b",
            ),
            ("", ""),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
