//! Random load balancers, with every field that the API accepts. Members are on this machine.

use super::objects::{always, common, flag, list, maybe, merged, number, object, one_of, text};
use openstack_types::{
    octavia::{ClientCertificateHeader, ListenerProtocol, PoolProtocol},
    rules,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

/// What load balancers refer to.
#[derive(Clone, Debug)]
pub(super) struct World {
    /// Two subnets and their networks.
    pub(super) subnets: [String; 2],
    pub(super) networks: [String; 2],
    pub(super) certificates: [String; 2],
    pub(super) authority: String,
    /// Of `authority`.
    pub(super) revocations: String,
}

/// The body of a create request.
pub(super) fn load_balancer(world: &World) -> BoxedStrategy<Value> {
    let graph = (
        own_fields(world),
        vec(pool(world), 0..4),
        vec(listener(world), 0..4),
        vec(any::<u8>(), 64),
    );
    graph
        .prop_map(|(mut body, mut pools, mut listeners, dice)| {
            let mut dice = dice.into_iter().cycle();
            // Listeners refer to pools by their names.
            for (n, pool) in pools.iter_mut().enumerate() {
                pool["name"] = json!(format!("{}{n}", pool["name"].as_str().unwrap_or_default()));
            }
            for (n, listener) in listeners.iter_mut().enumerate() {
                listener["protocol_port"] =
                    json!(listener["protocol_port"].as_u64().unwrap() + 1000 * n as u64);
                refer(listener, &pools, || dice.next().unwrap_or_default());
            }
            body["pools"] = pools.into();
            body["listeners"] = listeners.into();
            body
        })
        .boxed()
}

/// Lets a listener and its policies refer to pools that fit, and removes policies without one.
fn refer(listener: &mut Value, pools: &[Value], mut roll: impl FnMut() -> u8) {
    let protocol = ListenerProtocol::from_wire(listener["protocol"].as_str().unwrap());
    let fitting: Vec<&Value> = pools
        .iter()
        .filter(|pool| {
            let pool = PoolProtocol::from_wire(pool["protocol"].as_str().unwrap());
            rules::pool_protocol_fits(&protocol, &pool)
        })
        .map(|pool| &pool["name"])
        .collect();
    let mut choose = || {
        let name = fitting.get(usize::from(roll()) % fitting.len().max(1))?;
        Some(json!({ "name": name }))
    };
    if let Some(pool) = choose() {
        listener["default_pool"] = pool;
    }
    let Some(policies) = listener.get_mut("l7policies").and_then(Value::as_array_mut) else {
        return;
    };
    policies.retain_mut(|policy| {
        if policy["action"] != "REDIRECT_TO_POOL" {
            return true;
        }
        let pool = choose();
        let has_pool = pool.is_some();
        policy["redirect_pool"] = pool.unwrap_or_default();
        has_pool
    });
}

fn own_fields(world: &World) -> BoxedStrategy<Value> {
    let [subnet, other] = world.subnets.clone();
    let network = world.networks[0].clone();
    let vip = prop_oneof![
        Just(json!({ "vip_subnet_id": subnet })),
        Just(json!({ "vip_network_id": network })),
        any::<[u8; 2]>().prop_map(move |[a, b]| json!({ "vip_subnet_id": subnet,
            "vip_address": format!("127.8.{a}.{}", b.clamp(1, 254)) })),
    ];
    let additional = select(vec![json!([]), json!([{ "subnet_id": other }])]);
    let mut fields = common();
    fields.extend([
        ("name", always(text().prop_filter("not blank", |name| !is_blank(name)))),
        ("description", maybe(text())),
        ("provider", maybe(one_of(&["haproxy"]))),
        ("additional_vips", maybe(additional)),
    ]);
    merged(vec![object(fields), vip.boxed()])
}

fn is_blank(text: &Value) -> bool {
    text.as_str().unwrap_or_default().trim().is_empty()
}

fn pool(world: &World) -> BoxedStrategy<Value> {
    let protocol = select(&["HTTP", "HTTPS", "PROXY", "PROXYV2", "TCP"][..]);
    let persistence = prop_oneof![
        Just(json!({"type": "SOURCE_IP"})),
        Just(json!({"type": "HTTP_COOKIE"})),
        "[!#$%&'*+.^_`|~0-9a-zA-Z-]{1,20}"
            .prop_map(|name| json!({"type": "APP_COOKIE", "cookie_name": name})),
    ];
    let mut fields = common();
    fields.extend([
        ("name", always(text())),
        ("description", maybe(text())),
        ("protocol", always(protocol.prop_map(Value::from))),
        ("lb_algorithm", always(one_of(&["ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP"]))),
        ("session_persistence", maybe(persistence)),
        ("members", maybe(members(world))),
        ("healthmonitor", maybe(monitor())),
    ]);
    merged(vec![object(fields), pool_tls(world)])
}

/// Also on a pool whose TLS is off.
fn pool_tls(world: &World) -> BoxedStrategy<Value> {
    let (ca, crl) = (world.authority.clone(), world.revocations.clone());
    let trust = prop_oneof![
        Just(json!({})),
        Just(json!({ "ca_tls_container_ref": ca })),
        Just(json!({ "ca_tls_container_ref": ca, "crl_container_ref": crl })),
    ];
    let fields = object(vec![
        ("tls_enabled", maybe(flag())),
        ("tls_container_ref", maybe(select(world.certificates.to_vec()).prop_map(Value::from))),
        ("tls_ciphers", maybe(ciphers())),
        ("tls_versions", maybe(versions())),
        ("alpn_protocols", maybe(alpn())),
    ]);
    merged(vec![fields, trust.boxed()])
}

fn ciphers() -> BoxedStrategy<Value> {
    one_of(&[
        "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256",
        "HIGH:!aNULL:!MD5",
        "ECDHE+AESGCM:TLS_AES_128_GCM_SHA256",
    ])
}

fn versions() -> BoxedStrategy<Value> {
    select(vec![
        json!(["TLSv1.2"]),
        json!(["TLSv1.3"]),
        json!(["TLSv1.2", "TLSv1.3"]),
        json!(["TLSv1.3", "TLSv1.2"]),
    ])
    .boxed()
}

fn alpn() -> BoxedStrategy<Value> {
    select(vec![
        json!(["h2"]),
        json!(["http/1.1"]),
        json!(["http/1.1", "h2"]),
        json!(["h2", "http/1.1", "http/1.0"]),
    ])
    .boxed()
}

/// An address of this machine, in any spelling.
fn local_address() -> BoxedStrategy<Value> {
    prop_oneof![
        4 => any::<[u8; 2]>().prop_map(|[a, b]| json!(format!("127.0.{a}.{b}"))),
        1 => select(vec![json!("::1"), json!("0:0:0:0:0:0:0:1"), json!("0000::0001")]),
    ]
    .boxed()
}

fn members(world: &World) -> BoxedStrategy<Value> {
    let mut fields = common();
    fields.extend([
        ("name", maybe(text())),
        ("address", always(local_address())),
        ("protocol_port", always(number(1..=65_000))),
        ("weight", maybe(number(0..=256))),
        ("backup", maybe(flag())),
        ("subnet_id", maybe(select(world.subnets.to_vec()).prop_map(Value::from))),
        ("monitor_address", maybe(local_address())),
        ("monitor_port", maybe(number(1..=65_535))),
    ]);
    vec(object(fields), 0..4)
        .prop_map(|mut members| {
            // No two at one address.
            for (n, member) in members.iter_mut().enumerate() {
                let port = member["protocol_port"].as_u64().unwrap() / 10 * 10 + n as u64 + 1;
                member["protocol_port"] = json!(port);
            }
            Value::Array(members)
        })
        .boxed()
}

/// Delays are long: what is checked is not there.
fn monitor() -> BoxedStrategy<Value> {
    let mut fields = common();
    fields.extend([
        ("name", maybe(text())),
        ("delay", always(number(60..=86_400))),
        ("timeout", always(number(1..=86_400))),
        ("max_retries", always(number(1..=10))),
        ("max_retries_down", maybe(number(1..=10))),
    ]);
    let host = prop_oneof![
        Just(json!({})),
        Just(json!({"http_version": 1.0})),
        Just(json!({"http_version": 1.1})),
        Just(json!({"http_version": 1.1, "domain_name": "www.example.org"})),
    ];
    let kind = one_of(&["HTTP", "HTTPS", "PING", "TCP", "TLS-HELLO"]);
    let request = object(vec![
        ("http_method", maybe(one_of(&["GET", "HEAD", "POST", "OPTIONS", "PATCH", "TRACE"]))),
        ("url_path", maybe(one_of(&["/", "/health?a=1&b=%20", "/odata/Users('x')", "/$metadata"]))),
        ("expected_codes", maybe(one_of(&["200", "200, 202", "200-204", "201,300-302"]))),
    ]);
    (object(fields), kind, host, request)
        .prop_map(|(mut monitor, kind, host, request)| {
            let sends_request = kind == "HTTP" || kind == "HTTPS";
            monitor["type"] = kind;
            // The API accepts a host for other checks too, where it has no effect.
            for more in [host, request].into_iter().filter(|_| sends_request) {
                let fields = more.as_object().unwrap().clone();
                monitor.as_object_mut().unwrap().extend(fields);
            }
            monitor
        })
        .boxed()
}

fn listener(world: &World) -> BoxedStrategy<Value> {
    let timeout = || maybe(number(0..=2_073_600_000));
    let mut fields = common();
    fields.extend([
        ("name", maybe(text())),
        ("description", maybe(text())),
        ("protocol_port", always(number(20_000..=20_999))),
        ("connection_limit", maybe(prop_oneof![Just(json!(-1)), number(1..=2_147_483_647)])),
        ("timeout_client_data", timeout()),
        ("timeout_member_connect", timeout()),
        ("timeout_member_data", timeout()),
        ("timeout_tcp_inspect", timeout()),
        ("allowed_cidrs", maybe(cidrs())),
    ]);
    let with_tls = |protocol| {
        let headers = insert_headers(protocol);
        merged(vec![Just(json!({ "protocol": protocol })).boxed(), headers, listener_tls(world)])
    };
    let kind = prop_oneof![
        2 => merged(vec![insert_headers("HTTP"), Just(json!({"protocol": "HTTP"})).boxed(), policies(false)]),
        2 => merged(vec![with_tls("TERMINATED_HTTPS"), policies(true)]),
        1 => one_of(&["TCP", "HTTPS", "PROMETHEUS"]).prop_map(|protocol| json!({ "protocol": protocol })),
        1 => with_tls("PROMETHEUS"),
    ];
    merged(vec![object(fields), kind.boxed()])
}

fn cidrs() -> BoxedStrategy<Value> {
    list(one_of(&["127.0.0.0/8", "192.0.2.7/32", "198.51.100.0/24", "0.0.0.0/0"]), 1..3)
        .prop_map(|mut ranges| {
            let list = ranges.as_array_mut().unwrap();
            list.sort_by_key(ToString::to_string);
            list.dedup();
            ranges
        })
        .boxed()
}

fn insert_headers(protocol: &str) -> BoxedStrategy<Value> {
    let forwarded = ["X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"];
    let of_certificates = ClientCertificateHeader::ALL.map(ClientCertificateHeader::name);
    let names: Vec<&'static str> = match protocol {
        "HTTP" => forwarded.to_vec(),
        "TERMINATED_HTTPS" => forwarded.into_iter().chain(of_certificates).collect(),
        _ => Vec::new(),
    };
    let one = || maybe(one_of(&["true", "true", "false"]));
    let headers = object(names.into_iter().map(|name| (name, one())).collect());
    object(vec![("insert_headers", maybe(headers))])
}

