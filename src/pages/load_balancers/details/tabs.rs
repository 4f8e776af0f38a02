//! The tabs of the page. The address says which is shown.

use super::{
    group_use::GroupUse,
    monitoring::Monitoring,
    overview::Overview,
    placeholders::LoadingCards,
    policies::Policies,
    servers_tab::ServersTab,
    settings::OpenSettings,
    shown_graph::{ShownGraph, select},
};
use crate::{
    i18n::{I18nContext, Locale, t_string, use_i18n},
    pages::{load_balancers::chunks::LazyRulesTab, use_location},
    routes::{DetailsTab, Route},
    ui::{LinkTab, LinkTabs, Text, text},
};
use leptos::prelude::*;
use openstack_types::LoadBalancerId;

fn tab_label(i18n: I18nContext<Locale>, tab: DetailsTab) -> &'static str {
    match tab {
        DetailsTab::Overview => t_string!(i18n, details.overview),
        DetailsTab::Rules => t_string!(i18n, details.rules),
        DetailsTab::Servers => t_string!(i18n, details.servers),
        DetailsTab::Monitoring => t_string!(i18n, monitoring.title),
    }
}

/// The links above the panel; `count` is the number beside a label.
fn links(
    i18n: I18nContext<Locale>,
    id: LoadBalancerId,
    count: impl Fn(DetailsTab) -> Option<usize> + Copy + Send + Sync + 'static,
) -> Vec<LinkTab> {
    let link = |tab: DetailsTab| LinkTab {
        href: Route::details(id, tab).href().into(),
        label: text(move || tab_label(i18n, tab).to_owned()),
        count: text(move || {
            count(tab).filter(|count| *count > 0).map(|count| count.to_string()).unwrap_or_default()
        }),
    };
    DetailsTab::ALL.map(link).to_vec()
}

fn index_of(tab: DetailsTab) -> usize {
    DetailsTab::ALL.iter().position(|one| *one == tab).unwrap_or_default()
}

#[component]
pub(super) fn DetailsTabs(
    id: LoadBalancerId,
    shown: ShownGraph,
    policies: Policies,
    stats_wanted: Signal<bool>,
    open_settings: OpenSettings,
) -> impl IntoView {
    let i18n = use_i18n();
    let location = use_location();
    // Kept while the address leads to another page.
    let tab = Memo::new(move |previous: Option<&DetailsTab>| {
        location.with(|location| match &location.route {
            Some(Route::LoadBalancer { view, .. } | Route::EditLoadBalancer { view, .. }) => {
                view.tab
            }
            _ => previous.copied().unwrap_or_default(),
        })
    });
    let is_loading = Memo::new(move |_| shown.with(Option::is_none));
    let groups = Memo::new(move |_| {
        let policies = policies.get();
        shown.with(|graph| {
            let policies = policies.as_ref().map(|policies| policies.as_slice());
            graph.as_deref().map(|graph| GroupUse::of(graph, policies)).unwrap_or_default()
        })
    });
    let counts = select(shown, |graph| {
        let rules = graph.listeners.iter().map(|one| one.l7policies.len()).sum::<usize>();
        let servers = graph.pools.iter().map(|one| one.members.len()).sum::<usize>();
        (rules, servers)
    });
    let counts = Memo::new(move |_| counts.get().unwrap_or_default());
    let count = move |tab: DetailsTab| match tab {
        DetailsTab::Rules => Some(counts.get().0),
        DetailsTab::Servers => Some(counts.get().1),
        DetailsTab::Overview | DetailsTab::Monitoring => None,
    };
    let label: Text = text(move || t_string!(i18n, details.tabs).to_owned());
    view! {
        <LinkTabs
            label
            tabs=links(i18n, id, count)
            selected=Signal::derive(move || index_of(tab.get()))
        >
            {move || match tab.get() {
                _ if is_loading.get() => view! { <LoadingCards /> }.into_any(),
                DetailsTab::Overview => {
                    view! { <Overview id shown groups open_settings /> }.into_any()
                }
                DetailsTab::Rules => view! { <LazyRulesTab id /> }.into_any(),
                DetailsTab::Servers => {
                    view! { <ServersTab id shown groups open_settings /> }.into_any()
                }
                DetailsTab::Monitoring => {
                    view! { <Monitoring id shown stats_wanted /> }.into_any()
                }
            }}
        </LinkTabs>
    }
}
