use super::*;
use crate::spec::{
    Alpn, CertificatePem, Comparison, Hsts, InsertHeaders, PolicySpec, RedirectCode, RulePart,
    RuleSpec, TlsSpec, TlsVersions,
};
use ipnet::IpNet;
use openstack_types::{
    L7PolicyId, L7RuleId, LoadBalancerId, MemberId,
    field::{CookieName, RedirectUrl, RuleValue},
    tls::{CipherPreset, TlsCiphers},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use uuid::Uuid;

const PROCESS: Process = Process { open_files: 20_000, state: true };

/// Text that a person could send: mostly of characters that mean something to HAProxy.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\\n\\r\\t]{0,24}",
        "/[a-z%\\[\\]{}()$\"'#\\\\ \\n]{0,12}",
        "\\PC{0,12}",
        "[a-z0-9./-]{1,12}"
    ]
}

/// What of it the checked type lets through; where it is refused, something harmless.
fn checked<T: std::str::FromStr + std::fmt::Debug>(fallback: &'static str) -> BoxedStrategy<T>
where
    T::Err: std::fmt::Debug,
{
    text().prop_map(move |text| text.parse().unwrap_or_else(|_| fallback.parse().unwrap())).boxed()
}

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<[u8; 16]>().prop_map(Uuid::from_bytes)
}

fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<[u8; 4]>().prop_map(IpAddr::from),
        any::<[u8; 16]>().prop_map(IpAddr::from),
        // Written with dots and colons.
        any::<[u8; 4]>().prop_map(|ip| std::net::Ipv4Addr::from(ip).to_ipv6_mapped().into()),
    ]
}

fn cidr() -> impl Strategy<Value = IpNet> {
    (address(), any::<u8>()).prop_map(|(ip, bits)| {
        let most = if ip.is_ipv4() { 32 } else { 128 };
        IpNet::new(ip, bits % (most + 1)).unwrap()
    })
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        Just(Duration::MAX),
        any::<u32>().prop_map(|ms| Duration::from_millis(ms.into()))
    ]
}

fn http_check_spec() -> impl Strategy<Value = HttpCheck> {
    (checked("GET"), checked("/"), checked("200"), option::of(checked("a.example")))
        .prop_map(|(method, path, expected, host)| HttpCheck { method, path, expected, host })
}

fn monitor() -> impl Strategy<Value = MonitorSpec> {
    let kind = prop_oneof![
        Just(MonitorKind::Tcp),
        Just(MonitorKind::TlsHello),
        Just(MonitorKind::Ping),
        http_check_spec().prop_map(MonitorKind::Http),
        http_check_spec().prop_map(MonitorKind::Https),
    ];
    (kind, duration(), duration(), any::<u8>(), any::<u8>()).prop_map(
        |(kind, delay, timeout, rise, fall)| MonitorSpec { kind, delay, timeout, rise, fall },
    )
}

fn member() -> impl Strategy<Value = MemberSpec> {
    let place = (uuid(), address(), any::<u16>(), any::<u16>());
    let rest = (any::<bool>(), any::<bool>(), option::of(address()), option::of(any::<u16>()));
    (place, rest).prop_map(
        |((id, address, port, weight), (backup, enabled, monitor_address, monitor_port))| {
            MemberSpec {
                id: MemberId(id),
                address,
                port,
                weight,
                backup,
                enabled,
                monitor_address,
                monitor_port,
            }
        },
    )
}

fn pool() -> impl Strategy<Value = PoolSpec> {
    let persistence = prop_oneof![
        Just(Persistence::SourceIp),
        Just(Persistence::HttpCookie),
        checked("SESSION").prop_map(Persistence::AppCookie),
    ];
    (
        uuid(),
        select(vec![PoolMode::Http, PoolMode::Tcp, PoolMode::ProxyV1, PoolMode::ProxyV2]),
        select(vec![Balance::RoundRobin, Balance::LeastConnections, Balance::SourceIp]),
        option::of(persistence),
        vec(member(), 0..4),
        option::of(monitor()),
    )
        .prop_map(|(id, mode, balance, persistence, members, monitor)| PoolSpec {
            id: PoolId(id),
            mode,
            balance,
            persistence,
            members,
            monitor,
        })
}

