//! Invoices: <https://developer.bitpay.com/reference/invoices>.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Echo, InvalidRequest, lenient, setters, text_setters};
use crate::amount::{Amount, Rate, SubUnits};
use crate::by_currency::ByCurrency;
use crate::currency::Currency;
use crate::guid::Guid;
use crate::id::InvoiceId;
use crate::open_enum::open_enum;
use crate::time::{self, Date, Timestamp};
use crate::token::ResourceToken;

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

/// Asks for a new invoice: <https://developer.bitpay.com/reference/create-an-invoice>.
///
/// ```
/// use bitpay_core::amount::Amount;
/// use bitpay_core::currency::Currency;
/// use bitpay_core::model::invoice::CreateInvoice;
///
/// let price: Amount = "12.50".parse()?;
/// let request = CreateInvoice::for_order("1042", price, Currency::USD)
///     .item_desc("Two coffees")
///     .redirect_url("https://shop.example/orders/1042");
/// request.check().unwrap();
/// # Ok::<(), bitpay_core::amount::AmountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateInvoice {
    /// The caller's name for the invoice. A second create with the same guid answers with the first one's
    /// invoice.
    pub guid: Guid,
    /// In units of the currency; more than 0.
    pub price: Amount,
    /// The currency of the price, a cryptocurrency or not.
    pub currency: Currency,
    /// The merchant's own id.
    pub order_id: Option<String>,
    /// What is sold, shown at the checkout.
    pub item_desc: Option<String>,
    /// A code of what is sold.
    pub item_code: Option<String>,
    /// What the price is made of, for display.
    pub itemized_details: Option<Vec<ItemizedDetail>>,
    /// The merchant's own data, passed through to webhooks.
    pub pos_data: Option<String>,
    /// Where webhooks go: an HTTPS URL (HTTP on the loopback interface, for a sandbox).
    pub notification_url: Option<String>,
    /// Where BitPay writes to about the payment: the merchant's address.
    pub notification_email: Option<String>,
    /// Where the buyer goes after paying.
    pub redirect_url: Option<String>,
    /// Where the buyer goes who closes the invoice.
    pub close_url: Option<String>,
    /// Sends the buyer on without a click; needs a redirect URL.
    pub auto_redirect: Option<bool>,
    /// How many confirmations make the invoice confirmed; the account's setting where unset.
    pub transaction_speed: Option<TransactionSpeed>,
    /// A webhook for each change of status (BitPay's default), or one only.
    pub full_notifications: Option<bool>,
    /// Webhooks with an event, on expiry and refunds too.
    pub extended_notifications: Option<bool>,
    /// Whether goods are delivered physically.
    pub physical: Option<bool>,
    /// The buyer.
    pub buyer: Option<Buyer>,
    /// The only cryptocurrencies that the buyer may choose.
    pub payment_currencies: Option<Vec<Currency>>,
    /// How long the invoice can be paid, in milliseconds: 0 to 900000 (15 minutes).
    pub acceptance_window: Option<u32>,
    /// Lets only wallets with the JSON payment protocol pay.
    pub json_pay_pro_required: Option<bool>,
    /// Makes the buyer show a BitPay ID, whatever the price.
    pub bitpay_id_required: Option<bool>,
    /// The merchant, shown at the checkout.
    pub merchant_name: Option<String>,
    /// The cryptocurrency that is chosen for the buyer.
    pub forced_buyer_selected_transaction_currency: Option<Currency>,
    /// The wallet that is chosen for the buyer, by its key.
    pub forced_buyer_selected_wallet: Option<String>,
}

