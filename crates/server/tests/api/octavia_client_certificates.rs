//! Listeners that authenticate clients by certificates.

use crate::common::{
    Client, TestServer,
    barbican::SECRETS,
    octavia::{LBAAS, graph},
    tls::{Authority, NAME, echo, free_port},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::net::SocketAddr;

struct Story {
    server: TestServer,
    alice: Client,
    authority: Authority,
    lb: String,
    /// The path of the listener.
    listener: String,
    to: SocketAddr,
}

impl Story {
    /// A listener that speaks TLS and requests no certificate.
    async fn begin() -> Self {
        let server = TestServer::start().await;
        let [alice, ..] = server.people().await;
        let authority = Authority::new().await;
        let certificate = alice.certificate("shop", &authority.issue(NAME).await).await;
        let port = free_port().await;
        let mut graph = graph(port, &[echo().await]);
        graph["listeners"][0]["protocol"] = json!("TERMINATED_HTTPS");
        graph["listeners"][0]["default_tls_container_ref"] = json!(certificate);
        let lb = alice.new_lb(graph).await;
        let shown = alice.settled(&lb).await;
        assert_eq!(shown["provisioning_status"], "ACTIVE", "{shown}");
        let listener = shown["listeners"][0]["id"].as_str().unwrap();
        let listener = format!("{LBAAS}/listeners/{listener}");
        let vip = shown["vip_address"].as_str().unwrap().parse().unwrap();
        Self { server, alice, authority, lb, listener, to: SocketAddr::new(vip, port) }
    }

    /// Updates the listener and waits until it runs.
    async fn update(&self, fields: Value) -> Value {
        let answer = self.alice.put(&self.listener, json!({ "listener": fields })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(self.alice.settled(&self.lb).await["provisioning_status"], "ACTIVE");
        answer.body["listener"].clone()
    }

    async fn refuse(&self, client: &Client, fields: Value) -> String {
        let answer = client.put(&self.listener, json!({ "listener": fields })).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{fields}: {}", answer.body);
        answer.body["faultstring"].as_str().unwrap().to_owned()
    }

    async fn delete_secret(&self, reference: &str) -> StatusCode {
        let id = reference.rsplit('/').next().unwrap();
        self.alice.delete(&format!("{SECRETS}/{id}")).await.status
    }
}

#[tokio::test]
async fn clients_are_authenticated_by_a_stored_authority() {
    let story = Story::begin().await;
    let Story { alice, authority, .. } = &story;
    let clients = Authority::new().await;
    let (good, revoked) = (clients.client("alice").await, clients.client("revoked").await);
    let stranger = authority.client("stranger").await;
    let ca = alice.text_secret("ca", &clients.certificate()).await;
    let crl = alice.text_secret("crl", &clients.revocation_list(&[&revoked]).await).await;
    let is_served = async |client: Option<&_>| authority.ask_as(story.to, client).await.is_ok();

    assert!(is_served(None).await && is_served(Some(&stranger)).await);
    let shown = story
        .update(json!({"client_authentication": "MANDATORY", "client_ca_tls_container_ref": ca}))
        .await;
    assert_eq!(shown["client_authentication"], "MANDATORY");
    assert_eq!(shown["client_ca_tls_container_ref"], ca.as_str());
    assert_eq!(shown["client_crl_container_ref"], Value::Null);
    for (client, expected) in
        [(None, false), (Some(&good), true), (Some(&revoked), true), (Some(&stranger), false)]
    {
        assert_eq!(is_served(client).await, expected);
    }
    story.update(json!({"client_crl_container_ref": crl})).await;
    assert!(is_served(Some(&good)).await && !is_served(Some(&revoked)).await);
    story.update(json!({"client_authentication": "OPTIONAL"})).await;
    assert!(is_served(Some(&good)).await && is_served(None).await);
    assert!(!is_served(Some(&revoked)).await && !is_served(Some(&stranger)).await);

    // In use, also while clients are not authenticated.
    assert_eq!(story.delete_secret(&ca).await, StatusCode::CONFLICT);
    assert_eq!(story.delete_secret(&crl).await, StatusCode::CONFLICT);
    let shown = story.update(json!({"client_authentication": null})).await;
    assert_eq!(shown["client_authentication"], "NONE");
    assert!(is_served(Some(&stranger)).await);
    assert_eq!(story.delete_secret(&crl).await, StatusCode::CONFLICT);
    story.update(json!({"client_crl_container_ref": null})).await;
    assert_eq!(story.delete_secret(&crl).await, StatusCode::NO_CONTENT);
    story.update(json!({"client_ca_tls_container_ref": null})).await;
    assert_eq!(story.delete_secret(&ca).await, StatusCode::NO_CONTENT);
    story.server.stop().await;
}

#[tokio::test]
async fn combinations_are_refused_as_by_octavia() {
    let story = Story::begin().await;
    let Story { alice, .. } = &story;
    let (clients, others) = (Authority::new().await, Authority::new().await);
    let ca = alice.text_secret("ca", &clients.certificate()).await;
    let crl = alice.text_secret("crl", &clients.revocation_list(&[]).await).await;
    let other = alice.text_secret("other", &others.revocation_list(&[]).await).await;
    let text = alice.text_secret("text", "no certificate").await;
    let validation = |text: &str| format!("Validation failure: {text}");
    let unreadable = "The client authentication CA certificate is invalid. It must be a valid x509 \
        PEM format certificate. Error: this is neither PKCS#12 nor PEM";
    let no_list = "The client authentication certificate revocation list is invalid. It must be a \
        valid x509 PEM format certificate revocation list. Error: there is no certificate revocation \
        list in it";
    for (fields, expected) in [
        (
            json!({"client_authentication": "MANDATORY"}),
            "Client authentication setting MANDATORY requires a client CA container reference.",
        ),
        (
            json!({"client_crl_container_ref": crl}),
            "A client authentication CA reference is required to specify a client authentication \
             revocation list.",
        ),
        (json!({"client_ca_tls_container_ref": text}), unreadable),
        (
            json!({"client_ca_tls_container_ref": crl}),
            "The client authentication CA certificate is \
             invalid. It must be a valid x509 PEM format certificate. Error: there is no certificate \
             in it",
        ),
        (json!({"client_ca_tls_container_ref": ca, "client_crl_container_ref": ca}), no_list),
        (
            json!({"client_ca_tls_container_ref": ca, "client_crl_container_ref": other}),
            "The CRL specified is not valid for client certificate authority reference supplied.",
        ),
    ] {
        assert_eq!(story.refuse(alice, fields).await, validation(expected));
    }
    let both = json!({"client_ca_tls_container_ref": "no-url", "client_crl_container_ref": "'\n"});
    let expected = "Could not retrieve certificate: ['no-url', \"'\\n\"]";
    assert_eq!(story.refuse(alice, both).await, expected);
    let word = story.refuse(alice, json!({"client_authentication": "SOMETIMES"})).await;
    assert!(word.ends_with("Value should be one of: NONE, OPTIONAL, MANDATORY"), "{word}");

    // The authorities stay as long as they are needed.
    story
        .update(json!({"client_authentication": "OPTIONAL", "client_ca_tls_container_ref": ca,
            "client_crl_container_ref": crl}))
        .await;
    let removed = story.refuse(alice, json!({"client_ca_tls_container_ref": null})).await;
    assert!(removed.contains("requires a client CA container reference"), "{removed}");
    let answer = alice
        .post(
            &format!("{LBAAS}/listeners"),
            json!({"listener": {"loadbalancer_id": story.lb, "protocol": "HTTP",
                "protocol_port": 8081, "client_ca_tls_container_ref": ca}}),
        )
        .await;
    assert_eq!(
        answer.body["faultstring"],
        validation("Certificate container references are not allowed on HTTP protocol listeners.")
    );
    story.server.stop().await;
}

/// Only its creator may use a secret, whatever the role.
#[tokio::test]
async fn authorities_of_others_cannot_be_used() {
    let story = Story::begin().await;
    let mona = story.server.sign_in("mona", "a").await;
    let admin = story.server.admin().await;
    let clients = Authority::new().await;
    let ca = story.alice.text_secret("ca", &clients.certificate()).await;
    let crl = story.alice.text_secret("crl", &clients.revocation_list(&[]).await).await;
    for other in [&mona, &admin] {
        let theirs = other.text_secret("ca", &clients.certificate()).await;
        let refused = story.refuse(other, json!({"client_ca_tls_container_ref": ca})).await;
        assert_eq!(refused, format!("Could not retrieve certificate: ['{ca}']"));
        let fields =
            json!({"client_ca_tls_container_ref": theirs, "client_crl_container_ref": crl});
        let refused = story.refuse(other, fields).await;
        assert_eq!(refused, format!("Could not retrieve certificate: ['{crl}']"));
        let refused = story.refuse(&story.alice, json!({"client_ca_tls_container_ref": theirs}));
        assert_eq!(refused.await, format!("Could not retrieve certificate: ['{theirs}']"));
    }
    // Who may change the listener leaves what the creator has put there.
    story
        .update(json!({"client_authentication": "MANDATORY", "client_ca_tls_container_ref": ca}))
        .await;
    let fields = json!({"client_authentication": "OPTIONAL", "client_ca_tls_container_ref": ca});
    let answer = mona.put(&story.listener, json!({ "listener": fields })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    mona.settled(&story.lb).await;
    let own = mona.text_secret("crl", &clients.revocation_list(&[]).await).await;
    let answer =
        mona.put(&story.listener, json!({"listener": {"client_crl_container_ref": own}})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    mona.settled(&story.lb).await;
    story.server.stop().await;
}

#[tokio::test]
async fn rules_compare_the_certificate_of_the_client() {
    let story = Story::begin().await;
    let Story { alice, authority, .. } = &story;
    let ca = alice.text_secret("ca", &authority.certificate()).await;
    story
        .update(json!({"client_authentication": "OPTIONAL", "client_ca_tls_container_ref": ca}))
        .await;
    let client = authority.client("alice").await;
    let is_rejected = async |client: Option<&_>| {
        authority.ask_as(story.to, client).await.unwrap().starts_with("HTTP/1.1 403")
    };
    let listener = story.listener.rsplit('/').next().unwrap();
    let (has_cert, verify, dn) = ("SSL_CONN_HAS_CERT", "SSL_VERIFY_RESULT", "SSL_DN_FIELD");
    for (rule, with, without) in [
        (json!({"type": has_cert, "compare_type": "EQUAL_TO", "value": "True"}), true, false),
        (
            json!({"type": has_cert, "compare_type": "EQUAL_TO", "value": "true", "invert": true}),
            false,
            true,
        ),
        (json!({"type": verify, "compare_type": "EQUAL_TO", "value": "0"}), true, true),
        (json!({"type": verify, "compare_type": "EQUAL_TO", "value": "10"}), false, false),
        (
            json!({"type": dn, "compare_type": "EQUAL_TO", "key": "CN", "value": "alice"}),
            true,
            false,
        ),
        (
            json!({"type": dn, "compare_type": "STARTS_WITH", "key": "CN", "value": "al"}),
            true,
            false,
        ),
        (json!({"type": dn, "compare_type": "REGEX", "key": "CN", "value": "^a.*e$"}), true, false),
        (
            json!({"type": dn, "compare_type": "CONTAINS", "key": "O", "value": "alice"}),
            false,
            false,
        ),
        (
            json!({"type": dn, "compare_type": "EQUAL_TO", "key": "CN", "value": "a b # \" -f"}),
            false,
            false,
        ),
    ] {
        let body = json!({"l7policy": {"listener_id": listener, "action": "REJECT",
            "rules": [rule]}});
        let answer = alice.post(&format!("{LBAAS}/l7policies"), body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{rule}: {}", answer.body);
        let policy = answer.body["l7policy"]["id"].as_str().unwrap();
        assert_eq!(alice.settled(&story.lb).await["provisioning_status"], "ACTIVE", "{rule}");
        assert_eq!(is_rejected(Some(&client)).await, with, "{rule}");
        assert_eq!(is_rejected(None).await, without, "{rule}");
        alice.delete(&format!("{LBAAS}/l7policies/{policy}")).await;
        alice.settled(&story.lb).await;
    }
    for (rule, expected) in [
        (
            json!({"type": has_cert, "compare_type": "EQUAL_TO", "value": "true", "key": "x"}),
            "L7rule type SSL_CONN_HAS_CERT does not use the \"key\" field.",
        ),
        (
            json!({"type": has_cert, "compare_type": "EQUAL_TO", "value": "no"}),
            "L7rule value no is not a boolean True string.",
        ),
        (
            json!({"type": verify, "compare_type": "REGEX", "value": "1"}),
            "L7rule type SSL_VERIFY_RESULT only supports the EQUAL_TO compare type.",
        ),
        (
            json!({"type": verify, "compare_type": "EQUAL_TO", "value": "-1"}),
            "L7rule type SSL_VERIFY_RESULT needs a int value, which is >= 0",
        ),
        (
            json!({"type": dn, "compare_type": "EQUAL_TO", "value": "x"}),
            "L7rule type SSL_DN_FIELD needs to specify a key and a value.",
        ),
        (
            json!({"type": dn, "compare_type": "EQUAL_TO", "value": "x", "key": "C N"}),
            "Invalid L7rule distinguished name field.",
        ),
    ] {
        let body = json!({"l7policy": {"listener_id": listener, "action": "REJECT",
            "rules": [rule]}});
        let answer = alice.post(&format!("{LBAAS}/l7policies"), body).await;
        let expected = format!("Error parsing L7Rule: Invalid L7 Rule: {expected}");
        assert_eq!(answer.body["faultstring"], expected);
    }
    story.server.stop().await;
}
