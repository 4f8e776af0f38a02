//! Listeners, parsed.

use super::{
    findings::Findings,
    names::listener_name,
    text::{checked, non_empty},
};
use crate::{
    draft::{Draft, ListenerDraft, TlsSettings, is_http, listener_protocols},
    path::{FieldPath, ListenerField},
};
use openstack_types::{
    field::{self, FieldError, NAME_MAX, RedirectUrl},
    octavia::{CreateL7Policy, CreateListener, ListenerProtocol},
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
        if !listener_protocols(draft.lb_type).contains(&row.protocol) {
            findings.add(path(ListenerField::Protocol), FieldError::NotChosen);
        }
        // Octavia refuses such a listener without certificate.
        if row.protocol == ListenerProtocol::TerminatedHttps && row.certificate.is_none() {
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
        listeners.push(listener(row, port, findings));
    }
    listeners
}

fn listener(row: &ListenerDraft, port: u16, findings: &mut Findings) -> CreateListener {
    let path = |field| FieldPath::Listener { listener: row.key, field };
    let connection_limit = match row.connection_limit.trim() {
        "" | "-1" => None,
        limit => {
            let limit = field::integer(limit, 1, CONNECTIONS_MAX);
            findings.record(path(ListenerField::ConnectionLimit), limit)
        }
    };
    let is_tls = row.protocol == ListenerProtocol::TerminatedHttps;
    let redirect = row.redirect.as_deref().filter(|_| row.protocol == ListenerProtocol::Http);
    let redirect =
        redirect.and_then(|url| findings.record(path(ListenerField::Redirect), redirect_url(url)));
    let name = match row.name.trim() {
        "" => listener_name(&row.protocol, port),
        name => name.to_owned(),
    };
    findings.record(path(ListenerField::Name), field::at_most(&name, NAME_MAX));
    let TlsSettings { versions, ciphers, alpn, hsts, clients } =
        if is_tls { row.tls.clone() } else { TlsSettings::default() };
    CreateListener {
        name: Some(name),
        description: non_empty(&row.description),
        protocol: row.protocol.clone(),
        protocol_port: port,
        connection_limit,
        default_tls_container_ref: row.certificate.clone().filter(|_| is_tls),
        sni_container_refs: if is_tls { row.sni.clone() } else { Vec::new() },
        tls_versions: versions,
        tls_ciphers: ciphers,
        alpn_protocols: alpn,
        hsts_max_age: hsts.map(|hsts| hsts.max_age),
        hsts_include_subdomains: hsts.and_then(|hsts| hsts.include_subdomains.then_some(true)),
        hsts_preload: hsts.and_then(|hsts| hsts.preload.then_some(true)),
        client_authentication: clients.as_ref().map(|clients| clients.authentication.clone()),
        client_ca_tls_container_ref: clients.as_ref().and_then(|clients| clients.ca.clone()),
        client_crl_container_ref: clients.and_then(|clients| clients.crl),
        l7policies: redirect.into_iter().map(|url| redirect_policy(row, url)).collect(),
        insert_headers: insert_headers(row),
        timeout_client_data: None,
        timeout_member_connect: None,
        timeout_member_data: None,
        timeout_tcp_inspect: row.tcp_inspect,
        allowed_cidrs: None,
        tags: row.tags.clone(),
        default_pool: None,
    }
}

fn insert_headers(row: &ListenerDraft) -> BTreeMap<String, String> {
    if !is_http(&row.protocol) {
        return BTreeMap::new();
    }
    let forwarded = row.forwarded.entries().into_iter().filter(|(_, added)| *added);
    let forwarded = forwarded.map(|(name, _)| (name.to_owned(), "true".to_owned()));
    forwarded.chain(row.headers.clone()).collect()
}

fn redirect_policy(row: &ListenerDraft, url: RedirectUrl) -> CreateL7Policy {
    CreateL7Policy {
        redirect_http_code: row.redirect_policy.http_code,
        description: non_empty(&row.redirect_policy.description),
        tags: row.redirect_policy.tags.clone(),
        ..CreateL7Policy::redirect_to_https(url)
    }
}

/// Parses the URL of a redirect. The scheme may be left out.
fn redirect_url(text: &str) -> Result<RedirectUrl, FieldError> {
    let text = text.trim();
    let url = if text.contains("://") || text.is_empty() {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    checked::<RedirectUrl>(&url)?;
    // Octavia appends the path, which begins with a slash.
    let url = url.trim_end_matches('/');
    if url.starts_with("https://") { url.parse() } else { Err(FieldError::NotAUrl) }
}
