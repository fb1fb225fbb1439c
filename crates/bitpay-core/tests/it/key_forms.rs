//! Key texts that are refused, each with its own error.
//!
//! The PEM blocks were made with OpenSSL 3.0 from the key of bitpay/java-key-utils (`KeyUtilsTest`).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bitpay_core::key::{KeyError, KeyForm, LooksLike, PrivateKey, PublicKey};
use bitpay_core::sin::{Sin, SinError};
use sha2::{Digest as _, Sha256};

const HEX: &str = "283b13834de77624696b80c29a2a8df0287e3cca23b26ad5fe77d9d5fed0ee90";
const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const LARGEST: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";
const PEM: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHQCAQEEICg7E4NN53YkaWuAwpoqjfAofjzKI7Jq1f532dX+0O6QoAcGBSuBBAAK
oUQDQgAEjZcNa6Kdz6GQwXcUD9iJ+t1tJZCx7hpqBuJV2/IrQBfue8jh8H7Q/4vX
fAArmNMaGotTpjdnymWlMfszzXJhlw==
-----END EC PRIVATE KEY-----
";
const WITHOUT_PUBLIC: &str = "\
-----BEGIN EC PRIVATE KEY-----
MC4CAQEEICg7E4NN53YkaWuAwpoqjfAofjzKI7Jq1f532dX+0O6QoAcGBSuBBAAK
-----END EC PRIVATE KEY-----
";
const EXPLICIT: &str = "\
-----BEGIN EC PRIVATE KEY-----
MIIBUQIBAQQgKDsTg03ndiRpa4DCmiqN8Ch+PMojsmrV/nfZ1f7Q7pCggeMwgeAC
AQEwLAYHKoZIzj0BAQIhAP////////////////////////////////////7///wv
MEQEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABCAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAABwRBBHm+Zn753LusVaBilc6HCwcCm/zbLc4o
2VnygVsW+BeYSDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj/sQ1LgCIQD/////
///////////////+uq7c5q9IoDu/0l6M0DZBQQIBAaFEA0IABI2XDWuinc+hkMF3
FA/YifrdbSWQse4aagbiVdvyK0AX7nvI4fB+0P+L13wAK5jTGhqLU6Y3Z8plpTH7
M81yYZc=
-----END EC PRIVATE KEY-----
";
const EXPLICIT_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MIIBYQIBADCB7AYHKoZIzj0CATCB4AIBATAsBgcqhkjOPQEBAiEA////////////
/////////////////////////v///C8wRAQgAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHBEEE
eb5mfvncu6xVoGKVzocLBwKb/NstzijZWfKBWxb4F5hIOtp3JqPEZV2k+/wOEQio
/Re0SKaFVBmcR9CP+xDUuAIhAP////////////////////66rtzmr0igO7/SXozQ
NkFBAgEBBG0wawIBAQQgKDsTg03ndiRpa4DCmiqN8Ch+PMojsmrV/nfZ1f7Q7pCh
RANCAASNlw1rop3PoZDBdxQP2In63W0lkLHuGmoG4lXb8itAF+57yOHwftD/i9d8
ACuY0xoai1OmN2fKZaUx+zPNcmGX
-----END PRIVATE KEY-----
";
/// `openssl ec -conv_form compressed -param_enc explicit`.
const EXPLICIT_COMPRESSED: &str = "\
-----BEGIN EC PRIVATE KEY-----
MIIBEQIBAQQgKDsTg03ndiRpa4DCmiqN8Ch+PMojsmrV/nfZ1f7Q7pCggcMwgcAC
AQEwLAYHKoZIzj0BAQIhAP////////////////////////////////////7///wv
MEQEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABCAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAABwQhAnm+Zn753LusVaBilc6HCwcCm/zbLc4o
2VnygVsW+BeYAiEA/////////////////////rqu3OavSKA7v9JejNA2QUECAQGh
JAMiAAONlw1rop3PoZDBdxQP2In63W0lkLHuGmoG4lXb8itAFw==
-----END EC PRIVATE KEY-----
";
/// On another curve, P-256, by its parameters.
const P256_EXPLICIT: &str = "\
-----BEGIN EC PRIVATE KEY-----
MIIBaAIBAQQgwg2PMIK4K3i3K+EvphLgPl5xErGCnMeeSg0bGhG+uf2ggfowgfcC
AQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAAAAAAAAAAAAAA////////////////
MFsEIP////8AAAABAAAAAAAAAAAAAAAA///////////////8BCBaxjXYqjqT57Pr
vVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSdNgiG5wSTamZ44ROdJreBn36QBEEE
axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54W
K84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA//////////+85vqtpxeehPO5ysL8
YyVRAgEBoUQDQgAEcBvfIHfPhTqr1sohgOBHKLWpv6UXTbb4glxRfHE8totOyURK
jwOAZDOs4tWw8Gr8W1X2CgU/u6Kna5dwq0pprg==
-----END EC PRIVATE KEY-----
";
const PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEjZcNa6Kdz6GQwXcUD9iJ+t1tJZCx7hpq
BuJV2/IrQBfue8jh8H7Q/4vXfAArmNMaGotTpjdnymWlMfszzXJhlw==
-----END PUBLIC KEY-----
";
const ENCRYPTED: &str = "\
-----BEGIN EC PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,E080CDF886A6B7EB785DDD98E5883FEF

