//! Load balancers: the list, creating one, one in detail, and deleting from either.

mod create;
pub mod delete;
mod details;
mod exports;
mod left_out;
mod list;

pub use create::CreateLoadBalancer;
pub use details::LoadBalancerDetails;
pub use list::LoadBalancerList;

use crate::{
    i18n::{I18nContext, Locale, t_string},
    pages::chunks,
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, ProvisioningStatus};

/// Asks and deletes, as soon as there are `ids` to ask about; empties them when done or not wanted.
#[component]
pub fn Deleting(
    ids: RwSignal<Vec<LoadBalancerId>>,
    /// Told which deletions have begun.
    #[prop(into)]
    on_deleted: Callback<Vec<LoadBalancerId>>,
) -> impl IntoView {
    chunks::when_wanted(
        Signal::derive(move || ids.with(|ids| !ids.is_empty())),
        chunks::delete_load_balancers::load,
        move || chunks::delete_load_balancers::view(ids, on_deleted),
        move || drop(ids.try_set(Vec::new())),
    )
}

/// Why a load balancer cannot be edited now, if it cannot. The one place to change when there is a
/// dialog to edit it with: then the rule is [`openstack_types::rules::may_change`].
pub fn edit_refusal(i18n: I18nContext<Locale>, _: &ProvisioningStatus) -> Option<String> {
    Some(t_string!(i18n, common.not_available_yet).to_owned())
}
