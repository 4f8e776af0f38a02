//! How long a cloud that fails is left alone.

use std::time::Duration;

/// After failures: doubled from the first to the longest.
const FIRST_BACKOFF: Duration = Duration::from_secs(5);
const LONGEST_BACKOFF: Duration = Duration::from_secs(60);
/// A cloud that wants the portal to wait for longer is asked after this all the same.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(600);

/// How long to wait after a failure: what the cloud says, or else longer each time.
pub(super) fn backoff(failures: u32, retry_after: Option<Duration>, jitter: f64) -> Duration {
    match retry_after {
        Some(wait) => wait.clamp(Duration::from_secs(1), LONGEST_RETRY_AFTER),
        None => {
            let doubled = FIRST_BACKOFF.saturating_mul(1 << failures.saturating_sub(1).min(8));
            doubled.min(LONGEST_BACKOFF).mul_f64(1.0 + jitter / 4.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_cloud_is_asked_less_and_less() {
        let waits: Vec<u64> =
            (1..=6).map(|failures| backoff(failures, None, 0.0).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 60, 60]);
        assert_eq!(backoff(1, Some(Duration::from_secs(42)), 0.9).as_secs(), 42);
        assert_eq!(backoff(1, Some(Duration::ZERO), 0.0).as_secs(), 1);
        assert_eq!(backoff(1, Some(Duration::MAX), 0.0), LONGEST_RETRY_AFTER);
    }
}
