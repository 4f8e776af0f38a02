//! The health of members: statuses of HAProxy as [`Health`], with a reason in words.

use crate::{
    report::Health,
    spec::{LoadBalancerSpec, MemberSpec, MonitorKind, PoolSpec},
    stats::ServerStats,
};
use openstack_types::{HealthReason, MemberId, PoolId};
use std::collections::BTreeMap;

/// By pool and member. A member whose pool serves several listeners has one entry.
pub(crate) type HealthByMember = BTreeMap<(PoolId, MemberId), Health>;

/// The health of all members, without those whose first check is not finished.
///
/// `servers` comes from the process, `pings` from the engine's own PING monitors.
pub(crate) fn of_members(
    spec: &LoadBalancerSpec,
    servers: &[ServerStats],
    pings: &HealthByMember,
) -> HealthByMember {
    let by_member: BTreeMap<(PoolId, MemberId), &ServerStats> = servers
        .iter()
        .filter(|server| !server.tracks)
        .map(|server| ((server.pool(), server.member), server))
        .collect();
    let mut healths = HealthByMember::new();
    for pool in &spec.pools {
        for member in &pool.members {
            let key = (pool.id, member.id);
            if let Some(health) =
                of_member(pool, member, by_member.get(&key).copied(), pings.get(&key))
            {
                healths.insert(key, health);
            }
        }
    }
    healths
}

fn of_member(
    pool: &PoolSpec,
    member: &MemberSpec,
    server: Option<&ServerStats>,
    ping: Option<&Health>,
) -> Option<Health> {
    if !member.enabled {
        return Some(Health::Disabled);
    }
    let health = match pool.monitor.as_ref().map(|monitor| &monitor.kind) {
        None => return Some(if member.weight == 0 { Health::Draining } else { Health::NoMonitor }),
        Some(MonitorKind::Ping) => ping.cloned()?,
        Some(_) => from_check(server?)?,
    };
    Some(match health {
        Health::Up if member.weight == 0 => Health::Draining,
        other => other,
    })
}

fn from_check(server: &ServerStats) -> Option<Health> {
    // HAProxy considers a member up until its first check is finished.
    let result = check_result(server)?;
    let Some(down) = server.status.strip_prefix("DOWN") else { return Some(Health::Up) };
    let reason = match (result, down.trim().split_once('/')) {
        (Ok(_), Some((passed, needed))) => match (passed.parse(), needed.parse()) {
            (Ok(passed), Ok(needed)) => HealthReason::AnswersAgain { passed, needed },
            _ => HealthReason::CheckFailed,
        },
        // The check that passed before one that was interrupted failed.
        (Ok(_), None) => HealthReason::CheckFailed,
        (Err(why), _) => why,
    };
    Some(Health::Down { reason: reason.to_string() })
}

/// The result of the last check; `None` before the first.
pub(crate) fn check_result(server: &ServerStats) -> Option<Result<HealthReason, HealthReason>> {
    let check = server.check_status.trim_start_matches("* ");
    // The status of an earlier check, whose code is gone: a process that has not checked yet, or is checking.
    if check.starts_with("L7") && server.check_code == Some(0) {
        return None;
    }
    Some(match check {
        "" | "INI" | "UNK" => return None,
        "L4OK" => Ok(HealthReason::Connected),
        "L6OK" => Ok(HealthReason::HandshakeDone),
        "L7OK" | "L7OKC" => {
            Ok(server.check_code.map_or(HealthReason::Answered, HealthReason::Http))
        }
        failed => Err(failure_reason(server, failed)),
    })
}

fn failure_reason(server: &ServerStats, check: &str) -> HealthReason {
    match check {
        "L4CON" => connection_problem(&server.last_check),
        "L4TOUT" | "L6TOUT" | "L7TOUT" => {
            server.check_millis.map_or(HealthReason::Timeout, HealthReason::TimeoutAfter)
        }
        "L6RSP" => HealthReason::HandshakeFailed,
        "L7RSP" => HealthReason::NotHttp,
        "L7STS" => server.check_code.map_or(HealthReason::UnexpectedStatus, HealthReason::Http),
        "SOCKERR" => HealthReason::NoSocket,
        _ => HealthReason::CheckFailed,
    }
}

/// HAProxy appends the step of the check, which is ignored.
fn connection_problem(last_check: &str) -> HealthReason {
    const REASONS: [(&str, HealthReason); 5] = [
        ("Connection refused", HealthReason::ConnectionRefused),
        ("No route to host", HealthReason::NoRoute),
        ("Network is unreachable", HealthReason::NetworkUnreachable),
        ("Connection reset by peer", HealthReason::ConnectionReset),
        ("Host is unreachable", HealthReason::HostUnreachable),
    ];
    let found = REASONS.into_iter().find(|(prefix, _)| last_check.starts_with(prefix));
    found.map_or(HealthReason::ConnectionFailed, |(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::BackendName;
    use uuid::Uuid;

    fn server(status: &str, check: &str, code: Option<u16>, last: &str) -> ServerStats {
        ServerStats {
            backend: BackendName { pool: Uuid::nil().into(), listener: Uuid::nil().into() },
            member: Uuid::nil().into(),
            status: status.to_owned(),
            check_status: check.to_owned(),
            check_code: code,
            check_millis: Some(2003),
            last_check: last.to_owned(),
            tracks: false,
        }
    }

    #[test]
    fn a_failed_check_has_a_reason_in_words() {
        let down =
            |check: &str, code, last: &str| match from_check(&server("DOWN", check, code, last)) {
                Some(Health::Down { reason }) => reason,
                other => panic!("{other:?}"),
            };
        assert_eq!(down("L4CON", None, "Connection refused at step 1"), "connection refused");
        assert_eq!(down("L4TOUT", None, ""), "timeout after 2 s");
        assert_eq!(down("* L7STS", Some(503), "anything a member says"), "HTTP 503");
        assert_eq!(down("L6RSP", None, "x"), "TLS handshake failed");
        let recovering =
            ServerStats { status: "DOWN 1/2".to_owned(), ..server("", "L7OK", Some(200), "") };
        let reason = "answers again: 1 of 2 checks passed".to_owned();
        assert_eq!(from_check(&recovering), Some(Health::Down { reason }));
    }

    #[test]
    fn results_of_checks_are_in_words() {
        let result = |check: &str, code| {
            let result = check_result(&server("UP", check, code, "Connection refused"))?;
            Some(result.map(|good| good.to_string()).map_err(|bad| bad.to_string()))
        };
        assert_eq!(result("L4OK", None), Some(Ok("connected".to_owned())));
        assert_eq!(result("* L7OK", Some(204)), Some(Ok("HTTP 204".to_owned())));
        assert_eq!(result("L4CON", None), Some(Err("connection refused".to_owned())));
        assert_eq!(result("INI", None), None);
        assert_eq!(result("* L7STS", Some(0)), None);
    }

    #[test]
    fn there_is_no_health_before_the_first_check() {
        assert_eq!(from_check(&server("UP 1/2", "INI", None, "")), None);
        assert_eq!(from_check(&server("UP", "* L4OK", None, "")), Some(Health::Up));
        assert_eq!(from_check(&server("UP 1/2", "L4CON", None, "")), Some(Health::Up));
    }
}
