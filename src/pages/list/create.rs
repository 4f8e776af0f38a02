//! The way to a wizard.

use crate::{
    i18n::{t, t_string, use_i18n},
    store::use_store,
    ui::{Button, ButtonKind, LinkButton},
};
use leptos::prelude::*;

/// Leads to where one is created, or says why one may not.
#[component]
pub fn Create(
    href: String,
    #[prop(default = ButtonKind::Primary)] kind: ButtonKind,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let may = Memo::new(move |_| store.session.may_change());
    move || {
        let words = t!(i18n, common.create_plus);
        if may.get() {
            view! { <LinkButton kind href=href.clone()>{words}</LinkButton> }.into_any()
        } else {
            let reason = move || Some(t_string!(i18n, errors.read_only).to_owned());
            view! { <Button kind disabled_reason=reason>{words}</Button> }.into_any()
        }
    }
}
