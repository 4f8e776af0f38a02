//! The whole page.

use crate::{i18n, store::Store};
use leptos::prelude::*;

/// The root of all that is shown.
#[component]
pub fn App() -> impl IntoView {
    i18n::provide();
    let store = Store::provide();
    store.load_balancers.set_words(i18n::type_words());
}
