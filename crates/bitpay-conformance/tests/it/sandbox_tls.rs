//! The sandbox over HTTPS: by its own address, and by BitPay's where those lead to it.

use std::fs;
use std::path::Path;

use bitpay_conformance::{Front, Tunnel, both_fronts};
use bitpay_core::config::{Proxy, ProxyUrl};
use bitpay_core::error::TransportErrorKind;
use bitpay_core::model::invoice::GetInvoice;
use bitpay_core::{Config, Environment, ErrorKind, Merchant};
use bitpay_sandbox::Sandbox;

use crate::values::{create, key, quick};

both_fronts! {
    signed_calls_pass_over_https,
    bitpays_own_addresses_can_lead_to_the_sandbox,
    the_authority_is_kept_and_has_to_be_trusted,
}

fn sandbox(dir: &Path) -> (Sandbox, Vec<u8>) {
    let sandbox = Sandbox::builder().tls(dir).start().unwrap();
    let pem = fs::read(sandbox.certificate().unwrap()).unwrap();
    (sandbox, pem)
}

fn signed_calls_pass_over_https<F: Front>() {
    let dir = tempfile::tempdir().unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let (sandbox, pem) = sandbox(dir.path());
        let port = sandbox.base_url().as_str().rsplit(':').next().unwrap();
        let merchant = sandbox.grant::<Merchant>(key());
        let base = format!("https://{host}:{port}");
        let environment = base.parse::<Environment>().unwrap();
        let config = Config::new(environment).retry(quick()).extra_root(&*pem);
        let client = F::new(&config).unwrap();
        let made = client.call(&merchant, &create()).unwrap();
        let got = client
            .call(&merchant, &GetInvoice::new(made.id.clone()))
            .unwrap();
        let url = got.url.as_ref().unwrap();
        assert!(url.starts_with(&format!("{base}/")), "{url}");
    }
}

fn bitpays_own_addresses_can_lead_to_the_sandbox<F: Front>() {
    let dir = tempfile::tempdir().unwrap();
    for environment in [Environment::Test, Environment::Production] {
        let (sandbox, pem) = sandbox(dir.path());
        let port = sandbox.base_url().as_str().rsplit(':').next().unwrap();
        let merchant = sandbox.grant::<Merchant>(key());
        // In the place of an entry in the hosts file.
        let tunnel = Tunnel::to(port.parse().unwrap());
        let proxy = format!("http://127.0.0.1:{}", tunnel.server.port());
        let config = Config::new(environment.clone())
            .retry(quick())
            .extra_root(&*pem)
            .proxy(Proxy::Url(ProxyUrl::parse(&proxy).unwrap()));
        let made = F::new(&config).unwrap().call(&merchant, &create()).unwrap();
        let url = made.url.as_ref().unwrap();
        assert!(url.starts_with(environment.base_url().as_str()), "{url}");
        assert_eq!(tunnel.asked().len(), 1);
    }
}

fn the_authority_is_kept_and_has_to_be_trusted<F: Front>() {
    let dir = tempfile::tempdir().unwrap();
    let (first, pem) = sandbox(&dir.path().join("a/b"));
    drop(first);
    let (second, again) = sandbox(&dir.path().join("a/b"));
    assert_eq!(pem, again);
    let (_, other) = sandbox(&dir.path().join("c"));
    let merchant = second.grant::<Merchant>(key());
    let call = |root: Option<&[u8]>| {
        let config = Config::new(second.environment()).retry(quick());
        let config = match root {
            Some(root) => config.extra_root(root),
            None => config,
        };
        F::new(&config).unwrap().call(&merchant, &create())
    };
    for root in [None, Some(&*other)] {
        let error = call(root).unwrap_err();
        let ErrorKind::Transport(transport) = error.kind() else {
            panic!("{error:?}")
        };
        assert_eq!(transport.kind, TransportErrorKind::Tls, "{error}");
    }
    call(Some(&pem)).unwrap();
}

#[cfg(unix)]
#[test]
fn the_key_of_the_authority_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("tls");
    drop(sandbox(&place));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let path = place.join("ca-key.pem");
    assert_eq!((mode(&place), mode(&path)), (0o700, 0o600));
    // Nothing else is in it, and nothing of a server's own key.
    let mut names: Vec<_> = fs::read_dir(&place)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["ca-key.pem", "ca.pem"]);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let error = Sandbox::builder().tls(&place).start().unwrap_err();
    assert!(error.to_string().contains("chmod 600"), "{error}");
}

/// What is signed with the authority's key for another name is not believed.
#[test]
fn the_authority_vouches_for_no_other_site() {
    let dir = tempfile::tempdir().unwrap();
    let (_, pem) = sandbox(dir.path());
    let key = fs::read_to_string(dir.path().join("ca-key.pem")).unwrap();
    let stolen = bitpay_conformance::Authority::from_parts(
        String::from_utf8(pem).unwrap(),
        &key,
        "BitPay sandbox of this machine",
    );
    let other = "https://example.com".parse::<Environment>().unwrap();
    for (host, environment, believed) in [
        ("test.bitpay.com", Environment::Test, true),
        ("example.com", other, false),
    ] {
        let (server, received) = stolen.serve(host, |_| {
            bitpay_conformance::Reply::data(crate::values::MADE)
        });
        let tunnel = Tunnel::to(server.port());
        let proxy = format!("http://127.0.0.1:{}", tunnel.server.port());
        let config = Config::new(environment)
            .extra_root(&*stolen.pem)
            .proxy(Proxy::Url(ProxyUrl::parse(&proxy).unwrap()));
        let client = bitpay_conformance::Blocking::new(&config).unwrap();
        let answer = client.call(&crate::values::merchant(), &create());
        assert_eq!(answer.is_ok(), believed, "{host}: {answer:?}");
        assert_eq!(received.lock().unwrap().is_empty(), !believed);
    }
}
