//! `refund`.

use bitpay_blocking::model::invoice::InvoiceStatus;
use bitpay_blocking::model::refund::{CreateRefund, Refund};
use bitpay_blocking::{Amount, Guid, InvoiceId, RefundId, new_guid};
use clap::{Args, Subcommand};

use crate::context::{Context, money, or_empty, parse, parse_some, table};
use crate::failure::Failure;

#[derive(Subcommand)]
pub(crate) enum RefundCommand {
    /// Refund a complete invoice, in part or in whole
    Create(CreateArgs),
    /// Fetch a refund by its id or its guid
    Get(GetArgs),
    /// List the refunds of an invoice
    List {
        /// The invoice's id
        invoice: String,
    },
    /// Cancel a refund that is not paid yet
    Cancel {
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
pub(crate) struct GetArgs {
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
            let id: Option<RefundId> = parse_some("ID", args.id.as_ref())?;
            let guid: Option<Guid> = parse_some("--guid", args.guid.as_ref())?;
            let client = context.client_for("get_refund", None)?;
            let found = match (id, guid) {
                (Some(id), _) => client.get_refund(&id)?,
                (None, Some(guid)) => client.get_refund_by_guid(&guid)?,
                (None, None) => return Err(Failure::Usage("give an id or a --guid".to_owned())),
            };
            show(context, found.into_value());
            Ok(())
        }
        RefundCommand::List { invoice } => {
            let invoice: InvoiceId = parse("INVOICE", &invoice)?;
            let client = context.client_for("list_refunds", None)?;
            let mut refunds = client.list_refunds(&invoice)?.into_value();
            for refund in &mut refunds {
                refund.token = None;
            }
            let text = if refunds.is_empty() {
                format!("the invoice {invoice} has no refunds")
            } else {
                let line = |refund: &Refund| {
                    format!(
                        "{}  {:9}  {}\n",
                        refund.id,
                        refund.status.as_str(),
                        amount(refund)
                    )
                };
                refunds.iter().map(line).collect()
            };
            context.result(&refunds, || text);
            Ok(())
        }
        RefundCommand::Cancel { id } => {
            let id: RefundId = parse("ID", &id)?;
            let client = context.client_for("cancel_refund", None)?;
            show(context, client.cancel_refund(&id)?.into_value());
            Ok(())
        }
    }
}

fn create(context: &mut Context<'_>, args: CreateArgs) -> Result<(), Failure> {
    let id: InvoiceId = parse("INVOICE", &args.invoice)?;
    let amount: Option<Amount> = parse_some("--amount", args.amount.as_ref())?;
    let guid = match parse_some("--guid", args.guid.as_ref())? {
        Some(guid) => guid,
        None => new_guid()?,
    };
    let client = context.client_for("create_refund", None)?;
    // What a refund does depends on the invoice's status, so that is looked at first.
    let invoice = client.get_invoice(&id)?;
    if invoice.status == InvoiceStatus::Confirmed && !args.decline_whole_invoice {
        return Err(Failure::Refused(format!(
            "no refund was sent: the invoice is confirmed and not complete, so BitPay would decline it and refund \
             all of it ({}), whatever the amount, and this could not be cancelled; wait until it is complete, or \
             say --decline-whole-invoice",
            money(invoice.price, &invoice.currency)
        )));
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
    context.note(&format!(
        "guid {} (finds the refund, should the answer be lost: bitpay refund get --guid {0})",
        request.guid()
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
