//! Pools whose members are reached by TLS.

use crate::support::{
    tls::{Authority, IssuedCertificate, tls},
    tls_member::TlsMember,
    *,
};
use engine::{report::Health, spec::*};

const NAME: &str = "www.example.com";

fn plain_tls() -> PoolTlsSpec {
    PoolTlsSpec {
        client_certificate: None,
        verification: None,
        versions: TlsVersions::V1_2AndV1_3,
        ciphers: Default::default(),
        alpn: Vec::new(),
    }
}

fn verified(authority: &Authority, revoked: Option<&[&IssuedCertificate]>) -> PoolTlsSpec {
    let verification = PeerVerification {
        authorities: authority.pem(),
        revocation_lists: revoked.map(|revoked| authority.revocation_lists(revoked)),
    };
    PoolTlsSpec { verification: Some(verification), ..plain_tls() }
}

async fn status(spec: &LoadBalancerSpec) -> u16 {
    get((spec.vip, 8000), "/").await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_verified_if_there_is_an_authority() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let (authority, other) = (Authority::new(), Authority::new());
    let certificate = authority.issue(NAME);
    let member = TlsMember::start(&a, authority.server(&certificate)).await;
    let mut spec = load_balancer(fixture.net.address(), pool([member.spec()]));
    for (tls, expected) in [
        (plain_tls(), 200),
        (verified(&authority, None), 200),
        (verified(&other, None), 503),
        (verified(&authority, Some(&[])), 200),
        (verified(&authority, Some(&[&certificate])), 503),
    ] {
        spec.pools[0].tls = Some(tls.clone());
        fixture.apply(&spec).await.unwrap();
        assert_eq!(status(&spec).await, expected, "{tls:?}");
    }
    // Without TLS, the member understands nothing.
    spec.pools[0].tls = None;
    fixture.apply(&spec).await.unwrap();
    assert_ne!(status(&spec).await, 200);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_see_the_certificate_the_name_and_the_settings() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut server = authority.server(&authority.issue(NAME));
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let member = TlsMember::start(&a, server).await;
    let mut spec = load_balancer(fixture.net.address(), pool([member.spec()]));
    spec.listeners[0].port = 8443;
    spec.listeners[0].mode = ListenerMode::TerminatedHttps(tls(&authority.issue(NAME)));
    let certificates = [authority.issue("balancer"), authority.issue("balancer-2")];
    let mut wanted = verified(&authority, None);
    wanted.alpn = vec![Alpn::Http11];
    wanted.versions = TlsVersions::V1_2;
    wanted.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384".parse().unwrap();
    // The second one is replaced in the running process.
    for certificate in &certificates {
        wanted.client_certificate = Some(certificate.pem.clone());
        spec.pools[0].tls = Some(wanted.clone());
        fixture.apply(&spec).await.unwrap();
        let mut client = authority.client(&[]).connect((spec.vip, 8443), NAME).await.unwrap();
        assert_eq!(client.get("/", "").await.unwrap().member(), "a");
        let seen = member.last().unwrap();
        assert_eq!(seen.server_name.as_deref(), Some(NAME));
        assert_eq!(seen.alpn.as_deref(), Some("http/1.1"));
        assert_eq!(seen.version, "TLSv1_2");
        assert_eq!(seen.cipher, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        assert_eq!(seen.certificate.as_ref(), Some(&certificate.leaf));
    }

    // The certificate of the member is not for the name that the client asks for.
    let others = authority.issue("other.example.com");
    let member = TlsMember::start(&a, authority.server(&others)).await;
    spec.pools[0].members = vec![member.spec()];
    fixture.apply(&spec).await.unwrap();
    let mut client = authority.client(&[]).connect((spec.vip, 8443), NAME).await.unwrap();
    assert_eq!(client.get("/", "").await.unwrap().status, 503);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_handshake_is_the_reason_of_a_member_that_is_down() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let (authority, other) = (Authority::new(), Authority::new());
    let good = TlsMember::start(&a, authority.server(&authority.issue(NAME))).await;
    let bad = TlsMember::start(&a, other.server(&other.issue(NAME))).await;
    let members = [good.spec(), bad.spec(), b.spec()];
    let mut spec = load_balancer(fixture.net.address(), pool(members));
    let mut wanted = verified(&authority, None);
    wanted.alpn = vec![Alpn::H2, Alpn::Http11, Alpn::Http10];
    for kind in [
        MonitorKind::Tcp,
        MonitorKind::TlsHello,
        MonitorKind::Http(http_check()),
        MonitorKind::Https(HttpCheck { host: CheckHost::Member, ..http_check() }),
        MonitorKind::Https(HttpCheck {
            host: CheckHost::Name(NAME.parse().unwrap()),
            ..http_check()
        }),
    ] {
        // Members with other ids, which have no health yet.
        for member in &mut spec.pools[0].members {
            member.id = uuid::Uuid::new_v4().into();
        }
        let ids: Vec<_> = spec.pools[0].members.iter().map(|member| member.id).collect();
        spec.pools[0].monitor = Some(monitor(kind.clone()));
        spec.pools[0].tls = Some(wanted.clone());
        fixture.apply(&spec).await.unwrap();
        fixture.health(ids[0], |health| *health == Health::Up).await;
        assert_eq!(fixture.down(ids[1]).await, "TLS handshake failed", "{kind:?}");
        // It waits for the end of a request, and never answers the handshake.
        let reason = fixture.down(ids[2]).await;
        assert!(reason.starts_with("timeout"), "{kind:?}: {reason}");
        assert_eq!(count_by_member((spec.vip, 8000), 3).await, counts([("a", 3)]));
    }

    // Another port has no TLS, as in Octavia.
    spec.pools[0].members[2].monitor_port = Some(9001);
    spec.pools[0].members[2].id = uuid::Uuid::new_v4().into();
    spec.pools[0].monitor = Some(monitor(MonitorKind::Http(http_check())));
    fixture.apply(&spec).await.unwrap();
    fixture.health(spec.pools[0].members[2].id, |health| *health == Health::Up).await;
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_with_tls_are_added_to_the_running_process() {
    let mut fixture = TestEngine::start().await;
    let [a, b] = fixture.members(["a", "b"]).await;
    let authority = Authority::new();
    let certificate = authority.issue(NAME);
    let first = TlsMember::start(&a, authority.server(&certificate)).await;
    let second = TlsMember::start(&b, authority.server(&certificate)).await;
    let mut spec = load_balancer(fixture.net.address(), pool([first.spec()]));
    let balancer = authority.issue("balancer");
    let mut wanted = verified(&authority, Some(&[]));
    wanted.client_certificate = Some(balancer.pem.clone());
    spec.pools[0].tls = Some(wanted);
    spec.pools[0].monitor = Some(monitor(MonitorKind::Tcp));
    fixture.apply(&spec).await.unwrap();
    let before = processes(spec.id);
    spec.pools[0].members.push(second.spec());
    fixture.apply(&spec).await.unwrap();
    assert_eq!(processes(spec.id), before, "no other process");
    fixture.health(second.id, |health| *health == Health::Up).await;
    assert_eq!(count_by_member((spec.vip, 8000), 6).await, counts([("a", 3), ("b", 3)]));
    assert_eq!(second.last().unwrap().certificate.as_ref(), Some(&balancer.leaf));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tcp_listener_reaches_members_by_tls() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut server = authority.server(&authority.issue(NAME));
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let member = TlsMember::start(&a, server).await;
    let mut pool = pool([member.spec()]);
    pool.mode = PoolMode::Tcp;
    let mut wanted = verified(&authority, None);
    wanted.alpn = vec![Alpn::H2, Alpn::Http11];
    pool.tls = Some(wanted);
    let mut spec = load_balancer(fixture.net.address(), pool);
    spec.listeners[0].mode = ListenerMode::Tcp;
    fixture.apply(&spec).await.unwrap();
    assert_eq!(status(&spec).await, 200);
    assert_eq!(member.last().unwrap().alpn, None, "a client without TLS cannot learn of h2");
    fixture.finish().await;
}
