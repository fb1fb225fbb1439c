//! `invoice`.

use bitpay_blocking::model::invoice::{
    Buyer, CancelInvoice, CancelInvoiceByGuid, CreateInvoice, Invoice, InvoiceStatus, ListInvoices,
    PayInvoice, ResendInvoiceWebhook, UpdateInvoice,
};
use bitpay_blocking::{Amount, Currency, Guid, InvoiceId, new_guid};
use clap::{Args, Subcommand};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use serde_json::json;

use crate::call;
use crate::context::{
    Context, Name, With, id_or_guid, money, or_empty, own_token, parse, parse_some, parse_some_day,
    table,
};
use crate::failure::Failure;
use crate::list::{AsCsv, Column, rows};

#[derive(Subcommand)]
pub(crate) enum InvoiceCommand {
    /// Make an invoice: something that a buyer can pay within 15 minutes
    Create(CreateArgs),
    /// Fetch an invoice by its id or its guid
    Get(GetArgs),
    /// List invoices by the days on which they were made
    List(ListArgs),
    /// Give an invoice the buyer's email address or telephone number
    Update(UpdateArgs),
    /// Cancel an invoice that is not complete, by its id or its guid
    Cancel(CancelArgs),
    /// Show an invoice whenever it changes, until it is complete or declined
    Watch {
        /// The invoice's id
        id: String,
    },
    /// Have an invoice's webhook sent again
    Resend {
        /// The invoice's id
        id: String,
    },
    /// Pay an invoice with imaginary coins: in the test environment and the sandbox only
    Pay(PayArgs),
}

#[derive(Args)]
pub(crate) struct CreateArgs {
    /// What to ask for, in units of the currency: 12.50
    price: String,
    /// The currency of the price: USD, EUR, BTC, ...
    currency: String,
    /// Your own id of the order. Run twice, its invoice is made once
    #[arg(long, value_name = "ID")]
    order: Option<String>,
    /// The name under which it is made once and can be found. [default: from --order, else random]
    #[arg(long)]
    guid: Option<String>,
    /// What is sold, shown at the checkout
    #[arg(long, value_name = "TEXT")]
    item_desc: Option<String>,
    /// Where webhooks go: an https address
    #[arg(long, value_name = "URL")]
    notification_url: Option<String>,
    /// Where the buyer goes after paying
    #[arg(long, value_name = "URL")]
    redirect_url: Option<String>,
    /// The buyer's email address
    #[arg(long)]
    email: Option<String>,
    /// Your own data, passed through to webhooks
    #[arg(long, value_name = "TEXT")]
    pos_data: Option<String>,
    #[command(flatten)]
    with: With,
}

#[derive(Args)]
pub(crate) struct GetArgs {
    /// The invoice's id
    #[arg(required_unless_present = "guid")]
    id: Option<String>,
    /// The guid that it was made with, in place of its id
    #[arg(long, conflicts_with = "id")]
    guid: Option<String>,
    #[command(flatten)]
    with: With,
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// The first day, as YYYY-MM-DD. [default: 7 days ago]
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// The last day. [default: tomorrow, so that today is in it in every time zone]
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
    /// Only those of this status: new, paid, confirmed, complete, expired, invalid, declined
    #[arg(long)]
    status: Option<String>,
    /// Only those of this order
    #[arg(long, value_name = "ID")]
    order: Option<String>,
    /// At most so many. [default: all]
    #[arg(long)]
    limit: Option<u32>,
    /// Leave out so many at the beginning
    #[arg(long)]
    offset: Option<u32>,
    #[command(flatten)]
    csv: AsCsv,
}

#[derive(Args)]
pub(crate) struct UpdateArgs {
    /// The invoice's id
    id: String,
    /// The buyer's email address
    #[arg(long, required_unless_present = "sms", conflicts_with = "sms")]
    email: Option<String>,
    /// The buyer's telephone number, to which BitPay sends a code
    #[arg(long)]
    sms: Option<String>,
    /// That code, to verify the number: `-` reads it from standard input, the one place for it
    #[arg(long, value_name = "-", conflicts_with = "email")]
    sms_code: Option<String>,
}

#[derive(Args)]
pub(crate) struct CancelArgs {
    /// The invoice's id
    #[arg(required_unless_present = "guid")]
    id: Option<String>,
    /// The guid that it was made with, in place of its id
    #[arg(long, conflicts_with = "id")]
    guid: Option<String>,
    /// Cancel also one that is paid or confirmed: BitPay declines it and refunds all of it
    #[arg(long)]
    decline_whole_invoice: bool,
    /// Cancel also when a payment may be under way and the buyer cannot be reached; getting that back takes
    /// BitPay's support
    #[arg(long)]
    force: bool,
}

#[derive(Args)]
pub(crate) struct PayArgs {
    /// The invoice's id
    id: String,
    /// How far to take it: confirmed or complete
    #[arg(long, default_value = "complete")]
    status: String,
}

