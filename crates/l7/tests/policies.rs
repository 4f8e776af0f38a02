//! The order of evaluation, what is skipped, the trace, and policies that are never reached.
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use l7::{
    Action, Condition, Decision, Outcome, Policy, Reason, Request, SkipReason, Unreachable,
    Verdict, evaluate, unreachable,
};
use openstack_types::octavia::{
    L7RuleCompareType::{self, Contains, EndsWith, EqualTo, Regex, StartsWith},
    L7RuleType::{self, Cookie, FileType, Header, HostName, Path},
};
use std::slice::from_ref;

const POOL: Action = Action::RedirectToPool { pool_enabled: true };

fn condition(kind: L7RuleType, compare: L7RuleCompareType, value: &str) -> Condition {
    let key = matches!(kind, Header | Cookie).then(|| "name".to_owned());
    Condition { enabled: true, kind, compare, key, value: value.to_owned(), invert: false }
}

fn not(condition: Condition) -> Condition {
    Condition { invert: !condition.invert, ..condition }
}

fn policy(action: Action, conditions: impl IntoIterator<Item = Condition>) -> Policy {
    Policy { enabled: true, action, conditions: conditions.into_iter().collect() }
}

fn request(host: &str, path: &str) -> Request {
    let headers = vec![("host".to_owned(), host.to_owned())];
    Request { path: path.to_owned(), headers, ..Request::default() }
}

fn decide(request: &Request, policies: &[Policy]) -> Decision {
    evaluate(request, policies)
}

#[test]
fn policies_that_reject_come_before_redirects_before_pools_and_each_by_position() {
    let redirect = |url: &str| Action::RedirectToUrl { url: url.to_owned(), code: 302 };
    let policies = [
        policy(POOL, [condition(Path, StartsWith, "/a")]),
        policy(redirect("https://one.example"), [condition(Path, StartsWith, "/a/b")]),
        policy(redirect("https://two.example"), [condition(Path, StartsWith, "/a/b/c")]),
        policy(Action::Reject, [condition(Path, StartsWith, "/a/b/c/d")]),
    ];
    let outcome = |path| decide(&request("a", path), &policies).outcome;
    assert_eq!(outcome("/"), Outcome::DefaultPool);
    assert_eq!(outcome("/a"), Outcome::Pool(0));
    let location = "https://one.example".to_owned();
    assert_eq!(outcome("/a/b/c"), Outcome::Redirect { policy: 1, location, code: 302 });
    assert_eq!(outcome("/a/b/c/d"), Outcome::Reject(3));
    assert_eq!(l7::evaluation_order(&policies), [3, 1, 2, 0]);
}

#[test]
fn a_prefix_is_followed_by_the_path_and_the_query() {
    let action = Action::RedirectPrefix { prefix: "https://b.example/x".to_owned(), code: 308 };
    let policies = [policy(action, [condition(HostName, EqualTo, "A.example")])];
    let mut request = request("a.EXAMPLE:8080", "/y");
    request.query = Some("z=1".to_owned());
    let location = "https://b.example/x/y?z=1".to_owned();
    assert_eq!(
        decide(&request, &policies).outcome,
        Outcome::Redirect { policy: 0, location, code: 308 }
    );
}

#[test]
fn what_is_disabled_does_not_count() {
    let all = || condition(Path, StartsWith, "/");
    let off = |condition| Condition { enabled: false, ..condition };
    let policies = [
        Policy { enabled: false, ..policy(POOL, [all()]) },
        policy(Action::RedirectToPool { pool_enabled: false }, [all()]),
        policy(POOL, [off(all())]),
        policy(POOL, []),
        policy(POOL, [off(condition(Path, EqualTo, "/other")), all()]),
    ];
    let decision = decide(&request("a", "/"), &policies);
    assert_eq!(decision.outcome, Outcome::Pool(4));
    let skipped: Vec<_> = decision.trace.iter().map(|one| one.skipped).collect();
    assert_eq!(
        skipped,
        [
            Some(SkipReason::Disabled),
            Some(SkipReason::PoolDisabled),
            Some(SkipReason::NoConditions),
            Some(SkipReason::NoConditions),
            None
        ]
    );
    assert_eq!(unreachable(&policies), []);
}

