//! The four plots of the selected object. They share one cursor.

use super::selected_object::SelectedObject;
use crate::{
    i18n::{
        I18nContext, Locale,
        format::{self, Style},
        t, t_string, use_i18n,
    },
    store::metrics::{Metric, use_metrics},
    ui::{Lines, Plot, Scale, Text, Tone, text, tone_class},
};
use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Events per second.
    Rate,
    /// Bytes per second.
    Bytes,
    Count,
}

/// One plot. `names` is empty if there is only one line.
struct PlotSpec {
    title: Text,
    unit: Unit,
    lines: &'static [Metric],
    tones: &'static [Tone],
    names: Vec<Text>,
}

/// Requests or connections, bytes, open connections, and errors.
#[component]
pub(super) fn Plots(selected: SelectedObject) -> impl IntoView {
    let i18n = use_i18n();
    let metrics = use_metrics();
    let http = Memo::new(move |_| metrics.with(|h| h.focus().is_none_or(|focus| focus.http)));
    // While another object is being read, the plots still show the previous one.
    let is_outdated = Memo::new(move |_| {
        metrics.with(|history| history.focus().is_none_or(|focus| focus.id != selected.get()))
    });
    let cursor = RwSignal::new(None);
    let plots = move || {
        let http = http.get();
        let hits = if http {
            text(move || t_string!(i18n, monitoring.requests).to_owned())
        } else {
            text(move || t_string!(i18n, monitoring.connections).to_owned())
        };
        let other = text(move || t_string!(i18n, monitoring.other_errors).to_owned());
        let all = [
            PlotSpec {
                title: hits,
                unit: Unit::Rate,
                lines: if http { &[Metric::Requests] } else { &[Metric::Connections] },
                tones: &[Tone::Info],
                names: Vec::new(),
            },
            PlotSpec {
                title: text(move || t_string!(i18n, monitoring.bytes).to_owned()),
                unit: Unit::Bytes,
                lines: &[Metric::BytesOut, Metric::BytesIn],
                tones: &[Tone::Info, Tone::Neutral],
                names: vec![
                    text(move || t_string!(i18n, monitoring.traffic_out).to_owned()),
                    text(move || t_string!(i18n, monitoring.traffic_in).to_owned()),
                ],
            },
            PlotSpec {
                title: text(move || t_string!(i18n, monitoring.active).to_owned()),
                unit: Unit::Count,
                lines: &[Metric::Active],
                tones: &[Tone::Info],
                names: Vec::new(),
            },
            PlotSpec {
                title: text(move || t_string!(i18n, monitoring.errors).to_owned()),
                unit: Unit::Rate,
                lines: if http {
                    &[Metric::ServerErrors, Metric::ClientErrors, Metric::Errors]
                } else {
                    &[Metric::Errors]
                },
                tones: if http {
                    &[Tone::Error, Tone::Warning, Tone::Neutral]
                } else {
                    &[Tone::Error]
                },
                names: if http {
                    vec![text(|| "5xx".to_owned()), text(|| "4xx".to_owned()), other]
                } else {
                    Vec::new()
                },
            },
        ];
        all.into_iter().map(|spec| plot_view(i18n, spec, cursor)).collect_view()
    };
    view! {
        <div class="monitor-plots" class:monitor-waits=move || is_outdated.get()>
            {plots}
        </div>
    }
}

