//! The buttons and the menu of the page header.

use super::{
    shown_graph::{ShownGraph, select},
    view_state::GraphReader,
};
use crate::{
    i18n::{errors, t, t_string, use_i18n},
    pages::{
        Location,
        permissions::{edit_refusal, read_only_reason},
        use_location,
    },
    routes::{EditStart, Route},
    store::{session::Role, use_store},
    ui::{Button, ButtonKind, Glyph, Menu, MenuItem},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use openstack_types::{LoadBalancerId, rules::may_delete};

#[component]
pub(super) fn Actions(
    id: LoadBalancerId,
    shown: ShownGraph,
    reader: GraphReader,
    deleting: RwSignal<Vec<LoadBalancerId>>,
    exporting: RwSignal<bool>,
    failing_over: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let location = use_location();
    let provisioning = select(shown, |graph| graph.balancer.provisioning_status.clone());
    let read_only = read_only_reason();
    let edit_refusal_reason = Signal::derive(move || {
        read_only().or_else(|| provisioning.get().and_then(|status| edit_refusal(i18n, &status)))
    });
    let delete_refusal_reason = Signal::derive(move || {
        read_only().or_else(|| {
            let refused = provisioning.get().and_then(|status| may_delete(&status).err());
            refused.map(|refusal| errors::refusal(i18n, refusal))
        })
    });
    let edit = {
        let navigate = navigate.clone();
        move || {
            let view = location.with_untracked(Location::details_view);
            let edit = Route::EditLoadBalancer { id, view, start: EditStart::Form };
            navigate(&edit.href(), Default::default());
        }
    };
    let store = use_store();
    let failover_refusal_reason = Signal::derive(move || {
        let refused = provisioning.get().and_then(|status| may_delete(&status).err());
        refused.map(|refusal| errors::refusal(i18n, refusal))
    });
    let items = move || {
        let navigate = navigate.clone();
        let mut items = vec![
            MenuItem::new(
                move || t_string!(i18n, common.clone).to_owned(),
                move || navigate(&Route::clone_of(id).href(), Default::default()),
            )
            .icon(Glyph::Clone)
            .disabled_reason(Signal::derive(read_only)),
            MenuItem::new(
                move || t_string!(i18n, details.export).to_owned(),
                move || exporting.set(true),
            )
            .icon(Glyph::Download),
        ];
        // By default, a cloud lets only its administrators do it.
        if store.session.role() == Some(Role::Admin) {
            let failover = MenuItem::new(
                move || t_string!(i18n, details.failover_menu).to_owned(),
                move || failing_over.set(true),
            );
            items.push(failover.icon(Glyph::Refresh).disabled_reason(failover_refusal_reason));
        }
        items
    };
    let name = select(shown, |graph| graph.balancer.name.clone());
    let label = move || {
        let name = name.get().unwrap_or_default();
        t_string!(i18n, load_balancers.actions_for, name = name).to_string()
    };
    view! {
        <Button icon=Glyph::Refresh busy=reader.busy on_press=move || reader.read()>
            {t!(i18n, common.refresh)}
        </Button>
        <Button
            icon=Glyph::Trash
            disabled_reason=delete_refusal_reason
            on_press=move || deleting.set(vec![id])
        >
            {t!(i18n, common.delete)}
        </Button>
        <Button
            kind=ButtonKind::Primary
            icon=Glyph::Pencil
            disabled_reason=edit_refusal_reason
            on_press=edit
        >
            {t!(i18n, common.edit)}
        </Button>
        <Menu label items />
    }
}
