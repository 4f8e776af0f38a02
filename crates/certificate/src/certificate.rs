//! One X.509 certificate: the fields that the page shows, and those that order a chain.

use crate::{
    error::OpenError,
    key::PublicKey,
    key_type::KeyType,
    name::Name,
    reader::{BIT_STRING, BOOLEAN, Element, INTEGER, OCTET_STRING, Reader, SEQUENCE},
    signature::SignatureAlgorithm,
    time::{UnixSeconds, Validity},
    well_formed,
};
use der::{DateTime, asn1::ObjectIdentifier};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{net::IpAddr, str};

/// The tagged fields of a `TBSCertificate` (RFC 5280, 4.1).
const VERSION: u8 = 0xa0;
const ISSUER_UNIQUE_ID: u8 = 0x81;
const SUBJECT_UNIQUE_ID: u8 = 0x82;
const EXTENSIONS: u8 = 0xa3;
/// A field of `AuthorityKeyIdentifier`.
const KEY_IDENTIFIER: u8 = 0x80;

const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const ANY_EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");

/// The fields of a certificate that the page shows. All of them are public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateInfo {
    /// `CN=www.example.com, O=Example, C=TW`.
    pub subject: String,
    /// In the same form as `subject`.
    pub issuer: String,
    /// The DNS names and IP addresses of the subject alternative name; the common name if there are none.
    pub names: Vec<String>,
    pub validity: Validity,
    /// Hexadecimal, `0A:1B:…`.
    pub serial: String,
    /// SHA-256 of the DER, `0A:1B:…` with 32 bytes.
    pub fingerprint: String,
    pub key: KeyType,
    /// The signature algorithm: `SHA-256 with RSA`, or an object identifier.
    pub signature: String,
    /// Whether basic constraints allow it to issue certificates.
    pub is_authority: bool,
    /// Whether it is signed with its own key. A certificate with one name as subject and issuer can be signed
    /// with another key (RFC 5280, 3.2: self-issued). Where this crate cannot verify the signature, the name
    /// and the key identifiers decide.
    pub is_self_signed: bool,
}

pub(crate) struct Certificate {
    pub der: Vec<u8>,
    pub info: CertificateInfo,
    pub public_key: PublicKey,
    /// Whether the signature uses SHA-1, MD5 or an algorithm that OpenSSL does not know.
    pub weak_signature: bool,
    /// Whether `info.names` comes from the subject alternative name.
    pub has_alternative_names: bool,
    /// Whether the extended key usage allows server authentication.
    pub for_servers: bool,
    /// The first byte of the key usage, if the certificate has one.
    pub key_usage: Option<u8>,
    subject_key_identifier: Option<Vec<u8>>,
    authority_key_identifier: Option<Vec<u8>>,
}

impl Certificate {
    /// Reads one certificate and ignores what follows it: `TRUSTED CERTIFICATE` blocks have more data.
    pub(crate) fn read(input: &[u8]) -> Result<Self, OpenError> {
        let whole = Reader::new(input).next()?;
        let content = whole.require(SEQUENCE)?;
        well_formed::check(content)?;
        let mut certificate = Reader::new(content);
        let signed = certificate.next()?;
        let mut tbs = Reader::new(signed.require(SEQUENCE)?);
        let algorithm = SignatureAlgorithm::read(algorithm(&mut certificate)?)?;
        let signature = certificate.bits()?;
        certificate.finish()?;

        if let Some(version) = tbs.optional(VERSION)? {
            let mut version = Reader::new(version);
            version.take(INTEGER)?;
            version.finish()?;
        }
        let serial = tbs.take(INTEGER)?;
        self::algorithm(&mut tbs)?;
        let issuer = Name::read(tbs.inside(SEQUENCE)?)?.readable;
        let mut validity = tbs.inside(SEQUENCE)?;
        let [not_before, not_after] = [time(validity.next()?)?, time(validity.next()?)?];
        validity.finish()?;
        let subject = Name::read(tbs.inside(SEQUENCE)?)?;
        let public_key = PublicKey::from_spki(tbs.inside(SEQUENCE)?)?;
        tbs.optional(ISSUER_UNIQUE_ID)?;
        tbs.optional(SUBJECT_UNIQUE_ID)?;
        let extensions = match tbs.optional(EXTENSIONS)? {
            Some(content) => {
                let mut content = Reader::new(content);
                let extensions = Extensions::read(content.inside(SEQUENCE)?)?;
                content.finish()?;
                extensions
            }
            None => Extensions::default(),
        };
        tbs.finish()?;

        let is_self_signed = subject.readable == issuer
            && extensions.may_be_own_issuer()
            && algorithm.verify(&public_key, signed.whole, signature).unwrap_or(true);
        let has_alternative_names = !extensions.names.is_empty();
        let names = if has_alternative_names {
            extensions.names
        } else {
            subject.common_name.into_iter().collect()
        };
        Ok(Self {
            der: whole.whole.to_vec(),
            info: CertificateInfo {
                names,
                validity: Validity { not_before, not_after },
                serial: colon_hex(serial),
                fingerprint: colon_hex(&Sha256::digest(whole.whole)),
                key: public_key.key_type(),
                signature: algorithm.name.clone(),
                is_authority: extensions.is_authority,
                is_self_signed,
                subject: subject.readable,
                issuer,
            },
            public_key,
            weak_signature: !algorithm.is_secure(),
            has_alternative_names,
            for_servers: extensions.for_servers,
            key_usage: extensions.key_usage,
            subject_key_identifier: extensions.subject_key_identifier,
            authority_key_identifier: extensions.authority_key_identifier,
        })
    }

