//! Makes the first reading wait for the event stream, so that no change between the two is lost.

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Milliseconds after which the page reads without the stream. It reads again when the stream opens.
const PATIENCE: u32 = 1_000;

/// Whether the event stream is being opened; a handle.
#[derive(Clone, Copy)]
pub(super) struct StreamOpening(StoredValue<State, LocalStorage>);

#[derive(Default)]
struct State {
    is_opening: bool,
    /// Resume what waits.
    waiting: Vec<Function>,
    /// Whether anything was read without the stream.
    has_read: bool,
}

impl StreamOpening {
    pub(super) fn new() -> Self {
        Self(StoredValue::new_local(State::default()))
    }

    pub(super) fn begin(self) {
        self.end();
        self.0.update_value(|state| state.is_opening = true);
    }

    /// The stream is open, or has failed. Returns whether anything was read before.
    pub(super) fn end(self) -> bool {
        let state = self.0.try_update_value(std::mem::take).unwrap_or_default();
        state.waiting.iter().for_each(resume);
        state.has_read
    }

    /// Waits while the stream is being opened, but not for long.
    pub(super) async fn wait(self) {
        if !self.is_opening() {
            return;
        }
        let opened = Promise::new(&mut |go_on, _| {
            self.0.update_value(|state| state.waiting.push(go_on.clone()));
            Timeout::new(PATIENCE, move || resume(&go_on)).forget();
        });
        // It is never rejected.
        let _ = JsFuture::from(opened).await;
        if self.is_opening() {
            self.0.update_value(|state| state.has_read = true);
        }
    }

    fn is_opening(self) -> bool {
        self.0.try_with_value(|state| state.is_opening) == Some(true)
    }
}

fn resume(go_on: &Function) {
    // Fails only for a value that is not a function.
    let _ = go_on.call0(&JsValue::UNDEFINED);
}
