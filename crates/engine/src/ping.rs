//! PING monitors. HAProxy has no such check, so the engine sends the ICMP echo requests itself.

use crate::{
    checks::CheckOutcome,
    error::PingSocketError,
    health::HealthByMember,
    report::Health,
    spec::{LoadBalancerSpec, MonitorKind, MonitorSpec},
};
use openstack_types::{HealthReason, MemberId, PoolId};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    io::ErrorKind,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use surge_ping::{Client, Config, ICMP, PingIdentifier, PingSequence, SurgeError};
use tokio::{sync::mpsc, task::JoinHandle, time::MissedTickBehavior};

/// The sockets for echo requests. They are opened when the first monitor needs them, and all monitors share them.
#[derive(Default)]
pub(crate) struct PingSockets {
    v4: Mutex<Option<Client>>,
    v6: Mutex<Option<Client>>,
}

impl std::fmt::Debug for PingSockets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PingSockets").finish_non_exhaustive()
    }
}

impl PingSockets {
    fn for_address(&self, address: IpAddr) -> Result<Client, PingSocketError> {
        let (slot, kind) = match address {
            IpAddr::V4(_) => (&self.v4, ICMP::V4),
            IpAddr::V6(_) => (&self.v6, ICMP::V6),
        };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*slot {
            return Ok(client.clone());
        }
        // A datagram socket where `ping_group_range` allows it, otherwise a raw socket.
        let client = Client::new(&Config::builder().kind(kind).build()).map_err(|error| {
            if error.kind() == ErrorKind::PermissionDenied {
                PingSocketError::NotPermitted
            } else {
                PingSocketError::Other(error)
            }
        })?;
        Ok(slot.insert(client).clone())
    }
}

/// A target that is equal in a new specification keeps its task.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    address: IpAddr,
    monitor: MonitorSpec,
}

/// The health of a member changed.
#[derive(Debug)]
struct HealthChange {
    pool: PoolId,
    member: MemberId,
    health: Health,
    /// Distinguishes the current task of a member from a replaced one.
    task: u64,
}

/// The PING monitors of one load balancer.
#[derive(Debug)]
pub(crate) struct PingMonitors {
    sockets: Arc<PingSockets>,
    tasks: HashMap<(PoolId, MemberId), (Target, u64, JoinHandle<()>)>,
    next_task: u64,
    health: HealthByMember,
    outcomes: Arc<Mutex<HashMap<MemberId, CheckOutcome>>>,
    sender: mpsc::UnboundedSender<HealthChange>,
    receiver: mpsc::UnboundedReceiver<HealthChange>,
}

impl PingMonitors {
    pub(crate) fn new(sockets: Arc<PingSockets>) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let (tasks, health) = (HashMap::new(), HealthByMember::new());
        Self { sockets, tasks, next_task: 0, health, outcomes: Arc::default(), sender, receiver }
    }

    /// Opens the sockets that the PING monitors of `spec` need.
    pub(crate) fn open_sockets(&self, spec: &LoadBalancerSpec) -> Result<(), PingSocketError> {
        targets(spec)
            .into_iter()
            .try_for_each(|(_, target)| self.sockets.for_address(target.address).map(drop))
    }

    /// Starts and stops pings, so that exactly the PING monitors of `spec` run.
    pub(crate) fn update_targets(&mut self, spec: &LoadBalancerSpec) {
        let wanted: HashMap<_, _> = targets(spec).into_iter().collect();
        self.tasks.retain(|key, (target, _, task)| {
            let same = wanted.get(key) == Some(target);
            if !same {
                task.abort();
                self.health.remove(key);
            }
            same
        });
        for (key, target) in wanted {
            if self.tasks.contains_key(&key) {
                continue;
            }
            let Ok(client) = self.sockets.for_address(target.address) else { continue };
            let number = self.next_task;
            self.next_task += 1;
            let (sender, outcomes) = (self.sender.clone(), self.outcomes.clone());
            let (pool, member) = key;
            let record_outcome = move |outcome| {
                outcomes.lock().unwrap_or_else(PoisonError::into_inner).insert(member, outcome);
            };
            let send_health = move |health| {
                sender.send(HealthChange { pool, member, health, task: number }).is_ok()
            };
            let task = tokio::spawn(ping(client, target.clone(), record_outcome, send_health));
            self.tasks.insert(key, (target, number, task));
        }
    }

    /// Waits until the health of a member changes. Cancel safe.
    pub(crate) async fn next_change(&mut self) -> (PoolId, MemberId, Health) {
        loop {
            // `self` holds a sender, so the channel never closes.
            let Some(change) = self.receiver.recv().await else { std::future::pending().await };
            let key = (change.pool, change.member);
            if self.tasks.get(&key).is_some_and(|(_, number, _)| *number == change.task) {
                self.health.insert(key, change.health.clone());
                return (change.pool, change.member, change.health);
            }
        }
    }

    /// The outcome of the last ping of each member.
    pub(crate) fn outcomes(&self) -> HashMap<MemberId, CheckOutcome> {
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        outcomes.retain(|member, _| self.tasks.keys().any(|(_, pinged)| pinged == member));
        outcomes.clone()
    }

    pub(crate) fn health(&self) -> &HealthByMember {
        &self.health
    }
}

