//! A minimal DER encoder. Each element is allocated at its full size and wiped when dropped, so that no copy
//! of a key stays in memory. The types of the `der` crate do not guarantee that.

use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

pub(crate) type Encoded = Zeroizing<Vec<u8>>;

pub(crate) fn sequence(parts: &[&[u8]]) -> Encoded {
    tagged(0x30, parts)
}

pub(crate) fn set(parts: &[&[u8]]) -> Encoded {
    tagged(0x31, parts)
}

pub(crate) fn octets(parts: &[&[u8]]) -> Encoded {
    tagged(0x04, parts)
}

/// A bit string without unused bits.
pub(crate) fn bits(content: &[u8]) -> Encoded {
    tagged(0x03, &[&[0], content])
}

/// `[0] EXPLICIT`.
pub(crate) fn explicit_0(parts: &[&[u8]]) -> Encoded {
    tagged(0xa0, parts)
}

/// `[1] EXPLICIT`.
pub(crate) fn explicit_1(parts: &[&[u8]]) -> Encoded {
    tagged(0xa1, parts)
}

pub(crate) fn null() -> Encoded {
    tagged(0x05, &[])
}

pub(crate) fn oid(oid: ObjectIdentifier) -> Encoded {
    tagged(0x06, &[oid.as_bytes()])
}

/// A non-negative integer up to 32767.
pub(crate) fn integer(number: u16) -> Encoded {
    match number.to_be_bytes() {
        [0, low] if low < 0x80 => tagged(0x02, &[&[low]]),
        both => tagged(0x02, &[&both]),
    }
}

/// A non-negative integer of any size, without leading zeros.
pub(crate) fn unsigned(magnitude: &[u8]) -> Encoded {
    match magnitude.first() {
        Some(0..0x80) => tagged(0x02, &[magnitude]),
        _ => tagged(0x02, &[&[0], magnitude]),
    }
}

fn tagged(tag: u8, parts: &[&[u8]]) -> Encoded {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let bytes = length.to_be_bytes();
    let significant = &bytes[length.leading_zeros() as usize / 8..];
    let mut out = Zeroizing::new(Vec::with_capacity(2 + significant.len() + length));
    out.push(tag);
    if length < 0x80 {
        out.push(length as u8);
    } else {
        out.push(0x80 | significant.len() as u8);
        out.extend_from_slice(significant);
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{OCTET_STRING, Reader};

    #[test]
    fn lengths_and_integers_round_trip() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let content = vec![7; length];
            let encoded = octets(&[&content]);
            assert_eq!(Reader::new(&encoded).take(OCTET_STRING).unwrap(), content);
        }
        for number in [0, 1, 127, 128, 255, 256, 2048, 32_767] {
            assert_eq!(Reader::new(&integer(number)).number().unwrap(), u32::from(number));
        }
    }
}
