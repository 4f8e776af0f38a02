//! Requests on one's own secrets.

mod acl_and_metadata;
mod consumers;

use crate::common::{
    Client, TestServer,
    barbican::{SECRETS, bundle, id_of},
    send,
};
use reqwest::{Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

async fn mia() -> (TestServer, Client) {
    let server = TestServer::start().await;
    server.add_project("ours").await;
    server.add_user("mia", "ours", &["member"]).await;
    let mia = server.sign_in("mia", "ours").await;
    (server, mia)
}

fn secret(id: &str) -> String {
    format!("{SECRETS}/{id}")
}

#[tokio::test]
async fn discovery_has_barbicans_format() {
    let (server, mia) = mia().await;
    let scope = json!({"project": {"name": "ours", "domain": {"id": "default"}}});
    let token = mia.authenticate("mia", crate::common::PASSWORD, Some(scope)).await.body;
    let catalog = token["token"]["catalog"].as_array().unwrap();
    let service = catalog.iter().find(|service| service["type"] == "key-manager").unwrap();
    assert_eq!(service["endpoints"][0]["url"], format!("{}/key-manager", server.url));
    assert_eq!(mia.get("/portal/info").await.body["features"]["certificates"], true);
    assert_eq!(mia.get("/key-manager/v1").await.body["version"]["id"], "v1");
    for (path, method, status) in [
        ("/key-manager/v2", Method::GET, StatusCode::NOT_FOUND),
        ("/key-manager/v1/cas", Method::GET, StatusCode::NOT_FOUND),
        ("/key-manager/v1/secrets", Method::DELETE, StatusCode::METHOD_NOT_ALLOWED),
        ("/key-manager/v1/containers", Method::PUT, StatusCode::METHOD_NOT_ALLOWED),
        ("/key-manager/v1/containers/x", Method::GET, StatusCode::NOT_FOUND),
        ("/key-manager/v1/secrets/x", Method::GET, StatusCode::NOT_FOUND),
    ] {
        let answer = send(mia.request(method, path)).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.body["code"], status.as_u16(), "{path}: {}", answer.body);
        assert!(answer.body["title"].is_string() && answer.body["description"].is_string());
    }
    for (path, key) in [("containers", "containers"), ("orders", "orders")] {
        let answer = mia.get(&format!("/key-manager/v1/{path}")).await;
        assert_eq!(answer.body, json!({key: [], "total": 0}));
    }
    assert_eq!(mia.get("/key-manager/v1/quotas").await.body["quotas"]["secrets"], 1000);
}

