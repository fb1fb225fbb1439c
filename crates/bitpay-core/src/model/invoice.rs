//! Invoices: <https://developer.bitpay.com/reference/invoices>.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{lenient, setters, text_setters};
use crate::amount::{Amount, Rate, SubUnits};
use crate::by_currency::ByCurrency;
use crate::currency::Currency;
use crate::id::InvoiceId;
use crate::open_enum::open_enum;
use crate::time::{self, Timestamp};
use crate::token::ResourceToken;

mod events;
mod requests;

pub use events::{
    GetInvoiceEventToken, InvoiceEvent, InvoiceEventAction, InvoiceEventToken,
    SubscribeInvoiceEvents,
};
pub(crate) use requests::check_webhook_url;
pub use requests::{
    CancelInvoice, CancelInvoiceByGuid, CreateInvoice, GetInvoice, GetInvoiceByGuid,
    GetPublicInvoice, ListInvoices, PayInvoice, ResendInvoiceWebhook, UpdateInvoice,
};

open_enum! {
    /// Where an invoice stands.
    ///
    /// Ship on [`Complete`](Self::Complete). `Confirmed` means as much as the invoice's
    /// [`TransactionSpeed`] asks for, which at [`High`](TransactionSpeed::High) is no confirmation at all.
    /// `Expired` and `Invalid` are not the end: late payments have been applied to expired invoices, and
    /// an invalid one becomes complete if its payment confirms after all. When two states of one invoice
    /// arrive out of order, the settled one is the true one.
    pub enum InvoiceStatus {
        /// Made, and not paid.
        New = "new",
        /// Paid, and not confirmed.
        Paid = "paid",
        /// Confirmed as the transaction speed asks.
        Confirmed = "confirmed",
        /// Settled: the funds are on the merchant's ledger.
        Complete = "complete",
        /// Not paid in time. A late payment may still be applied.
        Expired = "expired",
        /// Paid, but not confirmed in time. May still become complete.
        Invalid = "invalid",
        /// Refunded before it was complete.
        Declined = "declined",
    }
}

impl InvoiceStatus {
    /// Whether the money is the merchant's: `complete` and no other.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        matches!(self, Self::Complete)
    }

    /// Whether the status will not change any more: `complete` and `declined`. Not `expired` and
    /// `invalid`, which may still become complete.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Complete | Self::Declined)
    }
}

open_enum! {
    /// What is odd about an invoice's payment.
    pub enum ExceptionStatus {
        /// Less was paid than asked.
        PaidPartial = "paidPartial",
        /// More was paid than asked.
        PaidOver = "paidOver",
        /// Paid after it expired; from older versions.
        PaidLate = "paidLate",
    }
}

open_enum! {
    /// How many confirmations make an invoice confirmed.
    pub enum TransactionSpeed {
        /// None: as soon as the payment is seen.
        High = "high",
        /// One block.
        Medium = "medium",
        /// As many as make it complete.
        Low = "low",
    }
}

/// `false` for nothing, and a string for something.
mod exception_status {
    use alloc::boxed::Box;

    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Serialize, Serializer};
    use serde_json::value::RawValue;

    use super::ExceptionStatus;

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<ExceptionStatus>, D::Error> {
        match Option::<Box<RawValue>>::deserialize(deserializer)? {
            Some(raw) if raw.get() != "false" => serde_json::from_str(raw.get())
                .map(Some)
                .map_err(D::Error::custom),
            _ => Ok(None),
        }
    }

    pub(super) fn serialize<S: Serializer>(
        status: &Option<ExceptionStatus>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match status {
            Some(status) => status.serialize(serializer),
            None => serializer.serialize_bool(false),
        }
    }
}

