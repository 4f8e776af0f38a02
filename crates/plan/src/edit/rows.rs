//! Which object each row of a form stands for.

use crate::RowKey;
use openstack_types::{L7PolicyId, L7RuleId, ListenerId, MemberId, PoolId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows of objects that do not exist yet are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rows {
    pub(crate) listeners: BTreeMap<RowKey, ListenerId>,
    pub(crate) groups: BTreeMap<RowKey, PoolId>,
    pub(crate) servers: BTreeMap<RowKey, MemberId>,
    #[serde(default)]
    pub(crate) policies: BTreeMap<RowKey, L7PolicyId>,
    #[serde(default)]
    pub(crate) rules: BTreeMap<RowKey, L7RuleId>,
}

impl Rows {
    pub(crate) fn listener(&self, id: ListenerId) -> Option<RowKey> {
        key_of(&self.listeners, id)
    }

    pub(crate) fn group(&self, id: PoolId) -> Option<RowKey> {
        key_of(&self.groups, id)
    }

    pub(crate) fn server(&self, id: MemberId) -> Option<RowKey> {
        key_of(&self.servers, id)
    }

    pub(crate) fn policy(&self, id: L7PolicyId) -> Option<RowKey> {
        key_of(&self.policies, id)
    }

    pub(crate) fn rule(&self, id: L7RuleId) -> Option<RowKey> {
        key_of(&self.rules, id)
    }
}

fn key_of<Id: PartialEq>(rows: &BTreeMap<RowKey, Id>, id: Id) -> Option<RowKey> {
    rows.iter().find(|(_, known)| **known == id).map(|(key, _)| *key)
}
