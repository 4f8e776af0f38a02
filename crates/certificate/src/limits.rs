//! What an input may cost.

use crate::OpenError;

/// Barbican's limit of a payload, in characters as it is sent: of the base64 text, that is.
pub const SECRET_MAX_BYTES: usize = 20_000;

/// The most bytes of a PKCS#12 bundle whose base64 Barbican takes.
pub const PKCS12_MAX_BYTES: usize = SECRET_MAX_BYTES / 4 * 3;

/// The most bytes that are read at all, of all files together. More than can be stored, since text
/// around PEM blocks, base64 and unrelated certificates fall away.
pub const INPUT_MAX_BYTES: usize = 100_000;

/// What an input may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of all files together.
    pub bytes: usize,
    /// The most rounds of a hash that all key derivations together may ask for, with one passphrase:
    /// beside the given one, an empty and an absent one are tried, so that it can be three times this.
    pub iterations: u32,
}

impl Limits {
    /// For a worker in a browser: a file with three derivations of 600,000 rounds opens, in seconds.
    pub const BROWSER: Self = Self { bytes: INPUT_MAX_BYTES, iterations: 2_000_000 };

    /// For a server, which takes bundles without a passphrase: enough for every tool's default, some
    /// hundredths of a second.
    pub const SERVER: Self = Self { bytes: SECRET_MAX_BYTES, iterations: 50_000 };
}

/// Counts down the rounds that are left.
pub struct Budget {
    left: u64,
    max: u32,
}

impl Budget {
    pub fn new(limits: Limits) -> Self {
        Self { left: u64::from(limits.iterations), max: limits.iterations }
    }

    /// Takes the cost of a derivation before it is done.
    pub fn spend(&mut self, iterations: u32, blocks: usize) -> Result<(), OpenError> {
        let cost = u64::from(iterations).saturating_mul(blocks as u64);
        self.left =
            self.left.checked_sub(cost).ok_or(OpenError::TooManyIterations { max: self.max })?;
        Ok(())
    }
}
