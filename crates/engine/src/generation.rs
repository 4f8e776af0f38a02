//! One HAProxy process of a load balancer, from start to end.

mod stderr_log;

use crate::{
    admin::AdminSession,
    admin_socket::AdminSocket,
    context::Context,
    error::ProcessError,
    launch::{Prepared, prepare},
    pid_file::{PidFile, RegisteredPid},
    sockets::ListeningSocket,
    spec::LoadBalancerSpec,
    stats::{ProcessCounters, Stats},
    stick_tables,
};
use openstack_types::LoadBalancerId;
use rustix::process::{Pid, Signal, kill_process};
use std::{io, os::unix::process::ExitStatusExt, process::ExitStatus, time::Duration};
use stderr_log::StderrLog;
use tokio::{
    process::Child,
    task::JoinHandle,
    time::{error::Elapsed, timeout},
};

/// The time limit for a start. A busy machine with hundreds of load balancers needs some seconds.
const READY_TIMEOUT: Duration = Duration::from_secs(20);
/// The time limit from SIGUSR1 until the process stops accepting connections. It takes about a millisecond.
const SOFT_STOP_TIMEOUT: Duration = Duration::from_secs(1);
/// Longer than `hard-stop-after`, when HAProxy exits by itself.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(70);

/// A process that serves or finishes its last requests.
#[derive(Debug)]
pub(crate) struct Generation {
    child: Child,
    pid: Pid,
    admin: AdminSession,
    /// Removes the pid file when dropped.
    registered: Option<RegisteredPid>,
    stderr: StderrLog,
    /// The counters of the last [`Generation::stats`].
    counters: ProcessCounters,
}

impl Generation {
    /// Starts a process and returns when it serves. `state` is a server-state file.
    pub(crate) async fn start(
        context: &Context,
        spec: &LoadBalancerSpec,
        sockets: &[&ListeningSocket],
        state: Option<&str>,
    ) -> Result<Self, ProcessError> {
        let _permit =
            context.start_permits.acquire().await.map_err(|_| ProcessError::EngineEnded)?;
        let prepared = prepare(context, spec, sockets, state)?;
        start_process(context, spec.id, prepared).await
    }

