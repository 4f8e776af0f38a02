use super::counter::Kind;
use engine::spec::LoadBalancerSpec;
use openstack_types::MemberId;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The parts of a load balancer that are counted, and how.
pub struct Shape {
    /// The load balancer has listeners.
    pub(super) serves: bool,
    pub(super) http: bool,
    pub(super) parts: HashMap<Uuid, Kind>,
    pub(super) checked: HashSet<MemberId>,
}

impl Shape {
    pub fn of(spec: &LoadBalancerSpec) -> Self {
        let mut parts = HashMap::new();
        for listener in &spec.listeners {
            parts.insert(listener.id.0, Kind { http: listener.mode.is_http(), member: false });
        }
        let mut checked = HashSet::new();
        for pool in &spec.pools {
            let mut serves = spec.listeners.iter().filter(|listener| listener.uses(pool.id));
            let kind = Kind { http: serves.any(|listener| listener.mode.is_http()), member: true };
            for member in &pool.members {
                parts.insert(member.id.0, kind);
                if member.enabled && pool.monitor.is_some() {
                    checked.insert(member.id);
                }
            }
        }
        let http = spec.listeners.iter().any(|listener| listener.mode.is_http());
        Self { serves: !spec.listeners.is_empty(), http, parts, checked }
    }

    /// The parts of both.
    pub fn with(mut self, other: Self) -> Self {
        self.serves |= other.serves;
        self.http |= other.http;
        self.parts.extend(other.parts);
        self.checked.extend(other.checked);
        self
    }
}
