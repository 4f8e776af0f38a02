//! The object whose metrics are shown in full.

use crate::{
    pages::load_balancers::labels::{endpoint_label, listener_label},
    store::Graph,
};
use leptos::prelude::*;
use uuid::Uuid;

/// The id of the load balancer, or of a listener or server that the user has selected.
pub(super) type SelectedObject = RwSignal<Uuid>;

/// The label of a listener or server: `HTTP 80`, `192.0.2.1:80`.
pub(super) fn object_label(graph: &Graph, id: Uuid) -> Option<String> {
    let listener = graph.listeners.iter().find(|listener| listener.id.0 == id);
    if let Some(listener) = listener {
        return Some(listener_label(&listener.protocol, listener.protocol_port));
    }
    let mut members = graph.pools.iter().flat_map(|pool| &pool.members);
    let member = members.find(|member| member.id.0 == id)?;
    Some(endpoint_label(&member.address, member.protocol_port))
}
