//! What a cloud is asked while pages are open. Time is virtual: it moves when everybody waits.

use crate::common::{
    PASSWORD,
    cloud::{Browser, CloudPortal},
    fake_cloud::{FakeCloud, SCOPED, Seen, answer, raw},
    fake_octavia::{FakeOctavia, balancer, member, pool},
    stream::Stream,
};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};
use tower::ServiceExt as _;

const LISTS: &str = "/load-balancer/v2/lbaas/loadbalancers";
const FIRST_PAGE: &str = "/load-balancer/v2/lbaas/loadbalancers?sort=created_at:desc&limit=100";
type Failing = fn() -> axum::response::Response;

/// As many pages as the test wants.
const LIMITS: &str = "[limits]\nevent_streams = 20000\nevent_streams_per_user = 20000\n";

/// Requests to Octavia, without those of the sign-in.
fn of_octavia(cloud: &FakeCloud) -> Vec<Seen> {
    let seen = cloud.take_seen().into_iter();
    seen.filter(|seen| seen.uri.path().starts_with("/octavia/v2.0/lbaas/")).collect()
}

fn paths(seen: &[Seen]) -> Vec<String> {
    seen.iter().map(|seen| format!("{} {}", seen.method, seen.uri)).collect()
}

async fn start(octavia: &FakeOctavia) -> (FakeCloud, CloudPortal) {
    let cloud = FakeCloud::start().await;
    let answers = octavia.clone();
    cloud.set_answer(move |seen| answers.answer(seen));
    let portal = CloudPortal::start(&cloud.url, LIMITS).await;
    (cloud, portal)
}

async fn open_stream(browser: &Browser) -> Stream {
    let response = browser.request(Method::GET, "/portal/events").send().await.unwrap();
    let mut stream = Stream::of(response);
    assert_eq!(stream.next().await.unwrap().0, "hello");
    stream
}

/// A request of a page, without a connection.
async fn call(router: &Router, cookie: &str, path: &str) -> axum::response::Response {
    let request = Request::get(path)
        .header("Host", "portal")
        .header("Cookie", cookie)
        .header("Sec-Fetch-Site", "same-origin")
        .body(Body::empty())
        .unwrap();
    router.clone().oneshot(request).await.unwrap()
}

