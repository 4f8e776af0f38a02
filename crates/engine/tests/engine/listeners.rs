//! Listeners: protocols, ports, limits and inserted headers.

use crate::support::*;
use engine::spec::*;
use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn headers_about_the_client_are_inserted_when_enabled() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    let plain = get((spec.vip, 8000), "/").await.unwrap();
    for header in ["x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"] {
        assert_eq!(plain.request_header(header), None, "{header}");
    }

    spec.listeners[0].insert_headers = InsertHeaders {
        x_forwarded_for: true,
        x_forwarded_port: true,
        x_forwarded_proto: true,
        ..Default::default()
    };
    fixture.apply(&spec).await.unwrap();
    let client = fixture.net.address();
    let mut connection = Client::connect_from(Some(client), (spec.vip, 8000)).await.unwrap();
    let response = connection.get("/", "X-Forwarded-Proto: https\r\n").await.unwrap();
    assert_eq!(response.request_header("x-forwarded-for"), Some(client.to_string().as_str()));
    assert_eq!(response.request_header("x-forwarded-port"), Some("8000"));
    assert_eq!(
        response.request_header("x-forwarded-proto"),
        Some("http"),
        "a client cannot claim https"
    );
    drop(connection);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_clients_in_allowed_cidrs_can_connect() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let (allowed, denied) = (fixture.net.address(), fixture.net.address());
    spec.listeners[0].allowed_cidrs =
        vec!["192.0.2.0/24".parse().unwrap(), allowed.into(), "2001:db8::/32".parse().unwrap()];
    fixture.apply(&spec).await.unwrap();
    let send_from = async |from: IpAddr| {
        Client::connect_from(Some(from), (spec.vip, 8000))
            .await?
            .get("/", "Connection: close\r\n")
            .await
    };
    assert_eq!(send_from(allowed).await.unwrap().status, 200);
    assert!(send_from(denied).await.is_err());
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_allowed_cidrs_are_accepted() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.listeners[0].allowed_cidrs =
        (0..1000u32).map(|n| IpAddr::from((0x0a00_0000 + n).to_be_bytes()).into()).collect();
    spec.listeners[0].allowed_cidrs.push("127.0.0.0/8".parse().unwrap());
    fixture.apply(&spec).await.unwrap();
    assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 200);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_above_the_limit_waits() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.listeners[0].connection_limit = Some(2);
    fixture.apply(&spec).await.unwrap();
    let to = (spec.vip, 8000);
    let mut first = Client::connect(to).await.unwrap();
    let mut second = Client::connect(to).await.unwrap();
    first.get("/", "").await.unwrap();
    second.get("/", "").await.unwrap();
    let mut third = Client::connect(to).await.unwrap();
    let waiting = tokio::spawn(async move { third.get("/", "Connection: close\r\n").await });
    // The first two connections continue, and the request of the third does not reach a member.
    for _ in 0..5 {
        first.get("/", "").await.unwrap();
        second.get("/", "").await.unwrap();
    }
    assert_eq!(a.requests.load(std::sync::atomic::Ordering::Relaxed), 12);
    assert!(!waiting.is_finished());
    drop(first);
    assert_eq!(waiting.await.unwrap().unwrap().status, 200);
    drop(second);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tcp_listeners_forward_bytes_and_proxy_headers() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let pools = [PoolMode::Tcp, PoolMode::ProxyV1].map(|mode| {
        let mut pool = pool([a.spec()]);
        pool.mode = mode;
        pool
    });
    let mut spec = load_balancer(fixture.net.address(), pools[0].clone());
    spec.listeners = vec![
        listener(ListenerMode::Tcp, 8001, Some(pools[0].id)),
        listener(ListenerMode::Tcp, 8002, Some(pools[1].id)),
        listener(ListenerMode::Tcp, 8003, None),
    ];
    spec.pools = pools.into();
    fixture.apply(&spec).await.unwrap();
    assert!(!get((spec.vip, 8001), "/").await.unwrap().body.contains("PROXY"));
    let proxied = get((spec.vip, 8002), "/").await.unwrap();
    assert!(proxied.body.contains(&format!("PROXY TCP4 {}", "127.")), "{proxied:?}");
    assert!(get((spec.vip, 8003), "/").await.is_err(), "there is no pool");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_http_listener_without_a_pool_answers_503() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.listeners[0].default_pool = None;
    fixture.apply(&spec).await.unwrap();
    assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 503);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ipv6_works_for_vips_members_and_monitor_addresses() {
    let mut fixture = TestEngine::start().await;
    let local = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let port = {
        let free = std::net::TcpListener::bind((local, 0)).unwrap();
        free.local_addr().unwrap().port()
    };
    let [a] = fixture.members(["a"]).await;
    // The member with an IPv6 address is another load balancer.
    let inner = {
        let mut spec = load_balancer(local, pool([a.spec()]));
        spec.listeners[0].port = port;
        spec
    };
    fixture.apply(&inner).await.unwrap();
    let id = uuid::Uuid::new_v4().into();
    let mut member = member_at(id, (local, port).into());
    member.monitor_address = Some(local);
    member.monitor_port = Some(port);
    let mut outer = load_balancer(fixture.net.address(), pool([member]));
    outer.pools[0].monitor = Some(monitor(MonitorKind::Http(http_check())));
    fixture.apply(&outer).await.unwrap();
    fixture.health(id, |health| *health == engine::report::Health::Up).await;
    assert_eq!(get((outer.vip, 8000), "/").await.unwrap().member(), "a");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_listener_frees_its_port_and_a_new_one_serves() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    let mut open = Client::connect((spec.vip, 8000)).await.unwrap();
    open.get("/", "").await.unwrap();
    spec.listeners[0].port = 8081;
    fixture.apply(&spec).await.unwrap();
    assert_eq!(get((spec.vip, 8081), "/").await.unwrap().status, 200);
    let free = std::net::TcpListener::bind((spec.vip, 8000));
    assert!(free.is_ok(), "{free:?}");
    assert_eq!(open.get("/", "").await.unwrap().status, 200, "an open connection is finished");
    drop(open);

    spec.listeners.clear();
    fixture.apply(&spec).await.unwrap();
    eventually("no process without a listener", || processes(spec.id).is_empty()).await;
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_arrives_byte_by_byte_is_given_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.listeners[0].timeout_client = std::time::Duration::from_secs(2);
    fixture.apply(&spec).await.unwrap();
    let (mut read, mut write) =
        tokio::net::TcpStream::connect((spec.vip, 8000)).await.unwrap().into_split();
    write.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    // Each byte comes long before the timeout of the client.
    let slow = tokio::spawn(async move {
        while write.write_all(b"x").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    });
    let mut response = String::new();
    let answered = tokio::time::timeout(TIMEOUT, read.read_to_string(&mut response)).await;
    slow.abort();
    assert!(answered.is_ok(), "the connection is held");
    assert!(response.starts_with("HTTP/1.1 408 ") || response.is_empty(), "{response}");
    assert_eq!(a.requests.load(std::sync::atomic::Ordering::Relaxed), 0);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_listener_listens_on_every_vip() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.additional_vips = vec![fixture.net.address(), fixture.net.address()];
    let mut second = spec.listeners[0].clone();
    second.id = Uuid::new_v4().into();
    second.port = 8001;
    // It is a limit that a request in one piece does not reach.
    second.timeout_tcp_inspect = Duration::from_secs(5);
    spec.listeners.push(second);
    let applied = fixture.apply(&spec).await;
    assert!(applied.is_ok());
    for vip in spec.vips() {
        for port in [8000, 8001] {
            assert_eq!(get((vip, port), "/").await.unwrap().member(), "a", "{vip}:{port}");
        }
    }
    // Without a listener, the sockets of all addresses are closed.
    spec.listeners.pop();
    fixture.apply(&spec).await.unwrap();
    for vip in spec.vips() {
        assert!(get((vip, 8001), "/").await.is_err(), "{vip}");
        assert_eq!(get((vip, 8000), "/").await.unwrap().member(), "a");
    }
    fixture.finish().await;
}
