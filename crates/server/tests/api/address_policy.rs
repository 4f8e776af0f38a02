//! What members may be connected to: refused addresses in every spelling and through every request, the portal
//! itself, loops, and how often members are checked.

use crate::common::{
    Answer, Client, TestServer,
    octavia::{LBAAS, graph, poll_until},
    whoami,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Spellings of refused addresses, and the address that each ends at.
const REFUSED: [(&str, &str); 10] = [
    ("169.254.169.254", "169.254.169.254"),
    ("::ffff:a9fe:a9fe", "169.254.169.254"),
    ("64:ff9b::a9fe:a9fe", "169.254.169.254"),
    ("2002:a9fe:a9fe::1", "169.254.169.254"),
    ("fd00:ec2::254", "fd00:ec2::254"),
    ("100.100.100.200", "100.100.100.200"),
    ("fe80::1", "fe80::1"),
    ("::ffff:0.0.0.0", "0.0.0.0"),
    ("::ffff:224.0.0.1", "224.0.0.1"),
    ("::ffff:255.255.255.255", "255.255.255.255"),
];

fn member(address: &str, port: u16) -> Value {
    json!({"address": address, "protocol_port": port})
}

async fn pool_of(client: &Client, lb: &str) -> String {
    let pools = client.get(&format!("{LBAAS}/pools?loadbalancer_id={lb}")).await;
    pools.body["pools"][0]["id"].as_str().unwrap().to_owned()
}

fn assert_refused(answer: &Answer, address: &str, reason: &str) {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}: {}", answer.body);
    let text = answer.body["faultstring"].as_str().unwrap();
    assert!(text.contains(address) && text.contains(reason), "{address}: {text}");
}

#[tokio::test]
async fn no_request_lets_a_refused_address_in() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let good = "127.0.0.1:1".parse().unwrap();
    let lb = client.new_lb(graph(18501, &[good])).await;
    let pool = pool_of(&client, &lb).await;
    let members = format!("{LBAAS}/pools/{pool}/members");
    let list = client.get(&members).await;
    let existing = list.body["members"][0]["id"].as_str().unwrap().to_owned();
    for (address, end) in REFUSED {
        let single = client.post(&members, json!({"member": member(address, 80)})).await;
        assert_refused(&single, address, end);
        let batch = json!({"members": [member("127.0.0.1", 1), member(address, 80)]});
        assert_refused(&client.put(&members, batch).await, address, end);
        let mut nested = graph(18502, &[good]);
        nested["pools"][0]["members"][0] = member(address, 80);
        assert_refused(&client.create_lb(nested).await, address, end);
        let pool = json!({"pool": {"loadbalancer_id": lb, "protocol": "HTTP",
            "lb_algorithm": "ROUND_ROBIN", "members": [member(address, 80)]}});
        assert_refused(&client.post(&format!("{LBAAS}/pools"), pool).await, address, end);
        let mut checked = member("127.0.0.1", 2);
        checked["monitor_address"] = json!(address);
        let create = client.post(&members, json!({ "member": checked })).await;
        assert_refused(&create, address, end);
        let update = json!({"member": {"monitor_address": address}});
        let update = client.put(&format!("{members}/{existing}"), update).await;
        assert_refused(&update, address, end);
    }
    let lb = client.settled(&lb).await;
    assert_eq!(lb["provisioning_status"], "ACTIVE");
    server.stop().await;
}

#[tokio::test]
async fn the_portal_is_no_member() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let lb = client.new_lb(graph(18503, &["127.0.0.1:1".parse().unwrap()])).await;
    let members = format!("{LBAAS}/pools/{}/members", pool_of(&client, &lb).await);
    let port: u16 = server.url.rsplit(':').next().unwrap().parse().unwrap();
    for address in ["127.0.0.1", "::ffff:127.0.0.1", "::127.0.0.1"] {
        let answer = client.post(&members, json!({"member": member(address, port)})).await;
        assert_refused(&answer, address, "this portal itself");
        let mut checked = member("127.0.0.1", 3);
        checked["monitor_address"] = json!(address);
        checked["monitor_port"] = json!(port);
        let answer = client.post(&members, json!({ "member": checked })).await;
        assert_refused(&answer, address, "this portal itself");
    }
    let mut checked = member("127.0.0.1", 3);
    checked["monitor_port"] = json!(port);
    let answer = client.post(&members, json!({ "member": checked })).await;
    assert_refused(&answer, "127.0.0.1", "this portal itself");
    let other = client.post(&members, json!({"member": member("127.0.0.1", port ^ 1)})).await;
    assert_eq!(other.status, StatusCode::CREATED, "{}", other.body);
    server.stop().await;
}

