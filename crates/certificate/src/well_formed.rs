//! Checks the encoding of a certificate as OpenSSL does when it loads one. A certificate is stored byte by
//! byte, because it is signed: what OpenSSL would refuse must not be accepted.

use crate::{
    error::OpenError,
    reader::{BIT_STRING, BOOLEAN, Element, INTEGER, OID, Reader, SEQUENCE, SET},
};
use std::str;

const NULL: u8 = 0x05;
pub(crate) const UTF8: u8 = 0x0c;
pub(crate) const TELETEX: u8 = 0x14;
pub(crate) const UNIVERSAL: u8 = 0x1c;
pub(crate) const BMP: u8 = 0x1e;

/// Deeper than any certificate.
const DEPTH_MAX: u8 = 16;

/// Checks all elements of a structure, except the content of octet strings.
pub(crate) fn check(content: &[u8]) -> Result<(), OpenError> {
    check_all(content, DEPTH_MAX)
}

fn check_all(content: &[u8], depth: u8) -> Result<(), OpenError> {
    let depth = depth.checked_sub(1).ok_or(OpenError::Damaged)?;
    let mut elements = Reader::new(content);
    while !elements.is_done() {
        let element = elements.next()?;
        match element.tag {
            // Tagged, constructed.
            SEQUENCE | SET | 0xa0..=0xbf => check_all(element.content, depth)?,
            // DER has no other constructed types.
            tag if tag & 0x20 != 0 => return Err(OpenError::Damaged),
            _ if is_valid(element) => {}
            _ => return Err(OpenError::Damaged),
        }
    }
    Ok(())
}

fn is_valid(element: Element<'_>) -> bool {
    let content = element.content;
    match element.tag {
        BOOLEAN => content.len() == 1,
        INTEGER => match content {
            [] => false,
            // Not the shortest form.
            [0, 0..0x80, ..] | [0xff, 0x80..=0xff, ..] => false,
            _ => true,
        },
        BIT_STRING => matches!(content, [0, ..] | [1..8, _, ..]),
        NULL => content.is_empty(),
        OID => is_oid(content),
        UTF8 => str::from_utf8(content).is_ok(),
        BMP => {
            let (units, rest) = content.as_chunks();
            rest.is_empty()
                && units
                    .iter()
                    .all(|unit| char::from_u32(u16::from_be_bytes(*unit).into()).is_some())
        }
        UNIVERSAL => {
            let (units, rest) = content.as_chunks();
            rest.is_empty()
                && units.iter().all(|unit| char::from_u32(u32::from_be_bytes(*unit)).is_some())
        }
        // The end of an indefinite length.
        0 => false,
        _ => true,
    }
}

/// Arcs of seven bits a byte, each in its shortest form.
fn is_oid(content: &[u8]) -> bool {
    let mut starts = true;
    for byte in content {
        if starts && *byte == 0x80 {
            return false;
        }
        starts = byte & 0x80 == 0;
    }
    starts && !content.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_checked_by_type() {
        for valid in [
            &[1, 1, 0xff][..],
            &[2, 1, 0x80],
            &[2, 2, 0, 0x80],
            &[3, 2, 7, 0x80],
            &[3, 1, 0],
            &[5, 0],
            &[6, 2, 0x88, 0x37],
            &[0x0c, 2, 0xc3, 0xa9],
            &[0x1e, 2, 0x8c, 0xa0],
            &[0x30, 3, 1, 1, 0],
        ] {
            assert_eq!(check(valid), Ok(()), "{valid:x?}");
        }
        for invalid in [
            &[1, 0][..],
            &[2, 0],
            &[2, 2, 0, 0x7f],
            &[2, 2, 0xff, 0x80],
            &[3, 0],
            &[3, 1, 1],
            &[3, 2, 8, 0],
            &[5, 1, 0],
            &[6, 0],
            &[6, 1, 0x88],
            &[6, 2, 0x80, 1],
            &[0x0c, 1, 0xff],
            &[0x1e, 1, 0x8c],
            &[0x1e, 2, 0xd8, 0],
            &[0x1c, 4, 0, 0x11, 0, 0],
            &[0x24, 2, 4, 0],
            &[0x30, 2, 1, 0],
        ] {
            assert_eq!(check(invalid), Err(OpenError::Damaged), "{invalid:x?}");
        }
        assert_eq!(check(&[0x30, 0x80].repeat(100)), Err(OpenError::Damaged));
    }
}
