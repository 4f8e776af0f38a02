//! Members that are refused though they are stored: the rules may have changed since they were created.

use crate::address_policy::{AddressPolicy, Connection, RefusedAddress};
use engine::spec::{LoadBalancerSpec, MemberSpec};
use openstack_types::MemberId;
use std::{collections::HashSet, net::SocketAddr};

/// A member that a load balancer is served without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedMember {
    pub member: MemberId,
    /// For the people who see the member.
    pub reason: String,
}

/// Leaves out the members whose addresses are refused, or through which traffic comes back, and returns them.
pub fn leave_out_refused_members(
    spec: &mut LoadBalancerSpec,
    policy: &AddressPolicy,
    loops: &[SocketAddr],
) -> Vec<RefusedMember> {
    let sockets = spec.vips().flat_map(|vip| {
        let ports = spec.listeners.iter().map(|listener| listener.port);
        ports.map(move |port| SocketAddr::new(vip.to_canonical(), port))
    });
    let own: HashSet<_> = sockets.collect();
    let mut refused = Vec::new();
    for pool in &mut spec.pools {
        pool.members.retain(|member| match judge(member, &own, policy, loops) {
            Ok(()) => true,
            Err(reason) => {
                let reason = format!("not used: {reason}");
                refused.push(RefusedMember { member: member.id, reason });
                false
            }
        });
    }
    refused
}

/// Judges where a member and its checks connect to.
fn judge(
    member: &MemberSpec,
    own: &HashSet<SocketAddr>,
    policy: &AddressPolicy,
    loops: &[SocketAddr],
) -> Result<(), RefusedAddress> {
    let traffic = SocketAddr::new(member.address, member.port);
    let checks = SocketAddr::new(
        member.monitor_address.unwrap_or(member.address),
        member.monitor_port.unwrap_or(member.port),
    );
    let target = SocketAddr::new(member.address.to_canonical(), member.port);
    if own.contains(&target) {
        return Err(RefusedAddress::LoadBalancer { target });
    }
    if loops.contains(&target) {
        return Err(RefusedAddress::Loop { target });
    }
    policy.check(Connection::Member, traffic)?;
    policy.check(Connection::Member, checks)
}
