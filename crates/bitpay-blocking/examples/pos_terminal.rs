//! A point of sale in a terminal: type a price, show the buyer where it is paid, wait for the payment.
//!
//! ```sh
//! cargo run -p bitpay-blocking --example pos_terminal
//! ```
//!
//! starts a sandbox in this program, and asks for prices until an empty line. Pay at the address that it shows. With
//! prices behind it (`-- 4.50 2`) it sells these, and pays them itself. Against a BitPay elsewhere, with a profile that
//! `bitpay pair --facade pos --wait` has made: `BITPAY_PROFILE=default`.
//!
//! A till has a pos token, which makes invoices and fetches them, and can do nothing else. So it asks how an invoice
//! stands every few seconds; a stream of events takes a merchant's token.

use std::env;
use std::error::Error;
use std::io::{self, BufRead, Write};
use std::thread::sleep;
use std::time::Duration;

use bitpay_blocking::model::invoice::{CreateInvoice, Invoice, InvoiceStatus};
use bitpay_blocking::{Amount, Client, Currency, Grant, Pos, new_guid};
use bitpay_sandbox::Sandbox;
use bitpay_store::Store;

/// What came of a sale.
#[derive(Debug, PartialEq, Eq)]
pub enum Sold {
    /// It was paid: for a cup of coffee that is enough. Wait for `complete` before you hand out a car.
    Paid,
    /// It was not paid in time.
    NotPaid,
}

/// Sells at each price that is typed, until an empty line or the end. `pause` is called between two looks at an invoice.
///
/// # Errors
/// When the terminal is gone.
pub fn till(
    client: &Client<Grant<Pos>>,
    mut input: impl BufRead,
    out: &mut impl Write,
    mut pause: impl FnMut(&Invoice),
) -> io::Result<()> {
    loop {
        write!(out, "price in USD: ")?;
        out.flush()?;
        let mut line = String::new();
        input.read_line(&mut line)?;
        if line.trim().is_empty() {
            return Ok(());
        }
        let Ok(price) = line.trim().parse::<Amount>() else {
            writeln!(out, "that is no price: type 4.50, say")?;
            continue;
        };
        match sell(client, price, out, &mut pause) {
            Ok(Sold::Paid) => writeln!(out, "PAID {price} USD")?,
            Ok(Sold::NotPaid) => writeln!(out, "not paid")?,
            // One line, without secrets. It names the guid, should it have been made all the same.
            Err(error) => writeln!(out, "not sold: {error}")?,
        }
    }
}

fn sell(
    client: &Client<Grant<Pos>>,
    price: Amount,
    out: &mut impl Write,
    pause: &mut impl FnMut(&Invoice),
) -> Result<Sold, Box<dyn Error>> {
    // One guid for each sale: whatever is repeated on the way, it is one invoice.
    let order = CreateInvoice::new(new_guid()?, price, Currency::USD);
    let mut invoice = client.create_invoice(&order)?.into_value();
    writeln!(out, "pay at {}", invoice.url.as_deref().unwrap_or_default())?;
    loop {
        match invoice.status {
            InvoiceStatus::New => pause(&invoice),
            InvoiceStatus::Paid | InvoiceStatus::Confirmed | InvoiceStatus::Complete => {
                return Ok(Sold::Paid);
            }
            _ => return Ok(Sold::NotPaid),
        }
        match client.get_invoice(&invoice.id) {
            Ok(now) => invoice = now.into_value(),
            // The buyer may be paying: a bad moment of the network ends nothing.
            Err(error) if error.is_retryable() => writeln!(out, "looking again: {error}")?,
            Err(error) => return Err(error.into()),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let prices: Vec<String> = env::args().skip(1).collect();
    let (stdin, mut out) = (io::stdin().lock(), io::stdout());
    let wait = |_: &Invoice| sleep(Duration::from_secs(2));
    if let Ok(profile) = env::var("BITPAY_PROFILE") {
        let profile = Store::user()?.profile(&profile)?;
        let client = Client::new(profile.environment().clone())?.with(profile.grant::<Pos>()?);
        return Ok(till(&client, stdin, &mut out, wait)?);
    }
    let sandbox = Sandbox::start()?;
    let open = Grant::<Pos>::unsigned(sandbox.open_token());
    let client = Client::new(sandbox.environment())?.with(open);
    if prices.is_empty() {
        return Ok(till(&client, stdin, &mut out, wait)?);
    }
    let typed = prices.join("\n");
    let pay = |invoice: &Invoice| {
        if let Err(error) = sandbox.pay(&invoice.id, InvoiceStatus::Paid) {
            eprintln!("{error}");
        }
    };
    Ok(till(&client, typed.as_bytes(), &mut out, pay)?)
}
