//! Restoring a removed row to its place.

use super::base::Edit;
use crate::{Draft, ListenerDraft, RowKey, ServerDraft};

impl Edit {
    /// Puts a removed server back, in the order of when the edit began.
    pub fn restore_server(&self, draft: &mut Draft, group: RowKey, server: ServerDraft) {
        let base = self.base_draft.group(group).map(|group| group.servers.as_slice());
        if let Some(group) = draft.group_mut(group) {
            restore(base.unwrap_or_default(), &mut group.servers, server, |server| server.key);
        }
    }

    /// Puts a removed listener back, in the order of when the edit began.
    pub fn restore_listener(&self, draft: &mut Draft, listener: ListenerDraft) {
        let base = &self.base_draft.listeners;
        restore(base, &mut draft.listeners, listener, |listener| listener.key);
    }
}

/// New rows stay behind those of the base.
fn restore<T>(base: &[T], rows: &mut Vec<T>, row: T, key: fn(&T) -> RowKey) {
    if rows.iter().any(|other| key(other) == key(&row)) {
        return;
    }
    let base_position = |row: &T| base.iter().position(|other| key(other) == key(row));
    let own = base_position(&row);
    let is_after = |other: &T| match (base_position(other), own) {
        (Some(other), Some(own)) => other > own,
        (other, own) => other.is_none() && own.is_some(),
    };
    let index = rows.iter().position(is_after).unwrap_or(rows.len());
    rows.insert(index, row);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restored_row_is_where_it_was() {
        let key = |n: &u32| RowKey(*n);
        let base = [1, 2, 3];
        for (rows, row, expected) in [
            (vec![1, 3], 2, vec![1, 2, 3]),
            (vec![2, 3, 9], 1, vec![1, 2, 3, 9]),
            (vec![1, 9], 3, vec![1, 3, 9]),
            (vec![], 3, vec![3]),
            (vec![1, 2, 3], 2, vec![1, 2, 3]),
        ] {
            let mut restored = rows.clone();
            restore(&base, &mut restored, row, key);
            assert_eq!(restored, expected, "{rows:?} and {row}");
        }
    }
}
