//! The server groups, each a card: servers first, then method, health check and further options.

use super::{existing_servers::ExistingServers, session::EditSession, start::add_first_group};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::{
        add_servers::NewServerRows,
        focus::section_id,
        group_options::GroupMoreOptions,
        health_check::HealthCheck,
        method::MethodChoice,
        new_servers::NewServers,
        section::form_card,
        server_groups::{group_card_id, group_name, server_group_keys},
        state::Form,
    },
    ui::{Banner, Button, Glyph, Text, Tone, text},
};
use leptos::prelude::*;
use plan::{FieldPath, RowKey, Section, ServerField};
use std::collections::HashSet;

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
    view! {
        <For each=move || groups.get() key=|key| *key let:key>
            <ServerGroup session group=key />
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
        <GroupMoreOptions form group />
    };
    form_card(group_card_id(group), group_title(form, group), None, content)
}
