//! For random load balancers: each value that differs from the service's default is in a text of the details.

use super::{
    group_settings, listener_settings, load_balancer_settings, monitor_settings, server_settings,
    setting::{Setting, Value},
    vip_settings,
};
use openstack_types::portal::MemberSummary;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

#[allow(dead_code, reason = "shared with the tests of plans")]
#[path = "../../../../../crates/plan/tests/plan/support/created.rs"]
mod created;
#[allow(dead_code, reason = "shared with the tests of plans")]
#[path = "../../../../../crates/plan/tests/plan/support/drafts.rs"]
mod drafts;
#[allow(dead_code, reason = "shared with the tests of plans")]
#[path = "../../../../../crates/plan/tests/plan/support/graphs.rs"]
mod graphs;
#[allow(dead_code, reason = "shared with the tests of plans")]
#[path = "../../../../../crates/plan/tests/plan/support/wire.rs"]
mod wire;

/// Shown by the head, a column, the traffic path, or another tab.
const ELSEWHERE: &[&str] = &[
    "id",
    "project_id",
    "user_id",
    "pool_id",
    "loadbalancer_id",
    "provisioning_status",
    "operating_status",
    "created_at",
    "updated_at",
    "loadbalancers",
    "listeners",
    "pools",
    "members",
    "healthmonitor_id",
    "l7policies",
    "protocol_port",
    "address",
    "vip_address",
    "vip_subnet_id",
    "vip_network_id",
];

/// Of the load balancer and the listener these are in the head and in columns, too.
fn is_elsewhere(kind: &str, field: &str) -> bool {
    let own = match kind {
        "loadbalancer" => ["name", "description"].contains(&field),
        "listener" => field == "protocol",
        _ => false,
    };
    own || ELSEWHERE.contains(&field)
}

/// The text of a value; `None` for a word of the page.
fn text(value: &Value) -> Option<String> {
    Some(match value {
        Value::None => String::new(),
        Value::Text(text) => text.clone(),
        Value::List(list) | Value::Certificates(list) => list.join(" "),
        Value::YesNo(is_on) => is_on.to_string(),
        Value::Milliseconds(number) | Value::Seconds(number) => number.to_string(),
        Value::Subnet(id) => id.to_string(),
        Value::Pool(id) => id.to_string(),
        Value::Word(_) => return None,
    })
}

/// What is compared: the letters and digits.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The texts of a value of the API.
fn parts(field: &str, value: &Json) -> Vec<String> {
    match value {
        Json::Null => Vec::new(),
        // Shown in words: `includeSubDomains`, HTTPS.
        Json::Bool(_) if field.starts_with("hsts") => Vec::new(),
        Json::Bool(is_on) => vec![is_on.to_string()],
        Json::Number(number) => vec![number.to_string()],
        // The type of the load balancer, which has a place of its own.
        Json::String(text) if text.starts_with("lb-type:") => Vec::new(),
        Json::String(text) => vec![text.clone()],
        Json::Array(list) => list.iter().flat_map(|one| parts(field, one)).collect(),
        // The names of the headers that are inserted.
        Json::Object(fields) if field == "insert_headers" => fields
            .iter()
            .filter(|(_, is_on)| *is_on == "true")
            .map(|(name, _)| name.clone())
            .collect(),
        Json::Object(fields) => fields.values().flat_map(|one| parts(field, one)).collect(),
    }
}

/// Whether a field has no effect, so that the details leave it out: TLS settings without TLS, and headers
/// without HTTP.
fn has_no_effect(kind: &str, object: &Json, field: &str) -> bool {
    let protocol = object["protocol"].as_str().unwrap_or_default();
    match (kind, field) {
        ("pool", "tls_versions" | "tls_ciphers") => object["tls_enabled"] == json!(false),
        ("listener", "sni_container_refs") => protocol != "TERMINATED_HTTPS",
        ("listener", "insert_headers") => !["HTTP", "TERMINATED_HTTPS"].contains(&protocol),
        _ => false,
    }
}

/// Fields that differ from the default and are in no setting that differs, or not with their value.
fn missing(kind: &str, object: &impl serde::Serialize, settings: &[Setting]) -> Vec<String> {
    let object = serde_json::to_value(object).unwrap();
    let defaults = wire::defaults(kind);
    let mut missing = Vec::new();
    for (field, value) in object.as_object().unwrap() {
        let is_off = *value == json!(false) && defaults.get(field) != Some(&json!(true));
        let parts = parts(field, value);
        if is_off
            || parts.iter().all(String::is_empty) && *value != json!(true)
            || defaults.get(field) == Some(value)
            || is_elsewhere(kind, field)
            || has_no_effect(kind, &object, field)
        {
            continue;
        }
        let setting = settings.iter().find(|one| one.fields.contains(&field.as_str()));
        let Some(setting) = setting else {
            missing.push(format!("{kind}.{field} = {value} is not shown"));
            continue;
        };
        if setting.is_default && !is_usual(field, value) {
            missing.push(format!("{kind}.{field} = {value} counts as the default"));
        }
        let Some(shown) = text(&setting.value) else { continue };
        let is_shown = |part: &&String| plain(&shown).contains(&plain(part));
        if let Some(part) = parts.iter().find(|part| !is_shown(part)) {
            missing.push(format!("{kind}.{field} = {part} is not in {shown}"));
        }
    }
    missing
}

/// What the service chooses by itself: it is shown with all settings.
fn is_usual(field: &str, value: &Json) -> bool {
    match field {
        "protocol" => value == "HTTP",
        "http_method" => value == "GET",
        "url_path" => value == "/",
        "expected_codes" => value == "200",
        "http_version" => *value == json!(1.0),
        "alpn_protocols" => *value == json!(["h2", "http/1.1", "http/1.0"]),
        "tls_versions" => *value == json!(["TLSv1.2"]),
        "client_authentication" => value == "NONE",
        "connection_limit" => *value == json!(-1),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_value_that_differs_from_the_default_is_in_a_text(graph in graphs::any_graph()) {
        let balancer = &graph.loadbalancer;
        let mut settings = load_balancer_settings(balancer);
        settings.extend(vip_settings(balancer));
        let mut all = missing("loadbalancer", balancer, &settings);
        for listener in &graph.listeners {
            all.extend(missing("listener", listener, &listener_settings(listener)));
        }
        for pool in &graph.pools {
            all.extend(missing("pool", pool, &group_settings(pool)));
        }
        for monitor in &graph.monitors {
            all.extend(missing("healthmonitor", monitor, &monitor_settings(monitor)));
        }
        for (pool, members) in &graph.members {
            for member in members {
                let mut summary = serde_json::to_value(member).unwrap();
                summary["pool_id"] = json!(pool);
                summary["loadbalancer_id"] = json!(balancer.id);
                let summary: MemberSummary = serde_json::from_value(summary).unwrap();
                all.extend(missing("member", member, &server_settings(&summary)));
            }
        }
        prop_assert!(all.is_empty(), "{all:#?}");
    }
}
