//! The traffic engine: one HAProxy process for each load balancer.
//!
//! This is the only crate that knows HAProxy. The server passes each load balancer as a specification
//! ([`spec::LoadBalancerSpec`]). The engine applies it without dropping a request, keeps it running, and
//! sends what it observes as [`report::Report`]s.
//!
//! | module | concern |
//! |---|---|
//! | `spec`, `report`, `error` | the interface: specifications in, reports and errors out |
//! | `supervisor` | one task for each load balancer: apply, watch, restart |
//! | `reporter` | turns observations into reports, only when something changed |
//! | `generation`, `old_generation` | one process: while it serves, and while it finishes its connections |
//! | `old_processes` | the bound on processes that finish their connections |
//! | `render` | the configuration file; pure |
//! | `sockets` | listening sockets, kept over all generations |
//! | `process`, `before_exec`, `program`, `sandbox`, `user` | starting HAProxy |
//! | `capacity` | how many load balancers fit into the limit of open files |
//! | `launch`, `memory_file` | what a process inherits: configuration, state and keys in memory, never on disk |
//! | `applied`, `candidate`, `config_check` | what runs when a listener can't, and which one it is |
//! | `admin_socket`, `admin`, `stats`, `health`, `checks` | the runtime API of a process, and the meaning of its answers |
//! | `runtime_change` | which changes need no other process, and their admin commands; pure |
//! | `state_file`, `stick_tables` | transfer of server state and session persistence to the next generation |
//! | `server_ids` | the numbers of servers that stick tables refer to |
//! | `ping` | PING monitors, which HAProxy does not have |
//! | `run_dir`, `pid_file`, `orphan_cleanup` | files of processes, and the processes that a crashed engine left |
//!
//! Invariants:
//! - A user's text reaches a configuration or an admin command only through the checked types of
//!   [`openstack_types::field`] and [`openstack_types::tls`].
//! - A private key is in no named file, and the engine erases it once the process has started.
//! - A listener that can't run as specified keeps its last good configuration and affects no other.
//! - No load balancer waits for another one or fails with it.

#![warn(unreachable_pub)]

mod admin;
mod admin_socket;
mod alerts;
mod applied;
mod backoff;
mod before_exec;
mod candidate;
mod capacity;
mod checks;
mod config_check;
mod context;
mod error;
mod generation;
mod health;
mod launch;
mod memory_file;
mod old_generation;
mod old_processes;
mod orphan_cleanup;
mod pid_file;
mod ping;
mod process;
mod program;
mod render;
pub mod report;
mod reporter;
mod run_dir;
mod runtime_change;
mod sandbox;
mod server_ids;
mod sockets;
pub mod spec;
mod start_permits;
mod state_file;
mod stats;
mod stick_tables;
mod supervisor;
mod user;

pub use applied::{Applied, ApplyOptions, FailedListener, ListenerFailure, Refusal};
pub use capacity::Capacity;
pub use error::{ApplyError, ListenError, PingSocketError, ProcessError, StartError};
pub use old_processes::OldProcessLimits;

use context::Context;
use old_processes::OldProcesses;
use openstack_types::LoadBalancerId;
use program::Program;
use run_dir::RunDir;
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use supervisor::{Command, Removal};
use tokio::sync::{mpsc, oneshot};

#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// The directory for configurations, sockets and pid files. The engine creates it with mode 0700.
    pub run_dir: PathBuf,
    /// The HAProxy program. `None` searches PATH and the usual directories.
    pub haproxy: Option<PathBuf>,
    pub old_processes: OldProcessLimits,
    /// The name of the user that HAProxy runs as. `None`: if this process is root, `haproxy`, and otherwise the
    /// user of this process.
    pub user: Option<String>,
    /// HAProxy reaches no file and no other process, where the kernel supports that.
    pub sandbox: bool,
    /// A process that doesn't answer for this long is ended and started again.
    pub hang_timeout: Duration,
    /// Open files of this program that load balancers must leave to its other work; see [`Capacity::reserve`].
    pub other_files: u64,
}

impl EngineConfig {
    pub fn new(run_dir: PathBuf) -> Self {
        Self {
            run_dir,
            haproxy: None,
            old_processes: OldProcessLimits::default(),
            user: None,
            sandbox: true,
            hang_timeout: Duration::from_secs(10),
            other_files: 0,
        }
    }
}

/// A handle on the running engine. Clones share it. When the last one is dropped, all processes soft-stop.
#[derive(Clone, Debug)]
pub struct Engine {
    inner: Arc<Inner>,
}

type SupervisorHandle = mpsc::UnboundedSender<Command>;

#[derive(Debug)]
struct Inner {
    context: Arc<Context>,
    capacity: Capacity,
    supervisors: Mutex<HashMap<LoadBalancerId, SupervisorHandle>>,
}