impl CreateInvoice {
    /// An invoice over a price in units of the currency.
    #[must_use]
    pub fn new(guid: Guid, price: impl Into<Amount>, currency: Currency) -> Self {
        Self {
            guid,
            price: price.into(),
            currency,
            order_id: None,
            item_desc: None,
            item_code: None,
            itemized_details: None,
            pos_data: None,
            notification_url: None,
            notification_email: None,
            redirect_url: None,
            close_url: None,
            auto_redirect: None,
            transaction_speed: None,
            full_notifications: None,
            extended_notifications: None,
            physical: None,
            buyer: None,
            payment_currencies: None,
            acceptance_window: None,
            json_pay_pro_required: None,
            bitpay_id_required: None,
            merchant_name: None,
            forced_buyer_selected_transaction_currency: None,
            forced_buyer_selected_wallet: None,
        }
    }

    /// The invoice of an order, under [the order's own guid](Guid::for_order): asked twice, also by a
    /// process that was started anew, it is made once.
    #[must_use]
    pub fn for_order(
        order_id: impl Into<String>,
        price: impl Into<Amount>,
        currency: Currency,
    ) -> Self {
        let order_id = order_id.into();
        Self::new(Guid::for_order(&order_id), price, currency).order_id(order_id)
    }

    text_setters!(
        order_id,
        item_desc,
        item_code,
        pos_data,
        notification_url,
        notification_email,
        redirect_url,
        close_url,
        merchant_name,
        forced_buyer_selected_wallet,
    );
    setters!(
        itemized_details: Vec<ItemizedDetail>,
        auto_redirect: bool,
        transaction_speed: TransactionSpeed,
        full_notifications: bool,
        extended_notifications: bool,
        physical: bool,
        buyer: Buyer,
        payment_currencies: Vec<Currency>,
        acceptance_window: u32,
        json_pay_pro_required: bool,
        bitpay_id_required: bool,
        forced_buyer_selected_transaction_currency: Currency,
    );

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// The price is not positive, the notification URL is not an HTTPS one (HTTP on the loopback interface
    /// will do, for a sandbox), `auto_redirect` has no `redirect_url`, or the acceptance window is longer
    /// than 15 minutes.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        if !self.price.is_positive() {
            return Err(InvalidRequest::new("price", "must be more than 0"));
        }
        if let Some(url) = &self.notification_url {
            check_webhook_url(url)?;
        }
        if self.auto_redirect == Some(true) && self.redirect_url.is_none() {
            return Err(InvalidRequest::new("auto_redirect", "needs a redirect_url"));
        }
        if self
            .acceptance_window
            .is_some_and(|window| window > 900_000)
        {
            return Err(InvalidRequest::new(
                "acceptance_window",
                "must be 0 to 900000 milliseconds (15 minutes)",
            ));
        }
        Ok(())
    }

    /// Compares the invoice that BitPay answered with this request: price by value, currency without
    /// regard to case, order id; and says how old it is by BitPay's clock.
    ///
    /// An invoice that differs, or is older than a few seconds at the first attempt, is one that the guid
    /// had before.
    #[must_use]
    pub fn echo(&self, made: &Invoice) -> Echo {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let mut echo = Echo::default();
        if self.price != made.price {
            echo.differs.push("price");
        }
        if !self.currency.same_as(&made.currency) {
            echo.differs.push("currency");
        }
        if given(&self.order_id) != given(&made.order_id) {
            echo.differs.push("order_id");
        }
        echo.age = match (made.invoice_time, made.current_time) {
            (Some(then), Some(now)) => Duration::try_from(now.duration_since(then)).ok(),
            _ => None,
        };
        echo
    }
}

fn check_webhook_url(url: &str) -> Result<(), InvalidRequest> {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority
        .strip_prefix('[')
        .and_then(|v6| v6.split_once(']'))
    {
        Some((v6, _)) => v6,
        None => authority.split(':').next().unwrap_or_default(),
    };
    let loopback = match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    };
    let safe =
        scheme.eq_ignore_ascii_case("https") || (scheme.eq_ignore_ascii_case("http") && loopback);
    // With a user name or a backslash, readers disagree about which part is the host.
    let clear = !host.is_empty()
        && !authority.contains('@')
        && !url.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control());
    if safe && clear {
        Ok(())
    } else {
        Err(InvalidRequest::new(
            "notification_url",
            "must be an https:// URL without a user name (http:// for localhost only)",
        ))
    }
}

