//! Writing edited fields the way the form shows an existing object, so that equal values are equal
//! texts.

use crate::{
    Draft, GroupDraft, HealthDraft, ListenerDraft, ListenerOptions, PolicyAction, PolicyDraft,
    TimeoutField,
    draft::ForwardedHeaders,
    edit::{
        base::Edit,
        parsed::{ParsedDraft, ParsedGroup},
    },
    graph::options_draft,
};
use openstack_types::octavia::{CreateHealthMonitor, CreateL7Policy, CreateListener};
use std::net::IpAddr;

const TIMEOUTS: [TimeoutField; 4] = [
    TimeoutField::ClientData,
    TimeoutField::MemberConnect,
    TimeoutField::MemberData,
    TimeoutField::TcpInspect,
];

pub(super) fn draft(edit: &Edit, draft: &mut Draft, parsed: &ParsedDraft) {
    trim(&mut draft.name, Some(&edit.base_draft.name));
    trim(&mut draft.description, Some(&edit.base_draft.description));
    let Draft { listeners, groups, options: shared, .. } = draft;
    for row in listeners {
        let base = edit.base_draft.listener(row.key);
        listener(row, base, parsed.listeners.get(&row.key), shared);
    }
    for row in groups {
        let base = edit.base_draft.group(row.key);
        group(row, base, parsed.groups.get(&row.key));
    }
}

fn listener(
    row: &mut ListenerDraft,
    base: Option<&ListenerDraft>,
    parsed: Option<&CreateListener>,
    shared: &ListenerOptions,
) {
    trim(&mut row.name, base.map(|base| &base.name));
    trim(&mut row.description, base.map(|base| &base.description));
    trim(&mut row.tls.ciphers, base.map(|base| &base.tls.ciphers));
    integer(&mut row.port);
    integer(&mut row.connection_limit);
    if let Some(hsts) = &mut row.tls.hsts {
        integer(&mut hsts.max_age);
    }
    if row.connection_limit == "-1" {
        row.connection_limit.clear();
    }
    let Some(parsed) = parsed else { return };
    if base.is_none() {
        row.forwarded = ForwardedHeaders::from_headers(&parsed.insert_headers);
        row.headers = ForwardedHeaders::other_headers(&parsed.insert_headers);
    }
    for (policy, parsed) in row.policies.iter_mut().zip(&parsed.l7policies) {
        let base = base.and_then(|base| base.policy(policy.key));
        self::policy(policy, base, parsed);
    }
    let own = row.own_options.get_or_insert_with(|| shared.clone());
    options(own, base.and_then(|base| base.own_options.as_ref()), parsed);
}

fn options(row: &mut ListenerOptions, base: Option<&ListenerOptions>, parsed: &CreateListener) {
    let timeouts = [
        parsed.timeout_client_data,
        parsed.timeout_member_connect,
        parsed.timeout_member_data,
        parsed.timeout_tcp_inspect,
    ];
    let parsed = options_draft(parsed.allowed_cidrs.as_deref(), timeouts);
    let replace_edited = |text: &mut String, parsed: String, base: Option<&String>| {
        if base.map(|base| base.trim()) != Some(text.trim()) {
            *text = parsed;
        }
    };
    let cidrs = parsed.allowed_cidrs.clone();
    replace_edited(&mut row.allowed_cidrs, cidrs, base.map(|options| &options.allowed_cidrs));
    for field in TIMEOUTS {
        let text = parsed.timeout(field).clone();
        replace_edited(row.timeout_mut(field), text, base.map(|options| options.timeout(field)));
    }
}

