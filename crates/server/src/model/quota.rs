use super::*;

const fn limit(name: &'static str) -> Field {
    Field::new(name, Kind::Integer(-1, 2_000_000_000), Fixed::Integer(-1)).update()
}

/// Quotas of a project; -1 is no limit. Two have an older spelling beside the one stored.
pub static QUOTA: Resource = Resource {
    key: "quota",
    wire: "quota",
    plural: "quotas",
    argument: "quotas",
    title: "Quota",
    fields: &[
        limit("loadbalancer"),
        limit("load_balancer").unstored(),
        limit("listener"),
        limit("member"),
        limit("pool"),
        limit("healthmonitor"),
        limit("health_monitor").unstored(),
        limit("l7policy"),
        limit("l7rule"),
    ],
};
