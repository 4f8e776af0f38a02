//! Each error and each warning.

use crate::support::{
    self, ED25519, P256, P384, P521, RSA, TestFiles, bundle, now, open, open_error,
};
use certificate::{
    ChainEnd, INPUT_MAX_BYTES, KeyType, Limits, OpenError, Summary, UnixSeconds, Warning,
};

#[test]
fn empty_and_unrelated_files_are_rejected() {
    for empty in [&b""[..], b" \r\n\t"] {
        assert_eq!(open_error(open(empty, None)), OpenError::Empty);
    }
    for other in [
        &b"hello"[..],
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.7 \xff",
        b"aGVsbG8=",
        // An empty sequence.
        b"\x30\x00",
        b"-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n",
    ] {
        assert_eq!(open_error(open(other, None)), OpenError::NotRecognised, "{other:?}");
    }
}

#[test]
fn an_input_that_is_too_large_is_rejected_unread() {
    let file = vec![b'x'; INPUT_MAX_BYTES + 1];
    let too_large = OpenError::TooLarge { bytes: file.len(), max: INPUT_MAX_BYTES };
    assert_eq!(open_error(open(&file, None)), too_large);
    let halves = file.split_at(file.len() / 2);
    let opened = certificate::open(&[halves.0, halves.1], None, Limits::BROWSER);
    assert_eq!(open_error(opened), too_large);
}

#[test]
fn too_many_iterations_are_rejected_before_they_run() {
    let files = TestFiles::chain(P256);
    let limit = OpenError::TooManyIterations { max: Limits::BROWSER.iterations };
    // The limit applies to the sum of all derivations: three of them here.
    let small = Limits { iterations: 2_000, ..Limits::BROWSER };
    let few = files.export("-passout pass:secret -iter 700");
    let result = certificate::open(&[&few], Some("secret"), small);
    assert_eq!(open_error(result), OpenError::TooManyIterations { max: 2_000 });
    let enough = Limits { iterations: 2_100, ..Limits::BROWSER };
    files.assert_is_the_chain(&bundle(certificate::open(&[&few], Some("secret"), enough)));

    let many = files.export("-passout pass:secret -iter 20000");
    let result = certificate::open(&[&many], Some("secret"), Limits::SERVER);
    assert_eq!(open_error(result), OpenError::TooManyIterations { max: Limits::SERVER.iterations });
    // A number of iterations that no machine would finish, in each place where a file contains one.
    let key = files.openssl("pkcs8 -topk8 -in leaf.key -passout pass:x -iter 66051 -outform DER");
    let most = support::replace(&key, &[2, 3, 1, 2, 3], &[2, 3, 0x7f, 0xff, 0xff]);
    assert_eq!(open_error(open(&most, Some("x"))), limit);
    for options in ["", "-legacy", "-nomac", "-nomac -legacy"] {
        let file = files.export(&format!("-passout pass:x {options} -iter 2049"));
        let most = support::replace(&file, &[2, 2, 8, 1], &[2, 2, 0x7f, 0xff]);
        let limits = Limits { iterations: 30_000, ..Limits::BROWSER };
        let result = certificate::open(&[&most], Some("x"), limits);
        assert_eq!(open_error(result), OpenError::TooManyIterations { max: 30_000 }, "{options}");
    }
}

#[test]
fn a_key_or_a_certificate_alone_is_rejected() {
    let files = TestFiles::chain(P256);
    let key = files.read("leaf.key");
    let certificates = files.concatenated(&["leaf.pem", "intermediate.pem"]);
    assert_eq!(open_error(open(&key, None)), OpenError::NoCertificate);
    assert_eq!(open_error(open(&certificates, None)), OpenError::NoPrivateKey);
    let der = files.openssl("x509 -in leaf.pem -outform DER");
    assert_eq!(open_error(open(&der, None)), OpenError::NoPrivateKey);
    files.openssl("pkcs12 -export -nokeys -in leaf.pem -out half.p12 -passout pass:");
    assert_eq!(open_error(open(&files.read("half.p12"), None)), OpenError::NoPrivateKey);
    files.openssl("pkcs12 -export -nocerts -inkey leaf.key -out half.p12 -passout pass:");
    assert_eq!(open_error(open(&files.read("half.p12"), None)), OpenError::NoCertificate);
}

