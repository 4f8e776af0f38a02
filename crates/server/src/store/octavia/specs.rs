//! A load balancer as the engine is to run it, read from the rows.

mod listeners;

use super::{find, find_by, lifecycle};
use crate::model::{
    HEALTH_MONITOR, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER, MEMBER, Object, POOL,
};
use engine::spec::{
    Balance, CertificatePem, HttpCheck, LoadBalancerSpec, MemberSpec, MonitorKind, MonitorSpec,
    Persistence, PoolMode, PoolSpec,
};
use openstack_types::{
    ListenerId, LoadBalancerId, ProvisioningStatus,
    octavia::{HealthMonitorType, LbAlgorithm, PoolProtocol, SessionPersistenceType},
};
use rusqlite::Connection;
use std::{fmt::Display, str::FromStr, time::Duration};

/// What a load balancer should be.
#[derive(Debug)]
pub struct Wanted {
    /// Which change this is; see [`lifecycle::settle`].
    pub revision: i64,
    /// It is to go.
    pub going: bool,
    /// What to run, without the listeners that are in `down`; or the field that no engine can run, in
    /// words for the person who asked.
    pub spec: Result<LoadBalancerSpec, String>,
    /// Listeners that cannot be run. The others can.
    pub down: Vec<Down>,
}

/// A listener that no engine can run.
#[derive(Clone, Debug)]
pub struct Down {
    /// Which.
    pub listener: ListenerId,
    /// Why, in words for whoever sees the listener.
    pub reason: String,
}

/// What is outside of the rows of Octavia, and listeners with TLS need.
pub struct Tls<'a> {
    /// Versions that the operator allows.
    pub versions: &'a [String],
    /// The certificate behind a reference that its creator gave to a listener, or why there is none.
    pub certificate: &'a dyn Fn(&Connection, &str) -> Result<CertificatePem, String>,
}

/// Reads what a load balancer should be; `None` when there is none.
pub fn read(
    db: &Connection,
    id: LoadBalancerId,
    tls: &Tls<'_>,
) -> rusqlite::Result<Option<Wanted>> {
    let id_text = id.to_string();
    let Some(row) = find(db, &LOAD_BALANCER, &id_text)? else { return Ok(None) };
    let revision = db
        .prepare_cached("SELECT revision FROM loadbalancer WHERE id = ?1")?
        .query_row([&id_text], |row| row.get(0))?;
    let going = lifecycle::state_of(&row) == ProvisioningStatus::PendingDelete;
    let parts = |of| -> rusqlite::Result<Vec<Object>> {
        let rows = find_by(db, of, "loadbalancer_id", &id_text)?;
        Ok(rows
            .into_iter()
            .filter(|row| lifecycle::state_of(row) != ProvisioningStatus::PendingDelete)
            .collect())
    };
    let rows = Rows {
        listeners: parts(&LISTENER)?,
        policies: parts(&L7POLICY)?,
        rules: parts(&L7RULE)?,
        pools: parts(&POOL)?,
        members: parts(&MEMBER)?,
        monitors: parts(&HEALTH_MONITOR)?,
    };
    let certificate = |reference: &str| (tls.certificate)(db, reference);
    let tls = listeners::Tls { versions: tls.versions, certificate: &certificate };
    let mut down = Vec::new();
    let spec = spec(id, &row, &rows, &tls, &mut down);
    Ok(Some(Wanted { revision, going, spec, down }))
}

struct Rows {
    listeners: Vec<Object>,
    policies: Vec<Object>,
    rules: Vec<Object>,
    pools: Vec<Object>,
    members: Vec<Object>,
    monitors: Vec<Object>,
}

fn spec(
    id: LoadBalancerId,
    row: &Object,
    rows: &Rows,
    tls: &listeners::Tls<'_>,
    down: &mut Vec<Down>,
) -> Result<LoadBalancerSpec, String> {
    let is_on = |part: &&Object| part.is("admin_state_up");
    let mut listeners = Vec::new();
    if row.is("admin_state_up") {
        for row in rows.listeners.iter().filter(is_on) {
            match listeners::listener(row, rows, tls) {
                Ok(listener) => listeners.push(listener),
                Err(reason) => down.push(Down { listener: parsed(row, "id")?, reason }),
            }
        }
    }
    let pools = rows
        .pools
        .iter()
        .filter(is_on)
        .map(|row| pool(row, rows))
        .collect::<Result<_, String>>()?;
    Ok(LoadBalancerSpec { id, vip: parsed(row, "vip_address")?, listeners, pools })
}

