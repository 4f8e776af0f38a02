//! Private keys, and the public keys that belong to them.
//!
//! Where this crate implements the curve, it derives the public key from the private one, because a file can
//! claim any public key. For other curves it reads the public key from the file.

use crate::{
    encode,
    error::OpenError,
    reader::{EXPLICIT_0, OCTET_STRING, Reader, SEQUENCE, whole_bytes},
};
use der::asn1::ObjectIdentifier;
use p256::elliptic_curve::sec1::ToSec1Point;
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// `[1] EXPLICIT`, the public key of SEC1.
const EXPLICIT_1: u8 = 0xa1;
/// `[1] IMPLICIT`, the public key of PKCS#8's second version.
const PUBLIC_KEY: u8 = 0x81;

/// The algorithm and strength of a key. Displayed as `RSA 2048`, `EC P-256`, `Ed25519`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KeyType {
    /// `bits` is the size of the modulus.
    Rsa {
        bits: usize,
    },
    /// `curve` is `P-256` and so on, or an object identifier.
    Ec {
        curve: String,
    },
    Ed25519,
    Other {
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

/// The public key, in a form that is equal for a private key and its certificate.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// The point is compressed.
    Ec {
        curve: ObjectIdentifier,
        point: Vec<u8>,
    },
    Other {
        algorithm: ObjectIdentifier,
        bytes: Vec<u8>,
    },
}

impl PublicKey {
    /// Reads the content of a certificate's `SubjectPublicKeyInfo`.
    pub(crate) fn from_spki(mut info: Reader<'_>) -> Result<Self, OpenError> {
        let mut parameters = info.inside(SEQUENCE)?;
        let algorithm = parameters.oid()?;
        let bytes = info.bits()?;
        match algorithm {
            RSA | RSA_PSS => rsa(&mut Reader::new(bytes).inside(SEQUENCE)?),
            // A curve with explicit parameters may be in the chain; no supported key matches it.
            EC if parameters.peek() != Some(SEQUENCE) => {
                Ok(Self::Ec { curve: curve(&mut parameters)?, point: compressed(bytes)? })
            }
            _ => Ok(Self::Other { algorithm, bytes: bytes.to_vec() }),
        }
    }

    pub(crate) fn key_type(&self) -> KeyType {
        match self {
            Self::Rsa { modulus, .. } => {
                let zeros = modulus.first().map_or(0, |b| b.leading_zeros() as usize);
                KeyType::Rsa { bits: modulus.len() * 8 - zeros }
            }
            Self::Ec { curve, .. } => KeyType::Ec {
                curve: match *curve {
                    P256 => "P-256".to_owned(),
                    P384 => "P-384".to_owned(),
                    P521 => "P-521".to_owned(),
                    other => other.to_string(),
                },
            },
            Self::Other { algorithm: ED25519, .. } => KeyType::Ed25519,
            Self::Other { algorithm, .. } => KeyType::Other { oid: algorithm.to_string() },
        }
    }
}

/// A private key as PKCS#8. It has no `Debug`, `Display` or `Clone`, and is wiped when dropped.
pub(crate) struct PrivateKey {
    pub pkcs8: Zeroizing<Vec<u8>>,
    pub public_key: PublicKey,
}

impl PrivateKey {
    /// From PKCS#8 (RFC 5958).
    pub(crate) fn from_pkcs8(input: &[u8]) -> Result<Self, OpenError> {
        let whole = Reader::new(input).next()?;
        let mut info = Reader::new(whole.require(SEQUENCE)?);
        info.number()?;
        let mut parameters = info.inside(SEQUENCE)?;
        let algorithm = parameters.oid()?;
        let bytes = info.take(OCTET_STRING)?;
        let public_key = match algorithm {
            RSA | RSA_PSS => {
                let mut key = Reader::new(bytes).inside(SEQUENCE)?;
                key.number()?;
                rsa(&mut key)?
            }
            EC => {
                let curve = curve(&mut parameters)?;
                PublicKey::Ec { curve, point: Sec1::read(bytes)?.point(curve)? }
            }
            ED25519 => {
                let seed = Reader::new(bytes).take(OCTET_STRING)?;
                let seed: Zeroizing<[u8; 32]> =
                    Zeroizing::new(seed.try_into().map_err(|_| OpenError::Damaged)?);
                let key = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
                PublicKey::Other { algorithm, bytes: key.to_bytes().to_vec() }
            }
            // The second version can contain the public key.
            _ => {
                info.optional(EXPLICIT_0)?;
                match info.optional(PUBLIC_KEY)? {
                    Some(bits) => {
                        PublicKey::Other { algorithm, bytes: whole_bytes(bits)?.to_vec() }
                    }
                    None => return Err(OpenError::unsupported(algorithm)),
                }
            }
        };
        Ok(Self { pkcs8: Zeroizing::new(whole.whole.to_vec()), public_key })
    }

