//! Why a text is not valid in a field.

use super::regex::RegexError;
use crate::address::AddressClass;
use std::net::IpAddr;
use thiserror::Error;

/// Why a text is not valid in a field. The page translates it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
pub enum FieldError {
    #[error("must not be empty")]
    Required,
    /// In characters.
    #[error("must have at most {max} characters")]
    TooLong { max: usize },
    #[error("must be a whole number from {min} to {max}")]
    NotInRange { min: i64, max: i64 },
    #[error("must be an IPv4 or IPv6 address")]
    NotAnAddress,
    /// `target` is the address itself, or the one that it carries.
    #[error("must be the address of a server; {target} is {class}")]
    RefusedAddress { class: AddressClass, target: IpAddr },
    /// `ranges` are those of the network.
    #[error("must be an address of {ranges}")]
    NotInNetwork { ranges: String },
    #[error("must be like 192.0.2.0/24 or 2001:db8::/32")]
    NotACidr,
    #[error("must begin with /, like /health")]
    NotAPath,
    /// A character that RFC 3986 only allows as an escape.
    #[error("must not have the character '{}'; write it as an escape, like %20 for a space", character.escape_default())]
    Character { character: char },
    #[error("must have two hexadecimal digits after each %; the sign itself is %25")]
    NotAnEscape,
    /// RFC 1123.
    #[error("must be a host name like www.example.com")]
    NotADomain,
    /// RFC 6265.
    #[error("must be a cookie name: letters, digits and !#$%&'*+-.^_`|~")]
    NotACookieName,
    #[error("must be an HTTP method such as GET or HEAD")]
    NotAMethod,
    #[error("must be like 200, or 200,202, or 200-204")]
    NotStatusCodes,
    #[error("is there already")]
    Duplicate,
    #[error("must be smaller than the delay")]
    TimeoutNotBelowDelay,
    #[error("must be chosen")]
    NotChosen,
    #[error("must be like https://www.example.com/path, without a user name")]
    NotAUrl,
    #[error(
        "must be printable ASCII characters; with spaces, in double quotes, and for a cookie without spaces, \
         double quotes, semicolons and backslashes"
    )]
    NotARuleValue,
    #[error("must be a regular expression; it has {error}")]
    NotARegex { error: RegexError },
    /// RFC 9110.
    #[error("must be a header name: letters, digits and !#$%&'*+-.^_`|~")]
    NotAHeaderName,
    #[error("must be the field of a distinguished name: letters, digits and hyphens, like CN")]
    NotADnField,
    #[error("must be cipher names or keywords of OpenSSL with colons between, and leave a cipher")]
    NotACipher,
    /// A group whose protocol a listener cannot use, or a version that another field rules out.
    #[error("does not fit the other settings")]
    DoesNotFit,
}
