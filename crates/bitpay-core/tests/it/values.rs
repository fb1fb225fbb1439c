//! Laws of the value types: what is read is kept, what is written is read, and nothing panics.

use bitpay_core::amount::{Amount, AmountError, Rate, SubUnits};
use bitpay_core::by_currency::ByCurrency;
use bitpay_core::currency::Currency;
use bitpay_core::guid::Guid;
use bitpay_core::id::{IdError, InvoiceId, RefundId};
use bitpay_core::model::invoice::{ExceptionStatus, InvoiceStatus, TransactionSpeed};
use bitpay_core::model::refund::RefundStatus;
use bitpay_core::time::{Date, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(34),
        ..ProptestConfig::default()
    }
}

fn json<T: for<'de> Deserialize<'de>>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}

/// A JSON number of at most 28 digits without an exponent, and not a negative zero.
fn plain_decimal() -> impl Strategy<Value = String> {
    (any::<bool>(), "[0-9]{1,28}", 0_usize..=28).prop_map(|(negative, digits, scale)| {
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        let whole = match whole.trim_start_matches('0') {
            "" => "0",
            whole => whole,
        };
        let zero = digits.bytes().all(|byte| byte == b'0');
        let sign = if negative && !zero { "-" } else { "" };
        let point = if scale > 0 { "." } else { "" };
        format!("{sign}{whole}{point}{fraction}")
    })
}

