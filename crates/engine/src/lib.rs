//! The traffic engine: one HAProxy process a load balancer.
//!
//! The only room that knows HAProxy. It is asked for load balancers as they should be
//! ([`spec::LoadBalancerSpec`]), makes them so without dropping a request, keeps them running, and
//! tells what it sees ([`report::Report`]).
//!
//! | module | its concern |
//! |---|---|
//! | `spec`, `report` | the door: what is asked, what is told |
//! | `supervisor` | one task a load balancer: apply, watch, restart |
//! | `generation` | one process from start to end |
//! | `render` | the configuration, pure |
//! | `sockets` | listening sockets, kept over all generations |
//! | `process`, `death_signal`, `program` | forking, and what is forked |
//! | `secret_file` | keys on their way to a process: in memory, never on a disk |
//! | `admin`, `stats`, `health`, `checks` | asking a process, and what its answers mean |
//! | `state_file`, `stick_tables` | what one generation hands to the next |
//! | `ping` | the one health check that HAProxy has not |
//! | `leftovers` | what an engine that died left behind |
//!
//! Invariants: no text of a person's reaches a configuration or an admin command but through the
//! checked types of [`openstack_types::field`] and [`openstack_types::tls`]; no private key is in a
//! file that has a name, or outlives the start of the process that it is for; a change that fails changes nothing; one load
//! balancer never waits for, or fails with, another.

mod admin;
mod checks;
mod death_signal;
mod generation;
mod health;
mod leftovers;
mod ping;
mod process;
mod program;
mod render;
pub mod report;
mod secret_file;
mod sockets;
pub mod spec;
mod state_file;
mod stats;
mod stick_tables;
mod supervisor;

use openstack_types::{ListenerId, LoadBalancerId};
use std::{
    collections::HashMap,
    fs,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use supervisor::Command;
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Where and how the engine works.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// A directory of its own (made with mode 0700): configurations, sockets, pid files.
    pub run_dir: PathBuf,
    /// The HAProxy to run; found on PATH and in the usual places without one.
    pub haproxy: Option<PathBuf>,
}

/// Why the engine cannot start. `Display` is one clear line with what to do.
#[derive(Debug)]
pub struct StartError(pub String);

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

/// Why a load balancer could not be made as asked; what ran before still runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyError {
    /// The listener that is the cause, when it is one.
    pub listener: Option<ListenerId>,
    /// In words for the person who asked: `port 80 of 127.8.0.5 is taken by another program`.
    pub reason: String,
}

impl std::fmt::Display for ApplyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for ApplyError {}

/// Processes that start at the same time.
const STARTS_AT_ONCE: usize = 4;

/// What [`Engine::shutdown`] grants idle processes to end.
const FAREWELL: Duration = Duration::from_secs(2);

/// What all supervisors share.
#[derive(Debug)]
struct Context {
    run_dir: PathBuf,
    program: Arc<program::Program>,
    spawner: process::Spawner,
    ping_sockets: Arc<ping::PingSockets>,
    starts: Semaphore,
    generations: AtomicU64,
    reports: mpsc::UnboundedSender<report::Report>,
    /// Held as long as the engine is there: one engine a directory.
    _lock: fs::File,
}

impl Context {
    fn next_generation(&self) -> u64 {
        self.generations.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn report(&self, report: report::Report) {
        // Nobody listens when the server is going down.
        let _ = self.reports.send(report);
    }
}

/// A handle on the running engine; clones share it. When the last one is dropped, all processes end
/// softly.
#[derive(Clone, Debug)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    context: Arc<Context>,
    supervisors: Mutex<HashMap<LoadBalancerId, mpsc::UnboundedSender<Command>>>,
}

