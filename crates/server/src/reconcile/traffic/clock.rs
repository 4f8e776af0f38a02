//! Which step it is.

#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Seconds of a step.
pub(super) const STEP_SECONDS: u32 = 5;

/// Counts steps since 1970, and never backwards: when somebody sets the machine's clock, it goes on
/// from where it began.
pub(super) enum Clock {
    Running {
        /// Milliseconds since 1970 when the server began.
        began: u128,
        since: Instant,
    },
    /// Goes on when it is told to.
    #[cfg(test)]
    Stopped(AtomicU64),
}

impl Clock {
    pub(super) fn start() -> Self {
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        Self::Running { began, since: Instant::now() }
    }

    /// The step that is under way; there is always one before.
    pub(super) fn step(&self) -> u64 {
        match self {
            Self::Running { began, since } => {
                let millis = began + since.elapsed().as_millis();
                ((millis / (1000 * u128::from(STEP_SECONDS))) as u64).max(1)
            }
            #[cfg(test)]
            Self::Stopped(step) => step.load(Ordering::Relaxed),
        }
    }

    #[cfg(test)]
    pub(super) fn stopped() -> Self {
        Self::Stopped(AtomicU64::new(350_000_000))
    }

    #[cfg(test)]
    pub(super) fn pass(&self, steps: u64) {
        if let Self::Stopped(step) = self {
            step.fetch_add(steps, Ordering::Relaxed);
        }
    }
}
