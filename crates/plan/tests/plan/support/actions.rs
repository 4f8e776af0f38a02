//! Random actions of a user in the edit form.

use openstack_types::octavia::{HealthMonitorType, ListenerProtocol, SessionPersistenceType};
use plan::{
    Draft, ListenerDraft, PolicyAction, RowKey, ServerDraft,
    draft::{LB_ALGORITHMS, persistence_kinds},
};
use proptest::{collection::vec, prelude::*, sample::Index};

/// An action of a user in the form.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    kind: u8,
    target: Index,
    detail: Index,
    number: u16,
}

pub(crate) fn actions(max: usize) -> impl Strategy<Value = Vec<Action>> {
    let action = (any::<u8>(), any::<Index>(), any::<Index>(), any::<u16>());
    let action =
        action.prop_map(|(kind, target, detail, number)| Action { kind, target, detail, number });
    vec(action, 0..=max)
}

/// The number of kinds of actions.
pub(crate) const ALL: u8 = 32;
/// The number of kinds, from the first, that neither remove anything nor rename a group.
pub(crate) const HARMLESS: u8 = 18;

/// Performs actions of the first `kinds` kinds. An action without a target does nothing.
pub(crate) fn perform(draft: &mut Draft, actions: &[Action], kinds: u8) {
    for action in actions {
        let kind = action.kind % kinds;
        match kind {
            0..=9 => change_group(draft, action, kind),
            10..=14 | 17 => change_listener(draft, action, kind),
            _ => change_structure(draft, action, kind),
        }
    }
}

fn pick<T>(index: Index, all: &mut [T]) -> Option<&mut T> {
    if all.is_empty() { None } else { Some(&mut all[index.index(all.len())]) }
}

fn change_server(draft: &mut Draft, action: &Action, change: fn(&mut ServerDraft, u16)) {
    if let Some(group) = pick(action.target, &mut draft.groups)
        && let Some(server) = pick(action.detail, &mut group.servers)
    {
        change(server, action.number);
    }
}

fn change_group(draft: &mut Draft, action: &Action, kind: u8) {
    let number = action.number;
    let lb_type = draft.lb_type;
    match kind {
        0 => change_server(draft, action, |server, n| server.weight = (n % 257).to_string()),
        1 => change_server(draft, action, |server, _| server.backup = !server.backup),
        2 => change_server(draft, action, |server, _| server.enabled = !server.enabled),
        3 => change_server(draft, action, |server, n| server.name = format!("server {n}")),
        4 => {
            if let Some(group) = pick(action.target, &mut draft.groups) {
                let key = group.key;
                let address = format!("198.51.100.{}", number % 9 + 1);
                draft.add_server_at(key, address, "8080".into(), Some((number % 3).to_string()));
            }
        }
        5 => {
            if let Some(group) = pick(action.target, &mut draft.groups) {
                group.method = LB_ALGORITHMS[action.detail.index(LB_ALGORITHMS.len())].clone();
            }
        }
        6 => {
            if let Some(group) = pick(action.target, &mut draft.groups) {
                let kinds = persistence_kinds(lb_type);
                group.persistence.kind = kinds.get(action.detail.index(kinds.len() + 1)).cloned();
                if group.persistence.kind == Some(SessionPersistenceType::AppCookie) {
                    group.persistence.cookie_name = "SESSION".into();
                }
            }
        }
        7 => {
            if let Some(group) = pick(action.target, &mut draft.groups) {
                group.health.delay = (number % 100 + 2).to_string();
                group.health.timeout = "1".into();
            }
        }
        8 => {
            if let Some(group) = pick(action.target, &mut draft.groups) {
                group.health.path = format!("/health/{number}");
                group.health.codes = "200-204".into();
            }
        }
        9 => {
            if let Some(group) = pick(action.target, &mut draft.groups) {
                let domain = if number.is_multiple_of(2) { "" } else { "www.example.org" };
                group.health.domain = domain.into();
            }
        }
        _ => unreachable!("{kind} is not an action on a group"),
    }
}

fn change_listener(draft: &mut Draft, action: &Action, kind: u8) {
    let number = action.number;
    match kind {
        10 => {
            if let Some(listener) = pick(action.target, &mut draft.listeners) {
                listener.name = format!("listener {number}");
            }
        }
        11 => {
            if let Some(listener) = pick(action.target, &mut draft.listeners) {
                let none = number.is_multiple_of(3);
                listener.connection_limit = if none { String::new() } else { number.to_string() };
            }
        }
        12 => {
            if let Some(listener) = pick(action.target, &mut draft.listeners)
                && let Some(options) = &mut listener.own_options
            {
                options.allowed_cidrs = match number % 3 {
                    0 => String::new(),
                    1 => "203.0.113.0/24, 192.0.2.7".into(),
                    _ => "2001:db8::/32".into(),
                };
            }
        }
        13 => {
            if let Some(listener) = pick(action.target, &mut draft.listeners)
                && let Some(options) = &mut listener.own_options
            {
                let texts = ["", "0.5", "50", "5", "120"];
                options.timeout_client_data = texts[action.detail.index(5)].into();
                options.timeout_member_data = texts[number as usize % 5].into();
            }
        }
        14 => {
            if let Some(listener) = pick(action.target, &mut draft.listeners) {
                match number % 3 {
                    0 => listener.forwarded.address = !listener.forwarded.address,
                    1 => listener.forwarded.port = !listener.forwarded.port,
                    _ => listener.forwarded.protocol = !listener.forwarded.protocol,
                }
            }
        }
        17 => {
            let http = |l: &&mut ListenerDraft| l.protocol == ListenerProtocol::Http;
            let mut listeners: Vec<_> = draft.listeners.iter_mut().filter(http).collect();
            let url = match number % 3 {
                0 => None,
                1 => Some("www.example.org".into()),
                _ => Some("https://www.example.com:8443".into()),
            };
            if let Some(key) = pick(action.target, &mut listeners).map(|listener| listener.key) {
                draft.set_redirect(key, url);
            }
        }
        _ => unreachable!("{kind} is not an action on a listener"),
    }
}

