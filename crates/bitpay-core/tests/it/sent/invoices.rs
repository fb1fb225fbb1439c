//! Invoices and refunds.

use bitpay_core::model::invoice::{
    Buyer, CancelInvoice, CancelInvoiceByGuid, CreateInvoice, GetInvoice, GetInvoiceByGuid,
    GetInvoiceEventToken, GetPublicInvoice, Invoice, InvoiceEventToken, InvoiceStatus,
    ItemizedDetail, ListInvoices, PayInvoice, ResendInvoiceWebhook, SubscribeInvoiceEvents,
    TransactionSpeed, UpdateInvoice,
};
use bitpay_core::model::refund::{
    CancelRefund, CancelRefundByGuid, CreateRefund, GetRefund, GetRefundByGuid, ListRefunds,
    RefundStatus, ResendRefundNotification, UpdateRefund, UpdateRefundByGuid,
};
use bitpay_core::{Anonymous, Currency, Environment, RefundId};

use super::{Sent, amount, day, guid, invoice_id, merchant, own};

pub(super) fn requests() -> Vec<Sent> {
    let merchant = merchant();
    let mut sent = refunds();
    let buyer = Buyer::new()
        .name("Zoë Quinn")
        .address1("1 Mill Lane")
        .address2("Flat 2")
        .locality("Bath")
        .region("Somerset")
        .postal_code("BA1 1AA")
        .country("GB")
        .email("zoe@example.com")
        .phone("+44 1225 000000")
        .notify(false);
    let least = CreateInvoice::new(guid(), amount("12.50"), Currency::USD);
    let create = least
        .clone()
        .order_id("1042")
        .item_desc("Two coffees")
        .item_code("coffee")
        .itemized_details(vec![
            ItemizedDetail::new(12, "Coffee"),
            ItemizedDetail::new(amount("0.50"), "Service").is_fee(true),
        ])
        .pos_data(r#"{"till":7}"#)
        .notification_url("https://shop.example/hook?a=b&c=%20")
        .notification_email("till@shop.example")
        .redirect_url("https://shop.example/thanks")
        .close_url("https://shop.example/closed")
        .auto_redirect(false)
        .transaction_speed(TransactionSpeed::High)
        .full_notifications(false)
        .extended_notifications(true)
        .physical(false)
        .buyer(buyer)
        .buyer_email("zoe@example.com")
        .buyer_sms("+441225000000")
        .payment_currencies(vec![Currency::BTC, Currency::USDC])
        .acceptance_window(0)
        .json_pay_pro_required(false)
        .bitpay_id_required(false)
        .merchant_name("Corner Shop")
        .selected_transaction_currency(Currency::BTC)
        .forced_buyer_selected_transaction_currency(Currency::ETH)
        .forced_buyer_selected_wallet("bitpay");
    let list = ListInvoices::new(day(2, 28), day(3, 1));
    let filtered = list
        .clone()
        .status(InvoiceStatus::Complete)
        .order_id("a&b, é")
        .limit(0)
        .offset(20);
    let update = UpdateInvoice::new(invoice_id());
    let by_sms = update
        .clone()
        .buyer_sms("+441225000000")
        .sms_code("123456")
        .auto_verify(false);
    let pass = InvoiceEventToken::new("https://test.bitpay.com/events", own("stream"));
    let listen = SubscribeInvoiceEvents::new(&pass, &Environment::Test.base_url()).unwrap();
    let by_id = CancelInvoice::new(invoice_id());
    let by_guid = CancelInvoiceByGuid::new(guid());
    let pay = PayInvoice::new(invoice_id());
    sent.extend([
        Sent::of("request", &merchant, &create),
        Sent::of("least", &merchant, &least),
        Sent::of("request", &merchant, &GetInvoice::new(invoice_id())),
        Sent::of("request", &merchant, &GetInvoiceByGuid::new(guid())),
        Sent::of("request", &Anonymous, &GetPublicInvoice::new(invoice_id())),
        Sent::of("request", &merchant, &filtered),
        Sent::of("least", &merchant, &list),
        Sent::of("request", &merchant, &by_sms),
        Sent::of(
            "by-email",
            &merchant,
            &update.buyer_email("zoe@example.com"),
        ),
        Sent::of("request", &merchant, &by_id.clone().force_cancel(true)),
        Sent::of("least", &merchant, &by_id),
        Sent::of("request", &merchant, &by_guid.clone().force_cancel(false)),
        Sent::of("least", &merchant, &by_guid),
        Sent::of(
            "request",
            &merchant,
            &pay.clone().status(InvoiceStatus::Complete),
        ),
        Sent::of("least", &merchant, &pay),
        Sent::of(
            "request",
            &merchant,
            &ResendInvoiceWebhook::new(invoice_id(), own("invoice")),
        ),
        Sent::of(
            "request",
            &merchant,
            &GetInvoiceEventToken::new(invoice_id()),
        ),
        Sent::of("request", &Anonymous, &listen),
    ]);
    sent
}

fn refunds() -> Vec<Sent> {
    let merchant = merchant();
    let invoice = Invoice::new(
        invoice_id(),
        InvoiceStatus::Complete,
        amount("12.50"),
        Currency::USD,
    );
    let least = CreateRefund::new(&invoice, guid(), amount("2.50")).unwrap();
    let create = least
        .clone()
        .preview(true)
        .immediate(false)
        .buyer_pays_refund_fee(true)
        .reference("half of 1042");
    let id: RefundId = "Rf3rT9vXk2LpWc7Yb5Hd1F".parse().unwrap();
    let cancel = UpdateRefundByGuid::new(guid(), RefundStatus::Canceled);
    vec![
        Sent::of("request", &merchant, &create),
        Sent::of("least", &merchant, &least),
        Sent::of("request", &merchant, &GetRefund::new(id.clone())),
        Sent::of("request", &merchant, &GetRefundByGuid::new(guid())),
        Sent::of("request", &merchant, &ListRefunds::new(invoice_id())),
        Sent::of("request", &merchant, &CancelRefund::new(id.clone())),
        Sent::of("request", &merchant, &UpdateRefund::confirm(id.clone())),
        Sent::of("request", &merchant, &cancel),
        Sent::of("request", &merchant, &CancelRefundByGuid::new(guid())),
        Sent::of(
            "request",
            &merchant,
            &ResendRefundNotification::new(id, own("refund")),
        ),
    ]
}
