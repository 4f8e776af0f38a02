//! Random specifications.

use crate::spec::{
    Alpn, Balance, CertificatePem, CheckHost, ClientAuthentication, Comparison, Hsts, HttpCheck,
    InsertHeaders, ListenerMode, ListenerSpec, LoadBalancerSpec, MemberSpec, MonitorKind,
    MonitorSpec, PeerVerification, Persistence, PolicyAction, PolicySpec, PoolMode, PoolSpec,
    PoolTlsSpec, PublicPem, RedirectCode, RulePart, RuleSpec, TlsSpec, TlsVersions,
};
use ipnet::IpNet;
use openstack_types::octavia::ClientCertificateHeader;
use openstack_types::{
    L7PolicyId, L7RuleId, ListenerId, LoadBalancerId, MemberId, PoolId,
    field::{RedirectUrl, RuleValue, check_regex},
    tls::{CipherPreset, TlsCiphers},
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
};
use std::{net::IpAddr, time::Duration};
use uuid::Uuid;

/// Text that a user could send, mostly of characters with a meaning in HAProxy's configuration.
pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\\n\\r\\t]{0,24}",
        "/[a-z%\\[\\]{}()$\"'#\\\\ \\n]{0,12}",
        "\\PC{0,12}",
        "[a-z0-9./-]{1,12}"
    ]
}

/// A checked string: random text where the type accepts it, otherwise `fallback`.
pub(super) fn checked<T: std::str::FromStr + std::fmt::Debug>(
    fallback: &'static str,
) -> BoxedStrategy<T>
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
        // Displayed with dots and colons.
        any::<[u8; 4]>().prop_map(|ip| std::net::Ipv4Addr::from(ip).to_ipv6_mapped().into()),
    ]
}

fn cidr() -> impl Strategy<Value = IpNet> {
    (address(), any::<u8>()).prop_map(|(ip, bits)| {
        let max = if ip.is_ipv4() { 32 } else { 128 };
        IpNet::new(ip, bits % (max + 1)).unwrap()
    })
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        Just(Duration::MAX),
        any::<u32>().prop_map(|ms| Duration::from_millis(ms.into()))
    ]
}

fn check_host() -> impl Strategy<Value = CheckHost> {
    prop_oneof![
        Just(CheckHost::Absent),
        Just(CheckHost::Member),
        checked("a.example").prop_map(CheckHost::Name)
    ]
}

