//! A key, its certificate and the chain.

use crate::{
    certificate::{Certificate, CertificateInfo},
    chain::{self, Chain},
    detect::{Detected, Format},
    error::OpenError,
    key::PrivateKey,
    key_type::KeyType,
    security,
    time::{Expiry, UnixSeconds},
    write,
};
use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use zeroize::Zeroizing;

/// Where a chain ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChainEnd {
    /// The certificate is its own issuer.
    SelfSigned,
    /// The chain includes the root.
    Root,
    /// The issuer of the last certificate is missing. Usually that is the root, which clients have.
    Issuer { name: String },
    /// There is only the certificate, and `name` issued it.
    LeafOnly { name: String },
}

/// A problem that does not prevent the use of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// The input had the chain in another order. The bundle is written in the correct one.
    ChainReordered,
    /// The issuer's certificate is probably missing: clients may not trust the certificate.
    IntermediateMissing {
        issuer: String,
    },
    /// Browsers do not trust it unless configured to.
    SelfSigned,
    /// It expires [soon](crate::Expiry::Soon); `days` are whole days.
    ExpiresSoon {
        not_after: UnixSeconds,
        days: i64,
    },
    NotYetValid {
        not_before: UnixSeconds,
    },
    /// A certificate of the chain has expired.
    ChainExpired {
        subject: String,
        not_after: UnixSeconds,
    },
    /// A key that not every browser supports: anything but RSA, P-256 and P-384.
    RareKey {
        key: KeyType,
    },
    /// The name is only in the common name, which browsers ignore.
    NoAlternativeNames,
    /// The extended key usage does not include server authentication.
    NotForServers,
    /// Certificates that do not belong to the chain. The bundle leaves them out.
    UnrelatedCertificates {
        subjects: Vec<String>,
    },
    /// Keys that do not belong to the certificate. The bundle leaves them out.
    UnrelatedKeys {
        count: usize,
    },
}

/// The public part of a bundle: what the page shows and what may leave the worker that opened it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub leaf: CertificateInfo,
    /// Without the leaf, in order.
    pub chain: Vec<CertificateInfo>,
    pub end: ChainEnd,
    pub format: Format,
    /// Whether the input needed a passphrase.
    pub had_passphrase: bool,
}

/// The answer of a worker that opened a usable bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    pub summary: Summary,
    pub warnings: Vec<Warning>,
    /// The length of the base64 text that would be stored.
    pub payload_chars: usize,
}

/// A private key, the certificate it belongs to, and the chain. The key cannot be printed:
///
/// ```compile_fail,E0277
/// fn print<T: std::fmt::Debug>() {}
/// print::<certificate::Bundle>();
/// ```
pub struct Bundle {
    key: PrivateKey,
    leaf: Certificate,
    /// Without the leaf.
    chain: Vec<Certificate>,
    was_reordered: bool,
    unrelated_certificates: Vec<String>,
    unrelated_keys: usize,
    format: Format,
    had_passphrase: bool,
}

/// Finds the matching pair of key and certificate, and builds the chain.
pub(crate) fn assemble(detected: Detected) -> Result<Bundle, OpenError> {
    let Detected { certificates, mut keys, skipped, format, had_passphrase } = detected;
    let skipped = |or: OpenError| Err(skipped.clone().unwrap_or(or));
    match (certificates.is_empty(), keys.is_empty()) {
        (true, true) => return skipped(OpenError::NotRecognised),
        (true, false) => return skipped(OpenError::NoCertificate),
        (false, true) => return skipped(OpenError::NoPrivateKey),
        (false, false) => {}
    }
    let pairs = keys.iter().enumerate().flat_map(|(key_index, key)| {
        let certificates = certificates.iter().enumerate();
        certificates
            .filter(|(_, certificate)| certificate.public_key == key.public_key)
            .map(move |(index, certificate)| (key_index, index, &certificate.info))
    });
    // Of several pairs, prefer a server certificate to an authority, then the one that expires last, then
    // the first.
    let pair =
        pairs.min_by_key(|(_, _, info)| (info.is_authority, Reverse(info.validity.not_after)));
    let Some((key_index, leaf_index, _)) = pair else { return skipped(OpenError::KeyMismatch) };

    let key = keys.swap_remove(key_index);
    let Chain { mut certificates, was_reordered, unrelated } =
        chain::order(certificates, leaf_index);
    let leaf = certificates.remove(0);
    Ok(Bundle {
        unrelated_keys: keys.iter().filter(|k| k.public_key != key.public_key).count(),
        unrelated_certificates: unrelated.into_iter().map(|c| c.info.subject).collect(),
        key,
        leaf,
        chain: certificates,
        was_reordered,
        format,
        had_passphrase,
    })
}

impl Bundle {
    pub fn leaf(&self) -> &CertificateInfo {
        &self.leaf.info
    }

    /// The chain without the leaf: the issuer of the leaf, the issuer of that one, and so on.
    pub fn chain(&self) -> impl Iterator<Item = &CertificateInfo> {
        self.chain.iter().map(|c| &c.info)
    }

    pub fn chain_end(&self) -> ChainEnd {
        let last = self.chain.last().unwrap_or(&self.leaf);
        match (last.info.is_self_signed, self.chain.is_empty()) {
            (true, true) => ChainEnd::SelfSigned,
            (true, false) => ChainEnd::Root,
            (false, true) => ChainEnd::LeafOnly { name: last.info.issuer.clone() },
            (false, false) => ChainEnd::Issuer { name: last.info.issuer.clone() },
        }
    }

