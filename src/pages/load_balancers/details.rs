//! The details page of one load balancer.

mod actions;
mod anchor;
mod attention;
mod attention_card;
mod basics;
mod connection;
mod error_banners;
mod export_dialog;
mod failover_dialog;
mod group_use;
mod head;
mod health_check_text;
mod health_reason_text;
mod listeners_table;
mod monitoring;
mod overview;
mod placeholders;
mod policies;
mod server_groups;
mod server_order;
mod servers_tab;
mod servers_table;
pub(in crate::pages::load_balancers) mod settings;
mod shown_graph;
mod status_badges;
mod tabs;
#[cfg(test)]
mod test_graph;
mod time_ago;
mod topology;
mod try_it;
mod view_state;

use super::{
    chunks::{LazyDeleteDialog, LazyEditDialog},
    edit_progress::EditProgressBanner,
};
use crate::{
    i18n::{t_string, use_i18n},
    pages::{
        list::{DeleteEvent, Now},
        page_title,
    },
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
use error_banners::ErrorBanners;
pub(super) use export_dialog::ExportDialog;
use failover_dialog::FailoverDialog;
use head::{HeadAddress, HeadState};
pub(in crate::pages) use health_reason_text::health_reason_text;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use openstack_types::{LoadBalancerId, ProvisioningStatus, field};
use placeholders::{NotFound, ReadFailed};
use settings::{OpenSettings, SettingsDialog};
use shown_graph::{ShownGraph, select};
use std::sync::Arc;
use tabs::DetailsTabs;
use view_state::{GraphReader, ViewState, view_state};

#[component]
pub fn LoadBalancerDetails(id: LoadBalancerId) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    store.networks.ensure();
    Now::provide();
    let current = Memo::new(move |_| store.load_balancers.graph(id));
    let shown: ShownGraph = Memo::new(move |previous: Option<&Option<Arc<Graph>>>| {
        current.get().or_else(|| previous.cloned().flatten())
    });
    provide_context(shown);
    let reader = GraphReader::start(store, id);
    let view_state = view_state(current, shown, reader);

    let name = select(shown, |graph| graph.balancer.name.clone());
    // The name stays when the load balancer is deleted.
    let title = Memo::new(move |_| match name.get() {
        Some(name) if field::is_blank(&name) => t_string!(i18n, load_balancers.unnamed).to_owned(),
        Some(name) => name,
        None => t_string!(i18n, details.title).to_owned(),
    });
    page_title(move || title.get());
    let is_shown = move || view_state.get() == ViewState::Shown;
    let problem = Memo::new(move |_| match view_state.get() {
        ViewState::Loading | ViewState::Shown => None,
        problem => Some(problem),
    });
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
    let policies = policies::follow(shown);
    let deleting = RwSignal::new(Vec::new());
    let exporting = RwSignal::new(false);
    let failing_over = RwSignal::new(false);
    let open_settings: OpenSettings = RwSignal::new(None);
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
            beside=move || view! { <Show when=is_shown><HeadState shown /></Show> }
            sub=move || {
                // The room of the address, so that nothing moves when it is known.
                let room = || view! { <div class="details-head" /> };
                view! { <Show when=is_shown fallback=room><HeadAddress shown /></Show> }
            }
            actions=move || {
                view! {
                    <Show when=is_shown>
                        <Actions id shown reader deleting exporting failing_over />
                    </Show>
                }
            }
        />
        <Show when=is_shown>
            <EditProgressBanner id />
            <ErrorBanners reader />
        </Show>
        {move || match problem.get() {
            None => view! {
                // One component from the start, so that loading neither moves the tabs nor the focus.
                <DetailsTabs id shown policies stats_wanted open_settings />
            }
            .into_any(),
            Some(ViewState::Failed(error)) => view! { <ReadFailed error reader /> }.into_any(),
            Some(state) => {
                let was_shown = state == ViewState::NotFound { was_shown: true };
                view! { <NotFound id was_shown /> }.into_any()
            }
        }}
        <LazyDeleteDialog ids=deleting on_event=to_list />
        <ExportDialog id open=exporting />
        <FailoverDialog id name=title open=failing_over />
        <SettingsDialog shown open=open_settings />
        <LazyEditDialog id shown=Signal::derive(is_shown) />
    }
}