fn certificate() -> impl Strategy<Value = CertificatePem> {
    vec(any::<u8>(), 0..8).prop_map(|pem| CertificatePem::new(pem.into()))
}

fn ciphers() -> impl Strategy<Value = TlsCiphers> {
    let presets = [CipherPreset::Modern, CipherPreset::Intermediate, CipherPreset::Compatible];
    let one = select(vec!["AES128-SHA", "TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES256-SHA384"]);
    prop_oneof![
        select(presets.map(CipherPreset::ciphers).to_vec()),
        one.prop_map(|name| name.parse().unwrap()),
        text().prop_map(|text| text.parse().unwrap_or_default()),
    ]
}

fn tls() -> impl Strategy<Value = TlsSpec> {
    let hsts = (any::<u32>(), any::<bool>(), any::<bool>()).prop_map(
        |(max_age, include_subdomains, preload)| Hsts { max_age, include_subdomains, preload },
    );
    (
        certificate(),
        vec(certificate(), 0..3),
        select(vec![TlsVersions::V1_2, TlsVersions::V1_2AndV1_3, TlsVersions::V1_3]),
        ciphers(),
        vec(select(vec![Alpn::H2, Alpn::Http11, Alpn::Http10]), 0..4),
        option::of(hsts),
    )
        .prop_map(|(default_certificate, sni_certificates, versions, ciphers, alpn, hsts)| {
            TlsSpec { default_certificate, sni_certificates, versions, ciphers, alpn, hsts }
        })
}

fn mode_spec() -> impl Strategy<Value = ListenerMode> {
    prop_oneof![
        Just(ListenerMode::Http),
        Just(ListenerMode::Tcp),
        tls().prop_map(ListenerMode::TerminatedHttps),
    ]
}

/// A redirect's target with whatever a person could put behind the host, or instead of it.
fn redirect_url() -> impl Strategy<Value = RedirectUrl> {
    (text(), select(vec!["", "https://", "http://a.example", "https://a.example/"])).prop_map(
        |(text, before)| {
            let url = format!("{before}{text}");
            url.parse().unwrap_or_else(|_| "https://a.example/%25%5b?x=%20".parse().unwrap())
        },
    )
}

fn rule() -> impl Strategy<Value = RuleSpec> {
    let part = prop_oneof![
        Just(RulePart::HostName),
        Just(RulePart::Path),
        Just(RulePart::FileType),
        checked("X-Test").prop_map(RulePart::Header),
        checked("SESSION").prop_map(RulePart::Cookie),
    ];
    let compare = select(vec![
        Comparison::EqualTo,
        Comparison::StartsWith,
        Comparison::EndsWith,
        Comparison::Contains,
    ]);
    let value = prop_oneof![
        checked::<RuleValue>("-f"),
        select(vec!["-f", "--", "-i", "-m", "%[env(HOME)]", "!", "or", "unless"])
            .prop_map(|value| value.parse().unwrap_or_else(|_| "/".parse().unwrap())),
    ];
    (uuid(), part, compare, value, any::<bool>()).prop_map(|(id, of, compare, value, invert)| {
        RuleSpec { id: L7RuleId(id), of, compare, value, invert }
    })
}

/// Its pool, if it chooses one, is put in later.
fn policy() -> impl Strategy<Value = (PolicySpec, prop::sample::Index)> {
    let code = || {
        select(vec![
            RedirectCode::MovedPermanently,
            RedirectCode::Found,
            RedirectCode::SeeOther,
            RedirectCode::TemporaryRedirect,
            RedirectCode::PermanentRedirect,
        ])
    };
    let action = prop_oneof![
        Just(PolicyAction::Reject),
        uuid().prop_map(|id| PolicyAction::RedirectToPool(PoolId(id))),
        (redirect_url(), code()).prop_map(|(url, code)| PolicyAction::RedirectToUrl(url, code)),
        (redirect_url(), code()).prop_map(|(url, code)| PolicyAction::RedirectPrefix(url, code)),
    ];
    (uuid(), action, vec(rule(), 0..3), any::<prop::sample::Index>()).prop_map(
        |(id, action, rules, pool)| (PolicySpec { id: L7PolicyId(id), action, rules }, pool),
    )
}

