//! A load balancer with its listeners, pools, members and health monitors, and how an event patches
//! it. Pure.

use super::order::sort;
use openstack_types::{
    HealthMonitorId, LoadBalancerId, MemberId, OperatingStatus, PoolId, ProvisioningStatus,
    octavia::{HealthMonitor, Listener, LoadBalancer, Pool},
    portal::{Event, EventAction, EventKind, MemberSummary},
};
use std::{collections::HashMap, net::IpAddr, sync::Arc};

/// A load balancer with its listeners, pools and members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    pub balancer: LoadBalancer,
    /// Sorted by port.
    pub listeners: Vec<Listener>,
    /// In the order of the load balancer's list.
    pub pools: Vec<PoolGraph>,
}

/// A pool with its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolGraph {
    pub pool: Pool,
    pub members: Vec<MemberSummary>,
    /// Only read for the details page.
    pub monitor: Option<HealthMonitor>,
}

/// Whether an event could be applied to a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patch {
    /// It was applied.
    Done,
    /// The event has too little information: the load balancer must be read again.
    ReadAnew,
}

/// Sorts members by address as a number, then by port: 10.0.0.9 before 10.0.0.10.
fn in_order(member: &MemberSummary) -> (Option<IpAddr>, u16, MemberId) {
    (member.address.parse().ok(), member.protocol_port, member.id)
}

impl Graph {
    /// Builds graphs from the lists.
    pub fn assemble(
        balancers: Vec<LoadBalancer>,
        listeners: Vec<Listener>,
        pools: Vec<Pool>,
        members: Vec<MemberSummary>,
        mut monitors: HashMap<HealthMonitorId, HealthMonitor>,
    ) -> Vec<Arc<Self>> {
        let mut members_of: HashMap<_, Vec<_>> = HashMap::new();
        for member in members {
            members_of.entry(member.pool_id).or_default().push(member);
        }
        let mut pools_of: HashMap<LoadBalancerId, Vec<_>> = HashMap::new();
        for pool in pools {
            let Some(owner) = pool.loadbalancers.first() else { continue };
            let members = members_of.remove(&pool.id).unwrap_or_default();
            let mut keyed: Vec<_> = members.into_iter().map(|one| (in_order(&one), one)).collect();
            sort(&mut keyed, |a, b| a.0.cmp(&b.0));
            let members = keyed.into_iter().map(|(_, member)| member).collect();
            let owner = owner.id;
            let monitor = pool.healthmonitor_id.and_then(|id| monitors.remove(&id));
            pools_of.entry(owner).or_default().push(PoolGraph { pool, members, monitor });
        }
        let mut listeners_of: HashMap<LoadBalancerId, Vec<_>> = HashMap::new();
        for listener in listeners {
            let Some(owner) = listener.loadbalancers.first() else { continue };
            listeners_of.entry(owner.id).or_default().push(listener);
        }
        balancers
            .into_iter()
            .map(|balancer| {
                let mut listeners = listeners_of.remove(&balancer.id).unwrap_or_default();
                let key = |listener: &Listener| (listener.protocol_port, listener.id);
                sort(&mut listeners, |a, b| key(a).cmp(&key(b)));
                let mut pools = pools_of.remove(&balancer.id).unwrap_or_default();
                let place = |one: &PoolGraph| {
                    let at = balancer.pools.iter().position(|pool| pool.id == one.pool.id);
                    at.unwrap_or(usize::MAX)
                };
                sort(&mut pools, |a, b| place(a).cmp(&place(b)));
                Arc::new(Self { balancer, listeners, pools })
            })
            .collect()
    }

    /// The reason of ERROR of the load balancer or a listener, where the service has it.
    pub fn reason(&self) -> Option<&str> {
        let error = ProvisioningStatus::Error;
        let in_error = self.balancer.provisioning_status == error
            || self.listeners.iter().any(|listener| listener.provisioning_status == error);
        self.balancer.provisioning_reason.as_deref().filter(|_| in_error)
    }

    /// Whether it serves nothing although its operating status does not say so: no listener has a server that
    /// may take traffic. Octavia counts an empty server group, or none, as ONLINE. A status that tells of a
    /// problem comes first.
    pub fn is_idle(&self) -> bool {
        let balancer = &self.balancer;
        let may_hide_it = !matches!(
            balancer.operating_status,
            OperatingStatus::Error | OperatingStatus::Degraded | OperatingStatus::Draining
        );
        may_hide_it
            && balancer.admin_state_up
            && balancer.provisioning_status != ProvisioningStatus::PendingCreate
            && !self.may_serve()
    }

    fn may_serve(&self) -> bool {
        self.listeners.iter().any(|one| one.admin_state_up && self.has_answer(one))
    }

