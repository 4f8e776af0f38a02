//! The card **Traffic path**: clients, VIP, listeners, server groups and servers, with live health and
//! traffic.
//!
//! The boxes are list items, so that screen readers read them. Only the lines between them are SVG.

mod layout;
mod nodes;

use super::{
    group_use::GroupUse,
    shown_graph::{ShownGraph, select},
};
use crate::{
    i18n::{
        I18nContext, Locale,
        format::{self, Style},
        t, t_string, use_i18n,
    },
    pages::load_balancers::operating_badge::operating_badge,
    routes::{DetailsTab, Route},
    store::metrics::{PartLines, use_metrics},
    ui::{Card, Glyph, Icon, px},
};
use layout::{Edge, Layout, PlacedNode};
use leptos::prelude::*;
use nodes::{NodeKey, NodeLabel, NodeLink};
use openstack_types::LoadBalancerId;
use uuid::Uuid;
use web_sys::{HtmlElement, MouseEvent, wasm_bindgen::JsCast};

/// How much smaller or larger than designed the picture may be.
const MIN_SCALE: f64 = 0.7;
const MAX_SCALE: f64 = 1.4;

#[component]
pub(super) fn Topology(
    id: LoadBalancerId,
    shown: ShownGraph,
    groups: Memo<GroupUse>,
) -> impl IntoView {
    let i18n = use_i18n();
    let layout = Memo::new(move |_| {
        let drawn =
            shown.with(|graph| groups.with(|groups| Some(Layout::new(graph.as_deref()?, groups))));
        drawn.unwrap_or_default()
    });
    let nodes = Memo::new(move |_| {
        layout.with(|layout| layout.nodes.iter().map(|n| n.node.key).collect::<Vec<_>>())
    });
    let edges = Memo::new(move |_| {
        layout.with(|layout| layout.edges.iter().map(|e| (e.from, e.to)).collect::<Vec<_>>())
    });
    let width = Memo::new(move |_| layout.with(|layout| layout.width));
    let height = Memo::new(move |_| layout.with(|layout| layout.height));
    let has_no_listeners = select(shown, |graph| graph.listeners.is_empty());
    let label = move || t_string!(i18n, topology.title).to_owned();
    view! {
        <Card title=label>
            <div class="topology-scroll">
                <div
                    class="topology"
                    // It grows with the page, but a few boxes do not become endless.
                    style:min-width=move || px(width.get() * MIN_SCALE)
                    style:max-width=move || px(width.get() * MAX_SCALE)
                    style:height=move || px(height.get())
                >
                    <svg
                        class="topology-wires"
                        aria-hidden="true"
                        focusable="false"
                        viewBox=move || format!("0 0 {} {}", width.get(), height.get())
                        preserveAspectRatio="none"
                    >
                        <For each=move || edges.get() key=|ends| *ends let:ends>
                            {edge_view(layout, ends)}
                        </For>
                    </svg>
                    <ol aria-label=label>
                        <For each=move || nodes.get() key=|key| *key let:key>
                            {node_view(id, layout, key)}
                        </For>
                    </ol>
                </div>
            </div>
            <Show when=move || has_no_listeners.get() == Some(true)>
                <p class="muted">{t!(i18n, topology.no_listeners)}</p>
            </Show>
        </Card>
    }
}

fn edge_view(layout: Memo<Layout>, (from, to): (NodeKey, NodeKey)) -> AnyView {
    let edge = Memo::new(move |previous: Option<&Option<Edge>>| {
        let is_same = |edge: &&Edge| (edge.from, edge.to) == (from, to);
        let current = layout.with(|layout| layout.edges.iter().find(is_same).cloned());
        current.or_else(|| previous.cloned().flatten())
    });
    let traffic_ids = Memo::new(move |_| {
        edge.with(|edge| edge.as_ref().map(|edge| edge.traffic_ids.clone())).unwrap_or_default()
    });
    let rate = traffic_rate(traffic_ids);
    let has_traffic = Memo::new(move |_| rate.get().is_some_and(|rate| rate > 0.0));
    view! {
        <path
            class="topology-wire"
            class:topology-broken=move || {
                edge.with(|edge| edge.as_ref().is_some_and(|edge| edge.is_broken))
            }
            class:topology-flows=move || has_traffic.get()
            d=move || edge.with(|edge| edge.as_ref().map(|edge| edge.path.clone()))
        />
    }
    .into_any()
}

fn node_view(id: LoadBalancerId, layout: Memo<Layout>, key: NodeKey) -> AnyView {
    let node = Memo::new(move |previous: Option<&Option<PlacedNode>>| {
        let current = layout.with(|layout| layout.node(key).cloned());
        current.or_else(|| previous.cloned().flatten())
    });
    let share = move |value: fn(&PlacedNode) -> f64| {
        move || {
            let width = layout.with(|layout| layout.width).max(1.0);
            node.with(|node| {
                node.as_ref().map(|node| format!("{:.2}%", value(node) / width * 100.0))
            })
        }
    };
    let top = move || node.with(|node| node.as_ref().map(|node| px(node.top)));
    let content = match key {
        NodeKey::Clients => clients_view(node),
        _ => link_view(id, node, key),
    };
    let is_wide = matches!(key, NodeKey::Clients | NodeKey::Vip);
    view! {
        <li
            class:topology-wide=is_wide
            class:topology-apart=key == NodeKey::UnusedGroups
            style:left=share(|node| node.left)
            style:top=top
            style:width=share(|node| node.width)
        >
            {content}
        </li>
    }
    .into_any()
}

