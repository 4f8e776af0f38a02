use super::*;

const TYPES: Kind =
    Kind::Word(&["HTTP", "HTTPS", "PING", "SCTP", "TCP", "TLS-HELLO", "UDP-CONNECT"]);
const METHODS: Kind =
    Kind::Word(&["GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PATCH"]);

macro_rules! fields {
    ($($more:expr,)*) => {
        &[
            ID,
            NAME,
            Field::new("type", TYPES, Fixed::Null).required(),
            seconds("delay"),
            seconds("timeout"),
            Field::new("max_retries_down", Kind::Integer(1, 10), Fixed::Integer(3))
                .create()
                .update(),
            Field::new("max_retries", Kind::Integer(1, 10), Fixed::Null).required().update(),
            Field::new("http_method", METHODS, Fixed::Null).create().update(),
            Field::new("url_path", Kind::UrlPath, Fixed::Null).create().update(),
            Field::new("expected_codes", Kind::Codes, Fixed::Null).create().update(),
            ADMIN_STATE_UP,
            PROVISIONING_STATUS,
            OPERATING_STATUS,
            CREATED_AT,
            UPDATED_AT,
            TAGS,
            Field::new("http_version", Kind::HttpVersion, Fixed::Null).create().update(),
            Field::new("domain_name", Kind::Domain, Fixed::Null).create().update(),
            $($more,)*
        ]
    };
}

/// At most a day.
const fn seconds(name: &'static str) -> Field {
    Field::new(name, Kind::Integer(0, 86_400), Fixed::Null).required().update()
}

/// Health monitors.
pub static HEALTH_MONITOR: Resource = Resource {
    key: "healthmonitor",
    wire: "healthmonitor",
    plural: "healthmonitors",
    argument: "health_monitor_",
    title: "Health Monitor",
    fields: fields![
        Field::new("pool_id", Kind::Uuid, Fixed::Null).required().hidden(),
        LOADBALANCER_ID,
        PROJECT_ID,
        TENANT_ID,
    ],
};

/// Health monitors within the create of a pool.
pub static HEALTH_MONITOR_IN_GRAPH: Resource = Resource {
    key: "healthmonitor",
    wire: "healthmonitor",
    plural: "healthmonitors",
    argument: "health_monitor_",
    title: "Health Monitor",
    fields: fields![],
};
