//! Certificates of authorities and their revocation lists, which verify the certificates of others.
//!
//! Both are PEM, as OpenSSL reads them. What is not of the expected kind is left out: a private key in the same
//! file is not passed on.

use crate::{
    certificate::Certificate,
    error::{OpenError, RevocationListError},
    limits::Limits,
    name::Name,
    pem,
    reader::{INTEGER, Reader, SEQUENCE},
    signature::SignatureAlgorithm,
    well_formed,
};
use zeroize::Zeroizing;

const REVOCATION_LIST: &str = "X509 CRL";

/// One or several certificates of authorities.
pub struct Authorities(Vec<Certificate>);

/// One or several revocation lists.
pub struct RevocationLists(Vec<RevocationList>);

struct RevocationList {
    der: Vec<u8>,
    issuer: String,
    algorithm: SignatureAlgorithm,
    /// What is signed: a range of `der`.
    signed: std::ops::Range<usize>,
    signature: Vec<u8>,
}

impl Authorities {
    pub fn read_pem(pem: &[u8], limits: Limits) -> Result<Self, OpenError> {
        let blocks = blocks(pem, limits, |label| label.ends_with("CERTIFICATE"))?;
        if blocks.is_empty() {
            return Err(OpenError::NoCertificate);
        }
        blocks.iter().map(|der| Certificate::read(der)).collect::<Result<_, _>>().map(Self)
    }

    pub fn to_pem(&self) -> String {
        write("CERTIFICATE", self.0.iter().map(|certificate| &certificate.der))
    }
}

impl RevocationLists {
    pub fn read_pem(pem: &[u8], limits: Limits) -> Result<Self, RevocationListError> {
        let blocks = blocks(pem, limits, |label| label == REVOCATION_LIST)?;
        if blocks.is_empty() {
            return Err(RevocationListError::Missing);
        }
        let lists = blocks.iter().map(|der| RevocationList::read(der));
        Ok(Self(lists.collect::<Result<_, _>>()?))
    }

    pub fn to_pem(&self) -> String {
        write(REVOCATION_LIST, self.0.iter().map(|list| &list.der))
    }

    /// Whether one of the authorities signed one of the lists. A signature that this crate cannot verify counts.
    pub fn are_for(&self, authorities: &Authorities) -> bool {
        self.0.iter().any(|list| authorities.0.iter().any(|authority| list.is_from(authority)))
    }
}

impl RevocationList {
    /// Reads a `CertificateList` (RFC 5280, 5.1).
    fn read(input: &[u8]) -> Result<Self, OpenError> {
        let mut input = Reader::new(input);
        let whole = input.next()?;
        input.finish()?;
        let content = whole.require(SEQUENCE)?;
        well_formed::check(content)?;
        let mut list = Reader::new(content);
        let signed = list.next()?;
        let algorithm = SignatureAlgorithm::read(list.inside(SEQUENCE)?)?;
        let signature = list.bits()?.to_vec();
        list.finish()?;
        let mut tbs = Reader::new(signed.require(SEQUENCE)?);
        tbs.optional(INTEGER)?;
        tbs.inside(SEQUENCE)?;
        let issuer = Name::read(tbs.inside(SEQUENCE)?)?.readable;
        let start = whole.whole.len() - content.len();
        let signed = start..start + signed.whole.len();
        Ok(Self { der: whole.whole.to_vec(), issuer, algorithm, signed, signature })
    }

    fn is_from(&self, authority: &Certificate) -> bool {
        let signed = self.der.get(self.signed.clone()).unwrap_or_default();
        self.issuer.eq_ignore_ascii_case(&authority.info.subject)
            && self.algorithm.verify(&authority.public_key, signed, &self.signature).unwrap_or(true)
    }
}

/// The contents of the PEM blocks with a label that is wanted.
fn blocks(
    input: &[u8],
    limits: Limits,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<Zeroizing<Vec<u8>>>, OpenError> {
    if input.is_empty() {
        return Err(OpenError::Empty);
    }
    if input.len() > limits.bytes {
        return Err(OpenError::TooLarge { bytes: input.len(), max: limits.bytes });
    }
    let text = std::str::from_utf8(input).ok().filter(|text| pem::is_pem(text));
    pem::contents(text.ok_or(OpenError::NotRecognised)?, is_wanted)
}

fn write<'a>(label: &str, contents: impl Iterator<Item = &'a Vec<u8>>) -> String {
    let mut pem = Zeroizing::new(String::new());
    contents.for_each(|der| pem::write(&mut pem, label, der));
    std::mem::take(&mut *pem)
}
