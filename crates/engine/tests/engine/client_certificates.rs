//! Listeners that authenticate clients by certificates.

use crate::support::{
    tls::{Authority, TlsClient, s_client, tls},
    *,
};
use engine::spec::*;
use openstack_types::octavia::ClientCertificateHeader;
use rcgen::{CertificateParams, DnType, date_time_ymd};

const PORT: u16 = 8443;
const NAME: &str = "www.example.com";

fn secure(fixture: &TestEngine, member: &Member, tls: TlsSpec) -> LoadBalancerSpec {
    let mut spec = load_balancer(fixture.net.address(), pool([member.spec()]));
    spec.listeners[0].port = PORT;
    spec.listeners[0].mode = ListenerMode::TerminatedHttps(tls);
    spec
}

fn authenticate(spec: &mut LoadBalancerSpec, clients: Option<ClientAuthentication>) {
    match &mut spec.listeners[0].mode {
        ListenerMode::TerminatedHttps(tls) => tls.client_authentication = clients,
        other => panic!("{other:?}"),
    }
}

fn authentication(is_required: bool, authority: &Authority) -> ClientAuthentication {
    let verification = PeerVerification { authorities: authority.pem(), revocation_lists: None };
    ClientAuthentication { is_required, verification }
}

/// Whether a request succeeds. In TLS 1.3 a client learns after its handshake that it is refused.
async fn is_served(client: &TlsClient, to: impl Into<std::net::SocketAddr>) -> bool {
    let Ok(mut connection) = client.connect(to, NAME).await else { return false };
    connection.get("/", "Connection: close\r\n").await.is_ok_and(|it| it.status == 200)
}

