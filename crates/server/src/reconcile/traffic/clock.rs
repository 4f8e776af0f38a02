//! The clock that divides time into steps.

#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

pub(super) const STEP_SECONDS: u32 = 5;

/// Counts steps since 1970. Monotonic: changing the system time does not affect a running clock.
pub(super) enum Clock {
    Running {
        /// Milliseconds since 1970.
        start: u128,
        since: Instant,
    },
    /// Advances only by [`Clock::advance`].
    #[cfg(test)]
    Stopped(AtomicU64),
}

impl Clock {
    pub(super) fn start() -> Self {
        let start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        Self::Running { start, since: Instant::now() }
    }

    /// The current step, at least 1.
    pub(super) fn step(&self) -> u64 {
        match self {
            Self::Running { start, since } => {
                let millis = start + since.elapsed().as_millis();
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
    pub(super) fn advance(&self, steps: u64) {
        if let Self::Stopped(step) = self {
            step.fetch_add(steps, Ordering::Relaxed);
        }
    }
}
