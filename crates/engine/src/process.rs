//! Starts HAProxy processes.

use crate::{before_exec, program::Program, render::fd};
use command_fds::{CommandFdExt, FdMapping};
use openstack_types::LoadBalancerId;
use std::{
    io,
    os::{fd::OwnedFd, unix::process::CommandExt},
    process::{Command, Stdio},
    sync::{Arc, mpsc},
};
use tokio::{process::Child, runtime::Handle, sync::oneshot};

/// The descriptors that a new process inherits.
#[derive(Debug)]
pub(crate) struct Launch {
    /// Shown in the process list and checked by [`crate::pid_file`].
    pub(crate) id: LoadBalancerId,
    /// The process checks the configuration and ends.
    pub(crate) check_only: bool,
    pub(crate) config: OwnedFd,
    pub(crate) admin: OwnedFd,
    /// See [`crate::admin_socket::AdminSocket::share`].
    pub(crate) admin_peer: OwnedFd,
    pub(crate) state: Option<OwnedFd>,
    /// In the order of the listeners.
    pub(crate) listeners: Vec<OwnedFd>,
    /// Certificates, keys and `crt-list`s; see [`crate::render::InheritedFiles`].
    pub(crate) secrets: Vec<OwnedFd>,
}

struct SpawnRequest {
    launch: Launch,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// The thread that forks all processes.
///
/// The parent-death signal of a child is tied to the thread that forked it, not to the process. That thread
/// must outlive all children, and a thread of tokio's pool may end at any time. When the engine is dropped,
/// the thread ends, and every remaining process soft-stops.
#[derive(Debug)]
pub(crate) struct Spawner {
    requests: mpsc::Sender<SpawnRequest>,
}

impl Spawner {
    pub(crate) fn start(program: Arc<Program>, runtime: Handle) -> io::Result<Self> {
        let (requests, queue) = mpsc::channel::<SpawnRequest>();
        std::thread::Builder::new().name("haproxy-spawner".to_owned()).spawn(move || {
            let _runtime = runtime.enter();
            for SpawnRequest { launch, reply } in queue {
                // The caller no longer waits for the child.
                if let Err(Ok(mut child)) = reply.send(spawn(&program, launch)) {
                    let _ = child.start_kill();
                }
            }
        })?;
        Ok(Self { requests })
    }

    pub(crate) async fn spawn(&self, launch: Launch) -> io::Result<Child> {
        let thread_ended = || io::Error::other("the thread that starts HAProxy has ended");
        let (reply, child) = oneshot::channel();
        self.requests.send(SpawnRequest { launch, reply }).map_err(|_| thread_ended())?;
        child.await.unwrap_or_else(|_| Err(thread_ended()))
    }
}

fn spawn(program: &Program, launch: Launch) -> io::Result<Child> {
    let check_only = launch.check_only;
    let mut command = Command::new(&program.path);
    if launch.check_only {
        command.arg("-c");
    }
    command
        .arg("-db")
        .arg("-L")
        .arg(launch.id.to_string())
        .arg("-f")
        .arg(format!("/proc/self/fd/{}", fd::CONFIG))
        // The environment of the server may contain secrets.
        .env_clear()
        // HAProxy returns to its start directory, which its user may not be allowed to enter.
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    if let Some(user) = program.user {
        command.gid(user.gid).uid(user.uid);
    }
    let inherited = launch.listeners.into_iter().chain(launch.secrets).chain([launch.admin_peer]);
    let mappings = [(fd::CONFIG, launch.config), (fd::ADMIN, launch.admin)]
        .into_iter()
        .chain(launch.state.map(|state| (fd::STATE, state)))
        .chain((fd::FIRST_LISTENER..).zip(inherited))
        .map(|(child_fd, parent_fd)| FdMapping { parent_fd, child_fd })
        .collect();
    command.fd_mappings(mappings).map_err(io::Error::other)?;
    before_exec::soft_stop_with_parent(&mut command);
    if !check_only {
        before_exec::start_paused(&mut command);
    }
    if let Some(sandbox) = &program.sandbox {
        before_exec::restrict(&mut command, sandbox.ruleset()?);
    }
    tokio::process::Command::from(command).kill_on_drop(check_only).spawn()
}
