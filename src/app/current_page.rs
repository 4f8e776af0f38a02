//! Which page is shown: the one of the address, once it is downloaded.

use crate::pages::{
    Location, Page,
    chunk::{Loading, NotLoaded},
    chunks,
};
use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    hooks::use_location,
    location::{BrowserUrl, LocationProvider},
};

/// Milliseconds that a page may take to be downloaded before its place says that it loads. Until
/// then the page before it stays, so that nothing flickers.
const PATIENCE: u32 = 150;

/// What stands where the page belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CurrentPage {
    /// It is not known yet.
    Nothing,
    /// A page; `None` is the one that says that there is none.
    Page(Option<Page>),
    /// The download takes its time.
    Loading,
    /// The download failed.
    NotDownloaded,
}

/// Follows the place. A page stays the same, and nothing of it is made anew, when its search,
/// sorting or dialog changes.
pub(super) fn follow(location: Memo<Location>) -> ReadSignal<CurrentPage> {
    let wanted = Memo::new(move |_| location.with(Location::page));
    let (shown, show) = signal(CurrentPage::Nothing);
    complete_navigation();
    Effect::new(move |_| {
        let page = wanted.get();
        match page.and_then(chunks::load) {
            None => show.set(CurrentPage::Page(page)),
            Some(loading) => spawn_local(async move {
                // Whoever has gone elsewhere meanwhile stays there.
                let show = move |sight| {
                    if wanted.try_get_untracked() == Some(page) {
                        show.try_set(sight);
                    }
                };
                show(match patiently(loading, || show(CurrentPage::Loading)).await {
                    Ok(()) => CurrentPage::Page(page),
                    Err(NotLoaded) => CurrentPage::NotDownloaded,
                });
            }),
        }
    });
    shown
}

/// Waits for a download and tells when it takes long.
async fn patiently(loading: Loading, long: impl FnOnce()) -> Result<(), NotLoaded> {
    match select(loading, TimeoutFuture::new(PATIENCE)).await {
        Either::Left((done, _)) => done,
        Either::Right(((), loading)) => {
            long();
            loading.await
        }
    }
}

/// Lets the address bar follow a link at once; routes of the router's own would do it later.
fn complete_navigation() {
    let browser: Option<BrowserUrl> = use_context();
    let path = use_location().pathname;
    Effect::new(move |_| {
        path.track();
        if let Some(browser) = &browser {
            browser.ready_to_complete();
        }
    });
}
