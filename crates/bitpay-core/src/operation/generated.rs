// Made by `cargo xtask codegen` from crates/bitpay-core/operations.toml. Do not edit.

//! The operations, from the table.

use alloc::vec::Vec;

use super::{
    Allows, Endpoint, Operation, RetryClass, Shows, Signing, TokenPlace, body, path, query,
};
use crate::credential::{AnyGrant, Credential, Grant, Identity};
use crate::encode::Encoder;
use crate::environment::BaseUrl;
use crate::error::BuildError;
use crate::facade::{Facade, Merchant, Payout, Pos};
use crate::guid::Guid;
use crate::model::{Echo, InvalidRequest};
#[cfg(feature = "server")]
use crate::server::{BadParam, FromRequest, Received, required};
use crate::stream::{Form, Streamable};

/// Every operation, in the order of the table.
pub static OPERATIONS: &[&Operation] = &[
    &REQUEST_PAIRING,
    &CLAIM_PAIRING,
    &MINT_TOKEN,
    &LIST_TOKENS,
    &CREATE_INVOICE,
    &GET_INVOICE,
    &GET_INVOICE_BY_GUID,
    &GET_PUBLIC_INVOICE,
    &LIST_INVOICES,
    &UPDATE_INVOICE,
    &CANCEL_INVOICE,
    &CANCEL_INVOICE_BY_GUID,
    &PAY_INVOICE,
    &RESEND_INVOICE_WEBHOOK,
    &GET_INVOICE_EVENT_TOKEN,
    &SUBSCRIBE_INVOICE_EVENTS,
    &CREATE_REFUND,
    &GET_REFUND,
    &GET_REFUND_BY_GUID,
    &LIST_REFUNDS,
    &CANCEL_REFUND,
    &UPDATE_REFUND,
    &UPDATE_REFUND_BY_GUID,
    &CANCEL_REFUND_BY_GUID,
    &RESEND_REFUND_NOTIFICATION,
    &GET_LEDGER_BALANCES,
    &GET_LEDGER_ENTRIES,
    &LIST_SETTLEMENTS,
    &GET_SETTLEMENT,
    &GET_SETTLEMENT_REPORT,
    &CREATE_PAYOUT,
    &GET_PAYOUT,
    &LIST_PAYOUTS,
    &CANCEL_PAYOUT,
    &RESEND_PAYOUT_NOTIFICATION,
    &CREATE_PAYOUT_GROUP,
    &CANCEL_PAYOUT_GROUP,
    &SUBMIT_RECIPIENTS,
    &GET_RECIPIENT,
    &LIST_RECIPIENTS,
    &UPDATE_RECIPIENT,
    &REMOVE_RECIPIENT,
    &RESEND_RECIPIENT_NOTIFICATION,
    &GET_RATES,
    &GET_RATES_FOR,
    &GET_RATE,
    &GET_CURRENCIES,
    &CREATE_BILL,
    &GET_BILL,
    &LIST_BILLS,
    &UPDATE_BILL,
    &DELIVER_BILL,
    &CREATE_SUBSCRIPTION,
    &GET_SUBSCRIPTION,
    &LIST_SUBSCRIPTIONS,
    &UPDATE_SUBSCRIPTION,
    &GET_SUPPORTED_WALLETS,
    &LIST_TOKEN_SINS,
    &LINK_TOKEN_SIN,
    &REMOVE_TOKEN_SIN,
];

/// The operation that a request asks for.
#[cfg(feature = "server")]
#[must_use]
pub fn route(received: &Received) -> Option<&'static Operation> {
    if received.method == CLAIM_PAIRING.method
        && received.matches(CLAIM_PAIRING.path)
        && received.has_body("pairingCode")
    {
        return Some(&CLAIM_PAIRING);
    }
    if received.method == MINT_TOKEN.method
        && received.matches(MINT_TOKEN.path)
        && received.token().is_some()
    {
        return Some(&MINT_TOKEN);
    }
    if received.method == REQUEST_PAIRING.method && received.matches(REQUEST_PAIRING.path) {
        return Some(&REQUEST_PAIRING);
    }
    if received.method == LIST_TOKENS.method && received.matches(LIST_TOKENS.path) {
        return Some(&LIST_TOKENS);
    }
    if received.method == CREATE_INVOICE.method && received.matches(CREATE_INVOICE.path) {
        return Some(&CREATE_INVOICE);
    }
    if received.method == LIST_INVOICES.method && received.matches(LIST_INVOICES.path) {
        return Some(&LIST_INVOICES);
    }
    if received.method == SUBSCRIBE_INVOICE_EVENTS.method
        && received.matches(SUBSCRIBE_INVOICE_EVENTS.path)
    {
        return Some(&SUBSCRIBE_INVOICE_EVENTS);
    }
    if received.method == CREATE_REFUND.method && received.matches(CREATE_REFUND.path) {
        return Some(&CREATE_REFUND);
    }
    if received.method == LIST_REFUNDS.method && received.matches(LIST_REFUNDS.path) {
        return Some(&LIST_REFUNDS);
    }
    if received.method == GET_LEDGER_BALANCES.method && received.matches(GET_LEDGER_BALANCES.path) {
        return Some(&GET_LEDGER_BALANCES);
    }
    if received.method == LIST_SETTLEMENTS.method && received.matches(LIST_SETTLEMENTS.path) {
        return Some(&LIST_SETTLEMENTS);
    }
    if received.method == CREATE_PAYOUT.method && received.matches(CREATE_PAYOUT.path) {
        return Some(&CREATE_PAYOUT);
    }
    if received.method == LIST_PAYOUTS.method && received.matches(LIST_PAYOUTS.path) {
        return Some(&LIST_PAYOUTS);
    }
    if received.method == CREATE_PAYOUT_GROUP.method && received.matches(CREATE_PAYOUT_GROUP.path) {
        return Some(&CREATE_PAYOUT_GROUP);
    }
    if received.method == SUBMIT_RECIPIENTS.method && received.matches(SUBMIT_RECIPIENTS.path) {
        return Some(&SUBMIT_RECIPIENTS);
    }
    if received.method == LIST_RECIPIENTS.method && received.matches(LIST_RECIPIENTS.path) {
        return Some(&LIST_RECIPIENTS);
    }
    if received.method == GET_RATES.method && received.matches(GET_RATES.path) {
        return Some(&GET_RATES);
    }
    if received.method == GET_CURRENCIES.method && received.matches(GET_CURRENCIES.path) {
        return Some(&GET_CURRENCIES);
    }
    if received.method == CREATE_BILL.method && received.matches(CREATE_BILL.path) {
        return Some(&CREATE_BILL);
    }
    if received.method == LIST_BILLS.method && received.matches(LIST_BILLS.path) {
        return Some(&LIST_BILLS);
    }
    if received.method == CREATE_SUBSCRIPTION.method && received.matches(CREATE_SUBSCRIPTION.path) {
        return Some(&CREATE_SUBSCRIPTION);
    }
    if received.method == LIST_SUBSCRIPTIONS.method && received.matches(LIST_SUBSCRIPTIONS.path) {
        return Some(&LIST_SUBSCRIPTIONS);
    }
    if received.method == GET_SUPPORTED_WALLETS.method
        && received.matches(GET_SUPPORTED_WALLETS.path)
    {
        return Some(&GET_SUPPORTED_WALLETS);
    }
    if received.method == GET_INVOICE.method
        && received.matches(GET_INVOICE.path)
        && received.token().is_some()
    {
        return Some(&GET_INVOICE);
    }
    if received.method == GET_PUBLIC_INVOICE.method
        && received.matches(GET_PUBLIC_INVOICE.path)
        && received.token().is_none()
    {
        return Some(&GET_PUBLIC_INVOICE);
    }
    if received.method == GET_INVOICE_BY_GUID.method && received.matches(GET_INVOICE_BY_GUID.path) {
        return Some(&GET_INVOICE_BY_GUID);
    }
    if received.method == UPDATE_INVOICE.method && received.matches(UPDATE_INVOICE.path) {
        return Some(&UPDATE_INVOICE);
    }
    if received.method == CANCEL_INVOICE.method && received.matches(CANCEL_INVOICE.path) {
        return Some(&CANCEL_INVOICE);
    }
    if received.method == CANCEL_INVOICE_BY_GUID.method
        && received.matches(CANCEL_INVOICE_BY_GUID.path)
    {
        return Some(&CANCEL_INVOICE_BY_GUID);
    }
    if received.method == PAY_INVOICE.method && received.matches(PAY_INVOICE.path) {
        return Some(&PAY_INVOICE);
    }
    if received.method == RESEND_INVOICE_WEBHOOK.method
        && received.matches(RESEND_INVOICE_WEBHOOK.path)
    {
        return Some(&RESEND_INVOICE_WEBHOOK);
    }
    if received.method == GET_INVOICE_EVENT_TOKEN.method
        && received.matches(GET_INVOICE_EVENT_TOKEN.path)
    {
        return Some(&GET_INVOICE_EVENT_TOKEN);
    }
    if received.method == GET_REFUND.method && received.matches(GET_REFUND.path) {
        return Some(&GET_REFUND);
    }
    if received.method == GET_REFUND_BY_GUID.method && received.matches(GET_REFUND_BY_GUID.path) {
        return Some(&GET_REFUND_BY_GUID);
    }
    if received.method == CANCEL_REFUND.method && received.matches(CANCEL_REFUND.path) {
        return Some(&CANCEL_REFUND);
    }
    if received.method == UPDATE_REFUND.method && received.matches(UPDATE_REFUND.path) {
        return Some(&UPDATE_REFUND);
    }
    if received.method == UPDATE_REFUND_BY_GUID.method
        && received.matches(UPDATE_REFUND_BY_GUID.path)
    {
        return Some(&UPDATE_REFUND_BY_GUID);
    }
    if received.method == CANCEL_REFUND_BY_GUID.method
        && received.matches(CANCEL_REFUND_BY_GUID.path)
    {
        return Some(&CANCEL_REFUND_BY_GUID);
    }
    if received.method == RESEND_REFUND_NOTIFICATION.method
        && received.matches(RESEND_REFUND_NOTIFICATION.path)
    {
        return Some(&RESEND_REFUND_NOTIFICATION);
    }
    if received.method == GET_LEDGER_ENTRIES.method && received.matches(GET_LEDGER_ENTRIES.path) {
        return Some(&GET_LEDGER_ENTRIES);
    }
    if received.method == GET_SETTLEMENT.method && received.matches(GET_SETTLEMENT.path) {
        return Some(&GET_SETTLEMENT);
    }
    if received.method == GET_SETTLEMENT_REPORT.method
        && received.matches(GET_SETTLEMENT_REPORT.path)
    {
        return Some(&GET_SETTLEMENT_REPORT);
    }
    if received.method == GET_PAYOUT.method && received.matches(GET_PAYOUT.path) {
        return Some(&GET_PAYOUT);
    }
    if received.method == CANCEL_PAYOUT.method && received.matches(CANCEL_PAYOUT.path) {
        return Some(&CANCEL_PAYOUT);
    }
    if received.method == RESEND_PAYOUT_NOTIFICATION.method
        && received.matches(RESEND_PAYOUT_NOTIFICATION.path)
    {
        return Some(&RESEND_PAYOUT_NOTIFICATION);
    }
    if received.method == CANCEL_PAYOUT_GROUP.method && received.matches(CANCEL_PAYOUT_GROUP.path) {
        return Some(&CANCEL_PAYOUT_GROUP);
    }
    if received.method == GET_RECIPIENT.method && received.matches(GET_RECIPIENT.path) {
        return Some(&GET_RECIPIENT);
    }
    if received.method == UPDATE_RECIPIENT.method && received.matches(UPDATE_RECIPIENT.path) {
        return Some(&UPDATE_RECIPIENT);
    }
    if received.method == REMOVE_RECIPIENT.method && received.matches(REMOVE_RECIPIENT.path) {
        return Some(&REMOVE_RECIPIENT);
    }
    if received.method == RESEND_RECIPIENT_NOTIFICATION.method
        && received.matches(RESEND_RECIPIENT_NOTIFICATION.path)
    {
        return Some(&RESEND_RECIPIENT_NOTIFICATION);
    }
    if received.method == GET_RATES_FOR.method && received.matches(GET_RATES_FOR.path) {
        return Some(&GET_RATES_FOR);
    }
    if received.method == GET_BILL.method && received.matches(GET_BILL.path) {
        return Some(&GET_BILL);
    }
    if received.method == UPDATE_BILL.method && received.matches(UPDATE_BILL.path) {
        return Some(&UPDATE_BILL);
    }
    if received.method == DELIVER_BILL.method && received.matches(DELIVER_BILL.path) {
        return Some(&DELIVER_BILL);
    }
    if received.method == GET_SUBSCRIPTION.method && received.matches(GET_SUBSCRIPTION.path) {
        return Some(&GET_SUBSCRIPTION);
    }
    if received.method == UPDATE_SUBSCRIPTION.method && received.matches(UPDATE_SUBSCRIPTION.path) {
        return Some(&UPDATE_SUBSCRIPTION);
    }
    if received.method == LIST_TOKEN_SINS.method && received.matches(LIST_TOKEN_SINS.path) {
        return Some(&LIST_TOKEN_SINS);
    }
    if received.method == LINK_TOKEN_SIN.method && received.matches(LINK_TOKEN_SIN.path) {
        return Some(&LINK_TOKEN_SIN);
    }
    if received.method == GET_RATE.method && received.matches(GET_RATE.path) {
        return Some(&GET_RATE);
    }
    if received.method == REMOVE_TOKEN_SIN.method && received.matches(REMOVE_TOKEN_SIN.path) {
        return Some(&REMOVE_TOKEN_SIN);
    }

    None
}

