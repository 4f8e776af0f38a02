//! Totals alone, where nobody keeps metrics over time: Octavia's own.

use super::{super::piece, Shown, name_of, numbers::sums};
use crate::{
    i18n::{
        errors,
        format::{self, Style},
        t, t_string, use_i18n,
    },
    store::stats::Counters,
    ui::{Card, Cell, HeaderCell, Row, Table, Text, text},
};
use leptos::prelude::*;
use openstack_types::{ListenerId, LoadBalancerId, octavia::Stats};

/// What is told, in the order of the page.
#[derive(Clone, Copy)]
enum Column {
    Active,
    Connections,
    In,
    Out,
    Errors,
}

const COLUMNS: [Column; 5] =
    [Column::Active, Column::Connections, Column::In, Column::Out, Column::Errors];

/// Those of the load balancer, and of each listener.
#[component]
pub(super) fn Totals(id: LoadBalancerId, shown: Shown, wanted: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let counters = Counters::follow(id, wanted);
    let name = move |column: Column| {
        text(move || {
            match column {
                Column::Active => t_string!(i18n, monitoring.active),
                Column::Connections => t_string!(i18n, monitoring.total_connections),
                Column::In => t_string!(i18n, monitoring.total_in),
                Column::Out => t_string!(i18n, monitoring.total_out),
                Column::Errors => t_string!(i18n, monitoring.total_errors),
            }
            .to_owned()
        })
    };
    let written = move |stats: Memo<Option<Stats>>, column: Column| {
        text(move || {
            let Some(stats) = stats.get() else { return "–".to_owned() };
            let locale = i18n.get_locale();
            let whole = |number: u64| format::number(locale, number as f64, Style::Whole);
            match column {
                Column::Active => whole(stats.active_connections),
                Column::Connections => whole(stats.total_connections),
                Column::In => format::bytes(locale, stats.bytes_in as f64),
                Column::Out => format::bytes(locale, stats.bytes_out as f64),
                Column::Errors => whole(stats.request_errors),
            }
        })
    };
    let whole = Memo::new(move |_| counters.with(|totals| totals.whole));
    let numbers = COLUMNS.map(|column| (name(column), written(whole, column)));
    let listeners = piece(shown, |graph| graph.listeners.iter().map(|l| l.id).collect::<Vec<_>>());
    let listeners = Memo::new(move |_| listeners.get().unwrap_or_default());
    let head = text(move || t_string!(i18n, monitoring.listener).to_owned());
    let row = move |id: ListenerId| {
        let title = piece(shown, move |graph| name_of(graph, id.0));
        let stats = Memo::new(move |_| {
            let one = |(of, stats): &(ListenerId, Stats)| (*of == id).then_some(*stats);
            counters.with(|totals| totals.listeners.iter().find_map(one)).flatten()
        });
        let cell = |column: Column| {
            let value: Text = written(stats, column);
            view! { <Cell numeric=true label=name(column)>{move || value.get()}</Cell> }.into_any()
        };
        let cells: Vec<_> = COLUMNS.into_iter().map(cell).collect();
        view! {
            <Row>
                <Cell heading=true label=head>{move || title.get().flatten()}</Cell>
                {cells}
            </Row>
        }
        .into_any()
    };
    let trouble = move || {
        counters.trouble().map(|error| {
            let reason = errors::explain(i18n, &error);
            let words = t_string!(i18n, monitoring.stale, reason = reason).to_string();
            view! { <p class="muted">{words}</p> }
        })
    };
    view! {
        <Card title=move || t_string!(i18n, monitoring.title).to_owned()>
            <div class="stack monitor">
                <p class="muted">{t!(i18n, monitoring.totals_only)}</p>
                {trouble}
                {sums(text(move || t_string!(i18n, monitoring.since_created).to_owned()), &numbers)}
                <Show when=move || !listeners.with(Vec::is_empty)>
                    <Table label=move || t_string!(i18n, monitoring.traffic_by_listener).to_owned()>
                        <thead>
                            <tr role="row">
                                <HeaderCell label=head />
                                {COLUMNS
                                    .into_iter()
                                    .map(|column| {
                                        view! { <HeaderCell label=name(column) numeric=true /> }
                                    })
                                    .collect_view()}
                            </tr>
                        </thead>
                        <tbody role="rowgroup">
                            <For each=move || listeners.get() key=|id| *id let:id>
                                {row(id)}
                            </For>
                        </tbody>
                    </Table>
                </Show>
            </div>
        </Card>
    }
}
