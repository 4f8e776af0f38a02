//! Labels of fields, for lists of errors.

use super::state::Form;
use crate::i18n::{I18nContext, Locale, t_string};
use leptos::prelude::*;
use plan::{
    FieldPath, GroupField, HealthField, ListenerField, PolicyField, RuleField, Section, ServerField,
};

/// The label of a field, with its row where it is in one: `Listener 2 · Port`.
pub fn field_label(form: Form, path: &FieldPath) -> String {
    let i18n = form.i18n();
    let field = match path {
        FieldPath::Listener { field, .. } => listener_field_label(i18n, *field),
        FieldPath::Policy { field, .. } => policy_field_label(i18n, *field),
        FieldPath::Rule { field, .. } => rule_field_label(i18n, *field),
        FieldPath::Group { field, .. } => group_field_label(i18n, *field),
        FieldPath::Server { field, .. } => match field {
            ServerField::Name => t_string!(i18n, create.name),
            ServerField::Address => t_string!(i18n, create.private_ip),
            ServerField::Port => t_string!(i18n, create.port),
            ServerField::Weight => t_string!(i18n, create.weight),
            ServerField::Subnet => t_string!(i18n, fields.subnet),
            ServerField::MonitorAddress => t_string!(i18n, fields.monitor_address),
            ServerField::MonitorPort => t_string!(i18n, fields.monitor_port),
            ServerField::Tags => t_string!(i18n, fields.tags),
        },
        FieldPath::Health { field, .. } => health_field_label(i18n, *field),
        other => return section_label(form, other),
    };
    format!("{} · {field}", section_label(form, path))
}

/// The label of the row or section of a field; of the field itself if it is in none.
fn section_label(form: Form, path: &FieldPath) -> String {
    let i18n = form.i18n();
    let row_number = |index: Option<usize>| index.map(|index| index + 1).unwrap_or_default();
    match path {
        FieldPath::Name => t_string!(i18n, create.name).to_owned(),
        FieldPath::Description => t_string!(i18n, create.description).to_owned(),
        FieldPath::Network => t_string!(i18n, create.virtual_network).to_owned(),
        FieldPath::Tags => t_string!(i18n, fields.tags).to_owned(),
        FieldPath::VipPort => t_string!(i18n, fields.vip_port).to_owned(),
        FieldPath::AdditionalVip { .. } => t_string!(i18n, fields.additional_vip).to_owned(),
        FieldPath::Provider => t_string!(i18n, fields.provider).to_owned(),
        FieldPath::Flavor => t_string!(i18n, fields.flavor).to_owned(),
        FieldPath::AvailabilityZone => t_string!(i18n, fields.availability_zone).to_owned(),
        FieldPath::VipAddress => t_string!(i18n, create.vip_address).to_owned(),
        FieldPath::Method { .. } => t_string!(i18n, create.method).to_owned(),
        FieldPath::Listener { listener, .. } => {
            let number = form.draft.with_untracked(|draft| {
                row_number(draft.listeners.iter().position(|one| one.key == *listener))
            });
            t_string!(i18n, create.listener_n, n = number).to_string()
        }
        FieldPath::Policy { listener, policy, .. } | FieldPath::Rule { listener, policy, .. } => {
            let number = form.draft.with_untracked(|draft| {
                let policies = draft.listener(*listener).map(|one| one.policies.as_slice());
                let mut policies = policies.unwrap_or_default().iter();
                row_number(policies.position(|one| one.key == *policy))
            });
            t_string!(i18n, fields.rule, n = number).to_string()
        }
        FieldPath::Group { group, .. } => {
            let name = form.draft.with_untracked(|draft| {
                draft.group(*group).map(|group| group.name.trim().to_owned())
            });
            let label = t_string!(i18n, fields.default_group);
            format!("{label} {}", name.unwrap_or_default()).trim().to_owned()
        }
        FieldPath::Server { group, server, .. } => {
            let number = form.draft.with_untracked(|draft| {
                let servers = &draft.group(*group)?.servers;
                let index = servers.iter().position(|one| one.key == *server)?;
                let typed = servers[index].address.trim();
                Some(if typed.is_empty() { (index + 1).to_string() } else { typed.to_owned() })
            });
            t_string!(i18n, create.server_n, n = number.unwrap_or_default()).to_string()
        }
        other => match other.section() {
            Section::Health => t_string!(i18n, create.health_check).to_owned(),
            Section::Persistence => t_string!(i18n, create.persistence).to_owned(),
            Section::AllowedCidrs => t_string!(i18n, create.allowed_cidrs).to_owned(),
            _ => t_string!(i18n, create.timeouts).to_owned(),
        },
    }
}

