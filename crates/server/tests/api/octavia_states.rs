//! Provisioning states, concurrent changes, and paging.

use crate::common::{
    TestServer,
    octavia::{LBAAS, graph},
    whoami,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::{collections::BTreeSet, net::SocketAddr, time::Duration};
use tokio::net::TcpListener;

/// Sends requests until both members have answered.
async fn both_answer(vip: SocketAddr) {
    let mut names = BTreeSet::new();
    while names.len() < 2 {
        match whoami::get(vip, "/").await {
            Some(name) => drop(names.insert(name)),
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

#[tokio::test]
async fn one_request_creates_a_load_balancer_that_serves() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let (one, two) = (whoami::start("one").await, whoami::start("two").await);
    let port = whoami::free_port().await;
    let created = client.create_lb(graph(port, &[one, two])).await.body["loadbalancer"].clone();
    assert_eq!(created["provisioning_status"], "PENDING_CREATE");
    assert_eq!(created["operating_status"], "OFFLINE");
    assert_eq!(created["updated_at"], Value::Null);
    let id = created["id"].as_str().unwrap();
    assert_eq!(client.settled(id).await["provisioning_status"], "ACTIVE");
    client.until(id, "operating_status", "ONLINE").await;
    let vip = format!("{}:{port}", created["vip_address"].as_str().unwrap()).parse().unwrap();
    both_answer(vip).await;

    // A member that goes away: DEGRADED, with the reason.
    let pool = created["pools"][0]["id"].as_str().unwrap();
    let dead = json!({"member": {"address": "127.0.0.1", "protocol_port": 9}});
    let path = format!("{LBAAS}/pools/{pool}/members");
    assert_eq!(client.post(&path, dead).await.status, StatusCode::CREATED);
    client.until(id, "operating_status", "DEGRADED").await;
    let members = client.get(&format!("/portal/members?loadbalancer_id={id}")).await;
    let members = members.body["members"].as_array().unwrap().clone();
    let down = members.iter().find(|member| member["protocol_port"] == 9).unwrap();
    assert_eq!(down["operating_status"], "ERROR");
    assert!(!down["reason"].as_str().unwrap().is_empty());
    assert!(down["since"].is_string());

    // Counted, and still counted by the next server on the same directory.
    let stats = format!("{LBAAS}/loadbalancers/{id}/stats");
    let total = async |client: &crate::common::Client| {
        client.get(&stats).await.body["stats"]["total_connections"].as_u64().unwrap()
    };
    while total(&client).await < 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let before = total(&client).await;
    let dir = server.stop().await;
    let server = TestServer::on(dir, "").await;
    let client = server.admin().await;
    assert!(total(&client).await >= before);
    both_answer(vip).await;

    // Gone is gone.
    let path = format!("{LBAAS}/loadbalancers/{id}");
    assert_eq!(client.delete(&path).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(client.delete(&format!("{path}?cascade=true")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(client.settled(id).await, Value::Null);
    for kind in ["listeners", "pools", "healthmonitors"] {
        let list = client.get(&format!("{LBAAS}/{kind}")).await;
        assert_eq!(list.body[kind], json!([]), "{kind}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_port_that_is_in_use_affects_only_its_listener_and_is_tried_again() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let taken = TcpListener::bind("127.8.9.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut body = graph(port, &[]);
    body["vip_address"] = json!("127.8.9.1");
    let other = whoami::free_port().await;
    let mut second = body["listeners"][0].clone();
    second["protocol_port"] = json!(other);
    body["listeners"].as_array_mut().unwrap().push(second);
    let member = whoami::start("member").await;
    let members = json!([{"address": member.ip().to_string(), "protocol_port": member.port()}]);
    body["pools"][0]["members"] = members;
    let id = client.new_lb(body).await;
    let lb = client.settled(&id).await;
    assert_eq!(lb["provisioning_status"], "ACTIVE");
    assert_eq!(lb["operating_status"], "ERROR");
    let reason =
        format!("port {port} is not served: port {port} of 127.8.9.1 is used by another program");
    assert_eq!(lb["provisioning_reason"], reason);
    let serves = async |port: u16| {
        let vip = SocketAddr::from(([127, 8, 9, 1], port));
        while whoami::get(vip, "/").await.is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    serves(other).await;
    let path = format!("{LBAAS}/loadbalancers/{id}");
    let update = client.put(&path, json!({"loadbalancer": {"name": "x"}})).await;
    assert_eq!(update.status, StatusCode::OK, "{}", update.body);
    let lb = client.settled(&id).await;
    assert_eq!((&lb["provisioning_status"], &lb["name"]), (&json!("ACTIVE"), &json!("x")));
    assert_eq!(lb["provisioning_reason"], reason, "another change doesn't repair it");

    // The port becomes free: nobody has to do anything.
    drop(taken);
    serves(port).await;
    client.until(&id, "operating_status", "ONLINE").await;
    assert_eq!(client.settled(&id).await.get("provisioning_reason"), None);
    let listeners = client.get(&format!("{LBAAS}/listeners?loadbalancer_id={id}")).await;
    for listener in listeners.body["listeners"].as_array().unwrap() {
        assert_eq!(listener["provisioning_status"], "ACTIVE", "{listener}");
    }
    server.stop().await;
}

#[tokio::test]
async fn concurrent_changes_never_collide() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let creates = (0..50).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.create_lb(json!({"name": "many"})).await })
    });
    let mut vips = BTreeSet::new();
    let mut ids = Vec::new();
    for create in creates.collect::<Vec<_>>() {
        let answer = create.await.unwrap();
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        vips.insert(answer.body["loadbalancer"]["vip_address"].as_str().unwrap().to_owned());
        ids.push(answer.body["loadbalancer"]["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(vips.len(), 50);
    // One address asked for by many: one gets it.
    let same = (0..10).map(|_| {
        let client = client.clone();
        tokio::spawn(
            async move { client.create_lb(json!({"vip_address": "127.8.200.1"})).await.status },
        )
    });
    let mut made = 0;
    for create in same.collect::<Vec<_>>() {
        match create.await.unwrap() {
            StatusCode::CREATED => made += 1,
            other => assert_eq!(other, StatusCode::CONFLICT),
        }
    }
    assert_eq!(made, 1);
    // A load balancer that is being changed is locked, for itself and for what hangs on it.
    let id = &ids[0];
    client.settled(id).await;
    let frozen = id.clone();
    server
        .app
        .store
        .write(move |tx| {
            tx.execute(
                "UPDATE loadbalancer SET provisioning_status = 'PENDING_UPDATE' WHERE id = ?1",
                [frozen],
            )
        })
        .await
        .map_err(|error: rusqlite::Error| error)
        .unwrap();
    let path = format!("{LBAAS}/loadbalancers/{id}");
    let update = client.put(&path, json!({"loadbalancer": {"name": "x"}})).await;
    assert_eq!(update.status, StatusCode::CONFLICT);
    let listener =
        json!({"listener": {"protocol": "TCP", "protocol_port": 5, "loadbalancer_id": id}});
    let create = client.post(&format!("{LBAAS}/listeners"), listener).await;
    assert_eq!(
        create.body["faultstring"],
        format!("Load Balancer {id} is immutable and cannot be updated.")
    );
    // The next start finishes it.
    let dir = server.stop().await;
    let server = TestServer::on(dir, "").await;
    let client = server.admin().await;
    assert_eq!(client.settled(id).await["provisioning_status"], "ACTIVE");
    server.stop().await;
}

/// While one of many concurrent updates of a load balancer is pending, the others are refused.
#[tokio::test]
async fn concurrent_updates_of_one_load_balancer_are_serialised() {
    const SIDE_BY_SIDE: usize = 8;
    let server = TestServer::start().await;
    let client = server.admin().await;
    let id = client.new_lb(json!({})).await;
    let mut events = server.app.events.subscribe();
    let path = format!("{LBAAS}/loadbalancers/{id}");
    let mut accepted = 0;
    for round in 0..10 {
        let updates: Vec<_> = (0..SIDE_BY_SIDE)
            .map(|n| {
                let (client, path) = (client.clone(), path.clone());
                let body = json!({"loadbalancer": {"name": format!("{round}-{n}")}});
                tokio::spawn(async move { client.put(&path, body).await })
            })
            .collect();
        let mut names = Vec::new();
        for update in updates {
            let answer = update.await.unwrap();
            if answer.status == StatusCode::OK {
                names.push(answer.body["loadbalancer"]["name"].clone());
            } else {
                assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
            }
        }
        assert!(!names.is_empty(), "nobody was served");
        accepted += names.len();
        let lb = client.settled(&id).await;
        assert_eq!(lb["provisioning_status"], "ACTIVE");
        assert!(names.contains(&lb["name"]), "{} was refused", lb["name"]);
    }
    // Every event of it tells the state it is in; the first of each change is its acceptance.
    let (mut begun, mut pending) = (0, false);
    while let Ok(change) = events.try_recv() {
        if change.event.id.to_string() != id {
            continue;
        }
        let now =
            change.event.provisioning_status.as_ref().is_some_and(|status| status.is_pending());
        assert!(!(pending && now), "accepted while another was carried out");
        begun += usize::from(now);
        pending = now;
    }
    assert!(!pending);
    assert_eq!(begun, accepted);
    server.stop().await;
}

#[tokio::test]
async fn an_exhausted_allocation_pool_is_reported() {
    let server = TestServer::with_config(
        "[[networks]]\nname = \"small\"\ncidr = \"127.9.0.0/24\"\n\
         allocation_pools = [{ start = \"127.9.0.8\", end = \"127.9.0.9\" }]\n",
    )
    .await;
    let client = server.admin().await;
    client.new_lb(json!({})).await;
    let last = client.new_lb(json!({})).await;
    let answer = client.create_lb(json!({})).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body["faultstring"].as_str().unwrap().contains("127.9.0.8-127.9.0.9"));
    // As in Neutron: only what nobody asked for comes from the pools.
    let outside = client.create_lb(json!({"vip_address": "127.9.0.77"})).await;
    assert_eq!(outside.status, StatusCode::CREATED, "{}", outside.body);
    for elsewhere in ["127.9.1.1", "127.9.0.0", "127.9.0.255", "2001:db8::1"] {
        let answer = client.create_lb(json!({ "vip_address": elsewhere })).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body["faultstring"].as_str().unwrap().contains("127.9.0.0/24"));
    }
    client.delete(&format!("{LBAAS}/loadbalancers/{last}")).await;
    client.settled(&last).await;
    assert_eq!(client.create_lb(json!({})).await.status, StatusCode::CREATED);
    server.stop().await;
}

#[tokio::test]
async fn unsupported_options_are_refused() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let id = client.new_lb(json!({})).await;
    for (more, status, words) in [
        (json!({"protocol": "UDP"}), 501, "UDP"),
        (json!({"protocol": "SCTP"}), 501, "SCTP"),
        (
            json!({"protocol": "TCP", "insert_headers": {"X-Forwarded-For": "true"}}),
            400,
            "insert-headers",
        ),
        (
            json!({"protocol": "HTTP", "insert_headers": {"Evil\r\n": "true"}}),
            400,
            "insert_headers",
        ),
        (
            json!({"protocol": "HTTP", "insert_headers": {"X-Forwarded-For": true}}),
            400,
            "Value should be string",
        ),
        (
            json!({"protocol": "HTTP", "insert_headers": {"X-Forwarded-For": {"a": "b"}}}),
            400,
            "Value should be string",
        ),
        (
            json!({"protocol": "HTTP", "insert_headers": {"X-Forwarded-For": "x".repeat(256)}}),
            400,
            "Value should have a maximum character requirement of 255",
        ),
        (json!({"protocol": "HTTP", "allowed_cidrs": ["2001:db8::/32"]}), 400, "2001:db8::/32"),
    ] {
        let mut body = json!({"loadbalancer_id": id, "protocol_port": 81});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = client.post(&format!("{LBAAS}/listeners"), json!({ "listener": body })).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert!(answer.body["faultstring"].as_str().unwrap().contains(words), "{}", answer.body);
    }
    // Deep, and large.
    let deep = format!("{{\"listener\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let request = client.request(reqwest::Method::POST, &format!("{LBAAS}/listeners"));
    let answer =
        crate::common::send(request.header("content-type", "application/json").body(deep)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let request = client.request(reqwest::Method::POST, &format!("{LBAAS}/listeners"));
    let large = " ".repeat(2 * 1024 * 1024);
    let answer =
        crate::common::send(request.header("content-type", "application/json").body(large)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(client.settled(&id).await["provisioning_status"], "ACTIVE");
    server.stop().await;
}

#[tokio::test]
async fn paging_returns_every_row_once() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let subnet = client.subnet().await;
    let project = client.new_lb(json!({})).await;
    let path = format!("{LBAAS}/loadbalancers/{project}");
    let project =
        client.get(&path).await.body["loadbalancer"]["project_id"].as_str().unwrap().to_owned();
    // Many at once, with names, times and tags that repeat.
    server
        .app
        .store
        .write(move |tx| {
            let mut insert = tx.prepare(
                "INSERT INTO loadbalancer (id, name, description, provisioning_status, operating_status,
                     admin_state_up, project_id, user_id, created_at, updated_at, vip_address,
                     vip_port_id, vip_subnet_id, vip_network_id, provider, tags)
                 VALUES (?1, ?2, '', 'ACTIVE', 'OFFLINE', ?3, ?4, 'u', ?5, ?6, ?7, ?1, ?8, 'n', 'haproxy', '[]')",
            )?;
            for n in 0..300_u32 {
                insert.execute((
                    format!("00000000-0000-4000-8000-{:012x}", n.wrapping_mul(2_654_435_761)),
                    format!("name {}", n % 7),
                    n % 2,
                    &project,
                    format!("2026-11-23T03:40:{:02}", n % 5),
                    (n % 3 != 0).then(|| format!("2026-11-24T03:40:{:02}", n % 4)),
                    format!("10.0.{}.{}", n / 250, n % 250),
                    &subnet,
                ))?;
            }
            Ok::<_, rusqlite::Error>(())
        })
        .await
        .unwrap();
    for sort in [
        "",
        "&sort=name:asc",
        "&sort=name:desc",
        "&sort=updated_at:desc,name:asc",
        "&sort=admin_state_up:asc,updated_at:asc",
        "&sort_key=name,created_at&sort_dir=desc,asc",
        "&sort=id:desc",
    ] {
        for limit in [1, 7, 100, 301, 1000] {
            // One row a page is slow: only over a part.
            let filter = if limit == 1 { "&name=name%203" } else { "" };
            let whole = client.get(&format!("{LBAAS}/loadbalancers?fields=id{sort}{filter}")).await;
            let whole = whole.body["loadbalancers"].as_array().unwrap().clone();
            let mut walked = Vec::new();
            let mut next = Some(format!(
                "{}{LBAAS}/loadbalancers?limit={limit}&fields=id{sort}{filter}",
                client.base
            ));
            while let Some(url) = next {
                let page = client.get(url.strip_prefix(&client.base).unwrap()).await.body;
                walked.extend(page["loadbalancers"].as_array().unwrap().clone());
                next = page["loadbalancers_links"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|link| link["rel"] == "next")
                    .map(|link| link["href"].as_str().unwrap().to_owned());
            }
            assert_eq!(walked, whole, "limit {limit} {sort}");
            let distinct: BTreeSet<_> =
                walked.iter().map(|lb| lb["id"].as_str().unwrap()).collect();
            assert_eq!(distinct.len(), walked.len());
        }
    }
    server.stop().await;
}
