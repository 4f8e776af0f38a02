//! Removes rows of the form and restores them.

use crate::pages::load_balancers::form::state::Form;
use leptos::prelude::*;
use plan::{Edit, ListenerDraft, RowKey, ServerDraft};
use std::collections::HashMap;

/// Removed servers and listeners with the values they had, so that `Undo` restores them; a handle.
#[derive(Clone, Copy, Default)]
pub(super) struct RemovedRows {
    servers: StoredValue<HashMap<RowKey, ServerDraft>>,
    listeners: StoredValue<HashMap<RowKey, ListenerDraft>>,
}

impl RemovedRows {
    pub(super) fn clear(self) {
        self.servers.set_value(HashMap::new());
        self.listeners.set_value(HashMap::new());
    }

    pub(super) fn remove_servers(self, form: Form, group: RowKey, keys: &[RowKey]) {
        form.draft.update(|draft| {
            for key in keys {
                if let Some(server) = draft.server(group, *key).cloned() {
                    self.servers.update_value(|servers| drop(servers.insert(*key, server)));
                }
                draft.remove_server(group, *key);
            }
        });
    }

    /// Restores a removed server; one that was removed before a reload with its original values.
    pub(super) fn restore_server(self, form: Form, edit: &Edit, group: RowKey, key: RowKey) {
        let removed = self.servers.with_value(|servers| servers.get(&key).cloned());
        let server = removed.or_else(|| edit.base_draft().server(group, key).cloned());
        if let Some(server) = server {
            form.draft.update(|draft| edit.restore_server(draft, group, server));
        }
    }

    pub(super) fn remove_listener(self, form: Form, key: RowKey) {
        form.draft.update(|draft| {
            if let Some(listener) = draft.listener(key).cloned() {
                self.listeners.update_value(|listeners| drop(listeners.insert(key, listener)));
            }
            draft.remove_listener(key);
        });
    }

    /// Restores a removed listener; one that was removed before a reload with its original values.
    pub(super) fn restore_listener(self, form: Form, edit: &Edit, key: RowKey) {
        let removed = self.listeners.with_value(|listeners| listeners.get(&key).cloned());
        let listener = removed.or_else(|| edit.base_draft().listener(key).cloned());
        if let Some(listener) = listener {
            form.draft.update(|draft| edit.restore_listener(draft, listener));
        }
    }
}
