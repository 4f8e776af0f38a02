//! PKCS#12 (RFC 7292): reads the bags of a bundle. The attributes of a bag (names, key identifiers) are
//! ignored, because tools omit them. The public keys show which key belongs to which certificate.

use crate::{
    decrypt::{check_iterations, decrypt},
    error::OpenError,
    limits::IterationBudget,
    passphrase::Passphrase,
    reader::{EXPLICIT_0, OCTET_STRING, Reader, SEQUENCE},
};
use der::asn1::ObjectIdentifier;
use hmac::{
    KeyInit, Mac, SimpleHmac,
    digest::{Digest, FixedOutputReset, block_api::BlockSizeUser},
};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

/// `[0] IMPLICIT`, primitive.
const IMPLICIT_0: u8 = 0x80;

pub(crate) const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");
pub(crate) const KEY_BAG: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
pub(crate) const CERTIFICATE_BAG: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
const SECRET_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.5");
pub(crate) const X509_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
pub(crate) const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
/// RFC 9579, of OpenSSL 3.4.
const PBMAC1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.14");
const SHA224: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.4");

#[derive(Default)]
pub(crate) struct Contents {
    /// In DER.
    pub certificates: Vec<Vec<u8>>,
    /// In PKCS#8.
    pub keys: Vec<Zeroizing<Vec<u8>>>,
    pub has_secret_keys: bool,
    /// Whether the passphrase verified or decrypted anything.
    pub passphrase_used: bool,
}

/// Opens a bundle with one passphrase. Data after the bundle is ignored; usually it is a line ending.
pub(crate) fn open(
    input: &[u8],
    passphrase: Passphrase<'_>,
    budget: &mut IterationBudget,
) -> Result<Contents, OpenError> {
    let mut bundle = Reader::new(input).inside(SEQUENCE)?;
    bundle.number()?;
    let mut content = bundle.inside(SEQUENCE)?;
    if content.oid()? != DATA {
        return Err(OpenError::unsupported("PKCS#12 with a signature instead of a passphrase"));
    }
    let safes = content.inside(EXPLICIT_0)?.octets(OCTET_STRING)?;
    let is_verified = !bundle.is_done();
    if is_verified {
        verify_mac(bundle.inside(SEQUENCE)?, &safes, passphrase, budget)?;
    }
    let contents = Contents { passphrase_used: is_verified, ..Contents::default() };
    let mut reader = SafeReader { passphrase, budget, is_verified, contents };
    let mut safes = Reader::new(&safes).inside(SEQUENCE)?;
    while !safes.is_done() {
        reader.read_safe(safes.inside(SEQUENCE)?)?;
    }
    Ok(reader.contents)
}

/// Decrypts the content of an `EncryptedPrivateKeyInfo` (RFC 5958) to PKCS#8.
pub(crate) fn decrypt_key(
    mut key: Reader<'_>,
    passphrase: Passphrase<'_>,
    budget: &mut IterationBudget,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let algorithm = key.inside(SEQUENCE)?;
    decrypt(algorithm, &key.octets(OCTET_STRING)?, passphrase, budget)
}

struct SafeReader<'a, 'b> {
    passphrase: Passphrase<'a>,
    budget: &'b mut IterationBudget,
    is_verified: bool,
    contents: Contents,
}

impl SafeReader<'_, '_> {
    /// Reads a `ContentInfo`: bags in plain text or encrypted.
    fn read_safe(&mut self, mut safe: Reader<'_>) -> Result<(), OpenError> {
        let content_type = safe.oid()?;
        let mut content = safe.inside(EXPLICIT_0)?;
        match content_type {
            DATA => self.read_bags(&content.octets(OCTET_STRING)?),
            ENCRYPTED_DATA => {
                let mut data = content.inside(SEQUENCE)?;
                data.number()?;
                let mut content = data.inside(SEQUENCE)?;
                content.oid()?;
                let algorithm = content.inside(SEQUENCE)?;
                let encrypted = content.octets(IMPLICIT_0)?;
                let bags = decrypt(algorithm, &encrypted, self.passphrase, self.budget)?;
                self.contents.passphrase_used = true;
                self.read_bags(&bags).map_err(|error| self.garbage(error))
            }
            other => Err(OpenError::unsupported(other)),
        }
    }

