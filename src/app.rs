//! The root of the page: the frame, the page of the current route, and who may see it.

mod current_page;
mod document;
mod fallback;
mod frame;
mod guard;
mod preload;

use crate::{
    i18n::{self, Locale, NoTexts, t_string, use_i18n},
    pages::{self, Page},
    routes::Route,
    store::{Phase, Store, use_store},
    ui::{Labels, SkeletonLines, text},
};
use current_page::CurrentPage;
use fallback::Fallback;
use frame::{BareFrame, SignedInFrame, Unreachable};
use guard::guard;
use leptos::{mount::mount_to_body, prelude::*};
use leptos_router::components::Router;

/// Shows the page once its translations are loaded.
pub async fn start() {
    let language = i18n::first();
    match i18n::load(language).await {
        Ok(()) => mount_to_body(move || view! { <App language /> }),
        Err(NoTexts) => {
            document::remove_first_paint();
            mount_to_body(move || view! { <Fallback language /> });
        }
    }
}

#[component]
fn App(language: Locale) -> impl IntoView {
    i18n::provide(language);
    provide_labels();
    let store = Store::provide();
    store.load_balancers.set_type_labels(i18n::type_labels());
    // No routes of leptos_router: routes.rs decides which page an address means, where it can be
    // tested, and the frame stays while the page in it changes.
    view! {
        <Router>
            <Everything />
        </Router>
    }
}

/// Shows what the session and the location ask for.
#[component]
fn Everything() -> impl IntoView {
    let store = use_store();
    let location = pages::provide_location();
    let shown = current_page::follow(location);
    guard(store, location);
    document::follow(shown);
    preload::hovered_links();
    preload::likely_next(store, shown);
    let view_state = Memo::new(move |_| {
        let login = location.with(|location| matches!(location.route, Some(Route::Login { .. })));
        match (store.session.phase(), login) {
            (Phase::Unknown, _) => ViewState::Nothing,
            (Phase::Unreachable, _) => ViewState::Unreachable,
            (Phase::Out, true) => ViewState::Login,
            // The guard is about to navigate.
            (Phase::Out, false) | (Phase::In, true) => ViewState::Nothing,
            (Phase::In | Phase::Ended, _) => ViewState::Pages,
        }
    });
    Effect::new(move |_| {
        if view_state.get() != ViewState::Nothing && shown.get() != CurrentPage::Nothing {
            document::remove_first_paint();
        }
    });
    move || match view_state.get() {
        ViewState::Nothing => ().into_any(),
        ViewState::Unreachable => view! { <Unreachable /> }.into_any(),
        ViewState::Login => view! { <LoginPage shown /> }.into_any(),
        ViewState::Pages => view! { <SignedInFrame><Pages shown /></SignedInFrame> }.into_any(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ViewState {
    Nothing,
    Unreachable,
    Login,
    Pages,
}

/// The sign-in page, which has its own frame.
#[component]
fn LoginPage(shown: ReadSignal<CurrentPage>) -> impl IntoView {
    let shown = Memo::new(move |_| shown.get());
    move || match shown.get() {
        CurrentPage::Page(Some(page @ Page::Login)) => pages::chunks::view(Some(page)),
        CurrentPage::NotDownloaded => {
            view! { <BareFrame><pages::NotDownloaded /></BareFrame> }.into_any()
        }
        _ => ().into_any(),
    }
}

#[component]
fn Pages(shown: ReadSignal<CurrentPage>) -> impl IntoView {
    let shown = Memo::new(move |_| shown.get());
    move || match shown.get() {
        // The user has just signed in, or is about to.
        CurrentPage::Nothing | CurrentPage::Page(Some(Page::Login)) => ().into_any(),
        CurrentPage::Page(page) => pages::chunks::view(page),
        CurrentPage::Loading => view! { <SkeletonLines lines=8 /> }.into_any(),
        CurrentPage::NotDownloaded => view! { <pages::NotDownloaded /> }.into_any(),
    }
}

/// Provides the texts that ui components show themselves.
fn provide_labels() {
    let i18n = use_i18n();
    provide_context(Labels {
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
