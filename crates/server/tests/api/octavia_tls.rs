//! TERMINATED_HTTPS listeners, from a bundle in Barbican to a handshake with the VIP.

use crate::common::{
    Client, TestServer,
    barbican::SECRETS,
    octavia::{LBAAS, graph},
    stream::Stream,
    tls::{Authority, NAME, echo, free_port, s_client},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// The graph of a load balancer with TLS on `port`.
fn secure(port: u16, member: SocketAddr, reference: &str) -> Value {
    let mut graph = graph(port, &[member]);
    let listener = &mut graph["listeners"][0];
    listener["protocol"] = json!("TERMINATED_HTTPS");
    listener["default_tls_container_ref"] = json!(reference);
    listener["insert_headers"] = json!({"X-Forwarded-Proto": "true"});
    graph
}

async fn vip(client: &Client, lb: &str, port: u16) -> SocketAddr {
    let lb = client.settled(lb).await;
    assert_eq!(lb["provisioning_status"], "ACTIVE", "{lb}");
    SocketAddr::new(lb["vip_address"].as_str().unwrap().parse().unwrap(), port)
}

async fn listener_of(client: &Client, lb: &str) -> String {
    let lb = client.settled(lb).await;
    lb["listeners"][0]["id"].as_str().unwrap().to_owned()
}

fn fault(body: &Value) -> &str {
    body["faultstring"].as_str().unwrap_or_default()
}

async fn people(server: &TestServer) -> [Client; 4] {
    server.add_project("a").await;
    server.add_user("alice", "a", &["member"]).await;
    server.add_user("adam", "a", &["member"]).await;
    server.add_user("mona", "a", &["manager"]).await;
    [
        server.sign_in("alice", "a").await,
        server.sign_in("adam", "a").await,
        server.sign_in("mona", "a").await,
        server.admin().await,
    ]
}

#[tokio::test]
async fn a_listener_serves_the_certificate_of_a_bundle() {
    let server = TestServer::start().await;
    let [alice, ..] = people(&server).await;
    let authority = Authority::new().await;
    let issued = authority.issue(NAME).await;
    let reference = alice.certificate("shop", &issued).await;
    let port = free_port().await;
    let lb = alice.new_lb(secure(port, echo().await, &reference)).await;
    let to = vip(&alice, &lb, port).await;

    let said = s_client(to, &["-tls1_2", "-servername", NAME]).await;
    for expected in [
        " 0 s:CN = www.example.com\n   i:CN = authority",
        " 1 s:CN = authority",
        "Protocol  : TLSv1.2",
    ] {
        assert!(said.contains(expected), "no {expected} in {said}");
    }
    for version in ["-tls1_1", "-tls1_3"] {
        let said = s_client(to, &["-cipher", "DEFAULT@SECLEVEL=0", version]).await;
        assert!(said.contains("alert protocol version"), "{version}: {said}");
    }
    let answer = authority.ask(to).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.to_lowercase().contains("x-forwarded-proto: https"), "{answer}");

    let shown = alice.get(&format!("{LBAAS}/listeners/{}", listener_of(&alice, &lb).await)).await;
    let shown = &shown.body["listener"];
    assert_eq!(shown["default_tls_container_ref"], reference.as_str());
    assert_eq!(shown["tls_versions"], json!(["TLSv1.2"]));
    assert_eq!(shown["alpn_protocols"], json!(["h2", "http/1.1", "http/1.0"]));

    // As long as it serves it stays.
    let secret = format!("{SECRETS}/{}", reference.rsplit('/').next().unwrap());
    assert_eq!(alice.delete(&secret).await.status, StatusCode::CONFLICT);
    alice.delete(&format!("{LBAAS}/loadbalancers/{lb}?cascade=true")).await;
    alice.settled(&lb).await;
    assert_eq!(alice.delete(&secret).await.status, StatusCode::NO_CONTENT);
    server.stop().await;
}

