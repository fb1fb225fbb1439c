//! The core's own calls against the sandbox, without IO: each operation, and lost answers.

use std::time::Duration;

use bitpay_core::call::{Call, Incoming as _, Settings as CallSettings, Step};
use bitpay_core::config::Config;
use bitpay_core::error::{TransportError, TransportErrorKind};
use bitpay_core::model::currency::GetCurrencies;
use bitpay_core::model::invoice::{
    Buyer, CancelInvoice, CancelInvoiceByGuid, CreateInvoice, GetInvoice, GetInvoiceByGuid,
    GetPublicInvoice, InvoiceStatus, ListInvoices, PayInvoice, ResendInvoiceWebhook, UpdateInvoice,
};
use bitpay_core::model::rate::{GetRate, GetRates, GetRatesFor};
use bitpay_core::model::refund::{
    CancelRefund, CreateRefund, GetRefund, GetRefundByGuid, ListRefunds, RefundStatus,
};
use bitpay_core::pairing::{ClaimPairing, ListTokens, MintToken, RequestPairing};
use bitpay_core::{
    Allows, Anonymous, BaseUrl, Credential, Currency, Error, Facade, Grant, Guid, Identity,
    Merchant, Pos, Token,
};
use bitpay_sandbox::{Fault, GuidRepeat, Settings};
use http::header::HOST;

use crate::support::{Bench, key};

/// Calls as a front does, and lets time pass where a front sleeps.
fn call<C: Credential, E: Allows<C>>(
    bench: &mut Bench,
    credential: &C,
    request: &E,
) -> Result<E::Response, Error> {
    let base: BaseUrl = "http://127.0.0.1:8088".parse().unwrap();
    let settings = CallSettings::new(&Config::new(base.clone().into())).unwrap();
    let mut call = Call::new(request, &base, credential, &settings)?;
    loop {
        match call.step(bench.clock, 0) {
            Step::Note(_) => panic!("there is no journal"),
            Step::Send(request) => {
                let mut request = http::Request::clone(&request);
                request
                    .headers_mut()
                    .insert(HOST, base.authority().parse().unwrap());
                match bench.handle(&request).response {
                    Some(response) => {
                        let (head, body) = response.into_parts();
                        if call.head(head.status, head.headers) && call.body(&body) {
                            call.end();
                        }
                    }
                    None => call.failed(TransportError::new(TransportErrorKind::Closed, None)),
                }
            }
            Step::Sleep(pause) => bench.pass(pause),
            Step::Done(result) => return result.map(|answer| answer.into_value()),
            Step::Sign(_) => panic!("the key is in memory"),
        }
    }
}

fn price() -> CreateInvoice {
    CreateInvoice::new(Guid::from_random([1; 16]), 10, Currency::USD)
        .order_id("7")
        .buyer(Buyer::new().email("buyer@example.com"))
}

#[test]
fn pairing_is_read_by_the_core() {
    let mut bench = Bench::new();
    let identity = Identity::new(key(9));
    let guid = Guid::from_random([2; 16]);
    let ask = RequestPairing::new(identity.sin().clone(), Facade::Merchant, guid).label("shop");
    let pairing = call(&mut bench, &Anonymous, &ask).unwrap();
    assert!(!pairing.is_active());
    let early = call(&mut bench, &identity, &ListTokens::new()).unwrap_err();
    assert!(early.to_string().contains("Unauthorized sin"), "{early}");
    let code = pairing.code.clone().unwrap();
    bench.engine.approve(&code, bench.clock).unwrap();
    let listed = call(&mut bench, &identity, &ListTokens::new()).unwrap();
    assert!(pairing.has_token(&listed[0]));

    let grant: Grant<Merchant> = pairing.grant(&identity).unwrap();
    let guid = Guid::from_random([3; 16]);
    let mint = MintToken::new(identity.sin().clone(), Facade::Pos, guid);
    let minted = call(&mut bench, &grant, &mint).unwrap();
    let claim = ClaimPairing::new(key(10).sin().clone(), minted.code.clone().unwrap());
    let claimed = call(&mut bench, &Anonymous, &claim).unwrap();
    let pos: Grant<Pos> = claimed.grant(&Identity::new(key(10))).unwrap();
    assert_eq!(
        call(&mut bench, &pos, &price())
            .unwrap()
            .order_id
            .as_deref(),
        Some("7")
    );
}

