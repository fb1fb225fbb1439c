//! `rates`, `currencies` and `wallets`: what anybody may ask, without a profile.

use bitpay_blocking::Currency;
use bitpay_blocking::model::currency::CurrencyInfo;
use bitpay_blocking::model::rate::RateEntry;
use bitpay_blocking::model::wallet::Wallet;
use clap::Args;

use crate::context::{Context, parse_some};
use crate::failure::Failure;
use crate::list::{AsCsv, Column};

#[derive(Args)]
pub(crate) struct RatesArgs {
    /// The cryptocurrency that is priced: BTC unless given
    base: Option<String>,
    /// The one currency to price it in
    currency: Option<String>,
    #[command(flatten)]
    csv: AsCsv,
}

pub(crate) fn rates(context: &mut Context<'_>, args: &RatesArgs) -> Result<(), Failure> {
    let base: Option<Currency> = parse_some("BASE", args.base.as_ref())?;
    let currency: Option<Currency> = parse_some("CURRENCY", args.currency.as_ref())?;
    let client = context.public_client()?;
    let name = base.as_ref().map_or("BTC", Currency::as_str);
    let rates: Vec<RateEntry> = match (&base, &currency) {
        (Some(base), Some(currency)) => vec![client.get_rate(base, currency)?.into_value()],
        (Some(base), None) => client.get_rates_for(base)?.into_value(),
        _ => client.get_rates()?.into_value(),
    };
    let columns = [
        Column::word("base", |_: &RateEntry| name),
        Column::number("rate", |it: &RateEntry| Some(it.rate.clone())),
        Column::word("currency", |it: &RateEntry| it.code.clone()),
        Column::text("name", |it: &RateEntry| it.name.clone()),
    ];
    context.list(&rates, args.csv, &columns, || {
        "BitPay shows no rates".to_owned()
    })
}

#[derive(Args)]
pub(crate) struct CurrenciesArgs {
    /// Show these only: USD, BTC, ...
    codes: Vec<String>,
    #[command(flatten)]
    csv: AsCsv,
}

pub(crate) fn currencies(context: &mut Context<'_>, args: &CurrenciesArgs) -> Result<(), Failure> {
    let mut wanted = Vec::new();
    for code in &args.codes {
        wanted.extend(parse_some::<Currency>("CODES", Some(code))?);
    }
    let mut known = context.public_client()?.get_currencies()?.into_value();
    if let Some(unknown) = wanted
        .iter()
        .find(|code| !known.iter().any(|it| it.code.same_as(code)))
    {
        return Err(Failure::Refused(format!(
            "BitPay knows no currency {unknown}"
        )));
    }
    known.retain(|it| wanted.is_empty() || wanted.iter().any(|code| it.code.same_as(code)));
    let columns = [
        Column::word("currency", |it: &CurrencyInfo| it.code.clone()),
        Column::text("name", |it: &CurrencyInfo| it.name.clone()),
        Column::number("decimals", |it: &CurrencyInfo| it.precision),
        Column::number("minimum", |it: &CurrencyInfo| it.minimum),
    ];
    context.list(&known, args.csv, &columns, || {
        "BitPay shows no currencies".to_owned()
    })
}

#[derive(Args)]
pub(crate) struct WalletsArgs {
    #[command(flatten)]
    csv: AsCsv,
}

pub(crate) fn wallets(context: &mut Context<'_>, args: &WalletsArgs) -> Result<(), Failure> {
    let wallets = context
        .public_client()?
        .get_supported_wallets()?
        .into_value();
    let columns = [
        Column::word("wallet", |it: &Wallet| it.key.clone()),
        Column::text("name", |it: &Wallet| it.display_name.clone()),
        Column::text("currencies", |it: &Wallet| Some(codes(it))),
    ];
    context.list(&wallets, args.csv, &columns, || {
        "BitPay shows no wallets".to_owned()
    })
}

fn codes(wallet: &Wallet) -> String {
    let codes = wallet.currencies.iter().map(|it| it.code.as_str());
    codes.collect::<Vec<_>>().join(" ")
}
