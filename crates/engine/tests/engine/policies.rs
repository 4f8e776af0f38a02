//! L7 policies: reject, redirect, or select a pool.

use crate::support::{
    tls::{Authority, tls},
    *,
};
use engine::spec::*;
use uuid::Uuid;

fn policy(action: PolicyAction, rules: Vec<RuleSpec>) -> PolicySpec {
    PolicySpec { id: Uuid::new_v4().into(), action, rules }
}

fn rule(part: RulePart, compare: Comparison, value: &str) -> RuleSpec {
    RuleSpec {
        id: Uuid::new_v4().into(),
        part,
        compare,
        value: value.parse().unwrap(),
        invert: false,
    }
}

fn match_all() -> Vec<RuleSpec> {
    vec![rule(RulePart::Path, Comparison::StartsWith, "/")]
}

async fn send(spec: &LoadBalancerSpec, path: &str, headers: &str) -> Response {
    let mut client = Client::connect((spec.vip, 8000)).await.unwrap();
    client.get(path, &format!("{headers}Connection: close\r\n")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_to_https_keeps_the_path_and_the_query() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
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
        spec.listeners[0].policies = vec![policy(action, match_all())];
        fixture.apply(&spec).await.unwrap();
        let response = send(&spec, "/a/b?c=%20d", "").await;
        assert_eq!(response.status, status);
        assert_eq!(response.header("location"), Some("https://www.example.com:8443/a/b?c=%20d"));
    }
    let client = authority.client(&[]);
    let mut connection = client.connect((spec.vip, 8443), "www.example.com").await.unwrap();
    assert_eq!(connection.get("/a/b", "").await.unwrap().status, 200);
    drop(connection);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_target_of_a_redirect_is_sent_unchanged() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    for target in [
        "https://www.example.com/%25%5bsrc%5d?x=%20&y=%ff",
        "https://www.example.com/%c1%b0%e5",
        "https://[2001:db8::1]:8443/~a/@b;c=d,e*f!g+h",
    ] {
        let action = PolicyAction::RedirectToUrl(target.parse().unwrap(), RedirectCode::Found);
        spec.listeners[0].policies = vec![policy(action, match_all())];
        fixture.apply(&spec).await.unwrap();
        assert_eq!(send(&spec, "/x?y", "").await.header("location"), Some(target));
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_compare_every_part_of_a_request() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let header = |name: &str| RulePart::Header(name.parse().unwrap());
    let cookie = |name: &str| RulePart::Cookie(name.parse().unwrap());
    use Comparison::{Contains, EndsWith, EqualTo, StartsWith};
    for (rule, matching, other) in [
        (rule(RulePart::Path, EqualTo, "/x"), ("/x?y=z", ""), ("/x/y", "")),
        (rule(RulePart::Path, StartsWith, "/api/"), ("/api/v1", ""), ("/v1/api/", "")),
        (rule(RulePart::Path, EndsWith, "-f"), ("/rm-f", ""), ("/rm-f/", "")),
        (rule(RulePart::Path, Contains, "%2f"), ("/a%2fb", ""), ("/a/b", "")),
        (rule(RulePart::FileType, EqualTo, "php"), ("/a.b/c.php?x", ""), ("/a.php/c.html", "")),
        (rule(RulePart::FileType, EqualTo, "php"), ("/.php", ""), ("/php", "")),
        (rule(header("X-Kind"), EqualTo, "-f"), ("/", "X-Kind: -f\r\n"), ("/", "X-Kind: f\r\n")),
        (rule(header("X-Kind"), Contains, "b"), ("/", "x-kind: abc\r\n"), ("/", "X-Kind: ac\r\n")),
        (rule(header("X-Kind"), EqualTo, "a,b"), ("/", "X-Kind: a,b\r\n"), ("/", "X-Kind: a\r\n")),
        (
            rule(header("X-Kind"), StartsWith, "a,b"),
            ("/", "X-Kind: a,bc\r\n"),
            ("/", "X-Kind: c,a\r\n"),
        ),
        (
            rule(header("X-Kind"), EndsWith, "a,b"),
            ("/", "X-Kind: ca,b\r\n"),
            ("/", "X-Kind: b,a\r\n"),
        ),
        (
            rule(header("X-Kind"), Contains, "a,b"),
            ("/", "X-Kind: ca,bd\r\n"),
            ("/", "X-Kind: ab\r\n"),
        ),
        (rule(header("X-Kind"), EqualTo, "a"), ("/", "X-Kind: a\r\n"), ("/", "X-Kind: a,b\r\n")),
        (
            rule(cookie("w.o"), EqualTo, "a,b"),
            ("/", "Cookie: c=d;  w.o=a,b ;e=f\r\n"),
            ("/", "Cookie: w.o=a; who=a,b\r\n"),
        ),
        (
            rule(cookie("who"), StartsWith, "a,b"),
            ("/", "Cookie: who=a,bc\r\n"),
            ("/", "Cookie: xwho=a,b\r\n"),
        ),
        (
            rule(cookie("who"), EndsWith, "a,b"),
            ("/", "Cookie: who=ca,b; x=y\r\n"),
            ("/", "Cookie: who=a,bc; x=a,b\r\n"),
        ),
        (
            rule(cookie("who"), Contains, ",?b."),
            ("/", "Cookie: who=a,?b.c\r\n"),
            ("/", "Cookie: who=a,bbc\r\n"),
        ),
        (
            rule(cookie("who"), EqualTo, "me"),
            ("/", "Cookie: a=b; who=me\r\n"),
            ("/", "Cookie: who=you\r\n"),
        ),
    ] {
        spec.listeners[0].policies = vec![policy(PolicyAction::Reject, vec![rule.clone()])];
        fixture.apply(&spec).await.unwrap();
        assert_eq!(send(&spec, matching.0, matching.1).await.status, 403, "{rule:?}");
        assert_eq!(send(&spec, other.0, other.1).await.status, 200, "{rule:?}");
        let inverted = RuleSpec { invert: true, ..rule };
        spec.listeners[0].policies = vec![policy(PolicyAction::Reject, vec![inverted.clone()])];
        fixture.apply(&spec).await.unwrap();
        assert_eq!(send(&spec, matching.0, matching.1).await.status, 200, "{inverted:?}");
        assert_eq!(send(&spec, other.0, other.1).await.status, 403, "{inverted:?}");
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_name_is_compared_without_port_and_case() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
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
        let mut output = String::new();
        stream.read_to_string(&mut output).unwrap();
        assert!(output.starts_with(&format!("HTTP/1.1 {status}")), "{host}: {output}");
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reject_precedes_redirect_precedes_pool_and_a_policy_without_rules_is_ignored() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
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
    assert_eq!(send(&spec, "/", "").await.member(), "a");
    assert_eq!(send(&spec, "/b", "").await.member(), "b");
    assert_eq!(send(&spec, "/b/go/on", "").await.header("location"), Some("https://one.example/"));
    assert_eq!(send(&spec, "/b/go/now", "").await.status, 403);

    // All rules of a policy must match.
    let both = [
        path("/b"),
        vec![rule(RulePart::Header("X-Go".parse().unwrap()), Comparison::EqualTo, "1")],
    ];
    spec.listeners[0].policies = vec![policy(PolicyAction::Reject, both.concat())];
    fixture.apply(&spec).await.unwrap();
    assert_eq!(send(&spec, "/b", "").await.status, 200);
    assert_eq!(send(&spec, "/b", "X-Go: 1\r\n").await.status, 403);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_only_a_policy_uses_is_checked() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let mut other = pool([b.spec()]);
    other.monitor = Some(monitor(MonitorKind::Http(http_check())));
    b.health.store(503, std::sync::atomic::Ordering::Relaxed);
    spec.listeners[0].policies = vec![policy(PolicyAction::RedirectToPool(other.id), match_all())];
    spec.pools.push(other);
    fixture.apply(&spec).await.unwrap();
    assert_eq!(fixture.down(b.id).await, "HTTP 503");
    fixture.finish().await;
}
