//! The trusted roots: the same in both clients.

use std::sync::Arc;

use bitpay_core::{Config, SetupError};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// TLS that trusts Mozilla's roots, or those in the file that `SSL_CERT_FILE` names, and the
/// configuration's own.
pub(crate) fn config(config: &Config) -> Result<ClientConfig, SetupError> {
    let mut roots = RootCertStore::empty();
    // Reading the roots takes time that a client on plain HTTP need not spend.
    if !config.environment.base_url().is_plain() {
        match std::env::var_os("SSL_CERT_FILE") {
            Some(path) if !path.is_empty() => {
                let origin = "the file that SSL_CERT_FILE names";
                let pem = std::fs::read(path).map_err(|error| SetupError::Roots {
                    origin,
                    source: Some(error.into()),
                })?;
                add(&mut roots, &pem, origin)?;
            }
            _ => {
                roots.add_parsable_certificates(
                    webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned(),
                );
            }
        }
        for pem in &config.extra_roots {
            add(&mut roots, pem, "the configuration")?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Http(error.into()))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

fn add(roots: &mut RootCertStore, pem: &[u8], origin: &'static str) -> Result<(), SetupError> {
    let failed = |source| SetupError::Roots { origin, source };
    let ders: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| failed(Some(error.into())))?;
    if ders.is_empty() {
        return Err(failed(None));
    }
    for der in ders {
        roots.add(der).map_err(|error| failed(Some(error.into())))?;
    }
    Ok(())
}
