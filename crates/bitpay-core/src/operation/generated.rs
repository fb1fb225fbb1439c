// Made by `cargo xtask codegen` from crates/bitpay-core/operations.toml. Do not edit.

//! The operations, from the table.

use alloc::vec::Vec;

use super::{Allows, Endpoint, Operation, RetryClass, Signing, TokenPlace};
use crate::credential::{AnyGrant, Credential, Grant, Identity};
use crate::encode::Encoder;
use crate::error::BuildError;
use crate::facade::{Facade, Merchant, Pos};
use crate::guid::Guid;
use crate::model::{Echo, InvalidRequest};
#[cfg(feature = "server")]
use crate::server::{BadParam, FromRequest, Received, required};

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
    &CREATE_REFUND,
    &GET_REFUND,
    &GET_REFUND_BY_GUID,
    &LIST_REFUNDS,
    &CANCEL_REFUND,
    &GET_LEDGER_BALANCES,
    &GET_LEDGER_ENTRIES,
    &LIST_SETTLEMENTS,
    &GET_SETTLEMENT,
    &GET_SETTLEMENT_REPORT,
    &GET_RATES,
    &GET_RATES_FOR,
    &GET_RATE,
    &GET_CURRENCIES,
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
    if received.method == GET_RATES.method && received.matches(GET_RATES.path) {
        return Some(&GET_RATES);
    }
    if received.method == GET_CURRENCIES.method && received.matches(GET_CURRENCIES.path) {
        return Some(&GET_CURRENCIES);
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
    if received.method == GET_REFUND.method && received.matches(GET_REFUND.path) {
        return Some(&GET_REFUND);
    }
    if received.method == GET_REFUND_BY_GUID.method && received.matches(GET_REFUND_BY_GUID.path) {
        return Some(&GET_REFUND_BY_GUID);
    }
    if received.method == CANCEL_REFUND.method && received.matches(CANCEL_REFUND.path) {
        return Some(&CANCEL_REFUND);
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
    if received.method == GET_RATES_FOR.method && received.matches(GET_RATES_FOR.path) {
        return Some(&GET_RATES_FOR);
    }
    if received.method == GET_RATE.method && received.matches(GET_RATE.path) {
        return Some(&GET_RATE);
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
            payment_currencies,
            acceptance_window,
            json_pay_pro_required,
            bitpay_id_required,
            merchant_name,
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
    fn encode_lookup(&self, out: &mut Encoder) -> Result<Option<&'static Operation>, BuildError> {
        crate::model::invoice::GetInvoiceByGuid::new(self.guid.clone()).encode(out)?;
        Ok(Some(&GET_INVOICE_BY_GUID))
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
            payment_currencies: received.body("paymentCurrencies")?,
            acceptance_window: received.body("acceptanceWindow")?,
            json_pay_pro_required: received.body("jsonPayProRequired")?,
            bitpay_id_required: received.body("bitpayIdRequired")?,
            merchant_name: received.body("merchantName")?,
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
    doc: "Cancels an invoice that is not complete.",
    link: "https://developer.bitpay.com/reference/cancel-an-invoice",
    method: http::Method::DELETE,
    path: "invoices/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
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
    doc: "Cancels, by its guid, an invoice that is not complete.",
    link: "https://developer.bitpay.com/reference/cancel-an-invoice-by-guid",
    method: http::Method::DELETE,
    path: "invoices/guid/{guid}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
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
    fn encode_lookup(&self, out: &mut Encoder) -> Result<Option<&'static Operation>, BuildError> {
        crate::model::refund::GetRefundByGuid::new(self.guid.clone()).encode(out)?;
        Ok(Some(&GET_REFUND_BY_GUID))
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
    doc: "Cancels a refund that is not paid out yet.",
    link: "https://developer.bitpay.com/reference/cancel-a-refund-request",
    method: http::Method::DELETE,
    path: "refunds/{id}",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::ReadBack,
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

static GET_LEDGER_BALANCES: Operation = Operation {
    name: "get_ledger_balances",
    doc: "Fetches what each ledger holds.",
    link: "https://developer.bitpay.com/reference/ledgers",
    method: http::Method::GET,
    path: "ledgers",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
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
    doc: "Lists what was paid out to the merchant within a span of days.",
    link: "https://developer.bitpay.com/reference/retrieve-settlements",
    method: http::Method::GET,
    path: "settlements",
    facades: &[Facade::Merchant],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::Always,
    retry: RetryClass::Read,
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
        out.query("startDate", start_date);
        out.query("endDate", end_date);
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

impl Allows<AnyGrant> for crate::model::settlement::ListSettlements {}
impl Allows<Grant<Merchant>> for crate::model::settlement::ListSettlements {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::settlement::ListSettlements {
    fn from_request(received: &Received) -> Result<Self, BadParam> {
        Ok(Self {
            start_date: required(
                match received.query("startDate")? {
                    None => received.query("dateStart")?,
                    given => given,
                },
                "startDate",
            )?,
            end_date: required(
                match received.query("endDate")? {
                    None => received.query("dateEnd")?,
                    given => given,
                },
                "endDate",
            )?,
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

impl<C: Credential> Allows<C> for crate::model::currency::GetCurrencies {}

#[cfg(feature = "server")]
impl FromRequest for crate::model::currency::GetCurrencies {
    fn from_request(_received: &Received) -> Result<Self, BadParam> {
        Ok(Self {})
    }
}
