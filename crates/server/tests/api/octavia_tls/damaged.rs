//! Certificates that can no longer be read from the database.

use super::*;

#[tokio::test]
async fn an_unreadable_certificate_is_an_error_and_the_old_one_is_served() {
    let server = TestServer::start().await;
    let [alice, _, mona, admin] = server.people().await;
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
    // What others receive about it names neither secret nor certificate.
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
    let [alice, ..] = server.people().await;
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
