//! `payout`.

use std::path::PathBuf;

use bitpay_blocking::model::payout::{CreatePayout, ListPayouts, Payee, Payout, PayoutStatus};
use bitpay_blocking::{Amount, Currency, PayoutId, RecipientId, ShopperId};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::context::{Context, money, or_empty, parse, parse_some, parse_some_day, table};
use crate::failure::Failure;
use crate::list::{AsCsv, Column, rows};
use crate::payout_group::{self, GroupCommand};
use crate::payout_run;

#[derive(Subcommand)]
pub(crate) enum PayoutCommand {
    /// Pay somebody in cryptocurrency
    Create(CreateArgs),
    /// Fetch a payout by its id
    Get {
        /// The payout's id
        id: String,
    },
    /// List payouts by reference, status, group or the days on which they were asked for
    List(ListArgs),
    /// Cancel a payout that is still new
    Cancel {
        /// The payout's id
        id: String,
    },
    /// Have a payout's last webhook sent again
    Resend {
        /// The payout's id
        id: String,
    },
    /// Ask for many payouts at once, or cancel them
    #[command(subcommand)]
    Group(GroupCommand),
}

#[derive(Args)]
pub(crate) struct CreateArgs {
    /// How much, in units of the currency: 12.50. BitPay's least is worth 5 US dollars
    #[arg(required_unless_present = "from_csv")]
    amount: Option<String>,
    /// The currency of the amount: USD
    #[arg(required_unless_present = "from_csv")]
    currency: Option<String>,
    /// Your own name for the payout, at most 100 characters and never used before: it alone finds the
    /// payout, should the answer be lost
    #[arg(long, value_name = "TEXT", required_unless_present = "from_csv")]
    reference: Option<String>,
    /// The currency of the ledger that pays. With --from-csv, of rows that name none
    #[arg(long, value_name = "CURRENCY", required_unless_present = "from_csv")]
    ledger: Option<String>,
    /// Make a payout of each row of a file, one after the other; run it again as often as needed. Its first line
    /// names the columns: reference, amount, currency, ledger, label, on, notification_url, and one of recipient,
    /// shopper and email, of which each must be an active recipient's
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["amount", "currency", "reference", "payee", "label", "on", "notification_url"]
    )]
    from_csv: Option<PathBuf>,
    /// Where it says what became of each row. [default: FILE, with the ending .results.csv]
    #[arg(long, value_name = "FILE", requires = "from_csv")]
    results: Option<PathBuf>,
    #[command(flatten)]
    payee: PayeeArgs,
    /// Your own name for who is paid
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// The day on which to pay, as YYYY-MM-DD. [default: as soon as BitPay can]
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    /// Where webhooks go: an https address
    #[arg(long, value_name = "URL")]
    notification_url: Option<String>,
}

/// Who is paid.
#[derive(Args)]
#[group(id = "payee", multiple = false)]
pub(crate) struct PayeeArgs {
    /// Pay this recipient, who must be active
    #[arg(long, value_name = "ID")]
    recipient: Option<String>,
    /// Pay the recipient with this BitPay account
    #[arg(long, value_name = "ID")]
    shopper: Option<String>,
    /// Pay whoever has this email address; if no recipient has it, BitPay invites that person
    #[arg(long, value_name = "EMAIL")]
    invite: Option<String>,
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// Only those with this reference
    #[arg(long, value_name = "TEXT")]
    reference: Option<String>,
    /// Only those of this status: new, funded, processing, complete, failed, cancelled
    #[arg(long)]
    status: Option<String>,
    /// Only those that were made together
    #[arg(long, value_name = "ID")]
    group: Option<String>,
    /// The first day, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// The last day
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
    /// At most so many. [default: all]
    #[arg(long)]
    limit: Option<u32>,
    /// Leave out so many at the beginning
    #[arg(long)]
    offset: Option<u32>,
    #[command(flatten)]
    csv: AsCsv,
}

pub(crate) fn run(context: &mut Context<'_>, command: PayoutCommand) -> Result<(), Failure> {
    match command {
        PayoutCommand::Create(args) => create(context, args),
        PayoutCommand::Get { id } => {
            let id: PayoutId = parse("ID", &id)?;
            let client = context.client_for("get_payout", None)?;
            show(context, client.get_payout(&id)?.into_value());
            Ok(())
        }
        PayoutCommand::List(args) => list(context, args),
        PayoutCommand::Cancel { id } => {
            let id: PayoutId = parse("ID", &id)?;
            let client = context.client_for("cancel_payout", None)?;
            client.cancel_payout(&id)?;
            let json = json!({ "id": id, "status": "cancelled" });
            context.result(&json, || format!("the payout {id} is cancelled"));
            Ok(())
        }
        PayoutCommand::Resend { id } => {
            let id: PayoutId = parse("ID", &id)?;
            let client = context.client_for("resend_payout_notification", None)?;
            client.resend_payout_notification(&id)?;
            let json = json!({ "id": id, "resent": true });
            context.result(&json, || {
                format!("the webhook of the payout {id} is sent again")
            });
            Ok(())
        }
        PayoutCommand::Group(command) => payout_group::run(context, &command),
    }
}

