//! Cipher strings, as OpenSSL reads them.
//!
//! Source: `ssl_create_cipher_list` of OpenSSL 3, and its manual page `openssl-ciphers`. Names and keywords are
//! separated by colons. `!` removes for good, `-` removes, `+` moves to the end, and `A+B` is what A and B have
//! in common.

use super::cipher_table::{CIPHERS, Cipher};
use crate::field::FieldError;

/// What a cipher string selects, in order of preference.
pub(super) struct Selection {
    pub(super) tls12: Vec<&'static str>,
    pub(super) tls13: Vec<&'static str>,
}

/// The order of OpenSSL if no TLS 1.3 cipher is named.
const TLS13_DEFAULT: [&str; 3] =
    ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"];
/// Octavia's limit for a string.
pub(super) const MAX_CHARACTERS: usize = 2048;
/// Parts of the names of ciphers that OpenSSL knows, and that no list here has: a name that consists of them has
/// no effect, as in an OpenSSL that was built without it.
const NAME_PARTS: &str = " 128 256 3DES 56 8 ADH AECDH AES AES128 AES256 ARIA128 ARIA256 CAMELLIA128 \
    CAMELLIA256 CBC CBC3 CCM CCM8 CHACHA20 DES DHE DSS ECDH ECDHE ECDSA EDH EXP EXP1024 GCM GOST2001 \
    GOST2012 GOST89 GOST94 IDEA KUZNYECHIK KUZNYECHIKOMAC LEGACY MAGMA MAGMAOMAC MD5 NULL OMAC POLY1305 PSK \
    RC2 RC4 RSA SEED SHA SHA256 SHA384 SRP TLS ";
/// Keywords that select nothing of the allowed ciphers.
const EMPTY_KEYWORDS: &str = " 3DES ADH AECDH AESCCM AESCCM8 ARIA ARIA128 ARIA256 ARIAGCM CAMELLIA CAMELLIA128 \
    CAMELLIA256 CBC COMPLEMENTOFALL COMPLEMENTOFDEFAULT DES DSS EXP EXPORT EXPORT40 EXPORT56 GOST89 \
    GOST89MAC GOST94 IDEA LOW MD5 MEDIUM NULL PSK RC2 RC4 SEED SRP aDSS aGOST aGOST01 aGOST12 aNULL aPSK \
    aSRP eNULL kDHEPSK kECDHEPSK kGOST kGOST18 kPSK kRSAPSK kSRP ";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Add,
    /// `-`
    Delete,
    /// `+`
    MoveToEnd,
    /// `!`
    Kill,
}

