//! Requests to clouds of every version.

use crate::support::any_draft;
use openstack_types::support::Support;
use plan::{edit, supported, to_request};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const VERSIONS: [u16; 6] = [2, 13, 16, 25, 28, 30];

/// Fields by the version of the API reference that describes them first. `tls_versions` and `alpn_protocols` came to
/// pools later than to listeners.
const FIELDS: &[(u16, &[&str])] = &[
    (5, &["tags"]),
    (6, &["flavor_id"]),
    (
        8,
        &[
            "client_ca_tls_container_ref",
            "client_authentication",
            "client_crl_container_ref",
            "tls_enabled",
            "tls_container_ref",
            "ca_tls_container_ref",
            "crl_container_ref",
        ],
    ),
    (9, &["redirect_http_code"]),
    (10, &["domain_name", "http_version"]),
    (12, &["allowed_cidrs"]),
    (14, &["availability_zone"]),
    (15, &["tls_ciphers"]),
    (17, &["tls_versions"]),
    (20, &["alpn_protocols"]),
    (26, &["additional_vips"]),
    (27, &["hsts_max_age", "hsts_include_subdomains", "hsts_preload"]),
    (28, &["vip_vnic_type"]),
    (29, &["vip_sg_ids"]),
    (30, &["vnic_type"]),
];

fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| names(one, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                found.insert(name.clone());
                names(value, found);
            }
        }
        _ => {}
    }
}

fn too_new(value: &Value, minor: u16) -> Vec<String> {
    let mut found = BTreeSet::new();
    names(value, &mut found);
    let since = |name: &str| {
        FIELDS.iter().find(|(_, names)| names.contains(&name)).map_or(0, |(since, _)| *since)
    };
    found.into_iter().filter(|name| since(name) > minor).collect()
}

proptest! {
    /// Acceptance 15: a whole request, and the same as steps of an edit.
    #[test]
    fn acceptance_15_no_request_has_a_field_that_the_version_lacks(draft in any_draft()) {
        let Ok(request) = to_request(&draft) else { return Ok(()) };
        let whole = serde_json::to_value(&request).unwrap();
        for minor in VERSIONS {
            let version = format!("v2.{minor}");
            let support = Support::of_cloud(Some(&version), Some("other"), &[]);
            match supported::limit_create(&request, &support) {
                Ok(limited) => {
                    let sent = serde_json::to_value(&limited).unwrap();
                    prop_assert_eq!(too_new(&sent, minor), Vec::<String>::new(), "{}", &version);
                    // Otherwise it is the same.
                    if too_new(&whole, minor).is_empty() {
                        prop_assert_eq!(&sent, &whole, "{}", &version);
                    }
                }
                // Somebody has set what the cloud lacks.
                Err(lacking) => prop_assert!(!lacking.is_empty()),
            }
            let parts = [("listener", &whole["listeners"]), ("pool", &whole["pools"])];
            for (kind, all) in parts {
                for part in all.as_array().into_iter().flatten() {
                    let mut step = edit::Request {
                        method: edit::Method::Post,
                        path: format!("/{kind}s"),
                        body: Some(json!({ kind: part })),
                    };
                    if supported::limit_step(&mut step, &support).is_ok() {
                        let sent = step.body.unwrap();
                        prop_assert_eq!(too_new(&sent, minor), Vec::<String>::new(), "{}", &version);
                    }
                }
            }
        }
    }

    #[test]
    fn a_server_that_has_everything_gets_everything(draft in any_draft()) {
        let Ok(request) = to_request(&draft) else { return Ok(()) };
        prop_assert_eq!(supported::limit_create(&request, &Support::EVERYTHING), Ok(request));
    }
}

#[test]
fn what_somebody_has_set_is_never_left_out_without_a_word() {
    let support = Support::of_cloud(Some("v2.2"), Some("amphora"), &[]);
    let step = |body: Value| {
        let mut step = edit::Request {
            method: edit::Method::Put,
            path: "/listeners/1".to_owned(),
            body: Some(body),
        };
        supported::limit_step(&mut step, &support).map(|()| step.body.unwrap())
    };
    // Everybody could reach a listener that is meant for a few.
    let refused = step(json!({"listener": {"allowed_cidrs": ["192.0.2.0/24"]}})).unwrap_err();
    assert_eq!(refused, BTreeSet::from(["allowed_cidrs".to_owned()]));
    let limited = step(json!({"listener": {"name": "a", "tls_versions": ["TLSv1.2"], "tags": []}}));
    assert_eq!(limited.unwrap(), json!({"listener": {"name": "a"}}));
}

#[test]
fn acceptance_16_ovn_gets_what_its_table_has() {
    let ovn = Support::of_cloud(Some("v2.30"), Some("ovn"), &[]);
    let lacking = |kind: &str, object: Value| {
        let mut step = edit::Request {
            method: edit::Method::Post,
            path: String::new(),
            body: Some(json!({ kind: object })),
        };
        supported::limit_step(&mut step, &ovn)
            .err()
            .unwrap_or_default()
            .into_iter()
            .collect::<Vec<_>>()
    };
    assert_eq!(lacking("listener", json!({"protocol": "HTTP"})), ["HTTP"]);
    assert_eq!(lacking("listener", json!({"protocol": "TCP", "connection_limit": -1})), [""; 0]);
    assert_eq!(lacking("listener", json!({"allowed_cidrs": ["192.0.2.0/24"]})), ["allowed_cidrs"]);
    assert_eq!(
        lacking("pool", json!({"protocol": "TCP", "lb_algorithm": "ROUND_ROBIN"})),
        ["ROUND_ROBIN"]
    );
    assert_eq!(
        lacking("pool", json!({"protocol": "SCTP", "lb_algorithm": "SOURCE_IP_PORT"})),
        [""; 0]
    );
    assert_eq!(lacking("members", json!([{"weight": 1}, {"weight": 0}])), ["weight"]);
    assert_eq!(lacking("healthmonitor", json!({"type": "HTTP"})), ["HTTP"]);
    assert_eq!(lacking("healthmonitor", json!({"type": "UDP-CONNECT"})), [""; 0]);
}
