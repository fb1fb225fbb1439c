// Made by `cargo xtask codegen` from crates/bitpay-core/operations.toml. Do not edit.

//! Every operation, from the table.

use super::EveryOperation;

/// Shows the visitor each operation, in the order of the table.
pub fn visit_operations(visitor: &mut impl EveryOperation) {
    visitor.operation::<crate::pairing::RequestPairing>();
    visitor.operation::<crate::pairing::ClaimPairing>();
    visitor.operation::<crate::pairing::MintToken>();
    visitor.operation::<crate::pairing::ListTokens>();
    visitor.operation::<crate::model::invoice::CreateInvoice>();
    visitor.operation::<crate::model::invoice::GetInvoice>();
    visitor.operation::<crate::model::invoice::GetInvoiceByGuid>();
    visitor.operation::<crate::model::invoice::GetPublicInvoice>();
    visitor.operation::<crate::model::invoice::ListInvoices>();
    visitor.operation::<crate::model::invoice::UpdateInvoice>();
    visitor.operation::<crate::model::invoice::CancelInvoice>();
    visitor.operation::<crate::model::invoice::CancelInvoiceByGuid>();
    visitor.operation::<crate::model::invoice::PayInvoice>();
    visitor.operation::<crate::model::invoice::ResendInvoiceWebhook>();
    visitor.operation::<crate::model::invoice::GetInvoiceEventToken>();
    visitor.operation::<crate::model::invoice::SubscribeInvoiceEvents>();
    visitor.operation::<crate::model::refund::CreateRefund>();
    visitor.operation::<crate::model::refund::GetRefund>();
    visitor.operation::<crate::model::refund::GetRefundByGuid>();
    visitor.operation::<crate::model::refund::ListRefunds>();
    visitor.operation::<crate::model::refund::CancelRefund>();
    visitor.operation::<crate::model::refund::UpdateRefund>();
    visitor.operation::<crate::model::refund::UpdateRefundByGuid>();
    visitor.operation::<crate::model::refund::CancelRefundByGuid>();
    visitor.operation::<crate::model::refund::ResendRefundNotification>();
    visitor.operation::<crate::model::ledger::GetLedgerBalances>();
    visitor.operation::<crate::model::ledger::GetLedgerEntries>();
    visitor.operation::<crate::model::settlement::ListSettlements>();
    visitor.operation::<crate::model::settlement::GetSettlement>();
    visitor.operation::<crate::model::settlement::GetSettlementReport>();
    visitor.operation::<crate::model::payout::CreatePayout>();
    visitor.operation::<crate::model::payout::GetPayout>();
    visitor.operation::<crate::model::payout::ListPayouts>();
    visitor.operation::<crate::model::payout::CancelPayout>();
    visitor.operation::<crate::model::payout::ResendPayoutNotification>();
    visitor.operation::<crate::model::payout::CreatePayoutGroup>();
    visitor.operation::<crate::model::payout::CancelPayoutGroup>();
    visitor.operation::<crate::model::recipient::SubmitRecipients>();
    visitor.operation::<crate::model::recipient::GetRecipient>();
    visitor.operation::<crate::model::recipient::ListRecipients>();
    visitor.operation::<crate::model::recipient::UpdateRecipient>();
    visitor.operation::<crate::model::recipient::RemoveRecipient>();
    visitor.operation::<crate::model::recipient::ResendRecipientNotification>();
    visitor.operation::<crate::model::rate::GetRates>();
    visitor.operation::<crate::model::rate::GetRatesFor>();
    visitor.operation::<crate::model::rate::GetRate>();
    visitor.operation::<crate::model::currency::GetCurrencies>();
    visitor.operation::<crate::model::bill::CreateBill>();
    visitor.operation::<crate::model::bill::GetBill>();
    visitor.operation::<crate::model::bill::ListBills>();
    visitor.operation::<crate::model::bill::UpdateBill>();
    visitor.operation::<crate::model::bill::DeliverBill>();
    visitor.operation::<crate::model::subscription::CreateSubscription>();
    visitor.operation::<crate::model::subscription::GetSubscription>();
    visitor.operation::<crate::model::subscription::ListSubscriptions>();
    visitor.operation::<crate::model::subscription::UpdateSubscription>();
    visitor.operation::<crate::model::wallet::GetSupportedWallets>();
    visitor.operation::<crate::model::token_sin::ListTokenSins>();
    visitor.operation::<crate::model::token_sin::LinkTokenSin>();
    visitor.operation::<crate::model::token_sin::RemoveTokenSin>();
}
