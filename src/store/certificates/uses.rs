//! Which listeners use which certificates, by the references of listeners. Pure.

use crate::store::Graph;
use openstack_types::{
    ListenerId, LoadBalancerId, SecretId,
    octavia::{Listener, ListenerProtocol},
};
use std::{collections::HashMap, sync::Arc};

/// A listener that uses a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The load balancer.
    pub balancer: LoadBalancerId,
    /// The name; may be empty.
    pub name: String,
    /// The address of its VIP.
    pub vip: String,
    pub listener: ListenerId,
    pub protocol: ListenerProtocol,
    /// 1 to 65535.
    pub port: u16,
}

/// The listeners of every certificate in use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses(HashMap<SecretId, Vec<Use>>);

impl Uses {
    /// From all load balancers.
    pub fn of_graphs(graphs: &[Arc<Graph>]) -> Self {
        let mut uses: HashMap<SecretId, Vec<Use>> = HashMap::new();
        for graph in graphs {
            for listener in &graph.listeners {
                for secret in certificates(listener) {
                    uses.entry(secret).or_default().push(Use {
                        balancer: graph.balancer.id,
                        name: graph.balancer.name.clone(),
                        vip: graph.balancer.vip_address.clone().unwrap_or_default(),
                        listener: listener.id,
                        protocol: listener.protocol.clone(),
                        port: listener.protocol_port,
                    });
                }
            }
        }
        for all in uses.values_mut() {
            all.sort_by(|a, b| (&a.name, a.balancer, a.port).cmp(&(&b.name, b.balancer, b.port)));
        }
        Self(uses)
    }

    /// The listeners of a certificate, sorted by load balancer.
    pub fn of(&self, id: SecretId) -> &[Use] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// The certificates of a listener, without duplicates.
fn certificates(listener: &Listener) -> Vec<SecretId> {
    let references = listener.certificate_refs();
    let mut ids: Vec<SecretId> = references.filter_map(|text| SecretId::from_ref(text)).collect();
    ids.sort();
    ids.dedup();
    ids
}
