//! Distinguished names in readable form.

use crate::{
    error::OpenError,
    reader::{BIT_STRING, Element, Reader, SEQUENCE, SET},
    well_formed::{BMP, TELETEX, UNIVERSAL, UTF8},
};
use der::asn1::ObjectIdentifier;

const X520: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const EMAIL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");
const DOMAIN: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25");
const USER: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1");

pub(crate) struct Name {
    /// `CN=www.example.com, O=Example, C=TW`: the most specific attribute first, as in RFC 4514, but without
    /// escapes, because it is only displayed. Control characters are removed.
    pub readable: String,
    /// The most specific common name.
    pub common_name: Option<String>,
}

impl Name {
    /// Reads the content of an X.501 `Name`.
    pub(crate) fn read(mut parts: Reader<'_>) -> Result<Self, OpenError> {
        let mut readable = Vec::new();
        let mut common_name = None;
        while !parts.is_done() {
            let mut part = parts.inside(SET)?;
            let mut attributes = Vec::new();
            while !part.is_done() {
                let mut attribute = part.inside(SEQUENCE)?;
                let oid = attribute.oid()?;
                let value = value(attribute.next()?)?;
                attribute.finish()?;
                attributes.push(match short_name(&oid) {
                    Some(short) => format!("{short}={value}"),
                    None => format!("{oid}={value}"),
                });
                if oid == COMMON_NAME {
                    common_name = Some(value);
                }
            }
            readable.push(attributes.join(" + "));
        }
        readable.reverse();
        Ok(Self { readable: readable.join(", "), common_name })
    }
}

fn short_name(oid: &ObjectIdentifier) -> Option<&'static str> {
    match *oid {
        EMAIL => return Some("emailAddress"),
        DOMAIN => return Some("DC"),
        USER => return Some("UID"),
        _ => {}
    }
    if oid.parent() != Some(X520) {
        return None;
    }
    Some(match oid.arcs().last()? {
        3 => "CN",
        4 => "SN",
        5 => "serialNumber",
        6 => "C",
        7 => "L",
        8 => "ST",
        9 => "street",
        10 => "O",
        11 => "OU",
        12 => "title",
        15 => "businessCategory",
        17 => "postalCode",
        42 => "GN",
        97 => "organizationIdentifier",
        _ => return None,
    })
}

/// The text of an attribute. OpenSSL allows no other types than these, and bit strings.
fn value(element: Element<'_>) -> Result<String, OpenError> {
    const NUMERIC: u8 = 0x12;
    const PRINTABLE: u8 = 0x13;
    const IA5: u8 = 0x16;
    let bytes = element.content;
    let text: String = match element.tag {
        // In practice this is Latin-1.
        TELETEX => bytes.iter().map(|b| char::from(*b)).collect(),
        BMP => {
            let units =
                bytes.chunks(2).map(|c| c.iter().fold(0, |unit, b| unit << 8 | u16::from(*b)));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        UNIVERSAL => bytes
            .chunks(4)
            .map(|c| c.iter().fold(0, |unit, b| unit << 8 | u32::from(*b)))
            .map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        // The others are subsets of UTF-8.
        UTF8 | NUMERIC | PRINTABLE | IA5 => String::from_utf8_lossy(bytes).into_owned(),
        BIT_STRING => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        _ => return Err(OpenError::Damaged),
    };
    Ok(text.chars().filter(|c| !is_hidden(*c)).collect())
}

/// Control characters, and characters that change the direction of the text around them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_type_is_decoded() {
        for (tag, content, shown) in [
            (0x0c, "é\u{202e}x\u{7}".as_bytes(), "éx"),
            (0x13, b"Example", "Example"),
            (0x14, b"caf\xe9", "café"),
            (0x1e, b"\x8c\xa0\x8f\x09", "負載"),
            (0x1c, b"\0\0\x8c\xa0", "負"),
            (0x0c, b"\xff", "\u{fffd}"),
        ] {
            assert_eq!(value(Element { tag, content, whole: &[] }).unwrap(), shown);
        }
        assert!(value(Element { tag: 0x02, content: &[1], whole: &[] }).is_err());
    }
}
