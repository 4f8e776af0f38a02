//! The signature algorithms of certificates.

use crate::{
    curve::Curve,
    encode,
    error::OpenError,
    key::PublicKey,
    reader::{EXPLICIT_0, INTEGER, Reader, SEQUENCE},
    rsa,
};
use der::asn1::ObjectIdentifier;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// `[1] EXPLICIT`, the mask generation of RSA-PSS.
const EXPLICIT_1: u8 = 0xa1;
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    /// Secure, and not computed here.
    Sha3,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Rsa,
    RsaPss,
    Ecdsa,
    Ed25519,
    Dsa,
}

/// The algorithm of a certificate's signature.
pub(crate) struct SignatureAlgorithm {
    /// `SHA-256 with RSA`, or an object identifier.
    pub name: String,
    /// `None` if this crate does not know it.
    known: Option<(Scheme, Option<Hash>)>,
}

impl SignatureAlgorithm {
    /// Reads the content of an `AlgorithmIdentifier`.
    pub(crate) fn read(mut identifier: Reader<'_>) -> Result<Self, OpenError> {
        let oid = identifier.oid()?;
        if oid == RSA_PSS {
            let hash = pss_hash(identifier).ok();
            return Ok(Self {
                name: "RSA-PSS".to_owned(),
                known: hash.map(|hash| (Scheme::RsaPss, Some(hash))),
            });
        }
        let text = oid.to_string();
        let (name, scheme, hash) = match text.as_str() {
            "1.2.840.113549.1.1.4" => ("MD5 with RSA", Scheme::Rsa, Hash::Md5),
            "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => ("SHA-1 with RSA", Scheme::Rsa, Hash::Sha1),
            "1.2.840.113549.1.1.14" => ("SHA-224 with RSA", Scheme::Rsa, Hash::Sha224),
            "1.2.840.113549.1.1.11" => ("SHA-256 with RSA", Scheme::Rsa, Hash::Sha256),
            "1.2.840.113549.1.1.12" => ("SHA-384 with RSA", Scheme::Rsa, Hash::Sha384),
            "1.2.840.113549.1.1.13" => ("SHA-512 with RSA", Scheme::Rsa, Hash::Sha512),
            "2.16.840.1.101.3.4.3.14" => ("SHA3-256 with RSA", Scheme::Rsa, Hash::Sha3),
            "2.16.840.1.101.3.4.3.15" => ("SHA3-384 with RSA", Scheme::Rsa, Hash::Sha3),
            "2.16.840.1.101.3.4.3.16" => ("SHA3-512 with RSA", Scheme::Rsa, Hash::Sha3),
            "1.2.840.10045.4.1" => ("SHA-1 with ECDSA", Scheme::Ecdsa, Hash::Sha1),
            "1.2.840.10045.4.3.1" => ("SHA-224 with ECDSA", Scheme::Ecdsa, Hash::Sha224),
            "1.2.840.10045.4.3.2" => ("SHA-256 with ECDSA", Scheme::Ecdsa, Hash::Sha256),
            "1.2.840.10045.4.3.3" => ("SHA-384 with ECDSA", Scheme::Ecdsa, Hash::Sha384),
            "1.2.840.10045.4.3.4" => ("SHA-512 with ECDSA", Scheme::Ecdsa, Hash::Sha512),
            "1.2.840.10040.4.3" => ("SHA-1 with DSA", Scheme::Dsa, Hash::Sha1),
            "2.16.840.1.101.3.4.3.1" => ("SHA-224 with DSA", Scheme::Dsa, Hash::Sha224),
            "2.16.840.1.101.3.4.3.2" => ("SHA-256 with DSA", Scheme::Dsa, Hash::Sha256),
            "1.3.101.112" => {
                return Ok(Self {
                    name: "Ed25519".to_owned(),
                    known: Some((Scheme::Ed25519, None)),
                });
            }
            _ => return Ok(Self { name: text, known: None }),
        };
        Ok(Self { name: name.to_owned(), known: Some((scheme, Some(hash))) })
    }

    /// Whether OpenSSL accepts it with the settings of Debian (`SECLEVEL=2`). An algorithm that it does not
    /// know counts as insecure there too.
    pub(crate) fn is_secure(&self) -> bool {
        self.known.is_some_and(|(_, hash)| !matches!(hash, Some(Hash::Md5 | Hash::Sha1)))
    }

