//! The property that both certificate targets check.

use certificate::{Bundle, Limits, OpenError};

/// The passphrase of the encrypted seeds.
const PASSPHRASE: &str = "correct horse";

/// Low enough that the iterations of an input take no noticeable time.
const LIMITS: Limits = Limits { bytes: 20_000, iterations: 3_000 };

/// Opens the input with and without a passphrase. A bundle that opens is written and read again with the same
/// key and certificates.
pub fn assert_opens_or_fails_cleanly(input: &[u8]) {
    for passphrase in [None, Some(PASSPHRASE)] {
        match certificate::open(&[input], passphrase, LIMITS) {
            Ok(bundle) => assert_round_trip(&bundle),
            Err(error) => assert!(error.to_string().len() < 300, "{error}"),
        }
    }
}

fn assert_round_trip(bundle: &Bundle) {
    let _ = bundle.check(certificate::UnixSeconds(0));
    match bundle.to_pkcs12() {
        Ok(written) => assert_same(bundle, &written),
        Err(OpenError::TooLarge { .. }) => {}
        Err(error) => panic!("the bundle cannot be written: {error}"),
    }
    let pem = bundle.to_pem();
    if pem.len() <= Limits::BROWSER.bytes {
        assert_same(bundle, pem.as_bytes());
    }
}

fn assert_same(bundle: &Bundle, written: &[u8]) {
    match certificate::open(&[written], None, Limits::BROWSER) {
        Ok(again) => {
            assert_eq!(again.leaf(), bundle.leaf());
            // The PEM contains the key. It is compared without being printed.
            assert!(*again.to_pem() == *bundle.to_pem(), "another key or chain");
        }
        Err(error) => panic!("the written bundle cannot be read: {error}"),
    }
}