impl Engine {
    /// Finds HAProxy, ends what an earlier engine left behind in `run_dir`, and is ready for
    /// [`Engine::apply`]. Raises this process's soft limit of open files to the hard one.
    pub async fn start(
        config: EngineConfig,
    ) -> Result<(Self, mpsc::UnboundedReceiver<report::Report>), StartError> {
        let lock = prepare(&config.run_dir)?;
        let program = Arc::new(program::Program::find(config.haproxy)?);
        let highest = leftovers::clear(&config.run_dir).await.map_err(|error| {
            StartError(format!("{} cannot be read: {error}", config.run_dir.display()))
        })?;
        let runtime = tokio::runtime::Handle::current();
        let spawner = process::Spawner::start(Arc::clone(&program), runtime)
            .map_err(|error| StartError(format!("a thread cannot be started: {error}")))?;
        let (reports, receiver) = mpsc::unbounded_channel();
        let context = Arc::new(Context {
            run_dir: config.run_dir,
            program,
            spawner,
            ping_sockets: Arc::default(),
            starts: Semaphore::new(STARTS_AT_ONCE),
            generations: AtomicU64::new(highest),
            reports,
            _lock: lock,
        });
        Ok((Self { inner: Arc::new(Inner { context, supervisors: Mutex::default() }) }, receiver))
    }

    /// Makes a load balancer as asked and returns when it serves so. Calls for one load balancer
    /// run in order; for different ones side by side. One equal to what runs changes nothing.
    pub async fn apply(&self, spec: spec::LoadBalancerSpec) -> Result<(), ApplyError> {
        let (reply, answer) = oneshot::channel();
        let id = spec.id;
        let command = Command::Apply(Box::new(spec), reply);
        self.supervisors()
            .entry(id)
            .or_insert_with(|| supervisor::start(Arc::clone(&self.inner.context), id))
            .send(command)
            .map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// The listeners of a load balancer as it was last made; none when it never was.
    pub async fn listeners(&self, id: LoadBalancerId) -> Vec<ListenerId> {
        let (reply, answer) = oneshot::channel();
        let asked = self.supervisors().get(&id).map(|one| one.send(Command::Listeners(reply)));
        match asked {
            Some(Ok(())) => answer.await.unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// Ends a load balancer's process softly; nothing happens when there is none. Its ports are free
    /// when this returns.
    pub async fn remove(&self, id: LoadBalancerId) {
        let supervisor = self.supervisors().remove(&id);
        if let Some(supervisor) = supervisor {
            remove(supervisor, Duration::ZERO).await;
        }
    }

    /// Ends all processes softly: open requests are finished. Returns when no new connection is
    /// taken and idle processes are gone, in two seconds or so at most; busy ones go on by
    /// themselves for up to a minute.
    pub async fn shutdown(&self) {
        let all = std::mem::take(&mut *self.supervisors());
        let tasks: Vec<_> = all
            .into_values()
            .map(|supervisor| tokio::spawn(remove(supervisor, FAREWELL)))
            .collect();
        for task in tasks {
            let _ = task.await;
        }
    }

    fn supervisors(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<LoadBalancerId, mpsc::UnboundedSender<Command>>> {
        self.inner.supervisors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn remove(supervisor: mpsc::UnboundedSender<Command>, wait: Duration) {
    let (reply, done) = oneshot::channel();
    if supervisor.send(Command::Remove(wait, reply)).is_ok() {
        let _ = done.await;
    }
}

fn stopped() -> ApplyError {
    ApplyError { listener: None, reason: "the traffic engine is shutting down".to_owned() }
}

/// Makes the directory, ours alone, and locks it.
fn prepare(run_dir: &Path) -> Result<fs::File, StartError> {
    let cannot = |error: std::io::Error| {
        StartError(format!("{} cannot be used by the engine: {error}", run_dir.display()))
    };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(run_dir).map_err(cannot)?;
    fs::set_permissions(run_dir, fs::Permissions::from_mode(0o700)).map_err(cannot)?;
    let lock = fs::File::create(run_dir.join("lock")).map_err(cannot)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => Err(StartError(format!(
            "{} is used by another engine that runs now",
            run_dir.display()
        ))),
        Err(fs::TryLockError::Error(error)) => Err(cannot(error)),
    }
}
