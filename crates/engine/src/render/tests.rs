use super::*;
use crate::spec::InsertHeaders;
use ipnet::IpNet;
use openstack_types::{LoadBalancerId, MemberId, field::CookieName};
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

fn listener() -> impl Strategy<Value = (ListenerSpec, prop::sample::Index)> {
    (
        (uuid(), select(vec![ListenerMode::Http, ListenerMode::Tcp]), any::<u16>()),
        option::of(any::<u32>()),
        vec(cidr(), 0..4),
        (duration(), duration(), duration()),
        any::<[bool; 3]>(),
        any::<prop::sample::Index>(),
    )
        .prop_map(
            |((id, mode, port), connection_limit, allowed_cidrs, timeouts, add, pool)| {
                let listener = ListenerSpec {
                    id: ListenerId(id),
                    mode,
                    port,
                    connection_limit,
                    default_pool: None,
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
                (listener, pool)
            },
        )
}

fn load_balancer() -> impl Strategy<Value = LoadBalancerSpec> {
    (uuid(), address(), vec(pool(), 0..3), vec(listener(), 0..4)).prop_map(
        |(id, vip, pools, listeners)| {
            let listeners = listeners
                .into_iter()
                .map(|(mut listener, index)| {
                    if !pools.is_empty() {
                        listener.default_pool = Some(index.get(&pools).id);
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
    let mut rest = rest;
    for rule in SERVER {
        let length = rule.split(' ').count();
        if rest.len() >= length && matches(rule, &rest[..length]) {
            rest = &rest[length..];
        }
    }
    rest.is_empty()
}

/// A line outside of the grammar, if there is one.
fn stranger(config: &str) -> Option<&str> {
    config.lines().find(|line| {
        let words: Vec<&str> = line.trim_start_matches("    ").split(' ').collect();
        !is_server(&words) && !GRAMMAR.iter().any(|rule| matches(rule, &words))
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
    fn connections_fit_into_the_open_files(spec in load_balancer(), open_files in 512u64..2_000_000) {
        prop_assert!(connections(&spec, open_files) * 2 + 100 < open_files);
    }
}

#[test]
fn the_grammar_knows_a_stranger() {
    for bad in ["    bind *:80", "# a name", "    server x 127.0.0.1:80 weight 1", "    maxconn x"]
    {
        assert_eq!(stranger(bad), Some(bad));
    }
}

/// HAProxy itself takes whatever is rendered, and warns of nothing.
#[test]
fn haproxy_accepts_and_warns_of_nothing() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    for _ in 0..40 {
        let mut spec = load_balancer().new_tree(&mut runner).unwrap().current();
        if spec.listeners.is_empty() {
            continue;
        }
        // What only the API above refuses, and HAProxy rightly warns of.
        for listener in &mut spec.listeners {
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
        let config = render(&spec, Process { open_files: 20_000, state: false });
        // The descriptors are there only when the engine starts it.
        let config = config.replace("fd@4 level", "/tmp/never.sock level");
        let config: String = config
            .lines()
            .map(|line| match line.trim_start().strip_prefix("bind fd@") {
                Some(fd) => {
                    format!("    bind 127.21.0.3:{}\n", 20_000 + fd.parse::<u16>().unwrap())
                }
                None => format!("{line}\n"),
            })
            .collect();
        let file = std::env::temp_dir().join(format!("lb-render-{}.cfg", Uuid::new_v4()));
        std::fs::write(&file, &config).unwrap();
        let path = crate::program::Program::find(None).unwrap().path;
        let output =
            std::process::Command::new(path).arg("-c").arg("-f").arg(&file).output().unwrap();
        std::fs::remove_file(&file).unwrap();
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
    let spec = LoadBalancerSpec {
        id: LoadBalancerId(id(0x01)),
        vip: "192.0.2.80".parse().unwrap(),
        listeners: vec![
            guarded,
            listener(0xc2, ListenerMode::Http, 8080, &web),
            listener(0xc3, ListenerMode::Tcp, 443, &bytes),
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
