//! Pairing: what was pasted where, what BitPay answers, how long to wait, and what is wrong.

use std::time::Duration;

use bitpay_core::answer::Answer;
use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::diagnose::{Diagnosis, Evidence, diagnose, probe};
use bitpay_core::pairing::{
    Approval, ApprovedToken, ClaimPairing, FASTEST_POLL, ListTokens, MintToken, PairingCodeError,
    PairingError, PolicyKind, PolicyMethod, RequestPairing, Wait, Waited,
};
use bitpay_core::time::Timestamp;
use bitpay_core::{
    Allows, Anonymous, AnyGrant, AnyToken, Config, Credential, Environment, Error, Facade, Guid,
    Identity, LooksLike, Merchant, Pairing, PairingCode, Pos, PrivateKey, Sin, SinError, Token,
    TokenError,
};
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
const SIN: &str = "Tf3wXWuwfT1TmenHF21P1nYZ7BeyrYNdiwo";
const CODE: &str = "Wp4RRAz";
const KEY: &str = "97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c";
const PUBLIC: &str = "0200bf0e38b86329f84ea90972e0f901d5ea0145f1ebac8c50fded77796d7a70e1";

#[test]
fn what_was_pasted_in_the_wrong_place_is_not_taken() {
    let token = |text: &str| text.parse::<Token<Pos>>().map(drop);
    let wrong = |found| Err(TokenError::LooksLike(found));
    assert_eq!(token(TOKEN), Ok(()));
    assert_eq!(token(CODE), wrong(LooksLike::PairingCode));
    assert_eq!(token(SIN), wrong(LooksLike::Sin));
    assert_eq!(token(KEY), wrong(LooksLike::PrivateHex));
    assert_eq!(token(PUBLIC), wrong(LooksLike::PublicHex));
    assert_eq!(
        token("https://test.bitpay.com/api-access-request?pairingCode=Wp4RRAz"),
        wrong(LooksLike::Url)
    );
    assert_eq!(token("/etc/bitpay/private.key"), wrong(LooksLike::Path));
    assert_eq!(
        token("-----BEGIN EC PRIVATE KEY-----\n"),
        wrong(LooksLike::Pem)
    );
    assert_eq!(token(""), Err(TokenError::Empty));
    assert_eq!(token(" \n"), wrong(LooksLike::Nothing));
    assert_eq!(token(&TOKEN[..19]), Err(TokenError::Length(19)));
    assert_eq!(token("a-token_of-another_form"), Ok(()));
    assert_eq!(token(&format!("{TOKEN}\n")), Err(TokenError::Character));
    assert_eq!(
        AnyToken::parse(Facade::Pos, CODE).map(drop),
        wrong(LooksLike::PairingCode)
    );

    let code = |text: &str| text.parse::<PairingCode>().map(drop);
    let wrong = |found| Err(PairingCodeError::LooksLike(found));
    assert_eq!(code(CODE), Ok(()));
    assert_eq!(code("QKK31Q1"), Ok(()));
    assert_eq!(code(TOKEN), wrong(LooksLike::Token));
    assert_eq!(code(SIN), wrong(LooksLike::Sin));
    assert_eq!(code(KEY), wrong(LooksLike::PrivateHex));
    assert_eq!(code(""), wrong(LooksLike::Nothing));
    assert_eq!(
        code("https://test.bitpay.com/api-access-request?pairingCode=Wp4RRAz"),
        wrong(LooksLike::Url)
    );
    for text in [
        "Wp4RRAz ",
        " Wp4RRAz",
        "Wp4-RAz",
        "Wp4RR\u{e4}z",
        "Wp4RRAzz",
    ] {
        assert!(code(text).is_err(), "{text}");
    }

    assert!(Sin::parse(SIN).is_ok());
    assert_eq!(
        Sin::parse(CODE).unwrap_err(),
        SinError::LooksLikePairingCode
    );
    for text in [TOKEN, KEY, ""] {
        assert!(Sin::parse(text).is_err(), "{text}");
    }
    // Seven hex digits are a code too.
    assert_eq!(code("1234567"), Ok(()));
    assert_eq!(code("abcdef0"), Ok(()));
}

