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

/// The rule matches the first request, each a path and headers, and not the second. Inverted, the other way round.
async fn expect_match(
    fixture: &mut TestEngine,
    spec: &mut LoadBalancerSpec,
    rule: RuleSpec,
    matching: (&str, &str),
    other: (&str, &str),
) {
    for invert in [false, true] {
        let rule = RuleSpec { invert, ..rule.clone() };
        spec.listeners[0].policies = vec![policy(PolicyAction::Reject, vec![rule.clone()])];
        fixture.apply(spec).await.unwrap();
        let (rejected, passed) = if invert { (other, matching) } else { (matching, other) };
        assert_eq!(send(spec, rejected.0, rejected.1).await.status, 403, "{rule:?}");
        assert_eq!(send(spec, passed.0, passed.1).await.status, 200, "{rule:?}");
    }
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
        "HTTPS://a!$&'()*+,;=b/a(b)'c'$d/%22%20?e=f&g='h'#i/j?k=(l)$m'n",
        "https://b%C3%BCcher.example:/#",
    ] {
        let action = PolicyAction::RedirectToUrl(target.parse().unwrap(), RedirectCode::Found);
        spec.listeners[0].policies = vec![policy(action, match_all())];
        fixture.apply(&spec).await.unwrap();
        assert_eq!(send(&spec, "/x?y", "").await.header("location"), Some(target));
        let action = PolicyAction::RedirectPrefix(target.parse().unwrap(), RedirectCode::Found);
        spec.listeners[0].policies = vec![policy(action, match_all())];
        fixture.apply(&spec).await.unwrap();
        let location = send(&spec, "/x?y", "").await.header("location").map(str::to_owned);
        assert_eq!(location, Some(format!("{target}/x?y")));
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
        expect_match(&mut fixture, &mut spec, rule, matching, other).await;
    }
    fixture.finish().await;
}

/// The path and the headers of a request with a value.
type RequestWith = fn(&str) -> (String, String);

