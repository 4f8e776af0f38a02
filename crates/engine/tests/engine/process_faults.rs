//! Processes that are killed, that hang, or that cannot be started for a reason of the machine.

use crate::support::{
    tls::{Authority, tls},
    *,
};
use engine::{ApplyOptions, EngineConfig, ListenerFailure, report::Report, spec::ListenerMode};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

fn signal(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

/// A program in place of HAProxy. It is killed while it starts, as often as the file `kills` says, and refuses
/// TLS if there is a file `refuse`.
struct FaultyProgram {
    directory: PathBuf,
}

impl FaultyProgram {
    fn new() -> Self {
        let directory = std::env::temp_dir().join(format!("lb-faulty-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&directory).unwrap();
        let script = format!(
            "#!/bin/sh\n\
             [ \"$1\" = -v ] && exec /usr/sbin/haproxy -v\n\
             if [ -e {0}/refuse ]; then\n\
                 case $(cat /proc/self/fd/3) in *' ssl '*)\n\
                     echo '[ALERT] (1) : config : parsing [f:1] : no TLS today' >&2\n\
                     exit 1;;\n\
                 esac\n\
             fi\n\
             kills=$(cat {0}/kills)\n\
             if [ $kills -gt 0 ] && [ \"$1\" != -c ]; then\n\
                 echo $((kills - 1)) > {0}/kills\n\
                 kill -9 $$\n\
             fi\n\
             exec /usr/sbin/haproxy \"$@\"\n",
            directory.display()
        );
        fs::write(directory.join("haproxy"), script).unwrap();
        let program = Self { directory };
        program.kill(0);
        // HAProxy's user counts the kills.
        for (path, mode) in [("", 0o755), ("haproxy", 0o755), ("kills", 0o666)] {
            let path = program.directory.join(path);
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        program
    }

    fn kill(&self, times: u32) {
        fs::write(self.directory.join("kills"), times.to_string()).unwrap();
    }

    fn refuse_tls(&self) {
        fs::write(self.directory.join("refuse"), "").unwrap();
    }

    fn accept_tls(&self) {
        fs::remove_file(self.directory.join("refuse")).unwrap();
    }

    async fn engine(&self) -> TestEngine {
        let run_dir = std::env::temp_dir().join(format!("lb-engine-{}", uuid::Uuid::new_v4()));
        let haproxy = Some(self.directory.join("haproxy"));
        // The program counts in files, which a sandbox would keep it from.
        let config = EngineConfig { haproxy, sandbox: false, ..EngineConfig::new(run_dir) };
        TestEngine::start_with(config, TestNetwork::claim()).await
    }
}

impl Drop for FaultyProgram {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_after_a_crash_affects_only_its_listener() {
    let program = FaultyProgram::new();
    let mut fixture = program.engine().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let issued = authority.issue("www.example.com");
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let mode = ListenerMode::TerminatedHttps(tls(&issued));
    spec.listeners.push(listener(mode, 8443, Some(spec.pools[0].id)));
    fixture.apply(&spec).await.unwrap();

    // As after an update of HAProxy or OpenSSL.
    program.refuse_tls();
    signal(processes(spec.id)[0], Signal::KILL);
    let apply_needed = Report::ApplyNeeded { loadbalancer: spec.id };
    fixture.report(|report| (*report == apply_needed).then_some(())).await;
    let failed = fixture.apply(&spec).await.unwrap_err();
    assert_eq!(failed.listener, spec.listeners[1].id);
    assert_eq!(failed.to_string(), "HAProxy does not accept its settings: no TLS today");
    assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 200);
    assert!(std::net::TcpStream::connect((spec.vip, 8443)).is_err());

    program.accept_tls();
    fixture.apply(&spec).await.unwrap();
    let client = authority.client(&[]);
    assert_eq!(client.leaf((spec.vip, 8443), "www.example.com").await, issued.leaf);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_while_it_starts_is_started_again() {
    let program = FaultyProgram::new();
    let mut fixture = program.engine().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    program.kill(2);
    fixture.apply(&spec).await.unwrap();
    assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 200);

    // A cause that stays: the old process serves on, and the outcome says which listeners are not as wanted.
    program.kill(1000);
    spec.listeners.push(listener(ListenerMode::Http, 8001, Some(spec.pools[0].id)));
    let applied = fixture.apply_with(&spec, ApplyOptions::default()).await;
    let [failed] = &applied.failed[..] else { panic!("{applied:?}") };
    assert_eq!(failed.listener, spec.listeners[1].id);
    assert!(matches!(failed.failure, ListenerFailure::Process(_)) && failed.failure.may_pass());
    assert!(failed.to_string().contains("killed"), "{failed}");
    assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 200);

    // A listener that is removed stops serving nevertheless.
    let removed = spec.listeners.remove(0);
    let applied = fixture.apply_with(&spec, ApplyOptions::default()).await;
    assert!(!applied.serves(removed.id));
    assert!(std::net::TcpStream::connect((spec.vip, 8000)).is_err());

    // The cause is gone: the same specification runs now.
    program.kill(0);
    fixture.apply(&spec).await.unwrap();
    assert_eq!(get((spec.vip, 8001), "/").await.unwrap().status, 200);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_hangs_is_ended_and_started_again() {
    let run_dir = std::env::temp_dir().join(format!("lb-engine-{}", uuid::Uuid::new_v4()));
    let hang_timeout = Duration::from_secs(1);
    let config = EngineConfig { hang_timeout, ..EngineConfig::new(run_dir) };
    let mut fixture = TestEngine::start_with(config, TestNetwork::claim()).await;
    let [a] = fixture.members(["a"]).await;
    let spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    let [pid] = processes(spec.id)[..] else { panic!("one process") };
    signal(pid, Signal::STOP);
    let reason = fixture
        .report(|report| match report {
            Report::ProcessDown { reason, .. } => Some(reason.clone()),
            _ => None,
        })
        .await;
    assert!(reason.starts_with("HAProxy did not answer for"), "{reason}");
    fixture
        .report(|report| (*report == Report::ProcessUp { loadbalancer: spec.id }).then_some(()))
        .await;
    assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 200);
    assert!(!processes(spec.id).contains(&pid), "the process is gone");
    fixture.finish().await;
}

fn pid_files(run_dir: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(run_dir).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| !file.ends_with("lock")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_leaves_no_files() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    for _ in 0..3 {
        let [pid] = processes(spec.id)[..] else { panic!("one process") };
        signal(pid, Signal::KILL);
        fixture
            .report(|report| (*report == Report::ProcessUp { loadbalancer: spec.id }).then_some(()))
            .await;
        let files = pid_files(&fixture.run_dir);
        assert_eq!(files.len(), 1, "{files:?}");
    }
    fixture.engine.remove(spec.id).await;
    eventually("no file is left", || pid_files(&fixture.run_dir).is_empty()).await;
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_starts_without_a_file_on_disk_and_has_an_owner() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    // As on a full or read-only disk, no file can be written.
    fs::remove_dir_all(&fixture.run_dir).unwrap();
    fixture.apply(&spec).await.unwrap();
    assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 200);
    spec.listeners[0].connection_limit = Some(1000);
    fixture.apply(&spec).await.unwrap();
    let running = processes(spec.id);
    signal(*running.last().unwrap(), Signal::KILL);
    for pid in running {
        eventually("the old processes end", || !processes(spec.id).contains(&pid)).await;
    }
    assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 200);
    fixture.engine.remove(spec.id).await;
    eventually("no process is left", || processes(spec.id).is_empty()).await;
    fixture.finish().await;
}
