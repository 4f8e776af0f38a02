//! Adds servers to a server group, and removes the added ones together.

use super::{new_server_rows::NewServerRows, paste_dialog::PasteDialog};
use crate::{
    i18n::{t, use_i18n},
    ui::{Button, ButtonKind, Glyph},
};
use leptos::prelude::*;
use plan::{FieldPath, ServerField};

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