/// The list that a string works on: all ciphers, of which some are selected.
struct CipherList(Vec<(&'static str, bool)>);

/// # Errors
/// [`FieldError::NotACipher`] if a name or keyword is unknown, or nothing is selected.
pub(super) fn evaluate(text: &str) -> Result<Selection, FieldError> {
    if text.len() > MAX_CHARACTERS {
        return Err(FieldError::TooLong { max: MAX_CHARACTERS });
    }
    let mut names: Vec<&str> = CIPHERS.iter().filter(|it| !it.tls13).map(|it| it.name).collect();
    names.sort_by_key(|name| default_order(name));
    let mut list = CipherList(names.into_iter().map(|name| (name, false)).collect());
    let mut tls13: Vec<&'static str> = Vec::new();
    for (n, item) in text.split(':').filter(|item| !item.is_empty()).enumerate() {
        if item == "DEFAULT" && n == 0 {
            list.apply(Rule::Add, |_| true);
        } else if let Some(command) = item.strip_prefix('@') {
            list.command(command)?;
        } else if let Some(cipher) = tls13_cipher(item) {
            if !tls13.contains(&cipher.name) {
                tls13.push(cipher.name);
            }
        } else {
            let (rule, words) = match item.as_bytes()[0] {
                b'-' => (Rule::Delete, &item[1..]),
                b'+' => (Rule::MoveToEnd, &item[1..]),
                b'!' => (Rule::Kill, &item[1..]),
                _ => (Rule::Add, item),
            };
            let words: Vec<Selector> =
                words.split('+').map(Selector::parse).collect::<Result<_, _>>()?;
            list.apply(rule, |name| words.iter().all(|word| word.matches(name)));
        }
    }
    let tls12: Vec<_> =
        list.0.into_iter().filter(|(_, is_active)| *is_active).map(|(name, _)| name).collect();
    if tls12.is_empty() && tls13.is_empty() {
        return Err(FieldError::NotACipher);
    }
    if tls13.is_empty() {
        tls13.extend(TLS13_DEFAULT);
    }
    Ok(Selection { tls12, tls13 })
}

fn tls13_cipher(name: &str) -> Option<&'static Cipher> {
    CIPHERS.iter().find(|cipher| cipher.tls13 && cipher.name == name)
}

impl CipherList {
    fn apply(&mut self, rule: Rule, matches: impl Fn(&str) -> bool) {
        let is_wanted = |(name, is_active): &(&'static str, bool)| {
            let is_concerned = match rule {
                Rule::Add => !*is_active,
                Rule::Delete | Rule::MoveToEnd => *is_active,
                Rule::Kill => true,
            };
            is_concerned && matches(name)
        };
        let (mut moved, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.0).into_iter().partition(is_wanted);
        moved.iter_mut().for_each(|(_, is_active)| *is_active = rule != Rule::Delete);
        self.0 = match rule {
            Rule::Add | Rule::MoveToEnd => [rest, moved].concat(),
            // The next rule that adds them finds them first.
            Rule::Delete => [moved, rest].concat(),
            Rule::Kill => rest,
        };
    }

    fn command(&mut self, command: &str) -> Result<(), FieldError> {
        if command == "STRENGTH" {
            for strength in [256, 128] {
                self.apply(Rule::MoveToEnd, |name| bits(name) == strength);
            }
            return Ok(());
        }
        match command.strip_prefix("SECLEVEL=") {
            // Nothing that is allowed is below level 2.
            Some("0" | "1" | "2") => {}
            Some("3") => self.apply(Rule::Kill, |name| key_exchange(name) == "RSA"),
            Some("4") => self.apply(Rule::Kill, |name| {
                key_exchange(name) == "RSA" || bits(name) < 192 || mac(name) == "SHA"
            }),
            Some("5") => self.apply(Rule::Kill, |name| {
                key_exchange(name) == "RSA" || bits(name) < 256 || mac(name) == "SHA"
            }),
            _ => return Err(FieldError::NotACipher),
        }
        Ok(())
    }
}

/// What one word selects.
enum Selector {
    Name(&'static str),
    Keyword(fn(&str) -> bool),
    Nothing,
}

impl Selector {
    fn parse(word: &str) -> Result<Self, FieldError> {
        if let Some(cipher) = CIPHERS.iter().find(|cipher| cipher.name == word) {
            return Ok(if cipher.tls13 { Self::Nothing } else { Self::Name(cipher.name) });
        }
        if let Some(keyword) = keyword(word) {
            return Ok(Self::Keyword(keyword));
        }
        let is_listed = |list: &str, part: &str| {
            !part.is_empty() && !part.contains(' ') && list.contains(&format!(" {part} "))
        };
        let is_name = word.contains(['-', '_'])
            && word.split(['-', '_']).all(|part| is_listed(NAME_PARTS, part));
        if is_name || is_listed(EMPTY_KEYWORDS, word) {
            Ok(Self::Nothing)
        } else {
            Err(FieldError::NotACipher)
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Name(own) => *own == name,
            Self::Keyword(keyword) => keyword(name),
            Self::Nothing => false,
        }
    }
}

fn keyword(word: &str) -> Option<fn(&str) -> bool> {
    Some(match word {
        "ALL" | "HIGH" => |_| true,
        "FIPS" => |name| !name.contains("CHACHA20"),
        "kRSA" | "RSA" => |name| key_exchange(name) == "RSA",
        "kDHE" | "kEDH" | "DH" | "DHE" | "EDH" => |name| key_exchange(name) == "DHE",
        "kECDHE" | "kEECDH" | "ECDH" | "ECDHE" | "EECDH" => |name| key_exchange(name) == "ECDHE",
        "aRSA" => |name| !name.contains("-ECDSA-"),
        "aECDSA" | "ECDSA" => |name| name.contains("-ECDSA-"),
        "AES" => |name| name.contains("AES"),
        "AES128" => |name| name.contains("AES128"),
        "AES256" => |name| name.contains("AES256"),
        "AESGCM" => |name| name.contains("-GCM-"),
        "CHACHA20" => |name| name.contains("CHACHA20"),
        "SHA1" | "SHA" => |name| mac(name) == "SHA",
        "SHA256" => |name| mac(name) == "SHA256",
        "SHA384" => |name| mac(name) == "SHA384",
        "TLSv1.2" => |name| mac(name) != "SHA",
        "TLSv1" | "TLSv1.0" => |name| mac(name) == "SHA" && key_exchange(name) == "ECDHE",
        "SSLv3" => |name| mac(name) == "SHA" && key_exchange(name) != "ECDHE",
        _ => return None,
    })
}

fn key_exchange(name: &str) -> &str {
    match name.split_once('-') {
        Some((first @ ("ECDHE" | "DHE"), _)) => first,
        _ => "RSA",
    }
}

/// The strength of the encryption.
fn bits(name: &str) -> u16 {
    if name.contains("AES128") { 128 } else { 256 }
}

/// The message authentication, empty where it is part of the encryption.
fn mac(name: &str) -> &str {
    if name.contains("-GCM-") || name.contains("CHACHA20") {
        return "";
    }
    name.rsplit('-').next().unwrap_or_default()
}

/// Sorts as OpenSSL sorts before it reads a string.
fn default_order(name: &str) -> (bool, u8, u8, u8) {
    let family = match mac(name) {
        "" => 0,
        "SHA" => 2,
        _ => 1,
    };
    let encryption = match name {
        _ if name.contains("AES256") => 0,
        _ if name.contains("CHACHA20") => 1,
        _ => 2,
    };
    let exchange = match (key_exchange(name), name.contains("-ECDSA-")) {
        ("ECDHE", true) => 0,
        ("ECDHE", false) => 1,
        _ => 2,
    };
    (key_exchange(name) == "RSA", family, encryption, exchange)
}
