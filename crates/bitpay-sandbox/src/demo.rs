//! A merchant's business of two weeks, to look at and to try things on.

use std::fmt;
use std::time::Duration;

use bitpay_core::model::bill::{BillItem, CreateBill};
use bitpay_core::model::invoice::{CreateInvoice, InvoiceStatus};
use bitpay_core::model::payout::CreatePayout;
use bitpay_core::model::recipient::{NewRecipient, SubmitRecipients};
use bitpay_core::model::refund::CreateRefund;
use bitpay_core::time::Timestamp;
use bitpay_core::{Amount, BaseUrl, Currency, Facade, Guid, PrivateKey, Sin};
use rust_decimal::Decimal;

use crate::caller::{Caller, Role};
use crate::control::ControlError;
use crate::handlers::tokens::TokenState;
use crate::{Engine, Pace};

/// Who does business in a sandbox that was filled: [`Engine::fill`]. `Debug` shows neither key nor tokens.
#[derive(Clone)]
#[non_exhaustive]
pub struct Demo {
    /// The merchant's key, in hex. It follows from the seed, and guards nothing but imaginary money.
    pub private_key: String,
    /// The identity of the key.
    pub sin: Sin,
    /// The merchant token of the key.
    pub merchant: String,
    /// The payout token of the key.
    pub payout: String,
    /// A pos token that needs no key.
    pub pos: String,
}

impl fmt::Debug for Demo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Demo")
            .field("sin", &self.sin)
            .finish_non_exhaustive()
    }
}

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAYS: u32 = 14;

/// When on a day something is sold.
const SOLD_AT: [u32; 4] = [8, 11, 15, 19];

const ITEMS: [(&str, i64); 6] = [
    ("Coffee beans, 1 kg", 1_890),
    ("Teapot", 4_250),
    ("Espresso machine", 64_900),
    ("Filter papers", 395),
    ("Tasting for two", 12_000),
    ("Gift card", 5_000),
];

const BUYERS: [&str; 4] = ["ada", "grace", "alan", "edsger"];

impl Engine {
    /// Fills an empty sandbox with what a merchant did in the last two weeks: invoices that were paid, or
    /// not, or oddly; refunds, settlements, recipients and payouts. The seed decides what happened.
    ///
    /// # Errors
    /// When its ledgers hold entries, whose time would not be before theirs.
    pub fn fill(&mut self, base: &BaseUrl, clock: Timestamp) -> Result<Demo, ControlError> {
        self.pass_to(clock);
        base.as_str().clone_into(&mut self.base);
        self.fill_now()
    }

    pub(crate) fn fill_now(&mut self) -> Result<Demo, ControlError> {
        if !self.ledger.is_empty() {
            return Err(ControlError::NotEmpty);
        }
        let end = self.until;
        let Ok(begin) = end.checked_sub(HOUR * 24 * DAYS) else {
            return Err(ControlError::NotEmpty);
        };
        let pace = self.settings.pace.replace(Pace::default());
        self.now = begin;
        self.until = begin;
        let (key, private_key) = self.demo_key();
        let sin = key.sin().clone();
        let demo = Demo {
            private_key,
            merchant: self.demo_token(Facade::Merchant, &sin),
            payout: self.demo_token(Facade::Payout, &sin),
            pos: self
                .new_open_token(Some("till".to_owned()))
                .expose()
                .to_owned(),
            sin,
        };
        self.do_business(&demo, begin, end);
        self.run_until(end);
        self.settings.pace = pace;
        Ok(demo)
    }

    fn demo_key(&mut self) -> (PrivateKey, String) {
        loop {
            let hex = self.random.txid();
            // One in 2^127 is none.
            if let Ok(key) = PrivateKey::from_hex(&hex) {
                return (key, hex);
            }
        }
    }

    fn demo_token(&mut self, facade: Facade, sin: &Sin) -> String {
        let state = TokenState::For(vec![sin.clone()]);
        let index = self.new_token(facade, Some("demo".to_owned()), state);
        let token = self.tokens.get(index).map(|token| token.text.clone());
        token.unwrap_or_default()
    }

