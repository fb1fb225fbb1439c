//! `refund`.

use bitpay_blocking::model::invoice::{Invoice, InvoiceStatus};
use bitpay_blocking::model::refund::{
    CreateRefund, Refund, ResendRefundNotification, UpdateRefund, UpdateRefundByGuid,
};
use bitpay_blocking::{Amount, InvoiceId, RefundId, new_guid};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::context::{
    Context, Name, id_or_guid, money, or_empty, own_token, parse, parse_some, table,
};
use crate::failure::Failure;
use crate::list::{AsCsv, Column};

#[derive(Subcommand)]
pub(crate) enum RefundCommand {
    /// Refund a complete invoice, in part or in whole
    Create(CreateArgs),
    /// Fetch a refund by its id or its guid
    Get(NameArgs),
    /// List the refunds of an invoice
    List {
        /// The invoice's id
        invoice: String,
        #[command(flatten)]
        csv: AsCsv,
    },
    /// Make a refund of a preview, by its id or its guid
    Confirm(NameArgs),
    /// Cancel a refund that is not under way yet, by its id or its guid
    Cancel(NameArgs),
    /// Tell the buyer of a refund again, by email
    Resend {
        /// The refund's id
        id: String,
    },
}

#[derive(Args)]
pub(crate) struct CreateArgs {
    /// The invoice's id
    invoice: String,
    /// How much, in the invoice's currency. [default: all of it]
    #[arg(long)]
    amount: Option<String>,
    /// The name by which the refund can be found. [default: random]
    #[arg(long)]
    guid: Option<String>,
    /// Your own reference, at most 100 characters
    #[arg(long, value_name = "TEXT")]
    reference: Option<String>,
    /// Show what it would cost, and make nothing
    #[arg(long)]
    preview: bool,
    /// Take the funds from the ledger at once, and not at the day's end
    #[arg(long)]
    immediate: bool,
    /// Take BitPay's fee out of what the buyer gets
    #[arg(long)]
    buyer_pays_refund_fee: bool,
    /// Decline a confirmed invoice: all of it is refunded, and this cannot be cancelled
    #[arg(long, conflicts_with = "amount")]
    decline_whole_invoice: bool,
}

#[derive(Args)]
pub(crate) struct NameArgs {
    /// The refund's id
    #[arg(required_unless_present = "guid")]
    id: Option<String>,
    /// The guid that it was made with, in place of its id
    #[arg(long, conflicts_with = "id")]
    guid: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, command: RefundCommand) -> Result<(), Failure> {
    match command {
        RefundCommand::Create(args) => create(context, args),
        RefundCommand::Get(args) => {
            let name = args.name()?;
            let client = context.client_for("get_refund", None)?;
            let found = match name {
                Name::Id(id) => client.get_refund(&id)?,
                Name::Guid(guid) => client.get_refund_by_guid(&guid)?,
            };
            show(context, found.into_value());
            Ok(())
        }
        RefundCommand::List { invoice, csv } => {
            let invoice: InvoiceId = parse("INVOICE", &invoice)?;
            let client = context.client_for("list_refunds", None)?;
            let mut refunds = client.list_refunds(&invoice)?.into_value();
            for refund in &mut refunds {
                refund.token = None;
            }
            let columns = [
                Column::word("refund", |it: &Refund| it.id.clone()),
                Column::word("status", |it: &Refund| it.status.clone()),
                Column::money("amount", |it: &Refund| Some(it.amount)),
                Column::word("currency", |it: &Refund| or_empty(it.currency.as_ref())),
                Column::text("reference", |it: &Refund| it.reference.clone()),
            ];
            context.list(&refunds, csv, &columns, || {
                format!("the invoice {invoice} has no refunds")
            })
        }
        RefundCommand::Confirm(args) => {
            let name = args.name()?;
            let client = context.client_for("update_refund", None)?;
            context.confirm_in_production(client.environment(), "pay this refund")?;
            let made = match name {
                Name::Id(id) => client.update_refund(&UpdateRefund::confirm(id))?,
                Name::Guid(guid) => {
                    client.update_refund_by_guid(&UpdateRefundByGuid::confirm(guid))?
                }
            };
            show(context, made.into_value());
            Ok(())
        }
        RefundCommand::Cancel(args) => {
            let name = args.name()?;
            let client = context.client_for("cancel_refund", None)?;
            let cancelled = match name {
                Name::Id(id) => client.cancel_refund(&id)?,
                Name::Guid(guid) => client.cancel_refund_by_guid(&guid)?,
            };
            show(context, cancelled.into_value());
            Ok(())
        }
        RefundCommand::Resend { id } => {
            let id: RefundId = parse("ID", &id)?;
            let client = context.client_for("resend_refund_notification", None)?;
            let token = own_token(client.get_refund(&id)?.into_value().token)?;
            client.resend_refund_notification(&ResendRefundNotification::new(id.clone(), token))?;
            let json = json!({ "id": id, "resent": true });
            context.result(&json, || {
                format!("the buyer is told of the refund {id} again")
            });
            Ok(())
        }
    }
}

