//! The fields of a draft by their names in the API.

use super::{
    FieldPath, GroupField, HealthField, ListenerField, PolicyField, RuleField, ServerField,
    TimeoutField,
};
use crate::{Draft, GroupDraft, ListenerDraft, PolicyDraft, RowKey};

/// The part of a draft that a rejected request was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectedPart {
    /// The request had all of it.
    Whole,
    /// Its own settings, without listeners and groups.
    LoadBalancer,
    /// Without its policies.
    Listener(RowKey),
    /// Without its servers and its health check.
    Group(RowKey),
    /// One server of a group, or several.
    Servers {
        group: RowKey,
        server: Option<RowKey>,
    },
    HealthCheck(RowKey),
    Policy {
        listener: RowKey,
        policy: RowKey,
    },
    /// One condition of a policy, or several.
    Rules {
        listener: RowKey,
        policy: RowKey,
        rule: Option<RowKey>,
    },
}

/// Every field of a part by its name in the API.
pub(super) fn fields_of(draft: &Draft, part: RejectedPart) -> Vec<(&'static str, FieldPath)> {
    let listeners = |fields: &mut Vec<_>, wanted: Option<RowKey>| {
        let rows = draft.listeners.iter().filter(|one| wanted.is_none_or(|key| key == one.key));
        rows.for_each(|listener| fields.extend(listener_fields(listener)));
    };
    let mut fields = Vec::new();
    match part {
        RejectedPart::Whole => {
            fields.extend(balancer_fields(draft));
            listeners(&mut fields, None);
            for listener in &draft.listeners {
                for policy in &listener.policies {
                    fields.extend(policy_fields(listener.key, policy));
                    fields.extend(rule_fields(listener.key, policy, None));
                }
            }
            for group in &draft.groups {
                fields.extend(group_fields(group.key));
                fields.extend(health_fields(group.key));
                fields.extend(server_fields(group, None));
            }
        }
        RejectedPart::LoadBalancer => fields.extend(balancer_fields(draft)),
        RejectedPart::Listener(key) => listeners(&mut fields, Some(key)),
        RejectedPart::Group(key) => fields.extend(group_fields(key)),
        RejectedPart::HealthCheck(key) => fields.extend(health_fields(key)),
        RejectedPart::Servers { group, server } => {
            let group = draft.group(group);
            fields.extend(group.into_iter().flat_map(|group| server_fields(group, server)));
        }
        RejectedPart::Policy { listener, policy } => {
            let policy = draft.policy(listener, policy);
            fields.extend(policy.into_iter().flat_map(|policy| policy_fields(listener, policy)));
        }
        RejectedPart::Rules { listener, policy, rule } => {
            let policy = draft.policy(listener, policy).into_iter();
            fields.extend(policy.flat_map(|policy| rule_fields(listener, policy, rule)));
        }
    }
    fields
}

fn balancer_fields(draft: &Draft) -> Vec<(&'static str, FieldPath)> {
    let vips = draft.additional_vips.iter();
    let vips: Vec<_> = vips.map(|vip| FieldPath::AdditionalVip { vip: vip.key }).collect();
    let mut fields = vec![
        ("name", FieldPath::Name),
        ("description", FieldPath::Description),
        ("tags", FieldPath::Tags),
        ("vip_address", FieldPath::VipAddress),
        ("vip_subnet_id", FieldPath::Network),
        ("vip_network_id", FieldPath::Network),
        ("vip_port_id", FieldPath::VipPort),
        ("provider", FieldPath::Provider),
        ("flavor_id", FieldPath::Flavor),
        ("availability_zone", FieldPath::AvailabilityZone),
    ];
    for name in ["additional_vips", "ip_address", "vip_address"] {
        fields.extend(vips.iter().map(|vip| (name, vip.clone())));
    }
    fields
}

fn listener_fields(listener: &ListenerDraft) -> Vec<(&'static str, FieldPath)> {
    let scope = listener.options_scope();
    let own = [
        ("name", ListenerField::Name),
        ("description", ListenerField::Description),
        ("tags", ListenerField::Tags),
        ("protocol", ListenerField::Protocol),
        ("protocol_port", ListenerField::Port),
        ("connection_limit", ListenerField::ConnectionLimit),
        ("default_pool_id", ListenerField::Group),
        ("default_tls_container_ref", ListenerField::Certificate),
        ("sni_container_refs", ListenerField::Sni),
        ("insert_headers", ListenerField::Headers),
        ("client_authentication", ListenerField::ClientAuthentication),
        ("client_ca_tls_container_ref", ListenerField::ClientCa),
        ("client_crl_container_ref", ListenerField::ClientCrl),
        ("tls_ciphers", ListenerField::TlsCiphers),
        ("tls_versions", ListenerField::TlsVersions),
        ("alpn_protocols", ListenerField::Alpn),
        ("hsts_max_age", ListenerField::HstsMaxAge),
    ];
    let timeouts = [
        ("timeout_client_data", TimeoutField::ClientData),
        ("timeout_member_connect", TimeoutField::MemberConnect),
        ("timeout_member_data", TimeoutField::MemberData),
        ("timeout_tcp_inspect", TimeoutField::TcpInspect),
    ];
    let own =
        own.map(|(name, field)| (name, FieldPath::Listener { listener: listener.key, field }));
    let timeouts = timeouts.map(|(name, field)| (name, FieldPath::Timeout { scope, field }));
    let cidrs = ("allowed_cidrs", FieldPath::AllowedCidrs { scope, entry: 0 });
    own.into_iter().chain(timeouts).chain([cidrs]).collect()
}

