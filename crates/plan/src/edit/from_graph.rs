//! A draft of a whole load balancer. Unlike a clone, it leaves nothing out.

use super::rows::Rows;
use crate::{
    Draft, Graph, ListenerDraft, PersistenceDraft, RowKey, ServerDraft,
    draft::{ForwardedHeaders, RedirectPolicy, TlsSettings},
    graph::{health_draft, listener_options, tcp_inspect_timeout},
};
use openstack_types::{
    octavia::{Listener, Member},
    rules::LbType,
};

/// The draft of a graph. Objects in `known` keep their keys.
pub(super) fn draft_from_graph(graph: &Graph, known: &Rows, next_key: u32) -> (Draft, Rows) {
    let lb = &graph.loadbalancer;
    let lb_type = LbType::infer(graph.listeners.iter().map(|l| &l.protocol), &lb.tags)
        .unwrap_or(LbType::Application);
    let mut draft = Draft::empty(lb_type);
    draft.next_key = next_key;
    draft.name = lb.name.clone();
    draft.description = lb.description.clone();
    draft.network = lb.vip_network_id;
    draft.subnet = lb.vip_subnet_id;
    let mut rows = Rows::default();
    for pool in &graph.pools {
        let key = match known.group(pool.id) {
            Some(key) => {
                draft.add_group_with_key(key);
                key
            }
            None => draft.add_group(),
        };
        rows.groups.insert(key, pool.id);
        let mut servers = Vec::new();
        for member in graph.members_in_order(pool.id) {
            let key = known.server(member.id).unwrap_or_else(|| draft.new_key());
            rows.servers.insert(key, member.id);
            servers.push(server_draft(key, member));
        }
        let Some(group) = draft.group_mut(key) else { continue };
        group.servers = servers;
        group.name = pool.name.clone();
        group.description = pool.description.clone();
        group.tags = pool.tags.clone();
        group.method = pool.lb_algorithm.clone();
        if let Some(persistence) = &pool.session_persistence {
            group.persistence = PersistenceDraft {
                kind: Some(persistence.kind.clone()),
                cookie_name: persistence.cookie_name.clone().unwrap_or_default(),
            };
        }
        if let Some(monitor) = graph.health_monitor(pool) {
            group.health = health_draft(monitor);
        }
    }
    for listener in &graph.listeners {
        let key = known.listener(listener.id).unwrap_or_else(|| draft.new_key());
        rows.listeners.insert(key, listener.id);
        let mut row = listener_draft(key, listener);
        row.group = listener.default_pool_id.and_then(|pool| rows.group(pool));
        row.redirect = graph.redirect_url(listener.id);
        row.redirect_policy = graph.redirect_policy_draft(listener.id);
        draft.listeners.push(row);
    }
    (draft, rows)
}

fn server_draft(key: RowKey, member: &Member) -> ServerDraft {
    ServerDraft {
        key,
        address: member.address.clone(),
        port: member.protocol_port.to_string(),
        weight: member.weight.to_string(),
        backup: member.backup,
        name: member.name.clone(),
        enabled: member.admin_state_up,
        subnet: member.subnet_id,
        monitor_address: member.monitor_address.clone(),
        monitor_port: member.monitor_port,
        tags: member.tags.clone(),
        weight_before_drain: None,
    }
}

fn listener_draft(key: RowKey, listener: &Listener) -> ListenerDraft {
    let limit = listener.connection_limit;
    ListenerDraft {
        key,
        name: listener.name.clone(),
        description: listener.description.clone(),
        protocol: listener.protocol.clone(),
        port: listener.protocol_port.to_string(),
        certificate: listener.default_tls_container_ref.clone(),
        connection_limit: if limit < 0 { String::new() } else { limit.to_string() },
        group: None,
        sni: listener.sni_container_refs.clone(),
        redirect: None,
        redirect_policy: RedirectPolicy::default(),
        forwarded: ForwardedHeaders::from_headers(&listener.insert_headers),
        headers: ForwardedHeaders::other_headers(&listener.insert_headers),
        tls: TlsSettings::from_listener(listener),
        tcp_inspect: tcp_inspect_timeout(listener),
        tags: listener.tags.clone(),
        own_options: Some(listener_options(listener)),
    }
}
