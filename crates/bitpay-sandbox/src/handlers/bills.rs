//! Bills: made, changed, delivered.

use bitpay_core::id::{BillId, InvoiceId};
use bitpay_core::model::bill::{
    Bill, BillItem, BillStatus, CreateBill, DeliverBill, DueDate, UpdateBill,
};
use bitpay_core::{Currency, Facade, ResourceToken};
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::caller::{Caller, Role};
use crate::index::Owner;
use crate::reply::Refusal;

/// A bill, as a merchant sees it.
#[derive(Deserialize, Serialize)]
pub(crate) struct BillRecord {
    pub(crate) bill: Bill,
    /// The token that made it.
    pub(crate) maker: usize,
}

/// BitPay answers with an instant: midnight, where a day was given.
pub(crate) fn instant(due: DueDate) -> DueDate {
    match due {
        DueDate::At(_) => due,
        DueDate::Day(day) => format!("{day}T00:00:00Z").parse().map_or(due, DueDate::At),
    }
}

impl Engine {
    /// The merchant's id, the same in all answers: the sandbox has one merchant.
    pub(crate) const MERCHANT: &str = "Mm3rT9vXk2LpWc7Yb5Hd1F";

    pub(crate) fn find_bill(&self, id: &BillId) -> Result<usize, Refusal> {
        self.bills
            .iter()
            .position(|record| record.bill.id == *id)
            .ok_or_else(Refusal::unknown_path)
    }

    /// Every item with an id of its own, new each time.
    fn named(&mut self, mut items: Vec<BillItem>) -> Vec<BillItem> {
        for item in &mut items {
            let id: InvoiceId = self.random.id();
            item.id = Some(id.as_str().to_owned());
        }
        items
    }

    fn check_currency(&self, currency: &Currency) -> Result<(), Refusal> {
        match self.market.find(currency) {
            Some(_) => Ok(()),
            None => Err(Refusal::invalid_param("currency")),
        }
    }

    pub(crate) fn make_bill(
        &mut self,
        caller: &Caller,
        request: CreateBill,
    ) -> Result<Bill, Refusal> {
        request.check()?;
        self.check_currency(&request.currency)?;
        let maker = self.maker(caller).ok_or_else(Refusal::invalid_token)?;
        let index = self.bills.len();
        let id: BillId = self.random.id();
        let token = self.random.resource_token();
        let mut bill = Bill::new(id.clone());
        bill.status = Some(BillStatus::Draft);
        bill.url = Some(format!("{}/bill?id={id}&resource=bills", self.base));
        bill.number = request.number;
        bill.currency = Some(request.currency);
        bill.name = request.name;
        bill.address1 = request.address1;
        bill.address2 = request.address2;
        bill.city = request.city;
        bill.state = request.state;
        bill.zip = request.zip;
        bill.country = request.country;
        bill.email = Some(request.email);
        bill.cc = request.cc.unwrap_or_default();
        bill.phone = request.phone;
        bill.due_date = request.due_date.map(instant);
        bill.pass_processing_fee = Some(request.pass_processing_fee == Some(true));
        bill.email_bill = Some(true);
        bill.items = self.named(request.items);
        bill.created_date = Some(self.now);
        bill.merchant = Some(Self::MERCHANT.to_owned());
        bill.token = Some(ResourceToken::new(&token));
        self.index.bill(index, &bill);
        self.bills.push(BillRecord { bill, maker });
        self.view_bill(index, caller)
    }

    /// A pos token does not see who is billed, but for the email address.
    pub(crate) fn view_bill(&self, index: usize, caller: &Caller) -> Result<Bill, Refusal> {
        let record = self.bills.get(index).ok_or_else(Refusal::unknown_path)?;
        let mut bill = record.bill.clone();
        if caller.role == Role::Facade(Facade::Pos) {
            bill.name = None;
            bill.address1 = None;
            bill.address2 = None;
            bill.city = None;
            bill.state = None;
            bill.zip = None;
            bill.country = None;
            bill.phone = None;
            bill.merchant = None;
        }
        Ok(bill)
    }

    pub(crate) fn bills_that(&self, status: Option<&BillStatus>) -> Vec<Bill> {
        self.bills
            .iter()
            .map(|record| &record.bill)
            .filter(|bill| status.is_none() || bill.status.as_ref() == status)
            .cloned()
            .collect()
    }

    /// Changes what is given. Official SDKs send the bill's token or the merchant's.
    pub(crate) fn change_bill(
        &mut self,
        caller: &Caller,
        request: UpdateBill,
    ) -> Result<Bill, Refusal> {
        let index = self.find_bill(&request.id)?;
        request.check()?;
        self.check_currency(&request.currency)?;
        let items = self.named(request.items);
        let bill = match self.bills.get_mut(index) {
            Some(record) => &mut record.bill,
            None => return Err(Refusal::unknown_path()),
        };
        let own = bill.token.as_ref() == Some(&request.token);
        let of_another = self.index.by_token.get(request.token.expose());
        if !own && matches!(of_another, Some(Owner::Bill(_))) {
            return Err(Refusal::invalid_token());
        }
        let set = |field: &mut Option<String>, value: Option<String>| {
            if value.is_some() {
                *field = value;
            }
        };
        bill.currency = Some(request.currency);
        bill.items = items;
        set(&mut bill.email, request.email);
        set(&mut bill.number, request.number);
        set(&mut bill.name, request.name);
        set(&mut bill.address1, request.address1);
        set(&mut bill.address2, request.address2);
        set(&mut bill.city, request.city);
        set(&mut bill.state, request.state);
        set(&mut bill.zip, request.zip);
        set(&mut bill.country, request.country);
        set(&mut bill.phone, request.phone);
        if let Some(cc) = request.cc {
            bill.cc = cc;
        }
        if let Some(due) = request.due_date {
            bill.due_date = Some(instant(due));
        }
        if let Some(pass) = request.pass_processing_fee {
            bill.pass_processing_fee = Some(pass);
        }
        self.view_bill(index, caller)
    }

    pub(crate) fn deliver(&mut self, request: &DeliverBill) -> Result<(), Refusal> {
        let index = self.find_bill(&request.id)?;
        let bill = match self.bills.get_mut(index) {
            Some(record) => &mut record.bill,
            None => return Err(Refusal::unknown_path()),
        };
        if bill.token.as_ref() != Some(&request.token) {
            return Err(Refusal::invalid_token());
        }
        if bill.status == Some(BillStatus::Draft) {
            bill.status = Some(BillStatus::Sent);
        }
        Ok(())
    }
}