fn listener() -> impl Strategy<Value = (ListenerSpec, prop::sample::Index, Vec<prop::sample::Index>)>
{
    (
        (uuid(), mode_spec(), any::<u16>()),
        option::of(any::<u32>()),
        vec(cidr(), 0..4),
        (duration(), duration(), duration()),
        any::<[bool; 3]>(),
        any::<prop::sample::Index>(),
        vec(policy(), 0..4),
    )
        .prop_map(
            |((id, mode, port), connection_limit, allowed_cidrs, timeouts, add, pool, policies)| {
                let (policies, chosen) = policies.into_iter().unzip();
                let listener = ListenerSpec {
                    id: ListenerId(id),
                    mode,
                    port,
                    connection_limit,
                    default_pool: None,
                    policies,
                    allowed_cidrs,
                    timeout_client: timeouts.0,
                    timeout_connect: timeouts.1,
                    timeout_server: timeouts.2,
                    insert_headers: InsertHeaders {
                        x_forwarded_for: add[0],
                        x_forwarded_port: add[1],
                        x_forwarded_proto: add[2],
                    },
                };
                (listener, pool, chosen)
            },
        )
}

fn load_balancer() -> impl Strategy<Value = LoadBalancerSpec> {
    (uuid(), address(), vec(pool(), 0..3), vec(listener(), 0..4)).prop_map(
        |(id, vip, pools, listeners)| {
            let listeners = listeners
                .into_iter()
                .map(|(mut listener, index, chosen)| {
                    if !pools.is_empty() {
                        listener.default_pool = Some(index.get(&pools).id);
                        for (policy, index) in listener.policies.iter_mut().zip(chosen) {
                            if let PolicyAction::RedirectToPool(pool) = &mut policy.action {
                                *pool = index.get(&pools).id;
                            }
                        }
                    }
                    listener
                })
                .collect();
            LoadBalancerSpec { id: LoadBalancerId(id), vip, listeners, pools }
        },
    )
}

/// Every line that may be in a configuration, word by word. `<…>` stands for a kind of value; what is
/// in `(…)` at the end of a server line comes at most once and in this order.
const GRAMMAR: &[&str] = &[
    "global",
    "stats socket fd@4 level admin",
    "stats timeout 1h",
    "server-state-file /proc/self/fd/5",
    "maxconn <n>",
    "nbthread 1",
    "noreuseport",
    "hard-stop-after 60s",
    "max-spread-checks 1000",
    "tune.ssl.cachesize 1000",
    "ssl-load-extra-files none",
    "defaults",
    "retries 3",
    "option redispatch 1",
    "frontend <id>",
    "mode http",
    "mode tcp",
    "option idle-close-on-response",
    "timeout client <ms>",
    "backlog <n>",
    "bind <fd>",
    "acl allowed src <cidr>",
    "tcp-request connection reject unless allowed",
    "option forwardfor",
    "http-request set-header X-Forwarded-Port <n>",
    "http-request set-header X-Forwarded-Proto http",
    "http-request set-header X-Forwarded-Proto https",
    "http-response set-header Strict-Transport-Security <hsts>",
    "acl <id> req.hdr(host),host_only -i -m <how> -- <value>",
    "acl <id> path -m <how> -- <value>",
    "acl <id> path,word(-1,.) -m <how> -- <value>",
    "acl <id> <req-header> -m <how> -- <value>",
    "acl <id> <req-cookie> -m <how> -- <value>",
    "default_backend <backend>",
    "backend <backend>",
    "balance roundrobin",
    "balance leastconn",
    "balance source",
    "option allbackups",
    "timeout connect <ms>",
    "timeout server <ms>",
    "timeout check <ms>",
    "load-server-state-from-file global",
    "stick-table type ipv6 size 100k expire 60m",
    "stick-table type string len 64 size 100k expire 60m",
    "stick on src",
    "stick on src table <backend>",
    "stick store-response <res-cookie>",
    "stick store-response <res-cookie> table <backend>",
    "stick match <req-cookie>",
    "stick match <req-cookie> table <backend>",
    "cookie SRV insert indirect nocache httponly",
    "option httpchk",
    "http-check send meth <word> uri <path> ver HTTP/1.1 hdr Host <host>",
    "http-check send meth <word> uri <path> ver HTTP/1.0",
    "http-check expect status <codes>",
];

