//! One task a load balancer: it alone changes, watches and restarts that load balancer's process.

use crate::{
    ApplyError, Context,
    checks::Checks,
    generation::Generation,
    health::{self, HealthByMember},
    ping::Pings,
    render::backends,
    report::{Health, Report},
    sockets::ListeningSocket,
    spec::{LoadBalancerSpec, MonitorKind},
    state_file,
    stats::{Counters, Server},
    stick_tables,
};
use openstack_types::{ListenerId, LoadBalancerId, PoolId};
use std::{collections::HashMap, mem, net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, sleep_until, timeout},
};

/// From one look at the counters to the next.
const POLL: Duration = Duration::from_secs(1);
/// The first look after a change: first checks of near members are done by then, and so are the last
/// requests of an old generation.
const FIRST_POLL: Duration = Duration::from_millis(150);
/// The wait before a process that crashed is started again doubles from the first to the last.
const FIRST_BACK_OFF: Duration = Duration::from_millis(50);
const LAST_BACK_OFF: Duration = Duration::from_secs(10);
/// A process that ran so long has not crashed because of its configuration.
const STABLE_AFTER: Duration = Duration::from_secs(30);

/// What a supervisor is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    Apply(Box<LoadBalancerSpec>, oneshot::Sender<Result<(), ApplyError>>),
    /// Ends everything softly, and answers when it has ended, at most so long after the ports are
    /// free.
    Remove(Duration, oneshot::Sender<()>),
    /// Tells the listeners of what was last applied.
    Listeners(oneshot::Sender<Vec<ListenerId>>),
}

/// Starts the task; it ends with a [`Command::Remove`] or when the sender is dropped.
pub(crate) fn start(context: Arc<Context>, id: LoadBalancerId) -> mpsc::UnboundedSender<Command> {
    let (sender, commands) = mpsc::unbounded_channel();
    let pings = Pings::new(Arc::clone(&context.ping_sockets));
    let supervisor = Supervisor {
        context,
        id,
        wanted: None,
        sockets: HashMap::new(),
        current: None,
        draining: Vec::new(),
        pings,
        told: HealthByMember::new(),
        checks: Checks::default(),
        servers: Vec::new(),
        last_state: None,
        was_active: false,
        down: false,
        started: Instant::now(),
        back_off: FIRST_BACK_OFF,
        restart_at: None,
        poll_at: None,
    };
    tokio::spawn(supervisor.run(commands));
    sender
}

struct Supervisor {
    context: Arc<Context>,
    id: LoadBalancerId,
    /// What was last applied.
    wanted: Option<LoadBalancerSpec>,
    /// Kept over all generations: a process that is replaced or crashes loses no connection that
    /// waits.
    sockets: HashMap<(IpAddr, u16), ListeningSocket>,
    current: Option<Generation>,
    /// Old generations that finish their last requests.
    draining: Vec<Generation>,
    pings: Pings,
    /// What was reported.
    told: HealthByMember,
    checks: Checks,
    /// As the current process last answered.
    servers: Vec<Server>,
    /// The current process's members, kept for the case that it crashes.
    last_state: Option<String>,
    was_active: bool,
    down: bool,
    started: Instant,
    back_off: Duration,
    restart_at: Option<Instant>,
    poll_at: Option<Instant>,
}

