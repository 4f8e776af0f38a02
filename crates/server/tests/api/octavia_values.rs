//! Values come back as they were sent and are compared by meaning; limits on lists and objects; status trees.

use crate::common::{
    Client, TestServer,
    octavia::{LBAAS, graph, poll_until},
    tls::Authority,
    whoami,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

const IPV6_NETWORK: &str = "[[networks]]\nname = \"six\"\ncidr = \"fd9f:1:1::/64\"\n";

async fn first(client: &Client, kind: &str, lb: &str) -> Value {
    client.get(&format!("{LBAAS}/{kind}?loadbalancer_id={lb}")).await.body[kind][0].clone()
}

#[tokio::test]
async fn addresses_come_back_as_sent_and_are_compared_by_meaning() {
    let server = TestServer::with_config(IPV6_NETWORK).await;
    let client = server.admin().await;
    let first_vip = client.create_lb(json!({})).await;
    assert_eq!(first_vip.body["loadbalancer"]["vip_address"], "fd9f:1:1::1");
    let sent = "FD9F:1:1:0:0:0:0:9";
    let lb = client.create_lb(json!({"vip_address": sent})).await;
    assert_eq!(lb.status, StatusCode::CREATED, "{}", lb.body);
    assert_eq!(lb.body["loadbalancer"]["vip_address"], sent);
    let id = lb.body["loadbalancer"]["id"].as_str().unwrap().to_owned();
    assert_eq!(client.settled(&id).await["vip_address"], sent);
    let same = client.create_lb(json!({"vip_address": "fd9f:1:1::9"})).await;
    assert_eq!(same.status, StatusCode::CONFLICT, "{}", same.body);

    let pool =
        json!({"pool": {"loadbalancer_id": id, "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}});
    let pool = client.post(&format!("{LBAAS}/pools"), pool).await;
    client.settled(&id).await;
    let members = format!("{LBAAS}/pools/{}/members", pool.body["pool"]["id"].as_str().unwrap());
    let member = |address: &str| json!({"address": address, "protocol_port": 80});
    let sent = "2001:DB8:0:0:0:0:0:1";
    let made = client.post(&members, json!({"member": member(sent)})).await;
    assert_eq!(made.body["member"]["address"], sent, "{}", made.body);
    client.settled(&id).await;
    let same = client.post(&members, json!({"member": member("2001:db8::1")})).await;
    assert_eq!(same.status, StatusCode::CONFLICT, "{}", same.body);
    // A batch update in another spelling keeps the member.
    let other = "2001:0db8::1";
    let batch = json!({"members": [member(other), member("192.0.2.1")]});
    assert_eq!(client.put(&members, batch).await.status, StatusCode::ACCEPTED);
    client.settled(&id).await;
    let list = client.get(&members).await.body["members"].clone();
    let kept =
        list.as_array().unwrap().iter().find(|member| member["id"] == made.body["member"]["id"]);
    assert_eq!(kept.unwrap()["address"], other, "{list}");
    server.stop().await;
}

#[tokio::test]
async fn ranges_and_status_codes_come_back_as_sent() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let good = whoami::start("good").await;
    let port = whoami::free_port().await;
    let mut body = graph(port, &[good]);
    let cidrs = json!(["127.0.0.1", "127.0.0.9/8"]);
    body["listeners"][0]["allowed_cidrs"] = cidrs.clone();
    let monitor = &mut body["pools"][0]["healthmonitor"];
    (monitor["type"], monitor["expected_codes"]) = (json!("HTTP"), json!("200, 202"));
    let lb = client.new_lb(body).await;
    assert_eq!(first(&client, "listeners", &lb).await["allowed_cidrs"], cidrs);
    let monitors = client.get(&format!("{LBAAS}/healthmonitors")).await;
    assert_eq!(monitors.body["healthmonitors"][0]["expected_codes"], "200, 202");
    // And the engine takes them.
    client.until(&lb, "operating_status", "ONLINE").await;
    let vip = client.settled(&lb).await["vip_address"].as_str().unwrap().to_owned();
    let vip = format!("{vip}:{port}").parse().unwrap();
    assert_eq!(poll_until(async |_| whoami::get(vip, "/").await).await, "good");
    server.stop().await;
}

#[tokio::test]
async fn paths_and_urls_have_the_characters_of_rfc_3986() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let (requests, mut seen) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let member = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let requests = requests.clone();
            tokio::spawn(async move {
                let mut head = vec![0; 4096];
                let read = stream.read(&mut head).await.unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..read]).into_owned();
                let _ = requests.send(head.lines().next().unwrap_or_default().to_owned());
                let _ = stream.write_all(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").await;
            });
        }
    });
    let path = "/odata/Users('x')?$top=1&a=(b)*;c";
    let url = "https://a.example/a(b)?q='c'&$d=%25#part";
    let port = whoami::free_port().await;
    let mut body = graph(port, &[member]);
    let monitor = &mut body["pools"][0]["healthmonitor"];
    (monitor["type"], monitor["url_path"]) = (json!("HTTP"), json!(path));
    body["listeners"][0]["l7policies"] = json!([{"action": "REDIRECT_TO_URL", "redirect_url": url,
        "rules": [{"type": "PATH", "compare_type": "STARTS_WITH", "value": "/old"}]}]);
    let lb = client.new_lb(body).await;
    let deadline = tokio::time::Duration::from_secs(30);
    let request = tokio::time::timeout(deadline, seen.recv()).await.unwrap().unwrap();
    assert!(request.starts_with(&format!("GET {path} HTTP/1")), "{request}");
    client.until(&lb, "operating_status", "ONLINE").await;
    let vip = client.settled(&lb).await["vip_address"].as_str().unwrap().to_owned();
    let browser =
        crate::common::http().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = browser.get(format!("http://{vip}:{port}/old")).send().await.unwrap();
    assert_eq!(answer.headers()["location"], url);

    let monitors = client.get(&format!("{LBAAS}/healthmonitors")).await;
    let monitor = monitors.body["healthmonitors"][0]["id"].as_str().unwrap().to_owned();
    for (field, value, reason) in
        [("url_path", "/a b", "character ' '"), ("url_path", "/100%", "hexadecimal digits")]
    {
        let update = json!({"healthmonitor": {field: value}});
        let answer = client.put(&format!("{LBAAS}/healthmonitors/{monitor}"), update).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body["faultstring"].as_str().unwrap().contains(reason), "{}", answer.body);
    }
    let pool = first(&client, "pools", &lb).await["id"].as_str().unwrap().to_owned();
    let name = "c".repeat(65);
    let cookie =
        json!({"pool": {"session_persistence": {"type": "APP_COOKIE", "cookie_name": name}}});
    let answer = client.put(&format!("{LBAAS}/pools/{pool}"), cookie).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(client.settled(&lb).await["provisioning_status"], "ACTIVE");
    server.stop().await;
}

