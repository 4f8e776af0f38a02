//! Drafts as people type them, and the load balancer a service would make of a request.
#![allow(dead_code)]

pub mod cloud;
pub mod edits;

use openstack_types::{
    OperatingStatus, ProvisioningStatus,
    octavia::{
        ClientAuthentication, CreateLoadBalancer, HealthMonitor, HealthMonitorType, L7Policy,
        Listener, ListenerProtocol, LoadBalancer, Member, Pool, Ref, SessionPersistenceType,
    },
    rules::LbType,
    tls::{AlpnProtocol, CipherPreset},
};
use plan::{
    Draft, Graph, ListenerOptions,
    draft::{
        ClientCertificates, HEALTH_CHECK_KINDS, Hsts, LB_ALGORITHMS, RedirectPolicy, TlsSettings,
        persistence_kinds,
    },
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::json;
use std::collections::BTreeMap;

const SUBNET: &str = "80c57441-795e-46fb-9fdb-068e9acd3a7d";

/// The least that can be created.
pub fn named(name: &str) -> Draft {
    let mut draft = Draft::default();
    draft.name = name.into();
    draft.network = Some("66ca68d0-f8ab-4d09-980f-61633f72717f".parse().unwrap());
    draft
}

/// What somebody might put into a text, with a taste for what breaks quoting.
pub fn nasty(max: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        select(vec![
            "'", "\"", "\\", "$", "${", "%{", "$${", "$(id)", "`id`", "\n", "\r", "\t", "}", "{",
            ";", "&&", "|", "#", "-", "--", "!", "*", "~", " ", "=", "EOT", "\u{2028}", "\u{7f}",
            "負載", "é", "🦀", "%", "\\n", "\\u0024{", "$$", "%%{", "'\\''",
        ])
        .prop_map(str::to_owned),
        "\\PC{1,4}",
    ];
    vec(piece, 1..12).prop_map(move |pieces| pieces.concat().chars().take(max).collect())
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[0-9]{1,6}",
        "[0-9.:/, \n-]{0,24}",
        "\\PC{0,20}",
        Just("192.0.2.1".to_owned()),
        Just("80".to_owned()),
        Just("GET".to_owned()),
        Just("/".to_owned()),
    ]
}

/// Anything: mostly wrong somewhere.
pub fn any_draft() -> impl Strategy<Value = Draft> {
    (
        vec(typed(), 64),
        any::<bool>(),
        0_usize..4,
        0_usize..5,
        option::of(select(HealthMonitorType::KNOWN.to_vec())),
        option::of(select(SessionPersistenceType::KNOWN.to_vec())),
        vec(select(ListenerProtocol::KNOWN.to_vec()), 4),
    )
        .prop_map(|(texts, network, listeners, servers, health, kept, protocols)| {
            let mut texts = texts.into_iter();
            let mut text = || texts.next().unwrap_or_default();
            let mut draft = Draft::default();
            if network {
                draft.set_lb_type(LbType::Network);
                draft.subnet = Some(SUBNET.parse().unwrap());
            }
            draft.name = text();
            draft.description = text();
            draft.vip_address = text();
            draft.options = ListenerOptions {
                allowed_cidrs: text(),
                timeout_client_data: text(),
                timeout_member_connect: text(),
                timeout_member_data: text(),
            };
            for (_, protocol) in (0..listeners).zip(protocols) {
                let key = draft.add_listener();
                let listener = draft.listener_mut(key).unwrap();
                listener.protocol = protocol;
                listener.port = text();
                listener.connection_limit = text();
            }
            let group = draft.groups[0].key;
            for _ in 0..servers {
                draft.add_server_at(group, text(), text(), Some(text()));
            }
            let group = &mut draft.groups[0];
            group.health.kind = health;
            for field in [
                &mut group.health.delay,
                &mut group.health.timeout,
                &mut group.health.rise,
                &mut group.health.fall,
                &mut group.health.method,
                &mut group.health.path,
                &mut group.health.codes,
                &mut group.health.domain,
            ] {
                *field = text();
            }
            group.persistence.kind = kept;
            group.persistence.cookie_name = text();
            draft
        })
}

