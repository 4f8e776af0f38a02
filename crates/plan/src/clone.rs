//! An existing load balancer as the draft of a new one, for `Clone` and `Export`.

use crate::{
    Draft,
    edit::Rows,
    graph::{Graph, draft_from_graph},
    request::{Names, listener_name, pool_name_stem},
};
use openstack_types::octavia::ListenerProtocol;

/// The draft that creates a copy of a load balancer. It has every setting of the original except its VIP and
/// the port of it, which the original keeps.
pub fn export_draft(graph: &Graph) -> Draft {
    let (mut draft, _) = draft_from_graph(graph, &Rows::default(), 0);
    draft.vip_address.clear();
    draft.vip_port.clear();
    for vip in &mut draft.additional_vips {
        vip.address.clear();
    }
    clear_generated_group_names(&mut draft);
    share_options(&mut draft);
    draft
}

/// A create form filled with an [`export_draft`]. Names that were generated are left to be generated again,
/// and a load balancer without pools has a group for the servers to come.
pub fn clone_draft(graph: &Graph) -> Draft {
    let mut draft = export_draft(graph);
    for listener in &mut draft.listeners {
        let port = listener.port.parse().unwrap_or_default();
        if listener.name == listener_name(&listener.protocol, port) {
            listener.name.clear();
        }
    }
    if draft.groups.is_empty() {
        let group = draft.add_group();
        draft.offered_group = Some(group);
        for listener in &mut draft.listeners {
            if listener.protocol != ListenerProtocol::Prometheus {
                listener.group = Some(group);
            }
        }
    }
    draft
}

/// Clears the names of groups that get the same name when they are created.
fn clear_generated_group_names(draft: &mut Draft) {
    let stem = pool_name_stem(&draft.name);
    let mut generated = Names::default();
    let mut expected = generated.unique(&stem);
    for group in &mut draft.groups {
        if group.name == expected {
            group.name.clear();
            expected = generated.unique(&stem);
        }
    }
}

/// Shares the options if all listeners have the same.
fn share_options(draft: &mut Draft) {
    let mut options = draft.listeners.iter().filter_map(|listener| listener.own_options.as_ref());
    let Some(first) = options.next() else { return };
    if options.all(|own| own == first) {
        draft.options = first.clone();
        draft.listeners.iter_mut().for_each(|listener| listener.own_options = None);
    }
}
