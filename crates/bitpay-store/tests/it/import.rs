//! What the official SDKs keep, and what is wrong with it.

use bitpay_core::key::{KeyError, LooksLike};
use bitpay_core::{Environment, Facade, PrivateKey};
use bitpay_store::import::{Form, Found, ImportError, Imported, Origin};

use crate::{NEW as PAYOUT, OLD as MERCHANT};

const POS: &str = "AvJdGrEqTW9HVsJit9zabAnrJabqaQDhWHRacHYgfgxK";
const NODE: &str = include_str!("../fixtures/import/node.json");
const PYTHON: &str = include_str!("../fixtures/import/python.json");
const PHP: &str = include_str!("../fixtures/import/php.json");
const PHP_YAML: &str = include_str!("../fixtures/import/php.yml");
const PHP_KEY: &str = include_str!("../fixtures/import/php.key");
const JAVA: &str = include_str!("../fixtures/import/java.json");
const CSHARP: &str = include_str!("../fixtures/import/csharp.json");

const NODE_HEX: &str = "97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c";
const NODE_SIN: &str = "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR";
const PHP_SIN: &str = "Tf9roWQ4YKG7AiJQotQDMBccpoLRhFrKLDf";
const PASSWORD: &str = "YourMasterPassword";

fn read(content: &str) -> Found {
    Found::read(content.as_bytes(), None).unwrap()
}

fn refused(content: &str) -> ImportError {
    match Found::read(content.as_bytes(), None) {
        Ok(found) => found.open(None, None).unwrap_err(),
        Err(error) => error,
    }
}

/// What a key file holds.
fn key(content: impl AsRef<[u8]>, password: Option<&str>) -> Result<Imported, ImportError> {
    Found::read(content.as_ref(), Some(&Environment::Test))?.open(None, password)
}

#[track_caller]
fn assert_tokens(imported: &Imported, expected: &[(Facade, &str)]) {
    let tokens: Vec<(Facade, &str)> = imported
        .tokens
        .iter()
        .map(|(facade, token)| (*facade, token.expose()))
        .collect();
    assert_eq!(tokens, expected);
}

#[test]
fn the_configuration_of_each_sdk_gives_its_key_and_its_tokens() {
    let all = [
        (Facade::Pos, POS),
        (Facade::Merchant, MERCHANT),
        (Facade::Payout, PAYOUT),
    ];
    let two = &all[1..];
    let pos_and_merchant = &all[..2];
    for (content, file, origin, form, sin, tokens) in [
        (NODE, None, Origin::Node, Form::Hex, NODE_SIN, &all[..]),
        (
            PYTHON,
            None,
            Origin::Python,
            Form::Pem,
            "Tf6ibziraS2CsALaYMe5UrqYhnuv95QVefM",
            pos_and_merchant,
        ),
        (
            PHP,
            Some(PHP_KEY),
            Origin::Php,
            Form::PhpEncrypted,
            PHP_SIN,
            two,
        ),
        (
            PHP_YAML,
            Some(PHP_KEY),
            Origin::Php,
            Form::PhpEncrypted,
            PHP_SIN,
            two,
        ),
        (
            JAVA,
            None,
            Origin::Java,
            Form::DerHex,
            "TfE4UAsvxgtRRifGmz2EYU28AHYNiq7Avds",
            two,
        ),
        (
            CSHARP,
            None,
            Origin::CSharp,
            Form::Decimal,
            "TexMWFXCdLzC3kVkLP3iz4hKvUfPAM57MNm",
            &all[..],
        ),
    ] {
        let found = read(content);
        assert_eq!(found.key_path(), file.map(|_| "php.key"), "{origin}");
        let imported = found.open(file.map(str::as_bytes), None).unwrap();
        assert_eq!((imported.origin, imported.form), (origin, form));
        assert_eq!(imported.key.sin().as_str(), sin, "{origin}");
        assert_tokens(&imported, tokens);
        let expected = match origin {
            Origin::Java => Environment::Production,
            _ => Environment::Test,
        };
        assert_eq!(imported.environment, expected);
    }
}

