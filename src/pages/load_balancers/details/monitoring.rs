//! **Monitoring**: traffic as it is, and as it was in the last minutes.

mod numbers;
mod parts;
mod plots;
mod totals;

use super::Shown;
use crate::{
    i18n::{errors, t, t_string, use_i18n},
    store::{
        Graph,
        metrics::use_metrics,
        row::protocol_word,
        stats::{Source, source},
        use_store,
    },
    ui::{Button, Card},
};
use leptos::prelude::*;
use numbers::Numbers;
use openstack_types::LoadBalancerId;
use parts::Parts;
use plots::Plots;
use totals::Totals;
use uuid::Uuid;

/// The object whose metrics are shown in full; views follow it and choose another.
type Looked = RwSignal<Uuid>;

/// Where the portal has metrics: those of the load balancer, of each listener and each server. Else
/// the totals that Octavia has, followed while they are wanted.
#[component]
pub(super) fn Monitoring(id: LoadBalancerId, shown: Shown, totals: Signal<bool>) -> impl IntoView {
    let store = use_store();
    let from = Memo::new(move |_| store.info.with(|info| source(info.as_ref())));
    move || match from.get() {
        Some(Source::Metrics) => view! { <Metrics id shown /> }.into_any(),
        Some(Source::Stats) => view! { <Totals id shown wanted=totals /> }.into_any(),
        None => ().into_any(),
    }
}

#[component]
fn Metrics(id: LoadBalancerId, shown: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let looked: Looked = RwSignal::new(id.0);
    let name = Memo::new(move |_| {
        shown.with(|graph| graph.as_deref().and_then(|graph| name_of(graph, looked.get())))
    });
    Effect::new(move |before: Option<Uuid>| {
        let now = looked.get();
        // A part that is gone has no metrics.
        if now != id.0 && name.with(Option::is_none) {
            looked.set(id.0);
        } else if before.is_some_and(|before| before != now) {
            metrics.look_at(now);
        }
        now
    });
    let heading =
        move || name.get().unwrap_or_else(|| t_string!(i18n, monitoring.whole).to_owned());
    let trouble = move || {
        metrics.trouble().map(|error| {
            let reason = errors::explain(i18n, &error);
            let words = t_string!(i18n, monitoring.stale, reason = reason).to_string();
            view! { <p class="muted">{words}</p> }
        })
    };
    view! {
        <Card
            title=move || t_string!(i18n, monitoring.title).to_owned()
            actions=move || {
                view! {
                    <span class="muted">
                        {move || numbers::last_minutes(i18n, metrics)}
                    </span>
                }
            }
        >
            <div class="stack monitor">
                <div class="monitor-head">
                    <h3 class="details-heading">{heading}</h3>
                    <Show when=move || looked.get() != id.0>
                        <Button on_press=move || looked.set(id.0)>
                            {t!(i18n, monitoring.to_whole)}
                        </Button>
                    </Show>
                </div>
                {trouble}
                <Plots looked />
                <Numbers looked />
                <Parts shown looked />
            </div>
        </Card>
    }
}

/// What a listener or a server is called: `HTTP 80`, `192.0.2.1:80`.
fn name_of(graph: &Graph, id: Uuid) -> Option<String> {
    let listener = graph.listeners.iter().find(|listener| listener.id.0 == id);
    if let Some(listener) = listener {
        return Some(format!("{} {}", protocol_word(&listener.protocol), listener.protocol_port));
    }
    let mut members = graph.pools.iter().flat_map(|pool| &pool.members);
    let member = members.find(|member| member.id.0 == id)?;
    Some(match member.address.contains(':') {
        true => format!("[{}]:{}", member.address, member.protocol_port),
        false => format!("{}:{}", member.address, member.protocol_port),
    })
}
