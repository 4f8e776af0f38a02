//! What a listener can serve: the rule of this crate and HAProxy itself, side by side.

use crate::support::{
    ED25519, P256, P384, P521, RSA, TestFiles, bundle, haproxy, open, open_error,
};
use certificate::{Bundle, KeyType, Limits, OpenError};
use std::fs;

const RSA_1024: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:1024";

fn curve(name: &str) -> String {
    format!("-algorithm EC -pkeyopt ec_paramgen_curve:{name}")
}

fn checked(file: &[u8]) -> Result<Bundle, OpenError> {
    let bundle = certificate::open(&[file], None, Limits::BROWSER)?;
    bundle.check_security()?;
    Ok(bundle)
}

/// Whether HAProxy loads this PEM text.
fn loads(pem: &[u8]) -> bool {
    let directory = tempfile::tempdir().unwrap();
    let certificates = directory.path().join("certificates");
    fs::create_dir(&certificates).unwrap();
    fs::write(certificates.join("one.pem"), pem).unwrap();
    haproxy::refusal(&certificates).is_empty()
}

/// Compares the rule with HAProxy: `by_haproxy` and `here` say who accepts the files.
fn compare(files: &TestFiles, names: &[&str], by_haproxy: bool, here: bool, what: &str) {
    let pem = files.concatenated(names);
    assert_eq!(loads(&pem), by_haproxy, "{what}: HAProxy");
    match checked(&pem) {
        Ok(_) => assert!(here, "{what} was accepted"),
        Err(error) => assert!(!here, "{what}: {error}"),
    }
}

/// A chain of two whose root is as usual.
fn authority() -> TestFiles {
    let files = TestFiles::empty();
    files.root("root", "/CN=Root");
    files.write("none.ext", b"");
    files.write("authority.ext", b"basicConstraints=critical,CA:TRUE\n");
    files
}

#[test]
fn every_type_of_key() {
    let files = authority();
    files.openssl(
        "genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 -out dsa.params",
    );
    let p192 = curve("P-192");
    for (key, by_haproxy, here) in [
        (RSA, true, true),
        (P256, true, true),
        (P384, true, true),
        (P521, true, true),
        (ED25519, true, true),
        (RSA_1024, false, false),
        (&p192, false, false),
        (&curve("brainpoolP160r1"), false, false),
        // HAProxy loads these, and no handshake with an ordinary client succeeds.
        (&curve("P-224"), true, false),
        (&curve("secp256k1"), true, false),
        (&curve("brainpoolP256r1"), true, false),
        (&curve("sect283k1"), true, false),
        (&curve("P-256 -pkeyopt ec_param_enc:explicit"), true, false),
        ("-paramfile dsa.params", true, false),
        ("-algorithm ED448", true, false),
        ("-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048", true, false),
    ] {
        files.issue("leaf", key, "/CN=leaf", "root", "none.ext");
        compare(&files, &["leaf.pem", "leaf.key"], by_haproxy, here, key);
    }
}

#[test]
fn every_hash_of_a_signature() {
    let files = TestFiles::empty();
    files.openssl(&format!("genpkey {RSA} -out root.key"));
    files.openssl("req -x509 -new -key root.key -subj /CN=Root -days 30 -out root.pem");
    files.write("none.ext", b"");
    files.issue("leaf", P256, "/CN=leaf", "root", "none.ext");
    for (hash, is_accepted) in [
        ("-md5", false),
        ("-sha1", false),
        ("-ripemd160", false),
        ("-sha512-256", false),
        ("-sha224", true),
        ("-sha256", true),
        ("-sha384", true),
        ("-sha512", true),
        ("-sha3-256", true),
        ("-sha1 -sigopt rsa_padding_mode:pss", false),
        ("-sha256 -sigopt rsa_padding_mode:pss", true),
        ("-sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20", true),
    ] {
        let issue = "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30";
        files.openssl(&format!("{issue} {hash} -out leaf.pem"));
        compare(&files, &["leaf.pem", "leaf.key"], is_accepted, is_accepted, hash);
    }
}

