//! TLS and proxies, as a program behind a company's gateway has them.

use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};

use bitpay_conformance::{
    Authority, Front, Listening, Received, Reply, Server, Tunnel, both_fronts,
};
use bitpay_core::config::{Proxy, ProxyUrl};
use bitpay_core::error::TransportErrorKind as Transport;
use bitpay_core::model::invoice::{CancelInvoice, GetInvoice};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{Config, Effect, Error, ErrorKind};

use crate::values::{INVOICE, MADE, config_for, create, made, merchant};

both_fronts! {
    a_proxy_is_not_passed_by,
    a_default_port_in_the_address_does_not_spoil_the_signature,
    an_unknown_authority_is_not_trusted,
    a_certificate_of_another_host_is_not_trusted,
    a_refusing_proxy_is_not_taken_for_bitpay,
    a_tls_fault_after_the_request_is_not_taken_for_one_before,
    a_root_that_is_not_pem_is_not_passed_over,
}

/// A name that no resolver knows.
const HOST: &str = "bitpay.sandbox.test";

struct Site {
    authority: Authority,
    server: Server,
    received: Arc<Mutex<Vec<Received>>>,
}

fn site() -> Site {
    let authority = Authority::new();
    let (server, received) = authority.serve(HOST, |_| Reply::data(MADE));
    Site {
        authority,
        server,
        received,
    }
}

fn through(tunnel: &Tunnel, url: &str) -> Config {
    let proxy = format!("http://user:swordfish@127.0.0.1:{}", tunnel.server.port());
    config_for(url).proxy(Proxy::Url(ProxyUrl::parse(&proxy).unwrap()))
}

fn transport(error: &Error) -> Transport {
    match error.kind() {
        ErrorKind::Transport(error) => error.kind,
        _ => panic!("{error:?}"),
    }
}

fn get() -> GetInvoice {
    GetInvoice::new(INVOICE.parse().unwrap())
}

fn cancel() -> CancelInvoice {
    CancelInvoice::new(INVOICE.parse().unwrap())
}

fn a_proxy_is_not_passed_by<F: Front>() {
    let site = site();
    let tunnel = Tunnel::to(site.server.port());
    let config =
        through(&tunnel, &format!("https://{HOST}/")).extra_root(site.authority.pem.clone());
    let client = F::new(&config).unwrap();
    for _ in 0..3 {
        client.call(&merchant(), &create()).unwrap();
        client.call(&merchant(), &get()).unwrap();
    }
    let received = site.received.lock().unwrap();
    assert_eq!(received.len(), 6);
    for one in received.iter() {
        assert_eq!(one.header("host"), Some(HOST));
        assert!(one.verifies_over("https"));
        assert_eq!(one.header("proxy-authorization"), None);
    }
    let asked = tunnel.asked();
    // The connection is kept.
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].starts_with(&format!("CONNECT {HOST}:443 HTTP/1.1\r\n")),
        "{}",
        asked[0]
    );
    let head = asked[0].to_ascii_lowercase();
    assert!(
        head.contains("proxy-authorization: basic dxnlcjpzd29yzgzpc2g="),
        "{head}"
    );
    assert!(
        !head.contains("x-identity") && !head.contains("x-signature") && !head.contains("token"),
        "{head}"
    );
}

fn a_default_port_in_the_address_does_not_spoil_the_signature<F: Front>() {
    let site = site();
    let tunnel = Tunnel::to(site.server.port());
    let config = through(&tunnel, "HTTPS://BitPay.Sandbox.Test:443/api/")
        .extra_root(site.authority.pem.clone());
    F::new(&config)
        .unwrap()
        .call(&merchant(), &create())
        .unwrap();
    let received = site.received.lock().unwrap();
    let [one] = &received[..] else {
        panic!("{received:?}");
    };
    assert_eq!(one.header("host"), Some(HOST));
    assert_eq!(one.target, "/api/invoices");
    assert!(one.verifies_over("https"));
}

fn an_unknown_authority_is_not_trusted<F: Front>() {
    let site = site();
    let tunnel = Tunnel::to(site.server.port());
    let client = F::new(&through(&tunnel, &format!("https://{HOST}"))).unwrap();
    let error = client.call(&merchant(), &cancel()).unwrap_err();
    assert_eq!(
        (transport(&error), error.effect()),
        (Transport::Tls, Effect::Nothing),
        "{error:?}"
    );
    assert!(!error.is_retryable());
    assert!(error.remedy().unwrap().contains("SSL_CERT_FILE"));
    assert!(!format!("{error:?}").contains("swordfish"));
    assert!(site.received.lock().unwrap().is_empty());
}