fn listener_tls(world: &World) -> BoxedStrategy<Value> {
    let [first, second] = world.certificates.clone();
    let served = select(vec![
        json!({ "default_tls_container_ref": first }),
        json!({ "default_tls_container_ref": first, "sni_container_refs": [second] }),
        json!({ "sni_container_refs": [second, first] }),
    ]);
    let (ca, crl) = (world.authority.clone(), world.revocations.clone());
    let trust = select(vec![
        json!({}),
        json!({ "client_authentication": "NONE" }),
        json!({ "client_ca_tls_container_ref": ca }),
        json!({ "client_ca_tls_container_ref": ca, "client_authentication": "OPTIONAL" }),
        json!({ "client_ca_tls_container_ref": ca, "client_authentication": "MANDATORY",
            "client_crl_container_ref": crl }),
    ]);
    let hsts = prop_oneof![
        Just(json!({})),
        Just(json!({"hsts_include_subdomains": false})),
        (0..=i32::MAX, any::<bool>(), any::<bool>()).prop_map(|(age, subdomains, preload)| json!({
            "hsts_max_age": age, "hsts_include_subdomains": subdomains, "hsts_preload": preload,
        })),
    ];
    let fields = object(vec![
        ("tls_ciphers", maybe(ciphers())),
        ("tls_versions", maybe(versions())),
        ("alpn_protocols", maybe(alpn())),
    ]);
    merged(vec![fields, served.boxed(), trust.boxed(), hsts.boxed()])
}