fn plot_view(
    i18n: I18nContext<Locale>,
    spec: PlotSpec,
    cursor: RwSignal<Option<usize>>,
) -> AnyView {
    let PlotSpec { title, unit, lines: metrics_of_lines, tones, names } = spec;
    let metrics = use_metrics();
    let lines: Memo<Lines> = Memo::new(move |_| {
        metrics.with(|history| {
            let each = if unit == Unit::Count { 1.0 } else { history.step() };
            let line = |metric: &Metric| {
                let values = history.focus().map(|focus| focus.line(*metric)).unwrap_or_default();
                values.iter().map(|value| value / each).collect()
            };
            metrics_of_lines.iter().map(line).collect()
        })
    });
    let format_value = move |value: f64| value_text(i18n, unit, value);
    let value = move |nth: usize| {
        let value = lines.with(|lines| {
            let line = lines.get(nth)?;
            line.get(cursor.get().unwrap_or(line.len().checked_sub(1)?)).copied()
        });
        format_value(value.unwrap_or(f64::NAN))
    };
    let time = move || {
        let index = cursor.get()?;
        let end = metrics.with(|history| history.end_of(index));
        Some(format::time_of_millis(i18n.get_locale(), end, Style::TimeOfDay))
    };
    let names = StoredValue::new(names);
    let name = move |nth: usize| names.with_value(|names| names.get(nth).copied());
    let note = move || {
        time().unwrap_or_else(|| {
            // Of the line that reaches highest.
            let (nth, (average, peak)) = lines.with(highest_line);
            let (average, peak) = (format_value(average), format_value(peak));
            let note = t_string!(i18n, monitoring.average_and_peak, average = average, peak = peak);
            match name(nth) {
                Some(name) => format!("{}: {note}", name.get()),
                None => note.to_string(),
            }
        })
    };
    let axis_start = move || {
        let minutes = Some(metrics.with(|history| history.minutes())).filter(|known| *known > 0)?;
        Some(t_string!(i18n, monitoring.axis_start, minutes = minutes).to_string())
    };
    let label = move || {
        let line_label = |nth: usize| {
            let name = match name(nth) {
                Some(name) => format!("{} {}", title.get(), name.get()),
                None => title.get(),
            };
            lines.with(|lines| line_label(i18n, unit, &name, lines.get(nth)))
        };
        (0..metrics_of_lines.len()).map(line_label).collect::<Vec<_>>().join("; ")
    };
    let readout = move || match time() {
        Some(time) => {
            let values = (0..metrics_of_lines.len()).map(|nth| match name(nth) {
                Some(name) => format!("{} {}", name.get(), value(nth)),
                None => value(nth),
            });
            format!("{time}: {}", values.collect::<Vec<_>>().join(", "))
        }
        None => String::new(),
    };
    // The unit of time is in the title.
    let mark = move |value: f64| match unit {
        Unit::Bytes => format::bytes(i18n.get_locale(), value),
        Unit::Rate | Unit::Count => format::number(i18n.get_locale(), value, Style::Short),
    };
    let scale = Scale { label: Callback::new(mark), whole: unit != Unit::Rate };
    let values = tones.iter().enumerate().map(|(nth, tone)| {
        let named = name(nth).map(|name| {
            view! {
                <span class=format!("plot-key {}", tone_class(*tone)) aria-hidden="true"></span>
                <span class="monitor-name">{move || name.get()}</span>
            }
        });
        view! {
            <span class="monitor-value">
                {named} <span class="num">{move || value(nth)}</span>
            </span>
        }
    });
    view! {
        <figure class="monitor-metric">
            <figcaption class="monitor-caption">
                <span class="monitor-title">{move || title.get()}</span>
                <span class="monitor-values" class:monitor-single={tones.len() == 1}>
                    {values.collect_view()}
                </span>
            </figcaption>
            <Plot label lines tones cursor scale readout />
            <p class="monitor-axis num" aria-hidden="true">
                <span>{axis_start}</span>
                <span>{t!(i18n, monitoring.axis_end)}</span>
            </p>
            <p class="monitor-note num">{note}</p>
        </figure>
    }
    .into_any()
}

/// What a line shows, for screen readers.
fn line_label(
    i18n: I18nContext<Locale>,
    unit: Unit,
    name: &str,
    line: Option<&Vec<f64>>,
) -> String {
    let (average, peak) = average_and_peak(line);
    let now = line.and_then(|line| line.last().copied()).unwrap_or(f64::NAN);
    let [now, average, peak] = [now, average, peak].map(|value| value_text(i18n, unit, value));
    t_string!(i18n, monitoring.chart_label, name = name, now = now, average = average, peak = peak)
        .to_string()
}

fn value_text(i18n: I18nContext<Locale>, unit: Unit, value: f64) -> String {
    let locale = i18n.get_locale();
    if value.is_nan() {
        return "–".to_owned();
    }
    match unit {
        Unit::Rate => {
            let number = format::number(locale, value, Style::Short);
            t_string!(i18n, monitoring.per_second, number = number).to_string()
        }
        Unit::Bytes => {
            let number = format::bytes(locale, value);
            t_string!(i18n, monitoring.per_second, number = number).to_string()
        }
        Unit::Count => format::number(locale, value, Style::Short),
    }
}

/// Average and peak of the known values; NaN if there are none.
pub(super) fn average_and_peak(line: Option<&Vec<f64>>) -> (f64, f64) {
    let known = || line.into_iter().flatten().copied().filter(|value| !value.is_nan());
    let count = known().count() as f64;
    (known().sum::<f64>() / count, known().fold(f64::NAN, f64::max))
}

/// The index of the line with the highest peak, with its average and peak; the first of several.
fn highest_line(lines: &Lines) -> (usize, (f64, f64)) {
    let mut highest = (0, average_and_peak(lines.first()));
    for (nth, line) in lines.iter().enumerate().skip(1) {
        let of_line = average_and_peak(Some(line));
        if of_line.1 > highest.1.1 {
            highest = (nth, of_line);
        }
    }
    highest
}

#[cfg(test)]
mod tests {
    use super::{average_and_peak, highest_line};

    #[test]
    fn the_line_that_reaches_highest_is_described() {
        assert_eq!(highest_line(&vec![vec![0.0, 1.0], vec![2.0, 4.0], vec![4.0]]), (1, (3.0, 4.0)));
        assert_eq!(highest_line(&vec![vec![0.0], vec![0.0]]), (0, (0.0, 0.0)));
    }

    #[test]
    fn unknown_values_do_not_count_as_zero() {
        let line = vec![f64::NAN, 2.0, f64::NAN, 4.0];
        assert_eq!(average_and_peak(Some(&line)), (3.0, 4.0));
        let (average, peak) = average_and_peak(Some(&vec![f64::NAN]));
        assert!(average.is_nan() && peak.is_nan());
    }
}
