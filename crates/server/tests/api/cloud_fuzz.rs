//! Mutated requests against the forwarder: what is in its table reaches the cloud as expected, byte for byte, and
//! nothing else does.

use crate::common::{
    cloud::Browser,
    fake_cloud::{FakeCloud, SCOPED, Seen, UNSCOPED, answer},
    logged::Logged,
};
use reqwest::StatusCode;
use serde_json::json;
use std::{
    collections::BTreeMap,
    io::Write as _,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

const ID: &str = "6b0aa4f3-7a1f-4c5c-8d8f-0a6f3f3c2b11";
const PASSWORD: &str = "pass-of-alice";
const METHODS: [&str; 12] = [
    "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND",
    "get", "M-SEARCH",
];
/// Requests for each method. `LB_PORTAL_DOOR_FUZZ` sets another number.
const CASES: usize = 400;

const PARALLEL: usize = 12;
/// How long a complete request may take.
const DEADLINE: Duration = Duration::from_secs(60);
/// How long a request may take that the portal waits for the end of.
const UNFINISHED: Duration = Duration::from_millis(100);

/// SplitMix64: the same cases every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

const SEEDS: [&str; 16] = [
    "/load-balancer/v2/lbaas/loadbalancers",
    "/load-balancer/v2/lbaas/loadbalancers/{id}",
    "/load-balancer/v2/lbaas/loadbalancers/{id}/stats",
    "/load-balancer/v2/lbaas/loadbalancers/{id}/failover",
    "/load-balancer/v2/lbaas/listeners",
    "/load-balancer/v2/lbaas/pools/{id}/members/{id}",
    "/load-balancer/v2/lbaas/pools/{id}/members",
    "/load-balancer/v2/lbaas/healthmonitors/{id}",
    "/load-balancer/v2/lbaas/l7policies/{id}/rules/{id}",
    "/key-manager/v1/secrets",
    "/key-manager/v1/secrets/{id}",
    "/key-manager/v1/secrets/{id}/acl",
    "/key-manager/v1/secrets/{id}/payload",
    "/networking/v2.0/networks",
    "/identity/v3/auth/tokens",
    "/identity/v3/users/da71e09b6610432dbd3953ea37577518",
];
const INSERTS: [&str; 26] = [
    "/..",
    "/../",
    "%2e%2e",
    "%2f",
    "%2F",
    "//",
    ";",
    ";a=b",
    "%00",
    "%0d%0a",
    "\\",
    "%5c",
    "?",
    "#",
    "@",
    "%",
    "%25",
    "{id}",
    ".",
    "/.",
    "/payload",
    "/octavia/amphorae",
    "é",
    "%c0%af",
    ":",
    "*",
];
const QUERIES: [&str; 14] = [
    "",
    "?limit=1",
    "?limit=1&limit=2",
    "?project_id=other",
    "?marker={id}",
    "?sort=created_at:desc",
    "?cascade=true",
    "?loadbalancer_id={id}",
    "?fields=id",
    "?limit=%0d%0aX:1",
    "?a",
    "?limit=1;project_id=x",
    "?additive_only=true",
    "?limit=1#a",
];
const HEADERS: [&str; 24] = [
    "X-Roles: admin",
    "X_Roles: admin",
    "X-Auth-Token: stolen",
    "X_Auth_Token: stolen",
    "X-Service-Token: stolen",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-For: 127.0.0.1",
    "X-Project-Id: other",
    "Host: evil.example",
    "Content-Length: 0",
    "Content-Length: 7",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: xchunked",
    "Connection: Upgrade",
    "Connection: X-Auth-Token",
    "Upgrade: websocket",
    "Upgrade: h2c",
    "TE: trailers",
    "Origin: https://evil.example",
    "Cookie: other=1",
    "X-HTTP-Method-Override: DELETE",
    "Expect: 100-continue",
    "Range: bytes=0-1",
    "Forwarded: for=127.0.0.1;host=evil.example",
];

const BODIES: [&str; 5] = ["", "{}", r#"{"loadbalancer": {"name": "a"}}"#, "{", "name=a"];

/// A request as it is sent, without the end of its head.
fn request(random: &mut Random, method: &str, cookie: &str) -> Vec<u8> {
    let mut path = random.pick(&SEEDS).replace("{id}", ID);
    for _ in 0..random.below(5).saturating_sub(2) {
        let insert = random.pick(&INSERTS).replace("{id}", ID);
        let mut at = random.below(path.len() + 1);
        while !path.is_char_boundary(at) {
            at -= 1;
        }
        match random.below(4) {
            0 => path.insert_str(at, &insert),
            1 => path.push_str(&insert),
            2 => path.truncate(at.max(1)),
            _ => path = path.replacen('/', "//", 1 + random.below(2)),
        }
    }
    if random.one_in(2) {
        path.push_str(&random.pick(&QUERIES).replace("{id}", ID));
    }
    if random.one_in(20) {
        path = format!("http://169.254.169.254{path}");
    }
    let body = if random.one_in(2) { "" } else { random.pick(&BODIES) };
    let mut text = Vec::new();
    write!(text, "{method} {path} HTTP/1.1\r\nHost: portal\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n").unwrap();
    write!(text, "Connection: close\r\nContent-Type: application/json\r\n").unwrap();
    if !body.is_empty() {
        write!(text, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    for _ in 0..random.below(3) {
        write!(text, "{}\r\n", random.pick(&HEADERS)).unwrap();
    }
    write!(text, "\r\n{body}").unwrap();
    text
}

/// Method and path of the allowed requests; `I`: an id, `U`: a user.
const ALLOWED: &[(&str, &[&str])] = &[
    ("/octavia/v2.0/lbaas/loadbalancers", &["GET", "POST"]),
    ("/octavia/v2.0/lbaas/loadbalancers/I", &["GET", "PUT", "DELETE"]),
    ("/octavia/v2.0/lbaas/loadbalancers/I/failover", &["PUT"]),
    ("/octavia/v2.0/lbaas/loadbalancers/I/stats", &["GET"]),
    ("/octavia/v2.0/lbaas/listeners", &["GET", "POST"]),
    ("/octavia/v2.0/lbaas/listeners/I", &["GET", "PUT", "DELETE"]),
    ("/octavia/v2.0/lbaas/listeners/I/stats", &["GET"]),
    ("/octavia/v2.0/lbaas/pools", &["GET", "POST"]),
    ("/octavia/v2.0/lbaas/pools/I", &["GET", "PUT", "DELETE"]),
    ("/octavia/v2.0/lbaas/pools/I/members", &["GET", "POST", "PUT"]),
    ("/octavia/v2.0/lbaas/pools/I/members/I", &["PUT", "DELETE"]),
    ("/octavia/v2.0/lbaas/healthmonitors", &["POST"]),
    ("/octavia/v2.0/lbaas/healthmonitors/I", &["GET", "PUT", "DELETE"]),
    ("/octavia/v2.0/lbaas/l7policies", &["GET", "POST"]),
    ("/octavia/v2.0/lbaas/l7policies/I", &["PUT", "DELETE"]),
    ("/octavia/v2.0/lbaas/l7policies/I/rules", &["GET", "POST"]),
    ("/octavia/v2.0/lbaas/l7policies/I/rules/I", &["PUT", "DELETE"]),
    ("/barbican/v1/secrets", &["GET", "POST"]),
    ("/barbican/v1/secrets/I", &["DELETE"]),
    ("/barbican/v1/secrets/I/acl", &["PUT"]),
    ("/barbican/v1/secrets/I/metadata", &["PUT"]),
    ("/neutron/v2.0/networks", &["GET"]),
    ("/neutron/v2.0/subnets", &["GET"]),
    ("/v3/users/U", &["GET"]),
];
const HEADER_NAMES: [&str; 6] =
    ["accept", "content-length", "content-type", "host", "user-agent", "x-auth-token"];

fn handshake(method: &str, cookie: &str) -> Vec<u8> {
    let head = format!(
        "{method} /portal/handshake HTTP/1.1\r\nHost: portal\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
         Connection: close\r\n\r\n"
    );
    head.into_bytes()
}

/// Sends bytes as they are. A request whose body is shorter than it says ends after a moment.
async fn exchange(address: &str, text: &[u8], limit: Duration) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The portal may close the connection early.
    let _ = stream.write_all(text).await;
    let mut answered = Vec::new();
    if timeout(limit, stream.read_to_end(&mut answered)).await.is_err() {
        let _ = stream.shutdown().await;
        let _ = timeout(UNFINISHED, stream.read_to_end(&mut answered)).await;
    }
    String::from_utf8_lossy(&answered).into_owned()
}

/// Checks a request that reached the cloud; returns its path without ids.
fn check(seen: &Seen, host: &str) -> String {
    let path = seen.uri.path().to_owned();
    let parts = path.split('/').map(|part| match part {
        ID => "I",
        "da71e09b6610432dbd3953ea37577518" => "U",
        other => other,
    });
    let template = parts.collect::<Vec<_>>().join("/");
    let allowed = ALLOWED.iter().find(|(path, _)| *path == template);
    // A part of a user's id is one too.
    let user = path.strip_prefix("/v3/users/");
    let is_user = seen.method == "GET"
        && user.is_some_and(|user| {
            user.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c))
        });
    let is_allowed = allowed.is_some_and(|(_, methods)| methods.contains(&seen.method.as_str()));
    assert!(is_allowed || is_user, "{} {path}", seen.method);
    for name in seen.headers.keys() {
        assert!(HEADER_NAMES.contains(&name.as_str()), "{name}");
        assert_eq!(seen.headers.get_all(name).iter().count(), 1, "{name}");
    }
    assert_eq!(seen.headers["x-auth-token"], SCOPED);
    assert_eq!(seen.headers["host"], host);
    assert!(BODIES.contains(&&*seen.body), "{}", seen.body);
    let query = seen.uri.query().unwrap_or_default();
    assert!(!query.contains("other") && !query.contains("fields"), "{query}");
    assert!(query.matches("project_id=").count() <= 1, "{query}");
    if is_user { "/v3/users/U".to_owned() } else { template }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acceptance_19_only_the_requests_of_the_table_reach_the_cloud() {
    let cases = std::env::var("LB_PORTAL_DOOR_FUZZ").ok().and_then(|text| text.parse().ok());
    let cases: usize = cases.unwrap_or(CASES);
    let cloud = FakeCloud::start().await;
    let portal = Logged::start_with(&["--cloud", &cloud.url]).await;
    let browser = Browser::new(&portal.client.base);
    let signed_in = browser.try_sign_in("alice", PASSWORD).await;
    assert_eq!(signed_in.status, StatusCode::OK, "{}", signed_in.body);
    let cookie = browser.cookie().unwrap();
    let session = cookie.split_once('=').unwrap().1.to_owned();
    let host = cloud.url.strip_prefix("http://").unwrap().to_owned();
    cloud.set_answer(|seen| {
        if seen.uri.path().starts_with("/v3/auth") {
            return None;
        }
        let mut response = answer(200, &json!({"networks": [], "subnets": []}));
        for name in
            ["set-cookie", "x-subject-token", "www-authenticate", "location", "link", "server"]
        {
            response.headers_mut().insert(name, SCOPED.parse().unwrap());
        }
        Some(response)
    });
    cloud.take_seen();
    let address = portal.client.base.strip_prefix("http://").unwrap().to_owned();
    let cloud = Arc::new(cloud);
    let arrived = Arc::new(Mutex::new(BTreeMap::<String, usize>::new()));
    let mut running = JoinSet::new();
    for (number, method) in METHODS.iter().enumerate() {
        if running.len() == PARALLEL {
            running.join_next().await.unwrap().unwrap();
        }
        let (cloud, arrived, cookie) = (cloud.clone(), arrived.clone(), cookie.clone());
        let (address, host, session) = (address.clone(), host.clone(), session.clone());
        running.spawn(async move {
            let mut random = Random(number as u64);
            for case in 0..cases {
                let text = if case % 100 == 0 {
                    handshake(method, &cookie)
                } else {
                    request(&mut random, method, &cookie)
                };
                let limit = if case % 100 == 0 { DEADLINE } else { UNFINISHED };
                let answered = exchange(&address, &text, limit).await;
                let shown = String::from_utf8_lossy(&text).replace(&session, "SESSION");
                for secret in [SCOPED, UNSCOPED, PASSWORD, &session] {
                    assert!(!answered.contains(secret), "{secret} in the answer to {shown}");
                }
                if case % 100 == 0 {
                    let is_missing = answered.starts_with("HTTP/1.1 404");
                    // These are refused before there is a path.
                    let is_other = matches!(*method, "CONNECT" | "get" | "HEAD");
                    assert!(is_missing || is_other, "{method} {answered}");
                }
                for seen in cloud.take_seen() {
                    let template = check(&seen, &host);
                    *arrived.lock().unwrap().entry(template).or_default() += 1;
                }
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
    let arrived = arrived.lock().unwrap().clone();
    // The cases are not all refused.
    assert!(arrived.len() > 12, "{arrived:?}");
    let log = String::from_utf8(portal.stop().await).unwrap();
    for secret in [SCOPED, UNSCOPED, PASSWORD, &session] {
        assert!(!log.contains(secret), "{secret} in the log");
    }
    println!("{} requests of each of {} methods: {arrived:?}", cases, METHODS.len());
}
