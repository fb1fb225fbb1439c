//! `recipient`.

use bitpay_blocking::model::recipient::{
    ListRecipients, NewRecipient, Recipient, RecipientStatus, SubmitRecipients, UpdateRecipient,
};
use bitpay_blocking::{Guid, RecipientId, new_guid};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::context::{Context, or_empty, parse, parse_some, table};
use crate::failure::Failure;
use crate::list::{AsCsv, Column, rows};

#[derive(Subcommand)]
pub(crate) enum RecipientCommand {
    /// Invite somebody, by email, to be paid by payouts
    Invite(InviteArgs),
    /// Fetch a recipient
    Get {
        /// The recipient's id
        id: String,
    },
    /// List recipients
    List(ListArgs),
    /// Change a recipient's label or the address of its webhooks
    Update(UpdateArgs),
    /// Remove a recipient, who cannot be paid from then on
    Remove {
        /// The recipient's id
        id: String,
    },
    /// Have a recipient's last webhook sent again
    Resend {
        /// The recipient's id
        id: String,
    },
}

#[derive(Args)]
pub(crate) struct UpdateArgs {
    /// The recipient's id
    id: String,
    #[command(flatten)]
    change: Change,
}

/// What is changed.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Change {
    /// Your own name for the recipient
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// Where webhooks about the recipient go: an https address
    #[arg(long, value_name = "URL")]
    notification_url: Option<String>,
}

#[derive(Args)]
pub(crate) struct InviteArgs {
    /// Where the invitation goes
    email: String,
    /// Your own name for the recipient
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// The guid of the recipient, which BitPay shows with it. [default: random]
    #[arg(long)]
    guid: Option<String>,
    /// Where webhooks about the recipient go: an https address
    #[arg(long, value_name = "URL")]
    notification_url: Option<String>,
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// Only those of this status: invited, unverified, verified, active, paused, removed
    #[arg(long)]
    status: Option<String>,
    /// At most so many. [default: all]
    #[arg(long)]
    limit: Option<u32>,
    /// Leave out so many at the beginning
    #[arg(long)]
    offset: Option<u32>,
    #[command(flatten)]
    csv: AsCsv,
}

pub(crate) fn run(context: &mut Context<'_>, command: RecipientCommand) -> Result<(), Failure> {
    match command {
        RecipientCommand::Invite(args) => invite(context, args),
        RecipientCommand::Get { id } => {
            let id: RecipientId = parse("ID", &id)?;
            let client = context.client_for("get_recipient", None)?;
            show(context, client.get_recipient(&id)?.into_value());
            Ok(())
        }
        RecipientCommand::List(args) => list(context, &args),
        RecipientCommand::Update(args) => {
            let mut request = UpdateRecipient::new(parse("ID", &args.id)?);
            request.label = args.change.label;
            request.notification_url = args.change.notification_url;
            let client = context.client_for("update_recipient", None)?;
            show(context, client.update_recipient(&request)?.into_value());
            Ok(())
        }
        RecipientCommand::Resend { id } => {
            let id: RecipientId = parse("ID", &id)?;
            let client = context.client_for("resend_recipient_notification", None)?;
            client.resend_recipient_notification(&id)?;
            let json = json!({ "id": id, "resent": true });
            context.result(&json, || {
                format!("the webhook of the recipient {id} is sent again")
            });
            Ok(())
        }
        RecipientCommand::Remove { id } => {
            let id: RecipientId = parse("ID", &id)?;
            let client = context.client_for("remove_recipient", None)?;
            client.remove_recipient(&id)?;
            let json = json!({ "id": id, "status": "removed" });
            context.result(&json, || format!("the recipient {id} is removed"));
            Ok(())
        }
    }
}

fn invite(context: &mut Context<'_>, args: InviteArgs) -> Result<(), Failure> {
    let guid: Guid = match parse_some("--guid", args.guid.as_ref())? {
        Some(guid) => guid,
        None => new_guid()?,
    };
    let mut new = NewRecipient::new(guid.clone(), args.email);
    new.label = args.label;
    new.notification_url = args.notification_url;
    let request = SubmitRecipients::new(new_guid()?, vec![new]);
    request.check()?;
    let client = context.client_for("submit_recipients", None)?;
    context.note(&format!(
        "guid {guid} (is shown with the recipient, should the answer be lost: bitpay recipient list --json)"
    ));
    let invited = client.submit_recipients(&request)?.into_value();
    match invited.into_iter().next() {
        Some(recipient) => {
            show(context, recipient);
            Ok(())
        }
        None => Err(Failure::After(
            "the invitation was taken, and BitPay shows no recipient: see bitpay recipient list"
                .to_owned(),
        )),
    }
}

fn list(context: &mut Context<'_>, args: &ListArgs) -> Result<(), Failure> {
    let mut request = ListRecipients::new();
    request.status = args.status.as_deref().map(status).transpose()?;
    request.limit = args.limit;
    request.offset = args.offset;
    let client = context.client_for("list_recipients", None)?;
    let mut recipients = rows(&client, &request)?;
    for recipient in &mut recipients {
        recipient.token = None;
    }
    let columns = [
        Column::word("recipient", |it: &Recipient| it.id.clone()),
        Column::word("status", |it: &Recipient| it.status.clone()),
        Column::text("email", |it: &Recipient| it.email.clone()),
        Column::text("label", |it: &Recipient| it.label.clone()),
    ];
    context.list(&recipients, args.csv, &columns, || {
        "no such recipients".to_owned()
    })
}

fn status(text: &str) -> Result<RecipientStatus, Failure> {
    match text.into() {
        RecipientStatus::Other(_) => Err(Failure::Usage(
            "--status: say invited, unverified, verified, active, paused or removed".to_owned(),
        )),
        known => Ok(known),
    }
}

fn show(context: &mut Context<'_>, mut recipient: Recipient) {
    // It grants access to the recipient.
    recipient.token = None;
    let text = table(&[
        ("recipient", recipient.id.to_string()),
        ("status", recipient.status.to_string()),
        ("email", or_empty(recipient.email.as_ref())),
        ("label", or_empty(recipient.label.as_ref())),
        ("shopper", or_empty(recipient.shopper_id.as_ref())),
        ("guid", or_empty(recipient.guid.as_ref())),
    ]);
    context.result(&recipient, || text);
}
