//! The certificate reader with DER in a PEM block or in bare base64, which random bytes rarely form.
#![no_main]

use base64ct::{Base64, Encoding};

const LABELS: [&str; 5] =
    ["CERTIFICATE", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "PKCS12"];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((selector, der)) = data.split_first() else { return };
    let base64 = Base64::encode_string(der);
    let text = match LABELS.get(usize::from(*selector) % (LABELS.len() + 1)) {
        Some(label) => format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n"),
        None => base64,
    };
    fuzz::assert_opens_or_fails_cleanly(text.as_bytes());
});
