//! The only `unsafe` code: it runs in the child between fork and exec.
//!
//! All hooks make system calls only, which allocate nothing and take no lock.
#![allow(unsafe_code)]

use crate::sandbox::Ruleset;
use nix::sys::signal::{SigSet, Signal as NixSignal};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, getpid, getppid, kill_process, set_parent_process_death_signal,
    setrlimit,
};
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

/// Makes HAProxy start with all frontends paused, until it receives SIGTTIN.
///
/// SIGTTOU pauses them. It is blocked and pending when HAProxy starts, which unblocks its signals when its
/// handlers are set, and handles them before it accepts the first connection.
pub(crate) fn start_paused(command: &mut Command) {
    let hook = || {
        let mut pause = SigSet::empty();
        pause.add(NixSignal::SIGTTOU);
        pause.thread_block()?;
        kill_process(getpid(), Signal::TTOU)?;
        Ok(())
    };
    // SAFETY: the hook makes two system calls, through nix and rustix, which allocate nothing and take no lock
    // for them, and builds errors without allocation: all of it is safe between fork and exec.
    unsafe { command.pre_exec(hook) };
}

/// Restricts the child to what the ruleset allows, and makes it write no core dump, which would contain keys.
pub(crate) fn restrict(command: &mut Command, ruleset: Ruleset) {
    let mut ruleset = Some(ruleset);
    let hook = move || {
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
        match ruleset.take() {
            Some(ruleset) => ruleset.enforce(),
            None => Ok(()),
        }
    };
    // SAFETY: the hook makes system calls only, through rustix and landlock. `Ruleset` is a file descriptor and a
    // few flags: enforcing and dropping it allocates nothing, frees nothing, and takes no lock.
    unsafe { command.pre_exec(hook) };
}