    fn read_bags(&mut self, bags: &[u8]) -> Result<(), OpenError> {
        let mut bags = Reader::new(bags).inside(SEQUENCE)?;
        while !bags.is_done() {
            let mut bag = bags.inside(SEQUENCE)?;
            let kind = bag.oid()?;
            let mut value = bag.inside(EXPLICIT_0)?;
            match kind {
                KEY_BAG => {
                    self.contents.keys.push(Zeroizing::new(value.next()?.whole.to_vec()));
                }
                SHROUDED_KEY_BAG => {
                    let key = decrypt_key(value.inside(SEQUENCE)?, self.passphrase, self.budget)?;
                    // A quick check that it is PKCS#8.
                    let number = Reader::new(&key).inside(SEQUENCE).and_then(|mut k| k.number());
                    number.map_err(|error| self.garbage(error))?;
                    self.contents.passphrase_used = true;
                    self.contents.keys.push(key);
                }
                CERTIFICATE_BAG => {
                    let mut certificate = value.inside(SEQUENCE)?;
                    if certificate.oid()? == X509_CERTIFICATE {
                        let der = certificate.inside(EXPLICIT_0)?.octets(OCTET_STRING)?.to_vec();
                        self.contents.certificates.push(der);
                    }
                }
                SECRET_BAG => self.contents.has_secret_keys = true,
                // Revocation lists.
                _ => {}
            }
        }
        Ok(())
    }

    /// The error for decrypted data that does not parse. Without a verified MAC, a wrong passphrase is the
    /// likely cause.
    fn garbage(&self, error: OpenError) -> OpenError {
        if self.is_verified || error != OpenError::Damaged {
            error
        } else {
            OpenError::PassphraseWrong
        }
    }
}

/// Verifies the content of a `MacData`.
fn verify_mac(
    mut mac: Reader<'_>,
    data: &[u8],
    passphrase: Passphrase<'_>,
    budget: &mut IterationBudget,
) -> Result<(), OpenError> {
    let mut digest = mac.inside(SEQUENCE)?;
    let algorithm = digest.inside(SEQUENCE)?.oid()?;
    let digest = digest.take(OCTET_STRING)?;
    let salt = mac.take(OCTET_STRING)?;
    let iterations = if mac.is_done() { 1 } else { mac.number()? };
    let rounds = check_iterations(iterations)?;
    budget.spend(iterations, 1)?;
    let result = match algorithm {
        SHA1 => compute_mac::<Sha1>(data, passphrase, salt, rounds)?.verify_slice(digest),
        SHA224 => compute_mac::<Sha224>(data, passphrase, salt, rounds)?.verify_slice(digest),
        SHA256 => compute_mac::<Sha256>(data, passphrase, salt, rounds)?.verify_slice(digest),
        SHA384 => compute_mac::<Sha384>(data, passphrase, salt, rounds)?.verify_slice(digest),
        SHA512 => compute_mac::<Sha512>(data, passphrase, salt, rounds)?.verify_slice(digest),
        PBMAC1 => return Err(OpenError::unsupported("PBMAC1")),
        other => return Err(OpenError::unsupported(other)),
    };
    result.map_err(|_| OpenError::PassphraseWrong)
}

/// The MAC over the content of a bundle (RFC 7292, appendix B.4).
pub(crate) fn compute_mac<D: Digest + FixedOutputReset + BlockSizeUser>(
    data: &[u8],
    passphrase: Passphrase<'_>,
    salt: &[u8],
    rounds: i32,
) -> Result<SimpleHmac<D>, OpenError> {
    let bytes = <D as Digest>::output_size();
    let passphrase = passphrase.utf16();
    let key = derive_key::<D>(&passphrase, salt, Pkcs12KeyType::Mac, rounds, bytes);
    let key = Zeroizing::new(key);
    let mut mac = SimpleHmac::<D>::new_from_slice(&key).map_err(|_| OpenError::Damaged)?;
    Mac::update(&mut mac, data);
    Ok(mac)
}