#[test]
fn a_label_that_bitpay_refuses_is_not_sent() {
    let sin = || SIN.parse::<Sin>().unwrap();
    let guid = || Guid::from_random([1; 16]);
    let long = "x".repeat(61);
    for label in ["", "caf\u{e9}", "a/b", "a\nb", "<b>", &long] {
        let requested = RequestPairing::new(sin(), Facade::Pos, guid()).label(label);
        assert_eq!(refused(&Anonymous, &requested), "label", "{label}");
        let claimed = ClaimPairing::new(sin(), CODE.parse().unwrap()).label(label);
        assert_eq!(refused(&Anonymous, &claimed), "label", "{label}");
        let minted = MintToken::new(sin(), Facade::Pos, guid()).label(label);
        assert_eq!(refused(&grant(), &minted), "label", "{label}");
    }
    for label in ["x", "web-shop_1.2 (no)", &long[..60]]
        .into_iter()
        .filter(|label| !label.contains('('))
    {
        let request = RequestPairing::new(sin(), Facade::Pos, guid()).label(label);
        assert!(prepared(&Anonymous, &request).is_ok(), "{label}");
    }
    let nobody = RequestPairing::new(sin(), Facade::Public, guid());
    assert_eq!(refused(&Anonymous, &nobody), "facade");
    let payout = MintToken::new(sin(), Facade::Payout, guid());
    assert_eq!(refused(&grant(), &payout), "facade");
}

fn prepared<C: Credential, E: Allows<C>>(credential: &C, request: &E) -> Result<(), Error> {
    let settings = Settings::new(&Config::new(Environment::Test)).unwrap();
    Call::new(
        request,
        &Environment::Test.base_url(),
        credential,
        &settings,
    )
    .map(drop)
}

/// The field for which a request is refused before anything is sent.
fn refused<C: Credential, E: Allows<C>>(credential: &C, request: &E) -> &'static str {
    use bitpay_core::ErrorKind;
    use bitpay_core::error::BuildError;
    let error = prepared(credential, request).unwrap_err();
    match error.kind() {
        ErrorKind::Build(BuildError::Invalid(invalid)) => invalid.field,
        other => panic!("{other:?}"),
    }
}

fn key() -> PrivateKey {
    PrivateKey::from_hex(KEY).unwrap()
}

fn grant() -> AnyGrant {
    AnyGrant::new(AnyToken::parse(Facade::Merchant, TOKEN).unwrap(), key())
}

fn millis(time: i64) -> Timestamp {
    Timestamp::from_millisecond(time).unwrap()
}

/// The answers that BitPay's pages and users show, word for word but for the tokens.
const ARTICLE: &str = r#"[{"policies":[{"policy":"id","method":"inactive","params":["Tf3wXWuwfT1TmenHF21P1nYZ7BeyrYNdiwo"]}],"token":"DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5","facade":"merchant","label":"Some description...","dateCreated":1436986447652,"pairingExpiration":1437072847652,"pairingCode":"Wp4RRAz"}]"#;
const REQUESTED: &str = r#"[{"policies":[{"policy":"id","method":"inactive","params":["Tf2yXsY49iFyDfxt3b2kf9VPRMwPxxAyCRW"]}],"token":"G7XM9fcM1gtCN7DUr8ZWtPGVFLTKiYWanHR4kvqsnjP3","facade":"merchant","label":"merchantwebsite.com","dateCreated":1621340364865,"pairingExpiration":1621426764865,"pairingCode":"C4Lg7oW"}]"#;
const CLAIMED: &str = r#"[{"policies":[{"policy":"id","method":"require","params":["Tf2Gzfst1o7p6cZXaCGUNFzSpqGQHgkXRWJ"]}],"resource":"AtsQGS1TZzbQskp7L8GWGkmGwfte8qT6yWseCtmLiciB","token":"ArmcoLsi3qZoj86sFd4mz9","facade":"pos","label":"Modulexpert Bitpay Plugin","dateCreated":1511211874485}]"#;