/// An invoice.
///
/// Only the id, status, price and currency are always there; which of the rest are depends on the facade
/// that asks and on how far the payment is. An absent list or map reads as an empty one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Invoice {
    /// The invoice's id.
    pub id: InvoiceId,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// What is asked, in units of [`currency`](Self::currency).
    pub price: Amount,
    /// The currency of the price.
    pub currency: Currency,
    /// The checkout page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The name that its maker gave it. Any text: others choose theirs by their own rules.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub guid: Option<String>,
    /// The invoice's own token, which resending its webhook takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ResourceToken<Invoice>>,
    /// The merchant's own id.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub order_id: Option<String>,
    /// What is sold, as shown at the checkout.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub item_desc: Option<String>,
    /// A code of what is sold.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub item_code: Option<String>,
    /// What the price is made of.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub itemized_details: Vec<ItemizedDetail>,
    /// The merchant's own data, passed through.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub pos_data: Option<String>,
    /// Where webhooks go.
    #[serde(
        default,
        rename = "notificationURL",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_url: Option<String>,
    /// Where the buyer goes after paying.
    #[serde(
        default,
        rename = "redirectURL",
        skip_serializing_if = "Option::is_none"
    )]
    pub redirect_url: Option<String>,
    /// Where the buyer goes who closes the invoice.
    #[serde(default, rename = "closeURL", skip_serializing_if = "Option::is_none")]
    pub close_url: Option<String>,
    /// Whether the buyer is sent on without a click.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_redirect: Option<bool>,
    /// Whether each change of status has a webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_notifications: Option<bool>,
    /// Whether webhooks have an event and cover expiry and refunds too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_notifications: Option<bool>,
    /// Whether goods are delivered physically.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub physical: Option<bool>,
    /// The buyer, as the merchant named them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<Buyer>,
    /// The email address that the buyer gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_provided_email: Option<String>,
    /// What else the buyer gave and chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_provided_info: Option<BuyerProvidedInfo>,
    /// The buyer's telephone number.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_sms: Option<String>,
    /// When it was made.
    #[serde(
        default,
        with = "time::millis::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub invoice_time: Option<Timestamp>,
    /// When it expires; 15 minutes after it was made, unless an acceptance window says otherwise.
    #[serde(
        default,
        with = "time::millis::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub expiration_time: Option<Timestamp>,
    /// BitPay's clock when it answered.
    #[serde(
        default,
        with = "time::millis::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub current_time: Option<Timestamp>,
    /// When the exchange rates were last set.
    #[serde(
        default,
        with = "time::millis::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub rate_refresh_time: Option<Timestamp>,
    /// What is odd about the payment; `None` (`false` on the wire) for nothing.
    #[serde(default, with = "exception_status")]
    pub exception_status: Option<ExceptionStatus>,
    /// What was paid, in the smallest unit of the transaction currency; 0 before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_paid: Option<SubUnits>,
    /// What was paid, as text in units of the transaction currency.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub display_amount_paid: Option<String>,
    /// What is missing, in units of the transaction currency; with a partial payment only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub underpaid_amount: Option<Amount>,
    /// What is too much, in units of the transaction currency; with an overpayment only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overpaid_amount: Option<Amount>,
    /// The cryptocurrency that the buyer pays in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_currency: Option<Currency>,
    /// The payments.
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub transactions: Vec<Transaction>,
    /// How many confirmations make the invoice confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_speed: Option<TransactionSpeed>,
    /// Confirmations that make the invoice complete: 6 for BTC, 50 for ETH.
    #[serde(
        default,
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub target_confirmations: Option<u32>,
    /// Whether BitPay guarantees the payment before it is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guaranteed_payment: Option<bool>,
    /// Confirmations that make BitPay guarantee it.
    #[serde(
        default,
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub guaranteed_payment_target_confirmations: Option<u32>,
    /// Whether the payment came with so low a fee that it may take long to confirm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_fee_detected: Option<bool>,
    /// Whether a payment came outside of the payment protocol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_pay_pro_payment_received: Option<bool>,
    /// Whether the buyer was asked for a refund address and has not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_address_request_pending: Option<bool>,
    /// The price in each currency, in its smallest unit, without the miner fee.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub payment_subtotals: ByCurrency<SubUnits>,
    /// The price in each currency, in its smallest unit, with the miner fee.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub payment_totals: ByCurrency<SubUnits>,
    /// The price in each currency as text in its units, without the miner fee.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub payment_display_sub_totals: ByCurrency<String>,
    /// The price in each currency as text in its units, with the miner fee.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub payment_display_totals: ByCurrency<String>,
    /// What one unit of the outer currency is in the inner one. Often empty in webhooks.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub exchange_rates: ByCurrency<ByCurrency<Rate>>,
    /// The miner fee in each currency.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub miner_fees: ByCurrency<MinerFee>,
    /// Which currencies the buyer may choose.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub supported_transaction_currencies: ByCurrency<SupportedCurrency>,
    /// The payment codes in each currency.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub payment_codes: ByCurrency<PaymentCodes>,
    /// Payment codes for all currencies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub universal_codes: Option<UniversalCodes>,
    /// The buyer's BitPay account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shopper: Option<Shopper>,
    /// The merchant, as shown at the checkout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_name: Option<String>,
    /// The bill that the invoice is for.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub bill_id: Option<String>,
    /// Whether only wallets with the JSON payment protocol may pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json_pay_pro_required: Option<bool>,
    /// Whether the buyer needs a BitPay ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bitpay_id_required: Option<bool>,
    /// Whether it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_cancelled: Option<bool>,
}

impl Invoice {
    /// An invoice of which no more than this is known.
    #[must_use]
    pub fn new(id: InvoiceId, status: InvoiceStatus, price: Amount, currency: Currency) -> Self {
        Self {
            id,
            status,
            price,
            currency,
            url: None,
            guid: None,
            token: None,
            order_id: None,
            item_desc: None,
            item_code: None,
            itemized_details: Vec::new(),
            pos_data: None,
            notification_url: None,
            redirect_url: None,
            close_url: None,
            auto_redirect: None,
            full_notifications: None,
            extended_notifications: None,
            physical: None,
            buyer: None,
            buyer_provided_email: None,
            buyer_provided_info: None,
            buyer_sms: None,
            invoice_time: None,
            expiration_time: None,
            current_time: None,
            rate_refresh_time: None,
            exception_status: None,
            amount_paid: None,
            display_amount_paid: None,
            underpaid_amount: None,
            overpaid_amount: None,
            transaction_currency: None,
            transactions: Vec::new(),
            transaction_speed: None,
            target_confirmations: None,
            guaranteed_payment: None,
            guaranteed_payment_target_confirmations: None,
            low_fee_detected: None,
            non_pay_pro_payment_received: None,
            refund_address_request_pending: None,
            payment_subtotals: ByCurrency::default(),
            payment_totals: ByCurrency::default(),
            payment_display_sub_totals: ByCurrency::default(),
            payment_display_totals: ByCurrency::default(),
            exchange_rates: ByCurrency::default(),
            miner_fees: ByCurrency::default(),
            supported_transaction_currencies: ByCurrency::default(),
            payment_codes: ByCurrency::default(),
            universal_codes: None,
            shopper: None,
            merchant_name: None,
            bill_id: None,
            json_pay_pro_required: None,
            bitpay_id_required: None,
            is_cancelled: None,
        }
    }
}

