//! Distinguished names for people to read.

use der::{
    Tag, Tagged,
    asn1::{Any, AnyRef, BmpString, ObjectIdentifier},
};
use x509_cert::{attr::AttributeTypeAndValue, name::Name};

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// `CN=www.example.com, O=Example, C=TW`: the most particular first, as RFC 4514 has it, but with the
/// values as they are: this is for eyes, not for programs. Control characters are left out.
pub fn readable(name: &Name) -> String {
    let mut text = String::new();
    for part in name.iter_rdn().collect::<Vec<_>>().into_iter().rev() {
        for (index, attribute) in part.iter().enumerate() {
            if !text.is_empty() {
                text.push_str(if index == 0 { ", " } else { " + " });
            }
            match short(&attribute.oid) {
                Some(short) => text.push_str(short),
                None => text.push_str(&attribute.oid.to_string()),
            }
            text.push('=');
            text.push_str(&value(attribute));
        }
    }
    text
}

/// The last common name: the most particular.
pub fn common_name(name: &Name) -> Option<String> {
    name.iter().filter(|attribute| attribute.oid == COMMON_NAME).last().map(value)
}

fn short(oid: &ObjectIdentifier) -> Option<&'static str> {
    const X520: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4");
    const EMAIL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");
    const DOMAIN: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25");
    const USER: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1");
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

fn value(attribute: &AttributeTypeAndValue) -> String {
    let text = match attribute.value.tag() {
        Tag::BmpString => bmp(&attribute.value),
        // The old one is of Latin-1 in practice, the others are subsets of UTF-8.
        Tag::TeletexString => {
            Some(attribute.value.value().iter().map(|b| char::from(*b)).collect())
        }
        _ => std::str::from_utf8(attribute.value.value()).ok().map(str::to_owned),
    };
    match text {
        Some(text) => text.chars().filter(|c| !hidden(*c)).collect(),
        None => "?".to_owned(),
    }
}

fn bmp(value: &Any) -> Option<String> {
    AnyRef::from(value).decode_as::<BmpString>().ok().map(|text| text.to_string())
}

/// Controls, and the characters that turn the direction of the text around them.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
