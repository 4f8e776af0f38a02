//! A create request in the formats of other tools. Names can contain any character: each format quotes
//! them by the rules of its language.

mod openstack;
mod terraform;

use openstack_types::{field::is_invisible, octavia::CreateLoadBalancer};
use serde::Serialize;

pub use openstack::openstack_commands;
pub use terraform::terraform;

/// The HTTP request with its headers and its body.
pub fn api_request(request: &CreateLoadBalancer) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        loadbalancer: &'a CreateLoadBalancer,
    }
    // Cannot fail: all maps have text keys.
    let body = serde_json::to_string_pretty(&Body { loadbalancer: request }).unwrap_or_default();
    let body = escaped_in_json(&body);
    format!(
        "POST /load-balancer/v2/lbaas/loadbalancers\nContent-Type: application/json\nX-Auth-Token: $OS_TOKEN\n\n{body}\n"
    )
}

/// Escapes what is invisible in a JSON text: pasted or printed, it could end the paste, rewrite a line, or hide a part of
/// it. It is in strings only: between values, JSON has nothing of it but line feeds, which stay.
fn escaped_in_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_invisible(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out
}
