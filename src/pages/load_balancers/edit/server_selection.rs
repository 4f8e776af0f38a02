//! Which servers are ticked.

use leptos::prelude::*;
use plan::RowKey;
use std::collections::HashSet;

/// The ticked servers of a server group; a handle.
#[derive(Clone, Copy, Default)]
pub(super) struct ServerSelection(RwSignal<HashSet<RowKey>>);

impl ServerSelection {
    pub(super) fn contains(self, key: RowKey) -> bool {
        self.0.with(|ticked| ticked.contains(&key))
    }

    pub(super) fn len(self) -> usize {
        self.0.with(HashSet::len)
    }

    pub(super) fn set(self, key: RowKey, is_ticked: bool) {
        self.0.update(|ticked| {
            if is_ticked {
                ticked.insert(key);
            } else {
                ticked.remove(&key);
            }
        });
    }

    pub(super) fn set_all(self, keys: &[RowKey], is_ticked: bool) {
        self.0.update(|ticked| {
            if is_ticked { ticked.extend(keys) } else { ticked.retain(|key| !keys.contains(key)) }
        });
    }

    pub(super) fn keys_untracked(self) -> Vec<RowKey> {
        self.0.with_untracked(|ticked| ticked.iter().copied().collect())
    }

    pub(super) fn clear(self) {
        self.0.update(HashSet::clear);
    }
}
