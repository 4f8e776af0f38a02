//! Headers about the certificate of a client.

/// A header about the certificate of the client, with the same names as in Octavia.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClientCertificateHeader {
    /// The result of the verification; 0 is success.
    Verify,
    /// 1 if the client has a certificate.
    HasCert,
    /// The distinguished name of the subject.
    Dn,
    /// The common name of the subject.
    Cn,
    /// The distinguished name of the issuer.
    Issuer,
    /// The fingerprint, hexadecimal.
    Sha1,
    /// `YYMMDDhhmmss[Z]`.
    NotBefore,
    /// `YYMMDDhhmmss[Z]`.
    NotAfter,
}

impl ClientCertificateHeader {
    pub const ALL: [Self; 8] = [
        Self::Verify,
        Self::HasCert,
        Self::Dn,
        Self::Cn,
        Self::Issuer,
        Self::Sha1,
        Self::NotBefore,
        Self::NotAfter,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Verify => "X-SSL-Client-Verify",
            Self::HasCert => "X-SSL-Client-Has-Cert",
            Self::Dn => "X-SSL-Client-DN",
            Self::Cn => "X-SSL-Client-CN",
            Self::Issuer => "X-SSL-Issuer",
            Self::Sha1 => "X-SSL-Client-SHA1",
            Self::NotBefore => "X-SSL-Client-Not-Before",
            Self::NotAfter => "X-SSL-Client-Not-After",
        }
    }
}