/// Asks for an invoice by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetInvoice {
    /// The invoice.
    pub id: InvoiceId,
}

impl GetInvoice {
    /// The request.
    #[must_use]
    pub const fn new(id: InvoiceId) -> Self {
        Self { id }
    }
}

/// Asks for an invoice by the guid that it was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetInvoiceByGuid {
    /// The invoice's guid.
    pub guid: Guid,
}

impl GetInvoiceByGuid {
    /// The request.
    #[must_use]
    pub const fn new(guid: Guid) -> Self {
        Self { guid }
    }
}

/// Asks for what anybody may see of an invoice, without a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetPublicInvoice {
    /// The invoice.
    pub id: InvoiceId,
}

impl GetPublicInvoice {
    /// The request.
    #[must_use]
    pub const fn new(id: InvoiceId) -> Self {
        Self { id }
    }
}

/// Asks for the invoices made between two days: <https://developer.bitpay.com/reference/invoices>.
///
/// The time zone of the days, and whether the last one is included, is not documented.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListInvoices {
    /// First day.
    pub date_start: Date,
    /// Last day, not before the first one.
    pub date_end: Date,
    /// Only those that stand there.
    pub status: Option<InvoiceStatus>,
    /// Only those of this order.
    pub order_id: Option<String>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Leaves so many out at the beginning.
    pub offset: Option<u32>,
}

impl ListInvoices {
    /// All invoices between two days.
    #[must_use]
    pub const fn new(date_start: Date, date_end: Date) -> Self {
        Self {
            date_start,
            date_end,
            status: None,
            order_id: None,
            limit: None,
            offset: None,
        }
    }

    text_setters!(order_id);
    setters!(status: InvoiceStatus, limit: u32, offset: u32);

    /// Looks for what makes no sense.
    ///
    /// # Errors
    /// The window ends before it begins.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        if self.date_start > self.date_end {
            return Err(InvalidRequest::new(
                "date_end",
                format!(
                    "{} is before date_start, {}",
                    self.date_end, self.date_start
                ),
            ));
        }
        Ok(())
    }
}

/// Sets how the buyer can be reached: <https://developer.bitpay.com/reference/update-an-invoice>.
///
/// Either an email address or a telephone number, which BitPay verifies by a code.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UpdateInvoice {
    /// The invoice.
    pub id: InvoiceId,
    /// The buyer's email address.
    pub buyer_email: Option<String>,
    /// The buyer's telephone number.
    pub buyer_sms: Option<String>,
    /// The code that the buyer got on that number. Not shown by `Debug`.
    pub sms_code: Option<String>,
    /// Verifies the number without a code; in the test environment only.
    pub auto_verify: Option<bool>,
}

impl UpdateInvoice {
    /// Changes nothing yet.
    #[must_use]
    pub const fn new(id: InvoiceId) -> Self {
        Self {
            id,
            buyer_email: None,
            buyer_sms: None,
            sms_code: None,
            auto_verify: None,
        }
    }

    text_setters!(buyer_email, buyer_sms, sms_code);
    setters!(auto_verify: bool);

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// Neither or both of email and telephone number are set, or a code without a number.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        if self.buyer_email.is_some() == self.buyer_sms.is_some() {
            return Err(InvalidRequest::new(
                "buyer_email",
                "set buyer_email or buyer_sms, and not both",
            ));
        }
        if self.sms_code.is_some() && self.buyer_sms.is_none() {
            return Err(InvalidRequest::new(
                "sms_code",
                "needs the buyer_sms that it verifies",
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for UpdateInvoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateInvoice")
            .field("id", &self.id)
            .field("buyer_email", &self.buyer_email)
            .field("buyer_sms", &self.buyer_sms)
            .field("sms_code", &self.sms_code.as_ref().map(|_| ".."))
            .field("auto_verify", &self.auto_verify)
            .finish()
    }
}

/// Cancels an invoice: <https://developer.bitpay.com/reference/cancel-an-invoice>.
///
/// A second cancel is an error on BitPay's side: after an unknown outcome, fetch the invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CancelInvoice {
    /// The invoice.
    pub id: InvoiceId,
    /// Cancels it even if it may have been paid and the buyer cannot be reached. A payment to an invoice
    /// that was cancelled takes BitPay's support to get back, so this is not set unless asked for.
    pub force_cancel: Option<bool>,
}

