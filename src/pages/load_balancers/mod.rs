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

use crate::i18n::{Locale, t_string};
use leptos_i18n::I18nContext;
use openstack_types::ProvisioningStatus;

/// Why a load balancer cannot be edited now, if it cannot. The one place to change when there is a
/// dialog to edit it with: then the rule is [`openstack_types::rules::may_change`].
pub fn edit_refusal(i18n: I18nContext<Locale>, _: &ProvisioningStatus) -> Option<String> {
    Some(t_string!(i18n, common.not_available_yet).to_owned())
}
