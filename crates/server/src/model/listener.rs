use super::*;

/// What Octavia knows; which of them are served is decided in `listeners.rs`.
const PROTOCOLS: Kind =
    Kind::Word(&["PROMETHEUS", "TERMINATED_HTTPS", "TCP", "HTTP", "HTTPS", "UDP", "SCTP"]);

/// What Octavia knows; which of them are served the operator decides.
const TLS_VERSIONS: Kind = Kind::Words(&["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]);
const ALPN_PROTOCOLS: Kind = Kind::Words(&["h2", "http/1.1", "http/1.0"]);

macro_rules! fields {
    ($($more:expr,)*) => {
        &[
            ID,
            NAME,
            DESCRIPTION,
            PROVISIONING_STATUS,
            OPERATING_STATUS,
            ADMIN_STATE_UP,
            Field::new("protocol", PROTOCOLS, Fixed::Null).required(),
            port("protocol_port").required(),
            Field::new("connection_limit", Kind::Integer(-1, i32::MAX as i64), Fixed::Integer(-1))
                .create()
                .update(),
            Field::new("default_tls_container_ref", Kind::Text(255), Fixed::Null)
                .create()
                .update(),
            Field::new("sni_container_refs", Kind::Tags, Fixed::NoItems).create().update(),
            Field::new("default_pool_id", Kind::Uuid, Fixed::Null).create().update(),
            Field::new("default_pool", Kind::One(&POOL_IN_GRAPH), Fixed::Null)
                .create()
                .unstored()
                .hidden(),
            Field::new("l7policies", Kind::Many(&L7POLICY_IN_GRAPH), Fixed::NoItems)
                .create()
                .unstored(),
            Field::new("insert_headers", Kind::Headers, Fixed::NoEntries).create().update(),
            CREATED_AT,
            UPDATED_AT,
            timeout("timeout_client_data", 50_000),
            timeout("timeout_member_connect", 5_000),
            timeout("timeout_member_data", 50_000),
            timeout("timeout_tcp_inspect", 0),
            TAGS,
            Field::only("client_ca_tls_container_ref", Fixed::Null).create().update(),
            Field::only("client_authentication", Fixed::Text("NONE")).create().update(),
            Field::only("client_crl_container_ref", Fixed::Null).create().update(),
            Field::new("allowed_cidrs", Kind::Cidrs, Fixed::Null).create().update(),
            Field::new("tls_ciphers", Kind::Ciphers, Fixed::Null).create().update(),
            Field::new("tls_versions", TLS_VERSIONS, Fixed::Null).create().update(),
            Field::new("alpn_protocols", ALPN_PROTOCOLS, Fixed::Null).create().update(),
            Field::new("hsts_max_age", Kind::Integer(0, i32::MAX as i64), Fixed::Null)
                .create()
                .update(),
            Field::new("hsts_include_subdomains", Kind::Bool, Fixed::Bool(false))
                .create()
                .update(),
            Field::new("hsts_preload", Kind::Bool, Fixed::Bool(false)).create().update(),
            $($more,)*
        ]
    };
}

/// Listeners.
pub static LISTENER: Resource = Resource {
    key: "listener",
    wire: "listener",
    plural: "listeners",
    argument: "listener_",
    title: "Listener",
    fields: fields![LOADBALANCER_ID.required(), PROJECT_ID, TENANT_ID,],
};

/// Listeners within the create of a load balancer.
pub static LISTENER_IN_GRAPH: Resource = Resource {
    key: "listener",
    wire: "listener",
    plural: "listeners",
    argument: "listener_",
    title: "Listener",
    fields: fields![],
};
