//! One task for each load balancer. It alone changes, watches and restarts the process of its load balancer.

mod apply;
mod handover;
mod health_commands;
mod next_copy;
mod runtime;
mod watch;

use crate::{
    applied::{Applied, ApplyOptions},
    backoff::Backoff,
    context::Context,
    error::ProcessError,
    generation::Generation,
    old_generation::OldGeneration,
    ping::PingMonitors,
    report::Report,
    reporter::Reporter,
    server_ids::ServerIds,
    sockets::ListeningSocket,
    spec::LoadBalancerSpec,
    state_file,
    stats::{ProcessCounters, ServerStats},
};
use health_commands::health_commands;
use next_copy::NextCopy;
use openstack_types::LoadBalancerId;
use std::{collections::HashMap, mem, net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, sleep_until, timeout},
};

/// The interval at which the statistics are read.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The first poll after a change. By then the first checks of near members and the last requests of an old
/// generation are finished.
const FIRST_POLL_DELAY: Duration = Duration::from_millis(150);
/// A process that runs this long does not crash because of its configuration.
const STABLE_AFTER: Duration = Duration::from_secs(30);
/// How long a shutdown waits for idle processes.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);
/// How long after a panic the load balancer is applied again: a panic that repeats must not keep the machine busy.
const PANIC_DELAY: Duration = Duration::from_secs(10);
/// How long the open connections of a deleted load balancer may last.
const DELETED_GRACE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) enum Command {
    Apply(Box<(LoadBalancerSpec, ApplyOptions)>, oneshot::Sender<Applied>),
    /// Soft-stops everything. The answer comes when the ports are free, and at a shutdown when the processes
    /// have exited, but not later than [`SHUTDOWN_GRACE`].
    Remove(Removal, oneshot::Sender<()>),
    #[cfg(test)]
    Panic,
}

/// Why everything is soft-stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    /// The load balancer is deleted. Its open connections have [`DELETED_GRACE`] to end.
    Deleted,
    /// The engine ends. Open connections continue without it.
    Shutdown,
}

/// Starts the task. It ends with a [`Command::Remove`] or when the sender is dropped.
pub(crate) fn spawn(context: Arc<Context>, id: LoadBalancerId) -> mpsc::UnboundedSender<Command> {
    let (sender, commands) = mpsc::unbounded_channel();
    let watch = context.clone();
    let supervisor = Supervisor {
        id,
        applied: None,
        is_stale: false,
        sockets: HashMap::new(),
        current: None,
        draining: Vec::new(),
        server_ids: ServerIds::default(),
        copy_sessions: None,
        pings: PingMonitors::new(Arc::clone(&context.ping_sockets)),
        reporter: Reporter::new(Arc::clone(&context), id),
        context,
        servers: Vec::new(),
        last_state: None,
        started_at: Instant::now(),
        answered_at: Instant::now(),
        backoff: Backoff::default(),
        restart_at: None,
        poll_at: None,
    };
    let task = tokio::spawn(supervisor.run(commands));
    tokio::spawn(async move {
        if task.await.is_err_and(|error| error.is_panic()) {
            tracing::error!(loadbalancer = %id, "the supervisor of a load balancer panicked");
            tokio::time::sleep(PANIC_DELAY).await;
            watch.report(Report::ApplyNeeded { loadbalancer: id });
        }
    });
    sender
}

type Sockets = HashMap<(IpAddr, u16), ListeningSocket>;

struct Supervisor {
    context: Arc<Context>,
    id: LoadBalancerId,
    /// The specification that runs, or is to run again after a crash. Listeners that failed have their last good
    /// configuration, or are missing.
    applied: Option<LoadBalancerSpec>,
    /// The process still has listeners that were removed, because it could not be replaced.
    is_stale: bool,
    /// Kept over all generations, so that no waiting connection is lost when a process is replaced or crashes.
    sockets: Sockets,
    current: Option<Generation>,
    /// Old generations that finish their last requests.
    draining: Vec<OldGeneration>,
    server_ids: ServerIds,
    /// When to copy what old generations have learned since about sessions.
    copy_sessions: Option<NextCopy>,
    pings: PingMonitors,
    reporter: Reporter,
    /// From the last statistics of the current process.
    servers: Vec<ServerStats>,
    /// The server state of the current process, in case it crashes.
    last_state: Option<String>,
    started_at: Instant,
    /// When the current process last answered.
    answered_at: Instant,
    backoff: Backoff,
    restart_at: Option<Instant>,
    poll_at: Option<Instant>,
}

