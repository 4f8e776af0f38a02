//! The servers of each server group.

use crate::{
    i18n::{t, use_i18n},
    pages::load_balancers::form::{
        add_servers::AddServers,
        server_groups::{server_group_keys, server_group_label},
        server_row::ServerRow,
        state::Form,
    },
};
use leptos::prelude::*;
use plan::RowKey;

#[component]
pub(super) fn ServersSection(form: Form) -> impl IntoView {
    let groups = server_group_keys(form);
    view! {
        <For each=move || groups.get() key=|key| *key let:key>
            <ServerGroup form group=key />
        </For>
    }
}

#[component]
fn ServerGroup(form: Form, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let keys = Memo::new(move |_| {
        form.draft.with(|draft| {
            let group = draft.group(group);
            group.map(|g| g.servers.iter().map(|s| s.key).collect::<Vec<_>>()).unwrap_or_default()
        })
    });
    let paste_dialog = RwSignal::new(None::<String>);
    view! {
        <div class="form-group stack">
            {move || server_group_label(form, group).map(|name| view! { <h4>{name}</h4> })}
            <Show when=move || keys.with(Vec::is_empty)>
                <p class="muted">{t!(i18n, create.no_servers)}</p>
            </Show>
            <div class="form-rows form-servers">
                <For each=move || keys.get() key=|key| *key let:key>
                    <ServerRow form group server=key paste_dialog />
                </For>
            </div>
            <AddServers form group paste_dialog />
        </div>
    }
}