pub(crate) fn run(context: &mut Context<'_>, command: InvoiceCommand) -> Result<(), Failure> {
    match command {
        InvoiceCommand::Create(args) => create(context, args),
        InvoiceCommand::Get(args) => {
            let facade = args.with.facade()?;
            let name = id_or_guid(args.id.as_ref(), args.guid.as_ref())?;
            let client = context.client_for("get_invoice", facade)?;
            let found = match name {
                Name::Id(id) => client.get_invoice(&id)?,
                Name::Guid(guid) => client.get_invoice_by_guid(&guid)?,
            };
            show(context, found.into_value());
            Ok(())
        }
        InvoiceCommand::List(args) => list(context, args),
        InvoiceCommand::Update(args) => {
            let mut request = UpdateInvoice::new(parse("ID", &args.id)?);
            request.buyer_email = args.email;
            request.buyer_sms = args.sms;
            if let Some(from) = args.sms_code {
                if from != "-" {
                    return Err(Failure::Usage(
                        "--sms-code: say `-` and give the code on standard input: everybody on this machine can read \
                         arguments"
                            .to_owned(),
                    ));
                }
                let code = call::read_input(context)
                    .map_err(|error| Failure::Usage(format!("--sms-code: {error}")))?;
                request.sms_code = Some(code.trim().to_owned());
            }
            let client = context.client_for("update_invoice", None)?;
            show(context, client.update_invoice(&request)?.into_value());
            Ok(())
        }
        InvoiceCommand::Cancel(args) => cancel(context, &args),
        InvoiceCommand::Watch { id } => watch(context, &parse("ID", &id)?),
        InvoiceCommand::Resend { id } => {
            let id: InvoiceId = parse("ID", &id)?;
            let client = context.client_for("resend_invoice_webhook", None)?;
            let token = own_token(client.get_invoice(&id)?.into_value().token)?;
            client.resend_invoice_webhook(&ResendInvoiceWebhook::new(id.clone(), token))?;
            let json = json!({ "id": id, "resent": true });
            context.result(&json, || {
                format!("the webhook of the invoice {id} is sent again")
            });
            Ok(())
        }
        InvoiceCommand::Pay(args) => {
            let status = status(&args.status)?;
            let request = PayInvoice::new(parse("ID", &args.id)?).status(status);
            let client = context.client_for("pay_invoice", None)?;
            show(context, client.pay_invoice(&request)?.into_value());
            Ok(())
        }
    }
}

fn create(context: &mut Context<'_>, args: CreateArgs) -> Result<(), Failure> {
    let facade = args.with.facade()?;
    let price: Amount = parse("PRICE", &args.price)?;
    let currency: Currency = parse("CURRENCY", &args.currency)?;
    let guid: Option<Guid> = parse_some("--guid", args.guid.as_ref())?;
    let mut request = match (guid, args.order) {
        (Some(guid), order) => {
            let mut request = CreateInvoice::new(guid, price, currency);
            request.order_id = order;
            request
        }
        (None, Some(order)) => CreateInvoice::for_order(order, price, currency),
        (None, None) => CreateInvoice::new(new_guid()?, price, currency),
    };
    request.item_desc = args.item_desc;
    request.notification_url = args.notification_url;
    request.redirect_url = args.redirect_url;
    request.pos_data = args.pos_data;
    if let Some(email) = args.email {
        request.buyer = Some(Buyer::new().email(email));
    }
    let client = context.client_for("create_invoice", facade)?;
    context.note(&format!(
        "guid {} (finds the invoice, should the answer be lost: bitpay invoice get --guid {0}{})",
        request.guid,
        context.option()
    ));
    let made = client.create_invoice(&request)?;
    if made.was_looked_up() {
        context.note("the answer was lost; the invoice was found again by its guid, there is one");
    }
    let made = made.into_value();
    let address = made.url.clone();
    show(context, made);
    if let Some(address) = address {
        context.show_qr(&address);
    }
    Ok(())
}

fn is_paid(invoice: &Invoice) -> bool {
    matches!(
        invoice.status,
        InvoiceStatus::Paid | InvoiceStatus::Confirmed
    )
}

/// To cancel it would be to refund it.
pub(crate) fn refuse_paid(invoice: &Invoice, option: &str) -> Result<(), Failure> {
    if !is_paid(invoice) {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "nothing was cancelled: the invoice is {}, so BitPay would decline it and refund all of it ({}), and this could \
         not be taken back; wait until it is complete and refund it, or say that you mean it with `bitpay invoice \
         cancel {} --decline-whole-invoice{option}`",
        invoice.status,
        money(invoice.price, &invoice.currency),
        invoice.id,
    )))
}

