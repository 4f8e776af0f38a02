//! Keys among the rows of a table.
//!
//! ↑ ↓ Page Up, Page Down, Home and End move the focus from row to row, to the link with the name,
//! which Enter follows. Space selects the row. From the search field, the heading, or without
//! focus, ↓ moves into the rows, to the last position. Tab moves through all controls.

use super::shortcuts::is_dialog_open;
use crate::{
    pages::{Location, use_location},
    store::use_store,
};
use leptos::{
    ev::{focusin, keydown, pointerdown, wheel},
    prelude::*,
};
use web_sys::{Element, HtmlElement, KeyboardEvent, wasm_bindgen::JsCast};

/// Elements from which ↓ moves into the rows.
const ENTRY_POINTS: &str = "body, main, main h1, main [type=search]";
/// Animation frames to wait for a row to be drawn after scrolling.
const PATIENCE: u32 = 8;
/// `aria-rowindex` of the first row: it starts at 1, and the header counts.
const FIRST: usize = 2;

/// Handles keys until the calling view is removed.
pub(super) fn follow() {
    // The index of the row that was focused last.
    let cursor = StoredValue::new(None::<usize>);
    let keys = window_event_listener(keydown, move |event| {
        if let Some((rows, to)) = on_key(cursor, &event) {
            event.prevent_default();
            cursor.set_value(Some(to));
            rows.reach(to, cursor, PATIENCE);
        }
    });
    // Focus on another element resets it; losing the focus does not.
    let focus = window_event_listener(focusin, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(now) = target.and_then(|target| Rows::around(&target)?.place(&target)) {
            cursor.set_value(Some(now));
        }
    });
    // Using the pointer, or another page, resets it.
    let mouse = window_event_listener(pointerdown, move |_| cursor.set_value(None));
    let turns = window_event_listener(wheel, move |_| cursor.set_value(None));
    let location = use_location();
    let page = Memo::new(move |_| location.with(Location::page));
    Effect::new(move |_| {
        page.track();
        cursor.set_value(None);
    });
    on_cleanup(move || {
        keys.remove();
        focus.remove();
        mouse.remove();
        turns.remove();
    });
    let store = use_store();
    Effect::new(move |_| {
        store.load_balancers.with_rows(|_| ());
        store.certificates.with(|_| ());
        // After the change is drawn.
        request_animation_frame(move || {
            request_animation_frame(move || restore_focus(cursor));
        });
    });
}

/// Restores the focus for some frames: rows inserted above move the focused one, which loses the
/// focus.
fn hold(cursor: StoredValue<Option<usize>>, frames: u32) {
    if frames > 0 {
        request_animation_frame(move || {
            restore_focus(cursor);
            hold(cursor, frames - 1);
        });
    }
}

/// Focuses the row at the index of a focused row that was removed, unless another element has the
/// focus.
fn restore_focus(cursor: StoredValue<Option<usize>>) {
    let Some(Some(at)) = cursor.try_get_value() else { return };
    let nowhere = document().active_element().is_none_or(|focused| focused.tag_name() == "BODY");
    if !nowhere || is_dialog_open() {
        return;
    }
    let Some(rows) = Rows::of_list() else { return };
    let Some(last) = rows.count().checked_sub(1) else { return };
    let to = at.min(last);
    // `None` if it was scrolled out of view.
    if let Some(link) = rows.link(to) {
        // Fails only for an element that is no longer in the document.
        let _ = link.focus();
    }
}