#[test]
fn another_environment_of_the_file_is_taken_when_it_is_chosen() {
    let found = Found::read(NODE.as_bytes(), Some(&Environment::Production)).unwrap();
    let imported = found.open(None, None).unwrap();
    assert_eq!(
        imported.key.sin().as_str(),
        "TeyN4LPrXiG5t2yuSamKqP3ynVk3F52iHrX"
    );
    assert_tokens(&imported, &[(Facade::Merchant, PAYOUT)]);
    // An address is used with the part that the file says is in use.
    let address: Environment = "http://127.0.0.1:8080".parse().unwrap();
    let found = Found::read(NODE.as_bytes(), Some(&address)).unwrap();
    assert_eq!(found.environment(), &address);
    assert_eq!(found.open(None, None).unwrap().key.sin().as_str(), NODE_SIN);

    let error = Found::read(CSHARP.as_bytes(), Some(&Environment::Production)).unwrap_err();
    assert_eq!(error, ImportError::NoSection(Environment::Production));
    let python = Found::read(PYTHON.as_bytes(), Some(&Environment::Production)).unwrap();
    assert_eq!(python.open(None, None).unwrap_err(), ImportError::NoKey);
    let one = NODE.replace("\"Test\",", "\"test\",");
    assert_eq!(refused(&one), ImportError::NoSection(Environment::Test));
    for wrong in ["\"Sandbox\",", "\"\",", "null,", "\"https://bitpay.com\","] {
        let error = refused(&NODE.replace("\"Test\",", wrong));
        assert_eq!(error, ImportError::NoEnvironment, "{wrong}");
    }
}

#[test]
fn a_key_in_a_file_of_its_own_is_read_in_every_form() {
    let pem = PrivateKey::from_hex(NODE_HEX).unwrap().to_pem();
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, base64).unwrap();
    for (content, form) in [
        (NODE_HEX.as_bytes().to_vec(), Form::Hex),
        (format!(" 0x{NODE_HEX}\r\n").into_bytes(), Form::Hex),
        (pem.as_bytes().to_vec(), Form::Pem),
        (der.clone(), Form::Der),
        (hex::encode_upper(&der).into_bytes(), Form::DerHex),
    ] {
        let imported = key(&content, None).unwrap();
        assert_eq!((imported.origin, imported.form), (Origin::Key, form));
        assert_eq!(imported.key.sin().as_str(), NODE_SIN, "{form}");
        // The same file, named by a configuration.
        let named = NODE.replacen("\"PrivateKeyPath\": \"\"", "\"PrivateKeyPath\": \"k\"", 1);
        let named = named.replace(NODE_HEX, "");
        let imported = read(&named).open(Some(&content), None).unwrap();
        let expected = match form {
            Form::Hex => Origin::NodeOrCSharp,
            Form::Pem => Origin::Python,
            Form::Der => Origin::JavaOrCSharp,
            _ => Origin::Java,
        };
        assert_eq!(imported.origin, expected);
    }
    assert_eq!(
        Found::read(NODE_HEX.as_bytes(), None).unwrap_err(),
        ImportError::EnvironmentNeeded
    );
    // The PHP SDK takes the key itself in place of its path.
    let plain = read(&PHP.replace("php.key", NODE_HEX));
    assert_eq!(plain.key_path(), None);
    let imported = plain.open(None, None).unwrap();
    assert_eq!((imported.origin, imported.form), (Origin::Php, Form::Hex));
}

#[test]
fn two_keys_must_be_the_same() {
    let both = read(&NODE.replacen("\"PrivateKeyPath\": \"\"", "\"PrivateKeyPath\": \"k\"", 1));
    assert!(both.has_key());
    assert!(both.open(Some(NODE_HEX.as_bytes()), None).is_ok());
    let other = PrivateKey::from_bytes(&[7; 32]).unwrap().to_pem();
    let error = both.open(Some(other.as_bytes()), None).unwrap_err();
    assert_eq!(error, ImportError::TwoKeys);
}

#[test]
fn the_password_of_an_encrypted_key_is_the_right_one_or_named_as_wrong() {
    let open = |password| key(PHP_KEY, password).map(|imported| imported.key.sin().to_string());
    assert_eq!(open(Some(PASSWORD)).unwrap(), PHP_SIN);
    assert_eq!(open(None), Err(ImportError::PasswordNeeded));
    for wrong in [
        "",
        "yourMasterPassword",
        "YourMasterP",
        "another one, and a long one",
    ] {
        assert_eq!(
            open(Some(wrong)),
            Err(ImportError::WrongPassword),
            "{wrong}"
        );
    }
    // So weak is that encryption: what comes after the twelfth letter counts for nothing.
    assert_eq!(open(Some("YourMasterPa")).unwrap(), PHP_SIN);
    // One that is given counts for more than the one in the file.
    let found = read(PHP);
    let opened = |password| {
        found
            .open(Some(PHP_KEY.as_bytes()), password)
            .map(|it| it.form)
    };
    assert_eq!(opened(None), Ok(Form::PhpEncrypted));
    assert_eq!(opened(Some("wrong")), Err(ImportError::WrongPassword));
    let without = read(&PHP.replace(PASSWORD, ""));
    let opened = |password| {
        without
            .open(Some(PHP_KEY.as_bytes()), password)
            .map(|it| it.form)
    };
    assert_eq!(opened(None), Err(ImportError::PasswordNeeded));
    assert_eq!(opened(Some(PASSWORD)), Ok(Form::PhpEncrypted));
}