    fn do_business(&mut self, demo: &Demo, begin: Timestamp, end: Timestamp) {
        let caller = |facade, token: &str| Caller {
            role: Role::Facade(facade),
            sin: Some(demo.sin.clone()),
            token: Some(token.to_owned()),
        };
        let (shop, payer) = (
            caller(Facade::Merchant, &demo.merchant),
            caller(Facade::Payout, &demo.payout),
        );
        // The sandbox takes all of this; should it not, there is less to look at.
        let _ = self.put_in(&Currency::USD, Amount::from(2_500));
        let invited = BUYERS
            .map(|name| NewRecipient::new(Guid::for_order(name), format!("{name}@example.com")));
        let request = SubmitRecipients::new(Guid::for_order("demo"), invited.to_vec());
        let recipients = self.invite_all(&payer, request).unwrap_or_default();
        let items = vec![BillItem::new("Catering", 180, 2)];
        let bill = CreateBill::new(Currency::USD, "office@example.com", items);
        let _ = self.make_bill(&shop, bill);
        let mut order = 1_000;
        for day in 0..DAYS {
            for hour in SOLD_AT {
                order += 1;
                let at = begin.checked_add(HOUR * (24 * day + hour));
                if let Ok(at) = at
                    && at < end
                {
                    self.run_until(at);
                    self.sell(&shop, order);
                }
            }
            let payee = recipients.get(usize::try_from(day).unwrap_or(0) % recipients.len().max(1));
            if day % 4 == 3
                && let Some(payee) = payee
            {
                let amount = 40 + 5 * i64::from(day);
                let reference = format!("salary {order}");
                let (usd, id) = (Currency::USD, payee.id.clone());
                let request = CreatePayout::new(reference, id, amount, usd.clone(), usd);
                let _ = self.pay_out(&payer, &request);
            }
        }
    }

    /// An order, and what became of it.
    fn sell(&mut self, shop: &Caller, order: u32) {
        let luck = usize::from(self.random.percent());
        let Some((item, cents)) = ITEMS.get(luck % ITEMS.len()) else {
            return;
        };
        let name = BUYERS.get(luck % BUYERS.len()).copied().unwrap_or_default();
        let price = Amount::from(Decimal::new(*cents, 2));
        let currency = match luck % 5 {
            0 => Currency::EUR,
            _ => Currency::USD,
        };
        let mut buyer = bitpay_core::model::invoice::Buyer::default();
        buyer.email = Some(format!("{name}@example.com"));
        let mut request = CreateInvoice::for_order(order.to_string(), price, currency);
        request.item_desc = Some((*item).to_owned());
        request.buyer = Some(buyer);
        let Ok(index) = self.make_invoice(shop, request) else {
            return;
        };
        let minutes = Duration::from_secs(u64::try_from(luck % 10).unwrap_or(0) * 60 + 30);
        if let Ok(at) = self.now.checked_add(minutes) {
            self.run_until(at);
        }
        // A sixth of them is never paid.
        let paid = match luck {
            0..=16 => return,
            17..=21 => self.pay_percent(index, 60),
            22..=26 => self.pay_percent(index, 130),
            _ => self.pay_percent(index, 100),
        };
        // Now and then, one of the complete orders comes back.
        if paid.is_ok() && luck % 8 == 1 {
            self.give_back(shop, luck);
        }
    }

    fn give_back(&mut self, shop: &Caller, luck: usize) {
        let complete = |status: &InvoiceStatus| *status == InvoiceStatus::Complete;
        let invoice = self
            .invoices
            .iter()
            .map(|record| &record.invoice)
            .find(|it| complete(&it.status) && self.refunds_of(&it.id).next().is_none())
            .cloned();
        let guid = self.random.guid();
        let request = invoice.and_then(|invoice| {
            let half = (invoice.price.decimal() / Decimal::TWO).round_dp(2);
            let amount = match luck % 2 {
                0 => invoice.price,
                _ => Amount::from(half),
            };
            CreateRefund::new(&invoice, guid, amount).ok()
        });
        if let Some(request) = request {
            let _ = self.make_refund(shop, &request);
        }
    }
}
