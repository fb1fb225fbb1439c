//! `subscription`. Legacy, as BitPay's own: bills that are sent again and again.

use bitpay_blocking::model::subscription::{
    BillData, CreateSubscription, ListSubscriptions, Schedule, Subscription, SubscriptionStatus,
    UpdateSubscription,
};
use bitpay_blocking::{Currency, SubscriptionId};
use clap::{Args, Subcommand};

use crate::bill::{Details, fill, lines};
use crate::context::{Context, or_empty, parse, table};
use crate::failure::Failure;
use crate::list::{AsCsv, Column};

#[derive(Subcommand)]
pub(crate) enum SubscriptionCommand {
    /// Make a subscription: a bill that is sent again and again. It is a draft unless --active
    Create(CreateArgs),
    /// Fetch a subscription by its id
    Get {
        /// The subscription's id
        id: String,
    },
    /// List subscriptions
    List {
        /// Only those of this status: draft, active, cancelled
        #[arg(long)]
        status: Option<String>,
        #[command(flatten)]
        csv: AsCsv,
    },
    /// Make a subscription active, cancel it, or change its bill
    Update(UpdateArgs),
}

#[derive(Args)]
pub(crate) struct CreateArgs {
    /// Where its bills go
    email: String,
    /// The currency of its prices: USD, EUR, ...
    currency: String,
    /// How often: weekly, monthly, quarterly, yearly, or six fields as of cron, the seconds first
    #[arg(long)]
    schedule: String,
    /// Send bills from now on
    #[arg(long)]
    active: bool,
    #[command(flatten)]
    details: Details,
}

#[derive(Args)]
pub(crate) struct UpdateArgs {
    /// The subscription's id
    id: String,
    /// Where it shall stand: draft, active, cancelled
    #[arg(long)]
    status: Option<String>,
    /// How often, as in `create`
    #[arg(long)]
    schedule: Option<String>,
    /// Where its bills go
    #[arg(long)]
    email: Option<String>,
    #[command(flatten)]
    details: Details,
}

pub(crate) fn run(context: &mut Context<'_>, command: SubscriptionCommand) -> Result<(), Failure> {
    match command {
        SubscriptionCommand::Create(args) => create(context, args),
        SubscriptionCommand::Get { id } => {
            let id: SubscriptionId = parse("ID", &id)?;
            let client = context.client_for("get_subscription", None)?;
            show(context, client.get_subscription(&id)?.into_value());
            Ok(())
        }
        SubscriptionCommand::List { status, csv } => list(context, status.as_deref(), csv),
        SubscriptionCommand::Update(args) => update(context, args),
    }
}

fn create(context: &mut Context<'_>, args: CreateArgs) -> Result<(), Failure> {
    let currency: Currency = parse("CURRENCY", &args.currency)?;
    let schedule = schedule(&args.schedule)?;
    let items = args.details.needed_items()?;
    let Some(due) = args.details.due()? else {
        return Err(Failure::Usage(
            "BitPay asks when a bill is due: --due DAY".to_owned(),
        ));
    };
    let mut bill = BillData::new(currency, args.email, due, items);
    fill!(bill, args.details);
    bill.cc = args.details.cc;
    let mut request = CreateSubscription::new(schedule, bill);
    if args.active {
        request = request.status(SubscriptionStatus::Active);
    }
    request.check()?;
    let client = context.client_for("create_subscription", None)?;
    show(context, client.create_subscription(&request)?.into_value());
    Ok(())
}

fn update(context: &mut Context<'_>, args: UpdateArgs) -> Result<(), Failure> {
    let id: SubscriptionId = parse("ID", &args.id)?;
    let status = args.status.as_deref().map(status).transpose()?;
    let schedule = args.schedule.as_deref().map(schedule).transpose()?;
    let items = args.details.items()?;
    args.details.due()?;
    let client = context.client_for("update_subscription", None)?;
    let found = client.get_subscription(&id)?.into_value();
    let mut request = UpdateSubscription::of(&found)?;
    request.status = status;
    request.schedule = schedule;

    let mut bill = found.bill_data.clone();
    fill!(bill, args.details);
    bill.email = args.email.unwrap_or(bill.email);
    if !items.is_empty() {
        bill.items = items;
    }
    if !args.details.cc.is_empty() {
        bill.cc = args.details.cc;
    }
    if bill != found.bill_data {
        // These are BitPay's to give.
        bill.merchant = None;
        for item in &mut bill.items {
            item.id = None;
        }
        request.bill_data = Some(bill);
    }
    if request == UpdateSubscription::of(&found)? {
        return Err(Failure::Refused(
            "nothing was sent: this would change nothing".to_owned(),
        ));
    }
    show(context, client.update_subscription(&request)?.into_value());
    Ok(())
}

fn list(context: &mut Context<'_>, wanted: Option<&str>, csv: AsCsv) -> Result<(), Failure> {
    let mut request = ListSubscriptions::new();
    request.status = wanted.map(status).transpose()?;
    let client = context.client_for("list_subscriptions", None)?;
    let mut subscriptions = client.list_subscriptions(&request)?.into_value();
    for subscription in &mut subscriptions {
        subscription.token = None;
    }
    let columns = [
        Column::word("subscription", |it: &Subscription| it.id.clone()),
        Column::text("status", |it: &Subscription| it.status.clone()),
        Column::text("email", |it: &Subscription| {
            Some(it.bill_data.email.clone())
        }),
        Column::text("schedule", |it: &Subscription| it.schedule.clone()),
    ];
    context.list(&subscriptions, csv, &columns, || {
        "no such subscriptions".to_owned()
    })
}

fn status(text: &str) -> Result<SubscriptionStatus, Failure> {
    match text.into() {
        SubscriptionStatus::Other(_) => Err(Failure::Usage(
            "--status: say draft, active or cancelled".to_owned(),
        )),
        known => Ok(known),
    }
}

fn schedule(text: &str) -> Result<Schedule, Failure> {
    match text.into() {
        Schedule::Other(text) if text.split(' ').count() != 6 => Err(Failure::Usage(
            "--schedule: say weekly, monthly, quarterly, yearly, or six fields as of cron: '0 0 0 * * 1'".to_owned(),
        )),
        schedule => Ok(schedule),
    }
}

fn show(context: &mut Context<'_>, mut subscription: Subscription) {
    // It grants access to the subscription.
    subscription.token = None;
    let bill = &subscription.bill_data;
    let about = table(&[
        ("subscription", subscription.id.to_string()),
        ("status", or_empty(subscription.status.as_ref())),
        ("schedule", or_empty(subscription.schedule.as_ref())),
        ("next bill", or_empty(subscription.next_delivery.as_ref())),
        ("number", or_empty(bill.number.as_ref())),
        ("to", bill.email.clone()),
        (
            "due",
            bill.due_date
                .map(|due| due.day().to_string())
                .unwrap_or_default(),
        ),
    ]);
    let lines = lines(&bill.items, Some(&bill.currency));
    context.result(&subscription, || format!("{about}\n{lines}"));
}
