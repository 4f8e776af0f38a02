//! Random policies, and requests that are likely to match them.

use engine::spec::*;
use l7::Request;
use openstack_types::{L7PolicyId, L7RuleId, PoolId, field::RuleValue};
use proptest::{collection::vec, prelude::*, sample::select};
use uuid::Uuid;

const HEADERS: [&str; 4] = ["X-Kind", "X_Other", "X!#'Odd", "x-forwarded-proto"];
const COOKIES: [&str; 4] = ["who", "w.o", "a", "w|$'"];
const EXPRESSIONS: [&str; 16] = [
    "^/a", "a|b", "[ab]+$", "a.b", "^a$", "^$", "A", r"www\.", "(a|b)?c", "^[^,;]+$", "^(?!a)",
    "a{2,3}", r"\.", ",", r"^\s*a", "//?",
];
/// Values of rules. Short, so that they contain, begin and end with each other.
fn words() -> impl Strategy<Value = String> {
    let fixed = [
        "a",
        "b",
        "ab",
        "a,b",
        "a;b",
        "\"a b\"",
        "\"a\"",
        "www.example.com",
        "example",
        "/a",
        "/a/",
        ".com",
        ".a",
        "who=",
        "WWW",
        "http",
    ];
    prop_oneof![
        2 => "[abAB./,;=?*%_-]{1,3}",
        1 => r#"[ab"'{}$\\|^()\[\]<>~`!@&+ ]{1,3}"#,
        3 => select(fixed.to_vec()).prop_map(str::to_owned),
    ]
}

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<[u8; 16]>().prop_map(|bytes| uuid::Builder::from_random_bytes(bytes).into_uuid())
}

pub fn policies(pools: Vec<PoolId>) -> impl Strategy<Value = Vec<PolicySpec>> {
    vec(policy(pools), 0..6)
}

fn policy(pools: Vec<PoolId>) -> impl Strategy<Value = PolicySpec> {
    let code = select(vec![
        RedirectCode::MovedPermanently,
        RedirectCode::Found,
        RedirectCode::SeeOther,
        RedirectCode::TemporaryRedirect,
        RedirectCode::PermanentRedirect,
    ]);
    let url =
        select(vec!["https://a.example", "http://a.example:8080/x/", "https://a.example/%20?a=b"]);
    let redirect = (any::<bool>(), url, code).prop_map(|(prefix, url, code)| {
        let url = url.parse().unwrap();
        if prefix {
            PolicyAction::RedirectPrefix(url, code)
        } else {
            PolicyAction::RedirectToUrl(url, code)
        }
    });
    let action = prop_oneof![
        1 => Just(PolicyAction::Reject),
        2 => redirect,
        3 => select(pools).prop_map(PolicyAction::RedirectToPool),
    ];
    let count = prop_oneof![1 => Just(0), 6 => Just(1), 4 => Just(2), 1 => Just(3)];
    (uuid(), action, count.prop_flat_map(|count| vec(rule(), count)))
        .prop_map(|(id, action, rules)| PolicySpec { id: L7PolicyId(id), action, rules })
}

fn rule() -> impl Strategy<Value = RuleSpec> {
    let part = prop_oneof![
        Just(RulePart::HostName),
        Just(RulePart::Path),
        Just(RulePart::Path),
        Just(RulePart::FileType),
        select(HEADERS.to_vec()).prop_map(|name| RulePart::Header(name.parse().unwrap())),
        select(COOKIES.to_vec()).prop_map(|name| RulePart::Cookie(name.parse().unwrap())),
    ];
    let compare = select(vec![
        Comparison::EqualTo,
        Comparison::StartsWith,
        Comparison::EndsWith,
        Comparison::Contains,
        Comparison::Regex,
    ]);
    let value = words().prop_filter_map("not a value", |text| text.parse::<RuleValue>().ok());
    let expression = select(EXPRESSIONS.to_vec());
    let invert = prop_oneof![3 => Just(false), 1 => Just(true)];
    (uuid(), part, compare, value, expression, invert).prop_map(|all| {
        let (id, part, compare, value, expression, invert) = all;
        if compare == Comparison::Regex {
            let value = expression.parse().unwrap();
            return RuleSpec { id: L7RuleId(id), part, compare, value, invert };
        }
        let (part, value) = match part {
            RulePart::Path
                if !value.as_str().starts_with('/') && compare != Comparison::EndsWith =>
            {
                (RulePart::Path, format!("/{value}").parse().unwrap())
            }
            part => (part, value),
        };
        RuleSpec { id: L7RuleId(id), part, compare, value, invert }
    })
}

