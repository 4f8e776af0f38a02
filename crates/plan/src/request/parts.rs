//! The parts of a request, each read from what is typed with a finding at every field that is wrong.

use super::{Findings, listener_name, text};
use crate::{
    Draft, FieldPath, GroupDraft, HealthDraft, HealthField, ListenerField, ListenerOptions,
    PersistenceDraft, RowKey, Scope, ServerDraft, ServerField, TimeoutField,
    draft::{HEALTH_CHECKS, TlsSettings, is_http, persistences, protocols},
};
use ipnet::IpNet;
use openstack_types::{
    field::{
        self, CookieName, DomainName, ExpectedCodes, FieldError, HttpMethod, NAME_MAX, RedirectUrl,
        UrlPath,
    },
    octavia::{
        CreateHealthMonitor, CreateL7Policy, CreateListener, CreateMember, ListenerProtocol,
        SessionPersistence, SessionPersistenceType,
    },
    rules::{self, LbType},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

/// The longest a listener can wait, in milliseconds. Source: Octavia, `MAX_TIMEOUT`: one day.
const TIMEOUT_MAX_MS: u64 = 86_400_000;
/// The longest delay of a health check, in seconds: beyond an hour it would not be one.
const DELAY_MAX: i64 = 3600;
/// The most connections of a listener. Source: Octavia, an integer of 32 bits.
const CONNECTIONS_MAX: i64 = i32::MAX as i64;

pub(crate) fn listeners(draft: &Draft, findings: &mut Findings) -> Vec<CreateListener> {
    let mut made: Vec<CreateListener> = Vec::new();
    let mut placed: Vec<(&ListenerProtocol, u16)> = Vec::new();
    for listener in &draft.listeners {
        let at = |field| FieldPath::Listener { listener: listener.key, field };
        if !protocols(draft.kind).contains(&listener.protocol) {
            findings.add(at(ListenerField::Protocol), FieldError::NotChosen);
        }
        // Without one Octavia refuses the listener.
        let tls = listener.protocol == ListenerProtocol::TerminatedHttps;
        let certificate = listener.certificate.clone().filter(|_| tls);
        if tls && certificate.is_none() {
            findings.add(at(ListenerField::Certificate), FieldError::NotChosen);
        }
        let port = field::port(&listener.port).and_then(|port| {
            let taken = placed.iter().any(|(protocol, p)| {
                *p == port && rules::ports_collide(protocol, &listener.protocol)
            });
            placed.push((&listener.protocol, port));
            if taken { Err(FieldError::Duplicate) } else { Ok(port) }
        });
        let port = findings.take(at(ListenerField::Port), port).unwrap_or_default();
        let limit = listener.connection_limit.trim();
        let connection_limit = match limit {
            "" | "-1" => None,
            limit => findings.take(
                at(ListenerField::ConnectionLimit),
                field::integer(limit, 1, CONNECTIONS_MAX),
            ),
        };
        let mut insert_headers = BTreeMap::new();
        if is_http(&listener.protocol) {
            let wanted = listener.forwarded.each().into_iter().filter(|(_, wanted)| *wanted);
            insert_headers.extend(wanted.map(|(name, _)| (name.to_owned(), "true".to_owned())));
            insert_headers.extend(listener.headers.clone());
        }
        let carried = if tls { listener.tls.clone() } else { TlsSettings::default() };
        let clients = carried.clients;
        let redirect = listener.redirect.as_deref();
        let redirect = redirect.filter(|_| listener.protocol == ListenerProtocol::Http);
        let redirect = redirect
            .and_then(|text| findings.take(at(ListenerField::Redirect), redirect_url(text)));
        let name = match listener.name.trim() {
            "" => listener_name(&listener.protocol, port),
            name => name.to_owned(),
        };
        findings.take(at(ListenerField::Name), field::at_most(&name, NAME_MAX));
        let l7policies = redirect.into_iter().map(|to| CreateL7Policy {
            redirect_http_code: listener.redirect_policy.http_code,
            description: text(&listener.redirect_policy.description),
            tags: listener.redirect_policy.tags.clone(),
            ..CreateL7Policy::redirect_to_https(to)
        });
        made.push(CreateListener {
            name: Some(name),
            description: text(&listener.description),
            protocol: listener.protocol.clone(),
            protocol_port: port,
            connection_limit,
            default_tls_container_ref: certificate,
            sni_container_refs: if tls { listener.sni.clone() } else { Vec::new() },
            tls_versions: carried.versions,
            tls_ciphers: carried.ciphers,
            alpn_protocols: carried.alpn,
            hsts_max_age: carried.hsts.map(|hsts| hsts.max_age),
            hsts_include_subdomains: carried
                .hsts
                .and_then(|h| h.include_subdomains.then_some(true)),
            hsts_preload: carried.hsts.and_then(|hsts| hsts.preload.then_some(true)),
            client_authentication: clients.as_ref().map(|asked| asked.authentication.clone()),
            client_ca_tls_container_ref: clients.as_ref().and_then(|asked| asked.ca.clone()),
            client_crl_container_ref: clients.and_then(|asked| asked.crl),
            l7policies: l7policies.collect(),
            insert_headers,
            timeout_client_data: None,
            timeout_member_connect: None,
            timeout_member_data: None,
            timeout_tcp_inspect: listener.tcp_inspect,
            allowed_cidrs: None,
            tags: listener.tags.clone(),
            default_pool: None,
        });
    }
    made
}

pub(crate) fn servers(group: &GroupDraft, findings: &mut Findings) -> Vec<CreateMember> {
    let mut seen = BTreeSet::new();
    group.servers.iter().map(|typed| server(group.key, typed, &mut seen, findings)).collect()
}

fn server(
    group: RowKey,
    typed: &ServerDraft,
    seen: &mut BTreeSet<(std::net::IpAddr, u16)>,
    findings: &mut Findings,
) -> CreateMember {
    let at = |field| FieldPath::Server { group, server: typed.key, field };
    let address = field::server_address(&typed.address);
    let port = field::port(&typed.port);
    let address = match (address, &port) {
        (Ok(ip), Ok(port)) if !seen.insert((ip, *port)) => Err(FieldError::Duplicate),
        (address, _) => address,
    };
    let address = findings.take(at(ServerField::Address), address);
    let protocol_port = findings.take(at(ServerField::Port), port).unwrap_or_default();
    let weight = findings.take(at(ServerField::Weight), field::integer(&typed.weight, 0, 256));
    let name = typed.name.trim();
    findings.take(at(ServerField::Name), field::at_most(name, NAME_MAX));
    CreateMember {
        name: (!name.is_empty()).then(|| name.to_owned()),
        address: address.map(|ip| ip.to_string()).unwrap_or_default(),
        protocol_port,
        weight: weight.map(|n| n as u16),
        backup: typed.backup.then_some(true),
        admin_state_up: (!typed.enabled).then_some(false),
        subnet_id: typed.subnet,
        monitor_address: typed.monitor_address.clone(),
        monitor_port: typed.monitor_port,
        tags: typed.tags.clone(),
    }
}

pub(crate) fn health(
    group: RowKey,
    typed: &HealthDraft,
    findings: &mut Findings,
) -> Option<CreateHealthMonitor> {
    let kind = typed.kind.clone()?;
    let at = |field| FieldPath::Health { group, field };
    if !HEALTH_CHECKS.contains(&kind) {
        findings.add(at(HealthField::Kind), FieldError::NotChosen);
    }
    let delay = findings.take(at(HealthField::Delay), field::integer(&typed.delay, 1, DELAY_MAX));
    let timeout = field::integer(&typed.timeout, 1, DELAY_MAX);
    let timeout = findings.take(at(HealthField::Timeout), timeout);
    if delay.zip(timeout).is_some_and(|(delay, timeout)| timeout >= delay) {
        findings.add(at(HealthField::Timeout), FieldError::TimeoutNotBelowDelay);
    }
    let rise = findings.take(at(HealthField::Rise), field::integer(&typed.rise, 1, 10));
    let fall = findings.take(at(HealthField::Fall), field::integer(&typed.fall, 1, 10));
    let mut monitor = CreateHealthMonitor {
        name: text(&typed.name),
        delay: delay.unwrap_or_default() as u32,
        timeout: timeout.unwrap_or_default() as u32,
        max_retries: rise.unwrap_or_default() as u8,
        max_retries_down: fall.map(|n| n as u8),
        http_method: None,
        url_path: None,
        expected_codes: None,
        domain_name: None,
        http_version: None,
        tags: typed.tags.clone(),
        kind,
    };
    if HealthDraft::sends_request(&monitor.kind) {
        let method = checked::<HttpMethod>(&typed.method);
        monitor.http_method = findings.take(at(HealthField::Method), method);
        monitor.url_path = findings.take(at(HealthField::Path), checked::<UrlPath>(&typed.path));
        let codes = checked::<ExpectedCodes>(&typed.codes);
        monitor.expected_codes = findings.take(at(HealthField::Codes), codes);
        if !typed.domain.trim().is_empty() {
            let domain = checked::<DomainName>(&typed.domain);
            monitor.domain_name = findings.take(at(HealthField::Domain), domain);
            monitor.http_version = Some(1.1);
        }
    }
    Some(monitor)
}

/// Where everything is sent, as typed; a host alone will do.
fn redirect_url(text: &str) -> Result<RedirectUrl, FieldError> {
    let text = text.trim();
    let whole = match text.contains("://") || text.is_empty() {
        true => text.to_owned(),
        false => format!("https://{text}"),
    };
    checked::<RedirectUrl>(&whole)?;
    // A path begins with a slash of its own.
    let whole = whole.trim_end_matches('/');
    if whole.starts_with("https://") { whole.parse() } else { Err(FieldError::NotAUrl) }
}

/// A text that a validating type takes, trimmed.
fn checked<T: FromStr<Err = FieldError> + Into<String>>(text: &str) -> Result<String, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::Required);
    }
    text.parse::<T>().map(Into::into)
}

