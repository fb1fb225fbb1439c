//! Scalars: money, times, ids, addresses.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use bitpay_core::amount::{Rate, SubUnits};
use bitpay_core::time::{Iso, Millis, Timestamp};
use bitpay_core::token::AnyToken;
use bitpay_core::{Amount, BaseUrl, Currency, Environment, Facade, Guid, InvoiceId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{not_repeated, text};

/// What is read prints as something that is read as the same, and means what a second reading finds. The
/// first byte picks the kind.
pub fn value(data: &[u8]) {
    let Some((pick, data)) = data.split_first() else {
        return;
    };
    let Some(text) = text(data) else { return };
    match pick % 8 {
        0 => amount(text),
        1 => sub_units(text),
        2 => rate(text),
        3 => time(text),
        4 => segment::<InvoiceId>(text),
        5 => segment::<Guid>(text),
        6 => address(text),
        _ => word(text),
    }
}

/// The sign, the digits without zeros at either end, and the power of ten of the last one.
fn number(text: &str) -> Option<(bool, String, i64)> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let text = text.to_ascii_lowercase();
    let (mantissa, power) = match text.split_once('e') {
        Some((mantissa, power)) => (mantissa, power.strip_prefix('+').unwrap_or(power)),
        None => (text.as_str(), "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    let short = digits.trim_end_matches('0');
    if short.is_empty() {
        return Some((false, String::new(), 0));
    }
    let power = power.parse::<i64>().ok()?;
    let dropped = (digits.len() - short.len()) as i64;
    let last = power - fraction.len() as i64 + dropped;
    Some((negative, short.to_owned(), last))
}

/// It prints as what is read as the same, and is read as the same from JSON, bare or in quotes.
fn scalar<T>(text: &str) -> Option<T>
where
    T: FromStr + Display + Debug + PartialEq + Serialize + DeserializeOwned,
    T::Err: Debug,
{
    let value: T = text.parse().ok()?;
    let printed = value.to_string();
    assert_eq!(printed.parse::<T>().expect("our own text"), value);
    let json = serde_json::to_string(&value).expect("it has a JSON form");
    let again: T = serde_json::from_str(&json).expect("our own JSON");
    assert_eq!(again, value);
    let quoted = serde_json::to_string(text).expect("a text");
    let again: T = serde_json::from_str(&quoted).expect("the same text");
    assert_eq!(again, value);
    Some(value)
}

fn amount(text: &str) {
    let Some(amount) = scalar::<Amount>(text) else {
        return;
    };
    let printed = amount.to_string();
    assert_eq!(number(&printed), number(text), "{printed} for {text}");
    assert!(!printed.contains(['e', 'E', '+']), "{printed}");
}

fn sub_units(text: &str) {
    if let Some(units) = scalar::<SubUnits>(text) {
        let printed = units.get().to_string();
        assert_eq!(number(&printed), number(text), "{printed} for {text}");
    }
}

fn rate(text: &str) {
    if let Some(rate) = scalar::<Rate>(text) {
        assert_eq!(rate.as_text(), text);
        assert_eq!(rate.amount(), text.parse().ok());
    }
}

/// Times, each as it is written in one form.
#[derive(Deserialize, PartialEq, Serialize)]
struct Times {
    #[serde(with = "Millis")]
    millis: Timestamp,
    #[serde(with = "Iso")]
    iso: Timestamp,
}

fn time(text: &str) {
    let quoted = serde_json::to_string(text).expect("a text");
    for form in [text, &quoted] {
        let json = format!(r#"{{"millis":{form},"iso":{form}}}"#);
        let Ok(read) = serde_json::from_str::<Times>(&json) else {
            continue;
        };
        assert_eq!(read.millis, read.iso, "{form}");
        // A form on the wire has milliseconds.
        let written = serde_json::to_string(&read).expect("times have a JSON form");
        let Ok(again) = serde_json::from_str::<Times>(&written) else {
            panic!("{written} of {form} is not read")
        };
        for again in [again.millis, again.iso] {
            let apart = again.as_nanosecond().abs_diff(read.iso.as_nanosecond());
            assert!(apart < 1_000_000, "{written} for {form}");
        }
        // A number is so many milliseconds.
        if let Some((negative, digits, power)) = number(form.trim_matches('"'))
            && (0..6).contains(&power)
            && let Ok(digits) = digits.parse::<i64>()
        {
            let millis = digits * 10_i64.pow(power as u32) * if negative { -1 } else { 1 };
            assert_eq!(read.iso.as_millisecond(), millis, "{form}");
        }
    }
}

/// What is accepted as a part of a path is one, and stays as it is.
fn segment<T: FromStr + Display>(text: &str) {
    let Ok(id) = text.parse::<T>() else { return };
    assert_eq!(id.to_string(), text);
    let url = url::Url::parse(&format!("https://bitpay.com/things/{text}?token=t"));
    let url = url.expect("an address");
    assert_eq!(url.path(), format!("/things/{text}"));
    assert_eq!((url.query(), url.fragment()), (Some("token=t"), None));
}

/// An address that is accepted is what the URL types of both HTTP libraries leave alone.
fn address(text: &str) {
    if let Ok(environment) = text.parse::<Environment>() {
        let base = environment.base_url();
        assert!(base.as_str().parse::<BaseUrl>().is_ok() || base.host().ends_with("bitpay.com"));
    }
    let Ok(base) = BaseUrl::parse_allowing_plain_http(text) else {
        assert!(BaseUrl::parse(text).is_err());
        return;
    };
    let again = BaseUrl::parse_allowing_plain_http(base.as_str());
    assert_eq!(again.as_ref(), Ok(&base));
    let whole = format!("{base}/invoices");
    let url = url::Url::parse(&whole).expect("an address");
    assert_eq!(url.as_str(), whole);
    let uri: http::Uri = whole.parse().expect("an address");
    assert_eq!(uri.to_string(), whole);
    assert_eq!(
        uri.authority().map(|it| it.as_str()),
        Some(base.authority())
    );
    assert_eq!(url.host_str(), Some(base.host()));
    let end: Vec<&str> = base.host().rsplit('.').take(2).collect();
    assert_ne!(end, ["com", "bitpay"]);
    let local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    };
    assert!(!base.is_loopback() || local, "{base}");
    assert_eq!(
        BaseUrl::parse(text).is_ok(),
        !base.is_plain() || base.is_loopback()
    );
}

/// Words that are open or strict: what is read is written the same.
fn word(text: &str) {
    if let Ok(currency) = text.parse::<Currency>() {
        assert_eq!(currency.as_str(), text);
        assert_eq!(currency.to_string().parse::<Currency>(), Ok(currency));
    }
    if let Ok(facade) = text.parse::<Facade>() {
        assert_eq!(facade.as_str(), text);
    }
    match AnyToken::parse(Facade::Merchant, text) {
        Ok(token) => {
            assert_eq!(token.expose(), text);
            assert!(!format!("{token:?}").contains(text));
        }
        Err(error) => not_repeated(text, &error.to_string()),
    }
}
