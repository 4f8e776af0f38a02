//! Decryption with a passphrase: PBES2 (RFC 8018) and PKCS#12's own schemes (RFC 7292, appendix C).

use crate::{
    error::OpenError,
    limits::IterationBudget,
    passphrase::Passphrase,
    reader::{INTEGER, OCTET_STRING, Reader, SEQUENCE},
};
use cbc::cipher::{
    BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit, block_padding::Pkcs7,
};
use der::asn1::ObjectIdentifier;
use md5::{Digest, Md5};
use pbkdf2::pbkdf2_hmac;
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

const PBES2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.12");
const SCRYPT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11591.4.11");
const HMAC_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.7");
const HMAC_SHA224: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.8");
const HMAC_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.9");
const HMAC_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.10");
const HMAC_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.11");
const DES_EDE3_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.3.7");
const AES_128_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.2");
const AES_192_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.22");
const AES_256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");

/// Decrypts with the algorithm and parameters of an `AlgorithmIdentifier`. Only the padding shows a wrong
/// passphrase: in one of 256 cases the result is garbage instead of an error.
pub(crate) fn decrypt(
    mut algorithm: Reader<'_>,
    data: &[u8],
    passphrase: Passphrase<'_>,
    budget: &mut IterationBudget,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let oid = algorithm.oid()?;
    if oid == PBES2 {
        return pbes2(algorithm.inside(SEQUENCE)?, data, passphrase, budget);
    }
    let scheme = Scheme::of(oid)?;
    let mut parameters = algorithm.inside(SEQUENCE)?;
    let salt = parameters.take(OCTET_STRING)?;
    scheme.decrypt(salt, parameters.number()?, data, passphrase, budget)
}

/// `PBES2-params` (RFC 8018, A.4).
fn pbes2(
    mut parameters: Reader<'_>,
    data: &[u8],
    passphrase: Passphrase<'_>,
    budget: &mut IterationBudget,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let mut derivation = parameters.inside(SEQUENCE)?;
    let mut cipher = parameters.inside(SEQUENCE)?;
    let cipher_oid = cipher.oid()?;
    let key_bytes = match cipher_oid {
        AES_128_CBC => 16,
        AES_192_CBC | DES_EDE3_CBC => 24,
        AES_256_CBC => 32,
        other => return Err(OpenError::unsupported(other)),
    };
    let iv = cipher.take(OCTET_STRING)?;
    match derivation.oid()? {
        PBKDF2 => {}
        SCRYPT => return Err(OpenError::unsupported("scrypt")),
        other => return Err(OpenError::unsupported(other)),
    }
    let key = pbkdf2(derivation.inside(SEQUENCE)?, passphrase, key_bytes, budget)?;
    match cipher_oid {
        AES_128_CBC => cbc::<aes::Aes128>(&key, iv, data),
        AES_192_CBC => cbc::<aes::Aes192>(&key, iv, data),
        AES_256_CBC => cbc::<aes::Aes256>(&key, iv, data),
        _ => cbc::<des::TdesEde3>(&key, iv, data),
    }
}

/// `PBKDF2-params` (RFC 8018, A.2).
fn pbkdf2(
    mut parameters: Reader<'_>,
    passphrase: Passphrase<'_>,
    key_bytes: usize,
    budget: &mut IterationBudget,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let salt = parameters.take(OCTET_STRING)?;
    let iterations = parameters.number()?;
    check_iterations(iterations)?;
    // The key length, which is already known from the cipher.
    parameters.optional(INTEGER)?;
    let hash = if parameters.is_done() { HMAC_SHA1 } else { parameters.inside(SEQUENCE)?.oid()? };
    let hash_bytes = match hash {
        HMAC_SHA1 => 20,
        HMAC_SHA224 => 28,
        HMAC_SHA256 => 32,
        HMAC_SHA384 | HMAC_SHA512 => 64,
        other => return Err(OpenError::unsupported(other)),
    };
    budget.spend(iterations, key_bytes.div_ceil(hash_bytes))?;
    let mut key = Zeroizing::new(vec![0; key_bytes]);
    let passphrase = passphrase.utf8();
    match hash {
        HMAC_SHA1 => pbkdf2_hmac::<Sha1>(passphrase, salt, iterations, &mut key),
        HMAC_SHA224 => pbkdf2_hmac::<Sha224>(passphrase, salt, iterations, &mut key),
        HMAC_SHA256 => pbkdf2_hmac::<Sha256>(passphrase, salt, iterations, &mut key),
        HMAC_SHA384 => pbkdf2_hmac::<Sha384>(passphrase, salt, iterations, &mut key),
        _ => pbkdf2_hmac::<Sha512>(passphrase, salt, iterations, &mut key),
    }
    Ok(key)
}

/// PKCS#12's own schemes, all with SHA-1. The two with RC4 are obsolete and not supported.
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
        salt: &[u8],
        iterations: u32,
        data: &[u8],
        passphrase: Passphrase<'_>,
        budget: &mut IterationBudget,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let rounds = check_iterations(iterations)?;
        let blocks = self.key_bytes().div_ceil(20);
        budget.spend(iterations, blocks + 1)?;
        let passphrase = passphrase.utf16();
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

/// Decrypts the traditional PEM encryption of OpenSSL. The `DEK-Info` header has the cipher and, in
/// hexadecimal, the initialization vector. Its first 8 bytes are the salt of a single round of MD5.
pub(crate) fn decrypt_dek_info(
    dek_info: &str,
    data: &[u8],
    passphrase: Passphrase<'_>,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (cipher, iv) = dek_info.split_once(',').ok_or(OpenError::Damaged)?;
    let iv = base16ct::mixed::decode_vec(iv).map_err(|_| OpenError::Damaged)?;
    let salt = iv.get(..8).ok_or(OpenError::Damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    let (first, second) = key.split_at_mut(16);
    let mut half = Zeroizing::new(<[u8; 16]>::from(
        Md5::new().chain_update(passphrase.utf8()).chain_update(salt).finalize(),
    ));
    first.copy_from_slice(&*half);
    let next = Md5::new().chain_update(*half).chain_update(passphrase.utf8()).chain_update(salt);
    *half = next.finalize().into();
    second.copy_from_slice(&*half);
    match cipher {
        "AES-128-CBC" => cbc::<aes::Aes128>(&key[..16], &iv, data),
        "AES-192-CBC" => cbc::<aes::Aes192>(&key[..24], &iv, data),
        "AES-256-CBC" => cbc::<aes::Aes256>(&key[..32], &iv, data),
        "DES-EDE3-CBC" => cbc::<des::TdesEde3>(&key[..24], &iv, data),
        // The name comes from the file and may be of any length.
        other if other.len() < 40 => Err(OpenError::unsupported(other)),
        _ => Err(OpenError::Damaged),
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

/// Rejects zero and numbers that the derivation of PKCS#12 cannot take.
pub(crate) fn check_iterations(iterations: u32) -> Result<i32, OpenError> {
    i32::try_from(iterations).ok().filter(|n| *n > 0).ok_or(OpenError::Damaged)
}