#[test]
fn no_part_of_a_pairing_is_lost() {
    let article: Pairing = serde_json::from_str(ARTICLE).unwrap();
    assert_eq!(article.facade(), Some(Facade::Merchant));
    assert_eq!(article.label.as_deref(), Some("Some description..."));
    assert_eq!(article.created_at, Some(millis(1_436_986_447_652)));
    assert_eq!(article.expires_at, Some(millis(1_437_072_847_652)));
    assert_eq!(article.code.as_ref().map(PairingCode::as_str), Some(CODE));
    let [policy] = &article.policies[..] else {
        panic!("{article:?}");
    };
    assert_eq!(
        (&policy.policy, &policy.method),
        (&PolicyKind::Id, &PolicyMethod::Inactive)
    );
    assert_eq!(policy.params, [SIN]);
    assert_eq!(article.token().unwrap().expose(), TOKEN);
    assert_eq!(article.typed_token::<Merchant>().unwrap().expose(), TOKEN);
    assert!(matches!(
        article.typed_token::<Pos>(),
        Err(PairingError::OtherFacade { wanted: Facade::Pos, got }) if got == "merchant"
    ));
    assert!(!article.is_active());
    assert_eq!(
        article.approval_url(&Environment::Test).as_deref(),
        Some("https://test.bitpay.com/api-access-request?pairingCode=Wp4RRAz")
    );
    let lifetime = bitpay_core::pairing::CODE_LIFETIME;
    let expires = article.expires_at.unwrap();
    assert_eq!(
        Duration::try_from(expires.duration_since(article.created_at.unwrap())).unwrap(),
        lifetime
    );
    assert!(!article.is_expired(millis(1_437_072_847_651)));
    assert!(article.is_expired(millis(1_437_072_847_652)));
    assert!(!format!("{article:?}").contains(&TOKEN[..6]));

    let claimed: Pairing = serde_json::from_str(CLAIMED).unwrap();
    assert!(claimed.is_active() && claimed.code.is_none() && claimed.expires_at.is_none());
    assert_eq!(
        claimed.resource.as_deref(),
        Some("AtsQGS1TZzbQskp7L8GWGkmGwfte8qT6yWseCtmLiciB")
    );
    assert_eq!(
        claimed.typed_token::<Pos>().unwrap().expose(),
        "ArmcoLsi3qZoj86sFd4mz9"
    );
    assert_eq!(claimed.approval_url(&Environment::Test), None);
    assert!(!claimed.is_expired(millis(4_000_000_000_000)));

    // What is read is written again, word for word.
    for text in [ARTICLE, REQUESTED, CLAIMED] {
        let pairing: Pairing = serde_json::from_str(text).unwrap();
        let again: serde_json::Value = serde_json::to_value(&pairing).unwrap();
        assert_eq!(
            again,
            serde_json::from_str::<serde_json::Value>(text).unwrap()
        );
    }
    // Without a facade, as when the merchant picks it; and as stubs have it.
    let open: Pairing = serde_json::from_str(r#"[{"token":"G7XM9fcM1gtCN7DUr8ZWtPGVFLTKiYWanHR4kvqsnjP3","pairingCode":"","policies":[{"policy":"id","method":"active","params":null},{"policy":"newer","method":"kind","params":"x"}]}]"#).unwrap();
    assert!(matches!(open.token(), Err(PairingError::NoFacade)));
    assert!(open.is_active() && open.code.is_none());
    assert_eq!(open.policies[1].policy.to_string(), "newer");
    assert_eq!(open.policies[1].params, ["x"]);
    for text in ["[]", "{}", "null", "[{}]", r#"[{"token":null}]"#] {
        assert!(serde_json::from_str::<Pairing>(text).is_err(), "{text}");
    }
}

fn after(begin: Timestamp, time: Duration) -> Timestamp {
    begin + SignedDuration::try_from(time).unwrap()
}

struct Listed(Vec<ApprovedToken>);

impl AsRef<Vec<ApprovedToken>> for Listed {
    fn as_ref(&self) -> &Vec<ApprovedToken> {
        &self.0
    }
}

/// Waits on a moved clock. `approved` says whether the token is listed at that time.
fn wait(every: u64, approved: impl Fn(Duration) -> bool) -> (Waited, Vec<Duration>) {
    let pairing: Pairing = serde_json::from_str(ARTICLE).unwrap();
    let begin = pairing.created_at.unwrap();
    let mut approval = Approval::of(&pairing, Duration::from_secs(every));
    let (mut passed, mut asked) = (Duration::ZERO, Vec::new());
    loop {
        match approval.next(after(begin, passed)) {
            Wait::Ask => {
                asked.push(passed);
                let tokens = if approved(passed) {
                    vec![
                        ApprovedToken::new("pos", "AnotherTokenOfThisKey1"),
                        ApprovedToken::new("merchant", TOKEN),
                    ]
                } else {
                    vec![ApprovedToken::new("pos", "AnotherTokenOfThisKey1")]
                };
                approval.listed(Ok(Listed(tokens))).unwrap();
            }
            Wait::Sleep(pause) => passed += pause,
            Wait::Over(waited) => return (waited, asked),
        }
        assert!(asked.len() < 50_000);
    }
}

#[test]
fn an_approval_is_not_missed_and_bitpay_is_not_asked_too_often() {
    let seconds = Duration::from_secs;
    let (waited, asked) = wait(0, |passed| passed >= seconds(14));
    assert_eq!(waited, Waited::Approved);
    assert_eq!(asked, [0, 5, 10, 15].map(seconds));
    let (waited, asked) = wait(60, |passed| passed >= seconds(61));
    assert_eq!(
        (waited, asked),
        (Waited::Approved, [0, 60, 120].map(seconds).to_vec())
    );
    // At once.
    assert_eq!(wait(60, |_| true), (Waited::Approved, vec![Duration::ZERO]));
    // In the last moment: the last question is asked at the expiry itself.
    let day = seconds(24 * 60 * 60);
    let (waited, asked) = wait(7 * 60 * 60, |passed| passed >= day);
    assert_eq!((waited, asked.last()), (Waited::Approved, Some(&day)));
    let (waited, asked) = wait(7 * 60 * 60, |_| false);
    assert_eq!(
        (waited, asked.len(), asked.last()),
        (Waited::Expired, 5, Some(&day))
    );
    // A question every five seconds for a day.
    let (waited, asked) = wait(1, |_| false);
    assert_eq!((waited, asked.len()), (Waited::Expired, 17_281));
    assert!(asked.windows(2).all(|pair| pair[1] - pair[0] >= seconds(5)));
}

#[test]
fn a_refusal_does_not_end_the_wait_but_a_failure_does() {
    let pairing: Pairing = serde_json::from_str(ARTICLE).unwrap();
    let begin = pairing.created_at.unwrap();
    let mut approval = Approval::of(&pairing, Duration::ZERO);
    assert!(matches!(approval.next(begin), Wait::Ask));
    // A key without an approved token is refused.
    approval
        .listed::<Listed>(Err(refusal(500, "Unauthorized sin")))
        .unwrap();
    assert!(matches!(approval.next(begin), Wait::Sleep(pause) if pause == Duration::from_secs(5)));
    let error = approval
        .listed::<Listed>(Err(refusal(500, "Account is suspended")))
        .unwrap_err();
    assert!(error.to_string().contains("Account is suspended"));
    // A clock that is set back neither panics nor asks at once.
    assert!(matches!(
        approval.next(after(begin, Duration::ZERO) - SignedDuration::from_hours(1)),
        Wait::Sleep(_)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(33), ..ProptestConfig::default() })]

    /// A front may sleep for longer than it was told to, and may ask late or be answered late.
    #[test]
    fn however_a_front_sleeps_an_approval_is_seen_and_the_wait_ends(
        every in 0_u64..100_000,
        approved in prop::option::of(0_u64..90_000),
        late in prop::collection::vec(0_u64..20_000, 0..40),
    ) {
        let pairing: Pairing = serde_json::from_str(ARTICLE).unwrap();
        let begin = pairing.created_at.unwrap();
        let every = Duration::from_secs(every);
        let mut approval = Approval::of(&pairing, every);
        let day = Duration::from_secs(24 * 60 * 60);
        let approved = approved.map(Duration::from_secs);
        let (mut passed, mut late) = (Duration::ZERO, late.into_iter());
        let (mut asked, mut seen) = (Vec::new(), false);
        let waited = loop {
            match approval.next(after(begin, passed)) {
                Wait::Ask => {
                    prop_assert!(!seen, "asked again after the answer");
                    seen = approved.is_some_and(|approved| passed >= approved);
                    let token = if seen { TOKEN } else { "AnotherTokenOfThisKey1" };
                    let tokens = vec![ApprovedToken::new("merchant", token)];
                    approval.listed(Ok(Listed(tokens))).unwrap();
                    asked.push(passed);
                }
                Wait::Sleep(pause) => {
                    prop_assert!(pause > Duration::ZERO && pause <= every.max(FASTEST_POLL));
                    passed += pause + Duration::from_millis(late.next().unwrap_or(0));
                }
                Wait::Over(waited) => break waited,
            }
            prop_assert!(asked.len() <= 17_282);
        };
        prop_assert_eq!(waited == Waited::Approved, seen);
        // The last question is at the expiry or after it, and there is one only.
        if !seen {
            prop_assert!(asked.last().is_some_and(|last| *last >= day));
            prop_assert!(asked.iter().rev().nth(1).is_none_or(|last| *last < day));
            prop_assert!(approved.is_none_or(|approved| approved > day));
        }
        // But for that one, no two are closer than BitPay allows.
        let before_last = &asked[..asked.len() - 1];
        prop_assert!(before_last.windows(2).all(|pair| pair[1] - pair[0] >= FASTEST_POLL));
    }
}