fn pool(row: &Object, rows: &Rows) -> Result<PoolSpec, String> {
    let id = row.text("id");
    let mode = match PoolProtocol::from_word(row.text("protocol")) {
        PoolProtocol::Http => PoolMode::Http,
        PoolProtocol::Tcp | PoolProtocol::Https => PoolMode::Tcp,
        PoolProtocol::Proxy => PoolMode::ProxyV1,
        PoolProtocol::ProxyV2 => PoolMode::ProxyV2,
        other => return Err(format!("this version serves no {other} pools")),
    };
    let balance = match LbAlgorithm::from_word(row.text("lb_algorithm")) {
        LbAlgorithm::RoundRobin => Balance::RoundRobin,
        LbAlgorithm::LeastConnections => Balance::LeastConnections,
        LbAlgorithm::SourceIp => Balance::SourceIp,
        other => return Err(format!("this version does not balance by {other}")),
    };
    let monitor = rows
        .monitors
        .iter()
        .find(|monitor| monitor.text("pool_id") == id && monitor.is("admin_state_up"));
    Ok(PoolSpec {
        id: parsed(row, "id")?,
        mode,
        balance,
        persistence: persistence(row)?,
        members: rows
            .members
            .iter()
            .filter(|member| member.text("pool_id") == id)
            .map(member)
            .collect::<Result<_, _>>()?,
        monitor: monitor.map(self::monitor).transpose()?,
    })
}

fn persistence(row: &Object) -> Result<Option<Persistence>, String> {
    let sent = row.get("session_persistence");
    let Some(kind) = sent.get("type").and_then(|kind| kind.as_str()) else { return Ok(None) };
    Ok(Some(match SessionPersistenceType::from_word(kind) {
        SessionPersistenceType::SourceIp => Persistence::SourceIp,
        SessionPersistenceType::HttpCookie => Persistence::HttpCookie,
        SessionPersistenceType::AppCookie => {
            let name = sent.get("cookie_name").and_then(|name| name.as_str()).unwrap_or_default();
            Persistence::AppCookie(parse("cookie_name", name)?)
        }
        SessionPersistenceType::Unknown(other) => {
            return Err(format!("this version knows no session persistence {other}"));
        }
    }))
}

fn member(row: &Object) -> Result<MemberSpec, String> {
    let given = |name: &str| row.optional(name).is_some();
    Ok(MemberSpec {
        id: parsed(row, "id")?,
        address: parsed(row, "address")?,
        port: number(row, "protocol_port")?,
        weight: number(row, "weight")?,
        backup: row.is("backup"),
        enabled: row.is("admin_state_up"),
        monitor_address: if given("monitor_address") {
            Some(parsed(row, "monitor_address")?)
        } else {
            None
        },
        monitor_port: if row.get("monitor_port").is_null() {
            None
        } else {
            Some(number(row, "monitor_port")?)
        },
    })
}

fn monitor(row: &Object) -> Result<MonitorSpec, String> {
    let kind = match HealthMonitorType::from_word(row.text("type")) {
        HealthMonitorType::Http => MonitorKind::Http(http_check(row)?),
        HealthMonitorType::Https => MonitorKind::Https(http_check(row)?),
        HealthMonitorType::Ping => MonitorKind::Ping,
        HealthMonitorType::Tcp => MonitorKind::Tcp,
        HealthMonitorType::TlsHello => MonitorKind::TlsHello,
        other => return Err(format!("this version does not check by {other}")),
    };
    // Octavia takes 0; an engine would check without end.
    let seconds = |name| Duration::from_secs(row.integer(name).max(1).unsigned_abs());
    Ok(MonitorSpec {
        kind,
        delay: seconds("delay"),
        timeout: seconds("timeout"),
        rise: number(row, "max_retries")?,
        fall: number(row, "max_retries_down")?,
    })
}

fn http_check(row: &Object) -> Result<HttpCheck, String> {
    let host = match row.optional("domain_name") {
        Some(_) => Some(parsed(row, "domain_name")?),
        None => None,
    };
    Ok(HttpCheck {
        method: parsed(row, "http_method")?,
        path: parsed(row, "url_path")?,
        expected: parsed(row, "expected_codes")?,
        host,
    })
}

fn parsed<T: FromStr<Err: Display>>(row: &Object, name: &str) -> Result<T, String> {
    parse(name, row.text(name))
}

fn parse<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|why| format!("{name} {why}"))
}

fn number<T: TryFrom<i64>>(row: &Object, name: &str) -> Result<T, String> {
    let number = row.integer(name);
    T::try_from(number).map_err(|_| format!("{name} cannot be {number}"))
}

fn milliseconds(row: &Object, name: &str) -> Duration {
    Duration::from_millis(row.integer(name).max(0).unsigned_abs())
}