pub(crate) fn persistence(
    kind: LbType,
    group: RowKey,
    typed: &PersistenceDraft,
    findings: &mut Findings,
) -> Option<SessionPersistence> {
    let chosen = typed.kind.clone()?;
    if !persistences(kind).contains(&chosen) {
        findings.add(FieldPath::Persistence { group }, FieldError::NotChosen);
    }
    let cookie_name = (chosen == SessionPersistenceType::AppCookie)
        .then(|| {
            let name = checked::<CookieName>(&typed.cookie_name);
            findings.take(FieldPath::CookieName { group }, name)
        })
        .flatten();
    Some(SessionPersistence { kind: chosen, cookie_name })
}

#[derive(Clone)]
pub(crate) struct CheckedOptions {
    pub(crate) allowed_cidrs: Option<Vec<String>>,
    pub(crate) client_data: Option<u64>,
    pub(crate) member_connect: Option<u64>,
    pub(crate) member_data: Option<u64>,
}

pub(crate) fn allowed_cidrs(
    scope: Scope,
    options: &ListenerOptions,
    findings: &mut Findings,
) -> Option<Vec<String>> {
    let mut ranges: Vec<IpNet> = Vec::new();
    let entries = options.allowed_cidrs.split(['\n', ',', ';', ' ', '\t']).map(str::trim);
    for (index, entry) in entries.filter(|entry| !entry.is_empty()).enumerate() {
        let range = field::cidr(entry).map(|range| range.trunc()).and_then(|range| {
            if ranges.contains(&range) { Err(FieldError::Duplicate) } else { Ok(range) }
        });
        ranges.extend(findings.take(FieldPath::AllowedCidrs { scope, entry: index + 1 }, range));
    }
    (!ranges.is_empty()).then(|| ranges.iter().map(ToString::to_string).collect())
}

