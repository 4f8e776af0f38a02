//! PEM, DER and base64, in one file or several, in any order.

use crate::support::{
    self, ED25519, P256, P384, P521, RSA, TestFiles, bundle, now, open, open_error,
};
use certificate::{Bundle, Format, Limits, OpenError, Warning};

/// Base64 as OpenSSL writes it, in lines of 64 characters.
fn base64(files: &TestFiles, file: &[u8]) -> String {
    files.write("plain", file);
    String::from_utf8(files.openssl("base64 -in plain")).expect("base64")
}

fn open_all(inputs: &[Vec<u8>], passphrase: Option<&str>) -> Result<Bundle, OpenError> {
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    certificate::open(&inputs, passphrase, Limits::BROWSER)
}

#[test]
fn every_key_format_opens() {
    for (key, forms) in [
        (RSA, &["rsa -traditional", "rsa -traditional -outform DER"][..]),
        (P256, &["ec", "ec -outform DER", "ec -conv_form compressed", "ec -no_public"]),
        (P384, &["ec", "ec -no_public"]),
        (P521, &["ec"]),
        (ED25519, &[]),
    ] {
        let files = TestFiles::chain(key);
        let chain = files.concatenated(&["leaf.pem", "intermediate.pem"]);
        for form in forms.iter().chain(&[
            "pkcs8 -topk8 -nocrypt",
            "pkcs8 -topk8 -nocrypt -outform DER",
            "pkey",
            "pkey -text",
        ]) {
            let key_file = files.openssl(&format!("{form} -in leaf.key"));
            let opened = open_all(&[key_file, chain.clone()], None);
            let opened = opened.unwrap_or_else(|error| panic!("{key} {form}: {error}"));
            files.assert_is_the_chain(&opened);
            assert!(!opened.had_passphrase());
        }
    }
}

#[test]
fn every_key_encryption_opens() {
    let files = TestFiles::chain(P256);
    let chain = files.concatenated(&["leaf.pem", "intermediate.pem"]);
    for options in [
        "",
        "-outform DER",
        "-v2 aes-128-cbc",
        "-v2 des3",
        "-v2 aes-256-cbc -v2prf hmacWithSHA1",
        "-v2 aes-256-cbc -v2prf hmacWithSHA512 -iter 5000",
        "-v1 PBE-SHA1-3DES",
        "-v1 PBE-SHA1-RC2-40 -provider legacy -provider default",
    ] {
        let key = files.openssl(&format!(
            "pkcs8 -topk8 -in leaf.key -passout pass:geheim-Schlüssel {options}"
        ));
        let inputs = [chain.clone(), key];
        let opened = open_all(&inputs, Some("geheim-Schlüssel"));
        let opened = opened.unwrap_or_else(|error| panic!("{options}: {error}"));
        files.assert_is_the_chain(&opened);
        assert!(opened.had_passphrase(), "{options}");
        assert_eq!(open_error(open_all(&inputs, Some("secret"))), OpenError::PassphraseWrong);
        assert_eq!(open_error(open_all(&inputs, None)), OpenError::PassphraseMissing);
    }
}

/// The default of OpenSSL before version 3.
#[test]
fn every_traditional_key_encryption_opens() {
    for (key, command) in [(P256, "ec"), (RSA, "rsa -traditional")] {
        let files = TestFiles::chain(key);
        let chain = files.concatenated(&["leaf.pem", "intermediate.pem"]);
        for cipher in ["aes128", "aes192", "aes256", "des3"] {
            let key = format!("{command} -in leaf.key -{cipher} -passout pass:geheim-Schlüssel");
            let key = files.openssl(&key);
            assert!(String::from_utf8_lossy(&key).contains("DEK-Info"));
            let crlf = String::from_utf8_lossy(&key).replace('\n', "\r\n").into_bytes();
            for key in [key, crlf] {
                let inputs = [chain.clone(), key];
                let opened = bundle(open_all(&inputs, Some("geheim-Schlüssel")));
                files.assert_is_the_chain(&opened);
                assert!(opened.had_passphrase(), "{cipher}");
                let wrong = open_error(open_all(&inputs, Some("secret")));
                assert_eq!(wrong, OpenError::PassphraseWrong);
                assert_eq!(open_error(open_all(&inputs, None)), OpenError::PassphraseMissing);
            }
        }
    }
}

