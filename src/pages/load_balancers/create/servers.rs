//! The servers of every group.

use crate::{
    i18n::{t, use_i18n},
    pages::load_balancers::form::{
        Form,
        groups::{group_keys, group_name},
        servers::{AddServers, Server},
    },
};
use leptos::prelude::*;
use plan::RowKey;

/// The servers of every group.
#[component]
pub(super) fn Servers(form: Form) -> impl IntoView {
    let groups = group_keys(form);
    view! {
        <For each=move || groups.get() key=|key| *key let:key>
            <Group form group=key />
        </For>
    }
}

#[component]
fn Group(form: Form, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let keys = Memo::new(move |_| {
        form.draft.with(|draft| {
            let group = draft.group(group);
            group.map(|g| g.servers.iter().map(|s| s.key).collect::<Vec<_>>()).unwrap_or_default()
        })
    });
    let pasting = RwSignal::new(None::<String>);
    view! {
        <div class="form-group stack">
            {move || group_name(form, group).map(|name| view! { <h4>{name}</h4> })}
            <Show when=move || keys.with(Vec::is_empty)>
                <p class="muted">{t!(i18n, create.no_servers)}</p>
            </Show>
            <div class="form-rows form-servers">
                <For each=move || keys.get() key=|key| *key let:key>
                    <Server form group server=key pasting />
                </For>
            </div>
            <AddServers form group pasting />
        </div>
    }
}