/// A line of an invoice, for display only: BitPay does not add the lines up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ItemizedDetail {
    /// In units of the invoice's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// What it is for.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// Whether it is a fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_fee: Option<bool>,
}

impl ItemizedDetail {
    /// A line that is no fee.
    #[must_use]
    pub fn new(amount: impl Into<Amount>, description: impl Into<String>) -> Self {
        Self {
            amount: Some(amount.into()),
            description: Some(description.into()),
            is_fee: Some(false),
        }
    }

    setters!(is_fee: bool);
}

/// The buyer, as the merchant names them. All of it is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Buyer {
    /// Name.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// First line of the address.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub address1: Option<String>,
    /// Second line of the address.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub address2: Option<String>,
    /// Town.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub locality: Option<String>,
    /// State or province.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub region: Option<String>,
    /// Postal code.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub postal_code: Option<String>,
    /// Country, as an ISO 3166-1 alpha-2 code.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub country: Option<String>,
    /// Email address.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<String>,
    /// Telephone number.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub phone: Option<String>,
    /// Whether BitPay writes to the email address about the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<bool>,
}

impl Buyer {
    /// Nothing yet; set what is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    text_setters!(
        name,
        address1,
        address2,
        locality,
        region,
        postal_code,
        country,
        email,
        phone
    );
    setters!(notify: bool);
}

/// What the buyer gave and chose at the checkout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BuyerProvidedInfo {
    /// Name.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Telephone number.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub phone_number: Option<String>,
    /// Email address.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email_address: Option<String>,
    /// Wallet, by its key: `bitpay`.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub selected_wallet: Option<String>,
    /// Cryptocurrency to pay in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected_transaction_currency: Option<Currency>,
    /// Telephone number for text messages.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub sms: Option<String>,
    /// Whether that number was verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms_verified: Option<bool>,
}

/// A payment to an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Transaction {
    /// In the smallest unit of the transaction currency; negative for fees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<SubUnits>,
    /// How many blocks confirm it.
    #[serde(
        default,
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub confirmations: Option<u32>,
    /// Its id on the blockchain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub txid: Option<String>,
    /// What it is where it is no payment: `buyerPaidMinerFee`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// When it was made.
    #[serde(
        default,
        with = "time::iso::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub time: Option<Timestamp>,
    /// When BitPay saw it.
    #[serde(
        default,
        with = "time::iso::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub received_time: Option<Timestamp>,
    /// Exchange rates of the transaction currency when it was seen.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub ex_rates: ByCurrency<Rate>,
    /// Its place among the outputs of the transaction.
    #[serde(
        default,
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<u32>,
}

/// What the blockchain takes for a payment in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MinerFee {
    /// Smallest units for each byte of the transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satoshis_per_byte: Option<Amount>,
    /// All of it, in the smallest unit of the currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_fee: Option<SubUnits>,
    /// All of it, in units of the invoice's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiat_amount: Option<Amount>,
}

/// Whether the buyer may choose a currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SupportedCurrency {
    /// Whether they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What wallets scan or open to pay in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PaymentCodes {
    /// Bitcoin-like URI that names only the payment protocol URL.
    #[serde(default, rename = "BIP72b", skip_serializing_if = "Option::is_none")]
    pub bip72b: Option<String>,
    /// Payment protocol URL.
    #[serde(default, rename = "BIP73", skip_serializing_if = "Option::is_none")]
    pub bip73: Option<String>,
    /// Ethereum URI for the payment protocol.
    #[serde(default, rename = "EIP681", skip_serializing_if = "Option::is_none")]
    pub eip681: Option<String>,
    /// Ethereum URI for the payment protocol, for tokens.
    #[serde(default, rename = "EIP681b", skip_serializing_if = "Option::is_none")]
    pub eip681b: Option<String>,
    /// Ripple URI for the payment protocol.
    #[serde(default, rename = "RIP681", skip_serializing_if = "Option::is_none")]
    pub rip681: Option<String>,
}

/// The buyer's account with BitPay; empty where they have none or did not sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Shopper {
    /// The account's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// What any wallet opens to pay in any currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UniversalCodes {
    /// Link to the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_string: Option<String>,
    /// Link that verifies it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification_link: Option<String>,
}
