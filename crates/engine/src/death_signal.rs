//! The only `unsafe` code: it runs in the child between fork and exec.
#![allow(unsafe_code)]

use rustix::process::{Pid, Signal, getpid, getppid, set_parent_process_death_signal};
use std::{io, os::unix::process::CommandExt, process::Command};

/// Makes the child soft-stop (SIGUSR1) when the thread that forks it ends, and therefore when this process
/// dies for any reason.
///
/// The kernel clears the setting when the child changes its user. So `command` must set the user, which the
/// standard library does before this hook runs, and not HAProxy.
pub(crate) fn soft_stop_with_parent(command: &mut Command) {
    let parent: Pid = getpid();
    let hook = move || {
        set_parent_process_death_signal(Some(Signal::USR1))?;
        // The parent may have died before the call above.
        if getppid() != Some(parent) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(())
    };
    // SAFETY: the hook makes two system calls through rustix, which allocates nothing and takes no
    // lock for them, and builds errors without allocation: all of it is safe between fork and exec.
    unsafe { command.pre_exec(hook) };
}
