//! Listeners, parsed.

use super::{
    findings::Findings,
    names::listener_name,
    policies::policies,
    text::{ciphers, non_empty, short_text, tags},
};
use crate::{
    draft::{ClientCertificates, Draft, Hsts, ListenerDraft, TlsSettings, is_http},
    path::{FieldPath, ListenerField},
};
use openstack_types::{
    field::{self, FieldError, NAME_MAX},
    octavia::{ClientAuthentication, CreateListener, ListenerProtocol},
    rules,
};
use std::collections::BTreeMap;

/// The most connections of a listener. Source: Octavia, a 32-bit integer.
const CONNECTIONS_MAX: i64 = i32::MAX as i64;

/// The listeners of a draft, without options and pools.
pub(crate) fn listeners(draft: &Draft, findings: &mut Findings) -> Vec<CreateListener> {
    let mut used_ports: Vec<(&ListenerProtocol, u16)> = Vec::new();
    let mut listeners = Vec::new();
    for row in &draft.listeners {
        let path = |field| FieldPath::Listener { listener: row.key, field };
        // Octavia refuses such a listener without certificate.
        let has_certificate = row.certificate.is_some() || !row.sni.is_empty();
        if row.protocol == ListenerProtocol::TerminatedHttps && !has_certificate {
            findings.add(path(ListenerField::Certificate), FieldError::NotChosen);
        }
        let port = field::port(&row.port).and_then(|port| {
            let collides = used_ports.iter().any(|(protocol, used)| {
                *used == port && rules::ports_collide(protocol, &row.protocol)
            });
            used_ports.push((&row.protocol, port));
            if collides { Err(FieldError::Duplicate) } else { Ok(port) }
        });
        let port = findings.record(path(ListenerField::Port), port).unwrap_or_default();
        listeners.push(listener(draft, row, port, findings));
    }
    listeners
}

fn listener(
    draft: &Draft,
    row: &ListenerDraft,
    port: u16,
    findings: &mut Findings,
) -> CreateListener {
    let path = |field| FieldPath::Listener { listener: row.key, field };
    let group = row.group.and_then(|group| draft.group(group));
    if group.is_some_and(|group| !rules::pool_protocol_fits(&row.protocol, &group.protocol)) {
        findings.add(path(ListenerField::Group), FieldError::DoesNotFit);
    }
    let connection_limit = match row.connection_limit.trim() {
        "" | "-1" => None,
        limit => {
            let limit = field::integer(limit, 1, CONNECTIONS_MAX);
            findings.record(path(ListenerField::ConnectionLimit), limit)
        }
    };
    let name = match row.name.trim() {
        "" => listener_name(&row.protocol, port),
        name => name.to_owned(),
    };
    findings.record(path(ListenerField::Name), field::at_most(&name, NAME_MAX));
    short_text(path(ListenerField::Description), &row.description, findings);
    let listener = CreateListener {
        name: Some(name),
        description: non_empty(row.description.trim()),
        admin_state_up: (!row.enabled).then_some(false),
        protocol: row.protocol.clone(),
        protocol_port: port,
        connection_limit,
        default_tls_container_ref: None,
        sni_container_refs: Vec::new(),
        tls_versions: None,
        tls_ciphers: None,
        alpn_protocols: None,
        hsts_max_age: None,
        hsts_include_subdomains: None,
        hsts_preload: None,
        client_authentication: None,
        client_ca_tls_container_ref: None,
        client_crl_container_ref: None,
        l7policies: policies(draft, row, findings),
        insert_headers: insert_headers(row),
        timeout_client_data: None,
        timeout_member_connect: None,
        timeout_member_data: None,
        timeout_tcp_inspect: None,
        allowed_cidrs: None,
        tags: tags(path(ListenerField::Tags), &row.tags, findings),
        default_pool: None,
    };
    if row.ends_tls() { with_tls(listener, row, findings) } else { listener }
}

fn with_tls(
    listener: CreateListener,
    row: &ListenerDraft,
    findings: &mut Findings,
) -> CreateListener {
    const SECONDS_MAX: i64 = i32::MAX as i64;
    let path = |field| FieldPath::Listener { listener: row.key, field };
    let TlsSettings { versions, ciphers: cipher_list, alpn, hsts, clients } = &row.tls;
    if versions.as_ref().is_some_and(Vec::is_empty) {
        findings.add(path(ListenerField::TlsVersions), FieldError::NotChosen);
    }
    let tls_ciphers = ciphers(path(ListenerField::TlsCiphers), cipher_list, findings);
    let max_age = hsts.as_ref().and_then(|hsts| {
        let max_age = field::integer(&hsts.max_age, 0, SECONDS_MAX);
        findings.record(path(ListenerField::HstsMaxAge), max_age)
    });
    if let Some(clients) = clients {
        check_clients(clients, &path, findings);
    }
    let has = |flag: fn(&Hsts) -> bool| hsts.as_ref().and_then(|hsts| flag(hsts).then_some(true));
    CreateListener {
        default_tls_container_ref: row.certificate.clone(),
        sni_container_refs: row.sni.clone(),
        tls_versions: versions.clone(),
        tls_ciphers,
        alpn_protocols: alpn.clone(),
        hsts_max_age: max_age.map(|seconds| seconds as u32),
        hsts_include_subdomains: has(|hsts| hsts.include_subdomains),
        hsts_preload: has(|hsts| hsts.preload),
        client_authentication: clients.as_ref().map(|clients| clients.authentication.clone()),
        client_ca_tls_container_ref: clients.as_ref().and_then(|clients| clients.ca.clone()),
        client_crl_container_ref: clients.as_ref().and_then(|clients| clients.crl.clone()),
        ..listener
    }
}

/// Client certificates are verified with a CA, and a revocation list is one of that CA.
fn check_clients(
    clients: &ClientCertificates,
    path: &impl Fn(ListenerField) -> FieldPath,
    findings: &mut Findings,
) {
    let asks = clients.authentication != ClientAuthentication::None;
    if clients.ca.is_none() && (asks || clients.crl.is_some()) {
        findings.add(path(ListenerField::ClientCa), FieldError::NotChosen);
    }
}

/// The headers that describe a client certificate need TLS.
fn insert_headers(row: &ListenerDraft) -> BTreeMap<String, String> {
    if !is_http(&row.protocol) {
        return BTreeMap::new();
    }
    let is_tls = row.protocol == ListenerProtocol::TerminatedHttps;
    let forwarded = row.forwarded.entries().into_iter().filter(|(_, added)| *added);
    let forwarded = forwarded.map(|(name, _)| (name.to_owned(), "true".to_owned()));
    let others = row.headers.iter().filter(|(name, _)| is_tls || !name.starts_with("X-SSL-"));
    others.map(|(name, value)| (name.clone(), value.clone())).chain(forwarded).collect()
}
