//! The menu of a row.

use crate::{
    i18n::{errors, t_string, use_i18n},
    pages::{
        permissions::{edit_refusal, read_only_reason},
        push_history,
    },
    routes::Route,
    store::row::Row as Known,
    ui::{Glyph, Menu, MenuItem},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use openstack_types::{LoadBalancerId, rules::may_delete};
use std::sync::Arc;

/// The ⋮ menu.
#[component]
pub(super) fn Actions(
    id: Signal<LoadBalancerId>,
    known: Memo<Option<Arc<Known>>>,
    shown_name: Signal<String>,
    deleting: RwSignal<Vec<LoadBalancerId>>,
    exporting: RwSignal<Option<LoadBalancerId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let read_only = read_only_reason();
    let provisioning = move || known.with(|row| row.as_deref().map(|row| row.provisioning.clone()));
    let no_edit = move || {
        read_only().or_else(|| provisioning().and_then(|status| edit_refusal(i18n, &status)))
    };
    let no_delete = move || {
        read_only().or_else(|| {
            let refused = provisioning().and_then(|status| may_delete(&status).err());
            refused.map(|refusal| errors::refusal(i18n, refusal))
        })
    };
    let items = move || {
        let (to_details, to_edit, to_clone) =
            (navigate.clone(), navigate.clone(), navigate.clone());
        let id = id.get_untracked();
        vec![
            MenuItem::new(
                move || t_string!(i18n, common.edit).to_owned(),
                move || {
                    // The dialog is shown over the details, so that going back closes it.
                    push_history(&Route::load_balancer(id));
                    to_edit(&Route::edit_load_balancer(id).href(), Default::default());
                },
            )
            .icon(Glyph::Pencil)
            .disabled_reason(Signal::derive(no_edit)),
            MenuItem::new(
                move || t_string!(i18n, common.clone).to_owned(),
                move || {
                    to_clone(&Route::clone_of(id).href(), Default::default());
                },
            )
            .icon(Glyph::Clone)
            .disabled_reason(Signal::derive(read_only)),
            MenuItem::new(
                move || t_string!(i18n, load_balancers.view_details).to_owned(),
                move || to_details(&Route::load_balancer(id).href(), Default::default()),
            )
            .icon(Glyph::ArrowRight),
            MenuItem::new(
                move || t_string!(i18n, details.export).to_owned(),
                move || exporting.set(Some(id)),
            )
            .icon(Glyph::Download),
            MenuItem::new(
                move || t_string!(i18n, common.delete).to_owned(),
                move || deleting.set(vec![id]),
            )
            .icon(Glyph::Trash)
            .danger()
            .disabled_reason(Signal::derive(no_delete)),
        ]
    };
    view! {
        <Menu
            label=move || {
                t_string!(i18n, load_balancers.actions_for, name = shown_name.get()).to_string()
            }
            items
        />
    }
}