/// Adds, removes, renames, moves or replaces parts.
fn change_structure(draft: &mut Draft, action: &Action, kind: u8) {
    let number = action.number;
    match kind {
        15 => draft.description = format!("number {number}"),
        16 => {
            let group = pick(action.target, &mut draft.groups).map(|group| group.key);
            let key = draft.add_listener();
            let listener = draft.listener_mut(key).unwrap();
            listener.port = (40_000 + number % 20).to_string();
            listener.group = group;
        }
        18 => draft.name = format!("lb {number}"),
        19 => {
            if let Some(group) = pick(action.target, &mut draft.groups)
                && !group.servers.is_empty()
            {
                group.servers.remove(action.detail.index(group.servers.len()));
            }
        }
        20 => {
            if !draft.listeners.is_empty() {
                draft.listeners.remove(action.target.index(draft.listeners.len()));
            }
        }
        21 => {
            if let Some(group) = pick(action.target, &mut draft.groups) {
                let kinds = [
                    None,
                    Some(HealthMonitorType::Http),
                    Some(HealthMonitorType::Https),
                    Some(HealthMonitorType::Tcp),
                    Some(HealthMonitorType::Ping),
                    Some(HealthMonitorType::TlsHello),
                ];
                group.health.kind = kinds[action.detail.index(kinds.len())].clone();
                group.health.delay = "9".into();
                group.health.timeout = "2".into();
            }
        }
        22 => change_server(draft, action, |server, n| {
            server.address = format!("198.51.100.{}", n % 9 + 100)
        }),
        23 => {
            let groups: Vec<RowKey> = draft.groups.iter().map(|group| group.key).collect();
            if let Some(listener) = pick(action.target, &mut draft.listeners)
                && !groups.is_empty()
            {
                listener.group = Some(groups[action.detail.index(groups.len())]);
            }
        }
        24 => {
            let key = draft.add_group();
            let address = format!("198.51.100.{}", number % 9 + 1);
            draft.add_server_at(key, address, "80".into(), None);
            if let Some(listener) = pick(action.target, &mut draft.listeners) {
                listener.group = Some(key);
            }
        }
        26..=31 => change_policies(draft, action, kind),
        _ => {
            if let Some(group) = pick(action.target, &mut draft.groups) {
                let key = group.key;
                // Removed and added again.
                if let Some(server) = group.servers.pop() {
                    draft.add_server_at(key, server.address, server.port, Some("7".into()));
                }
            }
        }
    }
}

/// Adds, changes, moves and removes policies and their rules, and removes unused groups.
fn change_policies(draft: &mut Draft, action: &Action, kind: u8) {
    let number = action.number;
    let groups: Vec<RowKey> = draft.groups.iter().map(|group| group.key).collect();
    if kind == 31 {
        let group = groups.get(action.detail.index(groups.len().max(1)));
        if let Some(group) = group {
            draft.remove_group(*group);
        }
        return;
    }
    let mut listeners: Vec<RowKey> = draft
        .listeners
        .iter()
        .filter(|listener| plan::draft::is_http(&listener.protocol))
        .map(|listener| listener.key)
        .collect();
    let Some(listener) = pick(action.target, &mut listeners).copied() else { return };
    let policies = draft.listener(listener).unwrap().policies.len();
    if kind == 26 {
        let chosen = match number % 4 {
            0 => PolicyAction::Reject,
            1 => PolicyAction::Url { url: "https://example.org/moved".into(), code: Some(301) },
            _ if groups.is_empty() => PolicyAction::Reject,
            _ => PolicyAction::Group(Some(groups[action.detail.index(groups.len())])),
        };
        let policy = draft.add_policy(listener, chosen).unwrap();
        draft.policy_mut(listener, policy).unwrap().name =
            format!("policy {}", draft.listeners.len() * 100 + policies);
        for n in 0..number % 3 {
            let rule = draft.add_rule(listener, policy).unwrap();
            let rule = draft.policy_mut(listener, policy).unwrap().rule_mut(rule).unwrap();
            rule.value = format!("/{number}/{n}");
        }
        return;
    }
    if policies == 0 {
        return;
    }
    let policy = draft.listener(listener).unwrap().policies[action.detail.index(policies)].key;
    match kind {
        27 => draft.move_policy(listener, policy, number as usize % policies),
        28 => draft.remove_policy(listener, policy),
        29 => {
            let one = draft.policy_mut(listener, policy).unwrap();
            match number % 4 {
                0 => one.enabled = !one.enabled,
                1 => one.rules.truncate(1),
                2 => {
                    one.action =
                        PolicyAction::Url { url: format!("https://{number}.example"), code: None }
                }
                _ => {
                    let rule = draft.add_rule(listener, policy).unwrap();
                    let one = draft.policy_mut(listener, policy).unwrap();
                    one.rule_mut(rule).unwrap().value = format!("/added/{number}");
                }
            }
        }
        _ => {
            let one = draft.policy_mut(listener, policy).unwrap();
            for rule in one.rules.iter_mut().take(1 + number as usize % 2) {
                rule.value = format!("/changed/{number}");
            }
        }
    }
}
