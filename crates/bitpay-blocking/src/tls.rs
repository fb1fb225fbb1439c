//! The trusted roots: the same in both clients.

use bitpay_core::{Config, SetupError};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use ureq::tls::Certificate;

/// Mozilla's roots, or those in the file that `SSL_CERT_FILE` names, and the configuration's own.
pub(crate) fn roots(config: &Config) -> Result<Vec<Certificate<'static>>, SetupError> {
    let mut roots: Vec<Certificate<'static>> = match std::env::var_os("SSL_CERT_FILE") {
        Some(path) if !path.is_empty() => {
            let origin = "the file that SSL_CERT_FILE names";
            let pem = std::fs::read(path).map_err(|error| SetupError::Roots {
                origin,
                source: Some(error.into()),
            })?;
            read(&pem, origin)?
        }
        _ => webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .map(|der| Certificate::from_der(der))
            .collect(),
    };
    for pem in &config.extra_roots {
        roots.extend(read(pem, "the configuration")?);
    }
    Ok(roots)
}

fn read(pem: &[u8], origin: &'static str) -> Result<Vec<Certificate<'static>>, SetupError> {
    let failed = |source| SetupError::Roots { origin, source };
    let roots: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .map(|der| Ok(Certificate::from_der(&der?).to_owned()))
        .collect::<Result<_, rustls_pki_types::pem::Error>>()
        .map_err(|error| failed(Some(error.into())))?;
    if roots.is_empty() {
        Err(failed(None))
    } else {
        Ok(roots)
    }
}
