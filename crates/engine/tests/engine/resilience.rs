//! Changes under load, taken ports, killed processes.

use crate::support::*;
use engine::{Engine, report::Report, spec::*};
use openstack_types::{LoadBalancerId, MemberId};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_changes_under_load_lose_no_request_and_count_each_request_once() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    fixture.apply(&spec).await.unwrap();

    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let to = (spec.vip, 8000);
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..8 {
        let (stop, answered) = (stop.clone(), answered.clone());
        clients.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                // Half of the clients send several requests on a connection.
                let mut connection = Client::connect(to).await.unwrap();
                let kept = if client % 2 == 0 { 1 } else { 5 };
                for n in 1..=kept {
                    let close = if n == kept { "Connection: close\r\n" } else { "" };
                    let response = connection.get("/", close).await.unwrap();
                    assert_eq!(response.status, 200, "{response:?}");
                    answered.fetch_add(1, Ordering::Relaxed);
                    if response.header("connection") == Some("close") {
                        break;
                    }
                }
            }
        });
    }
    for change in 0..20u16 {
        // Half of the changes need another process.
        match change % 2 {
            0 => spec.pools[0].members[0].weight = 1 + change % 5,
            _ => spec.listeners[0].timeout_client += Duration::from_secs(1),
        }
        fixture.apply(&spec).await.unwrap();
        let before = answered.load(Ordering::Relaxed);
        eventually("requests continue", || answered.load(Ordering::Relaxed) > before + 50).await;
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    let answered = answered.load(Ordering::Relaxed) as u64;
    assert!(answered > 1000, "{answered}");

    // The sum over all processes contains each request once.
    let (mut requests, mut served, mut good) = (0, 0, 0);
    while requests < answered {
        let (listeners, members) = fixture
            .report(|report| match report {
                Report::Traffic { listeners, members, .. } => {
                    Some((listeners.clone(), members.clone()))
                }
                _ => None,
            })
            .await;
        requests += listeners.iter().map(|(_, c)| c.requests).sum::<u64>();
        good += listeners.iter().map(|(_, c)| c.responses[1]).sum::<u64>();
        served += members.iter().map(|(_, c)| c.requests).sum::<u64>();
    }
    assert_eq!((requests, good, served), (answered, answered, answered));
    eventually("old generations end", || processes(spec.id).len() == 1).await;
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_affects_only_its_listener() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let other = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    fixture.apply(&other).await.unwrap();
    let before = processes(other.id);

    let program = std::net::TcpListener::bind((spec.vip, 8080)).unwrap();
    spec.listeners.push(listener(ListenerMode::Http, 8080, Some(spec.pools[0].id)));
    spec.listeners.push(listener(ListenerMode::Http, 8081, Some(spec.pools[0].id)));
    let failed = fixture.apply(&spec).await.unwrap_err();
    assert_eq!(failed.listener, spec.listeners[1].id);
    let reason = format!("port 8080 of {} is used by another program", spec.vip);
    assert_eq!(failed.failure.to_string(), reason);
    assert!(failed.failure.may_pass());
    assert_eq!(processes(other.id), before);
    for to in [(spec.vip, 8000), (spec.vip, 8081), (other.vip, 8000)] {
        assert_eq!(get(to, "/").await.unwrap().status, 200);
    }

    drop(program);
    fixture.apply(&spec).await.unwrap();
    for port in [8000, 8080, 8081] {
        assert_eq!(get((spec.vip, port), "/").await.unwrap().status, 200, "{port}");
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_for_a_foreign_vip_says_what_to_do() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = load_balancer("192.0.2.7".parse().unwrap(), pool([a.spec()]));
    let failed = fixture.apply(&spec).await.unwrap_err();
    assert_eq!(failed.listener, spec.listeners[0].id);
    let reason = failed.failure.to_string();
    assert!(reason.contains("not an address of this machine"), "{reason}");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_equal_specification_has_no_effect() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    let before = processes(spec.id);
    for _ in 0..5 {
        fixture.apply(&spec).await.unwrap();
    }
    assert_eq!(processes(spec.id), before);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vip_of_a_removed_load_balancer_can_be_used_immediately() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    for _ in 0..5 {
        spec.id = LoadBalancerId(uuid::Uuid::new_v4());
        fixture.apply(&spec).await.unwrap();
        // A connection is still open when the load balancer is removed.
        let mut open = Client::connect((spec.vip, 8000)).await.unwrap();
        open.get("/", "").await.unwrap();
        fixture.engine.remove(spec.id).await;
        assert!(Client::connect((spec.vip, 8000)).await.is_err());
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_haproxy_is_restarted_and_no_connection_is_refused() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(http_check())));
    let other = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    fixture.apply(&other).await.unwrap();
    let untouched = processes(other.id);
    for _ in 0..5 {
        let [pid] = processes(spec.id)[..] else { panic!("one process") };
        kill(pid);
        let reason = fixture
            .report(|report| match report {
                Report::ProcessDown { loadbalancer, reason } if *loadbalancer == spec.id => {
                    Some(reason.clone())
                }
                _ => None,
            })
            .await;
        assert_eq!(reason, "HAProxy was killed (signal 9)");
        // The connection waits in the listening socket that the engine kept.
        assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 200);
        fixture
            .report(|report| (*report == Report::ProcessUp { loadbalancer: spec.id }).then_some(()))
            .await;
    }
    assert_eq!(processes(other.id), untouched);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_engine_on_the_same_directory_is_rejected() {
    let fixture = TestEngine::start().await;
    let config = engine_config(&fixture.run_dir);
    let error = Engine::start(config).await.unwrap_err();
    assert!(error.to_string().contains("used by another engine"), "{error}");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_engine_stops_its_processes() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    drop(fixture);
    eventually("the processes exit", || processes(spec.id).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_runs_without_privileges_and_without_our_environment() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    let [pid] = processes(spec.id)[..] else { panic!("one process") };
    assert_eq!(std::fs::read(format!("/proc/{pid}/environ")).unwrap(), b"");
    let has_user = std::fs::read_to_string("/etc/passwd").unwrap().contains("\nhaproxy:");
    if rustix::process::geteuid().is_root() && has_user {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(line("Uid:").split_whitespace().skip(1).all(|uid| uid != "0"), "{status}");
        assert_eq!(line("Groups:").trim_end(), "Groups:");
        assert!(line("CapEff:").ends_with("0000000000000000"), "{status}");
    }
    fixture.finish().await;
}

/// The load balancer of [`a_new_engine_takes_over_after_a_crash`], with the same ids in both processes.
fn spec_with_fixed_ids(vip: IpAddr, member: SocketAddr) -> LoadBalancerSpec {
    let id = uuid::Uuid::from_bytes(match vip {
        IpAddr::V4(ip) => [ip.octets(); 4].concat().try_into().unwrap(),
        IpAddr::V6(ip) => ip.octets(),
    });
    let mut spec = load_balancer(vip, pool([member_at(MemberId(id), member)]));
    spec.id = LoadBalancerId(id);
    spec
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_engine_takes_over_after_a_crash() {
    let net = TestNetwork::claim();
    let a = Member::start(&net, "a").await;
    let spec = spec_with_fixed_ids(net.address(), a.at);
    let run_dir = std::env::temp_dir().join(format!("lb-engine-{}", uuid::Uuid::new_v4()));
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "resilience::child_engine", "--ignored", "--nocapture"])
        .env("ENGINE_RUN_DIR", &run_dir)
        .env("ENGINE_VIP", spec.vip.to_string())
        .env("ENGINE_MEMBER", a.at.to_string())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    eventually("the child serves", || std::net::TcpStream::connect((spec.vip, 8000)).is_ok()).await;
    let mut busy = Client::connect((spec.vip, 8000)).await.unwrap();
    busy.get("/", "").await.unwrap();
    let orphans = processes(spec.id);
    assert_eq!(orphans.len(), 1);
    let pid_files = |dir: &PathBuf| {
        let all = std::fs::read_dir(dir).unwrap();
        all.filter(|f| f.as_ref().unwrap().path().extension().is_some_and(|e| e == "pid")).count()
    };
    eventually("the pid file is written", || pid_files(&run_dir) == 1).await;
    child.kill().await.unwrap();

    let mut fixture = TestEngine::start_in(run_dir, net).await;
    fixture.apply(&spec).await.unwrap();
    assert_eq!(get((spec.vip, 8000), "/").await.unwrap().member(), "a");
    drop(busy);
    eventually("the orphan has ended", || {
        processes(spec.id).iter().all(|pid| !orphans.contains(pid))
    })
    .await;
    assert_eq!(processes(spec.id).len(), 1);
    fixture.finish().await;
}

