//! Changes under load, taken ports, killed processes.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use engine::{Engine, EngineConfig, report::Report, spec::*};
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
use support::*;

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_changes_under_load_lose_no_request_and_count_each_once() {
    let mut fixture = Fixture::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    fixture.apply(&spec).await.unwrap();

    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let to = (spec.vip, 8000);
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..8 {
        let (stop, answered) = (stop.clone(), answered.clone());
        clients.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                // Half of them keep their connection for some requests.
                let mut connection = Client::connect(to).await.unwrap();
                let kept = if client % 2 == 0 { 1 } else { 5 };
                for n in 1..=kept {
                    let close = if n == kept { "Connection: close\r\n" } else { "" };
                    let answer = connection.get("/", close).await.unwrap();
                    assert_eq!(answer.status, 200, "{answer:?}");
                    answered.fetch_add(1, Ordering::Relaxed);
                    if answer.header("connection") == Some("close") {
                        break;
                    }
                }
            }
        });
    }
    for change in 0..20u16 {
        spec.pools[0].members[0].weight = 1 + change % 5;
        fixture.apply(&spec).await.unwrap();
        let before = answered.load(Ordering::Relaxed);
        eventually("requests go on", || answered.load(Ordering::Relaxed) > before + 50).await;
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    let answered = answered.load(Ordering::Relaxed) as u64;
    assert!(answered > 1000, "{answered}");

    // Whatever process counted them, each request is in the sum once.
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
async fn a_taken_port_fails_that_load_balancer_alone() {
    let mut fixture = Fixture::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec()]));
    let other = balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    fixture.apply(&other).await.unwrap();
    let before = (processes(spec.id), processes(other.id));

    let program = std::net::TcpListener::bind((spec.vip, 8080)).unwrap();
    spec.listeners.push(listener(ListenerMode::Http, 8080, Some(spec.pools[0].id)));
    spec.listeners.push(listener(ListenerMode::Http, 8081, Some(spec.pools[0].id)));
    let error = fixture.apply(&spec).await.unwrap_err();
    assert_eq!(error.listener, Some(spec.listeners[1].id));
    assert_eq!(error.reason, format!("port 8080 of {} is taken by another program", spec.vip));
    assert_eq!((processes(spec.id), processes(other.id)), before);
    for vip in [spec.vip, other.vip] {
        assert_eq!(get((vip, 8000), "/").await.unwrap().status, 200);
    }
    assert!(get((spec.vip, 8081), "/").await.is_err(), "nothing of it was done");

    drop(program);
    fixture.apply(&spec).await.unwrap();
    for port in [8000, 8080, 8081] {
        assert_eq!(get((spec.vip, port), "/").await.unwrap().status, 200, "{port}");
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_vip_says_what_to_do() {
    let mut fixture = Fixture::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = balancer("192.0.2.7".parse().unwrap(), pool([a.spec()]));
    let error = fixture.apply(&spec).await.unwrap_err();
    assert_eq!(error.listener, Some(spec.listeners[0].id));
    assert!(error.reason.contains("not an address of this machine"), "{error}");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_again_changes_nothing() {
    let mut fixture = Fixture::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    let before = processes(spec.id);
    for _ in 0..5 {
        fixture.apply(&spec).await.unwrap();
    }
    assert_eq!(processes(spec.id), before);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_load_balancer_can_be_made_again_at_once() {
    let mut fixture = Fixture::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec()]));
    for _ in 0..5 {
        spec.id = LoadBalancerId(uuid::Uuid::new_v4());
        fixture.apply(&spec).await.unwrap();
        // Still at work when it is removed.
        let mut open = Client::connect((spec.vip, 8000)).await.unwrap();
        open.get("/", "").await.unwrap();
        fixture.engine.remove(spec.id).await;
        assert!(Client::connect((spec.vip, 8000)).await.is_err());
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_haproxy_comes_back_and_nobody_is_refused() {
    let mut fixture = Fixture::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(http_check())));
    let other = balancer(fixture.net.address(), pool([a.spec()]));
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
        // The connection waits in the socket that the engine kept.
        assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 200);
        fixture
            .report(|report| (*report == Report::ProcessUp { loadbalancer: spec.id }).then_some(()))
            .await;
    }
    assert_eq!(processes(other.id), untouched);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_engine_a_directory() {
    let fixture = Fixture::start().await;
    let config = EngineConfig { run_dir: fixture.run_dir.clone(), haproxy: None };
    let error = Engine::start(config).await.unwrap_err();
    assert!(error.to_string().contains("used by another engine"), "{error}");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_engine_ends_its_processes() {
    let mut fixture = Fixture::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    drop(fixture);
    eventually("no process without an engine", || processes(spec.id).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_has_no_rights_and_no_secrets_of_ours() {
    let mut fixture = Fixture::start().await;
    let [a] = fixture.members(["a"]).await;
    let spec = balancer(fixture.net.address(), pool([a.spec()]));
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

/// The load balancer of [`the_engine_itself_killed_serves_the_same_again`], the same in both
/// processes.
fn known(vip: IpAddr, member: SocketAddr) -> LoadBalancerSpec {
    let id = uuid::Uuid::from_bytes(match vip {
        IpAddr::V4(ip) => [ip.octets(); 4].concat().try_into().unwrap(),
        IpAddr::V6(ip) => ip.octets(),
    });
    let mut spec = balancer(vip, pool([member_at(MemberId(id), member)]));
    spec.id = LoadBalancerId(id);
    spec
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_itself_killed_serves_the_same_again() {
    let net = Net::claim();
    let a = Member::start(&net, "a").await;
    let spec = known(net.address(), a.at);
    let run_dir = std::env::temp_dir().join(format!("lb-engine-{}", uuid::Uuid::new_v4()));
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_engine", "--ignored", "--nocapture"])
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
    eventually("it wrote its pid file", || pid_files(&run_dir) == 1).await;
    child.kill().await.unwrap();

    let mut fixture = Fixture::start_in(run_dir, net).await;
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

/// Not a test: the process that the one above kills.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the_engine_itself_killed_serves_the_same_again"]
async fn child_engine() {
    let from = |name: &str| std::env::var(name).unwrap();
    let spec = known(from("ENGINE_VIP").parse().unwrap(), from("ENGINE_MEMBER").parse().unwrap());
    let config = EngineConfig { run_dir: from("ENGINE_RUN_DIR").into(), haproxy: None };
    let (engine, _reports) = Engine::start(config).await.unwrap();
    engine.apply(spec).await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
}