fn clients_view(node: Memo<Option<PlacedNode>>) -> AnyView {
    view! {
        <span class="topology-box topology-clients">
            <Icon glyph=Glyph::Globe />
            <span>{node_label(node)}</span>
        </span>
    }
    .into_any()
}

/// A box that links to the details of what it stands for.
fn link_view(id: LoadBalancerId, node: Memo<Option<PlacedNode>>, key: NodeKey) -> AnyView {
    let i18n = use_i18n();
    let status = Memo::new(move |_| {
        node.with(|placed| {
            placed.as_ref().and_then(|placed| {
                let node = &placed.node;
                node.status.clone().map(|status| (status, node.is_idle))
            })
        })
    });
    let traffic_ids = Memo::new(move |_| {
        let ids = node.with(|placed| placed.as_ref().map(|placed| placed.node.traffic_ids.clone()));
        ids.unwrap_or_default()
    });
    let rate = traffic_rate(traffic_ids);
    let rate_label = move || {
        if key == NodeKey::UnusedGroups {
            return None;
        }
        let rate = format::number(i18n.get_locale(), rate.get()?, Style::Short);
        Some(t_string!(i18n, topology.rate, rate = rate).to_string())
    };
    let kind = move || match key {
        NodeKey::Vip => t_string!(i18n, details.vip),
        NodeKey::Listener(_) => t_string!(i18n, topology.listener),
        NodeKey::Group(_) => t_string!(i18n, details.group),
        NodeKey::Server(_) => t_string!(i18n, topology.server),
        NodeKey::Clients
        | NodeKey::Listeners(_)
        | NodeKey::Groups
        | NodeKey::UnusedGroups
        | NodeKey::Servers(_) => "",
    };
    let link = Memo::new(move |_| {
        let link = node.with(|placed| placed.as_ref().map(|placed| placed.node.link.clone()));
        link.unwrap_or(NodeLink::None)
    });
    let href = move || match link.get() {
        NodeLink::None => None,
        NodeLink::Anchor(anchor) => Some(format!("#{anchor}")),
        NodeLink::Servers => Some(Route::details(id, DetailsTab::Servers).href()),
    };
    let name = node_label(node);
    view! {
        <a
            class="topology-box"
            href=href
            on:click=move |event| {
                if let NodeLink::Anchor(anchor) = link.get_untracked() {
                    focus_anchor(&event, &anchor);
                }
            }
        >
            <span class="topology-kind">{kind} " "</span>
            <span class="topology-name truncate" title=name>
                {name}
            </span>
            <span class="topology-state">
                {move || {
                    status.get().map(|(status, is_idle)| operating_badge(status, is_idle))
                }}
                <span class="num muted">{rate_label}</span>
            </span>
        </a>
    }
    .into_any()
}

fn node_label(node: Memo<Option<PlacedNode>>) -> impl Fn() -> Option<String> + Copy + Send {
    let i18n = use_i18n();
    move || node.with(|placed| placed.as_ref().map(|placed| label_text(i18n, &placed.node.label)))
}

fn label_text(i18n: I18nContext<Locale>, label: &NodeLabel) -> String {
    match label {
        NodeLabel::Clients => t_string!(i18n, topology.clients).to_owned(),
        NodeLabel::Named(name) => name.clone(),
        NodeLabel::Unnamed => t_string!(i18n, details.group).to_owned(),
        NodeLabel::Listeners(count) => {
            t_string!(i18n, topology.listeners, count = count).to_string()
        }
        NodeLabel::Groups(count) => t_string!(i18n, topology.groups, count = count).to_string(),
        NodeLabel::UnusedGroups(count) => {
            t_string!(i18n, topology.unused, count = count).to_string()
        }
        NodeLabel::Servers { healthy, total } => {
            t_string!(i18n, topology.servers, healthy = healthy, total = total).to_string()
        }
    }
}

/// Requests or connections per second of all listeners or servers together in the last step; `None`
/// while unknown.
fn traffic_rate(ids: Memo<Vec<Uuid>>) -> Memo<Option<f64>> {
    let metrics = use_metrics();
    Memo::new(move |_| {
        let last = |part: &PartLines| part.hits.last().copied().filter(|hits| !hits.is_nan());
        metrics.with(|history| {
            let hits = |id: &Uuid| history.part(*id).and_then(last).unwrap_or_default();
            // The sum of nothing is -0.
            let sum = ids.with(|ids| ids.iter().map(hits).fold(0.0, |sum, hits| sum + hits));
            (history.is_known() && history.step() > 0.0).then(|| sum / history.step())
        })
    })
}

/// Scrolls to an anchor and focuses it, without changing the address.
fn focus_anchor(event: &MouseEvent, anchor: &str) {
    if event.ctrl_key() || event.meta_key() || event.shift_key() {
        return;
    }
    event.prevent_default();
    let target = document().get_element_by_id(anchor);
    if let Some(target) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
        // Fails only if the element has left the document.
        let _ = target.focus();
    }
}
