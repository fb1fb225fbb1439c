//! `sin`: the keys that may use a token.

use bitpay_blocking::model::token_sin::LinkedSin;
use bitpay_blocking::{AnyGrant, Client, Sin};
use clap::Subcommand;
use serde_json::json;

use crate::context::{Context, parse};
use crate::failure::Failure;
use crate::list::{AsCsv, Column, yes_or_no};

#[derive(Subcommand)]
pub(crate) enum SinCommand {
    /// List the keys that may use the merchant token, by their SINs
    List {
        #[command(flatten)]
        csv: AsCsv,
    },
    /// Let another key use the merchant token
    Link {
        /// The other key's SIN: `bitpay whoami` shows it where that key is
        sin: String,
    },
    /// Take the use of the merchant token from another key
    Remove {
        /// The other key's SIN
        sin: String,
    },
}

pub(crate) fn run(context: &mut Context<'_>, command: &SinCommand) -> Result<(), Failure> {
    match command {
        SinCommand::List { csv } => {
            let own = context.profile()?.identity().sin().clone();
            let linked = client(context)?.list_token_sins()?.into_value();
            let columns = [
                Column::word("sin", |it: &LinkedSin| it.sin.clone()),
                Column::word("own", |it: &LinkedSin| yes_or_no(it.sin == own)),
            ];
            let none = || "no key may use the merchant token".to_owned();
            context.list(&linked, *csv, &columns, none)?;
        }
        SinCommand::Link { sin } => {
            let sin: Sin = parse("SIN", sin)?;
            client(context)?.link_token_sin(&sin)?;
            let json = json!({ "sin": sin, "linked": true });
            context.result(&json, || format!("{sin} may use the merchant token now"));
        }
        SinCommand::Remove { sin } => {
            let sin: Sin = parse("SIN", sin)?;
            if sin == *context.profile()?.identity().sin() {
                return Err(Failure::Refused(
                    "nothing was sent: this is the profile's own key, and BitPay has another key that may use the \
                     token sign its removal"
                        .to_owned(),
                ));
            }
            client(context)?.remove_token_sin(&sin)?;
            let json = json!({ "sin": sin, "linked": false });
            context.result(&json, || {
                format!("{sin} may not use the merchant token any more")
            });
        }
    }
    Ok(())
}

fn client(context: &Context<'_>) -> Result<Client<AnyGrant>, Failure> {
    context.client_for("list_token_sins", None)
}
