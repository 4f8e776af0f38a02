//! Which object each row of a form stands for.

use crate::RowKey;
use openstack_types::{ListenerId, MemberId, PoolId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows of objects that do not exist yet are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rows {
    pub(super) listeners: BTreeMap<RowKey, ListenerId>,
    pub(super) groups: BTreeMap<RowKey, PoolId>,
    pub(super) servers: BTreeMap<RowKey, MemberId>,
}

impl Rows {
    pub(super) fn listener(&self, id: ListenerId) -> Option<RowKey> {
        key_of(&self.listeners, id)
    }

    pub(super) fn group(&self, id: PoolId) -> Option<RowKey> {
        key_of(&self.groups, id)
    }

    pub(super) fn server(&self, id: MemberId) -> Option<RowKey> {
        key_of(&self.servers, id)
    }
}

fn key_of<Id: PartialEq>(rows: &BTreeMap<RowKey, Id>, id: Id) -> Option<RowKey> {
    rows.iter().find(|(_, known)| **known == id).map(|(key, _)| *key)
}
