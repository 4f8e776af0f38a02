//! Comparable descriptions of drafts and load balancers.

use openstack_types::octavia::SessionPersistenceType;
use plan::{Draft, Edit, Graph, PolicyAction, PolicyDraft, RuleDraft, draft::is_http};
use std::collections::BTreeMap;

/// Every field of a draft, by the part that it belongs to.
pub(crate) fn fields(draft: &Draft) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let mut add = |key: String, value: String| {
        fields.insert(key, value);
    };
    add("name".into(), draft.name.trim().into());
    add("description".into(), draft.description.trim().into());
    let seconds = |text: &str, default: f64| text.trim().parse().unwrap_or(default).to_string();
    for listener in &draft.listeners {
        let key = format!("listener {} {}", listener.protocol, listener.port.trim());
        let group = listener.group.and_then(|group| draft.group(group));
        add(format!("{key} there"), String::new());
        add(format!("{key} name"), listener.name.trim().into());
        add(format!("{key} limit"), listener.connection_limit.trim().into());
        add(format!("{key} group"), group.map(|g| g.name.clone()).unwrap_or_default());
        let headers = is_http(&listener.protocol);
        add(format!("{key} headers"), format!("{:?}", headers.then_some(listener.forwarded)));
        add(format!("{key} redirect"), format!("{:?}", listener.redirect()));
        // By name: what removes a policy does not change those below it.
        for (index, policy) in listener.policies.iter().enumerate() {
            let name = &policy.name;
            let same = listener.policies[..index].iter().filter(|one| one.name == *name).count();
            add(format!("{key} policy {name} {same}"), policy_text(draft, policy));
        }
        let names: Vec<&str> = listener.policies.iter().map(|one| one.name.as_str()).collect();
        add(format!("{key} policies in order"), names.join(", "));
        add(format!("{key} enabled"), listener.enabled.to_string());
        add(format!("{key} description"), listener.description.trim().into());
        add(format!("{key} own tags"), format!("{:?}", listener.tags));
        add(format!("{key} tls"), format!("{:?} {:?}", listener.tls.hsts, listener.tls.clients));
        add(format!("{key} sni"), format!("{:?}", listener.sni));
        let options = listener.own_options.as_ref().unwrap_or(&draft.options);
        let cidrs = options.allowed_cidrs.split([',', '\n', ' ']).filter(|c| !c.is_empty());
        let cidrs = cidrs.map(|c| openstack_types::field::cidr(c).unwrap().to_string());
        add(format!("{key} cidrs"), cidrs.collect::<Vec<_>>().join(" "));
        add(format!("{key} client"), seconds(&options.timeout_client_data, 50.0));
        add(format!("{key} connect"), seconds(&options.timeout_member_connect, 5.0));
        add(format!("{key} member"), seconds(&options.timeout_member_data, 50.0));
    }
    for group in &draft.groups {
        let key = format!("group {}", group.name.trim());
        add(format!("{key} there"), String::new());
        add(format!("{key} method"), group.method.to_string());
        add(format!("{key} enabled"), group.enabled.to_string());
        add(format!("{key} protocol"), group.protocol.to_string());
        add(format!("{key} own tags"), format!("{:?} {}", group.tags, group.description));
        add(format!("{key} tls"), format!("{:?}", group.tls));
        let persistence = &group.persistence;
        let cookie = persistence.kind == Some(SessionPersistenceType::AppCookie);
        let cookie = cookie.then(|| persistence.cookie_name.clone());
        add(format!("{key} persistence"), format!("{:?} {cookie:?}", persistence.kind));
        let health = &group.health;
        add(format!("{key} check"), format!("{:?}", health.kind));
        if let Some(kind) = &health.kind {
            for (name, text) in [
                ("delay", &health.delay),
                ("timeout", &health.timeout),
                ("rise", &health.rise),
                ("fall", &health.fall),
            ] {
                add(format!("{key} check {name}"), text.trim().into());
            }
            if plan::HealthDraft::sends_request(kind) {
                for (name, text) in [
                    ("method", &health.method),
                    ("path", &health.path),
                    ("codes", &health.codes),
                    ("domain", &health.domain),
                ] {
                    add(format!("{key} check {name}"), text.trim().into());
                }
            }
        }
        for server in &group.servers {
            let key = format!("{key} server {} {}", server.address.trim(), server.port.trim());
            add(format!("{key} there"), String::new());
            add(format!("{key} weight"), server.weight.trim().into());
            add(format!("{key} backup"), server.backup.to_string());
            add(format!("{key} enabled"), server.enabled.to_string());
            add(format!("{key} name"), server.name.trim().into());
            add(format!("{key} subnet"), format!("{:?}", server.subnet));
            add(
                format!("{key} monitor"),
                format!("{:?} {:?}", server.monitor_address, server.monitor_port),
            );
            add(format!("{key} tags"), format!("{:?}", server.tags));
        }
    }
    fields
}

fn policy_text(draft: &Draft, policy: &PolicyDraft) -> String {
    let group = policy.action.group().and_then(|group| draft.group(group));
    let action = match &policy.action {
        PolicyAction::Group(_) => {
            format!("to {}", group.map(|group| group.name.clone()).unwrap_or_default())
        }
        other => format!("{other:?}"),
    };
    let mut rules: Vec<String> = policy
        .rules
        .iter()
        .map(|rule| {
            let RuleDraft { kind, compare, key_name, value, invert, enabled, .. } = rule;
            format!("{kind} {compare} {key_name} {value} {invert} {enabled}")
        })
        .collect();
    rules.sort();
    let PolicyDraft { name, enabled, tags, .. } = policy;
    format!("{name} {action} {enabled} {tags:?} {rules:?}")
}

/// Every field of a load balancer, as its edit form shows it.
pub(crate) fn graph_fields(graph: &Graph) -> BTreeMap<String, String> {
    fields(Edit::new(graph.clone()).base_draft())
}
