//! The books of a merchant beside what BitPay tells.

use bitpay_core::model::invoice::{ExceptionStatus, Invoice, InvoiceStatus};
use bitpay_core::model::ledger::{LedgerCode, LedgerEntry};
use bitpay_core::reconcile::{Ledger, Order, Problem, ReconcileError, Reconciliation, reconcile};
use bitpay_core::{Amount, Currency};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::json;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn invoice(id: &str, order: &str, status: InvoiceStatus, price: &str) -> Invoice {
    let mut invoice = Invoice::new(id.parse().unwrap(), status, amount(price), Currency::EUR);
    invoice.order_id = (!order.is_empty()).then(|| order.to_owned());
    invoice
}

fn order(id: &str, price: &str, is_fulfilled: bool) -> Order {
    Order::new(id, amount(price), Currency::EUR).fulfilled(is_fulfilled)
}

fn refunded(mut invoice: Invoice, amounts: &serde_json::Value) -> Invoice {
    let mut text = serde_json::to_value(&invoice).unwrap();
    text["refundInfo"] = json!([{ "currency": "EUR", "amounts": amounts }]);
    invoice = serde_json::from_str(&text.to_string()).unwrap();
    invoice
}

fn entry(id: &str, code: u32, cents: i64, invoice: &str) -> LedgerEntry {
    let entry = json!({
        "id": id, "code": code, "amount": cents, "scale": 100, "timestamp": "2026-03-01T12:00:00.000Z",
        "invoiceId": invoice,
    });
    serde_json::from_str(&entry.to_string()).unwrap()
}

fn problems(report: &Reconciliation) -> Vec<(Problem, Option<&str>, Option<&str>)> {
    let findings = report.findings.iter();
    findings
        .map(|it| {
            let invoice = it.invoice.as_ref().map(|id| id.as_str());
            (it.problem.clone(), it.order.as_deref(), invoice)
        })
        .collect()
}

#[test]
fn each_problem_is_found_and_what_is_right_is_not() {
    use InvoiceStatus::{Complete, Confirmed, Expired, New, Paid};
    let orders = [
        order("right", "10.10", true),
        order("open", "5", false),
        order("not-fulfilled", "5", false),
        order("not-paid", "7.25", true),
        order("only-seen", "1", true),
        order("twice", "3", true),
        order("price", "4", true),
        order("under", "6", false),
        order("over", "6", true),
        order("late", "6", true),
        order("back", "9", true),
        order("unsettled", "2", true),
    ];
    let mut under = invoice("i8", "under", Expired, "6");
    under.exception_status = Some(ExceptionStatus::PaidPartial);
    under.underpaid_amount = Some(amount("0.00012"));
    under.transaction_currency = Some(Currency::BTC);
    let mut over = invoice("i9", "over", Complete, "6");
    over.exception_status = Some(ExceptionStatus::PaidOver);
    let mut late = invoice("i10", "late", Complete, "6");
    late.exception_status = Some(ExceptionStatus::PaidLate);
    let back = refunded(
        invoice("i11", "back", Complete, "9"),
        &json!({ "EUR": 2.5, "BTC": 0.0001 }),
    );
    let invoices = [
        // The same by value.
        invoice("i1", "right", Complete, "10.1"),
        invoice("i2", "open", New, "5"),
        invoice("i3", "not-fulfilled", Confirmed, "5"),
        invoice("i4", "not-paid", Expired, "7.25"),
        invoice("i5", "only-seen", Paid, "1"),
        invoice("i6", "twice", Complete, "3"),
        invoice("i6b", "twice", Confirmed, "3"),
        invoice("i7", "price", Complete, "3.99"),
        under,
        over,
        late,
        back,
        invoice("i12", "unsettled", Complete, "2"),
        invoice("i13", "", Complete, "1"),
        invoice("i14", "somebody-elses", Confirmed, "1"),
        invoice("i15", "nobodys", New, "1"),
    ];
    let credited = ["i1", "i6", "i7", "i9", "i10", "i11", "i13"];
    let mut entries: Vec<_> = credited.iter().map(|id| entry(id, 1000, 500, id)).collect();
    entries.push(entry("f1", 1023, -8, "i1"));
    entries.push(entry("f2", 1039, -2, "i11"));
    entries.push(entry("r1", 1020, -250, "i11"));
    entries.push(entry("s1", 1017, -1_000, ""));
    entries.push(entry("s2", 1022, 100, ""));
    entries.push(entry("x1", 1016, 1, ""));
    let ledgers = [Ledger::new(Currency::EUR, entries)];
    let report = reconcile(&orders, &invoices, &ledgers).unwrap();
    assert_eq!(
        problems(&report),
        [
            (Problem::Refunded, Some("back"), Some("i11")),
            (Problem::Late, Some("late"), Some("i10")),
            (Problem::NotFulfilled, Some("not-fulfilled"), Some("i3")),
            (Problem::NotPaid, Some("not-paid"), None),
            (Problem::NotPaid, Some("only-seen"), None),
            (Problem::Overpaid, Some("over"), Some("i9")),
            (Problem::OtherPrice, Some("price"), Some("i7")),
            (Problem::PaidTwice, Some("twice"), Some("i6b")),
            (Problem::Underpaid, Some("under"), Some("i8")),
            (Problem::NotSettled, Some("unsettled"), Some("i12")),
            (Problem::NoOrder, None, Some("i13")),
            (Problem::NoOrder, Some("somebody-elses"), Some("i14")),
        ]
    );
    let found = |problem: Problem| report.findings.iter().find(|it| it.problem == problem);
    let missing = found(Problem::Underpaid).unwrap();
    assert_eq!(missing.amount, Some(amount("0.00012")));
    assert_eq!(missing.currency, Some(Currency::BTC));
    assert_eq!(
        found(Problem::Refunded).unwrap().amount,
        Some(amount("2.5"))
    );
    let totals = &report.totals["EUR"];
    assert_eq!(totals.fulfilled, amount("48.35"));
    assert_eq!(totals.paid, amount("50.09"));
    assert_eq!(totals.refunded, amount("2.5"));
    assert_eq!(totals.difference, amount("-0.76"));
    let ledger = &report.ledgers["EUR"];
    assert_eq!(ledger.invoices, amount("35"));
    assert_eq!(ledger.fees, amount("-0.1"));
    assert_eq!(ledger.refunds, amount("-2.5"));
    assert_eq!(ledger.settlements, amount("-9"));
    assert_eq!(ledger.other, amount("0.01"));
    assert_eq!(ledger.sum, amount("23.41"));
    // Without ledgers nobody can say what is on none.
    let report = reconcile(&orders, &invoices, &[]).unwrap();
    assert!(
        report
            .findings
            .iter()
            .all(|it| it.problem != Problem::NotSettled)
    );
}

