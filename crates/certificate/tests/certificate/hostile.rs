//! Any input gives a result in bounded time, and no error contains the key.

use crate::support::{self, ED25519, P256, TestFiles, bundle};
use certificate::{Bundle, Limits, OpenError};
use proptest::prelude::*;
use std::sync::OnceLock;

/// Low enough that an input that needs more iterations is rejected at once.
const LIMITS: Limits = Limits { bytes: 20_000, iterations: 3_000 };

const PASSPHRASE: &str = "correct horse";

/// Valid inputs of every format, generated once.
fn valid_inputs() -> &'static [Vec<u8>] {
    static INPUTS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    INPUTS.get_or_init(|| {
        let files = TestFiles::chain(P256);
        files.write("passphrase", PASSPHRASE.as_bytes());
        let mut inputs: Vec<_> = ["", "-legacy", "-nomac", "-keypbe NONE -certpbe NONE"]
            .iter()
            .map(|options| files.export(&format!("-passout file:passphrase -iter 2 {options}")))
            .collect();
        inputs.push(files.export("-passout pass: -nomac -keypbe NONE -certpbe NONE"));
        inputs.push(support::ber(&inputs[0]));
        inputs.push(files.openssl("x509 -in leaf.pem -outform DER"));
        inputs.push(files.openssl("pkey -in leaf.key -outform DER"));
        inputs.push(files.openssl("ec -in leaf.key -outform DER"));
        inputs.push(files.concatenated(&["leaf.key", "leaf.pem", "intermediate.pem"]));
        let encrypted = "-passout file:passphrase -iter 2 -outform DER";
        inputs.push(files.openssl("ec -in leaf.key -aes128 -passout file:passphrase"));
        inputs.push(files.openssl(&format!("pkcs8 -topk8 -in leaf.key {encrypted}")));
        let files = TestFiles::chain(ED25519);
        inputs.push(files.concatenated(&["leaf.pem", "leaf.key"]));
        inputs
    })
}

fn open(input: &[u8]) -> Result<Bundle, OpenError> {
    certificate::open(&[input], Some(PASSPHRASE), LIMITS)
}

/// The result is either a complete bundle that survives a round trip, or a short error.
fn assert_bundle_or_short_error(input: &[u8]) {
    match open(input) {
        Ok(found) => {
            let written = found.to_pkcs12().expect("it is small");
            let again = bundle(certificate::open(&[&written], None, Limits::SERVER));
            assert_eq!(again.leaf(), found.leaf());
            assert!(*again.to_pem() == *found.to_pem());
        }
        Err(OpenError::UnsupportedAlgorithm { name }) => assert!(name.len() < 200, "{name}"),
        Err(error) => assert!(error.to_string().len() < 200, "{error:?}"),
    }
}

proptest! {
    #[test]
    fn random_bytes(input in proptest::collection::vec(any::<u8>(), 0..400)) {
        assert_bundle_or_short_error(&input);
    }

    #[test]
    fn random_bytes_in_a_sequence(
        version in proptest::option::of(prop_oneof![Just(0_u8), Just(1), Just(3)]),
        rest in proptest::collection::vec(
            prop_oneof![any::<u8>(), Just(0x30), Just(0x80), Just(0xa0), Just(4), Just(0)],
            0..120,
        ),
    ) {
        let version = version.map_or(vec![], |v| vec![2, 1, v]);
        assert_bundle_or_short_error(&support::tlv(0x30, &[version, rest].concat()));
    }

    #[test]
    fn random_text(text in "(-----(BEGIN|END) (CERTIFICATE|PRIVATE KEY|PKCS12)-----|[MI]{2}[A-Za-z0-9+/=]{0,9}|[ \n\r\t:]|\\PC){0,30}") {
        assert_bundle_or_short_error(text.as_bytes());
    }

    #[test]
    fn a_truncated_valid_input(which: prop::sample::Index, at: prop::sample::Index) {
        let file = which.get(valid_inputs());
        assert_bundle_or_short_error(&file[..at.index(file.len())]);
    }

    #[test]
    fn a_valid_input_with_changed_bytes(
        which: prop::sample::Index,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut file = which.get(valid_inputs()).clone();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] ^= byte;
        }
        assert_bundle_or_short_error(&file);
    }

    #[test]
    fn a_valid_input_with_a_part_of_another(
        from: prop::sample::Index,
        to: prop::sample::Index,
        start: prop::sample::Index,
        length in 0..300_usize,
        at: prop::sample::Index,
    ) {
        let from = from.get(valid_inputs());
        let start = start.index(from.len());
        let piece = &from[start..(start + length).min(from.len())];
        let mut file = to.get(valid_inputs()).clone();
        let at = at.index(file.len());
        let end = (at + piece.len()).min(file.len());
        file.splice(at..end, piece.iter().copied());
        assert_bundle_or_short_error(&file);
    }
}

#[test]
fn the_valid_inputs_open() {
    let opened = valid_inputs().iter().filter(|file| open(file).is_ok()).count();
    // The certificate alone and the four keys alone are no bundle.
    assert_eq!(opened, valid_inputs().len() - 5);
}

#[test]
fn the_iterations_of_all_derivations_are_added_up() {
    let files = TestFiles::chain(P256);
    // The same encrypted key many times.
    let key = files.openssl("pkcs8 -topk8 -in leaf.key -passout pass:x -iter 100");
    let many = key.repeat(40);
    let limits = Limits { bytes: many.len(), iterations: 1_000 };
    let result = certificate::open(&[&many], Some("x"), limits);
    assert_eq!(support::open_error(result), OpenError::TooManyIterations { max: 1_000 });
}

/// Not a test: `cargo xtask fuzz` runs it to write the seeds of the certificate targets.
#[test]
#[ignore = "run by cargo xtask fuzz"]
fn write_fuzz_seeds() {
    let directory = std::path::PathBuf::from(std::env::var_os("FUZZ_SEEDS").unwrap());
    let [files, texts] = ["certificate", "certificate_text"].map(|target| directory.join(target));
    std::fs::create_dir_all(&files).unwrap();
    std::fs::create_dir_all(&texts).unwrap();
    for (n, input) in valid_inputs().iter().enumerate() {
        std::fs::write(files.join(n.to_string()), input).unwrap();
        // The first byte selects the PEM label.
        let selector = u8::try_from(n).unwrap();
        std::fs::write(texts.join(n.to_string()), [&[selector], &input[..]].concat()).unwrap();
    }
}

/// Numbers that would take long to compute with.
#[test]
fn rsa_keys_that_are_too_large_are_rejected_unchecked() {
    let key = |bytes: usize| {
        let number = support::tlv(0x02, &vec![0x7f; bytes]);
        let numbers = number.repeat(8);
        support::tlv(0x30, &[&[2, 1, 0], &numbers[..]].concat())
    };
    let result = |bytes: usize| {
        let key = key(bytes);
        support::open_error(certificate::open(&[&key], None, Limits::BROWSER))
    };
    let name = "RSA with more than 16384 bits".to_owned();
    assert_eq!(result(2049), OpenError::UnsupportedAlgorithm { name });
    // The largest one is checked.
    assert_eq!(result(2048), OpenError::Damaged);
}
