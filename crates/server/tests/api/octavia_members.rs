//! Batch updates of members, the events of changes, and quotas.

use crate::common::{
    Client, TestServer,
    octavia::{LBAAS, graph},
};
use openstack_types::portal::{EventAction, EventKind};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;

async fn pool_of(client: &Client, lb: &str) -> String {
    let pools = client.get(&format!("{LBAAS}/pools?loadbalancer_id={lb}")).await;
    pools.body["pools"][0]["id"].as_str().unwrap().to_owned()
}

/// Members by port.
async fn members(client: &Client, pool: &str) -> BTreeMap<u64, Value> {
    let list = client.get(&format!("{LBAAS}/pools/{pool}/members")).await;
    let list = list.body["members"].as_array().unwrap().clone();
    list.into_iter().map(|member| (member["protocol_port"].as_u64().unwrap(), member)).collect()
}

#[tokio::test]
async fn a_batch_update_replaces_the_members_and_an_additive_one_adds() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let lb = client
        .new_lb(graph(18301, &["127.0.0.1:1".parse().unwrap(), "127.0.0.1:2".parse().unwrap()]))
        .await;
    let pool = pool_of(&client, &lb).await;
    let path = format!("{LBAAS}/pools/{pool}/members");
    let before = members(&client, &pool).await;
    let member = |port: u16, more: Value| {
        let mut member = json!({"address": "127.0.0.1", "protocol_port": port});
        member.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        member
    };
    let batch = json!({"members": [member(1, json!({"weight": 7, "name": "first"})), member(3, json!({"backup": true}))]});
    assert_eq!(client.put(&path, batch).await.status, StatusCode::ACCEPTED);
    client.settled(&lb).await;
    let after = members(&client, &pool).await;
    assert_eq!(after.keys().copied().collect::<Vec<_>>(), [1, 3]);
    assert_eq!(after[&1]["id"], before[&1]["id"]);
    assert_eq!((&after[&1]["weight"], &after[&1]["name"]), (&json!(7), &json!("first")));
    assert_eq!(after[&3]["backup"], true);

    let batch = json!({"members": [member(1, json!({})), member(4, json!({}))]});
    let additive = format!("{path}?additive_only=true");
    assert_eq!(client.put(&additive, batch).await.status, StatusCode::ACCEPTED);
    client.settled(&lb).await;
    let after = members(&client, &pool).await;
    assert_eq!(after.keys().copied().collect::<Vec<_>>(), [1, 3, 4]);
    // As in Octavia: what is not sent is the default again, but for the name.
    assert_eq!((&after[&1]["weight"], &after[&1]["name"]), (&json!(1), &json!("first")));

    let twice = json!({"members": [member(9, json!({})), member(9, json!({}))]});
    assert_eq!(client.put(&path, twice).await.status, StatusCode::CONFLICT);
    let one = json!({"member": member(4, json!({}))});
    let answer = client.post(&path, one).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(
        answer.body["faultstring"],
        "Another member on this pool is already using ip 127.0.0.1 on protocol_port 4"
    );
    assert_eq!(client.put(&path, json!({"members": []})).await.status, StatusCode::ACCEPTED);
    client.settled(&lb).await;
    assert!(members(&client, &pool).await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn every_change_emits_an_event() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let mut changes = server.app.events.subscribe();
    let lb = client.new_lb(graph(18302, &["127.0.0.1:1".parse().unwrap()])).await;
    let mut received = Vec::new();
    let mut receive = |received: &mut Vec<(EventKind, EventAction)>| {
        while let Ok(change) = changes.try_recv() {
            assert!(change.owner.is_some());
            assert_eq!(change.event.loadbalancer_id.unwrap().to_string(), lb);
            received.push((change.event.kind.clone(), change.event.action.clone()));
        }
    };
    receive(&mut received);
    for kind in [
        EventKind::LoadBalancer,
        EventKind::Listener,
        EventKind::Pool,
        EventKind::Member,
        EventKind::HealthMonitor,
    ] {
        for action in [EventAction::Created, EventAction::Status] {
            assert!(
                received.contains(&(kind.clone(), action.clone())),
                "{kind} {action}: {received:?}"
            );
        }
    }
    received.clear();
    let path = format!("{LBAAS}/loadbalancers/{lb}");
    client.put(&path, json!({"loadbalancer": {"name": "x"}})).await;
    client.settled(&lb).await;
    receive(&mut received);
    assert!(received.contains(&(EventKind::LoadBalancer, EventAction::Updated)), "{received:?}");
    received.clear();
    client.delete(&format!("{path}?cascade=true")).await;
    client.settled(&lb).await;
    receive(&mut received);
    assert!(received.contains(&(EventKind::LoadBalancer, EventAction::Deleted)), "{received:?}");
    assert!(received.contains(&(EventKind::Member, EventAction::Deleted)), "{received:?}");
    server.stop().await;
}

#[tokio::test]
async fn quotas_limit_every_resource() {
    let server = TestServer::start().await;
    let admin = server.admin().await;
    let project = server.add_project("q").await;
    server.add_user("quin", "q", &["manager"]).await;
    let client = server.sign_in("quin", "q").await;
    let set = async |quota: Value| {
        let answer =
            admin.put(&format!("{LBAAS}/quotas/{project}"), json!({ "quota": quota })).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    };
    let two = graph(18303, &["127.0.0.1:1".parse().unwrap(), "127.0.0.1:2".parse().unwrap()]);
    for (quota, title) in [
        (json!({"loadbalancer": 0}), "Load Balancer"),
        (json!({"loadbalancer": -1, "listener": 0}), "Listener"),
        (json!({"listener": -1, "pool": 0}), "Pool"),
        (json!({"pool": -1, "member": 1}), "Member"),
        (json!({"member": -1, "health_monitor": 0}), "Health Monitor"),
    ] {
        set(quota).await;
        let answer = client.create_lb(two.clone()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(
            answer.body["faultstring"],
            format!("Quota has been met for resources: {title}")
        );
    }
    // Nothing of what was refused is left.
    let list = client.get(&format!("{LBAAS}/loadbalancers")).await;
    assert_eq!(list.body["loadbalancers"], json!([]));
    assert_eq!(
        admin.delete(&format!("{LBAAS}/quotas/{project}")).await.status,
        StatusCode::ACCEPTED
    );
    assert_eq!(client.create_lb(two).await.status, StatusCode::CREATED);
    let other = admin.get(&format!("{LBAAS}/quotas/{project}")).await;
    assert_eq!(other.body["quota"]["healthmonitor"], -1);
    server.stop().await;
}