impl Supervisor {
    async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        let removal = loop {
            tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Apply(request, reply)) => {
                        let (spec, options) = *request;
                        let applied = self.apply(spec, options).await;
                        // The change is applied even if the caller no longer waits.
                        let _ = reply.send(applied);
                    }
                    Some(Command::Remove(why, reply)) => break Some((why, reply)),
                    #[cfg(test)]
                    Some(Command::Panic) => panic!("a test asked for it"),
                    None => break None,
                },
                reason = wait_for_exit(&mut self.current) => self.on_crash(reason),
                () = sleep_until_some(self.restart_at) => self.restart().await,
                () = sleep_until_some(self.poll_at) => self.poll().await,
                () = sleep_until_some(self.copy_sessions.as_ref().map(|next| next.at)) => {
                    self.copy_sessions().await;
                }
                (pool, member, health) = self.pings.next_change() => {
                    self.push_ping_health(pool, &member.to_string(), &health).await;
                    self.report_health();
                }
            }
        };
        let (context, id) = (Arc::clone(&self.context), self.id);
        let exits = self.shut_down().await;
        if let Some((why, done)) = removal {
            let grace = match why {
                Removal::Deleted => {
                    context.old_processes.end_after(id, DELETED_GRACE);
                    Duration::ZERO
                }
                Removal::Shutdown => SHUTDOWN_GRACE,
            };
            let _ = timeout(grace, async {
                for exit in exits {
                    let _ = exit.await;
                }
            })
            .await;
            let _ = done.send(());
        }
    }

    fn runs(&self, spec: &LoadBalancerSpec) -> bool {
        self.applied.as_ref() == Some(spec) && self.restart_at.is_none() && !self.is_stale
    }

    /// Makes `spec` run in place of what runs now. `opened` are sockets beside those that are open already.
    async fn switch_to(
        &mut self,
        spec: LoadBalancerSpec,
        opened: &mut Sockets,
    ) -> Result<(), ProcessError> {
        let next = self.start_generation(&spec, opened).await?;
        self.replace_current(next).await;
        self.server_ids.retain(&spec);
        self.sockets.extend(mem::take(opened));
        self.close_unused_sockets(&spec);
        self.pings.update_targets(&spec);
        self.applied = Some(spec);
        self.servers.clear();
        self.reporter.forget_health();
        self.backoff.reset();
        self.on_started();
        self.report_health();
        Ok(())
    }

    /// The sockets of the listeners of `spec`, in order.
    fn sockets_of<'s>(
        &'s self,
        spec: &LoadBalancerSpec,
        opened: &'s Sockets,
    ) -> Vec<&'s ListeningSocket> {
        spec.listeners
            .iter()
            .flat_map(|listener| spec.vips().map(|vip| (vip, listener.port)))
            .filter_map(|key| opened.get(&key).or_else(|| self.sockets.get(&key)))
            .collect()
    }

    fn close_unused_sockets(&mut self, spec: &LoadBalancerSpec) {
        let is_used = |(ip, port): &(IpAddr, u16)| {
            spec.vips().any(|vip| vip == *ip)
                && spec.listeners.iter().any(|listener| listener.port == *port)
        };
        for (_, socket) in self.sockets.extract_if(|key, _| !is_used(key)) {
            socket.close_everywhere();
        }
    }

    /// Starts a process for `spec`, unless it has no listener. It accepts no connection before
    /// [`Self::replace_current`]. `opened` are sockets beside those in `self.sockets`.
    async fn start_generation(
        &mut self,
        spec: &LoadBalancerSpec,
        opened: &Sockets,
    ) -> Result<Option<Generation>, ProcessError> {
        if spec.listeners.is_empty() {
            return Ok(None);
        }
        self.server_ids.assign(spec);
        if let Some(current) = &mut self.current
            && let Ok(state) = current.server_state().await
        {
            self.last_state = Some(state);
        }
        let state = match (&self.last_state, &self.applied) {
            (Some(state), Some(old)) => state_file::carry_over(state, old, spec),
            _ => None,
        };
        let sockets = self.sockets_of(spec, opened);
        let ids = &self.server_ids;
        let mut next =
            Generation::start(&self.context, spec, ids, &sockets, state.as_deref()).await?;
        for ((pool, member), health) in self.pings.health() {
            for command in health_commands(spec, *pool, &member.to_string(), health) {
                // Fails for a member that `spec` no longer has.
                let _ = next.execute(&command).await;
            }
        }
        self.copy_known_sessions(&mut next).await;
        Ok(Some(next))
    }

    fn on_started(&mut self) {
        self.started_at = Instant::now();
        self.answered_at = self.started_at;
        self.restart_at = None;
        self.is_stale = false;
        self.schedule_poll(FIRST_POLL_DELAY);
        self.reporter.process_started();
    }

    fn schedule_poll(&mut self, delay: Duration) {
        let is_running = self.current.is_some() || !self.draining.is_empty();
        self.poll_at = is_running.then(|| Instant::now() + delay);
    }

    fn on_crash(&mut self, reason: String) {
        tracing::warn!(loadbalancer = %self.id, %reason, "a process crashed");
        self.current = None;
        if self.started_at.elapsed() >= STABLE_AFTER {
            self.backoff.reset();
        }
        self.schedule_restart();
        self.reporter.process_crashed(reason);
    }

    fn schedule_restart(&mut self) {
        self.restart_at = Some(Instant::now() + self.backoff.next_delay());
    }

    async fn restart(&mut self) {
        let Some(spec) = self.applied.clone() else {
            self.restart_at = None;
            return;
        };
        match self.start_generation(&spec, &Sockets::new()).await {
            Ok(next) => {
                self.replace_current(next).await;
                self.on_started();
            }
            Err(error) => {
                tracing::warn!(loadbalancer = %self.id, %error, "the restart failed");
                self.schedule_restart();
                if let ProcessError::Refused(_) = error {
                    self.reporter.process_refused();
                }
            }
        }
    }

    /// Soft-stops everything: no new connections are accepted on return, and open requests are finished. The
    /// returned tasks end with the processes.
    async fn shut_down(mut self) -> Vec<JoinHandle<()>> {
        if let Some(current) = self.current.take() {
            self.draining.push(current.soft_stop(&self.context).await);
        }
        for (_, socket) in mem::take(&mut self.sockets) {
            socket.close_everywhere();
        }
        let mut delta = ProcessCounters::default();
        for old in &mut self.draining {
            if let Ok((_, since_last)) = old.stats().await {
                delta.add(&since_last);
            }
        }
        self.reporter.report_traffic(delta);
        mem::take(&mut self.draining).into_iter().map(OldGeneration::release).collect()
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        // Nobody else knows the process. It would keep the ports from its successor.
        if std::thread::panicking()
            && let Some(current) = &self.current
        {
            current.kill_at_once();
        }
    }
}

async fn wait_for_exit(current: &mut Option<Generation>) -> String {
    match current {
        Some(generation) => generation.wait_for_exit().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until_some(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
