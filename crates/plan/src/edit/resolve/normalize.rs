//! Writing edited fields the way the form shows an existing object, so that equal values are equal
//! texts.

use crate::{
    Draft, GroupDraft, HealthDraft, ListenerDraft, ListenerOptions,
    draft::ForwardedHeaders,
    edit::{
        base::Edit,
        parsed::{ParsedDraft, ParsedGroup, redirect_url},
    },
    graph::options_draft,
};
use openstack_types::octavia::CreateListener;

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
    integer(&mut row.port);
    integer(&mut row.connection_limit);
    if row.connection_limit == "-1" {
        row.connection_limit.clear();
    }
    let Some(parsed) = parsed else { return };
    if base.is_none() {
        row.forwarded = ForwardedHeaders::from_headers(&parsed.insert_headers);
    }
    let redirect = |row: &ListenerDraft| row.redirect.as_deref().map(|text| text.trim().to_owned());
    if base.is_none_or(|base| redirect(base) != redirect(row)) {
        row.redirect = redirect_url(parsed).map(|url| url.as_str().to_owned());
    }
    let own = row.own_options.get_or_insert_with(|| shared.clone());
    options(own, base.and_then(|base| base.own_options.as_ref()), parsed);
}

fn options(row: &mut ListenerOptions, base: Option<&ListenerOptions>, parsed: &CreateListener) {
    let parsed = options_draft(
        parsed.allowed_cidrs.as_deref(),
        parsed.timeout_client_data,
        parsed.timeout_member_connect,
        parsed.timeout_member_data,
    );
    let replace_edited = |text: &mut String, parsed: String, base: Option<&String>| {
        if base.map(|base| base.trim()) != Some(text.trim()) {
            *text = parsed;
        }
    };
    replace_edited(&mut row.allowed_cidrs, parsed.allowed_cidrs, base.map(|o| &o.allowed_cidrs));
    replace_edited(
        &mut row.timeout_client_data,
        parsed.timeout_client_data,
        base.map(|o| &o.timeout_client_data),
    );
    replace_edited(
        &mut row.timeout_member_connect,
        parsed.timeout_member_connect,
        base.map(|o| &o.timeout_member_connect),
    );
    replace_edited(
        &mut row.timeout_member_data,
        parsed.timeout_member_data,
        base.map(|o| &o.timeout_member_data),
    );
}

fn group(row: &mut GroupDraft, base: Option<&GroupDraft>, parsed: Option<&ParsedGroup>) {
    trim(&mut row.name, base.map(|base| &base.name));
    let Some(parsed) = parsed else { return };
    for server in &mut row.servers {
        let base = base.and_then(|base| base.servers.iter().find(|s| s.key == server.key));
        trim(&mut server.name, base.map(|base| &base.name));
        integer(&mut server.weight);
        let Some(parsed) = parsed.servers.get(&server.key) else { continue };
        // An unedited address may be unparsable.
        if !parsed.address.is_empty() && parsed.protocol_port != 0 {
            server.address = parsed.address.clone();
            server.port = parsed.protocol_port.to_string();
        }
    }
    if base.is_none_or(|base| base.persistence != row.persistence) {
        let cookie = parsed.persistence.as_ref().and_then(|parsed| parsed.cookie_name.clone());
        row.persistence.cookie_name = cookie.unwrap_or_default();
    }
    if base.is_none_or(|base| base.health != row.health) {
        health(&mut row.health);
    }
}

fn health(health: &mut HealthDraft) {
    let defaults = HealthDraft::default();
    let Some(kind) = &health.kind else {
        *health = defaults;
        return;
    };
    for text in [&mut health.delay, &mut health.timeout, &mut health.rise, &mut health.fall] {
        integer(text);
    }
    if HealthDraft::sends_request(kind) {
        let texts = [&mut health.method, &mut health.path, &mut health.codes, &mut health.domain];
        for text in texts {
            *text = text.trim().to_owned();
        }
    } else {
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

/// Writes a whole number without leading zeros; other texts are only trimmed.
fn integer(text: &mut String) {
    let trimmed = text.trim();
    *text = trimmed.parse::<i64>().map_or_else(|_| trimmed.to_owned(), |n| n.to_string());
}
