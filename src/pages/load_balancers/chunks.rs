//! The dialogs of load balancers, which are downloaded when they are needed.

use super::{
    delete::DeleteLoadBalancers, details::ExportDialog, edit::EditDialog, rules::RulesTab,
};
use crate::{
    pages::{
        Location,
        chunk::{chunk, when_wanted},
        list::DeleteEvent,
        use_location,
    },
    routes::Route,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use openstack_types::LoadBalancerId;

chunk! {
    /// The confirmation before load balancers are deleted.
    load_balancer: delete_load_balancers(
        ids: RwSignal<Vec<LoadBalancerId>>,
        on_event: Callback<DeleteEvent<LoadBalancerId>>
    ) {
        view! { <DeleteLoadBalancers ids on_event /> }.into_any()
    }
}

chunk! {
    /// The dialog that edits a load balancer.
    load_balancer_forms: edit_load_balancer(id: LoadBalancerId, shown: Signal<bool>) {
        view! { <EditDialog id shown /> }.into_any()
    }
}

chunk! {
    /// The dialog that exports a load balancer.
    load_balancer: export_load_balancer(exporting: RwSignal<Option<LoadBalancerId>>) {
        let dialog = move |id| {
            let open = RwSignal::new(true);
            Effect::new(move |_| {
                if !open.get() {
                    exporting.try_set(None);
                }
            });
            view! { <ExportDialog id open /> }
        };
        (move || exporting.get().map(dialog)).into_any()
    }
}

/// The dialog that exports the load balancer in `exporting`, which it empties when it closes.
#[component]
pub fn LazyExportDialog(exporting: RwSignal<Option<LoadBalancerId>>) -> impl IntoView {
    when_wanted(
        Signal::derive(move || exporting.with(Option::is_some)),
        export_load_balancer::load,
        move || export_load_balancer::view(exporting),
        move || {
            exporting.try_set(None);
        },
    )
}

chunk! {
    /// The tab `Rules` of the details.
    load_balancer_rules: rules_tab(id: LoadBalancerId) {
        view! { <RulesTab id /> }.into_any()
    }
}

/// The confirmation before load balancers are deleted. It opens when `ids` is not empty, and empties it
/// when it closes.
#[component]
pub fn LazyDeleteDialog(
    ids: RwSignal<Vec<LoadBalancerId>>,
    /// Called when the undo period begins, and when the user takes the deletion back.
    #[prop(into)]
    on_event: Callback<DeleteEvent<LoadBalancerId>>,
) -> impl IntoView {
    when_wanted(
        Signal::derive(move || ids.with(|ids| !ids.is_empty())),
        delete_load_balancers::load,
        move || delete_load_balancers::view(ids, on_event),
        move || drop(ids.try_set(Vec::new())),
    )
}

/// The dialog that edits a load balancer, while the address is its route.
#[component]
pub fn LazyEditDialog(
    id: LoadBalancerId,
    /// Whether the details of the load balancer are shown.
    shown: Signal<bool>,
) -> impl IntoView {
    let location = use_location();
    let navigate = use_navigate();
    let close = Callback::new(move |()| {
        let options = NavigateOptions { replace: true, ..Default::default() };
        let view = location.with_untracked(Location::details_view);
        navigate(&Route::LoadBalancer { id, view }.href(), options);
    });
    when_wanted(
        Signal::derive(move || location.with(|location| location.edits(id))),
        edit_load_balancer::load,
        move || edit_load_balancer::view(id, shown),
        move || close.run(()),
    )
}

/// The tab `Rules`, downloaded when it is first shown.
#[component]
pub fn LazyRulesTab(id: LoadBalancerId) -> impl IntoView {
    when_wanted(Signal::stored(true), rules_tab::load, move || rules_tab::view(id), || {})
}
