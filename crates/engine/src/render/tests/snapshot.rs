//! A snapshot of one complete configuration.

use crate::{
    render::{ProcessOptions, render},
    server_ids::ServerIds,
    spec::{
        Alpn, Balance, CertificatePem, CheckHost, ClientAuthentication, Comparison, Hsts,
        HttpCheck, InsertHeaders, ListenerMode, ListenerSpec, LoadBalancerSpec, MemberSpec,
        MonitorKind, MonitorSpec, PeerVerification, Persistence, PolicyAction, PolicySpec,
        PoolMode, PoolSpec, PoolTlsSpec, PublicPem, RedirectCode, RulePart, RuleSpec, TlsSpec,
        TlsVersions,
    },
};
use openstack_types::octavia::ClientCertificateHeader;
use openstack_types::{
    L7PolicyId, L7RuleId, ListenerId, LoadBalancerId, MemberId, PoolId, tls::TlsCiphers,
};
use std::time::Duration;
use uuid::Uuid;

/// `UPDATE_SNAPSHOTS=1 cargo test -p engine` writes the file.
#[test]
fn a_complete_configuration_is_rendered_as_in_the_snapshot() {
    let (http_pool, tcp_pool) = (http_pool(), tcp_pool());
    let spec = LoadBalancerSpec {
        id: LoadBalancerId(id(0x01)),
        vip: "192.0.2.80".parse().unwrap(),
        project: openstack_types::ProjectId("shop".to_owned()),
        additional_vips: Vec::new(),
        listeners: vec![
            restricted_listener(&http_pool),
            listener(0xc2, ListenerMode::Http, 8080, &http_pool),
            listener(0xc3, ListenerMode::Tcp, 443, &tcp_pool),
            tls_listener(&http_pool, &tcp_pool),
        ],
        pools: vec![http_pool, tcp_pool],
    };
    let process = ProcessOptions { open_files: 20_000, has_state: true };
    let rendered = render(&spec, &ServerIds::of(&spec), process);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/render/snapshot.cfg");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(file, &rendered).unwrap();
    }
    assert_eq!(rendered, std::fs::read_to_string(file).unwrap_or_default());
}

fn id(n: u8) -> Uuid {
    Uuid::from_bytes([n; 16])
}

fn member(n: u8, address: &str) -> MemberSpec {
    MemberSpec {
        id: MemberId(id(n)),
        address: address.parse().unwrap(),
        port: 9001,
        weight: 1,
        backup: false,
        enabled: true,
        monitor_address: None,
        monitor_port: None,
    }
}

fn http_pool() -> PoolSpec {
    let mut special = member(0xb2, "2001:db8::2");
    special.backup = true;
    special.monitor_address = Some("2001:db8::3".parse().unwrap());
    special.monitor_port = Some(8080);
    PoolSpec {
        id: PoolId(id(0xa1)),
        mode: PoolMode::Http,
        balance: Balance::RoundRobin,
        persistence: Some(Persistence::HttpCookie),
        tls: None,
        members: vec![member(0xb1, "192.0.2.1"), special],
        monitor: Some(MonitorSpec {
            kind: MonitorKind::Http(HttpCheck {
                method: "GET".parse().unwrap(),
                path: "/health".parse().unwrap(),
                expected: "200,202,204-206".parse().unwrap(),
                host: CheckHost::Name("check.example".parse().unwrap()),
            }),
            delay: Duration::from_secs(5),
            timeout: Duration::from_secs(2),
            rise: 2,
            fall: 3,
        }),
    }
}

fn tcp_pool() -> PoolSpec {
    PoolSpec {
        id: PoolId(id(0xa2)),
        mode: PoolMode::ProxyV2,
        balance: Balance::SourceIp,
        persistence: Some(Persistence::SourceIp),
        tls: Some(PoolTlsSpec {
            client_certificate: Some(CertificatePem::new(Vec::new().into())),
            verification: Some(PeerVerification {
                authorities: PublicPem::new(""),
                revocation_lists: None,
            }),
            versions: TlsVersions::V1_2AndV1_3,
            ciphers: TlsCiphers::default(),
            alpn: vec![Alpn::Http11],
        }),
        members: vec![member(0xb3, "192.0.2.3")],
        monitor: Some(MonitorSpec {
            kind: MonitorKind::TlsHello,
            delay: Duration::from_secs(5),
            timeout: Duration::from_secs(2),
            rise: 1,
            fall: 1,
        }),
    }
}

fn listener(n: u8, mode: ListenerMode, port: u16, pool: &PoolSpec) -> ListenerSpec {
    ListenerSpec {
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
        timeout_tcp_inspect: Duration::ZERO,
        insert_headers: InsertHeaders::default(),
    }
}

/// With a connection limit, allowed ranges and inserted headers.
fn restricted_listener(pool: &PoolSpec) -> ListenerSpec {
    let mut restricted = listener(0xc1, ListenerMode::Http, 80, pool);
    restricted.connection_limit = Some(100);
    restricted.allowed_cidrs =
        vec!["192.0.2.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
    restricted.insert_headers = InsertHeaders {
        x_forwarded_for: true,
        x_forwarded_port: true,
        x_forwarded_proto: true,
        ..Default::default()
    };
    restricted
}

fn tls_listener(pool: &PoolSpec, api_pool: &PoolSpec) -> ListenerSpec {
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
            client_authentication: Some(ClientAuthentication {
                is_required: true,
                verification: PeerVerification {
                    authorities: PublicPem::new(""),
                    revocation_lists: Some(PublicPem::new("")),
                },
            }),
        }),
        8443,
        pool,
    );
    secure.insert_headers.x_forwarded_proto = true;
    secure.insert_headers.client_certificate = ClientCertificateHeader::ALL.into();
    secure.policies = policies(api_pool);
    secure
}

fn policies(api_pool: &PoolSpec) -> Vec<PolicySpec> {
    let rule = |n: u8, part, value: &str, invert| RuleSpec {
        id: L7RuleId(id(n)),
        part,
        compare: Comparison::StartsWith,
        value: value.parse().unwrap(),
        invert,
    };
    let policy = |n: u8, action, rules| PolicySpec { id: L7PolicyId(id(n)), action, rules };
    vec![
        policy(
            0xd1,
            PolicyAction::RedirectToPool(api_pool.id),
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
    ]
}
