use super::*;

/// What Octavia knows; which of them are served is decided in `pools.rs`.
const PROTOCOLS: Kind = Kind::Word(&["HTTP", "HTTPS", "PROXY", "TCP", "UDP", "PROXYV2", "SCTP"]);
const ALGORITHMS: Kind =
    Kind::Word(&["SOURCE_IP_PORT", "ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP"]);

macro_rules! fields {
    ($protocol:expr, $algorithm:expr; $($more:expr,)*) => {
        &[
            ID,
            NAME,
            DESCRIPTION,
            PROVISIONING_STATUS,
            OPERATING_STATUS,
            ADMIN_STATE_UP,
            $protocol,
            $algorithm,
            Field::new("session_persistence", Kind::Persistence, Fixed::Null).create().update(),
            CREATED_AT,
            UPDATED_AT,
            Field::new("healthmonitor", Kind::One(&HEALTH_MONITOR_IN_GRAPH), Fixed::Null)
                .create()
                .unstored()
                .hidden(),
            Field::new("members", Kind::Many(&MEMBER_IN_GRAPH), Fixed::NoItems)
                .create()
                .unstored()
                .hidden(),
            TAGS,
            Field::only("tls_container_ref", Fixed::Null).create().update(),
            Field::only("ca_tls_container_ref", Fixed::Null).create().update(),
            Field::only("crl_container_ref", Fixed::Null).create().update(),
            Field::only("tls_enabled", Fixed::Bool(false)).create().update(),
            Field::only("tls_ciphers", Fixed::Null).create().update(),
            Field::only("tls_versions", Fixed::Null).create().update(),
            Field::only("alpn_protocols", Fixed::Null).create().update(),
            $($more,)*
        ]
    };
}

/// Pools.
pub static POOL: Resource = Resource {
    key: "pool",
    wire: "pool",
    plural: "pools",
    argument: "pool_",
    title: "Pool",
    fields: fields![
        Field::new("protocol", PROTOCOLS, Fixed::Null).required(),
        Field::new("lb_algorithm", ALGORITHMS, Fixed::Null).required().update();
        LOADBALANCER_ID.create(),
        Field::new("listener_id", Kind::Uuid, Fixed::Null).create().unstored().hidden(),
        PROJECT_ID,
        TENANT_ID,
    ],
};

/// Pools within the create of a load balancer or listener. Without `protocol` it is a reference to
/// another by name.
pub static POOL_IN_GRAPH: Resource = Resource {
    key: "pool",
    wire: "pool",
    plural: "pools",
    argument: "pool_",
    title: "Pool",
    fields: fields![
        Field::new("protocol", PROTOCOLS, Fixed::Null).create(),
        Field::new("lb_algorithm", ALGORITHMS, Fixed::Null).create();
    ],
};
