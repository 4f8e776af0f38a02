//! Provisioning and operating status of the load balancer.

use super::shown_graph::{ShownGraph, select};
use crate::{pages::load_balancers::operating_badge::operating_badge, ui::ProvisioningBadge};
use leptos::prelude::*;

#[component]
pub(super) fn StatusBadges(shown: ShownGraph) -> impl IntoView {
    let provisioning = select(shown, |graph| graph.balancer.provisioning_status.clone());
    let operating =
        select(shown, |graph| (graph.balancer.operating_status.clone(), graph.is_idle()));
    view! {
        <span class="details-state">
            {move || {
                provisioning
                    .get()
                    .map(|status| view! { <ProvisioningBadge status=Signal::stored(status) /> })
            }}
            {move || operating.get().map(|(status, is_idle)| operating_badge(status, is_idle))}
        </span>
    }
}
