//! Rights: every request of every role, on the objects of others.

use crate::common::{Answer, Client, TestServer, octavia::LBAAS};
use reqwest::{Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

/// Alice's load balancer with everything on it.
struct Mine {
    lb: String,
    listener: String,
    pool: String,
    member: String,
    monitor: String,
    policy: String,
    rule: String,
}

async fn everything(client: &Client) -> Mine {
    let mut graph = crate::common::octavia::graph(18201, &["127.0.0.1:9".parse().unwrap()]);
    graph["name"] = json!("alices");
    graph["listeners"][0]["l7policies"] = json!([{"action": "REJECT",
        "rules": [{"type": "PATH", "compare_type": "STARTS_WITH", "value": "/private"}]}]);
    let lb = client.new_lb(graph).await;
    let first = async |kind: &str| {
        let list = client.get(&format!("{LBAAS}/{kind}?loadbalancer_id={lb}")).await;
        let key = kind.rsplit('/').next().unwrap().to_owned();
        list.body[key.as_str()][0]["id"].as_str().unwrap().to_owned()
    };
    let pool = first("pools").await;
    let policy = first("l7policies").await;
    Mine {
        rule: first(&format!("l7policies/{policy}/rules")).await,
        policy,
        listener: first("listeners").await,
        monitor: first("healthmonitors").await,
        member: first(&format!("pools/{pool}/members")).await,
        pool,
        lb,
    }
}

fn reads(mine: &Mine) -> Vec<String> {
    let Mine { lb, listener, pool, member, monitor, policy, rule } = mine;
    vec![
        format!("{LBAAS}/loadbalancers/{lb}"),
        format!("{LBAAS}/loadbalancers/{lb}/status"),
        format!("{LBAAS}/loadbalancers/{lb}/stats"),
        format!("{LBAAS}/listeners/{listener}"),
        format!("{LBAAS}/listeners/{listener}/stats"),
        format!("{LBAAS}/pools/{pool}"),
        format!("{LBAAS}/pools/{pool}/members"),
        format!("{LBAAS}/pools/{pool}/members/{member}"),
        format!("{LBAAS}/healthmonitors/{monitor}"),
        format!("{LBAAS}/l7policies/{policy}"),
        format!("{LBAAS}/l7policies/{policy}/rules"),
        format!("{LBAAS}/l7policies/{policy}/rules/{rule}"),
        format!("/portal/members?loadbalancer_id={lb}"),
        format!("/portal/loadbalancers/{lb}/metrics"),
        format!("/portal/loadbalancers/{lb}/metrics?of={member}"),
    ]
}

fn changes(mine: &Mine) -> Vec<(Method, String, Value)> {
    let Mine { lb, listener, pool, member, monitor, policy, rule } = mine;
    let m = json!({"address": "127.0.0.1", "protocol_port": 10});
    vec![
        (
            Method::PUT,
            format!("{LBAAS}/loadbalancers/{lb}"),
            json!({"loadbalancer": {"name": "x"}}),
        ),
        (Method::PUT, format!("{LBAAS}/loadbalancers/{lb}/failover"), json!({})),
        (Method::DELETE, format!("{LBAAS}/loadbalancers/{lb}?cascade=true"), Value::Null),
        (
            Method::POST,
            format!("{LBAAS}/listeners"),
            json!({"listener": {"protocol": "TCP", "protocol_port": 1, "loadbalancer_id": lb}}),
        ),
        (Method::PUT, format!("{LBAAS}/listeners/{listener}"), json!({"listener": {"name": "x"}})),
        (Method::DELETE, format!("{LBAAS}/listeners/{listener}"), Value::Null),
        (
            Method::POST,
            format!("{LBAAS}/pools"),
            json!({"pool": {"protocol": "TCP", "lb_algorithm": "ROUND_ROBIN", "loadbalancer_id": lb}}),
        ),
        (
            Method::POST,
            format!("{LBAAS}/pools"),
            json!({"pool": {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "listener_id": listener}}),
        ),
        (Method::PUT, format!("{LBAAS}/pools/{pool}"), json!({"pool": {"name": "x"}})),
        (Method::DELETE, format!("{LBAAS}/pools/{pool}"), Value::Null),
        (Method::POST, format!("{LBAAS}/pools/{pool}/members"), json!({"member": m})),
        (Method::PUT, format!("{LBAAS}/pools/{pool}/members"), json!({"members": [m]})),
        (
            Method::PUT,
            format!("{LBAAS}/pools/{pool}/members?additive_only=true"),
            json!({"members": [m]}),
        ),
        (
            Method::PUT,
            format!("{LBAAS}/pools/{pool}/members/{member}"),
            json!({"member": {"weight": 0}}),
        ),
        (Method::DELETE, format!("{LBAAS}/pools/{pool}/members/{member}"), Value::Null),
        (
            Method::POST,
            format!("{LBAAS}/healthmonitors"),
            json!({"healthmonitor": {"pool_id": pool, "type": "TCP", "delay": 1, "timeout": 1, "max_retries": 1}}),
        ),
        (
            Method::PUT,
            format!("{LBAAS}/healthmonitors/{monitor}"),
            json!({"healthmonitor": {"delay": 9}}),
        ),
        (Method::DELETE, format!("{LBAAS}/healthmonitors/{monitor}"), Value::Null),
        (
            Method::POST,
            format!("{LBAAS}/l7policies"),
            json!({"l7policy": {"listener_id": listener, "action": "REJECT"}}),
        ),
        (
            Method::PUT,
            format!("{LBAAS}/l7policies/{policy}"),
            json!({"l7policy": {"redirect_url": "https://evil.example/"}}),
        ),
        (Method::DELETE, format!("{LBAAS}/l7policies/{policy}"), Value::Null),
        (
            Method::POST,
            format!("{LBAAS}/l7policies/{policy}/rules"),
            json!({"rule": {"type": "PATH", "compare_type": "STARTS_WITH", "value": "/"}}),
        ),
        (
            Method::PUT,
            format!("{LBAAS}/l7policies/{policy}/rules/{rule}"),
            json!({"rule": {"value": "/"}}),
        ),
        (Method::DELETE, format!("{LBAAS}/l7policies/{policy}/rules/{rule}"), Value::Null),
    ]
}

async fn send(client: &Client, method: Method, path: &str, body: Value) -> Answer {
    let request = client.request(method, path).header(CONTENT_TYPE, "application/json");
    crate::common::send(if body.is_null() { request } else { request.body(body.to_string()) }).await
}

async fn people(server: &TestServer) -> [(&'static str, Client); 5] {
    server.add_project("a").await;
    server.add_project("b").await;
    server.add_user("alice", "a", &["member"]).await;
    server.add_user("adam", "a", &["member"]).await;
    server.add_user("boss", "b", &["manager"]).await;
    server.add_user("odd", "a", &[]).await;
    server.add_user("rita", "a", &["reader"]).await;
    let unscoped = server.anonymous().authenticate("alice", crate::common::PASSWORD, None).await;
    let token = unscoped.headers["x-subject-token"].to_str().unwrap().to_owned();
    [
        ("alice", server.sign_in("alice", "a").await),
        ("adam", server.sign_in("adam", "a").await),
        ("boss", server.sign_in("boss", "b").await),
        ("rita", server.sign_in("rita", "a").await),
        ("unscoped", Client { token: Some(token), ..server.anonymous() }),
    ]
}

#[tokio::test]
async fn requests_on_objects_of_others_are_refused() {
    let server = TestServer::start().await;
    let [(_, alice), others @ ..] = people(&server).await;
    let mine = everything(&alice).await;
    let looked_at = async || {
        let mut lb = alice.get(&format!("{LBAAS}/loadbalancers/{}", mine.lb)).await.body;
        // The health of its servers is nobody's doing.
        lb["loadbalancer"]["operating_status"] = Value::Null;
        lb
    };
    let before = looked_at().await;
    for (name, client) in &others {
        for (method, path, body) in changes(&mine) {
            let answer = send(client, method.clone(), &path, body).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{name} {method} {path}: {}",
                answer.body
            );
            assert_eq!(
                answer.body["faultstring"],
                "Policy does not allow this request to be performed."
            );
        }
        for path in reads(&mine) {
            let answer = client.get(&path).await;
            let want = if *name == "rita" { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, want, "{name} GET {path}: {}", answer.body);
        }
    }
    assert_eq!(looked_at().await, before);
    // Failover is for admins, as in Octavia.
    let path = format!("{LBAAS}/loadbalancers/{}/failover", mine.lb);
    assert_eq!(alice.put(&path, json!({})).await.status, StatusCode::FORBIDDEN);
    assert_eq!(server.admin().await.put(&path, json!({})).await.status, StatusCode::ACCEPTED);
    server.stop().await;
}

#[tokio::test]
async fn lists_contain_only_visible_objects() {
    let server = TestServer::start().await;
    let [(_, alice), (_, adam), (_, boss), (_, rita), (_, unscoped)] = people(&server).await;
    let mine = everything(&alice).await;
    adam.new_lb(json!({"name": "adams"})).await;
    let names = async |client: &Client, query: &str| {
        let list = client.get(&format!("{LBAAS}/loadbalancers{query}")).await;
        let list = list.body["loadbalancers"].as_array().cloned().unwrap_or_default();
        let mut names: Vec<_> =
            list.iter().map(|lb| lb["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&alice, "").await, ["alices"]);
    assert_eq!(names(&adam, "").await, ["adams"]);
    assert_eq!(names(&rita, "").await, ["adams", "alices"]);
    assert_eq!(names(&server.admin().await, "").await, ["adams", "alices"]);
    assert!(names(&boss, "").await.is_empty());
    // Filters, markers and other columns open no door.
    for query in [
        format!("?id={}", mine.lb),
        "?name=alices".to_owned(),
        "?not-tags=x".to_owned(),
        "?provisioning_status=ACTIVE&provisioning_status=ERROR&name=alices".to_owned(),
    ] {
        for client in [&adam, &boss] {
            let seen = names(client, &query).await;
            assert!(!seen.contains(&"alices".to_owned()), "{query}");
        }
    }
    let marker = format!("{LBAAS}/loadbalancers?marker={}", mine.lb);
    assert_eq!(adam.get(&marker).await.status, StatusCode::BAD_REQUEST);
    for kind in ["listeners", "pools", "healthmonitors", "l7policies"] {
        for (client, seen) in [(&alice, 1), (&adam, 0), (&boss, 0), (&rita, 1)] {
            let list = client.get(&format!("{LBAAS}/{kind}")).await;
            assert_eq!(list.body[kind].as_array().unwrap().len(), seen, "{kind}");
        }
        assert_eq!(unscoped.get(&format!("{LBAAS}/{kind}")).await.status, StatusCode::FORBIDDEN);
    }
    let project = alice.get(&format!("{LBAAS}/loadbalancers/{}", mine.lb)).await.body["loadbalancer"]
        ["project_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let list = boss.get(&format!("{LBAAS}/loadbalancers?project_id={project}")).await;
    assert_eq!(list.status, StatusCode::FORBIDDEN);
    for (client, seen) in [(&alice, 1), (&adam, 0), (&boss, 0), (&rita, 1)] {
        let members = client.get("/portal/members").await;
        assert_eq!(members.body["members"].as_array().unwrap().len(), seen);
    }
    server.stop().await;
}

#[tokio::test]
async fn objects_of_others_cannot_be_referred_to() {
    let server = TestServer::start().await;
    let [(_, alice), (_, adam), (_, boss), ..] = people(&server).await;
    let mine = everything(&alice).await;
    // A pool of another's as the default of a new listener, in a graph or on an own load balancer.
    let listener =
        json!({"protocol": "HTTP", "protocol_port": 18202, "default_pool_id": mine.pool});
    for client in [&adam, &boss] {
        let answer = client.create_lb(json!({ "listeners": [listener] })).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
    }
    let own = adam.new_lb(json!({"name": "own"})).await;
    let mut body = listener.clone();
    body["loadbalancer_id"] = json!(own);
    let path = format!("{LBAAS}/listeners");
    let answer = adam.post(&path, json!({ "listener": body })).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
    // A listener of another's for a pool on an own load balancer.
    let body = json!({"pool": {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
        "loadbalancer_id": own, "listener_id": mine.listener}});
    let answer = adam.post(&format!("{LBAAS}/pools"), body).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
    // A member by way of an own pool.
    let body = json!({"pool": {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "loadbalancer_id": own}});
    let pool = adam.post(&format!("{LBAAS}/pools"), body).await;
    let pool = pool.body["pool"]["id"].as_str().unwrap().to_owned();
    adam.settled(&own).await;
    let path = format!("{LBAAS}/pools/{pool}/members/{}", mine.member);
    assert_eq!(adam.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(adam.delete(&path).await.status, StatusCode::FORBIDDEN);
    // A pool of another's, for a policy of an own listener.
    let body =
        json!({"listener": {"protocol": "HTTP", "protocol_port": 18204, "loadbalancer_id": own}});
    let listener = adam.post(&format!("{LBAAS}/listeners"), body).await;
    let listener = listener.body["listener"]["id"].as_str().unwrap().to_owned();
    adam.settled(&own).await;
    let body = json!({"l7policy": {"listener_id": listener, "action": "REDIRECT_TO_POOL",
        "redirect_pool_id": mine.pool}});
    let answer = adam.post(&format!("{LBAAS}/l7policies"), body).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
    // A rule by way of an own policy.
    let body = json!({"l7policy": {"listener_id": listener, "action": "REJECT"}});
    let policy = adam.post(&format!("{LBAAS}/l7policies"), body).await;
    let policy = policy.body["l7policy"]["id"].as_str().unwrap().to_owned();
    adam.settled(&own).await;
    let path = format!("{LBAAS}/l7policies/{policy}/rules/{}", mine.rule);
    assert_eq!(adam.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(adam.delete(&path).await.status, StatusCode::FORBIDDEN);
    // Alice herself does not find her member in a pool that it is not in.
    let other = alice.new_lb(crate::common::octavia::graph(18203, &[])).await;
    let pools = alice.get(&format!("{LBAAS}/pools?loadbalancer_id={other}")).await;
    let path = format!(
        "{LBAAS}/pools/{}/members/{}",
        pools.body["pools"][0]["id"].as_str().unwrap(),
        mine.member
    );
    assert_eq!(alice.get(&path).await.status, StatusCode::NOT_FOUND);
    // In another's project nothing can be made.
    let a = alice.get(&format!("{LBAAS}/loadbalancers/{}", mine.lb)).await;
    let project = a.body["loadbalancer"]["project_id"].clone();
    for field in ["project_id", "tenant_id"] {
        let answer = boss.create_lb(json!({ field: project })).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{field}");
    }
    server.stop().await;
}

#[tokio::test]
async fn readers_of_a_load_balancer_see_the_name_of_its_creator_only() {
    let server = TestServer::start().await;
    server.add_project("theirs").await;
    let ben = server.add_user("ben", "default", &["member"]).await;
    let idle = server.add_user("idle", "default", &["member"]).await;
    let zoe = server.add_user("zoe", "theirs", &["member"]).await;
    server.add_user("mia", "default", &["member"]).await;
    server.add_user("rita", "default", &["reader"]).await;
    server.add_user("rob", "theirs", &["reader"]).await;
    let lb = server.sign_in("ben", "default").await.new_lb(json!({})).await;
    server.sign_in("zoe", "theirs").await.new_lb(json!({})).await;

    let path = |id: &str| format!("/identity/v3/users/{id}");
    let rita = server.sign_in("rita", "default").await;
    let answer = rita.get(&path(ben.as_str())).await;
    assert_eq!(answer.body, json!({"user": {"id": ben.as_str(), "name": "ben"}}));
    for id in [idle.as_str(), zoe.as_str(), "missing"] {
        assert_eq!(rita.get(&path(id)).await.status, StatusCode::FORBIDDEN, "{id}");
    }
    for more in ["users", &format!("users/{}/projects", ben.as_str()), "role_assignments"] {
        let answer = rita.get(&format!("/identity/v3/{more}")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{more}");
    }
    // Whoever sees none of his load balancers learns nothing.
    for (who, project) in [("mia", "default"), ("rob", "theirs")] {
        let other = server.sign_in(who, project).await;
        assert_eq!(other.get(&path(ben.as_str())).await.status, StatusCode::FORBIDDEN, "{who}");
    }
    // Nor anybody any more when it is gone.
    let admin = server.admin().await;
    admin.delete(&format!("{LBAAS}/loadbalancers/{lb}?cascade=true")).await;
    assert_eq!(admin.settled(&lb).await, Value::Null);
    assert_eq!(rita.get(&path(ben.as_str())).await.status, StatusCode::FORBIDDEN);
}