#[tokio::test]
async fn replacing_certificates_under_load_fails_no_request() {
    const SWAPS: usize = 20;
    let server = TestServer::start().await;
    let [alice, ..] = people(&server).await;
    let authority = Arc::new(Authority::new().await);
    let issued = [authority.issue(NAME).await, authority.issue(NAME).await];
    let references =
        [alice.certificate("old", &issued[0]).await, alice.certificate("new", &issued[1]).await];
    let port = free_port().await;
    let lb = alice.new_lb(secure(port, echo().await, &references[0])).await;
    let (to, listener) = (vip(&alice, &lb, port).await, listener_of(&alice, &lb).await);

    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (stop, answered, authority) = (stop.clone(), answered.clone(), authority.clone());
        clients.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let answer = authority.ask(to).await.unwrap();
                assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    for swap in 1..=SWAPS {
        let body = json!({"listener": {"default_tls_container_ref": references[swap % 2]}});
        let answer = alice.put(&format!("{LBAAS}/listeners/{listener}"), body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(alice.settled(&lb).await["provisioning_status"], "ACTIVE");
        assert_eq!(authority.leaf(to).await, issued[swap % 2].leaf);
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    let answered = answered.load(Ordering::Relaxed);
    assert!(answered > SWAPS, "{answered}");
    println!("{SWAPS} certificates replaced, {answered} requests, none failed");
    // The one that is not used any more may go.
    let old = format!("{SECRETS}/{}", references[1].rsplit('/').next().unwrap());
    assert_eq!(alice.delete(&old).await.status, StatusCode::NO_CONTENT);
    server.stop().await;
}

#[tokio::test]
async fn the_server_name_selects_the_certificate_also_after_a_restart() {
    let server = TestServer::start().await;
    let [alice, ..] = people(&server).await;
    let authority = Authority::new().await;
    let (main, other) = (authority.issue(NAME).await, authority.issue("api.example.com").await);
    let references =
        [alice.certificate("main", &main).await, alice.certificate("other", &other).await];
    let port = free_port().await;
    let mut graph = secure(port, echo().await, &references[0]);
    graph["listeners"][0]["sni_container_refs"] = json!([references[1]]);
    let lb = alice.new_lb(graph).await;
    let to = vip(&alice, &lb, port).await;
    for _ in 0..2 {
        for (asked, shown) in
            [("api.example.com", "api.example.com"), (NAME, NAME), ("x.example.com", NAME)]
        {
            let said = s_client(to, &["-servername", asked]).await;
            assert!(said.contains(&format!(" 0 s:CN = {shown}\n")), "{asked}: {said}");
        }
    }
    let token = alice.token.clone();
    let server = TestServer::on(server.stop().await, "").await;
    let alice = Client { token, ..server.anonymous() };
    alice.until(&lb, "operating_status", "ONLINE").await;
    while authority.handshake(to).await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(authority.leaf(to).await, main.leaf);
    server.stop().await;
}

#[tokio::test]
async fn certificates_of_others_cannot_be_used() {
    let server = TestServer::start().await;
    let [alice, adam, mona, admin] = people(&server).await;
    let authority = Authority::new().await;
    let (used, kept) = (authority.issue(NAME).await, authority.issue(NAME).await);
    let (reference, unused) =
        (alice.certificate("used", &used).await, alice.certificate("kept", &kept).await);
    let port = free_port().await;
    let member = echo().await;
    let lb = alice.new_lb(secure(port, member, &reference)).await;
    let (to, listener) = (vip(&alice, &lb, port).await, listener_of(&alice, &lb).await);
    let path = format!("{LBAAS}/listeners/{listener}");

    // By its reference, in every place that takes one: as if it were not there.
    let nothing =
        reference.replace(reference.rsplit('/').next().unwrap(), &uuid::Uuid::new_v4().to_string());
    for client in [&adam, &mona, &admin] {
        let own = client.new_lb(json!({"name": "own"})).await;
        for theirs in [&reference, &unused, &nothing] {
            let not_found = format!("Could not retrieve certificate: ['{theirs}']");
            for fields in [
                json!({"default_tls_container_ref": theirs}),
                json!({"sni_container_refs": [theirs]}),
            ] {
                let mut listener = json!({"protocol": "TERMINATED_HTTPS", "protocol_port": 8443,
                    "loadbalancer_id": own});
                listener.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
                let body = json!({ "listener": listener });
                let answer = client.post(&format!("{LBAAS}/listeners"), body).await;
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{fields}");
                assert_eq!(fault(&answer.body), not_found);
            }
            let answer = client.create_lb(secure(8443, member, theirs)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            assert_eq!(fault(&answer.body), not_found);
        }
        assert_eq!(client.settled(&own).await["listeners"], json!([]));
    }

    // By an update of a listener that uses it: a member of the project may not, whatever is sent.
    for body in [json!({"default_tls_container_ref": nothing}), json!({"name": "x"})] {
        let answer = adam.put(&path, json!({ "listener": body })).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
    }
    // Who may change the listener may leave the certificate where it is, and nothing else.
    for client in [&mona, &admin] {
        for (body, status) in [
            (json!({"connection_limit": 100}), 200),
            (json!({"default_tls_container_ref": reference, "name": "y"}), 200),
            (json!({"default_tls_container_ref": unused}), 400),
            (json!({"sni_container_refs": [unused]}), 400),
            (json!({"default_tls_container_ref": nothing}), 400),
            (json!({"default_tls_container_ref": null}), 400),
        ] {
            let answer = client.put(&path, json!({ "listener": body })).await;
            assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.body);
            client.settled(&lb).await;
        }
        let payload = format!("{SECRETS}/{}", reference.rsplit('/').next().unwrap());
        assert_eq!(client.get(&payload).await.status, StatusCode::FORBIDDEN);
        let all = client.get(&format!("{LBAAS}/listeners/{listener}")).await.body.to_string();
        assert!(
            all.contains(&reference) && !all.contains("used"),
            "that there is one, not its name"
        );
    }
    assert_eq!(authority.leaf(to).await, used.leaf);
    // Another's own certificate is one that they may put there.
    let monas = authority.issue(NAME).await;
    let own = mona.certificate("monas", &monas).await;
    let answer = mona.put(&path, json!({"listener": {"default_tls_container_ref": own}})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    alice.settled(&lb).await;
    assert_eq!(authority.leaf(to).await, monas.leaf);
    // And then it is alice who has to leave it there.
    let answer = alice.put(&path, json!({"listener": {"sni_container_refs": [own]}})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    alice.settled(&lb).await;
    let answer = alice.create_lb(secure(8443, member, &own)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    server.stop().await;
}

/// What OpenSSL does not load, or no TLS client supports, reaches no listener: it would lock the load balancer.
#[tokio::test]
async fn certificates_that_cannot_be_served_are_refused() {
    let server = TestServer::start().await;
    let [alice, ..] = people(&server).await;
    let authority = Authority::new().await;
    let good = authority.issue(NAME).await;
    let reference = alice.certificate("good", &good).await;
    let (member, port) = (echo().await, free_port().await);
    let lb = alice.new_lb(secure(port, member, &reference)).await;
    let to = vip(&alice, &lb, port).await;
    let path = format!("{LBAAS}/listeners/{}", listener_of(&alice, &lb).await);

    let rsa = "-algorithm RSA -pkeyopt rsa_keygen_bits";
    let curve = "-algorithm EC -pkeyopt ec_paramgen_curve";
    for (key, hash, words) in [
        (format!("{rsa}:1024"), "sha256", "RSA 1024, at least 2048 bits are needed"),
        (format!("{rsa}:2048"), "sha1", "is signed with SHA-1 with ECDSA, which is not secure"),
        (format!("{curve}:secp256k1"), "sha256", "EC secp256k1 cannot be used"),
        (format!("{curve}:P-224"), "sha256", "EC P-224 cannot be used"),
    ] {
        // Barbican stores anything.
        let bad = alice.certificate("bad", &authority.issue_as(&key, hash).await).await;
        let answers = [
            alice.put(&path, json!({"listener": {"default_tls_container_ref": bad}})).await,
            alice.put(&path, json!({"listener": {"sni_container_refs": [bad]}})).await,
            alice.create_lb(secure(8443, member, &bad)).await,
        ];
        for answer in answers {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{key} {hash}: {}", answer.body);
            let text = fault(&answer.body);
            assert!(text.contains(words) && text.contains(&bad), "{key} {hash}: {text}");
        }
    }
    // Nothing was changed, and the load balancer is not locked.
    assert_eq!(authority.leaf(to).await, good.leaf);
    let answer = alice.put(&path, json!({"listener": {"name": "renamed"}})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    alice.settled(&lb).await;
    server.stop().await;
}

#[tokio::test]
async fn invalid_tls_settings_are_refused() {
    let server = TestServer::start().await;
    let [alice, ..] = people(&server).await;
    let authority = Authority::new().await;
    let good = alice.certificate("good", &authority.issue(NAME).await).await;
    let locked = authority.issue_with(NAME, "secret-phrase").await;
    let locked = alice.certificate("locked", &locked).await;
    let text =
        format!("{}/{}", good.rsplit_once('/').unwrap().0, alice.store("text", b"no bundle").await);
    let lb = alice.new_lb(json!({})).await;
    for (more, status, words) in [
        (
            json!({"default_tls_container_ref": "not-a-url"}),
            400,
            "Could not retrieve certificate: ['not-a-url']",
        ),
        (
            json!({}),
            400,
            "Validation failure: An SNI or default certificate container reference must be provided for TERMINATED_HTTPS protocol listeners.",
        ),
        (json!({"default_tls_container_ref": text}), 400, "The PKCS12 bundle is unreadable."),
        (json!({"default_tls_container_ref": locked}), 400, "passphrase"),
        (
            json!({"default_tls_container_ref": good, "tls_versions": ["TLSv1.3"]}),
            400,
            "Listeners may speak TLSv1.2.",
        ),
        (
            json!({"default_tls_container_ref": good, "tls_versions": ["TLSv1.1", "TLSv1.2"]}),
            400,
            "not allowed here: TLSv1.1.",
        ),
        (
            json!({"default_tls_container_ref": good, "tls_versions": []}),
            400,
            "Empty TLS version list",
        ),
        (
            json!({"default_tls_container_ref": good, "tls_versions": ["TLSv9"]}),
            400,
            "tls_versions",
        ),
        (json!({"default_tls_container_ref": good, "tls_ciphers": "ALL:HIHG"}), 400, "tls_ciphers"),
        (
            json!({"default_tls_container_ref": good, "tls_ciphers": "AES128-SHA crt /etc/shadow"}),
            400,
            "Invalid characters in cipher string. Only alphanumeric, -, +, !, :, @, =, _, and . are allowed.",
        ),
        (
            json!({"default_tls_container_ref": good, "tls_ciphers": "TLS_AES_128_GCM_SHA256"}),
            400,
            "TLSv1.2",
        ),
        (
            json!({"default_tls_container_ref": good, "alpn_protocols": ["h3"]}),
            400,
            "alpn_protocols",
        ),
        (
            json!({"default_tls_container_ref": good, "alpn_protocols": []}),
            400,
            "Empty ALPN protocol list.",
        ),
        (json!({"default_tls_container_ref": good, "hsts_preload": true}), 400, "hsts_max_age"),
        (
            json!({"default_tls_container_ref": good, "insert_headers": {"X-SSL-Client-Me": "true"}}),
            400,
            "insert_headers",
        ),
        (
            json!({"default_tls_container_ref": good, "client_authentication": "MANDATORY"}),
            400,
            "Client authentication setting MANDATORY requires a client CA container reference.",
        ),
    ] {
        refused(&alice, &lb, &more, status, words).await;
    }
    assert_eq!(alice.settled(&lb).await["listeners"], json!([]));
    server.stop().await;
}

#[tokio::test]
async fn tls_settings_of_listeners_without_tls_are_refused() {
    let server = TestServer::start().await;
    let [alice, ..] = people(&server).await;
    let authority = Authority::new().await;
    let good = alice.certificate("good", &authority.issue(NAME).await).await;
    let lb = alice.new_lb(json!({})).await;
    for (more, status, words) in [
        (
            json!({"protocol": "HTTP", "insert_headers": {"X-SSL-Client-DN": "true"}}),
            400,
            "['X-SSL-Client-DN'] is not a valid option for HTTP protocol listener.",
        ),
        (
            json!({"protocol": "HTTP", "default_tls_container_ref": good}),
            400,
            "not allowed on HTTP protocol listeners.",
        ),
        (
            json!({"protocol": "TCP", "sni_container_refs": [good]}),
            400,
            "not allowed on TCP protocol listeners.",
        ),
        (json!({"protocol": "HTTP", "tls_versions": ["TLSv1.2"]}), 400, "tls_versions"),
        (json!({"protocol": "HTTP", "alpn_protocols": ["h2"]}), 400, "alpn_protocols"),
        (json!({"protocol": "HTTP", "hsts_max_age": 1}), 400, "hsts_max_age"),
    ] {
        refused(&alice, &lb, &more, status, words).await;
    }
    assert_eq!(alice.settled(&lb).await["listeners"], json!([]));
    server.stop().await;
}

/// Fails to add a listener with these fields, for a reason with these words.
async fn refused(alice: &Client, lb: &str, more: &Value, status: u16, words: &str) {
    let mut body =
        json!({"loadbalancer_id": lb, "protocol_port": 8443, "protocol": "TERMINATED_HTTPS"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = alice.post(&format!("{LBAAS}/listeners"), json!({ "listener": body })).await;
    assert_eq!(answer.status.as_u16(), status, "{more}: {}", answer.body);
    assert!(fault(&answer.body).contains(words), "{more}: {}", answer.body);
    assert!(!answer.body.to_string().contains("secret-phrase"));
}

#[tokio::test]
async fn listeners_speak_only_the_tls_versions_that_the_operator_allows() {
    let both = "[tls]\nversions = [\"TLSv1.2\", \"TLSv1.3\"]\n";
    let server = TestServer::with_config(both).await;
    let [alice, ..] = people(&server).await;
    let authority = Authority::new().await;
    let reference = alice.certificate("c", &authority.issue(NAME).await).await;
    let port = free_port().await;
    let mut graph = secure(port, echo().await, &reference);
    graph["listeners"][0]["tls_ciphers"] =
        json!("TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES256-GCM-SHA384");
    graph["listeners"][0]["alpn_protocols"] = json!(["http/1.1"]);
    graph["listeners"][0]["hsts_max_age"] = json!(300);
    let lb = alice.new_lb(graph).await;
    let (to, listener) = (vip(&alice, &lb, port).await, listener_of(&alice, &lb).await);
    let said = s_client(to, &["-tls1_3", "-alpn", "h2,http/1.1"]).await;
    assert!(said.contains("New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384"), "{said}");
    assert!(said.contains("ALPN protocol: http/1.1"), "{said}");
    let said = s_client(to, &["-tls1_2"]).await;
    assert!(said.contains("Cipher is ECDHE-ECDSA-AES256-GCM-SHA384"), "{said}");
    let answer = authority.ask(to).await.unwrap().to_lowercase();
    assert!(answer.contains("strict-transport-security: max-age=300\r\n"), "{answer}");

    // Null is the default again.
    let body = json!({"listener": {"tls_versions": null, "tls_ciphers": null, "alpn_protocols": null, "hsts_max_age": null}});
    let answer = alice.put(&format!("{LBAAS}/listeners/{listener}"), body).await;
    assert_eq!(answer.body["listener"]["tls_versions"], json!(["TLSv1.2", "TLSv1.3"]));
    assert_eq!(answer.body["listener"]["alpn_protocols"], json!(["h2", "http/1.1", "http/1.0"]));
    assert!(answer.body["listener"]["tls_ciphers"].as_str().unwrap().contains(":DHE-RSA-"));
    alice.settled(&lb).await;

    // Taken back from everybody: also from what is there.
    let token = alice.token.clone();
    let server = TestServer::on(server.stop().await, "").await;
    let alice = Client { token, ..server.anonymous() };
    alice.until(&lb, "operating_status", "ONLINE").await;
    while authority.handshake(to).await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(s_client(to, &["-tls1_3"]).await.contains("alert protocol version"));
    // Other changes are none of its business.
    let path = format!("{LBAAS}/listeners/{listener}");
    let answer = alice.put(&path, json!({"listener": {"name": "renamed"}})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    alice.settled(&lb).await;
    server.stop().await;
}

#[tokio::test]
async fn an_unreadable_certificate_is_an_error_and_the_old_one_is_served() {
    let server = TestServer::start().await;
    let [alice, _, mona, admin] = people(&server).await;
    let authority = Authority::new().await;
    let issued = authority.issue(NAME).await;
    let reference = alice.certificate("a very private name", &issued).await;
    let port = free_port().await;
    let lb = alice.new_lb(secure(port, echo().await, &reference)).await;
    let to = vip(&alice, &lb, port).await;
    let mut events = Stream::open(&mona).await;
    damage(&server, &reference).await;
    let failover = format!("{LBAAS}/loadbalancers/{lb}/failover");
    assert_eq!(admin.put(&failover, json!({})).await.status, StatusCode::ACCEPTED);
    let shown = mona.settled(&lb).await;
    assert_eq!(shown["provisioning_status"], "ACTIVE");
    let reason = shown["provisioning_reason"].as_str().unwrap();
    assert_eq!(
        reason,
        format!(
            "port {port} is served with its previous settings: a certificate of this listener \
             cannot be used: what is stored does not open"
        )
    );
    let listener = mona.get(&format!("{LBAAS}/listeners/{}", listener_of(&mona, &lb).await)).await;
    assert_eq!(listener.body["listener"]["provisioning_status"], "ERROR");
    assert_eq!(authority.leaf(to).await, issued.leaf, "the old generation serves");
    // What others hear of it names neither secret nor certificate.
    loop {
        let (_, event) = events.next().await.unwrap();
        let text = event.to_string();
        assert!(!text.contains("private name") && !text.contains("secrets/"), "{text}");
        if event["reason"] == reason {
            break;
        }
    }
    server.stop().await;
}

/// As [`secure`], with HTTP on `ports[0]`, the first certificate on `ports[1]` and the other on
/// `ports[2]`.
fn mixed(ports: [u16; 3], member: SocketAddr, references: &[String; 2]) -> Value {
    let mut whole = graph(ports[0], &[member]);
    for (port, reference) in ports[1..].iter().zip(references) {
        let listener = secure(*port, member, reference)["listeners"][0].clone();
        whole["listeners"].as_array_mut().unwrap().push(listener);
    }
    whole
}

#[tokio::test]
async fn after_a_restart_an_unreadable_certificate_affects_only_its_listener() {
    let server = TestServer::start().await;
    let [alice, ..] = people(&server).await;
    let authority = Authority::new().await;
    let issued = [authority.issue(NAME).await, authority.issue(NAME).await];
    let references =
        [alice.certificate("good", &issued[0]).await, alice.certificate("bad", &issued[1]).await];
    let ports = [free_port().await, free_port().await, free_port().await];
    let lb = alice.new_lb(mixed(ports, echo().await, &references)).await;
    let [plain, good, bad] = [
        vip(&alice, &lb, ports[0]).await,
        vip(&alice, &lb, ports[1]).await,
        vip(&alice, &lb, ports[2]).await,
    ];
    assert_eq!(authority.leaf(bad).await, issued[1].leaf);
    damage(&server, &references[1]).await;
    let token = alice.token.clone();
    let server = TestServer::on(server.stop().await, "").await;
    let alice = Client { token, ..server.anonymous() };

    const REASON: &str =
        "a certificate of this listener cannot be used: what is stored does not open";
    let down = format!("port {} is not served: {REASON}", ports[2]);
    alice.until(&lb, "provisioning_reason", &down).await;
    let shown = alice.settled(&lb).await;
    assert_eq!(shown["provisioning_status"], "ACTIVE", "so that it can be mended");
    assert_eq!(shown["operating_status"], "ERROR");
    assert_eq!(authority.leaf(good).await, issued[0].leaf);
    let answer = reqwest::get(format!("http://{plain}/")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(authority.handshake(bad).await.is_err());
    let listener_at = async |port: u16| {
        let path = format!("{LBAAS}/listeners?loadbalancer_id={lb}&protocol_port={port}");
        alice.get(&path).await.body["listeners"][0].clone()
    };
    for (port, state, health) in [
        (ports[0], "ACTIVE", "ONLINE"),
        (ports[1], "ACTIVE", "ONLINE"),
        (ports[2], "ERROR", "ERROR"),
    ] {
        let listener = listener_at(port).await;
        assert_eq!(listener["provisioning_status"], state, "{listener}");
        assert_eq!(listener["operating_status"], health, "{listener}");
    }

    // Other changes are none of its business.
    let path = async |port| {
        format!("{LBAAS}/listeners/{}", listener_at(port).await["id"].as_str().unwrap())
    };
    let body = json!({"listener": {"connection_limit": 100}});
    let answer = alice.put(&path(ports[0]).await, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(alice.settled(&lb).await["provisioning_status"], "ACTIVE");
    assert_eq!(listener_at(ports[2]).await["provisioning_status"], "ERROR");
    // Another certificate, and it serves again.
    let body = json!({"listener": {"default_tls_container_ref": references[0]}});
    let answer = alice.put(&path(ports[2]).await, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let shown = alice.settled(&lb).await;
    assert_eq!(shown["operating_status"], "ONLINE", "{shown}");
    assert_eq!(shown.get("provisioning_reason"), None);
    assert_eq!(listener_at(ports[2]).await["provisioning_status"], "ACTIVE");
    assert_eq!(authority.leaf(bad).await, issued[0].leaf);
    server.stop().await;
}

/// Damages the stored payload of a certificate.
async fn damage(server: &TestServer, reference: &str) {
    let id = reference.rsplit('/').next().unwrap().to_owned();
    let broken: rusqlite::Result<_> = server
        .app
        .store
        .write(move |tx| tx.execute("UPDATE secret SET payload = x'010203' WHERE id = ?1", [id]))
        .await;
    assert_eq!(broken.unwrap(), 1);
}

fn files(dir: &Path) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            all.push(bytes);
        }
    }
    all
}

/// Runs the real binary with all logging.
#[tokio::test]
async fn no_private_key_reaches_the_log_or_the_disk() {
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
    let dir = tempfile::tempdir().unwrap();
    let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_lb-portal"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir.path())
        .env("LB_PORTAL_ADMIN_PASSWORD", crate::common::PASSWORD)
        .env("RUST_LOG", "trace")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut log = child.stderr.take().unwrap();
    let log = tokio::spawn(async move {
        let mut text = Vec::new();
        log.read_to_end(&mut text).await.unwrap();
        String::from_utf8_lossy(&text).into_owned()
    });
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let base = loop {
        let line = lines.next_line().await.unwrap().expect("the server ended");
        if let Some(url) = line.strip_prefix("listening on ") {
            break url.trim_end_matches('/').to_owned();
        }
    };
    let anonymous = Client { http: crate::common::http().build().unwrap(), base, token: None };
    let scope = json!({"project": {"name": "default", "domain": {"id": "default"}}});
    let answer = anonymous.authenticate("admin", crate::common::PASSWORD, Some(scope)).await;
    let token = answer.headers["x-subject-token"].to_str().unwrap().to_owned();
    let admin = Client { token: Some(token), ..anonymous };

    let authority = Authority::new().await;
    let (issued, locked) =
        (authority.issue(NAME).await, authority.issue_with(NAME, "secret-phrase").await);
    let reference = admin.certificate("c", &issued).await;
    let port = free_port().await;
    let lb = admin.new_lb(secure(port, echo().await, &reference)).await;
    assert_eq!(authority.leaf(vip(&admin, &lb, port).await).await, issued.leaf);
    let refused = admin.certificate("locked", &locked).await;
    let refused = admin.create_lb(secure(port + 1, echo().await, &refused)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);

    let secrets: Vec<&str> =
        issued.secret.iter().chain(&locked.secret).map(String::as_str).collect();
    for bytes in files(dir.path()) {
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "a key lies on the disk");
        }
        for der in [&issued.p12, &locked.p12] {
            let found = bytes.windows(64).any(|part| part == &der[der.len() / 2..][..64]);
            assert!(!found, "a bundle lies on the disk");
        }
    }
    child.kill().await.unwrap();
    let log = log.await.unwrap();
    assert!(log.contains("applied"), "{log}");
    for secret in secrets.iter().chain(&["PRIVATE KEY", "secret-phrase"]) {
        assert!(!log.contains(secret), "a key is in the log");
    }
}
