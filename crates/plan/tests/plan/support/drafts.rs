//! Random drafts.

use openstack_types::{
    octavia::{
        ClientAuthentication, HealthMonitorType, HttpVersion, L7RuleCompareType, L7RuleType,
        LbAlgorithm, ListenerProtocol, PoolProtocol, SessionPersistenceType,
    },
    rules::LbType,
    tls::{AlpnProtocol, CipherPreset},
};
use plan::{
    Draft, ListenerOptions, PolicyAction, RowKey,
    draft::{
        ClientCertificates, GroupTls, HEALTH_CHECK_KINDS, Hsts, LB_ALGORITHMS, TlsSettings,
        persistence_kinds,
    },
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use std::{collections::BTreeSet, net::IpAddr};

const SUBNET: &str = "80c57441-795e-46fb-9fdb-068e9acd3a7d";

/// Text of at most `max` characters, rich in characters with meaning in shells and templates.
pub(crate) fn awkward_text(max: usize) -> impl Strategy<Value = String> {
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

fn typed_text() -> impl Strategy<Value = String> {
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

/// A draft of any texts, most of them invalid.
pub(crate) fn any_draft() -> impl Strategy<Value = Draft> {
    (
        vec(typed_text(), 64),
        any::<bool>(),
        0_usize..4,
        0_usize..5,
        option::of(select(HealthMonitorType::KNOWN.to_vec())),
        option::of(select(SessionPersistenceType::KNOWN.to_vec())),
        vec(select(ListenerProtocol::KNOWN.to_vec()), 4),
    )
        .prop_map(|(texts, network, listeners, servers, health, persistence, protocols)| {
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
                timeout_tcp_inspect: text(),
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
            group.persistence.kind = persistence;
            group.persistence.cookie_name = text();
            draft
        })
}

/// A draft that can be created.
pub(crate) fn valid_draft() -> impl Strategy<Value = Draft> {
    (
        (awkward_text(200), awkward_text(200), any::<bool>()),
        proptest::collection::btree_map(1_u16.., listener_choice(), 0..4),
        vec(group_choice(), 1..3),
        vec(options_choice(), 4),
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
                draft.enabled = false;
                draft.provider = "amphora".into();
                draft.flavor = "a-flavor".into();
                draft.availability_zone = "here".into();
                let vip = draft.add_vip();
                let vip = draft.additional_vips.iter_mut().find(|one| one.key == vip).unwrap();
                vip.subnet = Some(SUBNET.parse().unwrap());
            }
            for group in groups {
                add_group(&mut draft, group);
            }
            for ((port, listener), options) in listeners.into_iter().zip(options) {
                add_listener(&mut draft, port, listener, options);
            }
            draft
        })
}

/// Address, port, weight, whether it is a backup, and name.
type ServerChoice = (IpAddr, u16, u16, bool, String);

#[derive(Clone, Debug)]
struct GroupChoice {
    method: LbAlgorithm,
    servers: Vec<ServerChoice>,
    health: Option<HealthMonitorType>,
    delay: u32,
    rise: u8,
    fall: u8,
    domain: &'static str,
    /// Index of the persistence kind; beyond the last for none.
    persistence: usize,
    /// Decides about the settings that are rarely used.
    dice: u16,
}

#[derive(Clone, Debug)]
struct ListenerChoice {
    connection_limit: Option<u32>,
    /// Whether it has options of its own.
    own_options: bool,
    group: usize,
    use_case: Option<ListenerUse>,
    /// Decides about the settings that are rarely used.
    dice: u16,
}

#[derive(Clone, Copy, Debug)]
enum ListenerUse {
    Redirect,
    Tls,
}

/// Allowed CIDRs, timeout of clients, and timeout of connecting to servers.
type OptionsChoice = (&'static str, &'static str, &'static str);

fn group_choice() -> impl Strategy<Value = GroupChoice> {
    let server = (any::<IpAddr>(), 1_u16.., 0_u16..=256, any::<bool>(), awkward_text(30));
    let servers = vec(server, 0..4).prop_filter("addresses of servers", |servers| {
        let mut seen = BTreeSet::new();
        servers.iter().all(|(ip, port, ..)| {
            openstack_types::field::server_address(&ip.to_string()).is_ok()
                && seen.insert((*ip, *port))
        })
    });
    let health = (
        option::of(select(HEALTH_CHECK_KINDS.to_vec())),
        2_u32..3600,
        1_u8..=10,
        1_u8..=10,
        select(vec!["", "www.example.com"]),
    );
    (select(LB_ALGORITHMS.to_vec()), servers, health, 0_usize..4, any::<u16>()).prop_map(
        |(method, servers, (health, delay, rise, fall, domain), persistence, dice)| GroupChoice {
            dice,
            method,
            servers,
            health,
            delay,
            rise,
            fall,
            domain,
            persistence,
        },
    )
}

fn listener_choice() -> impl Strategy<Value = ListenerChoice> {
    let use_case = select(vec![None, Some(ListenerUse::Redirect), Some(ListenerUse::Tls)]);
    (option::of(1_u32..100_000), any::<bool>(), 0_usize..3, use_case, any::<u16>()).prop_map(
        |(connection_limit, own_options, group, use_case, dice)| ListenerChoice {
            dice,
            connection_limit,
            own_options,
            group,
            use_case,
        },
    )
}

fn options_choice() -> impl Strategy<Value = OptionsChoice> {
    (
        select(vec!["", "192.0.2.0/24", "2001:db8::/32\n192.0.2.0/24"]),
        select(vec!["", "0", "1.5", "30"]),
        select(vec!["", "0.25", "60"]),
    )
}

fn add_group(draft: &mut Draft, choice: GroupChoice) {
    let key = draft.add_group();
    for (ip, port, weight, backup, name) in choice.servers {
        let (port, weight) = (port.to_string(), weight.to_string());
        let server = draft.add_server_at(key, ip.to_string(), port, Some(weight)).unwrap();
        let server = draft.server_mut(key, server).unwrap();
        server.backup = backup;
        server.tags = vec![format!("of {name}").chars().take(255).collect()];
        server.name = name;
    }
    let lb_type = draft.lb_type;
    let group = draft.group_mut(key).unwrap();
    group.description = "what answers".into();
    group.tags = vec!["blue".into()];
    group.method = choice.method;
    group.health.name = "is it up".into();
    group.health.tags = vec!["every group".into()];
    group.health.kind = choice.health;
    group.health.delay = choice.delay.to_string();
    group.health.timeout = (choice.delay - 1).to_string();
    group.health.rise = choice.rise.to_string();
    group.health.fall = choice.fall.to_string();
    group.health.domain = choice.domain.into();
    let roll = |n: u16| choice.dice.is_multiple_of(n);
    group.enabled = !roll(3);
    group.health.enabled = !roll(5);
    if roll(4) {
        group.health.http_version = Some(HttpVersion::V1_1);
    }
    if roll(2) {
        group.tls = GroupTls {
            enabled: true,
            certificate: roll(3).then(|| "https://k/v1/secrets/client".into()),
            ca: Some("https://k/v1/secrets/ca".into()),
            crl: roll(5).then(|| "https://k/v1/secrets/crl".into()),
            ciphers: "ECDHE-RSA-AES128-GCM-SHA256:!aNULL".into(),
            versions: Some(vec!["TLSv1.2".into(), "TLSv1.3".into()]),
            alpn: roll(7).then(|| vec![AlpnProtocol::Http11]),
        };
    }
    if roll(5) {
        group.protocol = PoolProtocol::ProxyV2;
    }
    for server in &mut group.servers {
        server.enabled = !roll(2);
        if roll(3) {
            server.monitor_address = "192.0.2.250".into();
            server.monitor_port = "8080".into();
            server.subnet = Some(SUBNET.parse().unwrap());
        }
    }
    group.persistence.kind = persistence_kinds(lb_type).get(choice.persistence).cloned();
    if group.persistence.kind == Some(SessionPersistenceType::AppCookie) {
        group.persistence.cookie_name = "SESSION".into();
    }
}

fn add_listener(draft: &mut Draft, port: u16, choice: ListenerChoice, options: OptionsChoice) {
    let network = draft.lb_type == LbType::Network;
    let group = draft.groups.get(choice.group).map(|group| group.key);
    let key = draft.add_listener();
    let listener = draft.listener_mut(key).unwrap();
    listener.port = port.to_string();
    listener.group = group;
    listener.description = "where clients come in".into();
    listener.tags = vec!["outside".into()];
    match choice.use_case.filter(|_| !network) {
        Some(ListenerUse::Tls) => {
            listener.protocol = ListenerProtocol::TerminatedHttps;
            listener.certificate = Some("https://k/v1/secrets/a".into());
            listener.sni = vec!["https://k/v1/secrets/b".into()];
            listener.headers = [("X-SSL-Client-CN".into(), "true".into())].into();
            listener.tls = tls_settings(&choice);
        }
        Some(ListenerUse::Redirect) => {
            draft.set_redirect(key, Some("https://www.example.com".into()));
            let listener = draft.listener_mut(key).unwrap();
            if choice.own_options {
                let policy = &mut listener.policies[0];
                policy.action = PolicyAction::Prefix {
                    prefix: "https://www.example.com".into(),
                    code: Some(308),
                };
                policy.description = "to where it is safe".into();
                policy.tags = vec!["of the shop".into()];
            }
        }
        None => {}
    }
    if !network {
        add_policies(draft, key, choice.dice);
    }
    let listener = draft.listener_mut(key).unwrap();
    listener.enabled = !choice.dice.is_multiple_of(3);
    if choice.dice.is_multiple_of(7) {
        listener.protocol =
            if network { ListenerProtocol::Https } else { ListenerProtocol::Prometheus };
        listener.group = listener.group.filter(|_| network);
        listener.policies.clear();
    }
    listener.connection_limit =
        choice.connection_limit.map(|limit| limit.to_string()).unwrap_or_default();
    let (cidrs, client, connect) = options;
    listener.own_options = choice.own_options.then(|| ListenerOptions {
        allowed_cidrs: cidrs.into(),
        timeout_client_data: client.into(),
        timeout_member_connect: connect.into(),
        timeout_member_data: String::new(),
        timeout_tcp_inspect: if network { "0.5".into() } else { String::new() },
    });
}

/// Policies of several kinds before and after a redirect.
fn add_policies(draft: &mut Draft, listener: RowKey, dice: u16) {
    let group = draft.groups.last().map(|group| group.key);
    let url = "https://example.org/a?b='c'#d".to_owned();
    for (n, action) in [
        PolicyAction::Group(group),
        PolicyAction::Url { url, code: Some(307) },
        PolicyAction::Reject,
    ]
    .into_iter()
    .enumerate()
    {
        if !(dice >> n).is_multiple_of(2) {
            continue;
        }
        let policy = draft.add_policy(listener, action).unwrap();
        for (kind, compare, key_name, value) in [
            (L7RuleType::HostName, L7RuleCompareType::EndsWith, "", ".example.org"),
            (L7RuleType::Header, L7RuleCompareType::Regex, "X-Test", "^(a|b)+$"),
            (L7RuleType::Cookie, L7RuleCompareType::EqualTo, "blue", "yes"),
        ]
        .into_iter()
        .take(usize::from(dice % 4))
        {
            let rule = draft.add_rule(listener, policy).unwrap();
            let policy = draft.policy_mut(listener, policy).unwrap();
            let rule = policy.rule_mut(rule).unwrap();
            (rule.kind, rule.compare) = (kind, compare);
            (rule.key_name, rule.value) = (key_name.into(), value.into());
            rule.invert = dice.is_multiple_of(5);
            rule.enabled = !dice.is_multiple_of(11);
            rule.tags = vec!["of a rule".into()];
        }
        let policy = draft.policy_mut(listener, policy).unwrap();
        policy.name = format!("policy {n}");
        policy.enabled = !dice.is_multiple_of(13);
        policy.tags = vec!["of a policy".into()];
    }
}

fn tls_settings(choice: &ListenerChoice) -> TlsSettings {
    TlsSettings {
        versions: Some(vec!["TLSv1.3".into()]),
        ciphers: CipherPreset::Modern.ciphers().to_string(),
        alpn: choice.own_options.then(|| vec![AlpnProtocol::Http11]),
        hsts: choice.own_options.then_some(Hsts {
            max_age: "31536000".into(),
            include_subdomains: true,
            preload: false,
        }),
        clients: choice.connection_limit.map(|_| ClientCertificates {
            authentication: ClientAuthentication::Mandatory,
            ca: Some("https://k/v1/secrets/ca".into()),
            crl: None,
        }),
    }
}
