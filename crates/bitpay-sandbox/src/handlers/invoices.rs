//! Invoices: made, shown, paid, expired, cancelled.

use std::time::Duration;

use bitpay_core::amount::{Amount, SubUnits};
use bitpay_core::by_currency::{ByCurrency, EntryError};
use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::{
    BuyerProvidedInfo, CreateInvoice, ExceptionStatus, Invoice, InvoiceStatus, ListInvoices,
    MinerFee, PaymentCodes, Shopper, SupportedCurrency, Transaction, TransactionSpeed,
    UniversalCodes, UpdateInvoice,
};
use bitpay_core::time::Timestamp;
use bitpay_core::{Currency, Facade, Guid, ResourceToken};

use crate::caller::{Caller, Role};
use crate::control::ControlError;
use crate::engine::{CONFIRM_WITHIN, Owner};
use crate::market::{Quote, display};
use crate::reply::Refusal;
use crate::webhook::{self, Event};
use crate::{Engine, GuidRepeat};

/// An invoice, as a merchant sees it, and what nobody sees.
pub(crate) struct InvoiceRecord {
    pub(crate) invoice: Invoice,
    /// The token that made it, which signs its webhooks.
    pub(crate) maker: usize,
    /// Before this it cannot be found by its guid.
    visible: Timestamp,
    /// Whether its one webhook was sent, where it has but one.
    notified: bool,
    quotes: Vec<Quote>,
}

/// BitPay's default, and the longest.
const ACCEPTANCE_WINDOW: u32 = 900_000;

/// So many are listed where no limit is given, or a higher one.
const LIST_LIMIT: u32 = 1_000;

/// The code that proves a telephone number.
const SMS_CODE: &str = "123456";

impl InvoiceRecord {
    /// Can the buyer be reached about it?
    pub(crate) fn contact(&self) -> Result<(), &'static str> {
        let invoice = &self.invoice;
        let in_buyer = invoice
            .buyer
            .as_ref()
            .and_then(|buyer| buyer.email.as_ref());
        let verified = invoice
            .buyer_provided_info
            .as_ref()
            .and_then(|info| info.sms_verified)
            == Some(true);
        if invoice.buyer_provided_email.is_some() || in_buyer.is_some() || verified {
            Ok(())
        } else if invoice.buyer_sms.is_some() {
            Err("0109")
        } else {
            Err("0108")
        }
    }

    /// How far a payment has come, if there is one.
    fn progress(&self) -> u8 {
        match self.invoice.status {
            InvoiceStatus::Paid | InvoiceStatus::Invalid => 1,
            InvoiceStatus::Confirmed => 2,
            InvoiceStatus::Complete => 3,
            _ => 0,
        }
    }
}

impl Engine {
    pub(crate) fn find_invoice(
        &self,
        id: &InvoiceId,
        code: &'static str,
    ) -> Result<usize, Refusal> {
        self.index
            .invoices
            .get(id.as_str())
            .copied()
            .ok_or_else(|| Refusal::coded(code))
    }

    pub(crate) fn find_invoice_by_guid(
        &self,
        guid: &Guid,
        code: &'static str,
    ) -> Result<usize, Refusal> {
        self.visible_invoice(guid)
            .ok_or_else(|| Refusal::coded(code))
    }