#[test]
fn a_key_of_another_certificate_is_rejected() {
    let files = TestFiles::chain(P256);
    for other in [P256, P384, RSA, ED25519] {
        files.openssl(&format!("genpkey {other} -out other.key"));
        let inputs = files.concatenated(&["other.key", "leaf.pem", "intermediate.pem"]);
        assert_eq!(open_error(open(&inputs, None)), OpenError::KeyMismatch, "{other}");
    }
}

/// A file can claim any public key beside its private key.
#[test]
fn a_key_with_a_forged_public_key_is_rejected() {
    let files = TestFiles::chain(P256);
    files.openssl(&format!("genpkey {P256} -out other.key"));
    let public = |name: &str| {
        let der = files.openssl(&format!("pkey -in {name} -pubout -outform DER"));
        der[der.len() - 64..].to_vec()
    };
    let other = files.openssl("pkey -in other.key -outform DER");
    let forged = support::replace(&other, &public("other.key"), &public("leaf.key"));
    let leaf = files.read("leaf.pem");
    let opened = certificate::open(&[&forged, &leaf], None, Limits::BROWSER);
    assert_eq!(open_error(opened), OpenError::KeyMismatch);
}

#[test]
fn unsupported_algorithms_are_named() {
    let files = TestFiles::chain(P256);
    let leaf = files.read("leaf.pem");
    let with = |key: Vec<u8>| certificate::open(&[&key, &leaf], Some("secret"), Limits::BROWSER);
    let unsupported = |name: &str| OpenError::UnsupportedAlgorithm { name: name.into() };
    let scrypt = files.openssl("pkcs8 -topk8 -in leaf.key -passout pass:secret -scrypt");
    assert_eq!(open_error(with(scrypt)), unsupported("scrypt"));
    let camellia = files.openssl("pkcs8 -topk8 -in leaf.key -passout pass:secret -v2 camellia128");
    assert_eq!(open_error(with(camellia)), unsupported("1.2.392.200011.61.1.1.1.2"));
    let old = files.openssl("ec -in leaf.key -camellia128 -passout pass:secret");
    assert_eq!(open_error(with(old)), unsupported("CAMELLIA-128-CBC"));
    let rc4 = files.export("-legacy -passout pass:secret -keypbe PBE-SHA1-RC4-128");
    assert_eq!(open_error(open(&rc4, Some("secret"))), unsupported("RC4-128"));
    files.openssl("genpkey -algorithm ED448 -out ed448.key");
    let key = KeyType::Other { name: "Ed448".into() };
    assert_eq!(open_error(with(files.read("ed448.key"))), OpenError::UnsupportedKey { key });
    files.openssl(
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit \
         -out explicit.key",
    );
    assert_eq!(
        open_error(with(files.read("explicit.key"))),
        unsupported("EC, explicit parameters")
    );
}

#[test]
fn a_truncated_file_is_damaged() {
    let files = TestFiles::chain(P256);
    let file = files.export("-passout pass:");
    for length in [10, 100, file.len() / 2, file.len() - 1] {
        assert_eq!(open_error(open(&file[..length], None)), OpenError::Damaged, "{length}");
    }
    let pem = files.concatenated(&["leaf.key", "leaf.pem"]);
    assert_eq!(open_error(open(&pem[..pem.len() - 40], None)), OpenError::Damaged);
    let text = String::from_utf8(pem).unwrap().replacen("MI", "M!", 1);
    assert_eq!(open_error(open(text.as_bytes(), None)), OpenError::Damaged);
}

