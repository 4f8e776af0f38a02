//! Listeners that terminate TLS.

use crate::support::{
    tls::{Authority, IssuedCertificate, TlsClient, s_client, tls},
    *,
};
use engine::{report::Report, spec::*};
use std::{
    fs,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

const PORT: u16 = 8443;

/// One listener with TLS and one pool.
fn secure(fixture: &TestEngine, member: &Member, tls: TlsSpec) -> LoadBalancerSpec {
    let mut spec = load_balancer(fixture.net.address(), pool([member.spec()]));
    spec.listeners[0].port = PORT;
    spec.listeners[0].mode = ListenerMode::TerminatedHttps(tls);
    spec
}

fn change(spec: &mut LoadBalancerSpec, how: impl FnOnce(&mut TlsSpec)) {
    match &mut spec.listeners[0].mode {
        ListenerMode::TerminatedHttps(tls) => how(tls),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_gets_the_chain_and_only_tls_1_2() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut spec = secure(&fixture, &a, tls(&authority.issue("www.example.com")));
    fixture.apply(&spec).await.unwrap();
    let to = (spec.vip, PORT);

    let output = s_client(to, &["-tls1_2", "-alpn", "h2,http/1.1"]).await;
    let at = |text: &str| output.find(text).unwrap_or_else(|| panic!("no {text} in {output}"));
    assert!(at(" 0 s:CN = www.example.com") < at("s:CN = Test intermediate"), "{output}");
    assert_eq!(output.matches("BEGIN CERTIFICATE").count(), 2, "{output}");
    at("Protocol  : TLSv1.2");
    at("ALPN protocol: h2");
    at("Cipher    : ECDHE-ECDSA-AES128-GCM-SHA256");
    let output = s_client(to, &["-alpn", "http/1.1"]).await;
    assert!(output.contains("ALPN protocol: http/1.1"), "{output}");

    // At the default security level, openssl itself refuses the old versions.
    let weak = ["-cipher", "DEFAULT@SECLEVEL=0"];
    for version in ["-tls1", "-tls1_1", "-tls1_3"] {
        let output = s_client(to, &[&weak[..], &[version]].concat()).await;
        assert!(output.contains("alert protocol version"), "{version}: {output}");
        assert!(!output.contains("BEGIN CERTIFICATE"), "{version}: {output}");
    }

    change(&mut spec, |tls| tls.versions = TlsVersions::V1_2AndV1_3);
    fixture.apply(&spec).await.unwrap();
    assert!(s_client(to, &["-tls1_3"]).await.contains("New, TLSv1.3"));
    assert!(s_client(to, &["-tls1_2"]).await.contains("Protocol  : TLSv1.2"));
    change(&mut spec, |tls| tls.versions = TlsVersions::V1_3);
    fixture.apply(&spec).await.unwrap();
    assert!(s_client(to, &["-tls1_2"]).await.contains("alert protocol version"));
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_configured_ciphers_are_offered() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let mut how = tls(&Authority::new().issue("www.example.com"));
    how.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384".parse().unwrap();
    how.alpn.clear();
    let spec = secure(&fixture, &a, how);
    fixture.apply(&spec).await.unwrap();
    let output = s_client((spec.vip, PORT), &["-alpn", "h2"]).await;
    assert!(output.contains("Cipher    : ECDHE-ECDSA-AES256-GCM-SHA384"), "{output}");
    assert!(output.contains("No ALPN negotiated"), "{output}");
    let output = s_client((spec.vip, PORT), &["-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"]).await;
    assert!(output.contains("handshake failure"), "{output}");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_name_selects_the_certificate() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut how = tls(&authority.issue("www.example.com"));
    how.sni_certificates = vec![authority.issue("shop.example.com").pem];
    let mut spec = secure(&fixture, &a, how);
    // With a second listener, each one must use its own files.
    let mut other = spec.listeners[0].clone();
    other.id = uuid::Uuid::new_v4().into();
    other.port = PORT + 1;
    other.mode = ListenerMode::TerminatedHttps(tls(&authority.issue("api.example.com")));
    spec.listeners.push(other);
    fixture.apply(&spec).await.unwrap();
    for (port, asked, shown) in [
        (PORT, "www.example.com", "www.example.com"),
        (PORT, "shop.example.com", "shop.example.com"),
        (PORT, "unknown.example.com", "www.example.com"),
        (PORT + 1, "shop.example.com", "api.example.com"),
    ] {
        let output = s_client((spec.vip, port), &["-servername", asked]).await;
        assert!(output.contains(&format!(" 0 s:CN = {shown}\n")), "{asked}: {output}");
    }
    let output = s_client((spec.vip, PORT), &["-noservername"]).await;
    assert!(output.contains(" 0 s:CN = www.example.com\n"), "{output}");
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_get_http_1_1_and_forwarded_headers_for_https() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let mut spec = secure(&fixture, &a, tls(&authority.issue("www.example.com")));
    spec.listeners[0].insert_headers = InsertHeaders {
        x_forwarded_for: true,
        x_forwarded_port: true,
        x_forwarded_proto: true,
        ..Default::default()
    };
    change(&mut spec, |tls| {
        tls.hsts = Some(Hsts { max_age: 300, include_subdomains: true, preload: false })
    });
    fixture.apply(&spec).await.unwrap();
    let to = (spec.vip, PORT);
    let client = authority.client(&[]);
    let mut connection = client.connect(to, "www.example.com").await.unwrap();
    let response = connection.get("/", "X-Forwarded-Proto: http\r\n").await.unwrap();
    assert_eq!(response.request_header("x-forwarded-proto"), Some("https"));
    assert_eq!(response.request_header("x-forwarded-port"), Some("8443"));
    assert_eq!(response.header("strict-transport-security"), Some("max-age=300;includeSubDomains"));

    let h2 = H2::connect(&authority.client(&["h2"]), to.into()).await;
    let (status, body) = h2.get("/over/h2").await.unwrap();
    assert_eq!(status, 200);
    assert!(body.contains("GET /over/h2 HTTP/1.1"), "{body}");
    assert!(body.to_lowercase().contains("x-forwarded-proto: https"), "{body}");
    drop((h2, connection));
    fixture.finish().await;
}

/// An HTTP/2 connection.
struct H2(h2::client::SendRequest<bytes::Bytes>);

impl H2 {
    async fn connect(client: &TlsClient, to: SocketAddr) -> Self {
        let stream = client.handshake(to, "www.example.com").await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
        let (requests, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        Self(requests)
    }

    async fn get(&self, path: &str) -> Result<(u16, String), h2::Error> {
        let request = http::Request::get(format!("https://www.example.com{path}"));
        let mut ready = self.0.clone().ready().await?;
        let (response, _) = ready.send_request(request.body(()).unwrap(), true)?;
        let response = response.await?;
        let status = response.status().as_u16();
        let mut body = response.into_body();
        let mut text = Vec::new();
        while let Some(part) = body.data().await {
            let part = part?;
            let _ = body.flow_control().release_capacity(part.len());
            text.extend_from_slice(&part);
        }
        Ok((status, String::from_utf8_lossy(&text).into_owned()))
    }
}

/// Clients that ask until they are stopped; every one fails the test when one of its requests does.
struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    clients: tokio::task::JoinSet<()>,
}

impl Load {
    fn start(authority: &Authority, to: SocketAddr) -> Self {
        let mut load = Self {
            stop: Arc::default(),
            answered: Arc::default(),
            clients: tokio::task::JoinSet::new(),
        };
        for kept in [1, 1, 1, 5, 5] {
            let (stop, answered) = (load.stop.clone(), load.answered.clone());
            let client = authority.client(&[]);
            load.clients.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let mut connection = client.connect(to, "www.example.com").await.unwrap();
                    for n in 1..=kept {
                        let close = if n == kept { "Connection: close\r\n" } else { "" };
                        let response = connection.get("/", close).await.unwrap();
                        assert_eq!(response.status, 200, "{response:?}");
                        answered.fetch_add(1, Ordering::Relaxed);
                        if response.header("connection") == Some("close") {
                            break;
                        }
                    }
                }
            });
        }
        let (stop, answered) = (load.stop.clone(), load.answered.clone());
        let client = authority.client(&["h2"]);
        load.clients.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let connection = H2::connect(&client, to).await;
                while !stop.load(Ordering::Relaxed) {
                    match connection.get("/").await {
                        Ok((status, _)) => assert_eq!(status, 200),
                        // GOAWAY before the request was processed: the client repeats it on a new connection.
                        Err(error) if error.is_go_away() => break,
                        Err(error) => panic!("{error:?}"),
                    }
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        load
    }

    fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    async fn stop(mut self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(client) = self.clients.join_next().await {
            client.unwrap();
        }
        self.answered()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_certificate_changes_under_load_fail_no_handshake_and_no_request() {
    const SWAPS: usize = 50;
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let two = [authority.issue("www.example.com"), authority.issue("www.example.com")];
    let mut spec = secure(&fixture, &a, tls(&two[0]));
    fixture.apply(&spec).await.unwrap();
    let to = SocketAddr::from((spec.vip, PORT));
    let load = Load::start(&authority, to);
    for swap in 1..=SWAPS {
        let new: &IssuedCertificate = &two[swap % 2];
        change(&mut spec, |tls| tls.default_certificate = new.pem.clone());
        fixture.apply(&spec).await.unwrap();
        // Every full handshake after the change gets the new certificate.
        let client = authority.client(&[]);
        assert_eq!(client.leaf(to, "www.example.com").await, new.leaf);
        let before = load.answered();
        eventually("requests continue", || load.answered() > before + 20).await;
    }
    let answered = load.stop().await;
    assert!(answered > 20 * SWAPS, "{answered}");
    println!("{SWAPS} new certificates, {answered} requests, none failed");
    eventually("old generations end", || processes(spec.id).len() == 1).await;
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_not_readable_after_the_start_and_a_restarted_process_gets_them_again() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let issued = authority.issue("www.example.com");
    let spec = secure(&fixture, &a, tls(&issued));
    assert!(!format!("{spec:?}").contains(&issued.key_line));
    fixture.apply(&spec).await.unwrap();
    let to = (spec.vip, PORT);
    for _ in 0..2 {
        let [pid] = processes(spec.id)[..] else { panic!("one process") };
        let mut secret_files = 0;
        for entry in fs::read_dir(format!("/proc/{pid}/fd")).unwrap() {
            let path = entry.unwrap().path();
            let target = fs::read_link(&path).unwrap_or_default();
            if target.to_string_lossy().contains("memfd:lb-portal") {
                secret_files += 1;
                assert_eq!(fs::metadata(&path).unwrap().len(), 0, "{path:?}");
            }
        }
        assert_eq!(secret_files, 3, "configuration, crt-list and certificate are files in memory");
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap();
        assert!(!String::from_utf8_lossy(&command).contains(&issued.key_line));
        for entry in fs::read_dir(&fixture.run_dir).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read(&path).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&text).contains(&issued.key_line), "{path:?}");
        }

        let number = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(number, rustix::process::Signal::KILL).unwrap();
        fixture
            .report(|report| (*report == Report::ProcessUp { loadbalancer: spec.id }).then_some(()))
            .await;
        assert_eq!(authority.client(&[]).leaf(to, "www.example.com").await, issued.leaf);
    }
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_certificate_stays_when_haproxy_rejects_the_new_one() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let issued = authority.issue("www.example.com");
    let mut spec = secure(&fixture, &a, tls(&issued));
    fixture.apply(&spec).await.unwrap();
    let secret = "not a certificate, but a secret";
    change(&mut spec, |tls| {
        tls.default_certificate = CertificatePem::new(secret.as_bytes().to_vec().into());
    });
    let error = fixture.apply(&spec).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
    assert!(!error.to_string().contains(secret), "{error}");
    let client = authority.client(&[]);
    assert_eq!(client.leaf((spec.vip, PORT), "www.example.com").await, issued.leaf);
    fixture.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_and_requests_over_tls_are_counted() {
    let mut fixture = TestEngine::start().await;
    let [a] = fixture.members(["a"]).await;
    let authority = Authority::new();
    let spec = secure(&fixture, &a, tls(&authority.issue("www.example.com")));
    fixture.apply(&spec).await.unwrap();
    let client = authority.client(&[]);
    for _ in 0..3 {
        let mut connection = client.connect((spec.vip, PORT), "www.example.com").await.unwrap();
        connection.get("/", "Connection: close\r\n").await.unwrap();
    }
    let (mut requests, mut connections) = (0, 0);
    while requests < 3 {
        let counted = fixture
            .report(|report| match report {
                Report::Traffic { listeners, .. } => Some(listeners.clone()),
                _ => None,
            })
            .await;
        requests += counted.iter().map(|(_, c)| c.requests).sum::<u64>();
        connections += counted.iter().map(|(_, c)| c.connections).sum::<u64>();
    }
    assert_eq!((requests, connections), (3, 3));
    fixture.finish().await;
}