proptest! {
    #![proptest_config(config())]

    /// Held against whole numbers: what both sides are at 28 places, modulo 2^128.
    #[test]
    fn a_sum_or_difference_is_exact_or_none(
        (one, one_scale) in (-(1_i128 << 96) + 1..1 << 96, 0..=28_u32),
        (other, other_scale) in (-(1_i128 << 96) + 1..1 << 96, 0..=28_u32),
        cut in 0..96_u32,
    ) {
        let at_28 = |amount: Amount| {
            let amount = amount.decimal();
            amount.mantissa().wrapping_mul(10_i128.wrapping_pow(28 - amount.scale()))
        };
        let of = |digits: i128, scale| Amount::from(Decimal::from_i128_with_scale(digits, scale));
        let (one, other) = (of(one >> cut, one_scale), of(other, other_scale));
        if let Some(sum) = one.checked_add(other) {
            prop_assert_eq!(at_28(sum), at_28(one).wrapping_add(at_28(other)));
        }
        if let Some(difference) = one.checked_sub(other) {
            prop_assert_eq!(at_28(difference), at_28(one).wrapping_sub(at_28(other)));
        }
        // What fits is not refused.
        if one_scale == other_scale && cut > 1 {
            prop_assert!(one.checked_sub(one).is_some_and(Amount::is_zero));
            prop_assert!(one.checked_add(one).is_some());
        }
    }

    /// Held against adding it up.
    #[test]
    fn a_multiple_is_exact_or_none(
        (digits, scale) in (-(1_i128 << 96) + 1..1 << 96, 0..=28_u32),
        cut in 0..96_u32,
        count in 0..200_u32,
    ) {
        let amount = Amount::from(Decimal::from_i128_with_scale(digits >> cut, scale));
        let sum = (0..count).try_fold(Amount::ZERO, |sum, _| sum.checked_add(amount));
        if let (Some(product), Some(sum)) = (amount.checked_mul(count), sum) {
            prop_assert_eq!(product, sum);
        }
        prop_assert_eq!(amount.checked_mul(0), Some(Amount::ZERO));
        // What fits is not refused.
        if cut >= 8 {
            prop_assert!(amount.checked_mul(count).is_some());
        }
    }

    #[test]
    fn decimals_keep_their_digits_and_scale(number in plain_decimal()) {
        let amount: Amount = json(&number);
        prop_assert_eq!(text(&amount), number.clone());
        prop_assert_eq!(amount.to_string(), number.clone());
        let quoted: Amount = json(&format!("\"{number}\""));
        prop_assert_eq!(text(&quoted), number.clone());
        let rate: Rate = json(&number);
        prop_assert_eq!(rate.amount(), Some(amount));
        prop_assert_eq!(text(&rate), number);
    }

    #[test]
    fn exponents_mean_the_same_number(digits in 1_u64.., power in -9_i32..=8) {
        let amount: Amount = json(&format!("{digits}e{power}"));
        let power_of_ten = rust_decimal::Decimal::from(10_u64.pow(power.unsigned_abs()));
        let shifted = rust_decimal::Decimal::from(digits);
        let expected = if power < 0 {
            // Integer arithmetic: a division could round.
            rust_decimal::Decimal::try_from_i128_with_scale(digits.into(), power.unsigned_abs()).unwrap()
        } else {
            shifted * power_of_ten
        };
        prop_assert_eq!(amount, Amount::from(expected));
        prop_assert!(!amount.to_string().contains(['e', 'E']));
    }

    #[test]
    fn amounts_compare_by_value(number in "[1-9][0-9]{0,12}\\.[0-9]{1,8}") {
        let longer = format!("{number}000");
        prop_assert_eq!(json::<Amount>(&number), json::<Amount>(&longer));
    }

    #[test]
    fn sub_units_exceed_u64(value in -10_i128.pow(30)..=10_i128.pow(30)) {
        for form in [
            format!("{value}"),
            format!("\"{value}\""),
            format!("{value}.0"),
            format!("{value}e0"),
            format!("{value}0e-1"),
        ] {
            let read: SubUnits = json(&form);
            prop_assert_eq!(read.get(), value);
            prop_assert_eq!(text(&read), value.to_string());
        }
    }

    #[test]
    fn all_forms_of_an_instant_are_equal(millis in -62_135_596_800_000_i64..=253_402_207_200_999) {
        let expected = Timestamp::from_millisecond(millis).unwrap();
        for form in [
            format!("{millis}"),
            format!("{millis}.0"),
            format!("\"{millis}\""),
            format!("\"{expected}\""),
            format!("\"{expected:.3}\""),
            format!("\"{expected:.9}\""),
        ] {
            let times: Times = json(&format!(
                r#"{{"millis":{form},"iso":{form},"maybe_millis":{form},"maybe_iso":{form}}}"#
            ));
            prop_assert_eq!(&times, &Times::all(expected));
            prop_assert_eq!(json::<Times>(&text(&times)), times);
        }
    }

    #[test]
    fn offsets_are_applied(millis in 0_i64..=4_102_444_800_000, hours in -12_i64..=14) {
        let expected = Timestamp::from_millisecond(millis).unwrap();
        let local = Timestamp::from_millisecond(millis + hours * 3_600_000).unwrap();
        let local = format!("{local:.3}");
        let sign = if hours < 0 { '-' } else { '+' };
        let form = format!("\"{}{sign}{:02}:00\"", local.trim_end_matches('Z'), hours.abs());
        prop_assert_eq!(json::<Iso>(&form).0, expected);
    }

    #[test]
    fn enums_keep_what_they_do_not_know(word in ".*") {
        prop_assume!(word != "cancelled");
        let quoted = text(&word);
        prop_assert_eq!(text(&json::<InvoiceStatus>(&quoted)), quoted.clone());
        prop_assert_eq!(text(&json::<RefundStatus>(&quoted)), quoted.clone());
        prop_assert_eq!(text(&json::<TransactionSpeed>(&quoted)), quoted.clone());
        prop_assert_eq!(text(&json::<ExceptionStatus>(&quoted)), quoted.clone());
        prop_assert_eq!(text(&json::<Currency>(&quoted)), quoted);
    }

    #[test]
    fn what_is_accepted_is_a_path_segment(word in "[ -~]{0,6}|[A-Za-z0-9_.-]{0,140}") {
        let accepted = [
            word.parse::<InvoiceId>().ok().map(|id| id.to_string()),
            word.parse::<RefundId>().ok().map(|id| id.to_string()),
            word.parse::<Guid>().ok().map(|guid| guid.to_string()),
        ];
        for segment in accepted.into_iter().flatten() {
            prop_assert_eq!(&segment, &word);
            let path = format!("/invoices/{segment}");
            let url: http::Uri = format!("https://bitpay.com{path}?token=t").parse().unwrap();
            prop_assert_eq!(url.path(), path);
            prop_assert_eq!(url.query(), Some("token=t"));
            prop_assert!(!matches!(segment.as_str(), "." | ".."));
            prop_assert!(!segment.contains('%'));
        }
    }

    #[test]
    fn no_text_panics(word in ".*|[-+0-9.eE_]{0,60}|-?0{0,80}[0-9]{0,80}\\.?[0-9]{0,80}(e-?[0-9]{1,12})?") {
        let _ = word.parse::<Amount>();
        let _ = word.parse::<SubUnits>();
        let _ = word.parse::<Rate>();
        let _ = word.parse::<Currency>();
        let _ = word.parse::<Guid>();
        let _ = word.parse::<InvoiceId>();
        for document in [word.clone(), text(&word)] {
            let _ = serde_json::from_str::<Amount>(&document);
            let _ = serde_json::from_str::<SubUnits>(&document);
            let _ = serde_json::from_str::<Rate>(&document);
            let _ = serde_json::from_str::<Iso>(&document);
            let _ = serde_json::from_str::<InvoiceStatus>(&document);
            if let Ok(map) = serde_json::from_str::<ByCurrency<SubUnits>>(&document) {
                let _ = (map.get("BTC"), map.to_map(), map.codes(), map.is_empty());
            }
        }
    }

    #[test]
    fn what_parses_prints_as_what_parses(word in "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e-?[0-9]{1,2})?") {
        if let Ok(amount) = word.parse::<Amount>() {
            prop_assert_eq!(amount.to_string().parse::<Amount>(), Ok(amount));
            prop_assert_eq!(text(&json::<Amount>(&text(&amount))), amount.to_string());
        }
        if let Ok(rate) = word.parse::<Rate>() {
            prop_assert_eq!(text(&rate), word);
        }
    }

    #[test]
    fn random_guids_are_uuids(random in any::<[u8; 16]>()) {
        let guid = Guid::from_random(random);
        prop_assert!(is_uuid(guid.as_str(), '4'));
        prop_assert_eq!(guid.as_str().parse(), Ok(guid.clone()));
    }

    #[test]
    fn derived_guids_are_uuids(purpose in ".*", word in ".*") {
        let guid = Guid::derived(&purpose, &word);
        prop_assert!(is_uuid(guid.as_str(), '8'));
        prop_assert_eq!(Guid::derived(&purpose, &word), guid.clone());
        prop_assert_ne!(Guid::derived(&format!("{purpose}x"), &word), guid.clone());
        prop_assert_ne!(Guid::derived(&purpose, &format!("x{word}")), guid);
    }

    #[test]
    fn maps_keep_new_currencies(code in ".*", amount in any::<u64>()) {
        let map = ByCurrency::from_entries([(&code, SubUnits::from(amount))]).unwrap();
        let map: ByCurrency<SubUnits> = json(&text(&map));
        prop_assert_eq!(map.get(&code), Ok(Some(amount.into())));
        prop_assert_eq!(&map.clone(), &map);
        prop_assert_ne!(&map, &ByCurrency::default());
        prop_assert_eq!(map.codes(), [code]);
    }
}

