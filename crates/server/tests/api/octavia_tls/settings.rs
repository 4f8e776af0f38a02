//! Which TLS settings of listeners are refused, and which versions are spoken.

use super::*;

#[tokio::test]
async fn invalid_tls_settings_are_refused() {
    let server = TestServer::start().await;
    let [alice, ..] = server.people().await;
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
    let [alice, ..] = server.people().await;
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
    let [alice, ..] = server.people().await;
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
    let output = s_client(to, &["-tls1_3", "-alpn", "h2,http/1.1"]).await;
    assert!(output.contains("New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384"), "{output}");
    assert!(output.contains("ALPN protocol: http/1.1"), "{output}");
    let output = s_client(to, &["-tls1_2"]).await;
    assert!(output.contains("Cipher is ECDHE-ECDSA-AES256-GCM-SHA384"), "{output}");
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
