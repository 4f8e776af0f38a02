//! Writes bundles without a passphrase.

use crate::{
    encode::{Encoded, explicit_0, integer, null, octets, oid, sequence, set},
    error::OpenError,
    limits::PKCS12_MAX_BYTES,
    passphrase::Passphrase,
    pem as pem_text,
    pkcs12::{CERTIFICATE_BAG, DATA, KEY_BAG, SHA256, X509_CERTIFICATE, compute_mac},
};
use der::asn1::ObjectIdentifier;
use hmac::Mac;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const LOCAL_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.21");

/// OpenSSL's default.
const ITERATIONS: u16 = 2048;

/// Writes PKCS#12 without encryption: an empty passphrase would protect nothing. The MAC is present because
/// older readers require it. With an empty passphrase its salt need not be random, so it is derived from the
/// content.
pub(crate) fn pkcs12(key: &[u8], certificates: &[&[u8]]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    // This attribute tells readers which certificate belongs to the key.
    let id = Sha256::digest(certificates.first().copied().unwrap_or_default());
    let id = sequence(&[&oid(LOCAL_KEY_ID), &set(&[&octets(&[&id])])]);
    let id = set(&[&id]);
    let certificate_bags: Vec<Encoded> = certificates
        .iter()
        .enumerate()
        .map(|(index, der)| {
            let bag = sequence(&[&oid(X509_CERTIFICATE), &explicit_0(&[&octets(&[der])])]);
            let attributes: &[u8] = if index == 0 { &id } else { &[] };
            sequence(&[&oid(CERTIFICATE_BAG), &explicit_0(&[&bag]), attributes])
        })
        .collect();
    let certificate_bags: Vec<&[u8]> = certificate_bags.iter().map(|bag| bag.as_slice()).collect();
    let key_bag = sequence(&[&oid(KEY_BAG), &explicit_0(&[key]), &id]);

    let safes = sequence(&[&data(&sequence(&certificate_bags)), &data(&sequence(&[&key_bag]))]);
    let salt = Sha256::digest(&*safes);
    let mac =
        compute_mac::<Sha256>(&safes, Passphrase::Text(""), &salt[..16], i32::from(ITERATIONS))?;
    let mac = mac.finalize().into_bytes();
    let mac = sequence(&[&sequence(&[&oid(SHA256), &null()]), &octets(&[&mac])]);
    let mac = sequence(&[&mac, &octets(&[&salt[..16]]), &integer(ITERATIONS)]);
    let bundle = sequence(&[&integer(3), &data(&safes), &mac]);
    match bundle.len() {
        bytes if bytes > PKCS12_MAX_BYTES => {
            Err(OpenError::TooLarge { bytes, max: PKCS12_MAX_BYTES })
        }
        _ => Ok(bundle),
    }
}

/// `ContentInfo` of plain data.
fn data(content: &[u8]) -> Encoded {
    sequence(&[&oid(DATA), &explicit_0(&[&octets(&[content])])])
}

/// Writes PEM: the key, then the certificates.
pub(crate) fn pem(key: &[u8], certificates: &[&[u8]]) -> Zeroizing<String> {
    let bytes = key.len() + certificates.iter().map(|c| c.len()).sum::<usize>();
    let mut text =
        Zeroizing::new(String::with_capacity(bytes * 3 / 2 + 100 * certificates.len() + 200));
    pem_text::write(&mut text, "PRIVATE KEY", key);
    for certificate in certificates {
        pem_text::write(&mut text, "CERTIFICATE", certificate);
    }
    text
}
