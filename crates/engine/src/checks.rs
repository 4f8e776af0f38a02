//! The last check of each member: what came of it, how long it took, when it was.
//!
//! HAProxy tells what and how long, but not when. It checks at fixed intervals, so the moment at
//! which a result was first seen tells those of all that follow.

use crate::{health, report::Check, spec::LoadBalancerSpec, stats::Server};
use openstack_types::{HealthReason, MemberId};
use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, SystemTime},
};

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    passed: bool,
    result: String,
    /// Whole milliseconds: what is finer differs from check to check and tells nobody anything.
    millis: Option<u64>,
}

impl Outcome {
    /// In words, good or bad.
    pub(crate) fn of(result: Result<HealthReason, HealthReason>, took: Option<Duration>) -> Self {
        let passed = result.is_ok();
        let (Ok(result) | Err(result)) = result;
        Self {
            passed,
            result: result.to_string(),
            millis: took.map(|took| took.as_millis() as u64),
        }
    }
}

/// The last outcomes that were told.
#[derive(Debug, Default)]
pub(crate) struct Checks(BTreeMap<MemberId, Outcome>);

impl Checks {
    /// Another process checks at other moments.
    pub(crate) fn begin_anew(&mut self) {
        self.0.clear();
    }

    /// Checks that came out otherwise than those told last, seen now. `servers` is what the process
    /// says, `pings` what the engine's own pings say.
    pub(crate) fn news(
        &mut self,
        spec: &LoadBalancerSpec,
        servers: &[Server],
        pings: &HashMap<MemberId, Outcome>,
    ) -> Vec<(MemberId, Check)> {
        let seen = SystemTime::now();
        let every: HashMap<MemberId, Duration> = spec
            .pools
            .iter()
            .filter_map(|pool| Some((pool, pool.monitor.as_ref()?.delay)))
            .flat_map(|(pool, every)| pool.members.iter().map(move |member| (member.id, every)))
            .collect();
        let checked = servers.iter().filter(|server| !server.tracks).filter_map(|server| {
            let took = server.check_millis.map(Duration::from_millis);
            Some((server.member, Outcome::of(health::result(server)?, took)))
        });
        let pinged = pings.iter().map(|(member, outcome)| (*member, outcome.clone()));
        let mut news = Vec::new();
        for (member, outcome) in checked.chain(pinged) {
            let Some(every) = every.get(&member) else { continue };
            if self.0.get(&member) == Some(&outcome) {
                continue;
            }
            let Outcome { passed, result, millis } = outcome.clone();
            let took = millis.map(Duration::from_millis);
            news.push((member, Check { passed, result, took, seen, every: *every }));
            self.0.insert(member, outcome);
        }
        news
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
            members: vec![member],
            monitor: Some(monitor),
        };
        LoadBalancerSpec {
            id: Uuid::nil().into(),
            vip: Ipv4Addr::LOCALHOST.into(),
            listeners: Vec::new(),
            pools: vec![pool],
        }
    }

    fn server(check_status: &str, check_millis: u64) -> Server {
        Server {
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
    fn only_what_is_new_is_told() {
        let (spec, mut checks) = (spec(), Checks::default());
        let mut news = |server| checks.news(&spec, &[server], &HashMap::new());
        assert_eq!(news(server("INI", 0)), []);
        let first = news(server("L4OK", 0));
        assert!(matches!(&first[..], [(_, check)] if check.passed && check.result == "connected"));
        assert_eq!(first[0].1.every, Duration::from_secs(5));
        assert_eq!(news(server("* L4OK", 0)), []);
        let slower = news(server("L4OK", 7));
        assert_eq!(slower[0].1.took, Some(Duration::from_millis(7)));
        let failed = news(server("L4TOUT", 2000));
        assert!(!failed[0].1.passed);
        checks.begin_anew();
        assert_eq!(checks.news(&spec, &[server("L4TOUT", 2000)], &HashMap::new()).len(), 1);
    }
}
