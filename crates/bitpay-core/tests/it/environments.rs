//! Which texts are an environment, and which are not.

use bitpay_core::environment::{BaseUrl, EnvironmentError as Wrong};
use bitpay_core::{Config, Environment};

#[test]
fn a_mistyped_name_does_not_become_production() {
    for text in ["test", "TEST", "Test", "tEsT"] {
        assert_eq!(text.parse(), Ok(Environment::Test), "{text}");
    }
    for text in ["prod", "Prod", "production", "PRODUCTION"] {
        assert_eq!(text.parse(), Ok(Environment::Production), "{text}");
    }
    for text in [
        "",
        " ",
        "tset",
        "sandbox",
        " test",
        "test ",
        "test\n",
        "\u{feff}test",
        "prd",
        "live",
        "production.",
        "bitpay.com",
        "test.bitpay.com",
        "127.0.0.1:8080",
        "localhost",
        "t\u{435}st",
        "te\u{17f}t",
        "null",
        "None",
    ] {
        assert_eq!(
            text.parse::<Environment>(),
            Err(Wrong::UnknownName),
            "{text:?}"
        );
    }
    assert_eq!(
        Environment::Test.base_url().as_str(),
        "https://test.bitpay.com"
    );
    assert_eq!(
        Environment::Production.base_url().as_str(),
        "https://bitpay.com"
    );
    for known in [Environment::Test, Environment::Production] {
        assert_eq!(known.to_string().parse(), Ok(known.clone()));
        let base = known.base_url();
        assert_eq!(format!("https://{}", base.authority()), base.as_str());
        assert_eq!(base.host(), base.authority());
        assert!(!base.is_plain() && !base.is_loopback());
    }
}

#[test]
fn bitpays_own_hosts_are_not_reached_by_an_address() {
    for text in [
        "https://bitpay.com",
        "https://bitpay.com/",
        "https://BitPay.com",
        "https://bitpay.com:443",
        "https://bitpay.com:8443",
        "https://test.bitpay.com",
        "https://TEST.bitpay.com/invoices",
        "http://bitpay.com",
        "http://test.bitpay.com:80",
        "https://link.test.bitpay.com",
        "https://x.bitpay.com",
    ] {
        assert_eq!(
            text.parse::<Environment>(),
            Err(Wrong::BitPayHost),
            "{text}"
        );
        // The opt-in to plain HTTP is not for them.
        assert_eq!(
            BaseUrl::parse_allowing_plain_http(text),
            Err(Wrong::BitPayHost),
            "{text}"
        );
    }
    // A dot at the end would be another `Host` than the one that is signed.
    for text in [
        "https://bitpay.com.",
        "https://test.bitpay.com.",
        "https://test.bitpay.com./",
        "https://example.org.",
    ] {
        assert_eq!(text.parse::<Environment>(), Err(Wrong::Host), "{text}");
    }
    // Others that only look like them are others.
    for text in [
        "https://notbitpay.com",
        "https://bitpay.com.example.org",
        "https://bitpay.community",
    ] {
        assert!(matches!(text.parse(), Ok(Environment::Custom(_))), "{text}");
    }
}

