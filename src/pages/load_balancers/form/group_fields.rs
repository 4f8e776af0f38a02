//! Access to one server group of the draft.

use super::state::Form;
use leptos::prelude::*;
use plan::{FieldPath, GroupDraft, GroupField, RowKey};

/// One server group of the form; a handle.
#[derive(Clone, Copy)]
pub struct GroupFields {
    pub form: Form,
    pub group: RowKey,
}

impl GroupFields {
    pub fn path(self, field: GroupField) -> FieldPath {
        FieldPath::Group { group: self.group, field }
    }

    pub fn error(self, field: GroupField) -> Signal<Option<String>> {
        self.form.error(&self.path(field))
    }

    /// A value of the group; the default once it has been removed.
    pub fn derive<T>(self, get: fn(&GroupDraft) -> T) -> Signal<T>
    where
        T: Default + PartialEq + Clone + Send + Sync + 'static,
    {
        Memo::new(move |_| {
            self.form.draft.with(|draft| draft.group(self.group).map(get).unwrap_or_default())
        })
        .into()
    }

    pub fn change(self, change: impl FnOnce(&mut GroupDraft)) {
        self.form.draft.update(|draft| {
            if let Some(group) = draft.group_mut(self.group) {
                change(group);
            }
        });
    }
}