#[tokio::test]
async fn the_operator_denies_and_allows_ranges() {
    let server = TestServer::with_config(
        "[members]\ndeny = [\"198.51.100.0/24\"]\nallow = [\"169.254.7.0/24\"]\n",
    )
    .await;
    let client = server.admin().await;
    let lb = client.new_lb(graph(18504, &[])).await;
    let members = format!("{LBAAS}/pools/{}/members", pool_of(&client, &lb).await);
    for address in ["198.51.100.7", "::ffff:198.51.100.7", "64:ff9b::c633:6407"] {
        let answer = client.post(&members, json!({"member": member(address, 80)})).await;
        assert_refused(&answer, address, "198.51.100.0/24");
    }
    let answer = client.post(&members, json!({"member": member("169.254.7.1", 80)})).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    client.settled(&lb).await;
    let answer = client.post(&members, json!({"member": member("169.254.8.1", 80)})).await;
    assert_refused(&answer, "169.254.8.1", "link-local");
    server.stop().await;
}

#[tokio::test]
async fn a_load_balancer_does_not_send_traffic_to_itself() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let with_vip = |vip: &str, members: Vec<Value>| {
        let mut body = graph(18505, &[]);
        body["vip_address"] = json!(vip);
        body["pools"][0]["members"] = members.into();
        body
    };
    let nested = with_vip("127.8.77.1", vec![member("127.8.77.1", 18505)]);
    assert_refused(&client.create_lb(nested).await, "127.8.77.1", "the load balancer itself");

    let first = client.new_lb(with_vip("127.8.77.1", vec![])).await;
    let members = format!("{LBAAS}/pools/{}/members", pool_of(&client, &first).await);
    for address in ["127.8.77.1", "::ffff:127.8.77.1"] {
        let own = json!({"member": member(address, 18505)});
        assert_refused(&client.post(&members, own.clone()).await, address, "itself");
        let batch = json!({"members": [own["member"]]});
        assert_refused(&client.put(&members, batch).await, address, "itself");
    }
    // A port that nothing listens on yet: then the listener is refused.
    let later = json!({"member": member("127.8.77.1", 18506)});
    assert_eq!(client.post(&members, later).await.status, StatusCode::CREATED);
    client.settled(&first).await;
    let listener = json!({"listener": {"protocol": "HTTP", "protocol_port": 18506,
        "loadbalancer_id": first}});
    let answer = client.post(&format!("{LBAAS}/listeners"), listener).await;
    assert_refused(&answer, "127.8.77.1", "itself");

    // One load balancer may send traffic to another, but not back.
    let second = with_vip("127.8.77.2", vec![member("127.8.77.1", 18505)]);
    client.new_lb(second).await;
    let back = json!({"member": member("127.8.77.2", 18505)});
    assert_refused(&client.post(&members, back).await, "127.8.77.2", "back to 127.8.77.1");
    server.stop().await;
}

#[tokio::test]
async fn a_stored_member_that_is_refused_now_is_left_out() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let good = whoami::start("good").await;
    let port = whoami::free_port().await;
    let lb = client.new_lb(graph(port, &[good, "127.0.0.1:1".parse().unwrap()])).await;
    // It is down already, for another reason.
    client.until(&lb, "operating_status", "DEGRADED").await;
    let statement = "UPDATE member SET address = ?1, address_key = NULL WHERE protocol_port = 1";
    server.sql(statement, ["::ffff:a9fe:a9fe".to_owned()]).await.unwrap();
    let server = TestServer::on(server.stop().await, "").await;
    let client = server.admin().await;
    let left_out = poll_until(async |seen| {
        let list = client.get(&format!("/portal/members?loadbalancer_id={lb}")).await;
        *seen = list.body.clone();
        let list = list.body["members"].as_array().unwrap().clone();
        let refused = list.into_iter().find(|member| member["protocol_port"] == 1).unwrap();
        // Before the first round, the reason is that of the last check.
        let is_left_out = refused["reason"].as_str().is_some_and(|why| why.starts_with("not used"));
        (refused["operating_status"] == "ERROR" && is_left_out).then_some(refused)
    })
    .await;
    let reason = left_out["reason"].as_str().unwrap();
    assert!(reason.contains("169.254.169.254") && reason.contains("metadata"), "{reason}");
    assert_eq!(client.settled(&lb).await["provisioning_status"], "ACTIVE");
    client.until(&lb, "operating_status", "DEGRADED").await;
    let vip = client.settled(&lb).await["vip_address"].as_str().unwrap().to_owned();
    let vip = format!("{vip}:{port}").parse().unwrap();
    let answer = poll_until(async |_| whoami::get(vip, "/").await).await;
    assert_eq!(answer, "good");
    server.stop().await;
}

