//! The details page of one load balancer.

mod actions;
mod anchor;
mod basics;
mod connection;
mod error_banners;
mod export_dialog;
mod health_reason_text;
mod listeners_table;
mod monitoring;
mod placeholders;
mod server_groups;
mod servers_table;
mod shown_graph;
mod status_badges;
mod topology;
mod view_state;

use super::chunks::{LazyDeleteDialog, LazyEditDialog};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::{list::DeleteEvent, page_title},
    routes::Route,
    store::{
        Graph,
        metrics::Metrics,
        stats::{Source, source},
        use_store,
    },
    ui::{Crumb, PageHeader, text},
};
use actions::Actions;
use basics::Basics;
use connection::Connection;
use error_banners::ErrorBanners;
pub(super) use export_dialog::ExportDialog;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use monitoring::Monitoring;
use openstack_types::{LoadBalancerId, ProvisioningStatus};
use placeholders::{LoadingCards, NotFound, ReadFailed};
use shown_graph::{ShownGraph, select};
use status_badges::StatusBadges;
use std::sync::Arc;
use topology::Topology;
use view_state::{GraphReader, ViewState, view_state};

#[component]
pub fn LoadBalancerDetails(id: LoadBalancerId) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    store.networks.ensure();
    let current = Memo::new(move |_| store.load_balancers.graph(id));
    let shown: ShownGraph = Memo::new(move |previous: Option<&Option<Arc<Graph>>>| {
        current.get().or_else(|| previous.cloned().flatten())
    });
    let reader = GraphReader::start(store, id);
    let view_state = view_state(current, shown, reader);

    let name = select(shown, |graph| graph.balancer.name.clone());
    let title = move || match name.get().filter(|_| view_state.get() == ViewState::Shown) {
        Some(name) if name.trim().is_empty() => t_string!(i18n, load_balancers.unnamed).to_owned(),
        Some(name) => name,
        None => t_string!(i18n, details.title).to_owned(),
    };
    page_title(title);
    let is_shown = move || view_state.get() == ViewState::Shown;
    // No metrics are requested during a deletion: the load balancer may be gone before the response.
    let is_not_deleting = select(shown, |graph| {
        graph.balancer.provisioning_status != ProvisioningStatus::PendingDelete
    });
    let is_followed = move |from: Source| {
        Memo::new(move |_| {
            let is_source = store.info.with(|info| source(info.as_ref())) == Some(from);
            is_source && is_shown() && is_not_deleting.get() == Some(true)
        })
    };
    Metrics::follow(id, is_followed(Source::Metrics).into());
    let stats_wanted = is_followed(Source::Stats).into();
    let deleting = RwSignal::new(Vec::new());
    let exporting = RwSignal::new(false);
    let to_list = {
        let navigate = use_navigate();
        move |_: DeleteEvent<LoadBalancerId>| {
            navigate(&Route::load_balancers().href(), Default::default());
        }
    };
    view! {
        <PageHeader
            title
            parent=Crumb {
                href: Route::load_balancers().href(),
                label: text(move || t_string!(i18n, load_balancers.title).to_owned()),
            }
            beside=move || view! { <Show when=is_shown><StatusBadges shown /></Show> }
            sub=move || {
                view! { <Show when=is_shown>{t!(i18n, details.title)}</Show> }
            }
            actions=move || {
                view! {
                    <Show when=is_shown>
                        <Actions id shown reader deleting exporting />
                    </Show>
                }
            }
        />
        {move || match view_state.get() {
            ViewState::Loading => view! { <LoadingCards /> }.into_any(),
            ViewState::NotFound { was_shown } => view! { <NotFound was_shown /> }.into_any(),
            ViewState::Failed(error) => view! { <ReadFailed error reader /> }.into_any(),
            ViewState::Shown => view! {
                <ErrorBanners shown reader />
                <div class="details">
                    <Topology shown />
                    <Basics shown />
                    <Connection shown />
                    <Monitoring id shown stats_wanted />
                </div>
            }
            .into_any(),
        }}
        <LazyDeleteDialog ids=deleting on_event=to_list />
        <ExportDialog id open=exporting />
        <LazyEditDialog id shown=Signal::derive(is_shown) />
    }
}