async fn read(router: &Router, cookie: &str, path: &str) -> Value {
    let response = call(router, cookie, path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

/// A page that reads a load balancer again with each event, and notes when it saw the new name.
async fn page(router: Router, cookie: String, whole: bool, seen_at: Arc<Mutex<Vec<Instant>>>) {
    let mut events = call(&router, &cookie, "/portal/events").await.into_body();
    while let Some(Ok(frame)) = events.frame().await {
        let text = String::from_utf8(frame.into_data().unwrap_or_default().to_vec()).unwrap();
        if !text.contains("event: change") {
            continue;
        }
        let id = balancer(500);
        let one = read(&router, &cookie, &format!("{LISTS}/{id}")).await;
        // The parts take a while ten thousand times.
        for parts in ["listeners", "pools"].iter().filter(|_| whole) {
            let path = format!("/load-balancer/v2/lbaas/{parts}?loadbalancer_id={id}&limit=1000");
            assert_eq!(read(&router, &cookie, &path).await[*parts].as_array().unwrap().len(), 1);
        }
        let members =
            read(&router, &cookie, &format!("/portal/members?loadbalancer_id={id}")).await;
        assert_eq!(members["members"][0]["id"], member(500));
        if one["loadbalancer"]["name"] == "renamed" {
            seen_at.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn acceptance_11_ten_thousand_pages_cost_a_cloud_no_more_than_one() {
    const PAGES: usize = 10_000;
    let octavia = FakeOctavia::new(1000, 1);
    let (cloud, portal) = start(&octavia).await;
    let mut cookies = Vec::new();
    let mut browsers = Vec::new();
    for number in 0..20 {
        let user = format!("user{number}");
        cloud.set_roles(&user, &["member"]);
        let browser = portal.sign_in(&user, PASSWORD).await;
        cookies.push(browser.cookie().unwrap());
        browsers.push(browser);
    }
    let seen_at = Arc::new(Mutex::new(Vec::new()));
    let pages: Vec<_> = (0..PAGES)
        .map(|number| {
            let cookie = cookies[number % cookies.len()].clone();
            tokio::spawn(page(portal.router.clone(), cookie, number % 20 == 0, seen_at.clone()))
        })
        .collect();
    let listed = read(&portal.router, &cookies[0], &format!("{LISTS}?limit=1000")).await;
    assert_eq!(listed["loadbalancers"].as_array().unwrap().len(), 1000);
    let members = read(&portal.router, &cookies[0], "/portal/members").await;
    assert_eq!(members["members"].as_array().unwrap().len(), 1000);
    sleep(Duration::from_secs(40)).await;

    cloud.take_seen();
    octavia.change(500, &json!({"name": "renamed"}));
    let deadline = Instant::now() + Duration::from_secs(60);
    while seen_at.lock().unwrap().len() < PAGES {
        assert!(Instant::now() < deadline, "{}", seen_at.lock().unwrap().len());
        sleep(Duration::from_millis(100)).await;
    }
    let (first, last) = {
        let seen = seen_at.lock().unwrap();
        (*seen.iter().min().unwrap(), *seen.iter().max().unwrap())
    };
    assert!(last - first < Duration::from_secs(3), "{:?}", last - first);
    sleep(Duration::from_secs(15) - (last - first)).await;
    let seen = of_octavia(&cloud);
    assert!(seen.len() <= 10, "{:#?}", paths(&seen));

    // A change by a page, which takes the cloud three seconds.
    seen_at.lock().unwrap().clear();
    octavia.change(500, &json!({"name": "lb500"}));
    sleep(Duration::from_secs(20)).await;
    cloud.take_seen();
    let body = json!({"loadbalancer": {"name": "renamed"}});
    let put =
        browsers[0].send(Method::PUT, &format!("{LISTS}/{}", balancer(500)), Some(body)).await;
    assert_eq!(put.status, StatusCode::OK);
    let id = balancer(500);
    // At once, in every session.
    for cookie in &cookies {
        let one = read(&portal.router, cookie, &format!("{LISTS}/{id}")).await;
        assert_eq!(one["loadbalancer"]["name"], "renamed");
    }
    sleep(Duration::from_secs(3)).await;
    octavia.change(500, &json!({"provisioning_status": "ACTIVE"}));
    sleep(Duration::from_secs(12)).await;
    let seen = of_octavia(&cloud);
    assert!(seen.len() <= 10, "{:#?}", paths(&seen));
    assert!(seen_at.lock().unwrap().len() >= PAGES);
    let one = read(&portal.router, &cookies[7], &format!("{LISTS}/{id}")).await;
    assert_eq!(one["loadbalancer"]["provisioning_status"], "ACTIVE");

    // Nobody listens.
    pages.iter().for_each(tokio::task::JoinHandle::abort);
    for page in pages {
        assert!(page.await.unwrap_err().is_cancelled());
    }
    cloud.take_seen();
    sleep(Duration::from_secs(60)).await;
    assert!(of_octavia(&cloud).is_empty());
    portal.stop().await;
}

#[tokio::test(start_paused = true)]
async fn acceptance_12_three_thousand_pools_are_read_a_few_at_a_time_and_rarely() {
    let octavia = FakeOctavia::new(1000, 3);
    let (cloud, portal) = start(&octavia).await;
    cloud.set_delay(|seen| {
        let is_first = seen.uri.query().is_some_and(|query| query.contains("limit=100&"));
        Duration::from_millis(if is_first { 0 } else { 50 })
    });
    let browser = portal.sign_in("alice", PASSWORD).await;
    cloud.take_seen();
    let mut stream = open_stream(&browser).await;
    let rows = browser.get(FIRST_PAGE).await;
    assert_eq!(rows.body["loadbalancers"].as_array().unwrap().len(), 100);
    assert_eq!(rows.body["loadbalancers_links"][0]["rel"], "next");
    let seen = of_octavia(&cloud);
    assert!(seen.len() <= 2, "{:?}", paths(&seen));

    // The page asks again after 503.
    let start = Instant::now();
    let members = loop {
        let members = browser.get("/portal/members").await;
        if members.status == StatusCode::OK {
            break members;
        }
        assert_eq!(members.status, StatusCode::SERVICE_UNAVAILABLE, "{}", members.body);
        assert!(start.elapsed() < Duration::from_secs(120));
    };
    assert_eq!(members.body["members"].as_array().unwrap().len(), 3000);
    assert_eq!(cloud.most_members_in_flight(), 4);

    const UNHEALTHY: usize = 5;
    for number in 0..UNHEALTHY {
        octavia.change_pool(number * 7, &json!({"operating_status": "DEGRADED"}));
    }
    sleep(Duration::from_secs(120)).await;
    // Steady, over many cycles.
    cloud.take_seen();
    let start = Instant::now();
    sleep(Duration::from_secs(100)).await;
    let seen = of_octavia(&cloud);
    let cycles = seen.iter().filter(|seen| seen.uri.path().ends_with("/loadbalancers")).count();
    assert!((5..=8).contains(&cycles), "{cycles} in {:?}", start.elapsed());
    assert!(seen.len() <= cycles * (UNHEALTHY + 3), "{} in {cycles}", seen.len());
    assert_eq!(cloud.most_members_in_flight(), 4);

    // A second failure in a pool that is degraded already.
    octavia.change_member(7, &json!({"operating_status": "ERROR"}));
    cloud.take_seen();
    loop {
        let (_, event) = stream.next().await.unwrap();
        if event["id"] == member(7) {
            assert_eq!(event["kind"], "member");
            assert_eq!(event["action"], "status");
            assert_eq!(event["operating_status"], "ERROR");
            break;
        }
    }
    let seen = of_octavia(&cloud);
    let cycles = seen.iter().filter(|seen| seen.uri.path().ends_with("/loadbalancers")).count();
    assert!(cycles <= 2, "{:?}", paths(&seen));
    let path = format!("/load-balancer/v2/lbaas/pools/{}/members?limit=1000", pool(7));
    let members = browser.get(&path).await;
    assert_eq!(members.body["members"][0]["operating_status"], "ERROR");
    portal.stop().await;
}

#[tokio::test(start_paused = true)]
async fn acceptance_13_a_cloud_that_fails_is_left_alone_and_old_rows_stay() {
    let octavia = FakeOctavia::new(3, 1);
    let (cloud, portal) = start(&octavia).await;
    let browser = portal.sign_in("alice", PASSWORD).await;
    let _stream = open_stream(&browser).await;
    assert_eq!(browser.get(LISTS).await.status, StatusCode::OK);
    let cases: [(&str, Failing, u64); 7] = [
        ("429 with Retry-After", || retry(raw(429, "text/plain", "slow"), 90), 90),
        ("429", || answer(429, &json!({"error": {"message": "slow"}})), 5),
        ("503 with Retry-After", || retry(raw(503, "text/html", "<html>"), 40), 40),
        ("502 of a proxy", || raw(502, "text/html", "<html>502</html>"), 5),
        ("empty", || raw(200, "application/json", ""), 5),
        ("a page", || raw(200, "text/html", "<h1>Sign in</h1>"), 5),
        ("truncated", || raw(200, "application/json", r#"{"loadbalancers": [{"id": "#), 5),
    ];
    for (name, failure, wait) in cases {
        let answers = octavia.clone();
        cloud.set_answer(move |seen| {
            let is_list = seen.uri.path().ends_with("/loadbalancers");
            if is_list { Some(failure()) } else { answers.answer(seen) }
        });
        cloud.take_seen();
        while of_octavia(&cloud).is_empty() {
            sleep(Duration::from_millis(100)).await;
        }
        // Not again before the time.
        let mut first = 0;
        while of_octavia(&cloud).is_empty() {
            sleep(Duration::from_secs(1)).await;
            first += 1;
        }
        assert!((wait.saturating_sub(1)..=wait + wait / 4 + 2).contains(&first), "{name}: {first}");
        let listed = browser.get(LISTS).await;
        assert_eq!(listed.body["loadbalancers"].as_array().unwrap().len(), 3, "{name}");
        let answers = octavia.clone();
        cloud.set_answer(move |seen| answers.answer(seen));
        octavia.change(1, &json!({"name": name}));
        let deadline = Instant::now() + Duration::from_secs(300);
        while browser.get(LISTS).await.body["loadbalancers"][1]["name"] != name {
            assert!(Instant::now() < deadline, "{name}");
            sleep(Duration::from_secs(1)).await;
        }
    }
    portal.stop().await;
}

fn retry(mut response: axum::response::Response, seconds: u64) -> axum::response::Response {
    response.headers_mut().insert("retry-after", seconds.into());
    response
}

/// Each set of roles sees another list. Sessions of all sets read at the same time, in random order.
#[tokio::test(start_paused = true)]
async fn acceptance_17_a_session_never_gets_what_other_roles_may_see() {
    const ROLES: [&str; 4] = ["admin", "load-balancer_observer", "member", "reader"];
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, LIMITS).await;
    let roles_of = |set: usize| -> Vec<&str> {
        ROLES
            .iter()
            .enumerate()
            .filter(|(at, _)| set & (1 << at) != 0)
            .map(|(_, role)| *role)
            .collect()
    };
    let mut browsers = Vec::new();
    for set in 0..16 {
        // Two users of each set, one with the roles in another order, and twice.
        let mut roles = roles_of(set);
        cloud.set_roles(&format!("a{set}"), &roles);
        roles.reverse();
        roles.extend(roles_of(set));
        cloud.set_roles(&format!("b{set}"), &roles);
        for user in ["a", "b"] {
            browsers.push((set, portal.sign_in(&format!("{user}{set}"), PASSWORD).await));
        }
    }
    cloud.set_answer(|seen| {
        let token = seen.headers.get("x-auth-token")?.to_str().ok()?;
        let user = token.strip_prefix(SCOPED)?.strip_prefix('-')?;
        let set: usize = user[1..].parse().ok()?;
        seen.uri.path().ends_with("/loadbalancers").then(|| match set {
            0 => answer(403, &json!({"faultcode": "Client", "faultstring": "Policy does not allow"})),
            _ => answer(200, &json!({"loadbalancers": [{
                "id": balancer(set), "name": format!("for {set}"), "provisioning_status": "ACTIVE",
                "operating_status": "ONLINE",
            }]})),
        })
    });
    let mut streams = Vec::new();
    for (_, browser) in &browsers {
        streams.push(open_stream(browser).await);
    }
    for round in 0..200_usize {
        let (set, browser) = &browsers[(round * 7 + round / 3) % browsers.len()];
        let listed = browser.get(LISTS).await;
        if *set == 0 {
            assert_eq!(listed.status, StatusCode::FORBIDDEN, "{}", listed.body);
            assert_eq!(listed.body["faultstring"], "Policy does not allow");
        } else {
            assert_eq!(listed.body["loadbalancers"][0]["name"], format!("for {set}"));
        }
        sleep(Duration::from_secs(round as u64 % 5)).await;
    }
    portal.stop().await;
}

/// A role that is withdrawn while another session of the same roles keeps reading.
#[tokio::test(start_paused = true)]
async fn a_session_that_the_cloud_refuses_gets_nothing_though_another_one_may_read() {
    let octavia = FakeOctavia::new(3, 1);
    let (cloud, portal) = start(&octavia).await;
    for user in ["alice", "bob"] {
        cloud.set_roles(user, &["member"]);
    }
    let alice = portal.sign_in("alice", PASSWORD).await;
    let _stream = open_stream(&alice).await;
    assert_eq!(alice.get(LISTS).await.status, StatusCode::OK);
    let bob = portal.sign_in("bob", PASSWORD).await;
    assert_eq!(bob.get(LISTS).await.status, StatusCode::OK);
    let answers = octavia.clone();
    cloud.set_answer(move |seen| {
        let is_bob = seen
            .headers
            .get("x-auth-token")
            .is_some_and(|token| token.to_str().is_ok_and(|token| token.ends_with("-bob")));
        if is_bob && seen.uri.path().contains("/lbaas/") {
            return Some(answer(403, &json!({"faultstring": "no longer"})));
        }
        answers.answer(seen)
    });
    // The proof of his right lasts five minutes.
    sleep(Duration::from_secs(301)).await;
    let refused = bob.get(LISTS).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.body["faultstring"], "no longer");
    assert_eq!(alice.get(LISTS).await.status, StatusCode::OK);
    // Nor events.
    let mut stream = open_stream(&bob).await;
    octavia.change(1, &json!({"name": "secret"}));
    assert!(timeout(Duration::from_secs(40), stream.next()).await.is_err());
    portal.stop().await;
}
