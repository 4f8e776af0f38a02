//! The keyboard among the rows of a long table.
//!
//! ↑ ↓ Page Up Page Down Home End go from row to row, to the link that names it, which Enter follows;
//! Space ticks the row. From the search field, from the heading of a list and from nowhere, ↓ leads
//! into the rows, to where one was before. Tab goes through the controls of the rows as ever.

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

/// From where the keyboard may enter the rows.
const DOORS: &str = "body, main, main h1, main [type=search]";
/// Frames in which a row that is scrolled to may come to be drawn.
const PATIENCE: u32 = 8;
/// A heading has its place too, and places begin at 1.
const FIRST: usize = 2;

/// Moves the keyboard as long as the view that calls this is there.
pub(super) fn follow() {
    // The place of the row that the keyboard was on last.
    let cursor = StoredValue::new(None::<usize>);
    let keys = window_event_listener(keydown, move |event| {
        if let Some((rows, to)) = on_key(cursor, &event) {
            event.prevent_default();
            cursor.set_value(Some(to));
            rows.reach(to, cursor, PATIENCE);
        }
    });
    // Whoever is elsewhere is not on a row any more; whoever is nowhere may have lost it.
    let focus = window_event_listener(focusin, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(now) = target.and_then(|target| Rows::around(&target)?.place(&target)) {
            cursor.set_value(Some(now));
        }
    });
    // Whoever takes the mouse, or goes to another page, begins anew.
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
        // Once what has changed is drawn.
        request_animation_frame(move || {
            request_animation_frame(move || find_again(cursor));
        });
    });
}

/// Rows that come in above move those below, and what moves loses the keyboard: gives it back.
fn hold(cursor: StoredValue<Option<usize>>, frames: u32) {
    if frames > 0 {
        request_animation_frame(move || {
            find_again(cursor);
            hold(cursor, frames - 1);
        });
    }
}

/// The row that had the keyboard is gone: the one in its place gets it, unless somebody has gone
/// elsewhere.
fn find_again(cursor: StoredValue<Option<usize>>) {
    let Some(Some(at)) = cursor.try_get_value() else { return };
    let nowhere = document().active_element().is_none_or(|focused| focused.tag_name() == "BODY");
    if !nowhere || is_dialog_open() {
        return;
    }
    let Some(rows) = Rows::of_list() else { return };
    let Some(last) = rows.count().checked_sub(1) else { return };
    let to = at.min(last);
    // Not scrolled away meanwhile.
    if let Some(link) = rows.link(to) {
        // Fails only for an element that is not in the document any more.
        let _ = link.focus();
    }
}

/// Where the keyboard is to go.
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
        // Its row is being drawn anew.
        (None, Some(at)) if is("body") => (Rows::of_list()?, at),
        (None, known) => {
            let rows = Rows::of_list().filter(|_| key == "ArrowDown" && is(DOORS))?;
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

/// The body of a long table, of which only the rows in sight are drawn.
struct Rows(Element);

impl Rows {
    /// Those that an element is in.
    fn around(inside: &Element) -> Option<Self> {
        inside.closest(".table-virtual").ok()?.map(Self)
    }

    /// Those of a page that is a list: it can be searched.
    fn of_list() -> Option<Self> {
        let document = document();
        document.query_selector("main [type=search]").ok()??;
        document.query_selector("main .table-virtual").ok()?.map(Self)
    }

    /// All there are, drawn or not.
    fn count(&self) -> usize {
        let table = self.0.closest("[aria-rowcount]").ok().flatten();
        let said = table.and_then(|table| table.get_attribute("aria-rowcount")?.parse().ok());
        said.unwrap_or(0_usize).saturating_sub(1)
    }

    /// The place among all of the row that an element is in.
    fn place(&self, inside: &Element) -> Option<usize> {
        let row = inside.closest("[aria-rowindex]").ok()??;
        row.get_attribute("aria-rowindex")?.parse::<usize>().ok()?.checked_sub(FIRST)
    }

    /// What names the row with this place among all, if the row is drawn.
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

    /// How many rows a screen holds, less some to go on from.
    fn page(&self) -> usize {
        ((window_height() * 0.75 / self.height()) as usize).max(1)
    }

    /// Gives the keyboard to the row with this place among all, wherever it is.
    fn reach(self, index: usize, cursor: StoredValue<Option<usize>>, frames: u32) {
        if let Some(link) = self.link(index) {
            let focus = move || {
                // Fails only for an element that is not in the document any more.
                let _ = link.focus();
                hold(cursor, PATIENCE);
            };
            // A row that has just been drawn is not where it will be yet.
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

    /// The box around the table where that scrolls, and not the page.
    fn scroller(&self) -> Option<Element> {
        let around = self.0.closest(".table-scroll").ok()??;
        (around.scroll_height() > around.client_height() + 1).then_some(around)
    }
}

fn window_height() -> f64 {
    window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0)
}
