//! A row that was taken away, put back where it was.

use super::Edit;
use crate::{Draft, ListenerDraft, RowKey, ServerDraft};

impl Edit {
    /// Puts a server back into its group, among the others as it stood when the edit began.
    pub fn put_server_back(&self, draft: &mut Draft, group: RowKey, server: ServerDraft) {
        let begin = self.begin.group(group).map(|group| group.servers.as_slice());
        if let Some(group) = draft.group_mut(group) {
            put_back(begin.unwrap_or_default(), &mut group.servers, server, |server| server.key);
        }
    }

    /// Puts a listener back, among the others as it stood when the edit began.
    pub fn put_listener_back(&self, draft: &mut Draft, listener: ListenerDraft) {
        put_back(&self.begin.listeners, &mut draft.listeners, listener, |listener| listener.key);
    }
}

/// Rows that are new stand after all others.
fn put_back<T>(begin: &[T], now: &mut Vec<T>, row: T, key: fn(&T) -> RowKey) {
    let place = |row: &T| begin.iter().position(|other| key(other) == key(row));
    if now.iter().any(|other| key(other) == key(&row)) {
        return;
    }
    let own = place(&row);
    let after = |other: &T| match (place(other), own) {
        (Some(other), Some(own)) => other > own,
        (other, own) => other.is_none() && own.is_some(),
    };
    let at = now.iter().position(after).unwrap_or(now.len());
    now.insert(at, row);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_back_stands_where_it_stood() {
        let key = |n: &u32| RowKey(*n);
        let begin = [1, 2, 3];
        for (now, row, then) in [
            (vec![1, 3], 2, vec![1, 2, 3]),
            (vec![2, 3, 9], 1, vec![1, 2, 3, 9]),
            (vec![1, 9], 3, vec![1, 3, 9]),
            (vec![], 3, vec![3]),
            (vec![1, 2, 3], 2, vec![1, 2, 3]),
        ] {
            let mut after = now.clone();
            put_back(&begin, &mut after, row, key);
            assert_eq!(after, then, "{now:?} and {row}");
        }
    }
}
