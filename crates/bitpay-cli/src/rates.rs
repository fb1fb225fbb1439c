//! `rates`, `currencies` and `wallets`: what anybody may ask, without a profile.

use bitpay_blocking::Currency;
use bitpay_blocking::model::currency::CurrencyInfo;
use bitpay_blocking::model::rate::RateEntry;
use bitpay_blocking::model::wallet::Wallet;
use clap::Args;

use crate::context::{Context, parse_some};
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct RatesArgs {
    /// The cryptocurrency that is priced: BTC unless given
    base: Option<String>,
    /// The one currency to price it in
    currency: Option<String>,
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
    let text = rates
        .iter()
        .map(|entry| format!("1 {name} = {} {}\n", entry.rate, entry.code))
        .collect();
    context.result(&rates, || text);
    Ok(())
}

#[derive(Args)]
pub(crate) struct CurrenciesArgs {
    /// Show these only: USD, BTC, ...
    codes: Vec<String>,
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
    let text = known.iter().map(currency_line).collect();
    context.result(&known, || text);
    Ok(())
}

fn currency_line(it: &CurrencyInfo) -> String {
    let name = it.name.as_deref().unwrap_or_default();
    let places = it.precision.map(|places| format!("{places} decimals"));
    let least = it.minimum.filter(|least| !least.is_zero());
    let least = least.map(|least| format!("at least {least}"));
    let rest: Vec<String> = [places, least].into_iter().flatten().collect();
    format!("{:8}  {name:24}  {}\n", it.code.as_str(), rest.join(", "))
}

pub(crate) fn wallets(context: &mut Context<'_>) -> Result<(), Failure> {
    let wallets = context
        .public_client()?
        .get_supported_wallets()?
        .into_value();
    let text = wallets.iter().map(wallet_line).collect();
    context.result(&wallets, || text);
    Ok(())
}

fn wallet_line(wallet: &Wallet) -> String {
    let name = wallet.display_name.as_deref().unwrap_or_default();
    let codes: Vec<&str> = wallet
        .currencies
        .iter()
        .map(|it| it.code.as_str())
        .collect();
    format!("{:16}  {name:24}  {}\n", wallet.key, codes.join(" "))
}
