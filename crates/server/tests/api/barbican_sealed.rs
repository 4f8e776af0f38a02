//! Payloads are encrypted on the disk and absent from the log.

use crate::common::{
    Client, PASSWORD, TestServer,
    barbican::{SECRETS, id_of},
    logged::Logged,
    send,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use lb_portal_server::{
    config::Config,
    secrets::{self, PayloadError},
    serve::{Options, Server},
    vault::Vault,
};
use openstack_types::SecretId;
use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::json;
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Base64 needs no padding for this length, so the encoded text can be found inside other text too.
const BYTES: &[u8] = b"MARKER-OF-A-PRIVATE-KEY-IN-BYTES";
const TEXT: &str = "MARKER-OF-A-PRIVATE-KEY-IN-TEXT";
const LATER: &str = "MARKER-OF-A-PRIVATE-KEY-PUT-LATER";
const REFUSED: &str = "MARKER-OF-A-PRIVATE-KEY-REFUSED";

/// Sends payloads by every request that has one, valid and invalid.
async fn send_payloads(client: &Client) -> Vec<String> {
    let bytes = client.store("bytes", BYTES).await;
    let text = json!({"name": "text", "payload": TEXT, "payload_content_type": "text/plain"});
    let text = id_of(&client.post(SECRETS, text).await);
    let later = id_of(&client.post(SECRETS, json!({"name": "later"})).await);
    let put = async |id: &str, kind: &str| {
        let request = client.request(Method::PUT, &format!("{SECRETS}/{id}"));
        send(request.header(CONTENT_TYPE, kind).body(LATER)).await.status
    };
    assert_eq!(put(&later, "text/plain").await, 204);
    assert_eq!(put(&later, "text/plain").await, 409);
    assert_eq!(put(&later, "application/json").await, 415);
    for wrong in [
        json!({"payload": REFUSED, "payload_content_type": "text/html"}),
        json!({"payload": [REFUSED]}),
        json!({"payload": REFUSED.repeat(800), "payload_content_type": "text/plain"}),
        json!({"name": "x", "bit_length": "x", "payload": REFUSED, "payload_content_type": "text/plain"}),
    ] {
        let answer = client.post(SECRETS, wrong).await;
        assert!(answer.status.is_client_error());
        assert!(!answer.body.to_string().contains(REFUSED), "{}", answer.body);
    }
    let unfinished = format!("{{\"payload\": \"{REFUSED}\"");
    let request = client.request(Method::POST, SECRETS).header(CONTENT_TYPE, "application/json");
    let answer = send(request.body(unfinished)).await;
    assert_eq!(answer.body["description"], "Malformed JSON");
    let ids = vec![bytes, text, later];
    for (id, payload) in ids.iter().zip([BYTES, TEXT.as_bytes(), LATER.as_bytes()]) {
        let answer = client.get_as(&format!("{SECRETS}/{id}/payload"), "*/*").await;
        assert_eq!(answer.bytes().await.unwrap(), payload);
    }
    ids
}

/// In bytes, and as base64.
fn markers() -> Vec<Vec<u8>> {
    [BYTES, TEXT.as_bytes(), LATER.as_bytes(), REFUSED.as_bytes()]
        .iter()
        .flat_map(|marker| {
            let encoded = BASE64_STANDARD.encode(marker);
            [marker.to_vec(), encoded.trim_end_matches('=').as_bytes()[..32].to_vec()]
        })
        .collect()
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

fn nothing_in_the_clear(dir: &Path) {
    let mut looked_at = Vec::new();
    for path in files(dir) {
        let bytes = std::fs::read(&path).unwrap();
        for marker in markers() {
            assert!(!holds(&bytes, &marker), "{} holds a payload", path.display());
        }
        looked_at.push(path.file_name().unwrap().to_owned());
    }
    assert!(looked_at.iter().any(|name| name == "lb-portal.db"), "{looked_at:?}");
}

#[tokio::test]
async fn no_payload_is_on_the_disk_in_plain_text() {
    let server = TestServer::start().await;
    send_payloads(&server.admin().await).await;
    let dir = server.data_dir.path();
    let wal = std::fs::metadata(dir.join("lb-portal.db-wal")).unwrap();
    assert!(wal.len() > 0, "there is a log of writes to look at");
    nothing_in_the_clear(dir);
    let key = std::fs::read_to_string(dir.join("lb-portal.key")).unwrap();
    let key = BASE64_STANDARD.decode(key.trim()).unwrap();
    for path in files(dir).into_iter().filter(|path| !path.ends_with("lb-portal.key")) {
        assert!(!holds(&std::fs::read(&path).unwrap(), &key), "{}", path.display());
    }
    let dir = server.stop().await;
    nothing_in_the_clear(dir.path());
}

#[tokio::test]
async fn no_payload_is_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let server = Logged::start(dir.path()).await;
    let mut client = server.client.clone();
    let scope = json!({"project": {"name": "default", "domain": {"id": "default"}}});
    let answer = client.authenticate("admin", PASSWORD, Some(scope)).await;
    client.token = Some(answer.headers["x-subject-token"].to_str().unwrap().to_owned());
    let ids = send_payloads(&client).await;
    let log = server.stop().await;
    assert!(holds(&log, ids[0].as_bytes()), "it did log");
    for marker in markers() {
        assert!(!holds(&log, &marker), "{} is in the log", String::from_utf8_lossy(&marker));
    }
    nothing_in_the_clear(dir.path());
}

#[tokio::test]
async fn a_restarted_server_decrypts_payloads() {
    let server = TestServer::start().await;
    let id = server.admin().await.store("x", BYTES).await;
    let server = TestServer::on(server.stop().await, "").await;
    let path = format!("{SECRETS}/{id}/payload");
    let payload = server.admin().await.get_as(&path, "*/*").await;
    assert_eq!(payload.bytes().await.unwrap(), BYTES);
}

#[tokio::test]
async fn payloads_swapped_on_the_disk_are_not_decrypted() {
    let server = TestServer::start().await;
    let admin = server.admin().await;
    let (mine, other) = (admin.store("mine", b"mine").await, admin.store("other", BYTES).await);
    let (to, from) = (mine.clone(), other.clone());
    let swap =
        "UPDATE secret SET payload = (SELECT payload FROM secret WHERE id = ?2) WHERE id = ?1";
    server.sql(swap, [to, from]).await.unwrap();
    let answer = admin.get_as(&format!("{SECRETS}/{mine}/payload"), "*/*").await;
    assert_eq!(answer.status().as_u16(), 500);
    assert!(!holds(&answer.bytes().await.unwrap(), BYTES));
    let app = server.app.clone();
    let broken = server
        .app
        .store
        .read(move |db| {
            let id: SecretId = mine.parse().unwrap();
            Ok::<_, rusqlite::Error>(secrets::payload(db, &app.vault, id).err())
        })
        .await
        .unwrap();
    assert!(matches!(broken, Some(PayloadError::Corrupt)));
}

#[tokio::test]
async fn without_its_key_the_server_does_not_start() {
    let server = TestServer::start().await;
    let dir = server.stop().await;
    let key = dir.path().join("lb-portal.key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    // Nothing is encrypted yet, so a new key can be used.
    std::fs::remove_file(&key).unwrap();
    let server = TestServer::on(dir, "").await;
    server.admin().await.store("x", b"x").await;
    let dir = server.stop().await;
    let start = async || {
        Server::start(Options {
            listen: "127.0.0.1:0".to_owned(),
            data_dir: dir.path().to_owned(),
            config: Config::default(),
            admin_password: None,
        })
        .await
        .map(drop)
        .map_err(|why| why.to_string())
    };
    let refused = async |says: &str| {
        let why = start().await.expect_err(says);
        assert!(why.contains(says) && why.contains("lb-portal.key"), "{why}");
        assert!(!why.contains('\n'), "{why}");
    };
    let whole = std::fs::read(&key).unwrap();
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    refused("others may read").await;
    std::fs::remove_file(&key).unwrap();
    refused("is missing").await;
    assert!(!key.exists());
    Vault::open(&key, &[]).unwrap();
    refused("does not open").await;
    std::fs::write(&key, whole).unwrap();
    assert_eq!(start().await, Ok(()));
}
