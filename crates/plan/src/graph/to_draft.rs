//! The draft of a whole load balancer. It leaves nothing out.

use super::Graph;
use crate::{
    Draft, HealthDraft, ListenerDraft, ListenerOptions, PersistenceDraft, PolicyAction,
    PolicyDraft, RowKey, RuleDraft, ServerDraft,
    draft::{ForwardedHeaders, GroupDraft, GroupTls, TlsSettings, VipDraft, VipPortSettings},
    edit::Rows,
    request::seconds,
};
use openstack_types::{
    octavia::{
        HealthMonitor, L7Policy, L7PolicyAction, L7Rule, Listener, LoadBalancer, Member, Pool,
    },
    rules::{LbType, TAG_APPLICATION, TAG_NETWORK},
};

/// The draft of a graph. Objects in `known` keep their keys.
pub(crate) fn draft_from_graph(graph: &Graph, known: &Rows, next_key: u32) -> (Draft, Rows) {
    let lb = &graph.loadbalancer;
    let lb_type = LbType::infer(graph.listeners.iter().map(|l| &l.protocol), &lb.tags)
        .unwrap_or(LbType::Application);
    let mut draft = Draft::empty(lb_type);
    draft.next_key = next_key;
    fill_load_balancer(&mut draft, lb);
    let mut rows = Rows::default();
    for pool in &graph.pools {
        let key = known.group(pool.id).unwrap_or_else(|| draft.new_key());
        rows.groups.insert(key, pool.id);
        let mut group = group_draft(key, pool);
        for member in graph.members_in_order(pool.id) {
            let key = known.server(member.id).unwrap_or_else(|| draft.new_key());
            rows.servers.insert(key, member.id);
            group.servers.push(server_draft(key, member));
        }
        if let Some(monitor) = graph.health_monitor(pool) {
            group.health = health_draft(monitor);
        }
        draft.groups.push(group);
    }
    for listener in &graph.listeners {
        let key = known.listener(listener.id).unwrap_or_else(|| draft.new_key());
        rows.listeners.insert(key, listener.id);
        let mut row = listener_draft(key, listener);
        row.group = listener.default_pool_id.and_then(|pool| rows.group(pool));
        for policy in graph.policies_in_order(listener.id) {
            let key = known.policy(policy.id).unwrap_or_else(|| draft.new_key());
            rows.policies.insert(key, policy.id);
            let mut one = policy_draft(key, policy, &rows);
            for rule in graph.rules.get(&policy.id).into_iter().flatten() {
                let key = known.rule(rule.id).unwrap_or_else(|| draft.new_key());
                rows.rules.insert(key, rule.id);
                one.rules.push(rule_draft(key, rule));
            }
            row.policies.push(one);
        }
        draft.listeners.push(row);
    }
    (draft, rows)
}

/// Whether a tag only holds the type of a load balancer without listeners.
pub(crate) fn is_type_tag(tag: &str) -> bool {
    [TAG_APPLICATION, TAG_NETWORK].contains(&tag)
}

fn fill_load_balancer(draft: &mut Draft, lb: &LoadBalancer) {
    draft.name = lb.name.clone();
    draft.description = lb.description.clone();
    draft.enabled = lb.admin_state_up;
    draft.network = lb.vip_network_id;
    draft.subnet = lb.vip_subnet_id;
    draft.vip_address = lb.vip_address.clone().unwrap_or_default();
    draft.vip_port = lb.vip_port_id.clone().unwrap_or_default();
    for vip in &lb.additional_vips {
        let key = draft.new_key();
        let address = vip.ip_address.clone().unwrap_or_default();
        let subnet = vip.subnet_id.parse().ok();
        draft.additional_vips.push(VipDraft { key, subnet, address });
    }
    draft.provider = lb.provider.clone().unwrap_or_default();
    draft.flavor = lb.flavor_id.clone().unwrap_or_default();
    draft.availability_zone = lb.availability_zone.clone().unwrap_or_default();
    draft.vip_port_settings = VipPortSettings {
        qos_policy: lb.vip_qos_policy_id.clone(),
        vnic_type: lb.vip_vnic_type.clone().filter(|kind| kind != "normal"),
        security_groups: lb.vip_sg_ids.clone(),
    };
    (draft.type_tags, draft.tags) = lb.tags.iter().cloned().partition(|tag| is_type_tag(tag));
}

fn group_draft(key: RowKey, pool: &Pool) -> GroupDraft {
    let mut group = GroupDraft::new(key, pool.protocol.clone());
    group.name = pool.name.clone();
    group.description = pool.description.clone();
    group.enabled = pool.admin_state_up;
    group.method = pool.lb_algorithm.clone();
    group.tags = pool.tags.clone();
    if let Some(persistence) = &pool.session_persistence {
        group.persistence = PersistenceDraft {
            kind: Some(persistence.kind.clone()),
            cookie_name: persistence.cookie_name.clone().unwrap_or_default(),
            timeout: persistence.persistence_timeout,
            granularity: persistence.persistence_granularity.clone(),
        };
    }
    group.tls = GroupTls {
        enabled: pool.tls_enabled,
        certificate: pool.tls_container_ref.clone(),
        ca: pool.ca_tls_container_ref.clone(),
        crl: pool.crl_container_ref.clone(),
        ciphers: pool.tls_ciphers.clone().unwrap_or_default(),
        versions: pool.tls_versions.clone().filter(|versions| !versions.is_empty()),
        alpn: pool.alpn_protocols.clone().filter(|protocols| !protocols.is_empty()),
    };
    group
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
        monitor_address: member.monitor_address.clone().unwrap_or_default(),
        monitor_port: member.monitor_port.map(|port| port.to_string()).unwrap_or_default(),
        tags: member.tags.clone(),
        weight_before_drain: None,
    }
}

