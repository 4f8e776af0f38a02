//! The whole page: what surrounds every page, which page a route means, and who may see it.

mod document;
mod frame;
mod guard;

use crate::{
    i18n::{self, t_string, use_i18n},
    pages::{self, Place},
    routes::Route,
    store::{Phase, Store, use_store},
    ui::{Words, text},
};
use document::follow_place;
use frame::{SignedInFrame, Unreachable};
use guard::guard;
use leptos::prelude::*;
use leptos_router::{
    WildcardSegment,
    components::{FlatRoutes, Route as RouterRoute, Router},
};

/// The root of all that is shown.
#[component]
pub fn App() -> impl IntoView {
    i18n::provide();
    provide_words();
    let store = Store::provide();
    store.load_balancers.set_words(i18n::type_words());
    // One route for all: which page an address means is decided in routes.rs alone, where it can be
    // tested, and the frame stays while the page in it changes.
    view! {
        <Router>
            <FlatRoutes fallback=|| ()>
                <RouterRoute path=WildcardSegment("place") view=Everything />
            </FlatRoutes>
        </Router>
    }
}

/// What is shown depends on who is signed in and where one is.
#[component]
fn Everything() -> impl IntoView {
    let store = use_store();
    let place = pages::provide_place();
    guard(store, place);
    follow_place(place);
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
        if sight.get() != Sight::Nothing {
            document::first_paint_done();
        }
    });
    move || match sight.get() {
        Sight::Nothing => ().into_any(),
        Sight::Unreachable => view! { <Unreachable /> }.into_any(),
        Sight::Login => view! { <pages::login::Login /> }.into_any(),
        Sight::Pages => view! { <SignedInFrame><Pages place /></SignedInFrame> }.into_any(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    Nothing,
    Unreachable,
    Login,
    Pages,
}

/// The page of a place. It is made anew only when the page is another one, not when its search,
/// sorting or dialog changes.
#[component]
fn Pages(place: Memo<Place>) -> impl IntoView {
    let page = Memo::new(move |_| place.with(Place::page));
    move || pages::view(page.get())
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