#[test]
fn an_address_that_libraries_read_differently_is_not_taken() {
    let rows = [
        ("https://user:pw@pay.example", Wrong::UserInfo),
        ("https://user@pay.example/", Wrong::UserInfo),
        ("https://pay.example\\@bitpay.com", Wrong::UserInfo),
        ("https://bitpay.com@pay.example", Wrong::UserInfo),
        ("https://pay.example?x=1", Wrong::Query),
        ("https://pay.example/?", Wrong::Query),
        ("https://pay.example/#top", Wrong::Query),
        ("https://pay.example#", Wrong::Query),
        ("ftp://pay.example", Wrong::Scheme),
        ("://pay.example", Wrong::Scheme),
        (" https://pay.example", Wrong::Scheme),
        ("httpss://pay.example", Wrong::Scheme),
        ("https://", Wrong::Host),
        ("https:///path", Wrong::Host),
        ("https://.", Wrong::Host),
        ("https://pay..example", Wrong::Host),
        ("https://-pay.example", Wrong::Host),
        ("https://pay example", Wrong::Host),
        ("https://p%61y.example", Wrong::Host),
        ("https://zahl\u{fc}ng.example", Wrong::Host),
        ("https://xn--zahlng-p2a.example", Wrong::Host),
        ("https://pay\u{3002}example", Wrong::Host),
        ("https://2130706433", Wrong::Host),
        ("https://0x7f.1", Wrong::Host),
        ("https://127.1", Wrong::Host),
        ("https://127.0.0.01", Wrong::Host),
        ("https://1.2.3.4.5", Wrong::Host),
        ("https://pay.example.7", Wrong::Host),
        ("https://[::1", Wrong::Port),
        ("https://[::1%25eth0]", Wrong::Host),
        ("https://[::ffff:127.0.0.1]", Wrong::Host),
        ("https://[]", Wrong::Host),
        ("https://pay.example:", Wrong::Port),
        ("https://pay.example:0", Wrong::Port),
        ("https://pay.example:65536", Wrong::Port),
        ("https://pay.example:+443", Wrong::Port),
        ("https://pay.example:44 3", Wrong::Port),
        ("https://::1", Wrong::Port),
        ("https://pay.example/a b", Wrong::Path),
        ("https://pay.example/../x", Wrong::Path),
        ("https://pay.example/./x", Wrong::Path),
        ("https://pay.example//x", Wrong::Path),
        ("https://pay.example/%2e", Wrong::Path),
        ("https://pay.example/{x}", Wrong::Path),
        ("https://pay.example/caf\u{e9}", Wrong::Path),
        ("https://pay.example/x\n", Wrong::Path),
    ];
    for (text, wrong) in rows {
        assert_eq!(text.parse::<Environment>(), Err(wrong), "{text:?}");
        assert_eq!(
            BaseUrl::parse_allowing_plain_http(text),
            Err(wrong),
            "{text:?}"
        );
        // What is wrong is named, what was given is not: a password may be in it.
        assert!(!wrong.to_string().contains("pay.example"));
    }
}

#[test]
fn tokens_do_not_travel_in_plain_text() {
    for text in [
        "http://10.0.0.1",
        "http://sandbox",
        "http://pay.example:8080/x",
        "http://[2001:db8::2]",
        "http://0.0.0.0",
        "http://localhost.example",
        "http://128.0.0.1",
        "HTTP://sandbox",
    ] {
        assert_eq!(text.parse::<Environment>(), Err(Wrong::PlainHttp), "{text}");
        let base = BaseUrl::parse_allowing_plain_http(text).unwrap();
        assert!(base.is_plain() && !base.is_loopback());
    }
    for text in [
        "http://localhost",
        "http://LOCALHOST:81",
        "http://127.0.0.1:8080",
        "http://127.8.9.1",
        "http://[::1]:9",
        "http://[0:0:0:0:0:0:0:1]",
    ] {
        let base = text.parse::<Environment>().unwrap().base_url();
        assert!(base.is_plain() && base.is_loopback(), "{text}");
    }
}

#[test]
fn an_address_has_one_form() {
    for (text, normal, authority, host) in [
        (
            "https://Pay.Example:443/",
            "https://pay.example",
            "pay.example",
            "pay.example",
        ),
        (
            "HTTPS://pay.example:00443",
            "https://pay.example",
            "pay.example",
            "pay.example",
        ),
        (
            "https://pay.example:80/api//",
            "https://pay.example:80/api",
            "pay.example:80",
            "pay.example",
        ),
        (
            "http://localhost:80/a/b/",
            "http://localhost/a/b",
            "localhost",
            "localhost",
        ),
        (
            "http://[0:0::1]:443",
            "http://[::1]:443",
            "[::1]:443",
            "[::1]",
        ),
        (
            "https://[2001:DB8::0:1]",
            "https://[2001:db8::1]",
            "[2001:db8::1]",
            "[2001:db8::1]",
        ),
        (
            "https://pay_1.example/_~.-/",
            "https://pay_1.example/_~.-",
            "pay_1.example",
            "pay_1.example",
        ),
    ] {
        let base = BaseUrl::parse(text).unwrap();
        assert_eq!(
            (base.as_str(), base.authority(), base.host()),
            (normal, authority, host)
        );
        assert_eq!(BaseUrl::parse(normal), Ok(base.clone()));
        let environment = Environment::from(base.clone());
        assert_eq!(environment.to_string().parse(), Ok(environment.clone()));
        assert_eq!(Config::new(environment).environment.base_url(), base);
    }
}