/// Not a test: the process that the test above kills.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by a_new_engine_takes_over_after_a_crash"]
async fn child_engine() {
    let from = |name: &str| std::env::var(name).unwrap();
    let spec = spec_with_fixed_ids(
        from("ENGINE_VIP").parse().unwrap(),
        from("ENGINE_MEMBER").parse().unwrap(),
    );
    let config = engine_config(from("ENGINE_RUN_DIR").as_ref());
    let (engine, _reports) = Engine::start(config).await.unwrap();
    engine.apply(spec).await.unwrap();
    // Longer than the test, but not forever if nobody kills the process.
    tokio::time::sleep(Duration::from_secs(600)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_old_processes_is_bounded() {
    let run_dir = std::env::temp_dir().join(format!("lb-engine-{}", uuid::Uuid::new_v4()));
    let mut config = engine_config(&run_dir);
    config.old_processes.per_load_balancer = 2;
    let mut fixture = TestEngine::start_with(config, TestNetwork::claim()).await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let mut open = Vec::new();
    for _ in 0..5 {
        spec.listeners[0].timeout_client += Duration::from_secs(1);
        fixture.apply(&spec).await.unwrap();
        let mut client = Client::connect((spec.vip, 8000)).await.unwrap();
        client.get("/", "").await.unwrap();
        open.push(client);
    }
    eventually("the oldest processes end", || processes(spec.id).len() == 3).await;
    // The connections of the two newest old processes and of the current one go on.
    for client in &mut open[2..] {
        assert_eq!(client.get("/", "").await.unwrap().status, 200);
    }
    for client in &mut open[..2] {
        assert!(client.get("/", "").await.is_err());
    }
    drop(open);
    fixture.finish().await;
}
