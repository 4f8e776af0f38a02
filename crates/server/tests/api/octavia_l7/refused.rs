use super::{Story, id};
use crate::common::{TestServer, octavia::LBAAS};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn invalid_policies_and_rules_are_refused() {
    let server = TestServer::start().await;
    let story = Story::begin(&server).await;
    let url = |url: &str| json!({"action": "REDIRECT_TO_URL", "redirect_url": url});
    for (body, status, words) in [
        (json!({}), 400, "action"),
        (json!({"action": "EXPLODE"}), 400, "action"),
        (json!({"action": "REDIRECT_TO_URL"}), 400, "redirect_url must not be None"),
        (json!({"action": "REDIRECT_PREFIX"}), 400, "redirect_prefix must not be None"),
        (
            json!({"action": "REDIRECT_TO_POOL"}),
            400,
            "redirect_pool_id or redirect_pool must not be",
        ),
        (
            json!({"action": "REDIRECT_TO_POOL", "redirect_pool_id": uuid::Uuid::nil()}),
            404,
            "not found",
        ),
        (url("javascript:alert(1)"), 400, "redirect_url"),
        (url("https://a.example/%[env(HOME)]"), 400, "redirect_url"),
        (url("https://a.example/ code 200"), 400, "redirect_url"),
        (url("https://a.example/\nfrontend x"), 400, "redirect_url"),
        (url("https://a.example/\r\n\tbackend x"), 400, "redirect_url"),
        (url("https://a.example/\u{85}"), 400, "redirect_url"),
        (url("https://a.example/\u{a0}b"), 400, "redirect_url"),
        (url("https://a.example/\" code 200"), 400, "redirect_url"),
        (json!({"action": "REJECT", "redirect_http_code": 200}), 400, "redirect_http_code"),
        (json!({"action": "REJECT", "position": 0}), 400, "position"),
        (json!({"action": "REJECT", "rules": [{"type": "PATH"}]}), 400, "compare_type"),
    ] {
        let mut policy = json!({"listener_id": story.listener});
        policy.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let answer =
            story.client.post(&format!("{LBAAS}/l7policies"), json!({ "l7policy": policy })).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.body);
        assert!(answer.body["faultstring"].as_str().unwrap().contains(words), "{}", answer.body);
    }
    let policy = story.policy(json!({"action": "REJECT"})).await;
    let rules = format!("{LBAAS}/l7policies/{}/rules", id(&policy));
    let path = |value: &str| json!({"type": "PATH", "compare_type": "EQUAL_TO", "value": value});
    for (body, status, words) in [
        (path("/ -f /etc/passwd"), 400, "value"),
        (path("/é"), 400, "value"),
        (path("/\n"), 400, "value"),
        (path("\"\""), 400, "value"),
        (path(""), 400, "L7 rule type requires a value"),
        (path(&"/".repeat(256)), 400, "value"),
        (
            json!({"type": "COOKIE", "key": "a", "compare_type": "EQUAL_TO", "value": "a;b"}),
            400,
            "value",
        ),
        (
            json!({"type": "PATH", "compare_type": "REGEX", "value": "a(b"}),
            400,
            "Error parsing L7Rule: Unable to parse regular expression: a group without ) at character 2",
        ),
        (json!({"type": "PATH", "compare_type": "REGEX", "value": "a\n"}), 400, "value"),
        (
            json!({"type": "SSL_DN_FIELD", "key": "C)", "compare_type": "EQUAL_TO", "value": "a"}),
            400,
            "Invalid L7rule distinguished name field.",
        ),
        (
            json!({"type": "FILE_TYPE", "compare_type": "CONTAINS", "value": "a"}),
            400,
            "comparison type",
        ),
        (
            json!({"type": "HEADER", "compare_type": "EQUAL_TO", "value": "a"}),
            400,
            "requires a key",
        ),
        (
            json!({"type": "HEADER", "key": "a)b", "compare_type": "EQUAL_TO", "value": "a"}),
            400,
            "key",
        ),
        (
            json!({"type": "COOKIE", "key": "a b", "compare_type": "EQUAL_TO", "value": "a"}),
            400,
            "key",
        ),
    ] {
        let answer = story.client.post(&rules, json!({ "rule": body })).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.body);
        assert!(answer.body["faultstring"].as_str().unwrap().contains(words), "{}", answer.body);
    }
    // TCP has no requests to look at.
    let body = json!({"listener": {"protocol": "TCP", "protocol_port": 1024, "loadbalancer_id": story.lb,
        "l7policies": [{"action": "REJECT"}]}});
    let answer = story.client.post(&format!("{LBAAS}/listeners"), body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    story.settled().await;
    server.stop().await;
}
