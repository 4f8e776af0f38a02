//! Authorities and revocation lists that OpenSSL made, and damaged ones.

use crate::support::{P256, P521, RSA, TestFiles};
use certificate::{Authorities, Limits, OpenError, RevocationListError, RevocationLists};
use proptest::prelude::*;

fn authorities(pem: &[u8]) -> Result<Authorities, OpenError> {
    Authorities::read_pem(pem, Limits::SERVER)
}

fn lists(pem: &[u8]) -> Result<RevocationLists, RevocationListError> {
    RevocationLists::read_pem(pem, Limits::SERVER)
}

/// A self-signed authority `name` with this key, and its empty list `name.crl`.
fn authority(files: &TestFiles, name: &str, key: &str, subject: &str) {
    files.openssl(&format!("genpkey {key} -out {name}.key"));
    files.openssl(&format!(
        "req -x509 -new -key {name}.key -subj {subject} -days 30 -out {name}.pem"
    ));
    let config = "[ca]\ndefault_ca=this\n[this]\ndatabase=index\ncrlnumber=number\n\
        default_md=sha256\ndefault_crl_days=30\n";
    files.write("ca.cnf", config.as_bytes());
    files.write("index", b"");
    files.write("number", b"01");
    files.openssl(&format!(
        "ca -config ca.cnf -cert {name}.pem -keyfile {name}.key -gencrl -out {name}.crl"
    ));
}

#[test]
fn a_list_belongs_to_the_authority_that_signed_it() {
    for key in [P256, P521, RSA] {
        let files = TestFiles::empty();
        authority(&files, "one", key, "/CN=same");
        authority(&files, "two", key, "/CN=same");
        let one = authorities(&files.read("one.pem")).unwrap();
        let list = lists(&files.read("one.crl")).unwrap();
        assert!(list.are_for(&one));
        // The same name, and another key.
        assert!(!list.are_for(&authorities(&files.read("two.pem")).unwrap()));
        let both = authorities(&files.concatenated(&["two.pem", "one.pem"])).unwrap();
        assert!(list.are_for(&both));
        let all = lists(&files.concatenated(&["two.crl", "one.crl"])).unwrap();
        assert!(all.are_for(&one));
    }
}

/// What is passed on is what OpenSSL reads, and nothing else of the file.
#[test]
fn only_blocks_of_the_expected_kind_are_passed_on() {
    let files = TestFiles::empty();
    authority(&files, "one", P256, "/CN=one");
    let mixed = files.concatenated(&["one.key", "one.crl", "one.pem"]);
    let mixed = [b"a comment\n".as_slice(), &mixed, b"another"].concat();
    let pem = authorities(&mixed).unwrap().to_pem();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"), "{pem}");
    assert_eq!(pem.matches("-----BEGIN").count(), 1, "{pem}");
    let list = lists(&mixed).unwrap().to_pem();
    assert!(list.starts_with("-----BEGIN X509 CRL-----\n"), "{list}");
    assert_eq!(list.matches("-----BEGIN").count(), 1, "{list}");
    files.write("again.pem", pem.as_bytes());
    files.write("again.crl", list.as_bytes());
    files.openssl("x509 -in again.pem -noout");
    files.openssl("crl -in again.crl -CAfile again.pem -noout");
    assert!(lists(list.as_bytes()).unwrap().are_for(&authorities(pem.as_bytes()).unwrap()));
}

#[test]
fn what_is_neither_is_refused_with_the_reason() {
    let files = TestFiles::empty();
    authority(&files, "one", P256, "/CN=one");
    let refused = |pem: &[u8]| authorities(pem).err().unwrap();
    assert_eq!(refused(b""), OpenError::Empty);
    assert_eq!(refused(b"no certificate"), OpenError::NotRecognised);
    assert_eq!(refused(&[0xff; 8]), OpenError::NotRecognised);
    assert_eq!(refused(&files.read("one.key")), OpenError::NoCertificate);
    assert_eq!(refused(&vec![b'-'; 30_000]), OpenError::TooLarge { bytes: 30_000, max: 20_000 });
    let der = files.openssl("x509 -in one.pem -outform DER");
    assert_eq!(refused(&der), OpenError::NotRecognised, "Octavia reads PEM only");
    let pem = files.read("one.pem");
    assert_eq!(refused(&pem[..pem.len() / 2]), OpenError::Damaged);
    assert_eq!(lists(&pem).err().unwrap(), RevocationListError::Missing);
    let list = files.read("one.crl");
    let cut = lists(&list[..list.len() / 2]).err().unwrap();
    assert_eq!(cut, RevocationListError::Unreadable(OpenError::Damaged));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_input_panics(input: Vec<u8>, der: Vec<u8>) {
        let _ = authorities(&input);
        let _ = lists(&input);
        let base64: String = der.iter().map(|byte| char::from(b'A' + byte % 26)).collect();
        for label in ["CERTIFICATE", "X509 CRL"] {
            let pem = format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n");
            let _ = authorities(pem.as_bytes());
            let _ = lists(pem.as_bytes());
        }
    }
}
