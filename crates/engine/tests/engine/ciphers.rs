//! Cipher strings, compared with OpenSSL.

use openstack_types::tls::{CipherPreset, TlsCiphers};
use std::process::Command;

/// The ciphers of TLS 1.2 that both know, in the order of OpenSSL.
fn openssl(text: &str, known: &[&str]) -> Vec<String> {
    let output = Command::new("openssl").args(["ciphers", text]).output().unwrap();
    let all = String::from_utf8(output.stdout).unwrap();
    all.trim().split(':').filter(|name| known.contains(name)).map(str::to_owned).collect()
}

#[test]
fn strings_select_the_same_ciphers_in_the_same_order() {
    let all = CipherPreset::Compatible.ciphers();
    let known = all.tls12();
    let mut strings: Vec<String> = [
        "DEFAULT",
        "ALL",
        "HIGH:!aNULL:!MD5",
        "ECDHE-RSA-AES128-GCM-SHA256:ECDHE+AESGCM:!aNULL:!eNULL:!LOW:!3DES:!MD5:!EXP:!PSK:!SRP:!DSS",
        "EECDH+ECDSA+AESGCM:EECDH+aRSA+AESGCM:EECDH+AESGCM:EECDH+SHA256:EECDH:+RC4:!RC4",
        "AES128-SHA:HIGH:-RSA:AES128-SHA:@STRENGTH",
        "ALL:-AES256:ALL",
        "ALL:-AES256:-RSA:AES256:ALL",
        "kRSA:+AES128",
        "TLSv1.2:!RSA",
        "TLSv1.2+HIGH:+SHA256",
        "SSLv3",
        "TLSv1",
        "FIPS:!DHE",
        "CHACHA20:AES256:AES128",
        "ALL:!SHA1:!SHA384",
        "DEFAULT:-DHE:+AES128",
        "AES:+CHACHA20",
        "aECDSA:kEDH",
        "DES-CBC3-SHA:CAMELLIA128-SHA:AES256-SHA256",
        "ALL:@STRENGTH:+ECDHE",
    ]
    .map(str::to_owned)
    .into();
    // All sequences of rules of these.
    let rules =
        ["ALL", "-AES128", "+ECDHE", "AESGCM", "!SHA", "kRSA", "@STRENGTH", "-ECDHE+SHA384"];
    for a in rules {
        for b in rules {
            for c in rules {
                strings.push(format!("HIGH:{a}:{b}:{c}"));
            }
        }
    }
    for text in strings {
        let read: TlsCiphers = text.parse().unwrap_or_else(|_| panic!("{text}"));
        assert_eq!(read.tls12(), openssl(&text, known), "{text}");
    }
}