fn is_uuid(text: &str, version: char) -> bool {
    let shape = text.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    });
    let variant = text.as_bytes().get(19);
    shape
        && text.len() == 36
        && text.chars().nth(14) == Some(version)
        && variant.is_some_and(|it| b"89ab".contains(it))
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Times {
    #[serde(with = "bitpay_core::time::Millis")]
    millis: Timestamp,
    #[serde(with = "bitpay_core::time::Iso")]
    iso: Timestamp,
    #[serde(default, with = "bitpay_core::time::MaybeMillis")]
    maybe_millis: Option<Timestamp>,
    #[serde(default, with = "bitpay_core::time::MaybeIso")]
    maybe_iso: Option<Timestamp>,
}

impl Times {
    fn all(time: Timestamp) -> Self {
        Self {
            millis: time,
            iso: time,
            maybe_millis: Some(time),
            maybe_iso: Some(time),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Iso(#[serde(with = "bitpay_core::time::Iso")] Timestamp);

#[test]
fn times_are_written_each_in_its_form() {
    let times = Times::all(Timestamp::from_millisecond(1_620_669_854_000).unwrap());
    let written = r#"{"millis":1620669854000,"iso":"2021-05-10T18:04:14.000Z","maybe_millis":1620669854000,"maybe_iso":"2021-05-10T18:04:14.000Z"}"#;
    assert_eq!(text(&times), written);
}

#[test]
fn null_and_absent_times_are_one() {
    let absent: Times = json(r#"{"millis":0,"iso":0}"#);
    let null: Times = json(r#"{"millis":0,"iso":0,"maybe_millis":null,"maybe_iso":null}"#);
    assert_eq!(absent, null);
    let empty: Times = json(r#"{"millis":0,"iso":0,"maybe_millis":"","maybe_iso":""}"#);
    assert_eq!(empty, null);
    assert_eq!(
        text(&null),
        r#"{"millis":0,"iso":"1970-01-01T00:00:00.000Z","maybe_millis":null,"maybe_iso":null}"#
    );
}

#[test]
fn times_without_a_zone_are_in_utc() {
    for (form, same) in [
        ("2021-05-10T18:04:14", "2021-05-10T18:04:14Z"),
        ("2021-05-10 18:04:14.5", "2021-05-10T18:04:14.5Z"),
        ("2021-05-10", "2021-05-10T00:00:00Z"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00Z"),
        ("2021-05-10T18:04:14.224+0200", "2021-05-10T16:04:14.224Z"),
    ] {
        let read: Iso = json(&text(&form));
        assert_eq!(read.0, same.parse().unwrap(), "{form}");
    }
}

#[test]
fn what_is_no_time_is_an_error() {
    for form in [
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "\"soon\"",
        "\"2021-02-29\"",
        "1e300",
        "253402207201000",
        "\"2021-02-29T00:00:00Z\"",
    ] {
        assert!(serde_json::from_str::<Iso>(form).is_err(), "{form}");
    }
    json::<Iso>("\"2020-02-29T23:59:59.999999999Z\"");
    json::<Iso>("\"9999-12-30T00:00:00Z\"");
}

#[test]
fn days_print_as_they_parse() {
    for day in ["2021-05-10", "2020-02-29", "9999-12-31", "0001-01-01"] {
        assert_eq!(day.parse::<Date>().unwrap().to_string(), day);
    }
    assert!("2021-02-29".parse::<Date>().is_err());
}

#[test]
fn numbers_that_do_not_fit_are_refused_not_rounded() {
    for (number, error) in [
        ("0.12345678901234567890123456789", AmountError::DoesNotFit),
        ("79228162514264337593543950336", AmountError::DoesNotFit),
        ("1e400", AmountError::DoesNotFit),
        ("1e-400", AmountError::DoesNotFit),
        ("1e-99999999999999999999", AmountError::DoesNotFit),
        ("3.3512345678901234e-13", AmountError::DoesNotFit),
        ("", AmountError::NotANumber),
        ("-", AmountError::NotANumber),
        ("+1", AmountError::NotANumber),
        (".5", AmountError::NotANumber),
        ("5.", AmountError::NotANumber),
        ("1_000", AmountError::NotANumber),
        ("1,50", AmountError::NotANumber),
        (" 1", AmountError::NotANumber),
        ("1e", AmountError::NotANumber),
        ("1e1.5", AmountError::NotANumber),
        ("NaN", AmountError::NotANumber),
        ("inf", AmountError::NotANumber),
        ("0x10", AmountError::NotANumber),
        ("١", AmountError::NotANumber),
    ] {
        assert_eq!(number.parse::<Amount>(), Err(error), "{number}");
    }
    for document in ["null", "true", "[1]", "{}", "\"\"", "\"abc\""] {
        assert!(
            serde_json::from_str::<Amount>(document).is_err(),
            "{document}"
        );
    }
}

#[test]
fn amounts_at_the_edges() {
    for (written, read) in [
        (
            "79228162514264337593543950335",
            "79228162514264337593543950335",
        ),
        (
            "-79228162514264337593543950335",
            "-79228162514264337593543950335",
        ),
        (
            "0.0000000000000000000000000001",
            "0.0000000000000000000000000001",
        ),
        ("1e-8", "0.00000001"),
        ("7.19E-4", "0.000719"),
        ("2.0E-6", "0.0000020"),
        ("1.23e2", "123"),
        ("1.20e1", "12.0"),
        ("5e0", "5"),
        // The last zero fits, and is kept.
        (
            "0.1000000000000000000000000000",
            "0.1000000000000000000000000000",
        ),
        ("-0.0", "0.0"),
        ("-0", "0"),
        ("0e999999999999", "0"),
        ("0e-999999999999", "0.0000000000000000000000000000"),
        ("007.50", "7.50"),
        // Too many zeros are dropped: the value is the same.
        (
            "1.00000000000000000000000000000000000",
            "1.0000000000000000000000000000",
        ),
        (
            "79228162514264337593543950335.0",
            "79228162514264337593543950335",
        ),
        ("1000000e-30", "0.0000000000000000000000010000"),
    ] {
        let amount: Amount = written.parse().unwrap();
        assert_eq!(amount.to_string(), read, "{written}");
    }
    assert_eq!(json::<Amount>(r#""\u0031.50""#).to_string(), "1.50");
    assert_eq!(
        text(&Amount::from(rust_decimal::Decimal::NEGATIVE_ONE)),
        "-1"
    );
}

#[test]
fn every_cent_is_kept() {
    for cents in 1..=999_999_u32 {
        let price = format!("{}.{:02}", cents / 100, cents % 100);
        let amount: Amount = json(&price);
        assert_eq!(text(&amount), price);
        assert_eq!(SubUnits::from(cents).to_amount(2), Some(amount));
    }
}

#[test]
fn amounts_add_up_exactly() {
    let amount = |text: &str| text.parse::<Amount>().unwrap();
    assert_eq!(
        amount("0.1").checked_add(amount("0.2")),
        Some(amount("0.3"))
    );
    assert_eq!(
        amount("0.3").checked_sub(amount("0.30")),
        Some(Amount::ZERO)
    );
    let most = amount("79228162514264337593543950335");
    assert_eq!(most.checked_add(1.into()), None);
    assert!(amount("0.01").is_positive());
    assert!(!amount("-0.01").is_positive());
    assert!(amount("0.00").is_zero() && !amount("0.00").is_positive());
}

#[test]
fn amounts_work_inside_options_lists_and_maps() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Nested {
        maybe: Option<Amount>,
        none: Option<Amount>,
        list: Vec<Amount>,
        map: std::collections::BTreeMap<String, Amount>,
        units: Vec<SubUnits>,
    }
    let written = r#"{"maybe":10.10,"none":null,"list":[1,0.5],"map":{"USD":2.50},"units":[123000000000000000000]}"#;
    assert_eq!(text(&json::<Nested>(written)), written);
    let value: Nested = serde_json::from_value(serde_json::json!({
        "maybe": 10.1, "none": null, "list": [], "map": {}, "units": []
    }))
    .unwrap();
    assert_eq!(value.maybe, "10.1".parse().ok());
}

#[test]
fn sub_units_are_integers() {
    assert_eq!(
        "1.23e20".parse(),
        Ok(SubUnits::from(123_000_000_000_000_000_000_i128))
    );
    assert_eq!("-100".parse(), Ok(SubUnits::from(-100)));
    assert_eq!("0.0".parse(), Ok(SubUnits::from(0)));
    assert_eq!("0.5".parse::<SubUnits>(), Err(AmountError::NotAnInteger));
    assert_eq!("1e39".parse::<SubUnits>(), Err(AmountError::DoesNotFit));
    assert_eq!(
        "170141183460469231731687303715884105727".parse(),
        Ok(SubUnits::from(i128::MAX))
    );
    let amount = SubUnits::from(67_900).to_amount(8).unwrap();
    assert_eq!(amount.to_string(), "0.00067900");
    assert_eq!(SubUnits::from(i128::MAX).to_amount(0), None);
    assert_eq!(SubUnits::from(1).to_amount(29), None);
    assert_eq!(SubUnits::from(1).to_amount(u32::MAX), None);
}

#[test]
fn rates_are_numbers() {
    let tiny: Rate = json("3.3512345678901234e-13");
    assert_eq!(
        (text(&tiny).as_str(), tiny.amount()),
        ("3.3512345678901234e-13", None)
    );
    for bad in ["null", "true", "\"\"", "\"n/a\"", "\"007\"", "\"1 \"", "[]"] {
        assert!(serde_json::from_str::<Rate>(bad).is_err(), "{bad}");
    }
    let long = "1".repeat(60);
    assert_eq!(json::<Rate>(&long).as_text(), long);
}

#[test]
fn the_canceled_are_cancelled() {
    let status: RefundStatus = json("\"cancelled\"");
    assert_eq!(status, RefundStatus::Canceled);
    assert_eq!(text(&status), "\"canceled\"");
}

#[test]
fn only_complete_is_settled() {
    for word in [
        "new",
        "paid",
        "confirmed",
        "complete",
        "expired",
        "invalid",
        "declined",
        "later",
    ] {
        let status: InvoiceStatus = word.parse().unwrap();
        assert_eq!(status.is_settled(), word == "complete");
        assert_eq!(status.is_final(), ["complete", "declined"].contains(&word));
        assert_eq!(matches!(status, InvoiceStatus::Other(_)), word == "later");
    }
}

#[test]
fn hostile_ids_are_refused() {
    let long = "a".repeat(65);
    for hostile in [
        "",
        ".",
        "..",
        "../tokens",
        "x?token=y",
        "a/b",
        "a%2fb",
        "a#b",
        "a b",
        "a\n",
        "é",
        "a.b",
        &long,
    ] {
        assert!(hostile.parse::<InvoiceId>().is_err(), "{hostile}");
        assert!(
            serde_json::from_str::<RefundId>(&text(&hostile)).is_err(),
            "{hostile}"
        );
    }
    let error = "a/b".parse::<InvoiceId>().unwrap_err();
    assert_eq!(
        error,
        IdError::Character {
            kind: "invoice",
            found: '/'
        }
    );
    assert!(
        error
            .to_string()
            .starts_with("'/' in invoice id; an id has 1 to 64")
    );
    for hostile in [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a?b",
        "a%2f",
        "a b",
        "é",
        &"a".repeat(129),
    ] {
        assert!(hostile.parse::<Guid>().is_err(), "{hostile}");
    }
    for odd in [
        "1620669854224",
        "a",
        "...",
        "payment_1.2-3",
        &"a".repeat(128),
    ] {
        assert!(odd.parse::<Guid>().is_ok(), "{odd}");
    }
}

/// Orders that were made before an update must keep their guids after it.
#[test]
fn derived_guids_never_change() {
    assert_eq!(Guid::for_order("1042"), Guid::derived("order", "1042"));
    assert_eq!(
        Guid::for_order("1042").as_str(),
        "41d0e9ff-5d35-8a97-b567-c9adb1d2703c"
    );
    assert_ne!(Guid::derived("ab", "c"), Guid::derived("a", "bc"));
}

#[test]
fn currencies_are_strict_out_and_open_in() {
    for code in ["USD", "USDC_m", "usd", "1INCH", "ABCDEFGHIJKLMNOP"] {
        assert_eq!(code.parse::<Currency>().unwrap().as_str(), code);
    }
    for code in [
        "",
        "US",
        "U-D",
        "US D",
        "ÉUR",
        "ABCDEFGHIJKLMNOPQ",
        "a/b",
        "USD\n",
    ] {
        assert!(code.parse::<Currency>().is_err(), "{code}");
    }
    assert_eq!(json::<Currency>("\"\""), json::<Currency>("\"\""));
    assert_ne!(json::<Currency>("\"usd\""), Currency::USD);
    assert!(json::<Currency>("\"usd\"").same_as(&Currency::USD));
}

#[test]
fn a_bad_entry_fails_alone() {
    let map: ByCurrency<SubUnits> =
        json(r#"{ "BTC": 1, "ETH": [], "LTC": null, "BTC": 2, "D\u0041I": "3" }"#);
    assert_eq!(map.get("BTC"), Ok(Some(2.into())));
    assert_eq!(map.get(Currency::DAI), Ok(Some(3.into())));
    assert_eq!(map.get("LTC"), Ok(None));
    assert_eq!(map.get("btc"), Ok(None));
    let error = map.get("ETH").unwrap_err();
    assert_eq!(error.code.as_deref(), Some("ETH"));
    assert!(map.to_map().is_err());
    assert_eq!(map.codes(), ["BTC", "ETH", "LTC", "BTC", "DAI"]);
    assert!(!map.is_empty());

    let list: ByCurrency<SubUnits> = json("[1]");
    assert!(list.get("BTC").is_err() && list.to_map().is_err());
    assert_eq!((list.codes().len(), list.is_empty()), (0, false));

    for empty in ["{}", "{ }", "{\n}", "null"] {
        let empty: ByCurrency<SubUnits> = json(empty);
        assert!(empty.is_empty());
        assert_eq!(empty.to_map().unwrap().len(), 0);
    }
    assert_eq!(text(&ByCurrency::<SubUnits>::default()), "{}");
}