impl Supervisor {
    async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        let done = loop {
            tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Apply(spec, reply)) => {
                        let result = self.apply(*spec).await;
                        // The caller may have gone; what was asked is done all the same.
                        let _ = reply.send(result);
                    }
                    Some(Command::Remove(wait, reply)) => break Some((wait, reply)),
                    Some(Command::Listeners(reply)) => {
                        let listeners = self.wanted.iter().flat_map(|spec| &spec.listeners);
                        let _ = reply.send(listeners.map(|listener| listener.id).collect());
                    }
                    None => break None,
                },
                reason = ended(&mut self.current) => self.crashed(reason),
                () = at(self.restart_at) => self.restart().await,
                () = at(self.poll_at) => self.poll().await,
                (pool, member, health) = self.pings.changed() => {
                    self.set_health(pool, &member.to_string(), &health).await;
                    self.tell_health();
                }
            }
        };
        let ending = self.end().await;
        if let Some((wait, done)) = done {
            let _ = timeout(wait, async {
                for task in ending {
                    let _ = task.await;
                }
            })
            .await;
            let _ = done.send(());
        }
    }

    async fn apply(&mut self, spec: LoadBalancerSpec) -> Result<(), ApplyError> {
        if self.wanted.as_ref() == Some(&spec) && self.restart_at.is_none() {
            return Ok(());
        }
        let failed = |reason| ApplyError { listener: None, reason };
        self.pings.check(&spec).map_err(failed)?;

        let mut opened = HashMap::new();
        for listener in &spec.listeners {
            let key = (spec.vip, listener.port);
            if opened.contains_key(&key) {
                let reason = format!("port {} of {} is asked for twice", listener.port, spec.vip);
                return Err(ApplyError { listener: Some(listener.id), reason });
            }
            if !self.sockets.contains_key(&key) {
                let socket = ListeningSocket::open(spec.vip, listener.port)
                    .map_err(|reason| ApplyError { listener: Some(listener.id), reason })?;
                opened.insert(key, socket);
            }
        }
        let next = self.start_generation(&spec, &opened).await.map_err(failed)?;

        if let Some(mut old) = mem::replace(&mut self.current, next) {
            old.stop_softly().await;
            self.draining.push(old);
        }
        self.sockets.extend(opened);
        for key in self.sockets.keys().copied().collect::<Vec<_>>() {
            let kept = key.0 == spec.vip && spec.listeners.iter().any(|l| l.port == key.1);
            if !kept && let Some(socket) = self.sockets.remove(&key) {
                socket.close_everywhere();
            }
        }
        self.pings.follow(&spec);
        self.wanted = Some(spec);
        self.servers.clear();
        self.told.clear();
        self.back_off = FIRST_BACK_OFF;
        self.is_up();
        self.tell_health();
        Ok(())
    }

    /// A process for `spec`, ready; none when there is nothing to listen on.
    async fn start_generation(
        &mut self,
        spec: &LoadBalancerSpec,
        opened: &HashMap<(IpAddr, u16), ListeningSocket>,
    ) -> Result<Option<Generation>, String> {
        if spec.listeners.is_empty() {
            return Ok(None);
        }
        if let Some(current) = &mut self.current
            && let Ok(state) = current.state().await
        {
            self.last_state = Some(state);
        }
        let state = match (&self.last_state, &self.wanted) {
            (Some(shown), Some(old)) => state_file::carry_over(shown, old, spec),
            _ => None,
        };
        let sockets: Vec<&ListeningSocket> = spec
            .listeners
            .iter()
            .map(|listener| (spec.vip, listener.port))
            .filter_map(|key| opened.get(&key).or_else(|| self.sockets.get(&key)))
            .collect();
        let mut next = Generation::start(&self.context, spec, &sockets, state.as_deref()).await?;
        for ((pool, member), health) in self.pings.seen() {
            for command in health_commands(spec, *pool, &member.to_string(), health) {
                // One that is not there any more has no server to set.
                let _ = next.command(&command).await;
            }
        }
        if let (Some(before), Some(old)) = (&mut self.current, &self.wanted)
            && let Err(error) = next.take_tables(before, &stick_tables::shared(old, spec)).await
        {
            tracing::warn!(loadbalancer = %self.id, %error, "sessions may move to other members");
        }
        Ok(Some(next))
    }

    fn is_up(&mut self) {
        self.started = Instant::now();
        self.checks.begin_anew();
        self.restart_at = None;
        let running = self.current.is_some() || !self.draining.is_empty();
        self.poll_at = running.then(|| Instant::now() + FIRST_POLL);
        if mem::take(&mut self.down) {
            self.context.report(Report::ProcessUp { loadbalancer: self.id });
        }
    }

    fn crashed(&mut self, reason: String) {
        tracing::warn!(loadbalancer = %self.id, %reason, "a process went away");
        self.current = None;
        self.down = true;
        if self.started.elapsed() >= STABLE_AFTER {
            self.back_off = FIRST_BACK_OFF;
        }
        self.restart_later();
        self.context.report(Report::ProcessDown { loadbalancer: self.id, reason });
    }

    fn restart_later(&mut self) {
        self.restart_at = Some(Instant::now() + self.back_off);
        self.back_off = (self.back_off * 2).min(LAST_BACK_OFF);
    }

    async fn restart(&mut self) {
        let Some(spec) = self.wanted.clone() else {
            self.restart_at = None;
            return;
        };
        match self.start_generation(&spec, &HashMap::new()).await {
            Ok(next) => {
                self.current = next;
                self.is_up();
            }
            Err(reason) => {
                tracing::warn!(loadbalancer = %self.id, %reason, "not started again yet");
                self.restart_later();
            }
        }
    }

    /// Looks at all processes: counters, health, and which old ones have finished.
    async fn poll(&mut self) {
        let mut delta = Counters::default();
        if let Some(current) = &mut self.current {
            match current.stats().await {
                Ok((stats, counted)) => {
                    delta.add(&counted);
                    self.servers = stats.servers;
                    if self.tell_health() {
                        self.last_state = current_state(&mut self.current).await;
                    }
                    self.tell_checks();
                }
                // When it has gone, the end of the process says so.
                Err(error) => tracing::debug!(loadbalancer = %self.id, %error, "no statistics"),
            }
        }
        for mut old in mem::take(&mut self.draining) {
            let stopping = old.is_stopping().await.unwrap_or(true);
            match old.stats().await {
                Ok((stats, counted)) => {
                    delta.add(&counted);
                    if stopping && stats.is_idle() {
                        old.release();
                    } else {
                        self.draining.push(old);
                    }
                }
                Err(_) => drop(old.release()),
            }
        }
        self.tell_traffic(delta);
        let running = self.current.is_some() || !self.draining.is_empty();
        self.poll_at = running.then(|| Instant::now() + POLL);
    }

    fn tell_traffic(&mut self, delta: Counters) {
        let active = delta.listeners.values().any(|counted| counted.active_connections > 0);
        if delta.is_zero() && !mem::replace(&mut self.was_active, active) {
            return;
        }
        self.was_active = active;
        self.context.report(Report::Traffic {
            loadbalancer: self.id,
            listeners: delta.listeners.into_iter().collect(),
            members: delta.members.into_iter().collect(),
        });
    }

    /// Reports what changed; whether anything did.
    fn tell_health(&mut self) -> bool {
        let Some(spec) = &self.wanted else { return false };
        let now = health::of_members(spec, &self.servers, self.pings.seen());
        let mut changed = false;
        for ((pool, member), health) in &now {
            if self.told.get(&(*pool, *member)) != Some(health) {
                changed = true;
                self.context.report(Report::MemberHealth {
                    loadbalancer: self.id,
                    pool: *pool,
                    member: *member,
                    health: health.clone(),
                });
            }
        }
        // A member whose check has not been done again after a change keeps what was said.
        self.told.extend(now);
        changed
    }

    fn tell_checks(&mut self) {
        let Some(spec) = &self.wanted else { return };
        let checks = self.checks.news(spec, &self.servers, &self.pings.outcomes());
        if !checks.is_empty() {
            self.context.report(Report::Checks { loadbalancer: self.id, checks });
        }
    }

    /// Tells the process what the engine's own ping found.
    async fn set_health(&mut self, pool: PoolId, member: &str, health: &Health) {
        let (Some(current), Some(spec)) = (&mut self.current, &self.wanted) else { return };
        for command in health_commands(spec, pool, member, health) {
            if let Err(error) = current.command(&command).await {
                tracing::warn!(loadbalancer = %self.id, %error, "a member's health was not taken");
            }
        }
        self.last_state = current_state(&mut self.current).await;
    }

    /// Ends everything softly: no new connections from here on, open requests are finished.
    async fn end(mut self) -> Vec<JoinHandle<()>> {
        if let Some(mut current) = self.current.take() {
            current.stop_softly().await;
            self.draining.push(current);
        }
        for (_, socket) in mem::take(&mut self.sockets) {
            socket.close_everywhere();
        }
        let mut delta = Counters::default();
        for old in &mut self.draining {
            if let Ok((_, counted)) = old.stats().await {
                delta.add(&counted);
            }
        }
        self.tell_traffic(delta);
        mem::take(&mut self.draining).into_iter().map(Generation::release).collect()
    }
}

async fn current_state(current: &mut Option<Generation>) -> Option<String> {
    current.as_mut()?.state().await.ok()
}

/// In every backend that the pool has.
fn health_commands(
    spec: &LoadBalancerSpec,
    pool: PoolId,
    member: &str,
    health: &Health,
) -> Vec<String> {
    let word = match health {
        Health::Up => "up",
        Health::Down { .. } => "down",
        Health::NoMonitor | Health::Draining | Health::Disabled => return Vec::new(),
    };
    backends(spec)
        .filter(|(_, of, _)| of.id == pool)
        .filter(|(_, of, _)| of.monitor.as_ref().is_some_and(|m| m.kind == MonitorKind::Ping))
        .map(|(_, _, backend)| format!("set server {backend}/{member} health {word}"))
        .collect()
}

async fn ended(current: &mut Option<Generation>) -> String {
    match current {
        Some(generation) => generation.ended().await,
        None => std::future::pending().await,
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
