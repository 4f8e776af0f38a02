//! PKCS#12 (RFC 7292): the bags of a bundle. What a bag says of itself (names, key identifiers) is not
//! read: tools leave it out, and which key belongs to which certificate is found by the keys.

use crate::{
    OpenError,
    decrypt::{decrypt, rounds},
    limits::Budget,
    passphrase::Passphrase,
};
use der::{
    Decode, Sequence, SliceReader,
    asn1::{AnyRef, ObjectIdentifier, OctetStringRef},
};
use hmac::{
    KeyInit, Mac, SimpleHmac,
    digest::{Digest, FixedOutputReset, block_api::BlockSizeUser},
};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

pub const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");
pub const KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
pub const CERTIFICATE_BAG: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
pub const X509_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
pub const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const SHA224: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.4");

#[derive(Sequence)]
struct Pfx<'a> {
    version: u8,
    auth_safe: ContentInfo<'a>,
    mac_data: Option<MacData<'a>>,
}

#[derive(Sequence)]
struct ContentInfo<'a> {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: AnyRef<'a>,
}

#[derive(Sequence)]
struct MacData<'a> {
    mac: DigestInfo<'a>,
    salt: &'a OctetStringRef,
    #[asn1(default = "one")]
    iterations: u32,
}

fn one() -> u32 {
    1
}

#[derive(Sequence)]
struct DigestInfo<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    digest: &'a OctetStringRef,
}

#[derive(Sequence)]
struct EncryptedData<'a> {
    version: u8,
    content: EncryptedContentInfo<'a>,
    attributes: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
struct EncryptedContentInfo<'a> {
    content_type: ObjectIdentifier,
    algorithm: AlgorithmIdentifierRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    content: Option<&'a OctetStringRef>,
}

#[derive(Sequence)]
struct SafeBag<'a> {
    id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: AnyRef<'a>,
    attributes: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
struct CertificateBag<'a> {
    id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: &'a OctetStringRef,
}

/// `EncryptedPrivateKeyInfo` (RFC 5958).
#[derive(Sequence)]
pub struct EncryptedKey<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    data: &'a OctetStringRef,
}

impl EncryptedKey<'_> {
    /// PKCS#8 in the clear.
    pub fn open(
        &self,
        passphrase: Passphrase<'_>,
        budget: &mut Budget,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        decrypt(&self.algorithm, self.data.as_bytes(), passphrase, budget)
    }
}

/// What a bundle holds.
#[derive(Default)]
pub struct Contents {
    /// DER.
    pub certificates: Vec<Vec<u8>>,
    /// PKCS#8.
    pub keys: Vec<Zeroizing<Vec<u8>>>,
    /// Whether the passphrase was put to use.
    pub passphrase_used: bool,
}

/// Opens a bundle with one passphrase.
pub fn open(
    input: &[u8],
    passphrase: Passphrase<'_>,
    budget: &mut Budget,
) -> Result<Contents, OpenError> {
    // What follows the bundle is passed over: a line end, most often.
    let pfx = Pfx::decode(&mut SliceReader::new(input)?)?;
    if pfx.auth_safe.content_type != DATA {
        return Err(OpenError::unsupported("PKCS#12 with a signature instead of a passphrase"));
    }
    let safes = pfx.auth_safe.content.decode_as::<&OctetStringRef>()?.as_bytes();
    if let Some(mac) = &pfx.mac_data {
        verify(mac, safes, passphrase, budget)?;
    }
    let mut opening = Opening {
        passphrase,
        budget,
        verified: pfx.mac_data.is_some(),
        contents: Contents { passphrase_used: pfx.mac_data.is_some(), ..Contents::default() },
    };
    for safe in Vec::<ContentInfo<'_>>::from_der(safes)? {
        opening.safe(&safe)?;
    }
    Ok(opening.contents)
}

struct Opening<'a, 'b> {
    passphrase: Passphrase<'a>,
    budget: &'b mut Budget,
    verified: bool,
    contents: Contents,
}

impl Opening<'_, '_> {
    fn safe(&mut self, safe: &ContentInfo<'_>) -> Result<(), OpenError> {
        match safe.content_type {
            DATA => self.bags(safe.content.decode_as::<&OctetStringRef>()?.as_bytes()),
            ENCRYPTED_DATA => {
                let data = safe.content.decode_as::<EncryptedData<'_>>()?;
                let Some(content) = data.content.content else { return Ok(()) };
                let algorithm = &data.content.algorithm;
                let bags = decrypt(algorithm, content.as_bytes(), self.passphrase, self.budget)?;
                self.contents.passphrase_used = true;
                self.bags(&bags).map_err(|error| self.nonsense(error))
            }
            other => Err(OpenError::unsupported(other)),
        }
    }

    fn bags(&mut self, bags: &[u8]) -> Result<(), OpenError> {
        for bag in Vec::<SafeBag<'_>>::from_der(bags)? {
            match bag.id {
                KEY_BAG => {
                    let key = der::Encode::to_der(&bag.value)?;
                    self.contents.keys.push(Zeroizing::new(key));
                }
                SHROUDED_KEY_BAG => {
                    let key = bag.value.decode_as::<EncryptedKey<'_>>()?;
                    let key = key.open(self.passphrase, self.budget)?;
                    pkcs8::PrivateKeyInfoRef::try_from(key.as_slice())
                        .map_err(|_| self.nonsense(OpenError::Damaged))?;
                    self.contents.passphrase_used = true;
                    self.contents.keys.push(key);
                }
                CERTIFICATE_BAG => {
                    let bag = bag.value.decode_as::<CertificateBag<'_>>()?;
                    if bag.id == X509_CERTIFICATE {
                        self.contents.certificates.push(bag.value.as_bytes().to_vec());
                    }
                }
                // Revocation lists, secrets.
                _ => {}
            }
        }
        Ok(())
    }

    /// What comes out of a decryption by a wrong passphrase, where no checksum told.
    fn nonsense(&self, error: OpenError) -> OpenError {
        if self.verified || error != OpenError::Damaged {
            error
        } else {
            OpenError::PassphraseWrong
        }
    }
}

fn verify(
    mac: &MacData<'_>,
    data: &[u8],
    passphrase: Passphrase<'_>,
    budget: &mut Budget,
) -> Result<(), OpenError> {
    match mac.mac.algorithm.oid {
        SHA1 => verify_with::<Sha1>(mac, data, passphrase, budget),
        SHA224 => verify_with::<Sha224>(mac, data, passphrase, budget),
        SHA256 => verify_with::<Sha256>(mac, data, passphrase, budget),
        SHA384 => verify_with::<Sha384>(mac, data, passphrase, budget),
        SHA512 => verify_with::<Sha512>(mac, data, passphrase, budget),
        other => Err(OpenError::unsupported(other)),
    }
}

fn verify_with<D: Digest + FixedOutputReset + BlockSizeUser>(
    mac: &MacData<'_>,
    data: &[u8],
    passphrase: Passphrase<'_>,
    budget: &mut Budget,
) -> Result<(), OpenError> {
    let rounds = rounds(mac.iterations)?;
    budget.spend(mac.iterations, 1)?;
    checksum::<D>(data, passphrase, mac.salt.as_bytes(), rounds)?
        .verify_slice(mac.mac.digest.as_bytes())
        .map_err(|_| OpenError::PassphraseWrong)
}

/// The checksum of a bundle's contents (RFC 7292, appendix B.4).
pub fn checksum<D: Digest + FixedOutputReset + BlockSizeUser>(
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
