//! Random load balancers.

use super::{created::created_graph, drafts::valid_draft};
use openstack_types::OperatingStatus;
use plan::{Graph, to_request};
use proptest::{collection::vec, prelude::*};

/// A load balancer of another tool, with settings that the form cannot show.
pub(crate) fn any_graph() -> impl Strategy<Value = Graph> {
    (valid_draft(), vec(any::<u8>(), 40)).prop_map(|(draft, dice)| {
        let mut graph = created_graph(&to_request(&draft).unwrap());
        let mut dice = dice.into_iter().cycle();
        let mut roll = |n: u8| dice.next().unwrap_or_default() % n == 0;
        for listener in &mut graph.listeners {
            if roll(2) {
                listener.sni_container_refs = vec!["https://barbican/v1/secrets/a".into()];
            }
            if roll(3) {
                listener.insert_headers.insert("X-SSL-Client-Verify".into(), "true".into());
            }
            if roll(3) {
                listener.name = String::new();
            }
            if roll(4) {
                // Longer than the form accepts.
                listener.timeout_client_data = Some(2 * 86_400_000);
            }
        }
        for member in graph.members.values_mut().flatten() {
            if roll(2) {
                member.tags = vec!["blue".into()];
            }
            if roll(3) {
                member.admin_state_up = false;
                member.operating_status = OperatingStatus::Offline;
            }
            if roll(3) {
                member.monitor_address = Some("192.0.2.250".into());
                member.monitor_port = Some(8080);
            }
        }
        for monitor in &mut graph.monitors {
            if roll(3) {
                // Octavia accepts it, the form does not.
                monitor.timeout = monitor.delay + 1;
            }
            monitor.admin_state_up = !roll(4);
            monitor.name = "watch".into();
        }
        graph
    })
}