    fn visible_invoice(&self, guid: &Guid) -> Option<usize> {
        let indices = self.index.invoice_guids.get(guid.as_str())?;
        indices.iter().copied().find(|index| {
            self.invoices
                .get(*index)
                .is_some_and(|it| it.visible <= self.now)
        })
    }

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
            .collect::<Option<_>>()
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
        let guid = request.guid.as_str().to_owned();
        copy_request(&mut invoice, request);
        self.offer(&mut invoice, &quotes)
            .map_err(|_| Refusal::coded("010111"))?;
        let index = self.invoices.len();
        self.index.invoices.insert(id.as_str().to_owned(), index);
        self.index
            .invoice_guids
            .entry(guid)
            .or_default()
            .push(index);
        self.index.by_token.insert(token, Owner::Invoice(index));
        self.timers.insert((expires, index));
        self.invoices.push(InvoiceRecord {
            invoice,
            maker,
            visible: self.visible_from(repeat),
            notified: false,
            quotes,
        });
        Ok(index)
    }

    pub(crate) fn visible_from(&self, repeat: GuidRepeat) -> Timestamp {
        match repeat {
            GuidRepeat::Late(by) => self.now.checked_add(by).unwrap_or(Timestamp::MAX),
            GuidRepeat::Replay | GuidRepeat::Ignored => self.now,
        }
    }

    /// Fills in what the buyer is asked, in each currency.
    fn offer(&self, invoice: &mut Invoice, quotes: &[Quote]) -> Result<(), EntryError> {
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
        invoice.miner_fees = each(quotes, |quote| {
            let mut fee = MinerFee::default();
            fee.satoshis_per_byte = Some(quote.coin.miner_fee.min(1).into());
            fee.total_fee = Some(quote.coin.miner_fee.into());
            fee.fiat_amount = self.miner_fee_in(&invoice.currency, quote);
            fee
        })?;
        invoice.supported_transaction_currencies =
            ByCurrency::from_entries(self.market.coins().map(|coin| {
                let mut supported = SupportedCurrency::default();
                supported.enabled = Some(quotes.iter().any(|quote| quote.coin.code == coin.code));
                (coin.code, supported)
            }))?;
        invoice.payment_codes = each(quotes, |quote| payment_codes(quote, &pay_at))?;
        let mut universal = UniversalCodes::default();
        universal.payment_string = Some(pay_at.clone());
        invoice.universal_codes = Some(universal);
        invoice.exchange_rates = self.market.exchange_rates.clone();
        Ok(())
    }

    fn miner_fee_in(&self, currency: &Currency, quote: &Quote) -> Option<Amount> {
        let fee = SubUnits::from(quote.coin.miner_fee).to_amount(quote.coin.decimals)?;
        let to = self.market.find(currency)?;
        let amount = self.market.convert(fee.decimal(), quote.coin, to)?;
        Some(Amount::from(amount.round_dp(to.precision).normalize()))
    }

    /// The invoice as a caller may see it.
    pub(crate) fn view(&self, index: usize, caller: &Caller) -> Result<Invoice, Refusal> {
        let record = self
            .invoices
            .get(index)
            .ok_or_else(|| Refusal::coded("020101"))?;
        let invoice = &record.invoice;
        let mut seen = match caller.role {
            Role::Facade(Facade::Merchant) => invoice.clone(),
            Role::Facade(Facade::Pos) => pos_view(invoice),
            _ => public_view(invoice),
        };
        seen.current_time = Some(self.now);
        Ok(seen)
    }

    pub(crate) fn invoices_between(
        &self,
        caller: &Caller,
        request: &ListInvoices,
    ) -> Result<Vec<Invoice>, Refusal> {
        let limit = request.limit.unwrap_or(LIST_LIMIT).min(LIST_LIMIT);
        let wanted = |invoice: &Invoice| {
            let day = invoice
                .invoice_time
                .map(|at| jiff::tz::Offset::UTC.to_datetime(at).date());
            day.is_some_and(|day| request.date_start <= day && day <= request.date_end)
                && request
                    .status
                    .as_ref()
                    .is_none_or(|status| *status == invoice.status)
                && (request.order_id.is_none() || request.order_id == invoice.order_id)
        };
        // The newest first, so that an invoice made between two pages shifts the second one.
        self.invoices
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, record)| wanted(&record.invoice))
            .skip(usize::try_from(request.offset.unwrap_or(0)).unwrap_or(usize::MAX))
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|(index, _)| self.view(index, caller))
            .collect()
    }

    pub(crate) fn set_contact(
        &mut self,
        index: usize,
        request: UpdateInvoice,
    ) -> Result<(), Refusal> {
        let Some(record) = self.invoices.get_mut(index) else {
            return Err(Refusal::coded("030101"));
        };
        let invoice = &mut record.invoice;
        match (request.buyer_email, request.buyer_sms) {
            (Some(email), None) => {
                if invoice.buyer_provided_email.is_some() {
                    return Err(Refusal::coded("030115"));
                }
                if !email.contains('@') {
                    return Err(Refusal::invalid_param("buyerEmail"));
                }
                let info = invoice.buyer_provided_info.get_or_insert_default();
                info.email_address = Some(email.clone());
                invoice.buyer_provided_email = Some(email);
            }
            (None, Some(sms)) => {
                let digits = sms.strip_prefix('+').unwrap_or(&sms);
                if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit())
                {
                    return Err(Refusal::coded("030112"));
                }
                let verified = match request.sms_code.as_deref() {
                    Some(SMS_CODE) => true,
                    Some(_) => return Err(Refusal::coded("030113")),
                    None => request.auto_verify == Some(true),
                };
                let info = invoice.buyer_provided_info.get_or_insert_default();
                info.sms = Some(sms.clone());
                info.sms_verified = Some(verified);
                invoice.buyer_sms = Some(sms);
            }
            _ => return Err(Refusal::coded("030102")),
        }
        Ok(())
    }

    pub(crate) fn cancel(&mut self, index: usize, force: Option<bool>) -> Result<(), Refusal> {
        let Some(record) = self.invoices.get_mut(index) else {
            return Err(Refusal::coded("040101"));
        };
        let touched = record.progress() > 0 || record.invoice.exception_status.is_some();
        let next = match record.invoice.status {
            InvoiceStatus::New => InvoiceStatus::Expired,
            InvoiceStatus::Paid | InvoiceStatus::Confirmed => InvoiceStatus::Declined,
            _ => return Err(Refusal::coded("040107")),
        };
        if touched && force != Some(true) && record.contact().is_err() {
            return Err(Refusal::coded("040108"));
        }
        record.invoice.is_cancelled = Some(true);
        if next == InvoiceStatus::Declined {
            self.decline(index);
        } else {
            self.set_status(index, next);
        }
        Ok(())
    }

    /// BitPay's own mock payment, which its test environment has as well.
    pub(crate) fn mock_payment(
        &mut self,
        index: usize,
        status: Option<InvoiceStatus>,
    ) -> Result<(), Refusal> {
        let status = status.unwrap_or(InvoiceStatus::Confirmed);
        if !matches!(status, InvoiceStatus::Confirmed | InvoiceStatus::Complete) {
            return Err(Refusal::coded("030102"));
        }
        let current = self
            .invoices
            .get(index)
            .map(|record| &record.invoice.status);
        if matches!(
            current,
            Some(InvoiceStatus::Expired | InvoiceStatus::Invalid)
        ) {
            return Err(Refusal::coded("030117"));
        }
        self.bring_to(index, &status)
            .map_err(|_| Refusal::coded("030117"))
    }

    /// Brings an invoice to a status, by way of those in between. A late payment of an expired invoice
    /// and a late confirmation of an invalid one are possible, as with BitPay.
    pub(crate) fn bring_to(
        &mut self,
        index: usize,
        status: &InvoiceStatus,
    ) -> Result<(), ControlError> {
        let Some(record) = self.invoices.get(index) else {
            return Err(ControlError::UnknownInvoice);
        };
        let current = record.invoice.status.clone();
        let refused = ControlError::InvoiceState {
            current: current.clone(),
            wanted: status.clone(),
        };
        let speed = record.invoice.transaction_speed.clone();
        let mut goal = match status {
            InvoiceStatus::Paid => 1,
            InvoiceStatus::Confirmed => 2,
            InvoiceStatus::Complete => 3,
            InvoiceStatus::Expired if current == InvoiceStatus::New => {
                self.set_status(index, InvoiceStatus::Expired);
                return Ok(());
            }
            InvoiceStatus::Invalid if current == InvoiceStatus::Paid => {
                self.set_status(index, InvoiceStatus::Invalid);
                return Ok(());
            }
            InvoiceStatus::Declined if matches!(record.progress(), 1 | 2) => {
                self.decline(index);
                return Ok(());
            }
            _ => return Err(refused),
        };
        let at = record.progress();
        if speed == Some(TransactionSpeed::High) {
            goal = goal.max(2);
        }
        if goal <= at || current == InvoiceStatus::Declined {
            return Err(refused);
        }
        if at == 0 {
            self.take_payment(index, None);
        }
        for step in at + 1..=goal {
            let (status, skipped) = match step {
                1 => (InvoiceStatus::Paid, speed == Some(TransactionSpeed::High)),
                2 => {
                    let skipped = speed == Some(TransactionSpeed::Low) && goal == 3;
                    (InvoiceStatus::Confirmed, skipped)
                }
                _ => (InvoiceStatus::Complete, false),
            };
            if !skipped {
                self.confirm(index, &status);
                self.set_status(index, status);
            }
        }
        Ok(())
    }

    /// Pays a part, or too much: so many hundredths of the total.
    pub(crate) fn pay_percent(&mut self, index: usize, percent: u32) -> Result<(), ControlError> {
        let Some(record) = self.invoices.get(index) else {
            return Err(ControlError::UnknownInvoice);
        };
        if record.invoice.status != InvoiceStatus::New {
            return Err(ControlError::InvoiceState {
                current: record.invoice.status.clone(),
                wanted: InvoiceStatus::Paid,
            });
        }
        self.take_payment(index, Some(percent));
        if percent >= 100 {
            self.confirm(index, &InvoiceStatus::Paid);
            self.set_status(index, InvoiceStatus::Paid);
        }
        Ok(())
    }

    /// The buyer pays: all of it, or so many hundredths.
    fn take_payment(&mut self, index: usize, percent: Option<u32>) {
        let txid = self.random.txid();
        let now = self.now;
        let Some(record) = self.invoices.get_mut(index) else {
            return;
        };
        let invoice = &mut record.invoice;
        let wanted = invoice
            .buyer_provided_info
            .as_ref()
            .and_then(|info| info.selected_transaction_currency.as_ref());
        let chosen = wanted.and_then(|wanted| {
            record
                .quotes
                .iter()
                .find(|quote| quote.coin.code == wanted.as_str())
        });
        let Some(quote) = chosen.or(record.quotes.first()) else {
            return;
        };
        let percent = percent.unwrap_or(100);
        let paid = quote.total.saturating_mul(percent.into()) / 100;
        let off = SubUnits::from((paid - quote.total).abs()).to_amount(quote.coin.decimals);
        match percent {
            100 => {
                // What was missing of a partial payment is paid as well.
                invoice.exception_status = None;
                invoice.underpaid_amount = None;
            }
            0..100 => {
                invoice.exception_status = Some(ExceptionStatus::PaidPartial);
                invoice.underpaid_amount = off;
            }
            _ => {
                invoice.exception_status = Some(ExceptionStatus::PaidOver);
                invoice.overpaid_amount = off;
            }
        }
        invoice.amount_paid = Some(paid.into());
        invoice.display_amount_paid = Some(display(paid, quote.coin));
        invoice.transaction_currency = quote.coin.code.parse().ok();
        invoice.target_confirmations = Some(quote.coin.confirmations);
        let info = invoice.buyer_provided_info.get_or_insert_default();
        info.selected_transaction_currency = quote.coin.code.parse().ok();
        let line = |amount: i128, kind: Option<&str>| {
            let mut line = Transaction::default();
            line.amount = Some(amount.into());
            line.confirmations = Some(0);
            line.txid = Some(txid.clone());
            line.kind = kind.map(str::to_owned);
            line.received_time = Some(now);
            line
        };
        let mut payment = line(paid, None);
        payment.ex_rates = invoice
            .exchange_rates
            .get(quote.coin.code)
            .ok()
            .flatten()
            .unwrap_or_default();
        invoice.transactions.push(payment);
        if quote.coin.miner_fee > 0 {
            let fee = line(-i128::from(quote.coin.miner_fee), Some("buyerPaidMinerFee"));
            invoice.transactions.push(fee);
        }
    }

    fn confirm(&mut self, index: usize, status: &InvoiceStatus) {
        let Some(record) = self.invoices.get_mut(index) else {
            return;
        };
        let invoice = &mut record.invoice;
        let target = invoice.target_confirmations.unwrap_or(6);
        let confirmations = match status {
            InvoiceStatus::Complete => target,
            InvoiceStatus::Confirmed
                if invoice.transaction_speed != Some(TransactionSpeed::High) =>
            {
                1
            }
            _ => 0,
        };
        for transaction in &mut invoice.transactions {
            transaction.confirmations = Some(confirmations);
        }
    }

    /// Something was to happen to the invoice by now, if it still stands where it stood.
    pub(crate) fn invoice_is_due(&mut self, index: usize) {
        match self
            .invoices
            .get(index)
            .map(|record| &record.invoice.status)
        {
            Some(InvoiceStatus::New) => self.set_status(index, InvoiceStatus::Expired),
            Some(InvoiceStatus::Paid) => self.set_status(index, InvoiceStatus::Invalid),
            _ => {}
        }
    }

    pub(crate) fn set_status(&mut self, index: usize, status: InvoiceStatus) {
        let Some(record) = self.invoices.get_mut(index) else {
            return;
        };
        let completes =
            status == InvoiceStatus::Complete && record.invoice.status != InvoiceStatus::Complete;
        record.invoice.status = status.clone();
        let expires = record.invoice.expiration_time;
        if status != InvoiceStatus::New
            && let Some(expires) = expires
        {
            self.timers.remove(&(expires, index));
        }
        if status == InvoiceStatus::Paid
            && let Ok(due) = self.now.checked_add(CONFIRM_WITHIN)
        {
            self.timers.insert((due, index));
        }
        let invoice = &record.invoice;
        let extended = invoice.extended_notifications == Some(true);
        let full = extended || invoice.full_notifications != Some(false);
        let told = match status {
            _ if extended => true,
            InvoiceStatus::Paid => full,
            InvoiceStatus::Confirmed | InvoiceStatus::Complete => full || !record.notified,
            _ => false,
        };
        if told && let Some(event) = Event::of_invoice(&status) {
            record.notified = true;
            self.tell(index, event);
        }
        if completes {
            self.credit_invoice(index);
        }
    }

    /// Sends the invoice's webhook, if it has an address for it.
    pub(crate) fn tell(&mut self, index: usize, event: Event) {
        let Some(record) = self.invoices.get(index) else {
            return;
        };
        let Some(url) = record.invoice.notification_url.clone() else {
            return;
        };
        let body = webhook::invoice_body(&record.invoice, event, self.now);
        if let Some(token) = self
            .tokens
            .get(record.maker)
            .map(|token| token.text.clone())
        {
            self.send(&url, &token, event, body);
        }
    }

    pub(crate) fn resend(
        &mut self,
        index: usize,
        token: &ResourceToken<Invoice>,
    ) -> Result<(), Refusal> {
        let own = self
            .invoices
            .get(index)
            .and_then(|record| record.invoice.token.as_ref());
        if own != Some(token) {
            return Err(Refusal::invalid_token());
        }
        self.tell(index, webhook::RESENT);
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
    if let Some(email) = request.buyer.as_ref().and_then(|buyer| buyer.email.clone()) {
        invoice.buyer_provided_email = Some(email.clone());
        info.email_address = Some(email);
    }
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

/// What a buyer needs, who has the link and no token.
fn public_view(invoice: &Invoice) -> Invoice {
    let mut seen = Invoice::new(
        invoice.id.clone(),
        invoice.status.clone(),
        invoice.price,
        invoice.currency.clone(),
    );
    seen.url.clone_from(&invoice.url);
    seen.invoice_time = invoice.invoice_time;
    seen.expiration_time = invoice.expiration_time;
    seen.exception_status.clone_from(&invoice.exception_status);
    seen.low_fee_detected = invoice.low_fee_detected;
    seen.amount_paid = invoice.amount_paid;
    seen.display_amount_paid
        .clone_from(&invoice.display_amount_paid);
    seen.transaction_currency
        .clone_from(&invoice.transaction_currency);
    seen.payment_subtotals
        .clone_from(&invoice.payment_subtotals);
    seen.payment_totals.clone_from(&invoice.payment_totals);
    seen.payment_display_sub_totals
        .clone_from(&invoice.payment_display_sub_totals);
    seen.payment_display_totals
        .clone_from(&invoice.payment_display_totals);
    seen.exchange_rates.clone_from(&invoice.exchange_rates);
    seen.miner_fees.clone_from(&invoice.miner_fees);
    seen.supported_transaction_currencies
        .clone_from(&invoice.supported_transaction_currencies);
    seen.payment_codes.clone_from(&invoice.payment_codes);
    seen.json_pay_pro_required = invoice.json_pay_pro_required;
    seen
}

/// What a pos token sees of an invoice: the public view, and what the shop itself gave.
fn pos_view(invoice: &Invoice) -> Invoice {
    let mut seen = public_view(invoice);
    seen.order_id.clone_from(&invoice.order_id);
    seen.redirect_url.clone_from(&invoice.redirect_url);
    seen.refund_address_request_pending = invoice.refund_address_request_pending;
    seen.buyer_provided_info
        .clone_from(&invoice.buyer_provided_info);
    seen.token.clone_from(&invoice.token);
    seen
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
