//! `bill`.

use bitpay_blocking::model::bill::{
    Bill, BillItem, BillStatus, CreateBill, DeliverBill, DueDate, ListBills, UpdateBill,
};
use bitpay_blocking::{Amount, BillId, Currency};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::context::{
    Context, With, money, or_empty, own_token, parse, parse_some, parse_some_day, table,
};
use crate::failure::Failure;
use crate::list::{AsCsv, Column};

#[derive(Subcommand)]
pub(crate) enum BillCommand {
    /// Make a bill: a request for payment by email. It is a draft until it is delivered
    Create(CreateArgs),
    /// Fetch a bill by its id
    Get(OneArgs),
    /// List bills
    List {
        /// Only those of this status: draft, sent, new, paid, complete
        #[arg(long)]
        status: Option<String>,
        #[command(flatten)]
        csv: AsCsv,
    },
    /// Change a bill. What is not named stays; of items, all are replaced
    Update(UpdateArgs),
    /// Send a bill to its recipient by email
    Deliver(OneArgs),
}

#[derive(Args)]
pub(crate) struct CreateArgs {
    /// Where it goes
    email: String,
    /// The currency of its prices: USD, EUR, ...
    currency: String,
    #[command(flatten)]
    details: Details,
    #[command(flatten)]
    with: With,
}

#[derive(Args)]
pub(crate) struct OneArgs {
    /// The bill's id
    id: String,
    #[command(flatten)]
    with: With,
}

#[derive(Args)]
pub(crate) struct UpdateArgs {
    /// The bill's id
    id: String,
    /// Where it goes
    #[arg(long)]
    email: Option<String>,
    /// The currency of its prices
    #[arg(long)]
    currency: Option<String>,
    #[command(flatten)]
    details: Details,
}

/// What a bill says.
#[derive(Args)]
pub(crate) struct Details {
    /// A line of it, as QUANTITYxPRICE TEXT: '2x12.50 Tea'. Give one --item for each line
    #[arg(long = "item", value_name = "ITEM")]
    items: Vec<String>,
    /// Your own number of it
    #[arg(long, value_name = "TEXT")]
    pub(crate) number: Option<String>,
    /// When it is due, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    due: Option<String>,
    /// To whom it goes: name
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// First line of the address
    #[arg(long, value_name = "TEXT")]
    pub(crate) address1: Option<String>,
    /// Second line of the address
    #[arg(long, value_name = "TEXT")]
    pub(crate) address2: Option<String>,
    /// City
    #[arg(long, value_name = "TEXT")]
    pub(crate) city: Option<String>,
    /// State or province
    #[arg(long, value_name = "TEXT")]
    pub(crate) state: Option<String>,
    /// Postal code
    #[arg(long, value_name = "TEXT")]
    pub(crate) zip: Option<String>,
    /// Country
    #[arg(long, value_name = "TEXT")]
    pub(crate) country: Option<String>,
    /// Telephone number
    #[arg(long, value_name = "TEXT")]
    pub(crate) phone: Option<String>,
    /// Who gets a copy. May be given more than once
    #[arg(long, value_name = "EMAIL")]
    pub(crate) cc: Vec<String>,
    /// Add BitPay's processing fee to it
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) pass_processing_fee: Option<bool>,
}

impl Details {
    /// The lines, if there are any.
    pub(crate) fn items(&self) -> Result<Vec<BillItem>, Failure> {
        self.items.iter().map(|text| item(text)).collect()
    }

    pub(crate) fn due(&self) -> Result<Option<DueDate>, Failure> {
        let day = parse_some_day("--due", self.due.as_ref())?;
        Ok(day.map(DueDate::Day))
    }

    /// At least one line.
    pub(crate) fn needed_items(&self) -> Result<Vec<BillItem>, Failure> {
        let items = self.items()?;
        if items.is_empty() {
            return Err(Failure::Usage(
                "say what is billed, line by line: --item '2x12.50 Tea'".to_owned(),
            ));
        }
        Ok(items)
    }
}

/// Sets, in any of the three forms that a bill has, what the command line names.
macro_rules! fill {
    ($bill:expr, $details:expr) => {
        $crate::bill::fill!(
            $bill, $details, number, name, address1, address2, city, state, zip, country, phone,
            pass_processing_fee
        );
        if let Some(due) = $details.due()? {
            $bill.due_date = Some(due);
        }
    };
    ($bill:expr, $details:expr, $($field:ident),+) => { $(
        if $details.$field.is_some() {
            $bill.$field.clone_from(&$details.$field);
        }
    )+ };
}
pub(crate) use fill;

/// Reads `2x12.50 Tea`, or `12.50 Tea`.
fn item(text: &str) -> Result<BillItem, Failure> {
    let wrong =
        || Failure::Usage("--item: say QUANTITYxPRICE TEXT, such as '2x12.50 Tea'".to_owned());
    let (numbers, description) = text.trim().split_once(' ').ok_or_else(wrong)?;
    let (quantity, price) = numbers.split_once('x').unwrap_or(("1", numbers));
    let quantity: u32 = quantity.parse().map_err(|_| wrong())?;
    let price: Amount = price.parse().map_err(|_| wrong())?;
    Ok(BillItem::new(description.trim(), price, quantity))
}

