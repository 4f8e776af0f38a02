//! What a listener does with some requests: reject them, send them elsewhere, choose a pool.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use engine::spec::*;
use support::{
    tls::{Authority, tls},
    *,
};
use uuid::Uuid;

fn policy(action: PolicyAction, rules: Vec<RuleSpec>) -> PolicySpec {
    PolicySpec { id: Uuid::new_v4().into(), action, rules }
}

fn rule(of: RulePart, compare: Comparison, value: &str) -> RuleSpec {
    RuleSpec {
        id: Uuid::new_v4().into(),
        of,
        compare,
        value: value.parse().unwrap(),
        invert: false,
    }
}

fn always() -> Vec<RuleSpec> {
    vec![rule(RulePart::Path, Comparison::StartsWith, "/")]
}

async fn ask(spec: &LoadBalancerSpec, path: &str, headers: &str) -> Answer {
    let mut client = Client::connect((spec.vip, 8000)).await.unwrap();
    client.get(path, &format!("{headers}Connection: close\r\n")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn http_sends_to_https_and_keeps_what_was_asked_for() {
    let mut fixture = Fixture::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut spec = balancer(fixture.net.address(), pool([a.spec()]));
    let mut secure = spec.listeners[0].clone();
    secure.id = Uuid::new_v4().into();
    secure.port = 8443;
    secure.mode = ListenerMode::TerminatedHttps(tls(&authority.issue("www.example.com")));
    spec.listeners.push(secure);
    let target = "https://www.example.com:8443";
    for (code, status) in [
        (RedirectCode::MovedPermanently, 301),
        (RedirectCode::Found, 302),
        (RedirectCode::SeeOther, 303),
        (RedirectCode::TemporaryRedirect, 307),
        (RedirectCode::PermanentRedirect, 308),
    ] {
        let action = PolicyAction::RedirectPrefix(target.parse().unwrap(), code);
        spec.listeners[0].policies = vec![policy(action, always())];
        fixture.apply(&spec).await.unwrap();
        let answer = ask(&spec, "/a/b?c=%20d", "").await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("location"), Some("https://www.example.com:8443/a/b?c=%20d"));
    }
    let client = authority.client(&[]);
    let mut connection = client.connect((spec.vip, 8443), "www.example.com").await.unwrap();
    assert_eq!(connection.get("/a/b", "").await.unwrap().status, 200);
    drop(connection);
    fixture.finish().await;
}

/// Whatever the target holds, the client gets it as it was written.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_target_is_evaluated() {
    let mut fixture = Fixture::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec()]));
    for target in [
        "https://www.example.com/%25%5bsrc%5d?x=%20&y=%ff",
        "https://www.example.com/%c1%b0%e5",
        "https://[2001:db8::1]:8443/~a/@b;c=d,e*f!g+h",
    ] {
        let action = PolicyAction::RedirectToUrl(target.parse().unwrap(), RedirectCode::Found);
        spec.listeners[0].policies = vec![policy(action, always())];
        fixture.apply(&spec).await.unwrap();
        assert_eq!(ask(&spec, "/x?y", "").await.header("location"), Some(target));
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_look_at_every_part_of_a_request() {
    let mut fixture = Fixture::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec()]));
    let header = |name: &str| RulePart::Header(name.parse().unwrap());
    let cookie = |name: &str| RulePart::Cookie(name.parse().unwrap());
    use Comparison::{Contains, EndsWith, EqualTo, StartsWith};
    for (rule, holds, does_not) in [
        (rule(RulePart::Path, EqualTo, "/x"), ("/x?y=z", ""), ("/x/y", "")),
        (rule(RulePart::Path, StartsWith, "/api/"), ("/api/v1", ""), ("/v1/api/", "")),
        (rule(RulePart::Path, EndsWith, "-f"), ("/rm-f", ""), ("/rm-f/", "")),
        (rule(RulePart::Path, Contains, "%2f"), ("/a%2fb", ""), ("/a/b", "")),
        (rule(RulePart::FileType, EqualTo, "php"), ("/a.b/c.php?x", ""), ("/a.php/c.html", "")),
        (rule(RulePart::FileType, EqualTo, "php"), ("/.php", ""), ("/php", "")),
        (rule(header("X-Kind"), EqualTo, "-f"), ("/", "X-Kind: -f\r\n"), ("/", "X-Kind: f\r\n")),
        (rule(header("X-Kind"), Contains, "b"), ("/", "x-kind: abc\r\n"), ("/", "X-Kind: ac\r\n")),
        (
            rule(cookie("who"), EqualTo, "me"),
            ("/", "Cookie: a=b; who=me\r\n"),
            ("/", "Cookie: who=you\r\n"),
        ),
    ] {
        spec.listeners[0].policies = vec![policy(PolicyAction::Reject, vec![rule.clone()])];
        fixture.apply(&spec).await.unwrap();
        assert_eq!(ask(&spec, holds.0, holds.1).await.status, 403, "{rule:?}");
        assert_eq!(ask(&spec, does_not.0, does_not.1).await.status, 200, "{rule:?}");
        let inverted = RuleSpec { invert: true, ..rule };
        spec.listeners[0].policies = vec![policy(PolicyAction::Reject, vec![inverted.clone()])];
        fixture.apply(&spec).await.unwrap();
        assert_eq!(ask(&spec, holds.0, holds.1).await.status, 200, "{inverted:?}");
        assert_eq!(ask(&spec, does_not.0, does_not.1).await.status, 403, "{inverted:?}");
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_name_is_compared_without_port_and_case() {
    let mut fixture = Fixture::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec()]));
    let rules = vec![rule(RulePart::HostName, Comparison::EqualTo, "www.example.com")];
    spec.listeners[0].policies = vec![policy(PolicyAction::Reject, rules)];
    fixture.apply(&spec).await.unwrap();
    for (host, status) in [
        ("www.example.com", 403),
        ("WWW.Example.COM:8000", 403),
        ("example.com", 200),
        ("www.example.com.evil.example", 200),
    ] {
        let mut stream = std::net::TcpStream::connect((spec.vip, 8000)).unwrap();
        use std::io::{Read, Write};
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{host}: {said}");
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strongest_action_decides_and_one_without_rules_none() {
    let mut fixture = Fixture::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec()]));
    let other = pool([b.spec()]);
    let path = |value| vec![rule(RulePart::Path, Comparison::StartsWith, value)];
    let url = |to: &str| PolicyAction::RedirectToUrl(to.parse().unwrap(), RedirectCode::Found);
    spec.listeners[0].policies = vec![
        policy(PolicyAction::RedirectToPool(other.id), path("/b")),
        policy(url("https://one.example/"), path("/b/go")),
        policy(url("https://two.example/"), path("/b/go/on")),
        policy(PolicyAction::Reject, path("/b/go/no")),
        policy(PolicyAction::Reject, Vec::new()),
    ];
    spec.pools.push(other);
    fixture.apply(&spec).await.unwrap();
    assert_eq!(ask(&spec, "/", "").await.member(), "a");
    assert_eq!(ask(&spec, "/b", "").await.member(), "b");
    assert_eq!(ask(&spec, "/b/go/on", "").await.header("location"), Some("https://one.example/"));
    assert_eq!(ask(&spec, "/b/go/now", "").await.status, 403);

    // Both conditions of one policy must hold.
    let both = [
        path("/b"),
        vec![rule(RulePart::Header("X-Go".parse().unwrap()), Comparison::EqualTo, "1")],
    ];
    spec.listeners[0].policies = vec![policy(PolicyAction::Reject, both.concat())];
    fixture.apply(&spec).await.unwrap();
    assert_eq!(ask(&spec, "/b", "").await.status, 200);
    assert_eq!(ask(&spec, "/b", "X-Go: 1\r\n").await.status, 403);
    fixture.finish().await;
}

/// Members of a pool that only a policy uses are checked and told about, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_a_policy_chooses_is_checked() {
    let mut fixture = Fixture::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = balancer(fixture.net.address(), pool([a.spec()]));
    let mut other = pool([b.spec()]);
    other.monitor = Some(monitor(MonitorKind::Http(http_check())));
    b.health.store(503, std::sync::atomic::Ordering::Relaxed);
    spec.listeners[0].policies = vec![policy(PolicyAction::RedirectToPool(other.id), always())];
    spec.pools.push(other);
    fixture.apply(&spec).await.unwrap();
    assert_eq!(fixture.down(b.id).await, "HTTP 503");
    fixture.finish().await;
}
