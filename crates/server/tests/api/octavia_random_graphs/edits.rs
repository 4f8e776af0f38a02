//! Changes of one field in the edit form.

use super::generate::World;
use openstack_types::{
    octavia::{
        ClientAuthentication, HealthMonitorType, L7RuleCompareType, L7RuleType, LbAlgorithm,
        ListenerProtocol, SessionPersistenceType,
    },
    rules,
    tls::AlpnProtocol,
};
use plan::{
    Draft, GroupDraft, HealthDraft, ListenerDraft, ListenerOptions, PersistenceDraft, PolicyAction,
    PolicyDraft, RuleDraft, ServerDraft,
    draft::{ClientCertificates, Hsts, LB_ALGORITHMS},
};

/// Changes a field of one of the objects that it applies to; `None` if there is none.
type Change = fn(&mut Draft, usize, &World) -> Option<()>;

fn pick<T>(all: impl Iterator<Item = T>, pick: usize) -> Option<T> {
    let mut all: Vec<T> = all.collect();
    if all.is_empty() { None } else { Some(all.swap_remove(pick % all.len())) }
}

fn listener(
    draft: &mut Draft,
    n: usize,
    fits: fn(&ListenerDraft) -> bool,
) -> Option<&mut ListenerDraft> {
    pick(draft.listeners.iter_mut().filter(|one| fits(one)), n)
}

fn any_listener(draft: &mut Draft, n: usize) -> Option<&mut ListenerDraft> {
    listener(draft, n, |_| true)
}

fn ends_tls(listener: &ListenerDraft) -> bool {
    listener.certificate.is_some() || !listener.sni.is_empty()
}

fn options(draft: &mut Draft, n: usize) -> Option<&mut ListenerOptions> {
    any_listener(draft, n)?.own_options.as_mut()
}

fn group(draft: &mut Draft, n: usize) -> Option<&mut GroupDraft> {
    pick(draft.groups.iter_mut(), n)
}

fn server(draft: &mut Draft, n: usize) -> Option<&mut ServerDraft> {
    pick(draft.groups.iter_mut().flat_map(|group| &mut group.servers), n)
}

fn check(
    draft: &mut Draft,
    n: usize,
    fits: fn(&HealthMonitorType) -> bool,
) -> Option<&mut HealthDraft> {
    let checks = draft.groups.iter_mut().map(|group| &mut group.health);
    pick(checks.filter(|check| check.kind.as_ref().is_some_and(fits)), n)
}

fn any_check(draft: &mut Draft, n: usize) -> Option<&mut HealthDraft> {
    check(draft, n, |_| true)
}

fn http_check(draft: &mut Draft, n: usize) -> Option<&mut HealthDraft> {
    check(draft, n, HealthDraft::sends_request)
}

fn policy(
    draft: &mut Draft,
    n: usize,
    fits: fn(&PolicyAction) -> bool,
) -> Option<&mut PolicyDraft> {
    let policies = draft.listeners.iter_mut().flat_map(|listener| &mut listener.policies);
    pick(policies.filter(|policy| fits(&policy.action)), n)
}

fn any_policy(draft: &mut Draft, n: usize) -> Option<&mut PolicyDraft> {
    policy(draft, n, |_| true)
}

fn rule(draft: &mut Draft, n: usize, fits: fn(&RuleDraft) -> bool) -> Option<&mut RuleDraft> {
    let policies = draft.listeners.iter_mut().flat_map(|listener| &mut listener.policies);
    pick(policies.flat_map(|policy| &mut policy.rules).filter(|one| fits(one)), n)
}

fn flip(flag: &mut bool) {
    *flag = !*flag;
}

fn extend(text: &mut String) {
    let end = if text.trim().is_empty() { "new" } else { "+" };
    *text = format!("{}{end}", text.trim());
}

fn toggle<T>(value: &mut Option<T>, new: T) {
    *value = if value.is_some() { None } else { Some(new) };
}

/// Another of these values.
fn other<T: PartialEq>(values: impl IntoIterator<Item = T>, current: &T) -> T {
    values.into_iter().find(|value| value != current).unwrap()
}

