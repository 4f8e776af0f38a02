//! The card **Monitoring**: current traffic, and traffic of the last minutes.

mod counter_list;
mod octavia_stats;
mod plots;
mod selected_object;
mod totals;
mod traffic_tables;

use super::shown_graph::ShownGraph;
use crate::{
    i18n::{errors, t, t_string, use_i18n},
    store::{
        metrics::use_metrics,
        stats::{Source, source},
        use_store,
    },
    ui::{Button, Card},
};
use leptos::prelude::*;
use octavia_stats::OctaviaStats;
use openstack_types::LoadBalancerId;
use plots::Plots;
use selected_object::{SelectedObject, object_label};
use totals::{Totals, last_minutes};
use traffic_tables::TrafficTables;
use uuid::Uuid;

/// Metrics of the portal or, in a cloud, the totals of Octavia; these are read while `stats_wanted`.
#[component]
pub(super) fn Monitoring(
    id: LoadBalancerId,
    shown: ShownGraph,
    stats_wanted: Signal<bool>,
) -> impl IntoView {
    let store = use_store();
    let from = Memo::new(move |_| store.info.with(|info| source(info.as_ref())));
    move || match from.get() {
        Some(Source::Metrics) => view! { <Metrics id shown /> }.into_any(),
        Some(Source::Stats) => view! { <OctaviaStats id shown wanted=stats_wanted /> }.into_any(),
        None => ().into_any(),
    }
}

#[component]
fn Metrics(id: LoadBalancerId, shown: ShownGraph) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let selected: SelectedObject = RwSignal::new(id.0);
    let name = Memo::new(move |_| {
        shown.with(|graph| graph.as_deref().and_then(|graph| object_label(graph, selected.get())))
    });
    Effect::new(move |previous: Option<Uuid>| {
        let current = selected.get();
        // A deleted listener or server has no metrics.
        if current != id.0 && name.with(Option::is_none) {
            selected.set(id.0);
        } else if previous.is_some_and(|previous| previous != current) {
            metrics.look_at(current);
        }
        current
    });
    let heading =
        move || name.get().unwrap_or_else(|| t_string!(i18n, monitoring.all_traffic).to_owned());
    let error = move || {
        metrics.trouble().map(|error| {
            let reason = errors::explain(i18n, &error);
            let text = t_string!(i18n, monitoring.stale, reason = reason).to_string();
            view! { <p class="muted">{text}</p> }
        })
    };
    view! {
        <Card
            title=move || t_string!(i18n, monitoring.title).to_owned()
            actions=move || {
                view! {
                    <span class="muted">
                        {move || last_minutes(i18n, metrics)}
                    </span>
                }
            }
        >
            <div class="stack monitor">
                <div class="monitor-head">
                    <h3 class="details-heading">{heading}</h3>
                    <Show when=move || selected.get() != id.0>
                        <Button on_press=move || selected.set(id.0)>
                            {t!(i18n, monitoring.show_all_traffic)}
                        </Button>
                    </Show>
                </div>
                {error}
                <Plots selected />
                <Totals selected />
                <TrafficTables shown selected />
            </div>
        </Card>
    }
}
