//! The browser's own question before a page is closed.

use leptos::prelude::*;

/// Has the browser ask before it closes the page, as long as the view that calls this is there and
/// something would be lost.
pub fn ask_before_unload(would_lose: impl Fn() -> bool + 'static) {
    let closing = window_event_listener(leptos::ev::beforeunload, move |event| {
        if would_lose() {
            event.prevent_default();
        }
    });
    on_cleanup(move || closing.remove());
}