pub(super) fn http_check_spec() -> impl Strategy<Value = HttpCheck> {
    (checked("GET"), checked("/"), checked("200"), check_host())
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
    let identity = (uuid(), address(), any::<u16>(), any::<u16>());
    let rest = (any::<bool>(), any::<bool>(), option::of(address()), option::of(any::<u16>()));
    (identity, rest).prop_map(
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
        option::of(pool_tls()),
        vec(member(), 0..4),
        option::of(monitor()),
    )
        .prop_map(|(id, mode, balance, persistence, tls, members, monitor)| PoolSpec {
            id: PoolId(id),
            mode,
            balance,
            persistence,
            tls,
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

fn verification() -> impl Strategy<Value = PeerVerification> {
    (text(), option::of(text())).prop_map(|(authorities, revocation_lists)| PeerVerification {
        authorities: PublicPem::new(&authorities),
        revocation_lists: revocation_lists.map(|lists| PublicPem::new(&lists)),
    })
}

fn versions() -> impl Strategy<Value = TlsVersions> {
    select(vec![TlsVersions::V1_2, TlsVersions::V1_2AndV1_3, TlsVersions::V1_3])
}

fn alpn() -> impl Strategy<Value = Vec<Alpn>> {
    vec(select(vec![Alpn::H2, Alpn::Http11, Alpn::Http10]), 0..4)
}

fn pool_tls() -> impl Strategy<Value = PoolTlsSpec> {
    (option::of(certificate()), option::of(verification()), versions(), ciphers(), alpn()).prop_map(
        |(client_certificate, verification, versions, ciphers, alpn)| PoolTlsSpec {
            client_certificate,
            verification,
            versions,
            ciphers,
            alpn,
        },
    )
}

fn tls() -> impl Strategy<Value = TlsSpec> {
    let hsts = (any::<u32>(), any::<bool>(), any::<bool>()).prop_map(
        |(max_age, include_subdomains, preload)| Hsts { max_age, include_subdomains, preload },
    );
    (
        certificate(),
        vec(certificate(), 0..3),
        versions(),
        ciphers(),
        alpn(),
        option::of(hsts),
        option::of((any::<bool>(), verification())),
    )
        .prop_map(
            |(default_certificate, sni_certificates, versions, ciphers, alpn, hsts, clients)| {
                let client_authentication = clients.map(|(is_required, verification)| {
                    ClientAuthentication { is_required, verification }
                });
                TlsSpec {
                    default_certificate,
                    sni_certificates,
                    versions,
                    ciphers,
                    alpn,
                    hsts,
                    client_authentication,
                }
            },
        )
}

fn mode_spec() -> impl Strategy<Value = ListenerMode> {
    prop_oneof![
        Just(ListenerMode::Http),
        Just(ListenerMode::Tcp),
        tls().prop_map(ListenerMode::TerminatedHttps),
        option::of(tls()).prop_map(ListenerMode::Prometheus),
    ]
}

/// The target of a redirect with random text after the host or instead of it.
pub(super) fn redirect_url() -> impl Strategy<Value = RedirectUrl> {
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
        Just(RulePart::ClientHasCertificate),
        any::<u32>().prop_map(RulePart::ClientVerifyResult),
        checked("CN").prop_map(RulePart::ClientDn),
    ];
    let compare = select(vec![
        Comparison::EqualTo,
        Comparison::StartsWith,
        Comparison::EndsWith,
        Comparison::Contains,
        Comparison::Regex,
    ]);
    let value = prop_oneof![
        checked::<RuleValue>("-f"),
        select(vec!["-f", "--", "-i", "-m", "%[env(HOME)]", "!", "or", "unless"])
            .prop_map(|value| value.parse().unwrap_or_else(|_| "/".parse().unwrap())),
    ];
    (uuid(), part, compare, value, any::<bool>()).prop_map(|(id, part, compare, value, invert)| {
        let is_valid = compare != Comparison::Regex || check_regex(value.as_str()).is_ok();
        let value = if is_valid { value } else { "^(?i)[^a]+\\.".parse().unwrap() };
        RuleSpec { id: L7RuleId(id), part, compare, value, invert }
    })
}

/// `load_balancer` replaces the pool by one that exists.
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
        (duration(), duration(), duration(), duration()),
        (any::<[bool; 3]>(), subsequence(ClientCertificateHeader::ALL.to_vec(), 0..=8)),
        any::<prop::sample::Index>(),
        vec(policy(), 0..4),
    )
        .prop_map(
            |(
                (id, mode, port),
                connection_limit,
                allowed_cidrs,
                timeouts,
                (add, headers),
                pool,
                policies,
            )| {
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
                    timeout_tcp_inspect: timeouts.3,
                    insert_headers: InsertHeaders {
                        x_forwarded_for: add[0],
                        x_forwarded_port: add[1],
                        x_forwarded_proto: add[2],
                        client_certificate: headers.into_iter().collect(),
                    },
                };
                (listener, pool, chosen)
            },
        )
}

pub(super) fn load_balancer() -> impl Strategy<Value = LoadBalancerSpec> {
    (uuid(), vec(address(), 1..3), vec(pool(), 0..3), vec(listener(), 0..4)).prop_map(
        |(id, mut additional_vips, pools, listeners)| {
            let vip = additional_vips.remove(0);
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
            LoadBalancerSpec {
                id: LoadBalancerId(id),
                project: openstack_types::ProjectId("shop".to_owned()),
                vip,
                additional_vips,
                listeners,
                pools,
            }
        },
    )
}