#[test]
fn the_order_of_blocks_and_files_does_not_matter() {
    let files = TestFiles::chain(P256);
    for order in [
        &["leaf.key", "leaf.pem", "intermediate.pem"][..],
        &["leaf.pem", "intermediate.pem", "leaf.key"],
        &["intermediate.pem", "leaf.key", "leaf.pem"],
        &["leaf.pem", "leaf.pem", "intermediate.pem", "intermediate.pem", "leaf.key"],
    ] {
        let together = bundle(open(&files.concatenated(order), None));
        files.assert_is_the_chain(&together);
        assert_eq!(together.format(), Format::Pem);
        let apart: Vec<_> = order.iter().map(|name| files.read(name)).collect();
        let apart = bundle(open_all(&apart, None));
        files.assert_is_the_chain(&apart);
        let reordered = apart.check(now()).unwrap().contains(&Warning::ChainReordered);
        assert_eq!(reordered, order[0] == "intermediate.pem");
    }
}

#[test]
fn text_around_blocks_and_unusual_line_breaks_are_accepted() {
    let files = TestFiles::chain(P256);
    files.write("made.p12", &files.export("-passout pass: -name Schlüssel"));
    // OpenSSL prints attributes, subjects and issuers between the blocks.
    let printed = files.openssl("pkcs12 -in made.p12 -passin pass: -noenc");
    // OpenSSL prints names in Latin-1.
    assert!(String::from_utf8(printed.clone()).is_err());
    files.assert_is_the_chain(&bundle(open(&printed, None)));
    let printed = String::from_utf8_lossy(&printed).into_owned();
    let one_line = printed.replace('\n', " ").replace("-----BEGIN", "\n-----BEGIN");
    for text in [
        printed.clone(),
        printed.replace('\n', "\r\n"),
        printed.replace('\n', "\n    "),
        format!("\u{feff}{printed}"),
        one_line,
    ] {
        files.assert_is_the_chain(&bundle(open(text.as_bytes(), None)));
    }
    // Requests and parameters are skipped, and trust settings are ignored.
    files.openssl("x509 -in leaf.pem -trustout -addtrust serverAuth -out trusted.pem");
    files.openssl("ecparam -name prime256v1 -out parameters.pem");
    let inputs = ["leaf.csr", "parameters.pem", "leaf.key", "trusted.pem", "intermediate.pem"];
    files.assert_is_the_chain(&bundle(open(&files.concatenated(&inputs), None)));
}

#[test]
fn base64_of_a_bundle_opens() {
    let files = TestFiles::chain(P256);
    let file = files.export("-passout pass:secret");
    let text = base64(&files, &file);
    let bare: String = text.lines().collect();
    let spaced =
        bare.as_bytes().chunks(7).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    for text in [
        text.clone(),
        text.replace('\n', "\r\n"),
        format!("\n\n  {bare}  \n"),
        spaced,
        bare.trim_end_matches('=').to_owned(),
        format!("-----BEGIN PKCS12-----\n{text}-----END PKCS12-----\n"),
        // The output of `certutil -encode` for any file.
        format!("-----BEGIN CERTIFICATE-----\r\n{text}-----END CERTIFICATE-----\r\n"),
        format!("data:application/x-pkcs12;base64,{bare}"),
    ] {
        let opened = bundle(open(text.as_bytes(), Some("secret")));
        files.assert_is_the_chain(&opened);
        assert_eq!(opened.format(), Format::Pkcs12);
        assert!(opened.had_passphrase());
    }
    // The encoding of a Kubernetes secret.
    let pem = base64(&files, &files.concatenated(&["leaf.pem", "intermediate.pem", "leaf.key"]));
    files.assert_is_the_chain(&bundle(open(pem.as_bytes(), None)));
}

#[test]
fn der_files_open() {
    let files = TestFiles::chain(P256);
    let inputs = [
        files.openssl("x509 -in leaf.pem -outform DER"),
        files.openssl("x509 -in intermediate.pem -outform DER"),
        files.openssl("pkey -in leaf.key -outform DER"),
    ];
    let opened = bundle(open_all(&inputs, None));
    files.assert_is_the_chain(&opened);
    assert_eq!(opened.format(), Format::Der);
}

/// Firefox and old tools write indefinite lengths and constructed octet strings.
#[test]
fn pkcs12_in_ber_opens() {
    let files = TestFiles::chain(P256);
    for options in ["", "-legacy", "-keypbe NONE -certpbe NONE"] {
        let file = files.export(&format!("-passout pass:secret {options}"));
        let ber = support::ber(&file);
        assert_ne!(ber, file);
        files.write("ber.p12", &ber);
        files.openssl("pkcs12 -in ber.p12 -passin pass:secret -noenc -legacy");
        files.assert_is_the_chain(&bundle(open(&ber, Some("secret"))));
    }
}
