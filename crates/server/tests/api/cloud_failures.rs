//! Clouds that break connections, stall, or never end. Upstreams are sockets that a test writes to.

use crate::common::{
    PASSWORD,
    cloud::{Browser, CloudPortal},
    fake_cloud::{FakeCloud, PROJECT, answer, service},
    logged::Logged,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, sleep},
};

const LISTS: &str = "/load-balancer/v2/lbaas/loadbalancers";

/// What a server does with a connection.
#[derive(Clone, Copy)]
enum Behaviour {
    /// Reads a request and closes the connection, the first times.
    Closes(usize),
    /// Reads a request and never answers.
    Stalls,
    /// Answers a byte every second.
    Drips,
    /// Answers a gigabyte.
    Floods,
}

struct Upstream {
    url: String,
    requests: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
}

async fn upstream(behaviour: Behaviour) -> Upstream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (requests, open) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let found = Upstream { url, requests: requests.clone(), open: open.clone() };
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (requests, open) = (requests.clone(), open.clone());
            tokio::spawn(async move {
                open.fetch_add(1, Ordering::Relaxed);
                serve(stream, behaviour, &requests).await;
                open.fetch_sub(1, Ordering::Relaxed);
            });
        }
    });
    found
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour, requests: &AtomicUsize) {
    let mut buffer = vec![0; 8192];
    let read = stream.read(&mut buffer).await.unwrap_or(0);
    let head = String::from_utf8_lossy(&buffer[..read]).into_owned();
    // The versions and providers of the sign-in.
    let number = if head.contains("/lbaas/loadbalancers") {
        requests.fetch_add(1, Ordering::Relaxed)
    } else {
        usize::MAX
    };
    let body = r#"{"loadbalancers": [], "versions": [{"id": "v2.30"}], "providers": []}"#;
    let ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ";
    match behaviour {
        _ if number == usize::MAX => {}
        Behaviour::Closes(times) if number < times => return,
        Behaviour::Closes(_) => {}
        Behaviour::Stalls => {
            let _ = stream.read(&mut buffer).await;
            return;
        }
        Behaviour::Drips => {
            let _ = stream.write_all(format!("{ok}1000\r\n\r\n").as_bytes()).await;
            while stream.write_all(b" ").await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
            return;
        }
        Behaviour::Floods => {
            let _ = stream.write_all(format!("{ok}1000000000\r\n\r\n").as_bytes()).await;
            let block = vec![b' '; 1 << 16];
            while stream.write_all(&block).await.is_ok() {}
            return;
        }
    }
    let _ = stream.write_all(format!("{ok}{}\r\n\r\n{body}", body.len()).as_bytes()).await;
}

async fn portal_of(behaviour: Behaviour) -> (FakeCloud, Upstream, CloudPortal, Browser) {
    let cloud = FakeCloud::start().await;
    let upstream = upstream(behaviour).await;
    cloud.set_catalog(json!([service("load-balancer", "RegionOne", &upstream.url)]));
    let portal = CloudPortal::start(&cloud.url, "").await;
    let browser = portal.sign_in("alice", PASSWORD).await;
    (cloud, upstream, portal, browser)
}

#[tokio::test(start_paused = true)]
async fn a_read_is_sent_again_once_after_a_broken_connection_and_a_change_never() {
    let (_cloud, upstream, portal, browser) = portal_of(Behaviour::Closes(1)).await;
    assert_eq!(browser.get(LISTS).await.status, StatusCode::OK);
    assert_eq!(upstream.requests.load(Ordering::Relaxed), 2);
    portal.stop().await;

    let (_cloud, upstream, portal, browser) = portal_of(Behaviour::Closes(usize::MAX)).await;
    let lost = browser.get(LISTS).await;
    assert_eq!(lost.status, StatusCode::GATEWAY_TIMEOUT, "{}", lost.body);
    assert_eq!(upstream.requests.swap(0, Ordering::Relaxed), 2);
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let (path, body) = match method {
            Method::POST => (LISTS.to_owned(), Some(json!({"loadbalancer": {}}))),
            _ => (format!("{LISTS}/6b0aa4f3-7a1f-4c5c-8d8f-0a6f3f3c2b11"), None),
        };
        let lost = browser.send(method.clone(), &path, body).await;
        assert_eq!(lost.status, StatusCode::GATEWAY_TIMEOUT, "{method} {}", lost.body);
        assert_eq!(upstream.requests.swap(0, Ordering::Relaxed), 1, "{method}");
    }
    portal.stop().await;
}

