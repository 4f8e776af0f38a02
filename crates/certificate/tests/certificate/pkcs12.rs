//! PKCS#12 in every variant that OpenSSL 3 writes.

use crate::support::{
    self, ED25519, P256, P384, P521, RSA, TestFiles, bundle, now, open, open_error,
};
use certificate::{ChainEnd, Format, KeyType, OpenError, UnixSeconds, Warning};

#[test]
fn every_key_type_opens() {
    for (options, kind, shown) in [
        (P256, KeyType::Ec { curve: "P-256".into() }, "EC P-256"),
        (P384, KeyType::Ec { curve: "P-384".into() }, "EC P-384"),
        (P521, KeyType::Ec { curve: "P-521".into() }, "EC P-521"),
        (RSA, KeyType::Rsa { bits: 2048 }, "RSA 2048"),
        (ED25519, KeyType::Ed25519, "Ed25519"),
    ] {
        let files = TestFiles::chain(options);
        let bundle = bundle(open(&files.export("-passout pass:secret"), Some("secret")));
        files.assert_is_the_chain(&bundle);
        assert_eq!(bundle.leaf().key, kind);
        assert_eq!(bundle.leaf().key.to_string(), shown);
        assert!(bundle.had_passphrase());
        assert_eq!(bundle.format(), Format::Pkcs12);
    }
}

#[test]
fn every_encryption_and_mac_opens() {
    let files = TestFiles::chain(P256);
    for options in [
        "",
        "-keypbe AES-128-CBC -certpbe AES-192-CBC",
        "-keypbe DES-EDE3-CBC -certpbe AES-256-CBC",
        "-legacy",
        "-legacy -descert",
        "-legacy -keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-40",
        "-legacy -keypbe PBE-SHA1-2DES -certpbe PBE-SHA1-3DES",
        "-keypbe NONE -certpbe AES-256-CBC",
        "-keypbe AES-256-CBC -certpbe NONE",
        "-nomac",
        "-nomac -legacy",
        "-macalg sha1",
        "-macalg sha224",
        "-macalg sha384",
        "-macalg sha512",
        "-iter 1 -nomaciter",
        "-iter 20000 -maciter",
        "-name friendly -caname authority",
    ] {
        let file = files.export(&format!("-passout pass:geheim-Schlüssel-🔑 {options}"));
        let opened = open(&file, Some("geheim-Schlüssel-🔑"));
        let opened = opened.unwrap_or_else(|error| panic!("{options}: {error}"));
        files.assert_is_the_chain(&opened);
        assert!(opened.had_passphrase(), "{options}");
        assert_eq!(
            open_error(open(&file, Some("geheim"))),
            OpenError::PassphraseWrong,
            "{options}"
        );
        assert_eq!(open_error(open(&file, None)), OpenError::PassphraseMissing, "{options}");
        assert_eq!(open_error(open(&file, Some(""))), OpenError::PassphraseMissing, "{options}");
    }
}

#[test]
fn a_bundle_without_a_passphrase_opens_with_any() {
    let files = TestFiles::chain(P256);
    for options in
        ["", "-legacy", "-nomac", "-keypbe NONE -certpbe NONE", "-nomac -keypbe NONE -certpbe NONE"]
    {
        let file = files.export(&format!("-passout pass: {options}"));
        for passphrase in [None, Some(""), Some("needless")] {
            let opened = open(&file, passphrase);
            let opened = opened.unwrap_or_else(|error| panic!("{options} {passphrase:?}: {error}"));
            files.assert_is_the_chain(&opened);
            assert!(!opened.had_passphrase(), "{options} {passphrase:?}");
        }
    }
}

