//! The distribution of requests over members.

use crate::support::*;
use engine::{report::Health, spec::*};
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test(flavor = "multi_thread")]
async fn round_robin_follows_the_weights() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    fixture.apply(&spec).await.unwrap();
    assert_eq!(count_by_member((spec.vip, 8000), 20).await, counts([("a", 10), ("b", 10)]));

    spec.pools[0].members[1].weight = 3;
    fixture.apply(&spec).await.unwrap();
    assert_eq!(count_by_member((spec.vip, 8000), 20).await, counts([("a", 5), ("b", 15)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn least_connections_avoids_the_busy_member() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut pool = pool([a.spec(), b.spec()]);
    pool.balance = Balance::LeastConnections;
    let spec = load_balancer(fixture.net.address(), pool);
    fixture.apply(&spec).await.unwrap();

    let mut busy = Client::connect((spec.vip, 8000)).await.unwrap();
    let busy = tokio::spawn(async move { busy.get("/hold", "").await.unwrap() });
    let requests = |m: &Member| m.requests.load(std::sync::atomic::Ordering::Relaxed);
    eventually("a member has the first request", || requests(&a) + requests(&b) == 1).await;
    let other = count_by_member((spec.vip, 8000), 10).await;
    a.release.notify_one();
    b.release.notify_one();
    let busy = busy.await.unwrap();
    let free = if busy.member() == "a" { "b" } else { "a" };
    assert_eq!(other, counts([(free, 10)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn source_ip_keeps_each_client_on_one_member_and_uses_all_members() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut pool = pool([a.spec(), b.spec()]);
    pool.balance = Balance::SourceIp;
    let spec = load_balancer(fixture.net.address(), pool);
    fixture.apply(&spec).await.unwrap();

    let mut by_client: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for client in (0..20).map(|_| fixture.net.address()).collect::<Vec<_>>() {
        for _ in 0..3 {
            let mut connection =
                Client::connect_from(Some(client), (spec.vip, 8000)).await.unwrap();
            let response = connection.get("/", "Connection: close\r\n").await.unwrap();
            by_client.entry(client).or_default().insert(response.member().to_owned());
        }
    }
    assert!(by_client.values().all(|members| members.len() == 1), "{by_client:?}");
    let used: BTreeSet<_> = by_client.values().flatten().collect();
    assert_eq!(used.len(), 2, "{by_client:?}");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_backups_serve_when_no_other_member_does() {
    let mut fixture = TestEngine::start().await;
    let [a, b, c] = fixture.members(["a", "b", "c"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec(), c.spec()]));
    spec.pools[0].members[1].backup = true;
    spec.pools[0].members[2].backup = true;
    fixture.apply(&spec).await.unwrap();
    assert_eq!(count_by_member((spec.vip, 8000), 6).await, counts([("a", 6)]));

    spec.pools[0].members[0].enabled = false;
    fixture.apply(&spec).await.unwrap();
    assert_eq!(count_by_member((spec.vip, 8000), 6).await, counts([("b", 3), ("c", 3)]));
    fixture.health(a.id, |health| *health == Health::Disabled).await;
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draining_member_gets_no_new_sessions() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut pool = pool([a.spec(), b.spec()]);
    pool.persistence = Some(Persistence::HttpCookie);
    let mut spec = load_balancer(fixture.net.address(), pool);
    fixture.apply(&spec).await.unwrap();
    let cookie = loop {
        let response = get((spec.vip, 8000), "/").await.unwrap();
        if response.member() == "a" {
            let set = response.header("set-cookie").unwrap();
            break set.split(';').next().unwrap().to_owned();
        }
    };

    spec.pools[0].members[0].weight = 0;
    fixture.apply(&spec).await.unwrap();
    fixture.health(a.id, |health| *health == Health::Draining).await;
    assert_eq!(count_by_member((spec.vip, 8000), 6).await, counts([("b", 6)]));
    let mut client = Client::connect((spec.vip, 8000)).await.unwrap();
    let kept = client.get("/", &format!("Cookie: {cookie}\r\n")).await.unwrap();
    assert_eq!(kept.member(), "a");
    drop(client);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_when_a_member_refuses_connections() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    fixture.apply(&spec).await.unwrap();
    let gone = b.at;
    drop(b);
    eventually("the member refuses connections", || std::net::TcpStream::connect(gone).is_err())
        .await;
    assert_eq!(count_by_member((spec.vip, 8000), 6).await, counts([("a", 6)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_cookie_keeps_a_session_on_its_member() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut pool = pool([a.spec(), b.spec()]);
    pool.persistence = Some(Persistence::AppCookie("APPSESSION".parse().unwrap()));
    let spec = load_balancer(fixture.net.address(), pool);
    fixture.apply(&spec).await.unwrap();
    for session in ["one", "two", "three"] {
        let login = get((spec.vip, 8000), &format!("/login/{session}")).await.unwrap();
        for _ in 0..4 {
            let mut client = Client::connect((spec.vip, 8000)).await.unwrap();
            let headers = format!("Cookie: APPSESSION={session}\r\n");
            let again = client.get("/", &headers).await.unwrap();
            assert_eq!(again.member(), login.member(), "{session}");
        }
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn session_persistence_survives_changes_of_the_pool() {
    let mut fixture = TestEngine::start().await;
    let [a, b, c] = fixture.members(["a", "b", "c"]).await;
    for persistence in
        [Persistence::SourceIp, Persistence::AppCookie("APPSESSION".parse().unwrap())]
    {
        let mut pool = pool([a.spec(), b.spec()]);
        pool.persistence = Some(persistence);
        let mut spec = load_balancer(fixture.net.address(), pool);
        spec.listeners.push(listener(ListenerMode::Http, 8001, Some(spec.pools[0].id)));
        fixture.apply(&spec).await.unwrap();
        let clients: Vec<_> = (0..8).map(|_| fixture.net.address()).collect();
        let to = spec.vip;
        let member_for = async |port: u16, path: &str, client| {
            let mut connection = Client::connect_from(Some(client), (to, port)).await.unwrap();
            let headers = format!("Connection: close\r\nCookie: APPSESSION=s{client}\r\n");
            connection.get(path, &headers).await.unwrap().member().to_owned()
        };
        let mut before = Vec::new();
        for client in &clients {
            before.push(member_for(8000, &format!("/login/s{client}"), *client).await);
        }
        assert!(before.contains(&"a".to_owned()) && before.contains(&"b".to_owned()));

        // Every member gets another server id, and another listener becomes the first.
        spec.pools[0].members.insert(0, c.spec());
        fixture.apply(&spec).await.unwrap();
        spec.listeners.swap(0, 1);
        fixture.apply(&spec).await.unwrap();
        for (client, before) in clients.iter().zip(&before) {
            for port in [8000, 8001] {
                assert_eq!(member_for(port, "/", *client).await, *before, "{client} at {port}");
            }
        }
    }
    fixture.finish().await;
}
