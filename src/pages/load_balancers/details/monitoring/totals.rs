//! Totals of the selected object: responses by class in the last minutes, and counters.

use super::{counter_list::counter_list, selected_object::SelectedObject};
use crate::{
    i18n::{
        I18nContext, Locale,
        format::{self, Style},
        t_string, use_i18n,
    },
    store::metrics::{FocusLines, Metric, Metrics, use_metrics},
    ui::text,
};
use leptos::prelude::*;

/// How many minutes the metrics go back.
fn minutes(metrics: Metrics) -> u32 {
    metrics.with(|history| history.minutes())
}

/// `Last 15 minutes`; `None` while there are no metrics.
pub(super) fn last_minutes(i18n: I18nContext<Locale>, metrics: Metrics) -> Option<String> {
    let minutes = Some(minutes(metrics)).filter(|minutes| *minutes > 0)?;
    Some(t_string!(i18n, monitoring.last_minutes, minutes = minutes).to_string())
}

#[component]
pub(super) fn Totals(selected: SelectedObject) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let value = move |value: fn(&FocusLines) -> f64| {
        Memo::new(move |_| {
            metrics.with(|history| {
                history.focus().filter(|focus| focus.id == selected.get()).map(value)
            })
        })
    };
    let is_http = Memo::new(move |_| metrics.with(|h| h.focus().is_some_and(|focus| focus.http)));
    let number_text = move |value: Memo<Option<f64>>| {
        text(move || match value.get() {
            Some(value) => format::number(i18n.get_locale(), value, Style::Whole),
            None => "–".to_owned(),
        })
    };
    let bytes_text = move |value: Memo<Option<f64>>| {
        text(move || match value.get() {
            Some(value) => format::bytes(i18n.get_locale(), value),
            None => "–".to_owned(),
        })
    };
    let class_label = |name: &'static str| text(move || name.to_owned());
    let answers = [
        (class_label("2xx"), number_text(value(|focus| sum_known(focus.line(Metric::Ok))))),
        (class_label("3xx"), number_text(value(|focus| sum_known(focus.line(Metric::Redirects))))),
        (
            class_label("4xx"),
            number_text(value(|focus| sum_known(focus.line(Metric::ClientErrors)))),
        ),
        (
            class_label("5xx"),
            number_text(value(|focus| sum_known(focus.line(Metric::ServerErrors)))),
        ),
    ];
    let totals = [
        (
            text(move || t_string!(i18n, monitoring.total_connections).to_owned()),
            number_text(value(|focus| focus.totals.connections as f64)),
        ),
        (
            text(move || t_string!(i18n, monitoring.total_in).to_owned()),
            bytes_text(value(|focus| focus.totals.bytes_in as f64)),
        ),
        (
            text(move || t_string!(i18n, monitoring.total_out).to_owned()),
            bytes_text(value(|focus| focus.totals.bytes_out as f64)),
        ),
        (
            text(move || t_string!(i18n, monitoring.total_errors).to_owned()),
            number_text(value(|focus| focus.totals.errors as f64)),
        ),
    ];
    let answers_heading =
        text(move || t_string!(i18n, monitoring.responses, minutes = minutes(metrics)).to_string());
    let totals_heading = text(move || t_string!(i18n, monitoring.since_created).to_owned());
    view! {
        <div class="monitor-numbers">
            <Show when=move || is_http.get()>{counter_list(answers_heading, &answers)}</Show>
            {counter_list(totals_heading, &totals)}
        </div>
    }
}

/// The sum of the known values.
fn sum_known(line: &[f64]) -> f64 {
    line.iter().filter(|value| !value.is_nan()).sum()
}