#[tokio::test(start_paused = true)]
async fn acceptance_20_stalls_slow_answers_and_endless_ones_release_their_turns() {
    for (behaviour, status, limit) in [
        (Behaviour::Stalls, StatusCode::GATEWAY_TIMEOUT, 26),
        (Behaviour::Drips, StatusCode::GATEWAY_TIMEOUT, 26),
        (Behaviour::Floods, StatusCode::BAD_GATEWAY, 26),
    ] {
        let (cloud, upstream, portal, browser) = portal_of(behaviour).await;
        // As many as a session has turns, twice.
        for _ in 0..2 {
            let start = Instant::now();
            let reads = (0..8).map(|_| browser.get(LISTS));
            for refused in futures_util::future::join_all(reads).await {
                assert_eq!(refused.status, status, "{}", refused.body);
            }
            assert!(start.elapsed() <= Duration::from_secs(limit), "{:?}", start.elapsed());
        }
        let deadline = Instant::now() + Duration::from_secs(30);
        while upstream.open.load(Ordering::Relaxed) > 0 {
            assert!(Instant::now() < deadline);
            sleep(Duration::from_millis(100)).await;
        }
        // Others are served.
        cloud.set_catalog(json!([service(
            "load-balancer",
            "RegionOne",
            &format!("{}/octavia", cloud.url)
        )]));
        let other = portal.sign_in("alice", PASSWORD).await;
        assert_eq!(other.get(LISTS).await.status, StatusCode::OK);
        portal.stop().await;
    }
}

#[tokio::test]
async fn acceptance_20_after_a_kill_everybody_signs_in_again_and_no_change_is_repeated() {
    let cloud = FakeCloud::start().await;
    let portal = Logged::start_with(&["--cloud", &cloud.url]).await;
    let browser = Browser::new(&portal.client.base);
    assert_eq!(browser.try_sign_in("alice", PASSWORD).await.status, StatusCode::OK);
    cloud.set_delay(|seen| {
        Duration::from_secs(if seen.method == Method::POST && seen.uri.path().contains("lbaas") {
            3600
        } else {
            0
        })
    });
    cloud.take_seen();
    let change = browser.request(Method::POST, LISTS).json(&json!({"loadbalancer": {"name": "a"}}));
    let change = tokio::spawn(change.send());
    let is_change = |seen: &crate::common::fake_cloud::Seen| seen.method == Method::POST;
    let mut changes = 0;
    while changes == 0 {
        changes += cloud.take_seen().iter().filter(|seen| is_change(seen)).count();
        sleep(Duration::from_millis(20)).await;
    }
    portal.kill().await;
    assert!(change.await.unwrap().is_err());
    let again = Logged::start_with(&["--cloud", &cloud.url]).await;
    let same_cookie = Browser::new(&again.client.base);
    same_cookie.set_cookie(browser.cookie());
    assert_eq!(same_cookie.get(LISTS).await.status, StatusCode::UNAUTHORIZED);
    let fresh = Browser::new(&again.client.base);
    assert_eq!(fresh.try_sign_in("alice", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(fresh.get(LISTS).await.status, StatusCode::OK);
    let seen = cloud.take_seen();
    let repeated = seen.iter().filter(|seen| is_change(seen) && seen.uri.path().contains("lbaas"));
    assert_eq!(repeated.count() + changes, 1);
    again.stop().await;
}

/// Neutron lists everything to an administrator.
#[tokio::test]
async fn networks_are_those_of_the_project_shared_ones_and_external_ones() {
    let cloud = FakeCloud::start().await;
    cloud.set_answer(|seen| {
        let query = seen.uri.query().unwrap_or_default();
        let id = |number: u32| json!({"id": format!("n{number}")});
        let networks = match query {
            query if query == format!("project_id={PROJECT}") => vec![id(1), id(2)],
            "shared=True" => vec![id(2), id(3)],
            "router%3Aexternal=True" => vec![id(4)],
            _ => vec![id(9)],
        };
        match seen.uri.path() {
            "/neutron/v2.0/networks" => Some(answer(200, &json!({ "networks": networks }))),
            "/neutron/v2.0/subnets" => {
                let subnets: Vec<Value> = (1..10)
                    .map(|number| json!({"id": format!("s{number}"), "network_id": format!("n{number}")}))
                    .collect();
                Some(answer(200, &json!({ "subnets": subnets })))
            }
            _ => None,
        }
    });
    let portal = CloudPortal::start(&cloud.url, "").await;
    let browser = portal.sign_in("admin", PASSWORD).await;
    let ids = |listed: &Value| -> Vec<String> {
        listed
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let networks = browser.get("/networking/v2.0/networks").await;
    assert_eq!(ids(&networks.body["networks"]), ["n1", "n2", "n3", "n4"]);
    let subnets = browser.get("/networking/v2.0/subnets").await;
    assert_eq!(ids(&subnets.body["subnets"]), ["s1", "s2", "s3", "s4"]);
    portal.stop().await;
}

#[tokio::test]
async fn acceptance_3_a_hidden_version_is_taken_from_the_fields_of_objects() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    for (listener, want) in [
        (json!({"id": "1", "allowed_cidrs": [], "tags": []}), json!("v2.12")),
        (json!({"id": "1", "hsts_max_age": null, "alpn_protocols": []}), json!("v2.27")),
        (json!({"id": "1"}), Value::Null),
    ] {
        cloud.set_answer(move |seen| match seen.uri.path() {
            "/octavia/" => Some(answer(404, &json!({}))),
            "/octavia/v2.0/lbaas/listeners" => Some(answer(200, &json!({"listeners": [listener]}))),
            _ => None,
        });
        let browser = portal.sign_in("alice", PASSWORD).await;
        let session = browser.get("/portal/session").await;
        assert_eq!(session.body["cloud"]["api_version"], want, "{}", session.body);
    }
    portal.stop().await;
}