    /// The format of the input.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether the input needed a passphrase. Written bundles have none.
    pub fn had_passphrase(&self) -> bool {
        self.had_passphrase
    }

    pub fn summary(&self) -> Summary {
        Summary {
            leaf: self.leaf.info.clone(),
            chain: self.chain().cloned().collect(),
            end: self.chain_end(),
            format: self.format,
            had_passphrase: self.had_passphrase,
        }
    }

    /// Checks that a listener can serve the bundle: that OpenSSL loads it with the settings of Debian, and that
    /// TLS clients support its keys.
    ///
    /// # Errors
    /// [`OpenError::WeakKey`], [`OpenError::WeakSignature`] or [`OpenError::UnsupportedCertificateKey`].
    pub fn check_security(&self) -> Result<(), OpenError> {
        std::iter::once(&self.leaf).chain(&self.chain).try_for_each(security::check)
    }

    /// Checks that the key usage of the certificate allows TLS.
    ///
    /// # Errors
    /// [`OpenError::WrongKeyUsage`].
    pub fn check_key_usage(&self) -> Result<(), OpenError> {
        security::check_usage(&self.leaf)
    }

    /// Checks that clients accept the certificate as that of a server.
    ///
    /// # Errors
    /// [`OpenError::WrongKeyUsage`] or [`OpenError::NotForServers`].
    pub fn check_for_servers(&self) -> Result<(), OpenError> {
        self.check_key_usage()?;
        if self.leaf.for_servers {
            return Ok(());
        }
        Err(OpenError::NotForServers { subject: self.leaf.info.subject.clone() })
    }

    /// Checks the bundle against the current time and for known weaknesses. The most serious warnings come
    /// first.
    ///
    /// # Errors
    /// Those of [`check_security`](Self::check_security) and [`check_key_usage`](Self::check_key_usage);
    /// [`OpenError::Expired`] if the certificate has expired.
    pub fn check(&self, now: UnixSeconds) -> Result<Vec<Warning>, OpenError> {
        self.check_security()?;
        self.check_key_usage()?;
        let info = &self.leaf.info;
        let validity = info.validity;
        let mut warnings = Vec::new();
        match validity.at(now) {
            Expiry::Expired => return Err(OpenError::Expired { not_after: validity.not_after }),
            Expiry::NotYet => {
                warnings.push(Warning::NotYetValid { not_before: validity.not_before });
            }
            Expiry::Soon => warnings.push(Warning::ExpiresSoon {
                not_after: validity.not_after,
                days: validity.days_left(now),
            }),
            Expiry::Good => {}
        }
        match self.chain_end() {
            ChainEnd::LeafOnly { name } => {
                warnings.push(Warning::IntermediateMissing { issuer: name });
            }
            ChainEnd::SelfSigned => warnings.push(Warning::SelfSigned),
            ChainEnd::Root | ChainEnd::Issuer { .. } => {}
        }
        for one in &self.chain {
            if one.info.validity.at(now) == Expiry::Expired {
                warnings.push(Warning::ChainExpired {
                    subject: one.info.subject.clone(),
                    not_after: one.info.validity.not_after,
                });
            }
        }
        self.add_permanent_warnings(&mut warnings);
        Ok(warnings)
    }

    /// The warnings that do not depend on the time.
    fn add_permanent_warnings(&self, warnings: &mut Vec<Warning>) {
        let info = &self.leaf.info;
        if !self.leaf.has_alternative_names {
            warnings.push(Warning::NoAlternativeNames);
        }
        if !self.leaf.for_servers {
            warnings.push(Warning::NotForServers);
        }
        match &info.key {
            KeyType::Rsa { .. } => {}
            KeyType::Ec { curve } if curve == "P-256" || curve == "P-384" => {}
            _ => warnings.push(Warning::RareKey { key: info.key.clone() }),
        }
        if self.was_reordered {
            warnings.push(Warning::ChainReordered);
        }
        if !self.unrelated_certificates.is_empty() {
            warnings.push(Warning::UnrelatedCertificates {
                subjects: self.unrelated_certificates.clone(),
            });
        }
        if self.unrelated_keys > 0 {
            warnings.push(Warning::UnrelatedKeys { count: self.unrelated_keys });
        }
    }

    /// A PKCS#12 bundle without a passphrase: key, leaf and chain. OpenSSL, Octavia and [`crate::open`] read
    /// it. The output is deterministic.
    ///
    /// # Errors
    /// [`OpenError::TooLarge`] if it exceeds Barbican's limit.
    pub fn to_pkcs12(&self) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        write::pkcs12(&self.key.pkcs8, &self.certificates())
    }

    /// [`to_pkcs12`](Self::to_pkcs12) in base64 without line breaks, as Barbican expects it.
    ///
    /// # Errors
    /// The same as [`to_pkcs12`](Self::to_pkcs12).
    pub fn to_base64(&self) -> Result<Zeroizing<String>, OpenError> {
        Ok(Zeroizing::new(Base64::encode_string(&self.to_pkcs12()?)))
    }

    /// Key, leaf and chain in PEM, in this order, as HAProxy's `crt` expects them.
    pub fn to_pem(&self) -> Zeroizing<String> {
        write::pem(&self.key.pkcs8, &self.certificates())
    }

    fn certificates(&self) -> Vec<&[u8]> {
        std::iter::once(&self.leaf).chain(&self.chain).map(|c| c.der.as_slice()).collect()
    }
}