impl Engine {
    /// Finds HAProxy and stops the processes that an earlier engine left in `run_dir`. Raises the soft limit
    /// of open files of this process to the hard limit.
    pub async fn start(
        config: EngineConfig,
    ) -> Result<(Self, mpsc::UnboundedReceiver<report::Report>), StartError> {
        let run_dir = RunDir::open(config.run_dir)?;
        let program =
            Arc::new(Program::find(config.haproxy, config.user.as_deref(), config.sandbox)?);
        let capacity = Capacity::new(program.open_files, config.other_files);
        let old_processes = OldProcesses::new(config.old_processes);
        let last_generation = orphan_cleanup::stop_orphans(run_dir.path(), &old_processes)
            .await
            .map_err(|source| StartError::RunDir { path: run_dir.path().to_owned(), source })?;
        let runtime = tokio::runtime::Handle::current();
        let spawner =
            process::Spawner::start(Arc::clone(&program), runtime).map_err(StartError::Thread)?;
        let (reports, receiver) = mpsc::unbounded_channel();
        let context = Arc::new(Context::new(
            run_dir,
            program,
            spawner,
            config.hang_timeout,
            last_generation,
            old_processes,
            reports,
        ));
        let inner = Inner { context, capacity, supervisors: Mutex::default() };
        Ok((Self { inner: Arc::new(inner) }, receiver))
    }

    /// Applies the specification and returns when it serves, except for the listeners that can't. Calls for one
    /// load balancer run in order, calls for different ones concurrently. A specification that runs already has
    /// no effect.
    pub async fn apply(&self, spec: spec::LoadBalancerSpec) -> Result<Applied, ApplyError> {
        self.apply_with(spec, ApplyOptions::default()).await
    }

    /// [`Self::apply`] with options.
    pub async fn apply_with(
        &self,
        spec: spec::LoadBalancerSpec,
        options: ApplyOptions,
    ) -> Result<Applied, ApplyError> {
        let (reply, result) = oneshot::channel();
        let id = spec.id;
        let command = Command::Apply(Box::new((spec, options)), reply);
        let supervisor = self.send(id, command);
        result.await.map_err(|_| self.supervisor_ended(id, &supervisor))
    }

    /// Sends a command to the supervisor of a load balancer. Starts one if there is none, or if it has panicked.
    fn send(&self, id: LoadBalancerId, command: Command) -> SupervisorHandle {
        let start = || supervisor::spawn(Arc::clone(&self.inner.context), id);
        let mut supervisors = self.supervisors();
        let supervisor = supervisors.entry(id).or_insert_with(start);
        if supervisor.is_closed() {
            *supervisor = start();
        }
        // The caller notices an error, because the command with its reply is dropped.
        let _ = supervisor.send(command);
        supervisor.clone()
    }

    /// Why a supervisor has ended. One that panicked is forgotten, so that the next call starts another.
    fn supervisor_ended(&self, id: LoadBalancerId, ended: &SupervisorHandle) -> ApplyError {
        let mut supervisors = self.supervisors();
        match supervisors.get(&id) {
            // It was not asked to end. Its channel may still be open: a panic drops one thing after the other.
            Some(supervisor) if supervisor.same_channel(ended) => {
                supervisors.remove(&id);
                ApplyError::Panicked
            }
            _ => ApplyError::ShuttingDown,
        }
    }

    /// The room for load balancers on this machine.
    pub fn capacity(&self) -> Capacity {
        self.inner.capacity
    }

    /// Soft-stops the process of a load balancer, if there is one. Its ports are free on return. Connections
    /// that are still open after a minute are closed.
    pub async fn remove(&self, id: LoadBalancerId) {
        let supervisor = self.supervisors().remove(&id);
        if let Some(supervisor) = supervisor {
            remove(supervisor, Removal::Deleted).await;
        }
    }

    /// Soft-stops all processes: open requests are finished. Returns when no process accepts a new connection
    /// and the idle ones have exited, after about two seconds at most. Busy processes continue until their
    /// connections end; the next engine on the directory counts them as old processes.
    pub async fn shutdown(&self) {
        let all = std::mem::take(&mut *self.supervisors());
        let tasks: Vec<_> = all
            .into_values()
            .map(|supervisor| tokio::spawn(remove(supervisor, Removal::Shutdown)))
            .collect();
        for task in tasks {
            let _ = task.await;
        }
    }

    fn supervisors(&self) -> MutexGuard<'_, HashMap<LoadBalancerId, SupervisorHandle>> {
        self.inner.supervisors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn remove(supervisor: SupervisorHandle, why: Removal) {
    let (reply, done) = oneshot::channel();
    if supervisor.send(Command::Remove(why, reply)).is_ok() {
        let _ = done.await;
    }
}

#[cfg(test)]
mod tests;
