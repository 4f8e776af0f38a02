//! PEM, DER and base64, in one file or several, in any order.

mod support;

use certificate::{Bundle, Format, Limits, OpenError, Warning};
use support::{ED25519, Made, P256, P384, P521, RSA, bundle, now, open, refusal};

/// Base64 by OpenSSL, in lines of 64.
fn base64(made: &Made, file: &[u8]) -> String {
    made.write("plain", file);
    String::from_utf8(made.openssl("base64 -in plain")).expect("base64")
}

fn open_all(files: &[Vec<u8>], passphrase: Option<&str>) -> Result<Bundle, OpenError> {
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    certificate::open(&files, passphrase, Limits::BROWSER)
}

#[test]
fn every_form_of_a_key() {
    for (key, forms) in [
        (RSA, &["rsa -traditional", "rsa -traditional -outform DER"][..]),
        (P256, &["ec", "ec -outform DER", "ec -conv_form compressed", "ec -no_public"]),
        (P384, &["ec", "ec -no_public"]),
        (P521, &["ec"]),
        (ED25519, &[]),
    ] {
        let made = Made::chain(key);
        let chain = made.joined(&["leaf.pem", "intermediate.pem"]);
        for form in forms.iter().chain(&[
            "pkcs8 -topk8 -nocrypt",
            "pkcs8 -topk8 -nocrypt -outform DER",
            "pkey",
            "pkey -text",
        ]) {
            let key_file = made.openssl(&format!("{form} -in leaf.key"));
            let opened = open_all(&[key_file, chain.clone()], None);
            let opened = opened.unwrap_or_else(|error| panic!("{key} {form}: {error}"));
            made.assert_is_the_chain(&opened);
            assert!(!opened.had_passphrase());
        }
    }
}

#[test]
fn every_encryption_of_a_key() {
    let made = Made::chain(P256);
    let chain = made.joined(&["leaf.pem", "intermediate.pem"]);
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
        let key = made.openssl(&format!(
            "pkcs8 -topk8 -in leaf.key -passout pass:geheim-Schlüssel {options}"
        ));
        let files = [chain.clone(), key];
        let opened = open_all(&files, Some("geheim-Schlüssel"));
        let opened = opened.unwrap_or_else(|error| panic!("{options}: {error}"));
        made.assert_is_the_chain(&opened);
        assert!(opened.had_passphrase(), "{options}");
        assert_eq!(refusal(open_all(&files, Some("secret"))), OpenError::PassphraseWrong);
        assert_eq!(refusal(open_all(&files, None)), OpenError::PassphraseMissing);
    }
}

/// As OpenSSL before 3 encrypts keys by default.
#[test]
fn every_old_encryption_of_a_key() {
    for (key, command) in [(P256, "ec"), (RSA, "rsa -traditional")] {
        let made = Made::chain(key);
        let chain = made.joined(&["leaf.pem", "intermediate.pem"]);
        for cipher in ["aes128", "aes192", "aes256", "des3"] {
            let key = format!("{command} -in leaf.key -{cipher} -passout pass:geheim-Schlüssel");
            let key = made.openssl(&key);
            assert!(String::from_utf8_lossy(&key).contains("DEK-Info"));
            let crlf = String::from_utf8_lossy(&key).replace('\n', "\r\n").into_bytes();
            for key in [key, crlf] {
                let files = [chain.clone(), key];
                let opened = bundle(open_all(&files, Some("geheim-Schlüssel")));
                made.assert_is_the_chain(&opened);
                assert!(opened.had_passphrase(), "{cipher}");
                let wrong = refusal(open_all(&files, Some("secret")));
                assert_eq!(wrong, OpenError::PassphraseWrong);
                assert_eq!(refusal(open_all(&files, None)), OpenError::PassphraseMissing);
            }
        }
    }
}

