//! The page that is shown: the one of the address, once it is downloaded.

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

/// Milliseconds before a download is shown as loading. Until then the previous page stays, so that
/// nothing flickers.
const PATIENCE: u32 = 150;

/// What is shown in place of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CurrentPage {
    /// Nothing is known yet.
    Nothing,
    /// A page; `None` is `Page not found`.
    Page(Option<Page>),
    /// The page is being downloaded.
    Loading,
    /// The download failed.
    NotDownloaded,
}

/// Follows the location. The view of a page is kept while its search, sorting or dialog changes.
pub(super) fn follow(location: Memo<Location>) -> ReadSignal<CurrentPage> {
    let wanted = Memo::new(move |_| location.with(Location::page));
    let (shown, show) = signal(CurrentPage::Nothing);
    complete_navigation();
    Effect::new(move |_| {
        let page = wanted.get();
        match page.and_then(chunks::load) {
            None => show.set(CurrentPage::Page(page)),
            Some(loading) => spawn_local(async move {
                // Ignored if the user has gone to another page meanwhile.
                let show = move |current| {
                    if wanted.try_get_untracked() == Some(page) {
                        show.try_set(current);
                    }
                };
                show(match wait_for(loading, || show(CurrentPage::Loading)).await {
                    Ok(()) => CurrentPage::Page(page),
                    Err(NotLoaded) => CurrentPage::NotDownloaded,
                });
            }),
        }
    });
    shown
}

/// Waits for a download; calls `long` after [`PATIENCE`].
async fn wait_for(loading: Loading, long: impl FnOnce()) -> Result<(), NotLoaded> {
    match select(loading, TimeoutFuture::new(PATIENCE)).await {
        Either::Left((done, _)) => done,
        Either::Right(((), loading)) => {
            long();
            loading.await
        }
    }
}

/// Completes a navigation at once. Routes of leptos_router would do that later.
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