fn health_draft(monitor: &HealthMonitor) -> HealthDraft {
    let defaults = HealthDraft::default();
    let sends_request = HealthDraft::sends_request(&monitor.kind);
    HealthDraft {
        name: monitor.name.clone(),
        enabled: monitor.admin_state_up,
        kind: Some(monitor.kind.clone()),
        delay: monitor.delay.to_string(),
        timeout: monitor.timeout.to_string(),
        rise: monitor.max_retries.to_string(),
        fall: monitor.max_retries_down.to_string(),
        method: monitor.http_method.clone().unwrap_or(defaults.method),
        path: monitor.url_path.clone().unwrap_or(defaults.path),
        codes: monitor.expected_codes.clone().unwrap_or(defaults.codes),
        domain: monitor.domain_name.clone().unwrap_or_default(),
        http_version: monitor.http_version.filter(|_| sends_request),
        tags: monitor.tags.clone(),
    }
}

fn listener_draft(key: RowKey, listener: &Listener) -> ListenerDraft {
    let limit = listener.connection_limit;
    ListenerDraft {
        key,
        name: listener.name.clone(),
        description: listener.description.clone(),
        enabled: listener.admin_state_up,
        protocol: listener.protocol.clone(),
        port: listener.protocol_port.to_string(),
        certificate: listener.default_tls_container_ref.clone(),
        connection_limit: if limit < 0 { String::new() } else { limit.to_string() },
        group: None,
        sni: listener.sni_container_refs.clone(),
        policies: Vec::new(),
        forwarded: ForwardedHeaders::from_headers(&listener.insert_headers),
        headers: ForwardedHeaders::other_headers(&listener.insert_headers),
        tls: TlsSettings::from_listener(listener),
        tags: listener.tags.clone(),
        own_options: Some(listener_options(listener)),
    }
}

pub(crate) fn policy_draft(key: RowKey, policy: &L7Policy, rows: &Rows) -> PolicyDraft {
    PolicyDraft {
        key,
        name: policy.name.clone(),
        description: policy.description.clone(),
        action: policy_action(policy, rows),
        enabled: policy.admin_state_up,
        tags: policy.tags.clone(),
        rules: Vec::new(),
    }
}

/// Octavia's default code counts as unset.
fn policy_action(policy: &L7Policy, rows: &Rows) -> PolicyAction {
    const DEFAULT_CODE: u16 = 302;
    let code = policy.redirect_http_code.filter(|code| *code != DEFAULT_CODE);
    match &policy.action {
        L7PolicyAction::RedirectToPool => {
            PolicyAction::Group(policy.redirect_pool_id.and_then(|pool| rows.group(pool)))
        }
        L7PolicyAction::RedirectToUrl => {
            PolicyAction::Url { url: policy.redirect_url.clone().unwrap_or_default(), code }
        }
        L7PolicyAction::RedirectPrefix => {
            let prefix = policy.redirect_prefix.clone().unwrap_or_default();
            PolicyAction::Prefix { prefix, code }
        }
        L7PolicyAction::Reject => PolicyAction::Reject,
        other @ L7PolicyAction::Unknown(_) => PolicyAction::Other(other.clone()),
    }
}

pub(crate) fn rule_draft(key: RowKey, rule: &L7Rule) -> RuleDraft {
    RuleDraft {
        key,
        kind: rule.kind.clone(),
        compare: rule.compare_type.clone(),
        key_name: rule.key.clone().unwrap_or_default(),
        value: rule.value.clone(),
        invert: rule.invert,
        enabled: rule.admin_state_up,
        tags: rule.tags.clone(),
    }
}

/// Listener options as typed. Timeouts are in milliseconds; Octavia's defaults count as unset.
pub(crate) fn options_draft(
    allowed_cidrs: Option<&[String]>,
    [client_data, member_connect, member_data, tcp_inspect]: [Option<u64>; 4],
) -> ListenerOptions {
    let typed = |ms: Option<u64>, default: u64| {
        ms.filter(|ms| *ms != default).map(seconds).unwrap_or_default()
    };
    ListenerOptions {
        allowed_cidrs: allowed_cidrs.unwrap_or_default().join("\n"),
        timeout_client_data: typed(client_data, 50_000),
        timeout_member_connect: typed(member_connect, 5_000),
        timeout_member_data: typed(member_data, 50_000),
        timeout_tcp_inspect: typed(tcp_inspect, 0),
    }
}

fn listener_options(listener: &Listener) -> ListenerOptions {
    options_draft(
        listener.allowed_cidrs.as_deref(),
        [
            listener.timeout_client_data,
            listener.timeout_member_connect,
            listener.timeout_member_data,
            listener.timeout_tcp_inspect,
        ],
    )
}
