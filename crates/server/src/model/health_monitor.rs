use super::*;
use openstack_types::octavia::HealthMonitorType;

const TYPES: Kind =
    Kind::OneOf(&["HTTP", "HTTPS", "PING", "SCTP", "TCP", "TLS-HELLO", "UDP-CONNECT"]);
const METHODS: Kind =
    Kind::OneOf(&["GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PATCH"]);
const ONE_DAY_SECONDS: i64 = 86_400;

pub const TYPE: Field<HealthMonitorType> =
    Field::new("type", TYPES, DefaultValue::Null).required().unsupported(&["SCTP", "UDP-CONNECT"]);
/// Seconds between two checks.
pub const DELAY: Field<i64> = seconds("delay");
/// Seconds until a check fails.
pub const TIMEOUT: Field<i64> = seconds("timeout");
/// Failed checks in a row until a member is down.
pub const MAX_RETRIES_DOWN: Field<i64> =
    Field::new("max_retries_down", Kind::Integer(1, 10), DefaultValue::Integer(3))
        .create()
        .update();
/// Successful checks in a row until a member is up.
pub const MAX_RETRIES: Field<i64> =
    Field::new("max_retries", Kind::Integer(1, 10), DefaultValue::Null).required().update();
pub const HTTP_METHOD: Field<Option<String>> =
    Field::new("http_method", METHODS, DefaultValue::Null).create().update();
pub const URL_PATH: Field<Option<String>> =
    Field::new("url_path", Kind::UrlPath, DefaultValue::Null).create().update();
pub const EXPECTED_CODES: Field<Option<String>> =
    Field::new("expected_codes", Kind::StatusCodes, DefaultValue::Null).create().update();
pub const HTTP_VERSION: Field<Option<f64>> =
    Field::new("http_version", Kind::HttpVersion, DefaultValue::Null).create().update();
pub const DOMAIN_NAME: Field<Option<String>> =
    Field::new("domain_name", Kind::DomainName, DefaultValue::Null).create().update();
pub const POOL_ID: Field<String> =
    Field::new("pool_id", Kind::Uuid, DefaultValue::Null).required_standalone().hidden();

/// Octavia accepts 0, which would be a scan of ports without a pause.
const fn seconds(name: &'static str) -> Field<i64> {
    Field::new(name, Kind::Integer(1, ONE_DAY_SECONDS), DefaultValue::Null).required().update()
}

/// Whether an update makes a health monitor check more often.
pub fn checks_more_often(existing: &Row, update: &Row) -> bool {
    let is_shorter = update.has(DELAY) && update.get(DELAY) < existing.get(DELAY);
    let is_enabled = update.get(ADMIN_STATE_UP) && !existing.get(ADMIN_STATE_UP);
    is_shorter || is_enabled
}

pub static HEALTH_MONITOR: Resource = Resource {
    name: "healthmonitor",
    singular: "healthmonitor",
    plural: "healthmonitors",
    argument: "health_monitor_",
    title: "Health Monitor",
    fields: fields![
        ID,
        NAME,
        TYPE,
        DELAY,
        TIMEOUT,
        MAX_RETRIES_DOWN,
        MAX_RETRIES,
        HTTP_METHOD,
        URL_PATH,
        EXPECTED_CODES,
        ADMIN_STATE_UP,
        PROVISIONING_STATUS,
        OPERATING_STATUS,
        CREATED_AT,
        UPDATED_AT,
        TAGS,
        HTTP_VERSION,
        DOMAIN_NAME,
        POOL_ID,
        LOADBALANCER_ID,
        PROJECT_ID,
        TENANT_ID,
    ],
    relations: &[Relation::parent("pools", POOL_ID)],
};
