//! Health monitors: what they find out, and how it is told.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use engine::{
    report::{Health, Report},
    spec::*,
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::atomic::Ordering,
    time::Duration,
};
use support::*;

#[tokio::test(flavor = "multi_thread")]
async fn http_monitors_tell_the_status_and_take_the_member_out() {
    let mut fixture = Fixture::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    let check = HttpCheck {
        path: "/health?x=%20y".parse().unwrap(),
        host: Some("check.example".parse().unwrap()),
        expected: "200,202,204-206".parse().unwrap(),
        ..http_check()
    };
    let plain = HttpCheck { host: Some("check.example".parse().unwrap()), ..http_check() };
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(check)));
    fixture.apply(&spec).await.unwrap();
    fixture.health(a.id, |health| *health == Health::Up).await;
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(plain)));
    fixture.apply(&spec).await.unwrap();
    fixture.health(a.id, |health| *health == Health::Up).await;

    a.health.store(503, Ordering::Relaxed);
    assert_eq!(fixture.down(a.id).await, "HTTP 503");
    assert_eq!(count((spec.vip, 8000), 6).await, counts([("b", 6)]));
    a.health.store(200, Ordering::Relaxed);
    fixture.health(a.id, |health| *health == Health::Up).await;
    assert_eq!(count((spec.vip, 8000), 6).await, counts([("a", 3), ("b", 3)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tcp_monitors_tell_a_refused_connection_and_recovery() {
    let mut fixture = Fixture::start().await;
    let [a] = fixture.members(["a"]).await;
    let gone = SocketAddr::new(fixture.net.address(), 9001);
    let id = uuid::Uuid::new_v4().into();
    let mut spec = balancer(fixture.net.address(), pool([a.spec(), member_at(id, gone)]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Tcp));
    fixture.apply(&spec).await.unwrap();
    assert_eq!(fixture.down(id).await, "connection refused");
    let _back = Member::start_at(gone, "back").await;
    fixture.health(id, |health| *health == Health::Up).await;
    assert_eq!(count((spec.vip, 8000), 6).await, counts([("a", 3), ("back", 3)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_member_is_a_timeout_and_a_plain_one_no_tls() {
    let mut fixture = Fixture::start().await;
    let silent = SocketAddr::new(fixture.net.address(), 9001);
    let _listener = tokio::net::TcpListener::bind(silent).await.unwrap();
    let id = uuid::Uuid::new_v4().into();
    let mut spec = balancer(fixture.net.address(), pool([member_at(id, silent)]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(http_check())));
    fixture.apply(&spec).await.unwrap();
    let reason = fixture.down(id).await;
    assert!(reason.starts_with("timeout after "), "{reason}");

    let [a] = fixture.members(["a"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec()]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::TlsHello));
    spec.pools[0].monitor.as_mut().unwrap().timeout = Duration::from_secs(2);
    fixture.apply(&spec).await.unwrap();
    let reason = fixture.down(a.id).await;
    assert!(reason.contains("TLS") || reason.starts_with("timeout"), "{reason}");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_of_two_listeners_is_checked_once_and_told_once() {
    let mut fixture = Fixture::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    spec.listeners.push(listener(ListenerMode::Http, 8001, Some(spec.pools[0].id)));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(http_check())));
    fixture.apply(&spec).await.unwrap();
    fixture.health(b.id, |health| *health == Health::Up).await;
    b.health.store(500, Ordering::Relaxed);
    assert_eq!(fixture.down(b.id).await, "HTTP 500");
    for port in [8000, 8001] {
        assert_eq!(count((spec.vip, port), 4).await, counts([("a", 4)]), "port {port}");
    }
    let told = fixture
        .seen
        .iter()
        .filter(|report| matches!(report, Report::MemberHealth { member, .. } if *member == b.id));
    assert_eq!(told.count(), 2, "up, then down: {:#?}", fixture.seen);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_is_down_stays_down_in_the_next_generation() {
    let mut fixture = Fixture::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    let mut slow = monitor(MonitorKind::Http(http_check()));
    slow.delay = Duration::from_secs(3);
    slow.fall = 1;
    spec.pools[0].monitor = Some(slow);
    b.health.store(503, Ordering::Relaxed);
    fixture.apply(&spec).await.unwrap();
    assert_eq!(fixture.down(b.id).await, "HTTP 503");

    // A weight, another listener, both: the member gets no request before its next check.
    spec.pools[0].members[1].weight = 7;
    fixture.apply(&spec).await.unwrap();
    spec.listeners.push(listener(ListenerMode::Http, 8001, Some(spec.pools[0].id)));
    fixture.apply(&spec).await.unwrap();
    for port in [8000, 8001] {
        assert_eq!(count((spec.vip, port), 10).await, counts([("a", 10)]), "port {port}");
    }
    // The new weight counts when it is back.
    b.health.store(200, Ordering::Relaxed);
    fixture.health(b.id, |health| *health == Health::Up).await;
    assert_eq!(count((spec.vip, 8000), 16).await, counts([("a", 2), ("b", 14)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disabled_members_come_back_and_others_are_told() {
    let mut fixture = Fixture::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Tcp));
    spec.pools[0].members[1].enabled = false;
    fixture.apply(&spec).await.unwrap();
    fixture.health(b.id, |health| *health == Health::Disabled).await;
    assert_eq!(count((spec.vip, 8000), 4).await, counts([("a", 4)]));
    spec.pools[0].members[1].enabled = true;
    fixture.apply(&spec).await.unwrap();
    fixture.health(b.id, |health| *health == Health::Up).await;
    assert_eq!(count((spec.vip, 8000), 4).await, counts([("a", 2), ("b", 2)]));
    spec.pools[0].monitor = None;
    fixture.apply(&spec).await.unwrap();
    fixture.health(a.id, |health| *health == Health::NoMonitor).await;
    fixture.finish().await;
}

/// The one address to which every machine refuses to send a ping.
const NOBODY: &str = "255.255.255.255";

#[tokio::test(flavor = "multi_thread")]
async fn ping_monitors_ask_the_machine_itself() {
    let mut fixture = Fixture::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    spec.listeners.push(listener(ListenerMode::Http, 8001, Some(spec.pools[0].id)));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Ping));
    let nobody: IpAddr = NOBODY.parse().unwrap();
    spec.pools[0].members[1].monitor_address = Some(nobody);
    match fixture.apply(&spec).await {
        Ok(()) => {}
        Err(error) => {
            assert!(error.reason.contains("CAP_NET_RAW"), "{error}");
            return fixture.finish().await;
        }
    }
    fixture.health(a.id, |health| *health == Health::Up).await;
    assert_eq!(fixture.down(b.id).await, "this machine forbids pings to it");
    for port in [8000, 8001] {
        eventually_only(&spec, port, "a").await;
    }
    // Still so in the next generation, from its first request.
    spec.listeners[0].timeout_client = Duration::from_secs(7);
    fixture.apply(&spec).await.unwrap();
    assert_eq!(count((spec.vip, 8000), 10).await, counts([("a", 10)]));
    spec.pools[0].members[1].monitor_address = None;
    fixture.apply(&spec).await.unwrap();
    fixture.health(b.id, |health| *health == Health::Up).await;
    fixture.finish().await;
}

async fn eventually_only(spec: &LoadBalancerSpec, port: u16, member: &str) {
    let all = tokio::time::timeout(PATIENCE, async {
        while count((spec.vip, port), 6).await != counts([(member, 6)]) {}
    });
    all.await.unwrap();
}
