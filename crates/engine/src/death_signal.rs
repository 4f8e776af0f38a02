//! The one place with `unsafe`: code that runs in the child between fork and exec.
#![allow(unsafe_code)]

use rustix::process::{Pid, Signal, getpid, getppid, set_parent_process_death_signal};
use std::{io, os::unix::process::CommandExt, process::Command};

/// Makes the child stop softly (SIGUSR1) when the thread that forks it ends, hence when this
/// process dies, whatever the cause.
///
/// The kernel forgets the wish when the child changes its user, so the user must be given to
/// `command` rather than to HAProxy: the standard library changes it before this runs.
pub(crate) fn stop_softly_with_parent(command: &mut Command) {
    let parent: Pid = getpid();
    let hook = move || {
        set_parent_process_death_signal(Some(Signal::USR1))?;
        // The parent may have died before the wish was made.
        if getppid() != Some(parent) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(())
    };
    // SAFETY: the hook makes two system calls through rustix, which allocates nothing and takes no
    // lock for them, and builds errors without allocation: all of it is safe between fork and exec.
    unsafe { command.pre_exec(hook) };
}
