//! What the form keeps while another type is chosen.

use super::{keys::RowKey, listener::ListenerDraft};
use openstack_types::octavia::{HealthMonitorType, SessionPersistenceType};
use serde::{Deserialize, Serialize};

/// What the form held before the type was changed; it returns with the type. Not part of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    pub(super) listeners: Option<Vec<ListenerDraft>>,
    pub(super) health: Vec<(RowKey, Option<HealthMonitorType>)>,
    pub(super) persistence: Vec<(RowKey, Option<SessionPersistenceType>)>,
}
