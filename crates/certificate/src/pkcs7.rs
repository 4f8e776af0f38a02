//! Certificates in PKCS#7 (RFC 2315), `.p7b`: how Windows and many authorities deliver a chain.

use crate::{
    error::OpenError,
    reader::{EXPLICIT_0, INTEGER, Reader, SEQUENCE, SET},
};
use der::asn1::ObjectIdentifier;

pub(crate) const SIGNED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// The certificates of a `ContentInfo` with signed data, in DER. Signatures and revocation lists are ignored.
pub(crate) fn certificates(input: &[u8]) -> Result<Vec<&[u8]>, OpenError> {
    let mut info = Reader::new(input).inside(SEQUENCE)?;
    let content_type = info.oid()?;
    if content_type != SIGNED_DATA {
        return Err(OpenError::unsupported(content_type));
    }
    let mut data = info.inside(EXPLICIT_0)?.inside(SEQUENCE)?;
    data.take(INTEGER)?;
    data.take(SET)?;
    data.take(SEQUENCE)?;
    let mut elements = Reader::new(data.optional(EXPLICIT_0)?.unwrap_or_default());
    let mut certificates = Vec::new();
    while !elements.is_done() {
        let element = elements.next()?;
        // Other tags are obsolete kinds of certificates.
        if element.tag == SEQUENCE {
            certificates.push(element.whole);
        }
    }
    Ok(certificates)
}