#[test]
fn each_operation_is_read_by_the_core() {
    let mut bench = Bench::new();
    let grant = bench.engine.grant::<Merchant>(key(7), bench.clock);
    let invoice = call(
        &mut bench,
        &grant,
        &price().notification_url("http://localhost/"),
    )
    .unwrap();
    let id = invoice.id.clone();
    assert!(price().echo(&invoice).matches());
    let sub_units = invoice.payment_subtotals.get("ETH").unwrap().unwrap();
    assert_eq!(sub_units.get(), 3_125_000_000_000_000);

    let resend = ResendInvoiceWebhook::new(id.clone(), invoice.token.clone().unwrap());
    call(&mut bench, &grant, &resend).unwrap();
    let sms = UpdateInvoice::new(id.clone())
        .buyer_sms("+15551234567")
        .auto_verify(true);
    call(&mut bench, &grant, &sms).unwrap();
    let pay = PayInvoice::new(id.clone()).status(InvoiceStatus::Complete);
    assert_eq!(
        call(&mut bench, &grant, &pay).unwrap().transactions.len(),
        2
    );
    let found = call(&mut bench, &grant, &GetInvoice::new(id.clone())).unwrap();
    assert_eq!(found.status, InvoiceStatus::Complete);
    let guid = price().guid;
    assert_eq!(
        call(&mut bench, &grant, &GetInvoiceByGuid::new(guid.clone()))
            .unwrap()
            .id,
        id
    );
    let public = call(&mut bench, &Anonymous, &GetPublicInvoice::new(id.clone())).unwrap();
    assert_eq!((public.id, public.token), (id.clone(), None));
    let day = "2026-03-01".parse().unwrap();
    let list = ListInvoices::new(day, day)
        .status(InvoiceStatus::Complete)
        .limit(5);
    assert_eq!(call(&mut bench, &grant, &list).unwrap().len(), 1);
    assert!(call(&mut bench, &grant, &CancelInvoice::new(id.clone())).is_err());
    assert!(call(&mut bench, &grant, &CancelInvoiceByGuid::new(guid)).is_err());

    let guid = Guid::from_random([4; 16]);
    let create = CreateRefund::new(&found, guid.clone(), 4)
        .unwrap()
        .reference("r");
    let refund = call(&mut bench, &grant, &create).unwrap();
    assert!(create.echo(&refund).matches());
    assert_eq!(
        call(&mut bench, &grant, &GetRefund::new(refund.id.clone())).unwrap(),
        refund
    );
    assert_eq!(
        call(&mut bench, &grant, &GetRefundByGuid::new(guid)).unwrap(),
        refund
    );
    assert_eq!(
        call(&mut bench, &grant, &ListRefunds::new(id))
            .unwrap()
            .len(),
        1
    );
    let canceled = call(&mut bench, &grant, &CancelRefund::new(refund.id)).unwrap();
    assert_eq!(canceled.status, RefundStatus::Canceled);

    let rates = call(&mut bench, &Anonymous, &GetRates::new()).unwrap();
    assert_eq!(
        call(&mut bench, &Anonymous, &GetRatesFor::new(Currency::BTC)).unwrap(),
        rates
    );
    let rate = call(
        &mut bench,
        &Anonymous,
        &GetRate::new(Currency::BTC, Currency::EUR),
    )
    .unwrap();
    assert_eq!(rate.rate.as_text(), "60185.18519");
    let currencies = call(&mut bench, &Anonymous, &GetCurrencies::new()).unwrap();
    assert!(
        currencies
            .iter()
            .any(|it| it.code == Currency::JPY && it.decimals == Some(0))
    );
}

#[test]
fn a_lost_answer_makes_no_second_invoice() {
    let late = GuidRepeat::Late(Duration::from_millis(100));
    for repeat in [GuidRepeat::Replay, GuidRepeat::Ignored, late] {
        let mut settings = Settings::default();
        settings.invoice_guids = repeat;
        let mut bench = Bench::with(settings);
        let token: Token<Pos> = bench.pos.parse().unwrap();
        let grant = Grant::unsigned(token);
        bench.engine.inject(Fault::lost().on("create_invoice"));
        let invoice = call(&mut bench, &grant, &price()).unwrap();
        let merchant = bench.engine.grant::<Merchant>(key(7), bench.clock);
        let day = "2026-03-01".parse().unwrap();
        let all = call(&mut bench, &merchant, &ListInvoices::new(day, day)).unwrap();
        let ids: Vec<_> = all.into_iter().map(|it| it.id).collect();
        assert_eq!(ids, [invoice.id], "{repeat:?}");
    }
}
