//! A reader of ASN.1: DER, and the parts of BER that old tools write into PKCS#12 (indefinite lengths,
//! constructed octet strings; X.690, 8.1.3.6 and 8.7).
//!
//! Why not a library: `der` and `x509-cert` generate a parser for each type, which was half of the browser's
//! download of this crate (brotli: 134 KB, now 72 KB), and they reject certificates that OpenSSL accepts.
//! This reader only slices with bounds checks. It allocates nothing by a length that a file claims.

use crate::error::OpenError;
use der::asn1::ObjectIdentifier;
use std::ops::Deref;
use zeroize::Zeroizing;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]`, constructed.
pub(crate) const EXPLICIT_0: u8 = 0xa0;

const CONSTRUCTED: u8 = 0x20;
const INDEFINITE: u8 = 0x80;
const END: [u8; 2] = [0, 0];

/// The maximum nesting of indefinite lengths and constructed octet strings.
const DEPTH_MAX: u8 = 16;

#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    /// Includes tag and length.
    pub whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// The content, if the tag is this one.
    pub(crate) fn require(self, tag: u8) -> Result<&'a [u8], OpenError> {
        if self.tag == tag { Ok(self.content) } else { Err(OpenError::Damaged) }
    }
}

/// Reads a sequence of elements.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    pub(crate) fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    /// Fails if anything is left.
    pub(crate) fn finish(&self) -> Result<(), OpenError> {
        if self.is_done() { Ok(()) } else { Err(OpenError::Damaged) }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The next element of any type.
    pub(crate) fn next(&mut self) -> Result<Element<'a>, OpenError> {
        let (element, rest) = split(self.0, DEPTH_MAX).ok_or(OpenError::Damaged)?;
        self.0 = rest;
        Ok(element)
    }

    /// The content of the next element, which must have this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Result<&'a [u8], OpenError> {
        self.next()?.require(tag)
    }

    /// The content of the next element if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, OpenError> {
        if self.peek() == Some(tag) { self.take(tag).map(Some) } else { Ok(None) }
    }

    /// A reader of the content of the next element, which must have this tag.
    pub(crate) fn inside(&mut self, tag: u8) -> Result<Self, OpenError> {
        self.take(tag).map(Self)
    }

    pub(crate) fn oid(&mut self) -> Result<ObjectIdentifier, OpenError> {
        ObjectIdentifier::from_bytes(self.take(OID)?).map_err(|_| OpenError::Damaged)
    }

    /// A non-negative integer up to `u32::MAX`.
    pub(crate) fn number(&mut self) -> Result<u32, OpenError> {
        let bytes = self.take(INTEGER)?;
        if bytes.first().is_none_or(|first| *first >= 0x80) {
            return Err(OpenError::Damaged);
        }
        bytes
            .iter()
            .try_fold(0_u32, |sum, byte| {
                let sum = sum.checked_mul(256)?;
                Some(sum | u32::from(*byte))
            })
            .ok_or(OpenError::Damaged)
    }

    /// A non-negative integer of any size, without leading zeros.
    pub(crate) fn magnitude(&mut self) -> Result<&'a [u8], OpenError> {
        let mut bytes = self.take(INTEGER)?;
        while let [0, rest @ ..] = bytes {
            bytes = rest;
        }
        Ok(bytes)
    }

    /// A bit string without unused bits.
    pub(crate) fn bits(&mut self) -> Result<&'a [u8], OpenError> {
        whole_bytes(self.take(BIT_STRING)?)
    }

    /// An octet string with this tag, primitive or constructed.
    pub(crate) fn octets(&mut self, tag: u8) -> Result<Octets<'a>, OpenError> {
        let element = self.next()?;
        if element.tag == tag {
            return Ok(Octets::Whole(element.content));
        }
        let pieces = element.require(tag | CONSTRUCTED)?;
        // Reserved at once: a growing buffer would leave copies of a key in memory.
        let mut joined = Zeroizing::new(Vec::with_capacity(pieces.len()));
        join(pieces, &mut joined, DEPTH_MAX)?;
        Ok(Octets::Joined(joined))
    }
}

/// The bytes of a bit string. Its content starts with the number of unused bits, which must be zero.
pub(crate) fn whole_bytes(content: &[u8]) -> Result<&[u8], OpenError> {
    match content {
        [0, bytes @ ..] => Ok(bytes),
        _ => Err(OpenError::Damaged),
    }
}

/// The content of an octet string.
pub(crate) enum Octets<'a> {
    Whole(&'a [u8]),
    Joined(Zeroizing<Vec<u8>>),
}

impl Deref for Octets<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Joined(bytes) => bytes,
        }
    }
}

fn join(pieces: &[u8], out: &mut Vec<u8>, depth: u8) -> Result<(), OpenError> {
    let mut pieces = Reader(pieces);
    while !pieces.is_done() {
        let piece = pieces.next()?;
        match piece.tag {
            OCTET_STRING => out.extend_from_slice(piece.content),
            _ => {
                let deeper = depth.checked_sub(1).ok_or(OpenError::Damaged)?;
                join(piece.require(OCTET_STRING | CONSTRUCTED)?, out, deeper)?;
            }
        }
    }
    Ok(())
}

/// The first element and the rest.
fn split(input: &[u8], depth: u8) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = input.split_first()?;
    // No supported structure has multi-byte tags.
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (&length, rest) = rest.split_first()?;
    let (content, rest) = match length {
        0..0x80 => rest.split_at_checked(usize::from(length))?,
        INDEFINITE if tag & CONSTRUCTED != 0 => {
            let mut after = rest;
            while !after.starts_with(&END) {
                after = split(after, depth.checked_sub(1)?)?.1;
            }
            let (content, after) = rest.split_at(rest.len() - after.len());
            (content, after.get(END.len()..)?)
        }
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            let length = bytes.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
            rest.split_at_checked(length)?
        }
        _ => return None,
    };
    let whole = input.get(..input.len() - rest.len())?;
    Some((Element { tag, content, whole }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(input: &[u8]) -> Option<Vec<u8>> {
        Reader::new(input).octets(OCTET_STRING).ok().map(|octets| octets.to_vec())
    }

    #[test]
    fn octet_strings_are_primitive_or_constructed() {
        for input in [
            &[4, 2, 1, 2][..],
            &[4, 0x81, 2, 1, 2],
            &[4, 0x84, 0, 0, 0, 2, 1, 2],
            &[0x24, 6, 4, 1, 1, 4, 1, 2],
            &[0x24, 0x80, 4, 1, 1, 4, 1, 2, 0, 0],
            &[0x24, 0x80, 0x24, 0x80, 4, 1, 1, 0, 0, 4, 1, 2, 0, 0],
        ] {
            assert_eq!(joined(input), Some(vec![1, 2]), "{input:x?}");
        }
        for input in [
            &[][..],
            &[4],
            &[4, 3, 1, 2],
            &[4, 0x80, 1, 0, 0],
            &[4, 0x85, 0, 0, 0, 0, 1, 1],
            &[0x24, 0x80, 4, 1, 1],
            &[0x24, 3, 2, 1, 1],
            &[0x1f, 0x1f, 1, 0],
        ] {
            assert_eq!(joined(input), None, "{input:x?}");
        }
    }

    #[test]
    fn deep_nesting_is_rejected() {
        assert_eq!(joined(&[0x24, 0x80].repeat(40_000)), None);
        let mut deep = vec![];
        for _ in 0..5_000 {
            let tag: &[u8] = &[0x24, 0x83];
            let length = &(deep.len() as u32).to_be_bytes()[1..];
            deep = [tag, length, &deep].concat();
        }
        assert_eq!(joined(&deep), None);
    }

    #[test]
    fn integers_are_bounded() {
        let number = |input: &[u8]| Reader::new(input).number().ok();
        assert_eq!(number(&[2, 1, 0]), Some(0));
        assert_eq!(number(&[2, 2, 8, 0]), Some(2048));
        assert_eq!(number(&[2, 5, 0, 255, 255, 255, 255]), Some(u32::MAX));
        assert_eq!(number(&[2, 5, 1, 0, 0, 0, 0]), None);
        assert_eq!(number(&[2, 1, 0x80]), None);
        assert_eq!(number(&[2, 0]), None);
    }

    proptest! {
        #[test]
        fn elements_are_slices_of_the_input(input: Vec<u8>) {
            let mut reader = Reader::new(&input);
            let mut read = 0;
            while let Ok(element) = reader.next() {
                read += element.whole.len();
                prop_assert!(element.content.len() + 2 <= element.whole.len());
            }
            prop_assert!(read <= input.len());
        }
    }
}
