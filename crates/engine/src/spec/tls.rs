//! The TLS settings of listeners and pools.

use openstack_types::tls::TlsCiphers;
use std::{fmt, sync::Arc};
use zeroize::Zeroizing;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSpec {
    /// For clients without a server name (SNI), or with one that matches no certificate.
    pub default_certificate: CertificatePem,
    /// Selected by the names in the certificates.
    pub sni_certificates: Vec<CertificatePem>,
    pub versions: TlsVersions,
    /// Ciphers of a version that is not enabled are ignored.
    pub ciphers: TlsCiphers,
    /// In order of preference. Empty disables ALPN, so that clients use HTTP/1.1.
    pub alpn: Vec<Alpn>,
    pub hsts: Option<Hsts>,
    /// `None` requests no certificate of clients.
    pub client_authentication: Option<ClientAuthentication>,
}

/// The authentication of clients by certificates. A certificate that is not valid is refused in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAuthentication {
    /// Whether clients without a certificate are refused.
    pub is_required: bool,
    pub verification: PeerVerification,
}

/// What the certificate of a peer is verified with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerVerification {
    /// Certificates of authorities.
    pub authorities: PublicPem,
    /// With these, every authority of a chain needs one that has not expired.
    pub revocation_lists: Option<PublicPem>,
}

/// TLS between the load balancer and the members of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolTlsSpec {
    /// What members see as the certificate of the load balancer.
    pub client_certificate: Option<CertificatePem>,
    /// `None` accepts any certificate of a member.
    pub verification: Option<PeerVerification>,
    pub versions: TlsVersions,
    /// Ciphers of a version that is not enabled are ignored.
    pub ciphers: TlsCiphers,
    /// In order of preference.
    pub alpn: Vec<Alpn>,
}

/// Certificates or revocation lists as PEM. Clones share the text.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicPem(Arc<[u8]>);

impl PublicPem {
    pub fn new(pem: &str) -> Self {
        Self(pem.as_bytes().into())
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PublicPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicPem({} bytes)", self.0.len())
    }
}

/// A certificate, its chain and its private key as PEM. Clones share the text, and the last one wipes it. `Debug`
/// does not print it.
#[derive(Clone)]
pub struct CertificatePem(Arc<Zeroizing<Vec<u8>>>);

impl CertificatePem {
    /// The text has the leaf, then its issuers in order, and the key at any position.
    pub fn new(pem: Zeroizing<Vec<u8>>) -> Self {
        Self(Arc::new(pem))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for CertificatePem {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for CertificatePem {}

impl fmt::Debug for CertificatePem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificatePem(..)")
    }
}

/// The enabled versions of TLS. Versions older than 1.2 are not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsVersions {
    V1_2,
    V1_2AndV1_3,
    V1_3,
}

/// A protocol of ALPN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alpn {
    H2,
    Http11,
    Http10,
}

/// HTTP Strict Transport Security (RFC 6797).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hsts {
    /// Seconds.
    pub max_age: u32,
    pub include_subdomains: bool,
    /// Allows browsers to include the domain in their preload list.
    pub preload: bool,
}