static REQUEST_PAIRING: Operation = Operation {
    name: "request_pairing",
    doc: "Asks for a token; the merchant approves its pairing code in a browser within 24 hours.",
    link: "https://developer.bitpay.com/reference/create-api-token",
    method: http::Method::POST,
    path: "tokens",
    facades: &[Facade::Public],
    identity: false,
    token: TokenPlace::None,
    signing: Signing::Never,
    retry: RetryClass::ReplayByGuid,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        body("id", true, "The name of the key that asks."),
        body(
            "facade",
            true,
            "What is asked for: the least that does the job.",
        ),
        body(
            "label",
            false,
            "What the merchant reads when approving: 1 to 60 letters, digits, spaces, `_`, `-`, `.`.",
        ),
        body(
            "guid",
            true,
            "Makes a repeat of this request ask for the same token.",
        ),
    ],
};

impl Endpoint for crate::pairing::RequestPairing {
    type Response = crate::pairing::Pairing;
    const OPERATION: &'static Operation = &REQUEST_PAIRING;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            sin,
            facade,
            label,
            guid,
        } = self;
        out.path("tokens");
        out.body("id", sin)?;
        out.body("facade", facade)?;
        if let Some(label) = label {
            out.body("label", label)?;
        }
        out.body("guid", guid)?;

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn guid(&self) -> Option<&Guid> {
        Some(&self.guid)
    }
    fn echo(&self, made: &Self::Response) -> Echo {
        Self::echo(self, made)
    }
}

impl<C: Credential> Allows<C> for crate::pairing::RequestPairing {}

#[cfg(feature = "server")]
impl FromRequest for crate::pairing::RequestPairing {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            sin: required(received.body("id")?, "id")?,
            facade: required(received.body("facade")?, "facade")?,
            label: received.body("label")?,
            guid: received.guid()?,
        })
    }
}

static CLAIM_PAIRING: Operation = Operation {
    name: "claim_pairing",
    doc: "Claims a pairing code that the merchant made in the dashboard; the token is usable at once.",
    link: "https://developer.bitpay.com/reference/get-token",
    method: http::Method::POST,
    path: "tokens",
    facades: &[Facade::Public],
    identity: false,
    token: TokenPlace::None,
    signing: Signing::Never,
    retry: RetryClass::Never,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        body("id", true, "The name of the key that claims."),
        body("pairingCode", true, "The code from the dashboard."),
        body(
            "label",
            false,
            "A label for the token. See `RequestPairing::label`.",
        ),
    ],
};

impl Endpoint for crate::pairing::ClaimPairing {
    type Response = crate::pairing::Pairing;
    const OPERATION: &'static Operation = &CLAIM_PAIRING;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { sin, code, label } = self;
        out.path("tokens");
        out.body("id", sin)?;
        out.body("pairingCode", code)?;
        if let Some(label) = label {
            out.body("label", label)?;
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
}

impl<C: Credential> Allows<C> for crate::pairing::ClaimPairing {}

#[cfg(feature = "server")]
impl FromRequest for crate::pairing::ClaimPairing {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            sin: required(received.body("id")?, "id")?,
            code: required(received.body("pairingCode")?, "pairingCode")?,
            label: received.body("label")?,
        })
    }
}

static MINT_TOKEN: Operation = Operation {
    name: "mint_token",
    doc: "Makes a token of another facade, with a pairing code that another program can claim.",
    link: "https://developer.bitpay.com/reference/create-api-token",
    method: http::Method::POST,
    path: "tokens",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::ReplayByGuid,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        body(
            "id",
            true,
            "The name of the key that asks: the one that signs.",
        ),
        body("facade", true, "The facade of the new token."),
        body(
            "label",
            false,
            "A label for the token. See `RequestPairing::label`.",
        ),
        body(
            "guid",
            true,
            "Makes a repeat of this request ask for the same token.",
        ),
    ],
};

impl Endpoint for crate::pairing::MintToken {
    type Response = crate::pairing::Pairing;
    const OPERATION: &'static Operation = &MINT_TOKEN;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            sin,
            facade,
            label,
            guid,
        } = self;
        out.path("tokens");
        out.body("id", sin)?;
        out.body("facade", facade)?;
        if let Some(label) = label {
            out.body("label", label)?;
        }
        out.body("guid", guid)?;

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn guid(&self) -> Option<&Guid> {
        Some(&self.guid)
    }
}

impl Allows<AnyGrant> for crate::pairing::MintToken {}
impl Allows<Grant<Merchant>> for crate::pairing::MintToken {}

#[cfg(feature = "server")]
impl FromRequest for crate::pairing::MintToken {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            sin: required(received.body("id")?, "id")?,
            facade: required(received.body("facade")?, "facade")?,
            label: received.body("label")?,
            guid: received.guid()?,
        })
    }
}

static LIST_TOKENS: Operation = Operation {
    name: "list_tokens",
    doc: "Lists the tokens that the merchant has approved for the key.",
    link: "https://developer.bitpay.com/reference/retrieve-approved-api-tokens",
    method: http::Method::GET,
    path: "tokens",
    facades: &[],
    identity: true,
    token: TokenPlace::None,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[],
};

impl Endpoint for crate::pairing::ListTokens {
    type Response = Vec<crate::pairing::ApprovedToken>;
    const OPERATION: &'static Operation = &LIST_TOKENS;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {} = self;
        out.path("tokens");

        Ok(())
    }
}

impl Streamable for crate::pairing::ListTokens {
    type Item = crate::pairing::ApprovedToken;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::pairing::ListTokens {}
impl Allows<Identity> for crate::pairing::ListTokens {}

#[cfg(feature = "server")]
impl FromRequest for crate::pairing::ListTokens {
    fn from_request(_received: &Received) -> Result<Self, BadParam> {
        Ok(Self {})
    }
}

static CREATE_INVOICE: Operation = Operation {
    name: "create_invoice",
    doc: "Makes an invoice: something that a buyer can pay within 15 minutes.",
    link: "https://developer.bitpay.com/reference/create-an-invoice",
    method: http::Method::POST,
    path: "invoices",
    facades: &[Facade::Pos, Facade::Merchant],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::WhenKeyed,
    retry: RetryClass::ReplayByGuid,
    lookup: Some("get_invoice_by_guid"),
    lookup_query: None,
    done: &[],
    parameters: &[
        body(
            "guid",
            true,
            "The caller's name for the invoice. A second create with the same guid answers with the first one's invoice.",
        ),
        body("price", true, "In units of the currency; more than 0."),
        body(
            "currency",
            true,
            "The currency of the price, a cryptocurrency or not.",
        ),
        body("orderId", false, "The merchant's own id."),
        body("itemDesc", false, "What is sold, shown at the checkout."),
        body("itemCode", false, "A code of what is sold."),
        body(
            "itemizedDetails",
            false,
            "What the price is made of, for display.",
        ),
        body(
            "posData",
            false,
            "The merchant's own data, passed through to webhooks.",
        ),
        body(
            "notificationURL",
            false,
            "Where webhooks go: an HTTPS URL (HTTP on the loopback interface, for a sandbox).",
        ),
        body(
            "notificationEmail",
            false,
            "Where BitPay writes to about the payment: the merchant's address.",
        ),
        body("redirectURL", false, "Where the buyer goes after paying."),
        body(
            "closeURL",
            false,
            "Where the buyer goes who closes the invoice.",
        ),
        body(
            "autoRedirect",
            false,
            "Sends the buyer on without a click; needs a redirect URL.",
        ),
        body(
            "transactionSpeed",
            false,
            "How many confirmations make the invoice confirmed; the account's setting where unset.",
        ),
        body(
            "fullNotifications",
            false,
            "A webhook for each change of status (BitPay's default), or one only.",
        ),
        body(
            "extendedNotifications",
            false,
            "Webhooks with an event, on expiry and refunds too.",
        ),
        body("physical", false, "Whether goods are delivered physically."),
        body("buyer", false, "The buyer."),
        body(
            "buyerEmail",
            false,
            "The buyer's email address, to which BitPay writes when something is odd about the payment.",
        ),
        body(
            "buyerSms",
            false,
            "The buyer's telephone number, for the same by text message.",
        ),
        body(
            "paymentCurrencies",
            false,
            "The only cryptocurrencies that the buyer may choose.",
        ),
        body(
            "acceptanceWindow",
            false,
            "How long the invoice can be paid, in milliseconds: 0 to 900000 (15 minutes).",
        ),
        body(
            "jsonPayProRequired",
            false,
            "Lets only wallets with the JSON payment protocol pay.",
        ),
        body(
            "bitpayIdRequired",
            false,
            "Makes the buyer show a BitPay ID, whatever the price.",
        ),
        body(
            "merchantName",
            false,
            "The merchant, shown at the checkout.",
        ),
        body(
            "selectedTransactionCurrency",
            false,
            "The cryptocurrency that the merchant chose for the buyer.",
        ),
        body(
            "forcedBuyerSelectedTransactionCurrency",
            false,
            "The cryptocurrency that is shown to the buyer first.",
        ),
        body(
            "forcedBuyerSelectedWallet",
            false,
            "The wallet that is shown to the buyer first, by its key.",
        ),
    ],
};

impl Endpoint for crate::model::invoice::CreateInvoice {
    type Response = crate::model::invoice::Invoice;
    const OPERATION: &'static Operation = &CREATE_INVOICE;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            guid,
            price,
            currency,
            order_id,
            item_desc,
            item_code,
            itemized_details,
            pos_data,
            notification_url,
            notification_email,
            redirect_url,
            close_url,
            auto_redirect,
            transaction_speed,
            full_notifications,
            extended_notifications,
            physical,
            buyer,
            buyer_email,
            buyer_sms,
            payment_currencies,
            acceptance_window,
            json_pay_pro_required,
            bitpay_id_required,
            merchant_name,
            selected_transaction_currency,
            forced_buyer_selected_transaction_currency,
            forced_buyer_selected_wallet,
        } = self;
        out.path("invoices");
        out.body("guid", guid)?;
        out.body("price", price)?;
        out.body("currency", currency)?;
        if let Some(order_id) = order_id {
            out.body("orderId", order_id)?;
        }
        if let Some(item_desc) = item_desc {
            out.body("itemDesc", item_desc)?;
        }
        if let Some(item_code) = item_code {
            out.body("itemCode", item_code)?;
        }
        if let Some(itemized_details) = itemized_details {
            out.body("itemizedDetails", itemized_details)?;
        }
        if let Some(pos_data) = pos_data {
            out.body("posData", pos_data)?;
        }
        if let Some(notification_url) = notification_url {
            out.body("notificationURL", notification_url)?;
        }
        if let Some(notification_email) = notification_email {
            out.body("notificationEmail", notification_email)?;
        }
        if let Some(redirect_url) = redirect_url {
            out.body("redirectURL", redirect_url)?;
        }
        if let Some(close_url) = close_url {
            out.body("closeURL", close_url)?;
        }
        if let Some(auto_redirect) = auto_redirect {
            out.body("autoRedirect", auto_redirect)?;
        }
        if let Some(transaction_speed) = transaction_speed {
            out.body("transactionSpeed", transaction_speed)?;
        }
        if let Some(full_notifications) = full_notifications {
            out.body("fullNotifications", full_notifications)?;
        }
        if let Some(extended_notifications) = extended_notifications {
            out.body("extendedNotifications", extended_notifications)?;
        }
        if let Some(physical) = physical {
            out.body("physical", physical)?;
        }
        if let Some(buyer) = buyer {
            out.body("buyer", buyer)?;
        }
        if let Some(buyer_email) = buyer_email {
            out.body("buyerEmail", buyer_email)?;
        }
        if let Some(buyer_sms) = buyer_sms {
            out.body("buyerSms", buyer_sms)?;
        }
        if let Some(payment_currencies) = payment_currencies {
            out.body("paymentCurrencies", payment_currencies)?;
        }
        if let Some(acceptance_window) = acceptance_window {
            out.body("acceptanceWindow", acceptance_window)?;
        }
        if let Some(json_pay_pro_required) = json_pay_pro_required {
            out.body("jsonPayProRequired", json_pay_pro_required)?;
        }
        if let Some(bitpay_id_required) = bitpay_id_required {
            out.body("bitpayIdRequired", bitpay_id_required)?;
        }
        if let Some(merchant_name) = merchant_name {
            out.body("merchantName", merchant_name)?;
        }
        if let Some(selected_transaction_currency) = selected_transaction_currency {
            out.body("selectedTransactionCurrency", selected_transaction_currency)?;
        }
        if let Some(forced_buyer_selected_transaction_currency) =
            forced_buyer_selected_transaction_currency
        {
            out.body(
                "forcedBuyerSelectedTransactionCurrency",
                forced_buyer_selected_transaction_currency,
            )?;
        }
        if let Some(forced_buyer_selected_wallet) = forced_buyer_selected_wallet {
            out.body("forcedBuyerSelectedWallet", forced_buyer_selected_wallet)?;
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn guid(&self) -> Option<&Guid> {
        Some(&self.guid)
    }
    fn echo(&self, made: &Self::Response) -> Echo {
        Self::echo(self, made)
    }
}

impl Allows<AnyGrant> for crate::model::invoice::CreateInvoice {}
impl Allows<Grant<Pos>> for crate::model::invoice::CreateInvoice {}
impl Allows<Grant<Merchant>> for crate::model::invoice::CreateInvoice {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::CreateInvoice {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            guid: received.guid()?,
            price: required(received.body("price")?, "price")?,
            currency: required(received.body("currency")?, "currency")?,
            order_id: received.body("orderId")?,
            item_desc: received.body("itemDesc")?,
            item_code: received.body("itemCode")?,
            itemized_details: received.body("itemizedDetails")?,
            pos_data: received.body("posData")?,
            notification_url: received.body("notificationURL")?,
            notification_email: received.body("notificationEmail")?,
            redirect_url: received.body("redirectURL")?,
            close_url: received.body("closeURL")?,
            auto_redirect: received.body("autoRedirect")?,
            transaction_speed: received.body("transactionSpeed")?,
            full_notifications: received.body("fullNotifications")?,
            extended_notifications: received.body("extendedNotifications")?,
            physical: received.body("physical")?,
            buyer: received.body("buyer")?,
            buyer_email: received.body("buyerEmail")?,
            buyer_sms: received.body("buyerSms")?,
            payment_currencies: received.body("paymentCurrencies")?,
            acceptance_window: received.body("acceptanceWindow")?,
            json_pay_pro_required: received.body("jsonPayProRequired")?,
            bitpay_id_required: received.body("bitpayIdRequired")?,
            merchant_name: received.body("merchantName")?,
            selected_transaction_currency: received.body("selectedTransactionCurrency")?,
            forced_buyer_selected_transaction_currency: received
                .body("forcedBuyerSelectedTransactionCurrency")?,
            forced_buyer_selected_wallet: received.body("forcedBuyerSelectedWallet")?,
        })
    }
}

