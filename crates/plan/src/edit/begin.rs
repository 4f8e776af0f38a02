//! A form filled with all of a load balancer. Other than a clone, it leaves nothing out.

use super::{Rows, monitor_of};
use crate::{
    Draft, Graph, ListenerDraft, PersistenceDraft, RowKey, ServerDraft,
    draft::{ForwardedHeaders, RedirectPolicy, TlsSettings},
    graph::{health, options_there, tcp_inspect},
};
use openstack_types::{
    octavia::{Listener, Member},
    rules::LbType,
};

/// The draft of a graph; what is `known` already keeps its key.
pub(super) fn draft_of(graph: &Graph, known: &Rows, next_key: u32) -> (Draft, Rows) {
    let lb = &graph.loadbalancer;
    let kind = LbType::of(graph.listeners.iter().map(|l| &l.protocol), &lb.tags)
        .unwrap_or(LbType::Application);
    let mut draft = Draft::bare(kind);
    draft.next_key = next_key;
    draft.name = lb.name.clone();
    draft.description = lb.description.clone();
    draft.network = lb.vip_network_id;
    draft.subnet = lb.vip_subnet_id;
    let mut rows = Rows::default();
    for pool in &graph.pools {
        let key = match known.group(pool.id) {
            Some(key) => {
                draft.add_group_as(key);
                key
            }
            None => draft.add_group(),
        };
        rows.groups.insert(key, pool.id);
        let mut servers = Vec::new();
        for member in graph.members_in_order(pool.id) {
            let key = known.server(member.id).unwrap_or_else(|| draft.key());
            rows.servers.insert(key, member.id);
            servers.push(server(key, member));
        }
        let Some(group) = draft.group_mut(key) else { continue };
        group.servers = servers;
        group.name = pool.name.clone();
        group.description = pool.description.clone();
        group.tags = pool.tags.clone();
        group.method = pool.lb_algorithm.clone();
        if let Some(kept) = &pool.session_persistence {
            group.persistence = PersistenceDraft {
                kind: Some(kept.kind.clone()),
                cookie_name: kept.cookie_name.clone().unwrap_or_default(),
            };
        }
        if let Some(monitor) = monitor_of(graph, pool) {
            group.health = health(monitor);
        }
    }
    for there in &graph.listeners {
        let key = known.listener(there.id).unwrap_or_else(|| draft.key());
        rows.listeners.insert(key, there.id);
        let mut typed = listener(key, there);
        typed.group = there.default_pool_id.and_then(|pool| rows.group(pool));
        typed.redirect = graph.redirect(there.id);
        typed.redirect_policy = graph.redirect_traits(there.id);
        draft.listeners.push(typed);
    }
    (draft, rows)
}

fn server(key: RowKey, member: &Member) -> ServerDraft {
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
        undrained: None,
    }
}

fn listener(key: RowKey, listener: &Listener) -> ListenerDraft {
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
        forwarded: ForwardedHeaders::of(&listener.insert_headers),
        headers: ForwardedHeaders::others(&listener.insert_headers),
        tls: TlsSettings::of(listener),
        tcp_inspect: tcp_inspect(listener),
        tags: listener.tags.clone(),
        own: Some(options_there(listener)),
    }
}
