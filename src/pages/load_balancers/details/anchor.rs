//! Anchors: elements of the page that the topology links to.

use uuid::Uuid;

/// The id of the element that shows a listener, server group, server or the load balancer itself.
pub(super) fn anchor_id(id: Uuid) -> String {
    format!("anchor-{id}")
}
