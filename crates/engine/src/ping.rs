//! PING monitors: echo requests from here, since HAProxy has no such check.

use crate::{
    checks::Outcome,
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

/// Sockets for echo requests, opened when the first monitor needs them and shared by all.
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
    /// The socket for an address. The error is for the person who asked for the monitor.
    fn for_address(&self, address: IpAddr) -> Result<Client, String> {
        let (slot, kind) = match address {
            IpAddr::V4(_) => (&self.v4, ICMP::V4),
            IpAddr::V6(_) => (&self.v6, ICMP::V6),
        };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*slot {
            return Ok(client.clone());
        }
        // Datagram sockets need no right where `ping_group_range` allows them; else raw ones.
        let client = Client::new(&Config::builder().kind(kind).build()).map_err(|error| {
            if error.kind() == ErrorKind::PermissionDenied {
                "this program may not send pings: allow its group in net.ipv4.ping_group_range, \
                 or give it the right CAP_NET_RAW"
                    .to_owned()
            } else {
                format!("pings cannot be sent: {error}")
            }
        })?;
        Ok(slot.insert(client).clone())
    }
}

/// What is pinged, and how. One that stays the same goes on over a change of anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    address: IpAddr,
    monitor: MonitorSpec,
}

/// A change of one member's health.
#[derive(Debug)]
pub(crate) struct Pinged {
    pool: PoolId,
    member: MemberId,
    health: Health,
    /// Tells a task that was replaced from the one that is there now.
    task: u64,
}

/// The pings of one load balancer.
#[derive(Debug)]
pub(crate) struct Pings {
    sockets: Arc<PingSockets>,
    tasks: HashMap<(PoolId, MemberId), (Target, u64, JoinHandle<()>)>,
    next_task: u64,
    seen: HealthByMember,
    outcomes: Arc<Mutex<HashMap<MemberId, Outcome>>>,
    sender: mpsc::UnboundedSender<Pinged>,
    receiver: mpsc::UnboundedReceiver<Pinged>,
}

impl Pings {
    pub(crate) fn new(sockets: Arc<PingSockets>) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let (tasks, seen) = (HashMap::new(), HealthByMember::new());
        Self { sockets, tasks, next_task: 0, seen, outcomes: Arc::default(), sender, receiver }
    }

    /// Whether everything that `spec` wants pinged can be.
    pub(crate) fn check(&self, spec: &LoadBalancerSpec) -> Result<(), String> {
        targets(spec)
            .into_iter()
            .try_for_each(|(_, target)| self.sockets.for_address(target.address).map(drop))
    }

    /// Pings what `spec` wants, and nothing else.
    pub(crate) fn follow(&mut self, spec: &LoadBalancerSpec) {
        let wanted: HashMap<_, _> = targets(spec).into_iter().collect();
        self.tasks.retain(|key, (target, _, task)| {
            let same = wanted.get(key) == Some(target);
            if !same {
                task.abort();
                self.seen.remove(key);
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
            let note = move |outcome| {
                outcomes.lock().unwrap_or_else(PoisonError::into_inner).insert(member, outcome);
            };
            let tell =
                move |health| sender.send(Pinged { pool, member, health, task: number }).is_ok();
            let task = tokio::spawn(ping(client, target.clone(), note, tell));
            self.tasks.insert(key, (target, number, task));
        }
    }

    /// Waits for a member to change.
    pub(crate) async fn changed(&mut self) -> (PoolId, MemberId, Health) {
        loop {
            // We hold a sender, so the channel cannot end.
            let Some(seen) = self.receiver.recv().await else { std::future::pending().await };
            let key = (seen.pool, seen.member);
            if self.tasks.get(&key).is_some_and(|(_, number, _)| *number == seen.task) {
                self.seen.insert(key, seen.health.clone());
                return (seen.pool, seen.member, seen.health);
            }
        }
    }

    /// What came of the last ping of each member.
    pub(crate) fn outcomes(&self) -> HashMap<MemberId, Outcome> {
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        outcomes.retain(|member, _| self.tasks.keys().any(|(_, pinged)| pinged == member));
        outcomes.clone()
    }

    /// What is known now.
    pub(crate) fn seen(&self) -> &HealthByMember {
        &self.seen
    }
}

impl Drop for Pings {
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

/// Pings until `tell` says that nobody listens. As with HAProxy's own checks, the first answer, or
/// none, decides alone; after that it takes `rise` or `fall` of them in a row. `note` hears of every
/// one.
async fn ping(
    client: Client,
    target: Target,
    note: impl Fn(Outcome),
    tell: impl Fn(Health) -> bool,
) {
    let random = RandomState::new().hash_one(target.address);
    let identifier = PingIdentifier(random as u16);
    let mut pinger = client.pinger(target.address, identifier).await;
    pinger.timeout(target.monitor.timeout);
    let mut ticks = tokio::time::interval(target.monitor.delay.max(Duration::from_millis(100)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut up: Option<bool> = None;
    let mut against = 0;
    for sequence in (0..=u16::MAX).cycle() {
        ticks.tick().await;
        let result = pinger.ping(PingSequence(sequence), &[0; 16]).await;
        if matches!(result, Err(SurgeError::ClientDestroyed)) {
            return;
        }
        let answered = result.is_ok();
        let (took, result) = match result {
            Ok((_, took)) => (Some(took), Ok(())),
            Err(SurgeError::IOError(error)) => (None, Err(unreachable(&error))),
            Err(_) => {
                let waited = target.monitor.timeout.as_millis() as u64;
                (Some(target.monitor.timeout), Err(HealthReason::NoPing(waited)))
            }
        };
        note(Outcome::of(result.clone().map(|()| HealthReason::Answered), took));
        let needed = match up {
            Some(up) if up == answered => {
                against = 0;
                continue;
            }
            Some(true) => target.monitor.fall,
            Some(false) => target.monitor.rise,
            None => 1,
        };
        against += 1;
        if against < needed {
            continue;
        }
        (up, against) = (Some(answered), 0);
        let health = match result {
            Ok(()) => Health::Up,
            Err(reason) => Health::Down { reason: reason.to_string() },
        };
        if !tell(health) {
            return;
        }
    }
}

fn unreachable(error: &std::io::Error) -> HealthReason {
    match error.kind() {
        ErrorKind::HostUnreachable => HealthReason::HostUnreachable,
        ErrorKind::NetworkUnreachable => HealthReason::NetworkUnreachable,
        ErrorKind::PermissionDenied => HealthReason::PingForbidden,
        _ => HealthReason::PingNotSent,
    }
}
