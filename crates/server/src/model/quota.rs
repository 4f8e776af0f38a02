use super::*;

/// -1 is no limit.
const fn limit(name: &'static str) -> Field<i64> {
    Field::new(name, Kind::Integer(-1, 2_000_000_000), DefaultValue::Integer(-1)).update()
}

pub const LOADBALANCER: Field<i64> = limit("loadbalancer");
pub const HEALTHMONITOR: Field<i64> = limit("healthmonitor");
/// The second name of `loadbalancer` in Octavia's API.
pub const LOAD_BALANCER: Field<i64> = limit("load_balancer").unstored();
/// The second name of `healthmonitor` in Octavia's API.
pub const HEALTH_MONITOR: Field<i64> = limit("health_monitor").unstored();

/// How many objects of each resource a project may have. A limit has the name of the resource.
pub static QUOTA: Resource = Resource {
    name: "quota",
    singular: "quota",
    plural: "quotas",
    argument: "quotas",
    title: "Quota",
    fields: fields![
        LOADBALANCER,
        LOAD_BALANCER,
        limit("listener"),
        limit("member"),
        limit("pool"),
        HEALTHMONITOR,
        HEALTH_MONITOR,
        limit("l7policy"),
        limit("l7rule"),
    ],
    relations: &[],
};