    /// Whether the names and key identifiers match. The signature is not verified.
    pub(crate) fn is_issued_by(&self, other: &Self) -> bool {
        // Some authorities write their name in another case than in the certificates they issue.
        self.info.issuer.eq_ignore_ascii_case(&other.info.subject)
            && match (&self.authority_key_identifier, &other.subject_key_identifier) {
                (Some(authority), Some(subject)) => authority == subject,
                _ => true,
            }
    }
}

/// The extensions used here (RFC 5280, 4.2). A malformed extension counts as absent.
struct Extensions {
    names: Vec<String>,
    is_authority: bool,
    for_servers: bool,
    key_usage: Option<u8>,
    subject_key_identifier: Option<Vec<u8>>,
    authority_key_identifier: Option<Vec<u8>>,
}

impl Default for Extensions {
    /// Without an extended key usage, every purpose is allowed.
    fn default() -> Self {
        Self {
            names: vec![],
            is_authority: false,
            for_servers: true,
            key_usage: None,
            subject_key_identifier: None,
            authority_key_identifier: None,
        }
    }
}

impl Extensions {
    fn read(mut all: Reader<'_>) -> Result<Self, OpenError> {
        let mut extensions = Self::default();
        while !all.is_done() {
            let mut extension = all.inside(SEQUENCE)?;
            let oid = extension.oid()?;
            extension.optional(BOOLEAN)?;
            let mut value = Reader::new(extension.take(OCTET_STRING)?);
            extension.finish()?;
            // A malformed extension does not invalidate the certificate.
            let _ = extensions.read_one(oid, &mut value);
        }
        Ok(extensions)
    }

    /// Whether the key identifiers allow it to be signed with its own key.
    fn may_be_own_issuer(&self) -> bool {
        match (&self.authority_key_identifier, &self.subject_key_identifier) {
            (Some(authority), Some(subject)) => authority == subject,
            _ => true,
        }
    }

    fn read_one(&mut self, oid: ObjectIdentifier, value: &mut Reader<'_>) -> Result<(), OpenError> {
        match oid {
            SUBJECT_KEY_IDENTIFIER => {
                self.subject_key_identifier = Some(value.take(OCTET_STRING)?.to_vec())
            }
            AUTHORITY_KEY_IDENTIFIER => {
                let id = value.inside(SEQUENCE)?.optional(KEY_IDENTIFIER)?;
                self.authority_key_identifier = id.map(<[u8]>::to_vec);
            }
            BASIC_CONSTRAINTS => {
                let is_authority = value.inside(SEQUENCE)?.optional(BOOLEAN)?;
                self.is_authority = is_authority.is_some_and(|byte| byte != [0]);
            }
            // The first byte is the number of unused bits.
            KEY_USAGE => self.key_usage = value.take(BIT_STRING)?.get(1).copied(),
            EXTENDED_KEY_USAGE => {
                let mut purposes = value.inside(SEQUENCE)?;
                self.for_servers = false;
                while !purposes.is_done() {
                    self.for_servers |=
                        [SERVER_AUTH, ANY_EXTENDED_KEY_USAGE].contains(&purposes.oid()?);
                }
            }
            SUBJECT_ALT_NAME => {
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

/// The content of an `AlgorithmIdentifier`: an object identifier and at most one parameter.
fn algorithm<'a>(reader: &mut Reader<'a>) -> Result<Reader<'a>, OpenError> {
    let content = reader.inside(SEQUENCE)?;
    let mut elements = content;
    elements.oid()?;
    if !elements.is_done() {
        elements.next()?;
    }
    elements.finish()?;
    Ok(content)
}

/// A DNS name or an IP address; other kinds do not identify a server.
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

/// `UTCTime` or `GeneralizedTime`, in the only form that RFC 5280 allows. A time before 1970 becomes the
/// start of 1970.
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

/// `0A:1B:…`
fn colon_hex(bytes: &[u8]) -> String {
    let digits = base16ct::upper::encode_string(bytes);
    let mut text = String::with_capacity(bytes.len() * 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index.is_multiple_of(2) {
            text.push(':');
        }
        text.push(digit);
    }
    text
}