static GET_INVOICE: Operation = Operation {
    name: "get_invoice",
    doc: "Fetches an invoice by its id.",
    link: "https://developer.bitpay.com/reference/retrieve-an-invoice",
    method: http::Method::GET,
    path: "invoices/{id}",
    facades: &[Facade::Pos, Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::WhenKeyed,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The invoice.")],
};

impl Endpoint for crate::model::invoice::GetInvoice {
    type Response = crate::model::invoice::Invoice;
    const OPERATION: &'static Operation = &GET_INVOICE;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("invoices");
        out.segment("id", id)?;

        Ok(())
    }
}

impl Allows<AnyGrant> for crate::model::invoice::GetInvoice {}
impl Allows<Grant<Pos>> for crate::model::invoice::GetInvoice {}
impl Allows<Grant<Merchant>> for crate::model::invoice::GetInvoice {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::GetInvoice {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static GET_INVOICE_BY_GUID: Operation = Operation {
    name: "get_invoice_by_guid",
    doc: "Fetches an invoice by the guid that it was created with.",
    link: "https://developer.bitpay.com/reference/retrieve-an-invoice-by-guid",
    method: http::Method::GET,
    path: "invoices/guid/{guid}",
    facades: &[Facade::Pos, Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::WhenKeyed,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("guid", true, "The invoice's guid.")],
};

impl Endpoint for crate::model::invoice::GetInvoiceByGuid {
    type Response = crate::model::invoice::Invoice;
    const OPERATION: &'static Operation = &GET_INVOICE_BY_GUID;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { guid } = self;
        out.path("invoices");
        out.path("guid");
        out.segment("guid", guid)?;

        Ok(())
    }
}

impl Allows<AnyGrant> for crate::model::invoice::GetInvoiceByGuid {}
impl Allows<Grant<Pos>> for crate::model::invoice::GetInvoiceByGuid {}
impl Allows<Grant<Merchant>> for crate::model::invoice::GetInvoiceByGuid {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::GetInvoiceByGuid {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            guid: received.segment(2, "guid")?,
        })
    }
}

static GET_PUBLIC_INVOICE: Operation = Operation {
    name: "get_public_invoice",
    doc: "Fetches what anyone may see of an invoice, without a token.",
    link: "https://developer.bitpay.com/reference/retrieve-an-invoice",
    method: http::Method::GET,
    path: "invoices/{id}",
    facades: &[Facade::Public],
    identity: false,
    token: TokenPlace::None,
    signing: Signing::Never,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The invoice.")],
};

impl Endpoint for crate::model::invoice::GetPublicInvoice {
    type Response = crate::model::invoice::Invoice;
    const OPERATION: &'static Operation = &GET_PUBLIC_INVOICE;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("invoices");
        out.segment("id", id)?;

        Ok(())
    }
}

impl<C: Credential> Allows<C> for crate::model::invoice::GetPublicInvoice {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::GetPublicInvoice {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static LIST_INVOICES: Operation = Operation {
    name: "list_invoices",
    doc: "Lists the invoices made within a span of days.",
    link: "https://developer.bitpay.com/reference/retrieve-invoices-filtered-by-query",
    method: http::Method::GET,
    path: "invoices",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        query("dateStart", true, "First day."),
        query("dateEnd", true, "Last day, not before the first one."),
        query("status", false, "Only those that stand there."),
        query("orderId", false, "Only those of this order."),
        query("limit", false, "At most so many."),
        query("offset", false, "Leaves so many out at the beginning."),
    ],
};

impl Endpoint for crate::model::invoice::ListInvoices {
    type Response = Vec<crate::model::invoice::Invoice>;
    const OPERATION: &'static Operation = &LIST_INVOICES;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            date_start,
            date_end,
            status,
            order_id,
            limit,
            offset,
        } = self;
        out.path("invoices");
        out.query("dateStart", date_start);
        out.query("dateEnd", date_end);
        if let Some(status) = status {
            out.query("status", status);
        }
        if let Some(order_id) = order_id {
            out.query("orderId", order_id);
        }
        if let Some(limit) = limit {
            out.query("limit", limit);
        }
        if let Some(offset) = offset {
            out.query("offset", offset);
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
}

impl Streamable for crate::model::invoice::ListInvoices {
    type Item = crate::model::invoice::Invoice;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::model::invoice::ListInvoices {}
impl Allows<Grant<Merchant>> for crate::model::invoice::ListInvoices {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::ListInvoices {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            date_start: required(received.query("dateStart")?, "dateStart")?,
            date_end: required(received.query("dateEnd")?, "dateEnd")?,
            status: received.query("status")?,
            order_id: received.query("orderId")?,
            limit: received.query("limit")?,
            offset: received.query("offset")?,
        })
    }
}

static UPDATE_INVOICE: Operation = Operation {
    name: "update_invoice",
    doc: "Adds the buyer's email or phone number to an invoice.",
    link: "https://developer.bitpay.com/reference/update-an-invoice",
    method: http::Method::PUT,
    path: "invoices/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_invoice"),
    lookup_query: None,
    done: &[],
    parameters: &[
        path("id", true, "The invoice."),
        body("buyerEmail", false, "The buyer's email address."),
        body("buyerSms", false, "The buyer's telephone number."),
        body(
            "smsCode",
            false,
            "The code that the buyer got on that number. Not shown by `Debug`.",
        ),
        body(
            "autoVerify",
            false,
            "Verifies the number without a code; in the test environment only.",
        ),
    ],
};

impl Endpoint for crate::model::invoice::UpdateInvoice {
    type Response = crate::model::invoice::Invoice;
    const OPERATION: &'static Operation = &UPDATE_INVOICE;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            id,
            buyer_email,
            buyer_sms,
            sms_code,
            auto_verify,
        } = self;
        out.path("invoices");
        out.segment("id", id)?;
        if let Some(buyer_email) = buyer_email {
            out.body("buyerEmail", buyer_email)?;
        }
        if let Some(buyer_sms) = buyer_sms {
            out.body("buyerSms", buyer_sms)?;
        }
        if let Some(sms_code) = sms_code {
            out.body("smsCode", sms_code)?;
        }
        if let Some(auto_verify) = auto_verify {
            out.body("autoVerify", auto_verify)?;
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::invoice::UpdateInvoice {}
impl Allows<Grant<Merchant>> for crate::model::invoice::UpdateInvoice {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::UpdateInvoice {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
            buyer_email: received.body("buyerEmail")?,
            buyer_sms: received.body("buyerSms")?,
            sms_code: received.body("smsCode")?,
            auto_verify: received.body("autoVerify")?,
        })
    }
}

static CANCEL_INVOICE: Operation = Operation {
    name: "cancel_invoice",
    doc: "Cancels an invoice that is not complete. One that is paid or confirmed is declined, and all of it refunded.",
    link: "https://developer.bitpay.com/reference/cancel-an-invoice",
    method: http::Method::DELETE,
    path: "invoices/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_invoice"),
    lookup_query: None,
    done: &[Shows::Member("isCancelled", "true")],
    parameters: &[
        path("id", true, "The invoice."),
        query(
            "forceCancel",
            false,
            "Cancels it even if it may have been paid and the buyer cannot be reached. A payment to an invoice that was cancelled takes BitPay's support to get back, so this is not set unless asked for.",
        ),
    ],
};

impl Endpoint for crate::model::invoice::CancelInvoice {
    type Response = crate::model::invoice::Invoice;
    const OPERATION: &'static Operation = &CANCEL_INVOICE;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id, force_cancel } = self;
        out.path("invoices");
        out.segment("id", id)?;
        if let Some(force_cancel) = force_cancel {
            out.query("forceCancel", force_cancel);
        }

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::invoice::CancelInvoice {}
impl Allows<Grant<Merchant>> for crate::model::invoice::CancelInvoice {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::CancelInvoice {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
            force_cancel: received.query("forceCancel")?,
        })
    }
}

static CANCEL_INVOICE_BY_GUID: Operation = Operation {
    name: "cancel_invoice_by_guid",
    doc: "Cancels, by its guid, an invoice that is not complete. One that is paid or confirmed is declined, and all of it refunded.",
    link: "https://developer.bitpay.com/reference/cancel-an-invoice-by-guid",
    method: http::Method::DELETE,
    path: "invoices/guid/{guid}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_invoice_by_guid"),
    lookup_query: None,
    done: &[Shows::Member("isCancelled", "true")],
    parameters: &[
        path("guid", true, "The invoice's guid."),
        query("forceCancel", false, "As in `CancelInvoice::force_cancel`."),
    ],
};

impl Endpoint for crate::model::invoice::CancelInvoiceByGuid {
    type Response = crate::model::invoice::Invoice;
    const OPERATION: &'static Operation = &CANCEL_INVOICE_BY_GUID;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { guid, force_cancel } = self;
        out.path("invoices");
        out.path("guid");
        out.segment("guid", guid)?;
        if let Some(force_cancel) = force_cancel {
            out.query("forceCancel", force_cancel);
        }

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.guid.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::invoice::CancelInvoiceByGuid {}
impl Allows<Grant<Merchant>> for crate::model::invoice::CancelInvoiceByGuid {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::CancelInvoiceByGuid {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            guid: received.segment(2, "guid")?,
            force_cancel: received.query("forceCancel")?,
        })
    }
}

