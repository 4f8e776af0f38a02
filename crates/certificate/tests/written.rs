//! What is written is read by OpenSSL, and by this crate.

mod support;

use certificate::{Bundle, Limits, OpenError, PKCS12_MAX_BYTES};
use support::{ED25519, Made, P256, P384, RSA, bundle, open, refusal};

fn opened(made: &Made) -> Bundle {
    bundle(open(&made.export("-passout pass:secret"), Some("secret")))
}

#[test]
fn openssl_reads_the_pkcs12_without_a_passphrase() {
    for key in [P256, P384, RSA, ED25519] {
        let made = Made::chain(key);
        made.write("written.p12", &opened(&made).to_pkcs12().unwrap());
        // With the checksum verified, and without a word about the passphrase.
        let info = "pkcs12 -info -noenc -in written.p12 -passin pass:";
        let text = String::from_utf8(made.openssl(info)).unwrap();
        // It finds the pair by its identifier.
        assert_eq!(text.matches("localKeyID").count(), 2, "{text}");
        made.write("text.pem", text.as_bytes());
        assert!(made.key("text.pem") == made.key("leaf.key"), "{key}: another key");
        for (option, file) in [("-clcerts", "leaf.pem"), ("-cacerts", "intermediate.pem")] {
            let pem = made.openssl(&format!("{info} -nokeys {option}"));
            made.write("one.pem", &pem);
            assert_eq!(
                made.property("one.pem", "-fingerprint -sha256"),
                made.property(file, "-fingerprint -sha256"),
                "{key} {option}"
            );
        }
    }
}

#[test]
fn what_is_written_is_read_with_a_servers_limits_and_written_the_same() {
    let made = Made::chain(P256);
    let first = opened(&made);
    let written = first.to_pkcs12().unwrap();
    let again = bundle(certificate::open(&[&written], None, Limits::SERVER));
    made.assert_is_the_chain(&again);
    assert!(!again.had_passphrase());
    assert!(*again.to_pkcs12().unwrap() == *written);
    assert_eq!(again.leaf(), first.leaf());
}

#[test]
fn the_pem_is_key_leaf_chain_and_serves() {
    let made = Made::chain(RSA);
    let pem = opened(&made).to_pem();
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
    made.write("written.pem", pem.as_bytes());
    made.openssl("verify -CAfile root.pem -untrusted written.pem written.pem");
    made.assert_is_the_chain(&bundle(open(pem.as_bytes(), None)));
}

#[test]
fn what_barbican_would_not_take_is_refused() {
    let made = Made::chain_with(P256, &format!("nsComment={}", "x".repeat(PKCS12_MAX_BYTES)));
    match refusal(opened(&made).to_pkcs12().map(|_| panic!("it was written"))) {
        OpenError::TooLarge { bytes, max } => {
            assert!(bytes > max);
            assert_eq!(max, PKCS12_MAX_BYTES);
        }
        other => panic!("{other}"),
    }
}
