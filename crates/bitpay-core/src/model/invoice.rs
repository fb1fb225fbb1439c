//! Invoices: <https://developer.bitpay.com/reference/invoices>.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::lenient;
use super::settlement::RefundInfo;
use crate::amount::{Amount, Rate, SubUnits};
use crate::by_currency::ByCurrency;
use crate::currency::Currency;
use crate::id::InvoiceId;
use crate::open_enum::open_enum;
use crate::raw::RawData;
use crate::time::{self, Timestamp};
use crate::token::ResourceToken;

mod events;
mod parts;
mod requests;

pub use events::{
    GetInvoiceEventToken, InvoiceEvent, InvoiceEventAction, InvoiceEventToken,
    SubscribeInvoiceEvents,
};
pub use parts::{
    Buyer, BuyerProvidedInfo, ItemizedDetail, MinerFee, PaymentCodes, RefundAddress, Shopper,
    SupportedCurrency, Transaction, UniversalCodes,
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

/// An invoice.
///
/// Only the id, status, price and currency are always there; which of the rest are depends on the facade
/// that asks and on how far the payment is. An absent list or map reads as an empty one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
    /// The name that its maker gave it. Any text: others choose theirs by their own rules.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub guid: Option<String>,
    /// The invoice's own token, which resending its webhook takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ResourceToken<Invoice>>,
    /// The merchant's own id.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub order_id: Option<String>,
    /// What is sold, as shown at the checkout.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub item_desc: Option<String>,
    /// A code of what is sold.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub item_code: Option<String>,
    /// What the price is made of.
    #[serde(
        default,
        with = "lenient::List::<ItemizedDetail>",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub itemized_details: Vec<ItemizedDetail>,
    /// The merchant's own data, passed through.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub pos_data: Option<String>,
    /// Where webhooks go.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "notificationURL",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_url: Option<String>,
    /// Where BitPay writes to about the payment: the merchant's address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_email: Option<String>,
    /// Where the buyer goes after paying.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "redirectURL",
        skip_serializing_if = "Option::is_none"
    )]
    pub redirect_url: Option<String>,
    /// Where the buyer goes who closes the invoice.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "closeURL",
        skip_serializing_if = "Option::is_none"
    )]
    pub close_url: Option<String>,
    /// Whether the buyer is sent on without a click.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub auto_redirect: Option<bool>,
    /// Whether each change of status has a webhook.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub full_notifications: Option<bool>,
    /// Whether webhooks have an event and cover expiry and refunds too.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub extended_notifications: Option<bool>,
    /// Whether goods are delivered physically.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub physical: Option<bool>,
    /// The buyer, as the merchant named them.
    #[serde(
        default,
        with = "lenient::Object::<Buyer>",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer: Option<Buyer>,
    /// The email address that the buyer gave.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_provided_email: Option<String>,
    /// What else the buyer gave and chose.
    #[serde(
        default,
        with = "lenient::Object::<BuyerProvidedInfo>",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_provided_info: Option<BuyerProvidedInfo>,
    /// The buyer's email address, as the merchant gave it.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_email: Option<String>,
    /// The buyer's telephone number.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_sms: Option<String>,
    /// When it was made.
    #[serde(
        default,
        with = "time::MaybeMillis",
        skip_serializing_if = "Option::is_none"
    )]
    pub invoice_time: Option<Timestamp>,
    /// When it expires; 15 minutes after it was made, unless an acceptance window says otherwise.
    #[serde(
        default,
        with = "time::MaybeMillis",
        skip_serializing_if = "Option::is_none"
    )]
    pub expiration_time: Option<Timestamp>,
    /// How long it can be paid, in milliseconds, where the merchant set it.
    #[serde(
        default,
        with = "lenient::Count",
        skip_serializing_if = "Option::is_none"
    )]
    pub acceptance_window: Option<u32>,
    /// BitPay's clock when it answered.
    #[serde(
        default,
        with = "time::MaybeMillis",
        skip_serializing_if = "Option::is_none"
    )]
    pub current_time: Option<Timestamp>,
    /// When the exchange rates were last set.
    #[serde(
        default,
        with = "time::MaybeMillis",
        skip_serializing_if = "Option::is_none"
    )]
    pub rate_refresh_time: Option<Timestamp>,
    /// What is odd about the payment; `None` (`false` on the wire) for nothing.
    #[serde(default, with = "parts::Exception")]
    pub exception_status: Option<ExceptionStatus>,
    /// What was paid, in the smallest unit of the transaction currency; 0 before.
    #[serde(
        default,
        with = "lenient::Given::<SubUnits>",
        skip_serializing_if = "Option::is_none"
    )]
    pub amount_paid: Option<SubUnits>,
    /// What was paid, as text in units of the transaction currency.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub display_amount_paid: Option<String>,
    /// What is missing, in units of the transaction currency; with a partial payment only.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub underpaid_amount: Option<Amount>,
    /// What is too much, in units of the transaction currency; with an overpayment only.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub overpaid_amount: Option<Amount>,
    /// The cryptocurrency that the buyer pays in.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub transaction_currency: Option<Currency>,
    /// The cryptocurrency that the merchant chose for the buyer.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub selected_transaction_currency: Option<Currency>,
    /// The cryptocurrency that is shown to the buyer first.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub forced_buyer_selected_transaction_currency: Option<Currency>,
    /// The wallet that is shown to the buyer first, by its key.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub forced_buyer_selected_wallet: Option<String>,
    /// The only cryptocurrencies that the buyer may choose, where the merchant named some.
    #[serde(
        default,
        with = "lenient::List::<Currency>",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub payment_currencies: Vec<Currency>,
    /// The payments.
    #[serde(
        default,
        with = "lenient::List::<Transaction>",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub transactions: Vec<Transaction>,
    /// How many confirmations make the invoice confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_speed: Option<TransactionSpeed>,
    /// Confirmations that make the invoice complete: 6 for BTC, 50 for ETH.
    #[serde(
        default,
        with = "lenient::Count",
        skip_serializing_if = "Option::is_none"
    )]
    pub target_confirmations: Option<u32>,
    /// Whether BitPay guarantees the payment before it is complete.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub guaranteed_payment: Option<bool>,
    /// Confirmations that make BitPay guarantee it.
    #[serde(
        default,
        with = "lenient::Count",
        skip_serializing_if = "Option::is_none"
    )]
    pub guaranteed_payment_target_confirmations: Option<u32>,
    /// Whether the payment came with so low a fee that it may take long to confirm.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub low_fee_detected: Option<bool>,
    /// Whether a payment came outside of the payment protocol.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub non_pay_pro_payment_received: Option<bool>,
    /// Whether the buyer was asked for a refund address and has not answered.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub refund_address_request_pending: Option<bool>,
    /// Where a refund can go to.
    #[serde(
        default,
        with = "parts::RefundAddresses",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub refund_addresses: Vec<RefundAddress>,
    /// What was refunded.
    #[serde(
        default,
        with = "lenient::OneOrMore::<RefundInfo>",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub refund_info: Vec<RefundInfo>,
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
    #[serde(
        default,
        with = "lenient::Object::<UniversalCodes>",
        skip_serializing_if = "Option::is_none"
    )]
    pub universal_codes: Option<UniversalCodes>,
    /// The buyer's BitPay account.
    #[serde(
        default,
        with = "lenient::Object::<Shopper>",
        skip_serializing_if = "Option::is_none"
    )]
    pub shopper: Option<Shopper>,
    /// What BitPay's shop plugin keeps; undocumented, mostly `{}`.
    #[serde(
        default,
        with = "lenient::Given::<RawData>",
        skip_serializing_if = "Option::is_none"
    )]
    pub shopify: Option<RawData>,
    /// The merchant, as shown at the checkout.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub merchant_name: Option<String>,
    /// The bill that the invoice is for.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub bill_id: Option<String>,
    /// Whether only wallets with the JSON payment protocol may pay.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub json_pay_pro_required: Option<bool>,
    /// Whether the buyer needs a BitPay ID.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub bitpay_id_required: Option<bool>,
    /// Whether it was cancelled.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
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
            notification_email: None,
            redirect_url: None,
            close_url: None,
            auto_redirect: None,
            full_notifications: None,
            extended_notifications: None,
            physical: None,
            buyer: None,
            buyer_provided_email: None,
            buyer_provided_info: None,
            buyer_email: None,
            buyer_sms: None,
            invoice_time: None,
            expiration_time: None,
            acceptance_window: None,
            current_time: None,
            rate_refresh_time: None,
            exception_status: None,
            amount_paid: None,
            display_amount_paid: None,
            underpaid_amount: None,
            overpaid_amount: None,
            transaction_currency: None,
            selected_transaction_currency: None,
            forced_buyer_selected_transaction_currency: None,
            forced_buyer_selected_wallet: None,
            payment_currencies: Vec::new(),
            transactions: Vec::new(),
            transaction_speed: None,
            target_confirmations: None,
            guaranteed_payment: None,
            guaranteed_payment_target_confirmations: None,
            low_fee_detected: None,
            non_pay_pro_payment_received: None,
            refund_address_request_pending: None,
            refund_addresses: Vec::new(),
            refund_info: Vec::new(),
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
            shopify: None,
            merchant_name: None,
            bill_id: None,
            json_pay_pro_required: None,
            bitpay_id_required: None,
            is_cancelled: None,
        }
    }
}
