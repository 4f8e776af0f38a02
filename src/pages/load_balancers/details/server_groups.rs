//! The server groups. The API calls a server group a pool.

use super::{
    anchor::anchor_id,
    servers_table::ServersTable,
    shown_graph::{ShownGraph, select},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::method::method_label,
    store::{Graph, PoolGraph},
    ui::{CodeBlock, Definition, Definitions, OperatingBadge},
};
use leptos::prelude::*;
use openstack_types::PoolId;

#[component]
pub(super) fn ServerGroups(shown: ShownGraph) -> impl IntoView {
    let ids = select(shown, |graph| graph.pools.iter().map(|p| p.pool.id).collect::<Vec<_>>());
    view! {
        <For each=move || ids.get().unwrap_or_default() key=|id| *id let:id>
            <ServerGroup shown id />
        </For>
    }
}

fn find_pool(graph: &Graph, id: PoolId) -> Option<&PoolGraph> {
    graph.pools.iter().find(|pool| pool.pool.id == id)
}

#[component]
fn ServerGroup(shown: ShownGraph, id: PoolId) -> impl IntoView {
    let i18n = use_i18n();
    let field = move |field_text: fn(&PoolGraph) -> String| {
        let found = select(shown, move |graph| find_pool(graph, id).map(field_text));
        Memo::new(move |_| found.get().flatten().unwrap_or_default())
    };
    let name = field(|pool| pool.pool.name.clone());
    let method =
        select(shown, move |graph| find_pool(graph, id).map(|p| p.pool.lb_algorithm.clone()));
    let protocol = field(|pool| pool.pool.protocol.to_string());
    let persistence = field(|pool| match &pool.pool.session_persistence {
        None => String::new(),
        Some(persistence) => match &persistence.cookie_name {
            Some(cookie) => format!("{} · {cookie}", persistence.kind),
            None => persistence.kind.to_string(),
        },
    });
    let operating =
        select(shown, move |graph| find_pool(graph, id).map(|p| p.pool.operating_status.clone()));
    let monitor = select(shown, move |graph| {
        find_pool(graph, id).map(|p| (p.pool.healthmonitor_id.is_some(), p.monitor.clone()))
    });
    let check = move || match monitor.get().flatten() {
        Some((_, Some(monitor))) => {
            let path = monitor.url_path.as_deref().map(|path| format!(" {path}"));
            let kind = format!("{}{}", monitor.kind, path.unwrap_or_default());
            let delay = monitor.delay.to_string();
            t_string!(i18n, create.health_note, kind = kind, delay = delay).to_string()
        }
        Some((true, None)) => "…".to_owned(),
        _ => t_string!(i18n, create.off).to_owned(),
    };
    let title = move || {
        let group = t_string!(i18n, details.group);
        match name.get().as_str() {
            "" => group.to_owned(),
            name => format!("{group} · {name}"),
        }
    };
    let members = select(shown, move |graph| {
        let members =
            find_pool(graph, id).map(|p| p.members.iter().map(|m| m.id).collect::<Vec<_>>());
        members.unwrap_or_default()
    });
    let members = Memo::new(move |_| members.get().unwrap_or_default());
    let heading = format!("group-{id}");
    let labelled_by = heading.clone();
    view! {
        <div class="details-group stack" role="group" aria-labelledby=labelled_by>
            <div class="details-group-head">
                <h3 class="details-heading" id=heading>
                    <span id=anchor_id(id.0) tabindex="-1">{title}</span>
                </h3>
                {move || {
                    operating
                        .get()
                        .flatten()
                        .map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
                }}
            </div>
            <Definitions>
                <Definition term=move || t_string!(i18n, details.method).to_owned()>
                    {move || method.get().flatten().map(|method| method_label(i18n, &method))}
                </Definition>
                <Definition term=move || t_string!(i18n, details.pool_protocol).to_owned()>
                    {move || protocol.get()}
                </Definition>
                <Definition term=move || t_string!(i18n, create.health_check).to_owned()>
                    {check}
                </Definition>
                <Definition term=move || t_string!(i18n, create.persistence).to_owned()>
                    {move || match persistence.get() {
                        text if text.is_empty() => t_string!(i18n, create.none).to_owned(),
                        text => text,
                    }}
                </Definition>
            </Definitions>
            <Show
                when=move || !members.with(Vec::is_empty)
                fallback=move || view! { <NoServers id /> }
            >
                <ServersTable shown pool_id=id ids=members />
            </Show>
        </div>
    }
}

/// Says how to add a server to an empty server group.
#[component]
fn NoServers(id: PoolId) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div>
            <p class="details-gap">{t!(i18n, details.no_servers)}</p>
            <CodeBlock
                label=move || t_string!(i18n, details.add_server).to_owned()
                code=format!(
                    "openstack loadbalancer member create --wait --address 192.0.2.10 --protocol-port 80 {id}",
                )
            />
        </div>
    }
}
