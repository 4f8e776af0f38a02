//! Limits on the size of an input and on the work it may cause.

use crate::error::OpenError;

/// Barbican's limit on a payload, in characters of the base64 text as it is sent.
pub const SECRET_MAX_BYTES: usize = 20_000;

/// The largest PKCS#12 bundle whose base64 fits into [`SECRET_MAX_BYTES`].
pub const PKCS12_MAX_BYTES: usize = SECRET_MAX_BYTES / 4 * 3;

/// The most bytes read, of all files together. Larger than what can be stored, because text around PEM
/// blocks, base64 and unrelated certificates are dropped.
pub const INPUT_MAX_BYTES: usize = 100_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of all files together.
    pub bytes: usize,
    /// The most hash iterations of all key derivations together, for one passphrase. An empty and an
    /// absent passphrase are tried beside the given one, and a given one beyond ASCII in two encodings, so
    /// the total can be four times this.
    pub iterations: u32,
}

impl Limits {
    /// For a worker in a browser: three derivations of 600,000 iterations take some seconds.
    pub const BROWSER: Self = Self { bytes: INPUT_MAX_BYTES, iterations: 2_000_000 };

    /// For a server, which reads bundles without a passphrase: enough for the default of every tool, some
    /// hundredths of a second.
    pub const SERVER: Self = Self { bytes: SECRET_MAX_BYTES, iterations: 50_000 };
}

/// Counts the iterations that are left.
pub(crate) struct IterationBudget {
    left: u64,
    max: u32,
}

impl IterationBudget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { left: u64::from(limits.iterations), max: limits.iterations }
    }

    /// Deducts the cost of a derivation. Call it before the derivation.
    pub(crate) fn spend(&mut self, iterations: u32, blocks: usize) -> Result<(), OpenError> {
        let cost = u64::from(iterations).saturating_mul(blocks as u64);
        self.left =
            self.left.checked_sub(cost).ok_or(OpenError::TooManyIterations { max: self.max })?;
        Ok(())
    }
}
