//! Whatever the input: an answer, in bounded time, and never the key in it.

mod support;

use certificate::{Bundle, Limits, OpenError};
use proptest::prelude::*;
use std::sync::OnceLock;
use support::{ED25519, Made, P256, bundle};

/// Few enough that a file which asks for more is refused at once.
const LIMITS: Limits = Limits { bytes: 20_000, iterations: 3_000 };

const PASSPHRASE: &str = "correct horse";

/// Good files of every kind, made once.
fn good() -> &'static [Vec<u8>] {
    static GOOD: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    GOOD.get_or_init(|| {
        let made = Made::chain(P256);
        made.write("passphrase", PASSPHRASE.as_bytes());
        let mut files: Vec<_> = ["", "-legacy", "-nomac", "-keypbe NONE -certpbe NONE"]
            .iter()
            .map(|options| made.export(&format!("-passout file:passphrase -iter 2 {options}")))
            .collect();
        files.push(made.export("-passout pass: -nomac -keypbe NONE -certpbe NONE"));
        files.push(support::ber(&files[0]));
        files.push(made.openssl("x509 -in leaf.pem -outform DER"));
        files.push(made.openssl("pkey -in leaf.key -outform DER"));
        files.push(made.openssl("ec -in leaf.key -outform DER"));
        files.push(made.joined(&["leaf.key", "leaf.pem", "intermediate.pem"]));
        let encrypted = "-passout file:passphrase -iter 2 -outform DER";
        files.push(made.openssl("ec -in leaf.key -aes128 -passout file:passphrase"));
        files.push(made.openssl(&format!("pkcs8 -topk8 -in leaf.key {encrypted}")));
        let made = Made::chain(ED25519);
        files.push(made.joined(&["leaf.pem", "leaf.key"]));
        files
    })
}

fn open(input: &[u8]) -> Result<Bundle, OpenError> {
    certificate::open(&[input], Some(PASSPHRASE), LIMITS)
}

/// What comes out of a strange input is whole, or a reason that tells nothing of a key.
fn holds(input: &[u8]) {
    match open(input) {
        Ok(found) => {
            let written = found.to_pkcs12().expect("it is small");
            let again = bundle(certificate::open(&[&written], None, Limits::SERVER));
            assert_eq!(again.leaf(), found.leaf());
            assert!(*again.to_pem() == *found.to_pem());
        }
        Err(OpenError::UnsupportedAlgorithm { name }) => assert!(name.len() < 200, "{name}"),
        Err(error) => assert!(error.to_string().len() < 100, "{error:?}"),
    }
}

proptest! {
    #[test]
    fn any_bytes(input in proptest::collection::vec(any::<u8>(), 0..400)) {
        holds(&input);
    }

    #[test]
    fn any_bytes_in_a_sequence(
        version in proptest::option::of(prop_oneof![Just(0_u8), Just(1), Just(3)]),
        rest in proptest::collection::vec(
            prop_oneof![any::<u8>(), Just(0x30), Just(0x80), Just(0xa0), Just(4), Just(0)],
            0..120,
        ),
    ) {
        let version = version.map_or(vec![], |v| vec![2, 1, v]);
        holds(&support::tlv(0x30, &[version, rest].concat()));
    }

    #[test]
    fn any_text(text in "(-----(BEGIN|END) (CERTIFICATE|PRIVATE KEY|PKCS12)-----|[MI]{2}[A-Za-z0-9+/=]{0,9}|[ \n\r\t:]|\\PC){0,30}") {
        holds(text.as_bytes());
    }

    #[test]
    fn a_good_file_cut_anywhere(which: prop::sample::Index, at: prop::sample::Index) {
        let file = which.get(good());
        holds(&file[..at.index(file.len())]);
    }

    #[test]
    fn a_good_file_with_bytes_changed(
        which: prop::sample::Index,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut file = which.get(good()).clone();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] ^= byte;
        }
        holds(&file);
    }

    #[test]
    fn a_good_file_with_a_piece_of_another(
        from: prop::sample::Index,
        to: prop::sample::Index,
        start: prop::sample::Index,
        length in 0..300_usize,
        at: prop::sample::Index,
    ) {
        let from = from.get(good());
        let start = start.index(from.len());
        let piece = &from[start..(start + length).min(from.len())];
        let mut file = to.get(good()).clone();
        let at = at.index(file.len());
        let end = (at + piece.len()).min(file.len());
        file.splice(at..end, piece.iter().copied());
        holds(&file);
    }
}

#[test]
fn the_good_files_are_good() {
    let opened = good().iter().filter(|file| open(file).is_ok()).count();
    // Not the certificate alone, and not the four keys alone.
    assert_eq!(opened, good().len() - 5);
}

#[test]
fn many_derivations_are_counted_together() {
    let made = Made::chain(P256);
    // A certificate file that holds the same key often enough, each time encrypted anew.
    let key = made.openssl("pkcs8 -topk8 -in leaf.key -passout pass:x -iter 100");
    let many = key.repeat(40);
    let limits = Limits { bytes: many.len(), iterations: 1_000 };
    let refused = certificate::open(&[&many], Some("x"), limits);
    assert_eq!(support::refusal(refused), OpenError::TooManyIterations { max: 1_000 });
}
