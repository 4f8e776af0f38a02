//! The numeric ids of the servers in all processes of a load balancer.
//!
//! Stick tables refer to servers by these ids. HAProxy would number the servers by their position, so that an id
//! would mean another member after each change.

use crate::spec::LoadBalancerSpec;
use openstack_types::MemberId;
use std::collections::{HashMap, HashSet};

/// An id is never used for another member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerIds {
    ids: HashMap<MemberId, u32>,
    last: u32,
}

impl ServerIds {
    /// Gives every member of `spec` an id that it keeps.
    pub(crate) fn assign(&mut self, spec: &LoadBalancerSpec) {
        for member in spec.pools.iter().flat_map(|pool| &pool.members) {
            self.assign_member(member.id);
        }
    }

    pub(crate) fn assign_member(&mut self, member: MemberId) {
        self.ids.entry(member).or_insert_with(|| {
            self.last += 1;
            self.last
        });
    }

    /// Forgets the members that `spec` does not have.
    pub(crate) fn retain(&mut self, spec: &LoadBalancerSpec) {
        let members: HashSet<MemberId> =
            spec.pools.iter().flat_map(|pool| &pool.members).map(|member| member.id).collect();
        self.ids.retain(|member, _| members.contains(member));
    }

    /// `None` for a member that [`Self::assign`] has not seen.
    pub(crate) fn get(&self, member: MemberId) -> Option<u32> {
        self.ids.get(&member).copied()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = u32> {
        self.ids.values().copied()
    }
}

#[cfg(test)]
impl ServerIds {
    pub(crate) fn of(spec: &LoadBalancerSpec) -> Self {
        let mut ids = Self::default();
        ids.assign(spec);
        ids
    }
}
