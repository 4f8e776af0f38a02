//! Listeners that cannot be run: everything else serves, and the load balancer can be changed.

mod random;

use crate::common::{
    Client, TestServer,
    octavia::{LBAAS, graph, poll_until},
    tls::{Authority, NAME, free_port},
    whoami,
};
use lb_portal_server::store::barbican::Sealed;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// Replaces a stored certificate, as if it had been stored before it was checked.
async fn slip_in(server: &TestServer, reference: &str, p12: &[u8]) {
    let id = reference.rsplit('/').next().unwrap().to_owned();
    let Sealed(payload) = server.app.vault.seal(id.parse().unwrap(), p12).unwrap();
    let replaced: rusqlite::Result<_> = server
        .app
        .store
        .write(move |tx| tx.execute("UPDATE secret SET payload = ?2 WHERE id = ?1", (id, payload)))
        .await;
    assert_eq!(replaced.unwrap(), 1);
}

/// Waits until a listener has these statuses.
async fn listener_is(client: &Client, lb: &str, port: u16, provisioning: &str, operating: &str) {
    poll_until(async |seen| {
        let path = format!("{LBAAS}/listeners?loadbalancer_id={lb}&protocol_port={port}");
        *seen = client.get(&path).await.body["listeners"][0].clone();
        (seen["provisioning_status"] == provisioning && seen["operating_status"] == operating)
            .then_some(())
    })
    .await;
}

async fn listener_path(client: &Client, lb: &str, port: u16) -> String {
    let path = format!("{LBAAS}/listeners?loadbalancer_id={lb}&protocol_port={port}");
    let listeners = client.get(&path).await.body;
    format!("{LBAAS}/listeners/{}", listeners["listeners"][0]["id"].as_str().unwrap())
}

/// HTTP on the first port and TLS on the second.
fn with_tls(ports: [u16; 2], member: SocketAddr, reference: &str) -> Value {
    let mut whole = graph(ports[0], &[member]);
    let mut listener = whole["listeners"][0].clone();
    listener["protocol"] = json!("TERMINATED_HTTPS");
    listener["protocol_port"] = json!(ports[1]);
    listener["default_tls_container_ref"] = json!(reference);
    whole["listeners"].as_array_mut().unwrap().push(listener);
    whole
}

#[tokio::test]
async fn a_certificate_that_openssl_refuses_affects_only_its_listener() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let authority = Authority::new().await;
    let issued = authority.issue(NAME).await;
    let weak = authority.issue_weak(NAME).await;
    let reference = client.certificate("first", &issued).await;
    let ports = [free_port().await, free_port().await];
    let lb = client.new_lb(with_tls(ports, whoami::start("member").await, &reference)).await;
    let vip = client.settled(&lb).await["vip_address"].as_str().unwrap().parse().unwrap();
    let [http, tls] = ports.map(|port| SocketAddr::new(vip, port));
    listener_is(&client, &lb, ports[1], "ACTIVE", "ONLINE").await;

    // The certificate of a listener that works is replaced by one that is refused.
    slip_in(&server, &reference, &weak).await;
    let path = listener_path(&client, &lb, ports[1]).await;
    let limited = json!({"listener": {"connection_limit": 1000}});
    assert_eq!(client.put(&path, limited).await.status, StatusCode::OK);
    let shown = client.settled(&lb).await;
    assert_eq!(shown["provisioning_status"], "ACTIVE", "{shown}");
    let reason = shown["provisioning_reason"].as_str().unwrap();
    assert!(reason.contains("previous settings") && reason.contains("certificate"), "{reason}");
    listener_is(&client, &lb, ports[1], "ERROR", "ONLINE").await;
    listener_is(&client, &lb, ports[0], "ACTIVE", "ONLINE").await;
    assert_eq!(authority.leaf(tls).await, issued.leaf, "the last good certificate is served");
    assert_eq!(whoami::get(http, "/").await.as_deref(), Some("member"));

    // Nothing has run before after a restart.
    let token = client.token.clone();
    let server = TestServer::on(server.stop().await, "").await;
    let client = Client { token, ..server.anonymous() };
    listener_is(&client, &lb, ports[1], "ERROR", "ERROR").await;
    listener_is(&client, &lb, ports[0], "ACTIVE", "ONLINE").await;
    assert_eq!(client.settled(&lb).await["provisioning_status"], "ACTIVE");
    assert_eq!(whoami::get(http, "/").await.as_deref(), Some("member"));
    assert!(authority.handshake(tls).await.is_err());

    // A certificate that is accepted repairs the listener, and so does its deletion.
    let second = client.certificate("second", &authority.issue(NAME).await).await;
    let replaced = json!({"listener": {"default_tls_container_ref": second}});
    assert_eq!(client.put(&path, replaced).await.status, StatusCode::OK);
    listener_is(&client, &lb, ports[1], "ACTIVE", "ONLINE").await;
    authority.handshake(tls).await.unwrap();
    slip_in(&server, &second, &weak).await;
    let renamed = json!({"listener": {"name": "renamed"}});
    assert_eq!(client.put(&path, renamed).await.status, StatusCode::OK);
    client.settled(&lb).await;
    assert_eq!(client.delete(&path).await.status, StatusCode::NO_CONTENT);
    let shown = client.settled(&lb).await;
    assert_eq!(
        (&shown["provisioning_status"], &shown["operating_status"]),
        (&json!("ACTIVE"), &json!("ONLINE"))
    );
    assert_eq!(shown.get("provisioning_reason"), None);
    let deleted = client.delete(&format!("{LBAAS}/loadbalancers/{lb}?cascade=true")).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    assert!(client.settled(&lb).await.is_null());
    server.stop().await;
}