#[test]
fn only_what_counts_as_paid_is_taken_back_from_it() {
    use InvoiceStatus::{Complete, Declined, Expired};
    let back = |invoice: Invoice, euros: &str, coins: &str| {
        refunded(invoice, &json!({ "EUR": euros, "BTC": coins }))
    };
    // Neither came to count: a decline and an underpayment give all back.
    let declined = back(invoice("i1", "a", Declined, "20"), "20", "0.002");
    let mut under = back(invoice("i2", "b", Expired, "20"), "5", "0.0005");
    under.exception_status = Some(ExceptionStatus::PaidPartial);
    // What was too much goes back, and the price stays; what goes back besides does not.
    let mut over = invoice("i3", "c", Complete, "10");
    over.exception_status = Some(ExceptionStatus::PaidOver);
    over.overpaid_amount = Some(amount("0.0003"));
    over.transaction_currency = Some("USDC_m".parse().unwrap());
    let over = refunded(over, &json!({ "EUR": "3", "USDC_m": "0.00030" }));
    let mut both = over.clone();
    both.id = "i4".parse().unwrap();
    both.order_id = Some("d".to_owned());
    both.refund_info
        .extend(back(invoice("x", "x", Complete, "10"), "1.5", "0.00015").refund_info);
    // However the currency is written.
    let mut lower = invoice("i5", "e", Complete, "7");
    lower.currency = "eur".parse().unwrap();
    let orders = [
        order("c", "10", true),
        order("d", "8.5", true),
        order("e", "7", true),
    ];
    let invoices = [declined, under, over, both, lower];
    let report = reconcile(&orders, &invoices, &[]).unwrap();
    let totals = &report.totals["EUR"];
    let sums = [
        totals.paid,
        totals.refunded,
        totals.fulfilled,
        totals.difference,
    ];
    assert_eq!(sums, ["27", "1.5", "25.5", "0"].map(amount));
    assert_eq!(report.totals.len(), 1);
    let mut turned = invoices.clone();
    turned.reverse();
    let mut lowered = orders.clone();
    lowered[0].currency = "eur".parse().unwrap();
    assert_eq!(
        reconcile(&lowered, &turned, &[]).unwrap().totals,
        report.totals
    );
    let price = |problem: &Problem| *problem == Problem::OtherPrice;
    let other: Vec<_> = report
        .findings
        .iter()
        .filter(|it| price(&it.problem))
        .collect();
    assert_eq!(other.len(), 1, "{other:?}");
    // All that went back is told, and no sum of which a part is not.
    let told = |id: &str| {
        let of = |it: &&bitpay_core::reconcile::Finding| {
            it.problem == Problem::Refunded
                && it.invoice.as_ref().is_some_and(|it| it.as_str() == id)
        };
        report.findings.iter().find(of).unwrap().amount
    };
    assert_eq!(
        ["i1", "i2", "i4"].map(told),
        ["20", "5", "4.5"].map(|it| Some(amount(it)))
    );
    let mut partly = invoices[3].clone();
    let bitcoin = json!({ "BTC": 1 });
    let more = refunded(invoice("x", "x", Complete, "1"), &bitcoin);
    partly.refund_info.extend(more.refund_info);
    let report = reconcile(&[], &[partly], &[]).unwrap();
    let refund = |it: &&bitpay_core::reconcile::Finding| it.problem == Problem::Refunded;
    assert_eq!(report.findings.iter().find(refund).unwrap().amount, None);
    // What cannot be read is not passed over.
    let odd = refunded(invoice("i6", "f", Complete, "1"), &json!({ "EUR": "1e99" }));
    assert_eq!(
        reconcile(&[], &[odd], &[]).unwrap_err(),
        ReconcileError::Refund("i6".to_owned())
    );
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let twice = [order("a", "1", true), order("a", "1", true)];
    assert_eq!(
        reconcile(&twice, &[], &[]),
        Err(ReconcileError::OrderTwice("a".to_owned()))
    );
    let huge = ["79228162514264337593543950335", "0.1"];
    let orders = huge.map(|price| order(price, price, true));
    assert_eq!(
        reconcile(&orders, &[], &[]),
        Err(ReconcileError::TooLarge("EUR".to_owned()))
    );
    let mut odd = entry("e1", 1000, 500, "i1");
    odd.scale = serde_json::from_str("3").unwrap();
    assert_eq!(
        reconcile(&[], &[], &[Ledger::new(Currency::EUR, vec![odd])]),
        Err(ReconcileError::Entry("e1".to_owned()))
    );
    assert_eq!(LedgerCode::INVOICE.number(), 1000);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(36), ..ProptestConfig::default() })]

    /// The sums are those of a second reckoning in cents, whatever the sequence.
    #[test]
    fn sums_are_exact_in_any_sequence(
        books in proptest::collection::vec((0..100_000_i64, any::<bool>(), 0..4_usize), 0..40),
        turn in 0..40_usize,
    ) {
        let statuses = [
            InvoiceStatus::Confirmed,
            InvoiceStatus::Complete,
            InvoiceStatus::Paid,
            InvoiceStatus::Expired,
        ];
        let price = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
        let (mut orders, mut invoices) = (Vec::new(), Vec::new());
        let (mut fulfilled, mut paid) = (0, 0);
        for (index, (cents, is_fulfilled, status)) in books.iter().enumerate() {
            let id = format!("o{index}");
            orders.push(order(&id, &price(*cents), *is_fulfilled));
            let one = invoice(&format!("i{index}"), &id, statuses[*status].clone(), &price(*cents));
            invoices.push(one);
            fulfilled += if *is_fulfilled { *cents } else { 0 };
            paid += if *status < 2 { *cents } else { 0 };
        }
        let report = reconcile(&orders, &invoices, &[]).unwrap();
        let difference = report.totals.get("EUR").map_or(Amount::ZERO, |it| it.difference);
        let expected = paid - fulfilled;
        let sign = if expected < 0 { "-" } else { "" };
        prop_assert_eq!(difference, amount(&format!("{sign}{}", price(expected.abs()))));
        for (order, (_, is_fulfilled, status)) in orders.iter().zip(&books) {
            let wrong = match (is_fulfilled, *status < 2) {
                (true, false) => Some(Problem::NotPaid),
                (false, true) => Some(Problem::NotFulfilled),
                _ => None,
            };
            let found: Vec<_> = report.findings.iter()
                .filter(|it| it.order.as_deref() == Some(&*order.id))
                .map(|it| it.problem.clone())
                .collect();
            prop_assert_eq!(found, Vec::from_iter(wrong));
        }
        if !invoices.is_empty() {
            let turn = turn % invoices.len();
            orders.rotate_left(turn);
            invoices.reverse();
            prop_assert_eq!(reconcile(&orders, &invoices, &[]).unwrap(), report);
        }
    }
}
