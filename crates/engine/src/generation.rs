//! One HAProxy process of a load balancer, from start to end.

use crate::{
    Context,
    admin::AdminSession,
    leftovers::PidFile,
    process::Launch,
    render::{self, render, secret_files},
    secret_file::SecretFile,
    sockets::ListeningSocket,
    spec::LoadBalancerSpec,
    stats::{Counters, Stats},
    stick_tables,
};
use openstack_types::LoadBalancerId;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    collections::VecDeque,
    fs, io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::{fs::PermissionsExt, net::UnixListener, process::ExitStatusExt},
    },
    path::{Path, PathBuf},
    process::ExitStatus,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStderr},
    time::timeout,
};

/// From start to serving. On a busy machine with hundreds of load balancers it takes its time.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// From the signal to the last connection taken; a millisecond or so.
const STOPPING_WITHIN: Duration = Duration::from_secs(1);
/// Longer than `hard-stop-after`, after which HAProxy ends by itself.
const DRAINED_WITHIN: Duration = Duration::from_secs(70);
/// Lines of HAProxy's own words kept to explain a failure.
const WORDS_KEPT: usize = 20;

/// A process that serves, or finishes its last requests.
#[derive(Debug)]
pub(crate) struct Generation {
    child: Child,
    pid: Pid,
    admin: AdminSession,
    files: Files,
    words: Words,
    counted: Counters,
}

impl Generation {
    /// Starts a process and returns when it serves. The error is HAProxy's own, in its words.
    pub(crate) async fn start(
        context: &Context,
        spec: &LoadBalancerSpec,
        sockets: &[&ListeningSocket],
        state: Option<&str>,
    ) -> Result<Self, String> {
        // Many at a time would only make each of them later.
        let _turn = context.starts.acquire().await.map_err(|_| "the engine has ended")?;
        let files = Files::new(&context.run_dir, spec.id, context.next_generation());
        match Self::launch(context, spec, sockets, state, &files).await {
            Ok((child, pid, admin, words)) => {
                files.remove_start_only();
                Ok(Self { child, pid, admin, files, words, counted: Counters::default() })
            }
            Err(reason) => {
                files.remove();
                Err(reason)
            }
        }
    }

    async fn launch(
        context: &Context,
        spec: &LoadBalancerSpec,
        sockets: &[&ListeningSocket],
        state: Option<&str>,
        files: &Files,
    ) -> Result<(Child, Pid, AdminSession, Words), String> {
        let process =
            render::Process { open_files: context.program.open_files, state: state.is_some() };
        let in_run_dir =
            |error: io::Error| format!("{} cannot be written: {error}", context.run_dir.display());
        let directory = fs::File::open(&context.run_dir).map_err(in_run_dir)?;
        // However long the directory's name: a socket's address has room for 107 bytes.
        let socket = PathBuf::from(format!(
            "/proc/self/fd/{}/{}",
            directory.as_raw_fd(),
            files.socket.file_name().unwrap_or_default().to_string_lossy()
        ));
        // Kept until the process has read them, or has failed to.
        let secrets = secret_files(spec)
            .iter()
            .map(|content| SecretFile::new(content, context.program.user))
            .collect::<io::Result<Vec<_>>>()
            .map_err(|error| format!("the key cannot be handed to HAProxy: {error}"))?;
        let launch = (|| -> io::Result<Launch> {
            let admin = UnixListener::bind(&socket)?;
            admin.set_nonblocking(true)?;
            Ok(Launch {
                id: spec.id,
                config: readable(&files.config, &render(spec, process))?,
                admin: admin.into(),
                state: state.map(|state| readable(&files.state, state)).transpose()?,
                listeners: sockets.iter().map(|socket| socket.share()).collect::<Result<_, _>>()?,
                secrets: secrets.iter().map(SecretFile::share).collect::<Result<_, _>>()?,
            })
        })()
        .map_err(in_run_dir)?;

        let mut child = context
            .spawner
            .spawn(launch)
            .await
            .map_err(|error| format!("HAProxy could not be started: {error}"))?;
        let number = child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or_default();
        let pid = Pid::from_raw(number).ok_or("HAProxy ended at once")?;
        if let Some(file) = PidFile::of(number, spec.id) {
            file.write(&files.pid).map_err(in_run_dir)?;
        }
        let words = Words::default();
        let reading = child.stderr.take().map(|out| words.read(spec.id, out));

        let ready = async {
            let mut admin = AdminSession::open(&socket).await?;
            let info = admin.ask("show info").await?;
            let says = field(&info, "Pid").and_then(|pid| pid.parse().ok());
            if says == Some(number) {
                Ok(admin)
            } else {
                Err(io::Error::other("another process answers"))
            }
        };
        match timeout(READY_WITHIN, ready).await {
            Ok(Ok(admin)) => Ok((child, pid, admin, words)),
            failed => {
                let _ = child.start_kill();
                let ended = child.wait().await.ok();
                if let Some(reading) = reading {
                    let _ = timeout(Duration::from_secs(1), reading).await;
                }
                Err(match (words.alerts(), failed) {
                    (Some(alerts), _) => format!("HAProxy refused to start: {alerts}"),
                    (None, Err(_)) => {
                        format!("HAProxy was not ready in {} seconds", READY_WITHIN.as_secs())
                    }
                    (None, Ok(_)) => {
                        format!("HAProxy did not start: {}", ended.map_or_else(String::new, why))
                    }
                })
            }
        }
    }

