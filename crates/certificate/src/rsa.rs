//! RSA private keys (RFC 8017, A.1.2) and signatures with PKCS #1 padding.

use crate::{
    encode::{self, Encoded, integer, sequence},
    error::OpenError,
    reader::{Reader, SEQUENCE},
};
use crypto_bigint::{
    BoxedUint, ConcatenatingMul, NonZero, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use zeroize::Zeroizing;

/// The limit of OpenSSL, for the modulus.
const BYTES_MAX: usize = 16_384 / 8;

pub(crate) struct RsaPrivateKey {
    pub modulus: Vec<u8>,
    pub exponent: Vec<u8>,
    /// `RSAPrivateKey` with the numbers that were read.
    pub encoded: Encoded,
}

impl RsaPrivateKey {
    /// # Errors
    /// [`OpenError::Damaged`] if the numbers do not belong together: such a key cannot sign.
    pub(crate) fn read(input: &[u8]) -> Result<Self, OpenError> {
        let mut key = Reader::new(input).inside(SEQUENCE)?;
        if key.number()? != 0 {
            return Err(OpenError::unsupported("RSA with more than two primes"));
        }
        let mut numbers = [&[][..]; 8];
        for number in &mut numbers {
            *number = key.magnitude()?;
        }
        key.finish()?;
        let [modulus, exponent, ..] = numbers;
        if modulus.len() > BYTES_MAX {
            return Err(OpenError::unsupported("RSA with more than 16384 bits"));
        }
        // No number of a valid key is larger than the modulus; this bounds the work.
        let is_plausible = numbers.iter().all(|number| (1..=modulus.len()).contains(&number.len()));
        if !is_plausible || !is_consistent(numbers).unwrap_or(false) {
            return Err(OpenError::Damaged);
        }
        let numbers = numbers.map(encode::unsigned);
        let mut parts = vec![integer(0)];
        parts.extend(numbers);
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_slice()).collect();
        Ok(Self {
            modulus: modulus.to_vec(),
            exponent: exponent.to_vec(),
            encoded: sequence(&parts),
        })
    }
}

/// Whether the private numbers belong to the modulus and the public exponent. That the primes are prime is
/// not checked: if their product is the modulus of a certificate, they are.
fn is_consistent(numbers: [&[u8]; 8]) -> Option<bool> {
    let numbers = numbers.map(|bytes| Zeroizing::new(BoxedUint::from_be_slice_vartime(bytes)));
    let [n, e, d, p, q, dp, dq, q_inverse] = &numbers;
    let one = BoxedUint::one();
    let product = |a: &BoxedUint, b: &BoxedUint| Zeroizing::new(a.concatenating_mul(b));
    let remainder =
        |a: &BoxedUint, divisor: &NonZero<BoxedUint>| Zeroizing::new(a.rem_vartime(divisor));
    let divisor = |number: BoxedUint| NonZero::new(number).into_option();
    let mut is_consistent = *product(p, q) == **n;
    for (prime, part) in [(p, dp), (q, dq)] {
        let order = divisor(prime.wrapping_sub(&one))?;
        is_consistent &= *remainder(&product(e, part), &order) == one;
        is_consistent &= *remainder(d, &order) == **part;
    }
    is_consistent &= *remainder(&product(q_inverse, q), &divisor((**p).clone())?) == one;
    Some(is_consistent)
}

/// Whether the signature is one of the encoded digest (`DigestInfo`) by this public key (RFC 8017, 8.2.2).
/// `None` if the key is too large to find out in reasonable time.
pub(crate) fn verify(
    modulus: &[u8],
    exponent: &[u8],
    digest_info: &[u8],
    signature: &[u8],
) -> Option<bool> {
    // Exponents in use are 3 and 65537.
    if modulus.len() > BYTES_MAX || exponent.len() > 4 {
        return None;
    }
    let Some(padding) = modulus.len().checked_sub(digest_info.len() + 3).filter(|n| *n >= 8) else {
        return Some(false);
    };
    let expected = [&[0, 1], &vec![0xff; padding][..], &[0], digest_info].concat();
    let n = BoxedUint::from_be_slice_vartime(modulus);
    let bits = n.bits_precision();
    let (Some(n), Ok(signature)) =
        (Odd::new(n).into_option(), BoxedUint::from_be_slice(signature, bits))
    else {
        return Some(false);
    };
    if signature >= *n {
        return Some(false);
    }
    let signature = BoxedMontyForm::new(signature, &BoxedMontyParams::new_vartime(n));
    let exponent = BoxedUint::from_be_slice_vartime(exponent);
    Some(signature.pow(&exponent).retrieve() == BoxedUint::from_be_slice_vartime(&expected))
}
