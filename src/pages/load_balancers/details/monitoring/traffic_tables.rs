//! Tables of all listeners and all servers with their traffic; a row is selected to show its metrics.

use super::{
    plots::average_and_peak,
    selected_object::{SelectedObject, object_label},
};
use crate::{
    i18n::{
        I18nContext, Locale,
        format::{self, Style},
        t_string, use_i18n,
    },
    pages::load_balancers::details::shown_graph::{ShownGraph, select},
    store::metrics::{PartLines, use_metrics},
    ui::{Cell, HeaderCell, Lines, Plot, Row, Table, Tabs, Text, Tone, VirtualRows, text},
};
use leptos::prelude::*;
use uuid::Uuid;

#[derive(Clone, Copy, PartialEq, Eq)]
enum ObjectKind {
    Listener,
    Server,
}

const TAB_KINDS: [ObjectKind; 2] = [ObjectKind::Listener, ObjectKind::Server];

impl ObjectKind {
    fn tab_label(self, i18n: I18nContext<Locale>) -> &'static str {
        match self {
            Self::Listener => t_string!(i18n, monitoring.by_listener),
            Self::Server => t_string!(i18n, monitoring.by_server),
        }
    }

    fn table_label(self, i18n: I18nContext<Locale>) -> &'static str {
        match self {
            Self::Listener => t_string!(i18n, monitoring.traffic_by_listener),
            Self::Server => t_string!(i18n, monitoring.traffic_by_server),
        }
    }

    fn empty_text(self, i18n: I18nContext<Locale>) -> &'static str {
        match self {
            Self::Listener => t_string!(i18n, monitoring.no_listeners),
            Self::Server => t_string!(i18n, monitoring.no_servers),
        }
    }
}

#[derive(Clone, Copy)]
enum Column {
    Object,
    Traffic,
    Rate,
    Active,
    Failed,
}

impl Column {
    fn label(self, i18n: I18nContext<Locale>, kind: ObjectKind) -> Text {
        text(move || {
            match (self, kind) {
                (Self::Object, ObjectKind::Listener) => t_string!(i18n, monitoring.listener),
                (Self::Object, ObjectKind::Server) => t_string!(i18n, monitoring.server),
                (Self::Traffic, _) => t_string!(i18n, monitoring.traffic),
                (Self::Rate, _) => t_string!(i18n, monitoring.rate),
                (Self::Active, _) => t_string!(i18n, monitoring.active),
                (Self::Failed, _) => t_string!(i18n, monitoring.failed_requests),
            }
            .to_owned()
        })
    }
}

/// A tab with the listeners, and one with the servers.
#[component]
pub(super) fn TrafficTables(shown: ShownGraph, selected: SelectedObject) -> impl IntoView {
    let i18n = use_i18n();
    let tab = RwSignal::new(0_usize);
    let kind = move || TAB_KINDS[tab.get()];
    let listeners =
        select(shown, |graph| graph.listeners.iter().map(|l| l.id.0).collect::<Vec<_>>());
    let servers = select(shown, |graph| {
        let members = graph.pools.iter().flat_map(|pool| &pool.members);
        members.map(|member| member.id.0).collect::<Vec<_>>()
    });
    let keys: Memo<Vec<Uuid>> = Memo::new(move |_| {
        let keys = match kind() {
            ObjectKind::Listener => listeners.get(),
            ObjectKind::Server => servers.get(),
        };
        keys.unwrap_or_default()
    });
    let tabs = TAB_KINDS.map(|kind| text(move || kind.tab_label(i18n).to_owned())).to_vec();
    let panel = move || {
        // A new table for each kind, because positions and heights of rows differ.
        let kind = kind();
        view! {
            <Show
                when=move || !keys.with(Vec::is_empty)
                fallback=move || view! { <p class="muted">{move || kind.empty_text(i18n)}</p> }
            >
                {traffic_table(shown, selected, keys, kind)}
            </Show>
        }
    };
    view! {
        <Tabs
            label=move || t_string!(i18n, monitoring.by_part).to_owned()
            tabs
            selected=tab
            on_select=move |index| tab.set(index)
        >
            {panel}
        </Tabs>
    }
}

