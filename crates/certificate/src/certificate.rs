//! One certificate: what a person wants to know of it, and what a chain is made by.

use crate::{
    OpenError, UnixSeconds, Validity,
    key::PublicKey,
    name::Name,
    reader::{BOOLEAN, Element, INTEGER, OCTET_STRING, Reader, SEQUENCE},
};
use der::{DateTime, asn1::ObjectIdentifier};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fmt::{self, Write},
    net::IpAddr,
    str,
};

/// The tagged parts of a `TBSCertificate` (RFC 5280, 4.1).
const VERSION: u8 = 0xa0;
const ISSUER_UNIQUE_ID: u8 = 0x81;
const SUBJECT_UNIQUE_ID: u8 = 0x82;
const EXTENSIONS: u8 = 0xa3;
/// Of an `AuthorityKeyIdentifier`.
const KEY_IDENTIFIER: u8 = 0x80;

const SUBJECT_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const ALTERNATIVE_NAMES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const ISSUER_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const PURPOSES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const FOR_ANYTHING: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
const FOR_SERVERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");

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
        let whole = Reader::new(input).next()?;
        let mut certificate = Reader::new(whole.expect(SEQUENCE)?);
        let mut tbs = certificate.inside(SEQUENCE)?;
        let signature_algorithm = certificate.inside(SEQUENCE)?.oid()?;

        tbs.optional(VERSION)?;
        let serial = tbs.take(INTEGER)?;
        tbs.take(SEQUENCE)?;
        let issuer = Name::read(tbs.inside(SEQUENCE)?)?.readable;
        let mut validity = tbs.inside(SEQUENCE)?;
        let validity =
            Validity { not_before: time(validity.next()?)?, not_after: time(validity.next()?)? };
        let subject = Name::read(tbs.inside(SEQUENCE)?)?;
        let public_key = PublicKey::of_certificate(tbs.inside(SEQUENCE)?)?;
        tbs.optional(ISSUER_UNIQUE_ID)?;
        tbs.optional(SUBJECT_UNIQUE_ID)?;
        let extensions = match tbs.optional(EXTENSIONS)? {
            Some(extensions) => Extensions::read(Reader::new(extensions).inside(SEQUENCE)?)?,
            None => Extensions::default(),
        };

        let (signature, weak_signature) = signature(&signature_algorithm);
        let has_alternative_names = !extensions.names.is_empty();
        let names = match has_alternative_names {
            true => extensions.names,
            false => subject.common.into_iter().collect(),
        };
        Ok(Self {
            der: whole.whole.to_vec(),
            info: CertificateInfo {
                names,
                validity,
                serial: hexadecimal(serial),
                fingerprint: hexadecimal(&Sha256::digest(whole.whole)),
                key: public_key.kind(),
                signature,
                is_authority: extensions.is_authority,
                is_self_signed: subject.readable == issuer,
                subject: subject.readable,
                issuer,
            },
            public_key,
            weak_signature,
            has_alternative_names,
            for_servers: extensions.for_servers,
            subject_key: extensions.subject_key,
            issuer_key: extensions.issuer_key,
        })
    }

    /// Whether it says that the other issued it.
    pub fn is_issued_by(&self, other: &Self) -> bool {
        // Some authorities write their name in another case than in what they issue.
        self.info.issuer.eq_ignore_ascii_case(&other.info.subject)
            && match (&self.issuer_key, &other.subject_key) {
                (Some(wanted), Some(there)) => wanted == there,
                _ => true,
            }
    }
}

/// What is read of the extensions (RFC 5280, 4.2). One that cannot be read is as if it were not there.
struct Extensions {
    names: Vec<String>,
    is_authority: bool,
    for_servers: bool,
    subject_key: Option<Vec<u8>>,
    issuer_key: Option<Vec<u8>>,
}

impl Default for Extensions {
    /// Without a list of purposes, every one is allowed.
    fn default() -> Self {
        Self {
            names: vec![],
            is_authority: false,
            for_servers: true,
            subject_key: None,
            issuer_key: None,
        }
    }
}