#[tokio::test]
async fn ending_hsts_ends_its_options() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let lb = client.new_lb(json!({})).await;
    let issued = Authority::new().await.issue("www.example.com").await;
    let reference = client.certificate("www", &issued).await;
    let listener = json!({"listener": {"protocol": "TERMINATED_HTTPS", "protocol_port": 18511,
        "loadbalancer_id": lb, "default_tls_container_ref": reference,
        "hsts_max_age": 600, "hsts_include_subdomains": true, "hsts_preload": true}});
    let made = client.post(&format!("{LBAAS}/listeners"), listener).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    client.settled(&lb).await;
    let path = format!("{LBAAS}/listeners/{}", made.body["listener"]["id"].as_str().unwrap());
    let both = json!({"listener": {"hsts_max_age": null, "hsts_preload": true}});
    assert_eq!(client.put(&path, both).await.status, StatusCode::BAD_REQUEST);
    let answer = client.put(&path, json!({"listener": {"hsts_max_age": null}})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let shown = &answer.body["listener"];
    assert_eq!(shown["hsts_max_age"], Value::Null);
    assert_eq!(
        (&shown["hsts_include_subdomains"], &shown["hsts_preload"]),
        (&json!(false), &json!(false))
    );
    server.stop().await;
}

#[tokio::test]
async fn the_status_tree_has_the_pools_of_l7_policies() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let mut body = graph(18512, &["127.0.0.1:1".parse().unwrap()]);
    let other = json!({"name": "other", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
        "members": [{"address": "127.0.0.1", "protocol_port": 2}]});
    body["pools"].as_array_mut().unwrap().push(other);
    let policy = json!({"action": "REDIRECT_TO_POOL", "redirect_pool": {"name": "other"},
        "rules": [{"type": "PATH", "compare_type": "STARTS_WITH", "value": "/x"}]});
    body["listeners"][0]["l7policies"] = json!([policy, policy]);
    let lb = client.new_lb(body).await;
    let tree = client.get(&format!("{LBAAS}/loadbalancers/{lb}/status")).await.body;
    let pools = tree["statuses"]["loadbalancer"]["listeners"][0]["pools"].as_array().unwrap();
    let names: Vec<_> = pools.iter().map(|pool| pool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["p", "other"], "{tree}");
    assert_eq!(pools[1]["members"][0]["protocol_port"], 2);
    server.stop().await;
}

