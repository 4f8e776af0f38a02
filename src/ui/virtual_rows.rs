//! A table body that draws only visible rows.

use leptos::{html, prelude::*};
use std::{ops::Range, time::Duration};
use web_sys::wasm_bindgen::JsCast;

use super::{
    dom::{self, WindowListener},
    px,
    row_recycling::{Slot, assign, shift},
    window::{OVERSCAN, visible},
};

/// The height of a row before one has been drawn and measured, in px.
const FIRST_GUESS: f64 = 36.0;

/// A `<tbody>` for many rows of the same height.
///
/// `keys` are the keys of all rows in order. `row` draws a [`Row`](super::Row), given its key and
/// its `index` among all. With `reuse`, a row element may show another key later, unless it has the
/// focus: each letter of a search shows other rows, and creating them takes longer than a frame.
/// The table around it needs `row_count`. Both the page and a box around the table may scroll.
#[component]
pub fn VirtualRows<K>(
    /// A row that moves keeps its elements and the focus.
    #[prop(into)]
    keys: Signal<Vec<K>>,
    /// Draws a row.
    #[prop(into)]
    row: Callback<(Signal<K>, Signal<usize>), AnyView>,
    /// Whether row elements may show other keys later.
    #[prop(optional)]
    reuse: bool,
    /// What the user asked for. While it stays the same, added and removed rows do not move visible
    /// ones: the user may be about to click.
    #[prop(optional, into)]
    asked: Option<Signal<String>>,
) -> impl IntoView
where
    K: Copy + Eq + Send + Sync + 'static,
{
    let count = Memo::new(move |_| keys.with(Vec::len));
    let range = Window::new(count.into());
    let (first, last) = (range.first, range.last);
    // Kept across updates, so created without an owner.
    let shown = StoredValue::new((Vec::<(u32, ArcRwSignal<K>)>::new(), 0, 0, None));
    // What rows out of view will show.
    let later = StoredValue::new(Vec::<(ArcRwSignal<K>, K)>::new());
    let drawn = move || {
        let (rows, mut next, place, asked_before) = shown.get_value();
        let mut slots: Vec<Slot<K>> =
            rows.iter().map(|(number, key)| (*number, key.get_untracked())).collect();
        let asked = asked.map(|asked| asked.get());
        // Before rows are drawn, so that visible rows are among them and keep the focus.
        if asked.is_some() && asked == asked_before {
            let moved = keys.with(|keys| {
                let mut both = slots.iter().zip(keys.get(place..).unwrap_or_default());
                let same = slots.len() + place <= keys.len() && both.all(|((_, a), b)| a == b);
                let top = if same { None } else { range.first_visible_row() }?;
                let seen = slots.get(top.saturating_sub(place)..)?;
                Some(shift(seen, top.max(place), keys))
            });
            range.hold(moved.unwrap_or_default());
        }
        let place = first.get();
        let keys: Vec<K> = keys.with(|keys| {
            let last = last.get().min(keys.len());
            keys[place.min(last)..last].to_vec()
        });
        let mut held = None;
        if reuse {
            held = range.row_with_focus();
        } else {
            slots.retain(|(_, key)| keys.contains(key));
        }
        let in_view = range.in_view();
        let mut waiting = Vec::new();
        let rows: Vec<_> = (place..)
            .zip(assign(&slots, &keys, held, &mut next))
            .map(|(index, (number, key))| match rows.iter().find(|(known, _)| *known == number) {
                Some(row) => {
                    let has_changed = row.1.get_untracked() != key;
                    if has_changed && in_view.contains(&index) {
                        row.1.set(key);
                    } else if has_changed {
                        waiting.push((row.1.clone(), key));
                    }
                    row.clone()
                }
                None => (number, ArcRwSignal::new(key)),
            })
            .collect();
        shown.set_value((rows.clone(), next, place, asked));
        // The rows in view are on the screen a third sooner without the others.
        if !waiting.is_empty() {
            after_paint(move || {
                for (row, key) in later.try_update_value(std::mem::take).unwrap_or_default() {
                    row.set(key);
                }
            });
        }
        later.set_value(waiting);
        range.keep_focus();
        rows
    };
    let rows = move || {
        view! {
            <ForEnumerate
                each=drawn
                key=|(number, _)| *number
                children=move |index, (_, key)| {
                    let place = Signal::derive(move || first.get() + index.get());
                    row.run((key.into(), place))
                }
            />
        }
    };
    range.view(ViewFn::from(rows))
}

/// The visible part of a table. Not generic, so that it compiles once.
#[derive(Clone, Copy)]
struct Window {
    count: Signal<usize>,
    /// The top of the first row relative to the window, and the height of the window.
    view: RwSignal<(f64, f64)>,
    /// `view` is ahead of the page, which is scrolled after the rows are drawn.
    held: StoredValue<bool>,
    first: Memo<usize>,
    last: Memo<usize>,
    height: RwSignal<f64>,
    top_spacer: NodeRef<html::Tbody>,
    body: NodeRef<html::Tbody>,
}