    /// Whether a listener serves nothing although it is enabled and its operating status may be ONLINE.
    pub fn is_idle_listener(&self, listener: &Listener) -> bool {
        listener.admin_state_up
            && listener.operating_status == OperatingStatus::Online
            && !self.has_answer(listener)
    }

    /// A listener with policies may serve without servers: policies redirect.
    fn has_answer(&self, listener: &Listener) -> bool {
        let has_server = |id: PoolId| {
            let mut pools = self.pools.iter();
            let pool = pools.find(|one| one.pool.id == id && one.pool.admin_state_up);
            pool.is_some_and(|one| one.members.iter().any(|m| m.admin_state_up && m.weight > 0))
        };
        !listener.l7policies.is_empty() || listener.default_pool_id.is_some_and(has_server)
    }

    /// Applies an event of this load balancer or its parts, except its own deletion.
    pub fn patch(&mut self, event: &Event) -> Patch {
        match event.action {
            EventAction::Status => self.patch_status(event),
            EventAction::Deleted => self.patch_deleted(event),
            _ => Patch::ReadAnew,
        }
    }

    fn patch_status(&mut self, event: &Event) -> Patch {
        let id = event.id;
        let (provisioning, operating) = match event.kind {
            EventKind::LoadBalancer => {
                let balancer = &mut self.balancer;
                if let Some(at) = &event.updated_at {
                    balancer.updated_at = Some(at.clone());
                }
                // A change of health keeps the reason.
                if event.reason.is_some() {
                    balancer.provisioning_reason.clone_from(&event.reason);
                }
                (Some(&mut balancer.provisioning_status), &mut balancer.operating_status)
            }
            EventKind::Listener => match self.listeners.iter_mut().find(|l| l.id.0 == id) {
                Some(l) => (Some(&mut l.provisioning_status), &mut l.operating_status),
                None => return Patch::ReadAnew,
            },
            EventKind::Pool => match self.pools.iter_mut().find(|p| p.pool.id.0 == id) {
                Some(p) => (Some(&mut p.pool.provisioning_status), &mut p.pool.operating_status),
                None => return Patch::ReadAnew,
            },
            EventKind::Member => {
                let mut members = self.pools.iter_mut().flat_map(|p| &mut p.members);
                match members.find(|m| m.id.0 == id) {
                    Some(m) => {
                        let status = event.operating_status.as_ref();
                        let other = status.is_some_and(|status| *status != m.operating_status);
                        // The end of a change keeps the reason.
                        if other || event.reason.is_some() {
                            m.reason.clone_from(&event.reason);
                        }
                        if event.since.is_some() {
                            m.since.clone_from(&event.since);
                        }
                        (None, &mut m.operating_status)
                    }
                    None => return Patch::ReadAnew,
                }
            }
            EventKind::HealthMonitor => {
                let mut monitors = self.pools.iter_mut().filter_map(|p| p.monitor.as_mut());
                match monitors.find(|m| m.id.0 == id) {
                    Some(m) => (Some(&mut m.provisioning_status), &mut m.operating_status),
                    None => return Patch::Done,
                }
            }
            _ => return Patch::Done,
        };
        if let (Some(slot), Some(status)) = (provisioning, &event.provisioning_status) {
            *slot = status.clone();
        }
        if let Some(status) = &event.operating_status {
            *operating = status.clone();
        }
        Patch::Done
    }

    fn patch_deleted(&mut self, event: &Event) -> Patch {
        let id = event.id;
        match event.kind {
            EventKind::Listener => {
                self.listeners.retain(|l| l.id.0 != id);
                self.balancer.listeners.retain(|l| l.id.0 != id);
                Patch::Done
            }
            EventKind::Pool => {
                self.pools.retain(|p| p.pool.id.0 != id);
                self.balancer.pools.retain(|p| p.id.0 != id);
                for listener in &mut self.listeners {
                    listener.default_pool_id = listener.default_pool_id.filter(|p| p.0 != id);
                }
                Patch::Done
            }
            EventKind::Member => {
                for pool in &mut self.pools {
                    pool.members.retain(|m| m.id.0 != id);
                    pool.pool.members.retain(|m| m.id.0 != id);
                }
                Patch::Done
            }
            EventKind::HealthMonitor => {
                for pool in &mut self.pools {
                    if pool.pool.healthmonitor_id.is_some_and(|m| m.0 == id) {
                        pool.pool.healthmonitor_id = None;
                        pool.monitor = None;
                    }
                }
                Patch::Done
            }
            EventKind::L7Policy => Patch::ReadAnew,
            _ => Patch::Done,
        }
    }
}
