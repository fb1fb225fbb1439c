//! Whole requests about payouts and recipients, under BitPay's names.

use bitpay_core::model::payout::{
    CancelPayoutGroup, CreatePayout, CreatePayoutGroup, ListPayouts, Payee, PayoutStatus,
};
use bitpay_core::model::recipient::{
    ListRecipients, NewRecipient, RecipientStatus, RemoveRecipient, SubmitRecipients,
    UpdateRecipient,
};
use bitpay_core::time::Date;
use bitpay_core::{Currency, Grant, Payout};

use crate::names::{amount, guid, key, sent};

const TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";

fn payouts() -> Grant<Payout> {
    Grant::new(TOKEN.parse().unwrap(), key())
}

fn pay(reference: &str, payee: impl Into<Payee>) -> CreatePayout {
    CreatePayout::new(
        reference,
        payee,
        amount("10.10"),
        Currency::USD,
        Currency::GBP,
    )
}

#[test]
fn a_payout_has_every_field_that_was_set() {
    let request = pay("R", Payee::Recipient("r1".parse().unwrap()))
        .label("Ada")
        .notification_url("https://shop.example/ipn")
        .notification_email("m@example.com")
        .effective_date(Date::constant(2026, 3, 9))
        .ignore_emails(false)
        .message("May");
    let (line, body) = sent(&payouts(), &request);
    assert_eq!(line, "POST /payouts");
    let fields = concat!(
        r#""reference":"R","amount":10.10,"currency":"USD","ledgerCurrency":"GBP","recipientId":"r1","#,
        r#""label":"Ada","notificationURL":"https://shop.example/ipn","notificationEmail":"m@example.com","#,
        r#""effectiveDate":"2026-03-09","ignoreEmails":false,"message":"May"}"#
    );
    assert_eq!(body, format!(r#"{{"token":"{TOKEN}",{fields}"#));

    // In a group it is the same.
    let (line, body) = sent(&payouts(), &CreatePayoutGroup::new(vec![request]));
    assert_eq!(line, "POST /payouts/group");
    assert_eq!(
        body,
        format!(r#"{{"token":"{TOKEN}","instructions":[{{{fields}]}}"#)
    );
    let cancel = CancelPayoutGroup::new("g1".parse().unwrap());
    let (line, body) = sent(&payouts(), &cancel);
    assert_eq!(line, format!("DELETE /payouts/group/g1?token={TOKEN}"));
    assert_eq!(body, "");
}

#[test]
fn a_payout_names_one_payee() {
    let shopper = sent(&payouts(), &pay("R", Payee::Shopper("s1".parse().unwrap())));
    let start = format!(
        r#"{{"token":"{TOKEN}","reference":"R","amount":10.10,"currency":"USD","ledgerCurrency":"GBP","#
    );
    assert_eq!(shopper.1, format!(r#"{start}"shopperId":"s1"}}"#));
    let invited = sent(&payouts(), &pay("R", Payee::invite("ada@example.com")));
    assert_eq!(invited.1, format!(r#"{start}"email":"ada@example.com"}}"#));
}

#[test]
fn a_list_of_payouts_has_bitpays_names() {
    let list = ListPayouts::by_reference("a&b")
        .start_date(Date::constant(2026, 2, 28))
        .end_date(Date::constant(2026, 3, 1))
        .status(PayoutStatus::Complete)
        .group_id("g1".parse().unwrap())
        .limit(0)
        .offset(20);
    assert_eq!(
        sent(&payouts(), &list).0,
        format!(
            "GET /payouts?token={TOKEN}&startDate=2026-02-28&endDate=2026-03-01&status=complete&reference=a%26b\
             &groupId=g1&limit=0&offset=20"
        )
    );
    let list = ListPayouts::new();
    assert_eq!(
        sent(&payouts(), &list).0,
        format!("GET /payouts?token={TOKEN}")
    );
}

#[test]
fn recipients_have_bitpays_names() {
    let ada = NewRecipient::new("a1".parse().unwrap(), "ada@example.com")
        .label("Ada")
        .notification_url("https://shop.example/ipn");
    let bob = NewRecipient::new("b1".parse().unwrap(), "bob@example.com");
    let (line, body) = sent(&payouts(), &SubmitRecipients::new(guid(), vec![ada, bob]));
    assert_eq!(line, "POST /recipients");
    assert_eq!(
        body,
        format!(
            "{}{TOKEN}{}",
            r#"{"token":""#,
            concat!(
                r#"","guid":"6b1b0c0e","recipients":[{"email":"ada@example.com","guid":"a1","label":"Ada","#,
                r#""notificationURL":"https://shop.example/ipn"},{"email":"bob@example.com","guid":"b1"}]}"#
            )
        )
    );
    let update = UpdateRecipient::new("r1".parse().unwrap())
        .label("A")
        .notification_url("https://shop.example/ipn");
    let (line, body) = sent(&payouts(), &update);
    assert_eq!(line, "PUT /recipients/r1");
    assert_eq!(
        body,
        format!(
            r#"{{"token":"{TOKEN}","label":"A","notificationURL":"https://shop.example/ipn"}}"#
        )
    );
    let remove = RemoveRecipient::new("r1".parse().unwrap());
    assert_eq!(
        sent(&payouts(), &remove).0,
        format!("DELETE /recipients/r1?token={TOKEN}")
    );
    let list = ListRecipients::new()
        .status(RecipientStatus::Active)
        .limit(5)
        .offset(1);
    assert_eq!(
        sent(&payouts(), &list).0,
        format!("GET /recipients?token={TOKEN}&status=active&limit=5&offset=1")
    );
}
