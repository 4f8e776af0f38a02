//! TLS settings of listeners: versions, ciphers and application protocols.
//!
//! Source: Octavia API reference v2 (`tls_versions`, `tls_ciphers`, `alpn_protocols`); cipher names
//! are OpenSSL's.

use crate::{field::FieldError, wire_enum::wire_enum};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

wire_enum! {
    /// Old versions are known so that they can be refused by name.
    TlsVersion {
        /// SSL 3.0, broken.
        Ssl3 = "SSLv3",
        /// TLS 1.0, deprecated by RFC 8996.
        Tls10 = "TLSv1",
        /// TLS 1.1, deprecated by RFC 8996.
        Tls11 = "TLSv1.1",
        /// TLS 1.2.
        Tls12 = "TLSv1.2",
        /// TLS 1.3.
        Tls13 = "TLSv1.3",
    }
}

wire_enum! {
    /// A protocol in Application-Layer Protocol Negotiation.
    AlpnProtocol {
        /// HTTP/2.
        H2 = "h2",
        /// HTTP/1.1.
        Http11 = "http/1.1",
        /// HTTP/1.0.
        Http10 = "http/1.0",
    }
}

/// The default of Octavia.
pub const DEFAULT_ALPN: &[AlpnProtocol] =
    &[AlpnProtocol::H2, AlpnProtocol::Http11, AlpnProtocol::Http10];

#[derive(Debug)]
struct Cipher {
    name: &'static str,
    tls13: bool,
}

const fn tls13(name: &'static str) -> Cipher {
    Cipher { name, tls13: true }
}

const fn tls12(name: &'static str) -> Cipher {
    Cipher { name, tls13: false }
}

/// All allowed ciphers, in order of preference. No RC4, 3DES, export or anonymous ciphers.
const CIPHERS: &[Cipher] = &[
    tls13("TLS_AES_128_GCM_SHA256"),
    tls13("TLS_AES_256_GCM_SHA384"),
    tls13("TLS_CHACHA20_POLY1305_SHA256"),
    tls12("ECDHE-ECDSA-AES128-GCM-SHA256"),
    tls12("ECDHE-RSA-AES128-GCM-SHA256"),
    tls12("ECDHE-ECDSA-AES256-GCM-SHA384"),
    tls12("ECDHE-RSA-AES256-GCM-SHA384"),
    tls12("ECDHE-ECDSA-CHACHA20-POLY1305"),
    tls12("ECDHE-RSA-CHACHA20-POLY1305"),
    tls12("DHE-RSA-AES128-GCM-SHA256"),
    tls12("DHE-RSA-AES256-GCM-SHA384"),
    tls12("DHE-RSA-CHACHA20-POLY1305"),
    tls12("ECDHE-ECDSA-AES128-SHA256"),
    tls12("ECDHE-RSA-AES128-SHA256"),
    tls12("ECDHE-ECDSA-AES256-SHA384"),
    tls12("ECDHE-RSA-AES256-SHA384"),
    tls12("ECDHE-ECDSA-AES128-SHA"),
    tls12("ECDHE-RSA-AES128-SHA"),
    tls12("ECDHE-ECDSA-AES256-SHA"),
    tls12("ECDHE-RSA-AES256-SHA"),
    tls12("AES128-GCM-SHA256"),
    tls12("AES256-GCM-SHA384"),
    tls12("AES128-SHA256"),
    tls12("AES256-SHA256"),
    tls12("AES128-SHA"),
    tls12("AES256-SHA"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CipherPreset {
    /// Forward secrecy by elliptic curves, and authenticated encryption.
    Modern,
    /// The default of Octavia: also Diffie-Hellman with RSA.
    Intermediate,
    /// All allowed ciphers, for old clients.
    Compatible,
}

impl CipherPreset {
    pub fn ciphers(self) -> TlsCiphers {
        let wanted = match self {
            Self::Modern => 9,
            Self::Intermediate => 12,
            Self::Compatible => CIPHERS.len(),
        };
        TlsCiphers(CIPHERS.iter().take(wanted).collect())
    }
}

/// A list of ciphers. Each name is looked up in a fixed table, so that no text from a user is written to
/// a proxy's configuration.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TlsCiphers(Vec<&'static Cipher>);

impl TlsCiphers {
    /// The names of TLS 1.2 ciphers.
    pub fn tls12(&self) -> Vec<&'static str> {
        self.names(false)
    }

    /// The names of TLS 1.3 ciphers.
    pub fn tls13(&self) -> Vec<&'static str> {
        self.names(true)
    }

    fn names(&self, tls13: bool) -> Vec<&'static str> {
        self.0.iter().filter(|cipher| cipher.tls13 == tls13).map(|cipher| cipher.name).collect()
    }
}

