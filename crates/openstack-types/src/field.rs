//! Checks of single fields.

mod checked_text;
mod error;
mod regex;

pub use checked_text::{
    CookieName, DnField, DomainName, ExpectedCodes, HeaderName, HttpMethod, RedirectUrl, RuleValue,
    UrlPath,
};
pub use error::FieldError;
pub use regex::{
    Assertion, ByteSet, REGEX_STEPS, Regex, RegexError, RegexProblem, RepeatKind, check_regex,
    parse_regex,
};

use crate::address::{self, AddressClass};
use ipnet::IpNet;
use std::{
    net::IpAddr,
    sync::{PoisonError, RwLock},
};

/// The most characters of a name or description in Octavia.
pub const NAME_MAX: usize = 255;

/// A name that is not empty.
pub fn required_name(text: &str) -> Result<&str, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::Required);
    }
    at_most(text, NAME_MAX)
}

/// Whether a character does something to a terminal or an editor instead of being shown, or shows the text around it in
/// another order.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Whether nothing of a text is visible: as a link, it couldn't be clicked.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// A text of at most `max` characters; may be empty.
pub fn at_most(text: &str, max: usize) -> Result<&str, FieldError> {
    if text.chars().count() > max { Err(FieldError::TooLong { max }) } else { Ok(text) }
}

/// A whole number from `min` to `max`.
pub fn integer(text: &str, min: i64, max: i64) -> Result<i64, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::Required);
    }
    text.parse::<i64>()
        .ok()
        .filter(|n| (min..=max).contains(n))
        .ok_or(FieldError::NotInRange { min, max })
}

/// A TCP or UDP port, 1 to 65535.
pub fn port(text: &str) -> Result<u16, FieldError> {
    integer(text, 1, 65535).map(|n| n as u16)
}

/// The ranges that [`allow_servers`] has set.
static ALLOWED_SERVERS: RwLock<Vec<IpNet>> = RwLock::new(Vec::new());

/// Sets the ranges that the operator of a cloud allows for servers, as its `GET /portal/info` says. For the
/// whole program: there is one cloud.
pub fn allow_servers(ranges: Vec<IpNet>) {
    // No thread panics while it holds the lock.
    *ALLOWED_SERVERS.write().unwrap_or_else(PoisonError::into_inner) = ranges;
}

/// An address that a server can have: none that [`address::refused`] names, in whatever spelling, unless it is
/// one that the operator [allows](allow_servers).
pub fn server_address(text: &str) -> Result<IpAddr, FieldError> {
    let allowed = ALLOWED_SERVERS.read().unwrap_or_else(PoisonError::into_inner);
    server_address_among(text, &allowed)
}

fn server_address_among(text: &str, allowed: &[IpNet]) -> Result<IpAddr, FieldError> {
    let ip = ip_address(text)?;
    let is_allowed = |(class, target): &(AddressClass, IpAddr)| {
        !class.is_impossible() && allowed.iter().any(|range| range.contains(target))
    };
    match address::refused(ip).filter(|refused| !is_allowed(refused)) {
        Some((class, target)) => Err(FieldError::RefusedAddress { class, target }),
        None => Ok(ip),
    }
}

/// An address that one machine can have.
pub fn unicast_address(text: &str) -> Result<IpAddr, FieldError> {
    let ip = ip_address(text)?;
    match address::class(ip).filter(|class| class.is_impossible()) {
        Some(class) => Err(FieldError::RefusedAddress { class, target: ip }),
        None => Ok(ip),
    }
}

fn ip_address(text: &str) -> Result<IpAddr, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::Required);
    }
    text.parse().map_err(|_| FieldError::NotAnAddress)
}

/// Status codes as Octavia accepts them: with spaces around the commas.
pub fn expected_codes(text: &str) -> Result<ExpectedCodes, FieldError> {
    let codes: Vec<_> = text.split(',').map(str::trim).collect();
    codes.join(",").parse()
}

/// A network; a single address is a network of one.
pub fn cidr(text: &str) -> Result<IpNet, FieldError> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| FieldError::NotACidr)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_allows_ranges_but_nothing_impossible() {
        let allowed = ["169.254.7.0/24".parse().unwrap(), "224.0.0.0/4".parse().unwrap()];
        let judge = |text| server_address_among(text, &allowed);
        assert_eq!(judge("169.254.7.9"), Ok("169.254.7.9".parse().unwrap()));
        assert_eq!(judge("::ffff:169.254.7.9"), Ok("::ffff:a9fe:709".parse().unwrap()));
        for bad in ["169.254.8.1", "169.254.169.254", "224.0.0.1"] {
            assert!(matches!(judge(bad), Err(FieldError::RefusedAddress { .. })), "{bad}");
        }
    }

    #[test]
    fn a_server_address_is_unicast_and_no_metadata_service() {
        for bad in ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255"] {
            let is_refused = |result| matches!(result, Err(FieldError::RefusedAddress { .. }));
            assert!(is_refused(server_address(bad)) && is_refused(unicast_address(bad)), "{bad}");
        }
        let metadata = FieldError::RefusedAddress {
            class: address::AddressClass::CloudMetadata,
            target: "169.254.169.254".parse().unwrap(),
        };
        assert_eq!(server_address("::ffff:a9fe:a9fe"), Err(metadata));
        assert!(unicast_address("169.254.169.254").is_ok());
        assert_eq!(server_address("ten.1"), Err(FieldError::NotAnAddress));
        assert_eq!(server_address(" 192.0.2.1 "), Ok("192.0.2.1".parse().unwrap()));
    }
}