fn policies(is_tls: bool) -> BoxedStrategy<Value> {
    object(vec![("l7policies", maybe(list(policy(is_tls), 0..4)))])
}

fn policy(is_tls: bool) -> BoxedStrategy<Value> {
    let url = || {
        one_of(&[
            "https://www.example.org",
            "http://[2001:db8::1]:8080/a(b)?c='d'#e",
            "https://my_service.internal/%20",
        ])
    };
    let prefix = || one_of(&["https://www.example.org", "http://a.example:8080/x"]);
    let redirect = |kind: &'static str, field: &'static str, target: BoxedStrategy<Value>| {
        let code = maybe(one_of(&[301, 302, 303, 307, 308]));
        let action = always(Just(json!(kind)));
        object(vec![("action", action), (field, always(target)), ("redirect_http_code", code)])
    };
    let action = prop_oneof![
        Just(json!({"action": "REJECT"})),
        Just(json!({"action": "REDIRECT_TO_POOL"})),
        redirect("REDIRECT_TO_URL", "redirect_url", url()),
        redirect("REDIRECT_PREFIX", "redirect_prefix", prefix()),
    ];
    let mut fields = common();
    fields.extend([
        ("name", maybe(text())),
        ("description", maybe(text())),
        ("rules", maybe(list(rule(is_tls), 0..4))),
    ]);
    merged(vec![object(fields), action.boxed()])
}

