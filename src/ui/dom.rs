//! The little of the DOM that several parts need.

use std::sync::atomic::{AtomicU32, Ordering};

use wasm_bindgen::{JsCast, closure::Closure};

/// An id that no other element of the document has.
pub(super) fn unique_id(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Listens on the window until dropped.
///
/// Listens in the capture phase: a scroll inside the page does not bubble, and a part must see a
/// press before whatever lies under it reacts.
pub(super) struct WindowListener {
    event: &'static str,
    callback: Closure<dyn Fn(web_sys::Event)>,
}

impl WindowListener {
    /// Calls `callback` for each `event`, until the listener is dropped.
    pub(super) fn new(event: &'static str, callback: Box<dyn Fn(web_sys::Event)>) -> Self {
        let callback = Closure::wrap(callback);
        let function = callback.as_ref().unchecked_ref();
        // The only error is a listener that is not a function.
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

/// The element an event happened on.
pub(super) fn target_element(event: &web_sys::Event) -> Option<web_sys::Element> {
    event.target()?.dyn_into().ok()
}

/// Whether something lies over the page.
pub fn is_dialog_open() -> bool {
    matches!(leptos::prelude::document().query_selector("dialog[open]"), Ok(Some(_)))
}

/// The element that has the keyboard.
pub(super) fn focused() -> Option<web_sys::HtmlElement> {
    leptos::prelude::document().active_element()?.dyn_into().ok()
}