/// As stored by a version that did not refuse circles.
#[tokio::test]
async fn a_stored_circle_of_load_balancers_serves_without_the_members_that_close_it() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let good = whoami::start("good").await;
    let mut lbs = Vec::new();
    for vip in ["127.8.77.3", "127.8.77.4"] {
        let mut body = graph(18508, &[good, "127.0.0.1:1".parse().unwrap()]);
        body["vip_address"] = json!(vip);
        lbs.push(client.new_lb(body).await);
    }
    for (lb, to) in [(&lbs[0], "127.8.77.4"), (&lbs[1], "127.8.77.3")] {
        let statement = "UPDATE member SET address = ?1, protocol_port = 18508,
             address_key = (SELECT address_key FROM port WHERE ip_address = ?1)
             WHERE protocol_port = 1 AND loadbalancer_id = ?2";
        assert_eq!(server.sql(statement, [to.to_owned(), lb.clone()]).await.unwrap(), 1);
    }
    let server = TestServer::on(server.stop().await, "").await;
    let client = server.admin().await;
    for (lb, back) in [(&lbs[0], "127.8.77.3"), (&lbs[1], "127.8.77.4")] {
        poll_until(async |seen| {
            let list = client.get(&format!("/portal/members?loadbalancer_id={lb}")).await;
            *seen = list.body.clone();
            let members = list.body["members"].as_array()?;
            let closing = members.iter().find(|member| member["protocol_port"] == 18508)?;
            let reason = closing["reason"].as_str()?;
            reason.contains("sends traffic back").then_some(())
        })
        .await;
        let at = format!("{back}:18508").parse().unwrap();
        assert_eq!(poll_until(async |_| whoami::get(at, "/").await).await, "good");
    }
    server.stop().await;
}

#[tokio::test]
async fn no_load_balancer_gets_the_address_of_the_portal() {
    // The portal of a test listens on 127.0.0.1.
    let server =
        TestServer::with_config("[[networks]]\nname = \"n\"\ncidr = \"127.0.0.0/29\"\n").await;
    let client = server.admin().await;
    let requested = client.create_lb(json!({"vip_address": "127.0.0.1"})).await;
    assert_refused(&requested, "127.0.0.1", "this portal itself");
    let first = client.create_lb(json!({})).await;
    assert_eq!(first.body["loadbalancer"]["vip_address"], "127.0.0.2");
    server.stop().await;
}

#[tokio::test]
async fn members_are_not_checked_more_often_than_the_operator_allows() {
    let server = TestServer::with_config("[limits]\nhealth_checks_per_second = 3\n").await;
    let client = server.admin().await;
    let at = |port: u16| format!("127.0.0.1:{port}").parse().unwrap();
    for field in ["delay", "timeout"] {
        let mut never = graph(18507, &[at(1)]);
        never["pools"][0]["healthmonitor"][field] = json!(0);
        let answer = client.create_lb(never).await;
        assert_refused(&answer, field, "greater or equal to 1");
    }
    let assert_too_often = |answer: Answer| {
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
        let text = answer.body["faultstring"].as_str().unwrap();
        assert!(text.contains("Health checks a second") && text.contains("make 4"), "{text}");
    };
    assert_too_often(client.create_lb(graph(18507, &[at(1), at(2), at(3), at(4)])).await);
    let lb = client.new_lb(graph(18507, &[at(1), at(2), at(3)])).await;
    let members = format!("{LBAAS}/pools/{}/members", pool_of(&client, &lb).await);
    let fourth = json!({"member": member("127.0.0.1", 4)});
    assert_too_often(client.post(&members, fourth.clone()).await);
    let monitors = client.get(&format!("{LBAAS}/healthmonitors")).await;
    let monitor = monitors.body["healthmonitors"][0]["id"].as_str().unwrap();
    let monitor = format!("{LBAAS}/healthmonitors/{monitor}");
    let slower = client.put(&monitor, json!({"healthmonitor": {"delay": 2}})).await;
    assert_eq!(slower.status, StatusCode::OK, "{}", slower.body);
    client.settled(&lb).await;
    assert_eq!(client.post(&members, fourth).await.status, StatusCode::CREATED);
    client.settled(&lb).await;
    assert_too_often(client.put(&monitor, json!({"healthmonitor": {"delay": 1}})).await);
    server.stop().await;
}
