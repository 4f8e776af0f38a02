//! The link to the page that creates a resource.

use crate::{
    i18n::{t, t_string, use_i18n},
    store::use_store,
    ui::{Button, ButtonKind, LinkButton},
};
use leptos::prelude::*;

/// Leads to the page that creates a resource, or says why the user may not.
#[component]
pub fn Create(
    href: String,
    #[prop(default = ButtonKind::Primary)] kind: ButtonKind,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let may_change = Memo::new(move |_| store.session.may_change());
    move || {
        let label = t!(i18n, common.create_plus);
        if may_change.get() {
            view! { <LinkButton kind href=href.clone()>{label}</LinkButton> }.into_any()
        } else {
            let reason = move || Some(t_string!(i18n, errors.read_only).to_owned());
            view! { <Button kind disabled_reason=reason>{label}</Button> }.into_any()
        }
    }
}
