//! L7 policies and rules: in the API, and in their effect on requests.

mod refused;

use crate::common::{
    Client, TestServer,
    octavia::{LBAAS, graph},
    tls::{echo, free_port},
};
use reqwest::{Response, StatusCode, redirect::Policy};
use serde_json::{Value, json};

struct Story {
    client: Client,
    lb: String,
    listener: String,
    url: String,
    http: reqwest::Client,
}

impl Story {
    async fn begin(server: &TestServer) -> Self {
        let client = server.admin().await;
        let port = free_port().await;
        let lb = client.new_lb(graph(port, &[echo().await])).await;
        let shown = client.settled(&lb).await;
        Self {
            listener: shown["listeners"][0]["id"].as_str().unwrap().to_owned(),
            url: format!("http://{}:{port}", shown["vip_address"].as_str().unwrap()),
            http: crate::common::http()
                .redirect(Policy::none())
                // One that is open already is served once more as before a change.
                .pool_max_idle_per_host(0)
                .build()
                .unwrap(),
            client,
            lb,
        }
    }

    /// Creates a policy and waits until it is ACTIVE.
    async fn policy(&self, more: Value) -> Value {
        let mut body = json!({"listener_id": self.listener});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = format!("{LBAAS}/l7policies");
        let answer = self.client.post(&path, json!({ "l7policy": body })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        self.settled().await;
        answer.body["l7policy"].clone()
    }

    async fn settled(&self) {
        assert_eq!(self.client.settled(&self.lb).await["provisioning_status"], "ACTIVE");
    }

    async fn ask(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap()
    }

    async fn location(&self, path: &str) -> Option<String> {
        let answer = self.ask(path).await;
        answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned())
    }

    /// Positions and ids in the order of the list.
    async fn order(&self) -> Vec<String> {
        let path = format!("{LBAAS}/l7policies?listener_id={}&sort=position:asc", self.listener);
        let list = self.client.get(&path).await;
        let list = list.body["l7policies"].as_array().unwrap();
        for (n, policy) in list.iter().enumerate() {
            assert_eq!(policy["position"], n + 1, "{list:?}");
        }
        list.iter().map(|policy| policy["name"].as_str().unwrap().to_owned()).collect()
    }
}

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap()
}

fn every_request() -> Value {
    json!([{"type": "PATH", "compare_type": "STARTS_WITH", "value": "/"}])
}

#[tokio::test]
async fn a_redirect_to_https_can_be_added_and_removed() {
    let server = TestServer::start().await;
    let story = Story::begin(&server).await;
    assert_eq!(story.ask("/a").await.status(), StatusCode::OK);
    let policy = story
        .policy(json!({"action": "REDIRECT_PREFIX", "redirect_prefix": "https://www.example.com",
            "redirect_http_code": 301, "rules": every_request()}))
        .await;
    assert_eq!(policy["provisioning_status"], "PENDING_CREATE");
    let answer = story.ask("/a/b?c=%20d").await;
    assert_eq!(answer.status(), StatusCode::MOVED_PERMANENTLY);
    assert_eq!(answer.headers()["location"], "https://www.example.com/a/b?c=%20d");
    let path = format!("{LBAAS}/l7policies/{}", id(&policy));
    let shown = story.client.get(&path).await.body["l7policy"].clone();
    assert_eq!(shown["provisioning_status"], "ACTIVE");
    assert_eq!(shown["operating_status"], "ONLINE");

    // Another target says which action is meant.
    let body = json!({"l7policy": {"redirect_url": "http://elsewhere.example/?q=%25"}});
    let updated = story.client.put(&path, body).await;
    assert_eq!(updated.body["l7policy"]["action"], "REDIRECT_TO_URL");
    assert_eq!(updated.body["l7policy"]["redirect_prefix"], Value::Null);
    assert_eq!(updated.body["l7policy"]["redirect_http_code"], 301);
    story.settled().await;
    assert_eq!(story.location("/a").await.unwrap(), "http://elsewhere.example/?q=%25");

    // All that RFC 3986 allows, as it was sent.
    let url = "https://[2001:DB8::1]:8443/a(b)'c'$d/%22%20;x=1?e='f'#g/h?i=(j)";
    let updated = story.client.put(&path, json!({"l7policy": {"redirect_url": url}})).await;
    assert_eq!(updated.body["l7policy"]["redirect_url"], url);
    story.settled().await;
    assert_eq!(story.location("/a").await.unwrap(), url);

    // Switched off, and gone.
    story.client.put(&path, json!({"l7policy": {"admin_state_up": false}})).await;
    story.settled().await;
    assert_eq!(story.ask("/a").await.status(), StatusCode::OK);
    let shown = story.client.get(&path).await;
    assert_eq!(shown.body["l7policy"]["operating_status"], "OFFLINE");
    assert_eq!(story.client.delete(&path).await.status, StatusCode::NO_CONTENT);
    story.settled().await;
    assert_eq!(story.client.get(&path).await.status, StatusCode::NOT_FOUND);
    server.stop().await;
}