#[tokio::test]
async fn a_payload_is_returned_in_the_requested_encoding() {
    let (_server, mia) = mia().await;
    let binary = mia.store("binary", b"\xff\x00\xfe").await;
    let ascii = mia.store("ascii", b"hello").await;
    let text = id_of(
        &mia.post(
            SECRETS,
            json!({"name": "t", "payload": " h\u{e9}llo\n", "payload_content_type": "text/plain"}),
        )
        .await,
    );
    let octets = "application/octet-stream";
    for (id, accept, status, kind, body) in [
        (&binary, octets, 200, octets, &b"\xff\x00\xfe"[..]),
        (&binary, "*/*", 200, octets, b"\xff\x00\xfe"),
        (&binary, "text/html, */*;q=0.1", 200, octets, b"\xff\x00\xfe"),
        (&binary, "text/plain", 406, "application/json", b""),
        (&binary, "application/json", 406, "application/json", b""),
        (&binary, "image/png", 406, "application/json", b""),
        (&ascii, "text/plain", 200, "text/plain; charset=UTF-8", b"hello"),
        (&text, "text/plain", 200, "text/plain; charset=UTF-8", "h\u{e9}llo".as_bytes()),
        (&text, "*/*", 200, "text/plain; charset=UTF-8", "h\u{e9}llo".as_bytes()),
        (&text, octets, 200, octets, "h\u{e9}llo".as_bytes()),
    ] {
        let answer = mia.get_as(&format!("{}/payload", secret(id)), accept).await;
        assert_eq!(answer.status().as_u16(), status, "{accept}");
        assert_eq!(answer.headers()["content-type"], kind, "{accept}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let bytes = answer.bytes().await.unwrap();
        if status == 406 {
            let error: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(
                error,
                json!({"code": 406, "title": "Not Acceptable",
                    "description": "Secret payload retrieval issue seen - Wrong payload content-type."})
            );
        } else {
            assert_eq!(bytes, body, "{accept}");
        }
    }
    let old_way = mia.get_as(&secret(&binary), octets).await;
    assert_eq!(old_way.bytes().await.unwrap(), &b"\xff\x00\xfe"[..]);
    let browser = mia.get_as(&secret(&binary), "application/json, */*").await;
    assert_eq!(browser.json::<Value>().await.unwrap()["name"], "binary");
}

#[tokio::test]
async fn a_payload_can_be_added_once() {
    let (_server, mia) = mia().await;
    let id = id_of(&mia.post(SECRETS, json!({"name": "later"})).await);
    let at = secret(&id);
    let shown = mia.get(&at).await.body;
    assert!(shown.get("content_types").is_none(), "{shown}");
    let none = mia.get_as(&format!("{at}/payload"), "application/octet-stream").await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND);

    let put = async |kind: &str, encoding: Option<&str>, body: Vec<u8>| {
        let mut request = mia.request(Method::PUT, &at).header(CONTENT_TYPE, kind).body(body);
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        send(request).await
    };
    let octets = "application/octet-stream";
    for (kind, encoding, body, status, says) in [
        ("application/json", None, b"{}".to_vec(), 415, "Unexpected content type"),
        ("", None, b"x".to_vec(), 415, "Unexpected content type"),
        (octets, None, Vec::new(), 400, "No data supplied to process."),
        (octets, None, vec![0; 20_001], 413, "Provided information too large to process."),
        (octets, Some("gzip"), b"x".to_vec(), 400, "must specify a content-encoding of 'base64'"),
        (octets, Some("base64"), b"abc".to_vec(), 400, "Problem decoding payload"),
    ] {
        let answer = put(kind, encoding, body).await;
        assert_eq!(answer.status.as_u16(), status, "{says}: {}", answer.body);
        let message = answer.body["description"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
    }
    let answer = put(octets, Some("base64"), b"aGVsbG8=".to_vec()).await;
    assert_eq!((answer.status, answer.body), (StatusCode::NO_CONTENT, Value::Null));
    let answer = put(octets, None, b"other".to_vec()).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(answer.body["description"], "Secret already has data, cannot modify it.");
    let payload = mia.get_as(&format!("{at}/payload"), octets).await;
    assert_eq!(payload.bytes().await.unwrap(), "hello");
    assert_eq!(mia.get(&at).await.body["content_types"]["default"], octets);
}

#[tokio::test]
async fn invalid_and_too_large_secrets_are_refused() {
    let (_server, mia) = mia().await;
    let sized = |bytes: usize| json!({"name": "x", "payload": "a".repeat(bytes), "payload_content_type": "text/plain"});
    for (bytes, status, says) in [
        (20_001, 413, "Provided information too large to process"),
        // Barbican reads no further and then wonders.
        (26_000, 400, "Malformed JSON"),
    ] {
        let answer = mia.post(SECRETS, sized(bytes)).await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.body["description"], says);
    }
    assert_eq!(mia.post(SECRETS, sized(20_000)).await.status, StatusCode::CREATED);
    for (kind, body, status) in [
        ("text/plain", "{}", 415),
        ("application/json", "{", 400),
        ("application/json", "", 400),
        ("application/json", "[]", 400),
        ("application/json; charset=utf-8", "{\"name\": \"fine\"}", 201),
    ] {
        let request = mia.request(Method::POST, SECRETS).header(CONTENT_TYPE, kind).body(body);
        assert_eq!(send(request).await.status.as_u16(), status, "{kind} {body}");
    }
    let small = TestServer::with_config("[limits]\nsecret_bytes = 10").await;
    let admin = small.admin().await;
    assert_eq!(admin.post(SECRETS, sized(10)).await.status, StatusCode::CREATED);
    assert_eq!(admin.post(SECRETS, sized(11)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    let (_server, mia) = mia().await;
    for (name, more) in [
        (
            "b",
            json!({"algorithm": "aes", "bit_length": 256, "mode": "cbc", "secret_type": "symmetric"}),
        ),
        ("a", json!({"expiration": "2100-01-01T00:00:00"})),
        ("c", json!({"algorithm": "rsa", "secret_type": "private"})),
    ] {
        let mut body = json!({ "name": name });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(mia.post(SECRETS, body).await.status, StatusCode::CREATED);
    }
    for (query, names) in [
        ("", &["b", "a", "c"][..]),
        ("sort=created:desc", &["c", "a", "b"]),
        ("sort=name", &["a", "b", "c"]),
        ("sort=secret_type:desc,name", &["b", "c", "a"]),
        ("sort=status,name:desc", &["c", "b", "a"]),
        ("name=a", &["a"]),
        ("name=%25", &["b", "a", "c"]),
        ("alg=aes", &["b"]),
        ("mode=cbc&bits=256", &["b"]),
        ("bits=128", &[]),
        ("bits=many", &["b", "a", "c"]),
        ("secret_type=private", &["c"]),
        ("expiration=lt:2100-01-01T00:00:01", &["a"]),
        ("expiration=2099-01-01", &[]),
        ("created=gte:2020-01-01,lt:2099-01-01&sort=name", &["a", "b", "c"]),
        ("created=lt:2020-01-01", &[]),
        ("acl_only=true", &[]),
        ("nonsense=1", &["b", "a", "c"]),
    ] {
        assert_eq!(mia.names(query).await, names, "{query}");
    }
    let me = mia.get(SECRETS).await.body["secrets"][0]["creator_id"].clone();
    let first = mia.get(SECRETS).await.body["secrets"][0]["secret_ref"].clone();
    let acl = format!("{}/acl", secret(first.as_str().unwrap().rsplit('/').next().unwrap()));
    mia.put(&acl, json!({"read": {"users": [me]}})).await;
    assert_eq!(mia.names("acl_only=true").await, ["b"]);

    let page = mia.get(&format!("{SECRETS}?limit=1&offset=1&sort=name:asc")).await.body;
    assert_eq!((&page["secrets"][0]["name"], &page["total"]), (&json!("b"), &json!(3)));
    let follow = async |link: &Value| {
        let path = link.as_str().unwrap().split_once("/key-manager").unwrap().1.to_owned();
        mia.get(&format!("/key-manager{path}")).await.body["secrets"][0]["name"].clone()
    };
    assert_eq!(follow(&page["next"]).await, "c");
    assert_eq!(follow(&page["previous"]).await, "a");
    let last = mia.get(&format!("{SECRETS}?limit=2&offset=2")).await.body;
    assert!(last.get("next").is_none() && last.get("previous").is_some(), "{last}");
    let beyond = mia.get(&format!("{SECRETS}?offset=9")).await.body;
    assert_eq!(beyond, json!({"secrets": [], "total": 3}));

    let answer = mia.get(&format!("{SECRETS}?sort=colour")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body["description"], "URI provided invalid query string parameters.");
}

#[tokio::test]
async fn an_expired_secret_is_not_found() {
    let (server, mia) = mia().await;
    let id = mia.store("old", b"x").await;
    let end = "UPDATE secret SET expiration = '2020-01-01T00:00:00' WHERE id = ?1";
    server.sql(end, [id.clone()]).await.unwrap();
    assert_eq!(mia.get(&secret(&id)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(mia.get(SECRETS).await.body["total"], 0);
}

#[tokio::test]
async fn microversions_are_reported_to_clients_that_support_them() {
    let (_server, mia) = mia().await;
    let request = mia.request(Method::GET, "/key-manager");
    let answer = send(request.header("openstack-api-version", "key-manager latest")).await;
    assert_eq!(answer.status, StatusCode::MULTIPLE_CHOICES);
    let version = &answer.body["versions"][0];
    assert_eq!(
        (&version["status"], &version["min_version"], &version["max_version"]),
        (&json!("CURRENT"), &json!("1.0"), &json!("1.2"))
    );
}

#[tokio::test]
async fn the_cookie_is_refused_from_another_origin() {
    let (server, mia) = mia().await;
    let token = mia.token.clone().unwrap();
    for (site, status) in
        [("same-origin", StatusCode::CREATED), ("cross-site", StatusCode::UNAUTHORIZED)]
    {
        let request = server
            .anonymous()
            .request(Method::POST, SECRETS)
            .header("cookie", format!("lb_portal_session={token}"))
            .header("sec-fetch-site", site)
            .json(&bundle("x", b"x"));
        assert_eq!(send(request).await.status, status, "{site}");
    }
}