/// What may stand in `(…)` of `bind <fd> ssl crt-list <file> (…)`.
const BIND: &[&str] = &[
    "ssl-min-ver <tls>",
    "ssl-max-ver <tls>",
    "ciphers <ciphers>",
    "ciphersuites <ciphers>",
    "alpn <alpn>",
];

/// What may stand before ` if ` and the rules of a policy.
const POLICY: &[&str] = &[
    "http-request deny deny_status 403",
    "http-request redirect location <url> code <code>",
    "http-request redirect prefix <url> code <code>",
    "use_backend <backend>",
];

const SERVER: &[&str] = &[
    "cookie <id>",
    "send-proxy",
    "send-proxy-v2",
    "backup",
    "disabled",
    "track <tracked>",
    "check inter <ms> fall <n> rise <n>",
    "addr <check-address>",
    "port <n>",
    "check-ssl verify none",
    "check-sni <host>",
];

fn is(kind: &str, word: &str) -> bool {
    let all = |ok: fn(char) -> bool| !word.is_empty() && word.chars().all(ok);
    let id = |text: &str| {
        Uuid::parse_str(text).is_ok_and(|uuid| uuid.as_hyphenated().to_string() == text)
    };
    let backend =
        |text: &str| text.split_once(':').is_some_and(|(pool, listener)| id(pool) && id(listener));
    let cookie = |text: &str, before: &str| {
        text.strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(')'))
            .is_some_and(|name| is("<word>", name))
    };
    match kind {
        "<n>" => word.parse::<u64>().is_ok(),
        "<ms>" => word.strip_suffix("ms").is_some_and(|n| n.parse::<i32>().is_ok()),
        "<fd>" => word.strip_prefix("fd@").is_some_and(|n| n.parse::<u16>().is_ok()),
        "<id>" => id(word),
        "<backend>" => backend(word),
        "<tracked>" => word.split_once('/').is_some_and(|(be, srv)| backend(be) && id(srv)),
        "<cidr>" => word.parse::<IpNet>().is_ok(),
        "<socket>" => word.parse::<SocketAddr>().is_ok(),
        "<check-address>" => {
            word.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
        }
        "<word>" => all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c)),
        "<host>" => all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)),
        "<codes>" => all(|c| c.is_ascii_digit() || ",-".contains(c)),
        "<path>" => {
            word.starts_with('/')
                && all(|c| c.is_ascii_alphanumeric() || "/-._~!*+,;=:@?&%".contains(c))
        }
        "<tls>" => ["TLSv1.2", "TLSv1.3"].contains(&word),
        "<ciphers>" => word.split(':').all(|name| name.parse::<TlsCiphers>().is_ok()),
        "<alpn>" => word.split(',').all(|name| ["h2", "http/1.1", "http/1.0"].contains(&name)),
        "<hsts>" => {
            let mut parts = word.split(';');
            parts
                .next()
                .and_then(|part| part.strip_prefix("max-age="))
                .is_some_and(|age| age.parse::<u32>().is_ok())
                && parts.all(|part| ["includeSubDomains", "preload"].contains(&part))
        }
        "<file>" => word.strip_prefix("/proc/self/fd/").is_some_and(|n| n.parse::<u16>().is_ok()),
        "<how>" => ["str", "beg", "end", "sub"].contains(&word),
        "<code>" => ["301", "302", "303", "307", "308"].contains(&word),
        "<value>" => all(|c| c.is_ascii_alphanumeric() || "/-._~!*+,;=:@?&%".contains(c)),
        // Read as HAProxy reads it: every `%` is one of a pair, which stands for one.
        "<url>" => {
            let plain = word.replace("%%", "\0");
            !plain.contains('%')
                && plain.replace('\0', "%").parse::<RedirectUrl>().is_ok()
                && ["https://", "http://"].iter().any(|scheme| word.starts_with(scheme))
        }
        "<req-header>" => cookie(word, "req.hdr("),
        "<req-cookie>" => cookie(word, "req.cook("),
        "<res-cookie>" => cookie(word, "res.cook("),
        literal => literal == word,
    }
}

