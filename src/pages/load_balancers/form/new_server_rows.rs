//! The new servers of a server group as a handle: changes to many of them, and their `Undo`.

use super::state::Form;
use crate::i18n::t_string;
use leptos::prelude::*;
use plan::{RowKey, ServerDraft};
use std::collections::HashSet;

/// What was done to many servers at once, for its `Undo`.
#[derive(Clone)]
pub struct BulkChange {
    /// Translated.
    pub(super) text: String,
    before: Vec<ServerDraft>,
    after: HashSet<RowKey>,
}

/// The new servers of a server group, and what was done to many of them at once; a handle.
#[derive(Clone, Copy)]
pub struct NewServerRows {
    pub form: Form,
    pub group: RowKey,
    /// The keys of the new servers.
    pub keys: Memo<Vec<RowKey>>,
    /// The text of the paste dialog while that is open.
    pub paste_dialog: RwSignal<Option<String>>,
    pub(super) last_change: RwSignal<Option<BulkChange>>,
}

impl NewServerRows {
    pub fn new(form: Form, group: RowKey, keys: Memo<Vec<RowKey>>) -> Self {
        let paste_dialog = RwSignal::new(None);
        Self { form, group, keys, paste_dialog, last_change: RwSignal::new(None) }
    }

    fn servers(self) -> Vec<ServerDraft> {
        let servers = |draft: &plan::Draft| draft.group(self.group).map(|g| g.servers.clone());
        self.form.draft.with_untracked(servers).unwrap_or_default()
    }

    /// Changes many servers at once; `text` says what was done, given the difference in their number.
    pub(super) fn change_many(
        self,
        change: impl FnOnce(&mut plan::Draft),
        text: impl FnOnce(usize) -> String,
    ) {
        let before = self.servers();
        self.form.draft.update(change);
        let after = self.servers();
        let count = before.len().abs_diff(after.len());
        let after = after.iter().map(|server| server.key).collect();
        self.last_change.set(Some(BulkChange { text: text(count), before, after }));
    }

    pub(super) fn remove_all(self) {
        let keys: HashSet<RowKey> = self.keys.get_untracked().into_iter().collect();
        let i18n = self.form.i18n();
        let remove = |draft: &mut plan::Draft| {
            if let Some(group) = draft.group_mut(self.group) {
                group.servers.retain(|server| !keys.contains(&server.key));
            }
        };
        self.change_many(remove, |count| {
            t_string!(i18n, form.servers_removed, count = count).to_string()
        });
    }

    /// Restores the servers of before the last change; servers that were added later stay.
    pub(super) fn undo(self) {
        let Some(last) = self.last_change.try_update(Option::take).flatten() else { return };
        self.form.draft.update(|draft| {
            let Some(group) = draft.group_mut(self.group) else { return };
            let known: HashSet<RowKey> = last.before.iter().map(|server| server.key).collect();
            let is_later = |server: &ServerDraft| {
                !known.contains(&server.key) && !last.after.contains(&server.key)
            };
            let now = std::mem::take(&mut group.servers);
            let current = |server: ServerDraft| {
                now.iter().find(|one| one.key == server.key).cloned().unwrap_or(server)
            };
            group.servers = last.before.into_iter().map(current).collect();
            group.servers.extend(now.iter().filter(|server| is_later(server)).cloned());
        });
    }
}
