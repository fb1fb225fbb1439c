//! How an invoice is made: checked, priced in each coin, and offered.

use std::time::Duration;

use bitpay_core::ResourceToken;
use bitpay_core::amount::SubUnits;
use bitpay_core::by_currency::{ByCurrency, EntryError};
use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::{
    BuyerProvidedInfo, CreateInvoice, Invoice, InvoiceStatus, PaymentCodes, Shopper,
    TransactionSpeed, UniversalCodes,
};
use bitpay_core::time::Timestamp;

use super::InvoiceRecord;
use crate::caller::Caller;
use crate::index::Owner;
use crate::market::{Listed, Quote, display};
use crate::reply::Refusal;
use crate::timeline::Due;
use crate::{Engine, GuidRepeat};

/// BitPay's default, and the longest.
const ACCEPTANCE_WINDOW: u32 = 900_000;

impl Engine {
    pub(crate) fn make_invoice(
        &mut self,
        caller: &Caller,
        request: CreateInvoice,
    ) -> Result<usize, Refusal> {
        let repeat = self.settings.invoice_guids;
        if repeat != GuidRepeat::Ignored
            && let Some(index) = self.visible_invoice(&request.guid)
        {
            return Ok(index);
        }
        let listed = self
            .market
            .find(&request.currency)
            .ok_or_else(|| Refusal::invalid_param("currency"))?;
        let price = request.price.decimal().normalize();
        if price < listed.minimum() {
            return Err(Refusal::coded("010110"));
        }
        let in_dollars = self.market.in_dollars(price, listed);
        if in_dollars.is_none_or(|dollars| dollars > self.settings.highest_price.decimal()) {
            return Err(Refusal::coded("010111"));
        }
        let window = request.acceptance_window.unwrap_or(ACCEPTANCE_WINDOW);
        if window > ACCEPTANCE_WINDOW {
            return Err(Refusal::invalid_param("acceptanceWindow"));
        }
        let wanted = request.payment_currencies.as_deref().unwrap_or_default();
        let quotes: Vec<_> = self
            .market
            .coins()
            .filter(|coin| wanted.is_empty() || wanted.iter().any(|it| it.as_str() == coin.code))
            .map(|coin| self.market.quote(price, listed, coin))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Refusal::coded("010111"))?;
        if quotes.is_empty() {
            return Err(Refusal::invalid_param("paymentCurrencies"));
        }
        let maker = caller
            .token
            .as_deref()
            .and_then(|token| self.index.by_token.get(token));
        let Some(Owner::Facade(maker)) = maker.copied() else {
            return Err(Refusal::invalid_token());
        };
        let id: InvoiceId = self.random.id();
        let currency = listed
            .code
            .parse()
            .map_err(|_| Refusal::invalid_param("currency"))?;
        let mut invoice = Invoice::new(id.clone(), InvoiceStatus::New, price.into(), currency);
        let token = self.random.resource_token();
        invoice.token = Some(ResourceToken::new(&token));
        let expires = self
            .now
            .checked_add(Duration::from_millis(window.into()))
            .unwrap_or(Timestamp::MAX);
        invoice.invoice_time = Some(self.now);
        invoice.rate_refresh_time = Some(self.now);
        invoice.expiration_time = Some(expires);
        copy_request(&mut invoice, request);
        self.offer(&mut invoice, &quotes, listed)
            .map_err(|_| Refusal::coded("010111"))?;
        let index = self.invoices.len();
        self.timers.insert((expires, Due::Deadline(index)));
        let record = InvoiceRecord {
            invoice,
            maker,
            visible: self.visible_from(repeat),
            events: None,
            notified: false,
            quotes: quotes.into(),
        };
        self.index.invoice(index, &record);
        self.invoices.push(record);
        self.begin_outcome(index);
        Ok(index)
    }

    pub(crate) fn visible_from(&self, repeat: GuidRepeat) -> Timestamp {
        match repeat {
            GuidRepeat::Late(by) => self.now.checked_add(by).unwrap_or(Timestamp::MAX),
            GuidRepeat::Replay | GuidRepeat::Ignored => self.now,
        }
    }

    /// Fills in what the buyer is asked, in each currency.
    fn offer(
        &mut self,
        invoice: &mut Invoice,
        quotes: &[Quote],
        listed: &'static Listed,
    ) -> Result<(), EntryError> {
        fn each<T: serde::Serialize>(
            quotes: &[Quote],
            entry: impl Fn(&Quote) -> T,
        ) -> Result<ByCurrency<T>, EntryError> {
            ByCurrency::from_entries(quotes.iter().map(|quote| (quote.coin.code, entry(quote))))
        }
        let base = &self.base;
        let pay_at = format!("{base}/i/{}", invoice.id);
        invoice.url = Some(format!("{base}/invoice?id={}", invoice.id));
        invoice.payment_subtotals = each(quotes, |quote| SubUnits::from(quote.subtotal))?;
        invoice.payment_totals = each(quotes, |quote| SubUnits::from(quote.total))?;
        invoice.payment_display_sub_totals =
            each(quotes, |quote| display(quote.subtotal, quote.coin))?;
        invoice.payment_display_totals = each(quotes, |quote| display(quote.total, quote.coin))?;
        invoice.miner_fees = self.market.miner_fees(quotes, listed)?;
        invoice.supported_transaction_currencies = self.market.supported(quotes)?;
        invoice.payment_codes = each(quotes, |quote| payment_codes(quote, &pay_at))?;
        let mut universal = UniversalCodes::default();
        universal.payment_string = Some(pay_at.clone());
        invoice.universal_codes = Some(universal);
        invoice.exchange_rates = self.market.exchange_rates.clone();
        Ok(())
    }
}

