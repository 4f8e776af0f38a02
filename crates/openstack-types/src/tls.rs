//! TLS settings of listeners: versions, ciphers and application protocols.
//!
//! Source: Octavia API reference v2 (`tls_versions`, `tls_ciphers`, `alpn_protocols`); cipher names
//! are OpenSSL's.

mod cipher_string;
mod cipher_table;

use self::cipher_table::CIPHERS;
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
        Tls12 = "TLSv1.2",
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
        let names: Vec<_> = CIPHERS.iter().take(wanted).map(|cipher| cipher.name).collect();
        let of = |tls13: bool| {
            let ciphers = CIPHERS.iter().take(wanted).filter(move |it| it.tls13 == tls13);
            ciphers.map(|cipher| cipher.name).collect()
        };
        TlsCiphers { text: names.join(":"), tls12: of(false), tls13: of(true) }
    }
}

/// A cipher string of OpenSSL: names and keywords with operators, see [`cipher_string`].
///
/// It is evaluated here, against a fixed table: a proxy's configuration has the names of that table, and no text
/// from a user. The text stays as it was sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TlsCiphers {
    text: String,
    tls12: Vec<&'static str>,
    tls13: Vec<&'static str>,
}

impl TlsCiphers {
    /// The names of TLS 1.2 ciphers, in order of preference. Empty if the string selects none.
    pub fn tls12(&self) -> &[&'static str] {
        &self.tls12
    }

    /// The names of TLS 1.3 ciphers, in order of preference. A string that names none selects all, as in OpenSSL.
    pub fn tls13(&self) -> &[&'static str] {
        &self.tls13
    }
}

impl Default for TlsCiphers {
    fn default() -> Self {
        CipherPreset::Intermediate.ciphers()
    }
}

impl fmt::Display for TlsCiphers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for TlsCiphers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TlsCiphers({self})")
    }
}

impl FromStr for TlsCiphers {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let cipher_string::Selection { tls12, tls13 } = cipher_string::evaluate(text)?;
        Ok(Self { text: text.to_owned(), tls12, tls13 })
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
        ciphers.text
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
    fn a_string_is_read_as_openssl_reads_it() {
        let read = |text: &str| {
            let ciphers: TlsCiphers = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(ciphers.to_string(), text);
            ciphers
        };
        let one = read("AES128-SHA:TLS_AES_128_GCM_SHA256:AES128-SHA");
        assert_eq!(one.tls12(), ["AES128-SHA"]);
        assert_eq!(one.tls13(), ["TLS_AES_128_GCM_SHA256"]);
        assert_eq!(read("AES128-SHA").tls13().len(), 3, "TLS 1.3 has its own defaults");
        assert_eq!(read("HIGH:!aNULL:!MD5").tls12().len(), 23);
        assert_eq!(read("ECDHE+AESGCM+AES128").tls12().len(), 2);
        assert_eq!(
            read("AES128-SHA:AES256-SHA:AES256-GCM-SHA384:+SHA:!AES128").tls12(),
            ["AES256-GCM-SHA384", "AES256-SHA"]
        );
        assert_eq!(read("AES128-SHA:AES256-SHA:@STRENGTH").tls12(), ["AES256-SHA", "AES128-SHA"]);
        assert_eq!(read("ALL:-ALL:AES128-SHA").tls12(), ["AES128-SHA"]);
        // Weak ones are known, and have no effect.
        assert_eq!(read("DES-CBC3-SHA:RC4-MD5:AES128-SHA:").tls12(), ["AES128-SHA"]);
        assert!(read("ALL:@SECLEVEL=0").tls12().iter().all(|name| !name.contains("RC4")));
        assert!(read("ALL:@SECLEVEL=3").tls12().iter().all(|name| name.contains("DHE-")));
    }

    #[test]
    fn what_is_no_cipher_string_is_refused() {
        for bad in [
            "",
            ":",
            "RC4-SHA",
            "ALL:!ALL",
            "eNULL",
            "AES128-SHA,AES256-SHA",
            "AES128-SHA crt /etc/passwd",
            "AES128-SHA\nbind *:80",
            "AES128-SHA\0",
            "AES128-SHA\\",
            "AES128-SHA#",
            "\"AES128-SHA\"",
            "aes128-sha",
            "ECDHE-RSA-AES128-GCM-SHA265",
            "AES128-SHA:HIHG",
            "@STRENGTH",
            "AES128-SHA:@SECLEVEL=6",
            "AES128-SHA:@SECLEVEL",
            "AES128-SHA:@EXEC",
            "AES128-SHA:!",
            "AES128-SHA:--",
            "AES128-SHA:é",
            "%[env(HOME)]",
        ] {
            assert_eq!(bad.parse::<TlsCiphers>(), Err(FieldError::NotACipher), "{bad:?}");
        }
        let long = "AES128-SHA:".repeat(400);
        assert_eq!(long.parse::<TlsCiphers>(), Err(FieldError::TooLong { max: 2048 }));
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
                prop_assert!(ciphers.tls12().iter().chain(ciphers.tls13()).all(known));
            }
        }
    }
}