impl Drop for PingMonitors {
    fn drop(&mut self) {
        for (_, _, task) in self.tasks.values() {
            task.abort();
        }
    }
}

fn targets(spec: &LoadBalancerSpec) -> Vec<((PoolId, MemberId), Target)> {
    let mut targets = Vec::new();
    for pool in &spec.pools {
        let Some(monitor) = pool.monitor.as_ref().filter(|m| m.kind == MonitorKind::Ping) else {
            continue;
        };
        for member in pool.members.iter().filter(|member| member.enabled) {
            let address = member.monitor_address.unwrap_or(member.address);
            targets.push(((pool.id, member.id), Target { address, monitor: monitor.clone() }));
        }
    }
    targets
}

/// Pings until `send_health` returns false. As with HAProxy's own checks, the first result decides alone;
/// after that a change takes `rise` or `fall` results in a row. `record_outcome` gets every result.
async fn ping(
    client: Client,
    target: Target,
    record_outcome: impl Fn(CheckOutcome),
    send_health: impl Fn(Health) -> bool,
) {
    let random = RandomState::new().hash_one(target.address);
    let identifier = PingIdentifier(random as u16);
    let mut pinger = client.pinger(target.address, identifier).await;
    pinger.timeout(target.monitor.timeout);
    let mut ticks = tokio::time::interval(target.monitor.delay.max(Duration::from_millis(100)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut up: Option<bool> = None;
    let mut contrary_results = 0;
    for sequence in (0..=u16::MAX).cycle() {
        ticks.tick().await;
        let result = pinger.ping(PingSequence(sequence), &[0; 16]).await;
        if matches!(result, Err(SurgeError::ClientDestroyed)) {
            return;
        }
        let answered = result.is_ok();
        let (duration, result) = match result {
            Ok((_, duration)) => (Some(duration), Ok(())),
            Err(SurgeError::IOError(error)) => (None, Err(send_failure(&error))),
            Err(_) => {
                let timeout = target.monitor.timeout;
                (Some(timeout), Err(HealthReason::NoPing(timeout.as_millis() as u64)))
            }
        };
        let outcome = result.clone().map(|()| HealthReason::Answered);
        record_outcome(CheckOutcome::new(outcome, duration));
        let needed = match up {
            Some(up) if up == answered => {
                contrary_results = 0;
                continue;
            }
            Some(true) => target.monitor.fall,
            Some(false) => target.monitor.rise,
            None => 1,
        };
        contrary_results += 1;
        if contrary_results < needed {
            continue;
        }
        (up, contrary_results) = (Some(answered), 0);
        let health = match result {
            Ok(()) => Health::Up,
            Err(reason) => Health::Down { reason: reason.to_string() },
        };
        if !send_health(health) {
            return;
        }
    }
}

fn send_failure(error: &std::io::Error) -> HealthReason {
    match error.kind() {
        ErrorKind::HostUnreachable => HealthReason::HostUnreachable,
        ErrorKind::NetworkUnreachable => HealthReason::NetworkUnreachable,
        ErrorKind::PermissionDenied => HealthReason::PingForbidden,
        _ => HealthReason::PingNotSent,
    }
}
