//! Objects as a service makes them from the body of a request: every field that was sent, and the
//! service's defaults for the others.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// The defaults of each kind of object, and what null stands for in an update.
pub(crate) fn defaults(kind: &str) -> Value {
    let common = json!({
        "name": "", "description": "", "admin_state_up": true, "tags": [],
        "provisioning_status": "ACTIVE", "operating_status": "ONLINE",
    });
    let own = match kind {
        "loadbalancer" => json!({
            "project_id": "p", "created_at": "2026-11-23T03:40:39", "vip_address": "192.0.2.200",
            "vip_port_id": "00000000-0000-4000-8000-00000000abcd", "vip_vnic_type": "normal",
        }),
        "listener" => json!({
            "connection_limit": -1, "timeout_client_data": 50_000, "timeout_member_connect": 5_000,
            "timeout_member_data": 50_000, "timeout_tcp_inspect": 0,
        }),
        "pool" => json!({ "tls_enabled": false }),
        "member" => json!({ "weight": 1, "backup": false }),
        "healthmonitor" => json!({ "max_retries_down": 3 }),
        "l7policy" => json!({}),
        "rule" => json!({ "invert": false }),
        other => panic!("no such kind: {other}"),
    };
    merged(common, &own)
}

fn merged(mut object: Value, fields: &Value) -> Value {
    let object_fields = object.as_object_mut().unwrap();
    for (name, value) in fields.as_object().unwrap() {
        object_fields.insert(name.clone(), value.clone());
    }
    object
}

/// The object that a create request makes. `extra` is what the service adds.
pub(crate) fn created<T: DeserializeOwned>(kind: &str, body: &impl Serialize, extra: Value) -> T {
    let mut object = merged(defaults(kind), &serde_json::to_value(body).unwrap());
    for nested in ["listeners", "pools", "members", "healthmonitor", "l7policies", "rules"] {
        object.as_object_mut().unwrap().remove(nested);
    }
    let object = completed(kind, merged(object, &extra));
    serde_json::from_value(object.clone()).unwrap_or_else(|error| panic!("{error}: {object}"))
}

/// The object after an update: null sets the default.
pub(crate) fn updated<T: Serialize + DeserializeOwned>(kind: &str, object: &T, body: &Value) -> T {
    let (mut object, defaults) = (serde_json::to_value(object).unwrap(), defaults(kind));
    let fields = object.as_object_mut().unwrap();
    for (name, value) in body.as_object().unwrap() {
        assert!(fields.contains_key(name), "{kind} has no {name}");
        let value = if value.is_null() { &defaults[name] } else { value };
        fields.insert(name.clone(), value.clone());
    }
    if kind == "listener" && body.get("hsts_max_age") == Some(&Value::Null) {
        fields.insert("hsts_include_subdomains".into(), false.into());
        fields.insert("hsts_preload".into(), false.into());
    }
    let object = completed(kind, object);
    serde_json::from_value(object.clone()).unwrap_or_else(|error| panic!("{error}: {object}"))
}

/// Fields that depend on others.
fn completed(kind: &str, mut object: Value) -> Value {
    let fields = object.as_object_mut().unwrap();
    let is = |fields: &serde_json::Map<String, Value>, name: &str, value: &str| {
        fields.get(name).is_some_and(|there| there == value)
    };
    if kind == "listener" && is(fields, "protocol", "TERMINATED_HTTPS") {
        let or = |fields: &mut serde_json::Map<String, Value>, name: &str, value: Value| {
            if fields.get(name).is_none_or(Value::is_null) {
                fields.insert(name.to_owned(), value);
            }
        };
        or(fields, "tls_versions", json!(["TLSv1.2", "TLSv1.3"]));
        or(fields, "tls_ciphers", json!("ECDHE-RSA-AES128-GCM-SHA256"));
        or(fields, "alpn_protocols", json!(["h2", "http/1.1", "http/1.0"]));
        or(fields, "client_authentication", json!("NONE"));
    }
    if kind == "l7policy" {
        for (action, target) in [
            ("REDIRECT_TO_POOL", "redirect_pool_id"),
            ("REDIRECT_TO_URL", "redirect_url"),
            ("REDIRECT_PREFIX", "redirect_prefix"),
        ] {
            if is(fields, "action", action) {
                assert!(!fields[target].is_null(), "{action} without {target}");
            } else {
                fields.insert(target.to_owned(), Value::Null);
            }
        }
        let redirects = !fields["redirect_url"].is_null() || !fields["redirect_prefix"].is_null();
        let code = match fields.get("redirect_http_code") {
            _ if !redirects => Value::Null,
            None | Some(Value::Null) => json!(302),
            Some(code) => code.clone(),
        };
        fields.insert("redirect_http_code".into(), code);
    }
    object
}
