//! The card **Networks & Connection**: VIP, network, listeners, and server groups with their servers.

use super::{
    anchor::anchor_id,
    listeners_table::ListenersTable,
    server_groups::ServerGroups,
    shown_graph::{ShownGraph, select},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::labels::url_host,
    store::use_store,
    ui::{Card, CopyButton, Definition, Definitions},
};
use leptos::prelude::*;
use openstack_types::octavia::{Listener, ListenerProtocol};

#[component]
pub(super) fn Connection(shown: ShownGraph) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let vip = select(shown, |graph| graph.balancer.vip_address.clone().unwrap_or_default());
    let anchor = select(shown, |graph| anchor_id(graph.balancer.id.0));
    let network =
        select(shown, |graph| (graph.balancer.vip_network_id, graph.balancer.vip_subnet_id));
    let network_name = move || {
        let (network, subnet) = network.get()?;
        let network = network.or_else(|| subnet.and_then(|id| store.networks.network_of(id)))?;
        Some(store.networks.name(network))
    };
    let http_urls = select(shown, |graph| {
        let vip = graph.balancer.vip_address.as_deref().unwrap_or_default();
        let http = graph.listeners.iter().filter(|l| l.protocol == ListenerProtocol::Http);
        http.map(|listener| http_url(vip, listener)).collect::<Vec<_>>()
    });
    let ids = select(shown, |graph| graph.listeners.iter().map(|l| l.id).collect::<Vec<_>>());
    let ids = Memo::new(move |_| ids.get().unwrap_or_default());
    view! {
        <Card title=move || t_string!(i18n, details.connection).to_owned()>
            <div class="stack">
                <Definitions>
                    <Definition term=move || t_string!(i18n, details.vip).to_owned()>
                        <span class="details-copy">
                            <span class="mono" id=move || anchor.get() tabindex="-1">
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
                        http_urls.get()
                            .unwrap_or_default()
                            .into_iter()
                            .take(1)
                            .map(|url| {
                                let command = format!("curl {url}");
                                let copied = command.clone();
                                view! {
                                    <Definition term=move || {
                                        t_string!(i18n, details.try_it).to_owned()
                                    }>
                                        <span class="details-copy">
                                            <code>{command}</code>
                                            <CopyButton
                                                text=copied
                                                label=move || {
                                                    t_string!(i18n, details.copy_command).to_owned()
                                                }
                                            />
                                        </span>
                                    </Definition>
                                }
                            })
                            .collect_view()
                    }}
                </Definitions>
                <h3 class="details-heading">{t!(i18n, details.listeners)}</h3>
                <Show
                    when=move || !ids.with(Vec::is_empty)
                    fallback=move || view! { <p class="muted">{t!(i18n, details.no_listeners)}</p> }
                >
                    <ListenersTable shown ids />
                </Show>
                <ServerGroups shown />
            </div>
        </Card>
    }
}

/// `http://192.0.2.1:8080/`, without the port if it is 80.
fn http_url(vip: &str, listener: &Listener) -> String {
    let host = url_host(vip);
    match listener.protocol_port {
        80 => format!("http://{host}/"),
        port => format!("http://{host}:{port}/"),
    }
}
