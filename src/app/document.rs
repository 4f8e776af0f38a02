//! What is outside of the page's own elements: the keyboard, and what was painted before the program
//! had loaded.

use super::current_page::CurrentPage;
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
pub(super) fn follow(shown: ReadSignal<CurrentPage>) {
    Effect::new(move |before: Option<CurrentPage>| match (before, shown.get()) {
        // On the way to a page nothing is there to begin at.
        (before, CurrentPage::Nothing | CurrentPage::Loading) => {
            before.unwrap_or(CurrentPage::Nothing)
        }
        (before, now) => {
            if before.is_some_and(|before| before != CurrentPage::Nothing && before != now) {
                request_animation_frame(focus_heading);
            }
            now
        }
    });
}

fn focus_heading() {
    let heading = document().query_selector("main h1").ok().flatten();
    if let Some(heading) = heading.and_then(|h| h.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only for an element that is not in the document any more.
        let _ = heading.focus();
    }
}