/// What a cancel does depends on the invoice's status.
fn cancel(context: &mut Context<'_>, args: &CancelArgs) -> Result<(), Failure> {
    let name = id_or_guid(args.id.as_ref(), args.guid.as_ref())?;
    let client = context.client_for("cancel_invoice", None)?;
    let invoice = match &name {
        Name::Id(id) => client.get_invoice(id)?,
        Name::Guid(guid) => client.get_invoice_by_guid(guid)?,
    };
    if !args.decline_whole_invoice {
        refuse_paid(&invoice, &context.option())?;
    } else if is_paid(&invoice) {
        let all = money(invoice.price, &invoice.currency);
        let what = format!(
            "decline the invoice {} and refund all of it ({all})",
            invoice.id
        );
        context.confirm_in_production(client.environment(), &what)?;
    }
    let cancelled = match name {
        Name::Id(id) => client.cancel_invoice(&CancelInvoice::new(id).force_cancel(args.force))?,
        Name::Guid(guid) => client
            .cancel_invoice_by_guid(&CancelInvoiceByGuid::new(guid).force_cancel(args.force))?,
    };
    show(context, cancelled.into_value());
    Ok(())
}

fn list(context: &mut Context<'_>, args: ListArgs) -> Result<(), Failure> {
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    let from = parse_some_day("--from", args.from.as_ref())?;
    let to = parse_some_day("--to", args.to.as_ref())?;
    let mut request = ListInvoices::new(
        from.unwrap_or_else(|| today.saturating_sub(7.days())),
        to.unwrap_or_else(|| today.saturating_add(1.day())),
    );
    request.status = args.status.as_deref().map(status).transpose()?;
    request.order_id = args.order;
    request.limit = args.limit;
    request.offset = args.offset;
    let client = context.client_for("list_invoices", None)?;
    let mut invoices = rows(&client, &request)?;
    for invoice in &mut invoices {
        invoice.token = None;
    }
    let columns = [
        Column::word("invoice", |it: &Invoice| it.id.clone()),
        Column::word("status", |it: &Invoice| it.status.clone()),
        Column::money("price", |it: &Invoice| Some(it.price)),
        Column::word("currency", |it: &Invoice| it.currency.clone()),
        Column::text("order", |it: &Invoice| it.order_id.clone()),
    ];
    context.list(&invoices, args.csv, &columns, || {
        format!(
            "no invoices from {} to {}",
            request.date_start, request.date_end
        )
    })
}

/// What may pass is waited for; Ctrl-C ends the watch, and nothing else.
fn watch(context: &mut Context<'_>, id: &InvoiceId) -> Result<(), Failure> {
    let client = context.client_for("get_invoice_event_token", None)?;
    for change in client.watch_invoice(id) {
        let mut invoice = match change {
            Ok(invoice) => invoice,
            Err(error) if error.is_retryable() => {
                context.note(&format!("{error}; trying again"));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        invoice.token = None;
        context.result(&invoice, || change_line(&invoice));
        if matches!(
            invoice.status,
            InvoiceStatus::Expired | InvoiceStatus::Invalid
        ) {
            context.note(
                "a late payment may still come, and a slow one confirm: Ctrl-C ends the watch",
            );
        }
    }
    Ok(())
}

fn change_line(invoice: &Invoice) -> String {
    let at = invoice.current_time.map(|at| format!("{at:.0}"));
    let paid = match (&invoice.display_amount_paid, &invoice.transaction_currency) {
        (Some(paid), Some(currency)) => format!("{paid} {currency} paid"),
        _ => String::new(),
    };
    format!(
        "{}  {:9}  {paid}  {}",
        or_empty(at.as_ref()),
        invoice.status.as_str(),
        or_empty(invoice.exception_status.as_ref()),
    )
}

fn status(text: &str) -> Result<InvoiceStatus, Failure> {
    match text.into() {
        InvoiceStatus::Other(_) => Err(Failure::Usage(
            "--status: say new, paid, confirmed, complete, expired, invalid or declined".to_owned(),
        )),
        known => Ok(known),
    }
}

fn show(context: &mut Context<'_>, mut invoice: Invoice) {
    // It grants access to the invoice.
    invoice.token = None;
    context.result(&invoice, || text(&invoice));
}

pub(crate) fn text(invoice: &Invoice) -> String {
    let expires = match invoice.status {
        InvoiceStatus::New => or_empty(invoice.expiration_time.as_ref()),
        _ => String::new(),
    };
    table(&[
        ("invoice", invoice.id.to_string()),
        ("status", invoice.status.to_string()),
        ("exception", or_empty(invoice.exception_status.as_ref())),
        ("price", money(invoice.price, &invoice.currency)),
        ("order", or_empty(invoice.order_id.as_ref())),
        ("item", or_empty(invoice.item_desc.as_ref())),
        ("guid", or_empty(invoice.guid.as_ref())),
        ("pay at", or_empty(invoice.url.as_ref())),
        ("until", expires),
    ])
}
