//! Parts of a load balancer on real traffic: switched off, moved under load, and deleted in any order.

use crate::common::{
    Client, TestServer,
    octavia::{LBAAS, graph, poll_until},
    tls::{echo, free_port},
    whoami,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// The status of an answer on a new connection; `None` if it is refused.
async fn ask(url: &str) -> Option<u16> {
    let client = crate::common::http().pool_max_idle_per_host(0).build().unwrap();
    Some(client.get(url).send().await.ok()?.status().as_u16())
}

async fn post(client: &Client, path: &str, body: Value) -> Value {
    let singular = body.as_object().unwrap().keys().next().unwrap().clone();
    let answer = client.post(&format!("{LBAAS}/{path}"), body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.body);
    answer.body[singular].clone()
}

#[tokio::test]
async fn every_object_can_be_switched_off_and_on() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let port = free_port().await;
    let lb = client.new_lb(graph(port, &[echo().await])).await;
    let shown = client.settled(&lb).await;
    let (listener, pool) = (id(&shown["listeners"][0]), id(&shown["pools"][0]));
    let members = client.get(&format!("{LBAAS}/pools/{pool}/members")).await;
    let member = id(&members.body["members"][0]);
    let policy = json!({"listener_id": listener, "action": "REJECT",
        "rules": [{"type": "PATH", "compare_type": "EQUAL_TO", "value": "/no"}]});
    let policy = id(&post(&client, "l7policies", json!({ "l7policy": policy })).await);
    client.settled(&lb).await;
    let rules = client.get(&format!("{LBAAS}/l7policies/{policy}/rules")).await;
    let rule = id(&rules.body["rules"][0]);
    let monitors = client.get(&format!("{LBAAS}/healthmonitors")).await;
    let monitor = id(&monitors.body["healthmonitors"][0]);
    let url = format!("http://{}:{port}", shown["vip_address"].as_str().unwrap());
    let (open, rejected) = (format!("{url}/"), format!("{url}/no"));
    client.until(&lb, "operating_status", "ONLINE").await;
    assert_eq!((ask(&open).await, ask(&rejected).await), (Some(200), Some(403)));

    for (path, singular, off) in [
        (format!("loadbalancers/{lb}"), "loadbalancer", (None, None)),
        (format!("listeners/{listener}"), "listener", (None, None)),
        (format!("pools/{pool}"), "pool", (Some(503), Some(403))),
        (format!("pools/{pool}/members/{member}"), "member", (Some(503), Some(403))),
        (format!("healthmonitors/{monitor}"), "healthmonitor", (Some(200), Some(403))),
        (format!("l7policies/{policy}"), "l7policy", (Some(200), Some(200))),
        (format!("l7policies/{policy}/rules/{rule}"), "rule", (Some(200), Some(200))),
    ] {
        let path = format!("{LBAAS}/{path}");
        for (admin_state_up, expected) in [(false, off), (true, (Some(200), Some(403)))] {
            let body = json!({singular: {"admin_state_up": admin_state_up}});
            let answer = client.put(&path, body).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
            assert_eq!(answer.body[singular]["admin_state_up"], admin_state_up);
            client.settled(&lb).await;
            // A member that is on again serves after its check.
            poll_until(async |seen| {
                let actual = (ask(&open).await, ask(&rejected).await);
                *seen = json!([path, admin_state_up, actual]);
                (actual == expected).then_some(())
            })
            .await;
            let status = if admin_state_up { "ONLINE" } else { "OFFLINE" };
            poll_until(async |seen| {
                *seen = client.get(&path).await.body[singular].clone();
                (seen["operating_status"] == status).then_some(())
            })
            .await;
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn moving_policies_fails_no_request() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let port = free_port().await;
    let mut body = graph(port, &[whoami::start("default").await]);
    let everything = json!([{"type": "PATH", "compare_type": "STARTS_WITH", "value": "/"}]);
    for name in ["a", "b"] {
        let member = whoami::start(name).await;
        body["pools"].as_array_mut().unwrap().push(json!({"name": name, "protocol": "HTTP",
            "lb_algorithm": "ROUND_ROBIN", "members": [{"address": member.ip().to_string(),
                "protocol_port": member.port()}]}));
    }
    body["listeners"][0]["l7policies"] = json!([
        {"name": "a", "action": "REDIRECT_TO_POOL", "redirect_pool": {"name": "a"}, "rules": everything},
        {"name": "b", "action": "REDIRECT_TO_POOL", "redirect_pool": {"name": "b"}, "rules": everything},
    ]);
    let lb = client.new_lb(body).await;
    let shown = client.settled(&lb).await;
    let vip = (shown["vip_address"].as_str().unwrap().parse::<std::net::IpAddr>().unwrap(), port);
    let path = format!("{LBAAS}/l7policies?name=b");
    let policy = id(&client.get(&path).await.body["l7policies"][0]);
    assert_eq!(whoami::get(vip.into(), "/").await.as_deref(), Some("a"));

    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (stop, answered) = (stop.clone(), answered.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let member = whoami::get(vip.into(), "/").await;
                    assert!(matches!(member.as_deref(), Some("a" | "b")), "{member:?}");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for round in 0..10 {
        let before = answered.load(Ordering::Relaxed);
        let position = 1 + round % 2;
        let path = format!("{LBAAS}/l7policies/{policy}");
        let moved = client.put(&path, json!({"l7policy": {"position": position}})).await;
        assert_eq!(moved.body["l7policy"]["position"], position, "{}", moved.body);
        assert_eq!(client.settled(&lb).await["provisioning_status"], "ACTIVE");
        let first = if position == 1 { "b" } else { "a" };
        assert_eq!(whoami::get(vip.into(), "/").await.as_deref(), Some(first));
        poll_until(async |_| (answered.load(Ordering::Relaxed) > before + 4).then_some(())).await;
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    server.stop().await;
}

/// Two listeners share a default pool, and a policy of each redirects to another pool that they share.
async fn shared(client: &Client, ports: [u16; 2]) -> (String, [(&'static str, String); 6]) {
    let lb = client.new_lb(json!({})).await;
    let mut paths = Vec::new();
    let mut pools = Vec::new();
    for name in ["default", "redirect"] {
        let member = echo().await;
        let pool = json!({"pool": {"name": name, "loadbalancer_id": lb, "protocol": "HTTP",
            "lb_algorithm": "ROUND_ROBIN", "members": [{"address": member.ip().to_string(),
                "protocol_port": member.port()}]}});
        let pool = post(client, "pools", pool).await;
        client.settled(&lb).await;
        // Nothing uses it yet.
        let path = format!("pools/{}", id(&pool));
        let shown = client.get(&format!("{LBAAS}/{path}")).await.body["pool"].clone();
        assert_eq!(shown["provisioning_status"], "ACTIVE");
        assert_eq!(shown["operating_status"], "OFFLINE", "{shown}");
        pools.push(id(&pool));
        paths.push((name, path));
    }
    for (port, names) in
        ports.into_iter().zip([("listener 1", "policy 1"), ("listener 2", "policy 2")])
    {
        let listener = json!({"listener": {"loadbalancer_id": lb, "protocol": "HTTP",
            "protocol_port": port, "default_pool_id": pools[0]}});
        let listener = id(&post(client, "listeners", listener).await);
        client.settled(&lb).await;
        let policy = json!({"l7policy": {"listener_id": listener, "action": "REDIRECT_TO_POOL",
            "redirect_pool_id": pools[1],
            "rules": [{"type": "PATH", "compare_type": "STARTS_WITH", "value": "/x"}]}});
        let policy = id(&post(client, "l7policies", policy).await);
        client.settled(&lb).await;
        paths.push((names.0, format!("listeners/{listener}")));
        paths.push((names.1, format!("l7policies/{policy}")));
    }
    for (name, path) in &paths[..2] {
        poll_until(async |seen| {
            *seen = client.get(&format!("{LBAAS}/{path}")).await.body["pool"].clone();
            let listeners = seen["listeners"].as_array().map_or(0, Vec::len);
            let expected = if *name == "default" { 2 } else { listeners };
            (seen["operating_status"] == "ONLINE" && listeners == expected).then_some(())
        })
        .await;
    }
    (lb, paths.try_into().unwrap())
}

#[tokio::test]
async fn shared_parts_are_deleted_in_any_order() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    for order in [
        ["policy 1", "policy 2", "redirect", "default", "listener 1", "listener 2"],
        ["listener 1", "default", "listener 2", "redirect", "", ""],
        ["default", "policy 2", "listener 2", "policy 1", "redirect", "listener 1"],
        ["listener 2", "policy 1", "redirect", "listener 1", "default", ""],
    ] {
        let ports = [free_port().await, free_port().await];
        let (lb, paths) = shared(&client, ports).await;
        // A policy still redirects to it.
        let redirect = &paths.iter().find(|(name, _)| *name == "redirect").unwrap().1;
        let refused = client.delete(&format!("{LBAAS}/{redirect}")).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
        for name in order.into_iter().filter(|name| !name.is_empty()) {
            let path = &paths.iter().find(|(known, _)| *known == name).unwrap().1;
            let path = format!("{LBAAS}/{path}");
            let answer = client.delete(&path).await;
            assert_eq!(answer.status, StatusCode::NO_CONTENT, "{order:?} {name}: {}", answer.body);
            assert_eq!(client.settled(&lb).await["provisioning_status"], "ACTIVE", "{name}");
            assert_eq!(client.get(&path).await.status, StatusCode::NOT_FOUND, "{name}");
        }
        let shown = client.settled(&lb).await;
        assert_eq!((&shown["listeners"], &shown["pools"]), (&json!([]), &json!([])));
        let answer = client.delete(&format!("{LBAAS}/loadbalancers/{lb}")).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
        client.settled(&lb).await;
    }
    server.stop().await;
}

/// What Octavia has and this provider has not is refused as Octavia does for a provider.
#[tokio::test]
async fn what_the_provider_has_not_is_named() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let lb = client.new_lb(json!({})).await;
    let pool = post(
        &client,
        "pools",
        json!({"pool": {"loadbalancer_id": lb, "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}}),
    )
    .await;
    client.settled(&lb).await;
    let pool_path = format!("pools/{}", id(&pool));
    let nil = uuid::Uuid::nil();
    let listener = |protocol: &str| json!({"listener": {"loadbalancer_id": lb, "protocol": protocol, "protocol_port": 5000}});
    let new_pool = |protocol: &str, algorithm: &str| json!({"pool": {"loadbalancer_id": lb, "protocol": protocol, "lb_algorithm": algorithm}});
    let monitor = |kind: &str| {
        json!({"healthmonitor": {"pool_id": id(&pool), "type": kind, "delay": 5, "timeout": 3,
            "max_retries": 3}})
    };
    let with =
        |field: &str, value: Value| json!({"loadbalancer": {"vip_subnet_id": nil, field: value}});
    for (method, path, body, option) in [
        (
            "POST",
            "listeners",
            listener("UDP"),
            "This provider does not support UDP protocol. Supported: ",
        ),
        (
            "POST",
            "listeners",
            listener("SCTP"),
            "This provider does not support SCTP protocol. Supported: ",
        ),
        (
            "POST",
            "pools",
            new_pool("UDP", "ROUND_ROBIN"),
            "This provider does not support UDP protocol.",
        ),
        (
            "POST",
            "pools",
            new_pool("SCTP", "ROUND_ROBIN"),
            "This provider does not support SCTP protocol.",
        ),
        (
            "POST",
            "pools",
            new_pool("HTTP", "SOURCE_IP_PORT"),
            "This provider does not support SOURCE_IP_PORT algorithm.",
        ),
        (
            "PUT",
            &pool_path,
            json!({"pool": {"lb_algorithm": "SOURCE_IP_PORT"}}),
            "This provider does not support SOURCE_IP_PORT algorithm.",
        ),
        ("POST", "loadbalancers", with("flavor_id", json!(nil)), "flavor_id"),
        ("POST", "loadbalancers", with("availability_zone", json!("az")), "availability_zone"),
        ("POST", "loadbalancers", with("vip_qos_policy_id", json!(nil)), "vip_qos_policy_id"),
        ("POST", "loadbalancers", with("vip_sg_ids", json!([nil])), "vip_sg_ids"),
    ] {
        let path = format!("{LBAAS}/{path}");
        let answer = match method {
            "POST" => client.post(&path, body.clone()).await,
            _ => client.put(&path, body.clone()).await,
        };
        assert_eq!(answer.status, StatusCode::NOT_IMPLEMENTED, "{body}: {}", answer.body);
        let text = answer.body["faultstring"].as_str().unwrap();
        let start = format!("Provider 'haproxy' does not support a requested option: {option}");
        assert!(text.starts_with(&start), "{text}");
        assert_eq!(answer.body["faultcode"], "Server");
    }
    for kind in ["UDP-CONNECT", "SCTP"] {
        let answer = client.post(&format!("{LBAAS}/healthmonitors"), monitor(kind)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
        let text = format!(
            "Validation failure: The {kind} type is only supported for pools of type UDP/SCTP."
        );
        assert_eq!(answer.body["faultstring"], text);
    }
    // Only a flavor can set it, so that Octavia does not know it in a request.
    let answer = client
        .post(&format!("{LBAAS}/loadbalancers"), with("vip_vnic_type", json!("direct")))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let text = "Unknown attribute for argument load_balancer.loadbalancer: vip_vnic_type";
    assert_eq!(answer.body["faultstring"], text);
    assert_eq!(client.settled(&lb).await["provisioning_status"], "ACTIVE");
    server.stop().await;
}
