//! Sums of the object that is looked at: answers by class in the last minutes, and totals.

use super::Looked;
use crate::{
    i18n::{
        I18nContext, Locale,
        format::{self, Style},
        t_string, use_i18n,
    },
    store::metrics::{FocusLines, Metric, Metrics, use_metrics},
    ui::{Text, text},
};
use leptos::prelude::*;

/// Minutes that the metrics go back.
fn minutes(metrics: Metrics) -> u32 {
    metrics.with(|history| history.minutes())
}

/// `Last 15 minutes`; nothing as long as nothing is known.
pub(super) fn last_minutes(i18n: I18nContext<Locale>, metrics: Metrics) -> Option<String> {
    let minutes = Some(minutes(metrics)).filter(|minutes| *minutes > 0)?;
    Some(t_string!(i18n, monitoring.last_minutes, minutes = minutes).to_string())
}

/// A heading, and numbers with a name each.
#[component]
pub(super) fn Numbers(looked: Looked) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let of = move |work: fn(&FocusLines) -> f64| {
        Memo::new(move |_| {
            metrics
                .with(|history| history.focus().filter(|focus| focus.id == looked.get()).map(work))
        })
    };
    let http = Memo::new(move |_| metrics.with(|h| h.focus().is_some_and(|focus| focus.http)));
    let number = move |value: Memo<Option<f64>>| {
        text(move || match value.get() {
            Some(value) => format::number(i18n.get_locale(), value, Style::Whole),
            None => "–".to_owned(),
        })
    };
    let bytes = move |value: Memo<Option<f64>>| {
        text(move || match value.get() {
            Some(value) => format::bytes(i18n.get_locale(), value),
            None => "–".to_owned(),
        })
    };
    let class = |name: &'static str| text(move || name.to_owned());
    let answers = [
        (class("2xx"), number(of(|focus| sum(focus.line(Metric::Ok))))),
        (class("3xx"), number(of(|focus| sum(focus.line(Metric::Redirects))))),
        (class("4xx"), number(of(|focus| sum(focus.line(Metric::ClientErrors))))),
        (class("5xx"), number(of(|focus| sum(focus.line(Metric::ServerErrors))))),
    ];
    let totals = [
        (
            text(move || t_string!(i18n, monitoring.total_connections).to_owned()),
            number(of(|focus| focus.totals.connections as f64)),
        ),
        (
            text(move || t_string!(i18n, monitoring.total_in).to_owned()),
            bytes(of(|focus| focus.totals.bytes_in as f64)),
        ),
        (
            text(move || t_string!(i18n, monitoring.total_out).to_owned()),
            bytes(of(|focus| focus.totals.bytes_out as f64)),
        ),
        (
            text(move || t_string!(i18n, monitoring.total_errors).to_owned()),
            number(of(|focus| focus.totals.errors as f64)),
        ),
    ];
    let answers_heading =
        text(move || t_string!(i18n, monitoring.answers, minutes = minutes(metrics)).to_string());
    let totals_heading = text(move || t_string!(i18n, monitoring.since_created).to_owned());
    view! {
        <div class="monitor-numbers">
            <Show when=move || http.get()>{sums(answers_heading, &answers)}</Show>
            {sums(totals_heading, &totals)}
        </div>
    }
}

/// A heading, and numbers under it, each with its name.
pub(super) fn sums(heading: Text, numbers: &[(Text, Text)]) -> AnyView {
    let numbers = numbers.iter().copied().map(|(name, number)| {
        view! {
            <div>
                <dt>{move || name.get()}</dt>
                <dd class="num">{move || number.get()}</dd>
            </div>
        }
    });
    view! {
        <div>
            <h4 class="monitor-title">{move || heading.get()}</h4>
            <dl class="monitor-sums">{numbers.collect_view()}</dl>
        </div>
    }
    .into_any()
}

/// Of what is known.
fn sum(line: &[f64]) -> f64 {
    line.iter().filter(|value| !value.is_nan()).sum()
}