fn matches(rule: &str, words: &[&str]) -> bool {
    let rule: Vec<&str> = rule.split(' ').collect();
    rule.len() == words.len() && rule.iter().zip(words).all(|(kind, word)| is(kind, word))
}

fn is_server(words: &[&str]) -> bool {
    let [server, id, socket, weight, number, rest @ ..] = words else { return false };
    if !matches("server <id> <socket> weight <n>", &[server, id, socket, weight, number]) {
        return false;
    }
    is_some_of(SERVER, rest)
}

/// The rest of a line: some of `rules`, each at most once and in order.
fn is_some_of(rules: &[&str], words: &[&str]) -> bool {
    let mut rest = words;
    for rule in rules {
        let length = rule.split(' ').count();
        if rest.len() >= length && matches(rule, &rest[..length]) {
            rest = &rest[length..];
        }
    }
    rest.is_empty()
}

fn is_bind(words: &[&str]) -> bool {
    words.len() > 5
        && matches("bind <fd> ssl crt-list <file>", &words[..5])
        && is_some_of(BIND, &words[5..])
}

fn is_policy(words: &[&str]) -> bool {
    let Some(at) = words.iter().position(|word| *word == "if") else { return false };
    let rules = &words[at + 1..];
    POLICY.iter().any(|rule| matches(rule, &words[..at]))
        && !rules.is_empty()
        && rules.iter().all(|word| is("<id>", word.strip_prefix('!').unwrap_or(word)))
}