fn create(context: &mut Context<'_>, args: CreateArgs) -> Result<(), Failure> {
    if let Some(file) = args.from_csv {
        return payout_run::run(context, &file, args.ledger.as_deref(), args.results);
    }
    // clap asks for all of them.
    let given = |name: &str, value: Option<String>| {
        value.ok_or_else(|| Failure::Usage(format!("{name} is missing")))
    };
    let amount: Amount = parse("AMOUNT", &given("AMOUNT", args.amount)?)?;
    let currency: Currency = parse("CURRENCY", &given("CURRENCY", args.currency)?)?;
    let ledger: Currency = parse("--ledger", &given("--ledger", args.ledger)?)?;
    let reference = given("--reference", args.reference)?;
    let recipient: Option<RecipientId> = parse_some("--recipient", args.payee.recipient.as_ref())?;
    let shopper: Option<ShopperId> = parse_some("--shopper", args.payee.shopper.as_ref())?;
    let payee = match (recipient, shopper, args.payee.invite) {
        (Some(id), _, _) => Payee::Recipient(id),
        (None, Some(id), _) => Payee::Shopper(id),
        (None, None, Some(email)) => Payee::invite(email),
        (None, None, None) => {
            return Err(Failure::Usage(
                "say who is paid: --recipient, --shopper or --invite".to_owned(),
            ));
        }
    };
    let mut request = CreatePayout::new(reference, payee, amount, currency, ledger);
    if let Some(day) = parse_some_day("--on", args.on.as_ref())? {
        request = request.effective_date(day);
    }
    request.label = args.label;
    request.notification_url = args.notification_url;
    request.check()?;
    let client = context.client_for("create_payout", None)?;
    let what = format!("pay {}", money(amount, &request.currency));
    context.confirm_in_production(client.environment(), &what)?;
    payout_run::refuse_again(context, &client, [request.reference()])?;
    context.note(&format!(
        "reference {} (finds the payout, should the answer be lost: {})",
        request.reference(),
        look_up(request.reference(), &context.option()),
    ));
    show(context, client.create_payout(&request)?.into_value());
    Ok(())
}

/// An email address is not paid by the way, where the caller has no way to say that an invitation is
/// meant.
pub(crate) fn refuse_invitations<'a>(
    payouts: impl IntoIterator<Item = &'a CreatePayout>,
) -> Result<(), Failure> {
    let invites = |payout: &CreatePayout| matches!(payout.payee(), Some(Payee::Invite { .. }));
    if !payouts.into_iter().any(invites) {
        return Ok(());
    }
    Err(Failure::Refused(
        "nothing was sent: if no recipient has the email address, BitPay invites that person, and a mistyped \
         one invites a stranger; pay a recipientId, or say that you mean it with `bitpay payout create --invite \
         EMAIL` or `bitpay payout group create FILE --invite`"
            .to_owned(),
    ))
}

/// The command that finds a payout whose answer was lost, for a shell. `option` names the profile.
pub(crate) fn look_up(reference: &str, option: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if reference.chars().all(plain) && !reference.starts_with('-') {
        return format!("bitpay payout list --reference {reference}{option}");
    }
    let quoted = reference.replace('\'', r"'\''");
    format!("bitpay payout list --reference='{quoted}'{option}")
}

fn list(context: &mut Context<'_>, args: ListArgs) -> Result<(), Failure> {
    let mut request = ListPayouts::new();
    request.start_date = parse_some_day("--from", args.from.as_ref())?;
    request.end_date = parse_some_day("--to", args.to.as_ref())?;
    request.status = args.status.as_deref().map(status).transpose()?;
    request.group_id = parse_some("--group", args.group.as_ref())?;
    request.reference = args.reference;
    request.limit = args.limit;
    request.offset = args.offset;
    let client = context.client_for("list_payouts", None)?;
    let mut payouts = rows(&client, &request)?;
    for payout in &mut payouts {
        payout.token = None;
    }
    let columns = [
        Column::word("payout", |it: &Payout| it.id.clone()),
        Column::word("status", |it: &Payout| it.status.clone()),
        Column::money("amount", |it: &Payout| Some(it.amount)),
        Column::word("currency", |it: &Payout| it.currency.clone()),
        Column::text("reference", |it: &Payout| it.reference.clone()),
    ];
    context.list(&payouts, args.csv, &columns, || match &request.reference {
        // Not found is not the same as not made.
        Some(reference) => format!(
            "no payout has the reference {reference} now; one whose answer was lost just before may still show"
        ),
        None => "no such payouts".to_owned(),
    })
}

fn status(text: &str) -> Result<PayoutStatus, Failure> {
    match text.into() {
        PayoutStatus::Other(_) => Err(Failure::Usage(
            "--status: say new, funded, processing, complete, failed or cancelled".to_owned(),
        )),
        known => Ok(known),
    }
}

fn show(context: &mut Context<'_>, mut payout: Payout) {
    // It grants access to the payout.
    payout.token = None;
    let text = table(&[
        ("payout", payout.id.to_string()),
        ("status", payout.status.to_string()),
        ("amount", format!("{} {}", payout.amount, payout.currency)),
        ("ledger", or_empty(payout.ledger_currency.as_ref())),
        ("reference", or_empty(payout.reference.as_ref())),
        ("recipient", or_empty(payout.recipient_id.as_ref())),
        ("email", or_empty(payout.email.as_ref())),
        ("label", or_empty(payout.label.as_ref())),
        ("pays on", or_empty(payout.effective_date.as_ref())),
        ("group", or_empty(payout.group_id.as_ref())),
    ]);
    context.result(&payout, || text);
}
