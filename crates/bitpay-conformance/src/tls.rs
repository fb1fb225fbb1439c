//! A certificate authority, an HTTPS server and a CONNECT proxy, all on this machine.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::server::serve;
use crate::{Received, Reply, Server};

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A private certificate authority.
#[derive(Debug)]
pub struct Authority {
    /// Its certificate, in PEM.
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A new one.
    #[must_use]
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    /// One whose certificate, key and name are known.
    #[must_use]
    pub fn from_parts(pem: String, key: &str, name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        Self {
            pem,
            issuer: Issuer::new(params, KeyPair::from_pem(key).unwrap()),
        }
    }

    fn tls(&self, host: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([host.to_owned()]).unwrap();
        let cert = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        Arc::new(config)
    }

    /// An HTTPS server for a host name, and what it receives.
    #[must_use]
    pub fn serve(
        &self,
        host: &str,
        answer: impl FnMut(&Received) -> Reply + Send + 'static,
    ) -> (Server, Arc<Mutex<Vec<Received>>>) {
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let record = received.clone();
        let answer = Mutex::new(answer);
        let config = self.tls(host);
        let server = Server::raw(move |stream| {
            let connection = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
            let mut stream = StreamOwned::new(connection, stream);
            serve(&mut stream, &record, &answer)?;
            stream.conn.send_close_notify();
            stream.flush()
        });
        (server, received)
    }

    /// An HTTPS server that answers each connection's first request with bytes that are not TLS.
    #[must_use]
    pub fn serve_garbage(&self, host: &str) -> (Server, Arc<Mutex<Vec<Received>>>) {
        let received: Arc<Mutex<Vec<Received>>> = Arc::default();
        let record = received.clone();
        let config = self.tls(host);
        let server = Server::raw(move |stream| {
            let connection = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
            let mut stream = StreamOwned::new(connection, stream);
            let answer = Mutex::new(|_: &Received| Reply::Close);
            serve(&mut stream, &record, &answer)?;
            stream
                .sock
                .write_all(b"\x17\x03\x03\x00\x20not a record of this session.....")?;
            stream.sock.read(&mut [0]).map(drop)
        });
        (server, received)
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

/// A CONNECT proxy that leads every host name to one port of this machine.
#[derive(Debug)]
pub struct Tunnel {
    /// The proxy.
    pub server: Server,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Tunnel {
    /// To this port.
    #[must_use]
    pub fn to(port: u16) -> Self {
        Self::with(move |_| Some(port))
    }

    /// One that answers with this status, and connects to nothing.
    #[must_use]
    pub fn refusing(status: u16) -> Self {
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let record = asked.clone();
        let server = Server::raw(move |mut client| {
            record.lock().unwrap().push(read_head(&mut client)?);
            let answer = format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n");
            client.write_all(answer.as_bytes())?;
            client.read(&mut [0]).map(drop)
        });
        Self { server, asked }
    }

    fn with(port: impl Fn(&str) -> Option<u16> + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let record = asked.clone();
        let server = Server::raw(move |mut client| {
            let head = read_head(&mut client)?;
            let port = port(&head).ok_or(io::ErrorKind::NotFound)?;
            record.lock().unwrap().push(head);
            let mut server = TcpStream::connect(("127.0.0.1", port))?;
            client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
            let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
            thread::spawn(move || {
                let _ = io::copy(&mut from, &mut to);
                let _ = to.shutdown(std::net::Shutdown::Write);
            });
            io::copy(&mut server, &mut client)?;
            client.shutdown(std::net::Shutdown::Both)
        });
        Self { server, asked }
    }

    /// The heads of the requests that came.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).map_err(io::Error::other)
}