/// A line outside of the grammar, if there is one.
fn stranger(config: &str) -> Option<&str> {
    config.lines().find(|line| {
        let words: Vec<&str> = line.trim_start_matches("    ").split(' ').collect();
        let long = is_server(&words) || is_bind(&words) || is_policy(&words);
        !long && !GRAMMAR.iter().any(|rule| matches(rule, &words))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_line_is_of_the_grammar(spec in load_balancer(), state: bool, open_files: u64) {
        let config = render(&spec, Process { open_files, state });
        prop_assert_eq!(stranger(&config), None);
        let odd = |c: char| {
            (c.is_control() && c != '\n') || !c.is_ascii() || "\"'\\#${}`|<>".contains(c)
        };
        prop_assert_eq!(config.chars().find(|c| odd(*c)), None);
        prop_assert!(!config.contains("%["));
    }

    #[test]
    fn checked_strings_change_no_other_line(
        spec in load_balancer(), check in http_check_spec(), cookie in checked::<CookieName>("S")
    ) {
        let with = |check: &HttpCheck, cookie: &CookieName| {
            let mut spec = spec.clone();
            for pool in &mut spec.pools {
                pool.persistence = Some(Persistence::AppCookie(CookieName::clone(cookie)));
                pool.monitor = Some(MonitorSpec {
                    kind: MonitorKind::Http(check.clone()),
                    delay: Duration::from_secs(5),
                    timeout: Duration::from_secs(2),
                    rise: 2,
                    fall: 2,
                });
            }
            render(&spec, PROCESS)
        };
        let plain = HttpCheck {
            method: "GET".parse().unwrap(),
            path: "/".parse().unwrap(),
            expected: "200".parse().unwrap(),
            host: None,
        };
        let (one, two) = (with(&plain, &"SESSION".parse().unwrap()), with(&check, &cookie));
        prop_assert_eq!(one.lines().count(), two.lines().count());
        let changed = one.lines().zip(two.lines()).filter(|(a, b)| a != b);
        for (_, line) in changed {
            let line = line.trim_start();
            prop_assert!(
                ["http-check ", "stick store-response ", "stick match "]
                    .iter()
                    .any(|start| line.starts_with(start)),
                "{}", line
            );
        }
    }

    #[test]
    fn a_policys_texts_change_no_other_line(
        spec in load_balancer(), url in redirect_url(), value in checked::<RuleValue>("-f")
    ) {
        let with = |url: &RedirectUrl, value: &RuleValue| {
            let mut spec = spec.clone();
            for policy in spec.listeners.iter_mut().flat_map(|l| &mut l.policies) {
                policy.action = PolicyAction::RedirectToUrl(url.clone(), RedirectCode::Found);
                for rule in &mut policy.rules {
                    rule.value = value.clone();
                }
            }
            render(&spec, PROCESS)
        };
        let one = with(&"https://a.example".parse().unwrap(), &"x".parse().unwrap());
        let two = with(&url, &value);
        prop_assert_eq!(one.lines().count(), two.lines().count());
        for (_, line) in one.lines().zip(two.lines()).filter(|(a, b)| a != b) {
            let line = line.trim_start();
            prop_assert!(
                line.starts_with("acl ") || line.starts_with("http-request redirect location "),
                "{}", line
            );
        }
    }

    /// The descriptors in the configuration and in the lists are those that the files get.
    #[test]
    fn every_list_is_where_the_configuration_says(spec in load_balancer()) {
        let files = secret_files(&spec);
        let first = fd::FIRST_LISTENER as usize + spec.listeners.len();
        let file = |path: &str| {
            let fd: usize = path.strip_prefix("/proc/self/fd/").unwrap().parse().unwrap();
            files[fd - first].as_ref()
        };
        let config = render(&spec, PROCESS);
        let binds: Vec<&str> =
            config.lines().filter(|line| line.trim_start().starts_with("bind ")).collect();
        prop_assert_eq!(binds.len(), spec.listeners.len());
        for (bind, listener) in binds.iter().zip(&spec.listeners) {
            let list = bind.split(' ').skip_while(|word| *word != "crt-list").nth(1);
            prop_assert_eq!(list.is_some(), listener.mode.tls().is_some());
            let (Some(list), Some(tls)) = (list, listener.mode.tls()) else { continue };
            let list = std::str::from_utf8(file(list)).unwrap();
            let listed: Vec<&[u8]> = list.lines().map(file).collect();
            let wanted: Vec<&[u8]> = std::iter::once(&tls.default_certificate)
                .chain(&tls.sni_certificates)
                .map(CertificatePem::reveal)
                .collect();
            prop_assert_eq!(listed, wanted);
        }
    }

    #[test]
    fn connections_fit_into_the_open_files(spec in load_balancer(), open_files in 512u64..2_000_000) {
        prop_assert!(connections(&spec, open_files) * 2 + 100 < open_files);
    }
}

#[test]
fn the_grammar_knows_a_stranger() {
    let rule = "00000000-0000-0000-0000-000000000000";
    for bad in [
        "    bind *:80",
        "# a name",
        "    server x 127.0.0.1:80 weight 1",
        "    maxconn x",
        "    bind fd@6 ssl crt-list /etc/passwd ssl-min-ver TLSv1.2",
        "    bind fd@6 ssl crt-list /proc/self/fd/7 ciphers ALL",
        "    bind fd@6 ssl crt-list /proc/self/fd/7 alpn h2 crt /etc/passwd",
        "    http-request deny deny_status 403 if",
        "    http-request deny deny_status 403",
        &format!("    http-request redirect location https://a.example/%[src] code 302 if {rule}"),
        &format!("    http-request redirect location https://a.example/%20 code 302 if {rule}"),
        &format!("    http-request redirect location https://a.example/%%%20 code 302 if {rule}"),
        &format!("    acl {rule} path -m beg -f /etc/passwd"),
        &format!("    acl {rule} path -m beg /x"),
    ] {
        assert_eq!(stranger(bad), Some(bad));
    }
    let good =
        format!("    http-request redirect prefix https://a.example/%%20 code 302 if !{rule}");
    assert_eq!(stranger(&good), None);
}

/// HAProxy itself takes whatever is rendered, and warns of nothing.
#[test]
fn haproxy_accepts_and_warns_of_nothing() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let made = rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
    let pem = made.signing_key.serialize_pem() + &made.cert.pem();
    let real = CertificatePem::new(pem.into_bytes().into());
    for _ in 0..40 {
        let mut spec = load_balancer().new_tree(&mut runner).unwrap().current();
        if spec.listeners.is_empty() {
            continue;
        }
        // What only the API above refuses, and HAProxy rightly warns of.
        for listener in &mut spec.listeners {
            listener.policies.retain(|policy| !policy.rules.is_empty());
            for timeout in [
                &mut listener.timeout_client,
                &mut listener.timeout_connect,
                &mut listener.timeout_server,
            ] {
                *timeout = (*timeout).max(Duration::from_millis(1));
            }
            if listener.mode == ListenerMode::Tcp
                && let Some(pool) =
                    spec.pools.iter_mut().find(|p| Some(p.id) == listener.default_pool)
            {
                pool.persistence = None;
            }
        }
        let scratch = std::env::temp_dir().join(format!("lb-render-{}", Uuid::new_v4()));
        std::fs::create_dir(&scratch).unwrap();
        for listener in &mut spec.listeners {
            if let ListenerMode::TerminatedHttps(tls) = &mut listener.mode {
                tls.default_certificate = real.clone();
                tls.sni_certificates.fill(real.clone());
                // HAProxy wants one for each version that is spoken.
                tls.ciphers = TlsCiphers::default();
            }
        }
        let first = fd::FIRST_LISTENER as usize + spec.listeners.len();
        let here = format!("{}/", scratch.display());
        for (n, content) in secret_files(&spec).iter().enumerate() {
            let content = String::from_utf8_lossy(content).replace("/proc/self/fd/", &here);
            std::fs::write(scratch.join((first + n).to_string()), content).unwrap();
        }
        let config = render(&spec, Process { open_files: 20_000, state: false });
        // The descriptors are there only when the engine starts it.
        let config = config.replace("/proc/self/fd/", &here);
        let config = config.replace("fd@4 level", "/tmp/never.sock level");
        let config: String = config
            .lines()
            .map(|line| match line.trim_start().strip_prefix("bind fd@") {
                Some(rest) => {
                    let (fd, tls) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
                    format!("    bind 127.21.0.3:{}{tls}\n", 20_000 + fd.parse::<u16>().unwrap())
                }
                None => format!("{line}\n"),
            })
            .collect();
        let file = scratch.join("haproxy.cfg");
        std::fs::write(&file, &config).unwrap();
        let path = crate::program::Program::find(None).unwrap().path;
        let output =
            std::process::Command::new(path).arg("-c").arg("-f").arg(&file).output().unwrap();
        std::fs::remove_dir_all(&scratch).unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !said.contains("[ALERT]") && !said.contains("[WARNING]"),
            "{said}\n{config}"
        );
    }
}

