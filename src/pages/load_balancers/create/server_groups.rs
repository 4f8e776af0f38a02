//! The server groups of the new load balancer, each a card.

use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::{
        group_options::GroupMoreOptions,
        health_check::HealthCheck,
        method::MethodChoice,
        new_server_rows::NewServerRows,
        new_servers::NewServers,
        section::form_card,
        server_groups::{group_card_id, server_group_keys, server_group_label},
        state::Form,
    },
    ui::text,
};
use leptos::prelude::*;
use openstack_types::rules::LbType;
use plan::RowKey;

#[component]
pub(super) fn ServerGroups(form: Form) -> impl IntoView {
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
    let rows = NewServerRows::new(form, group, keys);
    let title = text(move || {
        let title = t_string!(i18n, create.group);
        match server_group_label(form, group) {
            Some(name) => format!("{title} · {name}"),
            None => title.to_owned(),
        }
    });
    // The service has no server group that several TCP listeners of a new load balancer share.
    let is_copied = Memo::new(move |_| {
        form.draft.with(|draft| {
            let users = draft.listeners.iter().filter(|one| one.group == Some(group)).count();
            draft.lb_type == LbType::Network && users > 1
        })
    });
    let content = view! {
        <MethodChoice form group />
        <div class="form-part stack">
            <h4 class="form-part-title">{t!(i18n, create.servers)}</h4>
            <Show when=move || is_copied.get()>
                <p class="field-hint">{t!(i18n, form.copied_group)}</p>
            </Show>
            <Show when=move || keys.with(Vec::is_empty)>
                <p class="muted">{t!(i18n, create.no_servers)}</p>
            </Show>
            <NewServers rows />
        </div>
        <HealthCheck form group />
        <GroupMoreOptions form group />
    };
    form_card(group_card_id(group), title, None, content)
}