fn rule(is_tls: bool) -> BoxedStrategy<Value> {
    let plain = || select(&["EQUAL_TO", "STARTS_WITH", "ENDS_WITH", "CONTAINS"][..]);
    // Also with what means something in a configuration.
    let value = || {
        prop_oneof![
            "[!-~]{1,20}".prop_filter("quotes around nothing", |value| value != "\"\""),
            "\"[ -~]{1,20}\"",
        ]
    };
    let regex = || select(&["^(a|b)+$", "\\.example\\.org$", "[0-9]{1,3}", "a \"b\" #c"][..]);
    let compared = |kind: &'static str| {
        prop_oneof![
            3 => (plain(), value()).prop_map(move |(compare, value)| {
                json!({"type": kind, "compare_type": compare, "value": value})
            }),
            1 => regex().prop_map(move |value| {
                json!({"type": kind, "compare_type": "REGEX", "value": value})
            }),
        ]
    };
    let token = "[!#$%&'*+.^_`|~0-9a-zA-Z-]{1,20}";
    let header = (compared("HEADER"), token).prop_map(|(mut rule, name)| {
        rule["key"] = json!(name);
        rule
    });
    let cookie = (plain(), "[!#-:<-\\[\\]-~]{1,20}", token).prop_map(|(compare, value, name)| {
        json!({"type": "COOKIE", "compare_type": compare, "value": value, "key": name})
    });
    let file_type = (select(&["EQUAL_TO", "REGEX"][..]), "[a-z]{1,5}").prop_map(
        |(compare, value)| json!({"type": "FILE_TYPE", "compare_type": compare, "value": value}),
    );
    let subject = (compared("SSL_DN_FIELD"), select(&["CN", "O", "emailAddress"][..])).prop_map(
        |(mut rule, field)| {
            rule["key"] = json!(field);
            rule
        },
    );
    let of_certificate = prop_oneof![
        Just(json!({"type": "SSL_CONN_HAS_CERT", "compare_type": "EQUAL_TO", "value": "True"})),
        Just(json!({"type": "SSL_VERIFY_RESULT", "compare_type": "EQUAL_TO", "value": "26"})),
        subject,
    ];
    let kind = prop_oneof![compared("HOST_NAME"), compared("PATH"), file_type, header, cookie,];
    let kind =
        if is_tls { prop_oneof![5 => kind, 3 => of_certificate].boxed() } else { kind.boxed() };
    let mut fields = common();
    fields.push(("invert", maybe(flag())));
    merged(vec![object(fields), kind])
}