/// A request, mostly with values of the rules.
pub fn request(policies: &[PolicySpec]) -> impl Strategy<Value = Request> + use<> {
    let rules: Vec<RuleSpec> = policies.iter().flat_map(|policy| policy.rules.clone()).collect();
    let values = |matches: fn(&RulePart) -> bool| {
        let values = rules.iter().filter(|rule| matches(&rule.part));
        let mut values: Vec<String> = values
            .flat_map(|rule| [rule.value.to_string(), rule.value.unquoted().to_owned()])
            .collect();
        values.push("a".to_owned());
        text(values)
    };
    let host = values(|part| *part == RulePart::HostName);
    let path = values(|part| matches!(part, RulePart::Path | RulePart::FileType));
    let header = values(|part| matches!(part, RulePart::Header(_)));
    let cookie = values(|part| matches!(part, RulePart::Cookie(_)));
    let host = (host, select(vec!["", ":80", ":8080"])).prop_map(|(host, port)| {
        let host: String =
            host.chars().filter(|c| c.is_ascii_alphanumeric() || ".-".contains(*c)).collect();
        if host.is_empty() { "a".to_owned() } else { format!("{host}{port}") }
    });
    let dots = select(vec!["", "", ".a", "..b", ".", ".."]);
    let path = (path, dots).prop_map(|(path, dots)| {
        let path = format!("{path}{dots}").replace(['?', '#', ' '], "");
        if path.starts_with('/') { path } else { format!("/{path}") }
    });
    let query = proptest::option::of("[ab/.?=]{0,3}");
    let name = select(vec!["X-Kind", "x-kind", "X_Other", "X!#'odd", "X-Forwarded-Proto"]);
    let header = (name, header, blank(), blank()).prop_map(|(name, value, before, after)| {
        (name.to_owned(), format!("{before}{value}{after}"))
    });
    let one_cookie =
        (blank(), select(vec!["who", "w.o", "wxo", "a", "xwho", "w|$'", "$who"]), cookie, blank());
    let cookies = vec(one_cookie, 1..4).prop_map(|cookies| {
        let cookies = cookies
            .into_iter()
            .map(|(before, name, value, after)| format!("{before}{name}={value}{after}"));
        ("Cookie".to_owned(), cookies.collect::<Vec<_>>().join(";"))
    });
    let others = vec(prop_oneof![header, cookies], 0..4);
    (host, path, query, others).prop_map(|(host, path, query, others)| {
        let mut headers = vec![("Host".to_owned(), host)];
        headers.extend(others);
        Request { path, query, headers, ..Request::default() }
    })
}

fn blank() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", "", " ", "  ", "\t"])
}

/// A value, often with something around it or in another case.
fn text(values: Vec<String>) -> impl Strategy<Value = String> + Clone {
    let around = "[abA./,;=\" ]{0,1}";
    (select(values), around, around, 0..6u8).prop_map(|(value, before, after, change)| match change
    {
        0 | 1 => value,
        2 => format!("{value}{after}"),
        3 => format!("{before}{value}"),
        4 => format!("{before}{value}{after}"),
        _ => value.to_ascii_uppercase(),
    })
}
