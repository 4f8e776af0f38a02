//! Decryption by passphrase: PBES2 (RFC 8018) and PKCS#12's own schemes (RFC 7292, appendix C).

use crate::{OpenError, limits::Budget, passphrase::Passphrase};
use cbc::cipher::{
    BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit, block_padding::Pkcs7,
};
use der::{
    Sequence,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use pkcs5::pbes2::{Kdf, PBES2_OID, Parameters, Pbkdf2Prf};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

/// How much memory a derivation by scrypt may take, in bytes. OpenSSL asks for 16 MiB.
const SCRYPT_MAX_BYTES: u64 = 64 << 20;

/// `pkcs-12PbeParams` (RFC 7292, appendix C).
#[derive(Sequence)]
struct PbeParams<'a> {
    salt: &'a OctetStringRef,
    iterations: u32,
}

/// Decrypts. That the passphrase is wrong shows in the padding alone: one time in 256 what comes out
/// is no error but nonsense.
pub fn decrypt(
    algorithm: &AlgorithmIdentifierRef<'_>,
    data: &[u8],
    passphrase: Passphrase<'_>,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let parameters = algorithm.parameters.ok_or(OpenError::Damaged)?;
    if algorithm.oid == PBES2_OID {
        let parameters = parameters.decode_as::<Parameters>().map_err(unsupported_or_damaged)?;
        return pbes2(&parameters, data, passphrase, budget);
    }
    let scheme = Scheme::of(algorithm.oid)?;
    let parameters = parameters.decode_as::<PbeParams<'_>>()?;
    scheme.decrypt(&parameters, data, passphrase, budget)
}

fn pbes2(
    parameters: &Parameters,
    data: &[u8],
    passphrase: Passphrase<'_>,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let key_bytes = parameters.encryption.key_size();
    match &parameters.kdf {
        Kdf::Pbkdf2(kdf) => {
            rounds(kdf.iteration_count)?;
            let hash_bytes = match kdf.prf {
                Pbkdf2Prf::HmacWithSha1 => 20,
                Pbkdf2Prf::HmacWithSha224 => 28,
                _ => 32,
            };
            budget.spend(kdf.iteration_count, key_bytes.div_ceil(hash_bytes))?;
        }
        Kdf::Scrypt(kdf) => {
            let over = OpenError::TooManyIterations { max: budget.max() };
            let lanes = u64::from(kdf.parallelization);
            let blocks = kdf.cost_parameter.saturating_mul(u64::from(kdf.block_size));
            let held = lanes.saturating_mul(u64::from(kdf.block_size)).saturating_add(blocks);
            if kdf.cost_parameter < 2 {
                return Err(OpenError::Damaged);
            }
            if held.saturating_mul(128) > SCRYPT_MAX_BYTES {
                return Err(over);
            }
            // Each block is mixed twice, by two cores of Salsa20/8: about a round of a hash each.
            let rounds = u32::try_from(blocks.saturating_mul(4)).map_err(|_| over)?;
            budget.spend(rounds, usize::from(kdf.parallelization))?;
        }
        _ => return Err(OpenError::unsupported("PBES2")),
    }
    parameters.decrypt(passphrase.utf8(), data).map(Zeroizing::new).map_err(|error| match error {
        pkcs5::Error::UnsupportedAlgorithm { oid } => OpenError::unsupported(oid),
        pkcs5::Error::AlgorithmParametersInvalid { .. } => OpenError::Damaged,
        _ => OpenError::PassphraseWrong,
    })
}

/// PKCS#5's parser knows algorithms, or does not.
fn unsupported_or_damaged(error: der::Error) -> OpenError {
    match error.kind() {
        der::ErrorKind::OidUnknown { oid } => OpenError::unsupported(oid),
        _ => OpenError::Damaged,
    }
}

/// PKCS#12's own schemes, all with SHA-1. Its two of RC4 are not here: nobody writes them any more.
#[derive(Clone, Copy)]
enum Scheme {
    TripleDes3Keys,
    TripleDes2Keys,
    Rc2Bits128,
    Rc2Bits40,
}

impl Scheme {
    fn of(oid: ObjectIdentifier) -> Result<Self, OpenError> {
        const PREFIX: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1");
        match (oid.parent(), oid.arcs().last()) {
            (Some(PREFIX), Some(1)) => Err(OpenError::unsupported("RC4-128")),
            (Some(PREFIX), Some(2)) => Err(OpenError::unsupported("RC4-40")),
            (Some(PREFIX), Some(3)) => Ok(Self::TripleDes3Keys),
            (Some(PREFIX), Some(4)) => Ok(Self::TripleDes2Keys),
            (Some(PREFIX), Some(5)) => Ok(Self::Rc2Bits128),
            (Some(PREFIX), Some(6)) => Ok(Self::Rc2Bits40),
            _ => Err(OpenError::unsupported(oid)),
        }
    }

    fn key_bytes(self) -> usize {
        match self {
            Self::TripleDes3Keys => 24,
            Self::TripleDes2Keys | Self::Rc2Bits128 => 16,
            Self::Rc2Bits40 => 5,
        }
    }

    fn decrypt(
        self,
        parameters: &PbeParams<'_>,
        data: &[u8],
        passphrase: Passphrase<'_>,
        budget: &mut Budget,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let rounds = rounds(parameters.iterations)?;
        let blocks = self.key_bytes().div_ceil(20);
        budget.spend(parameters.iterations, blocks + 1)?;
        let passphrase = passphrase.utf16();
        let salt = parameters.salt.as_bytes();
        let derive = |purpose, bytes| {
            Zeroizing::new(derive_key::<Sha1>(&passphrase, salt, purpose, rounds, bytes))
        };
        let key = derive(Pkcs12KeyType::EncryptionKey, self.key_bytes());
        let iv = derive(Pkcs12KeyType::Iv, 8);
        match self {
            Self::TripleDes3Keys => cbc::<des::TdesEde3>(&key, &iv, data),
            Self::TripleDes2Keys => cbc::<des::TdesEde2>(&key, &iv, data),
            Self::Rc2Bits128 | Self::Rc2Bits40 => cbc::<rc2::Rc2>(&key, &iv, data),
        }
    }
}

fn cbc<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    iv: &[u8],
    data: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let cipher = C::new_from_slice(key).map_err(|_| OpenError::Damaged)?;
    cbc::Decryptor::inner_iv_slice_init(cipher, iv)
        .map_err(|_| OpenError::Damaged)?
        .decrypt_padded_vec::<Pkcs7>(data)
        .map(Zeroizing::new)
        .map_err(|_| OpenError::PassphraseWrong)
}

/// As the derivation of PKCS#12 takes it.
pub fn rounds(iterations: u32) -> Result<i32, OpenError> {
    i32::try_from(iterations).ok().filter(|n| *n > 0).ok_or(OpenError::Damaged)
}