#[test]
fn any_order_in_one_file_or_several() {
    let made = Made::chain(P256);
    for order in [
        &["leaf.key", "leaf.pem", "intermediate.pem"][..],
        &["leaf.pem", "intermediate.pem", "leaf.key"],
        &["intermediate.pem", "leaf.key", "leaf.pem"],
        &["leaf.pem", "leaf.pem", "intermediate.pem", "intermediate.pem", "leaf.key"],
    ] {
        let together = bundle(open(&made.joined(order), None));
        made.assert_is_the_chain(&together);
        assert_eq!(together.format(), Format::Pem);
        let apart: Vec<_> = order.iter().map(|name| made.read(name)).collect();
        let apart = bundle(open_all(&apart, None));
        made.assert_is_the_chain(&apart);
        let reordered = apart.check(now()).unwrap().contains(&Warning::ChainReordered);
        assert_eq!(reordered, order[0] == "intermediate.pem");
    }
}

#[test]
fn text_around_and_strange_lines() {
    let made = Made::chain(P256);
    made.write("made.p12", &made.export("-passout pass: -name Schlüssel"));
    // Attributes, subjects and issuers stand between the blocks.
    let printed = made.openssl("pkcs12 -in made.p12 -passin pass: -noenc");
    // OpenSSL prints names in Latin-1.
    assert!(String::from_utf8(printed.clone()).is_err());
    made.assert_is_the_chain(&bundle(open(&printed, None)));
    let printed = String::from_utf8_lossy(&printed).into_owned();
    let one_line = printed.replace('\n', " ").replace("-----BEGIN", "\n-----BEGIN");
    for text in [
        printed.clone(),
        printed.replace('\n', "\r\n"),
        printed.replace('\n', "\n    "),
        format!("\u{feff}{printed}"),
        one_line,
    ] {
        made.assert_is_the_chain(&bundle(open(text.as_bytes(), None)));
    }
    // With requests, parameters and trust beside them.
    made.openssl("x509 -in leaf.pem -trustout -addtrust serverAuth -out trusted.pem");
    made.openssl("ecparam -name prime256v1 -out parameters.pem");
    let files = ["leaf.csr", "parameters.pem", "leaf.key", "trusted.pem", "intermediate.pem"];
    made.assert_is_the_chain(&bundle(open(&made.joined(&files), None)));
}

#[test]
fn base64_of_a_bundle() {
    let made = Made::chain(P256);
    let file = made.export("-passout pass:secret");
    let text = base64(&made, &file);
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
        // What `certutil -encode` makes of any file.
        format!("-----BEGIN CERTIFICATE-----\r\n{text}-----END CERTIFICATE-----\r\n"),
        format!("data:application/x-pkcs12;base64,{bare}"),
    ] {
        let opened = bundle(open(text.as_bytes(), Some("secret")));
        made.assert_is_the_chain(&opened);
        assert_eq!(opened.format(), Format::Pkcs12);
        assert!(opened.had_passphrase());
    }
    // As it lies in a secret of Kubernetes.
    let pem = base64(&made, &made.joined(&["leaf.pem", "intermediate.pem", "leaf.key"]));
    made.assert_is_the_chain(&bundle(open(pem.as_bytes(), None)));
}

#[test]
fn der_files() {
    let made = Made::chain(P256);
    let files = [
        made.openssl("x509 -in leaf.pem -outform DER"),
        made.openssl("x509 -in intermediate.pem -outform DER"),
        made.openssl("pkey -in leaf.key -outform DER"),
    ];
    let opened = bundle(open_all(&files, None));
    made.assert_is_the_chain(&opened);
    assert_eq!(opened.format(), Format::Der);
}

/// Firefox and old tools write lengths that are not known beforehand, and contents in pieces.
#[test]
fn pkcs12_in_ber() {
    let made = Made::chain(P256);
    for options in ["", "-legacy", "-keypbe NONE -certpbe NONE"] {
        let file = made.export(&format!("-passout pass:secret {options}"));
        let ber = support::ber(&file);
        assert_ne!(ber, file);
        made.write("ber.p12", &ber);
        made.openssl("pkcs12 -in ber.p12 -passin pass:secret -noenc -legacy");
        made.assert_is_the_chain(&bundle(open(&ber, Some("secret"))));
    }
}