fn hsts(draft: &mut Draft, n: usize) -> Option<&mut Hsts> {
    listener(draft, n, |one| one.tls.hsts.is_some())?.tls.hsts.as_mut()
}

fn clients(draft: &mut Draft, n: usize) -> Option<&mut ClientCertificates> {
    let with_ca =
        |one: &ListenerDraft| one.tls.clients.as_ref().is_some_and(|one| one.ca.is_some());
    listener(draft, n, with_ca)?.tls.clients.as_mut()
}

/// Sends listeners or policies to another group that fits.
fn another_group(
    draft: &Draft,
    protocol: &ListenerProtocol,
    current: Option<plan::RowKey>,
) -> Option<plan::RowKey> {
    let mut groups = draft.groups.iter();
    let other = groups.find(|group| {
        Some(group.key) != current && rules::pool_protocol_fits(protocol, &group.protocol)
    });
    other.map(|group| group.key)
}

fn move_default_pool(draft: &mut Draft, n: usize, _: &World) -> Option<()> {
    let row = any_listener(draft, n)?.clone();
    let group = another_group(draft, &row.protocol, row.group)?;
    draft.listener_mut(row.key)?.group = Some(group);
    Some(())
}

fn move_redirect(draft: &mut Draft, n: usize, _: &World) -> Option<()> {
    let key = policy(draft, n, |action| matches!(action, PolicyAction::Group(_)))?.key;
    let row = draft.listeners.iter().find(|row| row.policy(key).is_some())?.clone();
    let current = row.policy(key)?.action.group();
    let group = another_group(draft, &row.protocol, current)?;
    draft.policy_mut(row.key, key)?.action = PolicyAction::Group(Some(group));
    Some(())
}

fn set_target(draft: &mut Draft, n: usize, fits: fn(&PolicyAction) -> bool) -> Option<()> {
    match &mut policy(draft, n, fits)?.action {
        PolicyAction::Url { url, .. } => *url = format!("https://new.example/{n}"),
        PolicyAction::Prefix { prefix, .. } => *prefix = format!("https://n{n}.example"),
        _ => return None,
    }
    Some(())
}

fn set_code(draft: &mut Draft, n: usize, _: &World) -> Option<()> {
    match &mut policy(draft, n, |action| action.target().is_some())?.action {
        PolicyAction::Url { code, .. } | PolicyAction::Prefix { code, .. } => {
            *code = other([None, Some(307)], code);
        }
        _ => return None,
    }
    Some(())
}