fn a_certificate_of_another_host_is_not_trusted<F: Front>() {
    let site = site();
    let tunnel = Tunnel::to(site.server.port());
    let config =
        through(&tunnel, "https://bitpay.elsewhere.test").extra_root(site.authority.pem.clone());
    let client = F::new(&config).unwrap();
    let error = client.call(&merchant(), &cancel()).unwrap_err();
    assert_eq!(
        (transport(&error), error.effect()),
        (Transport::Tls, Effect::Nothing),
        "{error:?}"
    );
    assert!(site.received.lock().unwrap().is_empty());
}

fn a_refusing_proxy_is_not_taken_for_bitpay<F: Front>() {
    for status in [403, 407, 502] {
        let tunnel = Tunnel::refusing(status);
        let client = F::new(&through(&tunnel, &format!("https://{HOST}"))).unwrap();
        let error = client.call(&merchant(), &cancel()).unwrap_err();
        assert_eq!(
            (transport(&error), error.effect()),
            (Transport::Proxy, Effect::Nothing),
            "{status}: {error:?}"
        );
        assert!(!format!("{error:?} {error}").contains("swordfish"));
        assert!(
            tunnel
                .asked()
                .iter()
                .all(|head| head.starts_with("CONNECT "))
        );
    }
    // A proxy that is not there.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let proxy = ProxyUrl::parse(&format!("127.0.0.1:{port}")).unwrap();
    let client = F::new(&config_for(&format!("https://{HOST}")).proxy(Proxy::Url(proxy))).unwrap();
    let error = client.call(&merchant(), &cancel()).unwrap_err();
    assert_eq!(
        (transport(&error), error.effect()),
        (Transport::Proxy, Effect::Nothing),
        "{error:?}"
    );
}

fn a_tls_fault_after_the_request_is_not_taken_for_one_before<F: Front>() {
    let authority = Authority::new();
    let (server, received) = authority.serve_garbage(HOST);
    let tunnel = Tunnel::to(server.port());
    let config = through(&tunnel, &format!("https://{HOST}")).extra_root(authority.pem.clone());
    let client = F::new(&config.retry(RetryPolicy::off())).unwrap();
    let error = client.call(&merchant(), &cancel()).unwrap_err();
    // The server has read the cancel, whatever became of the connection then.
    assert_eq!(error.effect(), Effect::Unknown, "{error:?}");
    assert_eq!(received.lock().unwrap().len(), 1);
}

fn a_root_that_is_not_pem_is_not_passed_over<F: Front>() {
    for pem in [
        "",
        "not a certificate",
        "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n",
    ] {
        let config = config_for(&format!("https://{HOST}")).extra_root(pem);
        let error = F::new(&config).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("trusted certificates in the configuration"),
            "{error}"
        );
    }
}

/// What a process with these variables of its own prints of a call: this one's are shared.
fn call(environment: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_call"));
    command.arg(environment);
    for name in [
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "SSL_CERT_FILE",
    ] {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = said.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{said}");
    lines
}

#[test]
fn the_environment_does_not_go_unheard() {
    let site = site();
    let tunnel = Tunnel::to(site.server.port());
    let file = std::env::temp_dir().join(format!("bitpay-conformance-{}.pem", std::process::id()));
    std::fs::write(&file, &site.authority.pem).unwrap();
    let proxy = format!("http://127.0.0.1:{}", tunnel.server.port());
    let heard = [
        ("HTTPS_PROXY", proxy.as_str()),
        ("SSL_CERT_FILE", file.to_str().unwrap()),
    ];
    let url = format!("https://{HOST}/");
    assert_eq!(call(&url, &heard), ["ok", "ok"]);
    assert_eq!(site.received.lock().unwrap().len(), 2);
    assert_eq!(tunnel.asked().len(), 2);

    // A host that is excluded is not reached by the proxy, and this one by no other way.
    let excluded = [
        heard[0],
        heard[1],
        ("NO_PROXY", "example.org,.sandbox.test"),
    ];
    for said in call(&url, &excluded) {
        // A resolver may be slow to find out.
        assert!(
            said.starts_with("Connect") && said.ends_with(" Nothing"),
            "{said}"
        );
    }
    // The proxy of the environment is not for plain HTTP, which is for this machine alone.
    let here = made();
    assert_eq!(call(&here.url(), &heard), ["ok", "ok"]);
    assert_eq!(tunnel.asked().len(), 2);

    // Without the root, the server is a stranger.
    assert_eq!(call(&url, &heard[..1]), ["Tls Nothing"; 2]);
    assert_eq!(site.received.lock().unwrap().len(), 2);

    for said in call(&url, &[("SSL_CERT_FILE", "/nonexistent/roots.pem")]) {
        assert!(said.contains("SSL_CERT_FILE"), "{said}");
    }
    std::fs::remove_file(&file).unwrap();
}
