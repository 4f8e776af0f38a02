use super::*;
use openstack_types::octavia::{ClientAuthentication, ListenerProtocol};
use std::collections::BTreeMap;

const PROTOCOLS: Kind =
    Kind::OneOf(&["PROMETHEUS", "TERMINATED_HTTPS", "TCP", "HTTP", "HTTPS", "UDP", "SCTP"]);
const CLIENT_AUTHENTICATIONS: Kind = Kind::OneOf(&["NONE", "OPTIONAL", "MANDATORY"]);
const TIMEOUT_MAX_MS: i64 = 24 * 24 * 60 * 60 * 1000;

pub const PROTOCOL: Field<ListenerProtocol> =
    Field::new("protocol", PROTOCOLS, DefaultValue::Null).required().unsupported(&["UDP", "SCTP"]);
pub const PROTOCOL_PORT: Field<i64> =
    Field::new("protocol_port", PORT, DefaultValue::Null).required();
/// -1 is no limit.
pub const CONNECTION_LIMIT: Field<i64> =
    Field::new("connection_limit", Kind::Integer(-1, i32::MAX as i64), DefaultValue::Integer(-1))
        .create()
        .update();
pub const DEFAULT_TLS_CONTAINER_REF: Field<Option<String>> =
    Field::new("default_tls_container_ref", Kind::Text(255), DefaultValue::Null).create().update();
pub const SNI_CONTAINER_REFS: Field<Vec<String>> =
    Field::new("sni_container_refs", Kind::TextList, DefaultValue::EmptyList).create().update();
pub const DEFAULT_POOL_ID: Field<Option<String>> =
    Field::new("default_pool_id", Kind::Uuid, DefaultValue::Null).create().update();
pub const DEFAULT_POOL: Field<Nested> =
    Field::nested("default_pool", Kind::Object(ResourceName::Pool));
pub const L7POLICIES: Field<Nested> =
    Field::nested("l7policies", Kind::List(ResourceName::L7Policy));
pub const INSERT_HEADERS: Field<BTreeMap<String, String>> =
    Field::new("insert_headers", Kind::Headers, DefaultValue::EmptyObject).create().update();
pub const TIMEOUT_CLIENT_DATA: Field<i64> = timeout_ms("timeout_client_data", 50_000);
pub const TIMEOUT_MEMBER_CONNECT: Field<i64> = timeout_ms("timeout_member_connect", 5_000);
pub const TIMEOUT_MEMBER_DATA: Field<i64> = timeout_ms("timeout_member_data", 50_000);
pub const TIMEOUT_TCP_INSPECT: Field<i64> = timeout_ms("timeout_tcp_inspect", 0);
pub const ALLOWED_CIDRS: Field<Option<Vec<String>>> =
    Field::new("allowed_cidrs", Kind::Cidrs, DefaultValue::Null).create().update();
pub const TLS_CIPHERS: Field<Option<String>> =
    Field::new("tls_ciphers", Kind::Ciphers, DefaultValue::Null).create().update();
pub const TLS_VERSIONS: Field<Option<Vec<String>>> =
    Field::new("tls_versions", KNOWN_TLS_VERSIONS, DefaultValue::Null).create().update();
pub const ALPN_PROTOCOLS: Field<Option<Vec<String>>> =
    Field::new("alpn_protocols", KNOWN_ALPN_PROTOCOLS, DefaultValue::Null).create().update();
pub const HSTS_MAX_AGE: Field<Option<i64>> =
    Field::new("hsts_max_age", Kind::Integer(0, i32::MAX as i64), DefaultValue::Null)
        .create()
        .update();
pub const HSTS_INCLUDE_SUBDOMAINS: Field<bool> =
    Field::new("hsts_include_subdomains", Kind::Bool, DefaultValue::Bool(false)).create().update();
pub const HSTS_PRELOAD: Field<bool> =
    Field::new("hsts_preload", Kind::Bool, DefaultValue::Bool(false)).create().update();

pub const CLIENT_CA_TLS_CONTAINER_REF: Field<Option<String>> =
    Field::new("client_ca_tls_container_ref", Kind::Text(255), DefaultValue::Null)
        .create()
        .update();
pub const CLIENT_AUTHENTICATION: Field<ClientAuthentication> =
    Field::new("client_authentication", CLIENT_AUTHENTICATIONS, DefaultValue::Text("NONE"))
        .create()
        .update();
pub const CLIENT_CRL_CONTAINER_REF: Field<Option<String>> =
    Field::new("client_crl_container_ref", Kind::Text(255), DefaultValue::Null).create().update();

const fn timeout_ms(name: &'static str, default: i64) -> Field<i64> {
    Field::new(name, Kind::Integer(0, TIMEOUT_MAX_MS), DefaultValue::Integer(default))
        .create()
        .update()
}

pub static LISTENER: Resource = Resource {
    name: "listener",
    singular: "listener",
    plural: "listeners",
    argument: "listener_",
    title: "Listener",
    fields: fields![
        ID,
        NAME,
        DESCRIPTION,
        PROVISIONING_STATUS,
        OPERATING_STATUS,
        ADMIN_STATE_UP,
        PROTOCOL,
        PROTOCOL_PORT,
        CONNECTION_LIMIT,
        DEFAULT_TLS_CONTAINER_REF,
        SNI_CONTAINER_REFS,
        DEFAULT_POOL_ID,
        DEFAULT_POOL,
        L7POLICIES,
        INSERT_HEADERS,
        CREATED_AT,
        UPDATED_AT,
        TIMEOUT_CLIENT_DATA,
        TIMEOUT_MEMBER_CONNECT,
        TIMEOUT_MEMBER_DATA,
        TIMEOUT_TCP_INSPECT,
        TAGS,
        CLIENT_CA_TLS_CONTAINER_REF,
        CLIENT_AUTHENTICATION,
        CLIENT_CRL_CONTAINER_REF,
        ALLOWED_CIDRS,
        TLS_CIPHERS,
        TLS_VERSIONS,
        ALPN_PROTOCOLS,
        HSTS_MAX_AGE,
        HSTS_INCLUDE_SUBDOMAINS,
        HSTS_PRELOAD,
        LOADBALANCER_ID.required_standalone(),
        PROJECT_ID,
        TENANT_ID,
    ],
    relations: &[
        Relation::parent("loadbalancers", LOADBALANCER_ID),
        Relation::children("l7policies", ResourceName::L7Policy, l7policy::LISTENER_ID),
    ],
};
