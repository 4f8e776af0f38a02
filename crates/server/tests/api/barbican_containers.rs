//! Containers of secrets: the parts of a certificate, for their creator only, and as certificates of listeners.

use crate::common::{
    Client, TestServer,
    barbican::SECRETS,
    octavia::LBAAS,
    tls::{Authority, NAME},
    whoami,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

const CONTAINERS: &str = "/key-manager/v1/containers";

async fn text_secret(client: &Client, name: &str, payload: &str) -> String {
    let body = json!({"name": name, "payload": payload, "payload_content_type": "text/plain"});
    let answer = client.post(SECRETS, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.body["secret_ref"].as_str().unwrap().to_owned()
}

fn path_of(client: &Client, reference: &str) -> String {
    reference.strip_prefix(&client.base).unwrap().to_owned()
}

fn container(secrets: &[(&str, &str)]) -> Value {
    let secrets: Vec<_> =
        secrets.iter().map(|(name, of)| json!({"name": name, "secret_ref": of})).collect();
    json!({"name": "tls", "type": "certificate", "secret_refs": secrets})
}

#[tokio::test]
async fn a_container_is_kept_for_its_creator() {
    let server = TestServer::start().await;
    server.add_user("mia", "default", &["member"]).await;
    server.add_user("tom", "default", &["member"]).await;
    let (mia, tom) =
        (server.sign_in("mia", "default").await, server.sign_in("tom", "default").await);
    let certificate = text_secret(&mia, "certificate", "x").await;
    let key = text_secret(&mia, "key", "y").await;
    let body = container(&[("certificate", &certificate), ("private_key", &key)]);
    let made = mia.post(CONTAINERS, body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let reference = made.body["container_ref"].as_str().unwrap();
    assert_eq!(made.headers["location"], reference);
    let path = path_of(&mia, reference);
    let shown = mia.get(&path).await.body;
    assert_eq!((&shown["name"], &shown["type"]), (&json!("tls"), &json!("certificate")));
    assert_eq!((&shown["status"], &shown["consumers"]), (&json!("ACTIVE"), &json!([])));
    assert_eq!(shown["secret_refs"], body["secret_refs"]);
    let list = mia.get(CONTAINERS).await.body;
    assert_eq!((&list["total"], &list["containers"][0]), (&json!(1), &shown));

    assert_eq!(tom.get(CONTAINERS).await.body, json!({"containers": [], "total": 0}));
    assert_eq!(tom.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(tom.delete(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(server.admin().await.get(&path).await.status, StatusCode::FORBIDDEN);
    // With somebody else's secret it would be a way to it.
    assert_eq!(tom.post(CONTAINERS, body).await.status, StatusCode::NOT_FOUND);

    assert_eq!(mia.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(mia.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(mia.get(&path_of(&mia, &certificate)).await.status, StatusCode::OK);
    server.stop().await;
}

#[tokio::test]
async fn an_invalid_container_is_refused_with_the_reason() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let one = text_secret(&client, "one", "x").await;
    let missing = format!("{}{SECRETS}/0c47fea2-4265-4a3a-9fd7-c5eb82131f0a", client.base);
    for (body, status, reason) in [
        (json!({"name": "x"}), 400, "'type' is a required property"),
        (json!({"type": "box"}), 400, "'box' is not one of"),
        (container(&[]), 400, "minimum required reference names are 'certificate'"),
        (container(&[("certificate", &one), ("colour", &missing)]), 400, "only 'certificate'"),
        (container(&[("certificate", &one), ("private_key", &one)]), 400, "Duplicate secret ids"),
        (
            container(&[("certificate", &one), ("certificate", &missing)]),
            400,
            "Duplicate reference names",
        ),
        (container(&[("certificate", &missing)]), 404, "'certificate' doesn't exist"),
        (container(&[("certificate", "nonsense")]), 404, "'certificate' doesn't exist"),
    ] {
        let answer = client.post(CONTAINERS, body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.body);
        let text = answer.body["description"].as_str().unwrap();
        assert!(text.contains(reason), "{text}");
    }
    let order = client.post("/key-manager/v1/orders", json!({"type": "key"})).await;
    assert_eq!(order.status, StatusCode::NOT_IMPLEMENTED);
    let order = client.get("/key-manager/v1/orders/0c47fea2-4265-4a3a-9fd7-c5eb82131f0a").await;
    assert_eq!(order.status, StatusCode::NOT_FOUND);
    let quotas = client.get("/key-manager/v1/quotas").await.body;
    assert_eq!(
        (&quotas["quotas"]["containers"], &quotas["quotas"]["orders"]),
        (&json!(1000), &json!(-1))
    );
    server.stop().await;
}

#[tokio::test]
async fn a_listener_serves_with_a_container() {
    let server = TestServer::start().await;
    server.add_user("mia", "default", &["member"]).await;
    server.add_user("tom", "default", &["member"]).await;
    let (mia, tom) =
        (server.sign_in("mia", "default").await, server.sign_in("tom", "default").await);
    let authority = Authority::new().await;
    let issued = authority.issue(NAME).await;
    let pem = authority.pem();
    let parts = [
        ("certificate", text_secret(&mia, "certificate", &pem.certificate).await),
        ("private_key", text_secret(&mia, "key", &pem.key).await),
        ("intermediates", text_secret(&mia, "intermediates", &pem.issuer).await),
    ];
    let parts: Vec<_> = parts.iter().map(|(name, of)| (*name, of.as_str())).collect();
    let made = mia.post(CONTAINERS, container(&parts)).await;
    let reference = made.body["container_ref"].as_str().unwrap().to_owned();
    let listener = |lb: &str, port: u16| {
        json!({"listener": {"protocol": "TERMINATED_HTTPS", "protocol_port": port,
            "loadbalancer_id": lb, "default_tls_container_ref": reference}})
    };
    let toms = tom.new_lb(json!({})).await;
    let answer = tom.post(&format!("{LBAAS}/listeners"), listener(&toms, 18521)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let text = answer.body["faultstring"].as_str().unwrap();
    assert!(text.starts_with("Could not retrieve certificate"), "{text}");

    let lb = mia.new_lb(json!({})).await;
    let port = whoami::free_port().await;
    let answer = mia.post(&format!("{LBAAS}/listeners"), listener(&lb, port)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let lb_row = mia.settled(&lb).await;
    assert_eq!(lb_row["provisioning_status"], "ACTIVE");
    let vip = format!("{}:{port}", lb_row["vip_address"].as_str().unwrap()).parse().unwrap();
    assert_eq!(authority.leaf(vip).await, issued.leaf);

    // What serves stays.
    let path = path_of(&mia, &reference);
    assert_eq!(mia.delete(&path).await.status, StatusCode::CONFLICT);
    assert_eq!(mia.delete(&path_of(&mia, parts[1].1)).await.status, StatusCode::CONFLICT);
    let server = TestServer::on(server.stop().await, "").await;
    let mia = server.sign_in("mia", "default").await;
    mia.settled(&lb).await;
    assert_eq!(authority.leaf(vip).await, issued.leaf);
    mia.delete(&format!("{LBAAS}/loadbalancers/{lb}?cascade=true")).await;
    mia.settled(&lb).await;
    assert_eq!(mia.delete(&path).await.status, StatusCode::NO_CONTENT);
    server.stop().await;
}

/// The rule for bundles applies to the parts of a container too.
#[tokio::test]
async fn a_container_with_a_weak_key_is_refused() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let authority = Authority::new().await;
    authority.issue_as("-algorithm RSA -pkeyopt rsa_keygen_bits:1024", "sha256").await;
    let pem = authority.pem();
    let certificate = text_secret(&client, "certificate", &pem.certificate).await;
    let key = text_secret(&client, "key", &pem.key).await;
    let parts = [("certificate", certificate.as_str()), ("private_key", key.as_str())];
    let made = client.post(CONTAINERS, container(&parts)).await;
    let reference = made.body["container_ref"].as_str().unwrap();
    let lb = client.new_lb(json!({})).await;
    let listener = json!({"listener": {"protocol": "TERMINATED_HTTPS", "protocol_port": 18523,
        "loadbalancer_id": lb, "default_tls_container_ref": reference}});
    let answer = client.post(&format!("{LBAAS}/listeners"), listener).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    let text = answer.body["faultstring"].as_str().unwrap();
    assert!(text.contains("RSA 1024, at least 2048 bits are needed"), "{text}");
    server.stop().await;
}

#[tokio::test]
async fn the_private_secret_of_another_user_is_no_certificate() {
    let server = TestServer::start().await;
    server.add_user("mia", "default", &["member"]).await;
    server.add_user("tom", "default", &["member"]).await;
    let (mia, tom) =
        (server.sign_in("mia", "default").await, server.sign_in("tom", "default").await);
    let issued = Authority::new().await.issue(NAME).await;
    let reference = mia.certificate("mia's", &issued).await;
    let lb = tom.new_lb(json!({})).await;
    let listener = json!({"listener": {"protocol": "TERMINATED_HTTPS", "protocol_port": 18522,
        "loadbalancer_id": lb, "default_tls_container_ref": reference}});
    let answer = tom.post(&format!("{LBAAS}/listeners"), listener).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let text = answer.body["faultstring"].as_str().unwrap();
    assert_eq!(text, format!("Could not retrieve certificate: ['{reference}']"));
    server.stop().await;
}