/// The kind of the object, the field, and the change.
#[expect(clippy::unit_arg, reason = "a change is one expression")]
pub(super) const EDITS: &[(&str, &str, Change)] = &[
    ("loadbalancer", "name", |draft, _, _| Some(extend(&mut draft.name))),
    ("loadbalancer", "description", |draft, _, _| Some(extend(&mut draft.description))),
    ("loadbalancer", "admin_state_up", |draft, _, _| Some(flip(&mut draft.enabled))),
    ("loadbalancer", "tags", |draft, n, _| Some(draft.tags.push(format!("tag {n}")))),
    ("listener", "name", |draft, n, _| Some(extend(&mut any_listener(draft, n)?.name))),
    ("listener", "description", |draft, n, _| {
        Some(extend(&mut any_listener(draft, n)?.description))
    }),
    ("listener", "admin_state_up", |draft, n, _| Some(flip(&mut any_listener(draft, n)?.enabled))),
    ("listener", "tags", |draft, n, _| Some(any_listener(draft, n)?.tags.push(format!("tag {n}")))),
    ("listener", "default_pool_id", move_default_pool),
    ("listener", "connection_limit", |draft, n, _| {
        let limit = &mut any_listener(draft, n)?.connection_limit;
        *limit = other(["".into(), "17".into()], limit);
        Some(())
    }),
    ("listener", "insert_headers", |draft, n, _| {
        let http = |one: &ListenerDraft| plan::draft::is_http(&one.protocol);
        Some(flip(&mut listener(draft, n, http)?.forwarded.port))
    }),
    ("listener", "insert_headers", |draft, n, _| {
        let tls = |one: &ListenerDraft| one.protocol == ListenerProtocol::TerminatedHttps;
        let listener = listener(draft, n, tls)?;
        let is_added = listener.adds_header("X-SSL-Client-CN");
        Some(listener.set_header("X-SSL-Client-CN", !is_added))
    }),
    ("listener", "allowed_cidrs", |draft, n, _| {
        Some(options(draft, n)?.allowed_cidrs.push_str("\n203.0.113.9/32"))
    }),
    ("listener", "timeout_client_data", |draft, n, _| {
        let timeout = &mut options(draft, n)?.timeout_client_data;
        *timeout = other(["".into(), "7.5".into()], timeout);
        Some(())
    }),
    ("listener", "timeout_member_connect", |draft, n, _| {
        let timeout = &mut options(draft, n)?.timeout_member_connect;
        *timeout = other(["".into(), "7.5".into()], timeout);
        Some(())
    }),
    ("listener", "timeout_member_data", |draft, n, _| {
        let timeout = &mut options(draft, n)?.timeout_member_data;
        *timeout = other(["".into(), "7.5".into()], timeout);
        Some(())
    }),
    ("listener", "timeout_tcp_inspect", |draft, n, _| {
        let timeout = &mut options(draft, n)?.timeout_tcp_inspect;
        *timeout = other(["".into(), "0.25".into()], timeout);
        Some(())
    }),
    ("listener", "default_tls_container_ref", |draft, n, world| {
        let certificate = &mut listener(draft, n, ends_tls)?.certificate;
        *certificate = other(world.certificates.clone().map(Some), certificate);
        Some(())
    }),
    ("listener", "sni_container_refs", |draft, n, world| {
        let sni = &mut listener(draft, n, |one| one.certificate.is_some())?.sni;
        *sni = other([Vec::new(), vec![world.certificates[1].clone()]], sni);
        Some(())
    }),
    ("listener", "tls_versions", |draft, n, _| {
        let versions = &mut listener(draft, n, ends_tls)?.tls.versions;
        let both = vec!["TLSv1.2".into(), "TLSv1.3".into()];
        *versions = other([Some(vec!["TLSv1.3".into()]), Some(both)], versions);
        Some(())
    }),
    ("listener", "tls_ciphers", |draft, n, _| {
        Some(
            listener(draft, n, ends_tls)?.tls.ciphers =
                format!("ECDHE+AESGCM:AES128:!DES:{}RSA", ["!a", "!k", "-a", "-k"][n % 4]),
        )
    }),
    ("listener", "alpn_protocols", |draft, n, _| {
        let protocols = &mut listener(draft, n, ends_tls)?.tls.alpn;
        let one = [AlpnProtocol::H2, AlpnProtocol::Http11].map(|one| Some(vec![one]));
        *protocols = other(one, protocols);
        Some(())
    }),
    ("listener", "hsts_max_age", |draft, n, _| {
        let age = &mut hsts(draft, n)?.max_age;
        *age = other(["60".into(), "61".into()], age);
        Some(())
    }),
    ("listener", "hsts_include_subdomains", |draft, n, _| {
        Some(flip(&mut hsts(draft, n)?.include_subdomains))
    }),
    ("listener", "hsts_preload", |draft, n, _| Some(flip(&mut hsts(draft, n)?.preload))),
    ("listener", "client_authentication", |draft, n, _| {
        use ClientAuthentication::{Mandatory, None, Optional};
        let how = &mut clients(draft, n)?.authentication;
        *how = other([None, Optional, Mandatory], how);
        Some(())
    }),
    ("listener", "client_crl_container_ref", |draft, n, world| {
        Some(toggle(&mut clients(draft, n)?.crl, world.revocations.clone()))
    }),
    ("pool", "name", |draft, n, _| Some(extend(&mut group(draft, n)?.name))),
    ("pool", "description", |draft, n, _| Some(extend(&mut group(draft, n)?.description))),
    ("pool", "admin_state_up", |draft, n, _| Some(flip(&mut group(draft, n)?.enabled))),
    ("pool", "tags", |draft, n, _| Some(group(draft, n)?.tags.push(format!("tag {n}")))),
    ("pool", "lb_algorithm", |draft, n, _| {
        let method: &mut LbAlgorithm = &mut group(draft, n)?.method;
        *method = other(LB_ALGORITHMS.iter().take(3).cloned(), method);
        Some(())
    }),
    ("pool", "session_persistence", |draft, n, _| {
        let persistence: &mut PersistenceDraft = &mut group(draft, n)?.persistence;
        let kind = &mut persistence.kind;
        *kind = other([None, Some(SessionPersistenceType::SourceIp)], kind);
        Some(())
    }),
    ("pool", "tls_enabled", |draft, n, _| Some(flip(&mut group(draft, n)?.tls.enabled))),
    ("pool", "tls_container_ref", |draft, n, world| {
        Some(toggle(&mut group(draft, n)?.tls.certificate, world.certificates[0].clone()))
    }),
    ("pool", "ca_tls_container_ref", |draft, n, world| {
        let groups = draft.groups.iter_mut().filter(|group| group.tls.crl.is_none());
        Some(toggle(&mut pick(groups, n)?.tls.ca, world.authority.clone()))
    }),
    ("pool", "crl_container_ref", |draft, n, world| {
        let groups = draft.groups.iter_mut().filter(|group| group.tls.ca.is_some());
        Some(toggle(&mut pick(groups, n)?.tls.crl, world.revocations.clone()))
    }),
    ("pool", "tls_ciphers", |draft, n, _| {
        let groups = draft.groups.iter_mut().filter(|group| group.tls.enabled);
        Some(
            pick(groups, n)?.tls.ciphers =
                format!("ECDHE+AESGCM:AES128:!DES:{}RSA", ["!a", "!k", "-a", "-k"][n % 4]),
        )
    }),
    ("pool", "tls_versions", |draft, n, _| {
        let versions = &mut group(draft, n)?.tls.versions;
        let both = vec!["TLSv1.2".into(), "TLSv1.3".into()];
        *versions = other([Some(vec!["TLSv1.3".into()]), Some(both)], versions);
        Some(())
    }),
    ("pool", "alpn_protocols", |draft, n, _| {
        let protocols = &mut group(draft, n)?.tls.alpn;
        let one = [AlpnProtocol::H2, AlpnProtocol::Http11].map(|one| Some(vec![one]));
        *protocols = other(one, protocols);
        Some(())
    }),
    ("member", "name", |draft, n, _| Some(extend(&mut server(draft, n)?.name))),
    ("member", "weight", |draft, n, _| {
        let weight = &mut server(draft, n)?.weight;
        *weight = other(["0".into(), "77".into()], weight);
        Some(())
    }),
    ("member", "backup", |draft, n, _| Some(flip(&mut server(draft, n)?.backup))),
    ("member", "admin_state_up", |draft, n, _| Some(flip(&mut server(draft, n)?.enabled))),
    ("member", "tags", |draft, n, _| Some(server(draft, n)?.tags.push(format!("tag {n}")))),
    ("member", "monitor_address", |draft, n, _| {
        let address = &mut server(draft, n)?.monitor_address;
        *address = other(["".into(), "127.0.9.9".into()], address);
        Some(())
    }),
    ("member", "monitor_port", |draft, n, _| {
        let port = &mut server(draft, n)?.monitor_port;
        *port = other(["".into(), "8080".into()], port);
        Some(())
    }),
    ("healthmonitor", "name", |draft, n, _| Some(extend(&mut any_check(draft, n)?.name))),
    ("healthmonitor", "admin_state_up", |draft, n, _| {
        Some(flip(&mut any_check(draft, n)?.enabled))
    }),
    ("healthmonitor", "tags", |draft, n, _| {
        Some(any_check(draft, n)?.tags.push(format!("tag {n}")))
    }),
    ("healthmonitor", "delay", |draft, n, _| {
        let check = any_check(draft, n)?;
        let is_longer = check.timeout.parse::<u32>().ok()? < 3000;
        is_longer.then(|| check.delay = other(["3001".into(), "3002".into()], &check.delay))
    }),
    ("healthmonitor", "timeout", |draft, n, _| {
        let timeout = &mut any_check(draft, n)?.timeout;
        *timeout = other(["2".into(), "3".into()], timeout);
        Some(())
    }),
    ("healthmonitor", "max_retries", |draft, n, _| {
        let rise = &mut any_check(draft, n)?.rise;
        *rise = other(["2".into(), "3".into()], rise);
        Some(())
    }),
    ("healthmonitor", "max_retries_down", |draft, n, _| {
        let fall = &mut any_check(draft, n)?.fall;
        *fall = other(["2".into(), "4".into()], fall);
        Some(())
    }),
    ("healthmonitor", "http_method", |draft, n, _| {
        let method = &mut http_check(draft, n)?.method;
        *method = other(["GET".into(), "HEAD".into()], method);
        Some(())
    }),
    ("healthmonitor", "url_path", |draft, n, _| {
        let path = &mut http_check(draft, n)?.path;
        *path = other(["/a".into(), "/b".into()], path);
        Some(())
    }),
    ("healthmonitor", "expected_codes", |draft, n, _| {
        let codes = &mut http_check(draft, n)?.codes;
        *codes = other(["201".into(), "200-299".into()], codes);
        Some(())
    }),
    ("healthmonitor", "domain_name", |draft, n, _| {
        let checks = draft.groups.iter_mut().map(|group| &mut group.health);
        let named = checks.filter(|check| {
            check.kind.as_ref().is_some_and(HealthDraft::sends_request) && !check.domain.is_empty()
        });
        Some(pick(named, n)?.domain = format!("w{n}.example.org"))
    }),
    ("l7policy", "name", |draft, n, _| Some(extend(&mut any_policy(draft, n)?.name))),
    ("l7policy", "description", |draft, n, _| Some(extend(&mut any_policy(draft, n)?.description))),
    ("l7policy", "admin_state_up", |draft, n, _| Some(flip(&mut any_policy(draft, n)?.enabled))),
    ("l7policy", "tags", |draft, n, _| Some(any_policy(draft, n)?.tags.push(format!("tag {n}")))),
    ("l7policy", "redirect_pool_id", move_redirect),
    ("l7policy", "redirect_url", |draft, n, _| {
        set_target(draft, n, |action| matches!(action, PolicyAction::Url { .. }))
    }),
    ("l7policy", "redirect_prefix", |draft, n, _| {
        set_target(draft, n, |action| matches!(action, PolicyAction::Prefix { .. }))
    }),
    ("l7policy", "redirect_http_code", set_code),
    ("rule", "admin_state_up", |draft, n, _| Some(flip(&mut rule(draft, n, |_| true)?.enabled))),
    ("rule", "invert", |draft, n, _| Some(flip(&mut rule(draft, n, |_| true)?.invert))),
    ("rule", "tags", |draft, n, _| Some(rule(draft, n, |_| true)?.tags.push(format!("tag {n}")))),
    ("rule", "value", |draft, n, _| {
        let is_text = |one: &RuleDraft| matches!(one.kind, L7RuleType::HostName | L7RuleType::Path);
        Some(rule(draft, n, is_text)?.value = format!("/new/{n}"))
    }),
    ("rule", "compare_type", |draft, n, _| {
        let is_plain = |one: &RuleDraft| {
            matches!(one.kind, L7RuleType::Header | L7RuleType::HostName | L7RuleType::Path)
                && one.compare != L7RuleCompareType::Regex
        };
        let compare = &mut rule(draft, n, is_plain)?.compare;
        *compare = other([L7RuleCompareType::Contains, L7RuleCompareType::EqualTo], compare);
        Some(())
    }),
    ("rule", "key", |draft, n, _| {
        let is_named =
            |one: &RuleDraft| matches!(one.kind, L7RuleType::Header | L7RuleType::Cookie);
        Some(rule(draft, n, is_named)?.key_name = format!("x-{n}"))
    }),
];
