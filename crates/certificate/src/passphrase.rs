//! The ways in which a passphrase is read.

use zeroize::Zeroizing;

/// A passphrase as key derivations want it. PKCS#12 knows two that are nothing, and tools differ in
/// which they mean by "none".
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Passphrase<'a> {
    /// A text, perhaps empty: for PKCS#12's own derivation, two zero bytes follow it.
    Text(&'a str),
    /// No bytes at all.
    Absent,
}

impl<'a> Passphrase<'a> {
    /// How many there are at most to try.
    pub const ATTEMPTS_MAX: usize = 3;

    /// What to try, in this order. A bundle without a passphrase opens whatever was typed.
    pub fn attempts(given: Option<&'a str>) -> impl Iterator<Item = Self> {
        let given = given.filter(|text| !text.is_empty()).map(Self::Text);
        given.into_iter().chain([Self::Text(""), Self::Absent])
    }

    /// Whether somebody has to know it.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Text(text) if !text.is_empty())
    }

    /// For PBES2 (RFC 8018).
    pub fn utf8(self) -> &'a [u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Absent => &[],
        }
    }

    /// For PKCS#12's own derivation: UTF-16, big endian, ended by a zero (RFC 7292, B.1).
    pub fn utf16(self) -> Zeroizing<Vec<u8>> {
        let Self::Text(text) = self else { return Zeroizing::default() };
        // A character is at most as many units of two bytes as it is bytes of UTF-8.
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 2 + 2));
        for unit in text.encode_utf16().chain([0]) {
            bytes.extend_from_slice(&unit.to_be_bytes());
        }
        bytes
    }
}
