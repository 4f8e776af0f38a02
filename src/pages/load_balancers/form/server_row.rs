//! The row of a new server.

use super::{
    controls::{FormInput, FormNumber},
    focus::focus_next_row,
    half_width::to_half_width,
    new_server_rows::NewServerRows,
    paste_dialog::servers_added,
    server_options::{ServerOptionsButton, server_summary},
    state::Form,
};
use crate::{
    i18n::{t_string, use_i18n},
    store::use_store,
    ui::{Button, ButtonKind, Checkbox, Field, Glyph},
};
use leptos::prelude::*;
use plan::{Draft, FieldPath, RowKey, ServerField, paste};

/// The row of a new server.
#[component]
pub fn ServerRow(rows: NewServerRows, server: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let (form, group) = (rows.form, rows.group);
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
            <AddressField rows server />
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
            <div class="form-row-options">
                <ServerOptionsButton form group server />
            </div>
            <RemoveServerButton form group server number=Signal::derive(number) />
            {move || {
                let summary = server_summary(form, group, server);
                (!summary.is_empty())
                    .then(|| view! { <p class="form-wide-row field-hint">{summary}</p> })
            }}
            {was_disabled
                .then(|| {
                    view! {
                        <div class="form-wide-row">
                            <Checkbox
                                label=move || t_string!(i18n, edit.enabled).to_owned()
                                checked=Signal::derive(enabled)
                                on_change=set_enabled
                            />
                        </div>
                    }
                })}
        </div>
    }
}

/// The address of a server. Pasted lines fill several rows; lines that are not servers, and repeats,
/// are shown in the paste dialog.
#[component]
pub(super) fn AddressField(
    rows: NewServerRows,
    server: RowKey,
    /// In a table, whose header names the column.
    #[prop(optional)]
    hide_label: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let (form, group) = (rows.form, rows.group);
    let path = FieldPath::Server { group, server, field: ServerField::Address };
    // An address with a port, such as `192.0.2.10:80`, fills the port field too.
    let on_leave = move || form.draft.update(Draft::split_endpoints);
    let on_paste = move |event: web_sys::ClipboardEvent| {
        let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok());
        let Some(text) = text.map(to_half_width) else { return };
        let mut read = paste::parse_servers(&text);
        let (count, lines) = (read.servers.len(), text.trim().lines().count());
        let repeats = form.draft.with_untracked(|draft| {
            let servers = draft.group(group).map(|group| group.servers.as_slice());
            let others = servers.unwrap_or_default().iter().filter(|other| other.key != server);
            read.remove_repeats(others.map(|one| (one.address.as_str(), one.port.as_str())))
        });
        if lines > 1 && (repeats > 0 || !read.errors.is_empty()) {
            event.prevent_default();
            rows.paste_dialog.set(Some(text));
        } else if count > 1 {
            event.prevent_default();
            let fill = |draft: &mut Draft| {
                draft.fill_from_paste(group, server, &text);
            };
            rows.change_many(fill, |_| servers_added(i18n, count));
        } else if form
            .draft
            .try_update(|draft| draft.fill_from_paste(group, server, &text))
            .unwrap_or_default()
        {
            event.prevent_default();
        }
    };
    view! {
        <div on:paste=on_paste>
            <Field
                label=move || t_string!(i18n, create.private_ip).to_owned()
                error=form.error(&path)
                hide_label
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
pub(super) fn RemoveServerButton(
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