/// What one exchange of a call gives.
fn answer<C: Credential, E: Allows<C>>(
    credential: &C,
    request: &E,
    status: u16,
    body: &str,
) -> Result<Answer<E::Response>, Error> {
    let settings = Settings::new(
        &Config::new(Environment::Test).retry(bitpay_core::retry::RetryPolicy::off()),
    )
    .unwrap();
    let mut call = Call::new(
        request,
        &Environment::Test.base_url(),
        credential,
        &settings,
    )
    .unwrap();
    let now = millis(1_436_986_447_652);
    assert!(matches!(call.step(now, 0), Step::Send(_)));
    assert!(call.head(StatusCode::from_u16(status).unwrap(), HeaderMap::new()));
    assert!(call.body(body.as_bytes()));
    call.end();
    match call.step(now, 0) {
        Step::Done(result) => result,
        _ => panic!("one try was allowed"),
    }
}

fn refusal(status: u16, text: &str) -> Error {
    let body = format!(r#"{{"error":"{text}"}}"#);
    answer(&Identity::new(key()), &ListTokens::new(), status, &body).unwrap_err()
}

#[test]
fn each_cause_behind_a_refusal_has_its_own_diagnosis() {
    use Diagnosis::{
        CodeExpired, KeyWorks, NotApproved, OtherEnvironment, OtherKey, Reset, Unclear, UnknownKey,
        Works,
    };
    let mine = format!(r#"{{"data":[{{"merchant":"{TOKEN}"}}]}}"#);
    let others = r#"{"data":[{"pos":"AnotherTokenOfThisKey1"}]}"#;
    let unauthorized = r#"{"error":"Unauthorized sin"}"#;
    let invalid = r#"{"error":"Invalid token"}"#;
    let missing = r#"{"error":"Object not found"}"#;
    let down = "<h1>Bad gateway</h1>";
    let now = millis(1_436_986_447_652);
    let nothing = Evidence::default;
    let waiting = |until: i64| {
        let mut evidence = nothing();
        evidence.code_expires_at = Some(millis(until));
        evidence
    };
    let by = |sin: &str| {
        let mut evidence = nothing();
        evidence.paired_by = Some(sin.parse().unwrap());
        evidence
    };
    let made_in = |environment| {
        let mut evidence = nothing();
        evidence.paired_in = Some(environment);
        evidence
    };
    let own = key().sin().as_str().to_owned();
    let later = 1_437_072_847_652;
    let rows = [
        (200, mine.as_str(), Some((404, missing)), nothing(), Works),
        (200, others, Some((404, missing)), nothing(), Works),
        (500, unauthorized, Some((404, missing)), nothing(), Works),
        (200, others, Some((500, invalid)), nothing(), Reset),
        (500, unauthorized, Some((500, invalid)), nothing(), Reset),
        (200, others, Some((500, unauthorized)), nothing(), OtherKey),
        (
            500,
            unauthorized,
            Some((500, unauthorized)),
            by(SIN),
            OtherKey,
        ),
        (
            500,
            unauthorized,
            Some((500, unauthorized)),
            waiting(later),
            NotApproved,
        ),
        (
            500,
            unauthorized,
            Some((500, unauthorized)),
            waiting(1),
            CodeExpired,
        ),
        (
            500,
            unauthorized,
            Some((500, unauthorized)),
            made_in(Environment::Production),
            OtherEnvironment,
        ),
        (
            500,
            unauthorized,
            Some((500, unauthorized)),
            made_in(Environment::Test),
            UnknownKey,
        ),
        (200, others, Some((500, unauthorized)), by(&own), OtherKey),
        (502, down, Some((502, down)), nothing(), Unclear),
        (200, others, Some((502, down)), nothing(), Unclear),
        (200, others, None, nothing(), KeyWorks),
        (500, unauthorized, None, nothing(), UnknownKey),
        (500, unauthorized, None, waiting(later), NotApproved),
        (500, unauthorized, None, waiting(1), CodeExpired),
        (502, down, None, nothing(), Unclear),
    ];
    for (index, (status, body, probed, evidence, expected)) in rows.into_iter().enumerate() {
        let listed = answer(&Identity::new(key()), &ListTokens::new(), status, body);
        let probed = probed.map(|(status, body)| answer(&grant(), &probe(), status, body));
        let credential = if probed.is_some() {
            grant()
        } else {
            AnyGrant::identity(key())
        };
        let found = diagnose(
            &credential,
            &Environment::Test,
            &listed,
            probed.as_ref(),
            &evidence,
            now,
        );
        assert_eq!(found, expected, "row {index}");
        assert!(found.to_string().len() > 20);
    }
}