/// Every comparison of a part with a text of characters that have a meaning in HAProxy's configuration, its
/// arguments, regular expressions or log formats.
#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_compared_character_by_character() {
    const HOSTILE: &str = r##"'a\"b`c${HOME}$d#e\f,(g)[h]{i}|j<k>l^m%[src]%n*+.?&&||-f\x41"##;
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let name = "x!#$%&'*+-.^_`|~z";
    let parts: [(RulePart, &str, RequestWith); 3] = [
        (RulePart::Header(name.parse().unwrap()), HOSTILE, |value| {
            ("/".to_owned(), format!("x!#$%&'*+-.^_`|~z: {value}\r\n"))
        }),
        // Without what cannot be in the value of a cookie.
        (
            RulePart::Cookie(name.parse().unwrap()),
            "'ab`c${HOME}$d#ef,(g)[h]{i}|j<k>l^m%[src]%n*+.?&&||-f",
            |value| ("/".to_owned(), format!("Cookie: a=b; x!#$%&'*+-.^_`|~z={value}; c=d\r\n")),
        ),
        // What HAProxy accepts in the target of a request.
        (RulePart::Path, "/'a$b,(g)[h]|^%n*+.&-f{i}", |value| {
            let slash = if value.starts_with('/') { "" } else { "/" };
            (format!("{slash}{value}"), String::new())
        }),
    ];
    for (part, text, request) in parts {
        let middle: String = text.chars().skip(1).take(text.chars().count() - 2).collect();
        let (start, end) = (&text[..text.len() - 1], &text[1..]);
        for (compare, value, matching, other) in [
            (Comparison::EqualTo, text, text.to_owned(), format!("{text}x")),
            (Comparison::StartsWith, start, format!("{text}x"), format!("/x{text}")),
            (Comparison::EndsWith, end, format!("/x{text}"), format!("{text}x")),
            (
                Comparison::Contains,
                &middle,
                format!("/x{text}x"),
                middle[..middle.len() - 1].to_owned(),
            ),
        ] {
            let rule = rule(part.clone(), compare, value);
            spec.listeners[0].policies = vec![policy(PolicyAction::Reject, vec![rule.clone()])];
            fixture.apply(&spec).await.unwrap();
            let ask = async |value: &str| {
                let (path, headers) = request(value);
                send(&spec, &path, &headers).await.status
            };
            assert_eq!(ask(&matching).await, 403, "{rule:?}");
            assert_eq!(ask(&other).await, 200, "{rule:?}");
        }
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_with_spaces_is_in_double_quotes() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let header = RulePart::Header("x-kind".parse().unwrap());
    for (value, matching) in [
        (r#""a b""#, "X-Kind: a b\r\n"),
        ("\"a \"b\tc\"", "X-Kind: a \"b\tc\r\n"),
        (r#"a"b"#, "X-Kind: a\"b\r\n"),
    ] {
        let rules = vec![rule(header.clone(), Comparison::EqualTo, value)];
        spec.listeners[0].policies = vec![policy(PolicyAction::Reject, rules)];
        fixture.apply(&spec).await.unwrap();
        assert_eq!(send(&spec, "/", matching).await.status, 403, "{value}");
        assert_eq!(send(&spec, "/", "X-Kind: a\r\n").await.status, 200, "{value}");
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regular_expression_matches_every_part_of_a_request() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let header = |name: &str| RulePart::Header(name.parse().unwrap());
    let cookie = |name: &str| RulePart::Cookie(name.parse().unwrap());
    for (part, expression, matching, other) in [
        (RulePart::Path, r"^/api/v\d{1,2}(/|$)", ("/api/v12/x", ""), ("/api/vx", "")),
        (RulePart::Path, r##"['"#{}$]|a b$"##, ("/a'", ""), ("/a", "")),
        (RulePart::Path, r"(?i)/ADMIN(?!istrator)", ("/admin/", ""), ("/administrator", "")),
        (RulePart::FileType, "^(jpe?g|png)$", ("/a.b/c.jpg?x=y", ""), ("/a.png/c.gif", "")),
        (RulePart::FileType, "png", ("/a.PNG.xpngx", ""), ("/a.b/png", "")),
        (RulePart::FileType, "png|", ("/a.b", ""), ("/png", "")),
        (header("X-A"), "^a, b;c$", ("/", "X-A: a, b;c\r\n"), ("/", "X-A: a\r\n")),
        (header("X-A"), "^(?P<q>['\"]).+(?P=q)$", ("/", "X-A: 'x'\r\n"), ("/", "X-A: 'x\"\r\n")),
        (header("X-A"), "^(?:é)+$", ("/", "X-A: éé\r\n"), ("/", "X-A: e\r\n")),
        (header("X-A"), r"^\x41\\$", ("/", "X-A: A\\\r\n"), ("/", "X-A: A\r\n")),
        (
            cookie("who"),
            "^(me|you)$",
            ("/", "Cookie: a=b; who=me; c=d\r\n"),
            ("/", "Cookie: who=they; xwho=me\r\n"),
        ),
    ] {
        assert_eq!(openstack_types::field::check_regex(expression), Ok(()), "{expression}");
        let rule = rule(part, Comparison::Regex, expression);
        expect_match(&mut fixture, &mut spec, rule, matching, other).await;
    }
    fixture.finish().await;
}

/// Such an expression needs exponential time, or a time that grows with a power of the length. HAProxy's own limit
/// lets one request stop the process until its watchdog ends it.
#[tokio::test(flavor = "multi_thread")]
async fn an_expression_that_backtracks_endlessly_does_not_match() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    let header = RulePart::Header("x-a".parse().unwrap());
    for expression in [
        "(a+)+$",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(.*,){20}x",
        "(a|aa)+$",
        ".{0,400}.{0,200}[=;]",
        "(?P<n>a*)(?P=n)[bc]",
    ] {
        let rules = vec![rule(header.clone(), Comparison::Regex, expression)];
        spec.listeners[0].policies = vec![policy(PolicyAction::Reject, rules)];
        fixture.apply(&spec).await.unwrap();
        for value in [format!("{}!", "a".repeat(8000)), "a,".repeat(4000)] {
            let response = send(&spec, "/", &format!("X-A: {value}\r\n")).await;
            assert_eq!(response.status, 200, "{expression}");
        }
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_name_is_compared_without_port_and_case() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut spec = load_balancer(fixture.net.address(), pool([a.spec()]));
    for (compare, value) in
        [(Comparison::EqualTo, "www.example.com"), (Comparison::Regex, r"^w{3}\.example\.com$")]
    {
        let rules = vec![rule(RulePart::HostName, compare, value)];
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
