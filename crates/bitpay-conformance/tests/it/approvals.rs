//! Waiting for an approval and diagnosing, as far as a socket is needed: the clock is moved in the
//! core's tests.

use std::time::Duration;

use bitpay_conformance::{
    Front, Listening, MockBitPay, Received, both_fronts, data, json, signed, unsigned,
};
use bitpay_core::diagnose::{Diagnosis, Evidence};
use bitpay_core::pairing::{RequestPairing, Waited};
use bitpay_core::{Anonymous, AnyGrant, Facade, Identity, Merchant, Pairing, Pos};

use wiremock::Mock;
use wiremock::matchers::{any, method, path};

use crate::values::{MERCHANT_TOKEN, config, guid, key, merchant, unsigned_pos};

both_fronts! {
    an_approval_is_not_missed,
    an_expiry_is_not_waited_past,
    a_diagnosis_does_not_ask_for_more_than_it_needs,
}

fn pending(expires: i64) -> String {
    format!(
        r#"[{{"token":"{MERCHANT_TOKEN}","facade":"merchant","pairingCode":"Wp4RRAz","pairingExpiration":{expires},"policies":[{{"policy":"id","method":"inactive","params":[]}}]}}]"#
    )
}

fn an_approval_is_not_missed<F: Front>() {
    let server = MockBitPay::start();
    // The first request is of nobody yet; the second one proves the key.
    server.expect(
        Mock::given(method("POST"))
            .and(path("/tokens"))
            .and(unsigned)
            .respond_with(data(pending(4_000_000_000_000)))
            .expect(1),
    );
    let listed = format!(r#"[{{"merchant":"{MERCHANT_TOKEN}"}}]"#);
    server.expect(
        Mock::given(method("GET"))
            .and(path("/tokens"))
            .and(signed)
            .respond_with(data(listed))
            .expect(1),
    );
    let client = F::new(&config(&server)).unwrap();
    let identity = Identity::new(key());
    let request = RequestPairing::new(identity.sin().clone(), Facade::Merchant, guid());
    let pairing = client.call(&Anonymous, &request).unwrap();
    let waited = client.wait_for_approval(&identity, &pairing, Duration::ZERO);
    assert_eq!(waited.unwrap(), Waited::Approved);
    assert_eq!(
        pairing.grant::<Merchant>(&identity).unwrap().token(),
        merchant().token()
    );
    assert!(pairing.grant::<Pos>(&identity).is_err());
}

fn an_expiry_is_not_waited_past<F: Front>() {
    let server = MockBitPay::start();
    let refusal = json(500, r#"{"error":"Unauthorized sin"}"#);
    // It is asked once all the same: the clocks may differ.
    server.expect(Mock::given(any()).respond_with(refusal).expect(1));
    let client = F::new(&config(&server)).unwrap();
    let pairing: Pairing = serde_json::from_str(&pending(1)).unwrap();
    let waited =
        client.wait_for_approval(&Identity::new(key()), &pairing, Duration::from_secs(3600));
    assert_eq!(waited.unwrap(), Waited::Expired);
}

fn a_diagnosis_does_not_ask_for_more_than_it_needs<F: Front>() {
    let server = MockBitPay::answering(json(500, r#"{"error":"Invalid token"}"#));
    server.expect(
        Mock::given(path("/tokens"))
            .respond_with(data("[]"))
            .with_priority(1),
    );
    let client = F::new(&config(&server)).unwrap();
    let evidence = Evidence::default();
    assert_eq!(
        client.diagnose(&merchant().into(), &evidence),
        Diagnosis::Reset
    );
    assert_eq!(
        client.diagnose(&AnyGrant::identity(key()), &evidence),
        Diagnosis::KeyWorks
    );
    let received = server.received();
    assert_eq!(received.len(), 3);
    assert!(received.iter().all(Received::verifies));
    assert!(received.iter().all(|one| one.method == "GET"));
    // Without a key there is no list to ask for.
    assert_eq!(
        client.diagnose(&unsigned_pos().into(), &evidence),
        Diagnosis::Reset
    );
    assert_eq!(server.received().len(), 4);
}
