//! `payout group`: many payouts in one call.

use bitpay_blocking::PayoutGroupId;
use bitpay_blocking::model::payout::{CreatePayout, CreatePayoutGroup, FailedPayout, Payout};
use clap::{Args, Subcommand};

use crate::call;
use crate::context::{Context, or_empty, parse};
use crate::failure::Failure;
use crate::{payout, payout_run};

#[derive(Subcommand)]
pub(crate) enum GroupCommand {
    /// Ask for many payouts at once. Some may be made and others not
    Create(CreateArgs),
    /// Cancel the payouts of a group that are still new
    Cancel {
        /// The group's id
        id: String,
    },
}

#[derive(Args)]
pub(crate) struct CreateArgs {
    /// A file with a JSON list of payouts; `-` reads standard input. Each is as in
    /// {"reference": "May, Ada", "amount": "12.50", "currency": "USD", "ledgerCurrency": "EUR",
    /// "recipientId": "LDxRZCGq174SF8AnQpdBPB"}
    file: String,
    /// Take payouts to an "email" as well; if no recipient has it, BitPay invites that person
    #[arg(long)]
    invite: bool,
}

pub(crate) fn run(context: &mut Context<'_>, command: &GroupCommand) -> Result<(), Failure> {
    match command {
        GroupCommand::Create(args) => create(context, args),
        GroupCommand::Cancel { id } => {
            let id: PayoutGroupId = parse("ID", id)?;
            let client = context.client_for("cancel_payout_group", None)?;
            let mut done = client.cancel_payout_group(&id)?.into_value();
            let text = summary("cancelled", &done.cancelled, &done.failed);
            without_tokens(&mut done.cancelled);
            context.result(&done, || text);
            some_failed(done.cancelled.len(), done.failed.len(), "cancelled")
        }
    }
}

fn create(context: &mut Context<'_>, args: &CreateArgs) -> Result<(), Failure> {
    let client = context.client_for("create_payout_group", None)?;
    let request: CreatePayoutGroup = call::payouts_of(context, &client, &args.file)?;
    if !args.invite {
        payout::refuse_invitations(&request.instructions)?;
    }
    let what = format!("ask for {} payouts", request.instructions.len());
    context.confirm_in_production(client.environment(), &what)?;
    let references = request.instructions.iter().map(CreatePayout::reference);
    payout_run::refuse_again(context, &client, references)?;
    let mut made = client.create_payout_group(&request)?.into_value();
    let text = summary("made", &made.created, &made.failed);
    without_tokens(&mut made.created);
    context.result(&made, || text);
    some_failed(made.created.len(), made.failed.len(), "made")
}

fn without_tokens(payouts: &mut [Payout]) {
    for payout in payouts {
        payout.token = None;
    }
}

fn summary(done: &str, payouts: &[Payout], failed: &[FailedPayout]) -> String {
    let group = payouts.iter().find_map(|payout| payout.group_id.as_ref());
    let mut text = match group {
        Some(group) => format!("group  {group}\n\n"),
        None => String::new(),
    };
    for payout in payouts {
        text += &format!("{done:11}  {}", line(payout));
    }
    for failure in failed {
        let whose = failure.payout_id.as_ref().or(failure.payee.as_ref());
        let why = failure
            .err_message
            .as_deref()
            .unwrap_or("BitPay does not say why");
        text += &format!("not {done:7}  {}: {why}\n", or_empty(whose));
    }
    text
}

fn line(payout: &Payout) -> String {
    format!(
        "{}  {:10}  {} {}  {}\n",
        payout.id,
        payout.status.as_str(),
        payout.amount,
        payout.currency,
        or_empty(payout.reference.as_ref()),
    )
}

/// The exit code tells what the lists say.
fn some_failed(done: usize, failed: usize, what: &str) -> Result<(), Failure> {
    let text = format!("{failed} of {} payouts were not {what}", done + failed);
    match (done, failed) {
        (_, 0) => Ok(()),
        (0, _) => Err(Failure::Refused(text)),
        _ => Err(Failure::After(text)),
    }
}
