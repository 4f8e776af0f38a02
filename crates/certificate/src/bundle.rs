//! A key, its certificate and the chain.

use crate::{
    CertificateInfo, Expiry, KeyType, OpenError, UnixSeconds, Zeroizing,
    certificate::Certificate,
    chain::{self, Chain},
    key::PrivateKey,
    recognise::Found,
    write,
};
use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What an input was; of several files of different kinds, the one that comes last here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Certificate and key in DER.
    Der,
    /// PEM.
    Pem,
    /// PKCS#12, perhaps in base64.
    Pkcs12,
}

/// Where a chain ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChainEnd {
    /// The certificate is its own issuer.
    SelfSigned,
    /// The chain goes up to the root, which is in it.
    Root,
    /// The last one's issuer is not there. By custom that is the root, which visitors have.
    Issuer {
        /// Its name.
        name: String,
    },
    /// Nothing but the certificate is there, and it is not its own issuer.
    LeafOnly {
        /// Who issued it.
        name: String,
    },
}

/// Something odd that does not keep a bundle from being used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// The chain stood in another order. It is written in the right one.
    ChainReordered,
    /// The issuer's certificate is probably missing: visitors may not trust the certificate.
    IntermediateMissing {
        /// Who issued the certificate.
        issuer: String,
    },
    /// Visitors' browsers will not trust it, unless told to.
    SelfSigned,
    /// A third of its life or less is left.
    ExpiresSoon {
        /// Until when.
        not_after: UnixSeconds,
        /// Whole days.
        days: i64,
    },
    /// Not valid yet.
    NotYetValid {
        /// From when.
        not_before: UnixSeconds,
    },
    /// One of the chain is not valid any more.
    ChainExpired {
        /// Which.
        subject: String,
        /// Since when.
        not_after: UnixSeconds,
    },
    /// RSA with less than 2048 bits.
    WeakKey {
        /// Which.
        key: KeyType,
    },
    /// Signed with SHA-1 or MD5.
    WeakSignature {
        /// Of which certificate.
        subject: String,
        /// How.
        signature: String,
    },
    /// A key that is good and that browsers do not take: anything but RSA, P-256 and P-384.
    RareKey {
        /// Which.
        key: KeyType,
    },
    /// The names are in the common name alone, where browsers do not look.
    NoAlternativeNames,
    /// It may be used for other purposes, but not by a server.
    NotForServers,
    /// Certificates that do not belong to the chain, and are left out.
    UnrelatedCertificates {
        /// Whose.
        subjects: Vec<String>,
    },
    /// Keys that do not belong to the certificate, and are left out.
    UnrelatedKeys {
        /// How many.
        count: usize,
    },
}

/// What a page shows of a bundle, and what may leave the worker that opened it: nothing secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The certificate.
    pub leaf: CertificateInfo,
    /// The others of the chain, in order.
    pub chain: Vec<CertificateInfo>,
    /// Where it ends.
    pub end: ChainEnd,
    /// What the input was.
    pub format: Format,
    /// Whether a passphrase was needed.
    pub had_passphrase: bool,
}

/// What a worker tells of a bundle that it has opened and found fit for use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// What is in it.
    pub summary: Summary,
    /// What a person should know of it.
    pub warnings: Vec<Warning>,
    /// Characters of the base64 of what would be stored.
    pub payload_chars: usize,
}

/// A private key, the certificate it belongs to, and the chain. The key shows nowhere:
///
/// ```compile_fail,E0277
/// fn shown<T: std::fmt::Debug>() {}
/// shown::<certificate::Bundle>();
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

