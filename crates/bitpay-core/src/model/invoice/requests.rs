//! What is asked about invoices.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

use super::{Buyer, Invoice, InvoiceStatus, ItemizedDetail, TransactionSpeed};
use crate::amount::Amount;
use crate::currency::Currency;
use crate::guid::Guid;
use crate::id::InvoiceId;
use crate::model::{Echo, InvalidRequest, check_window, setters, text_setters};
use crate::paging::{Listed, pages};
use crate::time::{Date, Timestamp};
use crate::token::ResourceToken;

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
    /// The buyer's email address, to which BitPay writes when something is odd about the payment.
    pub buyer_email: Option<String>,
    /// The buyer's telephone number, for the same by text message.
    pub buyer_sms: Option<String>,
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
    /// The cryptocurrency that the merchant chose for the buyer.
    pub selected_transaction_currency: Option<Currency>,
    /// The cryptocurrency that is shown to the buyer first.
    pub forced_buyer_selected_transaction_currency: Option<Currency>,
    /// The wallet that is shown to the buyer first, by its key.
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
            buyer_email: None,
            buyer_sms: None,
            payment_currencies: None,
            acceptance_window: None,
            json_pay_pro_required: None,
            bitpay_id_required: None,
            merchant_name: None,
            selected_transaction_currency: None,
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

    /// A further invoice of an order, after the one before has expired, say: the second is attempt 2. Each has a
    /// guid of its own, always the same, and all have the order's id. Attempt 1 is [`for_order`](Self::for_order).
    ///
    /// ```
    /// use bitpay_core::model::invoice::CreateInvoice;
    /// use bitpay_core::{Amount, Currency};
    ///
    /// let price: Amount = "19.90".parse()?;
    /// let first = CreateInvoice::for_order("1042", price, Currency::USD);
    /// let second = CreateInvoice::for_attempt("1042", 2, price, Currency::USD);
    /// assert_eq!(second.order_id, first.order_id);
    /// assert_ne!(second.guid, first.guid);
    /// assert_eq!(CreateInvoice::for_attempt("1042", 1, price, Currency::USD), first);
    /// # Ok::<(), bitpay_core::amount::AmountError>(())
    /// ```
    #[must_use]
    pub fn for_attempt(
        order_id: impl Into<String>,
        attempt: u32,
        price: impl Into<Amount>,
        currency: Currency,
    ) -> Self {
        let order_id = order_id.into();
        let guid = match attempt {
            0 | 1 => Guid::for_order(&order_id),
            _ => Guid::derived(&alloc::format!("order, attempt {attempt}"), &order_id),
        };
        Self::new(guid, price, currency).order_id(order_id)
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
        buyer_email,
        buyer_sms,
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
        selected_transaction_currency: Currency,
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

pub(crate) fn check_webhook_url(url: &str) -> Result<(), InvalidRequest> {
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
        check_window(("date_start", self.date_start), ("date_end", self.date_end))
    }
}

impl Listed for ListInvoices {
    fn id(row: &Invoice) -> &str {
        row.id.as_str()
    }

    pages!();

    fn days(&self) -> Option<(Date, Date)> {
        Some((self.date_start, self.date_end))
    }

    fn between(mut self, first: Date, last: Date) -> Self {
        self.date_start = first;
        self.date_end = last;
        self
    }

    fn time(row: &Invoice) -> Option<Timestamp> {
        row.invoice_time
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
/// One that is paid or confirmed is declined, and BitPay refunds all of it, which cannot be cancelled.
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
