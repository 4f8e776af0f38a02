//! Plots of values over time.

mod scale;

use std::fmt::Write;

use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;

use super::{Text, Tone};

/// Heights in drawing units; a step is one unit wide.
const HEIGHT: f64 = 40.0;
/// Space above the highest point of a plot without a scale, so that its line is not cut.
const ABOVE: f64 = 2.0;

/// The data of a plot: a line for each tone, all of the same length, newest value last; NaN is a
/// gap.
pub type Lines = Vec<Vec<f64>>;

/// The marks at the side of a plot.
#[derive(Clone, Copy)]
pub struct Scale {
    /// The text of a value.
    pub label: Callback<f64, String>,
    /// The values are counts: no mark is a fraction.
    pub whole: bool,
}

/// The value at the top of a plot, and the space above it.
#[derive(Clone, Copy, PartialEq)]
struct Top {
    value: f64,
    above: f64,
}

impl Top {
    fn height(self, value: f64) -> f64 {
        HEIGHT - value / self.value * (HEIGHT - self.above)
    }
}

/// Lines over time, as an image with a text alternative.
///
/// All lines share one scale, from zero to the highest value, or to a round one with `scale`. `cursor` is the index under the
/// pointer or chosen by arrow keys; plots that share it show the same time.
#[component]
pub fn Plot(
    /// The text alternative for screen readers.
    #[prop(into)]
    label: Text,
    #[prop(into)] lines: Signal<Lines>,
    tones: &'static [Tone],
    #[prop(optional)] cursor: Option<RwSignal<Option<usize>>>,
    #[prop(optional)] scale: Option<Scale>,
    /// The values at the cursor, read while arrow keys move it.
    #[prop(optional, into)]
    readout: Text,
) -> impl IntoView {
    let steps = Memo::new(move |_| lines.with(|lines| lines.iter().map(Vec::len).max()));
    let steps = move || steps.get().unwrap_or_default();
    let marks = Memo::new(move |_| {
        let scale = scale?;
        Some(lines.with(|lines| scale::marks(highest(lines), scale.whole)))
    });
    let top = Memo::new(move |_| match marks.with(|marks| marks.as_ref()?.last().copied()) {
        Some(value) => Top { value, above: 0.0 },
        None => Top { value: lines.with(|lines| highest(lines)), above: ABOVE },
    });
    let drawn = tones.iter().enumerate().map(|(nth, tone)| {
        let one = move |draw: fn(&[f64], Top) -> String| {
            Memo::new(move |_| {
                lines.with(|lines| lines.get(nth).map(|line| draw(line, top.get())))
            })
        };
        let line = one(stroke);
        // Only the first line has a filled area.
        let area = (nth == 0).then(|| one(fill));
        view! {
            {area
                .map(|area| {
                    view! { <path class=format!("plot-area {}", tone_class(*tone)) d=move || area.get() /> }
                })}
            <path class=format!("plot-line {}", tone_class(*tone)) d=move || line.get() />
        }
    });
    let drawn = drawn.collect_view();
    let at = move || {
        let place = cursor?.get()?;
        Some(format!("M{place} 0V{HEIGHT}"))
    };
    let by_keys = RwSignal::new(false);
    let said = cursor.map(|_| {
        view! {
            <span class="visually-hidden" aria-live="polite">
                {move || by_keys.get().then(|| readout.get())}
            </span>
        }
    });
    let grid = move || {
        let top = top.get();
        let line = |mark: &f64| format!("M0 {:.1}H{}", top.height(*mark), steps());
        marks.with(|marks| marks.iter().flatten().skip(1).map(line).collect::<String>())
    };
    let plot = view! {
        <svg
            class="plot"
            viewBox=move || format!("0 0 {} {HEIGHT}", steps().saturating_sub(1).max(1))
            preserveAspectRatio="none"
            role="img"
            aria-label=move || label.get()
            tabindex=cursor.map(|_| "0")
            on:mousemove=move |event| {
                if let Some(cursor) = cursor {
                    cursor.set(place_at(&event, steps()));
                }
            }
            on:mouseleave=move |_| {
                if let Some(cursor) = cursor {
                    cursor.set(None);
                }
            }
            on:blur=move |_| {
                // Removing a plot fires events, when its signals may be gone.
                if let Some(cursor) = cursor {
                    cursor.try_set(None);
                    by_keys.try_set(false);
                }
            }
            on:keydown=move |event| {
                if let Some(cursor) = cursor
                    && let Some(place) = by_key(&event.key(), cursor.get_untracked(), steps())
                {
                    event.prevent_default();
                    by_keys.set(true);
                    cursor.set(place);
                }
            }
        >
            {scale.map(|_| view! { <path class="plot-grid" d=grid /> })}
            <path class="plot-ground" d=move || format!("M0 {HEIGHT}H{}", steps()) />
            {drawn}
            <path class="plot-cursor" d=at />
        </svg>
    };
    let plot = match scale {
        None => plot.into_any(),
        Some(scale) => scaled(scale, marks, plot.into_any()),
    };
    view! {
        {said}
        {plot}
    }
}