fn policy(row: &mut PolicyDraft, base: Option<&PolicyDraft>, parsed: &CreateL7Policy) {
    trim(&mut row.name, base.map(|base| &base.name));
    trim(&mut row.description, base.map(|base| &base.description));
    let target = |row: &PolicyDraft| row.action.target().map(|text| text.trim().to_owned());
    if base.is_none_or(|base| target(base) != target(row)) {
        let url = parsed.redirect_url.as_ref().or(parsed.redirect_prefix.as_ref());
        if let Some((text, url)) = row.action.target_mut().zip(url) {
            *text = url.as_str().to_owned();
        }
    }
    if let PolicyAction::Url { code, .. } | PolicyAction::Prefix { code, .. } = &mut row.action {
        // The service's default.
        *code = code.filter(|code| *code != 302);
    }
    for (rule, parsed) in row.rules.iter_mut().zip(&parsed.rules) {
        let before = base.and_then(|base| base.rule(rule.key));
        if before.is_none_or(|before| before.key_name != rule.key_name || before.kind != rule.kind)
        {
            rule.key_name = parsed.key.clone().unwrap_or_default();
        }
    }
}

fn group(row: &mut GroupDraft, base: Option<&GroupDraft>, parsed: Option<&ParsedGroup>) {
    trim(&mut row.name, base.map(|base| &base.name));
    trim(&mut row.description, base.map(|base| &base.description));
    trim(&mut row.tls.ciphers, base.map(|base| &base.tls.ciphers));
    let Some(parsed) = parsed else { return };
    for server in &mut row.servers {
        let base = base.and_then(|base| base.servers.iter().find(|s| s.key == server.key));
        trim(&mut server.name, base.map(|base| &base.name));
        integer(&mut server.weight);
        integer(&mut server.monitor_port);
        let Some(parsed) = parsed.servers.get(&server.key) else { continue };
        // An unedited address may be unparsable.
        if !parsed.address.is_empty() && parsed.protocol_port != 0 {
            server.address = canonical(&parsed.address);
            server.port = parsed.protocol_port.to_string();
        }
        let before = base.map(|base| base.monitor_address.trim());
        if before != Some(server.monitor_address.trim()) {
            let address = parsed.monitor_address.as_deref().unwrap_or_default();
            server.monitor_address = canonical(address);
        }
    }
    if base.is_none_or(|base| base.persistence != row.persistence) {
        let cookie = parsed.persistence.as_ref().and_then(|parsed| parsed.cookie_name.clone());
        row.persistence.cookie_name = cookie.unwrap_or_default();
    }
    if base.is_none_or(|base| base.health != row.health) {
        let before = base.map(|base| &base.health);
        health(&mut row.health, before, parsed.monitor.as_ref());
    }
}

fn health(
    health: &mut HealthDraft,
    base: Option<&HealthDraft>,
    parsed: Option<&CreateHealthMonitor>,
) {
    let defaults = HealthDraft::default();
    let Some(kind) = &health.kind else {
        *health = defaults;
        return;
    };
    trim(&mut health.name, base.map(|base| &base.name));
    for text in [&mut health.delay, &mut health.timeout, &mut health.rise, &mut health.fall] {
        integer(text);
    }
    if HealthDraft::sends_request(kind) {
        let texts = [&mut health.method, &mut health.path, &mut health.codes, &mut health.domain];
        for text in texts {
            *text = text.trim().to_owned();
        }
        if base.is_none_or(|base| base.domain != health.domain || base.kind != health.kind) {
            health.http_version = parsed.and_then(|parsed| parsed.http_version);
        }
    } else {
        health.http_version = None;
        health.method = defaults.method;
        health.path = defaults.path;
        health.codes = defaults.codes;
        health.domain = defaults.domain;
    }
}

/// Trims a text, unless only the white space around it differs from the base.
fn trim(text: &mut String, base: Option<&String>) {
    let trimmed = text.trim();
    *text = match base.filter(|base| base.trim() == trimmed) {
        Some(base) => base.clone(),
        None => trimmed.to_owned(),
    };
}

/// The usual spelling of an address.
fn canonical(address: &str) -> String {
    address.parse::<IpAddr>().map_or_else(|_| address.to_owned(), |ip| ip.to_string())
}

/// Writes a whole number without leading zeros; other texts are only trimmed.
fn integer(text: &mut String) {
    let trimmed = text.trim();
    *text = trimmed.parse::<i64>().map_or_else(|_| trimmed.to_owned(), |n| n.to_string());
}
