//! The link to the page that creates a resource.

use crate::{
    i18n::{t_string, use_i18n},
    store::use_store,
    ui::{Button, ButtonKind, Glyph, LinkButton},
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
        let label = move || t_string!(i18n, common.create_plus).to_owned();
        // The plus of the name is drawn as an icon: the character has the width of a Chinese one.
        let word = move || t_string!(i18n, common.create_plus).trim_start_matches('＋');
        if may_change.get() {
            view! {
                <LinkButton kind icon=Glyph::Plus label href=href.clone()>
                    {word}
                </LinkButton>
            }
            .into_any()
        } else {
            let reason = move || Some(t_string!(i18n, errors.read_only).to_owned());
            view! {
                <Button kind icon=Glyph::Plus label disabled_reason=reason>
                    {word}
                </Button>
            }
            .into_any()
        }
    }
}
