//! The last health check of each member: its result, its duration and its time.
//!
//! HAProxy reports the result and the duration, but not the time. It checks at fixed intervals, so the time
//! of all later checks follows from the time at which a result was first observed.

use crate::{health, report::CheckResult, spec::LoadBalancerSpec, stats::ServerStats};
use openstack_types::{HealthReason, MemberId};
use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, SystemTime},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckOutcome {
    passed: bool,
    result: String,
    /// Whole milliseconds: smaller differences between checks are noise.
    millis: Option<u64>,
}

impl CheckOutcome {
    /// `Ok` and `Err` are the reasons of a passed and a failed check.
    pub(crate) fn new(
        result: Result<HealthReason, HealthReason>,
        duration: Option<Duration>,
    ) -> Self {
        let passed = result.is_ok();
        let (Ok(result) | Err(result)) = result;
        Self {
            passed,
            result: result.to_string(),
            millis: duration.map(|duration| duration.as_millis() as u64),
        }
    }
}

/// The last outcomes that were reported.
#[derive(Debug, Default)]
pub(crate) struct CheckTracker(BTreeMap<MemberId, CheckOutcome>);

impl CheckTracker {
    pub(crate) fn reset(&mut self) {
        self.0.clear();
    }

    /// The checks whose outcome differs from the last reported one. `servers` comes from the process, `pings`
    /// from the engine's own PING monitors.
    pub(crate) fn changed(
        &mut self,
        spec: &LoadBalancerSpec,
        servers: &[ServerStats],
        pings: &HashMap<MemberId, CheckOutcome>,
    ) -> Vec<(MemberId, CheckResult)> {
        let observed_at = SystemTime::now();
        let intervals: HashMap<MemberId, Duration> = spec
            .pools
            .iter()
            .filter_map(|pool| Some((pool, pool.monitor.as_ref()?.delay)))
            .flat_map(|(pool, delay)| pool.members.iter().map(move |member| (member.id, delay)))
            .collect();
        let checked = servers.iter().filter(|server| !server.tracks).filter_map(|server| {
            let duration = server.check_millis.map(Duration::from_millis);
            Some((server.member, CheckOutcome::new(health::check_result(server)?, duration)))
        });
        let pinged = pings.iter().map(|(member, outcome)| (*member, outcome.clone()));
        let mut changed = Vec::new();
        for (member, outcome) in checked.chain(pinged) {
            let Some(interval) = intervals.get(&member) else { continue };
            if self.0.get(&member) == Some(&outcome) {
                continue;
            }
            let CheckOutcome { passed, result, millis } = outcome.clone();
            let duration = millis.map(Duration::from_millis);
            let interval = *interval;
            changed.push((member, CheckResult { passed, result, duration, observed_at, interval }));
            self.0.insert(member, outcome);
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        render::BackendName,
        spec::{Balance, MemberSpec, MonitorKind, MonitorSpec, PoolMode, PoolSpec},
    };
    use std::net::Ipv4Addr;
    use uuid::Uuid;

    fn spec() -> LoadBalancerSpec {
        let member = MemberSpec {
            id: Uuid::nil().into(),
            address: Ipv4Addr::LOCALHOST.into(),
            port: 1,
            weight: 1,
            backup: false,
            enabled: true,
            monitor_address: None,
            monitor_port: None,
        };
        let monitor = MonitorSpec {
            kind: MonitorKind::Tcp,
            delay: Duration::from_secs(5),
            timeout: Duration::from_secs(2),
            rise: 1,
            fall: 1,
        };
        let pool = PoolSpec {
            id: Uuid::nil().into(),
            mode: PoolMode::Tcp,
            balance: Balance::RoundRobin,
            persistence: None,
            tls: None,
            members: vec![member],
            monitor: Some(monitor),
        };
        LoadBalancerSpec {
            id: Uuid::nil().into(),
            vip: Ipv4Addr::LOCALHOST.into(),
            project: openstack_types::ProjectId("shop".to_owned()),
            additional_vips: Vec::new(),
            listeners: Vec::new(),
            pools: vec![pool],
        }
    }

    fn server(check_status: &str, check_millis: u64) -> ServerStats {
        ServerStats {
            backend: BackendName { pool: Uuid::nil().into(), listener: Uuid::nil().into() },
            member: Uuid::nil().into(),
            status: "UP".to_owned(),
            check_status: check_status.to_owned(),
            check_code: None,
            check_millis: Some(check_millis),
            last_check: String::new(),
            tracks: false,
        }
    }

    #[test]
    fn only_changed_outcomes_are_returned() {
        let (spec, mut checks) = (spec(), CheckTracker::default());
        let mut changed = |server| checks.changed(&spec, &[server], &HashMap::new());
        assert_eq!(changed(server("INI", 0)), []);
        let first = changed(server("L4OK", 0));
        assert!(matches!(&first[..], [(_, check)] if check.passed && check.result == "connected"));
        assert_eq!(first[0].1.interval, Duration::from_secs(5));
        assert_eq!(changed(server("* L4OK", 0)), []);
        let slower = changed(server("L4OK", 7));
        assert_eq!(slower[0].1.duration, Some(Duration::from_millis(7)));
        let failed = changed(server("L4TOUT", 2000));
        assert!(!failed[0].1.passed);
        checks.reset();
        assert_eq!(checks.changed(&spec, &[server("L4TOUT", 2000)], &HashMap::new()).len(), 1);
    }
}