T89RqzfZES4ziBZVefmXiCGng+t0dPZHm8NDdVs86FpF7SUldkKHwQufyjN1mSS9
j04n3dCXEdpe6aln7i6A9nB4nv6vupfNVs9Mc7MPBHcc4ftOwo/BNJrQ+nfiGWTJ
H24Pv/2xT5xKNjNqhDhBk2eprtZozqQsZSNC6Ys/xxI=
-----END EC PRIVATE KEY-----
";
const ENCRYPTED_PKCS8: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgO2NjBDIVdAwICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEKBXq7rkEOPwY2u8v3biG6QEgZAc
z5PvBO/32yhb3KprIBtl9IJ3OZw+X8Pd1tDkcSLwIfNR3CPbX5VItLhf+8raj4my
rvqWsZEihfvIOEC3pl6GifV4KaJIfMgQvQZqVWEKEAGibbOTKTzDewA7wx56cXya
glT7LFd6/+9By4w8zRlLbO0hlRaeIvz/CwEwOENI9BydnVXZMd19icyfczmx32Y=
-----END ENCRYPTED PRIVATE KEY-----
";
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBajCCARCgAwIBAgIUaOkvOJuO1xdLOtU2qazrzRt47/MwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBeDAeFw0yNjExMjQwMjAzNTFaFw0yNjExMjUwMjAzNTFaMAwx
CjAIBgNVBAMMAXgwVjAQBgcqhkjOPQIBBgUrgQQACgNCAASNlw1rop3PoZDBdxQP
2In63W0lkLHuGmoG4lXb8itAF+57yOHwftD/i9d8ACuY0xoai1OmN2fKZaUx+zPN
cmGXo1MwUTAdBgNVHQ4EFgQUz+vSLxBHOPVtmwNQu2tbcN/TwdIwHwYDVR0jBBgw
FoAUz+vSLxBHOPVtmwNQu2tbcN/TwdIwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjO
PQQDAgNIADBFAiBuwK/HLqzEZMzklPFCW0YvYhYqouWyijYlba3AAT/MIgIhALdR
R6L9S5pHjh3Qpn2X4PwoO89XUrf3EKmb6sX49VRm
-----END CERTIFICATE-----
";
const P256: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIMINjzCCuCt4tyvhL6YS4D5ecRKxgpzHnkoNGxoRvrn9oAoGCCqGSM49
AwEHoUQDQgAEcBvfIHfPhTqr1sohgOBHKLWpv6UXTbb4glxRfHE8totOyURKjwOA
ZDOs4tWw8Gr8W1X2CgU/u6Kna5dwq0pprg==
-----END EC PRIVATE KEY-----
";
const P256_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwg2PMIK4K3i3K+Ev
phLgPl5xErGCnMeeSg0bGhG+uf2hRANCAARwG98gd8+FOqvWyiGA4Ecotam/pRdN
tviCXFF8cTy2i07JREqPA4BkM6zi1bDwavxbVfYKBT+7oqdrl3CrSmmu
-----END PRIVATE KEY-----
";
const ED25519: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIBmzHCvYLfByfpOVkZafyJ9bzLrBSwRkp82fQmfwsYrT
-----END PRIVATE KEY-----
";
const PARAMETERS: &str = "\
-----BEGIN EC PARAMETERS-----
BgUrgQQACg==
-----END EC PARAMETERS-----
";