fn group_fields(group: RowKey) -> Vec<(&'static str, FieldPath)> {
    let own = [
        ("name", GroupField::Name),
        ("description", GroupField::Description),
        ("tags", GroupField::Tags),
        ("protocol", GroupField::Protocol),
        ("tls_container_ref", GroupField::Certificate),
        ("ca_tls_container_ref", GroupField::Ca),
        ("crl_container_ref", GroupField::Crl),
        ("tls_ciphers", GroupField::TlsCiphers),
        ("tls_versions", GroupField::TlsVersions),
        ("alpn_protocols", GroupField::Alpn),
    ];
    let own = own.map(|(name, field)| (name, FieldPath::Group { group, field }));
    let other = [
        ("lb_algorithm", FieldPath::Method { group }),
        ("session_persistence", FieldPath::Persistence { group }),
        ("cookie_name", FieldPath::CookieName { group }),
    ];
    own.into_iter().chain(other).collect()
}

fn health_fields(group: RowKey) -> Vec<(&'static str, FieldPath)> {
    let fields = [
        ("name", HealthField::Name),
        ("tags", HealthField::Tags),
        ("type", HealthField::Kind),
        ("delay", HealthField::Delay),
        ("timeout", HealthField::Timeout),
        ("max_retries", HealthField::Rise),
        ("max_retries_down", HealthField::Fall),
        ("http_method", HealthField::Method),
        ("url_path", HealthField::Path),
        ("expected_codes", HealthField::Codes),
        ("domain_name", HealthField::Domain),
        ("http_version", HealthField::HttpVersion),
    ];
    fields.map(|(name, field)| (name, FieldPath::Health { group, field })).into()
}

fn server_fields(group: &GroupDraft, wanted: Option<RowKey>) -> Vec<(&'static str, FieldPath)> {
    let fields = [
        ("name", ServerField::Name),
        ("tags", ServerField::Tags),
        ("address", ServerField::Address),
        ("protocol_port", ServerField::Port),
        ("weight", ServerField::Weight),
        ("subnet_id", ServerField::Subnet),
        ("monitor_address", ServerField::MonitorAddress),
        ("monitor_port", ServerField::MonitorPort),
    ];
    let servers = group.servers.iter().filter(|one| wanted.is_none_or(|key| key == one.key));
    servers
        .flat_map(|server| {
            fields.map(|(name, field)| {
                (name, FieldPath::Server { group: group.key, server: server.key, field })
            })
        })
        .collect()
}

fn policy_fields(listener: RowKey, policy: &PolicyDraft) -> Vec<(&'static str, FieldPath)> {
    let fields = [
        ("name", PolicyField::Name),
        ("description", PolicyField::Description),
        ("tags", PolicyField::Tags),
        ("action", PolicyField::Action),
        ("redirect_pool_id", PolicyField::Group),
        ("redirect_url", PolicyField::Target),
        ("redirect_prefix", PolicyField::Target),
        ("redirect_http_code", PolicyField::Code),
    ];
    let is_redirect = policy.redirect().is_some();
    let path = |field| match field {
        PolicyField::Target if is_redirect => {
            FieldPath::Listener { listener, field: ListenerField::Redirect }
        }
        field => FieldPath::Policy { listener, policy: policy.key, field },
    };
    fields.map(|(name, field)| (name, path(field))).into()
}

fn rule_fields(
    listener: RowKey,
    policy: &PolicyDraft,
    wanted: Option<RowKey>,
) -> Vec<(&'static str, FieldPath)> {
    let fields = [
        ("tags", RuleField::Tags),
        ("type", RuleField::Kind),
        ("compare_type", RuleField::Compare),
        ("key", RuleField::KeyName),
        ("value", RuleField::Value),
    ];
    let path = |rule, field| FieldPath::Rule { listener, policy: policy.key, rule, field };
    let rules = policy.rules.iter().filter(|one| wanted.is_none_or(|key| key == one.key));
    rules.flat_map(|rule| fields.map(|(name, field)| (name, path(rule.key, field)))).collect()
}
