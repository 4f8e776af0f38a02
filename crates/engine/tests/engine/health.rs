//! Health monitors and their reports.

use crate::support::*;
use engine::{
    report::{Health, Report},
    spec::*,
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::atomic::Ordering,
    time::Duration,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_http_monitor_reports_the_status_and_takes_the_member_out_of_rotation() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    let check = HttpCheck {
        path: "/health?x=%20y".parse().unwrap(),
        host: CheckHost::Name("check.example".parse().unwrap()),
        expected: "200,202,204-206".parse().unwrap(),
        ..http_check()
    };
    let plain = HttpCheck { host: CheckHost::Member, ..http_check() };
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(check)));
    fixture.apply(&spec).await.unwrap();
    fixture.health(a.id, |health| *health == Health::Up).await;
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(plain)));
    fixture.apply(&spec).await.unwrap();
    fixture.health(a.id, |health| *health == Health::Up).await;

    a.health.store(503, Ordering::Relaxed);
    assert_eq!(fixture.down(a.id).await, "HTTP 503");
    assert_eq!(count_by_member((spec.vip, 8000), 6).await, counts([("b", 6)]));
    a.health.store(200, Ordering::Relaxed);
    fixture.health(a.id, |health| *health == Health::Up).await;
    assert_eq!(count_by_member((spec.vip, 8000), 6).await, counts([("a", 3), ("b", 3)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tcp_monitor_reports_a_refused_connection_and_recovery() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let gone = SocketAddr::new(fixture.net.address(), 9001);
    let id = uuid::Uuid::new_v4().into();
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), member_at(id, gone)]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Tcp));
    fixture.apply(&spec).await.unwrap();
    assert_eq!(fixture.down(id).await, "connection refused");
    let _back = Member::start_at(gone, "back").await;
    fixture.health(id, |health| *health == Health::Up).await;
    assert_eq!(count_by_member((spec.vip, 8000), 6).await, counts([("a", 3), ("back", 3)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_reports_a_silent_member_and_a_member_without_tls() {
    let mut fixture = TestEngine::start().await;
    let silent = SocketAddr::new(fixture.net.address(), 9001);
    let _listener = tokio::net::TcpListener::bind(silent).await.unwrap();
    let id = uuid::Uuid::new_v4().into();
    let mut spec = load_balancer(fixture.net.address(), pool([member_at(id, silent)]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(http_check())));
    spec.pools[0].monitor.as_mut().unwrap().timeout = Duration::from_secs(1);
    fixture.apply(&spec).await.unwrap();
    let reason = fixture.down(id).await;
    assert!(reason.starts_with("timeout after "), "{reason}");

    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::TlsHello));
    spec.pools[0].monitor.as_mut().unwrap().timeout = Duration::from_secs(2);
    fixture.apply(&spec).await.unwrap();
    let reason = fixture.down(a.id).await;
    assert!(reason.contains("TLS") || reason.starts_with("timeout"), "{reason}");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_of_two_listeners_is_checked_once_and_reported_once() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    spec.listeners.push(listener(ListenerMode::Http, 8001, Some(spec.pools[0].id)));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(http_check())));
    fixture.apply(&spec).await.unwrap();
    fixture.health(b.id, |health| *health == Health::Up).await;
    b.health.store(500, Ordering::Relaxed);
    assert_eq!(fixture.down(b.id).await, "HTTP 500");
    for port in [8000, 8001] {
        assert_eq!(count_by_member((spec.vip, port), 4).await, counts([("a", 4)]), "port {port}");
    }
    let reports = fixture
        .received
        .iter()
        .filter(|report| matches!(report, Report::MemberHealth { member, .. } if *member == b.id));
    assert_eq!(reports.count(), 2, "up, then down: {:#?}", fixture.received);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_is_down_stays_down_in_the_next_generation() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    let mut slow = monitor(MonitorKind::Http(http_check()));
    slow.delay = Duration::from_secs(3);
    slow.fall = 1;
    spec.pools[0].monitor = Some(slow);
    b.health.store(503, Ordering::Relaxed);
    fixture.apply(&spec).await.unwrap();
    assert_eq!(fixture.down(b.id).await, "HTTP 503");

    // After a change of the weight and a new listener, the member gets no request before its next check.
    spec.pools[0].members[1].weight = 7;
    fixture.apply(&spec).await.unwrap();
    spec.listeners.push(listener(ListenerMode::Http, 8001, Some(spec.pools[0].id)));
    fixture.apply(&spec).await.unwrap();
    for port in [8000, 8001] {
        assert_eq!(count_by_member((spec.vip, port), 10).await, counts([("a", 10)]), "port {port}");
    }
    // The new weight applies when the member is up again.
    b.health.store(200, Ordering::Relaxed);
    fixture.health(b.id, |health| *health == Health::Up).await;
    assert_eq!(count_by_member((spec.vip, 8000), 16).await, counts([("a", 2), ("b", 14)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disabled_members_can_be_enabled_and_a_removed_monitor_is_reported() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Tcp));
    spec.pools[0].members[1].enabled = false;
    fixture.apply(&spec).await.unwrap();
    fixture.health(b.id, |health| *health == Health::Disabled).await;
    assert_eq!(count_by_member((spec.vip, 8000), 4).await, counts([("a", 4)]));
    spec.pools[0].members[1].enabled = true;
    fixture.apply(&spec).await.unwrap();
    fixture.health(b.id, |health| *health == Health::Up).await;
    assert_eq!(count_by_member((spec.vip, 8000), 4).await, counts([("a", 2), ("b", 2)]));
    spec.pools[0].monitor = None;
    fixture.apply(&spec).await.unwrap();
    fixture.health(a.id, |health| *health == Health::NoMonitor).await;
    fixture.finish().await;
}

