//! The row of a new server.

use super::{
    controls::{FormInput, FormNumber},
    focus::focus_next_row,
    state::Form,
};
use crate::{
    i18n::{t_string, use_i18n},
    store::use_store,
    ui::{Button, ButtonKind, Checkbox, Field, Glyph},
};
use leptos::prelude::*;
use plan::{Draft, FieldPath, RowKey, ServerField, paste};

/// The row of a new server. A pasted text that is not a plain list of servers opens the paste dialog
/// by setting `paste_dialog`.
#[component]
pub fn ServerRow(
    form: Form,
    group: RowKey,
    server: RowKey,
    paste_dialog: RwSignal<Option<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let at = move |field| FieldPath::Server { group, server, field };
    let number = move || {
        form.draft.with(|draft| {
            let group = draft.group(group);
            group.and_then(|g| g.servers.iter().position(|s| s.key == server)).unwrap_or_default()
                + 1
        })
    };
    let backup =
        move || form.draft.with(|draft| draft.server(group, server).is_some_and(|s| s.backup));
    let set_backup = move |backup: bool| {
        form.draft.update(|draft| {
            if let Some(server) = draft.server_mut(group, server) {
                server.backup = backup;
            }
        });
    };
    let enabled =
        move || form.draft.with(|draft| draft.server(group, server).is_some_and(|s| s.enabled));
    // A new server is enabled; only a clone contains disabled ones.
    let was_disabled = !untrack(enabled);
    let set_enabled = move |on: bool| {
        form.draft.update(|draft| {
            if let Some(server) = draft.server_mut(group, server) {
                server.enabled = on;
            }
        });
    };
    view! {
        <div
            class="form-row form-server"
            role="group"
            aria-label=move || t_string!(i18n, create.server_n, n = number()).to_string()
        >
            <AddressField form group server paste_dialog />
            <Field
                label=move || t_string!(i18n, create.port).to_owned()
                error=form.error(&at(ServerField::Port))
            >
                <FormNumber form path=at(ServerField::Port) min=1 max=65535 />
            </Field>
            <Field
                label=move || t_string!(i18n, create.weight).to_owned()
                error=form.error(&at(ServerField::Weight))
            >
                <FormNumber form path=at(ServerField::Weight) min=0 max=256 />
            </Field>
            <div class="form-tick">
                <Checkbox
                    label=move || t_string!(i18n, create.backup).to_owned()
                    checked=Signal::derive(backup)
                    on_change=set_backup
                />
            </div>
            <RemoveButton form group server number=Signal::derive(number) />
            {was_disabled
                .then(|| {
                    view! {
                        <div class="edit-wide">
                            <Checkbox
                                label=move || t_string!(i18n, edit.on).to_owned()
                                checked=Signal::derive(enabled)
                                on_change=set_enabled
                            />
                        </div>
                    }
                })}
        </div>
    }
}

/// The address of a server. A pasted list of servers fills several rows.
#[component]
fn AddressField(
    form: Form,
    group: RowKey,
    server: RowKey,
    paste_dialog: RwSignal<Option<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let path = FieldPath::Server { group, server, field: ServerField::Address };
    let split_address = move |text: &str| {
        form.draft
            .try_update(|draft| draft.fill_from_paste(group, server, text))
            .unwrap_or_default()
    };
    let typed_path = path.clone();
    // An address with a port, such as `192.0.2.10:80`, fills the port field too.
    let on_leave = move || {
        let typed = form
            .draft
            .with_untracked(|draft| draft.text(&typed_path).unwrap_or_default().to_owned());
        if !paste::parse_servers(&typed).servers.is_empty() {
            split_address(&typed);
        }
    };
    let on_paste = move |event: web_sys::ClipboardEvent| {
        let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok());
        let Some(text) = text else { return };
        if split_address(&text) {
            event.prevent_default();
        } else if text.trim().lines().count() > 1 {
            event.prevent_default();
            paste_dialog.set(Some(text));
        }
    };
    view! {
        <div on:paste=on_paste>
            <Field
                label=move || t_string!(i18n, create.private_ip).to_owned()
                error=form.error(&path)
            >
                <FormInput
                    form
                    path
                    code=true
                    placeholder="192.0.2.10:80"
                    on_leave
                />
            </Field>
        </div>
    }
}

#[component]
fn RemoveButton(
    form: Form,
    group: RowKey,
    server: RowKey,
    /// Of the row, from 1.
    number: Signal<usize>,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_store().toasts;
    let on_remove = move || {
        let found = form.draft.with_untracked(|draft| {
            let servers = &draft.group(group)?.servers;
            let index = servers.iter().position(|one| one.key == server)?;
            Some((index, servers[index].clone()))
        });
        let Some((index, typed)) = found else { return };
        let remove = |draft: &mut Draft| draft.remove_server(group, server);
        let address = typed.address.trim();
        if address.is_empty() {
            focus_next_row();
            return form.draft.update(remove);
        }
        let text = t_string!(i18n, create.server_removed, server = address).to_string();
        let removed = typed.clone();
        form.remove_row(toasts, text, remove, move |draft| {
            if let Some(group) = draft.group_mut(group) {
                group.servers.insert(index.min(group.servers.len()), removed.clone());
            }
        });
    };
    view! {
        <div class="form-remove">
            <Button
                kind=ButtonKind::Quiet
                icon=Glyph::Trash
                label=move || t_string!(i18n, create.remove_server, n = number.get()).to_string()
                on_press=on_remove
            />
        </div>
    }
}