    /// Whether the key made this signature of the message. `None` if this crate cannot tell.
    pub(crate) fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Option<bool> {
        let (scheme, hash) = self.known?;
        match (scheme, key) {
            (Scheme::Rsa, PublicKey::Rsa { modulus, exponent }) => {
                let (oid, digest) = hash?.digest(message)?;
                let algorithm = encode::sequence(&[&encode::oid(oid), &encode::null()]);
                let info = encode::sequence(&[&algorithm, &encode::octets(&[&digest])]);
                rsa::verify(modulus, exponent, &info, signature)
            }
            (Scheme::Ecdsa, PublicKey::Ec { curve, point }) => {
                let curve = Curve::from_oid(*curve)?;
                let (_, digest) = hash?.digest(message)?;
                let mut numbers = Reader::new(signature).inside(SEQUENCE).ok()?;
                let (r, s) = (numbers.magnitude().ok()?, numbers.magnitude().ok()?);
                Some(curve.verify(point, &digest, r, s))
            }
            (Scheme::Ed25519, PublicKey::Other { bytes, .. }) => {
                let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes[..].try_into().ok()?);
                let signature = ed25519_dalek::Signature::from_slice(signature);
                Some(key.ok()?.verify_strict(message, &signature.ok()?).is_ok())
            }
            (Scheme::RsaPss | Scheme::Dsa, _) => None,
            // A key of another type.
            _ => Some(false),
        }
    }
}

impl Hash {
    fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Some(match oid.to_string().as_str() {
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.4" => Self::Sha224,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            _ => return None,
        })
    }

    /// Its object identifier, and the digest of a message.
    fn digest(self, message: &[u8]) -> Option<(ObjectIdentifier, Vec<u8>)> {
        let (oid, digest) = match self {
            Self::Md5 => ("1.2.840.113549.2.5", Md5::digest(message).to_vec()),
            Self::Sha1 => ("1.3.14.3.2.26", Sha1::digest(message).to_vec()),
            Self::Sha224 => ("2.16.840.1.101.3.4.2.4", Sha224::digest(message).to_vec()),
            Self::Sha256 => ("2.16.840.1.101.3.4.2.1", Sha256::digest(message).to_vec()),
            Self::Sha384 => ("2.16.840.1.101.3.4.2.2", Sha384::digest(message).to_vec()),
            Self::Sha512 => ("2.16.840.1.101.3.4.2.3", Sha512::digest(message).to_vec()),
            Self::Sha3 => return None,
        };
        Some((ObjectIdentifier::new_unwrap(oid), digest))
    }
}

/// The hash of `RSASSA-PSS-params` (RFC 4055). Its default is SHA-1.
fn pss_hash(mut identifier: Reader<'_>) -> Result<Hash, OpenError> {
    const SALT_LENGTH: u8 = 0xa2;
    const TRAILER: u8 = 0xa3;
    let mut parameters = identifier.inside(SEQUENCE)?;
    let hash = |algorithm: Option<&[u8]>| match algorithm {
        None => Ok(Hash::Sha1),
        Some(content) => {
            let oid = Reader::new(content).inside(SEQUENCE)?.oid()?;
            Hash::from_oid(oid).ok_or(OpenError::Damaged)
        }
    };
    let message = hash(parameters.optional(EXPLICIT_0)?)?;
    let mask = match parameters.optional(EXPLICIT_1)? {
        None => Hash::Sha1,
        Some(content) => {
            let mut generation = Reader::new(content).inside(SEQUENCE)?;
            if generation.oid()? != MGF1 {
                return Err(OpenError::Damaged);
            }
            let rest = generation.next()?.whole;
            generation.finish()?;
            hash(Some(rest))?
        }
    };
    if let Some(salt) = parameters.optional(SALT_LENGTH)? {
        let salt = Reader::new(salt).number()?;
        if salt > 512 {
            return Err(OpenError::Damaged);
        }
    }
    if let Some(trailer) = parameters.optional(TRAILER)?
        && Reader::new(trailer).take(INTEGER)? != [1]
    {
        return Err(OpenError::Damaged);
    }
    parameters.finish()?;
    // Either may be the weak one.
    Ok(if mask == Hash::Sha1 { mask } else { message })
}
