//! Pools with their members and health monitors, for the engine.

use super::{
    convert::{
        SpecError, in_range, invalid, number, parse, parsed, parsed_optional, parsed_required,
        unsupported,
    },
    listener::alpn,
    parts::Parts,
    tls_context::TlsContext,
};
use crate::model::{ADMIN_STATE_UP, Field, ID, Row, health_monitor, member, pool};
use engine::spec::{
    Balance, CheckHost, HttpCheck, MemberSpec, MonitorKind, MonitorSpec, Persistence, PoolMode,
    PoolSpec, PoolTlsSpec, TlsVersions,
};
use openstack_types::{
    field,
    octavia::{HealthMonitorType, LbAlgorithm, PoolProtocol, SessionPersistenceType},
    tls::TlsVersion,
};
use std::time::Duration;

pub(super) fn pool(row: &Row, parts: &Parts, tls: &TlsContext<'_>) -> Result<PoolSpec, SpecError> {
    let id = row.get(ID);
    let mode = match row.get(pool::PROTOCOL) {
        PoolProtocol::Http => PoolMode::Http,
        PoolProtocol::Tcp | PoolProtocol::Https => PoolMode::Tcp,
        PoolProtocol::Proxy => PoolMode::ProxyV1,
        PoolProtocol::ProxyV2 => PoolMode::ProxyV2,
        other => return Err(unsupported("the pool protocol", other)),
    };
    let balance = match row.get(pool::LB_ALGORITHM) {
        LbAlgorithm::RoundRobin => Balance::RoundRobin,
        LbAlgorithm::LeastConnections => Balance::LeastConnections,
        LbAlgorithm::SourceIp => Balance::SourceIp,
        other => return Err(unsupported(pool::LB_ALGORITHM.name(), other)),
    };
    let monitor = parts
        .health_monitors
        .iter()
        .find(|monitor| monitor.get(health_monitor::POOL_ID) == id && monitor.get(ADMIN_STATE_UP));
    Ok(PoolSpec {
        id: parsed(row, ID)?,
        mode,
        balance,
        persistence: session_persistence(row)?,
        tls: row.get(pool::TLS_ENABLED).then(|| tls_spec(row, tls)).transpose()?,
        members: parts
            .members
            .iter()
            .filter(|member| member.get(member::POOL_ID) == id)
            .map(self::member)
            .collect::<Result<_, _>>()?,
        monitor: monitor.map(self::monitor).transpose()?,
    })
}

/// Settings that are null have their defaults.
fn tls_spec(row: &Row, tls: &TlsContext<'_>) -> Result<PoolTlsSpec, SpecError> {
    let certificate = row.get(pool::TLS_CONTAINER_REF);
    let client_certificate = certificate.map(|reference| tls.secrets.certificate(reference));
    let (authorities, lists) = (pool::CA_TLS_CONTAINER_REF, pool::CRL_CONTAINER_REF);
    let verification = tls.verification(row, authorities, lists);
    let versions = row.get(pool::TLS_VERSIONS);
    let speaks = |version: TlsVersion| {
        versions.as_ref().is_none_or(|versions| versions.contains(&version.as_str()))
    };
    Ok(PoolTlsSpec {
        client_certificate: client_certificate.transpose().map_err(SpecError::PoolCertificate)?,
        verification: verification.map_err(SpecError::PoolCertificate)?,
        versions: match (speaks(TlsVersion::Tls12), speaks(TlsVersion::Tls13)) {
            (true, false) => TlsVersions::V1_2,
            (true, true) => TlsVersions::V1_2AndV1_3,
            (false, true) => TlsVersions::V1_3,
            (false, false) => {
                let requested = versions.unwrap_or_default().join(", ");
                return Err(unsupported(pool::TLS_VERSIONS.name(), requested));
            }
        },
        ciphers: parsed_optional(row, pool::TLS_CIPHERS)?.unwrap_or_default(),
        alpn: row
            .get(pool::ALPN_PROTOCOLS)
            .unwrap_or_default()
            .into_iter()
            .filter_map(alpn)
            .collect(),
    })
}

fn session_persistence(row: &Row) -> Result<Option<Persistence>, SpecError> {
    let Some(persistence) = row.get(pool::SESSION_PERSISTENCE) else { return Ok(None) };
    Ok(Some(match persistence.kind {
        SessionPersistenceType::SourceIp => Persistence::SourceIp,
        SessionPersistenceType::HttpCookie => Persistence::HttpCookie,
        SessionPersistenceType::AppCookie => {
            let name = persistence.cookie_name.unwrap_or_default();
            Persistence::AppCookie(parse("cookie_name", &name)?)
        }
        other @ SessionPersistenceType::Unknown(_) => {
            return Err(unsupported(pool::SESSION_PERSISTENCE.name(), other));
        }
    }))
}

fn member(row: &Row) -> Result<MemberSpec, SpecError> {
    let monitor_port = row.get(member::MONITOR_PORT);
    Ok(MemberSpec {
        id: parsed(row, ID)?,
        address: parsed(row, member::ADDRESS)?,
        port: number(row, member::PROTOCOL_PORT)?,
        weight: number(row, member::WEIGHT)?,
        backup: row.get(member::BACKUP),
        enabled: row.get(ADMIN_STATE_UP),
        monitor_address: parsed_optional(row, member::MONITOR_ADDRESS)?,
        monitor_port: monitor_port.map(|port| in_range(member::MONITOR_PORT, port)).transpose()?,
    })
}

fn monitor(row: &Row) -> Result<MonitorSpec, SpecError> {
    let kind = match row.get(health_monitor::TYPE) {
        HealthMonitorType::Http => MonitorKind::Http(http_check(row)?),
        HealthMonitorType::Https => MonitorKind::Https(http_check(row)?),
        HealthMonitorType::Ping => MonitorKind::Ping,
        HealthMonitorType::Tcp => MonitorKind::Tcp,
        HealthMonitorType::TlsHello => MonitorKind::TlsHello,
        other => return Err(unsupported("the health monitor type", other)),
    };
    // Octavia accepts 0, with which the engine would check without a pause.
    let seconds = |field: Field<i64>| Duration::from_secs(row.get(field).max(1).unsigned_abs());
    Ok(MonitorSpec {
        kind,
        delay: seconds(health_monitor::DELAY),
        timeout: seconds(health_monitor::TIMEOUT),
        rise: number(row, health_monitor::MAX_RETRIES)?,
        fall: number(row, health_monitor::MAX_RETRIES_DOWN)?,
    })
}

fn http_check(row: &Row) -> Result<HttpCheck, SpecError> {
    Ok(HttpCheck {
        method: parsed_required(row, health_monitor::HTTP_METHOD)?,
        path: parsed_required(row, health_monitor::URL_PATH)?,
        expected: field::expected_codes(
            row.get(health_monitor::EXPECTED_CODES).unwrap_or_default(),
        )
        .map_err(|error| invalid(health_monitor::EXPECTED_CODES.name(), error))?,
        host: match parsed_optional(row, health_monitor::DOMAIN_NAME)? {
            Some(name) => CheckHost::Name(name),
            None if row.get(health_monitor::HTTP_VERSION) == Some(1.1) => CheckHost::Member,
            None => CheckHost::Absent,
        },
    })
}
