//! How members are, in words.

use crate::{
    report::Health,
    spec::{LoadBalancerSpec, MemberSpec, MonitorKind, PoolSpec},
    stats::Server,
};
use openstack_types::{HealthReason, MemberId, PoolId};
use std::collections::BTreeMap;

/// By pool and member: one that serves several listeners is there once.
pub(crate) type HealthByMember = BTreeMap<(PoolId, MemberId), Health>;

/// How all members are. One whose first check is not done yet is not in it.
///
/// `servers` is what the process says, `pings` what the engine's own pings say.
pub(crate) fn of_members(
    spec: &LoadBalancerSpec,
    servers: &[Server],
    pings: &HealthByMember,
) -> HealthByMember {
    let checked: BTreeMap<(PoolId, MemberId), &Server> = servers
        .iter()
        .filter(|server| !server.tracks)
        .map(|server| ((server.pool(), server.member), server))
        .collect();
    let mut healths = HealthByMember::new();
    for pool in &spec.pools {
        for member in &pool.members {
            let key = (pool.id, member.id);
            if let Some(health) =
                of_member(pool, member, checked.get(&key).copied(), pings.get(&key))
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
    server: Option<&Server>,
    ping: Option<&Health>,
) -> Option<Health> {
    if !member.enabled {
        return Some(Health::Disabled);
    }
    let seen = match pool.monitor.as_ref().map(|monitor| &monitor.kind) {
        None => return Some(if member.weight == 0 { Health::Draining } else { Health::NoMonitor }),
        Some(MonitorKind::Ping) => ping.cloned()?,
        Some(_) => checked(server?)?,
    };
    Some(match seen {
        Health::Up if member.weight == 0 => Health::Draining,
        other => other,
    })
}

fn checked(server: &Server) -> Option<Health> {
    // Until the first check is done HAProxy takes a member for up.
    let result = result(server)?;
    let Some(down) = server.status.strip_prefix("DOWN") else { return Some(Health::Up) };
    let reason = match (result, down.trim().split_once('/')) {
        (Ok(_), Some((passed, needed))) => match (passed.parse(), needed.parse()) {
            (Ok(passed), Ok(needed)) => HealthReason::AnswersAgain { passed, needed },
            _ => HealthReason::CheckFailed,
        },
        // The last good check of a member that has since failed one that was cut off.
        (Ok(_), None) => HealthReason::CheckFailed,
        (Err(why), _) => why,
    };
    Some(Health::Down { reason: reason.to_string() })
}

/// What came of the last check, good or bad; `None` before the first.
pub(crate) fn result(server: &Server) -> Option<Result<HealthReason, HealthReason>> {
    let check = server.check_status.trim_start_matches("* ");
    Some(match check {
        "" | "INI" | "UNK" => return None,
        "L4OK" => Ok(HealthReason::Connected),
        "L6OK" => Ok(HealthReason::HandshakeDone),
        "L7OK" | "L7OKC" => {
            Ok(server.check_code.map_or(HealthReason::Answered, HealthReason::Http))
        }
        failed => Err(reason(server, failed)),
    })
}

fn reason(server: &Server, check: &str) -> HealthReason {
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

/// HAProxy adds where in its check it happened; only what happened is of use.
fn connection_problem(last_check: &str) -> HealthReason {
    const KNOWN: [(&str, HealthReason); 5] = [
        ("Connection refused", HealthReason::ConnectionRefused),
        ("No route to host", HealthReason::NoRoute),
        ("Network is unreachable", HealthReason::NetworkUnreachable),
        ("Connection reset by peer", HealthReason::ConnectionReset),
        ("Host is unreachable", HealthReason::HostUnreachable),
    ];
    let known = KNOWN.into_iter().find(|(begin, _)| last_check.starts_with(begin));
    known.map_or(HealthReason::ConnectionFailed, |(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::BackendName;
    use uuid::Uuid;

    fn server(status: &str, check: &str, code: Option<u16>, last: &str) -> Server {
        Server {
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
    fn reasons_are_in_words() {
        let down = |check: &str, code, last: &str| match checked(&server("DOWN", check, code, last))
        {
            Some(Health::Down { reason }) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(down("L4CON", None, "Connection refused at step 1"), "connection refused");
        assert_eq!(down("L4TOUT", None, ""), "timeout after 2 s");
        assert_eq!(down("* L7STS", Some(503), "anything a member says"), "HTTP 503");
        assert_eq!(down("L6RSP", None, "x"), "TLS handshake failed");
        let back = Server { status: "DOWN 1/2".to_owned(), ..server("", "L7OK", Some(200), "") };
        let reason = "answers again: 1 of 2 checks passed".to_owned();
        assert_eq!(checked(&back), Some(Health::Down { reason }));
    }

    #[test]
    fn results_are_in_words_good_and_bad() {
        let result = |check: &str, code| {
            let result = result(&server("UP", check, code, "Connection refused"))?;
            Some(result.map(|good| good.to_string()).map_err(|bad| bad.to_string()))
        };
        assert_eq!(result("L4OK", None), Some(Ok("connected".to_owned())));
        assert_eq!(result("* L7OK", Some(204)), Some(Ok("HTTP 204".to_owned())));
        assert_eq!(result("L4CON", None), Some(Err("connection refused".to_owned())));
        assert_eq!(result("INI", None), None);
    }

    #[test]
    fn nothing_is_said_before_the_first_check() {
        assert_eq!(checked(&server("UP 1/2", "INI", None, "")), None);
        assert_eq!(checked(&server("UP", "* L4OK", None, "")), Some(Health::Up));
        assert_eq!(checked(&server("UP 1/2", "L4CON", None, "")), Some(Health::Up));
    }
}
