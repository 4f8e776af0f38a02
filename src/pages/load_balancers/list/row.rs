//! One load balancer in the list.

mod actions;
mod empty_cell;
mod listeners;
mod state;

use crate::{
    i18n::{TextFn, t_string, use_i18n},
    pages::list::{CreatedAt, ListRow, Selection, last_known},
    routes::Route,
    store::{row::Row as Known, use_store},
    ui::{Cell, StatusBadge, Tone, Tooltip},
};
use actions::Actions;
use empty_cell::empty_cell;
use leptos::prelude::*;
use listeners::Listeners;
use openstack_types::{LoadBalancerId, field, rules::LbType};
use state::State;
use std::sync::Arc;

/// Draws the row. Each cell follows its own part of the state, so that a change redraws one cell.
pub(super) fn row(
    id: Signal<LoadBalancerId>,
    index: Signal<usize>,
    selection: Selection<LoadBalancerId>,
    deleting: RwSignal<Vec<LoadBalancerId>>,
    exporting: RwSignal<Option<LoadBalancerId>>,
) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    let known = last_known(id, move |id| store.load_balancers.row(id), |row: &Known| row.id);
    let name = Memo::new(move |_| known.with(|row| row.as_deref().map(|row| row.name.clone())));
    let shown_name = Signal::derive(move || {
        let name = name.get().filter(|name| !field::is_blank(name));
        name.unwrap_or_else(|| t_string!(i18n, load_balancers.unnamed).to_owned())
    });
    let label = move |key: TextFn| move || key(i18n).to_owned();
    let cells = view! {
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_state))>
            <State known />
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_type))>
            <span class="list-type">
                <Type known />
            </span>
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_vip))>
            <Vip known />
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_listeners))>
            <Listeners known />
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_servers))>
            <Servers known />
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_created_at))>
            <CreatedAt at=created_at(known) />
        </Cell>
        {store
            .features()
            .created_by
            .then(|| {
                view! {
                    <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_created_by))>
                        <CreatedBy known />
                    </Cell>
                }
            })}
        <Cell control=true>
            <Actions id known shown_name deleting exporting />
        </Cell>
    };
    ListRow {
        index,
        selected: Memo::new(move |_| selection.contains(id.get())).into(),
        on_select: Callback::new(move |select| selection.set(id.get_untracked(), select)),
        name: shown_name,
        name_column: |i18n| t_string!(i18n, load_balancers.column_name),
        href: Signal::derive(move || Route::load_balancer(id.get()).href()),
        cells: cells.into_any(),
    }
    .view()
}

/// The type, in short.
#[component]
fn Type(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        known.with(|row| match row.as_deref()? {
            Known { kind: Some(LbType::Application), .. } => {
                Some(t_string!(i18n, common.application))
            }
            Known { kind: Some(LbType::Network), .. } => Some(t_string!(i18n, common.network)),
            row => (!row.whole).then_some("…"),
        })
    }
}

#[component]
fn Vip(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let vip = move || known.with(|row| row.as_deref().and_then(|row| row.vip.clone()));
    view! {
        <span class="mono truncate" title=vip>
            {vip}
        </span>
    }
}

#[component]
fn CreatedBy(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let store = use_store();
    let name = move || {
        let id = known.with(|row| row.as_deref().and_then(|row| row.created_by.clone()));
        id.map(|id| store.users.name(&id))
    };
    view! {
        <span class="truncate" title=name>
            {name}
        </span>
    }
}

fn created_at(known: Memo<Option<Arc<Known>>>) -> Signal<String> {
    let at = Memo::new(move |_| {
        known.with(|row| row.as_deref().map(|row| row.created_at.clone())).unwrap_or_default()
    });
    at.into()
}

/// Healthy servers of all.
#[component]
fn Servers(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let i18n = use_i18n();
    let servers = Memo::new(move |_| {
        known.with(|row| row.as_deref().map(|row| row.servers)).unwrap_or_default()
    });
    move || {
        let servers = servers.get();
        if servers.total == 0 {
            return empty_cell(known, |i18n| t_string!(i18n, load_balancers.no_servers));
        }
        let tone = match (servers.down, servers.healthy) {
            (0, 0) => Tone::Neutral,
            (0, _) => Tone::Ok,
            (_, 0) => Tone::Error,
            _ => Tone::Warning,
        };
        let (healthy, total) = (servers.healthy, servers.total);
        let hint = move || t_string!(i18n, load_balancers.servers_unchecked).to_owned();
        if servers.unchecked == total {
            let text = move || t_string!(i18n, load_balancers.servers_not_checked, total = total);
            return view! {
                <Tooltip text=hint>
                    <span class="muted">{text}</span>
                </Tooltip>
            }
            .into_any();
        }
        let text = move || {
            t_string!(i18n, load_balancers.servers_healthy, healthy = healthy, total = total)
        };
        let badge = view! { <StatusBadge tone=Signal::stored(tone) text /> };
        if servers.unchecked > 0 {
            view! { <Tooltip text=hint>{badge}</Tooltip> }.into_any()
        } else {
            badge.into_any()
        }
    }
}