    /// Waits until the process has ended, and says why. Cancel safe.
    pub(crate) async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => match self.words.alerts() {
                Some(alerts) if !status.success() => format!("{}: {alerts}", why(status)),
                _ => why(status),
            },
            Err(error) => error.to_string(),
        }
    }

    /// What it says about itself, and what it counted since it was last asked.
    pub(crate) async fn stats(&mut self) -> io::Result<(Stats, Counters)> {
        let text = self.admin.ask("show stat").await?;
        let stats = Stats::parse(&text).map_err(io::Error::other)?;
        let delta = stats.counters.since(&self.counted);
        self.counted = stats.counters.clone();
        Ok((stats, delta))
    }

    /// What it knows about its members, for the next generation.
    pub(crate) async fn state(&mut self) -> io::Result<String> {
        self.admin.ask("show servers state").await
    }

    /// Takes over the tables of session persistence from the generation before.
    pub(crate) async fn take_tables(
        &mut self,
        before: &mut Self,
        tables: &[stick_tables::Table<'_>],
    ) -> io::Result<()> {
        for table in tables {
            let shown = before.admin.ask(&format!("show table {}", table.from)).await?;
            self.admin.tell(&table.commands(&shown)).await?;
        }
        Ok(())
    }

    /// An admin command that answers nothing when all is well.
    pub(crate) async fn command(&mut self, command: &str) -> io::Result<()> {
        let answer = self.admin.ask(command).await?;
        let answer = answer.trim();
        if answer.is_empty() { Ok(()) } else { Err(io::Error::other(answer.to_owned())) }
    }

    /// Takes no new connections, finishes what is open, then ends; but not while this session with
    /// it is open, so that nothing it still counts is lost. Returns when it takes no connection any
    /// more: what comes after a change must not be served as before it.
    pub(crate) async fn stop_softly(&mut self) {
        if let Err(error) = kill_process(self.pid, Signal::USR1) {
            tracing::debug!(%error, pid = %self.pid.as_raw_nonzero(), "the process had ended");
            return;
        }
        let stopping = timeout(STOPPING_WITHIN, async {
            while !self.is_stopping().await.unwrap_or(true) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        if stopping.await.is_err() {
            tracing::warn!("an old process does not stop listening");
        }
    }

    /// Whether it has seen [`Self::stop_softly`].
    pub(crate) async fn is_stopping(&mut self) -> io::Result<bool> {
        let info = self.admin.ask("show info").await?;
        Ok(field(&info, "Stopping") == Some("1"))
    }

    /// Lets it end when it has finished; a task sees to that.
    pub(crate) fn release(self) -> tokio::task::JoinHandle<()> {
        let Self { mut child, admin, files, .. } = self;
        drop(admin);
        tokio::spawn(async move {
            if timeout(DRAINED_WITHIN, child.wait()).await.is_err() {
                let _ = child.kill().await;
            }
            files.remove();
        })
    }
}

/// A file that the user of HAProxy may read through the descriptor it is handed. The directory lets
/// nobody else in.
fn readable(path: &Path, text: &str) -> io::Result<OwnedFd> {
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))?;
    fs::File::open(path).map(OwnedFd::from)
}

fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.split_once(": ").filter(|(key, _)| *key == name)).map(|f| f.1)
}

fn why(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(9), _) => "HAProxy was killed (signal 9)".to_owned(),
        (Some(signal), _) => format!("HAProxy was ended by signal {signal}"),
        (None, Some(code)) => format!("HAProxy ended with code {code}"),
        (None, None) => "HAProxy ended".to_owned(),
    }
}

/// The files of one generation, named `LOADBALANCER-NUMBER`.
#[derive(Debug)]
struct Files {
    config: PathBuf,
    socket: PathBuf,
    state: PathBuf,
    pid: PathBuf,
}

impl Files {
    fn new(run_dir: &Path, id: LoadBalancerId, number: u64) -> Self {
        let file = |extension| run_dir.join(format!("{id}-{number}.{extension}"));
        Self { config: file("cfg"), socket: file("sock"), state: file("state"), pid: file("pid") }
    }

    /// The socket too: the one session that there is stays open without its name.
    fn remove_start_only(&self) {
        let _ = fs::remove_file(&self.state);
        let _ = fs::remove_file(&self.socket);
    }

    fn remove(&self) {
        for file in [&self.config, &self.socket, &self.state, &self.pid] {
            let _ = fs::remove_file(file);
        }
    }
}

/// The last lines that HAProxy wrote.
#[derive(Clone, Debug, Default)]
struct Words(Arc<Mutex<VecDeque<String>>>);

impl Words {
    fn read(&self, id: LoadBalancerId, out: ChildStderr) -> tokio::task::JoinHandle<()> {
        let kept = Arc::clone(&self.0);
        tokio::spawn(async move {
            let mut lines = BufReader::new(out).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                tracing::debug!(loadbalancer = %id, %line, "haproxy");
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() == WORDS_KEPT {
                    kept.pop_front();
                }
                kept.push_back(line);
            }
        })
    }

    /// Its `[ALERT]` lines without what stands before the words.
    fn alerts(&self) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let alerts: Vec<&str> = kept
            .iter()
            .filter_map(|line| line.strip_prefix("[ALERT]"))
            .map(|line| line.split_once(" : ").map_or(line, |(_, words)| words).trim())
            .collect();
        (!alerts.is_empty()).then(|| alerts.join("; "))
    }
}
