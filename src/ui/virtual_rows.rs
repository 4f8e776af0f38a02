//! A table body that draws only the rows in sight.

use leptos::{html, prelude::*};
use web_sys::wasm_bindgen::JsCast;

use super::{
    dom::{self, WindowListener},
    px,
    row_recycling::{Slot, assign, shift},
    window::visible,
};

/// The height of a row before one has been drawn and measured, in px. Equal to `--row-height`.
const FIRST_GUESS: f64 = 45.0;

/// A `<tbody>` for many rows of one height.
///
/// `keys` are all rows, in order; `row` draws one [`Row`](super::Row), given what it shows and its
/// place among all, which is its `index`. With `reuse`, what a row shows may change, unless the
/// keyboard is in it: a list that is searched shows other things with each letter, and new rows take
/// longer than a frame. Without, it never does. Give the table around it `row_count`. Scrolling of
/// the page and of any box around the table both count.
#[component]
pub fn VirtualRows<K>(
    /// Stable identities: what stays keeps its elements, focus included, while it moves.
    #[prop(into)]
    keys: Signal<Vec<K>>,
    /// Draws a row.
    #[prop(into)]
    row: Callback<(Signal<K>, Signal<usize>), AnyView>,
    /// Whether rows may come to show something else.
    #[prop(optional)]
    reuse: bool,
    /// What somebody asked to see. While it is the same, what others add and remove moves nothing
    /// that is in sight: somebody may be about to press it.
    #[prop(optional, into)]
    asked: Option<Signal<String>>,
) -> impl IntoView
where
    K: Copy + Eq + Send + Sync + 'static,
{
    let count = Memo::new(move |_| keys.with(Vec::len));
    let range = Window::new(count.into());
    let (first, last) = (range.first, range.last);
    // They outlive each drawing, so none of them belongs to one.
    let shown = StoredValue::new((Vec::<(u32, ArcRwSignal<K>)>::new(), 0, 0, None));
    let drawn = move || {
        let (rows, mut next, place, asked_before) = shown.get_value();
        let mut slots: Vec<Slot<K>> =
            rows.iter().map(|(number, key)| (*number, key.get_untracked())).collect();
        let asked = asked.map(|asked| asked.get());
        // Before any row is drawn: those in sight are among them then, and keep the keyboard.
        if asked.is_some() && asked == asked_before {
            let moved = keys.with(|keys| {
                let mut both = slots.iter().zip(keys.get(place..).unwrap_or_default());
                let same = slots.len() + place <= keys.len() && both.all(|((_, a), b)| a == b);
                let top = if same { None } else { range.top_in_sight() }?;
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
        let rows: Vec<_> = assign(&slots, &keys, held, &mut next)
            .into_iter()
            .map(|(number, key)| match rows.iter().find(|(known, _)| *known == number) {
                Some(row) => {
                    if row.1.get_untracked() != key {
                        row.1.set(key);
                    }
                    row.clone()
                }
                None => (number, ArcRwSignal::new(key)),
            })
            .collect();
        shown.set_value((rows.clone(), next, place, asked));
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

/// The part of a table in sight; kept apart from the rows so that it compiles once for all.
#[derive(Clone, Copy)]
struct Window {
    count: Signal<usize>,
    /// Where the first row would be, relative to the window, and the height of the window.
    view: RwSignal<(f64, f64)>,
    /// `view` is how it shall be, once what is drawn has its place and the page is scrolled.
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
            visible(top, viewport, height.get(), count.get())
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
        // A frame asked for may come after the table has gone, and its signals with it.
        let Some(spacer) = self.top_spacer.try_get_untracked().flatten() else { return };
        // Where it is now is not where it will be.
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

    /// The place among all of the topmost row in sight; none where the list is not scrolled.
    fn top_in_sight(self) -> Option<usize> {
        let spacer = self.top_spacer.try_get_untracked().flatten()?;
        // The headings lie over the rows, or have gone out of sight with the first of them.
        let heading = spacer.closest("table").ok()??.query_selector("th").ok()??;
        let edge = heading.get_bounding_client_rect().bottom().max(0.0);
        let hidden = edge - self.view.get_untracked().0;
        (hidden > 1.0).then(|| (hidden / self.height.get_untracked()) as usize)
    }

    /// Leaves what is in sight where it is, although it has moved by so many rows.
    fn hold(self, rows: f64) {
        if rows == 0.0 {
            return;
        }
        let px = rows * self.height.get_untracked();
        self.view.update(|(top, _)| *top -= px);
        self.held.set_value(true);
        request_animation_frame(move || self.settle());
    }

    /// Scrolls to what is held, in the frame that shows the rows in their new places.
    fn settle(self) {
        let Some(spacer) = self.top_spacer.try_get_untracked().flatten() else { return };
        if self.held.try_update_value(std::mem::take) == Some(true) {
            // Measured: at its end, a list that gets shorter has been scrolled by the browser.
            let px = spacer.get_bounding_client_rect().top() - self.view.get_untracked().0;
            // The box around the table, where that is what scrolls.
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

    /// The place among the rows drawn of the one that the keyboard is in.
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

fn window_height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0)
}

fn first_row_height(body: &web_sys::HtmlElement) -> Option<f64> {
    let row: web_sys::Element = body.first_element_child()?.dyn_into().ok()?;
    Some(row.get_bounding_client_rect().height()).filter(|height| *height > 0.0)
}
