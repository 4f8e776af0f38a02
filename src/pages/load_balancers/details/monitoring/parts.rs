//! All listeners, or all servers, each with its traffic; one is chosen to be looked at.

use super::{super::piece, Looked, Shown, name_of};
use crate::{
    i18n::{
        format::{self, Style},
        t_string, use_i18n,
    },
    store::metrics::{PartLines, use_metrics},
    ui::{Cell, HeaderCell, Lines, Plot, Row, Table, Tabs, Text, Tone, VirtualRows, text},
};
use leptos::prelude::*;
use uuid::Uuid;

/// A table of listeners and one of servers, one at a time.
#[component]
pub(super) fn Parts(shown: Shown, looked: Looked) -> impl IntoView {
    let i18n = use_i18n();
    let tab = RwSignal::new(0);
    let listeners =
        piece(shown, |graph| graph.listeners.iter().map(|l| l.id.0).collect::<Vec<_>>());
    let servers = piece(shown, |graph| {
        let members = graph.pools.iter().flat_map(|pool| &pool.members);
        members.map(|member| member.id.0).collect::<Vec<_>>()
    });
    let keys: Memo<Vec<Uuid>> = Memo::new(move |_| {
        let keys = if tab.get() == 0 { listeners.get() } else { servers.get() };
        keys.unwrap_or_default()
    });
    let tabs = vec![
        text(move || t_string!(i18n, monitoring.by_listener).to_owned()),
        text(move || t_string!(i18n, monitoring.by_server).to_owned()),
    ];
    let panel = move || {
        // Another table, not other rows in this one: their places and heights are others.
        let servers = tab.get() == 1;
        let none = move || match servers {
            true => t_string!(i18n, monitoring.no_servers),
            false => t_string!(i18n, monitoring.no_listeners),
        };
        view! {
            <Show
                when=move || !keys.with(Vec::is_empty)
                fallback=move || view! { <p class="muted">{none}</p> }
            >
                {table(shown, looked, keys, servers)}
            </Show>
        }
    };
    view! {
        <Tabs
            label=move || t_string!(i18n, monitoring.by_part).to_owned()
            tabs
            selected=tab
            on_select=move |chosen| tab.set(chosen)
        >
            {panel}
        </Tabs>
    }
}

fn table(shown: Shown, looked: Looked, keys: Memo<Vec<Uuid>>, servers: bool) -> AnyView {
    let i18n = use_i18n();
    let head = move |column: usize| {
        text(move || {
            match (column, servers) {
                (0, false) => t_string!(i18n, monitoring.listener),
                (0, true) => t_string!(i18n, monitoring.server),
                (1, _) => t_string!(i18n, monitoring.traffic),
                (2, _) => t_string!(i18n, monitoring.rate),
                (3, _) => t_string!(i18n, monitoring.active),
                _ => t_string!(i18n, monitoring.failed),
            }
            .to_owned()
        })
    };
    let label = move || {
        match servers {
            true => t_string!(i18n, monitoring.traffic_by_server),
            false => t_string!(i18n, monitoring.traffic_by_listener),
        }
        .to_owned()
    };
    let count = Memo::new(move |_| keys.with(Vec::len));
    view! {
        <Table label row_count=count>
            <thead>
                <tr role="row">
                    <HeaderCell label=head(0) />
                    <HeaderCell label=head(1) />
                    <HeaderCell label=head(2) numeric=true />
                    <HeaderCell label=head(3) numeric=true />
                    <HeaderCell label=head(4) numeric=true />
                </tr>
            </thead>
            <VirtualRows
                keys
                row=move |(id, index): (Signal<Uuid>, Signal<usize>)| {
                    part(shown, looked, id.get_untracked(), index, head)
                }
            />
        </Table>
    }
    .into_any()
}

fn part(
    shown: Shown,
    looked: Looked,
    id: Uuid,
    index: Signal<usize>,
    head: impl Fn(usize) -> Text + Send + 'static,
) -> AnyView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let name = piece(shown, move |graph| name_of(graph, id));
    let name = move || name.get().flatten().unwrap_or_default();
    let lines: Memo<Lines> = Memo::new(move |_| {
        metrics.with(|history| {
            vec![history.part(id).map_or_else(|| history.still(), |part| part.hits.clone())]
        })
    });
    let of = move |work: fn(&PartLines) -> f64| {
        Memo::new(move |_| {
            metrics.with(|h| h.is_known().then(|| (h.part(id).map_or(0.0, work), h.step())))
        })
    };
    let last = of(|part| part.hits.last().copied().unwrap_or_default());
    let active = of(|part| part.active as f64);
    let failed = of(|part| part.failed.iter().filter(|value| !value.is_nan()).sum());
    let short = move |value: f64| match value.is_nan() {
        true => "–".to_owned(),
        false => format::number(i18n.get_locale(), value, Style::Short),
    };
    let rate =
        move || last.get().map_or_else(|| short(f64::NAN), |(last, step)| short(last / step));
    let count = move |value: Memo<Option<(f64, f64)>>| {
        move || short(value.get().map_or(f64::NAN, |(value, _)| value))
    };
    let label = move || {
        let now = rate();
        let (average, peak) = metrics.with(|history| {
            let step = history.step();
            let (average, peak) = lines.with(|lines| super::plots::average_and_peak(lines.first()));
            (short(average / step), short(peak / step))
        });
        let name = name();
        t_string!(i18n, monitoring.said, name = name, now = now, average = average, peak = peak)
            .to_string()
    };
    let chosen = Memo::new(move |_| looked.get() == id);
    view! {
        <Row index selected=chosen on_open=move |()| looked.set(id)>
            <Cell heading=true label=head(0)>
                <button
                    type="button"
                    class="monitor-part mono"
                    aria-pressed=move || if chosen.get() { "true" } else { "false" }
                    on:click=move |_| looked.set(id)
                >
                    {name}
                </button>
            </Cell>
            <Cell label=head(1)>
                <Plot label lines tones=&[Tone::Info] />
            </Cell>
            <Cell numeric=true label=head(2)>{rate}</Cell>
            <Cell numeric=true label=head(3)>{count(active)}</Cell>
            <Cell numeric=true label=head(4)>
                <span class:monitor-failed=move || failed.get().is_some_and(|(n, _)| n > 0.0)>
                    {count(failed)}
                </span>
            </Cell>
        </Row>
    }
    .into_any()
}