#[test]
fn every_warning_about_the_chain_the_time_and_the_usage() {
    let files =
        TestFiles::chain_with(P256, "extendedKeyUsage=clientAuth\nauthorityKeyIdentifier=keyid\n");
    let now = now();
    let check =
        |inputs: &[&str]| bundle(open(&files.concatenated(inputs), None)).check(now).unwrap();
    let issuer = "CN=Intermediate, O=Example".to_owned();
    assert_eq!(
        check(&["leaf.pem", "leaf.key"]),
        [
            Warning::IntermediateMissing { issuer: issuer.clone() },
            Warning::NoAlternativeNames,
            Warning::NotForServers
        ]
    );
    let whole = ["leaf.key", "leaf.pem", "intermediate.pem"];
    let usual = [Warning::NoAlternativeNames, Warning::NotForServers];
    assert_eq!(check(&whole), usual);

    files.root("stranger", "/CN=Stranger");
    let with_strangers = [&whole[..], &["stranger.pem", "stranger.key"]].concat();
    let warnings = check(&with_strangers);
    assert_eq!(
        warnings[2..],
        [
            Warning::UnrelatedCertificates { subjects: vec!["CN=Stranger".into()] },
            Warning::UnrelatedKeys { count: 1 }
        ]
    );
    assert_eq!(
        bundle(open(&files.concatenated(&with_strangers), None)).leaf().names,
        ["www.example.com"]
    );

    let opened = bundle(open(&files.concatenated(&whole), None));
    let validity = opened.leaf().validity;
    let early = UnixSeconds(validity.not_before.0 - 1);
    let late = UnixSeconds(validity.not_after.0 - 86_400);
    assert_eq!(
        opened.check(early).unwrap()[0],
        Warning::NotYetValid { not_before: validity.not_before }
    );
    assert_eq!(
        opened.check(late).unwrap()[0],
        Warning::ExpiresSoon { not_after: validity.not_after, days: 1 }
    );
}

/// What OpenSSL and its clients do with such certificates: no handshake succeeds.
#[test]
fn a_key_usage_without_tls_is_rejected() {
    for (key, usage, is_usable) in [
        (P256, "digitalSignature", true),
        (P256, "keyEncipherment", false),
        (P256, "keyAgreement", false),
        (P256, "keyCertSign,cRLSign", false),
        (RSA, "digitalSignature", true),
        (RSA, "keyEncipherment", true),
        (RSA, "keyCertSign,cRLSign", false),
    ] {
        let files = TestFiles::chain_with(key, &format!("keyUsage=critical,{usage}\n"));
        let whole = ["leaf.key", "leaf.pem", "intermediate.pem"];
        let opened = bundle(open(&files.concatenated(&whole), None));
        let rejected = matches!(opened.check(now()), Err(OpenError::WrongKeyUsage { .. }));
        assert_eq!(rejected, !is_usable, "{key} {usage}");
        assert_eq!(opened.check_for_servers().is_ok(), is_usable, "{key} {usage}");
    }
    for (usage, is_for_servers) in
        [("clientAuth", false), ("serverAuth", true), ("clientAuth,serverAuth", true)]
    {
        let files = TestFiles::chain_with(P256, &format!("extendedKeyUsage={usage}\n"));
        let opened = bundle(open(&files.concatenated(&["leaf.key", "leaf.pem"]), None));
        assert_eq!(opened.check_for_servers().is_ok(), is_for_servers, "{usage}");
    }
}

#[test]
fn warnings_about_rare_and_self_signed_keys() {
    let files = TestFiles::empty();
    files.openssl(
        "req -x509 -newkey rsa:2048 -noenc -keyout self.key -out self.pem -subj /CN=localhost \
         -addext subjectAltName=DNS:localhost -days 30",
    );
    let opened = bundle(open(&files.concatenated(&["self.pem", "self.key"]), None));
    assert_eq!(opened.chain_end(), ChainEnd::SelfSigned);
    assert_eq!(opened.check(now()).unwrap(), [Warning::SelfSigned]);

    let files = TestFiles::chain(ED25519);
    let opened =
        bundle(open(&files.concatenated(&["leaf.pem", "leaf.key", "intermediate.pem"]), None));
    assert_eq!(opened.check(now()).unwrap(), [Warning::RareKey { key: KeyType::Ed25519 }]);
}

