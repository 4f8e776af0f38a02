//! What the browser says of the page: it is being closed, and whether there is a network.

use crate::store::use_store;
use leptos::prelude::*;

/// Follows until the calling view is removed.
pub(super) fn follow() {
    let store = use_store();
    let listeners = [
        window_event_listener_untyped("pagehide", move |_| store.close()),
        window_event_listener_untyped("pageshow", move |_| store.reopen()),
        window_event_listener_untyped("offline", move |_| store.offline()),
        window_event_listener_untyped("online", move |_| store.online()),
    ];
    on_cleanup(move || listeners.into_iter().for_each(|listener| listener.remove()));
}
