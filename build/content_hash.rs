//! The one hash that names files by their content and tells whether an input has changed.
//!
//! Used by `build.rs` and by xtask.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Sixteen hexadecimal digits of everything in `parts`, in their order.
pub fn content_hash<T: Hash>(parts: impl IntoIterator<Item = T>) -> String {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        part.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}
