//! Load balancers: the list, creating one, one in detail, editing it, and deleting from either.

mod create;
pub mod delete;
mod details;
pub mod edit;
mod exports;
mod form;
mod list;
mod unsupported;

pub use create::CreateLoadBalancer;
pub use details::LoadBalancerDetails;
pub use list::LoadBalancerList;

use crate::{
    i18n::{I18nContext, Locale, errors},
    pages::{chunks, use_location},
    routes::Route,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use openstack_types::{LoadBalancerId, ProvisioningStatus, rules::may_change};

/// Asks and deletes, as soon as there are `ids` to ask about; empties them when done or not wanted.
#[component]
pub fn Deleting(
    ids: RwSignal<Vec<LoadBalancerId>>,
    /// Told which go, and with `false` which of those stay after all.
    #[prop(into)]
    on_deleted: Callback<(Vec<LoadBalancerId>, bool)>,
) -> impl IntoView {
    chunks::when_wanted(
        Signal::derive(move || ids.with(|ids| !ids.is_empty())),
        chunks::delete_load_balancers::load,
        move || chunks::delete_load_balancers::view(ids, on_deleted),
        move || drop(ids.try_set(Vec::new())),
    )
}

/// The dialog that edits a load balancer, from when the address first says so on.
#[component]
pub fn Editing(
    id: LoadBalancerId,
    /// The load balancer is there and shown.
    shown: Signal<bool>,
) -> impl IntoView {
    let location = use_location();
    let route = Route::EditLoadBalancer(id);
    let navigate = use_navigate();
    let close = Callback::new(move |()| {
        let options = NavigateOptions { replace: true, ..Default::default() };
        navigate(&Route::LoadBalancer(id).href(), options);
    });
    chunks::when_wanted(
        Signal::derive(move || location.with(|location| location.route.as_ref() == Some(&route))),
        chunks::edit_load_balancer::load,
        move || chunks::edit_load_balancer::view(id, shown),
        move || close.run(()),
    )
}

/// Why a load balancer cannot be edited now, if it cannot.
pub fn edit_refusal(i18n: I18nContext<Locale>, status: &ProvisioningStatus) -> Option<String> {
    may_change(status).err().map(|refusal| errors::refusal(i18n, refusal))
}
