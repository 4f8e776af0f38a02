//! Certificates of a test authority, and clients that trust only this authority.

use super::{Client, TIMEOUT};
use engine::spec::*;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    IsCa, KeyIdMethod, KeyPair, RevokedCertParams, SerialNumber, date_time_ymd,
};
use std::{net::SocketAddr, process::Stdio, sync::Arc};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName},
        server::WebPkiClientVerifier,
        version::{TLS12, TLS13},
    },
};

/// The intermediate issues the certificates, and clients trust the root.
pub struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
}

pub struct IssuedCertificate {
    pub pem: CertificatePem,
    pub leaf: CertificateDer<'static>,
    /// The leaf and the intermediate.
    pub chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    serial: SerialNumber,
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
        Self { root, intermediate }
    }

    pub fn issue(&self, name: &str) -> IssuedCertificate {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        self.issue_for(params)
    }

    pub fn issue_for(&self, mut params: CertificateParams) -> IssuedCertificate {
        let serial = SerialNumber::from(uuid::Uuid::new_v4().as_bytes()[..8].to_vec());
        params.serial_number = Some(serial.clone());
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.intermediate).unwrap();
        let chain = vec![leaf.der().clone(), self.intermediate.der().clone()];
        let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let key = key.serialize_pem();
        let pem = format!("{}{}{key}", leaf.pem(), self.intermediate.pem());
        IssuedCertificate {
            pem: CertificatePem::new(pem.into_bytes().into()),
            leaf: leaf.der().clone(),
            chain,
            key: private,
            serial,
            key_line: key.lines().nth(1).unwrap().to_owned(),
        }
    }

    /// The root.
    pub fn pem(&self) -> PublicPem {
        PublicPem::new(&self.root.pem())
    }

    /// The lists of the root and of the intermediate, which revokes these certificates.
    pub fn revocation_lists(&self, revoked: &[&IssuedCertificate]) -> PublicPem {
        let list = |issuer: &CertifiedIssuer<'static, KeyPair>, revoked: &[&IssuedCertificate]| {
            let revoked = revoked.iter().map(|certificate| RevokedCertParams {
                serial_number: certificate.serial.clone(),
                revocation_time: date_time_ymd(2026, 1, 1),
                reason_code: None,
                invalidity_date: None,
            });
            let params = CertificateRevocationListParams {
                this_update: date_time_ymd(2026, 1, 1),
                next_update: date_time_ymd(2126, 1, 1),
                crl_number: SerialNumber::from(1),
                issuing_distribution_point: None,
                revoked_certs: revoked.collect(),
                key_identifier_method: KeyIdMethod::Sha256,
            };
            params.signed_by(issuer).unwrap().pem().unwrap()
        };
        PublicPem::new(&(list(&self.root, &[]) + &list(&self.intermediate, revoked)))
    }

    pub fn client(&self, alpn: &[&str]) -> TlsClient {
        self.client_with(alpn, None)
    }

    /// A client that shows a certificate if the server requests one.
    pub fn client_with(&self, alpn: &[&str], shown: Option<&IssuedCertificate>) -> TlsClient {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS12, &TLS13])
            .unwrap()
            .with_root_certificates(self.roots());
        let mut config = match shown {
            Some(shown) => {
                builder.with_client_auth_cert(shown.chain.clone(), shown.key.clone_key()).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        TlsClient(TlsConnector::from(Arc::new(config)))
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.der().clone()).unwrap();
        roots
    }

    /// The settings of a server that requests a certificate, and accepts those of this authority.
    pub fn server(&self, certificate: &IssuedCertificate) -> ServerConfig {
        let provider = Arc::new(ring::default_provider());
        let roots = Arc::new(self.roots());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider.clone());
        ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS12, &TLS13])
            .unwrap()
            .with_client_cert_verifier(verifier.allow_unauthenticated().build().unwrap())
            .with_single_cert(certificate.chain.clone(), certificate.key.clone_key())
            .unwrap()
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
        client_authentication: None,
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
