//! Files of other programs than OpenSSL 3: Java's keytool, OpenSSL before 1.1, Windows, OpenSSH, PuTTY.

use crate::support::{P256, P384, P521, TestFiles, bundle, element, open, open_error, tlv};
use certificate::{Limits, OpenError, OtherFormat};
use std::process::Command;

/// Java writes EC keys without the public key.
#[test]
fn keys_without_their_public_key_open() {
    for key in [P256, P384, P521] {
        let files = TestFiles::chain(key);
        // OpenSSL adds the public key to PKCS#8, so the file is made of its parts.
        let whole = files.openssl("pkcs8 -topk8 -nocrypt -in leaf.key -outform DER");
        let (_, info, _) = element(&whole);
        let (version, _, rest) = element(info);
        let (algorithm, _, rest) = element(rest);
        let (_, sec1, _) = element(rest);
        let (_, fields, _) = element(sec1);
        let (one, _, fields) = element(fields);
        let (scalar, _, _) = element(fields);
        let short = tlv(0x04, &tlv(0x30, &[one, scalar].concat()));
        let key = tlv(0x30, &[version, algorithm, &short].concat());
        assert!(key.len() + 30 < whole.len());
        let chain = files.concatenated(&["leaf.pem", "intermediate.pem"]);
        let opened = certificate::open(&[&key, &chain], None, Limits::BROWSER);
        files.assert_is_the_chain(&bundle(opened));
    }
}

/// A keystore by keytool itself, where Java is installed. The same key without it: the test above.
#[test]
fn a_keystore_of_keytool_opens() {
    let directory = tempfile::tempdir().unwrap();
    let keytool = |options: &str| {
        let output = Command::new("keytool")
            .args(options.split_whitespace())
            .args(["-storetype", "PKCS12", "-storepass", "secret"])
            .current_dir(directory.path())
            .output();
        output.ok().filter(|output| output.status.success())
    };
    let pair = "-genkeypair -alias a -keyalg EC -groupname secp521r1 -dname CN=java -keystore p521";
    if keytool(pair).is_none() {
        eprintln!("not run: there is no keytool");
        return;
    }
    let store = std::fs::read(directory.path().join("p521")).unwrap();
    assert_eq!(bundle(open(&store, Some("secret"))).leaf().subject, "CN=java");

    keytool("-genseckey -alias s -keyalg AES -keysize 256 -keystore secret").unwrap();
    let store = std::fs::read(directory.path().join("secret")).unwrap();
    let secret = OpenError::OtherFormat { format: OtherFormat::SecretKeys };
    assert_eq!(open_error(open(&store, Some("secret"))), secret);
}

/// OpenSSL before 1.1 took each byte of a passphrase for a character.
#[test]
fn a_passphrase_beyond_ascii_of_an_old_openssl_opens() {
    let files = TestFiles::chain(P256);
    let bytes: String = "geheim-Schlüssel".bytes().map(char::from).collect();
    for options in ["-legacy", "-legacy -nomac", "-legacy -macalg sha1 -keypbe PBE-SHA1-3DES"] {
        files.write("passphrase", bytes.as_bytes());
        let old = files.export(&format!("{options} -passout file:passphrase"));
        let opened = bundle(open(&old, Some("geheim-Schlüssel")));
        files.assert_is_the_chain(&opened);
        assert!(opened.had_passphrase());
        assert_eq!(open_error(open(&old, Some("geheim"))), OpenError::PassphraseWrong);
    }
}

#[test]
fn pkcs7_beside_a_key_is_read() {
    let files = TestFiles::chain(P256);
    let make = "crl2pkcs7 -nocrl -certfile leaf.pem -certfile intermediate.pem";
    let pem = files.openssl(make);
    let der = files.openssl(&format!("{make} -outform DER"));
    let text = String::from_utf8(pem.clone()).unwrap();
    assert!(text.starts_with("-----BEGIN PKCS7-----"));
    let base64: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    let key = files.read("leaf.key");
    for file in [
        pem,
        der,
        base64.into_bytes(),
        text.replace("PKCS7", "PKCS #7 SIGNED DATA").into_bytes(),
        text.replace("PKCS7", "CMS").into_bytes(),
        // Some authorities use the label of a certificate.
        text.replace("PKCS7", "CERTIFICATE").into_bytes(),
    ] {
        let opened = certificate::open(&[&file, &key], None, Limits::BROWSER);
        files.assert_is_the_chain(&bundle(opened));
        assert_eq!(open_error(open(&file, None)), OpenError::NoPrivateKey);
        // Cut off.
        let half = &file[..file.len() / 2];
        assert!(certificate::open(&[half, &key], None, Limits::BROWSER).is_err());
    }
    // Signed data without certificates.
    let empty = files.openssl("crl2pkcs7 -nocrl -outform DER");
    let opened = certificate::open(&[&empty, &key], None, Limits::BROWSER);
    assert_eq!(open_error(opened), OpenError::NoCertificate);
}

#[test]
fn other_formats_are_named_with_the_command_that_converts_them() {
    let files = TestFiles::chain(P256);
    let leaf = files.read("leaf.pem");
    let ssh = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n-----END OPENSSH PRIVATE KEY-----\n";
    for (file, format, command) in [
        (&ssh[..], OtherFormat::OpenSsh, "ssh-keygen -p -m PKCS8"),
        (b"PuTTY-User-Key-File-3: ssh-rsa\r\n", OtherFormat::Putty, "puttygen"),
        (b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01", OtherFormat::JavaKeystore, "-importkeystore"),
        (b"\xce\xce\xce\xce\0\0\0\x02", OtherFormat::JavaKeystore, "-importkeystore"),
        (&files.read("leaf.csr"), OtherFormat::CertificateRequest, "authority"),
    ] {
        let error = OpenError::OtherFormat { format };
        assert!(error.to_string().contains(command), "{error}");
        assert_eq!(open_error(open(file, None)), error);
        // Beside a certificate, it is the reason why there is no key.
        let opened = certificate::open(&[file, &leaf], None, Limits::BROWSER);
        assert_eq!(open_error(opened), error);
        // Beside a bundle, it does not matter.
        let key = files.read("leaf.key");
        assert!(certificate::open(&[file, &leaf, &key], None, Limits::BROWSER).is_ok());
    }
}

/// Spaces at the ends of lines, as mail programs and terminals add them.
#[test]
fn a_traditional_key_with_trailing_spaces_opens() {
    let files = TestFiles::chain(P256);
    let chain = files.concatenated(&["leaf.pem", "intermediate.pem"]);
    let key = files.openssl("ec -in leaf.key -aes128 -passout pass:secret");
    let key = String::from_utf8(key).unwrap();
    for end in [" \n", "\t\n", "  \r\n"] {
        let spaced = key.replace('\n', end);
        let opened =
            certificate::open(&[spaced.as_bytes(), &chain], Some("secret"), Limits::BROWSER);
        files.assert_is_the_chain(&bundle(opened));
    }
}
