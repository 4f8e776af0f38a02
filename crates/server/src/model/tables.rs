//! The table of each resource that another one refers to.

use super::{
    HEALTH_MONITOR, L7POLICY, L7RULE, LISTENER, MEMBER, POOL, field::ResourceName,
    resource::Resource,
};

pub fn resource(name: ResourceName) -> &'static Resource {
    match name {
        ResourceName::Listener => &LISTENER,
        ResourceName::Pool => &POOL,
        ResourceName::Member => &MEMBER,
        ResourceName::HealthMonitor => &HEALTH_MONITOR,
        ResourceName::L7Policy => &L7POLICY,
        ResourceName::L7Rule => &L7RULE,
    }
}
