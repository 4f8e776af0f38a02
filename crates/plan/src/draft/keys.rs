//! What identifies the parts of a draft.

use serde::{Deserialize, Serialize};

/// Identifies a row of a draft. Keys of removed rows are not reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowKey(pub(crate) u32);

impl std::fmt::Display for RowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Which listeners options apply to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OptionsScope {
    /// Every listener without options of its own.
    Shared,
    Listener(RowKey),
}
