//! Load balancers as a service creates them.

use openstack_types::{
    OperatingStatus, PoolId, ProvisioningStatus,
    octavia::{
        CreateHealthMonitor, CreateListener, CreateLoadBalancer, CreateMember, HealthMonitor,
        L7Policy, Listener, LoadBalancer, Member, Pool, Ref,
    },
};
use plan::Graph;
use serde_json::json;
use std::collections::BTreeMap;

fn id(n: usize) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// The load balancer that a service creates from a request.
pub(crate) fn created_graph(request: &CreateLoadBalancer) -> Graph {
    let mut members: BTreeMap<_, Vec<Member>> = BTreeMap::new();
    let mut monitors = Vec::new();
    let mut pools = Vec::new();
    for (index, pool) in request.pools.iter().enumerate() {
        let pool_id: PoolId = id(1000 + index).parse().unwrap();
        let monitor =
            pool.healthmonitor.as_ref().map(|monitor| health_monitor(index, pool_id, monitor));
        let created = pool.members.iter().enumerate();
        let created = created.map(|(n, request)| member(10_000 + 100 * index + n, request));
        members.insert(pool_id, created.collect());
        pools.push(Pool {
            id: pool_id,
            name: pool.name.clone(),
            description: pool.description.clone().unwrap_or_default(),
            provisioning_status: ProvisioningStatus::Active,
            operating_status: OperatingStatus::Online,
            admin_state_up: true,
            protocol: pool.protocol.clone(),
            tls_enabled: pool.tls.tls_enabled.unwrap_or_default(),
            tls_container_ref: pool.tls.tls_container_ref.clone(),
            ca_tls_container_ref: pool.tls.ca_tls_container_ref.clone(),
            crl_container_ref: pool.tls.crl_container_ref.clone(),
            tls_ciphers: pool.tls.tls_ciphers.clone().map(String::from),
            tls_versions: pool.tls.tls_versions.clone(),
            alpn_protocols: pool.tls.alpn_protocols.clone(),
            lb_algorithm: pool.lb_algorithm.clone(),
            session_persistence: pool.session_persistence.clone(),
            loadbalancers: Vec::new(),
            listeners: Vec::new(),
            members: Vec::new(),
            healthmonitor_id: monitor.as_ref().map(|monitor| monitor.id),
            tags: pool.tags.clone(),
        });
        monitors.extend(monitor);
    }
    let listeners = request.listeners.iter().enumerate();
    let listeners = listeners.map(|(index, request)| listener(index, request, &pools)).collect();
    Graph {
        loadbalancer: load_balancer(request),
        listeners,
        pools,
        members,
        monitors,
        policies: policies(request),
    }
}

fn load_balancer(request: &CreateLoadBalancer) -> LoadBalancer {
    serde_json::from_value(json!({
        "id": id(0), "name": request.name, "description": request.description.clone().unwrap_or_default(),
        "provisioning_status": "ACTIVE", "operating_status": "ONLINE", "admin_state_up": true,
        "project_id": "p", "created_at": "2026-11-23T03:40:39", "vip_address": "192.0.2.200",
        "vip_subnet_id": request.vip_subnet_id, "vip_network_id": request.vip_network_id,
        "tags": request.tags,
    }))
    .unwrap()
}

fn health_monitor(index: usize, pool_id: PoolId, monitor: &CreateHealthMonitor) -> HealthMonitor {
    HealthMonitor {
        id: id(2000 + index).parse().unwrap(),
        name: monitor.name.clone().unwrap_or_default(),
        kind: monitor.kind.clone(),
        delay: monitor.delay,
        timeout: monitor.timeout,
        max_retries: monitor.max_retries,
        max_retries_down: monitor.max_retries_down.unwrap_or(3),
        http_method: monitor.http_method.clone(),
        url_path: monitor.url_path.clone(),
        expected_codes: monitor.expected_codes.clone(),
        domain_name: monitor.domain_name.clone(),
        admin_state_up: true,
        pools: vec![Ref { id: pool_id }],
        provisioning_status: ProvisioningStatus::Active,
        operating_status: OperatingStatus::Online,
        tags: monitor.tags.clone(),
    }
}

fn member(number: usize, member: &CreateMember) -> Member {
    Member {
        id: id(number).parse().unwrap(),
        name: member.name.clone().unwrap_or_default(),
        provisioning_status: ProvisioningStatus::Active,
        operating_status: OperatingStatus::Online,
        admin_state_up: member.admin_state_up.unwrap_or(true),
        address: member.address.clone(),
        protocol_port: member.protocol_port,
        weight: member.weight.unwrap_or(1),
        backup: member.backup.unwrap_or(false),
        subnet_id: member.subnet_id,
        monitor_address: member.monitor_address.clone(),
        monitor_port: member.monitor_port,
        tags: member.tags.clone(),
    }
}

fn listener(index: usize, listener: &CreateListener, pools: &[Pool]) -> Listener {
    let pool = listener
        .default_pool
        .as_ref()
        .map(|by| pools.iter().find(|pool| pool.name == by.name).map(|pool| pool.id).unwrap());
    serde_json::from_value(json!({
        "id": id(3000 + index), "name": listener.name,
        "description": listener.description.clone().unwrap_or_default(),
        "tags": listener.tags,
        "provisioning_status": "ACTIVE", "operating_status": "ONLINE", "admin_state_up": true,
        "protocol": listener.protocol, "protocol_port": listener.protocol_port,
        "connection_limit": listener.connection_limit.unwrap_or(-1),
        "default_pool_id": pool, "insert_headers": listener.insert_headers,
        "timeout_client_data": listener.timeout_client_data.unwrap_or(50_000),
        "timeout_member_connect": listener.timeout_member_connect.unwrap_or(5_000),
        "timeout_member_data": listener.timeout_member_data.unwrap_or(50_000),
        "allowed_cidrs": listener.allowed_cidrs,
        "default_tls_container_ref": listener.default_tls_container_ref,
        "sni_container_refs": listener.sni_container_refs,
        "tls_versions": listener.tls_versions, "tls_ciphers": listener.tls_ciphers,
        "alpn_protocols": listener.alpn_protocols,
        "hsts_max_age": listener.hsts_max_age,
        "hsts_include_subdomains": listener.hsts_include_subdomains == Some(true),
        "hsts_preload": listener.hsts_preload == Some(true),
        "client_authentication": listener.client_authentication,
        "client_ca_tls_container_ref": listener.client_ca_tls_container_ref,
        "client_crl_container_ref": listener.client_crl_container_ref,
        "timeout_tcp_inspect": listener.timeout_tcp_inspect.unwrap_or(0),
    }))
    .unwrap()
}

fn policies(request: &CreateLoadBalancer) -> Vec<L7Policy> {
    let policies = request.listeners.iter().enumerate().flat_map(|(index, listener)| {
        listener.l7policies.iter().map(move |policy| {
            let rules: Vec<_> =
                (0..policy.rules.len()).map(|n| json!({"id": id(5000 + n)})).collect();
            serde_json::from_value::<L7Policy>(json!({
                "id": id(4000 + index), "name": policy.name, "provisioning_status": "ACTIVE",
                "operating_status": "ONLINE", "admin_state_up": true, "action": policy.action,
                "listener_id": id(3000 + index), "redirect_prefix": policy.redirect_prefix,
                "redirect_http_code": policy.redirect_http_code.unwrap_or(302),
                "position": 1, "rules": rules, "tags": policy.tags,
                "description": policy.description.clone().unwrap_or_default(),
            }))
            .unwrap()
        })
    });
    policies.collect()
}
