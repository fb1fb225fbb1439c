//! Every field goes out under BitPay's own name, and one that is not set does not go out: the whole
//! bodies, written out. Sources: the pages that each row of the table links to.

use bitpay_core::call::{Call, Settings, Step};
use bitpay_core::model::invoice::{
    Buyer, CreateInvoice, Invoice, InvoiceStatus, ItemizedDetail, ListInvoices, PayInvoice,
    ResendInvoiceWebhook, TransactionSpeed, UpdateInvoice,
};
use bitpay_core::model::refund::CreateRefund;
use bitpay_core::pairing::{ClaimPairing, MintToken, RequestPairing};
use bitpay_core::time::{Date, Timestamp};
use bitpay_core::{
    Allows, Amount, Anonymous, Config, Credential, Currency, Environment, Facade, Grant, Guid,
    Merchant, PrivateKey, ResourceToken,
};

pub(crate) fn sent<C: Credential, E: Allows<C>>(credential: &C, request: &E) -> (String, String) {
    let config = Config::new(Environment::Test);
    let settings = Settings::new(&config).unwrap();
    let mut call = Call::new(
        request,
        &Environment::Test.base_url(),
        credential,
        &settings,
    )
    .unwrap();
    let Step::Send(http) = call.step(Timestamp::UNIX_EPOCH, 0) else {
        panic!("nothing to send")
    };
    let target = http.uri().path_and_query().unwrap().to_string();
    (
        format!("{} {target}", http.method()),
        String::from_utf8(http.body().to_vec()).unwrap(),
    )
}

fn key() -> PrivateKey {
    PrivateKey::from_hex("97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c")
        .unwrap()
}

