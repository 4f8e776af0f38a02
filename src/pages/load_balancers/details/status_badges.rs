//! Provisioning and operating status of the load balancer.

use super::shown_graph::{ShownGraph, select};
use crate::ui::{OperatingBadge, ProvisioningBadge};
use leptos::prelude::*;

#[component]
pub(super) fn StatusBadges(shown: ShownGraph) -> impl IntoView {
    let provisioning = select(shown, |graph| graph.balancer.provisioning_status.clone());
    let operating = select(shown, |graph| graph.balancer.operating_status.clone());
    view! {
        <span class="details-state">
            {move || {
                provisioning
                    .get()
                    .map(|status| view! { <ProvisioningBadge status=Signal::stored(status) /> })
            }}
            {move || {
                operating
                    .get()
                    .map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
            }}
        </span>
    }
}
