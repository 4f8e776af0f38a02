//! The allowed ciphers.

#[derive(Debug)]
pub(super) struct Cipher {
    pub(super) name: &'static str,
    pub(super) tls13: bool,
}

const fn tls13(name: &'static str) -> Cipher {
    Cipher { name, tls13: true }
}

const fn tls12(name: &'static str) -> Cipher {
    Cipher { name, tls13: false }
}

/// All allowed ciphers, in order of preference. No RC4, 3DES, export or anonymous ciphers.
pub(super) const CIPHERS: &[Cipher] = &[
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
