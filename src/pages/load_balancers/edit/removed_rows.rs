//! Removes rows of the form and restores them.

use crate::pages::load_balancers::form::state::Form;
use leptos::prelude::*;
use plan::{Edit, GroupDraft, ListenerDraft, RowKey, ServerDraft};
use std::collections::HashMap;

/// Removed servers, listeners and server groups with the values they had, so that `Undo` restores them; a handle.
#[derive(Clone, Copy, Default)]
pub(super) struct RemovedRows {
    servers: StoredValue<HashMap<RowKey, ServerDraft>>,
    listeners: StoredValue<HashMap<RowKey, ListenerDraft>>,
    /// Each with the listeners that used it.
    groups: StoredValue<HashMap<RowKey, (GroupDraft, Vec<RowKey>)>>,
}

impl RemovedRows {
    pub(super) fn clear(self) {
        self.servers.set_value(HashMap::new());
        self.listeners.set_value(HashMap::new());
        self.groups.set_value(HashMap::new());
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

    /// Removes a server group; the listeners that use it have none then.
    pub(super) fn remove_group(self, form: Form, key: RowKey) {
        form.draft.update(|draft| {
            let mut users = Vec::new();
            for listener in draft.listeners.iter_mut().filter(|one| one.group == Some(key)) {
                users.push(listener.key);
                listener.group = None;
            }
            if let Some(index) = draft.groups.iter().position(|group| group.key == key) {
                let group = draft.groups.remove(index);
                self.groups.update_value(|groups| drop(groups.insert(key, (group, users))));
            }
        });
    }

    /// Restores a removed server group, and gives it back to its listeners unless they have another.
    pub(super) fn restore_group(self, form: Form, edit: &Edit, key: RowKey) {
        let base = edit.base_draft();
        let original = || {
            let users = base.listeners.iter().filter(|one| one.group == Some(key));
            Some((base.group(key)?.clone(), users.map(|one| one.key).collect()))
        };
        let removed = self.groups.with_value(|groups| groups.get(&key).cloned());
        let Some((group, users)) = removed.or_else(original) else { return };
        form.draft.update(|draft| {
            if draft.group(key).is_some() {
                return;
            }
            draft.groups.push(group);
            for listener in &mut draft.listeners {
                if users.contains(&listener.key) {
                    listener.group = listener.group.or(Some(key));
                }
            }
        });
    }
}