impl NameArgs {
    fn name(&self) -> Result<Name<RefundId>, Failure> {
        id_or_guid(self.id.as_ref(), self.guid.as_ref())
    }
}

/// What a refund does depends on the invoice's status.
pub(crate) fn refuse_confirmed(invoice: &Invoice) -> Result<(), Failure> {
    if invoice.status != InvoiceStatus::Confirmed {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "no refund was sent: the invoice is confirmed and not complete, so BitPay would decline it and refund \
         all of it ({}), whatever the amount, and this could not be cancelled; wait until it is complete, or \
         decline it with `bitpay refund create {} --decline-whole-invoice`",
        money(invoice.price, &invoice.currency),
        invoice.id,
    )))
}

fn create(context: &mut Context<'_>, args: CreateArgs) -> Result<(), Failure> {
    let id: InvoiceId = parse("INVOICE", &args.invoice)?;
    let amount: Option<Amount> = parse_some("--amount", args.amount.as_ref())?;
    let guid = match parse_some("--guid", args.guid.as_ref())? {
        Some(guid) => guid,
        None => new_guid()?,
    };
    let client = context.client_for("create_refund", None)?;
    let invoice = client.get_invoice(&id)?;
    if !args.decline_whole_invoice {
        refuse_confirmed(&invoice)?;
    }
    let mut request = match (args.decline_whole_invoice, amount) {
        (true, _) => CreateRefund::declining(&invoice, guid)?,
        (false, Some(amount)) => CreateRefund::new(&invoice, guid, amount)?,
        (false, None) => CreateRefund::full(&invoice, guid)?,
    };
    if args.preview {
        request = request.preview(true);
    }
    if args.immediate {
        request = request.immediate(true);
    }
    if args.buyer_pays_refund_fee {
        request = request.buyer_pays_refund_fee(true);
    }
    if let Some(reference) = args.reference {
        request = request.reference(reference);
    }
    if !args.preview {
        let what = format!("refund the invoice {id}");
        context.confirm_in_production(client.environment(), &what)?;
    }
    context.note(&format!(
        "guid {} (finds the refund, should the answer be lost: bitpay refund get --guid {0}{})",
        request.guid(),
        context.option()
    ));
    let made = client.create_refund(&request)?;
    if made.was_looked_up() {
        context.note("the answer was lost; the refund was found again by its guid, there is one");
    }
    show(context, made.into_value());
    Ok(())
}

fn show(context: &mut Context<'_>, mut refund: Refund) {
    // It grants access to the refund.
    refund.token = None;
    context.result(&refund, || text(&refund));
}

fn amount(refund: &Refund) -> String {
    money(refund.amount, or_empty(refund.currency.as_ref()))
}

pub(crate) fn text(refund: &Refund) -> String {
    table(&[
        ("refund", refund.id.to_string()),
        ("status", refund.status.to_string()),
        ("amount", amount(refund)),
        ("invoice", refund.invoice.to_string()),
        ("guid", or_empty(refund.guid.as_ref())),
        ("reference", or_empty(refund.reference.as_ref())),
    ])
}
