//! Certificates of the tests' own authority, and clients that believe in nobody else.

use super::{Client, PATIENCE};
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

/// A root that clients trust, and an intermediate that signs.
pub struct Authority {
    root: CertificateDer<'static>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate as the engine takes it, and as a client sees it.
#[derive(Clone)]
pub struct Issued {
    pub pem: CertificatePem,
    pub leaf: CertificateDer<'static>,
    /// A line of the private key, to look for where it must not be.
    pub secret: String,
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

    pub fn issue(&self, name: &str) -> Issued {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.intermediate).unwrap();
        let key = key.serialize_pem();
        let pem = format!("{}{}{key}", leaf.pem(), self.intermediate.pem());
        Issued {
            pem: CertificatePem::new(pem.into_bytes().into()),
            leaf: leaf.der().clone(),
            secret: key.lines().nth(1).unwrap().to_owned(),
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
        config.alpn_protocols = alpn.iter().map(|word| word.as_bytes().to_vec()).collect();
        TlsClient(TlsConnector::from(Arc::new(config)))
    }
}

/// Verifies chain and name.
#[derive(Clone)]
pub struct TlsClient(TlsConnector);

impl TlsClient {
    pub async fn handshake(
        &self,
        to: impl Into<SocketAddr>,
        name: &str,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        timeout(PATIENCE, async {
            let stream = TcpStream::connect(to.into()).await?;
            stream.set_nodelay(true)?;
            self.0.connect(name, stream).await
        })
        .await?
    }

    pub async fn connect(&self, to: impl Into<SocketAddr>, name: &str) -> std::io::Result<Client> {
        Ok(Client::over(self.handshake(to, name).await?))
    }

    /// The leaf that the server shows for a name.
    pub async fn leaf(&self, to: impl Into<SocketAddr>, name: &str) -> CertificateDer<'static> {
        let stream = self.handshake(to, name).await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
    }
}

pub fn tls(certificate: &Issued) -> TlsSpec {
    TlsSpec {
        default_certificate: certificate.pem.clone(),
        sni_certificates: Vec::new(),
        versions: TlsVersions::V1_2,
        ciphers: Default::default(),
        alpn: vec![Alpn::H2, Alpn::Http11, Alpn::Http10],
        hsts: None,
    }
}

/// What `openssl s_client` says of a handshake.
pub async fn s_client(to: impl Into<SocketAddr>, words: &[&str]) -> String {
    let to = to.into().to_string();
    let run = tokio::process::Command::new("openssl")
        .args(["s_client", "-connect", &to, "-showcerts"])
        .args(words)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(PATIENCE, run).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said + &String::from_utf8_lossy(&output.stderr)
}
