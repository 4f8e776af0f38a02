//! The servers of each server group: a table of existing ones, and rows for new ones.

use super::{existing_servers::ExistingServers, session::EditSession, start::add_first_group};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::{
        add_servers::AddServers,
        focus::focus_field,
        section::FormSection,
        server_groups::{server_group_keys, server_group_label},
        server_row::ServerRow,
    },
    ui::{Button, ButtonKind, Glyph},
};
use leptos::prelude::*;
use plan::{FieldPath, RowKey, Section, ServerField};
use std::collections::HashSet;

/// New rows that are drawn at first; `Show more` draws the rest.
const INITIAL_NEW_ROWS: usize = 60;

#[component]
pub(super) fn ServersSection(session: EditSession) -> impl IntoView {
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
            focus_field(&FieldPath::Server { group, server, field: ServerField::Address });
        }
    };
    view! {
        <FormSection section=Section::Servers title=move || t_string!(i18n, create.servers).to_owned()>
            <For each=move || groups.get() key=|key| *key let:key>
                <ServerGroup session group=key />
            </For>
            <Show when=move || groups.with(Vec::is_empty)>
                <p class="muted">{t!(i18n, edit.no_group)}</p>
                <div class="row">
                    <Button icon=Glyph::Plus on_press=add_first>
                        {t!(i18n, create.add_server)}
                    </Button>
                </div>
            </Show>
        </FormSection>
    }
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
    let limit = RwSignal::new(INITIAL_NEW_ROWS);
    let visible = move || new.with(|new| new.iter().take(limit.get()).copied().collect::<Vec<_>>());
    let hidden_count = Memo::new(move |_| new.with(Vec::len).saturating_sub(limit.get()));
    let paste_dialog = RwSignal::new(None::<String>);
    // An added row comes last and gets focus, so it must be visible.
    let show_all = move || {
        if hidden_count.get_untracked() > 0 {
            limit.set(usize::MAX);
        }
    };
    view! {
        <div class="form-group stack">
            {move || server_group_label(form, group).map(|name| view! { <h4>{name}</h4> })}
            <Show when=move || existing.with(Vec::is_empty) && new.with(Vec::is_empty)>
                <p class="muted">{t!(i18n, edit.no_servers)}</p>
            </Show>
            <Show when=move || !existing.with(Vec::is_empty)>
                <ExistingServers session group existing />
            </Show>
            <div class="form-rows form-servers">
                <For each=visible key=|key| *key let:key>
                    <ServerRow form group server=key paste_dialog />
                </For>
            </div>
            <Show when=move || { hidden_count.get() > 0 }>
                <Button kind=ButtonKind::Quiet on_press=move || limit.set(usize::MAX)>
                    {move || t_string!(i18n, edit.show_more, count = hidden_count.get()).to_string()}
                </Button>
            </Show>
            <AddServers form group paste_dialog on_add=show_all />
        </div>
    }
}
