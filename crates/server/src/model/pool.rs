use super::*;
use openstack_types::octavia::{LbAlgorithm, PoolProtocol, SessionPersistence};

const PROTOCOLS: Kind = Kind::OneOf(&["HTTP", "HTTPS", "PROXY", "TCP", "UDP", "PROXYV2", "SCTP"]);
const ALGORITHMS: Kind =
    Kind::OneOf(&["SOURCE_IP_PORT", "ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP"]);

/// A nested pool without a protocol refers to another pool of the request by name.
pub const PROTOCOL: Field<PoolProtocol> = Field::new("protocol", PROTOCOLS, DefaultValue::Null)
    .required()
    .optional_nested()
    .unsupported(&["UDP", "SCTP"]);
pub const LB_ALGORITHM: Field<LbAlgorithm> =
    Field::new("lb_algorithm", ALGORITHMS, DefaultValue::Null)
        .required()
        .optional_nested()
        .update()
        .unsupported(&["SOURCE_IP_PORT"]);
pub const SESSION_PERSISTENCE: Field<Option<SessionPersistence>> =
    Field::new("session_persistence", Kind::SessionPersistence, DefaultValue::Null)
        .create()
        .update();
pub const HEALTHMONITOR: Field<Nested> =
    Field::nested("healthmonitor", Kind::Object(ResourceName::HealthMonitor));
pub const MEMBERS: Field<Nested> = Field::nested("members", Kind::List(ResourceName::Member));
/// The listener whose default pool the new pool becomes.
pub const LISTENER_ID: Field<Option<String>> =
    Field::new("listener_id", Kind::Uuid, DefaultValue::Null)
        .create_standalone()
        .unstored()
        .hidden();

/// The certificate that members see.
pub const TLS_CONTAINER_REF: Field<Option<String>> =
    Field::new("tls_container_ref", Kind::Text(255), DefaultValue::Null).create().update();
pub const CA_TLS_CONTAINER_REF: Field<Option<String>> =
    Field::new("ca_tls_container_ref", Kind::Text(255), DefaultValue::Null).create().update();
pub const CRL_CONTAINER_REF: Field<Option<String>> =
    Field::new("crl_container_ref", Kind::Text(255), DefaultValue::Null).create().update();
/// Without it, the other settings are stored and have no effect.
pub const TLS_ENABLED: Field<bool> =
    Field::new("tls_enabled", Kind::Bool, DefaultValue::Bool(false)).create().update();
pub const TLS_CIPHERS: Field<Option<String>> =
    Field::new("tls_ciphers", Kind::Ciphers, DefaultValue::Null).create().update();
pub const TLS_VERSIONS: Field<Option<Vec<String>>> =
    Field::new("tls_versions", KNOWN_TLS_VERSIONS, DefaultValue::Null).create().update();
pub const ALPN_PROTOCOLS: Field<Option<Vec<String>>> =
    Field::new("alpn_protocols", KNOWN_ALPN_PROTOCOLS, DefaultValue::Null).create().update();

pub static POOL: Resource = Resource {
    name: "pool",
    singular: "pool",
    plural: "pools",
    argument: "pool_",
    title: "Pool",
    fields: fields![
        ID,
        NAME,
        DESCRIPTION,
        PROVISIONING_STATUS,
        OPERATING_STATUS,
        ADMIN_STATE_UP,
        PROTOCOL,
        LB_ALGORITHM,
        SESSION_PERSISTENCE,
        CREATED_AT,
        UPDATED_AT,
        HEALTHMONITOR,
        MEMBERS,
        TAGS,
        TLS_CONTAINER_REF,
        CA_TLS_CONTAINER_REF,
        CRL_CONTAINER_REF,
        TLS_ENABLED,
        TLS_CIPHERS,
        TLS_VERSIONS,
        ALPN_PROTOCOLS,
        LOADBALANCER_ID.create_standalone(),
        LISTENER_ID,
        PROJECT_ID,
        TENANT_ID,
    ],
    relations: &[
        Relation::parent("loadbalancers", LOADBALANCER_ID),
        Relation::children("listeners", ResourceName::Listener, listener::DEFAULT_POOL_ID),
        Relation::children("members", ResourceName::Member, member::POOL_ID),
        Relation::only_child(
            "healthmonitor_id",
            ResourceName::HealthMonitor,
            health_monitor::POOL_ID,
        ),
    ],
};
