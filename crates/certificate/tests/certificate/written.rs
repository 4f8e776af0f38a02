//! OpenSSL and this crate read the written bundles.

use crate::support::{ED25519, P256, P384, RSA, TestFiles, bundle, open, open_error};
use certificate::{Bundle, Limits, OpenError, PKCS12_MAX_BYTES};

fn opened(files: &TestFiles) -> Bundle {
    bundle(open(&files.export("-passout pass:secret"), Some("secret")))
}

#[test]
fn openssl_reads_the_pkcs12_without_a_passphrase() {
    for key in [P256, P384, RSA, ED25519] {
        let files = TestFiles::chain(key);
        files.write("written.p12", &opened(&files).to_pkcs12().unwrap());
        // It verifies the MAC and asks for no passphrase.
        let info = "pkcs12 -info -noenc -in written.p12 -passin pass:";
        let text = String::from_utf8(files.openssl(info)).unwrap();
        // The localKeyID links key and certificate.
        assert_eq!(text.matches("localKeyID").count(), 2, "{text}");
        files.write("text.pem", text.as_bytes());
        assert!(files.key("text.pem") == files.key("leaf.key"), "{key}: another key");
        for (option, file) in [("-clcerts", "leaf.pem"), ("-cacerts", "intermediate.pem")] {
            let pem = files.openssl(&format!("{info} -nokeys {option}"));
            files.write("one.pem", &pem);
            assert_eq!(
                files.property("one.pem", "-fingerprint -sha256"),
                files.property(file, "-fingerprint -sha256"),
                "{key} {option}"
            );
        }
    }
}

#[test]
fn a_written_bundle_opens_with_the_servers_limits_and_is_deterministic() {
    let files = TestFiles::chain(P256);
    let first = opened(&files);
    let written = first.to_pkcs12().unwrap();
    let again = bundle(certificate::open(&[&written], None, Limits::SERVER));
    files.assert_is_the_chain(&again);
    assert!(!again.had_passphrase());
    assert!(*again.to_pkcs12().unwrap() == *written);
    assert_eq!(again.leaf(), first.leaf());
}

#[test]
fn the_pem_contains_key_leaf_and_chain_in_this_order() {
    let files = TestFiles::chain(RSA);
    let pem = opened(&files).to_pem();
    let labels: Vec<_> = pem.lines().filter(|line| line.starts_with("-----BEGIN")).collect();
    assert_eq!(
        labels,
        [
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----"
        ]
    );
    assert!(pem.lines().all(|line| line.len() <= 64));
    files.write("written.pem", pem.as_bytes());
    files.openssl("verify -CAfile root.pem -untrusted written.pem written.pem");
    files.assert_is_the_chain(&bundle(open(pem.as_bytes(), None)));
}

#[test]
fn a_bundle_above_barbicans_limit_is_rejected() {
    let files = TestFiles::chain_with(P256, &format!("nsComment={}", "x".repeat(PKCS12_MAX_BYTES)));
    match open_error(opened(&files).to_pkcs12().map(|_| panic!("it was written"))) {
        OpenError::TooLarge { bytes, max } => {
            assert!(bytes > max);
            assert_eq!(max, PKCS12_MAX_BYTES);
        }
        other => panic!("{other}"),
    }
}
