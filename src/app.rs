//! The whole page: what surrounds every page, which page a route means, and who may see it.

mod document;
mod frame;
mod guard;
mod preload;
mod shown;
mod wordless;

use crate::{
    i18n::{self, Locale, NoTexts, t_string, use_i18n},
    pages::{self, Page},
    routes::Route,
    store::{Phase, Store, use_store},
    ui::{SkeletonLines, Words, text},
};
use frame::{BareFrame, SignedInFrame, Unreachable};
use guard::guard;
use leptos::{mount::mount_to_body, prelude::*};
use leptos_router::components::Router;
use shown::Shown;
use wordless::Wordless;

/// Shows the page, as soon as it has its words.
pub async fn begin() {
    let language = i18n::first();
    match i18n::load(language).await {
        Ok(()) => mount_to_body(move || view! { <App language /> }),
        Err(NoTexts) => {
            document::first_paint_done();
            mount_to_body(move || view! { <Wordless language /> });
        }
    }
}

/// The root of all that is shown.
#[component]
fn App(language: Locale) -> impl IntoView {
    i18n::provide(language);
    provide_words();
    let store = Store::provide();
    store.load_balancers.set_words(i18n::type_words());
    // No routes: which page an address means is decided in routes.rs alone, where it can be tested,
    // and the frame stays while the page in it changes.
    view! {
        <Router>
            <Everything />
        </Router>
    }
}

/// What is shown depends on who is signed in and where one is.
#[component]
fn Everything() -> impl IntoView {
    let store = use_store();
    let place = pages::provide_place();
    let shown = shown::follow(place);
    guard(store, place);
    document::follow(shown);
    preload::what_is_pointed_at();
    preload::what_comes_next(store, shown);
    let sight = Memo::new(move |_| {
        let login = place.with(|place| matches!(place.route, Some(Route::Login { .. })));
        match (store.session.phase(), login) {
            (Phase::Unknown, _) => Sight::Nothing,
            (Phase::Unreachable, _) => Sight::Unreachable,
            (Phase::Out, true) => Sight::Login,
            // The guard is about to lead elsewhere.
            (Phase::Out, false) | (Phase::In, true) => Sight::Nothing,
            (Phase::In | Phase::Ended, _) => Sight::Pages,
        }
    });
    Effect::new(move |_| {
        if sight.get() != Sight::Nothing && shown.get() != Shown::Nothing {
            document::first_paint_done();
        }
    });
    move || match sight.get() {
        Sight::Nothing => ().into_any(),
        Sight::Unreachable => view! { <Unreachable /> }.into_any(),
        Sight::Login => view! { <LoginPage shown /> }.into_any(),
        Sight::Pages => view! { <SignedInFrame><Pages shown /></SignedInFrame> }.into_any(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    Nothing,
    Unreachable,
    Login,
    Pages,
}

/// The sign-in page, which has a frame of its own.
#[component]
fn LoginPage(shown: ReadSignal<Shown>) -> impl IntoView {
    let shown = Memo::new(move |_| shown.get());
    move || match shown.get() {
        Shown::Page(Some(page @ Page::Login)) => pages::view(Some(page)),
        Shown::NotDownloaded => {
            view! { <BareFrame><pages::NotDownloaded /></BareFrame> }.into_any()
        }
        _ => ().into_any(),
    }
}

/// Every other page.
#[component]
fn Pages(shown: ReadSignal<Shown>) -> impl IntoView {
    let shown = Memo::new(move |_| shown.get());
    move || match shown.get() {
        // Somebody has just signed in or is about to.
        Shown::Nothing | Shown::Page(Some(Page::Login)) => ().into_any(),
        Shown::Page(page) => pages::view(page),
        Shown::Loading => view! { <SkeletonLines lines=8 /> }.into_any(),
        Shown::NotDownloaded => view! { <pages::NotDownloaded /> }.into_any(),
    }
}

/// The words the parts of the page say themselves.
fn provide_words() {
    let i18n = use_i18n();
    provide_context(Words {
        optional: text(move || t_string!(i18n, common.optional).to_owned()),
        clear: text(move || t_string!(i18n, common.clear).to_owned()),
        close: text(move || t_string!(i18n, common.close).to_owned()),
        dismiss: text(move || t_string!(i18n, common.dismiss).to_owned()),
        copy: text(move || t_string!(i18n, common.copy).to_owned()),
        copied: text(move || t_string!(i18n, common.copied).to_owned()),
        copy_failed: text(move || t_string!(i18n, common.copy_failed).to_owned()),
        remove: text(move || t_string!(i18n, common.remove).to_owned()),
        no_data: text(move || t_string!(i18n, common.no_data).to_owned()),
        loading: text(move || t_string!(i18n, common.loading).to_owned()),
        skip: text(move || t_string!(i18n, common.skip_to_content).to_owned()),
        navigation: text(move || t_string!(i18n, common.navigation).to_owned()),
        open_navigation: text(move || t_string!(i18n, common.menu).to_owned()),
    });
}
