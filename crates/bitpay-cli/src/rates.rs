//! `rates`.

use bitpay_blocking::Currency;
use bitpay_blocking::model::rate::RateEntry;
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

pub(crate) fn run(context: &mut Context<'_>, args: &RatesArgs) -> Result<(), Failure> {
    let base: Option<Currency> = parse_some("BASE", args.base.as_ref())?;
    let currency: Option<Currency> = parse_some("CURRENCY", args.currency.as_ref())?;
    // Rates need no profile.
    let environment = match context.environment()? {
        Some(environment) => environment,
        None => match context.store()?.find(&context.global.profile)? {
            Some(profile) => profile.environment().clone(),
            None => {
                return Err(Failure::Usage(
                    "say which BitPay to ask: --env test or --env prod".to_owned(),
                ));
            }
        },
    };
    let client = context.client(&environment)?;
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
