//! Certificates of a test authority, and clients that trust only this authority.

use super::{Client, TIMEOUT};
use engine::spec::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::{net::SocketAddr, process::Stdio, sync::Arc};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName},
        version::{TLS12, TLS13},
    },
};

/// The intermediate issues the certificates, and clients trust the root.
pub struct Authority {
    root: CertificateDer<'static>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
}

#[derive(Clone)]
pub struct IssuedCertificate {
    pub pem: CertificatePem,
    pub leaf: CertificateDer<'static>,
    /// A line of the private key, to search for where it must not be.
    pub key_line: String,
}

impl Authority {
    pub fn new() -> Self {
        let authority = |name: &str| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.distinguished_name.push(DnType::CommonName, name);
            (params, KeyPair::generate().unwrap())
        };
        let (params, key) = authority("Test root");
        let root = CertifiedIssuer::self_signed(params, key).unwrap();
        let (params, key) = authority("Test intermediate");
        let intermediate = CertifiedIssuer::signed_by(params, key, &root).unwrap();
        Self { root: root.der().clone(), intermediate }
    }

    pub fn issue(&self, name: &str) -> IssuedCertificate {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.intermediate).unwrap();
        let key = key.serialize_pem();
        let pem = format!("{}{}{key}", leaf.pem(), self.intermediate.pem());
        IssuedCertificate {
            pem: CertificatePem::new(pem.into_bytes().into()),
            leaf: leaf.der().clone(),
            key_line: key.lines().nth(1).unwrap().to_owned(),
        }
    }

    pub fn client(&self, alpn: &[&str]) -> TlsClient {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS12, &TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        TlsClient(TlsConnector::from(Arc::new(config)))
    }
}

/// Verifies the chain and the server name.
#[derive(Clone)]
pub struct TlsClient(TlsConnector);

impl TlsClient {
    pub async fn handshake(
        &self,
        to: impl Into<SocketAddr>,
        name: &str,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        timeout(TIMEOUT, async {
            let stream = TcpStream::connect(to.into()).await?;
            stream.set_nodelay(true)?;
            self.0.connect(name, stream).await
        })
        .await?
    }

    pub async fn connect(&self, to: impl Into<SocketAddr>, name: &str) -> std::io::Result<Client> {
        Ok(Client::from_stream(self.handshake(to, name).await?))
    }

    /// The certificate that the server sends for a name.
    pub async fn leaf(&self, to: impl Into<SocketAddr>, name: &str) -> CertificateDer<'static> {
        let stream = self.handshake(to, name).await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
    }
}

pub fn tls(certificate: &IssuedCertificate) -> TlsSpec {
    TlsSpec {
        default_certificate: certificate.pem.clone(),
        sni_certificates: Vec::new(),
        versions: TlsVersions::V1_2,
        ciphers: Default::default(),
        alpn: vec![Alpn::H2, Alpn::Http11, Alpn::Http10],
        hsts: None,
    }
}

/// The output of `openssl s_client`.
pub async fn s_client(to: impl Into<SocketAddr>, options: &[&str]) -> String {
    let to = to.into().to_string();
    let run = tokio::process::Command::new("openssl")
        .args(["s_client", "-connect", &to, "-showcerts"])
        .args(options)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(TIMEOUT, run).await.unwrap().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    stdout + &String::from_utf8_lossy(&output.stderr)
}