#[test]
fn an_encrypted_key_that_is_cut_off_or_changed_is_refused() {
    for length in 80..PHP_KEY.len() {
        let error = key(&PHP_KEY[..length], Some(PASSWORD)).unwrap_err();
        assert!(
            matches!(error, ImportError::KeyCutOff | ImportError::KeyDamaged),
            "{length}: {error}"
        );
    }
    // A byte that is changed makes its block random, and one byte of the next one another. Where the key and its
    // number in decimal digits are, that cannot pass; elsewhere nothing depends on it.
    let sin = key(PHP_KEY, Some(PASSWORD)).unwrap().key.sin().to_string();
    let mut refusals = 0;
    for at in 0..PHP_KEY.len() {
        let mut changed = PHP_KEY.as_bytes().to_vec();
        changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
        match key(&changed, Some(PASSWORD)) {
            Ok(imported) => assert_eq!(imported.key.sin().as_str(), sin, "{at}"),
            Err(error) => {
                let first = matches!(error, ImportError::WrongPassword) && at < 32;
                let named = matches!(error, ImportError::KeyDamaged | ImportError::Key(_));
                assert!(first || named, "{at}: {error}");
                refusals += 1;
            }
        }
    }
    assert!(refusals > 300, "{refusals} of {}", PHP_KEY.len());
}

#[test]
fn a_key_that_is_none_is_named_for_what_it_is() {
    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    const ORDER_DECIMAL: &str =
        "115792089237316195423570985008687907852837564279074904382605163141518161494337";
    let p256 = "-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIMINjzCCuCt4tyvhL6YS4D5ecRKxgpzHnkoNGxoRvrn9oAoGCCqGSM49
AwEHoUQDQgAEcBvfIHfPhTqr1sohgOBHKLWpv6UXTbb4glxRfHE8totOyURKjwOA
ZDOs4tWw8Gr8W1X2CgU/u6Kna5dwq0pprg==
-----END EC PRIVATE KEY-----";
    let java: serde_json::Value = serde_json::from_str(JAVA).unwrap();
    let java = &java["BitPayConfiguration"]["EnvConfig"]["Prod"]["PrivateKey"];
    let java = java.as_str().unwrap();
    // The y of the generator, changed in one bit: another curve with the same name of its field.
    let other_curve = java.replace("483ada77", "483ada76");
    assert_ne!(other_curve, java);
    for (text, expected) in [
        (&*"0".repeat(64), ImportError::Key(KeyError::Range)),
        ("0", ImportError::Key(KeyError::Range)),
        (&"0".repeat(77), ImportError::Key(KeyError::Range)),
        (ORDER, ImportError::Key(KeyError::Range)),
        (ORDER_DECIMAL, ImportError::Key(KeyError::Range)),
        (p256, ImportError::Key(KeyError::OtherCurve)),
        (&other_curve, ImportError::Key(KeyError::OtherCurve)),
        (
            &java[..java.len() - 2],
            ImportError::Key(KeyError::DamagedDer),
        ),
        (
            &java[..java.len() - 1],
            ImportError::Key(KeyError::DamagedDer),
        ),
        (&p256[..100], ImportError::Key(KeyError::DamagedPem)),
        (&"1".repeat(64), ImportError::Ambiguous),
        (
            &NODE_HEX[1..],
            ImportError::Form(LooksLike::Hex { digits: 63 }),
        ),
        ("private_key.pem", ImportError::Form(LooksLike::Path)),
        ("1234567", ImportError::Form(LooksLike::PairingCode)),
        (MERCHANT, ImportError::Form(LooksLike::Token)),
        ("", ImportError::Form(LooksLike::Nothing)),
        ("\u{e9}", ImportError::Form(LooksLike::Unknown)),
    ] {
        assert_eq!(key(text, None).unwrap_err(), expected, "{text}");
    }
    let der = hex::decode(java).unwrap();
    // Its first byte alone is the digit 0.
    for length in 2..der.len() {
        let error = key(&der[..length], None).unwrap_err();
        assert!(
            matches!(
                error,
                ImportError::Key(KeyError::DamagedDer) | ImportError::Form(_)
            ),
            "{length}: {error}"
        );
    }
}