/// One request on a connection of its own.
async fn ask(client: &TlsClient, to: impl Into<std::net::SocketAddr>, headers: &str) -> Response {
    let mut connection = client.connect(to, NAME).await.unwrap();
    connection.get("/", &format!("{headers}Connection: close\r\n")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_need_a_valid_certificate() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let (servers, clients, others) = (Authority::new(), Authority::new(), Authority::new());
    let mut spec = secure(&fixture, &a, tls(&servers.issue(NAME)));
    let to = (spec.vip, PORT);
    let (alice, revoked, stranger) =
        (clients.issue("alice"), clients.issue("revoked"), others.issue("stranger"));
    let nobody = servers.client(&[]);
    let with = |certificate| servers.client_with(&[], Some(certificate));
    for versions in [TlsVersions::V1_2, TlsVersions::V1_2AndV1_3] {
        match &mut spec.listeners[0].mode {
            ListenerMode::TerminatedHttps(tls) => tls.versions = versions,
            other => panic!("{other:?}"),
        }
        for (is_required, without) in [(true, false), (false, true)] {
            authenticate(&mut spec, Some(authentication(is_required, &clients)));
            fixture.apply(&spec).await.unwrap();
            assert!(is_served(&with(&alice), to).await, "{is_required}");
            assert!(is_served(&with(&revoked), to).await, "{is_required}");
            assert!(!is_served(&with(&stranger), to).await, "{is_required}");
            assert_eq!(is_served(&nobody, to).await, without);
        }
        let mut clients_and_lists = authentication(true, &clients);
        clients_and_lists.verification.revocation_lists =
            Some(clients.revocation_lists(&[&revoked]));
        authenticate(&mut spec, Some(clients_and_lists));
        fixture.apply(&spec).await.unwrap();
        assert!(is_served(&with(&alice), to).await);
        assert!(!is_served(&with(&revoked), to).await);
        authenticate(&mut spec, None);
        fixture.apply(&spec).await.unwrap();
        assert!(is_served(&nobody, to).await && is_served(&with(&stranger), to).await);
        let output = s_client(to, &["-servername", NAME]).await;
        assert!(output.contains("No client certificate CA names sent"), "{output}");
    }
    fixture.finish().await;
}

/// A session that could be resumed would outlive the certificate.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_client_cannot_resume_a_session() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut spec = secure(&fixture, &a, tls(&authority.issue(NAME)));
    let to = (spec.vip, PORT);
    let alice = authority.issue("alice");
    // This client resumes sessions.
    let client = authority.client_with(&[], Some(&alice));
    let mut clients = authentication(true, &authority);
    clients.verification.revocation_lists = Some(authority.revocation_lists(&[]));
    authenticate(&mut spec, Some(clients.clone()));
    fixture.apply(&spec).await.unwrap();
    for _ in 0..3 {
        assert!(is_served(&client, to).await);
    }
    clients.verification.revocation_lists = Some(authority.revocation_lists(&[&alice]));
    authenticate(&mut spec, Some(clients));
    fixture.apply(&spec).await.unwrap();
    for _ in 0..3 {
        assert!(!is_served(&client, to).await);
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_learn_of_the_certificate_and_clients_cannot_forge_it() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut spec = secure(&fixture, &a, tls(&authority.issue(NAME)));
    authenticate(&mut spec, Some(authentication(false, &authority)));
    spec.listeners[0].insert_headers.client_certificate = ClientCertificateHeader::ALL.into();
    fixture.apply(&spec).await.unwrap();
    let to = (spec.vip, PORT);
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    // HAProxy shows times of this century.
    params.not_before = date_time_ymd(2026, 1, 2);
    params.not_after = date_time_ymd(2036, 1, 2);
    params.distinguished_name.push(DnType::OrganizationName, "Example Ltd");
    params.distinguished_name.push(DnType::CommonName, "alice");
    let alice = authority.issue_for(params);

    let mut forged = String::new();
    for header in ClientCertificateHeader::ALL {
        let name = header.name();
        for name in [name.to_owned(), name.to_lowercase(), name.replace('-', "_")] {
            forged.push_str(&format!("{name}: forged\r\n"));
        }
    }
    let client = authority.client_with(&[], Some(&alice));
    let response = ask(&client, to, &forged).await;
    assert!(!response.body.contains("forged"), "{response:?}");
    for (name, value) in [
        ("X-SSL-Client-Verify", "0"),
        ("X-SSL-Client-Has-Cert", "1"),
        ("X-SSL-Client-DN", "/CN=alice/O=Example Ltd"),
        ("X-SSL-Client-CN", "alice"),
        ("X-SSL-Issuer", "/CN=Test intermediate"),
    ] {
        assert_eq!(response.request_header(name), Some(value), "{name}");
    }
    let is_hex = |text: &str| text.len() == 40 && text.chars().all(|c| c.is_ascii_hexdigit());
    assert!(response.request_header("X-SSL-Client-SHA1").is_some_and(is_hex), "{response:?}");
    assert_eq!(response.request_header("X-SSL-Client-Not-Before"), Some("260102000000Z"));
    assert_eq!(response.request_header("X-SSL-Client-Not-After"), Some("360102000000Z"));

    let response = ask(&authority.client(&[]), to, &forged).await;
    assert!(!response.body.contains("forged"), "{response:?}");
    assert_eq!(response.request_header("X-SSL-Client-Has-Cert"), Some("0"));
    assert_eq!(response.request_header("X-SSL-Client-CN"), Some(""));

    // Also where the listener inserts none of them.
    spec.listeners[0].insert_headers.client_certificate.clear();
    fixture.apply(&spec).await.unwrap();
    let response = ask(&client, to, &forged).await;
    assert!(!response.body.to_lowercase().contains("x-ssl-"), "{response:?}");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_name_in_a_certificate_adds_no_header() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut spec = secure(&fixture, &a, tls(&authority.issue(NAME)));
    authenticate(&mut spec, Some(authentication(true, &authority)));
    spec.listeners[0].insert_headers.client_certificate = ClientCertificateHeader::ALL.into();
    fixture.apply(&spec).await.unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    let name = "x\r\nX-Admin: yes\r\n\r\nGET /smuggled HTTP/1.1\0 %[env(HOME)] \"é";
    params.distinguished_name.push(DnType::CommonName, name);
    let hostile = authority.issue_for(params);
    let client = authority.client_with(&[], Some(&hostile));
    let response = ask(&client, (spec.vip, PORT), "").await;
    assert_eq!(response.request_header("X-Admin"), None);
    let shown = response.request_header("X-SSL-Client-CN").unwrap();
    assert!(shown.starts_with("x%0D%0AX-Admin: yes%0D%0A%0D%0AGET /smuggled"), "{shown}");
    assert!(shown.contains("%[env(HOME)]"), "{shown}");
    fixture.finish().await;
}

/// A listener with authorities that HAProxy refuses is down alone.
#[tokio::test(flavor = "multi_thread")]
async fn authorities_that_are_refused_affect_one_listener() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut spec = secure(&fixture, &a, tls(&authority.issue(NAME)));
    let mut plain = listener(ListenerMode::Http, 8000, Some(spec.pools[0].id));
    plain.id = uuid::Uuid::new_v4().into();
    spec.listeners.push(plain);
    let broken = [
        (PublicPem::new("no certificate"), None),
        (PublicPem::new(""), None),
        (authority.pem(), Some(PublicPem::new("no list"))),
    ];
    for (authorities, revocation_lists) in broken {
        let verification = PeerVerification { authorities, revocation_lists };
        let clients = ClientAuthentication { is_required: true, verification };
        authenticate(&mut spec, Some(clients));
        let failed = fixture.apply(&spec).await.unwrap_err();
        assert_eq!(failed.listener, spec.listeners[0].id);
        assert_eq!(get((spec.vip, 8000), "/").await.unwrap().status, 200);
    }
    authenticate(&mut spec, Some(authentication(true, &authority)));
    fixture.apply(&spec).await.unwrap();
    fixture.finish().await;
}
