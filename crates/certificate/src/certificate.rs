//! One certificate: what a person wants to know of it, and what a chain is made by.

use crate::{OpenError, UnixSeconds, Validity, key::PublicKey, name};
use der::{Decode, Encode, Reader, SliceReader, asn1::ObjectIdentifier};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spki::SubjectPublicKeyInfoRef;
use std::{
    fmt::{self, Write},
    net::{Ipv4Addr, Ipv6Addr},
};
use x509_cert::{
    certificate::{CertificateInner, Raw, TbsCertificateInner},
    ext::pkix::{
        AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, SubjectAltName,
        SubjectKeyIdentifier, name::GeneralName,
    },
    time::Time,
};

/// What kind of key, and how strong. Shown as `RSA 2048`, `EC P-256`, `Ed25519`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KeyType {
    /// RSA.
    Rsa {
        /// Bits of the modulus.
        bits: usize,
    },
    /// An elliptic curve of NIST or another.
    Ec {
        /// `P-256`, or the object identifier of one without a short name here.
        curve: String,
    },
    /// Ed25519.
    Ed25519,
    /// Another.
    Other {
        /// Its object identifier.
        oid: String,
    },
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA {bits}"),
            Self::Ec { curve } => write!(f, "EC {curve}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Other { oid } => f.write_str(oid),
        }
    }
}

/// What a person wants to know of a certificate. All of it is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateInfo {
    /// `CN=www.example.com, O=Example, C=TW`.
    pub subject: String,
    /// Who issued it, in the same form.
    pub issuer: String,
    /// The DNS names and IP addresses it is for; the common name where it names none.
    pub names: Vec<String>,
    /// From when to when.
    pub validity: Validity,
    /// Hexadecimal, `0A:1B:…`.
    pub serial: String,
    /// SHA-256 of the whole, `0A:1B:…` with 32 bytes.
    pub fingerprint: String,
    /// What kind of key it certifies.
    pub key: KeyType,
    /// How it is signed: `SHA-256 with RSA`, or an object identifier.
    pub signature: String,
    /// Whether it may issue others.
    pub is_authority: bool,
    /// Whether subject and issuer are the same.
    pub is_self_signed: bool,
}

/// A parsed certificate.
pub struct Certificate {
    pub der: Vec<u8>,
    pub info: CertificateInfo,
    pub public_key: PublicKey,
    /// Whether the signature is made with a hash that can be forged.
    pub weak_signature: bool,
    /// Whether `names` came from the extension that browsers look at.
    pub has_alternative_names: bool,
    /// Whether it may be a server's.
    pub for_servers: bool,
    subject_key: Option<Vec<u8>>,
    issuer_key: Option<Vec<u8>>,
}

impl Certificate {
    /// Reads one, and passes over what follows it: `TRUSTED CERTIFICATE` blocks have more.
    pub fn read(input: &[u8]) -> Result<Self, OpenError> {
        let mut reader = SliceReader::new(input)?;
        let der = reader.tlv_bytes()?;
        let parsed = CertificateInner::<Raw>::from_der(der)?;
        let tbs = parsed.tbs_certificate();
        let key = tbs.subject_public_key_info().to_der()?;
        let key = SubjectPublicKeyInfoRef::from_der(&key)?;
        let public_key = PublicKey::of_certificate(&key)?;

        let subject = name::readable(tbs.subject());
        let issuer = name::readable(tbs.issuer());
        let alternative_names = alternative_names(tbs);
        let (signature, weak_signature) = signature(&parsed.signature_algorithm().oid);
        let names = match &alternative_names {
            Some(names) => names.clone(),
            None => name::common_name(tbs.subject()).into_iter().collect(),
        };
        let constraints = tbs.get_extension::<BasicConstraints>().ok().flatten();
        let info = CertificateInfo {
            names,
            validity: Validity {
                not_before: seconds(tbs.validity().not_before),
                not_after: seconds(tbs.validity().not_after),
            },
            serial: hexadecimal(tbs.serial_number().as_bytes()),
            fingerprint: hexadecimal(&Sha256::digest(der)),
            key: public_key.kind(),
            signature,
            is_authority: constraints.is_some_and(|(_, c)| c.ca),
            is_self_signed: subject == issuer,
            subject,
            issuer,
        };
        let subject_key = tbs.get_extension::<SubjectKeyIdentifier>().ok().flatten();
        let issuer_key = tbs.get_extension::<AuthorityKeyIdentifier>().ok().flatten();
        Ok(Self {
            der: der.to_vec(),
            info,
            public_key,
            weak_signature,
            has_alternative_names: alternative_names.is_some(),
            for_servers: for_servers(tbs),
            subject_key: subject_key.map(|(_, id)| id.0.into_bytes().into_vec()),
            issuer_key: issuer_key
                .and_then(|(_, id)| id.key_identifier)
                .map(|id| id.into_bytes().into_vec()),
        })
    }

