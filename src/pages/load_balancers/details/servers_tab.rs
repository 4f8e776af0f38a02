//! The tab **Servers**: every server of every server group, with a search.

use super::{
    group_use::GroupUse,
    server_groups::{AddServer, GroupHeading, find_pool},
    server_order::{HEALTH, ServerQuery, found_servers, is_down_only},
    servers_table::ServersTable,
    settings::{OpenSettings, SettingsButton, SettingsOf},
    shown_graph::{ShownGraph, select},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::{list::Query, use_location},
    routes::{DetailsTab, DetailsView, EditStart, Route, ServerSort},
    store::use_store,
    ui::{Art, ButtonKind, Card, Checkbox, EmptyState, Glyph, LinkButton, SearchInput, text},
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, MemberId, OperatingStatus, PoolId};

/// The servers of a group that the search finds, and whether the group has any.
type Found = (PoolId, Vec<MemberId>, bool);

#[component]
pub(super) fn ServersTab(
    id: LoadBalancerId,
    shown: ShownGraph,
    groups: Memo<GroupUse>,
    open_settings: OpenSettings,
) -> impl IntoView {
    let i18n = use_i18n();
    let query = query_in_url(id);
    let asked = Memo::new(move |_| query.now());
    let found: Memo<Vec<Found>> = Memo::new(move |_| {
        let groups = groups.with(GroupUse::ordered);
        shown.with(|graph| {
            let Some(graph) = graph.as_deref() else { return Vec::new() };
            let pools = groups.iter().filter_map(|id| find_pool(graph, *id));
            let one = |one: &crate::store::PoolGraph| {
                let found = asked.with(|query| found_servers(&one.members, query));
                (one.pool.id, found, !one.members.is_empty())
            };
            pools.map(one).collect()
        })
    });
    let is_asked =
        Memo::new(move |_| asked.with(|q| is_down_only(q) || !q.search.trim().is_empty()));
    // While a search is on, groups without a match are left out.
    let shown_groups = Memo::new(move |_| {
        let is_asked = is_asked.get();
        found.with(|found| {
            let groups = found.iter().filter(|(_, ids, _)| !is_asked || !ids.is_empty());
            groups.map(|(group, ..)| *group).collect::<Vec<_>>()
        })
    });
    let finds_nothing = move || is_asked.get() && shown_groups.with(Vec::is_empty);
    view! {
        <div class="details">
            <Tools shown found query asked />
            <Show
                when=move || !groups.with(|groups| groups.ordered().is_empty())
                fallback=move || view! { <NoGroups id /> }
            >
                <Show when=finds_nothing>
                    <EmptyState
                        art=Art::NoMatch
                        title=text(move || {
                            if asked.with(|query| query.search.trim().is_empty()) {
                                t_string!(i18n, details.none_down).to_owned()
                            } else {
                                t_string!(i18n, details.no_server_found).to_owned()
                            }
                        })
                    />
                </Show>
                <For each=move || shown_groups.get() key=|group| *group let:group>
                    <GroupOfServers id shown group found query open_settings />
                </For>
            </Show>
        </div>
    }
}

/// The search of the address, also below the edit dialog.
fn query_in_url(id: LoadBalancerId) -> Query<ServerSort> {
    let location = use_location();
    Query::new(
        |route| match route {
            Route::LoadBalancer { view, .. } | Route::EditLoadBalancer { view, .. } => {
                Some(&view.servers)
            }
            _ => None,
        },
        move |servers| {
            let view = DetailsView::servers(servers);
            location.with_untracked(|location| match location.route {
                Some(Route::EditLoadBalancer { start, .. }) => Route::edit(id, view, start),
                _ => Route::details(id, view),
            })
        },
    )
}

/// Search, `Down only`, and how many servers are shown.
#[component]
fn Tools(
    shown: ShownGraph,
    found: Memo<Vec<Found>>,
    query: Query<ServerSort>,
    asked: Memo<ServerQuery>,
) -> impl IntoView {
    let i18n = use_i18n();
    let counts = select(shown, |graph| {
        let all = || graph.pools.iter().flat_map(|one| &one.members);
        let down = all().filter(|one| one.operating_status == OperatingStatus::Error).count();
        (all().count(), down)
    });
    let counts = Memo::new(move |_| counts.get().unwrap_or_default());
    let shown_count = Memo::new(move |_| {
        found.with(|found| found.iter().map(|(_, ids, _)| ids.len()).sum::<usize>())
    });
    view! {
        <div class="details-tools">
            <SearchInput
                label=move || t_string!(i18n, edit.search).to_owned()
                placeholder=move || t_string!(i18n, details.search_servers_hint).to_owned()
                value=query.search
                on_input=move |typed: String| query.set_search(typed)
            />
            <Checkbox
                label=move || {
                    let down = counts.get().1;
                    t_string!(i18n, details.down_only, count = down).to_string()
                }
                checked=Signal::derive(move || asked.with(is_down_only))
                on_change=move |is_on: bool| {
                    let (filter, down) = HEALTH;
                    query.set_filter(filter, if is_on { down } else { "" });
                }
            />
            <p class="muted num grow">
                {move || {
                    let (shown, all) = (shown_count.get(), counts.get().0);
                    t_string!(i18n, load_balancers.shown_count, shown = shown, all = all).to_string()
                }}
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn GroupOfServers(
    id: LoadBalancerId,
    shown: ShownGraph,
    group: PoolId,
    found: Memo<Vec<Found>>,
    query: Query<ServerSort>,
    open_settings: OpenSettings,
) -> impl IntoView {
    let i18n = use_i18n();
    let own = Memo::new(move |_| {
        found.with(|found| {
            let own = found.iter().find(|(one, ..)| *one == group);
            own.map(|(_, ids, has_servers)| (ids.clone(), *has_servers)).unwrap_or_default()
        })
    });
    let ids = Memo::new(move |_| own.with(|(ids, _)| ids.clone()));
    let has_servers = Memo::new(move |_| own.with(|(_, has_servers)| *has_servers));
    let name = select(shown, move |graph| find_pool(graph, group).map(|p| p.pool.name.clone()));
    let name = Memo::new(move |_| name.get().flatten().unwrap_or_default());
    let heading = format!("servers-{group}");
    let labelled_by = heading.clone();
    view! {
        <section class="stack" aria-labelledby=labelled_by>
            <div class="details-group-head">
                <GroupHeading shown group heading top=true />
                <span class="details-group-actions">
                    <AddServer id shown group />
                    <SettingsButton name of=SettingsOf::Group(group) open_settings with_text=true />
                </span>
            </div>
            <Show when=move || has_servers.get() fallback=move || view! { <p class="muted">{t!(i18n, details.no_servers)}</p> }>
                <ServersTable shown group ids open_settings query />
            </Show>
        </section>
    }
}

/// There is no server group: the edit dialog adds one with the first server.
#[component]
fn NoGroups(id: LoadBalancerId) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let edit = Route::edit(id, DetailsTab::Servers, EditStart::AddServer(None));
    view! {
        <Card title=move || t_string!(i18n, details.servers).to_owned()>
            <EmptyState
                title=move || t_string!(i18n, details.no_group_title).to_owned()
                text=move || t_string!(i18n, details.no_servers).to_owned()
            >
                <Show when=move || store.session.may_change()>
                    <LinkButton kind=ButtonKind::Primary icon=Glyph::Plus href=edit.href()>
                        {t!(i18n, create.add_server)}
                    </LinkButton>
                </Show>
            </EmptyState>
        </Card>
    }
}