#[tokio::test]
async fn long_lists_are_refused_and_tags_are_not_few() {
    let server =
        TestServer::with_config("[limits]\nobjects_per_request = 5\nobjects_per_project = 8\n")
            .await;
    let client = server.admin().await;
    let tags = |count: usize| (0..count).map(|n| format!("tag {n}")).collect::<Vec<_>>();
    let tagged = client.create_lb(json!({"tags": tags(100)})).await;
    assert_eq!(tagged.status, StatusCode::CREATED, "{}", tagged.body);
    assert_eq!(tagged.body["loadbalancer"]["tags"].as_array().unwrap().len(), 100);
    let many = client.create_lb(json!({"tags": tags(257)})).await;
    assert_eq!(many.status, StatusCode::BAD_REQUEST);
    assert!(many.body["faultstring"].as_str().unwrap().contains("at most 256 entries, not 257"));
    let mut body = graph(18513, &[]);
    let ranges: Vec<_> = (0..1001).map(|n| format!("10.{}.{}.0/24", n / 250, n % 250)).collect();
    body["listeners"][0]["allowed_cidrs"] = json!(ranges);
    let answer = client.create_lb(body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let text = answer.body["faultstring"].as_str().unwrap();
    assert!(text.contains("allowed_cidrs") && text.contains("at most 1000 entries"), "{text}");

    let at = |ports: std::ops::Range<u16>| -> Vec<std::net::SocketAddr> {
        ports.map(|port| ([127, 0, 0, 1], port).into()).collect()
    };
    let answer = client.create_lb(graph(18513, &at(1..7))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body["description"].as_str().unwrap().contains("6 members"), "{}", answer.body);
    client.new_lb(graph(18513, &at(1..6))).await;
    let answer = client.create_lb(graph(18513, &at(1..6))).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.body["faultstring"], "Quota has been met for resources: Member");
    server.stop().await;
}

#[tokio::test]
async fn an_object_without_parts_is_online() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let lb = client.new_lb(json!({})).await;
    client.until(&lb, "operating_status", "ONLINE").await;
    let lb = client.new_lb(graph(18514, &[])).await;
    client.until(&lb, "operating_status", "ONLINE").await;
    assert_eq!(first(&client, "pools", &lb).await["operating_status"], "ONLINE");
    server.stop().await;
}

#[tokio::test]
async fn providers_subnets_and_quota_defaults_answer_as_in_octavia() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let providers = client.get(&format!("{LBAAS}/providers?fields=name")).await;
    assert_eq!(providers.body, json!({"providers": [{"name": "haproxy"}]}));
    let providers = client.get(&format!("{LBAAS}/providers?name=amphora")).await;
    assert_eq!(providers.body, json!({"providers": []}));
    let answer = client.create_lb(json!({"provider": "amphora"})).await;
    assert_eq!(answer.body["faultstring"], "Provider 'amphora' is not enabled.");

    let lb = client.new_lb(graph(18515, &[])).await;
    let pool = first(&client, "pools", &lb).await["id"].as_str().unwrap().to_owned();
    let unknown = "0c47fea2-4265-4a3a-9fd7-c5eb82131f0a";
    let member =
        json!({"member": {"address": "192.0.2.1", "protocol_port": 80, "subnet_id": unknown}});
    let answer = client.post(&format!("{LBAAS}/pools/{pool}/members"), member).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body["faultstring"], format!("Subnet {unknown} not found."));

    server.add_user("mia", "default", &["member"]).await;
    let mia = server.sign_in("mia", "default").await;
    let defaults = format!("{LBAAS}/quotas/defaults");
    assert_eq!(mia.get(&defaults).await.status, StatusCode::FORBIDDEN);
    assert_eq!(client.get(&defaults).await.status, StatusCode::OK);
    server.stop().await;
}
