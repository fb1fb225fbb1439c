// Made by `cargo xtask codegen` from crates/bitpay-core/operations.toml. Do not edit.

//! A span for each operation, from the table.

use tracing::Span;
use tracing::field::Empty;

macro_rules! named {
            ($name:literal) => {
                tracing::info_span!(
                    target: "bitpay", $name, tries = Empty, status = Empty, duration_us = Empty,
                    effect = Empty, looked_up = Empty, error = Empty
                )
            };
        }

/// The span of a call.
pub(super) fn span(operation: &str) -> Span {
    match operation {
        "request_pairing" => named!("request_pairing"),
        "claim_pairing" => named!("claim_pairing"),
        "mint_token" => named!("mint_token"),
        "list_tokens" => named!("list_tokens"),
        "create_invoice" => named!("create_invoice"),
        "get_invoice" => named!("get_invoice"),
        "get_invoice_by_guid" => named!("get_invoice_by_guid"),
        "get_public_invoice" => named!("get_public_invoice"),
        "list_invoices" => named!("list_invoices"),
        "update_invoice" => named!("update_invoice"),
        "cancel_invoice" => named!("cancel_invoice"),
        "cancel_invoice_by_guid" => named!("cancel_invoice_by_guid"),
        "pay_invoice" => named!("pay_invoice"),
        "resend_invoice_webhook" => named!("resend_invoice_webhook"),
        "get_invoice_event_token" => named!("get_invoice_event_token"),
        "subscribe_invoice_events" => named!("subscribe_invoice_events"),
        "create_refund" => named!("create_refund"),
        "get_refund" => named!("get_refund"),
        "get_refund_by_guid" => named!("get_refund_by_guid"),
        "list_refunds" => named!("list_refunds"),
        "cancel_refund" => named!("cancel_refund"),
        "update_refund" => named!("update_refund"),
        "update_refund_by_guid" => named!("update_refund_by_guid"),
        "cancel_refund_by_guid" => named!("cancel_refund_by_guid"),
        "resend_refund_notification" => named!("resend_refund_notification"),
        "get_ledger_balances" => named!("get_ledger_balances"),
        "get_ledger_entries" => named!("get_ledger_entries"),
        "list_settlements" => named!("list_settlements"),
        "get_settlement" => named!("get_settlement"),
        "get_settlement_report" => named!("get_settlement_report"),
        "create_payout" => named!("create_payout"),
        "get_payout" => named!("get_payout"),
        "list_payouts" => named!("list_payouts"),
        "cancel_payout" => named!("cancel_payout"),
        "resend_payout_notification" => named!("resend_payout_notification"),
        "create_payout_group" => named!("create_payout_group"),
        "cancel_payout_group" => named!("cancel_payout_group"),
        "submit_recipients" => named!("submit_recipients"),
        "get_recipient" => named!("get_recipient"),
        "list_recipients" => named!("list_recipients"),
        "update_recipient" => named!("update_recipient"),
        "remove_recipient" => named!("remove_recipient"),
        "resend_recipient_notification" => named!("resend_recipient_notification"),
        "get_rates" => named!("get_rates"),
        "get_rates_for" => named!("get_rates_for"),
        "get_rate" => named!("get_rate"),
        "get_currencies" => named!("get_currencies"),
        "create_bill" => named!("create_bill"),
        "get_bill" => named!("get_bill"),
        "list_bills" => named!("list_bills"),
        "update_bill" => named!("update_bill"),
        "deliver_bill" => named!("deliver_bill"),
        "create_subscription" => named!("create_subscription"),
        "get_subscription" => named!("get_subscription"),
        "list_subscriptions" => named!("list_subscriptions"),
        "update_subscription" => named!("update_subscription"),
        "get_supported_wallets" => named!("get_supported_wallets"),
        "list_token_sins" => named!("list_token_sins"),
        "link_token_sin" => named!("link_token_sin"),
        "remove_token_sin" => named!("remove_token_sin"),
        _ => named!("raw"),
    }
}
