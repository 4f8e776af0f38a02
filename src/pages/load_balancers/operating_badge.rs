//! Whether a load balancer serves, as a badge.

use crate::{
    i18n::{t_string, use_i18n},
    ui::{OperatingBadge, StatusBadge, Tone},
};
use leptos::prelude::*;
use openstack_types::OperatingStatus;

/// The operating status, or `Not serving` for a load balancer that no server could answer for. Octavia calls
/// such a load balancer ONLINE.
pub(super) fn operating_badge(status: OperatingStatus, is_idle: bool) -> AnyView {
    let i18n = use_i18n();
    if !is_idle {
        return view! { <OperatingBadge status=Signal::stored(status) /> }.into_any();
    }
    let text = move || t_string!(i18n, services.state_idle).to_owned();
    view! { <StatusBadge tone=Signal::stored(Tone::Warning) text /> }.into_any()
}
