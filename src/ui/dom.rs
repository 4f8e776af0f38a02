//! DOM helpers for several components.

use std::sync::atomic::{AtomicU32, Ordering};

use wasm_bindgen::{JsCast, closure::Closure};

/// A unique element id.
pub(super) fn unique_id(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A listener on the window, removed when dropped.
///
/// It listens in the capture phase: scroll events of inner boxes do not bubble, and a press must be
/// seen before the element below handles it.
pub(super) struct WindowListener {
    event: &'static str,
    callback: Closure<dyn Fn(web_sys::Event)>,
}

impl WindowListener {
    /// Calls `callback` for each `event`.
    pub(super) fn new(event: &'static str, callback: Box<dyn Fn(web_sys::Event)>) -> Self {
        let callback = Closure::wrap(callback);
        let function = callback.as_ref().unchecked_ref();
        // Fails only for a value that is not a function.
        let _ = leptos::prelude::window()
            .add_event_listener_with_callback_and_bool(event, function, true);
        Self { event, callback }
    }
}

impl Drop for WindowListener {
    fn drop(&mut self) {
        let function = self.callback.as_ref().unchecked_ref();
        let _ = leptos::prelude::window()
            .remove_event_listener_with_callback_and_bool(self.event, function, true);
    }
}

/// The target of an event.
pub(super) fn target_element(event: &web_sys::Event) -> Option<web_sys::Element> {
    event.target()?.dyn_into().ok()
}

/// Whether a dialog is open.
pub fn is_dialog_open() -> bool {
    matches!(leptos::prelude::document().query_selector("dialog[open]"), Ok(Some(_)))
}

/// The focused element.
pub(super) fn focused() -> Option<web_sys::HtmlElement> {
    leptos::prelude::document().active_element()?.dyn_into().ok()
}
