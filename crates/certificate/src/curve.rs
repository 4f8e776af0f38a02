//! The elliptic curves that TLS clients support, and the names of others.

use crate::error::OpenError;
use der::asn1::ObjectIdentifier;
use ecdsa::{
    EcdsaCurve, Signature, SignatureSize, VerifyingKey, signature::hazmat::PrehashVerifier,
};
use p256::{
    NistP256,
    elliptic_curve::{
        AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, PublicKey, SecretKey,
        array::ArraySize,
        sec1::{FromSec1Point, ModulusSize, ToSec1Point},
    },
};
use p384::NistP384;
use p521::NistP521;
use zeroize::Zeroizing;

/// A curve whose points and signatures this crate checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    pub(crate) fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        [Self::P256, Self::P384, Self::P521].into_iter().find(|curve| curve.oid() == oid)
    }

    pub(crate) fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
            Self::P384 => ObjectIdentifier::new_unwrap("1.3.132.0.34"),
            Self::P521 => ObjectIdentifier::new_unwrap("1.3.132.0.35"),
        }
    }

    /// The length of a scalar and of a coordinate.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The public point of a private scalar of any length, uncompressed (SEC1, 2.3.3).
    pub(crate) fn public_point(self, scalar: &[u8]) -> Result<Vec<u8>, OpenError> {
        let scalar = padded(scalar, self.bytes()).ok_or(OpenError::Damaged)?;
        match self {
            Self::P256 => public_point::<NistP256>(&scalar),
            Self::P384 => public_point::<NistP384>(&scalar),
            Self::P521 => public_point::<NistP521>(&scalar),
        }
    }

    /// The uncompressed form of a point that is on the curve.
    pub(crate) fn parse_point(self, bytes: &[u8]) -> Result<Vec<u8>, OpenError> {
        if !matches!(bytes, [2..=4, ..]) {
            return Err(OpenError::Damaged);
        }
        match self {
            Self::P256 => parse_point::<NistP256>(bytes),
            Self::P384 => parse_point::<NistP384>(bytes),
            Self::P521 => parse_point::<NistP521>(bytes),
        }
    }

    /// Whether `r` and `s` are a signature of the digest by the key of an uncompressed point.
    pub(crate) fn verify(self, point: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        match self {
            Self::P256 => verify::<NistP256>(point, digest, r, s),
            Self::P384 => verify::<NistP384>(point, digest, r, s),
            Self::P521 => verify::<NistP521>(point, digest, r, s),
        }
        .is_some()
    }
}

/// The name of a curve, or its object identifier.
pub(crate) fn name(oid: ObjectIdentifier) -> String {
    let oid = oid.to_string();
    let name = match oid.as_str() {
        "1.2.840.10045.3.1.7" => "P-256",
        "1.3.132.0.34" => "P-384",
        "1.3.132.0.35" => "P-521",
        "1.2.840.10045.3.1.1" => "P-192",
        "1.3.132.0.33" => "P-224",
        "1.3.132.0.10" => "secp256k1",
        "1.3.36.3.3.2.8.1.1.7" => "brainpoolP256r1",
        "1.3.36.3.3.2.8.1.1.11" => "brainpoolP384r1",
        "1.3.36.3.3.2.8.1.1.13" => "brainpoolP512r1",
        "1.2.156.10197.1.301" => "SM2",
        other => other,
    };
    name.to_owned()
}

/// Bounds of a curve of this crate.
trait NistCurve: EcdsaCurve + CurveArithmetic {}

impl<C: EcdsaCurve + CurveArithmetic> NistCurve for C {}

fn public_point<C: NistCurve>(scalar: &[u8]) -> Result<Vec<u8>, OpenError>
where
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let key = SecretKey::<C>::from_slice(scalar).map_err(|_| OpenError::Damaged)?;
    Ok(key.public_key().to_sec1_point(false).as_bytes().to_vec())
}

fn parse_point<C: NistCurve>(bytes: &[u8]) -> Result<Vec<u8>, OpenError>
where
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let key = PublicKey::<C>::from_sec1_bytes(bytes).map_err(|_| OpenError::Damaged)?;
    Ok(key.to_sec1_point(false).as_bytes().to_vec())
}

fn verify<C: NistCurve>(point: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Option<()>
where
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
    SignatureSize<C>: ArraySize,
{
    let bytes = FieldBytes::<C>::default().len();
    let [r, s] = [padded(r, bytes)?, padded(s, bytes)?];
    let signature = Signature::<C>::from_slice(&[r.as_slice(), &s].concat()).ok()?;
    let key = VerifyingKey::<C>::from_sec1_bytes(point).ok()?;
    // A digest that is shorter than the field is a small number.
    let digest = match padded(digest, bytes) {
        Some(digest) => digest.to_vec(),
        None => digest.to_vec(),
    };
    key.verify_prehash(&digest, &signature).ok()
}

/// The number with leading zeros up to this length; `None` if it is longer.
pub(crate) fn padded(number: &[u8], bytes: usize) -> Option<Zeroizing<Vec<u8>>> {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let number = &number[start..];
    let zeros = bytes.checked_sub(number.len())?;
    let mut out = Zeroizing::new(vec![0; bytes]);
    out[zeros..].copy_from_slice(number);
    Some(out)
}
