//! Downloads pages before they are needed.

use super::current_page::CurrentPage;
use crate::{
    pages::{Location, Page, chunk::Loading, chunks, load_balancers},
    routes::Route,
    store::{Phase, Store},
};
use leptos::{
    ev::{focusin, pointerover},
    prelude::*,
    task::spawn_local,
};
use std::time::Duration;
use web_sys::{HtmlAnchorElement, wasm_bindgen::JsCast};

/// How long a page is shown before other downloads begin: its own requests go first.
const IDLE: Duration = Duration::from_secs(1);

/// Downloads the page of a link when the link is hovered, touched or focused.
pub(super) fn hovered_links() {
    let at = |target: Option<web_sys::EventTarget>| {
        let page = target.and_then(|target| page_of_link(target.dyn_ref()?));
        start(page.and_then(chunks::load));
    };
    let pointer = window_event_listener(pointerover, move |event| at(event.target()));
    let keyboard = window_event_listener(focusin, move |event| at(event.target()));
    on_cleanup(move || {
        pointer.remove();
        keyboard.remove();
    });
}

/// Downloads what most users need next, and what must work when the server does not: the details,
/// the confirmation of a deletion, and the dialog that renews a session.
pub(super) fn likely_next(store: Store, shown: ReadSignal<CurrentPage>) {
    let settled = move || {
        store.session.phase() == Phase::In
            && matches!(shown.get(), CurrentPage::Page(Some(_)))
            && !store.load_balancers.loading().busy
    };
    once(settled, IDLE, || {
        start(Some(chunks::load_balancer::load()));
        start(Some(load_balancers::chunks::delete_load_balancers::load()));
        start(Some(chunks::sign_in::load()));
    });
}

/// Runs `work` some time after `holds` is true for the first time.
pub(super) fn once(
    holds: impl Fn() -> bool + Send + Sync + 'static,
    later: Duration,
    work: impl Fn() + Copy + 'static,
) {
    let begun = Memo::new(move |was: Option<&bool>| was == Some(&true) || holds());
    Effect::new(move |_| {
        if begun.get() {
            set_timeout(work, later);
        }
    });
}

fn page_of_link(target: &web_sys::Element) -> Option<Page> {
    let link = target.closest("a[href]").ok()??;
    let link: &HtmlAnchorElement = link.dyn_ref()?;
    if link.origin() != window().location().origin().ok()? {
        return None;
    }
    let search = link.search();
    let query = search.strip_prefix('?').unwrap_or_default();
    Location { route: Route::parse(&link.pathname(), query) }.page()
}

/// Starts a download without waiting. A failure is shown when the user goes there.
fn start(loading: Option<Loading>) {
    if let Some(loading) = loading {
        spawn_local(async move {
            let _ = loading.await;
        });
    }
}