/// One name as subject and issuer does not make a certificate its own issuer (RFC 5280, 3.2).
#[test]
fn a_certificate_with_the_name_of_its_issuer_is_not_self_signed() {
    for key in [RSA, P256, P384, P521, ED25519] {
        let files = TestFiles::empty();
        let request = "req -x509 -new -subj /CN=Example -days 30";
        files.openssl(&format!("genpkey {key} -out root.key"));
        // Without key identifiers, only the signature tells.
        let plain = "-addext subjectKeyIdentifier=none -addext authorityKeyIdentifier=none";
        files.openssl(&format!("{request} {plain} -key root.key -out root.pem"));
        files.write("none.ext", b"");
        files.issue("leaf", key, "/CN=Example", "root", "none.ext");
        let names = ["leaf.pem", "leaf.key", "root.pem"];
        let opened = bundle(open(&files.concatenated(&names), None));
        assert!(!opened.leaf().is_self_signed, "{key}");
        assert_eq!(opened.chain().count(), 1, "{key}");
        assert_eq!(opened.chain_end(), ChainEnd::Root, "{key}");
        let alone = bundle(open(&files.concatenated(&names[..2]), None));
        let name = "CN=Example".to_owned();
        assert_eq!(alone.chain_end(), ChainEnd::LeafOnly { name }, "{key}");
        let root = bundle(open(&files.concatenated(&["root.pem", "root.key"]), None));
        assert_eq!(root.chain_end(), ChainEnd::SelfSigned, "{key}");
    }
}

/// Key identifiers tell where the signature cannot be verified.
#[test]
fn key_identifiers_tell_apart_certificates_of_one_name() {
    let files = TestFiles::empty();
    files.openssl(&format!("genpkey {RSA} -out root.key"));
    files.openssl("req -x509 -new -subj /CN=Example -days 30 -key root.key -out root.pem");
    files.write("leaf.ext", b"subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n");
    files.issue("leaf", RSA, "/CN=Example", "root", "leaf.ext");
    let pss = "-sha256 -sigopt rsa_padding_mode:pss -extfile leaf.ext";
    files.openssl(&format!(
        "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial {pss} -out leaf.pem"
    ));
    let opened = bundle(open(&files.concatenated(&["leaf.pem", "leaf.key", "root.pem"]), None));
    assert_eq!(opened.chain_end(), ChainEnd::Root);
}

/// An old intermediate and its renewal have the same name and key.
#[test]
fn of_two_issuers_the_one_that_expires_later_is_used() {
    let files = TestFiles::chain(P256);
    let again = "x509 -req -in intermediate.csr -CA root.pem -CAkey root.key -CAcreateserial \
                 -extfile authority.ext";
    files.openssl(&format!("{again} -days 10 -out older.pem"));
    let opened = bundle(open(
        &files.concatenated(&["leaf.key", "leaf.pem", "older.pem", "intermediate.pem"]),
        None,
    ));
    files.assert_is_the_chain(&opened);
    // The old one alone, after its expiry: the leaf is still valid.
    let opened = bundle(open(&files.concatenated(&["leaf.key", "leaf.pem", "older.pem"]), None));
    let past = opened.chain().next().unwrap().validity.not_after;
    let warnings = opened.check(UnixSeconds(past.0 + 1)).unwrap();
    assert_eq!(
        warnings,
        [Warning::ChainExpired { subject: "CN=Intermediate, O=Example".into(), not_after: past }]
    );
}

#[test]
fn summaries_and_errors_round_trip_through_json() {
    let files = TestFiles::chain(P256);
    let opened = bundle(open(&files.export("-passout pass:secret"), Some("secret")));
    let summary = opened.summary();
    let text = serde_json::to_string(&summary).unwrap();
    assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), summary);
    for error in [
        OpenError::PassphraseMissing,
        OpenError::TooLarge { bytes: 2, max: 1 },
        OpenError::UnsupportedAlgorithm { name: "scrypt".into() },
        OpenError::Expired { not_after: UnixSeconds(1) },
    ] {
        let text = serde_json::to_string(&error).unwrap();
        assert_eq!(serde_json::from_str::<OpenError>(&text).unwrap(), error);
    }
    let reason = serde_json::to_string(&OpenError::PassphraseMissing).unwrap();
    assert_eq!(reason, r#"{"reason":"passphrase_missing"}"#);
}
