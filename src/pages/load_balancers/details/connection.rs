//! The card **Networks & Connection**: VIP, network, listeners, and server groups with their servers.

use super::{
    anchor::anchor_id,
    group_use::GroupUse,
    listeners_table::ListenersTable,
    server_groups::ServerGroups,
    settings::{OpenSettings, SettingItems, vip_settings},
    shown_graph::{ShownGraph, select},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    store::use_store,
    ui::{Card, CopyButton, Definition, Definitions},
};
use leptos::prelude::*;
use openstack_types::LoadBalancerId;

#[component]
pub(super) fn Connection(
    id: LoadBalancerId,
    shown: ShownGraph,
    groups: Memo<GroupUse>,
    open_settings: OpenSettings,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let vip = select(shown, |graph| graph.balancer.vip_address.clone().unwrap_or_default());
    let network =
        select(shown, |graph| (graph.balancer.vip_network_id, graph.balancer.vip_subnet_id));
    let network_name = move || {
        let (network, subnet) = network.get()?;
        let network = network.or_else(|| subnet.and_then(|id| store.networks.network_of(id)))?;
        Some(store.networks.name(network))
    };
    let subnet_name = move || {
        let (_, subnet) = network.get()?;
        Some(store.networks.subnet_name(subnet?))
    };
    let settings = select(shown, |graph| vip_settings(&graph.balancer));
    let settings = Memo::new(move |_| settings.get().unwrap_or_default());
    let has_listeners = select(shown, |graph| !graph.listeners.is_empty());
    view! {
        <Card title=move || t_string!(i18n, details.connection).to_owned()>
            <div class="stack">
                <Definitions>
                    <Definition term=move || t_string!(i18n, details.vip).to_owned()>
                        <span class="details-copy">
                            <span class="mono" id=anchor_id(id.0) tabindex="-1">
                                {move || vip.get()}
                            </span>
                            <CopyButton
                                text=move || vip.get().unwrap_or_default()
                                label=move || t_string!(i18n, details.copy_vip).to_owned()
                            />
                        </span>
                    </Definition>
                    <Definition term=move || t_string!(i18n, details.virtual_network).to_owned()>
                        {network_name}
                    </Definition>
                    {move || {
                        subnet_name()
                            .map(|name| {
                                view! {
                                    <Definition term=move || {
                                        t_string!(i18n, details.subnet).to_owned()
                                    }>{name}</Definition>
                                }
                            })
                    }}
                    <SettingItems settings />
                </Definitions>
                <h3 class="details-heading">{t!(i18n, details.listeners)}</h3>
                <Show
                    when=move || has_listeners.get() == Some(true)
                    fallback=move || view! { <p class="muted">{t!(i18n, details.no_listeners)}</p> }
                >
                    <ListenersTable shown open_settings />
                </Show>
                <ServerGroups id shown groups open_settings />
            </div>
        </Card>
    }
}