static PAY_INVOICE: Operation = Operation {
    name: "pay_invoice",
    doc: "Pays an invoice with imaginary coins: in the test environment and the sandbox only.",
    link: "https://developer.bitpay.com/reference/pay-an-invoice",
    method: http::Method::PUT,
    path: "invoices/pay/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_invoice"),
    lookup_query: None,
    done: &[],
    parameters: &[
        path("id", true, "The invoice."),
        body(
            "status",
            false,
            "`confirmed` (BitPay's default) or `complete`.",
        ),
    ],
};

impl Endpoint for crate::model::invoice::PayInvoice {
    type Response = crate::model::invoice::Invoice;
    const OPERATION: &'static Operation = &PAY_INVOICE;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id, status } = self;
        out.path("invoices");
        out.path("pay");
        out.segment("id", id)?;
        if let Some(status) = status {
            out.body("status", status)?;
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::invoice::PayInvoice {}
impl Allows<Grant<Merchant>> for crate::model::invoice::PayInvoice {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::PayInvoice {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(2, "id")?,
            status: received.body("status")?,
        })
    }
}

static RESEND_INVOICE_WEBHOOK: Operation = Operation {
    name: "resend_invoice_webhook",
    doc: "Sends the invoice's webhook again.",
    link: "https://developer.bitpay.com/reference/request-an-invoice-webhook-to-be-resent",
    method: http::Method::POST,
    path: "invoices/{id}/notifications",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::ResourceBody,
    signing: Signing::Always,
    retry: RetryClass::Never,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The invoice.")],
};

impl Endpoint for crate::model::invoice::ResendInvoiceWebhook {
    type Response = crate::model::Acknowledged;
    const OPERATION: &'static Operation = &RESEND_INVOICE_WEBHOOK;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id, token: _ } = self;
        out.path("invoices");
        out.segment("id", id)?;
        out.path("notifications");

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
    fn resource_token(&self) -> Option<&str> {
        Some(self.token.expose())
    }
}

impl Allows<AnyGrant> for crate::model::invoice::ResendInvoiceWebhook {}
impl Allows<Grant<Merchant>> for crate::model::invoice::ResendInvoiceWebhook {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::ResendInvoiceWebhook {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
            token: required(received.body("token")?, "token")?,
        })
    }
}

static GET_INVOICE_EVENT_TOKEN: Operation = Operation {
    name: "get_invoice_event_token",
    doc: "Fetches what opens the stream of an invoice's events.",
    link: "https://developer.bitpay.com/reference/retrieve-an-event-token",
    method: http::Method::GET,
    path: "invoices/{id}/events",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The invoice.")],
};

impl Endpoint for crate::model::invoice::GetInvoiceEventToken {
    type Response = crate::model::invoice::InvoiceEventToken;
    const OPERATION: &'static Operation = &GET_INVOICE_EVENT_TOKEN;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("invoices");
        out.segment("id", id)?;
        out.path("events");

        Ok(())
    }
}

impl Allows<AnyGrant> for crate::model::invoice::GetInvoiceEventToken {}
impl Allows<Grant<Merchant>> for crate::model::invoice::GetInvoiceEventToken {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::GetInvoiceEventToken {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static SUBSCRIBE_INVOICE_EVENTS: Operation = Operation {
    name: "subscribe_invoice_events",
    doc: "Listens to an invoice's events; the answer is a stream of them, each with the invoice in it.",
    link: "https://developer.bitpay.com/reference/retrieve-an-event-token",
    method: http::Method::GET,
    path: "events",
    facades: &[Facade::Public],
    identity: false,
    token: TokenPlace::ResourceQuery,
    signing: Signing::Never,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        query("action", true, "What is asked."),
        query("events[]", true, "What is to be heard."),
    ],
};

impl Endpoint for crate::model::invoice::SubscribeInvoiceEvents {
    type Response = crate::model::invoice::Invoice;
    const OPERATION: &'static Operation = &SUBSCRIBE_INVOICE_EVENTS;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            action,
            events,
            token: _,
            at: _,
        } = self;
        out.path("events");
        out.query("action", action);
        for value in events {
            out.named_query("events[]", value);
        }

        Ok(())
    }
    fn resource_token(&self) -> Option<&str> {
        Some(self.token.expose())
    }
    fn at(&self) -> Option<&BaseUrl> {
        self.at.as_ref()
    }
}

impl Streamable for crate::model::invoice::SubscribeInvoiceEvents {
    type Item = crate::model::invoice::Invoice;
    const FORM: Form = Form::Events("statechange");
}

impl<C: Credential> Allows<C> for crate::model::invoice::SubscribeInvoiceEvents {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::invoice::SubscribeInvoiceEvents {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            action: required(received.query("action")?, "action")?,
            events: received.query_all("events[]")?,
            token: required(received.query("token")?, "token")?,
            at: None,
        })
    }
}

static CREATE_REFUND: Operation = Operation {
    name: "create_refund",
    doc: "Refunds a complete invoice, in part or in whole; the buyer accepts by a link in an email.",
    link: "https://developer.bitpay.com/reference/create-a-refund-request",
    method: http::Method::POST,
    path: "refunds",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::LookupByGuid,
    lookup: Some("get_refund_by_guid"),
    lookup_query: None,
    done: &[],
    parameters: &[
        body("guid", true, "The refund's name, to find it by."),
        body("invoiceId", true, "The invoice to refund."),
        body(
            "amount",
            true,
            "How much of it, in units of the invoice's currency.",
        ),
        body(
            "preview",
            false,
            "Asks what the refund would cost, without making it.",
        ),
        body(
            "immediate",
            false,
            "Takes the funds from the merchant's ledger at once, and not at the day's end.",
        ),
        body(
            "buyerPaysRefundFee",
            false,
            "Takes BitPay's fee out of what the buyer gets.",
        ),
        body(
            "reference",
            false,
            "The merchant's own reference, at most 100 characters.",
        ),
    ],
};

impl Endpoint for crate::model::refund::CreateRefund {
    type Response = crate::model::refund::Refund;
    const OPERATION: &'static Operation = &CREATE_REFUND;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            guid,
            invoice_id,
            amount,
            preview,
            immediate,
            buyer_pays_refund_fee,
            reference,
        } = self;
        out.path("refunds");
        out.body("guid", guid)?;
        out.body("invoiceId", invoice_id)?;
        out.body("amount", amount)?;
        if let Some(preview) = preview {
            out.body("preview", preview)?;
        }
        if let Some(immediate) = immediate {
            out.body("immediate", immediate)?;
        }
        if let Some(buyer_pays_refund_fee) = buyer_pays_refund_fee {
            out.body("buyerPaysRefundFee", buyer_pays_refund_fee)?;
        }
        if let Some(reference) = reference {
            out.body("reference", reference)?;
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn guid(&self) -> Option<&Guid> {
        Some(&self.guid)
    }
    fn echo(&self, made: &Self::Response) -> Echo {
        Self::echo(self, made)
    }
}

impl Allows<AnyGrant> for crate::model::refund::CreateRefund {}
impl Allows<Grant<Merchant>> for crate::model::refund::CreateRefund {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::refund::CreateRefund {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            guid: received.guid()?,
            invoice_id: required(received.body("invoiceId")?, "invoiceId")?,
            amount: required(received.body("amount")?, "amount")?,
            preview: received.body("preview")?,
            immediate: received.body("immediate")?,
            buyer_pays_refund_fee: received.body("buyerPaysRefundFee")?,
            reference: received.body("reference")?,
        })
    }
}

static GET_REFUND: Operation = Operation {
    name: "get_refund",
    doc: "Fetches a refund by its id.",
    link: "https://developer.bitpay.com/reference/retrieve-a-refund-request",
    method: http::Method::GET,
    path: "refunds/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The refund.")],
};

impl Endpoint for crate::model::refund::GetRefund {
    type Response = crate::model::refund::Refund;
    const OPERATION: &'static Operation = &GET_REFUND;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("refunds");
        out.segment("id", id)?;

        Ok(())
    }
}

impl Allows<AnyGrant> for crate::model::refund::GetRefund {}
impl Allows<Grant<Merchant>> for crate::model::refund::GetRefund {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::refund::GetRefund {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static GET_REFUND_BY_GUID: Operation = Operation {
    name: "get_refund_by_guid",
    doc: "Fetches a refund by the guid that it was created with.",
    link: "https://developer.bitpay.com/reference/retrieve-a-refund-by-guid-request",
    method: http::Method::GET,
    path: "refunds/guid/{guid}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("guid", true, "The refund's guid.")],
};

impl Endpoint for crate::model::refund::GetRefundByGuid {
    type Response = crate::model::refund::Refund;
    const OPERATION: &'static Operation = &GET_REFUND_BY_GUID;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { guid } = self;
        out.path("refunds");
        out.path("guid");
        out.segment("guid", guid)?;

        Ok(())
    }
}

impl Allows<AnyGrant> for crate::model::refund::GetRefundByGuid {}
impl Allows<Grant<Merchant>> for crate::model::refund::GetRefundByGuid {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::refund::GetRefundByGuid {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            guid: received.segment(2, "guid")?,
        })
    }
}

static LIST_REFUNDS: Operation = Operation {
    name: "list_refunds",
    doc: "Lists the refunds of an invoice.",
    link: "https://developer.bitpay.com/reference/retrieve-refunds-of-an-invoice",
    method: http::Method::GET,
    path: "refunds",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[query("invoiceId", true, "The invoice.")],
};

impl Endpoint for crate::model::refund::ListRefunds {
    type Response = Vec<crate::model::refund::Refund>;
    const OPERATION: &'static Operation = &LIST_REFUNDS;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { invoice_id } = self;
        out.path("refunds");
        out.query("invoiceId", invoice_id);

        Ok(())
    }
}

impl Streamable for crate::model::refund::ListRefunds {
    type Item = crate::model::refund::Refund;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::model::refund::ListRefunds {}
impl Allows<Grant<Merchant>> for crate::model::refund::ListRefunds {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::refund::ListRefunds {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            invoice_id: required(received.query("invoiceId")?, "invoiceId")?,
        })
    }
}

static CANCEL_REFUND: Operation = Operation {
    name: "cancel_refund",
    doc: "Cancels a refund that is not under way yet: a preview, or one that is created and not immediate.",
    link: "https://developer.bitpay.com/reference/cancel-a-refund-request",
    method: http::Method::DELETE,
    path: "refunds/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_refund"),
    lookup_query: None,
    done: &[
        Shows::Member("status", "canceled"),
        Shows::Member("status", "cancelled"),
    ],
    parameters: &[path("id", true, "The refund.")],
};

impl Endpoint for crate::model::refund::CancelRefund {
    type Response = crate::model::refund::Refund;
    const OPERATION: &'static Operation = &CANCEL_REFUND;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("refunds");
        out.segment("id", id)?;

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::refund::CancelRefund {}
impl Allows<Grant<Merchant>> for crate::model::refund::CancelRefund {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::refund::CancelRefund {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static UPDATE_REFUND: Operation = Operation {
    name: "update_refund",
    doc: "Confirms a refund that was a preview, or cancels it.",
    link: "https://developer.bitpay.com/reference/update-a-refund-request",
    method: http::Method::PUT,
    path: "refunds/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_refund"),
    lookup_query: None,
    done: &[],
    parameters: &[
        path("id", true, "The refund."),
        body(
            "status",
            true,
            "`created` makes a refund of a preview; `canceled` cancels it.",
        ),
    ],
};

impl Endpoint for crate::model::refund::UpdateRefund {
    type Response = crate::model::refund::Refund;
    const OPERATION: &'static Operation = &UPDATE_REFUND;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id, status } = self;
        out.path("refunds");
        out.segment("id", id)?;
        out.body("status", status)?;

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::refund::UpdateRefund {}
impl Allows<Grant<Merchant>> for crate::model::refund::UpdateRefund {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::refund::UpdateRefund {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
            status: required(received.body("status")?, "status")?,
        })
    }
}

static UPDATE_REFUND_BY_GUID: Operation = Operation {
    name: "update_refund_by_guid",
    doc: "Confirms, by its guid, a refund that was a preview, or cancels it.",
    link: "https://developer.bitpay.com/reference/update-a-refund-by-guid-request",
    method: http::Method::PUT,
    path: "refunds/guid/{guid}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_refund_by_guid"),
    lookup_query: None,
    done: &[],
    parameters: &[
        path("guid", true, "The refund's guid."),
        body(
            "status",
            true,
            "`created` makes a refund of a preview; `canceled` cancels it.",
        ),
    ],
};

