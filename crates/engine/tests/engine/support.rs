//! Helpers of the tests. Every test uses its own addresses and an engine that must leave no process behind.
#![allow(dead_code, unused_imports, reason = "each test file uses a part of it")]

pub mod addresses;
pub mod client;
pub mod member;
pub mod specs;
pub mod tls;
pub mod tls_member;

pub use addresses::TestNetwork;
pub use client::{Client, Response, count_by_member, counts, get};
pub use member::Member;
pub use specs::{http_check, listener, load_balancer, member_at, monitor, pool};

use engine::{
    Applied, ApplyOptions, Engine, EngineConfig, FailedListener, OldProcessLimits,
    report::{Health, Report},
    spec::LoadBalancerSpec,
};
use openstack_types::{LoadBalancerId, MemberId};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{sync::mpsc, time::timeout};
use uuid::Uuid;

/// The longest wait for something that must happen. It does not say how long something should take.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// The HAProxy of this machine, and the default limits.
pub fn engine_config(run_dir: &Path) -> EngineConfig {
    EngineConfig::new(run_dir.to_owned())
}

/// An engine with its reports.
pub struct TestEngine {
    pub engine: Engine,
    pub net: TestNetwork,
    pub run_dir: PathBuf,
    reports: mpsc::UnboundedReceiver<Report>,
    /// All reports so far.
    pub received: Vec<Report>,
    load_balancers: Vec<LoadBalancerId>,
}

impl TestEngine {
    pub async fn start() -> Self {
        let run_dir = std::env::temp_dir().join(format!("lb-engine-{}", Uuid::new_v4()));
        Self::start_in(run_dir, TestNetwork::claim()).await
    }

    pub async fn start_in(run_dir: PathBuf, net: TestNetwork) -> Self {
        Self::start_with(engine_config(&run_dir), net).await
    }

    pub async fn start_with(config: EngineConfig, net: TestNetwork) -> Self {
        let run_dir = config.run_dir.clone();
        let (engine, reports) = Engine::start(config).await.unwrap();
        Self { engine, net, run_dir, reports, received: Vec::new(), load_balancers: Vec::new() }
    }

    pub async fn members<const N: usize>(&self, names: [&str; N]) -> [Member; N] {
        let mut members = Vec::new();
        for name in names {
            members.push(Member::start(&self.net, name).await);
        }
        members.try_into().unwrap_or_else(|_| unreachable!())
    }

    /// Applies a specification. The error is the first listener that does not run as specified.
    pub async fn apply(&mut self, spec: &LoadBalancerSpec) -> Result<(), FailedListener> {
        self.apply_with(spec, ApplyOptions::default())
            .await
            .failed
            .into_iter()
            .next()
            .map_or(Ok(()), Err)
    }

    pub async fn apply_with(&mut self, spec: &LoadBalancerSpec, options: ApplyOptions) -> Applied {
        self.load_balancers.push(spec.id);
        self.engine.apply_with(spec.clone(), options).await.unwrap()
    }

    /// Waits for the first report that `select` returns a value for.
    pub async fn report<T>(&mut self, mut select: impl FnMut(&Report) -> Option<T>) -> T {
        let received = &mut self.received;
        let reports = &mut self.reports;
        let found = timeout(TIMEOUT, async {
            loop {
                let report = reports.recv().await.unwrap();
                let found = select(&report);
                received.push(report);
                if let Some(found) = found {
                    return found;
                }
            }
        });
        match found.await {
            Ok(found) => found,
            Err(_) => panic!("not reported; received: {:#?}", self.received),
        }
    }

    /// Waits until the last reported health of a member fulfils the condition.
    pub async fn health(&mut self, id: MemberId, condition: impl Fn(&Health) -> bool) -> Health {
        let health_of = |report: &Report| match report {
            Report::MemberHealth { member, health, .. } if *member == id => Some(health.clone()),
            _ => None,
        };
        if let Some(health) = self.received.iter().rev().find_map(health_of).filter(&condition) {
            return health;
        }
        self.report(|report| health_of(report).filter(&condition)).await
    }

    /// Waits until a member is down and returns the reason.
    pub async fn down(&mut self, id: MemberId) -> String {
        match self.health(id, |health| matches!(health, Health::Down { .. })).await {
            Health::Down { reason } => reason,
            _ => unreachable!(),
        }
    }

    /// Shuts the engine down and asserts that all processes of the test exit.
    pub async fn finish(mut self) {
        self.engine.shutdown().await;
        self.load_balancers.dedup();
        eventually("all haproxy processes exit", || {
            self.load_balancers.iter().all(|id| processes(*id).is_empty())
        })
        .await;
        let _ = std::fs::remove_dir_all(&self.run_dir);
    }
}

/// The running HAProxy processes of a load balancer, without zombies.
pub fn processes(id: LoadBalancerId) -> Vec<i32> {
    let id = id.to_string();
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid: &i32| {
            let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            command.split(|byte| *byte == 0).any(|word| word == id.as_bytes())
        })
        .collect()
}

/// Polls until the condition holds.
pub async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let polling = timeout(TIMEOUT, async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(polling.await.is_ok(), "not within {TIMEOUT:?}: {what}");
}
