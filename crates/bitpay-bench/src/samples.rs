//! What is asked and answered.

use bitpay_blocking::model::invoice::CreateInvoice;
use bitpay_blocking::{Grant, Merchant, PrivateKey};
use bitpay_core::token::Token;
use bitpay_core::{BaseUrl, Environment};

#[path = "../programs/order.rs"]
mod order;

/// A token of no meaning, for servers that look at none.
pub const TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";

/// The key of all callers.
#[must_use]
pub fn key() -> PrivateKey {
    PrivateKey::from_bytes(&[7; 32]).unwrap()
}

/// Who calls.
#[must_use]
pub fn caller() -> Grant<Merchant> {
    Grant::new(Token::parse(TOKEN).unwrap(), key())
}

/// Where calls that are not sent would go.
#[must_use]
pub fn base() -> BaseUrl {
    Environment::Test.base_url()
}

/// What a shop asks for.
#[must_use]
pub fn order() -> CreateInvoice {
    let guid = "9f0c9cf8-7a4f-4e1e-9a37-4d0e1b2a6c11".parse().unwrap();
    order::order(guid).unwrap()
}

/// What the sandbox answered to the order, with the members that BitPay's own answer has.
pub const INVOICE: &[u8] = include_bytes!("invoice.json");

/// An entry of a ledger, always as long: BitPay's own has these members, and about 600 bytes.
pub fn entry(number: u64) -> String {
    let tens = number % 10;
    format!(
        "{{\"id\":\"{number:022}\",\"type\":\"Invoice\",\"amount\":10{tens}8,\"code\":1000,\"description\":\
         \"order-2026-{number:08}\",\"timestamp\":\"2026-05-0{day}T20:04:49.0{tens}5Z\",\"txType\":\"sale\",\
         \"scale\":100,\"invoiceId\":\"Hpqc63wvE1ZjzeeH4kEycF\",\"buyerFields\":{{\"buyerName\":\"Bill\",\
         \"buyerAddress1\":\"2630 Hegal Place\",\"buyerAddress2\":\"Apt 42\",\"buyerCity\":\"Alexandria\",\
         \"buyerState\":\"VA\",\"buyerZip\":\"23242\",\"buyerCountry\":\"US\",\"buyerPhone\":\"555-0107\",\
         \"buyerNotify\":true,\"buyerEmail\":\"bill@shop.example\"}},\"invoiceAmount\":10.{tens}8,\
         \"invoiceCurrency\":\"USD\",\"transactionCurrency\":\"BTC\"}}",
        day = tens.max(1),
    )
}