/// Finds the pair of key and certificate, and the chain.
pub fn assemble(found: Found) -> Result<Bundle, OpenError> {
    let Found { certificates, mut keys, format, had_passphrase } = found;
    match (certificates.is_empty(), keys.is_empty()) {
        (true, true) => return Err(OpenError::NotRecognised),
        (true, false) => return Err(OpenError::NoCertificate),
        (false, true) => return Err(OpenError::NoPrivateKey),
        (false, false) => {}
    }
    let pairs = keys.iter().enumerate().flat_map(|(key_at, key)| {
        let certificates = certificates.iter().enumerate();
        certificates
            .filter(|(_, certificate)| certificate.public_key == key.public_key)
            .map(move |(at, certificate)| (key_at, at, &certificate.info))
    });
    // Of several: rather a server's than an authority's, the one that lasts longest, the first.
    let (key_at, leaf_at) = pairs
        .min_by_key(|(_, _, info)| (info.is_authority, Reverse(info.validity.not_after)))
        .map(|(key_at, at, _)| (key_at, at))
        .ok_or(OpenError::KeyMismatch)?;

    let key = keys.swap_remove(key_at);
    let Chain { mut certificates, was_reordered, unrelated } = chain::order(certificates, leaf_at);
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
    /// The certificate.
    pub fn leaf(&self) -> &CertificateInfo {
        &self.leaf.info
    }

    /// The others of the chain, in order: who issued the leaf, who issued that one, …
    pub fn chain(&self) -> impl Iterator<Item = &CertificateInfo> {
        self.chain.iter().map(|c| &c.info)
    }

    /// Where the chain ends.
    pub fn chain_end(&self) -> ChainEnd {
        let last = self.chain.last().unwrap_or(&self.leaf);
        match (last.info.is_self_signed, self.chain.is_empty()) {
            (true, true) => ChainEnd::SelfSigned,
            (true, false) => ChainEnd::Root,
            (false, true) => ChainEnd::LeafOnly { name: last.info.issuer.clone() },
            (false, false) => ChainEnd::Issuer { name: last.info.issuer.clone() },
        }
    }

    /// What the input was.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether a passphrase was needed to open it. What is written here has none.
    pub fn had_passphrase(&self) -> bool {
        self.had_passphrase
    }

    /// What may be shown of it.
    pub fn summary(&self) -> Summary {
        Summary {
            leaf: self.leaf.info.clone(),
            chain: self.chain().cloned().collect(),
            end: self.chain_end(),
            format: self.format,
            had_passphrase: self.had_passphrase,
        }
    }

    /// Weighs it against the present. An expired certificate is an error; whatever else a person should
    /// know is a warning, the weightier first.
    pub fn check(&self, now: UnixSeconds) -> Result<Vec<Warning>, OpenError> {
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
        self.warn_of_what_never_changes(&mut warnings);
        Ok(warnings)
    }

    fn warn_of_what_never_changes(&self, warnings: &mut Vec<Warning>) {
        let info = &self.leaf.info;
        if !self.leaf.has_alternative_names {
            warnings.push(Warning::NoAlternativeNames);
        }
        if !self.leaf.for_servers {
            warnings.push(Warning::NotForServers);
        }
        match &info.key {
            KeyType::Rsa { bits } if *bits < 2048 => {
                warnings.push(Warning::WeakKey { key: info.key.clone() });
            }
            KeyType::Rsa { .. } => {}
            KeyType::Ec { curve } if curve == "P-256" || curve == "P-384" => {}
            _ => warnings.push(Warning::RareKey { key: info.key.clone() }),
        }
        for one in std::iter::once(&self.leaf).chain(&self.chain) {
            // Nobody looks at how a root signed itself.
            if one.weak_signature && !one.info.is_self_signed {
                warnings.push(Warning::WeakSignature {
                    subject: one.info.subject.clone(),
                    signature: one.info.signature.clone(),
                });
            }
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

    /// A PKCS#12 bundle without a passphrase, as OpenSSL, Octavia and [`crate::open`] read it: key, leaf
    /// and chain. Always the same bytes for the same bundle.
    ///
    /// # Errors
    /// [`OpenError::TooLarge`] when Barbican would not take it.
    pub fn to_pkcs12(&self) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        write::pkcs12(&self.key.pkcs8, &self.certificates())
    }

    /// [`to_pkcs12`](Self::to_pkcs12) in base64 without line breaks, as Barbican takes it.
    ///
    /// # Errors
    /// As there.
    pub fn to_base64(&self) -> Result<Zeroizing<String>, OpenError> {
        Ok(Zeroizing::new(Base64::encode_string(&self.to_pkcs12()?)))
    }

    /// Key, leaf and chain in PEM, in this order: what HAProxy's `crt` reads.
    pub fn to_pem(&self) -> Zeroizing<String> {
        write::pem(&self.key.pkcs8, &self.certificates())
    }

    fn certificates(&self) -> Vec<&[u8]> {
        std::iter::once(&self.leaf).chain(&self.chain).map(|c| c.der.as_slice()).collect()
    }
}