#[test]
fn a_configuration_that_is_none_is_named_for_what_is_wrong() {
    for (content, expected) in [
        ("{}", ImportError::NoConfiguration),
        ("[]", ImportError::Member("BitPayConfiguration")),
        ("a: b", ImportError::NoConfiguration),
        (
            "{\"BitPayConfiguration\": null}",
            ImportError::NoConfiguration,
        ),
        (
            &NODE.replace("Environment", "Enviroment"),
            ImportError::NoEnvironment,
        ),
        (
            &NODE.replace("EnvConfig", "Config"),
            ImportError::NoSection(Environment::Test),
        ),
        (
            &NODE.replace(&format!("\"{NODE_HEX}\""), "12"),
            ImportError::Member("PrivateKey"),
        ),
        (
            &NODE.replace(&format!("\"{NODE_HEX}\""), "[]"),
            ImportError::Member("PrivateKey"),
        ),
        (
            &NODE.replacen("\"merchant\"", "\"trader\"", 1),
            ImportError::OtherToken,
        ),
        (
            &NODE.replacen("\"merchant\"", "\"public\"", 1),
            ImportError::OtherToken,
        ),
        (
            &NODE.replacen("\"pos\"", "\"merchant\"", 1),
            ImportError::Twice,
        ),
        (
            &PHP_YAML.replace("payout: G", "merchant: G"),
            ImportError::Twice,
        ),
        (
            &NODE.replacen('{', "{,", 1),
            ImportError::Json { line: 1, column: 2 },
        ),
        (
            &PHP_YAML.replace("Test:", "Test: &a"),
            ImportError::Yaml { line: 4 },
        ),
        (
            &PHP_YAML.replace(": php.key", ": !!str php.key"),
            ImportError::Yaml { line: 5 },
        ),
        (
            &PHP_YAML.replace(": php.key", ": *a"),
            ImportError::Yaml { line: 5 },
        ),
        (
            &PHP_YAML.replace(": php.key", ": 'php.key"),
            ImportError::Yaml { line: 5 },
        ),
        (
            &format!("{PHP_YAML}---\nb: c\n"),
            ImportError::Yaml { line: 18 },
        ),
        (&"a: ".repeat(30_000), ImportError::TooLarge),
    ] {
        assert_eq!(refused(content), expected, "{content}");
    }
    let token = refused(&NODE.replacen(MERCHANT, "Wp4RRAz", 1));
    assert!(matches!(
        token,
        ImportError::Token {
            facade: Facade::Merchant,
            ..
        }
    ));
    assert!(token.to_string().contains("pairing code"));
    let deep = format!(
        "BitPayConfiguration: {}1{}",
        "{a: ".repeat(40),
        "}".repeat(40)
    );
    assert!(matches!(refused(&deep), ImportError::Yaml { .. }));
    assert!(matches!(
        refused(&"{\"a\":".repeat(10_000)),
        ImportError::Json { .. }
    ));
    // However much is missing: cut off, and no key by chance.
    for length in 2..NODE.trim_end().len() {
        let error = refused(&NODE[..length]);
        assert!(
            matches!(error, ImportError::CutOff { .. }),
            "{length}: {error}"
        );
    }
    for length in 1..PHP_YAML.len() {
        if let Ok(found) = Found::read(&PHP_YAML.as_bytes()[..length], None) {
            let opened = found.open(None, None);
            assert!(opened.is_err(), "{length}");
        }
    }
}

#[test]
fn nothing_secret_is_in_what_an_import_prints() {
    let secrets = [NODE_HEX, MERCHANT, PAYOUT, POS, PASSWORD];
    let print = |found: &Found, file: Option<&[u8]>| {
        let imported = found.open(file, None).unwrap();
        format!("{found:?} {imported:?}")
    };
    let mut all = print(&read(NODE), None) + &print(&read(PHP), Some(PHP_KEY.as_bytes()));
    // Errors, with the secrets in places where they should not be.
    for secret in secrets {
        for broken in [
            NODE.replace("\"Test\",", &format!("\"{secret}\",")),
            NODE.replace("\"merchant\"", &format!("\"{secret}\"")),
            NODE.replace("\"EnvConfig\"", &format!("\"{secret}\": 1, \"EnvConfig\"")),
            NODE.replace(NODE_HEX, &secret[1..]),
            NODE.replacen('{', &format!("{{{secret}"), 1),
            PHP_YAML.replace("Environment: Test", &format!("Environment: '{secret}")),
            format!("{secret}: {secret}"),
            format!("{secret}{secret}"),
        ] {
            let error = match Found::read(broken.as_bytes(), None) {
                Err(error) => error,
                Ok(found) => match found.open(Some(secret.as_bytes()), None) {
                    Err(error) => error,
                    Ok(_) => continue,
                },
            };
            all += &format!("{error} {error:?}\n");
        }
    }
    for secret in secrets {
        for window in secret.as_bytes().windows(6) {
            let window = std::str::from_utf8(window).unwrap();
            // A word that is not secret.
            if !"Password".contains(window) {
                assert!(!all.contains(window), "{window} is in {all}");
            }
        }
    }
}