/// Linux refuses to send a ping to the broadcast address.
const UNREACHABLE: &str = "255.255.255.255";

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_monitor_reports_answers_and_failures() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    spec.listeners.push(listener(ListenerMode::Http, 8001, Some(spec.pools[0].id)));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Ping));
    let unreachable: IpAddr = UNREACHABLE.parse().unwrap();
    spec.pools[0].members[1].monitor_address = Some(unreachable);
    match fixture.apply(&spec).await {
        Ok(()) => {}
        Err(error) => {
            assert!(error.to_string().contains("CAP_NET_RAW"), "{error}");
            return fixture.finish().await;
        }
    }
    fixture.health(a.id, |health| *health == Health::Up).await;
    assert_eq!(fixture.down(b.id).await, "this machine forbids pings to it");
    for port in [8000, 8001] {
        wait_until_only(&spec, port, "a").await;
    }
    // The next generation knows the health from its first request.
    spec.listeners[0].timeout_client = Duration::from_secs(7);
    fixture.apply(&spec).await.unwrap();
    assert_eq!(count_by_member((spec.vip, 8000), 10).await, counts([("a", 10)]));
    spec.pools[0].members[1].monitor_address = None;
    fixture.apply(&spec).await.unwrap();
    fixture.health(b.id, |health| *health == Health::Up).await;
    fixture.finish().await;
}

async fn wait_until_only(spec: &LoadBalancerSpec, port: u16, member: &str) {
    let polling = tokio::time::timeout(TIMEOUT, async {
        while count_by_member((spec.vip, port), 6).await != counts([(member, 6)]) {}
    });
    polling.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_with_http_1_1_has_the_address_of_the_member_as_host() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut fixture = TestEngine::start().await;
    let at = SocketAddr::new(fixture.net.address(), 9001);
    let listener = tokio::net::TcpListener::bind(at).await.unwrap();
    let (heads, mut received) = tokio::sync::mpsc::unbounded_channel();
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 1024];
            let count = stream.read(&mut head).await.unwrap_or(0);
            let _ = heads.send(String::from_utf8_lossy(&head[..count]).into_owned());
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        }
    });
    let mut spec =
        load_balancer(fixture.net.address(), pool([member_at(uuid::Uuid::new_v4().into(), at)]));
    for (host, version, line) in [
        (CheckHost::Member, "HTTP/1.1", format!("host: {at}\r\n")),
        (CheckHost::Absent, "HTTP/1.0", String::new()),
        (CheckHost::Name("a.example".parse().unwrap()), "HTTP/1.1", "host: a.example\r\n".into()),
    ] {
        let check = HttpCheck { host, ..http_check() };
        spec.pools[0].monitor = Some(monitor(MonitorKind::Http(check)));
        fixture.apply(&spec).await.unwrap();
        let found = tokio::time::timeout(TIMEOUT, async {
            while let Some(head) = received.recv().await {
                if head.contains(version) && head.to_lowercase().contains(&line) {
                    return;
                }
            }
        });
        found.await.unwrap_or_else(|_| panic!("no check with {version} and {line:?}"));
    }
    server.abort();
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_is_down_stays_down_until_the_first_check_of_a_changed_monitor() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(http_check())));
    b.health.store(503, Ordering::Relaxed);
    fixture.apply(&spec).await.unwrap();
    fixture.health(a.id, |health| *health == Health::Up).await;
    assert_eq!(fixture.down(b.id).await, "HTTP 503");

    // Two passed checks, half a minute apart, would bring it back.
    let slow = MonitorSpec { delay: Duration::from_secs(30), ..monitor(MonitorKind::Tcp) };
    let other_path = HttpCheck { path: "/other".parse().unwrap(), ..http_check() };
    for kind in [MonitorKind::Tcp, MonitorKind::Http(other_path)] {
        spec.pools[0].monitor = Some(MonitorSpec { kind, ..slow.clone() });
        fixture.apply(&spec).await.unwrap();
        assert_eq!(count_by_member((spec.vip, 8000), 10).await, counts([("a", 10)]));
    }
    spec.pools[0].members[1].monitor_address = Some(b.at.ip());
    spec.pools[0].members[1].monitor_port = Some(b.at.port());
    fixture.apply(&spec).await.unwrap();
    assert_eq!(count_by_member((spec.vip, 8000), 10).await, counts([("a", 10)]));

    spec.pools[0].monitor = Some(monitor(MonitorKind::Tcp));
    fixture.apply(&spec).await.unwrap();
    fixture.health(b.id, |health| *health == Health::Up).await;
    assert_eq!(count_by_member((spec.vip, 8000), 4).await, counts([("a", 2), ("b", 2)]));
    fixture.finish().await;
}
