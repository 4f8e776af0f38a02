//! One HAProxy process of a load balancer, from start to end.

mod stderr_log;

use crate::{
    admin::AdminSession,
    admin_socket::AdminSocket,
    context::Context,
    error::ProcessError,
    launch::{Prepared, prepare},
    old_generation::OldGeneration,
    old_processes::OldProcess,
    pid_file::{PidFile, RegisteredPid},
    render::{ServerName, backends},
    runtime_change::RuntimeChange,
    server_ids::ServerIds,
    sockets::ListeningSocket,
    spec::LoadBalancerSpec,
    stats::{ProcessCounters, Stats},
    stick_tables::{Exported, Source, stick_tables, transfer_stick_tables},
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

/// A process is replaced instead of adding more servers: each check needs a file that its limits do not know.
const MAX_ADDED_SERVERS: usize = 100;
/// A process is replaced instead of keeping more servers without a member.
const MAX_RETIRED_SERVERS: usize = 100;

/// A server whose member was removed.
#[derive(Debug)]
struct RetiredServer {
    server: ServerName,
    is_fixed: bool,
    is_deleted: bool,
}

/// A process that serves.
#[derive(Debug)]
pub(crate) struct Generation {
    child: Child,
    pid: Pid,
    admin: AdminSession,
    /// Removes the pid file when dropped.
    registered: Option<RegisteredPid>,
    stderr: StderrLog,
    /// What the process runs: the specification that it was started with, and the changes at run time.
    spec: LoadBalancerSpec,
    exported: Exported,
    added_servers: usize,
    /// Servers without a member, which are deleted when their connections have ended.
    retired: Vec<RetiredServer>,
    /// The counters of the last [`Generation::stats`].
    counters: ProcessCounters,
}

impl Generation {
    /// Starts a process that answers on its admin socket, but accepts no connection before [`Self::resume`].
    /// `state` is a server-state file. `ids` has all members of `spec`.
    pub(crate) async fn start(
        context: &Context,
        spec: &LoadBalancerSpec,
        ids: &ServerIds,
        sockets: &[&ListeningSocket],
        state: Option<&str>,
    ) -> Result<Self, ProcessError> {
        let _permit = context.start_permits.acquire(&spec.project).await;
        let prepared = prepare(context, spec, ids, sockets, state)?;
        start_process(context, spec, prepared).await
    }

    /// The process accepts connections from now on.
    pub(crate) fn resume(&self) {
        // The process has handled the signal that paused it: it answers on the admin socket only after that.
        if let Err(error) = kill_process(self.pid, Signal::TTIN) {
            tracing::debug!(%error, pid = %self.pid.as_raw_nonzero(), "the process has exited");
        }
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

    /// Ends the process without waiting for it.
    pub(crate) fn kill_at_once(&self) {
        let _ = kill_process(self.pid, Signal::KILL);
    }

    /// Ends a process that doesn't answer. Its connections break.
    pub(crate) async fn kill(mut self) {
        let _ = self.child.kill().await;
    }

    /// The statistics, and the difference of the counters to the last call.
    pub(crate) async fn stats(&mut self) -> io::Result<(Stats, ProcessCounters)> {
        Stats::read(&mut self.admin, &mut self.counters).await
    }

    /// The state of the members, for the next generation.
    pub(crate) async fn server_state(&mut self) -> io::Result<String> {
        self.admin.execute("show servers state").await
    }

    /// Copies what this process knows about sessions to the next one.
    pub(crate) async fn copy_all_sessions_to(
        &mut self,
        next: &mut Self,
        ids: &ServerIds,
    ) -> io::Result<()> {
        let tables = stick_tables(&self.spec);
        self.exported = Exported::default();
        let from =
            Source { process: &mut self.admin, tables: &tables, exported: &mut self.exported };
        next.receive_sessions(from, ids).await
    }

    /// Copies what another process has learned about sessions to this one.
    pub(crate) async fn receive_sessions(
        &mut self,
        from: Source<'_>,
        ids: &ServerIds,
    ) -> io::Result<()> {
        transfer_stick_tables(from, &mut self.admin, &stick_tables(&self.spec), ids).await
    }

    /// Executes an admin command whose answer is empty on success.
    pub(crate) async fn execute(&mut self, command: &str) -> io::Result<()> {
        let response = self.admin.execute(command).await?;
        let message = response.trim();
        if message.is_empty() { Ok(()) } else { Err(io::Error::other(message.to_owned())) }
    }

    /// What the process runs.
    pub(crate) fn spec(&self) -> &LoadBalancerSpec {
        &self.spec
    }

    /// Whether the process has room for the servers that a change adds, and no server in the place of one.
    pub(crate) fn has_room_for(&self, change: &RuntimeChange) -> bool {
        let is_free = |server| self.retired.iter().all(|retired| retired.server != server);
        self.added_servers + change.added.len() <= MAX_ADDED_SERVERS
            && self.retired.len() + change.removed.len() <= MAX_RETIRED_SERVERS
            && change.added.iter().all(|server| is_free(*server))
    }

    /// Makes the process run `spec` by admin commands. After a failure it runs what it ran before.
    pub(crate) async fn make_change(
        &mut self,
        change: RuntimeChange,
        spec: LoadBalancerSpec,
    ) -> io::Result<()> {
        for command in &change.commands {
            let response = self.admin.execute(&command.text()).await;
            let failure = match response {
                Ok(response) if command.has_succeeded(&response) => continue,
                Ok(response) => io::Error::other(response.trim().to_owned()),
                Err(error) => error,
            };
            for undo in &change.undo {
                let _ = self.admin.execute(&undo.text()).await;
            }
            return Err(failure);
        }
        self.added_servers += change.added.len();
        let retired = change.removed.into_iter();
        self.retired.extend(retired.map(|server| RetiredServer {
            server,
            is_fixed: false,
            is_deleted: false,
        }));
        self.spec = spec;
        Ok(())
    }

    /// Deletes the servers without a member that have no more connections.
    pub(crate) async fn delete_retired_servers(&mut self) {
        for retired in &mut self.retired {
            if retired.is_fixed {
                continue;
            }
            let Ok(response) = self.admin.execute(&format!("del server {}", retired.server)).await
            else {
                return;
            };
            retired.is_deleted = response.contains("Server deleted");
            // Another server of the configuration tracks it. It stays, without new connections.
            retired.is_fixed = response.contains("other configuration elements");
        }
        self.retired.retain(|retired| !retired.is_deleted);
    }

    /// The process accepts no new connections and finishes the open ones. It exits after
    /// [`OldGeneration::release`], so that its last counters can be read. Returns when it accepts no more
    /// connections: a request after a change must not be served by the old configuration.
    ///
    /// A process with stick tables is not signalled, since HAProxy would empty them: the next request on an open
    /// connection would reach another member than those before.
    pub(crate) async fn retire(mut self, context: &Context) -> OldGeneration {
        let has_sessions = !stick_tables(&self.spec).is_empty();
        if !has_sessions || self.shut_down_frontends().await.is_err() {
            self.signal_stop().await;
        }
        self.into_old(context)
    }

    /// As [`Self::retire`], for a process that finishes its connections without the engine.
    pub(crate) async fn soft_stop(mut self, context: &Context) -> OldGeneration {
        self.signal_stop().await;
        self.into_old(context)
    }

    /// Closes the listeners. Open HTTP connections are closed with their next response. The process no longer
    /// checks members: the next one does.
    async fn shut_down_frontends(&mut self) -> io::Result<()> {
        for listener in &self.spec.listeners {
            let response =
                self.admin.execute(&format!("shutdown frontend {}", listener.id)).await?;
            if !response.trim().is_empty() {
                return Err(io::Error::other(response));
            }
        }
        let checks = backends(&self.spec).flat_map(|(_, pool, backend)| {
            let members = pool.monitor.iter().flat_map(|_| &pool.members);
            members
                .map(move |member| format!("disable health {backend}/{}", member.id).into_bytes())
        });
        let checks: Vec<_> = checks.collect();
        self.admin.execute_all(Box::new(checks.into_iter())).await
    }

    async fn signal_stop(&mut self) {
        if let Err(error) = kill_process(self.pid, Signal::USR1) {
            tracing::debug!(%error, pid = %self.pid.as_raw_nonzero(), "the process had exited");
        } else {
            let stopping = timeout(SOFT_STOP_TIMEOUT, async {
                while !is_stopping(&mut self.admin).await.unwrap_or(true) {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            });
            if stopping.await.is_err() {
                tracing::warn!(loadbalancer = %self.spec.id, "an old process does not stop listening");
            }
        }
    }

    fn into_old(self, context: &Context) -> OldGeneration {
        let Self { child, pid, admin, registered, spec, exported, counters, .. } = self;
        let place =
            context.old_processes.add(spec.id, Some(&spec.project), pid.as_raw_nonzero().get());
        let number = place.number();
        let exit = tokio::spawn(wait_for_old(child, place, registered));
        OldGeneration::new(pid, number, admin, stick_tables(&spec), exported, counters, exit)
    }
}

async fn is_stopping(admin: &mut AdminSession) -> io::Result<bool> {
    let info = admin.execute("show info").await?;
    Ok(info_field(&info, "Stopping") == Some("1"))
}

/// Waits until an old process exits, or ends it when there are too many. Removes its pid file.
async fn wait_for_old(mut child: Child, place: OldProcess, pid_file: Option<RegisteredPid>) {
    tokio::select! {
        _ = child.wait() => {}
        () = place.must_end() => {
            let _ = child.kill().await;
        }
    }
    drop(pid_file);
}

async fn start_process(
    context: &Context,
    spec: &LoadBalancerSpec,
    prepared: Prepared,
) -> Result<Generation, ProcessError> {
    let id = spec.id;
    // The files are erased when the process has read them or has failed.
    let Prepared { launch, admin: socket, files: _files } = prepared;
    let mut child = context.spawner.spawn(launch).await.map_err(ProcessError::Spawn)?;
    let number = child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or_default();
    let pid = Pid::from_raw(number).ok_or(ProcessError::EndedAtOnce)?;
    let registered = register(context, number, id);
    let stderr = StderrLog::default();
    let reader = child.stderr.take().map(|out| stderr.read_from(id, out));

    match timeout(READY_TIMEOUT, open_admin_session(socket, number)).await {
        Ok(Ok(admin)) => Ok(Generation {
            child,
            pid,
            admin,
            registered,
            stderr,
            spec: spec.clone(),
            exported: Exported::default(),
            added_servers: 0,
            retired: Vec::new(),
            counters: ProcessCounters::default(),
        }),
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

/// Returns when the process with this pid has started.
async fn open_admin_session(socket: AdminSocket, pid: i32) -> io::Result<AdminSession> {
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
