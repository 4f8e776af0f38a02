//! Adds servers to a server group, and removes the added ones together.

use super::{paste_dialog::PasteDialog, state::Form};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{Button, ButtonKind, Glyph},
};
use leptos::prelude::*;
use plan::{FieldPath, RowKey, ServerDraft, ServerField};
use std::collections::HashSet;

/// What was done to many servers at once, for its `Undo`.
#[derive(Clone)]
pub struct BulkChange {
    /// Translated.
    text: String,
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
    last_change: RwSignal<Option<BulkChange>>,
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

    fn remove_all(self) {
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
    fn undo(self) {
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

/// The buttons that add servers to a server group.
#[component]
pub fn AddServers(rows: NewServerRows) -> impl IntoView {
    let i18n = use_i18n();
    let NewServerRows { form, group, keys, paste_dialog, last_change } = rows;
    let add = move || {
        if let Some(server) = form.draft.try_update(|draft| draft.add_server(group)).flatten() {
            form.focus(&FieldPath::Server { group, server, field: ServerField::Address });
        }
    };
    let note = move || {
        last_change.with(|last| last.as_ref().map(|last| last.text.clone())).map(|text| {
            view! {
                {text}
                " "
                <button type="button" class="link" on:click=move |_| rows.undo()>
                    {t!(i18n, common.undo)}
                </button>
            }
        })
    };
    view! {
        <div class="row form-add">
            <Button icon=Glyph::Plus on_press=add>
                {t!(i18n, create.add_server)}
            </Button>
            <Button
                kind=ButtonKind::Quiet
                icon=Glyph::Clipboard
                on_press=move || paste_dialog.set(Some(String::new()))
            >
                {t!(i18n, create.paste)}
            </Button>
            <Show when=move || { keys.with(Vec::len) > 1 }>
                <Button
                    kind=ButtonKind::Quiet
                    icon=Glyph::Trash
                    on_press=move || rows.remove_all()
                >
                    {t!(i18n, form.remove_all)}
                </Button>
            </Show>
        </div>
        <p class="field-hint form-bulk" role="status">{note}</p>
        <PasteDialog rows />
    }
}