pub(crate) fn merchant() -> Grant<Merchant> {
    Grant::new(
        "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5"
            .parse()
            .unwrap(),
        key(),
    )
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn guid() -> Guid {
    "6b1b0c0e".parse().unwrap()
}

#[test]
fn an_invoice_has_every_field_that_was_set() {
    let buyer = Buyer::new()
        .name("Zoë")
        .address1("1 Rd")
        .address2("Apt 2")
        .locality("Bath")
        .region("Somerset")
        .postal_code("BA1")
        .country("GB")
        .email("z@example.com")
        .phone("1")
        .notify(false);
    let request = CreateInvoice::new(guid(), amount("10.10"), Currency::USD)
        .order_id("17")
        .item_desc("Tea")
        .item_code("T")
        .itemized_details(vec![
            ItemizedDetail::new(amount("1.50"), "Postage").is_fee(true),
        ])
        .pos_data("{}")
        .notification_url("https://shop.example/ipn")
        .notification_email("m@example.com")
        .redirect_url("https://shop.example/r")
        .close_url("https://shop.example/c")
        .auto_redirect(false)
        .transaction_speed(TransactionSpeed::High)
        .full_notifications(false)
        .extended_notifications(true)
        .physical(false)
        .buyer(buyer)
        .payment_currencies(vec![Currency::BTC, Currency::USDC])
        .acceptance_window(0)
        .json_pay_pro_required(false)
        .bitpay_id_required(false)
        .merchant_name("Shop")
        .forced_buyer_selected_transaction_currency(Currency::BTC)
        .forced_buyer_selected_wallet("bitpay");
    let (line, body) = sent(&merchant(), &request);
    assert_eq!(line, "POST /invoices");
    assert_eq!(
        body,
        concat!(
            r#"{"token":"DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5","guid":"6b1b0c0e","price":10.10,"#,
            r#""currency":"USD","orderId":"17","itemDesc":"Tea","itemCode":"T","#,
            r#""itemizedDetails":[{"amount":1.50,"description":"Postage","isFee":true}],"posData":"{}","#,
            r#""notificationURL":"https://shop.example/ipn","notificationEmail":"m@example.com","#,
            r#""redirectURL":"https://shop.example/r","closeURL":"https://shop.example/c","autoRedirect":false,"#,
            r#""transactionSpeed":"high","fullNotifications":false,"extendedNotifications":true,"physical":false,"#,
            r#""buyer":{"name":"Zoë","address1":"1 Rd","address2":"Apt 2","locality":"Bath","region":"Somerset","#,
            r#""postalCode":"BA1","country":"GB","email":"z@example.com","phone":"1","notify":false},"#,
            r#""paymentCurrencies":["BTC","USDC"],"acceptanceWindow":0,"jsonPayProRequired":false,"#,
            r#""bitpayIdRequired":false,"merchantName":"Shop","forcedBuyerSelectedTransactionCurrency":"BTC","#,
            r#""forcedBuyerSelectedWallet":"bitpay"}"#,
        )
    );
}

#[test]
fn what_is_not_set_is_absent() {
    let (_, body) = sent(
        &merchant(),
        &CreateInvoice::new(guid(), 5u32, Currency::EUR),
    );
    assert_eq!(
        body,
        r#"{"token":"DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5","guid":"6b1b0c0e","price":5,"currency":"EUR"}"#
    );
    let (line, body) = sent(&merchant(), &PayInvoice::new("a1".parse().unwrap()));
    assert_eq!(
        (line.as_str(), body.as_str()),
        (
            "PUT /invoices/pay/a1",
            r#"{"token":"DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5"}"#,
        )
    );
}

#[test]
fn an_update_a_list_and_a_resend_have_bitpays_names() {
    let update = UpdateInvoice::new("a1".parse().unwrap())
        .buyer_sms("+1555")
        .sms_code("123456")
        .auto_verify(false);
    let (line, body) = sent(&merchant(), &update);
    assert_eq!(line, "PUT /invoices/a1");
    assert_eq!(
        body,
        concat!(
            r#"{"token":"DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5","buyerSms":"+1555","smsCode":"123456","#,
            r#""autoVerify":false}"#
        )
    );
    let list = ListInvoices::new(Date::constant(2026, 2, 28), Date::constant(2026, 3, 1))
        .status(InvoiceStatus::Complete)
        .order_id("a&b")
        .limit(0)
        .offset(20);
    let (line, body) = sent(&merchant(), &list);
    assert_eq!(
        line,
        "GET /invoices?token=DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5&dateStart=2026-02-28&dateEnd=2026-03-01\
         &status=complete&orderId=a%26b&limit=0&offset=20"
    );
    assert_eq!(body, "");
    let resend =
        ResendInvoiceWebhook::new("a1".parse().unwrap(), ResourceToken::new("of-the-invoice"));
    let (line, body) = sent(&merchant(), &resend);
    assert_eq!(
        (line.as_str(), body.as_str()),
        (
            "POST /invoices/a1/notifications",
            r#"{"token":"of-the-invoice"}"#
        )
    );
}

#[test]
fn a_refund_has_bitpays_names_and_no_currency() {
    let invoice = Invoice::new(
        "a1".parse().unwrap(),
        InvoiceStatus::Complete,
        amount("10"),
        Currency::USD,
    );
    let request = CreateRefund::new(&invoice, guid(), amount("2.50"))
        .unwrap()
        .preview(true)
        .immediate(false)
        .buyer_pays_refund_fee(true)
        .reference("R");
    let (line, body) = sent(&merchant(), &request);
    assert_eq!(line, "POST /refunds");
    assert_eq!(
        body,
        concat!(
            r#"{"token":"DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5","guid":"6b1b0c0e","invoiceId":"a1","#,
            r#""amount":2.50,"preview":true,"immediate":false,"buyerPaysRefundFee":true,"reference":"R"}"#
        )
    );
}

#[test]
fn pairing_has_bitpays_names() {
    let sin = key().sin().clone();
    let (line, body) = sent(
        &Anonymous,
        &RequestPairing::new(sin.clone(), Facade::Merchant, guid()).label("shop"),
    );
    assert_eq!(line, "POST /tokens");
    assert_eq!(
        body,
        r#"{"id":"Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR","facade":"merchant","label":"shop","guid":"6b1b0c0e"}"#
    );
    let (line, body) = sent(
        &Anonymous,
        &ClaimPairing::new(sin.clone(), "Wp4RRAz".parse().unwrap()),
    );
    assert_eq!(line, "POST /tokens");
    assert_eq!(
        body,
        r#"{"id":"Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR","pairingCode":"Wp4RRAz"}"#
    );
    let (line, body) = sent(&merchant(), &MintToken::new(sin, Facade::Pos, guid()));
    assert_eq!(line, "POST /tokens");
    assert_eq!(
        body,
        concat!(
            r#"{"token":"DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5","#,
            r#""id":"Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR","facade":"pos","guid":"6b1b0c0e"}"#
        )
    );
}
