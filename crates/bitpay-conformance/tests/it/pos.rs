//! A pos token with and without "Require Authentication", used with and without a key.

use bitpay_blocking::error::ApiErrorKind;
use bitpay_blocking::model::invoice::CreateInvoice;
use bitpay_blocking::pairing::ClaimPairing;
use bitpay_blocking::{Client, Currency, Effect, Facade, Grant, Guid, Identity, Pos, PrivateKey};
use bitpay_sandbox::Sandbox;

#[test]
fn a_pos_token_without_authentication_needs_no_key_and_one_with_it_does() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::new(sandbox.environment()).unwrap();
    let identity = Identity::new(PrivateKey::from_bytes(&[4; 32]).unwrap());
    let order = |name: &str| CreateInvoice::new(Guid::derived("pos", name), 5u32, Currency::USD);

    let open = sandbox.open_token();
    let unsigned: Grant<Pos> = Grant::unsigned(open.clone());
    client
        .with(unsigned)
        .create_invoice(&order("open, unsigned"))
        .unwrap();
    let signed: Grant<Pos> = Grant::new(open, identity.clone());
    client
        .with(signed)
        .create_invoice(&order("open, signed"))
        .unwrap();

    let code = sandbox.make_code(Facade::Pos, "till");
    let claimed = client
        .claim_pairing(&ClaimPairing::new(identity.sin().clone(), code))
        .unwrap();
    let signed: Grant<Pos> = claimed.grant(&identity).unwrap();
    client
        .with(signed)
        .create_invoice(&order("authenticated, signed"))
        .unwrap();
    let unsigned: Grant<Pos> = Grant::unsigned(claimed.typed_token().unwrap());
    let error = client
        .with(unsigned)
        .create_invoice(&order("authenticated, unsigned"))
        .unwrap_err();
    assert_eq!(error.api().unwrap().kind, ApiErrorKind::NotPaired);
    assert_eq!(error.effect(), Effect::Nothing);
    assert!(
        error.remedy().unwrap().contains("Require Authentication"),
        "{:?}",
        error.remedy()
    );
}