/// A plot with its marks beside it.
fn scaled(scale: Scale, marks: Memo<Option<Vec<f64>>>, plot: AnyView) -> AnyView {
    view! {
        <div class="plot-scaled">
            // The text alternative has the values.
            <div class="plot-marks num" aria-hidden="true">
                {move || {
                    let marks = marks.get().unwrap_or_default();
                    let label = |mark: f64| view! { <span>{scale.label.run(mark)}</span> };
                    marks.into_iter().map(label).collect_view()
                }}
            </div>
            {plot}
        </div>
    }
    .into_any()
}

/// The class with the colour of a line, also for its legend.
pub fn tone_class(tone: Tone) -> String {
    format!("plot-{}", tone.name())
}

/// The index under the pointer.
fn place_at(event: &web_sys::MouseEvent, steps: usize) -> Option<usize> {
    let plot: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    let ground = plot.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - ground.left()) / ground.width().max(1.0);
    let last = steps.checked_sub(1)?;
    Some((share.clamp(0.0, 1.0) * last as f64).round() as usize)
}

/// The index after a key; `None` for other keys.
fn by_key(key: &str, from: Option<usize>, steps: usize) -> Option<Option<usize>> {
    let last = steps.checked_sub(1)?;
    let from = from.map(|from| from.min(last));
    Some(match key {
        "ArrowLeft" => Some(from.map_or(last, |from| from.saturating_sub(1))),
        "ArrowRight" => Some(from.map_or(last, |from| (from + 1).min(last))),
        "Home" => Some(0),
        "End" => Some(last),
        "Escape" if from.is_some() => None,
        _ => return None,
    })
}

/// The highest value; never zero, so that a flat line is drawn at the bottom.
fn highest(lines: &[Vec<f64>]) -> f64 {
    let top = lines.iter().flatten().copied().fold(0.0, f64::max);
    if top > 0.0 { top } else { 1.0 }
}

/// A path through the values; each gap starts a new segment.
fn stretches(
    line: &[f64],
    top: Top,
    mut begin: impl FnMut(&mut String, usize),
    end: fn(&mut String, usize),
) -> String {
    let mut path = String::new();
    let mut open = false;
    for (place, value) in line.iter().enumerate() {
        if value.is_nan() {
            if std::mem::take(&mut open) {
                end(&mut path, place - 1);
            }
            continue;
        }
        let height = top.height(*value);
        if !std::mem::replace(&mut open, true) {
            begin(&mut path, place);
            let _ = write!(path, "{place} {height:.1}");
        } else {
            let _ = write!(path, "L{place} {height:.1}");
        }
    }
    if open {
        end(&mut path, line.len() - 1);
    }
    path
}

fn stroke(line: &[f64], top: Top) -> String {
    // A single point is drawn as a dot by round line caps.
    stretches(line, top, |path, _| path.push('M'), |path, _| path.push_str("h0"))
}

fn fill(line: &[f64], top: Top) -> String {
    stretches(
        line,
        top,
        |path, place| {
            let _ = write!(path, "M{place} {HEIGHT}L");
        },
        |path, place| {
            let _ = write!(path, "L{place} {HEIGHT}Z");
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: f64 = f64::NAN;

    #[test]
    fn a_gap_is_not_drawn() {
        let top = Top { value: 4.0, above: ABOVE };
        assert_eq!(stroke(&[], top), "");
        assert_eq!(stroke(&[GAP, 0.0, 4.0], top), "M1 40.0L2 2.0h0");
        assert_eq!(stroke(&[2.0, GAP, 2.0], top), "M0 21.0h0M2 21.0h0");
        assert_eq!(fill(&[GAP, 0.0, 4.0, GAP], top), "M1 40L1 40.0L2 2.0L2 40Z");
        // At a mark of the scale.
        assert_eq!(stroke(&[4.0], Top { above: 0.0, ..top }), "M0 0.0h0");
    }

    #[test]
    fn the_highest_value_of_all_lines_is_the_top() {
        assert_eq!(highest(&[vec![GAP, 1.0], vec![3.0, 2.0]]), 3.0);
        assert_eq!(highest(&[vec![0.0, GAP]]), 1.0);
        assert_eq!(highest(&[]), 1.0);
    }

    #[test]
    fn keys_move_within_the_lines() {
        assert_eq!(by_key("ArrowLeft", None, 3), Some(Some(2)));
        assert_eq!(by_key("ArrowLeft", Some(0), 3), Some(Some(0)));
        assert_eq!(by_key("ArrowRight", Some(2), 3), Some(Some(2)));
        assert_eq!(by_key("Home", Some(2), 3), Some(Some(0)));
        assert_eq!(by_key("Escape", Some(2), 3), Some(None));
        assert_eq!(by_key("Escape", None, 3), None, "for whatever is around it");
        assert_eq!(by_key("a", None, 3), None);
        assert_eq!(by_key("End", None, 0), None);
    }
}