impl Endpoint for crate::model::refund::UpdateRefundByGuid {
    type Response = crate::model::refund::Refund;
    const OPERATION: &'static Operation = &UPDATE_REFUND_BY_GUID;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { guid, status } = self;
        out.path("refunds");
        out.path("guid");
        out.segment("guid", guid)?;
        out.body("status", status)?;

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn resource(&self) -> Option<&str> {
        Some(self.guid.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::refund::UpdateRefundByGuid {}
impl Allows<Grant<Merchant>> for crate::model::refund::UpdateRefundByGuid {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::refund::UpdateRefundByGuid {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            guid: received.segment(2, "guid")?,
            status: required(received.body("status")?, "status")?,
        })
    }
}

static CANCEL_REFUND_BY_GUID: Operation = Operation {
    name: "cancel_refund_by_guid",
    doc: "Cancels, by its guid, a refund that is not under way yet.",
    link: "https://developer.bitpay.com/reference/cancel-a-refund-by-guid-request",
    method: http::Method::DELETE,
    path: "refunds/guid/{guid}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_refund_by_guid"),
    lookup_query: None,
    done: &[
        Shows::Member("status", "canceled"),
        Shows::Member("status", "cancelled"),
    ],
    parameters: &[path("guid", true, "The refund's guid.")],
};

impl Endpoint for crate::model::refund::CancelRefundByGuid {
    type Response = crate::model::refund::Refund;
    const OPERATION: &'static Operation = &CANCEL_REFUND_BY_GUID;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { guid } = self;
        out.path("refunds");
        out.path("guid");
        out.segment("guid", guid)?;

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.guid.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::refund::CancelRefundByGuid {}
impl Allows<Grant<Merchant>> for crate::model::refund::CancelRefundByGuid {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::refund::CancelRefundByGuid {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            guid: received.segment(2, "guid")?,
        })
    }
}

static RESEND_REFUND_NOTIFICATION: Operation = Operation {
    name: "resend_refund_notification",
    doc: "Tells the buyer of a refund again, by email.",
    link: "https://developer.bitpay.com/reference/request-a-refund-notification-to-be-resent",
    method: http::Method::POST,
    path: "refunds/{id}/notifications",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::ResourceBody,
    signing: Signing::Always,
    retry: RetryClass::Never,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The refund.")],
};

impl Endpoint for crate::model::refund::ResendRefundNotification {
    type Response = crate::model::Acknowledged;
    const OPERATION: &'static Operation = &RESEND_REFUND_NOTIFICATION;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id, token: _ } = self;
        out.path("refunds");
        out.segment("id", id)?;
        out.path("notifications");

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
    fn resource_token(&self) -> Option<&str> {
        Some(self.token.expose())
    }
}

impl Allows<AnyGrant> for crate::model::refund::ResendRefundNotification {}
impl Allows<Grant<Merchant>> for crate::model::refund::ResendRefundNotification {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::refund::ResendRefundNotification {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
            token: required(received.body("token")?, "token")?,
        })
    }
}

static GET_LEDGER_BALANCES: Operation = Operation {
    name: "get_ledger_balances",
    doc: "Fetches what each ledger holds.",
    link: "https://developer.bitpay.com/reference/retrieve-account-balances",
    method: http::Method::GET,
    path: "ledgers",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[],
};

impl Endpoint for crate::model::ledger::GetLedgerBalances {
    type Response = Vec<crate::model::ledger::LedgerBalance>;
    const OPERATION: &'static Operation = &GET_LEDGER_BALANCES;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {} = self;
        out.path("ledgers");

        Ok(())
    }
}

impl Streamable for crate::model::ledger::GetLedgerBalances {
    type Item = crate::model::ledger::LedgerBalance;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::model::ledger::GetLedgerBalances {}
impl Allows<Grant<Merchant>> for crate::model::ledger::GetLedgerBalances {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::ledger::GetLedgerBalances {
    fn from_request(_received: &Received) -> Result<Self, BadParam> {
        Ok(Self {})
    }
}

static GET_LEDGER_ENTRIES: Operation = Operation {
    name: "get_ledger_entries",
    doc: "Fetches the entries of a ledger within a span of days.",
    link: "https://developer.bitpay.com/reference/retrieve-ledger-entries",
    method: http::Method::GET,
    path: "ledgers/{currency}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        path("currency", true, "The ledger's currency."),
        query("startDate", true, "First day."),
        query("endDate", true, "Last day, not before the first one."),
    ],
};

impl Endpoint for crate::model::ledger::GetLedgerEntries {
    type Response = Vec<crate::model::ledger::LedgerEntry>;
    const OPERATION: &'static Operation = &GET_LEDGER_ENTRIES;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            currency,
            start_date,
            end_date,
        } = self;
        out.path("ledgers");
        out.segment("currency", currency)?;
        out.query("startDate", start_date);
        out.query("endDate", end_date);

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
}

impl Streamable for crate::model::ledger::GetLedgerEntries {
    type Item = crate::model::ledger::LedgerEntry;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::model::ledger::GetLedgerEntries {}
impl Allows<Grant<Merchant>> for crate::model::ledger::GetLedgerEntries {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::ledger::GetLedgerEntries {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            currency: received.segment(1, "currency")?,
            start_date: required(received.query("startDate")?, "startDate")?,
            end_date: required(received.query("endDate")?, "endDate")?,
        })
    }
}

static LIST_SETTLEMENTS: Operation = Operation {
    name: "list_settlements",
    doc: "Lists what was paid out to the merchant, all or within a span of days.",
    link: "https://developer.bitpay.com/reference/retrieve-settlements",
    method: http::Method::GET,
    path: "settlements",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        query("startDate", false, "First day."),
        query("endDate", false, "Last day, not before the first one."),
        query("currency", false, "Only those of this ledger."),
        query("status", false, "Only those that stand there."),
        query("limit", false, "At most so many."),
        query("offset", false, "Leaves so many out at the beginning."),
    ],
};

impl Endpoint for crate::model::settlement::ListSettlements {
    type Response = Vec<crate::model::settlement::Settlement>;
    const OPERATION: &'static Operation = &LIST_SETTLEMENTS;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            start_date,
            end_date,
            currency,
            status,
            limit,
            offset,
        } = self;
        out.path("settlements");
        if let Some(start_date) = start_date {
            out.query("startDate", start_date);
        }
        if let Some(end_date) = end_date {
            out.query("endDate", end_date);
        }
        if let Some(currency) = currency {
            out.query("currency", currency);
        }
        if let Some(status) = status {
            out.query("status", status);
        }
        if let Some(limit) = limit {
            out.query("limit", limit);
        }
        if let Some(offset) = offset {
            out.query("offset", offset);
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
}

impl Streamable for crate::model::settlement::ListSettlements {
    type Item = crate::model::settlement::Settlement;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::model::settlement::ListSettlements {}
impl Allows<Grant<Merchant>> for crate::model::settlement::ListSettlements {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::settlement::ListSettlements {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            start_date: match received.query("startDate")? {
                None => received.query("dateStart")?,
                given => given,
            },
            end_date: match received.query("endDate")? {
                None => received.query("dateEnd")?,
                given => given,
            },
            currency: received.query("currency")?,
            status: received.query("status")?,
            limit: received.query("limit")?,
            offset: received.query("offset")?,
        })
    }
}

static GET_SETTLEMENT: Operation = Operation {
    name: "get_settlement",
    doc: "Fetches a settlement by its id.",
    link: "https://developer.bitpay.com/reference/retrieve-a-settlement",
    method: http::Method::GET,
    path: "settlements/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The settlement.")],
};

impl Endpoint for crate::model::settlement::GetSettlement {
    type Response = crate::model::settlement::Settlement;
    const OPERATION: &'static Operation = &GET_SETTLEMENT;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("settlements");
        out.segment("id", id)?;

        Ok(())
    }
}

impl Allows<AnyGrant> for crate::model::settlement::GetSettlement {}
impl Allows<Grant<Merchant>> for crate::model::settlement::GetSettlement {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::settlement::GetSettlement {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static GET_SETTLEMENT_REPORT: Operation = Operation {
    name: "get_settlement_report",
    doc: "Fetches what a settlement is made of, entry by entry.",
    link: "https://developer.bitpay.com/reference/fetch-a-reconciliation-report",
    method: http::Method::GET,
    path: "settlements/{id}/reconciliationReport",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::ResourceQuery,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The settlement.")],
};

impl Endpoint for crate::model::settlement::GetSettlementReport {
    type Response = crate::model::settlement::SettlementReport;
    const OPERATION: &'static Operation = &GET_SETTLEMENT_REPORT;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id, token: _ } = self;
        out.path("settlements");
        out.segment("id", id)?;
        out.path("reconciliationReport");

        Ok(())
    }
    fn resource_token(&self) -> Option<&str> {
        Some(self.token.expose())
    }
}

impl Streamable for crate::model::settlement::GetSettlementReport {
    type Item = crate::model::settlement::SettlementEntry;
    const FORM: Form = Form::Member("ledgerEntries");
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut answer.ledger_entries)
    }
}

impl Allows<AnyGrant> for crate::model::settlement::GetSettlementReport {}
impl Allows<Grant<Merchant>> for crate::model::settlement::GetSettlementReport {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::settlement::GetSettlementReport {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
            token: required(received.query("token")?, "token")?,
        })
    }
}

static CREATE_PAYOUT: Operation = Operation {
    name: "create_payout",
    doc: "Pays a recipient in cryptocurrency, from the funds on a ledger.",
    link: "https://developer.bitpay.com/reference/create-a-payout",
    method: http::Method::POST,
    path: "payouts",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::LookupByReference,
    lookup: Some("list_payouts"),
    lookup_query: Some("reference"),
    done: &[],
    parameters: &[
        body(
            "reference",
            true,
            "The merchant's own name for the payout, of 1 to 100 characters, to find it by.",
        ),
        body(
            "amount",
            true,
            "What to pay, in units of the currency; more than 0.",
        ),
        body("currency", true, "The currency of the amount."),
        body("ledgerCurrency", true, "The ledger that pays."),
        body(
            "recipientId",
            false,
            "Who is to be paid: a recipient, who must be active.",
        ),
        body(
            "shopperId",
            false,
            "Who is to be paid: a person with a BitPay account, who must be an active recipient.",
        ),
        body(
            "email",
            false,
            "Who is to be paid: whoever has this address. If no recipient has it, that person is invited.",
        ),
        body("label", false, "The merchant's own name for who is paid."),
        body(
            "notificationURL",
            false,
            "Where webhooks go: an HTTPS URL (HTTP on the loopback interface, for a sandbox).",
        ),
        body(
            "notificationEmail",
            false,
            "Where BitPay writes to about the payout: the merchant's address.",
        ),
        body(
            "effectiveDate",
            false,
            "Pays on this day, at a time that BitPay sets, and not as soon as it can.",
        ),
        body(
            "ignoreEmails",
            false,
            "Whether BitPay writes no emails about the payout.",
        ),
        body("message", false, "A message that goes with the payout."),
    ],
};

impl Endpoint for crate::model::payout::CreatePayout {
    type Response = crate::model::payout::Payout;
    const OPERATION: &'static Operation = &CREATE_PAYOUT;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            reference,
            amount,
            currency,
            ledger_currency,
            recipient_id,
            shopper_id,
            email,
            label,
            notification_url,
            notification_email,
            effective_date,
            ignore_emails,
            message,
        } = self;
        out.path("payouts");
        if let Some(reference) = reference {
            out.body("reference", reference)?;
        }
        out.body("amount", amount)?;
        out.body("currency", currency)?;
        if let Some(ledger_currency) = ledger_currency {
            out.body("ledgerCurrency", ledger_currency)?;
        }
        if let Some(recipient_id) = recipient_id {
            out.body("recipientId", recipient_id)?;
        }
        if let Some(shopper_id) = shopper_id {
            out.body("shopperId", shopper_id)?;
        }
        if let Some(email) = email {
            out.body("email", email)?;
        }
        if let Some(label) = label {
            out.body("label", label)?;
        }
        if let Some(notification_url) = notification_url {
            out.body("notificationURL", notification_url)?;
        }
        if let Some(notification_email) = notification_email {
            out.body("notificationEmail", notification_email)?;
        }
        if let Some(effective_date) = effective_date {
            out.body("effectiveDate", effective_date)?;
        }
        if let Some(ignore_emails) = ignore_emails {
            out.body("ignoreEmails", ignore_emails)?;
        }
        if let Some(message) = message {
            out.body("message", message)?;
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn reference(&self) -> Option<&str> {
        Some(Self::reference(self))
    }
}

