//! The server groups, each a card: servers first, then method, health check and further options.

use super::{existing_servers::ExistingServers, session::EditSession, start::add_first_group};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::{
        focus::{focus_card, section_id},
        group_options::GroupMoreOptions,
        group_select::listeners_of,
        health_check::HealthCheck,
        method::MethodChoice,
        new_server_rows::NewServerRows,
        new_servers::NewServers,
        section::form_card,
        server_groups::{group_card_id, group_name, server_group_keys},
        state::Form,
    },
    ui::{Banner, Button, ButtonKind, Field, Glyph, Text, TextInput, Tone, text},
};
use leptos::prelude::*;
use openstack_types::field::NAME_MAX;
use plan::{Draft, FieldPath, RowKey, Section, ServerField};
use std::collections::HashSet;

/// The most characters of a name.
const MAX_NAME: u32 = NAME_MAX as u32;

#[component]
pub(super) fn ServerGroups(session: EditSession) -> impl IntoView {
    let i18n = use_i18n();
    let form = session.form;
    let groups = server_group_keys(form);
    // A load balancer from another client may have no server group: the first server adds one.
    let add_first = move || {
        let server = form.draft.try_update(|draft| {
            let group = add_first_group(draft);
            draft.add_server(group).map(|server| (group, server))
        });
        if let Some((group, server)) = server.flatten() {
            form.focus(&FieldPath::Server { group, server, field: ServerField::Address });
        }
    };
    // Existing groups that will be deleted, so that this can be taken back.
    let removed = Memo::new(move |_| {
        session.edit.with(|edit| {
            let base = edit.as_ref().map(|edit| edit.base_draft().groups.as_slice());
            let keys = base.unwrap_or_default().iter().map(|group| group.key);
            groups.with(|groups| keys.filter(|key| !groups.contains(key)).collect::<Vec<_>>())
        })
    });
    let add_group = move || {
        if let Some(group) = form.draft.try_update(Draft::add_checked_group) {
            focus_card(group_card_id(group));
        }
    };
    view! {
        <For each=move || groups.get() key=|key| *key let:key>
            <ServerGroup session group=key />
        </For>
        <For each=move || removed.get() key=|key| *key let:key>
            <RemovedGroup session group=key />
        </For>
        <Show when=move || groups.with(Vec::is_empty)>
            {form_card(
                section_id(Section::Servers).to_owned(),
                text(move || t_string!(i18n, create.group).to_owned()),
                None,
                view! {
                    <Banner tone=Tone::Warning>{t!(i18n, edit.no_group)}</Banner>
                    <div class="row">
                        <Button icon=Glyph::Plus on_press=add_first>
                            {t!(i18n, create.add_server)}
                        </Button>
                    </div>
                },
            )}
        </Show>
        <Show when=move || !groups.with(Vec::is_empty)>
            <div class="row">
                <Button icon=Glyph::Plus on_press=add_group>
                    {t!(i18n, form.add_group)}
                </Button>
            </div>
        </Show>
    }
}

/// A server group that will be deleted.
#[component]
fn RemovedGroup(session: EditSession, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let name = session.edit.with_untracked(|edit| {
        let group = edit.as_ref()?.base_draft().group(group)?;
        Some(group.name.clone())
    });
    let name = name.unwrap_or_default();
    let undo = move || {
        session.edit.with_untracked(|edit| {
            if let Some(edit) = edit {
                session.removed_rows.restore_group(session.form, edit, group);
            }
        });
        focus_card(group_card_id(group));
    };
    view! {
        <Banner
            tone=Tone::Neutral
            action=move || view! { <Button on_press=undo>{t!(i18n, common.undo)}</Button> }
        >
            {move || t_string!(i18n, form.group_removed, name = name.as_str()).to_string()}
        </Banner>
    }
}

/// Its name, which listeners use it, and the button that deletes it.
#[component]
fn NameAndUse(session: EditSession, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let form = session.form;
    let name = move || {
        form.draft.with(|draft| draft.group(group).map(|g| g.name.clone()).unwrap_or_default())
    };
    let rename = move |name: String| {
        form.draft.update(|draft| {
            if let Some(group) = draft.group_mut(group) {
                group.name = name;
            }
        });
    };
    let used_by = move || {
        let listeners = form.draft.with(|draft| listeners_of(draft, group, None));
        match listeners.as_str() {
            "" => t_string!(i18n, form.unused_group).to_owned(),
            listeners => t_string!(i18n, form.used_by, listeners = listeners).to_string(),
        }
    };
    view! {
        <div class="form-grid form-wide">
            <Field
                label=move || t_string!(i18n, form.group_name).to_owned()
                hint=used_by
                optional=true
            >
                <TextInput
                    value=name
                    on_input=rename
                    max_length=MAX_NAME
                    placeholder=move || form.draft.with(|draft| group_name(form, draft, group))
                />
            </Field>
        </div>
    }
}

/// `Server group · web`
fn group_title(form: Form, group: RowKey) -> Text {
    text(move || {
        let name = form.draft.with(|draft| group_name(form, draft, group));
        format!("{} · {name}", t_string!(form.i18n(), create.group))
    })
}

#[component]
fn ServerGroup(session: EditSession, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let form = session.form;
    let existing = Memo::new(move |_| {
        session.edit.with(|edit| {
            let group = edit.as_ref().and_then(|edit| edit.base_draft().group(group));
            let servers = group.map(|group| group.servers.as_slice()).unwrap_or_default();
            servers.iter().map(|server| server.key).collect::<Vec<_>>()
        })
    });
    let existing_keys = Memo::new(move |_| {
        existing.with(|existing| existing.iter().copied().collect::<HashSet<_>>())
    });
    let new = Memo::new(move |_| {
        form.draft.with(|draft| {
            let servers = draft.group(group).map(|group| group.servers.as_slice());
            let keys = servers.unwrap_or_default().iter().map(|server| server.key);
            existing_keys
                .with(|existing| keys.filter(|key| !existing.contains(key)).collect::<Vec<_>>())
        })
    });
    let rows = NewServerRows::new(form, group, new);
    let is_new = session
        .edit
        .with_untracked(|edit| edit.as_ref().is_none_or(|edit| edit.pool(group).is_none()));
    let content = view! {
        <div class="stack">
            <Show when=move || existing.with(Vec::is_empty) && new.with(Vec::is_empty)>
                <Banner tone=Tone::Warning>{t!(i18n, edit.no_servers)}</Banner>
            </Show>
            <Show when=move || !existing.with(Vec::is_empty)>
                <ExistingServers session group existing />
            </Show>
            <NewServers rows />
        </div>
        <MethodChoice form group />
        <HealthCheck form group />
        <NameAndUse session group />
        <GroupMoreOptions form group exists=!is_new />
    };
    let remove_label = text(move || {
        let name = form.draft.with(|draft| group_name(form, draft, group));
        t_string!(i18n, form.remove_group, name = name.as_str()).to_string()
    });
    let remove = move || {
        session.removed_rows.remove_group(form, group);
        focus_card(section_id(Section::Listeners).to_owned());
    };
    let actions = ViewFn::from(move || {
        view! {
            <Button
                kind=ButtonKind::Quiet
                icon=Glyph::Trash
                label=remove_label
                on_press=remove
            />
        }
    });
    form_card(group_card_id(group), group_title(form, group), Some(actions), content)
}