    /// Waits until the process has exited and returns the reason in words. Cancel safe.
    pub(crate) async fn wait_for_exit(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => match self.stderr.alerts() {
                Some(alerts) if !status.success() => format!("{}: {alerts}", describe_exit(status)),
                _ => describe_exit(status),
            },
            Err(error) => error.to_string(),
        }
    }

    /// The statistics, and the difference of the counters to the last call.
    pub(crate) async fn stats(&mut self) -> io::Result<(Stats, ProcessCounters)> {
        let text = self.admin.execute("show stat").await?;
        let stats = Stats::parse(&text).map_err(io::Error::other)?;
        let delta = stats.counters.since(&self.counters);
        self.counters = stats.counters.clone();
        Ok((stats, delta))
    }

    /// The state of the members, for the next generation.
    pub(crate) async fn server_state(&mut self) -> io::Result<String> {
        self.admin.execute("show servers state").await
    }

    /// Copies the stick tables of session persistence from the previous generation.
    pub(crate) async fn transfer_stick_tables_from(
        &mut self,
        previous: &mut Self,
        old: &LoadBalancerSpec,
        new: &LoadBalancerSpec,
    ) -> io::Result<()> {
        stick_tables::transfer_stick_tables(&mut previous.admin, old, &mut self.admin, new).await
    }

    /// Executes an admin command whose answer is empty on success.
    pub(crate) async fn execute(&mut self, command: &str) -> io::Result<()> {
        let response = self.admin.execute(command).await?;
        let message = response.trim();
        if message.is_empty() { Ok(()) } else { Err(io::Error::other(message.to_owned())) }
    }

    /// The process accepts no new connections, finishes the open ones and exits, but not before
    /// [`Self::release`], so that its last counters can be read. Returns when it accepts no more connections:
    /// a request after a change must not be served by the old configuration.
    pub(crate) async fn soft_stop(&mut self) {
        if let Err(error) = kill_process(self.pid, Signal::USR1) {
            tracing::debug!(%error, pid = %self.pid.as_raw_nonzero(), "the process had exited");
            return;
        }
        let stopping = timeout(SOFT_STOP_TIMEOUT, async {
            while !self.is_stopping().await.unwrap_or(true) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        if stopping.await.is_err() {
            tracing::warn!("an old process does not stop listening");
        }
    }

    /// Whether the process has received the signal of [`Self::soft_stop`].
    pub(crate) async fn is_stopping(&mut self) -> io::Result<bool> {
        let info = self.admin.execute("show info").await?;
        Ok(info_field(&info, "Stopping") == Some("1"))
    }

    /// Closes the admin session, so that a stopped process can exit when it is idle. The returned task waits
    /// for that and removes the files.
    pub(crate) fn release(self) -> JoinHandle<()> {
        let Self { mut child, admin, registered, .. } = self;
        drop(admin);
        tokio::spawn(async move {
            if timeout(DRAIN_TIMEOUT, child.wait()).await.is_err() {
                let _ = child.kill().await;
            }
            drop(registered);
        })
    }
}

async fn start_process(
    context: &Context,
    id: LoadBalancerId,
    prepared: Prepared,
) -> Result<Generation, ProcessError> {
    // The files are erased when the process has read them or has failed.
    let Prepared { launch, admin: socket, files: _files } = prepared;
    let mut child = context.spawner.spawn(launch).await.map_err(ProcessError::Spawn)?;
    let number = child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or_default();
    let pid = Pid::from_raw(number).ok_or(ProcessError::EndedAtOnce)?;
    let registered = register(context, number, id);
    let stderr = StderrLog::default();
    let reader = child.stderr.take().map(|out| stderr.read_from(id, out));

    match timeout(READY_TIMEOUT, open_admin_session(&socket, number)).await {
        Ok(Ok(admin)) => {
            let counters = ProcessCounters::default();
            Ok(Generation { child, pid, admin, registered, stderr, counters })
        }
        failure => Err(start_failure(child, reader, &stderr, failure).await),
    }
}

/// Writes the pid file, by which the next engine finds a process that a crash of this one leaves. A process
/// serves without one, for example on a full disk: it ends with this engine in any case but the rarest.
fn register(context: &Context, pid: i32, id: LoadBalancerId) -> Option<RegisteredPid> {
    let path = context.run_dir.path().join(format!("{id}-{}.pid", context.next_generation()));
    let file = PidFile::of_running(pid, id)?;
    file.register(&path)
        .inspect_err(|error| {
            tracing::warn!(loadbalancer = %id, %error, "a pid file could not be written");
        })
        .ok()
}

/// Returns when the process with this pid serves.
async fn open_admin_session(socket: &AdminSocket, pid: i32) -> io::Result<AdminSession> {
    let mut admin = AdminSession::open(socket).await?;
    let info = admin.execute("show info").await?;
    match info_field(&info, "Pid").and_then(|pid| pid.parse::<i32>().ok()) {
        Some(answering) if answering == pid => Ok(admin),
        _ => Err(io::Error::other("another process answers")),
    }
}

/// Kills the process and finds out why it did not start.
async fn start_failure(
    mut child: Child,
    stderr_reader: Option<JoinHandle<()>>,
    stderr: &StderrLog,
    failure: Result<io::Result<AdminSession>, Elapsed>,
) -> ProcessError {
    let _ = child.start_kill();
    let status = child.wait().await.ok();
    if let Some(reader) = stderr_reader {
        let _ = timeout(Duration::from_secs(1), reader).await;
    }
    match (stderr.alerts(), failure) {
        (Some(alerts), _) => ProcessError::Refused(alerts),
        (None, Err(_)) => ProcessError::NotReady(READY_TIMEOUT),
        (None, Ok(_)) => ProcessError::Exited(status.map_or_else(String::new, describe_exit)),
    }
}

/// A field of the answer to `show info`.
fn info_field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.split_once(": ").filter(|(key, _)| *key == name)).map(|f| f.1)
}

fn describe_exit(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(9), _) => "HAProxy was killed (signal 9)".to_owned(),
        (Some(signal), _) => format!("HAProxy was ended by signal {signal}"),
        (None, Some(code)) => format!("HAProxy ended with code {code}"),
        (None, None) => "HAProxy ended".to_owned(),
    }
}
