//! What is outside of the page's own elements: the keyboard, and what was painted before the program
//! had loaded.

use crate::pages::{Page, Place};
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;

/// Takes away what `index.html` painted.
pub(super) fn first_paint_done() {
    if let Some(first_paint) = document().get_element_by_id("first-paint") {
        first_paint.remove();
    }
}

/// On another page the keyboard begins at its heading, as it would after a load; not on the first,
/// where the browser has put it already.
pub(super) fn follow_place(place: Memo<Place>) {
    Effect::new(move |before: Option<Option<Page>>| {
        let page = place.with(Place::page);
        if before.is_some_and(|before| before != page) {
            request_animation_frame(focus_heading);
        }
        page
    });
}

fn focus_heading() {
    let heading = document().query_selector("main h1").ok().flatten();
    if let Some(heading) = heading.and_then(|h| h.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only for an element that is not in the document any more.
        let _ = heading.focus();
    }
}