impl Allows<AnyGrant> for crate::model::payout::CreatePayout {}
impl Allows<Grant<Payout>> for crate::model::payout::CreatePayout {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::payout::CreatePayout {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            reference: received.body("reference")?,
            amount: required(received.body("amount")?, "amount")?,
            currency: required(received.body("currency")?, "currency")?,
            ledger_currency: received.body("ledgerCurrency")?,
            recipient_id: received.body("recipientId")?,
            shopper_id: received.body("shopperId")?,
            email: received.body("email")?,
            label: received.body("label")?,
            notification_url: received.body("notificationURL")?,
            notification_email: received.body("notificationEmail")?,
            effective_date: received.body("effectiveDate")?,
            ignore_emails: received.body("ignoreEmails")?,
            message: received.body("message")?,
        })
    }
}

static GET_PAYOUT: Operation = Operation {
    name: "get_payout",
    doc: "Fetches a payout.",
    link: "https://developer.bitpay.com/reference/retrieve-a-payout",
    method: http::Method::GET,
    path: "payouts/{id}",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The payout.")],
};

impl Endpoint for crate::model::payout::GetPayout {
    type Response = crate::model::payout::Payout;
    const OPERATION: &'static Operation = &GET_PAYOUT;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("payouts");
        out.segment("id", id)?;

        Ok(())
    }
}

impl Allows<AnyGrant> for crate::model::payout::GetPayout {}
impl Allows<Grant<Payout>> for crate::model::payout::GetPayout {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::payout::GetPayout {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static LIST_PAYOUTS: Operation = Operation {
    name: "list_payouts",
    doc: "Lists payouts by the days on which they were asked for, status, reference or group.",
    link: "https://developer.bitpay.com/reference/retrieve-payouts-filtered-by-query",
    method: http::Method::GET,
    path: "payouts",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        query("startDate", false, "First day."),
        query("endDate", false, "Last day, not before the first one."),
        query("status", false, "Only those that stand there."),
        query("reference", false, "Only those with this reference."),
        query("groupId", false, "Only those that were made together."),
        query("limit", false, "At most so many."),
        query("offset", false, "Leaves so many out at the beginning."),
    ],
};

impl Endpoint for crate::model::payout::ListPayouts {
    type Response = Vec<crate::model::payout::Payout>;
    const OPERATION: &'static Operation = &LIST_PAYOUTS;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            start_date,
            end_date,
            status,
            reference,
            group_id,
            limit,
            offset,
        } = self;
        out.path("payouts");
        if let Some(start_date) = start_date {
            out.query("startDate", start_date);
        }
        if let Some(end_date) = end_date {
            out.query("endDate", end_date);
        }
        if let Some(status) = status {
            out.query("status", status);
        }
        if let Some(reference) = reference {
            out.query("reference", reference);
        }
        if let Some(group_id) = group_id {
            out.query("groupId", group_id);
        }
        if let Some(limit) = limit {
            out.query("limit", limit);
        }
        if let Some(offset) = offset {
            out.query("offset", offset);
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
}

impl Streamable for crate::model::payout::ListPayouts {
    type Item = crate::model::payout::Payout;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::model::payout::ListPayouts {}
impl Allows<Grant<Payout>> for crate::model::payout::ListPayouts {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::payout::ListPayouts {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            start_date: received.query("startDate")?,
            end_date: received.query("endDate")?,
            status: received.query("status")?,
            reference: received.query("reference")?,
            group_id: received.query("groupId")?,
            limit: received.query("limit")?,
            offset: received.query("offset")?,
        })
    }
}

static CANCEL_PAYOUT: Operation = Operation {
    name: "cancel_payout",
    doc: "Cancels a payout that is still new.",
    link: "https://developer.bitpay.com/reference/cancel-a-payout",
    method: http::Method::DELETE,
    path: "payouts/{id}",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_payout"),
    lookup_query: None,
    done: &[
        Shows::Member("status", "cancelled"),
        Shows::Member("status", "canceled"),
    ],
    parameters: &[path("id", true, "The payout.")],
};

impl Endpoint for crate::model::payout::CancelPayout {
    type Response = crate::model::Acknowledged;
    const OPERATION: &'static Operation = &CANCEL_PAYOUT;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("payouts");
        out.segment("id", id)?;

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::payout::CancelPayout {}
impl Allows<Grant<Payout>> for crate::model::payout::CancelPayout {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::payout::CancelPayout {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static RESEND_PAYOUT_NOTIFICATION: Operation = Operation {
    name: "resend_payout_notification",
    doc: "Sends the payout's last webhook again.",
    link: "https://developer.bitpay.com/reference/request-a-payout-webhook-to-be-resent",
    method: http::Method::POST,
    path: "payouts/{id}/notifications",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::Never,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The payout.")],
};

impl Endpoint for crate::model::payout::ResendPayoutNotification {
    type Response = crate::model::Acknowledged;
    const OPERATION: &'static Operation = &RESEND_PAYOUT_NOTIFICATION;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("payouts");
        out.segment("id", id)?;
        out.path("notifications");

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::payout::ResendPayoutNotification {}
impl Allows<Grant<Payout>> for crate::model::payout::ResendPayoutNotification {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::payout::ResendPayoutNotification {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static CREATE_PAYOUT_GROUP: Operation = Operation {
    name: "create_payout_group",
    doc: "Asks for many payouts in one call; some may be made and others not.",
    link: "https://developer.bitpay.com/reference/create-payout-group",
    method: http::Method::POST,
    path: "payouts/group",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::Never,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[body(
        "instructions",
        true,
        "The payouts, each with a reference of its own.",
    )],
};

impl Endpoint for crate::model::payout::CreatePayoutGroup {
    type Response = crate::model::payout::PayoutGroup;
    const OPERATION: &'static Operation = &CREATE_PAYOUT_GROUP;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { instructions } = self;
        out.path("payouts");
        out.path("group");
        out.body("instructions", instructions)?;

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
}

impl Allows<AnyGrant> for crate::model::payout::CreatePayoutGroup {}
impl Allows<Grant<Payout>> for crate::model::payout::CreatePayoutGroup {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::payout::CreatePayoutGroup {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            instructions: required(received.body("instructions")?, "instructions")?,
        })
    }
}

static CANCEL_PAYOUT_GROUP: Operation = Operation {
    name: "cancel_payout_group",
    doc: "Cancels the payouts of a group that are still new.",
    link: "https://developer.bitpay.com/reference/cancel-a-payout-group",
    method: http::Method::DELETE,
    path: "payouts/group/{group_id}",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("list_payouts"),
    lookup_query: Some("groupId"),
    done: &[],
    parameters: &[path("group_id", true, "The group.")],
};

impl Endpoint for crate::model::payout::CancelPayoutGroup {
    type Response = crate::model::payout::CancelledPayoutGroup;
    const OPERATION: &'static Operation = &CANCEL_PAYOUT_GROUP;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { group_id } = self;
        out.path("payouts");
        out.path("group");
        out.segment("group_id", group_id)?;

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.group_id.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::payout::CancelPayoutGroup {}
impl Allows<Grant<Payout>> for crate::model::payout::CancelPayoutGroup {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::payout::CancelPayoutGroup {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            group_id: received.segment(2, "groupId")?,
        })
    }
}

static SUBMIT_RECIPIENTS: Operation = Operation {
    name: "submit_recipients",
    doc: "Invites people to become recipients of payouts, by email.",
    link: "https://developer.bitpay.com/reference/invite-recipients",
    method: http::Method::POST,
    path: "recipients",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        body("guid", true, "The caller's name for this request."),
        body("recipients", true, "Whom to invite: 1 to 1000."),
    ],
};

impl Endpoint for crate::model::recipient::SubmitRecipients {
    type Response = Vec<crate::model::recipient::Recipient>;
    const OPERATION: &'static Operation = &SUBMIT_RECIPIENTS;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { guid, recipients } = self;
        out.path("recipients");
        out.body("guid", guid)?;
        out.body("recipients", recipients)?;

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn guid(&self) -> Option<&Guid> {
        Some(&self.guid)
    }
}

impl Streamable for crate::model::recipient::SubmitRecipients {
    type Item = crate::model::recipient::Recipient;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::model::recipient::SubmitRecipients {}
impl Allows<Grant<Payout>> for crate::model::recipient::SubmitRecipients {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::recipient::SubmitRecipients {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            guid: received.guid()?,
            recipients: required(received.body("recipients")?, "recipients")?,
        })
    }
}

static GET_RECIPIENT: Operation = Operation {
    name: "get_recipient",
    doc: "Fetches a recipient.",
    link: "https://developer.bitpay.com/reference/retrieve-a-recipient",
    method: http::Method::GET,
    path: "recipients/{id}",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The recipient.")],
};

impl Endpoint for crate::model::recipient::GetRecipient {
    type Response = crate::model::recipient::Recipient;
    const OPERATION: &'static Operation = &GET_RECIPIENT;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("recipients");
        out.segment("id", id)?;

        Ok(())
    }
}

impl Allows<AnyGrant> for crate::model::recipient::GetRecipient {}
impl Allows<Grant<Payout>> for crate::model::recipient::GetRecipient {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::recipient::GetRecipient {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static LIST_RECIPIENTS: Operation = Operation {
    name: "list_recipients",
    doc: "Lists recipients, all or those of one status.",
    link: "https://developer.bitpay.com/reference/retrieve-recipients-by-status",
    method: http::Method::GET,
    path: "recipients",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        query("status", false, "Only those that stand there."),
        query("limit", false, "At most so many."),
        query("offset", false, "Leaves so many out at the beginning."),
    ],
};

impl Endpoint for crate::model::recipient::ListRecipients {
    type Response = Vec<crate::model::recipient::Recipient>;
    const OPERATION: &'static Operation = &LIST_RECIPIENTS;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            status,
            limit,
            offset,
        } = self;
        out.path("recipients");
        if let Some(status) = status {
            out.query("status", status);
        }
        if let Some(limit) = limit {
            out.query("limit", limit);
        }
        if let Some(offset) = offset {
            out.query("offset", offset);
        }

        Ok(())
    }
}

impl Streamable for crate::model::recipient::ListRecipients {
    type Item = crate::model::recipient::Recipient;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::model::recipient::ListRecipients {}
impl Allows<Grant<Payout>> for crate::model::recipient::ListRecipients {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::recipient::ListRecipients {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            status: received.query("status")?,
            limit: received.query("limit")?,
            offset: received.query("offset")?,
        })
    }
}

static UPDATE_RECIPIENT: Operation = Operation {
    name: "update_recipient",
    doc: "Changes a recipient's label or the address of its webhooks.",
    link: "https://developer.bitpay.com/reference/update-a-recipient",
    method: http::Method::PUT,
    path: "recipients/{id}",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_recipient"),
    lookup_query: None,
    done: &[],
    parameters: &[
        path("id", true, "The recipient."),
        body("label", false, "The merchant's own name for the recipient."),
        body(
            "notificationURL",
            false,
            "Where webhooks about the recipient go: an HTTPS URL (HTTP on the loopback interface, for a sandbox).",
        ),
    ],
};

impl Endpoint for crate::model::recipient::UpdateRecipient {
    type Response = crate::model::recipient::Recipient;
    const OPERATION: &'static Operation = &UPDATE_RECIPIENT;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            id,
            label,
            notification_url,
        } = self;
        out.path("recipients");
        out.segment("id", id)?;
        if let Some(label) = label {
            out.body("label", label)?;
        }
        if let Some(notification_url) = notification_url {
            out.body("notificationURL", notification_url)?;
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::recipient::UpdateRecipient {}
impl Allows<Grant<Payout>> for crate::model::recipient::UpdateRecipient {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::recipient::UpdateRecipient {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
            label: received.body("label")?,
            notification_url: received.body("notificationURL")?,
        })
    }
}

static REMOVE_RECIPIENT: Operation = Operation {
    name: "remove_recipient",
    doc: "Removes a recipient, who cannot be paid from then on.",
    link: "https://developer.bitpay.com/reference/remove-a-recipient",
    method: http::Method::DELETE,
    path: "recipients/{id}",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_recipient"),
    lookup_query: None,
    done: &[Shows::Member("status", "removed"), Shows::Gone],
    parameters: &[path("id", true, "The recipient.")],
};