/// Whatever can be created.
pub fn good_draft() -> impl Strategy<Value = Draft> {
    let servers = || {
        vec((any::<std::net::IpAddr>(), 1_u16.., 0_u16..=256, any::<bool>(), nasty(30)), 0..4)
            .prop_filter("a server's address", |servers| {
                let mut seen = std::collections::BTreeSet::new();
                servers.iter().all(|(ip, port, ..)| {
                    openstack_types::field::server_address(&ip.to_string()).is_ok()
                        && seen.insert((*ip, *port))
                })
            })
    };
    let health = (
        option::of(select(HEALTH_CHECK_KINDS.to_vec())),
        2_u32..3600,
        1_u8..=10,
        1_u8..=10,
        select(vec!["", "www.example.com"]),
    );
    let group = || (select(LB_ALGORITHMS.to_vec()), servers(), health.clone(), 0_usize..4);
    let options = (
        select(vec!["", "192.0.2.0/24", "2001:db8::/32\n192.0.2.0/24"]),
        select(vec!["", "0", "1.5", "30"]),
        select(vec!["", "0.25", "60"]),
    );
    let speaks = select(vec![None, Some("https://www.example.com"), Some("tls")]);
    let listener = (1_u16.., option::of(1_u32..100_000), any::<bool>(), 0_usize..3, speaks);
    (
        (nasty(200), nasty(200), any::<bool>()),
        proptest::collection::btree_map(1_u16.., listener, 0..4),
        vec(group(), 1..3),
        vec(options, 4),
    )
        .prop_filter("a name", |((name, ..), ..)| !name.trim().is_empty())
        .prop_map(|((name, description, network), listeners, groups, options)| {
            let mut draft = Draft::default();
            draft.listeners.clear();
            draft.groups.clear();
            draft.name = name.trim().to_owned();
            draft.description = description.trim().to_owned();
            draft.subnet = Some(SUBNET.parse().unwrap());
            draft.tags = vec!["of the shop".to_owned()];
            if network {
                draft.set_lb_type(LbType::Network);
            }
            for (method, servers, (health, delay, rise, fall, domain), kept) in groups {
                let key = draft.add_group();
                for (ip, port, weight, backup, name) in servers {
                    let port = port.to_string();
                    let server = draft
                        .add_server_at(key, ip.to_string(), port, Some(weight.to_string()))
                        .unwrap();
                    let server = draft.server_mut(key, server).unwrap();
                    server.backup = backup;
                    server.tags = vec![format!("of {name}").chars().take(255).collect()];
                    server.name = name;
                }
                let kind = draft.lb_type;
                let group = draft.group_mut(key).unwrap();
                group.description = "what answers".into();
                group.tags = vec!["blue".into()];
                group.method = method;
                group.health.name = "is it up".into();
                group.health.tags = vec!["every group".into()];
                group.health.kind = health;
                group.health.delay = delay.to_string();
                group.health.timeout = (delay - 1).to_string();
                group.health.rise = rise.to_string();
                group.health.fall = fall.to_string();
                group.health.domain = domain.into();
                group.persistence.kind = persistence_kinds(kind).get(kept).cloned();
                if group.persistence.kind == Some(SessionPersistenceType::AppCookie) {
                    group.persistence.cookie_name = "SESSION".into();
                }
            }
            for ((port, (_, limit, own, group, speaks)), options) in
                listeners.into_iter().zip(options)
            {
                let group = draft.groups.get(group).map(|group| group.key);
                let key = draft.add_listener();
                let listener = draft.listener_mut(key).unwrap();
                listener.port = port.to_string();
                listener.group = group;
                listener.description = "where clients come in".into();
                listener.tags = vec!["outside".into()];
                listener.tcp_inspect = network.then_some(500);
                match speaks.filter(|_| !network) {
                    Some("tls") => {
                        listener.protocol = ListenerProtocol::TerminatedHttps;
                        listener.certificate = Some("https://k/v1/secrets/a".into());
                        listener.sni = vec!["https://k/v1/secrets/b".into()];
                        listener.headers = [("X-SSL-Client-CN".into(), "true".into())].into();
                        listener.tls = TlsSettings {
                            versions: Some(vec!["TLSv1.3".into()]),
                            ciphers: Some(CipherPreset::Modern.ciphers()),
                            alpn: own.then(|| vec![AlpnProtocol::Http11]),
                            hsts: own.then_some(Hsts {
                                max_age: 31_536_000,
                                include_subdomains: true,
                                preload: false,
                            }),
                            clients: limit.map(|_| ClientCertificates {
                                authentication: ClientAuthentication::Mandatory,
                                ca: Some("https://k/v1/secrets/ca".into()),
                                crl: None,
                            }),
                        };
                    }
                    redirect => {
                        listener.redirect = redirect.map(str::to_owned);
                        if redirect.is_some() && own {
                            listener.redirect_policy = RedirectPolicy {
                                http_code: Some(308),
                                description: "to where it is safe".into(),
                                tags: vec!["of the shop".into()],
                            };
                        }
                    }
                }
                listener.connection_limit = limit.map(|n| n.to_string()).unwrap_or_default();
                let (cidrs, client, connect) = options;
                listener.own_options = own.then(|| ListenerOptions {
                    allowed_cidrs: cidrs.into(),
                    timeout_client_data: client.into(),
                    timeout_member_connect: connect.into(),
                    timeout_member_data: String::new(),
                });
            }
            draft
        })
}

