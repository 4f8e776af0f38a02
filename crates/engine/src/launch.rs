//! Prepares what a HAProxy process inherits. Nothing of it is on disk: the configuration, the state of the
//! members and the keys are files in memory, and the admin socket has no name.

use crate::{
    admin_socket::AdminSocket,
    context::Context,
    error::ProcessError,
    memory_file::MemoryFile,
    process::Launch,
    render::{InheritedFiles, ProcessOptions, render},
    server_ids::ServerIds,
    sockets::ListeningSocket,
    spec::LoadBalancerSpec,
};
use std::io;

/// The descriptors for a process, and what this process keeps of them.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) launch: Launch,
    pub(crate) admin: AdminSocket,
    /// Erased when dropped: kept until the process has read them or has failed.
    pub(crate) files: Vec<MemoryFile>,
}

/// `ids` has all members. `sockets` are those of the listeners in order. `state` is a server-state file.
pub(crate) fn prepare(
    context: &Context,
    spec: &LoadBalancerSpec,
    ids: &ServerIds,
    sockets: &[&ListeningSocket],
    state: Option<&str>,
) -> Result<Prepared, ProcessError> {
    let user = context.program.user;
    let options =
        ProcessOptions { open_files: context.program.open_files, has_state: state.is_some() };
    let prepare = || -> io::Result<Prepared> {
        let config = MemoryFile::new(render(spec, ids, options).as_bytes(), user)?;
        let state = state.map(|state| MemoryFile::new(state.as_bytes(), user)).transpose()?;
        let secrets = InheritedFiles::of(spec)
            .into_contents()
            .iter()
            .map(|content| MemoryFile::new(content, user))
            .collect::<io::Result<Vec<_>>>()?;
        let (admin, admin_of_process) = AdminSocket::new()?;
        let launch = Launch {
            id: spec.id,
            check_only: false,
            config: config.share()?,
            admin: admin_of_process,
            admin_peer: admin.share()?,
            state: state.as_ref().map(MemoryFile::share).transpose()?,
            listeners: sockets.iter().map(|socket| socket.share()).collect::<Result<_, _>>()?,
            secrets: secrets.iter().map(MemoryFile::share).collect::<Result<_, _>>()?,
        };
        let files = [config].into_iter().chain(state).chain(secrets).collect();
        Ok(Prepared { launch, admin, files })
    };
    prepare().map_err(ProcessError::Descriptors)
}
