//! Load balancers as others made them, and edits of them.
#![allow(dead_code)]

use super::{cloud::Cloud, created, good_draft};
use openstack_types::{
    OperatingStatus,
    octavia::{HealthMonitorType, ListenerProtocol, SessionPersistenceType},
};
use plan::{
    Draft, Edit, Graph, ListenerDraft, RowKey, ServerDraft,
    draft::{LB_ALGORITHMS, is_http, persistence_kinds},
    edit::{NextAction, PlanRun},
    to_request,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use std::collections::BTreeMap;

/// What hangs on a load balancer that some other tool made: with all that the form cannot show.
pub fn any_graph() -> impl Strategy<Value = Graph> {
    (good_draft(), vec(any::<u8>(), 40)).prop_map(|(draft, dice)| {
        let mut graph = created(&to_request(&draft).unwrap());
        let mut dice = dice.into_iter().cycle();
        let mut roll = |n: u8| dice.next().unwrap_or_default() % n == 0;
        for listener in &mut graph.listeners {
            if roll(2) {
                listener.sni_container_refs = vec!["https://barbican/v1/secrets/a".into()];
            }
            if roll(3) {
                listener.insert_headers.insert("X-SSL-Client-Verify".into(), "true".into());
            }
            if roll(3) {
                listener.name = String::new();
            }
            if roll(4) {
                // Longer than the form takes.
                listener.timeout_client_data = Some(2 * 86_400_000);
            }
        }
        for member in graph.members.values_mut().flatten() {
            if roll(2) {
                member.tags = vec!["blue".into()];
            }
            if roll(3) {
                member.admin_state_up = false;
                member.operating_status = OperatingStatus::Offline;
            }
            if roll(3) {
                member.monitor_address = Some("192.0.2.250".into());
                member.monitor_port = Some(8080);
            }
        }
        for monitor in &mut graph.monitors {
            if roll(3) {
                // As Octavia takes it from others.
                monitor.timeout = monitor.delay + 1;
            }
            monitor.admin_state_up = !roll(4);
            monitor.name = "watch".into();
        }
        graph
    })
}

/// Something a person does in the form.
#[derive(Clone, Debug)]
pub struct Act {
    what: u8,
    which: Index,
    other: Index,
    number: u16,
}

pub fn acts(most: usize) -> impl Strategy<Value = Vec<Act>> {
    let act = (any::<u8>(), any::<Index>(), any::<Index>(), any::<u16>());
    vec(act, 0..=most).prop_map(|acts| {
        acts.into_iter()
            .map(|(what, which, other, number)| Act { what, which, other, number })
            .collect()
    })
}

/// Kinds of acts; the first so many neither take away nor rename what others refer to.
const ACTS: u8 = 26;
/// How many kinds change or add only.
pub const HARMLESS: u8 = 18;

/// Does it, if there is anything to do it to.
pub fn act(draft: &mut Draft, acts: &[Act], kinds: u8) {
    for act in acts {
        do_one(draft, act, act.what % kinds.min(ACTS));
    }
}

pub const ALL: u8 = ACTS;

fn pick<T>(index: Index, all: &mut [T]) -> Option<&mut T> {
    if all.is_empty() { None } else { Some(&mut all[index.index(all.len())]) }
}

fn do_one(draft: &mut Draft, act: &Act, what: u8) {
    let number = act.number;
    let kind = draft.lb_type;
    let server = |draft: &mut Draft, work: fn(&mut ServerDraft, u16)| {
        if let Some(group) = pick(act.which, &mut draft.groups)
            && let Some(server) = pick(act.other, &mut group.servers)
        {
            work(server, number);
        }
    };
    match what {
        0 => server(draft, |server, n| server.weight = (n % 257).to_string()),
        1 => server(draft, |server, _| server.backup = !server.backup),
        2 => server(draft, |server, _| server.enabled = !server.enabled),
        3 => server(draft, |server, n| server.name = format!("server {n}")),
        4 => {
            if let Some(group) = pick(act.which, &mut draft.groups) {
                let key = group.key;
                let address = format!("198.51.100.{}", number % 9 + 1);
                draft.add_server_at(key, address, "8080".into(), Some((number % 3).to_string()));
            }
        }
        5 => {
            if let Some(group) = pick(act.which, &mut draft.groups) {
                group.method = LB_ALGORITHMS[act.other.index(LB_ALGORITHMS.len())].clone();
            }
        }
        6 => {
            if let Some(group) = pick(act.which, &mut draft.groups) {
                let kinds = persistence_kinds(kind);
                group.persistence.kind = kinds.get(act.other.index(kinds.len() + 1)).cloned();
                if group.persistence.kind == Some(SessionPersistenceType::AppCookie) {
                    group.persistence.cookie_name = "SESSION".into();
                }
            }
        }
        7 => {
            if let Some(group) = pick(act.which, &mut draft.groups) {
                group.health.delay = (number % 100 + 2).to_string();
                group.health.timeout = "1".into();
            }
        }
        8 => {
            if let Some(group) = pick(act.which, &mut draft.groups) {
                group.health.path = format!("/health/{number}");
                group.health.codes = "200-204".into();
            }
        }
        9 => {
            if let Some(group) = pick(act.which, &mut draft.groups) {
                let domain = if number.is_multiple_of(2) { "" } else { "www.example.org" };
                group.health.domain = domain.into();
            }
        }
        10 => {
            if let Some(listener) = pick(act.which, &mut draft.listeners) {
                listener.name = format!("listener {number}");
            }
        }
        11 => {
            if let Some(listener) = pick(act.which, &mut draft.listeners) {
                let none = number.is_multiple_of(3);
                listener.connection_limit = if none { String::new() } else { number.to_string() };
            }
        }
        12 => {
            if let Some(listener) = pick(act.which, &mut draft.listeners)
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
            if let Some(listener) = pick(act.which, &mut draft.listeners)
                && let Some(options) = &mut listener.own_options
            {
                let texts = ["", "0.5", "50", "5", "120"];
                options.timeout_client_data = texts[act.other.index(5)].into();
                options.timeout_member_data = texts[number as usize % 5].into();
            }
        }
        14 => {
            if let Some(listener) = pick(act.which, &mut draft.listeners) {
                match number % 3 {
                    0 => listener.forwarded.address = !listener.forwarded.address,
                    1 => listener.forwarded.port = !listener.forwarded.port,
                    _ => listener.forwarded.protocol = !listener.forwarded.protocol,
                }
            }
        }
        15 => draft.description = format!("number {number}"),
        16 => {
            let group = pick(act.which, &mut draft.groups).map(|group| group.key);
            let key = draft.add_listener();
            let listener = draft.listener_mut(key).unwrap();
            listener.port = (40_000 + number % 20).to_string();
            listener.group = group;
        }
        17 => {
            let http = |l: &&mut ListenerDraft| l.protocol == ListenerProtocol::Http;
            let mut listeners: Vec<_> = draft.listeners.iter_mut().filter(http).collect();
            if let Some(listener) = pick(act.which, &mut listeners) {
                listener.redirect = match number % 3 {
                    0 => None,
                    1 => Some("www.example.org".into()),
                    _ => Some("https://www.example.com:8443".into()),
                };
            }
        }
        18 => draft.name = format!("lb {number}"),
        19 => {
            if let Some(group) = pick(act.which, &mut draft.groups)
                && !group.servers.is_empty()
            {
                group.servers.remove(act.other.index(group.servers.len()));
            }
        }
        20 => {
            if !draft.listeners.is_empty() {
                draft.listeners.remove(act.which.index(draft.listeners.len()));
            }
        }
        21 => {
            if let Some(group) = pick(act.which, &mut draft.groups) {
                let kinds = [
                    None,
                    Some(HealthMonitorType::Http),
                    Some(HealthMonitorType::Https),
                    Some(HealthMonitorType::Tcp),
                    Some(HealthMonitorType::Ping),
                    Some(HealthMonitorType::TlsHello),
                ];
                group.health.kind = kinds[act.other.index(kinds.len())].clone();
                group.health.delay = "9".into();
                group.health.timeout = "2".into();
            }
        }
        22 => server(draft, |server, n| server.address = format!("198.51.100.{}", n % 9 + 100)),
        23 => {
            let groups: Vec<RowKey> = draft.groups.iter().map(|group| group.key).collect();
            if let Some(listener) = pick(act.which, &mut draft.listeners)
                && !groups.is_empty()
            {
                listener.group = Some(groups[act.other.index(groups.len())]);
            }
        }
        24 => {
            let key = draft.add_group();
            let address = format!("198.51.100.{}", number % 9 + 1);
            draft.add_server_at(key, address, "80".into(), None);
            if let Some(listener) = pick(act.which, &mut draft.listeners) {
                listener.group = Some(key);
            }
        }
        _ => {
            if let Some(group) = pick(act.which, &mut draft.groups) {
                let key = group.key;
                // Taken away and typed again.
                if let Some(server) = group.servers.pop() {
                    draft.add_server_at(key, server.address, server.port, Some("7".into()));
                }
            }
        }
    }
}

/// Carries a plan out, with a look at every state between two steps; at most `most` steps.
pub fn carry_out(
    cloud: &mut Cloud,
    edit: &Edit,
    plan: plan::Plan,
    most: usize,
    mut look: impl FnMut(&Graph),
) {
    let mut run = PlanRun::new(edit.base().loadbalancer.id, plan);
    for _ in 0..most {
        let Some(request) = run.next_request() else { break };
        let answer = cloud.take(&request);
        let next = run.handle_response(answer.as_deref());
        assert_eq!(next, NextAction::Continue, "{request:?}");
        // Anything before the change is carried out is refused, and asked again.
        if let Some(request) = run.next_request() {
            let early = cloud.take(&request);
            assert_eq!(run.handle_response(early.as_deref()), NextAction::Retry);
        }
        cloud.become_active();
        look(&cloud.graph);
    }
}

/// Every field of every part, by what a person knows the part by.
pub fn view(draft: &Draft) -> BTreeMap<String, String> {
    let mut view = BTreeMap::new();
    let mut say = |key: String, value: String| {
        view.insert(key, value);
    };
    say("name".into(), draft.name.trim().into());
    say("description".into(), draft.description.trim().into());
    let seconds = |text: &str, default: f64| text.trim().parse().unwrap_or(default).to_string();
    for listener in &draft.listeners {
        let key = format!("listener {} {}", listener.protocol, listener.port.trim());
        let group = listener.group.and_then(|group| draft.group(group));
        say(format!("{key} there"), String::new());
        say(format!("{key} name"), listener.name.trim().into());
        say(format!("{key} limit"), listener.connection_limit.trim().into());
        say(format!("{key} group"), group.map(|g| g.name.clone()).unwrap_or_default());
        let headers = is_http(&listener.protocol);
        say(format!("{key} headers"), format!("{:?}", headers.then_some(listener.forwarded)));
        say(format!("{key} redirect"), format!("{:?}", listener.redirect));
        let options = listener.own_options.as_ref().unwrap_or(&draft.options);
        let cidrs = options.allowed_cidrs.split([',', '\n', ' ']).filter(|c| !c.is_empty());
        let cidrs = cidrs.map(|c| openstack_types::field::cidr(c).unwrap().to_string());
        say(format!("{key} cidrs"), cidrs.collect::<Vec<_>>().join(" "));
        say(format!("{key} client"), seconds(&options.timeout_client_data, 50.0));
        say(format!("{key} connect"), seconds(&options.timeout_member_connect, 5.0));
        say(format!("{key} member"), seconds(&options.timeout_member_data, 50.0));
    }
    for group in &draft.groups {
        let key = format!("group {}", group.name.trim());
        say(format!("{key} there"), String::new());
        say(format!("{key} method"), group.method.to_string());
        let kept = &group.persistence;
        let cookie = kept.kind == Some(SessionPersistenceType::AppCookie);
        let cookie = cookie.then(|| kept.cookie_name.clone());
        say(format!("{key} persistence"), format!("{:?} {cookie:?}", kept.kind));
        let health = &group.health;
        say(format!("{key} check"), format!("{:?}", health.kind));
        if let Some(kind) = &health.kind {
            for (name, text) in [
                ("delay", &health.delay),
                ("timeout", &health.timeout),
                ("rise", &health.rise),
                ("fall", &health.fall),
            ] {
                say(format!("{key} check {name}"), text.trim().into());
            }
            if plan::HealthDraft::sends_request(kind) {
                for (name, text) in [
                    ("method", &health.method),
                    ("path", &health.path),
                    ("codes", &health.codes),
                    ("domain", &health.domain),
                ] {
                    say(format!("{key} check {name}"), text.trim().into());
                }
            }
        }
        for server in &group.servers {
            let key = format!("{key} server {} {}", server.address.trim(), server.port.trim());
            say(format!("{key} there"), String::new());
            say(format!("{key} weight"), server.weight.trim().into());
            say(format!("{key} backup"), server.backup.to_string());
            say(format!("{key} enabled"), server.enabled.to_string());
            say(format!("{key} name"), server.name.trim().into());
            say(format!("{key} subnet"), format!("{:?}", server.subnet));
            say(
                format!("{key} monitor"),
                format!("{:?} {:?}", server.monitor_address, server.monitor_port),
            );
            say(format!("{key} tags"), format!("{:?}", server.tags));
        }
    }
    view
}

/// What there is, as a form would show it.
pub fn shown(graph: &Graph) -> BTreeMap<String, String> {
    view(&Edit::new(graph.clone()).base_draft())
}
