//! HTTPS, with a certificate authority of this machine.
//!
//! Its key rests in a directory, so that what trusts it once trusts every later sandbox. The certificate of
//! a server is made anew at each start and is never written down. Whoever got the key could pose as BitPay
//! before what trusts the authority, but not as anybody else: its certificate says for which names it
//! vouches, and clients hold it to that.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bitpay_system::files;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use tempfile::NamedTempFile;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::engine::NAMES;

const CERTIFICATE: &str = "ca.pem";
const KEY: &str = "ca-key.pem";
const ADDRESSES: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];
/// Some clients refuse a certificate that is good for longer.
const DAYS: i64 = 397;
const AUTHORITY_YEARS: i64 = 10;

/// The certificate authority that rests in a directory.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) certificate: PathBuf,
}

impl Authority {
    /// Opens it; makes what is not there.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        files::private_dirs()
            .recursive(true)
            .create(dir)
            .map_err(|error| at(dir, error))?;
        let path = dir.join(KEY);
        if !path.exists() {
            let key = KeyPair::generate().map_err(io::Error::other)?;
            save(&path, &key.serialize_pem(), files::FILE)?;
        }
        let key = KeyPair::from_pem(&read_private(&path)?)
            .map_err(|error| at(&path, io::Error::new(ErrorKind::InvalidData, error)))?;
        let params = authority()?;
        let certificate = dir.join(CERTIFICATE);
        if !certificate.exists() {
            let made = params.self_signed(&key).map_err(io::Error::other)?;
            save(&certificate, &made.pem(), 0o644)?;
        }
        Ok(Self {
            issuer: Issuer::new(params, key),
            certificate,
        })
    }

    /// Makes a certificate for this machine and for BitPay's names, and what serves with it.
    pub(crate) fn acceptor(&self) -> io::Result<TlsAcceptor> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let names = NAMES.iter().map(|name| (*name).to_owned());
        let addresses = ADDRESSES.iter().map(IpAddr::to_string);
        let names: Vec<_> = names.chain(addresses).collect();
        let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
        params
            .distinguished_name
            .push(DnType::CommonName, "BitPay sandbox");
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        good_for(&mut params, jiff::Span::new().days(DAYS))?;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(io::Error::other)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(io::Error::other)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config
                    .with_no_client_auth()
                    .with_single_cert(vec![certificate.der().clone()], key)
            })
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// The certificate of the authority. What it is called is the same each time: what it signs is found to
/// be its own by that and by its key.
fn authority() -> io::Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new()).map_err(io::Error::other)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "BitPay sandbox of this machine");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let names = NAMES
        .iter()
        .map(|name| GeneralSubtree::DnsName((*name).to_owned()));
    let addresses = ADDRESSES.iter().map(|address| {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, bits))
    });
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: names.chain(addresses).collect(),
        excluded_subtrees: Vec::new(),
    });
    good_for(&mut params, jiff::Span::new().years(AUTHORITY_YEARS))?;
    Ok(params)
}

/// From yesterday on: clocks differ.
fn good_for(params: &mut CertificateParams, span: jiff::Span) -> io::Result<()> {
    let today = jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date();
    let yesterday = today.yesterday().map_err(io::Error::other)?;
    let end = yesterday.checked_add(span).map_err(io::Error::other)?;
    let day = |date: jiff::civil::Date| {
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        date_time_ymd(date.year().into(), part(date.month()), part(date.day()))
    };
    params.not_before = day(yesterday);
    params.not_after = day(end);
    Ok(())
}

/// As a whole or not at all. Another process may be first: then what it wrote holds.
fn save(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(dir).map_err(|error| at(dir, error))?;
    file.write_all(text.as_bytes())?;
    files::set_mode(file.path(), mode)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(failed) if failed.error.kind() != ErrorKind::AlreadyExists => {
            Err(at(path, failed.error))
        }
        _ => Ok(()),
    }
}

/// Reads a file that nobody else can.
fn read_private(path: &Path) -> io::Result<String> {
    let mut file = File::open(path).map_err(|error| at(path, error))?;
    if let Some(mode) = files::exposed(path).map_err(|error| at(path, error))? {
        let exposed = format!("others can read it (mode {mode:03o}); run chmod 600 on it");
        return Err(at(
            path,
            io::Error::new(ErrorKind::PermissionDenied, exposed),
        ));
    }
    let mut text = String::new();
    file.read_to_string(&mut text)
        .map_err(|error| at(path, error))?;
    Ok(text)
}

fn at(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
