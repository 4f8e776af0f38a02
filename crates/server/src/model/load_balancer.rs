use super::*;

/// Load balancers.
pub static LOAD_BALANCER: Resource = Resource {
    key: "loadbalancer",
    wire: "loadbalancer",
    plural: "loadbalancers",
    argument: "load_balancer",
    title: "Load Balancer",
    fields: &[
        ID,
        NAME,
        DESCRIPTION,
        PROVISIONING_STATUS,
        OPERATING_STATUS,
        ADMIN_STATE_UP,
        PROJECT_ID,
        TENANT_ID,
        Field::new("user_id", Kind::Text(64), Fixed::Null),
        CREATED_AT,
        UPDATED_AT,
        Field::new("vip_address", Kind::Address, Fixed::Null).create(),
        Field::new("vip_port_id", Kind::Uuid, Fixed::Null).create(),
        Field::new("vip_subnet_id", Kind::Uuid, Fixed::Null).create(),
        Field::new("vip_network_id", Kind::Uuid, Fixed::Null).create(),
        Field::only("vip_qos_policy_id", Fixed::Null).create().update(),
        Field::only("vip_sg_ids", Fixed::NoItems).create().update(),
        Field::only("additional_vips", Fixed::NoItems).create(),
        Field::new("provider", Kind::Text(64), Fixed::Text("haproxy")).create(),
        Field::only("flavor_id", Fixed::Null).create(),
        Field::only("availability_zone", Fixed::Null).create(),
        Field::only("vip_vnic_type", Fixed::Text("normal")),
        TAGS,
        // Shown when there is one; Octavia has no such field.
        Field::new("provisioning_reason", Kind::Text(1000), Fixed::Null).hidden(),
        Field::new("listeners", Kind::Many(&LISTENER_IN_GRAPH), Fixed::NoItems)
            .create()
            .unstored()
            .hidden(),
        Field::new("pools", Kind::Many(&POOL_IN_GRAPH), Fixed::NoItems)
            .create()
            .unstored()
            .hidden(),
    ],
};