impl Window {
    fn new(count: Signal<usize>) -> Self {
        let top_spacer = NodeRef::<html::Tbody>::new();
        let body = NodeRef::<html::Tbody>::new();
        let height = RwSignal::new(FIRST_GUESS);
        let view = RwSignal::new((0.0, window_height()));
        let range = Memo::new(move |_| {
            let (top, viewport) = view.get();
            visible(top, viewport, height.get(), count.get(), OVERSCAN)
        });
        let first = Memo::new(move |_| range.with(|range| range.start));
        let last = Memo::new(move |_| range.with(|range| range.end));
        let held = StoredValue::new(false);
        let window = Self { count, view, held, first, last, height, top_spacer, body };
        Effect::new(move |_| {
            count.track();
            if top_spacer.get().is_some() {
                window.measure();
                request_animation_frame(move || window.settle());
            }
        });
        Effect::new(move |_| {
            ["scroll", "resize"]
                .map(|event| WindowListener::new(event, Box::new(move |_| window.measure())))
        });
        window
    }

    fn measure(self) {
        // A frame may arrive after the table and its signals are gone.
        let Some(spacer) = self.top_spacer.try_get_untracked().flatten() else { return };
        // The current position is not final.
        if self.held.get_value() {
            return;
        }
        let seen = (spacer.get_bounding_client_rect().top(), window_height());
        if self.view.get_untracked() != seen {
            self.view.set(seen);
        }
        if let Some(measured) = self.body.get_untracked().as_deref().and_then(first_row_height)
            && (self.height.get_untracked() - measured).abs() > 0.1
        {
            self.height.set(measured);
        }
    }

    /// The indexes of the rows in view.
    fn in_view(self) -> Range<usize> {
        let (top, viewport) = self.view.get_untracked();
        visible(top, viewport, self.height.get_untracked(), self.count.get_untracked(), 0)
    }

    /// The index of the topmost visible row; `None` if the list is not scrolled.
    fn first_visible_row(self) -> Option<usize> {
        let spacer = self.top_spacer.try_get_untracked().flatten()?;
        // The header covers the rows, or is scrolled out of view.
        let heading = spacer.closest("table").ok()??.query_selector("th").ok()??;
        let edge = heading.get_bounding_client_rect().bottom().max(0.0);
        let hidden = edge - self.view.get_untracked().0;
        (hidden > 1.0).then(|| (hidden / self.height.get_untracked()) as usize)
    }

    /// Keeps visible rows in place after they have moved by `rows` indexes.
    fn hold(self, rows: f64) {
        if rows == 0.0 {
            return;
        }
        let px = rows * self.height.get_untracked();
        self.view.update(|(top, _)| *top -= px);
        self.held.set_value(true);
        request_animation_frame(move || self.settle());
    }

    /// Scrolls in the frame that shows the rows at their new indexes.
    fn settle(self) {
        let Some(spacer) = self.top_spacer.try_get_untracked().flatten() else { return };
        if self.held.try_update_value(std::mem::take) == Some(true) {
            // Measured, because the browser scrolls a list that gets shorter at its end.
            let px = spacer.get_bounding_client_rect().top() - self.view.get_untracked().0;
            // The scrolling box around the table.
            let scrolled = spacer.closest(".table-scroll").ok().flatten().is_some_and(|around| {
                let before = around.scroll_top();
                around.scroll_by_with_x_and_y(0.0, px);
                around.scroll_top() != before
            });
            if !scrolled {
                window().scroll_by_with_x_and_y(0.0, px);
            }
        }
        self.measure();
    }

    /// Returns the focus to a control that loses it because its row is moved in the document.
    fn keep_focus(self) {
        let Some(focused) = dom::focused() else { return };
        let body = self.body.try_get_untracked().flatten();
        if !body.is_some_and(|body| body.contains(Some(&focused))) {
            return;
        }
        queue_microtask(move || {
            let is_lost = dom::focused().is_none_or(|now| now.tag_name() == "BODY");
            if is_lost && focused.is_connected() {
                // Fails only for an element that is no longer in the document.
                let _ = focused.focus();
            }
        });
    }

    /// The index among the drawn rows of the one with the focus.
    fn row_with_focus(self) -> Option<usize> {
        let focused = dom::focused()?;
        let body = self.body.try_get_untracked().flatten()?;
        if !body.contains(Some(&focused)) {
            return None;
        }
        let mut row = focused.closest("tr").ok().flatten()?;
        let mut place = 0;
        while let Some(before) = row.previous_element_sibling() {
            row = before;
            place += 1;
        }
        Some(place)
    }

    fn view(self, rows: ViewFn) -> AnyView {
        let Self { count, first, last, height, top_spacer, body, .. } = self;
        let tall = move |rows: usize| px(rows as f64 * height.get());
        let above = move || tall(first.get());
        let below = move || tall(count.get().saturating_sub(last.get()));
        view! {
            <tbody class="table-spacer" role="presentation" aria-hidden="true" node_ref=top_spacer>
                <tr role="presentation">
                    <td role="presentation" style:height=above></td>
                </tr>
            </tbody>
            <tbody role="rowgroup" class="table-virtual" node_ref=body>{rows.run()}</tbody>
            <tbody class="table-spacer" role="presentation" aria-hidden="true">
                <tr role="presentation">
                    <td role="presentation" style:height=below></td>
                </tr>
            </tbody>
        }
        .into_any()
    }
}

/// Does something after the next frame is on the screen.
fn after_paint(then: impl FnOnce() + 'static) {
    request_animation_frame(move || set_timeout(then, Duration::ZERO));
}

fn window_height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0)
}

fn first_row_height(body: &web_sys::HtmlElement) -> Option<f64> {
    let row: web_sys::Element = body.first_element_child()?.dyn_into().ok()?;
    Some(row.get_bounding_client_rect().height()).filter(|height| *height > 0.0)
}