/// The row to move the focus to.
fn on_key(cursor: StoredValue<Option<usize>>, event: &KeyboardEvent) -> Option<(Rows, usize)> {
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key();
    if modified || event.default_prevented() || event.is_composing() || is_dialog_open() {
        return None;
    }
    let target: Element = event.target()?.dyn_into().ok()?;
    let is = |selector| target.matches(selector).unwrap_or(false);
    let key = event.key();
    let known = cursor.get_value();
    let (rows, at) = match (Rows::around(&target), known) {
        (Some(rows), _) => {
            if !is("a, button, input") || is("[role=menuitem]") {
                return None;
            }
            let at = rows.place(&target)?;
            (rows, at)
        }
        // The row is being drawn again.
        (None, Some(at)) if is("body") => (Rows::of_list()?, at),
        (None, known) => {
            let rows = Rows::of_list().filter(|_| key == "ArrowDown" && is(ENTRY_POINTS))?;
            let last = rows.count().checked_sub(1)?;
            return Some((rows, known.unwrap_or_default().min(last)));
        }
    };
    let last = rows.count().checked_sub(1)?;
    let to = match key.as_str() {
        "ArrowDown" => at + 1,
        "ArrowUp" => at.saturating_sub(1),
        "PageDown" => at + rows.page(),
        "PageUp" => at.saturating_sub(rows.page()),
        "Home" => 0,
        "End" => last,
        " " if is("th a") => {
            let row = target.closest("tr").ok()??;
            let tick: HtmlElement = row.query_selector("[type=checkbox]").ok()??.dyn_into().ok()?;
            tick.click();
            at
        }
        _ => return None,
    };
    Some((rows, to.min(last)))
}

/// The body of a table that draws only visible rows.
struct Rows(Element);

impl Rows {
    /// The rows around an element.
    fn around(inside: &Element) -> Option<Self> {
        inside.closest(".table-virtual").ok()?.map(Self)
    }

    /// The rows of a list page, which has a search field.
    fn of_list() -> Option<Self> {
        let document = document();
        document.query_selector("main [type=search]").ok()??;
        document.query_selector("main .table-virtual").ok()?.map(Self)
    }

    /// The number of rows, drawn or not.
    fn count(&self) -> usize {
        let table = self.0.closest("[aria-rowcount]").ok().flatten();
        let said = table.and_then(|table| table.get_attribute("aria-rowcount")?.parse().ok());
        said.unwrap_or(0_usize).saturating_sub(1)
    }

    /// The index of the row around an element.
    fn place(&self, inside: &Element) -> Option<usize> {
        let row = inside.closest("[aria-rowindex]").ok()??;
        row.get_attribute("aria-rowindex")?.parse::<usize>().ok()?.checked_sub(FIRST)
    }

    /// The link of the row with an index, if it is drawn.
    fn link(&self, index: usize) -> Option<HtmlElement> {
        let row = format!("[aria-rowindex=\"{}\"]", index + FIRST);
        let selector = format!("{row} th a, {row} th button");
        self.0.query_selector(&selector).ok()??.dyn_into().ok()
    }

    /// The height of a row, in px.
    fn height(&self) -> f64 {
        let row = self.0.first_element_child();
        row.map(|row| row.get_bounding_client_rect().height()).unwrap_or_default().max(1.0)
    }

    /// Rows that Page Down moves by: a little less than a screen.
    fn page(&self) -> usize {
        ((window_height() * 0.75 / self.height()) as usize).max(1)
    }

    /// Focuses the row with an index, after scrolling to it if needed.
    fn reach(self, index: usize, cursor: StoredValue<Option<usize>>, frames: u32) {
        if let Some(link) = self.link(index) {
            let focus = move || {
                // Fails only for an element that is no longer in the document.
                let _ = link.focus();
                hold(cursor, PATIENCE);
            };
            // A row that was just drawn does not have its final position yet.
            if frames == PATIENCE { focus() } else { request_animation_frame(focus) }
        } else if let Some(spacer) = self.0.previous_element_sibling()
            && frames > 0
        {
            let first = spacer.get_bounding_client_rect().top();
            let top = first + index as f64 * self.height() - window_height() / 2.0;
            match self.scroller() {
                Some(around) => around.set_scroll_top(around.scroll_top() + top as i32),
                None => window().scroll_by_with_x_and_y(0.0, top),
            }
            request_animation_frame(move || self.reach(index, cursor, frames - 1));
        }
    }

    /// The scrolling box around the table; `None` if the page scrolls.
    fn scroller(&self) -> Option<Element> {
        let around = self.0.closest(".table-scroll").ok()??;
        (around.scroll_height() > around.client_height() + 1).then_some(around)
    }
}

fn window_height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0)
}