#[test]
fn the_trace_has_the_verdict_of_every_condition_up_to_the_policy_that_decides() {
    let policies = [
        policy(POOL, [condition(HostName, EqualTo, "a"), condition(Path, StartsWith, "/x")]),
        policy(POOL, [not(condition(Path, StartsWith, "/x"))]),
        policy(POOL, [condition(Path, StartsWith, "/")]),
    ];
    let decision = decide(&request("a", "/y"), &policies);
    assert_eq!(decision.outcome, Outcome::Pool(1));
    let verdicts: Vec<Vec<_>> = decision
        .trace
        .iter()
        .map(|one| one.conditions.iter().map(|condition| condition.verdict).collect())
        .collect();
    assert_eq!(verdicts, [vec![Verdict::Match, Verdict::NoMatch], vec![Verdict::Match]]);
}

#[test]
fn an_expression_that_cannot_be_evaluated_leaves_the_decision_open() {
    // Takes more steps than HAProxy allows.
    let regex = || condition(Path, Regex, "(y+)+$");
    let policies = [
        policy(POOL, [regex(), condition(HostName, EqualTo, "other")]),
        policy(POOL, [regex()]),
        policy(POOL, [condition(Path, StartsWith, "/")]),
    ];
    let path = format!("/{}!", "y".repeat(100));
    let decision = decide(&request("a", &path), &policies);
    assert_eq!(decision.outcome, Outcome::Unknown(1));
}

