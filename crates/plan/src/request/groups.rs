//! Server groups, parsed.

use super::{
    findings::Findings,
    text::{checked, ciphers, non_empty, short_text, tags},
};
use crate::{
    draft::{GroupDraft, HealthDraft, RowKey, ServerDraft, persistence_kinds_of},
    path::{FieldPath, GroupField, HealthField, ServerField},
};
use openstack_types::{
    field::{self, CookieName, DomainName, FieldError, HttpMethod, UrlPath},
    octavia::{
        CreateHealthMonitor, CreateMember, CreatePool, HttpVersion, SessionPersistence,
        SessionPersistenceType,
    },
};
use std::{collections::BTreeSet, net::IpAddr};

/// The longest delay of a health check, in seconds: one day.
const DELAY_MAX: i64 = 86_400;

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
    short_text(path(ServerField::Name), name, findings);
    // Sent in the spelling that was typed, or that the original of a clone has.
    let monitor_address = non_empty(draft.monitor_address.trim()).and_then(|address| {
        let checked = field::server_address(&address);
        findings.record(path(ServerField::MonitorAddress), checked).map(|_| address)
    });
    let monitor_port = non_empty(draft.monitor_port.trim())
        .and_then(|port| findings.record(path(ServerField::MonitorPort), field::port(&port)));
    CreateMember {
        name: (!name.is_empty()).then(|| name.to_owned()),
        address: address.map(|_| draft.address.trim().to_owned()).unwrap_or_default(),
        protocol_port,
        weight: weight.map(|n| n as u16),
        backup: draft.backup.then_some(true),
        admin_state_up: (!draft.enabled).then_some(false),
        subnet_id: draft.subnet,
        monitor_address,
        monitor_port,
        tags: tags(path(ServerField::Tags), &draft.tags, findings),
    }
}

pub(crate) fn health_monitor(
    group: RowKey,
    draft: &HealthDraft,
    findings: &mut Findings,
) -> Option<CreateHealthMonitor> {
    let kind = draft.kind.clone()?;
    let path = |field| FieldPath::Health { group, field };
    let delay =
        findings.record(path(HealthField::Delay), field::integer(&draft.delay, 1, DELAY_MAX));
    let timeout = field::integer(&draft.timeout, 1, DELAY_MAX);
    let timeout = findings.record(path(HealthField::Timeout), timeout);
    if delay.zip(timeout).is_some_and(|(delay, timeout)| timeout >= delay) {
        findings.add(path(HealthField::Timeout), FieldError::TimeoutNotBelowDelay);
    }
    let rise = findings.record(path(HealthField::Rise), field::integer(&draft.rise, 1, 10));
    let fall = findings.record(path(HealthField::Fall), field::integer(&draft.fall, 1, 10));
    short_text(path(HealthField::Name), &draft.name, findings);
    let mut monitor = CreateHealthMonitor {
        name: non_empty(draft.name.trim()),
        admin_state_up: (!draft.enabled).then_some(false),
        delay: delay.unwrap_or_default() as u32,
        timeout: timeout.unwrap_or_default() as u32,
        max_retries: rise.unwrap_or_default() as u8,
        max_retries_down: fall.map(|n| n as u8),
        http_method: None,
        url_path: None,
        expected_codes: None,
        domain_name: None,
        http_version: None,
        tags: tags(path(HealthField::Tags), &draft.tags, findings),
        kind,
    };
    if HealthDraft::sends_request(&monitor.kind) {
        let method = checked::<HttpMethod>(&draft.method);
        monitor.http_method = findings.record(path(HealthField::Method), method);
        monitor.url_path =
            findings.record(path(HealthField::Path), checked::<UrlPath>(&draft.path));
        let codes = field::expected_codes(&draft.codes).map(|_| draft.codes.trim().to_owned());
        monitor.expected_codes = findings.record(path(HealthField::Codes), codes);
        monitor.http_version = draft.http_version;
        if !draft.domain.trim().is_empty() {
            let domain = checked::<DomainName>(&draft.domain);
            monitor.domain_name = findings.record(path(HealthField::Domain), domain);
            // HTTP/1.0 has no Host header.
            if draft.http_version == Some(HttpVersion::V1_0) {
                findings.add(path(HealthField::HttpVersion), FieldError::DoesNotFit);
            }
            monitor.http_version = draft.http_version.or(Some(HttpVersion::V1_1));
        }
    }
    Some(monitor)
}

pub(crate) fn persistence(
    group: &GroupDraft,
    findings: &mut Findings,
) -> Option<SessionPersistence> {
    let (key, draft) = (group.key, &group.persistence);
    let kind = draft.kind.clone()?;
    if !persistence_kinds_of(&group.protocol).contains(&kind) {
        findings.add(FieldPath::Persistence { group: key }, FieldError::NotChosen);
    }
    let cookie_name = (kind == SessionPersistenceType::AppCookie)
        .then(|| {
            let name = checked::<CookieName>(&draft.cookie_name);
            findings.record(FieldPath::CookieName { group: key }, name)
        })
        .flatten();
    Some(SessionPersistence {
        kind,
        cookie_name,
        persistence_timeout: draft.timeout,
        persistence_granularity: draft.granularity.clone(),
    })
}

/// The pool of a group, without its members, health monitor and session persistence.
pub(crate) fn pool(group: &GroupDraft, findings: &mut Findings) -> CreatePool {
    let path = |field| FieldPath::Group { group: group.key, field };
    short_text(path(GroupField::Name), &group.name, findings);
    short_text(path(GroupField::Description), &group.description, findings);
    let tags = tags(path(GroupField::Tags), &group.tags, findings);
    let mut pool = CreatePool {
        name: group.name.trim().to_owned(),
        description: non_empty(group.description.trim()),
        admin_state_up: (!group.enabled).then_some(false),
        protocol: group.protocol.clone(),
        tls_enabled: None,
        tls_container_ref: None,
        ca_tls_container_ref: None,
        crl_container_ref: None,
        tls_ciphers: None,
        tls_versions: None,
        alpn_protocols: None,
        lb_algorithm: group.method.clone(),
        session_persistence: None,
        tags,
        members: Vec::new(),
        healthmonitor: None,
    };
    let tls = &group.tls;
    if tls.versions.as_ref().is_some_and(Vec::is_empty) {
        findings.add(path(GroupField::TlsVersions), FieldError::NotChosen);
    }
    if tls.crl.is_some() && tls.ca.is_none() {
        findings.add(path(GroupField::Ca), FieldError::NotChosen);
    }
    pool.tls_enabled = tls.enabled.then_some(true);
    pool.tls_container_ref = tls.certificate.clone();
    pool.ca_tls_container_ref = tls.ca.clone();
    pool.crl_container_ref = tls.crl.clone();
    pool.tls_ciphers = ciphers(path(GroupField::TlsCiphers), &tls.ciphers, findings);
    pool.tls_versions = tls.versions.clone();
    pool.alpn_protocols = tls.alpn.clone();
    pool
}