/// What a service would show of a load balancer after it created what was asked for.
pub fn created(asked: &CreateLoadBalancer) -> Graph {
    let id = |n: usize| format!("00000000-0000-4000-8000-{n:012}");
    let loadbalancer: LoadBalancer = serde_json::from_value(json!({
        "id": id(0), "name": asked.name, "description": asked.description.clone().unwrap_or_default(),
        "provisioning_status": "ACTIVE", "operating_status": "ONLINE", "admin_state_up": true,
        "project_id": "p", "created_at": "2026-11-23T03:40:39", "vip_address": "192.0.2.200",
        "vip_subnet_id": asked.vip_subnet_id, "vip_network_id": asked.vip_network_id,
        "tags": asked.tags,
    }))
    .unwrap();
    let mut members: BTreeMap<_, Vec<Member>> = BTreeMap::new();
    let mut monitors = Vec::new();
    let mut pools = Vec::new();
    for (index, pool) in asked.pools.iter().enumerate() {
        let pool_id: openstack_types::PoolId = id(1000 + index).parse().unwrap();
        let monitor = pool.healthmonitor.as_ref().map(|monitor| HealthMonitor {
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
        });
        let of_pool = pool.members.iter().enumerate().map(|(n, member)| Member {
            id: id(10_000 + 100 * index + n).parse().unwrap(),
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
        });
        members.insert(pool_id, of_pool.collect());
        pools.push(Pool {
            id: pool_id,
            name: pool.name.clone(),
            description: pool.description.clone().unwrap_or_default(),
            provisioning_status: ProvisioningStatus::Active,
            operating_status: OperatingStatus::Online,
            admin_state_up: true,
            protocol: pool.protocol.clone(),
            tls_enabled: false,
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
    let listeners = asked.listeners.iter().enumerate().map(|(index, listener)| {
        let pool = listener
            .default_pool
            .as_ref()
            .map(|by| pools.iter().find(|pool| pool.name == by.name).map(|pool| pool.id).unwrap());
        serde_json::from_value::<Listener>(json!({
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
    });
    let listeners = listeners.collect();
    let policies = asked.listeners.iter().enumerate().flat_map(|(index, listener)| {
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
    let policies = policies.collect();
    Graph { loadbalancer, listeners, pools, members, monitors, policies }
}
