//! Private keys, and the public keys that belong to them.
//!
//! The public key is always derived from the private one, because a file can claim any public key. A private
//! key is written from the numbers that were read, never copied: what OpenSSL loads is what was checked.

use crate::{
    curve::{self, Curve},
    encode::{self, Encoded},
    error::OpenError,
    key_type::{ED25519, KeyType},
    reader::{EXPLICIT_0, OCTET_STRING, Reader, SEQUENCE},
    rsa::RsaPrivateKey,
    well_formed,
};
use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// `[1] EXPLICIT`, the public key of SEC1.
const EXPLICIT_1: u8 = 0xa1;

/// The public key, in a form that is equal for a private key and its certificate.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// The point is uncompressed, and on the curve if that is a [`Curve`].
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
        info.finish()?;
        let other = Self::Other { algorithm, bytes: bytes.to_vec() };
        match algorithm {
            RSA => {
                well_formed::check(bytes)?;
                let mut key = Reader::new(bytes);
                let mut numbers = key.inside(SEQUENCE)?;
                key.finish()?;
                let mut number = || numbers.magnitude().map(<[u8]>::to_vec);
                let key = Self::Rsa { modulus: number()?, exponent: number()? };
                numbers.finish()?;
                Ok(key)
            }
            // A curve with explicit parameters may be in the chain; no supported key matches it.
            EC if parameters.peek() == Some(SEQUENCE) => Ok(other),
            EC => {
                let oid = parameters.oid()?;
                parameters.finish()?;
                let point = match Curve::from_oid(oid) {
                    Some(curve) => curve.parse_point(bytes)?,
                    None => bytes.to_vec(),
                };
                Ok(Self::Ec { curve: oid, point })
            }
            // OpenSSL allows no parameters.
            ED25519 if bytes.len() != 32 || !parameters.is_done() => Err(OpenError::Damaged),
            _ => Ok(other),
        }
    }

    pub(crate) fn key_type(&self) -> KeyType {
        match self {
            Self::Rsa { modulus, .. } => {
                let zeros = modulus.first().map_or(0, |b| b.leading_zeros() as usize);
                KeyType::Rsa { bits: modulus.len() * 8 - zeros }
            }
            Self::Ec { curve, .. } => KeyType::Ec { curve: curve::name(*curve) },
            // The only keys on a curve without a name.
            Self::Other { algorithm: EC, .. } => {
                KeyType::Ec { curve: "with explicit parameters".to_owned() }
            }
            Self::Other { algorithm, .. } => KeyType::of(*algorithm),
        }
    }
}

/// A private key as PKCS#8. It has no `Debug`, `Display` or `Clone`, and is wiped when dropped.
pub(crate) struct PrivateKey {
    pub pkcs8: Encoded,
    pub public_key: PublicKey,
}

impl PrivateKey {
    /// From PKCS#8 (RFC 5958). Attributes, and the public key of its second version, are ignored.
    ///
    /// # Errors
    /// [`OpenError::UnsupportedKey`] for a type of key that TLS clients do not support.
    pub(crate) fn from_pkcs8(input: &[u8]) -> Result<Self, OpenError> {
        let mut info = Reader::new(input).inside(SEQUENCE)?;
        info.number()?;
        let mut parameters = info.inside(SEQUENCE)?;
        let algorithm = parameters.oid()?;
        let bytes = info.take(OCTET_STRING)?;
        match algorithm {
            RSA => Self::from_pkcs1(bytes),
            EC => match parameters.peek() {
                Some(SEQUENCE) => Err(OpenError::unsupported("EC, explicit parameters")),
                _ => Self::ec(parameters.oid()?, Sec1::read(bytes)?.scalar),
            },
            ED25519 => Self::ed25519(Reader::new(bytes).take(OCTET_STRING)?),
            other => Err(OpenError::UnsupportedKey { key: KeyType::of(other) }),
        }
    }

    /// From PKCS#1 (RFC 8017), `RSA PRIVATE KEY`.
    pub(crate) fn from_pkcs1(input: &[u8]) -> Result<Self, OpenError> {
        let RsaPrivateKey { modulus, exponent, encoded } = RsaPrivateKey::read(input)?;
        let algorithm = encode::sequence(&[&encode::oid(RSA), &encode::null()]);
        let public_key = PublicKey::Rsa { modulus, exponent };
        Ok(Self { pkcs8: wrap(&algorithm, &encoded), public_key })
    }

    /// From SEC1 (RFC 5915), `EC PRIVATE KEY`.
    pub(crate) fn from_sec1(input: &[u8]) -> Result<Self, OpenError> {
        let key = Sec1::read(input)?;
        Self::ec(key.curve.ok_or(OpenError::Damaged)?, key.scalar)
    }

    fn ec(oid: ObjectIdentifier, scalar: &[u8]) -> Result<Self, OpenError> {
        let Some(curve) = Curve::from_oid(oid) else {
            let curve = curve::name(oid);
            return Err(OpenError::UnsupportedKey { key: KeyType::Ec { curve } });
        };
        let point = curve.public_point(scalar)?;
        let scalar = curve::padded(scalar, curve.bytes()).ok_or(OpenError::Damaged)?;
        let key = encode::sequence(&[
            &encode::integer(1),
            &encode::octets(&[&scalar]),
            &encode::explicit_1(&[&encode::bits(&point)]),
        ]);
        let algorithm = encode::sequence(&[&encode::oid(EC), &encode::oid(oid)]);
        Ok(Self { pkcs8: wrap(&algorithm, &key), public_key: PublicKey::Ec { curve: oid, point } })
    }

    fn ed25519(seed: &[u8]) -> Result<Self, OpenError> {
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(seed.try_into().map_err(|_| OpenError::Damaged)?);
        let key = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
        let algorithm = encode::sequence(&[&encode::oid(ED25519)]);
        Ok(Self {
            pkcs8: wrap(&algorithm, &encode::octets(&[&*seed])),
            public_key: PublicKey::Other { algorithm: ED25519, bytes: key.to_bytes().to_vec() },
        })
    }
}

/// `PrivateKeyInfo` (RFC 5208).
fn wrap(algorithm: &[u8], key: &[u8]) -> Encoded {
    encode::sequence(&[&encode::integer(0), algorithm, &encode::octets(&[key])])
}

/// `ECPrivateKey` (RFC 5915).
struct Sec1<'a> {
    scalar: &'a [u8],
    curve: Option<ObjectIdentifier>,
}

impl<'a> Sec1<'a> {
    fn read(input: &'a [u8]) -> Result<Self, OpenError> {
        let mut key = Reader::new(input).inside(SEQUENCE)?;
        key.number()?;
        let scalar = key.take(OCTET_STRING)?;
        let curve = match key.optional(EXPLICIT_0)?.map(Reader::new) {
            Some(parameters) if parameters.peek() == Some(SEQUENCE) => {
                return Err(OpenError::unsupported("EC, explicit parameters"));
            }
            Some(mut parameters) => Some(parameters.oid()?),
            None => None,
        };
        key.optional(EXPLICIT_1)?;
        Ok(Self { scalar, curve })
    }
}
