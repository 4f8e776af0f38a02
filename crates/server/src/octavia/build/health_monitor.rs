use crate::{
    model::{
        Field, HEALTH_MONITOR, ID, Row,
        health_monitor::{
            DELAY, DOMAIN_NAME, EXPECTED_CODES, HTTP_METHOD, HTTP_VERSION, MAX_RETRIES, POOL_ID,
            TIMEOUT, TYPE, URL_PATH,
        },
    },
    octavia::{change::Change, error::OctaviaError},
    store::octavia::relations::has_children,
};
use openstack_types::{OperatingStatus, octavia::HealthMonitorType};

/// Fields of HTTP checks, with their defaults.
const HTTP_FIELDS: [(Field<Option<String>>, &str); 3] =
    [(HTTP_METHOD, "GET"), (URL_PATH, "/"), (EXPECTED_CODES, "200")];

/// Inserts the health monitor of a pool.
///
/// # Errors
/// 400 for fields that do not fit the type, 409 if the pool has a health monitor.
pub(crate) fn insert(
    change: &Change<'_>,
    load_balancer: &Row,
    pool: &Row,
    mut monitor: Row,
) -> Result<Row, OctaviaError> {
    require_supported(&monitor)?;
    if is_monitored(change, pool.get(ID))? {
        return Err(OctaviaError::conflict("This pool already has a health monitor"));
    }
    let kind = monitor.get(TYPE);
    for (field, default) in HTTP_FIELDS {
        match (is_http(&kind), monitor.is_null(field)) {
            (true, true) => monitor.set(field, Some(default)),
            (false, false) => return Err(not_for_type(field, &kind)),
            _ => {}
        }
    }
    require_http_1_1_for_domain_name(&monitor)?;
    monitor.set(POOL_ID, pool.get(ID));
    let status = OperatingStatus::Offline;
    change.insert_part(&HEALTH_MONITOR, &mut monitor, load_balancer, status)?;
    Ok(monitor)
}

/// Validates an update, and replaces null by the default.
pub(crate) fn validate_update(existing: &Row, update: &mut Row) -> Result<(), OctaviaError> {
    let kind = existing.get(TYPE);
    for (field, default) in HTTP_FIELDS {
        if update.has(field) && !is_http(&kind) {
            return Err(not_for_type(field, &kind));
        }
        if update.has(field) && update.is_null(field) {
            update.set(field, Some(default));
        }
    }
    for field in [DELAY, TIMEOUT, MAX_RETRIES] {
        if update.has(field) && update.is_null(field) {
            return Err(OctaviaError::option("None", field.name()));
        }
    }
    require_http_1_1_for_domain_name(&existing.updated_by(update))
}

/// Refuses types that are only for pools of protocols that are not served.
pub(crate) fn require_supported(monitor: &Row) -> Result<(), OctaviaError> {
    let kind = monitor.get(TYPE);
    if TYPE.supports(kind.as_str()) {
        return Ok(());
    }
    Err(OctaviaError::validation(format!(
        "The {kind} type is only supported for pools of type UDP/SCTP."
    )))
}

/// Whether a pool has a health monitor.
pub(crate) fn is_monitored(change: &Change<'_>, pool: &str) -> Result<bool, OctaviaError> {
    Ok(has_children(change.tx, &HEALTH_MONITOR, POOL_ID, pool)?)
}

fn is_http(kind: &HealthMonitorType) -> bool {
    matches!(kind, HealthMonitorType::Http | HealthMonitorType::Https)
}

fn not_for_type(field: Field<Option<String>>, kind: &HealthMonitorType) -> OctaviaError {
    OctaviaError::option(field.name(), format!("health monitors of type {kind}"))
}

/// A Host header needs HTTP/1.1.
fn require_http_1_1_for_domain_name(monitor: &Row) -> Result<(), OctaviaError> {
    if monitor.is_null(DOMAIN_NAME) {
        return Ok(());
    }
    match monitor.get(HTTP_VERSION) {
        None => Err(OctaviaError::validation(
            "'http_version' must be specified when 'domain_name' is provided.",
        )),
        Some(version) if version < 1.1 => Err(OctaviaError::option(
            "http_version 1.0",
            "health monitors HTTP 1.1 domain name health check",
        )),
        Some(_) => Ok(()),
    }
}