    /// Whether it says that the other issued it.
    pub fn is_issued_by(&self, other: &Self) -> bool {
        // Some authorities write their name in another encoding or case than their issuees do.
        self.info.issuer.to_lowercase() == other.info.subject.to_lowercase()
            && match (&self.issuer_key, &other.subject_key) {
                (Some(wanted), Some(there)) => wanted == there,
                _ => true,
            }
    }
}

type Tbs = TbsCertificateInner<Raw>;

fn seconds(time: Time) -> UnixSeconds {
    UnixSeconds(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
}

fn alternative_names(tbs: &Tbs) -> Option<Vec<String>> {
    let (_, SubjectAltName(all)) = tbs.get_extension::<SubjectAltName>().ok()??;
    let mut names: Vec<String> = Vec::new();
    for name in all {
        let name = match name {
            GeneralName::DnsName(name) => name.as_str().to_owned(),
            GeneralName::IpAddress(bytes) => match bytes.as_bytes() {
                b if b.len() == 4 => Ipv4Addr::from(<[u8; 4]>::try_from(b).ok()?).to_string(),
                b if b.len() == 16 => Ipv6Addr::from(<[u8; 16]>::try_from(b).ok()?).to_string(),
                _ => continue,
            },
            _ => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then_some(names)
}

/// Without a list of purposes, every one is allowed.
fn for_servers(tbs: &Tbs) -> bool {
    const SERVER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
    const ANY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
    match tbs.get_extension::<ExtendedKeyUsage>() {
        Ok(Some((_, ExtendedKeyUsage(purposes)))) => {
            purposes.contains(&SERVER) || purposes.contains(&ANY)
        }
        _ => true,
    }
}

/// The name of a signature algorithm, and whether its hash can be forged.
fn signature(oid: &ObjectIdentifier) -> (String, bool) {
    let oid = oid.to_string();
    let (name, weak) = match oid.as_str() {
        "1.2.840.113549.1.1.4" => ("MD5 with RSA", true),
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => ("SHA-1 with RSA", true),
        "1.2.840.113549.1.1.10" => ("RSA-PSS", false),
        "1.2.840.113549.1.1.11" => ("SHA-256 with RSA", false),
        "1.2.840.113549.1.1.12" => ("SHA-384 with RSA", false),
        "1.2.840.113549.1.1.13" => ("SHA-512 with RSA", false),
        "1.2.840.10045.4.1" => ("SHA-1 with ECDSA", true),
        "1.2.840.10045.4.3.2" => ("SHA-256 with ECDSA", false),
        "1.2.840.10045.4.3.3" => ("SHA-384 with ECDSA", false),
        "1.2.840.10045.4.3.4" => ("SHA-512 with ECDSA", false),
        "1.3.101.112" => ("Ed25519", false),
        other => (other, false),
    };
    (name.to_owned(), weak)
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if !text.is_empty() {
            text.push(':');
        }
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}