/// Whether the second policy, which selects a pool, is covered by the first.
fn covers(upper: &[Condition], lower: &[Condition]) -> bool {
    let policies = [policy(POOL, upper.to_vec()), policy(POOL, lower.to_vec())];
    match unreachable(&policies).as_slice() {
        [] => false,
        [Unreachable { policy: 1, reason: Reason::Covered(0) }] => true,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_policy_below_one_that_matches_all_of_its_requests_is_unreachable() {
    let path = |compare, value| condition(Path, compare, value);
    let host = |compare, value| condition(HostName, compare, value);
    for (upper, lower) in [
        (path(StartsWith, "/"), host(EqualTo, "a")),
        (path(EqualTo, "/a"), path(EqualTo, "/a")),
        (path(StartsWith, "/a"), path(StartsWith, "/a/b")),
        (path(StartsWith, "/a"), path(EqualTo, "/a/b")),
        (path(Contains, "b"), path(StartsWith, "/abc")),
        (path(Contains, "b"), path(EndsWith, "abc")),
        (path(EndsWith, ".php"), path(EqualTo, "/x.php")),
        (host(EndsWith, ".EXAMPLE"), host(EqualTo, "a.example")),
        (condition(FileType, EqualTo, "php"), path(EndsWith, "/x.php")),
        (not(host(EqualTo, "a")), host(EqualTo, "b")),
        (not(path(StartsWith, "/a/b")), not(path(StartsWith, "/a"))),
        (path(Regex, "^/v[0-9]"), path(Regex, "^/v[0-9]")),
        (condition(Header, Contains, "a"), condition(Header, EqualTo, "abc")),
    ] {
        let (upper, lower) = (&[upper], &[lower]);
        assert!(covers(upper, lower), "{upper:?} {lower:?}");
        let narrower = [lower[0].clone(), condition(Cookie, EqualTo, "y")];
        assert!(covers(upper, &narrower), "{upper:?} {narrower:?}");
        let stricter = [upper[0].clone(), condition(Cookie, EqualTo, "z")];
        assert!(!covers(&stricter, lower), "{stricter:?} {lower:?}");
    }
}

#[test]
fn a_policy_that_can_be_reached_is_not_reported() {
    let path = |compare, value| condition(Path, compare, value);
    let header = |compare, value| condition(Header, compare, value);
    let cookie = Condition { key: Some("other".to_owned()), ..header(Contains, "a") };
    for (upper, lower) in [
        (path(StartsWith, "/a/b"), path(StartsWith, "/a")),
        (path(EqualTo, "/a"), path(StartsWith, "/a")),
        (path(EqualTo, "/A"), path(EqualTo, "/a")),
        (path(StartsWith, "/a"), path(EndsWith, "/a")),
        (not(path(EqualTo, "/a")), path(StartsWith, "/a")),
        // One request can have both values.
        (not(header(EqualTo, "a")), header(EqualTo, "b")),
        (header(Contains, "a"), cookie),
        (condition(FileType, EqualTo, "php"), path(EndsWith, "php")),
        (path(Regex, "^/v[0-9]"), path(EqualTo, "/v1")),
    ] {
        assert!(!covers(from_ref(&upper), from_ref(&lower)), "{upper:?} {lower:?}");
    }
}

#[test]
fn several_policies_together_cover_another() {
    let path = |compare, value| condition(Path, compare, value);
    let host = |value| condition(HostName, EqualTo, value);
    let a = || host("a");
    let is_below = |value| path(StartsWith, value);
    let php = || path(EndsWith, ".php");
    let header = || condition(Header, Contains, "x");
    for (upper, lower, needed) in [
        // A condition and its opposite.
        (vec![vec![is_below("/x")], vec![not(is_below("/x"))]], vec![a()], vec![0, 1]),
        (vec![vec![a(), php()], vec![a(), not(php())]], vec![a()], vec![0, 1]),
        (vec![vec![header()], vec![not(header())]], vec![a(), php()], vec![0, 1]),
        // One that covers more than the opposite.
        (vec![vec![is_below("/x")], vec![not(is_below("/x/y"))]], vec![a()], vec![0, 1]),
        // Policies that take nothing from it are not named.
        (
            vec![vec![host("b")], vec![php()], vec![header()], vec![a(), not(php())]],
            vec![a()],
            vec![1, 3],
        ),
        // Three.
        (
            vec![vec![php(), header()], vec![php(), not(header())], vec![not(php())]],
            vec![a()],
            vec![0, 1, 2],
        ),
    ] {
        let policies = upper.iter().chain([&lower]);
        let policies: Vec<Policy> = policies.map(|one| policy(POOL, one.clone())).collect();
        let index = upper.len();
        let reason = Reason::CoveredTogether(needed);
        assert_eq!(unreachable(&policies), [Unreachable { policy: index, reason }], "{policies:?}");
        // Without one of them it is reached.
        for left_out in 0..index {
            let mut fewer = policies.clone();
            fewer.remove(left_out);
            let is_needed = matches!(
                &unreachable(&policies)[0].reason,
                Reason::CoveredTogether(needed) if needed.contains(&left_out)
            );
            assert_eq!(unreachable(&fewer).is_empty(), is_needed, "{left_out} of {policies:?}");
        }
    }
}

#[test]
fn what_policies_leave_over_is_reached() {
    let path = |compare, value| condition(Path, compare, value);
    let (a, b) = (condition(HostName, EqualTo, "a"), condition(HostName, EqualTo, "b"));
    let word = condition(HostName, Regex, "^(a|b)$");
    for (upper, lower) in [
        // Not decided: what an expression matches.
        (vec![vec![a.clone()], vec![b.clone()]], vec![word]),
        (vec![vec![a.clone()], vec![not(b)]], vec![path(StartsWith, "/x")]),
        (vec![vec![path(StartsWith, "/x/y")], vec![not(path(StartsWith, "/x"))]], vec![a.clone()]),
        (vec![vec![path(EndsWith, "a")], vec![not(path(EndsWith, "ba")), a.clone()]], vec![not(a)]),
    ] {
        let policies = upper.iter().chain([&lower]);
        let policies: Vec<Policy> = policies.map(|one| policy(POOL, one.clone())).collect();
        let found: Vec<_> = unreachable(&policies).into_iter().map(|one| one.policy).collect();
        assert!(!found.contains(&upper.len()), "{policies:?}");
    }
}

#[test]
fn many_policies_with_many_conditions_take_no_time() {
    let cookie = |n: usize| condition(Cookie, Contains, &format!("<{n}>"));
    let below = condition(Path, StartsWith, "/x");
    let rest = (0..20).map(|n| not(condition(HostName, EqualTo, &format!("{n}.example"))));
    let rest: Vec<Condition> = rest.collect();
    let policies: Vec<Policy> = (0..50)
        .map(|n| policy(POOL, (0..20).map(|m| cookie(n * 20 + m))))
        .chain([below.clone(), not(below)].map(|path| policy(POOL, [&[path], &rest[..]].concat())))
        .chain([policy(POOL, [condition(HostName, Contains, "a")])])
        .collect();
    assert_eq!(unreachable(&policies), []);
}

#[test]
fn the_order_of_evaluation_decides_what_covers() {
    let policies = [
        policy(POOL, [condition(Path, StartsWith, "/a/b")]),
        policy(Action::Reject, [condition(Path, StartsWith, "/a")]),
    ];
    let found = unreachable(&policies);
    assert_eq!(found, [Unreachable { policy: 0, reason: Reason::Covered(1) }]);
}

#[test]
fn conditions_that_exclude_each_other_are_a_contradiction() {
    let path = |compare, value| condition(Path, compare, value);
    for (one, other) in [
        (path(EqualTo, "/a"), path(EqualTo, "/b")),
        (path(StartsWith, "/a"), path(StartsWith, "/b")),
        (path(EqualTo, "/a"), not(path(StartsWith, "/a"))),
        (condition(HostName, EqualTo, "a"), condition(HostName, EqualTo, "b")),
    ] {
        let found = unreachable(&[policy(POOL, [one, other])]);
        assert_eq!(found, [Unreachable { policy: 0, reason: Reason::Contradiction }]);
    }
    let header = |value| condition(Header, EqualTo, value);
    assert_eq!(unreachable(&[policy(POOL, [header("a"), header("b")])]), []);
}

#[test]
fn a_client_certificate_is_compared_by_its_presence_its_verification_and_its_subject() {
    let subject = vec![("O".to_owned(), "Example".to_owned()), ("CN".to_owned(), "a.b".to_owned())];
    let certificate = l7::ClientCertificate { verify_result: 10, subject };
    let plain = request("a", "/");
    let without = Request { tls: true, ..plain.clone() };
    let with = Request { client_certificate: Some(certificate), ..without.clone() };
    let field = |compare, value: &str| Condition {
        key: Some("cn".to_owned()),
        ..condition(L7RuleType::SslDnField, compare, value)
    };
    let has_certificate = condition(L7RuleType::SslConnHasCert, EqualTo, "True");
    let result = |value| condition(L7RuleType::SslVerifyResult, EqualTo, value);
    for (condition, expected) in [
        (has_certificate.clone(), [false, false, true]),
        (not(has_certificate), [true, true, false]),
        (result("10"), [false, false, true]),
        (result("0"), [false, true, false]),
        (field(EqualTo, "a.b"), [false, false, true]),
        (field(EndsWith, ".c"), [false, false, false]),
    ] {
        let policies = [policy(Action::Reject, [condition])];
        let rejects = |request| decide(request, &policies).outcome == Outcome::Reject(0);
        assert_eq!([&plain, &without, &with].map(rejects), expected, "{policies:?}");
    }
}
