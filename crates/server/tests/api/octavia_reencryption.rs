//! Pools whose members are reached by TLS.

use crate::common::{
    Client, TestServer,
    octavia::{LBAAS, graph},
    tls::{Authority, free_port},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

async fn update(client: &Client, lb: &str, path: &str, fields: Value) -> Value {
    let answer = client.put(path, json!({ "pool": fields })).await;
    assert_eq!(answer.status, StatusCode::OK, "{fields}: {}", answer.body);
    assert_eq!(client.settled(lb).await["provisioning_status"], "ACTIVE");
    answer.body["pool"].clone()
}

async fn refused(client: &Client, path: &str, fields: Value) -> String {
    let answer = client.put(path, json!({ "pool": fields })).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{fields}: {}", answer.body);
    answer.body["faultstring"].as_str().unwrap().to_owned()
}

async fn delete_secret(client: &Client, reference: &str) -> StatusCode {
    let at = reference.find("/key-manager/").unwrap();
    client.delete(&reference[at..]).await.status
}

#[tokio::test]
async fn members_are_reached_by_tls_and_verified() {
    let server = TestServer::start().await;
    let alice = server.admin().await;
    let (servers, balancers) = (Authority::new().await, Authority::new().await);
    let member = servers.tls_echo(&balancers).await;
    let certificate = balancers.issue("balancer").await;
    let own = alice.certificate("balancer", &certificate).await;
    let ca = alice.text_secret("ca", &servers.certificate()).await;
    let other = alice.text_secret("other", &balancers.certificate()).await;
    let crl = alice.text_secret("crl", &servers.revocation_list(&[]).await).await;
    let port = free_port().await;
    let mut graph = graph(port, &[member.at]);
    graph["pools"][0]["tls_enabled"] = json!(true);
    graph["pools"][0]["tls_container_ref"] = json!(own);
    let lb = alice.new_lb(graph).await;
    let shown = alice.settled(&lb).await;
    assert_eq!(shown["provisioning_status"], "ACTIVE");
    let url = format!("http://{}:{port}/", shown["vip_address"].as_str().unwrap());
    let path = format!("{LBAAS}/pools/{}", shown["pools"][0]["id"].as_str().unwrap());
    // The health monitor has a say.
    let is_served = async |expected: bool| {
        let client = crate::common::http().pool_max_idle_per_host(0).build().unwrap();
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        while client.get(&url).send().await.unwrap().status().is_success() != expected {
            assert!(tokio::time::Instant::now() < deadline, "served: {}", !expected);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };

    let shown = alice.get(&path).await.body["pool"].clone();
    assert_eq!(shown["tls_enabled"], true);
    assert_eq!(shown["tls_container_ref"], own.as_str());
    assert_eq!(shown["tls_versions"], json!(["TLSv1.2", "TLSv1.3"]));
    assert_eq!(shown["alpn_protocols"], json!(["h2", "http/1.1", "http/1.0"]));
    assert!(shown["tls_ciphers"].as_str().unwrap().contains("DHE-RSA-CHACHA20-POLY1305"));
    is_served(true).await;
    assert_eq!(member.client.lock().unwrap().clone(), Some(certificate.leaf));

    update(&alice, &lb, &path, json!({"ca_tls_container_ref": other})).await;
    is_served(false).await;
    update(&alice, &lb, &path, json!({"ca_tls_container_ref": ca, "crl_container_ref": crl})).await;
    is_served(true).await;
    let shown =
        update(&alice, &lb, &path, json!({"tls_ciphers": "HIGH:!aNULL", "alpn_protocols": null}))
            .await;
    assert_eq!(shown["tls_ciphers"], "HIGH:!aNULL");
    assert_eq!(shown["alpn_protocols"], Value::Null);
    is_served(true).await;

    for used in [&own, &ca, &crl] {
        assert_eq!(delete_secret(&alice, used).await, StatusCode::CONFLICT);
    }
    assert_eq!(delete_secret(&alice, &other).await, StatusCode::NO_CONTENT);
    let removed = refused(&alice, &path, json!({"ca_tls_container_ref": null})).await;
    assert_eq!(
        removed,
        "Validation failure: A CA reference cannot be removed when a certificate revocation list is \
         present."
    );
    // Without TLS, the settings stay and have no effect.
    let shown = update(&alice, &lb, &path, json!({"tls_enabled": false})).await;
    assert_eq!(shown["ca_tls_container_ref"], ca.as_str());
    assert_eq!(delete_secret(&alice, &ca).await, StatusCode::CONFLICT);
    let nothing =
        json!({"ca_tls_container_ref": null, "crl_container_ref": null, "tls_container_ref": null});
    update(&alice, &lb, &path, nothing).await;
    for used in [&own, &ca, &crl] {
        assert_eq!(delete_secret(&alice, used).await, StatusCode::NO_CONTENT);
    }
    server.stop().await;
}

#[tokio::test]
async fn tls_settings_of_pools_are_refused_as_by_octavia() {
    let server = TestServer::start().await;
    let [alice, _, mona, _] = server.people().await;
    let authority = Authority::new().await;
    let own = alice.certificate("own", &authority.issue("a").await).await;
    let ca = alice.text_secret("ca", &authority.certificate()).await;
    let crl = alice.text_secret("crl", &authority.revocation_list(&[]).await).await;
    let lb = alice.new_lb(graph(free_port().await, &[])).await;
    let lb_shown = alice.settled(&lb).await;
    let path = format!("{LBAAS}/pools/{}", lb_shown["pools"][0]["id"].as_str().unwrap());
    let validation = |text: &str| format!("Validation failure: {text}");
    for (fields, expected) in [
        (
            json!({"crl_container_ref": crl}),
            validation("A CA reference is required to specify a certificate revocation list."),
        ),
        (
            json!({"tls_versions": []}),
            validation(
                "Empty TLS version list. Either specify at least one TLS version or remove this \
                 parameter to use the default.",
            ),
        ),
        (
            json!({"alpn_protocols": []}),
            validation(
                "Empty ALPN protocol list. Either specify at least one ALPN protocol or remove this \
                 parameter to use the default.",
            ),
        ),
        (
            json!({"tls_versions": ["TLSv1.1", "TLSv1.2"]}),
            validation("Requested TLS versions are less than the minimum: TLSv1.1 < TLSv1.2"),
        ),
        (
            json!({"ca_tls_container_ref": own}),
            validation(
                "The client authentication CA certificate is invalid. It must be a valid x509 PEM \
                 format certificate. Error: this is neither PKCS#12 nor PEM",
            ),
        ),
    ] {
        assert_eq!(refused(&alice, &path, fields).await, expected);
    }
    // A container is a certificate with a key, and no authority.
    let refs = json!([{"name": "certificate", "secret_ref": ca}]);
    let body = json!({"name": "c", "type": "certificate", "secret_refs": refs});
    let container = alice.post("/key-manager/v1/containers", body).await;
    let container = container.body["container_ref"].as_str().unwrap().to_owned();
    let missing = refused(&alice, &path, json!({"ca_tls_container_ref": container})).await;
    assert_eq!(missing, format!("Could not retrieve certificate: ['{container}']"));

    // Of others, whatever the role.
    for (field, reference) in [("tls_container_ref", &own), ("ca_tls_container_ref", &ca)] {
        let expected = format!("Could not retrieve certificate: ['{reference}']");
        assert_eq!(refused(&mona, &path, json!({field: reference})).await, expected);
        let body = json!({"pool": {"loadbalancer_id": lb, "protocol": "HTTP",
            "lb_algorithm": "ROUND_ROBIN", "tls_enabled": true, field: reference}});
        let answer = mona.post(&format!("{LBAAS}/pools"), body).await;
        assert_eq!(answer.body["faultstring"], expected);
    }
    let theirs = mona.text_secret("ca", &authority.certificate()).await;
    let body = json!({"ca_tls_container_ref": theirs, "crl_container_ref": crl});
    let expected = format!("Could not retrieve certificate: ['{crl}']");
    assert_eq!(refused(&mona, &path, body).await, expected);
    server.stop().await;
}

/// A container of certificate and key serves in every place that takes one.
#[tokio::test]
async fn containers_are_protected_while_they_are_used() {
    let server = TestServer::start().await;
    let alice = server.admin().await;
    let authority = Authority::new().await;
    authority.issue("balancer").await;
    let pem = authority.pem();
    let certificate = alice.text_secret("certificate", &pem.certificate).await;
    let key = alice.text_secret("key", &pem.key).await;
    let refs = json!([
        {"name": "certificate", "secret_ref": certificate},
        {"name": "private_key", "secret_ref": key},
    ]);
    let body = json!({"name": "c", "type": "certificate", "secret_refs": refs});
    let container = alice.post("/key-manager/v1/containers", body).await;
    let container = container.body["container_ref"].as_str().unwrap().to_owned();
    let lb = alice.new_lb(graph(free_port().await, &[])).await;
    let shown = alice.settled(&lb).await;
    let path = format!("{LBAAS}/pools/{}", shown["pools"][0]["id"].as_str().unwrap());
    let fields = json!({"tls_enabled": true, "tls_container_ref": container});
    update(&alice, &lb, &path, fields).await;
    for used in [&container, &certificate, &key] {
        assert_eq!(delete_secret(&alice, used).await, StatusCode::CONFLICT, "{used}");
    }
    let listener = json!({"listener": {"loadbalancer_id": lb, "protocol": "TERMINATED_HTTPS",
        "protocol_port": free_port().await, "default_tls_container_ref": container,
        "sni_container_refs": [container]}});
    let answer = alice.post(&format!("{LBAAS}/listeners"), listener).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(alice.settled(&lb).await["provisioning_status"], "ACTIVE");
    let id = container.rsplit('/').next().unwrap();
    let answer = alice.delete(&format!("/key-manager/v1/containers/{id}")).await;
    let why = answer.body["description"].as_str().unwrap();
    assert!(why.contains("1 listener and 1 pool"), "{why}");
    alice.delete(&format!("{LBAAS}/loadbalancers/{lb}?cascade=true")).await;
    alice.settled(&lb).await;
    for used in [&container, &certificate, &key] {
        assert_eq!(delete_secret(&alice, used).await, StatusCode::NO_CONTENT, "{used}");
    }
    server.stop().await;
}

/// Texts with a meaning in the configuration of a proxy.
#[tokio::test]
async fn hostile_texts_reach_no_configuration() {
    let server = TestServer::start().await;
    let alice = server.admin().await;
    let authority = Authority::new().await;
    let certificate = alice.certificate("own", &authority.issue("a").await).await;
    let lb = alice.new_lb(graph(free_port().await, &[])).await;
    let shown = alice.settled(&lb).await;
    let pool = format!("{LBAAS}/pools/{}", shown["pools"][0]["id"].as_str().unwrap());
    let long = "A".repeat(3000);
    let texts = [
        "AES128-SHA\n    bind *:81",
        "AES128-SHA crt /etc/passwd",
        "AES128-SHA\t",
        "\"AES128-SHA\"",
        "'AES128-SHA'",
        "AES128-SHA#",
        "AES128-SHA\\",
        "AES128-SHA\0",
        "AES128-SHA;ALL",
        "AES128-SHA,ALL",
        "${HOME}",
        "%[env(HOME)]",
        "é",
        "\u{202e}AES",
        "@include=/etc/passwd",
        "",
        &long,
    ];
    for text in texts {
        for field in ["tls_ciphers", "tls_container_ref", "ca_tls_container_ref"] {
            // An empty reference is none, as in Octavia.
            if text.is_empty() && field != "tls_ciphers" {
                continue;
            }
            refused(&alice, &pool, json!({field: text})).await;
        }
        for field in ["tls_versions", "alpn_protocols"] {
            refused(&alice, &pool, json!({field: [text]})).await;
        }
        for (field, value) in [
            ("tls_ciphers", json!(text)),
            ("client_authentication", json!(text)),
            ("client_ca_tls_container_ref", json!(text)),
            ("insert_headers", json!({format!("X-SSL-Client-DN{text}x"): "true"})),
        ] {
            if text.is_empty() && field == "client_ca_tls_container_ref" {
                continue;
            }
            let body = json!({"listener": {"loadbalancer_id": lb, "protocol": "TERMINATED_HTTPS",
                "protocol_port": 8443, "default_tls_container_ref": certificate, field: value}});
            let answer = alice.post(&format!("{LBAAS}/listeners"), body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{field} {text:?}: {}", answer.body);
        }
        let listener = shown["listeners"][0]["id"].as_str().unwrap();
        let rule = json!({"type": "SSL_DN_FIELD", "compare_type": "EQUAL_TO", "key": text,
            "value": "x"});
        let verify =
            json!({"type": "SSL_VERIFY_RESULT", "compare_type": "EQUAL_TO", "value": text});
        for rule in [rule, verify] {
            let body = json!({"l7policy": {"listener_id": listener, "action": "REJECT",
                "rules": [rule]}});
            let answer = alice.post(&format!("{LBAAS}/l7policies"), body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{text:?}: {}", answer.body);
        }
    }
    assert_eq!(alice.settled(&lb).await["provisioning_status"], "ACTIVE");
    server.stop().await;
}
