//! Members that become the portal while it runs: it listens on every address of the machine, and the operator gives
//! the machine a member's address.

use crate::{
    address_policy::{AddressPolicy, Connection},
    store::{Store, octavia::endpoints},
};
use openstack_types::LoadBalancerId;
use std::{
    collections::HashSet,
    net::{IpAddr, SocketAddr},
};

type Target = (String, IpAddr);

/// The members that were the portal the last time.
#[derive(Default)]
pub(super) struct PortalMembers(HashSet<Target>);

impl PortalMembers {
    /// The load balancers that have to be applied again, because a member has become the portal or no longer is it.
    /// Reads nothing from the database when the portal listens on one address.
    pub(super) async fn changed(
        &mut self,
        store: &Store,
        policy: &AddressPolicy,
    ) -> rusqlite::Result<HashSet<LoadBalancerId>> {
        let mut now = HashSet::new();
        for port in policy.ports_everywhere() {
            let targets = store.read(move |db| endpoints::targets_at_port(db, port)).await?;
            now.extend(targets.into_iter().filter(|(_, address)| {
                policy.check(Connection::Member, SocketAddr::new(*address, port)).is_err()
            }));
        }
        Ok(self.replace(now))
    }

    fn replace(&mut self, now: HashSet<Target>) -> HashSet<LoadBalancerId> {
        let before = std::mem::replace(&mut self.0, now);
        let changed = self.0.symmetric_difference(&before);
        changed.filter_map(|(load_balancer, _)| load_balancer.parse().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_balancer_is_applied_when_a_member_becomes_the_portal_and_when_it_no_longer_is() {
        let id = |number: u128| LoadBalancerId(uuid::Uuid::from_u128(number));
        let target = |number, address: &str| (id(number).to_string(), address.parse().unwrap());
        let mut members = PortalMembers::default();
        let one = HashSet::from([target(1, "192.0.2.1")]);
        let both = HashSet::from([target(1, "192.0.2.1"), target(2, "192.0.2.1")]);
        assert_eq!(members.replace(one.clone()), HashSet::from([id(1)]));
        assert_eq!(members.replace(one), HashSet::new());
        assert_eq!(members.replace(both.clone()), HashSet::from([id(2)]));
        assert_eq!(members.replace(both), HashSet::new());
        assert_eq!(members.replace(HashSet::new()), HashSet::from([id(1), id(2)]));
    }
}