impl Extensions {
    fn read(mut all: Reader<'_>) -> Result<Self, OpenError> {
        let mut found = Self::default();
        while !all.is_done() {
            let mut extension = all.inside(SEQUENCE)?;
            let oid = extension.oid()?;
            extension.optional(BOOLEAN)?;
            let mut value = Reader::new(extension.take(OCTET_STRING)?);
            // A failure is that of an extension, not of the certificate.
            let _ = found.one(oid, &mut value);
        }
        Ok(found)
    }

    fn one(&mut self, oid: ObjectIdentifier, value: &mut Reader<'_>) -> Result<(), OpenError> {
        match oid {
            SUBJECT_KEY => self.subject_key = Some(value.take(OCTET_STRING)?.to_vec()),
            ISSUER_KEY => {
                let id = value.inside(SEQUENCE)?.optional(KEY_IDENTIFIER)?;
                self.issuer_key = id.map(<[u8]>::to_vec);
            }
            BASIC_CONSTRAINTS => {
                let is_authority = value.inside(SEQUENCE)?.optional(BOOLEAN)?;
                self.is_authority = is_authority.is_some_and(|byte| byte != [0]);
            }
            PURPOSES => {
                let mut purposes = value.inside(SEQUENCE)?;
                self.for_servers = false;
                while !purposes.is_done() {
                    self.for_servers |= [FOR_SERVERS, FOR_ANYTHING].contains(&purposes.oid()?);
                }
            }
            ALTERNATIVE_NAMES => {
                let mut names = value.inside(SEQUENCE)?;
                while !names.is_done() {
                    let name = alternative_name(names.next()?);
                    self.names.extend(name.filter(|name| !self.names.contains(name)));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A DNS name or an IP address; others are not what a server is found by.
fn alternative_name(name: Element<'_>) -> Option<String> {
    const DNS: u8 = 0x82;
    const IP: u8 = 0x87;
    match name.tag {
        DNS if name.content.iter().all(u8::is_ascii_graphic) => {
            str::from_utf8(name.content).ok().map(str::to_owned)
        }
        IP => {
            let v4 = <[u8; 4]>::try_from(name.content).map(IpAddr::from);
            let ip = v4.or_else(|_| <[u8; 16]>::try_from(name.content).map(IpAddr::from));
            ip.ok().map(|ip| ip.to_string())
        }
        _ => None,
    }
}

/// `UTCTime` or `GeneralizedTime`, in the one form that RFC 5280 allows. What was before 1970 is taken
/// for its beginning.
fn time(element: Element<'_>) -> Result<UnixSeconds, OpenError> {
    const UTC: u8 = 0x17;
    const GENERALIZED: u8 = 0x18;
    let (year_digits, digits) = match (element.tag, element.content) {
        (UTC, [digits @ .., b'Z']) if digits.len() == 12 => (2, digits),
        (GENERALIZED, [digits @ .., b'Z']) if digits.len() == 14 => (4, digits),
        _ => return Err(OpenError::Damaged),
    };
    let number = |digits: &[u8]| {
        let valid = digits.iter().all(u8::is_ascii_digit);
        let value = digits.iter().fold(0, |sum, d| sum * 10 + u16::from(d.wrapping_sub(b'0')));
        valid.then_some(value).ok_or(OpenError::Damaged)
    };
    let (year, rest) = digits.split_at(year_digits);
    let year = match (year_digits, number(year)?) {
        (2, year @ 0..50) => 2000 + year,
        (2, year) => 1900 + year,
        (_, year) => year,
    };
    let mut parts = [0; 5];
    for (part, two) in parts.iter_mut().zip(rest.chunks(2)) {
        *part = number(two)? as u8;
    }
    if year < 1970 {
        return Ok(UnixSeconds(0));
    }
    let [month, day, hour, minute, second] = parts;
    let date = DateTime::new(year, month, day, hour, minute, second)?;
    Ok(UnixSeconds(i64::try_from(date.unix_duration().as_secs()).unwrap_or(i64::MAX)))
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
