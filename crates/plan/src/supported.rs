//! Limits requests to what a cloud has.

use crate::edit;
use openstack_types::{
    error::ApiError,
    octavia::CreateLoadBalancer,
    rules::LbType,
    support::{Feature, Support},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What a request has that the cloud lacks: names of fields, and words such as `SCTP`.
pub type Lacking = BTreeSet<String>;

/// Removes from a create request what the cloud lacks.
///
/// # Errors
/// What somebody has set, and the cloud lacks. Nothing of it may get lost without a word.
pub fn limit_create(
    request: &CreateLoadBalancer,
    support: &Support,
) -> Result<CreateLoadBalancer, Lacking> {
    let mut value = serde_json::to_value(request).unwrap_or_default();
    let mut lacking = Lacking::new();
    limit("loadbalancer", &mut value, support, &mut lacking);
    let limited = serde_json::from_value(value).unwrap_or_else(|_| request.clone());
    if lacking.is_empty() { Ok(limited) } else { Err(lacking) }
}

/// Removes from a step of an edit what the cloud lacks.
///
/// # Errors
/// As [`limit_create`].
pub fn limit_step(request: &mut edit::Request, support: &Support) -> Result<(), Lacking> {
    let mut lacking = Lacking::new();
    if !support.has(Feature::AdditiveBatch) && request.path.contains("additive_only") {
        lacking.insert("additive_only".to_owned());
    }
    if let Some(Value::Object(body)) = &mut request.body {
        for (kind, value) in body.iter_mut() {
            limit(singular(kind), value, support, &mut lacking);
        }
    }
    if lacking.is_empty() { Ok(()) } else { Err(lacking) }
}

/// The refusal of a request that was not sent.
pub fn refusal(lacking: &Lacking) -> ApiError {
    let names: Vec<&str> = lacking.iter().map(String::as_str).collect();
    ApiError {
        status: 400,
        message: format!("This cloud doesn't have {} for this load balancer.", names.join(", ")),
        field: None,
    }
}

fn singular(key: &str) -> &str {
    match key {
        "listeners" => "listener",
        "pools" | "default_pool" | "redirect_pool" => "pool",
        "members" => "member",
        "l7policies" => "l7policy",
        "rules" => "rule",
        other => other,
    }
}

/// Limits an object, or each of a list, and what is in it.
fn limit(kind: &str, value: &mut Value, support: &Support, lacking: &mut Lacking) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|one| limit(kind, one, support, lacking)),
        Value::Object(fields) => {
            limit_values(kind, fields, support, lacking);
            fields.retain(|name, value| {
                let has = feature(kind, name).is_none_or(|feature| support.has(feature));
                if !has && !is_default(name, value) {
                    lacking.insert(name.clone());
                }
                has
            });
            for (name, value) in fields.iter_mut() {
                let is_part = matches!(
                    name.as_str(),
                    "listeners"
                        | "pools"
                        | "default_pool"
                        | "members"
                        | "healthmonitor"
                        | "l7policies"
                        | "rules"
                        | "redirect_pool"
                        | "session_persistence"
                );
                if is_part {
                    limit(singular(name), value, support, lacking);
                }
            }
        }
        _ => {}
    }
}

/// Reports words that a cloud lacks. They can't be left out.
fn limit_values(kind: &str, fields: &Map<String, Value>, support: &Support, lacking: &mut Lacking) {
    for (name, value) in fields {
        let Some(word) = value.as_str() else { continue };
        let feature = match (kind, name.as_str(), word) {
            (_, "protocol", "SCTP") | ("healthmonitor", "type", "SCTP") => Feature::Sctp,
            ("listener", "protocol", "PROMETHEUS") => Feature::Prometheus,
            ("listener", "protocol", "TERMINATED_HTTPS") => Feature::TerminatedTls,
            ("listener" | "pool", "protocol", "HTTP" | "HTTPS" | "PROXY") => Feature::Http,
            ("pool", "protocol", "PROXYV2") => Feature::ProxyV2,
            ("pool", "lb_algorithm", "SOURCE_IP_PORT") => Feature::SourceIpPort,
            ("pool", "lb_algorithm", "ROUND_ROBIN" | "LEAST_CONNECTIONS") => Feature::RoundRobin,
            ("healthmonitor", "type", "HTTP" | "HTTPS" | "PING" | "TLS-HELLO") => Feature::Http,
            _ => continue,
        };
        if !support.has(feature) {
            lacking.insert(word.to_owned());
        }
    }
}