    /// From PKCS#1 (RFC 8017), `RSA PRIVATE KEY`.
    pub(crate) fn from_pkcs1(input: &[u8]) -> Result<Self, OpenError> {
        let algorithm = encode::sequence(&[&encode::oid(RSA), &encode::null()]);
        Self::wrap(&algorithm, input)
    }

    /// From SEC1 (RFC 5915), `EC PRIVATE KEY`.
    pub(crate) fn from_sec1(input: &[u8]) -> Result<Self, OpenError> {
        let curve = Sec1::read(input)?.curve.ok_or(OpenError::Damaged)?;
        let algorithm = encode::sequence(&[&encode::oid(EC), &encode::oid(curve)]);
        Self::wrap(&algorithm, input)
    }

    fn wrap(algorithm: &[u8], key: &[u8]) -> Result<Self, OpenError> {
        let key = Reader::new(key).next()?.whole;
        Self::from_pkcs8(&encode::sequence(&[
            &encode::integer(0),
            algorithm,
            &encode::octets(&[key]),
        ]))
    }
}

/// `modulus` and `publicExponent`: the first fields of an `RSAPublicKey` and, after the version, of an
/// `RSAPrivateKey`.
fn rsa(key: &mut Reader<'_>) -> Result<PublicKey, OpenError> {
    let mut number = || key.magnitude().map(<[u8]>::to_vec);
    Ok(PublicKey::Rsa { modulus: number()?, exponent: number()? })
}

/// A named curve. Browsers support no curve with explicit parameters.
fn curve(parameters: &mut Reader<'_>) -> Result<ObjectIdentifier, OpenError> {
    match parameters.peek() {
        Some(SEQUENCE) => Err(OpenError::unsupported("EC, explicit parameters")),
        _ => parameters.oid(),
    }
}

/// The compressed form of a point (SEC1, 2.3.3): the parity of y, then x.
fn compressed(point: &[u8]) -> Result<Vec<u8>, OpenError> {
    match point {
        [2 | 3, ..] => Ok(point.to_vec()),
        [4, coordinates @ ..] if !coordinates.is_empty() && coordinates.len() % 2 == 0 => {
            let (x, y) = coordinates.split_at(coordinates.len() / 2);
            let parity = y.last().map_or(0, |b| b & 1);
            Ok([&[2 + parity], x].concat())
        }
        _ => Err(OpenError::Damaged),
    }
}

/// `ECPrivateKey` (RFC 5915).
struct Sec1<'a> {
    scalar: &'a [u8],
    curve: Option<ObjectIdentifier>,
    public_key: Option<&'a [u8]>,
}

impl<'a> Sec1<'a> {
    fn read(input: &'a [u8]) -> Result<Self, OpenError> {
        let mut key = Reader::new(input).inside(SEQUENCE)?;
        key.number()?;
        let scalar = key.take(OCTET_STRING)?;
        let parameters = key.optional(EXPLICIT_0)?;
        let public_key = key.optional(EXPLICIT_1)?;
        Ok(Self {
            scalar,
            curve: parameters.map(|p| curve(&mut Reader::new(p))).transpose()?,
            public_key: public_key.map(|key| Reader::new(key).bits()).transpose()?,
        })
    }

    fn point(&self, curve: ObjectIdentifier) -> Result<Vec<u8>, OpenError> {
        let damaged = |_| OpenError::Damaged;
        match (curve, self.public_key) {
            (P256, _) => {
                let key = p256::SecretKey::from_slice(self.scalar).map_err(damaged)?;
                Ok(key.public_key().to_sec1_point(true).as_bytes().to_vec())
            }
            (P384, _) => {
                let key = p384::SecretKey::from_slice(self.scalar).map_err(damaged)?;
                Ok(key.public_key().to_sec1_point(true).as_bytes().to_vec())
            }
            (_, Some(point)) => compressed(point),
            (other, None) => Err(OpenError::unsupported(other)),
        }
    }
}