#[test]
fn every_place_in_the_chain() {
    let files = authority();
    files.issue("strong", P256, "/CN=Strong", "root", "authority.ext");
    files.issue("weak", RSA_1024, "/CN=Weak", "root", "authority.ext");
    files.issue("p224", &curve("P-224"), "/CN=P224", "root", "authority.ext");
    let sha1 = "-CA root.pem -CAkey root.key -CAcreateserial -days 30 -sha1 -extfile authority.ext";
    files.openssl(&format!("x509 -req -in strong.csr {sha1} -out strong-sha1.pem"));
    for (issuer, by_haproxy, here) in
        [("strong", true, true), ("weak", false, false), ("p224", true, false)]
    {
        files.issue("leaf", P256, "/CN=leaf", issuer, "none.ext");
        let names = ["leaf.pem", "leaf.key", &format!("{issuer}.pem"), "root.pem"];
        compare(&files, &names, by_haproxy, here, issuer);
    }
    files.issue("leaf", P256, "/CN=leaf", "strong", "none.ext");
    let names = ["leaf.pem", "leaf.key", "strong-sha1.pem"];
    compare(&files, &names, false, false, "an intermediate that is signed with SHA-1");

    // Nobody verifies the signature of a root, but its key counts.
    files.openssl("req -x509 -new -sha1 -key root.key -subj /CN=Root -days 30 -out root-sha1.pem");
    files.issue("leaf", P256, "/CN=leaf", "root", "none.ext");
    compare(&files, &["leaf.pem", "leaf.key", "root-sha1.pem"], true, true, "a root with SHA-1");
    let alone = ["root-sha1.pem", "root.key"];
    compare(&files, &alone, true, true, "a self-signed certificate with SHA-1");
    files.openssl(&format!("genpkey {RSA_1024} -out old.key"));
    files.openssl("req -x509 -new -key old.key -subj /CN=Old -days 30 -out old.pem");
    files.issue("leaf", P256, "/CN=leaf", "old", "none.ext");
    compare(&files, &["leaf.pem", "leaf.key", "old.pem"], false, false, "a root with RSA 1024");
}

#[test]
fn the_reason_names_the_certificate_and_what_is_needed() {
    let files = authority();
    files.issue("leaf", RSA_1024, "/CN=leaf", "root", "none.ext");
    let error = open_error(checked(&files.concatenated(&["leaf.pem", "leaf.key"])));
    let key = KeyType::Rsa { bits: 1024 };
    assert_eq!(error, OpenError::WeakKey { subject: "CN=leaf".into(), key });
    assert_eq!(
        error.to_string(),
        "the key of CN=leaf is too weak: RSA 1024, at least 2048 bits are needed"
    );

    files.issue("leaf", P256, "/CN=leaf", "root", "none.ext");
    let sha1 = "-CA root.pem -CAkey root.key -CAcreateserial -days 30 -sha1";
    files.openssl(&format!("x509 -req -in leaf.csr {sha1} -out leaf.pem"));
    let error = open_error(checked(&files.concatenated(&["leaf.pem", "leaf.key"])));
    let signature = "SHA-1 with ECDSA".to_owned();
    assert_eq!(error, OpenError::WeakSignature { subject: "CN=leaf".into(), signature });

    for name in ["secp256k1", "P-224", "brainpoolP256r1"] {
        files.issue("leaf", &curve(name), "/CN=leaf", "root", "none.ext");
        let error = open_error(open(&files.concatenated(&["leaf.pem", "leaf.key"]), None));
        assert_eq!(error, OpenError::UnsupportedKey { key: KeyType::Ec { curve: name.into() } });
    }
}

/// A certificate without a reason to refuse it is served also when another one of the file is refused: what is
/// not part of the chain is not written.
#[test]
fn unrelated_certificates_are_not_judged() {
    let files = authority();
    files.issue("leaf", P256, "/CN=leaf", "root", "none.ext");
    files.openssl(&format!("genpkey {RSA_1024} -out old.key"));
    files.openssl("req -x509 -new -key old.key -subj /CN=Old -days 30 -out old.pem");
    let opened = bundle(checked(&files.concatenated(&["leaf.pem", "leaf.key", "old.pem"])));
    assert!(loads(opened.to_pem().as_bytes()));
}
