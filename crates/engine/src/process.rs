//! Starts HAProxy processes.

use crate::{death_signal, program::Program, render::fd};
use command_fds::{CommandFdExt, FdMapping};
use openstack_types::LoadBalancerId;
use std::{
    io,
    os::{fd::OwnedFd, unix::process::CommandExt},
    process::{Command, Stdio},
    sync::{Arc, mpsc},
};
use tokio::{process::Child, runtime::Handle, sync::oneshot};

/// What a new process is given.
#[derive(Debug)]
pub(crate) struct Launch {
    /// Shown in the process list, and looked for in [`crate::leftovers`].
    pub(crate) id: LoadBalancerId,
    pub(crate) config: OwnedFd,
    pub(crate) admin: OwnedFd,
    pub(crate) state: Option<OwnedFd>,
    /// In the order of the listeners.
    pub(crate) listeners: Vec<OwnedFd>,
    /// Certificates, keys and their lists; see [`crate::render::secret_files`].
    pub(crate) secrets: Vec<OwnedFd>,
}

struct Job {
    launch: Launch,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// The thread that forks.
///
/// A child's death signal belongs to the thread that forked it, not to the process, so that thread
/// must outlive all children: a thread of tokio's pool may end at any time. When the engine is
/// dropped the thread ends, and with it softly every process that is left.
#[derive(Debug)]
pub(crate) struct Spawner {
    jobs: mpsc::Sender<Job>,
}

impl Spawner {
    pub(crate) fn start(program: Arc<Program>, runtime: Handle) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        std::thread::Builder::new().name("haproxy-spawner".to_owned()).spawn(move || {
            let _inside = runtime.enter();
            for Job { launch, reply } in queue {
                // Nobody waits any more: the child is ended when it is dropped here.
                if let Err(Ok(mut child)) = reply.send(spawn(&program, launch)) {
                    let _ = child.start_kill();
                }
            }
        })?;
        Ok(Self { jobs })
    }

    pub(crate) async fn spawn(&self, launch: Launch) -> io::Result<Child> {
        let gone = || io::Error::other("the thread that starts HAProxy has ended");
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job { launch, reply }).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

fn spawn(program: &Program, launch: Launch) -> io::Result<Child> {
    let mut command = Command::new(&program.path);
    command
        .arg("-db")
        .arg("-L")
        .arg(launch.id.to_string())
        .arg("-f")
        .arg(format!("/proc/self/fd/{}", fd::CONFIG))
        // Secrets of the server's environment are none of its business.
        .env_clear()
        // It goes back to where it was started, as a user who may not enter every directory.
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    if let Some(user) = program.user {
        command.gid(user.gid).uid(user.uid);
    }
    let handed = [(fd::CONFIG, launch.config), (fd::ADMIN, launch.admin)]
        .into_iter()
        .chain(launch.state.map(|state| (fd::STATE, state)))
        .chain((fd::FIRST_LISTENER..).zip(launch.listeners.into_iter().chain(launch.secrets)))
        .map(|(child_fd, parent_fd)| FdMapping { parent_fd, child_fd })
        .collect();
    command.fd_mappings(handed).map_err(io::Error::other)?;
    death_signal::stop_softly_with_parent(&mut command);
    tokio::process::Command::from(command).spawn()
}
