//! The tab **Overview**.

use super::{
    attention_card::AttentionCard, basics::Basics, connection::Connection, group_use::GroupUse,
    settings::OpenSettings, shown_graph::ShownGraph, topology::Topology,
};
use leptos::prelude::*;
use openstack_types::LoadBalancerId;

#[component]
pub(super) fn Overview(
    id: LoadBalancerId,
    shown: ShownGraph,
    groups: Memo<GroupUse>,
    open_settings: OpenSettings,
) -> impl IntoView {
    view! {
        <div class="details">
            <AttentionCard id shown groups />
            <Topology id shown groups />
            <Basics shown />
            <Connection id shown groups open_settings />
        </div>
    }
}
