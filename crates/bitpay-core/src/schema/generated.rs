// Made by `cargo xtask codegen` from crates/bitpay-core/operations.toml. Do not edit.

//! The schemas of every operation, from the table.

use alloc::vec;
use alloc::vec::Vec;

use schemars::SchemaGenerator;

use super::{OperationSchema, optional, requests, required};

/// Describes every operation, in the order of the table. Answers refer to definitions of the
/// generator, which is to be one for reading, as it is by default.
#[must_use]
pub fn operations(answers: &mut SchemaGenerator) -> Vec<OperationSchema> {
    let written = &mut requests();
    vec![
        OperationSchema::new::<crate::pairing::RequestPairing>(
            vec![
                required(|it: &crate::pairing::RequestPairing| &it.sin, written),
                required(|it: &crate::pairing::RequestPairing| &it.facade, written),
                optional(|it: &crate::pairing::RequestPairing| &it.label, written),
                required(|it: &crate::pairing::RequestPairing| &it.guid, written),
            ],
            answers,
        ),
        OperationSchema::new::<crate::pairing::ClaimPairing>(
            vec![
                required(|it: &crate::pairing::ClaimPairing| &it.sin, written),
                required(|it: &crate::pairing::ClaimPairing| &it.code, written),
                optional(|it: &crate::pairing::ClaimPairing| &it.label, written),
            ],
            answers,
        ),
        OperationSchema::new::<crate::pairing::MintToken>(
            vec![
                required(|it: &crate::pairing::MintToken| &it.sin, written),
                required(|it: &crate::pairing::MintToken| &it.facade, written),
                optional(|it: &crate::pairing::MintToken| &it.label, written),
                required(|it: &crate::pairing::MintToken| &it.guid, written),
            ],
            answers,
        ),
        OperationSchema::new::<crate::pairing::ListTokens>(vec![], answers),
        OperationSchema::new::<crate::model::invoice::CreateInvoice>(
            vec![
                required(
                    |it: &crate::model::invoice::CreateInvoice| &it.guid,
                    written,
                ),
                required(
                    |it: &crate::model::invoice::CreateInvoice| &it.price,
                    written,
                ),
                required(
                    |it: &crate::model::invoice::CreateInvoice| &it.currency,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.order_id,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.item_desc,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.item_code,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.itemized_details,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.pos_data,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.notification_url,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.notification_email,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.redirect_url,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.close_url,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.auto_redirect,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.transaction_speed,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.full_notifications,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.extended_notifications,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.physical,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.buyer,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.buyer_email,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.buyer_sms,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.payment_currencies,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.acceptance_window,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.json_pay_pro_required,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.bitpay_id_required,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.merchant_name,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.selected_transaction_currency,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| {
                        &it.forced_buyer_selected_transaction_currency
                    },
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CreateInvoice| &it.forced_buyer_selected_wallet,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::invoice::GetInvoice>(
            vec![required(
                |it: &crate::model::invoice::GetInvoice| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::invoice::GetInvoiceByGuid>(
            vec![required(
                |it: &crate::model::invoice::GetInvoiceByGuid| &it.guid,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::invoice::GetPublicInvoice>(
            vec![required(
                |it: &crate::model::invoice::GetPublicInvoice| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::invoice::ListInvoices>(
            vec![
                required(
                    |it: &crate::model::invoice::ListInvoices| &it.date_start,
                    written,
                ),
                required(
                    |it: &crate::model::invoice::ListInvoices| &it.date_end,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::ListInvoices| &it.status,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::ListInvoices| &it.order_id,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::ListInvoices| &it.limit,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::ListInvoices| &it.offset,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::invoice::UpdateInvoice>(
            vec![
                required(|it: &crate::model::invoice::UpdateInvoice| &it.id, written),
                optional(
                    |it: &crate::model::invoice::UpdateInvoice| &it.buyer_email,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::UpdateInvoice| &it.buyer_sms,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::UpdateInvoice| &it.sms_code,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::UpdateInvoice| &it.auto_verify,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::invoice::CancelInvoice>(
            vec![
                required(|it: &crate::model::invoice::CancelInvoice| &it.id, written),
                optional(
                    |it: &crate::model::invoice::CancelInvoice| &it.force_cancel,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::invoice::CancelInvoiceByGuid>(
            vec![
                required(
                    |it: &crate::model::invoice::CancelInvoiceByGuid| &it.guid,
                    written,
                ),
                optional(
                    |it: &crate::model::invoice::CancelInvoiceByGuid| &it.force_cancel,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::invoice::PayInvoice>(
            vec![
                required(|it: &crate::model::invoice::PayInvoice| &it.id, written),
                optional(|it: &crate::model::invoice::PayInvoice| &it.status, written),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::invoice::ResendInvoiceWebhook>(
            vec![required(
                |it: &crate::model::invoice::ResendInvoiceWebhook| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::invoice::GetInvoiceEventToken>(
            vec![required(
                |it: &crate::model::invoice::GetInvoiceEventToken| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::invoice::SubscribeInvoiceEvents>(
            vec![
                required(
                    |it: &crate::model::invoice::SubscribeInvoiceEvents| &it.action,
                    written,
                ),
                required(
                    |it: &crate::model::invoice::SubscribeInvoiceEvents| &it.events,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::refund::CreateRefund>(
            vec![
                required(|it: &crate::model::refund::CreateRefund| &it.guid, written),
                required(
                    |it: &crate::model::refund::CreateRefund| &it.invoice_id,
                    written,
                ),
                required(
                    |it: &crate::model::refund::CreateRefund| &it.amount,
                    written,
                ),
                optional(
                    |it: &crate::model::refund::CreateRefund| &it.preview,
                    written,
                ),
                optional(
                    |it: &crate::model::refund::CreateRefund| &it.immediate,
                    written,
                ),
                optional(
                    |it: &crate::model::refund::CreateRefund| &it.buyer_pays_refund_fee,
                    written,
                ),
                optional(
                    |it: &crate::model::refund::CreateRefund| &it.reference,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::refund::GetRefund>(
            vec![required(
                |it: &crate::model::refund::GetRefund| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::refund::GetRefundByGuid>(
            vec![required(
                |it: &crate::model::refund::GetRefundByGuid| &it.guid,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::refund::ListRefunds>(
            vec![required(
                |it: &crate::model::refund::ListRefunds| &it.invoice_id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::refund::CancelRefund>(
            vec![required(
                |it: &crate::model::refund::CancelRefund| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::refund::UpdateRefund>(
            vec![
                required(|it: &crate::model::refund::UpdateRefund| &it.id, written),
                required(
                    |it: &crate::model::refund::UpdateRefund| &it.status,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::refund::UpdateRefundByGuid>(
            vec![
                required(
                    |it: &crate::model::refund::UpdateRefundByGuid| &it.guid,
                    written,
                ),
                required(
                    |it: &crate::model::refund::UpdateRefundByGuid| &it.status,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::refund::CancelRefundByGuid>(
            vec![required(
                |it: &crate::model::refund::CancelRefundByGuid| &it.guid,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::refund::ResendRefundNotification>(
            vec![required(
                |it: &crate::model::refund::ResendRefundNotification| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::ledger::GetLedgerBalances>(vec![], answers),
        OperationSchema::new::<crate::model::ledger::GetLedgerEntries>(
            vec![
                required(
                    |it: &crate::model::ledger::GetLedgerEntries| &it.currency,
                    written,
                ),
                required(
                    |it: &crate::model::ledger::GetLedgerEntries| &it.start_date,
                    written,
                ),
                required(
                    |it: &crate::model::ledger::GetLedgerEntries| &it.end_date,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::settlement::ListSettlements>(
            vec![
                optional(
                    |it: &crate::model::settlement::ListSettlements| &it.start_date,
                    written,
                ),
                optional(
                    |it: &crate::model::settlement::ListSettlements| &it.end_date,
                    written,
                ),
                optional(
                    |it: &crate::model::settlement::ListSettlements| &it.currency,
                    written,
                ),
                optional(
                    |it: &crate::model::settlement::ListSettlements| &it.status,
                    written,
                ),
                optional(
                    |it: &crate::model::settlement::ListSettlements| &it.limit,
                    written,
                ),
                optional(
                    |it: &crate::model::settlement::ListSettlements| &it.offset,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::settlement::GetSettlement>(
            vec![required(
                |it: &crate::model::settlement::GetSettlement| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::settlement::GetSettlementReport>(
            vec![required(
                |it: &crate::model::settlement::GetSettlementReport| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::payout::CreatePayout>(
            vec![
                optional(
                    |it: &crate::model::payout::CreatePayout| &it.reference,
                    written,
                ),
                required(
                    |it: &crate::model::payout::CreatePayout| &it.amount,
                    written,
                ),
                required(
                    |it: &crate::model::payout::CreatePayout| &it.currency,
                    written,
                ),
                optional(
                    |it: &crate::model::payout::CreatePayout| &it.ledger_currency,
                    written,
                ),
                optional(
                    |it: &crate::model::payout::CreatePayout| &it.recipient_id,
                    written,
                ),
                optional(
                    |it: &crate::model::payout::CreatePayout| &it.shopper_id,
                    written,
                ),
                optional(|it: &crate::model::payout::CreatePayout| &it.email, written),
                optional(|it: &crate::model::payout::CreatePayout| &it.label, written),
                optional(
                    |it: &crate::model::payout::CreatePayout| &it.notification_url,
                    written,
                ),
                optional(
                    |it: &crate::model::payout::CreatePayout| &it.notification_email,
                    written,
                ),
                optional(
                    |it: &crate::model::payout::CreatePayout| &it.effective_date,
                    written,
                ),
                optional(
                    |it: &crate::model::payout::CreatePayout| &it.ignore_emails,
                    written,
                ),
                optional(
                    |it: &crate::model::payout::CreatePayout| &it.message,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::payout::GetPayout>(
            vec![required(
                |it: &crate::model::payout::GetPayout| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::payout::ListPayouts>(
            vec![
                optional(
                    |it: &crate::model::payout::ListPayouts| &it.start_date,
                    written,
                ),
                optional(
                    |it: &crate::model::payout::ListPayouts| &it.end_date,
                    written,
                ),
                optional(|it: &crate::model::payout::ListPayouts| &it.status, written),
                optional(
                    |it: &crate::model::payout::ListPayouts| &it.reference,
                    written,
                ),
                optional(
                    |it: &crate::model::payout::ListPayouts| &it.group_id,
                    written,
                ),
                optional(|it: &crate::model::payout::ListPayouts| &it.limit, written),
                optional(|it: &crate::model::payout::ListPayouts| &it.offset, written),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::payout::CancelPayout>(
            vec![required(
                |it: &crate::model::payout::CancelPayout| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::payout::ResendPayoutNotification>(
            vec![required(
                |it: &crate::model::payout::ResendPayoutNotification| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::payout::CreatePayoutGroup>(
            vec![required(
                |it: &crate::model::payout::CreatePayoutGroup| &it.instructions,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::payout::CancelPayoutGroup>(
            vec![required(
                |it: &crate::model::payout::CancelPayoutGroup| &it.group_id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::recipient::SubmitRecipients>(
            vec![
                required(
                    |it: &crate::model::recipient::SubmitRecipients| &it.guid,
                    written,
                ),
                required(
                    |it: &crate::model::recipient::SubmitRecipients| &it.recipients,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::recipient::GetRecipient>(
            vec![required(
                |it: &crate::model::recipient::GetRecipient| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::recipient::ListRecipients>(
            vec![
                optional(
                    |it: &crate::model::recipient::ListRecipients| &it.status,
                    written,
                ),
                optional(
                    |it: &crate::model::recipient::ListRecipients| &it.limit,
                    written,
                ),
                optional(
                    |it: &crate::model::recipient::ListRecipients| &it.offset,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::recipient::UpdateRecipient>(
            vec![
                required(
                    |it: &crate::model::recipient::UpdateRecipient| &it.id,
                    written,
                ),
                optional(
                    |it: &crate::model::recipient::UpdateRecipient| &it.label,
                    written,
                ),
                optional(
                    |it: &crate::model::recipient::UpdateRecipient| &it.notification_url,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::recipient::RemoveRecipient>(
            vec![required(
                |it: &crate::model::recipient::RemoveRecipient| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::recipient::ResendRecipientNotification>(
            vec![required(
                |it: &crate::model::recipient::ResendRecipientNotification| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::rate::GetRates>(vec![], answers),
        OperationSchema::new::<crate::model::rate::GetRatesFor>(
            vec![required(
                |it: &crate::model::rate::GetRatesFor| &it.base,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::rate::GetRate>(
            vec![
                required(|it: &crate::model::rate::GetRate| &it.base, written),
                required(|it: &crate::model::rate::GetRate| &it.currency, written),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::currency::GetCurrencies>(vec![], answers),
        OperationSchema::new::<crate::model::bill::CreateBill>(
            vec![
                optional(|it: &crate::model::bill::CreateBill| &it.number, written),
                required(|it: &crate::model::bill::CreateBill| &it.currency, written),
                optional(|it: &crate::model::bill::CreateBill| &it.name, written),
                optional(|it: &crate::model::bill::CreateBill| &it.address1, written),
                optional(|it: &crate::model::bill::CreateBill| &it.address2, written),
                optional(|it: &crate::model::bill::CreateBill| &it.city, written),
                optional(|it: &crate::model::bill::CreateBill| &it.state, written),
                optional(|it: &crate::model::bill::CreateBill| &it.zip, written),
                optional(|it: &crate::model::bill::CreateBill| &it.country, written),
                required(|it: &crate::model::bill::CreateBill| &it.email, written),
                optional(|it: &crate::model::bill::CreateBill| &it.cc, written),
                optional(|it: &crate::model::bill::CreateBill| &it.phone, written),
                optional(|it: &crate::model::bill::CreateBill| &it.due_date, written),
                optional(
                    |it: &crate::model::bill::CreateBill| &it.pass_processing_fee,
                    written,
                ),
                required(|it: &crate::model::bill::CreateBill| &it.items, written),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::bill::GetBill>(
            vec![required(|it: &crate::model::bill::GetBill| &it.id, written)],
            answers,
        ),
        OperationSchema::new::<crate::model::bill::ListBills>(
            vec![optional(
                |it: &crate::model::bill::ListBills| &it.status,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::bill::UpdateBill>(
            vec![
                required(|it: &crate::model::bill::UpdateBill| &it.id, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.number, written),
                required(|it: &crate::model::bill::UpdateBill| &it.currency, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.name, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.address1, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.address2, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.city, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.state, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.zip, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.country, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.email, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.cc, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.phone, written),
                optional(|it: &crate::model::bill::UpdateBill| &it.due_date, written),
                optional(
                    |it: &crate::model::bill::UpdateBill| &it.pass_processing_fee,
                    written,
                ),
                required(|it: &crate::model::bill::UpdateBill| &it.items, written),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::bill::DeliverBill>(
            vec![required(
                |it: &crate::model::bill::DeliverBill| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::subscription::CreateSubscription>(
            vec![
                required(
                    |it: &crate::model::subscription::CreateSubscription| &it.schedule,
                    written,
                ),
                required(
                    |it: &crate::model::subscription::CreateSubscription| &it.bill_data,
                    written,
                ),
                optional(
                    |it: &crate::model::subscription::CreateSubscription| &it.status,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::subscription::GetSubscription>(
            vec![required(
                |it: &crate::model::subscription::GetSubscription| &it.id,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::subscription::ListSubscriptions>(
            vec![optional(
                |it: &crate::model::subscription::ListSubscriptions| &it.status,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::subscription::UpdateSubscription>(
            vec![
                required(
                    |it: &crate::model::subscription::UpdateSubscription| &it.id,
                    written,
                ),
                optional(
                    |it: &crate::model::subscription::UpdateSubscription| &it.status,
                    written,
                ),
                optional(
                    |it: &crate::model::subscription::UpdateSubscription| &it.schedule,
                    written,
                ),
                optional(
                    |it: &crate::model::subscription::UpdateSubscription| &it.bill_data,
                    written,
                ),
            ],
            answers,
        ),
        OperationSchema::new::<crate::model::wallet::GetSupportedWallets>(vec![], answers),
        OperationSchema::new::<crate::model::token_sin::ListTokenSins>(vec![], answers),
        OperationSchema::new::<crate::model::token_sin::LinkTokenSin>(
            vec![required(
                |it: &crate::model::token_sin::LinkTokenSin| &it.sin,
                written,
            )],
            answers,
        ),
        OperationSchema::new::<crate::model::token_sin::RemoveTokenSin>(
            vec![required(
                |it: &crate::model::token_sin::RemoveTokenSin| &it.sin,
                written,
            )],
            answers,
        ),
    ]
}