impl Endpoint for crate::model::recipient::RemoveRecipient {
    type Response = crate::model::Acknowledged;
    const OPERATION: &'static Operation = &REMOVE_RECIPIENT;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("recipients");
        out.segment("id", id)?;

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::recipient::RemoveRecipient {}
impl Allows<Grant<Payout>> for crate::model::recipient::RemoveRecipient {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::recipient::RemoveRecipient {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static RESEND_RECIPIENT_NOTIFICATION: Operation = Operation {
    name: "resend_recipient_notification",
    doc: "Sends the recipient's last webhook again.",
    link: "https://developer.bitpay.com/reference/request-a-recipient-webhook-to-be-resent",
    method: http::Method::POST,
    path: "recipients/{id}/notifications",
    facades: &[Facade::Payout],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::Never,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The recipient.")],
};

impl Endpoint for crate::model::recipient::ResendRecipientNotification {
    type Response = crate::model::Acknowledged;
    const OPERATION: &'static Operation = &RESEND_RECIPIENT_NOTIFICATION;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("recipients");
        out.segment("id", id)?;
        out.path("notifications");

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::recipient::ResendRecipientNotification {}
impl Allows<Grant<Payout>> for crate::model::recipient::ResendRecipientNotification {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::recipient::ResendRecipientNotification {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static GET_RATES: Operation = Operation {
    name: "get_rates",
    doc: "Fetches the rates of all currencies to bitcoin.",
    link: "https://developer.bitpay.com/reference/retrieve-all-the-rates-for-a-given-cryptocurrency",
    method: http::Method::GET,
    path: "rates",
    facades: &[Facade::Public],
    identity: false,
    token: TokenPlace::None,
    signing: Signing::Never,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[],
};

impl Endpoint for crate::model::rate::GetRates {
    type Response = Vec<crate::model::rate::RateEntry>;
    const OPERATION: &'static Operation = &GET_RATES;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {} = self;
        out.path("rates");

        Ok(())
    }
}

impl Streamable for crate::model::rate::GetRates {
    type Item = crate::model::rate::RateEntry;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl<C: Credential> Allows<C> for crate::model::rate::GetRates {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::rate::GetRates {
    fn from_request(_received: &Received) -> Result<Self, BadParam> {
        Ok(Self {})
    }
}

static GET_RATES_FOR: Operation = Operation {
    name: "get_rates_for",
    doc: "Fetches the rates of all currencies to a cryptocurrency.",
    link: "https://developer.bitpay.com/reference/retrieve-all-the-rates-for-a-given-cryptocurrency",
    method: http::Method::GET,
    path: "rates/{base}",
    facades: &[Facade::Public],
    identity: false,
    token: TokenPlace::None,
    signing: Signing::Never,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("base", true, "The base currency, such as BTC or BCH.")],
};

impl Endpoint for crate::model::rate::GetRatesFor {
    type Response = Vec<crate::model::rate::RateEntry>;
    const OPERATION: &'static Operation = &GET_RATES_FOR;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { base } = self;
        out.path("rates");
        out.segment("base", base)?;

        Ok(())
    }
}

impl Streamable for crate::model::rate::GetRatesFor {
    type Item = crate::model::rate::RateEntry;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl<C: Credential> Allows<C> for crate::model::rate::GetRatesFor {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::rate::GetRatesFor {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            base: received.segment(1, "base")?,
        })
    }
}

static GET_RATE: Operation = Operation {
    name: "get_rate",
    doc: "Fetches the rate of one currency to a cryptocurrency.",
    link: "https://developer.bitpay.com/reference/retrieve-the-rates-for-a-cryptocurrency-fiat-pair",
    method: http::Method::GET,
    path: "rates/{base}/{currency}",
    facades: &[Facade::Public],
    identity: false,
    token: TokenPlace::None,
    signing: Signing::Never,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        path("base", true, "The base currency, such as BTC or BCH."),
        path("currency", true, "The currency that the answer is in."),
    ],
};

impl Endpoint for crate::model::rate::GetRate {
    type Response = crate::model::rate::RateEntry;
    const OPERATION: &'static Operation = &GET_RATE;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { base, currency } = self;
        out.path("rates");
        out.segment("base", base)?;
        out.segment("currency", currency)?;

        Ok(())
    }
}

impl<C: Credential> Allows<C> for crate::model::rate::GetRate {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::rate::GetRate {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            base: received.segment(1, "base")?,
            currency: received.segment(2, "currency")?,
        })
    }
}

static GET_CURRENCIES: Operation = Operation {
    name: "get_currencies",
    doc: "Fetches the currencies that BitPay knows, with their precision.",
    link: "https://developer.bitpay.com/reference/retrieve-the-supported-currencies",
    method: http::Method::GET,
    path: "currencies",
    facades: &[Facade::Public],
    identity: false,
    token: TokenPlace::None,
    signing: Signing::Never,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[],
};

impl Endpoint for crate::model::currency::GetCurrencies {
    type Response = Vec<crate::model::currency::CurrencyInfo>;
    const OPERATION: &'static Operation = &GET_CURRENCIES;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {} = self;
        out.path("currencies");

        Ok(())
    }
}

impl Streamable for crate::model::currency::GetCurrencies {
    type Item = crate::model::currency::CurrencyInfo;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl<C: Credential> Allows<C> for crate::model::currency::GetCurrencies {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::currency::GetCurrencies {
    fn from_request(_received: &Received) -> Result<Self, BadParam> {
        Ok(Self {})
    }
}

static CREATE_BILL: Operation = Operation {
    name: "create_bill",
    doc: "Makes a bill: a request for payment that is sent to somebody by email.",
    link: "https://developer.bitpay.com/reference/create-a-bill",
    method: http::Method::POST,
    path: "bills",
    facades: &[Facade::Pos, Facade::Merchant],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::WhenKeyed,
    retry: RetryClass::Never,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        body("number", false, "The merchant's own number of it."),
        body("currency", true, "The currency of its prices."),
        body("name", false, "To whom it goes: name."),
        body("address1", false, "First line of the address."),
        body("address2", false, "Second line of the address."),
        body("city", false, "City."),
        body("state", false, "State or province."),
        body("zip", false, "Postal code."),
        body("country", false, "Country."),
        body(
            "email",
            true,
            "The email address to deliver it to. All official SDKs ask for it.",
        ),
        body("cc", false, "Who gets a copy."),
        body("phone", false, "Telephone number."),
        body("dueDate", false, "When it is due."),
        body(
            "passProcessingFee",
            false,
            "Adds BitPay's processing fee to it.",
        ),
        body("items", true, "Its lines, one at least."),
    ],
};

impl Endpoint for crate::model::bill::CreateBill {
    type Response = crate::model::bill::Bill;
    const OPERATION: &'static Operation = &CREATE_BILL;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            number,
            currency,
            name,
            address1,
            address2,
            city,
            state,
            zip,
            country,
            email,
            cc,
            phone,
            due_date,
            pass_processing_fee,
            items,
        } = self;
        out.path("bills");
        if let Some(number) = number {
            out.body("number", number)?;
        }
        out.body("currency", currency)?;
        if let Some(name) = name {
            out.body("name", name)?;
        }
        if let Some(address1) = address1 {
            out.body("address1", address1)?;
        }
        if let Some(address2) = address2 {
            out.body("address2", address2)?;
        }
        if let Some(city) = city {
            out.body("city", city)?;
        }
        if let Some(state) = state {
            out.body("state", state)?;
        }
        if let Some(zip) = zip {
            out.body("zip", zip)?;
        }
        if let Some(country) = country {
            out.body("country", country)?;
        }
        out.body("email", email)?;
        if let Some(cc) = cc {
            out.body("cc", cc)?;
        }
        if let Some(phone) = phone {
            out.body("phone", phone)?;
        }
        if let Some(due_date) = due_date {
            out.body("dueDate", due_date)?;
        }
        if let Some(pass_processing_fee) = pass_processing_fee {
            out.body("passProcessingFee", pass_processing_fee)?;
        }
        out.body("items", items)?;

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
}

impl Allows<AnyGrant> for crate::model::bill::CreateBill {}
impl Allows<Grant<Pos>> for crate::model::bill::CreateBill {}
impl Allows<Grant<Merchant>> for crate::model::bill::CreateBill {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::bill::CreateBill {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            number: received.body("number")?,
            currency: required(received.body("currency")?, "currency")?,
            name: received.body("name")?,
            address1: received.body("address1")?,
            address2: received.body("address2")?,
            city: received.body("city")?,
            state: received.body("state")?,
            zip: received.body("zip")?,
            country: received.body("country")?,
            email: required(received.body("email")?, "email")?,
            cc: received.body("cc")?,
            phone: received.body("phone")?,
            due_date: received.body("dueDate")?,
            pass_processing_fee: received.body("passProcessingFee")?,
            items: required(received.body("items")?, "items")?,
        })
    }
}

static GET_BILL: Operation = Operation {
    name: "get_bill",
    doc: "Fetches a bill by its id.",
    link: "https://developer.bitpay.com/reference/retrieve-a-bill",
    method: http::Method::GET,
    path: "bills/{id}",
    facades: &[Facade::Pos, Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::WhenKeyed,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The bill.")],
};

impl Endpoint for crate::model::bill::GetBill {
    type Response = crate::model::bill::Bill;
    const OPERATION: &'static Operation = &GET_BILL;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("bills");
        out.segment("id", id)?;

        Ok(())
    }
}

impl Allows<AnyGrant> for crate::model::bill::GetBill {}
impl Allows<Grant<Pos>> for crate::model::bill::GetBill {}
impl Allows<Grant<Merchant>> for crate::model::bill::GetBill {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::bill::GetBill {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static LIST_BILLS: Operation = Operation {
    name: "list_bills",
    doc: "Lists the bills.",
    link: "https://developer.bitpay.com/reference/retrieve-bills-by-status",
    method: http::Method::GET,
    path: "bills",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[query("status", false, "Only those that stand there.")],
};

impl Endpoint for crate::model::bill::ListBills {
    type Response = Vec<crate::model::bill::Bill>;
    const OPERATION: &'static Operation = &LIST_BILLS;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { status } = self;
        out.path("bills");
        if let Some(status) = status {
            out.query("status", status);
        }

        Ok(())
    }
}

impl Streamable for crate::model::bill::ListBills {
    type Item = crate::model::bill::Bill;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::model::bill::ListBills {}
impl Allows<Grant<Merchant>> for crate::model::bill::ListBills {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::bill::ListBills {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            status: received.query("status")?,
        })
    }
}

static UPDATE_BILL: Operation = Operation {
    name: "update_bill",
    doc: "Changes a bill.",
    link: "https://developer.bitpay.com/reference/update-a-bill",
    method: http::Method::PUT,
    path: "bills/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::ResourceBody,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_bill"),
    lookup_query: None,
    done: &[],
    parameters: &[
        path("id", true, "The bill."),
        body("number", false, "The merchant's own number of it."),
        body("currency", true, "The currency of its prices."),
        body("name", false, "To whom it goes: name."),
        body("address1", false, "First line of the address."),
        body("address2", false, "Second line of the address."),
        body("city", false, "City."),
        body("state", false, "State or province."),
        body("zip", false, "Postal code."),
        body("country", false, "Country."),
        body("email", false, "The email address to deliver it to."),
        body("cc", false, "Who gets a copy."),
        body("phone", false, "Telephone number."),
        body("dueDate", false, "When it is due."),
        body(
            "passProcessingFee",
            false,
            "Adds BitPay's processing fee to it.",
        ),
        body(
            "items",
            true,
            "Its lines, one at least; those that are missing here are taken off.",
        ),
    ],
};

impl Endpoint for crate::model::bill::UpdateBill {
    type Response = crate::model::bill::Bill;
    const OPERATION: &'static Operation = &UPDATE_BILL;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            id,
            number,
            currency,
            name,
            address1,
            address2,
            city,
            state,
            zip,
            country,
            email,
            cc,
            phone,
            due_date,
            pass_processing_fee,
            items,
            token: _,
        } = self;
        out.path("bills");
        out.segment("id", id)?;
        if let Some(number) = number {
            out.body("number", number)?;
        }
        out.body("currency", currency)?;
        if let Some(name) = name {
            out.body("name", name)?;
        }
        if let Some(address1) = address1 {
            out.body("address1", address1)?;
        }
        if let Some(address2) = address2 {
            out.body("address2", address2)?;
        }
        if let Some(city) = city {
            out.body("city", city)?;
        }
        if let Some(state) = state {
            out.body("state", state)?;
        }
        if let Some(zip) = zip {
            out.body("zip", zip)?;
        }
        if let Some(country) = country {
            out.body("country", country)?;
        }
        if let Some(email) = email {
            out.body("email", email)?;
        }
        if let Some(cc) = cc {
            out.body("cc", cc)?;
        }
        if let Some(phone) = phone {
            out.body("phone", phone)?;
        }
        if let Some(due_date) = due_date {
            out.body("dueDate", due_date)?;
        }
        if let Some(pass_processing_fee) = pass_processing_fee {
            out.body("passProcessingFee", pass_processing_fee)?;
        }
        out.body("items", items)?;

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
    fn resource_token(&self) -> Option<&str> {
        Some(self.token.expose())
    }
}

