//! What a shop asks for, in the types of the client that is measured.

use crate::client::amount::AmountError;
use crate::client::model::invoice::CreateInvoice;
use crate::client::{Currency, Guid};

pub(crate) fn order(guid: Guid) -> Result<CreateInvoice, AmountError> {
    let price: crate::client::Amount = "19.90".parse()?;
    let mut order = CreateInvoice::new(guid, price, Currency::USD);
    order.order_id = Some("order-2026-000017".to_owned());
    order.notification_url = Some("https://shop.example/webhooks/bitpay".to_owned());
    order.redirect_url = Some("https://shop.example/orders/2026-000017".to_owned());
    order.item_desc = Some("A green scarf".to_owned());
    Ok(order)
}
