//! What a HAProxy process can reach on this machine, restricted by Landlock.
//!
//! HAProxy reads what strangers send. One that a stranger has taken over can read programs and libraries, and use
//! the descriptors that it inherited. It can't open other files, even those of its user, write any, bind another
//! port, or read the memory of another process or signal it, including the HAProxy of another load balancer.
//! Outgoing TCP connections are not restricted: members can be anywhere.

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, Scope, path_beneath_rules,
};
use std::{io, os::fd::OwnedFd, path::Path};

/// Programs and libraries, also of Nix and Guix.
const PROGRAMS: [&str; 9] =
    ["/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/opt", "/nix/store", "/gnu/store"];
/// Configuration of the C library and of OpenSSL, and what HAProxy reads about itself and the machine.
const READABLE: [&str; 11] = [
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/openssl.cnf",
    "/etc/crypto-policies",
    "/proc",
    "/sys/devices/system",
];
const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"];

/// The rules for all processes. Each process is in a domain of its own.
#[derive(Debug)]
pub(crate) struct Sandbox(RulesetCreated);

/// The rules for one process.
#[derive(Debug)]
pub(crate) struct Ruleset(RulesetCreated);

impl Sandbox {
    /// `None` if the kernel doesn't support Landlock. Rules that it doesn't know are left out.
    pub(crate) fn new(haproxy: &Path) -> io::Result<Option<Self>> {
        let rules = Self::rules(haproxy).map_err(io::Error::other)?;
        let is_supported = Option::<OwnedFd>::from(rules.try_clone()?).is_some();
        Ok(is_supported.then_some(Self(rules)))
    }

    fn rules(haproxy: &Path) -> Result<RulesetCreated, RulesetError> {
        let abi = ABI::V6;
        let read = AccessFs::ReadFile | AccessFs::ReadDir;
        let real = haproxy.canonicalize().ok();
        let program = [Some(haproxy), real.as_deref()].into_iter().flatten();
        landlock::Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::BindTcp)?
            .scope(Scope::from_all(abi))?
            .create()?
            .add_rules(path_beneath_rules(PROGRAMS, read | AccessFs::Execute))?
            .add_rules(path_beneath_rules(program, read | AccessFs::Execute))?
            .add_rules(path_beneath_rules(READABLE, read))?
            .add_rules(path_beneath_rules(DEVICES, AccessFs::ReadFile | AccessFs::WriteFile))
    }

    pub(crate) fn ruleset(&self) -> io::Result<Ruleset> {
        self.0.try_clone().map(Ruleset)
    }
}

impl Ruleset {
    /// Restricts the calling thread and what it executes for good. Also sets `no_new_privs`.
    pub(crate) fn enforce(self) -> io::Result<()> {
        match self.0.restrict_self() {
            Ok(_) => Ok(()),
            // An error with a text would need memory, which the child must not allocate.
            Err(_) => Err(io::ErrorKind::PermissionDenied.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::before_exec;
    use std::{
        fs,
        process::{Command, Stdio},
    };

    /// A shell command in a sandbox. `None` if this kernel has none.
    fn sandboxed(script: &str) -> Option<Command> {
        let sandbox = Sandbox::new(Path::new("/bin/sh")).unwrap()?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).stdout(Stdio::null()).stderr(Stdio::null());
        before_exec::restrict(&mut command, sandbox.ruleset().unwrap());
        Some(command)
    }

    fn succeeds(script: &str) -> Option<bool> {
        Some(sandboxed(script)?.status().unwrap().success())
    }

    #[test]
    fn programs_run_and_no_file_of_the_user_can_be_read_or_written() {
        let directory = std::env::temp_dir().join(format!("lb-sandbox-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let key = directory.join("key");
        fs::write(&key, "secret").unwrap();
        let (key, new) = (key.display(), directory.join("new"));
        if let Some(runs) = succeeds("cat /proc/self/status > /dev/null") {
            assert!(runs, "a program reads about itself");
            assert_eq!(succeeds(&format!("cat {key}")), Some(false));
            assert_eq!(succeeds(&format!("echo > {key}")), Some(false));
            assert_eq!(succeeds(&format!("echo > {}", new.display())), Some(false));
            assert!(!new.exists());
        }
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn no_other_process_can_be_read_or_signalled() {
        let Some(mut command) = sandboxed("exec sleep 600") else { return };
        let mut neighbour = command.spawn().unwrap();
        for target in [std::process::id(), neighbour.id()] {
            assert_eq!(succeeds(&format!(": < /proc/{target}/mem")), Some(false));
            assert_eq!(succeeds(&format!("kill -0 {target}")), Some(false));
        }
        assert_eq!(succeeds(": < /proc/$$/mem && kill -0 $$"), Some(true), "itself");
        neighbour.kill().unwrap();
        neighbour.wait().unwrap();
    }
}
