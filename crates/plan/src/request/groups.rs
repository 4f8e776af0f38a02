//! Server groups, parsed.

use super::{
    findings::Findings,
    text::{checked, non_empty},
};
use crate::{
    draft::{
        GroupDraft, HEALTH_CHECK_KINDS, HealthDraft, PersistenceDraft, RowKey, ServerDraft,
        persistence_kinds,
    },
    path::{FieldPath, HealthField, ServerField},
};
use openstack_types::{
    field::{self, CookieName, DomainName, FieldError, HttpMethod, NAME_MAX, UrlPath},
    octavia::{CreateHealthMonitor, CreateMember, SessionPersistence, SessionPersistenceType},
    rules::LbType,
};
use std::{collections::BTreeSet, net::IpAddr};

/// The longest delay of a health check, in seconds.
const DELAY_MAX: i64 = 3600;

pub(crate) fn servers(group: &GroupDraft, findings: &mut Findings) -> Vec<CreateMember> {
    let mut seen = BTreeSet::new();
    group.servers.iter().map(|draft| server(group.key, draft, &mut seen, findings)).collect()
}

fn server(
    group: RowKey,
    draft: &ServerDraft,
    seen: &mut BTreeSet<(IpAddr, u16)>,
    findings: &mut Findings,
) -> CreateMember {
    let path = |field| FieldPath::Server { group, server: draft.key, field };
    let address = field::server_address(&draft.address);
    let port = field::port(&draft.port);
    let address = match (address, &port) {
        (Ok(ip), Ok(port)) if !seen.insert((ip, *port)) => Err(FieldError::Duplicate),
        (address, _) => address,
    };
    let address = findings.record(path(ServerField::Address), address);
    let protocol_port = findings.record(path(ServerField::Port), port).unwrap_or_default();
    let weight = findings.record(path(ServerField::Weight), field::integer(&draft.weight, 0, 256));
    let name = draft.name.trim();
    findings.record(path(ServerField::Name), field::at_most(name, NAME_MAX));
    CreateMember {
        name: (!name.is_empty()).then(|| name.to_owned()),
        address: address.map(|ip| ip.to_string()).unwrap_or_default(),
        protocol_port,
        weight: weight.map(|n| n as u16),
        backup: draft.backup.then_some(true),
        admin_state_up: (!draft.enabled).then_some(false),
        subnet_id: draft.subnet,
        monitor_address: draft.monitor_address.clone(),
        monitor_port: draft.monitor_port,
        tags: draft.tags.clone(),
    }
}

pub(crate) fn health_monitor(
    group: RowKey,
    draft: &HealthDraft,
    findings: &mut Findings,
) -> Option<CreateHealthMonitor> {
    let kind = draft.kind.clone()?;
    let path = |field| FieldPath::Health { group, field };
    if !HEALTH_CHECK_KINDS.contains(&kind) {
        findings.add(path(HealthField::Kind), FieldError::NotChosen);
    }
    let delay =
        findings.record(path(HealthField::Delay), field::integer(&draft.delay, 1, DELAY_MAX));
    let timeout = field::integer(&draft.timeout, 1, DELAY_MAX);
    let timeout = findings.record(path(HealthField::Timeout), timeout);
    if delay.zip(timeout).is_some_and(|(delay, timeout)| timeout >= delay) {
        findings.add(path(HealthField::Timeout), FieldError::TimeoutNotBelowDelay);
    }
    let rise = findings.record(path(HealthField::Rise), field::integer(&draft.rise, 1, 10));
    let fall = findings.record(path(HealthField::Fall), field::integer(&draft.fall, 1, 10));
    let mut monitor = CreateHealthMonitor {
        name: non_empty(&draft.name),
        delay: delay.unwrap_or_default() as u32,
        timeout: timeout.unwrap_or_default() as u32,
        max_retries: rise.unwrap_or_default() as u8,
        max_retries_down: fall.map(|n| n as u8),
        http_method: None,
        url_path: None,
        expected_codes: None,
        domain_name: None,
        http_version: None,
        tags: draft.tags.clone(),
        kind,
    };
    if HealthDraft::sends_request(&monitor.kind) {
        let method = checked::<HttpMethod>(&draft.method);
        monitor.http_method = findings.record(path(HealthField::Method), method);
        monitor.url_path =
            findings.record(path(HealthField::Path), checked::<UrlPath>(&draft.path));
        let codes = field::expected_codes(&draft.codes).map(String::from);
        monitor.expected_codes = findings.record(path(HealthField::Codes), codes);
        if !draft.domain.trim().is_empty() {
            let domain = checked::<DomainName>(&draft.domain);
            monitor.domain_name = findings.record(path(HealthField::Domain), domain);
            monitor.http_version = Some(1.1);
        }
    }
    Some(monitor)
}

pub(crate) fn persistence(
    lb_type: LbType,
    group: RowKey,
    draft: &PersistenceDraft,
    findings: &mut Findings,
) -> Option<SessionPersistence> {
    let kind = draft.kind.clone()?;
    if !persistence_kinds(lb_type).contains(&kind) {
        findings.add(FieldPath::Persistence { group }, FieldError::NotChosen);
    }
    let cookie_name = (kind == SessionPersistenceType::AppCookie)
        .then(|| {
            let name = checked::<CookieName>(&draft.cookie_name);
            findings.record(FieldPath::CookieName { group }, name)
        })
        .flatten();
    Some(SessionPersistence { kind, cookie_name })
}