/// Java and others use no bytes for "no passphrase", where OpenSSL uses an empty text.
#[test]
fn an_absent_passphrase_differs_from_an_empty_one() {
    use crate::support::{element, tlv};
    use hmac::{KeyInit, Mac, SimpleHmac};
    use pkcs12::kdf::{Pkcs12KeyType, derive_key};
    use sha2::Sha256;

    let files = TestFiles::chain(P256);
    let file = files.export("-passout pass: -keypbe NONE -certpbe NONE");
    let (_, parts, _) = element(&file);
    let (version, _, rest) = element(parts);
    let (info, inside, mac) = element(rest);
    let (_, explicit, _) = element(element(inside).2);
    let content = element(explicit).1;
    let (digest, digest_parts, rest) = element(element(mac).1);
    let (_, salt, _) = element(rest);
    let algorithm = element(digest_parts).0;

    let key = derive_key::<Sha256>(&[], salt, Pkcs12KeyType::Mac, 2048, 32);
    let mut hmac = SimpleHmac::<Sha256>::new_from_slice(&key).unwrap();
    hmac.update(content);
    let new = [algorithm, &tlv(0x04, &hmac.finalize().into_bytes())].concat();
    assert_ne!(new[new.len() - 32..], digest[digest.len() - 32..]);
    let mac = tlv(0x30, &[&tlv(0x30, &new), rest].concat());
    let absent = tlv(0x30, &[version, info, &mac].concat());

    files.write("absent.p12", &absent);
    files.openssl("pkcs12 -in absent.p12 -passin pass: -noenc");
    for passphrase in [None, Some(""), Some("needless")] {
        files.assert_is_the_chain(&bundle(open(&absent, passphrase)));
    }
}

#[test]
fn a_passphrase_that_only_the_mac_needs_is_required() {
    let files = TestFiles::chain(P256);
    let file = files.export("-passout pass:secret -keypbe NONE -certpbe NONE");
    assert_eq!(open_error(open(&file, None)), OpenError::PassphraseMissing);
    files.assert_is_the_chain(&bundle(open(&file, Some("secret"))));
}

/// OpenSSL sets the localKeyID attribute only when it exports a key with its certificate; other tools never
/// set it. A bundle of a key and a bundle of certificates have none.
#[test]
fn a_key_matches_its_certificate_without_a_local_key_id() {
    let files = TestFiles::chain(P256);
    files.openssl("pkcs12 -export -nocerts -inkey leaf.key -out key.p12 -passout pass:secret");
    files.write("all.pem", &files.concatenated(&["root.pem", "intermediate.pem", "leaf.pem"]));
    files.openssl("pkcs12 -export -nokeys -in all.pem -out certificates.p12 -passout pass:secret");
    let inputs = [files.read("key.p12"), files.read("certificates.p12")];
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    let opened = certificate::open(&inputs, Some("secret"), certificate::Limits::BROWSER);
    let bundle = bundle(opened);
    assert_eq!(bundle.leaf().subject, support::SUBJECT);
    assert_eq!(bundle.chain_end(), ChainEnd::Root);
    let subjects: Vec<_> = bundle.chain().map(|c| c.subject.as_str()).collect();
    assert_eq!(subjects, ["CN=Intermediate, O=Example", "CN=Root, O=Example"]);
    assert!(bundle.check(now()).unwrap().contains(&Warning::ChainReordered));
}

#[test]
fn the_certificate_info_agrees_with_openssl() {
    let files = TestFiles::chain(RSA);
    let bundle = bundle(open(&files.export("-passout pass:"), None));
    let leaf = bundle.leaf();
    assert_eq!(leaf.issuer, "CN=Intermediate, O=Example");
    assert_eq!(leaf.names, ["www.example.com", "*.example.net", "192.0.2.1", "2001:db8::1"]);
    assert_eq!(leaf.serial.replace(':', ""), files.property("leaf.pem", "-serial"));
    assert_eq!(leaf.signature, "SHA-256 with ECDSA");
    assert!(!leaf.is_authority && !leaf.is_self_signed);
    assert_eq!(leaf.validity.days_left(leaf.validity.not_before), 90);
    let end = files.property("leaf.pem", "-enddate -dateopt iso_8601").replace(' ', "T");
    assert_eq!(leaf.validity.not_after.to_string(), end);
    assert_eq!(bundle.chain_end(), ChainEnd::Issuer { name: "CN=Root, O=Example".into() });
    assert_eq!(bundle.check(now()), Ok(vec![]));
    let later = UnixSeconds(leaf.validity.not_after.0 + 1);
    assert_eq!(bundle.check(later), Err(OpenError::Expired { not_after: leaf.validity.not_after }));
}
