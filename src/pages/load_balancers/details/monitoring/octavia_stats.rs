//! Counters of Octavia, for a cloud without metrics.

use super::{counter_list::counter_list, selected_object::object_label};
use crate::{
    i18n::{
        I18nContext, Locale, errors,
        format::{self, Style},
        t, t_string, use_i18n,
    },
    pages::load_balancers::details::shown_graph::{ShownGraph, select},
    store::stats::Counters,
    ui::{Card, Cell, HeaderCell, Row, Table, Text, text},
};
use leptos::prelude::*;
use openstack_types::{ListenerId, LoadBalancerId, octavia::Stats};

/// The counters, in the order of the page.
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

impl Column {
    fn label(self, i18n: I18nContext<Locale>) -> Text {
        text(move || {
            match self {
                Self::Active => t_string!(i18n, monitoring.active),
                Self::Connections => t_string!(i18n, monitoring.total_connections),
                Self::In => t_string!(i18n, monitoring.total_in),
                Self::Out => t_string!(i18n, monitoring.total_out),
                Self::Errors => t_string!(i18n, monitoring.total_errors),
            }
            .to_owned()
        })
    }
}

/// The counters of the load balancer and of each listener.
#[component]
pub(super) fn OctaviaStats(
    id: LoadBalancerId,
    shown: ShownGraph,
    wanted: Signal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let counters = Counters::follow(id, wanted);
    let value_text = move |stats: Memo<Option<Stats>>, column: Column| {
        text(move || {
            let Some(stats) = stats.get() else { return "–".to_owned() };
            let locale = i18n.get_locale();
            let integer = |number: u64| format::number(locale, number as f64, Style::Whole);
            match column {
                Column::Active => integer(stats.active_connections),
                Column::Connections => integer(stats.total_connections),
                Column::In => format::bytes(locale, stats.bytes_in as f64),
                Column::Out => format::bytes(locale, stats.bytes_out as f64),
                Column::Errors => integer(stats.request_errors),
            }
        })
    };
    let total = Memo::new(move |_| counters.with(|totals| totals.whole));
    let numbers = COLUMNS.map(|column| (column.label(i18n), value_text(total, column)));
    let listeners = select(shown, |graph| graph.listeners.iter().map(|l| l.id).collect::<Vec<_>>());
    let listeners = Memo::new(move |_| listeners.get().unwrap_or_default());
    let head = text(move || t_string!(i18n, monitoring.listener).to_owned());
    let row = move |id: ListenerId| {
        let title = select(shown, move |graph| object_label(graph, id.0));
        let stats = Memo::new(move |_| {
            let one = |(listener, stats): &(ListenerId, Stats)| (*listener == id).then_some(*stats);
            counters.with(|totals| totals.listeners.iter().find_map(one)).flatten()
        });
        let cell = |column: Column| {
            let value: Text = value_text(stats, column);
            view! { <Cell numeric=true label=column.label(i18n)>{move || value.get()}</Cell> }
                .into_any()
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
    let error = move || {
        counters.trouble().map(|error| {
            let reason = errors::explain(i18n, &error);
            let text = t_string!(i18n, monitoring.stale, reason = reason).to_string();
            view! { <p class="muted">{text}</p> }
        })
    };
    view! {
        <Card title=move || t_string!(i18n, monitoring.title).to_owned()>
            <div class="stack monitor">
                <p class="muted">{t!(i18n, monitoring.totals_only)}</p>
                {error}
                {counter_list(text(move || t_string!(i18n, monitoring.since_created).to_owned()), &numbers)}
                <Show when=move || !listeners.with(Vec::is_empty)>
                    <Table label=move || t_string!(i18n, monitoring.traffic_by_listener).to_owned()>
                        <thead>
                            <tr role="row">
                                <HeaderCell label=head />
                                {COLUMNS
                                    .into_iter()
                                    .map(|column| {
                                        view! { <HeaderCell label=column.label(i18n) numeric=true /> }
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