#[tokio::test]
async fn a_policy_applies_when_all_of_its_rules_match() {
    let server = TestServer::start().await;
    let story = Story::begin(&server).await;
    let policy = story.policy(json!({"action": "REJECT"})).await;
    assert_eq!(story.ask("/").await.status(), StatusCode::OK, "without rules it is for nothing");
    let rules = format!("{LBAAS}/l7policies/{}/rules", id(&policy));
    let rule = async |body: Value| {
        let answer = story.client.post(&rules, json!({ "rule": body })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        story.settled().await;
        id(&answer.body["rule"]).to_owned()
    };
    let first =
        rule(json!({"type": "PATH", "compare_type": "STARTS_WITH", "value": "/private"})).await;
    assert_eq!(story.ask("/private/x").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(story.ask("/").await.status(), StatusCode::OK);
    let second = rule(json!({"type": "HEADER", "key": "X-Pass", "compare_type": "EQUAL_TO",
        "value": "please", "invert": true}))
    .await;
    assert_eq!(story.ask("/private/x").await.status(), StatusCode::FORBIDDEN);
    let asked = story.http.get(format!("{}/private", story.url)).header("x-pass", "please");
    assert_eq!(asked.send().await.unwrap().status(), StatusCode::OK);

    let listed = story.client.get(&rules).await;
    assert_eq!(listed.body["rules"].as_array().unwrap().len(), 2);
    let shown = story.client.get(&format!("{LBAAS}/l7policies/{}", id(&policy))).await;
    assert_eq!(shown.body["l7policy"]["rules"].as_array().unwrap().len(), 2);
    let one = format!("{rules}/{first}");
    let answer = story.client.put(&one, json!({"rule": {"value": "/public"}})).await;
    assert_eq!(answer.body["rule"]["value"], "/public");
    assert_eq!(answer.body["rule"]["provisioning_status"], "PENDING_UPDATE");
    story.settled().await;
    assert_eq!(story.ask("/public").await.status(), StatusCode::FORBIDDEN);
    for rule in [first, second] {
        let path = format!("{rules}/{rule}");
        assert_eq!(story.client.delete(&path).await.status, StatusCode::NO_CONTENT);
        story.settled().await;
        assert_eq!(story.client.get(&path).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(story.ask("/public").await.status(), StatusCode::OK);
    server.stop().await;
}

/// What upstream once wrote to the configuration as it was sent, and every value with a meaning there.
#[tokio::test]
async fn a_rule_has_the_value_that_was_sent() {
    let server = TestServer::start().await;
    let story = Story::begin(&server).await;
    let policy = story.policy(json!({"action": "REJECT"})).await;
    let rules = format!("{LBAAS}/l7policies/{}/rules", id(&policy));
    let header = |compare: &str, value: &str| json!({"type": "HEADER", "key": "x!#$%&'*+-.^_`|~", "compare_type": compare, "value": value});
    for (body, sent, other) in [
        (header("EQUAL_TO", "a'b\\\"{$HOME},#%[src]"), "a'b\\\"{$HOME},#%[src]", "a"),
        (header("STARTS_WITH", "\"a b\""), "a b c", "a c"),
        (header("ENDS_WITH", "\\"), "a\\", "a\\b"),
        (header("CONTAINS", "-f,/etc/passwd"), "x-f,/etc/passwd", "-f"),
        (header("REGEX", r#"^[a-z]{2} "é"\.$"#), "ab \"é\".", "ab é"),
    ] {
        let answer = story.client.post(&rules, json!({ "rule": body })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{body}: {}", answer.body);
        assert_eq!(answer.body["rule"]["value"], body["value"]);
        story.settled().await;
        for (value, status) in [(sent, 403), (other, 200)] {
            let request = story.http.get(&story.url).header("x!#$%&'*+-.^_`|~", value);
            assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{body}: {value}");
        }
        let path = format!("{rules}/{}", id(&answer.body["rule"]));
        assert_eq!(story.client.delete(&path).await.status, StatusCode::NO_CONTENT);
        story.settled().await;
    }
    let value = "x\r\nbackend evil\n  server evil 192.0.2.66:80";
    let nested = json!({"l7policy": {"listener_id": story.listener, "action": "REJECT",
        "rules": [header("EQUAL_TO", value)]}});
    for answer in [
        story.client.post(&rules, json!({ "rule": header("EQUAL_TO", value) })).await,
        story.client.post(&rules, json!({ "rule": header("REGEX", value) })).await,
        story.client.post(&format!("{LBAAS}/l7policies"), nested).await,
    ] {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    }
    server.stop().await;
}

#[tokio::test]
async fn positions_have_no_gaps() {
    let server = TestServer::start().await;
    let story = Story::begin(&server).await;
    let url = |name: &str, position: Option<i64>| {
        let mut body = json!({"name": name, "action": "REDIRECT_TO_URL",
            "redirect_url": format!("https://{name}.example/"), "rules": every_request()});
        if let Some(position) = position {
            body["position"] = json!(position);
        }
        body
    };
    let a = story.policy(url("a", None)).await;
    assert_eq!(a["position"], 1);
    assert_eq!(a["redirect_http_code"], 302);
    story.policy(url("b", Some(50))).await;
    let c = story.policy(url("c", Some(1))).await;
    assert_eq!(story.order().await, ["c", "a", "b"]);
    assert_eq!(story.location("/").await.unwrap(), "https://c.example/");
    let path = format!("{LBAAS}/l7policies/{}", id(&c));
    let moved = story.client.put(&path, json!({"l7policy": {"position": 2}})).await;
    assert_eq!(moved.body["l7policy"]["position"], 2);
    story.settled().await;
    assert_eq!(story.order().await, ["a", "c", "b"]);
    assert_eq!(story.location("/").await.unwrap(), "https://a.example/");
    story.client.delete(&format!("{LBAAS}/l7policies/{}", id(&a))).await;
    story.settled().await;
    assert_eq!(story.order().await, ["c", "b"]);
    // Deleting the listener takes all along.
    story.client.delete(&format!("{LBAAS}/listeners/{}", story.listener)).await;
    story.settled().await;
    assert!(story.order().await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_pool_that_a_policy_redirects_to_cannot_be_deleted() {
    let server = TestServer::start().await;
    let story = Story::begin(&server).await;
    let body = json!({"pool": {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
        "loadbalancer_id": story.lb,
        "healthmonitor": {"type": "TCP", "delay": 1, "timeout": 1, "max_retries": 1, "max_retries_down": 1},
        "members": [{"address": "127.0.0.1", "protocol_port": 9}]}});
    let pool = story.client.post(&format!("{LBAAS}/pools"), body).await;
    assert_eq!(pool.status, StatusCode::CREATED, "{}", pool.body);
    let pool = id(&pool.body["pool"]).to_owned();
    story.settled().await;
    let policy = story
        .policy(json!({"action": "REDIRECT_TO_POOL", "redirect_pool_id": pool,
            "rules": [{"type": "PATH", "compare_type": "STARTS_WITH", "value": "/api"}]}))
        .await;
    // Nobody listens there.
    assert_eq!(story.ask("/api/x").await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(story.ask("/").await.status(), StatusCode::OK);
    // Its health counts as that of any pool in use.
    story.client.until(&story.lb, "operating_status", "ERROR").await;
    let path = format!("{LBAAS}/pools/{pool}");
    let refused = story.client.delete(&path).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let why = format!("Pool {pool} is in use by L7 policy {}", id(&policy));
    assert_eq!(refused.body["faultstring"], why);
    story.client.delete(&format!("{LBAAS}/l7policies/{}", id(&policy))).await;
    story.settled().await;
    assert_eq!(story.client.delete(&path).await.status, StatusCode::NO_CONTENT);
    server.stop().await;
}

#[tokio::test]
async fn one_request_creates_a_load_balancer_with_l7_policies() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let port = free_port().await;
    let mut graph = graph(port, &[echo().await]);
    graph["pools"].as_array_mut().unwrap().push(json!({
        "name": "other", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}));
    graph["listeners"][0]["l7policies"] = json!([
        {"action": "REDIRECT_TO_POOL", "redirect_pool": {"name": "other"},
            "rules": [{"type": "PATH", "compare_type": "STARTS_WITH", "value": "/other"}]},
        {"action": "REJECT", "rules": [{"type": "FILE_TYPE", "compare_type": "EQUAL_TO", "value": "php"}]},
    ]);
    let made = client.create_lb(graph.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let policies = made.body["loadbalancer"]["listeners"][0]["l7policies"].clone();
    assert_eq!(policies[0]["position"], 1);
    assert!(policies[0]["redirect_pool_id"].is_string());
    assert_eq!(policies[1]["rules"][0]["value"], "php");
    let lb = id(&made.body["loadbalancer"]).to_owned();
    let vip = client.settled(&lb).await["vip_address"].as_str().unwrap().to_owned();
    for (path, status) in [("/", 200), ("/x.php", 403), ("/other", 503)] {
        let answer = reqwest::get(format!("http://{vip}:{port}{path}")).await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
    graph["listeners"][0]["l7policies"][0]["redirect_pool"] = json!({"name": "nowhere"});
    let refused = client.create_lb(graph).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        refused.body["faultstring"],
        "Validation failure: Pool 'nowhere' was referenced but no full definition was found."
    );
    client.delete(&format!("{LBAAS}/loadbalancers/{lb}?cascade=true")).await;
    client.settled(&lb).await;
    assert_eq!(client.get(&format!("{LBAAS}/l7policies")).await.body["l7policies"], json!([]));
    server.stop().await;
}