/// `UPDATE_SNAPSHOTS=1 cargo test -p engine` writes it anew.
#[test]
fn one_whole_configuration() {
    let id = |n: u8| Uuid::from_bytes([n; 16]);
    let member = |n: u8, address: &str| MemberSpec {
        id: MemberId(id(n)),
        address: address.parse().unwrap(),
        port: 9001,
        weight: 1,
        backup: false,
        enabled: true,
        monitor_address: None,
        monitor_port: None,
    };
    let mut special = member(0xb2, "2001:db8::2");
    special.backup = true;
    special.monitor_address = Some("2001:db8::3".parse().unwrap());
    special.monitor_port = Some(8080);
    let web = PoolSpec {
        id: PoolId(id(0xa1)),
        mode: PoolMode::Http,
        balance: Balance::RoundRobin,
        persistence: Some(Persistence::HttpCookie),
        members: vec![member(0xb1, "192.0.2.1"), special],
        monitor: Some(MonitorSpec {
            kind: MonitorKind::Http(HttpCheck {
                method: "GET".parse().unwrap(),
                path: "/health".parse().unwrap(),
                expected: "200,202,204-206".parse().unwrap(),
                host: Some("check.example".parse().unwrap()),
            }),
            delay: Duration::from_secs(5),
            timeout: Duration::from_secs(2),
            rise: 2,
            fall: 3,
        }),
    };
    let bytes = PoolSpec {
        id: PoolId(id(0xa2)),
        mode: PoolMode::ProxyV2,
        balance: Balance::SourceIp,
        persistence: Some(Persistence::SourceIp),
        members: vec![member(0xb3, "192.0.2.3")],
        monitor: Some(MonitorSpec {
            kind: MonitorKind::TlsHello,
            delay: Duration::from_secs(5),
            timeout: Duration::from_secs(2),
            rise: 1,
            fall: 1,
        }),
    };
    let listener = |n: u8, mode, port, pool: &PoolSpec| ListenerSpec {
        id: ListenerId(id(n)),
        mode,
        port,
        connection_limit: None,
        default_pool: Some(pool.id),
        policies: Vec::new(),
        allowed_cidrs: Vec::new(),
        timeout_client: Duration::from_secs(50),
        timeout_connect: Duration::from_secs(5),
        timeout_server: Duration::from_secs(50),
        insert_headers: InsertHeaders::default(),
    };
    let mut guarded = listener(0xc1, ListenerMode::Http, 80, &web);
    guarded.connection_limit = Some(100);
    guarded.allowed_cidrs = vec!["192.0.2.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
    guarded.insert_headers =
        InsertHeaders { x_forwarded_for: true, x_forwarded_port: true, x_forwarded_proto: true };
    let pem = || CertificatePem::new(Vec::new().into());
    let mut secure = listener(
        0xc4,
        ListenerMode::TerminatedHttps(TlsSpec {
            default_certificate: pem(),
            sni_certificates: vec![pem()],
            versions: TlsVersions::V1_2,
            ciphers: TlsCiphers::default(),
            alpn: vec![Alpn::H2, Alpn::Http11],
            hsts: Some(Hsts { max_age: 31_536_000, include_subdomains: true, preload: false }),
        }),
        8443,
        &web,
    );
    secure.insert_headers.x_forwarded_proto = true;
    let rule = |n: u8, of, value: &str, invert| RuleSpec {
        id: L7RuleId(id(n)),
        of,
        compare: Comparison::StartsWith,
        value: value.parse().unwrap(),
        invert,
    };
    let policy = |n: u8, action, rules| PolicySpec { id: L7PolicyId(id(n)), action, rules };
    secure.policies = vec![
        policy(
            0xd1,
            PolicyAction::RedirectToPool(bytes.id),
            vec![rule(0xe1, RulePart::Path, "/api", false)],
        ),
        policy(
            0xd2,
            PolicyAction::RedirectPrefix(
                "https://www.example.com/a%20b".parse().unwrap(),
                RedirectCode::PermanentRedirect,
            ),
            vec![
                rule(0xe2, RulePart::HostName, "old.example.com", false),
                rule(0xe3, RulePart::Header("X-Keep".parse().unwrap()), "yes", true),
            ],
        ),
        policy(0xd3, PolicyAction::Reject, vec![rule(0xe4, RulePart::FileType, "php", false)]),
        policy(0xd4, PolicyAction::Reject, Vec::new()),
    ];
    let spec = LoadBalancerSpec {
        id: LoadBalancerId(id(0x01)),
        vip: "192.0.2.80".parse().unwrap(),
        listeners: vec![
            guarded,
            listener(0xc2, ListenerMode::Http, 8080, &web),
            listener(0xc3, ListenerMode::Tcp, 443, &bytes),
            secure,
        ],
        pools: vec![web, bytes],
    };
    let rendered = render(&spec, PROCESS);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/render/snapshot.cfg");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(file, &rendered).unwrap();
    }
    assert_eq!(rendered, std::fs::read_to_string(file).unwrap_or_default());
}
