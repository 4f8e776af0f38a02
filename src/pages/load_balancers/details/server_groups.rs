//! The server groups. The API calls a server group a pool.

use super::{
    anchor::anchor_id,
    group_use::GroupUse,
    health_check_text::health_check_text,
    server_order::few_servers,
    servers_table::ServersTable,
    settings::{
        OpenSettings, SettingItems, SettingsButton, SettingsOf, group_settings, monitor_settings,
    },
    shown_graph::{ShownGraph, select},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::{
        Location, load_balancers::form::method::method_label, permissions::edit_refusal,
        use_location,
    },
    routes::{DetailsTab, EditStart, Route},
    store::{Graph, PoolGraph, use_store},
    ui::{
        CodeBlock, Definition, Definitions, Disclosure, Glyph, LinkButton, OperatingBadge, Tag,
        text,
    },
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, MemberId, PoolId};

#[component]
pub(super) fn ServerGroups(
    id: LoadBalancerId,
    shown: ShownGraph,
    groups: Memo<GroupUse>,
    open_settings: OpenSettings,
) -> impl IntoView {
    view! {
        <For each=move || groups.with(GroupUse::ordered) key=|group| *group let:group>
            <ServerGroup id shown groups group open_settings />
        </For>
    }
}

pub(super) fn find_pool(graph: &Graph, id: PoolId) -> Option<&PoolGraph> {
    graph.pools.iter().find(|pool| pool.pool.id == id)
}

#[component]
fn ServerGroup(
    id: LoadBalancerId,
    shown: ShownGraph,
    groups: Memo<GroupUse>,
    group: PoolId,
    open_settings: OpenSettings,
) -> impl IntoView {
    let i18n = use_i18n();
    let pool = select(shown, move |graph| find_pool(graph, group).map(|p| p.pool.clone()));
    let pool = Memo::new(move |_| pool.get().flatten());
    let monitor = select(shown, move |graph| {
        find_pool(graph, group).map(|p| (p.pool.healthmonitor_id.is_some(), p.monitor.clone()))
    });
    let monitor = Memo::new(move |_| monitor.get().flatten());
    let settings = Memo::new(move |_| {
        let mut all = pool.with(|pool| pool.as_ref().map(group_settings)).unwrap_or_default();
        let monitor = monitor.get().and_then(|(_, monitor)| monitor);
        all.extend(monitor.as_ref().map(monitor_settings).unwrap_or_default());
        all
    });
    let name = Memo::new(move |_| {
        pool.with(|pool| pool.as_ref().map(|pool| pool.name.clone())).unwrap_or_default()
    });
    let members = few_and_count(shown, group);
    let is_unused = Memo::new(move |_| groups.with(|groups| groups.is_unused(group)));
    let heading = format!("group-{group}");
    let labelled_by = heading.clone();
    view! {
        <div class="details-group stack" role="group" aria-labelledby=labelled_by>
            <div class="details-group-head">
                <GroupHeading shown group heading />
                {move || {
                    is_unused.get().then(|| view! { <Tag text=move || t_string!(i18n, details.unused).to_owned() /> })
                }}
                <span class="details-group-actions">
                    <AddServer id shown group />
                    <SettingsButton name of=SettingsOf::Group(group) open_settings with_text=true />
                </span>
            </div>
            <Definitions>
                <Definition term=move || t_string!(i18n, details.method).to_owned()>
                    {move || {
                        pool.with(|pool| pool.as_ref().map(|p| method_label(i18n, &p.lb_algorithm)))
                    }}
                </Definition>
                <Definition term=move || t_string!(i18n, create.health_check).to_owned()>
                    {move || match monitor.get() {
                        Some((_, Some(monitor))) => health_check_text(i18n, &monitor),
                        Some((true, None)) => "…".to_owned(),
                        _ => t_string!(i18n, create.off).to_owned(),
                    }}
                </Definition>
                <SettingItems settings />
            </Definitions>
            <Show
                when=move || !members.with(|(few, _)| few.is_empty())
                fallback=move || view! { <NoServers group /> }
            >
                <ServersTable
                    shown
                    group
                    ids=Memo::new(move |_| members.with(|(few, _)| few.clone()))
                    open_settings
                />
            </Show>
            <Show when=move || members.with(|(few, all)| few.len() < *all)>
                <a class="details-all" href=Route::details(id, DetailsTab::Servers).href()>
                    {move || {
                        let count = members.with(|(_, all)| *all);
                        t_string!(i18n, details.all_servers, count = count).to_string()
                    }}
                </a>
            </Show>
        </div>
    }
}

/// The first servers of a group, and how many it has.
fn few_and_count(shown: ShownGraph, group: PoolId) -> Memo<(Vec<MemberId>, usize)> {
    let members = select(shown, move |graph| {
        let members = &find_pool(graph, group)?.members;
        Some((few_servers(members), members.len()))
    });
    Memo::new(move |_| members.get().flatten().unwrap_or_default())
}

/// The name of a server group with its state.
#[component]
pub(super) fn GroupHeading(
    shown: ShownGraph,
    group: PoolId,
    heading: String,
    /// A heading of the tab, not of a card.
    #[prop(optional)]
    top: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let name = select(shown, move |graph| find_pool(graph, group).map(|p| p.pool.name.clone()));
    let operating = select(shown, move |graph| {
        find_pool(graph, group).map(|p| p.pool.operating_status.clone())
    });
    let title = move || {
        let group = t_string!(i18n, details.group);
        match name.get().flatten().unwrap_or_default().trim() {
            "" => group.to_owned(),
            name => format!("{group} · {name}"),
        }
    };
    view! {
        {if top {
            view! { <h2 class="details-heading" id=heading>{title}</h2> }.into_any()
        } else {
            view! {
                <h3 class="details-heading" id=heading>
                    <span id=anchor_id(group.0) tabindex="-1">
                        {title}
                    </span>
                </h3>
            }
            .into_any()
        }}
        {move || {
            operating
                .get()
                .flatten()
                .map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
        }}
    }
}

/// Opens the edit dialog with a new server; absent while the load balancer cannot be edited.
#[component]
pub(super) fn AddServer(id: LoadBalancerId, shown: ShownGraph, group: PoolId) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let provisioning = select(shown, |graph| graph.balancer.provisioning_status.clone());
    let can_edit = Memo::new(move |_| {
        let refusal = provisioning.get().and_then(|status| edit_refusal(i18n, &status));
        store.session.may_change() && refusal.is_none()
    });
    let location = use_location();
    let href = text(move || {
        let view = location.with(Location::details_view);
        Route::edit(id, view, EditStart::AddServer(Some(group))).href()
    });
    view! {
        <Show when=move || can_edit.get()>
            <LinkButton icon=Glyph::Plus href>
                {t!(i18n, create.add_server)}
            </LinkButton>
        </Show>
    }
}

/// Says that a server group is empty, and how a command adds a server.
#[component]
pub(super) fn NoServers(group: PoolId) -> impl IntoView {
    let i18n = use_i18n();
    let command = format!(
        "openstack loadbalancer member create --wait --address 192.0.2.10 --protocol-port 80 {group}"
    );
    view! {
        <p class="muted">{t!(i18n, details.no_servers)}</p>
        <Disclosure summary=move || t_string!(i18n, details.by_command).to_owned()>
            <CodeBlock
                label=move || t_string!(i18n, details.add_server).to_owned()
                code=command
            />
        </Disclosure>
    }
}
