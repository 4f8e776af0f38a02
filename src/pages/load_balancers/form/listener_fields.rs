//! Access to one listener of the draft.

use super::state::Form;
use leptos::prelude::*;
use plan::{FieldPath, ListenerDraft, ListenerField, RowKey};

/// One listener of the form; a handle.
#[derive(Clone, Copy)]
pub struct ListenerFields {
    pub form: Form,
    pub listener: RowKey,
}

impl ListenerFields {
    pub fn path(self, field: ListenerField) -> FieldPath {
        FieldPath::Listener { listener: self.listener, field }
    }

    pub fn error(self, field: ListenerField) -> Signal<Option<String>> {
        self.form.error(&self.path(field))
    }

    /// A value of the listener; the default once it has been removed.
    pub fn derive<T>(self, get: fn(&ListenerDraft) -> T) -> Signal<T>
    where
        T: Default + PartialEq + Clone + Send + Sync + 'static,
    {
        Memo::new(move |_| {
            self.form.draft.with(|draft| draft.listener(self.listener).map(get).unwrap_or_default())
        })
        .into()
    }

    pub fn change(self, change: impl FnOnce(&mut ListenerDraft)) {
        self.form.draft.update(|draft| {
            if let Some(listener) = draft.listener_mut(self.listener) {
                change(listener);
            }
        });
    }
}