/// What the answer repeats of the request.
fn copy_request(invoice: &mut Invoice, request: CreateInvoice) {
    invoice.guid = Some(request.guid.as_str().to_owned());
    invoice.order_id = request.order_id;
    invoice.item_desc = request.item_desc;
    invoice.item_code = request.item_code;
    invoice.itemized_details = request.itemized_details.unwrap_or_default();
    invoice.pos_data = request.pos_data;
    invoice.notification_url = request.notification_url;
    invoice.notification_email = request.notification_email;
    invoice.redirect_url = request.redirect_url;
    invoice.close_url = request.close_url;
    invoice.auto_redirect = Some(request.auto_redirect.unwrap_or(false));
    let speed = request
        .transaction_speed
        .unwrap_or(TransactionSpeed::Medium);
    invoice.transaction_speed = Some(speed);
    let extended = request.extended_notifications.unwrap_or(false);
    invoice.extended_notifications = Some(extended);
    invoice.full_notifications = Some(extended || request.full_notifications.unwrap_or(true));
    invoice.physical = Some(request.physical.unwrap_or(false));
    invoice.json_pay_pro_required = Some(request.json_pay_pro_required.unwrap_or(false));
    invoice.bitpay_id_required = Some(request.bitpay_id_required.unwrap_or(false));
    invoice.merchant_name = request
        .merchant_name
        .or_else(|| Some("Sandbox merchant".to_owned()));
    let mut info = BuyerProvidedInfo::default();
    let of_buyer = request.buyer.as_ref().and_then(|buyer| buyer.email.clone());
    if let Some(email) = of_buyer.or_else(|| request.buyer_email.clone()) {
        invoice.buyer_provided_email = Some(email.clone());
        info.email_address = Some(email);
    }
    invoice.buyer_email = request.buyer_email;
    invoice.buyer_sms = request.buyer_sms;
    invoice.payment_currencies = request.payment_currencies.unwrap_or_default();
    invoice.acceptance_window = request.acceptance_window;
    invoice.selected_transaction_currency = request.selected_transaction_currency;
    invoice
        .forced_buyer_selected_wallet
        .clone_from(&request.forced_buyer_selected_wallet);
    invoice
        .forced_buyer_selected_transaction_currency
        .clone_from(&request.forced_buyer_selected_transaction_currency);
    info.name = request.buyer.as_ref().and_then(|buyer| buyer.name.clone());
    info.selected_wallet = request.forced_buyer_selected_wallet;
    info.selected_transaction_currency = request.forced_buyer_selected_transaction_currency;
    invoice.buyer_provided_info = Some(info);
    invoice.buyer = Some(request.buyer.unwrap_or_default());
    invoice.shopper = Some(Shopper::default());
    invoice.amount_paid = Some(0.into());
    invoice.display_amount_paid = Some("0".to_owned());
    invoice.target_confirmations = Some(6);
    invoice.guaranteed_payment = Some(false);
    invoice.guaranteed_payment_target_confirmations = Some(0);
    invoice.low_fee_detected = Some(false);
    invoice.refund_address_request_pending = Some(false);
}

/// What follows from the market and not from the price is mostly as for the invoice before: of invoices that
/// were read from a file, it is kept once.
pub(crate) fn share(invoice: &mut Invoice, before: &Invoice) {
    fn one<T>(map: &mut ByCurrency<T>, before: &ByCurrency<T>) {
        if map == before {
            map.clone_from(before);
        }
    }
    one(&mut invoice.exchange_rates, &before.exchange_rates);
    one(&mut invoice.miner_fees, &before.miner_fees);
    let supported = &mut invoice.supported_transaction_currencies;
    one(supported, &before.supported_transaction_currencies);
}

fn payment_codes(quote: &Quote, pay_at: &str) -> PaymentCodes {
    let mut codes = PaymentCodes::default();
    let coin = quote.coin;
    let uri = |scheme: &str| Some(format!("{scheme}:?r={pay_at}"));
    match (coin.code, coin.chain) {
        ("ETH", _) => codes.eip681 = uri("ethereum"),
        ("XRP", _) => codes.rip681 = uri("ripple"),
        (_, Some("ETH")) => codes.eip681b = uri("ethereum"),
        _ => {
            codes.bip72b = uri(&coin.name.to_ascii_lowercase().replace(' ', ""));
            codes.bip73 = Some(pay_at.to_owned());
        }
    }
    codes
}