fn traffic_table(
    shown: ShownGraph,
    selected: SelectedObject,
    keys: Memo<Vec<Uuid>>,
    kind: ObjectKind,
) -> AnyView {
    let i18n = use_i18n();
    let label = move || kind.table_label(i18n).to_owned();
    let count = Memo::new(move |_| keys.with(Vec::len));
    view! {
        <Table label row_count=count>
            <thead>
                <tr role="row">
                    <HeaderCell label=Column::Object.label(i18n, kind) />
                    <HeaderCell label=Column::Traffic.label(i18n, kind) />
                    <HeaderCell label=Column::Rate.label(i18n, kind) numeric=true />
                    <HeaderCell label=Column::Active.label(i18n, kind) numeric=true />
                    <HeaderCell label=Column::Failed.label(i18n, kind) numeric=true />
                </tr>
            </thead>
            <VirtualRows
                keys
                row=move |(id, index): (Signal<Uuid>, Signal<usize>)| {
                    traffic_row(shown, selected, id.get_untracked(), index, kind)
                }
            />
        </Table>
    }
    .into_any()
}

fn traffic_row(
    shown: ShownGraph,
    selected: SelectedObject,
    id: Uuid,
    index: Signal<usize>,
    kind: ObjectKind,
) -> AnyView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let name = select(shown, move |graph| object_label(graph, id));
    let name = move || name.get().flatten().unwrap_or_default();
    let lines: Memo<Lines> = Memo::new(move |_| {
        metrics.with(|history| {
            vec![history.part(id).map_or_else(|| history.still(), |part| part.hits.clone())]
        })
    });
    let value = move |value: fn(&PartLines) -> f64| {
        Memo::new(move |_| {
            metrics.with(|h| h.is_known().then(|| (h.part(id).map_or(0.0, value), h.step())))
        })
    };
    let last = value(|part| part.hits.last().copied().unwrap_or_default());
    let active = value(|part| part.active as f64);
    let failed = value(|part| part.failed.iter().filter(|value| !value.is_nan()).sum());
    let number_text = move |value: f64| {
        if value.is_nan() {
            "–".to_owned()
        } else {
            format::number(i18n.get_locale(), value, Style::Short)
        }
    };
    let rate = move || {
        last.get().map_or_else(|| number_text(f64::NAN), |(last, step)| number_text(last / step))
    };
    let count = move |value: Memo<Option<(f64, f64)>>| {
        move || number_text(value.get().map_or(f64::NAN, |(value, _)| value))
    };
    let label = move || {
        let now = rate();
        let (average, peak) = metrics.with(|history| {
            let step = history.step();
            let (average, peak) = lines.with(|lines| average_and_peak(lines.first()));
            (number_text(average / step), number_text(peak / step))
        });
        let name = name();
        t_string!(
            i18n,
            monitoring.chart_label,
            name = name,
            now = now,
            average = average,
            peak = peak
        )
        .to_string()
    };
    let is_selected = Memo::new(move |_| selected.get() == id);
    view! {
        <Row index selected=is_selected on_open=move |()| selected.set(id)>
            <Cell heading=true label=Column::Object.label(i18n, kind)>
                <button
                    type="button"
                    class="monitor-part mono"
                    aria-pressed=move || if is_selected.get() { "true" } else { "false" }
                    on:click=move |_| selected.set(id)
                >
                    {name}
                </button>
            </Cell>
            <Cell label=Column::Traffic.label(i18n, kind)>
                <Plot label lines tones=&[Tone::Info] />
            </Cell>
            <Cell numeric=true label=Column::Rate.label(i18n, kind)>{rate}</Cell>
            <Cell numeric=true label=Column::Active.label(i18n, kind)>{count(active)}</Cell>
            <Cell numeric=true label=Column::Failed.label(i18n, kind)>
                <span class:monitor-failed=move || failed.get().is_some_and(|(n, _)| n > 0.0)>
                    {count(failed)}
                </span>
            </Cell>
        </Row>
    }
    .into_any()
}