impl Allows<AnyGrant> for crate::model::bill::UpdateBill {}
impl Allows<Grant<Merchant>> for crate::model::bill::UpdateBill {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::bill::UpdateBill {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
            number: received.body("number")?,
            currency: required(received.body("currency")?, "currency")?,
            name: received.body("name")?,
            address1: received.body("address1")?,
            address2: received.body("address2")?,
            city: received.body("city")?,
            state: received.body("state")?,
            zip: received.body("zip")?,
            country: received.body("country")?,
            email: received.body("email")?,
            cc: received.body("cc")?,
            phone: received.body("phone")?,
            due_date: received.body("dueDate")?,
            pass_processing_fee: received.body("passProcessingFee")?,
            items: required(received.body("items")?, "items")?,
            token: required(received.body("token")?, "token")?,
        })
    }
}

static DELIVER_BILL: Operation = Operation {
    name: "deliver_bill",
    doc: "Sends a bill to its recipient by email.",
    link: "https://developer.bitpay.com/reference/deliver-a-bill-via-email",
    method: http::Method::POST,
    path: "bills/{id}/deliveries",
    facades: &[Facade::Pos, Facade::Merchant],
    identity: false,
    token: TokenPlace::ResourceBody,
    signing: Signing::WhenKeyed,
    retry: RetryClass::Never,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The bill.")],
};

impl Endpoint for crate::model::bill::DeliverBill {
    type Response = crate::model::Acknowledged;
    const OPERATION: &'static Operation = &DELIVER_BILL;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id, token: _ } = self;
        out.path("bills");
        out.segment("id", id)?;
        out.path("deliveries");

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
    fn resource_token(&self) -> Option<&str> {
        Some(self.token.expose())
    }
}

impl Allows<AnyGrant> for crate::model::bill::DeliverBill {}
impl Allows<Grant<Pos>> for crate::model::bill::DeliverBill {}
impl Allows<Grant<Merchant>> for crate::model::bill::DeliverBill {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::bill::DeliverBill {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
            token: required(received.body("token")?, "token")?,
        })
    }
}

static CREATE_SUBSCRIPTION: Operation = Operation {
    name: "create_subscription",
    doc: "Makes a subscription: a bill that is sent again and again. Legacy.",
    link: "https://developer.bitpay.com/reference/create-a-subscription",
    method: http::Method::POST,
    path: "subscriptions",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Body,
    signing: Signing::Always,
    retry: RetryClass::Never,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[
        body("schedule", true, "How often a bill is sent."),
        body("billData", true, "The bill."),
        body("status", false, "Where it begins: a draft where unset."),
    ],
};

impl Endpoint for crate::model::subscription::CreateSubscription {
    type Response = crate::model::subscription::Subscription;
    const OPERATION: &'static Operation = &CREATE_SUBSCRIPTION;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            schedule,
            bill_data,
            status,
        } = self;
        out.path("subscriptions");
        out.body("schedule", schedule)?;
        out.body("billData", bill_data)?;
        if let Some(status) = status {
            out.body("status", status)?;
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
}

impl Allows<AnyGrant> for crate::model::subscription::CreateSubscription {}
impl Allows<Grant<Merchant>> for crate::model::subscription::CreateSubscription {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::subscription::CreateSubscription {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            schedule: required(received.body("schedule")?, "schedule")?,
            bill_data: required(received.body("billData")?, "billData")?,
            status: received.body("status")?,
        })
    }
}

static GET_SUBSCRIPTION: Operation = Operation {
    name: "get_subscription",
    doc: "Fetches a subscription by its id. Legacy.",
    link: "https://developer.bitpay.com/reference/retrieve-a-subscription",
    method: http::Method::GET,
    path: "subscriptions/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[path("id", true, "The subscription.")],
};

impl Endpoint for crate::model::subscription::GetSubscription {
    type Response = crate::model::subscription::Subscription;
    const OPERATION: &'static Operation = &GET_SUBSCRIPTION;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { id } = self;
        out.path("subscriptions");
        out.segment("id", id)?;

        Ok(())
    }
}

impl Allows<AnyGrant> for crate::model::subscription::GetSubscription {}
impl Allows<Grant<Merchant>> for crate::model::subscription::GetSubscription {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::subscription::GetSubscription {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
        })
    }
}

static LIST_SUBSCRIPTIONS: Operation = Operation {
    name: "list_subscriptions",
    doc: "Lists the subscriptions. Legacy.",
    link: "https://developer.bitpay.com/reference/retrieve-subscriptions-by-status",
    method: http::Method::GET,
    path: "subscriptions",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[query("status", false, "Only those that stand there.")],
};

impl Endpoint for crate::model::subscription::ListSubscriptions {
    type Response = Vec<crate::model::subscription::Subscription>;
    const OPERATION: &'static Operation = &LIST_SUBSCRIPTIONS;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { status } = self;
        out.path("subscriptions");
        if let Some(status) = status {
            out.query("status", status);
        }

        Ok(())
    }
}

impl Streamable for crate::model::subscription::ListSubscriptions {
    type Item = crate::model::subscription::Subscription;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::model::subscription::ListSubscriptions {}
impl Allows<Grant<Merchant>> for crate::model::subscription::ListSubscriptions {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::subscription::ListSubscriptions {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            status: received.query("status")?,
        })
    }
}

static UPDATE_SUBSCRIPTION: Operation = Operation {
    name: "update_subscription",
    doc: "Makes a subscription active, cancels it, or changes its bill. Legacy.",
    link: "https://developer.bitpay.com/reference/update-a-subscription",
    method: http::Method::PUT,
    path: "subscriptions/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::ResourceBody,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("get_subscription"),
    lookup_query: None,
    done: &[],
    parameters: &[
        path("id", true, "The subscription."),
        body("status", false, "Where it shall stand."),
        body("schedule", false, "How often a bill is sent."),
        body("billData", false, "The bill: all of it."),
    ],
};

impl Endpoint for crate::model::subscription::UpdateSubscription {
    type Response = crate::model::subscription::Subscription;
    const OPERATION: &'static Operation = &UPDATE_SUBSCRIPTION;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {
            id,
            status,
            schedule,
            bill_data,
            token: _,
        } = self;
        out.path("subscriptions");
        out.segment("id", id)?;
        if let Some(status) = status {
            out.body("status", status)?;
        }
        if let Some(schedule) = schedule {
            out.body("schedule", schedule)?;
        }
        if let Some(bill_data) = bill_data {
            out.body("billData", bill_data)?;
        }

        Ok(())
    }
    fn check(&self) -> Result<(), InvalidRequest> {
        Self::check(self)
    }
    fn resource(&self) -> Option<&str> {
        Some(self.id.as_str())
    }
    fn resource_token(&self) -> Option<&str> {
        Some(self.token.expose())
    }
}

impl Allows<AnyGrant> for crate::model::subscription::UpdateSubscription {}
impl Allows<Grant<Merchant>> for crate::model::subscription::UpdateSubscription {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::subscription::UpdateSubscription {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            id: received.segment(1, "id")?,
            status: received.body("status")?,
            schedule: received.body("schedule")?,
            bill_data: received.body("billData")?,
            token: required(received.body("token")?, "token")?,
        })
    }
}

static GET_SUPPORTED_WALLETS: Operation = Operation {
    name: "get_supported_wallets",
    doc: "Fetches the wallets that BitPay knows.",
    link: "https://developer.bitpay.com/reference/retrieve-the-supported-wallets",
    method: http::Method::GET,
    path: "supportedwallets",
    facades: &[Facade::Public],
    identity: false,
    token: TokenPlace::None,
    signing: Signing::Never,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[],
};

impl Endpoint for crate::model::wallet::GetSupportedWallets {
    type Response = Vec<crate::model::wallet::Wallet>;
    const OPERATION: &'static Operation = &GET_SUPPORTED_WALLETS;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {} = self;
        out.path("supportedwallets");

        Ok(())
    }
}

impl Streamable for crate::model::wallet::GetSupportedWallets {
    type Item = crate::model::wallet::Wallet;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl<C: Credential> Allows<C> for crate::model::wallet::GetSupportedWallets {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::wallet::GetSupportedWallets {
    fn from_request(_received: &Received) -> Result<Self, BadParam> {
        Ok(Self {})
    }
}

static LIST_TOKEN_SINS: Operation = Operation {
    name: "list_token_sins",
    doc: "Lists the keys that may use the token of the call.",
    link: "https://developer.bitpay.com/reference/tokens",
    method: http::Method::GET,
    path: "tokens/{token}/sins",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Path,
    signing: Signing::Always,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[],
};

impl Endpoint for crate::model::token_sin::ListTokenSins {
    type Response = Vec<crate::model::token_sin::LinkedSin>;
    const OPERATION: &'static Operation = &LIST_TOKEN_SINS;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self {} = self;
        out.path("tokens");
        out.token_segment()?;
        out.path("sins");

        Ok(())
    }
}

impl Streamable for crate::model::token_sin::ListTokenSins {
    type Item = crate::model::token_sin::LinkedSin;
    const FORM: Form = Form::List;
    fn left_over(answer: &mut Self::Response) -> Vec<Self::Item> {
        core::mem::take(&mut *answer)
    }
}

impl Allows<AnyGrant> for crate::model::token_sin::ListTokenSins {}
impl Allows<Grant<Merchant>> for crate::model::token_sin::ListTokenSins {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::token_sin::ListTokenSins {
    fn from_request(_received: &Received) -> Result<Self, BadParam> {
        Ok(Self {})
    }
}

static LINK_TOKEN_SIN: Operation = Operation {
    name: "link_token_sin",
    doc: "Lets another key use the token of the call.",
    link: "https://developer.bitpay.com/reference/link-a-new-sin-to-an-approved-token",
    method: http::Method::POST,
    path: "tokens/{token}/sins",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Path,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("list_token_sins"),
    lookup_query: None,
    done: &[],
    parameters: &[body("sin", true, "The other key's SIN.")],
};

impl Endpoint for crate::model::token_sin::LinkTokenSin {
    type Response = crate::model::token_sin::SinChange;
    const OPERATION: &'static Operation = &LINK_TOKEN_SIN;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { sin } = self;
        out.path("tokens");
        out.token_segment()?;
        out.path("sins");
        out.body("sin", sin)?;

        Ok(())
    }
}

impl Allows<AnyGrant> for crate::model::token_sin::LinkTokenSin {}
impl Allows<Grant<Merchant>> for crate::model::token_sin::LinkTokenSin {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::token_sin::LinkTokenSin {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            sin: required(received.body("sin")?, "sin")?,
        })
    }
}

static REMOVE_TOKEN_SIN: Operation = Operation {
    name: "remove_token_sin",
    doc: "Takes the use of the token of the call from another key.",
    link: "https://developer.bitpay.com/reference/remove-an-sin-to-an-approved-token",
    method: http::Method::DELETE,
    path: "tokens/{token}/sins/{sin}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Path,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
    lookup: Some("list_token_sins"),
    lookup_query: None,
    done: &[],
    parameters: &[path("sin", true, "The SIN of the key that may no longer.")],
};

impl Endpoint for crate::model::token_sin::RemoveTokenSin {
    type Response = crate::model::token_sin::SinChange;
    const OPERATION: &'static Operation = &REMOVE_TOKEN_SIN;

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        let Self { sin } = self;
        out.path("tokens");
        out.token_segment()?;
        out.path("sins");
        out.segment("sin", sin)?;

        Ok(())
    }
    fn resource(&self) -> Option<&str> {
        Some(self.sin.as_str())
    }
}

impl Allows<AnyGrant> for crate::model::token_sin::RemoveTokenSin {}
impl Allows<Grant<Merchant>> for crate::model::token_sin::RemoveTokenSin {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::token_sin::RemoveTokenSin {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            sin: received.segment(3, "sin")?,
        })
    }
}