impl CancelInvoice {
    /// Cancels, without force.
    #[must_use]
    pub const fn new(id: InvoiceId) -> Self {
        Self {
            id,
            force_cancel: None,
        }
    }

    setters!(force_cancel: bool);
}

/// Cancels an invoice by the guid that it was made with:
/// <https://developer.bitpay.com/reference/cancel-an-invoice-by-guid>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CancelInvoiceByGuid {
    /// The invoice's guid.
    pub guid: Guid,
    /// As in [`CancelInvoice::force_cancel`].
    pub force_cancel: Option<bool>,
}

impl CancelInvoiceByGuid {
    /// Cancels, without force.
    #[must_use]
    pub const fn new(guid: Guid) -> Self {
        Self {
            guid,
            force_cancel: None,
        }
    }

    setters!(force_cancel: bool);
}

/// Pretends that an invoice was paid. In the test environment only.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PayInvoice {
    /// The invoice.
    pub id: InvoiceId,
    /// `confirmed` (BitPay's default) or `complete`.
    pub status: Option<InvoiceStatus>,
}

impl PayInvoice {
    /// Pays until confirmed.
    #[must_use]
    pub const fn new(id: InvoiceId) -> Self {
        Self { id, status: None }
    }

    setters!(status: InvoiceStatus);

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// The status is neither `confirmed` nor `complete`.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        match &self.status {
            None | Some(InvoiceStatus::Confirmed | InvoiceStatus::Complete) => Ok(()),
            Some(status) => Err(InvalidRequest::new(
                "status",
                format!("{status} cannot be set; confirmed and complete can"),
            )),
        }
    }
}

/// Sends an invoice's last webhook again. It takes the invoice's own token, which came with it.
///
/// The token cannot be forgotten:
///
/// ```compile_fail,E0061
/// use bitpay_core::model::invoice::{Invoice, ResendInvoiceWebhook};
/// fn resend(invoice: Invoice) -> Option<ResendInvoiceWebhook> {
///     Some(ResendInvoiceWebhook::new(invoice.id))
/// }
/// ```
///
/// and that of a refund is not taken for it:
///
/// ```compile_fail,E0308
/// use bitpay_core::model::invoice::{Invoice, ResendInvoiceWebhook};
/// use bitpay_core::model::refund::Refund;
/// fn resend(invoice: Invoice, refund: Refund) -> Option<ResendInvoiceWebhook> {
///     Some(ResendInvoiceWebhook::new(invoice.id, refund.token?))
/// }
/// ```
///
/// With the invoice's own, it compiles:
///
/// ```
/// use bitpay_core::model::invoice::{Invoice, ResendInvoiceWebhook};
/// use bitpay_core::model::refund::Refund;
/// fn resend(invoice: Invoice, refund: Refund) -> Option<ResendInvoiceWebhook> {
///     Some(ResendInvoiceWebhook::new(invoice.id, invoice.token?))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResendInvoiceWebhook {
    /// The invoice.
    pub id: InvoiceId,
    /// The invoice's own token: [`Invoice::token`].
    pub token: ResourceToken<Invoice>,
}

impl ResendInvoiceWebhook {
    /// The request.
    #[must_use]
    pub const fn new(id: InvoiceId, token: ResourceToken<Invoice>) -> Self {
        Self { id, token }
    }
}
