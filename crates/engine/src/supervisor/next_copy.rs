//! When to copy sessions again from old processes; see [`super::handover`].

use tokio::time::Instant;

/// The next copy of what old processes have learned.
#[derive(Debug)]
pub(super) struct NextCopy {
    pub(super) at: Instant,
    pub(super) replaced_at: Instant,
}
