//! What a page sets in the browser around it: title, history, and the question before closing.

use crate::{
    i18n::{t_string, use_i18n},
    routes::Route,
};
use leptos::prelude::*;

/// Sets the title of the browser tab.
pub fn page_title(title: impl Fn() -> String + 'static) {
    let i18n = use_i18n();
    Effect::new(move |_| {
        let product = t_string!(i18n, common.product);
        document().set_title(&format!("{} · {product}", title()));
    });
}

/// Adds an entry to the history, which the back button leads to, without showing it.
pub fn push_history(route: &Route) {
    // Fails only for an address of another site.
    let _ = window().history().and_then(|history| {
        history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&route.href()))
    });
}

/// Has the browser ask before it closes the page while `would_lose` is true, until the calling view is
/// removed.
pub fn ask_before_unload(would_lose: impl Fn() -> bool + 'static) {
    let listener = window_event_listener(leptos::ev::beforeunload, move |event| {
        if would_lose() {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}
