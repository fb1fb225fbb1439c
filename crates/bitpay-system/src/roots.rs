//! The certificates that are trusted: the same for both clients.

use bitpay_core::{Config, SetupError};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{Error, PemObject as _};

/// Mozilla's roots, or those in the file that `SSL_CERT_FILE` names, and the configuration's own.
/// None for plain HTTP: reading them takes time.
///
/// # Errors
/// When a file cannot be read, or a text holds no certificate.
pub fn roots(config: &Config) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    if config.environment.base_url().is_plain() {
        return Ok(Vec::new());
    }
    let mut roots = match std::env::var_os("SSL_CERT_FILE") {
        Some(path) if !path.is_empty() => {
            let origin = "the file that SSL_CERT_FILE names";
            let failed = |error: std::io::Error| SetupError::Roots {
                origin,
                source: Some(error.into()),
            };
            read(&std::fs::read(path).map_err(failed)?, origin)?
        }
        _ => webpki_root_certs::TLS_SERVER_ROOT_CERTS.to_vec(),
    };
    for pem in &config.extra_roots {
        roots.extend(read(pem, "the configuration")?);
    }
    Ok(roots)
}

fn read(pem: &[u8], origin: &'static str) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let roots: Result<Vec<_>, Error> = CertificateDer::pem_slice_iter(pem).collect();
    match roots {
        Ok(roots) if roots.is_empty() => Err(SetupError::Roots {
            origin,
            source: None,
        }),
        Ok(roots) => Ok(roots),
        Err(error) => Err(SetupError::Roots {
            origin,
            source: Some(error.into()),
        }),
    }
}