fn error(text: &str) -> KeyError {
    PrivateKey::from_pem(text).unwrap_err()
}

fn pem(label: &str, der: &[u8]) -> String {
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        STANDARD.encode(der)
    )
}

fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).unwrap()
}

#[test]
fn the_public_key_may_be_left_out() {
    let key = PrivateKey::from_pem(WITHOUT_PUBLIC).unwrap();
    assert_eq!(*key.to_pem(), PEM);
}

#[test]
fn each_wrong_block_has_its_own_error() {
    for (text, expected) in [
        (PUBLIC, KeyError::PublicPem),
        (ENCRYPTED, KeyError::Encrypted),
        (ENCRYPTED_PKCS8, KeyError::Encrypted),
        (CERTIFICATE, KeyError::CertificatePem),
        (P256, KeyError::OtherCurve),
        (P256_EXPLICIT, KeyError::OtherCurve),
        (P256_PKCS8, KeyError::OtherCurve),
        (ED25519, KeyError::OtherPem),
        (PARAMETERS, KeyError::OtherPem),
        (&[PARAMETERS, PEM].concat(), KeyError::ManyPemBlocks),
        (&[PEM, PEM].concat(), KeyError::ManyPemBlocks),
        (&pem("RSA PRIVATE KEY", b"x"), KeyError::OtherPem),
        (
            &pem("EC PRIVATE KEY", &der(CERTIFICATE)),
            KeyError::DamagedDer,
        ),
        (&PEM.replace("EC PRIVATE", "PRIVATE"), KeyError::DamagedDer),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn a_curve_may_be_given_by_its_parameters_if_all_are_those_of_secp256k1() {
    for text in [EXPLICIT, EXPLICIT_PKCS8, EXPLICIT_COMPRESSED] {
        assert_eq!(*PrivateKey::from_pem(text).unwrap().to_pem(), PEM);
        assert_eq!(*PrivateKey::from_der(&der(text)).unwrap().to_pem(), PEM);
    }
    // Any byte of the parameters changed is another curve, or no DER.
    for (text, first) in [(EXPLICIT, 50), (EXPLICIT_COMPRESSED, 46)] {
        let whole = der(text);
        let last = whole.len() - if text == EXPLICIT { 70 } else { 38 };
        for at in first..last {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            let error = PrivateKey::from_der(&changed).unwrap_err();
            assert!(
                matches!(error, KeyError::OtherCurve | KeyError::DamagedDer),
                "{at}: {error}"
            );
        }
    }
}

#[test]
fn the_bytes_of_a_file_are_read_whole_or_not_at_all() {
    for text in [PEM, EXPLICIT, EXPLICIT_PKCS8] {
        let whole = der(text);
        assert_eq!(*PrivateKey::from_der(&whole).unwrap().to_pem(), PEM);
        for length in 0..whole.len() {
            let error = PrivateKey::from_der(&whole[..length]).unwrap_err();
            assert_eq!(error, KeyError::DamagedDer, "{length}");
        }
    }
    for (bytes, expected) in [
        (der(P256), KeyError::OtherCurve),
        (der(P256_PKCS8), KeyError::OtherCurve),
        (der(ED25519), KeyError::OtherPem),
        (der(CERTIFICATE), KeyError::DamagedDer),
        (PEM.as_bytes().to_vec(), KeyError::DamagedDer),
    ] {
        assert_eq!(PrivateKey::from_der(&bytes).unwrap_err(), expected);
    }
}

#[test]
fn a_decimal_number_is_read_in_its_range() {
    const LARGEST: &str =
        "115792089237316195423570985008687907852837564279074904382605163141518161494336";
    const ORDER: &str =
        "115792089237316195423570985008687907852837564279074904382605163141518161494337";
    let one = PrivateKey::from_decimal(" 1\n").unwrap();
    assert_eq!(one.sin(), PrivateKey::from_decimal("0001").unwrap().sin());
    let largest = PrivateKey::from_hex(self::LARGEST).unwrap();
    assert_eq!(
        PrivateKey::from_decimal(LARGEST).unwrap().sin(),
        largest.sin()
    );
    for text in ["0", ORDER, &"9".repeat(78)] {
        assert_eq!(PrivateKey::from_decimal(text).unwrap_err(), KeyError::Range);
    }
    for text in ["", "-1", "1.0", "1e9", "1 2", HEX, &"0".repeat(79)] {
        let error = PrivateKey::from_decimal(text).unwrap_err();
        assert!(matches!(error, KeyError::Form { .. }), "{text}: {error}");
    }
}

#[test]
fn a_damaged_block_is_refused() {
    let (first, rest) = PEM.split_once('\n').unwrap();
    for text in [
        PEM.replace("MHQC", "MHQ!"),
        PEM.replace("lw==", "lw="),
        PEM.replace("lw==", "lx=="),
        PEM.replace("\n", "\\n"),
        PEM.replace("\n", " "),
        PEM.replace("END EC", "END"),
        PEM.replace("-----END", "----END"),
        PEM.replace("ICg7", "IC g7"),
        format!("key: {PEM}"),
        format!("{PEM}and more"),
        format!("{first}\n\0{rest}"),
        first.to_owned(),
        format!("{first}\n{}{rest}", "A".repeat(20_000)),
    ] {
        assert_eq!(error(&text), KeyError::DamagedPem, "{text}");
    }
    let whole = der(PEM);
    for length in 0..whole.len() {
        assert_eq!(
            error(&pem("EC PRIVATE KEY", &whole[..length])),
            KeyError::DamagedDer
        );
    }
    assert_eq!(
        error(&pem("EC PRIVATE KEY", &[&*whole, &[0]].concat())),
        KeyError::DamagedDer
    );
    // The length of the outer sequence in two bytes where one is enough.
    let long = [&[0x30, 0x81, 0x74], &whole[2..]].concat();
    assert_eq!(error(&pem("EC PRIVATE KEY", &long)), KeyError::DamagedDer);
}

#[test]
fn white_space_around_a_block_is_ignored() {
    let key = PrivateKey::from_pem(&format!("\r\n \t{}\n\n", PEM.replace('\n', "\r\n"))).unwrap();
    assert_eq!(*key.to_pem(), PEM);
}

#[test]
fn a_block_may_be_long_and_not_endless() {
    let padded = |spaces| PEM.replace('\n', &format!("{}\n", " ".repeat(spaces)));
    assert!(PrivateKey::from_pem(&padded(3_000)).is_ok());
    assert_eq!(error(&padded(5_000)), KeyError::DamagedPem);
}

#[test]
fn a_public_key_of_another_is_refused() {
    let mut mixed = der(PEM);
    let other = PrivateKey::from_bytes(&[7; 32]).unwrap();
    let other = der(&other.to_pem());
    mixed[53..].copy_from_slice(&other[53..]);
    assert_eq!(error(&pem("EC PRIVATE KEY", &mixed)), KeyError::Mismatch);
    mixed[117] ^= 1;
    assert_eq!(error(&pem("EC PRIVATE KEY", &mixed)), KeyError::NotOnCurve);
}

#[test]
fn a_number_without_its_leading_zeros_needs_its_public_key() {
    // bitpay/bitpay-go writes keys so.
    let mut bytes = [7; 32];
    bytes[..3].fill(0);
    let key = PrivateKey::from_bytes(&bytes).unwrap();
    let whole = der(&key.to_pem());
    let short = [&[0x30, 113, 2, 1, 1, 4, 29], &whole[10..]].concat();
    let read = PrivateKey::from_pem(&pem("EC PRIVATE KEY", &short)).unwrap();
    assert_eq!(read.public_key(), key.public_key());

    let alone = [&[0x30, 43, 2, 1, 1, 4, 29], &whole[10..48]].concat();
    assert_eq!(error(&pem("EC PRIVATE KEY", &alone)), KeyError::DamagedDer);
}

#[test]
fn a_length_is_written_in_its_shortest_form() {
    // In PKCS #8 without a curve inside, with four zeros dropped, so that the whole has 128 bytes.
    let mut bytes = [7; 32];
    bytes[..4].fill(0);
    let key = PrivateKey::from_bytes(&bytes).unwrap();
    let whole = der(&key.to_pem());
    let sec1 = [&[0x30, 103, 2, 1, 1, 4, 28], &whole[11..39], &whole[48..]].concat();
    let algorithm = [
        0x30, 16, 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 6, 5, 0x2B, 0x81, 4, 0, 0x0A,
    ];
    let body = [&[2, 1, 0][..], &algorithm, &[4, 105], &sec1].concat();
    assert_eq!(body.len(), 0x80);
    let read = |length: &[u8]| PrivateKey::from_der(&[&[0x30], length, &body].concat());
    assert_eq!(read(&[0x81, 0x80]).unwrap().public_key(), key.public_key());
    for length in [&[0x80][..], &[0x82, 0, 0x80]] {
        assert_eq!(read(length).unwrap_err(), KeyError::DamagedDer);
    }

    // Outside of PKCS #8, where nothing else says which, the curve is not left out.
    assert_eq!(
        PrivateKey::from_der(&sec1).unwrap_err(),
        KeyError::OtherCurve
    );
}

#[test]
fn a_private_key_is_in_its_range() {
    assert!(PrivateKey::from_hex(LARGEST).is_ok());
    for text in [&"0".repeat(64), ORDER, &"f".repeat(64)] {
        assert_eq!(PrivateKey::from_hex(text).unwrap_err(), KeyError::Range);
    }
    assert_eq!(
        PrivateKey::from_bytes(&[0; 32]).unwrap_err(),
        KeyError::Range
    );
}

#[test]
fn the_error_names_what_the_text_looks_like() {
    for (text, found) in [
        ("", LooksLike::Nothing),
        (" \n", LooksLike::Nothing),
        (PEM, LooksLike::Pem),
        ("/etc/bitpay/private_key_prdo.key", LooksLike::Path),
        ("private_key.pem", LooksLike::Path),
        (r"C:\keys\bitpay", LooksLike::Path),
        ("QKK31Q1", LooksLike::PairingCode),
        ("Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR", LooksLike::Sin),
        (
            "MqA2wX15qHCbG7FBtJZRAxQunrRjAvGBRVJedsiTnZY",
            LooksLike::Token,
        ),
        (
            "038d970d6ba29dcfa190c177140fd889fadd6d2590b1ee1a6a06e255dbf22b4017",
            LooksLike::PublicHex,
        ),
        (
            // bitpay/csharp-bitpay-client, BitPayUnitTest/BitPay.config.json
            "75371435315047800683080420474719166774492308988314944856528163960396135344086",
            LooksLike::Decimal,
        ),
        (&hex::encode(der(PEM)), LooksLike::DerHex),
        (&HEX[1..], LooksLike::Hex { digits: 63 }),
        (&format!("0{HEX}"), LooksLike::Hex { digits: 65 }),
        ("not-a-key", LooksLike::Unknown),
        ("d\u{e9}j\u{e0}", LooksLike::Unknown),
    ] {
        let refused = KeyError::Form {
            expected: KeyForm::PrivateHex,
            found,
        };
        assert_eq!(PrivateKey::from_hex(text).unwrap_err(), refused, "{text}");
    }
    let refused = KeyError::Form {
        expected: KeyForm::PrivatePem,
        found: LooksLike::PrivateHex,
    };
    assert_eq!(error(HEX), refused);
    assert_eq!(
        refused.to_string(),
        "expected a private key as PEM (BEGIN EC PRIVATE KEY or BEGIN PRIVATE KEY); \
         this looks like a private key as hex",
    );
    // A prefix is another form, and is not guessed away.
    let prefixed = PrivateKey::from_hex(&format!("0x{HEX}")).unwrap_err();
    assert!(matches!(
        prefixed,
        KeyError::Form {
            found: LooksLike::PrivateHex,
            ..
        }
    ));
}

#[test]
fn each_wrong_sin_has_its_own_error() {
    let sin = |bytes: &[u8]| {
        let sum = Sha256::digest(Sha256::digest(bytes));
        Sin::parse(&bs58::encode([bytes, &sum[..4]].concat()).into_string())
    };
    let mut bytes = [7; 22];
    (bytes[0], bytes[1]) = (0x0F, 0x02);
    assert!(sin(&bytes).is_ok());
    assert_eq!(sin(&bytes[..21]), Err(SinError::Length { bytes: 25 }));
    bytes[1] = 0x01;
    assert_eq!(sin(&bytes), Err(SinError::Type(0x01)));
    bytes[0] = 0x00;
    assert_eq!(sin(&bytes), Err(SinError::Version(0x00)));

    assert_eq!(Sin::parse(""), Err(SinError::Length { bytes: 0 }));
    assert_eq!(
        Sin::parse(&"1".repeat(39)),
        Err(SinError::Length { bytes: 39 })
    );
    assert_eq!(Sin::parse("QKK31Q1"), Err(SinError::LooksLikePairingCode));
    let token = "MqA2wX15qHCbG7FBtJZRAxQunrRjAvGBRVJedsiTnZY";
    assert_eq!(Sin::parse(token), Err(SinError::LooksLikeToken));
    assert_eq!(Sin::parse(HEX), Err(SinError::NotBase58));
    assert_eq!(
        Sin::parse(" TfG4ScDgysrSpodWD4Re5UtXmcLbY5CiUHA"),
        Err(SinError::NotBase58)
    );
}

#[test]
fn public_keys_are_points_in_a_known_form() {
    let hex = PrivateKey::from_hex(HEX).unwrap().public_key().to_hex();
    for text in [
        &hex[2..],
        HEX,
        "",
        &hex.replacen("03", "05", 1),
        &format!(" {hex}"),
    ] {
        assert!(matches!(
            PublicKey::from_hex(text).unwrap_err(),
            KeyError::Form {
                expected: KeyForm::PublicHex,
                ..
            }
        ));
    }
    // x = 5 has no y on the curve.
    let mut none = [0; 33];
    (none[0], none[32]) = (2, 5);
    assert_eq!(
        PublicKey::from_bytes(&none).unwrap_err(),
        KeyError::NotOnCurve
    );
    // The hybrid form of X9.62 is not one that BitPay documents.
    assert_eq!(
        PublicKey::from_bytes(&[6; 65]).unwrap_err(),
        KeyError::PublicKeyBytes
    );
}

#[test]
fn debug_of_a_key_names_its_sin_only() {
    let key = PrivateKey::from_hex(HEX).unwrap();
    assert_eq!(
        format!("{key:?}"),
        "PrivateKey(<redacted>, sin=TeyN4LPrXiG5t2yuSamKqP3ynVk3F52iHrX)",
    );
    assert_eq!(
        format!("{:?}", key.sign(&bitpay_core::signature::Digest::of(&[]))),
        "Signature(..)"
    );
}

#[test]
fn keys_may_be_shared_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<PrivateKey>();
    check::<bitpay_core::webhook::Verifier>();
}
