//! TERMINATED_HTTPS listeners, from a bundle in Barbican to a handshake with the VIP.

mod damaged;
mod settings;

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

#[tokio::test]
async fn a_listener_serves_the_certificate_of_a_bundle() {
    let server = TestServer::start().await;
    let [alice, ..] = server.people().await;
    let authority = Authority::new().await;
    let issued = authority.issue(NAME).await;
    let reference = alice.certificate("shop", &issued).await;
    let port = free_port().await;
    let lb = alice.new_lb(secure(port, echo().await, &reference)).await;
    let to = vip(&alice, &lb, port).await;

    let output = s_client(to, &["-tls1_2", "-servername", NAME]).await;
    for expected in [
        " 0 s:CN = www.example.com\n   i:CN = authority",
        " 1 s:CN = authority",
        "Protocol  : TLSv1.2",
    ] {
        assert!(output.contains(expected), "no {expected} in {output}");
    }
    for version in ["-tls1_1", "-tls1_3"] {
        let output = s_client(to, &["-cipher", "DEFAULT@SECLEVEL=0", version]).await;
        assert!(output.contains("alert protocol version"), "{version}: {output}");
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
    let [alice, ..] = server.people().await;
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
    let [alice, ..] = server.people().await;
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
            let output = s_client(to, &["-servername", asked]).await;
            assert!(output.contains(&format!(" 0 s:CN = {shown}\n")), "{asked}: {output}");
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
    let [alice, adam, mona, admin] = server.people().await;
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
    let [alice, ..] = server.people().await;
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

/// Such a listener would be ACTIVE, and no client that verifies it would get through its handshake.
#[tokio::test]
async fn certificates_that_are_not_for_servers_are_refused() {
    let server = TestServer::start().await;
    let [alice, ..] = server.people().await;
    let authority = Authority::new().await;
    let (member, port) = (echo().await, free_port().await);
    for (extension, words) in [
        ("extendedKeyUsage=clientAuth", "has to include serverAuth"),
        ("keyUsage=critical,keyCertSign,cRLSign", "has to include digitalSignature"),
        ("keyUsage=critical,keyAgreement", "has to include digitalSignature"),
    ] {
        let bad = alice.certificate("bad", &authority.issue_for(extension).await).await;
        let answer = alice.create_lb(secure(port, member, &bad)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{extension}: {}", answer.body);
        let text = fault(&answer.body);
        assert!(text.contains(words) && text.contains(&bad), "{extension}: {text}");
    }
    // A pool shows its certificate as a client.
    let client = authority.issue_for("extendedKeyUsage=clientAuth").await;
    let client = alice.certificate("client", &client).await;
    let pool = json!({"name": "p", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "tls_enabled": true,
        "tls_container_ref": client});
    let listener = json!({"protocol": "HTTP", "protocol_port": port, "default_pool": pool});
    let answer = alice.create_lb(json!({"listeners": [listener]})).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    server.stop().await;
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