pub(crate) fn timeouts(
    scope: Scope,
    options: &ListenerOptions,
    allowed_cidrs: Option<Vec<String>>,
    findings: &mut Findings,
) -> CheckedOptions {
    let mut take = |text: &str, field| {
        let text = text.trim();
        (!text.is_empty())
            .then(|| findings.take(FieldPath::Timeout { scope, field }, milliseconds(text)))
            .flatten()
    };
    CheckedOptions {
        allowed_cidrs,
        client_data: take(&options.timeout_client_data, TimeoutField::ClientData),
        member_connect: take(&options.timeout_member_connect, TimeoutField::MemberConnect),
        member_data: take(&options.timeout_member_data, TimeoutField::MemberData),
    }
}

/// Seconds as typed, with up to three decimals, in milliseconds.
pub(crate) fn milliseconds(seconds: &str) -> Result<u64, FieldError> {
    const OUT: FieldError = FieldError::NotInRange { min: 0, max: (TIMEOUT_MAX_MS / 1000) as i64 };
    let (whole, decimals) = seconds.split_once('.').unwrap_or((seconds, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 3 {
        return Err(OUT);
    }
    let whole: u64 = whole.parse().map_err(|_| OUT)?;
    let decimals: u64 = format!("{decimals:0<3}").parse().map_err(|_| OUT)?;
    whole
        .checked_mul(1000)
        .and_then(|ms| ms.checked_add(decimals))
        .filter(|ms| *ms <= TIMEOUT_MAX_MS)
        .ok_or(OUT)
}

/// Milliseconds as seconds to type, without needless zeros.
pub fn seconds(milliseconds: u64) -> String {
    let (whole, decimals) = (milliseconds / 1000, milliseconds % 1000);
    if decimals == 0 {
        return whole.to_string();
    }
    format!("{whole}.{decimals:03}").trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_to_the_millisecond() {
        assert_eq!(milliseconds("50"), Ok(50_000));
        assert_eq!(milliseconds("2.5"), Ok(2_500));
        assert_eq!(milliseconds("0.001"), Ok(1));
        assert_eq!(milliseconds("86400"), Ok(TIMEOUT_MAX_MS));
        for bad in ["86400.001", "-1", "x", ".5", "1.0005", "1e3", "99999999999999999999", "1.-1"] {
            assert!(milliseconds(bad).is_err(), "{bad}");
        }
        for ms in [0, 1, 10, 100, 1000, 1500, 50_000, TIMEOUT_MAX_MS] {
            assert_eq!(milliseconds(&seconds(ms)), Ok(ms));
        }
    }
}
