//! Changes that the running process makes.

use crate::support::{
    tls::{Authority, s_client, tls},
    *,
};
use engine::{report::Health, spec::*};
use std::sync::atomic::Ordering;

/// Applies and asserts that the same process serves.
async fn apply_without_new_process(fixture: &mut TestEngine, spec: &LoadBalancerSpec) {
    let before = processes(spec.id);
    assert_eq!(before.len(), 1);
    fixture.apply(spec).await.unwrap();
    assert_eq!(processes(spec.id), before, "another process was started");
}

async fn apply_with_new_process(fixture: &mut TestEngine, spec: &LoadBalancerSpec) {
    let before = processes(spec.id);
    fixture.apply(spec).await.unwrap();
    let is_new = |pid: &i32| !before.contains(pid);
    assert!(processes(spec.id).iter().any(is_new), "no other process was started");
    eventually("the old process exits", || processes(spec.id).iter().all(is_new)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_changed_added_and_removed_in_the_running_process() {
    let mut fixture = TestEngine::start().await;
    let [a, b, c] = fixture.members(["a", "b", "c"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec(), b.spec()]));
    spec.listeners.push(listener(ListenerMode::Http, 8001, Some(spec.pools[0].id)));
    fixture.apply(&spec).await.unwrap();
    let served = async |spec: &LoadBalancerSpec, requests| {
        let first = count_by_member((spec.vip, 8000), requests).await;
        assert_eq!(first, count_by_member((spec.vip, 8001), requests).await);
        first
    };

    spec.pools[0].members[1].weight = 3;
    apply_without_new_process(&mut fixture, &spec).await;
    assert_eq!(served(&spec, 8).await, counts([("a", 2), ("b", 6)]));
    spec.pools[0].members[1].weight = 0;
    apply_without_new_process(&mut fixture, &spec).await;
    fixture.health(b.id, |health| *health == Health::Draining).await;
    assert_eq!(served(&spec, 4).await, counts([("a", 4)]));
    spec.pools[0].members[1].weight = 1;
    spec.pools[0].members[0].enabled = false;
    apply_without_new_process(&mut fixture, &spec).await;
    fixture.health(a.id, |health| *health == Health::Disabled).await;
    assert_eq!(served(&spec, 4).await, counts([("b", 4)]));
    spec.pools[0].members[0].enabled = true;
    spec.pools[0].members.insert(0, c.spec());
    apply_without_new_process(&mut fixture, &spec).await;
    // Members that come in get their share first.
    let used: Vec<String> = count_by_member((spec.vip, 8000), 12).await.into_keys().collect();
    assert_eq!(used, ["a", "b", "c"]);
    spec.pools[0].members.remove(1);
    apply_without_new_process(&mut fixture, &spec).await;
    let used: Vec<String> = count_by_member((spec.vip, 8000), 12).await.into_keys().collect();
    assert_eq!(used, ["b", "c"]);

    // The next process has the same from its configuration.
    spec.listeners[0].timeout_client *= 2;
    apply_with_new_process(&mut fixture, &spec).await;
    assert_eq!(served(&spec, 4).await, counts([("b", 2), ("c", 2)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checked_member_is_added_in_the_running_process() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(http_check())));
    fixture.apply(&spec).await.unwrap();
    spec.pools[0].members.push(b.spec());
    apply_without_new_process(&mut fixture, &spec).await;
    fixture.health(b.id, |health| *health == Health::Up).await;
    assert_eq!(count_by_member((spec.vip, 8000), 4).await, counts([("a", 2), ("b", 2)]));
    b.health.store(503, Ordering::Relaxed);
    assert_eq!(fixture.down(b.id).await, "HTTP 503");
    assert_eq!(count_by_member((spec.vip, 8000), 4).await, counts([("a", 4)]));

    spec.pools[0].members[1].enabled = false;
    apply_without_new_process(&mut fixture, &spec).await;
    fixture.health(b.id, |health| *health == Health::Disabled).await;
    b.health.store(200, Ordering::Relaxed);
    spec.pools[0].members[1].enabled = true;
    apply_without_new_process(&mut fixture, &spec).await;
    fixture.health(b.id, |health| *health == Health::Up).await;
    assert_eq!(count_by_member((spec.vip, 8000), 4).await, counts([("a", 2), ("b", 2)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_member_finishes_its_requests_and_can_come_back() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    let mut busy = Client::connect((spec.vip, 8000)).await.unwrap();
    let busy = tokio::spawn(async move { busy.get("/hold", "Connection: close\r\n").await });
    eventually("the member has the request", || a.requests.load(Ordering::Relaxed) == 1).await;

    spec.pools[0].members = vec![b.spec()];
    apply_without_new_process(&mut fixture, &spec).await;
    assert_eq!(count_by_member((spec.vip, 8000), 4).await, counts([("b", 4)]));
    // The server of the removed member is still there, so this takes another process.
    spec.pools[0].members = vec![a.spec()];
    fixture.apply(&spec).await.unwrap();
    assert_eq!(count_by_member((spec.vip, 8000), 4).await, counts([("a", 4)]));
    assert!(!busy.is_finished());
    a.release.notify_one();
    assert_eq!(busy.await.unwrap().unwrap().member(), "a");

    // Without connections it is deleted, so this takes none.
    spec.pools[0].members = vec![b.spec()];
    fixture.apply(&spec).await.unwrap();
    eventually("the old process exits", || processes(spec.id).len() == 1).await;
    let mut without = false;
    for _ in 0..20 {
        let before = processes(spec.id);
        let (gone, back) = if spec.pools[0].members[0].id == a.id { (&a, &b) } else { (&b, &a) };
        spec.pools[0].members = vec![back.spec()];
        fixture.apply(&spec).await.unwrap();
        let name = back.name.as_str();
        assert_eq!(count_by_member((spec.vip, 8000), 2).await, counts([(name, 2)]));
        assert_ne!(gone.name, name);
        without |= processes(spec.id) == before;
        eventually("the old process exits", || processes(spec.id).len() == 1).await;
    }
    assert!(without);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_haproxy_cannot_change_at_run_time_takes_another_process() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    spec.pools[0].persistence = Some(Persistence::HttpCookie);
    fixture.apply(&spec).await.unwrap();
    spec.pools[0].members.push(b.spec());
    apply_with_new_process(&mut fixture, &spec).await;
    assert_eq!(count_by_member((spec.vip, 8000), 4).await, counts([("a", 2), ("b", 2)]));

    spec.pools[0].balance = Balance::SourceIp;
    apply_with_new_process(&mut fixture, &spec).await;
    spec.pools[0].members[0].weight = 0;
    apply_with_new_process(&mut fixture, &spec).await;
    assert_eq!(count_by_member((spec.vip, 8000), 4).await, counts([("b", 4)]));
    spec.pools[0].members[0].weight = 1;
    spec.pools[0].members[1].enabled = false;
    apply_with_new_process(&mut fixture, &spec).await;
    assert_eq!(count_by_member((spec.vip, 8000), 4).await, counts([("a", 4)]));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_limit_is_lowered_in_the_running_process() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    fixture.apply(&spec).await.unwrap();
    spec.listeners[0].connection_limit = Some(1);
    apply_without_new_process(&mut fixture, &spec).await;
    let to = (spec.vip, 8000);
    let mut first = Client::connect(to).await.unwrap();
    first.get("/", "").await.unwrap();
    let mut second = Client::connect(to).await.unwrap();
    let waiting = tokio::spawn(async move { second.get("/", "Connection: close\r\n").await });
    for _ in 0..5 {
        first.get("/", "").await.unwrap();
    }
    assert_eq!(a.requests.load(Ordering::Relaxed), 6);
    assert!(!waiting.is_finished());
    // HAProxy cannot raise it.
    spec.listeners[0].connection_limit = None;
    fixture.apply(&spec).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().status, 200);
    drop(first);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_replaced_in_the_running_process() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let certificates = |default: &str, sni: &str| {
        let mut how = tls(&authority.issue(default));
        how.sni_certificates = vec![authority.issue(sni).pem];
        ListenerMode::TerminatedHttps(how)
    };
    spec.listeners[0].mode = certificates("one.example.com", "two.example.com");
    fixture.apply(&spec).await.unwrap();
    spec.listeners[0].mode = certificates("three.example.com", "four.example.com");
    apply_without_new_process(&mut fixture, &spec).await;
    for (asked, shown) in [
        ("three.example.com", "three.example.com"),
        ("four.example.com", "four.example.com"),
        ("two.example.com", "three.example.com"),
        ("unknown.example.com", "three.example.com"),
    ] {
        let output = s_client((spec.vip, 8000), &["-servername", asked]).await;
        assert!(output.contains(&format!(" 0 s:CN = {shown}\n")), "{asked}: {output}");
    }
    let output = s_client((spec.vip, 8000), &["-noservername"]).await;
    assert!(output.contains(" 0 s:CN = three.example.com\n"), "{output}");
    fixture.finish().await;
}