impl Default for TlsCiphers {
    fn default() -> Self {
        CipherPreset::Intermediate.ciphers()
    }
}

impl PartialEq for TlsCiphers {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(|cipher| cipher.name).eq(other.0.iter().map(|cipher| cipher.name))
    }
}

impl Eq for TlsCiphers {}

impl fmt::Display for TlsCiphers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, cipher) in self.0.iter().enumerate() {
            let colon = if n == 0 { "" } else { ":" };
            write!(f, "{colon}{}", cipher.name)?;
        }
        Ok(())
    }
}

impl fmt::Debug for TlsCiphers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TlsCiphers({self})")
    }
}

impl FromStr for TlsCiphers {
    type Err = FieldError;

    /// Parses OpenSSL names separated by colons; no operators (`!`, `+`, `@`) and no groups.
    fn from_str(text: &str) -> Result<Self, FieldError> {
        let mut ciphers: Vec<&'static Cipher> = Vec::new();
        for name in text.split(':') {
            let known = CIPHERS.iter().find(|cipher| cipher.name == name);
            let cipher = known.ok_or(FieldError::NotACipher)?;
            if !ciphers.iter().any(|listed| listed.name == name) {
                ciphers.push(cipher);
            }
        }
        Ok(Self(ciphers))
    }
}

impl TryFrom<String> for TlsCiphers {
    type Error = FieldError;
    fn try_from(text: String) -> Result<Self, FieldError> {
        text.parse()
    }
}

impl From<TlsCiphers> for String {
    fn from(ciphers: TlsCiphers) -> String {
        ciphers.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_default_is_octavias() {
        assert_eq!(
            TlsCiphers::default().to_string(),
            "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:\
             ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
             ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
             ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:\
             DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305"
        );
    }

    #[test]
    fn only_known_names_are_ciphers() {
        let one: TlsCiphers = "AES128-SHA:TLS_AES_128_GCM_SHA256:AES128-SHA".parse().unwrap();
        assert_eq!(one.tls12(), ["AES128-SHA"]);
        assert_eq!(one.tls13(), ["TLS_AES_128_GCM_SHA256"]);
        assert_eq!(one.to_string(), "AES128-SHA:TLS_AES_128_GCM_SHA256");
        for bad in [
            "",
            "ALL",
            "HIGH",
            "!aNULL",
            "RC4-SHA",
            "DES-CBC3-SHA",
            "AES128-SHA,AES256-SHA",
            "AES128-SHA crt /etc/passwd",
            "aes128-sha",
            "AES128-SHA:",
            "@STRENGTH",
            "eNULL",
        ] {
            assert_eq!(bad.parse::<TlsCiphers>(), Err(FieldError::NotACipher), "{bad:?}");
        }
    }

    #[test]
    fn presets_can_be_parsed() {
        for preset in [CipherPreset::Modern, CipherPreset::Intermediate, CipherPreset::Compatible] {
            let ciphers = preset.ciphers();
            assert_eq!(ciphers.to_string().parse(), Ok(ciphers.clone()));
            assert!(!ciphers.tls12().is_empty() && ciphers.tls13().len() == 3);
        }
        let modern = CipherPreset::Modern.ciphers();
        assert!(modern.tls12().iter().all(|name| name.starts_with("ECDHE-")));
    }

    proptest! {
        #[test]
        fn only_known_names_are_parsed(text in "[A-Z0-9:_ !+@%\\[-]{0,40}|\\PC{0,20}") {
            if let Ok(ciphers) = text.parse::<TlsCiphers>() {
                let known = |name: &&str| CIPHERS.iter().any(|cipher| cipher.name == *name);
                prop_assert!(ciphers.tls12().iter().chain(&ciphers.tls13()).all(known));
            }
        }
    }
}