pub(crate) fn run(context: &mut Context<'_>, command: BillCommand) -> Result<(), Failure> {
    match command {
        BillCommand::Create(args) => create(context, args),
        BillCommand::Get(args) => {
            let id: BillId = parse("ID", &args.id)?;
            let client = context.client_for("get_bill", args.with.facade()?)?;
            show(context, client.get_bill(&id)?.into_value());
            Ok(())
        }
        BillCommand::List { status, csv } => list(context, status.as_deref(), csv),
        BillCommand::Update(args) => update(context, args),
        BillCommand::Deliver(args) => {
            let id: BillId = parse("ID", &args.id)?;
            let client = context.client_for("deliver_bill", args.with.facade()?)?;
            let bill = client.get_bill(&id)?.into_value();
            let to = or_empty(bill.email.as_ref());
            client.deliver_bill(&DeliverBill::new(bill.id, own_token(bill.token)?))?;
            let json = json!({ "id": id, "delivered": true });
            context.result(&json, || format!("the bill {id} is on its way to {to}"));
            Ok(())
        }
    }
}

fn create(context: &mut Context<'_>, args: CreateArgs) -> Result<(), Failure> {
    let currency: Currency = parse("CURRENCY", &args.currency)?;
    let facade = args.with.facade()?;
    let items = args.details.needed_items()?;
    let mut request = CreateBill::new(currency, args.email, items);
    fill!(request, args.details);
    request.cc = Some(args.details.cc).filter(|cc| !cc.is_empty());
    request.check()?;
    let client = context.client_for("create_bill", facade)?;
    show(context, client.create_bill(&request)?.into_value());
    Ok(())
}

fn update(context: &mut Context<'_>, args: UpdateArgs) -> Result<(), Failure> {
    let id: BillId = parse("ID", &args.id)?;
    let currency: Option<Currency> = parse_some("--currency", args.currency.as_ref())?;
    let items = args.details.items()?;
    args.details.due()?;
    let client = context.client_for("update_bill", None)?;
    let old = UpdateBill::of(&client.get_bill(&id)?.into_value())?;
    let mut request = old.clone();
    fill!(request, args.details);
    if !items.is_empty() {
        request.items = items;
    }
    if !args.details.cc.is_empty() {
        request.cc = Some(args.details.cc);
    }
    request.email = args.email.or(request.email);
    request.currency = currency.unwrap_or(request.currency);
    if request == old {
        return Err(Failure::Refused(
            "nothing was sent: this would change nothing".to_owned(),
        ));
    }
    show(context, client.update_bill(&request)?.into_value());
    Ok(())
}

fn list(context: &mut Context<'_>, wanted: Option<&str>, csv: AsCsv) -> Result<(), Failure> {
    let mut request = ListBills::new();
    request.status = wanted.map(status).transpose()?;
    let client = context.client_for("list_bills", None)?;
    let mut bills = client.list_bills(&request)?.into_value();
    for bill in &mut bills {
        bill.token = None;
    }
    let columns = [
        Column::word("bill", |it: &Bill| it.id.clone()),
        Column::text("status", |it: &Bill| it.status.clone()),
        Column::text("email", |it: &Bill| it.email.clone()),
        Column::text("number", |it: &Bill| it.number.clone()),
        Column::text("due", |it: &Bill| it.due_date.map(DueDate::day)),
    ];
    context.list(&bills, csv, &columns, || "no such bills".to_owned())
}

fn status(text: &str) -> Result<BillStatus, Failure> {
    match text.into() {
        BillStatus::Other(_) => Err(Failure::Usage(
            "--status: say draft, sent, new, paid or complete".to_owned(),
        )),
        known => Ok(known),
    }
}

/// The lines of a bill.
pub(crate) fn lines(items: &[BillItem], currency: Option<&Currency>) -> String {
    let line = |item: &BillItem| {
        let price = money(item.price, or_empty(currency));
        format!("{:>4} x {price:>14}  {}\n", item.quantity, item.description)
    };
    items.iter().map(line).collect()
}

fn show(context: &mut Context<'_>, mut bill: Bill) {
    // It grants access to the bill.
    bill.token = None;
    let about = table(&[
        ("bill", bill.id.to_string()),
        ("status", or_empty(bill.status.as_ref())),
        ("number", or_empty(bill.number.as_ref())),
        ("to", or_empty(bill.email.as_ref())),
        ("name", or_empty(bill.name.as_ref())),
        (
            "due",
            bill.due_date
                .map(|due| due.day().to_string())
                .unwrap_or_default(),
        ),
        ("pay at", or_empty(bill.url.as_ref())),
    ]);
    let lines = lines(&bill.items, bill.currency.as_ref());
    context.result(&bill, || format!("{about}\n{lines}"));
}