pub fn health_field_label(i18n: I18nContext<Locale>, field: HealthField) -> &'static str {
    match field {
        HealthField::Kind => t_string!(i18n, create.check),
        HealthField::Delay => t_string!(i18n, create.delay),
        HealthField::Timeout => t_string!(i18n, create.timeout),
        HealthField::Rise => t_string!(i18n, create.rise),
        HealthField::Fall => t_string!(i18n, create.fall),
        HealthField::Method => t_string!(i18n, create.http_method),
        HealthField::Path => t_string!(i18n, create.path),
        HealthField::Codes => t_string!(i18n, create.codes),
        HealthField::Domain => t_string!(i18n, create.domain),
        HealthField::Name => t_string!(i18n, create.name),
        HealthField::HttpVersion => t_string!(i18n, fields.http_version),
        HealthField::Tags => t_string!(i18n, fields.tags),
    }
}

pub fn listener_field_label(i18n: I18nContext<Locale>, field: ListenerField) -> &'static str {
    match field {
        ListenerField::Name => t_string!(i18n, create.name),
        ListenerField::Description => t_string!(i18n, create.description),
        ListenerField::Protocol => t_string!(i18n, create.protocol),
        ListenerField::Port => t_string!(i18n, create.port),
        ListenerField::Group => t_string!(i18n, fields.default_group),
        ListenerField::Certificate => t_string!(i18n, certificates.field),
        ListenerField::Sni => t_string!(i18n, fields.additional_certificates),
        ListenerField::ConnectionLimit => t_string!(i18n, create.connection_limit),
        ListenerField::Redirect => t_string!(i18n, create.redirect_to),
        ListenerField::Headers => t_string!(i18n, fields.added_headers),
        ListenerField::TlsVersions => t_string!(i18n, fields.tls_versions),
        ListenerField::TlsCiphers => t_string!(i18n, fields.cipher_suites),
        ListenerField::Alpn => t_string!(i18n, fields.alpn),
        ListenerField::HstsMaxAge => t_string!(i18n, fields.hsts),
        ListenerField::ClientAuthentication => t_string!(i18n, fields.client_certificates),
        ListenerField::ClientCa => t_string!(i18n, fields.client_ca),
        ListenerField::ClientCrl => t_string!(i18n, fields.client_crl),
        ListenerField::Tags => t_string!(i18n, fields.tags),
    }
}

pub fn group_field_label(i18n: I18nContext<Locale>, field: GroupField) -> &'static str {
    match field {
        GroupField::Name => t_string!(i18n, create.name),
        GroupField::Description => t_string!(i18n, create.description),
        GroupField::Protocol => t_string!(i18n, fields.protocol_to_servers),
        GroupField::Tags => t_string!(i18n, fields.tags),
        GroupField::Certificate => t_string!(i18n, fields.client_certificate),
        GroupField::Ca => t_string!(i18n, fields.client_ca),
        GroupField::Crl => t_string!(i18n, fields.client_crl),
        GroupField::TlsCiphers => t_string!(i18n, fields.cipher_suites),
        GroupField::TlsVersions => t_string!(i18n, fields.tls_versions),
        GroupField::Alpn => t_string!(i18n, fields.alpn),
    }
}

pub fn policy_field_label(i18n: I18nContext<Locale>, field: PolicyField) -> &'static str {
    match field {
        PolicyField::Name => t_string!(i18n, create.name),
        PolicyField::Description => t_string!(i18n, create.description),
        PolicyField::Action => t_string!(i18n, fields.action),
        PolicyField::Group => t_string!(i18n, fields.default_group),
        PolicyField::Target => t_string!(i18n, fields.target),
        PolicyField::Code => t_string!(i18n, fields.code),
        PolicyField::Tags => t_string!(i18n, fields.tags),
    }
}

pub fn rule_field_label(i18n: I18nContext<Locale>, field: RuleField) -> &'static str {
    match field {
        RuleField::Kind => t_string!(i18n, fields.compared),
        RuleField::Compare => t_string!(i18n, fields.compare),
        RuleField::KeyName => t_string!(i18n, fields.key_name),
        RuleField::Value => t_string!(i18n, fields.value),
        RuleField::Tags => t_string!(i18n, fields.tags),
    }
}
