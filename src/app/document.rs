//! The keyboard focus after a navigation, and the first paint of `index.html`.

use super::current_page::CurrentPage;
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;

/// Removes the first paint of `index.html`.
pub(super) fn remove_first_paint() {
    if let Some(first_paint) = document().get_element_by_id("first-paint") {
        first_paint.remove();
    }
}

/// Moves the focus to the heading of the next page, as a page load would. Not on the first page,
/// where the browser has placed it.
pub(super) fn follow(shown: ReadSignal<CurrentPage>) {
    Effect::new(move |before: Option<CurrentPage>| match (before, shown.get()) {
        // Nothing to focus while a page loads.
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
        // Fails only for an element that is no longer in the document.
        let _ = heading.focus();
    }
}
