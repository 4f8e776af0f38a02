//! The exported Terraform against the arguments of the provider `terraform-provider-openstack/openstack`.
//!
//! Source: the schemas of its resources in version 3.4.0. The provider itself is not run.

use crate::support::valid_draft;
use plan::{export, to_request};
use proptest::prelude::*;

/// The arguments of a resource; those with `!` are required.
const ARGUMENTS: &[(&str, &str)] = &[
    (
        "openstack_lb_loadbalancer_v2",
        "admin_state_up availability_zone description flavor_id loadbalancer_provider name region \
         security_group_ids tags tenant_id vip_address vip_network_id vip_port_id vip_qos_policy_id vip_subnet_id",
    ),
    (
        "openstack_lb_listener_v2",
        "admin_state_up allowed_cidrs alpn_protocols client_authentication client_ca_tls_container_ref \
         client_crl_container_ref connection_limit default_pool_id default_tls_container_ref description \
         hsts_include_subdomains hsts_max_age hsts_preload insert_headers loadbalancer_id! name protocol! \
         protocol_port! region sni_container_refs tags tenant_id timeout_client_data timeout_member_connect \
         timeout_member_data timeout_tcp_inspect tls_ciphers tls_versions",
    ),
    (
        "openstack_lb_pool_v2",
        "admin_state_up alpn_protocols ca_tls_container_ref crl_container_ref description lb_method! listener_id \
         loadbalancer_id name persistence protocol! region tags tenant_id tls_ciphers tls_container_ref tls_enabled \
         tls_versions",
    ),
    ("persistence", "cookie_name type!"),
    (
        "openstack_lb_member_v2",
        "address! admin_state_up backup monitor_address monitor_port name pool_id! protocol_port! region subnet_id \
         tags tenant_id weight",
    ),
    ("openstack_lb_members_v2", "member pool_id! region"),
    (
        "member",
        "address! admin_state_up backup monitor_address monitor_port name protocol_port! subnet_id weight",
    ),
    (
        "openstack_lb_monitor_v2",
        "admin_state_up delay! domain_name expected_codes http_method http_version max_retries! max_retries_down \
         name pool_id! region tenant_id timeout! type! url_path",
    ),
    (
        "openstack_lb_l7policy_v2",
        "action! admin_state_up description listener_id! name position redirect_http_code redirect_pool_id \
         redirect_prefix redirect_url region tenant_id",
    ),
    (
        "openstack_lb_l7rule_v2",
        "admin_state_up compare_type! invert key l7policy_id! region tenant_id type! value!",
    ),
];

/// Arguments of which the provider allows one only, or refuses the first without the second.
const CONFLICTS: &[(&str, &str)] = &[
    ("redirect_pool_id", "redirect_url"),
    ("redirect_pool_id", "redirect_prefix"),
    ("redirect_url", "redirect_prefix"),
    ("redirect_http_code", "redirect_url"),
    ("redirect_http_code", "redirect_pool_id"),
    ("loadbalancer_id", "listener_id"),
];
const NEEDED: &[(&str, &str)] =
    &[("hsts_include_subdomains", "hsts_max_age"), ("hsts_preload", "hsts_max_age")];

/// Checks the names in a block, and in the blocks in it.
fn check(kind: &str, body: &hcl::Body, text: &str) -> Result<(), TestCaseError> {
    let known = ARGUMENTS.iter().find(|(resource, _)| *resource == kind);
    let (_, arguments) = known.unwrap_or_else(|| panic!("{kind}"));
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let blocks = body.blocks().map(|block| block.identifier().to_owned());
    let names: Vec<String> =
        body.attributes().map(|attribute| attribute.key().to_owned()).chain(blocks).collect();
    let has = |name: &str| names.iter().any(|one| one == name);
    for name in &names {
        let is_known = arguments.iter().any(|known| known.trim_end_matches('!') == name);
        prop_assert!(is_known, "{} has no {}\n{}", kind, name, text);
    }
    for required in arguments.iter().filter_map(|name| name.strip_suffix('!')) {
        prop_assert!(has(required), "{} needs {}\n{}", kind, required, text);
    }
    if kind == "openstack_lb_l7policy_v2" || kind == "openstack_lb_pool_v2" {
        for (one, other) in CONFLICTS {
            prop_assert!(!(has(one) && has(other)), "{} with {}\n{}", one, other, text);
        }
    }
    for (one, other) in NEEDED {
        prop_assert!(!has(one) || has(other), "{} without {}\n{}", one, other, text);
    }
    for block in body.blocks() {
        check(block.identifier(), block.body(), text)?;
    }
    Ok(())
}

proptest! {
    #[test]
    fn every_argument_is_one_of_the_provider(draft in valid_draft()) {
        let text = export::terraform(&to_request(&draft).unwrap());
        let body = hcl::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        for block in body.blocks() {
            let labels: Vec<&str> = block.labels().iter().map(hcl::BlockLabel::as_str).collect();
            match (block.identifier(), labels.as_slice()) {
                ("terraform", []) => {}
                ("resource", [kind, _]) => check(kind, block.body(), &text)?,
                other => panic!("{other:?}"),
            }
        }
    }
}
