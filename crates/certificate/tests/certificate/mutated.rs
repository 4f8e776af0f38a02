//! Whatever bytes of a bundle are changed: HAProxy loads what this crate accepts.

use crate::support::{ED25519, P256, P384, P521, RSA, TestFiles, haproxy};
use certificate::{Limits, OpenError};
use std::fs;

/// Numbers from a seed (SplitMix64), so that each run makes the same changes.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// A copy with a few bytes changed, removed or added. The values are those that change the meaning of DER:
/// types, lengths, signs.
fn mutate(file: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    const VALUES: [u8; 16] = [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x1e, 0x30, 0x31, 0x7f, 0x80, 0xa0,
        0xff,
    ];
    let mut file = file.to_vec();
    for _ in 0..=numbers.below(2) {
        let at = numbers.below(file.len());
        match numbers.below(6) {
            0 => file[at] ^= 1 << numbers.below(8),
            1 => file[at] = numbers.next() as u8,
            2 => file[at] = file[at].wrapping_add(1),
            3 => file[at] = file[at].wrapping_sub(1),
            4 => file[at] = VALUES[numbers.below(VALUES.len())],
            _ => {
                // Two neighbours change places: the lengths around them stay right.
                let next = (at + 1) % file.len();
                file.swap(at, next);
            }
        }
    }
    file
}

/// Opens the file as a listener does, and returns what HAProxy would get.
fn written(file: &[u8]) -> Result<Vec<u8>, OpenError> {
    let bundle = certificate::open(&[file], None, Limits::SERVER)?;
    bundle.check_security()?;
    let stored = bundle.to_pkcs12()?;
    let again = certificate::open(&[&stored], None, Limits::SERVER)?;
    Ok(again.to_pem().as_bytes().to_vec())
}

fn mutations_of(key: &str, rounds: usize) {
    let files = TestFiles::chain(key);
    // Nothing is encrypted and there is no checksum, so that every change reaches the reader.
    let valid = files.export("-passout pass: -nomac -keypbe NONE -certpbe NONE");
    let directory = tempfile::tempdir().unwrap();
    let accepted_files = directory.path().join("accepted");
    fs::create_dir(&accepted_files).unwrap();
    let mut numbers = Numbers(rounds as u64);
    let mut accepted = 0;
    for round in 0..rounds {
        let mutated = mutate(&valid, &mut numbers);
        if let Ok(pem) = written(&mutated) {
            fs::write(accepted_files.join(format!("{round}.pem")), pem).unwrap();
            accepted += 1;
        }
    }
    // Most changes of a signature or a text are accepted, and most of anything else are not.
    assert!((rounds / 20..rounds * 9 / 10).contains(&accepted), "{key}: {accepted} were accepted");
    let refusal = haproxy::refusal(&accepted_files);
    assert!(refusal.is_empty(), "HAProxy refuses what was accepted: {refusal}");
}

#[test]
fn haproxy_loads_every_accepted_rsa_bundle() {
    mutations_of(RSA, 1_500);
}

#[test]
fn haproxy_loads_every_accepted_p256_bundle() {
    mutations_of(P256, 1_500);
}

#[test]
fn haproxy_loads_every_accepted_p384_bundle() {
    mutations_of(P384, 400);
}

#[test]
fn haproxy_loads_every_accepted_p521_bundle() {
    mutations_of(P521, 400);
}

#[test]
fn haproxy_loads_every_accepted_ed25519_bundle() {
    mutations_of(ED25519, 1_000);
}