/// The feature that a field is part of; `None`: every cloud has it.
fn feature(kind: &str, name: &str) -> Option<Feature> {
    Some(match (kind, name) {
        (_, "tags") => Feature::Tags,
        ("loadbalancer", "flavor_id") => Feature::Flavors,
        ("loadbalancer", "availability_zone") => Feature::AvailabilityZones,
        ("loadbalancer", "additional_vips") => Feature::AdditionalVips,
        ("loadbalancer", "vip_vnic_type") => Feature::VnicType,
        ("loadbalancer", "vip_sg_ids") => Feature::SecurityGroups,
        ("listener", "connection_limit") => Feature::ConnectionLimit,
        ("listener", "insert_headers") => Feature::InsertHeaders,
        ("listener", "l7policies") => Feature::L7Policies,
        ("listener", "default_tls_container_ref" | "sni_container_refs") => Feature::TerminatedTls,
        (
            "listener",
            "timeout_client_data"
            | "timeout_member_connect"
            | "timeout_member_data"
            | "timeout_tcp_inspect",
        ) => Feature::ListenerTimeouts,
        (
            "listener",
            "client_ca_tls_container_ref" | "client_authentication" | "client_crl_container_ref",
        ) => Feature::ClientCertificates,
        ("listener", "allowed_cidrs") => Feature::AllowedCidrs,
        ("listener" | "pool", "tls_ciphers") => Feature::TlsCiphers,
        ("listener", "tls_versions") => Feature::ListenerTlsVersions,
        ("listener", "alpn_protocols") => Feature::ListenerAlpn,
        ("listener", "hsts_max_age" | "hsts_include_subdomains" | "hsts_preload") => Feature::Hsts,
        (
            "pool",
            "tls_enabled" | "tls_container_ref" | "ca_tls_container_ref" | "crl_container_ref",
        ) => Feature::PoolTls,
        ("pool", "tls_versions") => Feature::PoolTlsVersions,
        ("pool", "alpn_protocols") => Feature::PoolAlpn,
        ("session_persistence", "persistence_timeout" | "persistence_granularity") => {
            Feature::PersistenceDetails
        }
        ("member", "backup") => Feature::BackupMembers,
        ("member", "weight") => Feature::Weights,
        ("member", "monitor_address" | "monitor_port") => Feature::MonitorAddresses,
        ("member", "vnic_type") => Feature::MemberVnicType,
        ("healthmonitor", "domain_name" | "http_version") => Feature::MonitorHttpDetails,
        ("l7policy", "redirect_http_code") => Feature::RedirectCodes,
        _ => return None,
    })
}

/// Whether a field says what is so without it, or what a form adds to be safe where it can.
fn is_default(name: &str, value: &Value) -> bool {
    let is_empty = match value {
        Value::Null => true,
        Value::Array(all) => all.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(on) => !on,
        _ => false,
    };
    is_empty
        || match name {
            // Only limits what the cloud would do anyway. Its own defaults count then.
            "tls_versions" | "alpn_protocols" => true,
            "weight" => *value == json!(1),
            "connection_limit" => *value == json!(-1),
            "client_authentication" => *value == json!("NONE"),
            // Tells how the portal shows a load balancer without listeners.
            "tags" => value.as_array().is_some_and(|tags| {
                let types = [LbType::Application, LbType::Network];
                tags.iter().all(|tag| types.iter().any(|kind| tag == kind.tag()))
            }),
            _ => false,
        }
}
