//! The encodings of a passphrase.

use zeroize::Zeroizing;

/// A passphrase as input of a key derivation. PKCS#12 distinguishes an empty passphrase from an absent
/// one, and tools differ in which of the two they mean by "no passphrase".
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passphrase<'a> {
    /// A text, possibly empty. PKCS#12's own derivation appends two zero bytes.
    Text(&'a str),
    /// A text whose bytes in UTF-8 OpenSSL before 1.1 took for characters.
    Bytes(&'a str),
    /// No bytes at all.
    Absent,
}

impl<'a> Passphrase<'a> {
    pub(crate) const CANDIDATES_MAX: usize = 4;

    /// The passphrases to try, in this order. A bundle without a passphrase opens whatever the user typed.
    pub(crate) fn candidates(given: Option<&'a str>) -> impl Iterator<Item = Self> {
        let given = given.filter(|text| !text.is_empty());
        let bytes = given.filter(|text| !text.is_ascii()).map(Self::Bytes);
        given.map(Self::Text).into_iter().chain(bytes).chain([Self::Text(""), Self::Absent])
    }

    pub(crate) fn is_secret(self) -> bool {
        matches!(self, Self::Text(text) | Self::Bytes(text) if !text.is_empty())
    }

    /// For PBES2 (RFC 8018).
    pub(crate) fn utf8(self) -> &'a [u8] {
        match self {
            Self::Text(text) | Self::Bytes(text) => text.as_bytes(),
            Self::Absent => &[],
        }
    }

    /// For PKCS#12's own derivation: UTF-16, big endian, zero-terminated (RFC 7292, B.1).
    pub(crate) fn utf16(self) -> Zeroizing<Vec<u8>> {
        // UTF-16 needs at most one unit of two bytes for each byte of UTF-8.
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.utf8().len() * 2 + 2));
        let mut push = |unit: u16| bytes.extend_from_slice(&unit.to_be_bytes());
        match self {
            Self::Text(text) => text.encode_utf16().chain([0]).for_each(&mut push),
            Self::Bytes(text) => text.bytes().map(u16::from).chain([0]).for_each(&mut push),
            Self::Absent => {}
        }
        bytes
    }
}
